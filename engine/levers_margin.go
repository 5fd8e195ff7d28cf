package engine

import (
	"context"
	"encoding/binary"
	"slices"
)

// Margin is how far preferences can be off before an equilibrium is none.
type Margin struct {
	State int
	// Rankings counts swaps of neighbours in players' rankings of the states, in
	// which states that a player likes equally move together; Statements counts swaps
	// of neighbouring statements in players' lists. Both are over all players together.
	Rankings, Statements Breaking
}

// Breaking is the least number of swaps after which a state is no equilibrium.
type Breaking struct {
	// Swaps is -1 if none was found.
	Swaps int
	// UpTo says that no smaller number than UpTo+1 does it; Never that no number does.
	// Swaps is known to be the least where it is UpTo+1.
	UpTo  int
	Never bool
	// Players are those whose rankings or lists change, Loses the first player for
	// whom the state is then not stable; of statements, Order is the order, by place,
	// of each of Players' lists.
	Players []int
	Loses   int
	Order   [][]int
}

// How far and how long margin looks.
const (
	maxSwaps      = 3
	maxBreakTries = 60_000
	maxBreakWork  = 1 << 26 // tries, times states
)

// Margin works out how far preferences can change before state s, an
// equilibrium under the given concepts (nil: each player's own foresight), is
// none. If it is none already, both numbers of swaps are 0.
func (m *Model) Margin(ctx context.Context, s int, concepts []Concept) (*Margin, error) {
	concepts, err := m.conceptsOr(concepts)
	if err != nil {
		return nil, err
	}
	out := &Margin{State: s}
	err = halting(func() error {
		l := newLocal(ctx, m)
		if loses := l.firstUnstable(s, concepts); loses >= 0 {
			out.Rankings.Loses, out.Statements.Loses = loses, loses
			return nil
		}
		if err := out.byRankings(ctx, l, concepts); err != nil {
			return err
		}
		return out.byStatements(ctx, l, concepts)
	})
	return out, err
}

// byRankings: what a player's own ranking can do is known in full (see distance).
// Where replies must serve those who make them, rankings can also break the state
// for others; those within reach are tried.
func (r *Margin) byRankings(ctx context.Context, l *local, concepts []Concept) error {
	b := &r.Rankings
	b.Swaps = -1
	for i, c := range concepts {
		clauses, err := l.clauses(ctx, r.State, i, c)
		if err != nil {
			return err
		}
		d := Demand{Player: i, Clauses: clauses, Holds: true}
		if _, fall := d.distance(l.Rank[i], r.State, l.Best[i]); fall > 0 && (b.Swaps < 0 || fall < b.Swaps) {
			*b = Breaking{Swaps: fall, Players: []int{i}, Loses: i}
		}
	}
	if !l.repliesMatter(concepts) {
		b.Never = b.Swaps < 0
		b.UpTo = max(0, b.Swaps-1)
		return nil
	}
	start := make([][]int, len(l.Players)) // classes of indifference, worst first
	for i := range start {
		for class := range l.Best[i] + 1 {
			start[i] = append(start[i], int(class))
		}
	}
	rankOf := func(i int, order []int) []int32 {
		at := make([]int32, len(order))
		for place, class := range order {
			at[class] = int32(place)
		}
		rank := make([]int32, len(l.States))
		for x, class := range l.Model.Rank[i] {
			rank[x] = at[class]
		}
		return rank
	}
	most := maxSwaps
	if b.Swaps > 0 {
		most = min(most, b.Swaps-1)
	}
	found := l.nearestBreak(ctx, r.State, concepts, start, rankOf, most)
	if found.Swaps > 0 {
		*b = found
		b.Order = nil
	} else {
		b.UpTo = found.UpTo
	}
	return nil
}

func (r *Margin) byStatements(ctx context.Context, l *local, concepts []Concept) error {
	start := make([][]int, len(l.Players))
	w := &leverSearch{Levers: &Levers{Model: l.Model}, k: l.Conflict, ctx: ctx}
	lists := make([]*wishes, len(l.Players))
	for i := range start {
		if lists[i] = w.wishesOf(i); lists[i] != nil && !lists[i].weighed {
			for j := range lists[i].truth {
				start[i] = append(start[i], j)
			}
		}
	}
	if !slices.ContainsFunc(start, func(list []int) bool { return len(list) > 1 }) {
		r.Statements.Swaps = -1 // there is nothing to swap
		return nil
	}
	r.Statements = l.nearestBreak(ctx, r.State, concepts, start, func(i int, order []int) []int32 {
		items := make([]wish, len(order))
		for n, j := range order {
			items[n] = wish(j)
		}
		return w.rankOf(lists[i], items)
	}, maxSwaps)
	return nil
}

// reordered is a player's list after some swaps of neighbours.
type reordered struct {
	order []int
	rank  []int32 // nil if another list, reached by as few swaps, ranks alike
}

// nearestBreak tries all ways of swapping neighbours in players' lists, fewest
// first, up to most swaps in all or until it has tried enough.
func (l *local) nearestBreak(ctx context.Context, s int, concepts []Concept, start [][]int, rankOf func(i int, order []int) []int32, most int) Breaking {
	n := len(l.Players)
	layers := make([][][]reordered, n) // by player and number of swaps
	seen := make([]map[string]bool, n)
	ranks := make([]map[string]bool, n)
	for i := range n {
		layers[i] = [][]reordered{{{order: start[i], rank: l.Model.Rank[i]}}}
		seen[i] = map[string]bool{orderKey(start[i]): true}
		ranks[i] = map[string]bool{string(rankKey(l.Model.Rank[i])): true}
	}
	tries, enough := 0, min(maxBreakTries, maxBreakWork/len(l.States))
	// layer is the lists of player i after so many swaps; ok is false if they are
	// too many.
	layer := func(i, swaps int) (list []reordered, ok bool) {
		for len(layers[i]) <= swaps {
			var next []reordered
			for _, from := range layers[i][len(layers[i])-1] {
				for at := 1; at < len(from.order); at++ {
					order := slices.Clone(from.order)
					order[at-1], order[at] = order[at], order[at-1]
					if key := orderKey(order); seen[i][key] {
						continue
					} else if seen[i][key] = true; len(seen[i]) > enough {
						return nil, false
					}
					poll(ctx, len(next)<<5)
					to := reordered{order: order, rank: rankOf(i, order)}
					if key := string(rankKey(to.rank)); ranks[i][key] {
						to.rank = nil
					} else {
						ranks[i][key] = true
					}
					next = append(next, to)
				}
			}
			layers[i] = append(layers[i], next)
		}
		return layers[i][swaps], true
	}
	alone := !l.repliesMatter(concepts)
	chosen := make([]*reordered, n)
	var rec func(i, left int) (loses int, ok bool)
	rec = func(i, left int) (int, bool) {
		if left == 0 {
			if tries++; tries > enough {
				return -1, false
			}
			poll(ctx, tries<<10)
			return l.firstUnstable(s, concepts), true
		}
		if i == n {
			return -1, true
		}
		for swaps := 0; swaps <= left; swaps++ {
			if swaps == 0 {
				if loses, ok := rec(i+1, left); loses >= 0 || !ok {
					return loses, ok
				}
				continue
			}
			if alone && swaps < left {
				continue // what several players change breaks it for none that one alone does not
			}
			list, ok := layer(i, swaps)
			if !ok {
				return -1, false
			}
			for n := range list {
				if list[n].rank == nil {
					continue
				}
				chosen[i], l.rank[i] = &list[n], list[n].rank
				loses, ok := rec(i+1, left-swaps)
				l.rank[i] = l.Model.Rank[i]
				if loses >= 0 || !ok {
					return loses, ok
				}
				chosen[i] = nil
			}
		}
		return -1, true
	}
	l.rank = slices.Clone(l.Model.Rank)
	out := Breaking{Swaps: -1}
	for swaps := 1; swaps <= most; swaps++ {
		loses, ok := rec(0, swaps)
		if loses >= 0 {
			out.Swaps, out.Loses = swaps, loses
			for i, c := range chosen {
				if c != nil {
					out.Players = append(out.Players, i)
					out.Order = append(out.Order, c.order)
				}
			}
			return out
		}
		if !ok {
			return out
		}
		out.UpTo = swaps
	}
	return out
}

func orderKey(order []int) string {
	var key []byte
	for _, v := range order {
		key = binary.LittleEndian.AppendUint32(key, uint32(v))
	}
	return string(key)
}

// Near is how far a state is from holding by players' own rankings.
type Near struct {
	State int
	// Rise is the sum over players of Demand.Rise: 0 where it holds.
	Rise int
}

// Nearness orders states by how far they would have to rise, nearest first. Of very
// many in a large model only the first are looked at: those in the result.
func (m *Model) Nearness(ctx context.Context, states []int, concepts []Concept) ([]Near, error) {
	concepts, err := m.conceptsOr(concepts)
	if err != nil {
		return nil, err
	}
	states = states[:min(len(states), max(1, maxTargetWork/len(m.States)))]
	out := make([]Near, 0, len(states))
	err = halting(func() error {
		for _, s := range states {
			near := Near{State: s}
			for i, c := range concepts {
				clauses, err := m.clauses(ctx, s, i, c)
				if err != nil {
					return err
				}
				rank := m.Rank[i]
				d := Demand{Player: i, Clauses: clauses}
				d.Holds = d.met(func(x int) bool { return rank[x] <= rank[s] })
				rise, _ := d.distance(rank, s, m.Best[i])
				near.Rise += rise
			}
			out = append(out, near)
		}
		return ctx.Err()
	})
	slices.SortStableFunc(out, func(a, b Near) int { return a.Rise - b.Rise })
	return out, err
}
