package reader

import (
	"context"
	"embed"
	"io/fs"
	"math"
	"math/rand/v2"
	"slices"
)

// Retrained says what training on corrections changed. Counts are of attributions.
type Retrained struct {
	// Right are those that the corrections say are there, read with a confidence
	// of 0.5 or more and exactly these spans.
	Right BeforeAfter
	// Wrong are those that they say are not there, read nonetheless.
	Wrong BeforeAfter
	// Kept are those read, before, in reports that come with the program: how many
	// of them are read, after, with the same spans. Added are those read only after.
	Kept  BeforeAfter
	Added int
}

// BeforeAfter counts among All how many were read before and after.
type BeforeAfter struct{ All, Before, After int }

// How Retrain learns. Found by hand, so that three or four corrections of one kind
// are enough and that what is read elsewhere stays.
const (
	retrainRounds = 24
	retrainRate   = .02
	retrainPull   = .5  // of each weight towards the one it had
	retrainDrop   = .4  // share of features left out, at random, where a correction speaks
	retrainWeight = 1.5 // of a corrected sentence against one that is only to stay
	leastGradient = 1e-4
	furtherTrees  = 40  // for the judge
	furtherRate   = .15 // how much of its error each takes away
	furtherRidge  = 2   // what keeps leaves with few examples small
	furtherWeight = 6   // of a corrected attribution against one that is only to stay
)

// rehearsed are reports of our own, on crises that are made up. What the model makes
// of them is to stay as it is.
//
//go:embed testdata/reports/*.txt
var rehearsed embed.FS

func rehearsal() []string {
	var out []string
	paths, _ := fs.Glob(rehearsed, "testdata/reports/*.txt")
	for _, p := range paths {
		b, err := rehearsed.ReadFile(p)
		if err != nil {
			panic("a report in this program is damaged: " + err.Error())
		}
		out = append(out, string(b))
	}
	return out
}

// Retrain trains a model further on corrections: labeller, linker and judge start
// from their weights, learn what the corrections say of the sentences that they
// speak of, are drawn back to where they were, and are held to what they made of
// everything else. Tagger, parser and what chooses among spans stay. With no
// corrections the model comes back as it was. The same corrections in the same order
// give the same bytes on the same kind of machine. progress, which may be nil, is told
// the share that is done.
func Retrain(ctx context.Context, base *Model, corrections []Correction, progress func(float64)) (*Model, Retrained, error) {
	if progress == nil {
		progress = func(float64) {}
	}
	var did Retrained
	if len(corrections) == 0 {
		return base, did, ctx.Err()
	}
	var texts []*correctedText
	for _, c := range joined(corrections) {
		texts = append(texts, newCorrectedText(base.m, c))
	}
	for _, t := range rehearsal() {
		texts = append(texts, newCorrectedText(base.m, Correction{Text: t}))
	}
	progress(.05)
	m := &model{tagger: base.m.tagger, parser: base.m.parser, choice: base.m.choice}
	var err error
	m.labeller, err = retune(ctx, base.m.labeller, labelLessons(texts, base.m.labeller), func(x float64) { progress(.05 + .4*x) })
	if err != nil {
		return nil, did, err
	}
	for _, t := range texts {
		t.before(base.m)
		t.after(m)
	}
	m.linker, err = retune(ctx, base.m.linker, linkLessons(texts, base.m.linker), func(x float64) { progress(.45 + .4*x) })
	if err != nil {
		return nil, did, err
	}
	m.judge = growFurther(base.m.judge, judgeLessons(texts, m))
	file := m.encode()
	// What is used is what was written.
	out, err := DecodeModel(file)
	if err != nil {
		return nil, did, err
	}
	progress(.9)
	did = compareModels(base, out, corrections)
	progress(1)
	return out, did, ctx.Err()
}

// joined puts corrections of one text together, in the order in which the texts
// first come.
func joined(corrections []Correction) []Correction {
	at := map[string]int{}
	var out []Correction
	for _, c := range corrections {
		k, known := at[c.Text]
		if !known {
			k = len(out)
			at[c.Text] = k
			out = append(out, Correction{Text: c.Text})
		}
		out[k].Right = append(out[k].Right, c.Right...)
		out[k].Wrong = append(out[k].Wrong, c.Wrong...)
	}
	return out
}

// correctedText is a text with what is right and wrong in it, laid over its tokens.
type correctedText struct {
	v            *view
	right, wrong *trainText
	spoken       []bool // the sentences that a correction speaks of
	k            *reckoning
	cands        []candidate
	// old are the chances that the base gives to its own candidates, by cue.
	old map[run]float64
}

func newCorrectedText(m *model, c Correction) *correctedText {
	r := newReading(c.Text, tokenize(c.Text))
	r.find()
	t := &correctedText{v: newView(r, r.syntax(m)), spoken: make([]bool, len(r.sents))}
	t.right = &trainText{r: r, frames: c.Right}
	t.wrong = &trainText{r: r, frames: c.Wrong}
	for _, half := range []*trainText{t.right, t.wrong} {
		half.roles()
		for i, b := range half.flat {
			if b != outside {
				t.spoken[r.toks[i].sent] = true
			}
		}
	}
	return t
}

// wanted are the labels that the corrections ask for: those that the base gave,
// without what is wrong and with what is right.
func (t *correctedText) wanted(base []label) []label {
	out := slices.Clone(base)
	role := func(b label) label { return (b + 1) / 2 }
	for i, b := range t.wrong.flat {
		if b != outside && role(out[i]) == role(b) {
			out[i] = outside
		}
	}
	for _, a := range t.right.attr {
		for _, part := range []struct {
			runs  []run
			begin label
		}{{a.content, beginContent}, {a.source, beginSource}, {a.cue, beginCue}} {
			for _, p := range part.runs {
				for i := p.from; i < p.to; i++ {
					out[i] = part.begin + 1
					if i == p.from || t.v.r.toks[i].para != t.v.r.toks[i-1].para {
						out[i] = part.begin
					}
				}
			}
		}
	}
	for i := range out {
		if i == 0 && !starts(out[i]) || i > 0 && !follows(out[i-1], out[i]) {
			out[i]--
		}
	}
	return out
}

// lessons are sequences of tokens with their features and what is to come of them.
type lessons struct {
	number *numbering
	ends   []int32
	ids    []int32
	edge   []edge
	allow  []uint8
	target [][labels]float32
	spoken []bool // the tokens that a correction speaks of
	seqs   []run
}

func (s *lessons) token(f []uint32, e edge, allow uint8) {
	for _, x := range f {
		s.ids = append(s.ids, s.number.make(x))
	}
	s.ends = append(s.ends, int32(len(s.ids)))
	s.edge, s.allow = append(s.edge, e), append(s.allow, allow)
}

func (s *lessons) aim(b label) {
	var t [labels]float32
	t[b] = 1
	s.target, s.spoken = append(s.target, t), append(s.spoken, true)
}

func (s *lessons) stay(m *[labels]float64) {
	var t [labels]float32
	for b := range t {
		t[b] = float32(m[b])
	}
	s.target, s.spoken = append(s.target, t), append(s.spoken, false)
}

func (s *lessons) end() {
	from := 0
	if n := len(s.seqs); n > 0 {
		from = s.seqs[n-1].to
	}
	if to := len(s.ends); to > from {
		s.seqs = append(s.seqs, run{from, to})
	}
}

func (s *lessons) features(i int) []int32 {
	from := int32(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	return s.ids[from:s.ends[i]]
}

// labelLessons are the paragraphs of the texts: in sentences that a correction
// speaks of the labels that it wants, in all others the chances that base gives.
func labelLessons(texts []*correctedText, base *crf) *lessons {
	out := &lessons{number: newNumbering(1 << 16)}
	var l lattice
	var buf [maxFeatures]uint32
	for _, t := range texts {
		k := t.v.reckon(base, nil, &l)
		want := t.wanted(k.best)
		for _, p := range paragraphs(t.v.r) {
			l.resize(p.to - p.from)
			for i := p.from; i < p.to; i++ {
				f := t.v.labelFeatures(i, buf[:0])
				base.token(&l, i-p.from, f, partSum{})
				l.edge[i-p.from], l.allow[i-p.from] = t.v.edge[i], anyLabel
				out.token(f, t.v.edge[i], anyLabel)
			}
			base.marginals(&l)
			for i := p.from; i < p.to; i++ {
				if !t.spoken[t.v.r.toks[i].sent] {
					out.stay(&l.marginal[i-p.from])
					continue
				}
				b := want[i]
				if i == p.from && !starts(b) {
					b--
				}
				out.aim(b)
			}
			out.end()
		}
	}
	return out
}

// before notes what the base makes of the text.
func (t *correctedText) before(m *model) {
	var l lattice
	k := t.v.reckon(m.labeller, m.choice[RoleCue], &l)
	cs := t.v.candidates(k, m.labeller, &l)
	t.old = make(map[run]float64, len(cs))
	for i, p := range t.v.chances(m, k, cs, &l) {
		t.old[cs[i].cue] = p
	}
}

// after finds the candidates anew, and adds the right cues that are still missed.
func (t *correctedText) after(m *model) {
	var l lattice
	t.k = t.v.reckon(m.labeller, m.choice[RoleCue], &l)
	t.cands = t.v.candidates(t.k, m.labeller, &l)
	for _, a := range t.right.attr {
		for _, p := range a.cue {
			if !slices.ContainsFunc(t.cands, func(c candidate) bool { return meets(c.cue, p) }) {
				t.cands = append(t.cands, candidate{cue: p})
			}
		}
	}
	sortCandidates(t.cands)
	t.v.dress(t.cands, t.k)
}

// chances links the candidates and gives each its chance.
func (v *view) chances(m *model, k *reckoning, cs []candidate, l *lattice) []float64 {
	x := &linkView{choice: &m.choice}
	for i := range cs {
		x.look(v, k, &cs[i])
		x.link(m.linker, l)
	}
	out := make([]float64, len(cs))
	var f profile
	for i := range cs {
		x.look(v, k, &cs[i])
		x.judgeTraits(cs, i, &f)
		out[i] = m.judge.chance(&f)
	}
	return out
}

// linkLessons are the windows of the candidates: of right ones with the spans that
// were given, of those that nobody spoke of with the chances that base gives. A
// wrong one teaches the linker nothing.
func linkLessons(texts []*correctedText, base *crf) *lessons {
	out := &lessons{number: newNumbering(1 << 16)}
	var l lattice
	var x linkView
	var buf [maxFeatures]uint32
	for _, t := range texts {
		for y := range t.cands {
			c := &t.cands[y]
			g := t.right.matched(c)
			if g == nil && t.wrong.matched(c) != nil {
				continue
			}
			w := c.window
			x.look(t.v, t.k, c)
			l.resize(w.to - w.from)
			for i := w.from; i < w.to; i++ {
				f := x.linkFeatures(i, buf[:0])
				base.token(&l, i-w.from, f, partSum{})
				l.edge[i-w.from], l.allow[i-w.from] = t.v.edge[i], c.allowed(i)
				out.token(f, t.v.edge[i], c.allowed(i))
			}
			if g == nil {
				base.marginals(&l)
				for i := range l.marginal {
					out.stay(&l.marginal[i])
				}
			} else {
				for _, b := range g.labels(c) {
					out.aim(b)
				}
			}
			out.end()
		}
	}
	return out
}

// labels are those of the window of c, whose attribution is g.
func (g *goldAttr) labels(c *candidate) []label {
	w := c.window
	out := make([]label, w.to-w.from)
	lay := func(ps []run, begin label) {
		for _, p := range ps {
			for i := max(p.from, w.from); i < min(p.to, w.to); i++ {
				out[i-w.from] = begin + 1
				if i == p.from {
					out[i-w.from] = begin
				}
			}
		}
	}
	lay(g.content, beginContent)
	lay(g.source, beginSource)
	lay([]run{c.cue}, beginCue)
	for i := range out {
		in := i + w.from
		if b := out[i]; (b == beginCue || b == inCue) && (in < c.cue.from || in >= c.cue.to) {
			out[i] = outside
		}
		if i == 0 && !starts(out[i]) || i > 0 && !follows(out[i-1], out[i]) {
			out[i]--
		}
	}
	return out
}

// retune trains a crf further on lessons: stochastic gradient steps, each weight at
// its own pace (AdaGrad; Duchi, Hazan and Singer 2011), and drawn back to where it
// was by a proximal step. Where a correction speaks, features are left out at random
// (Srivastava and others 2014), so that what it teaches does not hang on a few names.
// Transitions stay.
func retune(ctx context.Context, base *crf, s *lessons, progress func(float64)) (*crf, error) {
	n := s.number.n
	w0 := make([][8]float32, n)
	keys := make([]uint32, n)
	unit := base.weights.unit
	for at, k := range s.number.keys {
		if k == 0 {
			continue
		}
		id := s.number.ids[at]
		keys[id] = k
		if row := base.weights.row(k); row != nil {
			for b := range int(labels) {
				w0[id][b] = float32(float64(weight(row, b)) * unit)
			}
		}
	}
	w := slices.Clone(w0)
	pace := make([][8]float32, n)
	rng := rand.New(rand.NewPCG(1, 0))
	var l lattice
	var kept, ends []int32 // the features that were not left out
	for round := range retrainRounds {
		for k, at := range order(len(s.seqs), 1, round) {
			if k%64 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			q := s.seqs[at]
			l.resize(q.to - q.from)
			kept, ends = kept[:0], append(ends[:0], 0)
			for i := q.from; i < q.to; i++ {
				var sum [8]float32
				scale := float32(1)
				if s.spoken[i] {
					scale = 1 / (1 - retrainDrop)
				}
				for _, id := range s.features(i) {
					if s.spoken[i] && rng.Float32() < retrainDrop {
						continue
					}
					kept = append(kept, id)
					for b, x := range &w[id] {
						sum[b] += x
					}
				}
				ends = append(ends, int32(len(kept)))
				for b := range int(labels) {
					l.score[i-q.from][b] = int32(math.Round(float64(sum[b]*scale) / unit))
				}
				l.edge[i-q.from], l.allow[i-q.from] = s.edge[i], s.allow[i]
			}
			base.marginals(&l)
			for i := q.from; i < q.to; i++ {
				var g [8]float32
				for b := range int(labels) {
					g[b] = float32(l.marginal[i-q.from][b]) - s.target[i][b]
					if s.spoken[i] {
						g[b] *= retrainWeight
					}
				}
				for _, id := range kept[ends[i-q.from]:ends[i-q.from+1]] {
					for b := range int(labels) {
						if g[b] > -leastGradient && g[b] < leastGradient {
							continue
						}
						pace[id][b] += g[b] * g[b]
						rate := retrainRate / float32(math.Sqrt(float64(1+pace[id][b])))
						w[id][b] = (w[id][b] - rate*g[b] + rate*retrainPull*w0[id][b]) / (1 + rate*retrainPull)
					}
				}
			}
		}
		progress(float64(round+1) / retrainRounds)
	}
	return refreeze(base, keys, w0, w), nil
}

// refreeze is base with the weights that changed.
func refreeze(base *crf, keys []uint32, w0, w [][8]float32) *crf {
	unit := base.weights.unit
	t := &tableRows{classes: int(labels), unit: unit}
	moved := map[uint32]bool{}
	for id := range w {
		var q [labels]int8
		for b := range q {
			q[b] = eightBits(float64(w[id][b]), unit)
			if q[b] != eightBits(float64(w0[id][b]), unit) {
				moved[keys[id]] = true
			}
		}
		if moved[keys[id]] {
			t.put(keys[id], q[:])
		}
	}
	var q [labels]int8
	for k, row := range base.weights.rows() {
		for b := range q {
			q[b] = weight(row, b)
		}
		if !moved[k] {
			t.put(k, q[:])
		}
	}
	c := &crf{weights: t.table(), transition: base.transition}
	c.prepare()
	return c
}

// compareModels reads the corrected texts and the rehearsed ones with both.
func compareModels(base, out *Model, corrections []Correction) Retrained {
	var did Retrained
	for _, c := range joined(corrections) {
		toks := tokenize(c.Text)
		b, a := shownFrames(base, c.Text), shownFrames(out, c.Text)
		for _, f := range c.Right {
			did.Right.All++
			did.Right.Before += boolInt(hasFrame(toks, b, f))
			did.Right.After += boolInt(hasFrame(toks, a, f))
		}
		for _, f := range c.Wrong {
			did.Wrong.All++
			did.Wrong.Before += boolInt(hasFrame(toks, b, f))
			did.Wrong.After += boolInt(hasFrame(toks, a, f))
		}
	}
	for _, text := range rehearsal() {
		toks := tokenize(text)
		b, a := shownFrames(base, text), shownFrames(out, text)
		for _, f := range b {
			did.Kept.All++
			did.Kept.Before++
			did.Kept.After += boolInt(hasFrame(toks, a, f))
		}
		for _, f := range a {
			did.Added += boolInt(!hasFrame(toks, b, f))
		}
	}
	return did
}

func shownFrames(m *Model, text string) []Frame {
	return Frames(Read(text, Options{Model: m, MinConfidence: .5}).Attributions)
}

// hasFrame tells whether one of the frames has the same words in each role.
func hasFrame(toks []token, frames []Frame, f Frame) bool {
	words := func(spans Spans) (out []int) {
		for _, s := range spans {
			for i := firstToken(toks, s[0]); i < len(toks) && toks[i].start < s[1]; i++ {
				if toks[i].isWord() || toks[i].shape == number {
					out = append(out, i)
				}
			}
		}
		return out
	}
	return slices.ContainsFunc(frames, func(g Frame) bool {
		return slices.Equal(words(f.Source), words(g.Source)) && slices.Equal(words(f.Cue), words(g.Cue)) && slices.Equal(words(f.Content), words(g.Content))
	})
}
