package demarche

import (
	"slices"
	"testing"
)

func TestFate(t *testing.T) {
	var none *Holdings
	if none.Fate("c") != "" {
		t.Error("without a ledger every claim counts")
	}
	h := &Holdings{
		Claims: []HeldClaim{{ID: "a", Status: "accepted"}, {ID: "p", Status: "proposed"}, {ID: "r", Status: "rejected"}, {ID: "t", Status: "retracted"}, {ID: "w", Status: "accepted", Withdrawn: true}},
		Gone:   []string{"g", "x"}, Redacted: []HeldTombstone{{Kind: "claim", ID: "x"}, {Kind: "report", ID: "g"}},
	}
	for id, want := range map[string]Fate{"a": "", "p": FatePending, "r": FateRejected, "t": FateRetracted, "w": FateWithdrawn, "g": FateAbsent, "x": FateRedacted, "never heard of": ""} {
		if got := h.Fate(id); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}

// What stands in a case with a ledger: who speaks is told as the case would tell it,
// references to dead claims are known, and propositions of the ledger alone stay
// outside the model.
func TestWithHoldings(t *testing.T) {
	c := &Case{
		Actors:       []Actor{{ID: "ann", Name: "Ann Lee"}},
		Propositions: []Proposition{{ID: "p", Says: "It is so"}},
		Claims:       []Claim{{ID: "c1", Source: "the account itself", Says: "old words"}, {ID: "c2", Source: "ann"}, {ID: "only here", Source: "ann"}},
		Weights:      []WeightRow{{Table: "reliability", Grade: "A", Value: ptr(1.0), Reason: "ours"}},
	}
	on := func(rel, id string) []HeldLink { return []HeldLink{{Rel: rel, Kind: "proposition", ID: id}} }
	h := &Holdings{
		Reports: []HeldReport{{Report: Report{ID: "r"}, Outlet: "post"}},
		Sources: []HeldSource{{ID: "ann", Name: "A. Lee", Actor: "ann", Reliability: "A"}, {ID: "gone", Name: "Gone", Actor: "nobody"}, {ID: "post", Name: "Post", Kind: "outlet"}, {ID: "r.aide", Description: "An aide", Kind: "anonymous", Report: "r"}},
		Claims: []HeldClaim{
			{ID: "c1", Report: "r", Source: "post", Says: "new words", Status: "accepted"},
			{ID: "c2", Report: "r", Source: "ann", Status: "rejected"},
			{ID: "d0", Report: "r", Source: "post", Status: "accepted"},
			{ID: "d1", Report: "r", Source: "ann", Status: "accepted", Record: "on_record", Access: "direct", Credibility: 2, Links: on("affirms", "p")},
			{ID: "d2", Report: "r", Source: "r.aide", Status: "accepted", Record: "anonymous", Links: on("denies", "q")},
			{ID: "d3", Report: "r", Source: "gone", Status: "accepted"},
			{ID: "d4", Report: "r", Source: "destroyed", Status: "accepted"},
			{ID: "d5", Report: "r", Status: "accepted"},
		},
		Propositions: []HeldProposition{{ID: "p", Says: "It is so"}, {ID: "q", Says: "It is otherwise", Prior: ptr(0.3)}, {ID: "r", Says: "Nobody spoke to this"}},
	}
	got, err := c.WithHoldings(h, c.WeightsOr())
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"c1": "the account itself", "d0": "the report itself", "d1": "ann", "d2": "an aide", "d3": "Gone", "d4": "a source that is no longer on record", "d5": "", "only here": "ann"} {
		if cl := got.Claim(id); cl == nil || cl.Source != want {
			t.Errorf("%s: %+v, want %q", id, cl, want)
		}
	}
	if got.Claim("c2") != nil || got.Claim("c1").Says != "new words" || c.Claim("c1").Says != "old words" {
		t.Error("the ledger's claims do not take the place of the case file's")
	}
	if live := got.LiveRefs([]Ref{{Name: "c1"}, {Name: "c2"}}); len(live) != 1 || live[0].Name != "c1" {
		t.Errorf("%v", live)
	}
	if refs := []Ref{{Name: "c1"}, {Name: "c2"}}; len(c.LiveRefs(refs)) != 2 {
		t.Error("without a ledger a reference is left out")
	}
	// The case's own row of weights counts: log-odds 1 from an even prior.
	if w := got.Propositions[0].Standing(); w.Standing != SingleSource || w.P != FromLogOdds(1) {
		t.Errorf("%+v", w)
	}
	if w := c.Propositions[0].Standing(); w.Standing != Unsupported || w.P != 0.5 || len(w.Origins) > 0 {
		t.Errorf("%+v", w)
	}
	beyond, err := got.HeldMatters()
	if err != nil || len(beyond) != 1 || beyond[0].ID != "q" || beyond[0].Standing().Standing != Denied || beyond[0].Standing().Prior != 0.3 {
		t.Errorf("%+v %v", beyond, err)
	}
	if len(got.Propositions) != 1 || !slices.ContainsFunc(got.Claim("d2").Denies, func(r Ref) bool { return r.Name == "q" }) {
		t.Error("a matter of the ledger alone is in the model, or its claim does not know it")
	}
}

func ptr[T any](v T) *T { return &v }
