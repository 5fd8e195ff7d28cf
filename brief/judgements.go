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

// hasOutlook reports whether there is an outlook with named outcomes.
func (c *composer) hasOutlook() bool {
	return c.in.Conflict != nil && c.in.Outlook != nil && len(c.in.Outlook.Outcomes) > 0
}

// title states the judgement: the likeliest outcome, or those within ten points
// of it.
func (c *composer) title() string {
	if !c.hasOutlook() {
		return c.in.Case.Title
	}
	order := c.ranked()
	share := func(i int) float64 { return tidy(c.in.Outlook.Outcomes[i].P) }
	p, name := share(order[0]), c.t.outcome(order[0])
	switch {
	case tidy(c.in.Outlook.NoSettlement) > p:
		return upperFirst(unsettled) + " is the likeliest course, at " + Percent(c.in.Outlook.NoSettlement)
	case p == 0:
		return "The model ends in none of the named outcomes"
	case p == 1:
		return upperFirst(name) + " is where the model leads in every world"
	case p > 0.99:
		return upperFirst(name) + " is where the model leads in nearly every world"
	case p > 0.55:
		return upperFirst(name) + " is " + Likelihood(p) + " (" + Percent(p) + ")"
	}
	var near []string
	for _, i := range order {
		if share(i) > 0 && tidy(p-share(i)) <= 0.1 {
			near = append(near, c.t.outcome(i)+" ("+Percent(share(i))+")")
		}
	}
	switch {
	case p > 0.5 || len(near) == 1:
		return upperFirst(name) + " is the likeliest single end, at " + Percent(p)
	case len(near) == 2:
		return upperFirst(list(near)) + " are the likeliest ends; neither is likely"
	case len(near) == 3:
		return upperFirst(list(near)) + " are the likeliest ends; none is likely"
	}
	return upperFirst(number(len(near))) + " ends are close to each other, and none is likely: the first is " + name + ", at " + Percent(p)
}

// unsettled is what is said for a crisis that ends nowhere.
const unsettled = "a crisis that keeps moving without settling"

// unnamed is what is said for an end to which the case gives no name.
const unnamed = "an end that no outcome names"

// endName is what can come of the crisis, by its place in Matter.Yes.
func (c *composer) endName(i int) string {
	switch i - len(c.in.Conflict.Outcomes) {
	case 0:
		return unnamed
	case 1:
		return unsettled
	}
	return c.t.outcome(i)
}

// talksMatter is the question whether talks can conclude, or nil.
func (c *composer) talksMatter() *engine.Matter {
	for _, m := range c.matters() {
		if m.ID == engine.Talks {
			return m
		}
	}
	return nil
}

// bottomLine is two or three sentences.
func (c *composer) bottomLine() {
	if !c.hasOutlook() {
		return
	}
	var out []Sentence
	talks := c.talksMatter()
	if talks != nil {
		out = append(out, c.twoWays(talks))
	} else {
		shares := make([]float64, 0, len(c.in.Outlook.Outcomes)+1)
		for _, o := range c.in.Outlook.Outcomes {
			shares = append(shares, o.P)
		}
		text, refs := c.ends(append(shares, c.in.Outlook.Unnamed, c.in.Outlook.NoSettlement), func(i int) Ref {
			switch i - len(shares) {
			case 0:
				return c.unnamedRef()
			case 1:
				return c.noSettlementRef()
			}
			return c.outcomeRef(i)
		})
		out = append(out, say("by the model, "+text, refs...))
	}
	for _, m := range c.matters() {
		if m.ID == engine.Talks {
			continue
		}
		out = append(out, c.swing("apart from that, what decides most is whether ", "what decides most is whether ", talks != nil, m))
		break
	}
	if talks != nil {
		out = append(out, say(fmt.Sprintf("the chance that talks conclude in time is put at %s, and that is an assumption of the case, not a finding", Percent(talks.Credence)),
			c.credenceRef(talks), c.matterEntry(talks)))
	}
	c.section("bottom_line", "Bottom line", Block{Kind: Paragraph, Sentences: out})
}

// twoWays says what comes of talks and what of their failure.
func (c *composer) twoWays(m *engine.Matter) Sentence {
	yes, refs := c.ends(m.Yes, func(i int) Ref { return c.givenRef(m, true, i) })
	no, more := c.ends(m.No, func(i int) Ref { return c.givenRef(m, false, i) })
	return say("by the model, if talks conclude in time, "+yes+"; if they do not, "+no, append(refs, more...)...)
}

// covered is how much of the model the outcomes told one by one make up at
// least, unless there are more than maxEnds of them.
const (
	covered = 0.9
	maxEnds = 3
)

// ends tells the likeliest outcomes of a distribution, and names the rest where
// they are a tenth of it or more. The last share is that of no settlement.
func (c *composer) ends(p []float64, ref func(i int) Ref) (string, []Ref) {
	order := make([]int, 0, len(p))
	for i := range p {
		if tidy(p[i]) > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(tidy(p[b]), tidy(p[a])) })
	var told, rest []string
	var refs []Ref
	sum := 0.0
	for n, i := range order {
		what := c.endName(i)
		switch {
		case tidy(sum) >= covered:
			continue
		case n < maxEnds:
			told = append(told, chance(what, p[i]))
			sum += p[i]
		default:
			rest = append(rest, what)
		}
		refs = append(refs, ref(i))
	}
	if len(told) == 0 {
		return "nothing settles", refs
	}
	s := list(told)
	if len(rest) > 0 {
		s += ", otherwise " + joined(rest, "or")
	}
	return s, refs
}

// swing says what an open question would change for the outcome that it moves
// most.
func (c *composer) swing(second, first string, isSecond bool, m *engine.Matter) Sentence {
	lead := first
	if isSecond {
		lead = second
	}
	best := c.moved(m)
	return say(fmt.Sprintf("%s%s: if so, the share of %s is %s, and if not, %s", lead, c.t.matter(m.ID, m.Says),
		c.t.outcome(best), share(m.Yes[best]), share(m.No[best])),
		c.givenRef(m, true, best), c.givenRef(m, false, best), c.bitsRef(m), c.matterEntry(m))
}

// moved is the outcome whose share differs most between the answers.
func (c *composer) moved(m *engine.Matter) int {
	best := 0
	for i := range c.in.Conflict.Outcomes {
		if tidy(math.Abs(m.Yes[i]-m.No[i])) > tidy(math.Abs(m.Yes[best]-m.No[best])) {
			best = i
		}
	}
	return best
}

// alsoMoved are the other outcomes that the answer to a question moves by ten
// points or more and that a reader must know of: the one that it moves most, and
// every one that takes force not used today.
func (c *composer) alsoMoved(m *engine.Matter, except int) []int {
	by := func(i int) float64 { return tidy(math.Abs(m.Yes[i] - m.No[i])) }
	most := -1
	for i := range c.in.Conflict.Outcomes {
		if i != except && by(i) >= 0.1 && (most < 0 || by(i) > by(most)) {
			most = i
		}
	}
	var out []int
	for i := range c.in.Conflict.Outcomes {
		if i == most || i != except && by(i) >= 0.1 && c.newForce(i) {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(by(b), by(a)) })
	return out
}

// newForce reports whether the outcome, in its most frequent form, has a player
// use force that it does not use today.
func (c *composer) newForce(outcome int) bool {
	state, _, ok := c.topState(outcome)
	if !ok || c.in.Case.Conflict.Graph != nil {
		return false
	}
	for k, o := range c.in.Conflict.Options {
		if o.Force && (state&^c.in.Conflict.StatusQuo)>>k&1 == 1 {
			return true
		}
	}
	return false
}

func (c *composer) keyJudgements() {
	if !c.hasOutlook() {
		return
	}
	var items [][]Sentence
	for _, i := range c.ranked() {
		p := c.in.Outlook.Outcomes[i].P
		if tidy(p) < 0.01 {
			continue
		}
		item := []Sentence{say(chance(c.t.outcome(i), p), c.outcomeRef(i))}
		if m := c.mover(i); m != nil {
			text := fmt.Sprintf("it turns most on whether %s: %s if so and %s if not", c.t.matter(m.ID, m.Says), share(m.Yes[i]), share(m.No[i]))
			refs := []Ref{c.givenRef(m, true, i), c.givenRef(m, false, i)}
			var also []string
			for _, o := range c.alsoMoved(m, i) {
				also = append(also, fmt.Sprintf("%s from %s (if not) to %s (if so)", c.t.outcome(o), share(m.No[o]), share(m.Yes[o])))
				refs = append(refs, c.givenRef(m, true, o), c.givenRef(m, false, o))
			}
			if len(also) > 0 {
				text += "; the same answer moves " + list(also)
			}
			item = append(item, say(text, refs...))
		}
		if s, ok := c.ranged(i); ok {
			item = append(item, s)
		}
		items = append(items, item)
	}
	if p := c.in.Outlook.Unnamed; tidy(p) > 0 {
		items = append(items, []Sentence{say(chance(unnamed, p), c.unnamedRef())})
	}
	if p := c.in.Outlook.NoSettlement; tidy(p) > 0 {
		items = append(items, []Sentence{say(chance(unsettled, p), c.noSettlementRef())})
	}
	beside := c.beside()
	level, why := c.confidence()
	if c.held() {
		level, why = c.heldConfidence()
	}
	basis := []Sentence{
		say("confidence in these judgements is "+level+": "+why.Text, why.Refs...),
		say("each number is the model’s share, undated: how often the model ends there over the worlds that the open questions leave, and no forecast by itself",
			c.worldsRef()),
		c.adopted(),
	}
	c.section("judgements", "Key judgements", Block{Kind: List, Items: items},
		Block{Kind: List, Title: "What analysts and other cases say", Items: beside},
		Block{Kind: Paragraph, Title: "Confidence and basis", Sentences: basis})
}

func (c *composer) unnamedRef() Ref {
	return c.result("unnamed", "share that ends where no outcome has a name", c.in.Outlook.Unnamed, Probability)
}

func (c *composer) noSettlementRef() Ref {
	return c.result("no_settlement", "share that never settles", c.in.Outlook.NoSettlement, Probability)
}

func (c *composer) worldsRef() Ref {
	return c.result("worlds", "worlds weighed", float64(c.in.Outlook.Worlds), Count)
}

// mover is the open question on which an outcome turns most.
func (c *composer) mover(i int) *engine.Matter {
	var best *engine.Matter
	for _, m := range c.matters() {
		if best == nil || tidy(math.Abs(m.Yes[i]-m.No[i])) > tidy(math.Abs(best.Yes[i]-best.No[i])) {
			best = m
		}
	}
	if best != nil && tidy(math.Abs(best.Yes[i]-best.No[i])) < 0.05 {
		return nil
	}
	return best
}

// tally is what the model rests on.
type tally struct {
	statements, assumed       int // preference statements, and those without a claim
	claims, weak              int // claims that inputs cite; anonymous or unattributed ones
	anonymous, unattributed   int // of them
	publishers                int
	propositions, withoutWord int // propositions that enter the model, and those without any claim
}

func (c *composer) tally() tally {
	var t tally
	cited := map[string]bool{}
	publishers := map[string]bool{}
	cite := func(ids []demarche.Ref) {
		for _, id := range ids {
			cited[id.Name] = true
		}
	}
	if k := c.in.Case.Conflict; k != nil {
		for _, p := range k.Players {
			for _, s := range p.Prefers {
				t.statements++
				if len(s.Because) == 0 {
					t.assumed++
				}
				cite(s.Because)
			}
		}
	}
	for _, p := range c.in.Case.Propositions {
		t.propositions++
		some := false
		for _, cl := range c.claimsOn(p.ID) {
			some = true
			cited[cl.ID] = true
		}
		if !some {
			t.withoutWord++
		}
	}
	for i := range c.in.Case.Claims {
		cl := &c.in.Case.Claims[i]
		if !cited[cl.ID] {
			continue
		}
		t.claims++
		switch cl.Record {
		case "anonymous", "background":
			t.anonymous++
			t.weak++
		case "unattributed", "":
			t.unattributed++
			t.weak++
		}
		if r := c.report(cl.Report); r != nil {
			publishers[r.Publisher] = true
		}
	}
	t.publishers = len(publishers)
	return t
}

// confidence follows from sources and assumptions: it is never high where the
// inputs are mostly anonymous or cite nothing, and a deception check has not
// been made.
func (c *composer) confidence() (level string, why Sentence) {
	t := c.tally()
	var reasons []string
	of := func(part, whole int) float64 {
		if whole == 0 {
			return 0
		}
		return float64(part) / float64(whole)
	}
	uncited, weak := of(t.assumed, t.statements), of(t.weak, t.claims)
	level = "high"
	if uncited > 0.25 || weak > 0.25 || t.publishers < 2 || t.withoutWord > 0 {
		level = "moderate"
	}
	if uncited > 0.5 || weak > 0.5 || t.claims == 0 {
		level = "low"
	}
	var refs []Ref
	n := func(name, says string, v int) { refs = append(refs, c.result("count."+name, says, float64(v), Count)) }
	if t.assumed > 0 {
		reasons = append(reasons, fmt.Sprintf("%s of the %s that say what the players want cite no report", number(t.assumed), count(t.statements, "statement")))
		n("statements", "preference statements in the model", t.statements)
		n("statements.assumed", "preference statements that cite no claim", t.assumed)
	}
	if t.claims == 0 {
		reasons = append(reasons, "no claim in the file supports the model")
		n("claims", "claims that the model’s inputs cite", t.claims)
	} else if t.weak > 0 {
		reasons = append(reasons, fmt.Sprintf("of the %s that do stand behind the model, %s anonymous or without a named witness", count(t.claims, "claim"), isAre(t.weak)))
		n("claims", "claims that the model’s inputs cite", t.claims)
		n("claims.weak", "of them anonymous or unattributed", t.weak)
	}
	if t.withoutWord > 0 {
		reasons = append(reasons, unspoken(t.withoutWord, t.propositions))
		n("propositions", "propositions in the model", t.propositions)
		n("propositions.unheard", "propositions without a claim", t.withoutWord)
	}
	if t.publishers == 1 {
		reasons = append(reasons, "all of it comes through one publisher")
		n("publishers", "publishers behind the claims", t.publishers)
	}
	reasons = append(reasons, "whether a source wants to deceive has not been checked")
	if len(refs) == 0 {
		n("statements", "preference statements in the model", t.statements)
	}
	return level, Sentence{Text: strings.Join(reasons, "; "), Refs: refs}
}

// unspoken says on how many open questions there is no word from any source.
func unspoken(n, of int) string {
	switch {
	case of == 1:
		return "on the one open question no source says anything"
	case n == of:
		return "on none of the " + number(of) + " open questions does any source say anything"
	}
	return "on " + number(n) + " of the " + number(of) + " open questions no source says anything"
}

func isAre(n int) string {
	switch n {
	case 0:
		return "none is"
	case 1:
		return "one is"
	}
	return number(n) + " are"
}
