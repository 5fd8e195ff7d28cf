package engine

import (
	"context"
	"slices"
	"testing"
)

// TestExplain checks every explanation against the definitions: the
// improvements are all there, each sanction is a legal sequence of moves by
// others that ends where the concept demands, and none is shorter.
func TestExplain(t *testing.T) {
	for n := range runs(250, 10000) {
		m := mustModel(t, randomCase(3, n))
		if m == nil {
			continue
		}
		v := newSlow(m)
		for s, bits := range m.States {
			for i := range m.Players {
				for _, c := range Concepts() {
					e := m.Explain(s, i, c)
					if e.Stable != v.stable(i, bits, c) {
						t.Fatalf("case %d state %d player %d %s: stable %v", n, s, i, c, e.Stable)
					}
					var to []uint64
					for _, a := range e.Answers {
						to = append(to, m.States[a.To])
						if (a.Sanction != nil) != v.sanctioned(i, bits, m.States[a.To], c) {
							t.Fatalf("case %d state %d player %d %s: sanction of %d", n, s, i, c, a.To)
						}
						checkSanction(t, v, e, a)
					}
					slices.Sort(to)
					if !slices.Equal(to, v.improve(i, bits)) {
						t.Fatalf("case %d state %d player %d: improvements %v", n, s, i, to)
					}
				}
			}
		}
	}
}

func checkSanction(t *testing.T, v *slow, e *Explanation, a Answer) {
	t.Helper()
	if a.Sanction == nil {
		return
	}
	m, at, last := v.m, a.To, -1
	for _, st := range a.Sanction {
		from, to := m.States[st.From], m.States[st.To]
		switch {
		case st.From != at, st.Player == e.Player, st.Player == last:
			t.Fatalf("not a legal sequence: %+v", a)
		case !slices.Contains(v.reach(st.Player, from), to):
			t.Fatalf("not a move: %+v", st)
		case e.Concept.credible() && !slices.Contains(v.improve(st.Player, from), to):
			t.Fatalf("not an improvement: %+v", st)
		}
		at, last = st.To, st.Player
	}
	score := v.score[e.Player]
	if score[m.States[at]] > score[m.States[e.State]] {
		t.Fatalf("the sanction hurts nobody: %+v", a)
	}
	if e.Concept.symmetric() && len(a.Escapes) != len(v.reach(e.Player, m.States[at])) {
		t.Fatalf("escapes %v", a.Escapes)
	}
	for _, y := range a.Escapes {
		if score[m.States[y]] > score[m.States[e.State]] {
			t.Fatalf("the player escapes to %d: %+v", y, a)
		}
	}
}

// TestPaths compares shortest ways with a search over pairs of state and last
// mover, and checks that every way listed is legal, shortest and different.
func TestPaths(t *testing.T) {
	ctx := context.Background()
	for n := range runs(150, 5000) {
		m := mustModel(t, randomCase(4, n))
		if m == nil {
			continue
		}
		v := newSlow(m)
		from := int(n) % len(m.States)
		some := make([]bool, len(m.Players))
		for i := range some {
			some[i] = (int(n)+i)%2 == 0
		}
		for _, kind := range []string{"any", "improvements", "mixed"} {
			by, step := m.ByMoves, v.reach
			switch kind {
			case "improvements":
				by, step = m.ByImprovements, v.improve
			case "mixed":
				by = func(ctx context.Context, from int) (*Reach, error) { return m.ByMixedMoves(ctx, from, some) }
				step = func(i int, s uint64) []uint64 {
					if some[i] {
						return v.improve(i, s)
					}
					return v.reach(i, s)
				}
			}
			r, err := by(ctx, from)
			if err != nil {
				t.Fatal(err)
			}
			want, count := v.ways(m.States[from], step)
			for s, bits := range m.States {
				d, reached := want[bits]
				if !reached {
					d = -1
				}
				if int(r.Steps[s]) != d {
					t.Fatalf("case %d: %d steps to %d, want %d", n, r.Steps[s], s, d)
				}
				ways, more := r.Shortest(s, 1_000_000)
				if more || len(ways) != count[bits] {
					t.Fatalf("case %d: %d ways to %d, want %d", n, len(ways), s, count[bits])
				}
				for k, way := range ways {
					at, last := from, -1
					for _, st := range way {
						if st.From != at || st.Player == last || !slices.Contains(step(st.Player, m.States[st.From]), m.States[st.To]) {
							t.Fatalf("case %d: way %v", n, way)
						}
						at, last = st.To, st.Player
					}
					if at != s || len(way) != d {
						t.Fatalf("case %d: way %v to %d", n, way, s)
					}
					for _, other := range ways[:k] {
						if slices.Equal(way, other) {
							t.Fatalf("case %d: the same way twice", n)
						}
					}
				}
			}
		}
	}
}

// ways finds the length and the number of shortest legal ways from a state to
// every state, by extending all ways one move at a time.
func (v *slow) ways(from uint64, step func(int, uint64) []uint64) (length, count map[uint64]int) {
	type end struct {
		s    uint64
		last int
	}
	length, count = map[uint64]int{from: 0}, map[uint64]int{from: 1}
	now := map[end]int{{from, -1}: 1}
	for d := 1; len(now) > 0; d++ {
		next := map[end]int{}
		for e, k := range now {
			for j := range v.m.Players {
				if j == e.last {
					continue
				}
				for _, t := range step(j, e.s) {
					if at, met := length[t]; !met || at == d {
						length[t] = d
						next[end{t, j}] += k
						count[t] += k
					}
				}
			}
		}
		now = next
	}
	return length, count
}
