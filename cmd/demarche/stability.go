package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/engine"
	"github.com/spf13/cobra"
)

func (a *app) stabilityCommand() *cobra.Command {
	var asJSON, asCSV, summary bool
	var names string
	var holds []string
	var timeout time.Duration
	var further conceptOptions
	c := &cobra.Command{
		Use:   "stability CASE",
		Short: "Which states hold, for whom",
		Long: `stability finds the states that are stable for each player under each solution
concept, and the equilibria: the states that are stable for all. It answers in
one world: a proposition counts as true if its credence is a half or more.

--holds picks states: for=PLAYER (or all), concept=NAME, with=OPTION,
without=OPTION, outcome=NAME; several, separated by spaces, must all be so.

` + conceptHelp,
		Example: `  demarche stability examples/caribbean
  demarche stability examples/published/chicken.yaml --concepts nash,seq --json
  demarche stability examples/caribbean --holds "for=maduro concept=seq with=maduro.resign"`,
		Args: func(c *cobra.Command, args []string) error {
			// --holds for=us concept=seq: what follows unquoted belongs to it.
			for len(args) > 1 && len(holds) > 0 && strings.Contains(args[len(args)-1], "=") {
				holds = append(holds, args[len(args)-1])
				args = args[:len(args)-1]
			}
			return exactArgs(1, "CASE")(c, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if timeout > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, timeout)
				defer cancel()
			}
			if names != "" && !strings.EqualFold(strings.TrimSpace(names), "all") {
				if _, err := readConcepts(names); err != nil {
					return err
				}
			}
			crisis, err := a.open(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			began := time.Now()
			m, err := crisis.Model(ctx)
			if err != nil {
				return stopped(err, began, "the listing of the states")
			}
			options, err := further.resolve(m)
			if err != nil {
				return err
			}
			concepts, err := parseConcepts(names, m, options)
			if err != nil {
				return err
			}
			filter, err := parseFilter(m, concepts, holds)
			if err != nil {
				return err
			}
			began = time.Now()
			st, err := m.StabilityWith(ctx, options, concepts...)
			if err != nil {
				return stopped(err, began, "the analysis of %s and %s", plural(len(m.States), "state"), plural(len(m.Players), "player"))
			}
			switch {
			case asJSON:
				return desk.WriteStability(a.stdout, m, st)
			case asCSV:
				return writeStabilityCSV(a.stdout, m, st, filter)
			}
			b := &strings.Builder{}
			printWorld(b, m)
			fmt.Fprintf(b, "%s, %s, %s\n\n", plural(len(m.Players), "player"), plural(len(m.Options), "option"), plural(len(m.States), "state"))
			a.printCounts(b, m, st)
			switch {
			case summary:
			case filter != nil:
				a.printStates(b, m, st, "States that are as asked", filter.states(m, st))
			default:
				a.printEquilibria(b, m, st)
			}
			if !summary && filter == nil {
				for _, c := range concepts {
					if !strings.HasPrefix(c.String(), "h") {
						continue
					}
					if err := a.printViews(ctx, b, m, c); err != nil {
						return err
					}
				}
			}
			_, err = io.WriteString(a.stdout, b.String())
			return err
		},
	}
	a.caseFlags(c)
	further.flags(c)
	c.Flags().StringVar(&names, "concepts", "", "solution concepts, separated by commas, or all (nash,gmr,smr,seq,sseq if left out)")
	c.Flags().BoolVar(&asJSON, "json", false, "print every state as JSON")
	c.Flags().BoolVar(&asCSV, "csv", false, "print a table for spreadsheets")
	c.Flags().BoolVar(&summary, "summary", false, "print counts only")
	c.Flags().StringArrayVar(&holds, "holds", nil, "only states that are so, such as \"for=maduro concept=seq\"")
	c.Flags().DurationVar(&timeout, "timeout", 0, "stop after this time, such as 30s")
	c.MarkFlagsMutuallyExclusive("json", "csv", "summary")
	c.MarkFlagsMutuallyExclusive("json", "holds")
	c.MarkFlagsMutuallyExclusive("summary", "holds")
	return c
}

// printWorld says in which world a question is answered. An authority that is
// not in force in it is told apart from a proposition that is false: leaving a
// contested reading of the law open is not to deny it.
func printWorld(b *strings.Builder, m *engine.Model) {
	if len(m.Atoms) == 0 {
		return
	}
	var inForce, open []string
	fmt.Fprintln(b, "Answered in this world:")
	for i, atom := range m.Atoms {
		if atom.Authority {
			if m.World.Atom[i] {
				inForce = append(inForce, atom.Says)
			} else {
				open = append(open, atom.Says)
			}
			continue
		}
		word := "no "
		if m.World.Atom[i] {
			word = "yes"
		}
		fmt.Fprintf(b, "  %s  %s", word, atom.Says)
		if atom.Credence > 0 && atom.Credence < 1 {
			fmt.Fprintf(b, " (assumed probability %.0f %%)", atom.Credence*100)
		}
		fmt.Fprintln(b)
	}
	for _, part := range []struct {
		title string
		list  []string
	}{{"Taken as in force:", inForce}, {"Not in force, or left open by the model:", open}} {
		if len(part.list) > 0 {
			fmt.Fprintln(b, part.title)
			for _, says := range part.list {
				for n, line := range wrap(says, 94) {
					fmt.Fprintln(b, []string{"  -  ", "     "}[min(n, 1)]+line)
				}
			}
		}
	}
	fmt.Fprintln(b)
}

// printCounts is a table of how many states are stable: concepts across, or
// down where they would not fit.
func (a *app) printCounts(b *strings.Builder, m *engine.Model, st *engine.Stability) {
	wide := len("Stable for")
	for _, p := range m.Players {
		wide = max(wide, len([]rune(p.Name)))
	}
	if wide+12*len(st.Concepts) > a.width() {
		a.printCountsDown(b, m, st)
		return
	}
	line := func(name string, cell func(c int) string) {
		fmt.Fprintf(b, "%-*s", wide, name)
		for c := range st.Concepts {
			fmt.Fprintf(b, "  %10s", cell(c))
		}
		fmt.Fprintln(b)
	}
	line("Stable for", func(c int) string { return strings.ToUpper(st.Concepts[c].String()) })
	for i, p := range m.Players {
		line(p.Name, func(c int) string { return fmt.Sprint(st.Stable[c][i].Count()) })
	}
	line("all", func(c int) string { return fmt.Sprint(st.Equilibria[c].Count()) })
	legend := make([]string, len(st.Concepts))
	for c, concept := range st.Concepts {
		legend[c] = strings.ToUpper(concept.String()) + " is " + concept.Title() + "."
	}
	fmt.Fprintln(b)
	a.paragraph(b, strings.Join(legend, " "))
}

func (a *app) printCountsDown(b *strings.Builder, m *engine.Model, st *engine.Stability) {
	wide := len("Stable for")
	for _, c := range st.Concepts {
		wide = max(wide, len(c.String()))
	}
	fmt.Fprintf(b, "%-*s", wide, "Stable for")
	for _, p := range m.Players {
		fmt.Fprintf(b, "  %8s", cut(p.ID, 8))
	}
	fmt.Fprintf(b, "  %8s\n", "all")
	for c, concept := range st.Concepts {
		fmt.Fprintf(b, "%-*s", wide, concept)
		for i := range m.Players {
			fmt.Fprintf(b, "  %8d", st.Stable[c][i].Count())
		}
		fmt.Fprintf(b, "  %8d\n", st.Equilibria[c].Count())
	}
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// maxListed is how many equilibria are told one by one.
const maxListed = 40

// printEquilibria tells the states that are equilibria under some concept.
func (a *app) printEquilibria(b *strings.Builder, m *engine.Model, st *engine.Stability) {
	any := engine.NewSet(len(m.States))
	for _, set := range st.Equilibria {
		for s := range set.All {
			any.Add(s)
		}
	}
	if any.Count() == 0 {
		fmt.Fprintln(b, "\nNo state holds for everybody under any of these concepts.")
		return
	}
	a.printStates(b, m, st, "States that hold for everybody", any)
	fmt.Fprintf(b, "\nAsk why with: demarche explain CASE STATE PLAYER CONCEPT\n")
}

// printStates tells the states of a set, with the concepts under which each is
// an equilibrium.
func (a *app) printStates(b *strings.Builder, m *engine.Model, st *engine.Stability, title string, set engine.Set) {
	total, told := set.Count(), 0
	fmt.Fprintf(b, "\n%s\n", title)
	if total == 0 {
		fmt.Fprintln(b, "\n  There is none.")
	}
	for s := range set.All {
		if told == maxListed {
			fmt.Fprintf(b, "\nand %d more; --csv or --json lists all.\n", total-told)
			break
		}
		told++
		var under []string
		for c, eq := range st.Equilibria {
			if eq.Has(s) {
				under = append(under, strings.ToUpper(st.Concepts[c].String()))
			}
		}
		line := fmt.Sprintf("state %d, %s", s+1, m.Pattern(m.States[s]))
		if len(under) > 0 {
			line += ": " + strings.Join(under, ", ")
		}
		fmt.Fprintln(b)
		for _, l := range wrap(line, a.width()-2) {
			fmt.Fprintf(b, "  %s\n", l)
		}
		for _, l := range wrap(brief.StateWords(m.Conflict, m.States[s]), a.width()-6) {
			fmt.Fprintf(b, "      %s\n", l)
		}
	}
}
