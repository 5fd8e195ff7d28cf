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
		for options := 14; options <= 22; options += 2 {
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
