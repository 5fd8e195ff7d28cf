package brief

import (
	"fmt"
)

// sources sums up how good the sources are, and how the brief was made. The
// numbered quotations follow it in every form of the brief.
func (c *composer) sources() {
	var first []Sentence
	t := c.heard()
	proposed := 0
	if c.held() {
		proposed = c.in.Case.Held.Waiting
	}
	if t.claims == 0 {
		refs := []Ref{c.entry("case", "case", c.in.Case.Title)}
		if proposed > 0 {
			refs = append(refs, c.waitingRef(proposed))
		}
		first = append(first, say(unheard(c.held(), proposed), refs...))
	} else {
		n := func(name, says string, v int) Ref {
			return c.result("sources."+name, says, float64(v), Count)
		}
		all := n("claims", "claims in the case", t.claims)
		first = append(first,
			say(fmt.Sprintf("the case holds %s from %s by %s", count(t.claims, "claim"), count(t.reports, "report"), count(t.publishers, "publisher")),
				all, n("reports", "reports that claims cite", t.reports), n("publishers", "publishers of these reports", t.publishers)),
			say(fmt.Sprintf("by the terms on which they were said, %s anonymous, %s reported without a named witness, %s the reports’ own words, %s on the record and %s from documents",
				isAre(t.anonymous), isAre(t.unattributed), isAre(t.own), isAre(t.onRecord), isAre(t.document)),
				n("anonymous", "anonymous claims", t.anonymous), n("unattributed", "claims without a named witness", t.unattributed),
				n("own", "claims of the reports themselves", t.own), n("on_record", "claims on the record", t.onRecord), n("document", "claims from documents", t.document)),
			say(fmt.Sprintf("%s hedged, and the hedges stand here as they were written", isAre(t.hedged)), n("hedged", "hedged claims", t.hedged)))
		if t.single > 0 && !c.held() {
			first = append(first, say(resting(t.single, t.heard),
				n("single", "propositions that rest on one claim", t.single), n("heard", "propositions that claims speak to", t.heard)))
		}
		if c.held() {
			first = append(first, c.heldSummary()...)
		} else {
			first = append(first, say("reports that copy one another have not been told apart, and no source has been graded: two claims here may have one origin", all))
		}
	}
	if t.claims > 0 && proposed > 0 {
		first = append(first, say(waiting(proposed), c.waitingRef(proposed)))
	}
	method := []Sentence{
		say("quotations, numbers, names and spans of this brief have been checked by machine against the reports, the case and the model, and their meaning has not", c.entry("case", "case", c.in.Case.Title)),
		say("percentages are rounded to five points, so they need not add up, and the words are chosen from the exact numbers", c.entry("case", "case", c.in.Case.Title)),
		say("publishing this may change what the parties do", c.entry("case", "case", c.in.Case.Title)),
	}
	if c.in.Outlook != nil {
		how := "all of them were weighed"
		if !c.in.Outlook.Exact {
			how = "they were drawn at random from more, with the seed " + fmt.Sprint(c.in.Outlook.Seed)
		}
		refs := []Ref{c.worldsRef()}
		if !c.in.Outlook.Exact {
			refs = append(refs, c.result("seed", "seed of the draw", float64(c.in.Outlook.Seed), Count))
		}
		run := fmt.Sprintf("the model was run in %s, one for each way in which the open questions could turn out; %s", worldCount(c.in.Outlook.Worlds), how)
		if c.in.Outlook.Exact && c.in.Outlook.Worlds == 1 {
			run = "the model was run in one world, because nothing in it is left open"
		}
		method = append([]Sentence{say(run, refs...)}, method...)
	}
	blocks := []Block{{Kind: Paragraph, Title: "Source summary", Sentences: first}}
	if c.held() {
		blocks = append(blocks, c.sourceTable())
	}
	c.section("sources", "Sources and method", append(blocks, Block{Kind: Paragraph, Title: "Method", Sentences: method})...)
}

func worldCount(n int) string {
	if n == 1 {
		return "one world"
	}
	return grouped(n) + " worlds"
}

type hearing struct {
	claims, reports, publishers                      int
	anonymous, unattributed, own, onRecord, document int
	hedged, single, heard                            int
}

func (c *composer) heard() hearing {
	var t hearing
	reports, publishers := map[string]bool{}, map[string]bool{}
	for i := range c.in.Case.Claims {
		cl := &c.in.Case.Claims[i]
		t.claims++
		if cl.Report != "" {
			reports[cl.Report] = true
		}
		if r := c.report(cl.Report); r != nil {
			publishers[r.Publisher] = true
		}
		switch {
		case cl.Record == "anonymous" || cl.Record == "background":
			t.anonymous++
		case cl.Record == "document":
			t.document++
		case reportItself(cl.Source):
			t.own++
		case cl.Record == "on_record":
			t.onRecord++
		default:
			t.unattributed++
		}
		if len(cl.Hedges) > 0 {
			t.hedged++
		}
	}
	for _, p := range c.in.Case.Propositions {
		switch len(c.claimsOn(p.ID)) {
		case 0:
		case 1:
			t.single++
			t.heard++
		default:
			t.heard++
		}
	}
	t.reports, t.publishers = len(reports), len(publishers)
	return t
}

// resting says how many of the matters that claims speak to rest on one claim.
func resting(single, heard int) string {
	switch {
	case heard == 1:
		return "the one matter that claims speak to rests on a single claim"
	case single == heard:
		return "each of the " + number(heard) + " matters that claims speak to rests on a single claim"
	case single == 1:
		return "of the " + number(heard) + " matters that claims speak to, one rests on a single claim"
	}
	return "of the " + number(heard) + " matters that claims speak to, " + number(single) + " rest on a single claim"
}

// unheard tells that no claim counts in the brief, and how many were proposed
// that might. What was accepted and bears on nothing is not told here.
func unheard(held bool, proposed int) string {
	const so = ", so nothing in this brief rests on a report"
	switch {
	case !held:
		return "the case holds no claims" + so
	case proposed == 0:
		return "no claim that bears on the case has been accepted" + so
	case proposed == 1:
		return "no claim that bears on the case has been accepted" + so + "; one has been proposed from the reports and waits for a decision"
	}
	return "no claim that bears on the case has been accepted" + so + "; " + number(proposed) + " have been proposed from the reports and wait for a decision"
}

func (c *composer) waitingRef(n int) Ref {
	return c.result("sources.waiting", "proposed claims that speak to a proposition and that nobody has decided on", float64(n), Count)
}

// waiting tells that claims were proposed on which nobody has decided.
func waiting(n int) string {
	if n == 1 {
		return "one further claim that bears on the case has been proposed from the reports and waits for a decision; it counts for nothing here"
	}
	return count(n, "further claim") + " that bear on the case have been proposed from the reports and wait for a decision; they count for nothing here"
}
