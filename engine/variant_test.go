package engine

import (
	"context"
	"math"
	"testing"

	"github.com/demarche/demarche"
)

// A variant that changes nothing has the same outlook, ends alone or not, and
// changing a variant leaves the original as it was.
func TestVariantThatChangesNothing(t *testing.T) {
	ctx := context.Background()
	for seed := range runs(60, 2000) {
		k := startedCase(t, 7, seed)
		if k == nil {
			continue
		}
		want, err := k.Outlook(ctx, OutlookConfig{})
		if err != nil {
			t.Fatal(err)
		}
		same, err := k.With(func(*demarche.Case) {})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.With(func(c *demarche.Case) {
			for i := range c.Conflict.Players {
				p := &c.Conflict.Players[i]
				for len(p.Prefers) > 0 {
					p.DropStatement(0)
				}
			}
			c.Conflict.Rules = nil
		}); err != nil {
			t.Fatalf("seed %d: without wants and rules: %v", seed, err)
		}
		got, err := same.Outlook(ctx, OutlookConfig{EndsOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		for n := range want.Outcomes {
			if want.Outcomes[n] != got.Outcomes[n] {
				t.Fatalf("seed %d: outcome %d is %v, want %v", seed, n, got.Outcomes[n], want.Outcomes[n])
			}
		}
	}
}

// startedCase is the conflict of openCase with a status quo that the rules
// allow; nil if they leave no state.
func startedCase(t testing.TB, seed, n uint64) *Conflict {
	t.Helper()
	c := openCase(seed, n)
	k, err := Compile(c, Config{})
	if err != nil {
		t.Fatal(err)
	}
	if k.States(k.Typical()) == 0 {
		return nil
	}
	m, err := k.In(k.Typical())
	if err != nil {
		t.Fatal(err)
	}
	today := []demarche.Ref{}
	for bit, o := range k.Options {
		if m.States[int(n)%len(m.States)]>>bit&1 == 1 {
			today = append(today, demarche.Ref{Name: o.ID})
		}
	}
	c.Conflict.StatusQuo = &today
	if k, err = Compile(c, Config{}); err != nil {
		t.Fatal(err)
	}
	return k
}

// A proposition on which nothing depends, known to some or to nobody but one,
// splits worlds and changes no outcome.
func TestIdlePropositionChangesNothing(t *testing.T) {
	ctx := context.Background()
	tried := 0
	for seed := range runs(40, 2000) {
		k := startedCase(t, 11, seed)
		if k == nil {
			continue
		}
		tried++
		want, err := k.Outlook(ctx, OutlookConfig{})
		if err != nil {
			t.Fatal(err)
		}
		p := 0.3
		idle, err := k.With(func(c *demarche.Case) {
			c.Propositions = append(c.Propositions,
				demarche.Proposition{ID: "idle", Says: "idle", Prior: &p},
				demarche.Proposition{ID: "secret", Says: "secret", Prior: &p, KnownTo: []demarche.Ref{{Name: k.Players[0].ID}}})
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := idle.Outlook(ctx, OutlookConfig{})
		if err != nil {
			t.Fatal(err)
		}
		if got.Worlds != 4*want.Worlds {
			t.Fatalf("seed %d: %d worlds, want four times %d", seed, got.Worlds, want.Worlds)
		}
		for n := range want.Outcomes {
			if math.Abs(want.Outcomes[n].P-got.Outcomes[n].P) > 1e-9 {
				t.Fatalf("seed %d: outcome %d is %v, want %v", seed, n, got.Outcomes[n], want.Outcomes[n])
			}
		}
		for _, m := range got.Matters {
			if (m.ID == "idle" || m.ID == "secret") && m.Bits > 1e-9 {
				t.Fatalf("seed %d: %s tells %v bits", seed, m.ID, m.Bits)
			}
		}
	}
	if covers() && tried < 20 {
		t.Errorf("only %d cases", tried)
	}
}
