package brief

import (
	"fmt"
	"math"
	"slices"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// PositionWords describes a state by what would be different from today, by
// player: "Norvik would sell licences and no longer seize trawlers".
func PositionWords(k *engine.Conflict, state uint64) string { return shortTeller(k).position(state) }

// PartiesWords names several players: "Norvik and Sanda".
func PartiesWords(k *engine.Conflict, players []int) string {
	t := shortTeller(k)
	names := make([]string, len(players))
	for n, i := range players {
		names[n] = t.player(i)
	}
	return list(names)
}

// FindingsWords tells how open questions turn out, as what can follow "if": "it
// matters more to Norvik to save the stock than to keep out trawlers and it is
// wrong that the stock is low". What is wrong comes last, said once for all.
// Without findings it is "".
func FindingsWords(k *engine.Conflict, when []engine.Finding) string {
	t := shortTeller(k)
	open := k.Unsettled()
	var parts, wrong []string
	for _, f := range when {
		switch {
		case f.Atom < 0:
			parts = append(parts, t.unsettled(open[f.Unsettled], f.Holds))
		case f.Holds:
			parts = append(parts, t.inside(k.Atoms[f.Atom].Says))
		default:
			wrong = append(wrong, "that "+t.inside(k.Atoms[f.Atom].Says))
		}
	}
	switch denied := "it is wrong " + list(wrong); {
	case len(wrong) == 0:
		return list(parts)
	case len(parts) == 0:
		return denied
	case len(wrong) == 1:
		return list(append(parts, denied))
	default:
		return list(parts) + ", and " + denied
	}
}

// unsettled tells how something unsure about a player's wants turns out.
func (t *teller) unsettled(u engine.Unsettled, so bool) string {
	wants := t.k.Case.Conflict.Players[u.Player].Prefers
	who := t.playerAgain(u.Player)
	a := t.want(&wants[u.A])
	if u.Drop {
		if so {
			return "it does not matter to " + who + " " + a
		}
		return "it matters to " + who + " " + a
	}
	b := t.want(&wants[u.B])
	if so {
		a, b = b, a
	}
	return "it matters more to " + who + " " + a + " than " + b
}

// OutcomesWords lists outcomes with their shares, those of some weight, in the
// order of the case; an end that no outcome names and no settlement come last.
func OutcomesWords(k *engine.Conflict, p []float64) string {
	t := shortTeller(k)
	var parts []string
	for n := range p {
		if p[n] >= 0.025 {
			parts = append(parts, t.end(n)+" "+share(p[n]))
		}
	}
	return list(parts)
}

// PairWords says what the two questions that tell most say together, in a
// sentence or two; "" where fewer than two are open.
func PairWords(o *engine.Outlook) string {
	p := o.Pair
	if p == nil {
		return ""
	}
	var s string
	switch x := p.Interaction; {
	case math.Abs(x) < 5e-4 || math.Abs(x) <= 2*p.InteractionSE:
		s = "Both answers together tell " + bitsWords(p.Bits, p.BitsSE) + ": as much as the two apart"
		if p.InteractionSE > 0 {
			s += ", as far as the draws can tell"
		}
	case x > 0:
		s = "Both answers together tell " + bitsWords(p.Bits, p.BitsSE) + ": " + bitsWords(x, p.InteractionSE) + " more than the two apart, because what one of them means depends on the other"
	default:
		s = "Both answers together tell " + bitsWords(p.Bits, p.BitsSE) + ": " + bitsWords(-x, p.InteractionSE) + " less than the two apart, because they partly tell the same"
	}
	s += "."
	if p.Linked {
		s += " The case links the two questions, so that the answer to one is partly an answer to the other."
	}
	return s
}

// bitsWords is an amount of information: "0.34 bits", with its standard error
// where there is one.
func bitsWords(bits, se float64) string {
	s := SmallWords(bits) + " bits"
	if se > 0 {
		s += " (standard error " + SmallWords(se) + ")"
	}
	return s
}

// SmallWords is an amount of information to two places: "0.34", "under 0.01".
func SmallWords(x float64) string {
	if math.Abs(x) < 0.005 {
		return "under 0.01"
	}
	return fmt.Sprintf("%.2f", x)
}

// maxSurprises bounds how many surprises are told of one player.
const maxSurprises = 3

// ViewsTold is what follows where players misread one another, in sentences.
type ViewsTold struct {
	Views     []string // who has a view of whom, and how these numbers are meant
	Courses   []string // what would happen, and what each expects
	Surprises []string
}

// Views tells what follows where players misread one another.
func Views(k *engine.Conflict, v *engine.Views) ViewsTold {
	t := shortTeller(k)
	var out ViewsTold
	for _, p := range v.Perceptions {
		s := t.player(p.Holder) + " " + t.verb(p.Holder, "have") + " a view of its own on what " + t.player(p.About) + " " + t.verb(p.About, "want")
		if p.P < 1 {
			s += " (assumed to be held with a credence of " + exactCredence(p.P) + ")"
		}
		switch w := tidy(p.Wrong.P); w {
		case 0:
			s += "; it ranks what can be just as " + t.player(p.About) + " " + t.verb(p.About, "do")
		case 1:
			s += "; by the case it is wrong"
		default:
			s += "; by the case it is wrong in " + Percent(w) + " of the worlds"
		}
		out.Views = append(out.Views, stop(upperFirst(s)))
	}
	out.Views = append(out.Views, "The outlook above takes what everybody wants as it is. The following does not: each player moves by the wants that it believes the others to have, and no agreement is struck unless that is said.")
	line := func(lead string, e []engine.Estimate) {
		p := make([]float64, len(e))
		for n := range e {
			p[n] = e[n].P
		}
		out.Courses = append(out.Courses, upperFirst(lead)+": "+OutcomesWords(k, p)+".")
	}
	line("if all saw one another as they are", v.Actual)
	line("if each moves by its own view", v.Seen)
	for i, p := range v.Players {
		if !t.hasView(v, i) {
			continue
		}
		line("what "+t.player(i)+" "+t.verb(i, "expect"), p.Expects)
		if p.ExpectsTalks != nil && differ(p.Expects, p.ExpectsTalks) {
			line("what "+t.player(i)+" "+t.verb(i, "expect")+" if talks conclude", p.ExpectsTalks)
		}
	}
	surprised := false
	for i, p := range v.Players {
		for n, e := range p.Ends {
			if n == maxSurprises || e.P < 0.005 {
				break
			}
			surprised = true
			s := ofRuns(e.P) + " without agreement, things end in a way to which " + t.player(i) + " " + t.verb(i, "give") + " less than 5 %: "
			if e.Settles {
				s += t.position(e.State)
			} else {
				s += "it never settles"
			}
			out.Surprises = append(out.Surprises, stop(upperFirst(s)))
		}
		for n, x := range p.Moves {
			if n == maxSurprises || x.P < 0.005 {
				break
			}
			surprised = true
			out.Surprises = append(out.Surprises, t.surprise(i, x))
		}
	}
	if !surprised {
		out.Surprises = append(out.Surprises, "Nobody would be surprised, neither by a move nor by the end.")
	}
	return out
}

// hasView reports whether a player has views of its own, or does not perceive
// some states.
func (t *teller) hasView(v *engine.Views, i int) bool {
	id := t.k.Players[i].ID
	return slices.ContainsFunc(v.Perceptions, func(p engine.PerceptionShare) bool { return p.Holder == i }) ||
		slices.ContainsFunc(t.c.Conflict.Hidden, func(h demarche.Hidden) bool { return h.ID == id })
}

func differ(a, b []engine.Estimate) bool {
	for n := range a {
		if tidy(a[n].P) != tidy(b[n].P) {
			return true
		}
	}
	return false
}

// surprise tells a move that a player does not expect, and what it expects
// instead.
func (t *teller) surprise(i int, x engine.UnexpectedMove) string {
	mover := t.player(x.Mover)
	s := ofRuns(x.P) + " without agreement, the first move that " + t.player(i) + " " + t.verb(i, "do") + " not expect is this: " + mover + " would " + t.changes(x.From, x.To)
	if len(x.Expected) == 0 {
		return stop(upperFirst(s + ", where " + t.player(i) + " " + t.verb(i, "expect") + " " + mover + " to stay put"))
	}
	var other []string
	for _, e := range x.Expected {
		other = append(other, t.changes(x.From, e))
	}
	return stop(upperFirst(s + ", where " + t.player(i) + " " + t.verb(i, "expect") + " " + mover + " to " + joined(other, "or to")))
}

// ofRuns is a share of the model's runs: "in about 15 % of the runs".
func ofRuns(p float64) string {
	switch p = tidy(p); p {
	case 0:
		return "in no run"
	case 1:
		return "in every run"
	}
	return "in " + Percent(p) + " of the runs"
}

// CredenceWords say where the credence of an open question comes from where the case
// has a ledger: the prior, each claim that moved it, and an analyst's own number. It
// is "" without a ledger and for what is not a proposition.
func CredenceWords(k *engine.Conflict, m *engine.Matter) string {
	c := &composer{in: Input{Case: k.Case, Conflict: k}, names: newNames(k.Case)}
	p := c.proposition(m.ID)
	if !c.held() || p == nil {
		return ""
	}
	w := p.Standing()
	s := "The prior of " + percent(w.Prior)
	var parts []string
	for _, denies := range []bool{false, true} {
		verb, sign := "affirms", 1.0
		if denies {
			verb, sign = "denies", -1.0
		}
		left := 0
		for _, o := range w.Origins {
			cl := k.Case.Claim(o.Counted)
			switch {
			case o.Denies != denies || cl == nil:
			case len(parts) >= 2*maxOrigins:
				left++
			case o.Weight == 0:
				parts = append(parts, c.who(cl)+" "+c.pluralVerb(cl, verb)+" it, without weight")
			default:
				parts = append(parts, c.who(cl)+" "+c.pluralVerb(cl, verb)+" it ("+signedNumber(sign*o.Weight)+")")
			}
		}
		if left > 0 {
			parts = append(parts, count(left, "more origin")+" "+verbNumber(left, verb, map[string]string{"affirms": "affirm", "denies": "deny"}[verb])+" it")
		}
	}
	switch {
	case len(w.Origins) == 0:
		s += " alone: no claim that counts bears on it"
	case w.Prior == 0 || w.Prior == 1:
		s += " is taken as certain, and no claim moves it"
	default:
		s += ", moved to " + percent(w.Computed) + " by claims, in log-odds: " + list(parts)
	}
	s += "."
	if o := w.Override; o != nil {
		s += " " + o.By + " sets it to " + percent(o.P) + ": " + bare(o.Reason) + "."
	}
	if tidy(m.Credence) != tidy(w.P) {
		s += " For this question it is assumed to be " + percent(m.Credence) + "."
	}
	return typographic(s)
}

// percent is a probability to the point.
func percent(p float64) string { return demarche.Fixed(p*100, 0) + " %" }
