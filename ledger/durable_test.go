package ledger

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/demarche/demarche"
)

// TestMain lets the test program play the importer that is killed.
func TestMain(m *testing.M) {
	if where := os.Getenv("LEDGER_TEST_IMPORT"); where != "" {
		importAloud(where)
		return
	}
	os.Exit(m.Run())
}

const killedClaims = 3000

// importAloud imports and says after each batch how many claims are on disk.
func importAloud(where string) {
	l, err := Open(context.Background(), where, Options{Now: func() time.Time { return dawn.Add(48 * time.Hour) }})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	say := func(i Imported) { fmt.Println("done", i.Done()) }
	// Small batches, so that many ends of batches lie before the kill.
	if _, err := l.importIn(context.Background(), ann, largeItems(killedClaims), say, 150); err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	l.Close()
	fmt.Println("end")
}

// TestKilled kills importers at any moment. What they said is on disk is there,
// nothing is there by halves, and running again doubles nothing.
func TestKilled(t *testing.T) {
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			times := int(runs(10, 100))
			if s.name == "PostgreSQL" {
				times = int(runs(3, 25))
			}
			where := s.make(t)
			open(t, where, Options{}).Close()
			finished := false
			acknowledged := 0
			for n := range times {
				cmd := exec.Command(os.Args[0])
				cmd.Env = append(os.Environ(), "LEDGER_TEST_IMPORT="+where)
				out, err := cmd.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				// It dies somewhere after a number of batches, in the midst of one.
				r := bufio.NewReader(out)
				said := 0
				for range 1 + n%7 {
					line, err := r.ReadString('\n')
					if strings.HasPrefix(line, "error") {
						t.Fatal(line)
					}
					if strings.HasPrefix(line, "end") {
						finished = true
					}
					if err != nil {
						break
					}
					if d, ok := strings.CutPrefix(line, "done "); ok {
						said, _ = strconv.Atoi(strings.TrimSpace(d))
					}
				}
				time.Sleep(time.Duration(n*n%23) * time.Millisecond)
				_ = cmd.Process.Signal(syscall.SIGKILL)
				tail, _ := io.ReadAll(r)
				for line := range strings.Lines(string(tail)) {
					if d, ok := strings.CutPrefix(line, "done "); ok {
						said, _ = strconv.Atoi(strings.TrimSpace(d))
					}
				}
				_ = cmd.Wait()
				acknowledged = max(acknowledged, said)

				l := open(t, where, Options{})
				f, err := l.Verify(t.Context(), nil)
				if err != nil || !f.OK() {
					t.Fatalf("after kill %d: %v, %v", n, err, f.Problems)
				}
				if int(f.Entries) < acknowledged {
					t.Fatalf("after kill %d: %d entries, but %d were acknowledged", n, f.Entries, acknowledged)
				}
				l.Close()
			}
			if acknowledged == 0 {
				t.Fatal("nothing was acknowledged before a kill: the test tested nothing")
			}
			t.Logf("%d kills; finished %v", times, finished)
			l := open(t, where, Options{})
			got, err := l.Import(t.Context(), ann, largeItems(killedClaims), nil)
			if err != nil || got.Differs != 0 || got.Added+got.Unchanged != got.Done() {
				t.Fatalf("%+v, %v", got, err)
			}
			f, err := l.Verify(t.Context(), nil)
			if err != nil || !f.OK() || int(f.Entries) != got.Done() {
				t.Fatalf("%d entries of %d items: %v, %v", f.Entries, got.Done(), err, f.Problems)
			}
		})
	}
}

// TestConcurrentWriters: of writers that saw the same entry one comes through,
// and each of the others is told; no change is lost.
func TestConcurrentWriters(t *testing.T) {
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			where := s.make(t)
			ledgers := []*Ledger{open(t, where, Options{}), open(t, where, Options{})}
			put(t, ledgers[0], &Hypothesis{ID: "h", Says: "0"})
			const writers, each = 4, 6
			var wg sync.WaitGroup
			errs := make(chan error, writers*each)
			conflicts := make(chan int, writers)
			for w := range writers {
				l := ledgers[w%2]
				wg.Go(func() {
					lost := 0
					for done := 0; done < each; {
						at, err := l.Get(t.Context(), time.Time{}, Ref{KindHypothesis, "h"})
						if err != nil {
							errs <- err
							return
						}
						n, _ := strconv.Atoi(at.Record.(*Hypothesis).Says)
						_, err = l.Put(t.Context(), ann, &Hypothesis{ID: "h", Says: strconv.Itoa(n + 1)}, at.Number)
						if c, ok := errors.AsType[*Conflict](err); ok {
							if c.Found <= c.Expected || demarche.KindOf(err) != demarche.Unavailable {
								errs <- err
								return
							}
							lost++
							continue
						}
						if err != nil {
							errs <- err
							return
						}
						done++
					}
					conflicts <- lost
				})
			}
			wg.Wait()
			close(errs)
			for err := range errs {
				t.Fatal(err)
			}
			at, err := ledgers[0].Get(t.Context(), time.Time{}, Ref{KindHypothesis, "h"})
			if want := strconv.Itoa(writers * each); err != nil || at.Record.(*Hypothesis).Says != want || at.Number != writers*each+1 {
				t.Fatalf("%+v, %v; want %s", at, err, want)
			}
			if f, err := ledgers[1].Verify(t.Context(), nil); err != nil || !f.OK() {
				t.Fatalf("%+v, %v", f, err)
			}
		})
	}
}

// TestConflict: the sentence that the one who comes late is told.
func TestConflict(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		small(t, l)
		h := &Hypothesis{ID: "h1", Says: "They do not bluff"}
		if _, err := l.Put(t.Context(), Change{Who: "Bob", Why: "new facts"}, h, 1); err != nil {
			t.Fatal(err)
		}
		_, err := l.Put(t.Context(), ann, &Hypothesis{ID: "h1", Says: "Perhaps"}, 1)
		is(t, err, demarche.Unavailable, "changed by Bob after you read it")
		_, err = l.Put(t.Context(), ann, &Hypothesis{ID: "h1", Says: "Perhaps"}, 0)
		is(t, err, demarche.Unavailable, "on record already, entered by Bob")
		_, err = l.Put(t.Context(), ann, &Hypothesis{ID: "h9", Says: "Perhaps"}, 1)
		is(t, err, demarche.Unavailable, "not on record any more")
		_, err = l.Undo(t.Context(), ann, Ref{KindHypothesis, "h1"}, 1)
		is(t, err, demarche.Unavailable, "changed by Bob")
		// Nothing of a list is written when one of it cannot be.
		_, err = l.Write(t.Context(), ann, Item{Record: &Hypothesis{ID: "h2", Says: "x"}}, Item{Record: &Hypothesis{ID: "h1", Says: "x"}})
		is(t, err, demarche.Unavailable, "entered by Bob")
		_, err = l.Get(t.Context(), time.Time{}, Ref{KindHypothesis, "h2"})
		is(t, err, demarche.NotFound, "no hypothesis h2")
		// The same again is no change.
		done, err := l.Put(t.Context(), ann, h, 2)
		if err != nil || !done.Same || done.Number != 2 {
			t.Fatalf("%+v, %v", done, err)
		}
		for _, ch := range []Change{{Why: "x"}, {Who: "x"}, {Who: "a\x00", Why: "x"}, {Who: "a", Why: "\xff"}} {
			_, err = l.Put(t.Context(), ch, h, 2)
			is(t, err, demarche.BadInput, "the change")
		}
		_, err = l.Put(t.Context(), Change{Who: "a", Why: "b", Learned: dawn.Add(-time.Hour)}, &Hypothesis{ID: "h1", Says: "before"}, 2)
		is(t, err, demarche.BadInput, "before what it changes")
		_, err = l.Put(t.Context(), Change{Who: "a", Why: "b", Learned: dawn.AddDate(5, 0, 0)}, &Hypothesis{ID: "h1", Says: "after"}, 2)
		is(t, err, demarche.BadInput, "still to come")
	})
}

// TestMigrations opens a ledger of every earlier schema, filled as it was then.
func TestMigrations(t *testing.T) {
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			for v := 1; v < Schema; v++ {
				where := s.make(t)
				l := open(t, where, Options{})
				small(t, l)
				want := everything(t, l, time.Time{}, Filter{Kind: KindClaim}, 10)
				ctx := t.Context()
				switch v {
				case 1: // no derived tables
					for _, table := range derivedTables {
						if _, err := l.write.ExecContext(ctx, "DROP TABLE "+table); err != nil {
							t.Fatal(err)
						}
					}
				case 2: // words alone in the full-text index
					wordsOfSchema2(t, l)
				}
				if _, err := l.write.ExecContext(ctx, l.d.sql("UPDATE meta SET value = ? WHERE name = 'schema'"), strconv.Itoa(v)); err != nil {
					t.Fatal(err)
				}
				l.Close()
				_, err := Open(ctx, where, Options{ReadOnly: true})
				is(t, err, demarche.Unavailable, fmt.Sprintf("schema %d, and must be brought to %d", v, Schema))
				l = open(t, where, Options{})
				if got := everything(t, l, time.Time{}, Filter{Kind: KindClaim}, 10); len(got) != len(want) || got[0].Ref != want[0].Ref {
					t.Errorf("%v, want %v", got, want)
				}
				if f, err := l.Verify(ctx, nil); err != nil || !f.OK() {
					t.Errorf("%+v, %v", f, err)
				}
				for _, f := range []Filter{{Kind: KindClaim, Text: "yield"}, {Kind: KindClaim, Text: "yield", Source: "minister"}, {Kind: KindClaim, Text: "failed", Report: "r1"}} {
					if page, err := l.List(ctx, time.Time{}, f, 10, ""); err != nil || len(page.Versions) != 1 {
						t.Errorf("schema %d, %+v: %+v, %v", v, f, page, err)
					}
				}
			}
			// A newer one is not touched.
			where := s.make(t)
			l := open(t, where, Options{})
			small(t, l)
			if _, err := l.write.Exec("UPDATE meta SET value = '99' WHERE name = 'schema'"); err != nil {
				t.Fatal(err)
			}
			l.Close()
			for _, o := range []Options{{}, {ReadOnly: true}} {
				_, err := Open(t.Context(), where, o)
				is(t, err, demarche.Unavailable, "newer version of the program: its schema is 99")
			}
			db, err := sql.Open(map[bool]string{true: "pgx", false: "sqlite"}[isPostgres(where)], where)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			var schema string
			if err := db.QueryRow("SELECT value FROM meta WHERE name = 'schema'").Scan(&schema); err != nil || schema != "99" {
				t.Errorf("%s, %v", schema, err)
			}
		})
	}
}

// wordsOfSchema2 puts the full-text index back as schema 2 had it.
func wordsOfSchema2(t *testing.T, l *Ledger) {
	t.Helper()
	exec := func(q string, args ...any) {
		t.Helper()
		if _, err := l.write.ExecContext(t.Context(), l.d.sql(q), args...); err != nil {
			t.Fatal(err)
		}
	}
	make, add := []string{`CREATE VIRTUAL TABLE words USING fts5(text, content='', columnsize=0, tokenize='ascii')`}, `INSERT INTO words (rowid, text) VALUES (?, ?)`
	if l.d == &postgresDialect {
		make = []string{`CREATE TABLE words (doc BIGINT PRIMARY KEY, text TSVECTOR NOT NULL)`, `CREATE INDEX words_text ON words USING GIN (text)`}
		add = `INSERT INTO words (doc, text) VALUES (?, to_tsvector('simple', CAST(? AS TEXT)))`
	}
	exec(`DROP TABLE words`)
	exec(`DROP TABLE ahead`)
	for _, q := range make {
		exec(q)
	}
	for k := KindReport; k < lastKind; k++ {
		for _, at := range everything(t, l, time.Time{}, Filter{Kind: k}, 100) {
			if words := fold(at.Record.index().words); words != "" {
				exec(add, at.Seq, words)
			}
		}
	}
}

// TestStranger: what is not a ledger is told apart from one, and left alone.
func TestStranger(t *testing.T) {
	for _, s := range stores {
		where := s.make(t)
		db, err := sql.Open(map[bool]string{true: "pgx", false: "sqlite"}[isPostgres(where)], where)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec("CREATE TABLE songs (title TEXT)"); err != nil {
			t.Fatal(err)
		}
		db.Close()
		_, err = Open(t.Context(), where, Options{})
		is(t, err, demarche.BadInput, "another program")
	}
	dir := t.TempDir()
	_, err := Open(t.Context(), filepath.Join(dir, "none.db"), Options{ReadOnly: true})
	is(t, err, demarche.NotFound, "there is no ledger")
	_, err = Open(t.Context(), filepath.Join(dir, "nowhere", "x.db"), Options{})
	is(t, err, demarche.NotFound, "there is no folder")
	_, err = Open(t.Context(), dir, Options{})
	is(t, err, demarche.BadInput, "is a folder")
	_, err = Open(t.Context(), "postgres://nobody@127.0.0.1:1/none", Options{})
	is(t, err, demarche.Unavailable, "cannot be reached")
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("files were made: %v", entries)
	}
}

// TestReadersLeaveNothing: opening for reading makes no file that stays, and
// works where nothing may be written.
func TestReadersLeaveNothing(t *testing.T) {
	dir := t.TempDir()
	where := filepath.Join(dir, "a ledger? 100%.db")
	l := open(t, where, Options{})
	small(t, l)
	l.Close()
	before, _ := os.ReadFile(where)
	r := open(t, where, Options{ReadOnly: true})
	if _, err := r.Get(t.Context(), time.Time{}, Ref{KindClaim, "c1"}); err != nil {
		t.Fatal(err)
	}
	_, err := r.Put(t.Context(), ann, &Hypothesis{ID: "h7", Says: "x"}, 0)
	is(t, err, demarche.Unavailable, "opened for reading")
	r.Close()
	entries, _ := os.ReadDir(dir)
	after, _ := os.ReadFile(where)
	if len(entries) != 1 || string(before) != string(after) {
		t.Errorf("reading left %v", entries)
	}
}

// small disks are made with the rights of root only.
func smallDisk(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "demarche-test", dir).CombinedOutput(); err != nil {
		lacks(t, "a small disk could not be mounted, which needs the rights of root: run this test as root ("+strings.TrimSpace(string(out))+")")
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("%s", out)
		}
	})
	return dir
}

func TestDiskFull(t *testing.T) {
	dir := smallDisk(t, "size=3m")
	where := filepath.Join(dir, "ledger.db")
	l := open(t, where, Options{Now: func() time.Time { return dawn.Add(48 * time.Hour) }})
	acknowledged := 0
	_, err := l.importIn(t.Context(), ann, largeItems(killedClaims), func(i Imported) { acknowledged = i.Done() }, 150)
	is(t, err, demarche.Unavailable, "the disk is full")
	if acknowledged == 0 {
		t.Fatal("nothing was written before the disk was full")
	}
	// It can be read, and holds all that was acknowledged.
	f, err := l.Verify(t.Context(), nil)
	if err != nil || !f.OK() || int(f.Entries) < acknowledged {
		t.Fatalf("%d entries of %d: %v, %v", f.Entries, acknowledged, err, f.Problems)
	}
	l.Close()
	if out, err := exec.Command("mount", "-o", "remount,size=64m", dir).CombinedOutput(); err != nil {
		t.Fatalf("%s", out)
	}
	l = open(t, where, Options{Now: func() time.Time { return dawn.Add(48 * time.Hour) }})
	got, err := l.Import(t.Context(), ann, largeItems(killedClaims), nil)
	if err != nil || got.Unchanged < acknowledged || got.Added+got.Unchanged != got.Done() {
		t.Fatalf("%+v, %v", got, err)
	}
	l.Close()
}

func TestReadOnlyDisk(t *testing.T) {
	dir := smallDisk(t, "size=16m")
	where := filepath.Join(dir, "ledger.db")
	l := open(t, where, Options{})
	small(t, l)
	l.Close()
	if out, err := exec.Command("mount", "-o", "remount,ro", dir).CombinedOutput(); err != nil {
		t.Fatalf("%s", out)
	}
	r := open(t, where, Options{ReadOnly: true})
	if f, err := r.Verify(t.Context(), nil); err != nil || !f.OK() {
		t.Fatalf("%+v, %v", f, err)
	}
	r.Close()
	l, err := Open(t.Context(), where, Options{})
	if err == nil {
		_, err = l.Put(t.Context(), ann, &Hypothesis{ID: "h7", Says: "x"}, 0)
		l.Close()
	}
	is(t, err, demarche.Unavailable, "read-only")
	_, err = Open(t.Context(), filepath.Join(dir, "new.db"), Options{})
	is(t, err, demarche.Unavailable, "")
}

// TestDamaged: a file that was damaged is told as such, or found out by Verify;
// nothing crashes, and the file is left as it is.
func TestDamaged(t *testing.T) {
	dir := t.TempDir()
	where := filepath.Join(dir, "ledger.db")
	l := open(t, where, Options{Now: func() time.Time { return dawn.Add(48 * time.Hour) }})
	if _, err := l.Import(t.Context(), ann, largeItems(200), nil); err != nil {
		t.Fatal(err)
	}
	l.Close()
	whole, err := os.ReadFile(where)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	told, found := 0, 0
	for n := range int(runs(12, 200)) {
		at := (n * 7919 * page / 3) % (len(whole) - page)
		hurt := append([]byte(nil), whole...)
		if n%2 == 0 { // a page that makes no sense, or a letter or two changed
			for i := range 600 {
				hurt[at+i] ^= byte(0x55 + i)
			}
		} else {
			at = bytes.Index(hurt[at:], []byte(`"says":"`)) + at + 10
			hurt[at] ^= 1
		}
		copied := filepath.Join(dir, "hurt.db")
		if err := os.WriteFile(copied, hurt, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Open(t.Context(), copied, Options{ReadOnly: true})
		if err == nil {
			var f Findings
			f, err = r.Verify(t.Context(), nil)
			if err == nil && !f.OK() {
				found++
			}
			r.Close()
		}
		if err != nil {
			told++
			if demarche.KindOf(err) == demarche.Internal {
				t.Errorf("damage at %d: %v", at, err)
			}
		}
	}
	if !testing.Short() && (told == 0 || found == 0) {
		t.Errorf("told %d times, found %d times", told, found)
	}
	if err := os.WriteFile(where, []byte(strings.Repeat("this is a letter, not a database\n", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), where, Options{})
	is(t, err, demarche.BadInput, "is not a ledger")
	if err := os.WriteFile(where, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Open(t.Context(), where, Options{ReadOnly: true})
	if err == nil {
		_, err = r.Verify(t.Context(), nil)
		r.Close()
	}
	is(t, err, demarche.BadInput, "damaged")
}

// TestTampered: a change behind the ledger's back is found.
func TestTampered(t *testing.T) {
	for n, change := range []string{
		`UPDATE entry SET payload = CAST('{"id":"h1","says":"forged"}' AS {blob}) WHERE id = 'h1'`,
		`UPDATE entry SET who = 'Eve' WHERE seq = 5`,
		`UPDATE entry SET why = 'forged' WHERE seq = 5`,
		`UPDATE entry SET learned = learned - 1000000 WHERE seq = 7`,
		`UPDATE entry SET recorded = 0 WHERE seq = 7`,
		`UPDATE entry SET payload = NULL, salt = NULL, why = '' WHERE seq = 7`,
		`DELETE FROM entry WHERE seq = 8`,
		`DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)`,
		`DELETE FROM now WHERE seq = 6`,
		`UPDATE now SET since = since + 1 WHERE seq = 6`,
		`DELETE FROM record WHERE id = 'c1'`,
		`UPDATE record SET number = 4 WHERE id = 'c1'`,
		`UPDATE head SET hash = (SELECT hash FROM entry WHERE seq = 3)`,
		`INSERT INTO past SELECT seq, num, kind, since, since + 5, facet, x, y, z, span, d0, d1, size, doc FROM now WHERE seq = 4`,
	} {
		for _, s := range stores[:1+n%2] {
			l := open(t, s.make(t), Options{})
			small(t, l)
			if _, err := l.write.Exec(l.d.types.Replace(change)); err != nil {
				t.Fatalf("%s: %v", change, err)
			}
			if f, err := l.Verify(t.Context(), nil); err != nil || f.OK() {
				t.Errorf("%s, %s: %+v, %v", s.name, change, f, err)
			}
			l.Close()
		}
	}
}

// TestStopping: a context that ends stops long work, and nothing is by halves.
func TestStopping(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		ctx, stop := context.WithCancel(t.Context())
		batches := 0
		got, err := l.importIn(ctx, ann, largeItems(400), func(Imported) {
			if batches++; batches == 2 {
				stop()
			}
		}, 100)
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		f, err := l.Verify(t.Context(), nil)
		if err != nil || !f.OK() || int(f.Entries) != got.Done() || got.Done() == 0 {
			t.Fatalf("%+v of %+v, %v", f, got, err)
		}
		if _, err := l.Verify(ctx, nil); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := l.Rebuild(ctx, nil); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// TestCanonical: what is written is read back to the same bytes, and JSON with
// fields of no record is refused.
func TestCanonical(t *testing.T) {
	c := &Claim{ID: "c1", Says: "<b>&amp;</b> “ \u2028", Status: "accepted", Hedges: []string{"reportedly"}}
	a, err := canonical(c)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Decode(KindClaim, a)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := canonical(again); err != nil || string(a) != string(b) || !json.Valid(a) || !strings.Contains(string(a), "<b>") {
		t.Errorf("%s\n%s, %v", a, b, err)
	}
	_, err = Decode(KindClaim, []byte(`{"id":"c1","status":"accepted","colour":"red"}`))
	is(t, err, demarche.BadInput, "colour")
	_, err = Decode(KindClaim, []byte(`{"id":"c1"}{}`))
	is(t, err, demarche.BadInput, "after the claim")
	_, err = Decode(Kind(99), []byte(`{}`))
	is(t, err, demarche.BadInput, "kind 99")
}
