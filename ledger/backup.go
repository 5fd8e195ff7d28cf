package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/demarche/demarche"
)

// BackupNote is what the ledger knows of a copy that was made of it.
type BackupNote struct {
	Made  time.Time `json:"made"`
	Place string    `json:"place"`
	Seq   int64     `json:"seq"`    // the last entry in it
	SHA   string    `json:"sha256"` // of the file
}

// Backups lists the copies that were made, the oldest first.
func (l *Ledger) Backups(ctx context.Context) (out []BackupNote, err error) {
	err = l.view(ctx, func(v *view) error {
		out, err = backupNotes(ctx, v.tx)
		return err
	})
	return out, err
}

func backupNotes(ctx context.Context, tx *sql.Tx) ([]BackupNote, error) {
	out := []BackupNote{}
	rows, err := tx.QueryContext(ctx, `SELECT made, place, seq, sha FROM backup ORDER BY made, place`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n BackupNote
		var made int64
		if err := rows.Scan(&made, &n.Place, &n.Seq, &n.SHA); err != nil {
			return nil, err
		}
		n.Made = fromMicros(made)
		out = append(out, n)
	}
	return out, rows.Err()
}

// Backup writes a copy of the ledger, as of one moment, to a file that is not
// there yet, while others go on reading and writing. The copy is a ledger of
// SQLite, whatever store it comes from. It is checked before it is called done.
func (l *Ledger) Backup(ctx context.Context, to string) (note BackupNote, err error) {
	if _, err := os.Stat(to); err == nil {
		return note, &demarche.Error{Kind: demarche.Usage, Op: "ledger.Backup", Msg: to + " is there already", Hint: "name a file that is not; backups are never written over"}
	}
	part := to + ".part"
	if err := removeLedger(part); err != nil {
		return note, l.explain(err)
	}
	defer removeLedger(part)
	if err := l.copyTo(ctx, part); err != nil {
		return note, err
	}
	if note.Seq, err = verified(ctx, part); err != nil {
		return note, err
	}
	if note.SHA, err = fileHash(part); err != nil {
		return note, l.explain(err)
	}
	if err := os.Rename(part, to); err != nil {
		return note, l.explain(err)
	}
	if err := syncFolder(to); err != nil {
		return note, l.explain(err)
	}
	note.Made = l.now().UTC().Truncate(time.Microsecond)
	note.Place = to
	if abs, err := filepath.Abs(to); err == nil {
		note.Place = abs
	}
	if l.write == nil {
		return note, nil
	}
	_, err = l.write.ExecContext(ctx, l.d.sql(`INSERT INTO backup (made, place, seq, sha) VALUES (?, ?, ?, ?)`), micros(note.Made), note.Place, note.Seq, note.SHA)
	return note, l.explain(err)
}

func (l *Ledger) copyTo(ctx context.Context, path string) error {
	if l.d == &sqliteDialect {
		how := copying
		if l.sealed {
			how = sealed
		}
		db, err := openPool("sqlite", sqliteAddress(l.place, how), 1)
		if err != nil {
			return l.explain(err)
		}
		defer db.Close()
		_, err = db.ExecContext(ctx, `VACUUM INTO ?`, path)
		return l.explain(err)
	}
	copied, err := Open(ctx, path, Options{Now: l.now})
	if err != nil {
		return err
	}
	err = copied.take(ctx, l)
	return errors.Join(err, copied.Close())
}

// Restore makes a ledger out of a backup, at a place where there is none yet. The
// backup is checked first, and what was made of it afterwards.
func Restore(ctx context.Context, backup, where string) error {
	if _, err := verified(ctx, backup); err != nil {
		return err
	}
	from, err := Open(ctx, backup, Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer from.Close()
	if isPostgres(where) {
		to, err := Open(ctx, where, Options{})
		if err != nil {
			return err
		}
		defer to.Close()
		if err := to.take(ctx, from); err != nil {
			return err
		}
		return to.proved(ctx)
	}
	if _, err := os.Stat(where); err == nil {
		return &demarche.Error{Kind: demarche.Usage, Op: "ledger.Restore", Msg: where + " is there already", Hint: "move it away first; nothing is written over"}
	}
	part := where + ".part"
	if err := removeLedger(part); err != nil {
		return from.explain(err)
	}
	defer removeLedger(part)
	if err := from.copyTo(ctx, part); err != nil {
		return err
	}
	if _, err := verified(ctx, part); err != nil {
		return err
	}
	if err := os.Rename(part, where); err != nil {
		return from.explain(err)
	}
	return from.explain(syncFolder(where))
}

// take copies everything that is kept from another ledger into an empty one.
func (l *Ledger) take(ctx context.Context, from *Ledger) error {
	err := from.view(ctx, func(v *view) error {
		return l.locked(ctx, Change{}, func(w *writer) error {
			if w.head.seq != 0 {
				return &demarche.Error{Kind: demarche.Usage, Op: "ledger.Restore", Msg: "the ledger " + l.place + " has entries already", Hint: "restore to an empty place; nothing is written over"}
			}
			for _, t := range []struct{ name, columns, order string }{
				{"entry", "seq, kind, id, num, prev, number, op, who, why, learned, recorded, payload, salt, content, hash", "seq"},
				{"original", "sha, num, bytes", "sha"},
				{"backup", "made, place, seq, sha", "made"},
				{"record", "kind, id, num, seq, number, state, learned", "num"},
			} {
				if err := w.takeTable(v, t.name, t.columns, t.order); err != nil {
					return err
				}
			}
			var h head
			if err := v.tx.QueryRowContext(ctx, `SELECT seq, num, hash, recorded, learned, ordered FROM head`).Scan(&h.seq, &h.num, &h.hash, &h.recorded, &h.learned, &h.ordered); err != nil {
				return v.l.explain(err)
			}
			if _, err := w.tx.ExecContext(ctx, w.q(`UPDATE head SET seq = ?, num = ?, hash = ?, recorded = ?, learned = ?, ordered = ?`), h.seq, h.num, h.hash, h.recorded, h.learned, h.ordered); err != nil {
				return err
			}
			for _, t := range derivedTables {
				if _, err := w.tx.ExecContext(ctx, `DROP TABLE IF EXISTS `+t); err != nil {
					return err
				}
			}
			return l.derive(ctx, w.conn, w.tx, nil)
		})
	})
	return err
}

func (w *writer) takeTable(v *view, name, columns, order string) error {
	rows, err := v.tx.QueryContext(v.ctx, `SELECT `+columns+` FROM `+name+` ORDER BY `+order)
	if err != nil {
		return v.l.explain(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	to := many{w: w, table: name, columns: names}
	for rows.Next() {
		values := make([]any, len(names))
		at := make([]any, len(names))
		for i := range values {
			at[i] = &values[i]
		}
		if err := rows.Scan(at...); err != nil {
			return err
		}
		if err := to.add(values...); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return v.l.explain(err)
	}
	return to.flush()
}

// verified checks a ledger in a file and gives its last entry.
func verified(ctx context.Context, path string) (int64, error) {
	l, err := Open(ctx, path, Options{ReadOnly: true})
	if err != nil {
		return 0, err
	}
	defer l.Close()
	if err := l.proved(ctx); err != nil {
		return 0, err
	}
	var seq int64
	err = l.reads.QueryRowContext(ctx, `SELECT seq FROM head`).Scan(&seq)
	return seq, l.explain(err)
}

// proved fails unless the ledger holds together.
func (l *Ledger) proved(ctx context.Context) error {
	f, err := l.Verify(ctx, nil)
	if err != nil {
		return err
	}
	if !f.OK() {
		more := ""
		if len(f.Problems) > 1 {
			more = fmt.Sprintf(", and %d more", len(f.Problems)-1)
		}
		return &demarche.Error{Kind: demarche.BadInput, Op: "ledger.Verify", Msg: fmt.Sprintf("the ledger %s does not hold together: %s%s", l.place, f.Problems[0], more), Hint: "use another backup"}
	}
	return nil
}

func fileHash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// syncFolder makes sure that a new name is on disk.
func syncFolder(of string) error {
	d, err := os.Open(filepath.Dir(of))
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, os.ErrInvalid) {
		return err
	}
	return nil
}

// removeLedger removes a file of SQLite and what may lie beside it.
func removeLedger(path string) error {
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
