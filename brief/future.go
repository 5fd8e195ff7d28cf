package brief

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

func (c *composer) future() error {
	if c.t == nil {
		return nil
	}
	var blocks []Block
	if c.hasOutlook() {
		blocks = append(blocks, c.outcomeTable())
	}
	if c.tooLarge {
		blocks = append(blocks, Block{Kind: Paragraph, Sentences: []Sentence{say(
			fmt.Sprintf("the model has more than %s states, so this brief does not look at them one by one", grouped(MaxListed)),
			c.result("states", fmt.Sprintf("states of the model in the typical world; up to %s are looked at one by one", grouped(MaxListed)), float64(min(c.in.Conflict.States(c.in.Conflict.Typical()), 1<<53)), Count))}})
	}
	if c.m != nil {
		holds, err := c.holding()
		if err != nil {
			return err
		}
		blocks = append(blocks, Block{Kind: List, Title: "What holds, for whom and why", Items: holds})
	}
	if c.in.Outlook != nil {
		blocks = append(blocks, Block{Kind: List, Title: "Agreements", Items: c.agreements()},
			Block{Kind: List, Title: "Carrying an agreement out", Items: c.carrying()})
	}
	if c.m != nil && c.start >= 0 {
		paths, err := c.paths()
		if err != nil {
			return err
		}
		blocks = append(blocks, Block{Kind: List, Title: "Paths from today", Items: paths})
	}
	if c.in.Outlook != nil {
		blocks = append(blocks,
			Block{Kind: List, Title: "Rungs of escalation on the way", Items: c.ladder()},
			Block{Kind: List, Title: "Where the players misread one another", Items: c.views()},
			Block{Kind: List, Title: "What does not hold", Items: c.notHolding()})
	}
	c.section("future", "Where it can go", blocks...)
	return nil
}

func (c *composer) outcomeTable() Block {
	bl := Block{Kind: Table, Title: "Outcomes and their share of the model, undated", Head: []string{"Outcome", "Likelihood", "Share", "Most likely form"}}
	for _, i := range c.ranked() {
		p := c.in.Outlook.Outcomes[i].P
		form := cell("–")
		if s, ends, ok := c.topState(i); ok {
			words := c.t.position(s)
			form = cell(upperFirst(words), c.result("ends."+c.t.k.Pattern(s), "share of the model that ends in this position: "+words, ends, Probability))
		}
		word := Likelihood(p)
		rounded := Percent(p)
		switch tidy(p) {
		case 0:
			word, rounded = "in no world", "none"
		case 1:
			word, rounded = "in every world", "all"
		}
		r := c.outcomeRef(i)
		bl.Rows = append(bl.Rows, []Sentence{cell(upperFirst(c.t.outcome(i))), cell(upperFirst(word)), cell(rounded, r), form})
	}
	return bl
}

// topState is the state in which an outcome ends most often.
func (c *composer) topState(outcome int) (state uint64, share float64, ok bool) {
	if c.m == nil || c.in.Outlook == nil {
		return 0, 0, false
	}
	best, p := uint64(0), 0.0
	for _, s := range c.in.Outlook.States {
		if at, ok := c.m.Find(s.State); ok && c.m.OutcomeOf(at) == outcome && s.EndsHere > p+1e-9 {
			best, p = s.State, s.EndsHere
		}
	}
	return best, p, p > 0
}

// holding tells outcome by outcome what holds and why.
func (c *composer) holding() ([][]Sentence, error) {
	var items [][]Sentence
	if c.in.Outlook == nil {
		return c.holdingWithoutOutlook(), nil
	}
	for _, i := range c.ranked() {
		state, ends, ok := c.topState(i)
		if !ok || tidy(c.in.Outlook.Outcomes[i].P) < 0.01 {
			continue
		}
		m, f, when, err := c.worldFor(i, state)
		if err != nil {
			return nil, err
		}
		what := known(c.t.outcome(i))
		if m == nil {
			words := c.t.position(state)
			items = append(items, []Sentence{say("the most frequent form of "+what+" is this, and when it holds depends on more than one open question: "+words,
				c.result("ends."+c.t.k.Pattern(state), "share of the model that ends in this position: "+words, ends, Probability))})
			continue
		}
		s, _ := m.Find(state)
		words := c.t.position(state)
		r := c.holdsFact(state, words)
		refs := []Ref{r}
		lead := what + " holds as things most likely stand"
		if when != "" {
			lead = what + " holds if " + when
			refs = append(refs, c.atomRefs(m)...)
		}
		item := []Sentence{say(lead+": "+words, refs...)}
		if s, ok := c.holdsIn(state); ok {
			item = append(item, s)
		}
		item = append(item, c.whyHolds(m, f, s, r)...)
		items = append(items, item)
	}
	return items, nil
}

// holdsIn says in how many worlds a state holds, where all players look ahead
// in the same way.
func (c *composer) holdsIn(state uint64) (Sentence, bool) {
	concept := c.in.Conflict.Players[0].Foresight
	for _, p := range c.in.Conflict.Players {
		if p.Foresight != concept {
			return Sentence{}, false
		}
	}
	for _, s := range c.in.Outlook.States {
		if s.State == state && int(concept) < len(s.Equilibrium) {
			r := c.result("holds."+c.t.k.Pattern(state)+".worlds", "share of worlds in which this position holds: "+c.t.position(state), s.Equilibrium[concept], Probability)
			return say("it holds for every player "+worlds(s.Equilibrium[concept]), r), true
		}
	}
	return Sentence{}, false
}

func (c *composer) holdingWithoutOutlook() [][]Sentence {
	var items [][]Sentence
	set := c.holds[engine.SEQ]
	n := 0
	for s := range set.All {
		if n++; n > 8 {
			continue
		}
		r := c.fact("holds."+c.t.k.Pattern(c.m.States[s]), "this state holds for every player: "+c.t.position(c.m.States[s]))
		lead := "a position that holds"
		if o := c.m.OutcomeOf(s); o >= 0 {
			lead = known(c.t.outcome(o)) + " holds"
		}
		items = append(items, append([]Sentence{say(lead+": "+c.t.position(c.m.States[s]), r)}, c.whyHolds(c.m, c.foresight, s, r)...))
	}
	if n > 8 {
		items = append(items, []Sentence{say(count(n-8, "further position")+" of the model hold as well", c.result("holds.more", "further positions that hold", float64(n-8), Count))})
	}
	return items
}

// whyHolds explains a state for the players who would rather leave it.
func (c *composer) whyHolds(m *engine.Model, f *engine.Foresight, s int, r Ref) []Sentence {
	var out []Sentence
	more := 0
	for i := range m.Players {
		e := m.Explain(s, i, m.Players[i].Foresight)
		if len(e.Answers) == 0 || !e.Stable {
			continue
		}
		if len(out) >= 4 {
			more++
			continue
		}
		why := c.t.explain(m, e, 1)[:2]
		reason := c.fact(fmt.Sprintf("stable.%s.%s", c.t.k.Pattern(m.States[s]), m.Players[i].ID), "why the position holds for "+c.t.playerAgain(i)+": "+strings.Join(why, " "))
		for _, text := range why {
			out = append(out, say(text, r, reason))
		}
	}
	if len(out) == 0 {
		out = append(out, say("no player has a move of its own from there that would serve it better", r))
	}
	if more > 0 {
		out = append(out, say("the same goes for "+count(more, "other player"), r))
	}
	return out
}

// worldFor finds a world in which a state holds: the typical one, else
// one that differs from it in as few answers to open questions as found. The
// third result says in which.
func (c *composer) worldFor(outcome int, state uint64) (*engine.Model, *engine.Foresight, string, error) {
	stable := func(m *engine.Model, f *engine.Foresight) bool {
		s, ok := m.Find(state)
		if !ok {
			return false
		}
		for i := range m.Players {
			if !f.Stable(i, s) {
				return false
			}
		}
		return true
	}
	if stable(c.m, c.foresight) {
		return c.m, c.foresight, "", nil
	}
	// Answers are changed one by one, those that favour the outcome most first,
	// until it holds.
	type change struct {
		atom   int
		matter *engine.Matter
		by     float64
	}
	var changes []change
	for a, atom := range c.in.Conflict.Atoms {
		for i := range c.in.Outlook.Matters {
			if m := &c.in.Outlook.Matters[i]; m.ID == atom.ID && m.Yes != nil && m.No != nil {
				changes = append(changes, change{a, m, tidy(m.Yes[outcome] - m.No[outcome])})
			}
		}
	}
	slices.SortStableFunc(changes, func(a, b change) int { return cmp.Compare(math.Abs(b.by), math.Abs(a.by)) })
	w := c.in.Conflict.Typical()
	var differs []string
	for _, ch := range changes {
		if ch.by == 0 || w.Atom[ch.atom] == (ch.by > 0) {
			continue
		}
		w.Atom[ch.atom] = ch.by > 0
		if !c.possible(w) {
			w.Atom[ch.atom] = ch.by < 0
			continue
		}
		says := c.t.matter(ch.matter.ID, ch.matter.Says)
		if ch.by < 0 {
			says = "it is not so that " + says
		}
		differs = append(differs, says)
		m, err := c.in.Conflict.In(w)
		if err != nil {
			return nil, nil, "", nil // the rules leave no such world: nothing is said of it
		}
		f, err := m.Foresight(c.ctx)
		if err != nil {
			return nil, nil, "", err
		}
		if stable(m, f) {
			return m, f, list(differs), nil
		}
	}
	return nil, nil, "", nil
}

// atomRefs are the propositions in which a world differs from the typical one.
func (c *composer) atomRefs(m *engine.Model) []Ref {
	var out []Ref
	typical := c.in.Conflict.Typical()
	for a := range m.Atoms {
		if m.World.Atom[a] != typical.Atom[a] {
			for i := range c.in.Outlook.Matters {
				if c.in.Outlook.Matters[i].ID == m.Atoms[a].ID {
					out = append(out, c.matterEntry(&c.in.Outlook.Matters[i]))
				}
			}
		}
	}
	return out
}

// possible reports whether the logic that links propositions allows a world.
func (c *composer) possible(w engine.World) bool {
	for _, l := range c.in.Case.AllLogic() {
		if l.Cond != nil && !c.true(l.Cond, w) {
			return false
		}
	}
	return true
}

func (c *composer) true(x *demarche.Condition, w engine.World) bool {
	is := func(i int) bool { return c.true(x.Args[i], w) }
	switch x.Op {
	case demarche.Atom:
		at := slices.IndexFunc(c.in.Conflict.Atoms, func(a engine.Atom) bool { return a.ID == x.Name })
		return at >= 0 && w.Atom[at]
	case demarche.Not:
		return !is(0)
	case demarche.And:
		return !slices.ContainsFunc(x.Args, func(a *demarche.Condition) bool { return !c.true(a, w) })
	case demarche.Or:
		return slices.ContainsFunc(x.Args, func(a *demarche.Condition) bool { return c.true(a, w) })
	case demarche.Implies:
		return !is(0) || is(1)
	case demarche.If:
		return !is(1) || is(0)
	case demarche.Unless:
		return is(1) || is(0)
	case demarche.Iff:
		return is(0) == is(1)
	}
	return true
}

func (c *composer) agreements() [][]Sentence {
	if !c.in.Conflict.HasTalks {
		return [][]Sentence{{say("the case does not say who could strike a deal, so no agreement is considered", c.entry("case", "case", c.in.Case.Title))}}
	}
	list := make([]*engine.AgreementShare, len(c.in.Outlook.Agreements))
	for i := range list {
		list[i] = &c.in.Outlook.Agreements[i]
	}
	force := c.in.Conflict.BeginsForce
	slices.SortStableFunc(list, func(a, b *engine.AgreementShare) int {
		if force(a.State) != force(b.State) { // those without a new use of force first
			if force(b.State) {
				return -1
			}
			return 1
		}
		switch x, y := tidy(a.Struck), tidy(b.Struck); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	var items [][]Sentence
	if len(list) == 0 {
		return [][]Sentence{{say("in no world of the model is there an agreement that all its parties would accept and keep", c.fact("no agreement", "no agreement exists in any world"))}}
	}
	agreed := c.result("agreed", "share in which an agreement is struck", c.in.Outlook.Agreed, Probability)
	items = append(items, []Sentence{say(chance("an agreement of some kind", c.in.Outlook.Agreed)+", given the chance that talks conclude", agreed)})
	const most = 5
	told, rest := 0, 0
	var more []Ref
	for _, a := range list {
		if told == most || tidy(a.Struck) < 0.025 {
			if tidy(a.Struck) > 0 {
				rest++
				_, struck := c.agreementRefs(a)
				more = append(more, struck)
			}
			continue
		}
		told++
		p, struck := c.agreementRefs(a)
		name := "agreement." + c.t.k.Pattern(a.State)
		mark := ""
		if force(a.State) {
			mark = "; " + newForce
		}
		item := []Sentence{say("one agreement is this: "+c.t.position(a.State)+mark, p),
			say("the parties are "+c.partyNames(a)+"; they would accept and keep it "+worlds(a.P)+", and it is struck with a share of "+Percent(a.Struck)+tabled(a.Tabled), p, struck)}
		stays := c.result(name+".stays", "of the cases in which it is struck, the share in which it lasts", a.Stays, Probability)
		switch {
		case tidy(a.Stays) >= 1:
			item = append(item, say("once struck, it lasts in every world of the model", stays))
		case tidy(a.Stays) <= 0:
			item = append(item, say("once struck, it does not last: others’ moves lead on from it", stays))
		default:
			item = append(item, say("once struck, it lasts in "+Percent(a.Stays)+" of the cases", stays))
		}
		items = append(items, item)
	}
	if rest > 0 {
		items = append(items, []Sentence{say(count(rest, "further agreement")+" can be struck; the list of results gives them", more...)})
	}
	return items
}

func tabled(is bool) string {
	if is {
		return "; the terms of an offer on the table hold in it"
	}
	return "; it meets no offer on the table"
}

func (c *composer) partyNames(a *engine.AgreementShare) string {
	var who []string
	for _, i := range a.Parties {
		who = append(who, c.t.playerAgain(i))
	}
	return list(who)
}

func (c *composer) paths() ([][]Sentence, error) {
	ev, err := c.foresight.Evolve(c.ctx, c.start)
	if err != nil {
		return nil, err
	}
	r := c.result("evolution.stays", "probability that nobody moves from today’s position, in the typical world and without agreement", ev.End[c.start], Probability)
	var items [][]Sentence
	reach, err := c.m.ByImprovements(c.ctx, c.start)
	if err != nil {
		return nil, err
	}
	if tidy(ev.End[c.start]) == 1 {
		item := []Sentence{say("as things most likely stand, nobody moves from today’s position alone", r)}
		item = append(item, c.whyHolds(c.m, c.foresight, c.start, r)...)
		items = append(items, item)
	} else {
		var ends []int
		for s := range ev.End {
			ends = append(ends, s)
		}
		slices.SortFunc(ends, func(a, b int) int {
			switch p, q := tidy(ev.End[a]), tidy(ev.End[b]); {
			case p > q:
				return -1
			case p < q:
				return 1
			}
			return a - b
		})
		for n, s := range ends {
			if n == 3 {
				break
			}
			e := c.result("evolution."+c.t.k.Pattern(c.m.States[s]), "probability of ending there from today, in the typical world and without agreement: "+c.t.position(c.m.States[s]), ev.End[s], Probability)
			name := "a position outside the named outcomes"
			if len(c.in.Conflict.Outcomes) == 0 {
				name = "the following"
			}
			if o := c.m.OutcomeOf(s); o >= 0 {
				name = c.t.outcome(o)
			}
			share := "in every run"
			if tidy(ev.End[s]) < 1 {
				share = "in " + Percent(ev.End[s]) + " of the runs"
			}
			lead := "without an agreement and as things most likely stand, the crisis moves to " + name + " " + share
			item := []Sentence{say(lead+": "+c.t.position(c.m.States[s]), e)}
			if ways, _ := reach.Shortest(s, 1); len(ways) > 0 && len(ways[0]) > 0 {
				way := c.way(ways[0])
				item[0] = say(lead, e)
				item = append(item, say("a shortest way there, each move serving the one who makes it, is this: "+way,
					c.fact("way."+c.t.k.Pattern(c.m.States[s]), "a shortest way of improvements from today: "+way)))
			}
			items = append(items, item)
		}
		if tidy(ev.NoSettlement) > 0 {
			items = append(items, []Sentence{say("it keeps moving in a circle in "+Percent(ev.NoSettlement)+" of the runs", c.result("evolution.cycle", "probability of no settlement", ev.NoSettlement, Probability))})
		}
	}
	if c.in.Outlook != nil {
		var names []string
		var refs []Ref
		for _, i := range c.ranked() {
			state, _, ok := c.topState(i)
			s, in := c.m.Find(state)
			if ok && in && tidy(c.in.Outlook.Outcomes[i].P) >= 0.01 && reach.Steps[s] < 0 && c.isAgreement(state) {
				names = append(names, known(c.t.outcome(i)))
				refs = append(refs, c.fact("unreachable."+c.t.k.Pattern(state), "no way of improvements leads there from today in the typical world"))
			}
		}
		if len(names) > 0 {
			items = append(items, []Sentence{say(list(names)+" cannot be reached by single moves that each serve the one who makes them: that takes an agreement, with several players moving together", refs...)})
		}
	}
	return items, nil
}

func (c *composer) isAgreement(state uint64) bool {
	return slices.ContainsFunc(c.in.Outlook.Agreements, func(a engine.AgreementShare) bool { return a.State == state })
}

// way tells a path in one sentence.
func (c *composer) way(steps []engine.Step) string {
	var parts []string
	for _, s := range steps {
		parts = append(parts, c.t.playerAgain(s.Player)+" would "+c.t.changes(c.m.States[s.From], c.m.States[s.To]))
	}
	return strings.Join(parts, "; then ")
}

// ladder says how likely each rung is reached. What is a rung already today is
// left out.
func (c *composer) ladder() [][]Sentence {
	var items [][]Sentence
	for n, e := range c.in.Outlook.Ladder {
		k := c.in.Conflict.Ladder[n]
		o := c.in.Conflict.Options[k]
		does := c.t.playerAgain(o.Player) + " " + present(c.t.optionSays(k), c.t.manyOf(o.Player))
		r := c.result("ladder."+o.ID, "share in which the way passes through: "+does, e.P, Probability)
		if c.in.Conflict.StatusQuo>>k&1 == 1 {
			items = append(items, []Sentence{say("today’s rung: "+does, r)})
			continue
		}
		items = append(items, []Sentence{say(chanceThat(does+" at some point on the way", e.P), r)})
	}
	return items
}

// notHolding says which outcomes never come about, and why.
func (c *composer) notHolding() [][]Sentence {
	if !c.hasOutlook() {
		return nil
	}
	var items [][]Sentence
	for _, i := range c.ranked() {
		if tidy(c.in.Outlook.Outcomes[i].P) >= 0.01 {
			continue
		}
		s := known(c.t.outcome(i)) + " comes about in no world of the model"
		if p := tidy(c.in.Outlook.Outcomes[i].P); p > 0 {
			s = known(c.t.outcome(i)) + " has a share of under 1 %"
		}
		if c.m != nil {
			holds := false
			for st := range c.holds[engine.SEQ].All {
				holds = holds || c.m.OutcomeOf(st) == i
			}
			if holds {
				s += ": it would hold once it was there, but no path and no agreement leads to it"
			} else {
				s += ": as things most likely stand, somebody would always rather move on from it"
			}
		}
		items = append(items, []Sentence{say(s, c.outcomeRef(i))})
	}
	for i := range c.in.Outlook.Agreements {
		a := &c.in.Outlook.Agreements[i]
		if tidy(a.Struck) > 0 || tidy(a.P) < 0.05 || tidy(c.in.Conflict.TalksChance) == 0 {
			continue
		}
		p, struck := c.agreementRefs(a)
		items = append(items, []Sentence{say("the parties would accept and keep this "+worlds(a.P)+", but it is never struck, because an offer on the table comes first: "+c.t.position(a.State), p, struck)})
	}
	return items
}
