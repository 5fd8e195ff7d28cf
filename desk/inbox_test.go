package desk

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// book is a ledger whose content is given.
type book struct{ held demarche.Holdings }

func (b *book) Holdings(_ context.Context, at time.Time, q demarche.HoldingsQuery) (*demarche.Holdings, error) {
	out := b.held
	out.At, out.Claims = at, nil
	for _, c := range b.held.Claims {
		if c.Status == "accepted" || q.Pending && c.Status == "proposed" {
			out.Claims = append(out.Claims, c)
		}
	}
	return &out, nil
}

// randomBook draws sources, reports that copy one another, and claims on the
// propositions of a case.
func randomBook(r *rand.Rand, props []demarche.Proposition) *book {
	b := &book{}
	h := &b.held
	for i := range 3 {
		h.Sources = append(h.Sources, demarche.HeldSource{ID: fmt.Sprintf("outlet%d", i), Name: fmt.Sprintf("Outlet %d", i), Kind: "outlet", Reliability: []string{"", "B", "D"}[i]})
	}
	for i := range 4 {
		h.Sources = append(h.Sources, demarche.HeldSource{ID: fmt.Sprintf("person%d", i), Name: fmt.Sprintf("Person %d", i), Kind: "person"})
	}
	for i := range 8 {
		id := fmt.Sprintf("r%d", i)
		rep := demarche.HeldReport{Report: demarche.Report{ID: id}, Outlet: fmt.Sprintf("outlet%d", r.IntN(3))}
		if i > 0 && r.IntN(3) == 0 {
			rep.CopyOf = []demarche.ReportCopy{{Report: fmt.Sprintf("r%d", r.IntN(i)), Share: 0.9}}
		}
		h.Reports = append(h.Reports, rep)
		h.Sources = append(h.Sources, demarche.HeldSource{ID: id + ".one", Description: "an official", Kind: "anonymous", Report: id})
	}
	slices.SortFunc(h.Sources, func(a, b demarche.HeldSource) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	for i := range 25 {
		rep := fmt.Sprintf("r%d", r.IntN(8))
		c := demarche.HeldClaim{ID: fmt.Sprintf("c%02d", i), Report: rep, Source: fmt.Sprintf("person%d", r.IntN(4)), Record: "on_record", Quote: fmt.Sprintf("words %d", r.IntN(9)),
			Stance: []string{"affirms", "denies", "hedges", "silent"}[r.IntN(4)], Status: []string{"proposed", "proposed", "accepted", "rejected"}[r.IntN(4)], Credibility: r.IntN(7), Entry: 1}
		if r.IntN(3) == 0 {
			c.Source, c.Record = rep+".one", "anonymous"
		}
		for range r.IntN(3) {
			p := props[r.IntN(len(props))].ID
			if !slices.ContainsFunc(c.Links, func(l demarche.HeldLink) bool { return l.ID == p }) {
				c.Links = append(c.Links, demarche.HeldLink{Kind: "proposition", ID: p, Rel: []string{"affirms", "denies"}[r.IntN(2)]})
			}
		}
		h.Claims = append(h.Claims, c)
	}
	return b
}

// TestInbox: every proposed claim that bears on the case stands in one cluster;
// what accepting a cluster is said to do is what it does; and a cluster that is
// said to repeat what counts already changes nothing.
func TestInbox(t *testing.T) {
	const path = "../examples/imbra-river"
	plain, err := Open(t.Context(), path, Question{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 6))
		b := randomBook(r, plain.Case.Propositions)
		open := func() *Crisis {
			c, err := Open(t.Context(), path, Question{Now: time.Now(), Book: b, Pending: true})
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		c := open()
		in, err := c.Inbox(t.Context(), InboxConfig{Outlook: engine.OutlookConfig{Seed: 1}})
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		idle := 0
		for _, cl := range b.held.Claims {
			if cl.Status == "proposed" && (len(cl.Links) == 0 || cl.Stance == "silent") {
				idle++
			}
		}
		if in.Idle != idle {
			t.Errorf("seed %d: %d claims bear on nothing, want %d", seed, in.Idle, idle)
		}
		last := math.Inf(1)
		for _, k := range in.Clusters {
			if rounded(k.Moves) > last {
				t.Errorf("seed %d: cluster %s moves more than the one before it", seed, k.ID)
			}
			last = rounded(k.Moves)
			for _, cl := range k.Claims {
				seen[cl.ID]++
				if cl.Status != "proposed" {
					t.Errorf("seed %d: claim %s is %s", seed, cl.ID, cl.Status)
				}
			}
			// The slow twin: accept it, open the case again, and look.
			var changed []int
			for i := range b.held.Claims {
				if slices.ContainsFunc(k.Claims, func(cl *demarche.HeldClaim) bool { return cl.ID == b.held.Claims[i].ID }) {
					b.held.Claims[i].Status = "accepted"
					changed = append(changed, i)
				}
			}
			after := open()
			o, err := after.Outlook(t.Context(), engine.OutlookConfig{Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range o.Outcomes {
				if math.Abs(e.P-k.Then[i]) > 1e-9 {
					t.Errorf("seed %d: cluster %s: outcome %s becomes %v, was said to become %v", seed, k.ID, in.Outcomes[i], e.P, k.Then[i])
				}
				if k.Repeats && math.Abs(e.P-in.Now[i]) > 1e-9 {
					t.Errorf("seed %d: cluster %s repeats and moves %s", seed, k.ID, in.Outcomes[i])
				}
			}
			for _, i := range changed {
				b.held.Claims[i].Status = "proposed"
			}
		}
		for _, cl := range b.held.Claims {
			want := 0
			if cl.Status == "proposed" && len(cl.Links) > 0 && cl.Stance != "silent" {
				want = 1
			}
			if seen[cl.ID] != want {
				t.Errorf("seed %d: claim %s stands in %d clusters, want %d", seed, cl.ID, seen[cl.ID], want)
			}
		}
	}
}

// TestPendingMovesNothing: what is proposed does not enter the outlook.
func TestPendingMovesNothing(t *testing.T) {
	const path = "../examples/imbra-river"
	plain, err := Open(t.Context(), path, Question{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	want, err := plain.Outlook(t.Context(), engine.OutlookConfig{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	b := randomBook(rand.New(rand.NewPCG(1, 1)), plain.Case.Propositions)
	for i := range b.held.Claims {
		b.held.Claims[i].Status = "proposed"
	}
	for _, pending := range []bool{false, true} {
		c, err := Open(t.Context(), path, Question{Now: time.Now(), Book: b, Pending: pending})
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Outlook(t.Context(), engine.OutlookConfig{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		for i := range want.Outcomes {
			if got.Outcomes[i] != want.Outcomes[i] {
				t.Errorf("with pending claims %v: outcome %d is %v, want %v", pending, i, got.Outcomes[i], want.Outcomes[i])
			}
		}
		for _, cl := range c.Case.Claims {
			if cl.Held != nil {
				t.Errorf("the proposed claim %s stands in the case", cl.ID)
			}
		}
	}
}
