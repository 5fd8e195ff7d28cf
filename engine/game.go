package engine

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/demarche/demarche"
)

// game is a model as plain lists: the form in which every concept outside the
// linear-time five is analysed.
//
//	reach[i][s]  the states that player i can move to from s, ascending
//	rank[i][s]   how player i ranks state s, from the worst, 0
//	strength     how much better t is for i than s: above 0 better, 0 equal,
//	             below 0 worse; 1 mildly, 2 strongly, 3 very strongly
//	unknown      whether it is not known whether i prefers t to s
//	probability  how likely it is that i prefers t to s
type game struct {
	*Model
	n, players  int
	reach       [][][]int32
	rank        [][]int32
	strength    func(i int, s, t int32) int
	unknown     func(i int, s, t int32) bool
	probability func(i int, s, t int32) float64
}

// better reports whether t is known to be strictly better for i than s.
func (g *game) better(i int, s, t int32) bool { return !g.unknown(i, s, t) && g.strength(i, s, t) > 0 }

// MaxGameStates is the size up to which concepts beyond the main five are
// worked out unless the caller allows more. Their sets of states reachable from
// every state take states² bits for each player at work.
const MaxGameStates = 1 << 14

// optionForm reports whether a state is what options are taken, no more and no
// less.
func (k *Conflict) optionForm() bool { return k.graph == nil && len(k.same) == 0 }

// game lays the model out as lists. Preferences are those of the model's world:
// all known.
func (m *Model) game(ctx context.Context, limit int) (*game, error) {
	if limit == 0 {
		limit = MaxGameStates
	}
	if n := len(m.States); n > limit {
		return nil, &demarche.Error{
			Kind: demarche.Unavailable, Pos: m.Case.Conflict.At,
			Msg:  fmt.Sprintf("the model has %s states; concepts beyond nash, gmr, smr, seq and sseq are worked out up to %s", thousands(uint64(n)), thousands(uint64(limit))),
			Hint: "add rules for combinations that cannot be, make states one under same, or ask for the five main concepts only",
		}
	}
	g := &game{Model: m, n: len(m.States), players: len(m.Players), rank: m.Rank}
	g.reach = make([][][]int32, g.players)
	each(g.players, func(i int) { g.reach[i] = m.reachLists(ctx, i) })
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	g.strength = g.strengths()
	g.unknown = func(int, int32, int32) bool { return false }
	g.probability = func(i int, s, t int32) float64 {
		if g.rank[i][t] > g.rank[i][s] {
			return 1
		}
		return 0
	}
	return g, nil
}

// reachLists are the moves of player i from every state, ascending.
func (m *Model) reachLists(ctx context.Context, i int) [][]int32 {
	out := make([][]int32, len(m.States))
	var moves []int
	var all []int32
	for s := range m.States {
		if s&0xFF == 0 && ctx.Err() != nil {
			return out
		}
		moves = m.Moves(moves[:0], i, s)
		from := len(all)
		for _, t := range moves {
			all = append(all, int32(t))
		}
		slices.Sort(all[from:])
		out[s] = all[from:len(all):len(all)]
	}
	return out
}

// seenWith is the game as a player sees it who takes the preferences to be
// those of rank.
func (g *game) seenWith(rank [][]int32) *game {
	own := *g
	own.rank = rank
	own.strength = own.rankStrength
	own.probability = func(i int, s, t int32) float64 {
		if rank[i][t] > rank[i][s] {
			return 1
		}
		return 0
	}
	return &own
}

func (g *game) rankStrength(i int, s, t int32) int { return int(g.rank[i][t]) - int(g.rank[i][s]) }

// strengths is the strength of preference from the players' degrees: the gap
// from which a preference counts as strong and, where a second is given, as very
// strong. The gap is counted in places of the ranking for statements and
// rankings, and in payoff for payoffs, where a billionth of the gap is forgiven
// for rounding. Without degrees every preference is mild.
func (g *game) strengths() func(i int, s, t int32) int {
	type scale struct {
		payoffs []float64
		gap     [2]float64
	}
	scales := make([]scale, g.players)
	for i := range scales {
		p := &g.Case.Conflict.Players[i]
		sc := &scales[i]
		sc.gap = [2]float64{math.Inf(1), math.Inf(1)}
		for d, v := range p.Degrees[:min(len(p.Degrees), 2)] {
			sc.gap[d] = v * (1 - 1e-9)
		}
		if len(p.Payoffs) == g.n {
			sc.payoffs = p.Payoffs
		}
	}
	return func(i int, s, t int32) int {
		a, b := g.rank[i][s], g.rank[i][t]
		if a == b {
			return 0
		}
		sc := &scales[i]
		gap := math.Abs(float64(b) - float64(a))
		if sc.payoffs != nil {
			gap = math.Abs(sc.payoffs[t] - sc.payoffs[s])
		}
		grade := 1
		if gap >= sc.gap[0] {
			grade = 2
		}
		if gap >= sc.gap[1] {
			grade = 3
		}
		if b < a {
			return -grade
		}
		return grade
	}
}

// filtered is the moves of every player that keep allows.
func (g *game) filtered(ctx context.Context, keep func(j int, s, t int32) bool) ([][][]int32, error) {
	out := make([][][]int32, g.players)
	each(g.players, func(j int) {
		lists := make([][]int32, g.n)
		var all []int32
		for s := range int32(g.n) {
			if s&0xFF == 0 && ctx.Err() != nil {
				break
			}
			from := len(all)
			for _, t := range g.reach[j][s] {
				if keep(j, s, t) {
					all = append(all, t)
				}
			}
			lists[s] = all[from:len(all):len(all)]
		}
		out[j] = lists
	})
	return out, ctx.Err()
}

// without is a list of lists but for place i.
func without[T any](lists []T, i int) []T {
	out := append([]T(nil), lists[:i]...)
	return append(out, lists[i+1:]...)
}

// legal is for every state the set of states that the movers can reach from it
// by a nonempty legal sequence of moves, in which nobody moves twice in a row:
// R_H(s). steps[k][s] are the moves of mover k from s.
//
// A node is a state and who moved last; node s·movers+k leads to u by every
// mover but k. The nodes that lead to one another (Tarjan 1972, without
// recursion) reach the same states, and sets are passed on in the order in
// which Tarjan's algorithm finds them, each after those that it leads to.
func legal(ctx context.Context, n int, steps [][][]int32) ([]Set, error) {
	movers := len(steps)
	out := make([]Set, n)
	if movers == 0 {
		for s := range out {
			out[s] = NewSet(n)
		}
		return out, nil
	}
	nodes := n * movers
	const fresh = -1
	index, low, comp := make([]int32, nodes), make([]int32, nodes), make([]int32, nodes)
	for v := range index {
		index[v], comp[v] = fresh, fresh
	}
	var sets []Set      // by component
	var joined []int32  // by component: what took its set in last
	var stack []int32   // of nodes
	type frame struct { // a node and where it is among its moves
		v    int32
		k, e int32
	}
	var work []frame
	count, polled := int32(0), 0
	words := (n + 63) / 64

	seal := func(v int32) {
		c := int32(len(sets))
		at := len(stack)
		for {
			at--
			comp[stack[at]] = c
			if stack[at] == v {
				break
			}
		}
		set := make(Set, words)
		for _, w := range stack[at:] {
			s, last := int(w)/movers, int(w)%movers
			for k := range movers {
				if k == last {
					continue
				}
				for _, u := range steps[k][s] {
					set.Add(int(u))
					if d := comp[int(u)*movers+k]; d != c && joined[d] != c {
						joined[d] = c
						set.join(sets[d])
						polled += words
					}
				}
			}
		}
		stack = stack[:at]
		sets, joined = append(sets, set), append(joined, fresh)
	}

	for root := range int32(nodes) {
		if index[root] != fresh {
			continue
		}
		work = append(work[:0], frame{v: root})
		for len(work) > 0 {
			if polled++; polled > 1<<14 {
				polled = 0
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
			}
			fr := &work[len(work)-1]
			v := fr.v
			if fr.k == 0 && fr.e == 0 && index[v] == fresh {
				index[v], low[v] = count, count
				count++
				stack = append(stack, v)
			}
			s, last := int(v)/movers, int32(int(v)%movers)
			deeper := false
			for fr.k < int32(movers) {
				if fr.k == last || int(fr.e) == len(steps[fr.k][s]) {
					fr.k, fr.e = fr.k+1, 0
					continue
				}
				to := int32(int(steps[fr.k][s][fr.e])*movers) + fr.k
				if index[to] == fresh {
					work = append(work, frame{v: to}) // looked at again on return
					deeper = true
					break
				}
				if comp[to] == fresh {
					low[v] = min(low[v], low[to])
				}
				fr.e++
			}
			if deeper {
				continue
			}
			if low[v] == index[v] {
				seal(v)
			}
			work = work[:len(work)-1]
		}
	}

	for c := range joined {
		joined[c] = fresh
	}
	for s := range out {
		set := make(Set, words)
		for k := range movers {
			for _, u := range steps[k][s] {
				set.Add(int(u))
				if d := comp[int(u)*movers+k]; joined[d] != int32(s) {
					joined[d] = int32(s)
					set.join(sets[d])
				}
			}
		}
		out[s] = set
		if s&0x3F == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return out, nil
}

// join puts into v what is in w.
func (v Set) join(w Set) {
	for i := range v {
		v[i] |= w[i]
	}
}

// isEmpty reports whether nothing is in v.
func (v Set) isEmpty() bool {
	for _, w := range v {
		if w != 0 {
			return false
		}
	}
	return true
}

// hop is a move of one of several movers.
type hop struct {
	mover    int
	from, to int32
}

// shortest is a shortest nonempty legal sequence from t to a state that stop
// accepts, nil if there is none. Movers are taken in their order, states in that
// of the lists.
func shortest(n int, steps [][][]int32, t int32, stop func(x int32) bool) []hop {
	movers := len(steps)
	const unmet = -2
	came := make([]int32, n*movers) // the node before, −1 for the start
	for v := range came {
		came[v] = unmet
	}
	refused := NewSet(n)
	type node struct{ s, last, id int32 }
	queue := []node{{t, -1, -1}}
	for head := 0; head < len(queue); head++ {
		at := queue[head]
		for k := range int32(movers) {
			if k == at.last {
				continue
			}
			for _, u := range steps[k][at.s] {
				id := u*int32(movers) + k
				if came[id] != unmet {
					continue
				}
				came[id] = at.id
				if !refused.Has(int(u)) {
					if stop(u) {
						var path []hop
						for v := id; v >= 0; v = came[v] {
							from := t
							if came[v] >= 0 {
								from = came[v] / int32(movers)
							}
							path = append(path, hop{int(v % int32(movers)), from, v / int32(movers)})
						}
						slices.Reverse(path)
						return path
					}
					refused.Add(int(u))
				}
				queue = append(queue, node{u, k, id})
			}
		}
	}
	return nil
}
