package reader

import (
	"slices"
	"testing"
)

func TestSplitSentences(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"Sen. Roe met Gen. Doe. They talked.", []string{"Sen. Roe met Gen. Doe.", "They talked."}},
		{"He lives in the U.S. The war is over.", []string{"He lives in the U.S.", "The war is over."}},
		{"“Why?” he asked. “Go!” Smith said.", []string{"“Why?” he asked.", "“Go!” Smith said."}},
		{"It cost 3.5 million. J. R. Roe paid.", []string{"It cost 3.5 million.", "J. R. Roe paid."}},
		{"LISBON, Portugal (Agency) - The war is over.", []string{"LISBON, Portugal (Agency) -", "The war is over."}},
		{"A headline\nA text.", []string{"A headline", "A text."}},
	} {
		r := newReading(c.text, tokenize(c.text))
		var got []string
		for _, s := range r.sents {
			got = append(got, c.text[r.toks[s.from].start:r.toks[s.to-1].end])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
