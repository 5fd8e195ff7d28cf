package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/ledger"
	"github.com/spf13/cobra"
)

func (a *app) ledgerJudgeCommand() *cobra.Command {
	var f changeFlags
	var id, words, due, date string
	var because []string
	c := &cobra.Command{
		Use:   "judge CASE OUTCOME P",
		Short: "Sign and date a probability of an outcome",
		Long: `judge notes how likely you take an outcome of the case to be, from 0 to 1, with your name and
the day. Instead of an outcome, a question in words can stand, in quotation marks. Later
resolve says whether it came about, and forecasts scores it. A judgement that has changed
is a new judgement: the earlier one stays.`,
		Example: "  demarche ledger judge my-case settlement 0.3 --because c1,c2 --due 2026-03-31\n  demarche ledger judge my-case \"Will the envoy come back before Easter?\" 0.6 --by Ann",
		Args:    exactArgs(3, "CASE OUTCOME P"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			p, err := parseShare("the probability", args[2])
			if err != nil {
				return err
			}
			if due != "" {
				if _, err := flagDate("--due", due); err != nil {
					return err
				}
			}
			if date != "" {
				if _, err := flagDate("--date", date); err != nil {
					return err
				}
			}
			return a.making(ctx, args[0], f, "an analyst's judgement", func(c *changing) error {
				j := ledger.Judgement{By: c.Who, Date: cmp.Or(date, c.today()), On: strings.TrimSpace(args[1]), P: p, Words: cmp.Or(words, brief.Likelihood(p)), Due: due}
				stem := "judgement"
				outcome, err := c.outcomeOf(j.On)
				if err != nil {
					return err
				}
				if outcome != nil {
					stem, j.Due = outcome.ID, cmp.Or(j.Due, outcome.By.Text)
				}
				var learned []time.Time
				for _, claim := range because {
					at, err := c.current(ctx, claimRef(claim))
					if err != nil {
						return err
					}
					j.Because, learned = append(j.Because, at.Ref.ID), append(learned, at.Learned)
				}
				if kinds, err := c.Kept(ctx, id); err != nil {
					return err
				} else if slices.Contains(kinds, ledger.KindJudgement) {
					return usage("give another one, or leave it out", "the id %s belongs to an earlier judgement", id)
				}
				if j.ID = id; id == "" {
					if j.ID, err = c.freeID(ctx, ledger.KindJudgement, stem); err != nil {
						return err
					}
				}
				if _, err := c.Write(ctx, c.Change, c.item(&j, 0, learned...)); err != nil {
					return err
				}
				line := fmt.Sprintf("%s gives %s a probability of %s (%s).", c.Who, c.judgedOn(j.On), share2(p), j.Words)
				if j.Due != "" {
					line += " It will be known by " + dateWords(j.Due) + "."
				}
				return c.say("Noted as %s. %s", j.ID, line)
			})
		},
	}
	f.add(c)
	c.Flags().StringVar(&id, "id", "", "the id of the judgement; one is made if left out")
	c.Flags().StringVar(&words, "words", "", "the probability in words; those of the program's scale if left out")
	c.Flags().StringSliceVar(&because, "because", nil, "the claims it rests on")
	c.Flags().StringVar(&due, "due", "", "by when it will be known; the date of the outcome in the case if left out")
	c.Flags().StringVar(&date, "date", "", "when the judgement was made; the day it became known if left out")
	return c
}

// today is the day of a change: in a replay, its own.
func (c *changing) today() string {
	day := c.Learned
	if day.IsZero() {
		day = clock()
	}
	return day.UTC().Format("2006-01-02")
}

// outcomeOf is the outcome of the case that a judgement is on; nil if it is on a
// question in words.
func (b *books) outcomeOf(on string) (*demarche.Outcome, error) {
	var ids []string
	if k := b.crisis.Conflict; k != nil {
		for n, o := range k.Outcomes {
			if o.ID == on {
				return &k.Outcomes[n], nil
			}
			ids = append(ids, o.ID)
		}
	}
	if !strings.ContainsAny(on, " ?") {
		return nil, &demarche.Error{Kind: demarche.NotFound, Msg: "the case has no outcome " + on, Hint: cmp.Or(demarche.DidYouMean(on, ids), "write a question in words, in quotation marks")}
	}
	return nil, nil
}

// freeID is the first id of a stem and a number that was never given.
func (b *books) freeID(ctx context.Context, k ledger.Kind, stem string) (string, error) {
	for n := 1; ; n++ {
		id := fmt.Sprintf("%s.%d", stem, n)
		kinds, err := b.Kept(ctx, id)
		if err != nil || !slices.Contains(kinds, k) {
			return id, err
		}
	}
}

func (a *app) ledgerResolveCommand() *cobra.Command {
	var f changeFlags
	var on string
	c := &cobra.Command{
		Use:     "resolve CASE JUDGEMENT yes|no",
		Short:   "Say whether what was judged came about",
		Long:    `resolve notes whether what a judgement is on came about, and when that was known. Forecasts then scores it.`,
		Example: "  demarche ledger resolve my-case settlement.1 no --on 2026-03-31",
		Args:    exactArgs(3, "CASE JUDGEMENT yes|no"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if args[2] != "yes" && args[2] != "no" {
				return usage("write yes if it came about, no if it did not", "%q does not say whether it came about", args[2])
			}
			if on != "" {
				if _, err := flagDate("--on", on); err != nil {
					return err
				}
			}
			c, err := a.change(ctx, args[0], f, "what was judged is known", false)
			if err != nil {
				return err
			}
			defer c.Close()
			at, err := c.current(ctx, ledger.Ref{Kind: ledger.KindJudgement, ID: strings.TrimPrefix(args[1], "judgement:")})
			if err != nil {
				return err
			}
			j := *at.Record.(*ledger.Judgement)
			before := j.Resolved
			j.Resolved, j.ResolvedOn = args[2], cmp.Or(on, c.today())
			if _, err := c.Put(ctx, c.after(at.Learned), &j, at.Number); err != nil {
				return err
			}
			end := " " + c.cameAbout(&j)
			if !c.isOutcome(j.On) {
				end = ":" + end
			}
			line := fmt.Sprintf("%s: %s%s. %s had given it %s.", j.ID, c.judgedOn(j.On), end, upperFirst(clean(j.By)), share2(j.P))
			if before != "" && before != j.Resolved {
				line += " It had been resolved as " + before + "."
			}
			return c.say("%s", line)
		},
	}
	f.add(c)
	c.Flags().StringVar(&on, "on", "", "when it was known; the day of the change if left out")
	return c
}

// forecasts are all judgements known at a time, and how good they were.
type forecasts struct {
	Version  int                `json:"version"`
	AsOf     string             `json:"as_of"`
	Open     []ledger.Judgement `json:"open"`     // by the date due, those without one last
	Resolved []ledger.Judgement `json:"resolved"` // by the date of resolution
	Scores   []ledger.Score     `json:"scores"`   // of all, then of each analyst
}

func (a *app) ledgerForecastsCommand() *cobra.Command {
	var f ledgerFlags
	c := &cobra.Command{
		Use:   "forecasts CASE",
		Short: "List judgements with their dates, and how good those were that are resolved",
		Long: `forecasts lists the open judgements by the date on which they will be known, those that
were resolved, and their scores: the Brier score, the mean of the squared differences
between what was said and what came about (0 is best; always saying a half gives 0.25),
and the calibration: of what was given so many in ten, how many in ten came about.`,
		Example: "  demarche ledger forecasts my-case",
		Args:    exactArgs(1, "CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			b, err := a.books(ctx, args[0], f.asOf, false)
			if err != nil {
				return err
			}
			defer b.Close()
			all, err := b.forecasts(ctx)
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(a.stdout, all)
			}
			p := b.sheet(13)
			p.forecasts(all)
			_, err = io.WriteString(a.stdout, p.String())
			return err
		},
	}
	f.add(c)
	return c
}

func (b *books) forecasts(ctx context.Context) (*forecasts, error) {
	out := &forecasts{Version: 1, AsOf: jsonTime(b.at), Open: []ledger.Judgement{}, Resolved: []ledger.Judgement{}}
	if err := b.each(ctx, ledger.Filter{Kind: ledger.KindJudgement}, func(v ledger.Version) error {
		j := *v.Record.(*ledger.Judgement)
		if j.Resolved == "" {
			out.Open = append(out.Open, j)
		} else {
			out.Resolved = append(out.Resolved, j)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	byDate := func(date func(ledger.Judgement) string) func(x, y ledger.Judgement) int {
		return func(x, y ledger.Judgement) int {
			if (date(x) == "") != (date(y) == "") { // those without a date last
				return strings.Compare(date(y), date(x))
			}
			return cmp.Or(strings.Compare(date(x), date(y)), strings.Compare(x.ID, y.ID))
		}
	}
	slices.SortFunc(out.Open, byDate(func(j ledger.Judgement) string { return j.Due }))
	slices.SortFunc(out.Resolved, byDate(func(j ledger.Judgement) string { return j.ResolvedOn }))
	var err error
	out.Scores, err = b.Scores(ctx, b.at)
	return out, err
}

func (p *sheet) forecasts(f *forecasts) {
	now := p.b.at
	if now.IsZero() {
		now = clock()
	}
	if len(f.Open)+len(f.Resolved) == 0 {
		p.heading("No judgement is in the ledger, " + p.b.asKnown() + ". demarche ledger judge enters one.")
		return
	}
	p.heading("Open")
	if len(f.Open) == 0 {
		p.hang("  ", "None.")
	}
	for _, j := range f.Open {
		due := "no date due"
		if j.Due != "" {
			due = "due " + dateWords(j.Due)
			if d, err := demarche.ParseDate(j.Due); err == nil && !d.To.IsZero() && d.To.Before(now) {
				due = "overdue since " + dateWords(j.Due)
			}
		}
		p.hang("  ", "- "+p.judged(&j)+"; "+due)
	}
	if len(f.Resolved) == 0 {
		return
	}
	fmt.Fprintln(p)
	p.heading("Resolved")
	for _, j := range f.Resolved {
		end := p.b.cameAbout(&j)
		if j.ResolvedOn != "" {
			end += ", known " + onWords(j.ResolvedOn)
		}
		p.hang("  ", "- "+p.judged(&j)+"; "+end)
	}
	fmt.Fprintln(p)
	p.heading("How good they were")
	for _, s := range f.Scores {
		if s.Resolved == 0 {
			continue
		}
		name := "All together"
		if s.By != "" {
			name = clean(s.By)
		}
		p.hang("  ", fmt.Sprintf("%s: Brier score %.3f over %s resolved. 0 is best; always saying a half gives 0.25.", name, s.Brier, plural(s.Resolved, "judgement")))
		for _, t := range s.Calibration {
			p.hang("    ", fmt.Sprintf("given %.0f to %.0f %%: %s, on average %.0f %%; %.0f %% came about", 100*t.From, 100*t.From+10, plural(t.Count, "judgement"), 100*t.Mean, 100*t.Became))
		}
	}
	if f.Scores[0].Resolved < 20 {
		p.hang("  ", "With so few resolved, a score says little about the next judgement.")
	}
}

// judged is a judgement in one line.
func (p *sheet) judged(j *ledger.Judgement) string {
	s := j.ID + ": " + share2(j.P)
	if j.Words != "" {
		s += " (" + clean(j.Words) + ")"
	}
	return s + " for " + p.b.judgedOn(j.On) + ", by " + clean(j.By) + " " + onWords(j.Date)
}

// judgedOn is what a judgement is on: an outcome in its words, a question in
// quotation marks.
func (b *books) judgedOn(on string) string {
	if b.isOutcome(on) {
		return b.question(on)
	}
	return brief.Quoted(unquoted(clean(on)))
}

func (b *books) isOutcome(id string) bool {
	o, err := b.outcomeOf(id)
	return o != nil && err == nil
}

// cameAbout says how a judgement was resolved.
func (b *books) cameAbout(j *ledger.Judgement) string {
	switch {
	case !b.isOutcome(j.On):
		return "the answer is " + j.Resolved
	case j.Resolved == "no":
		return "did not come about"
	}
	return "came about"
}

// onWords is "on 2 December 2025", or "in December 2025".
func onWords(text string) string {
	d, err := demarche.ParseDate(text)
	switch {
	case err != nil || d.Interval:
		return dateWords(text)
	case d.Precision >= demarche.Day:
		return "on " + d.Words()
	}
	return "in " + d.Words()
}
