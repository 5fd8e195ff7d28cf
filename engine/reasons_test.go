package engine

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestReasons checks every reason against the definitions: the verdict, the ways
// of leaving, and that each sanction is a legal sequence of what its movers do,
// ending where the concept demands.
func TestReasons(t *testing.T) {
	ctx := context.Background()
	told := map[Concept]int{}
	eachFurther(t, 51, runs(200, 2000), func(r *rand.Rand, m *Model) {
		o := randomOptions(r, m)
		v := newTwin(t, m)
		v.o = o
		concepts := m.Applicable(o)
		st := mustStability(t, m, o, concepts...)
		s := r.IntN(len(m.States))
		for k, c := range concepts {
			for i := range m.Players {
				e, err := m.ExplainWith(ctx, o, s, i, c)
				if err != nil {
					t.Fatalf("%s: %s: %v", m.Case.Title, c, err)
				}
				if e.Stable != st.Stable[k][i].Has(s) || e.Concept != c || e.State != s || e.Player != i {
					t.Fatalf("%s: state %d player %d %s: told %+v", m.Case.Title, s, i, c, e)
				}
				if c.form().grade >= 0 && e.More == 0 {
					all := !slices.ContainsFunc(e.Replies, func(r Reply) bool { return !r.Sanctioned })
					if all != e.Stable {
						t.Fatalf("%s: state %d player %d %s: the replies do not say so: %+v", m.Case.Title, s, i, c, e)
					}
				}
				for _, re := range e.Replies {
					checkReply(t, v, e, re)
					if len(re.Sanction) > 0 || len(re.Together) > 0 || len(re.Foreseen) > 0 {
						told[c]++
					}
				}
			}
		}
	})
	for _, c := range EveryConcept() {
		if covers() && !c.form().tellsNothing() && told[c] == 0 {
			t.Errorf("no sanction was told under %s", c)
		}
	}
}

// tellsNothing holds for concepts under which nobody answers a move.
func (f form) tellsNothing() bool {
	return f.family != mixedFamily && f.family != stackelbergFamily && f.family != limitedFamily &&
		f.family != simultaneousFamily && f.base == Nash || f.name == "l1"
}

func checkReply(t *testing.T, v *twin, e *Reason, re Reply) {
	t.Helper()
	legal := func(way []Step, by []int, from, to int) {
		at, last := from, -1
		for _, st := range way {
			if st.From != at || st.Player == last || !slices.Contains(by, st.Player) || !slices.Contains(v.moves[st.Player][at], st.To) {
				t.Fatalf("%s, state %d: no legal way of %v: %+v", e.Concept, e.State, by, way)
			}
			at, last = st.To, st.Player
		}
		if at != to || len(way) == 0 {
			t.Fatalf("%s, state %d: the way %v does not lead from %d to %d", e.Concept, e.State, way, from, to)
		}
	}
	legal(re.Way, re.By, e.State, re.To)
	if !slices.Contains(re.By, e.Player) || len(re.Gain)+len(re.Lose) != len(re.By) {
		t.Fatalf("%s, state %d: who leaves? %+v", e.Concept, e.State, re)
	}
	at := re.To
	var last []int
	for _, p := range re.Sanction {
		if p.From != at || slices.Equal(p.By, last) || slices.ContainsFunc(p.By, func(j int) bool { return slices.Contains(re.By, j) }) {
			t.Fatalf("%s, state %d: no legal sanction: %+v", e.Concept, e.State, re)
		}
		legal(p.Way, p.By, p.From, p.To)
		base := e.Under.Base()
		switch f := e.Under.form(); {
		case f.family == coalitionFamily && base == SEQ && !v.jointly(p.By, p.From, p.To),
			(f.family == mainFamily || f.family == strengthFamily) && base.credible() && !v.prefers(p.By[0], p.From, p.To),
			f.family == hyperFamily && base.credible() && !v.views[e.Player].prefers(p.By[0], p.From, p.To):
			t.Fatalf("%s, state %d: no improvement: %+v", e.Concept, e.State, p)
		}
		at, last = p.To, p.By
	}
	for _, st := range re.Together {
		if st.From != e.State || !v.prefers(st.Player, st.From, st.To) {
			t.Fatalf("%s, state %d: not made together: %+v", e.Concept, e.State, re)
		}
	}
	for _, st := range re.Foreseen {
		if st.From != at || !slices.Contains(v.moves[st.Player][at], st.To) {
			t.Fatalf("%s, state %d: foreseen %+v", e.Concept, e.State, re)
		}
		at = st.To
	}
	switch e.Under.form().family {
	case limitedFamily:
		worst := re.Ends[0]
		for _, x := range re.Ends {
			if v.value[e.Player][x] < v.value[e.Player][worst] {
				worst = x
			}
		}
		if re.End != at || v.value[e.Player][at] != v.value[e.Player][worst] {
			t.Fatalf("%s, state %d: ends at %d: %+v", e.Concept, e.State, at, re)
		}
		if re.Sanctioned != (v.value[e.Player][at] <= v.value[e.Player][e.State]) {
			t.Fatalf("%s, state %d: pays or not: %+v", e.Concept, e.State, re)
		}
	case simultaneousFamily, mixedFamily, stackelbergFamily:
	default:
		if re.End != at {
			t.Fatalf("%s, state %d: ends at %d: %+v", e.Concept, e.State, at, re)
		}
	}
	if e.Under.form().family == coalitionFamily && re.Sanctioned == v.jointly(re.By, e.State, re.End) {
		t.Fatalf("%s, state %d: deters nobody: %+v", e.Concept, e.State, re)
	}
}

// TestHypergame checks what a hypergame says of states and of moves that
// surprise, against the definitions.
func TestHypergame(t *testing.T) {
	classes, surprises := map[Recognition]int{}, 0
	eachFurther(t, 52, runs(250, 5000), func(r *rand.Rand, m *Model) {
		if !m.HasPerceptions() {
			return
		}
		c := Concepts()[r.IntN(5)]
		h, err := m.Hypergame(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		v := newTwin(t, m)
		players := len(m.Players)
		for s := range m.States {
			hyper, real, seen := true, true, 0
			for a := range players {
				all := !v.hidden[a](s)
				for j := range players {
					is := v.views[a].main(c, j, s)
					if h.Stable[a][j].Has(s) != is {
						t.Fatalf("%s: state %d for %d as %d sees it", m.Case.Title, s, j, a)
					}
					all = all && is
				}
				if h.Recognised[a].Has(s) != all {
					t.Fatalf("%s: state %d recognised by %d", m.Case.Title, s, a)
				}
				if all {
					seen++
				}
				hyper = hyper && v.views[a].main(c, a, s)
				real = real && v.main(c, a, s)
			}
			if h.Equilibria.Has(s) != hyper || h.True.Has(s) != real {
				t.Fatalf("%s: state %d as an equilibrium", m.Case.Title, s)
			}
			want := NoEquilibrium
			switch {
			case hyper && seen == players:
				want = Shared
			case hyper && seen > 0:
				want = Partly
			case hyper:
				want = Unseen
			case seen > 0:
				want = Mistaken
			}
			if h.Class(s) != want {
				t.Fatalf("%s: state %d is %s, want %s", m.Case.Title, s, h.Class(s), want)
			}
			classes[want]++
		}
		var got []Surprise
		got = append(got, h.Surprises...)
		for s := range m.States {
			for b := range players {
				for a := range players {
					if a == b {
						continue
					}
					does, expected := v.views[b].chosen(c, b, s), v.views[a].chosen(c, b, s)
					for _, to := range does {
						if slices.Contains(expected, to) {
							continue
						}
						surprises++
						if len(got) == 0 || got[0].Mover != b || got[0].Surprised != a || got[0].From != s || got[0].To != to || !slices.Equal(got[0].Expected, expected) {
							t.Fatalf("%s: state %d, move of %d to %d surprises %d: %+v", m.Case.Title, s, b, to, a, got)
						}
						got = got[1:]
					}
				}
			}
		}
		if len(got) > 0 {
			t.Fatalf("%s: no surprise: %+v", m.Case.Title, got[0])
		}
	})
	for c := NoEquilibrium; c <= Shared; c++ {
		if covers() && classes[c] == 0 {
			t.Errorf("no state was %s", c)
		}
	}
	if surprises == 0 {
		t.Error("nobody was surprised")
	}
}

// chosen are the best of i's improvements from s that are not sanctioned.
func (v *twin) chosen(c Concept, i, s int) []int {
	p := &plain{n: v.n, players: v.players, moves: v.moves, value: v.value}
	out := p.chosen(i, s, c)
	slices.Sort(out)
	return out
}
