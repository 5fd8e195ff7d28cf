package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/demarche/demarche"
)

// net is one player's moves, state by state: the general form, for models in
// which moves are not transitive. States that were made one are such, and
// explicit graphs.
//
//	out   player moves from s to out[outStart[s]:outStart[s+1]], ascending
//	in    and to s from in[inStart[s]:inStart[s+1]], ascending
type net struct {
	out, outStart []int32
	in, inStart   []int32
}

func (v *net) from(s int) []int32 { return v.out[v.outStart[s]:v.outStart[s+1]] }
func (v *net) into(s int) []int32 { return v.in[v.inStart[s]:v.inStart[s+1]] }

// maxArcs bounds the moves of one player that are laid out one by one.
const maxArcs = 1 << 25

// needsNets reports whether moves must be laid out one by one.
func (k *Conflict) needsNets() bool {
	if k.graph != nil || len(k.same) > 0 {
		return true
	}
	if !k.matrixForm {
		return false
	}
	// Others can bring back what a player left only where they share an option.
	var seen uint64
	for _, p := range k.Players {
		if seen&p.Mask != 0 {
			return true
		}
		seen |= p.Mask
	}
	return false
}

// members are the states as the rules allow them, before any are made one.
type members struct {
	*Model         // the states, without ranks
	place  []int32 // of each, among the states of the model
	order  []int32 // by place
	start  []int32 // of each place in order
	hidden []Set   // by player; nil if it perceives everything
}

// layNets turns a model that holds the states allowed into one whose states are
// one where the case says so, with ranks and with moves as nets.
func (m *Model) layNets() error {
	raw := &members{Model: &Model{Conflict: m.Conflict, World: m.World, States: m.States}}
	n := len(raw.States)
	cols := newColumns(context.Background(), raw.States, m.width)
	in := make([]*class, n)
	m.States = make([]uint64, 0, n)
	for c := range m.same {
		truth := Set(cols.eval(m.same[c].when, m.World.Atom))
		any := false
		for s := range truth.All {
			in[s], any = &m.same[c], true
		}
		if any {
			m.States = append(m.States, m.same[c].last)
		}
		cols.giveBack(truth)
	}
	for s, c := range in {
		if c == nil {
			m.States = append(m.States, raw.States[s])
		}
	}
	slices.Sort(m.States)
	raw.place = make([]int32, n)
	for s, c := range in {
		known := raw.States[s]
		if c != nil {
			known = c.last
		}
		at, _ := slices.BinarySearch(m.States, known)
		raw.place[s] = int32(at)
	}
	raw.order = make([]int32, n)
	ends := countingSort(context.Background(), raw.order, nil, func(s int32) int { return int(raw.place[s]) }, len(m.States))
	raw.start = append([]int32{0}, ends...)
	raw.hidden = m.hiddenSets(cols)
	if err := m.rank(context.Background(), cols, raw); err != nil {
		return err
	}
	if err := m.oneOutcome(raw); err != nil {
		return err
	}
	return m.layMoves(raw)
}

func (m *Model) layMoves(raw *members) error {
	m.nets = make([]net, len(m.Players))
	errs := make([]error, len(m.Players))
	each(len(m.Players), func(i int) { m.nets[i], errs[i] = m.netOf(i, raw) })
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// hiddenSets are the states that each player does not perceive.
func (m *Model) hiddenSets(cols *columns) []Set {
	out := make([]Set, len(m.Players))
	for i, list := range m.Conflict.hidden {
		for _, f := range list {
			truth := Set(cols.eval(f, m.World.Atom))
			if out[i] == nil {
				out[i] = NewSet(len(truth) * 64)
			}
			for w := range truth {
				out[i][w] |= truth[w]
			}
			cols.giveBack(truth)
		}
	}
	return out
}

// oneOutcome checks that states that are one have one outcome.
func (m *Model) oneOutcome(raw *members) error {
	for s := range m.States {
		of := raw.order[raw.start[s]:raw.start[s+1]]
		for _, r := range of[1:] {
			a, b := m.outcomeOf(raw.States[of[0]]), m.outcomeOf(raw.States[r])
			if a == b {
				continue
			}
			name := func(o int) string {
				if o < 0 {
					return "no outcome"
				}
				return m.Outcomes[o].ID
			}
			return &demarche.Error{
				Kind: demarche.BadInput, Pos: m.Case.Conflict.Same[0].At,
				Msg:  fmt.Sprintf("the states made one as %s have different outcomes: %s has %s, %s has %s", m.Pattern(m.States[s]), m.plain(raw.States[of[0]]), name(a), m.plain(raw.States[r]), name(b)),
				Hint: "change the outcome so that it does not depend on options in which they differ",
			}
		}
	}
	return nil
}

// netOf lays out the moves of player i: from any member of a state to any member
// of another, between states that it perceives.
func (m *Model) netOf(i int, raw *members) (net, error) {
	var eachMove func(r int32, visit func(t int32))
	var total int
	if m.graph != nil {
		arcs := m.graph.arcs[i]
		total = len(arcs)
		eachMove = raw.graphMoves(i)
	} else {
		n := len(raw.States)
		flat := &Model{Conflict: raw.Conflict, World: raw.World, States: raw.States, Rank: make([][]int32, len(m.Players)), Best: make([]int32, len(m.Players))}
		flat.Rank[i] = make([]int32, n)
		bl := flat.blocksOf(context.Background(), i, raw.hidden[i])
		for b := range bl.self {
			for _, u := range bl.above(int32(b)) {
				total += int(bl.start[b+1]-bl.start[b]) * int(bl.start[u+1]-bl.start[u])
			}
			if total > maxArcs {
				return net{}, m.tooManyMoves(i)
			}
		}
		eachMove = func(r int32, visit func(t int32)) {
			for _, u := range bl.above(bl.of(int(r))) {
				for _, t := range bl.order[bl.start[u]:bl.start[u+1]] {
					visit(t)
				}
			}
		}
	}
	if total > maxArcs {
		return net{}, m.tooManyMoves(i)
	}
	n := len(m.States)
	v := net{outStart: make([]int32, n+1), inStart: make([]int32, n+1)}
	last := make([]int32, n) // the state that led here last, from 1
	for s := range int32(n) {
		begin := len(v.out)
		for _, r := range raw.order[raw.start[s]:raw.start[s+1]] {
			eachMove(r, func(t int32) {
				if p := raw.place[t]; p != s && last[p] != s+1 {
					last[p] = s + 1
					v.out = append(v.out, p)
				}
			})
		}
		slices.Sort(v.out[begin:])
		v.outStart[s+1] = int32(len(v.out))
	}
	for _, t := range v.out {
		v.inStart[t+1]++
	}
	for s := range n {
		v.inStart[s+1] += v.inStart[s]
	}
	v.in = make([]int32, len(v.out))
	next := slices.Clone(v.inStart)
	for s := range n {
		for _, t := range v.from(s) {
			v.in[next[t]] = int32(s)
			next[t]++
		}
	}
	return v, nil
}

// graphMoves lists the moves of player i in an explicit graph between states
// that the rules allow and the player perceives.
func (raw *members) graphMoves(i int) func(r int32, visit func(t int32)) {
	arcs, hidden := raw.graph.arcs[i], raw.hidden[i]
	return func(r int32, visit func(t int32)) {
		if hidden != nil && hidden.Has(int(r)) {
			return
		}
		from := int32(raw.States[r])
		at, _ := slices.BinarySearchFunc(arcs, from, func(a [2]int32, s int32) int { return int(a[0] - s) })
		for ; at < len(arcs) && arcs[at][0] == from; at++ {
			t, ok := slices.BinarySearch(raw.States, uint64(arcs[at][1]))
			if ok && (hidden == nil || !hidden.Has(t)) {
				visit(int32(t))
			}
		}
	}
}

func (m *Model) tooManyMoves(i int) error {
	return &demarche.Error{
		Kind: demarche.Unavailable, Pos: m.Case.Conflict.At,
		Msg:  fmt.Sprintf("%s has more than %s moves; with states made one (same), or options shared under the matrix form, that is too many", m.Players[i].Name, thousands(maxArcs)),
		Hint: "add rules for combinations that cannot be, leave out options that change nothing, or leave out same",
	}
}

// threats are what player i must expect of every state under a concept; see
// search. In the matrix form a return to the state that was left deters nobody,
// so that a second threat is kept: the least one that comes from another state
// than the least of all.
type threats struct {
	least  []int32
	source []int32 // the state that the least threat comes from; nil in the logical form
	second []int32
}

// sanctioned reports whether an improvement from s, of a given rank, to t is.
func (h *threats) sanctioned(s, t int, rank int32) bool {
	if h.source != nil && int(h.source[t]) == s {
		return h.second[t] <= rank
	}
	return h.least[t] <= rank
}

// netSearch is the analysis for a focal player i over nets.
//
// As moves are not transitive, it matters who moved last: a legal sequence never
// has the same player move twice in a row. The search goes backwards over pairs
// of a state and the player who led there, taking states in ascending order of
// key as search does. From the pair (y, j) it passes over the moves of j into y;
// a state z met there has the key at hand as its threat, and is a pair with every
// other player who may have led to z. Each pair is taken once, so that every
// move is looked at once for each focal player and concept; in the matrix form
// twice, for two different sources.
type netSearch struct {
	*Model
	ctx      context.Context
	i        int
	reaction []int32
}

// stable is the set of states that are stable for the focal player.
func (w *netSearch) stable(c Concept) Set {
	h := w.threats(c)
	out := NewSet(len(w.States))
	rank := w.Rank[w.i]
	for s := range w.States {
		holds := true
		for _, t := range w.nets[w.i].from(s) {
			if rank[t] > rank[s] && !h.sanctioned(s, int(t), rank[s]) {
				holds = false
				break
			}
		}
		if holds {
			out.Add(s)
		}
	}
	return out
}

func (w *netSearch) threats(c Concept) *threats {
	n := len(w.States)
	h := &threats{least: make([]int32, n)}
	for s := range h.least {
		h.least[s] = unanswered
	}
	if c == Nash {
		return h
	}
	key := w.Rank[w.i]
	if c.symmetric() {
		key = w.reactions()
	}
	sorted := make([]int32, n)
	countingSort(w.ctx, sorted, nil, func(s int32) int { return int(key[s]) }, int(w.Best[w.i])+1)
	if w.matrixForm {
		w.searchTwice(h, sorted, key, c.credible())
	} else {
		w.searchOnce(h, sorted, key, c.credible())
	}
	return h
}

// reactions is for every state the greatest rank over it and what the focal
// player can move to from it.
func (w *netSearch) reactions() []int32 {
	if w.reaction == nil {
		rank := w.Rank[w.i]
		w.reaction = slices.Clone(rank)
		for s := range w.reaction {
			for _, t := range w.nets[w.i].from(s) {
				w.reaction[s] = max(w.reaction[s], rank[t])
			}
		}
	}
	return w.reaction
}

// searchOnce finds the least threat of every state.
func (w *netSearch) searchOnce(h *threats, sorted, key []int32, credible bool) {
	n, players := len(w.States), len(w.Players)
	const none = -1
	all := int32(players)
	// seen is, by state, which pairs were met: none, all, or all but the one
	// with a player.
	seen := make([]int32, n)
	for s := range seen {
		seen[s] = none
	}
	queue := make([]int, 0, n)
	for done, x := range sorted {
		if done&0xFFFF == 0 && w.ctx.Err() != nil {
			return
		}
		queue = queue[:0]
		switch but := seen[x]; but {
		case all:
			continue
		case none:
			for j := range players {
				if j != w.i {
					queue = append(queue, int(x)*players+j)
				}
			}
		default:
			queue = append(queue, int(x)*players+int(but))
		}
		seen[x] = all
		for head := 0; head < len(queue); head++ {
			y, j := queue[head]/players, queue[head]%players
			rank := w.Rank[j]
			for _, z := range w.nets[j].into(y) {
				if credible && rank[z] >= rank[y] {
					continue
				}
				if h.least[z] == unanswered {
					h.least[z] = key[x]
				}
				switch but := seen[z]; but {
				case all, int32(j):
				case none:
					seen[z] = int32(j)
					for l := range players {
						if l != j && l != w.i {
							queue = append(queue, int(z)*players+l)
						}
					}
				default:
					seen[z] = all
					queue = append(queue, int(z)*players+int(but))
				}
			}
		}
	}
}

// searchTwice finds the two least threats of every state that come from
// different states.
func (w *netSearch) searchTwice(h *threats, sorted, key []int32, credible bool) {
	n, players := len(w.States), len(w.Players)
	h.source, h.second = make([]int32, n), make([]int32, n)
	for s := range h.second {
		h.source[s], h.second[s] = -1, unanswered
	}
	times := make([]uint8, n*players)
	first := make([]int32, n*players)
	var queue []int
	for done, x := range sorted {
		if done&0xFFFF == 0 && w.ctx.Err() != nil {
			return
		}
		queue = queue[:0]
		meet := func(node int) {
			switch {
			case times[node] == 0:
				first[node] = x
			case times[node] == 2, first[node] == x:
				return
			}
			times[node]++
			queue = append(queue, node)
		}
		for j := range players {
			if j != w.i {
				meet(int(x)*players + j)
			}
		}
		for head := 0; head < len(queue); head++ {
			y, j := queue[head]/players, queue[head]%players
			rank := w.Rank[j]
			for _, z := range w.nets[j].into(y) {
				if credible && rank[z] >= rank[y] {
					continue
				}
				switch {
				case h.least[z] == unanswered:
					h.least[z], h.source[z] = key[x], x
				case h.source[z] != x:
					h.second[z] = min(h.second[z], key[x])
				}
				for l := range players {
					if l != j && l != w.i {
						meet(int(z)*players + l)
					}
				}
			}
		}
	}
}

// threats are what player i sees in every state under a concept.
func (m *Model) threats(ctx context.Context, i int, c Concept) *threats {
	if m.nets != nil {
		return (&netSearch{Model: m, ctx: ctx, i: i}).threats(c)
	}
	w := m.newSearch(ctx, i)
	w.threats(c)
	h := &threats{least: make([]int32, len(m.States))}
	for s := range h.least {
		h.least[s] = w.threat[padded(s)]
	}
	return h
}

// Threats is for every state the threat that player i sees in it under its
// concept: the least rank that an improvement to it must expect, math.MaxInt32
// if none. An improvement to t from s is sanctioned iff Threats[t] <= Rank[i][s];
// in the matrix form, unless that threat is the return to s. Under Nash nothing
// is sanctioned.
func (m *Model) Threats(ctx context.Context, i int, c Concept) ([]int32, error) {
	var least []int32
	err := halting(func() error {
		least = m.threats(ctx, i, c).least
		return ctx.Err()
	})
	return least, err
}
