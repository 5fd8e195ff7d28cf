package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/demarche/demarche"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// dialect is everything in which the two stores differ.
type dialect struct {
	name     string
	types    *strings.Replacer // of the schema
	numbered bool              // placeholders are $1, $2, ... and not ?
	rows     int               // rows written at once
	// insert writes rows of one table in a transaction.
	insert   func(m *many, rows []any) error
	words    []string // the tables of the full-text index
	doc      string   // the column of words that holds the doc
	cutWords string   // doc, text: out of the index again
	// match finds docs of a query before one, the newest first.
	match func(v *view, q query, before int64, limit int) ([]int64, error)
	// sweep comes before reading whole tables in a transaction.
	sweep []string
	// bulk comes before a batch of an import in a transaction.
	bulk []string
	// settle is what should follow a large import, if it can be done.
	settle []string
	// lock makes writers come one after another.
	lock string
	// scrub makes what was deleted unreadable, outside a transaction.
	scrub []string
}

var sqliteDialect = dialect{
	name:   "SQLite",
	types:  strings.NewReplacer("{int}", "INTEGER", "{blob}", "BLOB", "{by key}", "WITHOUT ROWID"),
	rows:   30,
	insert: (*many).insertRows,
	words: []string{
		// Without a copy of the content and without ranks the index stays small;
		// with secure-delete nothing of what is taken out stays behind.
		`CREATE VIRTUAL TABLE words USING fts5(text, content='', columnsize=0, tokenize='ascii')`,
		`INSERT INTO words(words, rank) VALUES ('secure-delete', 1)`,
		// A batch of an import is gathered in memory before it is written, and
		// sixteen batches are merged at once: each word is merged less often.
		`INSERT INTO words(words, rank) VALUES ('hashsize', 67108864)`,
		`INSERT INTO words(words, rank) VALUES ('automerge', 16)`,
	},
	doc:      "rowid",
	cutWords: `INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)`,
	match:    (*view).matchFTS5,
	lock:     `SELECT seq, num, hash, recorded, learned, ordered FROM head`, // the transaction is immediate
	scrub:    []string{`PRAGMA wal_checkpoint(TRUNCATE)`},
}

var postgresDialect = dialect{
	name:     "PostgreSQL",
	types:    strings.NewReplacer("{int}", "BIGINT", "{blob}", "BYTEA", "{by key}", ""),
	numbered: true,
	rows:     2000,
	insert:   (*many).copyRows,
	words: []string{
		`CREATE TABLE words (doc BIGINT PRIMARY KEY, text TSVECTOR NOT NULL)`,
		`CREATE INDEX words_text ON words USING GIN (text)`,
	},
	doc:      "doc",
	cutWords: `DELETE FROM words WHERE doc = ? AND CAST(? AS TEXT) IS NOT NULL`,
	match:    (*view).matchGIN,
	sweep:    []string{`SET LOCAL enable_seqscan = on`, `SET LOCAL enable_bitmapscan = on`, `SET LOCAL enable_hashjoin = on`, `SET LOCAL enable_mergejoin = on`},
	// New words are gathered and sorted before they go into the index.
	bulk: []string{`SET LOCAL gin_pending_list_limit = '32MB'`, `SET LOCAL work_mem = '64MB'`},
	// The server would do it by itself, some minutes later.
	settle: []string{`SELECT gin_clean_pending_list('words_text')`, `ANALYZE record`, `ANALYZE now`, `ANALYZE words`},
	lock:   `SELECT seq, num, hash, recorded, learned, ordered FROM head FOR UPDATE`,
	scrub:  []string{`VACUUM (FULL) entry`, `VACUUM (FULL) original`, `VACUUM (FULL) words`},
}

// sql puts the placeholders of a statement in order.
func (d *dialect) sql(q string) string {
	if !d.numbered {
		return q
	}
	var b strings.Builder
	n := 0
	for part := range strings.SplitSeq(q, "?") {
		if n > 0 {
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteString(part)
		n++
	}
	return b.String()
}

// marks is "(?, ?), (?, ?)".
func marks(columns, rows int) string {
	one := "(" + strings.TrimSuffix(strings.Repeat("?, ", columns), ", ") + ")"
	return strings.TrimSuffix(strings.Repeat(one+", ", rows), ", ")
}

func isPostgres(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
}

// access is what a connection to a file is for.
type access uint8

const (
	reading access = iota
	writing
	copying
	sealed // reading what nobody can write
)

// sqliteAddress is how the driver is told of a file. Writers commit with
// synchronous=FULL: the write-ahead log is on disk before a batch is
// acknowledged, so not even a power cut takes an acknowledged entry back. With
// NORMAL it could; a batch of thousands of claims costs one such wait. The log
// may grow to 256 MB before it is brought into the file, so that a page that
// many batches change is brought over once; what it took beyond 64 MB is given
// back. Small pages: a claim changes a few bytes on each of many.
func sqliteAddress(path string, a access) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	q := url.Values{}
	for _, p := range []string{"busy_timeout(10000)", "foreign_keys(1)", "secure_delete(1)", "temp_store(2)"} {
		q.Add("_pragma", p)
	}
	switch a {
	case sealed:
		q.Set("immutable", "1")
		q.Set("mode", "ro")
		q.Add("_pragma", "query_only(1)")
	case writing:
		for _, p := range []string{"page_size(4096)", "journal_mode(WAL)", "synchronous(FULL)", "cache_size(-131072)", "wal_autocheckpoint(64000)", "journal_size_limit(67108864)"} {
			q.Add("_pragma", p)
		}
		q.Set("_txlock", "immediate")
	case copying: // into another file, which query_only forbids
		q.Set("mode", "rw")
	case reading:
		q.Set("mode", "rw") // not ro: the last to leave tidies the log away
		for _, p := range []string{"query_only(1)", "cache_size(-32768)"} {
			q.Add("_pragma", p)
		}
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func openPool(driver, address string, conns int) (*sql.DB, error) {
	db, err := sql.Open(driver, address)
	if err != nil {
		return nil, err
	}
	return pool(db, conns), nil
}

func pool(db *sql.DB, conns int) *sql.DB {
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db
}

// steady holds a server to the plans that the queries here are written for: each
// enters an index, reads it in its order, and goes from there to other tables row
// by row. Left alone the server would make up its mind when a table is empty and
// keep to it while an import fills it; it would read whole tables, or sort all
// claims of a busy source, before it has counted what is in them; and compiling
// such a query takes longer than running it.
func steady(ctx context.Context, c *pgx.Conn) error {
	_, err := c.Exec(ctx, `SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off; SET max_parallel_workers_per_gather = 0; SET plan_cache_mode = force_custom_plan`)
	return err
}

// Conflict is the cause of the error that a writer gets who did not see the
// latest entry of a record. Nothing of what it wanted to write was written.
type Conflict struct {
	Ref      Ref
	Expected int // the entry that the writer had seen, 0 for none
	Found    int // the entry that is there
	Who      string
}

// Error is a sentence.
func (c *Conflict) Error() string {
	switch {
	case c.Found == 0:
		return fmt.Sprintf("the %s is not on record any more, or never was", c.Ref)
	case c.Expected == 0:
		return fmt.Sprintf("the %s is on record already, entered by %s", c.Ref, c.Who)
	}
	return fmt.Sprintf("the %s was changed by %s after you read it: it is at entry %d, and you saw entry %d", c.Ref, c.Who, c.Found, c.Expected)
}

func conflict(c Conflict) error {
	return &demarche.Error{Kind: demarche.Unavailable, Op: "ledger", Msg: c.Error(), Hint: "read it again and repeat the change", Err: &c}
}

// explain puts an error of a store into a sentence. Errors that are sentences
// already, and those of the context, stay as they are.
func (l *Ledger) explain(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*demarche.Error](err); ok {
		return err
	}
	if l.ctxError(err) {
		return err
	}
	e := &demarche.Error{Kind: demarche.Internal, Op: "ledger", Err: err, Msg: fmt.Sprintf("the ledger %s failed: %v", l.place, err), Hint: "nothing was changed; please report this"}
	say := func(k demarche.Kind, msg, hint string) {
		e.Kind, e.Msg, e.Hint = k, msg, hint
	}
	unavailable := func(msg, hint string) { say(demarche.Unavailable, "the ledger "+l.place+" "+msg, hint) }
	damaged := func() {
		say(demarche.BadInput, "the ledger "+l.place+" is damaged: the file does not hold together", "keep the file as it is, and restore the latest backup")
	}
	// A page that was damaged can still look like one. Then a column holds what is
	// never written there, which database/sql tells in words alone.
	if strings.Contains(err.Error(), "sql: Scan error") {
		damaged()
		return e
	}
	if s, ok := errors.AsType[*sqlite.Error](err); ok {
		switch s.Code() & 0xff {
		case 5, 6: // BUSY, LOCKED
			unavailable("is being written by another program", "wait until it is done and try again; nothing was changed")
		case 8, 3: // READONLY, PERM
			unavailable("cannot be written: it, or the folder it lies in, is read-only", "allow writing to both, or work on a copy; nothing was changed")
		case 13: // FULL
			unavailable("cannot grow: the disk is full", "make room and try again; everything acknowledged so far is kept, and nothing was written by halves")
		case 11: // CORRUPT
			damaged()
		case 26: // NOTADB
			say(demarche.BadInput, l.place+" is not a ledger", "name a ledger, or move the file away")
		case 10: // IOERR
			unavailable("could not be read or written", "check the disk; everything acknowledged so far is kept")
		case 14: // CANTOPEN
			unavailable("cannot be opened", "check that its folder exists and that you may write there")
		}
		return e
	}
	if p, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch class := p.Code[:min(2, len(p.Code))]; {
		case p.Code == "53100":
			unavailable("cannot grow: the disk of the server is full", "make room and try again; everything acknowledged so far is kept, and nothing was written by halves")
		case p.Code == "25006":
			unavailable("cannot be written: the server is read-only", "write to the primary server; nothing was changed")
		case class == "40" || p.Code == "55P03":
			unavailable("is being written by another program", "try again; nothing was changed")
		case class == "28":
			unavailable("refused the name or the password", "check both in the address")
		case p.Code == "3D000":
			say(demarche.NotFound, "the server of "+l.place+" has no such database", "create it first")
		case class == "42" && p.Code == "42501":
			unavailable("does not allow this to the user in the address", "ask for the right to create and write tables")
		case class == "53" || class == "57" || class == "58":
			unavailable("cannot serve us now", "try again later; everything acknowledged so far is kept")
		case class == "XX":
			say(demarche.BadInput, "the ledger "+l.place+" is damaged", "restore the latest backup")
		}
		return e
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok || errors.Is(err, os.ErrDeadlineExceeded) {
		unavailable("cannot be reached", "check the address and that the server runs")
		return e
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		unavailable("cannot be reached any more", "check the network; everything acknowledged so far is kept")
	}
	if errors.Is(err, fs.ErrPermission) {
		unavailable("may not be opened", "ask for the right to read and write it")
	}
	return e
}

func (v *view) matchFTS5(q query, before int64, limit int) ([]int64, error) {
	return v.docs(`SELECT rowid FROM words WHERE words MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?`, q.fts5(), before, limit)
}

// matchGIN looks through the docs from the newest on, block by block, each some
// times larger than those before: an index of PostgreSQL gives all that match in no order,
// and a common word has millions. The additions keep the server from reading the
// table backwards instead, which takes as long as a word is rare.
func (v *view) matchGIN(q query, before int64, limit int) ([]int64, error) {
	var head int64
	if err := v.tx.QueryRowContext(v.ctx, `SELECT seq FROM head`).Scan(&head); err != nil {
		return nil, err
	}
	// An index of words can be read in no other way.
	if _, err := v.tx.ExecContext(v.ctx, `SET LOCAL enable_bitmapscan = on; SET LOCAL enable_indexscan = off`); err != nil {
		return nil, err
	}
	before = min(before, head+1)
	var out []int64
	for start := before; before > 1 && len(out) < limit; {
		// The largest block that does not hold much more than was looked through.
		size := len(blocks) - 1
		for size > 0 && before-(before-1)>>blocks[size]<<blocks[size] > blockGrowth*(start-before) {
			size--
		}
		block := (before - 1) >> blocks[size]
		within := append(query{{words: []string{blockMark(size, block)}}}, q...)
		found, err := v.docs(`SELECT doc FROM words WHERE text @@ CAST(CAST(? AS TEXT) AS TSQUERY) AND doc + 0 < ? ORDER BY doc + 0 DESC LIMIT ?`,
			within.tsquery(), before, limit-len(out))
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
		before = block << blocks[size]
	}
	_, err := v.tx.ExecContext(v.ctx, `SET LOCAL enable_bitmapscan = off; SET LOCAL enable_indexscan = on`)
	return out, err
}

func (v *view) docs(q string, args ...any) (out []int64, err error) {
	err = v.each(q, args, func(scan func(...any) error) error {
		var d int64
		err := scan(&d)
		out = append(out, d)
		return err
	})
	return out, err
}

// query is a full-text query: all of its parts must be met.
type query []term

// term is a word or a phrase of folded words.
type term struct {
	words  []string
	prefix bool // the last word is only the beginning of one
	not    bool
}

func (q query) fts5() string {
	var is, not []string
	for _, t := range q {
		s := `"` + strings.Join(t.words, " ") + `"`
		if t.prefix {
			s += " *"
		}
		if t.not {
			not = append(not, s)
		} else {
			is = append(is, s)
		}
	}
	s := strings.Join(is, " AND ")
	if len(is) > 1 && len(not) > 0 {
		s = "(" + s + ")"
	}
	for _, n := range not {
		s += " NOT " + n
	}
	return s
}

func (q query) tsquery() string {
	var parts []string
	for _, t := range q {
		words := make([]string, len(t.words))
		for i, w := range t.words {
			words[i] = "'" + w + "'"
		}
		if t.prefix {
			words[len(words)-1] += ":*"
		}
		s := "(" + strings.Join(words, " <-> ") + ")"
		if t.not {
			s = "!" + s
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " & ")
}
