package reader

import (
	"slices"
	"strings"
)

// anonymousNouns are people who are there to be heard but not named.
var anonymousNouns = set(`source sources official officials aide aides diplomat diplomats insider insiders adviser advisers
	advisor advisors operative operatives staffer staffers negotiator negotiators person people officer officers
	individual individuals ally allies confidant confidante associate associates`)

var officeNames = set(`spokesman spokeswoman spokesperson spokespeople kremlin pentagon ministry embassy presidency
	secretariat office elysee downing`)

var institutionNouns = set(`administration government state court parliament congress senate house party council committee
	commission agency army navy military police authority authorities regime junta department union bank company
	corporation university organization organisation group federation league alliance coalition country nation emirate
	kingdom republic nato opec un u.n. eu e.u. iaea icc opposition movement militia campaign team force forces board
	bureau institute foundation centre center service services guard command side cabinet washington`)

// characterise says who speaks, on what footing, what is done with the words,
// and how firmly.
func (sc *scene) characterise(a *Attribution, f *finding) {
	r := sc.r
	r.complete(f)
	res, who := sc.resolve(f)
	a.Source.Resolved = res
	a.Source.Kind = sc.kind(f, res, who)
	if a.Source.Kind == Anonymous && res != nil && who >= 0 {
		a.Source.Resolved = nil // a name that is kept back is not filled in
	}
	a.Record = r.record(f, a.Source.Kind)
	if a.Record == OnRecord && r.secondHand(f) {
		a.Record = UnattributedWord
	}
	a.Source.Actor = sc.identify(f.headOf(), a.Source.Resolved, a.Source.Kind)
	a.Act = r.act(f)
	cueHedges, contentHedges, modal := r.hedges(f)
	for _, i := range slices.Concat(cueHedges, contentHedges) {
		w := r.text[r.toks[i].start:r.toks[i].end]
		if !containsFold(a.Hedges, w) {
			a.Hedges = append(a.Hedges, w)
		}
	}
	a.Stance = r.stance(f, a.Act, len(cueHedges) > 0, len(contentHedges) > 0 || modal)
	a.Nature = r.nature(f, a.Act)
	a.Said = sc.said(f)
	a.Dates = sc.datesIn(f.content)
	a.Quantities = sc.quantitiesIn(f.content)
	a.Places = sc.placesIn(f.content)
}

// complete fills in what a finding tells of its verb where whoever made it gave
// only the spans.
func (r *reading) complete(f *finding) {
	if f.lemma != "" || len(f.content) == 0 {
		return
	}
	f.quoted = f.quoted || slices.ContainsFunc(f.content, func(c run) bool { return r.hasQuotation(c.from, c.to) })
	f.act = States
	if f.cue.empty() {
		f.verb = f.content[0].from
		f.cue = run{f.verb, f.verb}
		f.rule, f.speech = ruleQuote, true
		return
	}
	f.verb = -1
	for i := f.cue.from; i < f.cue.to; i++ {
		t := &r.toks[i]
		w := t.word
		later := i+1 < f.cue.to && r.toks[i+1].word != nil && r.toks[i+1].word.noun != nil
		switch {
		case hearsayAdjectives[t.low] && later:
		case f.verb >= 0 && w != nil && w.cue != nil && r.raised(f, i):
			f.verb = i // "is said to have demanded"
		case w != nil && w.cue != nil && (f.verb < 0 || r.toks[f.verb].word == nil || r.toks[f.verb].word.cue == nil):
			f.verb = i
		case f.verb < 0 && w != nil && (w.noun != nil || w.forms != 0 && t.cat == catVerb), f.verb < 0 && (verbActs[lemmaOf(t.low)] != "" || neutral[lemmaOf(t.low)]):
			f.verb = i
		}
	}
	switch {
	case f.verb < 0:
		f.verb = f.cue.to - 1
		f.lemma = r.toks[f.verb].low
		f.rule = ruleObject
		for i := f.cue.from; i < f.cue.to; i++ {
			if r.toks[i].low == "according" {
				f.verb, f.lemma, f.frame, f.rule, f.speech = i, "according", "according", ruleAccording, true
				return
			}
			if hearsayAdverbs[r.toks[i].low] && f.source.empty() {
				f.verb, f.lemma, f.frame, f.rule = i, r.toks[i].low, "adverb", ruleAdverb
				return
			}
		}
		if w := lemmaOf(f.lemma); verbActs[w] != "" {
			f.lemma = w
		}
		return
	}
	w := r.toks[f.verb].word
	noun := w != nil && w.noun != nil && (w.forms == 0 || r.toks[f.verb].cat == catNoun)
	switch {
	case w == nil:
		f.lemma, f.rule, f.speech = lemmaOf(r.toks[f.verb].low), ruleObject, true
	case noun:
		f.lemma, f.act, f.rule = w.noun.lemma, w.noun.act, ruleNoun
	default:
		f.lemma = lemmaOf(r.toks[f.verb].low)
		if w.cue != nil {
			f.act, f.speech = w.cue.act, w.cue.speech()
		}
		g := r.group(f.verb)
		f.passive, f.negated, f.modal, f.infinitive = g.passive, g.negated, g.modal, g.infinitive
		f.rule = ruleObject
	}
	if len(f.content) == 0 {
		return
	}
	c := f.content[0]
	t := &r.toks[c.from]
	switch {
	case f.passive && f.source.empty():
		f.rule, f.frame = ruleImplicit, "t"
	case c.to <= f.cue.from:
		f.rule, f.frame, f.before = ruleAfter, "e", true
	case t.quote >= 0 && r.opens(c.from):
		f.frame = "q"
		if !noun {
			f.rule = ruleQuote
		}
	case t.low == "that" || t.cat == catSubj:
		f.frame = "t"
	case t.cat == catTo:
		f.frame = "i"
	case t.cat == catPrep:
		f.frame = "+" + t.low
	case f.cue.to > f.verb+1 && r.toks[f.cue.to-1].cat == catPrep:
		f.frame = "+" + r.toks[f.cue.to-1].low
	case f.verb+1 < c.from && r.toks[c.from-1].cat == catPrep:
		f.frame = "+" + r.toks[c.from-1].low
	default:
		f.frame = "o"
	}
}

// lemmaOf is the base form of a verb, by the lists or by its ending.
func lemmaOf(low string) string {
	if l := known().lemmas[low]; l != "" {
		return l
	}
	is := func(w string) bool { return verbActs[w] != "" || neutral[w] || known().lemmas[w] == w }
	for _, end := range []string{"ied", "ing", "ed", "es", "s"} {
		stem, ok := strings.CutSuffix(low, end)
		if !ok || len(stem) < 3 {
			continue
		}
		n := len(stem)
		switch {
		case end == "ied":
			return stem + "y"
		case is(stem):
			return stem
		case is(stem + "e"):
			return stem + "e"
		case stem[n-1] == stem[n-2] && is(stem[:n-1]):
			return stem[:n-1]
		}
	}
	return low
}

// raised tells whether the verb at i hangs on a participle of hearsay in the
// same cue: "is said to have demanded".
func (r *reading) raised(f *finding, i int) bool { return r.raisedBy(f, i) >= 0 }

func (r *reading) raisedBy(f *finding, i int) int {
	k := i - 1
	for k > f.cue.from && (r.toks[k].cat == catHave || r.toks[k].cat == catAdv || r.toks[k].low == "have") {
		k--
	}
	if k <= f.cue.from || r.toks[k].low != "to" || !hearsayParticiples[r.toks[k-1].low] {
		return -1
	}
	return k - 1
}

func containsFold(list []string, w string) bool {
	for _, x := range list {
		if strings.EqualFold(x, w) {
			return true
		}
	}
	return false
}

func (sc *scene) kind(f *finding, res *Resolution, who int) Kind {
	r := sc.r
	if f.source.empty() {
		return Unattributed
	}
	p := f.source
	head := f.headOf()
	h := r.headNoun(head)
	low := r.toks[h].low
	if res != nil && res.How != "short name" && res.How != "title" && who < 0 {
		// A pronoun is what it stands for.
		from, to := r.tokensOf(res.Span)
		q := run{from, to}
		k := sc.kind(&finding{source: q, head: q}, nil, -1)
		if k == Group && (low == "one" || r.toks[head.from].low == "one") {
			return Person
		}
		return k
	}
	if r.unnamed(p, head) && who < 0 {
		return Anonymous
	}
	if who >= 0 {
		return Person
	}
	name := (r.toks[h].cat == catName || r.toks[h].shape == capWord && h > head.from) && !(sc.first(h) && documentNouns[low])
	// "Minister for Trade Ana Roe", "Ana Roe of the Institute": a person by the
	// whole name.
	if k := sc.person(head); k >= 0 && !sc.isOrg(head) {
		return Person
	}
	switch {
	case low == "i" || low == "he" || low == "she" || low == "him" || low == "his" || low == "her" || low == "who" || low == "you":
		return Person
	case low == "it" || low == "its" || low == "which" || low == "that":
		return Institution
	case seats[lowWords(r.toks, trimDet(r.toks, head))] != "":
		return Office
	case officeNames[low] || low == "house" && h > 0 && r.toks[h-1].low == "white" || low == "department" && name || low == "palace" && name:
		return Office
	case (low == "network" || low == "agency" || low == "channel") && (h == 0 || !outletWords[r.toks[h-1].low] && r.toks[h-1].cat != catName):
		return Institution
	case low == "agency" && h > 0 && r.toks[h-1].low != "news" && r.toks[h-1].low != "press":
		return Institution
	case outletNouns[low] && (name || low == "newspaper" || low == "agency" || low == "magazine" || low == "broadcaster" || low == "network" || low == "outlet" || low == "daily" || low == "channel" || low == "media"):
		return Outlet
	case low == "newspapers" || low == "outlets" || low == "broadcasters" || low == "daily" || low == "tabloid" || low == "newswire" || low == "weekly":
		return Outlet
	case (low == "television" || low == "tv" || low == "radio" || low == "media") && head.to-head.from > 1:
		return Outlet
	case documentNouns[low] && !name || moreDocuments[low]:
		return Document
	case sc.isState(head) || capitalised(r.toks, h) && demonym(low) != "" && !r.plural(head) && r.toks[head.from].low != "a" && r.toks[head.from].low != "an" || institutionNouns[low] && !titles[low]:
		return Institution
	case r.plural(head) || low == "percent" || low == "%" || low == "they" || low == "we" || low == "most" || low == "few" || low == "public" || low == "crowd" || low == "crew" || low == "family" || low == "electorate":
		if low == "nations" && name {
			return Institution
		}
		if orgWords[low] && name {
			return Institution
		}
		return Group
	case titles[low] || peopleNouns[low]:
		return Person
	case name:
		if sc.isOrg(head) {
			return Institution
		}
		if s := r.text[r.toks[h].start:r.toks[h].end]; len(s) > 1 && len(s) <= 6 && strings.ToUpper(s) == s {
			return Institution // an acronym
		}
		return Person
	}
	if r.speakerOf(&finding{source: head, head: head}) == speakerPerson {
		return Person
	}
	return Institution
}

func capitalised(toks []token, i int) bool { return toks[i].shape == capWord }

// isOrg tells a name with a word that only bodies have in theirs.
func (sc *scene) isOrg(p run) bool {
	for i := p.from; i < p.to; i++ {
		w := sc.r.toks[i].low
		if w == "," || w == "at" || w == "from" || w == "of" && sc.person(run{p.from, i}) >= 0 {
			return false
		}
		if sc.r.toks[i].shape == capWord && (orgWords[w] || institutionNouns[w]) && !titles[w] {
			return true
		}
	}
	return false
}

// isState tells the name of a country, or of a seat of government, whole.
func (sc *scene) isState(p run) bool {
	s := whole(sc.places, sc.r.toks, p)
	return s != nil && s.how != "demonym"
}

func trimDet(toks []token, p run) run {
	for p.from < p.to-1 && (toks[p.from].cat == catDet || toks[p.from].low == "the") {
		p.from++
	}
	return p
}

var outletWords = set(`news television tv radio press broadcasting media cable state`)

var moreDocuments = set(`draft drafts communiqué communique bulletin op-ed editorial leaflet readout minutes handout factsheet whitepaper transcript pamphlet
	manifesto ultimatum advisory notice declaration blog dispatch roadmap circular affidavit footage video recording`)

// tokensOf finds the tokens of a span by halving.
func (r *reading) tokensOf(s Span) (from, to int) {
	from = firstToken(r.toks, s[0])
	to = from
	for to < len(r.toks) && r.toks[to].start < s[1] {
		to++
	}
	return from, to
}

// unnamed tells a description that keeps the name back: "a senior official",
// "people familiar with the talks", but not "Jane Roe, an official".
func (r *reading) unnamed(p, head run) bool {
	if !r.nameBehind(p).empty() {
		return false
	}
	h := r.headNoun(head)
	if !anonymousNouns[r.toks[h].low] || r.toks[h].shape == capWord && h > head.from {
		// "one of the officials", "some, speaking on condition of anonymity"
		for i := p.from; i < p.to; i++ {
			if low := r.toks[i].low; low == "anonymity" || low == "anonymous" || low == "unnamed" || low == "unidentified" {
				return true
			}
			if low := r.toks[i].low; low == "of" && i > p.from && i+1 < p.to && (r.toks[i-1].low == "one" || r.toks[i-1].low == "two" || r.toks[i-1].low == "several") {
				for j := i + 1; j < p.to; j++ {
					if anonymousNouns[r.toks[j].low] {
						return true
					}
				}
			}
		}
		return false
	}
	switch low := r.toks[h].low; low {
	case "people", "person", "individual", "individuals":
		for i := h + 1; i < min(p.to, h+8); i++ {
			switch r.toks[i].low {
			case "familiar", "briefed", "close", "knowledge", "involved", "aware":
				return true
			}
		}
		return false
	}
	// "aide Jane Roe" has the name as its head; "Roe's aide" has none.
	return true
}

// nameBehind is the name in "a senior official, Jane Roe,", which keeps nothing back.
func (r *reading) nameBehind(p run) run {
	comma := p.from + 1
	for comma < p.to && r.toks[comma].low != "," {
		comma++
	}
	// "Doe, Jane Roe and others" are two.
	if h := r.headNoun(run{p.from, min(comma, p.to)}); comma >= p.to || r.toks[h].shape == capWord && h > p.from {
		return run{}
	}
	n, to := 0, comma+1
	for ; to < p.to && r.toks[to].low != ","; to++ {
		t := &r.toks[to]
		switch {
		case orgWords[t.low] || demonym(t.low) != "":
			return run{}
		case t.shape == capWord:
			n++
		case n == 0 || !particles[t.low]:
			return run{}
		}
	}
	if n < 2 {
		return run{}
	}
	return run{comma + 1, to}
}

// regionWords before a source keep its institution back as well.
var regionWords = set(`western eastern northern southern european arab african asian latin gulf regional`)

func (r *reading) record(f *finding, k Kind) Record {
	switch k {
	case Unattributed:
		return UnattributedWord
	case Document:
		return DocumentRecord
	case Anonymous:
		// An official of a named institution speaks on background; a source is
		// just a source.
		head := f.head
		if head.empty() {
			head = f.source
		}
		h := r.headNoun(head)
		switch r.toks[h].low {
		case "source", "sources", "insider", "insiders", "person", "people", "individual", "individuals", "one", "ally", "allies":
			return AnonymousRecord
		}
		for i := f.source.from; i < f.source.to; i++ {
			if t := &r.toks[i]; !regionWords[t.low] && (t.cat == catName || t.shape == capWord && i > f.source.from || institutionNouns[t.low] || officeNames[t.low] || demonym(t.low) != "") {
				return Background
			}
		}
		return AnonymousRecord
	}
	return OnRecord
}

// secondHand tells whether the text itself passes on a saying without a witness:
// "reportedly demanded", "is said to have demanded", "his alleged demand". The
// speaker is named, but nobody says who heard him.
func (r *reading) secondHand(f *finding) bool {
	for i := max(0, f.cue.from-1); i < min(len(r.toks), f.cue.to+1); i++ {
		in := i >= f.cue.from && i < f.cue.to
		if !in && (f.holds(i) || r.toks[i].sent != r.toks[f.verb].sent || i >= f.source.from && i < f.source.to) {
			continue
		}
		if w := r.toks[i].low; hearsayAdverbs[w] || in && i != f.verb && hearsayAdjectives[w] {
			return true
		}
	}
	i := r.raising(f)
	return i >= 0 && hearsayParticiples[r.toks[i].low]
}

// raising is the participle that an infinitive cue hangs on, "said" in "is said
// to have demanded", or -1.
func (r *reading) raising(f *finding) int {
	if i := r.raisedBy(f, f.verb); i >= 0 {
		return i
	}
	i := f.cue.from
	if !f.infinitive || i >= len(r.toks) {
		return -1
	}
	if r.toks[i].cat != catTo {
		i--
	}
	if i < 2 || r.toks[i].cat != catTo {
		return -1
	}
	i--
	b := i - 1
	for b > 0 && b > i-4 && (r.toks[b].cat == catAdv || r.toks[b].cat == catNot) {
		b--
	}
	if r.toks[b].sent != r.toks[f.verb].sent || r.toks[b].cat != catBe || f.cue.from <= b {
		return -1
	}
	return i
}

var hearsayAdverbs = set(`reportedly allegedly supposedly purportedly reputedly apparently rumoredly`)

var hearsayAdjectives = set(`alleged reported purported supposed rumored rumoured`)

// hearsayParticiples stand before "to have demanded".
var hearsayParticiples = set(`said reported alleged rumored rumoured believed thought understood claimed purported supposed`)

// verbActs is what one does by saying something with a verb: the lemmas of each
// act. It goes before what the list of cues says.
var verbActs = actLists(map[Act]string{
	Denies: `deny reject dismiss refute dispute rebut repudiate disavow disclaim contradict debunk decline refuse doubt downplay
		rebuff retract gainsay disprove spurn veto rubbish`,
	Demands: `demand urge exhort implore plead beseech beg press insist-on call-for call-on appeal advocate recommend require
		entreat clamour clamor lobby counsel petition`,
	Offers:    `offer propose float tender volunteer suggest-ing table`,
	Threatens: `threaten menace`,
	Promises:  `promise pledge vow swear guarantee assure commit undertake reassure`,
	Intends: `intend plan decide aim consider contemplate explore mull ponder weigh seek prepare resolve eye opt agree-to
		study-ing`,
	Announces: `announce declare proclaim designate unveil reveal disclose issue publish release name launch appoint confirm-plans`,
	Asks:      `ask question wonder inquire enquire query request-w`,
	Orders: `order command direct instruct forbid ban prohibit decree mandate authorize authorise summon rule bar outlaw enjoin
		oblige task`,
	Justifies: `justify defend cite invoke rationalise rationalize excuse vindicate legitimise legitimize`,
	Criticises: `criticise criticize condemn denounce decry slam blast deplore rebuke castigate lambast lambaste deride mock accuse
		blame fault assail attack protest object complain chide lament bemoan berate censure lash ridicule scold reproach
		excoriate disparage oppose rail regret savage decry upbraid scorn berate bristle`,
	Predicts: `predict forecast foresee expect anticipate caution warn fear worry prophesy project bet`,
	States: `say state tell add note claim assert report explain describe argue believe think reply respond confirm acknowledge
		admit concede insist maintain stress emphasise emphasize estimate allege contend testify write observe remark recall
		suggest imply hint suspect speculate conclude`,
})

func actLists(m map[Act]string) map[string]Act {
	out := map[string]Act{}
	for act, words := range m {
		for _, w := range strings.Fields(words) {
			out[w] = act
		}
	}
	return out
}

// neutral verbs take their act from the noun they go with: "expressed concern",
// "countered with an offer".
var neutral = set(`express voice convey indicate signal counter issue reiterate repeat renew raise register make relay give
	answer respond say state clarify note stress emphasize emphasise add describe continue outline offer deliver reaffirm send lodge
	file put present extend submit announce deliver air restate drop withdraw signal place level hurl utter reject`)

var criticalNouns = set(`concern concerns alarm criticism outrage dismay frustration opposition disappointment anger condemnation
	displeasure disapproval reservations objections objection unease misgivings skepticism scepticism doubts protest protests
	complaint complaints rebuke indignation disgust fury regret accusation accusations`)

var untrueWords = set(`untrue false fabricated baseless unfounded lie lies hoax nonsense incorrect fabrication fiction
	ludicrous fake groundless fabrications invented falsehood falsehoods rubbish slander propaganda`)

var threatWords = set(`consequences retaliate retaliation crush annihilate obliterate devastating reprisal reprisals
	punish punished regret severe-response`)

// strikeWords are threats where they are put as what will be done.
var strikeWords = set(`attack strike retaliate bomb destroy attacked respond destroyed struck shoot invade sink hit target bombard punish`)

// pressWords are threats only of the speaker's own doing.
var pressWords = set(`seize cut close expel block blockade sanction sanctions suspend halt impose shut sever withhold`)

// blameWords in a statement make it criticism.
var blameWords = set(`outrageous unacceptable illegal unlawful disgraceful reckless irresponsible shameful outrage scandal barbaric provocative
	unjustified hypocritical hypocrisy cowardly betrayal unconstitutional disgrace atrocity intolerable deplorable shameful illegitimate
	aggression crime cruel immoral provocation violation indefensible inexcusable scandalous failed-to cynical travesty sham farce`)

// groundWords in a statement make it a justification.
var groundWords = set(`self-defence self-defense lawful legitimate justified proportionate warranted necessary legal permitted rightful entitled`)

// firstPersonActs are done by saying them: "we demand", "I apologise".
func (r *reading) performs(f *finding) Act {
	n := 0
	for _, c := range f.content {
		for i := c.from; i+1 < c.to && n < 14; i++ {
			n++
			t := &r.toks[i]
			if t.low != "i" && t.low != "we" && !(f.speech && n <= 3 && (t.low == "he" || t.low == "she" || t.low == "it" || t.low == "they")) {
				continue
			}
			first := t.low == "i" || t.low == "we"
			k := i + 1
			for k < c.to && (r.toks[k].cat == catAdv || r.toks[k].cat == catBe && k+1 < c.to && strings.HasSuffix(r.toks[k+1].low, "ing") || r.toks[k].cat == catHave || r.toks[k].low == "therefore" || r.toks[k].low == "hereby") {
				k++
			}
			if k >= c.to {
				return ""
			}
			lemma := lemmaOf(r.toks[k].low)
			if k+1 < c.to && lemma == "call" && (r.toks[k+1].low == "for" || r.toks[k+1].low == "on" || r.toks[k+1].low == "upon") {
				return Demands
			}
			if k+1 < c.to && lemma == "insist" && r.toks[k+1].low == "on" {
				return Demands
			}
			if !first {
				if verbActs[lemma] == Predicts && !f.source.empty() && (t.low == "they") == r.plural(f.headOf()) && lemma != "warn" && lemma != "caution" {
					return Predicts
				}
				return ""
			}
			if lemma == "want" && k+2 < c.to && r.toks[k+1].low != "to" {
				for j := k + 1; j < min(c.to, k+6); j++ {
					if r.toks[j].cat == catTo || r.toks[j].low == "back" {
						return Demands
					}
				}
			}
			switch act := verbActs[lemma]; act {
			case Demands, Offers, Promises, Threatens, Criticises:
				return act
			case Denies:
				if lemma == "decline" || lemma == "refuse" || lemma == "doubt" {
					return ""
				}
				return act
			}
			if lemma == "apologise" || lemma == "apologize" {
				return ""
			}
			return ""
		}
	}
	return ""
}

// acts that a noun in the object gives: "made an offer", "issued a threat".
var nounActs = map[string]Act{
	"threat": Threatens, "threats": Threatens, "ultimatum": Demands, "demand": Demands, "demands": Demands, "appeal": Demands, "plea": Demands,
	"call": Demands, "calls": Demands, "offer": Offers, "proposal": Offers, "proposals": Offers, "promise": Promises, "pledge": Promises, "vow": Promises,
	"guarantee": Promises, "guarantees": Promises, "assurance": Promises, "assurances": Promises, "denial": Denies, "denials": Denies, "rejection": Denies,
	"intention": Intends, "intentions": Intends, "readiness": Intends, "willingness": Intends, "plans": Intends, "determination": Intends,
	"order": Orders, "orders": Orders, "decree": Orders, "question": Asks, "questions": Asks, "prediction": Predicts, "forecast": Predicts,
	"justification": Justifies, "warning": Predicts, "warnings": Predicts,
}

func (r *reading) act(f *finding) Act {
	act := f.act
	if a := verbActs[f.lemma]; a != "" && f.rule != ruleNoun {
		act = a
	}
	if act == "" {
		act = States
	}
	if len(f.content) == 0 {
		return act
	}
	c0 := f.content[0]
	at := func(k int) string {
		if k >= 0 && k < len(r.toks) {
			return r.toks[k].low
		}
		return ""
	}
	first := at(c0.from)
	if first == "that" {
		first = at(c0.from + 1)
	}
	after := at(f.verb + 1)
	if f.cue.to > f.verb+1 {
		after = at(f.verb + 1)
	}
	switch f.lemma {
	case "insist", "press", "push":
		if f.frame == "+on" || f.frame == "+for" || after == "on" && f.lemma == "insist" || after == "for" {
			return Demands
		}
		if f.lemma == "insist" && r.subjunctive(c0) {
			return Demands
		}
	case "call":
		if f.frame == "+for" || f.frame == "+on" || after == "for" || after == "on" || after == "upon" {
			return Demands
		}
		return r.labelled(f)
	case "describe", "label", "brand", "dub", "characterise", "characterize", "portray", "term", "denounce":
		if a := r.labelled(f); a != States {
			return a
		}
	case "ask", "request":
		if f.frame == "+for" || after == "for" || f.lemma == "request" {
			return Demands
		}
		if f.frame == "i" || r.asksTo(f) {
			return Demands
		}
		return Asks
	case "decline", "refuse":
		if first == "to" {
			switch at(c0.from + 1) {
			case "comment", "say", "discuss", "answer", "elaborate", "confirm", "speculate", "be":
				return States
			}
		}
		if first == "comment" {
			return States
		}
		return Denies
	case "want":
		return Demands
	case "plead":
		for i := f.verb; i < min(len(r.toks), f.verb+4); i++ {
			if r.toks[i].low == "guilty" {
				if r.toks[i-1].low == "not" {
					return Denies
				}
				return States
			}
		}
	case "concern":
		return Criticises
	case "suggest", "recommend", "advise":
		if f.lemma == "suggest" && (strings.HasSuffix(first, "ing") && len(first) > 5 || r.subjunctive(c0)) {
			return Offers
		}
		if f.lemma != "suggest" {
			return Demands
		}
	case "warn", "caution":
		if f.frame == "+against" || after == "against" {
			return Demands
		}
		if r.ownFuture(f) && r.harms(f) || r.consequences(f) {
			return Threatens
		}
		return Predicts
	case "agree":
		if first == "to" || f.frame == "+to" {
			return Intends
		}
		return States
	case "announce":
		return Announces
	case "confirm", "acknowledge", "admit", "concede":
		return States
	case "refer":
		return States
	case "express", "voice", "convey", "raise", "register":
	case "name":
		return Announces
	case "hope", "wish":
		return Intends
	case "study", "review":
		return Intends
	case "note", "observe":
		act = States
	case "see":
		return States
	case "apologise", "apologize", "praise", "welcome", "hail", "thank", "back", "endorse", "support", "applaud", "congratulate":
		return States
	case "rule":
		if after == "out" {
			return Denies
		}
		return Orders
	case "brush", "shrug", "laugh", "play", "wave":
		if after == "off" || after == "aside" || after == "down" || at(f.verb+2) == "off" {
			return Denies
		}
	case "lash", "hit":
		if after == "out" || after == "back" {
			return Criticises
		}
	case "point", "take":
		if after == "issue" || after == "aim" || at(f.verb+2) == "task" {
			return Criticises
		}
	case "swear":
		if f.frame == "e" || f.frame == "+at" {
			act = States
		}
	}
	if f.lemma == "threaten" || f.rule == ruleNoun && f.lemma != "concern" && f.lemma != "warning" && f.lemma != "suggestion" && f.lemma != "statement" {
		return act
	}
	if f.lemma == "warning" && (r.consequences(f) || r.ownFuture(f) && r.harms(f)) {
		return Threatens
	}
	if f.lemma == "warning" {
		return Predicts
	}
	// The noun the content begins with, or the one in the cue: "issued a threat".
	if neutral[f.lemma] {
		look := []run{{f.verb + 1, f.cue.to}, {c0.from, min(c0.to, c0.from+6)}}
		if f.before || t0quoted(r, c0) {
			look = look[:1]
		}
		for _, c := range look {
			for i := c.from; i < c.to; i++ {
				t := &r.toks[i]
				if i == c.from && t.low == "that" {
					continue
				}
				if criticalNouns[t.low] && f.lemma != "reject" && f.lemma != "withdraw" && f.lemma != "drop" {
					return Criticises
				}
				if t.cat == catPrep && t.low != "with" || t.cat == catVerb && !(t.word != nil && t.word.noun != nil) || t.cat == catThat || t.cat == catBe || t.cat == catModal || t.cat == catSubj {
					break
				}
				if a := nounActs[t.low]; a != "" && f.lemma != "describe" && f.lemma != "reject" && f.lemma != "withdraw" && f.lemma != "drop" {
					return a
				}
			}
		}
	}
	if act != States && act != Predicts && act != Announces {
		return act
	}
	if f.lemma == "predict" || f.lemma == "expect" || f.lemma == "forecast" || f.lemma == "fear" {
		return act
	}
	if act == Announces {
		return act
	}
	if p := r.performs(f); p != "" && (f.speech || f.quoted) {
		return p
	}
	return r.actOfWords(f, act)
}

func t0quoted(r *reading, c run) bool { return r.toks[c.from].quote >= 0 && r.opens(c.from) }

// actOfWords tells what a plain statement does by what it says.
func (r *reading) actOfWords(f *finding, act Act) Act {
	n := 0
	c0 := f.content[0]
	// "“Is the road open?” he said", "“Leave the valley,” he said"
	last := f.content[len(f.content)-1]
	if f.quoted && act == States {
		for i := last.to - 1; i >= last.from && i > last.to-4; i-- {
			if r.toks[i].low == "?" {
				return Asks
			}
		}
		i := c0.from
		for i < c0.to && !r.toks[i].isWord() {
			i++
		}
		if i+1 < c0.to && t0quoted(r, c0) {
			t := &r.toks[i]
			w := t.word
			low := t.low
			if low == "do" && r.toks[i+1].low == "not" || low == "don't" || low == "let" && r.toks[i+1].low != "'s" && r.toks[i+1].low != "us" || low == "please" ||
				w != nil && w.forms&baseForm != 0 && w.forms&pastForm == 0 && !w.fixed && !w.also && (r.toks[i+1].cat == catDet || r.toks[i+1].cat == catPossPron || r.toks[i+1].cat == catObj || r.toks[i+1].cat == catAdv || r.toks[i+1].low == "," || r.toks[i+1].cat == catNoun || r.toks[i+1].cat == catName || r.toks[i+1].cat == catPron || r.toks[i+1].cat == catPrep) {
				return Demands
			}
		}
	}
	will, strike, blame, ground, negated := false, false, false, false, false
	own := r.ownFuture(f)
	for _, c := range f.content {
		for i := c.from; i < c.to && n < 40; i++ {
			t := &r.toks[i]
			if !t.isWord() {
				continue
			}
			n++
			negated = negated || t.low == "not" || t.low == "no" || t.low == "never" || t.low == "neither" || strings.HasSuffix(t.low, "n't")
			switch {
			case n <= 10 && untrueWords[t.low] && act == States && !negated:
				return Denies
			case n <= 9 && (t.low == "true" || t.low == "truth" || t.low == "correct" || t.low == "basis" || t.low == "accurate") && negated && act == States:
				return Denies
			case n <= 8 && (t.low == "must" || (t.low == "has" || t.low == "have" || t.low == "needs" || t.low == "need") && i+1 < c.to && r.toks[i+1].low == "to") && i > c.from && n > 1 && !r.selfSubject(i) && act == States && f.speech:
				return Demands
			case n <= 7 && t.low == "should" && i > c.from && !r.selfSubject(i) && act == States && f.speech && i+1 < c.to && r.toks[i+1].cat != catHave && r.toks[i+1].low != "have" && r.toks[i+1].low != "be":
				return Demands
			case threatWords[t.low] && f.speech && !negated && !(t.low == "regret" && !will):
				return Threatens
			case t.low == "will" || t.low == "would" || t.low == "subject" || t.low == "'ll" || t.low == "unless" || t.low == "if":
				will = true
			case (strikeWords[t.low] || pressWords[t.low] && own) && n < 16:
				strike = strike || will && !negated
			case blameWords[t.low]:
				blame = blame || !negated
			case groundWords[t.low] && n < 18:
				if negated {
					blame = true
				} else {
					ground = true
				}
			}
		}
	}
	switch {
	case will && f.quoted && (f.speech || f.before) && act == States && r.consequences(f):
		return Threatens
	case will && strike && f.speech && act == States && (f.quoted || own):
		return Threatens
	case act == States && f.speech && (blame || r.blames(f)):
		return Criticises
	case act == States && f.speech && ground && f.lemma != "according":
		return Justifies
	case act == States && r.ready(f) != "":
		return r.ready(f)
	case act == States && f.speech && own:
		return Intends
	}
	return act
}

// selfSubject tells whether I or we stands right before token i.
func (r *reading) selfSubject(i int) bool {
	p := r.toks[i-1].low
	return p == "i" || p == "we" || p == "there"
}

// subjunctive tells "that the troops leave", "that he resign": a clause whose
// verb is bare though its subject is not plural, or any with no tense.
func (r *reading) subjunctive(c run) bool {
	if r.toks[c.from].cat != catThat && r.toks[c.from].low != "that" {
		return false
	}
	for i := c.from + 2; i < min(c.to, c.from+9); i++ {
		t := &r.toks[i]
		switch {
		case t.low == "be":
			return true
		case t.cat == catBe || t.cat == catHave || t.cat == catModal || t.cat == catDo:
			return false
		case t.cat == catVerb && t.word != nil:
			return t.word.forms&baseForm != 0 && t.word.forms&pastForm == 0
		case t.word != nil && t.word.forms&baseForm != 0 && t.word.forms&(pastForm|sForm) == 0 && i+1 < c.to && (r.toks[i+1].cat == catDet || r.toks[i+1].cat == catPrep || r.toks[i+1].cat == catPossPron) && !r.plural(run{c.from + 1, i}):
			return true
		}
	}
	return false
}

// labelled is what calling something a name does.
func (r *reading) labelled(f *finding) Act {
	n := 0
	for _, c := range f.content {
		for i := c.from; i < c.to && n < 14; i++ {
			n++
			if untrueWords[r.toks[i].low] {
				return Denies
			}
		}
	}
	if r.blames(f) {
		return Criticises
	}
	return States
}

// asksTo tells "asked the council to meet".
func (r *reading) asksTo(f *finding) bool {
	c := f.content[0]
	if r.toks[c.from].cat == catTo {
		return true
	}
	switch r.toks[c.from].low {
	case "if", "whether", "why", "how", "what", "who", "when", "where", "which", "about":
		return false
	}
	if t0quoted(r, c) || f.before {
		return false
	}
	for i := c.from + 1; i < min(c.to, c.from+8); i++ {
		if r.toks[i].cat == catTo {
			return true
		}
		if r.toks[i].cat == catBe || r.toks[i].cat == catModal {
			return false
		}
	}
	return false
}

// ownFuture tells a content that says what its speaker will do: "it would
// reopen the crossing", "“We will go,”", "to strike".
func (r *reading) ownFuture(f *finding) bool {
	n := 0
	for _, c := range f.content {
		for i := c.from; i+1 < c.to && n < 9; i++ {
			t := &r.toks[i]
			if !t.isWord() {
				continue
			}
			n++
			// "his country would", "our army will"
			if t.cat == catPossPron && n <= 3 && i+3 < c.to && ownBodies[r.toks[i+1].low] && (r.toks[i+2].low == "will" || r.toks[i+2].low == "would") {
				return r.toks[i+3].low != "have" && r.toks[i+3].low != "be"
			}
			switch t.low {
			case "i", "we", "he", "she", "it", "they":
				if (t.low == "it") && (i+2 < c.to && r.toks[i+2].low == "be") {
					return false
				}
				next := r.toks[i+1].low
				if next == "will" || next == "would" || next == "'ll" || next == "shall" || next == "'d" {
					return i+2 < c.to && r.toks[i+2].low != "have" && r.toks[i+2].low != "like" && r.toks[i+2].low != "be" && !(r.toks[i+2].low == "not" && i+3 < c.to && r.toks[i+3].low == "be")
				}
				return false
			}
			if t.cat == catVerb || t.cat == catBe || t.cat == catModal {
				return false
			}
		}
	}
	return false
}

// ownBodies act for the speaker: "his country would".
var ownBodies = set(`country government army navy forces troops nation side party administration ministry people men council`)

func (r *reading) harms(f *finding) bool {
	n := 0
	for _, c := range f.content {
		for i := c.from; i < c.to && n < 30; i++ {
			n++
			if w := r.toks[i].low; strikeWords[w] || threatWords[w] || pressWords[w] {
				return true
			}
		}
	}
	return false
}

// consequences tells "would face consequences", "will be met with force".
func (r *reading) consequences(f *finding) bool {
	n := 0
	for _, c := range f.content {
		for i := c.from; i < c.to && n < 30; i++ {
			n++
			w := r.toks[i].low
			if threatWords[w] || w == "unanswered" || w == "answer" && i > c.from+1 && r.toks[i-2].low == "without" || w == "force" && i > c.from && r.toks[i-1].low == "with" || (w == "shot" || w == "sunk" || w == "destroyed" || w == "struck" || w == "targeted" || w == "arrested" || w == "punished" || w == "expelled") && i > c.from && r.toks[i-1].low == "be" {
				return true
			}
		}
	}
	return false
}

// blames tells content with a word that no neutral account uses, early on.
func (r *reading) blames(f *finding) bool {
	n := 0
	for _, c := range f.content {
		for i := c.from; i < c.to && n < 14; i++ {
			n++
			if blameWords[r.toks[i].low] && !(i > c.from && (r.toks[i-1].low == "not" || r.toks[i-1].low == "no" || r.toks[i-1].low == "nor")) {
				return true
			}
		}
	}
	return false
}

// ready tells "it was ready to negotiate" from "it was ready to strike".
func (r *reading) ready(f *finding) Act {
	n := 0
	for _, c := range f.content {
		for i := c.from; i+1 < c.to && n < 9; i++ {
			n++
			w := r.toks[i].low
			if (w == "ready" || w == "willing" || w == "prepared" || w == "open") && (r.toks[i+1].low == "to" || r.toks[i+1].low == "for") {
				if i > c.from && (r.toks[i-1].low == "not" || strings.HasSuffix(r.toks[i-1].low, "n't")) {
					return ""
				}
				for k := i + 2; k < min(c.to, i+6); k++ {
					switch v := r.toks[k].low; {
					case strikeWords[v] || v == "fight" || v == "force" || v == "war" || v == "defend":
						if v == "defend" {
							return Intends
						}
						return Threatens
					case offering[v]:
						return Offers
					}
				}
				return Intends
			}
		}
	}
	return ""
}

var offering = set(`talk talks talking negotiate negotiating negotiations meet mediate host release exchange swap discuss dialogue compromise sell
	pay withdraw grant share hand free help provide assist negotiation receive`)

// hedges finds the words that hold back: in the cue, and in the content as far
// as its first clause goes. modal tells a content whose first verb is may, might
// or could.
func (r *reading) hedges(f *finding) (cue, content []int, modal bool) {
	for i := f.cue.from; i < f.cue.to; i++ {
		t := &r.toks[i]
		switch {
		case hedgeAdverbs[t.low]:
			cue = append(cue, i)
		case (t.low == "may" || t.low == "might" || t.low == "could") && t.cat == catModal && i < f.verb:
			cue = append(cue, i)
		case i != f.verb && hedgeWords[t.low]:
			cue = append(cue, i)
		case i == f.verb && f.source.empty() && (appearing[t.low] || t.low == "expected" || t.low == "suspected"):
			cue = append(cue, i)
		}
	}
	if i := r.raising(f); i >= 0 && (hearsayParticiples[r.toks[i].low] || r.toks[i].low == "expected" || r.toks[i].low == "suspected") {
		cue = append(cue, i)
	}
	// Beside the cue: "said, reportedly,".
	for _, i := range []int{f.cue.from - 1, f.cue.to} {
		if i >= 0 && i < len(r.toks) && hedgeAdverbs[r.toks[i].low] && r.toks[i].sent == r.toks[f.verb].sent && !f.holds(i) {
			cue = append(cue, i)
		}
	}
	verb := false
	n := 0
	for _, c := range f.content {
		for i := c.from; i < c.to && n < 30; i++ {
			t := &r.toks[i]
			n++
			switch {
			case hedgeAdverbs[t.low] || hedgeWords[t.low] || t.low == "potential" || t.low == "likelihood":
				content = append(content, i)
			case (hearsayParticiples[t.low] || t.low == "presumed" || t.low == "suspected") && i > c.from && r.toks[i-1].cat == catBe:
				content = append(content, i)
			case t.low == "expected" && i > c.from && r.toks[i-1].cat != catSubj && r.toks[i-1].cat != catName && r.toks[i-1].cat != catHave:
				content = append(content, i)
			case appearing[t.low] && i+1 < c.to && (r.toks[i+1].cat == catTo || r.toks[i+1].cat == catAdj || r.toks[i+1].low == "that" || r.toks[i+1].low == "likely" || r.toks[i+1].low == "," && r.toks[i-1].low == "it"):
				content = append(content, i)
				verb = true
			case !verb && (t.low == "may" || t.low == "might" || t.low == "could") && t.cat == catModal && t.shape == lowerWord && !(t.low == "could" && i > c.from && (r.toks[i-1].low == "nobody" || r.toks[i-1].low == "none")):
				content = append(content, i)
				modal = true
				verb = true
			case finiteVerb(t):
				verb = true
			}
		}
	}
	return cue, content, modal
}

// appearing are verbs by which a text leaves open whether it is so.
var appearing = set(`appear appears appeared seem seems seemed`)

// unfounded are nouns for what nobody answers for.
var unfounded = set(`rumour rumours rumor rumors speculation`)

func (r *reading) stance(f *finding, act Act, cueHedged, contentHedged bool) Stance {
	silent := f.negated && act != Denies || f.act == Denies && act == States // "would not say", "declined to comment"
	for i := f.cue.from; i < f.cue.to; i++ {
		if r.toks[i].low == "neither" {
			return Silent
		}
	}
	if act == Denies && r.neitherNor(f.cue.from) {
		return Silent
	}
	switch {
	case act == Asks:
		return Silent
	case silent:
		if f.lemma == "deny" || f.lemma == "dispute" {
			return Hedges
		}
		return Silent
	case act == Denies:
		if f.negated || cueHedged || r.backsOff(f) {
			return Hedges
		}
		return DeniesTruth
	case cueHedged, f.rule == ruleAdverb, f.rule == ruleSeems, f.rule == ruleNoun && unfounded[f.lemma]:
		return Hedges
	case f.passive && f.source.empty() && (f.lemma == "expect" || f.lemma == "suspect"):
		return Hedges
	case hedgeVerbs[f.lemma], f.rule == ruleImplicit && f.frame == "t" && hearsay[f.lemma]:
		return Hedges
	case act == Asks, act == Demands, act == Orders, act == Offers:
		return Silent
	case contentHedged:
		return Hedges
	}
	return Affirms
}

// neitherNor tells that token i, or the one before it, is the "nor" of "neither confirmed nor
// denied".
func (r *reading) neitherNor(i int) bool {
	if i > 0 && r.toks[i].low != "nor" {
		i--
	}
	if r.toks[i].low != "nor" {
		return false
	}
	for j := i - 1; j >= 0 && j >= i-8 && r.toks[j].sent == r.toks[i].sent; j-- {
		if r.toks[j].low == "neither" {
			return true
		}
	}
	return false
}

// backsOff tells "declined to deny" and "stopped short of denying", whichever of the
// two verbs is the cue.
func (r *reading) backsOff(f *finding) bool {
	for i := max(r.sentenceOf(f.cue.from).from, f.cue.from-3); i < min(len(r.toks)-2, f.cue.to+3); i++ {
		switch r.toks[i].low {
		case "declined", "declines", "decline", "declining", "refused", "refuses", "refuse", "refusing", "short", "stop", "stopped", "stops":
			if next := r.toks[i+1].low; next != "to" && next != "of" {
				continue
			}
			switch r.toks[i+2].low {
			case "deny", "denying", "dispute", "disputing", "reject", "rejecting", "rule":
				return true
			}
		}
	}
	return false
}

// hearsay are verbs that leave open who said it: "it was reported that".
var hearsay = set(`report say allege claim believe think suggest tell`)

var assessing = set(`believe think assess suspect conclude estimate judge consider view regard describe call characterize
	characterise suggest argue determine deem depict portray seem appear contend maintain doubt interpret`)

var opining = set(`praise applaud like love prefer welcome hail support oppose endorse want hope wish favor thank defend mock
	lament condemn deride tout back`)

func (r *reading) nature(f *finding, act Act) Nature {
	switch act {
	case Predicts, Intends, Promises, Threatens:
		if f.lemma != "estimate" {
			return Forecast
		}
		return Assessment
	case Criticises, Demands:
		return Opinion
	}
	if opining[f.lemma] {
		return Opinion
	}
	n := 0
	for _, c := range f.content {
		for i := c.from; i < c.to && n < 15; i++ {
			n++
			switch t := &r.toks[i]; {
			case t.low == "will" || t.low == "'ll" || t.low == "won't":
				return Forecast
			case t.low == "should" || t.low == "must" || t.low == "ought" || t.low == "shouldn't":
				return Opinion
			case t.low == "may" || t.low == "might" || t.low == "could" || t.low == "likely" || hedgeWords[t.low]:
				return Assessment
			}
		}
	}
	if assessing[f.lemma] {
		return Assessment
	}
	return Observation
}

// roleConfidence spreads the confidence of a finding over its roles. A finding
// fails most often at its content, then at its source, least at its cue; each
// role by itself is surer than all three together.
func (r *reading) roleConfidence(a *Attribution, f *finding) {
	miss := 1 - f.confidence
	a.Cue.Confidence = round(1 - .5*miss)
	a.Content.Confidence = round(1 - .8*miss)
	source := .6
	if f.how == "shared" || f.how == "participle" || f.how == "implicit" {
		source = .8
	}
	a.Source.Confidence = round(1 - source*miss)
}
