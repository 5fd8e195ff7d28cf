package reader

import (
	"slices"
	"testing"
)

func TestTokenize(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"The U.S. envoy, Mr. Roe, left.", []string{"The", "U.S.", "envoy", ",", "Mr.", "Roe", ",", "left", "."}},
		{"She’s Roe's aide; they didn't go.", []string{"She", "’s", "Roe", "'s", "aide", ";", "they", "didn't", "go", "."}},
		{"About 1,200 men at 3.5% in 2025.", []string{"About", "1,200", "men", "at", "3.5%", "in", "2025", "."}},
		{"“Well-known,” he said... ''No.''", []string{"“", "Well-known", ",", "”", "he", "said", "...", "''", "No", ".", "''"}},
		{"a\x00b \xff c", []string{"a", "b", "\xff", "c"}},
	} {
		var got []string
		for _, k := range tokenize(c.text) {
			got = append(got, c.text[k.start:k.end])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("tokenize(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestParagraphs(t *testing.T) {
	for _, c := range []struct {
		text string
		want int32
	}{
		{"One line.\nAnother line.", 1},
		{"A wrapped line that goes on\nto the next, and then\non to a third.\n\nA second paragraph of\ntwo lines.", 1},
		{"One.\n\nTwo.\n\nThree.", 2},
	} {
		toks := tokenize(c.text)
		if got := toks[len(toks)-1].para; got != c.want {
			t.Errorf("last paragraph of %q is %d, want %d", c.text, got, c.want)
		}
	}
}
