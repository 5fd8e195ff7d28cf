package engine

import (
	"context"
	"math/bits"
	"slices"

	"github.com/demarche/demarche"
)

// Simultaneous sanctions (Fraser and Hipel 1984; the text was not at hand, the
// definition is as later papers state it). While i makes its improvement from s
// to t, the others may each, at the same time, make one of their own
// improvements from s. An improvement t of i is simultaneously sanctioned iff
// there is such a choice, with at least one of the others moving, for which the
// changes together lead from s to a feasible state that i does not prefer to s.
// An option that several of them change is changed.
//
//	SIM     every improvement of i from s is simultaneously sanctioned.
//	SEQSIM  s is SEQ stable or SIM stable for i. SIM is not meant to stand
//	        alone: it was made as a further check on states that are not
//	        sequentially stable.
//
// Both need options: in an explicit graph, or where states are one, it is not
// said where several moves at once lead.
type simultaneous struct {
	*game
	apart []uint64 // by player: options that nobody else can change
}

func (g *game) simultaneous() (*simultaneous, error) {
	if !g.optionForm() {
		return nil, &demarche.Error{
			Kind: demarche.Unavailable, Pos: g.Case.Conflict.At,
			Msg:  "simultaneous sanctions need options: this model does not say where several moves at once lead",
			Hint: "leave out sim and seqsim, or describe the conflict by options without graph and same",
		}
	}
	v := &simultaneous{game: g, apart: make([]uint64, g.players)}
	for i, p := range g.Players {
		v.apart[i] = p.Mask
		for j, q := range g.Players {
			if j != i {
				v.apart[i] &^= q.Mask
			}
		}
	}
	return v, nil
}

func (v *simultaneous) stable(ctx context.Context, i int) (Set, error) {
	out := NewSet(v.n)
	var open []int32
	for s := range int32(v.n) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		open = open[:0]
		for _, t := range v.reach[i][s] {
			if v.rank[i][t] > v.rank[i][s] {
				open = append(open, t)
			}
		}
		if len(open) > 0 {
			gains := v.gains(i, s)
			for x := range int32(v.n) {
				if len(open) == 0 {
					break
				}
				if v.rank[i][x] > v.rank[i][s] {
					continue
				}
				open = slices.DeleteFunc(open, func(t int32) bool { return v.together(gains, i, s, t, x) != nil })
			}
		}
		if len(open) == 0 {
			out.Add(int(s))
		}
	}
	return out, nil
}

// gains are, for every player but i, the changes of options that would be
// improvements from s.
func (v *simultaneous) gains(i int, s int32) [][]uint64 {
	out := make([][]uint64, v.players)
	for j := range out {
		if j == i {
			continue
		}
		for _, u := range v.reach[j][s] {
			if v.rank[j][u] > v.rank[j][s] {
				out[j] = append(out[j], v.States[s]^v.States[u])
			}
		}
	}
	return out
}

// together finds improvements of the others that, made while i goes from s to
// t, lead to x: the change each makes, by player, 0 for none. It is nil if there
// are none.
func (v *simultaneous) together(gains [][]uint64, i int, s, t, x int32) []uint64 {
	from := v.States[s]
	own, whole := from^v.States[t], from^v.States[x]
	if own&^whole != 0 || whole&v.apart[i] != own&v.apart[i] || x == t {
		return nil
	}
	changes := make([]uint64, v.players)
	if v.cover(gains, changes, 0, whole, whole&^own) {
		return changes
	}
	return nil
}

// cover chooses changes for the players from j on that lie within whole and
// make up rest.
func (v *simultaneous) cover(gains [][]uint64, changes []uint64, j int, whole, rest uint64) bool {
	if j == len(gains) {
		return rest == 0
	}
	must := rest & v.apart[j] // nobody else can do it
	if must == 0 && v.cover(gains, changes, j+1, whole, rest) {
		return true
	}
	for _, c := range gains[j] {
		if c&^whole == 0 && must&^c == 0 {
			changes[j] = c
			if v.cover(gains, changes, j+1, whole, rest&^c) {
				return true
			}
			changes[j] = 0
		}
	}
	return false
}

// bitsOf are the places of the bits set in a word, ascending.
func bitsOf(word uint64) []int {
	var out []int
	for ; word != 0; word &= word - 1 {
		out = append(out, bits.TrailingZeros64(word))
	}
	return out
}
