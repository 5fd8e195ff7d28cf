package engine

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// summarise adds up what the worlds come to. Worlds are taken in their order,
// so that the sums are the same however the work was shared.
func (w *weighing) summarise(out *Outlook) {
	out.Worlds = len(w.worlds)
	if out.Exact && w.TalksChance > 0 && w.TalksChance < 1 {
		out.Worlds *= 2
	}
	kinds := len(w.Outcomes) + 2
	outcomes, ladder, agreed := newTally(kinds), newTally(len(w.Ladder)), newTally(1)
	ifTalks, ifNot := newTally(kinds), newTally(kinds)
	states := map[uint64]*stateSum{}
	share := func(state uint64) *stateSum {
		s := states[state]
		if s == nil {
			s = &stateSum{StateShare: StateShare{State: state, Equilibrium: make([]float64, conceptCount)}}
			states[state] = s
		}
		return s
	}
	ends := func(state uint64, weight, p float64) {
		s := share(state)
		s.EndsHere += weight * p
		s.square += weight * p * p
	}
	agreements := map[uint64]*agreementSum{}
	// What holds is the same in all worlds that share a model.
	type weighed struct {
		*solved
		weight float64
	}
	models, order := map[*solved]int{}, []weighed{}
	talks := w.TalksChance
	for n := range w.worlds {
		d := &w.worlds[n]
		d.mixed = d.alone.outcome
		if w.HasTalks {
			d.mixed = mixed(d.alone.outcome, d.result.talks.outcome, talks)
			ifTalks.add(d.weight, d.result.talks.outcome)
			ifNot.add(d.weight, d.alone.outcome)
		}
		outcomes.add(d.weight, d.mixed)
		ladder.add(d.weight, mixed(d.alone.ladder, d.result.talks.ladder, talks))
		for state, p := range d.alone.end {
			if p = (1-talks)*p + talks*d.result.talks.end[state]; p > 0 {
				ends(state, d.weight, p)
			}
		}
		if talks > 0 {
			for state, p := range d.result.talks.end {
				if _, met := d.alone.end[state]; !met {
					ends(state, d.weight, talks*p)
				}
			}
		}
		at, met := models[d.solved]
		if !met {
			at = len(order)
			models[d.solved] = at
			order = append(order, weighed{solved: d.solved})
		}
		order[at].weight += d.weight
		any := 0.0
		for n, a := range d.agreements {
			state := d.solved.model.States[a.State]
			g := agreements[state]
			if g == nil {
				g = &agreementSum{AgreementShare: AgreementShare{State: state, Parties: a.Parties, Tabled: a.Tabled}}
				agreements[state] = g
			}
			struck := talks * d.shares[n]
			g.P += d.weight
			g.Struck += d.weight * struck
			g.square += d.weight * struck * struck
			g.Stays += d.weight * struck * a.Stays
			any += struck
		}
		agreed.add(d.weight, []float64{any})
	}
	for _, m := range order {
		for c, set := range m.equilibria {
			for s := range set.All {
				share(m.model.States[s]).Equilibrium[c] += m.weight
			}
		}
		for s := range m.holds.All {
			share(m.model.States[s]).Holds += m.weight
		}
	}
	all := outcomes.estimates(out.Exact)
	out.Outcomes = all[:len(w.Outcomes)]
	out.Unnamed, out.UnnamedSE = all[kinds-2].P, all[kinds-2].SE
	out.NoSettlement, out.NoSettlementSE = all[kinds-1].P, all[kinds-1].SE
	out.Ladder = ladder.estimates(out.Exact)
	yes := agreed.estimates(out.Exact)[0]
	out.Agreed, out.AgreedSE = yes.P, yes.SE
	if w.HasTalks {
		out.IfTalks, out.IfNoTalks = ifTalks.estimates(out.Exact), ifNot.estimates(out.Exact)
	}
	worst := 0.0
	for _, e := range all {
		worst = max(worst, e.SE)
	}
	out.Reached = out.Exact || out.Precision <= 0 || precise(worst, len(w.worlds), out.Precision)

	total := outcomes.weight
	se := func(p, square float64) float64 { return outcomes.se(p, square/total, out.Exact) }
	for _, s := range states {
		s.EndsHere = min(1, s.EndsHere/total)
		s.EndsSE = se(s.EndsHere, s.square)
		s.Holds = min(1, s.Holds/total)
		for c := range s.Equilibrium {
			s.Equilibrium[c] = min(1, s.Equilibrium[c]/total)
		}
		out.States = append(out.States, s.StateShare)
	}
	slices.SortFunc(out.States, func(a, b StateShare) int { return cmp.Compare(a.State, b.State) })
	for _, g := range agreements {
		if g.Struck > 0 {
			g.Stays /= g.Struck
		}
		g.PSE = se(min(1, g.P/total), g.P)
		g.P, g.Struck = min(1, g.P/total), g.Struck/total
		g.StruckSE = se(g.Struck, g.square)
		out.Agreements = append(out.Agreements, g.AgreementShare)
	}
	slices.SortFunc(out.Agreements, func(a, b AgreementShare) int {
		return cmp.Or(cmp.Compare(b.Struck, a.Struck), cmp.Compare(b.P, a.P), cmp.Compare(a.State, b.State))
	})
	w.matters(out)
	if w.HasTalks && !w.endsOnly {
		w.byWorld(out)
	}
}

// stateSum and agreementSum are shares on their way, with the sum of the squares
// of what the worlds add.
type stateSum struct {
	StateShare
	square float64
}

type agreementSum struct {
	AgreementShare
	square float64
}

// mixed is a with probability 1-p and b with probability p.
func mixed(a, b []float64, p float64) []float64 {
	out := make([]float64, len(a))
	for n := range a {
		out[n] = (1-p)*a[n] + p*b[n]
	}
	return out
}

// tally adds up weighed vectors and their squares.
type tally struct {
	weight, squares float64 // sums of the weights and of their squares
	sum, square     []float64
}

func newTally(n int) *tally { return &tally{sum: make([]float64, n), square: make([]float64, n)} }

func (t *tally) add(weight float64, v []float64) {
	t.weight += weight
	t.squares += weight * weight
	for n, x := range v {
		t.sum[n] += weight * x
		t.square[n] += weight * x * x
	}
}

// mean is the weighed average; nil if nothing was added.
func (t *tally) mean() []float64 {
	if t.weight == 0 {
		return nil
	}
	out := make([]float64, len(t.sum))
	for n, x := range t.sum {
		out[n] = min(x/t.weight, 1)
	}
	return out
}

// estimates are the averages with their standard errors over equal draws.
func (t *tally) estimates(exact bool) []Estimate {
	out := make([]Estimate, len(t.sum))
	for n, p := range t.mean() {
		out[n] = Estimate{p, t.se(p, t.square[n]/t.weight, exact)}
	}
	return out
}

// se is the standard error of the mean of independent equal draws, from their
// mean and their mean square; 0 if exact.
func (t *tally) se(mean, square float64, exact bool) float64 {
	if exact {
		return 0
	}
	draws := t.weight * t.weight / t.squares
	return math.Sqrt(max(0, square-mean*mean) / max(1, draws-1))
}

// parts is the number of parts that draws are dealt into for the jackknife.
const parts = 32

// split adds up outcomes by the answers to one or two questions: all of them, and
// where worlds are drawn also those of every part of the draws.
type split struct {
	all  []*tally
	part [][]*tally // by part; none if exact
}

func newSplit(answers, kinds int, exact bool) *split {
	tallies := func() []*tally {
		out := make([]*tally, answers)
		for a := range out {
			out[a] = newTally(kinds)
		}
		return out
	}
	s := &split{all: tallies()}
	if !exact {
		s.part = make([][]*tally, parts)
		for g := range s.part {
			s.part[g] = tallies()
		}
	}
	return s
}

// add takes in the world numbered n.
func (s *split) add(n, answer int, weight float64, v []float64) {
	s.all[answer].add(weight, v)
	if s.part != nil {
		s.part[n%parts][answer].add(weight, v)
	}
}

// given are the probabilities of the outcomes given an answer and their standard
// errors; nil where the answer has probability zero.
func (s *split) given(answer int) (p, se []float64) {
	t := s.all[answer]
	if t.weight == 0 {
		return nil, nil
	}
	for _, e := range t.estimates(s.part == nil) {
		p, se = append(p, e.P), append(se, e.SE)
	}
	return p, se
}

// bits is the information of the answers about the outcome; without the draws of
// a part, or with all if that is below zero. Answers are joined as join says.
func (s *split) bits(without int, join func(answer int) int) float64 {
	kinds := len(s.all[0].sum)
	weights := make([]float64, len(s.all))
	sums := make([]float64, len(s.all)*kinds)
	for a, t := range s.all {
		to := join(a)
		weights[to] += t.weight
		for o, x := range t.sum {
			sums[to*kinds+o] += x
		}
		if without >= 0 {
			p := s.part[without][a]
			weights[to] -= p.weight
			for o, x := range p.sum {
				sums[to*kinds+o] -= x
			}
		}
	}
	return information(weights, sums)
}

// jackknife estimates something worked out from all draws, with its standard
// error, from its value f(-1) and its values without each part; exactly, and
// without error, where nothing was drawn.
func (s *split) jackknife(f func(without int) float64) (value, se float64) {
	value = f(-1)
	if s.part == nil {
		return value, 0
	}
	var left [parts]float64
	mean := 0.0
	for g := range left {
		left[g] = f(g)
		mean += left[g] / parts
	}
	spread := 0.0
	for _, x := range left {
		spread += (x - mean) * (x - mean)
	}
	return parts*value - (parts-1)*mean, math.Sqrt(spread * (parts - 1) / parts)
}

func itself(answer int) int { return answer }

// asked is an open question: the place of an atom, or talks.
type asked struct {
	id, says string
	atom     int // nobody for talks
}

// matters finds for every open question what its answer would say, and for the
// two that tell most what both answers would.
func (w *weighing) matters(out *Outlook) {
	var list []asked
	for i, a := range w.Atoms {
		if !a.Authority || a.Prior > 0 && a.Prior < 1 {
			list = append(list, asked{a.ID, a.Says, i})
		}
	}
	if w.HasTalks {
		list = append(list, asked{Talks, "Talks can be concluded in time", nobody})
	}
	for _, q := range list {
		s := newSplit(2, len(w.Outcomes)+2, out.Exact)
		for n := range w.worlds {
			w.answered(&w.worlds[n], func(answer int, weight float64, v []float64) { s.add(n, answer, weight, v) }, q)
		}
		m := Matter{ID: q.id, Says: q.says, Credence: s.all[1].weight / (s.all[0].weight + s.all[1].weight)}
		if q.atom >= 0 && !out.Exact {
			m.Credence = w.Atoms[q.atom].Credence // known without drawing
		}
		m.No, m.NoSE = s.given(0)
		m.Yes, m.YesSE = s.given(1)
		if m.Yes != nil && m.No != nil {
			m.Bits, m.BitsSE = s.jackknife(func(g int) float64 { return s.bits(g, itself) })
			m.Bits = max(0, m.Bits)
			m.Changes = stays(first(m.Yes), first(m.No)) < 0
		}
		out.Matters = append(out.Matters, m)
	}
	w.pair(out, list)
}

// answered calls add with every combination of answers to the questions that a
// world allows, its weight, and the outcome given it. The answer to the question
// numbered k is bit k.
func (w *weighing) answered(d *draw, add func(answer int, weight float64, v []float64), list ...asked) {
	answer, talks := 0, 0
	for k, q := range list {
		switch {
		case q.atom < 0:
			talks = 1 << k
		case d.Atom[q.atom]:
			answer |= 1 << k
		}
	}
	if talks == 0 {
		add(answer, d.weight, d.mixed)
		return
	}
	if w.TalksChance < 1 {
		add(answer, d.weight*(1-w.TalksChance), d.alone.outcome)
	}
	if w.TalksChance > 0 {
		add(answer|talks, d.weight*w.TalksChance, d.result.talks.outcome)
	}
}

// pair finds what the two questions that tell most would say together.
func (w *weighing) pair(out *Outlook, list []asked) {
	var open []int // places in Matters, most telling first
	for n, m := range out.Matters {
		if m.Yes != nil && m.No != nil {
			open = append(open, n)
		}
	}
	if len(open) < 2 {
		return
	}
	slices.SortStableFunc(open, func(a, b int) int { return byBits(out.Matters[a], out.Matters[b]) })
	p := &Pair{First: open[0], Second: open[1]}
	a, b := list[p.First], list[p.Second]
	s := newSplit(4, len(w.Outcomes)+2, out.Exact)
	for n := range w.worlds {
		w.answered(&w.worlds[n], func(answer int, weight float64, v []float64) { s.add(n, answer, weight, v) }, a, b)
	}
	total := 0.0
	for _, t := range s.all {
		total += t.weight
	}
	for x := range 2 {
		for y := range 2 {
			p.P[x][y] = s.all[x|y<<1].weight / total
			p.Given[x][y], p.SE[x][y] = s.given(x | y<<1)
		}
	}
	first, second := func(answer int) int { return answer & 1 }, func(answer int) int { return answer >> 1 }
	p.Bits, p.BitsSE = s.jackknife(func(g int) float64 { return s.bits(g, itself) })
	p.Bits = max(0, p.Bits)
	p.Interaction, p.InteractionSE = s.jackknife(func(g int) float64 { return s.bits(g, itself) - s.bits(g, first) - s.bits(g, second) })
	p.Linked = a.atom >= 0 && b.atom >= 0 && w.linked(a.atom, b.atom)
	out.Pair = p
}

// linked reports whether logic makes two atoms depend on one another.
func (k *Conflict) linked(a, b int) bool {
	if !k.logic {
		return false
	}
	weight := func(given float64, so ...int) float64 {
		return given * k.rules.weight(k.possible, func(level int) float64 {
			if slices.Contains(so, level) {
				return 1
			}
			return k.Atoms[level].Prior
		})
	}
	both := weight(k.Atoms[a].Prior*k.Atoms[b].Prior, a, b) / weight(1)
	return math.Abs(both-k.Atoms[a].Credence*k.Atoms[b].Credence) > 1e-12
}

// byBits orders matters by what they tell, most first; a difference of rounding
// is none.
func byBits(x, y Matter) int {
	switch {
	case x.Bits > y.Bits+1e-12:
		return -1
	case y.Bits > x.Bits+1e-12:
		return 1
	}
	return 0
}

// maxFindings bounds how many findings tell the worlds of a group.
const maxFindings = 6

// byWorld groups the worlds by the agreements that exist in them, and tells each
// group by answers to open questions: the worlds are divided by the question
// that says most about the agreements (as in ID3, Quinlan 1986), and again, until
// the agreements are the same.
func (w *weighing) byWorld(out *Outlook) {
	place := map[uint64]int{}
	for n, a := range out.Agreements {
		place[a.State] = n
	}
	v := &divider{weighing: w, group: map[string]int{}}
	total := 0.0
	for n := range w.worlds {
		d := &w.worlds[n]
		var here []int
		for _, a := range d.agreements {
			here = append(here, place[d.solved.model.States[a.State]])
		}
		slices.Sort(here)
		key := fmt.Sprint(here)
		g, ok := v.group[key]
		if !ok {
			g = len(out.ByWorld)
			v.group[key] = g
			out.ByWorld = append(out.ByWorld, AgreementGroup{Agreements: here})
		}
		v.of = append(v.of, g)
		out.ByWorld[g].P += d.weight
		total += d.weight
	}
	for g := range out.ByWorld {
		out.ByWorld[g].P = min(1, out.ByWorld[g].P/total)
	}
	all := make([]int, len(w.worlds))
	for n := range all {
		all[n] = n
	}
	v.divide(all, nil, func(g int, way Way) {
		way.P = min(1, way.P/total)
		out.ByWorld[g].Ways = append(out.ByWorld[g].Ways, way)
	})
	for g := range out.ByWorld {
		slices.SortStableFunc(out.ByWorld[g].Ways, func(a, b Way) int { return heavier(a.P, b.P) })
	}
	slices.SortStableFunc(out.ByWorld, func(a, b AgreementGroup) int {
		return cmp.Or(heavier(a.P, b.P), slices.Compare(a.Agreements, b.Agreements))
	})
}

// heavier puts the greater share first; a difference of rounding is none.
func heavier(a, b float64) int {
	if math.Abs(a-b) <= 1e-12 {
		return 0
	}
	return cmp.Compare(b, a)
}

// divider divides worlds by open questions.
type divider struct {
	*weighing
	group map[string]int // by the places of the agreements in it
	of    []int          // the group of each world
}

func (v *divider) holds(q question, n int) bool {
	if q.unsure {
		return v.worlds[n].turn[q.at]
	}
	return v.worlds[n].Atom[q.at]
}

// divide tells the groups of some worlds, which have the findings in common.
func (v *divider) divide(worlds []int, when []Finding, tell func(g int, way Way)) {
	groups := make([]float64, len(v.group))
	var order []int // of the groups met
	for _, n := range worlds {
		if groups[v.of[n]] == 0 {
			order = append(order, v.of[n])
		}
		groups[v.of[n]] += v.worlds[n].weight
	}
	best := -1
	if len(order) > 1 && len(when) < maxFindings {
		best = v.mostTelling(worlds)
	}
	if best < 0 {
		for _, g := range order {
			tell(g, Way{P: groups[g], When: when, Certain: len(order) == 1})
		}
		return
	}
	q := v.open[best]
	for _, so := range []bool{true, false} {
		var side []int
		for _, n := range worlds {
			if v.holds(q, n) == so {
				side = append(side, n)
			}
		}
		v.divide(side, append(when[:len(when):len(when)], v.finding(q, so)), tell)
	}
}

// mostTelling is the open question whose answer says most about which group a
// world belongs to: the first of equals, and none where all worlds agree on all.
func (v *divider) mostTelling(worlds []int) int {
	best, most := -1, -1.0
	for k, q := range v.open {
		weights, sums := make([]float64, 2), make([]float64, 2*len(v.group))
		for _, n := range worlds {
			at := 0
			if v.holds(q, n) {
				at = 1
			}
			weights[at] += v.worlds[n].weight
			sums[at*len(v.group)+v.of[n]] += v.worlds[n].weight
		}
		if weights[0] == 0 || weights[1] == 0 {
			continue
		}
		if b := information(weights, sums); b > most+1e-12 {
			best, most = k, b
		}
	}
	return best
}

// finding is how a question turns out, by its place among the atoms or among
// Unsettled.
func (v *divider) finding(q question, so bool) Finding {
	if !q.unsure {
		return Finding{Atom: q.at, Unsettled: nobody, Holds: so}
	}
	at := 0
	for _, u := range v.unsure[:q.at] {
		if u.kind != unsureWeight {
			at++
		}
	}
	return Finding{Atom: nobody, Unsettled: at, Holds: so}
}

// information is the mutual information, in bits, between an answer and the
// outcome (Shannon 1948): weights holds the weight of each answer, sums by answer
// that of each outcome. Weights need not sum to 1.
func information(weights, sums []float64) float64 {
	kinds := len(sums) / len(weights)
	var total, bits float64
	for _, x := range weights {
		total += x
	}
	for o := range kinds {
		var outcome float64
		for a := range weights {
			outcome += sums[a*kinds+o]
		}
		for a, weight := range weights {
			if joint := sums[a*kinds+o]; joint > 0 && weight > 0 && outcome > 0 {
				bits += joint / total * math.Log2(joint*total/(weight*outcome))
			}
		}
	}
	return max(0, bits)
}
