package engine

import (
	"context"
	"math"
	"slices"
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
// linear in the number of states, or, where moves are laid out one by one, of
// moves. Concepts beyond the main five are worked out as StabilityWith does. It
// stops early, with ctx's error, when ctx ends.
func (m *Model) Stability(ctx context.Context, concepts ...Concept) (*Stability, error) {
	if slices.ContainsFunc(concepts, func(c Concept) bool { return !c.Main() }) {
		return m.StabilityWith(ctx, StabilityOptions{}, concepts...)
	}
	out := &Stability{Concepts: concepts, Stable: make([][]Set, len(concepts)), Equilibria: make([]Set, len(concepts))}
	for c := range concepts {
		out.Stable[c] = make([]Set, len(m.Players))
	}
	// The unit of work is a player with the concepts that share their search.
	var work [][]int // places in concepts
	for c, concept := range concepts {
		if n := len(work); n > 0 && !concept.credible() && !concepts[work[n-1][0]].credible() {
			work[n-1] = append(work[n-1], c)
		} else {
			work = append(work, []int{c})
		}
	}
	err := halting(func() error {
		each(len(work)*len(m.Players), func(n int) {
			i := n % len(m.Players)
			stable := (&netSearch{Model: m, ctx: ctx, i: i}).stable
			if m.nets == nil {
				stable = m.newSearch(ctx, i).stable
			}
			for _, c := range work[n/len(m.Players)] {
				out.Stable[c][i] = stable(concepts[c])
			}
		})
		return ctx.Err()
	})
	if err != nil {
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
// Where sanctions may be any moves and no other player has a one-way option,
// whatever leads from t to x leads back: the states fall apart into sets within
// which the others can go anywhere, and one pass finds them for all concepts.
//
// Two liberties change no result. A state may be given its own key as a threat
// (back and forth within a block), and the key of a return to t by way of
// others; both are at least the rank of t, which is above that of s.
type search struct {
	*Model
	ctx    context.Context
	i      int
	oneWay bool       // some other player has a one-way option
	met    Set        // states that have a threat
	threat []int32    // at padded(state); of states not met it means nothing
	queue  []int32    // states met, in order
	sorted []int32    // states by ascending key
	key    []int32    // the reaction rank, by state
	next   [][]int32  // by player and sub-block: how far into order it was passed
	whole  [2][]int32 // least rank and least reaction rank of each set; see sets
	set    []int32    // of each state, at padded(state)
}

func (m *Model) newSearch(ctx context.Context, i int) *search {
	n := len(m.States)
	w := &search{Model: m, ctx: ctx, i: i, met: NewSet(n), threat: make([]int32, padded(n)), queue: make([]int32, n), next: make([][]int32, len(m.Players))}
	for j := range m.Players {
		if j != i {
			w.next[j] = make([]int32, len(m.moves[j].self))
			w.oneWay = w.oneWay || m.moves[j].up != nil
		}
	}
	return w
}

// stable is the set of states that are stable for the focal player.
func (w *search) stable(c Concept) Set {
	w.threats(c)
	return w.judge(NewSet(len(w.States)))
}

// threats fills in the threat of every state under a concept.
func (w *search) threats(c Concept) {
	switch {
	case c == Nash:
		w.fillThreats(unanswered)
	case c.credible() || w.oneWay:
		w.searchBack(c)
	default:
		w.sets()
		least := w.whole[0]
		if c.symmetric() {
			least = w.whole[1]
		}
		for t, set := range w.set {
			w.threat[t] = least[set]
		}
	}
}

func (w *search) fillThreats(v int32) {
	for t := range w.threat {
		w.threat[t] = v
	}
}

// begin makes every state unmet and every sub-block unpassed.
func (w *search) begin() {
	clear(w.met)
	for j, next := range w.next {
		copy(next, w.moves[j].start)
	}
}

// searchBack goes back from every state in ascending order of key.
func (w *search) searchBack(c Concept) {
	w.fillThreats(unanswered)
	w.begin()
	back := w.backByImprovements
	switch {
	case c.credible() && (w.oneWay || len(w.moves) > maxRemembered):
		back = w.backOneWay
	case w.oneWay:
		back = w.backOneWayMoves
	}
	done := 0
	for x, key := range w.ascending(c) {
		poll(w.ctx, done)
		done++
		if !w.met.Has(int(x)) { // else met before, from a state with a lower key
			back(x, key)
		}
	}
}

// ascending are the states in ascending order of their key under a concept.
func (w *search) ascending(c Concept) func(yield func(x, key int32) bool) {
	if w.sorted == nil {
		w.sorted = make([]int32, len(w.States))
	}
	if c.symmetric() {
		return w.byReaction
	}
	rank := w.Rank[w.i]
	ends := countingSort(w.ctx, w.sorted, nil, func(s int32) int { return int(rank[s]) }, int(w.Best[w.i])+1)
	return func(yield func(x, key int32) bool) {
		from := int32(0)
		for key, end := range ends {
			for _, x := range w.sorted[from:end] {
				if !yield(x, int32(key)) {
					return
				}
			}
			from = end
		}
	}
}

// byReaction yields whole sub-blocks of the focal player: in each, all states
// have the same reaction rank.
func (w *search) byReaction(yield func(x, key int32) bool) {
	bl, key := &w.moves[w.i], w.reactionRank()
	blocks := make([]int32, len(bl.self))
	keyOf := func(b int32) int32 { return key[bl.order[bl.start[b]]] }
	countingSort(w.ctx, blocks, nil, func(b int32) int { return int(keyOf(b)) }, int(w.Best[w.i])+1)
	for _, b := range blocks {
		k := keyOf(b)
		for _, x := range bl.order[bl.start[b]:bl.start[b+1]] {
			if !yield(x, k) {
				return
			}
		}
	}
}

// backByImprovements searches backwards from x over the improvements of the
// others, none of whom has a one-way option. A state met in a block of player j
// lies below the block's pointer, and so does all that j could come from: the
// queue remembers j, above the bits of the state, to pass it over.
func (w *search) backByImprovements(x, key int32) {
	queue, met, threat := w.queue, w.met, w.threat
	queue[0] = x | int32(uint32(w.i)<<stateBits)
	for head, tail := 0, 1; head < tail; head++ {
		from := int(uint32(queue[head]) >> stateBits)
		y := padded(queue[head] & (1<<stateBits - 1))
		for j := range w.moves {
			if j == w.i || j == from {
				continue
			}
			bl, next := &w.moves[j], w.next[j]
			at := bl.place[y]
			p := next[at.block]
			if p >= at.level {
				continue
			}
			next[at.block] = at.level
			for _, t := range bl.order[p:at.level] {
				word, bit := t>>6, uint64(1)<<(uint(t)&63)
				if met[word]&bit != 0 {
					continue
				}
				met[word] |= bit
				threat[padded(t)] = key
				if t != x {
					queue[tail] = t | int32(uint32(j)<<stateBits)
					tail++
				}
			}
		}
	}
}

// stateBits is the width of a state in the queue; the place of a player, which
// is below maxRemembered, is above it.
const (
	stateBits     = 26
	maxRemembered = 1 << (32 - stateBits)
)

// backOneWay is backByImprovements where some options go one way only.
func (w *search) backOneWay(x, key int32) { w.backThrough(x, key, true) }

// backOneWayMoves searches backwards over any moves of the others.
func (w *search) backOneWayMoves(x, key int32) { w.backThrough(x, key, false) }

func (w *search) backThrough(x, key int32, credible bool) {
	queue := w.queue
	queue[0] = x
	for head, tail := 0, 1; head < tail; head++ {
		y := queue[head]
		for j := range w.moves {
			if j == w.i {
				continue
			}
			bl, next, rank := &w.moves[j], w.next[j], w.Rank[j]
			for _, b := range bl.below(bl.of(int(y))) {
				p, end := next[b], bl.start[b+1]
				for ; p < end; p++ {
					t := bl.order[p]
					if credible && rank[t] >= rank[y] {
						break
					}
					if !w.met.Has(int(t)) {
						w.met.Add(int(t))
						w.threat[padded(t)] = key
						if t != x {
							queue[tail] = t
							tail++
						}
					}
				}
				next[b] = p
			}
		}
	}
}

// sets finds the sets of states within which the others can go anywhere, with
// the least rank and the least reaction rank of each. Every state joins the
// blocks of the others that it lies in; joined blocks make up a set.
func (w *search) sets() {
	if w.set != nil {
		return
	}
	base := make([]int32, len(w.moves)) // where each player's blocks begin in parent
	var parent []int32
	for j := range w.moves {
		if j != w.i {
			base[j] = int32(len(parent))
			for range w.moves[j].self {
				parent = append(parent, int32(len(parent)))
			}
		}
	}
	find := func(b int32) int32 {
		for parent[b] != b {
			parent[b] = parent[parent[b]]
			b = parent[b]
		}
		return b
	}
	first := -1
	for j := range w.moves {
		if j == w.i {
			continue
		}
		if first < 0 {
			first = j
			continue
		}
		one, other := w.moves[first].place, w.moves[j].place
		for s := range len(w.States) {
			poll(w.ctx, s)
			a, b := find(base[first]+one[padded(s)].block), find(base[j]+other[padded(s)].block)
			if a != b {
				parent[max(a, b)] = min(a, b)
			}
		}
	}
	w.set = make([]int32, len(w.threat))
	rank, reaction := w.Rank[w.i], w.reactionRank()
	if first < 0 { // nobody else: no state can be left
		w.whole = [2][]int32{rank, reaction}
		for s := range int32(len(w.States)) {
			w.set[padded(s)] = s
		}
		return
	}
	for n := range w.whole {
		w.whole[n] = make([]int32, len(parent))
		for b := range w.whole[n] {
			w.whole[n][b] = unanswered
		}
	}
	place := w.moves[first].place
	for s := range len(w.States) {
		poll(w.ctx, s)
		set := find(base[first] + place[padded(s)].block)
		w.set[padded(s)] = set
		w.whole[0][set] = min(w.whole[0][set], rank[s])
		w.whole[1][set] = min(w.whole[1][set], reaction[s])
	}
}

// reactionRank is for every state the greatest rank over it and what the focal
// player can move to from it: the same throughout a sub-block.
func (w *search) reactionRank() []int32 {
	if w.key != nil {
		return w.key
	}
	w.key = make([]int32, len(w.States))
	bl, rank := &w.moves[w.i], w.Rank[w.i]
	for b := range bl.self {
		poll(w.ctx, b)
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
func (w *search) judge(out Set) Set {
	bl, rank := &w.moves[w.i], w.Rank[w.i]
	if bl.up != nil {
		return w.judgeOneWay(out)
	}
	for b := range bl.self {
		poll(w.ctx, b)
		own := bl.order[bl.start[b]:bl.start[b+1]]
		// above is the greatest threat over states better than the level at hand.
		above, here, level := int32(-1), int32(-1), int32(-1)
		for p := len(own) - 1; p >= 0; p-- {
			s := own[p]
			if r := rank[s]; r != level {
				above, level = max(above, here), r
			}
			if above <= level {
				out.Add(int(s))
			}
			here = max(here, w.threat[padded(s)])
		}
	}
	return out
}

// judgeOneWay passes down every sub-block once for each that it leads into.
func (w *search) judgeOneWay(out Set) Set {
	bl, rank := &w.moves[w.i], w.Rank[w.i]
	var worst []int32 // of the sub-block at hand, by place
	for b := range bl.self {
		poll(w.ctx, b)
		own := bl.order[bl.start[b]:bl.start[b+1]]
		worst = append(worst[:0], make([]int32, len(own))...)
		for _, u := range bl.above(int32(b)) {
			other := bl.order[bl.start[u]:bl.start[u+1]]
			at, greatest := len(other)-1, int32(-1)
			for p := len(own) - 1; p >= 0; p-- {
				for ; at >= 0 && rank[other[at]] > rank[own[p]]; at-- {
					greatest = max(greatest, w.threat[padded(other[at])])
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
