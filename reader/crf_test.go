package reader

import (
	"math"
	"math/rand/v2"
	"testing"
)

// randomCRF has transitions and no features.
func randomCRF(rng *rand.Rand) *crf {
	c := &crf{weights: (&tableRows{classes: int(labels), unit: .01}).table()}
	for e := range edges {
		for a := range labels {
			for b := range labels {
				c.transition[e][a][b] = int32(rng.IntN(400) - 200)
			}
		}
	}
	c.prepare()
	return c
}

// TestCRF goes through every path of short random sequences: the decoded one must
// have the highest score, and the marginals be the sums over paths.
func TestCRF(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 1))
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
		best, total := math.Inf(-1), 0.0
		sums := make([][labels]float64, n)
		path := make([]label, n)
		var walk func(i int, score int32)
		walk = func(i int, score int32) {
			if i == n {
				best = max(best, float64(score))
				p := math.Exp(float64(score) * .01)
				total += p
				for i, b := range path {
					sums[i][b] += p
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
		c.decode(&l, startLabels)
		c.marginals(&l)
		got := int32(0)
		for i, b := range l.path {
			got += l.score[i][b]
			if l.allow[i]>>b&1 == 0 || i == 0 && !starts(b) || i > 0 && !follows(l.path[i-1], b) {
				t.Fatalf("seed %d: a path that may not be: %v", seed, l.path)
			}
			if i > 0 {
				got += c.transition[l.edge[i]][l.path[i-1]][b]
			}
			for b := range labels {
				if want := sums[i][b] / total; math.Abs(l.marginal[i][b]-want) > 1e-9 {
					t.Fatalf("seed %d: marginal of label %d at %d is %v, want %v", seed, b, i, l.marginal[i][b], want)
				}
			}
		}
		if float64(got) != best {
			t.Fatalf("seed %d: the decoded path has %d, the best %v", seed, got, best)
		}
	}
}
