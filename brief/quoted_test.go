package brief

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestQuoted(t *testing.T) {
	for in, want := range map[string]string{
		"":                                   "“”",
		"We will not yield":                  "“We will not yield”",
		`"We will not yield"`:                "“‘We will not yield’”",
		"“We will not yield,”":               "“‘We will not yield,’”",
		`he called it "a plan" and "a trap"`: "“he called it ‘a plan’ and ‘a trap’”",
		`"She told me 'it is over' and left," he said`:   "“‘She told me “it is over” and left,’ he said”",
		"“She told me ‘it is “over”’ and left,” he said": "“‘She told me “it is ‘over’” and left,’ he said”",
		"the ‘friendly’ ships":                           "“the ‘friendly’ ships”",
		"the 'friendly' ships":                           "“the ‘friendly’ ships”",
		"« non », dit-il":                                "“‘ non ’, dit-il”",
		"the minister's and the ministers’ plan":         "“the minister's and the ministers’ plan”",
		"it isn't over, and it wasn’t":                   "“it isn't over, and it wasn’t”",
		"the '90s were better":                           "“the '90s were better”",
		`a pipe of 6" and no more`:                       `“a pipe of 6" and no more”`,
		"We leave,” he said, “tomorrow":                  "“We leave,’ he said, ‘tomorrow”",
		"(“first”)—“second”":                             "“(‘first’)—‘second’”",
	} {
		if got := Quoted(in); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

// TestQuotedMarks: whatever marks a text has, only those of the whole are double
// at its own level, the words stay, and the check of quotations knows them again.
func TestQuotedMarks(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 4))
		var b strings.Builder
		for range r.IntN(12) {
			b.WriteString([]string{"a", "b ", " c", "“", "”", "\"", "'", "‘", "’", "«", "»", " ", "."}[r.IntN(13)])
		}
		in := b.String()
		got := Quoted(in)
		if flat(strings.TrimSuffix(strings.TrimPrefix(got, "“"), "”")) != flat(in) {
			t.Fatalf("seed %d: %q became %q", seed, in, got)
		}
		plain, quoted := unquoted("he said " + got + " today")
		if plain != "he said □ today" || len(quoted) != 1 || flat(quoted[0]) != flat(in) {
			t.Fatalf("seed %d: %q: the check sees %q and %q in %q", seed, in, plain, quoted, got)
		}
	}
}
