package ledger

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/demarche/demarche"
)

// Tombstone is what is left of a redacted record, and what else may hold its
// content.
type Tombstone struct {
	Ref      Ref       `json:"ref"`
	Who      string    `json:"who"`
	Why      string    `json:"why"`
	Redacted time.Time `json:"redacted"`
	// Entries is how many were emptied.
	Entries int `json:"entries"`
	// Dependents are records still there that rest on it: claims of a report
	// may quote it. Ascending by kind and id.
	Dependents []Ref `json:"dependents"`
	// Backups were made while the content was there, and hold it still.
	Backups []BackupNote `json:"backups"`
	// Briefs used it.
	Briefs []Brief `json:"briefs"`
}

// Redact destroys the content of a record: every version of it, the reasons
// given for them, the bytes of a report as they came, and what the full-text
// index holds of it. A dated tombstone stays, with the hashes of what was there,
// so that the chain still closes. It cannot be undone. Backups made before, and
// copies elsewhere, are out of reach: the tombstone lists the backups known of.
func (l *Ledger) Redact(ctx context.Context, ch Change, ref Ref) (Tombstone, error) {
	t := Tombstone{Ref: ref, Dependents: []Ref{}, Backups: []BackupNote{}, Briefs: []Brief{}}
	err := l.change(ctx, ch, func(w *writer) error {
		if err := w.lookRefs([]Ref{ref}); err != nil {
			return err
		}
		k := w.known[ref]
		switch {
		case k == nil || k.number == 0:
			return notFound(ref)
		case k.state == redacted:
			v := view{l: l, ctx: ctx, tx: w.tx}
			e := v.tombstone(ref, k).(*demarche.Error)
			return bad(strings.Replace(e.Msg, "was redacted", "was redacted already", 1), "nothing is left to destroy")
		}
		var err error
		if t.Dependents, err = w.dependents(k.num); err != nil {
			return err
		}
		if err := w.forget(k); err != nil {
			return err
		}
		t.Entries = k.number
		dead := *k
		dead.state = withdrawn // there is no live version any more
		if _, err := w.append(ref, &dead, OpRedact, nil, nil); err != nil {
			return err
		}
		t.Who, t.Why, t.Redacted = ch.Who, ch.Why, fromMicros(w.recorded)
		t.Backups, err = backupNotes(ctx, w.tx)
		return err
	})
	if err != nil {
		return Tombstone{}, err
	}
	// What was deleted may still lie about in free pages and in the log.
	if err := l.wipe(ctx); err != nil {
		return t, &demarche.Error{Kind: demarche.Unavailable, Op: "ledger.Redact", Err: err,
			Msg: "the content is out of the ledger, but could not yet be wiped from the disk: " + l.explain(err).Error(), Hint: "run ledger verify --rebuild when nobody else uses the ledger"}
	}
	if ref.Kind == KindClaim {
		t.Briefs, err = l.BriefsUsing(ctx, time.Time{}, ref.ID)
	}
	return t, err
}

// wipe makes what was deleted unreadable on disk.
func (l *Ledger) wipe(ctx context.Context) error {
	for _, q := range l.d.scrub {
		if l.d != &sqliteDialect {
			if _, err := l.write.ExecContext(ctx, q); err != nil {
				return err
			}
			continue
		}
		// Emptying the log does not fail where a reader holds it: it says so.
		var busy, pages, done int
		if err := l.write.QueryRowContext(ctx, q).Scan(&busy, &pages, &done); err != nil {
			return err
		}
		if busy != 0 {
			return &demarche.Error{Kind: demarche.Unavailable, Op: "ledger.wipe", Msg: "somebody is reading the ledger", Hint: "try again when they are done"}
		}
	}
	return nil
}

// forget empties all entries of a record and all that was derived from them.
func (w *writer) forget(k *known) error {
	if err := w.flush(); err != nil {
		return err
	}
	seen := map[int64]bool{}
	for _, q := range []string{`SELECT doc FROM now WHERE num = ?`, `SELECT doc FROM past WHERE num = ?`} {
		rows, err := w.tx.QueryContext(w.ctx, w.q(q), k.num)
		if err != nil {
			return err
		}
		for rows.Next() {
			var doc int64
			if err := rows.Scan(&doc); err != nil {
				rows.Close()
				return err
			}
			seen[doc] = true
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	for seq := k.seq; seq != 0; {
		r, err := scanEntry(w.tx.QueryRowContext(w.ctx, w.q(selectEntry+` WHERE seq = ?`), seq))
		if err != nil {
			return err
		}
		if r.payload != nil && seen[seq] {
			rec, err := Decode(r.ref.Kind, r.payload)
			if err != nil {
				return err
			}
			ix := rec.index()
			if err := w.lookRefs(ix.targets()); err != nil {
				return err
			}
			if words := w.marked(fold(ix.words), &ix); words != "" {
				// The index gives up only what it is told again.
				if _, err := w.tx.ExecContext(w.ctx, w.q(w.l.d.cutWords), seq, words); err != nil {
					return err
				}
			}
		}
		seq = r.prev
		if _, err := w.tx.ExecContext(w.ctx, w.q(`UPDATE entry SET payload = NULL, salt = NULL, why = '' WHERE seq = ?`), r.seq); err != nil {
			return err
		}
		if _, err := w.tx.ExecContext(w.ctx, w.q(`DELETE FROM uses WHERE seq = ?`), r.seq); err != nil {
			return err
		}
	}
	for _, q := range []string{`DELETE FROM now WHERE num = ?`, `DELETE FROM past WHERE num = ?`, `DELETE FROM original WHERE num = ?`} {
		if _, err := w.tx.ExecContext(w.ctx, w.q(q), k.num); err != nil {
			return err
		}
	}
	return nil
}

// dependents are the live records that refer to a record, ascending.
func (w *writer) dependents(num int64) ([]Ref, error) {
	if err := w.flush(); err != nil {
		return nil, err
	}
	return dependents(w.ctx, w.tx, w.l.d, num)
}

func dependents(ctx context.Context, tx *sql.Tx, d *dialect, num int64) ([]Ref, error) {
	out := []Ref{}
	for _, from := range []string{`now n WHERE n.x = ?`, `now n WHERE n.y = ?`, `now n WHERE n.z = ?`, `uses u JOIN now n ON n.seq = u.seq WHERE u.claim = ?`} {
		rows, err := tx.QueryContext(ctx, d.sql(`SELECT e.kind, e.id FROM entry e WHERE e.seq IN (SELECT n.seq FROM `+from+`)`), num)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var r Ref
			if err := rows.Scan(&r.Kind, &r.ID); err != nil {
				rows.Close()
				return nil, err
			}
			out = append(out, r)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, compareRefs)
	return slices.Compact(out), nil
}

func compareRefs(a, b Ref) int {
	if a.Kind != b.Kind {
		return int(a.Kind) - int(b.Kind)
	}
	return strings.Compare(a.ID, b.ID)
}
