package brief

import (
	"strings"
	"unicode"

	"github.com/demarche/demarche"
)

// speech is how a speech act is told: the verb with an s or without, and what
// joins it to the words of the claim.
type speech struct{ singular, plural, that string }

var speechActs = map[string]speech{
	"states":     {"says", "say", "that"},
	"denies":     {"says in a denial", "say in a denial", "that"},
	"demands":    {"demands", "demand", "that"},
	"offers":     {"says as an offer", "say as an offer", "that"},
	"threatens":  {"threatens", "threaten", "that"},
	"promises":   {"promises", "promise", "that"},
	"intends":    {"indicates", "indicate", "that"},
	"announces":  {"announces", "announce", "that"},
	"asks":       {"asks", "ask", "that"},
	"orders":     {"orders", "order", "that"},
	"justifies":  {"says in justification", "say in justification", "that"},
	"criticises": {"says in criticism", "say in criticism", "that"},
	"predicts":   {"expects", "expect", "that"},
}

// reportItself reports whether a claim is the outlet's own statement.
func reportItself(source string) bool {
	s := strings.ToLower(strings.TrimSpace(source))
	return s == "" || strings.HasSuffix(s, " itself")
}

// ownAnalysis reports whether a claim is the outlet's own analysis.
func ownAnalysis(c *demarche.Claim) bool {
	return reportItself(c.Source) && (c.Nature == "assessment" || c.Nature == "forecast" || c.Nature == "opinion")
}

// speaker names who makes a claim, with the terms on which it was said, and
// whether a plural verb follows.
func (n *names) speaker(cl *demarche.Claim) (who string, plural bool) {
	switch a := n.c.Actor(cl.Source); {
	case reportItself(cl.Source):
		who = "one report"
	case a != nil:
		who, plural = n.actor(a.ID), isPlural(a.Name, a.Kind)
	default:
		who, plural = cl.Source, isPlural(cl.Source, "")
		if !isProper(who) && !determiners[strings.ToLower(strings.Fields(who)[0])] && !plural {
			who = "the " + who
		}
	}
	switch cl.Record {
	case "anonymous":
		who += ", speaking anonymously,"
	case "background":
		who += ", speaking on background,"
	}
	return who, plural
}

// adverbs of hedging stand before the verb; others are part of what is said.
var adverbs = map[string]bool{"reportedly": true, "allegedly": true, "apparently": true, "purportedly": true, "supposedly": true}

// claim tells a claim as an attributed sentence, its hedges as written.
func (n *names) claim(cl *demarche.Claim) string {
	// What a claim says is written to follow "that", so it is taken as it is.
	says := bare(cl.Says)
	if says == "" {
		says = "“" + cl.Quote + "”"
	}
	var before string
	var lost []string
	for _, h := range cl.Hedges {
		switch {
		case strings.Contains(strings.ToLower(says), strings.ToLower(h)):
		case adverbs[h] && before == "":
			before = h + " "
		default:
			lost = append(lost, h)
		}
	}
	tail := ""
	for _, h := range lost {
		if strings.Contains(cl.Quote, h) {
			tail = " (in the report’s words: “" + cl.Quote + "”)"
			break
		}
		tail += " (hedged: “" + h + "”)"
	}
	on := ""
	if !cl.Said.IsZero() {
		on = " on " + cl.Said.Words()
		if cl.Said.Precision != demarche.Day || cl.Said.Interval {
			on = " in " + cl.Said.Words()
		}
	}
	if cl.Record == "document" {
		if !cl.Said.IsZero() {
			on = " (" + cl.Said.Words() + ")"
		}
		return "according to " + document(cl.Source) + on + ", " + before + says + tail
	}
	who, many := n.speaker(cl)
	act, ok := speechActs[cl.Act]
	if !ok {
		act = speechActs["states"]
	}
	if cl.Act == "threatens" && strings.Contains(says, "threat") {
		act = speechActs["states"]
	}
	verb := act.singular
	if many {
		verb = act.plural
	}
	joint := " " + act.that + " "
	subject, rest, hasWould := strings.Cut(says, " would ")
	pronoun := subject == "he" || subject == "she" || subject == "it" || subject == "they"
	switch {
	case hasWould && pronoun && (cl.Act == "offers" || cl.Act == "promises" || cl.Act == "threatens"):
		verb, joint, says = cl.Act, " to ", rest
		if many {
			verb = strings.TrimSuffix(cl.Act, "s")
		}
	case cl.Act == "demands" || cl.Act == "orders" || cl.Act == "asks":
		// "demands that he must go" is "demands that he go".
		found := false
		for _, modal := range []string{" must ", " should "} {
			if strings.Count(says, modal) == 1 {
				says, found = strings.Replace(says, modal, " ", 1), true
				break
			}
		}
		if !found {
			joint = ": "
		}
	case cl.Act == "offers" && strings.Contains(says, " should "):
		verb, joint, says = "proposes", " that ", strings.ReplaceAll(says, " should ", " ")
		if many {
			verb = "propose"
		}
	}
	return who + " " + before + verb + on + joint + says + tail
}

// document names a document in a sentence: "the Federal Register", but
// "8 U.S.C. 1189".
func document(source string) string {
	first, rest := firstWord(source)
	second, _ := firstWord(rest)
	if first == "" || determiners[strings.ToLower(first)] || !isLetter(first) || second != "" && !isLetter(second) {
		return source
	}
	return "the " + source
}

func isLetter(word string) bool {
	for _, r := range word {
		return unicode.IsLetter(r)
	}
	return false
}

// wrongs are words of accusation. Together with a named person they make an
// allegation.
var wrongs = []string{
	"terrorist", "cartel", "traffick", "smuggl", "murder", "war crime", "crime", "criminal", "corrupt", "bribe", "fraud",
	"launder", "torture", "embezzl", "extort", "drug lord", "narco", "genocide", "massacre",
}

// accuses reports whether words carry an accusation.
func accuses(s string) bool {
	s = strings.ToLower(s)
	for _, w := range wrongs {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
