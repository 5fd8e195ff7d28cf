package reader

import (
	"cmp"
	"slices"
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

// Roles are the three parts of an attribution, as indices into Score.
const (
	RoleSource = iota
	RoleCue
	RoleContent
)

// Score is how well readings match their references, summed over texts.
type Score struct {
	// RelJ is the headline: an attribution counts when its cue and its source
	// overlap those of the reference and the token Jaccard of the contents is at
	// least a half.
	RelJ Count
	// RelAny asks of the contents only that they overlap.
	RelAny Count
	// Exact counts spans that are identical, and Token single tokens, by role.
	Exact, Token [3]Count
	// ByConfidence is RelJ among the predictions in each tenth of confidence;
	// Gold is not counted there.
	ByConfidence [10]Count
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
		s.ByForm[i].add(o.ByForm[i])
	}
	for i := range s.ByConfidence {
		s.ByConfidence[i].add(o.ByConfidence[i])
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
	for k := range 3 {
		s.Exact[k] = exact(p, g, k)
		s.Token[k] = single(p, g, k)
	}
	match := func(least float64) (count Count, pOK, gOK []bool) {
		pOK, gOK = make([]bool, len(p)), make([]bool, len(g))
		for i := range p {
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
		count.Predicted, count.Gold = len(p), len(g)
		return count, pOK, gOK
	}
	s.RelAny, _, _ = match(0)
	var pOK, gOK []bool
	s.RelJ, pOK, gOK = match(.5)
	for i := range p {
		c := &s.ByConfidence[min(9, max(0, int(p[i].confidence*10)))]
		c.Predicted++
		c.Hit += boolInt(pOK[i])
	}
	for j := range g {
		c := &s.ByForm[contentForm(toks, g[j].role[RoleContent])]
		c.Gold++
		c.Hit += boolInt(gOK[j])
	}
	return s
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

// exact compares the distinct maximal runs of tokens of one role.
func exact(p, g []tokenFrame, role int) Count {
	runs := func(fs []tokenFrame) map[run]bool {
		m := map[run]bool{}
		for _, f := range fs {
			ts := f.role[role]
			for i := 0; i < len(ts); {
				j := i + 1
				for j < len(ts) && ts[j] == ts[j-1]+1 {
					j++
				}
				m[run{ts[i], ts[j-1] + 1}] = true
				i = j
			}
		}
		return m
	}
	a, b := runs(p), runs(g)
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
