package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/engine"
	"github.com/spf13/cobra"
)

func (a *app) stabilityCommand() *cobra.Command {
	var asJSON, summary bool
	var names string
	c := &cobra.Command{
		Use:   "stability CASE",
		Short: "Which states hold, for whom",
		Long: `stability finds the states that are stable for each player under each solution
concept, and the equilibria: the states that are stable for all. It answers in
one world: a proposition counts as true if its credence is a half or more.`,
		Example: "  demarche stability examples/caribbean\n  demarche stability examples/published/chicken.yaml --concepts nash,seq --json",
		Args:    exactArgs(1, "CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			concepts, err := parseConcepts(names)
			if err != nil {
				return err
			}
			crisis, err := a.open(args[0])
			if err != nil {
				return err
			}
			m, err := crisis.Model()
			if err != nil {
				return err
			}
			st, err := m.Stability(cmd.Context(), concepts...)
			if err != nil {
				return err
			}
			if asJSON {
				return desk.WriteStability(a.stdout, m, st)
			}
			b := &strings.Builder{}
			printWorld(b, m)
			fmt.Fprintf(b, "%s, %s, %s\n\n", plural(len(m.Players), "player"), plural(len(m.Options), "option"), plural(len(m.States), "state"))
			printCounts(b, m, st)
			if !summary {
				a.printEquilibria(b, m, st)
			}
			_, err = io.WriteString(a.stdout, b.String())
			return err
		},
	}
	a.caseFlags(c)
	c.Flags().StringVar(&names, "concepts", "", "solution concepts, separated by commas: nash, gmr, smr, seq, sseq (all five if left out)")
	c.Flags().BoolVar(&asJSON, "json", false, "print every state as JSON")
	c.Flags().BoolVar(&summary, "summary", false, "print counts only")
	c.MarkFlagsMutuallyExclusive("json", "summary")
	return c
}

func parseConcepts(names string) ([]engine.Concept, error) {
	if names == "" {
		return engine.Concepts(), nil
	}
	var out []engine.Concept
	seen := map[engine.Concept]bool{}
	for name := range strings.SplitSeq(names, ",") {
		c, err := engine.ParseConcept(strings.TrimSpace(name))
		if err != nil {
			e, _ := errors.AsType[*demarche.Error](err)
			return nil, usage(e.Hint, "--concepts: %s", e.Msg)
		}
		if !seen[c] {
			seen[c] = true
			out = append(out, c)
		}
	}
	return out, nil
}

// printWorld says in which world a question is answered.
func printWorld(b *strings.Builder, m *engine.Model) {
	if len(m.Atoms) == 0 {
		return
	}
	fmt.Fprintln(b, "Answered in this world:")
	for i, atom := range m.Atoms {
		word := "no "
		if m.World.Atom[i] {
			word = "yes"
		}
		fmt.Fprintf(b, "  %s  %s", word, atom.Says)
		if !atom.Authority && atom.Credence > 0 && atom.Credence < 1 {
			fmt.Fprintf(b, " (taken as %.0f %% likely)", atom.Credence*100)
		}
		fmt.Fprintln(b)
	}
	fmt.Fprintln(b)
}

// printCounts is a table of how many states are stable.
func printCounts(b *strings.Builder, m *engine.Model, st *engine.Stability) {
	wide := len("Stable for")
	for _, p := range m.Players {
		wide = max(wide, len([]rune(p.Name)))
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
	total := any.Count()
	fmt.Fprintln(b)
	if total == 0 {
		fmt.Fprintln(b, "No state holds for everybody under any of these concepts.")
		return
	}
	fmt.Fprintln(b, "States that hold for everybody")
	told := 0
	for s := range any.All {
		if told == maxListed {
			break
		}
		told++
		var under []string
		for c, set := range st.Equilibria {
			if set.Has(s) {
				under = append(under, strings.ToUpper(st.Concepts[c].String()))
			}
		}
		fmt.Fprintf(b, "\n  state %d, %s: %s\n", s+1, m.Pattern(m.States[s]), strings.Join(under, ", "))
		for _, line := range wrap(brief.StateWords(m.Conflict, m.States[s]), a.width()-6) {
			fmt.Fprintf(b, "      %s\n", line)
		}
	}
	if told < total {
		fmt.Fprintf(b, "\nand %d more; --json lists all.\n", total-told)
	}
	fmt.Fprintf(b, "\nAsk why with: demarche explain CASE STATE PLAYER CONCEPT\n")
}
