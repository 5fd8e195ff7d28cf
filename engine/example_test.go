package engine_test

import (
	"context"
	"fmt"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// want is a preference statement from its text.
func want(text string) demarche.Statement {
	c, err := demarche.ParseCondition(text, 2)
	if err != nil {
		panic(err)
	}
	return demarche.Statement{Want: demarche.Expr{Text: text, Cond: c}}
}

// fishing is a small dispute: Norland can seize trawlers, Sudland can fish on.
func fishing() *demarche.Case {
	return &demarche.Case{Title: "Fishing", Conflict: &demarche.Conflict{
		StatusQuo: &[]demarche.Ref{{Name: "sudland.fish"}},
		Players: []demarche.Player{
			{ID: "norland", Name: "Norland", Options: []demarche.Option{{ID: "seize"}},
				Prefers: []demarche.Statement{want("not sudland.fish"), want("norland.seize if sudland.fish"), want("not norland.seize")}},
			{ID: "sudland", Name: "Sudland", Options: []demarche.Option{{ID: "fish"}},
				Prefers: []demarche.Statement{want("not norland.seize"), want("sudland.fish unless norland.seize")}},
		},
		Outcomes: []demarche.Outcome{
			{ID: "quiet", When: want("not sudland.fish and not norland.seize").Want},
			{ID: "quarrel", When: demarche.Expr{Text: "otherwise"}},
		},
	}}
}

// A case is compiled, laid out in one world, and asked which states are stable.
func Example() {
	k, err := engine.Compile(fishing(), engine.Config{})
	if err != nil {
		panic(err)
	}
	m, err := k.In(k.Typical())
	if err != nil {
		panic(err)
	}
	st, err := m.Stability(context.Background(), engine.Nash, engine.SEQ)
	if err != nil {
		panic(err)
	}
	for c, concept := range st.Concepts {
		for s := range st.Equilibria[c].All {
			fmt.Println(concept, m.Pattern(m.States[s]))
		}
	}
	// Output:
	// nash YY
	// seq NN
	// seq YN
	// seq YY
}

// An explanation gives each improvement and the answer that undoes it.
func ExampleModel_Explain() {
	k, err := engine.Compile(fishing(), engine.Config{})
	if err != nil {
		panic(err)
	}
	m, err := k.In(k.Typical())
	if err != nil {
		panic(err)
	}
	state, err := m.StateNamed("NN")
	if err != nil {
		panic(err)
	}
	e := m.Explain(state, 1, engine.SEQ)
	fmt.Println("stable:", e.Stable)
	for _, a := range e.Answers {
		fmt.Println("to", m.Pattern(m.States[a.To]))
		for _, s := range a.Sanction {
			fmt.Println(" answered by", m.Players[s.Player].Name, "going to", m.Pattern(m.States[s.To]))
		}
	}
	// Output:
	// stable: true
	// to NY
	//  answered by Norland going to YY
}

// An outlook weighs every world; here there is only one.
func ExampleConflict_Outlook() {
	k, err := engine.Compile(fishing(), engine.Config{})
	if err != nil {
		panic(err)
	}
	o, err := k.Outlook(context.Background(), engine.OutlookConfig{})
	if err != nil {
		panic(err)
	}
	for n, e := range o.Outcomes {
		fmt.Println(k.Outcomes[n].ID, e.P)
	}
	// Output:
	// quiet 0
	// quarrel 1
}
