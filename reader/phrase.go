package reader

// run is a half-open range of tokens.
type run struct{ from, to int }

func (r run) empty() bool { return r.to <= r.from }

// maxPhrase bounds how far a phrase is followed, in tokens.
const maxPhrase = 60

// reading is one text being read: tokens, sentences, quotations, and what was
// found so far. All indices are token indices.
type reading struct {
	text  string
	toks  []token
	sents []sentence
	qs    []quotation
	found []*finding
	// lastSubject is the subject of the last finite verb of the sentence, for
	// verbs that share it.
	lastSubject run
	steps       int // work done, for the test that it stays linear
}

func (r *reading) sentenceOf(i int) sentence { return r.sents[r.toks[i].sent] }

// closes tells a mark that ends a quotation here.
func (r *reading) closes(i int) bool {
	q := r.toks[i].quote
	return q >= 0 && r.qs[q].to == i+1 && r.qs[q].closed
}

func (r *reading) opens(i int) bool {
	q := r.toks[i].quote
	return q >= 0 && r.qs[q].from == i
}

// speech is the spoken quotation that token i lies in, or nil.
func (r *reading) speech(i int) *quotation {
	if q := r.toks[i].quote; q >= 0 && r.qs[q].spoken {
		return &r.qs[q]
	}
	return nil
}

func nominal(c cat) bool {
	switch c {
	case catNoun, catName, catNum, catPron, catObj, catSubj:
		return true
	}
	return false
}

// inPhrase tells a word that can stand inside a noun phrase.
func inPhrase(c cat) bool {
	switch c {
	case catNoun, catName, catNum, catAdj, catDet, catPossPron, catPoss, catPrep, catAdv, catObj:
		return true
	}
	return false
}

var weekdays = set(`monday tuesday wednesday thursday friday saturday sunday mon. tues. wed. thurs. fri. sat. sun.`)
var months = set(`january february march april may june july august september october november december
	jan. feb. mar. apr. aug. sept. oct. nov. dec.`)
var dayWords = set(`today yesterday tomorrow tonight overnight morning afternoon evening night week month year weekend day
	spring summer fall autumn winter earlier recently later ago`)

func dateWord(t *token) bool {
	return weekdays[t.low] || months[t.low] && t.shape == capWord || dayWords[t.low]
}

// phraseLeft walks left from end over one noun phrase with what hangs on it,
// down to no further than limit. stop is the token that ended the walk.
func (r *reading) phraseLeft(limit, end int) (start, stop int) {
	limit = max(limit, end-maxPhrase)
	j := end - 1
	coord := -1
	for ; j >= limit; j-- {
		r.steps++
		t := &r.toks[j]
		switch {
		case t.cat == catSubj || t.cat == catPron && t.low != "one" && t.low != "others" && t.low != "none":
			if j == end-1 {
				return j, j - 1
			}
			// "of you", "to it" go on; any other pronoun is a subject of its own.
			if t.cat == catSubj || j > limit && r.toks[j-1].cat != catPrep {
				return j + 1, j
			}
		case inPhrase(t.cat) || t.cat == catPron:
		case t.cat == catCoord:
			if j == limit || !(nominal(r.toks[j-1].cat) || r.toks[j-1].cat == catAdj || r.toks[j-1].low == ",") {
				return j + 1, j
			}
			coord = j
		case t.low == "," && coord >= 0 && j > limit && r.listItem(limit, j):
		case t.cat == catMark && (t.low == "&" || t.low == "-" || t.low == "–" && !t.spaced || t.low == "$" || t.low == "%" || t.low == "/" || t.low == "‘" || t.low == "’" || t.low == "'" || t.low == "#" || t.low == "@"):
		case t.quote >= 0 && !r.qs[t.quote].spoken && (t.shape >= openQuote):
		case t.low == ")" && j > limit+1:
			// "Sen. Jane Roe (R-Ohio)"
			k := j - 1
			for k >= limit && k > j-8 && r.toks[k].low != "(" {
				k--
			}
			if k < limit || r.toks[k].low != "(" {
				return j + 1, j
			}
			j = k
		case t.cat == catVerb && r.reduced(limit, j, end):
		case t.cat == catRel && j > limit && nominal(r.toks[j-1].cat) && t.low != "which":
		case (t.cat == catVerb || t.cat == catBe || t.cat == catHave || t.cat == catModal) && r.insideRelative(limit, j):
		default:
			if coord > 0 && (t.cat == catVerb || t.cat == catBe || t.cat == catModal || t.cat == catHave) {
				return coord + 1, j
			}
			return j + 1, j
		}
	}
	return j + 1, j
}

// listItem tells whether the comma at j separates items of a list.
func (r *reading) listItem(limit, j int) bool {
	for k := j - 1; k >= limit && k >= j-6; k-- {
		switch c := r.toks[k].cat; {
		case c == catMark:
			return r.toks[k].low == ","
		case c == catVerb || c == catSub || c == catThat || c == catPrep && k < j-4:
			return false
		}
		if k == limit {
			return true
		}
	}
	return false
}

// reduced tells a participle that hangs on a noun: "officials briefed on the
// matter", "a man claiming responsibility".
func (r *reading) reduced(limit, j, end int) bool {
	if j <= limit || j+1 >= end {
		return false
	}
	f := r.toks[j].word
	p := &r.toks[j-1]
	if p.cat != catNoun && p.cat != catName && p.low != "those" && p.low != "one" {
		return false
	}
	next := &r.toks[j+1]
	if f == nil { // an unlisted -ed word
		return next.cat == catPrep || next.cat == catTo
	}
	if f.forms&ingForm != 0 {
		return f.cue == nil || next.cat != catThat
	}
	return f.forms&partForm != 0 && (next.cat == catPrep || next.cat == catTo)
}

// insideRelative tells a finite verb of a relative clause without commas: "a man
// who knows him".
func (r *reading) insideRelative(limit, j int) bool {
	for k := j - 1; k >= limit && k >= j-5; k-- {
		switch r.toks[k].cat {
		case catRel:
			return r.toks[k].low != "which" && k > limit && nominal(r.toks[k-1].cat)
		case catAdv, catNot, catHave, catBe, catModal, catDo:
		default:
			return false
		}
	}
	return false
}

// trimFront drops what stands before the subject proper: adverbs, conjunctions,
// "On Monday", "In Washington".
func (r *reading) trimFront(p run) run {
	for p.from < p.to {
		t := &r.toks[p.from]
		switch {
		case t.cat == catAdv && t.low != "nearly" && t.low != "almost" && t.low != "about" && t.low != "many",
			t.cat == catCoord, t.cat == catMark && t.quote < 0 && t.low != "$" && t.low != "@" && t.low != "#":
			p.from++
			continue
		case (t.low == "between" || t.low == "up") && p.from+2 < p.to && (r.toks[p.from+1].cat == catNum || r.toks[p.from+2].cat == catNum):
			// "between 12 and 15 men", "up to 30 men"
		case t.cat == catPrep && t.low != "over" && t.low != "about" && t.low != "under" && t.low != "at" || t.low == "at" && p.from+1 < p.to && r.toks[p.from+1].low != "least":
			k := p.from + 1
			// Skip the object of the preposition: a date, or up to the next
			// determiner or pronoun.
			first := true
			cut := -1
			for ; k < p.to; k++ {
				c := &r.toks[k]
				if dateWord(c) || c.cat == catNum && k > p.from+1 && dateWord(&r.toks[k-1]) {
					cut = k + 1
					first = false
					continue
				}
				if cut == k {
					break
				}
				if !first && (c.cat == catDet || c.cat == catPossPron || c.cat == catSubj) {
					cut = k
					break
				}
				if c.cat != catDet && c.cat != catAdj {
					first = false
				}
			}
			if cut < 0 || cut >= p.to {
				return run{p.to, p.to}
			}
			p.from = cut
			continue
		case dateWord(t) && p.to-p.from > 1 && r.toks[p.from+1].cat != catPoss && r.toks[p.from+1].cat != catPrep && r.toks[p.from+1].cat != catNoun:
			p.from++
			continue
		}
		break
	}
	for p.to > p.from && (r.toks[p.to-1].cat == catAdv || r.toks[p.to-1].cat == catMark && !r.closes(p.to-1) && r.toks[p.to-1].low != ")" && r.toks[p.to-1].low != "%") {
		p.to--
	}
	return p
}

// subject is what a subject search found.
type subject struct {
	source run
	head   run // the noun phrase itself, without apposition
	before int // the token before it, where content may end; -1 if none
	how    string
}

// subjectLeft finds the subject of the verb group that begins at v.
func (r *reading) subjectLeft(v int) (subject, bool) {
	s := r.sentenceOf(v)
	i := v - 1
	if i < s.from {
		return subject{}, false
	}
	i = r.skipDateLeft(s.from, i)
	t := &r.toks[i]
	switch {
	case t.cat == catRel || t.cat == catWh && t.low == "who":
		return subject{source: run{i, i + 1}, head: run{i, i + 1}, before: i - 1, how: "relative"}, true
	case t.cat == catCoord:
		if !r.lastSubject.empty() && r.toks[r.lastSubject.from].sent == r.toks[v].sent {
			return subject{source: r.lastSubject, head: r.lastSubject, before: i, how: "shared"}, true
		}
		return subject{}, false
	case t.low == "," || t.low == "—" || t.low == "–" || t.low == "--":
		if sub, ok := r.aroundParenthesis(s, i); ok {
			return sub, true
		}
		return subject{}, false
	case t.low == "’" || t.low == "'":
		i--
	}
	end := i + 1
	contact := r.contactClause(s.from, i)
	if contact {
		end = i - 1
	}
	start, stop := r.phraseLeft(s.from, end)
	p := r.trimFront(run{start, end})
	if p.empty() || !r.canSpeak(p) {
		return subject{}, false
	}
	src := p
	if contact {
		src.to = i + 1
	}
	return subject{source: src, head: p, before: max(stop, p.from-1), how: "subject"}, true
}

// contactClause tells a short clause without "who" that ends in token i: "an
// engineer we trust", "the men he met".
func (r *reading) contactClause(limit, i int) bool {
	if i-2 < limit || r.toks[i-1].cat != catSubj || !r.toks[i].isWord() || r.toks[i].shape != lowerWord || r.toks[i].cat == catAdv {
		return false
	}
	n := &r.toks[i-2]
	return (n.cat == catNoun || n.cat == catName) && !dateWord(n)
}

// skipDateLeft steps from i over a date that stands between a subject and its
// verb: "the minister on Monday said", "Roe, late on Monday, said".
func (r *reading) skipDateLeft(limit, i int) int {
	j := i
	for j > limit && (dateWord(&r.toks[j]) || r.toks[j].cat == catNum && j > limit && months[r.toks[j-1].low]) {
		j--
	}
	if j == i {
		return i
	}
	for j > limit && (r.toks[j].low == "on" || r.toks[j].low == "late" || r.toks[j].low == "early" || r.toks[j].low == "last" || r.toks[j].low == "this" || r.toks[j].low == "in") {
		j--
	}
	if j > limit && r.toks[j].cat == catPrep || r.toks[j].cat == catMark && r.toks[j].low != "," || j == limit && !nominal(r.toks[j].cat) {
		return i
	}
	if r.toks[j].low == "," && j > limit+1 || nominal(r.toks[j].cat) {
		return j
	}
	return i
}

// aroundParenthesis finds the subject where a parenthesis stands between it and
// its verb: "Smith, a retired general, said".
func (r *reading) aroundParenthesis(s sentence, comma int) (subject, bool) {
	mark := r.toks[comma].low
	tries := 0
	for k := comma - 1; k > s.from && k > comma-maxPhrase && tries < 4; k-- {
		r.steps++
		if r.toks[k].shape >= openQuote && r.toks[k].quote >= 0 && r.qs[r.toks[k].quote].spoken {
			return subject{}, false
		}
		if r.toks[k].low != mark && !(mark == "," && r.toks[k].low == ",") {
			continue
		}
		tries++
		prev := &r.toks[k-1]
		if !nominal(prev.cat) && prev.low != ")" && prev.cat != catAdj {
			continue
		}
		start, stop := r.phraseLeft(s.from, k)
		p := r.trimFront(run{start, k})
		if p.empty() || !r.canSpeak(p) {
			continue
		}
		clean := stop < s.from || r.toks[stop].cat == catMark || r.toks[stop].cat == catThat || r.toks[stop].cat == catSub || r.toks[stop].cat == catCoord
		if !clean && r.toks[stop].cat != catVerb {
			continue
		}
		if stop >= s.from && r.toks[stop].low == "," && tries < 4 && !r.hasName(p) {
			continue
		}
		in := &r.toks[k+1]
		src := p
		switch in.cat {
		case catDet, catName, catNoun, catAdj, catPossPron, catRel, catNum, catWh:
			src = run{p.from, comma}
		}
		return subject{source: src, head: p, before: max(stop, p.from-1), how: "subject"}, true
	}
	return subject{}, false
}

func (r *reading) hasName(p run) bool {
	for i := p.from; i < p.to; i++ {
		if r.toks[i].cat == catName {
			return true
		}
	}
	return false
}

// canSpeak tells a phrase that can be a source: it has a noun, a name or a
// pronoun that is no date.
func (r *reading) canSpeak(p run) bool {
	for i := p.from; i < p.to; i++ {
		t := &r.toks[i]
		switch t.cat {
		case catNoun, catName, catSubj, catPron:
			if !dateWord(t) && t.low != "there" {
				return true
			}
		case catDet:
			if p.to-p.from == 1 && (t.low == "some" || t.low == "many" || t.low == "both" || t.low == "others" || t.low == "most" || t.low == "few" || t.low == "another" || t.low == "several" || t.low == "all") {
				return true
			}
		case catNum:
			if t.low == "one" || t.low == "two" || t.low == "three" || p.to-p.from > 1 && r.toks[p.to-1].low == "percent" {
				return true
			}
		case catAdj:
			if p.to-p.from > 1 && r.toks[p.from].cat == catDet {
				return true
			}
		}
	}
	return false
}

// phraseRight walks right from i over a noun phrase and what hangs on it,
// stopping before limit. Apposition after a comma is part of it.
func (r *reading) phraseRight(i, limit int) run {
	limit = min(limit, i+maxPhrase)
	j := i
	for j < limit {
		r.steps++
		t := &r.toks[j]
		switch {
		case t.cat == catSubj || t.cat == catPron:
			if j == i {
				return run{i, i + 1}
			}
			if t.cat == catSubj {
				return run{i, j}
			}
			j++
			continue
		case t.cat == catPrep && j > i && (t.low == "on" || t.low == "during" || t.low == "after" || t.low == "before" || t.low == "as" || t.low == "while" ||
			(t.low == "in" || t.low == "at") && j+1 < limit && (r.toks[j+1].cat == catDet && r.toks[j+1].low != "the" || r.toks[j+1].cat == catNum || dateWord(&r.toks[j+1]))):
			return run{i, j}
		case j > i && dateWord(t) && t.shape == capWord:
			return run{i, j}
		case inPhrase(t.cat):
		case t.cat == catCoord && j > i && j+1 < limit && (inPhrase(r.toks[j+1].cat) && r.toks[j+1].cat != catAdv):
		case t.cat == catMark && (t.low == "&" || t.low == "-" || t.low == "/" || t.low == "$" || t.low == "’" || t.low == "'" || t.low == "@" || t.low == "#" || t.low == "%"):
		case t.low == "(" && j > i:
			k := j
			for k < limit && k < j+8 && r.toks[k].low != ")" {
				k++
			}
			if k >= limit || r.toks[k].low != ")" {
				return run{i, j}
			}
			j = k
		case t.quote >= 0 && t.shape >= openQuote && !r.qs[t.quote].spoken:
		case t.cat == catVerb && j > i && j+1 < limit && t.word != nil && (t.word.forms&partForm != 0 && r.toks[j+1].cat == catPrep || t.word.forms&ingForm != 0):
		default:
			return run{i, j}
		}
		j++
	}
	return run{i, j}
}

// apposition extends p over ", a retired general" where that ends the clause or
// another comma closes it.
func (r *reading) apposition(p run, limit int) run {
	for range 3 {
		if p.to+1 >= limit || r.toks[p.to].low != "," {
			return p
		}
		n := &r.toks[p.to+1]
		if n.cat != catDet && n.cat != catNoun && n.cat != catName && n.cat != catAdj && n.cat != catPossPron && n.cat != catNum {
			return p
		}
		q := r.phraseRight(p.to+1, limit)
		if q.empty() || q.to < limit && r.toks[q.to].cat != catMark && r.toks[q.to].cat != catCoord {
			if q.empty() || !(r.toks[q.to].cat == catPrep || r.toks[q.to].cat == catRel) {
				return p
			}
		}
		p.to = q.to
	}
	return p
}
