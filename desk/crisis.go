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
	// Book is the ledger of the case; nil if there is none.
	Book Book
	// Pending asks for proposed claims too. They move nothing by themselves.
	Pending bool
	// Before, if given, is an earlier day with which this one is compared: what
	// became of the claims that counted then is asked for too.
	Before demarche.Date
}

// Book tells what is known of the claims on a crisis; a ledger does.
type Book interface {
	Holdings(ctx context.Context, asOf time.Time, q demarche.HoldingsQuery) (*demarche.Holdings, error)
}

// Crisis is a case opened for a question.
type Crisis struct {
	File *casefile.File
	// Case is the case file with what the ledger held on that day.
	Case *demarche.Case
	// Day is the day of the question.
	Day demarche.Date
	// Conflict is the compiled model; nil if the case has none.
	Conflict *engine.Conflict
	// Assumed says in sentences what the question assumes against the case.
	Assumed []string
}

// Open reads a case with what its ledger holds, and compiles its conflict.
func Open(ctx context.Context, path string, q Question) (*Crisis, error) {
	c, err := openCase(ctx, path, q)
	if err != nil {
		return nil, err
	}
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

func openCase(ctx context.Context, path string, q Question) (*Crisis, error) {
	if q.Book == nil {
		f, err := casefile.Open(path)
		if err != nil {
			return nil, err
		}
		return &Crisis{File: f, Case: f.Case, Day: dayOf(f.Case, q)}, nil
	}
	// The case may rest on claims that only the ledger has.
	var elsewhere []string
	f, err := casefile.Open(path, casefile.KnownClaims(func(id string) bool {
		elsewhere = append(elsewhere, id)
		return true
	}))
	if err != nil {
		return nil, err
	}
	c := &Crisis{File: f, Day: dayOf(f.Case, q)}
	ask := demarche.HoldingsQuery{Claims: slices.Clone(elsewhere), Pending: q.Pending}
	for _, cl := range f.Case.Claims {
		ask.Claims = append(ask.Claims, cl.ID)
	}
	if ask.Reports, err = f.ReportIDs(); err != nil {
		return nil, err
	}
	if !q.Before.IsZero() {
		before, err := q.Book.Holdings(ctx, EndOf(q.Before), demarche.HoldingsQuery{Claims: ask.Claims})
		if err != nil {
			return nil, err
		}
		for _, cl := range before.Claims {
			if cl.Live() {
				ask.Claims = append(ask.Claims, cl.ID)
			}
		}
	}
	held, err := q.Book.Holdings(ctx, knownBy(f.Case, q), ask)
	if err != nil {
		return nil, err
	}
	there := func(id string) bool { return held.Claim(id) != nil || slices.Contains(held.Gone, id) }
	if !slices.ContainsFunc(elsewhere, func(id string) bool { return !there(id) }) {
		c.Case, err = f.Case.WithHoldings(held, f.Case.WeightsOr())
		return c, err
	}
	_, err = casefile.Open(path, casefile.KnownClaims(there)) // says where
	if err == nil {
		err = &demarche.Error{Kind: demarche.Unavailable, Msg: "the case was changed while it was read", Hint: "try again"}
	}
	return nil, err
}

// knownBy is the time up to which the question wants to know: the end of its day,
// or now where neither it nor the case names a day.
func knownBy(c *demarche.Case, q Question) time.Time {
	day := q.AsOf
	if day.IsZero() {
		day = c.AsOf
	}
	return EndOf(day)
}

// EndOf is the last moment of a day in UTC, as a ledger asks for it; the zero
// time, which is now, for none and for one that has no end.
func EndOf(day demarche.Date) time.Time {
	if day.IsZero() || day.To.IsZero() {
		return time.Time{}
	}
	return day.To.Add(-time.Microsecond)
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
// question from those that were not: published later, or, by the ledger, learned
// later or destroyed. A report that the ledger holds is taken from there.
func (c *Crisis) reports() (known, later []demarche.Report, err error) {
	paths, err := c.File.ReportFiles()
	if err != nil {
		return nil, nil, err
	}
	if h := c.Case.Held; h != nil {
		for _, r := range h.Reports {
			known = append(known, r.Report)
		}
	}
	held := len(known)
	for _, path := range paths {
		r, err := intake.Open(path)
		if err != nil {
			return nil, nil, err
		}
		r.Original = nil // only its text is wanted
		switch {
		case slices.ContainsFunc(known[:held], func(have demarche.Report) bool { return have.ID == r.ID }):
		case r.Published.StartsAfter(c.Day), c.Case.Held != nil && slices.Contains(c.Case.Held.GoneReports, r.ID):
			later = append(later, r)
		default:
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
		if cl.Held != nil { // the ledger knows when it was learned
			view.Claims = append(view.Claims, cl)
			continue
		}
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
