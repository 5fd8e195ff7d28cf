package reader

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestSpans adds up, over every path of short random sequences, the chance of each
// span, and holds the spans found from the marginals to it.
func TestSpans(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 2))
		c := randomCRF(rng)
		n := 1 + rng.IntN(4)
		var l lattice
		l.resize(n)
		for i := range n {
			l.edge[i] = edge(rng.IntN(int(edges)))
			l.allow[i] = uint8(rng.Uint32()) | 1
			for b := range l.score[i] {
				l.score[i][b] = int32(rng.IntN(600) - 300)
			}
		}
		type span struct {
			run
			begin label
		}
		want := map[span]float64{}
		total := 0.0
		path := make([]label, n)
		var walk func(i int, score int32)
		walk = func(i int, score int32) {
			if i == n {
				p := math.Exp(float64(score) * .01)
				total += p
				for from := 0; from < n; from++ {
					if b := path[from]; b != outside && starts(b) {
						to := from + 1
						for to < n && path[to] == b+1 {
							to++
						}
						want[span{run{from, to}, b}] += p
					}
				}
				return
			}
			for b := range labels {
				if l.allow[i]>>b&1 == 0 || i == 0 && !starts(b) || i > 0 && !follows(path[i-1], b) {
					continue
				}
				path[i] = b
				s := score + l.score[i][b]
				if i > 0 {
					s += c.transition[l.edge[i]][path[i-1]][b]
				}
				walk(i+1, s)
			}
		}
		walk(0, 0)
		c.marginals(&l)
		const least = .03
		var got []likely
		for _, b := range []label{beginSource, beginCue, beginContent} {
			got = l.spans(b, least, got)
		}
		for _, p := range got {
			s := span{p.run, p.begin}
			if math.Abs(p.chance-want[s]/total) > 1e-9 {
				t.Fatalf("seed %d: span %v has the chance %v, want %v", seed, s, p.chance, want[s]/total)
			}
			delete(want, s)
		}
		for s, p := range want {
			if p/total > least+1e-9 {
				t.Fatalf("seed %d: span %v with the chance %v was not found", seed, s, p/total)
			}
		}
	}
}

// TestDisjoint holds the choice among random spans to what it promises.
func TestDisjoint(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 3))
		var all []likely
		for range rng.IntN(12) {
			from := rng.IntN(20)
			all = append(all, likely{run{from, from + 1 + rng.IntN(5)}, beginCue, float64(rng.IntN(9)) / 9})
		}
		taken := disjoint(append([]likely(nil), all...))
		for i := 1; i < len(taken); i++ {
			if taken[i].from < taken[i-1].to {
				t.Fatalf("seed %d: %v are not apart, or not in order", seed, taken)
			}
		}
		for _, p := range all {
			ok := false
			for _, q := range taken {
				ok = ok || p == q || meets(p.run, q.run) && q.chance >= p.chance
			}
			if !ok {
				t.Fatalf("seed %d: %v was left out for nothing: %v", seed, p, taken)
			}
		}
	}
}

// TestWeighUp: a sure cue lifts a doubtful attribution, but not one that is nearly
// out of the question, and never a chance that the rules have set.
func TestWeighUp(t *testing.T) {
	for _, c := range []struct {
		chance, bound, cue, worth float64
		taken                     bool
	}{
		{.2, .2, .6, .36, true},
		{.2, .2, .1, .16, false},
		{.1, .1, .9, 0, false},
		{.9, .45, .9, .45, true},
		{.2, .5, 0, .5, true},
		{.8, .8, .5, .68, true},
	} {
		x := candidate{cueChance: c.cue}
		x.weighUp(c.chance, c.bound)
		if x.confidence != c.bound || math.Abs(x.worth-c.worth) > 1e-9 || x.worth >= leastWorth != c.taken {
			t.Errorf("%+v: worth %v", c, x.worth)
		}
	}
}
