package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/demarche/demarche"
)

// runs is how many random cases a test draws: few in a test, all in a soak, and
// fewer still under the race detector, which runs with -short.
func runs(test, soak int) uint64 {
	switch {
	case os.Getenv("DEMARCHE_SOAK") == "1":
		return uint64(soak)
	case testing.Short():
		return uint64(max(1, test/5))
	}
	return uint64(test)
}

// lacks skips a test for want of something, or fails it where nothing may be
// missing.
func lacks(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("DEMARCHE_REQUIRE_ALL") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// clock goes on by a minute each time it is read.
type clock struct{ n atomic.Int64 }

var dawn = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func (c *clock) now() time.Time { return dawn.Add(time.Duration(c.n.Add(1)) * time.Minute) }

var schemas atomic.Int64

// postgres makes an empty place on the server, and takes it away afterwards.
func postgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv("DEMARCHE_POSTGRES")
	if server == "" {
		server = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable"
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxIdleConns(-1) // a test may ask for hundreds, and the server has few
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	defer stop()
	if err := db.PingContext(ctx); err != nil {
		db.Close()
		lacks(t, "PostgreSQL is missing: start a server that lets the user postgres in at 127.0.0.1:5432, or name one in DEMARCHE_POSTGRES")
	}
	name := fmt.Sprintf("demarche_test_%d_%d", os.Getpid(), schemas.Add(1))
	if _, err := db.ExecContext(ctx, "CREATE SCHEMA "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec("DROP SCHEMA " + name + " CASCADE"); err != nil {
			t.Error(err)
		}
		db.Close()
	})
	join := "?"
	if strings.Contains(server, "?") {
		join = "&"
	}
	return server + join + "search_path=" + name
}

// stores are the two places that the conformance suite runs on.
var stores = []struct {
	name string
	make func(testing.TB) string
}{
	{"SQLite", func(t testing.TB) string { return filepath.Join(t.TempDir(), "ledger.db") }},
	{"PostgreSQL", postgres},
}

func open(t testing.TB, where string, o Options) *Ledger {
	t.Helper()
	l, err := Open(t.Context(), where, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// onBoth runs a test of the conformance suite on both stores.
func onBoth(t *testing.T, test func(t *testing.T, l *Ledger)) {
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			c := &clock{}
			test(t, open(t, s.make(t), Options{Now: c.now}))
		})
	}
}

var ann = Change{Who: "Ann", Why: "a test"}

func put(t testing.TB, l *Ledger, records ...Record) []Written {
	t.Helper()
	items := make([]Item, len(records))
	for i, r := range records {
		items[i] = Item{Record: r}
	}
	done, err := l.Write(t.Context(), ann, items...)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func is(t testing.TB, err error, kind demarche.Kind, words string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want one with %q", words)
	}
	if demarche.KindOf(err) != kind || !strings.Contains(err.Error(), words) {
		t.Fatalf("%s: %v; want %s with %q", demarche.KindOf(err), err, kind, words)
	}
	if strings.Contains(err.Error(), "SQL logic") || strings.Contains(err.Error(), "SQLSTATE") {
		t.Errorf("the message is that of the store: %v", err)
	}
}

// small is a ledger with one of everything.
func small(t testing.TB, l *Ledger) {
	t.Helper()
	text := "Officials said the talks in Doha had failed. “We will not yield,” the minister said."
	half := 0.5
	put(t, l,
		&Source{ID: "gazette", Name: "The Gazette", Kind: "outlet", Reliability: "B"},
		&Report{ID: "r1", Outlet: "gazette", Title: "Talks fail", Published: "2025-12-01", Text: text},
		&Source{ID: "minister", Name: "Nicolás Peña", Kind: "person", Reliability: "C", Side: "norvik"},
		&Source{ID: "r1.officials", Description: "officials", Kind: "anonymous", Report: "r1"},
		&Proposition{ID: "failed", Says: "The talks have failed", Prior: &half},
		&Claim{ID: "c1", Report: "r1", Source: "r1.officials", Says: "The talks failed", Quote: "the talks in Doha had failed", Spans: Spans{Content: [][2]int{{15, 43}}},
			Said: "2025-12-01", Act: "states", Stance: "affirms", Record: "anonymous", Status: "accepted"},
		&Claim{ID: "c2", Report: "r1", Source: "minister", Says: "We will not yield", Said: "2025-12-01", Act: "states", Stance: "affirms", Record: "on_record", Status: "proposed"},
		&Link{From: Ref{KindClaim, "c1"}, To: Ref{KindProposition, "failed"}, Rel: "affirms"},
		&Link{From: Ref{KindClaim, "c1"}, To: Ref{KindIncident, "sept2"}, Rel: "about"},
		&Judgement{ID: "j1", By: "Ann", Date: "2025-12-02", On: "exit", P: 0.3, Because: []string{"c1"}},
		&Hypothesis{ID: "h1", Says: "They bluff"},
		&Rating{Hypothesis: "h1", Claim: "c1", By: "Ann", Mark: "consistent"},
		&Deception{Source: "minister", By: "Ann", WouldSee: "the same words everywhere", Seen: "no"},
		&Override{Proposition: "failed", By: "Ann", P: 0.6, Reason: "I was there"},
		&Brief{ID: "b1", Title: "Weekly brief", Made: "2025-12-03", Claims: []string{"c1"}},
	)
}

func TestRoundTrip(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		small(t, l)
		for k := KindReport; k < lastKind; k++ {
			page, err := l.List(t.Context(), time.Time{}, Filter{Kind: k}, 10, "")
			if err != nil || len(page.Versions) == 0 {
				t.Fatalf("%s: %v, %d records", k, err, len(page.Versions))
			}
			for _, at := range page.Versions {
				got, err := l.Get(t.Context(), time.Time{}, at.Ref)
				if err != nil || !reflect.DeepEqual(got, at) || at.Record.Ref() != at.Ref || at.Who != "Ann" || at.Number != 1 {
					t.Errorf("%s: %+v, %v; listed %+v", at.Ref, got, err, at)
				}
			}
		}
		findings, err := l.Verify(t.Context(), nil)
		if err != nil || !findings.OK() || findings.Entries != 15 {
			t.Fatalf("%+v, %v", findings, err)
		}
	})
}

// said is one write that a random history made: what the slow twin replays.
type saidOnce struct {
	ref     Ref
	record  Record // nil: withdrawn
	learned time.Time
}

// random makes the same history on every ledger given, from (seed, run) alone,
// and returns what it said, and what was redacted at the end.
func random(t *testing.T, seed, run uint64, ledgers ...*Ledger) ([]saidOnce, map[Ref]bool) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, run))
	words := strings.Fields("talks Doha failed minister Nicolás yield strike waters élan sanctions offer envoy 3,000 ceasefire")
	phrase := func() string {
		var out []string
		for range 2 + rng.IntN(4) {
			out = append(out, words[rng.IntN(len(words))])
		}
		return strings.Join(out, " ")
	}
	pick := func(list []string) string { return list[rng.IntN(len(list))] }
	var log []saidOnce
	redactedRefs := map[Ref]bool{}
	type state struct {
		versions []Record // by entry; nil: withdrawn
	}
	states := map[Ref]*state{}
	ids := map[Kind][]string{}
	// Learned times go on, but lag behind and jump back between records.
	lastOf := map[Ref]time.Time{}
	learned := func(ref Ref) time.Time {
		minutes := len(log) / 3 // in order, some at one moment
		if run%2 == 0 {
			minutes = len(log)*7 + rng.IntN(40)
		}
		at := dawn.Add(time.Duration(minutes) * time.Minute)
		if at.Before(lastOf[ref]) {
			at = lastOf[ref]
		}
		lastOf[ref] = at
		return at
	}
	do := func(what string, f func(l *Ledger) error) bool {
		var first string
		for i, l := range ledgers {
			err := f(l)
			text := fmt.Sprint(err)
			if demarche.KindOf(err) == demarche.Internal && err != nil {
				t.Fatalf("seed %d, run %d, %s: %v", seed, run, what, err)
			}
			if i == 0 {
				first = text
			} else if text != first {
				t.Fatalf("seed %d, run %d, %s: %s says %q, %s says %q", seed, run, what, ledgers[0].d.name, first, l.d.name, text)
			}
		}
		return first == "<nil>"
	}
	write := func(r Record) {
		ref := r.Ref()
		s := states[ref]
		expect := 0
		if s != nil {
			expect = len(s.versions)
		}
		at := learned(ref)
		same := false
		if !do("write "+ref.String(), func(l *Ledger) error {
			done, err := l.Write(t.Context(), Change{Who: "Ann", Why: "because " + ref.ID}, Item{Record: r, Expect: expect, Learned: at})
			if err == nil {
				same = done[0].Same
			}
			return err
		}) || same {
			return
		}
		if s == nil {
			s = &state{}
			states[ref] = s
			ids[ref.Kind] = append(ids[ref.Kind], ref.ID)
		}
		s.versions = append(s.versions, r)
		log = append(log, saidOnce{ref, r, at})
	}
	someID := func(k Kind) string {
		if len(ids[k]) == 0 || rng.IntN(30) == 0 {
			return ""
		}
		return ids[k][rng.IntN(len(ids[k]))]
	}
	for step := range 90 {
		switch n := rng.IntN(20); {
		case step == 0 || n == 0:
			write(&Source{ID: fmt.Sprintf("s%d", rng.IntN(8)), Name: phrase(), Kind: pick([]string{"person", "outlet", "office"}), Reliability: pick(demarche.Reliabilities)})
		case n == 1:
			write(&Report{ID: fmt.Sprintf("r%d", rng.IntN(8)), Outlet: pick([]string{"", someID(KindSource)}), Title: phrase(), Text: strings.Repeat(phrase()+" ", 4), Published: pick([]string{"", "2025-11", "2025-12-01"})})
		case n == 2:
			if r := someID(KindReport); r != "" {
				write(&Source{ID: fmt.Sprintf("a%d", rng.IntN(8)), Description: phrase(), Kind: "anonymous", Report: r})
			}
		case n == 3:
			write(&Proposition{ID: fmt.Sprintf("p%d", rng.IntN(4)), Says: phrase()})
		case n < 10:
			write(&Claim{ID: fmt.Sprintf("c%d", rng.IntN(25)), Report: someID(KindReport), Source: someID(KindSource), Says: phrase(),
				Said: pick([]string{"", "2025", "2025-11", "2025-12-01", "2026-01-02", "recently", "../2025-12-02", "2025-09/2025-12"}), Act: pick(append(Acts, "")), Stance: pick(append(Stances, "")),
				Record: pick(append(RecordTerms, "")), Credibility: rng.IntN(7), Status: pick(append(Statuses, "accepted", "accepted", "accepted")), Handling: pick(handlings),
				Relayed: pick([]string{"", "", someID(KindSource)})})
		case n == 10: // another status, the same words
			if c := someID(KindClaim); c != "" {
				s := states[Ref{KindClaim, c}]
				if last, ok := s.versions[len(s.versions)-1].(*Claim); ok {
					next := *last
					next.Status = pick(Statuses)
					write(&next)
				}
			}
		case n < 13:
			if c, p := someID(KindClaim), someID(KindProposition); c != "" && p != "" {
				write(&Link{From: Ref{KindClaim, c}, To: Ref{KindProposition, p}, Rel: pick([]string{"affirms", "denies"}), Strength: float64(rng.IntN(3)) / 2})
			}
		case n == 13:
			if c, d := someID(KindClaim), someID(KindClaim); c != "" && d != "" && c != d {
				write(&Link{From: Ref{KindClaim, c}, To: Ref{KindClaim, d}, Rel: pick([]string{"copies", "retracts", "replies"})})
			}
		case n == 14 && step%3 == 0:
			if p := someID(KindProposition); p != "" {
				write(&Override{Proposition: p, By: "Ann", P: float64(rng.IntN(5)) / 4, Reason: phrase()})
			}
		case n == 14 && step%3 == 1:
			if r, o := someID(KindReport), someID(KindReport); r != "" && o != "" && r != o {
				write(&Link{From: Ref{KindReport, r}, To: Ref{KindReport, o}, Rel: "copies"})
			}
		case n == 14:
			if c := someID(KindClaim); c != "" {
				write(&Brief{ID: fmt.Sprintf("b%d", rng.IntN(3)), Made: "2025-12-02", Claims: []string{c, ids[KindClaim][0]}})
			}
		case n < 19: // undo something
			if len(log) == 0 {
				continue
			}
			ref := log[rng.IntN(len(log))].ref
			s := states[ref]
			number := len(s.versions)
			at := learned(ref)
			if !do("undo "+ref.String(), func(l *Ledger) error {
				_, err := l.Undo(t.Context(), Change{Who: "Bob", Why: "no", Learned: at}, ref, number)
				return err
			}) {
				continue
			}
			var r Record
			if number > 1 {
				r = s.versions[number-2]
			}
			s.versions = append(s.versions, r)
			log = append(log, saidOnce{ref, r, at})
		default:
			if len(log) == 0 || rng.IntN(3) > 0 {
				continue
			}
			ref := log[rng.IntN(len(log))].ref
			if do("redact "+ref.String(), func(l *Ledger) error {
				_, err := l.Redact(t.Context(), Change{Who: "Cy", Why: "court order"}, ref)
				return err
			}) {
				redactedRefs[ref] = true
			}
		}
	}
	return log, redactedRefs
}

// replay is the definition of as_of: what the last word on each record was, of
// those learned by then.
func replay(log []saidOnce, gone map[Ref]bool, at time.Time) map[Ref]Record {
	out := map[Ref]Record{}
	for _, s := range log {
		if !at.IsZero() && s.learned.After(at) || gone[s.ref] {
			continue
		}
		if s.record == nil {
			delete(out, s.ref)
		} else {
			out[s.ref] = s.record
		}
	}
	return out
}

func refs(page []Version) []string {
	out := []string{}
	for _, v := range page {
		out = append(out, v.Ref.String())
	}
	return out
}

// everything reads a list page by page.
func everything(t *testing.T, l *Ledger, at time.Time, f Filter, limit int) []Version {
	t.Helper()
	out := []Version{}
	for after, n := "", 0; ; n++ {
		page, err := l.List(t.Context(), at, f, limit, after)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Versions) > limit || n > 10000 {
			t.Fatalf("page %d of %d records", n, len(page.Versions))
		}
		out = append(out, page.Versions...)
		if after = page.Next; after == "" {
			return out
		}
	}
}

// TestRandomHistories: on both stores, everything that is read is what replaying
// all that was said gives, and a rebuild changes nothing.
func TestRandomHistories(t *testing.T) {
	const seed = 5
	for run := range runs(6, 300) {
		clocks := []*clock{{}, {}}
		var ledgers []*Ledger
		for i, s := range stores {
			if s.name == "PostgreSQL" && run%3 != 0 && os.Getenv("DEMARCHE_SOAK") != "1" {
				continue // a server is slower; the suite has it often enough
			}
			clocks[i].n.Store(100_000)
			ledgers = append(ledgers, open(t, s.make(t), Options{Now: clocks[i].now}))
		}
		log, gone := random(t, seed, run, ledgers...)
		for _, l := range ledgers {
			compare(t, seed, run, l, log, gone)
			f, err := l.Verify(t.Context(), nil)
			if err != nil || !f.OK() {
				t.Fatalf("seed %d, run %d, %s: %v, %v", seed, run, l.d.name, err, f.Problems)
			}
			if run%2 == 0 {
				if err := l.Rebuild(t.Context(), nil); err != nil {
					t.Fatal(err)
				}
				compare(t, seed, run, l, log, gone)
				if f, err := l.Verify(t.Context(), nil); err != nil || !f.OK() {
					t.Fatalf("seed %d, run %d, rebuilt: %v, %v", seed, run, err, f.Problems)
				}
			}
			l.Close()
		}
	}
}

func compare(t *testing.T, seed, run uint64, l *Ledger, log []saidOnce, gone map[Ref]bool) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed+1000, run))
	ctx := t.Context()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Fatalf("seed %d, run %d, %s: %s", seed, run, l.d.name, fmt.Sprintf(format, args...))
	}
	sometime := func() time.Time {
		if rng.IntN(4) == 0 {
			return time.Time{}
		}
		return log[rng.IntN(len(log))].learned.Add(time.Duration(rng.IntN(3)-1) * time.Microsecond)
	}
	for range 16 {
		at := sometime()
		want := replay(log, gone, at)
		for _, s := range log {
			got, err := l.Get(ctx, at, s.ref)
			if r := want[s.ref]; r == nil {
				if demarche.KindOf(err) != demarche.NotFound {
					fail("%s at %s: %v, %v; it was not there", s.ref, at, got, err)
				}
			} else if err != nil || !reflect.DeepEqual(got.Record, r) {
				fail("%s at %s: %+v, %v; want %+v", s.ref, at, got.Record, err, r)
			}
		}
		// Lists.
		for k := KindReport; k < lastKind; k++ {
			f := Filter{Kind: k}
			keep := func(Record) bool { return true }
			if k == KindClaim {
				f, keep = randomFilter(rng, want)
			}
			// Small windows take every way that a large ledger takes.
			l.window = []int{3000, 1, 2, 4, 8, 16}[rng.IntN(6)]
			var names []string
			for ref, r := range want {
				if ref.Kind == k && keep(r) {
					names = append(names, ref.String())
				}
			}
			got := everything(t, l, at, f, 1+rng.IntN(7))
			if f.Text == "" && f.Proposition == "" && f.AboutFrom.IsZero() && f.AboutTo.IsZero() && !slices.IsSortedFunc(got, func(a, b Version) int {
				return place{micros(a.Learned), a.Seq}.before(place{micros(b.Learned), b.Seq})
			}) {
				fail("%+v: not the newest first", f)
			}
			have := refs(got)
			slices.Sort(have)
			slices.Sort(names)
			if !slices.Equal(have, names) {
				fail("%+v at %s:\n got %v\nwant %v", f, at, have, names)
			}
		}
		// Briefs of a claim.
		claim := fmt.Sprintf("c%d", rng.IntN(25))
		briefs, err := l.BriefsUsing(ctx, at, claim)
		if err != nil {
			fail("%v", err)
		}
		n := 0
		for _, r := range want {
			if b, ok := r.(*Brief); ok && slices.Contains(b.Claims, claim) && !gone[Ref{KindClaim, claim}] {
				n++
			}
		}
		if !gone[Ref{KindClaim, claim}] && n != len(briefs) {
			fail("%d briefs use %s at %s, want %d", len(briefs), claim, at, n)
		}
		// Differences, by comparing two replays.
		from, to := sometime(), at
		if from.IsZero() || !to.IsZero() && to.Before(from) {
			continue
		}
		diff, err := l.Diff(ctx, from, to, demarche.DefaultWeights)
		if err != nil {
			fail("%v", err)
		}
		before := replay(log, gone, from)
		changed := map[Ref]bool{}
		for ref, n := range lastWords(log, gone, from) {
			changed[ref] = lastWords(log, gone, to)[ref] != n
		}
		for ref, n := range lastWords(log, gone, to) {
			changed[ref] = lastWords(log, gone, from)[ref] != n
		}
		for _, c := range diff.Records {
			if !changed[c.Ref] {
				fail("%s is told as changed from %s to %s", c.Ref, from, to)
			}
			delete(changed, c.Ref)
			for _, side := range []struct {
				got  *Version
				want Record
			}{{c.Before, before[c.Ref]}, {c.After, want[c.Ref]}} {
				if (side.got == nil) != (side.want == nil) || side.got != nil && !reflect.DeepEqual(side.got.Record, side.want) {
					fail("%s from %s to %s: %+v, want %+v", c.Ref, from, to, side.got, side.want)
				}
			}
			if len(c.Entries) == 0 || c.Entries[0].Who == "" || c.Entries[0].Why == "" {
				fail("%s changed without a reason", c.Ref)
			}
		}
		// Every proposition is weighed at both times; the difference tells those
		// that moved, and no others.
		moved := map[string]bool{}
		for _, m := range diff.Propositions {
			moved[m.Proposition] = true
		}
		for n := range 4 {
			id, half := fmt.Sprintf("p%d", n), 0.5
			ref := Ref{KindProposition, id}
			if before[ref] == nil && want[ref] == nil {
				continue
			}
			var credences [2]demarche.Credence
			for i, at := range []time.Time{from, to} {
				c, err := l.Weigh(ctx, at, id, nil, demarche.DefaultWeights)
				if demarche.KindOf(err) == demarche.NotFound {
					c, err = l.Weigh(ctx, at, id, &half, demarche.DefaultWeights)
				}
				if err != nil {
					fail("%v", err)
				}
				credences[i] = c
			}
			a, b := credences[0], credences[1]
			if did := a.Standing != b.Standing || a.P != b.P || a.Computed != b.Computed; did != moved[id] {
				t.Logf("before %+v, after %+v", a, b)
				fail("%s moved from %s to %s: %v, but told %v", id, from, to, did, moved[id])
			}
		}
		for ref, did := range changed {
			if did && (before[ref] != nil || want[ref] != nil) {
				fail("%s changed from %s to %s, and is not told", ref, from, to)
			}
		}
	}
}

// lastWords is which entry of the log made each record what it was.
func lastWords(log []saidOnce, gone map[Ref]bool, at time.Time) map[Ref]int {
	out := map[Ref]int{}
	for i, s := range log {
		if !at.IsZero() && s.learned.After(at) || gone[s.ref] {
			continue
		}
		if s.record == nil {
			delete(out, s.ref)
		} else {
			out[s.ref] = i + 1
		}
	}
	return out
}

// randomFilter is a filter on claims, and what it means.
func randomFilter(rng *rand.Rand, want map[Ref]Record) (Filter, func(Record) bool) {
	f := Filter{Kind: KindClaim}
	some := func(list []string) []string {
		if rng.IntN(5) > 0 {
			return nil
		}
		return []string{list[rng.IntN(len(list))], list[rng.IntN(len(list))]}
	}
	f.Status, f.Stance, f.Record, f.Act, f.Handling = some(Statuses), some(append(Stances, "")), some(append(RecordTerms, "")), some(append(Acts, "")), some(handlings)
	if rng.IntN(8) == 0 {
		f.Source = fmt.Sprintf("s%d", rng.IntN(8))
	}
	if rng.IntN(8) == 0 {
		f.Report = fmt.Sprintf("r%d", rng.IntN(8))
	}
	if rng.IntN(8) == 0 {
		f.Proposition = fmt.Sprintf("p%d", rng.IntN(4))
	}
	if rng.IntN(8) == 0 {
		f.AboutFrom = time.Date(2025, 11, 1+rng.IntN(64), 0, 0, 0, 0, time.UTC)
	}
	if rng.IntN(8) == 0 {
		f.AboutTo = time.Date(2025, 11, 1+rng.IntN(66), 0, 0, 0, 0, time.UTC)
	}
	if rng.IntN(3) == 0 {
		f.Text = []string{"talks", "nicolas", "doha -minister", `"talks doha"`, "min*", "3 000", "ELAN", `"talks fai"*`, "nothere"}[rng.IntN(9)]
	}
	in := func(list []string, word string) bool { return len(list) == 0 || slices.Contains(list, word) }
	return f, func(r Record) bool {
		c := r.(*Claim)
		if !in(f.Status, c.Status) || !in(f.Stance, c.Stance) || !in(f.Record, c.Record) || !in(f.Act, c.Act) || !in(f.Handling, c.Handling) ||
			f.Source != "" && c.Source != f.Source || f.Report != "" && c.Report != f.Report || !aboutWithin(dateOr(c.Said), f.AboutFrom, f.AboutTo) {
			return false
		}
		if f.Text != "" {
			q, err := parseQuery(f.Text)
			if err != nil || !q.meets(fold(c.Says+" "+c.Quote)) {
				return false
			}
		}
		if f.Proposition == "" {
			return true
		}
		for _, r := range want {
			if l, ok := r.(*Link); ok && l.From == c.Ref() && l.To == (Ref{KindProposition, f.Proposition}) {
				return true
			}
		}
		return false
	}
}

// TestAhead: what was known on a day is listed for it by when it is about, also
// what begins after that day; before and after a rebuild.
func TestAhead(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		for n, said := range []string{"2025-12-31", "2026-03", "2026-01-01"} {
			c := &Claim{ID: fmt.Sprintf("c%d", n), Says: "So", Said: said, Status: "proposed"}
			if _, err := l.Put(t.Context(), Change{Who: "Ann", Why: "x", Learned: dawn.Add(time.Duration(n) * time.Second)}, c, 0); err != nil {
				t.Fatal(err)
			}
		}
		about := Filter{Kind: KindClaim, AboutFrom: dawn.AddDate(0, 0, -5), AboutTo: dawn.AddDate(0, 6, 0)}
		for range 2 {
			for n, want := range [][]string{{"claim c0"}, {"claim c1", "claim c0"}, {"claim c1", "claim c2", "claim c0"}} {
				if got := refs(everything(t, l, dawn.Add(time.Duration(n)*time.Second), about, 1)); !slices.Equal(got, want) {
					t.Errorf("second %d: %v, want %v", n, got, want)
				}
			}
			if err := l.Rebuild(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestSearchKeepsUp: a text is found as of each day on which it stood, however
// often the rest of its record changes.
func TestSearchKeepsUp(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		c := Claim{ID: "c", Says: "The envoy left", Status: "proposed"}
		var days []time.Time
		for n, change := range []func(){func() {}, func() { c.Status = "accepted" }, func() { c.Says = "The envoy stayed" }, func() { c.Status = "retracted" }} {
			change()
			next := c
			day := dawn.Add(time.Duration(n) * time.Second)
			if _, err := l.Put(t.Context(), Change{Who: "Ann", Why: "x", Learned: day}, &next, n); err != nil {
				t.Fatal(err)
			}
			days = append(days, day)
		}
		for range 2 {
			for n, want := range []string{"left proposed", "left accepted", "stayed accepted", "stayed retracted"} {
				for _, word := range []string{"left", "stayed", "envoy"} {
					got := everything(t, l, days[n], Filter{Kind: KindClaim, Text: word}, 5)
					found := len(got) == 1 && strings.HasSuffix(got[0].Record.(*Claim).Says+" "+got[0].Record.(*Claim).Status, want)
					if found != (word == "envoy" || strings.HasPrefix(want, word)) || len(got) > 1 || len(got) == 1 && !found {
						t.Errorf("%q on day %d: %+v", word, n, got)
					}
				}
			}
			if got := everything(t, l, dawn.Add(-time.Second), Filter{Text: "envoy"}, 5); len(got) != 0 {
				t.Errorf("%+v", got)
			}
			if err := l.Rebuild(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
	})
}
