package reader

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// numbering gives hashes consecutive numbers.
type numbering struct {
	keys []uint32
	ids  []int32
	n    int
}

func newNumbering(room int) *numbering {
	size := 1024
	for size < 2*room {
		size *= 2
	}
	return &numbering{keys: make([]uint32, size), ids: make([]int32, size)}
}

func (m *numbering) slot(k uint32) int {
	mask := len(m.keys) - 1
	s := int(k*0x9E3779B1) & mask
	for m.keys[s] != k && m.keys[s] != 0 {
		s = (s + 1) & mask
	}
	return s
}

// find is the number of a hash, or -1.
func (m *numbering) find(f uint32) int32 {
	s := m.slot(key(f))
	if m.keys[s] == 0 {
		return -1
	}
	return m.ids[s]
}

func (m *numbering) make(f uint32) int32 {
	k := key(f)
	s := m.slot(k)
	if m.keys[s] != 0 {
		return m.ids[s]
	}
	if 2*m.n >= len(m.keys) {
		old := *m
		*m = numbering{keys: make([]uint32, 2*len(old.keys)), ids: make([]int32, 2*len(old.keys)), n: old.n}
		for i, k := range old.keys {
			if k != 0 {
				s := m.slot(k)
				m.keys[s], m.ids[s] = k, old.ids[i]
			}
		}
		s = m.slot(k)
	}
	m.keys[s], m.ids[s] = k, int32(m.n)
	m.n++
	return int32(m.n - 1)
}

// perceptron is an averaged perceptron in training.
type perceptron struct {
	classes int
	number  *numbering
	w       []int32 // rows of weights
	late    []int64 // their changes, each times the step at which it was made
	step    int64
	seen    []int32 // how often each row was changed
}

func newPerceptron(classes int) *perceptron {
	return &perceptron{classes: classes, number: newNumbering(1 << 16), step: 1}
}

func (p *perceptron) score(f []uint32, sum []int32) {
	clear(sum)
	for _, x := range f {
		if id := p.number.find(x); id >= 0 {
			for c, w := range p.w[int(id)*p.classes : (int(id)+1)*p.classes] {
				sum[c] += w
			}
		}
	}
}

func (p *perceptron) update(f []uint32, good, bad int) {
	for _, x := range f {
		id := int(p.number.make(x))
		for len(p.w) < (id+1)*p.classes {
			p.w = append(p.w, make([]int32, p.classes)...)
			p.late = append(p.late, make([]int64, p.classes)...)
			p.seen = append(p.seen, 0)
		}
		p.w[id*p.classes+good]++
		p.w[id*p.classes+bad]--
		p.late[id*p.classes+good] += p.step
		p.late[id*p.classes+bad] -= p.step
		p.seen[id]++
	}
}

// table is the average over all steps, of the rows that were changed often and
// matter, in eight bits.
func (p *perceptron) table(least int32, worth float64) *weightTable {
	type row struct {
		key uint32
		w   []float64
	}
	var rows []row
	var tops []float64
	for s, k := range p.number.keys {
		if k == 0 {
			continue
		}
		id := int(p.number.ids[s])
		if p.seen[id] < least {
			continue
		}
		r := row{k, make([]float64, p.classes)}
		top := 0.0
		for c := range p.classes {
			r.w[c] = float64(p.w[id*p.classes+c]) - float64(p.late[id*p.classes+c])/float64(p.step)
			top = max(top, math.Abs(r.w[c]))
		}
		if top < worth {
			continue
		}
		rows = append(rows, r)
		tops = append(tops, top)
	}
	sortRows(rows, func(r row) uint32 { return r.key })
	unit := stepFor(tops)
	t := &tableRows{classes: p.classes, unit: unit}
	q := make([]int8, p.classes)
	for _, r := range rows {
		for c, w := range r.w {
			q[c] = eightBits(w, unit)
		}
		t.put(r.key, q)
	}
	return t.table()
}

func sortRows[R any](rows []R, key func(R) uint32) {
	slices.SortFunc(rows, func(a, b R) int { return cmp.Compare(key(a), key(b)) })
}

// stepFor is the unit at which all but a thousandth of rows fit into eight bits.
func stepFor(tops []float64) float64 {
	if len(tops) == 0 {
		return 1
	}
	slices.Sort(tops)
	return tops[len(tops)-1-len(tops)/1000] / 127
}

func eightBits(w, unit float64) int8 {
	return int8(max(-127, min(127, math.Round(w/unit))))
}

// trainTagger trains on the texts, rounds times over, and stops early with ctx.
func trainTagger(ctx context.Context, texts []*trainText, rounds int, seed uint64) *tagger {
	g := &tagger{only: onlyTags(texts)}
	p := newPerceptron(len(posNames))
	sum := make([]int32, len(posNames))
	var f [taggerFeatures]uint32
	for round := range rounds {
		for _, k := range order(len(texts), seed, round) {
			if ctx.Err() != nil {
				break
			}
			t := texts[k]
			for _, sn := range t.r.sents {
				for i := sn.from; i < sn.to; i++ {
					if q, ok := g.sure(t.s.word[i]); ok && (i > sn.from || t.s.look[i]&7 != uint8(capWord)) {
						t.s.pos[i] = q
						continue
					}
					t.s.taggerFeatures(i, sn.from, sn.to, &f)
					p.score(f[:], sum)
					at := 0
					for c, v := range sum {
						if v > sum[at] {
							at = c
						}
					}
					t.s.pos[i] = pos(at)
					if want := t.gold.pos[i]; want >= 0 {
						if int(want) != at {
							p.update(f[:], int(want), at)
						}
						p.step++
					}
				}
			}
		}
	}
	g.weights = p.table(2, 1)
	return g
}

// onlyTags lists frequent words that have one tag, but for a hundredth.
func onlyTags(texts []*trainText) *weightTable {
	number := newNumbering(1 << 15)
	var counts [][]int32
	for _, t := range texts {
		for i, w := range t.s.word {
			if t.gold.pos[i] < 0 {
				continue
			}
			id := number.make(w)
			for len(counts) <= int(id) {
				counts = append(counts, make([]int32, len(posNames)))
			}
			counts[id][t.gold.pos[i]]++
		}
	}
	type entry struct {
		k uint32
		p int8
	}
	var list []entry
	for s, k := range number.keys {
		if k == 0 {
			continue
		}
		total, top := int32(0), 0
		for c, n := range counts[number.ids[s]] {
			total += n
			if n > counts[number.ids[s]][top] {
				top = c
			}
		}
		if total >= 20 && counts[number.ids[s]][top]*100 >= total*99 {
			list = append(list, entry{k, int8(top)})
		}
	}
	slices.SortFunc(list, func(a, b entry) int { return cmp.Compare(a.k, b.k) })
	t := &tableRows{classes: 1, unit: 1}
	for _, e := range list {
		t.put(e.k, []int8{e.p})
	}
	return t.table()
}

// order is a random order of n things, which depends on the seed and the round.
func order(n int, seed uint64, round int) []int {
	return rand.New(rand.NewPCG(seed, uint64(round))).Perm(n)
}

// trainParser trains with a dynamic oracle (Goldberg and Nivre 2013): after the
// first round it follows its own choices, and learns the best way on from there.
func trainParser(ctx context.Context, texts []*trainText, rounds int, seed uint64) *parser {
	p := newPerceptron(transitions)
	sum := make([]int32, transitions)
	st := &parseState{}
	var head []int32
	for round := range rounds {
		for _, k := range order(len(texts), seed, round) {
			if ctx.Err() != nil {
				break
			}
			t := texts[k]
			for _, sn := range t.r.sents {
				head = head[:0]
				known := true
				for i := sn.from; i < sn.to; i++ {
					h := t.gold.head[i]
					switch {
					case h == -2:
						known = false
					case h == -1:
						h = int32(sn.to)
					}
					head = append(head, h-int32(sn.from))
				}
				if !known || sn.to-sn.from > 120 {
					continue
				}
				st.reset(t.s, sn.from, sn.to)
				for !st.done() {
					a := st.allowed()
					if a == 1<<shift {
						st.apply(shift)
						continue
					}
					f := st.features()
					p.score(f, sum)
					guess, good := -1, -1
					right := st.oracle(head, t.gold.rel, a)
					for c, v := range sum {
						if a>>uint(c)&1 != 0 && (guess < 0 || v > sum[guess]) {
							guess = c
						}
						if right>>uint(c)&1 != 0 && (good < 0 || v > sum[good]) {
							good = c
						}
					}
					if good >= 0 && right>>uint(guess)&1 == 0 {
						p.update(f, good, guess)
						if round == 0 {
							guess = good
						}
					}
					p.step++
					st.apply(guess)
				}
			}
		}
	}
	return &parser{weights: p.table(6, 2.5)}
}

// oracle is the set of allowed transitions that lose no reference arc which can
// still be had. head counts from the sentence, n for the root.
func (p *parseState) oracle(head []int32, rel []int8, allowed uint64) uint64 {
	out := uint64(0)
	n := int32(p.n)
	b := p.next
	if len(p.stack) == 0 {
		return allowed
	}
	top := p.stack[len(p.stack)-1]
	ahead := false // something ahead hangs on top
	for k := b; k < n; k++ {
		if head[k] == top {
			ahead = true
			break
		}
	}
	want := rel[p.from+int(top)]
	h := head[top]
	// Left: the head of top is next.
	if !ahead {
		lost := h > b
		if len(p.stack) > 1 && h == p.stack[len(p.stack)-2] {
			lost = true
		}
		if !lost {
			if h == b {
				out |= 1 << uint(left+int(want))
			} else {
				out |= (1<<relations - 1) << left
			}
		}
		// Right: the head of top is below it.
		if len(p.stack) > 1 && h < b {
			if h == p.stack[len(p.stack)-2] {
				out |= 1 << uint(right+int(want))
			} else {
				out |= (1<<relations - 1) << right
			}
		}
	}
	if b < n {
		lost := false
		for k, s := range p.stack {
			if head[s] == b || k < len(p.stack)-1 && head[b] == s {
				lost = true
				break
			}
		}
		if !lost {
			out |= 1 << shift
		}
	}
	out &= allowed
	if out == 0 {
		return allowed
	}
	return out
}
