package reader

import "math"

// lesson is an example for a forest with the chance that it is to have, and how much
// it counts.
type lesson struct {
	f      profile
	chance float64
	weight float64
}

// judgeLessons are the candidates of the texts, linked anew: right ones are to be
// certain, wrong ones not, and all others as likely as they were.
func judgeLessons(texts []*correctedText, m *model) []lesson {
	var out []lesson
	var l lattice
	for _, t := range texts {
		x := &linkView{choice: &m.choice}
		for i := range t.cands {
			x.look(t.v, t.k, &t.cands[i])
			x.link(m.linker, &l)
		}
		for i := range t.cands {
			c := &t.cands[i]
			e := lesson{weight: furtherWeight}
			old, known := t.old[c.cue]
			switch {
			case t.right.rightness(c):
				e.chance = 1
			case t.wrong.rightness(c):
			case t.right.matched(c) != nil || t.wrong.matched(c) != nil:
				continue // neither: its spans are still on the way
			case known:
				e.chance, e.weight = old, 1
			default:
				continue
			}
			x.look(t.v, t.k, c)
			x.judgeTraits(t.cands, i, &e.f)
			out = append(out, e)
		}
	}
	return out
}

// growFurther boosts further trees on what base gets wrong, as growForest does.
func growFurther(base *forest, data []lesson) *forest {
	j := &forest{prior: base.prior, trees: base.trees[:len(base.trees):len(base.trees)]}
	z := make([]float64, len(data))
	for i := range data {
		z[i] = float64(base.logOdds(&data[i].f)) / 1024
	}
	g, h := make([]float64, len(data)), make([]float64, len(data))
	at := make([]int32, len(data))
	for range furtherTrees {
		for i, e := range data {
			p := logistic(z[i])
			g[i], h[i], at[i] = e.weight*(p-e.chance), e.weight*max(p*(1-p), 1e-3), 0
		}
		var t tree
		for depth := range treeDepth {
			first := 1<<depth - 1
			for node := first; node < 2*first+1; node++ {
				t.ask[node], t.above[node] = furtherSplit(data, g, h, at, int32(node))
			}
			for i := range data {
				k := at[i]
				at[i] = 2*k + 1
				if data[i].f[t.ask[k]] > t.above[k] {
					at[i]++
				}
			}
		}
		var sums [1 << treeDepth][2]float64
		for i := range data {
			s := &sums[int(at[i])-asks]
			s[0] += g[i]
			s[1] += h[i]
		}
		for k, s := range sums {
			t.leaf[k] = int16(math.Round(-1024 * furtherRate * s[0] / (s[1] + furtherRidge)))
		}
		for i := range data {
			z[i] += float64(t.leaf[int(at[i])-asks]) / 1024
		}
		j.trees = append(j.trees, t)
	}
	return j
}

// furtherSplit is the question that tells the examples at a node best apart, or one
// that none answers with yes.
func furtherSplit(data []lesson, g, h []float64, at []int32, node int32) (ask, above uint8) {
	var sums [traits][256][2]float64
	var all [2]float64
	for i := range data {
		if at[i] != node {
			continue
		}
		all[0] += g[i]
		all[1] += h[i]
		for f, b := range &data[i].f {
			sums[f][b][0] += g[i]
			sums[f][b][1] += h[i]
		}
	}
	above = 255
	gain := 1e-6
	base := all[0] * all[0] / (all[1] + furtherRidge)
	for f := range sums {
		var l [2]float64
		for b := range 255 {
			l[0] += sums[f][b][0]
			l[1] += sums[f][b][1]
			rg, rh := all[0]-l[0], all[1]-l[1]
			if l[1] < .5 || rh < .5 {
				continue
			}
			if x := l[0]*l[0]/(l[1]+furtherRidge) + rg*rg/(rh+furtherRidge) - base; x > gain+1e-9 {
				gain, ask, above = x, uint8(f), uint8(b)
			}
		}
	}
	return ask, above
}
