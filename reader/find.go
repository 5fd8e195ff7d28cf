package reader

import "strings"

// finding is an attribution in tokens, before it is put into words.
type finding struct {
	source     run
	head       run // the source without its apposition
	how        string
	cue        run
	verb       int // the token whose list entry made the cue
	content    []run
	act        Act
	lemma      string
	frame      string
	rule       rule
	passive    bool
	negated    bool
	modal      bool
	speech     bool // the verb introduces clauses
	quoted     bool
	before     bool // the content stands before the cue
	list       float64
	context    float64
	score      float64 // first weight
	confidence float64
	infinitive bool
	address    run
	// joined tells a verb that "and" joins to the verb of a speaker, past the
	// subject of what was said, which cannot speak.
	joined bool
	// answer tells a denial that follows what it denies. Who denies can be meant in it.
	answer bool
}

// verbGroup is a verb with its auxiliaries and adverbs.
type verbGroup struct {
	from, verb int
	passive    bool
	progress   bool // "is weighing"
	finite     bool
	infinitive bool
	modal      bool
	negated    bool
	perfect    bool
}

// group looks left from the verb at v.
func (r *reading) group(v int) verbGroup {
	g := verbGroup{from: v, verb: v}
	s := r.sentenceOf(v)
	be, have, do := false, false, false
	j := v - 1
loop:
	for ; j >= s.from && j > v-8; j-- {
		r.steps++
		t := &r.toks[j]
		switch t.cat {
		case catAdv, catNot:
			if t.cat == catNot || t.low == "never" || t.low == "not" || t.low == "no" {
				g.negated = true
			}
			if dateWord(t) && t.low != "earlier" && t.low != "later" && t.low != "recently" {
				break loop
			}
		case catBe:
			be = true
		case catHave:
			have = true
		case catDo:
			do = true
		case catModal:
			g.modal = true
		case catTo:
			g.infinitive = true
			j--
			break loop
		case catMark:
			// "has — he added — said" is left alone; so is "'ll".
			break loop
		default:
			break loop
		}
		if n := len(t.low); n > 2 && t.low[n-3:] == "n't" {
			g.negated = true
		}
	}
	g.from = j + 1
	// Adverbs that open the group before a comma or the sentence belong outside.
	for g.from < v && r.toks[g.from].cat == catAdv && (g.from == s.from || r.toks[g.from-1].cat == catMark && r.toks[g.from-1].low != ",") {
		g.from++
	}
	w := r.toks[v].word
	f := w.forms
	switch {
	case be && f&ingForm != 0:
		g.progress, g.finite = true, true
	case be && f&partForm != 0:
		g.passive, g.finite = true, true
	case have, do, g.modal:
		g.finite = true
	case f&ingForm != 0:
	case f&(pastForm|sForm) != 0:
		g.finite = true
	case f&baseForm != 0:
		g.finite = !g.infinitive
	}
	g.perfect = have
	return g
}

// find goes through the sentences in order and collects findings.
func (r *reading) find() {
	para, heading := int32(-1), false
	for si := range r.sents {
		s := r.sents[si]
		r.lastSubject = run{}
		r.headline(s, si == 0)
		if p := r.toks[s.from].para; p != para {
			para, heading = p, r.heading(s.from)
		}
		if heading {
			continue // its words are no sentence: "Envoys' Future Weighed"
		}
		for v := s.from; v < s.to; v++ {
			t := &r.toks[v]
			switch {
			case t.cat == catVerb && t.word != nil && t.word.forms != 0:
				g := r.group(v)
				if t.word.cue != nil {
					r.verbCue(s, g)
				} else if g.finite && !g.infinitive {
					if sub, ok := r.subjectLeft(g.from); ok && sub.how == "subject" {
						r.lastSubject = sub.source
					}
					r.seems(s, g)
				}
			case t.cat == catNoun && t.word != nil && t.word.noun != nil:
				r.nounCue(s, v)
			case t.low == "according" && v+1 < s.to && r.toks[v+1].low == "to":
				r.accordingTo(s, v)
			case t.cat == catBe || t.cat == catModal || t.cat == catHave:
				if sub, ok := r.subjectLeft(v); ok && sub.how == "subject" {
					r.lastSubject = sub.source
				}
			case t.cat == catAdv && (t.low == "reportedly" || t.low == "allegedly" || t.low == "supposedly" || t.low == "purportedly"):
				r.adverbCue(s, v)
			}
		}
	}
	r.dropHeldAdverbs()
	r.weighAll()
	r.continueQuotations()
}

// verbCue tries the verb at g as the cue of an attribution.
func (r *reading) verbCue(s sentence, g verbGroup) {
	v := g.verb
	cv := r.toks[v].word.cue
	f := &finding{verb: v, act: cv.act, lemma: cv.lemma, passive: g.passive, negated: g.negated, modal: g.modal, context: 1}
	f.speech = cv.speech()
	f.cue = run{g.from, v + 1}

	if g.passive {
		r.passiveCue(s, g, f, cv)
		return
	}
	sub, ok := r.subjectLeft(g.from)
	participle := !g.finite && !g.infinitive
	limit := r.limit(s)
	switch {
	case participle:
		sub, ok = r.participleSubject(s, g)
	case g.infinitive:
		if r.lastSubject.empty() {
			return
		}
		sub = subject{source: r.lastSubject, head: r.lastSubject, before: -1, how: "shared"}
		ok = true
		f.infinitive = true
		f.context = .45
	}
	if ok && g.finite && (sub.how == "subject") {
		r.lastSubject = sub.source
	}
	if o := r.outerSpeaker(s, sub); ok && g.finite && o != nil {
		sub.source, sub.head, f.joined = o.source, o.head, true
	}
	// Inverted: "…," said Smith.
	inverted := false
	if g.finite && !g.infinitive && f.speech && (!ok || r.afterSpeech(s, g.from)) && v+1 < s.to {
		if r.afterSpeech(s, g.from) || g.from > s.from && r.toks[g.from-1].low == "," {
			p := r.phraseRight(v+1, limit)
			if c := r.toks[v+1].cat; !p.empty() && c != catPrep && c != catTo && c != catAdv && r.canSpeak(p) && p.to <= limit {
				p2 := r.apposition(p, limit)
				sub = subject{source: p2, head: p, before: g.from - 1, how: "inverted"}
				ok, inverted = true, true
				r.lastSubject = p2
			}
		}
	}
	if !ok {
		return
	}
	f.source, f.head, f.how = sub.source, sub.head, sub.how

	k := v + 1
	if inverted {
		k = f.source.to
	}
	k = r.afterCue(f, k, limit, !inverted)
	if f.lemma == "tell" || f.lemma == "inform" || f.lemma == "remind" || f.lemma == "assure" || f.lemma == "reassure" || f.lemma == "notify" || f.lemma == "advise" {
		k = r.addressee(f, k, limit)
	}
	if inverted && v > s.from && r.contentBefore(s, f, g.from-1) {
		f.frame = "e"
		f.rule = ruleInverted
		r.contentAfterToo(f, k, limit)
		r.add(f, cv)
		return
	}
	// Content before the subject: "…," Smith said.
	if g.finite && !g.infinitive && sub.how == "subject" && cv.strength("e", false) > 0 || f.speech && sub.how == "subject" && r.speechBefore(s, sub.before) {
		if r.ends(k, limit) || r.speechBefore(s, sub.before) || f.speech && r.clauseBefore(s, sub.before, k, limit) || k < limit && r.toks[k].cat == catMark && r.toks[k].low != ":" {
			if r.contentBefore(s, f, sub.before) {
				f.frame = "e"
				f.rule = ruleAfter
				r.contentAfterToo(f, k, limit)
				r.add(f, cv)
				return
			}
		}
	}
	r.contentAfter(s, f, cv, g, k, limit)
}

// outerSpeaker is who else can be meant where a verb seems to share a subject that
// cannot speak: in "Roe said the diary was forged and asked for another", Roe.
func (r *reading) outerSpeaker(s sentence, sub subject) *finding {
	if sub.how != "shared" {
		return nil
	}
	switch r.speakerOf(&finding{source: sub.source, head: sub.head}) {
	case speakerThing, speakerOther, speakerDocument:
	default:
		return nil
	}
	rec := r.recent(s)
	for k := len(rec) - 1; k >= 0; k-- {
		o := rec[k]
		if o.how != "subject" || o.passive || o.score < .4 || o.rule > ruleClause || !o.holds(sub.source.from) {
			continue
		}
		switch r.speakerOf(o) {
		case speakerPerson, speakerName, speakerPronoun:
			return o
		case speakerOther:
			if r.hasName(o.source) { // "his counsel, Jane Roe"
				return o
			}
		}
	}
	return nil
}

// afterSpeech tells whether a spoken quotation, with its comma, ends right
// before token i.
func (r *reading) afterSpeech(s sentence, i int) bool {
	j := i - 1
	if j >= s.from && (r.toks[j].low == "," || r.toks[j].low == "—" || r.toks[j].low == "–") && !r.closes(j) {
		j--
	}
	return j >= s.from && r.closes(j) && r.qs[r.toks[j].quote].spoken
}

// speechBefore is the same for the place before a subject.
func (r *reading) speechBefore(s sentence, before int) bool {
	return before >= s.from && r.afterSpeech(s, before+1)
}

func (r *reading) ends(k, limit int) bool {
	if k >= limit {
		return true
	}
	t := &r.toks[k]
	return t.cat == catMark && t.low != ":" && t.quote < 0
}

// clauseBefore tells "The dam will hold, Roe said in a second letter" and "… said after
// the inspection": a whole clause stands before the comma, and what comes behind the
// verb is only when or where it was said.
func (r *reading) clauseBefore(s sentence, end, k, limit int) bool {
	if k >= limit || end <= s.from || r.toks[end].low != "," {
		return false
	}
	switch r.toks[k].low {
	case "in", "at", "after", "before", "during", "when", "as", "while", "from", "to":
	default:
		return false
	}
	switch first := &r.toks[s.from]; {
	case first.cat == catSub, first.cat == catPrep, first.cat == catCoord, first.cat == catWh, first.low == "when", strings.HasSuffix(first.low, "ing"):
		return false // "After the vote failed, Roe said in a letter that …"
	}
	subject, verb := false, false
	for i := s.from; i < end; i++ {
		subject = subject || !verb && (r.toks[i].cat == catNoun || r.toks[i].cat == catName || r.toks[i].cat == catSubj || r.toks[i].cat == catPron)
		verb = verb || subject && finiteVerb(&r.toks[i])
	}
	if !verb {
		return false
	}
	for i := k; i < limit; i++ {
		if r.toks[i].quote >= 0 || r.toks[i].low == "that" && r.toks[i].cat == catThat && r.toks[i-1].cat != catNoun {
			return false
		}
	}
	return true
}

// venues are words for the occasion of a statement.
var venues = set(`statement interview speech tweet letter email e-mail memo conference briefing hearing
	address column op-ed post message call release testimony remarks facebook twitter x instagram telegram
	podcast appearance debate rally television radio tv blog essay article book report filing press event
	news conversation discussion meeting text video telephone phone note cnn msnbc fox nbc abc cbs`)

// afterCue steps over adverbs, dates and the occasion behind the verb. The
// occasion belongs to the cue, a date does not.
func (r *reading) afterCue(f *finding, k, limit int, grow bool) int {
	for k < limit {
		r.steps++
		t := &r.toks[k]
		switch {
		case t.cat == catAdv && !(t.low == "back" || t.low == "away") || t.cat == catNot:
			k++
			continue
		case dateWord(t):
			k++
			for k < limit && (r.toks[k].cat == catNum || dateWord(&r.toks[k])) {
				k++
			}
			continue
		case (t.low == "last" || t.low == "this" || t.low == "next" || t.low == "late" || t.low == "early") && k+1 < limit && dateWord(&r.toks[k+1]):
			k += 2
			continue
		case t.cat == catPrep && (t.low == "on" || t.low == "in" || t.low == "at" || t.low == "during" || t.low == "after" || t.low == "by"):
			e := r.phraseRight2(k+1, limit)
			if e == k+1 {
				return k
			}
			date, venue := false, false
			for j := k + 1; j < e; j++ {
				date = date || dateWord(&r.toks[j])
				venue = venue || venues[r.toks[j].low]
			}
			if !date && !venue && !(t.low == "in" && e == k+2 && r.toks[k+1].cat == catName) {
				return k
			}
			// "with CNN" after an interview
			for e < limit && (r.toks[e].low == "with" || r.toks[e].low == "to" && !(e+1 < limit && r.toks[e+1].cat == catVerb) || r.toks[e].low == "of") && venue {
				n := r.phraseRight2(e+1, limit)
				if n == e+1 {
					break
				}
				e = n
			}
			if venue && !date && grow && f.cue.to == k && e-k <= 4 {
				f.cue.to = e
			}
			k = e
			continue
		case t.cat == catTo && k+1 < limit && (r.toks[k+1].low == "reporters" || r.toks[k+1].low == "journalists" || r.toks[k+1].low == "lawmakers"):
			f.address = run{k + 1, k + 2}
			k += 2
			continue
		}
		break
	}
	return k
}

// phraseRight2 is the end of a short noun phrase: determiner, adjectives, nouns.
func (r *reading) phraseRight2(k, limit int) int {
	j := k
	for ; j < limit && j < k+8; j++ {
		switch c := r.toks[j].cat; {
		case c == catDet || c == catPossPron:
			if j > k {
				return j
			}
		case c == catNoun || c == catName || c == catAdj || c == catNum || c == catPoss:
		case r.toks[j].low == "'" || r.toks[j].low == "’":
		case r.toks[j].low == "," && j > k && r.toks[j-1].cat == catNum && j+1 < limit && r.toks[j+1].cat == catNum:
		default:
			return j
		}
	}
	return j
}

// addressee steps over the person told: "told reporters that".
func (r *reading) addressee(f *finding, k, limit int) int {
	if k >= limit {
		return k
	}
	t := &r.toks[k]
	if t.cat == catObj || t.cat == catPron || t.cat == catSubj {
		f.address = run{k, k + 1}
		k++
	} else {
		e := r.phraseRight2(k, limit)
		// A name, then what is said begins with another name only after "that".
		for e < limit && e < k+14 && (r.toks[e].low == "of" || r.toks[e].low == "at" || r.toks[e].low == "from" || r.toks[e].low == "and" || r.toks[e].low == "for") {
			n := r.phraseRight2(e+1, limit)
			if n == e+1 {
				break
			}
			e = n
		}
		if e > k {
			f.address = run{k, e}
		}
		k = e
	}
	return r.afterCue(f, k, limit, false)
}

// contentBefore takes what stands in the sentence before token end (a comma or a
// closing mark) as content, with the whole quotation it belongs to.
func (r *reading) contentBefore(s sentence, f *finding, end int) bool {
	if end < s.from {
		return false
	}
	to := end + 1
	for to > s.from && (r.toks[to-1].low == "," || r.toks[to-1].low == "—" || r.toks[to-1].low == "–" || r.toks[to-1].low == "-") && r.toks[to-1].quote < 0 {
		to--
	}
	if to == end+1 && !r.closes(end) {
		return false // nothing sets it off from the subject
	}
	if to <= s.from {
		return false
	}
	from := s.from
	q := r.speech(to - 1)
	if q != nil && q.from < from {
		from = q.from
		if first := r.sentenceOf(from); first.from < from {
			from = first.from
		}
		for q.prev >= 0 {
			q = &r.qs[q.prev]
			from = q.from
		}
	} else if qq := r.speech(from); qq != nil && qq.from < from {
		from = qq.from
		if first := r.sentenceOf(from); first.from < from {
			from = first.from
		}
	}
	// What another finding of this sentence has already is not content.
	for _, o := range r.recent(s) {
		if o.cue.from >= from && o.cue.to <= to && q == nil && (o.rule == ruleAfter || o.rule == ruleInverted) {
			from = max(from, o.cue.to, o.source.to)
		}
	}
	for from < to && r.toks[from].cat == catMark && r.toks[from].quote < 0 {
		from++
	}
	if to-from < 2 && q == nil {
		return false
	}
	f.before = true
	f.content = r.quotedRuns(from, to)
	if len(f.content) == 0 {
		return false
	}
	f.quoted = r.hasQuotation(from, to)
	return true
}

// quotedRuns parts a quotation that was opened again at each paragraph.
func (r *reading) quotedRuns(from, to int) []run {
	var out []run
	start := from
	for i := from + 1; i < to; i++ {
		if r.toks[i].para != r.toks[i-1].para {
			out = append(out, run{start, i})
			start = i
		}
	}
	if start < to {
		out = append(out, run{start, to})
	}
	return out
}

// hasQuotation tells whether there is a quotation in a range.
func (r *reading) hasQuotation(from, to int) bool {
	for i := from; i < to; i++ {
		if r.toks[i].quote >= 0 {
			return true
		}
	}
	return false
}

// take marks the spoken quotations in the content of f as used.
func (r *reading) take(f *finding) {
	for _, c := range f.content {
		for i := c.from; i < c.to; i++ {
			if q := r.toks[i].quote; q >= 0 {
				r.qs[q].taken = true
				i = max(i, r.qs[q].to-1)
			}
		}
	}
}

// contentAfterToo adds the second half of a split quotation: "A," he said, "B."
func (r *reading) contentAfterToo(f *finding, k, limit int) {
	if k < limit && (r.toks[k].low == "," || r.toks[k].low == ":" || r.toks[k].low == "—" || r.toks[k].low == ";") {
		k++
	}
	if k < len(r.toks) && k <= limit && r.toks[k].para == r.toks[f.verb].para && r.opens(k) && f.quoted {
		if q := r.speech(k); q != nil || true {
			e := r.qs[r.toks[k].quote].to
			f.content = append(f.content, run{k, e})
			if q != nil {
				r.chain(f, q)
			}
		}
		return
	}
	// "The deal, he said, would fail": the clause goes on.
	if !f.quoted && k < limit && r.toks[k-1].low == "," && len(f.content) > 0 {
		c := f.content[0]
		t := &r.toks[k]
		if !r.verbIn(c.from, c.to) && t.cat != catCoord && t.cat != catRel && !(t.cat == catVerb && t.word != nil && t.word.forms&ingForm != 0) {
			// "In those years, he said, the price doubled."
			f.content = append(f.content, run{k, r.clauseEnd(k, limit, true)})
			return
		}
		switch r.toks[k].cat {
		case catBe, catModal, catHave, catDo, catPrep, catSub, catTo:
			c := f.content[len(f.content)-1]
			if c.to-c.from < 25 {
				f.content = append(f.content, run{k, r.clauseEnd(k, limit, true)})
			}
		}
	}
}

// chain follows a quotation through the paragraphs where it is opened again.
func (r *reading) chain(f *finding, q *quotation) {
	for q.next >= 0 {
		q = &r.qs[q.next]
		f.content = append(f.content, run{q.from, q.to})
	}
}

// recent is the findings of a sentence, which are the last ones.
func (r *reading) recent(s sentence) []*finding {
	i := len(r.found)
	for i > 0 && r.found[i-1].verb >= s.from && len(r.found)-i < 20 {
		i--
	}
	return r.found[i:]
}

// participleSubject finds who does what a participle says: the subject of the
// clause it hangs on, or the noun in "with one noting".
func (r *reading) participleSubject(s sentence, g verbGroup) (subject, bool) {
	i := g.from - 1
	if i < s.from {
		// "Citing the law, the judge refused": the next subject. Left alone.
		return subject{}, false
	}
	t := &r.toks[i]
	if nominal(t.cat) || t.cat == catDet {
		start, stop := r.phraseLeft(s.from, i+1)
		p := run{start, i + 1}
		if p.from > s.from && r.toks[p.from].low == "with" {
			p.from++
		}
		// "with one noting": the walk goes over prepositions; cut behind with.
		for j := p.from; j < p.to; j++ {
			if r.toks[j].low == "with" {
				p.from = j + 1
			}
		}
		p = r.trimFront(p)
		if p.empty() || !r.canSpeak(p) {
			return subject{}, false
		}
		how := "participle"
		if p.from > s.from && r.toks[p.from-1].low == "with" {
			how = "with"
		}
		return subject{source: p, head: p, before: stop, how: how}, true
	}
	if t.low == "," || t.cat == catCoord || t.cat == catSub || t.cat == catPrep || t.low == "—" || t.cat == catVerb {
		// Prefer whoever spoke last in this sentence.
		rec := r.recent(s)
		for k := len(rec) - 1; k >= 0; k-- {
			o := rec[k]
			if k > 0 && rec[k-1].holds(o.verb) && !rec[k-1].source.empty() && rec[k-1].score >= .4 {
				continue // it stands inside what another says
			}
			if !o.source.empty() && o.score >= .4 && !o.passive {
				return subject{source: o.source, head: o.head, before: -1, how: "shared"}, true
			}
		}
		if !r.lastSubject.empty() {
			return subject{source: r.lastSubject, head: r.lastSubject, before: -1, how: "shared"}, true
		}
	}
	return subject{}, false
}

// holds tells whether a token lies in the content.
func (f *finding) holds(i int) bool {
	for _, c := range f.content {
		if c.from <= i && i < c.to {
			return true
		}
	}
	return false
}

// contentAfter reads what follows the cue.
func (r *reading) contentAfter(s sentence, f *finding, cv *cueVerb, g verbGroup, k, limit int) {
	comma := false
	if k < limit && r.toks[k].low == "," && k+1 < limit && (r.opens(k+1) || r.toks[k+1].low == "that") {
		k++
		comma = true
	}
	if k >= limit {
		// A colon or nothing at the paragraph's end: the next paragraph.
		return
	}
	t := &r.toks[k]
	switch {
	case t.low == ":":
		f.frame = "k"
		f.rule = ruleColon
		if k+1 >= len(r.toks) {
			return
		}
		k++
		if r.opens(k) {
			q := &r.qs[r.toks[k].quote]
			f.content = []run{{k, r.speechEnd(k, max(limit, q.to))}}
			f.quoted = true
			r.chain(f, q)
			if !f.speech && cv.strength("k", false) == 0 {
				f.context = .8
			}
			f.list = .9
			r.add(f, nil)
			return
		}
		if k >= limit {
			return
		}
		f.content = []run{{k, limit}}
		f.list = cv.strength("k", false)
		r.add(f, nil)
		return
	case r.opens(k) && (r.speech(k) != nil || comma):
		f.frame = "q"
		f.rule = ruleQuote
		q := &r.qs[t.quote]
		f.content = []run{{k, r.speechEnd(k, limit)}}
		f.quoted = true
		r.chain(f, q)
		f.list = cv.strength("o", false)
		if f.speech {
			f.list = max(f.list, .85)
		}
		r.add(f, nil)
		return
	case t.low == "that" && t.cat != catPron:
		f.frame = "t"
	case t.cat == catTo && k+1 < limit:
		n := &r.toks[k+1]
		f.frame = "i"
		if n.cat != catVerb && n.cat != catBe && n.cat != catHave && n.cat != catDo && n.cat != catAdv && !(n.word != nil && n.word.forms&baseForm != 0) {
			f.frame = "+to"
		}
	case t.cat == catWh || t.low == "whether" || t.low == "if" || t.low == "who" || t.low == "which" || t.low == "why" || t.low == "how":
		f.frame = "w"
	case t.cat == catVerb && t.word != nil && t.word.forms&ingForm != 0:
		f.frame = "g"
	case t.low == "out" || t.low == "off" || t.low == "up" || t.low == "down":
		f.frame = "+" + t.low
		if f.lemma == "point" && t.low == "out" {
			k++
			f.cue.to = k
			if k < limit && r.toks[k].low == "that" {
				f.frame = "t"
			}
			f.list = .8
		}
	case t.cat == catPrep:
		f.frame = "+" + t.low
	case t.cat == catMark && !r.opens(k) && t.low != "$" && t.low != "#" && t.low != "@" && t.low != "‘" && t.low != "'" && t.low != "[":
		return
	case t.cat == catCoord:
		return
	default:
		f.frame = "o"
	}
	if f.list == 0 {
		f.list = cv.strength(f.frame, false)
	}
	if f.frame == "o" && r.documentFinds(f) {
		f.list = .9
	}
	from := k
	if f.frame[0] == '+' {
		// The preposition belongs to the cue: "called for".
		f.cue.to = max(f.cue.to, k+1)
		from = k + 1
		if f.speech && f.list == 0 {
			return
		}
	}
	if f.list == 0 || from >= limit {
		return
	}
	f.rule = ruleClause
	if f.frame == "o" && !f.speech {
		f.rule = ruleObject
	}
	if f.frame == "i" || f.frame == "g" {
		f.rule = ruleInfinitive
	}
	if f.frame[0] == '+' {
		f.rule = rulePreposition
	}
	if f.how == "relative" {
		limit = r.relativeEnd(subject{how: f.how}, from, limit)
	}
	to := r.clauseEnd(from, limit, f.speech || f.frame == "t" || f.frame == "w")
	if to <= from {
		return
	}
	f.content = r.quotedRuns(from, to)
	f.quoted = r.hasQuotation(from, to)
	if q := r.speech(to - 1); q != nil && q.to > to {
		f.content = r.quotedRuns(from, q.to)
		r.chain(f, q)
	}
	r.add(f, nil)
}

// documentFinds tells "a survey found gas there" from "the boy found gas": what a
// document finds or shows is what it says.
func (r *reading) documentFinds(f *finding) bool {
	switch f.lemma {
	case "find", "show", "suggest", "indicate", "reveal", "conclude":
		return f.how == "subject" && !f.negated && documentNouns[r.toks[r.headNoun(f.head)].low]
	}
	return false
}

// speechEnd is where content that begins with the quotation at k ends: with the
// quotation, or with the sentence where the sentence goes on.
func (r *reading) speechEnd(k, limit int) int {
	q := &r.qs[r.toks[k].quote]
	if q.to >= limit {
		return q.to
	}
	switch r.toks[q.to-2].low {
	case ".", "!", "?", ",":
		return q.to
	}
	if q.to < limit && r.toks[q.to].cat == catMark {
		return q.to
	}
	return r.clauseEnd(q.to, limit, true)
}

// clauseEnd is where unquoted content that begins at from ends.
func (r *reading) clauseEnd(from, limit int, clause bool) int {
	for k := from; k < limit; k++ {
		r.steps++
		t := &r.toks[k]
		if q := t.quote; q >= 0 && r.qs[q].from == k {
			if e := r.qs[q].to; e >= limit {
				return e
			} else {
				k = e - 1
			}
			continue
		}
		switch {
		case t.low == ";":
			return k
		case t.low == "," && k+1 < limit:
			if r.breaksOff(k+1, limit, clause) {
				return k
			}
		case (t.low == "—" || t.low == "--" || t.low == "–" && t.spaced) && !clause:
			return k
		case t.cat == catCoord && k+1 < limit && k > from:
			// "and added that", "but denied"
			j := k + 1
			for j < limit && r.toks[j].cat == catAdv {
				j++
			}
			if j < limit && finiteVerb(&r.toks[j]) && (r.toks[j].cat != catVerb || r.toks[j].word != nil && r.toks[j].word.forms&baseForm == 0) && !r.finiteIn(from, k) {
				return k // "his wish to leave but has stayed"
			}
			if j < limit && r.toks[j].cat == catVerb && r.toks[j].word != nil && r.toks[j].word.cue != nil &&
				r.toks[j].word.forms&(pastForm|sForm) != 0 && r.toks[j].word.forms&baseForm == 0 && r.toks[j].word.cue.speech() {
				return k
			}
		}
	}
	for limit > from && r.toks[limit-1].cat == catMark && r.toks[limit-1].quote < 0 && (r.toks[limit-1].low == "," || r.toks[limit-1].low == "—" || r.toks[limit-1].low == ":") {
		limit--
	}
	return limit
}

// breaksOff tells whether what begins at k, after a comma, is no longer content.
func (r *reading) breaksOff(k, limit int, clause bool) bool {
	t := &r.toks[k]
	if t.cat == catAdv && k+1 < limit {
		t = &r.toks[k+1]
	}
	if t.cat == catVerb && t.word != nil && t.word.forms&ingForm != 0 {
		return t.word.cue != nil || !clause
	}
	switch t.low {
	case "according", "while", "though", "although", "whereas":
		return true
	case "with", "after", "before", "because", "who", "which", "where", "when", "even", "despite", "as":
		return !clause
	case "but", "and", "or":
		if !clause {
			// A second verb phrase or clause, not a list.
			for j := k + 1; j < limit && j < k+7; j++ {
				c := r.toks[j].cat
				if c == catVerb && r.toks[j].word != nil && r.toks[j].word.forms&(pastForm|sForm) != 0 || c == catBe || c == catHave || c == catModal || c == catSubj {
					return true
				}
				if c == catMark {
					return false
				}
			}
			return t.low == "but"
		}
		return t.low == "but" && false
	}
	return false
}

// relativeEnd is where a relative clause ends, at the latest: "Roe, who said so,
// left".
func (r *reading) relativeEnd(sub subject, from, limit int) int {
	if sub.how != "relative" {
		return limit
	}
	for k := from; k < limit; k++ {
		r.steps++
		if q := r.toks[k].quote; q >= 0 && r.qs[q].from == k {
			k = r.qs[q].to - 1
			continue
		}
		if r.toks[k].low != "," || k+1 >= limit {
			continue
		}
		j := k + 1
		for j < limit && r.toks[j].cat == catAdv {
			j++
		}
		if j < limit && finiteVerb(&r.toks[j]) {
			return k
		}
	}
	return limit
}

// passiveCue: "was designated by", "is expected to", "it was reported that".
func (r *reading) passiveCue(s sentence, g verbGroup, f *finding, cv *cueVerb) {
	v := g.verb
	limit := r.limit(s)
	sub, ok := r.subjectLeft(g.from)
	if ok && sub.how == "subject" {
		r.lastSubject = sub.source
	}
	k := r.afterCue(f, v+1, limit, false)
	// A "by" in reach names the source.
	for j := v + 1; j < limit && j < v+14; j++ {
		t := &r.toks[j]
		if t.low == "by" && j+1 < limit {
			p := r.phraseRight(j+1, limit)
			rest := run{}
			for k := p.from + 1; k < p.to; k++ {
				// "accused by the union of cheating"
				if r.toks[k].cat == catPrep && cv.strength("+"+r.toks[k].low, true) > 0 {
					rest = run{k, r.clauseEnd(k, r.relativeEnd(sub, k, limit), false)}
					p.to = k
				}
			}
			if !p.empty() && r.canSpeak(p) && ok && r.agent(p) {
				f.source, f.head, f.how = p, p, "agent"
				f.list = max(cv.strength("+by", true), cv.strength("o", false)*.8)
				f.frame, f.rule = "+by", rulePassive
				f.content = []run{sub.source}
				if j > v+1 {
					f.content = append(f.content, run{v + 1, j})
				}
				if !rest.empty() {
					f.content = append(f.content, rest)
				}
				r.add(f, nil)
				return
			}
			break
		}
		if t.cat == catMark || t.cat == catThat || t.cat == catTo {
			break
		}
	}
	if k >= limit || !ok {
		return
	}
	t := &r.toks[k]
	switch {
	case t.low == "that":
		f.frame = "t"
	case t.cat == catTo:
		f.frame = "i"
	case t.cat == catPrep:
		f.frame = "+" + t.low
	default:
		f.frame = "o"
	}
	f.list = cv.strength(f.frame, true)
	it := r.toks[sub.head.from].low == "it" && sub.head.to-sub.head.from == 1
	if f.frame == "t" && it {
		f.list = max(f.list, cv.strength("t", false))
		f.cue.from = sub.head.from
	}
	if f.list == 0 {
		return
	}
	f.rule = ruleImplicit
	f.how = "implicit"
	rest := run{k, r.clauseEnd(k, limit, true)}
	if f.frame == "t" && it {
		f.content = []run{rest}
	} else {
		f.content = []run{sub.source, rest}
	}
	r.add(f, nil)
}

// agent tells a doer from a deadline or a means: "by Friday", "by saying".
func (r *reading) agent(p run) bool {
	for i := p.from; i < p.to; i++ {
		if dateWord(&r.toks[i]) {
			return false
		}
	}
	return r.toks[p.from].cat != catNum
}

// seems: "appears to", "seems", where nobody is named.
func (r *reading) seems(s sentence, g verbGroup) {
	v := g.verb
	switch known().lemmas[r.toks[v].low] {
	case "appear", "seem":
	default:
		return
	}
	if g.infinitive || !g.finite || v+1 >= s.to || r.speech(v) != nil {
		return
	}
	n := &r.toks[v+1]
	if n.cat != catTo && n.cat != catAdj && n.low != "that" && n.low != "like" && n.low != "likely" && n.cat != catVerb && n.cat != catNoun {
		return
	}
	sub, ok := r.subjectLeft(g.from)
	if !ok {
		return
	}
	limit := r.limit(s)
	from := v + 1
	f := &finding{verb: v, lemma: "seem", act: States, frame: "i", rule: ruleSeems, how: "implicit", list: .6, context: 1,
		cue: run{g.from, v + 1}, content: []run{sub.source, {from, r.clauseEnd(from, limit, true)}}}
	if n.low == "that" || r.toks[sub.head.from].low == "it" {
		f.content = f.content[1:]
	}
	r.add(f, nil)
}

// accordingTo: the source follows; the content is the rest of the sentence.
func (r *reading) accordingTo(s sentence, i int) {
	limit := r.limit(s)
	p := r.phraseRight(i+2, limit)
	if p.empty() || !r.canSpeak(p) {
		return
	}
	f := &finding{verb: i, lemma: "according", act: States, frame: "according", rule: ruleAccording, how: "according", list: .9, context: 1, speech: true,
		cue: run{i, i + 2}, source: p, head: p}
	head := p
	p = r.apposition(p, limit)
	initial := true
	for j := s.from; j < i; j++ {
		if r.toks[j].isWord() && r.toks[j].cat != catCoord && r.toks[j].cat != catAdv {
			initial = false
		}
	}
	if initial {
		// "According to X, C": the comma that ends the phrase.
		k := head.to
		if k >= limit || r.toks[k].low != "," {
			for k < limit && r.toks[k].low != "," {
				k++
			}
			f.source.to = k
		}
		// A longer apposition only where a further comma closes it.
		if p.to > head.to && p.to < limit && r.toks[p.to].low == "," && !r.verbIn(head.to, p.to) {
			f.source.to = p.to
			k = p.to
		}
		if k+1 >= limit {
			return
		}
		to := limit
		if q := r.speech(limit - 1); q != nil {
			to = max(to, q.to)
		}
		f.content = []run{{k + 1, to}}
		f.quoted = r.hasQuotation(k+1, to)
		r.add(f, nil)
		return
	}
	f.source = p
	to := i
	for to > s.from && r.toks[to-1].cat == catMark && !r.closes(to-1) {
		to--
	}
	if to <= s.from {
		return
	}
	from := s.from
	for _, o := range r.recent(s) {
		if o.before && o.cue.to <= i && o.score > .5 {
			from = max(from, o.cue.to)
		}
	}
	if q := r.speech(to - 1); q != nil && q.from < from {
		from = q.from
	}
	if to <= from {
		return
	}
	f.before = true
	f.content = r.quotedRuns(from, to)
	f.quoted = r.hasQuotation(from, to)
	r.add(f, nil)
}

func (r *reading) verbIn(from, to int) bool {
	for i := from; i < to; i++ {
		switch r.toks[i].cat {
		case catVerb, catBe, catHave, catModal, catDo:
			return true
		}
	}
	return false
}

// nounCue: "Smith's demand that", "claims by the army that", "calls for".
func (r *reading) nounCue(s sentence, v int) {
	n := r.toks[v].word.noun
	limit := r.limit(s)
	f := &finding{verb: v, lemma: n.lemma, act: n.act, rule: ruleNoun, context: 1, cue: run{v, v + 1}}
	k := v + 1
	// "by the army", "from lawmakers"
	if k+1 < limit && (r.toks[k].low == "by" || r.toks[k].low == "from") {
		e := r.phraseRight2(k+1, limit)
		if e > k+1 {
			f.source = run{k + 1, e}
			f.head, f.how = f.source, "agent"
			k = e
		}
	}
	if k >= limit {
		return
	}
	t := &r.toks[k]
	frame := ""
	switch {
	case t.low == "that" && t.cat != catPron && t.cat != catRel || t.low == "that" && k+1 < limit && !finiteVerb(&r.toks[k+1]):
		frame = "t"
	case t.cat == catTo:
		frame = "i"
		if k+1 < limit && r.toks[k+1].cat != catVerb && r.toks[k+1].cat != catBe && !(r.toks[k+1].word != nil && r.toks[k+1].word.forms&baseForm != 0) {
			frame = "+to"
		}
	case t.cat == catPrep:
		frame = "+" + t.low
	}
	for _, fr := range n.frames {
		if fr.code == frame && frame != "" {
			f.list = fr.strength
		}
	}
	if f.list == 0 {
		return
	}
	f.frame = frame
	from := k
	if frame[0] == '+' {
		from = k + 1
		if f.source.empty() {
			f.cue.to = from
		}
	}
	// The owner: "Smith's demand", "their demand".
	if f.source.empty() {
		j := v - 1
		for j > s.from && (r.toks[j].cat == catAdj || r.toks[j].cat == catNum || r.toks[j].cat == catNoun) && j > v-4 {
			j--
		}
		switch {
		case j >= s.from && r.toks[j].cat == catPoss && j > s.from:
			start := r.ownerStart(s.from, j)
			f.source, f.how = run{start, j}, "owner"
			f.cue.from = j
		case j >= s.from && r.toks[j].cat == catPossPron && (r.toks[j].low != "its" || true):
			f.source, f.how = run{j, j + 1}, "owner"
			f.cue.from = j + 1
		default:
			f.how = "implicit"
			f.context = .75
			if frame != "t" {
				f.context = .6
			}
		}
		f.head = f.source
		if !f.source.empty() && !r.canSpeak(f.source) && r.toks[f.source.from].cat != catPossPron {
			return
		}
	}
	to := r.clauseEnd(from, limit, frame == "t")
	if to <= from {
		return
	}
	f.content = []run{{from, to}}
	f.quoted = r.hasQuotation(from, to)
	r.add(f, nil)
}

// finiteIn tells whether a clause with a verb of its own begins in a range.
func (r *reading) finiteIn(from, to int) bool {
	for i := from; i < to; i++ {
		if finiteVerb(&r.toks[i]) && (i == from || r.toks[i-1].cat != catTo) && !(r.toks[i].cat == catVerb && (r.toks[i].word == nil || r.toks[i].word.forms&partForm != 0 && i+1 < to && r.toks[i+1].cat == catPrep)) {
			return true
		}
	}
	return false
}

func finiteVerb(t *token) bool {
	switch t.cat {
	case catBe, catHave, catModal, catDo:
		return true
	case catVerb:
		return t.word == nil || t.word.forms&(pastForm|sForm) != 0
	}
	return false
}

// ownerStart is the beginning of the name or noun before a possessive.
func (r *reading) ownerStart(limit, poss int) int {
	j := poss - 1
	for j > limit && poss-j < 10 {
		switch r.toks[j-1].cat {
		case catNoun, catName, catAdj, catNum:
			j--
			continue
		case catDet, catPossPron:
			return j - 1
		}
		break
	}
	return j
}

// adverbCue: "which have allegedly caused", "reportedly housed there": where no
// verb that attributes has the adverb in its group, nobody is named.
func (r *reading) adverbCue(s sentence, i int) {
	for _, o := range r.recent(s) {
		if o.cue.from <= i && i < o.cue.to {
			return
		}
	}
	if r.speech(i) != nil {
		return
	}
	limit := r.limit(s)
	f := &finding{verb: i, lemma: r.toks[i].low, act: States, frame: "adverb", rule: ruleAdverb, how: "implicit", list: .7, context: 1, cue: run{i, i + 1}}
	// If the verb behind it attributes, that finding carries the hedge.
	for j := i + 1; j < limit && j < i+4; j++ {
		if r.toks[j].cat == catVerb {
			if w := r.toks[j].word; w != nil && w.cue != nil && r.group(j).from <= i {
				g := r.group(j)
				n := len(r.found)
				r.verbCue(s, g)
				if len(r.found) > n && r.found[len(r.found)-1].score >= .4 {
					r.found = r.found[:n] // it comes again when its verb is reached
					return
				}
				r.found = r.found[:n]
			}
			break
		}
		if r.toks[j].cat != catAdv && r.toks[j].cat != catBe && r.toks[j].cat != catHave {
			break
		}
	}
	start := i
	for start > s.from && (r.toks[start-1].cat == catHave || r.toks[start-1].cat == catBe || r.toks[start-1].cat == catModal) {
		start--
	}
	if sub, ok := r.subjectLeft(start); ok {
		p := sub.source
		if sub.how == "relative" && p.from > s.from {
			st, _ := r.phraseLeft(s.from, p.from-boolInt(r.toks[p.from-1].low == ","))
			if st < p.from {
				q := r.trimFront(run{st, p.from})
				if q.empty() { // "including a raid that": the noun behind the preposition
					for q = (run{st, p.from}); q.from < q.to && r.toks[q.from].cat == catPrep; {
						q.from++
					}
				}
				if !q.empty() {
					p = run{q.from, p.to}
				}
			}
		}
		f.content = append(f.content, run{p.from, i})
	} else if i > s.from && nominal(r.toks[i-1].cat) {
		st, _ := r.phraseLeft(s.from, i)
		f.content = append(f.content, run{st, i})
	}
	to := r.clauseEnd(i+1, limit, false)
	if to > i+1 {
		f.content = append(f.content, run{i + 1, to})
	}
	if len(f.content) == 0 || f.content[0].empty() {
		return
	}
	r.add(f, nil)
}

// dropHeldAdverbs takes out "reportedly" where somebody is named for the whole
// sentence it stands in: then it is a hedge of that content.
func (r *reading) dropHeldAdverbs() {
	drop := func(i int) bool {
		f := r.found[i]
		for j := max(0, i-6); j < min(len(r.found), i+7); j++ {
			if o := r.found[j]; o.rule != ruleAdverb && !o.source.empty() && o.score >= .5 && o.holds(f.verb) && (f.holds(o.verb) || o.rule <= ruleClause) {
				return true
			}
		}
		return false
	}
	kept := make([]*finding, 0, len(r.found))
	for i, f := range r.found {
		if f.rule != ruleAdverb || !drop(i) {
			kept = append(kept, f)
		}
	}
	r.found = kept
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// heading tells whether the paragraph that begins at token i is a headline: the
// first line of the text or a Markdown heading, short, without a stop, most of
// its longer words capitalised, and with text to follow.
func (r *reading) heading(i int) bool {
	first := i == 0 || r.toks[i].para == r.toks[0].para
	if !first && !(r.toks[i].low == "#" && i+1 < len(r.toks) && (r.toks[i+1].spaced || r.toks[i+1].low == "#")) {
		return false
	}
	words, capitals := 0, 0
	j := i
	for ; j < len(r.toks) && r.toks[j].para == r.toks[i].para; j++ {
		t := &r.toks[j]
		if j > i+40 {
			return false
		}
		if t.isWord() && t.end-t.start > 3 {
			words++
			if t.shape == capWord {
				capitals++
			}
		}
	}
	if j == len(r.toks) && first || words == 0 || 4*capitals < 3*words {
		return false
	}
	end := j - 1
	for end > i && (r.toks[end].shape == closeQuote || r.toks[end].shape == plainQuote || r.toks[end].low == "’" || r.toks[end].low == "'" || r.toks[end].low == "#") {
		end--
	}
	low := r.toks[end].low
	return !stops(low) && low != ":" && low != ";" && low != ","
}

// headline: "Smith: The War Is Over" as the first line.
func (r *reading) headline(s sentence, first bool) {
	if !first || s.to-s.from > 30 || r.toks[s.from].cat == catDet || r.toks[s.from].low == "the" || r.toks[s.from].low == "a" {
		return
	}
	for i := s.from + 1; i < s.to-3 && i < s.from+6; i++ {
		if r.toks[i].low != ":" {
			if r.toks[i].cat == catVerb || r.toks[i].shape >= punct {
				return
			}
			continue
		}
		to := s.to
		if stops(r.toks[to-1].low) {
			to--
		}
		p := run{s.from, i}
		f := &finding{verb: i, lemma: ":", act: States, frame: "headline", rule: ruleHeadline, how: "subject", list: .5, context: 1,
			source: p, head: p, cue: run{i, i + 1}, content: []run{{i + 1, to}}, speech: true}
		f.quoted = r.hasQuotation(i+1, to)
		r.add(f, nil)
		return
	}
}

// limit is the end of a sentence before its stop.
func (r *reading) limit(s sentence) int {
	if stops(r.toks[s.to-1].low) {
		return s.to - 1
	}
	return s.to
}

// add keeps a finding if the lists give it any weight.
func (r *reading) add(f *finding, cv *cueVerb) {
	if cv != nil && f.list == 0 {
		f.list = cv.strength("e", false)
		if f.quoted && f.speech {
			f.list = max(f.list, .9)
		}
	}
	kept := f.content[:0]
	for _, c := range f.content {
		for c.from < c.to && r.toks[c.from].cat == catMark && r.toks[c.from].low == "," {
			c.from++
		}
		for c.to > c.from && r.toks[c.to-1].low == "," && r.toks[c.to-1].quote < 0 {
			c.to--
		}
		if !c.empty() {
			kept = append(kept, c)
		}
	}
	f.content = kept
	if len(f.content) == 0 || f.list == 0 {
		return
	}
	r.weigh(f)
	if f.score < weak {
		return
	}
	if f.score >= .4 && r.speech(f.verb) == nil {
		r.take(f)
	}
	r.found = append(r.found, f)
}

// continueQuotations gives a quotation that nobody is named for to whoever spoke
// just before in the same paragraph: "…," he said. "…"
func (r *reading) continueQuotations() {
	var last *finding
	next := 0
	ordered := r.found
	for k := range r.qs {
		q := &r.qs[k]
		for next < len(ordered) && ordered[next].verb < q.from {
			f := ordered[next]
			if f.quoted && f.speech && f.score >= .4 {
				last = f
			}
			next++
		}
		if q.taken || !q.spoken || last == nil || r.toks[last.verb].para != r.toks[q.from].para && q.prev < 0 {
			continue
		}
		if r.toks[last.verb].para != r.toks[q.from].para {
			continue
		}
		// It must begin its sentence, behind no other words.
		s := r.sentenceOf(q.from)
		if q.from != s.from {
			continue
		}
		c := run{q.from, q.to}
		end := r.sentenceOf(q.to - 1)
		if q.to < end.to && r.toks[q.to].cat != catMark {
			c.to = end.to
			if stops(r.toks[c.to-1].low) {
				c.to--
			}
		}
		if tail := last.content[len(last.content)-1]; tail.to > c.from {
			continue
		}
		last.content = append(last.content, c)
		r.chain(last, q)
		r.take(last)
	}
}
