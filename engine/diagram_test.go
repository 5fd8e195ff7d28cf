package engine

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestDiagramAgainstCounting compares diagrams of random rules with counting
// through every combination.
func TestDiagramAgainstCounting(t *testing.T) {
	const levels = 9
	for n := range runs(300, 20000) {
		r := rand.New(rand.NewPCG(2, n))
		d := newDiagram(levels)
		var fs []int32
		var tests []func(v uint64) bool
		for range 1 + r.IntN(5) {
			f, test := randomDiagram(d, r, 3)
			fs, tests = append(fs, f), append(tests, test)
		}
		if r.IntN(2) == 0 {
			pick := []int{r.IntN(levels), r.IntN(levels), r.IntN(levels)}
			var atoms []int32
			for _, l := range pick {
				atoms = append(atoms, d.atom(l))
			}
			fs = append(fs, d.atMostOne(atoms))
			tests = append(tests, func(v uint64) bool {
				yes := 0
				for _, l := range pick {
					if v>>(levels-1-l)&1 == 1 {
						yes++
					}
				}
				return yes <= 1
			})
		}
		all := d.all(fs)
		first := r.IntN(4) // levels above it are fixed
		fixed := r.Uint64() >> (64 - 4)
		above := func(l int) bool { return fixed>>l&1 == 1 }
		var want []uint64
		for low := range uint64(1) << (levels - first) {
			v := low
			for l := range first {
				if above(l) {
					v |= 1 << (levels - 1 - l)
				}
			}
			if !slices.ContainsFunc(tests, func(test func(uint64) bool) bool { return !test(v) }) {
				want = append(want, low)
			}
		}
		root := d.given(all, first, above)
		if got := d.each(context.Background(), root, first, nil); !slices.Equal(got, want) {
			t.Fatalf("seed 2 case %d: %v, want %v", n, got, want)
		}
		if got := d.count(root, first); got != uint64(len(want)) {
			t.Fatalf("seed 2 case %d: count %d, want %d", n, got, len(want))
		}
		if some := d.given(d.exists(all, first), first, above) == always; some != (len(want) > 0) {
			t.Fatalf("seed 2 case %d: exists %v", n, some)
		}
		last := uint64(1)<<(levels-first) - 1
		open := d.forget(all, first)
		for low := range last + 1 {
			some := false
			for high := range uint64(1) << first {
				some = some || d.given(all, levels, func(l int) bool { return (high<<(levels-first)|low)>>(levels-1-l)&1 == 1 }) == always
			}
			if got := d.given(open, levels, func(l int) bool { return low>>(levels-1-l)&1 == 1 }) == always; got != some {
				t.Fatalf("seed 2 case %d: forget leaves %v at %d", n, got, low)
			}
		}
		half := d.weight(all, func(int) float64 { return 0.5 }) * math.Pow(2, levels)
		if total := d.count(all, 0); math.Abs(half-float64(total)) > 1e-9 {
			t.Fatalf("seed 2 case %d: weight %v, want %d", n, half, total)
		}
		for l := range levels {
			differs := false
			for v := range uint64(1) << levels {
				at := func(l int) bool { return v>>(levels-1-l)&1 == 1 }
				flip := func(m int) bool { return at(m) != (m == l) }
				differs = differs || d.given(all, levels, at) != d.given(all, levels, flip)
			}
			if d.depends(all, l) != differs {
				t.Fatalf("seed 2 case %d: depends on level %d", n, l)
			}
		}
	}
}

func randomDiagram(d *diagram, r *rand.Rand, depth int) (int32, func(uint64) bool) {
	if depth == 0 {
		l := r.IntN(d.levels)
		return d.atom(l), func(v uint64) bool { return v>>(d.levels-1-l)&1 == 1 }
	}
	f, a := randomDiagram(d, r, depth-1)
	g, b := randomDiagram(d, r, depth-1)
	switch r.IntN(4) {
	case 0:
		return d.and(f, g), func(v uint64) bool { return a(v) && b(v) }
	case 1:
		return d.or(f, g), func(v uint64) bool { return a(v) || b(v) }
	case 2:
		return d.not(f), func(v uint64) bool { return !a(v) }
	}
	return d.ite(f, g, d.not(g)), func(v uint64) bool { return a(v) == b(v) }
}

// Rules that only together are narrow must not be worked out one after another:
// thirty pairs of options far apart that must agree, of which at most two are yes.
func TestDiagramOfFarPairs(t *testing.T) {
	const pairs = 30
	d := newDiagram(2 * pairs)
	var fs, firsts []int32
	for l := range pairs {
		a, b := d.atom(l), d.atom(l+pairs)
		fs = append(fs, d.ite(a, b, d.not(b)))
		firsts = append(firsts, a)
	}
	two := never // at most two: at most one, or one of them and at most one of the rest
	for l := range firsts {
		rest := slices.Delete(slices.Clone(firsts), l, l+1)
		two = d.or(two, d.atMostOne(rest))
	}
	fs = append(fs, two)
	if got := d.count(d.all(fs), 0); got != 1+30+30*29/2 {
		t.Fatalf("%d states", got)
	}
}
