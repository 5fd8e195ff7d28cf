package brief

import (
	"strings"
	"unicode"

	"github.com/demarche/demarche"
)

// names says actors and players in words, in full the first time and short
// later on.
type names struct {
	c    *demarche.Case
	used map[string]bool
	// lower holds the words met in lower case in reports, upper those met with
	// a capital other than at the beginning of a sentence.
	lower, upper map[string]bool
}

// heard learns from reports which words are written with a capital.
func (n *names) heard(reports []demarche.Report) *names {
	n.lower, n.upper = map[string]bool{}, map[string]bool{}
	for i := range reports {
		begin := true
		text := reports[i].Text
		for _, w := range strings.Fields(text[min(max(reports[i].Body, 0), len(text)):]) {
			word := strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) })
			switch {
			case word == "":
			case !isProper(word):
				n.lower[word] = true
			case !begin && w[0] == word[0]:
				n.upper[word] = true
			}
			begin = strings.ContainsAny(w[len(w)-1:], ".!?:")
		}
	}
	return n
}

func newNames(c *demarche.Case) *names { return &names{c: c, used: map[string]bool{}} }

// actor names an actor by its id: "President Nicolás Maduro of Venezuela" at
// first, "Maduro" later.
func (n *names) actor(id string) string {
	a := n.c.Actor(id)
	if a == nil {
		return n.playerOnly(id)
	}
	if n.used[id] {
		return n.short(a)
	}
	n.used[id] = true
	return n.full(a)
}

// again is the short name, whether or not the full one was used before.
func (n *names) again(id string) string {
	if a := n.c.Actor(id); a != nil {
		return n.short(a)
	}
	return n.playerOnly(id)
}

func (n *names) playerOnly(id string) string {
	if n.c.Conflict != nil {
		for i := range n.c.Conflict.Players {
			if p := &n.c.Conflict.Players[i]; p.ID == id && p.Name != "" {
				return withArticle(p.Name, "")
			}
		}
	}
	return strings.ReplaceAll(id, "_", " ")
}

func (n *names) full(a *demarche.Actor) string {
	if a.Kind != "person" {
		return withArticle(a.Name, a.Kind)
	}
	full := a.Name
	if a.Role != "" {
		full = upperFirst(a.Role) + " " + a.Name
		if of := n.c.Actor(a.Of.Name); of != nil && !strings.Contains(a.Role, of.Name) {
			full += " of " + withArticle(of.Name, of.Kind)
		}
	}
	return full
}

// short is the surname of a person, and for others an alias that is a part of
// the name: "Congress" for "United States Congress".
func (n *names) short(a *demarche.Actor) string {
	for _, alias := range a.Aliases {
		core := strings.TrimPrefix(alias, "the ")
		if len(core) < len(a.Name) && strings.Contains(a.Name, core) && !strings.Contains(core, ".") && a.Kind != "state" {
			if strings.Contains(alias, " ") && a.Kind != "person" {
				return withArticle(alias, a.Kind)
			}
			return alias
		}
	}
	if a.Kind == "person" {
		return surname(a.Name)
	}
	return withArticle(a.Name, a.Kind)
}

// particles begin a surname of several words.
var particles = map[string]bool{"al": true, "bin": true, "ben": true, "da": true, "de": true, "del": true, "della": true, "di": true, "dos": true, "el": true, "la": true, "van": true, "von": true, "der": true, "den": true, "ter": true, "ibn": true}

func surname(name string) string {
	words := strings.Fields(name)
	if len(words) < 2 {
		return name
	}
	end := len(words)
	if last := strings.Trim(words[end-1], ".,"); last == "Jr" || last == "Sr" || last == "II" || last == "III" {
		end--
	}
	from := end - 1
	for from > 1 && particles[strings.ToLower(words[from-1])] {
		from--
	}
	return strings.TrimRight(strings.Join(words[from:end], " "), ",")
}

// articled are last words of names that take "the".
var articled = map[string]bool{
	"States": true, "Emirates": true, "Netherlands": true, "Philippines": true, "Kingdom": true, "Republic": true,
	"Federation": true, "Union": true, "Nations": true, "Commission": true, "Council": true, "Bank": true, "Ministry": true,
	"Congress": true, "Senate": true, "Court": true, "Agency": true, "Army": true, "League": true, "Party": true,
	"Government": true, "Office": true, "Organization": true, "Organisation": true, "Front": true, "Movement": true,
	"Committee": true, "Assembly": true, "Parliament": true, "Service": true, "Fund": true, "Islands": true, "House": true,
}

var determiners = map[string]bool{"the": true, "a": true, "an": true, "another": true, "some": true, "one": true, "several": true, "other": true, "any": true, "no": true, "two": true, "three": true}

// withArticle puts "the" before a name that needs it, and makes a name that is
// a common noun (Governing circle) begin in lower case.
func withArticle(name, kind string) string {
	first, rest := firstWord(name)
	if determiners[strings.ToLower(first)] {
		if isProper(rest) && first == "The" {
			return "the " + rest
		}
		return lowerFirst(name)
	}
	if kind == "person" {
		return name
	}
	if commonNoun(name) {
		if isPlural(name, kind) {
			return lowerFirst(name)
		}
		return "the " + lowerFirst(name)
	}
	head := strings.Fields(headOf(name))
	if len(head) > 0 && articled[head[len(head)-1]] || kind == "office" || strings.Contains(name, " of ") && kind != "state" {
		return "the " + name
	}
	return name
}

func isProper(s string) bool {
	for _, r := range s {
		return unicode.IsUpper(r)
	}
	return false
}

// commonNoun reports whether a name of several words has no capital after the
// first, up to "of".
func commonNoun(name string) bool {
	words := strings.Fields(name)
	if len(words) < 2 {
		return false
	}
	for _, w := range words[1:] {
		if w == "of" {
			break
		}
		if isProper(w) {
			return false
		}
	}
	w := words[1]
	if w == "of" {
		return strings.HasSuffix(words[0], "s")
	}
	return true
}

// headOf is what stands before " of " and the like.
func headOf(name string) string {
	for _, cut := range []string{" of ", " from ", " who ", " familiar ", " close ", " with ", " in ", " near ", " at ", " to ", ", "} {
		if head, _, ok := strings.Cut(name, cut); ok {
			name = head
		}
	}
	return name
}

// isPlural reports whether a name or description takes a plural verb.
func isPlural(name, kind string) bool {
	if kind == "state" || kind == "person" || kind == "office" || kind == "institution" {
		return false
	}
	words := strings.Fields(headOf(name))
	if len(words) == 0 {
		return false
	}
	switch strings.ToLower(words[0]) {
	case "a", "an", "one", "another":
		return false
	case "several", "two", "three", "some", "many":
		return true
	}
	last := words[len(words)-1]
	if isProper(last) && len(words) > 1 || !strings.HasSuffix(last, "s") || strings.HasSuffix(last, "ss") || strings.HasSuffix(last, "'s") {
		return false
	}
	return len(words) > 1 || kind == "group" || !isProper(last) || strings.Contains(name, " of ")
}

func (n *names) plural(id string) bool {
	if a := n.c.Actor(id); a != nil {
		return isPlural(a.Name, a.Kind)
	}
	return false
}

// inside makes a sentence of the case file ready to follow other words: its
// first letter is lowered unless it begins a name.
func (n *names) inside(s string) string {
	s = bare(s)
	first, _ := firstWord(s)
	word := strings.Trim(first, ",.;:'’")
	word = strings.TrimSuffix(strings.TrimSuffix(word, "'s"), "’s")
	if len(word) > 1 && word == strings.ToUpper(word) {
		return s
	}
	if strings.EqualFold(word, "the") || strings.EqualFold(word, "a") {
		return lowerFirst(s)
	}
	for i := range n.c.Actors {
		a := &n.c.Actors[i]
		for _, name := range append([]string{a.Name}, a.Aliases...) {
			if commonNoun(name) && a.Kind != "person" {
				continue
			}
			for _, w := range strings.Fields(name) {
				if w == word && isProper(w) && (w != "President" && w != "Vice" && w != "United" || strings.HasPrefix(s, name)) {
					return s
				}
			}
		}
	}
	if n.upper[word] && !n.lower[lowerFirst(word)] {
		return s
	}
	return lowerFirst(s)
}
