package engine

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"github.com/demarche/demarche"
)

// Limits of the search for changes to statements.
const (
	maxListings   = 200_000 // lists of one player's statements
	maxNodes      = 200_000 // combinations of players' rankings, for all targets
	maxTargetWork = 1 << 20 // target states, times states of the model
	maxRankWork   = 1 << 26 // rankings kept of one player, times states
	maxNodeWork   = 1 << 28 // combinations, times states
	maxEffectWork = 1 << 20 // rankings compared of one change, times states
	maxPerState   = 3       // plans kept for one target state
	maxJudged     = 12      // plans that make a state hold whose probability is worked out
)

// wish is a statement in a list that a search has changed: its place in the case,
// and above that, from 1, the option that exempts from it.
type wish uint32

const exemptShift = 16

func (v wish) statement() int { return int(v & (1<<exemptShift - 1)) }

// listing is a player's list of statements after some changes.
type listing struct {
	items []wish
	path  []Change
	cost  float64
}

// ranking is what one player comes to rank after some changes, with the cheapest
// way there of its size.
type ranking struct {
	rank []int32
	path []Change
	cost float64
	// order is equal for rankings by which the player would make the same moves
	// for the better; it is worked out where replies must serve those who make them.
	order int
}

// wishes is one player's part of a search.
type wishes struct {
	player             int
	truth              [][]uint64 // by statement: where it is satisfied, one bit a state; nil if it does not count in this world or is the same everywhere
	option             [][]uint64 // by option, the same
	rewards, restrains []bool     // by statement
	uses               []uint64   // by statement: options named
	weighed            bool
}

// wishesOf lays out a player's statements; nil if it has no list of them.
func (w *leverSearch) wishesOf(i int) *wishes {
	p := &w.k.Case.Conflict.Players[i]
	m := w.Model
	if m.explicit[i] != nil || len(p.Prefers) == 0 || len(p.Prefers) >= 1<<exemptShift {
		return nil
	}
	cols := newColumns(w.ctx, m.States, m.width)
	v := &wishes{player: i, option: cols.option, weighed: p.Prefers[0].Weight != nil}
	for j, st := range m.statements[i] {
		truth := slices.Clone(cols.eval(st.want, m.World.Atom))
		if constant(truth, cols.last) || st.cond != nil && !st.cond.holds(0, m.World.Atom) {
			truth = nil
		}
		v.truth = append(v.truth, truth)
		rewards, restrains := w.k.wants(p.Prefers[j].Want.Cond)
		v.rewards, v.restrains = append(v.rewards, rewards), append(v.restrains, restrains)
		v.uses = append(v.uses, w.k.named(p.Prefers[j].Want.Cond))
	}
	return v
}

// named are the options that a condition names, as bits.
func (k *Conflict) named(c *demarche.Condition) uint64 {
	var out uint64
	c.Walk(func(a *demarche.Condition) {
		switch a.Op {
		case demarche.Atom:
			for bit, o := range k.Options {
				if o.ID == a.Name {
					out |= 1 << bit
				}
			}
		case demarche.Pattern:
			for bit := range min(len(a.Name), len(k.Options)) {
				if a.Name[bit] != '-' {
					out |= 1 << bit
				}
			}
		}
	})
	return out
}

// concessions are the options that a statement may be exempted for: every target
// state takes them, today does not, and they are no use of force.
func (w *leverSearch) concessions() []int {
	if w.k.graph != nil || len(w.k.same) > 0 || len(w.Targets) == 0 {
		return nil
	}
	taken := ^uint64(0)
	for _, s := range w.Targets {
		taken &= w.Model.States[s]
	}
	if w.k.HasStatusQuo {
		taken &^= w.k.StatusQuo
	}
	var out []int
	for bit, o := range w.k.Options {
		if taken>>bit&1 == 1 && !o.Force {
			out = append(out, bit)
		}
	}
	return out
}

// singles calls visit for every single change to a listing that rewards no force:
// none raises a statement that rewards it above another one, and none drops,
// exempts from or lowers a statement that restrains it. With onlyCounting it
// passes over statements that change nothing in the typical world.
func (v *wishes) singles(l listing, concessions []int, onlyCounting bool, visit func(Change, []wish)) {
	n := len(l.items)
	idle := func(at int) bool { return onlyCounting && v.truth[l.items[at].statement()] == nil }
	for from := range n {
		st := l.items[from].statement()
		if idle(from) {
			continue
		}
		base := Change{Player: v.player, Statement: st, From: from}
		if !v.weighed { // else places mean nothing
			for _, step := range []int{-1, 1} {
				passed := 0
				for to := from + step; to >= 0 && to < n; to += step {
					other := l.items[to].statement()
					if step < 0 && (v.rewards[st] || v.restrains[other]) || step > 0 && (v.rewards[other] || v.restrains[st]) {
						break // so would going on past it
					}
					if idle(to) {
						continue
					}
					if passed++; step > 0 && passed == 1 {
						continue // the same as moving the other one up
					}
					ch := base
					ch.Kind, ch.To, ch.Cost = MoveStatement, to, math.Abs(float64(to-from))
					items := slices.Insert(slices.Delete(slices.Clone(l.items), from, from+1), to, l.items[from])
					visit(ch, items)
				}
			}
		}
		if v.restrains[st] {
			continue
		}
		ch := base
		ch.Kind, ch.Cost = DropStatement, float64(n-from)
		visit(ch, slices.Delete(slices.Clone(l.items), from, from+1))
		if l.items[from]>>exemptShift != 0 {
			continue
		}
		for _, o := range concessions {
			if v.uses[st]>>o&1 == 1 {
				continue
			}
			ch := base
			ch.Kind, ch.Option, ch.Cost = ExemptStatement, o, float64(n-from)/2
			items := slices.Clone(l.items)
			items[from] |= wish(o+1) << exemptShift
			visit(ch, items)
		}
	}
}

// original is the list as the case has it.
func (v *wishes) original() listing {
	var l listing
	for j := range v.truth {
		l.items = append(l.items, wish(j))
	}
	return l
}

// rankings are the different rankings of the player after up to size changes, not
// counting the one it has, for each number of changes the cheapest way there.
// Rankings that are the same stand for one another in everything. All says that
// none is missing.
func (w *leverSearch) rankings(v *wishes, size int) (out [][]ranking, all bool) {
	concessions := w.concessions()
	out = make([][]ranking, size+1)
	seen := map[string]float64{} // by list: the least cost
	met := map[string]float64{string(rankKey(w.Model.Rank[v.player])): 0}
	layer := []listing{v.original()}
	seen[listKey(layer[0].items)] = 0
	for n := 1; n <= size; n++ {
		var next []listing
		place := map[string]int{} // by list, in next
		over := false
		for _, l := range layer {
			poll(w.ctx, len(next)<<7)
			v.singles(l, concessions, true, func(ch Change, items []wish) {
				cost := l.cost + ch.Cost
				key := listKey(items)
				if c, ok := seen[key]; ok && c <= cost || over {
					return
				}
				seen[key] = cost
				to := listing{items, append(slices.Clip(l.path), ch), cost}
				if at, ok := place[key]; ok {
					next[at] = to
					return
				}
				if len(seen) > maxListings || len(seen)*len(w.Model.States) > maxRankWork {
					over = true
					return
				}
				place[key] = len(next)
				next = append(next, to)
			})
		}
		if over {
			return out, false
		}
		byRank := map[string]int{}
		for _, l := range next {
			rank := w.rankOf(v, l.items)
			key := string(rankKey(rank))
			if c, ok := met[key]; ok && c <= l.cost {
				continue
			}
			met[key] = l.cost
			if at, ok := byRank[key]; ok {
				out[n][at].path, out[n][at].cost = l.path, l.cost
				continue
			}
			byRank[key] = len(out[n])
			out[n] = append(out[n], ranking{rank: rank, path: l.path, cost: l.cost})
		}
		layer = next
	}
	return out, true
}

func listKey(items []wish) string {
	var key []byte
	for _, v := range items {
		key = binary.LittleEndian.AppendUint32(key, uint32(v))
	}
	return string(key)
}

func rankKey(rank []int32) []byte {
	key := make([]byte, 0, 4*len(rank))
	for _, r := range rank {
		key = binary.LittleEndian.AppendUint32(key, uint32(r))
	}
	return key
}

// rankOf ranks the states of the typical world by a list.
func (w *leverSearch) rankOf(v *wishes, items []wish) []int32 {
	n := len(w.Model.States)
	holds := func(it wish, word int) uint64 {
		truth := v.truth[it.statement()][word]
		if o := it >> exemptShift; o != 0 {
			truth |= v.option[o-1][word]
		}
		return truth
	}
	counting := make([]wish, 0, len(items))
	for _, it := range items {
		if v.truth[it.statement()] != nil {
			counting = append(counting, it)
		}
	}
	if v.weighed {
		list := make([]Statement, len(counting))
		for j, it := range counting {
			list[j] = w.Model.statements[v.player][it.statement()]
		}
		whole, exact := wholeWeights(list)
		sum, approx := make([]int64, n), make([]float64, n)
		for j, it := range counting {
			for s := range n {
				if holds(it, s>>6)>>(s&63)&1 == 1 {
					sum[s] += whole[j]
					approx[s] += list[j].weight
				}
			}
		}
		rank, _ := rankOf(sum)
		if !exact {
			rank, _ = rankOf(approx)
		}
		return rank
	}
	score := make([]int64, n)
	const chunk = 40
	for from := 0; from < len(counting); from += chunk {
		if from > 0 { // what came before becomes a rank below 2^22
			rank, _ := rankOf(score)
			for s := range score {
				score[s] = int64(rank[s])
			}
		}
		for _, it := range counting[from:min(from+chunk, len(counting))] {
			for word := range (n + 63) / 64 {
				truth := holds(it, word)
				part := score[word*64 : min(n, word*64+64)]
				for b := range part {
					part[b] = part[b]<<1 | int64(truth>>b&1)
				}
			}
		}
	}
	rank, _ := rankOf(score)
	return rank
}

// changes looks for sets of changes to statements.
func (w *leverSearch) changes() error {
	if len(w.Targets) == 0 || w.cfg.MaxChanges < 0 {
		return nil
	}
	return halting(func() error {
		var plans []Plan
		open := w.Targets
		if len(w.Holds) > 0 { // one does already
			open, w.ChangesUpTo = nil, w.cfg.MaxChanges
		}
		for size := 1; size <= w.cfg.MaxChanges && len(open) > 0; size++ {
			found, all := w.combine(open, size)
			if !all {
				plans = append(plans, found...)
				break
			}
			plans, w.ChangesUpTo = found, size
		}
		slices.SortStableFunc(plans, func(a, b Plan) int {
			return cmp.Or(cmp.Compare(a.Cost, b.Cost), cmp.Compare(len(a.Changes), len(b.Changes)))
		})
		plans = slices.CompactFunc(plans, func(a, b Plan) bool { return slices.Equal(a.Changes, b.Changes) })
		plans = w.cheapestFirst(plans)
		for n := range plans {
			plans[n].Holds = nil
			if err := w.judge(&plans[n]); err != nil {
				return err
			}
		}
		// A judgement is by the definitions, and a search that came to another
		// result would be wrong: what it does not bear out is not offered.
		plans = slices.DeleteFunc(plans, func(p Plan) bool { return len(p.Holds) == 0 })
		weighed, err := w.weighSingles(plans)
		if err != nil {
			return err
		}
		paired, err := w.pairs(weighed)
		if err != nil {
			return err
		}
		w.Changes = w.worth(slices.Concat(plans, weighed, paired))
		return w.ctx.Err()
	})
}

// cheapestFirst keeps, of plans in ascending order of cost, those that make a
// state hold that none before does, up to maxJudged.
func (w *leverSearch) cheapestFirst(plans []Plan) []Plan {
	var out []Plan
	times := map[int]int{}
	for _, p := range plans {
		if s := p.Holds[0]; times[s] < 1 && len(out) < maxJudged {
			times[s]++
			out = append(out, p)
		}
	}
	return out
}

// combiner is the search for combinations of rankings that make one state an
// equilibrium.
type combiner struct {
	*leverSearch
	l        *local
	s        int
	credible bool
	need     []Demand    // by player: what it must prefer whatever the others do
	never    []bool      // by player: as it ranks now, it does not meet that
	byMoves  [][]ranking // by player, lazily: the rankings that meet it
	ready    []bool
	sizes    func(i int) [][]ranking
	chosen   []*ranking
	seen     map[string]bool
	nodes    *int
	found    []Plan
}

// combine finds sets of up to size changes, over all players, that make one of the
// states an equilibrium: for each state the cheapest maxPerState that differ in
// what they come to. All says that the search left nothing out.
//
// It leaves nothing out although it does not try every set. Who is stable under
// SEQ is stable under GMR, and who is under SSEQ is under SMR; whether a player is
// stable under Nash, GMR or SMR depends on its own ranking alone. So in every set
// that makes s an equilibrium each player has a ranking that meets the demand of
// that weaker concept, and if its present ranking does not, the set changes it.
// Where all players meet it but some player is not stable, because replies would
// not serve those who make them, the set changes the ranking of some player that
// is not yet changed; the search tries each. Sets that lead to equal rankings are
// equal in everything but their cost, and sets dearer than maxPerState others
// found are not asked for.
func (w *leverSearch) combine(states []int, size int) (found []Plan, all bool) {
	byPlayer := make([][][]ranking, len(w.Model.Players))
	all = true
	credible := w.Model.repliesMatter(w.Concepts)
	rankings := func(i int) [][]ranking {
		if byPlayer[i] == nil {
			byPlayer[i] = [][]ranking{}
			if v := w.wishesOf(i); v != nil {
				out, whole := w.rankings(v, size)
				if credible {
					w.order(i, out)
				}
				byPlayer[i], all = out, all && whole
			}
		}
		return byPlayer[i]
	}
	if most := max(1, maxTargetWork/len(w.Model.States)); len(states) > most {
		states, all = states[:most], false
	}
	nodes := 0
	for _, s := range states {
		c := &combiner{leverSearch: w, l: newLocal(w.ctx, w.Model), s: s, credible: credible, sizes: rankings, nodes: &nodes, seen: map[string]bool{}}
		c.l.rank = slices.Clone(w.Model.Rank)
		n := len(w.Model.Players)
		c.never, c.byMoves, c.ready, c.chosen = make([]bool, n), make([][]ranking, n), make([]bool, n), make([]*ranking, n)
		for i, concept := range w.Concepts {
			clauses, err := w.Model.clauses(w.ctx, s, i, concept.weaker())
			if err != nil {
				return found, false
			}
			d := Demand{Player: i, Clauses: clauses}
			c.need = append(c.need, d)
			rank := w.Model.Rank[i]
			c.never[i] = !d.met(func(x int) bool { return rank[x] <= rank[s] })
		}
		if !c.extend(size, 0, nil) {
			all = false
		}
		found = append(found, c.found...)
	}
	return found, all
}

// weaker is the concept among Nash, GMR and SMR that c implies and that does not
// depend on what others prefer.
func (c Concept) weaker() Concept {
	switch c {
	case SEQ:
		return GMR
	case SSEQ:
		return SMR
	}
	return c
}

// extend tries what can be added to the rankings chosen, with so many changes
// left. It reports whether it left nothing out.
func (c *combiner) extend(left int, cost float64, path []Change) bool {
	if *c.nodes++; *c.nodes > maxNodes || *c.nodes*len(c.Model.States) > maxNodeWork {
		return false
	}
	poll(c.ctx, *c.nodes<<12)
	if len(c.found) >= maxPerState && cost >= c.found[len(c.found)-1].Cost {
		return true
	}
	must, first := 0, -1
	for i := range c.never {
		if c.never[i] && c.chosen[i] == nil {
			if must++; first < 0 {
				first = i
			}
		}
	}
	if must > left {
		return true
	}
	if first >= 0 {
		return c.branch(first, left-(must-1), left, cost, path)
	}
	if c.l.firstUnstable(c.s, c.Concepts) < 0 {
		c.found = append(c.found, Plan{Changes: slices.Clone(path), Cost: cost, Holds: []int{c.s}, P: math.NaN()})
		slices.SortStableFunc(c.found, func(a, b Plan) int { return cmp.Compare(a.Cost, b.Cost) })
		c.found = c.found[:min(len(c.found), maxPerState)]
		return true
	}
	if left == 0 {
		return true
	}
	whole := true
	for i := range c.chosen {
		if c.chosen[i] == nil {
			whole = c.branch(i, left, left, cost, path) && whole
		}
	}
	return whole
}

// branch gives player i each ranking that up to most changes lead to and that it
// could be stable with.
func (c *combiner) branch(i, most, left int, cost float64, path []Change) bool {
	if !c.ready[i] {
		c.ready[i] = true
		c.byMoves[i] = c.fitting(i)
	}
	whole := true
	old := c.l.rank[i]
	for n := range c.byMoves[i] {
		r := &c.byMoves[i][n]
		if len(r.path) > most {
			continue
		}
		c.chosen[i], c.l.rank[i] = r, r.rank
		if key := c.key(); !c.seen[key] {
			c.seen[key] = true
			whole = c.extend(left-len(r.path), cost+r.cost, append(slices.Clip(path), r.path...)) && whole
		}
	}
	c.chosen[i], c.l.rank[i] = nil, old
	return whole
}

// key tells combinations apart.
func (c *combiner) key() string {
	var key []byte
	for i, r := range c.chosen {
		at := -1
		if r != nil {
			at = slices.IndexFunc(c.byMoves[i], func(o ranking) bool { return &o.rank[0] == &r.rank[0] })
		}
		key = binary.LittleEndian.AppendUint32(key, uint32(at))
	}
	return string(key)
}

// fitting are the rankings of a player that meet what it must prefer, cheapest
// first, of those that come to the same for s one of each number of changes: if
// replies need not serve anybody, all that meet it; else those that put the same
// states above s and order the player's own moves alike.
func (c *combiner) fitting(i int) []ranking {
	var out []ranking
	met := map[string]bool{}
	for _, list := range c.sizes(i) {
		list = slices.Clone(list)
		slices.SortStableFunc(list, func(a, b ranking) int { return cmp.Compare(a.cost, b.cost) })
		for _, r := range list {
			if !c.need[i].met(func(x int) bool { return r.rank[x] <= r.rank[c.s] }) {
				continue
			}
			var key []byte
			if c.credible {
				for x := range r.rank {
					key = append(key, byte(cmp.Compare(r.rank[x], r.rank[c.s])+1))
				}
				key = binary.LittleEndian.AppendUint32(key, uint32(r.order))
			}
			key = binary.LittleEndian.AppendUint32(key, uint32(len(r.path)))
			if !met[string(key)] {
				met[string(key)] = true
				out = append(out, r)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b ranking) int { return cmp.Compare(a.cost, b.cost) })
	return out
}

// order tells the rankings of player i apart by the moves that they call better.
func (w *leverSearch) order(i int, list [][]ranking) {
	l := newLocal(w.ctx, w.Model)
	met := map[string]int{}
	var key []byte
	for _, layer := range list {
		for n := range layer {
			rank := layer[n].rank
			key = key[:0]
			for x := range rank {
				l.moves(i, x, func(t int) { key = append(key, byte(cmp.Compare(rank[x], rank[t])+1)) })
			}
			at, ok := met[string(key)]
			if !ok {
				at = len(met)
				met[string(key)] = at
			}
			layer[n].order = at
		}
	}
}

// weighSingles works out the probability of the target under the single changes
// that differ in what they come to in some world, cheapest first.
func (w *leverSearch) weighSingles(done []Plan) ([]Plan, error) {
	if !w.k.HasStatusQuo {
		return nil, nil
	}
	var plans []Plan
	concessions := w.concessions()
	for i := range w.k.Players {
		v := w.wishesOf(i)
		if v == nil {
			continue
		}
		v.singles(v.original(), concessions, false, func(ch Change, _ []wish) {
			plans = append(plans, Plan{Changes: []Change{ch}, Cost: ch.Cost, P: math.NaN()})
		})
	}
	slices.SortStableFunc(plans, func(a, b Plan) int { return cmp.Compare(a.Cost, b.Cost) })
	plans = slices.DeleteFunc(plans, func(p Plan) bool {
		return slices.ContainsFunc(done, func(d Plan) bool { return slices.Equal(d.Changes, p.Changes) })
	})
	met := map[string]bool{}
	for i := range w.k.Players {
		if key := w.effect(w.k, i); key != "" {
			met[key] = true // as things are
		}
	}
	var out []Plan
	for n, p := range plans {
		if len(out) >= w.cfg.Weighed {
			w.Untried = len(plans) - n
			break
		}
		k, err := w.k.WithChanges(p.Changes)
		if err != nil {
			continue // members of states that are one no longer rank alike, say
		}
		if key := w.effect(k, p.Changes[0].Player); key != "" {
			if met[key] {
				continue
			}
			met[key] = true
		}
		if err := w.judge(&p); err != nil {
			return nil, err
		}
		out = append(out, p)
		if w.cfg.Progress != nil {
			w.cfg.Progress(0.5 + float64(n+1)/float64(len(plans))/2)
		}
	}
	return out, nil
}

// paired is how many of the single changes that raise the probability most are
// tried two by two.
const paired = 6

// pairs works out the probability under two changes of different players together,
// for those that raise it most alone.
func (w *leverSearch) pairs(singles []Plan) ([]Plan, error) {
	if w.cfg.MaxChanges < 2 {
		return nil, nil
	}
	best := slices.DeleteFunc(slices.Clone(singles), func(p Plan) bool { return !(p.P > w.P+rounding) })
	slices.SortStableFunc(best, func(a, b Plan) int { return -cmp.Compare(a.P, b.P) })
	best = best[:min(len(best), paired)]
	var out []Plan
	for n, a := range best {
		for _, b := range best[:n] {
			if a.Changes[0].Player == b.Changes[0].Player {
				continue
			}
			p := Plan{Changes: slices.Concat(b.Changes, a.Changes), Cost: a.Cost + b.Cost, P: math.NaN()}
			if err := w.judge(&p); err != nil {
				return nil, err
			}
			out = append(out, p)
		}
	}
	return out, nil
}

// maxEffectBits bounds in how many ways what is open about one player's statements
// can turn out for effect to compare them.
const maxEffectBits = 8

// effect tells apart what a player's statements come to: its ranking in every way
// in which what they turn on could be. Empty if that is not worked out.
func (w *leverSearch) effect(k *Conflict, i int) string {
	m := w.Model
	if k.rulesOpen() || k.explicit[i] != nil || k.needsNets() || len(k.statements[i]) > 0 && weighed(k.statements[i]) {
		return ""
	}
	world := k.Typical()
	var atoms, turns []int
	mark := func(a int) {
		if !slices.Contains(atoms, a) {
			atoms = append(atoms, a)
		}
	}
	for _, st := range k.statements[i] {
		st.want.atoms(mark)
		if st.cond != nil {
			st.cond.atoms(mark)
		}
	}
	slices.Sort(atoms)
	for n, u := range k.unsure {
		if u.player == i {
			turns = append(turns, n)
		}
	}
	bits := len(atoms) + len(turns)
	if bits > maxEffectBits || len(m.States)<<bits > maxEffectWork {
		return ""
	}
	cols := newColumns(w.ctx, m.States, m.width)
	key := binary.LittleEndian.AppendUint32(nil, uint32(i))
	for way := range 1 << bits {
		for n, a := range atoms {
			world.Atom[a] = way>>n&1 == 1
		}
		for n, t := range turns {
			world.turn[t] = way>>(len(atoms)+n)&1 == 1
		}
		v := &Model{Conflict: k, World: world, States: m.States}
		rank, _ := v.rankByStatements(w.ctx, i, cols)
		key = append(key, rankKey(rank)...)
	}
	return string(key)
}
