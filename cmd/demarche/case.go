package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/casefile"
	"github.com/demarche/demarche/desk"
	"github.com/spf13/cobra"
)

// checkCommand says whether a case is valid: exit code 0, or 1 if it is not.
func (a *app) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "check CASE",
		Short:   "Say whether a case is valid, and what is wrong with it",
		Example: "  demarche check examples/caribbean",
		Args:    exactArgs(1, "CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := casefile.Open(args[0])
			if problems, ok := errors.AsType[demarche.Problems](err); ok {
				for _, e := range problems {
					a.printError(e)
				}
				fmt.Fprintf(a.stdout, "%s is not a valid case: %s\n", args[0], plural(len(problems), "problem"))
				return &saidError{demarche.No}
			}
			if err != nil {
				return err
			}
			a.printWarnings(f.Warnings)
			// What the case refers to must be readable too.
			c, err := a.openAs(cmd.Context(), args[0], desk.Question{Now: time.Now()})
			if err != nil && demarche.KindOf(err) != demarche.Unavailable {
				return err
			}
			if err == nil {
				reports, err := c.Reports()
				if e, ok := errors.AsType[*demarche.Error](err); ok {
					a.printError(e)
					fmt.Fprintf(a.stdout, "%s is not a valid case: a report cannot be read\n", args[0])
					return &saidError{demarche.No}
				}
				f.Warnings = append(f.Warnings, a.misquoted(c, reports)...)
				f.Warnings = append(f.Warnings, a.lostSupport(c, args[0])...)
				a.describeCase(c, len(reports))
			}
			fmt.Fprintf(a.stdout, "%s is a valid case", args[0])
			if n := len(f.Warnings); n > 0 {
				fmt.Fprintf(a.stdout, ", with %s", plural(n, "warning"))
			}
			fmt.Fprintln(a.stdout)
			if err != nil {
				fmt.Fprintln(a.stdout, "A part of it cannot be analysed in this version:", err)
			}
			return nil
		},
	}
}

func (a *app) printWarnings(list []*demarche.Error) {
	for _, w := range list {
		fmt.Fprintf(a.stderr, "%s: warning: %s\n", w.Pos, w.Msg)
		if w.Hint != "" {
			fmt.Fprintln(a.stderr, "  hint: "+w.Hint)
		}
	}
}

// misquoted prints and gives a warning for every claim whose quotation does not
// stand in its report.
func (a *app) misquoted(c *desk.Crisis, reports []demarche.Report) []*demarche.Error {
	var out []*demarche.Error
	for _, cl := range c.Case.Claims {
		for _, r := range reports {
			if r.ID == cl.Report && cl.Quote != "" && !strings.Contains(r.Text, cl.Quote) {
				out = append(out, &demarche.Error{
					Kind: demarche.BadInput, Pos: cl.At,
					Msg:  fmt.Sprintf("the words that claim %s quotes do not stand in report %s: “%s”", cl.ID, r.ID, cl.Quote),
					Hint: "quote the report exactly; a brief on this case is a draft until then",
				})
			}
		}
	}
	a.printWarnings(out)
	return out
}

// lostSupport prints and gives a warning for every place where the case rests on a
// claim that, by its ledger, does not count.
func (a *app) lostSupport(c *desk.Crisis, path string) []*demarche.Error {
	words := map[demarche.Fate]string{
		demarche.FatePending: "which nobody has accepted yet", demarche.FateRejected: "which has since been rejected",
		demarche.FateRetracted: "which has since been retracted", demarche.FateWithdrawn: "which a later claim takes back",
		demarche.FateRedacted: "which has since been destroyed", demarche.FateAbsent: "which the ledger did not hold on the day of the case",
	}
	var out []*demarche.Error
	for _, r := range c.File.ClaimRefs() {
		fate := c.Case.Held.Fate(r.Name)
		if fate == "" {
			continue
		}
		hint := "give another claim, or leave it out; demarche ledger history " + path + " " + r.Name + " tells by whom and why"
		if fate == demarche.FatePending {
			hint = "decide on it with demarche ledger inbox " + path
		}
		out = append(out, &demarche.Error{Kind: demarche.BadInput, Pos: r.At, Msg: "this rests on the claim " + r.Name + ", " + words[fate], Hint: hint})
	}
	a.printWarnings(out)
	return out
}

// describeCase counts what is in a case.
func (a *app) describeCase(c *desk.Crisis, reports int) {
	if a.quiet {
		return
	}
	fmt.Fprintln(a.stdout, c.Case.Title)
	fmt.Fprintf(a.stdout, "  %s, %s, %s, %s\n", plural(reports, "report"), plural(len(c.Case.Claims), "claim"),
		plural(len(c.Case.Propositions), "proposition"), plural(len(c.Case.Offers), "offer"))
	if k := c.Conflict; k != nil {
		fmt.Fprintf(a.stdout, "  %s with %s", plural(len(k.Players), "player"), plural(len(k.Options), "option"))
		fmt.Fprintf(a.stdout, "; the rules leave %s\n", plural(int(min(k.States(k.Typical()), 1<<62)), "state"))
	}
	if idle := unanalysed(c.Case); len(idle) > 0 {
		fmt.Fprintf(a.stdout, "  checked, but not analysed in this version: %s\n", strings.Join(idle, ", "))
	}
}

// unanalysed names the parts of a case that no command of this version uses.
func unanalysed(c *demarche.Case) []string {
	var out []string
	if len(c.Links) > 0 {
		out = append(out, "links to other cases")
	}
	for _, u := range c.Authorities {
		if u.Rule != "" {
			out = append(out, "the clocks of authorities (rule)")
			break
		}
	}
	for _, in := range c.Incidents {
		if in.Place != nil && in.Place.Lat != nil {
			out = append(out, "the maritime zones of incidents (lat, lon)")
			break
		}
	}
	return out
}

func (a *app) initCommand() *cobra.Command {
	var title string
	c := &cobra.Command{
		Use:     "init DIR",
		Short:   "Make a new case to start from",
		Example: "  demarche init river-talks --title \"River talks, spring 2026\"",
		Args:    exactArgs(1, "DIR"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := casefile.Init(args[0], title); err != nil {
				return err
			}
			if !a.quiet {
				fmt.Fprintf(a.stdout, "Made %s. Next:\n  edit %s/case.yaml and put reports into %s/reports\n  demarche check %s\n  demarche brief %s\n",
					args[0], args[0], args[0], args[0], args[0])
			}
			return nil
		},
	}
	c.Flags().StringVar(&title, "title", "", "the name of the crisis")
	return c
}

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of the case file",
		Example: "  demarche schema > case.schema.json",
		Args:    exactArgs(0, ""),
		RunE: func(*cobra.Command, []string) error {
			_, err := a.stdout.Write(casefile.Schema())
			return err
		},
	}
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  demarche version",
		Args:    exactArgs(0, ""),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.stdout, "demarche", version)
			return err
		},
	}
}

// unbuiltCommands are the commands of the workbench that this version does not
// have. They say so instead of being unknown words.
func unbuiltCommands() []*cobra.Command {
	var out []*cobra.Command
	for _, c := range []struct{ name, what string }{
		{"timeline", "the timeline on two clocks"},
		{"incidents", "the list of incidents"},
		{"clocks", "legal deadlines"},
		{"zone", "maritime zones"},
		{"serve", "the workbench in the browser"},
		{"mcp", "the interface for assistants"},
		{"sweep", "spreading worlds over machines"},
		{"worker", "spreading worlds over machines"},
	} {
		out = append(out, &cobra.Command{
			Use: c.name, Hidden: true, DisableFlagParsing: true,
			RunE: func(*cobra.Command, []string) error {
				return &demarche.Error{Kind: demarche.Unavailable, Msg: "demarche " + c.name + " (" + c.what + ") is not part of this version", Hint: "demarche --help lists what is"}
			},
		})
	}
	return out
}

// capped reads at most limit bytes, and one more to tell that there are more.
func capped(r io.Reader, limit int64) ([]byte, error) { return io.ReadAll(io.LimitReader(r, limit+1)) }
