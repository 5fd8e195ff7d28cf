package desk

import (
	"context"

	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/engine"
)

// BriefQuestion says what a brief is to hold.
type BriefQuestion struct {
	Outlook engine.OutlookConfig
	// Since, if given, is the crisis on an earlier day or in an earlier version,
	// and SinceLabel that day or version in words.
	Since      *Crisis
	SinceLabel string
}

// BriefInput gathers what a brief on the crisis is made from.
func (c *Crisis) BriefInput(ctx context.Context, q BriefQuestion) (brief.Input, error) {
	in := brief.Input{Conflict: c.Conflict, AsOf: c.Day, Assumed: c.Assumed}
	known, later, err := c.reports()
	if err != nil {
		return in, err
	}
	in.Reports, in.Case = known, c.asOf(later)
	if q.Since != nil {
		quiet := q.Outlook
		quiet.Progress = nil
		if in.Since, err = c.Since(ctx, q.Since, q.SinceLabel, quiet); err != nil {
			return in, err
		}
	}
	if c.Conflict == nil || !c.Conflict.HasStatusQuo {
		return in, nil
	}
	in.Outlook, err = c.Outlook(ctx, q.Outlook)
	return in, err
}

// Brief writes the brief on the crisis.
func (c *Crisis) Brief(ctx context.Context, q BriefQuestion) (*brief.Brief, error) {
	in, err := c.BriefInput(ctx, q)
	if err != nil {
		return nil, err
	}
	return brief.Compose(ctx, in)
}
