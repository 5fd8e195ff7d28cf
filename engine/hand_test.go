package engine

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/demarche/demarche"
)

// The cases of docs/method.md, "Worked by hand": small enough to do on paper.

// handCase is a conflict of players with one option each, all at first not
// taken, that ends in the states named by outcomes.
type handPlayer struct {
	id, option string
	once       bool
	initiative float64
	foresight  string
	wants      []demarche.Statement
}

func handCase(players []handPlayer, outcomes ...demarche.Outcome) *demarche.Case {
	c := &demarche.Case{Version: 1, Title: "by hand", Conflict: &demarche.Conflict{StatusQuo: &[]demarche.Ref{}, Outcomes: outcomes}}
	for _, p := range players {
		own := demarche.Player{ID: p.id, Foresight: p.foresight, Prefers: p.wants, Options: []demarche.Option{{ID: p.option, Once: p.once}}}
		if p.initiative > 0 {
			own.Initiative = &p.initiative
		}
		c.Conflict.Players = append(c.Conflict.Players, own)
	}
	return c
}

// want is a statement, under a condition on facts unless that is "". Conditions
// are parsed for a model of three options at most.
func want(text, cond string) demarche.Statement {
	s := demarche.Statement{Want: expr(text, 9)}
	if cond != "" {
		s.If = expr(cond, 9)
	}
	return s
}

func named(id, when string) demarche.Outcome { return demarche.Outcome{ID: id, When: expr(when, 9)} }

func rest(id string) demarche.Outcome {
	return demarche.Outcome{ID: id, When: demarche.Expr{Text: "otherwise"}}
}

func fact(id string, p float64) demarche.Proposition {
	return demarche.Proposition{ID: id, Says: id, Prior: &p}
}

func handOutlook(t *testing.T, c *demarche.Case) *Outlook {
	t.Helper()
	k, err := Compile(c, Config{})
	if err != nil {
		t.Fatal(err)
	}
	o, err := k.Outlook(context.Background(), OutlookConfig{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func is(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 {
		t.Errorf("%s is %v, by hand %v", what, got, want)
	}
}

// One question decides: resolved, with 0.3.
func TestHandOneQuestion(t *testing.T) {
	c := handCase([]handPlayer{{id: "a", option: "strike", wants: []demarche.Statement{want("a.strike", "resolved"), want("not a.strike", "")}}},
		named("war", "a.strike"), rest("peace"))
	c.Propositions = []demarche.Proposition{fact("resolved", 0.3)}
	o := handOutlook(t, c)
	is(t, "war", o.Outcomes[0].P, 0.3)
	is(t, "bits", o.Matters[0].Bits, -0.3*math.Log2(0.3)-0.7*math.Log2(0.7))
	if !o.Matters[0].Changes {
		t.Error("the answer changes the most likely outcome")
	}
}

// Two questions that tell nothing apart and all together, and two that tell the
// same.
func TestHandTwoQuestions(t *testing.T) {
	c := handCase([]handPlayer{{id: "a", option: "act", wants: []demarche.Statement{want("a.act", "p iff not q"), want("not a.act", "")}}},
		named("acts", "a.act"), rest("waits"))
	c.Propositions = []demarche.Proposition{fact("p", 0.5), fact("q", 0.5)}
	o := handOutlook(t, c)
	is(t, "acts", o.Outcomes[0].P, 0.5)
	is(t, "bits of p", o.Matters[0].Bits, 0)
	is(t, "bits of q", o.Matters[1].Bits, 0)
	is(t, "bits of both", o.Pair.Bits, 1)
	is(t, "interaction", o.Pair.Interaction, 1)
	is(t, "acts given p and not q", o.Pair.Given[1][0][0], 1)
	if o.Pair.Linked {
		t.Error("nothing links p and q")
	}

	c.Conflict.Players[0].Prefers[0] = want("a.act", "p")
	c.Logic = []demarche.Expr{expr("p iff q", 9)}
	o = handOutlook(t, c)
	is(t, "bits of p", o.Matters[0].Bits, 1)
	is(t, "bits of q", o.Matters[1].Bits, 1)
	is(t, "bits of both", o.Pair.Bits, 1)
	is(t, "interaction", o.Pair.Interaction, -1)
	if !o.Pair.Linked || o.Pair.Given[1][0] != nil || o.Worlds != 2 {
		t.Errorf("%d worlds, %+v", o.Worlds, o.Pair)
	}
}

// Who gets there first: initiatives 1 and 3.
func TestHandRace(t *testing.T) {
	c := handCase([]handPlayer{
		{id: "a", option: "x", initiative: 1, foresight: "nash", wants: []demarche.Statement{want("a.x iff not b.y", "")}},
		{id: "b", option: "y", initiative: 3, foresight: "nash", wants: []demarche.Statement{want("b.y iff not a.x", "")}},
	}, named("a_first", "a.x"), named("b_first", "b.y"), rest("neither"))
	o := handOutlook(t, c)
	is(t, "a first", o.Outcomes[0].P, 0.25)
	is(t, "b first", o.Outcomes[1].P, 0.75)
}

// A circle with a way out: two players chase each other, and in each state a
// third stops the chase with a half.
func TestHandCircle(t *testing.T) {
	chase := func() *demarche.Case {
		return handCase([]handPlayer{
			{id: "a", option: "x", foresight: "nash", wants: []demarche.Statement{want("(a.x iff b.y) or c.stop", "")}},
			{id: "b", option: "y", foresight: "nash", wants: []demarche.Statement{want("(a.x iff not b.y) or c.stop", "")}},
			{id: "c", option: "stop", once: true, foresight: "nash", wants: []demarche.Statement{want("c.stop", "")}},
		}, named("neither", "c.stop and not a.x and not b.y"), named("only_b", "c.stop and not a.x"),
			named("only_a", "c.stop and not b.y"), named("both", "c.stop"))
	}
	c := chase()
	o := handOutlook(t, c)
	for n, by := range []float64{8, 4, 1, 2} { // neither, then b, then both, then a alone
		is(t, "outcome "+o.outcomeName(c, n), o.Outcomes[n].P, by/15)
	}
	k, err := Compile(c, Config{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := k.In(k.Typical())
	if err != nil {
		t.Fatal(err)
	}
	f, err := m.Foresight(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	e, err := f.Evolve(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	is(t, "moves until it settles", e.Steps, 2)

	c.Conflict.Players[2].Prefers = nil
	o = handOutlook(t, c)
	is(t, "no settlement", o.NoSettlement, 1)
}

func (o *Outlook) outcomeName(c *demarche.Case, n int) string { return c.Conflict.Outcomes[n].ID }

// The prisoners' dilemma with talks that conclude with 0.6: nobody moves alone,
// and restraint is an agreement for those who see the answer to a breach.
func TestHandAgreement(t *testing.T) {
	dilemma := func(foresight string) *demarche.Case {
		chance := 0.6
		c := handCase([]handPlayer{
			{id: "a", option: "restrain", foresight: foresight, wants: []demarche.Statement{want("b.restrain", ""), want("not a.restrain", "")}},
			{id: "b", option: "restrain", foresight: foresight, wants: []demarche.Statement{want("a.restrain", ""), want("not b.restrain", "")}},
		}, named("both", "a.restrain and b.restrain"), rest("not_both"))
		c.Conflict.Talks = &demarche.Talks{Parties: []demarche.Ref{{Name: "a"}, {Name: "b"}}, Chance: &chance}
		return c
	}
	o := handOutlook(t, dilemma("seq"))
	is(t, "both", o.Outcomes[0].P, 0.6)
	is(t, "both if talks conclude", o.IfTalks[0].P, 1)
	is(t, "both if not", o.IfNoTalks[0].P, 0)
	is(t, "agreed", o.Agreed, 0.6)
	is(t, "bits of talks", o.Matters[0].Bits, -0.6*math.Log2(0.6)-0.4*math.Log2(0.4))
	if len(o.Agreements) != 1 || len(o.Agreements[0].Parties) != 2 || len(o.ByWorld) != 1 {
		t.Errorf("%+v", o.Agreements)
	}
	o = handOutlook(t, dilemma("nash"))
	is(t, "both, looking one move ahead", o.Outcomes[0].P, 0)
	if len(o.Agreements) != 0 {
		t.Errorf("%+v", o.Agreements)
	}
}

// An authority with claims on both sides: no position is taken.
func TestHandDisputedAuthority(t *testing.T) {
	c := handCase([]handPlayer{{id: "a", option: "board", wants: []demarche.Statement{want("a.board", "treaty"), want("not a.board", "")}}},
		named("boards", "a.board"), rest("waits"))
	c.Authorities = []demarche.Authority{{ID: "treaty", Says: "The treaty lets a board", ClaimedBy: []demarche.Ref{{Name: "k1"}}, DisputedBy: []demarche.Ref{{Name: "k2"}}}}
	o := handOutlook(t, c)
	is(t, "boards", o.Outcomes[0].P, 0.5)
	is(t, "bits", o.Matters[0].Bits, 1)
	p := 0.2
	c.Authorities[0].Prior = &p
	is(t, "boards with a prior", handOutlook(t, c).Outcomes[0].P, 0.2)
}

// A threat that is believed but would not be carried out: b holds back because it
// thinks, with 0.7, that a would answer; a, who knows that it would not, expects
// b to advance.
func TestHandViews(t *testing.T) {
	c := handCase([]handPlayer{
		{id: "a", option: "answer", wants: []demarche.Statement{want("not a.answer", "")}},
		{id: "b", option: "advance", wants: []demarche.Statement{want("not a.answer", ""), want("b.advance", "")}},
	}, named("advance", "b.advance"), rest("quiet"))
	held := 0.7
	c.Conflict.Perceptions = []demarche.Perception{{ID: "b", Others: []demarche.PerceivedPlayer{
		{ID: "a", P: &held, Prefers: []demarche.Statement{want("a.answer iff b.advance", "")}},
	}}}
	k, err := Compile(c, Config{})
	if err != nil {
		t.Fatal(err)
	}
	v, err := k.Views(context.Background(), OutlookConfig{})
	if err != nil {
		t.Fatal(err)
	}
	is(t, "wrong", v.Perceptions[0].Wrong.P, 0.7)
	is(t, "advance if all saw rightly", v.Actual[0].P, 1)
	is(t, "advance by own views", v.Seen[0].P, 0.3)
	is(t, "a expects advance", v.Players[0].Expects[0].P, 1)
	is(t, "b expects advance", v.Players[1].Expects[0].P, 0.3)
	is(t, "a is surprised", v.Players[0].Surprised.P, 0.7)
	is(t, "b is surprised", v.Players[1].Surprised.P, 0)
	is(t, "by a move", v.Players[0].Moved.P+v.Players[1].Moved.P, 0)
	if len(v.Players[0].Ends) != 1 || v.Players[0].Ends[0].State != 0 {
		t.Errorf("%+v", v.Players[0].Ends)
	}
}

// TestAbsorptionAgainstSimulation plays stepwise evolution many times, a move at a
// time, and compares how often it ends where.
func TestAbsorptionAgainstSimulation(t *testing.T) {
	ctx := context.Background()
	const plays = 4000
	checked := 0
	for n := range runs(60, 1000) {
		m := mustModel(t, withForesights(randomCase(41, n), n, "nash", "sseq", "seq"))
		if m == nil {
			continue
		}
		f, err := m.Foresight(ctx)
		if err != nil {
			t.Fatal(err)
		}
		from := int(n) % len(m.States)
		e, err := f.Evolve(ctx, from)
		if err != nil {
			t.Fatal(err)
		}
		if len(e.States) < 3 {
			continue
		}
		ended := map[int]float64{}
		for play := range uint64(plays) {
			r := rand.New(rand.NewPCG(n, play))
			s := from
			for range 400 {
				var movers []int
				var total float64
				for i, p := range m.Players {
					if len(f.Chosen(nil, i, s)) > 0 {
						movers, total = append(movers, i), total+p.Initiative
					}
				}
				if movers == nil {
					ended[s]++
					break
				}
				at := r.Float64() * total
				mover := movers[len(movers)-1]
				for _, i := range movers {
					if at -= m.Players[i].Initiative; at < 0 {
						mover = i
						break
					}
				}
				chosen := f.Chosen(nil, mover, s)
				s = chosen[r.IntN(len(chosen))]
			}
		}
		for _, s := range e.States {
			p := e.End[s]
			if math.Abs(ended[s]/plays-p) > 5*math.Sqrt(p*(1-p)/plays)+1e-9 {
				t.Fatalf("case %d: ends in %d in %v of the plays, by the equations in %v", n, s, ended[s]/plays, p)
			}
			if p > 0 && p < 1 {
				checked++
			}
		}
	}
	if covers() && checked < 10 {
		t.Fatalf("only %d ends are neither certain nor impossible", checked)
	}
}
