package engine

import (
	"context"
	"math/rand/v2"
	"testing"
)

// Boolean matrices, as the literature writes the graph model (Xu, Hipel and
// Kilgour 2009; Xu, Kilgour, Hipel and Kemkes 2010).
type matrix [][]bool

func newMatrix(n int) matrix {
	out := make(matrix, n)
	for s := range out {
		out[s] = make([]bool, n)
	}
	return out
}

// times is the sign of the product.
func (a matrix) times(b matrix) matrix {
	out := newMatrix(len(a))
	for s := range a {
		for k, is := range a[s] {
			if !is {
				continue
			}
			for t, also := range b[k] {
				out[s][t] = out[s][t] || also
			}
		}
	}
	return out
}

func (a matrix) or(b matrix) matrix {
	return a.with(b, func(x, y bool) bool { return x || y })
}

func (a matrix) and(b matrix) matrix {
	return a.with(b, func(x, y bool) bool { return x && y })
}

func (a matrix) with(b matrix, f func(x, y bool) bool) matrix {
	out := newMatrix(len(a))
	for s := range a {
		for t := range a {
			out[s][t] = f(a[s][t], b[s][t])
		}
	}
	return out
}

// not is E − a, E being all ones.
func (a matrix) not() matrix {
	return a.with(a, func(x, _ bool) bool { return !x })
}

func (a matrix) transposed() matrix {
	out := newMatrix(len(a))
	for s := range a {
		for t := range a {
			out[t][s] = a[s][t]
		}
	}
	return out
}

// joined is the matrix M_H of legal sequences: M_i^(1) = J_i and
// M_i^(q) = sign[(⋁_{j≠i} M_j^(q−1)) J_i], joined over all i in H and all q.
func joined(moves []matrix, n int) matrix {
	last := moves
	total := newMatrix(n)
	for range n * len(moves) {
		for _, m := range last {
			total = total.or(m)
		}
		next := make([]matrix, len(moves))
		for i := range moves {
			before := newMatrix(n)
			for j := range moves {
				if j != i {
					before = before.or(last[j])
				}
			}
			next[i] = before.times(moves[i])
		}
		last = next
	}
	return total
}

// TestStabilityAgainstMatrices compares the main concepts with the matrix form
// of the literature, with the reading of "equal or less preferred" that holds the
// state itself.
func TestStabilityAgainstMatrices(t *testing.T) {
	for n := range runs(400, 10000) {
		c := furtherCase(31, n)
		k, err := Compile(c, Config{})
		if err != nil {
			t.Fatal(err)
		}
		if size := k.States(k.Typical()); size == 0 || size > 24 {
			continue
		}
		m := compiled(t, c, Config{})
		v := twinOf(m)
		moves, better := make([]matrix, v.players), make([]matrix, v.players)
		prefers := make([]matrix, v.players)
		for i := range v.players {
			moves[i], prefers[i] = newMatrix(v.n), newMatrix(v.n)
			for s := range v.n {
				for _, u := range v.moves[i][s] {
					moves[i][s][u] = true
				}
				for u := range v.n {
					prefers[i][s][u] = v.prefers(i, s, u)
				}
			}
			better[i] = moves[i].and(prefers[i])
		}
		got, err := m.Stability(context.Background(), Concepts()...)
		if err != nil {
			t.Fatal(err)
		}
		// The lists of moves, which every other concept is worked out on.
		lists, err := m.game(context.Background(), 0)
		if err != nil {
			t.Fatal(err)
		}
		judge := newJudge(context.Background(), lists)
		for i := range v.players {
			sanctions, credible := newMatrix(v.n), newMatrix(v.n)
			if v.players > 1 {
				sanctions, credible = joined(without(moves, i), v.n), joined(without(better, i), v.n)
			}
			notBetter := prefers[i].not().transposed() // at (x, s)
			noWay := moves[i].times(prefers[i].transposed()).not()
			for at, concept := range Concepts() {
				var unstable matrix
				switch concept {
				case Nash:
					unstable = better[i].times(newMatrix(v.n).not())
				case GMR:
					unstable = better[i].times(sanctions.times(notBetter).not())
				case SMR:
					unstable = better[i].times(sanctions.times(notBetter.and(noWay)).not())
				case SEQ:
					unstable = better[i].times(credible.times(notBetter).not())
				case SSEQ:
					unstable = better[i].times(credible.times(notBetter.and(noWay)).not())
				}
				r := lists.classical()
				if err := judge.prepare(concept, r); err != nil {
					t.Fatal(err)
				}
				set, err := judge.focal(i).stable(concept, r)
				if err != nil {
					t.Fatal(err)
				}
				for s := range v.n {
					if want := !unstable[s][s]; got.Stable[at][i].Has(s) != want || set.Has(s) != want {
						t.Fatalf("%s: state %d, player %d, %s: %v and %v, by matrices %v", c.Title, s, i, concept, got.Stable[at][i].Has(s), set.Has(s), want)
					}
				}
			}
		}
	}
}

// TestLegalSequences compares the sets of states that legal sequences reach with
// the matrices, on random lists of moves of no particular form.
func TestLegalSequences(t *testing.T) {
	for n := range runs(300, 5000) {
		r := rand.New(rand.NewPCG(32, n))
		states, movers := 1+r.IntN(9), r.IntN(5)
		steps, moves := make([][][]int32, movers), make([]matrix, movers)
		density := 1 + r.IntN(5)
		for k := range steps {
			steps[k], moves[k] = make([][]int32, states), newMatrix(states)
			for s := range states {
				for u := range states {
					if s != u && r.IntN(12) < density {
						steps[k][s] = append(steps[k][s], int32(u))
						moves[k][s][u] = true
					}
				}
			}
		}
		got, err := legal(context.Background(), states, steps)
		if err != nil {
			t.Fatal(err)
		}
		want := newMatrix(states)
		if movers > 0 {
			want = joined(moves, states)
		}
		for s := range states {
			for u := range states {
				if got[s].Has(u) != want[s][u] {
					t.Fatalf("case %d: from %d to %d: %v, by matrices %v", n, s, u, got[s].Has(u), want[s][u])
				}
				path := shortest(states, steps, int32(s), func(x int32) bool { return int(x) == u })
				if (path != nil) != want[s][u] {
					t.Fatalf("case %d: from %d to %d: path %v", n, s, u, path)
				}
			}
		}
	}
}
