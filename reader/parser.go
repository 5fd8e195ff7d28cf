package reader

import "strings"

// relation is how a word hangs on its head, an index into relationNames.
type relation uint8

// The relations are those of Stanford's collapsed-free dependencies, the rare ones
// put together under dep.
var relationNames = strings.Fields("dep punct case nmod nsubj det compound amod dobj root advmod mark aux cc conj nmod:poss ccomp xcomp advcl cop acl:relcl acl appos")

const (
	relDep      relation = 0
	relPunct    relation = 1
	relCase     relation = 2
	relNmod     relation = 3
	relNsubj    relation = 4
	relDet      relation = 5
	relCompound relation = 6
	relAmod     relation = 7
	relDobj     relation = 8
	relRoot     relation = 9
	relAdvmod   relation = 10
	relMark     relation = 11
	relAux      relation = 12
	relConj     relation = 14
	relPoss     relation = 15
	relCcomp    relation = 16
	relXcomp    relation = 17
	relAdvcl    relation = 18
	relCop      relation = 19
	relRelcl    relation = 20
	relAcl      relation = 21
	relAppos    relation = 22
	relations            = 23
	transitions          = 1 + 2*relations // shift, left-, right-
	shift                = 0
	left                 = 1
	right                = 1 + relations
)

// parser finds heads: a greedy arc-hybrid transition parser (Kuhlmann,
// Gómez-Rodríguez and Satta 2011) with an averaged perceptron. One token stands
// for the root behind the sentence's last word.
type parser struct {
	weights *weightTable
}

// parseState is a sentence being parsed. Positions count from the sentence's
// first token; n is the root.
type parseState struct {
	s        *sheet
	from, n  int
	stack    []int32
	next     int32
	leftKid  [][2]int32 // the outermost and the one before it, -1 for none
	rightKid [][2]int32
	valency  [][2]uint8
	f        [parserFeatures]uint32
}

func (p *parseState) reset(s *sheet, from, to int) {
	p.s, p.from, p.n = s, from, to-from
	p.stack = p.stack[:0]
	p.next = 0
	if cap(p.leftKid) < p.n+1 {
		p.leftKid, p.rightKid, p.valency = make([][2]int32, 2*p.n+2), make([][2]int32, 2*p.n+2), make([][2]uint8, 2*p.n+2)
	}
	p.leftKid, p.rightKid, p.valency = p.leftKid[:p.n+1], p.rightKid[:p.n+1], p.valency[:p.n+1]
	for i := range p.leftKid {
		p.leftKid[i], p.rightKid[i], p.valency[i] = [2]int32{-1, -1}, [2]int32{-1, -1}, [2]uint8{}
	}
	for i := from; i < to; i++ {
		s.head[i], s.rel[i] = -1, relRoot
	}
}

func (p *parseState) done() bool { return int(p.next) == p.n && len(p.stack) == 0 }

// allowed is the set of transitions that are possible, a bit each.
func (p *parseState) allowed() uint64 {
	const lefts, rights = (1<<relations - 1) << left, (1<<relations - 1) << right
	a := uint64(0)
	if int(p.next) < p.n {
		a |= 1 << shift
		if len(p.stack) > 0 {
			a |= lefts
		}
	} else if len(p.stack) > 0 {
		a |= 1 << (left + uint(relRoot)) // under the root, as its kind says
	}
	if len(p.stack) > 1 {
		a |= rights
	}
	return a
}

// apply makes a transition.
func (p *parseState) apply(t int) {
	if t == shift {
		p.stack = append(p.stack, p.next)
		p.next++
		return
	}
	top := p.stack[len(p.stack)-1]
	p.stack = p.stack[:len(p.stack)-1]
	if t < right {
		p.s.rel[p.from+int(top)] = relation(t - left)
		if int(p.next) < p.n {
			p.s.head[p.from+int(top)] = int32(p.from) + p.next
		}
		k := &p.leftKid[p.next]
		k[1], k[0] = k[0], top
		p.valency[p.next][0]++
		return
	}
	under := p.stack[len(p.stack)-1]
	p.s.rel[p.from+int(top)] = relation(t - right)
	p.s.head[p.from+int(top)] = int32(p.from) + under
	k := &p.rightKid[under]
	k[1], k[0] = k[0], top
	p.valency[under][1]++
}

const parserFeatures = 46

// features describes the state: words and tags on the stack and ahead, what
// hangs on them, and how far they are apart (after Zhang and Nivre 2011).
func (p *parseState) features() []uint32 {
	const none = 1
	s := p.s
	word := func(i int32) uint32 {
		if i < 0 || int(i) >= p.n {
			return none
		}
		return s.word[p.from+int(i)]
	}
	tag := func(i int32) uint32 {
		if i < 0 {
			return uint32(posNone)
		}
		if int(i) >= p.n {
			return uint32(posNone) - 1
		}
		return uint32(s.pos[p.from+int(i)])
	}
	rel := func(i int32) uint32 {
		if i < 0 {
			return 63
		}
		return uint32(s.rel[p.from+int(i)])
	}
	s0, s1, s2 := int32(-1), int32(-1), int32(-1)
	if n := len(p.stack); n > 0 {
		s0 = p.stack[n-1]
		if n > 1 {
			s1 = p.stack[n-2]
		}
		if n > 2 {
			s2 = p.stack[n-3]
		}
	}
	b0, b1, b2 := p.next, p.next+1, p.next+2
	ws0, ws1, wb0, wb1, wb2 := word(s0), word(s1), word(b0), word(b1), word(b2)
	ts0, ts1, ts2, tb0, tb1, tb2 := tag(s0), tag(s1), tag(s2), tag(b0), tag(b1), tag(b2)
	kids := func(i int32) (l, r [2]int32, vl, vr uint32) {
		if i < 0 {
			return [2]int32{-1, -1}, [2]int32{-1, -1}, 9, 9
		}
		return p.leftKid[i], p.rightKid[i], uint32(min(p.valency[i][0], 5)), uint32(min(p.valency[i][1], 5))
	}
	l0, r0, vl0, vr0 := kids(s0)
	l1, r1, _, vr1 := kids(s1)
	lb, _, vlb, _ := kids(min(b0, int32(p.n)))
	dist := uint32(15)
	if s0 >= 0 {
		d := b0 - s0
		dist = uint32(min(d, 5))
		if d > 5 {
			dist = 6
		}
		if d > 10 {
			dist = 7
		}
	}
	f := &p.f
	f[0] = feature(64, both32(ws0, ts0))
	f[1] = feature(65, ws0)
	f[2] = feature(66, ts0)
	f[3] = feature(67, both32(wb0, tb0))
	f[4] = feature(68, wb0)
	f[5] = feature(69, tb0)
	f[6] = feature(70, both32(wb1, tb1))
	f[7] = feature(71, tb1)
	f[8] = feature(72, wb1)
	f[9] = feature(73, both32(wb2, tb2))
	f[10] = feature(74, tb2)
	f[11] = feature(75, both32(ws1, ts1))
	f[12] = feature(76, ts1)
	f[13] = feature(77, ts0<<8|tb0)
	f[14] = feature(78, both32(ws0, wb0))
	f[15] = feature(79, both32(ws0, tb0))
	f[16] = feature(80, both32(wb0, ts0))
	f[17] = feature(81, both32(both32(ws0, ts0), both32(wb0, tb0)))
	f[18] = feature(82, tb0<<8|tb1)
	f[19] = feature(83, ts0<<16|tb0<<8|tb1)
	f[20] = feature(84, ts1<<16|ts0<<8|tb0)
	f[21] = feature(85, ts2<<16|ts1<<8|ts0)
	f[22] = feature(86, tb0<<16|tb1<<8|tb2)
	f[23] = feature(87, ts0<<16|tag(l0[0])<<8|tb0)
	f[24] = feature(88, ts0<<16|tag(r0[0])<<8|tb0)
	f[25] = feature(89, ts0<<16|tb0<<8|tag(lb[0]))
	f[26] = feature(90, both32(ts0<<8|tb0, dist))
	f[27] = feature(91, both32(ws0, dist))
	f[28] = feature(92, both32(wb0, dist))
	f[29] = feature(93, ws0^vr0<<1^vl0<<5)
	f[30] = feature(94, ts0<<16|vr0<<8|vl0)
	f[31] = feature(95, both32(wb0, vlb))
	f[32] = feature(96, tb0<<8|vlb)
	f[33] = feature(97, ts1<<8|ts0)
	f[34] = feature(98, both32(ws1, ws0))
	f[35] = feature(99, both32(ts1, ws0))
	f[36] = feature(100, both32(ws1, ts0))
	f[37] = feature(101, ts1<<24|ts0<<16|tag(r1[0])<<8|vr1)
	f[38] = feature(102, ts0<<24|tag(l0[0])<<16|tag(l0[1])<<8|rel(l0[0]))
	f[39] = feature(103, ts0<<24|tag(r0[0])<<16|tag(r0[1])<<8|rel(r0[0]))
	f[40] = feature(104, tb0<<24|tag(lb[0])<<16|tag(lb[1])<<8|rel(lb[0]))
	f[41] = feature(105, both32(ws0, rel(l0[0])<<8|rel(r0[0])))
	f[42] = feature(106, both32(ws1, rel(l1[0])<<8|rel(r1[0])))
	f[43] = feature(107, both32(wb0, rel(lb[0])))
	f[44] = feature(108, ts1<<16|ts0<<8|rel(r1[0]))
	f[45] = feature(109, ts0<<16|tb0<<8|rel(r0[0]))
	return f[:]
}

// parse gives the tokens of a sentence their heads.
func (g *parser) parse(p *parseState, s *sheet, from, to int) {
	p.reset(s, from, to)
	var sum [12]uint64
	for !p.done() {
		a := p.allowed()
		t := shift
		if a != 1<<shift {
			sum = [12]uint64{}
			g.weights.add(p.features(), sum[:])
			t = best(sum[:], transitions, a)
		}
		p.apply(t)
	}
}

// hang notes in each token which kinds of relation hang on it.
func (s *sheet) hang(from, to int) {
	for i := from; i < to; i++ {
		s.kids[i] = 0
	}
	for i := from; i < to; i++ {
		if h := s.head[i]; h >= 0 {
			s.kids[h] |= kidBit[s.rel[i]]
		}
	}
}

// kidBit is the bit of a relation in sheet.kids; most have none.
var kidBit = [relations]uint16{
	relNsubj: 1, relDobj: 2, relCcomp: 4, relXcomp: 8, relAdvcl: 16, relMark: 32, relAux: 64, relNmod: 128,
	relPoss: 256, relAcl: 512, relRelcl: 1024, relConj: 2048,
}
