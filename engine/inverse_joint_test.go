package engine

import (
	"context"
	"testing"
)

// The nearest profile in which a state is an equilibrium is compared with going
// through all profiles and judging each by the definitions.
func TestNearestAgreesWithAllProfiles(t *testing.T) {
	const seed = 801
	changed, together := 0, 0
	for n := range runs(900, 10000) {
		c := leverCase(seed, n)
		m := mustModel(t, c)
		if m == nil || len(m.States) > 8 {
			continue
		}
		ways := 1
		for i := range m.Players {
			for class := range m.Best[i] + 1 {
				ways *= int(class) + 1
			}
		}
		if ways > 3000 {
			continue
		}
		concepts := allAs([]Concept{SEQ, SSEQ}[n%2], len(m.Players))
		if n%4 == 0 {
			concepts, _ = m.conceptsOr(nil)
		}
		s := int(n) % len(m.States)
		got, err := m.Nearest(context.Background(), s, concepts)
		if err != nil || got == nil {
			t.Fatalf("seed %d: %v, %v", n, got, err)
		}
		want, alone := -1, 0
		var rec func(i, swaps int, v *slow)
		rec = func(i, swaps int, v *slow) {
			if i == len(m.Players) {
				if want >= 0 && swaps >= want {
					return
				}
				for j, concept := range concepts {
					if !v.stable(j, m.States[s], concept) {
						return
					}
				}
				want = swaps
				return
			}
			eachRanking(int(m.Best[i])+1, func(class []int32) {
				inverted := 0
				for a := range class {
					for b := range a {
						if class[b] > class[a] {
							inverted++
						}
					}
				}
				rank := make([]int32, len(m.States))
				for x, r := range m.Rank[i] {
					rank[x] = class[r]
				}
				rec(i+1, swaps+inverted, v.under(i, rank))
			})
		}
		rec(0, 0, newSlow(m))
		if got.Swaps != want {
			t.Fatalf("seed %d, state %d: %d swaps, want %d", n, s, got.Swaps, want)
		}
		v := newSlow(m)
		for i := range m.Players {
			v = v.under(i, got.Rank[i])
		}
		for j, concept := range concepts {
			if !v.stable(j, m.States[s], concept) {
				t.Fatalf("seed %d, state %d: not an equilibrium in the profile given, for player %d", n, s, j)
			}
		}
		inv, err := m.Inverse(context.Background(), s, concepts, n)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range inv.Demands {
			alone += d.Rise
		}
		if want > 0 {
			changed++
		}
		if want != alone {
			together++ // what each player would have to change alone does not add up
		}
	}
	if covers() && (changed == 0 || together == 0) {
		t.Errorf("%d profiles were changed, %d of them otherwise than each player alone", changed, together)
	}
}
