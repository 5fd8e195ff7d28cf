package engine

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/demarche/demarche"
)

// withForesights gives the players of a random case different foresights.
func withForesights(c *demarche.Case, n uint64, names ...string) *demarche.Case {
	for i := range c.Conflict.Players {
		c.Conflict.Players[i].Foresight = names[(int(n)+i)%len(names)]
		w := float64(1 + (int(n)+i)%3)
		c.Conflict.Players[i].Initiative = &w
	}
	return c
}

// slowChain follows stepwise evolution by pushing probability along, a step at
// a time, for many steps.
func slowChain(v *slow, from uint64, steps int) (end map[uint64]float64, left float64, moves float64) {
	m := v.m
	end, now := map[uint64]float64{}, map[uint64]float64{from: 1}
	for step := 0; step < steps && len(now) > 0; step++ {
		next := map[uint64]float64{}
		for s, p := range now {
			type choice struct {
				to []uint64
				w  float64
			}
			var choices []choice
			var total float64
			for i := range m.Players {
				var best []uint64
				for _, t := range v.improve(i, s) {
					if v.sanctioned(i, s, t, m.Players[i].Foresight) {
						continue
					}
					if len(best) > 0 && v.score[i][t] > v.score[i][best[0]] {
						best = nil
					}
					if len(best) == 0 || v.score[i][t] == v.score[i][best[0]] {
						best = append(best, t)
					}
				}
				if best != nil {
					choices = append(choices, choice{best, m.Players[i].Initiative})
					total += m.Players[i].Initiative
				}
			}
			if choices == nil {
				end[s] += p
				moves += p * float64(step)
				continue
			}
			for _, c := range choices {
				for _, t := range c.to {
					next[t] += p * c.w / total / float64(len(c.to))
				}
			}
		}
		now = next
	}
	for _, p := range now {
		left += p
	}
	return end, left, moves
}

func TestEvolve(t *testing.T) {
	ctx := context.Background()
	cycles := 0
	for n := range runs(400, 20000) {
		names := []string{"nash", "gmr", "smr", "seq", "sseq"}
		if n%2 == 0 {
			names = []string{"gmr", "seq"}
		}
		m := mustModel(t, withForesights(randomCase(5, n), n, names...))
		if m == nil {
			continue
		}
		v := newSlow(m)
		f, err := m.Foresight(ctx)
		if err != nil {
			t.Fatal(err)
		}
		from := int(n) % len(m.States)
		e, err := f.Evolve(ctx, from)
		if err != nil {
			t.Fatal(err)
		}
		end, left, moves := slowChain(v, m.States[from], 3000)
		if math.Abs(e.NoSettlement-left) > 1e-6 {
			t.Fatalf("case %d: no settlement %v, want %v", n, e.NoSettlement, left)
		}
		if n%2 == 0 && e.NoSettlement != 0 {
			t.Fatalf("case %d: a cycle under GMR and SEQ foresight", n)
		}
		if e.NoSettlement > 0 {
			cycles++
		}
		for s, bits := range m.States {
			if math.Abs(e.End[s]-end[bits]) > 1e-6 {
				t.Fatalf("case %d: ends in %d with %v, want %v", n, s, e.End[s], end[bits])
			}
		}
		if settles := 1 - left; settles > 1e-6 && math.Abs(e.Steps-moves/settles) > 1e-4 {
			t.Fatalf("case %d: %v steps, want %v", n, e.Steps, moves/settles)
		}
		for bit := range m.Options {
			is := func(s int) bool { return m.States[s]>>bit&1 == 1 }
			if got, want := e.Hits(is), slowHits(v, f, m, from, is); math.Abs(got-want) > 1e-6 {
				t.Fatalf("case %d: reaches option %d with %v, want %v", n, bit, got, want)
			}
		}
	}
	if covers() && cycles == 0 {
		t.Fatal("no random conflict had a cycle")
	}
}

// slowHits pushes probability along and takes it off where the condition holds.
func slowHits(v *slow, f *Foresight, m *Model, from int, is func(int) bool) float64 {
	now, hit := map[int]float64{from: 1}, 0.0
	for step := 0; step < 2000 && len(now) > 0; step++ {
		next := map[int]float64{}
		for s, p := range now {
			if is(s) {
				hit += p
				continue
			}
			for _, a := range f.arcs(s) {
				next[a.to] += p * a.p
			}
		}
		now = next
	}
	return hit
}

func TestChosenAgainstDefinition(t *testing.T) {
	ctx := context.Background()
	for n := range runs(200, 5000) {
		m := mustModel(t, withForesights(randomCase(6, n), n, "nash", "gmr", "smr", "seq", "sseq"))
		if m == nil {
			continue
		}
		v := newSlow(m)
		f, err := m.Foresight(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for s, bits := range m.States {
			for i := range m.Players {
				var want []int
				for _, to := range v.improve(i, bits) {
					if v.sanctioned(i, bits, to, m.Players[i].Foresight) {
						continue
					}
					at, _ := m.Find(to)
					if len(want) > 0 && m.Rank[i][at] > m.Rank[i][want[0]] {
						want = nil
					}
					if len(want) == 0 || m.Rank[i][at] == m.Rank[i][want[0]] {
						want = append(want, at)
					}
				}
				if got := f.Chosen(nil, i, s); !slices.Equal(got, want) {
					t.Fatalf("case %d state %d player %d: %v, want %v", n, s, i, got, want)
				}
			}
		}
	}
}
