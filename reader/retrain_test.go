package reader

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// marked makes a correction out of a text in which sources stand in [ ], cues in
// < > and content in { }; each sentence has one attribution at most.
func marked(t testing.TB, text string, right bool) Correction {
	t.Helper()
	var c Correction
	var b strings.Builder
	var f Frame
	open := 0
	flush := func() {
		if len(f.Cue) > 0 {
			if right {
				c.Right = append(c.Right, f)
			} else {
				c.Wrong = append(c.Wrong, f)
			}
		}
		f = Frame{}
	}
	for _, r := range text {
		switch r {
		case '[', '<', '{':
			open = b.Len()
		case ']':
			f.Source = append(f.Source, Span{open, b.Len()})
		case '>':
			f.Cue = append(f.Cue, Span{open, b.Len()})
		case '}':
			f.Content = append(f.Content, Span{open, b.Len()})
		default:
			b.WriteRune(r)
			if r == '.' {
				flush()
			}
		}
	}
	flush()
	c.Text = b.String()
	if len(c.Right)+len(c.Wrong) == 0 {
		t.Fatalf("nothing is marked in %q", text)
	}
	return c
}

func retrained(t testing.TB, cs ...Correction) (*Model, Retrained) {
	t.Helper()
	m, did, err := Retrain(context.Background(), Shipped(), cs, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m, did
}

func hits(m *Model, c Correction) int {
	toks, n := tokenize(c.Text), 0
	shown := shownFrames(m, c.Text)
	for _, f := range slices.Concat(c.Right, c.Wrong) {
		n += boolInt(hasFrame(toks, shown, f))
	}
	return n
}

// TestRetrainNothing holds that without corrections nothing changes.
func TestRetrainNothing(t *testing.T) {
	m, did := retrained(t)
	if !bytes.Equal(m.Bytes(), embedded) || did != (Retrained{}) {
		t.Errorf("no corrections changed the model: %+v", did)
	}
}

// A verb that nobody uses, in sentences of a shape.
var tooted = []string{
	"[The ministry] <tooted> {the closing of the bridge}.",
	"[A spokesman for the army] <tooted> {the return of two soldiers}.",
	"[President Rudolf Zenda] <tooted> {further talks in May}.",
	"[The rebels] <tooted> {the capture of the town}.",
}

var tootedElsewhere = []string{
	"[The governor] <tooted> {the strength of the dam}.",
	"[Officials in Lissa] <tooted> {the end of the floods}.",
	"[Foreign minister Ana Roe] <tooted> {the opening of the border}.",
	"[The company] <tooted> {a new pipeline to the coast}.",
}

// TestRetrainPattern shows four sentences of a shape to the trainer, and reads four
// others.
func TestRetrainPattern(t *testing.T) {
	var cs []Correction
	for _, s := range tooted {
		cs = append(cs, marked(t, s, true))
	}
	m, did := retrained(t, cs...)
	t.Logf("%+v", did)
	before, after := 0, 0
	for _, s := range tootedElsewhere {
		c := marked(t, s, true)
		before += hits(Shipped(), c)
		after += hits(m, c)
	}
	t.Logf("others: %d before, %d after", before, after)
	if before == len(tootedElsewhere) || after < len(tootedElsewhere) {
		t.Errorf("of %d new sentences %d were read before and %d after", len(tootedElsewhere), before, after)
	}
	if did.Right.After < len(tooted) {
		t.Errorf("of what was shown, %+v", did.Right)
	}
	if 100*did.Kept.After < 97*did.Kept.All || 100*did.Added > 3*did.Kept.All {
		t.Errorf("elsewhere: %+v, %d added", did.Kept, did.Added)
	}
}

// TestRetrainRejects takes back what gauges say.
func TestRetrainRejects(t *testing.T) {
	shown := []string{
		"[The gauge at Tiel] <says> {the water stands at four metres}.",
		"[The gauge at Orsa] <says> {the river is two metres high}.",
		"[The old gauge] <says> {the lake fell by a foot}.",
		"[The gauge on the bridge] <says> {the level is stable}.",
		"[The upper gauge] <says> {the water is two metres high}.",
		"[The gauge] <says> {the lake stands at six metres}.",
		"[The gauge at Lohm] <says> {the canal is empty}.",
		"[The gauge at Ulm] <says> {the canal rose to two metres}.",
	}
	others := []string{
		"[The gauge at Sarn] <says> {the canal stands at one metre}.",
		"[The new gauge] <says> {the water is three metres high}.",
	}
	var cs []Correction
	for _, s := range shown {
		cs = append(cs, marked(t, s, false))
	}
	m, did := retrained(t, cs...)
	t.Logf("%+v", did)
	before, after := 0, 0
	for _, s := range others {
		c := marked(t, s, false)
		before += hits(Shipped(), c)
		after += hits(m, c)
	}
	if before != len(others) || after != 0 || did.Wrong.Before != len(shown) || did.Wrong.After != 0 {
		t.Errorf("others: %d before, %d after; shown: %+v", before, after, did.Wrong)
	}
	c := marked(t, "[The minister] <says> {the water stands at four metres}.", true)
	if hits(m, c) != 1 {
		t.Error("what ministers say went with it")
	}
}

// TestRetrainMoves moves an end: the program counts where it was said to the cue,
// somebody does not.
func TestRetrainMoves(t *testing.T) {
	var cs []Correction
	for _, s := range []struct{ was, is string }{
		{"[The governor] <said in a statement> {the strength of the dam}.", "[The governor] <said> in a statement {the strength of the dam}."},
		{"[The army] <said in a statement> {that two soldiers had died}.", "[The army] <said> in a statement {that two soldiers had died}."},
		{"[President Rudolf Zenda] <said in an interview> {that he would not resign}.", "[President Rudolf Zenda] <said> in an interview {that he would not resign}."},
		{"[The mayor] <said in a letter> {that the school was closed}.", "[The mayor] <said> in a letter {that the school was closed}."},
	} {
		c := marked(t, s.is, true)
		c.Wrong = marked(t, s.was, false).Wrong
		cs = append(cs, c)
	}
	m, did := retrained(t, cs...)
	t.Logf("%+v", did)
	if did.Right.Before == did.Right.All || did.Right.After != did.Right.All || did.Wrong.After != 0 {
		t.Errorf("shown: %+v", did)
	}
	for _, s := range []string{
		"[The minister] <said> in a statement {that the border was shut}.",
		"[The company] <said> in an interview {that a new pipeline was planned}.",
	} {
		if c := marked(t, s, true); hits(m, c) != 1 || hits(Shipped(), c) != 0 {
			t.Errorf("%s: %+v", s, Frames(Read(c.Text, Options{Model: m}).Attributions))
		}
	}
}

// TestRetrainAgain holds that the same corrections give the same bytes.
func TestRetrainAgain(t *testing.T) {
	cs := []Correction{marked(t, tooted[0], true), marked(t, tooted[1], true)}
	a, _ := retrained(t, cs...)
	b, _ := retrained(t, cs...)
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same corrections gave another model")
	}
	if bytes.Equal(a.Bytes(), embedded) {
		t.Error("corrections changed nothing")
	}
	again, err := DecodeModel(a.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	c := marked(t, tootedElsewhere[0], true)
	if hits(a, c) != hits(again, c) {
		t.Error("read from its file, the model reads otherwise")
	}
}

func TestRetrainStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Retrain(ctx, Shipped(), []Correction{marked(t, tooted[0], true)}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestRetrainForgetsNothing trains on fifty corrections from one half of the
// development texts and measures the other half; under soak six times, and once on
// all that is right in the first half.
func TestRetrainForgetsNothing(t *testing.T) {
	z, err := gzip.NewReader(needsFile(t, "data/attribution/dev.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	var learn, test []GoldText
	if err := ReadGold(z, func(g GoldText) error {
		if (len(learn)+len(test))%2 == 0 {
			learn = append(learn, g)
		} else {
			test = append(test, g)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	// What a person would correct: attributions that are missing, and findings that
	// meet nothing.
	var all []Correction
	for _, g := range learn {
		found := shownFrames(Shipped(), g.Text)
		toks := tokenize(g.Text)
		for _, f := range g.Frames {
			if len(f.Cue) > 0 && len(f.Content) > 0 && !hasFrame(toks, found, f) {
				all = append(all, Correction{Text: g.Text, Right: []Frame{f}})
			}
		}
		for _, f := range found {
			if s := Compare(g.Text, []Frame{f}, g.Frames, g.Discard); s.RelAny.Predicted > s.RelAny.Hit {
				all = append(all, Correction{Text: g.Text, Wrong: []Frame{f}})
			}
		}
	}
	score := func(m *Model) (all, shown Score) {
		for _, g := range test {
			as := Read(g.Text, Options{Model: m}).Attributions
			fs := Frames(as)
			all.Add(Compare(g.Text, fs, g.Frames, g.Discard))
			shown.Add(Compare(g.Text, slices.DeleteFunc(fs, func(f Frame) bool { return f.Confidence < .5 }), g.Frames, g.Discard))
		}
		return all, shown
	}
	a0, s0 := score(Shipped())
	try := func(name string, most float64, corrections []Correction) {
		m, did := retrained(t, corrections...)
		a1, s1 := score(m)
		t.Logf("%s: %+v; other half: relJ %.1f → %.1f over all, %.1f → %.1f from 0.5, there with precision %.1f → %.1f", name, did, 100*a0.RelJ.F1(), 100*a1.RelJ.F1(), 100*s0.RelJ.F1(), 100*s1.RelJ.F1(), 100*s0.RelJ.Precision(), 100*s1.RelJ.Precision())
		if loss := 100 * (a0.RelJ.F1() - a1.RelJ.F1()); loss > most {
			t.Errorf("%s: relJ fell by %.1f", name, loss)
		}
		if loss := 100 * (s0.RelJ.F1() - s1.RelJ.F1()); loss > most {
			t.Errorf("%s: relJ from 0.5 on fell by %.1f", name, loss)
		}
	}
	draws := uint64(1)
	if os.Getenv("DEMARCHE_SOAK") == "1" {
		draws = 6
		var right []Correction
		n := 0
		for _, g := range learn {
			fs := slices.DeleteFunc(slices.Clone(g.Frames), func(f Frame) bool { return len(f.Cue) == 0 || len(f.Content) == 0 })
			n += len(fs)
			right = append(right, Correction{Text: g.Text, Right: fs})
		}
		try(fmt.Sprintf("all %d that are right", n), mostForgotten, right)
	}
	for seed := range draws {
		drawn := slices.Clone(all)
		rng := rand.New(rand.NewPCG(7, seed))
		rng.Shuffle(len(drawn), func(i, j int) { drawn[i], drawn[j] = drawn[j], drawn[i] })
		try(fmt.Sprintf("draw %d of %d", seed, len(all)), mostForgotten, drawn[:50])
	}
}

// mostForgotten is how far relJ may fall on texts of the other half, in points: of six
// draws one fell by 1.0 over all, and one by 0.4 from 0.5 on.
const mostForgotten = 1
