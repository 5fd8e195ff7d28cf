package reader

import (
	"slices"
	"testing"
)

func TestPairQuotations(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"curly", "He said, “We go.” She left.", []string{"“We go.”"}},
		{"straight", `"We go," he said. "We go now."`, []string{`"We go,"`, `"We go now."`}},
		{"doubled single", "''We go,'' he said.", []string{"''We go,''"}},
		{"nested", "“She told me ‘never’ and “no” again,” he said.", []string{"“She told me ‘never’ and “no” again,”"}},
		{"single", "‘We won’t go,’ the boys’ father said.", []string{"‘We won’t go,’"}},
		{"apostrophes only", "The boys’ father and the girls’ mother left.", nil},
		{"over paragraphs", "“We go.\n\n“We go now,” he said.", []string{"“We go.", "“We go now,”"}},
		{"never closed", "“We go, he said.\nThe end.", []string{"“We go, he said."}},
	} {
		toks := tokenize(c.text)
		var got []string
		for _, q := range pairQuotations(c.text, toks) {
			got = append(got, c.text[toks[q.from].start:toks[q.to-1].end])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
