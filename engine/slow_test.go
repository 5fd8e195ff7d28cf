package engine

import (
	"math"
	"slices"

	"github.com/demarche/demarche"
)

// slow is the slow twin of the engine: the definitions as plainly as the
// package documentation writes them, over maps and loops, sharing nothing with
// the fast path but the compiled names.
type slow struct {
	m      *Model
	states []uint64
	score  []map[uint64]float64 // by player

	// Each of these is worked out once: who reaches what.
	moves, better []map[uint64][]uint64
	replies       map[replyKey][]uint64
}

type replyKey struct {
	i        int
	s        uint64
	credible bool
}

func newSlow(m *Model) *slow {
	v := &slow{m: m}
	for s := range uint64(1) << len(m.Options) {
		if v.feasible(s) {
			v.states = append(v.states, s)
		}
	}
	for i := range m.Players {
		score := map[uint64]float64{}
		list := v.counted(i)
		for _, s := range v.states {
			for j, st := range list {
				if !v.truth(st.Want.Cond, s) {
					continue
				}
				if st.Weight != nil {
					score[s] += math.Round(*st.Weight * 1000)
				} else {
					score[s] += math.Pow(2, float64(len(list)-1-j))
				}
			}
		}
		v.score = append(v.score, score)
		moves, better := map[uint64][]uint64{}, map[uint64][]uint64{}
		for _, s := range v.states {
			for _, t := range v.states {
				if t == s || !v.canMove(i, s, t) {
					continue
				}
				moves[s] = append(moves[s], t)
				if score[t] > score[s] {
					better[s] = append(better[s], t)
				}
			}
		}
		v.moves, v.better = append(v.moves, moves), append(v.better, better)
	}
	v.replies = map[replyKey][]uint64{}
	return v
}

// counted are the statements of a player that count in the world, after what
// is unsure about them has turned out.
func (v *slow) counted(i int) []demarche.Statement {
	p := v.m.Case.Conflict.Players[i]
	type placed struct {
		demarche.Statement
		n int
	}
	var list []placed
	for n, s := range p.Prefers {
		list = append(list, placed{s, n + 1})
	}
	find := func(n int) int { return slices.IndexFunc(list, func(s placed) bool { return s.n == n }) }
	turn := 0
	for j := range i {
		turn += len(v.m.Case.Conflict.Players[j].Unsure)
	}
	var gone []int
	for n, u := range p.Unsure {
		switch {
		case !v.m.World.turn[turn+n]:
		case u.Drop != nil:
			gone = append(gone, *u.Drop)
		default:
			a, b := find(u.Order[0]), find(u.Order[1])
			list[a], list[b] = list[b], list[a]
		}
	}
	var out []demarche.Statement
	for _, s := range list {
		if slices.Contains(gone, s.n) || s.If.Cond != nil && !v.truth(s.If.Cond, 0) {
			continue
		}
		out = append(out, s.Statement)
	}
	return out
}

func (v *slow) feasible(s uint64) bool {
	for _, r := range v.m.Case.Conflict.Rules {
		if v.truth(r.Never.Cond, s) {
			return false
		}
	}
	return true
}

func (v *slow) reach(i int, s uint64) []uint64   { return v.moves[i][s] }
func (v *slow) improve(i int, s uint64) []uint64 { return v.better[i][s] }

// hides reports whether player i does not perceive a state.
func (v *slow) hides(i int, s uint64) bool {
	for _, h := range v.m.Case.Conflict.Hidden {
		for _, e := range h.States {
			if h.ID == v.m.Players[i].ID && v.truth(e.Cond, s) {
				return true
			}
		}
	}
	return false
}

func (v *slow) canMove(i int, s, t uint64) bool {
	if v.hides(i, s) || v.hides(i, t) {
		return false
	}
	bit := 0
	for j, p := range v.m.Case.Conflict.Players {
		for _, o := range p.Options {
			before, after := s>>bit&1 == 1, t>>bit&1 == 1
			bit++
			if before == after {
				continue
			}
			mine := j == i
			for _, r := range o.SharedWith {
				mine = mine || r.Name == v.m.Players[i].ID
			}
			if !mine || before && !o.Back() || after && !o.Forward() {
				return false
			}
		}
	}
	return true
}

// others is R_{N-i}(s), or the same by improvements: states reachable by a
// nonempty sequence of moves of players other than i in which nobody moves
// twice in a row. Nodes are pairs of a state and the last mover.
func (v *slow) others(i int, s uint64, credible bool) []uint64 {
	if known, ok := v.replies[replyKey{i, s, credible}]; ok {
		return known
	}
	step := v.reach
	if credible {
		step = v.improve
	}
	type node struct {
		s    uint64
		last int
	}
	seen, reached := map[node]bool{}, map[uint64]bool{}
	queue := []node{{s, -1}}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		for j := range v.m.Players {
			if j == i || j == n.last {
				continue
			}
			for _, t := range step(j, n.s) {
				if next := (node{t, j}); !seen[next] {
					seen[next] = true
					reached[t] = true
					queue = append(queue, next)
				}
			}
		}
	}
	var out []uint64
	for _, t := range v.states {
		if reached[t] {
			out = append(out, t)
		}
	}
	v.replies[replyKey{i, s, credible}] = out
	return out
}

func (v *slow) stable(i int, s uint64, c Concept) bool {
	for _, t := range v.improve(i, s) {
		if !v.sanctioned(i, s, t, c) {
			return false
		}
	}
	return true
}

func (v *slow) sanctioned(i int, s, t uint64, c Concept) bool {
	var replies []uint64
	switch c {
	case Nash:
		return false
	case GMR, SMR:
		replies = v.others(i, t, false)
	case SEQ, SSEQ:
		replies = v.others(i, t, true)
	}
	score := v.score[i]
	for _, x := range replies {
		if score[x] > score[s] {
			continue
		}
		escape := false
		if c == SMR || c == SSEQ {
			for _, y := range v.reach(i, x) {
				escape = escape || score[y] > score[s]
			}
		}
		if !escape {
			return true
		}
	}
	return false
}
