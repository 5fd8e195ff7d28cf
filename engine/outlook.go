package engine

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/demarche/demarche"
)

// MaxExactWorlds is the number of worlds up to which all are enumerated.
const MaxExactWorlds = 1 << 16

// Talks is the id of the proposition that talks can conclude in time.
const Talks = "talks"

// OutlookConfig says how worlds are taken.
type OutlookConfig struct {
	// Worlds, if positive, is the number of worlds to draw, or with a Precision
	// the most to draw; 0 enumerates all where there are at most MaxExactWorlds
	// and otherwise draws DefaultDraws, or with a Precision up to MaxDraws.
	Worlds int
	Seed   uint64
	// Precision, if positive, is the largest standard error wanted of any
	// outcome's probability. Where worlds are drawn, batches of drawBatch are
	// drawn until it is reached, or the most to draw.
	Precision float64
	// EndsOnly leaves out which states hold under which concept, for callers who
	// ask only where things go: StateShare.Equilibrium and Holds stay zero.
	EndsOnly bool
	// Progress, if given, is called now and then from one goroutine with the
	// share of the work that is done, 0 to 1.
	Progress func(share float64)
}

// DefaultDraws is the number of worlds drawn where not all can be enumerated.
// TrialDraws is the number where many outlooks are compared: with the same seed
// all of them draw the same worlds, so that much of the chance is shared.
// MaxDraws is the most that are drawn to reach a precision unless the caller says
// otherwise: with so many no standard error of a probability is above 0.001.
const (
	DefaultDraws = 20_000
	TrialDraws   = 2_000
	MaxDraws     = 250_000
	drawBatch    = 1_000
)

// Outlook is what stepwise evolution and agreements say over all worlds. All
// probabilities are conditional on the model and the credences.
type Outlook struct {
	Worlds int // how many were weighed or drawn
	Exact  bool
	Seed   uint64
	// Precision is the standard error wanted, 0 if none was; Reached says that no
	// outcome's is above it. What is exact reaches any.
	Precision float64
	Reached   bool

	Outcomes []Estimate // in the order of Conflict.Outcomes
	// Unnamed is the probability of an end that no outcome names; its standard
	// error and that of NoSettlement stand beside them.
	Unnamed        float64
	UnnamedSE      float64
	NoSettlement   float64
	NoSettlementSE float64
	Ladder         []Estimate // in the order of Conflict.Ladder
	States         []StateShare
	Matters        []Matter // propositions, uncertain authorities, talks
	// Pair are the two matters that tell most, together; nil where fewer than two
	// are open.
	Pair       *Pair
	Agreements []AgreementShare
	// ByWorld are the worlds grouped by the agreements that exist in them,
	// heaviest first; nil without talks.
	ByWorld []AgreementGroup
	// Agreed is the probability that an agreement is reached.
	Agreed   float64
	AgreedSE float64
	// IfTalks and IfNoTalks are the probabilities of each outcome if talks
	// conclude (which strikes an agreement where there is one) and if not: in the
	// order of Conflict.Outcomes, then unnamed, then no settlement. They do not
	// depend on the credence of talks; nil if the case has none.
	IfTalks, IfNoTalks []Estimate
}

// Estimate is a probability with its standard error: 0 where it is exact.
type Estimate struct{ P, SE float64 }

// StateShare is what the worlds say of one state.
type StateShare struct {
	State    uint64
	EndsHere float64
	EndsSE   float64 // the standard error of EndsHere
	// Holds is the probability that it holds for every player by that player's
	// own foresight: that nobody moves from it.
	Holds float64
	// Equilibrium is the probability that it is one, by concept in the order
	// of Concepts.
	Equilibrium []float64
}

// AgreementShare is an agreement with the probability that it is one.
type AgreementShare struct {
	State   uint64
	Parties []int
	P       float64 // is an agreement, whether or not talks conclude
	Struck  float64 // is struck
	// PSE and StruckSE are the standard errors of P and Struck.
	PSE, StruckSE float64
	Tabled        bool
	Stays         float64 // of the runs in which it is struck, the share that end in it
}

// Matter is a proposition or another open question, and what settling it would
// say about the outcome.
type Matter struct {
	ID       string
	Says     string
	Credence float64 // conditioned on logic
	// Bits is the mutual information with the outcome, never negative. Where
	// worlds are drawn it is corrected for the bias of small samples by the
	// jackknife (Quenouille 1956; Tukey 1958), from which its standard error comes
	// too.
	Bits, BitsSE float64
	// Yes and No are the probabilities of each outcome given the answer, in the
	// order of Conflict.Outcomes, then unnamed, then no settlement; nil where the
	// answer has probability zero. YesSE and NoSE are their standard errors.
	Yes, No     []float64
	YesSE, NoSE []float64
	// Changes says that the most likely outcome differs between yes and no: that
	// none is most likely, or shares first place, given either answer.
	Changes bool
}

// Pair is what the answers to two questions together would say.
type Pair struct {
	// First and Second are places in Outlook.Matters; the first tells no less.
	First, Second int
	// P is the probability of each pair of answers, Given the probabilities of
	// the outcomes given it, as in Matter.Yes, and SE their standard errors: by
	// the answer to First, then to Second, 0 no and 1 yes. Given is nil where the
	// answers cannot go together.
	P     [2][2]float64
	Given [2][2][]float64
	SE    [2][2][]float64
	// Bits is the information of both answers together about the outcome.
	// Interaction is Bits less the bits of each alone: above zero where they tell
	// more together than apart, below where they tell partly the same.
	Bits, BitsSE               float64
	Interaction, InteractionSE float64
	// Linked says that the answers depend on one another by logic. Part of a
	// negative interaction is then the link itself.
	Linked bool
}

// AgreementGroup are all worlds in which the same agreements exist.
type AgreementGroup struct {
	Agreements []int // places in Outlook.Agreements, ascending
	P          float64
	// Ways tell the worlds of the group by the answers that make it up. They do
	// not overlap; the heaviest comes first.
	Ways []Way
}

// Way is a set of worlds that have some answers to open questions in common.
type Way struct {
	P    float64
	When []Finding
	// Certain says that every world weighed with these answers belongs to the
	// group. Else only a part does: what decides beside them is a weight known by
	// its range, or more answers than are told.
	Certain bool
}

// Finding is how an open question turns out: that of an atom, or an entry of
// Unsettled. The other one is -1.
type Finding struct {
	Atom      int // a place in Conflict.Atoms
	Unsettled int // a place in Conflict.Unsettled()
	Holds     bool
}

// Unsettled is something unsure about a player's preferences that is either so
// or not.
type Unsettled struct {
	Player int
	// Drop says that statement A may not count; otherwise A and B, places in the
	// player's list from 0, may be the other way around. P is how likely that is.
	Drop bool
	A, B int
	P    float64
}

// Unsettled are the entries of unsure that are either so or not, in the order of
// the case.
func (k *Conflict) Unsettled() []Unsettled {
	var out []Unsettled
	for _, u := range k.unsure {
		if u.kind != unsureWeight {
			out = append(out, Unsettled{Player: u.player, Drop: u.kind == unsureDrop, A: u.a, B: u.b, P: u.p})
		}
	}
	return out
}

// Outlook weighs every world, or draws worlds where there are too many. It
// stops early, with ctx's error, when ctx ends.
func (k *Conflict) Outlook(ctx context.Context, cfg OutlookConfig) (*Outlook, error) {
	w, out, err := k.weighed(ctx, cfg)
	if err != nil {
		return nil, err
	}
	w.summarise(out)
	return out, nil
}

// weighed finds what every world comes to, or every world drawn.
func (k *Conflict) weighed(ctx context.Context, cfg OutlookConfig) (*weighing, *Outlook, error) {
	if !k.HasStatusQuo {
		return nil, nil, k.noStatusQuo()
	}
	w := k.newWeighing(ctx, cfg.EndsOnly)
	out := &Outlook{Seed: cfg.Seed, Precision: max(0, cfg.Precision)}
	if err := w.takeWorlds(cfg); err != nil {
		return nil, nil, err
	}
	if out.Exact = w.exact; out.Exact {
		out.Seed = 0
	}
	return w, out, nil
}

func (k *Conflict) newWeighing(ctx context.Context, endsOnly bool) *weighing {
	w := &weighing{Conflict: k, ctx: ctx, models: map[string]*solved{}, results: map[string]*result{}, forecasts: map[string]*forecast{}, endsOnly: endsOnly}
	w.findOpen()
	w.findRelevant()
	return w
}

// countable reports whether the worlds are few enough to weigh all.
func (w *weighing) countable() bool {
	return !w.ranged && len(w.open) <= bits.Len(MaxExactWorlds)-1
}

// forTrials says how worlds are taken in each of many outlooks that are compared:
// alike in all, and fewer than in a single one unless the caller says how many.
func (k *Conflict) forTrials(ctx context.Context, cfg OutlookConfig) OutlookConfig {
	cfg.EndsOnly, cfg.Progress = true, nil
	if cfg.Worlds == 0 && cfg.Precision <= 0 && !k.newWeighing(ctx, true).countable() {
		cfg.Worlds = TrialDraws
	}
	return cfg
}

// takeWorlds enumerates all worlds or draws as many as are asked for, and finds
// what each comes to.
func (w *weighing) takeWorlds(cfg OutlookConfig) error {
	if w.exact = cfg.Worlds == 0 && w.countable(); w.exact {
		w.enumerate()
		return w.solveAll(0, cfg.Progress)
	}
	most := cfg.Worlds
	switch {
	case most == 0 && cfg.Precision > 0:
		most = MaxDraws
	case most == 0:
		most = DefaultDraws
	}
	if cfg.Precision <= 0 {
		if err := w.draw(most, cfg.Seed); err != nil {
			return err
		}
		return w.solveAll(0, cfg.Progress)
	}
	// Where the batches end depends on counts alone, and so does the result.
	outcomes := newTally(len(w.Outcomes) + 2)
	needed, shown := most, 0.0
	for len(w.worlds) < most {
		from := len(w.worlds)
		if err := w.draw(min(from+drawBatch, most), cfg.Seed); err != nil {
			return err
		}
		var progress func(float64)
		if cfg.Progress != nil {
			size := float64(len(w.worlds) - from)
			progress = func(share float64) {
				shown = max(shown, min(1, (float64(from)+share*size)/float64(max(needed, len(w.worlds)))))
				cfg.Progress(shown)
			}
		}
		if err := w.solveAll(from, progress); err != nil {
			return err
		}
		for _, d := range w.worlds[from:] {
			outcomes.add(1, mixed(d.alone.outcome, d.result.talks.outcome, w.TalksChance))
		}
		worst := 0.0
		for _, e := range outcomes.estimates(false) {
			worst = max(worst, e.SE)
		}
		if precise(worst, len(w.worlds), cfg.Precision) {
			break
		}
		needed = min(most, int(float64(len(w.worlds))*max(1, worst*worst/(cfg.Precision*cfg.Precision))))
	}
	return nil
}

// precise reports whether draws reach a precision. An outcome that was never met
// has a standard error of zero by the sample, though one draw more could move it
// by one part of their number; so that part must be small enough too.
func precise(worst float64, draws int, wanted float64) bool {
	return worst <= wanted && 1/float64(draws) <= wanted
}

// weighing is one run over the worlds.
type weighing struct {
	*Conflict
	ctx      context.Context
	open     []question // what differs between worlds, but for talks
	ranged   bool       // some weight is known only as a range
	exact    bool       // worlds are all that there are, not drawn
	endsOnly bool
	worlds   []draw

	mu        sync.Mutex
	models    map[string]*solved
	results   map[string]*result
	forecasts map[string]*forecast

	relevant []bool // atoms on which something in the model depends
	secrets  bool   // somebody does not know one of them
}

// forecast is what a player expects in all worlds that it cannot tell apart.
type forecast struct {
	once sync.Once
	err  error
	expectation
}

// question is something open that is either so or not: an atom; if unsure is
// set, something unsure about preferences; if view is, a perception.
type question struct {
	unsure bool
	view   bool // whether a perception is held: asked by Views alone
	at     int
	p      float64
}

// draw is a world with its weight and what it comes to.
type draw struct {
	World
	weight float64
	mixed  []float64 // the outcome, with talks as likely as they are
	*result
}

// solved is a model with what follows from it alone; worlds whose models are
// equal share it.
type solved struct {
	once       sync.Once
	err        error
	model      *Model
	foresight  *Foresight
	start      int
	alone      *Evolution // from the status quo, without agreement
	equilibria []Set      // by concept in the order of Concepts
	holds      Set        // for every player by its own foresight
}

// result is what one world comes to, without and with talks that conclude.
type result struct {
	once       sync.Once
	err        error
	solved     *solved
	alone      course
	talks      course
	expects    []expectation // by player; nil for those who do not talk
	agreements []Agreement
	shares     []float64 // of talks that conclude, by agreement
}

// course is where things go: probabilities.
type course struct {
	outcome []float64 // by outcome, then unnamed, then no settlement
	ladder  []float64
	end     map[uint64]float64
}

func (w *weighing) findOpen() {
	for i, a := range w.Atoms {
		if a.Prior > 0 && a.Prior < 1 {
			w.open = append(w.open, question{at: i, p: a.Prior})
		}
	}
	for i, u := range w.unsure {
		switch {
		case u.kind == unsureWeight:
			w.ranged = w.ranged || u.from < u.to
		case u.p > 0 && u.p < 1:
			w.open = append(w.open, question{unsure: true, at: i, p: u.p})
		}
	}
}

// findRelevant finds the atoms on which a model, an outcome, an offer or what
// logic allows depends. Worlds that differ in others alone come to the same.
func (w *weighing) findRelevant() {
	w.relevant = make([]bool, len(w.Atoms))
	mark := func(f *formula) {
		if f != nil {
			f.atoms(func(a int) { w.relevant[a] = true })
		}
	}
	for _, list := range w.statements {
		for _, s := range list {
			mark(s.want)
			mark(s.cond)
		}
	}
	for _, list := range w.hidden {
		for _, f := range list {
			mark(f)
		}
	}
	for _, o := range w.Outcomes {
		mark(o.when)
	}
	for _, p := range w.proposals {
		for _, t := range p.terms {
			mark(t)
		}
	}
	for i, a := range w.Atoms {
		w.relevant[i] = w.relevant[i] || w.rules.depends(w.allowed, i) || w.logic && w.rules.depends(w.possible, i)
		w.secrets = w.secrets || w.relevant[i] && slices.Contains(a.KnownTo, false)
	}
}

// settled is the world in which nothing open is so.
func (w *weighing) settled() World {
	base := w.Typical()
	for i, u := range w.unsure {
		base.turn[i] = u.p >= 1
	}
	for _, q := range w.open {
		base.set(q, false)
	}
	return base
}

func (v World) set(q question, so bool) {
	switch {
	case q.unsure:
		v.turn[q.at] = so
	case q.view:
		v.view[q.at] = so
	default:
		v.Atom[q.at] = so
	}
}

// enumerate lists all worlds that logic allows, with weights that sum to 1.
func (w *weighing) enumerate() {
	base := w.settled()
	var total float64
	for bits := range uint32(1) << len(w.open) {
		weight := 1.0
		for n, q := range w.open {
			so := bits>>n&1 == 1
			base.set(q, so)
			if so {
				weight *= q.p
			} else {
				weight *= 1 - q.p
			}
		}
		if w.logic && !w.allows(base) {
			continue
		}
		total += weight
		w.worlds = append(w.worlds, draw{World: base.clone(), weight: weight})
	}
	for n := range w.worlds {
		w.worlds[n].weight /= total
	}
}

// draw draws worlds until there are n, all of the same weight. The draw numbered
// i depends on the seed and i alone.
func (w *weighing) draw(n int, seed uint64) error {
	const tries = 100_000
	base := w.settled()
	for i := len(w.worlds); i < n; i++ {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		for try := 0; ; try++ {
			if try == tries {
				return &demarche.Error{
					Kind: demarche.Unavailable, Pos: w.Case.At,
					Msg:  fmt.Sprintf("the conditions of logic exclude nearly every world: %d draws in a row were refused", tries),
					Hint: "change the priors so that what logic demands is likely",
				}
			}
			for _, q := range w.open {
				base.set(q, r.Float64() < q.p)
			}
			for j, u := range w.unsure {
				if u.kind == unsureWeight {
					base.weight[j] = u.from + (u.to-u.from)*r.Float64()
				}
			}
			if !w.logic || w.allows(base) {
				break
			}
		}
		w.worlds = append(w.worlds, draw{World: base.clone(), weight: 1})
	}
	return nil
}

// solveAll finds what every world from a place on comes to. The work is shared
// between processors; each result depends on its world alone.
func (w *weighing) solveAll(from int, progress func(float64)) error {
	var mu sync.Mutex
	done := 0
	worlds := w.worlds[from:]
	each(len(worlds), func(n int) {
		if w.ctx.Err() != nil {
			return
		}
		worlds[n].result = w.resultOf(worlds[n].World)
		if progress != nil {
			mu.Lock()
			done++
			progress(float64(done) / float64(len(worlds)))
			mu.Unlock()
		}
	})
	if err := w.ctx.Err(); err != nil {
		return err
	}
	for _, d := range worlds {
		if d.err != nil {
			return d.err
		}
	}
	return nil
}

// modelKey is equal for worlds whose models, outcomes and offers are equal.
func (w *weighing) modelKey(v World) []byte {
	key := binary.LittleEndian.AppendUint32(nil, uint32(w.root(v)))
	for i := range w.Players {
		list := w.counted(i, v)
		for _, s := range list {
			key = binary.LittleEndian.AppendUint16(key, uint16(s.Place))
		}
		key = append(key, 0xFF, 0xFF)
		if weighed(list) {
			key = appendOrder(key, list)
		}
	}
	mark := func(f *formula) {
		f.atoms(func(a int) { key = appendBool(key, v.Atom[a]) })
	}
	for i := range w.statements {
		for _, s := range w.statements[i] {
			mark(s.want)
		}
	}
	for _, list := range w.hidden {
		for _, f := range list {
			mark(f)
		}
	}
	for _, o := range w.Outcomes {
		mark(o.when)
	}
	for _, p := range w.proposals {
		for _, t := range p.terms {
			mark(t)
		}
	}
	return key
}

// maxOrdered is how many weights are compared by what they order; of more the
// sets are too many.
const maxOrdered = 8

// appendOrder adds to a key how the weights of statements order the sets of
// statements that a state can satisfy. That is all that a ranking depends on, so
// that a weight drawn from a range seldom leads to another model.
func appendOrder(key []byte, list []Statement) []byte {
	if len(list) > maxOrdered {
		for _, s := range list {
			key = binary.LittleEndian.AppendUint64(key, math.Float64bits(s.weight))
		}
		return key
	}
	whole, exact := wholeWeights(list)
	sum, approx := make([]int64, 1<<len(list)), make([]float64, 1<<len(list))
	for set := range sum {
		for j, s := range list {
			if set>>j&1 == 1 {
				sum[set] += whole[j]
				approx[set] += s.weight
			}
		}
	}
	rank, _ := rankOf(sum)
	if !exact {
		rank, _ = rankOf(approx)
	}
	key = appendBool(key, exact)
	for _, r := range rank {
		key = append(key, byte(r)) // there are at most 1<<maxOrdered of them
	}
	return key
}

func appendBool(key []byte, v bool) []byte {
	if v {
		return append(key, 1)
	}
	return append(key, 0)
}

func appendBools(key []byte, list []bool) []byte {
	for _, v := range list {
		key = appendBool(key, v)
	}
	return key
}

// ignorance reports whether some player does not know something.
func (k *Conflict) ignorance() bool {
	return slices.ContainsFunc(k.Atoms, func(a Atom) bool { return slices.Contains(a.KnownTo, false) })
}

// solve analyses the model of a world, once for all worlds with equal models.
func (w *weighing) solve(v World) *solved {
	key := string(w.modelKey(v))
	w.mu.Lock()
	s := w.models[key]
	if s == nil {
		s = &solved{}
		w.models[key] = s
	}
	w.mu.Unlock()
	s.once.Do(func() { s.err = w.solveModel(s, v) })
	return s
}

func (w *weighing) solveModel(s *solved, v World) (err error) {
	if s.model, err = w.In(v); err != nil {
		return err
	}
	if s.start, err = s.model.Start(); err != nil {
		return err
	}
	if s.foresight, err = s.model.Foresight(w.ctx); err != nil {
		return err
	}
	if s.alone, err = s.foresight.Evolve(w.ctx, s.start); err != nil {
		return err
	}
	if w.endsOnly {
		return nil
	}
	st, err := s.model.Stability(w.ctx, Concepts()...)
	if err != nil {
		return err
	}
	s.equilibria = st.Equilibria
	s.holds = NewSet(len(s.model.States))
	s.holds.fill(len(s.model.States))
	for i, p := range s.model.Players {
		s.holds.keep(st.Stable[slices.Index(st.Concepts, p.Foresight)][i])
	}
	return nil
}

// resultOf is what a world comes to. Worlds with equal models share it, unless
// somebody does not know something: then what a party expects differs too.
func (w *weighing) resultOf(v World) *result {
	key := w.modelKey(v)
	if w.secrets {
		key = w.appendWorld(key, v, func(int) bool { return true })
	}
	w.mu.Lock()
	r := w.results[string(key)]
	if r == nil {
		r = &result{}
		w.results[string(key)] = r
	}
	w.mu.Unlock()
	r.once.Do(func() { r.err = w.fill(r, v) })
	return r
}

// appendWorld adds to a key the truth of the relevant atoms that are known, and
// all that is unsure about preferences.
func (w *weighing) appendWorld(key []byte, v World, known func(atom int) bool) []byte {
	for i, so := range v.Atom {
		if w.relevant[i] && known(i) {
			key = appendBool(key, so)
		}
	}
	key = appendBools(key, v.turn)
	for i, list := range w.statements {
		if !w.ranged || !weighed(list) {
			continue
		}
		list = slices.Clone(list) // whether a statement counts may not be known
		for n, u := range w.unsure {
			if u.player == i && u.kind == unsureWeight {
				list[u.a].weight = v.weight[n]
			}
		}
		key = appendOrder(key, list)
	}
	return key
}

func (w *weighing) fill(r *result, v World) error {
	s := w.solve(v)
	if s.err != nil {
		return s.err
	}
	r.solved = s
	r.alone = w.newCourse()
	w.follow(&r.alone, s, s.alone, 1, nil)
	r.talks = r.alone
	if !w.HasTalks {
		return nil
	}
	expects := make([]expectation, len(w.Players))
	for _, i := range w.TalksParties {
		e, err := w.expects(v, i)
		if err != nil {
			return err
		}
		expects[i] = e
	}
	r.expects = expects
	r.agreements = s.foresight.agreements(s.start, expects)
	if len(r.agreements) == 0 {
		return nil
	}
	tabled := 0
	for _, a := range r.agreements {
		if a.Tabled {
			tabled++
		}
	}
	r.shares = make([]float64, len(r.agreements))
	r.talks = w.newCourse()
	for n := range r.agreements {
		a := &r.agreements[n]
		e, err := s.foresight.Evolve(w.ctx, a.State)
		if err != nil {
			return err
		}
		a.Stays = e.End[a.State]
		switch {
		case tabled == 0:
			r.shares[n] = 1 / float64(len(r.agreements))
		case a.Tabled:
			r.shares[n] = 1 / float64(tabled)
		}
		w.follow(&r.talks, s, e, r.shares[n], &w.StatusQuo)
	}
	return nil
}

func (w *weighing) newCourse() course {
	return course{outcome: make([]float64, len(w.Outcomes)+2), ladder: make([]float64, len(w.Ladder)), end: map[uint64]float64{}}
}

// follow adds to c, with a share, where an evolution leads. Rungs of the ladder
// that are already taken in before count as reached.
func (w *weighing) follow(c *course, s *solved, e *Evolution, share float64, before *uint64) {
	if share == 0 {
		return
	}
	m := s.model
	for _, t := range e.States {
		p, ends := e.End[t]
		if !ends {
			continue
		}
		c.end[m.States[t]] += share * p
		at := m.OutcomeOf(t)
		if at < 0 {
			at = len(w.Outcomes)
		}
		c.outcome[at] += share * p
	}
	c.outcome[len(w.Outcomes)+1] += share * e.NoSettlement
	for n, bit := range w.Ladder {
		if before != nil && *before>>bit&1 == 1 {
			c.ladder[n] += share
			continue
		}
		c.ladder[n] += share * e.Hits(func(t int) bool { return m.States[t]&m.Fixed(m.States[t])>>bit&1 == 1 })
	}
}

// expects is what player i thinks would happen without agreement: the mixture
// over the worlds that it cannot tell apart from v, weighed by its own beliefs.
// It is worked out once for all of these.
func (w *weighing) expects(v World, i int) (expectation, error) {
	key := string(w.appendWorld([]byte{byte(i)}, v, func(atom int) bool { return w.Atoms[atom].KnownTo[i] }))
	w.mu.Lock()
	f := w.forecasts[key]
	if f == nil {
		f = &forecast{}
		w.forecasts[key] = f
	}
	w.mu.Unlock()
	f.once.Do(func() { f.expectation, f.err = w.mixture(v, i) })
	return f.expectation, f.err
}

// mixture works out what player i expects.
func (w *weighing) mixture(v World, i int) (expectation, error) {
	mix := map[uint64]float64{}
	total, err := w.alike(v, i, func(other World, weight float64) error {
		s := w.solve(other)
		if s.err != nil {
			return s.err
		}
		for t, p := range s.alone.End {
			mix[s.model.States[t]] += weight * p
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var e expectation
	for state, p := range mix {
		e = append(e, endState{state, p / total})
	}
	slices.SortFunc(e, func(a, b endState) int { return cmp.Compare(a.state, b.state) })
	return e, nil
}

// alike visits the worlds that player i cannot tell apart from v, each with the
// product of i's own beliefs, and gives the sum of these. The world visited is
// lent.
func (w *weighing) alike(v World, i int, visit func(other World, weight float64) error) (total float64, err error) {
	other := v.clone()
	var rec func(atom int, weight float64) error
	rec = func(atom int, weight float64) error {
		for atom < len(w.Atoms) && w.Atoms[atom].KnownTo[i] {
			atom++
		}
		if atom < len(w.Atoms) {
			p := w.Atoms[atom].Believes[i]
			for _, so := range []bool{false, true} {
				if p > 0 && so || p < 1 && !so {
					other.Atom[atom] = so
					q := p
					if !so {
						q = 1 - p
					}
					if err := rec(atom+1, weight*q); err != nil {
						return err
					}
				}
			}
			return nil
		}
		if w.logic && !w.allows(other) {
			return nil
		}
		total += weight
		return visit(other, weight)
	}
	err = rec(0, 1)
	return total, err
}
