package reader

import (
	"compress/gzip"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func at(text, part string) Spans {
	i := strings.Index(text, part)
	return Spans{{i, i + len(part)}}
}

func TestCompare(t *testing.T) {
	text := "Roe said the old bridge was closed. Skip this: Doe said no."
	gold := []Frame{
		{Source: at(text, "Roe"), Cue: at(text, "said"), Content: at(text, "the old bridge was closed")},
		{Source: at(text, "Doe"), Cue: Spans{{51, 55}}, Content: at(text, "no")},
	}
	discard := at(text, "Skip this: Doe said no.")
	for _, c := range []struct {
		name      string
		predicted []Frame
		relJ      Count
		exact     Count // of the content
	}{
		{"the same", gold, Count{1, 1, 1}, Count{1, 1, 1}},
		{"half of the content", []Frame{{Source: at(text, "Roe"), Cue: at(text, "said"), Content: at(text, "bridge was closed")}}, Count{1, 1, 1}, Count{0, 1, 1}},
		{"too little content", []Frame{{Source: at(text, "Roe"), Cue: at(text, "said"), Content: at(text, "was closed")}}, Count{0, 1, 1}, Count{0, 1, 1}},
		{"no source", []Frame{{Cue: at(text, "said"), Content: at(text, "the old bridge was closed")}}, Count{0, 1, 1}, Count{1, 1, 1}},
		{"twice", []Frame{gold[0], gold[0]}, Count{1, 2, 1}, Count{1, 1, 1}},
		{"nothing", nil, Count{0, 0, 1}, Count{0, 0, 1}},
	} {
		s := Compare(text, c.predicted, gold, discard)
		if s.RelJ != c.relJ || s.Exact[RoleContent] != c.exact {
			t.Errorf("%s: relJ %v, want %v; exact %v, want %v", c.name, s.RelJ, c.relJ, s.Exact[RoleContent], c.exact)
		}
	}
}

// A fragment that ends where the next begins makes one span, and one token in
// between makes two.
func TestExactRuns(t *testing.T) {
	text := "a b c d e"
	f := []Frame{{Cue: Spans{{0, 1}}, Content: Spans{{0, 1}, {2, 3}, {6, 9}}}}
	g := []Frame{{Cue: Spans{{0, 1}}, Content: Spans{{0, 3}, {6, 9}}}}
	if c := Compare(text, f, g, nil).Exact[RoleContent]; c != (Count{2, 2, 2}) {
		t.Errorf("%v", c)
	}
}

// Both without a source is a match, and so is both without a cue.
func TestBothMissing(t *testing.T) {
	text := "It fell, reportedly."
	f := []Frame{{Cue: at(text, "reportedly"), Content: at(text, "It fell")}}
	if c := Compare(text, f, f, nil).RelJ; c.Hit != 1 {
		t.Errorf("%v", c)
	}
	f[0].Cue = nil
	if c := Compare(text, f, f, nil).RelJ; c.Hit != 1 {
		t.Errorf("%v", c)
	}
}

func TestReadGold(t *testing.T) {
	in := `{"id":"x","text":"“Né,” Roe said.","attr":[{"S":[[6,9]],"C":[[10,14]],"Q":[[0,5]]}],"discard":[],"core":[]}` + "\n"
	n := 0
	err := ReadGold(strings.NewReader(in), func(g GoldText) error {
		n++
		f := g.Frames[0]
		if f.Source.In(g.Text) != "Roe" || f.Content.In(g.Text) != "“Né,”" {
			t.Errorf("%+v", g)
		}
		return nil
	})
	if err != nil || n != 1 {
		t.Errorf("%d texts, %v", n, err)
	}
	for _, bad := range []string{"{", `{"text":"a","attr":[{"S":[[0,9]]}]}`} {
		if ReadGold(strings.NewReader(bad), func(GoldText) error { return nil }) == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

// slowScore is an independent second measure, written from the definitions with
// sets of tokens.
type slowScore struct {
	relJ, relAny                   Count
	exact, bare, token             [3]Count
	touch                          [3]Shares
	citron, overlap                [4]Shares
	sourceRight                    Count
	relJDirect, relJMixed, relJInd Count
	atLeast                        [10]Count
}

type tokenSet map[int]bool

func slowCompare(text string, predicted, gold []Frame, discard Spans) (s slowScore) {
	toks := tokenize(text)
	overlaps := func(k int, sp Span) bool { return toks[k].start < sp[1] && sp[0] < toks[k].end }
	live := func(k int) bool {
		for _, d := range discard {
			if overlaps(k, d) {
				return false
			}
		}
		return true
	}
	setOf := func(spans Spans) tokenSet {
		set := tokenSet{}
		for k := range toks {
			for _, sp := range spans {
				if live(k) && overlaps(k, sp) {
					set[k] = true
				}
			}
		}
		return set
	}
	type attr struct {
		role [3]tokenSet // source, cue, content
		conf float64
	}
	read := func(frames []Frame) (out []attr) {
		for _, f := range frames {
			a := attr{role: [3]tokenSet{setOf(f.Source), setOf(f.Cue), setOf(f.Content)}, conf: f.Confidence}
			if len(f.Cue)+len(f.Content) > 0 && len(a.role[1])+len(a.role[2]) == 0 {
				continue
			}
			out = append(out, a)
		}
		return out
	}
	P, G := read(predicted), read(gold)
	first := func(a attr) int {
		for k := range toks {
			if a.role[0][k] || a.role[1][k] || a.role[2][k] {
				return k
			}
		}
		return len(toks)
	}
	// In text order; the sort is the plainest there is.
	for i := range P {
		for j := i; j > 0 && first(P[j]) < first(P[j-1]); j-- {
			P[j], P[j-1] = P[j-1], P[j]
		}
	}
	common := func(a, b tokenSet) (n int) {
		for k := range a {
			if b[k] {
				n++
			}
		}
		return n
	}
	both := func(a, b tokenSet) bool { return len(a) == 0 && len(b) == 0 || common(a, b) > 0 }
	equal := func(a, b tokenSet) bool { return len(a) == len(b) && common(a, b) == len(a) }
	jac := func(a, b tokenSet) float64 {
		n := common(a, b)
		return float64(n) / float64(len(a)+len(b)-n)
	}
	relate := func(minimum float64, tenths int) (Count, map[int]bool) {
		c, used := Count{Gold: len(G)}, map[int]bool{}
		for _, p := range P {
			if p.conf*10+1e-9 < float64(tenths) {
				continue
			}
			c.Predicted++
			at, top := -1, 0.0
			for j, g := range G {
				if used[j] || !both(p.role[1], g.role[1]) || !both(p.role[0], g.role[0]) || common(p.role[2], g.role[2]) == 0 {
					continue
				}
				if x := jac(p.role[2], g.role[2]); x >= minimum && x > top {
					at, top = j, x
				}
			}
			if at >= 0 {
				used[at] = true
				c.Hit++
			}
		}
		return c, used
	}
	var used map[int]bool
	s.relAny, _ = relate(0, 0)
	s.relJ, used = relate(0.5, 0)
	for i := range s.atLeast {
		s.atLeast[i], _ = relate(0.5, i)
	}
	quote := func(k int) bool {
		return slices.Contains([]string{"“", "”", "\"", "„", "«", "»", "''", "``", "’’", "‘‘"}, text[toks[k].start:toks[k].end])
	}
	for j, g := range G {
		var in []int
		for k := range toks {
			if g.role[2][k] {
				in = append(in, k)
			}
		}
		marks := 0
		for _, k := range in {
			if quote(k) {
				marks++
			}
		}
		c := &s.relJInd
		if len(in) > 1 && quote(in[0]) && quote(in[len(in)-1]) {
			c = &s.relJDirect
		} else if marks > 0 {
			c = &s.relJMixed
		}
		c.Gold++
		if used[j] {
			c.Hit++
		}
	}
	word := func(k int) bool {
		return strings.ContainsAny(strings.ToLower(text[toks[k].start:toks[k].end]), "abcdefghijklmnopqrstuvwxyz0123456789")
	}
	spans := func(as []attr, role int, bare bool) map[[2]int]bool {
		out := map[[2]int]bool{}
		for _, a := range as {
			for k := range toks {
				if !a.role[role][k] || a.role[role][k-1] {
					continue
				}
				from, to := k, k
				for a.role[role][to] {
					to++
				}
				for bare && from < to && !word(from) {
					from++
				}
				for bare && to > from && !word(to-1) {
					to--
				}
				if from < to {
					out[[2]int{from, to}] = true
				}
			}
		}
		return out
	}
	same := func(a, b map[[2]int]bool) Count {
		c := Count{Predicted: len(a), Gold: len(b)}
		for x := range a {
			if b[x] {
				c.Hit++
			}
		}
		return c
	}
	union := func(as []attr, role int) tokenSet {
		u := tokenSet{}
		for _, a := range as {
			for k := range a.role[role] {
				u[k] = true
			}
		}
		return u
	}
	for r := range 3 {
		s.exact[r] = same(spans(P, r, false), spans(G, r, false))
		s.bare[r] = same(spans(P, r, true), spans(G, r, true))
		pu, gu := union(P, r), union(G, r)
		s.token[r] = Count{common(pu, gu), len(pu), len(gu)}
		touches := func(of map[[2]int]bool, u tokenSet) (n int) {
			for x := range of {
				for k := x[0]; k < x[1]; k++ {
					if u[k] {
						n++
						break
					}
				}
			}
			return n
		}
		s.touch[r] = Shares{touches(spans(P, r, false), gu), len(spans(P, r, false)), touches(spans(G, r, false), pu), len(spans(G, r, false))}
	}
	citron := [4]func(p, g attr) bool{
		func(p, g attr) bool { return both(p.role[1], g.role[1]) && equal(p.role[0], g.role[0]) },
		func(p, g attr) bool { return equal(p.role[1], g.role[1]) },
		func(p, g attr) bool { return both(p.role[1], g.role[1]) && equal(p.role[2], g.role[2]) },
		func(p, g attr) bool {
			return equal(p.role[0], g.role[0]) && equal(p.role[1], g.role[1]) && equal(p.role[2], g.role[2])
		},
	}
	for r, ok := range citron {
		c := Shares{Predicted: len(P), Gold: len(G)}
		for _, p := range P {
			for _, g := range G {
				if ok(p, g) {
					c.Right++
					break
				}
			}
		}
		for _, g := range G {
			for _, p := range P {
				if ok(p, g) {
					c.Found++
					break
				}
			}
		}
		s.citron[r] = c
	}
	for r := range 3 {
		for _, p := range P {
			s.overlap[r].Predicted += len(p.role[r])
			for _, g := range G {
				s.overlap[r].Right += common(p.role[r], g.role[r])
				s.overlap[r].Found += common(p.role[r], g.role[r])
			}
		}
		for _, g := range G {
			s.overlap[r].Gold += len(g.role[r])
		}
		s.overlap[3].Right += s.overlap[r].Right
		s.overlap[3].Predicted += s.overlap[r].Predicted
		s.overlap[3].Found += s.overlap[r].Found
		s.overlap[3].Gold += s.overlap[r].Gold
	}
	for _, p := range P {
		at, top := -1, 0
		for j, g := range G {
			if n := common(p.role[2], g.role[2]); n > top {
				at, top = j, n
			}
		}
		if at >= 0 {
			s.sourceRight.Predicted++
			if both(p.role[0], G[at].role[0]) {
				s.sourceRight.Hit++
			}
		}
	}
	return s
}

// randomFrames draws a text and two readings of it from (seed, 1).
func randomFrames(seed uint64) (text string, predicted, gold []Frame, discard Spans) {
	r := rand.New(rand.NewPCG(seed, 1))
	words := []string{"Roe", "said", "the", "old", "bridge", "was", "closed,", "“No,”", "“it", "is”", "``ever''", "–", "12", "however.", "\n\n"}
	var b strings.Builder
	for range 6 + r.IntN(40) {
		b.WriteString(words[r.IntN(len(words))] + " ")
	}
	text = b.String()
	span := func(most int) Span {
		from := r.IntN(len(text) - 1)
		return Span{from, min(len(text), from+1+r.IntN(most))}
	}
	frames := func(n int) (out []Frame) {
		for range n {
			f := Frame{Content: Spans{span(40)}, Confidence: float64(r.IntN(101)) / 100}
			if r.IntN(8) > 0 {
				f.Cue = Spans{span(8)}
			}
			if r.IntN(4) > 0 {
				f.Source = Spans{span(10)}
			}
			if r.IntN(4) == 0 {
				f.Content = append(f.Content, span(20))
			}
			out = append(out, f)
		}
		return out
	}
	gold = frames(r.IntN(6))
	predicted = frames(r.IntN(4))
	for _, g := range gold { // some nearly right
		if r.IntN(3) > 0 {
			g.Confidence = float64(r.IntN(101)) / 100
			if r.IntN(2) == 0 {
				g.Content = Spans{{g.Content[0][0], max(g.Content[0][0]+1, g.Content[0][1]-r.IntN(9))}}
			}
			predicted = append(predicted, g)
		}
	}
	r.Shuffle(len(predicted), func(i, j int) { predicted[i], predicted[j] = predicted[j], predicted[i] })
	if r.IntN(3) == 0 {
		discard = Spans{span(30)}
	}
	return text, predicted, gold, discard
}

func TestCompareAgainstDefinitions(t *testing.T) {
	var hits, touched, right int
	for seed := range uint64(3000) {
		text, predicted, gold, discard := randomFrames(seed)
		got, want := Compare(text, predicted, gold, discard), slowCompare(text, predicted, gold, discard)
		same := slowScore{
			relJ: got.RelJ, relAny: got.RelAny, exact: got.Exact, bare: got.ExactBare, token: got.Token, touch: got.Touch,
			citron: got.CitronExact, overlap: got.CitronOverlap, sourceRight: got.SourceRight,
			relJDirect: got.ByForm[0], relJMixed: got.ByForm[1], relJInd: got.ByForm[2], atLeast: got.AtLeast,
		}
		if same != want {
			t.Fatalf("seed %d: %q\n%+v\n%+v\ngot  %+v\nwant %+v", seed, text, predicted, gold, same, want)
		}
		hits += got.RelJ.Hit
		touched += got.Touch[RoleCue].Right - got.Exact[RoleCue].Hit
		right += got.SourceRight.Predicted - got.SourceRight.Hit
	}
	if hits < 500 || touched < 100 || right < 100 {
		t.Errorf("too few cases of each kind: %d, %d, %d", hits, touched, right)
	}
}

// The reference against itself scores 1 in every figure of which it says so, and
// a sum of scores is the score of the sum.
func TestReferenceAgainstItself(t *testing.T) {
	var sum Score
	for seed := range uint64(300) {
		text, _, gold, discard := randomFrames(seed)
		for i := range gold {
			gold[i].Confidence = 1
		}
		s := Compare(text, gold, gold, discard)
		// What has lost its whole content to the discarded spans matches nothing.
		whole := 0
		for _, g := range gold {
			whole += Compare(text, []Frame{g}, []Frame{g}, discard).RelAny.Hit
		}
		if s.RelAny.Hit != whole {
			t.Errorf("seed %d: %+v of %d", seed, s.RelAny, whole)
		}
		for name, c := range map[string]Count{"exact source": s.Exact[0], "exact cue": s.Exact[1], "exact content": s.Exact[2], "bare": s.ExactBare[2], "token": s.Token[2]} {
			if c.Hit != c.Predicted || c.Hit != c.Gold {
				t.Errorf("seed %d, %s: %+v", seed, name, c)
			}
		}
		for name, c := range map[string]Shares{"touch": s.Touch[0], "citron source": s.CitronExact[RoleSource], "citron cue": s.CitronExact[RoleCue], "citron content": s.CitronExact[RoleContent], "citron all": s.CitronExact[RoleAll]} {
			if c.Right != c.Predicted || c.Found != c.Gold {
				t.Errorf("seed %d, %s: %+v", seed, name, c)
			}
		}
		if s.RelJ != s.AtLeast[0] || s.RelJ != s.AtLeast[9] {
			t.Errorf("seed %d: with a confidence of 1, %+v at 0 and %+v at 0.9", seed, s.AtLeast[0], s.AtLeast[9])
		}
		sum.Add(s)
	}
	if sum.RelAny.Gold < 300 || sum.RelAny.Hit*100 < sum.RelAny.Gold*98 {
		t.Errorf("%+v", sum.RelAny)
	}
	// Greedy matching in the order of the text can leave a reference without its
	// own prediction where contents overlap others; with contents apart it is 1.
	text := "Roe said the bridge was closed. Doe said “no.” It fell, reportedly."
	apart := []Frame{
		{Source: at(text, "Roe"), Cue: at(text, "said"), Content: at(text, "the bridge was closed")},
		{Source: at(text, "Doe"), Cue: Spans{{36, 40}}, Content: at(text, "“no.”")},
		{Cue: at(text, "reportedly"), Content: at(text, "It fell")},
	}
	if s := Compare(text, apart, apart, nil); s.RelJ.F1() != 1 || s.RelJ.Gold != 3 || s.ByForm[0] != (Count{1, 0, 1}) || s.ByForm[2] != (Count{2, 0, 2}) || s.SourceRight != (Count{3, 3, 0}) {
		t.Errorf("%+v", s)
	}
}

// On the development texts: the reference scores 1 against itself, and both
// measures agree on what the reader finds.
func TestMeasuresOnDev(t *testing.T) {
	z, err := gzip.NewReader(needsFile(t, "data/attribution/dev.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	var self Score
	err = ReadGold(z, func(g GoldText) error {
		self.Add(Compare(g.Text, g.Frames, g.Frames, g.Discard))
		found := Frames(Read(g.Text, Options{}).Attributions)
		fast, slow := Compare(g.Text, found, g.Frames, g.Discard), slowCompare(g.Text, found, g.Frames, g.Discard)
		if fast.RelJ != slow.relJ || fast.Exact != slow.exact || fast.CitronExact != slow.citron || fast.AtLeast != slow.atLeast || fast.ByForm[0] != slow.relJDirect {
			t.Errorf("%s: %+v and %+v", g.ID, fast, slow)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f1 := range []float64{self.RelJ.F1(), self.RelAny.F1(), self.Exact[0].F1(), self.Exact[1].F1(), self.Exact[2].F1(), self.CitronExact[RoleAll].F1(), self.SourceRight.Precision()} {
		if f1 != 1 {
			t.Errorf("the reference against itself: %+v", self)
			break
		}
	}
}
