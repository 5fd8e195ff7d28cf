package ledger

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/demarche/demarche"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// TestWeigh: copies, relays, hedges and what no longer counts, from records to
// the credence.
func TestWeigh(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		prior := 0.5
		accepted := func(id, report, source, says, stance string) *Claim {
			return &Claim{ID: id, Report: report, Source: source, Says: says, Stance: stance, Record: "on_record", Access: "direct", Credibility: 2, Status: "accepted"}
		}
		link := func(from, rel string) *Link {
			return &Link{From: Ref{KindClaim, from}, To: Ref{KindProposition, "p"}, Rel: rel}
		}
		put(t, l,
			&Source{ID: "wire", Name: "Wire", Kind: "outlet", Reliability: "A"}, &Source{ID: "post", Name: "Post", Kind: "outlet", Reliability: "B"},
			&Source{ID: "ann", Name: "Ann", Kind: "person", Reliability: "B"}, &Source{ID: "bob", Name: "Bob", Kind: "person", Reliability: "C"},
			&Report{ID: "r1", Outlet: "wire", Text: "one"}, &Report{ID: "r2", Outlet: "post", Text: "two"}, &Report{ID: "r3", Outlet: "post", Text: "three"},
			&Source{ID: "u1", Kind: "anonymous", Description: "a source familiar with the talks", Report: "r1"},
			&Source{ID: "u2", Kind: "anonymous", Description: "A source familiar with the talks", Report: "r2"},
			&Source{ID: "u3", Kind: "anonymous", Description: "an official", Report: "r3"},
			&Proposition{ID: "p", Says: "Talks are on", Prior: &prior})
		weigh := func() demarche.Credence {
			t.Helper()
			c, err := l.Weigh(ctx, time.Time{}, "p", nil, demarche.DefaultWeights)
			if err != nil {
				t.Fatal(err)
			}
			sameHoldings(t, l, time.Time{}, "p")
			return c
		}
		odds := func(c demarche.Credence) float64 { return demarche.LogOdds(c.Computed) }
		if c := weigh(); c.Standing != demarche.Unsupported || c.Computed != 0.5 {
			t.Fatalf("%+v", c)
		}
		put(t, l, accepted("a1", "r1", "ann", "They are on", "affirms"), link("a1", "affirms"))
		put(t, l, accepted("a2", "r2", "ann", "They are on, she said again", "affirms"), link("a2", "affirms"))
		if c := weigh(); c.Standing != demarche.SingleSource || !near(odds(c), 1.2) {
			t.Fatalf("%+v", c)
		}
		// A hedge counts half, unless its link says how far it goes.
		put(t, l, accepted("b1", "r2", "bob", "Perhaps not", "hedges"), link("b1", "denies"))
		if c := weigh(); c.Standing != demarche.Contested || !near(odds(c), 1.2-0.35) {
			t.Fatalf("%+v", c)
		}
		strong := link("b1", "denies")
		strong.Strength = 1
		if _, err := l.Put(ctx, ann, strong, 1); err != nil {
			t.Fatal(err)
		}
		if c := weigh(); !near(odds(c), 1.2-0.7) {
			t.Fatalf("%+v", c)
		}
		// What is silent, proposed, rejected or retracted by another does not count.
		silent, proposed := accepted("s1", "r1", "bob", "No comment", "silent"), accepted("s2", "r1", "bob", "On", "affirms")
		proposed.Status = "proposed"
		put(t, l, silent, link("s1", "affirms"), proposed, link("s2", "affirms"),
			accepted("b2", "r3", "bob", "I take it back", "affirms"), &Link{From: Ref{KindClaim, "b2"}, To: Ref{KindClaim, "b1"}, Rel: "retracts"})
		if c := weigh(); c.Standing != demarche.SingleSource || !near(odds(c), 1.2) {
			t.Fatalf("%+v", c)
		}
		// Two unnamed sources in different outlets are two, until the second
		// report turns out to copy the first.
		for _, id := range []string{"1", "2"} {
			c := accepted("u"+id, "r"+id, "u"+id, "The talks go on, in words of outlet "+id, "affirms")
			c.Record = "anonymous"
			put(t, l, c, link("u"+id, "affirms"))
		}
		c := weigh()
		if len(c.Origins) != 3 || !near(odds(c), 1.2+0.8+0.6) {
			t.Fatalf("%+v", c)
		}
		put(t, l, &Link{From: Ref{KindReport, "r2"}, To: Ref{KindReport, "r1"}, Rel: "copies", Strength: 0.92})
		c = weigh()
		if len(c.Origins) != 2 || !near(odds(c), 1.2+0.8) || !slices.Equal(c.Origins[1].Claims, []string{"u1", "u2"}) || c.Origins[1].Counted != "u1" {
			t.Fatalf("%+v", c)
		}
		// "told the Wire": the word of the Wire's own source, not another one.
		told := accepted("u3", "r3", "u3", "An official told the Wire", "affirms")
		told.Record, told.Relayed = "anonymous", "wire"
		put(t, l, told, link("u3", "affirms"))
		if c = weigh(); len(c.Origins) != 2 || !near(odds(c), 2.0) {
			t.Fatalf("%+v", c)
		}
		put(t, l, &Override{Proposition: "p", By: "Cy", P: 0.9, Reason: "a call"})
		if c = weigh(); c.P != 0.9 || !near(odds(c), 2.0) || c.Override.By != "Cy" || c.Standing != demarche.Confirmed {
			t.Fatalf("%+v", c)
		}
		// The difference tells the move, and by which claims.
		first := dawn
		d, err := l.Diff(ctx, first, time.Time{}, demarche.DefaultWeights)
		if err != nil || len(d.Propositions) != 1 || d.Propositions[0].Before.Standing != demarche.Unsupported || d.Propositions[0].After.P != 0.9 ||
			!slices.Equal(d.Propositions[0].New, []string{"a1", "a2", "u1", "u2", "u3"}) {
			t.Fatalf("%+v, %v", d.Propositions, err)
		}
		_, err = l.Weigh(ctx, time.Time{}, "none", nil, demarche.DefaultWeights)
		is(t, err, demarche.NotFound, "no proposition none")
		_, err = l.Diff(ctx, time.Time{}, dawn, demarche.DefaultWeights)
		is(t, err, demarche.Usage, "two times")
	})
}

func TestNewlyContested(t *testing.T) {
	contested, single := demarche.Credence{Standing: demarche.Contested}, demarche.Credence{Standing: demarche.SingleSource}
	for _, test := range []struct {
		m            Moved
		newly, ended bool
	}{{Moved{Before: single, After: contested}, true, false}, {Moved{Before: contested, After: single}, false, true}, {Moved{Before: contested, After: contested}, false, false}} {
		if test.m.NewlyContested() != test.newly || test.m.Settled() != test.ended {
			t.Errorf("%+v", test)
		}
	}
}

func TestExplanations(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		small(t, l)
		put(t, l, &Hypothesis{ID: "h2", Says: "They mean it"},
			&Rating{Hypothesis: "h2", Claim: "c1", By: "Ann", Mark: "inconsistent"},
			&Rating{Hypothesis: "h2", Claim: "c1", By: "Bob", Mark: "not_applicable"},
			&Claim{ID: "gone", Says: "Not so", Status: "rejected"},
			&Rating{Hypothesis: "h1", Claim: "gone", By: "Ann", Mark: "inconsistent"})
		e, err := l.Compete(t.Context(), time.Time{}, demarche.DefaultWeights)
		if err != nil || len(e.Hypotheses) != 2 || e.Hypotheses[0].ID != "h1" || e.Hypotheses[0].Inconsistency != 0 || !near(e.Hypotheses[1].Inconsistency, 0.35) ||
			len(e.Claims) != 1 || e.Says["h2"] != "They mean it" || len(e.Deceptions) != 1 || e.Deceptions[0].WouldSee == "" || len(e.Sources) != 1 || !e.Sources[0].Leads {
			t.Fatalf("%+v, %v", e, err)
		}
	})
}

// TestScores: the Brier score of a worked example, and its calibration.
func TestScores(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		none, err := l.Scores(t.Context(), time.Time{})
		if err != nil || len(none) != 1 || none[0].Brier != -1 {
			t.Fatalf("%+v, %v", none, err)
		}
		j := func(id, by string, p float64, resolved string) *Judgement {
			return &Judgement{ID: id, By: by, Date: "2025-12-01", On: "exit", P: p, Resolved: resolved}
		}
		put(t, l, j("1", "Ann", 0.7, "yes"), j("2", "Ann", 0.3, "no"), j("3", "Bob", 1, "no"), j("4", "Bob", 0.75, "yes"), j("5", "Bob", 0.5, ""))
		got, err := l.Scores(t.Context(), time.Time{})
		if err != nil || len(got) != 3 {
			t.Fatalf("%+v, %v", got, err)
		}
		all := got[0]
		if all.Resolved != 4 || !near(all.Brier, (0.09+0.09+1+0.0625)/4) || !near(got[1].Brier, 0.09) || got[2].By != "Bob" || !near(got[2].Brier, (1+0.0625)/2) {
			t.Fatalf("%+v", got)
		}
		if len(all.Calibration) != 3 || all.Calibration[0].From != 0.3 || all.Calibration[1] != (Tenth{0.7, 2, 0.725, 1}) || all.Calibration[2] != (Tenth{0.9, 1, 1, 0}) {
			t.Fatalf("%+v", all.Calibration)
		}
		_, err = l.Put(t.Context(), ann, &Judgement{ID: "6", By: "Ann", Date: "2025-12-01", On: "exit", P: 0.5, ResolvedOn: "2025-12-02"}, 0)
		is(t, err, demarche.BadInput, "no resolution")
	})
}
