package brief

import (
	"slices"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// maxWants is how many of a player's wants are told.
const maxWants = 4

func (c *composer) positions() {
	c.section("positions", "Positions, red lines and offers",
		Block{Kind: List, Title: "What each side seeks, in order of importance, as the model has it", Items: c.wants()},
		Block{Kind: List, Title: "Red lines", Items: c.redLines()},
		Block{Kind: List, Title: "Offers and who would gain", Items: c.offers()},
		Block{Kind: List, Title: "Past record", Items: c.records()},
	)
}

// wants tells what every player wants most; players who want the same are told
// together.
func (c *composer) wants() [][]Sentence {
	if c.t == nil {
		return nil
	}
	type group struct {
		who   []int
		wants string
		refs  []Ref
	}
	var groups []*group
	for i := range c.in.Case.Conflict.Players {
		p := &c.in.Case.Conflict.Players[i]
		if len(p.Prefers) == 0 {
			continue
		}
		var parts, all []string
		var refs []Ref
		shown := p.Prefers[:min(maxWants, len(p.Prefers))]
		assumed := 0
		for j := range shown {
			if len(shown[j].Because) == 0 {
				assumed++
			}
		}
		for j := range shown {
			s := &shown[j]
			w := c.t.want(s)
			if s.If.Cond != nil {
				w += " (counts only if " + c.t.condition(s.If.Cond) + c.standing(s.If.Cond) + ")"
			}
			all = append(all, w)
			if len(s.Because) == 0 && assumed < len(shown) {
				w += " (assumed)"
			}
			parts = append(parts, w)
			refs = append(refs, c.because(s.Because)...)
		}
		wants := strings.Join(parts, "; ")
		switch more := len(p.Prefers) - len(shown); {
		case more > 0 && assumed == len(shown):
			wants += " (all " + number(assumed) + " assumed); and " + number(more) + " more"
		case more > 0:
			wants += "; and " + number(more) + " more"
		case assumed == len(shown):
			wants += "; all of this is assumed"
		}
		refs = append(refs, c.entry("player", p.ID, strings.Join(all, "; ")))
		if at := slices.IndexFunc(groups, func(g *group) bool { return g.wants == wants }); at >= 0 {
			groups[at].who = append(groups[at].who, i)
			groups[at].refs = append(groups[at].refs, refs...)
			continue
		}
		groups = append(groups, &group{[]int{i}, wants, refs})
	}
	var items [][]Sentence
	for _, g := range groups {
		var who []string
		for _, i := range g.who {
			who = append(who, c.t.player(i))
		}
		verb := " seeks: "
		if len(who) > 1 {
			verb = " each seek: "
		} else if c.t.manyOf(g.who[0]) {
			verb = " seek: "
		}
		items = append(items, []Sentence{say(list(who)+verb+g.wants, g.refs...)})
	}
	return items
}

// standing says how it stands with a condition on which a want counts: denied
// where sources deny it and none affirms it, else open.
func (c *composer) standing(x *demarche.Condition) string {
	deniers := map[string]bool{}
	if x.Op == demarche.Atom {
		for _, cl := range c.claimsOn(x.Name) {
			if refers(cl.Affirms, x.Name) {
				return "; open"
			}
			deniers[cl.Source] = true
		}
	}
	switch n := len(deniers); n {
	case 0:
		return "; open"
	case 1:
		return ", which one source denies"
	default:
		return ", which " + number(n) + " sources deny"
	}
}

// putting is how an offer is told: who did what to whom, as far as the claims
// behind it bear that out.
func (c *composer) putting(o *demarche.Offer, says string) string {
	var to []string
	for _, a := range o.To {
		to = append(to, c.names.actor(a.Name))
	}
	var claims []*demarche.Claim
	for _, id := range o.Because {
		if cl := c.in.Case.Claim(id.Name); cl != nil {
			claims = append(claims, cl)
		}
	}
	by := c.names.actor(o.By.Name)
	only := func(is func(*demarche.Claim) bool) bool {
		return !slices.ContainsFunc(claims, func(cl *demarche.Claim) bool { return !is(cl) })
	}
	verb, toward, idea := c.hedge(o.Because)+" proposed", " to ", false
	switch {
	case len(claims) == 0:
		by = "as the case file has it, " + by
	case claims[0].Act == "demands":
		verb, toward = c.hedge(o.Because)+" demanded", " of "
	case only(func(cl *demarche.Claim) bool { return len(cl.Hedges) > 0 }),
		only(func(cl *demarche.Claim) bool { return cl.Act == "states" || cl.Act == "" }):
		verb, idea = " is reported to have floated", true
		if c.names.plural(o.By.Name) {
			verb = " are reported to have floated"
		}
	case only(func(cl *demarche.Claim) bool { return cl.Act == "asks" }):
		verb, toward = c.hedge(o.Because)+" asked", " of "
	}
	s := by + verb
	if len(to) > 0 {
		s += toward + list(to)
	}
	if o.Public != nil && !*o.Public {
		s += ", in private,"
	} else if o.Public != nil {
		s += ", in public,"
	}
	switch {
	case strings.HasPrefix(says, "that ") && idea:
		s += " the idea " + says
	case strings.HasPrefix(says, "that "):
		s += " " + says
	case says != "":
		s = strings.TrimSuffix(s, ",") + ": " + says
	default:
		s = strings.TrimSuffix(s, ",") + " the terms below"
	}
	return s
}

// hedge is the hedge that a claim behind something carries: " reportedly".
func (c *composer) hedge(ids []demarche.Ref) string {
	for _, id := range ids {
		if cl := c.in.Case.Claim(id.Name); cl != nil {
			for _, h := range cl.Hedges {
				if adverbs[h] {
					return " " + h
				}
			}
		}
	}
	return ""
}

func (c *composer) redLines() [][]Sentence {
	var items [][]Sentence
	for i := range c.in.Case.RedLines {
		r := &c.in.Case.RedLines[i]
		s := c.names.actor(r.By.Name) + " " + c.verb(r.By.Name, "draw") + " a red line at " + c.names.inside(r.On)
		var threats []string
		for _, o := range r.Threatens {
			if _, says := c.option(o.Name); says != "" {
				threats = append(threats, base(says))
			}
		}
		if len(threats) > 0 {
			s += " and " + c.verb(r.By.Name, "threaten") + " to " + joined(threats, "or")
		}
		items = append(items, []Sentence{say(s, with(c.because(r.Because), c.entry("red line", r.By.Name+": "+r.On, bare(r.On)))...)})
	}
	return items
}

var answerWords = map[string]string{
	"": "it is open", "open": "it is open", "accepted": "it was accepted", "rejected": "it was rejected",
	"countered": "it was met with a counter-offer", "withdrawn": "it was withdrawn",
}

func (c *composer) offers() [][]Sentence {
	var items [][]Sentence
	for i := range c.in.Case.Offers {
		o := &c.in.Case.Offers[i]
		s := c.putting(o, c.names.inside(o.Says))
		e := c.entry("offer", o.ID, strings.Trim(bare(o.Says)+"; "+o.Date.Words(), "; "))
		if w := o.Date.Words(); w != "" {
			s += "; it dates from " + w
		}
		item := []Sentence{say(s+"; "+answerWords[o.Answer], with(c.because(o.Because), e)...)}
		if c.t != nil {
			item = append(item, c.judged(o, e)...)
		}
		items = append(items, item)
	}
	return items
}

// terms reads an offer's terms as options taken and not taken. It fails where
// they say anything else.
func (c *composer) terms(o *demarche.Offer) (taken, refused uint64, ok bool) {
	var read func(x *demarche.Condition, want bool) bool
	read = func(x *demarche.Condition, want bool) bool {
		switch {
		case x == nil:
			return false
		case x.Op == demarche.Not:
			return read(x.Args[0], !want)
		case x.Op == demarche.And && want, x.Op == demarche.Or && !want:
			for _, a := range x.Args {
				if !read(a, want) {
					return false
				}
			}
			return true
		case x.Op == demarche.Atom:
			for k, opt := range c.in.Conflict.Options {
				if opt.ID == x.Name {
					if want {
						taken |= 1 << k
					} else {
						refused |= 1 << k
					}
					return true
				}
			}
		}
		return false
	}
	for _, t := range o.Terms {
		if !read(t.Cond, true) {
			return 0, 0, false
		}
	}
	return taken, refused, len(o.Terms) > 0 && taken&refused == 0
}

// judged says for whom an offer would be a gain, whether it would hold, and
// what of it could be withdrawn.
func (c *composer) judged(o *demarche.Offer, e Ref) []Sentence {
	taken, refused, ok := c.terms(o)
	if !ok {
		if len(o.Terms) == 0 {
			return nil
		}
		return []Sentence{say("its terms leave more than one way to carry them out, so the model does not compare it", e)}
	}
	var out []Sentence
	led := ^uint64(0) // the state to which the offer leads
	if c.m != nil && c.start >= 0 {
		var told []Sentence
		told, led = c.compared(o, e)
		out = append(out, told...)
	}
	out = append(out, c.offerAgreement(taken, refused, led)...)
	return append(out, c.withdrawable(o, taken, e)...)
}

// compared follows an offer's terms to where they lead, says whether that
// holds, and for whom it is better or worse.
func (c *composer) compared(o *demarche.Offer, e Ref) ([]Sentence, uint64) {
	place := slices.IndexFunc(c.in.Conflict.Case.Offers, func(x demarche.Offer) bool { return x.ID == o.ID })
	p, err := c.foresight.Proposal(c.ctx, place)
	if err != nil || !p.Fits {
		return []Sentence{say("its terms cannot hold together with the rules of the model and with what cannot be undone", e)}, ^uint64(0)
	}
	state := p.State
	s, _ := c.m.Find(state)
	name := c.t.k.Pattern(state)
	words := c.t.position(state)
	var out []Sentence
	switch {
	case p.Lasts && p.State == p.Nearest:
		out = append(out, say("carried out, it would hold as it is", c.holdsFact(state, words)))
	case p.Lasts:
		out = append(out, say("carried out, it would lead to a position that holds: "+words, c.fact("leads."+name, "where these terms lead from today, in the typical world: "+words)))
	case len(p.Ends) == 1 && p.Settles:
		end := c.t.position(p.Ends[0])
		return append(out, say("carried out, it would not last: the crisis would move on to this: "+end, c.fact("undone."+c.t.k.Pattern(p.Ends[0]), "where these terms lead from today, in the typical world: "+end))), ^uint64(0)
	default:
		out = append(out, say("carried out, it could lead on in more than one way", c.fact("open."+name, "from these terms the model leads to more than one position")))
	}
	better, worse := c.gains(s, func(i int) int { return int(c.m.Rank[i][s]) - int(c.m.Rank[i][c.start]) })
	text := "as things most likely stand, that would be " + sides(better, worse) + ", compared with today"
	if end, err := c.foresight.Evolve(c.ctx, c.start); err == nil {
		if tidy(end.End[c.start]) < 1 {
			better, worse = c.gains(s, func(i int) int {
				var up, down float64
				for t, p := range end.End {
					switch {
					case c.m.Rank[i][s] > c.m.Rank[i][t]:
						up += p
					case c.m.Rank[i][s] < c.m.Rank[i][t]:
						down += p
					}
				}
				switch {
				case up > 0.5+1e-9:
					return 1
				case down > 0.5+1e-9:
					return -1
				}
				return 0
			})
			text += "; compared with what would come without an agreement, it would be " + sides(better, worse)
		} else {
			text += ", and without an agreement things would stay as they are"
		}
	}
	return append(out, say(text, c.fact("gains."+name, "for whom the position is better or worse: "+text))), state
}

func (c *composer) holdsFact(state uint64, words string) Ref {
	return c.fact("holds."+c.t.k.Pattern(state), "this position holds for every player, each looking ahead in its own way: "+words)
}

func (c *composer) fact(name, says string) Ref { return c.result(name, says, 1, Fact) }

func (c *composer) gains(s int, of func(i int) int) (better, worse []string) {
	for i := range c.m.Players {
		switch d := of(i); {
		case d > 0:
			better = append(better, c.t.playerAgain(i))
		case d < 0:
			worse = append(worse, c.t.playerAgain(i))
		}
	}
	return better, worse
}

func sides(better, worse []string) string {
	switch {
	case len(better) == 0 && len(worse) == 0:
		return "neither better nor worse for any player in the model"
	case len(worse) == 0:
		return "better for " + list(better) + " and worse for no player in the model"
	case len(better) == 0:
		return "worse for " + list(worse) + " and better for no player in the model"
	}
	return "better for " + list(better) + ", and worse for " + list(worse)
}

// offerAgreement says in which form the terms are an agreement.
func (c *composer) offerAgreement(taken, refused, led uint64) []Sentence {
	if c.in.Outlook == nil || !c.in.Conflict.HasTalks {
		return nil
	}
	var best *engine.AgreementShare
	force := func(a *engine.AgreementShare) bool { return c.in.Conflict.BeginsForce(a.State) }
	better := func(a *engine.AgreementShare) bool {
		switch {
		case best == nil:
			return true
		case force(a) != force(best):
			return force(best)
		case tidy(a.P) != tidy(best.P):
			return a.P > best.P
		}
		return a.Struck > best.Struck
	}
	for i := range c.in.Outlook.Agreements {
		if a := &c.in.Outlook.Agreements[i]; a.State&taken == taken && a.State&refused == 0 && better(a) {
			best = a
		}
	}
	if best == nil {
		return []Sentence{say("in no world of the model is it part of an agreement that its parties would both accept and keep", c.fact("no agreement."+c.t.k.Pattern(taken), "no agreement holds these terms in any world"))}
	}
	p, _ := c.agreementRefs(best)
	s := "its terms are part of an agreement that its parties would accept and keep " + worlds(best.P) + ": " + c.t.position(best.State)
	if best.State == led {
		s = "as an agreement, its parties would accept and keep that " + worlds(best.P)
	}
	if force(best) {
		s += "; " + newForce
	}
	return []Sentence{say(s, p)}
}

// worlds is a share of worlds.
func worlds(p float64) string {
	switch p = tidy(p); p {
	case 0:
		return "in no world of the model"
	case 1:
		return "in every world of the model"
	}
	return "in " + Percent(p) + " of the model’s worlds"
}

func (c *composer) agreementRefs(a *engine.AgreementShare) (p, struck Ref) {
	name := "agreement." + c.t.k.Pattern(a.State)
	return c.result(name+".exists", "share of worlds in which this is an agreement: "+c.t.position(a.State), a.P, Probability),
		c.result(name+".struck", "share of the model in which it is struck", a.Struck, Probability)
}

// withdrawable says which promises could be withdrawn after an offer was taken.
// Nothing is said of an offer that begins a use of force.
func (c *composer) withdrawable(o *demarche.Offer, taken uint64, e Ref) []Sentence {
	undone, ok := c.undoable(o)
	if !ok {
		return nil
	}
	var back, firm []string
	several := false
	for i := range c.t.k.Players {
		var open, closed []string
		for k, o := range c.in.Conflict.Options {
			opt := c.caseOption(o.ID)
			if taken>>k&1 == 0 || o.Player != i || opt == nil {
				continue
			}
			switch {
			case !opt.Back():
				closed = append(closed, base(c.t.optionSays(k)))
			case undone>>k&1 == 1:
				open = append(open, base(c.t.optionSays(k)))
			}
		}
		if len(open) > 0 {
			words := c.t.playerAgain(i) + " could go back on the promise to " + list(open)
			if len(back) > 0 {
				words = c.t.playerAgain(i) + " on the promise to " + list(open)
			}
			back = append(back, words)
			several = several || len(open) > 1
		}
		if len(closed) > 0 {
			firm = append(firm, "what "+c.t.playerAgain(i)+" would do, to "+list(closed)+", cannot be undone")
		}
	}
	if len(back) == 0 && len(firm) == 0 {
		return nil
	}
	if len(back) == 0 {
		return []Sentence{say(list(firm), e)}
	}
	s := "afterwards, " + setApart(back, several, "and")
	if len(firm) > 0 {
		s += "; " + strings.Join(firm, "; ")
	}
	return []Sentence{say(s, e)}
}

// undoable are the options that, once an offer is carried out, their player alone
// could change back, as the rules of the model have it. It fails where the offer
// fits nowhere or begins a use of force.
func (c *composer) undoable(o *demarche.Offer) (options uint64, ok bool) {
	place := slices.IndexFunc(c.in.Conflict.Case.Offers, func(x demarche.Offer) bool { return x.ID == o.ID })
	if c.in.Offers != nil {
		for n := range c.in.Offers.Offers {
			if f := &c.in.Offers.Offers[n]; f.Offer == place && f.Fits {
				for _, w := range f.Carried.Withdrawals {
					options |= 1 << w.Option
				}
				return options, !f.Carried.Force
			}
		}
		return 0, false
	}
	if c.m == nil || c.start < 0 {
		return ^uint64(0), true // only what is done once is known to stay
	}
	p, err := c.foresight.Proposal(c.ctx, place)
	if err != nil || !p.Fits {
		return 0, false
	}
	s, _ := c.m.Find(p.State)
	var moves []int
	for i, player := range c.in.Conflict.Players {
		moves = c.m.Moves(moves[:0], i, s)
		for _, t := range moves {
			options |= (p.State ^ c.m.States[t]) & player.Own
		}
	}
	return options, !c.in.Conflict.BeginsForce(p.State)
}

func (c *composer) caseOption(id string) *demarche.Option {
	player, name, _ := strings.Cut(id, ".")
	for i := range c.in.Case.Conflict.Players {
		p := &c.in.Case.Conflict.Players[i]
		for j := range p.Options {
			if p.ID == player && p.Options[j].ID == name {
				return &p.Options[j]
			}
		}
	}
	return nil
}

// records tell what actors have done before.
func (c *composer) records() [][]Sentence {
	var items [][]Sentence
	for i := range c.in.Case.Actors {
		a := &c.in.Case.Actors[i]
		for j := range a.Record {
			r := &a.Record[j]
			items = append(items, []Sentence{say(c.names.actor(a.ID)+": "+c.names.inside(r.Says), with(c.because(r.Because), c.entry("record", a.ID+": "+r.Says, bare(r.Says)))...)})
			c.telling(r.Because)
		}
	}
	return items
}
