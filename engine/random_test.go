package engine

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/demarche/demarche"
)

// randomCase is a case drawn from (seed, n) alone: 2 to 6 players, infeasible
// states, options that cannot be undone or only be given up, ties.
func randomCase(seed, n uint64) *demarche.Case {
	r := rand.New(rand.NewPCG(seed, n))
	players := 2 + r.IntN(5)
	options := players + r.IntN(2)
	if players <= 3 {
		options = players + r.IntN(4)
	}
	m := &demarche.Conflict{At: demarche.Pos{Line: 1}}
	for i := range players {
		m.Players = append(m.Players, demarche.Player{ID: fmt.Sprintf("p%d", i)})
	}
	for k := range options {
		i := min(k, players-1)
		if k >= players {
			i = r.IntN(players)
		}
		o := demarche.Option{ID: fmt.Sprintf("o%d", k)}
		switch r.IntN(6) {
		case 0:
			o.Once = true
		case 1:
			if r.IntN(2) == 0 {
				o.Moves = "back"
			}
		}
		if r.IntN(12) == 0 {
			o.SharedWith = []demarche.Ref{{Name: fmt.Sprintf("p%d", r.IntN(players))}}
		}
		m.Players[i].Options = append(m.Players[i].Options, o)
	}
	c := &demarche.Case{Version: 1, Title: fmt.Sprintf("random %d %d", seed, n), Conflict: m}
	var names []string
	for _, p := range m.Players {
		for _, o := range p.Options {
			names = append(names, p.ID+"."+o.ID)
		}
	}
	for range r.IntN(4) {
		m.Rules = append(m.Rules, demarche.Rule{Never: expr(randomCondition(r, names, 2), options)})
	}
	for i := range m.Players {
		for range 1 + r.IntN(6) {
			m.Players[i].Prefers = append(m.Players[i].Prefers, demarche.Statement{Want: expr(randomCondition(r, names, 2), options)})
		}
		if r.IntN(4) == 0 {
			for j := range m.Players[i].Prefers {
				w := float64(r.IntN(7)-2) / 10
				m.Players[i].Prefers[j].Weight = &w
			}
		}
	}
	return c
}

func expr(text string, options int) demarche.Expr {
	c, err := demarche.ParseCondition(text, options)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", text, err))
	}
	return demarche.Expr{Text: text, Cond: c}
}

func randomCondition(r *rand.Rand, names []string, depth int) string {
	if depth == 0 || r.IntN(3) == 0 {
		if r.IntN(6) == 0 {
			b := make([]byte, len(names))
			for k := range b {
				b[k] = "YN-----"[r.IntN(7)]
			}
			return "'" + string(b) + "'"
		}
		name := names[r.IntN(len(names))]
		if r.IntN(2) == 0 {
			return "not " + name
		}
		return name
	}
	a, b := randomCondition(r, names, depth-1), randomCondition(r, names, depth-1)
	op := []string{"and", "or", "and", "or", "implies", "iff", "unless", "if"}[r.IntN(8)]
	return "(" + a + ") " + op + " (" + b + ")"
}

// runs is how many random models a test tries: full under soak, few in short
// runs such as those with the race detector.
func runs(test, soak int) uint64 {
	switch {
	case os.Getenv("DEMARCHE_SOAK") == "1":
		return uint64(soak)
	case testing.Short():
		return uint64(max(1, test/20))
	}
	return uint64(test)
}

// covers reports whether a run tries enough models for what they must cover to
// be checked: short runs do not.
func covers() bool { return !testing.Short() }

// mustModel compiles a case in its typical world; nil if no state is left.
func mustModel(t testing.TB, c *demarche.Case) *Model {
	t.Helper()
	k, err := Compile(c, Config{})
	if err != nil {
		t.Fatalf("%s: %v", c.Title, err)
	}
	w := k.Typical()
	if k.States(w) == 0 {
		return nil
	}
	m, err := k.In(w)
	if err != nil {
		t.Fatalf("%s: %v", c.Title, err)
	}
	return m
}
