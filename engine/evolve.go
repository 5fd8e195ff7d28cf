package engine

import (
	"context"
	"math"
	"slices"
)

// Foresight is what each player sees ahead in a model: the threats under its
// own concept, from which follow the moves it would make.
type Foresight struct {
	m       *Model
	threats []*threats // by player
}

// Foresight works out what every player sees ahead.
func (m *Model) Foresight(ctx context.Context) (*Foresight, error) {
	f := &Foresight{m: m, threats: make([]*threats, len(m.Players))}
	err := halting(func() error {
		each(len(m.Players), func(i int) { f.threats[i] = m.threats(ctx, i, m.Players[i].Foresight) })
		return ctx.Err()
	})
	return f, err
}

// Chosen appends to dst the moves that player i would make from s: its most
// preferred improvements that its foresight does not see sanctioned. There are
// none where s is stable for i, and several where i is indifferent.
func (f *Foresight) Chosen(dst []int, i, s int) []int {
	m, from := f.m, len(dst)
	rank := m.Rank[i]
	best := rank[s]
	if m.nets != nil {
		for _, t := range m.nets[i].from(s) {
			if rank[t] < max(best, rank[s]+1) || f.threats[i].sanctioned(s, int(t), rank[s]) {
				continue
			}
			if rank[t] > best {
				best, dst = rank[t], dst[:from]
			}
			dst = append(dst, int(t))
		}
		return dst
	}
	bl := &m.moves[i]
	for _, b := range bl.above(bl.of(s)) {
		own := bl.order[bl.start[b]:bl.start[b+1]]
		for p := len(own) - 1; p >= 0 && rank[own[p]] >= max(best, rank[s]+1); p-- {
			t := own[p]
			if f.threats[i].sanctioned(s, int(t), rank[s]) {
				continue
			}
			if rank[t] > best {
				best, dst = rank[t], dst[:from]
			}
			dst = append(dst, int(t))
		}
	}
	slices.Sort(dst[from:])
	return dst
}

// Stable reports whether s is stable for player i under its own foresight.
func (f *Foresight) Stable(i, s int) bool { return len(f.Chosen(nil, i, s)) == 0 }

// Evolution is where stepwise evolution from a state leads.
//
// Let M(s) be the players for whom s is not stable under their own foresight.
// If M(s) is empty, s absorbs. Otherwise one of M(s) is drawn in proportion to
// its initiative and makes one of its chosen moves, each with the same
// probability. This is a Markov chain; its probabilities are found by solving
// linear equations over each set of states that lead to one another, in the
// order in which the chain passes through the sets.
type Evolution struct {
	From int
	// End is the probability of ending in each absorbing state reached.
	End map[int]float64
	// NoSettlement is the probability of ending in a cycle.
	NoSettlement float64
	// Cycles are the sets of states that are never left again, if any.
	Cycles [][]int
	// States are all states reached, ascending; Steps is the expected number of
	// moves, given that it settles, and NaN if it never does.
	States []int
	Steps  float64

	moves map[int][]arc
	order [][]int // strongly connected sets, each before those it leads to
}

type arc struct {
	to int
	p  float64
}

// Evolve follows stepwise evolution from a state.
func (f *Foresight) Evolve(ctx context.Context, from int) (*Evolution, error) {
	return chain(ctx, from, f.arcs)
}

// chain follows a Markov chain from a state: arcs gives the transitions from one,
// none where it absorbs.
func chain(ctx context.Context, from int, arcs func(s int) []arc) (*Evolution, error) {
	e := &Evolution{From: from, End: map[int]float64{}, moves: map[int][]arc{}}
	queue := []int{from}
	e.moves[from] = nil
	for head := 0; head < len(queue); head++ {
		if head&0xFFF == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s := queue[head]
		out := arcs(s)
		e.moves[s] = out
		for _, a := range out {
			if _, met := e.moves[a.to]; !met {
				e.moves[a.to] = nil
				queue = append(queue, a.to)
			}
		}
	}
	e.States = queue
	slices.Sort(e.States)
	e.order = e.components()
	e.solve()
	return e, nil
}

// arcs are the transitions from s, one for each state led to.
func (f *Foresight) arcs(s int) []arc {
	var arcs []arc
	var total float64
	for i, p := range f.m.Players {
		chosen := f.Chosen(nil, i, s)
		if len(chosen) == 0 || p.Initiative <= 0 {
			continue
		}
		total += p.Initiative
		for _, t := range chosen {
			arcs = append(arcs, arc{t, p.Initiative / float64(len(chosen))})
		}
	}
	slices.SortFunc(arcs, func(a, b arc) int { return a.to - b.to })
	out := arcs[:0]
	for _, a := range arcs {
		a.p /= total
		if n := len(out); n > 0 && out[n-1].to == a.to {
			out[n-1].p += a.p
		} else {
			out = append(out, a)
		}
	}
	return out
}

// components are the strongly connected sets of the chain (Tarjan 1972, without
// recursion), each before the sets that it leads to.
func (e *Evolution) components() [][]int {
	index, low := map[int]int{}, map[int]int{}
	onStack := map[int]bool{}
	var stack []int
	var out [][]int
	type frame struct{ s, arc int }
	work := []frame{{e.From, 0}}
	for len(work) > 0 {
		fr := &work[len(work)-1]
		s := fr.s
		if fr.arc == 0 {
			index[s] = len(index) + 1
			low[s] = index[s]
			stack = append(stack, s)
			onStack[s] = true
		}
		if fr.arc < len(e.moves[s]) {
			t := e.moves[s][fr.arc].to
			fr.arc++
			if index[t] == 0 {
				work = append(work, frame{t, 0})
			} else if onStack[t] {
				low[s] = min(low[s], index[t])
			}
			continue
		}
		if low[s] == index[s] {
			var set []int
			for {
				t := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				onStack[t] = false
				set = append(set, t)
				if t == s {
					break
				}
			}
			slices.Sort(set)
			out = append(out, set)
		}
		work = work[:len(work)-1]
		if len(work) > 0 {
			up := work[len(work)-1].s
			low[up] = min(low[up], low[s])
		}
	}
	slices.Reverse(out)
	return out
}

// solve passes the probability of being somewhere through the sets in order.
// Within a set, the expected number of visits v satisfies v = in + v·P.
func (e *Evolution) solve() {
	in := map[int]float64{e.From: 1}
	visits := map[int]float64{}
	for _, set := range e.order {
		if len(set) == 1 && len(e.moves[set[0]]) == 0 {
			e.End[set[0]] = in[set[0]]
			continue
		}
		if e.closed(set) {
			for _, s := range set {
				e.NoSettlement += in[s]
			}
			e.Cycles = append(e.Cycles, set)
			continue
		}
		v := e.visits(set, in)
		for n, s := range set {
			visits[s] = v[n]
			for _, a := range e.moves[s] {
				if _, inside := slices.BinarySearch(set, a.to); !inside {
					in[a.to] += v[n] * a.p
				}
			}
		}
	}
	e.Steps = e.steps()
}

func (e *Evolution) closed(set []int) bool {
	for _, s := range set {
		for _, a := range e.moves[s] {
			if _, inside := slices.BinarySearch(set, a.to); !inside {
				return false
			}
		}
	}
	return true
}

// visits solves v = in + v·P for a set that can be left.
func (e *Evolution) visits(set []int, in map[int]float64) []float64 {
	n := len(set)
	right := make([]float64, n)
	if n == 1 {
		right[0] = in[set[0]]
		return right // a state never leads to itself
	}
	a := make([][]float64, n)
	for r := range a {
		a[r] = make([]float64, n)
		a[r][r] = 1
		right[r] = in[set[r]]
	}
	for c, s := range set {
		for _, arc := range e.moves[s] {
			if r, inside := slices.BinarySearch(set, arc.to); inside {
				a[r][c] -= arc.p
			}
		}
	}
	return solveLinear(a, right)
}

// solveLinear solves a·x = b by elimination with partial pivoting; it changes
// both. The matrices here are I − P with P substochastic: never singular.
func solveLinear(a [][]float64, b []float64) []float64 {
	n := len(b)
	for c := range n {
		pivot := c
		for r := c + 1; r < n; r++ {
			if math.Abs(a[r][c]) > math.Abs(a[pivot][c]) {
				pivot = r
			}
		}
		a[c], a[pivot], b[c], b[pivot] = a[pivot], a[c], b[pivot], b[c]
		for r := c + 1; r < n; r++ {
			f := a[r][c] / a[c][c]
			if f == 0 {
				continue
			}
			for k := c; k < n; k++ {
				a[r][k] -= f * a[c][k]
			}
			b[r] -= f * b[c]
		}
	}
	for c := n - 1; c >= 0; c-- {
		for k := c + 1; k < n; k++ {
			b[c] -= a[c][k] * b[k]
		}
		b[c] /= a[c][c]
	}
	return b
}

// Hits is the probability that the way passes through a state that is as is
// says, the first and the last included.
func (e *Evolution) Hits(is func(s int) bool) float64 {
	h := e.backward(func(s int) (float64, bool) {
		if is(s) {
			return 1, true
		}
		return 0, len(e.moves[s]) == 0
	}, func(int) float64 { return 0 })
	return h[e.From]
}

// backward solves x(s) = gain(s) + Σ p·x(t) from the last sets to the first, with
// x fixed where fixed says so, and 0 in closed cycles where nothing is fixed.
func (e *Evolution) backward(fixed func(int) (float64, bool), gain func(int) float64) map[int]float64 {
	x := make(map[int]float64, len(e.States))
	for k := len(e.order) - 1; k >= 0; k-- {
		set := e.order[k]
		var open []int
		for _, s := range set {
			if v, ok := fixed(s); ok {
				x[s] = v
			} else {
				open = append(open, s)
			}
		}
		if len(open) == 0 {
			continue
		}
		if len(open) == len(set) && e.closed(set) {
			for _, s := range set {
				x[s] = 0
			}
			continue
		}
		n := len(open)
		a, b := make([][]float64, n), make([]float64, n)
		for r, s := range open {
			a[r] = make([]float64, n)
			a[r][r] = 1
			b[r] = gain(s)
			for _, arc := range e.moves[s] {
				if c, inside := slices.BinarySearch(open, arc.to); inside {
					a[r][c] -= arc.p
				} else {
					b[r] += arc.p * x[arc.to]
				}
			}
		}
		for r, v := range solveLinear(a, b) {
			x[open[r]] = v
		}
	}
	return x
}

// steps is the expected number of moves given that the way settles: the chain
// is conditioned on settling by weighing every state with its probability h of
// settling from there (the Doob transform), in which u(s) = h(s) + Σ p·u(t) is
// the expected number of moves times h(s).
func (e *Evolution) steps() float64 {
	settles := 1 - e.NoSettlement
	if settles < 1e-12 {
		return math.NaN()
	}
	ends := func(v float64) func(int) (float64, bool) {
		return func(s int) (float64, bool) { return v, len(e.moves[s]) == 0 }
	}
	h := e.backward(ends(1), func(int) float64 { return 0 })
	u := e.backward(ends(0), func(s int) float64 { return h[s] })
	return u[e.From] / h[e.From]
}
