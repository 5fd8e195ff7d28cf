package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/demarche/demarche"
)

// slowWay is a way from the status quo to the end: who moves from where.
type slowWay struct {
	who    []int
	at     []uint64
	unsafe int
}

// ways lists every way on which parties do the parts of a change that are given,
// one or several of their own at a time, keep to the rules and could make the
// move.
func (c *slowCase) ways(s *slowWorld, end uint64, parts []uint64, accepts func(int) bool) (out []slowWay) {
	var walk func(at uint64, w slowWay)
	walk = func(at uint64, w slowWay) {
		if at == end {
			out = append(out, w)
			return
		}
		for i := range c.k.Players {
			var open []uint64
			for _, p := range parts {
				if p&c.k.Players[i].Own != 0 && (at^end)&p != 0 {
					open = append(open, p)
				}
			}
			for set := 1; set < 1<<len(open); set++ {
				to := at
				for n, p := range open {
					if set>>n&1 == 1 {
						to ^= p
					}
				}
				if !slices.Contains(s.v.reach(i, at), to) {
					continue
				}
				safe := s.v.score[i][end] >= s.v.score[i][at]
				if at == c.k.StatusQuo {
					safe = accepts(i)
				}
				next := slowWay{append(slices.Clone(w.who), i), append(slices.Clone(w.at), at), w.unsafe}
				if !safe {
					next.unsafe++
				}
				walk(to, next)
			}
		}
	}
	walk(c.k.StatusQuo, slowWay{})
	return out
}

// How agreements and offers would be carried out, against the definitions.
func TestCarriedAgainstDefinitions(t *testing.T) {
	var seen struct{ safe, risky, split, gains, deterred, could, levers, spoilers, onward, elsewhere, force, left int }
	for n := range runs(500, 10000) {
		k := offered(t, 59, n)
		if k == nil {
			continue
		}
		rep, err := k.Offers(context.Background(), OutlookConfig{})
		if err != nil {
			t.Fatal(err)
		}
		c := newSlowCase(k)
		all := slices.Clone(rep.Agreements)
		deals, forced := map[uint64]bool{}, 0
		for _, s := range append(slices.Clone(c.worlds), c.full(k.Typical())) {
			for t := range s.deals {
				forced += int(one(!deals[t] && c.takesForce(k.StatusQuo, t)))
				deals[t] = true
			}
		}
		if rep.LeftAside != forced || len(rep.Agreements) != min(MaxCarried, len(deals)-forced) {
			t.Fatalf("case %d: %d agreements, %d left aside; want %d, of which %d begin a use of force", n, len(rep.Agreements), rep.LeftAside, len(deals), forced)
		}
		seen.left += rep.LeftAside
		for _, g := range rep.Agreements {
			if g.Force {
				t.Fatalf("case %d: %s begins a use of force", n, k.Pattern(g.State))
			}
		}
		for i := range rep.Offers {
			if rep.Offers[i].Fits {
				all = append(all, rep.Offers[i].Carried)
			}
		}
		for _, g := range all {
			fail := func(format string, args ...any) {
				t.Helper()
				t.Fatalf("case %d, %s: %s", n, k.Pattern(g.State), fmt.Sprintf(format, args...))
			}
			typical := c.full(k.Typical())
			var likely, p float64
			for _, s := range c.worlds {
				if s.deals[g.State] {
					p += s.weight
				}
			}
			s := c.full(g.World)
			for _, o := range c.worlds {
				// Worlds that come to the same are told as one, so that equal weights
				// are all that can be asked for.
				if o.deals[g.State] {
					likely = max(likely, o.weight)
				}
			}
			if !near(p, g.P) || g.Typical != (typical.deals[g.State] || p == 0) {
				fail("is an agreement with %v, typical %v; want %v, %v", g.P, g.Typical, p, typical.deals[g.State])
			}
			if !g.Typical {
				seen.elsewhere++
				if !s.deals[g.State] || !near(s.weight, likely) {
					fail("is worked out where it is an agreement: %v, with weight %v, want %v", s.deals[g.State], s.weight, likely)
				}
			}
			c.checkDepartures(fail, &g, p > 0)
			seen.spoilers += len(g.Spoilers)
			seen.onward += len(g.Onward)
			if g.Force != c.takesForce(k.StatusQuo, g.State) {
				fail("force is %v", g.Force)
			}
			if g.Force {
				seen.force++
				if g.Orders != -1 || g.SafeOrders != -1 || g.Safe || len(g.First)+len(g.Way)+len(g.Withdrawals) > 0 {
					fail("a use of force is laid out: %+v", g)
				}
				continue
			}
			accepts := func(i int) bool {
				if c.talks(i) {
					return s.accepts(i, g.State)
				}
				var worse float64
				for e, p := range s.alone {
					worse += p * one(s.v.score[i][e] < s.v.score[i][g.State])
				}
				return worse > 0.5+1e-9
			}
			var whole, single []uint64
			for _, i := range g.Parties {
				whole = append(whole, (g.State^k.StatusQuo)&k.Players[i].Own)
			}
			for b := range k.Options {
				if (g.State^k.StatusQuo)>>b&1 == 1 {
					single = append(single, 1<<b)
				}
			}
			if len(single) == 0 {
				if g.Orders != 0 || len(g.Way) > 0 {
					fail("nothing changes, and yet %+v", g)
				}
				continue
			}
			safe, first := 0, []int{}
			orders := c.ways(s, g.State, whole, accepts)
			for _, w := range orders {
				if w.unsafe == 0 {
					safe++
					if !slices.Contains(first, w.who[0]) {
						first = append(first, w.who[0])
					}
				}
			}
			slices.Sort(first)
			if g.Orders != len(orders) || g.SafeOrders != safe || !slices.Equal(g.First, first) {
				fail("%d orders, %d safe, first %v; want %d, %d, %v", g.Orders, g.SafeOrders, g.First, len(orders), safe, first)
			}
			if len(single) <= 5 {
				c.checkWay(fail, s, &g, c.ways(s, g.State, single, accepts), accepts)
			}
			switch {
			case g.Safe && safe == 0:
				seen.split++
			case g.Safe:
				seen.safe++
			case len(g.Way) > 0:
				seen.risky++
			}
			for _, w := range g.Withdrawals {
				seen.gains += int(one(w.Gains))
				seen.deterred += int(one(w.Deterred))
				seen.could += int(one(len(w.Could) > 0))
				seen.levers += len(w.Levers)
			}
			c.checkWithdrawals(fail, s, &g)
		}
	}
	if covers() && min(seen.safe, seen.risky, seen.gains, seen.deterred, seen.levers, seen.spoilers, seen.onward, seen.elsewhere, seen.force, seen.left) < 3 {
		t.Errorf("too little was tried: %+v", seen)
	}
}

// checkWay holds that the way is one, and that none has fewer risky moves, or as
// few and fewer moves.
func (c *slowCase) checkWay(fail func(string, ...any), s *slowWorld, g *Carried, all []slowWay, accepts func(int) bool) {
	if len(all) == 0 {
		if len(g.Way) > 0 || g.Safe {
			fail("there is no way, and yet %+v", g.Way)
		}
		return
	}
	risky, at := 0, c.k.StatusQuo
	done := map[int]bool{}
	score := s.v.score
	for n, p := range g.Way {
		safe := score[p.Player][g.State] >= score[p.Player][at]
		if n == 0 {
			safe = accepts(p.Player)
		}
		if p.From != at || !slices.Contains(s.v.reach(p.Player, at), p.To) || p.Safe != safe {
			fail("move %d is %+v", n, p)
		}
		for i := range c.k.Players {
			trusting := !safe && done[i] && i != p.Player && score[i][at] < score[i][c.k.StatusQuo]
			if trusting != slices.Contains(p.Trusting, i) {
				fail("player %d at move %d: trusting is %v", i, n, trusting)
			}
		}
		if !safe && n > 0 {
			var better float64
			end, _, _ := slowChain(s.v, at, 400)
			for e, q := range end {
				better += q * one(score[p.Player][e] > score[p.Player][g.State])
			}
			if p.Undone != (better <= 0.5+1e-9) {
				fail("move %d is %+v, but stopping pays with %v", n, p, better)
			}
		}
		if !safe {
			risky++
		}
		done[p.Player] = true
		at = p.To
	}
	if at != g.State || g.Safe != (risky == 0) {
		fail("the way %+v does not lead there, or safe is not %v", g.Way, risky == 0)
	}
	for _, w := range all {
		if w.unsafe < risky || w.unsafe == risky && len(w.who) < len(g.Way) {
			fail("%+v has %d risky moves; better is %+v", g.Way, risky, w)
		}
	}
}

// undoing is where a player would go to undo an option.
func (c *slowCase) undoing(v *slow, i int, s uint64, b int) (to []uint64, gains, deterred bool) {
	var best, open []uint64
	for _, t := range v.reach(i, s) {
		if (s^t)>>b&1 == 0 {
			continue
		}
		if len(best) == 0 || v.score[i][t] > v.score[i][best[0]] {
			best = nil
		}
		if len(best) == 0 || v.score[i][t] == v.score[i][best[0]] {
			best = append(best, t)
		}
		if v.score[i][t] > v.score[i][s] {
			gains = true
			if !v.sanctioned(i, s, t, c.k.Players[i].Foresight) {
				if len(open) > 0 && v.score[i][t] > v.score[i][open[0]] {
					open = nil
				}
				if len(open) == 0 || v.score[i][t] == v.score[i][open[0]] {
					open = append(open, t)
				}
			}
		}
	}
	if open != nil {
		return open, true, false
	}
	return best, gains, gains
}

func (c *slowCase) checkWithdrawals(fail func(string, ...any), s *slowWorld, g *Carried) {
	k, v := c.k, s.v
	at := 0
	for b, o := range k.Options {
		if (g.State^k.StatusQuo)>>b&1 == 0 {
			continue
		}
		to, gains, deterred := c.undoing(v, o.Player, g.State, b)
		if len(to) == 0 {
			continue
		}
		if at == len(g.Withdrawals) || g.Withdrawals[at].Option != b {
			fail("%s can be withdrawn and is not told", o.ID)
		}
		w := g.Withdrawals[at]
		at++
		if w.Player != o.Player || !slices.Contains(to, w.To) || w.Gains != gains || w.Deterred != deterred {
			fail("withdrawal %+v, want one of %b, %v, %v", w, to, gains, deterred)
		}
		follow := func(moves []Move, credible bool) {
			now := w.To
			for n, m := range moves {
				steps := v.reach(m.Player, now)
				if credible {
					steps = v.improve(m.Player, now)
				}
				if m.Player == w.Player || m.From != now || !slices.Contains(steps, m.To) || n > 0 && moves[n-1].Player == m.Player {
					fail("withdrawal %+v: move %d is none", w, n)
				}
				now = m.To
			}
			if v.score[w.Player][now] > v.score[w.Player][g.State] {
				fail("withdrawal %+v: the answer does not hurt", w)
			}
		}
		f := k.Players[w.Player].Foresight
		if (len(w.Answer) > 0) != deterred {
			fail("withdrawal %+v has an answer: %v", w, !deterred)
		}
		if deterred {
			follow(w.Answer, f == SEQ || f == SSEQ)
		}
		could := false
		if gains && !deterred {
			could = c.answerable(v, w.Player, g.State, w.To)
		}
		if could != (len(w.Could) > 0) {
			fail("withdrawal %+v could be answered: %v", w, could)
		}
		if could {
			follow(w.Could, false)
			for _, m := range w.Could {
				for b := range k.Options {
					if m.To&^m.From>>b&1 == 1 && c.option(b).Force {
						fail("withdrawal %+v is answered by force", w)
					}
				}
			}
		}
		var levers []int
		for n, l := range k.Case.Conflict.Levers {
			if gains && c.mends(s, g.State, w, l) {
				levers = append(levers, n)
			}
		}
		if !slices.Equal(levers, w.Levers) {
			fail("withdrawal %+v, want levers %v", w, levers)
		}
	}
	if at != len(g.Withdrawals) {
		fail("%d withdrawals, want %d", len(g.Withdrawals), at)
	}
}

// answerable reports whether others can go on from t, without taking up force,
// to what player i likes no better than s.
func (c *slowCase) answerable(v *slow, i int, s, t uint64) bool {
	type node struct {
		at   uint64
		last int
	}
	met := map[node]bool{{t, -1}: true}
	queue := []node{{t, -1}}
	for ; len(queue) > 0; queue = queue[1:] {
		for j := range c.k.Players {
			if j == i || j == queue[0].last {
				continue
			}
			for _, x := range v.reach(j, queue[0].at) {
				force := false
				for b := range c.k.Options {
					force = force || x&^queue[0].at>>b&1 == 1 && c.option(b).Force
				}
				if force || met[node{x, j}] {
					continue
				}
				if v.score[i][x] <= v.score[i][s] {
					return true
				}
				met[node{x, j}] = true
				queue = append(queue, node{x, j})
			}
		}
	}
	return false
}

// mends reports whether a lever makes a withdrawal bring no gain, or be deterred
// where it was not.
func (c *slowCase) mends(s *slowWorld, state uint64, w Withdrawal, l demarche.Lever) bool {
	if asksForce(c.k, l.Prefer.Want.Cond, true) {
		return false
	}
	k, err := c.k.With(func(d *demarche.Case) {
		for i := range d.Conflict.Players {
			if p := &d.Conflict.Players[i]; p.ID == l.Prefer.Player.Name {
				p.InsertStatement(l.Prefer.Place-1, demarche.Statement{Want: l.Prefer.Want})
			}
		}
	})
	if err != nil {
		panic(err)
	}
	m, err := k.In(s.w)
	if err != nil {
		panic(err)
	}
	_, gains, deterred := c.undoing(newSlow(m), w.Player, state, w.Option)
	return !gains || deterred && !w.Deterred
}

// asksForce rewrites a condition until only not, and, or are left, and looks for
// a use of force that is not under a not.
func asksForce(k *Conflict, c *demarche.Condition, so bool) bool {
	both := func(a, b bool) bool { return asksForce(k, c.Args[0], a) || asksForce(k, c.Args[1], b) }
	switch c.Op {
	case demarche.Atom:
		for _, o := range k.Options {
			if o.ID == c.Name {
				return o.Force && so
			}
		}
		return false
	case demarche.Pattern:
		for b, letter := range c.Name {
			if k.Options[b].Force && (letter == 'Y' && so || letter == 'N' && !so) {
				return true
			}
		}
		return false
	case demarche.Not:
		return asksForce(k, c.Args[0], !so)
	case demarche.Implies:
		return both(!so, so)
	case demarche.If:
		return both(so, !so)
	case demarche.Unless, demarche.And, demarche.Or:
		return both(so, so)
	}
	return both(true, true) || both(false, false) // iff
}

// checkDepartures counts, over the worlds, the players outside who gain by moves
// that harm a party, and by moves that do not.
func (c *slowCase) checkDepartures(fail func(string, ...any), g *Carried, agreement bool) {
	lists := [][]Departure{g.Spoilers, g.Onward}
	for i := range c.k.Players {
		if slices.Contains(g.Parties, i) {
			continue
		}
		var total float64
		var gains, would [2]float64
		target := [2]map[uint64]bool{{}, {}}
		for _, s := range c.worlds {
			if agreement && !s.deals[g.State] || !slices.Contains(s.v.states, g.State) {
				continue
			}
			total += s.weight
			var open, moves []uint64
			for _, t := range s.v.improve(i, g.State) {
				if !s.v.sanctioned(i, g.State, t, c.k.Players[i].Foresight) {
					open = append(open, t)
				}
			}
			if moves = open; len(open) == 0 {
				moves = s.v.improve(i, g.State)
			}
			if len(moves) == 0 {
				continue
			}
			kind := 1
			best := slices.MaxFunc(moves, func(a, b uint64) int { return cmp.Compare(s.v.score[i][a], s.v.score[i][b]) })
			for _, t := range moves {
				for _, h := range g.Parties {
					if s.v.score[i][t] == s.v.score[i][best] && s.v.score[h][t] < s.v.score[h][g.State] {
						kind = 0
					}
				}
			}
			gains[kind] += s.weight
			would[kind] += s.weight * one(len(open) > 0)
			for _, t := range moves {
				target[kind][t] = true
			}
		}
		for kind := range lists {
			if gains[kind] == 0 {
				continue
			}
			if len(lists[kind]) == 0 {
				fail("player %d would gain by leaving it", i)
			}
			p := lists[kind][0]
			lists[kind] = lists[kind][1:]
			if p.Player != i || !near(p.Gains, gains[kind]/total) || !near(p.Would, would[kind]/total) || !target[kind][p.To] {
				fail("departure %+v, want player %d with %v and %v to one of %v", p, i, gains[kind]/total, would[kind]/total, target[kind])
			}
		}
	}
	if len(lists[0])+len(lists[1]) > 0 {
		fail("too many departures: %+v", lists)
	}
}

// A hostage deal, by hand. Guards hold hostages; the state holds prisoners. Each
// wants most to have its own people back, then to keep the others'. Whoever lets
// go first, in one move, leaves the other a better thing to do: stop there. So
// neither order is safe, and the one who begins has to trust the other.
func exchange(once bool, guardsFirst ...string) *demarche.Case {
	c := &demarche.Case{Version: 1, Title: "exchange", Conflict: &demarche.Conflict{
		StatusQuo: &[]demarche.Ref{},
		Players: []demarche.Player{
			{ID: "guards", Options: []demarche.Option{{ID: "release", Once: once}}},
			{ID: "state", Options: []demarche.Option{{ID: "free", Once: once}}},
		},
		Talks: &demarche.Talks{Parties: []demarche.Ref{{Name: "guards"}, {Name: "state"}}},
	}}
	add := func(i int, wants ...string) {
		for _, w := range wants {
			c.Conflict.Players[i].Prefers = append(c.Conflict.Players[i].Prefers, demarche.Statement{Want: expr(w, 2)})
		}
	}
	add(0, guardsFirst...)
	add(0, "state.free", "not guards.release")
	add(1, "guards.release", "not state.free")
	return c
}

func TestExchangeByHand(t *testing.T) {
	carried := func(c *demarche.Case) Carried {
		t.Helper()
		k, err := Compile(c, Config{})
		if err != nil {
			t.Fatal(err)
		}
		rep, err := k.Offers(context.Background(), OutlookConfig{})
		if err != nil {
			t.Fatal(err)
		}
		if len(rep.Agreements) != 1 || rep.Agreements[0].State != 0b11 || rep.Agreements[0].P != 1 {
			t.Fatalf("agreements %+v", rep.Agreements)
		}
		return rep.Agreements[0]
	}
	// Where what is done can be undone, each can answer the other's stopping by
	// taking its own back: it gains at once by withdrawing, and is deterred.
	g := carried(exchange(false))
	if g.Orders != 2 || g.SafeOrders != 0 || g.Safe || len(g.Way) != 2 || g.Way[0].Player != 0 || !g.Way[0].Safe {
		t.Fatalf("%+v", g)
	}
	if last := g.Way[1]; last.Safe || !slices.Equal(last.Trusting, []int{0}) || !last.Undone {
		t.Errorf("the last move is %+v", last)
	}
	if len(g.Withdrawals) != 2 {
		t.Fatalf("withdrawals %+v", g.Withdrawals)
	}
	for i, w := range g.Withdrawals {
		if !w.Gains || !w.Deterred || len(w.Answer) != 1 || w.Answer[0].Player != 1-i || w.Answer[0].To != 0 {
			t.Errorf("withdrawal %+v", w)
		}
	}
	// Where it cannot, nothing is withdrawn, and stopping pays.
	g = carried(exchange(true))
	if len(g.Withdrawals) != 0 || g.Safe || g.Way[1].Undone {
		t.Errorf("once: %+v", g)
	}
	// Players who do not look ahead would not keep it. Each could be answered, by
	// the other's taking its own back; not, though, where that is a use of force.
	c := exchange(false)
	c.Conflict.Players[0].Foresight, c.Conflict.Players[1].Foresight = "nash", "nash"
	c.Offers = []demarche.Offer{{Terms: []demarche.Expr{expr("guards.release and state.free", 2)}}}
	for _, force := range []bool{false, true} {
		// The status quo is the exchange made; what is offered is to undo it all.
		if force {
			c.Conflict.StatusQuo = &[]demarche.Ref{{Name: "guards.release"}, {Name: "state.free"}}
			c.Conflict.Players[0].Prefers[0], c.Conflict.Players[1].Prefers[0] = demarche.Statement{Want: expr("not state.free", 2)}, demarche.Statement{Want: expr("not guards.release", 2)}
			c.Conflict.Players[0].Prefers[1], c.Conflict.Players[1].Prefers[1] = demarche.Statement{Want: expr("guards.release", 2)}, demarche.Statement{Want: expr("state.free", 2)}
			c.Conflict.Players[0].Options[0].Force, c.Conflict.Players[1].Options[0].Force = true, true
			c.Offers[0].Terms[0] = expr("not guards.release and not state.free", 2)
		}
		k, err := Compile(c, Config{})
		if err != nil {
			t.Fatal(err)
		}
		rep, err := k.Offers(context.Background(), OutlookConfig{})
		if err != nil {
			t.Fatal(err)
		}
		o := rep.Offers[0]
		if o.Agreement != 0 || len(o.Carried.Withdrawals) != 2 {
			t.Fatalf("without looking ahead: %+v", o)
		}
		for i, w := range o.Carried.Withdrawals {
			if !w.Gains || w.Deterred || (len(w.Could) == 0) != force || !force && w.Could[0].Player != 1-i {
				t.Errorf("without looking ahead, force %v: %+v", force, w)
			}
		}
	}
	// If the guards want, above all, to release whom they hold once their own are
	// free, the state may begin.
	g = carried(exchange(true, "guards.release if state.free"))
	if !g.Safe || g.SafeOrders != 1 || !slices.Equal(g.First, []int{1}) || g.Way[0].Player != 1 {
		t.Errorf("with a promise that is meant: %+v", g)
	}
}

// Step by step, by hand: of two steps of one party and one of another, neither
// order of whole parts is safe, but the other's step between the two is. Ranks,
// best first, of what is done:
//
//	left   right's step; all; nothing; left's first step and right's; all else
//	right  both of left's steps; left's second; all; nothing; left's first; all else
func TestStepByStepByHand(t *testing.T) {
	rank := func(list ...[]int) (out []demarche.Rank) {
		for _, tied := range list {
			r := demarche.Rank{}
			for _, n := range tied {
				r.States = append(r.States, demarche.RankItem{Number: n})
			}
			out = append(out, r)
		}
		return out
	}
	k, err := Compile(&demarche.Case{Version: 1, Title: "steps", Conflict: &demarche.Conflict{
		StatusQuo: &[]demarche.Ref{},
		Players: []demarche.Player{
			{ID: "left", Options: []demarche.Option{{ID: "first", Once: true}, {ID: "second", Once: true}}, Ranking: rank([]int{5}, []int{8}, []int{1}, []int{6}, []int{2, 3, 4, 7})},
			{ID: "right", Options: []demarche.Option{{ID: "step", Once: true}}, Ranking: rank([]int{4}, []int{3}, []int{8}, []int{1}, []int{2}, []int{5, 6, 7})},
		},
		Talks: &demarche.Talks{Parties: []demarche.Ref{{Name: "left"}, {Name: "right"}}},
	}}, Config{})
	if err != nil {
		t.Fatal(err)
	}
	rep, err := k.Offers(context.Background(), OutlookConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.Agreements) != 1 {
		t.Fatalf("agreements %+v", rep.Agreements)
	}
	g := rep.Agreements[0]
	want := []Performance{
		{Player: 0, From: 0b000, To: 0b001, Safe: true},
		{Player: 1, From: 0b001, To: 0b101, Safe: true},
		{Player: 0, From: 0b101, To: 0b111, Safe: true},
	}
	if g.Orders != 2 || g.SafeOrders != 0 || !g.Safe || fmt.Sprint(g.Way) != fmt.Sprint(want) {
		t.Errorf("%+v, want the way %+v", g, want)
	}
}
