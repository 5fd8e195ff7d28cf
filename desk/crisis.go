package desk

import (
	"context"
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
	return c, nil
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
	paths, err := c.File.ReportFiles()
	if err != nil {
		return nil, err
	}
	var out []demarche.Report
	for _, path := range paths {
		r, err := intake.Open(path)
		if err != nil {
			return nil, err
		}
		if !r.Published.StartsAfter(c.Day) {
			out = append(out, r)
		}
	}
	return out, nil
}
