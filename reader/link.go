package reader

import (
	"cmp"
	"slices"
)

// reckoning is what the labeller makes of a text: the likeliest label of each
// token, and the chances of the roles in 64ths.
type reckoning struct {
	best    []label
	chance  [][3]uint8 // of being in a source, a cue, content
	begin   [][3]uint8 // of beginning one
	score   [][labels]int32
	options []likely // every span that can be a cue
	cues    []likely // those of them that share no token, in text order
	// start is the chance that a span of the role begins with the token, stay, as in
	// lattice, that it goes on behind it.
	start [][3]float64
	stay  [][3][2]float64
}

// reckon runs the labeller over the paragraphs. choice may be nil.
func (v *view) reckon(c *crf, choice *forest, l *lattice) *reckoning {
	n := len(v.r.toks)
	k := &reckoning{best: make([]label, n), chance: make([][3]uint8, n), begin: make([][3]uint8, n), score: make([][labels]int32, n), start: make([][3]float64, n), stay: make([][3][2]float64, n)}
	var buf [maxFeatures]uint32
	var spans []likely
	for _, p := range paragraphs(v.r) {
		l.resize(p.to - p.from)
		for i := range l.score {
			c.token(l, i, v.labelFeatures(p.from+i, buf[:0]), partSum{})
			l.edge[i], l.allow[i] = v.edge[p.from+i], anyLabel
		}
		c.decode(l, startLabels)
		c.marginals(l)
		for i := range l.score {
			m := &l.marginal[i]
			k.best[p.from+i] = l.path[i]
			k.score[p.from+i] = l.score[i]
			for r := range 3 {
				b, in := m[1+2*r], m[2+2*r]
				k.chance[p.from+i][r] = uint8(63*(b+in) + .5)
				k.begin[p.from+i][r] = uint8(63*b + .5)
				k.start[p.from+i][r] = b
			}
			k.stay[p.from+i] = l.stay[i]
		}
		spans = l.spans(beginCue, leastSpan, spans[:0])
		for _, c := range spans {
			k.options = append(k.options, likely{run{p.from + c.from, p.from + c.to}, c.begin, c.chance})
		}
	}
	v.chooseCues(k, choice)
	return k
}

// candidate is a cue that may attribute, with what was found for it.
type candidate struct {
	cue       run
	cueChance float64  // that these very words are a cue
	head      int      // the word of the cue that the others hang on
	rule      *finding // the surest finding of the rules with this cue
	window    run
	source    run
	content   []run
	// The means of the linker's chances over the spans, and over what it left out
	// of the sentence.
	sourceChance, contentChance float64
	pathChance                  float64 // of the whole labelling, a token
	anySource                   float64 // that some token is in a source, at most
	sourceSpan, contentSpan     float64 // that these very words are the source; the content, at least
	agreement                   float64 // expected share of content that was found
	confidence                  float64
	worth                       float64 // by which it is taken or left out
	sure                        bool    // the rules are certain of it
}

// leastCue is the chance, in 64ths, from which a token can be a cue; leastSpan is
// that of a span.
const (
	leastCue  = 4
	leastSpan = .05
)

// candidates are the cues worth a closer look, in text order.
func (v *view) candidates(k *reckoning, m *crf, l *lattice) []candidate {
	r := v.r
	var out []candidate
	n := len(r.toks)
	taken := make([]bool, n)
	add := func(p run, chance float64) {
		for i := p.from; i < p.to; i++ {
			taken[i] = true
		}
		out = append(out, candidate{cue: p, cueChance: chance})
	}
	for _, c := range k.cues {
		p := c.run
		if j := p.to; j < n && k.chance[j][1] >= 24 && k.best[j] != beginCue && r.oneCue(j-1, j) {
			p.to++ // "believed" and "in"
		}
		add(r.lastVerb(p), c.chance)
		for i := p.from; i < p.to; i++ {
			taken[i] = true
		}
	}
	// grow finds the likeliest cue around a token that must be in one.
	grow := func(top int) {
		sn := r.sents[r.toks[top].sent]
		l.resize(sn.to - sn.from)
		for i := range l.score {
			l.score[i], l.edge[i], l.allow[i] = k.score[sn.from+i], v.edge[sn.from+i], anyLabel
		}
		l.allow[top-sn.from] = 1<<beginCue | 1<<inCue
		first := uint8(startLabels)
		if i := sn.from; i > 0 && r.toks[i-1].para == r.toks[i].para {
			before := k.best[i-1]
			for b := range labels {
				if follows(before, b) {
					first |= 1 << b
					l.score[0][b] += m.transition[v.edge[i]][before][b]
				}
			}
		}
		m.decode(l, first)
		p := run{top, top + 1}
		for p.from > sn.from && l.path[p.from-sn.from] == inCue && !taken[p.from-1] {
			p.from--
		}
		for p.to < sn.to && l.path[p.to-sn.from] == inCue && !taken[p.to] {
			p.to++
		}
		add(p, 0)
	}
	for _, f := range r.found {
		if f.confidence < .2 || f.cue.empty() {
			continue
		}
		free := !taken[f.verb]
		for i := f.cue.from; i < f.cue.to && free; i++ {
			free = !taken[i]
		}
		if free {
			grow(f.verb)
		}
	}
	for i := 0; i < n; i++ {
		if taken[i] || k.chance[i][1] < leastCue {
			continue
		}
		// The top of the hill that begins here.
		top := i
		j := i
		for j < n && !taken[j] && r.toks[j].sent == r.toks[i].sent && k.chance[j][1] >= leastCue {
			if k.chance[j][1] > k.chance[top][1] {
				top = j
			}
			j++
		}
		grow(top)
		i = j - 1
	}
	sortCandidates(out)
	v.dress(out, k)
	return out
}

// lastVerb cuts a cue that reaches from the verb of a relative clause over its
// closing comma to the verb of the sentence: "Roe, who also spoke, rejected". The
// rules must know the second for a cue of its own.
func (r *reading) lastVerb(p run) run {
	for i := p.to - 2; i > p.from; i-- {
		if r.toks[i].low != "," {
			continue
		}
		for _, f := range r.foundIn(r.toks[i].sent) {
			if f.cue.from > i && f.cue.to <= p.to && f.how == "subject" {
				return f.cue
			}
		}
	}
	return p
}

// oneCue tells whether the rules take tokens i and j for a verb and its preposition.
func (r *reading) oneCue(i, j int) bool {
	for _, f := range r.foundIn(r.toks[i].sent) {
		if f.rule == rulePreposition && f.list >= .6 && f.verb == i && f.cue.to == j+1 {
			return true
		}
	}
	return false
}

// foundIn is what the rules found in a sentence: findings are in the order of their
// sentences.
func (r *reading) foundIn(sent int32) []*finding {
	at := func(s int32) int {
		i, _ := slices.BinarySearchFunc(r.found, s, func(f *finding, s int32) int { return cmp.Compare(r.toks[f.verb].sent, s) })
		return i
	}
	return r.found[at(sent):at(sent+1)]
}

// dress gives candidates, which are in order, their heads, rules and windows.
func (v *view) dress(out []candidate, k *reckoning) {
	r := v.r
	for x := range out {
		c := &out[x]
		c.head = v.headOf(c.cue)
	}
	// The finding of the rules that shares the cue.
	x := 0
	for _, f := range r.found {
		for x > 0 && out[x-1].cue.to > f.cue.from {
			x--
		}
		for x < len(out) && out[x].cue.to <= f.cue.from {
			x++
		}
		for y := x; y < len(out) && out[y].cue.from < f.cue.to; y++ {
			if c := &out[y]; c.rule == nil || f.confidence > c.rule.confidence {
				c.rule = f
			}
		}
	}
	for x := range out {
		out[x].window = v.windowOf(&out[x], k)
	}
}

func sortCandidates(out []candidate) {
	// Three sorted runs: insertion is quick enough within a text, and merging is
	// never more than twice.
	mergeSort(out, make([]candidate, len(out)))
}

func mergeSort(a, b []candidate) {
	if len(a) < 2 {
		return
	}
	m := len(a) / 2
	mergeSort(a[:m], b[:m])
	mergeSort(a[m:], b[m:])
	copy(b, a)
	x, y := 0, m
	for i := range a {
		if y == len(a) || x < m && b[x].cue.from <= b[y].cue.from {
			a[i] = b[x]
			x++
		} else {
			a[i] = b[y]
			y++
		}
	}
}

const (
	windowSentences = 8
	windowTokens    = 300
)

// windowOf is the sentence of the cue with the sentences around it that look like
// content and have no cue of their own.
func (v *view) windowOf(c *candidate, k *reckoning) run {
	r := v.r
	at := int(r.toks[c.cue.from].sent)
	w := run{r.sents[at].from, r.sents[at].to}
	if last := int(r.toks[c.cue.to-1].sent); last > at {
		w.to = r.sents[last].to
		at = last
	}
	plain := func(sn sentence) bool {
		content := 0
		for i := sn.from; i < sn.to; i++ {
			if k.best[i] == beginCue {
				return false
			}
			if k.chance[i][2] >= 24 {
				content++
			}
		}
		return 2*content >= sn.to-sn.from
	}
	first := int(r.toks[c.cue.from].sent)
	for b := first - 1; b >= 0 && b >= first-windowSentences; b-- {
		sn := r.sents[b]
		if w.to-sn.from > windowTokens || !plain(sn) {
			break
		}
		w.from = sn.from
	}
	for b := at + 1; b < len(r.sents) && b <= at+windowSentences; b++ {
		sn := r.sents[b]
		if sn.to-w.from > windowTokens || !plain(sn) {
			break
		}
		w.to = sn.to
	}
	return w
}

// linkView is a window seen from its cue.
type linkView struct {
	v    *view
	k    *reckoning
	c    *candidate
	path []uint32 // how each token of the window hangs together with the cue
	wide []uint32 // the same, coarser
	rule []uint8  // its role in the rules' finding with this cue
	// what lies between the token and the cue: commas and marks, other cues
	commas, cues []uint8
	// spans are those that may be the source or the content, with the linker's
	// chances; field are the labeller's chances of the same.
	spans []likely
	field []float64
	// own is what the linker's sums have of tokens alone, whatever the candidate, as
	// far as it was needed.
	own    []partSum
	whose  whose
	choice *[3]*forest // what tells which of them are exact, by role; nil for nothing
}

// whose tells what sums were made of.
type whose struct {
	v *view
	k *reckoning
	m *crf
}

func (x *linkView) look(v *view, k *reckoning, c *candidate) {
	x.v, x.k, x.c = v, k, c
	n := c.window.to - c.window.from
	if cap(x.path) < n {
		x.path, x.wide = make([]uint32, 2*n), make([]uint32, 2*n)
		x.rule, x.commas, x.cues = make([]uint8, 2*n), make([]uint8, 2*n), make([]uint8, 2*n)
	}
	x.path, x.wide, x.rule, x.commas, x.cues = x.path[:n], x.wide[:n], x.rule[:n], x.commas[:n], x.cues[:n]
	clear(x.rule)
	var chain [8]int32
	chain[0] = int32(c.head)
	depth := 1
	for depth < len(chain) {
		h := v.s.head[chain[depth-1]]
		if h < 0 {
			break
		}
		chain[depth] = h
		depth++
	}
	for i := range n {
		x.path[i], x.wide[i] = v.pathTo(c.window.from+i, chain[:depth])
	}
	if f := c.rule; f != nil {
		lay := func(p run, role uint8) {
			for i := max(p.from, c.window.from); i < min(p.to, c.window.to); i++ {
				x.rule[i-c.window.from] = role << 1
				if i == p.from {
					x.rule[i-c.window.from]++
				}
			}
		}
		for _, p := range f.content {
			lay(p, ruleContent)
		}
		lay(f.source, ruleSource)
		lay(f.cue, ruleCue)
	}
	count := func(i int, commas, cues *uint8) {
		x.commas[i-c.window.from], x.cues[i-c.window.from] = min(*commas, 3), min(*cues, 2)
		if m := markKind(&v.r.toks[i]); m >= 4 {
			*commas = min(*commas+1, 9)
		}
		if k.best[i] == beginCue {
			*cues = min(*cues+1, 9)
		}
	}
	a, b := uint8(0), uint8(0)
	for i := c.cue.to; i < c.window.to; i++ {
		count(i, &a, &b)
	}
	a, b = 0, 0
	for i := c.cue.from - 1; i >= c.window.from; i-- {
		count(i, &a, &b)
	}
	for i := c.cue.from; i < c.cue.to; i++ {
		x.commas[i-c.window.from], x.cues[i-c.window.from] = 0, 0
	}
}

// pathTo is how token i hangs together with the first of chain, which is a word
// and those above it.
func (v *view) pathTo(i int, chain []int32) (path, wide uint32) {
	s := v.s
	at := int32(i)
	rel := uint32(31)
	below := uint32(31)
	for steps := uint32(0); steps < 12; steps++ {
		for up, c := range chain {
			if c == at {
				u := uint32(min(up, 3))
				under := uint32(31)
				if up > 0 {
					under = uint32(s.rel[chain[up-1]])
				}
				wide = 1 + u<<1 + rel<<4
				if u == 0 {
					return 1 + u + rel<<4 + min(steps, 3)<<10 + below<<14, wide
				}
				return 1 + u + rel<<4 + min(steps, 2)<<10 + under<<20, wide
			}
		}
		h := s.head[at]
		if h < 0 {
			break
		}
		below = rel
		rel = uint32(s.rel[at])
		at = h
	}
	return 0, 0
}

// linkFeatures describes token i of the window for the linker.
func (x *linkView) linkFeatures(i int, buf []uint32) []uint32 {
	b := builder{f: buf[:0]}
	x.describe(i, &b)
	return b.f
}

// describe puts the features of token i of the window into b.
func (x *linkView) describe(i int, b *builder) {
	const none = 1
	v, k, c := x.v, x.k, x.c
	s, r := v.s, v.r
	w := c.window
	b.k = 512
	word := func(j int) uint32 {
		if j < 0 || j >= len(r.toks) {
			return none
		}
		return s.word[j]
	}
	tag := func(j int) uint32 {
		if j < 0 || j >= len(r.toks) {
			return uint32(posNone)
		}
		return uint32(s.pos[j])
	}
	path := func(j int) (uint32, uint32) {
		if j < w.from || j >= w.to {
			return 7, 7
		}
		return x.path[j-w.from], x.wide[j-w.from]
	}
	best := func(j int) uint32 {
		if j < 0 || j >= len(k.best) {
			return 7
		}
		return uint32(k.best[j])
	}
	rule := func(j int) uint32 {
		if j < w.from || j >= w.to {
			return 15
		}
		return uint32(x.rule[j-w.from])
	}
	quote := func(j int) uint32 {
		if j < 0 || j >= len(r.toks) {
			return 7
		}
		return uint32(v.quote[j])
	}
	d, sd := 0, uint32(2)
	switch {
	case i < c.cue.from:
		d, sd = i-c.cue.from, 0
	case i >= c.cue.to:
		d, sd = i-c.cue.to+1, 1
	}
	dist := distanceBin(d)
	t0 := tag(i)
	cl := s.lemma[c.head]
	p0, w0 := path(i)
	pm, wm := path(i - 1)
	pp, wp := path(i + 1)
	for o := -2; o <= 2; o++ {
		b.alone(word(i + o))
	}
	b.alone(s.lemma[i])
	for o := -2; o <= 2; o++ {
		b.alone(tag(i + o))
	}
	b.alone(tag(i-1)<<8 | t0)
	b.alone(t0<<8 | tag(i+1))
	b.alone(both32(word(i-1), word(i)))
	b.alone(both32(word(i), word(i+1)))
	b.add(both32(word(i), sd))
	b.alone(s.suffix[i])

	b.add(dist)
	b.add(dist<<8 | t0)
	b.add(both32(dist, cl))
	b.add(p0<<2 | sd)
	b.add(w0<<2 | sd)
	b.add(both32(p0<<2|sd, t0))
	b.add(both32(w0<<2|sd, cl))
	b.add(both32(pm, p0))
	b.add(both32(p0, pp))
	b.add(both32(wm<<16|w0, wp<<2|sd))
	b.alone(uint32(s.rel[i])<<8 | t0)
	if h := s.head[i]; h >= 0 {
		b.alone(both32(uint32(s.rel[i]), s.lemma[h]))
		b.alone(both32(uint32(s.rel[i]), distanceBin(i-int(h))))
	} else {
		b.k += 2
	}

	b0, bm, bp := best(i), best(i-1), best(i+1)
	ch, bg := k.chance[i], k.begin[i]
	b.add(b0<<2 | sd)
	b.alone(bm<<8 | b0<<4 | bp)
	b.add(b0<<12 | w0<<2 | sd)
	b.add(uint32(ch[0])>>3<<2 | sd)
	b.add(uint32(ch[1])>>3<<2 | sd)
	b.add(uint32(ch[2])>>3<<2 | sd)
	b.alone(uint32(ch[0])>>4<<8&0x300 | uint32(ch[2])>>4<<4 | b0)
	b.alone(uint32(bg[0]) >> 3)
	b.alone(uint32(bg[2]) >> 3)

	ru := rule(i)
	b.add(ru<<2 | sd)
	b.add(rule(i-1)<<16 | ru<<8 | rule(i+1))
	b.add(ru<<4 | b0)
	b.add(ru<<16 | w0<<2 | sd)
	sure := uint32(0)
	if c.rule != nil {
		sure = 1 + uint32(c.rule.confidence*4)
	}
	b.add(ru<<8 | sure)

	q := quote(i)
	commas, cues := uint32(x.commas[i-w.from]), uint32(x.cues[i-w.from])
	b.alone(quote(i-1)<<8 | q<<4 | quote(i+1))
	b.add(q<<2 | sd)
	b.add(q<<8 | commas<<4 | sd)
	b.add(cues<<8 | b0<<4 | sd)
	b.add(cues<<8 | commas<<4 | sd)
	b.add(uint32(v.mark[i][0])<<8 | uint32(v.mark[i][1])<<2 | sd)
	ds := uint32(int(r.toks[i].sent)-int(r.toks[c.head].sent)) & 15
	dp := uint32(min(3, max(-3, int(r.toks[i].para)-int(r.toks[c.head].para)))) & 7
	b.add(ds<<8 | dp<<4 | q)
	b.add(ds<<8 | uint32(ch[2])>>3)
	sn := r.sents[r.toks[i].sent]
	b.add(uint32(min(i-sn.from, 4))<<8 | ds)
	b.add(uint32(min(sn.to-1-i, 3))<<8 | sd)

	// The cue and its neighbours.
	next, before := tag(c.cue.to), word(c.cue.from-1)
	nw := word(c.cue.to)
	b.add(both32(nw, sd))
	b.add(both32(before, sd))
	b.add(both32(nw, w0<<2|sd))
	b.add(both32(cl, sd<<8|b0))
	b.add(both32(cl, dist<<8|t0))
	b.add(next<<16 | w0<<2 | sd)
	kids := uint32(s.kids[c.head])
	b.add(both32(kids, w0<<2|sd))
	b.add(both32(both32(kids, uint32(s.pos[c.head])), dist))
	b.add(both32(uint32(s.pos[c.head]), w0<<2|sd))
	inQ := uint32(0)
	if r.toks[i].quote >= 0 && r.toks[i].quote == r.toks[c.head].quote {
		inQ = 1
	}
	b.add(inQ<<8 | q<<4 | sd)

	// Words that are used alike.
	m0 := s.kinOf(i, middle)
	cm := s.kinOf(c.head, middle)
	b.alone(s.kinOf(i, fine))
	b.add(m0<<2 | sd)
	b.add(s.kinOf(i, coarse)<<2 | sd)
	b.alone(s.kinOf(i-1, middle))
	b.alone(s.kinOf(i+1, middle))
	b.alone(s.kinOf(i-1, middle)<<16 | m0)
	b.alone(m0<<16 | s.kinOf(i+1, middle))
	b.add(both32(cm, w0<<2|sd))
	b.add(both32(cm, sd<<8|b0))
	b.add(both32(cm, dist<<8|t0))
	b.add(both32(s.kinOf(c.head, fine), w0<<2|sd))
	b.add(both32(s.kinOf(c.cue.to, middle), w0<<2|sd))
}

// What the linker takes: the likeliest source, if it is as likely as leastSource or
// if there is one somewhere with an even chance; the likeliest content, and whatever
// else has a chance of leastContent.
const (
	leastLinked  = .02 // below it, a span is not looked at
	leastSource  = .3
	leastContent = .35
)

// link finds the source and the content of a candidate: not by the likeliest
// labelling of its window, but by the likeliest spans, which are right more often.
func (x *linkView) link(m *crf, l *lattice) {
	x.reckon(m, l)
	x.take(l)
	x.c.measure(l)
}

// reckon runs the linker over the window.
func (x *linkView) reckon(m *crf, l *lattice) {
	c := x.c
	l.resize(c.window.to - c.window.from)
	if w := (whose{x.v, x.k, m}); x.whose != w {
		x.whose, x.own = w, make([]partSum, len(x.v.r.toks))
	}
	var buf, own [maxFeatures]uint32
	for i := range l.score {
		at := c.window.from + i
		b := builder{f: buf[:0], own: own[:0], apart: true}
		x.describe(at, &b)
		y := &x.own[at]
		if !y.known {
			m.add(y, b.own)
			y.known = true
		}
		m.token(l, i, b.f, *y)
		l.edge[i], l.allow[i] = x.v.edge[at], c.allowed(at)
	}
	m.marginals(l)
	x.spans = l.spans(beginSource, leastLinked, x.spans[:0])
	x.spans = l.spans(beginContent, leastLinked, x.spans)
	x.field = x.field[:0]
	for i := range x.spans {
		p := &x.spans[i]
		p.from, p.to = p.from+c.window.from, p.to+c.window.from
		x.field = append(x.field, x.k.spanChance(x.v.r, int(p.begin-1)/2, p.run))
	}
}

// take chooses among the spans, and leaves in the lattice's path the labels that
// they make.
func (x *linkView) take(l *lattice) {
	c := x.c
	if x.choice != nil {
		x.weigh()
	}
	byChance(x.spans)
	c.source, c.content = run{}, c.content[:0]
	c.sourceSpan, c.contentSpan = 0, 1
	c.anySource = 0
	for i := range l.path {
		l.path[i] = outside
		if at := c.window.from + i; at >= c.cue.from && at < c.cue.to {
			l.path[i] = inCue
		}
		c.anySource = max(c.anySource, l.marginal[i][beginSource]+l.marginal[i][inSource])
	}
	free := func(p run) bool {
		for i := p.from - c.window.from; i < p.to-c.window.from; i++ {
			if l.path[i] != outside {
				return false
			}
		}
		return true
	}
	for _, p := range x.spans {
		switch {
		case !free(p.run):
			continue
		case p.begin == beginSource:
			if !c.source.empty() || p.chance < leastSource && c.anySource < .5 {
				continue
			}
			c.source, c.sourceSpan = p.run, p.chance
		default:
			if len(c.content) > 0 && p.chance < leastContent {
				continue
			}
			c.content = append(c.content, p.run)
			c.contentSpan = min(c.contentSpan, p.chance)
		}
		for i := p.from; i < p.to; i++ {
			l.path[i-c.window.from] = p.begin + 1
		}
		l.path[p.from-c.window.from] = p.begin
	}
	slices.SortFunc(c.content, func(a, b run) int { return cmp.Compare(a.from, b.from) })
	// "Roe, who" is Roe: the clause behind the pronoun was left out.
	if s := c.source; s.to-s.from > 2 && x.v.r.toks[s.to-1].low == "who" && x.v.r.toks[s.to-2].low == "," {
		c.source.to -= 2
	}
	// "The ministry neither confirmed nor denied".
	if s := c.source; s.to-s.from > 1 && s.to <= c.cue.from && x.v.r.toks[s.to-1].low == "neither" {
		c.source.to--
	}
	// "The ministry declined to deny that the ship was seized".
	if q := c.content; len(q) > 0 && q[0].from == c.cue.to && x.v.r.toDenyThat(q[0]) {
		q[0].from += 2
	}
}

// toDenyThat tells content that begins with "to deny that".
func (r *reading) toDenyThat(p run) bool {
	if p.to-p.from < 4 || r.toks[p.from].low != "to" || r.toks[p.from+2].low != "that" {
		return false
	}
	switch r.toks[p.from+1].low {
	case "deny", "dispute", "reject":
		return true
	}
	return false
}

// measure sums up how sure the linker is of what was chosen.
func (c *candidate) measure(l *lattice) {
	source, words, inside, out, path := 0.0, 0, 0.0, 0.0, 0.0
	for i, b := range l.path {
		m := &l.marginal[i]
		q := m[beginContent] + m[inContent]
		switch b {
		case beginContent, inContent:
			inside += q
			words++
		case beginSource, inSource:
			source += m[beginSource] + m[inSource]
			out += q
		default:
			out += q
		}
		path += m[b]
	}
	c.sourceChance, c.contentChance, c.agreement = 0, 0, 0
	if n := c.source.to - c.source.from; n > 0 {
		c.sourceChance = source / float64(n)
	}
	if words > 0 {
		c.contentChance = inside / float64(words)
	}
	if all := out + float64(words); all > 0 {
		c.agreement = inside / all
	}
	c.pathChance = path / float64(len(l.path))
}

// allowed are the labels that token i of the window may have.
func (c *candidate) allowed(i int) uint8 {
	if i >= c.cue.from && i < c.cue.to {
		if i == c.cue.from {
			return 1 << beginCue
		}
		return 1 << inCue
	}
	return anyLabel &^ (1<<beginCue | 1<<inCue)
}
