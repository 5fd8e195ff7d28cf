package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/engine"
)

// pathsReport is what paths prints, in the making.
type pathsReport struct {
	*app
	m       *engine.Model
	start   int
	targets []int // asked for; none: the equilibria
	limit   int   // of ways shown
	// improving are the players who move only to what they prefer, the others
	// moving as they like; nil if that is not asked.
	improving []bool
	b         strings.Builder
}

func (p *pathsReport) write(ctx context.Context) error {
	printWorld(&p.b, p.m)
	p.paragraph(&p.b, "From: "+p.state(p.start))
	if err := p.evolution(ctx); err != nil {
		return err
	}
	title := "\nHow to get there"
	if p.targets == nil {
		title = "\nHow the states that hold can be reached"
		if err := p.equilibria(ctx); err != nil {
			return err
		}
	}
	better, err := p.m.ByImprovements(ctx, p.start)
	if err != nil {
		return err
	}
	any, err := p.m.ByMoves(ctx, p.start)
	if err != nil {
		return err
	}
	var mixed *engine.Reach
	if p.improving != nil {
		if mixed, err = p.m.ByMixedMoves(ctx, p.start, p.improving); err != nil {
			return err
		}
	}
	fmt.Fprintln(&p.b, title)
	if len(p.targets) == 0 {
		fmt.Fprintln(&p.b, "  No state holds for everybody.")
	}
	for n, t := range p.targets {
		if n == maxListed {
			fmt.Fprintf(&p.b, "\n  and %d more; ask for one with --to.\n", len(p.targets)-n)
			break
		}
		fmt.Fprintln(&p.b)
		p.indent("  ", p.state(t))
		p.way(t, better, mixed, any)
	}
	return nil
}

// evolution tells where stepwise evolution leads.
func (p *pathsReport) evolution(ctx context.Context) error {
	f, err := p.m.Foresight(ctx)
	if err != nil {
		return err
	}
	e, err := f.Evolve(ctx, p.start)
	if err != nil {
		return err
	}
	fmt.Fprintln(&p.b, "\nWhere it moves, one player at a time, each looking ahead as the case says")
	if len(e.States) == 1 {
		fmt.Fprintln(&p.b, "  Nobody moves: it stays where it is.")
		return nil
	}
	ends := make([]int, 0, len(e.End))
	for s := range e.End {
		ends = append(ends, s)
	}
	slices.SortFunc(ends, func(a, b int) int {
		if e.End[a] != e.End[b] {
			if e.End[a] > e.End[b] {
				return -1
			}
			return 1
		}
		return a - b
	})
	for n, s := range ends {
		if n == maxListed {
			fmt.Fprintf(&p.b, "  and %d more ends\n", len(ends)-n)
			break
		}
		p.indent("  ", fmt.Sprintf("%.1f %% end in %s", e.End[s]*100, p.state(s)))
	}
	if e.NoSettlement > 0 {
		p.indent("  ", fmt.Sprintf("%.1f %% never settle: the players go round in a circle of %s", e.NoSettlement*100, plural(len(e.Cycles[0]), "state")))
	}
	if e.NoSettlement < 1 {
		fmt.Fprintf(&p.b, "  %.1f moves on average until it settles\n", e.Steps)
	}
	return nil
}

// equilibria takes as targets the states that hold under SEQ, the concept by
// which players look ahead unless the case says otherwise, or under Nash.
func (p *pathsReport) equilibria(ctx context.Context) error {
	st, err := p.m.Stability(ctx, engine.SEQ)
	if err != nil {
		return err
	}
	p.targets = []int{}
	for s := range st.Equilibria[0].All {
		if s != p.start {
			p.targets = append(p.targets, s)
		}
	}
	return nil
}

// way tells the shortest ways to a state.
func (p *pathsReport) way(t int, better, mixed, any *engine.Reach) {
	switch {
	case t == p.start:
		p.indent("    ", "That is where it starts.")
	case better.Steps[t] >= 0:
		p.ways("by moves that each serve the one who makes them", better, t)
	case mixed != nil && mixed.Steps[t] >= 0:
		p.ways("by moves of which those of "+p.improvers()+" serve the one who makes them", mixed, t)
	case any.Steps[t] >= 0:
		p.indent("    ", "Not by moves that each serve the one who makes them: some player would have to move against its own interest, or an agreement would have to bind several.")
		p.ways("by any moves", any, t)
	default:
		p.indent("    ", "Cannot be reached by any moves: it would take undoing what cannot be undone, or passing through what the rules exclude.")
	}
}

// improvers names the players who move only to what they prefer.
func (p *pathsReport) improvers() string {
	var names []string
	for i, is := range p.improving {
		if is {
			names = append(names, brief.PlayerWords(p.m.Conflict, i))
		}
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

func (p *pathsReport) ways(how string, r *engine.Reach, t int) {
	ways, more := r.Shortest(t, p.limit)
	p.indent("    ", fmt.Sprintf("In %s, %s:", plural(int(r.Steps[t]), "move"), how))
	for n, way := range ways {
		if n > 0 {
			fmt.Fprintln(&p.b, "    or:")
		}
		for _, s := range brief.PathWords(p.m, way) {
			p.indent("      ", s.Text)
		}
	}
	if more {
		p.indent("    ", "and other ways as short")
	}
}

func (p *pathsReport) state(s int) string {
	return fmt.Sprintf("state %d (%s): %s", s+1, p.m.Pattern(p.m.States[s]), brief.StateWords(p.m.Conflict, p.m.States[s]))
}

func (p *pathsReport) indent(margin, text string) {
	for n, line := range wrap(text, min(p.width(), 100)-len(margin)-2) {
		if n > 0 {
			line = "  " + line
		}
		fmt.Fprintln(&p.b, margin+line)
	}
}
