package ledger

import (
	"testing"
	"time"

	"github.com/demarche/demarche"
)

// TestWithdraw: a record that was changed is taken off and brought back, and the
// ledger holds together after each step.
func TestWithdraw(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		small(t, l)
		link := &Link{From: Ref{KindClaim, "c1"}, To: Ref{KindOffer, "o"}, Rel: "about"}
		for n, note := range []string{"one", "two"} {
			again := *link
			again.Note = note
			if _, err := l.Put(ctx, ann, &again, n); err != nil {
				t.Fatal(err)
			}
		}
		before := time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC)
		_, err := l.Withdraw(ctx, ann, link.Ref(), 1)
		is(t, err, demarche.Unavailable, "was changed by Ann after you read it")
		done, err := l.Withdraw(ctx, ann, link.Ref(), 2)
		if err != nil || done.Number != 3 || done.Same {
			t.Fatalf("%+v, %v", done, err)
		}
		_, err = l.Get(ctx, time.Time{}, link.Ref())
		is(t, err, demarche.NotFound, "was withdrawn")
		if done, err := l.Withdraw(ctx, ann, link.Ref(), 3); err != nil || !done.Same {
			t.Fatalf("%+v, %v", done, err)
		}
		if h, err := l.History(ctx, before, link.Ref()); err != nil || len(h) != 3 || h[2].Op != OpWithdraw {
			t.Fatalf("%+v, %v", h, err)
		}
		if _, err := l.Undo(ctx, ann, link.Ref(), 3); err != nil {
			t.Fatal(err)
		}
		if at, err := l.Get(ctx, time.Time{}, link.Ref()); err != nil || at.Record.(*Link).Note != "two" {
			t.Fatalf("%+v, %v", at, err)
		}
		_, err = l.Withdraw(ctx, ann, Ref{KindReport, "r1"}, 1)
		is(t, err, demarche.BadInput, "rest on it")
		_, err = l.Withdraw(ctx, ann, Ref{KindReport, "r99"}, 0)
		is(t, err, demarche.NotFound, "no report r99")
		if f, err := l.Verify(ctx, nil); err != nil || !f.OK() {
			t.Fatalf("%+v, %v", f, err)
		}
		if err := l.Rebuild(ctx, nil); err != nil {
			t.Fatal(err)
		}
		if f, err := l.Verify(ctx, nil); err != nil || !f.OK() {
			t.Fatalf("%+v, %v", f, err)
		}
	})
}
