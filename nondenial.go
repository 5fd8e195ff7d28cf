package demarche

import "strings"

// Nondenial is a claim by which somebody leaves open, and does not deny, what
// others say: "did not deny that the dam was full".
type Nondenial struct {
	Past, Present string // the verb: did not deny, does not deny
	// Of is what is not denied: a clause if That is set, else a thing.
	Of   string
	That bool
}

// nondenials are the ways in which such a claim is put as what its speaker
// maintains.
var nondenials = []struct{ clause, thing, past, present string }{
	{"it is not denied that ", " not denied", "did not deny", "does not deny"},
	{"it is neither confirmed nor denied that ", " neither confirmed nor denied", "neither confirmed nor denied", "neither confirms nor denies"},
}

// NotDenied puts a clause or a thing as one that is not denied: "it is not denied
// that the dam was full", "the report is not denied". silent is for words that
// neither confirm nor deny; are is for several things.
func NotDenied(of string, clause, are, silent bool) string {
	n := nondenials[0]
	if silent {
		n = nondenials[1]
	}
	switch {
	case clause:
		return n.clause + of
	case are:
		return of + " are" + n.thing
	}
	return of + " is" + n.thing
}

// NondenialOf is the claim as one that does not deny, by its speech act, its stance
// and what it says; false if it is another one.
func NondenialOf(act, stance, says string) (Nondenial, bool) {
	if act != "denies" || stance == "denies" {
		return Nondenial{}, false
	}
	for _, n := range nondenials {
		if of, ok := strings.CutPrefix(says, n.clause); ok {
			return Nondenial{n.past, n.present, of, true}, true
		}
		for _, verb := range []string{" is", " are"} {
			if of, ok := strings.CutSuffix(says, verb+n.thing); ok {
				return Nondenial{n.past, n.present, of, false}, true
			}
		}
	}
	return Nondenial{}, false
}
