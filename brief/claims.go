package brief

import (
	"strings"
	"unicode"

	"github.com/demarche/demarche"
)

// speech is how a speech act is told: the verb, of a report in its own words and
// in the past of all others, and what stands between it and "that".
type speech struct{ report, past, aside string }

var speechActs = map[string]speech{
	"states":     {"says", "said", ""},
	"denies":     {"says", "said", ", in a denial,"},
	"demands":    {"demands", "demanded", ""},
	"offers":     {"says", "said", ", as an offer,"},
	"threatens":  {"threatens", "threatened", ""},
	"promises":   {"promises", "promised", ""},
	"intends":    {"indicates", "indicated", ""},
	"announces":  {"announces", "announced", ""},
	"asks":       {"asks", "asked", ""},
	"orders":     {"orders", "ordered", ""},
	"justifies":  {"says", "said", " in justification"},
	"criticises": {"says", "said", " in criticism"},
	"predicts":   {"expects", "expected", ""},
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

// speaker names who makes a claim, with the terms on which it was said.
func (n *names) speaker(cl *demarche.Claim) string {
	var who string
	switch a := n.c.Actor(cl.Source); {
	case reportItself(cl.Source):
		who = "one report"
	case a != nil:
		who = n.actor(a.ID)
	default:
		who = cl.Source
		if !isProper(who) && !determiners[strings.ToLower(strings.Fields(who)[0])] && !isPlural(who, "") {
			who = "the " + who
		}
	}
	switch cl.Record {
	case "anonymous":
		who += ", speaking anonymously,"
	case "background":
		who += ", speaking on background,"
	}
	return who
}

// adverbs of hedging stand before the verb; others are part of what is said.
var adverbs = map[string]bool{"reportedly": true, "allegedly": true, "apparently": true, "purportedly": true, "supposedly": true}

// claim tells a claim as an attributed sentence, its hedges as written.
func (n *names) claim(cl *demarche.Claim) string {
	// What a claim says is written to follow "that", so it is taken as it is.
	says := bare(cl.Says)
	if says == "" {
		says = Quoted(cl.Quote)
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
			tail = " (in the report’s words: " + Quoted(cl.Quote) + ")"
			break
		}
		tail += " (hedged: " + Quoted(h) + ")"
	}
	on := ""
	if !cl.Said.IsZero() {
		on = " on " + cl.Said.Words()
		if cl.Said.Precision != demarche.Day || cl.Said.Interval {
			on = " in " + cl.Said.Words()
		}
	}
	if not, ok := demarche.NondenialOf(cl.Act, cl.Stance, says); ok {
		verb := not.Past
		if reportItself(cl.Source) {
			verb = not.Present
		}
		if cl.Held != nil && len(cl.Held.Against) > 0 {
			on += ", as is alleged against " + list(cl.Held.Against) + ","
		}
		if not.That {
			return n.speaker(cl) + " " + before + verb + on + " that " + not.Of + tail
		}
		return n.speaker(cl) + " " + before + verb + " " + not.Of + strings.TrimSuffix(on, ",") + tail
	}
	if cl.Held != nil && len(cl.Held.Against) > 0 {
		// An allegation keeps its speaker, and what it is, whatever the act.
		return n.speaker(cl) + " " + before + "alleged" + on + ", against " + list(cl.Held.Against) + ", that " + says + tail
	}
	if cl.Record == "document" && strings.TrimSpace(cl.Source) != "" {
		if !cl.Said.IsZero() {
			on = " (" + cl.Said.Words() + ")"
		}
		return "according to " + document(cl.Source) + on + ", " + before + says + tail
	}
	who := n.speaker(cl)
	act, ok := speechActs[cl.Act]
	if !ok {
		act = speechActs["states"]
	}
	if cl.Act == "threatens" && strings.Contains(says, "threat") {
		act = speechActs["states"]
	}
	verb := act.past
	if reportItself(cl.Source) {
		verb = act.report
	}
	joint := act.aside + " that "
	subject, rest, hasWould := strings.Cut(says, " would ")
	pronoun := subject == "he" || subject == "she" || subject == "it" || subject == "they"
	switch {
	case hasWould && pronoun && (cl.Act == "offers" || cl.Act == "promises" || cl.Act == "threatens"):
		verb, joint, says = map[string]string{"offers": "offered", "promises": "promised", "threatens": "threatened"}[cl.Act], " to ", rest
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
		verb, joint, says = "proposed", " that ", strings.ReplaceAll(says, " should ", " ")
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

// Accuses reports whether words carry an accusation.
func Accuses(s string) bool {
	s = strings.ToLower(s)
	for _, w := range wrongs {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
