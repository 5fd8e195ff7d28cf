package engine

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/demarche/demarche"
)

// Limited-move stability (Kilgour 1985; Zagare 1984; the texts were not at hand,
// the definition for two players is as later papers state it). With strict
// preferences and two players i and j, let G_0(i, s) = s. With h moves left, i
// at s looks at every move t in R_i(s) and at where it would end, G_{h−1}(j, t).
// If the best such end is better for i than s, it makes that move and G_h(i, s)
// is that end; otherwise it stays and G_h(i, s) = s. State s is L_h stable for i
// iff G_h(i, s) = s. L_1 is Nash stability.
//
// Ties. The sources demand strict preferences. Here G_h(i, s) is the set of all
// ends that may come about; a player values a move by the worst of its ends,
// moves only if the best value is above that of s, and makes any of the moves
// with that value. Nothing then depends on the order in which states or players
// are written down, and without ties every set has one member.
//
// More than two players. The older definitions differ from one another; ours is
// one of caution, and is Kilgour's for two: after i's move to t with h−1 moves
// left, any other player that would move from t may be the one that does. The
// ends of the move are A_{h−1}(i, t): the union of G_{h−1}(j, t) over the j ≠ i
// that would move, and t alone if none would.
//
//	G_0(i, s) = {s}
//	v_h(i, t) = the worst rank for i in A_{h−1}(i, t)
//	G_h(i, s) = the union of A_{h−1}(i, t) over the t in R_i(s) with the
//	            greatest v_h(i, t), if that is above the rank of s; else {s}
//
// Non-myopic stability (Brams and Wittman 1981; Kilgour 1984; as later papers
// state it): s is stable for i iff from some h on G_h(i, s) = {s} for good. All
// G_h together follow from all G_{h−1}, so that from some h on they repeat in a
// cycle; s must be L_h stable throughout it.
//
// Stackelberg stability (von Stackelberg 1934; Fang, Hipel and Kilgour 1993; as
// later papers state it), for a chosen leader: L_2 stable for the leader, Nash
// stable for every other player.
type lookahead struct {
	*game
	ctx context.Context
	h   int
	// ends[i][s] is G_h(i, s), ascending; moved[i] are the states from which i
	// would move.
	ends  [][][]int32
	moved []Set
	// after[i][t] is A_h(i, t), value[i][t] the worst rank for i in it.
	after [][][]int32
	value [][]int32
}

func newLookahead(ctx context.Context, g *game) *lookahead {
	l := &lookahead{game: g, ctx: ctx}
	self := make([][]int32, g.n)
	one := make([]int32, g.n)
	for s := range self {
		one[s] = int32(s)
		self[s] = one[s : s+1 : s+1]
	}
	for i := range g.players {
		l.ends = append(l.ends, slices.Clone(self))
		l.moved = append(l.moved, NewSet(g.n))
		l.after = append(l.after, slices.Clone(self))
		l.value = append(l.value, slices.Clone(g.rank[i]))
	}
	return l
}

// deepen takes h to h+1.
func (l *lookahead) deepen() error {
	ends, moved := make([][][]int32, l.players), make([]Set, l.players)
	each(l.players, func(i int) {
		ends[i], moved[i] = make([][]int32, l.n), NewSet(l.n)
		for s := range int32(l.n) {
			if s&0xFF == 0 && l.ctx.Err() != nil {
				return
			}
			ends[i][s] = l.choose(i, s)
			if ends[i][s] == nil {
				ends[i][s] = []int32{s}
			} else {
				moved[i].Add(int(s))
			}
		}
	})
	if err := l.ctx.Err(); err != nil {
		return err
	}
	l.h, l.ends, l.moved = l.h+1, ends, moved
	after, value := make([][][]int32, l.players), make([][]int32, l.players)
	each(l.players, func(i int) {
		after[i], value[i] = make([][]int32, l.n), make([]int32, l.n)
		for t := range int32(l.n) {
			if t&0xFF == 0 && l.ctx.Err() != nil {
				return
			}
			after[i][t] = l.follow(i, t)
			worst := int32(math.MaxInt32)
			for _, x := range after[i][t] {
				worst = min(worst, l.rank[i][x])
			}
			value[i][t] = worst
		}
	})
	l.after, l.value = after, value
	return l.ctx.Err()
}

// choose is where i's best moves from s end, nil if it stays.
func (l *lookahead) choose(i int, s int32) []int32 {
	best := l.rank[i][s]
	for _, t := range l.reach[i][s] {
		best = max(best, l.value[i][t])
	}
	if best == l.rank[i][s] {
		return nil
	}
	var out []int32
	for _, t := range l.reach[i][s] {
		if l.value[i][t] == best {
			out = merged(out, l.after[i][t])
		}
	}
	return out
}

// follow is where things may end after i's move to t.
func (l *lookahead) follow(i int, t int32) []int32 {
	var out []int32
	for j := range l.players {
		if j != i && l.moved[j].Has(int(t)) {
			out = merged(out, l.ends[j][t])
		}
	}
	if out == nil {
		out = []int32{t}
	}
	return out
}

// merged joins two ascending lists; either may be returned as it is.
func merged(a, b []int32) []int32 {
	switch {
	case a == nil:
		return b
	case slices.Equal(a, b):
		return a
	}
	out := make([]int32, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		case a[0] > b[0]:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	out = append(out, a...)
	return append(out, b...)
}

// staying are the states that player i would not leave.
func (l *lookahead) staying(i int) Set {
	out := NewSet(l.n)
	out.fill(l.n)
	for w := range out {
		out[w] &^= l.moved[i][w]
	}
	return out
}

// limitedMove is the set of L_h stable states for every player.
func (g *game) limitedMove(ctx context.Context, h int) ([]Set, error) {
	l := newLookahead(ctx, g)
	for range h {
		before := l.ends
		if err := l.deepen(); err != nil {
			return nil, err
		}
		if sameEnds(before, l.ends) {
			break // nothing changes any more
		}
	}
	out := make([]Set, g.players)
	for i := range out {
		out[i] = l.staying(i)
	}
	return out, nil
}

func sameEnds(a, b [][][]int32) bool {
	for i := range a {
		for s := range a[i] {
			if !slices.Equal(a[i][s], b[i][s]) {
				return false
			}
		}
	}
	return true
}

// maxRounds is how far anticipations are followed in search of their cycle.
const maxRounds = 100000

// nonMyopic is the set of non-myopically stable states for every player.
func (g *game) nonMyopic(ctx context.Context) ([]Set, error) {
	l, length, err := g.comeRound(ctx)
	if err != nil {
		return nil, err
	}
	return g.throughout(l, length)
}

// comeRound follows what players anticipate into its cycle, and finds the length
// of that by Brent's method (1980): a snapshot is kept at every power of two,
// until it comes again.
func (g *game) comeRound(ctx context.Context) (l *lookahead, length int, err error) {
	l = newLookahead(ctx, g)
	kept := l.ends
	for power, since := 1, 0; ; {
		if since == power {
			kept, power, since = l.ends, power*2, 0
		}
		if err := l.deepen(); err != nil {
			return nil, 0, err
		}
		since++
		if sameEnds(kept, l.ends) {
			return l, since, nil
		}
		if l.h > maxRounds {
			return nil, 0, &demarche.Error{
				Kind: demarche.Unavailable, Pos: g.Case.Conflict.At,
				Msg:  fmt.Sprintf("what the players anticipate does not come round within %s moves", thousands(maxRounds)),
				Hint: "ask for limited-move stability instead, such as l4, or make the model smaller",
			}
		}
	}
}

// throughout is what stays stable over a cycle of a known length.
func (g *game) throughout(l *lookahead, length int) ([]Set, error) {
	out := make([]Set, g.players)
	for i := range out {
		out[i] = l.staying(i)
	}
	for range length - 1 {
		if err := l.deepen(); err != nil {
			return nil, err
		}
		for i := range out {
			out[i].keep(l.staying(i))
		}
	}
	return out, nil
}
