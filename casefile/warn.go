package casefile

import (
	"regexp"
	"slices"
	"strings"

	"github.com/demarche/demarche"
)

// A model that a person can check by reading has at most so many.
const (
	readablePlayers = 5
	readableOptions = 3
)

// actorKinds are the kinds of actor that the program knows something about.
var actorKinds = []string{"state", "person", "institution", "group", "organization", "organisation", "office", "outlet"}

// slips warns of what can be meant but probably is not. What makes no
// difference in any state is for the engine to see.
func (c *checker) slips() {
	for _, a := range c.doc.Actors {
		if a.Kind != "" && !slices.Contains(actorKinds, a.Kind) {
			c.warn(a.At, demarche.DidYouMean(a.Kind, actorKinds), "the kind of actor %s is not one of those known: %s", a.ID, show(a.Kind))
		}
	}
	for _, p := range c.doc.Propositions {
		if word := twoThings(p.Says); word != "" {
			c.warn(p.At, "make it two propositions, each true or false by itself", "proposition %s seems to say two things, joined by %s", p.ID, word)
		}
	}
	for _, cl := range c.doc.Claims {
		for _, r := range cl.Denies {
			for _, p := range c.doc.Propositions {
				if p.ID == r.Name && sameSentence(p.Says, cl.Says) {
					c.warn(cl.At, "write what the source maintains, such as that it is not so", "claim %s denies %s, but its says affirms it", cl.ID, p.ID)
				}
			}
		}
	}
	if c.doc.Conflict != nil {
		c.modelSlips(c.doc.Conflict)
	}
}

// sameSentence compares two sentences but for capitals and the last stop.
func sameSentence(a, b string) bool {
	plain := func(s string) string {
		return strings.TrimRight(strings.ToLower(strings.Join(strings.Fields(s), " ")), ".")
	}
	return plain(a) == plain(b)
}

func (c *checker) modelSlips(m *demarche.Conflict) {
	if n := len(m.Players); n > readablePlayers {
		c.warn(m.At, "start smaller: each player more doubles what has to be checked by hand", "the model has %d players, which is more than %d", n, readablePlayers)
	}
	many := []string{}
	for i := range m.Players {
		p := &m.Players[i]
		if len(p.Options) > readableOptions {
			many = append(many, p.ID)
		}
		if c.doc.Actor(p.ID) == nil && p.Name == "" {
			c.warn(p.At, "add name:, or add "+p.ID+" to the actors", "player %s has no name and is not an actor", p.ID)
		}
		c.fates(p)
	}
	if len(many) > 0 {
		c.warn(m.At, "start smaller: leave out options that do not change the answer", "more than %d options: %s", readableOptions, joinAnd(many))
	}
}

// What happens to a person's office or whereabouts.
var fate = regexp.MustCompile(`(?i)\b(resigns?|abdicates?|flees?|steps? (down|aside)|exile|goes? abroad|` +
	`(leaves?|give up|gives up|hand over|hands over|relinquish|surrender) (the )?(office|power|presidency|throne|country|capital)|` +
	`leaves? (for|into)\b|go into hiding)\b`)

// fates warns of an option that is about one person but belongs to a state.
func (c *checker) fates(p *demarche.Player) {
	a := c.doc.Actor(p.ID)
	if a == nil || a.Kind != "state" {
		return
	}
	for _, o := range p.Options {
		words := o.Says
		if words == "" {
			words = strings.ReplaceAll(o.ID, "_", " ")
		}
		if fate.MatchString(words) || strings.EqualFold(strings.TrimSpace(words), "leave") {
			c.warn(o.At, "make the person a player and give it the option", "option %s.%s seems to be about a person, but belongs to the state %s", p.ID, o.ID, a.Name)
		}
	}
}

var (
	joint = regexp.MustCompile(`(?i)\s(and|or)\s|;`)
	verb  = regexp.MustCompile(`(?i)^(is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|shall|did|does|do|` +
		`wants?|plans?|intends?|agreed?|agrees|refuse[sd]?|accept(s|ed)?|reject(s|ed)?|support(s|ed)?|supplied|supplies|sent|sends?|` +
		`ordered|orders?|said|says?|left|leaves?|attacked|attacks?|controls?|holds?|held|knows?|knew|believes?|believed|` +
		`threatened|threatens?|floated|signed|signs?|approved|approves?|paid|pays?)$`)
)

// twoThings names the word that joins two sentences in one, or "". It is
// careful: both sides must have a verb, and a subject's "and" is none.
func twoThings(says string) string {
	for _, m := range joint.FindAllStringIndex(says, -1) {
		word := strings.TrimSpace(says[m[0]:m[1]])
		left, right := strings.Fields(says[:m[0]]), strings.Fields(says[m[1]:])
		if word == ";" && len(left) > 1 && len(right) > 1 {
			return "a semicolon"
		}
		hasVerb := func(words []string) bool {
			return slices.ContainsFunc(words, func(w string) bool { return verb.MatchString(strings.Trim(w, ",.“”\"'’")) })
		}
		if hasVerb(left) && hasVerb(right) {
			return `"` + strings.ToLower(word) + `"`
		}
	}
	return ""
}
