package engine

import (
	"context"
	"math/rand/v2"
	"testing"
)

// TestFurtherAgainstDefinitions compares every concept beyond the main five with
// its definition, on random models with everything mixed.
func TestFurtherAgainstDefinitions(t *testing.T) {
	const seed = 21
	ctx := context.Background()
	stable, unstable := map[Concept]int{}, map[Concept]int{}
	tried := uint64(0)
	for n := uint64(0); tried < runs(2000, 50000); n++ {
		c := furtherCase(seed, n)
		k, err := Compile(c, Config{})
		if err != nil {
			t.Fatalf("%s: %v", c.Title, err)
		}
		if k.States(k.Typical()) == 0 {
			continue
		}
		tried++
		m := compiled(t, c, Config{})
		o := randomOptions(rand.New(rand.NewPCG(seed, n)), m)
		v := newTwin(t, m)
		v.o = o
		concepts := m.Applicable(o)
		got, err := m.StabilityWith(ctx, o, concepts...)
		if err != nil {
			t.Fatalf("%s: %v", c.Title, err)
		}
		for at, concept := range concepts {
			f := concept.form()
			if f.family == coalitionFamily && tried%3 != 0 {
				continue // slow in the twin
			}
			clear(v.memo)
			for i := range m.Players {
				for s := range m.States {
					want := v.stable(concept, i, s)
					if got.Stable[at][i].Has(s) != want {
						t.Fatalf("%s: %s stable for player %d under %s: got %v, want %v (options %+v)", c.Title, m.Pattern(m.States[s]), i, concept, !want, want, o)
					}
					if want {
						stable[concept]++
					} else {
						unstable[concept]++
					}
				}
			}
		}
	}
	for _, c := range EveryConcept() {
		if stable[c] < 100 || unstable[c] < 100 {
			t.Errorf("%s was hardly tried: %d states stable, %d not", c, stable[c], unstable[c])
		}
	}
}
