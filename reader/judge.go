package reader

import (
	"cmp"
	"slices"
)

// The judge gives a whole attribution its chance of being right: a forest on what the
// earlier steps say of it.

// judgeTraits describes what was found for a candidate. others are all
// candidates of the text in order, at is its place among them.
func (x *linkView) judgeTraits(others []candidate, at int, f *profile) {
	v, k := x.v, x.k
	s, r := v.s, v.r
	c := &others[at]
	*f = profile{}
	n := 0
	put := func(b uint8) {
		f[n] = b
		n++
	}
	// The cue.
	top, sum, least := uint8(0), 0, uint8(63)
	content := 0
	for i := c.cue.from; i < c.cue.to; i++ {
		ch := k.chance[i][1]
		top, least = max(top, ch), min(least, ch)
		sum += int(ch)
		content = max(content, int(k.chance[i][2]))
	}
	put(top)
	put(capped(2 * sum / (c.cue.to - c.cue.from)))
	put(least)
	put(k.begin[c.cue.from][1])
	after := uint8(0)
	if c.cue.to < len(k.chance) && k.best[c.cue.to] != beginCue {
		after = k.chance[c.cue.to][1]
	}
	put(after)
	put(uint8(boolInt(k.best[c.cue.from] == beginCue)))
	put(capped(c.cue.to - c.cue.from))
	put(capped(content))
	put(uint8(s.pos[c.head]))
	put(uint8(s.rel[c.head]))
	put(uint8(boolInt(r.toks[c.head].quote >= 0)) + uint8(boolInt(r.speech(c.head) != nil)))
	put(percent(c.pathChance))

	// The source.
	if c.source.empty() {
		n += 8
		put(percent(c.anySource))
	} else {
		put(percent(c.sourceChance))
		sum, least = 0, 63
		proper, pronoun := 0, 0
		for i := c.source.from; i < c.source.to; i++ {
			sum += int(k.chance[i][0])
			least = min(least, k.chance[i][0])
			switch s.pos[i] {
			case posNNP, posNNPS:
				proper = 1
			case posPRP, posPRPS:
				pronoun = 1
			}
		}
		put(capped(2 * sum / (c.source.to - c.source.from)))
		put(least)
		put(capped(c.source.to - c.source.from))
		put(uint8(2*proper + pronoun))
		d := c.cue.from - c.source.to
		if c.source.from >= c.cue.to {
			d = c.source.from - c.cue.to
			put(2)
		} else {
			put(1)
		}
		put(capped(d))
		put(x.path8(c.source.from, c.source.to))
		put(percent(c.anySource))
	}

	// The content.
	words, sumQ := 0, 0
	quoted, open := 0, uint8(0)
	for _, p := range c.content {
		for i := p.from; i < p.to; i++ {
			sumQ += int(k.chance[i][2])
			if q := v.quote[i]; q == quoteSpoken || q == quoteOpen || q == quoteClose {
				quoted++
			}
		}
		words += p.to - p.from
	}
	put(percent(c.contentChance))
	put(percent(c.agreement))
	put(capped(words))
	put(capped(len(c.content)))
	if words > 0 {
		put(capped(2 * sumQ / words))
		put(capped(100 * quoted / words))
		first, last := c.content[0], c.content[len(c.content)-1]
		open = k.begin[first.from][2]
		put(open)
		put(x.path8(first.from, first.to))
		before := first.from < c.cue.from
		switch {
		case before && last.to > c.cue.to:
			put(3)
		case before:
			put(1)
		default:
			put(2)
		}
		gap := first.from - c.cue.to
		if before {
			gap = c.cue.from - last.to
		}
		put(capped(gap + 10))
		behind := uint8(100)
		if last.to < len(k.chance) {
			behind = k.chance[last.to][2]
		}
		put(behind)
		front := uint8(100)
		if first.from > 0 {
			front = k.chance[first.from-1][2]
		}
		put(front)
		put(uint8(r.toks[first.from].sent - r.toks[c.cue.from].sent + 100))
		put(uint8(min(50, r.toks[last.to-1].sent-r.toks[c.cue.from].sent) + 100))
	} else {
		n += 10
	}

	// The rules.
	if c.rule != nil {
		g := c.rule
		put(percent(g.confidence))
		put(uint8(g.rule))
		same := 0
		for i := g.source.from; i < g.source.to; i++ {
			if i >= c.source.from && i < c.source.to {
				same++
			}
		}
		put(uint8(boolInt(same > 0) + 2*boolInt(g.source.empty()) + 4*boolInt(c.source.empty())))
		both, all := 0, words
		for _, p := range g.content {
			for i := p.from; i < p.to; i++ {
				in := 0
				for _, q := range c.content {
					if i >= q.from && i < q.to {
						in = 1
					}
				}
				both += in
				all += 1 - in
			}
		}
		put(percent(ratio(both, all)))
	} else {
		n += 4
	}

	// The candidates around it.
	holder, held := 0.0, 0.0
	near := uint8(0)
	for o := max(0, at-6); o < min(len(others), at+7); o++ {
		if o == at {
			continue
		}
		p := &others[o]
		for _, q := range p.content {
			if q.from <= c.head && c.head < q.to {
				holder = max(holder, p.confidence)
			}
		}
		for _, q := range c.content {
			if q.from <= p.head && p.head < q.to {
				held = max(held, p.confidence)
			}
		}
		if r.toks[p.head].sent == r.toks[c.head].sent {
			near++
		}
	}
	put(percent(holder))
	put(percent(held))
	put(near)
	put(percent(c.confidence))
	sn := r.sents[r.toks[c.head].sent]
	put(capped(c.head - sn.from))
	put(capped(sn.to - c.head))
	put(uint8(min(s.kids[c.head], 255)))
	put(percent(c.cueChance))
	put(percent(c.sourceSpan))
	put(percent(c.contentSpan))
}

// path8 is the way from the head of a span to the cue, coarsely.
func (x *linkView) path8(from, to int) uint8 {
	for i := from; i < to; i++ {
		h := int(x.v.s.head[i])
		if h < from || h >= to {
			p := x.path[i-x.c.window.from]
			if p == 0 {
				return 0
			}
			return uint8(1 + (p-1)&3 | p>>4&31<<2)
		}
	}
	return 255
}

// An attribution can be worth showing where its content is doubtful and its cue is
// not: it counts for less then, but what is left out helps nobody to find who speaks.
const (
	cueShare        = .4  // of a candidate's worth that is the chance of its cue
	leastWorth      = .32 // below it, a candidate is left out
	leastConfidence = .15 // as well
)

// weighUp sets confidence and worth of a candidate, from the judge's chance and what
// was made of it: where that is another figure, it stands for both.
func (c *candidate) weighUp(chance, confidence float64) {
	c.confidence, c.worth = confidence, confidence
	if confidence == chance {
		c.worth = float64((1-cueShare)*chance) + float64(cueShare*c.cueChance)
	}
	if confidence < leastConfidence {
		c.worth = 0
	}
}

// settle takes, from the most worth down, the candidates that do not stand in each
// other's way: what is said holds no cue of somebody else's, and no word is said
// twice. It leaves in keep those taken.
func settle(cs []candidate, least float64, keep []bool) {
	at := make([]int, len(cs))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(a, b int) int { return cmp.Compare(cs[b].worth, cs[a].worth) })
	for _, i := range at {
		c := &cs[i]
		if c.worth < least || len(c.content) == 0 {
			continue
		}
		ok := true
		for o := max(0, i-12); o < min(len(cs), i+13) && ok; o++ {
			if o != i && keep[o] {
				p := &cs[o]
				ok = !meets(c.cue, p.cue) && !inAny(c.cue, p.content) && !inAny(p.cue, c.content) && !meets(c.cue, p.source) && !meets(p.cue, c.source) && (c.aside() || p.aside() || !sameContent(c, p))
			}
		}
		keep[i] = ok
	}
}

func meets(a, b run) bool { return a.from < b.to && b.from < a.to }

func inAny(a run, in []run) bool {
	for _, p := range in {
		if meets(a, p) {
			return true
		}
	}
	return false
}

// sameContent tells whether half of what one says, or more, the other says.
func sameContent(a, b *candidate) bool {
	na, nb, both := 0, 0, 0
	for _, p := range a.content {
		na += p.to - p.from
		for _, q := range b.content {
			both += max(0, min(p.to, q.to)-max(p.from, q.from))
		}
	}
	for _, q := range b.content {
		nb += q.to - q.from
	}
	return 2*both >= min(na, nb)
}

// aside tells a hedge that speaks of the same words as the sentence around it.
func (c *candidate) aside() bool { return c.rule != nil && c.rule.rule == ruleAdverb }
