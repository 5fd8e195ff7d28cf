package engine

import (
	"cmp"
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
	outcomes, ladder := newTally(kinds), newTally(len(w.Ladder))
	states := map[uint64]*StateShare{}
	share := func(state uint64) *StateShare {
		s := states[state]
		if s == nil {
			s = &StateShare{State: state, Equilibrium: make([]float64, conceptCount)}
			states[state] = s
		}
		return s
	}
	agreements := map[uint64]*AgreementShare{}
	talks := w.TalksChance
	for _, d := range w.worlds {
		for _, side := range []struct {
			p float64
			c course
		}{{1 - talks, d.alone}, {talks, d.talks}} {
			if side.p == 0 {
				continue
			}
			for state, p := range side.c.end {
				share(state).EndsHere += d.weight * side.p * p
			}
		}
		outcomes.add(d.weight, mixed(d.alone.outcome, d.result.talks.outcome, talks))
		ladder.add(d.weight, mixed(d.alone.ladder, d.result.talks.ladder, talks))
		for c, set := range d.solved.equilibria {
			for s := range set.All {
				share(d.solved.model.States[s]).Equilibrium[c] += d.weight
			}
		}
		for n, a := range d.agreements {
			state := d.solved.model.States[a.State]
			g := agreements[state]
			if g == nil {
				g = &AgreementShare{State: state, Parties: a.Parties, Tabled: a.Tabled}
				agreements[state] = g
			}
			struck := d.weight * talks * d.shares[n]
			g.P += d.weight
			g.Struck += struck
			g.Stays += struck * a.Stays
			out.Agreed += struck
		}
	}
	all := outcomes.estimates(out.Exact)
	out.Outcomes = all[:len(w.Outcomes)]
	out.Unnamed, out.NoSettlement = all[kinds-2].P, all[kinds-1].P
	out.Ladder = ladder.estimates(out.Exact)
	for _, s := range states {
		out.States = append(out.States, *s)
	}
	slices.SortFunc(out.States, func(a, b StateShare) int { return cmp.Compare(a.State, b.State) })
	for _, g := range agreements {
		if g.Struck > 0 {
			g.Stays /= g.Struck
		}
		out.Agreements = append(out.Agreements, *g)
	}
	slices.SortFunc(out.Agreements, func(a, b AgreementShare) int {
		return cmp.Or(cmp.Compare(b.Struck, a.Struck), cmp.Compare(b.P, a.P), cmp.Compare(a.State, b.State))
	})
	w.matters(out)
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
		out[n].P = p
		if !exact {
			draws := t.weight * t.weight / t.squares
			out[n].SE = math.Sqrt(max(0, t.square[n]/t.weight-p*p) / max(1, draws-1))
		}
	}
	return out
}

// matters finds for every open question what its answer would say.
func (w *weighing) matters(out *Outlook) {
	for i, a := range w.Atoms {
		if a.Authority && (a.Prior == 0 || a.Prior == 1) {
			continue
		}
		yes, no := newTally(len(w.Outcomes)+2), newTally(len(w.Outcomes)+2)
		for _, d := range w.worlds {
			v := mixed(d.alone.outcome, d.result.talks.outcome, w.TalksChance)
			if d.Atom[i] {
				yes.add(d.weight, v)
			} else {
				no.add(d.weight, v)
			}
		}
		out.Matters = append(out.Matters, w.matter(a.ID, a.Says, yes, no))
	}
	if w.HasTalks {
		yes, no := newTally(len(w.Outcomes)+2), newTally(len(w.Outcomes)+2)
		for _, d := range w.worlds {
			if w.TalksChance > 0 {
				yes.add(d.weight*w.TalksChance, d.result.talks.outcome)
			}
			if w.TalksChance < 1 {
				no.add(d.weight*(1-w.TalksChance), d.alone.outcome)
			}
		}
		out.Matters = append(out.Matters, w.matter(Talks, "Talks can be concluded in time", yes, no))
	}
}

func (w *weighing) matter(id, says string, yes, no *tally) Matter {
	m := Matter{ID: id, Says: says, Yes: yes.mean(), No: no.mean(), Credence: yes.weight / (yes.weight + no.weight)}
	if m.Yes == nil || m.No == nil {
		return m
	}
	m.Bits = information(m.Credence, m.Yes, m.No)
	m.Changes = likeliest(m.Yes) != likeliest(m.No)
	return m
}

// information is the mutual information, in bits, between a question answered
// yes with probability p and the outcome, distributed as yes or no.
func information(p float64, yes, no []float64) float64 {
	var bits float64
	for n := range yes {
		q := p*yes[n] + (1-p)*no[n]
		if yes[n] > 0 && p > 0 {
			bits += p * yes[n] * math.Log2(yes[n]/q)
		}
		if no[n] > 0 && p < 1 {
			bits += (1 - p) * no[n] * math.Log2(no[n]/q)
		}
	}
	return max(0, bits)
}

// likeliest is the place of the greatest probability; the first of equals,
// where a difference of rounding is none.
func likeliest(p []float64) int {
	best := 0
	for n := range p {
		if p[n] > p[best]+1e-12 {
			best = n
		}
	}
	return best
}
