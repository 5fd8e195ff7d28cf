package reader

import "strings"

// pos is a part of speech, an index into posNames.
type pos uint8

// The tags are those of the Penn Treebank.
var posNames = strings.Fields("NN IN NNP DT JJ NNS , . VBD RB PRP VB CC VBZ TO VBG VBN VBP '' CD PRP$ `` MD POS : WP WDT NNPS WRB RP JJR JJS RBR -RRB- -LRB- EX $ RBS PDT UH WP$ FW LS SYM #")

const (
	posNN   pos = 0
	posIN   pos = 1
	posNNP  pos = 2
	posJJ   pos = 4
	posNNS  pos = 5
	posVBD  pos = 8
	posRB   pos = 9
	posPRP  pos = 10
	posVB   pos = 11
	posVBZ  pos = 13
	posTO   pos = 14
	posVBG  pos = 15
	posVBN  pos = 16
	posVBP  pos = 17
	posPRPS pos = 20
	posMD   pos = 22
	posNNPS pos = 27
	posNone pos = 63 // beyond a sentence
)

// verbal tells a verb.
func (p pos) verbal() bool {
	switch p {
	case posVB, posVBD, posVBG, posVBN, posVBP, posVBZ:
		return true
	}
	return false
}

// kinOf is a group of token i's word, and one that no word has beyond the text.
func (s *sheet) kinOf(i, fineness int) uint32 {
	if i < 0 || i >= len(s.kin) {
		return 9999
	}
	return uint32(s.kin[i][fineness])
}

// sheet holds, in columns, what the learned parts look at: one entry a token.
type sheet struct {
	word   []uint32 // hash of the word in lower case
	lemma  []uint32 // hash of the verb's plain form, or of the word
	suffix []uint32 // hash of the last three letters
	prefix []uint32 // hash of the first three
	look   []uint8  // capitals, figures, marks, length
	pos    []pos
	head   []int32 // the token that this one hangs on, -1 for none
	rel    []relation
	kids   []uint16  // bits: which relations hang on it
	kin    []cluster // of the word
}

// newSheet fills the columns that need no model.
func newSheet(toks []token) *sheet {
	n := len(toks)
	s := &sheet{
		word: make([]uint32, n), lemma: make([]uint32, n), suffix: make([]uint32, n), prefix: make([]uint32, n),
		look: make([]uint8, n), pos: make([]pos, n), head: make([]int32, n), rel: make([]relation, n), kids: make([]uint16, n), kin: make([]cluster, n),
	}
	lemmas := known().lemmas
	kin := shippedClusters()
	for i := range toks {
		t := &toks[i]
		low := t.low
		if t.shape == number {
			low = figures(low)
		}
		switch t.shape {
		case openQuote:
			low = "“"
		case closeQuote:
			low = "”"
		case plainQuote:
			low = `"`
		}
		s.word[i] = hashWord(low)
		s.lemma[i] = s.word[i]
		if t.word != nil && t.word.forms != 0 {
			if l, ok := lemmas[t.low]; ok {
				s.lemma[i] = hashWord(l)
			}
		}
		s.suffix[i] = hashWord(low[max(0, len(low)-3):])
		s.prefix[i] = hashWord(low[:min(3, len(low))])
		s.look[i] = lookOf(t)
		s.kin[i] = kin.of(t.low)
	}
	return s
}

// figures keeps how a number is written, not which it is.
func figures(low string) string {
	if len(low) == 4 && (low[:2] == "19" || low[:2] == "20") {
		return "0year"
	}
	if low[len(low)-1] == '%' {
		return "0%"
	}
	return [...]string{"0", "00", "000", "0000"}[min(len(low), 4)-1]
}

func lookOf(t *token) uint8 {
	v := uint8(t.shape)
	if t.upper && t.end-t.start > 1 {
		v |= 8
	}
	if strings.IndexByte(t.low, '-') >= 0 {
		v |= 16
	}
	if strings.IndexByte(t.low, '.') >= 0 {
		v |= 32
	}
	if t.spaced {
		v |= 64
	}
	return v
}

// tagger gives every token its part of speech: an averaged perceptron (Collins
// 2002) from left to right, with a list of words that have one tag only.
type tagger struct {
	weights *weightTable
	// only is the tag of a word that always has the same, plus one.
	only *weightTable
}

const taggerFeatures = 20

// features of token i of the sentence from..to.
func (s *sheet) taggerFeatures(i, from, to int, f *[taggerFeatures]uint32) {
	const none = 1
	w := func(j int) uint32 {
		if j < from || j >= to {
			return none
		}
		return s.word[j]
	}
	suf := func(j int) uint32 {
		if j < from || j >= to {
			return none
		}
		return s.suffix[j]
	}
	p := func(j int) uint32 {
		if j < from {
			return uint32(posNone)
		}
		return uint32(s.pos[j])
	}
	first := uint32(0)
	if i == from {
		first = 128
	}
	look := uint32(s.look[i]) | first
	t1, t2 := p(i-1), p(i-2)
	f[0] = feature(1, w(i))
	f[1] = feature(2, s.suffix[i])
	f[2] = feature(3, s.prefix[i])
	f[3] = feature(4, look)
	f[4] = feature(5, t1)
	f[5] = feature(6, t2)
	f[6] = feature(7, t1<<8|t2)
	f[7] = feature(8, both32(t1, w(i)))
	f[8] = feature(9, w(i-1))
	f[9] = feature(10, suf(i-1))
	f[10] = feature(11, w(i-2))
	f[11] = feature(12, w(i+1))
	f[12] = feature(13, suf(i+1))
	f[13] = feature(14, w(i+2))
	f[14] = feature(15, both32(look, s.suffix[i]))
	f[15] = feature(16, both32(t1, s.suffix[i]))
	f[16] = feature(17, both32(w(i), w(i+1)))
	f[17] = feature(18, both32(t1, w(i+1)))
	f[18] = feature(19, both32(w(i-1), w(i)))
	f[19] = feature(20, both32(look, t1))
}

// tag gives the sentence from..to its parts of speech.
func (g *tagger) tag(s *sheet, from, to int) {
	var f [taggerFeatures]uint32
	var sum [12]uint64
	for i := from; i < to; i++ {
		if p, ok := g.sure(s.word[i]); ok && (i > from || s.look[i]&7 != uint8(capWord)) {
			s.pos[i] = p
			continue
		}
		s.taggerFeatures(i, from, to, &f)
		sum = [12]uint64{}
		g.weights.add(f[:], sum[:])
		s.pos[i] = pos(best(sum[:], len(posNames), 1<<63-1))
	}
}

func (g *tagger) sure(word uint32) (pos, bool) {
	r := g.only.row(word)
	if r == nil {
		return 0, false
	}
	return pos(weight(r, 0)), true
}
