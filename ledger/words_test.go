package ledger

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestSearchBlocks: whatever the size of the blocks in which PostgreSQL is
// searched, every text that meets a query is found once, the newest first.
func TestSearchBlocks(t *testing.T) {
	const seed = 21
	old := blocks
	t.Cleanup(func() { blocks = old })
	for run := range runs(2, 20) {
		blocks = [...]uint{uint(run % 3), uint(run%3) + 1, uint(run%3) + 3}
		rng := rand.New(rand.NewPCG(seed, run))
		l := open(t, postgres(t), Options{})
		put(t, l, &Report{ID: "r0", Text: "One"}, &Report{ID: "r1", Text: "Two"}, &Source{ID: "s0", Name: "A", Kind: "person"}, &Source{ID: "s1", Name: "B", Kind: "person"})
		words := []string{"envoy", "talks", "talk", "oil", "3000", "élan", "停火"}
		var claims []*Claim
		for n := range 70 {
			var says []string
			for range 1 + rng.IntN(4) {
				says = append(says, words[min(rng.IntN(len(words)), rng.IntN(len(words)))])
			}
			c := &Claim{ID: fmt.Sprintf("c%d", n), Says: strings.Join(says, " "), Source: fmt.Sprintf("s%d", rng.IntN(2)), Report: fmt.Sprintf("r%d", rng.IntN(2)), Status: "proposed"}
			claims = append(claims, c)
			put(t, l, c)
		}
		for range 40 {
			f := Filter{Kind: KindClaim, Text: words[rng.IntN(len(words))]}
			switch rng.IntN(4) {
			case 0:
				f.Text += " " + words[rng.IntN(len(words))]
			case 1:
				f.Text = `"` + f.Text + " " + words[rng.IntN(len(words))] + `"`
			case 2:
				f.Text = "ta* -" + words[rng.IntN(len(words))]
			}
			if rng.IntN(3) == 0 {
				f.Source = "s1"
			}
			if rng.IntN(3) == 0 {
				f.Report = "r1"
			}
			q, err := parseQuery(f.Text)
			if err != nil {
				t.Fatal(err)
			}
			want := []string{}
			for _, c := range slices.Backward(claims) {
				if q.meets(fold(c.Says)) && (f.Source == "" || c.Source == f.Source) && (f.Report == "" || c.Report == f.Report) {
					want = append(want, c.Ref().String())
				}
			}
			if got := refs(everything(t, l, time.Time{}, f, 1+rng.IntN(9))); !slices.Equal(got, want) {
				t.Fatalf("seed %d, run %d, %+v:\n got %v\nwant %v", seed, run, f, got, want)
			}
		}
	}
}

// TestLongText: the first words of a long text are found on both stores, also
// those that come many times, and a long text can be taken out again.
func TestLongText(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		var b strings.Builder
		for n := range MaxWords + 100 {
			fmt.Fprintf(&b, "the w%d ", n)
		}
		put(t, l, &Report{ID: "long", Text: b.String()}, &Report{ID: "short", Text: "Nothing of the kind"})
		for query, want := range map[string]int{
			"w0": 1, `"the w17"`: 1, fmt.Sprintf("w%d", MaxWords/2-1): 1, fmt.Sprintf("w%d", MaxWords/2): 0, "the": 2, "the -kind": 1,
		} {
			if got := everything(t, l, time.Time{}, Filter{Kind: KindReport, Text: query}, 10); len(got) != want {
				t.Errorf("%s: %v, want %d", query, refs(got), want)
			}
		}
		if _, err := l.Redact(t.Context(), ann, Ref{KindReport, "long"}); err != nil {
			t.Fatal(err)
		}
		if got := everything(t, l, time.Time{}, Filter{Text: "w17"}, 10); len(got) != 0 {
			t.Errorf("%v", refs(got))
		}
	})
}
