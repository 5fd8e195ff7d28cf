package reader

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// EventType is a root type of PLOVER, the Political Language Ontology for
// Verifiable Event Records (Open Event Data Alliance). Which words give which
// type is a reading of ours.
type EventType string

const (
	Agree     EventType = "AGREE" // agree, offer, promise to cooperate
	Consult   EventType = "CONSULT"
	Support   EventType = "SUPPORT"
	Concede   EventType = "CONCEDE"
	Cooperate EventType = "COOPERATE"
	Aid       EventType = "AID"
	Retreat   EventType = "RETREAT"
	Request   EventType = "REQUEST" // demand, ask for
	Accuse    EventType = "ACCUSE"  // disapprove, blame
	Reject    EventType = "REJECT"
	Threaten  EventType = "THREATEN"
	Protest   EventType = "PROTEST"
	Sanction  EventType = "SANCTION"
	Mobilize  EventType = "MOBILIZE"
	Coerce    EventType = "COERCE"
	Assault   EventType = "ASSAULT"
)

// Party is who does something or to whom it is done.
type Party struct {
	Text  string    `json:"text"`
	Span  Span      `json:"span"`
	Actor *Identity `json:"actor,omitempty"`
}

// Event is a proposal: somebody seems to have done something. Nothing follows
// from it until a person accepts it.
type Event struct {
	Type    EventType `json:"type"`
	Who     *Party    `json:"who"`  // nil where the text does not say
	Whom    *Party    `json:"whom"` // nil where there is nobody
	When    *When     `json:"when"`
	Where   []Place   `json:"where"`
	Dead    *Quantity `json:"dead"`
	Injured *Quantity `json:"injured"`
	// Text and Span are the sentence, Trigger the word that makes it an event.
	Text    string `json:"text"`
	Span    Span   `json:"span"`
	Trigger string `json:"trigger"`
	// From is attribution, where the event is what somebody did with words, or
	// verb, where a verb says what was done.
	From string `json:"from"`
	// Attribution counts from 0 in the attributions of the text: the one that is
	// the event, or in whose content it is told; -1 if the text tells it itself.
	Attribution int `json:"attribution"`
	// Hedged tells that the text or its source holds back.
	Hedged bool `json:"hedged"`
	// Confidence is how sure the proposal is, 0 to 1: a weight set by hand for
	// the way in which it was found, times the confidence of the attribution. It
	// is not the probability that the event took place.
	Confidence float64 `json:"confidence"`
}

//go:embed verbs.txt
var verbList string

// deed is one line of verbs.txt.
type deed struct {
	kind EventType
	with map[string]bool // words of the object
	by   map[string]bool // words of the subject
}

var deeds = sync.OnceValue(func() map[string][]deed {
	m := map[string][]deed{}
	for line := range strings.Lines(verbList) {
		f := strings.Fields(line)
		if len(f) < 2 || f[0] == "#" || line[0] == '#' {
			continue
		}
		d := deed{kind: EventType(f[0])}
		for _, w := range f[2:] {
			if by, ok := strings.CutPrefix(w, "@"); ok {
				if d.by == nil {
					d.by = map[string]bool{}
				}
				d.by[by] = true
				continue
			}
			if d.with == nil {
				d.with = map[string]bool{}
			}
			d.with[w] = true
		}
		m[f[1]] = append(m[f[1]], d)
	}
	return m
})

// deedForms gives the base form of every form of the verbs in verbs.txt.
var deedForms = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for v := range deeds() {
		past := edForm(v)
		for _, w := range []string{v, sFormOf(v), past, ingFormOf(v)} {
			m[w] = v
		}
	}
	for w, v := range map[string]string{"shot": "shoot", "struck": "strike", "sank": "sink", "sunk": "sink", "froze": "freeze", "frozen": "freeze",
		"sent": "send", "lent": "lend", "met": "meet", "held": "hold", "withdrew": "withdraw", "withdrawn": "withdraw", "freed": "free"} {
		m[w] = v
	}
	m["hit"], m["cut"] = "hit", "cut"
	return m
})

// How sure a proposal is by the way it was found. Weights of ours, to order
// proposals: no corpus stands behind them.
const (
	sureSpeech  = .9  // an attribution's act
	sureActive  = .8  // who, verb, whom
	sureHalf    = .65 // somebody is missing
	sureHedged  = .8  // times this where it is hedged
	leastEvents = .2
)

// actEvents are the events that speech acts are.
var actEvents = map[Act]EventType{Demands: Request, Offers: Agree, Promises: Agree, Threatens: Threaten, Criticises: Accuse}

var rejecting = set(`reject refuse rebuff decline spurn veto rule dismiss rejection`)
var supporting = set(`praise endorse support welcome hail applaud back congratulate thank apologise apologize recognise recognize`)

// Events proposes what was done, by words and by deeds, from what was found in
// the text. Deeds that are denied, planned or imagined are not proposed. The
// events are in text order. It is deterministic.
func Events(text string, res Result, opts Options) []Event {
	out := []Event{}
	if res.Declined != "" {
		return out
	}
	body := min(max(opts.Body, 0), len(text))
	toks := tokenize(text[body:])
	for i := range toks {
		toks[i].start += body
		toks[i].end += body
	}
	r := newReading(text, toks)
	sc := r.newScene(opts)
	cues := map[int]bool{}
	inside := make([]int32, len(toks)) // 1 + the attribution whose content a token is in
	for k := range res.Attributions {
		a := &res.Attributions[k]
		for _, s := range a.Cue.Spans {
			from, to := r.tokensOf(s)
			for i := from; i < to; i++ {
				if a.Confidence >= .5 {
					cues[i] = true
				}
			}
		}
		if a.Confidence < .5 {
			continue
		}
		// "Rebels attacked the convoy" is no criticism, whoever takes it for one.
		if v := sc.physical(a); v >= 0 {
			delete(cues, v)
			continue
		}
		for _, s := range a.Content.Spans {
			from, to := r.tokensOf(s)
			for i := from; i < to; i++ {
				inside[i] = int32(k + 1)
			}
		}
		if e, ok := sc.speechEvent(a); ok {
			e.Attribution = k
			out = append(out, e)
		}
	}
	heading, para := false, int32(-1)
	for si, s := range r.sents {
		if p := toks[s.from].para; p != para {
			para, heading = p, r.heading(s.from)
		}
		if heading || si == 0 && r.heading(s.from) {
			continue
		}
		found := 0
		for v := s.from; v < s.to && found < 6; v++ {
			lemma := deedForms()[toks[v].low]
			if lemma == "" || cues[v] && deeds()[lemma][0].with == nil {
				continue
			}
			e, ok := sc.deedEvent(s, v, lemma)
			if !ok {
				continue
			}
			e.Attribution = int(inside[v]) - 1
			if k := e.Attribution; k >= 0 {
				a := &res.Attributions[k]
				if a.Stance == DeniesTruth || a.Stance == Silent || a.Nature == Forecast || a.Act == Denies {
					continue // denied, demanded or foreseen: it has not happened
				}
				e.Hedged = e.Hedged || a.Stance == Hedges
				e.Confidence *= a.Confidence
			}
			if e.Hedged {
				e.Confidence *= sureHedged
			}
			if e.Confidence = round(e.Confidence); e.Confidence < leastEvents {
				continue
			}
			// One event a clause: "killed nine and wounded twelve" is one.
			if n := len(out); n > 0 && out[n-1].From == "verb" && out[n-1].Span == e.Span && out[n-1].Type == e.Type && sameParty(out[n-1].Who, e.Who) {
				if out[n-1].Whom == nil { // "shot and wounded the mayor"
					out[n-1].Whom, out[n-1].Confidence = e.Whom, max(out[n-1].Confidence, e.Confidence)
				}
				continue
			}
			out = append(out, e)
			found++
		}
	}
	slices.SortStableFunc(out, func(a, b Event) int { return a.Span[0] - b.Span[0] })
	return out
}

func sameParty(a, b *Party) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Span == b.Span || b == nil
}

func (sc *scene) party(p run) *Party {
	if p.empty() {
		return nil
	}
	s := Span{sc.r.toks[p.from].start, sc.r.toks[p.to-1].end}
	return &Party{Text: sc.r.text[s[0]:s[1]], Span: s, Actor: sc.identify(p, nil, sc.kind(&finding{source: p, head: p}, nil, -1))}
}

// physical is the token of a cue that is a deed done to somebody rather than a
// word said, or -1.
func (sc *scene) physical(a *Attribution) int {
	if a.Content.Quoted || a.Act != Criticises {
		return -1
	}
	for _, s := range a.Cue.Spans {
		from, to := sc.r.tokensOf(s)
		for v := from; v < to; v++ {
			lemma := deedForms()[sc.r.toks[v].low]
			if lemma == "" || deeds()[lemma][0].kind != Assault {
				continue
			}
			if e, ok := sc.deedEvent(sc.r.sentenceOf(v), v, lemma); ok && e.Whom != nil && (e.Whom.Actor == nil || e.Dead != nil || e.Injured != nil) {
				return v
			}
		}
	}
	return -1
}

// speechEvent is the event that an attribution is, if its act is one.
func (sc *scene) speechEvent(a *Attribution) (Event, bool) {
	kind := actEvents[a.Act]
	for _, w := range strings.Fields(lower(a.Cue.Text)) {
		l := lemmaOf(w)
		if rejecting[l] && a.Act == Denies {
			kind = Reject
		}
		if l == "agree" {
			kind = Agree
		}
		if supporting[l] && a.Act == States {
			kind = Support
		}
	}
	if kind == "" || len(a.Cue.Spans) == 0 || a.Source.Kind == Unattributed {
		return Event{}, false
	}
	r := sc.r
	e := Event{Type: kind, From: "attribution", Trigger: a.Cue.Text, Where: []Place{}, Hedged: len(a.Hedges) > 0 && a.Stance == Hedges || a.Record == UnattributedWord}
	if len(a.Source.Spans) > 0 {
		e.Who = &Party{Text: a.Source.Text, Span: a.Source.Spans[0], Actor: a.Source.Actor}
		if a.Source.Resolved != nil {
			e.Who.Text, e.Who.Span = a.Source.Resolved.Text, a.Source.Resolved.Span
		}
	}
	if a.Addressee != nil && len(a.Addressee.Spans) > 0 {
		from, to := r.tokensOf(a.Addressee.Spans[0])
		if w := r.toks[from].low; w != "reporters" && w != "journalists" {
			e.Whom = sc.party(run{from, to})
		}
	}
	if e.Whom == nil && len(a.Content.Spans) > 0 {
		from, to := r.tokensOf(a.Content.Spans[0])
		if p := sc.firstParty(run{from, min(to, from+7)}, kind); !p.empty() && sc.isParty(p) {
			e.Whom = sc.party(p)
		}
	}
	from, _ := r.tokensOf(a.Cue.Spans[0])
	if from >= len(r.toks) {
		return Event{}, false
	}
	s := r.sentenceOf(from)
	e.Span = Span{r.toks[s.from].start, r.toks[s.to-1].end}
	e.Text = r.text[e.Span[0]:e.Span[1]]
	if a.Said.Date != "" {
		e.When = &When{Date: a.Said.Date, Precision: a.Said.Precision}
	}
	e.Confidence = a.Confidence * sureSpeech
	if e.Hedged {
		e.Confidence *= sureHedged
	}
	e.Confidence = round(e.Confidence)
	return e, true
}

// firstParty is the first phrase for somebody in p.
func (sc *scene) firstParty(p run, kind EventType) run {
	if kind == Threaten || kind == Agree {
		return run{} // what is threatened or promised begins with a deed
	}
	lo, _ := slices.BinarySearchFunc(sc.mentions, p.from, func(m mention, at int) int { return m.from - at })
	if lo < len(sc.mentions) && sc.mentions[lo].to <= p.to && sc.mentions[lo].from <= p.from+2 {
		return sc.mentions[lo].run
	}
	if kind == Request || kind == Accuse {
		// "that the governor resign", "the separatists for the blast"
		for p.from < p.to && (sc.r.toks[p.from].low == "that" || sc.r.toks[p.from].low == "on") {
			p.from++
		}
		q := sc.trimParty(sc.r.phraseRight(p.from, p.to))
		for ; !q.empty(); q.to-- { // a verb behind it may be taken for a noun
			if sc.isPeople(q) {
				return q
			}
		}
	}
	return run{}
}

// deedEvent reads the verb at v as a deed.
func (sc *scene) deedEvent(s sentence, v int, lemma string) (Event, bool) {
	r := sc.r
	t := &r.toks[v]
	if t.shape == capWord && v > s.from || t.cat == catName {
		return Event{}, false
	}
	if t.word == nil || t.word.forms == 0 {
		// A verb that only verbs.txt knows.
		if t.cat != catVerb && !(strongPasts[t.low] && t.cat == catNoun && v > s.from) {
			return Event{}, false
		}
	} else if t.cat != catVerb {
		return Event{}, false
	}
	g := sc.groupOf(v)
	passive := g.passive
	ing := strings.HasSuffix(t.low, "ing")
	said := sc.saidToHave(s, g)
	if g.modal || g.negated || g.infinitive && said < 0 || ing && !g.progress && !(v > s.from && r.toks[v-1].low == ",") {
		return Event{}, false
	}
	if !g.finite && !ing && !passive {
		// A bare participle: "the men killed in the raid", "soldiers wounded by".
		if v+1 < s.to && (r.toks[v+1].low == "by" || r.toks[v+1].low == "in" || r.toks[v+1].low == "on") {
			passive = true
		} else if r.toks[v].word == nil || r.toks[v].word.forms&pastForm == 0 {
			return Event{}, false
		}
	}
	if said >= 0 { // "is said to have bombed the camp"
		g.from = r.group(said).from
	}
	if v > s.from && (r.toks[v-1].low == "not" || r.toks[v-1].low == "no" || r.toks[v-1].low == "never") {
		return Event{}, false
	}
	for k := v - 1; k >= max(s.from, v-6); k-- {
		if w := r.toks[k].low; w == "if" || w == "unless" || w == "would" || w == "could" || w == "may" || w == "might" || w == "will" {
			return Event{}, false
		}
		if c := r.toks[k].cat; c == catMark || c == catVerb {
			break
		}
	}
	limit := r.limit(s)
	if w := r.toks[s.from].low; (w == "had" || w == "should" || w == "were") && v > s.from+1 {
		return Event{}, false // "Had the army shelled the town, …"
	}
	var who, whom run
	if sub, ok := r.subjectLeft(g.from); ok {
		who = sub.head
		if sub.how == "relative" {
			if res, m := sc.relative(who.from, r.toks[who.from].low); res != nil {
				who = m.run
			}
		}
	}
	if who.empty() && (ing || g.from > s.from && r.toks[g.from-1].cat == catCoord) {
		// "sank two boats, killing nine", "sent food and recalled its envoy": whoever
		// does the first does the second.
		for k := g.from - 1; k > s.from; k-- {
			if strongPasts[r.toks[k].low] || r.toks[k].cat == catVerb && deedForms()[r.toks[k].low] != "" || r.toks[k].cat == catVerb && r.toks[k].word != nil && r.toks[k].word.forms&(pastForm|sForm) != 0 {
				if sub, ok := r.subjectLeft(sc.groupOf(k).from); ok {
					who = sub.head
				}
				break
			}
		}
	}
	if who.empty() && !passive && g.from > s.from && g.from-s.from <= 4 && number1(r.toks, g.from-1) {
		who = run{s.from, g.from} // "Thousands marched"
	}
	object := run{v + 1, v + 1}
	if v+2 < limit && (r.toks[v+1].low == "down" || r.toks[v+1].low == "up" || r.toks[v+1].low == "off" || r.toks[v+1].low == "over") && r.toks[v+2].cat != catPrep {
		object = r.phraseRight(v+2, min(limit, v+14)) // "shot down a drone"
	}
	counted := false
	if v+1 < limit && r.toks[v+1].cat == catPrep { // "killed at least six policemen"
		_, _, counted = sc.quantityAt(v+1, run{v + 1, limit})
	}
	if object.empty() && v+1 < limit && (r.toks[v+1].cat != catPrep || counted) {
		object = r.phraseRight(v+1, min(limit, v+14))
	}
	if passive {
		whom = who
		who = run{}
		for k := v + 1; k < min(limit, v+10); k++ {
			if r.toks[k].low == "by" {
				p := r.phraseRight(k+1, limit)
				if !p.empty() && !dateWord(&r.toks[p.from]) && r.toks[p.from].cat != catNum {
					who = sc.trimParty(p)
				}
				break
			}
			if c := r.toks[k].cat; c == catVerb || c == catMark {
				break
			}
		}
	} else {
		whom = sc.trimParty(object)
	}
	if r.nobody(who) || r.nobody(whom) || lemma == "meet" && !passive && !whom.empty() && !sc.isParty(whom) && !sc.isPeople(whom) {
		return Event{}, false // "met the deadline"
	}
	kind, matched, ok := EventType(""), -1, false
	for _, d := range deeds()[lemma] {
		if d.by != nil && !sc.holdsWord(who, d.by) && (who.empty() || !sc.isPeople(who)) {
			continue
		}
		if d.with != nil {
			where := run{v + 1, min(limit, v+7)}
			if passive && !whom.empty() {
				where = whom
			}
			if matched = sc.wordOf(where, d.with); matched < 0 && !(d.kind == Concede && (lemma == "free" || lemma == "release") && !whom.empty() && sc.isPeople(whom)) {
				continue
			}
		}
		kind, ok = d.kind, true
		break
	}
	doubted, untrue := sc.rumoured(s, v)
	if !ok || untrue || kind == Consult && lemma == "visit" && !sc.canBeVisited(whom) || !who.empty() && sc.wordOf(run{r.headNoun(who), r.headNoun(who) + 1}, natural) >= 0 {
		return Event{}, false
	}
	e := Event{Type: kind, From: "verb", Trigger: t.low, Where: []Place{}}
	clause := run(s)
	for _, q := range sc.quantitiesIn([]run{clause}) {
		switch {
		case q.Kind == Killed && e.Dead == nil:
			e.Dead = &q
		case q.Kind == Injured && e.Injured == nil:
			e.Injured = &q
		}
	}
	if kind != Assault && kind != Coerce && kind != Protest {
		e.Dead, e.Injured = nil, nil
	}
	for _, p := range sc.placesIn([]run{clause}) {
		if !overlaps(r, p.Span, who) {
			e.Where = append(e.Where, p)
		}
	}
	if dates := sc.datesIn([]run{clause}); len(dates) > 0 {
		e.When = &dates[0]
	}
	// Things are no parties: "signed a treaty" has nobody to whom it is done, and
	// "a bomb killed six" nobody who does it.
	if !who.empty() && sc.canAct(who) {
		e.Who = sc.party(who)
	}
	switch {
	case whom.empty() || kind == Mobilize: // one's own forces
	case kind == Aid && passive && !sc.isPeople(whom): // "tents were sent to the refugees"
	case matched >= whom.from && matched < whom.to && !sc.livingOrVessel(matched):
		// "lifted the siege", "froze the assets of four generals"
		if of := sc.behind(whom, "of"); (kind == Sanction || kind == Coerce) && !of.empty() && sc.isParty(of) {
			e.Whom = sc.party(of)
		}
	case sc.isParty(whom) || onlyPeople[lemma] && !sc.thing(whom):
		e.Whom = sc.party(whom)
	case kind == Aid && sc.isParty(run{whom.from, whom.from + 1}) && whom.to > whom.from+1 && r.toks[whom.from+1].cat == catNum:
		e.Whom = sc.party(run{whom.from, whom.from + 1}) // "lent Ghana three billion dollars"
	}
	for k := v + 1; k < min(limit, v+9) && e.Whom == nil; k++ {
		if towards[kind][r.toks[k].low] {
			if p := sc.trimParty(r.phraseRight(k+1, limit)); !p.empty() && !r.nobody(p) && (sc.isParty(p) || sc.isPeople(p) || (kind == Sanction || kind == Concede) && !sc.thing(p)) {
				e.Whom = sc.party(p)
			}
			break
		}
	}
	e.Span = Span{r.toks[s.from].start, r.toks[s.to-1].end}
	e.Text = r.text[e.Span[0]:e.Span[1]]
	e.Hedged = said >= 0 || doubted
	for k := max(s.from, v-5); k < min(s.to, v+2); k++ {
		e.Hedged = e.Hedged || hearsayAdverbs[r.toks[k].low] || hedgeAdverbs[r.toks[k].low]
	}
	e.Confidence = sureActive
	if e.Who == nil || e.Whom == nil && kind != Protest && kind != Retreat && kind != Mobilize && kind != Consult {
		e.Confidence = sureHalf
	}
	return e, true
}

// groupOf is the verb group of a token that may be in no list.
func (sc *scene) groupOf(v int) verbGroup {
	r := sc.r
	if r.toks[v].word != nil {
		return r.group(v)
	}
	w := &word{cat: catVerb, forms: pastForm | partForm}
	if strings.HasSuffix(r.toks[v].low, "ing") {
		w.forms = ingForm
	}
	r.toks[v].word = w
	g := r.group(v)
	r.toks[v].word = nil
	return g
}

// rumoured tells a deed told in a clause behind "the rumour that", and whether the
// sentence goes on to call that untrue.
func (sc *scene) rumoured(s sentence, v int) (doubted, untrue bool) {
	toks := sc.r.toks
	for k := v - 1; k > s.from; k-- {
		if toks[k].low == "that" && toks[k-1].word != nil && toks[k-1].word.noun != nil && toks[k-1].cat == catNoun {
			doubted = true
			break
		}
	}
	for k := v + 1; k < s.to && doubted; k++ {
		untrue = untrue || falseWords[toks[k].low]
	}
	return doubted, untrue
}

var falseWords = set(`false untrue wrong baseless unfounded groundless invented fabricated denied`)

// natural are causes that are nobody's deed: there is no event.
var natural = set(`landslide landslides avalanche avalanches earthquake earthquakes flood floods storm storms cyclone hurricane typhoon tornado
	tsunami drought famine epidemic outbreak disease cholera malaria heat heatwave lightning crash accident collision stampede snow ice
	volcano eruption wildfire wildfires crocodile shark elephant glacier water waters river sea market markets price prices`)

// saidToHave is the verb by which "is said to have bombed" or "claimed to have shot"
// tells of a deed done, where g is the group of that deed; -1 otherwise.
func (sc *scene) saidToHave(s sentence, g verbGroup) int {
	toks := sc.r.toks
	if !g.infinitive || !g.perfect || g.from >= len(toks) {
		return -1
	}
	k := g.from - 1
	if toks[g.from].cat != catTo && k >= s.from && toks[k].cat == catTo {
		k--
	}
	if k < s.from || toks[k].word == nil {
		return -1
	}
	switch known().lemmas[toks[k].low] {
	case "say", "claim", "report", "believe", "allege", "think", "know", "admit", "confirm":
		return k
	}
	return -1
}

// strongPasts are past forms that no list of verbs has and that are nothing else.
var strongPasts = set("sank sunk shot struck froze withdrew sent lent")

func overlaps(r *reading, s Span, p run) bool {
	return !p.empty() && s[0] < r.toks[p.to-1].end && r.toks[p.from].start < s[1]
}

func (sc *scene) holdsWord(p run, words map[string]bool) bool { return sc.wordOf(p, words) >= 0 }

// wordOf is the first token of p that is one of the words, or -1.
func (sc *scene) wordOf(p run, words map[string]bool) int {
	for i := p.from; i < p.to; i++ {
		if words[sc.r.toks[i].low] {
			return i
		}
	}
	return -1
}

// towards are the words before whom a deed is done to, where the object of the
// verb is a thing: "fired shots at the patrol", "imposed tariffs on Chile".
var towards = map[EventType]map[string]bool{
	Assault: set("on at against"), Sanction: set("on against with to"), Coerce: set("on against"), Mobilize: set("against"),
	Aid: set("to"), Consult: set("with"), Agree: set("with"), Cooperate: set("with"), Concede: set("on against"), Support: set("with to"),
	Protest: set("against"), Reject: {}, Retreat: {},
}

// onlyPeople are verbs whose object is somebody, whatever the noun.
var onlyPeople = set(`kill wound injure shoot torture stab behead assassinate massacre execute arrest detain abduct kidnap jail imprison
	deport evict rescue extradite expel telephone phone derail`)

// nobody tells "no one", "none of the men".
func (r *reading) nobody(p run) bool {
	if p.empty() {
		return false
	}
	switch r.toks[p.from].low {
	case "no", "nobody", "none", "neither":
		return true
	}
	return p.from > 0 && r.toks[p.from-1].low == "not" && r.toks[p.from-1].sent == r.toks[p.from].sent // "not one man"
}

// peopleEnding tells nouns for people by their ending: truckers, separatists.
func peopleEnding(w string) bool {
	if notPeople[w] {
		return false
	}
	for _, end := range []string{"men", "man", "ists", "ist", "ers", "eers", "ors", "ians", "ants", "ees", "sman"} {
		if len(w) > len(end)+2 && strings.HasSuffix(w, end) {
			return true
		}
	}
	return false
}

// notPeople end like nouns for people.
var notPeople = set(`papers numbers letters orders powers rivers helicopters computers containers bunkers tankers borders matters offers
	waters quarters headquarters shelters centers doors floors motors reactors corridors sectors factors plants restaurants
	trousers barriers chapters towers flowers fers routers servers trailers boilers bulldozers launchers newspapers
	dinners layers offers posters registers remainders transformers transponders trees fees committees
	grants variants pollutants specimen regimen acumen elephants instruments warrants covenants currants assets mirrors errors terrors
	tenors vectors tractors ventilators generators elevators indicators refineries cancers disasters dollars`)

// isPeople tells a phrase whose head is a noun for people.
func (sc *scene) isPeople(p run) bool {
	w := sc.r.toks[sc.r.headNoun(p)].low
	return peopleNouns[w] || humans[w] || peopleEnding(w)
}

// livingOrVessel tells whether token i is a word for people or for what carries
// them.
func (sc *scene) livingOrVessel(i int) bool {
	w := sc.r.toks[i].low
	return peopleNouns[w] || humans[w] || vessels[w] || titles[w] || institutionNouns[w] || titles[strings.TrimSuffix(w, "s")] || peopleEnding(w)
}

// thing tells a phrase that is a date, a document or an abstraction.
func (sc *scene) thing(p run) bool {
	h := sc.r.headNoun(p)
	return dateWord(&sc.r.toks[h]) || documentNouns[sc.r.toks[h].low] || sc.r.abstract(p)
}

// canAct tells who may be said to do a deed: anybody but weapons, events, the
// weather and other things.
func (sc *scene) canAct(p run) bool {
	if sc.thing(p) || sc.r.nobody(p) {
		return false
	}
	h := sc.r.headNoun(p)
	w := sc.r.toks[h].low
	if sc.r.toks[h].cat == catName && h > p.from {
		return true
	}
	return !causes[w] && !causes[strings.TrimSuffix(w, "s")]
}

// causes are nouns for what does harm without being anybody.
var causes = set(`bomb blast explosion explosive attack strike airstrike raid clash clashes fighting violence shelling bombing bombardment missile
	rocket shell bullet mine grenade landmine fire gunfire crossfire storm cyclone hurricane typhoon flood earthquake landslide avalanche
	crash accident collision outbreak famine war unrest riot stampede fall price stock market currency glacier water sea ice snow
	river epidemic disease heat drought news curfew ban tariff sanction talk deal treaty shot`)

// canBeVisited tells a visit to a state or to somebody from one to a place.
func (sc *scene) canBeVisited(p run) bool {
	if p.empty() {
		return false
	}
	h := sc.r.headNoun(p)
	w := sc.r.toks[h].low
	return sc.r.toks[h].cat == catName || !vessels[w] && (peopleNouns[w] || institutionNouns[w] || titles[w])
}

// behind is what stands in p behind the word.
func (sc *scene) behind(p run, word string) run {
	for i := p.from + 1; i+1 < p.to; i++ {
		if sc.r.toks[i].low == word {
			return run{i + 1, p.to}
		}
	}
	return run{}
}

// trimParty ends a phrase before what hangs on it.
func (sc *scene) trimParty(p run) run {
	for i := p.from + 1; i < p.to; i++ {
		if t := &sc.r.toks[i]; t.cat == catPrep && t.low != "of" || t.cat == catRel || t.cat == catTo || t.cat == catVerb || t.low == "," || dateWord(t) || (t.low == "last" || t.low == "this" || t.low == "next") && i+1 < len(sc.r.toks) && dateWord(&sc.r.toks[i+1]) {
			p.to = i
			break
		}
	}
	return p
}

// isParty tells people, bodies and states from things.
func (sc *scene) isParty(p run) bool {
	toks := sc.r.toks
	h := sc.r.headNoun(p)
	w := toks[h].low
	switch {
	case dateWord(&toks[h]), documentNouns[w]:
		return false
	case peopleNouns[w], institutionNouns[w], officeNames[w], humans[w], titles[w], titles[strings.TrimSuffix(w, "s")], vessels[w], peopleEnding(w):
		return true
	case toks[p.from].cat == catNum && (p.to-p.from == 1 || toks[p.from+1].low == "of" && toks[p.to-1].cat == catObj):
		return true
	case toks[h].cat == catSubj || toks[h].cat == catObj || w == "it" || w == "one":
		return true
	case toks[h].cat == catName || toks[h].shape == capWord && h > sc.r.sentenceOf(h).from:
		return true
	}
	return false
}

var vessels = set(`boat boats ship ships vessel vessels tanker tankers trawler trawlers convoy convoys plane planes aircraft jet jets drone
	train trains bus buses lorry lorries drones warship warships freighter freighters ferry ferries barge airliner airliners submarine helicopter helicopters gunmen village villages town city camp base hospital school market patrol garrison outpost crowd crowds`)
