package reader

import (
	"slices"
	"strings"
)

// scene is what a whole text tells about who and where, and who has spoken so
// far. It is made once for a text; findings are described in text order.
type scene struct {
	r          *reading
	places     []sighting
	casePlaces []sighting
	cast       *cast
	dates      *calendar
	people     []person
	byLast     map[string][]int // people by last name, at most maxNamesakes
	byFirst    map[string]int   // by the first word of the name; -1 where two share it
	orgs       []run            // names of bodies, in text order
	acronyms   map[string]run   // "irc" to the name that it stands behind in brackets
	mentions   []mention        // in text order
	spoke      []turn           // sources so far, in text order
}

// person is somebody the text names by more than a last name, with the mentions
// that can be told to be of the same.
type person struct {
	last, first string // in lower case; first is "" where only a title is known
	forms       []run  // mentions, each longer than every one before
	roles       string // words of title and description around the name, spaced
	gender      gender
}

// gender is that of the pronoun used for somebody, as far as known.
type gender uint8

const (
	noGender gender = iota
	he
	she
)

// plurality is what a mention has to be for a pronoun to stand for it.
type plurality uint8

const (
	onePerson plurality = iota
	manyPeople
	oneThing
)

// mention is a phrase that a later pronoun can stand for.
type mention struct {
	run
	number  plurality
	person  int // index in people, or -1
	gender  gender
	subject bool // it seems to be the subject of its clause
	body    bool // a state, an institution, a document: it can speak
}

// turn is one who spoke: the phrase that tells who it is, and where the cue is.
type turn struct {
	at int
	mention
}

// Bounds that keep the work linear in the text.
const (
	maxNamesakes = 8   // people with one last name
	maxForms     = 8   // longer and longer forms of one name
	maxRoles     = 400 // bytes of description kept of a person
	maxLookBack  = 8   // sentences that a pronoun reaches back over
	maxMentions  = 120 // mentions and turns looked at for one pronoun
	maxPeople    = 200 // people looked at for one description
)

var titles = set(`president premier secretary minister senator sen. sen representative rep. rep governor gov. gov mayor
	general gen. gen admiral adm. colonel col. captain capt. major judge justice chancellor ambassador chairman chairwoman
	speaker mr. mr mrs. mrs ms. ms dr. dr prof. professor king queen prince princess pope emir sheikh ayatollah director
	commander leader chief spokesman spokeswoman spokesperson envoy adviser advisor strategist analyst sir lord rev. congressman
	congresswoman lawmaker pollster candidate nominee leader attorney lt. sgt. manager coordinator lawyer economist
	historian deputy author host anchor editor reporter correspondent prosecutor`)

// orgWords make a run of capitals something else than a person.
var orgWords = set(`house department ministry university party news post times journal court congress senate council committee
	united states union nations agency institute foundation center centre group company corporation bank army navy force
	forces guard police administration government association commission board network church college school street
	avenue city county island islands sea gulf river strait act treaty agreement cabinet cartel brigade front movement
	campaign press radio television office bureau league federation republic kingdom fund society project crescent cross team tribune
	herald gazette magazine daily guardian inc. corp. ltd. co. conference summit pentagon kremlin parliament assembly
	tribunal organization organisation secretariat bank club union institute north south east west new`)

var maleNames = set(`james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony
	mark donald steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary
	nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory frank alexander raymond patrick jack
	dennis jerry tyler aaron jose henry adam douglas nathan peter zachary kyle walter harold jeremy ethan carl keith roger
	gerald christian terry sean arthur austin noah lawrence jesse joe bryan billy jordan albert dylan bruce willie gabriel
	alan juan logan wayne ralph roy eugene randy vincent russell louis philip bobby johnny bradley marco nicolas pete jd
	vladimir volodymyr emmanuel mohammed mohammad muhammad ahmed ali hassan ibrahim abdullah sergei sergey ivan carlos
	luis diego miguel pedro jorge barack bill bernie ted jeb ben mike tim chris dan tom jim bob steve tony antony rex
	olaf boris rishi narendra recep benjamin yoav gustavo luiz javier`)

var femaleNames = set(`mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra margaret
	ashley kimberly emily donna michelle carol amanda melissa deborah stephanie rebecca sharon laura cynthia dorothy amy
	kathleen angela shirley emma brenda pamela nicole anna samantha katherine christine helen debra rachel carolyn janet
	maria catherine heather diane olivia julie joyce victoria ruth virginia lauren kelly christina joan evelyn judith
	andrea hannah megan cheryl jacqueline martha madison teresa gloria sara janice ann kathryn abigail sophia frances
	jean alice judy isabella julia grace amber denise danielle marilyn beverly charlotte natalie theresa diana brittany
	doris kayla alexis lori marie hillary karoline kamala tulsi kristi ursula giorgia delcy tammy leila fatima aisha
	svetlana olga irina natalia yulia condoleezza madeleine nikki sanna mette claudia jane elena rosa ivanka melania
	annalena liz kate anne`)

// honorifics stand before a name and tell no office.
var honorifics = set(`mr. mr mrs. mrs ms. ms dr. dr prof. professor sir lord dame lady rev.`)

// leaderWords are the words by which whoever leads a country is described.
var leaderWords = set(`leader president premier ruler strongman autocrat dictator chief head prime minister king monarch emir
	chancellor`)

// heads lead their country whatever else they are called.
var heads = set(`president premier ruler king queen monarch emir chancellor sultan leader`)

// looseModifiers say nothing about which office somebody holds.
var looseModifiers = set(`former ex-president outgoing incoming new current embattled ousted senior top veteran late longtime country's nation's
	exiled deposed acting interim powerful popular elderly`)

// newScene looks over the text once.
func (r *reading) newScene(opts Options) *scene {
	sc := &scene{r: r, byLast: map[string][]int{}, byFirst: map[string]int{}, acronyms: map[string]run{}, dates: newCalendar(opts.Published)}
	sc.places = earth().sight(r.toks)
	if g := caseGazetteer(opts.Places); g != nil {
		sc.casePlaces = g.sight(r.toks)
	}
	sc.cast = newCast(opts.Actors)
	for i := 0; i < len(r.toks); {
		t := &r.toks[i]
		if t.shape != capWord || !(t.cat == catName || titles[t.low] || demonym(t.low) != "" || t.cat == catAdj || orgWords[t.low]) {
			i++
			continue
		}
		j := r.nameEnd(i)
		if j > i {
			sc.addName(run{i, j})
		}
		i = max(j, i+1)
	}
	sc.findMentions()
	return sc
}

// nameEnd is the end of the run of capitals that begins at token i, with the
// small words inside names.
func (r *reading) nameEnd(i int) int {
	j := i
	for j < len(r.toks) && j-i < 12 && r.toks[j].sent == r.toks[i].sent {
		t := &r.toks[j]
		if t.shape == lowerWord && j > i && j+1 < len(r.toks) && (t.cat == catName || particles[t.low] && r.toks[j+1].shape == capWord) {
			j++ // "al-", "von"
			continue
		}
		if t.shape == capWord && t.cat != catSubj && t.cat != catDet && t.cat != catPrep && t.cat != catSub && t.cat != catCoord && (t.cat != catVerb || j == i && titles[t.low]) {
			j++
			continue
		}
		if t.low == "of" && j+1 < len(r.toks) && j > i && r.toks[j+1].shape == capWord && (titles[r.toks[j-1].low] || orgWords[r.toks[j-1].low]) {
			j += 2
			continue
		}
		if t.low == "of" && j+2 < len(r.toks) && j > i && r.toks[j+1].low == "the" && r.toks[j+2].shape == capWord && orgWords[r.toks[j-1].low] {
			j += 3
			continue
		}
		break
	}
	return j
}

// addName files a run of capitals under the people or the bodies of the text.
func (sc *scene) addName(p run) {
	r := sc.r
	if r.inHeadlineCase(p) {
		return
	}
	nameFrom, title := p.from, false
	for i := p.from; i < p.to; i++ {
		if titles[r.toks[i].low] {
			nameFrom, title = i+1, true
			if i+2 < p.to && r.toks[i+1].low == "of" {
				nameFrom = i + 3
			}
		}
	}
	for nameFrom < p.to && demonym(r.toks[nameFrom].low) != "" {
		nameFrom++
	}
	if nameFrom >= p.to {
		return
	}
	for i := nameFrom; i < p.to; i++ {
		if orgWords[r.toks[i].low] {
			sc.addOrg(run{p.from, p.to})
			return
		}
		if dateWord(&r.toks[i]) {
			return
		}
	}
	size := p.to - nameFrom
	for _, s := range within(sc.places, run{nameFrom, p.to}) {
		if s.how != "capital" || s.to-s.from == size || s.to == p.to {
			return
		}
	}
	// "the general said" is lower case; "President Roe" has one name behind the
	// title, and so has "foreign minister Roe".
	if !title && size == 1 && nameFrom > 0 && r.toks[nameFrom-1].sent == r.toks[nameFrom].sent && r.toks[nameFrom-1].shape == lowerWord && titles[r.toks[nameFrom-1].low] {
		title = true
	}
	if size > 5 || size < 2 && !title {
		if size >= 2 && size <= 8 {
			sc.addOrg(p)
		}
		return
	}
	if size == 1 && r.toks[nameFrom].upper && len(r.toks[nameFrom].low) > 1 && len(r.toks[nameFrom].low) <= 5 {
		return // an acronym
	}
	end := p.to - 1
	if l := r.toks[end].low; (l == "jr." || l == "sr." || l == "ii" || l == "iii" || l == "iv") && size > 1 {
		end--
	}
	last := lastName(r.toks[end].low)
	if len(last) < 2 {
		return
	}
	first := ""
	if end > nameFrom {
		if first = r.toks[nameFrom].low; particles[first] {
			first = "" // "Van Dam"
		}
	}
	k := sc.samePerson(last, first)
	if k < 0 {
		if len(sc.byLast[last]) >= maxNamesakes {
			return
		}
		k = len(sc.people)
		sc.people = append(sc.people, person{last: last, first: first})
		sc.byLast[last] = append(sc.byLast[last], k)
		if _, taken := sc.byFirst[first]; first != "" && taken {
			sc.byFirst[first] = -1
		} else if first != "" {
			sc.byFirst[first] = k
		}
	}
	pe := &sc.people[k]
	if pe.first == "" {
		pe.first = first
	}
	if n := len(pe.forms); n == 0 || n < maxForms && longerRun(p, pe.forms[n-1]) {
		pe.forms = append(pe.forms, p)
	}
	sc.addRoles(pe, p, nameFrom)
	switch {
	case pe.gender != noGender:
	case maleNames[first] && !femaleNames[first], strings.Contains(pe.roles, " mr. "), strings.Contains(pe.roles, " king "), strings.Contains(pe.roles, " prince "), strings.Contains(pe.roles, " sir "), strings.Contains(pe.roles, "man ") && !strings.Contains(pe.roles, "woman "):
		pe.gender = he
	case femaleNames[first] && !maleNames[first], strings.Contains(pe.roles, " mrs. "), strings.Contains(pe.roles, " ms. "), strings.Contains(pe.roles, " queen "), strings.Contains(pe.roles, "woman "), strings.Contains(pe.roles, " princess "):
		pe.gender = she
	}
}

// samePerson is who of that last name has that first name, or may have it.
func (sc *scene) samePerson(last, first string) int {
	for _, k := range sc.byLast[last] {
		f := sc.people[k].first
		if f == first || f == "" || first == "" || len(f) <= 2 && f[0] == first[0] || len(first) <= 2 && f[0] == first[0] {
			return k
		}
	}
	return -1
}

// addRoles notes the words around a name that say what somebody is.
func (sc *scene) addRoles(pe *person, p run, nameFrom int) {
	if len(pe.roles) > maxRoles {
		return
	}
	r := sc.r
	var b strings.Builder
	word := func(i int) { b.WriteString(" " + r.toks[i].low + " ") }
	from := p.from
	// "the foreign minister, Ana Roe, said"
	if from > 1 && r.toks[from-1].low == "," && r.toks[from-2].cat == catNoun && r.toks[from-1].sent == r.toks[p.from].sent && p.to < len(r.toks) && r.toks[p.to].low == "," {
		from--
	}
	for from > 0 && p.from-from < 7 && r.toks[from-1].sent == r.toks[p.from].sent && r.toks[from-1].shape <= capWord &&
		(r.toks[from-1].cat == catNoun || r.toks[from-1].cat == catAdj || r.toks[from-1].cat == catName || r.toks[from-1].cat == catPoss || titles[r.toks[from-1].low]) {
		from--
	}
	for i := from; i < nameFrom; i++ {
		word(i)
	}
	if i := p.to; i+1 < len(r.toks) && r.toks[i].low == "," && r.toks[i+1].sent == r.toks[p.from].sent && r.toks[i+1].shape != openQuote {
		for i++; i < min(len(r.toks), p.to+10) && r.toks[i].low != "," && r.toks[i].low != "." && r.toks[i].cat != catVerb && r.toks[i].sent == r.toks[p.from].sent; i++ {
			if r.toks[i].cat == catRel || r.toks[i].cat == catSubj {
				break
			}
			word(i)
		}
	}
	pe.roles += b.String()
}

// addOrg files the name of a body, and the acronym in brackets behind it.
func (sc *scene) addOrg(p run) {
	r := sc.r
	sc.orgs = append(sc.orgs, p)
	if i := p.to; i+2 < len(r.toks) && r.toks[i].low == "(" && r.toks[i+2].low == ")" && r.toks[i+1].upper {
		if _, known := sc.acronyms[r.toks[i+1].low]; !known {
			sc.acronyms[r.toks[i+1].low] = p
		}
	}
}

// lastName is a last name without the article that Arabic puts before it.
func lastName(low string) string {
	return strings.TrimPrefix(strings.TrimPrefix(low, "al-"), "el-")
}

// person is the index of whoever is named by p, which may be a last name alone,
// or -1.
func (sc *scene) person(p run) int {
	r := sc.r
	for p.from < p.to && r.toks[p.from].cat == catDet {
		p.from++
	}
	for p.to > p.from && r.toks[p.to-1].cat == catPoss {
		p.to--
	}
	for i := p.from; i < p.to && r.toks[i].low != ","; i++ {
		if titles[r.toks[i].low] {
			if p.from = i + 1; i+2 < p.to && r.toks[i+1].low == "of" {
				p.from = i + 3
			}
		}
	}
	for i := p.from; i < p.to; i++ {
		if r.toks[i].low == "," || r.toks[i].low == "(" {
			p.to = i // what stands behind is an apposition
		}
	}
	for p.from < p.to && demonym(r.toks[p.from].low) != "" {
		p.from++
	}
	for p.to-p.from > 1 && particles[r.toks[p.from].low] {
		p.from++ // "Van Dam"
	}
	if p.empty() {
		return -1
	}
	end := p.to - 1
	if l := r.toks[end].low; (l == "jr." || l == "sr." || l == "ii" || l == "iii" || l == "iv") && end > p.from {
		end--
	}
	if r.toks[end].shape != capWord && r.toks[end].cat != catName {
		return -1
	}
	namesakes := sc.byLast[lastName(r.toks[end].low)]
	if len(namesakes) == 0 {
		if k, ok := sc.byFirst[r.toks[p.from].low]; ok && p.to-p.from == 1 && r.toks[p.from].shape == capWord {
			return k
		}
		return -1
	}
	if end > p.from {
		first := r.toks[p.from].low
		for _, k := range namesakes {
			if sc.people[k].first == first {
				return k
			}
		}
		for _, k := range namesakes {
			if sc.people[k].first == "" {
				return k
			}
		}
		return -1
	}
	if len(namesakes) == 1 {
		return namesakes[0]
	}
	// Of several, by the title before the name, else whoever was named last.
	want := noGender
	if p.from > 0 {
		switch r.toks[p.from-1].low {
		case "mr.", "mr", "sir", "lord", "king", "prince":
			want = he
		case "mrs.", "mrs", "ms.", "ms", "lady", "dame", "queen", "princess":
			want = she
		}
	}
	best, at := -1, -1
	for _, k := range namesakes {
		pe := &sc.people[k]
		if want != noGender && pe.gender != noGender && pe.gender != want {
			continue
		}
		if want != noGender && pe.gender == want {
			return k
		}
		for _, f := range pe.forms {
			if f.from <= p.from && f.from > at {
				best, at = k, f.from
			}
		}
	}
	if best < 0 {
		best = namesakes[0]
	}
	return best
}

// form is the fullest mention of person k before token i, else the first after.
func (sc *scene) form(k, i int) run {
	forms := sc.people[k].forms
	best := forms[0]
	for _, f := range forms[1:] {
		if f.from <= i {
			best = f
		}
	}
	return best
}

// findMentions collects in text order what pronouns can stand for.
func (sc *scene) findMentions() {
	r := sc.r
	next := 0 // of places
	for i := 0; i < len(r.toks); i++ {
		t := &r.toks[i]
		for next < len(sc.places) && sc.places[next].to <= i {
			next++
		}
		switch {
		case t.shape == capWord && !(sc.first(i) && (peopleNouns[t.low] || institutionNouns[t.low] || documentNouns[t.low]) && !(i+1 < len(r.toks) && r.toks[i+1].shape == capWord)) && (t.cat == catName || titles[t.low] || orgWords[t.low] || t.cat == catAdj && demonym(t.low) != ""):
			j := r.nameEnd(i)
			p := run{i, j}
			k := -1
			if j > i {
				k = sc.person(p)
			}
			switch {
			case k >= 0:
				sc.mention(mention{run: p, number: onePerson, person: k, gender: sc.people[k].gender})
			case next < len(sc.places) && sc.places[next].from == i && sc.places[next].to == j && sc.places[next].code != "" && sc.places[next].how != "demonym":
				sc.mention(mention{run: p, number: oneThing, person: -1, body: true})
			case j > i && (orgWords[r.toks[j-1].low] || r.toks[j-1].upper && len(r.toks[j-1].low) > 1 || orgWords[t.low] && j-i > 1):
				sc.mention(mention{run: p, number: oneThing, person: -1, body: true})
			default:
				if j > i && demonym(r.toks[j-1].low) != "" && j < len(r.toks) && (peopleNouns[r.toks[j].low] || institutionNouns[r.toks[j].low] || officeNames[r.toks[j].low]) {
					i = j - 1
					continue
				}
			}
			i = max(j, i+1) - 1
		case (t.shape == lowerWord || sc.first(i)) && (t.cat == catName || t.cat == catNoun || t.cat == catAdj || t.cat == catDet || t.cat == catNum) && (peopleNouns[t.low] || institutionNouns[t.low] || documentNouns[t.low] || officeNames[t.low]):
			if i+1 < len(r.toks) && r.toks[i+1].sent == t.sent && (r.toks[i+1].cat == catNoun && r.toks[i+1].shape == lowerWord || r.toks[i+1].shape == capWord && titles[t.low] && r.toks[i+1].cat == catName) {
				continue // "government sources", "spokesman Roe"
			}
			p := run{i, i + 1}
			for p.from > 0 && i-p.from < 7 && r.toks[p.from-1].sent == t.sent {
				if c := r.toks[p.from-1].cat; c == catAdj || c == catNoun || c == catName || c == catNum || c == catPoss && p.from > 1 {
					p.from--
					continue
				}
				break
			}
			det := p.from > 0 && r.toks[p.from-1].sent == t.sent && (r.toks[p.from-1].cat == catDet || r.toks[p.from-1].cat == catPossPron)
			if det {
				p.from--
			}
			many := r.plural(p) && t.low != "police" || t.low == "people" || t.low == "police"
			switch {
			case t.low == "one" || t.low == "some" || t.low == "all" || t.low == "most" || t.low == "both" || t.low == "many" || t.low == "others":
			case many && peopleNouns[t.low] && t.low != "states" && t.low != "countries" && t.low != "nations":
				sc.mention(mention{run: p, number: manyPeople, person: -1})
			case !det:
			case personNoun(t.low):
				g := noGender
				switch {
				case strings.HasSuffix(t.low, "woman") || t.low == "mother" || t.low == "daughter" || t.low == "sister" || t.low == "wife" || t.low == "queen":
					g = she
				case strings.HasSuffix(t.low, "man") || t.low == "father" || t.low == "son" || t.low == "brother" || t.low == "husband" || t.low == "king":
					g = he
				}
				k := -1
				if r.toks[p.from].low == "the" {
					k = sc.described(p, i)
				}
				if k >= 0 {
					g = sc.people[k].gender
				}
				sc.mention(mention{run: p, number: onePerson, person: k, gender: g})
			case !many:
				sc.mention(mention{run: p, number: oneThing, person: -1, body: true})
			}
		}
	}
}

// first tells the first word of a sentence.
func (sc *scene) first(i int) bool { return i == 0 || sc.r.toks[i-1].sent != sc.r.toks[i].sent }

// personNoun tells a noun for one human being.
func personNoun(w string) bool {
	return (peopleNouns[w] || titles[w]) && !institutionNouns[w] && !officeOnly[w] && !strings.HasSuffix(w, "s") || w == "spokesperson" || w == "boss"
}

var officeOnly = set(`office ministry embassy kremlin pentagon presidency secretariat delegation staff states house`)

// mention notes m with whether it seems to be a subject.
func (sc *scene) mention(m mention) {
	m.subject = true
	toks := sc.r.toks
	if i := m.from - 1; i >= 0 && toks[i].sent == toks[m.from].sent {
		switch toks[i].cat {
		case catPrep, catTo, catCoord:
			m.subject = false
		case catVerb:
			w := toks[i].word
			m.subject = w != nil && w.cue != nil && w.cue.speech()
		}
		if toks[i].cat == catPoss || toks[i].cat == catDet && i > 0 && toks[i-1].sent == toks[i].sent && (toks[i-1].cat == catPrep || toks[i-1].cat == catVerb) {
			m.subject = false
		}
		if toks[i].cat == catCoord && i > 0 && i-1 >= 0 && toks[i-1].shape == punct {
			m.subject = true
		}
	}
	if c := toks[m.from].cat; (c == catDet || c == catPossPron) && m.from > 0 && toks[m.from-1].sent == toks[m.from].sent {
		if p := toks[m.from-1].cat; p == catPrep || p == catTo || p == catVerb && !(toks[m.from-1].word != nil && toks[m.from-1].word.cue != nil && toks[m.from-1].word.cue.speech()) {
			m.subject = false
		}
	}
	if m.to < len(toks) && toks[m.to].cat == catPoss {
		m.subject = false
	}
	sc.mentions = append(sc.mentions, m)
}

// described is the person named before token h whom the description p fits best:
// "the Ruritanian leader", "the foreign minister", or -1.
func (sc *scene) described(p run, h int) int {
	r := sc.r
	head := r.toks[h].low
	code := ""
	var mods []string
	for i := p.from; i < h; i++ {
		switch t := &r.toks[i]; {
		case t.cat == catDet || t.cat == catPoss || looseModifiers[t.low]:
		case demonym(t.low) != "":
			code = demonym(t.low)
		default:
			if e := earthly(t.low); e != nil && t.shape == capWord {
				code = e.code
				continue
			}
			mods = append(mods, t.low)
		}
	}
	if i := h + 1; i+1 < len(r.toks) && r.toks[i].low == "of" && code == "" {
		if s := within(sc.places, run{i + 1, min(len(r.toks), i+3)}); len(s) > 0 && s[0].code != "" {
			code = s[0].code
		}
	}
	best, bestScore, bestAt := -1, 0, -1
	seen := 0
	for k := len(sc.people) - 1; k >= 0 && seen < maxPeople; k-- {
		seen++
		r.steps++
		pe := &sc.people[k]
		if pe.forms[0].from >= h {
			continue
		}
		score := 0
		has := strings.Contains(pe.roles, " "+head+" ")
		switch {
		case has:
			score = 4
		case code != "" && (head == "leader" || head == "ruler" || head == "strongman") && leads(pe.roles):
			score = 3
		case code == "" && head == "leader" && leads(pe.roles) && len(mods) == 0:
			score = 2
		default:
			continue
		}
		if code != "" {
			switch sc.nationOf(pe.roles) {
			case code:
				score += 3
			case "":
				if !has {
					continue
				}
			default:
				continue
			}
		}
		fits := true
		for _, m := range mods {
			if strings.Contains(pe.roles, " "+m+" ") {
				score += 2
			} else {
				fits = false
			}
		}
		if !fits {
			continue
		}
		// "the minister" is whoever is called so most nearly: "the president" is
		// no vice president.
		if len(mods) == 0 && (strings.Contains(pe.roles, " vice "+" "+head) || strings.Contains(pe.roles, " deputy "+" "+head)) {
			score -= 2
		}
		at := sc.lastNamed(k, h)
		if score > bestScore || score == bestScore && at > bestAt {
			best, bestScore, bestAt = k, score, at
		}
	}
	return best
}

// lastNamed is the token of the last mention of person k before token h, among
// the nearest mentions.
func (sc *scene) lastNamed(k, h int) int {
	for i, n := len(sc.mentions)-1, 0; i >= 0 && n < maxMentions; i, n = i-1, n+1 {
		if sc.mentions[i].person == k && sc.mentions[i].from < h {
			return sc.mentions[i].from
		}
	}
	at := -1
	for _, f := range sc.people[k].forms {
		if f.from < h {
			at = f.from
		}
	}
	return at
}

// nationOf is the country that a description names, or "".
func (sc *scene) nationOf(roles string) string {
	words := strings.Fields(roles)
	for i, w := range words {
		for _, e := range earth().byFirst[w] {
			if e.code == "" || e.how == "capital" || e.upper || i+len(e.words) > len(words) || !slices.Equal(e.words, words[i:i+len(e.words)]) {
				continue
			}
			return e.code
		}
		if w == "u.s." || w == "us" {
			return "US"
		}
	}
	return ""
}

// leads tells a role that is that of a country's leader.
func leads(roles string) bool {
	for w := range strings.FieldsSeq(roles) {
		if leaderWords[w] {
			return true
		}
	}
	return false
}

func (r *reading) resolution(p run, how string) *Resolution {
	s := Span{r.toks[p.from].start, r.toks[p.to-1].end}
	return &Resolution{Text: r.text[s[0]:s[1]], Span: s, How: how}
}

// headOf is the source without what hangs on it.
func (f *finding) headOf() run {
	if f.head.empty() {
		return f.source
	}
	return f.head
}

// resolve finds the fuller name of a source, and notes that it spoke. who is the
// index of the person, or -1.
func (sc *scene) resolve(f *finding) (res *Resolution, who int) {
	if f.source.empty() {
		return nil, -1
	}
	res, m := sc.antecedent(f)
	if m.to > m.from && f.confidence >= .5 {
		sc.spoke = append(sc.spoke, turn{f.cue.from, m})
	}
	return res, m.person
}

// antecedent is the resolution of a source and what it stands for.
func (sc *scene) antecedent(f *finding) (*Resolution, mention) {
	r := sc.r
	head := f.headOf()
	h := r.headNoun(head)
	t := &r.toks[h]
	single := head.to-head.from == 1
	none := mention{person: -1}
	own := mention{run: head, person: -1}
	low := t.low
	if name := r.nameBehind(f.source); !name.empty() {
		if k := sc.person(name); k >= 0 {
			return r.resolution(name, "description"), mention{run: name, number: onePerson, person: k, gender: sc.people[k].gender}
		}
	}
	switch {
	case single && (t.cat == catRel || t.cat == catWh || low == "who" || low == "which" || low == "that" || low == "whose"):
		return sc.relative(h, low)
	case single && (low == "he" || low == "she" || low == "him" || low == "her" || low == "his"):
		g := he
		if low == "she" || low == "her" {
			g = she
		}
		m, ok := sc.back(f, h, onePerson, g)
		if !ok {
			return nil, none
		}
		if m.person >= 0 && sc.people[m.person].gender == noGender {
			sc.people[m.person].gender = g
		}
		m.gender = g
		return sc.standsFor(m, h, "pronoun"), m
	case single && (low == "they" || low == "them" || low == "their"):
		m, ok := sc.back(f, h, manyPeople, noGender)
		if !ok {
			return nil, none
		}
		return sc.standsFor(m, h, "pronoun"), m
	case single && (low == "it" || low == "its"):
		m, ok := sc.back(f, h, oneThing, noGender)
		if !ok {
			return nil, none
		}
		return sc.standsFor(m, h, "pronoun"), m
	case sc.partOf(head):
		m, ok := sc.back(f, h, manyPeople, noGender)
		if !ok {
			return nil, none
		}
		m.person = -1
		number := manyPeople
		if low == "one" || low == "another" || low == "other" || r.toks[head.from].low == "one" {
			number = onePerson
		}
		res := sc.standsFor(m, h, "group")
		m.number = number
		return res, m
	}
	if l := r.toks[head.to-1].low; strings.HasSuffix(l, "-year-old") {
		h, t, low = head.to-1, &r.toks[head.to-1], l
	}
	if t.cat == catName || t.shape == capWord {
		if k := sc.person(head); k >= 0 {
			m := mention{run: sc.form(k, h), number: onePerson, person: k, gender: sc.people[k].gender}
			if p := m.run; p.from != head.from && (longerRun(p, head) || longer(r, p, head)) {
				return r.resolution(p, "short name"), m
			}
			m.run = head
			return nil, m
		}
		own.number, own.body = oneThing, true
		if p, ok := sc.acronyms[low]; ok && trimDet(r.toks, head).from == head.to-1 {
			own.run = p
			return r.resolution(p, "short name"), own
		}
		if r.plural(head) && !orgWords[low] && whole(sc.places, r.toks, head) == nil {
			own.number = manyPeople
		}
		return nil, own
	}
	definite := r.toks[head.from].low == "the" || r.toks[head.from].low == "this" || r.toks[head.from].low == "that"
	switch {
	case r.plural(head) && !personNoun(low):
		own.number = manyPeople
		if definite && (low == "two" || low == "pair" || low == "three" || low == "leaders" && head.to-head.from <= 3 && numberIn(r, head)) {
			if m, ok := sc.back(f, h, manyPeople, noGender); ok {
				return sc.standsFor(m, h, "group"), m
			}
		}
	case personNoun(low) || strings.HasSuffix(low, "-year-old"):
		own.number = onePerson
		if strings.HasSuffix(low, "woman") {
			own.gender = she
		} else if strings.HasSuffix(low, "man") && low != "woman" {
			own.gender = he
		}
		if !definite {
			break
		}
		if k := sc.described(head, h); k >= 0 {
			how := "title"
			if sc.hasNation(head, h) {
				how = "description"
			}
			m := mention{run: sc.form(k, h), number: onePerson, person: k, gender: sc.people[k].gender}
			return r.resolution(m.run, how), m
		}
		if sc.vague(head, h) {
			if m, ok := sc.back(f, h, onePerson, own.gender); ok && sameSort(r, m, low) {
				return sc.standsFor(m, h, "description"), m
			}
		}
	case countryNouns[low] && definite && head.to-head.from <= 4:
		own.number, own.body = oneThing, true
		region := regionIn(r, head, h)
		for i := len(sc.places) - 1; i >= 0; i-- {
			if s := sc.places[i]; s.from < head.from && s.kind == CountryPlace && s.how != "demonym" && (region == nil || region[s.code]) {
				if r.toks[h].para-r.toks[s.from].para > 3 {
					break
				}
				own.run = s.run
				return r.resolution(s.run, "description"), own
			}
		}
	default:
		own.number, own.body = oneThing, true
		if definite && head.to-head.from <= 3 {
			if p, ok := sc.orgCalled(low, head); ok {
				own.run = p
				return r.resolution(p, "short name"), own
			}
		}
	}
	return nil, own
}

// regions are the states that words for a part of the world can describe: "the
// Gulf state".
var regions = map[string]map[string]bool{
	"gulf":      set(`AE BH KW OM QA SA`),
	"nordic":    set(`DK FI IS NO SE`),
	"baltic":    set(`EE LT LV`),
	"balkan":    set(`AL BA BG GR HR ME MK RS RO SI XK`),
	"caucasus":  set(`AM AZ GE`),
	"andean":    set(`BO CO EC PE VE`),
	"caribbean": set(`AG BB BS CU DM DO GD GY HT JM KN LC SR TT VC`),
	"sahel":     set(`BF ML MR NE SN TD`),
	"benelux":   set(`BE LU NL`),
}

// regionIn are the states of the part of the world that a description names, nil
// if it names none.
func regionIn(r *reading, head run, h int) map[string]bool {
	for i := head.from; i < h; i++ {
		if codes := regions[r.toks[i].low]; codes != nil {
			return codes
		}
	}
	return nil
}

var countryNouns = set(`country nation kingdom emirate republic island archipelago state`)

// vague tells a description that says nothing but that it is the person spoken
// of: "the 62-year-old", "the official".
func (sc *scene) vague(head run, h int) bool {
	for i := head.from + 1; i < h; i++ {
		if w := sc.r.toks[i].low; !strings.HasSuffix(w, "-year-old") && !looseModifiers[w] {
			return false
		}
	}
	return true
}

// sameSort tells whether a mention that has no name can be the vague
// description: "a senior official … the official".
func sameSort(r *reading, m mention, low string) bool {
	if strings.HasSuffix(low, "-year-old") {
		return m.person >= 0
	}
	if m.person >= 0 {
		return false // whom a name stands for is found by the role
	}
	return r.toks[r.headNoun(m.run)].low == low
}

func (sc *scene) hasNation(head run, h int) bool {
	for _, s := range within(sc.places, run{head.from, min(len(sc.r.toks), max(head.to, h+1))}) {
		if s.code != "" {
			return true
		}
	}
	return false
}

func numberIn(r *reading, p run) bool {
	for i := p.from; i < p.to; i++ {
		if r.toks[i].cat == catNum || r.toks[i].low == "both" || r.toks[i].low == "two" {
			return true
		}
	}
	return false
}

// orgCalled is the last body before head whose name ends in the word.
func (sc *scene) orgCalled(low string, head run) (run, bool) {
	if !orgWords[low] && !institutionNouns[low] && !officeNames[low] {
		return run{}, false
	}
	n := 0
	for i := len(sc.orgs) - 1; i >= 0 && n < maxPeople; i-- {
		p := sc.orgs[i]
		if p.from >= head.from {
			continue
		}
		n++
		sc.r.steps++
		for k := p.from; k < p.to; k++ {
			if sc.r.toks[k].low == low {
				return p, true
			}
		}
	}
	return run{}, false
}

// partOf tells "one", "another", "one of them", "both", "the other".
func (sc *scene) partOf(head run) bool {
	toks := sc.r.toks
	p := head
	if toks[p.from].low == "the" {
		p.from++
	}
	if p.empty() || toks[p.from].quote >= 0 && sc.r.opens(p.from) {
		return false
	}
	switch toks[p.from].low {
	case "one", "another", "others", "some", "two", "three", "both", "other", "several", "many", "most", "all", "none", "neither", "latter", "pair":
	default:
		return false
	}
	return p.to-p.from == 1 || toks[p.to-1].low == "them" && p.to-p.from <= 3
}

// standsFor is the resolution to m.
func (sc *scene) standsFor(m mention, h int, how string) *Resolution {
	if m.person >= 0 {
		return sc.r.resolution(sc.form(m.person, h), how)
	}
	return sc.r.resolution(m.run, how)
}

// relative resolves "who" and "which" to the noun before.
func (sc *scene) relative(h int, low string) (*Resolution, mention) {
	r := sc.r
	m := mention{person: -1}
	end := h
	if end > 0 && r.toks[end-1].low == "," {
		end--
	}
	s := r.sentenceOf(h)
	if end <= s.from {
		return nil, m
	}
	start, _ := r.phraseLeft(s.from, end)
	p := r.trimFront(run{start, end})
	if p.empty() {
		return nil, m
	}
	// Only the noun nearest to the pronoun, where a name is nearest.
	if r.toks[p.to-1].cat == catName {
		q := p.to - 1
		for q > p.from && (r.toks[q-1].cat == catName || titles[r.toks[q-1].low]) {
			q--
		}
		p.from = q
	}
	m = mention{run: p, number: oneThing, person: -1, body: true}
	if low == "who" || low == "that" {
		m.number = onePerson
		if r.plural(p) {
			m.number = manyPeople
		}
	}
	if k := sc.person(p); k >= 0 && low != "which" {
		f := sc.form(k, h)
		m.person, m.gender = k, sc.people[k].gender
		if longerRun(f, p) {
			m.run = f
		}
	}
	return r.resolution(m.run, "relative"), m
}

// back looks for what a pronoun at token h stands for: sentence by sentence to
// the left, whoever spoke there first, then subjects, then whatever fits; never
// inside what f says, nor inside a quotation.
func (sc *scene) back(f *finding, h int, n plurality, g gender) (mention, bool) {
	r := sc.r
	own := f.headOf()
	fits := func(m *mention) bool {
		switch n {
		case onePerson:
			return m.number == onePerson && (m.gender == noGender || m.gender == g || g == noGender)
		case manyPeople:
			return m.number == manyPeople
		default:
			return m.number == oneThing && m.body
		}
	}
	hi := len(sc.mentions)
	if lo, _ := slices.BinarySearchFunc(sc.mentions, h, func(m mention, h int) int { return m.from - h }); lo < hi {
		hi = lo
	}
	turns := len(sc.spoke)
	looked := 0
	sent := r.toks[h].sent
	for back := int32(0); back <= maxLookBack && sent-back >= 0; back++ {
		cur := sent - back
		s := r.sents[cur]
		if r.toks[h].para-r.toks[s.from].para > 4 {
			break
		}
		// Who spoke in this sentence.
		for turns > 0 && r.toks[sc.spoke[turns-1].at].sent > cur {
			turns--
		}
		for i := turns - 1; i >= 0 && r.toks[sc.spoke[i].at].sent == cur && looked < maxMentions; i-- {
			looked++
			if tn := &sc.spoke[i]; tn.at < h && tn.at != f.cue.from && fits(&tn.mention) {
				return tn.mention, true
			}
		}
		for hi > 0 && r.toks[sc.mentions[hi-1].from].sent > cur {
			hi--
		}
		var first, object *mention
		for i := hi - 1; i >= 0 && r.toks[sc.mentions[i].from].sent == cur && looked < maxMentions; i-- {
			looked++
			r.steps++
			m := &sc.mentions[i]
			if m.from >= h || m.from < own.to && own.from < m.to || !fits(m) || f.holds(m.from) && !f.answer || sc.vehicle(m) || r.speech(m.from) != nil && r.speech(h) == nil {
				continue
			}
			if m.subject {
				first = m
			} else if object == nil || back > 0 {
				object = m
			}
		}
		if first != nil {
			return *first, true
		}
		if object != nil {
			return *object, true
		}
		if looked >= maxMentions {
			break
		}
	}
	return mention{}, false
}

// vehicle tells the document that somebody speaks in: "in a statement, it said".
func (sc *scene) vehicle(m *mention) bool {
	toks := sc.r.toks
	if m.from == 0 || m.to > len(toks) || !documentNouns[toks[m.to-1].low] {
		return false
	}
	switch toks[m.from-1].low {
	case "in", "through", "via":
		return true
	}
	return false
}

func longer(r *reading, a, b run) bool {
	return r.toks[a.to-1].end-r.toks[a.from].start > r.toks[b.to-1].end-r.toks[b.from].start
}

func longerRun(a, b run) bool { return a.to-a.from > b.to-b.from }

// inHeadlineCase tells a run that is capitalised because everything around it is.
func (r *reading) inHeadlineCase(p run) bool {
	if s := r.sentenceOf(p.from); stops(r.toks[s.to-1].low) {
		return false
	}
	caps, lows := 0, 0
	for i := max(0, p.from-6); i < min(len(r.toks), p.to+6); i++ {
		t := &r.toks[i]
		if i == p.from {
			i = p.to - 1
			continue
		}
		if t.sent != r.toks[p.from].sent || !t.isWord() || len(t.low) < 4 {
			continue
		}
		if t.shape == capWord {
			caps++
		} else {
			lows++
		}
	}
	return caps >= 3 && lows <= 1
}

// plural tells a phrase for several people or things.
func (r *reading) plural(p run) bool {
	h := r.toks[r.headNoun(p)].low
	switch h {
	case "people", "police", "they", "men", "women", "others", "some", "many", "both", "we":
		return true
	}
	if strings.HasSuffix(h, "ss") || strings.HasSuffix(h, "us") || strings.HasSuffix(h, "is") {
		return false
	}
	return strings.HasSuffix(h, "s") || r.toks[p.from].low == "several"
}
