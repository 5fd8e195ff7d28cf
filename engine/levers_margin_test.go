package engine

import (
	"context"
	"slices"
	"testing"
)

// The least number of swaps of neighbouring statements, and of neighbours in
// rankings, after which a state is no equilibrium is compared with the distance to
// every combination of orders, judged by the definitions.
func TestMarginAgreesWithEveryOrder(t *testing.T) {
	const seed = 701
	broken, held, shared, ranked := 0, 0, 0, 0
	for n := range runs(600, 20000) {
		c := leverCase(seed, n)
		m := mustModel(t, c)
		if m == nil || len(m.States) > 12 || len(m.Players) > 3 {
			continue
		}
		concepts := allAs(SEQ, len(m.Players))
		if n%3 == 0 {
			concepts, _ = m.conceptsOr(nil)
		}
		lists := false // else there is nothing to swap
		for i := range m.Players {
			lists = lists || len(m.statements[i]) > 1
		}
		for s := range m.States {
			r, err := m.Margin(context.Background(), s, concepts)
			if err != nil {
				t.Fatal(err)
			}
			if !bruteHolds(t, m.Conflict, s, concepts) {
				if r.Rankings.Swaps != 0 || r.Statements.Swaps != 0 {
					t.Fatalf("seed %d, state %d is no equilibrium, but takes %d and %d swaps to break", n, s, r.Rankings.Swaps, r.Statements.Swaps)
				}
				continue
			}
			// Every order of every player's statements: at most 6 each.
			want := -1
			var rec func(i, swaps int, v *slow)
			rec = func(i, swaps int, v *slow) {
				if i == len(m.Players) {
					for j, concept := range concepts {
						if !v.stable(j, m.States[s], concept) && (want < 0 || swaps < want) {
							want = swaps
						}
					}
					return
				}
				length := len(m.statements[i])
				eachRanking(length, func(order []int32) {
					inverted := 0
					for a := range order {
						for b := range a {
							if order[b] > order[a] {
								inverted++
							}
						}
					}
					p := slices.Clone(m.Case.Conflict.Players[i].Prefers)
					for at, from := range order {
						p[at] = m.Case.Conflict.Players[i].Prefers[from]
					}
					other := m.Case.Clone()
					other.Conflict.Players[i].Prefers = p
					rec(i+1, swaps+inverted, v.under(i, mustModel(t, other).Rank[i]))
				})
			}
			rec(0, 0, newSlow(m))
			b := r.Statements
			switch {
			case b.Swaps >= 0 && b.Swaps != want, b.Swaps < 0 && want >= 0 && want <= b.UpTo, b.Swaps < 0 && b.UpTo < maxSwaps && lists:
				t.Fatalf("seed %d, state %d: %+v, want %d swaps of statements", n, s, b, want)
			case b.Swaps < 0:
				held++
			default:
				broken++
				if !slices.Contains(b.Players, b.Loses) {
					shared++
				}
			}
			ways := 1
			for i := range m.Players {
				for class := range m.Best[i] + 1 {
					ways *= int(class) + 1
				}
			}
			if ways > 600 {
				continue
			}
			want = -1
			var ranks func(i, swaps int, v *slow)
			ranks = func(i, swaps int, v *slow) {
				if i == len(m.Players) {
					for j, concept := range concepts {
						if !v.stable(j, m.States[s], concept) && (want < 0 || swaps < want) {
							want = swaps
						}
					}
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
					ranks(i+1, swaps+inverted, v.under(i, rank))
				})
			}
			ranks(0, 0, newSlow(m))
			switch k := r.Rankings; {
			case k.Swaps >= 0 && k.Swaps != want && (want <= k.UpTo || k.UpTo+1 == k.Swaps), k.Swaps < 0 && want >= 0 && (k.Never || want <= k.UpTo), k.Swaps == 0:
				t.Fatalf("seed %d, state %d: %+v, want %d swaps in rankings", n, s, k, want)
			default:
				ranked++
			}
		}
	}
	if covers() && (broken == 0 || held == 0 || shared == 0 || ranked == 0) {
		t.Errorf("%d equilibria were broken, %d by what another player wants, %d were not; %d rankings", broken, shared, held, ranked)
	}
}
