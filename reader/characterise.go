package reader

import "strings"

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
func (r *reading) characterise(a *Attribution, f *finding, n *names) {
	res, who := r.resolve(f, n)
	a.Source.Resolved = res
	a.Source.Kind = r.kind(f, res, who)
	a.Record = r.record(f, a.Source.Kind)
	if a.Record == OnRecord && r.secondHand(f) {
		a.Record = UnattributedWord
	}
	a.Act = r.act(f)
	cueHedges, contentHedges, modal := r.hedges(f)
	for _, i := range append(cueHedges, contentHedges...) {
		w := r.text[r.toks[i].start:r.toks[i].end]
		if !containsFold(a.Hedges, w) {
			a.Hedges = append(a.Hedges, w)
		}
	}
	a.Stance = r.stance(f, a.Act, len(cueHedges) > 0, len(contentHedges) > 0 || modal)
	a.Nature = r.nature(f, a.Act)
}

func containsFold(list []string, w string) bool {
	for _, x := range list {
		if strings.EqualFold(x, w) {
			return true
		}
	}
	return false
}

func (r *reading) kind(f *finding, res *Resolution, who int) Kind {
	if f.source.empty() {
		return Unattributed
	}
	p := f.source
	head := f.head
	if head.empty() {
		head = p
	}
	if who >= 0 {
		return Person
	}
	h := r.headNoun(head)
	low := r.toks[h].low
	if res != nil && res.How != "short name" {
		// A pronoun is what it stands for.
		from, to := r.tokensOf(res.Span)
		q := run{from, to}
		return r.kind(&finding{source: q, head: q}, nil, -1)
	}
	if r.unnamed(p, head) {
		return Anonymous
	}
	name := r.toks[h].cat == catName || r.toks[h].shape == capWord && h > head.from
	switch {
	case low == "i" || low == "he" || low == "she" || low == "him" || low == "his" || low == "her" || low == "who" || low == "you":
		return Person
	case low == "it" || low == "its" || low == "which" || low == "that":
		return Institution
	case officeNames[low] || low == "house" && h > 0 && r.toks[h-1].low == "white" || low == "department" && name:
		return Office
	case (low == "network" || low == "agency" || low == "channel") && (h == 0 || r.toks[h-1].low != "news" && r.toks[h-1].low != "television"):
		return Institution
	case outletNouns[low] && (name || low == "newspaper" || low == "agency" || low == "magazine" || low == "broadcaster" || low == "network"):
		return Outlet
	case documentNouns[low] && !name:
		return Document
	case countries[low] || demonyms[low] != "" && !r.plural(head) || capitals[low] != "" || institutionNouns[low] && !(titles[low]):
		return Institution
	case r.plural(head) || low == "percent" || low == "they" || low == "we":
		if low == "states" || low == "nations" && name {
			return Institution
		}
		return Group
	case titles[low] || peopleNouns[low]:
		return Person
	case name:
		for i := head.from; i <= h; i++ {
			if w := r.toks[i].low; orgWords[w] || institutionNouns[w] {
				return Institution
			}
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
			if t := &r.toks[i]; t.cat == catName || t.shape == capWord && i > f.source.from || institutionNouns[t.low] || demonyms[t.low] != "" {
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

// neutral verbs take their act from the noun they go with: "expressed concern",
// "countered with an offer".
var neutral = set(`express voice convey indicate signal counter issue reiterate repeat renew raise register make relay
	answer respond say state clarify note stress emphasize emphasise add describe continue outline offer deliver reaffirm`)

var criticalNouns = set(`concern concerns alarm criticism outrage dismay frustration opposition disappointment anger
	displeasure disapproval reservations objections objection unease misgivings condemnation skepticism scepticism doubts`)

var untrueWords = set(`untrue false fabricated baseless unfounded lie lies hoax nonsense incorrect fabrication fiction
	ludicrous fake`)

var threatWords = set(`consequences retaliate retaliation crush annihilate obliterate devastating reprisal reprisals
	punish punished`)

func (r *reading) act(f *finding) Act {
	act := f.act
	if f.lemma == "insist" && f.frame == "+on" || f.lemma == "call" && (f.frame == "+for" || f.frame == "+on") || f.lemma == "ask" && f.frame == "+for" {
		act = Demands
	}
	if (f.lemma == "decline" || f.lemma == "refuse") && f.frame == "i" {
		if k := f.content[0].from + 1; k < f.content[0].to && (r.toks[k].low == "comment" || r.toks[k].low == "say" || r.toks[k].low == "discuss" || r.toks[k].low == "answer") {
			return States
		}
	}
	if f.lemma == "threaten" || f.rule == ruleNoun {
		return act
	}
	if len(f.content) == 0 {
		return act
	}
	// The noun the content begins with.
	if neutral[f.lemma] {
		c := f.content[0]
		i := c.from
		if i < c.to && r.toks[i].low == "that" {
			i++
		}
		for ; i < min(c.to, c.from+6); i++ {
			t := &r.toks[i]
			if t.cat == catPrep || t.cat == catVerb || t.cat == catThat || t.cat == catBe {
				break
			}
			if criticalNouns[t.low] && (f.lemma == "express" || f.lemma == "voice" || f.lemma == "convey" || f.lemma == "raise" || f.lemma == "register" || f.lemma == "signal") {
				return Criticises
			}
			if w := t.word; w != nil && w.noun != nil && t.cat == catNoun {
				switch w.noun.act {
				case Demands, Offers, Threatens, Intends, Promises, Denies:
					return w.noun.act
				}
			}
			if t.low == "readiness" || t.low == "willingness" || t.low == "plans" && f.lemma != "describe" {
				return Intends
			}
			if t.low == "opposition" {
				return Criticises
			}
		}
	}
	if act != States && act != Predicts && act != Announces {
		return act
	}
	// What the words themselves do.
	n := 0
	will, strike := false, false
	for _, c := range f.content {
		for i := c.from; i < c.to && n < 40; i++ {
			t := &r.toks[i]
			if !t.isWord() {
				continue
			}
			n++
			switch {
			case n <= 9 && untrueWords[t.low] && act == States:
				return Denies
			case n <= 9 && (t.low == "true" || t.low == "truth") && i > c.from && (r.toks[i-1].low == "not" || r.toks[i-1].low == "no" || strings.HasSuffix(r.toks[i-1].low, "n't")) && act == States:
				return Denies
			case n <= 7 && t.low == "must" && i > c.from && r.toks[i-1].cat != catPron && r.toks[i-1].low != "i" && r.toks[i-1].low != "we" && act == States && f.speech:
				return Demands
			case threatWords[t.low]:
				if f.speech {
					return Threatens
				}
			case t.low == "will" || t.low == "would" || t.low == "subject" || t.low == "'ll" || t.low == "unless" || t.low == "if":
				will = true
			case t.low == "attack" || t.low == "strike" || t.low == "retaliate" || t.low == "bomb" || t.low == "destroy" || t.low == "attacked" || t.low == "respond" || t.low == "destroyed" || t.low == "struck":
				strike = strike || will
			}
		}
	}
	if will && strike && f.speech && (act == States && f.quoted || f.lemma == "warn" || f.lemma == "caution") {
		return Threatens
	}
	return act
}

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
			case hedgeAdverbs[t.low] || hedgeWords[t.low]:
				content = append(content, i)
			case t.low == "expected" && i > c.from && r.toks[i-1].cat != catSubj && r.toks[i-1].cat != catName && r.toks[i-1].cat != catHave:
				content = append(content, i)
			case appearing[t.low] && i+1 < c.to && (r.toks[i+1].cat == catTo || r.toks[i+1].cat == catAdj || r.toks[i+1].low == "that" || r.toks[i+1].low == "likely"):
				content = append(content, i)
				verb = true
			case !verb && (t.low == "may" || t.low == "might" || t.low == "could") && t.cat == catModal:
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

func (r *reading) stance(f *finding, act Act, cueHedged, contentHedged bool) Stance {
	silent := f.negated && act != Denies || f.act == Denies && act == States // "would not say", "declined to comment"
	switch {
	case silent:
		if f.lemma == "deny" || f.lemma == "dispute" {
			return Hedges
		}
		return Silent
	case act == Denies:
		if f.negated {
			return Hedges
		}
		if cueHedged {
			return Hedges
		}
		return DeniesTruth
	case cueHedged, f.rule == ruleAdverb, f.rule == ruleSeems:
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
