package engine

import (
	"context"
	"slices"
)

// Reach says how every state can be reached from one.
type Reach struct {
	From int
	// Steps is the least number of moves to each state, −1 if there is no way.
	Steps []int32
	m     *Model
	step  func(dst []int, i, s int) []int
	// after is the same for every juncture, where it matters who moved last.
	after map[juncture]int32
}

// ByMoves finds what can be reached from a state by any legal sequence of moves
// of any players.
func (m *Model) ByMoves(ctx context.Context, from int) (*Reach, error) {
	return m.reachFrom(ctx, from, m.Moves)
}

// ByImprovements finds what can be reached from a state when everybody moves
// only to what it prefers.
func (m *Model) ByImprovements(ctx context.Context, from int) (*Reach, error) {
	return m.reachFrom(ctx, from, m.Improvements)
}

// ByMixedMoves finds what can be reached from a state when the players marked
// improving move only to what they prefer, and the others as they like.
func (m *Model) ByMixedMoves(ctx context.Context, from int, improving []bool) (*Reach, error) {
	return m.reachFrom(ctx, from, func(dst []int, i, s int) []int {
		if improving[i] {
			return m.Improvements(dst, i, s)
		}
		return m.Moves(dst, i, s)
	})
}

func (m *Model) reachFrom(ctx context.Context, from int, step func([]int, int, int) []int) (*Reach, error) {
	r := &Reach{From: from, Steps: make([]int32, len(m.States)), m: m, step: step}
	for s := range r.Steps {
		r.Steps[s] = -1
	}
	r.Steps[from] = 0
	if m.nets != nil {
		r.after = map[juncture]int32{{from, nobody}: 0}
	}
	queue, next := []juncture{{from, nobody}}, []int(nil)
	for head := 0; head < len(queue); head++ {
		if head&0xFFF == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		at := queue[head]
		steps := r.stepsTo(at) + 1
		for i := range m.Players {
			if i == at.last {
				continue
			}
			next = step(next[:0], i, at.state)
			for _, t := range next {
				on := m.juncture(t, i)
				if r.stepsTo(on) >= 0 {
					continue
				}
				if r.Steps[t] < 0 {
					r.Steps[t] = steps
				}
				if r.after != nil {
					r.after[on] = steps
				}
				queue = append(queue, on)
			}
		}
	}
	return r, nil
}

// stepsTo is the least number of moves to a juncture, −1 if there is no way.
func (r *Reach) stepsTo(at juncture) int32 {
	if r.after == nil {
		return r.Steps[at.state]
	}
	if n, met := r.after[at]; met {
		return n
	}
	return -1
}

// Shortest gives up to limit shortest ways to a state, in a fixed order, and
// whether there are more. There is none to where Steps is −1 and an empty one
// to the state itself.
func (r *Reach) Shortest(to, limit int) (ways [][]Step, more bool) {
	if r.Steps[to] < 0 {
		return nil, false
	}
	// Only junctures on some shortest way lead on: find them from the end.
	type entry struct {
		Step
		from juncture
	}
	onWay := map[juncture][]entry{}
	var back func(at juncture)
	back = func(at juncture) {
		if _, met := onWay[at]; met || r.stepsTo(at) == 0 {
			return
		}
		onWay[at] = nil
		for i := range r.m.Players {
			if r.m.nets != nil && i != at.last {
				continue
			}
			for _, s := range r.m.entries(nil, i, at.state) {
				if r.Steps[s] < 0 || r.Steps[s] > r.stepsTo(at)-1 || !slices.Contains(r.step(nil, i, s), at.state) {
					continue
				}
				for _, from := range r.arrivals(s) {
					if from.last != nobody && from.last == i || r.stepsTo(from) != r.stepsTo(at)-1 {
						continue
					}
					onWay[at] = append(onWay[at], entry{Step{Player: i, From: s, To: at.state}, from})
					back(from)
				}
			}
		}
	}
	var walk func(at juncture, tail []Step)
	walk = func(at juncture, tail []Step) {
		if r.stepsTo(at) == 0 {
			if len(ways) == limit {
				more = true
				return
			}
			way := slices.Clone(tail)
			slices.Reverse(way)
			ways = append(ways, way)
			return
		}
		for _, e := range onWay[at] {
			if more {
				return
			}
			walk(e.from, append(tail, e.Step))
		}
	}
	for _, end := range r.arrivals(to) {
		if r.stepsTo(end) == r.Steps[to] && !more {
			back(end)
			walk(end, nil)
		}
	}
	return ways, more
}

// arrivals are the junctures at a state.
func (r *Reach) arrivals(s int) []juncture {
	if r.after == nil {
		return []juncture{{s, nobody}}
	}
	var out []juncture
	for i := nobody; i < len(r.m.Players); i++ {
		if _, met := r.after[juncture{s, i}]; met {
			out = append(out, juncture{s, i})
		}
	}
	return out
}

// entries appends to dst the states from which player i can move to t.
func (m *Model) entries(dst []int, i, t int) []int {
	if m.nets != nil {
		for _, s := range m.nets[i].into(t) {
			dst = append(dst, int(s))
		}
		return dst
	}
	bl := &m.moves[i]
	for _, b := range bl.below(bl.of(t)) {
		for _, s := range bl.order[bl.start[b]:bl.start[b+1]] {
			if int(s) != t {
				dst = append(dst, int(s))
			}
		}
	}
	return dst
}
