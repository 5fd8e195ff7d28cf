package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/engine"
	"github.com/spf13/cobra"
)

func (a *app) explainCommand() *cobra.Command {
	var further conceptOptions
	c := &cobra.Command{
		Use:   "explain CASE STATE PLAYER CONCEPT",
		Short: "Why a state holds for a player, or does not, in words",
		Long: `explain says why a state holds for a player under a solution concept, or why it
does not: each move that would serve the player better, and the answer of the
others that would undo the gain, move by move.

STATE is a number, a pattern of letters Y and N, or now for the status quo.

` + conceptHelp,
		Example: "  demarche explain examples/caribbean now maduro seq\n  demarche explain examples/published/chicken.yaml YN row nash",
		Args:    exactArgs(4, "CASE STATE PLAYER CONCEPT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			concept, err := engine.ParseConcept(args[3])
			if err != nil {
				return err
			}
			crisis, err := a.open(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			m, err := crisis.Model(cmd.Context())
			if err != nil {
				return err
			}
			s, err := m.StateNamed(args[1])
			if err != nil {
				return err
			}
			i, err := m.PlayerNamed(args[2])
			if err != nil {
				return err
			}
			b := &strings.Builder{}
			printWorld(b, m)
			options, err := further.resolve(m)
			if err != nil {
				return err
			}
			var stable bool
			var sentences []brief.Sentence
			if concept.Main() && !options.NoReturn {
				e := m.Explain(s, i, concept)
				stable, sentences = e.Stable, brief.Explain(m, e)
			} else {
				e, err := m.ExplainWith(cmd.Context(), options, s, i, concept)
				if err != nil {
					return err
				}
				stable, sentences = e.Stable, brief.ExplainReason(m, e)
			}
			verdict := "does not hold"
			if stable {
				verdict = "holds"
			}
			a.paragraph(b, fmt.Sprintf("State %d (%s): %s", s+1, m.Pattern(m.States[s]), brief.StateWords(m.Conflict, m.States[s])))
			a.paragraph(b, fmt.Sprintf("Under %s, it %s for %s.", concept.Title(), verdict, brief.PlayerWords(m.Conflict, i)))
			for _, sentence := range sentences {
				a.paragraph(b, sentence.Text)
			}
			_, err = io.WriteString(a.stdout, b.String())
			return err
		},
	}
	a.caseFlags(c)
	further.flags(c)
	return c
}

func (a *app) paragraph(b *strings.Builder, text string) {
	for _, line := range wrap(text, min(a.width(), 100)) {
		fmt.Fprintln(b, line)
	}
}

func (a *app) pathsCommand() *cobra.Command {
	var from, to string
	var improving []string
	limit := 3
	c := &cobra.Command{
		Use:   "paths CASE",
		Short: "How the crisis can move from today, and what cannot be reached",
		Long: `paths says where the conflict moves from today if players move one at a time and
look ahead as the case says, and how each state that holds can be reached: when
everybody moves only to what it prefers, and by any moves at all.`,
		Example: "  demarche paths examples/caribbean\n  demarche paths examples/published/us-north-korea-2017-base.yaml --from 1 --to 4",
		Args:    exactArgs(1, "CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			crisis, err := a.open(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			m, err := crisis.Model(cmd.Context())
			if err != nil {
				return err
			}
			start := 0
			if from == "" {
				start, err = m.Start()
				if e, ok := errors.AsType[*demarche.Error](err); ok && e.Kind == demarche.NotFound {
					e.Hint += "; or give a state with --from"
				}
			} else {
				start, err = m.StateNamed(from)
			}
			if err != nil {
				return err
			}
			p := &pathsReport{app: a, m: m, start: start, limit: limit}
			if limit < 1 {
				return usage("give a number from 1", "--ways %d: there is nothing to show", limit)
			}
			for _, name := range improving {
				i, err := m.PlayerNamed(name)
				if err != nil {
					return err
				}
				if p.improving == nil {
					p.improving = make([]bool, len(m.Players))
				}
				p.improving[i] = true
			}
			if to != "" {
				t, err := m.StateNamed(to)
				if err != nil {
					return err
				}
				p.targets = []int{t}
			}
			if err := p.write(cmd.Context()); err != nil {
				return err
			}
			_, err = io.WriteString(a.stdout, p.b.String())
			return err
		},
	}
	a.caseFlags(c)
	c.Flags().StringVar(&from, "from", "", "the state to start from: a number, a pattern, or now (the status quo if left out)")
	c.Flags().StringVar(&to, "to", "", "the state to reach (every state that holds if left out)")
	c.Flags().StringSliceVar(&improving, "improving", nil, "players who move only to what they prefer, while the others move as they like")
	c.Flags().IntVar(&limit, "ways", 3, "how many of the shortest ways to show")
	return c
}
