package brief

import (
	"context"
	"testing"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// bits of the harbour case: north.pay, north.close, south.shut
const (
	pay   = 1
	close = 2
	shut  = 4
)

func TestStateWords(t *testing.T) {
	k := harbour(t).Conflict
	for state, want := range map[uint64]string{
		0:            "nobody takes any of the steps in the model",
		pay:          "Northport pays a fee",
		pay | shut:   "Northport pays a fee and Southport keeps the harbour shut",
		close | shut: "Northport closes the road and Southport keeps the harbour shut",
	} {
		if got := StateWords(k, state); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPosition(t *testing.T) {
	in := harbour(t)
	te := &teller{newNames(in.Case), in.Conflict}
	for state, want := range map[uint64]string{
		shut:         "things stay as they are today, and Southport keeps the harbour shut",
		pay:          "Northport would pay a fee; Southport would no longer keep the harbour shut",
		close | shut: "Northport would close the road",
	} {
		if got := te.position(state); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestConditionWords(t *testing.T) {
	in := harbour(t)
	te := &teller{newNames(in.Case), in.Conflict}
	for text, want := range map[string]string{
		"north.pay":                        "Northport pays a fee",
		"not north.pay":                    "Northport does not pay a fee",
		"north.pay and not south.shut":     "Northport pays a fee and Southport does not keep the harbour shut",
		"not (north.pay or south.shut)":    "Northport does not pay a fee and Southport does not keep the harbour shut",
		"north.close unless north.pay":     "Northport closes the road unless Northport pays a fee",
		"south.shut if broken":             "Southport keeps the harbour shut if the crane is broken",
		"north.pay implies not south.shut": "if Northport pays a fee, then Southport does not keep the harbour shut",
		"north.pay iff broken":             "Northport pays a fee exactly if the crane is broken",
		"Y-N":                              "Northport pays a fee and Southport does not keep the harbour shut",
		"not broken":                       "it is not so that the crane is broken",
		"not (north.pay if broken)":        "it is not so that Northport pays a fee if the crane is broken",
	} {
		if got := te.condition(expr(t, text, 3).Cond); got != want {
			t.Errorf("%s:\ngot  %q\nwant %q", text, got, want)
		}
	}
}

func harbourModel(t *testing.T) *engine.Model {
	t.Helper()
	k := harbour(t).Conflict
	m, err := k.In(k.Typical())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestExplain(t *testing.T) {
	m := harbourModel(t)
	at := func(state uint64) int {
		s, ok := m.Find(state)
		if !ok {
			t.Fatalf("no state %d", state)
		}
		return s
	}
	for _, c := range []struct {
		state   uint64
		player  int
		concept engine.Concept
		want    []string
	}{
		{pay, 0, engine.SEQ, []string{
			"By sequential stability, a player stays where every gain of its own would be undone by moves that serve those who make them.",
			"Northport would rather no longer pay a fee.",
			"It does not, because Southport would then keep the harbour shut, which would leave Northport no better off.",
		}},
		{pay, 0, engine.Nash, []string{
			"By Nash stability, a player stays where no move of its own makes it better off, whatever the others might answer.",
			"Northport would rather no longer pay a fee.",
			"As this looks no further than one move, it would do so.",
		}},
		{shut, 0, engine.SEQ, []string{
			"By sequential stability, a player stays where every gain of its own would be undone by moves that serve those who make them.",
			"Northport has no move of its own that would serve it better.",
		}},
	} {
		got := Explain(m, m.Explain(at(c.state), c.player, c.concept))
		if len(got) != len(c.want) {
			t.Fatalf("%v", got)
		}
		for i := range got {
			if got[i].Text != c.want[i] {
				t.Errorf("got  %q\nwant %q", got[i].Text, c.want[i])
			}
		}
	}
}

func TestPathWords(t *testing.T) {
	m := harbourModel(t)
	from, _ := m.Find(pay)
	reach, err := m.ByImprovements(context.Background(), from)
	if err != nil {
		t.Fatal(err)
	}
	to, _ := m.Find(shut)
	ways, _ := reach.Shortest(to, 1)
	if len(ways) != 1 {
		t.Fatal("there is no way")
	}
	got := PathWords(m, ways[0])
	if len(got) != 2 || got[0].Text != "First Northport would no longer pay a fee." || got[1].Text != "Then Southport would keep the harbour shut." {
		t.Errorf("%q", got)
	}
	if got := PathWords(m, nil); got[0].Text != "No move is needed: this is where things stand." {
		t.Errorf("%q", got)
	}
}

func TestGraphStates(t *testing.T) {
	c := harbour(t).Case
	c.Conflict = &demarche.Conflict{Graph: &demarche.Graph{States: []demarche.GraphState{{ID: "calm", Says: "Both sides keep the peace"}, {ID: "open_war"}}}}
	te := &teller{newNames(c), &engine.Conflict{Case: c}}
	if got := te.position(0); got != "both sides keep the peace" {
		t.Error(got)
	}
	if got := te.state(1); got != "it is “open war”" {
		t.Error(got)
	}
	if got := te.changes(1, 0); got != "move to where both sides keep the peace" {
		t.Error(got)
	}
	if got := te.condition(expr(t, "not calm", 0).Cond); got != "it is not so that both sides keep the peace" {
		t.Error(got)
	}
}
