package brief

import (
	"fmt"

	"github.com/demarche/demarche/engine"
)

// views tell what follows where players misread one another: who believes what,
// what each expects, and what would surprise whom.
func (c *composer) views() [][]Sentence {
	v := c.in.Views
	if v == nil || len(v.Players) == 0 || len(c.in.Conflict.Outcomes) == 0 {
		return nil
	}
	told := Views(c.in.Conflict, v)
	var numbers []toldNumber
	add := func(name, says string, e []engine.Estimate) {
		for n, x := range e {
			what := c.t.end(n)
			numbers = append(numbers, toldNumber{fmt.Sprintf("views.%s.%d", name, n+1), says + " " + what, x.P})
		}
	}
	add("actual", "without agreement, if all saw one another as they are, probability of", v.Actual)
	add("seen", "without agreement, if each moves by its own view, probability of", v.Seen)
	for n, p := range v.Perceptions {
		numbers = append(numbers, toldNumber{fmt.Sprintf("views.wrong.%d", n+1), "share of worlds in which the view of " + c.t.playerAgain(p.Holder) + " is wrong", p.Wrong.P})
	}
	for i, p := range v.Players {
		id, who := c.in.Conflict.Players[i].ID, c.t.playerAgain(i)
		add("expects."+id, "what "+who+" expects without agreement: probability of", p.Expects)
		add("talks."+id, "what "+who+" expects if talks conclude: probability of", p.ExpectsTalks)
		for n, e := range p.Ends {
			numbers = append(numbers, toldNumber{fmt.Sprintf("views.ends.%s.%d", id, n+1), "how often an end comes about that " + who + " does not expect", e.P})
		}
		for n, m := range p.Moves {
			numbers = append(numbers, toldNumber{fmt.Sprintf("views.moves.%s.%d", id, n+1), "how often a move is the first that " + who + " does not expect", m.P})
		}
	}
	label := "what the players believe of one another, and what would surprise whom; an end counts as unexpected below 5 %"
	var items [][]Sentence
	for _, group := range [][]string{told.Views, told.Courses, told.Surprises} {
		var item []Sentence
		for _, text := range group {
			item = append(item, c.tellAs("views", label, text, numbers)...)
		}
		if len(item) > 0 {
			items = append(items, item)
		}
	}
	return items
}

// together says what the two most telling questions say together.
func (c *composer) together() []Sentence {
	p := c.in.Outlook.Pair
	words := PairWords(c.in.Outlook)
	if p == nil || words == "" {
		return nil
	}
	a, b := &c.in.Outlook.Matters[p.First], &c.in.Outlook.Matters[p.Second]
	if b.Bits < 1e-6 {
		return nil // the other tells nothing
	}
	lead := "the two questions that tell most are whether " + c.t.matter(a.ID, a.Says) + " and whether " + c.t.matter(b.ID, b.Says)
	refs := []Ref{c.bitsRef(a), c.bitsRef(b)}
	out := []Sentence{say(lead, append(refs, c.matterEntry(a), c.matterEntry(b))...)}
	joint := c.result("bits.pair", "bits that both answers together tell about the outcome: "+SmallWords(p.Bits), p.Bits, Bits)
	extra := c.result("bits.interaction", "bits that they tell together beyond the two apart: "+SmallWords(p.Interaction), p.Interaction, Bits)
	for _, s := range split(words) {
		out = append(out, say(s.Text, joint, extra))
	}
	return out
}
