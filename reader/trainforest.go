package reader

import (
	"math"
	"sync"
)

// example is something by its traits, and whether it is right.
type example struct {
	f     profile
	right bool
}

// growForest boosts trees on the examples, one after the other, each fitted to the
// gradient of the likelihood with second-order steps.
func growForest(data []example, trees int, rate, ridge float64) *forest {
	n := len(data)
	yes := 0
	for i := range data {
		yes += boolInt(data[i].right)
	}
	prior := math.Log(float64(yes+1) / float64(n-yes+1))
	j := &forest{prior: int32(math.Round(prior * 1024))}
	z := make([]float64, n)
	g, h := make([]float64, n), make([]float64, n)
	at := make([]int32, n) // the node that each example has come to
	for i := range z {
		z[i] = float64(j.prior) / 1024
	}
	type cell struct{ g, h float64 }
	for range trees {
		for i := range data {
			p := 1 / (1 + math.Exp(-z[i]))
			y := float64(boolInt(data[i].right))
			g[i], h[i] = p-y, max(p*(1-p), 1e-6)
			at[i] = 0
		}
		var t tree
		for depth := range treeDepth {
			first := 1<<depth - 1
			nodes := 1 << depth
			type split struct {
				gain  float64
				f, th uint8
			}
			best := make([][traits]split, nodes)
			var wg sync.WaitGroup
			for w := range 2 {
				wg.Go(func() {
					hist := make([][256]cell, nodes)
					for f := w; f < traits; f += 2 {
						clear(hist)
						for i := range data {
							c := &hist[int(at[i])-first][data[i].f[f]]
							c.g += g[i]
							c.h += h[i]
						}
						for k := range nodes {
							var all, l cell
							for b := range 256 {
								all.g += hist[k][b].g
								all.h += hist[k][b].h
							}
							base := all.g * all.g / (all.h + ridge)
							s := split{0, 0, 255}
							for b := range 255 {
								l.g += hist[k][b].g
								l.h += hist[k][b].h
								if l.h < 4 || all.h-l.h < 4 {
									continue
								}
								rg, rh := all.g-l.g, all.h-l.h
								if gain := l.g*l.g/(l.h+ridge) + rg*rg/(rh+ridge) - base; gain > s.gain+1e-9 {
									s = split{gain, uint8(f), uint8(b)}
								}
							}
							best[k][f] = s
						}
					}
				})
			}
			wg.Wait()
			for k := range nodes {
				s := split{0, 0, 255}
				for f := range traits {
					if best[k][f].gain > s.gain {
						s = best[k][f]
					}
				}
				t.ask[first+k], t.above[first+k] = s.f, s.th
			}
			for i := range data {
				k := at[i]
				if data[i].f[t.ask[k]] > t.above[k] {
					at[i] = 2*k + 2
				} else {
					at[i] = 2*k + 1
				}
			}
		}
		var sum [1 << treeDepth]cell
		for i := range data {
			c := &sum[int(at[i])-asks]
			c.g += g[i]
			c.h += h[i]
		}
		for k := range sum {
			t.leaf[k] = int16(math.Round(-1024 * rate * sum[k].g / (sum[k].h + ridge)))
		}
		for i := range data {
			z[i] += float64(t.leaf[int(at[i])-asks]) / 1024
		}
		j.trees = append(j.trees, t)
	}
	return j
}

// rightness tells which candidates match a reference attribution, as relJ does.
func (t *trainText) rightness(c *candidate) bool {
	g := t.matched(c)
	if g == nil || len(c.content) == 0 {
		return false
	}
	if c.source.empty() != (len(g.source) == 0) {
		return false
	}
	if !c.source.empty() {
		meets := false
		for _, p := range g.source {
			meets = meets || p.from < c.source.to && c.source.from < p.to
		}
		if !meets {
			return false
		}
	}
	count := func(ps []run) (n int) {
		for _, p := range ps {
			n += p.to - p.from
		}
		return n
	}
	both := 0
	for _, p := range g.content {
		for _, q := range c.content {
			both += max(0, min(p.to, q.to)-max(p.from, q.from))
		}
	}
	return 2*both >= count(g.content)+count(c.content)-both
}
