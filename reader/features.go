package reader

// ancestor is the nearest word above a token, along heads, that can be a cue.
type ancestor struct {
	at    int32    // its token, -1 for none
	rel   relation // how the branch hangs on it in which the token is
	depth uint8
}

// view is a text as the labeller and the linker see it.
type view struct {
	r   *reading
	s   *sheet
	anc []ancestor
	// rule is what the rules take the token for: 0 for nothing, otherwise role,
	// strength and whether it begins the span.
	rule []uint8
	// quote is how the token stands to quotation marks.
	quote []uint8
	edge  []edge
	mark  [][2]uint8 // the kinds of the nearest marks before and behind it
	sent  []sentView
}

// sentView is what is known of a sentence as a whole.
type sentView struct {
	root    int32 // its first word without a head
	cue     int32 // the token that the surest rule takes for a cue, -1 for none
	sure    uint8 // how sure that rule is, in tenths
	quoted  bool
	opening bool // first of its paragraph
}

const (
	quoteNone uint8 = iota
	quoteOpen
	quoteSpoken
	quoteWord // in marks, but not speech
	quoteClose
)

// newView runs the rules and puts their findings, the quotations and the syntax
// of a text into columns. Heads and parts of speech must be there.
func newView(r *reading, s *sheet) *view {
	n := len(r.toks)
	v := &view{r: r, s: s, anc: make([]ancestor, n), rule: make([]uint8, n), quote: make([]uint8, n), edge: make([]edge, n), mark: make([][2]uint8, n), sent: make([]sentView, len(r.sents))}
	for i := range n {
		t := &r.toks[i]
		if q := t.quote; q >= 0 {
			switch {
			case r.qs[q].from == i:
				v.quote[i] = quoteOpen
			case r.closes(i):
				v.quote[i] = quoteClose
			case r.qs[q].spoken:
				v.quote[i] = quoteSpoken
			default:
				v.quote[i] = quoteWord
			}
		}
		v.anc[i] = v.ancestorOf(i)
	}
	for i := range n {
		t := &r.toks[i]
		switch {
		case i == 0 || r.toks[i-1].sent != t.sent:
			v.edge[i] = edgeSentence
		case v.quote[i] == quoteOpen:
			v.edge[i] = edgeOpens
		case v.quote[i] == quoteClose:
			v.edge[i] = edgeCloses
		case v.quote[i-1] == quoteClose:
			v.edge[i] = edgeAfterQuot
		case r.toks[i-1].low == ",":
			v.edge[i] = edgeAfterComma
		case t.low == "," || t.low == ":" || t.low == ";" || t.low == "—" || t.low == "–" || t.low == "--":
			v.edge[i] = edgeMark
		case stops(t.low) && i+1 == r.sents[t.sent].to:
			v.edge[i] = edgeStop
		}
	}
	for k := range r.sents {
		sn := r.sents[k]
		w := sentView{root: int32(sn.from), cue: -1, opening: sn.from == 0 || r.toks[sn.from-1].para != r.toks[sn.from].para}
		for i := sn.from; i < sn.to; i++ {
			if s.head[i] < 0 && s.rel[i] == relRoot && r.toks[i].isWord() {
				w.root = int32(i)
				break
			}
		}
		last := uint8(0)
		for i := sn.from; i < sn.to; i++ {
			if v.quote[i] != quoteNone && v.quote[i] != quoteWord {
				w.quoted = true
			}
			v.mark[i][0] = last
			if m := markKind(&r.toks[i]); m != 0 {
				last = m
			}
		}
		last = 0
		for i := sn.to - 1; i >= sn.from; i-- {
			v.mark[i][1] = last
			if m := markKind(&r.toks[i]); m != 0 {
				last = m
			}
		}
		v.sent[k] = w
	}
	v.layRules()
	return v
}

func markKind(t *token) uint8 {
	switch t.shape {
	case openQuote:
		return 1
	case closeQuote:
		return 2
	case plainQuote:
		return 3
	case punct:
		switch t.low {
		case ",":
			return 4
		case ":":
			return 5
		case ";":
			return 6
		case "—", "–", "--":
			return 7
		case "(", ")":
			return 8
		case ".", "?", "!":
			return 9
		}
	}
	return 0
}

// ancestorOf walks up from token i.
func (v *view) ancestorOf(i int) ancestor {
	s := v.s
	from := i
	for depth := uint8(1); depth <= 8; depth++ {
		h := s.head[from]
		if h < 0 {
			break
		}
		if v.canCue(int(h)) {
			return ancestor{h, s.rel[from], depth}
		}
		from = int(h)
	}
	return ancestor{-1, s.rel[from], 0}
}

// canCue tells a word that the lists have as a verb or a noun that attributes.
func (v *view) canCue(i int) bool {
	w := v.r.toks[i].word
	return w != nil && (w.cue != nil && v.s.pos[i].verbal() || w.noun != nil) || v.r.toks[i].low == "according"
}

// roles in view.rule
const (
	ruleSource = 1 + iota
	ruleCue
	ruleContent
)

// layRules notes the findings of the rules, the surer over the less sure.
func (v *view) layRules() {
	strength := func(c float64) uint8 {
		switch {
		case c < .3:
			return 0
		case c < .6:
			return 1
		case c < .85:
			return 2
		}
		return 3
	}
	for level := range uint8(4) {
		for _, f := range v.r.found {
			if strength(f.confidence) != level {
				continue
			}
			lay := func(p run, role uint8) {
				for i := p.from; i < p.to; i++ {
					v.rule[i] = role<<4 | level<<1
					if i == p.from {
						v.rule[i] |= 1
					}
				}
			}
			for _, c := range f.content {
				lay(c, ruleContent)
			}
			lay(f.source, ruleSource)
			lay(f.cue, ruleCue)
			w := &v.sent[v.r.toks[f.verb].sent]
			if sure := uint8(f.confidence * 10); w.cue < 0 || sure >= w.sure {
				w.cue, w.sure = int32(f.verb), sure
			}
		}
	}
}

// builder collects features, each under the next template.
type builder struct {
	f []uint32
	k uint32
	// apart puts those that are alone into own.
	apart bool
	own   []uint32
}

func (b *builder) add(x uint32) {
	b.f = append(b.f, feature(b.k, x))
	b.k++
}

// alone is add for what hangs on the token alone, and not on a candidate.
func (b *builder) alone(x uint32) {
	if b.apart {
		b.own = append(b.own, feature(b.k, x))
		b.k++
		return
	}
	b.add(x)
}

// distanceBin rounds a signed distance.
func distanceBin(d int) uint32 {
	s := uint32(0)
	if d < 0 {
		d, s = -d, 16
	}
	switch {
	case d <= 4:
		return s + uint32(d)
	case d <= 6:
		return s + 5
	case d <= 9:
		return s + 6
	case d <= 14:
		return s + 7
	case d <= 24:
		return s + 8
	case d <= 40:
		return s + 9
	}
	return s + 10
}

func whichSide(i, j int32) uint32 {
	if i < j {
		return 0
	}
	return 1
}

// labelFeatures describes token i for the labeller. The slice is used again.
func (v *view) labelFeatures(i int, buf []uint32) []uint32 {
	const none = 1
	s, r := v.s, v.r
	n := len(r.toks)
	b := builder{f: buf[:0], k: 256}
	at := func(col []uint32, j int) uint32 {
		if j < 0 || j >= n {
			return none
		}
		return col[j]
	}
	tag := func(j int) uint32 {
		if j < 0 || j >= n {
			return uint32(posNone)
		}
		return uint32(s.pos[j])
	}
	rule := func(j int) uint32 {
		if j < 0 || j >= n {
			return 255
		}
		return uint32(v.rule[j])
	}
	quote := func(j int) uint32 {
		if j < 0 || j >= n {
			return 7
		}
		return uint32(v.quote[j])
	}
	t0 := tag(i)
	w0 := s.word[i]
	for d := -3; d <= 3; d++ {
		b.add(at(s.word, i+d))
	}
	for d := -1; d <= 1; d++ {
		b.add(at(s.lemma, i+d))
	}
	for d := -2; d <= 2; d++ {
		b.add(tag(i + d))
	}
	tm, tp := tag(i-1), tag(i+1)
	b.add(tm<<8 | t0)
	b.add(t0<<8 | tp)
	b.add(tag(i-2)<<8 | tm)
	b.add(tp<<8 | tag(i+2))
	b.add(tm<<16 | t0<<8 | tp)
	b.add(both32(at(s.word, i-1), w0))
	b.add(both32(w0, at(s.word, i+1)))
	b.add(both32(w0, t0))
	for d := -1; d <= 1; d++ {
		b.add(at(s.suffix, i+d))
	}
	b.add(s.prefix[i])
	look := uint32(s.look[i])
	b.add(look)
	if i+1 < n {
		b.add(look<<8 | uint32(s.look[i+1]))
	} else {
		b.k++
	}

	// Syntax.
	rel := uint32(s.rel[i])
	kids := uint32(s.kids[i])
	h := s.head[i]
	hl, ht, hk, hd := uint32(none), uint32(posNone), uint32(0), uint32(31)
	hhl, hr := uint32(none), uint32(31)
	if h >= 0 {
		hl, ht, hk, hd, hr = s.lemma[h], uint32(s.pos[h]), uint32(s.kids[h]), distanceBin(i-int(h)), uint32(s.rel[h])
		if hh := s.head[h]; hh >= 0 {
			hhl = s.lemma[hh]
		}
	}
	b.add(rel)
	b.add(rel<<8 | t0)
	b.add(hl)
	b.add(both32(hl, rel))
	b.add(rel<<8 | ht)
	b.add(rel<<8 | hd)
	b.add(both32(hhl, rel<<8|hr))
	b.add(kids)
	b.add(kids<<8 | t0)
	b.add(both32(s.lemma[i], kids))
	b.add(kids<<8 | rel)
	b.add(hk<<16 | rel<<8 | ht)
	rm, rp := uint32(63), uint32(63)
	if i > 0 {
		rm = uint32(s.rel[i-1])
	}
	if i+1 < n {
		rp = uint32(s.rel[i+1])
	}
	b.add(rm<<8 | rel)
	b.add(rel<<8 | rp)

	// The cue that it hangs on.
	a := v.anc[i]
	path, al := uint32(63), uint32(none)
	if a.at >= 0 {
		path = uint32(a.rel)<<1 | whichSide(int32(i), a.at)
		al = s.lemma[a.at]
	}
	b.add(both32(al, path))
	b.add(path<<8 | uint32(min(a.depth, 4)))
	b.add(path<<8 | t0)
	pathOf := func(j int) uint32 {
		if j < 0 || j >= n || r.toks[j].sent != r.toks[i].sent {
			return 127
		}
		if a := v.anc[j]; a.at >= 0 {
			return uint32(a.rel)<<1 | whichSide(int32(j), a.at)
		}
		return 63
	}
	pm, pp := pathOf(i-1), pathOf(i+1)
	b.add(pm<<8 | path)
	b.add(path<<8 | pp)
	b.add(both32(al, pm<<8|path))

	// Quotations.
	q := quote(i)
	qs := quote(i-1)<<8 | q<<4 | quote(i+1)
	sv := &v.sent[r.toks[i].sent]
	quoted := uint32(boolInt(sv.quoted))
	b.add(q)
	b.add(qs)
	b.add(q<<8 | t0)
	b.add(q<<8 | path)
	b.add(q<<1 | quoted)
	qd := uint32(31)
	if k := r.toks[i].quote; k >= 0 {
		qd = min(distanceBin(i-r.qs[k].from), 8)<<4 | min(distanceBin(r.qs[k].to-i), 8)
	}
	b.add(qd)

	// What the rules say.
	ru := rule(i)
	b.add(ru)
	b.add(rule(i-1)<<16 | ru<<8 | rule(i+1))
	b.add(ru<<8 | t0)
	b.add(both32(w0, ru))
	b.add(both32(s.lemma[i], ru))
	b.add(ru<<8 | q)
	b.add(ru<<8 | path)

	// The place in the sentence.
	sn := r.sents[r.toks[i].sent]
	fromStart, toEnd := uint32(min(i-sn.from, 6)), uint32(min(sn.to-1-i, 4))
	open := uint32(boolInt(sv.opening))
	b.add(fromStart<<1 | open)
	b.add(toEnd)
	b.add(fromStart<<8 | t0)
	b.add(uint32(v.mark[i][0])<<8 | uint32(v.mark[i][1]))
	b.add(uint32(v.mark[i][0])<<16 | uint32(v.mark[i][1])<<8 | t0)
	rl := s.lemma[sv.root]
	b.add(both32(rl, whichSide(int32(i), sv.root)))
	b.add(both32(rl, path))
	cue, cs := uint32(3), uint32(none)
	if sv.cue >= 0 {
		cue, cs = whichSide(int32(i), sv.cue), s.lemma[sv.cue]
	}
	b.add(cue<<8 | uint32(sv.sure))
	b.add(both32(cs, cue))
	b.add(cue<<8 | quoted<<4 | q)
	// Who spoke in the sentence before.
	before := uint32(99)
	if k := int(r.toks[i].sent); k > 0 && !sv.opening {
		p := &v.sent[k-1]
		before = uint32(p.sure)<<1 | uint32(boolInt(p.quoted))
	}
	b.add(before)
	b.add(before<<8 | cue<<4 | q)

	// Words that are used alike.
	m0 := s.kinOf(i, middle)
	mm, mp := s.kinOf(i-1, middle), s.kinOf(i+1, middle)
	b.add(s.kinOf(i, fine))
	b.add(m0)
	b.add(s.kinOf(i, coarse))
	b.add(s.kinOf(i-1, fine))
	b.add(s.kinOf(i+1, fine))
	b.add(mm)
	b.add(mp)
	b.add(s.kinOf(i-2, middle))
	b.add(s.kinOf(i+2, middle))
	b.add(mm<<16 | m0)
	b.add(m0<<16 | mp)
	b.add(m0<<8 | t0)
	if h >= 0 {
		b.add(both32(s.kinOf(int(h), middle), rel))
	} else {
		b.k++
	}
	if a.at >= 0 {
		b.add(both32(s.kinOf(int(a.at), middle), path))
	} else {
		b.k++
	}
	b.add(both32(s.kinOf(int(sv.root), middle), path))
	return b.f
}

// maxStretch bounds a sequence for the labeller, in tokens.
const maxStretch = 1000

// paragraphs are the token ranges of paragraphs. One that is very long is cut
// between sentences.
func paragraphs(r *reading) []run {
	var out []run
	from := 0
	for k, sn := range r.sents {
		if k+1 == len(r.sents) || r.toks[sn.to].para != r.toks[from].para || r.sents[k+1].to-from > maxStretch {
			out = append(out, run{from, sn.to})
			from = sn.to
		}
	}
	return out
}
