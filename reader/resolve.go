package reader

import "strings"

// person is somebody the text names more fully than by a last name.
type person struct {
	full run    // the fullest mention, with title
	last string // the last name, by which short mentions are matched
	at   int    // where the mention begins
	role string // the words of title and description around the name, spaced
}

// gender is that of the pronoun used for somebody, as far as known.
type gender uint8

const (
	noGender gender = iota
	he
	she
)

// names are the persons of a text, and who spoke last.
type names struct {
	people []person
	// byLast has, for each last name, the mentions that were longer than every
	// one before: a short list however long the text.
	byLast map[string][]int
	gender map[string]gender
	// recent sources that have a name or stand for one, last first
	lastPerson int // index in people, or -1
	lastGroup  run
	lastThing  run
}

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
	campaign press radio television office bureau league federation republic kingdom fund society project team tribune
	herald gazette magazine daily guardian inc. corp. ltd. co. conference summit pentagon kremlin parliament assembly
	tribunal organization organisation north south east west new`)

var maleNames = set(`james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony
	mark donald steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary
	nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory frank alexander raymond patrick jack
	dennis jerry tyler aaron jose henry adam douglas nathan peter zachary kyle walter harold jeremy ethan carl keith roger
	gerald christian terry sean arthur austin noah lawrence jesse joe bryan billy jordan albert dylan bruce willie gabriel
	alan juan logan wayne ralph roy eugene randy vincent russell louis philip bobby johnny bradley marco nicolas pete jd
	vladimir volodymyr emmanuel mohammed mohammad muhammad ahmed ali hassan ibrahim abdullah sergei sergey ivan carlos
	luis diego miguel pedro jorge barack bill bernie ted jeb ben mike tim chris dan tom jim bob steve tony antony rex
	olaf boris rishi narendra xi recep benjamin yoav gustavo luiz javier kim`)

var femaleNames = set(`mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra margaret
	ashley kimberly emily donna michelle carol amanda melissa deborah stephanie rebecca sharon laura cynthia dorothy amy
	kathleen angela shirley emma brenda pamela nicole anna samantha katherine christine helen debra rachel carolyn janet
	maria catherine heather diane olivia julie joyce victoria ruth virginia lauren kelly christina joan evelyn judith
	andrea hannah megan cheryl jacqueline martha madison teresa gloria sara janice ann kathryn abigail sophia frances
	jean alice judy isabella julia grace amber denise danielle marilyn beverly charlotte natalie theresa diana brittany
	doris kayla alexis lori marie hillary karoline kamala tulsi kristi ursula giorgia delcy tammy leila fatima aisha
	svetlana olga irina natalia yulia condoleezza madeleine nikki sanna mette claudia jane elena rosa ivanka melania
	annalena liz kate anne`)

// demonyms are the adjective of a country and its name, for "the Ruritanian
// leader".
var demonyms = pairs(`afghan afghanistan albanian albania algerian algeria american america angolan angola argentine argentina
	armenian armenia australian australia austrian austria azerbaijani azerbaijan bahraini bahrain bangladeshi bangladesh
	belarusian belarus belgian belgium bolivian bolivia bosnian bosnia brazilian brazil british britain bulgarian bulgaria
	burmese myanmar cambodian cambodia cameroonian cameroon canadian canada chadian chad chilean chile chinese china
	colombian colombia congolese congo croatian croatia cuban cuba cypriot cyprus czech czechia danish denmark dominican
	dominican dutch netherlands ecuadorian ecuador egyptian egypt emirati emirates eritrean eritrea estonian estonia
	ethiopian ethiopia finnish finland french france georgian georgia german germany ghanaian ghana greek greece
	guatemalan guatemala guyanese guyana haitian haiti honduran honduras hungarian hungary indian india indonesian
	indonesia iranian iran iraqi iraq irish ireland israeli israel italian italy jamaican jamaica japanese japan jordanian
	jordan kazakh kazakhstan kenyan kenya korean korea kosovar kosovo kuwaiti kuwait kyrgyz kyrgyzstan latvian latvia
	lebanese lebanon libyan libya lithuanian lithuania malaysian malaysia malian mali mexican mexico moldovan moldova
	mongolian mongolia moroccan morocco nepali nepal nicaraguan nicaragua nigerian nigeria norwegian norway omani oman
	pakistani pakistan palestinian palestine panamanian panama paraguayan paraguay peruvian peru philippine philippines
	polish poland portuguese portugal qatari qatar romanian romania russian russia rwandan rwanda saudi arabia
	senegalese senegal serbian serbia singaporean singapore slovak slovakia slovenian slovenia somali somalia
	spanish spain sudanese sudan swedish sweden swiss switzerland syrian syria taiwanese taiwan tajik tajikistan
	tanzanian tanzania thai thailand tunisian tunisia turkish turkey turkmen turkmenistan ugandan uganda ukrainian
	ukraine uruguayan uruguay uzbek uzbekistan venezuelan venezuela vietnamese vietnam yemeni yemen zambian zambia
	zimbabwean zimbabwe`)

var countries = values(demonyms)

// capitals speak for their countries.
var capitals = pairs(`washington usa moscow russia beijing china london britain paris france berlin germany tehran iran
	doha qatar riyadh arabia caracas venezuela bogota colombia havana cuba ankara turkey cairo egypt baghdad iraq damascus
	syria beirut lebanon kyiv ukraine kiev ukraine warsaw poland brussels eu tokyo japan seoul korea pyongyang korea delhi
	india islamabad pakistan kabul afghanistan jerusalem israel amman jordan sanaa yemen khartoum sudan addis ethiopia
	brasilia brazil ottawa canada canberra australia`)

func pairs(s string) map[string]string {
	f := strings.Fields(s)
	m := make(map[string]string, len(f)/2)
	for i := 0; i+1 < len(f); i += 2 {
		m[f[i]] = f[i+1]
	}
	return m
}

func values(m map[string]string) map[string]bool {
	v := map[string]bool{}
	for _, x := range m {
		v[x] = true
	}
	return v
}

// headOfState are the words by which a leader is described.
var leaderWords = set(`leader president premier ruler strongman autocrat dictator chief head prime minister king monarch emir
	chancellor`)

// newNames collects the persons of the text.
func (r *reading) newNames() *names {
	n := &names{byLast: map[string][]int{}, gender: map[string]gender{}, lastPerson: -1}
	for i := 0; i < len(r.toks); {
		if r.toks[i].shape != capWord || !(r.toks[i].cat == catName || titles[r.toks[i].low] || demonyms[r.toks[i].low] != "" || r.toks[i].cat == catAdj) {
			i++
			continue
		}
		j := i
		for j < len(r.toks) && j-i < 12 && r.toks[j].sent == r.toks[i].sent {
			t := &r.toks[j]
			if t.shape == lowerWord && t.cat == catName && j > i {
				j++ // "al-", "von"
				continue
			}
			if t.shape == capWord && t.cat != catSubj && t.cat != catDet && t.cat != catPrep && t.cat != catSub && t.cat != catCoord && t.cat != catVerb {
				j++
				continue
			}
			if t.low == "of" && j+1 < len(r.toks) && titles[r.toks[j-1].low] && r.toks[j+1].shape == capWord {
				j += 2
				continue
			}
			break
		}
		r.addPerson(n, run{i, j})
		i = max(j, i+1)
	}
	return n
}

func (r *reading) addPerson(n *names, p run) {
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
	for nameFrom < p.to && demonyms[r.toks[nameFrom].low] != "" {
		nameFrom++
	}
	if nameFrom >= p.to {
		return
	}
	for i := nameFrom; i < p.to; i++ {
		if orgWords[r.toks[i].low] || countries[r.toks[i].low] || dateWord(&r.toks[i]) {
			return
		}
	}
	size := p.to - nameFrom
	if size > 5 || size < 2 && !title {
		return
	}
	last := r.toks[p.to-1].low
	last = lastName(last)
	if (last == "jr." || last == "sr." || last == "ii" || last == "iii") && size > 1 {
		last = r.toks[p.to-2].low
	}
	if len(last) < 2 {
		return
	}
	var role strings.Builder
	for i := max(0, p.from-4); i < nameFrom; i++ {
		role.WriteString(" " + r.toks[i].low + " ")
	}
	if p.to < len(r.toks) && r.toks[p.to].low == "," {
		for i := p.to + 1; i < min(len(r.toks), p.to+9) && r.toks[i].low != ","; i++ {
			role.WriteString(" " + r.toks[i].low + " ")
		}
	}
	pe := person{full: p, last: last, at: p.from, role: role.String()}
	first := r.toks[nameFrom].low
	switch {
	case size > 1 && maleNames[first], strings.Contains(pe.role, " mr. "):
		n.gender[last] = he
	case size > 1 && femaleNames[first], strings.Contains(pe.role, " mrs. "), strings.Contains(pe.role, " ms. "), strings.Contains(pe.role, "woman "):
		n.gender[last] = she
	}
	known := n.byLast[last]
	if k := len(known); k == 0 || longerRun(pe.full, n.people[known[k-1]].full) {
		n.byLast[last] = append(known, len(n.people))
	}
	n.people = append(n.people, pe)
}

// lastName is a last name without the article that Arabic puts before it.
func lastName(low string) string {
	return strings.TrimPrefix(strings.TrimPrefix(low, "al-"), "el-")
}

// inHeadlineCase tells a run that is capitalised because everything around it is.
func (r *reading) inHeadlineCase(p run) bool {
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

// fullest is the person whom a last name at token i stands for: the longest
// mention before it, else the first after it.
func (n *names) fullest(last string, i int) int {
	best := -1
	for _, k := range n.byLast[last] {
		p := &n.people[k]
		switch {
		case best < 0:
			best = k
		case p.at <= i && p.full.to-p.full.from > n.people[best].full.to-n.people[best].full.from:
			best = k
		}
		if p.at > i && best >= 0 {
			break
		}
	}
	return best
}

func (r *reading) resolution(p run, how string) *Resolution {
	s := Span{r.toks[p.from].start, r.toks[p.to-1].end}
	return &Resolution{Text: r.text[s[0]:s[1]], Span: s, How: how}
}

// resolve finds the fuller name of a source. It is called for findings in text
// order, and remembers who spoke.
func (r *reading) resolve(f *finding, n *names) (res *Resolution, who int) {
	who = -1
	if f.source.empty() {
		return nil, -1
	}
	head := f.head
	if head.empty() {
		head = f.source
	}
	h := r.headNoun(head)
	t := &r.toks[h]
	single := head.to-head.from == 1
	switch {
	case single && (t.cat == catRel || t.cat == catWh) && (t.low == "who" || t.low == "which" || t.low == "that"):
		end := h
		if end > 0 && r.toks[end-1].low == "," {
			end--
		}
		s := r.sentenceOf(h)
		if end <= s.from {
			return nil, -1
		}
		start, _ := r.phraseLeft(s.from, end)
		p := r.trimFront(run{start, end})
		// Only the noun nearest to the pronoun, where a name is nearest.
		if !p.empty() && r.toks[p.to-1].cat == catName {
			q := p.to - 1
			for q > p.from && (r.toks[q-1].cat == catName || titles[r.toks[q-1].low]) {
				q--
			}
			p.from = q
			if k := n.fullest(lastName(r.toks[p.to-1].low), h); k >= 0 {
				who = k
				n.lastPerson = k
				if pe := n.people[k]; pe.full.to-pe.full.from > p.to-p.from {
					return r.resolution(pe.full, "relative"), k
				}
			}
		}
		if p.empty() {
			return nil, -1
		}
		return r.resolution(p, "relative"), who
	case single && (t.low == "he" || t.low == "she" || t.low == "him" || t.low == "her" || t.low == "his"):
		female := t.low == "she" || t.low == "her"
		if k := n.lastPerson; k >= 0 && n.fits(k, female) && n.people[k].at < h {
			n.note(k, female)
			return r.resolution(n.people[k].full, "pronoun"), k
		}
		for k := n.lastBefore(h); k >= 0 && r.toks[h].para-r.toks[n.people[k].at].para <= 3; k-- {
			if n.fits(k, female) {
				k = n.fullest(n.people[k].last, h)
				n.note(k, female)
				n.lastPerson = k
				return r.resolution(n.people[k].full, "pronoun"), k
			}
		}
		return nil, -1
	case single && (t.low == "they" || t.low == "their"):
		if !n.lastGroup.empty() && r.toks[h].para-r.toks[n.lastGroup.from].para <= 2 {
			return r.resolution(n.lastGroup, "pronoun"), -1
		}
		return nil, -1
	case single && (t.low == "it" || t.low == "its"):
		if !n.lastThing.empty() && r.toks[h].para-r.toks[n.lastThing.from].para <= 1 {
			return r.resolution(n.lastThing, "pronoun"), -1
		}
		return nil, -1
	case (t.low == "one" || t.low == "another" || t.low == "others" || t.low == "some" || t.low == "two" || t.low == "both") && (single || r.toks[head.to-1].low == "them"):
		if !n.lastGroup.empty() && r.toks[h].para-r.toks[n.lastGroup.from].para <= 1 {
			return r.resolution(n.lastGroup, "group"), -1
		}
		return nil, -1
	}
	if t.cat == catName || t.shape == capWord {
		last := lastName(t.low)
		if k := n.fullest(last, h); k >= 0 {
			n.lastPerson = k
			if pe := n.people[k]; pe.full.to-pe.full.from > head.to-head.from || pe.full.from != head.from && longer(r, pe.full, head) {
				return r.resolution(pe.full, "short name"), k
			}
			return nil, k
		}
		n.lastThing = head
		return nil, -1
	}
	if r.plural(head) {
		n.lastGroup = head
		return nil, -1
	}
	// "the Ruritanian leader", "the president", "the former senator"
	if d := r.toks[head.from].low; d == "the" && head.to-head.from <= 5 {
		country := ""
		for i := head.from; i < h; i++ {
			if c := demonyms[r.toks[i].low]; c != "" {
				country = r.toks[i].low
			}
		}
		nearest := n.lastBefore(h)
		for k := nearest; k >= 0 && k > nearest-maxLookBack; k-- {
			r.steps++
			pe := &n.people[k]
			role := pe.role
			if country != "" {
				if !strings.Contains(role, " "+country+" ") && !strings.Contains(role, " "+demonyms[country]+" ") {
					continue
				}
				if !leaderWords[t.low] && !strings.Contains(role, " "+t.low+" ") {
					continue
				}
				if leaderWords[t.low] && !hasLeader(role) {
					continue
				}
				n.lastPerson = k
				return r.resolution(pe.full, "description"), k
			}
			if titles[t.low] && strings.Contains(role, " "+t.low+" ") {
				k = n.fullest(pe.last, h)
				n.lastPerson = k
				return r.resolution(n.people[k].full, "title"), k
			}
		}
	}
	if !peopleNouns[t.low] {
		n.lastThing = head
	}
	return nil, -1
}

// maxLookBack bounds, in mentions of persons, how far back a description is
// followed.
const maxLookBack = 200

func hasLeader(role string) bool {
	for _, w := range strings.Fields(role) {
		if leaderWords[w] {
			return true
		}
	}
	return false
}

func longer(r *reading, a, b run) bool {
	return r.toks[a.to-1].end-r.toks[a.from].start > r.toks[b.to-1].end-r.toks[b.from].start
}

// lastBefore is the last person named before token i.
func (n *names) lastBefore(i int) int {
	lo, hi := 0, len(n.people)
	for lo < hi {
		mid := (lo + hi) / 2
		if n.people[mid].at < i {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo - 1
}

// fits tells whether the pronoun can stand for person k.
func (n *names) fits(k int, female bool) bool {
	switch n.gender[n.people[k].last] {
	case he:
		return !female
	case she:
		return female
	}
	return true
}

func (n *names) note(k int, female bool) {
	n.gender[n.people[k].last] = he
	if female {
		n.gender[n.people[k].last] = she
	}
}

func longerRun(a, b run) bool { return a.to-a.from > b.to-b.from }

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
