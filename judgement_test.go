package demarche

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestJudgementsOn compares with the definition on random lists: every judgement
// on the outcome once, in order; and of each person the last one stands.
func TestJudgementsOn(t *testing.T) {
	for n := range uint64(300) {
		r := rand.New(rand.NewPCG(41, n))
		c := &Case{}
		for i := range r.IntN(9) {
			d, err := ParseDate([]string{"2026-01-05", "2026-02", "2026-03-01", "2026"}[r.IntN(4)])
			if err != nil {
				t.Fatal(err)
			}
			c.Judgements = append(c.Judgements, Judgement{
				At: Pos{Line: i + 1}, By: string(rune('A' + r.IntN(3))), Date: d, Outcome: Ref{Name: fmt.Sprint("o", r.IntN(2))},
			})
		}
		before := func(a, b Judgement) bool {
			if !a.Date.From.Equal(b.Date.From) {
				return a.Date.From.Before(b.Date.From)
			}
			return a.By < b.By || a.By == b.By && a.At.Line < b.At.Line
		}
		got := c.JudgementsOn("o1")
		count := 0
		for _, j := range c.Judgements {
			if j.Outcome.Name == "o1" {
				count++
			}
		}
		if len(got) != count {
			t.Fatalf("list %d: %d judgements, want %d", n, len(got), count)
		}
		for i, j := range got {
			if j.Outcome.Name != "o1" || i > 0 && !before(got[i-1], j) {
				t.Fatalf("list %d: out of order: %+v", n, got)
			}
		}
		var stand []int
		for _, j := range got {
			last := true
			for _, k := range got {
				last = last && (k.By != j.By || k.At == j.At || before(k, j))
			}
			if last {
				stand = append(stand, j.At.Line)
			}
		}
		standing := c.StandingOn("o1")
		if len(standing) != len(stand) {
			t.Fatalf("list %d: %d stand, want %d", n, len(standing), len(stand))
		}
		for i, j := range standing {
			if j.At.Line != stand[i] {
				t.Fatalf("list %d: %+v stands, want that of line %d", n, j, stand[i])
			}
		}
	}
}

func TestReferenceClass(t *testing.T) {
	n, k, none := 14, 5, 0
	c := &Case{ReferenceClasses: []ReferenceClass{{Outcome: Ref{Name: "a"}, N: &n, K: &k}, {Outcome: Ref{Name: "b"}}, {Outcome: Ref{Name: "a"}, N: &n, K: &none}}}
	got := c.ClassesOn("a")
	if len(got) != 2 || got[0].Share() != 5.0/14 || got[1].Share() != 0 {
		t.Errorf("classes on a: %+v", got)
	}
	if s := c.ReferenceClasses[1].Share(); s != 0 {
		t.Errorf("share without numbers is %v", s)
	}
}
