package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"reflect"
	"testing"
	"time"

	"github.com/demarche/demarche"
)

// sameHoldings compares the claims that holdings find on a proposition with
// those that the ledger itself does.
func sameHoldings(t testing.TB, l *Ledger, asOf time.Time, proposition string) {
	t.Helper()
	h, err := l.Holdings(t.Context(), asOf, demarche.HoldingsQuery{})
	if err != nil {
		t.Fatal(err)
	}
	want, err := l.Testimonies(t.Context(), asOf, proposition)
	if err != nil {
		t.Fatal(err)
	}
	got := h.Testimonies(proposition, nil)
	if len(got) != len(want) {
		t.Fatalf("as of %v: %d claims on %s, want %d:\n%+v\n%+v", asOf, len(got), proposition, len(want), got, want)
	}
	for i := range got {
		g, w := got[i], want[i]
		if len(g.CopyOf) == 0 && len(w.CopyOf) == 0 {
			g.CopyOf, w.CopyOf = nil, nil
		}
		if !reflect.DeepEqual(g, w) {
			t.Fatalf("as of %v:\n%+v\nwant\n%+v", asOf, g, w)
		}
	}
}

func draftOf(id, text string, learned time.Time, claims ...demarche.HeldClaim) demarche.Draft {
	sum := sha256.Sum256([]byte(text))
	d := demarche.Draft{Original: []byte(text), Sources: []demarche.HeldSource{
		{ID: "wire-outlet", Name: "Wire", Kind: "outlet"}, {ID: "ann", Name: "Ann", Kind: "person"}, {ID: id + ".one-official", Description: "one official", Kind: "anonymous", Report: id},
	}}
	d.Report = demarche.HeldReport{Report: demarche.Report{ID: id, Title: "On " + id, Publisher: "Wire", SHA256: hex.EncodeToString(sum[:]), Text: text}, Outlet: "wire-outlet", Learned: learned}
	for _, c := range claims {
		c.Report = id
		if c.Status == "" {
			c.Status = "proposed"
		}
		d.Claims = append(d.Claims, c)
	}
	d.Propositions = []demarche.HeldProposition{{ID: "p", Says: "Talks are on"}}
	return d
}

func eachDraft(list ...demarche.Draft) iter.Seq2[demarche.Draft, error] {
	return func(yield func(demarche.Draft, error) bool) {
		for _, d := range list {
			if !yield(d, nil) {
				return
			}
		}
	}
}

// TestEnter: drafts become records that come back as they were; entering again
// adds nothing and undoes nothing.
func TestEnter(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		day := time.Date(2025, 12, 1, 12, 0, 0, 0, time.UTC)
		on := []demarche.HeldLink{{Rel: "affirms", Kind: "proposition", ID: "p"}}
		text := "Ann said that talks are on. One official said so too."
		first := draftOf("r1", text, day,
			demarche.HeldClaim{ID: "r1.1", Source: "ann", Says: "talks are on", Quote: "talks are on", Spans: demarche.ClaimSpans{Source: [][2]int{{0, 3}}, Cue: [][2]int{{4, 8}}, Content: [][2]int{{14, 26}}},
				Stance: "affirms", Record: "on_record", Hedges: []string{"reportedly"}, FoundBy: "reader 1", Links: on},
			demarche.HeldClaim{ID: "r1.2", Source: "r1.one-official", Quote: "so too", Stance: "affirms", Record: "anonymous", FoundBy: "reader 1", Links: on})
		second := draftOf("r2", text+" More.", day.Add(time.Hour), demarche.HeldClaim{ID: "r2.1", Source: "r2.one-official", Quote: "so too", Stance: "affirms", Record: "anonymous", FoundBy: "reader 1",
			Links: append([]demarche.HeldLink{{Rel: "copies", Kind: "claim", ID: "r1.2"}}, on...)})
		second.Report.CopyOf = []demarche.ReportCopy{{Report: "r1", Share: 0.9}}
		other := draftOf("r1", "Other words under the name of another report.", day, demarche.HeldClaim{ID: "r1.1", Source: "r1.one-official", Quote: "Other words", FoundBy: "reader 1", Stance: "affirms"})
		twin := draftOf("r9", text, day, demarche.HeldClaim{ID: "r9.1", Source: "ann", Quote: "talks are on", FoundBy: "reader 1"})
		enter := func(want demarche.Entered, list ...demarche.Draft) {
			t.Helper()
			got, err := l.Enter(ctx, "ann", "read", eachDraft(list...), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Fatalf("entered %+v, want %+v", got, want)
			}
		}
		enter(demarche.Entered{Reports: 3, Known: 1, Copies: 1, Claims: 4}, first, second, other, twin)
		enter(demarche.Entered{Known: 4}, first, second, other, twin)

		h, err := l.Holdings(ctx, time.Time{}, demarche.HoldingsQuery{Pending: true})
		if err != nil {
			t.Fatal(err)
		}
		if h.Waiting != 3 || len(h.Claims) != 4 || len(h.Reports) != 3 || h.Claim("r1-"+other.Report.SHA256[:8]+".1") == nil || len(h.Testimonies("p", nil)) != 0 {
			t.Fatalf("%+v", h)
		}
		got := *h.Claim("r1.1")
		want := first.Claims[0]
		want.Learned, want.Entry, want.Who, want.Why = day, 1, "ann", "read"
		if !got.Learned.Equal(day) {
			t.Fatalf("learned %v", got.Learned)
		}
		got.Learned = day
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v\nwant\n%+v", got, want)
		}
		if r := h.Report("r2"); len(r.CopyOf) != 1 || r.CopyOf[0] != (demarche.ReportCopy{Report: "r1", Share: 0.9}) || r.Outlet != "wire-outlet" {
			t.Fatalf("%+v", r)
		}
		// Decisions, with the entry that was seen.
		verdicts := []demarche.Verdict{{Claim: "r1.1", Entry: 1, Status: "accepted"}, {Claim: "r1.2", Entry: 1, Status: "accepted", Credibility: 3}, {Claim: "r2.1", Entry: 1, Status: "accepted"}}
		if err := l.Decide(ctx, "bob", "fits", day, verdicts...); err != nil {
			t.Fatal(err)
		}
		if err := l.Decide(ctx, "bob", "again", day, verdicts...); demarche.KindOf(err) != demarche.Unavailable {
			t.Fatalf("a second decision on the same entries: %v", err)
		}
		if err := l.Decide(ctx, "bob", "both", day, demarche.Verdict{Claim: "r1.1", Entry: 2, Status: "accepted", Irrelevant: true}); demarche.KindOf(err) != demarche.BadInput {
			t.Fatalf("accepted, and of no matter: %v", err)
		}
		sameHoldings(t, l, time.Time{}, "p")
		h, err = l.Holdings(ctx, time.Time{}, demarche.HoldingsQuery{Claims: []string{"r1.1", "nobody"}})
		if err != nil {
			t.Fatal(err)
		}
		if c, err := h.Weigh("p", 0.5, demarche.DefaultWeights, nil); err != nil || c.Standing != demarche.Confirmed || len(c.Origins) != 2 {
			t.Fatalf("%+v %v", c, err)
		}
		if len(h.Gone) != 0 || h.Claim("r1.2").Credibility != 3 {
			t.Fatalf("%+v", h)
		}
		// Before it was learned there is nothing, and the ledger says that it has
		// heard of it.
		h, err = l.Holdings(ctx, day.Add(-time.Hour), demarche.HoldingsQuery{Claims: []string{"r1.1", "nobody"}})
		if err != nil || len(h.Claims) != 0 || len(h.Gone) != 1 || h.Gone[0] != "r1.1" {
			t.Fatalf("%+v %v", h, err)
		}
		// What a person decided stays when the same reports come again.
		enter(demarche.Entered{Known: 3}, first, second, other)
		if h, _ = l.Holdings(ctx, time.Time{}, demarche.HoldingsQuery{}); h.Claim("r1.1").Status != "accepted" {
			t.Fatal("a decision was undone")
		}
		// An accepted claim that retracts another one ends its effect.
		if _, err := l.Write(ctx, Change{Who: "ann", Why: "retraction"}, Item{Record: &Claim{ID: "back", Source: "ann", Says: "they are not on", Stance: "affirms", Status: "accepted"}},
			Item{Record: &Link{From: Ref{KindClaim, "back"}, To: Ref{KindClaim, "r1.1"}, Rel: "retracts"}}); err != nil {
			t.Fatal(err)
		}
		sameHoldings(t, l, time.Time{}, "p")
		if h, _ = l.Holdings(ctx, time.Time{}, demarche.HoldingsQuery{}); !h.Claim("r1.1").Withdrawn || len(h.Testimonies("p", nil)) != 2 {
			t.Fatalf("%+v", h.Claim("r1.1"))
		}
		if f, err := l.Verify(ctx, nil); err != nil || !f.OK() {
			t.Fatal(f, err)
		}
	})
}

// TestHoldingsAround: reports asked for by name, what was destroyed, how sources
// were graded over time and what was noted on them; and briefs that were given out.
func TestHoldingsAround(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		day := func(n int) time.Time { return time.Date(2025, 12, n, 12, 0, 0, 0, time.UTC) }
		seen := map[Ref]int{}
		write := func(learned time.Time, why string, records ...Record) {
			t.Helper()
			var items []Item
			for _, r := range records {
				items = append(items, Item{Record: r, Expect: seen[r.Ref()]})
				seen[r.Ref()]++
			}
			if _, err := l.Write(ctx, Change{Who: "Ann", Why: why, Learned: learned}, items...); err != nil {
				t.Fatal(err)
			}
		}
		write(day(1), "read", &Source{ID: "wire", Name: "Wire", Kind: "outlet"}, &Source{ID: "bo", Name: "Bo", Kind: "person", Reliability: "B"},
			&Report{ID: "early", Outlet: "wire", Text: "Bo said so."}, &Proposition{ID: "p", Says: "It is so"},
			&Claim{ID: "c1", Report: "early", Source: "bo", Says: "it is so", Status: "accepted"}, &Claim{ID: "c2", Report: "early", Source: "bo", Says: "it is so too", Status: "accepted"},
			&Link{From: Ref{KindClaim, "c1"}, To: Ref{KindProposition, "p"}, Rel: "affirms"}, &Link{From: Ref{KindClaim, "c2"}, To: Ref{KindProposition, "p"}, Rel: "affirms"})
		write(day(3), "read", &Report{ID: "late", Outlet: "wire", Text: "Nothing new."})
		write(day(4), "was wrong twice", &Source{ID: "bo", Name: "Bo", Kind: "person", Reliability: "D"},
			&Deception{Source: "bo", By: "Ann", WouldSee: "leaks on the eve of talks", Seen: "yes"})
		write(day(5), "an alias", &Source{ID: "bo", Name: "Bo B.", Kind: "person", Reliability: "D"})

		ask := demarche.HoldingsQuery{Claims: []string{"c1", "c2"}, Reports: []string{"early", "late", "never"}}
		then, err := l.Holdings(ctx, day(2), ask)
		if err != nil {
			t.Fatal(err)
		}
		if then.Report("early") == nil || then.Report("late") != nil || !reflect.DeepEqual(then.GoneReports, []string{"late"}) {
			t.Fatalf("reports %+v, gone %v", then.Reports, then.GoneReports)
		}
		if s := then.Source("bo"); s.Reliability != "B" || s.Grades != nil {
			t.Fatalf("graded later: %+v", s)
		}
		if seen, noted := then.Deceives("bo"); seen || noted {
			t.Fatal("noted later")
		}
		now, err := l.Holdings(ctx, time.Time{}, ask)
		if err != nil {
			t.Fatal(err)
		}
		if len(now.GoneReports) > 0 || now.Report("late") == nil {
			t.Fatalf("%+v", now)
		}
		grades := now.Source("bo").Grades
		if len(grades) != 2 || grades[0].Reliability != "B" || grades[1].Reliability != "D" || grades[1].By != "Ann" || grades[1].Why != "was wrong twice" || !grades[1].Learned.Equal(day(4)) {
			t.Fatalf("%+v", grades)
		}
		if seen, noted := now.Deceives("bo"); !seen || !noted || now.Fate("c1") != "" {
			t.Fatal("what was noted is not there")
		}
		// A claim that is destroyed is gone from every day, and leaves a stone.
		if _, err := l.Redact(ctx, Change{Who: "Cy", Why: "a court order"}, Ref{KindClaim, "c2"}); err != nil {
			t.Fatal(err)
		}
		for _, at := range []time.Time{day(2), {}} {
			h, err := l.Holdings(ctx, at, ask)
			if err != nil {
				t.Fatal(err)
			}
			if s := h.Tombstone("claim", "c2"); s == nil || s.Who != "Cy" || s.Why != "a court order" || h.Fate("c2") != demarche.FateRedacted || h.Tombstone("claim", "c1") != nil {
				t.Fatalf("%+v", h.Redacted)
			}
		}
		// A brief is entered once, and a claim of it leads to it.
		date := dateOr("2025-12-05")
		b := demarche.HeldBrief{ID: "b1", Title: "On Bo", Made: date, AsOf: date, Fingerprint: "abc", Claims: []string{"c1"}, Handling: "internal"}
		for n, want := range []bool{false, true} {
			if known, err := l.GiveOut(ctx, "Ann", "given to the desk", time.Time{}, b); err != nil || known != want {
				t.Fatalf("%d: %v %v", n, known, err)
			}
		}
		used, err := l.BriefsUsing(ctx, time.Time{}, "c1")
		if err != nil || len(used) != 1 || used[0].Title != "On Bo" || used[0].AsOf != "2025-12-05" {
			t.Fatalf("%+v %v", used, err)
		}
		b.ID, b.Claims = "b2", []string{"nobody"}
		if _, err := l.GiveOut(ctx, "Ann", "", time.Time{}, b); err == nil {
			t.Fatal("a brief on a claim that is not there was entered")
		}
	})
}

// TestAnsweredIsHeld: what is answered comes with the answer, though it leads to
// nothing itself; what leads to nothing and is not answered stays.
func TestAnsweredIsHeld(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		small(t, l)
		put(t, l,
			&Source{ID: "bob", Name: "Bob Roe", Kind: "person"},
			&Claim{ID: "charge", Report: "r1", Source: "r1.officials", Says: "Bob Roe took money", Against: []string{"Bob Roe"}, Status: "accepted"},
			&Claim{ID: "answer", Report: "r1", Source: "bob", Says: "the charge is denied", Status: "accepted"},
			&Claim{ID: "aside", Report: "r1", Source: "bob", Says: "it will rain", Status: "accepted"},
			&Link{From: Ref{KindClaim, "answer"}, To: Ref{KindClaim, "charge"}, Rel: "replies"})
		h, err := l.Holdings(t.Context(), time.Time{}, demarche.HoldingsQuery{})
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string]bool{"charge": true, "answer": true, "aside": false} {
			if got := h.Claim(id) != nil; got != want {
				t.Errorf("%s: held %v, want %v", id, got, want)
			}
		}
	})
}
