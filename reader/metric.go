package reader

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Frame is an attribution as spans alone, the form in which a reading is
// compared with a reference. Spans are byte ranges of one text.
type Frame struct {
	Source, Cue, Content Spans
	// Confidence is that of a prediction; references leave it zero.
	Confidence float64
}

// Frames are the spans of attributions.
func Frames(as []Attribution) []Frame {
	out := make([]Frame, len(as))
	for i, a := range as {
		out[i] = Frame{Source: a.Source.Spans, Cue: a.Cue.Spans, Content: a.Content.Spans, Confidence: a.Confidence}
	}
	return out
}

// Count is what precision, recall and their mean are made of.
type Count struct{ Hit, Predicted, Gold int }

func (c *Count) add(d Count) {
	c.Hit += d.Hit
	c.Predicted += d.Predicted
	c.Gold += d.Gold
}

// Precision is the share of the predicted that is right.
func (c Count) Precision() float64 { return ratio(c.Hit, c.Predicted) }

// Recall is the share of the reference that was found.
func (c Count) Recall() float64 { return ratio(c.Hit, c.Gold) }

// F1 is the harmonic mean of precision and recall.
func (c Count) F1() float64 { return ratio(2*c.Hit, c.Predicted+c.Gold) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// Shares are precision and recall that are counted apart: what is right among
// the predicted, and what is found of the reference.
type Shares struct{ Right, Predicted, Found, Gold int }

func (s *Shares) add(o Shares) {
	s.Right += o.Right
	s.Predicted += o.Predicted
	s.Found += o.Found
	s.Gold += o.Gold
}

// Precision is the share of the predicted that is right.
func (s Shares) Precision() float64 { return ratio(s.Right, s.Predicted) }

// Recall is the share of the reference that was found.
func (s Shares) Recall() float64 { return ratio(s.Found, s.Gold) }

// F1 is the harmonic mean of precision and recall.
func (s Shares) F1() float64 {
	p, r := s.Precision(), s.Recall()
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

// Roles are the three parts of an attribution, as indices into Score.
const (
	RoleSource = iota
	RoleCue
	RoleContent
	// RoleAll is all three at once, where a figure has it.
	RoleAll
)

// Score is how well readings match their references, summed over texts.
type Score struct {
	// RelJ is the headline: an attribution counts when its cue and its source
	// overlap those of the reference and the token Jaccard of the contents is at
	// least a half.
	RelJ Count
	// RelAny asks of the contents only that they overlap.
	RelAny Count
	// Exact counts spans that are identical, and Token single tokens, by role. A
	// span is a run of tokens without a gap.
	Exact, Token [3]Count
	// ExactBare is Exact without the punctuation and quotation marks at the ends
	// of both.
	ExactBare [3]Count
	// Touch counts spans that share a token with any of the other side, by role.
	Touch [3]Shares
	// CitronExact and CitronOverlap are the measures of Citron (BBC, 2021), by role
	// and for all three at once. Exact: the cues are identical; the cues overlap
	// and all spans of the source, or of the content, are identical; all three
	// are. Overlap: tokens in common, over every pair of a prediction and a
	// reference. It counts a source as often as references share it, so that the
	// figure for sources, and with it that for all, can exceed 1.
	CitronExact, CitronOverlap [4]Shares
	// SourceRight is, of the predictions whose content overlaps that of a
	// reference, those whose source overlaps that of the reference with the
	// largest overlap. Gold is not counted.
	SourceRight Count
	// ByConfidence is RelJ among the predictions in each tenth of confidence;
	// Gold is not counted there.
	ByConfidence [10]Count
	// AtLeast is RelJ of the predictions with a confidence of at least so many
	// tenths.
	AtLeast [10]Count
	// ByForm is RelJ recall by the form of the content: direct, mixed, indirect.
	ByForm [3]Count
}

// Add sums two scores.
func (s *Score) Add(o Score) {
	s.RelJ.add(o.RelJ)
	s.RelAny.add(o.RelAny)
	for i := range s.Exact {
		s.Exact[i].add(o.Exact[i])
		s.Token[i].add(o.Token[i])
		s.ExactBare[i].add(o.ExactBare[i])
		s.Touch[i].add(o.Touch[i])
		s.ByForm[i].add(o.ByForm[i])
	}
	for i := range s.CitronExact {
		s.CitronExact[i].add(o.CitronExact[i])
		s.CitronOverlap[i].add(o.CitronOverlap[i])
	}
	s.SourceRight.add(o.SourceRight)
	for i := range s.ByConfidence {
		s.ByConfidence[i].add(o.ByConfidence[i])
		s.AtLeast[i].add(o.AtLeast[i])
	}
}

// tokenFrame is a frame in tokens, each role a sorted list without repetition.
type tokenFrame struct {
	role       [3][]int
	confidence float64
	order      int
}

// Compare scores predicted against gold for one text. Tokens that lie in a
// discarded span do not exist for it, and an attribution whose cue and content
// lie wholly in such spans is not counted.
func Compare(text string, predicted, gold []Frame, discard Spans) Score {
	toks := tokenize(text)
	gone := make([]bool, len(toks))
	for _, d := range discard {
		for i := firstToken(toks, d[0]); i < len(toks) && toks[i].start < d[1]; i++ {
			gone[i] = true
		}
	}
	frames := func(in []Frame) []tokenFrame {
		out := make([]tokenFrame, 0, len(in))
		for _, f := range in {
			tf := tokenFrame{confidence: f.Confidence}
			had := len(f.Cue) + len(f.Content)
			for k, spans := range [3]Spans{f.Source, f.Cue, f.Content} {
				for _, sp := range spans {
					for i := firstToken(toks, sp[0]); i < len(toks) && toks[i].start < sp[1]; i++ {
						if !gone[i] {
							tf.role[k] = append(tf.role[k], i)
						}
					}
				}
				slices.Sort(tf.role[k])
				tf.role[k] = slices.Compact(tf.role[k])
			}
			if had > 0 && len(tf.role[RoleCue])+len(tf.role[RoleContent]) == 0 {
				continue
			}
			tf.order = len(toks)
			for _, r := range tf.role {
				if len(r) > 0 {
					tf.order = min(tf.order, r[0])
				}
			}
			out = append(out, tf)
		}
		return out
	}
	p, g := frames(predicted), frames(gold)
	slices.SortStableFunc(p, func(a, b tokenFrame) int { return cmp.Compare(a.order, b.order) })

	var s Score
	bare := func(i int) bool { // a word or a number, not a mark
		return strings.ContainsFunc(text[toks[i].start:toks[i].end], func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
	}
	for k := range 3 {
		s.Exact[k] = exact(p, g, k, nil)
		s.ExactBare[k] = exact(p, g, k, bare)
		s.Token[k] = single(p, g, k)
		s.Touch[k] = touch(p, g, k)
	}
	s.CitronExact, s.CitronOverlap = citron(p, g)
	s.SourceRight = sourceRight(p, g)
	s.RelAny, _, _ = pair(p, g, 0, 0)
	var pOK, gOK []bool
	s.RelJ, pOK, gOK = pair(p, g, .5, 0)
	for i := range p {
		c := &s.ByConfidence[tenth(p[i].confidence)]
		c.Predicted++
		c.Hit += boolInt(pOK[i])
	}
	for i := range s.AtLeast {
		s.AtLeast[i], _, _ = pair(p, g, .5, i)
	}
	for j := range g {
		c := &s.ByForm[contentForm(toks, g[j].role[RoleContent])]
		c.Gold++
		c.Hit += boolInt(gOK[j])
	}
	return s
}

// tenth is the tenth in which a confidence lies, 0 to 9.
func tenth(confidence float64) int { return min(9, max(0, int(confidence*10+1e-9))) }

// pair matches predictions of at least so many tenths of confidence with
// references, one to one and in the order of the text: of the references that are
// left, the one with the highest Jaccard of the contents, if it is at least
// least and above zero.
func pair(p, g []tokenFrame, least float64, tenths int) (count Count, pOK, gOK []bool) {
	pOK, gOK = make([]bool, len(p)), make([]bool, len(g))
	count.Gold = len(g)
	for i := range p {
		if tenth(p[i].confidence) < tenths {
			continue
		}
		count.Predicted++
		best, bestJ := -1, 0.0
		for j := range g {
			if gOK[j] || !meet(p[i].role[RoleCue], g[j].role[RoleCue]) || !meet(p[i].role[RoleSource], g[j].role[RoleSource]) {
				continue
			}
			jac := jaccard(p[i].role[RoleContent], g[j].role[RoleContent])
			if jac > 0 && jac >= least && jac > bestJ {
				best, bestJ = j, jac
			}
		}
		if best >= 0 {
			pOK[i], gOK[best] = true, true
			count.Hit++
		}
	}
	return count, pOK, gOK
}

// touch counts the distinct spans of each side that share a token with any span
// of the other.
func touch(p, g []tokenFrame, role int) Shares {
	side := func(a, b []tokenFrame) (met, all int) {
		in := map[int]bool{}
		for _, f := range b {
			for _, t := range f.role[role] {
				in[t] = true
			}
		}
		for r := range spanSet(a, role, nil) {
			all++
			for t := r.from; t < r.to; t++ {
				if in[t] {
					met++
					break
				}
			}
		}
		return met, all
	}
	var s Shares
	s.Right, s.Predicted = side(p, g)
	s.Found, s.Gold = side(g, p)
	return s
}

// citron gives the measures of Citron. Two attributions without a cue are taken
// to have overlapping cues, which keeps the reference against itself at 1.
func citron(p, g []tokenFrame) (exact, overlap [4]Shares) {
	same := func(a, b tokenFrame, role int) bool { return slices.Equal(a.role[role], b.role[role]) }
	matches := func(a, b tokenFrame, role int) bool {
		switch role {
		case RoleCue:
			return same(a, b, RoleCue)
		case RoleAll:
			return same(a, b, RoleCue) && same(a, b, RoleSource) && same(a, b, RoleContent)
		}
		return meet(a.role[RoleCue], b.role[RoleCue]) && same(a, b, role)
	}
	for role := range exact {
		e := &exact[role]
		e.Predicted, e.Gold = len(p), len(g)
		for _, a := range p {
			e.Right += boolInt(slices.ContainsFunc(g, func(b tokenFrame) bool { return matches(a, b, role) }))
		}
		for _, b := range g {
			e.Found += boolInt(slices.ContainsFunc(p, func(a tokenFrame) bool { return matches(a, b, role) }))
		}
	}
	for role := range RoleAll {
		o := &overlap[role]
		for _, a := range p {
			o.Predicted += len(a.role[role])
			for _, b := range g {
				o.Right += shared(a.role[role], b.role[role])
			}
		}
		for _, b := range g {
			o.Gold += len(b.role[role])
		}
		o.Found = o.Right
		overlap[RoleAll].add(*o)
	}
	return exact, overlap
}

func sourceRight(p, g []tokenFrame) (c Count) {
	for _, a := range p {
		best, most := -1, 0
		for j, b := range g {
			if n := shared(a.role[RoleContent], b.role[RoleContent]); n > most {
				best, most = j, n
			}
		}
		if best >= 0 {
			c.Predicted++
			c.Hit += boolInt(meet(a.role[RoleSource], g[best].role[RoleSource]))
		}
	}
	return c
}

// firstToken is the first token that ends after the byte at.
func firstToken(toks []token, at int) int {
	i, _ := slices.BinarySearchFunc(toks, at, func(t token, at int) int {
		if t.end <= at {
			return -1
		}
		return 1
	})
	return i
}

// meet: both are missing, or they share a token.
func meet(a, b []int) bool {
	if len(a) == 0 || len(b) == 0 {
		return len(a) == len(b)
	}
	return shared(a, b) > 0
}

func shared(a, b []int) int {
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n++
			i++
			j++
		}
	}
	return n
}

func jaccard(a, b []int) float64 {
	both := shared(a, b)
	return ratio(both, len(a)+len(b)-both)
}

// spanSet are the distinct maximal runs of tokens of one role. With bare, the
// tokens at their ends for which it is false are taken off.
func spanSet(fs []tokenFrame, role int, bare func(int) bool) map[run]bool {
	m := map[run]bool{}
	for _, f := range fs {
		ts := f.role[role]
		for i := 0; i < len(ts); {
			j := i + 1
			for j < len(ts) && ts[j] == ts[j-1]+1 {
				j++
			}
			r := run{ts[i], ts[j-1] + 1}
			for bare != nil && r.from < r.to && !bare(r.from) {
				r.from++
			}
			for bare != nil && r.from < r.to && !bare(r.to-1) {
				r.to--
			}
			if r.from < r.to {
				m[r] = true
			}
			i = j
		}
	}
	return m
}

// exact compares the distinct spans of one role.
func exact(p, g []tokenFrame, role int, bare func(int) bool) Count {
	a, b := spanSet(p, role, bare), spanSet(g, role, bare)
	c := Count{Predicted: len(a), Gold: len(b)}
	for x := range a {
		c.Hit += boolInt(b[x])
	}
	return c
}

func single(p, g []tokenFrame, role int) Count {
	all := func(fs []tokenFrame) map[int]bool {
		m := map[int]bool{}
		for _, f := range fs {
			for _, t := range f.role[role] {
				m[t] = true
			}
		}
		return m
	}
	a, b := all(p), all(g)
	c := Count{Predicted: len(a), Gold: len(b)}
	for x := range a {
		c.Hit += boolInt(b[x])
	}
	return c
}

// contentForm is 0 where the content is one quotation, 1 where it has one in it,
// 2 where it has none.
func contentForm(toks []token, content []int) int {
	mark := func(i int) bool { return toks[i].shape >= openQuote }
	if len(content) > 1 && mark(content[0]) && mark(content[len(content)-1]) {
		return 0
	}
	if slices.ContainsFunc(content, mark) {
		return 1
	}
	return 2
}
