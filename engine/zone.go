package engine

import (
	"cmp"
	"math/bits"
	"slices"
)

// Zone is the bargaining zone: what could be agreed. A state t is in the zone of
// a world iff
//
//  1. its parties, the players whose own options differ between the status quo
//     and t, are at least two and all among those who talk;
//  2. each of them accepts: under what it expects without agreement it is more
//     likely than not to end in a state that it likes strictly less than t;
//  3. nobody takes back an option that cannot be taken back.
//
// It is on the Pareto front of a world iff no other state of the zone is at least
// as good for everybody who talks and better for one. Every agreement is in the
// zone; a state of the zone is an agreement if it is also kept and not bettered.
type Zone struct {
	// States are those that are in the zone of some world: those of the typical
	// world first, then the likeliest to be kept, the likeliest to be in it,
	// ascending.
	States []ZoneState
	// Typical is how many are in the zone of the typical world, Kept how many of
	// them are stable for their parties, Front how many of them are on the front.
	Typical, Kept, Front int
	// Empty is the probability that the zone is empty.
	Empty float64
}

// ZoneState is a state of the bargaining zone.
type ZoneState struct {
	State   uint64
	Parties []int
	Force   bool // it begins a use of force that is not made in the status quo
	// Typical says that it is in the zone of the typical world; the next four are
	// about that world: it is stable for every party under its own foresight; no
	// other of the zone is better for one who talks and worse for none; everybody
	// who talks accepts it, whether or not it has to act; it is an agreement.
	Typical, Kept, Front, Everyone, Agreement bool
	// The probabilities of the same over all worlds.
	P, PKept, PFront, PEveryone, PAgreement float64
}

// Between is what lies between two offers on the table: the states of the
// typical world's zone that everybody who talks ranks at least as high as the
// offer that it likes less and at most as high as the one that it likes more,
// but for the two themselves. So everyone meets the other half-way or better.
type Between struct {
	A, B int // places in OfferReport.Offers, A before B
	// States are places in Zone.States, agreements first, then what is kept.
	States []int
	// Same says that the two propose one state.
	Same bool
}

// zoneMember is a state of the zone in one world.
type zoneMember struct {
	at                               int
	parties                          uint64
	kept, front, everyone, agreement bool
}

// zone finds the bargaining zone, ascending, given what everybody who talks
// accepts.
func (f *Foresight) zone(start int, accepts []Set, agreements []Agreement) []zoneMember {
	m := f.m
	talking := m.talking()
	from := m.States[start]
	var out []zoneMember
	all := func(players uint64, is func(i int) bool) bool {
		for rest := players; rest != 0; rest &= rest - 1 {
			if !is(bits.TrailingZeros64(rest)) {
				return false
			}
		}
		return true
	}
	for t, to := range m.States {
		changed, parties := m.change(from, to)
		if bits.OnesCount64(parties) < 2 || parties&^talking != 0 || m.undoes(from, changed) {
			continue
		}
		accepted := func(i int) bool { return accepts[i].Has(t) }
		if !all(parties, accepted) {
			continue
		}
		out = append(out, zoneMember{
			at: t, parties: parties,
			kept:     all(parties, func(i int) bool { return f.Stable(i, t) }),
			everyone: all(talking, accepted),
		})
	}
	for _, a := range agreements {
		n, _ := slices.BinarySearchFunc(out, a.State, func(z zoneMember, t int) int { return z.at - t })
		out[n].agreement = true
	}
	m.front(out, talking)
	return out
}

// front marks what is not bettered. Whatever betters a state has a greater sum of
// ranks, and what is bettered is bettered by something on the front: taken from
// the greatest sum down, each state need be compared with the front alone.
func (m *Model) front(zone []zoneMember, talking uint64) {
	sums := make([]int64, len(zone))
	order := make([]int, len(zone))
	for n, z := range zone {
		order[n] = n
		for rest := talking; rest != 0; rest &= rest - 1 {
			sums[n] += int64(m.Rank[bits.TrailingZeros64(rest)][z.at])
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sums[b], sums[a]) })
	var front []int
	for _, n := range order {
		if !slices.ContainsFunc(front, func(t int) bool { return m.betterForAll(t, zone[n].at, talking) }) {
			zone[n].front = true
			front = append(front, zone[n].at)
		}
	}
}

// zone adds up the bargaining zones of all worlds.
func (j *judging) zone() Zone {
	var out Zone
	states := map[uint64]*ZoneState{}
	entry := func(m *Model, z zoneMember) *ZoneState {
		state := m.States[z.at]
		s := states[state]
		if s == nil {
			s = &ZoneState{State: state, Parties: players(z.parties), Force: j.BeginsForce(state)}
			states[state] = s
		}
		return s
	}
	for _, c := range j.cases {
		if len(c.zone) == 0 {
			out.Empty += c.weight
		}
		for _, z := range c.zone {
			s := entry(c.solved.model, z)
			s.P += c.weight
			for _, v := range []struct {
				is bool
				p  *float64
			}{{z.kept, &s.PKept}, {z.front, &s.PFront}, {z.everyone, &s.PEveryone}, {z.agreement, &s.PAgreement}} {
				if v.is {
					*v.p += c.weight
				}
			}
		}
	}
	for _, z := range j.typical.zone {
		s := entry(j.typical.solved.model, z)
		s.Typical, s.Kept, s.Front, s.Everyone, s.Agreement = true, z.kept, z.front, z.everyone, z.agreement
		out.Typical++
		if z.kept {
			out.Kept++
		}
		if z.front {
			out.Front++
		}
	}
	for _, s := range states {
		out.States = append(out.States, *s)
	}
	slices.SortFunc(out.States, func(a, b ZoneState) int {
		return cmp.Or(trueFirst(a.Typical, b.Typical), byShare(b.PKept, a.PKept), byShare(b.P, a.P), cmp.Compare(a.State, b.State))
	})
	return out
}

// trueFirst compares two truths so that what is true comes first.
func trueFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// between finds what lies between each two offers on the table.
func (j *judging) between(rep *OfferReport) []Between {
	if !j.HasTalks {
		return nil
	}
	m := j.typical.solved.model
	var out []Between
	for a := range rep.Offers {
		for b := a + 1; b < len(rep.Offers); b++ {
			x, y := &rep.Offers[a], &rep.Offers[b]
			if !x.Tabled || !y.Tabled || !x.Fits || !y.Fits {
				continue
			}
			v := Between{A: a, B: b, Same: x.State == y.State}
			s, _ := m.Find(x.State)
			t, _ := m.Find(y.State)
			for n, z := range rep.Zone.States {
				if !z.Typical || z.State == x.State || z.State == y.State {
					continue
				}
				u, _ := m.Find(z.State)
				if !slices.ContainsFunc(m.TalksParties, func(i int) bool {
					r := m.Rank[i]
					return r[u] < min(r[s], r[t]) || r[u] > max(r[s], r[t])
				}) {
					v.States = append(v.States, n)
				}
			}
			slices.SortStableFunc(v.States, func(n, o int) int {
				p, q := &rep.Zone.States[n], &rep.Zone.States[o]
				return cmp.Or(trueFirst(p.Agreement, q.Agreement), trueFirst(p.Kept, q.Kept))
			})
			out = append(out, v)
		}
	}
	return out
}
