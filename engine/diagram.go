package engine

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
)

// A diagram is a set of reduced ordered binary decision diagrams (Bryant 1986).
// It decides which combinations the rules allow: how many there are before any
// is made, and all of them in ascending order without ever meeting a dead end.
//
// Levels count from the top: first the atoms of the world, then the options
// from the last in file order to the first, so that reading paths from left
// (no) to right (yes) gives states in ascending order.
//
//	nodes   0 is "never", 1 is "always"; the others have
//	        a level, and the node for no and for yes, both deeper
type diagram struct {
	levels int
	nodes  []node
	unique map[node]int32
	ites   map[[3]int32]int32
	steps  int
}

type node struct{ level, no, yes int32 }

const (
	never  int32 = 0
	always int32 = 1
)

// maxDiagramSteps bounds the work on rules that no order of options untangles.
const maxDiagramSteps = 1 << 24

type tooEntangled struct{}

func newDiagram(levels int) *diagram {
	end := int32(levels)
	return &diagram{
		levels: levels,
		nodes:  []node{{level: end, no: never, yes: never}, {level: end, no: always, yes: always}},
		unique: map[node]int32{},
		ites:   map[[3]int32]int32{},
	}
}

// step counts work and panics with tooEntangled when there is too much; the
// exported functions of the package recover it.
func (d *diagram) step() {
	if d.steps++; d.steps > maxDiagramSteps {
		panic(tooEntangled{})
	}
}

// make returns the node for a level and its two branches.
func (d *diagram) make(level, no, yes int32) int32 {
	if no == yes {
		return no
	}
	n := node{level, no, yes}
	if at, ok := d.unique[n]; ok {
		return at
	}
	d.step()
	at := int32(len(d.nodes))
	d.nodes = append(d.nodes, n)
	d.unique[n] = at
	return at
}

// atom is the diagram that is true where the variable of a level is.
func (d *diagram) atom(level int) int32 { return d.make(int32(level), never, always) }

// branches gives what f becomes when the variable of a level is no, and yes.
func (d *diagram) branches(f, level int32) (no, yes int32) {
	if n := d.nodes[f]; n.level == level {
		return n.no, n.yes
	}
	return f, f
}

// ite is "if f then g else h".
func (d *diagram) ite(f, g, h int32) int32 {
	switch {
	case f == always:
		return g
	case f == never:
		return h
	case g == h:
		return g
	case g == always && h == never:
		return f
	}
	key := [3]int32{f, g, h}
	if r, ok := d.ites[key]; ok {
		return r
	}
	d.step()
	level := min(d.nodes[f].level, d.nodes[g].level, d.nodes[h].level)
	f0, f1 := d.branches(f, level)
	g0, g1 := d.branches(g, level)
	h0, h1 := d.branches(h, level)
	r := d.make(level, d.ite(f0, g0, h0), d.ite(f1, g1, h1))
	d.ites[key] = r
	return r
}

func (d *diagram) not(f int32) int32    { return d.ite(f, never, always) }
func (d *diagram) and(f, g int32) int32 { return d.ite(f, g, never) }
func (d *diagram) or(f, g int32) int32  { return d.ite(f, always, g) }

// all is the conjunction of many diagrams, built from the top down in all of
// them at once: what two rules allow together can be far simpler than what the
// first few allow without the rest.
func (d *diagram) all(fs []int32) int32 {
	memo := map[string]int32{}
	var rec func(fs []int32) int32
	rec = func(fs []int32) int32 {
		fs = slices.Clone(fs)
		slices.Sort(fs)
		fs = slices.Compact(fs)
		for len(fs) > 0 && fs[0] <= always {
			if fs[0] == never {
				return never
			}
			fs = fs[1:]
		}
		switch len(fs) {
		case 0:
			return always
		case 1:
			return fs[0]
		}
		key := make([]byte, 4*len(fs))
		level := int32(math.MaxInt32)
		for i, f := range fs {
			binary.LittleEndian.PutUint32(key[4*i:], uint32(f))
			level = min(level, d.nodes[f].level)
		}
		if r, ok := memo[string(key)]; ok {
			return r
		}
		d.step()
		no, yes := make([]int32, len(fs)), make([]int32, len(fs))
		for i, f := range fs {
			no[i], yes[i] = d.branches(f, level)
		}
		r := d.make(level, rec(no), rec(yes))
		memo[string(key)] = r
		return r
	}
	return rec(fs)
}

// atMostOne is true where no two of fs are.
func (d *diagram) atMostOne(fs []int32) int32 {
	none, one := always, never // of those seen so far
	for _, f := range fs {
		none, one = d.ite(f, never, none), d.ite(f, none, one)
	}
	return d.or(none, one)
}

// given follows the variables of the levels above first, as value says, down
// to a diagram over the levels from first on.
func (d *diagram) given(f int32, first int, value func(level int) bool) int32 {
	for int(d.nodes[f].level) < first {
		if value(int(d.nodes[f].level)) {
			f = d.nodes[f].yes
		} else {
			f = d.nodes[f].no
		}
	}
	return f
}

// exists is f with the variables of the levels below first left open: true
// where some choice of them makes f true.
func (d *diagram) exists(f int32, first int) int32 {
	memo := map[int32]int32{}
	var rec func(f int32) int32
	rec = func(f int32) int32 {
		n := d.nodes[f]
		if int(n.level) >= first {
			if f == never {
				return never
			}
			return always // a reduced diagram other than never can be satisfied
		}
		if r, ok := memo[f]; ok {
			return r
		}
		r := d.make(n.level, rec(n.no), rec(n.yes))
		memo[f] = r
		return r
	}
	return rec(f)
}

// forget is f with the variables of the levels above first left open: true, over
// the levels from first on, where some choice of those above makes f true.
func (d *diagram) forget(f int32, first int) int32 {
	memo := map[int32]int32{}
	var rec func(f int32) int32
	rec = func(f int32) int32 {
		n := d.nodes[f]
		if int(n.level) >= first {
			return f
		}
		if r, ok := memo[f]; ok {
			return r
		}
		r := d.or(rec(n.no), rec(n.yes))
		memo[f] = r
		return r
	}
	return rec(f)
}

// count is the number of combinations of the levels from first on that make f
// true, at most math.MaxUint64.
func (d *diagram) count(f int32, first int) uint64 {
	memo := map[int32]uint64{}
	scale := func(n uint64, by int) uint64 {
		if n != 0 && (by >= 64 || n > math.MaxUint64>>by) {
			return math.MaxUint64
		}
		return n << by
	}
	var rec func(f int32) uint64 // over the levels from f's own on
	rec = func(f int32) uint64 {
		if f <= always {
			return uint64(f)
		}
		if c, ok := memo[f]; ok {
			return c
		}
		n := d.nodes[f]
		no := scale(rec(n.no), int(d.nodes[n.no].level-n.level-1))
		yes := scale(rec(n.yes), int(d.nodes[n.yes].level-n.level-1))
		c := no + yes
		if c < no {
			c = math.MaxUint64
		}
		memo[f] = c
		return c
	}
	return scale(rec(f), int(d.nodes[f].level)-first)
}

// each appends to states every combination of the levels from first on that
// makes f true, as bit strings in ascending order: the last level is bit 0.
func (d *diagram) each(ctx context.Context, f int32, first int, states []uint64) []uint64 {
	var rec func(f int32, level int, prefix uint64)
	rec = func(f int32, level int, prefix uint64) {
		rest := d.levels - level
		switch {
		case f == never:
		case f == always:
			base := prefix << rest
			for i := range uint64(1) << rest {
				poll(ctx, len(states))
				states = append(states, base|i)
			}
		case int(d.nodes[f].level) > level:
			rec(f, level+1, prefix<<1)
			rec(f, level+1, prefix<<1|1)
		default:
			rec(d.nodes[f].no, level+1, prefix<<1)
			rec(d.nodes[f].yes, level+1, prefix<<1|1)
		}
	}
	rec(f, first, 0)
	return states
}

// witness is one combination that makes f true: the value of every level that
// decides it. It must not be called on never.
func (d *diagram) witness(f int32) map[int]bool {
	value := map[int]bool{}
	for f != always {
		n := d.nodes[f]
		yes := n.no == never
		value[int(n.level)] = yes
		if yes {
			f = n.yes
		} else {
			f = n.no
		}
	}
	return value
}

// depends reports whether f depends on the variable of a level.
func (d *diagram) depends(f int32, level int) bool {
	seen := map[int32]bool{}
	var rec func(f int32) bool
	rec = func(f int32) bool {
		n := d.nodes[f]
		if int(n.level) >= level || seen[f] {
			return int(n.level) == level
		}
		seen[f] = true
		return rec(n.no) || rec(n.yes)
	}
	return rec(f)
}

// weight is the probability that f is true when the variable of each level is
// true, independently, with probability p(level).
func (d *diagram) weight(f int32, p func(level int) float64) float64 {
	memo := map[int32]float64{never: 0, always: 1}
	var rec func(f int32) float64
	rec = func(f int32) float64 {
		if w, ok := memo[f]; ok {
			return w
		}
		n := d.nodes[f]
		q := p(int(n.level))
		w := (1-q)*rec(n.no) + q*rec(n.yes)
		memo[f] = w
		return w
	}
	return rec(f)
}
