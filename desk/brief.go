package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/engine"
)

// BriefQuestion says what a brief is to hold.
type BriefQuestion struct {
	Outlook engine.OutlookConfig
	// Budget is the time in which assumptions are tried; see engine.Robustness.
	Budget time.Duration
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
	part := func(from, to float64) engine.OutlookConfig {
		cfg := q.Outlook
		if show := q.Outlook.Progress; show != nil {
			cfg.Progress = func(share float64) { show(from + (to-from)*share) }
		}
		return cfg
	}
	if q.Since != nil {
		if in.Since, err = c.Since(ctx, q.Since, q.SinceLabel, part(0, 0.2)); err != nil {
			return in, err
		}
	}
	if c.Conflict == nil || !c.Conflict.HasStatusQuo {
		return in, nil
	}
	if in.Outlook, err = c.Outlook(ctx, part(0.2, 0.3)); err != nil {
		return in, err
	}
	if c.Conflict.States(c.Conflict.Typical()) > brief.MaxListed {
		return in, nil // the brief does not look at states one by one either
	}
	if in.Offers, err = c.Conflict.Offers(ctx, part(0.3, 0.5)); err != nil {
		return in, err
	}
	if in.Views, err = c.Conflict.Views(ctx, part(0.5, 0.55)); err != nil {
		return in, err
	}
	if in.Levers, err = c.declared(ctx, part(0.55, 0.6)); err != nil {
		return in, err
	}
	rest := part(0.6, 1)
	in.Robust, err = c.Conflict.Robustness(ctx, engine.RobustConfig{Outlook: rest, Budget: q.Budget, Progress: rest.Progress})
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

// GivenOut is a brief as a ledger records it when it is given out: the claims of
// the ledger that it quotes, and a name that follows from what it says, so that the
// same brief is recorded once.
func (c *Crisis) GivenOut(b *brief.Brief, made time.Time) demarche.HeldBrief {
	day, err := demarche.ParseDate(made.UTC().Format(time.DateOnly))
	if err != nil {
		panic(err) // the layout is that of a date
	}
	out := demarche.HeldBrief{Title: b.Title, Made: day, AsOf: c.Day, Fingerprint: b.Fingerprint, Handling: b.Handling}
	for _, q := range b.Quotes {
		if cl := c.Case.Claim(q.Claim); cl != nil && cl.Held != nil && !slices.Contains(out.Claims, cl.ID) {
			out.Claims = append(out.Claims, cl.ID)
		}
	}
	slices.Sort(out.Claims)
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q %q", b.Title, b.Fingerprint, out.Claims)
	for section, s := range b.Sentences {
		fmt.Fprintf(sum, "%q %q", section, s.Text)
	}
	out.ID = "brief-" + c.Day.String() + "-" + hex.EncodeToString(sum.Sum(nil))[:8]
	return out
}

// declared is what the declared levers would do for each outcome that can be had
// without a new use of force.
func (c *Crisis) declared(ctx context.Context, cfg engine.OutlookConfig) ([]*engine.Levers, error) {
	if len(c.Case.Conflict.Levers) == 0 {
		return nil, nil
	}
	var out []*engine.Levers
	for n := range c.Conflict.Outcomes {
		l, err := c.Conflict.Levers(ctx, engine.LeversConfig{Outcome: n, MaxChanges: -1, Outlook: cfg})
		if demarche.KindOf(err) == demarche.NotFound && err != nil {
			continue // no state has this outcome as things most likely stand
		}
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}
