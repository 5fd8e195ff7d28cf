package brief

import (
	"context"
	"strings"
	"testing"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// TestExplainReason tells reasons of every concept in the words of a case.
func TestExplainReason(t *testing.T) {
	want := func(text string) demarche.Statement {
		c, err := demarche.ParseCondition(text, 2)
		if err != nil {
			t.Fatal(err)
		}
		return demarche.Statement{Want: demarche.Expr{Text: text, Cond: c}}
	}
	yield := func(own, other string) []demarche.Statement {
		return []demarche.Statement{want("not (" + own + " and " + other + ")"), want("not " + other), want(own)}
	}
	c := &demarche.Case{Conflict: &demarche.Conflict{
		Players: []demarche.Player{
			{ID: "north", Name: "North", Options: []demarche.Option{{ID: "arm", Says: "Arm"}}, Prefers: yield("north.arm", "south.arm")},
			{ID: "south", Name: "South", Options: []demarche.Option{{ID: "arm", Says: "Arm"}}, Prefers: yield("south.arm", "north.arm")},
		},
		Perceptions: []demarche.Perception{{ID: "north", Others: []demarche.PerceivedPlayer{{ID: "south", Prefers: []demarche.Statement{want("south.arm")}}}}},
	}}
	k, err := engine.Compile(c, engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := k.In(k.Typical())
	if err != nil {
		t.Fatal(err)
	}
	leader := 0
	o := engine.StabilityOptions{Leader: &leader}
	tell := func(concept engine.Concept, s int) string {
		e, err := m.ExplainWith(context.Background(), o, s, 0, concept)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, s := range ExplainReason(m, e) {
			if !strings.HasSuffix(s.Text, ".") {
				t.Errorf("%s: no full stop: %q", concept, s.Text)
			}
			b.WriteString(s.Text + " ")
		}
		return b.String()
	}
	for _, concept := range m.Applicable(o) {
		for s := range m.States {
			if text := tell(concept, s); !strings.Contains(text, "North") {
				t.Errorf("%s, state %d: %q", concept, s, text)
			}
		}
	}
	for _, x := range []struct {
		concept engine.Concept
		holds   string
	}{
		{engine.CoalitionNash, "North could arm."},
		{engine.HyperSEQ, "misreads South"},
		{engine.SEQC, "in answer"},
		{engine.NonMyopic, "then South would"},
	} {
		all := ""
		for s := range m.States {
			all += tell(x.concept, s)
		}
		if !strings.Contains(strings.ToLower(all), strings.ToLower(x.holds)) {
			t.Errorf("%s does not say %q: %s", x.concept, x.holds, all)
		}
	}
}
