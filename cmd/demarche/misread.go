package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/engine"
)

// printViews tells, for a concept taken in each player's own view of the
// others, who recognises what holds, and which moves would surprise somebody.
func (a *app) printViews(ctx context.Context, b *strings.Builder, m *engine.Model, c engine.Concept) error {
	h, err := m.Hypergame(ctx, c.Base())
	if err != nil {
		return err
	}
	count := map[engine.Recognition]int{}
	for s := range m.States {
		count[h.Class(s)]++
	}
	fmt.Fprintf(b, "\nStates by what each player sees (%s)\n", strings.ToUpper(c.String()))
	for _, line := range []struct {
		class engine.Recognition
		words string
	}{
		{engine.Shared, "hold, and are seen to hold by every player"},
		{engine.Partly, "hold, and are seen to hold by some players only"},
		{engine.Unseen, "hold, and are seen to hold by nobody"},
		{engine.Mistaken, "do not hold, and are taken to hold by some player"},
	} {
		if n := count[line.class]; n > 0 {
			fmt.Fprintf(b, "  %5d  %s\n", n, line.words)
		}
	}
	start := -1
	if m.HasStatusQuo {
		if start, err = m.Start(); err != nil {
			return err
		}
	}
	from := map[int]bool{}
	today := 0
	for _, s := range h.Surprises {
		from[s.From] = true
		if s.From != start {
			continue
		}
		if today++; today == 1 {
			fmt.Fprintln(b, "\nMoves from today that would surprise somebody")
		}
		expected := "to stay"
		if len(s.Expected) > 0 {
			expected = "another move: " + brief.StateWords(m.Conflict, m.States[s.Expected[0]])
		}
		a.bullet(b, fmt.Sprintf("%s would move to this: %s. %s, who misreads the mover, expects it %s.",
			brief.PlayerWords(m.Conflict, s.Mover), brief.StateWords(m.Conflict, m.States[s.To]),
			brief.PlayerWords(m.Conflict, s.Surprised), expected))
	}
	switch {
	case len(h.Surprises) == 0:
		fmt.Fprintln(b, "  No move in any state would surprise anybody.")
	case today == 0:
		a.bullet(b, fmt.Sprintf("No move from today would surprise anybody; in %s some move would.", plural(len(from), "other state")))
	default:
		a.bullet(b, fmt.Sprintf("In %s some move would surprise somebody.", plural(len(from), "state")))
	}
	return nil
}

func (a *app) bullet(b *strings.Builder, text string) {
	r := []rune(text)
	for n, line := range wrap(strings.ToUpper(string(r[:1]))+string(r[1:]), min(a.width(), 100)-4) {
		fmt.Fprintln(b, []string{"  - ", "    "}[min(n, 1)]+line)
	}
}
