package reader

import (
	"context"
	"math"
)

// corpus is sequences of tokens with their features numbered, for training a crf.
type corpus struct {
	number *numbering
	ends   []int32 // where the features of each token end in ids
	ids    []int32
	edge   []edge
	allow  []uint8
	gold   []label
	seqs   []sequence
}

// sequence is a half-open range of tokens of a corpus, of the text text.
type sequence struct {
	from, to int32
	text     int32
}

func (c *corpus) features(i int32) []int32 {
	from := int32(0)
	if i > 0 {
		from = c.ends[i-1]
	}
	return c.ids[from:c.ends[i]]
}

// sieve counts hashes roughly, up to 255.
type sieve struct{ counts []uint8 }

func newSieve() *sieve { return &sieve{make([]uint8, 1<<26)} }

func (s *sieve) count(f []uint32) {
	for _, x := range f {
		if k := x >> 6; s.counts[k] < 255 {
			s.counts[k]++
		}
	}
}

func (s *sieve) keep(f []uint32, least uint8) []uint32 {
	out := f[:0]
	for _, x := range f {
		if s.counts[x>>6] >= least {
			out = append(out, x)
		}
	}
	return out
}

// token appends a token; sequences are closed with end.
func (c *corpus) token(f []uint32, e edge, allow uint8, gold label) {
	for _, x := range f {
		c.ids = append(c.ids, c.number.make(x))
	}
	c.ends = append(c.ends, int32(len(c.ids)))
	c.edge = append(c.edge, e)
	c.allow = append(c.allow, allow)
	c.gold = append(c.gold, gold)
}

func (c *corpus) end(text int) {
	from := int32(0)
	if n := len(c.seqs); n > 0 {
		from = c.seqs[n-1].to
	}
	if to := int32(len(c.ends)); to > from {
		c.seqs = append(c.seqs, sequence{from, to, int32(text)})
	}
}

// crfConfig says how a crf is trained: by stochastic gradient ascent on the
// likelihood, each weight with its own rate and drawn to zero (FTRL-Proximal;
// McMahan and others 2013).
type crfConfig struct {
	rounds       int
	rate         float64
	lasso, ridge float64
	seed         uint64
	// dropout is the share of features left out at each token, at random.
	dropout float64
	// The weights are the mean over the last rounds, tail of them, looked at shots
	// times in each.
	tail, shots int
}

type learner struct {
	w, z, n            []float32
	rate, lasso, ridge float32
}

func newLearner(rows int, c crfConfig) *learner {
	return &learner{w: make([]float32, rows), z: make([]float32, rows), n: make([]float32, rows), rate: float32(c.rate), lasso: float32(c.lasso), ridge: float32(c.ridge)}
}

func (l *learner) step(k int, g float32) {
	n := l.n[k]
	m := n + g*g
	sm := float32(math.Sqrt(float64(m)))
	sigma := (sm - float32(math.Sqrt(float64(n)))) / l.rate
	l.z[k] += g - sigma*l.w[k]
	l.n[k] = m
	z := l.z[k]
	switch {
	case z > l.lasso:
		l.w[k] = -(z - l.lasso) / ((1+sm)/l.rate + l.ridge)
	case z < -l.lasso:
		l.w[k] = -(z + l.lasso) / ((1+sm)/l.rate + l.ridge)
	default:
		l.w[k] = 0
	}
}

// trainCRF trains on the sequences of those texts that take says, several times with
// other random choices, and keeps the mean of the weights: one training owes too much
// to the order in which it came upon the texts.
func trainCRF(ctx context.Context, c *corpus, conf crfConfig, take func(text int) bool) (*crf, error) {
	var mean meanWeights
	var seqs []sequence
	for _, s := range c.seqs {
		if take(int(s.text)) {
			seqs = append(seqs, s)
		}
	}
	for range trainings {
		if err := train(ctx, c, conf, seqs, &mean); err != nil {
			return nil, err
		}
		conf.seed += 1000 // far from those that somebody gives
	}
	return freeze(c.number, mean.of(0), mean.of(1)), nil
}

// train trains on sequences, and adds its weights at several moments to the mean.
func train(ctx context.Context, c *corpus, conf crfConfig, seqs []sequence, mean *meanWeights) error {
	const L = int(labels)
	rows := newLearner(c.number.n*8, conf)
	trans := newLearner(int(edges)*L*L, conf)
	trans.lasso = 0
	var pot, fwd, bwd [][L]float64
	var factor [edges][L][L]float64
	tk := uint64(conf.seed)*0x9E3779B97F4A7C15 + 1
	drop := uint32(conf.dropout * (1 << 32))
	keep := float32(1 / (1 - conf.dropout))
	var kept []int32
	var keptEnd []int32
	for round := range conf.rounds {
		for step, k := range order(len(seqs), conf.seed, round) {
			if k%256 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if round >= conf.rounds-conf.tail && (step+1)%max(1, len(seqs)/conf.shots) == 0 {
				mean.add(rows.w, trans.w)
			}
			s := seqs[k]
			n := int(s.to - s.from)
			if cap(pot) < n {
				pot, fwd, bwd = make([][L]float64, 2*n), make([][L]float64, 2*n), make([][L]float64, 2*n)
			}
			pot, fwd, bwd = pot[:n], fwd[:n], bwd[:n]
			kept, keptEnd = kept[:0], keptEnd[:0]
			for i := range n {
				var sum [8]float32
				for _, id := range c.features(s.from + int32(i)) {
					if drop > 0 {
						tk ^= tk << 13
						tk ^= tk >> 7
						tk ^= tk << 17
						if uint32(tk) < drop {
							continue
						}
					}
					kept = append(kept, id)
					row := (*[8]float32)(rows.w[int(id)*8:])
					for b := range row {
						sum[b] += row[b]
					}
				}
				keptEnd = append(keptEnd, int32(len(kept)))
				for b := range sum {
					sum[b] *= keep
				}
				top := sum[0]
				for b := 1; b < L; b++ {
					top = max(top, sum[b])
				}
				for b := range L {
					pot[i][b] = 0
					if c.allow[int(s.from)+i]>>b&1 != 0 {
						pot[i][b] = math.Exp(float64(sum[b] - top))
					}
				}
			}
			for e := range factor {
				for a := range L {
					for b := range L {
						if follows(label(a), label(b)) {
							factor[e][a][b] = math.Exp(float64(trans.w[(e*L+a)*L+b]))
						}
					}
				}
			}
			norm := func(row *[L]float64) {
				t := 0.0
				for _, v := range row {
					t += v
				}
				if t > 0 {
					for b := range row {
						row[b] /= t
					}
				}
			}
			for b := range L {
				fwd[0][b] = 0
				if starts(label(b)) {
					fwd[0][b] = pot[0][b]
				}
			}
			norm(&fwd[0])
			for i := 1; i < n; i++ {
				f := &factor[c.edge[int(s.from)+i]]
				for b := range L {
					t := 0.0
					for a := range L {
						t += fwd[i-1][a] * f[a][b]
					}
					fwd[i][b] = t * pot[i][b]
				}
				norm(&fwd[i])
			}
			for b := range L {
				bwd[n-1][b] = 1
			}
			for i := n - 1; i > 0; i-- {
				f := &factor[c.edge[int(s.from)+i]]
				for a := range L {
					t := 0.0
					for b := range L {
						t += f[a][b] * pot[i][b] * bwd[i][b]
					}
					bwd[i-1][a] = t
				}
				norm(&bwd[i-1])
			}
			for i := range n {
				at := int(s.from) + i
				var m [L]float64
				for b := range L {
					m[b] = fwd[i][b] * bwd[i][b]
				}
				norm(&m)
				var g [L]float32
				for b := range L {
					g[b] = float32(m[b])
				}
				g[c.gold[at]]--
				from := int32(0)
				if i > 0 {
					from = keptEnd[i-1]
				}
				for _, id := range kept[from:keptEnd[i]] {
					for b := range L {
						if g[b] > 1e-4 || g[b] < -1e-4 {
							rows.step(int(id)*8+b, g[b]*keep)
						}
					}
				}
				if i > 0 {
					e := int(c.edge[at])
					f := &factor[e]
					var p [L][L]float64
					t := 0.0
					for a := range L {
						for b := range L {
							p[a][b] = fwd[i-1][a] * f[a][b] * pot[i][b] * bwd[i][b]
							t += p[a][b]
						}
					}
					if t > 0 {
						for a := range L {
							for b := range L {
								d := float32(p[a][b] / t)
								if label(a) == c.gold[at-1] && label(b) == c.gold[at] {
									d--
								}
								if d > 1e-4 || d < -1e-4 {
									trans.step((e*L+a)*L+b, d)
								}
							}
						}
					}
				}
			}
		}
	}
	if mean.n == 0 {
		mean.add(rows.w, trans.w)
	}
	return nil
}

// meanWeights is the mean of weights at several moments: those at the last moment
// alone owe too much to the last examples (Polyak and Juditsky 1992).
type meanWeights struct {
	sum [2][]float64
	n   int
}

func (m *meanWeights) add(rows, trans []float32) {
	for k, w := range [2][]float32{rows, trans} {
		if m.sum[k] == nil {
			m.sum[k] = make([]float64, len(w))
		}
		for i, x := range w {
			m.sum[k][i] += float64(x)
		}
	}
	m.n++
}

func (m *meanWeights) of(k int) []float32 {
	out := make([]float32, len(m.sum[k]))
	for i, x := range m.sum[k] {
		out[i] = float32(x / float64(m.n))
	}
	return out
}

// freeze puts trained weights into eight bits.
func freeze(number *numbering, w, trans []float32) *crf {
	type row struct {
		k  uint32
		id int32
	}
	var rows []row
	var tops []float64
	for s, k := range number.keys {
		if k == 0 {
			continue
		}
		id := number.ids[s]
		top := 0.0
		for _, x := range w[int(id)*8 : int(id)*8+8] {
			top = max(top, math.Abs(float64(x)))
		}
		if top < .02 {
			continue
		}
		rows = append(rows, row{k, id})
		tops = append(tops, top)
	}
	sortRows(rows, func(r row) uint32 { return r.k })
	unit := stepFor(tops)
	t := &tableRows{classes: int(labels), unit: unit}
	var q [labels]int8
	for _, r := range rows {
		for b := range q {
			q[b] = eightBits(float64(w[int(r.id)*8+b]), unit)
		}
		t.put(r.k, q[:])
	}
	c := &crf{weights: t.table()}
	for e := range edges {
		for a := range labels {
			for b := range labels {
				c.transition[e][a][b] = int32(math.Round(float64(trans[(int(e)*int(labels)+int(a))*int(labels)+int(b)]) / unit))
			}
		}
	}
	c.prepare()
	return c
}

// flatCorpus is the texts with the features of the labeller that occur least
// times or more.
func flatCorpus(texts []*trainText, least uint8) *corpus {
	sv := newSieve()
	var buf [maxFeatures]uint32
	for _, t := range texts {
		for i := range t.r.toks {
			sv.count(t.v.labelFeatures(i, buf[:0]))
		}
	}
	c := &corpus{number: newNumbering(1 << 20)}
	for k, t := range texts {
		for _, p := range paragraphs(t.r) {
			for i := p.from; i < p.to; i++ {
				gold := t.flat[i]
				if i == p.from && !starts(gold) {
					gold--
				}
				c.token(sv.keep(t.v.labelFeatures(i, buf[:0]), least), t.v.edge[i], anyLabel, gold)
			}
			c.end(k)
		}
	}
	return c
}

// matched is the reference attribution whose cue the candidate meets, or nil.
func (t *trainText) matched(c *candidate) *goldAttr {
	for k := range t.attr {
		for _, p := range t.attr[k].cue {
			if p.from < c.cue.to && c.cue.from < p.to {
				return &t.attr[k]
			}
		}
	}
	return nil
}

// linkCorpus is the windows of the candidates that meet a reference cue.
func linkCorpus(texts []*trainText, least uint8) *corpus {
	sv := newSieve()
	var buf [maxFeatures]uint32
	var x linkView
	each := func(f func(text int, c *candidate, g *goldAttr)) {
		for k, t := range texts {
			for y := range t.cands {
				c := &t.cands[y]
				if g := t.matched(c); g != nil {
					x.look(t.v, t.k, c)
					f(k, c, g)
				}
			}
		}
	}
	each(func(_ int, c *candidate, _ *goldAttr) {
		for i := c.window.from; i < c.window.to; i++ {
			sv.count(x.linkFeatures(i, buf[:0]))
		}
	})
	out := &corpus{number: newNumbering(1 << 20)}
	var gold []label
	each(func(text int, c *candidate, g *goldAttr) {
		w := c.window
		gold = gold[:0]
		for range w.to - w.from {
			gold = append(gold, outside)
		}
		lay := func(ps []run, begin label) {
			for _, p := range ps {
				for i := max(p.from, w.from); i < min(p.to, w.to); i++ {
					gold[i-w.from] = begin + 1
					if i == p.from {
						gold[i-w.from] = begin
					}
				}
			}
		}
		lay(g.content, beginContent)
		lay(g.source, beginSource)
		lay([]run{c.cue}, beginCue)
		for i := range gold {
			if i == 0 && !starts(gold[i]) || i > 0 && !follows(gold[i-1], gold[i]) {
				gold[i]--
			}
		}
		for i := w.from; i < w.to; i++ {
			out.token(sv.keep(x.linkFeatures(i, buf[:0]), least), texts[text].v.edge[i], c.allowed(i), gold[i-w.from])
		}
		out.end(text)
	})
	return out
}
