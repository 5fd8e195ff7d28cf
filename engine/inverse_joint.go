package engine

import (
	"context"
	"slices"

	"github.com/crillab/gophersat/solver"
)

// JointChange is the least change to all players' rankings together after which a
// state is an equilibrium.
type JointChange struct {
	// Swaps is the number of pairs of classes of indifference whose order differs,
	// over all players (Kendall's distance): the number of swaps of neighbours.
	Swaps int
	// Rank is every player's ranking after it, worst 0.
	Rank [][]int32
}

// Limits of the joint problem: states, and variables of the solver.
const (
	maxJointStates = 16
	maxJointVars   = 8_000
)

// Nearest finds the least change to all players' rankings together that makes
// state s an equilibrium under the given concepts (nil: each player's own
// foresight). It is nil where the problem is too large, or moves are not
// transitive (states that are one, explicit graphs) and replies must serve those
// who make them.
//
// Where sanctions may be any moves, each player's part is its own: it raises s
// (see Demand.Rise). Where they must serve those who make them, raising s in one
// ranking can take away a reply that held another player back, and the whole is
// one problem of pseudo-Boolean optimisation, given to a solver (minimal changes
// by 0-1 programmes: Wu and others 2019). Its variables say which pairs of
// classes change places; any choice that is transitive is a ranking. For each
// move t of player i a chain of variables, one for a state and a number of steps,
// says that others get there from t by improvements: it is built forwards, so that
// no state can be its own reason.
func (m *Model) Nearest(ctx context.Context, s int, concepts []Concept) (*JointChange, error) {
	concepts, err := m.conceptsOr(concepts)
	if err != nil {
		return nil, err
	}
	var out *JointChange
	err = halting(func() error {
		if !m.repliesMatter(concepts) {
			out, err = m.nearestApart(ctx, s, concepts)
			return err
		}
		if m.nets != nil || len(m.States) > maxJointStates {
			return nil
		}
		p := &jointProblem{Model: m, s: s, concepts: concepts}
		if !p.write(ctx) {
			return nil
		}
		out = p.solve()
		return ctx.Err()
	})
	return out, err
}

// nearestApart raises s in each ranking as far as needed.
func (m *Model) nearestApart(ctx context.Context, s int, concepts []Concept) (*JointChange, error) {
	out := &JointChange{Rank: slices.Clone(m.Rank)}
	for i, c := range concepts {
		clauses, err := m.clauses(ctx, s, i, c)
		if err != nil {
			return nil, err
		}
		rank := m.Rank[i]
		d := Demand{Player: i, Clauses: clauses}
		d.Holds = d.met(func(x int) bool { return rank[x] <= rank[s] })
		rise, _ := d.distance(rank, s, m.Best[i])
		out.Swaps += rise
		moved := slices.Clone(rank)
		for x, r := range rank {
			switch {
			case r == rank[s]:
				moved[x] = r + int32(rise)
			case r > rank[s] && r <= rank[s]+int32(rise):
				moved[x] = r - 1
			}
		}
		out.Rank[i] = moved
	}
	return out, nil
}

// jointProblem is the problem for the solver. Variables count from 1; a negative
// number is the negation.
//
//	first[i]   of player i: one variable for each pair of classes a < b, by b and
//	           then a, true where a comes above b
type jointProblem struct {
	*Model
	s        int
	concepts []Concept
	first    []int
	vars     int
	lines    []solver.PBConstr
}

func (p *jointProblem) fresh() int {
	p.vars++
	return p.vars
}

// clause demands that one of the literals be true. The solver is given each once,
// and nothing that is always true.
func (p *jointProblem) clause(lits ...int) {
	slices.Sort(lits)
	lits = slices.Compact(lits)
	for _, lit := range lits {
		if _, opposed := slices.BinarySearch(lits, -lit); opposed {
			return
		}
	}
	p.lines = append(p.lines, solver.PropClause(lits...))
}

// above is the literal "player i ranks x above y", of states of different classes.
func (p *jointProblem) above(i, x, y int) int {
	return p.aboveClass(i, int(p.Rank[i][x]), int(p.Rank[i][y]))
}

func (p *jointProblem) aboveClass(i, a, b int) int {
	if a < b {
		return p.first[i] + b*(b-1)/2 + a
	}
	return -(p.first[i] + a*(a-1)/2 + b)
}

// tied reports whether player i likes two states equally: it goes on doing so.
func (p *jointProblem) tied(i, x, y int) bool { return p.Rank[i][x] == p.Rank[i][y] }

// write states the problem; false if it would be too large.
func (p *jointProblem) write(ctx context.Context) bool {
	for i := range p.Players {
		classes := int(p.Best[i]) + 1
		p.first = append(p.first, p.vars+1)
		p.vars += classes * (classes - 1) / 2
		for a := range classes {
			for b := a + 1; b < classes; b++ {
				for c := b + 1; c < classes; c++ {
					ab, bc, ac := p.aboveClass(i, a, b), p.aboveClass(i, b, c), p.aboveClass(i, a, c)
					p.clause(-ab, -bc, ac)
					p.clause(ab, bc, -ac)
				}
			}
		}
	}
	l := newLocal(ctx, p.Model)
	for i, c := range p.concepts {
		if !p.demand(l, i, c) {
			return false
		}
	}
	return true
}

// demand states that s is stable for player i.
func (p *jointProblem) demand(l *local, i int, c Concept) bool {
	for _, t := range p.Moves(nil, i, p.s) {
		if p.tied(i, t, p.s) {
			continue
		}
		line := []int{-p.above(i, t, p.s)}
		switch {
		case c == Nash:
		case c.credible():
			reached := p.reach(l, i, t)
			if reached == nil {
				return false
			}
			for u, by := range reached {
				if by != 0 && u != t {
					line = append(line, p.sanction(l, i, u, c, by))
				}
			}
		default:
			l.replies(i, t, false, func(u int) bool {
				line = append(line, p.sanction(l, i, u, c, 0))
				return true
			})
		}
		p.clause(line...)
	}
	return p.vars <= maxJointVars
}

// sanction is a new variable that implies by, if that is not 0, and that player i
// likes u, and where it may react also all that it can move to from u, no better
// than s.
func (p *jointProblem) sanction(l *local, i, u int, c Concept, by int) int {
	z := p.fresh()
	if by != 0 {
		p.clause(-z, by)
	}
	below := func(x int) {
		if x != p.s && !p.tied(i, x, p.s) {
			p.clause(-z, -p.above(i, x, p.s))
		}
	}
	below(u)
	if c.symmetric() {
		l.moves(i, u, below)
	}
	return z
}

// reach gives, by state, a variable that implies that the others get there from t
// by improvements, 0 where no moves lead; nil if there are too many.
func (p *jointProblem) reach(l *local, i, t int) []int {
	n := len(p.States)
	before := make([]int, n) // reached in fewer steps
	last := make([]int, n)
	const begun = -1 // t itself, before any step
	before[t] = begun
	for range n {
		now := make([]int, n)
		ways := make([][]int, n)
		for y, by := range before {
			if by == 0 {
				continue
			}
			for j := range p.Players {
				if j == i {
					continue
				}
				l.moves(j, y, func(x int) {
					if p.tied(j, x, y) || x == t {
						return
					}
					step := p.above(j, x, y)
					if by != begun {
						and := p.fresh()
						p.clause(-and, by)
						p.clause(-and, step)
						step = and
					}
					ways[x] = append(ways[x], step)
				})
			}
		}
		grown := false
		for x := range now {
			if x == t || len(ways[x]) == 0 {
				now[x] = before[x]
				continue
			}
			grown = true
			now[x] = p.fresh()
			p.clause(append(ways[x], -now[x])...)
		}
		if p.vars > maxJointVars {
			return nil
		}
		if copy(last, now); !grown {
			break
		}
		before = now
	}
	last[t] = 0
	return last
}

// solve asks for the choice with the fewest pairs changed. Making s the best state
// of every player always solves the problem.
func (p *jointProblem) solve() *JointChange {
	problem := solver.ParsePBConstrs(p.lines)
	var pairs []solver.Lit
	for i := range p.Players {
		for at := range int(p.Best[i]) * (int(p.Best[i]) + 1) / 2 {
			if v := p.first[i] + at; v <= problem.NbVars { // others are in no clause
				pairs = append(pairs, solver.IntToLit(int32(v)))
			}
		}
	}
	var value []bool
	if len(pairs) > 0 {
		ones := make([]int, len(pairs)) // the solver fails where the weights are left out
		for n := range ones {
			ones[n] = 1
		}
		problem.SetCostFunc(pairs, ones)
		s := solver.New(problem)
		if s.Minimize() < 0 {
			return nil
		}
		value = s.Model()
	}
	out := &JointChange{}
	for i := range p.Players {
		classes := int(p.Best[i]) + 1
		place := make([]int32, classes)
		for b := range classes {
			for a := range b {
				lit := p.aboveClass(i, a, b)
				if lit <= len(value) && value[lit-1] {
					place[a]++
					out.Swaps++
				} else {
					place[b]++
				}
			}
		}
		rank := make([]int32, len(p.States))
		for x := range rank {
			rank[x] = place[p.Rank[i][x]]
		}
		out.Rank = append(out.Rank, rank)
	}
	return out
}
