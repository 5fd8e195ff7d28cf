package casefile

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/demarche/demarche"
)

// validate checks what the decoder cannot see: names, cycles, and what
// contradicts itself.
func (c *checker) validate() {
	c.uniqueIDs()
	c.cycles()
	c.picture()
	c.judgements()
	c.weights()
	c.checkReports()
	c.checkClaims()
	if m := c.doc.Conflict; m != nil {
		c.conflict(m)
	}
}

// uniqueIDs checks the ids that are not keys of a mapping, and the namespace
// that propositions and authorities share.
func (c *checker) uniqueIDs() {
	first := map[string]demarche.Pos{}
	unique := func(section, id string, at demarche.Pos) {
		if id == "" {
			return
		}
		if p, dup := first[section+" "+id]; dup {
			c.bad(at, "give one of them another id", "%s is the id of two %s; the first is on line %d", id, section, p.Line)
			return
		}
		first[section+" "+id] = at
	}
	for _, x := range c.doc.Incidents {
		unique("incidents", x.ID, x.At)
	}
	for _, x := range c.doc.Offers {
		unique("offers", x.ID, x.At)
	}
	for _, x := range c.doc.Tracks {
		unique("tracks", x.ID, x.At)
	}
	for _, x := range c.doc.Decisions {
		unique("decisions", x.ID, x.At)
	}
	reservedFact := func(id string, at demarche.Pos) {
		switch {
		case id == "talks" || id == "otherwise":
			c.bad(at, "choose another id", "%s has a meaning of its own and cannot be the id of a proposition or an authority", id)
		case c.patternLetters() > 0 && len(id) == c.patternLetters() && strings.Trim(id, "YN-") == "":
			c.warn(at, "choose another id", "conditions read %s as a pattern, so they cannot name this", id)
		}
	}
	for _, p := range c.doc.Propositions {
		first["facts "+p.ID] = p.At
		reservedFact(p.ID, p.At)
	}
	for _, a := range c.doc.Authorities {
		if p, dup := first["facts "+a.ID]; dup {
			c.bad(a.At, "give one of them another id", "%s is the id of a proposition too, on line %d; propositions and authorities share their names", a.ID, p.Line)
		}
		reservedFact(a.ID, a.At)
	}
	if m := c.doc.Conflict; m != nil && m.Graph != nil {
		for _, s := range m.Graph.States {
			if c.propositions.has(s.ID) || c.authorities.has(s.ID) {
				c.bad(s.At, "give one of them another id", "%s is the id of a proposition or an authority too", s.ID)
			}
		}
	}
}

// cycles finds chains of references that come back to where they began.
func (c *checker) cycles() {
	type link struct {
		id   string
		next demarche.Ref
	}
	follow := func(what, hint string, links []link) {
		next := map[string]demarche.Ref{}
		for _, l := range links {
			if l.next.Name != "" {
				if _, dup := next[l.id]; !dup {
					next[l.id] = l.next
				}
			}
		}
		done := map[string]bool{}
		for _, l := range links {
			path := []string{}
			for id := l.id; id != "" && !done[id]; id = next[id].Name {
				if i := slices.Index(path, id); i >= 0 {
					loop := append(path[i:len(path):len(path)], id)
					if len(loop) == 2 {
						c.bad(next[path[i]].At, hint, "%s %s itself", id, what)
					} else {
						c.bad(next[path[i]].At, hint, "%s: this goes round in a circle", strings.Join(loop, " "+what+" "))
					}
					break
				}
				path = append(path, id)
			}
			for _, id := range path {
				done[id] = true
			}
		}
	}
	var actors, offers, tracks []link
	for _, a := range c.doc.Actors {
		actors = append(actors, link{a.ID, a.Of})
	}
	for _, o := range c.doc.Offers {
		offers = append(offers, link{o.ID, o.Answers})
	}
	for _, t := range c.doc.Tracks {
		tracks = append(tracks, link{t.ID, t.PausedFor})
	}
	follow("belongs to", "remove one of the of: lines", actors)
	follow("answers", "remove one of the answers: lines", offers)
	follow("is paused for", "remove one of the paused_for: lines", tracks)
}

// picture checks actors, incidents, offers and the like.
func (c *checker) picture() {
	for _, t := range c.doc.Ties {
		if t.From.Name != "" && t.From.Name == t.To.Name {
			c.bad(t.At, "name two actors", "a tie joins %s to itself", t.From.Name)
		}
		if !t.Since.IsZero() && t.Since.StartsAfter(t.Until) {
			c.bad(t.At, "put the earlier date in since", "the tie ends (%s) before it begins (%s)", t.Until, t.Since)
		}
	}
	for _, p := range c.doc.Propositions {
		for _, b := range p.Believes {
			if slices.ContainsFunc(p.KnownTo, func(r demarche.Ref) bool { return r.Name == b.ID }) {
				c.bad(b.At, "remove it from known_to or from believes", "%s both knows and only believes %s", b.ID, p.ID)
			}
		}
		if len(p.Believes) > 0 && len(p.KnownTo) == 0 {
			c.warn(p.At, "say in known_to who knows it", "believes has no effect: without known_to every player knows whether %s is true", p.ID)
		}
	}
	for _, a := range c.doc.Authorities {
		if a.Binding && strings.TrimSpace(a.Reason) == "" {
			c.bad(a.At, "add reason: and why it removes states rather than marking moves", "authority %s is binding without a reason", a.ID)
		}
		if a.Binding && len(a.Bars) == 0 {
			c.warn(a.At, "say in bars which options it rules out", "authority %s is binding but bars nothing", a.ID)
		}
	}
	for _, x := range c.doc.Incidents {
		if p := x.Place; p != nil && (p.Lat == nil) != (p.Lon == nil) {
			c.bad(p.At, "give both lat and lon, or neither", "the place of %s has only one of lat and lon", x.ID)
		}
		n := x.Casualties
		if n == nil {
			continue
		}
		over := func(a, b *int) bool { return a != nil && b != nil && *a > *b }
		switch {
		case over(n.AtLeast, n.AtMost):
			c.bad(n.At, "exchange them", "at_least (%d) is more than at_most (%d)", *n.AtLeast, *n.AtMost)
		case over(n.AtLeast, n.About), over(n.About, n.AtMost):
			c.bad(n.At, "about lies between at_least and at_most", "about (%d) lies outside the range given", *n.About)
		case n.About == nil && n.AtLeast == nil && n.AtMost == nil:
			c.warn(n.At, "give about, at_least or at_most", "casualties have no number")
		}
	}
	for _, o := range c.doc.Offers {
		for _, to := range o.To {
			if to.Name == o.By.Name && to.Name != "" {
				c.bad(to.At, "name the one to whom it is made", "%s makes the offer %s to itself", to.Name, o.ID)
			}
		}
	}
	for _, x := range c.doc.Claims {
		for _, r := range x.Denies {
			if slices.ContainsFunc(x.Affirms, func(a demarche.Ref) bool { return a.Name == r.Name }) {
				c.bad(r.At, "remove it from one of the two", "claim %s both affirms and denies %s", x.ID, r.Name)
			}
		}
		if x.Says == "" && x.Quote == "" {
			c.warn(x.At, "add says: or quote:", "claim %s has no words", x.ID)
		}
	}
}

// judgements checks analysts' judgements and reference classes.
func (c *checker) judgements() {
	for _, j := range c.doc.Judgements {
		if j.By != "" && strings.TrimSpace(j.By) == "" {
			c.bad(j.At, "write the name of the person who judges", "the judgement has no signature")
		}
		if a := c.doc.Actor(j.By); a != nil {
			c.warn(j.At, "write the name of the analyst as a person would sign", "the judgement is signed %s, which is an actor of the case", show(j.By))
		}
		switch on := j.ResolvedOn; {
		case on.IsZero():
		case j.Resolved == "":
			c.bad(j.At, "add resolved: yes or no, or remove resolved_on", "the judgement has a day on which it was resolved, but not whether the outcome came about")
		case !j.Date.IsZero() && j.Date.StartsAfter(on):
			c.bad(j.At, "put the day on which the outcome became known in resolved_on", "the judgement was made (%s) after it was resolved (%s)", j.Date, on)
		}
		if !j.Date.IsZero() && !c.doc.AsOf.IsZero() && j.Date.StartsAfter(c.doc.AsOf) {
			c.warn(j.At, "move as_of, or leave the judgement out", "the judgement was made (%s) after the day of the case (%s)", j.Date, c.doc.AsOf)
		}
	}
	for _, r := range c.doc.ReferenceClasses {
		if r.N != nil && r.K != nil && *r.K > *r.N {
			c.bad(r.At, "k counts those of the n cases in which it came about", "it came about in %d of %d cases", *r.K, *r.N)
		}
	}
}

// weights checks the rows that the case sets in the table of weights.
func (c *checker) weights() {
	first := map[[2]string]demarche.Pos{}
	for _, row := range c.doc.Weights {
		key := [2]string{row.Table, row.Grade}
		if row.Table == "" || row.Value == nil {
			continue // told already
		}
		if p, dup := first[key]; dup {
			c.bad(row.At, "remove one of the two", "the weight of %s %s is set twice; the first is on line %d", row.Table, gradeOr(row.Grade), p.Line)
			continue
		}
		first[key] = row.At
		if _, ok := demarche.DefaultWeights.Of(row.Table, row.Grade); !ok {
			var grades []string
			for _, w := range demarche.DefaultWeights {
				if w.Table == row.Table && w.Grade != "" {
					grades = append(grades, w.Grade)
				}
			}
			c.bad(row.At, "write "+joinOr(grades)+", or leave grade out for what is not stated", "%s has no grade %s", row.Table, show(row.Grade))
			continue
		}
		one := demarche.Case{Weights: []demarche.WeightRow{row}}
		if err := one.WeightsOr().Check(); err != nil {
			e, _ := errors.AsType[*demarche.Error](err)
			c.bad(row.At, e.Hint, "%s", e.Msg)
		}
	}
}

func gradeOr(grade string) string {
	if grade == "" {
		return "without a grade"
	}
	return grade
}

// checkReports checks that the reports claims come from are there.
func (c *checker) checkReports() {
	if !c.hasReports {
		return
	}
	for _, x := range c.doc.Claims {
		if x.Report == "" || slices.Contains(c.reports, x.Report) {
			continue
		}
		hint := demarche.DidYouMean(x.Report, c.reports)
		for _, id := range c.reports {
			if strings.HasPrefix(x.Report, id+".") {
				hint = "write the name without its ending: " + id
			}
		}
		if hint == "" {
			hint = "a report's id is the name of its file without the ending"
		}
		c.bad(x.At, hint, "claim %s is from report %s, which is not in the reports folder", x.ID, show(x.Report))
	}
}

// conflict checks the model.
func (c *checker) conflict(m *demarche.Conflict) {
	if len(m.Players) == 0 {
		c.bad(m.At, "add players with their options", "the conflict has no players")
	}
	for i := range m.Players {
		c.player(m, &m.Players[i])
	}
	for i := range m.Rules {
		c.rule(&m.Rules[i])
	}
	if m.Graph != nil {
		c.graph(m)
	}
	if t := m.Talks; t != nil && len(t.Parties) < 2 {
		c.warn(t.At, "name the players who could strike a deal", "talks with fewer than two parties can reach no agreement")
	}
	for i, o := range m.Outcomes {
		if o.Otherwise() && i < len(m.Outcomes)-1 {
			c.bad(o.At, "move it to the end", "the outcomes after %s can never be reached, since otherwise takes every state left", o.ID)
		}
		if o.ID == "no_settlement" {
			c.bad(o.At, "choose another id", "no_settlement is the name for runs that never settle")
		}
	}
	for i := range m.Levers {
		c.lever(m, &m.Levers[i])
	}
	for _, p := range m.Perceptions {
		for i := range p.Others {
			o := &p.Others[i]
			if o.ID == p.ID {
				c.bad(o.At, "name another player", "%s has a perception of itself", p.ID)
			}
			c.oneWay(o.At, "what "+p.ID+" believes of "+o.ID, o.Prefers, o.Ranking, o.Payoffs)
			c.statements(o.ID, o.Prefers, false)
			c.ranking(m, o.Ranking)
		}
	}
}

func (c *checker) player(m *demarche.Conflict, p *demarche.Player) {
	c.oneWay(p.At, "player "+p.ID, p.Prefers, p.Ranking, p.Payoffs)
	c.statements(p.ID, p.Prefers, true)
	c.ranking(m, p.Ranking)
	c.payoffs(m, p.At, p.Payoffs)
	for _, o := range p.Options {
		if m.Graph != nil {
			c.bad(o.At, "remove the options, or the graph", "a model with a graph has moves instead of options")
			break
		}
		if o.Once && (o.Moves == "both" || o.Moves == "back") {
			c.bad(o.At, "once: true is the same as moves: forward; keep one of the two", "option %s.%s has once: true, which contradicts moves: %s", p.ID, o.ID, o.Moves)
		}
		for _, r := range o.SharedWith {
			if r.Name == p.ID {
				c.bad(r.At, "name the other players", "option %s.%s is shared with its own player", p.ID, o.ID)
			}
		}
	}
	if len(p.Degrees) > 2 {
		c.bad(p.At, "give one gap for two degrees of strength, two for three", "degrees takes one or two gaps, not %d", len(p.Degrees))
	} else if len(p.Degrees) == 2 && p.Degrees[0] >= p.Degrees[1] {
		c.bad(p.At, "put the smaller gap first", "the gaps in degrees of player %s do not grow", p.ID)
	}
	c.unsure(p)
}

// oneWay checks that preferences are given in at most one of three ways.
func (c *checker) oneWay(at demarche.Pos, who string, prefers []demarche.Statement, ranking []demarche.Rank, payoffs []float64) {
	var given []string
	if len(prefers) > 0 {
		given = append(given, "prefers")
	}
	if len(ranking) > 0 {
		given = append(given, "ranking")
	}
	if len(payoffs) > 0 {
		given = append(given, "payoffs")
	}
	if len(given) > 1 {
		c.bad(at, "keep one of them", "%s has %s: preferences are given in one way only", who, joinAnd(given))
	}
}

// statements checks a list of preferences. With knows, it also checks that the
// player can know what a statement depends on.
func (c *checker) statements(player string, list []demarche.Statement, knows bool) {
	weights := 0
	for i := range list {
		if list[i].Weight != nil {
			weights++
		}
		if knows {
			c.knows(player, list[i].If)
		}
	}
	if weights > 0 && weights < len(list) {
		for i, s := range list {
			if s.Weight == nil {
				c.bad(s.At, "give every statement a weight, or none", "statement %d of %s has no weight, but others have", i+1, player)
				break
			}
		}
	}
}

// knows checks that a player knows the propositions its statement depends on.
func (c *checker) knows(player string, e demarche.Expr) {
	for _, name := range factsOf(e) {
		for _, p := range c.doc.Propositions {
			if p.ID == name && len(p.KnownTo) > 0 && !slices.ContainsFunc(p.KnownTo, func(r demarche.Ref) bool { return r.Name == player }) {
				c.bad(e.At, fmt.Sprintf("add %s to known_to of %s, or state the preference without it", player, name), "%s does not know whether %s is true, so its preferences cannot depend on it", player, name)
			}
		}
	}
}

// namesFacts reports whether the set of states differs between worlds.
func namesFacts(m *demarche.Conflict) (demarche.Pos, bool) {
	for _, r := range m.Rules {
		for _, e := range append([]demarche.Expr{r.Never, r.If, r.Then}, r.AtMostOne...) {
			if len(factsOf(e)) > 0 {
				return r.At, true
			}
		}
	}
	return demarche.Pos{}, false
}

func (c *checker) ranking(m *demarche.Conflict, ranking []demarche.Rank) {
	rule, varies := namesFacts(m)
	numbers := map[int]demarche.Pos{}
	told := false
	for _, r := range ranking {
		for _, item := range r.States {
			switch {
			case item.Number > 0:
				if varies && m.Graph == nil && !told {
					told = true
					c.bad(item.At, "use patterns", "states cannot be ranked by number, since the rule on line %d names a proposition or an authority and the numbers would differ", rule.Line)
				}
				if first, dup := numbers[item.Number]; dup {
					c.bad(item.At, "rank each state once", "state %d is ranked twice; the first time on line %d", item.Number, first.Line)
				}
				numbers[item.Number] = item.At
			case m.Graph != nil:
				if !c.states.has(item.Pattern) {
					c.bad(item.At, demarche.DidYouMean(item.Pattern, c.states.list), "unknown state %s", show(item.Pattern))
				}
			case strings.Trim(item.Pattern, "YN-") != "" || item.Pattern == "":
				c.bad(item.At, "write a pattern such as "+strings.Repeat("Y", c.patternLetters())+", or a number from 1", "%s is neither a pattern nor the number of a state", show(item.Pattern))
			case len(item.Pattern) != c.patternLetters():
				k := c.patternLetters()
				c.bad(item.At, fmt.Sprintf("a pattern has one letter for each of the %d options: %d, not %d", k, k, len(item.Pattern)), "%s is not a pattern of this model", item.Pattern)
			}
		}
	}
}

func (c *checker) payoffs(m *demarche.Conflict, at demarche.Pos, payoffs []float64) {
	if len(payoffs) == 0 {
		return
	}
	if m.Graph != nil {
		if n := len(m.Graph.States); n != len(payoffs) {
			c.bad(at, "give one number for each state, in their order", "there are %d payoffs for %d states", len(payoffs), n)
		}
		return
	}
	if rule, varies := namesFacts(m); varies {
		c.bad(at, "use prefers, or a ranking with patterns", "payoffs go by the number of a state, and the rule on line %d names a proposition or an authority, so that the numbers would differ", rule.Line)
	}
}

func (c *checker) unsure(p *demarche.Player) {
	n := len(p.Prefers)
	for _, u := range p.Unsure {
		if n == 0 {
			c.bad(u.At, "state the preferences as prefers", "unsure counts statements, and player %s has none", p.ID)
			return
		}
		given := 0
		for _, is := range []bool{u.Order != nil, u.Drop != nil, u.Weight != nil} {
			if is {
				given++
			}
		}
		if given != 1 {
			c.bad(u.At, "write {order: [2, 3]}, {drop: 4} or {weight: 2, from: 1, to: 3}", "an entry of unsure has exactly one of order, drop and weight")
			continue
		}
		within := func(i int) {
			if i > n {
				c.bad(u.At, fmt.Sprintf("count from 1 to %d", n), "there is no statement %d: player %s has %d", i, p.ID, n)
			}
		}
		switch {
		case u.Order != nil:
			if len(u.Order) != 2 {
				c.bad(u.At, "write {order: [2, 3]}", "order names two statements, not %d", len(u.Order))
				continue
			}
			if u.Order[0] == u.Order[1] {
				c.bad(u.At, "name two different ones", "order names statement %d twice", u.Order[0])
			}
			within(u.Order[0])
			within(u.Order[1])
		case u.Drop != nil:
			within(*u.Drop)
		case u.Weight != nil:
			within(*u.Weight)
			if u.From == nil || u.To == nil {
				c.bad(u.At, "write {weight: 2, from: 1, to: 3}", "a weight that is not known needs from and to")
			} else if *u.From > *u.To {
				c.bad(u.At, "exchange from and to", "the weight goes from %g down to %g", *u.From, *u.To)
			}
			if u.P != nil {
				c.bad(u.At, "remove p", "p goes with order and drop; a weight has from and to")
			}
		}
		if u.Weight == nil && (u.From != nil || u.To != nil) {
			c.bad(u.At, "remove them, or write weight: and the number of the statement", "from and to go with weight")
		}
	}
}

func (c *checker) rule(r *demarche.Rule) {
	set := func(e demarche.Expr) bool { return !e.At.IsZero() }
	kinds := 0
	for _, is := range []bool{set(r.Never), r.AtMostOne != nil, set(r.If) || set(r.Then)} {
		if is {
			kinds++
		}
	}
	const hint = "write never: and what cannot be, at_most_one: and a list, or if: and then:"
	switch {
	case kinds == 0:
		c.bad(r.At, hint, "the rule does not say what cannot be")
	case kinds > 1:
		c.bad(r.At, "make it two rules", "a rule has one of never, at_most_one, and if with then")
	case set(r.If) && !set(r.Then):
		c.bad(r.At, "add then: and what holds wherever it does", "the rule has if without then")
	case set(r.Then) && !set(r.If):
		c.bad(r.At, "add if: and when it applies", "the rule has then without if")
	case r.AtMostOne != nil && len(r.AtMostOne) < 2:
		c.bad(r.At, "name two conditions or more", "at_most_one needs at least two conditions")
	}
}

func (c *checker) graph(m *demarche.Conflict) {
	if len(m.Graph.States) == 0 {
		c.bad(m.Graph.At, "name the states", "the graph has no states")
	}
	if m.StatusQuo != nil && len(*m.StatusQuo) != 1 {
		c.bad(m.Graph.At, "write status_quo: and one state in brackets", "with a graph, status_quo is one state")
	}
	for _, p := range m.Graph.Moves {
		for _, a := range p.Arcs {
			if len(a.Ends) != 2 {
				c.bad(a.At, "write [from, to]", "a move joins two states, not %d", len(a.Ends))
			} else if a.Ends[0].Name == a.Ends[1].Name {
				c.bad(a.At, "name two states", "a move of %s goes from %s to itself", p.ID, a.Ends[0].Name)
			}
		}
	}
}

func (c *checker) lever(m *demarche.Conflict, l *demarche.Lever) {
	if l.Prefer == nil {
		return
	}
	c.knows(l.Prefer.Player.Name, l.Prefer.If)
	for _, p := range m.Players {
		if p.ID != l.Prefer.Player.Name {
			continue
		}
		if len(p.Ranking) > 0 || len(p.Payoffs) > 0 {
			c.bad(l.At, "state the preferences of "+p.ID+" as prefers", "lever %s adds a statement, but %s has a ranking or payoffs", l.ID, p.ID)
		}
		if most := len(p.Prefers) + 1; l.Prefer.Place > most {
			c.warn(l.Prefer.At, fmt.Sprintf("write at: %d for the last place", most), "lever %s puts its statement at place %d, but %s has %d statements", l.ID, l.Prefer.Place, p.ID, len(p.Prefers))
		}
	}
}
