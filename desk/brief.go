package desk

import (
	"context"

	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/engine"
)

// BriefInput gathers what a brief on the crisis is made from.
func (c *Crisis) BriefInput(ctx context.Context, cfg engine.OutlookConfig) (brief.Input, error) {
	in := brief.Input{Conflict: c.Conflict, AsOf: c.Day, Assumed: c.Assumed}
	known, later, err := c.reports()
	if err != nil {
		return in, err
	}
	in.Reports, in.Case = known, c.asOf(later)
	if c.Conflict == nil || !c.Conflict.HasStatusQuo {
		return in, nil
	}
	in.Outlook, err = c.Outlook(ctx, cfg)
	return in, err
}

// Brief writes the brief on the crisis.
func (c *Crisis) Brief(ctx context.Context, cfg engine.OutlookConfig) (*brief.Brief, error) {
	in, err := c.BriefInput(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return brief.Compose(ctx, in)
}
