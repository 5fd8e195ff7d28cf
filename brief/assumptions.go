package brief

import (
	"fmt"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// assumptions lists what the model takes for granted.
func (c *composer) assumptions() {
	var lost []Block
	if list := c.lostItems(); len(list) > 0 {
		lost = []Block{{Kind: List, Title: "Resting on claims that no longer count", Items: list}}
	}
	if c.t == nil {
		c.section("assumptions", "Key assumptions check", lost...)
		return
	}
	items := c.credences()
	items = append(items, c.foresights()...)
	items = append(items, c.assumedRules()...)
	items = append(items, c.assumedWants()...)
	items = append(items, c.unsure()...)
	if len(items) == 0 {
		c.section("assumptions", "Key assumptions check", lost...)
		return
	}
	stands := c.standsUp()
	if c.in.Robust == nil {
		stands = []Sentence{say("whether the judgements would survive a change in one of these wants, rules or ways of looking ahead has not been tested here",
			c.entry("case", "case", c.in.Case.Title))}
	}
	c.section("assumptions", "Key assumptions check", append([]Block{{Kind: Paragraph, Sentences: stands}, {Kind: List, Items: items}}, lost...)...)
}

// credences tells the open questions whose answers the judgements rest on.
func (c *composer) credences() [][]Sentence {
	if !c.hasOutlook() {
		return nil
	}
	var items [][]Sentence
	for _, m := range c.matters() {
		held := "nobody in the file affirms or denies it, so the number is assumed"
		refs := []Ref{c.credenceRef(m), c.matterEntry(m)}
		if a := c.authority(m.ID); a != nil && len(a.ClaimedBy)+len(a.DisputedBy) > 0 {
			held = affirming(len(a.ClaimedBy)) + " it, " + disputing(len(a.DisputedBy)) + " it; the number is the modeller’s"
			refs = append(append(refs, c.because(a.ClaimedBy)...), c.because(a.DisputedBy)...)
		} else if claims := c.claimsOn(m.ID); len(claims) > 0 {
			yes, no := 0, 0
			refs = append(refs, c.bearing(m.ID)...)
			for _, cl := range claims {
				if refers(cl.Denies, m.ID) {
					no++
				} else {
					yes++
				}
			}
			held = affirming(yes) + " it, " + denying(no) + " it; the number is the modeller’s"
			if p := c.proposition(m.ID); c.held() && p != nil {
				held = c.heldNumber(p, m)
			}
		} else if m.ID == engine.Talks {
			held = "the number is assumed"
		}
		if p := c.proposition(m.ID); c.held() && p != nil && p.Weighed != nil {
			refs = append(refs, c.credenceRefs(p)...)
		}
		item := []Sentence{say("that "+c.t.matter(m.ID, m.Says)+" is given a credence of "+exactCredence(m.Credence)+"; "+held, refs...)}
		yes, no := c.first(m.Yes), c.first(m.No)
		if yes >= 0 && no >= 0 {
			s := "if that is wrong, the most frequent outcome"
			wrongRefs := []Ref{c.givenRef(m, true, yes), c.givenRef(m, false, no)}
			if yes == no {
				item = append(item, say(s+" stays "+c.t.outcome(yes)+" either way", wrongRefs...))
			} else {
				item = append(item, say(s+" changes: "+c.t.outcome(yes)+" if it is so, "+c.t.outcome(no)+" if it is not", wrongRefs...))
			}
		}
		items = append(items, item)
	}
	return items
}

// proposition is the proposition with an id, or nil.
func (c *composer) proposition(id string) *demarche.Proposition {
	for _, p := range c.propositions() {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// heldNumber says where a credence comes from: how much of it is a prior that
// rests on nobody's words, and what claims make of it.
func (c *composer) heldNumber(p *demarche.Proposition, m *engine.Matter) string {
	w := p.Standing()
	yes, no := bothSides(w.Origins)
	switch {
	case tidy(m.Credence) != tidy(w.P):
		return "that number is assumed for this brief; the ledger’s is " + exactCredence(w.P)
	case w.Override != nil:
		return "the number is that of " + w.Override.By + "; the claims would make it " + exactCredence(w.Computed)
	case len(w.Origins) == 0:
		return "no claim that the ledger counts bears on it, so the number is assumed"
	}
	var parts []string
	if yes > 0 {
		parts = append(parts, originsDo(yes, "affirms", "affirm")+" it")
	}
	if no > 0 {
		parts = append(parts, originsDo(no, "denies", "deny")+" it")
	}
	return "the credence before any claim, " + exactCredence(w.Prior) + ", is the modeller’s and rests on nobody’s words; from there claims moved it: " + list(parts)
}

// authority is the authority with an id, or nil.
func (c *composer) authority(id string) *demarche.Authority {
	for i := range c.in.Case.Authorities {
		if c.in.Case.Authorities[i].ID == id {
			return &c.in.Case.Authorities[i]
		}
	}
	return nil
}

func disputing(n int) string {
	switch n {
	case 0:
		return "none disputes"
	case 1:
		return "one disputes"
	}
	return number(n) + " dispute"
}

// exactCredence is a credence in words: it is never a likelihood word, as it
// goes into the model and does not come out of it.
func exactCredence(p float64) string {
	switch p = tidy(p); p {
	case 0:
		return "zero"
	case 1:
		return "certainty"
	}
	return Percent(p)
}

func (c *composer) foresights() [][]Sentence {
	byConcept := map[engine.Concept][]string{}
	for i, p := range c.in.Conflict.Players {
		byConcept[p.Foresight] = append(byConcept[p.Foresight], c.t.playerAgain(i))
	}
	var items [][]Sentence
	for _, concept := range engine.Concepts() {
		who := byConcept[concept]
		if len(who) == 0 {
			continue
		}
		lead := list(who) + " look ahead like this"
		if len(who) == 1 {
			lead = who[0] + " looks ahead like this"
		}
		if len(who) == len(c.in.Conflict.Players) && len(who) > 1 {
			lead = "every player looks ahead like this"
		}
		item := []Sentence{say(lead+": "+conceptWords[concept]+" (in the literature, "+concept.Title()+")", c.entry("foresight", concept.String(), concept.Title()))}
		if len(who) == len(c.in.Conflict.Players) {
			item = append(item, c.wrong("foresight", ofKind(engine.AssumeForesight))...)
		}
		items = append(items, item)
	}
	if len(items) > 1 {
		items[len(items)-1] = append(items[len(items)-1], c.wrong("foresight", ofKind(engine.AssumeForesight))...)
	}
	return items
}

func (c *composer) assumedRules() [][]Sentence {
	var parts []string
	var refs []Ref
	for i := range c.in.Case.Conflict.Rules {
		r := &c.in.Case.Conflict.Rules[i]
		if len(r.Because) > 0 {
			continue
		}
		words := c.t.rule(r)
		parts = append(parts, words)
		refs = append(refs, c.entry("rule", fmt.Sprint(i+1), words))
	}
	if len(parts) == 0 {
		return nil
	}
	return [][]Sentence{append([]Sentence{say("the rules of the model cite no source: "+strings.Join(parts, "; "), refs...)}, c.wrong("rules", ofKind(engine.AssumeRule))...)}
}

// assumedWants tells the wants that cite no claim.
func (c *composer) assumedWants() [][]Sentence {
	var items [][]Sentence
	type line struct {
		who     []string
		players []int
		wants   string
		many    bool
		refs    []Ref
	}
	var lines []*line
next:
	for i := range c.in.Case.Conflict.Players {
		p := &c.in.Case.Conflict.Players[i]
		var wants []string
		for j := range p.Prefers {
			if len(p.Prefers[j].Because) > 0 {
				continue
			}
			wants = append(wants, c.t.want(&p.Prefers[j]))
		}
		if len(wants) == 0 {
			continue
		}
		s := strings.Join(wants, "; ")
		ref := c.entry("wants", p.ID, s)
		for _, l := range lines {
			if l.wants == s {
				l.who, l.players, l.refs = append(l.who, c.t.playerAgain(i)), append(l.players, i), append(l.refs, ref)
				continue next
			}
		}
		lines = append(lines, &line{[]string{c.t.playerAgain(i)}, []int{i}, s, c.t.manyOf(i), []Ref{ref}})
	}
	for _, l := range lines {
		verb := " wants "
		if len(l.who) > 1 || l.many {
			verb = " want "
		}
		item := []Sentence{say("no report says that "+list(l.who)+verb+"what follows, and the model assumes it: "+l.wants, l.refs...)}
		item = append(item, c.wrong("wants."+c.in.Conflict.Players[l.players[0]].ID, c.uncited(l.players))...)
		items = append(items, item)
	}
	return items
}

// unsure tells what is not known about preferences.
func (c *composer) unsure() [][]Sentence {
	var items [][]Sentence
	for i := range c.in.Case.Conflict.Players {
		p := &c.in.Case.Conflict.Players[i]
		want := func(n int) string {
			if n < 1 || n > len(p.Prefers) {
				return "something"
			}
			return c.t.want(&p.Prefers[n-1])
		}
		for j := range p.Unsure {
			u := &p.Unsure[j]
			chance := 0.5
			if u.P != nil {
				chance = *u.P
			}
			id := fmt.Sprintf("%s %d", p.ID, j+1)
			r := c.result("unsure."+id, "credence of an open point in the preferences", chance, Probability)
			who := c.t.playerAgain(i)
			var s, says string
			switch {
			case len(u.Order) == 2:
				says = want(u.Order[0]) + " / " + want(u.Order[1])
				s = "it is not known what " + who + " " + c.t.verb(i, "put") + " first: " + want(u.Order[0]) + ", or " + want(u.Order[1]) + "; the second comes first with a credence of " + exactCredence(chance)
			case u.Drop != nil:
				says = want(*u.Drop)
				s = "it is not known whether this counts for " + who + ": " + says + "; that it does not has a credence of " + exactCredence(chance)
			case u.Weight != nil:
				says = want(*u.Weight)
				s = "it is not known how much this weighs for " + who + ": " + says
			default:
				continue
			}
			items = append(items, []Sentence{say(s, r, c.entry("unsure", id, says))})
		}
	}
	return items
}

// questions lists what to find out next, and apart from that the gaps.
func (c *composer) questions() {
	blocks := []Block{}
	if c.hasOutlook() && len(c.matters()) > 0 {
		bl := Block{Kind: Table, Title: "Open questions, most telling first",
			Head: []string{"Question", "Credence now", "Most frequent outcome if so", "If not", "Bits"}}
		outcome := func(p []float64) string {
			i := c.first(p)
			if i < 0 {
				return "No settlement"
			}
			return upperFirst(c.t.outcome(i)) + " (" + share(p[i]) + ")"
		}
		var words [][]Sentence
		for n, m := range c.matters() {
			yes, no := c.first(m.Yes), c.first(m.No)
			var refs []Ref
			if yes >= 0 {
				refs = append(refs, c.givenRef(m, true, yes))
			}
			var noRefs []Ref
			if no >= 0 {
				noRefs = append(noRefs, c.givenRef(m, false, no))
			}
			bl.Rows = append(bl.Rows, []Sentence{
				cell("whether "+c.t.matter(m.ID, m.Says), c.matterEntry(m)), cell(exactCredence(m.Credence), c.credenceRef(m)),
				cell(outcome(m.Yes), refs...), cell(outcome(m.No), noRefs...), cell(demarche.Fixed(m.Bits, 2), c.bitsRef(m)),
			})
			if n < 4 {
				words = append(words, []Sentence{c.consequence(m)})
			}
		}
		bl2 := Block{Kind: Paragraph, Sentences: []Sentence{say(
			"bits measure how much an answer would tell about the outcome: one bit is what it takes to decide between two evenly balanced outcomes", c.bitsRef(c.matters()[0]))}}
		bl2.Sentences = append(bl2.Sentences, c.together()...)
		blocks = append(blocks, bl, bl2, Block{Kind: List, Title: "What each answer would change", Items: words})
	}
	if c.hasOutlook() {
		if idle := c.idle(); len(idle) > 0 {
			blocks = append(blocks, Block{Kind: Paragraph, Title: "What would not change the outcome", Sentences: idle})
		}
	}
	blocks = append(blocks, Block{Kind: List, Title: "Gaps in collection", Items: c.gaps()})
	c.section("questions", "What to find out next", blocks...)
}

// consequence says what the answers to a question would change.
func (c *composer) consequence(m *engine.Matter) Sentence {
	var refs []Ref
	var parts []string
	for i := range c.in.Conflict.Outcomes {
		if d := m.Yes[i] - m.No[i]; tidy(d) >= 0.05 || tidy(d) <= -0.05 {
			refs = append(refs, c.givenRef(m, true, i), c.givenRef(m, false, i))
			parts = append(parts, c.t.outcome(i)+" "+share(m.Yes[i])+" if so and "+share(m.No[i])+" if not")
		}
	}
	if len(parts) == 0 {
		return say("whether "+c.t.matter(m.ID, m.Says)+": no share moves by more than five points", c.bitsRef(m), c.matterEntry(m))
	}
	return say("whether "+c.t.matter(m.ID, m.Says)+": "+strings.Join(parts, "; "), with(refs, c.matterEntry(m))...)
}

// idle names the questions whose answers leave the outcome as it is.
func (c *composer) idle() []Sentence {
	var names []string
	var refs []Ref
	for i := range c.in.Outlook.Matters {
		m := &c.in.Outlook.Matters[i]
		if m.Bits <= 1e-6 && m.Yes != nil && m.No != nil {
			names = append(names, "whether "+c.t.matter(m.ID, m.Says))
			refs = append(refs, c.bitsRef(m), c.matterEntry(m))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []Sentence{say("by the model these make no difference to the outcome, however much they are in the news: "+list(names), refs...)}
}

// gaps are what nobody has been heard on.
func (c *composer) gaps() [][]Sentence {
	var items [][]Sentence
	var unheard, anonymous []string
	var unheardRefs, anonymousRefs []Ref
	for i := range c.in.Case.Propositions {
		p := &c.in.Case.Propositions[i]
		claims := c.claimsOn(p.ID)
		says := "whether " + c.names.inside(p.Says)
		if len(claims) == 0 {
			unheard = append(unheard, says)
			unheardRefs = append(unheardRefs, c.propositionEntry(p))
			continue
		}
		open := false
		for _, cl := range claims {
			open = open || cl.Record == "on_record" || cl.Record == "document"
		}
		if !open || !c.held() {
			quotes := c.bearing(p.ID)
			if !open {
				anonymous = append(anonymous, says)
				anonymousRefs = append(append(anonymousRefs, c.propositionEntry(p)), quotes...)
			}
		}
	}
	if len(unheard) > 0 {
		items = append(items, []Sentence{say("no source in the file speaks to this: "+list(unheard), unheardRefs...)})
	}
	if len(anonymous) > 0 {
		items = append(items, []Sentence{say("nobody speaks to this on the record: "+list(anonymous), anonymousRefs...)})
	}
	var silent []string
	var refs []Ref
	if c.t != nil && len(c.in.Case.Claims) > 0 {
		for i, p := range c.in.Conflict.Players {
			if a := c.in.Case.Actor(p.ID); a == nil || c.speaks(a) {
				continue
			}
			silent = append(silent, c.t.playerAgain(i))
			refs = append(refs, c.entry("actor", p.ID, c.in.Case.PlayerName(&c.in.Case.Conflict.Players[i])))
		}
	}
	if len(silent) > 0 {
		items = append(items, []Sentence{say("the model gives wants to "+list(silent)+", but the file holds no words of theirs", refs...)})
	}
	return items
}

// speaks reports whether an actor, or someone of it, is the source of a claim.
func (c *composer) speaks(a *demarche.Actor) bool {
	for i := range c.in.Case.Claims {
		src := c.in.Case.Actor(c.in.Case.Claims[i].Source)
		for depth := 0; src != nil && depth < 8; depth++ {
			if src.ID == a.ID {
				return true
			}
			src = c.in.Case.Actor(src.Of.Name)
		}
	}
	return false
}
