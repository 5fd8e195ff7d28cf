package brief

import (
	"fmt"
	"strings"

	"github.com/demarche/demarche"
)

// input is an input of the model with the claims that it rests on.
type input struct {
	proposition bool // else a preference statement
	claims      []demarche.Testimony
}

// footing is what the inputs of a model rest on, by independent origins. An origin
// counts where it carries weight: not where its source or its claim cannot be
// judged (F, 6), and not where an analyst saw the signs of deception.
type footing struct {
	statements, bareStatements     int // preference statements, and those that rest on no origin
	propositions, barePropositions int
	several                        int // inputs that rest on two origins or more
	origins                        int // over all inputs
	unnamed                        int // of them, those that nobody answers for
	graded                         int // of them, those of a named source with a grade
	noBasis                        int // origins that carry no weight
	publishers                     int // behind the origins

	weight, unnamedWeight, gradedWeight float64
}

// footingOf weighs what inputs rest on. deceives tells of a source that shows the
// signs of deception, publisher who published the report of a claim.
func footingOf(inputs []input, weights demarche.Weights, deceives func(source string) bool, publisher func(*demarche.Testimony) string) footing {
	var f footing
	publishers := map[string]bool{}
	for _, in := range inputs {
		byID := map[string]*demarche.Testimony{}
		for i := range in.claims {
			byID[in.claims[i].Claim] = &in.claims[i]
		}
		here := 0
		for _, o := range demarche.Origins(in.claims, weights) {
			t := byID[o.Counted]
			if o.Weight == 0 || deceives(t.Source) {
				f.noBasis++
				continue
			}
			here++
			f.origins++
			f.weight += o.Weight
			switch {
			case nameless(t):
				f.unnamed++
				f.unnamedWeight += o.Weight
			case t.Reliability != "":
				f.graded++
				f.gradedWeight += o.Weight
			}
			if p := publisher(t); p != "" {
				publishers[p] = true
			}
		}
		if here > 1 {
			f.several++
		}
		bare := 0
		if here == 0 {
			bare = 1
		}
		if in.proposition {
			f.propositions++
			f.barePropositions += bare
		} else {
			f.statements++
			f.bareStatements += bare
		}
	}
	f.publishers = len(publishers)
	return f
}

// nameless reports whether nobody answers by name for a claim.
func nameless(t *demarche.Testimony) bool {
	return t.Unnamed || t.Record == "anonymous" || t.Record == "background" || t.Record == "unattributed"
}

// level is how much confidence the footing allows. It is high only where hardly
// any input is without an origin, little of the weight is of sources that are not
// named, most of it is of graded ones, half of the inputs rest on two origins or
// more, and there is more than one publisher; it is low where most inputs rest on
// nothing, or most of the weight is of sources that are not named.
func (f footing) level() string {
	inputs, bare := f.statements+f.propositions, f.bareStatements+f.barePropositions
	switch {
	case f.origins == 0 || 2*bare > inputs || 2*f.unnamedWeight > f.weight:
		return "low"
	case 4*f.bareStatements <= f.statements && f.barePropositions == 0 && 4*f.unnamedWeight <= f.weight &&
		2*f.gradedWeight > f.weight && 2*f.several >= inputs && f.publishers > 1:
		return "high"
	}
	return "moderate"
}

// footing gathers what the model's inputs rest on.
func (c *composer) footing() footing {
	h := c.in.Case.Held
	var inputs []input
	if k := c.in.Case.Conflict; k != nil {
		for i := range k.Players {
			for _, s := range k.Players[i].Prefers {
				in := input{}
				for _, r := range s.Because {
					if cl := c.in.Case.Claim(r.Name); cl != nil {
						in.claims = append(in.claims, c.testimony(cl))
					}
				}
				inputs = append(inputs, in)
			}
		}
	}
	for i := range c.in.Case.Propositions {
		inputs = append(inputs, input{true, h.Testimonies(c.in.Case.Propositions[i].ID, nil)})
	}
	return footingOf(inputs, c.in.Case.WeightsOr(), func(source string) bool {
		seen, _ := h.Deceives(source)
		return seen
	}, c.publisher)
}

// publisher is who published the report of a claim.
func (c *composer) publisher(t *demarche.Testimony) string {
	if t.Outlet != "" {
		return t.Outlet
	}
	if r := c.report(t.Report); r != nil {
		return r.Publisher
	}
	return ""
}

// testimony is a claim as it bears on a want. One that is in the case file alone
// has no grades.
func (c *composer) testimony(cl *demarche.Claim) demarche.Testimony {
	if cl.Held != nil {
		return c.in.Case.Held.Testimony(cl.Held)
	}
	return demarche.Testimony{Claim: cl.ID, Source: cl.Source, Report: cl.Report, Record: cl.Record,
		Unnamed: cl.Record == "anonymous" || cl.Record == "unattributed"}
}

// heldConfidence is the confidence that a ledger allows, with what speaks against
// more.
func (c *composer) heldConfidence() (level string, why Sentence) {
	f := c.footing()
	var reasons []string
	var refs []Ref
	n := func(name, says string, v int) { refs = append(refs, c.result("count."+name, says, float64(v), Count)) }
	if f.bareStatements > 0 {
		reasons = append(reasons, fmt.Sprintf("%s of the %s that say what the players want %s on no claim that carries weight", number(f.bareStatements), count(f.statements, "statement"), restRests(f.bareStatements)))
		n("statements", "preference statements in the model", f.statements)
		n("statements.bare", "preference statements that rest on no claim that carries weight", f.bareStatements)
	}
	if f.origins == 0 {
		reasons = append(reasons, "no claim that carries weight stands behind the model")
	} else {
		reasons = append(reasons, fmt.Sprintf("counted anew for each want and open question, %s behind the model, of which %s named and %s graded", originsStand(f.origins), notAre(f.unnamed), isAre(f.graded)))
	}
	n("origins", "origins behind the inputs of the model, once for each input", f.origins)
	if f.origins > 0 {
		n("origins.unnamed", "of them those that nobody answers for by name", f.unnamed)
		n("origins.graded", "of them those of a named source that is graded", f.graded)
		if inputs := f.statements + f.propositions; 2*f.several < inputs {
			reasons = append(reasons, fmt.Sprintf("of the %s wants and open questions, %s on two independent origins or more", number(inputs), verbRests(f.several)))
			n("inputs", "preference statements and propositions in the model", inputs)
			n("inputs.several", "of them those that rest on two independent origins or more", f.several)
		}
	}
	if f.noBasis > 0 {
		reasons = append(reasons, "nothing can be judged of "+count(f.noBasis, "further origin"))
		n("origins.nothing", "origins without weight", f.noBasis)
	}
	if f.barePropositions > 0 {
		reasons = append(reasons, unspoken(f.barePropositions, f.propositions))
		n("propositions", "propositions in the model", f.propositions)
		n("propositions.unheard", "propositions without a claim", f.barePropositions)
	}
	if f.publishers == 1 {
		reasons = append(reasons, "all of it comes through one publisher")
		n("publishers", "publishers behind the claims", f.publishers)
	}
	reasons = append(reasons, c.deception(n))
	return f.level(), Sentence{Text: strings.Join(reasons, "; "), Refs: refs}
}

// deception says for how many of the sources of claims it was asked whether they want
// to deceive.
func (c *composer) deception(n func(name, says string, v int)) string {
	h := c.in.Case.Held
	sources := map[string]bool{}
	for i := range c.in.Case.Claims {
		if cl := c.in.Case.Claims[i].Held; cl != nil && cl.Source != "" {
			sources[cl.Source] = true
		}
	}
	checked, seen := 0, 0
	for s := range sources {
		if bad, noted := h.Deceives(s); noted {
			checked++
			if bad {
				seen++
			}
		}
	}
	if checked == 0 {
		return "whether a source wants to deceive has not been checked"
	}
	n("sources.known", "sources of the claims", len(sources))
	n("sources.checked", "of them those of which it was asked whether they want to deceive", checked)
	s := "whether a source wants to deceive has been checked for " + number(checked) + " of " + number(len(sources))
	if seen > 0 {
		n("sources.deceiving", "of them those that show its signs", seen)
		s += ", and " + number(seen) + " " + verbNumber(seen, "shows", "show") + " its signs and " + verbNumber(seen, "is", "are") + " not counted"
	}
	return s
}

func verbNumber(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

func restRests(n int) string { return verbNumber(n, "rests", "rest") }

func originsStand(n int) string { return count(n, "origin") + " " + standStands(n) }

func notAre(n int) string {
	switch n {
	case 0:
		return "all are"
	case 1:
		return "one is not"
	}
	return number(n) + " are not"
}

func verbRests(n int) string {
	switch n {
	case 0:
		return "none rests"
	case 1:
		return "one rests"
	}
	return number(n) + " rest"
}
