package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/intake"
	"github.com/demarche/demarche/reader"
	"github.com/spf13/cobra"
)

// addFlags are the flags of ledger add.
type addFlags struct {
	changeFlags
	least    float64
	handling string
}

func (a *app) ledgerAddCommand() *cobra.Command {
	var f addFlags
	c := &cobra.Command{
		Use:   "add CASE [FILE…]",
		Short: "Read reports and propose what they claim",
		Long: `add reads reports and enters each, with who says what in it, as proposed claims. A
proposed claim moves nothing until a person accepts it: see demarche ledger inbox.

Without a FILE it takes the reports in the folder of the case, and with them the claims,
propositions and judgements of the case file, under the same ids. Those claims count as
accepted, as a person entered them. A FILE can be a folder, a pattern, a feed, a mailbox
or a web archive, as for demarche read.

It can be run again at any time: a report that is there byte for byte is passed over, a
near-copy is linked to the report that it repeats, and nothing that people have decided
is undone. What is entered counts as known from now on; in a replay, a case whose own
day is past, from the day of the report.`,
		Example: "  demarche ledger add my-case\n  demarche ledger add my-case downloads/*.html",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("write "+cmd.CommandPath()+" CASE", "%s takes a case", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.ledgerAdd(cmd.Context(), args[0], args[1:], f)
		},
	}
	f.changeFlags.add(c)
	c.Flags().Float64Var(&f.least, "min-confidence", 0.5, "propose nothing of which the reader is less sure, 0 to 1")
	c.Flags().StringVar(&f.handling, "handling", "", "who may see what is entered: public, internal or confidential; as the case if left out")
	return c
}

func (a *app) ledgerAdd(ctx context.Context, path string, names []string, f addFlags) (err error) {
	if !(f.least >= 0 && f.least <= 1) {
		return usage("write a number from 0 to 1, such as 0.5", "--min-confidence %g is not a probability", f.least)
	}
	switch f.handling {
	case "", "public", "internal", "confidential":
	default:
		return usage(demarche.DidYouMean(f.handling, []string{"public", "internal", "confidential"}), "--handling %s is not known", f.handling)
	}
	crisis, err := a.openAs(ctx, path, desk.Question{Now: clock()})
	if err != nil {
		return err
	}
	if crisis.File.Path == "" {
		return usage("make a case of it with demarche import", "%s is a model of earlier tools and has no reports", path)
	}
	var list desk.ReportList
	if len(names) > 0 {
		list, err = desk.ReportPaths(names)
	} else {
		list.Paths, err = crisis.File.ReportFiles()
		list.Many = true
	}
	if err != nil {
		return err
	}
	c, err := a.change(ctx, path, f.changeFlags, "read by demarche", true)
	if err != nil {
		return err
	}
	defer func() {
		if e := c.Close(); err == nil {
			err = e
		}
	}()
	e := &adding{app: a, c: c, list: list, cfg: desk.ReadConfig{MinConfidence: f.least, Stdin: a.stdin, Named: desk.NamedIn(crisis.Case)}}
	if f.handling == "" {
		f.handling = crisis.Case.Handling
	}
	e.day, e.learned = crisis.Case.AsOf, c.learnedFrom()
	e.drafter = crisis.NewDrafter(desk.DraftConfig{FoundBy: demarche.FoundByReader + reader.Version(), MinConfidence: f.least, Handling: f.handling, Learned: e.learned})
	if err := e.known(ctx); err != nil {
		return err
	}
	show, wipe := a.progress("reading")
	e.cfg.Progress, e.wipe = show, wipe
	got, err := c.Enter(ctx, c.Who, c.Why, e.drafts(ctx, len(names) == 0), nil)
	wipe()
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		fmt.Fprintf(a.stderr, "demarche: stopped; what was entered stays, and the same command goes on from there\n")
		return &saidError{demarche.Unavailable}
	}
	if err != nil {
		return err
	}
	if e.first != nil && !list.Many {
		return e.first
	}
	a.tellEntered(got, e, filepath.Clean(path))
	if e.first != nil {
		return &saidError{demarche.BadInput}
	}
	return nil
}

// learnedFrom says when what a report says was learned: at the time given, or, in
// a replay, on the day of the report.
func (c *changing) learnedFrom() func(demarche.Report) time.Time {
	return func(rep demarche.Report) time.Time {
		if c.stated || c.Learned.IsZero() {
			return c.Learned
		}
		for _, day := range []demarche.Date{rep.Retrieved, rep.Published} {
			if end := desk.EndOf(day); !end.IsZero() && end.Before(clock()) {
				return end
			}
		}
		return c.Learned
	}
}

// adding is one run of ledger add.
type adding struct {
	*app
	c       *changing
	list    desk.ReportList
	cfg     desk.ReadConfig
	drafter *desk.Drafter
	wipe    func()

	day     demarche.Date // of a case that has one
	learned func(demarche.Report) time.Time

	read, failed, declined int
	late                   int   // learned after the day of the case
	first                  error // the first failure
}

// known tells of the reports that the ledger holds, so that near-copies of them
// are found.
func (e *adding) known(ctx context.Context) error {
	var copies intake.Copies
	type held struct {
		name   string
		sketch intake.Sketch
	}
	var all []held
	err := e.c.Reports(ctx, time.Time{}, func(r demarche.HeldReport) error {
		name := "ledger:" + r.ID
		all = append(all, held{name, intake.SketchOf(r.Text[r.Body:])})
		e.drafter.Knows(name, r)
		return nil
	})
	if err != nil {
		return err
	}
	for _, h := range slices.Backward(all) { // the earliest first
		copies.Add(h.name, h.sketch)
	}
	e.cfg.Copies = &copies
	return nil
}

// errEnough ends a reading whose drafts nobody wants any more.
var errEnough = errors.New("enough")

// drafts reads the reports one after another. rest adds what the case file holds
// beside them.
func (e *adding) drafts(ctx context.Context, rest bool) iter.Seq2[demarche.Draft, error] {
	return func(yield func(demarche.Draft, error) bool) {
		err := desk.ReadMany(ctx, e.list.Paths, e.cfg, func(r *desk.Reading) error {
			if r.Err != nil {
				e.failed++
				if e.first == nil {
					e.first = r.Err
				}
				if e.list.Many {
					e.wipe()
					e.printFailure(r.Err)
				}
				return nil
			}
			e.read++
			if r.Result.Declined != "" {
				e.declined++
				e.wipe()
				fmt.Fprintf(e.stderr, "%s: %s The report is kept, and claims can be entered by hand.\n", r.Path, r.Result.Declined)
			}
			if end := desk.EndOf(e.day); !end.IsZero() && e.learned(r.Report).After(end) {
				e.late++
			}
			if !yield(e.drafter.Draft(r), nil) {
				return errEnough
			}
			return nil
		})
		switch {
		case errors.Is(err, errEnough):
		case err != nil:
			yield(demarche.Draft{}, err)
		case rest:
			yield(e.drafter.Rest(e.c.Learned), nil)
		}
	}
}

func (a *app) tellEntered(got demarche.Entered, e *adding, path string) {
	if a.quiet {
		return
	}
	fmt.Fprintf(a.stdout, "Entered %s", plural(got.Reports, "report"))
	if got.Copies > 0 {
		fmt.Fprintf(a.stdout, ", of which %d %s an earlier one", got.Copies, verb(got.Copies, "nearly repeats", "nearly repeat"))
	}
	fmt.Fprintf(a.stdout, ", with %s", plural(got.Claims-got.Accepted, "proposed claim"))
	if got.Accepted > 0 {
		fmt.Fprintf(a.stdout, " and %s of the case file", plural(got.Accepted, "claim"))
	}
	fmt.Fprintln(a.stdout, ".")
	if got.Known > 0 {
		fmt.Fprintf(a.stdout, "%s there already.\n", tally(got.Known, "report was", "reports were"))
	}
	if got.Redacted > 0 {
		fmt.Fprintf(a.stdout, "%s destroyed earlier and %s not taken in again.\n", tally(got.Redacted, "record was", "records were"), verb(got.Redacted, "was", "were"))
	}
	if e.late > 0 {
		fmt.Fprintf(a.stdout, "%s after the day of the case, %s, and %s not seen as of that day.\n", tally(e.late, "report is known only", "reports are known only"), e.day.Words(), verb(e.late, "is", "are"))
	}
	if e.failed > 0 {
		fmt.Fprintf(a.stdout, "%s not be read.\n", tally(e.failed, "report could", "reports could"))
	}
	if got.Claims > got.Accepted {
		fmt.Fprintf(a.stdout, "Proposed claims move nothing yet: see demarche ledger inbox %s\n", path)
	}
}

func verb(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

func tally(n int, one, several string) string { return fmt.Sprintf("%d %s", n, verb(n, one, several)) }
