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
		"From outside, Hostland would gain by moving on from it: Hostland would disturb the exchange, which would leave no party to it worse off",
		"No player outside it would gain by breaking it",
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

// hostages is a case in which the parties would add a raid to an exchange of
// captives, or to anything else, and in which a law may bar the exchange.
func hostages(t *testing.T, change func(*demarche.Case)) Input {
	t.Helper()
	e := func(text string) demarche.Expr {
		x, err := demarche.ParseCondition(text, 4)
		if err != nil {
			t.Fatal(err)
		}
		return demarche.Expr{Text: text, Cond: x}
	}
	p := func(x float64) *float64 { return &x }
	c := &demarche.Case{
		Version: 1, Title: "captives",
		Actors: []demarche.Actor{
			{ID: "tarn", Name: "Tarn", Kind: "state"}, {ID: "front", Name: "the Front", Kind: "group"}, {ID: "nordia", Name: "Nordia", Kind: "state"},
		},
		Propositions: []demarche.Proposition{{ID: "split", Says: "the Front is split", Prior: p(0.3)}},
		Authorities:  []demarche.Authority{{ID: "law", Says: "The statute bars a release", Kind: "statute", Bars: []demarche.Ref{{Name: "tarn.release"}}, Binding: true, Reason: "It was never set aside", Prior: p(0.3)}},
		Offers: []demarche.Offer{
			{ID: "swap", By: demarche.Ref{Name: "nordia"}, Says: "an exchange", Terms: []demarche.Expr{e("tarn.release"), e("front.free")}},
			{ID: "raid", By: demarche.Ref{Name: "front"}, Says: "an exchange with a raid", Terms: []demarche.Expr{e("tarn.release"), e("front.free"), e("front.raid")}},
		},
		Conflict: &demarche.Conflict{
			StatusQuo: &[]demarche.Ref{},
			Players: []demarche.Player{
				{ID: "tarn", Options: []demarche.Option{{ID: "release", Says: "Release the prisoners", Once: true}, {ID: "pause", Says: "Pause operations"}}, Prefers: []demarche.Statement{
					{Want: e("front.free")}, {Want: e("not tarn.release")},
				}},
				{ID: "front", Options: []demarche.Option{{ID: "free", Says: "Free the captives", Once: true}, {ID: "raid", Says: "Raid the posts", Force: true}}, Prefers: []demarche.Statement{
					{Want: e("tarn.release")}, {Want: e("not front.free unless tarn.release")}, {Want: e("tarn.pause")}, {Want: e("front.raid"), If: e("split")},
				}},
				{ID: "nordia", Role: "mediator", Options: []demarche.Option{{ID: "watch", Says: "Send monitors"}}, Prefers: []demarche.Statement{{Want: e("nordia.watch if front.free")}, {Want: e("not nordia.watch")}}},
			},
			Talks:    &demarche.Talks{Parties: []demarche.Ref{{Name: "tarn"}, {Name: "front"}, {Name: "nordia"}}},
			Outcomes: []demarche.Outcome{{ID: "exchange", Says: "an exchange", When: e("front.free and tarn.release")}, {ID: "none", Says: "no exchange", When: demarche.Expr{Text: "otherwise"}}},
		},
	}
	if change != nil {
		change(c)
	}
	in := Input{Case: c}
	solveInput(t, &in)
	return in
}

func passages(in Input) (out []Passage, text string) {
	out = Offers(in.Conflict, in.Offers)
	for _, p := range out {
		text += p.Title + "\n" + strings.Join(append(append(append([]string{}, p.Paragraphs...), p.Points...), p.After...), "\n") + "\n"
	}
	return out, text
}

// A use of force that the parties would agree on is told in one place, as
// something described and not proposed, and never as a thing to carry out.
func TestForceIsDescribedNotProposed(t *testing.T) {
	in := hostages(t, nil)
	if in.Offers.LeftAside == 0 || len(in.Offers.Agreements) == 0 {
		t.Fatalf("%d agreements with force, %d without", in.Offers.LeftAside, len(in.Offers.Agreements))
	}
	told, text := passages(in)
	apart := false
	for n, p := range told {
		all := strings.Join(append(append(append([]string{p.Title}, p.Paragraphs...), p.Points...), p.After...), "\n")
		raid := strings.Contains(all, "raid the posts")
		switch {
		case strings.HasPrefix(p.Title, "Described, not proposed"):
			apart = true
			if !raid {
				t.Errorf("nothing is described: %s", all)
			}
		case n == 1: // the offer with the raid
			if !strings.Contains(all, "This position includes a new use of force: it is described, not proposed.") || strings.Contains(all, "addition") {
				t.Errorf("an offer with a raid is told as %s", all)
			}
		case raid:
			t.Errorf("a raid is told of under %q:\n%s", p.Title, all)
		}
	}
	if !apart || !strings.Contains(text, "Carrying out an agreement: ") {
		t.Errorf("told is\n%s", text)
	}
	brief := render4(t, composed(t, in))["txt"]
	flat := strings.Join(strings.Fields(brief), " ")
	for _, wrong := range []string{"First, the Front would raid", "and raid the posts; then", "promise to raid", "promise to free the captives and raid"} {
		if strings.Contains(flat, wrong) {
			t.Errorf("%q is said in\n%s", wrong, brief)
		}
	}
	for _, want := range []string{"left aside here, because how force would be carried out is not worked out and not proposed", "this position includes a new use of force: it is described, not proposed",
		"Its terms are part of an agreement that its parties would accept and keep in about 50 % of the model’s worlds: Tarn would release the prisoners and pause operations; the Front would free the captives ["} {
		if !strings.Contains(flat, want) {
			t.Errorf("%q is not said in\n%s", want, brief)
		}
	}
}

// What a law rules out is told with the share of worlds in which it does.
func TestRuledOutByLaw(t *testing.T) {
	in := hostages(t, nil)
	if p := in.Offers.Offers[0].Feasible; p < 0.7-1e-9 || p > 0.7+1e-9 {
		t.Errorf("the exchange can be in %v", p)
	}
	if _, text := passages(in); !strings.Contains(text, "It cannot be carried out in about 30 % of the worlds, because a rule of the model or a law in force rules it out there.") {
		t.Errorf("told is\n%s", text)
	}
	in = hostages(t, func(c *demarche.Case) { c.Authorities = nil })
	if _, text := passages(in); strings.Contains(text, "cannot be carried out") {
		t.Errorf("without the law, told is\n%s", text)
	}
}

// Whoever moves on from an agreement breaks it only if a party is worse off.
func TestMovingOnBreaksNothing(t *testing.T) {
	_, text := passages(hostages(t, nil))
	if !strings.Contains(text, "Nordia would gain by moving on from it: Nordia would send monitors") || strings.Contains(text, "gain by breaking it: Nordia") {
		t.Errorf("told is\n%s", text)
	}
	_, text = passages(hostages(t, func(c *demarche.Case) {
		x, err := demarche.ParseCondition("not nordia.watch", 4)
		if err != nil {
			t.Fatal(err)
		}
		tarn := &c.Conflict.Players[0]
		tarn.Prefers = append(tarn.Prefers, demarche.Statement{Want: demarche.Expr{Text: "not nordia.watch", Cond: x}})
	}))
	if !strings.Contains(text, "Nordia would gain by breaking it: Nordia would send monitors, which would leave a party to it worse off") {
		t.Errorf("where Tarn minds, told is\n%s", text)
	}
}

// A promise that the rules keep from being taken back is not told as one that
// could be, with the report on offers and without.
func TestOnlyWhatCanBeWithdrawnIsTold(t *testing.T) {
	held := func(c *demarche.Case) {
		never := "front.free and not tarn.pause"
		x, err := demarche.ParseCondition(never, 4)
		if err != nil {
			t.Fatal(err)
		}
		c.Conflict.Rules = append(c.Conflict.Rules, demarche.Rule{Never: demarche.Expr{Text: never, Cond: x}, Says: "The captives go free in a pause"})
	}
	const back = "Tarn could go back on the promise to pause operations"
	for _, rule := range []bool{false, true} {
		change := func(c *demarche.Case) {
			pause, err := demarche.ParseCondition("tarn.pause", 4)
			if err != nil {
				t.Fatal(err)
			}
			c.Offers[0].Terms = append(c.Offers[0].Terms, demarche.Expr{Text: "tarn.pause", Cond: pause})
			if rule {
				held(c)
			}
		}
		for _, solved := range []bool{true, false} {
			in := hostages(t, change)
			if !solved {
				in.Offers = nil
			}
			text := strings.Join(strings.Fields(render4(t, composed(t, in))["txt"]), " ")
			if strings.Contains(text, back) == rule {
				t.Errorf("with the rule %v, solved %v: told is\n%s", rule, solved, text)
			}
		}
	}
}

func TestGoingBack(t *testing.T) {
	for _, c := range []struct {
		clauses []string
		want    string
		players int
	}{
		{[]string{"Tarn could go back on the promise to pause"}, "Tarn could go back on the promise to pause", 1},
		{[]string{"Tarn could go back on the promise no longer to besiege", "Tarn could go back on the promise to pause", "the Front could go back on the promise to talk"},
			"Tarn could go back on the promise no longer to besiege and on the promise to pause; and the Front could go back on the promise to talk", 2},
		{[]string{"Tarn could go back on the promise to pause", "the Front could go back on the promise to talk"},
			"Tarn could go back on the promise to pause and the Front could go back on the promise to talk", 2},
	} {
		if got, n := goingBack(c.clauses, "and"); got != c.want || n != c.players {
			t.Errorf("%d players: %q, want %q", n, got, c.want)
		}
	}
}

// Only questions that tell are told, each with its "whether", and what would be
// kept apart from what would be agreed.
func TestHingesInWords(t *testing.T) {
	c := &demarche.Case{Version: 1}
	k := &engine.Conflict{Case: c}
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		c.Propositions = append(c.Propositions, demarche.Proposition{ID: id, Says: "it is " + id})
		k.Atoms = append(k.Atoms, engine.Atom{ID: id, Says: "it is " + id})
	}
	v := &offerTeller{teller: &teller{newNames(c), k}}
	o := &engine.JudgedOffer{Hinges: []engine.Hinge{
		{Atom: 0, AgreementYes: 1, AgreementNo: 0.5}, {Atom: 1, AgreementYes: 0.2, AgreementNo: 0.6}, {Atom: 2, AgreementYes: 0.5, AgreementNo: 0.2},
		{Atom: 3, AgreementYes: 0.48, AgreementNo: 0.5, KeepsYes: 0.3, KeepsNo: 0.9},
		{Atom: 4, AgreementYes: 0.48, AgreementNo: 0.5, KeepsYes: 0.5, KeepsNo: 0.5},
	}}
	got := strings.Join(v.hinges(o), "\n")
	want := "whether it would be an agreement depends on whether it is a (if so, in every world; if not, in about 50 % of the worlds); whether it is b (if so, in about 20 % of the worlds; if not, in about 60 % of the worlds); and whether it is c (if so, in about 50 % of the worlds; if not, in about 20 % of the worlds)\n" +
		"whether those who have to act would keep it depends on whether it is d (if so, in about 30 % of the worlds; if not, in about 90 % of the worlds)"
	if got != want {
		t.Errorf("told is\n%s", got)
	}
	o.Hinges = o.Hinges[4:]
	if got := v.hinges(o); len(got) > 0 {
		t.Errorf("of nothing that tells, told is %q", got)
	}
}

// A difference too small to show is not told as one between equal numbers.
func TestRivalryThatHardlyMatters(t *testing.T) {
	c := &demarche.Case{Actors: []demarche.Actor{{ID: "a", Name: "A"}, {ID: "b", Name: "B"}}}
	v := &offerTeller{teller: &teller{newNames(c), &engine.Conflict{Case: c, Players: []engine.Player{{ID: "a"}, {ID: "b"}}}}}
	m := &engine.Mediation{Mediators: make([]engine.Mediator, 2), Rivalry: engine.Rivalry{All: 0.16, Best: 0.15, Sign: 1, Who: []int{0}}}
	got := v.rivalry(m)
	if want := "an agreement as such is nearly as likely with all of them as with the best of them alone (a): about 15 %"; !strings.HasPrefix(got, want) {
		t.Errorf("told is %q", got)
	}
	m.Rivalry.All = 0.3
	if got := v.rivalry(m); !strings.Contains(got, "by about 15 points: about 30 % with all of them, about 15 % with the best of them alone (a)") {
		t.Errorf("told is %q", got)
	}
}

// A mediator that adds nothing is left out of the table of the brief, and that is
// said; one that adds something is in it.
func TestIdleMediatorIsNamed(t *testing.T) {
	text := func(change func(*demarche.Case)) string {
		return strings.Join(strings.Fields(render4(t, composed(t, hostages(t, change)))["txt"]), " ")
	}
	got := text(func(c *demarche.Case) {
		free, err := demarche.ParseCondition("front.free", 4)
		if err != nil {
			t.Fatal(err)
		}
		c.Conflict.Players[2].Prefers[1].Want = demarche.Expr{Text: "front.free", Cond: free} // so that Nordia gains by an exchange with it
		c.Actors = append(c.Actors, demarche.Actor{ID: "sutra", Name: "Sutra", Kind: "state"})
		c.Conflict.Players = append(c.Conflict.Players, demarche.Player{ID: "sutra", Role: "mediator", Options: []demarche.Option{{ID: "envoy", Says: "Send an envoy"}}})
	})
	if !strings.Contains(got, "Sutra adds nothing to an agreement or to any outcome, and is left out of the table") || strings.Contains(got, "Only Sutra") ||
		strings.Contains(got, "Nordia adds nothing") || !strings.Contains(got, "Only Nordia") {
		t.Errorf("told is\n%s", got)
	}
	if got := text(nil); strings.Contains(got, "left out of the table") {
		t.Errorf("of one mediator, told is\n%s", got)
	}
}
