package reader

import (
	"slices"
	"testing"
)

// TestLeaveToNearer: a further stretch goes to the nearer cue, if that one is likely
// and claims it; the last stretch stays.
func TestLeaveToNearer(t *testing.T) {
	near := candidate{cue: run{10, 12}, content: []run{{12, 20}}, confidence: .6}
	doubtful := near
	doubtful.confidence = .4
	elsewhere := near
	elsewhere.content = []run{{30, 40}}
	behind := near
	behind.cue = run{22, 23}
	both := []run{{4, 9}, {12, 20}}
	for name, c := range map[string]struct {
		content []run
		other   candidate
		want    []run
	}{
		"nearer":    {both, near, both[:1]},
		"doubtful":  {both, doubtful, both},
		"elsewhere": {both, elsewhere, both},
		"behind":    {both, behind, both},
		"only":      {both[1:], near, both[1:]},
	} {
		cs := []candidate{{cue: run{2, 3}, content: slices.Clone(c.content), confidence: .9}, c.other}
		leaveToNearer(cs, 0)
		if !slices.Equal(cs[0].content, c.want) {
			t.Errorf("%s: %v, want %v", name, cs[0].content, c.want)
		}
	}
}

// TestStopAtQuotation: what follows a quotation in a sentence of its own is not said.
func TestStopAtQuotation(t *testing.T) {
	for text, want := range map[string]string{
		`“It is not true.” This shows how it works.`:         `“It is not true.”`,
		`“It is not true,” he said of the whole of it.`:      `“It is not true,” he said of the whole of it.`,
		`“It is not true.” “It never was so.”`:               `“It is not true.” “It never was so.”`,
		`It is not true. This shows “how it works” in Doha.`: `It is not true. This shows “how it works” in Doha.`,
	} {
		r := newReading(text, tokenize(text))
		r.find()
		c := candidate{content: []run{{0, len(r.toks)}}}
		r.stopAtQuotation(&c)
		if got := r.spans(c.content...).In(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
