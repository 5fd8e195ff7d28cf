package engine

import (
	"context"
	"fmt"
	"math"

	"github.com/demarche/demarche"
)

// Coalitions (Kilgour, Hipel, Fang and Peng 2001; Inohara and Hipel 2008; the
// texts were not at hand, the definitions are as later papers state them). H is
// a nonempty set of players, O all others.
//
// t is an improvement of H from s iff t is in R_H(s) and every member of H
// prefers t to s; the moves on the way need be improvements for nobody. By
// Pareto (StabilityOptions.Pareto): no member likes t less than s and one prefers
// it. Let Φ_H(s) be the states that do not make H better off than s in that sense,
// s itself among them, and let R⁺⁺_O(t) be the states that can be reached from t
// by a nonempty sequence of improvements of nonempty sub-coalitions of O, each an
// improvement from where it is made, no coalition twice in a row. State s is
// stable for H iff every improvement t of H from s
//
//	CNash  does not exist.
//	CGMR   has some x in R_O(t) ∩ Φ_H(s).
//	CSMR   has some x in R_O(t) ∩ Φ_H(s) with R_H(x) inside Φ_H(s).
//	CSEQ   has some x in R⁺⁺_O(t) ∩ Φ_H(s).
//
// A state is universally stable iff it is stable for every nonempty coalition.
// Where results are given by player, a state is stable for a player iff it is
// stable for every coalition that it belongs to. A coalition of one is its player
// under CNash, CGMR and CSMR, and under CSEQ where there are two players; with more,
// the others may answer in coalitions, so that CSEQ has more stable states than SEQ.
//
// The closure R⁺⁺ and the word universal are the parts that rest least on texts
// read.
type coalitions struct {
	*game
	ctx    context.Context
	pareto bool
	// better[i][s] are the states that i prefers to s, fair[i][s] those that it
	// likes at least as well.
	better, fair [][]Set
	reached      map[uint64][]Set     // R_H(s), by coalition
	gains        map[uint64][][]int32 // improvements of H from s
}

// maxCoalitionPairs bounds the pairs of states kept, over all coalitions whose
// improvements are needed; maxAnswerPairs the pairs of states looked at, over all
// pairs of a coalition and a sub-coalition of the others, where answers must be
// credible.
const (
	maxCoalitionPairs = 1 << 30
	maxAnswerPairs    = 1 << 33
)

func (g *game) coalitions(ctx context.Context, c Concept, only []int, pareto bool) (*coalitions, error) {
	power := func(base float64, n int) float64 { return math.Pow(base, float64(n)) }
	kept, looked, what := power(2, g.players), 0.0, "for every coalition"
	switch {
	case c.Base().credible() && only == nil:
		looked = power(3, g.players)
		what += ", with the answers of every coalition among the others"
	case c.Base().credible():
		kept = power(2, g.players-len(only))
		looked, what = kept, "with the answers of every coalition among the others"
	case only != nil:
		kept, what = 2, "for one coalition"
	}
	pairs := float64(g.n) * float64(g.n)
	if kept*pairs > maxCoalitionPairs || looked*pairs > maxAnswerPairs || g.players > 30 {
		return nil, &demarche.Error{
			Kind: demarche.Unavailable, Pos: g.Case.Conflict.At,
			Msg:  fmt.Sprintf("%s of %s players over %s states is too much to work out %s", c.Title(), thousands(uint64(g.players)), thousands(uint64(g.n)), what),
			Hint: "ask for one coalition, leave out players who can change nothing, or add rules for combinations that cannot be",
		}
	}
	v := &coalitions{game: g, ctx: ctx, pareto: pareto, reached: map[uint64][]Set{}, gains: map[uint64][][]int32{}}
	v.better, v.fair = make([][]Set, g.players), make([][]Set, g.players)
	each(g.players, func(i int) {
		v.better[i], v.fair[i] = make([]Set, g.n), make([]Set, g.n)
		for s := range g.n {
			if ctx.Err() != nil {
				return
			}
			better, fair := NewSet(g.n), NewSet(g.n)
			for t, r := range g.rank[i] {
				if r > g.rank[i][s] {
					better.Add(t)
				}
				if r >= g.rank[i][s] {
					fair.Add(t)
				}
			}
			v.better[i][s], v.fair[i][s] = better, fair
		}
	})
	return v, ctx.Err()
}

// reachedBy is R_H(s) for every s.
func (v *coalitions) reachedBy(h uint64) ([]Set, error) {
	if sets := v.reached[h]; sets != nil {
		return sets, nil
	}
	var steps [][][]int32
	for _, i := range bitsOf(h) {
		steps = append(steps, v.reach[i])
	}
	sets, err := legal(v.ctx, v.n, steps)
	if err == nil {
		v.reached[h] = sets
	}
	return sets, err
}

// betterFor puts into out the states that make H better off than s.
func (v *coalitions) betterFor(out Set, h uint64, s int) {
	members := bitsOf(h)
	if !v.pareto {
		copy(out, v.better[members[0]][s])
		for _, i := range members[1:] {
			out.keep(v.better[i][s])
		}
		return
	}
	clear(out)
	for _, i := range members {
		out.join(v.better[i][s])
	}
	for _, i := range members {
		out.keep(v.fair[i][s])
	}
}

// improvements are those of H from every state, ascending.
func (v *coalitions) improvements(h uint64) ([][]int32, error) {
	if lists := v.gains[h]; lists != nil {
		return lists, nil
	}
	reached, err := v.reachedBy(h)
	if err != nil {
		return nil, err
	}
	lists, better := make([][]int32, v.n), NewSet(v.n)
	for s := range v.n {
		v.betterFor(better, h, s)
		better.keep(reached[s])
		for t := range better.All {
			lists[s] = append(lists[s], int32(t))
		}
	}
	v.gains[h] = lists
	return lists, nil
}

// answers are the states that the players outside H can answer with, and the
// moves that answers are made of, with the coalition that makes each.
func (v *coalitions) answers(h uint64, base Concept) (movers []uint64, steps [][][]int32, err error) {
	others := (uint64(1)<<v.players - 1) &^ h
	if !base.credible() {
		for _, j := range bitsOf(others) {
			movers, steps = append(movers, 1<<j), append(steps, v.reach[j])
		}
		return movers, steps, nil
	}
	for sub := others; sub != 0; sub = (sub - 1) & others {
		movers = append(movers, sub)
	}
	for a, b := 0, len(movers)-1; a < b; a, b = a+1, b-1 {
		movers[a], movers[b] = movers[b], movers[a]
	}
	for _, sub := range movers {
		lists, err := v.improvements(sub)
		if err != nil {
			return nil, nil, err
		}
		steps = append(steps, lists)
	}
	return movers, steps, nil
}

// stable is the set of states that are stable for a coalition.
func (v *coalitions) stable(h uint64, base Concept) (Set, error) {
	out := NewSet(v.n)
	gains, err := v.improvements(h)
	if err != nil {
		return nil, err
	}
	var replies, own []Set
	if base != Nash {
		if !base.credible() {
			replies, err = v.reachedBy((uint64(1)<<v.players - 1) &^ h)
		} else {
			var steps [][][]int32
			if _, steps, err = v.answers(h, base); err == nil {
				replies, err = legal(v.ctx, v.n, steps)
			}
		}
		if err != nil {
			return nil, err
		}
		if own, err = v.reachedBy(h); err != nil {
			return nil, err
		}
	}
	better, tried := NewSet(v.n), NewSet(v.n)
	for s := range v.n {
		if s&0xF == 0 && v.ctx.Err() != nil {
			return nil, v.ctx.Err()
		}
		v.betterFor(better, h, s)
		clear(tried)
		copy(tried, better)
		holds := true
		for _, t := range gains[s] {
			if base == Nash || !deters(replies[t], tried, better, own, base.symmetric()) {
				holds = false
				break
			}
		}
		if holds {
			out.Add(s)
		}
	}
	return out, nil
}

// deters reports whether some reply that was not tried in vain deters; with
// escapes, only one from which nothing better can be reached.
func deters(replies, tried, better Set, own []Set, escapes bool) bool {
	for w, word := range replies {
		rest := Set{word &^ tried[w]}
		for b := range rest.All {
			x := w<<6 | b
			if !escapes || !own[x].meets(better) {
				return true
			}
			tried.Add(x)
		}
	}
	return false
}

// meets reports whether v and w have a state in common.
func (v Set) meets(w Set) bool {
	for i := range v {
		if v[i]&w[i] != 0 {
			return true
		}
	}
	return false
}

// mask is a set of players as bits.
func maskOf(players []int) uint64 {
	var h uint64
	for _, i := range players {
		h |= 1 << i
	}
	return h
}

// all is, for every player, what is stable for every coalition that it belongs
// to; or, for one coalition alone, what is stable for that, every state being
// stable for the others.
func (v *coalitions) all(base Concept, only []int) ([]Set, error) {
	out := make([]Set, v.players)
	for i := range out {
		out[i] = NewSet(v.n)
		out[i].fill(v.n)
	}
	first, last := uint64(1), uint64(1)<<v.players-1
	if only != nil {
		first = maskOf(only)
		last = first
	}
	for h := first; h <= last; h++ {
		set, err := v.stable(h, base)
		if err != nil {
			return nil, err
		}
		for _, i := range bitsOf(h) {
			out[i].keep(set)
		}
	}
	return out, nil
}
