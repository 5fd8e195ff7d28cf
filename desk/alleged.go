package desk

import (
	"slices"
	"strings"
	"unicode"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
)

// opposing are words between a name and a wrong that say that the named one is
// against it: "fights traffickers".
var opposing = []string{"fight", "combat", "against", "stop", "target", "attack", "condemn", "denounc", "accus", "blam", "charg", "designat", "sanction", "warn", "investigat", "call", "polic", "hunt", "victim", "not", "never"}

// accusing are words after which a name stands for the one accused: "accused Lind".
var accusing = []string{"accus", "blam", "charg", "designat", "alleg", "indict", "against", "implicat"}

// reach is how many words a name and a wrong may stand apart.
const reach = 12

// alleged are the persons of the case of whom words seem to allege something
// wrong, by their names. It is a proposal like the claim: a person who reviews it
// may take a name out or put one in.
func alleged(words string, actors []demarche.Actor, speaker string) []string {
	if !brief.Accuses(words) {
		return nil
	}
	tokens := strings.FieldsFunc(words, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '’' && r != '-'
	})
	var out []string
	for _, a := range actors {
		if a.Kind != "person" || a.ID == speaker {
			continue
		}
		for i := range tokens {
			n := namedAt(tokens, i, a)
			if n > 0 && accused(tokens, i, i+n) {
				out = append(out, a.Name)
				break
			}
		}
	}
	return out
}

// namedAt is how many words from i on name a person: in full, by an alias, or by
// the family name.
func namedAt(tokens []string, i int, a demarche.Actor) int {
	names := append([]string{a.Name}, a.Aliases...)
	if parts := strings.Fields(a.Name); len(parts) > 1 {
		names = append(names, parts[len(parts)-1])
	}
	best := 0
	for _, name := range names {
		parts := strings.Fields(name)
		if i+len(parts) > len(tokens) || len(parts) <= best {
			continue
		}
		same := true
		for j, p := range parts {
			w := tokens[i+j]
			for _, end := range []string{"’s", "'s"} {
				w = strings.TrimSuffix(w, end)
			}
			same = same && strings.EqualFold(w, p)
		}
		if same {
			best = len(parts)
		}
	}
	return best
}

// accused reports whether the words from i to end name somebody of whom a wrong
// is said: one that follows without a word of opposition between, or after a word
// of accusation.
func accused(tokens []string, i, end int) bool {
	for j := end; j < min(end+reach, len(tokens)); j++ {
		w := strings.ToLower(tokens[j])
		if brief.Accuses(w) {
			return true
		}
		if slices.ContainsFunc(opposing, func(stem string) bool { return strings.HasPrefix(w, stem) }) {
			break
		}
	}
	for j := max(0, i-4); j < i; j++ {
		w := strings.ToLower(tokens[j])
		if slices.ContainsFunc(accusing, func(stem string) bool { return strings.HasPrefix(w, stem) }) {
			return true
		}
	}
	return false
}
