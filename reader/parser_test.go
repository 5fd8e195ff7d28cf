package reader

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// randomTree is a random projective tree over n words; n stands for the root.
func randomTree(rng *rand.Rand, n int) []int32 {
	head := make([]int32, n)
	var grow func(from, to int, above int32)
	grow = func(from, to int, above int32) {
		for from < to {
			cut := from + 1 + rng.IntN(to-from)
			h := from + rng.IntN(cut-from)
			head[h] = above
			grow(from, h, int32(h))
			grow(h+1, cut, int32(h))
			from = cut
		}
	}
	grow(0, n, int32(n))
	return head
}

// TestOracle compares the oracle with an exhaustive search: from random states of
// short sentences, the right transitions are those from which as many reference
// arcs can still be had as from the state itself.
func TestOracle(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 2))
		n := 1 + rng.IntN(5)
		head := randomTree(rng, n)
		rel := make([]int8, n)
		for i := range rel {
			rel[i] = int8(relDobj)
			if int(head[i]) == n {
				rel[i] = int8(relRoot)
			}
		}
		s := newSheet(make([]token, n))
		replay := func(moves []int) *parseState {
			p := &parseState{}
			p.reset(s, 0, n)
			for _, m := range moves {
				p.apply(m)
			}
			return p
		}
		// One label is enough: the reference's.
		options := func(p *parseState) []int {
			var out []int
			a := p.allowed()
			if a&(1<<shift) != 0 {
				out = append(out, shift)
			}
			if len(p.stack) > 0 {
				top := p.stack[len(p.stack)-1]
				for _, m := range []int{left + int(rel[top]), right + int(rel[top])} {
					if a>>uint(m)&1 != 0 {
						out = append(out, m)
					}
				}
				if len(out) == 0 {
					for m := range transitions {
						if a>>uint(m)&1 != 0 {
							out = append(out, m)
							break
						}
					}
				}
			}
			return out
		}
		var most func(moves []int) int
		most = func(moves []int) int {
			p := replay(moves)
			if p.done() {
				good := 0
				for i, h := range head {
					if s.head[i] == h || s.head[i] < 0 && int(h) == n {
						good++
					}
				}
				return good
			}
			top := -1
			for _, m := range options(p) {
				top = max(top, most(append(slices.Clone(moves), m)))
			}
			return top
		}
		var moves []int
		for {
			p := replay(moves)
			if p.done() {
				break
			}
			o := p.oracle(head, rel, p.allowed())
			opts := options(p)
			now := most(moves)
			for _, m := range opts {
				replay(moves)
				if keeps := most(append(slices.Clone(moves), m)) == now; keeps != (o>>uint(m)&1 != 0) && !(o == p.allowed()) {
					t.Fatalf("seed %d, heads %v, moves %v: move %d keeps all: %v, the oracle says otherwise", seed, head, moves, m, keeps)
				}
			}
			moves = append(moves, opts[rng.IntN(len(opts))])
		}
	}
}

// TestParserFollowsOracle rebuilds random projective trees.
func TestParserFollowsOracle(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 3))
		n := 1 + rng.IntN(30)
		head := randomTree(rng, n)
		rel := make([]int8, n)
		for i := range rel {
			rel[i] = int8(rng.IntN(int(relations)))
			if int(head[i]) == n {
				rel[i] = int8(relRoot)
			}
		}
		s := newSheet(make([]token, n))
		p := &parseState{}
		p.reset(s, 0, n)
		for !p.done() {
			o := p.oracle(head, rel, p.allowed())
			m := 0
			for o>>uint(m)&1 == 0 {
				m++
			}
			p.apply(m)
		}
		for i, h := range head {
			if int(h) == n {
				h = -1
			}
			if s.head[i] != h || int8(s.rel[i]) != rel[i] {
				t.Fatalf("seed %d: word %d hangs on %d as %d, want %d as %d", seed, i, s.head[i], s.rel[i], h, rel[i])
			}
		}
	}
}
