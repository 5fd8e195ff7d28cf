package brief

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/demarche/demarche"
)

// arithmetic shows how each credence came about: the prior, what each origin adds
// or takes away, the sum, and an analyst's own number beside it.
func (c *composer) arithmetic() {
	if !c.held() {
		return
	}
	var items [][]Sentence
	for _, p := range c.propositions() {
		if p.Weighed != nil {
			items = append(items, c.sum(p, *p.Weighed))
		}
	}
	if len(items) == 0 {
		return
	}
	lead := []Sentence{
		say("each item begins with the credence before any claim, as log-odds; every independent origin that affirms the matter adds its weight, and every one that denies it takes its weight away", c.entry("case", "case", c.in.Case.Title)),
		say("a weight is the reliability of the source, in log-odds, times a factor each for the credibility of the claim, the terms on which it was said, and how the source came to know; a last factor tells how far the claim speaks to the matter, where that is not in full", c.entry("case", "case", c.in.Case.Title)),
		say(demarche.Convention, c.entry("case", "case", c.in.Case.Title)),
	}
	if n := len(c.in.Case.Weights); n > 0 {
		var rows []string
		for _, row := range c.in.Case.Weights {
			rows = append(rows, fmt.Sprintf("%s of %s for %s (%s)", row.Table, cmp.Or(strings.ReplaceAll(row.Grade, "_", " "), "what is not stated"), decimal(*row.Value), bare(row.Reason)))
		}
		words := strings.Join(rows, "; ")
		lead = append(lead, say("the case sets "+count(n, "row")+" of the table itself: "+words, c.entry("ledger weights", "weights", words)))
	}
	c.section("credences", "How the credences came about", Block{Kind: Paragraph, Sentences: lead}, Block{Kind: List, Items: items})
}

// sum is the arithmetic of one credence, a sentence a line.
func (c *composer) sum(p *demarche.Proposition, w demarche.Credence) []Sentence {
	says := c.names.inside(p.Says)
	key := "sum." + p.ID
	line := func(name, says string, value float64, unit Unit) Ref {
		return c.result(key+"."+name, says, value, unit)
	}
	var out []Sentence
	prior := fmt.Sprintf("%.2f", w.Prior)
	alleged, by := c.allegation(p)
	refs := append(by, c.propositionEntry(p))
	if w.Prior == 0 || w.Prior == 1 {
		sure := map[float64]string{0: "excluded", 1: "certain"}[w.Prior]
		return append(out, say(alleged+"whether "+says+": it is taken as "+sure+" beforehand, and no claim moves that", append(refs, line("prior", "prior "+prior, w.Prior, Probability))...))
	}
	odds := demarche.LogOdds(w.Prior)
	start := alleged + "whether " + says + ": before any claim " + prior + ", which is " + signedNumber(odds) + " in log-odds"
	out = append(out, say(start, append(refs, line("prior", "log-odds of the prior, "+prior+": "+signedNumber(odds), odds, LogOdds))...))
	for _, denies := range []bool{false, true} {
		var side []demarche.Origin
		for _, o := range w.Origins {
			if o.Denies == denies {
				side = append(side, o)
			}
		}
		slices.SortStableFunc(side, func(a, b demarche.Origin) int { return cmp.Compare(b.Weight, a.Weight) })
		verb, sign := "affirms", 1.0
		if denies {
			verb, sign = "denies", -1.0
		}
		rest, left := 0.0, 0
		for n, o := range side {
			var cl *demarche.Claim
			if n < maxSteps {
				cl = c.in.Case.Claim(o.Counted)
			}
			if cl == nil {
				rest += o.Weight
				left++
				continue
			}
			step := o.Step + " = " + signedNumber(sign*o.Weight)
			if o.Weight == 0 {
				step = o.Step + " = 0.00, no basis to judge"
			}
			r := line(fmt.Sprintf("%s.%d", verb, n+1), cl.ID+" "+verb+": "+step, sign*o.Weight, LogOdds)
			out = append(out, say(c.who(cl)+" "+c.pluralVerb(cl, verb)+" it: "+step, c.quote(cl), r))
		}
		if left > 0 {
			step := signedNumber(sign * rest)
			verbs := verb
			if left > 1 {
				verbs = map[string]string{"affirms": "affirm", "denies": "deny"}[verb]
			}
			r := line(verb+".rest", count(left, "further origin")+": "+step, sign*rest, LogOdds)
			out = append(out, say(count(left, "further origin")+" "+verbs+" it: together "+step, r, c.result(key+"."+verb+".left", "further origins", float64(left), Count)))
		}
	}
	total := odds
	for _, o := range w.Origins { // the credence itself may be too near to 0 or 1 to tell
		if o.Denies {
			total -= o.Weight
		} else {
			total += o.Weight
		}
	}
	credence := hundredths(w.Computed)
	out = append(out, say("together "+signedNumber(total)+", which is a credence of "+credence,
		line("total", "sum "+signedNumber(total)+": credence "+credence, w.Computed, Probability)))
	if o := w.Override; o != nil {
		out = append(out, say(fmt.Sprintf("%s sets it to %.2f, and that number counts: %s", o.By, o.P, c.names.inside(bare(o.Reason))), c.overrideEntry(p, o),
			line("set", fmt.Sprintf("credence set by hand: %.2f", o.P), o.P, Probability)))
	}
	return out
}

// hundredths is a credence to two places that is never shown as 0 or 1.
func hundredths(p float64) string {
	switch {
	case p < 0.005:
		return "under 0.01"
	case p > 0.995:
		return "over 0.99"
	}
	return fmt.Sprintf("%.2f", p)
}

// signedNumber is a number of log-odds with its sign: +0.14, −0.41.
func signedNumber(x float64) string {
	s := fmt.Sprintf("%+.2f", x)
	switch {
	case s == "-0.00":
		return "0.00"
	case s == "+0.00":
		return "0.00"
	}
	return strings.Replace(s, "-", "−", 1)
}

// who is the speaker of a claim in few words.
func (c *composer) who(cl *demarche.Claim) string {
	if a := c.in.Case.Actor(cl.Source); a != nil {
		if a.Kind == "person" {
			return c.names.again(a.ID)
		}
		return withArticle(a.Name, a.Kind)
	}
	if reportItself(cl.Source) {
		if outlet := c.outlet(cl); outlet != "" {
			return "a report of " + outlet
		}
		return "a report"
	}
	if cl.Record == "document" {
		return document(cl.Source)
	}
	if first, _ := firstWord(cl.Source); determiners[strings.ToLower(first)] {
		// As it stands it may have begun a sentence of the report.
		return strings.ToLower(first) + cl.Source[len(first):]
	}
	if isProper(cl.Source) || isPlural(cl.Source, "") {
		return cl.Source
	}
	return "the " + cl.Source
}
