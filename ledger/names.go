package ledger

import "context"

// Names are the ids of the live records of a kind, ascending, at most so many.
func (l *Ledger) Names(ctx context.Context, k Kind, most int) (out []string, err error) {
	out = []string{}
	err = l.view(ctx, func(v *view) error {
		return v.each(`SELECT id FROM record WHERE kind = ? AND state = ? ORDER BY id LIMIT ?`, []any{int64(k), live, most}, func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			out = append(out, id)
			return err
		})
	})
	return out, err
}

// Kept are the kinds under which there is, or was, a record with an id, in the
// order of Kinds. What was withdrawn or redacted counts.
func (l *Ledger) Kept(ctx context.Context, id string) (out []Kind, err error) {
	err = l.view(ctx, func(v *view) error {
		for k := KindReport; k < lastKind; k++ {
			known, err := v.lookup(Ref{k, id})
			if err != nil {
				return err
			}
			if known != nil && known.number > 0 {
				out = append(out, k)
			}
		}
		return nil
	})
	return out, err
}
