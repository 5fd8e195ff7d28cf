package ledger

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/demarche/demarche"
)

// TestUndo: each entry can be taken back, and the taking back too; the history
// shows it all.
func TestUndo(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		small(t, l)
		ref := Ref{KindHypothesis, "h9"}
		says := func() string {
			at, err := l.Get(ctx, time.Time{}, ref)
			if err != nil {
				return fmt.Sprint(demarche.KindOf(err))
			}
			return at.Record.(*Hypothesis).Says
		}
		for n, s := range []string{"one", "two"} {
			if _, err := l.Put(ctx, ann, &Hypothesis{ID: "h9", Says: s}, n); err != nil {
				t.Fatal(err)
			}
		}
		for n, want := range []string{"one", "two", "one"} {
			done, err := l.Undo(ctx, Change{Who: "Bob", Why: "no"}, ref, n+2)
			if err != nil || done.Number != n+3 || says() != want {
				t.Fatalf("undo %d: %+v, %v, %q", n, done, err, says())
			}
		}
		h, err := l.History(ctx, time.Time{}, ref)
		if err != nil || len(h) != 5 || h[0].Op != OpPut || h[4].Op != OpUndo || h[4].Who != "Bob" || h[4].Why != "no" || h[4].Record.(*Hypothesis).Says != "one" {
			t.Fatalf("%+v, %v", h, err)
		}
		only := Ref{KindHypothesis, "h10"}
		put(t, l, &Hypothesis{ID: "h10", Says: "x"})
		if _, err := l.Undo(ctx, ann, only, 1); err != nil {
			t.Fatal(err)
		}
		_, err = l.Get(ctx, time.Time{}, only)
		is(t, err, demarche.NotFound, "was withdrawn")
		if done, err := l.Undo(ctx, ann, only, 2); err != nil || done.Number != 3 {
			t.Fatal(err)
		}
		if at, err := l.Get(ctx, time.Time{}, only); err != nil || at.Record.(*Hypothesis).Says != "x" {
			t.Fatal(err)
		}
		_, err = l.Undo(ctx, ann, Ref{KindReport, "r1"}, 1)
		is(t, err, demarche.BadInput, "rest on it")
		_, err = l.Undo(ctx, ann, Ref{KindReport, "r99"}, 1)
		is(t, err, demarche.NotFound, "no report r99")
	})
}

// TestReferences: what a record refers to must be there.
func TestReferences(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		small(t, l)
		claim := func(c Claim) *Claim {
			c.ID, c.Says, c.Status = "x", "So", "proposed"
			return &c
		}
		for _, test := range []struct {
			r     Record
			words string
		}{
			{claim(Claim{Report: "r9"}), "refers to the report r9, which is not in the ledger"},
			{claim(Claim{Source: "nobody"}), "refers to the source nobody"},
			{claim(Claim{Relayed: "nobody"}), "refers to the source nobody"},
			{claim(Claim{Report: "r1", Spans: Spans{Content: [][2]int{{10, 999}}}}), "has a span up to byte 999, but the text of the report r1 has"},
			{&Report{ID: "x", Outlet: "minister"}, "a source of another kind"},
			{&Link{From: Ref{KindClaim, "c1"}, To: Ref{KindProposition, "nothing"}, Rel: "denies"}, "refers to the proposition nothing"},
			{&Link{From: Ref{KindClaim, "c1"}, To: Ref{KindClaim, "c1"}, Rel: "copies"}, "from a thing to itself"},
			{&Link{From: Ref{KindReport, "r1"}, To: Ref{KindProposition, "failed"}, Rel: "affirms"}, "leads from a report to a proposition"},
			{&Rating{Hypothesis: "h9", Claim: "c1", By: "Ann", Mark: "consistent"}, "refers to the hypothesis h9"},
			{&Brief{ID: "x", Made: "2025", Claims: []string{"c1", "c99"}}, "refers to the claim c99"},
			{&Override{Proposition: "nothing", By: "Ann", P: 0.5, Reason: "x"}, "refers to the proposition nothing"},
		} {
			_, err := l.Put(t.Context(), ann, test.r, 0)
			is(t, err, demarche.BadInput, test.words)
		}
		if f, err := l.Verify(t.Context(), nil); err != nil || !f.OK() || f.Entries != 15 {
			t.Fatalf("%+v, %v", f, err)
		}
	})
}

// TestHostile: what must not come in is refused in a sentence, and nothing of it
// is kept.
func TestHostile(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		line := strings.Repeat("a", 10<<20)
		claim := func(f func(*Claim)) *Claim {
			c := &Claim{ID: "x", Says: "So", Status: "proposed"}
			f(c)
			return c
		}
		for _, test := range []struct {
			r     Record
			words string
		}{
			{claim(func(c *Claim) { c.Says = line }), "over the limit"},
			{&Report{ID: "x", Text: line}, "over the limit"},
			{claim(func(c *Claim) { c.Quote = "a\x00b" }), "NUL bytes"},
			{&Report{ID: "x", Text: "a\x00b"}, "NUL bytes"},
			{claim(func(c *Claim) { c.Quote = "caf\xe9" }), "not UTF-8"},
			{claim(func(c *Claim) { c.Hedges = []string{"\xed\xa0\x80"} }), "not UTF-8"}, // half a surrogate pair
			{claim(func(c *Claim) { c.ID = "../../etc/passwd\n" }), "characters that an id may not have"},
			{claim(func(c *Claim) { c.ID = strings.Repeat("x", 201) }), "over the limit of 200"},
			{claim(func(c *Claim) { c.ID = "" }), "has no id"},
			{claim(func(c *Claim) { c.Status = "maybe" }), `unknown status "maybe"`},
			{claim(func(c *Claim) { c.Act = line }), "over the limit"},
			{claim(func(c *Claim) { c.Irrelevant = true }), "is proposed, and said to be of no matter"},
			{claim(func(c *Claim) { c.Said = "yesterday" }), `"yesterday" is not a date`},
			{claim(func(c *Claim) { c.Credibility = 7 }), "credibility of 7"},
			{claim(func(c *Claim) { c.Says = " " }), "says nothing"},
			{claim(func(c *Claim) { c.Spans.Cue = [][2]int{{5, 3}} }), "empty, overlap or stand in the wrong order"},
			{claim(func(c *Claim) { c.Spans.Cue = [][2]int{{5, 9}, {8, 12}} }), "empty, overlap or stand in the wrong order"},
			{claim(func(c *Claim) { c.Spans.Cue = [][2]int{{-5, 9}} }), "empty, overlap or stand in the wrong order"},
			{claim(func(c *Claim) { c.Spans.Cue = [][2]int{{1, 2}} }), "has spans but no report"},
			{&Judgement{ID: "x", By: "A", Date: "2025", On: "q", P: math.NaN()}, "not a number from 0 to 1"},
			{&Judgement{ID: "x", By: "A", Date: "2025", On: "q", P: math.Inf(1)}, "not a number from 0 to 1"},
			{&Rating{Hypothesis: "h", Claim: "c", By: "A>B", Mark: "consistent"}, "cannot be used"},
			{claim(func(c *Claim) { nan := math.NaN(); c.Where = &Where{Name: "x", Lat: &nan, Lon: &nan} }), "not on the earth"},
			{claim(func(c *Claim) { lat := 1.0; c.Where = &Where{Name: "x", Lat: &lat} }), "latitude without a longitude"},
			{&Report{ID: "x", Text: "abc", Body: 4}, "begins outside its text"},
			{&Report{ID: "x", SHA256: "abc"}, "not a SHA-256"},
			{nil, "no record"},
		} {
			_, err := l.Put(t.Context(), ann, test.r, 0)
			is(t, err, demarche.BadInput, test.words)
			if len(err.Error()) > 400 {
				t.Errorf("the message has %d bytes", len(err.Error()))
			}
		}
		_, err := l.Write(t.Context(), ann, Item{Record: &Report{ID: "x"}, Original: make([]byte, MaxOriginal+1)})
		is(t, err, demarche.BadInput, "over the limit")
		for _, q := range []string{"", " ", "...", "-only", strings.Repeat("word ", 40)} {
			_, err := l.List(t.Context(), time.Time{}, Filter{Text: q}, 10, "")
			if q == "" {
				is(t, err, demarche.Usage, "does not say of what")
			} else {
				is(t, err, demarche.BadInput, "search")
			}
		}
		// Marks of either query language are words or nothing.
		put(t, l, claim(func(c *Claim) { c.Says = `NEAR("x" OR y) 'quoted'; DROP TABLE now -- <script>alert(1)</script> % _` }))
		for _, q := range []string{`NEAR(`, `"near x`, `'quoted'`, `"drop table" -nothing`, `script*`, `x & y | z`, `<->`, `text:x`, `^near`, `a\b OR`} {
			if _, err := l.List(t.Context(), time.Time{}, Filter{Text: q}, 10, ""); err != nil && demarche.KindOf(err) != demarche.BadInput {
				t.Errorf("%s: %v", q, err)
			}
		}
		if page, err := l.List(t.Context(), time.Time{}, Filter{Text: `"drop table" script*`}, 10, ""); err != nil || len(page.Versions) != 1 {
			t.Errorf("%+v, %v", page, err)
		}
		for _, limit := range []int{0, -1, MaxPage + 1} {
			_, err := l.List(t.Context(), time.Time{}, Filter{Kind: KindClaim}, limit, "")
			is(t, err, demarche.Usage, "cannot be had")
		}
		for _, f := range []Filter{{Kind: KindClaim}, {Kind: KindClaim, Text: "near"}} {
			_, err := l.List(t.Context(), time.Time{}, f, 10, "nonsense!")
			is(t, err, demarche.Usage, "not a place in a list")
		}
		_, err = l.List(t.Context(), time.Time{}, Filter{Kind: KindClaim, Status: []string{"odd"}}, 10, "")
		is(t, err, demarche.Usage, `"odd" is no status`)
		_, err = l.List(t.Context(), time.Time{}, Filter{Kind: KindReport, Status: []string{"accepted"}}, 10, "")
		is(t, err, demarche.Usage, "only claims have a status")
		if f, err := l.Verify(t.Context(), nil); err != nil || !f.OK() || f.Entries != 1 {
			t.Fatalf("%+v, %v", f, err)
		}
	})
}

// TestImportAgain: what is there already is left as it is.
func TestImportAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		items := func() []Item {
			return []Item{
				{Record: &Report{ID: "a", Text: "The same."}, Original: []byte("The same.")},
				{Record: &Report{ID: "b", Text: "The same."}, Original: []byte("The same.")},
				{Record: &Claim{ID: "c", Report: "b", Says: "Same", Status: "proposed"}},
				{Record: &Claim{ID: "d", Report: "a", Says: "Other", Status: "proposed"}},
			}
		}
		got, err := l.Import(ctx, ann, each(items()...), nil)
		want := Imported{Added: 3, Twice: 1, Differing: []Ref{}, Same: [][2]Ref{{{KindReport, "b"}, {KindReport, "a"}}}}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v, %v", got, err)
		}
		if at, err := l.Get(ctx, time.Time{}, Ref{KindClaim, "c"}); err != nil || at.Record.(*Claim).Report != "a" {
			t.Fatalf("%+v, %v", at, err)
		}
		if back, err := l.Original(ctx, time.Time{}, "a"); err != nil || string(back) != "The same." {
			t.Fatalf("%q, %v", back, err)
		}
		// A person accepts one; the file brings another text of the other.
		if _, err := l.Put(ctx, ann, &Claim{ID: "c", Report: "a", Says: "Same", Status: "accepted"}, 1); err != nil {
			t.Fatal(err)
		}
		again := items()
		again[3].Record = &Claim{ID: "d", Report: "a", Says: "Changed in the file", Status: "proposed"}
		got, err = l.Import(ctx, ann, each(again...), nil)
		want = Imported{Unchanged: 2, Twice: 1, Differs: 1, Differing: []Ref{{KindClaim, "d"}}, Same: want.Same}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v, %v", got, err)
		}
		if at, err := l.Get(ctx, time.Time{}, Ref{KindClaim, "c"}); err != nil || at.Record.(*Claim).Status != "accepted" {
			t.Fatalf("%+v, %v", at, err)
		}
		_, err = l.Write(ctx, ann, Item{Record: &Report{ID: "e", Text: "The same."}, Original: []byte("The same.")})
		is(t, err, demarche.BadInput, "the same bytes as the report a")
		// What stands before an error is kept.
		broken := func(yield func(Item, error) bool) {
			_ = yield(Item{Record: &Hypothesis{ID: "h", Says: "x"}}, nil) && yield(Item{}, bad("line 2 is broken", "mend it"))
		}
		got, err = l.Import(ctx, ann, broken, nil)
		is(t, err, demarche.BadInput, "line 2 is broken")
		if got.Added != 1 {
			t.Errorf("%+v", got)
		}
		if f, err := l.Verify(ctx, nil); err != nil || !f.OK() {
			t.Fatalf("%+v, %v", f, err)
		}
	})
}

// TestBackup: a copy made while others write holds together, and what is made of
// it is the same ledger, on either store.
func TestBackup(t *testing.T) {
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			ctx := t.Context()
			l := open(t, s.make(t), Options{})
			small(t, l)
			done := make(chan error, 1)
			stop := make(chan bool)
			go func() { // waited for below
				for n := 0; ; n++ {
					select {
					case <-stop:
						done <- nil
						return
					default:
					}
					if _, err := l.Put(ctx, ann, &Hypothesis{ID: fmt.Sprintf("w%d", n), Says: "x"}, 0); err != nil {
						done <- err
						return
					}
				}
			}()
			dir := t.TempDir()
			to := filepath.Join(dir, "copy.db")
			note, err := l.Backup(ctx, to)
			close(stop)
			if e := <-done; e != nil || err != nil {
				t.Fatal(err, e)
			}
			if note.Seq < 15 || len(note.SHA) != 64 {
				t.Errorf("%+v", note)
			}
			if entries, _ := os.ReadDir(dir); len(entries) != 1 {
				t.Errorf("left over: %v", entries)
			}
			notes, err := l.Backups(ctx)
			if err != nil || len(notes) != 1 || notes[0].Place != to || notes[0].SHA != note.SHA {
				t.Errorf("%+v, %v", notes, err)
			}
			_, err = l.Backup(ctx, to)
			is(t, err, demarche.Usage, "is there already")
			for _, other := range stores {
				where := other.make(t)
				if err := Restore(ctx, to, where); err != nil {
					t.Fatal(err)
				}
				r := open(t, where, Options{})
				for k := KindReport; k < lastKind; k++ {
					if k == KindHypothesis {
						continue
					}
					a, b := everything(t, l, time.Time{}, Filter{Kind: k}, 100), everything(t, r, time.Time{}, Filter{Kind: k}, 100)
					if !reflect.DeepEqual(a, b) {
						t.Errorf("%s: %+v, want %+v", k, b, a)
					}
				}
				f, err := r.Verify(ctx, nil)
				if err != nil || !f.OK() || f.Entries != note.Seq {
					t.Errorf("%+v, %v", f, err)
				}
				put(t, r, &Hypothesis{ID: "after", Says: "It can be written to"})
				is(t, Restore(ctx, to, where), demarche.Usage, "nothing is written over")
			}
			whole, err := os.ReadFile(to)
			if err != nil {
				t.Fatal(err)
			}
			hurt := bytes.Replace(whole, []byte("The talks have failed"), []byte("The talks have worked"), -1)
			broken := filepath.Join(dir, "broken.db")
			if err := os.WriteFile(broken, hurt, 0o600); err != nil {
				t.Fatal(err)
			}
			is(t, Restore(ctx, broken, filepath.Join(dir, "new.db")), demarche.BadInput, "does not hold together")
			if _, err := os.Stat(filepath.Join(dir, "new.db")); err == nil {
				t.Error("a broken backup was restored")
			}
		})
	}
}

// TestFold: the words of a text, in scripts that space them and in some that do
// not.
func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"Nicolás  Maduro's 3,000": "nicolas maduro s 3 000",
		"ПЕРЕГОВОРЫ в Дохе":       "переговоры в дохе",
		"停火协议":                    "停 火 协 议",
		"مُفاوضات":                "مفاوضات",
		"Straße—ÉLAN":             "straße elan",
		"":                        "",
		"\xff\xfe":                "",
	} {
		if got := strings.TrimSpace(fold(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if again := fold(fold(text)); again != fold(text) {
			t.Errorf("%q: folded twice %q", text, again)
		}
	}
	if n := len(strings.Fields(fold(strings.Repeat("word ", MaxWords+500)))); n != MaxWords {
		t.Errorf("%d words", n)
	}
}

// FuzzSearch: on the embedded store any query finds what its definition says, or
// is refused in a sentence.
func FuzzSearch(f *testing.F) {
	for _, s := range []string{"talks", `"the talks" -doha`, "ta*", "停火", `"`, "a\x00b", `'x' & y`, "-", "é*"} {
		f.Add(s, "The talks in Doha: 停火协议, “élan”")
	}
	l, err := Open(f.Context(), filepath.Join(f.TempDir(), "ledger.db"), Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { l.Close() })
	n := 0
	f.Fuzz(func(t *testing.T, text, says string) {
		n++
		c := &Claim{ID: fmt.Sprintf("c%d", n), Says: says, Status: "proposed"}
		if _, err := l.Put(t.Context(), ann, c, 0); err != nil {
			if demarche.KindOf(err) != demarche.BadInput {
				t.Fatal(err)
			}
			return
		}
		page, err := l.List(t.Context(), time.Time{}, Filter{Kind: KindClaim, Text: text}, 1, "")
		if text == "" {
			return
		}
		q, bad := parseQuery(text)
		if (bad == nil) != (err == nil) || err != nil && demarche.KindOf(err) != demarche.BadInput {
			t.Fatalf("%q: %v, %v", text, err, bad)
		}
		if err != nil {
			return
		}
		found := len(page.Versions) == 1 && page.Versions[0].Ref.ID == c.ID
		if found != q.meets(fold(says)) {
			t.Fatalf("%q in %q: found %v", text, says, found)
		}
	})
}
