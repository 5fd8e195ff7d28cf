package engine

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"slices"
)

// Carried says how a state would be carried out and what could undo it.
type Carried struct {
	State   uint64
	Parties []int
	P       float64 // that it is an agreement
	// World is where the rest but for Spoilers is worked out: the typical world if
	// the state is an agreement there or in none, otherwise the likeliest in which
	// it is one. Typical says which.
	World   World
	Typical bool
	// Force says that the state begins a use of force that is not made in the
	// status quo. How that would be carried out is not worked out: Orders and
	// SafeOrders are -1, and Way and Withdrawals are empty.
	Force bool
	// Orders and SafeOrders are how many orders there are in which each party
	// does its whole part in one move and every rule is kept on the way, and how
	// many of them are safe: each of their moves is. Both are -1 for more than
	// MaxOrdered parties. First are the players with whom safe orders begin.
	Orders, SafeOrders int
	First              []int
	// Way has the fewest moves that are not safe, then the fewest moves, then the
	// earliest players first. A party may do its part in several moves, where no
	// more than MaxSplit options change. Empty if no way keeps every rule.
	Way  []Performance
	Safe bool // every move of Way is safe, and there is one
	// Withdrawals are the changes that can be undone afterwards, by option.
	Withdrawals []Withdrawal
	// Spoilers are the players outside it who gain at once by a move that leaves
	// one of Parties worse off than in State, in some of the worlds in which it is
	// an agreement; if it is none anywhere, of all worlds in which it can be.
	// Onward are those who gain by a move that leaves none of them worse off. As
	// nobody moves another's options, every party's own part still stands after
	// either; only the first breaks the agreement. A player can be both, in
	// different worlds.
	Spoilers, Onward []Departure
}

// MaxOrdered is for how many parties orders are counted, and MaxSplit how many
// changed options are tried in any grouping; beyond, each party does its whole
// part in one move.
const (
	MaxOrdered = 12
	MaxSplit   = 10
)

// Performance is a move by which a state is carried out. It is safe if its
// player, its turn come, likes the end at least as much as what is done so far;
// the first move is safe if its player accepts the end, given what it expects
// otherwise.
type Performance struct {
	Player   int
	From, To uint64
	Safe     bool
	// Trusting are those who have done something before and would be worse off
	// than in the status quo if this player stopped here; none if it is safe.
	Trusting []int
	// Undone says of a later move that is not safe that stopping does not pay
	// looking ahead: under stepwise evolution from there, in which what was done
	// can be taken back, it is not more likely than not that its player ends in a
	// state that it likes better than the end.
	Undone bool
}

// Withdrawal is a change that its player can undo: a promise that is no more than
// that.
type Withdrawal struct {
	Player, Option int
	// To is where its player would go: of the states in which the option is as it
	// was, the best that its foresight does not see answered if there is one that
	// it likes better than the agreement, otherwise the best.
	To    uint64
	Gains bool // the player likes To better, at once
	// Deterred says that it gains, but that its foresight sees it answered by
	// Answer: moves of others that leave it no better off than before.
	Deterred bool
	Answer   []Move
	// Could is, where it gains and is not deterred, an answer that others could
	// give without taking up any use of force, though it may not be in their
	// interest; empty if there is none.
	Could []Move
	// Levers are the declared levers, by place in the case, under which it would
	// no longer gain or, where it is not deterred, would be.
	Levers []int
}

// Move is a move of a player between two states.
type Move struct {
	Player   int
	From, To uint64
}

// Departure is a move by which a player outside an agreement gains. In each world
// one is looked at: the move that its foresight chooses, or if that holds it
// back, the one by which it would gain most; of several as good, one that leaves
// a party worse off.
type Departure struct {
	Player int
	// Gains is the probability of such a move, Would that its foresight does not
	// hold it back, given the worlds looked at.
	Gains, Would float64
	// To is where it would most likely go; if it would not, where it would gain
	// most.
	To uint64
}

// carried works out how a state that is an agreement with probability p would be
// carried out.
func (j *judging) carried(state uint64, p float64) (Carried, error) {
	c, found := j.typical, false
	is := func(c *judgement) bool {
		t, ok := c.solved.model.Find(state)
		return ok && c.isAgreement(t)
	}
	if p > 0 && !is(c) {
		for _, d := range j.cases {
			if is(d) && (!found || d.most > c.most+1e-15) {
				c, found = d, true
			}
		}
	}
	m, start := c.solved.model, c.solved.start
	at, ok := m.Find(state)
	out := Carried{State: state, P: p, World: c.world, Typical: !found, Force: j.BeginsForce(state), Orders: -1, SafeOrders: -1}
	changed, parties := m.change(m.States[start], state)
	out.Parties = players(parties)
	if !ok {
		return out, nil // cannot be in the typical world, and is an agreement in none
	}
	if out.Force {
		out.Spoilers, out.Onward = j.departures(state, parties, p > 0)
		return out, j.ctx.Err()
	}
	accepts := func(i int) bool {
		if c.accepts[i] != nil {
			return c.accepts[i].Has(at)
		}
		var worse float64
		for _, e := range c.solved.alone.ends() {
			if m.Rank[i][e.at] < m.Rank[i][at] {
				worse += e.p
			}
		}
		return worse > 0.5+worseMargin
	}
	var parts []portion
	for _, i := range out.Parties {
		parts = append(parts, portion{i, changed & m.Players[i].Own})
	}
	if len(parts) <= MaxOrdered {
		l := m.ways(start, at, parts, accepts)
		out.Orders, out.SafeOrders, out.First = l.count()
		if n := bits.OnesCount64(changed); n > len(parts) && n <= MaxSplit {
			var single []portion
			for _, part := range parts {
				for rest := part.bits; rest != 0; rest &= rest - 1 {
					single = append(single, portion{part.player, rest & -rest})
				}
			}
			l = m.ways(start, at, single, accepts)
		}
		out.Way = l.best()
		for n := range out.Way {
			p := &out.Way[n]
			if p.Safe || n == 0 {
				continue
			}
			from, _ := m.Find(p.From)
			e, err := c.solved.foresight.Evolve(j.ctx, from)
			if err != nil {
				return out, err
			}
			var better float64
			for _, end := range e.ends() {
				if m.Rank[p.Player][end.at] > m.Rank[p.Player][at] {
					better += end.p
				}
			}
			p.Undone = better <= 0.5+worseMargin
		}
		out.Safe = len(out.Way) > 0 && !slices.ContainsFunc(out.Way, func(p Performance) bool { return !p.Safe })
	}
	err := halting(func() (err error) {
		out.Withdrawals, err = j.withdrawals(c, at, changed)
		return err
	})
	if err != nil {
		return out, err
	}
	out.Spoilers, out.Onward = j.departures(state, parties, p > 0)
	return out, j.ctx.Err()
}

// portion is something that one player does at once.
type portion struct {
	player int
	bits   uint64
}

// lattice are the states between two, by which portions are done: bit n of a
// place says that portion n is.
//
//	at      the state at each place, -1 where the rules exclude it
//	parts   by player, the portions that are its own
type lattice struct {
	m       *Model
	at      []int
	who     []int
	parts   []int
	accepts func(int) bool
}

// ways lays out the states between start and end.
func (m *Model) ways(start, end int, portions []portion, accepts func(int) bool) *lattice {
	l := &lattice{m: m, at: make([]int, 1<<len(portions)), accepts: accepts}
	for n, p := range portions {
		if len(l.who) == 0 || l.who[len(l.who)-1] != p.player {
			l.who, l.parts = append(l.who, p.player), append(l.parts, 0)
		}
		l.parts[len(l.parts)-1] |= 1 << n
	}
	for place := range l.at {
		state := m.States[start]
		for n, p := range portions {
			if place>>n&1 == 1 {
				state ^= p.bits
			}
		}
		t, ok := m.Find(state)
		if l.at[place] = t; !ok || !m.isAllowed(state) {
			l.at[place] = -1
		}
	}
	l.at[0], l.at[len(l.at)-1] = start, end // which may be one with others
	return l
}

// moves calls yield with every move of a party from a place: who makes it, where
// it leads, and whether it is safe.
func (l *lattice) moves(from int, yield func(i, to int, safe bool)) {
	if l.at[from] < 0 {
		return
	}
	end := l.at[len(l.at)-1]
	for n, i := range l.who {
		open := l.parts[n] &^ from
		if open == 0 {
			continue
		}
		safe := l.m.Rank[i][end] >= l.m.Rank[i][l.at[from]]
		if from == 0 {
			safe = l.accepts(i)
		}
		for part := open; part != 0; part = (part - 1) & open {
			if to := from | part; l.at[to] >= 0 && l.m.CanMove(i, l.at[from], l.at[to]) {
				yield(i, to, safe)
			}
		}
	}
}

// count is how many ways there are to the end, how many of them are safe, and who
// makes the first move of those.
func (l *lattice) count() (all, safe int, first []int) {
	ways, safely := make([]int, len(l.at)), make([]int, len(l.at))
	last := len(l.at) - 1
	if last == 0 {
		return 0, 0, nil // nothing changes
	}
	ways[last], safely[last] = 1, 1
	for from := last - 1; from >= 0; from-- {
		l.moves(from, func(i, to int, safe bool) {
			ways[from] += ways[to]
			if safe {
				safely[from] += safely[to]
				if from == 0 && safely[to] > 0 && !slices.Contains(first, i) {
					first = append(first, i)
				}
			}
		})
	}
	slices.Sort(first)
	return ways[0], safely[0], first
}

// best is the way with the fewest moves that are not safe, then the fewest moves.
// Where several are as good, each move is by the earliest player who can make it,
// and does as much as it can.
func (l *lattice) best() []Performance {
	type cost struct{ risky, moves int }
	less := func(a, b cost) bool { return a.risky < b.risky || a.risky == b.risky && a.moves < b.moves }
	last := len(l.at) - 1
	costs := make([]cost, len(l.at))
	type step struct {
		i, to int
		safe  bool
	}
	next := make([]step, len(l.at))
	for from := last - 1; from >= 0; from-- {
		costs[from] = cost{math.MaxInt / 2, 0}
		l.moves(from, func(i, to int, safe bool) {
			c := costs[to]
			if c.moves++; !safe {
				c.risky++
			}
			if less(c, costs[from]) {
				costs[from], next[from] = c, step{i, to, safe}
			}
		})
	}
	if last == 0 || costs[0].risky >= math.MaxInt/2 {
		return nil
	}
	m := l.m
	var out []Performance
	var done []int // who has done something
	for from := 0; from != last; from = next[from].to {
		s := next[from]
		p := Performance{Player: s.i, From: m.States[l.at[from]], To: m.States[l.at[s.to]], Safe: s.safe}
		for _, i := range done {
			if !s.safe && i != s.i && m.Rank[i][l.at[from]] < m.Rank[i][l.at[0]] {
				p.Trusting = append(p.Trusting, i)
			}
		}
		out = append(out, p)
		if at, found := slices.BinarySearch(done, s.i); !found {
			done = slices.Insert(done, at, s.i)
		}
	}
	return out
}

// withdrawals finds what of a change can be undone in the world of a judgement,
// and what would keep it from being.
func (j *judging) withdrawals(c *judgement, at int, changed uint64) ([]Withdrawal, error) {
	m, f := c.solved.model, c.solved.foresight
	var out []Withdrawal
	for k, o := range j.Options {
		if changed>>k&1 == 0 {
			continue
		}
		to, gains, deterred := f.undoing(o.Player, at, k)
		if to < 0 {
			continue
		}
		w := Withdrawal{Player: o.Player, Option: k, To: m.States[to], Gains: gains, Deterred: deterred}
		if !gains {
			out = append(out, w)
			continue
		}
		if deterred {
			w.Answer = m.moved(m.sanction(at, to, o.Player, j.Players[o.Player].Foresight))
		} else {
			w.Could = m.moved(m.answer(j.ctx, at, to, o.Player))
		}
		levers, err := j.mending(c, m.States[at], w)
		if err != nil {
			return nil, err
		}
		w.Levers = levers
		out = append(out, w)
	}
	return out, nil
}

// undoing is where player i would go from s if it undid the change of option k:
// see Withdrawal. It is -1 if i cannot.
func (f *Foresight) undoing(i, s, k int) (to int, gains, deterred bool) {
	m, to := f.m, -1
	meant := m.Fixed(m.States[s])
	for _, t := range m.Moves(nil, i, s) {
		if (m.States[t]^m.States[s])&meant&m.Fixed(m.States[t])>>k&1 == 0 {
			continue
		}
		if to < 0 {
			to = t
		}
		if m.Rank[i][t] <= m.Rank[i][s] {
			break
		}
		gains = true
		if !f.threats[i].sanctioned(s, t, m.Rank[i][s]) {
			return t, true, false
		}
	}
	return to, gains, gains
}

func (m *Model) moved(steps []Step) []Move {
	out := make([]Move, len(steps))
	for n, s := range steps {
		out[n] = Move{s.Player, m.States[s.From], m.States[s.To]}
	}
	return out
}

// answer searches, in breadth, for moves of players other than i from t on that
// take up no use of force and leave i no better off than in s.
func (m *Model) answer(ctx context.Context, s, t, i int) []Step {
	force := m.force()
	type arrival struct {
		Step
		before int
	}
	queue := []arrival{{Step{nobody, t, t}, -1}}
	met := map[juncture]bool{{t, nobody}: true}
	for head := 0; head < len(queue); head++ {
		poll(ctx, head)
		y := queue[head]
		for p := range m.Players {
			if p == i || p == y.Player {
				continue
			}
			for _, x := range m.Moves(nil, p, y.To) {
				next := m.juncture(x, p)
				if changed, _ := m.change(m.States[y.To], m.States[x]); met[next] || changed&m.States[x]&force != 0 {
					continue
				}
				met[next] = true
				queue = append(queue, arrival{Step{Player: p, From: y.To, To: x}, head})
				if m.Rank[i][x] > m.Rank[i][s] || x == s && m.matrixForm {
					continue
				}
				var path []Step
				for at := len(queue) - 1; at > 0; at = queue[at].before {
					path = append(path, queue[at].Step)
				}
				slices.Reverse(path)
				return path
			}
		}
	}
	return nil
}

// leverWorld is a declared lever pulled in the world of a judgement.
type leverWorld struct {
	lever int
	c     *judgement
}

// pulled is a model in which a lever is pulled.
type pulled struct {
	model     *Model
	foresight *Foresight
}

// mending are the levers under which a withdrawal that gains would no longer
// gain or, if it is not deterred, would be.
func (j *judging) mending(c *judgement, state uint64, w Withdrawal) ([]int, error) {
	var out []int
	for n := range j.Case.Conflict.Levers {
		p, err := j.pull(c, n)
		if err != nil {
			return nil, err
		}
		if p == nil {
			continue
		}
		s, ok := p.model.Find(state)
		if !ok {
			continue
		}
		to, gains, deterred := p.foresight.undoing(w.Player, s, w.Option)
		if to >= 0 && (!gains || deterred && !w.Deterred) {
			out = append(out, n)
		}
	}
	return out, nil
}

// pull lays out the world of a judgement with a lever pulled. It is nil for
// levers that would reward a use of force, and for those on players whose preferences
// are not a list of statements in order.
func (j *judging) pull(c *judgement, lever int) (*pulled, error) {
	l := &j.Case.Conflict.Levers[lever]
	if l.Prefer == nil {
		return nil, nil
	}
	i := slices.IndexFunc(j.Players, func(p Player) bool { return p.ID == l.Prefer.Player.Name })
	if i < 0 || j.explicit[i] != nil || weighed(j.counted(i, c.world)) {
		return nil, nil
	}
	if rewards, _ := j.wants(l.Prefer.Want.Cond); rewards {
		return nil, nil
	}
	key := leverWorld{lever, c}
	if p, ok := j.levers[key]; ok {
		return p, nil
	}
	k, err := j.WithChanges([]Change{{Kind: PullLever, Lever: lever, Player: i}})
	if err != nil {
		return nil, err
	}
	p := &pulled{}
	if p.model, err = k.InContext(j.ctx, c.world); err != nil {
		return nil, err
	}
	if p.foresight, err = p.model.Foresight(j.ctx); err != nil {
		return nil, err
	}
	if j.levers == nil {
		j.levers = map[leverWorld]*pulled{}
	}
	j.levers[key] = p
	return p, nil
}

// departures finds the players outside an agreement who gain by leaving it, over
// the worlds in which it is one, or over all in which it can be: those who harm a
// party, and those who do not.
func (j *judging) departures(state uint64, parties uint64, agreement bool) (spoilers, onward []Departure) {
	type goals struct { // of the moves of one player that harm a party, or do not
		gains, would float64
		chosen, most map[uint64]float64 // where it would go; where it would gain most
	}
	var total float64
	all := make([][2]goals, len(j.Players))
	for i := range all {
		for n := range all[i] {
			all[i][n] = goals{chosen: map[uint64]float64{}, most: map[uint64]float64{}}
		}
	}
	for _, c := range j.cases {
		m := c.solved.model
		t, ok := m.Find(state)
		if !ok || agreement && !c.isAgreement(t) {
			continue
		}
		total += c.weight
		harms := func(to int) bool {
			for rest := parties; rest != 0; rest &= rest - 1 {
				if r := m.Rank[bits.TrailingZeros64(rest)]; r[to] < r[t] {
					return true
				}
			}
			return false
		}
		for i := range j.Players {
			if parties>>i&1 == 1 {
				continue
			}
			moves := c.solved.foresight.Chosen(nil, i, t)
			would := len(moves) > 0
			if !would {
				if moves = m.Improvements(nil, i, t); len(moves) == 0 {
					continue
				}
				r := m.Rank[i]
				most := r[slices.MaxFunc(moves, func(a, b int) int { return cmp.Compare(r[a], r[b]) })]
				moves = slices.DeleteFunc(moves, func(to int) bool { return r[to] < most })
			}
			to, kind := moves[0], 1
			if n := slices.IndexFunc(moves, harms); n >= 0 {
				to, kind = moves[n], 0
			}
			g := &all[i][kind]
			g.gains += c.weight
			g.most[m.States[to]] += c.weight
			if would {
				g.would += c.weight
				g.chosen[m.States[to]] += c.weight
			}
		}
	}
	for i := range all {
		for kind, out := range []*[]Departure{&spoilers, &onward} {
			g := &all[i][kind]
			if g.gains == 0 {
				continue
			}
			d := Departure{Player: i, Gains: min(1, g.gains/total), Would: min(1, g.would/total)}
			where := g.chosen
			if len(where) == 0 {
				where = g.most
			}
			most := -1.0
			for state, p := range where {
				if c := byShare(p, most); c > 0 || c == 0 && state < d.To {
					d.To, most = state, p
				}
			}
			*out = append(*out, d)
		}
	}
	return spoilers, onward
}
