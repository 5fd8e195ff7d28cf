package engine

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/demarche/demarche"
)

// DefaultRobustBudget is the time that Robustness may take unless the caller
// says otherwise.
const DefaultRobustBudget = 30 * time.Second

// RobustConfig says how the assumptions of an outlook are tried.
type RobustConfig struct {
	// Outlook says how worlds are taken, for Base and in every trial alike: drawn
	// worlds come from the same seed, so that most of their chance is shared. Where
	// not all can be weighed and neither Worlds nor Precision says how many to draw,
	// it is TrialDraws. EndsOnly and Progress are not used.
	Outlook OutlookConfig
	// Budget is the time after which no further assumption is tried; 0 means
	// DefaultRobustBudget. What was not tried is said.
	Budget time.Duration
	// Progress, if given, is called now and then, never by two goroutines at
	// once, with the share of the trials that are done, 0 to 1.
	Progress func(share float64)
}

// AssumptionKind is what sort of thing an assumption is.
type AssumptionKind string

// The kinds of assumptions, in the order in which they are listed.
const (
	// AssumeTalks: talks can conclude in time with probability To instead of From.
	AssumeTalks AssumptionKind = "talks"
	// AssumeBelief: Player takes the proposition at place At of Conflict.Atoms to
	// have the common credence To instead of its own, From.
	AssumeBelief AssumptionKind = "belief"
	// AssumeDropped: the statement of Player at place At does not count.
	AssumeDropped AssumptionKind = "statement_dropped"
	// AssumeSwapped: the statement of Player at place At and the next one change
	// places.
	AssumeSwapped AssumptionKind = "statements_swapped"
	// AssumeRule: the rule at place At of the case does not hold.
	AssumeRule AssumptionKind = "rule_dropped"
	// AssumeBinding: the authority at place At of Conflict.Atoms removes no states.
	AssumeBinding AssumptionKind = "authority_not_binding"
	// AssumeForesight: Player looks ahead by Now instead of Was.
	AssumeForesight AssumptionKind = "foresight"
	// AssumeInitiative: Player has the initiative To instead of From.
	AssumeInitiative AssumptionKind = "initiative"
)

// AssumptionKinds are all kinds in the order in which they are listed.
func AssumptionKinds() []AssumptionKind {
	return []AssumptionKind{AssumeTalks, AssumeBelief, AssumeDropped, AssumeSwapped, AssumeRule, AssumeBinding, AssumeForesight, AssumeInitiative}
}

// Assumption is one change to what the model takes for granted.
type Assumption struct {
	Kind AssumptionKind
	// Player is whose assumption it is; -1 for talks, rules and authorities.
	Player int
	// At is the place, from 0, of what changes; see the kinds. It is 0 for those
	// that name none.
	At int
	// From and To are numbers before and after, of talks, beliefs and initiative.
	From, To float64
	// Was and Now are the foresight before and after.
	Was, Now Concept
}

// Trial is what the outlook would be under one changed assumption.
type Trial struct {
	Assumption
	// Outcomes are the probabilities, laid out as Robustness.Base; nil if Err is
	// set.
	Outcomes []float64
	// Moved is the total variation distance to the outlook as it stands: half the
	// sum of the differences, 0 to 1.
	Moved float64
	// Likeliest is the place of the most likely outcome: of those that share first
	// place one that does so in the outlook as it stands, if there is one, else the
	// first. Changes says that there is none.
	Likeliest int
	Changes   bool
	// Err says why the change cannot be tried, "" if it can.
	Err string
}

// Extreme is one end of a range, and what gives it: a trial, or an answer to an
// open question, or, if both are -1, the outlook as it stands.
type Extreme struct {
	P      float64
	Trial  int // in Robustness.Trials
	Matter int // in Robustness.Matters
	Yes    bool
}

// Range is how far the probability of an outcome moves.
type Range struct{ Min, Max Extreme }

// Robustness is how an outlook stands up when what it assumes is changed, one
// assumption at a time.
type Robustness struct {
	// Base is the outlook as it stands: by outcome in the order of
	// Conflict.Outcomes, then an end that no outcome names, then no settlement.
	Base []Estimate
	// Exact says that all worlds were weighed, none drawn; Worlds is how many, for
	// Base and in every trial that has as many.
	Exact  bool
	Worlds int
	// First are the places in Base of the most likely outcomes, ascending: more
	// than one share first place if their probabilities differ by TieWithin or less
	// from the greatest. Likeliest is the first of them.
	First     []int
	Likeliest int
	// Trials are the changes tried, those that move the outlook most first; those
	// that cannot be tried last.
	Trials []Trial
	// Untried are the changes for which there was no time, those thought most
	// influential first.
	Untried []Assumption
	// Matters are the open questions of the outlook. Their answers count for
	// Ranges, not for Robust: see them for what each would change.
	Matters []Matter
	// Ranges are, for every place of Base, the least and the greatest probability
	// over the outlook as it stands, all trials, and both answers to every open
	// question.
	Ranges []Range
	// Robust says that in every trial one of First is among the most likely
	// outcomes; Breaks are the trials in which none is, ascending.
	Robust bool
	Breaks []int
	Budget time.Duration
}

// TieWithin is how far probabilities may differ and still share first place. It
// is far above the rounding of floating point and far below a single world drawn.
const TieWithin = 1e-9

// first are the places of the greatest probabilities, ascending.
func first(p []float64) []int {
	most := slices.Max(p)
	var out []int
	for n := range p {
		if p[n] >= most-TieWithin {
			out = append(out, n)
		}
	}
	return out
}

// stays is the first of the places in a that is in b too, or -1.
func stays(a, b []int) int {
	for _, n := range a {
		if slices.Contains(b, n) {
			return n
		}
	}
	return -1
}

// talksTried are the probabilities of talks that are tried.
var talksTried = []float64{0, 0.25, 0.5, 0.75, 1}

// Robustness tries every assumption beside the propositions, one at a time:
// talks from 0 to 1, each belief replaced by the common credence, each statement
// dropped and swapped with its neighbour, each rule dropped and each binding
// authority taken as not binding, each foresight, each initiative halved and
// doubled. A statement that is true in every state or in none is left out: it
// can never matter. Those thought most influential are tried first, until the
// time is used up; if it suffices, the result is the same on any number of
// processors. It stops early, with ctx's error, when ctx ends.
func (k *Conflict) Robustness(ctx context.Context, cfg RobustConfig) (*Robustness, error) {
	worlds := k.forTrials(ctx, cfg.Outlook)
	base, err := k.Outlook(ctx, worlds)
	if err != nil {
		return nil, err
	}
	r := &Robustness{Base: base.ends(), Exact: base.Exact, Worlds: base.Worlds, Matters: base.Matters, Budget: cfg.Budget}
	if r.Budget == 0 {
		r.Budget = DefaultRobustBudget
	}
	from := make([]float64, len(r.Base))
	for n, e := range r.Base {
		from[n] = e.P
	}
	r.First = first(from)
	r.Likeliest = r.First[0]

	list, err := k.Assumptions()
	if err != nil {
		return nil, err
	}
	within, stop := context.WithTimeout(ctx, r.Budget)
	defer stop()
	trials := make([]*Trial, len(list))
	errs := make([]error, len(list))
	var mu sync.Mutex
	done := 0
	each(len(list), func(n int) {
		if within.Err() != nil {
			return
		}
		trials[n], errs[n] = k.try(within, list[n], worlds)
		if cfg.Progress != nil {
			mu.Lock()
			done++
			cfg.Progress(float64(done) / float64(len(list)))
			mu.Unlock()
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for n, t := range trials {
		switch {
		case errs[n] != nil:
			return nil, errs[n]
		case t == nil:
			r.Untried = append(r.Untried, list[n])
			continue
		case t.Err == "":
			t.Moved = distance(from, t.Outcomes)
			now := first(t.Outcomes)
			if t.Likeliest = stays(r.First, now); t.Likeliest < 0 {
				t.Likeliest, t.Changes = now[0], true
			}
		}
		r.Trials = append(r.Trials, *t)
	}
	r.judge(from)
	return r, nil
}

// judge sorts the trials and finds what they come to.
func (r *Robustness) judge(from []float64) {
	slices.SortStableFunc(r.Trials, func(a, b Trial) int {
		if (a.Err == "") != (b.Err == "") {
			return cmp.Compare(a.Err, b.Err)
		}
		return cmp.Compare(math.Round(b.Moved*1e9), math.Round(a.Moved*1e9))
	})
	r.Ranges = make([]Range, len(from))
	for n, p := range from {
		r.Ranges[n].Min = Extreme{P: p, Trial: -1, Matter: -1}
		r.Ranges[n].Max = r.Ranges[n].Min
	}
	widen := func(by Extreme, p []float64) {
		for n := range p {
			by.P = p[n]
			if g := &r.Ranges[n]; p[n] < g.Min.P-1e-12 {
				g.Min = by
			} else if p[n] > g.Max.P+1e-12 {
				g.Max = by
			}
		}
	}
	for n, t := range r.Trials {
		widen(Extreme{Trial: n, Matter: -1}, t.Outcomes)
		if t.Changes {
			r.Breaks = append(r.Breaks, n)
		}
	}
	for n, m := range r.Matters {
		widen(Extreme{Trial: -1, Matter: n, Yes: true}, m.Yes)
		widen(Extreme{Trial: -1, Matter: n}, m.No)
	}
	r.Robust = len(r.Breaks) == 0
}

// ends are the probabilities of all that can come of it, as in Robustness.Base.
func (o *Outlook) ends() []Estimate {
	out := append([]Estimate(nil), o.Outcomes...)
	return append(out, Estimate{o.Unnamed, o.UnnamedSE}, Estimate{o.NoSettlement, o.NoSettlementSE})
}

// distance is the total variation distance between two distributions.
func distance(a, b []float64) float64 {
	var sum float64
	for n := range a {
		sum += math.Abs(a[n] - b[n])
	}
	if sum < 1e-11 {
		return 0 // rounding
	}
	return sum / 2
}

// try works out the outlook under one change. The trial is nil if ctx ended
// before it was done.
func (k *Conflict) try(ctx context.Context, a Assumption, cfg OutlookConfig) (*Trial, error) {
	t := &Trial{Assumption: a}
	other, err := k.Under(a)
	if err == nil {
		var o *Outlook
		if o, err = other.Outlook(ctx, cfg); err == nil {
			for _, e := range o.ends() {
				t.Outcomes = append(t.Outcomes, e.P)
			}
			return t, nil
		}
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil, nil
	}
	switch demarche.KindOf(err) {
	case demarche.Unavailable:
		t.Err = "the model would then be too large to analyse"
	case demarche.BadInput:
		t.Err = "an order of states that the case gives would then not fit the states that can be"
	default:
		return nil, err
	}
	return t, nil
}

// trialStates is the number of states up to which the model of a trial is
// analysed in any case; larger ones may have roomier times the states of the
// model as it stands. Without one of its rules a model can be far larger.
const (
	trialStates = 1 << 14
	roomier     = 4
)

// Under compiles the conflict with one assumption changed.
func (k *Conflict) Under(a Assumption) (*Conflict, error) {
	own := *k
	if most := k.States(k.Typical()); most < uint64(k.maxStates)/roomier {
		own.cfg.MaxStates = min(k.maxStates, max(trialStates, roomier*int(most)))
	}
	if a.Kind == AssumeTalks {
		own.cfg.Assume = maps.Clone(k.cfg.Assume)
		if own.cfg.Assume == nil {
			own.cfg.Assume = map[string]float64{}
		}
		own.cfg.Assume[Talks] = a.To
	}
	return own.With(func(c *demarche.Case) {
		m := c.Conflict
		switch a.Kind {
		case AssumeBelief:
			p := &c.Propositions[a.At]
			p.Believes = slices.Clone(p.Believes)
			p.Believes = slices.DeleteFunc(p.Believes, func(b demarche.Belief) bool { return b.ID == k.Players[a.Player].ID })
		case AssumeDropped:
			m.Players[a.Player].DropStatement(a.At)
		case AssumeSwapped:
			m.Players[a.Player].MoveStatement(a.At, a.At+1)
		case AssumeRule:
			m.Rules = slices.Delete(m.Rules, a.At, a.At+1)
		case AssumeBinding:
			c.Authorities[a.At-len(c.Propositions)].Binding = false
		case AssumeForesight:
			m.Players[a.Player].Foresight = a.Now.String()
		case AssumeInitiative:
			to := a.To
			m.Players[a.Player].Initiative = &to
		}
	})
}

// Assumptions lists the changes that Robustness tries, those thought most
// influential first. That is a guess, made before anything is worked out: talks
// and beliefs, then the first statements and the rules, then the later
// statements, then foresight and initiative.
func (k *Conflict) Assumptions() ([]Assumption, error) {
	idle, err := k.idle()
	if err != nil {
		return nil, err
	}
	type guess struct {
		Assumption
		late float64
	}
	var list []guess
	add := func(late float64, a Assumption) { list = append(list, guess{a, late}) }
	if k.HasTalks {
		for _, p := range talksTried {
			if p != k.TalksChance {
				add(0, Assumption{Kind: AssumeTalks, Player: -1, From: k.TalksChance, To: p})
			}
		}
	}
	for at, p := range k.Case.Propositions {
		atom := k.Atoms[at]
		for i := range k.Players {
			given := slices.ContainsFunc(p.Believes, func(b demarche.Belief) bool { return b.ID == k.Players[i].ID })
			if given && !atom.KnownTo[i] && atom.Believes[i] != atom.Prior {
				add(1, Assumption{Kind: AssumeBelief, Player: i, At: at, From: atom.Believes[i], To: atom.Prior})
			}
		}
	}
	for i, list := range k.statements {
		if k.explicit[i] != nil {
			continue
		}
		for j := range list {
			if !idle[i][j] {
				add(2+float64(j), Assumption{Kind: AssumeDropped, Player: i, At: j})
			}
			if j+1 < len(list) && !weighed(list) && !idle[i][j] && !idle[i][j+1] {
				add(2.5+float64(j), Assumption{Kind: AssumeSwapped, Player: i, At: j})
			}
		}
	}
	for n := range k.Case.Conflict.Rules {
		add(3.25, Assumption{Kind: AssumeRule, Player: -1, At: n})
	}
	for n, u := range k.Case.Authorities {
		if u.Binding && len(u.Bars)+len(u.Permits) > 0 {
			add(3.25, Assumption{Kind: AssumeBinding, Player: -1, At: len(k.Case.Propositions) + n})
		}
	}
	for i, p := range k.Players {
		for _, c := range Concepts() {
			if c != p.Foresight {
				add(4.75, Assumption{Kind: AssumeForesight, Player: i, Was: p.Foresight, Now: c})
			}
		}
	}
	for i, p := range k.Players {
		for _, times := range []float64{0.5, 2} {
			add(1000, Assumption{Kind: AssumeInitiative, Player: i, From: p.Initiative, To: p.Initiative * times})
		}
	}
	slices.SortStableFunc(list, func(a, b guess) int { return cmp.Compare(a.late, b.late) })
	out := make([]Assumption, len(list))
	for n, g := range list {
		out[n] = g.Assumption
	}
	return out, nil
}

// idle finds for every player the statements that are true in every state of
// every world, or in none. Such a statement decides between no two states; but
// what is unsure may name it, and then its place matters.
func (k *Conflict) idle() (idle [][]bool, err error) {
	own, err := k.With(func(*demarche.Case) {}) // diagrams grow as they are asked
	if err != nil {
		return nil, err
	}
	idle = make([][]bool, len(k.Players))
	for i, list := range own.statements {
		idle[i] = make([]bool, len(list))
	}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case tooEntangled: // more is tried than must be
		default:
			panic(r)
		}
	}()
	for i, list := range own.statements {
		if slices.ContainsFunc(own.unsure, func(u unsure) bool { return u.player == i }) {
			continue
		}
		for j, s := range list {
			f := own.rules.and(own.allowed, own.diagram(s.want))
			idle[i][j] = f == never || f == own.allowed
		}
	}
	return idle, nil
}
