package reader

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/demarche/demarche"
)

// PlaceKind is what sort of place a name names, which is also how exactly the
// name says where: within a country, within a city, somewhere at sea.
type PlaceKind string

const (
	CountryPlace PlaceKind = "country"
	CapitalPlace PlaceKind = "capital" // a seat of government, taken as the city
	SeaPlace     PlaceKind = "sea"     // a sea, a strait, a gulf, a canal
	RegionPlace  PlaceKind = "region"  // a part of a country or of the world, borders open
	NamedPlace   PlaceKind = "named"   // a name that the gazetteer does not know: "the village of Dorza"
	CasePlace    PlaceKind = "case"    // a place that the case names
)

// Place is a place that a text names.
type Place struct {
	Text string `json:"text"`
	Span Span   `json:"span"`
	// Name is the usual name in English, or that of the case.
	Name string    `json:"name"`
	Kind PlaceKind `json:"kind"`
	// Country is the code of ISO 3166-1, "" where the place is in none or in
	// more than one.
	Country string `json:"country"`
	// Near is the word where the place is not the spot itself: "off", "near",
	// "north of". Empty for "in".
	Near string `json:"near"`
	// PrecisionKM is the radius in kilometres that the case gives; 0 if it gives none.
	PrecisionKM float64 `json:"precision_km,omitempty"`
}

//go:embed countries.txt
var countryList string

//go:embed waters.txt
var waterList string

// entry is one name in the gazetteer.
type entry struct {
	words []string // as tokens, in lower case
	name  string
	code  string
	kind  PlaceKind
	how   string // country, demonym, capital; "" for waters and regions
	upper bool   // only in capitals: US, UK
	the   bool   // only after "the"
	km    float64
}

// gazetteer finds names of places by their first word.
type gazetteer struct {
	byFirst map[string][]*entry // longest first
	names   map[string]string   // code to name
}

var earth = sync.OnceValue(func() *gazetteer {
	g := &gazetteer{byFirst: make(map[string][]*entry, 1200), names: map[string]string{}}
	for line := range strings.Lines(countryList) {
		f := strings.Split(strings.TrimSpace(line), "|")
		if len(f) != 5 || line[0] == '#' {
			continue
		}
		code, name := f[0], f[1]
		g.names[code] = name
		g.add(name, entry{name: name, code: code, kind: CountryPlace, how: "country"})
		for _, other := range list(f[2]) {
			g.add(other, entry{name: name, code: code, kind: CountryPlace, how: "country"})
		}
		for _, d := range list(f[3]) {
			g.add(d, entry{name: name, code: code, kind: CountryPlace, how: "demonym"})
		}
		for _, c := range list(f[4]) {
			g.add(c, entry{name: c, code: code, kind: CapitalPlace, how: "capital"})
		}
	}
	for line := range strings.Lines(waterList) {
		f := strings.Split(strings.TrimSpace(line), "|")
		if len(f) != 3 || line[0] == '#' {
			continue
		}
		kind := PlaceKind(f[0])
		g.add(f[1], entry{name: f[1], kind: kind})
		for _, other := range list(f[2]) {
			bare, the := strings.CutPrefix(other, "the ")
			g.add(bare, entry{name: f[1], kind: kind, the: the || kind == SeaPlace && !strings.Contains(bare, " ")})
		}
	}
	g.sort()
	return g
})

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

func (g *gazetteer) add(name string, e entry) {
	for _, t := range tokenize(name) {
		e.words = append(e.words, t.low)
	}
	if len(e.words) == 0 {
		return
	}
	e.upper = len(e.words) == 1 && len(name) <= 3 && strings.ToUpper(name) == name
	g.byFirst[e.words[0]] = append(g.byFirst[e.words[0]], &e)
}

func (g *gazetteer) sort() {
	for _, es := range g.byFirst {
		slices.SortStableFunc(es, func(a, b *entry) int { return len(b.words) - len(a.words) })
	}
}

// caseGazetteer holds the places of a case.
func caseGazetteer(places []demarche.Place) *gazetteer {
	if len(places) == 0 {
		return nil
	}
	g := &gazetteer{byFirst: map[string][]*entry{}}
	for _, p := range places {
		e := entry{name: p.Name, kind: CasePlace}
		if p.PrecisionKM != nil {
			e.km = *p.PrecisionKM
		}
		g.add(p.Name, e)
	}
	g.sort()
	return g
}

// sighting is a name of the gazetteer in the text.
type sighting struct {
	run
	*entry
}

// alsoPeople are places that are as often names of people.
var alsoPeople = set(`chad jordan georgia israel paris sofia victoria kingston santiago lima washington sucre lincoln holland
	kenya malta juba cairo london rome berlin santo colombo virginia`)

// sight finds the names of places in the text, the longest first, none inside
// another. It looks at every capitalised word once.
func (g *gazetteer) sight(toks []token) []sighting {
	var out []sighting
	for i := 0; i < len(toks); i++ {
		if toks[i].shape != capWord {
			continue
		}
		for _, e := range g.byFirst[toks[i].low] {
			if !e.at(toks, i) {
				continue
			}
			out = append(out, sighting{run{i, i + len(e.words)}, e})
			i += len(e.words) - 1
			break
		}
	}
	return out
}

// at tells whether the name stands at token i, as a place.
func (e *entry) at(toks []token, i int) bool {
	n := len(e.words)
	if i+n > len(toks) || toks[i+n-1].para != toks[i].para {
		return false
	}
	for k := 1; k < n; k++ {
		if toks[i+k].low != e.words[k] {
			return false
		}
	}
	if n > 1 && toks[i+n-1].shape == lowerWord && e.how == "capital" {
		return false
	}
	if e.upper && !toks[i].upper {
		return false
	}
	if e.the && (i == 0 || toks[i-1].low != "the") {
		return false
	}
	if e.the && i+n < len(toks) && toks[i+n].cat == catNoun && toks[i+n].sent == toks[i].sent {
		return false // "the Gulf state"
	}
	if n > 1 {
		return true
	}
	named := func(k int) bool {
		return k >= 0 && k < len(toks) && toks[k].sent == toks[i].sent && toks[k].shape == capWord && toks[k].cat == catName
	}
	if e.the && named(i+1) {
		return false
	}
	if i > 0 && toks[i-1].sent == toks[i].sent {
		p := toks[i-1].low
		if toks[i-1].shape == capWord && (maleNames[p] || femaleNames[p] || honorifics[p]) || p == "de" || p == "von" {
			return false
		}
	}
	if alsoPeople[toks[i].low] && named(i+1) && !orgWords[toks[i+1].low] && !titles[toks[i+1].low] && earthly(toks[i+1].low) == nil {
		return false
	}
	return true
}

// earthly is the country word w, whatever stands beside it, or nil.
func earthly(w string) *entry {
	for _, e := range earth().byFirst[w] {
		if len(e.words) == 1 && e.code != "" {
			return e
		}
	}
	return nil
}

// demonym is the code of the country whose adjective w is, or "".
func demonym(w string) string {
	if e := earthly(w); e != nil && e.how == "demonym" {
		return e.code
	}
	return ""
}

// within is the sightings that overlap p.
func within(all []sighting, p run) []sighting {
	lo, _ := slices.BinarySearchFunc(all, p.from, func(s sighting, from int) int { return s.to - from - 1 })
	hi := lo
	for hi < len(all) && all[hi].from < p.to {
		hi++
	}
	return all[lo:hi]
}

// whole is the sighting that p is, but for an article before and a possessive
// behind, or nil.
func whole(all []sighting, toks []token, p run) *sighting {
	for p.from < p.to && toks[p.from].cat == catDet {
		p.from++
	}
	for p.to > p.from && toks[p.to-1].cat == catPoss {
		p.to--
	}
	for _, s := range within(all, p) {
		if s.run == p {
			return &s
		}
	}
	return nil
}

var nearWords = set(`near outside around beside off towards toward along beyond opposite`)

var directions = set(`north south east west northeast northwest southeast southwest north-east north-west south-east south-west
	northern southern eastern western central upriver downriver inland offshore`)

// settlements stand before "of" and a name: "the village of Dorza".
var settlements = set(`village town city port province district valley region island islands hamlet suburb county state
	municipality peninsula governorate oblast prefecture department commune settlement enclave township camp crossing pass`)

// locative stand before the name of a place.
var locative = set(`in at near outside around off from inside across throughout into towards toward to beyond along within over above
	between of on through via opposite`)

// placesIn finds the places named in the runs.
func (sc *scene) placesIn(runs []run) []Place {
	out := []Place{}
	add := func(p run, name, code string, kind PlaceKind, km float64) {
		s := Span{sc.r.toks[p.from].start, sc.r.toks[p.to-1].end}
		out = append(out, Place{Text: sc.r.text[s[0]:s[1]], Span: s, Name: name, Kind: kind, Country: code, Near: sc.nearness(p.from), PrecisionKM: km})
	}
	for _, c := range runs {
		if c.empty() {
			continue
		}
		own := within(sc.casePlaces, c)
		for _, s := range own {
			add(s.run, s.name, "", CasePlace, s.km)
		}
		for _, s := range within(sc.places, c) {
			if s.how == "demonym" || len(within(own, s.run)) > 0 || !sc.isWhere(s) {
				continue
			}
			add(s.run, s.name, s.code, s.kind, 0)
		}
		for i := c.from; i < c.to; i++ {
			p := sc.namedPlace(i, c.to)
			if p.empty() || len(within(sc.places, p)) > 0 || len(within(own, p)) > 0 {
				continue
			}
			s := Span{sc.r.toks[p.from].start, sc.r.toks[p.to-1].end}
			add(p, sc.r.text[s[0]:s[1]], "", NamedPlace, 0)
			i = p.to - 1
		}
	}
	slices.SortStableFunc(out, func(a, b Place) int { return a.Span[0] - b.Span[0] })
	return out
}

// isWhere tells a place that something is in or goes to from a state that acts:
// a preposition of place stands before it, or another place that it is joined to.
func (sc *scene) isWhere(s sighting) bool {
	toks := sc.r.toks
	i := s.from - 1
	for i >= 0 && toks[i].sent == toks[s.from].sent && (toks[i].cat == catDet || toks[i].low == "the" || directions[toks[i].low] || toks[i].low == "nearby" || toks[i].low == "neighbouring" || toks[i].low == "neighboring") {
		i--
	}
	if s.kind == SeaPlace || s.kind == RegionPlace {
		return true
	}
	if s.to < len(toks) && (toks[s.to].cat == catPoss) {
		// "Ruritania's coast", "in Ruritania's north"
		n := s.to + 1
		return n < len(toks) && (geographic[toks[n].low] || n+1 < len(toks) && directions[toks[n].low] || directions[toks[n].low])
	}
	if i < 0 || toks[i].sent != toks[s.from].sent {
		return false
	}
	switch w := toks[i].low; {
	case w == "of":
		return i > 0 && (directions[toks[i-1].low] || settlements[toks[i-1].low] || geographic[toks[i-1].low] || toks[i-1].low == "outside" || toks[i-1].low == "out" || toks[i-1].low == "capital" || distanceUnits[toks[i-1].low])
	case w == "to" || w == "into" || w == "from" || w == "towards" || w == "toward" || w == "through":
		// "sent arms to Ruritania" names where they went as much as who got them;
		// "demands from Ruritania" does not.
		return w != "from" || i == 0 || toks[i-1].cat == catVerb || toks[i-1].cat == catName || toks[i-1].cat == catNoun && (movers[toks[i-1].low] || geographic[toks[i-1].low])
	case w == "between":
		// Between two places, not between two who quarrel.
		if s.to+1 < len(toks) && toks[s.to].low == "and" {
			k := s.to + 1
			for k+1 < len(toks) && toks[k].cat == catDet {
				k++
			}
			return len(within(sc.places, run{k, k + 1})) > 0 && !disputes[toks[max(0, i-1)].low]
		}
		return true
	case locative[w]:
		return w != "on"
	case w == "and" || w == ",":
		// Joined to a place: "between Ruritania and Syldavia", "Strelsau, Ruritania".
		j := i - 1
		for _, p := range within(sc.places, run{max(0, j), j + 1}) {
			if p.to == i {
				return sc.isWhere(p)
			}
		}
		return w == "," && j >= 0 && toks[j].cat == catName && i-2 >= 0 && (locative[toks[i-2].low] || toks[i-2].cat == catName)
	case leavingVerbs[w]:
		return true
	case settlements[w] || w == "capital":
		return true
	}
	return false
}

var geographic = set(`coast border borders frontier capital territory airspace waters shore shores port ports airport interior north
	south east west coastline soil mainland highlands heartland region province city territorial parts part edge outskirts embassy
	streets centre center banks bank foothills`)

var distanceUnits = set(`kilometres kilometers km miles mile metres meters kilometre kilometer nm`)

var movers = set(`troops soldiers refugees people flights ships convoy convoys weapons arms oil gas gold missiles rockets fighters
	migrants planes aircraft vessels forces withdrawal retreat trip flight return exports imports back away home`)

// disputes stand before "between" and two states that act.
var disputes = set(`talks agreement treaty war peace conflict truce deal ties relations tension tensions plan dispute meeting summit trade exchange
	negotiations ceasefire accord pact dialogue rivalry quarrel call`)

var leavingVerbs = set(`leave leaves left leaving enter enters entered entering visit visits visited visiting flee flees fled fleeing reach reached
	reaches reaching invade invaded invades invading cross crossed occupy occupied occupies bomb bombed bombing shell shelled shelling`)

// nearness is the word before a place that says it is not the spot itself.
func (sc *scene) nearness(from int) string {
	toks := sc.r.toks
	i := from - 1
	for i >= 0 && toks[i].sent == toks[from].sent && (toks[i].cat == catDet || settlements[toks[i].low] || geographic[toks[i].low] && toks[i].low != "border" && toks[i].low != "coast" || toks[i].low == "of" && i > 0 && (settlements[toks[i-1].low] || geographic[toks[i-1].low] && !directions[toks[i-1].low])) {
		if directions[toks[i].low] {
			break
		}
		i--
	}
	if i < 0 || toks[i].sent != toks[from].sent {
		return ""
	}
	switch w := toks[i].low; {
	case nearWords[w]:
		if w == "off" || w == "near" || w == "outside" {
			return w
		}
		return w
	case w == "coast" || w == "shore" || w == "shores":
		for k := i - 1; k >= max(0, i-3); k-- {
			if toks[k].low == "off" {
				return "off"
			}
		}
	case w == "of" && i > 0:
		p := toks[i-1].low
		if directions[p] && !strings.HasSuffix(p, "ern") {
			// "30 kilometres north of", but "in the north of" is inside.
			if i > 2 && toks[i-2].low == "the" && toks[i-3].low == "in" {
				return ""
			}
			return p + " of"
		}
		if p == "outside" {
			return "outside"
		}
	case w == "from" && i > 0 && distanceUnits[toks[i-1].low]:
		return "from"
	case w == "between":
		return "between"
	}
	return ""
}

// namedPlace is a name at token i that the words before it make a place.
func (sc *scene) namedPlace(i, to int) run {
	toks := sc.r.toks
	if toks[i].shape != capWord || toks[i].cat != catName || i == 0 || toks[i-1].sent != toks[i].sent || titles[toks[i].low] || dateWord(&toks[i]) {
		return run{}
	}
	j := i
	for j < to && toks[j].shape == capWord && toks[j].cat == catName && toks[j].sent == toks[i].sent {
		j++
	}
	last := toks[j-1].low
	p := i - 1
	if toks[p].low == "of" && p > 0 && settlements[toks[p-1].low] {
		return run{i, j}
	}
	the := false
	for p >= 0 && (toks[p].low == "the" || directions[toks[p].low] || settlements[toks[p].low] && p > 0 && toks[p-1].low != "of" && toks[p-1].cat != catDet) {
		the = the || toks[p].low == "the"
		p--
	}
	if p < 0 || toks[p].sent != toks[i].sent {
		return run{}
	}
	behind := ""
	if j < len(toks) && toks[j].sent == toks[i].sent {
		behind = toks[j].low
	}
	w := toks[p].low
	if !(w == "in" || w == "near" || w == "outside" || w == "at" || w == "around" || w == "off" || nearWords[w] || w == "inside" || w == "across") {
		return run{}
	}
	if settlements[behind] || geographic[behind] || waterWords[behind] {
		return run{i, j}
	}
	if waterWords[last] || placeEndings[last] {
		return run{i, j}
	}
	if the || orgWords[last] && !waterWords[last] || institutionNouns[last] || sc.person(run{i, j}) >= 0 || toks[i].upper && j == i+1 && len(toks[i].low) <= 5 {
		return run{}
	}
	if w == "at" || w == "across" {
		return run{}
	}
	return run{i, j}
}

var waterWords = set(`sea river gulf strait bay lake canal channel ocean valley mountains mountain island islands hills desert peninsula
	basin plateau delta pass province district airport port harbour harbor bridge crossing square base camp dam refinery terminal archipelago reef shoal atoll cape`)

var placeEndings = set(`city town village county heights beach springs`)
