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

// randomGraph is an explicit graph drawn from (seed, n) alone. Its moves are
// neither transitive nor symmetric but by chance.
func randomGraph(seed, n uint64) *demarche.Case {
	r := rand.New(rand.NewPCG(seed, n))
	states, players := 2+r.IntN(8), 1+r.IntN(4)
	g := &demarche.Graph{}
	for s := range states {
		g.States = append(g.States, demarche.GraphState{ID: fmt.Sprintf("s%d", s)})
	}
	m := &demarche.Conflict{At: demarche.Pos{Line: 1}, Graph: g}
	density := 1 + r.IntN(4)
	for i := range players {
		p := demarche.Player{ID: fmt.Sprintf("p%d", i)}
		moves := demarche.GraphMoves{ID: p.ID}
		for a := range states {
			for b := range states {
				if a != b && r.IntN(8) < density {
					arc := demarche.Arc{Ends: []demarche.Ref{{Name: g.States[a].ID}, {Name: g.States[b].ID}}}
					moves.Arcs = append(moves.Arcs, arc)
					if r.IntN(10) == 0 {
						moves.Arcs = append(moves.Arcs, arc)
					}
				}
			}
		}
		if len(moves.Arcs) > 0 {
			g.Moves = append(g.Moves, moves)
		}
		if r.IntN(3) == 0 {
			for range states {
				p.Payoffs = append(p.Payoffs, float64(r.IntN(4)))
			}
		} else {
			for _, s := range r.Perm(states) {
				item := demarche.RankItem{Pattern: g.States[s].ID}
				if r.IntN(2) == 0 {
					item = demarche.RankItem{Number: s + 1}
				}
				if k := len(p.Ranking); k > 0 && r.IntN(3) == 0 {
					p.Ranking[k-1].States = append(p.Ranking[k-1].States, item)
				} else {
					p.Ranking = append(p.Ranking, demarche.Rank{States: []demarche.RankItem{item}})
				}
			}
		}
		m.Players = append(m.Players, p)
	}
	m.StatusQuo = &[]demarche.Ref{{Name: g.States[r.IntN(states)].ID}}
	return &demarche.Case{Version: 1, Title: fmt.Sprintf("graph %d %d", seed, n), Conflict: m}
}

func compiled(t testing.TB, c *demarche.Case, cfg Config) *Model {
	t.Helper()
	k, err := Compile(c, cfg)
	if err != nil {
		t.Fatalf("%s: %v", c.Title, err)
	}
	m, err := k.In(k.Typical())
	if err != nil {
		t.Fatalf("%s: %v", c.Title, err)
	}
	return m
}

// compare checks everything that is asked of a model against its slow twin, and
// counts what is stable.
func compare(t *testing.T, what string, m *Model, v *plain, count map[Concept]int) {
	t.Helper()
	if len(m.States) != v.n {
		t.Fatalf("%s: %d states, want %d", what, len(m.States), v.n)
	}
	st, err := m.Stability(context.Background(), Concepts()...)
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.Players {
		for s := range v.n {
			for u := range v.n {
				if (m.Rank[i][s] < m.Rank[i][u]) != (v.value[i][s] < v.value[i][u]) {
					t.Fatalf("%s: player %d ranks %d and %d", what, i, s, u)
				}
				if m.CanMove(i, s, u) != slices.Contains(v.moves[i][s], u) {
					t.Fatalf("%s: can player %d move from %d to %d: %v", what, i, s, u, m.CanMove(i, s, u))
				}
			}
			moves := m.Moves(nil, i, s)
			if !slices.IsSortedFunc(moves, func(a, b int) int { return int(m.Rank[i][b] - m.Rank[i][a]) }) {
				t.Fatalf("%s: moves %v are not best first", what, moves)
			}
			slices.Sort(moves)
			if !slices.Equal(moves, v.moves[i][s]) {
				t.Fatalf("%s: moves of player %d from %d: %v, want %v", what, i, s, moves, v.moves[i][s])
			}
			for _, c := range Concepts() {
				want := v.stable(i, s, c)
				if got := st.Stable[c][i].Has(s); got != want {
					t.Fatalf("%s: state %d for player %d under %s: %v, want %v", what, s, i, c, got, want)
				}
				if want {
					count[c]++
				}
				compareExplanation(t, what, m.Explain(s, i, c), v)
			}
		}
	}
	compareEvolution(t, what, m, v)
	compareWays(t, what, m, v)
}

func compareExplanation(t *testing.T, what string, e *Explanation, v *plain) {
	t.Helper()
	if e.Stable != v.stable(e.Player, e.State, e.Concept) || len(e.Answers) != len(v.better(e.Player, e.State)) {
		t.Fatalf("%s: explanation %+v", what, e)
	}
	step := v.any
	if e.Concept.credible() {
		step = v.better
	}
	for _, a := range e.Answers {
		if (a.Sanction != nil) != v.sanctioned(e.Player, e.State, a.To, e.Concept) {
			t.Fatalf("%s: sanction of %+v in %+v", what, a, e)
		}
		at, last := a.To, -1
		for _, st := range a.Sanction {
			if st.From != at || st.Player == e.Player || st.Player == last || !slices.Contains(step(st.Player, at), st.To) {
				t.Fatalf("%s: not a legal sequence: %+v in %+v", what, a, e)
			}
			at, last = st.To, st.Player
		}
		if a.Sanction != nil && !v.deters(e.Player, e.State, at, e.Concept) {
			t.Fatalf("%s: the sanction deters nobody: %+v in %+v", what, a, e)
		}
	}
}

func compareEvolution(t *testing.T, what string, m *Model, v *plain) {
	t.Helper()
	f, err := m.Foresight(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.Players {
		for s := range v.n {
			if got, want := f.Chosen(nil, i, s), v.chosen(i, s, m.Players[i].Foresight); !slices.Equal(got, want) {
				t.Fatalf("%s: player %d chooses %v from %d, want %v", what, i, got, s, want)
			}
		}
	}
	e, err := f.Evolve(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	total := e.NoSettlement
	for s, p := range e.End {
		total += p
		for i := range m.Players {
			if len(v.chosen(i, s, m.Players[i].Foresight)) > 0 {
				t.Fatalf("%s: evolution ends in %d, from where player %d moves on", what, s, i)
			}
		}
	}
	if math.Abs(total-1) > 1e-9 {
		t.Fatalf("%s: probabilities add up to %v", what, total)
	}
}

// compareWays counts all shortest legal sequences, by extending every one.
func compareWays(t *testing.T, what string, m *Model, v *plain) {
	t.Helper()
	for _, improving := range []bool{false, true} {
		by, step := m.ByMoves, v.any
		if improving {
			by, step = m.ByImprovements, v.better
		}
		r, err := by(context.Background(), 0)
		if err != nil {
			t.Fatal(err)
		}
		type end struct{ s, last int }
		length, count := map[int]int{0: 0}, map[int]int{0: 1}
		now := map[end]int{{0, -1}: 1}
		for d := 1; d <= 2*v.n; d++ {
			next := map[end]int{}
			for e, k := range now {
				for j := range v.players {
					if j == e.last {
						continue
					}
					for _, u := range step(j, e.s) {
						next[end{u, j}] += k
					}
				}
			}
			for e, k := range next {
				if at, met := length[e.s]; !met || at == d {
					length[e.s] = d
					count[e.s] += k
				}
			}
			now = next
			if count[0] > 1e6 || len(length) == v.n {
				break
			}
		}
		for s := range v.n {
			d, reached := length[s]
			if !reached {
				d = -1
			}
			if int(r.Steps[s]) != d {
				t.Fatalf("%s: %d steps to %d, want %d", what, r.Steps[s], s, d)
			}
			ways, more := r.Shortest(s, 5000)
			if more || len(ways) != count[s] {
				t.Fatalf("%s: %d ways to %d, want %d", what, len(ways), s, count[s])
			}
			for k, way := range ways {
				at, last := 0, -1
				for _, st := range way {
					if st.From != at || st.Player == last || !slices.Contains(step(st.Player, at), st.To) {
						t.Fatalf("%s: not a legal way: %v", what, way)
					}
					at, last = st.To, st.Player
				}
				if at != s || len(way) != d {
					t.Fatalf("%s: way %v to %d", what, way, s)
				}
				for _, other := range ways[:k] {
					if slices.Equal(way, other) {
						t.Fatalf("%s: the same way twice", what)
					}
				}
			}
		}
	}
}

// apart checks that the models of a test tell the concepts apart.
func apart(t *testing.T, count map[Concept]int) {
	t.Helper()
	if covers() && !(count[Nash] < count[SSEQ] && count[SSEQ] < count[SEQ] && count[SEQ] < count[GMR] && count[SMR] < count[GMR]) {
		t.Fatalf("the random models do not tell the concepts apart: %v", count)
	}
}

func TestGraphsAgainstDefinitions(t *testing.T) {
	const seed = 21
	count, moved := map[Concept]int{}, 0
	for n := range runs(700, 30000) {
		c := withForesights(randomGraph(seed, n), n, "nash", "gmr", "smr", "seq", "sseq")
		v := plainGraph(c)
		compare(t, c.Title, compiled(t, c, Config{}), v, count)
		before := map[Concept]int{}
		for _, matrix := range []bool{false, true} {
			v.matrix = matrix
			stable := map[Concept]int{}
			compare(t, c.Title, compiled(t, c, Config{MatrixForm: matrix}), v, stable)
			if matrix {
				for _, k := range Concepts() {
					if stable[k] > before[k] {
						t.Fatalf("%s: the matrix form makes more states stable", c.Title)
					}
					moved += before[k] - stable[k]
				}
			}
			before = stable
		}
	}
	apart(t, count)
	if moved == 0 {
		t.Fatal("the two forms never differ")
	}
}

// TestNetsAgainstBlocks turns models in option form into nets.
func TestNetsAgainstBlocks(t *testing.T) {
	const seed = 22
	ctx := context.Background()
	tried := 0
	for n := range runs(600, 30000) {
		m := mustModel(t, randomCase(seed, n))
		if m == nil {
			continue
		}
		tried++
		o := &Model{Conflict: m.Conflict, World: m.World, States: m.States}
		if err := o.layNets(); err != nil {
			t.Fatal(err)
		}
		want, err := m.Stability(ctx, Concepts()...)
		if err != nil {
			t.Fatal(err)
		}
		got, err := o.Stability(ctx, Concepts()...)
		if err != nil {
			t.Fatal(err)
		}
		for i := range m.Players {
			if !slices.Equal(m.Rank[i], o.Rank[i]) {
				t.Fatalf("case %d: ranks of player %d", n, i)
			}
			for _, c := range Concepts() {
				if !slices.Equal(got.Stable[c][i], want.Stable[c][i]) {
					t.Fatalf("case %d: stable for player %d under %s: %v, want %v", n, i, c, got.Stable[c][i], want.Stable[c][i])
				}
			}
			for s := range m.States {
				if !slices.Equal(m.Moves(nil, i, s), o.Moves(nil, i, s)) {
					t.Fatalf("case %d: moves of player %d from %d", n, i, s)
				}
			}
		}
	}
	if uint64(tried) < runs(400, 20000) {
		t.Fatalf("only %d conflicts had states", tried)
	}
}

// withForms adds hidden states and, if asked, states that are one to a random
// case.
func withForms(c *demarche.Case, seed, n uint64, same bool) *demarche.Case {
	r := rand.New(rand.NewPCG(seed+1000, n))
	m := c.Conflict
	var names []string
	for _, p := range m.Players {
		for _, o := range p.Options {
			names = append(names, p.ID+"."+o.ID)
		}
	}
	for _, p := range m.Players {
		if r.IntN(3) == 0 {
			h := demarche.Hidden{ID: p.ID}
			for range 1 + r.IntN(2) {
				h.States = append(h.States, expr(randomCondition(r, names, 2), len(names)))
			}
			m.Hidden = append(m.Hidden, h)
		}
	}
	if same {
		for range 1 + r.IntN(3) {
			e := expr(randomCondition(r, names, 1), len(names))
			if len(names) > 1 && r.IntN(2) == 0 {
				e = expr("("+e.Text+") and ("+randomCondition(r, names, 1)+")", len(names))
			}
			m.Same = append(m.Same, e)
		}
	}
	return c
}

// TestHiddenAgainstDefinitions hides states from players.
func TestHiddenAgainstDefinitions(t *testing.T) {
	const seed = 23
	count, hidden := map[Concept]int{}, 0
	for n := range runs(300, 10000) {
		c := withForesights(withForms(randomCase(seed, n), seed, n, false), n, "nash", "gmr", "smr", "seq", "sseq")
		m := mustModel(t, c)
		if m == nil || len(m.States) > 40 {
			continue
		}
		v, _ := plainForms(m)
		scores := newSlow(m).score
		for i := range m.Players {
			value := make([]float64, v.n)
			for s, bits := range m.States {
				value[s] = scores[i][bits]
			}
			v.value = append(v.value, value)
		}
		hidden += len(c.Conflict.Hidden)
		compare(t, c.Title, m, v, count)
	}
	apart(t, count)
	if covers() && hidden == 0 {
		t.Fatal("nothing was hidden")
	}
}

// TestSameAgainstDefinitions makes states one, hides some, and ranks them by
// payoffs, patterns or statements.
func TestSameAgainstDefinitions(t *testing.T) {
	const seed = 24
	count := map[Concept]int{}
	classes, refused, shared := 0, 0, 0
	for n := range runs(500, 15000) {
		c := withForesights(withForms(randomCase(seed, n), seed, n, true), n, "nash", "gmr", "smr", "seq", "sseq")
		k, err := Compile(c, Config{})
		if err != nil {
			t.Fatal(err)
		}
		flat := *c
		plainSource := *c.Conflict
		plainSource.Same = nil
		flat.Conflict = &plainSource
		raw := mustModel(t, &flat)
		if raw == nil {
			continue
		}
		scores := newSlow(raw).score
		v, members := plainForms(&Model{Conflict: k, World: k.Typical()})
		if k.States(k.Typical()) != uint64(v.n) {
			t.Fatalf("%s: counts %d states, want %d", c.Title, k.States(k.Typical()), v.n)
		}
		// Some players keep their statements; members that these tell apart are
		// an error that names the player.
		r := rand.New(rand.NewPCG(seed+2000, n))
		var wrong []string
		for i := range c.Conflict.Players {
			p := &c.Conflict.Players[i]
			value := make([]float64, v.n)
			if i == 1 || n%2 == 0 || i == 0 && n%3 > 0 {
				p.Prefers = nil
				for s := range value {
					value[s] = float64(r.IntN(v.n))
				}
				if i == 1 {
					p.Payoffs = value
				} else {
					p.Ranking = rankingOf(value, members, k)
				}
			} else {
				for s, of := range members {
					value[s] = scores[i][of[0]]
					for _, bits := range of {
						if scores[i][bits] != value[s] && !slices.Contains(wrong, p.ID) {
							wrong = append(wrong, p.ID)
						}
					}
				}
			}
			v.value = append(v.value, value)
		}
		k, err = Compile(c, Config{})
		if err != nil {
			t.Fatal(err)
		}
		m, err := k.In(k.Typical())
		if len(wrong) > 0 {
			refused++
			if err == nil || !slices.ContainsFunc(wrong, func(id string) bool { return strings.Contains(err.Error(), id+" does not rank the states made one") }) {
				t.Fatalf("%s: %v tell members apart: %v", c.Title, wrong, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", c.Title, err)
		}
		for s, of := range members {
			if len(of) > 1 {
				classes++
				shared += len(of)
			}
			for _, bits := range of {
				if at, ok := m.Find(bits); !ok || at != s {
					t.Fatalf("%s: %s is at %d, want %d", c.Title, m.plain(bits), at, s)
				}
			}
			pattern := []byte(m.plain(of[0]))
			for _, bits := range of {
				for bit, letter := range m.plain(bits) {
					if pattern[bit] != byte(letter) {
						pattern[bit] = '-'
					}
				}
			}
			if m.Pattern(m.States[s]) != string(pattern) {
				t.Fatalf("%s: pattern %s, want %s", c.Title, m.Pattern(m.States[s]), pattern)
			}
			if at, err := m.StateNamed(string(pattern)); err != nil || at != s {
				t.Fatalf("%s: the state named %s is %d, want %d: %v", c.Title, pattern, at, s, err)
			}
		}
		if v.n <= 40 {
			compare(t, c.Title, m, v, count)
		}
	}
	apart(t, count)
	if covers() && (classes < 50 || refused < 10) {
		t.Fatalf("%d classes of %d states, %d refused", classes, shared, refused)
	}
}

// rankingOf names states best first, those that are one by the pattern of some
// member or of all.
func rankingOf(value []float64, members [][]uint64, k *Conflict) []demarche.Rank {
	order := make([]int, len(value))
	for s := range order {
		order[s] = s
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(value[b] - value[a]) })
	var out []demarche.Rank
	for n, s := range order {
		item := demarche.RankItem{Pattern: k.plain(members[s][0])}
		if n > 0 && value[s] == value[order[n-1]] {
			out[len(out)-1].States = append(out[len(out)-1].States, item)
		} else {
			out = append(out, demarche.Rank{States: []demarche.RankItem{item}})
		}
	}
	return out
}

// TestMatrixFormOfSharedOptions compares the two forms where players share an
// option, so that others can bring back what a player left.
func TestMatrixFormOfSharedOptions(t *testing.T) {
	const seed = 25
	differ := 0
	for n := range runs(400, 10000) {
		c := randomCase(seed, n)
		for i := range c.Conflict.Players {
			for j := range c.Conflict.Players[i].Options {
				if o := &c.Conflict.Players[i].Options[j]; (n+uint64(j))%2 == 0 {
					o.SharedWith = []demarche.Ref{{Name: c.Conflict.Players[(i+1)%len(c.Conflict.Players)].ID}}
				}
			}
		}
		logical := mustModel(t, c)
		if logical == nil || len(logical.States) > 32 {
			continue
		}
		m := compiled(t, c, Config{MatrixForm: true})
		v, _ := plainForms(m)
		scores := newSlow(m).score
		for i := range m.Players {
			value := make([]float64, v.n)
			for s, bits := range m.States {
				value[s] = scores[i][bits]
			}
			v.value = append(v.value, value)
		}
		got, want := map[Concept]int{}, map[Concept]int{}
		compare(t, c.Title, logical, v, want)
		v.matrix = true
		compare(t, c.Title, m, v, got)
		for _, k := range Concepts() {
			differ += want[k] - got[k]
		}
	}
	if differ == 0 {
		t.Fatal("the two forms never differ")
	}
}

// TestLargeGraph lays out a graph with a million moves.
func TestLargeGraph(t *testing.T) {
	const states, each = 50_000, 10
	r := rand.New(rand.NewPCG(26, 0))
	g := &demarche.Graph{}
	for s := range states {
		g.States = append(g.States, demarche.GraphState{ID: fmt.Sprintf("s%d", s)})
	}
	m := &demarche.Conflict{Graph: g, StatusQuo: &[]demarche.Ref{{Name: "s7"}}}
	for _, id := range []string{"a", "b"} {
		moves := demarche.GraphMoves{ID: id}
		payoffs := make([]float64, states)
		for s := range states {
			payoffs[s] = float64(r.IntN(100))
			for k := range each {
				to := (s + 1 + k*k*states/997 + r.IntN(50)) % states
				if to != s {
					moves.Arcs = append(moves.Arcs, demarche.Arc{Ends: []demarche.Ref{{Name: g.States[s].ID}, {Name: g.States[to].ID}}})
				}
			}
		}
		g.Moves = append(g.Moves, moves)
		m.Players = append(m.Players, demarche.Player{ID: id, Payoffs: payoffs})
	}
	model := compiled(t, &demarche.Case{Conflict: m}, Config{})
	st, err := model.Stability(context.Background(), Concepts()...)
	if err != nil {
		t.Fatal(err)
	}
	if nash, gmr := st.Equilibria[Nash].Count(), st.Equilibria[GMR].Count(); nash >= gmr || gmr == 0 {
		t.Fatalf("%d Nash equilibria, %d under GMR", nash, gmr)
	}
	start, err := model.Start()
	if err != nil || model.Pattern(model.States[start]) != "s7" {
		t.Fatalf("the status quo is %d: %v", start, err)
	}
}
