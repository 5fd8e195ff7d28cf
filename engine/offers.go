package engine

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"slices"
)

// OfferReport says what the offers of a case would bring, what could be agreed,
// what each mediator adds, and how what is agreed would be carried out. All
// probabilities are conditional on the model and the credences.
type OfferReport struct {
	Worlds int // how many were weighed; whether talks conclude is not counted
	Exact  bool
	Seed   uint64

	// Offers are those of the case with terms, dated not after the day of the
	// question, in file order.
	Offers []JudgedOffer
	// Zone is what could be agreed, and Between what lies between each two offers
	// on the table, in the order of Offers. Both are empty without talks.
	Zone    Zone
	Between []Between
	// Agreements are those of the typical world and of every other, as they would
	// be carried out: the likeliest first, at most MaxCarried. Those that begin a
	// use of force are not among them, and LeftAside is how many these are: they
	// are described in Zone, and how they would be carried out is not.
	Agreements []Carried
	LeftAside  int
	// Mediation compares the mediators; nil if the case has none.
	Mediation *Mediation
}

// MaxCarried is how many agreements OfferReport.Agreements holds at most.
const MaxCarried = 12

// JudgedOffer is an offer as a proposed state. The state is that of the typical
// world; it is judged there and in every other world.
type JudgedOffer struct {
	Offer  int  // its place in Case.Offers
	Tabled bool // is on the table: not answered, or answered as open
	Proposal
	// Parties are the players whose own options differ between the status quo
	// and State, and For how each player fares, by player.
	Parties []int
	For     []Standing
	// Agreement is the probability that State is an agreement, Keeps that it is
	// stable for each of its parties under its own foresight, Equilibrium that it
	// is for every player, Within that some agreement meets all terms and begins
	// no use of force that State does not.
	Agreement, Keeps, Equilibrium, Within float64
	// Feasible is the probability that State can be at all: in the other worlds a
	// rule or an authority that binds excludes it.
	Feasible float64
	// Obstacles say why State is no agreement in the typical world; empty if it
	// is one.
	Obstacles []Obstacle
	// Hinges are the open propositions and authorities on which Agreement or
	// Keeps depends, the most telling first.
	Hinges []Hinge
	// Additions are the smallest sets of further changes that make State an
	// agreement in the typical world, the likeliest first. If up to MaxAddition
	// changes do not suffice there, they are those that make it one in some world
	// and are likelier to than State is as it stands. Empty if State is one, if
	// there are none, and if with them it would still begin a use of force.
	Additions []Addition
	// Carried says how it would be carried out.
	Carried Carried
}

// MaxAddition is how many further changes are tried to make an offer hold.
const MaxAddition = 3

// Proposal is where the terms of an offer lead in a world.
type Proposal struct {
	// Fits says that some feasible state meets all terms and takes nothing back
	// that cannot be. If not, nothing below is given.
	Fits bool
	// Nearest is such a state that differs from the status quo in the fewest
	// options, the first of several. State is the only end of stepwise evolution
	// from it, if the terms still hold there and only those who talk have changed
	// anything more: what they would do of themselves belongs to the offer, what
	// outsiders make of it does not. Otherwise State is Nearest.
	Nearest, State uint64
	// Lasts says that evolution from Nearest ends for certain in State.
	Lasts bool
	// Ends are the states in which evolution from Nearest can end, ascending.
	// Settles says that it does not end in a cycle.
	Ends    []uint64
	Settles bool
}

// Standing is how a player fares in a state.
type Standing struct {
	// Today is the sign of the difference to the status quo in the typical world:
	// 1 if the state is better, -1 if worse, 0 if equally good.
	Today int
	// BetterToday and WorseToday are the probabilities that the state is strictly
	// better, or worse, than the status quo.
	BetterToday, WorseToday float64
	// BetterAlone is the probability that without agreement the player would end
	// in a state that it likes strictly less, WorseAlone that in one that it
	// likes more; what is left is ends equally good, cycles, and worlds in which
	// the state cannot be.
	BetterAlone, WorseAlone float64
	// Accepts is the probability that it would accept the state by the rule of
	// agreements, AcceptsNow whether it does in the typical world: false for those
	// who do not talk. Keeps and KeepsNow are the same of the state's being stable
	// for it under its own foresight.
	Accepts, Keeps       float64
	AcceptsNow, KeepsNow bool
}

// ObstacleKind is a reason why a state is no agreement.
type ObstacleKind string

// The reasons, in the order in which they are given.
const (
	NoTalks      ObstacleKind = "no_talks"      // the case names no talks
	OneParty     ObstacleKind = "one_party"     // fewer than two players would have to act
	OutsideTalks ObstacleKind = "outside_talks" // Player would have to act and does not talk
	NotAccepted  ObstacleKind = "not_accepted"  // Player does not expect to do worse without
	NotKept      ObstacleKind = "not_kept"      // Player would move on, to State
	Bettered     ObstacleKind = "bettered"      // its parties could agree on State, which is better for them
)

// Obstacle is a reason why a state is no agreement.
type Obstacle struct {
	Kind   ObstacleKind
	Player int    // -1 where it is about none
	State  uint64 // of NotKept and Bettered
}

// Hinge is a proposition or an authority on which it depends whether an offer is
// an agreement, or is kept: probabilities given that it is so and is not so.
type Hinge struct {
	Atom                      int
	AgreementYes, AgreementNo float64
	KeepsYes, KeepsNo         float64
}

// Addition is a set of further changes to a proposed state, by those who talk or
// mediate, that makes it an agreement in which all terms of the offer still hold.
type Addition struct {
	State   uint64
	Takes   []int // options to be taken besides, ascending; none a use of force
	Ends    []int // options to be given up besides, ascending
	Typical bool  // it is an agreement in the typical world
	P       float64
}

// proposal is an offer's terms, compiled.
type proposal struct {
	offer  int // its place in the case
	tabled bool
	terms  []*formula
}

// holds reports whether all terms hold in a state of a world.
func (p *proposal) holds(state uint64, atom []bool) bool {
	return !slices.ContainsFunc(p.terms, func(t *formula) bool { return !t.holds(state, atom) })
}

// Offers judges the offers of the case, and finds the bargaining zone, what the
// mediators add, and how agreements would be carried out. It stops early, with
// ctx's error, when ctx ends.
func (k *Conflict) Offers(ctx context.Context, cfg OutlookConfig) (*OfferReport, error) {
	cfg.EndsOnly = true
	variants := k.mediatorVariants()
	parts := float64(2 + len(variants))
	sub := func(n int) func(float64) {
		if cfg.Progress == nil {
			return nil
		}
		return func(share float64) { cfg.Progress((float64(n) + share) / parts) }
	}
	whole := cfg
	whole.Progress = sub(0)
	w, o, err := k.weighed(ctx, whole)
	if err != nil {
		return nil, err
	}
	j := &judging{weighing: w}
	if err := j.judge(sub(1)); err != nil {
		return nil, err
	}
	out := &OfferReport{Worlds: len(w.worlds), Exact: o.Exact, Seed: o.Seed}
	out.Zone = j.zone()
	for n := range k.proposals {
		out.Offers = append(out.Offers, j.offer(n))
	}
	out.Between = j.between(out)
	for n := range out.Offers {
		if f := &out.Offers[n]; f.Fits {
			if f.Carried, err = j.carried(f.State, f.Agreement); err != nil {
				return nil, err
			}
		}
	}
	for _, a := range j.agreed {
		if j.BeginsForce(a.state) {
			out.LeftAside++
			continue
		}
		if len(out.Agreements) == MaxCarried {
			continue
		}
		c, err := j.carried(a.state, a.p)
		if err != nil {
			return nil, err
		}
		out.Agreements = append(out.Agreements, c)
	}
	if len(variants) > 0 {
		out.Mediation, err = j.mediation(out.Exact, variants, func(v *Conflict, n int) (*weighing, error) {
			each := cfg
			each.Progress = sub(2 + n)
			w, _, err := v.weighed(ctx, each)
			return w, err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, ctx.Err()
}

// judging is one run of Offers over worlds that are weighed.
type judging struct {
	*weighing
	cases   []*judgement // what worlds come to, each once, as first met
	of      []int        // the place in cases of each world
	typical *judgement
	agreed  []agreed
	levers  map[leverWorld]*pulled
}

// judgement is what all worlds that come to one result have in common.
type judgement struct {
	*result
	weight float64 // of these worlds; 0 for a typical world that is not drawn
	world  World   // the likeliest of them, of equals the most like the typical world
	most   float64 // its weight

	accepts []Set // by player; nil for those who do not talk
	zone    []zoneMember
	props   []Proposal // by proposal
}

// agreed is a state that is an agreement in some world.
type agreed struct {
	state   uint64
	p       float64
	typical bool
}

// judge gathers the worlds that come to the same and works out for each what the
// report is made from.
func (j *judging) judge(progress func(float64)) error {
	known := map[*result]int{}
	v := j.Typical()
	unlike := func(w World) (n int) {
		for a := range w.Atom {
			if w.Atom[a] != v.Atom[a] {
				n++
			}
		}
		return n
	}
	var total float64
	for _, d := range j.worlds {
		total += d.weight
	}
	for _, d := range j.worlds {
		at, ok := known[d.result]
		if !ok {
			at = len(j.cases)
			known[d.result] = at
			j.cases = append(j.cases, &judgement{result: d.result})
		}
		c := j.cases[at]
		c.weight += d.weight / total
		if by := byShare(d.weight, c.most); by > 0 || by == 0 && unlike(d.World) < unlike(c.world) {
			c.world, c.most = d.World, d.weight
		}
		j.of = append(j.of, at)
	}
	r := j.resultOf(v)
	if r.err != nil {
		return r.err
	}
	if at, ok := known[r]; ok {
		j.typical = j.cases[at]
	} else {
		j.typical = &judgement{result: r}
	}
	j.typical.world = v
	all := j.cases
	if j.typical.weight == 0 {
		all = append(slices.Clone(all), j.typical)
	}
	errs := make([]error, len(all))
	each(len(all), func(n int) {
		if errs[n] = j.ctx.Err(); errs[n] == nil {
			errs[n] = j.prepare(all[n])
		}
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	if progress != nil {
		progress(1)
	}
	j.gather()
	return nil
}

func (j *judging) prepare(c *judgement) error {
	m, s := c.solved.model, c.solved
	c.accepts = make([]Set, len(j.Players))
	for _, i := range j.TalksParties {
		c.accepts[i] = m.acceptable(i, c.expects[i])
	}
	if j.HasTalks {
		c.zone = s.foresight.zone(s.start, c.accepts, c.agreements)
	}
	for n := range j.proposals {
		p, err := s.foresight.proposal(j.ctx, s.start, &j.proposals[n])
		if err != nil {
			return err
		}
		c.props = append(c.props, p)
	}
	return nil
}

// acceptable are the states that player i accepts, given what it expects.
func (m *Model) acceptable(i int, expects expectation) Set {
	out := NewSet(len(m.States))
	ends := make([]struct {
		rank int32
		p    float64
	}, len(expects))
	for n, e := range expects {
		s, ok := m.Find(e.state)
		if !ok {
			// It expects what cannot be here: only its statements can compare.
			for t := range m.States {
				if m.accepts(i, t, expects) {
					out.Add(t)
				}
			}
			return out
		}
		ends[n].rank, ends[n].p = m.Rank[i][s], e.p
	}
	slices.SortFunc(ends, func(a, b struct {
		rank int32
		p    float64
	}) int {
		return cmp.Compare(a.rank, b.rank)
	})
	var worse float64
	for _, e := range ends {
		if worse += e.p; worse > 0.5+worseMargin {
			for t, r := range m.Rank[i] {
				if r > e.rank {
					out.Add(t)
				}
			}
			break
		}
	}
	return out
}

// Proposal is where the terms of the offer at a place in Case.Offers lead in the
// model. An offer without terms, or of a later day, fits nowhere.
func (f *Foresight) Proposal(ctx context.Context, offer int) (Proposal, error) {
	start, err := f.m.Start()
	if err != nil {
		return Proposal{}, err
	}
	for n := range f.m.proposals {
		if p := &f.m.proposals[n]; p.offer == offer {
			return f.proposal(ctx, start, p)
		}
	}
	return Proposal{}, nil
}

func (f *Foresight) proposal(ctx context.Context, start int, p *proposal) (Proposal, error) {
	m, atom := f.m, f.m.World.Atom
	at, least := -1, math.MaxInt
	from := m.States[start]
	for t, to := range m.States {
		changed, _ := m.change(from, to)
		d := bits.OnesCount64(changed)
		if m.graph != nil && t != start {
			d = 1 // a state is no set of options: any other is as far
		}
		if d < least && p.holds(to, atom) && !m.undoes(from, changed) {
			at, least = t, d
		}
	}
	if at < 0 {
		return Proposal{}, nil
	}
	out := Proposal{Fits: true, Nearest: m.States[at], State: m.States[at]}
	e, err := f.Evolve(ctx, at)
	if err != nil {
		return out, err
	}
	for t := range e.End {
		if e.End[t] > 0 {
			out.Ends = append(out.Ends, m.States[t])
		}
	}
	slices.Sort(out.Ends)
	out.Settles = e.NoSettlement < 1e-9
	if len(out.Ends) == 1 && out.Settles && p.holds(out.Ends[0], atom) {
		if _, who := m.change(out.Nearest, out.Ends[0]); !m.HasTalks || who&^m.talking() == 0 {
			out.Lasts, out.State = true, out.Ends[0]
		}
	}
	return out, nil
}

// gather lists the agreements of all worlds, the likeliest first.
func (j *judging) gather() {
	at := map[uint64]int{}
	add := func(c *judgement, typical bool) {
		for _, a := range c.agreements {
			state := c.solved.model.States[a.State]
			n, ok := at[state]
			if !ok {
				n = len(j.agreed)
				at[state] = n
				j.agreed = append(j.agreed, agreed{state: state})
			}
			if typical {
				j.agreed[n].typical = true
			} else {
				j.agreed[n].p += c.weight
			}
		}
	}
	for _, c := range j.cases {
		add(c, false)
	}
	add(j.typical, true)
	slices.SortFunc(j.agreed, func(a, b agreed) int {
		return cmp.Or(byShare(b.p, a.p), cmp.Compare(a.state, b.state))
	})
}

// byShare compares probabilities; a difference of rounding is none.
func byShare(a, b float64) int {
	if math.Abs(a-b) < 1e-12 {
		return 0
	}
	return cmp.Compare(a, b)
}

// isAgreement reports whether a state is an agreement of a judgement.
func (c *judgement) isAgreement(s int) bool {
	return slices.ContainsFunc(c.agreements, func(a Agreement) bool { return a.State == s })
}

// offer judges the offer numbered n among those with terms.
func (j *judging) offer(n int) JudgedOffer {
	p := &j.proposals[n]
	out := JudgedOffer{Offer: p.offer, Tabled: p.tabled, Proposal: j.typical.props[n]}
	if !out.Fits {
		return out
	}
	m := j.typical.solved.model
	from := j.typical.solved.start
	at, _ := m.Find(out.State)
	_, parties := m.change(m.States[from], out.State)
	out.Parties = players(parties)
	out.For = make([]Standing, len(j.Players))
	for i := range out.For {
		v := &out.For[i]
		v.Today = cmp.Compare(m.Rank[i][at], m.Rank[i][from])
		v.AcceptsNow = j.typical.accepts[i] != nil && j.typical.accepts[i].Has(at)
		v.KeepsNow = j.typical.solved.foresight.Stable(i, at)
	}
	agree, keeps := make([]float64, len(j.cases)), make([]float64, len(j.cases))
	for n, c := range j.cases {
		agree[n], keeps[n] = j.add(&out, p, c)
	}
	out.Obstacles = j.obstacles(&out, at, parties)
	out.Hinges = j.hinges(agree, keeps)
	out.Additions = j.additions(&out, p)
	return out
}

// add adds to an offer what the worlds of one judgement say of it. It returns 1
// where it is an agreement and where it is kept, else 0.
func (j *judging) add(o *JudgedOffer, p *proposal, c *judgement) (agree, keeps float64) {
	m, f := c.solved.model, c.solved.foresight
	if slices.ContainsFunc(c.agreements, func(a Agreement) bool {
		state := m.States[a.State]
		changed, _ := j.change(o.State, state)
		return changed&state&j.force() == 0 && p.holds(state, m.World.Atom)
	}) {
		o.Within += c.weight
	}
	t, ok := m.Find(o.State)
	if !ok {
		return 0, 0
	}
	o.Feasible += c.weight
	all := true
	keeps = 1
	for i := range o.For {
		v, rank := &o.For[i], m.Rank[i]
		switch d := rank[t] - rank[c.solved.start]; {
		case d > 0:
			v.BetterToday += c.weight
		case d < 0:
			v.WorseToday += c.weight
		}
		var better, worse float64
		for _, e := range c.solved.alone.ends() {
			switch d := rank[t] - rank[e.at]; {
			case d > 0:
				better += e.p
			case d < 0:
				worse += e.p
			}
		}
		v.BetterAlone += c.weight * better
		v.WorseAlone += c.weight * worse
		if c.accepts[i] != nil && c.accepts[i].Has(t) {
			v.Accepts += c.weight
		}
		if f.Stable(i, t) {
			v.Keeps += c.weight
		} else {
			all = false
			if slices.Contains(o.Parties, i) {
				keeps = 0
			}
		}
	}
	if all {
		o.Equilibrium += c.weight
	}
	if c.isAgreement(t) {
		agree = 1
	}
	o.Keeps += keeps * c.weight
	o.Agreement += agree * c.weight
	return agree, keeps
}

// end is a state in which evolution ends, by place, and its probability.
type end struct {
	at int
	p  float64
}

// ends are the ends of an evolution, ascending, so that sums over them come out
// the same every time.
func (e *Evolution) ends() []end {
	out := make([]end, 0, len(e.End))
	for t, p := range e.End {
		out = append(out, end{t, p})
	}
	slices.SortFunc(out, func(a, b end) int { return a.at - b.at })
	return out
}

// obstacles are the reasons why a state is no agreement in the typical world.
func (j *judging) obstacles(o *JudgedOffer, at int, parties uint64) []Obstacle {
	m, f := j.typical.solved.model, j.typical.solved.foresight
	if !j.HasTalks {
		return []Obstacle{{Kind: NoTalks, Player: -1}}
	}
	var out []Obstacle
	if len(o.Parties) < 2 {
		out = append(out, Obstacle{Kind: OneParty, Player: -1})
	}
	for _, i := range o.Parties {
		if j.talking()>>i&1 == 0 {
			out = append(out, Obstacle{Kind: OutsideTalks, Player: i})
		}
	}
	for _, i := range o.Parties {
		if j.typical.accepts[i] != nil && !o.For[i].AcceptsNow {
			out = append(out, Obstacle{Kind: NotAccepted, Player: i})
		}
	}
	for _, i := range o.Parties {
		if to := f.Chosen(nil, i, at); len(to) > 0 {
			out = append(out, Obstacle{Kind: NotKept, Player: i, State: m.States[to[0]]})
		}
	}
	if len(out) > 0 || j.typical.isAgreement(at) {
		return out
	}
	// What is accepted and kept, and no agreement, is bettered by something that
	// is accepted and kept; what begins no use of force is the better thing to
	// name, and of that an agreement.
	by, best := -1, -1
	for _, z := range j.typical.zone {
		if !z.kept || z.parties&^parties != 0 || !m.betterForAll(z.at, at, parties) {
			continue
		}
		worth := 0
		if z.agreement {
			worth++
		}
		if !j.BeginsForce(m.States[z.at]) {
			worth += 2
		}
		if worth > best {
			by, best = z.at, worth
		}
	}
	return append(out, Obstacle{Kind: Bettered, Player: -1, State: m.States[by]})
}

// hinges finds on which open questions it depends whether an offer is agreed and
// kept, given both by judgement.
func (j *judging) hinges(agree, keeps []float64) []Hinge {
	var out []Hinge
	for a := range j.Atoms {
		yes, no := newTally(2), newTally(2)
		for n, d := range j.worlds {
			v := []float64{agree[j.of[n]], keeps[j.of[n]]}
			if d.Atom[a] {
				yes.add(d.weight, v)
			} else {
				no.add(d.weight, v)
			}
		}
		y, n := yes.mean(), no.mean()
		if y == nil || n == nil || math.Abs(y[0]-n[0]) < 1e-9 && math.Abs(y[1]-n[1]) < 1e-9 {
			continue
		}
		out = append(out, Hinge{Atom: a, AgreementYes: y[0], AgreementNo: n[0], KeepsYes: y[1], KeepsNo: n[1]})
	}
	slices.SortStableFunc(out, func(a, b Hinge) int {
		return cmp.Or(
			byShare(math.Abs(b.AgreementYes-b.AgreementNo), math.Abs(a.AgreementYes-a.AgreementNo)),
			byShare(math.Abs(b.KeepsYes-b.KeepsNo), math.Abs(a.KeepsYes-a.KeepsNo)))
	})
	return out
}

// additions are the agreements that an offer is a few changes short of. As what
// is added must make it an agreement, it is enough to look at agreements.
func (j *judging) additions(o *JudgedOffer, p *proposal) []Addition {
	if len(o.Obstacles) == 0 {
		return nil
	}
	var able uint64 // options of those who talk or mediate
	force := j.force()
	for i, pl := range j.Players {
		if pl.Mediator || j.talking()>>i&1 == 1 {
			able |= pl.Own
		}
	}
	var out []Addition
	for _, typical := range []bool{true, false} {
		least := MaxAddition
		for _, a := range j.agreed {
			changed, _ := j.change(o.State, a.state)
			size := bits.OnesCount64(changed)
			if size == 0 || size > least || changed&^able != 0 || changed&a.state&force != 0 || j.BeginsForce(a.state) || typical && !a.typical ||
				!typical && a.p < o.Agreement+1e-9 || !p.holds(a.state, j.typical.world.Atom) {
				continue
			}
			if size < least {
				least, out = size, nil
			}
			add := Addition{State: a.state, Typical: a.typical, P: a.p}
			for k := range j.Options {
				switch {
				case changed>>k&1 == 0:
				case a.state>>k&1 == 1:
					add.Takes = append(add.Takes, k)
				default:
					add.Ends = append(add.Ends, k)
				}
			}
			out = append(out, add)
		}
		if len(out) > 0 {
			break
		}
	}
	return out
}

// force are the options that are a use of force.
func (k *Conflict) force() uint64 {
	var out uint64
	for b, o := range k.Options {
		if o.Force {
			out |= 1 << b
		}
	}
	return out
}

// BeginsForce reports whether a use of force is taken in a state that is not
// taken in the status quo. Such a state is described and analysed; it is not to
// be proposed.
func (k *Conflict) BeginsForce(state uint64) bool {
	changed, _ := k.change(k.StatusQuo, state)
	return changed&state&k.force() != 0
}

// players lists the players of a set.
func players(set uint64) []int {
	var out []int
	for rest := set; rest != 0; rest &= rest - 1 {
		out = append(out, bits.TrailingZeros64(rest))
	}
	return out
}
