package brief

import (
	"math/big"
	"strings"
	"testing"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

func leverConflict(t *testing.T) *engine.Conflict {
	t.Helper()
	want := func(text, says string) demarche.Statement {
		c, err := demarche.ParseCondition(text, 2)
		if err != nil {
			t.Fatal(err)
		}
		return demarche.Statement{Want: demarche.Expr{Text: text, Cond: c}, Says: says}
	}
	pledge := want("up.release", "")
	k, err := engine.Compile(&demarche.Case{
		Version: 1, Title: "River",
		Actors: []demarche.Actor{{ID: "bank", Name: "River Bank", Kind: "institution"}},
		Conflict: &demarche.Conflict{
			Players: []demarche.Player{
				{ID: "up", Name: "Upstream", Options: []demarche.Option{{ID: "release", Says: "Release water"}},
					Prefers: []demarche.Statement{want("down.sue", "to be sued"), want("not down.sue", "to stay out of court"), want("up.release", "to be generous"), want("not up.release", "to keep the water")}},
				{ID: "down", Name: "Downstream", Options: []demarche.Option{{ID: "sue", Says: "Go to court"}}},
			},
			Levers: []demarche.Lever{
				{ID: "loan", Says: "Lend against a release", By: demarche.Ref{Name: "bank"}, Prefer: &demarche.LeverPrefer{Player: demarche.Ref{Name: "up"}, Want: pledge.Want}},
				{ID: "bare", Prefer: &demarche.LeverPrefer{Player: demarche.Ref{Name: "up"}, Want: pledge.Want}},
			},
		},
	}, engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestChangeWords(t *testing.T) {
	k := leverConflict(t)
	for _, tt := range []struct {
		plan []engine.Change
		want string
	}{
		{[]engine.Change{{Kind: engine.PullLever}}, "The River Bank would lend against a release; Upstream would then want that Upstream releases water"},
		{[]engine.Change{{Kind: engine.PullLever, Lever: 1}}, "Upstream would then want that Upstream releases water"},
		{[]engine.Change{{Kind: engine.MoveStatement, From: 2, To: 1}}, "Upstream would put the wish to be generous before the wish to stay out of court"},
		{[]engine.Change{{Kind: engine.MoveStatement, From: 2, To: 0}}, "Upstream would put the wish to be generous before the wish to be sued, and before the wish to stay out of court"},
		{[]engine.Change{{Kind: engine.MoveStatement, From: 3, To: 0}}, "Upstream would put the wish to keep the water in place 1 instead of 4 in the order of what matters to it"},
		{[]engine.Change{{Kind: engine.MoveStatement, From: 0, To: 1}}, "Upstream would put the wish to be sued after the wish to stay out of court"},
		{[]engine.Change{{Kind: engine.DropStatement, From: 3}}, "Upstream would give up the wish to keep the water"},
		{[]engine.Change{{Kind: engine.DropStatement, From: 0}, {Kind: engine.DropStatement, From: 2}}, "Upstream would give up the wish to keep the water"},
		{[]engine.Change{{Kind: engine.ExemptStatement, From: 3, Option: 1}}, "Upstream would not insist on the wish to keep the water where Downstream goes to court"},
	} {
		if got := ChangeWords(k, tt.plan, len(tt.plan)-1); got != tt.want {
			t.Errorf("%v\n got %s\nwant %s", tt.plan, got, tt.want)
		}
	}
}

func TestDemandAndMarginWords(t *testing.T) {
	k := leverConflict(t)
	m, err := k.In(k.Typical())
	if err != nil {
		t.Fatal(err)
	}
	text := func(list []Sentence) string {
		var parts []string
		for _, s := range list {
			parts = append(parts, s.Text)
		}
		return strings.Join(parts, " ")
	}
	for _, tt := range []struct{ got, want string }{
		{text(DemandWords(m, 1, engine.Demand{})), "For Upstream it holds whatever it prefers."},
		{text(DemandWords(m, 1, engine.Demand{
			Clauses: []engine.Clause{{Any: [][]int{{0}}, Holds: true}}, Holds: true, Share: 0.5, Rankings: big.NewInt(12), Of: big.NewInt(24), Fall: 1,
		})), "For Upstream it holds by Nash stability, on these conditions. Upstream must like it at least as much as where it would no longer release water (met). Of the 24 rankings of the states without ties, twelve meet them. One place lower in the ranking as it is, the state would no longer hold for Upstream."},
		{text(DemandWords(m, 1, engine.Demand{
			Concept: engine.SEQ, Clauses: []engine.Clause{{Any: [][]int{{0}, {2}}}}, Share: 0.25, Error: 0.01, Rise: 2,
		})), "For Upstream it does not hold by sequential stability, on these conditions. Upstream must like it at least as much as where it would no longer release water, or at least as much as the state to which others could then lead: Downstream goes to court (not met). About 25 % of all rankings of the states without ties meet them, by a sample. In the ranking as it is, the state would have to rise by two places."},
		{text(MarginWords(m, &engine.Margin{
			Rankings: engine.Breaking{Swaps: 2, UpTo: 1, Players: []int{0}, Loses: 1}, Statements: engine.Breaking{Swaps: -1, UpTo: 3},
		})), "Two swaps of neighbours in the rankings of the states can undo it, in what Upstream prefers; it would then no longer hold for Downstream; fewer cannot. Three swaps of neighbours in the lists of what players want, or fewer, do not undo it; more were not tried."},
		{text(MarginWords(m, &engine.Margin{Rankings: engine.Breaking{Swaps: -1, Never: true}, Statements: engine.Breaking{Swaps: -1}})), "No change of the rankings would undo it: it holds whatever the players prefer."},
		{text(JointWords(m, &engine.Inverse{Share: 0, Error: 0.01})), "If every player’s ranking were drawn by lot, it would hold in under 1 % of all cases, by a sample."},
	} {
		if tt.got != tt.want {
			t.Errorf("got  %s\nwant %s", tt.got, tt.want)
		}
	}
}
