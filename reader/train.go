package reader

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
)

// TrainConfig says how the model is trained. The zero value is what the shipped
// model was made with.
type TrainConfig struct {
	// Seed fixes every random choice: the same texts and the same seed give the
	// same bytes on the same kind of machine.
	Seed uint64
	// Progress is told, from one goroutine at a time, what has been done; may be nil.
	Progress func(step string)
}

const (
	halves = 2 // of the texts, for the syntax that the labeller learns from
	folds  = 5 // of the texts, for what the linker and the judge learn from

	syntaxRounds = 4
	trainings    = 3 // of each field, whose mean is kept
	leastLabel   = 4 // how often a feature of the labeller must occur
	leastLink    = 3
	choiceTrees  = 150 // for each role
	choiceRate   = .1
	judgeTrees   = 300
	judgeRate    = .05
	forestRidge  = 10
	workers      = 2
)

var crfTraining = crfConfig{rounds: 6, rate: .03, dropout: .3, lasso: .5, ridge: 1, tail: 3, shots: 4}

// Train learns a model from reference attributions with their syntax, one JSON
// object a line: what ReadGold reads, and core, a list of tokens (start, end, lemma,
// part of speech, entity, sentence, head or -1, relation). It returns the bytes of a
// model file. What a later step learns from was made by earlier steps that had not
// seen the text in question.
func Train(ctx context.Context, in io.Reader, conf TrainConfig) ([]byte, error) {
	say := func(step string) {
		if conf.Progress != nil {
			conf.Progress(step)
		}
	}
	texts, err := readTraining(ctx, in)
	if err != nil {
		return nil, err
	}
	if len(texts) < 2*folds {
		return nil, errors.New("there are too few texts to learn from")
	}
	say("read the texts")
	m := &model{}
	if err := trainSyntax(ctx, texts, m, conf.Seed); err != nil {
		return nil, err
	}
	say("learned the syntax")
	for _, t := range texts {
		t.prepare()
	}
	cc := crfTraining
	cc.seed = conf.Seed
	labellers, err := crossed(ctx, flatCorpus(texts, leastLabel), cc, len(texts))
	if err != nil {
		return nil, err
	}
	m.labeller = labellers[folds]
	// The linker learns from the cues that the labeller finds likeliest, not from those
	// that the forest then chooses: on the development texts that was better.
	eachHeld(texts, func(f, _ int, t *trainText, l *lattice) {
		t.k = t.v.reckon(labellers[f], nil, l)
		t.cands = t.v.candidates(t.k, labellers[f], l)
	})
	windows := linkCorpus(texts, leastLink)
	cues := crossedForest(texts, choiceTrees, choiceRate, func(t *trainText) []example { return t.cueExamples() })
	m.choice[RoleCue] = cues[halves]
	eachHeld(texts, func(f, half int, t *trainText, l *lattice) {
		t.v.chooseCues(t.k, cues[half])
		t.cands = t.v.candidates(t.k, labellers[f], l)
	})
	say("learned to label")
	linkers, err := crossed(ctx, windows, cc, len(texts))
	if err != nil {
		return nil, err
	}
	m.linker = linkers[folds]
	eachHeld(texts, func(f, _ int, t *trainText, l *lattice) { t.spanExamples(linkers[f], l) })
	var choice [halves][3]*forest
	for _, role := range []int{RoleSource, RoleContent} {
		spans := crossedForest(texts, choiceTrees, choiceRate, func(t *trainText) []example { return t.spans[role] })
		m.choice[role] = spans[halves]
		for h := range choice {
			choice[h][role] = spans[h]
		}
	}
	eachHeld(texts, func(f, half int, t *trainText, l *lattice) {
		x := linkView{choice: &choice[half]}
		for y := range t.cands {
			x.look(t.v, t.k, &t.cands[y])
			x.link(linkers[f], l)
		}
	})
	say("learned to link")
	m.judge = growForest(judged(texts), judgeTrees, judgeRate, forestRidge)
	say("learned to judge")
	return m.encode(), ctx.Err()
}

// judged is every candidate of the texts as an example for the judge.
func judged(texts []*trainText) []example {
	var out []example
	var x linkView
	for _, t := range texts {
		for k := range t.cands {
			x.look(t.v, t.k, &t.cands[k])
			var e example
			x.judgeTraits(t.cands, k, &e.f)
			e.right = t.rightness(&t.cands[k])
			out = append(out, e)
		}
	}
	return out
}

// crossed trains a crf for each fold of the texts on all the others, and last one on
// all texts.
func crossed(ctx context.Context, c *corpus, conf crfConfig, texts int) ([]*crf, error) {
	out := make([]*crf, folds+1)
	errs := make([]error, folds+1)
	var wg sync.WaitGroup
	free := make(chan bool, workers)
	for f := range folds + 1 {
		wg.Go(func() {
			free <- true
			defer func() { <-free }()
			out[f], errs[f] = trainCRF(ctx, c, conf, func(text int) bool { return text%folds != f })
		})
	}
	wg.Wait()
	return out, errors.Join(errs...)
}

// eachHeld does something to every text, whose fold and half it tells.
func eachHeld(texts []*trainText, do func(fold, half int, t *trainText, l *lattice)) {
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			var l lattice
			for k := w; k < len(texts); k += workers {
				do(k%folds, k%halves, texts[k], &l)
			}
		})
	}
	wg.Wait()
}

// crossedForest grows a forest for each half of the texts on the examples of the
// other half, and last one on all.
func crossedForest(texts []*trainText, trees int, rate float64, of func(*trainText) []example) []*forest {
	var examples [halves + 1][]example
	for k, t := range texts {
		ex := of(t)
		for h := range halves + 1 {
			if h != k%halves {
				examples[h] = append(examples[h], ex...)
			}
		}
	}
	out := make([]*forest, halves+1)
	for h := range out {
		out[h] = growForest(examples[h], trees, rate, forestRidge)
	}
	return out
}

// cueExamples are the spans that can be cues, right where a reference cue is just so.
func (t *trainText) cueExamples() []example {
	gold := map[run]bool{}
	for _, g := range t.attr {
		for _, p := range g.cue {
			gold[p] = true
		}
	}
	out := make([]example, len(t.k.options))
	for i, o := range t.k.options {
		out[i].right = gold[o.run]
		t.v.cueTraits(t.k, i, &out[i].f)
	}
	return out
}

// spanExamples notes the spans that the linker finds possible around the candidates
// that meet a reference cue, right where a source or content of that attribution is
// just so.
func (t *trainText) spanExamples(linker *crf, l *lattice) {
	t.spans = [3][]example{}
	var x linkView
	for y := range t.cands {
		c := &t.cands[y]
		g := t.matched(c)
		if g == nil {
			continue
		}
		x.look(t.v, t.k, c)
		x.reckon(linker, l)
		for i, p := range x.spans {
			role := int(p.begin-1) / 2
			gold := g.content
			if role == RoleSource {
				gold = g.source
			}
			e := example{right: slices.Contains(gold, p.run)}
			x.spanTraits(i, &e.f)
			t.spans[role] = append(t.spans[role], e)
		}
	}
}

// trainSyntax trains tagger and parser on all texts, and leaves in each text the
// syntax by a tagger and a parser that were trained on the other half.
func trainSyntax(ctx context.Context, texts []*trainText, m *model, seed uint64) error {
	learn := func(take func(int) bool) (*tagger, *parser) {
		var part []*trainText
		for k, t := range texts {
			if take(k) {
				part = append(part, t)
			}
		}
		g := trainTagger(ctx, part, syntaxRounds, seed)
		for _, t := range part {
			for _, sn := range t.r.sents {
				g.tag(t.s, sn.from, sn.to)
			}
		}
		return g, trainParser(ctx, part, syntaxRounds, seed)
	}
	g, p := learn(func(int) bool { return true })
	m.tagger, m.parser = *g, *p
	var wg sync.WaitGroup
	var taggers [halves]*tagger
	var parsers [halves]*parser
	for h := range halves {
		wg.Go(func() { taggers[h], parsers[h] = learn(func(k int) bool { return k%halves != h }) })
	}
	wg.Wait()
	var st parseState
	for k, t := range texts {
		for _, sn := range t.r.sents {
			taggers[k%halves].tag(t.s, sn.from, sn.to)
			parsers[k%halves].parse(&st, t.s, sn.from, sn.to)
		}
	}
	return ctx.Err()
}

// trainText is a text prepared for training.
type trainText struct {
	id      string
	r       *reading
	s       *sheet
	frames  []Frame
	discard Spans
	gold    goldSyntax
	v       *view
	flat    []label // the reference roles, one a token
	attr    []goldAttr
	k       *reckoning
	cands   []candidate
	spans   [3][]example // by role
}

// goldSyntax is the reference syntax, laid over our own tokens: -1 where none is
// known.
type goldSyntax struct {
	pos, rel []int8
	head     []int32 // -2 unknown, -1 root, otherwise a token of the same sentence
}

// readTraining reads reference attributions with their syntax (the key core: for
// each token start, end, lemma, tag, entity, sentence, head, relation).
func readTraining(ctx context.Context, in io.Reader) ([]*trainText, error) {
	var out []*trainText
	pipe := bufio.NewReaderSize(in, 1<<20)
	var cores [][][8]any
	lines, tee := io.Pipe()
	go func() {
		// The lines are read twice: as attributions by ReadGold, and here for core.
		for {
			line, err := pipe.ReadBytes('\n')
			if len(line) > 1 {
				var raw struct {
					Core [][8]any `json:"core"`
				}
				if bad := json.Unmarshal(line, &raw); bad != nil {
					tee.CloseWithError(bad)
					return
				}
				cores = append(cores, raw.Core)
				if _, bad := tee.Write(line); bad != nil {
					return
				}
			}
			if err != nil {
				if err == io.EOF {
					err = nil
				}
				tee.CloseWithError(err)
				return
			}
		}
	}()
	defer lines.Close()
	err := ReadGold(lines, func(g GoldText) error {
		toks := tokenize(g.Text)
		t := &trainText{id: g.ID, r: newReading(g.Text, toks), frames: g.Frames, discard: g.Discard}
		t.s = newSheet(toks)
		out = append(out, t)
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	if len(cores) != len(out) {
		return nil, fmt.Errorf("%d texts but %d of them with syntax", len(out), len(cores))
	}
	if !slices.ContainsFunc(cores, func(c [][8]any) bool { return len(c) > 0 }) {
		return nil, errors.New("the texts have no syntax (core) to learn from")
	}
	for k, t := range out {
		if err := t.lay(cores[k]); err != nil {
			return nil, fmt.Errorf("text %s: %w", t.id, err)
		}
	}
	return out, nil
}

// lay puts the reference syntax over our tokens by their characters. Where
// several reference tokens make one of ours, the one whose head is outside
// stands for it.
func (t *trainText) lay(core [][8]any) error {
	toks := t.r.toks
	at := make([]int, 0, len(t.r.text)+1)
	for i := range t.r.text {
		at = append(at, i)
	}
	at = append(at, len(t.r.text))
	num := func(v any) int { f, _ := v.(float64); return int(f) }
	ours := make([]int32, len(core)) // our token of each reference token
	for k, c := range core {
		s := num(c[0])
		if s < 0 || s >= len(at) {
			return fmt.Errorf("reference token %d is outside the text", k)
		}
		i := firstToken(toks, at[s])
		if i == len(toks) {
			return fmt.Errorf("reference token %d is behind the last word", k)
		}
		ours[k] = int32(i)
	}
	n := len(toks)
	t.gold = goldSyntax{pos: make([]int8, n), rel: make([]int8, n), head: make([]int32, n)}
	for i := range n {
		t.gold.pos[i], t.gold.rel[i], t.gold.head[i] = -1, -1, -2
	}
	for k, c := range core {
		i := ours[k]
		h := num(c[6])
		if h >= 0 && h < len(ours) && ours[h] == i {
			continue
		}
		if t.gold.head[i] != -2 {
			continue
		}
		name, _ := c[3].(string)
		t.gold.pos[i] = int8(slices.Index(posNames, name))
		rel, _ := c[7].(string)
		switch rel {
		case "neg":
			rel = "advmod"
		case "auxpass":
			rel = "aux"
		case "nsubjpass", "csubj", "csubjpass", "expl":
			rel = "nsubj"
		case "nmod:tmod", "nmod:npmod":
			rel = "nmod"
		case "nummod":
			rel = "amod"
		case "iobj":
			rel = "dobj"
		case "det:predet", "cc:preconj":
			rel = "det"
		case "compound:prt":
			rel = "compound"
		}
		t.gold.rel[i] = int8(max(0, slices.Index(relationNames, rel)))
		t.gold.head[i] = -1
		if h >= 0 && h < len(ours) {
			if o := ours[h]; toks[o].sent == toks[i].sent {
				t.gold.head[i] = o
			} else {
				t.gold.rel[i] = int8(relRoot)
			}
		} else {
			t.gold.rel[i] = int8(relRoot)
		}
	}
	return nil
}

// prepare runs the rules on the text and builds its view. Syntax must be there.
func (t *trainText) prepare() {
	t.r.find()
	for _, sn := range t.r.sents {
		t.s.hang(sn.from, sn.to)
	}
	t.v = newView(t.r, t.s)
	t.roles()
}

// roles lays the reference attributions over the tokens.
func (t *trainText) roles() {
	toks := t.r.toks
	t.flat = make([]label, len(toks))
	t.attr = t.attr[:0]
	set := func(spans Spans, begin, in label) (out []run) {
		for _, sp := range spans {
			i := firstToken(toks, sp[0])
			j := i
			for j < len(toks) && toks[j].start < sp[1] {
				j++
			}
			if j > i {
				if n := len(out); n > 0 && out[n-1].to >= i {
					out[n-1].to = max(out[n-1].to, j)
				} else {
					out = append(out, run{i, j})
				}
			}
		}
		for _, p := range out {
			for k := p.from; k < p.to; k++ {
				t.flat[k] = in
				if k == p.from || toks[k].para != toks[k-1].para {
					t.flat[k] = begin
				}
			}
		}
		return out
	}
	for _, f := range t.frames {
		g := goldAttr{content: set(f.Content, beginContent, inContent)}
		g.source = set(f.Source, beginSource, inSource)
		g.cue = set(f.Cue, beginCue, inCue)
		t.attr = append(t.attr, g)
	}
	// What a later span cut must begin again.
	for i := range t.flat {
		if i == 0 && !starts(t.flat[i]) || i > 0 && !follows(t.flat[i-1], t.flat[i]) {
			t.flat[i]--
		}
	}
}

// goldAttr is a reference attribution in tokens.
type goldAttr struct{ source, cue, content []run }
