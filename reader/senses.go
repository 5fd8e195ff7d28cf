package reader

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed senses.txt
var senseList string

// sense is an index into the senses of senses.txt.
type sense int16

// expression is a sense by the stems of its words.
type expression struct {
	words []string
	sense sense
	only  byte // v, n or a where the word counts as such alone, else 0
}

// senses is the lexicon of senses.txt.
type senses struct {
	names    []string
	byFirst  map[string][]expression
	contrary [][]sense // of a sense: those that rule it out
	implied  [][]sense // of a sense: those whose absence amounts to it
	thing    []bool    // of a sense: a thing, never what is told of it
}

var meanings = sync.OnceValue(func() *senses {
	l := &senses{byFirst: map[string][]expression{}}
	index := map[string]sense{}
	for line := range strings.Lines(senseList) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if f := strings.Fields(line); len(f) == 3 && (f[1] == "<>" || f[1] == "><") {
			a, b := index[f[0]], index[f[2]]
			l.contrary[a] = append(l.contrary[a], b)
			if f[1] == "><" {
				l.implied[a] = append(l.implied[a], b)
			}
			continue
		}
		name, words, _ := strings.Cut(line, ":")
		s := sense(len(l.names))
		name, thing := strings.CutPrefix(name, "*")
		l.thing = append(l.thing, thing)
		index[name] = s
		l.names = append(l.names, name)
		l.contrary = append(l.contrary, nil)
		l.implied = append(l.implied, nil)
		for _, w := range strings.Fields(words) {
			e := expression{sense: s}
			if base, kind, ok := strings.Cut(w, "."); ok {
				w, e.only = base, kind[0]
			}
			for _, part := range strings.Split(w, "_") {
				e.words = append(e.words, stem(part))
			}
			l.byFirst[e.words[0]] = append(l.byFirst[e.words[0]], e)
		}
	}
	return l
})

// maxApart is how many words may stand inside an expression: "pulled his men out".
const maxApart = 3

// at gives the senses of the longest expressions that begin at token i of a
// sentence that ends before limit, and how many words these have.
func (l *senses) at(s *sheet, toks []token, stems []string, i, limit int) (out []sense, words int) {
	for _, e := range l.byFirst[stems[i]] {
		switch p := s.pos[i]; {
		case e.only == 'v' && !p.verbal() && !derived(toks[i].low),
			e.only == 'n' && p != posNN && p != posNNS,
			e.only == 'a' && p != posJJ:
			continue
		}
		k, ok := i, true
		for _, w := range e.words[1:] {
			found := false
			for j := k + 1; j < min(limit, k+2+maxApart); j++ {
				if stems[j] == w {
					k, found = j, true
					break
				}
				if toks[j].cat == catMark {
					break
				}
			}
			if !found {
				ok = false
				break
			}
		}
		switch n := len(e.words); {
		case !ok || n < words:
		case n > words:
			out, words = append(out[:0], e.sense), n
		default:
			out = append(out, e.sense)
		}
	}
	return out, words
}

// derived tells a noun made of a verb, which a tagger does not count as one:
// "closure", "violation", "closing".
func derived(low string) bool {
	for _, end := range []string{"ing", "ings", "ure", "ures", "ion", "ions", "al", "als", "ment", "ments", "ed"} {
		if strings.HasSuffix(low, end) && len(low) > len(end)+2 {
			return true
		}
	}
	return false
}

// irregularStems are nouns and forms whose stem their ending does not give.
var irregularStems = map[string]string{
	"flight": "fle", "dead": "dead", "lives": "life", "talks": "talk", "loss": "los", "losses": "los", "men": "man", "women": "woman",
	"delivery": "deliver", "deliveries": "deliver", "supplies": "supply", "elections": "election", "stations": "station", "nations": "nation",
	"warning": "warn", "building": "building", "buildings": "building", "meeting": "meet", "meetings": "meet", "thing": "thing", "general": "general", "generals": "general",
	"bound": "bound", "dying": "die", "died": "die", "dies": "die", "ordinary": "ordinary", "drier": "dry", "driest": "dry", "dryer": "dry",
	"dried": "dry", "later": "later", "latest": "latest", "fired": "fire", "firing": "fire", "closed": "clos", "closer": "closer",
	"detention": "detain", "destruction": "destroy", "invasion": "invad", "explosion": "explod", "theft": "steal", "proof": "prov",
	"collision": "collid", "expulsion": "expel", "suspension": "suspend", "provision": "provid", "permission": "permit", "decision": "decid",
	"admission": "admit", "omission": "omit", "submission": "submit", "delivered": "deliver", "rejection": "reject", "injection": "inject",
	"accidental": "accident", "recognition": "recognis",
}

// irregularPasts are past forms of verbs that no list of cue verbs has.
var irregularPasts = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for _, v := range strings.Fields(`blow/blew/blown sink/sank/sunk dig/dug burn/burnt bleed/bled fling/flung sling/slung slay/slew/slain
		stink/stank/stunk swim/swam/swum spin/spun spill/spilt split/split spring/sprang/sprung stride/strode strive/strove/striven
		swing/swung cling/clung creep/crept weep/wept leap/leapt lose/lost seek/sought grind/ground breed/bred bleed/bled
		arise/arose/arisen smuggle/smuggled shrink/shrank/shrunk wring/wrung drink/drank/drunk withstand/withstood
		uphold/upheld overthrow/overthrew/overthrown overrun/overran undercut/undercut mistake/mistook/mistaken spoil/spoilt
		freeze/froze/frozen steal/stole/stolen shoot/shot strike/struck send/sent lend/lent meet/met hold/held`) {
		p := strings.Split(v, "/")
		for _, form := range p[1:] {
			m[form] = p[0]
		}
	}
	return m
})

// stem is what the forms of a word and the nouns made of it have in common. It is
// good for comparing words, and no word itself.
func stem(low string) string {
	if s, ok := irregularStems[low]; ok {
		return s
	}
	if l := known().lemmas[low]; l != "" {
		low = l
	} else if l := irregularPasts()[low]; l != "" {
		low = l
	}
	if s, ok := irregularStems[low]; ok {
		return s
	}
	w := fold(low)
	cut := func(end string, least int) bool {
		if s, ok := strings.CutSuffix(w, end); ok && len(s) >= least {
			w = s
			return true
		}
		return false
	}
	switch {
	case cut("ies", 3):
		w += "y"
	case strings.HasSuffix(w, "ss"), strings.HasSuffix(w, "us"), strings.HasSuffix(w, "is"):
	case strings.HasSuffix(w, "ches"), strings.HasSuffix(w, "shes"), strings.HasSuffix(w, "xes"), strings.HasSuffix(w, "sses"):
		w = w[:len(w)-2]
	default:
		cut("s", 3)
	}
	switch {
	case cut("isation", 4), cut("ization", 4):
		w += "is"
	case cut("ation", 5), cut("ition", 5), cut("ment", 3), cut("ness", 4), cut("ure", 4):
	case cut("al", 5):
	case strings.HasSuffix(w, "ion") && len(w) >= 8 && (w[len(w)-4] == 't' || w[len(w)-4] == 's'):
		w = w[:len(w)-3]
	case cut("ing", 3), cut("ed", 3):
		if n := len(w); n > 3 && w[n-1] == w[n-2] && w[n-1] != 'l' && w[n-1] != 's' && w[n-1] != 'z' {
			w = w[:n-1]
		}
	}
	if n := len(w); n > 3 && w[n-1] == 'e' {
		w = w[:n-1]
	}
	if n := len(w); n > 6 && w[n-2:] == "at" {
		w = w[:n-2] // relocate, relocation
	} else if n > 5 && w[n-2:] == "iz" {
		w = w[:n-2] + "is"
	}
	return w
}
