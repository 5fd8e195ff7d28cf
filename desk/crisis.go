package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/casefile"
	"github.com/demarche/demarche/engine"
	"github.com/demarche/demarche/intake"
)

// Question is what a caller fixes beside the case.
type Question struct {
	// AsOf is the day the question is asked for; zero means the case's own
	// as_of, else today.
	AsOf demarche.Date
	// Assume overrides credences by id; see engine.Config.
	Assume map[string]float64
	// Now is the current time, for a case that gives no as_of.
	Now time.Time
}

// Crisis is a case opened for a question.
type Crisis struct {
	File *casefile.File
	Case *demarche.Case
	// Day is the day of the question.
	Day demarche.Date
	// Conflict is the compiled model; nil if the case has none.
	Conflict *engine.Conflict
	// Assumed says in sentences what the question assumes against the case.
	Assumed []string
}

// Open reads a case and compiles its conflict.
func Open(path string, q Question) (*Crisis, error) {
	f, err := casefile.Open(path)
	if err != nil {
		return nil, err
	}
	c := &Crisis{File: f, Case: f.Case, Day: dayOf(f.Case, q)}
	if c.Case.Conflict == nil {
		if len(q.Assume) > 0 {
			return nil, &demarche.Error{Kind: demarche.NotFound, Msg: "nothing can be assumed: the case has no conflict model", Hint: "leave out --assume"}
		}
		return c, nil
	}
	c.Conflict, err = engine.Compile(c.Case, engine.Config{Day: c.Day, Assume: q.Assume})
	if err != nil {
		return nil, err
	}
	c.Assumed = assumed(c.Conflict, q.Assume)
	return c, nil
}

// assumed puts what a question assumes into sentences, in the order of the case.
func assumed(k *engine.Conflict, assume map[string]float64) []string {
	var out []string
	add := func(says string, p float64) {
		switch p {
		case 0:
			out = append(out, says+" (taken as not so)")
		case 1:
			out = append(out, says+" (taken as certain)")
		default:
			out = append(out, fmt.Sprintf("%s (taken as %.4g %% likely)", says, p*100))
		}
	}
	for _, a := range k.Atoms {
		if p, ok := assume[a.ID]; ok {
			add(a.Says, p)
		}
	}
	if p, ok := assume[engine.Talks]; ok {
		add("Talks can be concluded in time", p)
	}
	return out
}

func dayOf(c *demarche.Case, q Question) demarche.Date {
	switch {
	case !q.AsOf.IsZero():
		return q.AsOf
	case !c.AsOf.IsZero():
		return c.AsOf
	}
	day, err := demarche.ParseDate(q.Now.Format(time.DateOnly))
	if err != nil {
		panic(err) // the layout is that of a date
	}
	return day
}

// Model lays out the conflict in its typical world.
func (c *Crisis) Model(ctx context.Context) (*engine.Model, error) {
	if c.Conflict == nil {
		return nil, c.noConflict()
	}
	return c.Conflict.InContext(ctx, c.Conflict.Typical())
}

// Outlook weighs every world.
func (c *Crisis) Outlook(ctx context.Context, cfg engine.OutlookConfig) (*engine.Outlook, error) {
	if c.Conflict == nil {
		return nil, c.noConflict()
	}
	return c.Conflict.Outlook(ctx, cfg)
}

// Views weighs what follows where players misread one another.
func (c *Crisis) Views(ctx context.Context, cfg engine.OutlookConfig) (*engine.Views, error) {
	if c.Conflict == nil {
		return nil, c.noConflict()
	}
	return c.Conflict.Views(ctx, cfg)
}

func (c *Crisis) noConflict() error {
	return &demarche.Error{
		Kind: demarche.NotFound, Pos: c.Case.At,
		Msg:  "the case has no conflict model",
		Hint: "add a section conflict with players, their options and what they prefer",
	}
}

// Reports reads the case's reports. A report published after the day of the
// question is left out: on that day nobody had it.
func (c *Crisis) Reports() ([]demarche.Report, error) {
	known, _, err := c.reports()
	return known, err
}

// reports reads the case's reports and tells those known on the day of the
// question from those published later.
func (c *Crisis) reports() (known, later []demarche.Report, err error) {
	paths, err := c.File.ReportFiles()
	if err != nil {
		return nil, nil, err
	}
	for _, path := range paths {
		r, err := intake.Open(path)
		if err != nil {
			return nil, nil, err
		}
		if r.Published.StartsAfter(c.Day) {
			later = append(later, r)
		} else {
			known = append(known, r)
		}
	}
	return known, later, nil
}

// asOf is the case without what was not known on the day of the question:
// claims from later reports, and incidents, claims, offers and judgements of a
// later date.
func (c *Crisis) asOf(later []demarche.Report) *demarche.Case {
	view := *c.Case
	view.Claims, view.Incidents, view.Offers, view.Judgements = nil, nil, nil, nil
	for _, j := range c.Case.Judgements {
		if !j.Date.StartsAfter(c.Day) {
			view.Judgements = append(view.Judgements, j)
		}
	}
	for _, cl := range c.Case.Claims {
		unpublished := slices.ContainsFunc(later, func(r demarche.Report) bool { return r.ID == cl.Report })
		if !unpublished && !cl.Said.StartsAfter(c.Day) {
			view.Claims = append(view.Claims, cl)
		}
	}
	for _, in := range c.Case.Incidents {
		if !in.Date.StartsAfter(c.Day) {
			view.Incidents = append(view.Incidents, in)
		}
	}
	for _, o := range c.Case.Offers {
		if !o.Date.StartsAfter(c.Day) {
			view.Offers = append(view.Offers, o)
		}
	}
	return &view
}
