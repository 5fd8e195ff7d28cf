package engine

import (
	"fmt"
	"maps"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/demarche/demarche"
)

// twin is the slow twin of every concept beyond the main five: the definitions
// of the package documentation, as plainly as they stand there, over lists of
// moves and a value of each state for each player. It shares nothing with the
// engine but the order of states and players.
type twin struct {
	n, players int
	moves      [][][]int // by player and state
	value      [][]float64
	strength   func(i, s, t int) int
	prob       func(i, s, t int) float64 // that i prefers t to s
	states     []uint64                  // in option form
	views      []*twin                   // by who perceives
	hidden     []func(s int) bool
	o          StabilityOptions
	ends       map[string][]map[int]bool
	cycle      [2]int // where what is anticipated repeats
	memo       map[string]map[int]bool
}

func (v *twin) prefers(i, s, t int) bool { return v.value[i][t] > v.value[i][s] }

// legalFrom are the states that the movers can reach from t by a nonempty sequence
// of steps in which nobody moves twice in a row.
func legalFrom(movers, t int, step func(k, s int) []int) map[int]bool {
	type node struct{ s, last int }
	reached, seen := map[int]bool{}, map[node]bool{}
	for queue := []node{{t, -1}}; len(queue) > 0; queue = queue[1:] {
		for k := range movers {
			if k == queue[0].last {
				continue
			}
			for _, x := range step(k, queue[0].s) {
				reached[x] = true
				if next := (node{x, k}); !seen[next] {
					seen[next] = true
					queue = append(queue, next)
				}
			}
		}
	}
	return reached
}

// meta is the pattern of sanctions: leaves, deters and escapes are relative to
// s, follows is relative to where the mover stands.
func (v *twin) meta(base Concept, i, s int, leaves, deters, escapes func(x int) bool, follows func(j, a, b int) bool) bool {
	for _, t := range v.moves[i][s] {
		if !leaves(t) {
			continue
		}
		if base == Nash {
			return false
		}
		key := fmt.Sprint(base.credible(), i, t)
		reached := v.memo[key]
		if reached == nil {
			reached = legalFrom(v.players, t, func(j, a int) []int {
				var out []int
				for _, b := range v.moves[j][a] {
					if j != i && (!base.credible() || follows(j, a, b)) {
						out = append(out, b)
					}
				}
				return out
			})
			v.memo[key] = reached
		}
		sanctioned := false
		for x := range reached {
			if !deters(x) || v.o.NoReturn && (x == s || x == t) {
				continue
			}
			ok := true
			if base == SMR || base == SSEQ {
				for _, y := range v.moves[i][x] {
					ok = ok && !escapes(y)
				}
			}
			sanctioned = sanctioned || ok
		}
		if !sanctioned {
			return false
		}
	}
	return true
}

func (v *twin) main(c Concept, i, s int) bool {
	better := func(x int) bool { return v.prefers(i, s, x) }
	return v.meta(c, i, s, better, func(x int) bool { return !better(x) }, better, v.prefers)
}

func (v *twin) strong(c Concept, grade, i, s int) bool {
	strongly := func(x int) bool { return v.strength(i, x, s) >= grade }
	return v.meta(c, i, s, func(t int) bool { return v.prefers(i, s, t) }, strongly, func(y int) bool { return !strongly(y) }, v.prefers)
}

func (v *twin) unknown(c Concept, which string, i, s int) bool {
	better := func(x int) bool { return v.prob(i, s, x) > 1-1e-9 }
	unknown := func(x int) bool { p := v.prob(i, s, x); return p > 1e-9 && p < 1-1e-9 }
	either := func(x int) bool { return better(x) || unknown(x) }
	not := func(f func(int) bool) func(int) bool { return func(x int) bool { return !f(x) } }
	follows := func(j, a, b int) bool { return v.prob(j, a, b) > 1e-9 }
	switch which {
	case "a":
		return v.meta(c, i, s, either, not(either), either, follows)
	case "b":
		return v.meta(c, i, s, better, not(either), either, follows)
	case "c":
		return v.meta(c, i, s, either, not(better), better, follows)
	}
	return v.meta(c, i, s, better, not(better), better, follows)
}

func (v *twin) fuzzy(c Concept, i, s int) bool {
	surely := func(j, a, b int) bool { return v.prob(j, a, b)-v.prob(j, b, a) >= v.o.Threshold[j]-1e-9 }
	better := func(x int) bool { return surely(i, s, x) }
	return v.meta(c, i, s, better, func(x int) bool { return !better(x) }, better, surely)
}

func (v *twin) probable(c Concept, i, s int) bool {
	alpha, beta, gamma := v.o.Alpha, v.o.Beta, v.o.Gamma
	return v.meta(c, i, s,
		func(t int) bool { return v.prob(i, s, t) > 1-alpha+1e-9 },
		func(x int) bool { return v.prob(i, s, x) <= 1-beta+1e-9 },
		func(y int) bool { return v.prob(i, s, y) > 1-beta+1e-9 },
		func(j, a, b int) bool { return v.prob(j, a, b) >= gamma-1e-9 })
}

func (v *twin) relational(c Concept, i, s int) bool {
	total := func(j, a, b int) bool {
		for k, e := range v.o.Attitudes[j] {
			good := v.value[k][b] >= v.value[k][a]
			if e == Positive && !good || e == Negative && good {
				return false
			}
		}
		return true
	}
	w := *v
	w.o.NoReturn = false
	return w.meta(c, i, s,
		func(t int) bool { return total(i, s, t) },
		func(x int) bool { return x == s || !total(i, s, x) },
		func(y int) bool { return y != s && total(i, s, y) },
		total)
}

// sim tries all ways in which the others may make improvements at once.
func (v *twin) sim(i, s int) bool {
	for _, t := range v.moves[i][s] {
		if !v.prefers(i, s, t) {
			continue
		}
		sanctioned := false
		var choose func(j int, flips uint64, movers int)
		choose = func(j int, flips uint64, movers int) {
			if j == v.players {
				x, ok := slices.BinarySearch(v.states, v.states[s]^flips)
				sanctioned = sanctioned || movers > 0 && ok && !v.prefers(i, s, x)
				return
			}
			choose(j+1, flips, movers)
			if j == i {
				return
			}
			for _, u := range v.moves[j][s] {
				if v.prefers(j, s, u) {
					choose(j+1, flips|(v.states[s]^v.states[u]), movers+1)
				}
			}
		}
		choose(0, v.states[s]^v.states[t], 0)
		if !sanctioned {
			return false
		}
	}
	return true
}

// goes is G_h(i, s), for all players and states, h from 0 up.
func (v *twin) goes(h int) []map[int]bool {
	key := fmt.Sprint(h)
	if known := v.ends[key]; known != nil {
		return known
	}
	out := make([]map[int]bool, v.players*v.n)
	for i := range v.players {
		for s := range v.n {
			out[i*v.n+s] = map[int]bool{s: true}
			if h == 0 {
				continue
			}
			before := v.goes(h - 1)
			best := v.value[i][s]
			var all map[int]bool
			for _, t := range v.moves[i][s] {
				after := map[int]bool{}
				for j := range v.players {
					if j == i || before[j*v.n+t][t] {
						continue // i itself, or stays
					}
					for x := range before[j*v.n+t] {
						after[x] = true
					}
				}
				if len(after) == 0 {
					after[t] = true
				}
				worst := 1e300
				for x := range after {
					worst = min(worst, v.value[i][x])
				}
				if worst > best {
					best, all = worst, map[int]bool{}
				}
				if worst == best && all != nil {
					for x := range after {
						all[x] = true
					}
				}
			}
			if all != nil {
				out[i*v.n+s] = all
			}
		}
	}
	v.ends[key] = out
	return out
}

func (v *twin) limited(h, i, s int) bool {
	at := v.goes(h)[i*v.n+s]
	return len(at) == 1 && at[s]
}

// nonMyopic looks for the first repetition and demands stability from there on.
func (v *twin) nonMyopic(i, s int) bool {
	for h := 0; v.cycle == [2]int{}; h++ {
		for from := range h {
			if v.cycle == [2]int{} && slices.EqualFunc(v.goes(from), v.goes(h), maps.Equal) {
				v.cycle = [2]int{from, h}
			}
		}
	}
	for h := v.cycle[0]; h < v.cycle[1]; h++ {
		if !v.limited(h, i, s) {
			return false
		}
	}
	return true
}

// jointly reports whether t makes every member of the coalition better off.
func (v *twin) jointly(h []int, s, t int) bool {
	all, some, none := true, false, true
	for _, i := range h {
		all = all && v.prefers(i, s, t)
		some = some || v.prefers(i, s, t)
		none = none && !v.prefers(i, t, s)
	}
	if v.o.Pareto {
		return some && none
	}
	return all
}

func (v *twin) reachedBy(h []int, s int) map[int]bool {
	key := fmt.Sprint("R", h, s)
	if v.memo[key] == nil {
		v.memo[key] = legalFrom(len(h), s, func(k, a int) []int { return v.moves[h[k]][a] })
	}
	return v.memo[key]
}

func (v *twin) gains(h []int, s int) []int {
	var out []int
	for t := range v.n {
		if v.reachedBy(h, s)[t] && v.jointly(h, s, t) {
			out = append(out, t)
		}
	}
	return out
}

func playersIn(mask, players int) []int {
	var out []int
	for i := range players {
		if mask>>i&1 == 1 {
			out = append(out, i)
		}
	}
	return out
}

func (v *twin) coalition(base Concept, h []int, s int) bool {
	var rest int
	for i := range v.players {
		if !slices.Contains(h, i) {
			rest |= 1 << i
		}
	}
	for _, t := range v.gains(h, s) {
		var replies map[int]bool
		switch base {
		case Nash:
			return false
		case SEQ:
			key := fmt.Sprint("C", rest, t)
			if v.memo[key] == nil {
				v.memo[key] = legalFrom(1<<v.players, t, func(sub, a int) []int {
					if sub == 0 || sub&^rest != 0 {
						return nil
					}
					return v.gains(playersIn(sub, v.players), a)
				})
			}
			replies = v.memo[key]
		default:
			replies = v.reachedBy(playersIn(rest, v.players), t)
		}
		sanctioned := false
		for x := range replies {
			ok := !v.jointly(h, s, x)
			if base == SMR {
				for y := range v.reachedBy(h, x) {
					ok = ok && !v.jointly(h, s, y)
				}
			}
			sanctioned = sanctioned || ok
		}
		if !sanctioned {
			return false
		}
	}
	return true
}

// stable is the definition of a concept.
func (v *twin) stable(c Concept, i, s int) bool {
	f := c.form()
	switch f.family {
	case mainFamily:
		return v.main(c, i, s)
	case simultaneousFamily:
		return v.sim(i, s) || c == SEQorSIM && v.main(SEQ, i, s)
	case limitedFamily:
		if c == NonMyopic {
			return v.nonMyopic(i, s)
		}
		return v.limited(c.moves(), i, s)
	case stackelbergFamily:
		if i == *v.o.Leader {
			return v.limited(2, i, s)
		}
		return v.main(Nash, i, s)
	case mixedFamily:
		w := *v
		w.memo = map[string]map[int]bool{}
		return w.stable(v.o.Each[i], i, s)
	case coalitionFamily:
		if v.o.Coalition != nil {
			return !slices.Contains(v.o.Coalition, i) || v.coalition(f.base, v.o.Coalition, s)
		}
		for mask := 1; mask < 1<<v.players; mask++ {
			if mask>>i&1 == 1 && !v.coalition(f.base, playersIn(mask, v.players), s) {
				return false
			}
		}
		return true
	case strengthFamily:
		if f.grade < 0 {
			return v.main(f.base, i, s) && !v.strong(f.base, 2, i, s)
		}
		return v.strong(f.base, f.grade, i, s)
	case unknownFamily:
		return v.unknown(f.base, string(f.extension), i, s)
	case fuzzyFamily:
		return v.fuzzy(f.base, i, s)
	case probableFamily:
		return v.probable(f.base, i, s)
	case attitudeFamily:
		return v.relational(f.base, i, s)
	case hyperFamily:
		v.views[i].o = v.o
		return v.views[i].main(f.base, i, s)
	}
	panic(c)
}

// furtherCase is a small case drawn from (seed, n) alone, with everything that
// concepts beyond the main five look at: unsure statements, degrees, payoffs,
// what players believe and do not perceive.
func furtherCase(seed, n uint64) *demarche.Case {
	r := rand.New(rand.NewPCG(seed, n))
	var c *demarche.Case
	var names []string
	options := 0
	if r.IntN(4) == 0 {
		c = randomGraph(seed, n)
	} else {
		players := 1 + r.IntN(4)
		options = players + r.IntN(3)
		m := &demarche.Conflict{At: demarche.Pos{Line: 1}}
		for i := range players {
			m.Players = append(m.Players, demarche.Player{ID: fmt.Sprintf("p%d", i)})
		}
		for k := range options {
			i := k
			if k >= players {
				i = r.IntN(players)
			}
			o := demarche.Option{ID: fmt.Sprintf("o%d", k), Once: r.IntN(7) == 0}
			if r.IntN(9) == 0 {
				o.SharedWith = []demarche.Ref{{Name: fmt.Sprintf("p%d", r.IntN(players))}}
			}
			m.Players[i].Options = append(m.Players[i].Options, o)
		}
		for _, p := range m.Players {
			for _, o := range p.Options {
				names = append(names, p.ID+"."+o.ID)
			}
		}
		for range r.IntN(3) {
			m.Rules = append(m.Rules, demarche.Rule{Never: expr(randomCondition(r, names, 2), options)})
		}
		for i := range m.Players {
			m.Players[i].Prefers = randomStatements(r, names, options)
			m.Players[i].Unsure = randomUnsure(r, len(m.Players[i].Prefers))
		}
		c = &demarche.Case{Version: 1, Title: fmt.Sprintf("further %d %d", seed, n), Conflict: m}
	}
	m := c.Conflict
	for i := range m.Players {
		p := &m.Players[i]
		p.Foresight = []string{"nash", "gmr", "smr", "seq", "sseq"}[r.IntN(5)]
		for k := range r.IntN(3) {
			p.Degrees = append(p.Degrees, float64(1+k+r.IntN(2)))
		}
		if len(m.Players) == 1 || r.IntN(2) == 0 {
			continue
		}
		about := demarche.Perception{ID: p.ID}
		for j := range m.Players {
			if j == i || r.IntN(3) == 0 {
				continue
			}
			o := demarche.PerceivedPlayer{ID: m.Players[j].ID}
			switch {
			case m.Graph == nil:
				o.Prefers = randomStatements(r, names, options)
			default:
				for range m.Graph.States {
					o.Payoffs = append(o.Payoffs, float64(r.IntN(5)))
				}
			}
			about.Others = append(about.Others, o)
		}
		m.Perceptions = append(m.Perceptions, about)
		if m.Graph == nil && r.IntN(4) == 0 {
			m.Hidden = append(m.Hidden, demarche.Hidden{ID: p.ID, States: []demarche.Expr{expr(randomCondition(r, names, 2), options)}})
		}
	}
	return c
}

func randomStatements(r *rand.Rand, names []string, options int) []demarche.Statement {
	var out []demarche.Statement
	for range 1 + r.IntN(5) {
		out = append(out, demarche.Statement{Want: expr(randomCondition(r, names, 2), options)})
	}
	if r.IntN(4) == 0 {
		for j := range out {
			w := float64(r.IntN(6)) / 10
			out[j].Weight = &w
		}
	}
	return out
}

func randomUnsure(r *rand.Rand, statements int) []demarche.Unsure {
	var out []demarche.Unsure
	for range r.IntN(4) {
		p := []float64{0, 0.25, 0.5, 0.7, 1}[r.IntN(5)]
		if r.IntN(2) == 0 && statements > 1 {
			a, b := 1+r.IntN(statements), 1+r.IntN(statements)
			if a != b {
				out = append(out, demarche.Unsure{Order: []int{a, b}, P: &p})
			}
		} else {
			a := 1 + r.IntN(statements)
			out = append(out, demarche.Unsure{Drop: &a, P: &p})
		}
	}
	return out
}

// newTwin lays out the slow twin of a case.
func newTwin(t testing.TB, m *Model) *twin {
	t.Helper()
	v := twinOf(m)
	src := m.Case.Conflict
	v.strength = func(i, s, t int) int {
		if v.value[i][s] == v.value[i][t] {
			return 0
		}
		gap := v.value[i][t] - v.value[i][s]
		if src.Players[i].Payoffs == nil {
			gap = placeOf(v.value[i], t) - placeOf(v.value[i], s)
		}
		grade := 1
		for _, d := range src.Players[i].Degrees {
			if gap >= d-1e-9 || -gap >= d-1e-9 {
				grade++
			}
		}
		if gap < 0 {
			return -grade
		}
		return grade
	}
	// The ways in which what is unsure may turn out, one model each.
	type way struct {
		p     float64
		value [][]float64
	}
	ways := []way{}
	for turn := range 1 << len(m.unsure) {
		w := m.World.clone()
		for n := range w.turn {
			w.turn[n] = turn>>n&1 == 1
		}
		other, err := m.In(w)
		if err != nil {
			t.Fatal(err)
		}
		p := 1.0
		n := 0
		for _, pl := range src.Players {
			for _, u := range pl.Unsure {
				if turn>>n&1 == 1 {
					p *= *u.P
				} else {
					p *= 1 - *u.P
				}
				n++
			}
		}
		if p > 0 {
			ways = append(ways, way{p, twinOf(other).value})
		}
	}
	v.prob = func(i, s, t int) float64 {
		var p float64
		for _, w := range ways {
			if w.value[i][t] > w.value[i][s] {
				p += w.p
			}
		}
		return p
	}
	for a, pl := range src.Players {
		changed, conflict := *m.Case, *src
		changed.Conflict = &conflict
		conflict.Players = slices.Clone(src.Players)
		conflict.Perceptions = nil
		for j := range conflict.Players {
			if j != a {
				conflict.Players[j].Unsure = nil
			}
		}
		for _, view := range src.Perceptions {
			for _, o := range view.Others {
				j := slices.IndexFunc(src.Players, func(p demarche.Player) bool { return p.ID == o.ID })
				if view.ID == pl.ID && j != a {
					q := &conflict.Players[j]
					q.Prefers, q.Ranking, q.Payoffs = o.Prefers, o.Ranking, o.Payoffs
				}
			}
		}
		seen := twinOf(compiled(t, &changed, Config{}))
		hides := v.hidden[a]
		for j := range seen.moves {
			for s := range seen.moves[j] {
				seen.moves[j][s] = slices.DeleteFunc(seen.moves[j][s], func(t int) bool { return hides(s) || hides(t) })
			}
		}
		v.views = append(v.views, seen)
	}
	return v
}

// placeOf is how many different values lie below that of s.
func placeOf(value []float64, s int) float64 {
	below := map[float64]bool{}
	for _, x := range value {
		if x < value[s] {
			below[x] = true
		}
	}
	return float64(len(below))
}

// twinOf has the moves and values of a model by definition.
func twinOf(m *Model) *twin {
	v := &twin{players: len(m.Players), ends: map[string][]map[int]bool{}, memo: map[string]map[int]bool{}}
	v.hidden = make([]func(int) bool, v.players)
	if m.Case.Conflict.Graph != nil {
		p := plainGraph(m.Case)
		v.n, v.moves, v.value = p.n, p.moves, p.value
		for i := range v.hidden {
			v.hidden[i] = func(int) bool { return false }
		}
		return v
	}
	sl := newSlow(m)
	p, _ := plainForms(m)
	v.n, v.moves, v.states = p.n, p.moves, sl.states
	for i := range m.Players {
		value := make([]float64, v.n)
		for s, state := range sl.states {
			value[s] = sl.score[i][state]
		}
		v.value = append(v.value, value)
		v.hidden[i] = func(s int) bool {
			for _, h := range m.Case.Conflict.Hidden {
				for _, e := range h.States {
					if h.ID == m.Players[i].ID && sl.truth(e.Cond, sl.states[s]) {
						return true
					}
				}
			}
			return false
		}
	}
	return v
}

// randomOptions are options drawn for a model.
func randomOptions(r *rand.Rand, m *Model) StabilityOptions {
	n := len(m.Players)
	leader := r.IntN(n)
	o := StabilityOptions{Leader: &leader, NoReturn: r.IntN(3) == 0, Pareto: r.IntN(3) == 0}
	certainty := func() float64 { return []float64{1e-6, 0.25, 0.5, 0.6, 0.75, 1}[r.IntN(6)] }
	o.Alpha, o.Beta, o.Gamma = certainty(), certainty(), certainty()
	for range n {
		o.Threshold = append(o.Threshold, certainty())
		row := make([]Attitude, n)
		for j := range row {
			row[j] = Attitude(r.IntN(3) - 1)
		}
		o.Attitudes = append(o.Attitudes, row)
		o.Each = append(o.Each, []Concept{Nash, SEQ, SSEQ, StrongSEQ, LimitedMove(3), GMRC, NonMyopic}[r.IntN(7)])
	}
	if r.IntN(3) == 0 {
		for mask := 1 + r.IntN(1<<n-1); mask != 0; mask &= mask - 1 {
			o.Coalition = append(o.Coalition, bits.TrailingZeros(uint(mask)))
		}
	}
	return o
}
