package reader

import (
	"slices"
	"strings"

	"github.com/demarche/demarche"
)

// Identity is who a source is outside of the text: an actor of the case, or a
// state.
type Identity struct {
	// ID is the actor's id in the case; "" where the case has no such actor.
	ID string `json:"id"`
	// Name is the actor's name, or the usual name of the country.
	Name string `json:"name"`
	// Country is the code of ISO 3166-1 where the source is a state or speaks
	// for one, else "".
	Country string `json:"country"`
	// How is name, alias, short name, role, country, capital, demonym, seat
	// (a building that stands for a government) or assisted.
	How string `json:"how"`
}

// Unresolved is the source as it stands in the text, without what it was
// resolved to.
func (s Source) Unresolved() Source {
	s.Resolved, s.Actor = nil, nil
	return s
}

// seats are buildings and offices that reports name when they mean a government.
var seats = map[string]string{
	"white house": "US", "pentagon": "US", "state department": "US", "oval office": "US", "kremlin": "RU", "downing street": "GB",
	"whitehall": "GB", "élysée": "FR", "elysee": "FR", "élysée palace": "FR", "elysee palace": "FR", "quai d'orsay": "FR",
	"zhongnanhai": "CN", "blue house": "KR", "planalto": "BR", "casa rosada": "AR", "miraflores": "VE", "miraflores palace": "VE",
	"planalto palace": "BR", "bundeskanzleramt": "DE", "foggy bottom": "US", "malacañang": "PH", "malacanang": "PH",
}

// governmentWords may follow or precede a country's name without making it
// somebody else: "the Ruritanian government", "Ruritania's authorities".
var governmentWords = set(`government authorities administration state republic kingdom regime officialdom side leadership`)

// cast is the actors of a case, ready to be looked up.
type cast struct {
	actors []demarche.Actor
	names  map[string]called // by folded name or alias
	first  map[string][]int  // places in forms of the names that begin with a word
	forms  []actorName
	last   map[string]int // people by last name; -1 where two share it
	nation []string       // the country of each actor, by its name or that of what it belongs to
}

type called struct {
	actor int
	how   string
}

// actorName is one name of an actor in words.
type actorName struct {
	words []string
	called
}

// newCast makes the actors of a case ready. It is nil if there are none.
func newCast(actors []demarche.Actor) *cast {
	if len(actors) == 0 {
		return nil
	}
	c := &cast{actors: actors, names: map[string]called{}, first: map[string][]int{}, last: map[string]int{}, nation: make([]string, len(actors))}
	byID := map[string]int{}
	for i, a := range actors {
		byID[a.ID] = i
		c.add(i, a.Name, "name")
		for _, alias := range a.Aliases {
			c.add(i, alias, "alias")
		}
		if a.Kind == "person" || a.Kind == "" && a.Role != "" {
			if w := foldedWords(a.Name); len(w) > 1 {
				last := lastName(w[len(w)-1])
				if _, shared := c.last[last]; shared {
					c.last[last] = -1
				} else {
					c.last[last] = i
				}
			}
		}
	}
	for i := range actors {
		for k, hops := i, 0; hops < 8; hops++ {
			if code := countryOf(&actors[k]); code != "" {
				c.nation[i] = code
				break
			}
			next, ok := byID[actors[k].Of.Name]
			if !ok {
				break
			}
			k = next
		}
	}
	return c
}

// countryOf is the country that an actor is, by name or alias.
func countryOf(a *demarche.Actor) string {
	if a.Kind == "person" {
		return ""
	}
	for _, n := range append([]string{a.Name}, a.Aliases...) {
		if s := sightingOf(n); s != nil && s.how == "country" {
			return s.code
		}
	}
	return ""
}

// sightingOf is the gazetteer's entry for a whole name, or nil.
func sightingOf(name string) *entry {
	toks := tokenize(name)
	if len(toks) > 1 && toks[0].low == "the" {
		toks = toks[1:]
	}
	for _, s := range earth().sight(toks) {
		if s.from == 0 && s.to == len(toks) {
			return s.entry
		}
	}
	return nil
}

func (c *cast) add(i int, name, how string) {
	words := foldedWords(name)
	if len(words) == 0 {
		return
	}
	key := strings.Join(words, " ")
	if _, taken := c.names[key]; taken {
		return
	}
	c.names[key] = called{i, how}
	c.first[words[0]] = append(c.first[words[0]], len(c.forms))
	c.forms = append(c.forms, actorName{words, called{i, how}})
}

// foldedWords are the words of a name in lower case, without accents, articles
// and stops.
func foldedWords(name string) []string {
	var out []string
	for _, t := range tokenize(name) {
		if w := fold(t.low); w != "" && !(len(out) == 0 && w == "the") {
			out = append(out, w)
		}
	}
	return out
}

// fold takes accents and stops off a word in lower case.
func fold(w string) string {
	plain := true
	for i := 0; i < len(w); i++ {
		if w[i] >= 0x80 || w[i] == '.' || w[i] == '\'' {
			plain = false
			break
		}
	}
	if plain {
		if len(w) == 1 && !('a' <= w[0] && w[0] <= 'z' || '0' <= w[0] && w[0] <= '9') {
			return ""
		}
		return w
	}
	var b strings.Builder
	for _, r := range w {
		if i := strings.IndexRune(accented, r); i >= 0 {
			b.WriteByte(unaccented[len([]rune(accented[:i]))])
			continue
		}
		if r != '.' && r != '\'' && r != '’' && r != '“' && r != '”' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

const (
	accented   = "áàâäãåāăąçćčďèéêëēęěğìíîïīıñńňòóôöõøōőřśšşșťțùúûüūůűýÿžźżłđ"
	unaccented = "aaaaaaaaacccdeeeeeeegiiiiiinnnoooooooorssssttuuuuuuuyyzzzld"
)

// identify finds who the words p stand for, res being the fuller name found for
// them in the text, if any.
func (sc *scene) identify(p run, res *Resolution, k Kind) *Identity {
	if p.empty() || k == Anonymous || k == Unattributed || k == Document {
		return nil // a name that was kept back is never filled in
	}
	if id := sc.called(p, k); id != nil && id.ID != "" {
		return id
	}
	if res != nil {
		from, to := sc.r.tokensOf(res.Span)
		q := run{from, to}
		if sc.r.unnamed(q, q) {
			return nil
		}
		if id := sc.called(q, k); id != nil {
			return id
		}
	}
	return sc.called(p, k)
}

// called finds who is called by the words p.
func (sc *scene) called(p run, k Kind) *Identity {
	toks := sc.r.toks
	h := sc.r.headNoun(p)
	// Without article, apposition and possessive.
	for p.from < p.to && (toks[p.from].cat == catDet || toks[p.from].low == "the") {
		p.from++
	}
	for i := p.from; i < p.to; i++ {
		if toks[i].low == "," || toks[i].low == "(" {
			p.to = i
			break
		}
	}
	for p.to > p.from && toks[p.to-1].cat == catPoss {
		p.to--
	}
	if p.empty() {
		return nil
	}
	c := sc.cast
	if c != nil {
		words := sc.folded(p)
		if m, ok := c.names[strings.Join(words, " ")]; ok {
			return c.identity(m)
		}
		if m, ok := c.inside(words, k); ok {
			return c.identity(m)
		}
		if k == Person || k == Office {
			last := lastName(words[len(words)-1])
			if i, ok := c.last[last]; ok && i >= 0 && c.givenFits(i, words) && (toks[p.to-1].shape == capWord) {
				return c.identity(called{i, "short name"})
			}
			if i := c.inRole(sc, p, words); i >= 0 {
				return c.identity(called{i, "role"})
			}
		}
	}
	// A state, by its name, its seat of government or its people's name.
	code, how := sc.government(p, h)
	if code == "" {
		return nil
	}
	if c != nil {
		for i := range c.actors {
			if countryOf(&c.actors[i]) == code {
				return c.identity(called{i, how})
			}
		}
	}
	return &Identity{Name: earth().names[code], Country: code, How: how}
}

func (sc *scene) folded(p run) []string {
	words := make([]string, 0, p.to-p.from)
	for i := p.from; i < p.to; i++ {
		if w := fold(sc.r.toks[i].low); w != "" {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		words = append(words, sc.r.toks[p.from].low)
	}
	return words
}

func (c *cast) identity(m called) *Identity {
	a := &c.actors[m.actor]
	return &Identity{ID: a.ID, Name: a.Name, Country: countryOf(a), How: m.how}
}

// inside finds the longest name of an actor that stands in the words: all of a
// person's name, wherever it stands; of others only where nothing but a word
// for a government stands beside it.
func (c *cast) inside(words []string, k Kind) (called, bool) {
	best, n := called{}, 0
	for i := range words {
		for _, j := range c.first[words[i]] {
			f := &c.forms[j]
			if len(f.words) <= n || i+len(f.words) > len(words) || !slices.Equal(f.words, words[i:i+len(f.words)]) {
				continue
			}
			if c.actors[f.actor].Kind == "person" {
				if len(f.words) == 1 && i+1 < len(words) {
					continue // "Roe" in "Roe County"
				}
			} else {
				rest := slices.Concat(words[:i], words[i+len(f.words):])
				if slices.ContainsFunc(rest, func(w string) bool {
					return !governmentWords[w] && w != "s" && w != "of" && w != "the" && !looseModifiers[w]
				}) {
					continue
				}
			}
			best, n = f.called, len(f.words)
		}
	}
	return best, n > 0
}

// givenFits tells whether the words before a last name, if any, are titles or
// the given name of the actor.
func (c *cast) givenFits(i int, words []string) bool {
	given := foldedWords(c.actors[i].Name)
	if len(words) == 1 {
		return true
	}
	before := words[len(words)-2]
	if slices.Contains(given, before) || titles[before] || honorifics[before] || honorifics[before+"."] {
		return true
	}
	role := foldedWords(c.actors[i].Role)
	return slices.Contains(role, before)
}

// inRole is the actor that a description fits: "the Ruritanian president" by
// role and country, "the secretary of state" if nobody else has that role.
func (c *cast) inRole(sc *scene, p run, words []string) int {
	code := ""
	var says []string
	for i := p.from; i < p.to; i++ {
		if t := &sc.r.toks[i]; t.cat == catRel || t.cat == catVerb {
			break
		}
		if s := within(sc.places, run{i, i + 1}); len(s) > 0 && s[0].code != "" && s[0].how != "capital" {
			code = s[0].code
			i = s[0].to - 1
			continue
		}
		if w := fold(sc.r.toks[i].low); w != "" && w != "of" && w != "the" && w != "'s" && w != "s" && !looseModifiers[w] {
			says = append(says, w)
		}
	}
	if len(says) == 0 {
		return -1
	}
	head := says[len(says)-1]
	if len(says) > 1 && (says[0] == "secretary" || says[0] == "minister" || says[0] == "head" || says[0] == "chief") {
		head = says[0]
	}
	found := -1
	for i := range c.actors {
		a := &c.actors[i]
		if a.Role == "" {
			continue
		}
		role := foldedWords(a.Role)
		ok := slices.Contains(role, head)
		if !ok && code != "" && (head == "leader" || head == "ruler" || head == "strongman") {
			ok = slices.ContainsFunc(role, func(w string) bool { return heads[w] }) && !slices.Contains(role, "vice") && !slices.Contains(role, "deputy")
		}
		if !ok || code != "" && c.nation[i] != code {
			continue
		}
		if !slices.ContainsFunc(says, func(w string) bool { return w != head && !slices.Contains(role, w) }) {
			if slices.Contains(role, "vice") != slices.Contains(says, "vice") || slices.Contains(role, "deputy") != slices.Contains(says, "deputy") {
				continue
			}
			if found >= 0 {
				return -1 // two could be meant
			}
			found = i
		}
	}
	return found
}

// government is the country that the words speak for: its name, its seat of
// government, a building that stands for it, or its people's name before a word
// for a government.
func (sc *scene) government(p run, h int) (code, how string) {
	toks := sc.r.toks
	if s := whole(sc.places, toks, p); s != nil && s.code != "" {
		if s.how == "demonym" {
			if w := toks[p.to-1].low; p.to-p.from == 1 && !strings.HasSuffix(w, "s") {
				return "", "" // "an American" is a person
			}
		}
		return s.code, s.how
	}
	if s := seats[lowWords(toks, p)]; s != "" {
		return s, "seat"
	}
	// "the Ruritanian government", "the government of Ruritania", "Ruritania's
	// government", "the Ruritanian foreign ministry", "the Ruritanians"
	found := within(sc.places, p)
	if len(found) != 1 || found[0].code == "" {
		return "", ""
	}
	s := found[0]
	for i := p.from; i < p.to; i++ {
		if i >= s.from && i < s.to {
			continue
		}
		switch w := toks[i].low; {
		case governmentWords[w], toks[i].cat == catPoss, w == "of", w == "the", looseModifiers[w]:
		default:
			return "", ""
		}
	}
	return s.code, s.how
}

func lowWords(toks []token, p run) string {
	if p.to-p.from == 1 {
		return toks[p.from].low
	}
	words := make([]string, 0, p.to-p.from)
	for i := p.from; i < min(p.to, p.from+4); i++ {
		words = append(words, toks[i].low)
	}
	return strings.Join(words, " ")
}
