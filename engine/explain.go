package engine

// Step is a move of a player from one state to another.
type Step struct {
	Player   int
	From, To int
}

// Answer is what becomes of one improvement of a player.
type Answer struct {
	To int // where the improvement leads
	// Sanction are the moves of others that leave the player no better off than
	// before, shortest first; nil if there are none, and the improvement pays.
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
		if rank[x] > rank[s] {
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
	came := map[int]Step{t: {From: -1}}
	queue := []int{t}
	for head := 0; head < len(queue); head++ {
		y := queue[head]
		for j := range m.Players {
			if j == i {
				continue
			}
			for _, x := range step(nil, j, y) {
				if _, met := came[x]; met {
					continue
				}
				came[x] = Step{Player: j, From: y, To: x}
				if deters(x) {
					return pathTo(came, x)
				}
				queue = append(queue, x)
			}
		}
	}
	return nil
}

// pathTo follows the steps by which states were first met back from x.
func pathTo(came map[int]Step, x int) []Step {
	var path []Step
	for came[x].From >= 0 {
		path = append(path, came[x])
		x = came[x].From
	}
	for a, b := 0, len(path)-1; a < b; a, b = a+1, b-1 {
		path[a], path[b] = path[b], path[a]
	}
	return path
}
