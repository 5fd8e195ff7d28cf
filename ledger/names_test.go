package ledger

import (
	"slices"
	"testing"
)

// TestNames: names are those of live records; kinds under which an id is kept
// count withdrawn ones too.
func TestNames(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		put(t, l, &Hypothesis{ID: "b", Says: "x"}, &Hypothesis{ID: "a", Says: "x"}, &Hypothesis{ID: "gone", Says: "x"}, &Proposition{ID: "a", Says: "x"})
		if _, err := l.Undo(ctx, ann, Ref{KindHypothesis, "gone"}, 1); err != nil {
			t.Fatal(err)
		}
		if names, err := l.Names(ctx, KindHypothesis, 10); err != nil || !slices.Equal(names, []string{"a", "b"}) {
			t.Errorf("%v, %v", names, err)
		}
		if names, err := l.Names(ctx, KindHypothesis, 1); err != nil || !slices.Equal(names, []string{"a"}) {
			t.Errorf("%v, %v", names, err)
		}
		for id, want := range map[string][]Kind{"a": {KindProposition, KindHypothesis}, "gone": {KindHypothesis}, "none": nil} {
			if kinds, err := l.Kept(ctx, id); err != nil || !slices.Equal(kinds, want) {
				t.Errorf("%s: %v, %v", id, kinds, err)
			}
		}
		// A thing of the case that a link leads to is no record of the ledger.
		put(t, l, &Claim{ID: "c", Says: "x", Status: "proposed"}, &Link{From: Ref{KindClaim, "c"}, To: Ref{KindOffer, "o"}, Rel: "about"})
		if kinds, err := l.Kept(ctx, "o"); err != nil || len(kinds) > 0 {
			t.Errorf("%v, %v", kinds, err)
		}
	})
}
