package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/engine"
	"github.com/spf13/cobra"
)

func (a *app) briefCommand() *cobra.Command {
	var format, out, since, by string
	var final, record bool
	c := &cobra.Command{
		Use:   "brief CASE",
		Short: "Write the brief on a case",
		Long: `brief writes the brief: the bottom line first, then key judgements, the situation
with both sides of what is contested, offers, where it can go and why, and what
to find out next. Every sentence is tied to a quotation or to a model result; the
numbers are conditional on the model.

Where the case has a ledger, the brief rests on what the ledger held on its day: claims
that were accepted, told by independent origins, and the credences that follow from them.
A brief that is given out can be recorded there with --record; whoever retracts a claim
later is told which briefs used it.`,
		Example: "  demarche brief examples/caribbean\n  demarche brief examples/caribbean --format html -o brief.html\n  demarche brief my-case --since 2025-11-20\n  demarche brief my-case -f html -o brief.html --record --by \"Ida Holm\"",
		Args:    exactArgs(1, "CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			write, err := a.briefWriter(format)
			if err != nil {
				return err
			}
			if by != "" && !record {
				return usage("add --record, or leave --by out", "--by names who records the brief, and nothing is recorded")
			}
			crisis, err := a.openSince(cmd.Context(), args[0], since)
			if err != nil {
				return err
			}
			if record && crisis.Case.Held == nil {
				return &demarche.Error{Kind: demarche.NotFound, Msg: args[0] + " has no ledger to record the brief in", Hint: "demarche ledger add " + args[0] + " makes one"}
			}
			if record && len(crisis.Assumed) > 0 {
				return usage("leave --assume or --record out", "a brief under assumptions is not given out, so it is not recorded")
			}
			show, done := a.progress("weighing worlds")
			q := desk.BriefQuestion{Outlook: engine.OutlookConfig{Seed: 1, Progress: show}}
			if err := a.since(cmd.Context(), &q, crisis, args[0], since); err != nil {
				return err
			}
			b, err := crisis.Brief(cmd.Context(), q)
			done()
			if err != nil {
				return err
			}
			if (final || record) && len(b.Draft) > 0 {
				how := "written as final"
				if record {
					how = "written and recorded"
				}
				fmt.Fprintln(a.stderr, "demarche: the brief is a draft and is not "+how+":")
				for _, reason := range b.Draft {
					fmt.Fprintln(a.stderr, "  "+reason)
				}
				return &saidError{demarche.No}
			}
			var buf bytes.Buffer
			if err := write(&buf, b); err != nil {
				return err
			}
			if out == "" {
				_, err = a.stdout.Write(buf.Bytes())
			} else {
				err = writeFile(out, buf.Bytes())
			}
			if err != nil || !record {
				return err
			}
			return a.recordBrief(cmd.Context(), args[0], by, crisis, b)
		},
	}
	a.caseFlags(c)
	c.Flags().StringVarP(&format, "format", "f", "text", "text, md, html or json")
	c.Flags().StringVarP(&out, "output", "o", "", "write to this file instead of the terminal")
	a.sinceFlag(c, &since)
	c.Flags().BoolVar(&final, "final", false, "write nothing if the brief's own check finds something wrong with it (a draft)")
	c.Flags().BoolVar(&record, "record", false, "enter in the ledger that this brief was given out, and which claims it used; a draft is refused as with --final")
	c.Flags().StringVar(&by, "by", "", "who records it; DEMARCHE_USER, or the name you are logged in with, if left out")
	return c
}

// recordBrief enters a brief that was given out.
func (a *app) recordBrief(ctx context.Context, path, by string, crisis *desk.Crisis, b *brief.Brief) error {
	c, err := a.change(ctx, path, changeFlags{by: by}, "given out", false)
	if err != nil {
		return err
	}
	defer c.Close()
	given := crisis.GivenOut(b, clock())
	known, err := c.GiveOut(ctx, c.Who, c.Why, c.Learned, given)
	switch {
	case err != nil:
		return err
	case a.quiet:
	case known:
		fmt.Fprintf(a.stderr, "demarche: this brief was recorded already, as %s\n", given.ID)
	default:
		fmt.Fprintf(a.stderr, "demarche: recorded as %s, with %s\n", given.ID, plural(len(given.Claims), "claim"))
	}
	return nil
}

// openSince opens a case as open does, with what became of the claims that counted
// on the day that --since gives.
func (a *app) openSince(ctx context.Context, path, since string) (*desk.Crisis, error) {
	q, err := a.question()
	if err != nil {
		return nil, err
	}
	if day, err := demarche.ParseDate(since); since != "" && err == nil {
		q.Before = day
	}
	return a.openAsked(ctx, path, q)
}

func (a *app) sinceFlag(c *cobra.Command, since *string) {
	c.Flags().StringVar(since, "since", "", "say what changed since this day, such as 2025-11-20, or since an earlier version of the case: its folder or file")
}

// since opens what a brief is to be compared with: the case on an earlier day, or
// another version of it.
func (a *app) since(ctx context.Context, q *desk.BriefQuestion, now *desk.Crisis, path, since string) error {
	if since == "" {
		return nil
	}
	ask, err := a.question()
	if err != nil {
		return err
	}
	day, dayErr := demarche.ParseDate(since)
	if dayErr != nil {
		if _, err := os.Stat(since); err != nil {
			return usage("give a day such as 2025-11-20, or the folder or file of an earlier version of the case", "--since %s is neither a day nor a file", since)
		}
		ask.AsOf = demarche.Date{}
		if q.Since, err = a.openAs(ctx, since, ask); err != nil {
			return err
		}
		switch {
		case !sameCrisis(q.Since.Case, now.Case):
			return usage("give the folder or file of an earlier version of the same case", "--since %s is about something else: %s", since, q.Since.Case.Title)
		case q.Since.Day.StartsAfter(now.Day):
			return usage("give the later version as the case, and the earlier one to --since", "--since %s is a later version, of %s; the brief is of %s", since, q.Since.Day.Words(), now.Day.Words())
		}
		q.SinceLabel = "the earlier version of the case"
		if q.Since.Day != now.Day {
			q.SinceLabel = "the version of " + q.Since.Day.Words()
		}
		return nil
	}
	if !now.Day.StartsAfter(day) {
		return usage("give an earlier day", "--since %s is not before the day of the brief, %s", since, now.Day.Words())
	}
	ask.AsOf, q.SinceLabel = day, day.Words()
	q.Since, err = a.openAs(ctx, path, ask)
	return err
}

// sameCrisis reports whether two cases can be versions of one: they have the same
// title, or most players in common.
func sameCrisis(a, b *demarche.Case) bool {
	if a.Title == b.Title {
		return true
	}
	if a.Conflict == nil || b.Conflict == nil {
		return false
	}
	common := 0
	for _, p := range a.Conflict.Players {
		if slices.ContainsFunc(b.Conflict.Players, func(q demarche.Player) bool { return q.ID == p.ID }) {
			common++
		}
	}
	return 2*common > min(len(a.Conflict.Players), len(b.Conflict.Players))
}

func (a *app) briefWriter(format string) (func(io.Writer, *brief.Brief) error, error) {
	switch format {
	case "text", "txt":
		return func(w io.Writer, b *brief.Brief) error {
			return brief.Text(w, b, brief.TextOptions{Width: min(a.width(), 100), Color: a.colour()})
		}, nil
	case "md", "markdown":
		return brief.Markdown, nil
	case "html":
		return brief.HTML, nil
	case "json":
		return brief.JSON, nil
	}
	return nil, usage(demarche.DidYouMean(format, []string{"text", "md", "html", "json"}), "unknown format %q", format)
}

// writeFile writes a file whole or not at all.
func writeFile(path string, data []byte) error {
	fail := func(err error) error {
		return &demarche.Error{Kind: demarche.BadInput, Msg: path + " cannot be written", Hint: "check that the folder exists and that you may write there", Err: err}
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".demarche-*")
	if err != nil {
		return fail(err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if e := tmp.Chmod(0o644); err == nil {
		err = e
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fail(err)
	}
	return nil
}
