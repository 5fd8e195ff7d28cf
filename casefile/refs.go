package casefile

import (
	"reflect"
	"strings"

	"github.com/demarche/demarche"
)

// names are the ids of one section, in the order of the file.
type names struct {
	list []string
	set  map[string]bool
}

func (n *names) add(id string) {
	if n.set == nil {
		n.set = map[string]bool{}
	}
	if !n.set[id] {
		n.set[id] = true
		n.list = append(n.list, id)
	}
}

func (n *names) has(id string) bool { return n.set[id] }

// with are the names that begin with a prefix.
func (n *names) with(prefix string) []string {
	var out []string
	for _, s := range n.list {
		if strings.HasPrefix(s, prefix) {
			out = append(out, s)
		}
	}
	return out
}

// checker looks at a decoded case as a whole.
type checker struct {
	*decoder
	doc *demarche.Case

	actors, players, options, propositions, authorities names
	claims, offers, tracks, states, outcomes            names

	knownClaim func(id string) bool // claims outside the case file, or nil
	reports    []string             // ids of the reports, if hasReports
	hasReports bool
}

// patternLetters is the number of letters of a pattern: none in a model with
// an explicit graph.
func (c *checker) patternLetters() int {
	if c.doc.Conflict == nil || c.doc.Conflict.Graph != nil {
		return 0
	}
	return c.doc.Conflict.OptionCount()
}

// collect gathers the names that the case defines.
func (c *checker) collect() {
	for _, a := range c.doc.Actors {
		c.actors.add(a.ID)
	}
	for _, p := range c.doc.Propositions {
		c.propositions.add(p.ID)
	}
	for _, a := range c.doc.Authorities {
		c.authorities.add(a.ID)
	}
	for _, x := range c.doc.Claims {
		c.claims.add(x.ID)
	}
	for _, o := range c.doc.Offers {
		c.offers.add(o.ID)
	}
	for _, t := range c.doc.Tracks {
		c.tracks.add(t.ID)
	}
	m := c.doc.Conflict
	if m == nil {
		return
	}
	for _, p := range m.Players {
		c.players.add(p.ID)
		for _, o := range p.Options {
			c.options.add(p.ID + "." + o.ID)
		}
	}
	for _, o := range m.Outcomes {
		c.outcomes.add(o.ID)
	}
	if m.Graph != nil {
		for _, s := range m.Graph.States {
			c.states.add(s.ID)
		}
	}
}

// references checks everything that refers to something by its id.
func (c *checker) references() {
	visit(reflect.ValueOf(c.doc).Elem(), func(fd *field, v reflect.Value) {
		if fd.ref == "" {
			return
		}
		if v.Kind() == reflect.Pointer && !v.IsNil() {
			v = v.Elem()
		}
		switch {
		case v.Type() == refType:
			c.reference(v.Interface().(demarche.Ref), fd)
		case v.Kind() == reflect.Slice && v.Type().Elem() == refType:
			seen := map[string]bool{}
			for _, r := range v.Interface().([]demarche.Ref) {
				c.reference(r, fd)
				if seen[r.Name] && fd.ref != "state" {
					c.repeated(r, fd)
				}
				seen[r.Name] = true
			}
		case fd.keyed:
			for i := range v.Len() {
				item, s := v.Index(i), shapeOf(fd.typ.Elem())
				c.reference(demarche.Ref{At: item.Field(s.at).Interface().(demarche.Pos), Name: item.Field(s.id).String()}, fd)
			}
		}
	})
}

func (c *checker) repeated(r demarche.Ref, fd *field) {
	if fd.key == "status_quo" {
		c.bad(r.At, "remove one", "%s stands in status_quo twice", r.Name)
		return
	}
	c.warn(r.At, "remove one", "%s stands in %s twice", r.Name, fd.key)
}

func (c *checker) reference(r demarche.Ref, fd *field) {
	if r.Name == "" && r.At.IsZero() {
		return
	}
	switch fd.ref {
	case "actor":
		if !c.actors.has(r.Name) && !c.players.has(r.Name) {
			c.unknownActor(r, fd)
		}
	case "player":
		if c.players.has(r.Name) {
			return
		}
		if c.doc.Conflict == nil {
			c.bad(r.At, "add a conflict with players, or remove this", "%s is not a player: the case has no conflict", r.Name)
			return
		}
		if c.actors.has(r.Name) {
			c.bad(r.At, "add it to the players, or name one of them: "+joinOr(c.players.list), "%s is an actor but not a player of the conflict", r.Name)
			return
		}
		c.bad(r.At, demarche.DidYouMean(r.Name, c.players.list), "unknown player %s", r.Name)
	case "option":
		if fd.key == "status_quo" && c.states.list != nil {
			if !c.states.has(r.Name) {
				c.bad(r.At, demarche.DidYouMean(r.Name, c.states.list), "unknown state %s", r.Name)
			}
			return
		}
		if !c.options.has(r.Name) {
			c.unknownOption(r.At, r.Name)
		}
	case "proposition":
		if c.propositions.has(r.Name) {
			return
		}
		if c.authorities.has(r.Name) {
			c.bad(r.At, "name the claim under claimed_by or disputed_by of the authority", "%s is an authority; claims affirm and deny propositions", r.Name)
			return
		}
		c.bad(r.At, demarche.DidYouMean(r.Name, c.propositions.list), "unknown proposition %s", r.Name)
	case "offer":
		c.known(r, "offer", &c.offers)
	case "track":
		c.known(r, "track", &c.tracks)
	case "state":
		c.known(r, "state", &c.states)
	case "outcome":
		if len(c.outcomes.list) == 0 {
			c.bad(r.At, "add outcomes under conflict, or remove this", "unknown outcome %s: the case names no outcomes", show(r.Name))
			return
		}
		c.known(r, "outcome", &c.outcomes)
	case "claim":
		// Claims may also be in the ledger: see claims.
	default:
		panic("casefile: no section for references to " + fd.ref)
	}
}

func (c *checker) known(r demarche.Ref, noun string, n *names) {
	if !n.has(r.Name) {
		c.bad(r.At, demarche.DidYouMean(r.Name, n.list), "unknown %s %s", noun, show(r.Name))
	}
}

func (c *checker) unknownActor(r demarche.Ref, fd *field) {
	for _, a := range c.doc.Actors {
		for _, name := range append([]string{a.Name}, a.Aliases...) {
			if strings.EqualFold(name, r.Name) {
				c.bad(r.At, "write its id: "+a.ID, "actors are named by their ids, not as %s", show(r.Name))
				return
			}
		}
	}
	hint := demarche.DidYouMean(r.Name, append(c.actors.list[:len(c.actors.list):len(c.actors.list)], c.players.list...))
	if !strings.HasPrefix(hint, "did") && fd.key == "of" {
		// The whole of which somebody is a part need not act in the crisis.
		c.warn(r.At, "add it to the actors if it matters by itself", "%s is not one of the actors", show(r.Name))
		return
	}
	if hint == "" {
		hint = "add it to the actors"
	}
	c.bad(r.At, hint, "unknown actor %s", show(r.Name))
}

func (c *checker) unknownOption(at demarche.Pos, name string) {
	player, option, dotted := strings.Cut(name, ".")
	switch {
	case len(c.options.list) == 0 && c.states.list != nil:
		c.bad(at, "name a state of the graph", "unknown option %s: a model with a graph has states, not options", show(name))
		return
	case len(c.options.list) == 0:
		c.bad(at, "add a conflict with players and their options", "unknown option %s: the case has no options", show(name))
		return
	case !dotted:
		for _, o := range c.options.list {
			if _, own, _ := strings.Cut(o, "."); own == name {
				c.bad(at, "options are written with their player: did you mean "+o+"?", "unknown option %s", show(name))
				return
			}
		}
	}
	if near := demarche.Nearest(name, c.options.list); near != "" {
		c.bad(at, "did you mean "+near+"?", "unknown option %s", show(name))
		return
	}
	if dotted && !c.players.has(player) {
		for _, o := range c.options.list {
			if _, own, _ := strings.Cut(o, "."); own == option {
				c.bad(at, "did you mean "+o+"?", "unknown option %s: there is no player %s", show(name), show(player))
				return
			}
		}
		c.bad(at, demarche.DidYouMean(player, c.players.list), "unknown option %s: there is no player %s", show(name), show(player))
		return
	}
	hint := demarche.DidYouMean(name, c.options.list)
	if own := c.options.with(player + "."); dotted && len(own) > 0 {
		hint = player + " has " + joinAnd(own)
	}
	c.bad(at, hint, "unknown option %s", show(name))
}

// claimRefs are all references to claims.
func claimRefs(doc *demarche.Case) []demarche.Ref {
	var out []demarche.Ref
	visit(reflect.ValueOf(doc).Elem(), func(fd *field, v reflect.Value) {
		if fd.ref == "claim" {
			out = append(out, v.Interface().([]demarche.Ref)...)
		}
	})
	return out
}

// checkClaims checks references to claims. A claim may be in the case file or
// in the ledger; without a ledger and without claims in the file the claims
// are simply not entered yet, and one warning says so.
func (c *checker) checkClaims() {
	var missing []demarche.Ref
	for _, r := range claimRefs(c.doc) {
		if c.claims.has(r.Name) || c.knownClaim != nil && c.knownClaim(r.Name) {
			continue
		}
		missing = append(missing, r)
	}
	if len(missing) == 0 {
		return
	}
	if c.knownClaim == nil && len(c.claims.list) == 0 {
		var ids names
		for _, r := range missing {
			ids.add(r.Name)
		}
		list := ids.list
		more := ""
		if len(list) > 5 {
			list, more = list[:5], " and others"
		}
		c.warn(missing[0].At, "enter them under claims, or add the reports to the ledger", "claims are cited that are neither in the case nor in a ledger: %s%s", strings.Join(list, ", "), more)
		return
	}
	for _, r := range missing {
		hint := demarche.DidYouMean(r.Name, c.claims.list)
		if hint == "" {
			hint = "enter it under claims, or accept it in the ledger"
		}
		c.bad(r.At, hint, "unknown claim %s", show(r.Name))
	}
}
