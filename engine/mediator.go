package engine

import (
	"slices"

	"github.com/demarche/demarche"
)

// Mediation compares the mediators of a case. Absent, a mediator does nothing
// further: each of its options stays as it is today, and it takes no part in
// talks. Alone, all other mediators are absent.
type Mediation struct {
	All       Course // with all of them
	None      Course // without any
	Mediators []Mediator
	// Rivalry compares the probability of an agreement with all of them and with
	// the best alone, and Hosting the same for agreements to which a mediator is a
	// party.
	Rivalry, Hosting Rivalry
}

// Course is where things go with some of the mediators.
type Course struct {
	Agreed       Estimate   // an agreement is struck
	Hosted       Estimate   // an agreement is struck to which a mediator is a party
	Outcomes     []Estimate // in the order of Conflict.Outcomes
	NoSettlement Estimate
	// Better and Worse are the probabilities that each player ends in a state
	// that it likes more, or less, than the status quo, by player.
	Better, Worse []Estimate
}

// Mediator is what one mediator adds.
type Mediator struct {
	Player        int
	Offers        []int // its options that are not taken today, ascending
	Alone, Absent Course
	// Gain is how much likelier it is to end better off than today if it is the
	// only mediator than if it is absent; it can be negative.
	Gain   float64
	Rivals []RivalLoss // all other mediators, in the order of players
}

// RivalLoss is what a mediator's taking part beside all others costs a rival,
// compared with its absence: how much less likely the rival is to end better off
// than today, and how much likelier to end worse off. Both can be negative.
type RivalLoss struct {
	Player      int
	Gains, Harm float64
}

// Rivalry compares all mediators with the best of them alone.
type Rivalry struct {
	All, Best float64
	// Sign is 1 if all together bring it more often than the best alone, -1 if
	// less often, 0 if it makes no difference or there is only one mediator.
	Sign int
	Who  []int // the best alone
}

// rivalMargin is the difference in probability from which on rivalry is said to
// matter: below, it is rounding.
const rivalMargin = 1e-9

// variant is a case in which some mediators are absent.
type variant struct {
	player  int // -1: all mediators are absent
	alone   bool
	without []int
}

// mediatorVariants are the cases to be weighed to compare the mediators, but for
// the case as it is: without any, then for each mediator alone and absent.
func (k *Conflict) mediatorVariants() []variant {
	var all []int
	for i, p := range k.Players {
		if p.Mediator {
			all = append(all, i)
		}
	}
	if len(all) == 0 {
		return nil
	}
	out := []variant{{player: -1, without: all}}
	if len(all) == 1 {
		return out
	}
	for _, i := range all {
		others := slices.DeleteFunc(slices.Clone(all), func(r int) bool { return r == i })
		out = append(out, variant{i, true, others}, variant{i, false, []int{i}})
	}
	return out
}

// without is the conflict in which some players do nothing further: each of
// their options stays as it is today, and they take no part in talks.
func (k *Conflict) without(absent []int) (*Conflict, error) {
	return k.With(func(c *demarche.Case) {
		for bit, o := range k.Options {
			if !slices.Contains(absent, o.Player) {
				continue
			}
			never := &demarche.Condition{Op: demarche.Atom, Name: o.ID}
			if k.StatusQuo>>bit&1 == 1 {
				never = &demarche.Condition{Op: demarche.Not, Args: []*demarche.Condition{never}}
			}
			c.Conflict.Rules = append(c.Conflict.Rules, demarche.Rule{At: c.Conflict.At, Never: demarche.Expr{At: c.Conflict.At, Text: o.ID, Cond: never}})
		}
		if t := c.Conflict.Talks; t != nil {
			t.Parties = slices.DeleteFunc(t.Parties, func(r demarche.Ref) bool {
				return slices.ContainsFunc(absent, func(i int) bool { return k.Players[i].ID == r.Name })
			})
		}
	})
}

// mediation weighs the case without each mediator and with each alone.
func (j *judging) mediation(exact bool, variants []variant, weigh func(*Conflict, int) (*weighing, error)) (*Mediation, error) {
	out := &Mediation{All: j.course(exact)}
	for _, i := range variants[0].without {
		m := Mediator{Player: i}
		for bit, o := range j.Options {
			if o.Player == i && j.StatusQuo>>bit&1 == 0 {
				m.Offers = append(m.Offers, bit)
			}
		}
		out.Mediators = append(out.Mediators, m)
	}
	for n, v := range variants {
		k, err := j.without(v.without)
		if err != nil {
			return nil, err
		}
		w, err := weigh(k, n)
		if err != nil {
			return nil, err
		}
		c := w.course(exact)
		if v.player < 0 {
			out.None = c
			continue
		}
		m := &out.Mediators[slices.IndexFunc(out.Mediators, func(m Mediator) bool { return m.Player == v.player })]
		if v.alone {
			m.Alone = c
		} else {
			m.Absent = c
		}
	}
	if len(out.Mediators) == 1 {
		out.Mediators[0].Alone, out.Mediators[0].Absent = out.All, out.None
	}
	for n := range out.Mediators {
		m := &out.Mediators[n]
		m.Gain = m.Alone.Better[m.Player].P - m.Absent.Better[m.Player].P
		for _, r := range out.Mediators {
			if r.Player != m.Player {
				m.Rivals = append(m.Rivals, RivalLoss{
					Player: r.Player,
					Gains:  m.Absent.Better[r.Player].P - out.All.Better[r.Player].P,
					Harm:   out.All.Worse[r.Player].P - m.Absent.Worse[r.Player].P,
				})
			}
		}
	}
	out.Rivalry = out.rivalry(func(c *Course) float64 { return c.Agreed.P })
	out.Hosting = out.rivalry(func(c *Course) float64 { return c.Hosted.P })
	return out, nil
}

func (m *Mediation) rivalry(of func(*Course) float64) Rivalry {
	out := Rivalry{All: of(&m.All), Best: -1}
	for n := range m.Mediators {
		switch p := of(&m.Mediators[n].Alone); {
		case p > out.Best+rivalMargin:
			out.Best, out.Who = p, []int{m.Mediators[n].Player}
		case p > out.Best-rivalMargin:
			out.Who = append(out.Who, m.Mediators[n].Player)
		}
	}
	switch d := out.All - out.Best; {
	case d > rivalMargin:
		out.Sign = 1
	case d < -rivalMargin:
		out.Sign = -1
	}
	return out
}

// course adds up where things go in all worlds, with talks and without.
func (w *weighing) course(exact bool) Course {
	n, players := len(w.Outcomes)+2, len(w.Players)
	all := newTally(2 + n + 2*players)
	known := map[*result][]float64{}
	for _, d := range w.worlds {
		v := known[d.result]
		if v == nil {
			v = make([]float64, 2, 2+n+2*players)
			for a, g := range d.agreements {
				v[0] += w.TalksChance * d.shares[a]
				if slices.ContainsFunc(g.Parties, func(i int) bool { return w.Players[i].Mediator }) {
					v[1] += w.TalksChance * d.shares[a]
				}
			}
			v = append(v, mixed(d.alone.outcome, d.result.talks.outcome, w.TalksChance)...)
			v = append(v, mixed(d.result.fares(d.alone), d.result.fares(d.result.talks), w.TalksChance)...)
			known[d.result] = v
		}
		all.add(d.weight, v)
	}
	e := all.estimates(exact)
	return Course{
		Agreed: e[0], Hosted: e[1], Outcomes: e[2:n], NoSettlement: e[n+1],
		Better: e[2+n : 2+n+players], Worse: e[2+n+players:],
	}
}

// fares is, by player, the probability of ending better off than in the status
// quo, then of ending worse off.
func (r *result) fares(c course) []float64 {
	m := r.solved.model
	n := len(m.Players)
	out := make([]float64, 2*n)
	states := make([]uint64, 0, len(c.end))
	for state := range c.end {
		states = append(states, state)
	}
	slices.Sort(states) // so that the sums come out the same every time
	for _, state := range states {
		t, _ := m.Find(state)
		for i := range n {
			switch d := m.Rank[i][t] - m.Rank[i][r.solved.start]; {
			case d > 0:
				out[i] += c.end[state]
			case d < 0:
				out[n+i] += c.end[state]
			}
		}
	}
	return out
}
