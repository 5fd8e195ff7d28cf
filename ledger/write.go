package ledger

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/demarche/demarche"
)

// Item is a record to write.
type Item struct {
	Record Record
	// Expect is the number of the entry that the writer saw, 0 for a new
	// record. If there is another one by now the write is refused.
	Expect int
	// Original are the bytes of a report as they came. Its hash is filled in.
	Original []byte
	// Learned goes before that of the Change, if it is set.
	Learned time.Time
}

// Written is what became of an item.
type Written struct {
	Ref    Ref   `json:"ref"`
	Seq    int64 `json:"seq"`
	Number int   `json:"number"`
	// Same: the record said just that already, and nothing was written.
	Same bool `json:"same"`
}

// state of a record.
const (
	interned  = 0 // only referred to
	live      = 1
	withdrawn = 2
	redacted  = 3
)

// known is what a writer knows of a record.
type known struct {
	stored   bool // it has a row in the table of records
	num, seq int64
	number   int
	state    int
	learned  int64
	// of a live one:
	facet, size int64
	y           sql.NullInt64
}

// prepared is an item made ready outside of any transaction.
type prepared struct {
	item    Item
	record  Record // as it will be kept
	ref     Ref
	payload []byte
	ix      indexed
	words   string // folded
	learned int64  // 0: when it is recorded
	targets []Ref
	salt    []byte
	content []byte // hash of salt, reason and payload
}

func (l *Ledger) ready(ch Change, it Item) (p prepared, err error) {
	if it.Record == nil {
		return p, bad("there is no record to write", "give one")
	}
	p.item = it
	learned := it.Learned
	if learned.IsZero() {
		learned = ch.Learned
	}
	now := l.now()
	if learned.IsZero() {
		learned = now
	} else {
		if learned.After(now) {
			return p, bad(fmt.Sprintf("the %s cannot have been learned at %s, which is still to come", it.Record.Ref(), learned.UTC().Format("2006-01-02 15:04")), "write when we came to know it")
		}
		p.learned = micros(learned)
	}
	if err := Check(it.Record); err != nil {
		return p, err
	}
	p.record = settled(it.Record, learned)
	if r, ok := p.record.(*Report); ok && it.Original != nil {
		if len(it.Original) > MaxOriginal {
			return p, bad(fmt.Sprintf("the report %s has %d bytes, over the limit of %d", r.ID, len(it.Original), MaxOriginal), "add the part that is needed")
		}
		sum := sha256.Sum256(it.Original)
		sha := hex.EncodeToString(sum[:])
		if r.SHA256 != "" && r.SHA256 != sha {
			return p, bad("the report "+r.ID+" does not have the hash that it says", "leave the hash out; it is taken of the bytes")
		}
		kept := *r
		kept.SHA256 = sha
		p.record = &kept
	}
	p.ref = p.record.Ref()
	if p.payload, err = canonical(p.record); err != nil {
		return p, err
	}
	p.ix = p.record.index()
	p.words = fold(p.ix.words)
	p.targets = p.ix.targets()
	p.salt = make([]byte, saltSize)
	if _, err := rand.Read(p.salt); err != nil {
		return p, err
	}
	p.content = contentHash(p.salt, ch.Why, p.payload)
	return p, nil
}

// targets are all records referred to, each once.
func (ix *indexed) targets() []Ref {
	var out []Ref
	for _, r := range []Ref{ix.x, ix.y, ix.z} {
		if !r.IsZero() && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	if len(ix.uses) > 0 {
		ids := slices.Clone(ix.uses)
		slices.Sort(ids)
		for _, id := range slices.Compact(ids) {
			out = append(out, Ref{KindClaim, id})
		}
	}
	return out
}

// Write writes items, all of them or none, in the order given. When it returns
// they are on disk. A record may refer to one earlier in the list.
func (l *Ledger) Write(ctx context.Context, ch Change, items ...Item) ([]Written, error) {
	ready := make([]prepared, len(items))
	for i, it := range items {
		p, err := l.ready(ch, it)
		if err != nil {
			return nil, err
		}
		ready[i] = p
	}
	out := make([]Written, 0, len(items))
	err := l.change(ctx, ch, func(w *writer) error {
		if err := w.look(ready); err != nil {
			return err
		}
		for i := range ready {
			done, err := w.put(&ready[i], OpPut)
			if err != nil {
				return err
			}
			out = append(out, done)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Put writes one record; see Item for what expect means.
func (l *Ledger) Put(ctx context.Context, ch Change, r Record, expect int) (Written, error) {
	done, err := l.Write(ctx, ch, Item{Record: r, Expect: expect})
	if err != nil {
		return Written{}, err
	}
	return done[0], nil
}

// Imported counts what an import did.
type Imported struct {
	Added     int `json:"added"`
	Unchanged int `json:"unchanged"` // there already, word for word, now or at some time
	Differs   int `json:"differs"`   // there already with other content, and left as it is
	Redacted  int `json:"redacted"`  // destroyed once, and not taken in again
	Twice     int `json:"twice"`     // reports whose bytes another report has already
	// Differing and Same name the first hundred of those.
	Differing []Ref    `json:"differing"`
	Same      [][2]Ref `json:"same"` // a report, and the one that has its bytes
}

// Done is the number of items looked at.
func (i Imported) Done() int { return i.Added + i.Unchanged + i.Differs + i.Redacted + i.Twice }

const (
	importBatch   = 20_000
	largeImport   = 50_000
	namedAtMost   = 100
	importedBytes = 32 << 20 // a batch ends when its texts reach this
)

// Import writes new records in batches, each whole and on disk before progress
// is told of it. What is there already is left alone, so that an import that was
// stopped at any moment can be run again: nothing is doubled, and nothing that
// people have done to a record since is undone. It stops at the first error, of
// the items or of its own; what was told to progress stays. A claim of a report
// that was left out because its bytes were there already is given to the report
// that has them.
func (l *Ledger) Import(ctx context.Context, ch Change, items iter.Seq2[Item, error], progress func(Imported)) (Imported, error) {
	return l.importIn(ctx, ch, items, progress, importBatch)
}

// importIn imports in batches of a size.
func (l *Ledger) importIn(ctx context.Context, ch Change, items iter.Seq2[Item, error], progress func(Imported), size int) (Imported, error) {
	out := Imported{Differing: []Ref{}, Same: [][2]Ref{}}
	if err := checkChange(ch); err != nil {
		return out, err
	}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	batches := make(chan []prepared, 1)
	var readErr error
	go func() { // ended by stop, or by the end of items; batches is closed then
		defer close(batches)
		readErr = l.batches(reading, ch, items, batches, size)
	}()
	renamed := map[string]string{}
	var err error
	for batch := range batches {
		was := out
		if err = l.change(ctx, ch, func(w *writer) error { return w.importBatch(batch, &out, renamed) }); err != nil {
			out = was
			break
		}
		if progress != nil {
			progress(out)
		}
	}
	stop()
	for range batches { // let the reader end
	}
	if err == nil {
		err = readErr
	}
	if out.Added >= largeImport {
		for _, q := range l.d.settle {
			if _, err := l.write.ExecContext(ctx, q); err != nil {
				break // it only makes the next reads quicker
			}
		}
	}
	return out, err
}

func (l *Ledger) batches(ctx context.Context, ch Change, items iter.Seq2[Item, error], to chan<- []prepared, most int) error {
	var batch []prepared
	size := 0
	send := func() error {
		if len(batch) == 0 {
			return nil
		}
		select {
		case to <- batch:
			batch, size = make([]prepared, 0, most), 0
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for it, err := range items {
		if err != nil {
			// What came before the error is good.
			if e := send(); e != nil {
				return e
			}
			return err
		}
		p, err := l.ready(ch, it)
		if err != nil {
			if e := send(); e != nil {
				return e
			}
			return err
		}
		batch = append(batch, p)
		size += len(p.payload) + len(p.item.Original)
		if len(batch) == most || size > importedBytes {
			if err := send(); err != nil {
				return err
			}
		}
	}
	return send()
}

func (w *writer) importBatch(batch []prepared, out *Imported, renamed map[string]string) error {
	for _, q := range w.l.d.bulk {
		if _, err := w.tx.ExecContext(w.ctx, q); err != nil {
			return err
		}
	}
	if err := w.look(batch); err != nil {
		return err
	}
	if err := w.lookFacets(); err != nil {
		return err
	}
	as, err := w.asBefore(batch)
	if err != nil {
		return err
	}
	for i := range batch {
		p := &batch[i]
		if c, ok := p.record.(*Claim); ok && renamed[c.Report] != "" {
			kept := *c
			kept.Report = renamed[c.Report]
			again, err := w.l.ready(w.ch, Item{Record: &kept, Learned: p.item.Learned})
			if err != nil {
				return err
			}
			if err := w.look([]prepared{again}); err != nil {
				return err
			}
			*p = again
		}
		k := w.known[p.ref]
		switch {
		case k == nil || k.number == 0:
			if r, ok := p.record.(*Report); ok && r.SHA256 != "" {
				if first := w.bytes[r.SHA256].report; first != "" {
					out.Twice++
					renamed[r.ID] = first
					if len(out.Same) < namedAtMost {
						out.Same = append(out.Same, [2]Ref{p.ref, {KindReport, first}})
					}
					continue
				}
			}
			if _, err := w.put(p, OpPut); err != nil {
				return err
			}
			out.Added++
		case k.state == redacted:
			out.Redacted++
		case as[i]:
			out.Unchanged++
		default:
			if err := w.flush(); err != nil {
				return err
			}
			was, err := w.everSaid(k.seq, p.payload)
			if err != nil {
				return err
			}
			if was {
				out.Unchanged++
				continue
			}
			out.Differs++
			if len(out.Differing) < namedAtMost {
				out.Differing = append(out.Differing, p.ref)
			}
		}
	}
	return nil
}

// asBefore finds the items that say what the latest entry of their record says.
func (w *writer) asBefore(batch []prepared) (map[int]bool, error) {
	items := map[int64][]int{}
	var seqs []any
	for i := range batch {
		if k := w.known[batch[i].ref]; k != nil && k.state == live {
			if items[k.seq] == nil {
				seqs = append(seqs, k.seq)
			}
			items[k.seq] = append(items[k.seq], i)
		}
	}
	as := map[int]bool{}
	for some := range slices.Chunk(seqs, lookAtMost) {
		rows, err := w.tx.QueryContext(w.ctx, w.q(`SELECT seq, payload FROM entry WHERE seq IN `+marks(len(some), 1)), some...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var seq int64
			var have sql.RawBytes
			if err := rows.Scan(&seq, &have); err != nil {
				rows.Close()
				return nil, err
			}
			for _, i := range items[seq] {
				if bytes.Equal(have, batch[i].payload) {
					as[i] = true
				}
			}
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return as, nil
}

// everSaid reports whether a payload is that of any entry of a record.
func (w *writer) everSaid(seq int64, payload []byte) (bool, error) {
	for seq != 0 {
		var have []byte
		if err := w.tx.QueryRowContext(w.ctx, w.q(`SELECT payload, prev FROM entry WHERE seq = ?`), seq).Scan(&have, &seq); err != nil {
			return false, err
		}
		if bytes.Equal(have, payload) {
			return true, nil
		}
	}
	return false, nil
}

// Undo takes the latest entry of a record back: the record is as it was before,
// or withdrawn if that was the first. Undoing an undo brings the entry back.
// expect is the number of the entry to take back.
func (l *Ledger) Undo(ctx context.Context, ch Change, ref Ref, expect int) (Written, error) {
	var out Written
	err := l.change(ctx, ch, func(w *writer) error {
		if err := w.lookRefs([]Ref{ref}); err != nil {
			return err
		}
		k := w.known[ref]
		switch {
		case k == nil || k.number == 0:
			return notFound(ref)
		case k.state == redacted:
			return bad(fmt.Sprintf("the %s was redacted: its content is destroyed", ref), "what is destroyed cannot be brought back")
		case k.number != expect:
			return w.conflict(ref, k, expect)
		}
		last, err := scanEntry(w.tx.QueryRowContext(w.ctx, w.q(selectEntry+` WHERE seq = ?`), k.seq))
		if err != nil {
			return err
		}
		if last.prev == 0 {
			if err := w.free(ref, k); err != nil {
				return err
			}
			out, err = w.append(ref, k, OpWithdraw, nil, nil)
			return err
		}
		before, err := scanEntry(w.tx.QueryRowContext(w.ctx, w.q(selectEntry+` WHERE seq = ?`), last.prev))
		if err != nil {
			return err
		}
		if before.payload == nil { // back to withdrawn
			if err := w.free(ref, k); err != nil {
				return err
			}
			out, err = w.append(ref, k, OpWithdraw, nil, nil)
			return err
		}
		r, err := Decode(ref.Kind, before.payload)
		if err != nil {
			return err
		}
		p := prepared{item: Item{Record: r, Expect: expect}, record: r, ref: ref, payload: before.payload, ix: r.index()}
		if !ch.Learned.IsZero() {
			p.learned = micros(ch.Learned)
		}
		p.words, p.targets = fold(p.ix.words), p.ix.targets()
		if err := w.lookRefs(p.targets); err != nil {
			return err
		}
		out, err = w.put(&p, OpUndo)
		return err
	})
	return out, err
}

// free refuses to take a record away on which others rest.
func (w *writer) free(ref Ref, k *known) error {
	rest, err := w.dependents(k.num)
	if err != nil || len(rest) == 0 {
		return err
	}
	names := make([]string, 0, 4)
	for _, r := range rest[:min(3, len(rest))] {
		names = append(names, r.String())
	}
	if len(rest) > 3 {
		names = append(names, fmt.Sprintf("%d more", len(rest)-3))
	}
	return bad(fmt.Sprintf("the %s cannot be withdrawn: %s rest on it", ref, list(names)), "withdraw those first, or redact")
}

// Retract marks a claim as retracted and lists the briefs that used it, the
// oldest first.
func (l *Ledger) Retract(ctx context.Context, ch Change, id string, expect int) (Written, []Brief, error) {
	at, err := l.Get(ctx, time.Time{}, Ref{KindClaim, id})
	if err != nil {
		return Written{}, nil, err
	}
	c := *at.Record.(*Claim)
	c.Status, c.Irrelevant = "retracted", false
	done, err := l.Put(ctx, ch, &c, expect)
	if err != nil {
		return Written{}, nil, err
	}
	briefs, err := l.BriefsUsing(ctx, time.Time{}, id)
	return done, briefs, err
}

func notFound(ref Ref) error {
	return &demarche.Error{Kind: demarche.NotFound, Op: "ledger", Msg: fmt.Sprintf("there is no %s in the ledger", ref), Hint: "look for it with ledger list"}
}

func checkChange(ch Change) error {
	c := checker{ref: Ref{Kind: 0, ID: "change"}}
	if strings.TrimSpace(ch.Who) == "" {
		return bad("the change does not say who makes it", "give a name")
	}
	if strings.TrimSpace(ch.Why) == "" {
		return bad("the change does not say why it is made", "give a reason in a few words")
	}
	for _, s := range []string{ch.Who, ch.Why} {
		c.text("text", s)
		if c.err != nil {
			return bad("the name or the reason of the change is too long, is not UTF-8, or holds NUL bytes", "write a plain sentence")
		}
	}
	return nil
}

// head is the end of the chain.
type head struct {
	seq, num          int64
	hash              []byte
	recorded, learned int64
	ordered           int
}

// writer is one transaction that appends entries.
type writer struct {
	l        *Ledger
	ctx      context.Context
	conn     *sql.Conn
	tx       *sql.Tx
	ch       Change
	head     head
	recorded int64
	known    map[Ref]*known
	bytes    map[string]*sameBytes // of reports in this batch, by their hash
	facets   map[[2]int64]bool     // that are there for sure
	ahead    map[Kind]int64        // of what was written, where it is more than 0

	entries, records, nows, originals, words, uses many
}

// change runs f in a transaction of its own, after all writers before it and
// before all after it. All that f writes is on disk when change returns, or
// nothing is there.
func (l *Ledger) change(ctx context.Context, ch Change, f func(*writer) error) error {
	if err := checkChange(ch); err != nil {
		return err
	}
	return l.locked(ctx, ch, f)
}

func (l *Ledger) locked(ctx context.Context, ch Change, f func(*writer) error) error {
	if l.write == nil {
		return &demarche.Error{Kind: demarche.Unavailable, Op: "ledger", Msg: "the ledger " + l.place + " was opened for reading", Hint: "open it for writing"}
	}
	conn, err := l.write.Conn(ctx)
	if err != nil {
		return l.explain(err)
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return l.explain(err)
	}
	defer tx.Rollback()
	w := l.writerOn(ctx, conn, tx)
	w.ch = ch
	h := &w.head
	if err := tx.QueryRowContext(ctx, l.d.lock).Scan(&h.seq, &h.num, &h.hash, &h.recorded, &h.learned, &h.ordered); err != nil {
		return l.explain(err)
	}
	// The machine's clock may have been put back; the ledger's never is.
	w.recorded = max(micros(l.now()), h.recorded)
	w.entries.shared = []any{ch.Who, ch.Why, w.recorded}
	before := h.seq
	if err := f(w); err != nil {
		return l.explain(err)
	}
	if h.seq != before {
		if _, err := tx.ExecContext(ctx, w.q(`UPDATE head SET seq = ?, num = ?, hash = ?, recorded = ?, learned = ?, ordered = ?`),
			h.seq, h.num, h.hash, w.recorded, h.learned, h.ordered); err != nil {
			return l.explain(err)
		}
	}
	if err := w.finish(); err != nil {
		return l.explain(err)
	}
	return l.explain(tx.Commit())
}

// writerOn is a writer in a transaction that was begun on a connection.
func (l *Ledger) writerOn(ctx context.Context, conn *sql.Conn, tx *sql.Tx) *writer {
	w := &writer{l: l, ctx: ctx, conn: conn, tx: tx, known: map[Ref]*known{}, bytes: map[string]*sameBytes{}, facets: map[[2]int64]bool{}, ahead: map[Kind]int64{}}
	rows := func(table string, columns ...string) many { return many{w: w, table: table, columns: columns} }
	w.entries = rows("entry", "who", "why", "recorded", "seq", "kind", "id", "num", "prev", "number", "op", "learned", "payload", "salt", "content", "hash")
	w.records = rows("record", "kind", "id", "num", "seq", "number", "state", "learned")
	w.nows = rows("now", "num", "kind", "seq", "since", "facet", "x", "y", "z", "span", "d0", "d1", "size", "doc")
	w.originals = rows("original", "sha", "num", "bytes")
	w.words = rows("words", l.d.doc, "text")
	w.words.late = true
	w.uses = rows("uses", "seq", "claim")
	return w
}

func (w *writer) q(s string) string { return w.l.d.sql(s) }

// finish writes all that was collected, the full-text index last.
func (w *writer) finish() error {
	if err := w.flush(); err != nil {
		return err
	}
	for kind, most := range w.ahead {
		if _, err := w.tx.ExecContext(w.ctx, w.q(`INSERT INTO ahead (kind, most) VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET most = excluded.most WHERE ahead.most < excluded.most`),
			int64(kind), most); err != nil {
			return err
		}
	}
	return w.words.flush()
}

// flush writes what was collected, but for the words. It comes before anything
// reads.
func (w *writer) flush() error {
	for _, m := range []*many{&w.records, &w.entries, &w.nows, &w.originals, &w.uses} {
		if err := m.flush(); err != nil {
			return err
		}
	}
	return nil
}

// look reads what is known of all records that items are or refer to.
func (w *writer) look(items []prepared) error {
	var refs []Ref
	var hashes []any
	for i := range items {
		refs = append(refs, items[i].ref)
		refs = append(refs, items[i].targets...)
		if r, ok := items[i].record.(*Report); ok && r.SHA256 != "" && w.bytes[r.SHA256] == nil {
			w.bytes[r.SHA256] = &sameBytes{}
			hashes = append(hashes, r.SHA256)
		}
	}
	if err := w.lookBytes(hashes); err != nil {
		return err
	}
	return w.lookRefs(refs)
}

// lookFacets reads all facets that there are, so that many need not be asked for
// one by one.
func (w *writer) lookFacets() error {
	rows, err := w.tx.QueryContext(w.ctx, `SELECT kind, facet FROM facets`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var f [2]int64
		if err := rows.Scan(&f[0], &f[1]); err != nil {
			return err
		}
		w.facets[f] = true
	}
	return rows.Err()
}

// sameBytes is what is known of the bytes with a hash.
type sameBytes struct {
	kept   bool   // they have a row, of some report
	report string // the live one that has them
}

// lookBytes reads what is known of the bytes with hashes.
func (w *writer) lookBytes(hashes []any) error {
	for some := range slices.Chunk(hashes, lookAtMost) {
		rows, err := w.tx.QueryContext(w.ctx, w.q(`SELECT o.sha, coalesce(e.id, '') FROM original o LEFT JOIN now n ON n.num = o.num LEFT JOIN entry e ON e.seq = n.seq
			WHERE o.sha IN `+marks(len(some), 1)), some...)
		if err != nil {
			return err
		}
		for rows.Next() {
			b := sameBytes{kept: true}
			var sha string
			if err := rows.Scan(&sha, &b.report); err != nil {
				rows.Close()
				return err
			}
			w.bytes[sha] = &b
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	return nil
}

const lookAtMost = 400

// named begins a query for records by some ids, one after another. PostgreSQL
// takes a list in brackets for a reason to read all records of the kind.
func named(ids int) string { return "WITH named (id) AS (VALUES " + marks(1, ids) + ") " }

func (w *writer) lookRefs(refs []Ref) error {
	byKind := map[Kind][]any{}
	for _, r := range refs {
		if _, done := w.known[r]; !done {
			w.known[r] = nil // asked for, and not there
			byKind[r.Kind] = append(byKind[r.Kind], r.ID)
		}
	}
	if len(byKind) == 0 {
		return nil
	}
	// Rows not yet written are in known already, so nothing need be flushed.
	for k := Kind(0); k < lastCaseKind; k++ {
		for ids := range slices.Chunk(byKind[k], lookAtMost) {
			q := named(len(ids)) + `SELECT r.id, r.num, r.seq, r.number, r.state, r.learned, coalesce(n.facet, 0), coalesce(n.size, 0), n.y
				FROM named CROSS JOIN record r LEFT JOIN now n ON n.num = r.num WHERE r.kind = ? AND r.id = named.id`
			rows, err := w.tx.QueryContext(w.ctx, w.q(q), append(ids, int64(k))...)
			if err != nil {
				return err
			}
			for rows.Next() {
				var id string
				f := known{stored: true}
				if err := rows.Scan(&id, &f.num, &f.seq, &f.number, &f.state, &f.learned, &f.facet, &f.size, &f.y); err != nil {
					rows.Close()
					return err
				}
				w.known[Ref{k, id}] = &f
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) conflict(ref Ref, k *known, expect int) error {
	c := Conflict{Ref: ref, Expected: expect}
	if k != nil && k.number > 0 {
		if err := w.flush(); err != nil {
			return err
		}
		c.Found = k.number
		if err := w.tx.QueryRowContext(w.ctx, w.q(`SELECT who FROM entry WHERE seq = ?`), k.seq).Scan(&c.Who); err != nil {
			return err
		}
	}
	return conflict(c)
}

// put writes an item whose record and targets were looked up.
func (w *writer) put(p *prepared, op Op) (Written, error) {
	k := w.known[p.ref]
	number := 0
	if k != nil {
		number = k.number
	}
	if k != nil && k.state == redacted {
		return Written{}, bad(fmt.Sprintf("the %s was redacted: its content was destroyed, and its id stays taken", p.ref), "give another id if it is meant to come back")
	}
	if number != p.item.Expect {
		return Written{}, w.conflict(p.ref, k, p.item.Expect)
	}
	if err := w.references(p, number > 0); err != nil {
		return Written{}, err
	}
	if number > 0 && op == OpPut && k.state == live {
		if err := w.flush(); err != nil {
			return Written{}, err
		}
		var have []byte
		if err := w.tx.QueryRowContext(w.ctx, w.q(`SELECT payload FROM entry WHERE seq = ?`), k.seq).Scan(&have); err != nil {
			return Written{}, err
		}
		if bytes.Equal(have, p.payload) {
			return Written{p.ref, k.seq, k.number, true}, nil
		}
	}
	if r, ok := p.record.(*Report); ok && r.SHA256 != "" {
		if err := w.keepOriginal(p, r, k); err != nil {
			return Written{}, err
		}
		k = w.known[p.ref]
	}
	return w.append(p.ref, k, op, p.payload, p)
}

// references checks what a record refers to. A record that is being changed may
// go on to refer to what has been withdrawn or redacted since.
func (w *writer) references(p *prepared, change bool) error {
	for _, t := range p.targets {
		k := w.known[t]
		switch {
		case t.Kind.inCase():
			if k == nil {
				if _, err := w.intern(t); err != nil {
					return err
				}
			}
		case k == nil || k.number == 0:
			return bad(fmt.Sprintf("the %s refers to the %s, which is not in the ledger", p.ref, t), "add that first, or correct the id")
		case k.state != live && !change:
			return bad(fmt.Sprintf("the %s refers to the %s, which was withdrawn or redacted", p.ref, t), "refer to one that is on record")
		}
	}
	switch r := p.record.(type) {
	case *Claim:
		if r.Source != "" {
			s := w.known[sourceRef(r.Source)]
			if s.state == live && s.facet&15 == anonymousSource && (r.Report == "" || !s.y.Valid || w.known[reportRef(r.Report)].num != s.y.Int64) {
				return bad(fmt.Sprintf("the claim %s stands in another report than its anonymous source %s", r.ID, r.Source),
					"make a source of its own for each report; nothing shows that two unnamed sources are one")
			}
		}
		if end := r.Spans.end(); end > 0 {
			if rep := w.known[reportRef(r.Report)]; rep.state == live && int64(end) > rep.size {
				return bad(fmt.Sprintf("the claim %s has a span up to byte %d, but the text of the report %s has %d bytes", r.ID, end, r.Report, rep.size), "count in bytes of the text")
			}
		}
	case *Report:
		if r.Outlet != "" {
			if s := w.known[sourceRef(r.Outlet)]; s.state == live && s.facet&15 != outletSource {
				return bad(fmt.Sprintf("the report %s names %s as its outlet, which is a source of another kind", r.ID, r.Outlet), "name a source of kind outlet")
			}
		}
	}
	return nil
}

var (
	anonymousSource = int64(slices.Index(SourceKinds, "anonymous") + 1)
	outletSource    = int64(slices.Index(SourceKinds, "outlet") + 1)
)

// intern gives a number to something that has no entry, or none yet.
func (w *writer) intern(ref Ref) (*known, error) {
	w.head.num++
	k := &known{num: w.head.num, stored: true}
	w.known[ref] = k
	return k, w.records.add(int64(ref.Kind), ref.ID, k.num, int64(0), int64(0), int64(interned), int64(0))
}

// keepOriginal keeps the bytes of a report, and knows it by them.
func (w *writer) keepOriginal(p *prepared, r *Report, k *known) error {
	if w.bytes[r.SHA256] == nil { // an older version that is brought back
		w.bytes[r.SHA256] = &sameBytes{}
		if err := w.lookBytes([]any{r.SHA256}); err != nil {
			return err
		}
	}
	same := w.bytes[r.SHA256]
	switch {
	case same.report == r.ID:
		return nil
	case same.report != "":
		return bad(fmt.Sprintf("the report %s has the same bytes as the report %s", r.ID, same.report), "the same bytes are one report; use that one")
	}
	if k == nil {
		w.head.num++
		k = &known{num: w.head.num}
		w.known[p.ref] = k
	}
	original := p.item.Original
	if string(original) == r.Text {
		original = nil // the text is what came
	}
	if same.kept { // by one that is gone
		if err := w.originals.flush(); err != nil {
			return err
		}
		if _, err := w.tx.ExecContext(w.ctx, w.q(`DELETE FROM original WHERE sha = ?`), r.SHA256); err != nil {
			return err
		}
	}
	*same = sameBytes{kept: true, report: r.ID}
	return w.originals.add(r.SHA256, k.num, original)
}

// append adds an entry to the chain. p is nil where there is no content.
func (w *writer) append(ref Ref, k *known, op Op, payload []byte, p *prepared) (Written, error) {
	learned := w.recorded
	switch {
	case p != nil && p.learned != 0:
		learned = p.learned
	case p == nil && !w.ch.Learned.IsZero() && op != OpRedact:
		learned = micros(w.ch.Learned)
	}
	r := row{ref: ref, op: op, who: w.ch.Who, why: w.ch.Why, learned: min(learned, w.recorded), recorded: w.recorded, payload: payload}
	if k != nil {
		r.num, r.prev, r.number = k.num, k.seq, k.number
		if r.learned < k.learned {
			return Written{}, bad(fmt.Sprintf("the change of the %s cannot have been learned at %s, before what it changes (%s)", ref, when(r.learned), when(k.learned)), "write a later time, or leave it out")
		}
	} else {
		w.head.num++
		r.num = w.head.num
	}
	r.number++
	if p != nil && p.salt != nil {
		r.salt, r.content = p.salt, p.content
	} else {
		r.salt = make([]byte, saltSize)
		if _, err := rand.Read(r.salt); err != nil {
			return Written{}, err
		}
		r.content = contentHash(r.salt, r.why, r.payload)
	}
	h := &w.head
	h.seq++
	r.seq = h.seq
	r.hash = r.chained(h.hash)
	h.hash = r.hash
	if r.learned < h.learned {
		h.ordered = 0
	}
	h.learned = max(h.learned, r.learned)
	if err := w.entries.add(r.seq, int64(ref.Kind), ref.ID, r.num, r.prev, int64(r.number), int64(op), r.learned, r.payload, r.salt, r.content, r.hash); err != nil {
		return Written{}, err
	}
	return Written{ref, r.seq, r.number, false}, w.place(&r, k, p)
}

func when(micros int64) string { return fromMicros(micros).Format("2006-01-02 15:04:05") }

// place brings the derived tables up to an entry. k is what was known of the
// record before it, p its content, nil if it has none.
func (w *writer) place(r *row, k *known, p *prepared) error {
	after := &known{stored: true, num: r.num, seq: r.seq, number: r.number, learned: r.learned, state: live}
	switch {
	case r.op == OpRedact:
		after.state = redacted
	case p == nil:
		after.state = withdrawn
	}
	w.known[r.ref] = after
	if k == nil || !k.stored {
		if err := w.records.add(int64(r.ref.Kind), r.ref.ID, r.num, r.seq, int64(r.number), int64(after.state), r.learned); err != nil {
			return err
		}
	} else {
		if err := w.flush(); err != nil {
			return err
		}
		if _, err := w.tx.ExecContext(w.ctx, w.q(`UPDATE record SET seq = ?, number = ?, state = ?, learned = ? WHERE kind = ? AND id = ?`),
			r.seq, r.number, after.state, r.learned, int64(r.ref.Kind), r.ref.ID); err != nil {
			return err
		}
	}
	// A text is known to the full-text index by the entry in which it first stood.
	doc, same := r.seq, false
	text := ""
	if p != nil {
		text = w.marked(p.words, &p.ix)
	}
	if k != nil && k.state == live {
		var old int64
		var payload []byte
		if err := w.tx.QueryRowContext(w.ctx, w.q(`SELECT n.doc, e.payload FROM now n JOIN entry e ON e.seq = n.seq WHERE n.num = ?`), r.num).Scan(&old, &payload); err != nil {
			return err
		}
		if p != nil {
			was, err := Decode(r.ref.Kind, payload)
			if err != nil {
				return err
			}
			ix := was.index()
			if err := w.lookRefs(ix.targets()); err != nil {
				return err
			}
			if same = w.marked(fold(ix.words), &ix) == text; same {
				doc = old
			}
		}
		if _, err := w.tx.ExecContext(w.ctx, w.q(`INSERT INTO past (seq, num, kind, since, until, facet, x, y, z, span, d0, d1, size, doc)
			SELECT seq, num, kind, since, CAST(? AS `+w.l.d.types.Replace("{int}")+`), facet, x, y, z, span, d0, d1, size, doc FROM now WHERE num = ?`), r.learned, r.num); err != nil {
			return err
		}
		if _, err := w.tx.ExecContext(w.ctx, w.q(`DELETE FROM now WHERE num = ?`), r.num); err != nil {
			return err
		}
	}
	if p == nil {
		return nil
	}
	num := func(ref Ref) any {
		if t := w.known[ref]; !ref.IsZero() && t != nil {
			return t.num
		}
		return nil
	}
	span, d0, d1 := spanOf(p.ix.about)
	if begins, ok := d0.(int64); ok && begins-r.learned > w.ahead[r.ref.Kind] {
		w.ahead[r.ref.Kind] = begins - r.learned
	}
	if rep, ok := p.record.(*Report); ok {
		after.size = int64(len(rep.Text))
	}
	after.facet = p.ix.facet
	if f := [2]int64{int64(r.ref.Kind), p.ix.facet}; !w.facets[f] {
		if _, err := w.tx.ExecContext(w.ctx, w.q(`INSERT INTO facets (kind, facet) VALUES (?, ?) ON CONFLICT DO NOTHING`), f[0], f[1]); err != nil {
			return err
		}
		w.facets[f] = true
	}
	y := num(p.ix.y)
	if n, ok := y.(int64); ok {
		after.y = sql.NullInt64{Int64: n, Valid: true}
	}
	if err := w.nows.add(r.num, int64(r.ref.Kind), r.seq, r.learned, after.facet, num(p.ix.x), y, num(p.ix.z), span, d0, d1, after.size, doc); err != nil {
		return err
	}
	if text != "" && !same {
		if err := w.words.add(doc, text); err != nil {
			return err
		}
	}
	if len(p.ix.uses) > 0 {
		for _, t := range p.targets {
			if t.Kind == KindClaim {
				if err := w.uses.add(r.seq, w.known[t].num); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// marked are the folded words of a version as the index takes them in, with the
// numbers of whom and what it is of. All that it refers to was looked up.
func (w *writer) marked(words string, ix *indexed) string {
	if words == "" {
		return ""
	}
	b := []byte(words)
	for _, m := range [2]struct {
		mark string
		ref  Ref
	}{{markX, ix.x}, {markY, ix.y}} {
		if k := w.known[m.ref]; !m.ref.IsZero() && k != nil {
			b = append(append(b, ' '), marker(m.mark, k.num)...)
		}
	}
	return string(b)
}

// Spans of time by their length: an index on class and beginning finds all that
// reach into a period without looking at much else.
var spanAtMost = [...]time.Duration{25 * time.Hour, 32 * 24 * time.Hour, 367 * 24 * time.Hour}

const (
	beforeAll = -int64(1) << 62
	afterAll  = int64(1) << 62
)

// spanOf is what the tables hold of a date: its class, beginning and end; nil
// where there is no date. An open side lies beyond everything.
func spanOf(d demarche.Date) (span, d0, d1 any) {
	if d.From.IsZero() && d.To.IsZero() {
		return nil, nil, nil
	}
	from, to := beforeAll, afterAll
	if !d.From.IsZero() {
		from = micros(d.From)
	}
	if !d.To.IsZero() {
		to = micros(d.To)
	}
	class := len(spanAtMost)
	if !d.From.IsZero() && !d.To.IsZero() {
		for class > 0 && d.To.Sub(d.From) <= spanAtMost[class-1] {
			class--
		}
	}
	return int64(class), from, to
}
