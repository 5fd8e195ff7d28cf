package desk

import (
	"context"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/engine"
)

// Since compares the crisis with an earlier day or version of it: what was known
// then, where it led, and what each input that differs does to the outlook, taken
// back by itself. Outcomes that the question worked out are passed in as now.
func (c *Crisis) Since(ctx context.Context, before *Crisis, label string, cfg engine.OutlookConfig) (*brief.Since, error) {
	known, later, err := before.reports()
	if err != nil {
		return nil, err
	}
	s := &brief.Since{Label: label, Day: before.Day, Reports: known, Case: before.asOf(later), Conflict: before.Conflict}
	progress := cfg.Progress
	share := func(done, of int) {
		if progress != nil {
			progress(float64(done) / float64(of))
		}
	}
	cfg.EndsOnly, cfg.Progress = true, nil
	if before.Conflict != nil && before.Conflict.HasStatusQuo {
		if s.Outlook, err = before.Conflict.Outlook(ctx, cfg); err != nil {
			return nil, err
		}
	}
	_, later, err = c.reports()
	if err != nil {
		return nil, err
	}
	list := demarche.Changes(s.Case, c.asOf(later), before.Day, c.Day)
	share(1, len(list)+1)
	for n, ch := range list {
		in := brief.InputChange{Change: ch}
		if ch.TakeBack != nil && c.Conflict != nil && c.Conflict.HasStatusQuo {
			if in.Without, err = c.without(ctx, ch, cfg); err != nil {
				return nil, err
			}
		}
		s.Changes = append(s.Changes, in)
		share(n+2, len(list)+1)
	}
	return s, nil
}

// without is the outlook of the crisis with one change taken back: the
// probability of each outcome, then of no settlement; nil if the model cannot do
// without the change.
func (c *Crisis) without(ctx context.Context, ch demarche.Change, cfg engine.OutlookConfig) ([]float64, error) {
	k, err := c.Conflict.With(ch.TakeBack)
	if err != nil {
		return nil, nil // such as a want that speaks of a question left out
	}
	o, err := k.Outlook(ctx, cfg)
	if ctx.Err() != nil {
		return nil, err
	}
	if err != nil {
		return nil, nil // such as a rule that excludes where things stand today
	}
	out := make([]float64, 0, len(o.Outcomes)+1)
	for _, e := range o.Outcomes {
		out = append(out, e.P)
	}
	return append(out, o.NoSettlement), nil
}
