package engine

import (
	"context"
	"math"
)

// Stability says which states are stable for whom.
type Stability struct {
	Concepts []Concept
	// Stable holds a set of states for each concept and player, Equilibria one
	// for each concept, in the order of Concepts.
	Stable     [][]Set
	Equilibria []Set
}

// Stability finds the stable states of every player under each concept, in time
// linear in the number of states. It stops early, with ctx's error, when ctx ends.
func (m *Model) Stability(ctx context.Context, concepts ...Concept) (*Stability, error) {
	out := &Stability{Concepts: concepts, Stable: make([][]Set, len(concepts)), Equilibria: make([]Set, len(concepts))}
	for c := range concepts {
		out.Stable[c] = make([]Set, len(m.Players))
	}
	each(len(m.Players), func(i int) {
		w := m.newSearch(ctx, i)
		for c, concept := range concepts {
			out.Stable[c][i] = w.stable(concept)
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for c := range concepts {
		all := NewSet(len(m.States))
		all.fill(len(m.States))
		for _, set := range out.Stable[c] {
			all.keep(set)
		}
		out.Equilibria[c] = all
	}
	return out, nil
}

// unanswered is the threat of a state from which nobody can move.
const unanswered = math.MaxInt32

// search is the working memory of the analysis for one focal player i.
//
// For every state t it finds the threat: the least key over the states that
// the other players can lead to from t. The key of a state x is what i would be
// left with there: its rank, or, where i may still react (SMR, SSEQ), the
// greatest rank over x and what i can move to from x. An improvement t of s is
// sanctioned iff its threat is at most the rank of s.
//
// States are taken in ascending order of key, and from each the search goes
// backwards over the moves of the others, giving the key at hand to every state
// not met before. The states that player j can move to x from are the
// sub-blocks below x's, whole (any moves) or up to the rank of x (improvements).
// Each sub-block keeps one pointer that only moves forward, so that all searches
// together pass over each state once a player.
//
// Two liberties change no result. A state may be given its own key as a threat
// (back and forth within a block), and the key of a return to t by way of
// others; both are at least the rank of t, which is above that of s.
type search struct {
	*Model
	ctx    context.Context
	i      int
	threat []int32   // by state
	queue  []int32   // states met and not yet searched from
	sorted []int32   // states by ascending key
	key    []int32   // by state; nil stands for the rank of i
	next   [][]int32 // by player and sub-block: how far into order it was passed
}

func (m *Model) newSearch(ctx context.Context, i int) *search {
	n := len(m.States)
	w := &search{Model: m, ctx: ctx, i: i, threat: make([]int32, n), queue: make([]int32, 0, n), sorted: make([]int32, n), next: make([][]int32, len(m.Players))}
	for j := range m.Players {
		if j != i {
			w.next[j] = make([]int32, len(m.moves[j].self))
		}
	}
	return w
}

// stable is the set of states that are stable for the focal player.
func (w *search) stable(c Concept) Set {
	n := len(w.States)
	if c == Nash {
		for t := range w.threat {
			w.threat[t] = unanswered
		}
		return w.judge(NewSet(n))
	}
	w.threats(c)
	return w.judge(NewSet(n))
}

// threats fills in the threat of every state under a concept.
func (w *search) threats(c Concept) {
	key := w.Rank[w.i]
	if c.symmetric() {
		key = w.reactionRank()
	}
	countingSort(w.sorted, nil, func(s int32) int { return int(key[s]) }, int(w.Best[w.i])+1)
	for t := range w.threat {
		w.threat[t] = unanswered
	}
	for j, next := range w.next {
		if j != w.i {
			copy(next, w.moves[j].start)
		}
	}
	for done, x := range w.sorted {
		if done&0xFFFF == 0 && w.ctx.Err() != nil {
			return
		}
		if w.threat[x] != unanswered {
			continue // met before, from a state with a lower key
		}
		w.back(x, key[x], c.credible())
	}
}

// back searches backwards from x over the moves of the others.
func (w *search) back(x, key int32, credible bool) {
	queue := append(w.queue[:0], x)
	for head := 0; head < len(queue); head++ {
		y := queue[head]
		for j := range w.moves {
			if j == w.i {
				continue
			}
			bl, next, rank := &w.moves[j], w.next[j], w.Rank[j]
			for _, b := range bl.below(bl.of[y]) {
				p, end := next[b], bl.start[b+1]
				for ; p < end; p++ {
					t := bl.order[p]
					if credible && rank[t] >= rank[y] {
						break
					}
					if w.threat[t] == unanswered {
						w.threat[t] = key
						if t != x {
							queue = append(queue, t)
						}
					}
				}
				next[b] = p
			}
		}
	}
	w.queue = queue
}

// reactionRank is for every state the greatest rank over it and what the focal
// player can move to from it.
func (w *search) reactionRank() []int32 {
	if w.key != nil {
		return w.key
	}
	w.key = make([]int32, len(w.States))
	bl, rank := &w.moves[w.i], w.Rank[w.i]
	for b := range bl.self {
		top := int32(0)
		for _, u := range bl.above(int32(b)) {
			top = max(top, rank[bl.order[bl.start[u+1]-1]])
		}
		for _, s := range bl.order[bl.start[b]:bl.start[b+1]] {
			w.key[s] = top
		}
	}
	return w.key
}

// judge adds to out the states from which every improvement of the focal player
// is sanctioned: the greatest threat over them is at most the state's rank.
// It passes down every sub-block once for each sub-block that it leads into.
func (w *search) judge(out Set) Set {
	bl, rank := &w.moves[w.i], w.Rank[w.i]
	var worst []int32 // of the sub-block at hand, by place
	for b := range bl.self {
		own := bl.order[bl.start[b]:bl.start[b+1]]
		worst = append(worst[:0], make([]int32, len(own))...)
		for _, u := range bl.above(int32(b)) {
			other := bl.order[bl.start[u]:bl.start[u+1]]
			at, greatest := len(other)-1, int32(-1)
			for p := len(own) - 1; p >= 0; p-- {
				for ; at >= 0 && rank[other[at]] > rank[own[p]]; at-- {
					greatest = max(greatest, w.threat[other[at]])
				}
				worst[p] = max(worst[p], greatest)
			}
		}
		for p, s := range own {
			if worst[p] <= rank[s] {
				out.Add(int(s))
			}
		}
	}
	return out
}

// Threats is for every state the threat that player i sees in it under its
// concept: the least rank that an improvement to it must expect. An improvement
// to t from s is sanctioned iff Threats[t] <= Rank[i][s]. Under Nash nothing is.
func (m *Model) Threats(ctx context.Context, i int, c Concept) ([]int32, error) {
	w := m.newSearch(ctx, i)
	for t := range w.threat {
		w.threat[t] = unanswered
	}
	if c != Nash {
		w.threats(c)
	}
	return w.threat, ctx.Err()
}
