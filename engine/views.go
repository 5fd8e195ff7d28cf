package engine

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"sync"
)

// Views is what follows where players misread one another: what each of them
// expects, what would happen if every player moved by the game that it sees, and
// who would be surprised. The main outlook takes everybody's preferences as they
// are; this stands beside it.
//
// Each player's perceived game has its own preferences as they are, for the
// others those that the case says it believes them to have (perceptions), and no
// moves into or out of states that it does not perceive (hidden); see Hypergame.
// A perception that is held only with some probability is held in some worlds
// and not in others.
//
// If every player moves by its own view: as in Evolve, but whether a player moves
// from a state, and where to, is what it would choose in its own perceived game.
//
// What a player expects is evolution in its perceived game, over the worlds that
// it cannot tell apart, weighed by its own beliefs, as where it judges an
// agreement.
type Views struct {
	Worlds int
	Exact  bool
	Seed   uint64
	// Perceptions are the views of the case, in its order.
	Perceptions []PerceptionShare
	// Actual is the outlook without agreement if all see one another as they are;
	// Seen if every player moves by its own view. Both are in the order of
	// Conflict.Outcomes, then unnamed, then no settlement.
	Actual, Seen []Estimate
	Players      []PlayerView // in the order of Conflict.Players
}

// PerceptionShare is what one player believes another to want.
type PerceptionShare struct {
	Holder, About int
	P             float64 // how likely it is that the view is held
	// Wrong is the probability that it is held and ranks some states otherwise
	// than the other player does.
	Wrong Estimate
}

// PlayerView is what a player expects and what would surprise it, if every
// player moves by its own view.
type PlayerView struct {
	// Expects are the outcomes it expects without agreement, and ExpectsTalks
	// those if talks conclude: nil if the case has none. In the order of Seen.
	Expects      []Estimate
	ExpectsTalks []Estimate
	// Surprised is the probability of an end that the player gave less than
	// Unexpected; Ends are these ends, likeliest first.
	Surprised Estimate
	Ends      []UnexpectedEnd
	// Moved is the probability that somebody makes a move on the way that the
	// player does not expect of the mover in that state; Moves are the first such
	// moves, likeliest first.
	Moved Estimate
	Moves []UnexpectedMove
}

// Unexpected is the probability below which an end counts as not expected.
const Unexpected = 0.05

// UnexpectedEnd is a way for things to end to which a player gave less than
// Unexpected.
type UnexpectedEnd struct {
	State   uint64
	Settles bool    // false: things never settle, and State means nothing
	P       float64 // that it comes about, and unexpectedly
}

// UnexpectedMove is a move that a player does not expect: in its view the mover
// would make one of the moves to Expected, or none.
type UnexpectedMove struct {
	Mover    int
	From, To uint64
	Expected []uint64
	P        float64 // that it is the first one to surprise the player
}

// Views weighs every world, or draws worlds as Outlook does. Without perceptions
// and hidden states nobody misreads anybody, and Players is empty. It stops early,
// with ctx's error, when ctx ends.
func (k *Conflict) Views(ctx context.Context, cfg OutlookConfig) (*Views, error) {
	if !k.HasStatusQuo {
		return nil, k.noStatusQuo()
	}
	if !k.HasPerceptions() {
		return &Views{Exact: true, Worlds: 1}, nil
	}
	w := k.newWeighing(ctx, true)
	beliefs := k.beliefs()
	for n, b := range beliefs {
		if b.p > 0 && b.p < 1 {
			w.open = append(w.open, question{view: true, at: n, p: b.p})
		}
	}
	if err := w.takeWorlds(cfg); err != nil {
		return nil, err
	}
	out := &Views{Worlds: len(w.worlds), Exact: w.exact, Seed: cfg.Seed}
	if w.exact {
		out.Seed = 0
	}
	v := &viewing{weighing: w, beliefs: beliefs, seers: map[string]*weighing{}, seen: map[string]*seen{}}
	found := make([]*seen, len(w.worlds))
	each(len(w.worlds), func(n int) {
		if ctx.Err() == nil {
			found[n] = v.of(w.worlds[n].World)
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, s := range found {
		if s.err != nil {
			return nil, s.err
		}
	}
	v.summarise(out, found)
	return out, nil
}

// viewing weighs the worlds with what each player sees in them.
type viewing struct {
	*weighing
	beliefs []belief

	mu    sync.Mutex
	seers map[string]*weighing // perceived games, by player and the views it holds
	seen  map[string]*seen
}

// seen is what one world comes to if every player moves by its own view.
type seen struct {
	once      sync.Once
	err       error
	model     *Model
	wrong     []bool // by belief
	course    course
	expects   []course // by player, without agreement
	talks     []course // by player, if talks conclude
	surprised [][]UnexpectedEnd
	moved     [][]UnexpectedMove
}

// seer is the weighing of the game that player a perceives in a world.
func (v *viewing) seer(a int, world World) (*weighing, error) {
	key := binary.LittleEndian.AppendUint16(nil, uint16(a))
	for n, b := range v.beliefs {
		if b.holder == a {
			key = appendBool(key, world.view[n])
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if s := v.seers[string(key)]; s != nil {
		return s, nil
	}
	k, err := v.perceivedBy(a, world)
	if err != nil {
		return nil, err
	}
	s := k.newWeighing(v.ctx, true)
	v.seers[string(key)] = s
	return s, nil
}

// of is what a world comes to, worked out once for all worlds in which every
// player sees the same.
func (v *viewing) of(world World) *seen {
	games := make([]*weighing, len(v.Players))
	key := v.modelKey(world)
	for a := range games {
		g, err := v.seer(a, world)
		if err != nil {
			return &seen{err: err}
		}
		games[a] = g
		key = append(key, g.modelKey(world)...)
	}
	key = appendBools(key, world.view)
	if v.ignorance() {
		key = appendBools(key, world.Atom)
		key = appendBools(key, world.turn)
	}
	v.mu.Lock()
	s := v.seen[string(key)]
	if s == nil {
		s = &seen{}
		v.seen[string(key)] = s
	}
	v.mu.Unlock()
	s.once.Do(func() { s.err = v.fill(s, world, games) })
	return s
}

func (v *viewing) fill(s *seen, world World, games []*weighing) error {
	truth := v.solve(world)
	if truth.err != nil {
		return truth.err
	}
	s.model = truth.model
	views := make([]*solved, len(games))
	for a, g := range games {
		if views[a] = g.solve(world); views[a].err != nil {
			return views[a].err
		}
		if err := v.expected(s, a, g, world); err != nil {
			return err
		}
	}
	for n, b := range v.beliefs {
		s.wrong = append(s.wrong, world.view[n] && !slices.Equal(views[b.holder].model.Rank[b.about], truth.model.Rank[b.about]))
	}
	e, err := chain(v.ctx, truth.start, func(at int) []arc {
		return byTarget(v.steps(views, at))
	})
	if err != nil {
		return err
	}
	s.course = v.newCourse()
	v.follow(&s.course, truth, e, 1, nil)
	for a := range games {
		s.surprised = append(s.surprised, unexpectedEnds(s.course, s.expects[a]))
		moves, err := v.unexpectedMoves(a, truth, views)
		if err != nil {
			return err
		}
		s.moved = append(s.moved, moves)
	}
	return nil
}

// expected adds what player a expects in a world, in the game that it perceives.
func (v *viewing) expected(s *seen, a int, game *weighing, world World) error {
	alone, talks := v.newCourse(), v.newCourse()
	total, err := game.alike(world, a, func(other World, weight float64) error {
		r := game.resultOf(other)
		if r.err != nil {
			return r.err
		}
		alone.add(r.alone, weight)
		talks.add(r.talks, weight)
		return nil
	})
	if err != nil {
		return err
	}
	alone.scale(1 / total)
	talks.scale(1 / total)
	s.expects, s.talks = append(s.expects, alone), append(s.talks, talks)
	return nil
}

// add adds a course with a weight; rungs of the ladder are not added.
func (c *course) add(d course, weight float64) {
	for n, p := range d.outcome {
		c.outcome[n] += weight * p
	}
	for state, p := range d.end {
		c.end[state] += weight * p
	}
}

func (c *course) scale(by float64) {
	for n := range c.outcome {
		c.outcome[n] *= by
	}
	for state := range c.end {
		c.end[state] *= by
	}
}

// step is one transition from a state, by its mover.
type step struct {
	mover int
	arc
}

// steps are the transitions from a state if every player moves by its own view.
func (v *viewing) steps(views []*solved, at int) []step {
	var out []step
	var total float64
	for i, p := range v.Players {
		chosen := views[i].foresight.Chosen(nil, i, at)
		if len(chosen) == 0 || p.Initiative <= 0 {
			continue
		}
		total += p.Initiative
		for _, t := range chosen {
			out = append(out, step{i, arc{t, p.Initiative / float64(len(chosen))}})
		}
	}
	for n := range out {
		out[n].p /= total
	}
	return out
}

// byTarget are steps as arcs, one for each state led to.
func byTarget(steps []step) []arc {
	slices.SortStableFunc(steps, func(a, b step) int { return a.to - b.to })
	var out []arc
	for _, s := range steps {
		if n := len(out); n > 0 && out[n-1].to == s.to {
			out[n-1].p += s.p
		} else {
			out = append(out, s.arc)
		}
	}
	return out
}

// unexpectedEnds are the ends of a course to which an expectation gives less
// than Unexpected. A share of rounding is not an end that comes about.
func unexpectedEnds(c, expects course) []UnexpectedEnd {
	const dust = 1e-12
	var out []UnexpectedEnd
	for state, p := range c.end {
		if p > dust && expects.end[state] < Unexpected-dust {
			out = append(out, UnexpectedEnd{State: state, Settles: true, P: p})
		}
	}
	last := len(c.outcome) - 1
	if p := c.outcome[last]; p > dust && expects.outcome[last] < Unexpected-dust {
		out = append(out, UnexpectedEnd{P: p})
	}
	slices.SortFunc(out, compareEnds)
	return out
}

// unexpectedMoves are the moves that may be the first to surprise player a. Each
// of them ends the chain in a place of its own, beyond the states, so that the
// probability of ending there is that of the move.
func (v *viewing) unexpectedMoves(a int, truth *solved, views []*solved) ([]UnexpectedMove, error) {
	m := truth.model
	var moves []UnexpectedMove
	e, err := chain(v.ctx, truth.start, func(at int) []arc {
		if at >= len(m.States) {
			return nil
		}
		steps := v.steps(views, at)
		for n := range steps {
			s := &steps[n]
			if s.mover == a {
				continue
			}
			expected := views[a].foresight.Chosen(nil, s.mover, at)
			if slices.Contains(expected, s.to) {
				continue
			}
			x := UnexpectedMove{Mover: s.mover, From: m.States[at], To: m.States[s.to]}
			for _, t := range expected {
				x.Expected = append(x.Expected, m.States[t])
			}
			s.to = len(m.States) + len(moves)
			moves = append(moves, x)
		}
		return byTarget(steps)
	})
	if err != nil {
		return nil, err
	}
	for n := range moves {
		moves[n].P = e.End[len(m.States)+n]
	}
	return moves, nil
}

// summarise adds up what is seen in all worlds.
func (v *viewing) summarise(out *Views, found []*seen) {
	kinds, players := len(v.Outcomes)+2, len(v.Players)
	actual, own := newTally(kinds), newTally(kinds)
	wrong := newTally(len(v.beliefs))
	ended, moved := newTally(players), newTally(players)
	expects, talks := make([]*tally, players), make([]*tally, players)
	ends, moves := make([][]UnexpectedEnd, players), make([][]UnexpectedMove, players)
	for a := range players {
		expects[a], talks[a] = newTally(kinds), newTally(kinds)
	}
	mistaken, surprise, way := make([]float64, len(v.beliefs)), make([]float64, players), make([]float64, players)
	for n, s := range found {
		d := &v.worlds[n]
		actual.add(d.weight, d.alone.outcome)
		own.add(d.weight, s.course.outcome)
		for b, is := range s.wrong {
			mistaken[b] = 0
			if is {
				mistaken[b] = 1
			}
		}
		wrong.add(d.weight, mistaken)
		clear(surprise)
		clear(way)
		for a := range players {
			expects[a].add(d.weight, s.expects[a].outcome)
			talks[a].add(d.weight, s.talks[a].outcome)
			for _, e := range s.surprised[a] {
				surprise[a] += e.P
				e.P *= d.weight
				ends[a] = append(ends[a], e)
			}
			for _, x := range s.moved[a] {
				way[a] += x.P
				x.P *= d.weight
				moves[a] = append(moves[a], x)
			}
		}
		ended.add(d.weight, surprise)
		moved.add(d.weight, way)
	}
	for n, e := range wrong.estimates(out.Exact) {
		b := v.beliefs[n]
		out.Perceptions = append(out.Perceptions, PerceptionShare{Holder: b.holder, About: b.about, P: b.p, Wrong: e})
	}
	out.Actual, out.Seen = actual.estimates(out.Exact), own.estimates(out.Exact)
	surprised, on := ended.estimates(out.Exact), moved.estimates(out.Exact)
	for a := range players {
		p := PlayerView{Expects: expects[a].estimates(out.Exact), Surprised: surprised[a], Moved: on[a]}
		if v.HasTalks {
			p.ExpectsTalks = talks[a].estimates(out.Exact)
		}
		p.Ends = amass(ends[a], ended.weight, compareEnds, func(e *UnexpectedEnd) *float64 { return &e.P })
		p.Moves = amass(moves[a], moved.weight, compareMoves, func(x *UnexpectedMove) *float64 { return &x.P })
		out.Players = append(out.Players, p)
	}
}

// amass joins those that are the same, adding their shares of the total, and
// puts the likeliest first. Equal ones are added in the order of the list.
func amass[T any](list []T, total float64, compare func(a, b T) int, p func(*T) *float64) []T {
	slices.SortStableFunc(list, compare)
	var out []T
	for _, x := range list {
		if n := len(out); n > 0 && compare(out[n-1], x) == 0 {
			*p(&out[n-1]) += *p(&x)
		} else {
			out = append(out, x)
		}
	}
	for n := range out {
		*p(&out[n]) = min(1, *p(&out[n])/total)
	}
	slices.SortStableFunc(out, func(a, b T) int { return heavier(*p(&a), *p(&b)) })
	return out
}

func compareEnds(a, b UnexpectedEnd) int {
	if a.Settles != b.Settles {
		if a.Settles {
			return -1
		}
		return 1
	}
	return cmp.Compare(a.State, b.State)
}

func compareMoves(a, b UnexpectedMove) int {
	return cmp.Or(cmp.Compare(a.Mover, b.Mover), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), slices.Compare(a.Expected, b.Expected))
}
