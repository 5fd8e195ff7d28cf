package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/demarche/demarche"
)

// Check finds what is wrong with a case's conflict that only the engine can
// see: rules that leave no state, a status quo that they exclude in some world,
// rankings that miss a state; and, as warnings, rules, options, statements and
// outcomes that can make no difference. Rules are judged by their decision
// diagrams: no state is made unless a ranking has to be checked.
func Check(c *demarche.Case, cfg Config) (problems demarche.Problems, warnings []*demarche.Error) {
	if c.Conflict == nil {
		return nil, nil
	}
	k, err := Compile(c, cfg)
	if err != nil {
		e := asError(err)
		if e.Kind == demarche.Unavailable {
			return nil, []*demarche.Error{e}
		}
		return demarche.Problems{e}, nil
	}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case tooEntangled:
			warnings = append(warnings, entangledError(c))
		default:
			panic(r)
		}
	}()
	v := &checker{Conflict: k}
	if v.worlds(); len(v.problems) == 0 {
		v.rankings()
		v.slips()
	}
	return v.problems, v.warnings
}

// slipSteps is the work on diagrams that looking for slips may take.
const slipSteps = 1 << 20

// slips looks for what makes no difference, and stops where that takes too long.
func (v *checker) slips() {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case tooEntangled:
			v.warn(v.Case.Conflict.At, "nothing needs to be done", "the model is too large to look for every rule and statement that makes no difference")
		default:
			panic(r)
		}
	}()
	v.rules.steps = max(v.rules.steps, maxDiagramSteps-slipSteps)
	v.fixedOptions()
	v.idleOutcomes()
	v.idleAuthorities()
	v.idleForms()
	v.uselessRules()
	v.idleStatements()
}

func asError(err error) *demarche.Error {
	if e, ok := err.(*demarche.Error); ok {
		return e
	}
	return &demarche.Error{Kind: demarche.Internal, Msg: err.Error(), Err: err}
}

type checker struct {
	*Conflict
	problems demarche.Problems
	warnings []*demarche.Error
}

func (v *checker) problem(at demarche.Pos, hint, format string, args ...any) {
	v.problems = append(v.problems, &demarche.Error{Kind: demarche.BadInput, Pos: at, Msg: fmt.Sprintf(format, args...), Hint: hint})
}

func (v *checker) warn(at demarche.Pos, hint, format string, args ...any) {
	v.warnings = append(v.warnings, &demarche.Error{Kind: demarche.BadInput, Pos: at, Msg: fmt.Sprintf(format, args...), Hint: hint})
}

// possibleWorlds is the diagram of the worlds that have a probability.
func (v *checker) possibleWorlds() int32 {
	f := v.possible
	for i, a := range v.Atoms {
		switch a.Prior {
		case 1:
			f = v.rules.and(f, v.rules.atom(i))
		case 0:
			f = v.rules.and(f, v.rules.not(v.rules.atom(i)))
		}
	}
	return f
}

// worlds looks for a world without states, and one without the status quo.
func (v *checker) worlds() {
	m, d := v.Case.Conflict, v.rules
	worlds := v.possibleWorlds()
	some := d.exists(v.allowed, len(v.Atoms))
	if none := d.and(worlds, d.not(some)); none != never {
		at := m.At
		if len(m.Rules) > 0 {
			at = m.Rules[0].At
		}
		v.problem(at, "remove or loosen a rule: together they exclude every combination of options",
			"the rules leave no state%s", v.whereSome(none, some))
		return
	}
	if !v.HasStatusQuo {
		return
	}
	holds := v.allowed
	for bit := range v.width {
		is := d.atom(v.optionLevel(bit))
		if v.StatusQuo>>bit&1 == 0 {
			is = d.not(is)
		}
		holds = d.and(holds, is)
	}
	holds = d.exists(holds, len(v.Atoms))
	out := d.and(worlds, d.not(holds))
	if out == never {
		return
	}
	where := v.whereSome(out, holds)
	world := v.Typical()
	for level, so := range d.witness(out) {
		world.Atom[level] = so
	}
	for _, r := range m.Rules {
		if rule := v.ruleDiagram(r); d.given(rule, d.levels, func(l int) bool { return v.valueAt(l, world, v.StatusQuo) }) == never {
			v.problem(r.At, "change the rule, or the options listed under status_quo", "this rule excludes the status quo%s", where)
			return
		}
	}
	v.problem(m.At, "change status_quo, or the authority marked as binding", "the status quo is excluded%s", where)
}

// ruleDiagram builds the diagram of a rule that has compiled before.
func (v *checker) ruleDiagram(r demarche.Rule) int32 {
	return v.compiler().rule(r)
}

// compiler resolves names of a conflict that has compiled before.
func (v *checker) compiler() *compiler {
	k := &compiler{Conflict: v.Conflict, src: v.Case, options: map[string]int{}, atoms: map[string]int{}}
	if v.graph != nil {
		k.states = v.graph.places
	}
	for bit, o := range v.Options {
		k.options[o.ID] = bit
	}
	for i, a := range v.Atoms {
		k.atoms[a.ID] = i
	}
	return k
}

// valueAt is the value of a level of the diagram in a state of a world.
func (v *checker) valueAt(level int, w World, state uint64) bool {
	if level < len(v.Atoms) {
		return w.Atom[level]
	}
	return state>>(v.rules.levels-1-level)&1 == 1
}

// whereSome names a world in which bad is true, by what decides it; nothing if
// the same holds in every world.
func (v *checker) whereSome(bad, good int32) string {
	if good == never {
		return ""
	}
	var parts []string
	value := v.rules.witness(bad)
	for i, a := range v.Atoms {
		if so, decides := value[i]; decides && a.Prior > 0 && a.Prior < 1 {
			word := "false"
			if so {
				word = "true"
			}
			parts = append(parts, a.ID+" is "+word)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " in the world where " + strings.Join(parts, " and ")
}

// rulesOpen reports whether the rules differ between worlds.
func (k *Conflict) rulesOpen() bool { return int(k.rules.nodes[k.allowed].level) < len(k.Atoms) }

// rankings lays out the model where a player ranks states one by one.
func (v *checker) rankings() {
	if len(v.same) == 0 && !slices.ContainsFunc(v.explicit, func(p *demarche.Player) bool { return p != nil }) {
		return
	}
	for _, p := range v.explicit {
		if p == nil || !v.rulesOpen() {
			continue
		}
		numbered := len(p.Payoffs) > 0 && v.graph == nil
		for _, group := range p.Ranking {
			for _, item := range group.States {
				numbered = numbered || item.Pattern == ""
			}
		}
		if numbered {
			v.problem(p.At, "rank by patterns, or by statements under prefers",
				"player %s ranks states by their numbers, but the rules name a proposition or authority, so that numbers differ between worlds", p.ID)
			return
		}
	}
	w := v.Typical()
	if v.States(w) > uint64(v.maxStates) {
		v.warnings = append(v.warnings, asError(v.tooMany(v.States(w))))
		return
	}
	if _, err := v.In(w); err != nil {
		v.problems = append(v.problems, asError(err))
	}
}

func (v *checker) uselessRules() {
	rules := v.Case.Conflict.Rules
	fs := make([]int32, len(rules))
	for n, r := range rules {
		fs[n] = v.ruleDiagram(r)
	}
	for n, r := range rules {
		if fs[n] == always {
			v.warn(r.At, "remove it, or check how it is written", "this rule excludes nothing")
			continue
		}
		if n := slices.Index(fs[:n], fs[n]); n >= 0 {
			v.warn(r.At, "remove one of the two", "this rule says the same as the one in line %d", rules[n].At.Line)
			continue
		}
		v.rules.steps += len(fs) // each is looked at
		rest := slices.Delete(slices.Clone(fs), n, n+1)
		if v.rules.and(v.rules.all(rest), v.rules.not(fs[n])) == never {
			v.warn(r.At, "remove it, or check how it is written", "this rule excludes nothing that the other rules leave")
		}
	}
}

func (v *checker) fixedOptions() {
	bit := 0
	for _, p := range v.Case.Conflict.Players {
		for _, o := range p.Options {
			is := v.rules.atom(v.optionLevel(bit))
			switch never {
			case v.rules.and(v.allowed, is):
				v.warn(o.At, "remove the option, or the rule that excludes it", "the rules never allow %s.%s to be taken", p.ID, o.ID)
			case v.rules.and(v.allowed, v.rules.not(is)):
				v.warn(o.At, "remove the option, or the rule that demands it", "the rules demand that %s.%s is always taken", p.ID, o.ID)
			}
			bit++
		}
	}
}

func (v *checker) idleStatements() {
	d := v.rules
	for i, list := range v.statements {
		src := v.Case.Conflict.Players[i].Prefers
		fs := make([]int32, len(list))
		for j, s := range list {
			fs[j] = d.and(v.allowed, v.diagram(s.want))
			at := src[j].Want.At
			switch {
			case fs[j] == never:
				v.warn(at, "remove it, or check how it is written", "this statement is true in no state, so it can never matter")
				continue
			case fs[j] == v.allowed:
				v.warn(at, "remove it, or check how it is written", "this statement is true in every state, so it can never matter")
				continue
			}
			for e := range j {
				if list[e].cond == nil && (fs[e] == fs[j] || fs[e] == d.and(v.allowed, d.not(fs[j]))) && !weighed(list) {
					v.warn(at, "remove it, or move it up", "this statement can never matter: statement %d already decides the same", e+1)
					break
				}
			}
		}
	}
}

func (v *checker) idleOutcomes() {
	d, left := v.rules, v.allowed
	for n, o := range v.Outcomes {
		f := v.diagram(o.when)
		if d.and(left, f) == never {
			v.warn(v.Case.Conflict.Outcomes[n].At, "move it up, remove it, or check how it is written", "no state is left for the outcome %s", o.ID)
		}
		left = d.and(left, d.not(f))
	}
	if left != never && len(v.Outcomes) > 0 {
		v.warn(v.Case.Conflict.Outcomes[len(v.Outcomes)-1].At, "end the list with a name for the rest, such as standoff: otherwise", "some states are named by no outcome")
	}
}

// idleAuthorities warns of a condition on an authority that nothing says is in
// force: it would count as false without a word.
func (v *checker) idleAuthorities() {
	used := map[int]bool{}
	mark := func(f *formula) {
		if f != nil {
			f.atoms(func(a int) { used[a] = true })
		}
	}
	for _, list := range v.statements {
		for _, s := range list {
			mark(s.want)
			mark(s.cond)
		}
	}
	for _, o := range v.Outcomes {
		mark(o.when)
	}
	for _, list := range v.hidden {
		for _, f := range list {
			mark(f)
		}
	}
	for i := range v.Atoms {
		if d := v.rules; d.depends(v.allowed, i) {
			used[i] = true
		}
	}
	for n, u := range v.Case.Authorities {
		if used[len(v.Case.Propositions)+n] && u.InForce == nil && u.Trigger.IsZero() && u.CredenceOn(v.day) == 0 && u.Prior == nil {
			v.warn(u.At, "add in_force: true or false, a trigger date, or a prior where it is disputed", "the model depends on %s, but nothing says whether it is in force; it counts as not in force", u.ID)
		}
	}
}

// idleForms warns where same, hidden and talks can make no difference.
func (v *checker) idleForms() {
	d, m := v.rules, v.Case.Conflict
	k := v.compiler()
	for _, e := range m.Same {
		if d.and(v.allowed, v.diagram(k.formula(e))) == never {
			v.warn(e.At, "remove it, or check how it is written", "no state that the rules allow meets this condition, so that it makes no states one")
		}
	}
	for _, h := range m.Hidden {
		for _, e := range h.States {
			if d.and(v.allowed, v.diagram(k.formula(e))) == never {
				v.warn(e.At, "remove it, or check how it is written", "no state that the rules allow meets this condition, so that it hides nothing from %s", h.ID)
			}
		}
	}
	if v.graph != nil && m.Talks != nil {
		v.warn(m.Talks.At, "give the players options instead of a graph, or remove talks", "in a model with a graph nobody can say who would have to sign, so that talks change nothing")
	}
}
