package brief

import (
	"fmt"
	"math"
	"math/bits"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// toldNumber is a result that a sentence may tell.
type toldNumber struct {
	name, says string
	p          float64
}

// tellAs cuts a text of the generator into sentences, each resting on the fact
// that the text tells, on the model, and on those of the numbers that it names.
func (c *composer) tellAs(key, label, text string, numbers []toldNumber, refs ...Ref) []Sentence {
	model := c.entry("model", "model", "the conflict model: its players, options, rules and wants")
	var out []Sentence
	for _, s := range split(text) {
		rest := append([]Ref{c.fact(key, label), model}, refs...)
		seen := map[float64]bool{}
		for _, x := range numbers {
			if !seen[tidy(x.p)] && strings.Contains(s.Text, share(x.p)) {
				seen[tidy(x.p)] = true
				rest = append(rest, c.result(x.name, x.says, x.p, Probability))
			}
		}
		out = append(out, say(s.Text, rest...))
	}
	return out
}

// options are what the client and a mediator could do or hope for, with what
// each gains and costs, and what is not recommended and why. Uses of force are
// described where they belong and never recommended.
func (c *composer) options() {
	if c.t == nil {
		return
	}
	c.section("options", "Options for the client and for mediators",
		Block{Kind: List, Title: "What each proposal would need", Items: c.needs()},
		Block{Kind: List, Title: "What could make an outcome likelier, without force", Items: c.leverItems()},
		c.mediatorTable(),
		Block{Kind: List, Title: "What each mediator gains and costs", Items: c.mediatorItems()},
		Block{Kind: List, Title: "Not recommended, and why", Items: c.notRecommended()})
}

func (c *composer) offerTeller() *offerTeller {
	v := &offerTeller{teller: &teller{newNames(c.in.Case), c.in.Conflict}, r: c.in.Offers}
	v.names.lower, v.names.upper = c.names.lower, c.names.upper
	v.allShort()
	return v
}

// needs says of each proposal on the table what stands in its way and what would
// have to be added.
func (c *composer) needs() [][]Sentence {
	if c.in.Offers == nil {
		return nil
	}
	v := c.offerTeller()
	var items [][]Sentence
	for n := range c.in.Offers.Offers {
		o := &c.in.Offers.Offers[n]
		if !o.Tabled {
			continue
		}
		x := &c.in.Case.Offers[o.Offer]
		key := "offer." + x.ID
		e := c.entry("offer", x.ID, strings.Trim(bare(x.Says)+"; "+x.Date.Words(), "; "))
		label := "what stands in the way of this proposal, and what would have to be added: " + v.title(o)
		item := []Sentence{say(v.title(o), e)}
		switch {
		case !o.Fits:
			item = append(item, c.tellAs(key, label, "Its terms cannot hold together with the rules of the model and with what cannot be undone.", nil, e)...)
			items = append(items, item)
			continue
		case len(o.Parties) == 0:
			continue
		}
		numbers := []toldNumber{
			{key + ".agreement", "share of worlds in which the proposal, as it would work out, is an agreement", o.Agreement},
			{key + ".keeps", "share of worlds in which those who have to act would keep it", o.Keeps},
			{key + ".equilibrium", "share of worlds in which it holds for every player", o.Equilibrium},
			{key + ".within", "share of worlds in which an agreement holds all its terms", o.Within},
			{key + ".ruled out", "share of worlds in which the proposal cannot be carried out", 1 - o.Feasible},
		}
		for _, h := range o.Hinges {
			a := c.in.Conflict.Atoms[h.Atom]
			says := " if it is so that " + c.t.matter(a.ID, a.Says)
			numbers = append(numbers,
				toldNumber{key + ".hinge." + a.ID + ".yes", "share of worlds in which it is an agreement" + says, h.AgreementYes},
				toldNumber{key + ".hinge." + a.ID + ".no", "share of worlds in which it is an agreement" + strings.Replace(says, "is so", "is not so", 1), h.AgreementNo},
				toldNumber{key + ".hinge." + a.ID + ".kept.yes", "share of worlds in which it is kept" + says, h.KeepsYes},
				toldNumber{key + ".hinge." + a.ID + ".kept.no", "share of worlds in which it is kept" + strings.Replace(says, "is so", "is not so", 1), h.KeepsNo})
		}
		for i, a := range o.Additions {
			numbers = append(numbers, toldNumber{fmt.Sprintf("%s.addition.%d", key, i+1), "share of worlds in which it is an agreement with this addition", a.P})
		}
		var texts []string
		if o.Carried.Force {
			texts = append(texts, newForce)
		}
		texts = append(append(texts, v.verdict(o), v.ruledOut(o)), v.hinges(o)...)
		for _, text := range append(texts, v.addition(o)) {
			if text != "" {
				item = append(item, c.tellAs(key, label, stop(upperFirst(text)), numbers)...)
			}
		}
		items = append(items, item)
	}
	return items
}

// carrying says for the likeliest agreements who would have to perform first,
// what could be withdrawn afterwards, and who would gain by breaking them. Those
// that begin a use of force are left aside.
func (c *composer) carrying() [][]Sentence {
	if c.in.Offers == nil {
		return nil
	}
	const most = 3
	v := c.offerTeller()
	var items [][]Sentence
	for n := range c.in.Offers.Agreements[:min(most, len(c.in.Offers.Agreements))] {
		a := &c.in.Offers.Agreements[n]
		p := v.carriedOut(a)
		key := "carried." + c.t.k.Pattern(a.State)
		numbers := []toldNumber{{key + ".exists", "share of worlds in which it is an agreement", a.P}}
		for _, x := range []struct {
			name, gain, would string
			of                []engine.Departure
		}{{"spoiler", "breaking", "break", a.Spoilers}, {"onward", "moving on from", "move on from", a.Onward}} {
			for _, d := range x.of {
				of := key + "." + x.name + "." + c.in.Conflict.Players[d.Player].ID
				who := "share of these worlds in which " + c.t.playerAgain(d.Player)
				numbers = append(numbers,
					toldNumber{of + ".gains", who + " would gain at once by " + x.gain + " it", d.Gains},
					toldNumber{of + ".would", who + ", looking ahead, would " + x.would + " it", d.Would})
			}
		}
		words := v.position(a.State)
		label := "how this would be carried out and what could undo it: " + words
		item := c.tellAs(key, label, stop(upperFirst(words)), nil)
		for _, text := range p.Paragraphs {
			var refs []Ref
			for _, l := range c.in.Case.Conflict.Levers {
				if l.Says != "" && strings.Contains(text, Quoted(bare(l.Says))) {
					refs = append(refs, c.leverEntry(&l))
				}
			}
			item = append(item, c.tellAs(key, label, text, numbers, refs...)...)
		}
		items = append(items, item)
	}
	if n := c.in.Offers.LeftAside; n > 0 {
		items = append(items, []Sentence{say(count(n, "agreement")+" of the model "+verb(n > 1, "includes", "include")+" a new use of force: "+verb(n > 1, "it is", "they are")+" left aside here, because how force would be carried out is not worked out and not proposed",
			c.result("carried.left aside", "agreements of some world that begin a use of force", float64(n), Count))})
	}
	return items
}

// pulled tells a declared lever as what somebody would do.
func (t *teller) pulled(ch *engine.Change) string {
	l := &t.c.Conflict.Levers[ch.Lever]
	who := t.playerAgain(ch.Player)
	wish := demarche.Statement{Want: l.Prefer.Want}
	effect := who + " would then want " + t.want(&wish)
	if l.Says == "" {
		return effect
	}
	by := "somebody"
	if l.By.Name != "" {
		by = t.again(l.By.Name)
	}
	return by + " would " + base(l.Says) + ", and " + effect
}

func (c *composer) leverEntry(l *demarche.Lever) Ref {
	says := bare(l.Says)
	if says == "" {
		says = strings.ReplaceAll(l.ID, "_", " ")
	}
	if l.By.Name != "" {
		says += "; in the hands of " + c.names.again(l.By.Name)
	}
	return c.entry("lever", l.ID, says)
}

// mediatorTable compares the mediators.
func (c *composer) mediatorTable() Block {
	bl := Block{Kind: Table, Title: "Mediators compared: how likely an agreement and each outcome would be"}
	if c.in.Offers == nil || c.in.Offers.Mediation == nil {
		return bl
	}
	m := c.in.Offers.Mediation
	v := c.offerTeller()
	type kind struct {
		head, says string
		of         func(*engine.Course) float64
	}
	kinds := []kind{
		{"An agreement", "probability of an agreement", func(x *engine.Course) float64 { return x.Agreed.P }},
		{"One with a mediator", "probability of an agreement to which a mediator is a party", func(x *engine.Course) float64 { return x.Hosted.P }},
	}
	type row struct {
		who string
		of  *engine.Course
	}
	rows := []row{{"all of them", &m.All}}
	if len(m.Mediators) == 1 {
		rows[0].who = v.player(m.Mediators[0].Player)
	} else {
		for n := range m.Mediators {
			one := &m.Mediators[n]
			if idle(m, one) {
				continue // told below
			}
			rows = append(rows, row{"only " + v.player(one.Player), &one.Alone}, row{"all but " + v.player(one.Player), &one.Absent})
		}
	}
	rows = append(rows, row{"nobody", &m.None})
	for _, i := range c.ranked() {
		comes := false
		for _, r := range rows {
			comes = comes || tidy(r.of.Outcomes[i].P) > 0
		}
		if comes {
			kinds = append(kinds, kind{upperFirst(c.t.outcome(i)), "probability of " + c.t.outcome(i), func(x *engine.Course) float64 { return x.Outcomes[i].P }})
		}
	}
	bl.Head = []string{"Who mediates"}
	for _, k := range kinds {
		bl.Head = append(bl.Head, k.head)
	}
	for r, row := range rows {
		cells := []Sentence{cell(upperFirst(row.who))}
		for n, k := range kinds {
			p := k.of(row.of)
			cells = append(cells, cell(share(p), c.result(fmt.Sprintf("mediators.%d.%d", r+1, n+1), k.says+" if "+row.who+" mediates", p, Probability)))
		}
		bl.Rows = append(bl.Rows, cells)
	}
	return bl
}

// idle reports whether one of several mediators adds nothing, alone or beside the
// others.
func idle(m *engine.Mediation, one *engine.Mediator) bool {
	return len(m.Mediators) > 1 && sameCourse(&one.Alone, &m.None) && sameCourse(&one.Absent, &m.All)
}

// sameCourse reports whether things go the same way.
func sameCourse(a, b *engine.Course) bool {
	if tidy(a.Agreed.P) != tidy(b.Agreed.P) || tidy(a.Hosted.P) != tidy(b.Hosted.P) {
		return false
	}
	for i := range a.Outcomes {
		if tidy(a.Outcomes[i].P) != tidy(b.Outcomes[i].P) {
			return false
		}
	}
	return true
}

func (c *composer) mediatorItems() [][]Sentence {
	if c.in.Offers == nil || c.in.Offers.Mediation == nil {
		return nil
	}
	m := c.in.Offers.Mediation
	v := c.offerTeller()
	var items [][]Sentence
	for n := range m.Mediators {
		one := &m.Mediators[n]
		id := c.in.Conflict.Players[one.Player].ID
		who := c.t.playerAgain(one.Player)
		numbers := []toldNumber{
			{"mediator." + id + ".alone", "probability that " + who + " ends better off than today as the only mediator", one.Alone.Better[one.Player].P},
			{"mediator." + id + ".all", "probability that " + who + " ends better off than today beside all others", m.All.Better[one.Player].P},
			{"mediator." + id + ".absent", "probability that " + who + " ends better off than today if left out", one.Absent.Better[one.Player].P},
		}
		label := "what " + who + " gains by mediating and costs its rivals"
		item := c.tellAs("mediator."+id, label, stop(upperFirst(v.mediator(m, one))), numbers)
		if idle(m, one) {
			item = append(item, c.tellAs("mediator."+id, label, stop(upperFirst(who)+" "+verb(c.t.manyOf(one.Player), "adds", "add")+" nothing to an agreement or to any outcome, and "+verb(c.t.manyOf(one.Player), "is", "are")+" left out of the table"), nil)...)
		}
		items = append(items, item)
	}
	if len(m.Mediators) > 1 {
		numbers := []toldNumber{
			{"rivalry.all", "probability of an agreement with all mediators", m.Rivalry.All},
			{"rivalry.best", "probability of an agreement with the best mediator alone", m.Rivalry.Best},
			{"rivalry.hosting.all", "probability of an agreement to which a mediator is a party, with all of them", m.Hosting.All},
			{"rivalry.hosting.best", "the same with the best of them alone", m.Hosting.Best},
		}
		items = append(items, c.tellAs("rivalry", "whether competition between mediators helps", stop(upperFirst(v.rivalry(m))), numbers))
	}
	return items
}

// notRecommended are the uses of force that a player has not taken up: what they
// would lead to by the model, and that no use of force is recommended.
func (c *composer) notRecommended() [][]Sentence {
	if c.m == nil || c.start < 0 || c.in.Case.Conflict.Graph != nil || len(c.in.Conflict.Outcomes) == 0 {
		return nil
	}
	from := c.m.States[c.start]
	var items [][]Sentence
	for k, o := range c.in.Conflict.Options {
		if !o.Force || from>>k&1 == 1 {
			continue
		}
		words := c.t.playerAgain(o.Player) + " " + present(base(o.Says), c.t.manyOf(o.Player))
		e := c.entry("option", o.ID, words)
		item := []Sentence{say("that "+words+" is described here and, as any use of force, is not recommended", e)}
		if to, ok := c.firstWith(k); ok {
			if evolution, err := c.foresight.Evolve(c.ctx, to); err == nil {
				at, p := c.leadsTo(evolution)
				r := c.result("force."+o.ID, "share that ends in "+c.outcomeOrNone(at)+" after this, as things most likely stand and without an agreement: "+words, p, Probability)
				item = append(item, say("as things most likely stand and without an agreement, the model leads from there to "+c.outcomeOrNone(at)+" ("+inRuns(p)+")", r))
			}
		}
		if s, ok := c.contestedLaw(o.ID); ok {
			item = append(item, s)
		}
		items = append(items, item)
	}
	return items
}

// firstWith is the state nearest to today in which an option is taken.
func (c *composer) firstWith(bit int) (int, bool) {
	best, least := -1, 1<<30
	from := c.m.States[c.start]
	for s, state := range c.m.States {
		if state>>bit&1 == 1 && !c.undoes(from, state) {
			if d := bits.OnesCount64(from ^ state); d < least {
				best, least = s, d
			}
		}
	}
	return best, best >= 0
}

// undoes reports whether going from one state to another would take back what
// cannot be taken back.
func (c *composer) undoes(from, to uint64) bool {
	bit := 0
	for _, p := range c.in.Case.Conflict.Players {
		for _, o := range p.Options {
			if changed := (from ^ to) >> bit & 1; changed == 1 && (from>>bit&1 == 1 && !o.Back() || to>>bit&1 == 1 && !o.Forward()) {
				return true
			}
			bit++
		}
	}
	return false
}

// contestedLaw says what is said of the law on an option, both ways.
func (c *composer) contestedLaw(option string) (Sentence, bool) {
	var permits, bars []string
	var refs []Ref
	for i := range c.in.Case.Authorities {
		a := &c.in.Case.Authorities[i]
		if a.Kind != "reading" && a.InForce != nil && !*a.InForce {
			continue // nobody says that it holds
		}
		if refers(a.Permits, option) {
			permits = append(permits, Quoted(c.names.inside(bare(a.Says))))
			refs = append(refs, c.authorityEntry(a))
		}
		if refers(a.Bars, option) {
			bars = append(bars, Quoted(c.names.inside(bare(a.Says))))
			refs = append(refs, c.authorityEntry(a))
		}
	}
	switch {
	case len(permits)+len(bars) == 0:
		return Sentence{}, false
	case len(bars) == 0:
		return say("what is said to permit it: "+list(permits), refs...), true
	case len(permits) == 0:
		return say("what is said to bar it: "+list(bars), refs...), true
	}
	return say("what is said to permit it: "+list(permits)+"; what is said to bar it: "+list(bars), refs...), true
}

// leverItems say what the declared levers would do for each outcome that takes
// no new use of force.
func (c *composer) leverItems() [][]Sentence {
	if !c.hasOutlook() {
		return nil
	}
	var items [][]Sentence
	for _, l := range c.in.Levers {
		if l.Outcome < 0 || len(l.Targets) == 0 {
			continue
		}
		id, what := c.in.Conflict.Outcomes[l.Outcome].ID, known(c.t.outcome(l.Outcome))
		now := c.outcomeRef(l.Outcome)
		var item []Sentence
		for n, p := range l.Declared {
			if math.IsNaN(p.P) || tidy(p.P) <= tidy(l.P)+0.005 {
				continue
			}
			var ways []string
			refs := []Ref{now}
			for at := range p.Changes {
				ways = append(ways, c.t.pulled(&p.Changes[at]))
				refs = append(refs, c.leverEntry(&c.in.Case.Conflict.Levers[p.Changes[at].Lever]))
			}
			key := fmt.Sprintf("lever.%s.%d", id, n+1)
			refs = append(refs, c.result(key, "share of "+c.t.outcome(l.Outcome)+" with this: "+strings.Join(ways, "; and "), p.P, Probability),
				c.result(key+".cost", "its cost, in the units of the case", p.Cost, Count))
			item = append(item, say(fmt.Sprintf("%s would become likelier, %s instead of %s, at a cost of %s in the units of the case: %s", what, share(p.P), share(l.P), decimal(p.Cost), strings.Join(ways, "; and ")), refs...))
			if len(item) == 3 {
				break
			}
		}
		if len(item) == 0 {
			item = append(item, say(what+": none of the declared levers makes that likelier", now, c.fact("lever."+id+".none", "declared levers were tried, alone and together")))
		}
		items = append(items, item)
	}
	return items
}
