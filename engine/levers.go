package engine

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/demarche/demarche"
)

// LeversConfig says what to look for and how far.
type LeversConfig struct {
	// Outcome is the place in Conflict.Outcomes of the outcome wanted, or -1; then
	// State is the state wanted, by its place in the typical world.
	Outcome, State int
	// Concepts is the concept by which each player must stay; nil is each player's
	// own foresight.
	Concepts []Concept
	// MaxLevers and MaxChanges are how many declared levers, and how many single
	// changes to statements, a set may hold; 0 means DefaultMaxLevers and
	// DefaultMaxChanges, and less than 0 none. Sets of up to ExactSize are searched without exception.
	MaxLevers, MaxChanges int
	// Weighed is for how many changes to statements, cheapest first, the
	// probability of the target is worked out; 0 means DefaultWeighed, or
	// fewer in a large model, and less than 0 none.
	Weighed int
	// Outlook says how worlds are taken, as things are and with every plan alike.
	// Where not all can be weighed and neither Worlds nor Precision says how many to
	// draw, it is TrialDraws.
	Outlook OutlookConfig
	// Progress, if given, is called now and then with the share of the work done.
	Progress func(share float64)
}

// The sizes of sets that are searched unless the caller says otherwise, and the
// greatest that is searched without exception.
const (
	DefaultMaxLevers  = 3
	DefaultMaxChanges = 2
	ExactSize         = 3
	DefaultWeighed    = 200
)

// weighedWork is how many single changes, times states, are weighed unless the
// caller says how many.
const weighedWork = 1 << 22

// ChangeKind is what a change changes.
type ChangeKind uint8

const (
	// PullLever inserts the statement of a declared lever; its cost is declared.
	PullLever ChangeKind = iota
	// MoveStatement moves a statement up or down; it costs the number of statements
	// that it passes.
	MoveStatement
	// DropStatement takes a statement out; it costs the number of statements that
	// it outranked, and one.
	DropStatement
	// ExemptStatement has a statement count as satisfied wherever an option is
	// taken: "W" becomes "W unless O". It costs half of what dropping it would.
	ExemptStatement
)

// Change is one change to what a player wants. Statements are named by their
// places, from 0, in the player's list as the case has it.
type Change struct {
	Kind      ChangeKind
	Lever     int // of PullLever: its place in the case
	Player    int
	Statement int
	// From and To are places, from 0, in the list as the changes before this one in
	// the plan left it; of MoveStatement.
	From, To int
	Option   int // of ExemptStatement: its bit
	Cost     float64
}

// Plan is a set of changes and what it comes to. Where several of its changes
// touch one player's statements they are made in order.
type Plan struct {
	Changes []Change
	Cost    float64
	// Holds are the target states that are equilibria in the typical world with the
	// plan, ascending.
	Holds []int
	// P is the probability of the target over all worlds with the plan, NaN where it
	// was not worked out; SE is its standard error, 0 if exact. The difference to
	// Levers.P is more certain than that: both come from the same worlds.
	P, SE float64
	// Best says that no plan of its kind that was weighed, and not doing anything,
	// is at most as dear and gives the target a higher probability, or is cheaper and
	// gives it the same.
	Best bool
}

// Levers is what could make a target hold, or more likely. All of it is
// conditional on the model. Nothing in it rewards a use of force.
type Levers struct {
	Model    *Model // the typical world
	Concepts []Concept
	Outcome  int   // as asked, or -1
	Targets  []int // states, ascending
	// Aside are the target states in which a use of force begins that is not made
	// today: no change is proposed that would make these hold.
	Aside []int
	// Holds are the states of Targets that are equilibria already, and AsideHolds
	// those of Aside.
	Holds, AsideHolds []int
	// P is the probability of the target as things are, NaN without a status quo,
	// and SE its standard error. Worlds are as many as were weighed, or, unless
	// Exact, drawn for it.
	P, SE  float64
	Worlds int
	Exact  bool

	// Declared are sets of declared levers, and Changes sets of changes to
	// statements, cheapest first: those that are Best, and, where no target state
	// holds as things are, those that make one hold.
	Declared, Changes []Plan
	// Withheld are the declared levers that would reward a use of force.
	Withheld []int
	// DeclaredUpTo and ChangesUpTo are the sizes of sets up to which the search left
	// nothing out: for declared levers in everything, for changes in what makes a
	// state hold. The probability was worked out for every single change but Untried
	// of them, for the sets that make a state hold, and for pairs of the few single
	// changes that raise it most; Tried counts all that it was worked out for.
	DeclaredUpTo, ChangesUpTo int
	Tried, Untried            int
}

// Levers looks for the cheapest changes that make a target hold, and for those
// that raise its probability most for their cost.
func (k *Conflict) Levers(ctx context.Context, cfg LeversConfig) (*Levers, error) {
	if cfg.MaxLevers == 0 {
		cfg.MaxLevers = DefaultMaxLevers
	}
	if cfg.MaxChanges == 0 {
		cfg.MaxChanges = DefaultMaxChanges
	}
	m, err := k.InContext(ctx, k.Typical())
	if err != nil {
		return nil, err
	}
	if cfg.Weighed == 0 { // fewer where each takes long
		cfg.Weighed = min(DefaultWeighed, max(10, weighedWork/len(m.States)))
	}
	out := &Levers{Model: m, Outcome: cfg.Outcome, P: math.NaN()}
	if out.Concepts, err = m.conceptsOr(cfg.Concepts); err != nil {
		return nil, err
	}
	if err := out.takeTargets(cfg); err != nil {
		return nil, err
	}
	holding, err := m.holding(ctx, slices.Concat(out.Targets, out.Aside), out.Concepts)
	if err != nil {
		return nil, err
	}
	for _, s := range holding {
		if slices.Contains(out.Aside, s) {
			out.AsideHolds = append(out.AsideHolds, s)
		} else {
			out.Holds = append(out.Holds, s)
		}
	}
	cfg.Outlook = k.forTrials(ctx, cfg.Outlook)
	w := &leverSearch{Levers: out, k: k, ctx: ctx, cfg: cfg}
	if k.HasStatusQuo {
		if out.P, out.SE, err = w.probability(k); err != nil {
			return nil, err
		}
	}
	if err := w.declared(); err != nil {
		return nil, err
	}
	return out, w.changes()
}

// holding are the states among some that are equilibria, each player staying by
// its own concept.
func (m *Model) holding(ctx context.Context, states []int, concepts []Concept) ([]int, error) {
	asked := slices.Clone(concepts)
	slices.Sort(asked)
	asked = slices.Compact(asked)
	st, err := m.Stability(ctx, asked...)
	if err != nil {
		return nil, err
	}
	var out []int
	for _, s := range states {
		holds := true
		for i, c := range concepts {
			holds = holds && st.Stable[slices.Index(asked, c)][i].Has(s)
		}
		if holds {
			out = append(out, s)
		}
	}
	return out, nil
}

// takeTargets finds the states wanted. A state in which force begins that is not
// used today is set aside.
func (v *Levers) takeTargets(cfg LeversConfig) error {
	m := v.Model
	var force uint64
	for bit, o := range m.Options {
		if o.Force {
			force |= 1 << bit
		}
	}
	if m.HasStatusQuo {
		force &^= m.StatusQuo
	}
	for s, state := range m.States {
		if cfg.Outcome >= 0 && m.OutcomeOf(s) != cfg.Outcome || cfg.Outcome < 0 && s != cfg.State {
			continue
		}
		if m.graph == nil && state&m.Fixed(state)&force != 0 {
			v.Aside = append(v.Aside, s)
		} else {
			v.Targets = append(v.Targets, s)
		}
	}
	if len(v.Targets)+len(v.Aside) == 0 {
		return &demarche.Error{
			Kind: demarche.NotFound, Pos: m.Case.Conflict.At,
			Msg:  "no state that the rules allow has the outcome " + m.Outcomes[cfg.Outcome].Says + m.where(m.World),
			Hint: "change the outcome, or a rule that excludes it, or assume other propositions",
		}
	}
	return nil
}

// leverSearch is a search for plans under way.
type leverSearch struct {
	*Levers
	k   *Conflict
	ctx context.Context
	cfg LeversConfig
}

// probability is that of the target over all worlds, with its standard error.
func (w *leverSearch) probability(k *Conflict) (p, se float64, err error) {
	o, err := k.Outlook(w.ctx, w.cfg.Outlook)
	if err != nil {
		return 0, 0, err
	}
	if w.Tried++; w.Tried == 1 { // as things are
		w.Worlds, w.Exact = o.Worlds, o.Exact
	}
	if w.Outcome >= 0 {
		return o.Outcomes[w.Outcome].P, o.Outcomes[w.Outcome].SE, nil
	}
	state := w.Model.States[w.cfg.State]
	for _, s := range o.States {
		if s.State == state {
			return s.EndsHere, s.EndsSE, nil
		}
	}
	return 0, 0, nil
}

// apply makes the changes of a plan to a case of its own.
func (k *Conflict) apply(c *demarche.Case, changes []Change) {
	for _, ch := range changes {
		p := &c.Conflict.Players[ch.Player]
		switch ch.Kind {
		case PullLever:
			pr := k.Case.Conflict.Levers[ch.Lever].Prefer
			p.InsertStatement(max(pr.Place, 1)-1, demarche.Statement{At: pr.At, Want: pr.Want, If: pr.If, Says: k.Case.Conflict.Levers[ch.Lever].Says})
		case MoveStatement:
			p.MoveStatement(ch.From, ch.To)
		case DropStatement:
			p.DropStatement(ch.From)
		case ExemptStatement:
			s := &p.Prefers[ch.From]
			taken := &demarche.Condition{Op: demarche.Atom, Name: k.Options[ch.Option].ID}
			s.Want.Cond = &demarche.Condition{Op: demarche.Unless, Args: []*demarche.Condition{s.Want.Cond, taken}}
			s.Want.Text = s.Want.Cond.String()
		}
	}
}

// WithChanges is the conflict with a plan carried out.
func (k *Conflict) WithChanges(changes []Change) (*Conflict, error) {
	return k.With(func(c *demarche.Case) { k.apply(c, changes) })
}

// wants reports in which directions a condition turns on the use of force: it
// rewards force if taking some such option can make it true, and restrains force
// if not taking one can.
func (k *Conflict) wants(c *demarche.Condition) (rewards, restrains bool) {
	var walk func(c *demarche.Condition, yes, no bool)
	walk = func(c *demarche.Condition, yes, no bool) {
		mark := func(name string, yes, no bool) {
			for _, o := range k.Options {
				if o.ID == name && o.Force {
					rewards, restrains = rewards || yes, restrains || no
				}
			}
		}
		switch c.Op {
		case demarche.Atom:
			mark(c.Name, yes, no)
		case demarche.Pattern:
			for bit := range min(len(c.Name), len(k.Options)) {
				switch c.Name[bit] {
				case 'Y':
					mark(k.Options[bit].ID, yes, no)
				case 'N':
					mark(k.Options[bit].ID, no, yes)
				}
			}
		case demarche.Not:
			walk(c.Args[0], no, yes)
		case demarche.Implies:
			walk(c.Args[0], no, yes)
			walk(c.Args[1], yes, no)
		case demarche.If:
			walk(c.Args[0], yes, no)
			walk(c.Args[1], no, yes)
		case demarche.Iff:
			for _, a := range c.Args {
				walk(a, true, true)
			}
		default: // and, or, and A unless B, which is A or B
			for _, a := range c.Args {
				walk(a, yes, no)
			}
		}
	}
	walk(c, true, false)
	return rewards, restrains
}

// offered are the declared levers that reward no force, as changes; the others
// are withheld.
func (w *leverSearch) offered() ([]Change, error) {
	var out []Change
	for n := range w.k.Case.Conflict.Levers {
		l := &w.k.Case.Conflict.Levers[n]
		i, err := w.k.PlayerNamed(l.Prefer.Player.Name)
		if err != nil {
			return nil, err
		}
		if rewards, _ := w.k.wants(l.Prefer.Want.Cond); rewards {
			w.Withheld = append(w.Withheld, n)
			continue
		}
		ch := Change{Kind: PullLever, Lever: n, Player: i, Cost: 1}
		if l.Cost != nil {
			ch.Cost = *l.Cost
		}
		out = append(out, ch)
	}
	return out, nil
}

// widest is how many sets are carried on from size to size beyond ExactSize.
const widest = 8

// declared tries every set of declared levers up to ExactSize, so that none can be
// missed; larger ones extend the best of the size before.
func (w *leverSearch) declared() error {
	offered, err := w.offered()
	if err != nil || len(w.Targets) == 0 {
		return err
	}
	var all []Plan
	total, done := 0, 0
	for size, sets := 1, 1; size <= min(w.cfg.MaxLevers, ExactSize, len(offered)); size++ {
		sets = sets * (len(offered) - size + 1) / size
		total += sets
	}
	last := [][]int{nil}
	for size := 1; size <= min(w.cfg.MaxLevers, len(offered)); size++ {
		var next [][]int
		var plans []Plan
		for _, set := range last {
			from := 0
			if size <= ExactSize && len(set) > 0 {
				from = set[len(set)-1] + 1
			}
			for n := from; n < len(offered); n++ {
				if slices.Contains(set, n) {
					continue
				}
				now := append(slices.Clone(set), n)
				slices.Sort(now)
				if slices.ContainsFunc(next, func(o []int) bool { return slices.Equal(o, now) }) {
					continue
				}
				next = append(next, now)
				p := Plan{P: math.NaN()}
				for _, n := range now {
					p.Changes = append(p.Changes, offered[n])
					p.Cost += offered[n].Cost
				}
				if err := w.judge(&p); err != nil {
					return err
				}
				plans = append(plans, p)
				if done++; w.cfg.Progress != nil {
					w.cfg.Progress(min(1, float64(done)/float64(total)) / 2)
				}
			}
		}
		all = append(all, plans...)
		if size <= ExactSize {
			w.DeclaredUpTo = size
		}
		last = next
		if size >= ExactSize {
			order := make([]int, len(next))
			for n := range order {
				order[n] = n
			}
			slices.SortStableFunc(order, func(a, b int) int {
				return cmp.Or(-cmp.Compare(plans[a].P, plans[b].P), -cmp.Compare(len(plans[a].Holds), len(plans[b].Holds)), cmp.Compare(plans[a].Cost, plans[b].Cost))
			})
			last = nil
			for _, n := range order[:min(widest, len(order))] {
				last = append(last, next[n])
			}
		}
	}
	w.Declared = w.worth(all)
	return nil
}

// judge works out what a plan comes to.
func (w *leverSearch) judge(p *Plan) error {
	k, err := w.k.WithChanges(p.Changes)
	if err != nil {
		return err
	}
	m, err := k.InContext(w.ctx, k.Typical())
	if err != nil {
		return err
	}
	if p.Holds, err = m.holding(w.ctx, w.Targets, w.Concepts); err != nil || !k.HasStatusQuo {
		return err
	}
	p.P, p.SE, err = w.probability(k)
	return err
}

// rounding is what two probabilities may differ by and count as the same.
const rounding = 1e-9

// worth marks the plans that are best, and keeps these and, where no target state
// holds yet, those that make one hold that no cheaper plan does; cheapest first.
func (w *leverSearch) worth(all []Plan) []Plan {
	slices.SortStableFunc(all, func(a, b Plan) int {
		return cmp.Or(cmp.Compare(a.Cost, b.Cost), cmp.Compare(len(a.Changes), len(b.Changes)))
	})
	for n := range all {
		p := &all[n]
		p.Best = p.P > w.P+rounding && !slices.ContainsFunc(all, func(o Plan) bool {
			return o.Cost <= p.Cost && o.P > p.P+rounding || o.Cost < p.Cost && o.P > p.P-rounding ||
				o.Cost == p.Cost && len(o.Changes) < len(p.Changes) && o.P > p.P-rounding
		})
	}
	var out []Plan
	for n, p := range all {
		useful := len(w.Holds) == 0 && len(p.Holds) > 0 && !slices.ContainsFunc(all[:n], func(o Plan) bool {
			return !slices.ContainsFunc(p.Holds, func(s int) bool { return !slices.Contains(o.Holds, s) })
		})
		if useful || p.Best {
			out = append(out, p)
		}
	}
	return out
}

// String is for failures of tests.
func (c Change) String() string {
	return fmt.Sprintf("{kind %d lever %d player %d statement %d from %d to %d option %d cost %g}", c.Kind, c.Lever, c.Player, c.Statement, c.From, c.To, c.Option, c.Cost)
}
