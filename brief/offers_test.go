package brief

import (
	"context"
	"strings"
	"testing"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// Every sort of thing that is said of offers is said once, of a case made for it,
// in words that a reader can follow.
func TestOffersInWords(t *testing.T) {
	cond := func(text string) demarche.Expr {
		c, err := demarche.ParseCondition(text, 4)
		if err != nil {
			t.Fatal(err)
		}
		return demarche.Expr{Text: text, Cond: c}
	}
	wants := func(texts ...string) (out []demarche.Statement) {
		for _, s := range texts {
			out = append(out, demarche.Statement{Want: cond(s)})
		}
		return out
	}
	half := 0.5
	c := &demarche.Case{
		Version: 1, Title: "exchange",
		Actors: []demarche.Actor{
			{ID: "north", Name: "Northland", Kind: "state"}, {ID: "south", Name: "Southland", Kind: "state"},
			{ID: "host", Name: "Hostland", Kind: "state"},
		},
		Propositions: []demarche.Proposition{{ID: "sincere", Says: "Southland keeps to what it signs", Prior: &half}},
		Offers: []demarche.Offer{
			{ID: "swap", By: demarche.Ref{Name: "north"}, To: []demarche.Ref{{Name: "south"}}, Says: "that both release whom they hold", Terms: []demarche.Expr{cond("north.release"), cond("south.release")}},
			{ID: "first", By: demarche.Ref{Name: "south"}, To: []demarche.Ref{{Name: "north"}}, Says: "that Northland release first", Terms: []demarche.Expr{cond("north.release")}, Answer: "rejected"},
			{ID: "both", By: demarche.Ref{Name: "host"}, Terms: []demarche.Expr{cond("north.release"), cond("not north.release")}, Answer: "rejected"},
		},
		Conflict: &demarche.Conflict{
			StatusQuo: &[]demarche.Ref{},
			Players: []demarche.Player{
				{ID: "north", Options: []demarche.Option{{ID: "release", Says: "Release whom it holds"}}, Prefers: wants("south.release", "not north.release")},
				{ID: "south", Options: []demarche.Option{{ID: "release", Says: "Release whom it holds"}, {ID: "shell", Says: "Shell the border", Force: true}}, Prefers: wants("north.release", "not south.shell", "not south.release")},
				{ID: "host", Role: "mediator", Options: []demarche.Option{{ID: "disturb", Says: "Disturb the exchange"}}, Prefers: wants("host.disturb if south.release", "not host.disturb")},
			},
			Talks: &demarche.Talks{Parties: []demarche.Ref{{Name: "north"}, {Name: "south"}}},
			Outcomes: []demarche.Outcome{
				{ID: "swap", Says: "an exchange", When: cond("north.release and south.release")},
				{ID: "none", Says: "no exchange", When: demarche.Expr{Text: "otherwise"}},
			},
			Levers: []demarche.Lever{{ID: "word", Says: "Have Northland give its word", By: demarche.Ref{Name: "host"}, Prefer: &demarche.LeverPrefer{Player: demarche.Ref{Name: "north"}, Want: cond("north.release if south.release"), Place: 1}}},
		},
	}
	c.Conflict.Players[1].Prefers = append([]demarche.Statement{{Want: cond("south.release if north.release"), If: cond("sincere")}}, c.Conflict.Players[1].Prefers...)
	k, err := engine.Compile(c, engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := k.Offers(context.Background(), engine.OutlookConfig{})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, p := range Offers(k, r) {
		all = append(all, p.Title)
		all = append(all, p.Paragraphs...)
		all = append(all, p.Points...)
		for _, row := range p.Table {
			all = append(all, strings.Join(row, " | "))
		}
		all = append(all, p.After...)
		for _, s := range append(append([]string{}, p.Paragraphs...), p.After...) {
			if strings.TrimSpace(s) == "" || strings.Contains(s, "  ") || strings.Contains(s, "..") || !strings.ContainsAny(s[len(s)-1:], ".:") {
				t.Errorf("no sentence: %q", s)
			}
		}
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{
		"Northland to Southland: that both release whom they hold",
		"It is on the table.", "It was rejected.",
		"Its terms cannot hold together with the rules of the model",
		"Only Northland would have to act",
		"The smallest addition that would make it one is that Southland would release whom it holds",
		"An offer of Hostland", "It would not stay so: things would move on until",
		"First, ", "This order is safe",
		"could go back on the promise to release whom it holds",
		"The case names a lever that would make this firmer: “Have Northland give its word”, in the hands of Hostland",
		"From outside, Hostland would gain by breaking it: Hostland would disturb the exchange",
		"without | ", "an exchange",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said in\n%s", want, text)
		}
	}
	for _, wrong := range []string{"Shell", "shell the border (", "would would", "NaN"} {
		if strings.Contains(text, wrong) {
			t.Errorf("%q is said in\n%s", wrong, text)
		}
	}
}
