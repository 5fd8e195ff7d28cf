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
		if p := sc.firstParty(run{from, min(to, from+7)}, kind); !p.empty() {
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
	if g.modal || g.negated || g.infinitive || ing && !g.progress && !(v > s.from && r.toks[v-1].low == ",") {
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
	var who, whom run
	if sub, ok := r.subjectLeft(g.from); ok {
		who = sub.head
		if sub.how == "relative" {
			if res, m := sc.relative(who.from, r.toks[who.from].low); res != nil {
				who = m.run
			}
		}
	}
	if who.empty() && ing {
		// "sank two boats, killing nine": whoever does the first does the second.
		for k := v - 1; k > s.from; k-- {
			if deedForms()[r.toks[k].low] != "" && r.toks[k].cat != catMark {
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
	if v+1 < limit && r.toks[v+1].cat != catPrep {
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
	kind, ok := EventType(""), false
	for _, d := range deeds()[lemma] {
		if d.by != nil && !sc.holdsWord(who, d.by) {
			continue
		}
		if d.with != nil {
			where := run{v + 1, min(limit, v+7)}
			if passive && !whom.empty() {
				where = whom
			}
			if !sc.holdsWord(where, d.with) {
				continue
			}
		}
		kind, ok = d.kind, true
		break
	}
	if !ok {
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
	// Things are no parties: "signed a treaty" has nobody to whom it is done.
	if !who.empty() && sc.isParty(who) {
		e.Who = sc.party(who)
	}
	if !whom.empty() && sc.isParty(whom) {
		e.Whom = sc.party(whom)
	}
	for k := v + 1; k < min(limit, v+9) && e.Whom == nil && !passive; k++ {
		if w := r.toks[k].low; w == "on" || w == "against" || w == "with" || w == "to" && kind == Aid || w == "by" && kind != Assault {
			if p := sc.trimParty(r.phraseRight(k+1, limit)); !p.empty() && sc.isParty(p) {
				e.Whom = sc.party(p)
			}
			break
		}
	}
	e.Span = Span{r.toks[s.from].start, r.toks[s.to-1].end}
	e.Text = r.text[e.Span[0]:e.Span[1]]
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

// strongPasts are past forms that no list of verbs has and that are nothing else.
var strongPasts = set("sank sunk shot struck froze withdrew sent lent")

func overlaps(r *reading, s Span, p run) bool {
	return !p.empty() && s[0] < r.toks[p.to-1].end && r.toks[p.from].start < s[1]
}

func (sc *scene) holdsWord(p run, words map[string]bool) bool {
	for i := p.from; i < p.to; i++ {
		if words[sc.r.toks[i].low] {
			return true
		}
	}
	return false
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
	case peopleNouns[w], institutionNouns[w], officeNames[w], humans[w], titles[w], vessels[w]:
		return true
	case toks[p.from].cat == catNum && p.to-p.from == 1:
		return true
	case toks[h].cat == catSubj || toks[h].cat == catObj || w == "it" || w == "one":
		return true
	case toks[h].cat == catName || toks[h].shape == capWord:
		return true
	}
	return false
}

var vessels = set(`boat boats ship ships vessel vessels tanker tankers trawler trawlers convoy convoys plane planes aircraft jet jets drone
	drones warship warships gunmen village villages town city camp base hospital school market patrol garrison outpost crowd crowds`)
