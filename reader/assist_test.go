package reader

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// scripted is a helper that says what the test tells it to.
type scripted func(JudgeRequest) ([]Judgement, error)

func (s scripted) Judge(_ context.Context, r JudgeRequest) ([]Judgement, error) { return s(r) }

func share(x float64) *float64 { return &x }

// unsureText has a source that is a pronoun without a name before it.
const unsureText = "The rain fell. “The bridge is closed to all traffic,” he said. Mayor Peter Doe left at noon."

// readUnsure reads it with the confidence set, so that the test does not hang on
// what the finder makes of it.
func readUnsure(t *testing.T, confidence float64) []Attribution {
	t.Helper()
	as := Read(unsureText, Options{}).Attributions
	if len(as) == 0 || as[0].Source.Text != "he" || as[0].Source.Resolved != nil {
		t.Fatalf("%+v", as)
	}
	as[0].Confidence = confidence
	return as[:1]
}

func TestAssist(t *testing.T) {
	const quote = "The bridge is closed"
	for _, c := range []struct {
		name       string
		before     float64
		say        []Judgement
		after      float64
		speaker    string
		used, lost int
	}{
		{"raised, not into the strict view", .6, []Judgement{{N: 1, Quote: quote, Right: share(1)}}, .75, "", 1, 0},
		{"lowered, not out of sight", .3, []Judgement{{N: 1, Quote: quote, Right: share(0)}}, .15, "", 1, 0},
		{"speaker", .6, []Judgement{{N: 1, Quote: quote, Speaker: "Mayor Peter Doe"}}, .6, "Mayor Peter Doe", 1, 0},
		{"speaker of one that is sure", .95, []Judgement{{N: 1, Quote: quote, Right: share(0), Speaker: "Peter Doe"}}, .95, "Peter Doe", 1, 0},
		{"a speaker that is not in the text", .6, []Judgement{{N: 1, Quote: quote, Speaker: "Mayor Paul Doe"}}, .6, "", 0, 1},
		{"half a word", .6, []Judgement{{N: 1, Quote: quote, Speaker: "Peter Do"}}, .6, "", 0, 1},
		{"a quotation that is not in the content", .6, []Judgement{{N: 1, Quote: "Mayor Peter Doe", Right: share(1)}}, .6, "", 0, 1},
		{"a quotation with one letter changed", .6, []Judgement{{N: 1, Quote: "the bridge is closed", Right: share(1)}}, .6, "", 0, 1},
		{"no quotation", .6, []Judgement{{N: 1, Right: share(1)}}, .6, "", 0, 1},
		{"one word", .6, []Judgement{{N: 1, Quote: "bridge", Right: share(1)}}, .6, "", 0, 1},
		{"another candidate", .6, []Judgement{{N: 2, Quote: quote, Right: share(1)}, {N: 0, Quote: quote, Right: share(1)}}, .6, "", 0, 2},
		{"twice", .6, []Judgement{{N: 1, Quote: quote, Right: share(.6)}, {N: 1, Quote: quote, Right: share(0)}}, .6, "", 1, 1},
		{"no probability", .6, []Judgement{{N: 1, Quote: quote, Right: share(7)}}, .6, "", 0, 1},
		{"nothing", .6, nil, .6, "", 0, 0},
		{"a long quotation", .6, []Judgement{{N: 1, Quote: strings.Repeat(quote+" ", 50), Right: share(1)}}, .6, "", 0, 1},
	} {
		as := readUnsure(t, c.before)
		kept := as[0]
		got, done, err := Assist(context.Background(), unsureText, as, scripted(func(JudgeRequest) ([]Judgement, error) { return c.say, nil }))
		if err != nil {
			t.Fatal(err)
		}
		speaker := ""
		if r := got[0].Source.Resolved; r != nil {
			speaker = r.Text
			if unsureText[r.Span[0]:r.Span[1]] != r.Text || r.How != "assisted" {
				t.Errorf("%s: %+v", c.name, r)
			}
		}
		if got[0].Confidence != c.after || speaker != c.speaker || done.Used != c.used || done.Dropped != c.lost || got[0].Assisted != (c.used > 0) {
			t.Errorf("%s: confidence %v, speaker %q, %+v, assisted %v", c.name, got[0].Confidence, speaker, done, got[0].Assisted)
		}
		if !reflect.DeepEqual(as[0], kept) {
			t.Errorf("%s: what was handed in has changed", c.name)
		}
		if got[0].Content.Text != kept.Content.Text || got[0].Act != kept.Act {
			t.Errorf("%s: something else has changed", c.name)
		}
	}
}

// TestAssistFails keeps everything as it was when no answer comes, and stops
// with the context.
func TestAssistFails(t *testing.T) {
	as := readUnsure(t, .6)
	got, done, err := Assist(context.Background(), unsureText, as, scripted(func(JudgeRequest) ([]Judgement, error) { return nil, errors.New("no answer") }))
	if err != nil || done.Failed != 1 || done.Err == nil || !reflect.DeepEqual(got, as) {
		t.Errorf("%+v %v", done, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Assist(ctx, unsureText, as, scripted(func(JudgeRequest) ([]Judgement, error) { t.Error("asked all the same"); return nil, nil })); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestAssistAsksLittle sends windows of the text only, and nothing about sources
// whose name was kept back.
func TestAssistAsksLittle(t *testing.T) {
	text := strings.Repeat("Roe said the bridge was closed to all the traffic of the valley. A senior official said so too.\n", 400)
	as := Read(text, Options{}).Attributions
	for i := range as {
		as[i].Confidence = .5
	}
	asked := 0
	_, done, err := Assist(context.Background(), text, as, scripted(func(r JudgeRequest) ([]Judgement, error) {
		if len(r.Text) > assistWindow+10 || len(r.Candidates) > assistBatch || !strings.Contains(text, r.Text) {
			t.Errorf("%d bytes, %d candidates", len(r.Text), len(r.Candidates))
		}
		for _, c := range r.Candidates {
			if c.Speaker && strings.Contains(c.Source, "official") {
				t.Errorf("asked who an anonymous source is: %+v", c)
			}
			if !strings.Contains(r.Text, c.Cue) {
				t.Errorf("the text sent does not hold %q", c.Cue)
			}
		}
		asked += len(r.Candidates)
		return nil, nil
	}))
	if err != nil || asked != len(as) || done.Asked != len(as) {
		t.Errorf("%d of %d asked, %v", asked, len(as), err)
	}
}
