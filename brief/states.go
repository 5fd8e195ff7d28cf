package brief

import (
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// teller puts the conflict's states and conditions into words.
type teller struct {
	*names
	k *engine.Conflict
}

// StateWords describes a state by the options taken, by player.
func StateWords(k *engine.Conflict, state uint64) string {
	t := &teller{newNames(k.Case), k}
	t.allShort()
	return t.state(state)
}

// PlayerWords is the name of a player inside a sentence: the United States.
func PlayerWords(k *engine.Conflict, i int) string {
	t := &teller{newNames(k.Case), k}
	t.allShort()
	return t.player(i)
}

// allShort has every name said in its short form.
func (n *names) allShort() {
	for i := range n.c.Actors {
		n.used[n.c.Actors[i].ID] = true
	}
}

func (t *teller) player(i int) string { return t.actorOr(i, t.actor) }

// playerAgain is the short name.
func (t *teller) playerAgain(i int) string { return t.actorOr(i, t.again) }

func (t *teller) actorOr(i int, name func(string) string) string {
	p := t.k.Players[i]
	if t.c.Actor(p.ID) == nil {
		return withArticle(p.Name, "")
	}
	return name(p.ID)
}

// pronoun stands for a player in the same sentence or the next: its name for a
// person, whose gender the case does not give.
func (t *teller) pronoun(i int) string {
	p := t.k.Players[i]
	a := t.c.Actor(p.ID)
	switch {
	case a != nil && a.Kind == "person":
		return t.again(p.ID)
	case t.manyOf(i):
		return "they"
	}
	return "it"
}

func (t *teller) manyOf(i int) bool {
	p := t.k.Players[i]
	if t.c.Actor(p.ID) == nil {
		return isPlural(p.Name, "group")
	}
	return t.plural(p.ID)
}

func (t *teller) optionSays(k int) string {
	if says := strings.TrimSpace(t.k.Options[k].Says); says != "" {
		return says
	}
	_, id, _ := strings.Cut(t.k.Options[k].ID, ".")
	return upperFirst(strings.ReplaceAll(id, "_", " "))
}

// state is "Washington strikes boats on the high seas, and Qatar receives the
// president".
func (t *teller) state(state uint64) string {
	if says, ok := t.named(state); ok {
		return says
	}
	state &= t.k.Fixed(state)
	var parts []string
	for i := range t.k.Players {
		var does []string
		for k, o := range t.k.Options {
			if o.Player == i && state>>k&1 == 1 {
				does = append(does, present(t.optionSays(k), t.manyOf(i)))
			}
		}
		if len(does) > 0 {
			parts = append(parts, t.player(i)+" "+list(does))
		}
	}
	switch len(parts) {
	case 0:
		return "nobody takes any of the steps in the model"
	case 1:
		return parts[0]
	}
	for _, p := range parts {
		if strings.Contains(p, " and ") || strings.Contains(p, ", ") {
			return strings.Join(parts, "; ")
		}
	}
	return list(parts)
}

// named gives the words of a state of an explicit graph, in which a state is
// its place in the list.
func (t *teller) named(state uint64) (string, bool) {
	g := t.c.Conflict.Graph
	if g == nil || state >= uint64(len(g.States)) {
		return "", false
	}
	if says := g.States[state].Says; says != "" {
		return t.inside(says), true
	}
	return "it is “" + strings.ReplaceAll(g.States[state].ID, "_", " ") + "”", true
}

// position describes a state by what would be different from today, by player:
// what ends matters as much as what begins. Where the case does not say where
// things stand today it is what is done.
func (t *teller) position(state uint64) string {
	from := t.k.StatusQuo
	if _, isNamed := t.named(state); isNamed || !t.k.HasStatusQuo {
		return t.state(state)
	}
	if state == from {
		return "things stay as they are today, and " + t.state(state)
	}
	var parts []string
	var told uint64
	for i, p := range t.k.Players {
		if own := (from ^ state) & p.Own; own != 0 {
			parts = append(parts, t.player(i)+" would "+t.changes(from, from^own))
			told |= own
		}
	}
	if len(parts) == 0 || told != from^state {
		return t.state(state)
	}
	return strings.Join(parts, "; ")
}

// changes is what a player would have to do from one state to another, to
// follow "would": "grant amnesty and no longer strike boats".
func (t *teller) changes(from, to uint64) string {
	if says, ok := t.named(to); ok {
		return "move to where " + says
	}
	if meant := t.k.Fixed(from) & t.k.Fixed(to); (from^to)&meant != 0 {
		from, to = from&meant, to&meant // not options in which states that are one differ
	}
	var begins, ends []string
	for k := range t.k.Options {
		switch {
		case to&^from>>k&1 == 1:
			begins = append(begins, base(t.optionSays(k)))
		case from&^to>>k&1 == 1:
			ends = append(ends, base(t.optionSays(k)))
		}
	}
	if len(ends) > 0 { // last, so that "no longer" cannot be read into the rest
		begins = append(begins, "no longer "+joined(ends, "or"))
	}
	return list(begins)
}

// condition puts a condition into words: a clause that can follow "that" or
// "if".
func (t *teller) condition(c *demarche.Condition) string {
	if c == nil {
		return "nothing in particular"
	}
	return t.clause(c, false)
}

func (t *teller) clause(c *demarche.Condition, negated bool) string {
	switch c.Op {
	case demarche.Atom:
		return t.atom(c.Name, negated)
	case demarche.Pattern:
		var parts []string
		for k := range min(len(c.Name), len(t.k.Options)) {
			if c.Name[k] != '-' {
				parts = append(parts, t.atom(t.k.Options[k].ID, c.Name[k] == 'N'))
			}
		}
		if negated {
			return "it is not so that " + list(parts)
		}
		return list(parts)
	case demarche.Not:
		return t.clause(c.Args[0], !negated)
	case demarche.And, demarche.Or:
		parts := make([]string, len(c.Args))
		for i, a := range c.Args {
			parts[i] = t.clause(a, negated)
		}
		if (c.Op == demarche.And) != negated {
			return list(parts)
		}
		return joined(parts, "or")
	}
	a, b := t.clause(c.Args[0], false), t.clause(c.Args[1], false)
	var s string
	switch c.Op {
	case demarche.Implies:
		s = "if " + a + ", then " + b
	case demarche.If:
		s = a + " if " + b
	case demarche.Unless:
		s = a + " unless " + b
	default:
		s = a + " exactly if " + b
	}
	if negated {
		return "it is not so that " + s
	}
	return s
}

func (t *teller) atom(name string, negated bool) string {
	for k, o := range t.k.Options {
		if o.ID != name {
			continue
		}
		says, many := t.optionSays(k), t.manyOf(o.Player)
		if !negated {
			return t.playerAgain(o.Player) + " " + present(says, many)
		}
		if many {
			return t.playerAgain(o.Player) + " do not " + base(says)
		}
		return t.playerAgain(o.Player) + " does not " + base(says)
	}
	says := strings.ReplaceAll(name, "_", " ")
	if g := t.c.Conflict.Graph; g != nil {
		for i := range g.States {
			if g.States[i].ID == name {
				says, _ = t.named(uint64(i))
			}
		}
	}
	for i := range t.c.Propositions {
		if t.c.Propositions[i].ID == name {
			says = t.inside(t.c.Propositions[i].Says)
		}
	}
	for i := range t.c.Authorities {
		if t.c.Authorities[i].ID == name {
			says = t.inside(t.c.Authorities[i].Says)
		}
	}
	if negated {
		return "it is not so that " + says
	}
	return says
}

// want is what a player wants, in the words of the case where it has them:
// "to avoid a war on land", "that the president step down".
func (t *teller) want(s *demarche.Statement) string {
	if s.Says != "" {
		return t.inside(s.Says)
	}
	return "that " + t.condition(s.Want.Cond)
}

// rule tells a rule in the words of the case where it has them.
func (t *teller) rule(r *demarche.Rule) string {
	switch {
	case r.Says != "":
		return t.inside(r.Says)
	case r.Never.Cond != nil:
		return "it never happens that " + t.condition(r.Never.Cond)
	case r.If.Cond != nil && r.Then.Cond != nil:
		return "if " + t.condition(r.If.Cond) + ", then " + t.condition(r.Then.Cond)
	}
	var of []string
	for _, e := range r.AtMostOne {
		of = append(of, t.condition(e.Cond))
	}
	return "at most one of these happens: " + joined(of, "or")
}

// outcome is an outcome as a noun phrase: "a negotiated exit".
func (t *teller) outcome(i int) string {
	o := t.k.Outcomes[i]
	if o.Says != "" {
		return t.inside(o.Says)
	}
	return "the outcome “" + strings.ReplaceAll(o.ID, "_", " ") + "”"
}

// known makes an outcome's noun phrase definite: "the negotiated exit".
func known(phrase string) string {
	first, rest := firstWord(phrase)
	if first == "a" || first == "an" {
		return "the " + rest
	}
	return phrase
}

// matter is an open question as a clause: "talks can conclude in time".
func (t *teller) matter(id, says string) string {
	if id == engine.Talks {
		return "talks can conclude in time"
	}
	return t.inside(says)
}
