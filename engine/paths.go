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
}

// ByMoves finds what can be reached from a state by any moves of any players.
// Two moves in a row by one player are one, so a shortest way is always legal.
func (m *Model) ByMoves(ctx context.Context, from int) (*Reach, error) {
	return m.reachFrom(ctx, from, m.Moves)
}

// ByImprovements finds what can be reached from a state when everybody moves
// only to what it prefers.
func (m *Model) ByImprovements(ctx context.Context, from int) (*Reach, error) {
	return m.reachFrom(ctx, from, m.Improvements)
}

func (m *Model) reachFrom(ctx context.Context, from int, step func([]int, int, int) []int) (*Reach, error) {
	r := &Reach{From: from, Steps: make([]int32, len(m.States)), m: m, step: step}
	for s := range r.Steps {
		r.Steps[s] = -1
	}
	r.Steps[from] = 0
	queue, next := []int{from}, []int(nil)
	for head := 0; head < len(queue); head++ {
		if head&0xFFF == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s := queue[head]
		for i := range m.Players {
			next = step(next[:0], i, s)
			for _, t := range next {
				if r.Steps[t] < 0 {
					r.Steps[t] = r.Steps[s] + 1
					queue = append(queue, t)
				}
			}
		}
	}
	return r, nil
}

// Shortest gives up to limit shortest ways to a state, in a fixed order, and
// whether there are more. There is none to where Steps is −1 and an empty one
// to the state itself.
func (r *Reach) Shortest(to, limit int) (ways [][]Step, more bool) {
	if r.Steps[to] < 0 {
		return nil, false
	}
	// Only states on some shortest way lead on: find them from the end.
	onWay := map[int][]Step{}
	var back func(t int)
	back = func(t int) {
		if _, met := onWay[t]; met || t == r.From {
			return
		}
		onWay[t] = nil
		for i := range r.m.Players {
			for _, s := range r.m.entries(nil, i, t) {
				if r.Steps[s] != r.Steps[t]-1 || !slices.Contains(r.step(nil, i, s), t) {
					continue
				}
				onWay[t] = append(onWay[t], Step{Player: i, From: s, To: t})
				back(s)
			}
		}
	}
	back(to)
	var walk func(t int, tail []Step)
	walk = func(t int, tail []Step) {
		if t == r.From {
			if len(ways) == limit {
				more = true
				return
			}
			way := slices.Clone(tail)
			slices.Reverse(way)
			ways = append(ways, way)
			return
		}
		for _, st := range onWay[t] {
			if more {
				return
			}
			walk(st.From, append(tail, st))
		}
	}
	walk(to, nil)
	return ways, more
}

// entries appends to dst the states from which player i can move to t.
func (m *Model) entries(dst []int, i, t int) []int {
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
