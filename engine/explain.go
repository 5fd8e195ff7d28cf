package engine

import "slices"

// Step is a move of a player from one state to another.
type Step struct {
	Player   int
	From, To int
}

// Answer is what becomes of one improvement of a player.
type Answer struct {
	To int // where the improvement leads
	// Sanction are the moves of others that leave the player no better off than
	// before, as few as can be; nil if there are none, and the improvement pays.
	Sanction []Step
	// Escapes are the states that the player could still go on to from the end
	// of the sanction, best first; no one of them is better than before. They
	// are given where the concept asks for them (SMR, SSEQ).
	Escapes []int
}

// Explanation is why a state is stable for a player under a concept, or not.
type Explanation struct {
	State   int
	Player  int
	Concept Concept
	Stable  bool
	// Answers are the improvements, best first. The state is stable iff every
	// one of them is sanctioned.
	Answers []Answer
}

// Explain finds for every improvement of player i from s a shortest sanction.
func (m *Model) Explain(s, i int, c Concept) *Explanation {
	e := &Explanation{State: s, Player: i, Concept: c, Stable: true}
	for _, t := range m.Improvements(nil, i, s) {
		a := Answer{To: t}
		if c != Nash {
			a.Sanction = m.sanction(s, t, i, c)
		}
		if a.Sanction == nil {
			e.Stable = false
		} else if c.symmetric() {
			a.Escapes = m.Moves(nil, i, a.Sanction[len(a.Sanction)-1].To)
		}
		e.Answers = append(e.Answers, a)
	}
	return e
}

// sanction searches forward and in breadth from t, by moves of players other
// than i, for a state that deters i from leaving s for t.
func (m *Model) sanction(s, t, i int, c Concept) []Step {
	rank := m.Rank[i]
	deters := func(x int) bool {
		if rank[x] > rank[s] || x == s && m.matrixForm {
			return false
		}
		if c.symmetric() {
			for _, y := range m.Moves(nil, i, x) {
				if rank[y] > rank[s] {
					return false
				}
			}
		}
		return true
	}
	step := m.Moves
	if c.credible() {
		step = m.Improvements
	}
	type arrival struct {
		Step
		before int // place in queue
	}
	first := juncture{t, nobody}
	queue := []juncture{first}
	came := []arrival{{before: -1}}
	met := map[juncture]bool{first: true}
	for head := 0; head < len(queue); head++ {
		y := queue[head]
		for j := range m.Players {
			if j == i || j == y.last {
				continue
			}
			for _, x := range step(nil, j, y.state) {
				next := m.juncture(x, j)
				if met[next] {
					continue
				}
				met[next] = true
				queue = append(queue, next)
				came = append(came, arrival{Step{Player: j, From: y.state, To: x}, head})
				if !deters(x) {
					continue
				}
				var path []Step
				for at := len(came) - 1; at > 0; at = came[at].before {
					path = append(path, came[at].Step)
				}
				slices.Reverse(path)
				return path
			}
		}
	}
	return nil
}

// juncture is where a sequence of moves stands: its state, and who moved last
// where that decides who may move next.
type juncture struct{ state, last int }

const nobody = -1

// juncture is where a sequence stands after player j has moved to state s. In
// option form two moves in a row by one player are one, so that it never matters
// who moved last.
func (m *Model) juncture(s, j int) juncture {
	if m.nets == nil {
		j = nobody
	}
	return juncture{s, j}
}
