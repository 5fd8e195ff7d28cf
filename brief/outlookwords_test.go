package brief

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

func TestFindingsWords(t *testing.T) {
	in := harbour(t)
	p, drop := 0.3, 1
	in.Case.Conflict.Players[1].Unsure = []demarche.Unsure{{Order: []int{2, 3}, P: &p}}
	in.Case.Conflict.Players[0].Unsure = []demarche.Unsure{{Drop: &drop, P: &p}}
	solveInput(t, &in)
	k := in.Conflict
	open := k.Unsettled()
	if len(open) != 2 || !open[0].Drop || open[1].Player != 1 || open[1].P != 0.3 {
		t.Fatalf("%+v", open)
	}
	for _, x := range []struct {
		when []engine.Finding
		want string
	}{
		{nil, ""},
		{[]engine.Finding{{Atom: 2, Unsettled: -1, Holds: true}}, "Northport would close the road"},
		{[]engine.Finding{{Atom: 2, Unsettled: -1}}, "it is wrong that Northport would close the road"},
		{[]engine.Finding{{Atom: 2, Unsettled: -1}, {Atom: -1, Unsettled: 0, Holds: true}}, "it does not matter to Northport that the harbour be open and it is wrong that Northport would close the road"},
		{[]engine.Finding{{Atom: -1, Unsettled: 0, Holds: true}}, "it does not matter to Northport that the harbour be open"},
		{[]engine.Finding{{Atom: -1, Unsettled: 0}, {Atom: -1, Unsettled: 1, Holds: true}},
			"it matters to Northport that the harbour be open and it matters more to Southport to have a fee than not to open for nothing"},
	} {
		if got := FindingsWords(k, x.when); got != x.want {
			t.Errorf("got %q, want %q", got, x.want)
		}
	}
}

func TestPairWords(t *testing.T) {
	for _, x := range []struct {
		pair engine.Pair
		want string
	}{
		{engine.Pair{Bits: 0.5, Interaction: 1e-5}, "Both answers together tell 0.50 bits: as much as the two apart."},
		{engine.Pair{Bits: 1, Interaction: 1}, "Both answers together tell 1.00 bits: 1.00 bits more than the two apart, because what one of them means depends on the other."},
		{engine.Pair{Bits: 1, Interaction: -1, Linked: true}, "Both answers together tell 1.00 bits: 1.00 bits less than the two apart, because they partly tell the same. The case links the two questions, so that the answer to one is partly an answer to the other."},
		{engine.Pair{Bits: 1, BitsSE: 0.02, Interaction: 0.01, InteractionSE: 0.008}, "Both answers together tell 1.00 bits (standard error 0.02): as much as the two apart, as far as the draws can tell."},
		{engine.Pair{Bits: 1, BitsSE: 0.02, Interaction: 0.1, InteractionSE: 0.01}, "Both answers together tell 1.00 bits (standard error 0.02): 0.10 bits (standard error 0.01) more than the two apart, because what one of them means depends on the other."},
	} {
		if got := PairWords(&engine.Outlook{Pair: &x.pair}); got != x.want {
			t.Errorf("got %q, want %q", got, x.want)
		}
	}
	if got := PairWords(&engine.Outlook{}); got != "" {
		t.Errorf("got %q", got)
	}
}

// What is told of views names no ids, tells each player by name, and says in
// words what the numbers say.
func TestViews(t *testing.T) {
	in := harbour(t)
	p := 0.4
	want := func(text string) demarche.Statement {
		c, err := demarche.ParseCondition(text, 3)
		if err != nil {
			t.Fatal(err)
		}
		return demarche.Statement{Want: demarche.Expr{Text: text, Cond: c}}
	}
	in.Case.Conflict.Perceptions = []demarche.Perception{
		{ID: "north", Others: []demarche.PerceivedPlayer{{ID: "south", P: &p, Prefers: []demarche.Statement{want("not south.shut")}}}},
	}
	solveInput(t, &in)
	v, err := in.Conflict.Views(context.Background(), engine.OutlookConfig{})
	if err != nil {
		t.Fatal(err)
	}
	told := Views(in.Conflict, v)
	first := "Northport has a view of its own on what Southport wants (assumed to be held with a credence of about 40 %); by the case it is wrong in about 40 % of the worlds."
	if told.Views[0] != first {
		t.Errorf("got %q, want %q", told.Views[0], first)
	}
	all := slices.Concat(told.Views, told.Courses, told.Surprises)
	if len(told.Courses) < 3 || len(told.Surprises) == 0 {
		t.Errorf("%q", all)
	}
	for _, s := range all {
		if strings.ContainsAny(s, "_") || strings.Contains(s, "north") || strings.Contains(s, "south.") || !strings.HasSuffix(s, ".") {
			t.Errorf("not a sentence for people: %q", s)
		}
	}

	k := in.Conflict
	x := engine.UnexpectedMove{Mover: 1, From: shut, To: 0, P: 1}
	for expected, want := range map[int]string{
		0: "In every run without agreement, the first move that Northport does not expect is this: Southport would no longer keep the harbour shut, where Northport expects Southport to stay put.",
		1: "In every run without agreement, the first move that Northport does not expect is this: Southport would no longer keep the harbour shut, where Northport expects Southport to no longer keep the harbour shut.",
	} {
		x.Expected = nil
		for range expected {
			x.Expected = append(x.Expected, 0)
		}
		if got := shortTeller(k).surprise(0, x); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
