package ledger

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/demarche/demarche"
)

// Version is a record as it was at some time.
type Version struct {
	Ref     Ref       `json:"ref"`
	Number  int       `json:"number"` // of the entry that made it so
	Seq     int64     `json:"seq"`
	Who     string    `json:"who"`
	Why     string    `json:"why"`
	Learned time.Time `json:"learned"`
	Record  Record    `json:"record"`
}

// Filter says which records a list holds. What is left out does not matter; of
// the words in one list any will do.
type Filter struct {
	Kind   Kind   // needed, but with Text
	Text   string // a full-text query: words, "phrases", beginn*, -without
	Source string // claims of a source
	Report string // claims of a report, and the anonymous sources in it
	// Proposition asks for claims that affirm or deny it.
	Proposition string
	// From and To are the ends of links.
	From, To Ref

	Status, Stance, Record, Act, Nature, Handling []string
	// AboutFrom and AboutTo bound when it is about, half open. Something counts
	// when it may lie within, at the precision given.
	AboutFrom, AboutTo time.Time
}

// Page is a part of a list.
type Page struct {
	Versions []Version `json:"versions"`
	// Next asks for the part after it, "" at the end. With a search a part may
	// hold fewer than were asked for, or none, and still have a next one.
	Next string `json:"next"`
}

// MaxPage is the greatest number of records on a page.
const MaxPage = 1000

// view is one reading of the ledger, during which nothing changes.
type view struct {
	l   *Ledger
	ctx context.Context
	tx  *sql.Tx
	// seen are entries that were read, by their places, where the same are likely
	// to be asked for again; nil elsewhere.
	seen map[int64]Version
}

// seenAtMost is how many entries are kept; then they are forgotten.
const seenAtMost = 50_000

func (l *Ledger) view(ctx context.Context, f func(*view) error) error {
	tx, err := l.reads.BeginTx(ctx, l.snapshot())
	if err != nil {
		return l.explain(err)
	}
	defer tx.Rollback()
	return l.explain(f(&view{l: l, ctx: ctx, tx: tx}))
}

func (l *Ledger) snapshot() *sql.TxOptions {
	if l.d == &postgresDialect {
		return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	return nil // a transaction of SQLite is a snapshot
}

func (v *view) q(s string) string { return v.l.d.sql(s) }

const selectEntry = `SELECT seq, kind, id, num, prev, number, op, who, why, learned, recorded, payload, salt, content, hash FROM entry`

func scanEntry(s interface{ Scan(...any) error }) (r row, err error) {
	err = s.Scan(&r.seq, &r.ref.Kind, &r.ref.ID, &r.num, &r.prev, &r.number, &r.op, &r.who, &r.why, &r.learned, &r.recorded, &r.payload, &r.salt, &r.content, &r.hash)
	return r, err
}

func (r *row) version() (Version, error) {
	rec, err := Decode(r.ref.Kind, r.payload)
	return Version{r.ref, r.number, r.seq, r.who, r.why, fromMicros(r.learned), rec}, err
}

// lookup finds a record by its name; nil if nothing has that name.
func (v *view) lookup(ref Ref) (*known, error) {
	var k known
	err := v.tx.QueryRowContext(v.ctx, v.q(`SELECT num, seq, number, state, learned FROM record WHERE kind = ? AND id = ?`), int64(ref.Kind), ref.ID).
		Scan(&k.num, &k.seq, &k.number, &k.state, &k.learned)
	if err == sql.ErrNoRows {
		return nil, nil
	}
	return &k, err
}

// Get gives a record as it was known at a time; the zero time is now.
func (l *Ledger) Get(ctx context.Context, asOf time.Time, ref Ref) (out Version, err error) {
	err = l.view(ctx, func(v *view) error {
		out, err = v.get(asOf, ref)
		return err
	})
	return out, err
}

func (v *view) get(asOf time.Time, ref Ref) (Version, error) {
	k, err := v.lookup(ref)
	switch {
	case err != nil:
		return Version{}, err
	case k == nil || k.number == 0:
		return Version{}, notFound(ref)
	case k.state == redacted:
		return Version{}, v.tombstone(ref, k)
	}
	found, err := v.versions(asOf, []int64{k.num})
	if err != nil {
		return Version{}, err
	}
	if len(found) == 0 {
		e := notFound(ref).(*demarche.Error)
		if k.state == withdrawn {
			e.Msg = fmt.Sprintf("the %s was withdrawn", ref)
			e.Hint = "its history tells by whom and why; undo brings it back"
		} else {
			e.Msg = fmt.Sprintf("the %s was not known then", ref)
			e.Hint = "ask for a later day"
		}
		return Version{}, e
	}
	return found[0], nil
}

func (v *view) tombstone(ref Ref, k *known) error {
	r, err := scanEntry(v.tx.QueryRowContext(v.ctx, v.q(selectEntry+` WHERE seq = ?`), k.seq))
	if err != nil {
		return err
	}
	return &demarche.Error{Kind: demarche.NotFound, Op: "ledger.Get",
		Msg:  fmt.Sprintf("the %s was redacted on %s by %s: %s", ref, fromMicros(r.recorded).Format("2006-01-02"), r.who, r.why),
		Hint: "its content is destroyed; its history shows that it was there"}
}

// versions are the versions of records at a time, in the order of the numbers
// given; those that were not there are left out.
func (v *view) versions(asOf time.Time, nums []int64) ([]Version, error) {
	at := asOfMicros(asOf)
	seqOf := map[int64]int64{}
	for chunk := range slices.Chunk(nums, lookAtMost) {
		args := make([]any, len(chunk))
		for i, n := range chunk {
			args[i] = n
		}
		for _, q := range []string{
			`SELECT num, seq FROM now WHERE num IN ` + marks(len(chunk), 1) + ` AND since <= ?`,
			`SELECT num, seq FROM past WHERE num IN ` + marks(len(chunk), 1) + ` AND since <= ? AND until > ?`,
		} {
			a := append(slices.Clone(args), at)
			if strings.Contains(q, "until") {
				a = append(a, at)
			}
			if err := v.each(q, a, func(scan func(...any) error) error {
				var num, seq int64
				err := scan(&num, &seq)
				seqOf[num] = seq
				return err
			}); err != nil {
				return nil, err
			}
			if at == latest {
				break
			}
		}
	}
	var seqs []int64
	for _, n := range nums {
		if s, ok := seqOf[n]; ok {
			seqs = append(seqs, s)
		}
	}
	return v.load(seqs)
}

// numbers are those of records, by name; what was never heard of is left out.
func (v *view) numbers(refs []Ref) (map[Ref]int64, error) {
	out := map[Ref]int64{}
	byKind := map[Kind][]any{}
	for _, r := range refs {
		if _, twice := out[r]; !twice && !r.IsZero() {
			out[r] = 0
			byKind[r.Kind] = append(byKind[r.Kind], r.ID)
		}
	}
	clear(out)
	for kind, ids := range byKind {
		for some := range slices.Chunk(ids, lookAtMost) {
			if err := v.each(named(len(some))+`SELECT r.id, r.num FROM named CROSS JOIN record r WHERE r.kind = ? AND r.id = named.id`, append(some, int64(kind)), func(scan func(...any) error) error {
				ref := Ref{Kind: kind}
				var num int64
				err := scan(&ref.ID, &num)
				out[ref] = num
				return err
			}); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// getAll gives records as known at a time; those that were not there are left out.
func (v *view) getAll(asOf time.Time, refs []Ref) (map[Ref]Record, error) {
	numbers, err := v.numbers(refs)
	if err != nil {
		return nil, err
	}
	found, err := v.versions(asOf, slices.Collect(maps.Values(numbers)))
	out := make(map[Ref]Record, len(found))
	for _, at := range found {
		out[at.Ref] = at.Record
	}
	return out, err
}

// linkedAll reads the links that lead from (by x) or to (by y) any of some records.
func (v *view) linkedAll(asOf time.Time, by string, refs []Ref) ([]*Link, error) {
	numbers, err := v.numbers(refs)
	if err != nil {
		return nil, err
	}
	at := asOfMicros(asOf)
	var seqs []int64
	for nums := range slices.Chunk(slices.Collect(maps.Values(numbers)), lookAtMost) {
		args := []any{int64(KindLink), at}
		for _, n := range nums {
			args = append(args, n)
		}
		for _, q := range []string{
			`SELECT seq FROM now WHERE +kind = ? AND +since <= ? AND ` + by + ` IN ` + marks(len(nums), 1),
			`SELECT seq FROM past WHERE +kind = ? AND +since <= ? AND ` + by + ` IN ` + marks(len(nums), 1) + ` AND until > ?`,
		} {
			if strings.Contains(q, "until") {
				args = append(args, at)
			}
			if err := v.each(q, args, func(scan func(...any) error) error {
				var s int64
				err := scan(&s)
				seqs = append(seqs, s)
				return err
			}); err != nil {
				return nil, err
			}
			if at == latest {
				break
			}
		}
	}
	found, err := v.load(seqs)
	out := make([]*Link, 0, len(found))
	for _, at := range found {
		out = append(out, at.Record.(*Link))
	}
	return out, err
}

// load reads entries by their places, in the order given.
func (v *view) load(seqs []int64) ([]Version, error) {
	out := make([]Version, len(seqs))
	at := make(map[int64]int, len(seqs))
	var missing []any
	for i, s := range seqs {
		if known, ok := v.seen[s]; ok {
			out[i] = known
			continue
		}
		at[s] = i
		missing = append(missing, s)
	}
	for some := range slices.Chunk(missing, lookAtMost) {
		if err := v.each(selectEntry+` WHERE seq IN `+marks(len(some), 1), some, func(scan func(...any) error) error {
			r, err := scanEntry(scanner(scan))
			if err != nil {
				return err
			}
			i := at[r.seq]
			out[i], err = r.version()
			if v.seen != nil && err == nil {
				if len(v.seen) == seenAtMost {
					clear(v.seen)
				}
				v.seen[r.seq] = out[i]
			}
			return err
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

type scanner func(...any) error

func (s scanner) Scan(to ...any) error { return s(to...) }

// each runs a query and calls f for every row.
func (v *view) each(q string, args []any, f func(scan func(...any) error) error) error {
	rows, err := v.tx.QueryContext(v.ctx, v.q(q), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// History are the entries of a record that were learned up to a time, the oldest
// first.
func (l *Ledger) History(ctx context.Context, asOf time.Time, ref Ref) (out []Entry, err error) {
	err = l.view(ctx, func(v *view) error {
		out, err = v.history(asOf, ref)
		return err
	})
	return out, err
}

func (v *view) history(asOf time.Time, ref Ref) ([]Entry, error) {
	k, err := v.lookup(ref)
	if err != nil {
		return nil, err
	}
	if k == nil || k.number == 0 {
		return nil, notFound(ref)
	}
	var out []Entry
	for seq := k.seq; seq != 0; {
		r, err := scanEntry(v.tx.QueryRowContext(v.ctx, v.q(selectEntry+` WHERE seq = ?`), seq))
		if err != nil {
			return nil, err
		}
		seq = r.prev
		if r.learned > asOfMicros(asOf) {
			continue
		}
		e, err := r.entry()
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	if len(out) == 0 {
		e := notFound(ref).(*demarche.Error)
		e.Msg, e.Hint = fmt.Sprintf("the %s was not known then", ref), "ask for a later day"
		return nil, e
	}
	slices.Reverse(out)
	return out, nil
}

func (r *row) entry() (e Entry, err error) {
	e = Entry{Seq: r.seq, Ref: r.ref, Number: r.number, Op: r.op, Who: r.who, Why: r.why, Learned: fromMicros(r.learned), Recorded: fromMicros(r.recorded), Destroyed: r.destroyed()}
	if r.payload != nil {
		e.Record, err = Decode(r.ref.Kind, r.payload)
	}
	return e, err
}

// Original gives the bytes of a report as they came.
func (l *Ledger) Original(ctx context.Context, asOf time.Time, id string) (out []byte, err error) {
	err = l.view(ctx, func(v *view) error {
		at, err := v.get(asOf, reportRef(id))
		if err != nil {
			return err
		}
		r := at.Record.(*Report)
		err = v.tx.QueryRowContext(v.ctx, v.q(`SELECT bytes FROM original WHERE sha = ?`), r.SHA256).Scan(&out)
		if err != nil && err != sql.ErrNoRows {
			return err
		}
		if out == nil {
			out = []byte(r.Text)
		}
		if sum := sha256.Sum256(out); hex.EncodeToString(sum[:]) != r.SHA256 {
			return &demarche.Error{Kind: demarche.NotFound, Op: "ledger.Original", Msg: "the original of the report " + id + " was not kept", Hint: "its text was"}
		}
		return nil
	})
	return out, err
}

// place of a version in the order of lists.
type place struct{ since, seq int64 }

func (p place) before(o place) int {
	if c := cmp.Compare(o.since, p.since); c != 0 {
		return c
	}
	return cmp.Compare(o.seq, p.seq)
}

// end comes before everything: where the first page begins.
var end = place{math.MaxInt64, math.MaxInt64}

func (p place) String() string {
	return strconv.FormatInt(p.since, 36) + "." + strconv.FormatInt(p.seq, 36)
}

func parsePlace(s string) (place, error) {
	if s == "" {
		return end, nil
	}
	a, b, _ := strings.Cut(s, ".")
	since, err1 := strconv.ParseInt(a, 36, 64)
	seq, err2 := strconv.ParseInt(b, 36, 64)
	if err1 != nil || err2 != nil {
		return place{}, &demarche.Error{Kind: demarche.Usage, Op: "ledger.List", Msg: "this is not a place in a list", Hint: "pass on what the page before gave as next"}
	}
	return place{since, seq}, nil
}

// List gives a page of the records that a filter lets through, as known at a
// time. What was learned last comes first; with AboutFrom or AboutTo, what begins
// last; with Text, the newest texts; with Proposition, the newest links to it.
// after is the Next of the page before, "" for the first.
func (l *Ledger) List(ctx context.Context, asOf time.Time, f Filter, limit int, after string) (page Page, err error) {
	if limit < 1 || limit > MaxPage {
		return page, &demarche.Error{Kind: demarche.Usage, Op: "ledger.List", Msg: fmt.Sprintf("a page of %d records cannot be had", limit), Hint: fmt.Sprintf("ask for 1 to %d", MaxPage)}
	}
	err = l.view(ctx, func(v *view) error {
		page, err = v.list(asOf, f, limit, after)
		return err
	})
	return page, err
}

// sieve is a filter as the tables see it.
type sieve struct {
	kind   Kind
	at     int64
	column string // of the index that leads, "" for the kind alone
	value  int64
	rest   []string // further conditions, on columns of now and past alike
	args   []any
	facets []facetIn
	about  bool
	marks  query // of a source or a report, for a search

	aboutFrom, aboutTo int64
}

type facetIn struct {
	shift uint
	bits  int64
	in    uint32 // bit i is position i
}

func (f *facetIn) meets(facet int64) bool { return f.in>>(facet>>f.shift&f.bits)&1 == 1 }

func (s *sieve) meets(facet int64) bool {
	for i := range s.facets {
		if !s.facets[i].meets(facet) {
			return false
		}
	}
	return true
}

// sift compiles a filter. ok is false when nothing can come through.
func (v *view) sift(asOf time.Time, f Filter) (s sieve, ok bool, err error) {
	s = sieve{kind: f.Kind, at: asOfMicros(asOf)}
	if blank(f.Kind) == nil && (f.Text == "" || f.Kind != 0) {
		return s, false, &demarche.Error{Kind: demarche.Usage, Op: "ledger.List", Msg: "the list does not say of what", Hint: "name a kind: " + strings.Join(Kinds(), ", ")}
	}
	for _, e := range []struct {
		facet
		words []string
	}{{statusFacet, f.Status}, {stanceFacet, f.Stance}, {recordFacet, f.Record}, {actFacet, f.Act}, {natureFacet, f.Nature}, {handlingFacet, f.Handling}} {
		if len(e.words) == 0 {
			continue
		}
		if f.Kind != KindClaim && e.name != "handling" {
			return s, false, &demarche.Error{Kind: demarche.Usage, Op: "ledger.List", Msg: "only claims have a " + e.name, Hint: "leave it out, or list claims"}
		}
		in := facetIn{shift: e.shift, bits: e.bits()}
		for _, w := range e.words {
			i := slices.Index(e.facet.words, w) + 1
			if i == 0 && w != "" {
				return s, false, &demarche.Error{Kind: demarche.Usage, Op: "ledger.List", Msg: fmt.Sprintf("%q is no %s", cut(w), e.name), Hint: "write one of " + strings.Join(e.facet.words, ", ")}
			}
			in.in |= 1 << i
		}
		s.facets = append(s.facets, in)
	}
	for _, e := range []struct {
		column string
		ref    Ref
	}{{"x", refOr(KindSource, f.Source)}, {"y", reportRef(f.Report)}, {"x", f.From}, {"y", f.To}} {
		if e.ref.IsZero() {
			continue
		}
		k, err := v.lookup(e.ref)
		if err != nil || k == nil {
			return s, false, err
		}
		mark := map[string]string{"x": markX, "y": markY}[e.column]
		s.marks = append(s.marks, term{words: []string{marker(mark, k.num)}})
		if s.column == "" {
			s.column, s.value = e.column, k.num
		} else {
			s.rest = append(s.rest, e.column+" = ?")
			s.args = append(s.args, k.num)
		}
	}
	if !f.AboutFrom.IsZero() || !f.AboutTo.IsZero() {
		s.about = true
		s.aboutFrom, s.aboutTo = beforeAll, afterAll
		if !f.AboutFrom.IsZero() {
			s.aboutFrom = micros(f.AboutFrom)
		}
		if !f.AboutTo.IsZero() {
			s.aboutTo = micros(f.AboutTo)
		}
		s.rest = append(s.rest, "+d0 < ? AND d1 > ?")
		s.args = append(s.args, s.aboutTo, s.aboutFrom)
	}
	return s, true, nil
}

// after is where a list that goes on at a place begins: what was known by then,
// as one bound on two columns, so that an index can be entered at it.
func (s *sieve) after(from place) (string, []any) {
	if s.at < from.since {
		from = place{s.at, math.MaxInt64}
	}
	return " AND (since, seq) < (?, ?)", []any{from.since, from.seq}
}

// condition is what every query of the sieve asks besides. The sign keeps a column
// from being taken for the one to enter an index by.
func (s *sieve) condition(past, facets bool) (string, []any) {
	q := " AND +since <= ?"
	args := []any{s.at}
	if past {
		q += " AND +until > ?"
		args = append(args, s.at)
	}
	for _, r := range s.rest {
		q += " AND " + r
	}
	args = append(args, s.args...)
	if facets {
		for _, f := range s.facets {
			q += fmt.Sprintf(" AND (facet / %d) %% %d IN (", int64(1)<<f.shift, f.bits+1)
			for i, first := 0, true; i <= int(f.bits); i++ {
				if f.in>>i&1 == 1 {
					if !first {
						q += ", "
					}
					q += strconv.Itoa(i)
					first = false
				}
			}
			q += ")"
		}
	}
	return q, args
}

// found is a version that came through.
type found struct {
	place
	facet int64
}

// scan reads the sieve's index from a place on, until limit versions came
// through. With bounded it gives up after one window: then stopped is where.
func (v *view) scan(s *sieve, past bool, from place, limit int, bounded bool) (out []found, stopped *place, err error) {
	table, lead, args := "now", "kind = ?", []any{int64(s.kind)}
	if past {
		table = "past"
	}
	if s.column != "" {
		lead, args = s.column+" = ? AND kind = ?", []any{s.value, int64(s.kind)}
	}
	// A server sends all that is asked for: ask for little first.
	size := limit
	if len(s.facets) > 0 {
		size = 4 * limit
	}
	for looked := 0; ; size *= 2 {
		size = min(size, v.l.window)
		cond, more := s.condition(past, false)
		enter, place := s.after(from)
		cond, more = enter+cond, append(place, more...)
		q := "SELECT since, seq, facet FROM " + table + " WHERE " + lead + cond + " ORDER BY since DESC, seq DESC LIMIT ?"
		n := 0
		if err := v.each(q, append(append(slices.Clone(args), more...), size), func(scan func(...any) error) error {
			var f found
			if err := scan(&f.since, &f.seq, &f.facet); err != nil {
				return err
			}
			n++
			from = f.place
			if len(out) < limit && s.meets(f.facet) {
				out = append(out, f)
			}
			return nil
		}); err != nil {
			return nil, nil, err
		}
		looked += n
		switch {
		case len(out) == limit || n < size:
			return out, nil, nil
		case bounded && looked >= v.l.window:
			return out, &from, nil
		}
	}
}

// mergeAtMost is how many facets are asked for in one statement.
const mergeAtMost = 100

// merge asks each facet that occurs for its share and merges them: where the
// wanted facets are rare, or lie far back.
func (v *view) merge(s *sieve, past bool, from place, limit int) ([]found, error) {
	table := "now"
	if past {
		table = "past"
	}
	var facets []int64
	if err := v.each(`SELECT facet FROM facets WHERE kind = ?`, []any{int64(s.kind)}, func(scan func(...any) error) error {
		var f int64
		err := scan(&f)
		if s.meets(f) {
			facets = append(facets, f)
		}
		return err
	}); err != nil {
		return nil, err
	}
	if len(facets) == 0 {
		return nil, nil
	}
	var out []found
	cond, args := s.condition(past, false)
	enter, place := s.after(from)
	cond, args = enter+cond, append(place, args...)
	// If all of them together are few, they are sorted here.
	if len(facets) <= lookAtMost && len(s.rest) == 0 {
		in := make([]string, len(facets))
		for i, f := range facets {
			in[i] = strconv.FormatInt(f, 10)
		}
		// Times are looked at here: the index on facets is to lead, not that on times.
		q, args := "SELECT n.since, n.seq, n.facet FROM facets f CROSS JOIN "+table+" n WHERE f.kind = ? AND f.facet IN ("+strings.Join(in, ", ")+") AND n.kind = f.kind AND n.facet = f.facet", []any{int64(s.kind)}
		if past {
			q += " AND until > ?"
			args = append(args, s.at)
		}
		n := 0
		if err := v.each(q+" LIMIT ?", append(args, v.l.window), func(scan func(...any) error) error {
			var f found
			n++
			err := scan(&f.since, &f.seq, &f.facet)
			if f.since <= s.at && from.before(f.place) < 0 {
				out = append(out, f)
			}
			return err
		}); err != nil {
			return nil, err
		}
		if n < v.l.window {
			slices.SortFunc(out, func(a, b found) int { return a.before(b.place) })
			return out[:min(limit, len(out))], nil
		}
		out = nil
	}
	for chunk := range slices.Chunk(facets, mergeAtMost) {
		var q strings.Builder
		var all []any
		for i, f := range chunk {
			if i > 0 {
				q.WriteString(" UNION ALL ")
			}
			fmt.Fprintf(&q, "SELECT * FROM (SELECT since, seq, facet FROM %s WHERE kind = %d AND facet = %d%s ORDER BY since DESC, seq DESC LIMIT %d) AS f%d", table, s.kind, f, cond, limit, i)
			all = append(all, args...)
		}
		if err := v.each(q.String(), all, func(scan func(...any) error) error {
			var f found
			err := scan(&f.since, &f.seq, &f.facet)
			out = append(out, f)
			return err
		}); err != nil {
			return nil, err
		}
		slices.SortFunc(out, func(a, b found) int { return a.before(b.place) })
		out = out[:min(limit, len(out))]
	}
	return out, nil
}

func (v *view) list(asOf time.Time, f Filter, limit int, after string) (Page, error) {
	page := Page{Versions: []Version{}}
	if f.Proposition != "" {
		return v.listOn(asOf, f, limit, after)
	}
	s, ok, err := v.sift(asOf, f)
	if err != nil || !ok {
		return page, err
	}
	if f.Text != "" {
		return v.search(asOf, f, &s, limit, after)
	}
	from, err := parsePlace(after)
	if err != nil {
		return page, err
	}
	var all []found
	for _, past := range []bool{false, true} {
		if past && s.at == latest {
			break
		}
		got, err := v.gather(&s, past, from, limit+1)
		if err != nil {
			return page, err
		}
		all = append(all, got...)
	}
	slices.SortFunc(all, func(a, b found) int { return a.before(b.place) })
	if len(all) > limit {
		all = all[:limit]
		page.Next = all[limit-1].place.String()
	}
	seqs := make([]int64, len(all))
	for i, f := range all {
		seqs[i] = f.seq
	}
	page.Versions, err = v.load(seqs)
	return page, err
}

// gather picks the cheapest way to the first versions of one table.
func (v *view) gather(s *sieve, past bool, from place, limit int) ([]found, error) {
	if s.about {
		return v.timeline(s, past, from, limit)
	}
	if s.column != "" || len(s.facets) == 0 {
		got, _, err := v.scan(s, past, from, limit, false)
		return got, err
	}
	got, stopped, err := v.scan(s, past, from, limit, true)
	if err != nil || stopped == nil {
		return got, err
	}
	more, err := v.merge(s, past, *stopped, limit-len(got))
	return append(got, more...), err
}

// timeline lists by when things are about, class by class from the index on it.
// Then place.since is the beginning of what it is about.
func (v *view) timeline(s *sieve, past bool, from place, limit int) ([]found, error) {
	table := "now"
	if past {
		table = "past"
	}
	cond, args := s.condition(past, true)
	if from == end {
		from = place{s.aboutTo, -1}
	}
	if s.at != latest {
		// What begins later was not known then: it need not be looked through.
		var ahead int64
		if err := v.tx.QueryRowContext(v.ctx, v.q(`SELECT coalesce(max(most), 0) FROM ahead WHERE kind = ?`), int64(s.kind)).Scan(&ahead); err != nil {
			return nil, err
		}
		if last := s.at + ahead; last < from.since {
			from = place{last, math.MaxInt64}
		}
	}
	cond = " AND (d0, seq) < (?, ?)" + cond
	args = append([]any{from.since, from.seq}, args...)
	var out []found
	for class := range len(spanAtMost) + 1 {
		begins := beforeAll
		if class < len(spanAtMost) && s.aboutFrom > beforeAll {
			begins = s.aboutFrom - spanAtMost[class].Microseconds()
		}
		lead := "kind = ? AND span = ? AND d0 >= ?"
		leading := []any{int64(s.kind), class, begins}
		if s.column != "" {
			lead += " AND " + s.column + " = ?"
			leading = append(leading, s.value)
		}
		if err := v.each("SELECT d0, seq, facet FROM "+table+" WHERE "+lead+cond+" ORDER BY d0 DESC, seq DESC LIMIT ?", append(append(leading, args...), limit), func(scan func(...any) error) error {
			var f found
			err := scan(&f.since, &f.seq, &f.facet)
			out = append(out, f)
			return err
		}); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b found) int { return a.before(b.place) })
	return out[:min(limit, len(out))], nil
}

// listOn lists claims that bear on a proposition. They come in the order of the
// links to it, the newest first.
func (v *view) listOn(asOf time.Time, f Filter, limit int, after string) (Page, error) {
	page := Page{Versions: []Version{}}
	if f.Kind != KindClaim {
		return page, &demarche.Error{Kind: demarche.Usage, Op: "ledger.List", Msg: "only claims bear on a proposition", Hint: "list claims"}
	}
	own := f
	own.Proposition, own.Text = "", ""
	s, ok, err := v.sift(asOf, own)
	if err != nil || !ok {
		return page, err
	}
	var q query
	if f.Text != "" {
		if q, err = parseQuery(f.Text); err != nil {
			return page, err
		}
	}
	for {
		links, err := v.list(asOf, Filter{Kind: KindLink, To: Ref{KindProposition, f.Proposition}}, max(limit, 50), after)
		if err != nil {
			return page, err
		}
		for i, at := range links.Versions {
			c, err := v.get(asOf, at.Record.(*Link).From)
			if demarche.KindOf(err) == demarche.NotFound {
				continue
			}
			if err != nil {
				return page, err
			}
			if !passes(&s, f, q, c.Record.(*Claim)) {
				continue
			}
			if page.Versions = append(page.Versions, c); len(page.Versions) == limit {
				if i < len(links.Versions)-1 || links.Next != "" {
					page.Next = place{micros(at.Learned), at.Seq}.String()
				}
				return page, nil
			}
		}
		if after = links.Next; after == "" {
			return page, nil
		}
	}
}

// passes is the filter for one claim, by its definition.
func passes(s *sieve, f Filter, q query, c *Claim) bool {
	ix := c.index()
	switch {
	case !s.meets(ix.facet),
		f.Source != "" && c.Source != f.Source,
		f.Report != "" && c.Report != f.Report,
		!aboutWithin(ix.about, f.AboutFrom, f.AboutTo),
		q != nil && !q.meets(fold(ix.words)):
		return false
	}
	return true
}

// aboutWithin reports whether a date may lie between two times, half open.
func aboutWithin(d demarche.Date, from, to time.Time) bool {
	switch {
	case from.IsZero() && to.IsZero():
		return true
	case d.From.IsZero() && d.To.IsZero():
		return false
	case !to.IsZero() && !d.From.IsZero() && !d.From.Before(to):
		return false
	}
	return from.IsZero() || d.To.IsZero() || d.To.After(from)
}

// search lists what a full-text query finds, the newest texts first.
func (v *view) search(asOf time.Time, f Filter, s *sieve, limit int, after string) (Page, error) {
	page := Page{Versions: []Version{}}
	q, err := parseQuery(f.Text)
	if err != nil {
		return page, err
	}
	before := int64(math.MaxInt64)
	if after != "" {
		if before, err = strconv.ParseInt(after, 36, 64); err != nil {
			_, err = parsePlace("?")
			return page, err
		}
	} else if s.at != latest {
		if before, err = v.firstAfter(s, before); err != nil {
			return page, err
		}
	}
	q = append(s.marks, q...)
	var seqs []int64
	// Each look is wider than the one before: a filter may let little through.
	for looked, window := 0, 2*limit; ; window = min(2*window, 1000) {
		docs, err := v.l.d.match(v, q, before, window)
		if err != nil {
			return page, err
		}
		hits, err := v.versionsOf(s, docs)
		if err != nil {
			return page, err
		}
		for _, d := range docs {
			before = d
			looked++
			if seq, ok := hits[d]; ok {
				if seqs = append(seqs, seq); len(seqs) == limit {
					break
				}
			}
		}
		full := len(seqs) == limit
		if full || looked >= v.l.window {
			if full || len(docs) == window {
				page.Next = strconv.FormatInt(before, 36)
			}
			break
		}
		if len(docs) < window {
			break
		}
	}
	page.Versions, err = v.load(seqs)
	return page, err
}

// firstAfter bounds the docs that can have been known at the time of the sieve:
// where entries were learned in the order in which they were written, those up to
// the last version that was known by then.
func (v *view) firstAfter(s *sieve, otherwise int64) (int64, error) {
	var ordered int
	if err := v.tx.QueryRowContext(v.ctx, `SELECT ordered FROM head`).Scan(&ordered); err != nil || ordered == 0 {
		return otherwise, err
	}
	bound := int64(1)
	for k := KindReport; k < lastKind; k++ {
		if s.kind != 0 && s.kind != k {
			continue
		}
		for _, table := range []string{"now", "past"} {
			var seq int64
			err := v.tx.QueryRowContext(v.ctx, v.q(`SELECT seq FROM `+table+` WHERE kind = ? AND since <= ? ORDER BY since DESC, seq DESC LIMIT 1`), int64(k), s.at).Scan(&seq)
			if err != nil && err != sql.ErrNoRows {
				return 0, err
			}
			bound = max(bound, seq+1)
		}
	}
	return bound, nil
}

// versionsOf finds the version that a doc is the text of, for those that the
// sieve lets through.
func (v *view) versionsOf(s *sieve, docs []int64) (map[int64]int64, error) {
	out := map[int64]int64{}
	if len(docs) == 0 {
		return out, nil
	}
	args := make([]any, len(docs))
	for i, d := range docs {
		args[i] = d
	}
	for _, past := range []bool{false, true} {
		if past && s.at == latest {
			break
		}
		table := "now"
		if past {
			table = "past"
		}
		q := "SELECT n.doc, n.seq, n.facet FROM entry e CROSS JOIN " + table + " n WHERE n.num = e.num AND n.doc = e.seq AND e.seq IN " + marks(len(docs), 1)
		a := slices.Clone(args)
		if s.kind != 0 {
			q += " AND n.kind = ?"
			a = append(a, int64(s.kind))
		}
		if s.column != "" {
			q += " AND " + s.column + " = ?"
			a = append(a, s.value)
		}
		cond, more := s.condition(past, false)
		if err := v.each(q+cond, append(a, more...), func(scan func(...any) error) error {
			var doc, seq, facet int64
			err := scan(&doc, &seq, &facet)
			if s.meets(facet) {
				out[doc] = seq
			}
			return err
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// linked reads all links that a filter lets through.
func (v *view) linked(asOf time.Time, f Filter) ([]*Link, error) {
	var out []*Link
	for after := ""; ; {
		page, err := v.list(asOf, f, MaxPage, after)
		if err != nil {
			return nil, err
		}
		for _, at := range page.Versions {
			out = append(out, at.Record.(*Link))
		}
		if after = page.Next; after == "" {
			return out, nil
		}
	}
}

// BriefsUsing are the briefs known at a time that used a claim, the oldest
// first.
func (l *Ledger) BriefsUsing(ctx context.Context, asOf time.Time, claim string) (out []Brief, err error) {
	out = []Brief{}
	err = l.view(ctx, func(v *view) error {
		k, err := v.lookup(Ref{KindClaim, claim})
		if err != nil || k == nil {
			return err
		}
		at := asOfMicros(asOf)
		var seqs []int64
		for _, q := range []string{
			`SELECT u.seq FROM uses u JOIN now n ON n.seq = u.seq AND n.kind = ? WHERE u.claim = ? AND n.since <= ?`,
			`SELECT u.seq FROM uses u JOIN past n ON n.seq = u.seq AND n.kind = ? WHERE u.claim = ? AND n.since <= ? AND n.until > ?`,
		} {
			args := []any{int64(KindBrief), k.num, at}
			if strings.Contains(q, "until") {
				args = append(args, at)
			}
			if err := v.each(q, args, func(scan func(...any) error) error {
				var s int64
				err := scan(&s)
				seqs = append(seqs, s)
				return err
			}); err != nil {
				return err
			}
		}
		slices.Sort(seqs)
		found, err := v.load(seqs)
		for _, b := range found {
			out = append(out, *b.Record.(*Brief))
		}
		return err
	})
	return out, err
}
