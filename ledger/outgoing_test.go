package ledger

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/demarche/demarche"
)

// whispered adds what must stay in the house; its words are all "zyxquagga".
func whispered(t testing.TB, l *Ledger) {
	t.Helper()
	put(t, l,
		&Report{ID: "secret", Text: "A zyxquagga cable.", Handling: Confidential},
		&Source{ID: "mole", Name: "Zyxquagga", Kind: "person", Handling: Confidential},
		&Claim{ID: "s1", Report: "secret", Source: "minister", Says: "zyxquagga in the cable", Status: "accepted"},
		&Claim{ID: "s2", Report: "r1", Source: "mole", Says: "zyxquagga of the mole", Status: "accepted"},
		&Link{From: Ref{KindClaim, "s2"}, To: Ref{KindProposition, "failed"}, Rel: "denies"},
		&Judgement{ID: "sj", By: "Ann", Date: "2025-12-02", On: "zyxquagga", P: 0.9, Because: []string{"s2"}})
}

// said are all live records of a ledger, with when they were learned.
func saidBy(t testing.TB, l *Ledger) map[Ref]Version {
	t.Helper()
	out := map[Ref]Version{}
	if err := l.view(t.Context(), func(v *view) error {
		g := v.gate(time.Time{}, nil)
		g.all = true
		_, err := g.export(func(at Version) error {
			at.Seq, at.Who, at.Why, at.Number = 0, "", "", 0
			out[at.Ref] = at
			return nil
		})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// histories are all entries of a ledger by their records.
func histories(t testing.TB, l *Ledger) map[Ref][]Entry {
	t.Helper()
	out := map[Ref][]Entry{}
	if err := l.view(t.Context(), func(v *view) error {
		var refs []Ref
		if err := v.each(`SELECT kind, id FROM record WHERE number > 0`, nil, func(scan func(...any) error) error {
			var ref Ref
			err := scan(&ref.Kind, &ref.ID)
			refs = append(refs, ref)
			return err
		}); err != nil {
			return err
		}
		for _, ref := range refs {
			h, err := v.history(time.Time{}, ref)
			if err != nil {
				return err
			}
			out[ref] = h
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPackWhole: a ledger in which nothing is or was confidential travels with
// all that was ever entered, and with both clocks, into either store.
func TestPackWhole(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		small(t, l)
		c2, err := l.Get(t.Context(), time.Time{}, Ref{KindClaim, "c2"})
		if err != nil {
			t.Fatal(err)
		}
		accepted := *c2.Record.(*Claim)
		accepted.Status = "accepted"
		if _, err := l.Put(t.Context(), Change{Who: "Bo", Why: "checked"}, &accepted, c2.Number); err != nil {
			t.Fatal(err)
		}
		if err := l.Decide(t.Context(), "Bo", "about another matter", time.Time{}, demarche.Verdict{Claim: "c2", Entry: c2.Number + 1, Status: "rejected", Irrelevant: true}); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Redact(t.Context(), ann, Ref{KindClaim, "c1"}); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if _, err := l.Backup(t.Context(), filepath.Join(dir, "earlier.db")); err != nil {
			t.Fatal(err)
		}
		to, place := filepath.Join(dir, "packed.db"), filepath.Join(dir, "bundle.zip")
		p, err := l.Pack(t.Context(), to, place, false)
		if err != nil || !p.Whole || p.Withheld != (Withheld{}) {
			t.Fatalf("%+v, %v", p, err)
		}
		notes, err := l.Backups(t.Context())
		if err != nil || len(notes) != 2 || notes[1].Place != place {
			t.Errorf("%+v, %v: nobody is told where the content lies", notes, err)
		}
		want := histories(t, l)
		for _, s := range stores {
			where := s.make(t)
			if err := Adopt(t.Context(), to, where); err != nil {
				t.Fatal(err)
			}
			back := open(t, where, Options{})
			if got := histories(t, back); !reflect.DeepEqual(got, want) {
				t.Errorf("into %s:\n%+v\nwant\n%+v", s.name, got, want)
			}
			if notes, err := back.Backups(t.Context()); err != nil || len(notes) != 0 {
				t.Errorf("%+v, %v: where other copies lie went with it", notes, err)
			}
			if err := Adopt(t.Context(), to, where); demarche.KindOf(err) != demarche.Usage {
				t.Errorf("over another ledger: %v", err)
			}
		}
	})
}

// TestPackLive: where something is or was confidential, what travels is what
// holds now and may leave, in the order and under the times in which it was
// learned; not one word of the rest is in the file.
func TestPackLive(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		small(t, l)
		if err := l.Decide(t.Context(), "Bo", "about another matter", time.Time{}, demarche.Verdict{Claim: "c2", Entry: 1, Status: "rejected", Irrelevant: true}); err != nil {
			t.Fatal(err)
		}
		before := saidBy(t, l)
		if !before[Ref{KindClaim, "c2"}].Record.(*Claim).Irrelevant {
			t.Error("that it was read rightly is not on record")
		}
		whispered(t, l)
		// What was confidential for a time only is not told either.
		mark := &Claim{ID: "c9", Report: "r1", Source: "minister", Says: "zyxquagga for a time", Status: "accepted", Handling: Confidential}
		done := put(t, l, mark)
		open9 := *mark
		open9.Handling, open9.Says = "", "Told in the end"
		if _, err := l.Put(t.Context(), Change{Who: "Ann", Why: "zyxquagga was the reason"}, &open9, done[0].Number); err != nil {
			t.Fatal(err)
		}
		before[open9.Ref()] = saidBy(t, l)[open9.Ref()]
		dir := t.TempDir()
		to := filepath.Join(dir, "packed.db")
		p, err := l.Pack(t.Context(), to, filepath.Join(dir, "bundle.zip"), false)
		if err != nil || p.Whole || p.Withheld != (Withheld{2, 4}) {
			t.Fatalf("%+v, %v", p, err)
		}
		data, err := os.ReadFile(to)
		if err != nil || bytes.Contains(bytes.ToLower(data), []byte("zyxquagga")) {
			t.Errorf("%v: the file holds what must stay", err)
		}
		if left, _ := filepath.Glob(to + "*"); len(left) != 1 {
			t.Errorf("left behind: %v", left)
		}
		if got := saidBy(t, open(t, to, Options{})); !reflect.DeepEqual(got, before) {
			t.Errorf("%+v\nwant\n%+v", got, before)
		}
		all := filepath.Join(dir, "all.db")
		if p, err := l.Pack(t.Context(), all, filepath.Join(dir, "all.zip"), true); err != nil || !p.Whole {
			t.Fatalf("%+v, %v", p, err)
		}
		if got, want := histories(t, open(t, all, Options{})), histories(t, l); !reflect.DeepEqual(got, want) {
			t.Error("not all that was named went out")
		}
	})
}

// TestPackAroundRedacted: what refers to something destroyed leaves without it.
func TestPackAroundRedacted(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		small(t, l)
		whispered(t, l)
		put(t, l, &Claim{ID: "a", Report: "r1", Source: "r1.officials", Says: "He took money", Against: []string{"Bob Roe"}, Status: "accepted"},
			&Claim{ID: "b", Report: "r1", Source: "minister", Says: "He did not", Status: "accepted"},
			&Link{From: Ref{KindClaim, "b"}, To: Ref{KindClaim, "a"}, Rel: "replies"})
		for _, ref := range []Ref{{KindReport, "r1"}, {KindSource, "gazette"}} {
			if _, err := l.Redact(t.Context(), ann, ref); err != nil {
				t.Fatal(err)
			}
		}
		to := filepath.Join(t.TempDir(), "packed.db")
		if _, err := l.Pack(t.Context(), to, to, false); err != nil {
			t.Fatal(err)
		}
		got := saidBy(t, open(t, to, Options{}))
		c1, _ := got[Ref{KindClaim, "c1"}].Record.(*Claim)
		if c1 == nil || c1.Report != "" || c1.Source != "" || !c1.Spans.IsZero() || c1.Says == "" {
			t.Errorf("%+v", c1)
		}
		for _, ref := range []Ref{{KindSource, "r1.officials"}, {KindClaim, "a"}, {KindLink, "claim:b>claim:a"}} {
			if _, there := got[ref]; there {
				t.Errorf("the %s is there, without what it belongs to", ref)
			}
		}
	})
}

// TestOutgoing: only what somebody stands for is told to others, without texts;
// and it gives the same credences as the ledger itself.
func TestOutgoing(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		small(t, l)
		put(t, l, &Claim{ID: "no", Report: "r1", Source: "minister", Says: "Misread", Status: "rejected"},
			&Link{From: Ref{KindClaim, "no"}, To: Ref{KindProposition, "failed"}, Rel: "denies"},
			&Link{From: Ref{KindClaim, "c2"}, To: Ref{KindProposition, "failed"}, Rel: "denies"})
		want, err := l.Weigh(t.Context(), time.Time{}, "failed", nil, demarche.DefaultWeights)
		if err != nil {
			t.Fatal(err)
		}
		whispered(t, l)
		o, err := l.Outgoing(t.Context(), time.Time{}, false)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[Ref]bool{}
		for _, v := range o.Versions {
			data, err := canonical(v.Record)
			if err != nil || bytes.Contains(data, []byte("zyxquagga")) || bytes.Contains(data, []byte("We will not yield")) || bytes.Contains(data, []byte(`"spans"`)) || bytes.Contains(data, []byte(`"text"`)) {
				t.Errorf("%s, %v", data, err)
			}
			ix := v.Record.index()
			for _, target := range ix.targets() {
				if !target.Kind.inCase() && !seen[target] {
					t.Errorf("the %s refers to the %s, which does not come before it", v.Ref, target)
				}
			}
			seen[v.Ref] = true
		}
		if !seen[Ref{KindClaim, "c1"}] || seen[Ref{KindClaim, "c2"}] || seen[Ref{KindClaim, "no"}] || o.Withheld != (Withheld{2, 4}) || o.Unsettled < 4 {
			t.Errorf("%v, %+v, %d", seen, o.Withheld, o.Unsettled)
		}
		got, err := o.Holdings.Weigh("failed", 0.5, demarche.DefaultWeights, nil)
		if err != nil || !reflect.DeepEqual(got.Origins, want.Origins) || got.P != want.P {
			t.Errorf("%+v\nwant\n%+v\n%v", got, want, err)
		}
		o, err = l.Outgoing(t.Context(), time.Time{}, true)
		if err != nil || !slices.ContainsFunc(o.Versions, func(v Version) bool { return v.Ref == Ref{KindClaim, "s1"} }) || o.Withheld != (Withheld{}) {
			t.Errorf("%v: not all that was named went out", err)
		}
		fates, err := l.Fates(t.Context(), false, []Ref{{KindClaim, "s1"}, {KindClaim, "c1"}, {KindClaim, "x"}})
		if err != nil || !reflect.DeepEqual(fates, map[Ref]Fate{{KindClaim, "s1"}: Held, {KindClaim, "c1"}: Free, {KindClaim, "x"}: Unheard}) {
			t.Errorf("%v, %v", fates, err)
		}
	})
}

// TestAdoptRefuses: a file that holds more than records, or is not whole, does
// not become a ledger, and leaves nothing behind.
func TestAdoptRefuses(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "l.db"), Options{})
	small(t, l)
	for _, test := range []struct{ name, sql, words string }{
		{"a trigger", `CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM original; END`, "more than tables"},
		{"a view", `CREATE VIEW spy AS SELECT 1`, "more than tables"},
		{"another index of words", `CREATE VIRTUAL TABLE more USING fts5(text)`, "more than tables"},
		{"an entry changed", `UPDATE entry SET who = 'Eve' WHERE seq = 2`, "does not hold together"},
		{"an entry missing", `DELETE FROM entry WHERE seq = 2`, "does not hold together"},
		{"a record of our own making", `UPDATE entry SET payload = '{"id":"gazette","kind":"outlet","name":"x","evil":1}' WHERE seq = 1`, "does not hold together"},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "packed.db")
		if _, err := l.Pack(t.Context(), file, file, false); err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("sqlite", file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(test.sql); err != nil {
			t.Fatal(test.name, err)
		}
		db.Close()
		err = Adopt(t.Context(), file, filepath.Join(dir, "new.db"))
		if err == nil || !strings.Contains(err.Error(), test.words) {
			t.Errorf("%s: %v", test.name, err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "new.db*")); len(left) > 0 {
			t.Errorf("%s: left behind: %v", test.name, left)
		}
	}
	file := filepath.Join(t.TempDir(), "packed.db")
	if _, err := l.Pack(t.Context(), file, file, false); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 10, 100, len(data) / 2} {
		cut := filepath.Join(t.TempDir(), "cut.db")
		if err := os.WriteFile(cut, data[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		err := Adopt(t.Context(), cut, filepath.Join(filepath.Dir(cut), "new.db"))
		if err == nil || err.Error() == "" || strings.Contains(err.Error(), "SQL") {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
}

// FuzzAdopt: whatever the bytes of a ledger, it becomes a whole one or none.
func FuzzAdopt(f *testing.F) {
	dir := f.TempDir()
	l, err := Open(f.Context(), filepath.Join(dir, "l.db"), Options{})
	if err != nil {
		f.Fatal(err)
	}
	small(f, l)
	file := filepath.Join(dir, "packed.db")
	if _, err := l.Pack(f.Context(), file, file, false); err != nil {
		f.Fatal(err)
	}
	l.Close()
	whole, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(0), []byte{})
	f.Add(uint32(100), []byte{0xff})
	f.Add(uint32(len(whole)/2), []byte("zyxquagga"))
	f.Add(uint32(8200), []byte{0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, at uint32, with []byte) {
		data := slices.Clone(whole)
		copy(data[int(at)%len(data):], with)
		dir := t.TempDir()
		in, to := filepath.Join(dir, "in.db"), filepath.Join(dir, "to.db")
		if err := os.WriteFile(in, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := Adopt(t.Context(), in, to); err != nil {
			if _, err := os.Stat(to); err == nil {
				t.Error("a ledger that was refused is there")
			}
			return
		}
		if _, err := verified(t.Context(), to); err != nil {
			t.Error(err)
		}
	})
}
