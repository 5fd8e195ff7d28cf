package engine

import (
	"math/bits"
	"slices"
)

// Agreement is a state that its parties would accept and keep.
type Agreement struct {
	State int
	// Parties are the players whose own options differ from the status quo;
	// options in which states that are one differ do not count.
	Parties []int
	// Tabled says that all terms of an offer on the table hold in it.
	Tabled bool
	// Stays is the probability that evolution from it ends in it.
	Stays float64
}

// worseMargin keeps "more likely than not" apart from rounding.
const worseMargin = 1e-9

// expectation is what a party thinks would happen without agreement: the
// probability of each end state, named by its bits.
type expectation []endState

type endState struct {
	state uint64
	p     float64
}

// agreements finds the agreements in a model, given for every player what it
// expects without one. A state t is an agreement of its parties H, the players
// whose own options differ between the status quo and t (at least two, all
// among those who talk), iff
//
//  1. every party accepts: under what it expects it is more likely than not to
//     end in a state that it likes strictly less than t;
//  2. t is stable for every party under its own foresight;
//  3. no party takes back an option that cannot be taken back;
//  4. no other state that satisfies 1 to 3, with parties among H, is at least
//     as good for every party of t and better for one.
func (f *Foresight) agreements(start int, expects []expectation) []Agreement {
	m := f.m
	talking := m.talking()
	type candidate struct {
		state   int
		parties uint64
	}
	var found []candidate
	from := m.States[start]
	for t, to := range m.States {
		changed, parties := m.change(from, to)
		if bits.OnesCount64(parties) < 2 || parties&^talking != 0 || m.undoes(from, changed) {
			continue
		}
		ok := true
		for rest := parties; rest != 0 && ok; rest &= rest - 1 {
			i := bits.TrailingZeros64(rest)
			ok = m.accepts(i, t, expects[i]) && f.Stable(i, t)
		}
		if ok {
			found = append(found, candidate{t, parties})
		}
	}
	var out []Agreement
	for _, c := range found {
		beaten := slices.ContainsFunc(found, func(d candidate) bool {
			return d.state != c.state && d.parties&^c.parties == 0 && m.betterForAll(d.state, c.state, c.parties)
		})
		if beaten {
			continue
		}
		a := Agreement{State: c.state, Tabled: m.tabled(c.state)}
		for rest := c.parties; rest != 0; rest &= rest - 1 {
			a.Parties = append(a.Parties, bits.TrailingZeros64(rest))
		}
		out = append(out, a)
	}
	return out
}

// change is what differs between two states, as bits, and whose own options
// that concerns, as players. Options in which states that are one differ are
// left out.
func (k *Conflict) change(from, to uint64) (changed, parties uint64) {
	changed = (from ^ to) & k.Fixed(from) & k.Fixed(to)
	for i, p := range k.Players {
		if changed&p.Own != 0 {
			parties |= 1 << i
		}
	}
	return changed, parties
}

// undoes reports whether a change to a state takes back what cannot be.
func (k *Conflict) undoes(from, changed uint64) bool {
	return changed&from&k.forward != 0 || changed&^from&k.back != 0
}

// talking are the players who talk, one bit each.
func (k *Conflict) talking() uint64 {
	var players uint64
	for _, i := range k.TalksParties {
		players |= 1 << i
	}
	return players
}

// accepts reports whether player i prefers state t to what it expects more
// likely than not. A cycle counts as not worse.
func (m *Model) accepts(i, t int, expects expectation) bool {
	var worse float64
	for _, e := range expects {
		if m.prefers(i, m.States[t], e.state) {
			worse += e.p
		}
	}
	return worse > 0.5+worseMargin
}

// prefers reports whether player i strictly prefers state a to b. One of them
// may be feasible only in a world that i cannot tell from the model's own: then
// its statements decide, and an explicit ranking prefers nothing.
func (m *Model) prefers(i int, a, b uint64) bool {
	x, okX := m.Find(a)
	y, okY := m.Find(b)
	if okX && okY {
		return m.Rank[i][x] > m.Rank[i][y]
	}
	if m.explicit[i] != nil {
		return false
	}
	list := m.counted(i, m.World)
	if weighed(list) {
		whole, exact := wholeWeights(list)
		var diff int64
		var approx float64
		for j, s := range list {
			inA, inB := s.want.holds(a, m.World.Atom), s.want.holds(b, m.World.Atom)
			if inA != inB {
				sign := int64(1)
				if inB {
					sign = -1
				}
				diff += sign * whole[j]
				approx += float64(sign) * s.weight
			}
		}
		if exact {
			return diff > 0
		}
		return approx > 0
	}
	for _, s := range list {
		inA, inB := s.want.holds(a, m.World.Atom), s.want.holds(b, m.World.Atom)
		if inA != inB {
			return inA
		}
	}
	return false
}

// betterForAll reports whether a is at least as good as b for every one of the
// players and better for one.
func (m *Model) betterForAll(a, b int, players uint64) bool {
	better := false
	for rest := players; rest != 0; rest &= rest - 1 {
		i := bits.TrailingZeros64(rest)
		if m.Rank[i][a] < m.Rank[i][b] {
			return false
		}
		better = better || m.Rank[i][a] > m.Rank[i][b]
	}
	return better
}

// tabled reports whether all terms of an offer on the table hold in a state.
func (m *Model) tabled(s int) bool {
	return slices.ContainsFunc(m.offers, func(terms []*formula) bool {
		for _, t := range terms {
			if !t.holds(m.States[s], m.World.Atom) {
				return false
			}
		}
		return true
	})
}
