package reader

import "slices"

// Both fields know a span word by word: neither sees that it opens a quotation which
// it does not close, or that a branch of the sentence hangs on it which it leaves out.
// A forest for each role sees that, and what both fields think of the span and of its
// rivals, and gives it the chance that it is exact.

// spanChance is the labeller's chance of a span. The labeller ends every span with
// its paragraph: one that goes on has the least chance of its parts.
func (k *reckoning) spanChance(r *reading, role int, p run) float64 {
	least := 1.0
	for p.from < p.to {
		i := p.from
		on := k.start[i][role]
		for ; i+1 < p.to && r.toks[i+1].para == r.toks[i].para; i++ {
			on = float64(on * k.stay[i][role][boolInt(i > p.from)])
		}
		least = min(least, float64(on*(1-k.stay[i][role][boolInt(i > p.from)])))
		p.from = i + 1
	}
	return least
}

// chooseCues gives the spans that can be cues their chances, and takes from the
// likeliest down.
func (v *view) chooseCues(k *reckoning, choice *forest) {
	cues := slices.Clone(k.options)
	if choice != nil {
		var f profile
		for i := range cues {
			v.cueTraits(k, i, &f)
			cues[i].chance = choice.chance(&f)
		}
	}
	k.cues = disjoint(slices.DeleteFunc(cues, func(c likely) bool { return c.chance < leastSpan }))
}

// weigh gives the spans of a window their chances.
func (x *linkView) weigh() {
	var f profile
	fresh := make([]float64, len(x.spans))
	for i, p := range x.spans {
		x.spanTraits(i, &f)
		fresh[i] = x.choice[(p.begin-1)/2].chance(&f)
	}
	for i := range x.spans {
		x.spans[i].chance = fresh[i]
	}
}

// margins are what stands at the ends of p.
type margins struct {
	v *view
	p run
}

// tag, mark and quote describe token i, and have a value of their own beyond the text.
func (m margins) tag(i int) uint8 {
	if i < 0 || i >= len(m.v.r.toks) {
		return uint8(posNone)
	}
	return uint8(m.v.s.pos[i])
}

func (m margins) mark(i int) uint8 {
	if i < 0 || i >= len(m.v.r.toks) {
		return 15
	}
	return markKind(&m.v.r.toks[i])
}

func (m margins) quote(i int) uint8 {
	if i < 0 || i >= len(m.v.r.toks) {
		return 7
	}
	return m.v.quote[i]
}

// chance is the labeller's that token i has the role, 100 beyond the text.
func (m margins) chance(k *reckoning, i, role int) uint8 {
	if i < 0 || i >= len(k.chance) {
		return 100
	}
	return k.chance[i][role]
}

// least is the lowest chance of the role in the span.
func (m margins) least(k *reckoning, role int) uint8 {
	low := uint8(63)
	for i := m.p.from; i < m.p.to; i++ {
		low = min(low, k.chance[i][role])
	}
	return low
}

// spanTraits describes span i of the window: one that could be what a candidate says,
// or who says it.
func (x *linkView) spanTraits(at int, f *profile) {
	v, c := x.v, x.c
	s, r := v.s, v.r
	p := x.spans[at]
	m := margins{v, p.run}
	role := int(p.begin-1) / 2
	*f = profile{}
	l := traitList{f: f}
	field := x.field[at]
	l.put(steps(p.chance))
	l.put(steps(field))
	l.put(steps(float64(p.chance * field)))

	// Its rivals.
	var rival [2]float64    // the highest chance of one that overlaps
	var from, to [2]float64 // the chance that some span begins, or ends, where it does
	var above [3]int        // how many that overlap are likelier
	for k, o := range x.spans {
		if o.begin != p.begin {
			continue
		}
		if o.from == p.from {
			from[0] += o.chance
			from[1] += x.field[k]
		}
		if o.to == p.to {
			to[0] += o.chance
			to[1] += x.field[k]
		}
		if k == at || !meets(o.run, p.run) {
			continue
		}
		rival[0], rival[1] = max(rival[0], o.chance), max(rival[1], x.field[k])
		above[0] += boolInt(o.chance > p.chance)
		above[1] += boolInt(x.field[k] > field)
		above[2] += boolInt(float64(x.field[k]*o.chance) > float64(field*p.chance))
	}
	l.put(steps(rival[0]))
	l.put(steps(rival[1]))
	for _, n := range above {
		l.put(capped(n))
	}
	l.put(steps(from[0]))
	l.put(steps(to[0]))
	l.put(steps(from[1]))
	l.put(steps(to[1]))
	l.put(x.k.begin[p.from][role])
	l.put(x.k.chance[p.to-1][role])
	l.put(m.least(x.k, role))
	l.put(m.chance(x.k, p.from-1, role))
	l.put(m.chance(x.k, p.to, role))

	// Its place.
	l.put(capped(p.to - p.from))
	switch {
	case p.to <= c.cue.from:
		l.put(1)
		l.put(capped(c.cue.from - p.to))
	case p.from >= c.cue.to:
		l.put(2)
		l.put(capped(p.from - c.cue.to))
	default:
		l.put(3)
		l.put(0)
	}
	first, last := &r.toks[p.from], &r.toks[p.to-1]
	l.put(capped(100 + int(first.sent-r.toks[c.head].sent)))
	l.put(capped(100 + int(last.sent-r.toks[c.head].sent)))
	l.put(capped(int(last.para - first.para)))
	l.put(capped(p.from - r.sents[first.sent].from))
	l.put(capped(r.sents[last.sent].to - p.to))

	// The words and marks at its ends.
	for _, i := range [4]int{p.from - 1, p.from, p.to - 1, p.to} {
		l.put(m.tag(i))
	}
	for _, i := range [2]int{p.from, p.to} {
		l.put(m.mark(i-1)<<4 | m.mark(i))
	}
	for _, i := range [2]int{p.from, p.to} {
		l.put(m.quote(i-1)<<4 | m.quote(i))
	}
	open := 0 // quotations that it opens and does not close
	for i := p.from; i < p.to; i++ {
		open += boolInt(v.quote[i] == quoteOpen) - boolInt(v.quote[i] == quoteClose)
	}
	l.put(uint8(max(0, min(open+10, 20))))

	// The branches of the sentence that it cuts.
	inside := func(i int) bool {
		h := int(s.head[i])
		return h >= p.from && h < p.to
	}
	roots, head := 0, -1
	for i := p.from; i < p.to; i++ {
		if r.toks[i].isWord() && !inside(i) {
			roots++
			if head < 0 {
				head = i
			}
		}
	}
	before, behind, cut := 0, 0, uint8(0)
	for i := max(r.sents[first.sent].from, p.from-40); i < p.from; i++ {
		before += boolInt(r.toks[i].isWord() && inside(i))
	}
	for i := p.to; i < min(r.sents[last.sent].to, p.to+40); i++ {
		if r.toks[i].isWord() && inside(i) {
			behind++
			if cut == 0 {
				cut = 1 + uint8(s.rel[i])
			}
		}
	}
	l.put(capped(roots))
	l.put(capped(before))
	l.put(capped(behind))
	l.put(cut)
	if head >= 0 {
		l.put(uint8(s.rel[head]))
		l.put(m.tag(head))
		l.put(x.path8(p.from, p.to))
	} else {
		l.n += 3
	}
	if p.to < len(r.toks) {
		l.put(uint8(s.rel[p.to]))
	} else {
		l.put(40)
	}
	l.put(uint8(s.rel[p.from]))

	// What the rules take, and the cue.
	if g := c.rule; g != nil {
		spans := g.content
		if role == RoleSource {
			spans = []run{g.source}
		}
		same := uint8(1)
		for _, q := range spans {
			same |= uint8(boolInt(q.from == p.from)<<1 | boolInt(q.to == p.to)<<2)
		}
		l.put(same)
		l.put(percent(g.confidence))
	} else {
		l.n += 2
	}
	l.put(uint8(s.pos[c.head]))
	l.put(uint8(min(s.kids[c.head], 255)))
	l.put(uint8(s.kin[c.head][coarse]))
}

// cueRivals is how many spans to either side are looked at as rivals of one.
const cueRivals = 12

// cueTraits describes one of the spans that can be a cue.
func (v *view) cueTraits(k *reckoning, at int, f *profile) {
	s, r := v.s, v.r
	p := k.options[at]
	m := margins{v, p.run}
	*f = profile{}
	l := traitList{f: f}
	l.put(steps(p.chance))

	// Its rivals.
	rival, shorter, longer := 0.0, 0.0, 0.0
	sum, from, to := 0.0, 0.0, 0.0
	above := 0
	for i := max(0, at-cueRivals); i < min(len(k.options), at+cueRivals+1); i++ {
		o := k.options[i]
		if !meets(o.run, p.run) {
			continue
		}
		sum += o.chance
		if o.from == p.from {
			from += o.chance
		}
		if o.to == p.to {
			to += o.chance
		}
		if i == at {
			continue
		}
		rival = max(rival, o.chance)
		above += boolInt(o.chance > p.chance)
		if o.from >= p.from && o.to <= p.to {
			shorter = max(shorter, o.chance)
		}
		if o.from <= p.from && o.to >= p.to {
			longer = max(longer, o.chance)
		}
	}
	for _, x := range [6]float64{rival, shorter, longer, sum, from, to} {
		l.put(steps(min(1, x)))
	}
	l.put(capped(above))
	l.put(k.chance[p.from][RoleCue])
	l.put(k.chance[p.to-1][RoleCue])
	l.put(m.least(k, RoleCue))
	for role := range 3 {
		l.put(m.chance(k, p.from-1, role))
		l.put(m.chance(k, p.to, role))
	}
	l.put(capped(p.to - p.from))

	// Its words, and how they hang together.
	head := v.headOf(p.run)
	for _, i := range [5]int{p.from - 1, p.from, p.to - 1, p.to, head} {
		l.put(m.tag(i))
	}
	for _, i := range [3]int{head, p.from, p.to - 1} {
		l.put(uint8(s.rel[i]))
	}
	for _, i := range [3]int{p.from - 1, p.to, p.to + 1} {
		l.put(v.under(i, p.run, head))
	}
	kin := func(i, fineness int) { l.put(uint8(min(255, s.kinOf(i, fineness)))) }
	kin(head, middle)
	kin(head, coarse)
	kin(p.to-1, middle)
	kin(p.from, middle)
	kin(p.to, coarse)
	l.put(uint8(min(s.kids[head], 255)))
	quoted := uint8(0)
	if r.toks[head].quote >= 0 {
		quoted = 1 + uint8(boolInt(r.speech(head) != nil))
	}
	l.put(quoted)

	// What the lists and the rules know of it.
	listed := uint8(0)
	if w := r.toks[head].word; w != nil {
		listed = uint8(boolInt(w.cue != nil)<<1 | boolInt(w.noun != nil))
	}
	l.put(listed)
	same, sure := uint8(0), 0.0
	for _, g := range r.foundIn(r.toks[p.from].sent) {
		if meets(g.cue, p.run) && g.confidence >= sure {
			same = 1 | uint8(boolInt(g.cue.from == p.from)<<1|boolInt(g.cue.to == p.to)<<2)
			sure = g.confidence
		}
	}
	l.put(same)
	l.put(percent(sure))
	sn := r.sents[r.toks[p.from].sent]
	l.put(capped(p.from - sn.from))
	l.put(capped(sn.to - p.to))
	l.put(m.mark(p.from-1)<<4 | m.mark(p.to))
}

// headOf is the word of a span that the others hang on, a verb if there is one.
func (v *view) headOf(p run) int {
	head := -1
	for i := p.from; i < p.to; i++ {
		h := int(v.s.head[i])
		if (h < p.from || h >= p.to) && (head < 0 || v.s.pos[i].verbal() && !v.s.pos[head].verbal()) {
			head = i
		}
	}
	return max(head, p.from)
}

// under tells how token i hangs on a span with this head: not at all, by which
// relation, or as what the head hangs on.
func (v *view) under(i int, p run, head int) uint8 {
	if i < 0 || i >= len(v.r.toks) || v.r.toks[i].sent != v.r.toks[p.from].sent {
		return 60
	}
	h := int(v.s.head[i])
	switch {
	case h >= p.from && h < p.to:
		return 1 + uint8(v.s.rel[i])
	case i == int(v.s.head[head]):
		return 40
	}
	return 0
}
