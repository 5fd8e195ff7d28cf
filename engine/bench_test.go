package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/demarche/demarche"
)

// wideCase has 2^options states: every combination, options dealt evenly to the
// players, ten random statements each.
func wideCase(options, players int) *demarche.Case {
	r := rand.New(rand.NewPCG(7, uint64(options*100+players)))
	m := &demarche.Conflict{}
	var names []string
	for i := range players {
		p := demarche.Player{ID: fmt.Sprintf("p%d", i)}
		for k := options * i / players; k < options*(i+1)/players; k++ {
			p.Options = append(p.Options, demarche.Option{ID: fmt.Sprintf("o%d", k)})
			names = append(names, fmt.Sprintf("p%d.o%d", i, k))
		}
		m.Players = append(m.Players, p)
	}
	for i := range m.Players {
		for range 10 {
			m.Players[i].Prefers = append(m.Players[i].Prefers, demarche.Statement{Want: expr(randomCondition(r, names, 2), options)})
		}
	}
	return &demarche.Case{Conflict: m}
}

func benchModel(b *testing.B, options, players int) *Model {
	k, err := Compile(wideCase(options, players), Config{})
	if err != nil {
		b.Fatal(err)
	}
	m, err := k.In(k.Typical())
	if err != nil {
		b.Fatal(err)
	}
	return m
}

// BenchmarkStability is the time of all five concepts, and per state and player.
func BenchmarkStability(b *testing.B) {
	for _, players := range []int{3, 4} {
		for options := 14; options <= 24; options += 2 {
			b.Run(fmt.Sprintf("states=2^%d/players=%d", options, players), func(b *testing.B) {
				m := benchModel(b, options, players)
				for b.Loop() {
					if _, err := m.Stability(context.Background(), Concepts()...); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(m.States)*players), "ns/state/player")
			})
		}
	}
}

// BenchmarkIn is the time from a compiled conflict to a model: states, ranks, blocks.
func BenchmarkIn(b *testing.B) {
	for options := 14; options <= 22; options += 4 {
		b.Run(fmt.Sprintf("states=2^%d", options), func(b *testing.B) {
			k, err := Compile(wideCase(options, 3), Config{})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := k.In(k.Typical()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// tightCase has 60 options in 20 groups of three of which at most one is taken,
// and bounds on what the groups do together: about 10^5 feasible states.
func tightCase() *demarche.Case {
	c := wideCase(60, 5)
	m := c.Conflict
	var names []string
	for _, p := range m.Players {
		for _, o := range p.Options {
			names = append(names, p.ID+"."+o.ID)
		}
	}
	for g := 0; g < 60; g += 3 {
		m.Rules = append(m.Rules, demarche.Rule{AtMostOne: []demarche.Expr{expr(names[g], 60), expr(names[g+1], 60), expr(names[g+2], 60)}})
	}
	// Whatever a later group does needs the same of the group before it, and the
	// first ten groups choose freely between two options only.
	for g := 30; g < 60; g += 3 {
		for k := range 3 {
			m.Rules = append(m.Rules, demarche.Rule{If: expr(names[g+k], 60), Then: expr(names[g-30+k], 60)})
		}
	}
	for g := 0; g < 30; g += 3 {
		m.Rules = append(m.Rules, demarche.Rule{Never: expr(names[g+2], 60)})
		if g >= 9 {
			m.Rules = append(m.Rules, demarche.Rule{Never: expr(names[g+31], 60)})
		}
		m.Rules = append(m.Rules, demarche.Rule{Never: expr(names[g+30], 60)})
	}
	return c
}

// BenchmarkTight is the time to compile and lay out a model of 60 options whose
// rules leave about a hundred thousand states.
func BenchmarkTight(b *testing.B) {
	var states int
	for b.Loop() {
		k, err := Compile(tightCase(), Config{})
		if err != nil {
			b.Fatal(err)
		}
		m, err := k.In(k.Typical())
		if err != nil {
			b.Fatal(err)
		}
		states = len(m.States)
	}
	b.ReportMetric(float64(states), "states")
}

// BenchmarkPlayers is the time of all five concepts with 20 players.
func BenchmarkPlayers(b *testing.B) {
	m := benchModel(b, 20, 20)
	for b.Loop() {
		if _, err := m.Stability(context.Background(), Concepts()...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(m.States)*20*20), "ns/state/player²")
}

// BenchmarkStatements is the time to rank 2^16 states by 100 statements a player.
func BenchmarkStatements(b *testing.B) {
	c := wideCase(16, 3)
	r := rand.New(rand.NewPCG(8, 8))
	var names []string
	for _, p := range c.Conflict.Players {
		for _, o := range p.Options {
			names = append(names, p.ID+"."+o.ID)
		}
	}
	for i := range c.Conflict.Players {
		p := &c.Conflict.Players[i]
		for len(p.Prefers) < 100 {
			p.Prefers = append(p.Prefers, demarche.Statement{Want: expr(randomCondition(r, names, 2), 16)})
		}
	}
	k, err := Compile(c, Config{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := k.In(k.Typical()); err != nil {
			b.Fatal(err)
		}
	}
}

// worldsCase has 1,024 states, 5 players and 11 propositions, each of which
// switches one statement: 2,048 worlds with as many different models.
func worldsCase(shared bool) *demarche.Case {
	c := wideCase(10, 5)
	m := c.Conflict
	for q := range 11 {
		half := 0.5
		c.Propositions = append(c.Propositions, demarche.Proposition{ID: fmt.Sprintf("q%d", q), Says: "q", Prior: &half})
		if !shared || q == 0 {
			m.Players[q%5].Prefers[q/5].If = expr(fmt.Sprintf("q%d", q), 10)
		}
	}
	m.StatusQuo = &[]demarche.Ref{}
	m.Outcomes = []demarche.Outcome{{ID: "a", When: expr("p0.o0", 10)}, {ID: "b", When: demarche.Expr{Text: "otherwise"}}}
	return c
}

// BenchmarkWorlds is the number of worlds a second: five concepts and evolution
// in 1,024 states with 5 players, all models different, or two alike.
func BenchmarkWorlds(b *testing.B) {
	for _, shared := range []bool{false, true} {
		b.Run(fmt.Sprintf("shared=%v", shared), func(b *testing.B) {
			k, err := Compile(worldsCase(shared), Config{})
			if err != nil {
				b.Fatal(err)
			}
			worlds := 0
			for b.Loop() {
				o, err := k.Outlook(context.Background(), OutlookConfig{})
				if err != nil {
					b.Fatal(err)
				}
				worlds += o.Worlds
			}
			b.ReportMetric(float64(worlds)/b.Elapsed().Seconds(), "worlds/s")
		})
	}
	// 20,000 draws from 2,048 worlds with as many models, and from two.
	for _, shared := range []bool{false, true} {
		b.Run(fmt.Sprintf("drawn/shared=%v", shared), func(b *testing.B) {
			k, err := Compile(worldsCase(shared), Config{})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := k.Outlook(context.Background(), OutlookConfig{Worlds: DefaultDraws, Seed: 1}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(DefaultDraws)*float64(b.N)/b.Elapsed().Seconds(), "worlds/s")
		})
	}
}
