package brief

import (
	"slices"
	"strings"

	"github.com/demarche/demarche"
)

// authorities tells what the law is said to permit or bar, and by whom. It
// never says that anything is permitted.
func (c *composer) authorities() {
	var facts, readings [][]Sentence
	for i := range c.in.Case.Authorities {
		a := &c.in.Case.Authorities[i]
		if a.Kind == "reading" || len(a.ClaimedBy)+len(a.DisputedBy) > 0 {
			readings = append(readings, c.reading(a))
		} else {
			facts = append(facts, c.recorded(a))
		}
	}
	if len(facts)+len(readings) == 0 {
		return
	}
	note := Block{Kind: Paragraph, Sentences: []Sentence{
		say("this lists who says what about the law; it does not say what the law permits, and it is not legal advice",
			c.entry("case", "case", c.in.Case.Title))}}
	c.section("authorities", "Authorities",
		Block{Kind: List, Title: "What the texts and records say", Items: facts},
		Block{Kind: List, Title: "Readings, and who holds them", Items: readings}, note)
}

func (c *composer) authorityEntry(a *demarche.Authority) Ref {
	says := bare(a.Says)
	if w := a.Trigger.Words(); w != "" {
		says += "; " + w
	}
	return c.entry("authority", a.ID, says)
}

// recorded tells an authority that a text or a record states.
func (c *composer) recorded(a *demarche.Authority) []Sentence {
	e := c.authorityEntry(a)
	lead := ""
	switch {
	case a.InForce != nil && !*a.InForce:
		lead = "the case file does not take it that "
	case a.InForce == nil && !a.Trigger.IsZero() && a.Trigger.StartsAfter(c.day):
		lead = "not yet: "
	}
	s := lead + c.names.inside(a.Says)
	if w := a.Trigger.Words(); w != "" {
		s += ", since " + w
	}
	var out []Sentence
	told := c.tellAll(a.Because)
	same := func(t Sentence) bool { return strings.HasSuffix(t.Text, typographic(stop(c.names.inside(a.Says)))) }
	if !slices.ContainsFunc(told, same) { // else the text says it in the same words
		out = append(out, say(s, with(c.because(a.Because), e)...))
	}
	out = append(out, told...)
	would := "it is said to"
	if lead != "" {
		would = "if it were so, it could be said to"
	}
	return append(out, c.effects(a, would, e)...)
}

// reading tells a reading of the law with those who claim and dispute it.
func (c *composer) reading(a *demarche.Authority) []Sentence {
	e := c.authorityEntry(a)
	var out []Sentence
	s := "one reading is that " + c.names.inside(a.Says)
	switch {
	case len(a.ClaimedBy) > 0 && len(a.DisputedBy) > 0:
		s += "; it is claimed, and something is set against it"
	case len(a.ClaimedBy) > 0:
		s += "; it is claimed, and the file holds no claim against it"
	case len(a.DisputedBy) > 0:
		s += "; it is disputed"
	default:
		s += "; nobody in the file is on record as holding it"
	}
	out = append(out, say(s, e))
	if w := a.Trigger.Words(); w != "" {
		out = append(out, say("by this reading the trigger is "+w, e))
	}
	if len(a.ClaimedBy) > 0 {
		out = append(out, c.side("for it: ", a.ClaimedBy, e)...)
	}
	if len(a.DisputedBy) > 0 {
		out = append(out, c.side("against it: ", a.DisputedBy, e)...)
	}
	if len(a.Because) > 0 {
		if told := c.tellAll(a.Because); len(told) > 0 {
			out = append(out, told...)
		} else {
			out = append(out, say("it starts from what is told above", with(c.because(a.Because), e)...))
		}
	}
	return append(out, c.effects(a, "those who hold it can say that it would", e)...)
}

func (c *composer) side(lead string, ids []demarche.Ref, e Ref) []Sentence {
	var out []Sentence
	for _, id := range ids {
		if cl := c.in.Case.Claim(id.Name); cl != nil {
			c.told[cl.ID] = true
			out = append(out, say(lead+c.names.claim(cl), c.quote(cl), e))
			lead = "also: "
		}
	}
	return out
}

// tellAll tells the claims that were not told before.
func (c *composer) tellAll(ids []demarche.Ref) []Sentence {
	var out []Sentence
	for _, id := range ids {
		if cl := c.in.Case.Claim(id.Name); cl != nil && !c.told[cl.ID] {
			out = append(out, c.tell(cl))
		}
	}
	return out
}

// effects say which steps an authority is said to permit or bar.
func (c *composer) effects(a *demarche.Authority, lead string, e Ref) []Sentence {
	steps := func(ids []demarche.Ref) string {
		byPlayer := map[string][]string{}
		var order []string
		for _, id := range ids {
			p, says := c.option(id.Name)
			if says == "" {
				continue
			}
			if byPlayer[p] == nil {
				order = append(order, p)
			}
			byPlayer[p] = append(byPlayer[p], "to "+base(says))
		}
		var parts []string
		for _, p := range order {
			parts = append(parts, "steps of "+c.names.again(p)+": "+joined(byPlayer[p], "or"))
		}
		return list(parts)
	}
	var out []Sentence
	if s := steps(a.Permits); s != "" {
		out = append(out, say(lead+" permit "+s, e))
	}
	if s := steps(a.Bars); s != "" {
		out = append(out, say(lead+" bar "+s, e))
	}
	return out
}
