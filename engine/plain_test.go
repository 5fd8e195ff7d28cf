package engine

import (
	"slices"

	"github.com/demarche/demarche"
)

// plain is the slow twin of the other model forms: states with moves one by one
// and a value of each state for each player, and the definitions over them.
type plain struct {
	n, players int
	moves      [][][]int // by player and state
	value      [][]float64
	matrix     bool // a return to the state that was left deters nobody
}

func (v *plain) better(i, s int) []int {
	var out []int
	for _, t := range v.moves[i][s] {
		if v.value[i][t] > v.value[i][s] {
			out = append(out, t)
		}
	}
	return out
}

func (v *plain) any(i, s int) []int { return v.moves[i][s] }

// others are the states that players other than i can lead to from t by a
// nonempty sequence of moves in which nobody moves twice in a row.
func (v *plain) others(i, t int, step func(i, s int) []int) map[int]bool {
	type node struct{ s, last int }
	reached, seen := map[int]bool{}, map[node]bool{}
	for queue := []node{{t, -1}}; len(queue) > 0; queue = queue[1:] {
		for j := range v.players {
			if j == i || j == queue[0].last {
				continue
			}
			for _, x := range step(j, queue[0].s) {
				reached[x] = true
				if next := (node{x, j}); !seen[next] {
					seen[next] = true
					queue = append(queue, next)
				}
			}
		}
	}
	return reached
}

func (v *plain) sanctioned(i, s, t int, c Concept) bool {
	if c == Nash {
		return false
	}
	step := v.any
	if c == SEQ || c == SSEQ {
		step = v.better
	}
	for x := range v.others(i, t, step) {
		if v.deters(i, s, x, c) {
			return true
		}
	}
	return false
}

func (v *plain) deters(i, s, x int, c Concept) bool {
	if v.value[i][x] > v.value[i][s] || v.matrix && x == s {
		return false
	}
	if c == SMR || c == SSEQ {
		for _, y := range v.moves[i][x] {
			if v.value[i][y] > v.value[i][s] {
				return false
			}
		}
	}
	return true
}

func (v *plain) stable(i, s int, c Concept) bool {
	for _, t := range v.better(i, s) {
		if !v.sanctioned(i, s, t, c) {
			return false
		}
	}
	return true
}

// chosen are the best of the improvements that are not sanctioned.
func (v *plain) chosen(i, s int, c Concept) []int {
	var out []int
	for _, t := range v.better(i, s) {
		if v.sanctioned(i, s, t, c) {
			continue
		}
		if len(out) > 0 && v.value[i][t] > v.value[i][out[0]] {
			out = nil
		}
		if len(out) == 0 || v.value[i][t] == v.value[i][out[0]] {
			out = append(out, t)
		}
	}
	return out
}

// plainGraph is the twin of an explicit graph, in which all states are allowed.
func plainGraph(c *demarche.Case) *plain {
	g, m := c.Conflict.Graph, c.Conflict
	v := &plain{n: len(g.States), players: len(m.Players)}
	at := func(name string) int {
		return slices.IndexFunc(g.States, func(s demarche.GraphState) bool { return s.ID == name })
	}
	for _, p := range m.Players {
		moves, value := make([][]int, v.n), make([]float64, v.n)
		for _, list := range g.Moves {
			if list.ID != p.ID {
				continue
			}
			for _, a := range list.Arcs {
				from, to := at(a.Ends[0].Name), at(a.Ends[1].Name)
				if !slices.Contains(moves[from], to) {
					moves[from] = append(moves[from], to)
				}
			}
		}
		for _, list := range moves {
			slices.Sort(list)
		}
		for place, group := range p.Ranking {
			for _, item := range group.States {
				s := item.Number - 1
				if item.Pattern != "" {
					s = at(item.Pattern)
				}
				value[s] = -float64(place)
			}
		}
		if p.Payoffs != nil {
			copy(value, p.Payoffs)
		}
		v.moves, v.value = append(v.moves, moves), append(v.value, value)
	}
	return v
}

// plainForms is the twin of a model in option form with states that are one and
// states that are hidden. Values are left to the caller. It also gives the
// members of each state, greatest last.
func plainForms(m *Model) (*plain, [][]uint64) {
	v := &slow{m: m}
	src := m.Case.Conflict
	var raw []uint64
	for s := range uint64(1) << len(m.Options) {
		if v.feasible(s) {
			raw = append(raw, s)
		}
	}
	// States that meet one condition are one, and so are those one with them.
	group := make([]int, len(raw))
	for r := range raw {
		group[r] = r
	}
	for changed := true; changed; {
		changed = false
		for _, e := range src.Same {
			least := -1
			for r, s := range raw {
				if v.truth(e.Cond, s) && (least < 0 || group[r] < least) {
					least = group[r]
				}
			}
			for r, s := range raw {
				if v.truth(e.Cond, s) && group[r] != least {
					group[r], changed = least, true
				}
			}
		}
	}
	of := map[int][]uint64{}
	for r, s := range raw {
		of[group[r]] = append(of[group[r]], s)
	}
	var members [][]uint64
	for _, list := range of {
		members = append(members, list)
	}
	slices.SortFunc(members, func(a, b []uint64) int {
		if a[len(a)-1] < b[len(b)-1] {
			return -1
		}
		return 1
	})
	hides := func(i int, s uint64) bool {
		for _, h := range src.Hidden {
			if h.ID != src.Players[i].ID {
				continue
			}
			for _, e := range h.States {
				if v.truth(e.Cond, s) {
					return true
				}
			}
		}
		return false
	}
	out := &plain{n: len(members), players: len(src.Players)}
	for i := range src.Players {
		moves := make([][]int, out.n)
		for a, from := range members {
			for b, to := range members {
				if a == b {
					continue
				}
				can := false
				for _, s := range from {
					for _, t := range to {
						can = can || v.canMove(i, s, t) && !hides(i, s) && !hides(i, t)
					}
				}
				if can {
					moves[a] = append(moves[a], b)
				}
			}
		}
		out.moves = append(out.moves, moves)
	}
	return out, members
}
