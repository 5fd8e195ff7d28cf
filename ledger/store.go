package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/demarche/demarche"
)

// Ledger is an open ledger. It may be used by several goroutines at once.
type Ledger struct {
	place string // for messages: the path, or the address without a password
	d     *dialect
	reads *sql.DB
	write *sql.DB // nil if opened for reading
	now   func() time.Time
	// sealed: a file that nobody can write, opened without its log.
	sealed bool
	// window is how many rows a list looks at before it goes another way, and a
	// search before it gives a short page.
	window int

	closing sync.Once
}

// Options say how a ledger is opened.
type Options struct {
	// ReadOnly opens a ledger that is there, and leaves no file behind.
	ReadOnly bool
	// Now is the clock; time.Now if nil.
	Now func() time.Time
}

// Open opens the ledger at a path (SQLite), or at a postgres:// address. Unless
// it is opened for reading it is made if it is not there, and brought to the
// schema of this program if it is of an earlier one.
func Open(ctx context.Context, where string, o Options) (*Ledger, error) {
	l := &Ledger{place: where, now: o.Now, window: 3000}
	if l.now == nil {
		l.now = time.Now
	}
	open := l.openSQLite
	if isPostgres(where) {
		open = l.openPostgres
	}
	err := open(ctx, where, o)
	if err == nil {
		err = l.prepare(ctx)
	}
	if err != nil {
		l.Close()
		return nil, l.explain(err)
	}
	return l, nil
}

func (l *Ledger) openPostgres(_ context.Context, where string, o Options) (err error) {
	l.d = &postgresDialect
	if u, err := url.Parse(where); err == nil {
		l.place = u.Redacted()
	}
	config, err := pgx.ParseConfig(where)
	if err != nil {
		return bad("the address "+l.place+" cannot be read", "write postgres://user@host:5432/database")
	}
	l.reads = pool(stdlib.OpenDB(*config, stdlib.OptionAfterConnect(steady)), 8)
	if !o.ReadOnly {
		l.write = pool(stdlib.OpenDB(*config, stdlib.OptionAfterConnect(steady)), 4)
	}
	return nil
}

func (l *Ledger) openSQLite(ctx context.Context, where string, o Options) (err error) {
	l.d = &sqliteDialect
	info, err := os.Stat(where)
	switch {
	case errors.Is(err, os.ErrNotExist) && o.ReadOnly:
		return &demarche.Error{Kind: demarche.NotFound, Op: "ledger.Open", Msg: "there is no ledger " + where, Hint: "add reports or claims first"}
	case errors.Is(err, os.ErrNotExist):
		if _, err := os.Stat(filepath.Dir(where)); err != nil {
			return &demarche.Error{Kind: demarche.NotFound, Op: "ledger.Open", Msg: "there is no folder " + filepath.Dir(where), Hint: "make it first", Err: err}
		}
	case err != nil:
		return err
	case info.IsDir():
		return bad(where+" is a folder, not a ledger", "name the file in it")
	}
	how := reading
	if !o.ReadOnly {
		if err := writable(where); err != nil {
			return &demarche.Error{Kind: demarche.Unavailable, Op: "ledger.Open", Err: err,
				Msg:  "the ledger " + where + " cannot be written: it, or the folder it lies in, is read-only, or the disk is full",
				Hint: "allow writing to both and make room, or work on a copy; nothing was changed"}
		}
		if l.write, err = openPool("sqlite", sqliteAddress(where, writing), 1); err != nil {
			return err
		}
		// Journal and file must be there before readers come.
		if err := l.write.PingContext(ctx); err != nil {
			return err
		}
	} else if writable(where) != nil {
		// Readers of a write-ahead log need to write beside it. Where that is
		// forbidden and there is no log, the file alone is the whole ledger.
		if _, err := os.Stat(where + "-wal"); errors.Is(err, os.ErrNotExist) {
			how = sealed
		}
	}
	l.sealed = how == sealed
	l.reads, err = openPool("sqlite", sqliteAddress(where, how), 4)
	return err
}

// writable fails where a file, if it is there, or its folder cannot be written:
// by trying, for permissions do not tell of a disk that is mounted read-only.
func writable(where string) error {
	f, err := os.OpenFile(where, os.O_RDWR, 0)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err == nil {
		f.Close()
	}
	probe, err := os.CreateTemp(filepath.Dir(where), ".ledger-probe-*")
	if err != nil {
		return err
	}
	probe.Close()
	return os.Remove(probe.Name())
}

// Close closes the ledger. It may be called twice.
func (l *Ledger) Close() error {
	var errs []error
	l.closing.Do(func() {
		// The writer last: it empties the log into the file and takes it away.
		for _, db := range []*sql.DB{l.reads, l.write} {
			if db != nil {
				errs = append(errs, db.Close())
			}
		}
	})
	return l.explain(errors.Join(errs...))
}

// ctxError reports whether an error is that of a context that ended.
func (l *Ledger) ctxError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// migrations lead from each schema to the next. Schema 1 is what is kept,
// schema 2 adds what is derived from it. A later change of derived tables drops
// them and is followed by a rebuild; entries are never rewritten.
var migrations = [][]string{
	{
		`CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)`,
		`INSERT INTO meta (name, value) VALUES ('ledger', 'demarche')`,
		`INSERT INTO meta (name, value) VALUES ('schema', '1')`,
		// The end of the chain, and the row that writers lock. ordered: every
		// entry was learned no earlier than the one before it.
		`CREATE TABLE head (one {int} PRIMARY KEY CHECK (one = 1), seq {int} NOT NULL, num {int} NOT NULL, hash {blob} NOT NULL,
			recorded {int} NOT NULL, learned {int} NOT NULL, ordered {int} NOT NULL)`,
		`INSERT INTO head (one, seq, num, hash, recorded, learned, ordered) VALUES (1, 0, 0, '', 0, 0, 1)`,
		`CREATE TABLE entry (seq {int} PRIMARY KEY, kind {int} NOT NULL, id TEXT NOT NULL, num {int} NOT NULL, prev {int} NOT NULL,
			number {int} NOT NULL, op {int} NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL, learned {int} NOT NULL, recorded {int} NOT NULL,
			payload {blob}, salt {blob}, content {blob} NOT NULL, hash {blob} NOT NULL)`,
		`CREATE TABLE record (kind {int} NOT NULL, id TEXT NOT NULL, num {int} NOT NULL, seq {int} NOT NULL, number {int} NOT NULL,
			state {int} NOT NULL, learned {int} NOT NULL, PRIMARY KEY (kind, id)) {by key}`,
		`CREATE INDEX record_redacted ON record (learned) WHERE state = 3`,
		// bytes is empty where the text of the report is what came, byte for byte.
		`CREATE TABLE original (sha TEXT PRIMARY KEY, num {int} NOT NULL, bytes {blob})`,
		`CREATE INDEX original_num ON original (num)`,
		`CREATE TABLE backup (made {int} NOT NULL, place TEXT NOT NULL, seq {int} NOT NULL, sha TEXT NOT NULL)`,
	},
	nil, // see derived
	// Schema 3 keeps sources and reports in the full-text index, and has ahead.
	{
		`DROP TABLE IF EXISTS now`, `DROP TABLE IF EXISTS past`, `DROP TABLE IF EXISTS facets`, `DROP TABLE IF EXISTS uses`, `DROP TABLE IF EXISTS words`,
	},
}

// derived are the tables that can be made anew from the entries.
var derived = []string{
	`CREATE TABLE now (num {int} PRIMARY KEY, kind {int} NOT NULL, seq {int} NOT NULL, since {int} NOT NULL, facet {int} NOT NULL,
		x {int}, y {int}, z {int}, span {int}, d0 {int}, d1 {int}, size {int} NOT NULL, doc {int} NOT NULL)`,
	// Lists are in the order of since and seq, the newest first; each index holds
	// what filters look at, so that a scan of it alone decides.
	`CREATE INDEX now_kind ON now (kind, since, seq, facet)`,
	`CREATE INDEX now_facet ON now (kind, facet, since, seq)`,
	`CREATE INDEX now_x ON now (x, kind, since, seq, facet) WHERE x IS NOT NULL`,
	`CREATE INDEX now_y ON now (y, kind, since, seq, facet) WHERE y IS NOT NULL`,
	`CREATE INDEX now_z ON now (z, kind, since, seq, facet) WHERE z IS NOT NULL`,
	// span sorts what it is about by length, see spanOf.
	`CREATE INDEX now_about ON now (kind, span, d0, seq, d1, facet, since) WHERE span IS NOT NULL`,
	`CREATE TABLE past (seq {int} PRIMARY KEY, num {int} NOT NULL, kind {int} NOT NULL, since {int} NOT NULL, until {int} NOT NULL, facet {int} NOT NULL,
		x {int}, y {int}, z {int}, span {int}, d0 {int}, d1 {int}, size {int} NOT NULL, doc {int} NOT NULL)`,
	`CREATE INDEX past_num ON past (num, since)`,
	`CREATE INDEX past_kind ON past (kind, since, seq, until, facet)`,
	`CREATE INDEX past_until ON past (kind, until)`,
	`CREATE INDEX past_x ON past (x, kind, since, seq, until, facet) WHERE x IS NOT NULL`,
	`CREATE INDEX past_y ON past (y, kind, since, seq, until, facet) WHERE y IS NOT NULL`,
	`CREATE INDEX past_z ON past (z, kind, since, seq, until, facet) WHERE z IS NOT NULL`,
	`CREATE INDEX past_about ON past (kind, span, d0, seq, d1, facet, since, until) WHERE span IS NOT NULL`,
	// Every facet that ever was, so that rare ones are found one by one.
	`CREATE TABLE facets (kind {int} NOT NULL, facet {int} NOT NULL, PRIMARY KEY (kind, facet)) {by key}`,
	// By how much, at most, what a version is about begins after it was learned.
	`CREATE TABLE ahead (kind {int} PRIMARY KEY, most {int} NOT NULL)`,
	`CREATE TABLE uses (seq {int} NOT NULL, claim {int} NOT NULL, PRIMARY KEY (seq, claim)) {by key}`,
	`CREATE INDEX uses_claim ON uses (claim)`,
}

var derivedTables = []string{"now", "past", "facets", "ahead", "uses", "words"}

// Schema is the version of the tables that this program writes.
var Schema = len(migrations)

// prepare checks what is there, and makes or brings forward the tables.
func (l *Ledger) prepare(ctx context.Context) error {
	v, err := l.schema(ctx)
	if err != nil {
		return err
	}
	switch {
	case v > Schema:
		return &demarche.Error{Kind: demarche.Unavailable, Op: "ledger.Open",
			Msg:  fmt.Sprintf("the ledger %s was written by a newer version of the program: its schema is %d, and this program knows schemas up to %d", l.place, v, Schema),
			Hint: "install the newer version; nothing was changed"}
	case v == Schema:
		return nil
	case l.write == nil && v == 0:
		return &demarche.Error{Kind: demarche.NotFound, Op: "ledger.Open", Msg: "there is no ledger in " + l.place, Hint: "add reports or claims first"}
	case l.write == nil:
		return &demarche.Error{Kind: demarche.Unavailable, Op: "ledger.Open",
			Msg:  fmt.Sprintf("the ledger %s is of schema %d, and must be brought to %d before it can be read", l.place, v, Schema),
			Hint: "run a command that writes to it, such as ledger verify --rebuild"}
	}
	conn, err := l.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if l.d == &postgresDialect { // two programs may open a new ledger at once
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtext('demarche ledger ' || current_schema()))`); err != nil {
			return err
		}
	}
	if v, err = l.schemaIn(ctx, tx); err != nil {
		return err
	}
	if v >= Schema {
		return nil // somebody else has done it
	}
	for ; v < Schema; v++ {
		if err := l.migrate(ctx, conn, tx, v); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// migrate takes one step, from schema v.
func (l *Ledger) migrate(ctx context.Context, conn *sql.Conn, tx *sql.Tx, v int) error {
	for _, q := range migrations[v] {
		if _, err := tx.ExecContext(ctx, l.d.types.Replace(q)); err != nil {
			return fmt.Errorf("%w (in %q)", err, q)
		}
	}
	if v+1 == len(migrations) {
		if err := l.derive(ctx, conn, tx, nil); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, l.d.sql(`UPDATE meta SET value = ? WHERE name = 'schema'`), strconv.Itoa(v+1))
	return err
}

type queryer interface {
	QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row
}

func (l *Ledger) schema(ctx context.Context) (int, error) { return l.schemaIn(ctx, l.reads) }

// schemaIn is the schema of what is there, 0 if there is nothing.
func (l *Ledger) schemaIn(ctx context.Context, q queryer) (int, error) {
	tables := `SELECT count(*), coalesce(sum(CASE WHEN name = 'meta' THEN 1 ELSE 0 END), 0) FROM sqlite_master WHERE type = 'table'`
	if l.d == &postgresDialect {
		tables = `SELECT count(*), coalesce(sum(CASE WHEN table_name = 'meta' THEN 1 ELSE 0 END), 0) FROM information_schema.tables WHERE table_schema = current_schema()`
	}
	var n, meta int
	if err := q.QueryRowContext(ctx, tables).Scan(&n, &meta); err != nil {
		return 0, err
	}
	if n == 0 {
		return 0, nil
	}
	var mark, value string
	foreign := bad(l.place+" holds tables of another program", "name a ledger, or an empty place")
	if meta == 0 {
		return 0, foreign
	}
	err := q.QueryRowContext(ctx, `SELECT (SELECT value FROM meta WHERE name = 'ledger'), (SELECT value FROM meta WHERE name = 'schema')`).Scan(&mark, &value)
	if err != nil && !l.damaged(err) || err == nil && mark != "demarche" {
		return 0, foreign
	}
	if err != nil {
		return 0, err
	}
	v, err := strconv.Atoi(value)
	if err != nil || v < 1 {
		return 0, bad("the ledger "+l.place+" does not say its schema", "restore the latest backup")
	}
	return v, nil
}

// damaged reports whether the store itself is in trouble.
func (l *Ledger) damaged(err error) bool {
	return demarche.KindOf(l.explain(err)) != demarche.Internal || l.ctxError(err)
}
