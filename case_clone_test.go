package demarche

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// named gives the wants that each entry of unsure names.
func named(p *Player) []string {
	var out []string
	for _, u := range p.Unsure {
		word := ""
		at := slices.Clone(u.Order)
		if u.Drop != nil {
			at = append(at, *u.Drop)
		}
		if u.Weight != nil {
			at = append(at, *u.Weight)
		}
		for _, n := range at {
			word += p.Prefers[n-1].Want.Text + " "
		}
		out = append(out, word)
	}
	return out
}

func TestUnsureFollowsStatements(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 1))
		n := 3 + r.IntN(5)
		p := Player{}
		for j := range n {
			p.Prefers = append(p.Prefers, Statement{Want: Expr{Text: fmt.Sprint("w", j)}})
		}
		a, b, d := 1+r.IntN(n), 1+r.IntN(n), 1+r.IntN(n)
		w := 1 + r.IntN(n)
		p.Unsure = []Unsure{{Order: []int{a, b}}, {Drop: &d}, {Weight: &w}}
		m := &Conflict{Players: []Player{p}}
		before := named(&p)
		for range 4 {
			c := m.Clone()
			q := &c.Players[0]
			switch r.IntN(2) {
			case 0:
				q.InsertStatement(r.IntN(len(q.Prefers)+2), Statement{Want: Expr{Text: "new"}})
			case 1:
				q.MoveStatement(r.IntN(len(q.Prefers)), r.IntN(len(q.Prefers)))
			}
			if got := named(q); !slices.Equal(got, before) {
				t.Fatalf("seed %d: unsure names %q, before %q", seed, got, before)
			}
			if got := named(&m.Players[0]); !slices.Equal(got, before) && len(m.Players[0].Prefers) == n {
				t.Fatalf("seed %d: the clone changed the original", seed)
			}
			m = c
		}
		c := m.Clone()
		q := &c.Players[0]
		at := r.IntN(len(q.Prefers))
		gone := q.Prefers[at].Want.Text
		var want []string
		for _, s := range named(q) {
			if !slices.Contains(splitWords(s), gone) {
				want = append(want, s)
			}
		}
		q.DropStatement(at)
		if got := named(q); !slices.Equal(got, want) {
			t.Fatalf("seed %d: after dropping %s unsure names %q, want %q", seed, gone, got, want)
		}
	}
}

func splitWords(s string) []string { return strings.Fields(s) }
