package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/demarche/demarche"
)

// Reason is why a state is stable for a player under any concept, or not: the
// data from which it can be told in words.
type Reason struct {
	State   int
	Player  int
	Concept Concept
	Stable  bool
	// Under is the concept that Replies are about, where it is another: SEQ or
	// SIM for SEQSIM, the player's own concept under Mixed, L_2 or Nash under
	// Stackelberg, the strong version under a weak one, where that fails.
	Under Concept
	// Replies are the ways of leaving that count as improvements, and what
	// becomes of each. The state is stable under Under iff all are Sanctioned.
	// Those that are not come first. More is how many are left out.
	Replies []Reply
	More    int
	// Moves is the horizon at which Replies look, of limited-move and
	// non-myopic stability: for the latter a horizon at which the player leaves,
	// if there is one for good.
	Moves int
	// Truth is the same question with everybody's true preferences, in a
	// hypergame; Misread are the players whom this one misreads, where that
	// makes the difference; none, where states that it does not perceive do.
	Truth   *Reason
	Misread []int
}

// Reply is what becomes of one way of leaving.
type Reply struct {
	// By leaves, a player alone or a coalition, and gets to To by Way.
	By  []int
	To  int
	Way []Step
	// Sanctioned says that By is deterred; otherwise the move pays.
	Sanctioned bool
	// Sanction are the moves of others that deter, one after another, as few as
	// can be; Together are changes that they make from State at the same time,
	// each Step.To being where that change alone would lead. End is where it
	// ends: To, if nobody can answer.
	Sanction []Play
	Together []Step
	End      int
	// Escapes are where By could go on to from End, where the concept asks; none
	// of them helps.
	Escapes []int
	// Gain are the members of By who are better off at End than at State, Lose
	// those who are not.
	Gain, Lose []int
	// Ends are all states in which the move may end as By foresees it, and
	// Foreseen a way to one of them, for limited-move and non-myopic stability.
	Ends     []int
	Foreseen []Step
}

// Play is a move of a player, or of a coalition by the moves of its members.
type Play struct {
	By       []int
	From, To int
	Way      []Step
}

// maxReplies bounds how many replies a Reason holds.
const maxReplies = 1000

// ExplainWith says why a state is stable for a player under any concept, or not.
func (m *Model) ExplainWith(ctx context.Context, o StabilityOptions, s, i int, c Concept) (*Reason, error) {
	if s < 0 || s >= len(m.States) || i < 0 || i >= len(m.Players) {
		return nil, &demarche.Error{Kind: demarche.NotFound, Msg: "there is no such state or player"}
	}
	if err := o.check(m); err != nil {
		return nil, err
	}
	a := &analysis{Model: m, ctx: ctx, o: o, hyper: map[Concept]*Hypergame{}, coal: map[bool]*coalitions{}}
	e, err := a.explain(s, i, c)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(e.Replies, func(x, y Reply) int {
		switch {
		case x.Sanctioned == y.Sanctioned:
			return 0
		case x.Sanctioned:
			return 1
		}
		return -1
	})
	if n := len(e.Replies); n > maxReplies {
		e.Replies, e.More = e.Replies[:maxReplies], n-maxReplies
	}
	return e, nil
}

func (a *analysis) explain(s, i int, c Concept) (*Reason, error) {
	f := c.form()
	j, r, ok, err := a.reading(c)
	if err != nil {
		return nil, err
	}
	if ok && f.grade < 0 {
		return a.explainWeak(s, i, c)
	}
	e := &Reason{State: s, Player: i, Concept: c, Under: c}
	if ok {
		e.Replies = j.replies(f.base, r, int32(s), i)
		e.settle()
		return e, nil
	}
	if j, err = a.certain(); err != nil {
		return nil, err
	}
	switch f.family {
	case simultaneousFamily:
		return a.explainTogether(j, e)
	case limitedFamily:
		err = j.foresee(a.ctx, e)
	case stackelbergFamily:
		if a.o.Leader == nil {
			return nil, bad("say who leads", "Stackelberg stability needs a leader")
		}
		under := Nash
		if i == *a.o.Leader {
			under = LimitedMove(2)
		}
		return a.explainUnder(e, under)
	case mixedFamily:
		return a.explainUnder(e, a.o.Each[i])
	case coalitionFamily:
		err = a.explainCoalitions(e)
	case hyperFamily:
		err = a.explainView(j, e)
	}
	return e, err
}

// settle says whether everything is sanctioned.
func (e *Reason) settle() {
	e.Stable = !slices.ContainsFunc(e.Replies, func(r Reply) bool { return !r.Sanctioned })
}

// explainUnder answers with another concept's reason.
func (a *analysis) explainUnder(e *Reason, under Concept) (*Reason, error) {
	other, err := a.explain(e.State, e.Player, under)
	if err != nil {
		return nil, err
	}
	other.Concept = e.Concept
	return other, nil
}

func (a *analysis) explainWeak(s, i int, c Concept) (*Reason, error) {
	base := c.Base()
	general, err := a.explain(s, i, base)
	if err != nil || !general.Stable {
		if general != nil {
			general.Concept = c
		}
		return general, err
	}
	strong, err := a.explain(s, i, map[Concept]Concept{GMR: StrongGMR, SMR: StrongSMR, SEQ: StrongSEQ}[base])
	if err != nil {
		return nil, err
	}
	strong.Concept, strong.Stable = c, !strong.Stable
	return strong, nil
}

// replies are the improvements of player i from s under a reading, and a
// shortest sanction of each.
func (j *judge) replies(base Concept, r reading, s int32, i int) []Reply {
	var out []Reply
	movers := without(allPlayers(j.players), i)
	steps := without(j.steps(base, r), i)
	f := &focal{judge: j, i: i}
	for _, t := range j.reach[i][s] {
		if !r.leaves(i, s, t) {
			continue
		}
		re := Reply{By: []int{i}, To: int(t), End: int(t), Way: []Step{{i, int(s), int(t)}}}
		if base != Nash {
			path := shortest(j.n, steps, t, func(x int32) bool {
				return !(r.noReturn && x == t) && f.deterred(base, r, s, x)
			})
			for _, h := range path {
				who := movers[h.mover]
				re.Sanction = append(re.Sanction, Play{[]int{who}, int(h.from), int(h.to), []Step{{who, int(h.from), int(h.to)}}})
				re.Sanctioned, re.End = true, int(h.to)
			}
			if re.Sanctioned && base.symmetric() {
				for _, y := range j.reach[i][re.End] {
					re.Escapes = append(re.Escapes, int(y))
				}
			}
		}
		if r.escapes(i, s, int32(re.End)) {
			re.Gain = re.By
		} else {
			re.Lose = re.By
		}
		out = append(out, re)
	}
	return out
}

func allPlayers(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// explainTogether is for SIM, and for SEQSIM: by SEQ if that makes it stable.
func (a *analysis) explainTogether(j *judge, e *Reason) (*Reason, error) {
	if e.Concept == SEQorSIM {
		if by, err := a.explainUnder(e, SEQ); err != nil || by.Stable {
			return by, err
		}
		e.Under = SIM
	}
	v, err := j.simultaneous()
	if err != nil {
		return nil, err
	}
	i, s := e.Player, int32(e.State)
	gains := v.gains(i, s)
	for _, t := range v.reach[i][s] {
		if v.rank[i][t] <= v.rank[i][s] {
			continue
		}
		re := Reply{By: []int{i}, To: int(t), End: int(t), Way: []Step{{i, int(s), int(t)}}, Gain: []int{i}}
		for x := range int32(v.n) {
			if v.rank[i][x] > v.rank[i][s] {
				continue
			}
			changes := v.together(gains, i, s, t, x)
			if changes == nil {
				continue
			}
			re.Sanctioned, re.End, re.Gain, re.Lose = true, int(x), nil, re.By
			for who, change := range changes {
				if change != 0 {
					to, _ := v.Find(v.States[s] ^ change)
					re.Together = append(re.Together, Step{who, int(s), to})
				}
			}
			break
		}
		e.Replies = append(e.Replies, re)
	}
	e.settle()
	return e, nil
}

// maxKept bounds how many foreseen moves, by horizon, player and state, are kept
// to tell one of them.
const maxKept = 1 << 26

// layer is what players foresee with a number of moves left.
type layer struct {
	moved []Set
	after [][][]int32
	value [][]int32
}

// foresee explains limited-move and non-myopic stability: every move of the
// player with where it would end.
func (g *game) foresee(ctx context.Context, e *Reason) error {
	l := newLookahead(ctx, g)
	layers := []layer{{l.moved, l.after, l.value}}
	deepen := func() error {
		err := l.deepen()
		layers = append(layers, layer{l.moved, l.after, l.value})
		return err
	}
	s, i := int32(e.State), e.Player
	if e.Concept != NonMyopic {
		for range e.Concept.moves() {
			if err := deepen(); err != nil {
				return err
			}
		}
	} else {
		// Once round the cycle: up to a horizon within it at which the player
		// leaves, else all of it.
		round, length, err := g.comeRound(ctx)
		if err != nil {
			return err
		}
		if float64(round.h+length)*float64(g.n*g.players) > maxKept {
			return &demarche.Error{
				Kind: demarche.Unavailable, Pos: g.Case.Conflict.At,
				Msg:  fmt.Sprintf("what the players anticipate comes round only after %d moves, too many to be told", round.h+length),
				Hint: "ask about limited-move stability instead, such as l4",
			}
		}
		for l.h < round.h+length-1 {
			if err := deepen(); err != nil {
				return err
			}
			if l.h >= round.h && l.moved[i].Has(int(s)) {
				break
			}
		}
	}
	e.Moves = l.h
	before := layers[max(0, l.h-1)]
	for _, t := range g.reach[i][s] {
		re := Reply{By: []int{i}, To: int(t), Way: []Step{{i, int(s), int(t)}}, Sanctioned: before.value[i][t] <= g.rank[i][s]}
		for _, x := range before.after[i][t] {
			re.Ends = append(re.Ends, int(x))
		}
		re.Foreseen, re.End = g.line(layers[:max(1, l.h)], i, t)
		if g.rank[i][re.End] > g.rank[i][s] {
			re.Gain = re.By
		} else {
			re.Lose = re.By
		}
		e.Replies = append(e.Replies, re)
	}
	e.settle()
	return nil
}

// line is a way in which play may go on after player i has moved to t, towards
// the end that is worst for i.
func (g *game) line(layers []layer, i int, t int32) ([]Step, int) {
	top := layers[len(layers)-1]
	worst := top.after[i][t][0]
	for _, x := range top.after[i][t] {
		if g.rank[i][x] < g.rank[i][worst] {
			worst = x
		}
	}
	var out []Step
	at, last := t, i
	for h := len(layers) - 1; h > 0; h-- {
		moved := false
		for j := range g.players {
			if j == last || !layers[h].moved[j].Has(int(at)) {
				continue
			}
			value, best := layers[h-1].value[j], int32(-1)
			for _, u := range g.reach[j][at] {
				best = max(best, value[u])
			}
			for _, u := range g.reach[j][at] {
				if value[u] != best {
					continue
				}
				if _, leads := slices.BinarySearch(layers[h-1].after[j][u], worst); leads {
					out = append(out, Step{j, int(at), int(u)})
					at, last, moved = u, j, true
					break
				}
			}
			if moved {
				break
			}
		}
		if !moved {
			break
		}
	}
	return out, int(at)
}

// explainCoalitions is about every coalition that the player belongs to, or the
// one asked about.
func (a *analysis) explainCoalitions(e *Reason) error {
	v, err := a.coalitions(e.Concept)
	if err != nil {
		return err
	}
	base := e.Concept.Base()
	for h := uint64(1); h < 1<<v.players; h++ {
		if a.o.Coalition != nil {
			if h = maskOf(a.o.Coalition); h>>e.Player&1 == 0 {
				break
			}
		}
		if h>>e.Player&1 == 1 {
			replies, err := v.replies(h, base, e.State)
			if err != nil {
				return err
			}
			e.Replies = append(e.Replies, replies...)
		}
		if a.o.Coalition != nil {
			break
		}
	}
	e.settle()
	return nil
}

func (v *coalitions) replies(h uint64, base Concept, s int) ([]Reply, error) {
	gains, err := v.improvements(h)
	if err != nil {
		return nil, err
	}
	own, err := v.reachedBy(h)
	if err != nil {
		return nil, err
	}
	better := NewSet(v.n)
	v.betterFor(better, h, s)
	by := bitsOf(h)
	var out []Reply
	for n, t := range gains[s] {
		if n&0xF == 0 && v.ctx.Err() != nil {
			return nil, v.ctx.Err()
		}
		re := Reply{By: by, To: int(t), End: int(t), Way: v.way(h, int32(s), t)}
		if base != Nash {
			movers, steps, err := v.answers(h, base)
			if err != nil {
				return nil, err
			}
			path := shortest(v.n, steps, t, func(x int32) bool {
				return !better.Has(int(x)) && !(base.symmetric() && own[x].meets(better))
			})
			for _, p := range path {
				re.Sanction = append(re.Sanction, Play{bitsOf(movers[p.mover]), int(p.from), int(p.to), v.way(movers[p.mover], p.from, p.to)})
				re.Sanctioned, re.End = true, int(p.to)
			}
			if re.Sanctioned && base.symmetric() {
				for y := range own[re.End].All {
					re.Escapes = append(re.Escapes, y)
				}
			}
		}
		for _, i := range by {
			if v.better[i][s].Has(re.End) {
				re.Gain = append(re.Gain, i)
			} else {
				re.Lose = append(re.Lose, i)
			}
		}
		out = append(out, re)
	}
	return out, nil
}

// way is a shortest legal sequence of moves of a coalition from s to t.
func (v *coalitions) way(h uint64, s, t int32) []Step {
	who := bitsOf(h)
	var steps [][][]int32
	for _, i := range who {
		steps = append(steps, v.reach[i])
	}
	var out []Step
	for _, p := range shortest(v.n, steps, s, func(x int32) bool { return x == t }) {
		out = append(out, Step{who[p.mover], int(p.from), int(p.to)})
	}
	return out
}

// explainView is about the game as the player perceives it, and about the true
// one.
func (a *analysis) explainView(j *judge, e *Reason) error {
	base, i := e.Concept.Base(), e.Player
	views, err := a.views()
	if err != nil {
		return err
	}
	under := func(g *game) ([]Reply, error) {
		own := newJudge(a.ctx, g)
		r := g.classical()
		r.noReturn = a.o.NoReturn || a.matrixForm
		if err := own.prepare(base, r); err != nil {
			return nil, err
		}
		return own.replies(base, r, int32(e.State), i), nil
	}
	if e.Replies, err = under(j.perceived(i, views[i])); err != nil {
		return err
	}
	e.settle()
	e.Truth = &Reason{State: e.State, Player: i, Concept: base, Under: base}
	if e.Truth.Replies, err = under(j.game); err != nil {
		return err
	}
	e.Truth.settle()
	if e.Stable == e.Truth.Stable {
		return nil
	}
	var misread, named []int
	for p := range a.Players {
		if !slices.Equal(views[i][p], a.Rank[p]) {
			misread = append(misread, p)
		}
	}
	for _, p := range misread {
		moves := func(re Reply) bool {
			return slices.ContainsFunc(re.Sanction, func(x Play) bool { return slices.Contains(x.By, p) })
		}
		if slices.ContainsFunc(e.Replies, moves) || slices.ContainsFunc(e.Truth.Replies, moves) {
			named = append(named, p)
		}
	}
	e.Misread = named
	if named == nil {
		e.Misread = misread
	}
	return nil
}
