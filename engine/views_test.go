package engine

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/demarche/demarche"
)

// viewsCase is a random case in which players misread one another and do not
// perceive some states; nil if it would take too long to work out plainly.
func viewsCase(t testing.TB, seed, n uint64) *Conflict {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, n^0xBEEF))
	k := startedCase(t, seed, n)
	if k == nil || len(k.Players) > 4 || len(k.Options) > 5 {
		return nil
	}
	c := k.Case
	m := c.Conflict
	var names []string
	for _, o := range k.Options {
		names = append(names, o.ID)
	}
	doubted := 0
	for a := range m.Players {
		about := demarche.Perception{ID: m.Players[a].ID}
		for j := range m.Players {
			if j == a || r.IntN(2) == 0 {
				continue
			}
			o := demarche.PerceivedPlayer{ID: m.Players[j].ID, Prefers: randomStatements(r, names, len(names))}
			if r.IntN(2) == 0 && doubted < 2 {
				p := float64(1+r.IntN(9)) / 10
				o.P = &p
				doubted++
			}
			about.Others = append(about.Others, o)
		}
		m.Perceptions = append(m.Perceptions, about)
		if r.IntN(4) == 0 {
			m.Hidden = append(m.Hidden, demarche.Hidden{ID: m.Players[a].ID, States: []demarche.Expr{expr(randomCondition(r, names, 1), len(names))}})
		}
	}
	k, err := Compile(c, Config{})
	if err != nil {
		t.Fatal(err)
	}
	if 1<<(len(k.Atoms)+len(k.unsure)+doubted) > 64 {
		return nil
	}
	return k
}

// slowView is the conflict that player a perceives, compiled from a case of its
// own, with the entries of unsure that are left in it.
type slowView struct {
	k    *Conflict
	left []int // places in the true conflict's unsure
}

func newSlowView(t testing.TB, k *Conflict, a int, held []bool) slowView {
	t.Helper()
	c := k.Case.Clone()
	m := c.Conflict
	var v slowView
	n := 0
	dropped := map[int]bool{}
	for _, p := range k.Case.Conflict.Perceptions {
		for _, o := range p.Others {
			if p.ID == m.Players[a].ID && held[n] {
				j := slices.IndexFunc(m.Players, func(p demarche.Player) bool { return p.ID == o.ID })
				m.Players[j].Prefers, m.Players[j].Unsure, dropped[j] = o.Prefers, nil, true
			}
			n++
		}
	}
	at := 0
	for j := range m.Players {
		for range k.Case.Conflict.Players[j].Unsure {
			if !dropped[j] {
				v.left = append(v.left, at)
			}
			at++
		}
	}
	for _, h := range k.Case.Conflict.Hidden {
		if h.ID == m.Players[a].ID {
			m.Hidden = slices.Clone(m.Hidden)
			for j := range m.Players {
				m.Hidden = append(m.Hidden, demarche.Hidden{ID: m.Players[j].ID, States: h.States})
			}
		}
	}
	var err error
	if v.k, err = Compile(c, Config{}); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v slowView) in(w World) *slow {
	own := v.k.Typical()
	copy(own.Atom, w.Atom)
	for n, at := range v.left {
		own.turn[n] = w.turn[at]
	}
	m, err := v.k.In(own)
	if err != nil {
		panic(err)
	}
	return newSlow(m)
}

// chosen are the moves that a player would make, by the definition.
func (v *slow) chosen(i int, s uint64) []uint64 {
	var best []uint64
	for _, t := range v.improve(i, s) {
		if v.sanctioned(i, s, t, v.m.Players[i].Foresight) {
			continue
		}
		if len(best) > 0 && v.score[i][t] > v.score[i][best[0]] {
			best = nil
		}
		if len(best) == 0 || v.score[i][t] == v.score[i][best[0]] {
			best = append(best, t)
		}
	}
	return best
}

// slowWalk pushes probability along, each player moving by its own view, and
// takes off what an event stops.
func slowWalk(views []*slow, from uint64, event func(i int, s, t uint64) (string, bool)) (end map[uint64]float64, left float64, events map[string]float64) {
	m := views[0].m
	end, events = map[uint64]float64{}, map[string]float64{}
	now := map[uint64]float64{from: 1}
	for step := 0; step < 300 && len(now) > 0; step++ {
		next := map[uint64]float64{}
		for s, p := range now {
			total := 0.0
			moves := make([][]uint64, len(views))
			for i := range views {
				if moves[i] = views[i].chosen(i, s); len(moves[i]) > 0 {
					total += m.Players[i].Initiative
				}
			}
			if total == 0 {
				end[s] += p
			}
			for i := range moves {
				for _, t := range moves[i] {
					q := p * m.Players[i].Initiative / total / float64(len(moves[i]))
					if name, stops := event(i, s, t); stops {
						events[name] += q
					} else {
						next[t] += q
					}
				}
			}
		}
		now = next
	}
	for _, p := range now {
		left += p
	}
	return end, left, events
}

// slowOutcome are the outcomes of ends, then unnamed, then no settlement.
func slowOutcome(v *slow, end map[uint64]float64, left float64) []float64 {
	list := v.m.Case.Conflict.Outcomes
	out := make([]float64, len(list)+2)
	for s, p := range end {
		at := slices.IndexFunc(list, func(o demarche.Outcome) bool { return o.Otherwise() || v.truth(o.When.Cond, s) })
		if at < 0 {
			at = len(list)
		}
		out[at] += p
	}
	out[len(list)+1] += left
	return out
}

func addTo(sum []float64, weight float64, v []float64) {
	for n, x := range v {
		sum[n] += weight * x
	}
}

// slowExpectation is what player a expects in a world, in the game it perceives.
func slowExpectation(view slowView, k *Conflict, a int, w World) (end map[uint64]float64, alone, talks []float64) {
	end = map[uint64]float64{}
	alone, talks = make([]float64, len(k.Outcomes)+2), make([]float64, len(k.Outcomes)+2)
	var total float64
	never := func(int, uint64, uint64) (string, bool) { return "", false }
	for bits := range 1 << len(k.Atoms) {
		other, weight := w.clone(), 1.0
		for n, atom := range k.Atoms {
			so := bits>>n&1 == 1
			switch {
			case !atom.KnownTo[a]:
				other.Atom[n] = so
				weight *= chance(so, atom.Believes[a])
			case so != w.Atom[n]:
				weight = 0
			}
		}
		if weight == 0 || len(k.Case.Logic) > 0 && other.Atom[0] && !other.Atom[1] {
			continue
		}
		total += weight
		v := view.in(other)
		same := make([]*slow, len(k.Players))
		for i := range same {
			same[i] = v
		}
		e, left, _ := slowWalk(same, k.StatusQuo, never)
		addTo(alone, weight, slowOutcome(v, e, left))
		for s, p := range e {
			end[s] += weight * p
		}
		deals, _ := slowAgreements(v, v.m.World, e)
		if len(deals) == 0 {
			addTo(talks, weight, slowOutcome(v, e, left))
		}
		for _, d := range deals {
			e, left, _ := slowWalk(same, d, never)
			addTo(talks, weight/float64(len(deals)), slowOutcome(v, e, left))
		}
	}
	for n := range alone {
		alone[n] /= total
		talks[n] /= total
	}
	for s := range end {
		end[s] /= total
	}
	return end, alone, talks
}

// TestViewsAgainstDefinitions works out what everybody expects and what would
// surprise whom in every world, from perceived cases compiled one by one.
func TestViewsAgainstDefinitions(t *testing.T) {
	tried, wrong, surprised, moved, doubted := 0, 0, 0, 0, 0
	for n := range runs(150, 4000) {
		k := viewsCase(t, 21, n)
		if k == nil {
			continue
		}
		tried++
		got, err := k.Views(context.Background(), OutlookConfig{})
		if err != nil {
			t.Fatalf("case %d: %v", n, err)
		}
		want := slowViews(t, k)
		near := func(a, b float64, what string) {
			t.Helper()
			if math.Abs(a-b) > 1e-6 {
				t.Fatalf("case %d: %s %v, want %v", n, what, a, b)
			}
		}
		for o := range want.seen {
			near(got.Seen[o].P, want.seen[o], "seen")
			near(got.Actual[o].P, want.actual[o], "actual")
		}
		for b := range want.wrong {
			near(got.Perceptions[b].Wrong.P, want.wrong[b], "wrong")
			if got.Perceptions[b].P < 1 {
				doubted++
			}
			if want.wrong[b] > 0 {
				wrong++
			}
		}
		for a, p := range got.Players {
			for o := range want.seen {
				near(p.Expects[o].P, want.expects[a][o], "expected")
				near(p.ExpectsTalks[o].P, want.talks[a][o], "expected of talks")
			}
			total := 0.0
			for _, e := range p.Ends {
				key := fmt.Sprint(e.State)
				if !e.Settles {
					key = "cycle"
				}
				near(e.P, want.ends[a][key], "unexpected end")
				total += e.P
			}
			near(p.Surprised.P, total, "sum of unexpected ends")
			near(total, sum(want.ends[a]), "unexpected ends")
			total = 0
			for _, x := range p.Moves {
				near(x.P, want.moves[a][fmt.Sprint(x.Mover, x.From, x.To, x.Expected)], "unexpected move")
				total += x.P
			}
			near(p.Moved.P, total, "sum of unexpected moves")
			near(total, sum(want.moves[a]), "unexpected moves")
			if p.Surprised.P > 0 {
				surprised++
			}
			if p.Moved.P > 0 {
				moved++
			}
		}
	}
	if covers() && (tried < 20 || wrong < 20 || surprised < 10 || moved < 10 || doubted < 5) {
		t.Fatalf("the random cases are too tame: %d tried, %d wrong views, %d surprised by ends, %d by moves, %d doubtful views", tried, wrong, surprised, moved, doubted)
	}
}

func sum(m map[string]float64) float64 {
	var total float64
	for _, p := range m {
		total += p
	}
	return total
}

type slowSeen struct {
	actual, seen, wrong []float64
	expects, talks      [][]float64
	ends, moves         []map[string]float64
}

func slowViews(t testing.TB, k *Conflict) *slowSeen {
	beliefs := k.beliefs()
	kinds := len(k.Outcomes) + 2
	out := &slowSeen{actual: make([]float64, kinds), seen: make([]float64, kinds), wrong: make([]float64, len(beliefs))}
	for range k.Players {
		out.expects = append(out.expects, make([]float64, kinds))
		out.talks = append(out.talks, make([]float64, kinds))
		out.ends = append(out.ends, map[string]float64{})
		out.moves = append(out.moves, map[string]float64{})
	}
	var total float64
	for bits := range 1 << (len(k.Atoms) + len(k.unsure) + len(beliefs)) {
		w, weight, at := k.Typical(), 1.0, 0
		next := func(p float64) bool {
			so := bits>>at&1 == 1
			at++
			weight *= chance(so, p)
			return so
		}
		for a := range k.Atoms {
			w.Atom[a] = next(*k.Case.Propositions[a].Prior)
		}
		for u := range k.unsure {
			w.turn[u] = next(k.unsure[u].p)
		}
		held := make([]bool, len(beliefs))
		for b := range beliefs {
			held[b] = next(beliefs[b].p)
		}
		if weight == 0 || len(k.Case.Logic) > 0 && w.Atom[0] && !w.Atom[1] {
			continue
		}
		total += weight
		truth, err := k.In(w)
		if err != nil {
			t.Fatal(err)
		}
		real := newSlow(truth)
		views, lists := make([]slowView, len(k.Players)), make([]*slow, len(k.Players))
		same := make([]*slow, len(k.Players))
		for a := range views {
			views[a] = newSlowView(t, k, a, held)
			lists[a], same[a] = views[a].in(w), real
		}
		for b := range beliefs {
			holder, about := beliefs[b].holder, beliefs[b].about
			for _, s := range real.states {
				for _, u := range real.states {
					seen, is := lists[holder].score[about], real.score[about]
					if held[b] && (seen[s] < seen[u]) != (is[s] < is[u]) {
						out.wrong[b] += weight
						goto next
					}
				}
			}
		next:
		}
		never := func(int, uint64, uint64) (string, bool) { return "", false }
		end, left, _ := slowWalk(same, k.StatusQuo, never)
		addTo(out.actual, weight, slowOutcome(real, end, left))
		end, left, _ = slowWalk(lists, k.StatusQuo, never)
		course := slowOutcome(real, end, left)
		addTo(out.seen, weight, course)
		for a := range k.Players {
			ends, alone, talks := slowExpectation(views[a], k, a, w)
			addTo(out.expects[a], weight, alone)
			addTo(out.talks[a], weight, talks)
			for s, p := range end {
				if ends[s] < 0.05-1e-9 {
					out.ends[a][fmt.Sprint(s)] += weight * p
				}
			}
			if left > 1e-9 && alone[kinds-1] < 0.05-1e-9 {
				out.ends[a]["cycle"] += weight * left
			}
			_, _, events := slowWalk(lists, k.StatusQuo, func(i int, s, u uint64) (string, bool) {
				expected := lists[a].chosen(i, s)
				return fmt.Sprint(i, s, u, expected), i != a && !slices.Contains(expected, u)
			})
			for name, p := range events {
				out.moves[a][name] += weight * p
			}
		}
	}
	for _, list := range append([][]float64{out.actual, out.seen, out.wrong}, append(out.expects, out.talks...)...) {
		for n := range list {
			list[n] /= total
		}
	}
	for _, m := range append(out.ends, out.moves...) {
		for name := range m {
			m[name] /= total
		}
	}
	return out
}

// TestViewsThatAreRight: where every view agrees with the truth, nothing is
// wrong, nobody is surprised by a move, and what would happen is what happens.
func TestViewsThatAreRight(t *testing.T) {
	for n := range runs(60, 2000) {
		k := startedCase(t, 22, n)
		if k == nil {
			continue
		}
		c := k.Case.Clone()
		m := c.Conflict
		for a := range m.Players {
			m.Players[a].Unsure = nil
		}
		for a := range m.Players {
			about := demarche.Perception{ID: m.Players[a].ID}
			for j := range m.Players {
				if j != a {
					about.Others = append(about.Others, demarche.PerceivedPlayer{ID: m.Players[j].ID, Prefers: m.Players[j].Prefers})
				}
			}
			m.Perceptions = append(m.Perceptions, about)
		}
		// A statement may depend on what the holder does not know; the view is of
		// the wants, and those are as they are.
		k, err := Compile(c, Config{})
		if err != nil {
			t.Fatal(err)
		}
		v, err := k.Views(context.Background(), OutlookConfig{})
		if err != nil {
			t.Fatalf("case %d: %v", n, err)
		}
		for _, p := range v.Perceptions {
			if p.Wrong.P != 0 {
				t.Fatalf("case %d: a right view is wrong with %v", n, p.Wrong.P)
			}
		}
		for o := range v.Seen {
			if math.Abs(v.Seen[o].P-v.Actual[o].P) > 1e-12 {
				t.Fatalf("case %d: outcome %d: %v, want %v", n, o, v.Seen[o].P, v.Actual[o].P)
			}
		}
		for a, p := range v.Players {
			if p.Moved.P != 0 || len(p.Moves) != 0 {
				t.Fatalf("case %d: player %d is surprised by a move", n, a)
			}
		}
	}
}

// TestViewsOnOneProcessor: the result is the same to the bit however the work is
// shared, drawn or not.
func TestViewsOnOneProcessor(t *testing.T) {
	tried := 0
	for n := range runs(80, 500) {
		k := viewsCase(t, 23, n)
		if k == nil {
			continue
		}
		tried++
		for _, cfg := range []OutlookConfig{{}, {Worlds: 200, Seed: 5}} {
			before := runtime.GOMAXPROCS(1)
			one, err1 := k.Views(context.Background(), cfg)
			runtime.GOMAXPROCS(4)
			four, err4 := k.Views(context.Background(), cfg)
			runtime.GOMAXPROCS(before)
			if err1 != nil || err4 != nil || !reflect.DeepEqual(one, four) {
				t.Fatalf("case %d: %+v %v\n%+v %v", n, one, err1, four, err4)
			}
		}
	}
	if covers() && tried < 5 {
		t.Fatal("too few cases were tried")
	}
}

// TestNoViews: a case without perceptions has no views, and one without a status
// quo cannot say where things go.
func TestNoViews(t *testing.T) {
	k := startedCase(t, 7, 1)
	v, err := k.Views(context.Background(), OutlookConfig{})
	if err != nil || len(v.Players) != 0 || len(v.Perceptions) != 0 {
		t.Fatalf("%+v, %v", v, err)
	}
	k.HasStatusQuo = false
	if _, err := k.Views(context.Background(), OutlookConfig{}); err == nil {
		t.Fatal("no error without a status quo")
	}
}
