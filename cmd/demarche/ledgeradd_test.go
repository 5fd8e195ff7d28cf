package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/ledger"
)

// imbra copies the smaller example into a folder of the test, with reports of
// ours beside its own.
func imbra(t testing.TB, more map[string]string) string {
	t.Helper()
	t.Setenv("DEMARCHE_USER", "Ann")
	setClock(t, toldIn)
	dir := filepath.Join(t.TempDir(), "imbra")
	if err := os.CopyFS(dir, os.DirFS("../../examples/imbra-river")); err != nil {
		t.Fatal(err)
	}
	for name, text := range more {
		if err := os.WriteFile(filepath.Join(dir, "reports", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const (
	turbines = `---
title: Turbines held up
publisher: River Post
published: 2025-05-18
---

The turbines for the High Imbra dam will arrive a year late, an engineer at the site told the River Post. “The ships have not even been loaded,” the engineer said.

The delay would leave the reservoir half empty through a second season, and the pumping stations downstream without the power that the package foresees. Neither the ministry nor the builder of the turbines wanted to comment on the schedule.
`
	// The same story again, cut at the end and with a sentence of its own.
	turbinesCopy = `---
title: Dam turbines a year behind
publisher: Coast Mail
published: 2025-05-19
---

The turbines for the High Imbra dam will arrive a year late, an engineer at the site told the River Post. “The ships have not even been loaded,” the engineer said.

The delay would leave the reservoir half empty through a second season, and the pumping stations downstream without the power that the package foresees.
`
	turbinesDenied = `---
title: Ministry on the turbines
publisher: Orvania Radio
published: 2025-05-19
---

Energy Minister Marta Keld denied that the turbines will arrive a year late. “They are on their way,” Keld said.
`
)

// TestLedgerAdd: reports become proposed claims once, however often they are
// added; copies are linked; nothing proposed moves the outlook; accepting does.
func TestLedgerAdd(t *testing.T) {
	for _, store := range []string{"SQLite", "PostgreSQL"} {
		t.Run(store, func(t *testing.T) {
			if store == "PostgreSQL" {
				where := onPostgres(t)
				if where == "" {
					t.Skip("DEMARCHE_POSTGRES names no server")
				}
				t.Setenv("DEMARCHE_DB", where)
			}
			dir := imbra(t, map[string]string{"turbines.md": turbines, "turbines-copy.md": turbinesCopy, "turbines-denied.md": turbinesDenied})
			outlook := func() string {
				code, out, errs := do(t, "", "outlook", dir, "--json")
				if code != 0 {
					t.Fatal(errs)
				}
				return out
			}
			before := outlook()
			if _, err := os.Stat(filepath.Join(dir, "ledger.db")); err == nil {
				t.Fatal("a command that only reads made a ledger")
			}
			golden(t, "ledger/add.txt", transcript(t, dir, []string{"add"}, []string{"add"}, []string{"inbox"}))
			if after := outlook(); after == before {
				t.Error("the claims of the case file, once in the ledger, move no credence")
			}
			before = outlook()
			golden(t, "ledger/inbox.txt", transcript(t, dir,
				[]string{"inbox", "--limit", "1"},
				[]string{"inbox", "--accept", "nothing.1"},
				[]string{"inbox", "--accept", "turbines.1", "--credibility", "3", "--why", "an engineer who should know"},
				[]string{"inbox"}, []string{"inbox", "--reject", "turbines-denied.1"}, []string{"inbox"},
				[]string{"history", "turbines.1"}, []string{"add"}))
			if code, out, errs := do(t, "", "ledger", "verify", dir); code != 0 {
				t.Errorf("%s%s", out, errs)
			}
			if after := outlook(); after == before {
				t.Error("accepting moves nothing")
			}
			code, out, errs := do(t, "", "ledger", "inbox", dir, "--json")
			golden(t, "ledger/inbox.json", out+errs)
			if code != 0 {
				t.Errorf("exit code %d", code)
			}
		})
	}
}

// TestLedgerReview: the questions of the inbox, answered line by line.
func TestLedgerReview(t *testing.T) {
	dir := imbra(t, map[string]string{"turbines.md": turbines, "turbines-denied.md": turbinesDenied})
	if code, _, errs := do(t, "", "ledger", "add", dir, "-q"); code != 0 {
		t.Fatal(errs)
	}
	_, out, errs := do(t, "what\ns\nx\n", "ledger", "inbox", dir, "--review")
	golden(t, "ledger/review.txt", out+errs)
	// What was read rightly is rejected as such, in the review and by its name.
	aside := imbra(t, map[string]string{"turbines.md": turbines, "turbines-denied.md": turbinesDenied})
	must(t, "ledger", "add", aside, "-q")
	var listed desk.InboxJSON
	if err := json.Unmarshal([]byte(must(t, "ledger", "inbox", aside, "--json")), &listed); err != nil || len(listed.Clusters) != 2 {
		t.Fatalf("%v, %+v", err, listed)
	}
	_, out, errs = do(t, "i\nq\n", "ledger", "inbox", aside, "--review")
	out += errs + must(t, "ledger", "inbox", aside, "--reject", listed.Clusters[1].ID, "--irrelevant", "--why", "about another dam")
	golden(t, "ledger/review-irrelevant.txt", out)
	for n, k := range listed.Clusters {
		why := []string{"(decided in the inbox)", "(about another dam)"}[n]
		for _, id := range k.Claims {
			if h := strings.Join(strings.Fields(must(t, "ledger", "history", aside, id)), " "); !strings.Contains(h, "status from proposed to rejected; found rightly, but of no matter "+why) {
				t.Errorf("%s", h)
			}
		}
	}
	if code, _, errs := do(t, "", "ledger", "inbox", aside, "--irrelevant"); code != 2 || !strings.Contains(errs, "nothing is rejected") {
		t.Errorf("%d %s", code, errs)
	}
	if _, out, errs := do(t, "q\n", "ledger", "inbox", dir, "--review"); !strings.Contains(out, "Nothing was decided.") {
		t.Errorf("%s%s", out, errs)
	}
	if _, out, _ := do(t, "a\n", "ledger", "inbox", dir, "--review", "--credibility", "2"); !strings.Contains(out, "1 cluster was decided.") {
		t.Errorf("%s", out)
	}
}

// TestInboxNumbers: a number means the cluster that had it in the list that was
// seen, or nothing.
func TestInboxNumbers(t *testing.T) {
	dir := imbra(t, map[string]string{"turbines.md": turbines, "turbines-denied.md": turbinesDenied})
	must(t, "ledger", "add", dir, "-q")
	listed := func() (in desk.InboxJSON) {
		t.Helper()
		if err := json.Unmarshal([]byte(must(t, "ledger", "inbox", dir, "--json")), &in); err != nil {
			t.Fatal(err)
		}
		return in
	}
	first := listed()
	if len(first.Clusters) != 2 || listed().List != first.List {
		t.Fatalf("%+v", first)
	}
	if out := must(t, "ledger", "inbox", dir, "--limit", "1"); !strings.Contains(out, " --list "+first.List+" --accept 1\n") {
		t.Error(out)
	}
	refused := func(code int, says string, args ...string) {
		t.Helper()
		got, out, errs := do(t, "", append([]string{"ledger", "inbox", dir}, args...)...)
		if got != code || out != "" || !strings.Contains(errs, says) || !strings.Contains(errs, "hint: ") {
			t.Errorf("%v: %d %s%s", args, got, out, errs)
		}
	}
	refused(2, "it is not said in which list", "--accept", "1")
	refused(2, "nothing is decided", "--list", first.List)
	refused(4, "has no number 3", "--accept", "1,3", "--list", first.List)
	refused(4, "has no number 0", "--accept", "0", "--list", first.List)
	refused(4, "holds the claim -1", "--accept=-1", "--list", first.List)
	refused(2, "is named twice", "--accept", "1,"+first.Clusters[0].ID, "--list", first.List)
	refused(5, "not the list 00000000 any more", "--accept", "1", "--list", "00000000")

	// A claim that was corrected, one that came in, or one that was decided: each
	// makes another list.
	must(t, "ledger", "correct", dir, first.Clusters[1].ID, "--credibility", "3")
	refused(5, "not the list "+first.List, "--accept", "1", "--list", first.List)
	second := listed()
	if err := os.WriteFile(filepath.Join(dir, "reports", "turbines-copy.md"), []byte(turbinesCopy), 0o644); err != nil {
		t.Fatal(err)
	}
	must(t, "ledger", "add", dir, "-q")
	refused(5, "not the list "+second.List, "--accept", "1", "--list", second.List)
	third := listed()
	for n, in := range []desk.InboxJSON{second, third} {
		if in.List == "" || in.List == first.List || n > 0 && in.List == second.List {
			t.Errorf("%d: the list is called %q again", n, in.List)
		}
	}
	// A number takes the cluster that had it, and no other.
	must(t, "ledger", "inbox", dir, "--reject", "2", "--list", third.List)
	for n, k := range third.Clusters {
		for _, id := range k.Claims {
			out := must(t, "ledger", "show", dir, id)
			if want := "Claim " + id + ": " + []string{"proposed", "rejected"}[n]; !strings.Contains(out, want) {
				t.Errorf("want %s: %s", want, out)
			}
		}
	}
	refused(5, "not the list "+third.List, "--reject", "1", "--list", third.List)

	// Where a claim has a number for its id, a number may mean either.
	in := &desk.Inbox{Clusters: []desk.Cluster{{ID: "a", Claims: []*demarche.HeldClaim{{ID: "a"}}}, {ID: "b", Claims: []*demarche.HeldClaim{{ID: "b"}, {ID: "1"}}}}}
	for _, tt := range []struct{ list, arg, want string }{{"", "1", "b"}, {"x", "1", ""}, {"x", "claim:1", "b"}, {"x", "2", "b"}, {"", "claim:a", "a"}} {
		k, err := (&inboxFlags{list: tt.list}).named(nil, in, tt.arg)
		if err == nil && k.ID != tt.want || err != nil && tt.want != "" {
			t.Errorf("%+v: %+v, %v", tt, k, err)
		}
	}
}

// TestLedgerAddOthers: single files, feeds, what cannot be read, and the day on
// which something counts as learned.
func TestLedgerAddOthers(t *testing.T) {
	dir := imbra(t, nil)
	outside := filepath.Join(t.TempDir(), "late.md")
	if err := os.WriteFile(outside, []byte(turbinesDenied), 0o644); err != nil {
		t.Fatal(err)
	}
	german := filepath.Join(filepath.Dir(outside), "fremd.txt")
	if err := os.WriteFile(german, []byte("Der Minister sagte am Montag, die Turbinen seien noch nicht auf dem Weg, und niemand wisse, wann sie kommen werden. Das Ministerium hat dazu bisher keine weiteren Angaben gemacht. Nach Auskunft eines Ingenieurs auf der Baustelle wird es noch ein ganzes Jahr dauern, bis das Kraftwerk ans Netz gehen kann."), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args  []string
		code  int
		wants string
	}{
		{[]string{outside, "--learned", "2025-05-25"}, 0, "Entered 1 report, with"},
		{[]string{outside}, 0, "1 report was there already"},
		{[]string{german}, 0, "The report is kept"},
		{[]string{filepath.Join(dir, "nothing.md")}, 4, "nothing.md"},
		{[]string{outside, "--min-confidence", "2"}, 2, "not a probability"},
		{[]string{outside, "--handling", "secret"}, 2, "--handling"},
		{[]string{outside, "--learned", "2031-01-01"}, 2, "future"},
	} {
		code, out, errs := do(t, "", append([]string{"ledger", "add", dir}, c.args...)...)
		if code != c.code || !strings.Contains(out+errs, c.wants) {
			t.Errorf("%v: exit code %d, want %d with %q:\n%s%s", c.args, code, c.code, c.wants, out, errs)
		}
	}
	a := &app{}
	l, err := a.openLedger(t.Context(), dir, false)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	at, err := l.Get(t.Context(), time.Time{}, ledger.Ref{Kind: ledger.KindReport, ID: "late"})
	if err != nil || at.Learned.Format(time.DateOnly) != "2025-05-25" {
		t.Errorf("learned %v, %v", at.Learned, err)
	}
	if _, err := l.Original(t.Context(), time.Time{}, "late"); err != nil {
		t.Error("the bytes of the report are not kept:", err)
	}
}

// TestLedgerClaim: claims entered by hand, from sources of every sort.
func TestLedgerClaim(t *testing.T) {
	if testing.Short() {
		t.Skip("TestLedgerClaim not run: -short")
	}
	onEachStore(t, func(t *testing.T, dir string) {
		golden(t, "ledger/claim.txt", transcript(t, dir,
			[]string{"claim", "fail", "--source", "pena", "--says", "he does not yield", "--quote", "We will not yield to threats", "--credibility", "2"},
			[]string{"claim", "goon", "--unnamed", "a waiter", "--says", "everybody has left", "--affirms", "failed", "--strength", "0.5"},
			[]string{"claim", "goon", "--unnamed", "a waiter", "--says", "the rooms are paid", "--hedges", "perhaps", "--stance", "hedges"},
			[]string{"claim", "goon", "--source", "norvik", "--says", "the talks go on", "--denies", "failed"},
			[]string{"claim", "goon", "--source", "Greta Holm", "--says", "the talks go on", "--said", "2025-12-01"},
			[]string{"list", "--kind", "source"},
			[]string{"show", "goon.2"},
			[]string{"claim", "goon", "--source", "nobdy", "--says", "x"},
			[]string{"claim", "gone", "--source", "pena", "--says", "x"},
			[]string{"claim", "goon", "--source", "pena", "--quote", "Everything has failed"},
			[]string{"claim", "goon", "--source", "pena"},
			[]string{"claim", "goon", "--says", "x"},
			[]string{"claim", "goon", "--source", "pena", "--says", "x", "--stance", "maybe"},
			[]string{"claim", "goon", "--source", "pena", "--says", "x", "--affirms", "peace"},
			[]string{"claim", "goon", "--source", "pena", "--says", "x", "--kind", "robot"}))
		if code, out, errs := do(t, "", "ledger", "verify", dir); code != 0 {
			t.Errorf("%s%s", out, errs)
		}
	})
}

// TestLedgerMark: a report that is marked after it came in does not leave, nor do
// its claims.
func TestLedgerMark(t *testing.T) {
	onEachStore(t, func(t *testing.T, dir string) {
		leaves := func() string {
			t.Helper()
			code, out, errs := do(t, "", "export", dir, "--format", "ftm")
			if code != 0 {
				t.Fatal(errs)
			}
			return out
		}
		if !strings.Contains(leaves(), "the talks in Doha have failed") {
			t.Fatal("an accepted claim is not exported")
		}
		golden(t, "ledger/mark.txt", transcript(t, dir,
			[]string{"mark", "confidential", "report:fail", "--why", "the paper asked for it"}, []string{"mark", "confidential", "report", "fail"},
			[]string{"history", "report", "fail"}, []string{"mark", "secret", "fail"}, []string{"mark", "public", "nothing"}, []string{"mark", "public"}))
		if strings.Contains(leaves(), "the talks in Doha have failed") {
			t.Error("a claim of a confidential report is exported")
		}
	})
}
