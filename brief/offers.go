package brief

import (
	"math"
	"strings"

	"github.com/demarche/demarche/engine"
)

// Passage is a part of a text: paragraphs, then points, then a table whose first
// row is its head, then paragraphs again. What is empty is left out.
type Passage struct {
	Title      string
	Paragraphs []string
	Points     []string
	Table      [][]string
	After      []string
}

// The most that is told of lists that the JSON form gives in full.
const (
	maxHinges   = 4
	maxZone     = 6
	maxCarried  = 4
	maxAddition = 3
	maxForce    = 3
)

// newForce marks a position in which a use of force begins.
const newForce = "this position includes a new use of force: it is described, not proposed"

// Offers tells what is said of the offers of a case in words: a passage for each
// offer, one on what could be agreed, one for each two offers on the table, one
// for each agreement on how it would be carried out, and one on mediators.
func Offers(k *engine.Conflict, r *engine.OfferReport) []Passage {
	v := &offerTeller{teller: &teller{newNames(k.Case), k}, r: r}
	v.allShort()
	var out []Passage
	if len(r.Offers) == 0 {
		out = append(out, Passage{Title: "Offers", Paragraphs: []string{"The case has no offer with terms, so none is judged."}})
	}
	for i := range r.Offers {
		out = append(out, v.judged(&r.Offers[i]))
	}
	out = append(out, v.zone())
	if p := v.withForce(); len(p.Paragraphs) > 0 {
		out = append(out, p)
	}
	for i := range r.Between {
		out = append(out, v.between(&r.Between[i]))
	}
	shown := min(len(r.Agreements), maxCarried)
	for i := range shown {
		p := v.carriedOut(&r.Agreements[i])
		if left := len(r.Agreements) - shown; i == shown-1 && left > 0 {
			p.After = append(p.After, upperFirst(count(left, "further agreement"))+", less likely than these, "+are(left)+" given in the JSON form.")
		}
		out = append(out, p)
	}
	if r.Mediation != nil {
		out = append(out, v.mediators(r.Mediation))
	}
	return out
}

// offerTeller tells a report on offers.
type offerTeller struct {
	*teller
	r *engine.OfferReport
}

func are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func (v *offerTeller) players(list []int) []string {
	out := make([]string, len(list))
	for n, i := range list {
		out[n] = v.player(i)
	}
	return out
}

// ofWorlds is a share of worlds: "in about 40 % of the worlds".
func ofWorlds(p float64) string {
	switch p = tidy(p); p {
	case 0:
		return "in no world"
	case 1:
		return "in every world"
	}
	return "in " + Percent(p) + " of the worlds"
}

// title is who offers what to whom.
func (v *offerTeller) title(o *engine.JudgedOffer) string {
	c := &v.c.Offers[o.Offer]
	s := v.again(c.By.Name)
	var to []string
	for _, a := range c.To {
		to = append(to, v.again(a.Name))
	}
	if len(to) > 0 {
		s += " to " + list(to)
	}
	if c.Says != "" {
		return upperFirst(s) + ": " + v.inside(c.Says)
	}
	return "An offer of " + s
}

// called is an offer inside a sentence.
func (v *offerTeller) called(o *engine.JudgedOffer) string {
	c := &v.c.Offers[o.Offer]
	if c.Says == "" {
		return "the offer of " + v.again(c.By.Name)
	}
	return "the offer of " + v.again(c.By.Name) + " (" + v.inside(c.Says) + ")"
}

func (v *offerTeller) judged(o *engine.JudgedOffer) Passage {
	out := Passage{Title: v.title(o)}
	say := func(s string) { out.Paragraphs = append(out.Paragraphs, stop(upperFirst(s))) }
	answer := answerWords[v.c.Offers[o.Offer].Answer]
	if o.Tabled {
		answer = "it is on the table"
	}
	if !o.Fits {
		say(answer + ". Its terms cannot hold together with the rules of the model and with what cannot be undone, so it is not judged")
		return out
	}
	if len(o.Parties) == 0 {
		say(answer + ". Its terms hold today: nobody would have to do anything")
		return out
	}
	say(answer + ". " + v.meaning(o))
	if o.Carried.Force {
		say(newForce)
	}
	say(v.comparedToday(o))
	if s := v.ruledOut(o); s != "" {
		say(s)
	}
	say(v.comparedAlone(o))
	say(v.verdict(o))
	for _, s := range v.hinges(o) {
		say(s)
	}
	if s := v.addition(o); s != "" {
		say(s)
	}
	return out
}

// ruledOut says in what share of worlds an offer cannot be carried out.
func (v *offerTeller) ruledOut(o *engine.JudgedOffer) string {
	switch tidy(o.Feasible) {
	case 0:
		return "it cannot be carried out in any of the worlds weighed, because a rule of the model or a law in force rules it out"
	case 1:
		return ""
	}
	return "it cannot be carried out " + ofWorlds(1-o.Feasible) + ", because a rule of the model or a law in force rules it out there"
}

// meaning says what an offer would come to.
func (v *offerTeller) meaning(o *engine.JudgedOffer) string {
	s := "Carried out, it would come to this: " + v.position(o.State)
	switch {
	case o.Lasts && o.State != o.Nearest:
		var follows []string
		for i, p := range v.k.Players {
			if own := (o.Nearest ^ o.State) & p.Own; own != 0 {
				follows = append(follows, v.player(i)+" would "+v.changes(o.Nearest, o.Nearest^own))
			}
		}
		if len(follows) > 0 {
			s += ". That " + list(follows) + " is not in the terms, but would follow of itself"
		}
	case !o.Lasts && len(o.Ends) == 1 && o.Settles:
		s += ". It would not stay so: things would move on until " + v.state(o.Ends[0])
	case !o.Lasts && !o.Settles && len(o.Ends) > 0:
		s += ". It would not stay so: things could move on to another position, or on without settling"
	case !o.Lasts && len(o.Ends) > 1:
		s += ". It would not stay so: things could move on to " + number(len(o.Ends)) + " different positions"
	case !o.Lasts:
		s += ". It would not stay so: things would move on without settling"
	}
	return s
}

func (v *offerTeller) comparedToday(o *engine.JudgedOffer) string {
	var better, worse, same []string
	var open groups
	for i, s := range o.For {
		name := v.player(i)
		switch {
		case s.Today > 0:
			better = append(better, name)
		case s.Today < 0:
			worse = append(worse, name)
		default:
			same = append(same, name)
		}
		b, w := tidy(s.BetterToday), tidy(s.WorseToday)
		if b > 0 && b < 1 || w > 0 && w < 1 {
			open.add(name, " it is better "+ofWorlds(b)+" and worse "+ofWorlds(w))
		}
	}
	out := "compared with today, as things most likely stand, it would be " + threeWays(better, worse, same)
	var parts []string
	for _, g := range open {
		parts = append(parts, "for "+list(g.who)+g.what)
	}
	if len(parts) > 0 {
		out += ". Over all worlds, " + list(parts)
	}
	return out
}

// threeWays says for whom something is better, worse or neither.
func threeWays(better, worse, same []string) string {
	var parts []string
	for _, g := range []struct {
		word string
		who  []string
	}{{"better for ", better}, {"worse for ", worse}, {"no different for ", same}} {
		if len(g.who) > 0 {
			parts = append(parts, g.word+list(g.who))
		}
	}
	if len(parts) > 1 {
		return strings.Join(parts[:len(parts)-1], ", ") + ", and " + parts[len(parts)-1]
	}
	return strings.Join(parts, "")
}

// comparedAlone compares an offer with where things would go without agreement,
// over all worlds.
func (v *offerTeller) comparedAlone(o *engine.JudgedOffer) string {
	var better, worse, same []string
	var open groups
	for i, s := range o.For {
		name := v.player(i)
		b, w := tidy(s.BetterAlone), tidy(s.WorseAlone)
		switch {
		case b == 1:
			better = append(better, name)
		case w == 1:
			worse = append(worse, name)
		case b == 0 && w == 0:
			same = append(same, name)
		default:
			open.add(name, "better "+withShare(b)+", worse "+withShare(w))
		}
	}
	out := "compared with what the model expects without an agreement, "
	if len(better)+len(worse)+len(same) > 0 {
		out += "it would be " + threeWays(better, worse, same) + " in every world"
		if len(open) > 0 {
			out += "; for others it is open: "
		}
	} else {
		out += "it is open for whom it would be better: "
	}
	var parts []string
	for _, g := range open {
		parts = append(parts, list(g.who)+" ("+g.what+")")
	}
	return out + list(parts)
}

// withShare is a probability after a word: "with a probability of about 35 %".
func withShare(p float64) string {
	if tidy(p) == 0 {
		return "never"
	}
	return "with a probability of " + share(p)
}

// groups are names of whom the same is said.
type groups []struct {
	who  []string
	what string
}

func (g *groups) add(who, what string) {
	for n := range *g {
		if (*g)[n].what == what {
			(*g)[n].who = append((*g)[n].who, who)
			return
		}
	}
	*g = append(*g, struct {
		who  []string
		what string
	}{[]string{who}, what})
}

// verdict says whether an offer would be an agreement and would hold.
func (v *offerTeller) verdict(o *engine.JudgedOffer) string {
	if !v.k.HasTalks {
		return "the case names no talks, so no agreement is considered; once reached, the position would hold for those who would act " + ofWorlds(o.Keeps) + " and for every player " + ofWorlds(o.Equilibrium)
	}
	var s string
	p := tidy(o.Agreement)
	switch {
	case len(o.Parties) == 1:
		s = "only " + v.player(o.Parties[0]) + " would have to act, so that it is no agreement between two"
	case p == 0:
		s = "in no world would it be an agreement that " + list(v.players(o.Parties)) + " would accept and keep"
	default:
		s = "it would be an agreement, which " + list(v.players(o.Parties)) + " would accept and keep, " + ofWorlds(p)
	}
	if why := v.obstacles(o.Obstacles); why != "" {
		s += ". As things most likely stand, "
		if len(o.Parties) > 1 {
			s += "it is none, because "
		}
		s += why
	}
	if k, e := tidy(o.Keeps), tidy(o.Equilibrium); k == e {
		s += ". Once reached, it would hold for everyone, those who have to act and all others, " + ofWorlds(k)
	} else {
		s += ". Once reached, those who have to act would keep it " + ofWorlds(k) + ", and it would hold for everyone " + ofWorlds(e)
	}
	if w := tidy(o.Within); w > tidy(o.Agreement) {
		s += ". " + upperFirst(ofWorlds(w)) + " there is an agreement that contains its terms and goes further"
	}
	return s
}

// obstacles say why a position is no agreement.
func (v *offerTeller) obstacles(all []engine.Obstacle) string {
	var parts []string
	for _, b := range all {
		switch b.Kind {
		case engine.OutsideTalks:
			parts = append(parts, v.player(b.Player)+" would have to act and takes no part in the talks")
		case engine.NotAccepted:
			parts = append(parts, v.player(b.Player)+" "+verb(v.manyOf(b.Player), "does not expect", "do not expect")+" to end up worse without it")
		case engine.NotKept:
			parts = append(parts, v.player(b.Player)+" would not keep it")
		case engine.Bettered:
			words := "the same parties could agree on something better for them: " + v.position(b.State)
			if v.k.BeginsForce(b.State) {
				words += " (" + newForce + ")"
			}
			parts = append(parts, words)
		}
	}
	return list(parts)
}

func verb(isPlural bool, one, many string) string {
	if isPlural {
		return many
	}
	return one
}

// hinges say on what it depends whether an offer would be an agreement, and on
// what else whether it would be kept. Questions that make a difference of less
// than five points are left out.
func (v *offerTeller) hinges(o *engine.JudgedOffer) []string {
	tells := func(yes, no float64) bool {
		return math.Abs(yes-no) > 0.05-1e-9 && ofWorlds(yes) != ofWorlds(no)
	}
	var agreed, kept []string
	for _, h := range o.Hinges {
		a := v.k.Atoms[h.Atom]
		matter := "whether " + v.matter(a.ID, a.Says)
		switch {
		case tells(h.AgreementYes, h.AgreementNo):
			agreed = append(agreed, matter+" (if so, "+ofWorlds(h.AgreementYes)+"; if not, "+ofWorlds(h.AgreementNo)+")")
		case tells(h.KeepsYes, h.KeepsNo):
			kept = append(kept, matter+" (if so, "+ofWorlds(h.KeepsYes)+"; if not, "+ofWorlds(h.KeepsNo)+")")
		}
	}
	var out []string
	for _, x := range []struct {
		on    string
		parts []string
	}{
		{"whether it would be an agreement depends on ", agreed},
		{"whether those who have to act would keep it depends on ", kept},
	} {
		if len(x.parts) == 0 {
			continue
		}
		s := x.on + list(x.parts[:min(len(x.parts), maxHinges)])
		if more := len(x.parts) - maxHinges; more > 0 {
			s += "; and on " + count(more, "further question")
		}
		out = append(out, s)
	}
	return out
}

// addition says what would make an agreement of an offer. Nothing is said of one
// that begins a use of force.
func (v *offerTeller) addition(o *engine.JudgedOffer) string {
	if len(o.Obstacles) == 0 || !v.k.HasTalks || o.Carried.Force {
		return ""
	}
	if len(o.Additions) == 0 {
		return "no addition of up to three further terms, none of them a use of force, would make it one"
	}
	var ways []string
	for _, a := range o.Additions[:min(len(o.Additions), maxAddition)] {
		var parts []string
		for i, p := range v.k.Players {
			if own := (o.State ^ a.State) & p.Own & v.k.Fixed(a.State); own != 0 {
				parts = append(parts, v.player(i)+" would "+v.changes(o.State, o.State^own))
			}
		}
		ways = append(ways, "that "+list(parts)+" ("+ofWorlds(a.P)+")")
	}
	s := "the smallest addition that would make it one"
	if !o.Additions[0].Typical {
		s = "as things most likely stand, no addition of up to three further terms would make it one; the smallest that would make it one in other worlds"
	}
	if len(ways) > 1 {
		s += " is one of these: "
	} else {
		s += " is "
	}
	s += joined(ways, "or")
	if more := len(o.Additions) - maxAddition; more > 0 {
		s += "; " + number(more) + " more are as small"
	}
	return s
}

func (v *offerTeller) zone() Passage {
	out := Passage{Title: "What could be agreed"}
	say := func(s string) { out.Paragraphs = append(out.Paragraphs, stop(upperFirst(s))) }
	z := &v.r.Zone
	if !v.k.HasTalks {
		say("the case names no talks, so nothing is said of what could be agreed")
		return out
	}
	switch z.Typical {
	case 0:
		say("as things most likely stand, there is nothing to agree on: no position is better than no agreement for everyone who would have to act")
	case 1:
		say("as things most likely stand, there is one position that everyone who would have to act prefers to no agreement; " + verb(z.Kept == 1, "they would not keep it", "they would keep it"))
	default:
		kept := "they would keep none of these"
		if z.Kept > 0 {
			kept = "they would keep " + number(z.Kept) + " of these"
		}
		say("as things most likely stand, there are " + number(z.Typical) + " positions that everyone who would have to act prefers to no agreement; " + kept)
	}
	if z.Typical > 0 {
		everyone, force := 0, 0
		for _, s := range z.States {
			if s.Typical && s.Everyone {
				everyone++
			}
			if s.Typical && s.Force {
				force++
			}
		}
		all := "none is preferred to no agreement by everyone at the talks, those who would not have to act included"
		if everyone > 0 {
			all = number(everyone) + " " + are(everyone) + " preferred to no agreement by everyone at the talks, those who would not have to act included"
		}
		of := "of these, "
		if force > 0 {
			of = "of all of these, "
			say(number(force) + " of these " + verb(force > 1, "includes", "include") + " a new use of force: " + verb(force > 1, "it is", "they are") + " described, not proposed, and set apart below")
		}
		say(of + number(z.Front) + " cannot be improved for one party to the talks without loss to another, and " + all)
	}
	if z.Empty > 1e-9 {
		say("there is nothing to agree on " + ofWorlds(z.Empty))
	}
	var told, rest int
	for i := range z.States {
		s := &z.States[i]
		if s.Force {
			continue
		}
		if s.PAgreement < 1e-9 && s.PFront < 1e-9 || told == maxZone {
			if s.PKept > 1e-9 {
				rest++
			}
			continue
		}
		told++
		out.Points = append(out.Points, v.agreeable(s))
	}
	if rest > 0 {
		out.After = append(out.After, "Besides, "+count(rest, "further position")+" would be kept in some world; "+verb(rest > 1, "it is", "they are")+" given in the JSON form.")
	}
	return out
}

// agreeable says how far a position could be agreed.
func (v *offerTeller) agreeable(s *engine.ZoneState) string {
	words := v.position(s.State) + ": preferred to no agreement " + ofWorlds(s.P)
	switch {
	case tidy(s.PAgreement) == tidy(s.P):
		words += ", and there an agreement"
	case s.PAgreement > 1e-9:
		words += ", an agreement " + ofWorlds(s.PAgreement)
	case s.PKept > 1e-9:
		words += "; it would be kept " + ofWorlds(s.PKept) + ", but the same parties could always agree on something better"
	default:
		words += ", but not kept"
	}
	return upperFirst(words)
}

// withForce sets apart what could be agreed that begins a use of force: it is
// described, and nothing is said of how it would be carried out.
func (v *offerTeller) withForce() Passage {
	out := Passage{Title: "Described, not proposed: positions with a new use of force"}
	total := 0
	for i := range v.r.Zone.States {
		s := &v.r.Zone.States[i]
		if !s.Force {
			continue
		}
		total++
		if (s.PAgreement > 1e-9 || s.PFront > 1e-9) && len(out.Points) < maxForce {
			out.Points = append(out.Points, v.agreeable(s))
		}
	}
	if total == 0 {
		return out
	}
	intro := "In some world, the parties would prefer " + count(total, "position") + " with a new use of force to no agreement."
	if total > 1 {
		intro += " They are described here because the model finds them, and none is proposed"
	} else {
		intro += " It is described here because the model finds it, and it is not proposed"
	}
	out.Paragraphs = []string{intro + "; how force would be carried out is not worked out."}
	if more := total - len(out.Points); more > 0 && len(out.Points) > 0 {
		out.After = []string{upperFirst(count(more, "further position")) + " of this kind " + are(more) + " given in the JSON form."}
	}
	return out
}

func (v *offerTeller) between(b *engine.Between) Passage {
	x, y := &v.r.Offers[b.A], &v.r.Offers[b.B]
	out := Passage{Title: "Between two offers on the table"}
	names := v.called(x) + " and " + v.called(y)
	var states []int // without those that begin a use of force
	for _, n := range b.States {
		if !v.r.Zone.States[n].Force {
			states = append(states, n)
		}
	}
	force := len(b.States) - len(states)
	switch {
	case b.Same:
		out.Paragraphs = []string{stop(upperFirst(names) + " come to the same")}
	case len(states) == 0 && force > 0:
		out.Paragraphs = []string{stop("Between " + names + ", as things most likely stand, nothing lies that everyone who would have to act prefers to no agreement and that includes no new use of force")}
	case len(states) == 0:
		out.Paragraphs = []string{stop("Between " + names + ", as things most likely stand, nothing lies that everyone who would have to act prefers to no agreement")}
	default:
		out.Paragraphs = []string{"Between " + names + " lies what everyone at the talks likes at least as much as the worse of the two, and at most as much as the better, and what everyone who would have to act prefers to no agreement. As things most likely stand:"}
		for _, n := range states[:min(len(states), maxZone)] {
			s := &v.r.Zone.States[n]
			words := v.position(s.State)
			switch {
			case s.Agreement:
				words += ": an agreement"
			case s.Kept:
				words += ": it would be kept, but the same parties could agree on something better"
			default:
				words += ": it would not be kept"
			}
			out.Points = append(out.Points, upperFirst(words))
		}
		if more := len(states) - maxZone; more > 0 {
			out.After = []string{upperFirst(count(more, "further position")) + " " + are(more) + " given in the JSON form."}
		}
	}
	if force > 0 && !b.Same {
		out.After = append(out.After, upperFirst(count(force, "position"))+" between the two "+verb(force > 1, "includes", "include")+" a new use of force; "+verb(force > 1, "it is", "they are")+" described in the JSON form, not proposed.")
	}
	return out
}

func (v *offerTeller) carriedOut(c *engine.Carried) Passage {
	out := Passage{Title: "Carrying out an agreement: " + v.position(c.State)}
	say := func(s string) { out.Paragraphs = append(out.Paragraphs, stop(upperFirst(s))) }
	s := "it is an agreement " + ofWorlds(c.P)
	if !c.Typical {
		s += ", though not as things most likely stand; what follows holds "
		var so []string
		typical := v.k.Typical()
		for n, a := range v.k.Atoms {
			if c.World.Atom[n] != typical.Atom[n] {
				words := v.matter(a.ID, a.Says)
				if !c.World.Atom[n] {
					words = "it is not so that " + words
				}
				so = append(so, words)
			}
		}
		if len(so) > 0 {
			s += "where " + list(so)
		} else {
			s += "where some preferences are other than written"
		}
	}
	say(s)
	say(v.order(c))
	for _, s := range v.withdrawals(c) {
		say(s)
	}
	if len(c.Spoilers) == 0 {
		say("no player outside it would gain by breaking it")
	}
	for i := range c.Spoilers {
		say(v.departure(c, &c.Spoilers[i], " would gain by breaking it: ", ", which would leave a party to it worse off"))
	}
	for i := range c.Onward {
		say(v.departure(c, &c.Onward[i], " would gain by moving on from it: ", ", which would leave no party to it worse off and breaks nothing"))
	}
	return out
}

// departure says what somebody outside an agreement would make of it.
func (v *offerTeller) departure(c *engine.Carried, d *engine.Departure, verb, effect string) string {
	name := v.player(d.Player)
	s := "from outside, " + name + verb + name + " would " + v.changes(c.State, d.To) + effect
	switch tidy(d.Would) {
	case 1:
		return s + ". Looking ahead, " + name + " would do so wherever there is this agreement"
	case 0:
		return s + ". " + upperFirst(name) + " would gain at once " + ofWorlds(d.Gains) + " in which there is this agreement, but looking ahead would refrain"
	}
	return s + ". Looking ahead, " + name + " would do so " + ofWorlds(d.Would) + " in which there is this agreement"
}

// order says who performs first and who has to trust whom.
func (v *offerTeller) order(c *engine.Carried) string {
	if len(c.Way) == 0 {
		if c.Orders < 0 {
			return "there are too many parties to work out in which order they would perform"
		}
		return "no order of single steps keeps to the rules: the parties would have to act at the same moment"
	}
	var steps, stops []string
	seen := map[int]bool{}
	parts := false
	for _, p := range c.Way {
		parts = parts || seen[p.Player]
		seen[p.Player] = true
		steps = append(steps, v.player(p.Player)+" would "+v.changes(p.From, p.To))
		if !p.Safe {
			s := "when the turn comes to " + v.player(p.Player) + ", stopping would be better for " + v.player(p.Player)
			if len(steps) == 1 {
				s = v.player(p.Player) + " " + verb(v.manyOf(p.Player), "has", "have") + " no reason to begin"
			}
			if len(p.Trusting) > 0 {
				who := list(v.players(p.Trusting))
				s += " and would leave " + who + " worse off than today, so that " + who + " would have to trust " + v.player(p.Player)
			}
			if p.Undone {
				s += " (looking ahead, it would not pay, because things would not stay so)"
			}
			stops = append(stops, s)
		}
	}
	s := "first, " + strings.Join(steps, "; then ")
	if c.Safe {
		s += ". This order is safe: at each step, the one whose turn it is would gain nothing by stopping there"
	} else {
		s += ". No order is safe at every step. In this one, " + list(stops)
	}
	switch {
	case c.Safe && parts && c.SafeOrders == 0:
		s += ". That takes several steps by one party: if each did its whole part at once, no order would be safe"
	case c.Safe && c.Orders > 1 && c.SafeOrders == c.Orders:
		s += ". So is every other order that the rules allow"
	case c.Safe && c.Orders > 1 && c.SafeOrders == 1:
		s += ". Of " + number(c.Orders) + " orders in which each does its whole part at once, it is the only safe one"
	case c.Safe && c.Orders > 1 && c.SafeOrders > 1:
		s += ". Of " + number(c.Orders) + " orders in which each does its whole part at once, " + number(c.SafeOrders) + " are safe; they begin with " + joined(v.players(c.First), "or")
	}
	return s
}

// withdrawals say which promises could be withdrawn, and what stands against it.
func (v *offerTeller) withdrawals(c *engine.Carried) []string {
	if len(c.Withdrawals) == 0 {
		return []string{"nothing that is promised could be withdrawn by one party alone afterwards"}
	}
	var gain, idle groups
	for _, w := range c.Withdrawals {
		promise := v.player(w.Player) + " could go back on the promise " + v.promise(c.State, w.Option)
		if !w.Gains {
			idle.add(promise, "")
			continue
		}
		s := ""
		if w.Deterred {
			s = "; what speaks against it is the answer that would follow: " + v.answer(w.Answer)
		} else {
			s = ", and no answer that " + v.player(w.Player) + " can foresee speaks against it"
			if len(w.Could) > 0 {
				s += "; others could answer, though it may not be in their interest: " + v.answer(w.Could)
			}
		}
		if len(w.Levers) > 0 {
			s += ". " + v.firmer(w.Levers)
		}
		gain.add(promise, s)
	}
	var out []string
	for _, g := range gain {
		s, players := goingBack(g.who, "or")
		if players > 1 {
			s += ". Each would gain by it at once"
		} else {
			s += " and would gain by it at once"
		}
		out = append(out, "afterwards, "+s+g.what)
	}
	for _, g := range idle {
		s, _ := goingBack(g.who, "and")
		if len(g.who) > 1 {
			s += "; none of this would bring a gain at once"
		} else {
			s += ", but would not gain by it at once"
		}
		out = append(out, "afterwards, "+s)
	}
	return out
}

// goingBack joins clauses that somebody could go back on a promise: those about
// one player are one clause, and clauses that hold several promises are kept
// apart by semicolons. It says of how many players they are.
func goingBack(clauses []string, last string) (text string, players int) {
	const back = " could go back "
	var by groups
	for _, s := range clauses {
		who, promise, _ := strings.Cut(s, back)
		by.add(promise, who)
	}
	var parts []string
	several := false
	for _, g := range by {
		parts = append(parts, g.what+back+joined(g.who, last))
		several = several || len(g.who) > 1
	}
	return setApart(parts, several, last), len(parts)
}

// setApart joins clauses, by semicolons where they hold lists of their own.
func setApart(clauses []string, lists bool, last string) string {
	if !lists || len(clauses) < 2 {
		return joined(clauses, last)
	}
	n := len(clauses) - 1
	return strings.Join(clauses[:n], "; ") + "; " + last + " " + clauses[n]
}

// firmer says which levers would make a promise firmer.
func (v *offerTeller) firmer(levers []int) string {
	var named []string
	for _, n := range levers {
		l := &v.c.Conflict.Levers[n]
		words := Quoted(bare(l.Says))
		if l.Says == "" {
			words = "“" + strings.ReplaceAll(l.ID, "_", " ") + "”"
		}
		if l.By.Name != "" {
			words += ", in the hands of " + v.again(l.By.Name)
		}
		named = append(named, words)
	}
	if len(named) == 1 {
		return "The case names a lever that would make this firmer: " + named[0]
	}
	return "The case names levers that would make this firmer: " + strings.Join(named, "; ")
}

// promise is what an agreement has a player do about one option.
func (v *offerTeller) promise(state uint64, option int) string {
	says := base(v.optionSays(option))
	if state>>option&1 == 1 {
		return "to " + says
	}
	return "no longer to " + says
}

func (v *offerTeller) answer(moves []engine.Move) string {
	parts := make([]string, len(moves))
	for n, m := range moves {
		parts[n] = v.player(m.Player) + " would " + v.changes(m.From, m.To)
	}
	return strings.Join(parts, ", then ")
}

func (v *offerTeller) mediators(m *engine.Mediation) Passage {
	out := Passage{Title: "Mediators"}
	head := []string{"", "an agreement", "one with a mediator"}
	comes := func(n int) bool { // in some of the rows
		is := m.All.Outcomes[n].P > 0 || m.None.Outcomes[n].P > 0
		for i := range m.Mediators {
			is = is || m.Mediators[i].Alone.Outcomes[n].P > 0 || m.Mediators[i].Absent.Outcomes[n].P > 0
		}
		return is
	}
	for n, o := range v.k.Outcomes {
		if comes(n) {
			head = append(head, v.inside(o.Says))
		}
	}
	out.Table = append(out.Table, head)
	row := func(name string, c *engine.Course) {
		cells := []string{name, inTable(c.Agreed.P), inTable(c.Hosted.P)}
		for n, o := range c.Outcomes {
			if comes(n) {
				cells = append(cells, inTable(o.P))
			}
		}
		out.Table = append(out.Table, cells)
	}
	if len(m.Mediators) > 1 {
		row("with all of them", &m.All)
		for i := range m.Mediators {
			one := &m.Mediators[i]
			row("only "+v.player(one.Player), &one.Alone)
			row("without "+v.player(one.Player), &one.Absent)
		}
		row("without any", &m.None)
	} else {
		row("with "+v.player(m.Mediators[0].Player), &m.All)
		row("without", &m.None)
	}
	out.Paragraphs = []string{"How likely an agreement and each outcome would be, depending on who mediates. A mediator who is left out does nothing further, and what it does today stays."}
	say := func(s string) { out.After = append(out.After, stop(upperFirst(s))) }
	for i := range m.Mediators {
		say(v.mediator(m, &m.Mediators[i]))
	}
	if len(m.Mediators) > 1 {
		say(v.rivalry(m))
	}
	return out
}

// inTable is a probability in a table.
func inTable(p float64) string { return strings.TrimPrefix(share(p), "about ") }

// mediator says what one mediator gains and what that costs its rivals.
func (v *offerTeller) mediator(m *engine.Mediation, one *engine.Mediator) string {
	name := v.player(one.Player)
	alone, all, absent := one.Alone.Better[one.Player].P, m.All.Better[one.Player].P, one.Absent.Better[one.Player].P
	var s string
	switch {
	case tidy(alone) == 0 && tidy(all) == 0 && tidy(absent) == 0:
		s = name + " would not end better off than today in any of these cases"
	case len(m.Mediators) > 1:
		s = name + " would end better off than today with a probability of " + share(alone) + " as the only mediator, " + share(all) + " beside all others and " + share(absent) + " if left out"
	default:
		s = name + " would end better off than today with a probability of " + share(all) + ", and of " + share(absent) + " if left out"
	}
	var loses groups
	for _, r := range one.Rivals {
		var parts []string
		if tidy(r.Gains) > 0 {
			parts = append(parts, points(r.Gains)+" in the chance of ending better off than today")
		}
		if tidy(r.Harm) > 0 {
			parts = append(parts, points(r.Harm)+" in the chance of not ending worse off")
		}
		if len(parts) > 0 {
			loses.add(v.player(r.Player), list(parts))
		}
	}
	for _, g := range loses {
		s += ". That " + name + " " + verb(v.manyOf(one.Player), "takes", "take") + " part costs " + list(g.who)
		if len(g.who) > 1 {
			s += " each"
		}
		s += " " + g.what
	}
	return s
}

// points is a difference in probability for people: rounded to five points.
func points(p float64) string {
	n := int(math.Round(tidy(p)*20)) * 5
	if n == 0 {
		return "under five points"
	}
	return "about " + number(n) + " points"
}

func (v *offerTeller) rivalry(m *engine.Mediation) string {
	tell := func(r engine.Rivalry, what string) string {
		best := "with the best of them alone (" + list(v.players(r.Who)) + ")"
		if len(r.Who) == len(m.Mediators) {
			best = "with any one of them alone"
		}
		if d := math.Abs(r.All - r.Best); r.Sign != 0 && d < 0.025 {
			s := what + " is nearly as likely with all of them as " + best
			if share(r.All) == share(r.Best) {
				s += ": " + share(r.All)
			}
			return s
		}
		if r.Sign != 0 {
			word := "likelier"
			if r.Sign < 0 {
				word = "less likely"
			}
			return "rivalry makes " + what + " " + word + ", by " + points(math.Abs(r.All-r.Best)) + ": " + share(r.All) + " with all of them, " + share(r.Best) + " " + best
		}
		return "it makes no difference to " + what + " whether all of them compete or only the best of them mediates"
	}
	first := tell(m.Rivalry, "an agreement as such")
	if m.Hosting.All == 0 && m.Hosting.Best == 0 {
		return first + ". In no world is there an agreement to which a mediator is a party"
	}
	return first + ". As for an agreement to which a mediator is a party, " + tell(m.Hosting, "it")
}
