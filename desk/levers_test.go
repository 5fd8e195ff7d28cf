package desk

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/demarche/demarche/engine"
)

func leversOf(t *testing.T, path string, q LeversQuestion) (*Crisis, *LeversAnswer) {
	t.Helper()
	c, err := Open(t.Context(), path, Question{Now: time.Date(2025, 12, 2, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	a, err := c.Levers(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return c, a
}

// No list of the contract is null, and the sets that make a share larger do.
func TestLeversJSON(t *testing.T) {
	for _, q := range []LeversQuestion{
		{Outcome: "settlement"},
		{Outcome: "slow", Concept: "smr", Config: engine.LeversConfig{MaxChanges: 1, Weighed: 5}},
		{State: "1", States: 3, Config: engine.LeversConfig{MaxChanges: -1}},
	} {
		c, a := leversOf(t, "../examples/imbra-river", q)
		out := NewLeversJSON(c.Conflict, a)
		data, err := json.Marshal(out)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer(`"p":null`, "", `"swaps":null`, "", `"margin":null`, "").Replace(string(data))
		if strings.Contains(text, "null") {
			t.Errorf("%+v: a list is null: %s", q, text)
		}
		if len(out.Targets)+len(out.Aside) == 0 || len(out.States) == 0 || len(out.States[0].Demands) != len(c.Conflict.Players) {
			t.Errorf("%+v: %d targets, %d states looked at", q, len(out.Targets), len(out.States))
		}
		for _, p := range append(out.Levers, out.Changes...) {
			if p.Best && (p.P == nil || *p.P <= *out.P) {
				t.Errorf("%+v: a set that is best does not make the share larger: %+v", q, p)
			}
			var cost float64
			for _, ch := range p.Changes {
				cost += ch.Cost
			}
			if cost != p.Cost {
				t.Errorf("%+v: a set costs %v, its changes %v", q, p.Cost, cost)
			}
		}
	}
}

// The declared lever of the example case raises the share of a settlement, as the
// outlook of the case with it pulled says.
func TestDeclaredLeverOfImbra(t *testing.T) {
	c, a := leversOf(t, "../examples/imbra-river", LeversQuestion{Outcome: "settlement", Config: engine.LeversConfig{MaxChanges: -1}})
	if len(a.Declared) == 0 {
		t.Fatal("no declared lever is told")
	}
	for _, p := range a.Declared {
		k, err := c.Conflict.WithChanges(p.Changes)
		if err != nil {
			t.Fatal(err)
		}
		o, err := k.Outlook(context.Background(), engine.OutlookConfig{})
		if err != nil {
			t.Fatal(err)
		}
		if got := o.Outcomes[a.Outcome].P; got != p.P || got <= a.P {
			t.Errorf("the share with %v is %v, want %v above %v", p.Changes, p.P, got, a.P)
		}
	}
}
