package engine

import (
	"context"
	"fmt"
	"math"
	"math/bits"

	"github.com/demarche/demarche"
)

// maxResolutions bounds in how many ways one player's unsure entries that are
// either so or not can turn out together; maxRanges how many weights may be
// known by their range alone.
const (
	maxResolutions = 1 << 10
	maxRanges      = 12
)

// resolution is one way in which what is unsure about a player's preferences
// could turn out, with its probability.
//
//	rank   the ranking, by all that is not a range
//	fixed  the sum of the weights that are not ranges; nil without ranges
//	holds  for every state which of the statements with a range it satisfies
type resolution struct {
	p     float64
	rank  []int32
	fixed []float64
	holds []uint32
}

// doubt is all that is unsure about one player's preferences.
type doubt struct {
	ways     []resolution
	from, to []float64 // the ranges, by bit of holds
}

// doubts works out the ways in which each player's unsure entries could turn
// out: orders swapped or not, statements dropped or not, each with positive
// probability and independently; weights anywhere in their range, evenly. It is
// nil for a player about whom nothing is unsure.
func (m *Model) doubts(ctx context.Context) ([]*doubt, error) {
	out := make([]*doubt, len(m.Players))
	for i := range m.Players {
		var open []int // entries of either sort
		var ranges []int
		w := World{Atom: m.World.Atom, turn: make([]bool, len(m.unsure)), weight: make([]float64, len(m.unsure))}
		touched := false
		for n, u := range m.unsure {
			w.weight[n] = u.from
			switch {
			case u.player != i:
				continue
			case u.kind == unsureWeight:
				if u.from < u.to {
					ranges = append(ranges, n)
				}
			case u.p >= 1:
				w.turn[n] = true
			case u.p > 0:
				open = append(open, n)
			}
			touched = true
		}
		if !touched || m.explicit[i] != nil {
			continue
		}
		if len(open) > bits.Len(maxResolutions)-1 || len(ranges) > maxRanges {
			return nil, &demarche.Error{
				Kind: demarche.Unavailable, Pos: m.Case.Conflict.Players[i].At,
				Msg:  fmt.Sprintf("%s has %d unsure orders and drops and %d unsure weights; unknown and graded preferences are worked out up to %d and %d", m.Players[i].Name, len(open), len(ranges), bits.Len(maxResolutions)-1, maxRanges),
				Hint: "remove the entries of unsure that matter least",
			}
		}
		d := &doubt{}
		for _, n := range ranges {
			d.from, d.to = append(d.from, m.unsure[n].from), append(d.to, m.unsure[n].to)
		}
		for way := range 1 << len(open) {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			p := 1.0
			for b, n := range open {
				w.turn[n] = way>>b&1 == 1
				if w.turn[n] {
					p *= m.unsure[n].p
				} else {
					p *= 1 - m.unsure[n].p
				}
			}
			r, err := m.resolve(i, w, ranges, p)
			if err != nil {
				return nil, err
			}
			d.add(r)
		}
		out[i] = d
	}
	return out, nil
}

// add takes a resolution in, joining those that are alike.
func (d *doubt) add(r resolution) {
	for n := range d.ways {
		old := &d.ways[n]
		if alike(old, &r) {
			old.p += r.p
			return
		}
	}
	d.ways = append(d.ways, r)
}

func alike(a, b *resolution) bool {
	for s := range a.rank {
		if a.rank[s] != b.rank[s] {
			return false
		}
	}
	for s := range a.fixed {
		if a.fixed[s] != b.fixed[s] || a.holds[s] != b.holds[s] {
			return false
		}
	}
	return true
}

// resolve ranks the states for player i in one way. The part of a ranking by
// weights that is not ranges is that with weights of 0 for them.
func (m *Model) resolve(i int, w World, ranges []int, p float64) (resolution, error) {
	r := resolution{p: p}
	list := m.counted(i, w)
	if !weighed(list) {
		ranges = nil
	}
	for _, n := range ranges {
		w.weight[n] = 0
	}
	other, err := m.In(w)
	if err != nil {
		return r, err
	}
	r.rank = other.Rank[i]
	if len(ranges) == 0 {
		return r, nil
	}
	bit := map[int]int{} // by place of the statement
	for b, n := range ranges {
		bit[m.unsure[n].a] = b
	}
	r.fixed, r.holds = make([]float64, len(m.States)), make([]uint32, len(m.States))
	for s, state := range m.States {
		for _, st := range list {
			if !st.want.holds(state, w.Atom) {
				continue
			}
			if b, ranged := bit[st.Place]; ranged {
				r.holds[s] |= 1 << b
			} else {
				r.fixed[s] += st.weight
			}
		}
	}
	return r, nil
}

// prefers is the probability that the player prefers t to s.
func (d *doubt) prefers(s, t int32) float64 {
	var p float64
	for n := range d.ways {
		r := &d.ways[n]
		p += r.p * d.prefersIn(r, s, t)
	}
	return p
}

func (d *doubt) prefersIn(r *resolution, s, t int32) float64 {
	var gains, losses uint32
	if r.holds != nil {
		gains, losses = r.holds[t]&^r.holds[s], r.holds[s]&^r.holds[t]
	}
	if gains|losses == 0 {
		if r.rank[t] > r.rank[s] {
			return 1
		}
		return 0
	}
	// t − s is a fixed sum, plus weights that t gains, less weights that it
	// loses. Over its least value, every weight adds an even share of its width.
	least := r.fixed[t] - r.fixed[s]
	var widths []float64
	for b := range d.from {
		switch {
		case gains>>b&1 == 1:
			least += d.from[b]
		case losses>>b&1 == 1:
			least -= d.to[b]
		default:
			continue
		}
		widths = append(widths, d.to[b]-d.from[b])
	}
	return 1 - evenSumBelow(widths, -least)
}

// evenSumBelow is the probability that the sum of independent numbers, each
// even between 0 and its width, is at most x: the volume of a box below a plane,
// by inclusion and exclusion over its corners.
func evenSumBelow(widths []float64, x float64) float64 {
	total, scale := 0.0, 1.0
	for n, w := range widths {
		total += w
		scale *= w * float64(n+1)
	}
	slack := 1e-12 * total
	switch {
	case x <= slack:
		return 0
	case x >= total-slack:
		return 1
	}
	var volume float64
	for corner := range 1 << len(widths) {
		rest := x
		for n, w := range widths {
			if corner>>n&1 == 1 {
				rest -= w
			}
		}
		if rest <= 0 {
			continue
		}
		part := math.Pow(rest, float64(len(widths)))
		if bits.OnesCount(uint(corner))&1 == 1 {
			part = -part
		}
		volume += part
	}
	return min(1, max(0, volume/scale))
}

// doubted is the game with what is unsure about preferences taken as unknown
// and weighed. Given, a function that says for player i and states s and t how
// likely it is that i prefers t to s, takes the place of what the case says.
func (g *game) doubted(ctx context.Context, given func(i, s, t int) float64) (*game, error) {
	own := *g
	certain := g.probability
	if given != nil {
		own.probability = func(i int, s, t int32) float64 { return given(i, int(s), int(t)) }
		own.unknown = func(i int, s, t int32) bool {
			p := given(i, int(s), int(t))
			return p > graded && p < 1-graded
		}
		own.strength = func(i int, s, t int32) int {
			switch {
			case given(i, int(s), int(t)) >= 1-graded:
				return 1
			case given(i, int(t), int(s)) >= 1-graded:
				return -1
			}
			return 0
		}
		return &own, nil
	}
	doubts, err := g.doubts(ctx)
	if err != nil {
		return nil, err
	}
	own.probability = func(i int, s, t int32) float64 {
		if d := doubts[i]; d != nil {
			return d.prefers(s, t)
		}
		return certain(i, s, t)
	}
	own.unknown = func(i int, s, t int32) bool {
		d := doubts[i]
		if d == nil {
			return false
		}
		some, all := false, true
		for n := range d.ways {
			p := d.prefersIn(&d.ways[n], s, t)
			some, all = some || p > 0, all && p == 1
			if some && !all {
				return true
			}
		}
		return false
	}
	plain := g.strength
	own.strength = func(i int, s, t int32) int {
		d := doubts[i]
		if d == nil {
			return plain(i, s, t)
		}
		// Where it is known, the first resolution says what all say.
		switch {
		case d.prefersIn(&d.ways[0], s, t) == 1:
			return 1
		case d.prefersIn(&d.ways[0], t, s) == 1:
			return -1
		}
		return 0
	}
	return &own, nil
}
