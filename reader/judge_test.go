package reader

import (
	"math/rand/v2"
	"testing"
)

// TestJudge teaches a judge something that no single feature tells, and holds its
// chances to the shares that were drawn.
func TestJudge(t *testing.T) {
	draw := func(seed uint64, n int) []example {
		out := make([]example, n)
		for i := range out {
			rng := rand.New(rand.NewPCG(seed, uint64(i)))
			e := &out[i]
			for k := range e.f {
				e.f[k] = uint8(rng.UintN(200))
			}
			p := .1
			if (e.f[3] > 100) != (e.f[7] > 50) {
				p = .9
			}
			e.right = rng.Float64() < p
		}
		return out
	}
	j := growForest(draw(1, 4000), 40, .2, 1)
	var n, right [2]float64
	for _, e := range draw(2, 2000) {
		k := boolInt((e.f[3] > 100) != (e.f[7] > 50))
		n[k]++
		right[k] += j.chance(&e.f)
	}
	if low, high := right[0]/n[0], right[1]/n[1]; low > .2 || high < .8 {
		t.Errorf("chances are %.2f and %.2f on the average, want .1 and .9", low, high)
	}
}

// TestSettle keeps random candidates apart, and drops none without a surer one in
// its way.
func TestSettle(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 5))
		var cs []candidate
		for at := 0; at < 60; {
			at += rng.IntN(8)
			c := candidate{cue: run{at, at + 1 + rng.IntN(2)}, worth: rng.Float64()}
			from := c.cue.to + rng.IntN(3)
			c.content = []run{{from, from + 1 + rng.IntN(9)}}
			if rng.IntN(2) == 0 && at > 2 {
				c.source = run{at - 2, at}
			}
			cs = append(cs, c)
			at++
		}
		keep := make([]bool, len(cs))
		settle(cs, .3, keep)
		clash := func(a, b *candidate) bool {
			return meets(a.cue, b.cue) || inAny(a.cue, b.content) || inAny(b.cue, a.content) || meets(a.cue, b.source) || meets(b.cue, a.source) || sameContent(a, b)
		}
		for i := range cs {
			blocked := cs[i].worth < .3
			for o := range cs {
				if o == i || !keep[o] || !clash(&cs[i], &cs[o]) || o < i-12 || o > i+12 {
					continue
				}
				if keep[i] {
					t.Fatalf("seed %d: %d and %d are both kept", seed, i, o)
				}
				blocked = blocked || cs[o].worth >= cs[i].worth
			}
			if !keep[i] && !blocked {
				t.Fatalf("seed %d: %d was dropped for nothing", seed, i)
			}
		}
	}
}
