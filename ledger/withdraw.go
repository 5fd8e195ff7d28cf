package ledger

import (
	"context"
	"fmt"
)

// Withdraw takes a record off the ledger, however often it was changed: it is no
// longer there from then on, its history stays, and Undo brings it back. A record
// on which others rest is not withdrawn. expect is the number of its latest
// entry.
func (l *Ledger) Withdraw(ctx context.Context, ch Change, ref Ref, expect int) (Written, error) {
	var out Written
	err := l.change(ctx, ch, func(w *writer) error {
		if err := w.lookRefs([]Ref{ref}); err != nil {
			return err
		}
		k := w.known[ref]
		switch {
		case k == nil || k.number == 0:
			return notFound(ref)
		case k.number != expect:
			return w.conflict(ref, k, expect)
		case k.state == redacted:
			return bad(fmt.Sprintf("the %s was redacted: its content is destroyed", ref), "nothing is left to withdraw")
		case k.state == withdrawn:
			out = Written{ref, k.seq, k.number, true}
			return nil
		}
		if err := w.free(ref, k); err != nil {
			return err
		}
		var err error
		out, err = w.append(ref, k, OpWithdraw, nil, nil)
		return err
	})
	return out, err
}
