package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
)

// Findings is what Verify found.
type Findings struct {
	Entries int64  `json:"entries"`
	Head    string `json:"head"` // hash of the last entry, in hex: write it down elsewhere to prove later that nothing was rewritten
	// Problems are sentences, in the order of the entries; at most a thousand.
	Problems []string `json:"problems"`
}

// OK reports whether nothing is wrong.
func (f Findings) OK() bool { return len(f.Problems) == 0 }

func (f *Findings) say(format string, args ...any) {
	if len(f.Problems) < 1000 {
		f.Problems = append(f.Problems, fmt.Sprintf(format, args...))
	}
}

const verifyBatch = 2000

// Verify checks the whole ledger: every hash and the chain they form, what
// records refer to, both clocks, the originals, and that the derived tables hold
// what the entries say. progress is told how many entries are done, of how many.
func (l *Ledger) Verify(ctx context.Context, progress func(done, of int64)) (Findings, error) {
	f := Findings{Problems: []string{}}
	err := l.view(ctx, func(v *view) error { return v.verify(&f, progress) })
	return f, err
}

// tracked is a record while entries are read in order.
type tracked struct {
	num, seq, learned int64
	number            int
	state             int
	payload           [sha256.Size]byte // of the live version
	destroyed         bool              // some entry is empty
}

func (v *view) verify(f *Findings, progress func(done, of int64)) error {
	for _, q := range v.l.d.sweep {
		if _, err := v.tx.ExecContext(v.ctx, q); err != nil {
			return err
		}
	}
	var h head
	if err := v.tx.QueryRowContext(v.ctx, `SELECT seq, num, hash, recorded, learned, ordered FROM head`).Scan(&h.seq, &h.num, &h.hash, &h.recorded, &h.learned, &h.ordered); err != nil {
		return err
	}
	f.Head = hex.EncodeToString(h.hash)
	records := map[Ref]*tracked{}
	var hash []byte
	var last, recorded int64
	for last < h.seq || last == 0 {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		n := 0
		if err := v.each(selectEntry+` WHERE seq > ? ORDER BY seq LIMIT ?`, []any{last, verifyBatch}, func(scan func(...any) error) error {
			r, err := scanEntry(scanner(scan))
			if err != nil {
				return err
			}
			n++
			if r.seq != last+1 {
				f.say("entries %d to %d are missing", last+1, r.seq-1)
			}
			last = r.seq
			v.verifyEntry(f, &r, hash, records)
			if r.recorded < recorded {
				f.say("entry %d says it was recorded before the entry before it", r.seq)
			}
			hash, recorded = r.hash, r.recorded
			f.Entries++
			return nil
		}); err != nil {
			return err
		}
		if progress != nil {
			progress(f.Entries, h.seq)
		}
		if n < verifyBatch {
			break
		}
	}
	if last != h.seq || !bytes.Equal(hash, h.hash) {
		f.say("the ledger ends with entry %d, but should end with entry %d", last, h.seq)
	}
	for ref, t := range records {
		if t.destroyed && t.state != redacted {
			f.say("the %s has lost content, but was not redacted", ref)
		}
	}
	return v.verifyDerived(f, records)
}

// verifyEntry checks one entry against the one before it and its own record.
func (v *view) verifyEntry(f *Findings, r *row, before []byte, records map[Ref]*tracked) {
	if !bytes.Equal(r.chained(before), r.hash) {
		f.say("entry %d, of the %s, was changed after it was written, or one before it was", r.seq, r.ref)
	}
	t := records[r.ref]
	if t == nil {
		t = &tracked{num: r.num}
		records[r.ref] = t
	}
	if r.prev != t.seq || r.number != t.number+1 || r.num != t.num {
		f.say("entry %d does not follow from the entries of the %s before it", r.seq, r.ref)
	}
	if r.learned < t.learned {
		f.say("entry %d, of the %s, says it was learned before what it changes", r.seq, r.ref)
	}
	if r.learned > r.recorded {
		f.say("entry %d, of the %s, was recorded before it was learned", r.seq, r.ref)
	}
	t.seq, t.number, t.learned, t.state = r.seq, r.number, r.learned, withdrawn
	if r.op == OpRedact {
		t.state = redacted
	}
	if r.destroyed() {
		t.destroyed = true
		return
	}
	if !bytes.Equal(contentHash(r.salt, r.why, r.payload), r.content) {
		f.say("the content of entry %d, of the %s, is not what was entered", r.seq, r.ref)
	}
	if r.payload == nil {
		if r.op == OpPut || r.op == OpUndo {
			f.say("entry %d, of the %s, has no content", r.seq, r.ref)
		}
		return
	}
	t.state = live
	t.payload = sha256.Sum256(r.payload)
	rec, err := Decode(r.ref.Kind, r.payload)
	if err != nil {
		f.say("entry %d, of the %s, cannot be read: %v", r.seq, r.ref, err)
		return
	}
	if again, err := canonical(rec); err != nil || !bytes.Equal(again, r.payload) {
		f.say("entry %d, of the %s, is not in canonical form", r.seq, r.ref)
	}
	if err := Check(rec); err != nil {
		f.say("entry %d is not as it must be: %v", r.seq, err)
	}
	if rec.Ref() != r.ref {
		f.say("entry %d, of the %s, holds the %s", r.seq, r.ref, rec.Ref())
	}
	ix := rec.index()
	for _, target := range ix.targets() {
		if o := records[target]; !target.Kind.inCase() && (o == nil || o.number == 0) {
			f.say("entry %d, of the %s, refers to the %s, which is not there", r.seq, r.ref, target)
		}
	}
	if about := ix.about; !about.From.IsZero() && micros(about.From) > r.recorded && (r.ref.Kind == KindReport || r.ref.Kind == KindClaim) {
		f.say("entry %d, of the %s, is about %s, after it was recorded", r.seq, r.ref, about)
	}
	if c, ok := rec.(*Claim); ok && c.Where != nil {
		if kept := settled(c, fromMicros(r.learned)).(*Claim); *kept.Where != *c.Where && (kept.Where.Lat == nil || *kept.Where.Lat != *c.Where.Lat || *kept.Where.Lon != *c.Where.Lon) {
			f.say("entry %d, of the %s, holds a place finer than is kept", r.seq, r.ref)
		}
	}
}

// verifyDerived checks that the derived tables hold each live version once, as
// often as there are superseded ones in past, and the originals.
func (v *view) verifyDerived(f *Findings, records map[Ref]*tracked) error {
	bySeq := map[int64]Ref{}
	var superseded int64
	for ref, t := range records {
		if t.state == live {
			bySeq[t.seq] = ref
		}
	}
	seen := map[Ref]bool{}
	if err := v.each(`SELECT kind, id, num, seq, number, state FROM record`, nil, func(scan func(...any) error) error {
		var ref Ref
		var t tracked
		if err := scan(&ref.Kind, &ref.ID, &t.num, &t.seq, &t.number, &t.state); err != nil {
			return err
		}
		have := records[ref]
		if have == nil {
			if t.number != 0 {
				f.say("the %s is listed but has no entry", ref)
			}
			return nil
		}
		seen[ref] = true
		if have.num != t.num || have.seq != t.seq || have.number != t.number || have.state != t.state {
			f.say("the list of records is out of step with the entries of the %s", ref)
		}
		return nil
	}); err != nil {
		return err
	}
	for ref := range records {
		if !seen[ref] {
			f.say("the %s has entries but is not listed", ref)
		}
	}
	var nows int
	if err := v.each(`SELECT num, seq, since FROM now`, nil, func(scan func(...any) error) error {
		var num, seq, since int64
		if err := scan(&num, &seq, &since); err != nil {
			return err
		}
		nows++
		ref, ok := bySeq[seq]
		if t := records[ref]; !ok || t.num != num || t.learned != since {
			f.say("the table of live records is out of step at entry %d", seq)
		}
		return nil
	}); err != nil {
		return err
	}
	if nows != len(bySeq) {
		f.say("the table of live records holds %d, but there are %d", nows, len(bySeq))
	}
	if err := v.tx.QueryRowContext(v.ctx, `SELECT count(*) FROM past`).Scan(&superseded); err != nil {
		return err
	}
	// Superseded: entries with content, neither destroyed nor live.
	var filled int64
	if err := v.tx.QueryRowContext(v.ctx, `SELECT count(*) FROM entry WHERE payload IS NOT NULL`).Scan(&filled); err != nil {
		return err
	}
	if superseded != filled-int64(len(bySeq)) {
		f.say("the table of superseded versions holds %d, but there are %d", superseded, filled-int64(len(bySeq)))
	}
	return v.each(`SELECT o.sha, o.bytes, e.id FROM original o JOIN record r ON r.num = o.num JOIN entry e ON e.seq = r.seq WHERE o.bytes IS NOT NULL`, nil, func(scan func(...any) error) error {
		var sha, id string
		var data []byte
		if err := scan(&sha, &data, &id); err != nil {
			return err
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != sha {
			f.say("the original of the report %s is not what came in", id)
		}
		return nil
	})
}

// Rebuild makes the derived tables anew from the entries.
func (l *Ledger) Rebuild(ctx context.Context, progress func(done, of int64)) error {
	err := l.locked(ctx, Change{}, func(w *writer) error {
		for _, t := range derivedTables {
			if _, err := w.tx.ExecContext(ctx, `DROP TABLE IF EXISTS `+t); err != nil {
				return err
			}
		}
		return l.derive(ctx, w.conn, w.tx, progress)
	})
	if err != nil {
		return err
	}
	return l.explain(l.wipe(ctx))
}

// derive makes and fills the derived tables.
func (l *Ledger) derive(ctx context.Context, conn *sql.Conn, tx *sql.Tx, progress func(done, of int64)) error {
	for _, q := range slices.Concat(derived, l.d.words) {
		if _, err := tx.ExecContext(ctx, l.d.types.Replace(q)); err != nil {
			return fmt.Errorf("%w (in %q)", err, q)
		}
	}
	var of, num int64
	if err := tx.QueryRowContext(ctx, `SELECT seq, num FROM head`).Scan(&of, &num); err != nil || of == 0 {
		return err
	}
	// Names of things outside of the ledger keep their numbers.
	if _, err := tx.ExecContext(ctx, l.d.sql(`DELETE FROM record WHERE kind < ?`), int64(lastKind)); err != nil {
		return err
	}
	for last := int64(0); last < of; {
		w := l.writerOn(ctx, conn, tx)
		w.head.num = num
		rows, err := tx.QueryContext(ctx, l.d.sql(selectEntry+` WHERE seq > ? ORDER BY seq LIMIT ?`), last, verifyBatch)
		if err != nil {
			return err
		}
		var batch []row
		for rows.Next() {
			r, err := scanEntry(rows)
			if err != nil {
				rows.Close()
				return err
			}
			batch = append(batch, r)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if len(batch) == 0 {
			break
		}
		items := make([]prepared, len(batch))
		for i := range batch {
			items[i].ref = batch[i].ref
			if batch[i].payload != nil {
				rec, err := Decode(batch[i].ref.Kind, batch[i].payload)
				if err != nil {
					return err
				}
				items[i].record, items[i].ix = rec, rec.index()
				items[i].words, items[i].targets = fold(items[i].ix.words), items[i].ix.targets()
			}
		}
		if err := w.look(items); err != nil {
			return err
		}
		for i := range batch {
			p := &items[i]
			for _, t := range p.targets {
				if t.Kind.inCase() && w.known[t] == nil {
					if _, err := w.intern(t); err != nil {
						return err
					}
				}
			}
			if p.record == nil {
				p = nil
			}
			if err := w.place(&batch[i], w.known[batch[i].ref], p); err != nil {
				return err
			}
		}
		if err := w.finish(); err != nil {
			return err
		}
		num = w.head.num
		last = batch[len(batch)-1].seq
		if progress != nil {
			progress(last, of)
		}
	}
	_, err := tx.ExecContext(ctx, l.d.sql(`UPDATE head SET num = ?`), num)
	return err
}
