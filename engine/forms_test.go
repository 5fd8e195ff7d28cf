package engine

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/demarche/demarche"
)

// TestGraphsWithForms makes states of random graphs one, hides some and excludes
// some, by conditions that name them.
func TestGraphsWithForms(t *testing.T) {
	const seed = 27
	count, joined := map[Concept]int{}, 0
	for n := range runs(400, 15000) {
		c := withForesights(randomGraph(seed, n), n, "nash", "gmr", "smr", "seq", "sseq")
		r := rand.New(rand.NewPCG(seed+1000, n))
		m := c.Conflict
		states := len(m.Graph.States)
		some := func(most int) ([]int, demarche.Expr) {
			of := r.Perm(states)[:1+r.IntN(most)]
			var names []string
			for _, s := range of {
				names = append(names, m.Graph.States[s].ID)
			}
			return of, expr(strings.Join(names, " or "), 0)
		}
		gone := make([]bool, states)
		if r.IntN(2) == 0 {
			of, e := some(states - 1)
			for _, s := range of {
				gone[s] = true
			}
			m.Rules = append(m.Rules, demarche.Rule{Never: e})
		}
		group := make([]int, states)
		for s := range group {
			group[s] = s
		}
		for range r.IntN(3) {
			of, e := some(states)
			m.Same = append(m.Same, e)
			least := -1
			for _, s := range of {
				if gone[s] {
					continue
				}
				if least < 0 {
					least = group[s]
				}
				for was, u := group[s], 0; u < states; u++ {
					if group[u] == was {
						group[u] = least
					}
				}
			}
		}
		hides := make([][]int, len(m.Players))
		for i, p := range m.Players {
			if r.IntN(3) == 0 {
				of, e := some(states)
				hides[i] = of
				m.Hidden = append(m.Hidden, demarche.Hidden{ID: p.ID, States: []demarche.Expr{e}})
			}
		}
		// The states that are left, by their greatest member.
		last := map[int]int{}
		for s := range states {
			if !gone[s] {
				last[group[s]] = s
			}
		}
		var order []int
		for _, s := range last {
			order = append(order, s)
		}
		slices.Sort(order)
		place := func(s int) int { return slices.Index(order, last[group[s]]) }
		full := plainGraph(c)
		v := &plain{n: len(order), players: len(m.Players)}
		for i := range m.Players {
			value := make([]float64, states)
			for s := range value {
				value[s] = float64((group[s]*7 + i*3 + int(n)) % 5) // alike in what is one
			}
			p := &m.Players[i]
			p.Ranking, p.Payoffs = nil, value
			moves, of := make([][]int, v.n), make([]float64, v.n)
			for s := range states {
				if gone[s] {
					continue
				}
				of[place(s)] = value[s]
				for _, u := range full.moves[i][s] {
					if gone[u] || slices.Contains(hides[i], s) || slices.Contains(hides[i], u) || place(s) == place(u) || slices.Contains(moves[place(s)], place(u)) {
						continue
					}
					moves[place(s)] = append(moves[place(s)], place(u))
				}
			}
			for _, list := range moves {
				slices.Sort(list)
			}
			v.moves, v.value = append(v.moves, moves), append(v.value, of)
		}
		model := compiled(t, c, Config{})
		if model.Conflict.States(model.World) != uint64(v.n) {
			t.Fatalf("%s: counts %d states, want %d", c.Title, model.Conflict.States(model.World), v.n)
		}
		for s := range states {
			name := m.Graph.States[s].ID
			at, err := model.StateNamed(name)
			if gone[s] != (err != nil) || err == nil && at != place(s) {
				t.Fatalf("%s: the state named %s is %d: %v", c.Title, name, at, err)
			}
			if err == nil && strings.Contains(model.Pattern(model.States[at]), "+") {
				joined++
			}
		}
		compare(t, c.Title, model, v, count)
	}
	apart(t, count)
	if covers() && joined < 50 {
		t.Fatalf("only %d states were joined", joined)
	}
}

// TestOutlookOfForms compares the outlook on models with hidden states, states
// that are one and explicit graphs with evolution in each of their worlds.
func TestOutlookOfForms(t *testing.T) {
	const seed = 28
	ctx := context.Background()
	tried, split := 0, 0
	for n := range runs(200, 5000) {
		var c *demarche.Case
		if n%2 == 0 {
			c = randomGraph(seed, n)
		} else {
			c = withForms(randomCase(seed, n), seed, n, n%4 == 1)
			c.Conflict.StatusQuo = &[]demarche.Ref{}
			for i := range c.Conflict.Players {
				if n%4 == 1 {
					c.Conflict.Players[i].Prefers = nil
				}
			}
			// A proposition on which hidden states and preferences depend.
			c.Conflict.Hidden = append(c.Conflict.Hidden, demarche.Hidden{ID: "p0", States: []demarche.Expr{expr("secret", c.Conflict.OptionCount())}})
			c.Conflict.Players[1].Prefers = append(c.Conflict.Players[1].Prefers, demarche.Statement{Want: expr("secret or p1.o1", c.Conflict.OptionCount())})
			c.Conflict.Same = slices.DeleteFunc(c.Conflict.Same, func(e demarche.Expr) bool { return strings.Contains(e.Text, "p1.o1") })
		}
		prior := 0.3
		c.Propositions = []demarche.Proposition{{ID: "secret", Says: "The deal is secret", Prior: &prior}}
		c.Conflict.Outcomes = []demarche.Outcome{{ID: "rest", When: demarche.Expr{Text: "otherwise"}}}
		k, err := Compile(c, Config{})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]float64{}
		ends := [2]string{}
		failed := false
		for b, so := range []bool{false, true} {
			w := k.Typical()
			w.Atom[0] = so
			if k.States(w) == 0 {
				failed = true
				break
			}
			m, err := k.In(w)
			if err != nil {
				failed = true // members do not rank alike
				break
			}
			start, err := m.Start()
			if err != nil {
				failed = true
				break
			}
			f, err := m.Foresight(ctx)
			if err != nil {
				t.Fatal(err)
			}
			e, err := f.Evolve(ctx, start)
			if err != nil {
				t.Fatal(err)
			}
			p := prior
			if !so {
				p = 1 - prior
			}
			for s, share := range e.End {
				want[m.Pattern(m.States[s])] += p * share
				ends[b] += fmt.Sprint(s, " ")
			}
		}
		if failed {
			continue
		}
		tried++
		if ends[0] != ends[1] {
			split++
		}
		out, err := k.Outlook(ctx, OutlookConfig{})
		if err != nil {
			t.Fatalf("%s: %v", c.Title, err)
		}
		got := map[string]float64{}
		for _, s := range out.States {
			if s.EndsHere > 0 {
				got[k.Pattern(s.State)] += s.EndsHere
			}
		}
		for name, p := range want {
			if math.Abs(got[name]-p) > 1e-9 {
				t.Fatalf("%s: ends in %s with %v, want %v", c.Title, name, got[name], p)
			}
		}
		if len(got) > len(want) {
			t.Fatalf("%s: ends in %v, want %v", c.Title, got, want)
		}
	}
	if covers() && (tried < 80 || split == 0) {
		t.Fatalf("%d models, %d with worlds that differ", tried, split)
	}
}

// TestFormErrors writes what cannot be meant.
func TestFormErrors(t *testing.T) {
	options := func() *demarche.Case {
		return &demarche.Case{
			Propositions: []demarche.Proposition{{ID: "w"}},
			Conflict: &demarche.Conflict{Players: []demarche.Player{
				{ID: "a", Name: "Ann", Options: []demarche.Option{{ID: "x"}}}, {ID: "b", Options: []demarche.Option{{ID: "y"}}},
			}},
		}
	}
	for _, tt := range []struct {
		name   string
		change func(m *demarche.Conflict)
		says   string
	}{
		{"same names a proposition", func(m *demarche.Conflict) { m.Same = []demarche.Expr{expr("a.x and w", 2)} }, "same names a proposition"},
		{"hidden from nobody known", func(m *demarche.Conflict) { m.Hidden = []demarche.Hidden{{ID: "z"}} }, "unknown player z"},
		{"statement tells members apart", func(m *demarche.Conflict) {
			m.Same = []demarche.Expr{expr("a.x", 2)}
			m.Players[0].Prefers = []demarche.Statement{{Want: expr("b.y", 2)}}
		}, "Ann does not rank the states made one as Y- alike: it tells YN from YY"},
		{"ranking tells members apart", func(m *demarche.Conflict) {
			m.Same = []demarche.Expr{expr("a.x", 2)}
			m.Players[0].Ranking = []demarche.Rank{{States: []demarche.RankItem{{Pattern: "YN"}}}, {States: []demarche.RankItem{{Pattern: "YY"}}}}
		}, "ranks the state Y- twice"},
		{"outcomes of members differ", func(m *demarche.Conflict) {
			m.Same = []demarche.Expr{expr("a.x", 2)}
			m.Outcomes = []demarche.Outcome{{ID: "war", When: expr("b.y", 2)}, {ID: "rest", When: demarche.Expr{Text: "otherwise"}}}
		}, "have different outcomes: YN has rest, YY has war"},
		{"options and a graph", func(m *demarche.Conflict) { m.Graph = &demarche.Graph{States: []demarche.GraphState{{ID: "s"}}} }, "moves instead of options"},
		{"empty graph", func(m *demarche.Conflict) { m.Players[0].Options, m.Graph = nil, &demarche.Graph{} }, "the graph has no states"},
	} {
		c := options()
		tt.change(c.Conflict)
		k, err := Compile(c, Config{})
		if err == nil {
			_, err = k.In(k.Typical())
		}
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.says)
		}
	}
	// Too many players.
	c := options()
	for i := range MaxPlayers {
		c.Conflict.Players = append(c.Conflict.Players, demarche.Player{ID: fmt.Sprintf("q%d", i)})
	}
	if _, err := Compile(c, Config{}); err == nil || !strings.Contains(err.Error(), "64 players; a model holds at most 62") {
		t.Errorf("too many players: %v", err)
	}
	// Too many moves of one player.
	c = options()
	for k := range 14 {
		c.Conflict.Players[0].Options = append(c.Conflict.Players[0].Options, demarche.Option{ID: fmt.Sprintf("o%d", k)})
	}
	c.Conflict.Same = []demarche.Expr{expr("b.y and a.x", 16)}
	k, err := Compile(c, Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.In(k.Typical()); demarche.KindOf(err) != demarche.Unavailable || !strings.Contains(err.Error(), "Ann has more than 33,554,432 moves") {
		t.Errorf("too many moves: %v", err)
	}
}
