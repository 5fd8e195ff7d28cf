package demarche

import (
	"slices"
	"testing"
)

// changing is a small case with something of every kind of input.
func changing(t *testing.T) *Case {
	t.Helper()
	e := func(text string) Expr {
		c, err := ParseCondition(text, 3)
		if err != nil {
			t.Fatal(err)
		}
		return Expr{Text: text, Cond: c}
	}
	day := func(s string) Date {
		d, err := ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	p := func(v float64) *float64 { return &v }
	return &Case{
		Title: "t",
		Propositions: []Proposition{
			{ID: "q", Says: "q", Prior: p(0.3), KnownTo: []Ref{{Name: "a"}}, Believes: []Belief{{ID: "b", P: 0.2}}},
			{ID: "r", Says: "r"},
		},
		Authorities: []Authority{
			{ID: "law", Says: "law", Trigger: day("2026-03-10"), Binding: true, Bars: []Ref{{Name: "a.x"}}},
			{ID: "other", Says: "other"},
		},
		Logic:  []Expr{e("q implies r")},
		Offers: []Offer{{ID: "o1", By: Ref{Name: "a"}, Terms: []Expr{e("a.x")}, Date: day("2026-03-05")}, {ID: "o2", By: Ref{Name: "b"}, Terms: []Expr{e("b.z")}}},
		Conflict: &Conflict{
			StatusQuo: &[]Ref{{Name: "a.x"}},
			Players: []Player{
				{ID: "a", Options: []Option{{ID: "x"}, {ID: "y"}}, Initiative: p(2),
					Prefers: []Statement{{Want: e("a.x")}, {Want: e("b.z"), If: e("q")}, {Want: e("not a.y")}},
					Unsure:  []Unsure{{Order: []int{1, 2}}}},
				{ID: "b", Options: []Option{{ID: "z"}}, Prefers: []Statement{{Want: e("not b.z")}, {Want: e("a.x")}}},
				{ID: "c", Payoffs: []float64{1, 2}},
			},
			Rules:    []Rule{{Never: e("a.x and a.y")}, {If: e("b.z"), Then: e("a.x")}},
			Talks:    &Talks{Parties: []Ref{{Name: "a"}, {Name: "b"}}, Chance: p(0.4)},
			Outcomes: []Outcome{{ID: "first", When: e("a.x")}, {ID: "rest", When: Expr{Text: "otherwise"}}},
		},
	}
}

func TestChanges(t *testing.T) {
	early, late := mustDate(t, "2026-03-01"), mustDate(t, "2026-03-20")
	p := func(v float64) *float64 { return &v }
	yes := true
	for _, tt := range []struct {
		name string
		edit func(c *Case)
		kind ChangeKind
		// alone says that the change can be taken back by itself.
		alone bool
	}{
		{"prior", func(c *Case) { c.Propositions[0].Prior = p(0.6) }, CredenceChange, true},
		{"prior given for one left out", func(c *Case) { c.Propositions[1].Prior = p(0.6) }, CredenceChange, true},
		{"belief", func(c *Case) { c.Propositions[0].Believes = []Belief{{ID: "b", P: 0.9}} }, BeliefChange, true},
		{"known", func(c *Case) { c.Propositions[0].KnownTo = nil }, KnowledgeChange, true},
		{"words", func(c *Case) { c.Propositions[0].Says = "other words" }, PropositionChange, false},
		{"new proposition", func(c *Case) { c.Propositions = append(c.Propositions, Proposition{ID: "s"}) }, PropositionChange, false},
		{"proposition gone", func(c *Case) { c.Propositions = c.Propositions[:1] }, PropositionChange, false},
		{"in force", func(c *Case) { c.Authorities[1].InForce = &yes }, ForceChange, true},
		{"not binding", func(c *Case) { c.Authorities[0].Binding = false }, AuthorityChange, true},
		{"bars", func(c *Case) { c.Authorities[0].Bars = nil }, AuthorityChange, true},
		{"authority gone", func(c *Case) { c.Authorities = c.Authorities[:1] }, AuthorityChange, false},
		{"new authority", func(c *Case) { c.Authorities = append(c.Authorities, Authority{ID: "third"}) }, AuthorityChange, false},
		{"logic", func(c *Case) { c.Logic = nil }, LogicChange, true},
		{"offer answered", func(c *Case) { c.Offers[1].Answer = "rejected" }, OfferChange, true},
		{"offer gone", func(c *Case) { c.Offers = c.Offers[:1] }, OfferChange, true},
		{"new terms", func(c *Case) { c.Offers[1].Terms = c.Offers[0].Terms }, OfferChange, true},
		{"new offer", func(c *Case) {
			c.Offers = append(c.Offers, Offer{ID: "o3", By: Ref{Name: "a"}, Terms: c.Offers[0].Terms})
		}, OfferChange, true},
		{"today", func(c *Case) { c.Conflict.StatusQuo = &[]Ref{} }, TodayChange, true},
		{"no status quo", func(c *Case) { c.Conflict.StatusQuo = nil }, TodayChange, true},
		{"new player", func(c *Case) { c.Conflict.Players = append(c.Conflict.Players, Player{ID: "d"}) }, PlayerChange, false},
		{"player gone", func(c *Case) { c.Conflict.Players = c.Conflict.Players[:2] }, PlayerChange, false},
		{"option", func(c *Case) { c.Conflict.Players[0].Options[0].Once = true }, OptionChange, false},
		{"foresight", func(c *Case) { c.Conflict.Players[0].Foresight = "nash" }, ForesightChange, true},
		{"initiative", func(c *Case) { c.Conflict.Players[0].Initiative = nil }, InitiativeChange, true},
		{"payoffs", func(c *Case) { c.Conflict.Players[2].Payoffs[0] = 3 }, RankingChange, true},
		{"ranking for wants", func(c *Case) {
			c.Conflict.Players[1].Prefers, c.Conflict.Players[1].Payoffs = nil, []float64{1, 2}
		}, RankingChange, true},
		{"want added", func(c *Case) { c.Conflict.Players[0].InsertStatement(1, c.Conflict.Players[1].Prefers[0]) }, WantChange, true},
		{"want gone", func(c *Case) { c.Conflict.Players[0].DropStatement(2) }, WantChange, true},
		{"want on another condition", func(c *Case) { c.Conflict.Players[0].Prefers[1].If = c.Logic[0] }, WantChange, true},
		{"order", func(c *Case) { c.Conflict.Players[1].MoveStatement(0, 1) }, OrderChange, true},
		{"unsure", func(c *Case) { c.Conflict.Players[0].Unsure = nil }, UnsureChange, true},
		{"rule gone", func(c *Case) { c.Conflict.Rules = c.Conflict.Rules[:1] }, RuleChange, true},
		{"rule twice", func(c *Case) { c.Conflict.Rules = append(c.Conflict.Rules, c.Conflict.Rules[0]) }, RuleChange, true},
		{"chance", func(c *Case) { c.Conflict.Talks.Chance = nil }, ChanceChange, true},
		{"parties", func(c *Case) { c.Conflict.Talks.Parties = c.Conflict.Talks.Parties[:1] }, TalksChange, true},
		{"no talks", func(c *Case) { c.Conflict.Talks = nil }, TalksChange, true},
		{"outcomes", func(c *Case) { c.Conflict.Outcomes = c.Conflict.Outcomes[1:] }, OutcomeChange, false},
		{"graph", func(c *Case) { c.Conflict.Same = c.Logic }, GraphChange, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := changing(t)
			after := changing(t)
			if got := Changes(before, after, late, late); len(got) != 0 {
				t.Fatalf("equal cases differ: %v", got)
			}
			tt.edit(after)
			got := Changes(before, after, late, late)
			if len(got) != 1 || got[0].Kind != tt.kind || (got[0].TakeBack != nil) != tt.alone {
				t.Fatalf("changes %+v, want one of kind %s", got, tt.kind)
			}
			if !tt.alone {
				return
			}
			if tt.kind == OrderChange && (got[0].Want != &after.Conflict.Players[1].Prefers[0] || got[0].Over != &after.Conflict.Players[1].Prefers[1]) {
				t.Errorf("%v now comes before %v", got[0].Want, got[0].Over)
			}
			taken := after.Clone()
			got[0].TakeBack(taken)
			// A rule put back comes last; the order of rules means nothing.
			if rest := Changes(before, taken, late, late); len(rest) != 0 {
				t.Errorf("after taking it back there is still %+v", rest)
			}
			if again := Changes(before, after, late, late); len(again) != 1 {
				t.Error("taking it back changed more than the clone")
			}
		})
	}
	// What time alone changes.
	c := changing(t)
	got := Changes(c, c, early, late)
	if kinds := kindsOf(got); !slices.Equal(kinds, []ChangeKind{ForceChange, OfferChange}) || got[0].ID != "law" || got[0].To != 1 || got[1].ID != "o1" || !got[1].Added {
		t.Errorf("between the days: %+v", got)
	}
}

func kindsOf(list []Change) []ChangeKind {
	var out []ChangeKind
	for _, c := range list {
		out = append(out, c.Kind)
	}
	return out
}

func mustDate(t *testing.T, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
