package reader

import "strings"

// tag guesses for every token what it is here. One pass, looking at most a few
// tokens to each side.
func tag(toks []token) {
	l := known()
	for i := range toks {
		t := &toks[i]
		if t.shape > capWord {
			t.cat = catMark
			if t.shape == number {
				t.cat = catNum
			}
			continue
		}
		t.word = l.words[t.low]
	}
	for i := range toks {
		t := &toks[i]
		if t.shape > capWord {
			continue
		}
		first := i == 0 || toks[i-1].sent != t.sent || i > 0 && opensQuote(&toks[i-1])
		switch w := t.word; {
		case w == nil:
			t.cat = guess(toks, i, first)
		case t.shape == capWord && !first && !(w.fixed && w.cat != catAdj && w.cat != catNum && w.cat != catAdv):
			t.cat = catName
			if w.fixed && w.cat == catAdj {
				t.cat = catAdj
			}
			if inHeadline(toks, i) && w.forms != 0 && verbHere(toks, i) {
				t.cat = catVerb
			}
		case w.fixed:
			t.cat = w.cat
			switch {
			case t.low == "that":
				t.cat = thatHere(toks, i)
			case t.low == "which" || t.low == "who" || t.low == "what" || t.low == "whom":
				if i == 0 || toks[i-1].cat == catVerb || first {
					t.cat = catWh
				}
			case t.cat == catTo && (!infinitiveAfter(toks, i) || i > 0 && toks[i-1].low == "according"):
				t.cat = catPrep
			case t.low == "'s" && sIsVerb(toks, i):
				t.cat = catBe
			case w.cat == catSub && !clauseAfter(toks, i):
				switch t.low {
				case "since", "until", "after", "before":
					t.cat = catPrep
				}
			case t.low == "her" && (i+1 >= len(toks) || !nounAfter(toks, i)):
				t.cat = catObj
			case (t.low == "one" || t.low == "another") && i+1 < len(toks) && nounAfter(toks, i) && toks[i+1].isWord() && !verbForm(&toks[i+1]):
				t.cat = catDet
			case t.low == "no" && i+1 < len(toks) && toks[i+1].low == ",":
				t.cat = catAdv
			}
		case w.forms != 0:
			if verbHere(toks, i) {
				t.cat = catVerb
			} else if w.adj || w.forms&(partForm|ingForm) != 0 && w.forms&baseForm == 0 {
				t.cat = catAdj
			} else {
				t.cat = catNoun
			}
		default:
			t.cat = w.cat
		}
	}
}

func opensQuote(t *token) bool { return t.shape == openQuote || t.shape == plainQuote && t.spaced }

// inHeadline tells a sentence where nearly every word is capitalised.
func inHeadline(toks []token, i int) bool {
	caps, lows := 0, 0
	for j := max(0, i-6); j < min(len(toks), i+7); j++ {
		if toks[j].sent != toks[i].sent || !toks[j].isWord() || len(toks[j].low) < 4 {
			continue
		}
		if toks[j].shape == capWord {
			caps++
		} else {
			lows++
		}
	}
	return caps >= 4 && lows <= 1
}

func guess(toks []token, i int, first bool) cat {
	t := &toks[i]
	if t.shape == capWord && !first {
		return catName
	}
	w := t.low
	if t.shape == lowerWord && i > 0 && toks[i-1].shape == capWord && nameParticle(toks, i) {
		return catName
	}
	if t.shape == capWord && i+1 < len(toks) && (toks[i+1].shape == capWord || toks[i+1].low == "'s") {
		return catName
	}
	switch {
	case strings.HasSuffix(w, "ly") && len(w) > 4 && t.shape == lowerWord:
		return catAdv
	case strings.HasSuffix(w, "n't"):
		return catDo
	case strings.HasSuffix(w, "ed") && len(w) > 4 && t.shape == lowerWord && !strings.HasSuffix(w, "eed"):
		if i > 0 && toks[i-1].sent == t.sent {
			switch p := toks[i-1].cat; {
			case p == catDet || p == catPossPron || p == catPoss || p == catAdj || p == catPrep:
				return catAdj
			}
		}
		return catVerb
	case strings.HasSuffix(w, "ous"), strings.HasSuffix(w, "ful"), strings.HasSuffix(w, "ive") && !strings.HasSuffix(w, "ative"),
		strings.HasSuffix(w, "able"), strings.HasSuffix(w, "ible"), strings.HasSuffix(w, "ical"), strings.HasSuffix(w, "less"):
		return catAdj
	}
	if first && t.shape == capWord {
		return catName
	}
	return catNoun
}

var particles = set("al el bin ibn abu von van de der da del di ben dos la le")

// nameParticle tells the small words inside names: "Abdel al-Sisi", "Ursula von
// der Leyen".
func nameParticle(toks []token, i int) bool {
	w := toks[i].low
	if strings.HasPrefix(w, "al-") || strings.HasPrefix(w, "el-") {
		return true
	}
	for j := i; j < len(toks) && j < i+3; j++ {
		if toks[j].shape == capWord {
			return j > i
		}
		if !particles[toks[j].low] {
			return false
		}
	}
	return false
}

// before is the nearest token to the left in the sentence that is no adverb.
func before(toks []token, i int) *token {
	for j := i - 1; j >= 0 && j >= i-4 && toks[j].sent == toks[i].sent; j-- {
		if toks[j].cat != catAdv && toks[j].cat != catNot {
			return &toks[j]
		}
	}
	return nil
}

func after(toks []token, i int) *token {
	for j := i + 1; j < len(toks) && j <= i+3 && toks[j].sent == toks[i].sent; j++ {
		w := known().words[toks[j].low]
		if !(w != nil && w.cat == catAdv) {
			return &toks[j]
		}
	}
	return nil
}

// startsObject tells a word that can begin an object or a clause but hardly
// follow a noun: "the", "that", "he", "Smith".
func startsObject(t *token) bool {
	if t == nil {
		return false
	}
	if t.shape == openQuote || t.shape == plainQuote && t.spaced {
		return true
	}
	w := known().words[t.low]
	if w == nil || !w.fixed {
		return t.shape == capWord
	}
	switch w.cat {
	case catDet, catPossPron, catSubj, catObj, catPron, catWh:
		return true
	}
	return false
}

// verbHere decides whether a word that can be a verb is one.
func verbHere(toks []token, i int) bool {
	t := &toks[i]
	w := t.word
	b := before(toks, i)
	a := after(toks, i)
	if b == nil {
		// First in its sentence: a command, a participle, or a noun.
		return w.forms&(ingForm|partForm) != 0 || w.forms&baseForm != 0 && startsObject(a) && !w.also
	}
	switch b.cat {
	case catModal, catTo, catDo:
		if w.forms&baseForm != 0 {
			return true
		}
		return b.cat == catDo && w.forms&sForm == 0
	case catBe:
		if w.forms&(ingForm|partForm) != 0 {
			return true
		}
		return false
	case catHave:
		if w.forms&partForm != 0 {
			return true
		}
		return false
	case catSubj, catRel:
		return true
	case catDet, catPossPron, catPoss, catAdj:
		if w.forms&(ingForm|partForm) != 0 && w.forms&baseForm == 0 {
			// "the accused men", "those briefed on", "the killing of"
			if b.cat == catDet && (b.low == "those" || b.low == "all" || b.low == "many" || b.low == "some" || b.low == "this" || b.low == "that" || b.low == "both") && startsObject(a) {
				return true
			}
			return b.cat == catAdj && (startsObject(a) || a != nil && a.low == "that")
		}
		if b.cat == catDet && (b.low == "some" || b.low == "many" || b.low == "others" || b.low == "all" || b.low == "most" || b.low == "few" || b.low == "this" || b.low == "that" || b.low == "both") {
			return startsObject(a) && w.forms&(pastForm|baseForm|sForm) != 0
		}
		if b.cat == catAdj && w.forms&(pastForm|sForm|baseForm) != 0 && startsObject(a) && !w.also {
			return true
		}
		return b.cat == catPoss && false
	case catPrep:
		return w.forms&ingForm != 0
	case catNum:
		if !manyWords[b.low] { // "thousands marched"
			return w.forms&pastForm != 0 && startsObject(a)
		}
	}
	if w.forms&pastForm != 0 && w.forms&baseForm == 0 {
		return true
	}
	if w.forms&ingForm != 0 {
		return true
	}
	if w.forms&(pastForm|partForm) != 0 && !w.also {
		return true
	}
	if b.cat == catMark {
		// After a quotation or a comma: "…," says Smith; the lists decide.
		if w.also {
			return startsObject(a) && (w.forms&sForm != 0)
		}
		return w.forms&(sForm|baseForm) == 0 || a != nil && (a.shape == capWord || startsObject(a))
	}
	if w.forms&sForm != 0 {
		if !w.also {
			return true
		}
		return startsObject(a) || a != nil && (a.cat == catTo || a.low == "that" || a.low == "to") && singular(b)
	}
	if w.forms&baseForm != 0 {
		if b.cat == catCoord {
			return startsObject(a) && !w.also
		}
		if w.also && closesReport(toks, i) {
			return true
		}
		plural := strings.HasSuffix(b.low, "s") || b.low == "people" || b.low == "police" || b.cat == catPron && b.low == "you"
		if !w.also {
			return plural || startsObject(a)
		}
		return plural && b.cat != catName && (startsObject(a) || a != nil && a.low == "to")
	}
	return true
}

// closesReport tells the verb of "The dam has burst, insiders claim.": the last word
// of its sentence, behind a plural that a comma sets off from what they claim.
func closesReport(toks []token, i int) bool {
	if toks[i].word.cue == nil || toks[i].word.cue.strength("e", false) == 0 || i+1 < len(toks) && toks[i+1].sent == toks[i].sent && !stops(toks[i+1].low) {
		return false
	}
	j := i - 1
	if toks[j].cat != catNoun || !strings.HasSuffix(toks[j].low, "s") && toks[j].low != "people" {
		return false
	}
	for j > 0 && j > i-6 && toks[j].sent == toks[i].sent && (toks[j].cat == catNoun || toks[j].cat == catAdj || toks[j].cat == catDet || toks[j].cat == catName) {
		j--
	}
	if toks[j].sent != toks[i].sent || toks[j].low != "," && toks[j].shape != closeQuote && toks[j].shape != plainQuote {
		return false
	}
	// What is claimed has a verb; a list of nouns has none.
	for k := j - 1; k >= 0 && toks[k].sent == toks[i].sent; k-- {
		if finiteVerb(&toks[k]) {
			return true
		}
	}
	return false
}

// manyWords are numbers that stand for people on their own.
var manyWords = set("dozens scores hundreds thousands millions")

func singular(t *token) bool { return !strings.HasSuffix(t.low, "s") || t.cat == catName }

// thatHere tells "that man", "the man that came" and "said that" apart.
func thatHere(toks []token, i int) cat {
	if j := i + 1; j < len(toks) {
		for j+1 < len(toks) && j < i+3 && (strings.HasSuffix(toks[j].low, "ly") || adverb(toks[j].low)) {
			j++
		}
		n := known().words[toks[j].low]
		if i > 0 && (toks[i-1].cat == catVerb || toks[i-1].cat == catAdv) {
			return catThat
		}
		if n != nil && (n.cat == catBe || n.cat == catHave || n.cat == catModal || n.cat == catDo || n.cat == catVerb && n.forms&baseForm == 0) {
			if i > 0 && (toks[i-1].cat == catNoun || toks[i-1].cat == catName || toks[i-1].cat == catNum) {
				return catRel
			}
			return catPron
		}
	}
	if i > 0 && toks[i-1].cat == catPrep {
		return catDet
	}
	return catThat
}

// infinitiveAfter tells "to leave" from "to the house" and "to Paris".
func infinitiveAfter(toks []token, i int) bool {
	l := known()
	for j := i + 1; j < len(toks) && j < i+4 && toks[j].sent == toks[i].sent; j++ {
		low := toks[j].low
		w := l.words[low]
		switch {
		case w != nil && w.forms&baseForm != 0:
			return toks[j].shape == lowerWord
		case low == "be" || low == "have" || low == "do":
			return true
		case w != nil && w.cat == catAdv || strings.HasSuffix(low, "ly"):
			continue
		case w != nil && w.fixed || w != nil && w.forms != 0 || toks[j].shape != lowerWord:
			return false
		}
		// A word not listed: a verb if an object follows it.
		return j+1 < len(toks) && startsObject(&toks[j+1]) && toks[j+1].sent == toks[i].sent
	}
	return false
}

func adverb(low string) bool {
	w := known().words[low]
	return w != nil && w.cat == catAdv
}

// sIsVerb tells "he's going" from "the man's going".
func sIsVerb(toks []token, i int) bool {
	if i == 0 {
		return false
	}
	switch toks[i-1].low {
	case "he", "she", "it", "that", "there", "here", "who", "what", "how", "where", "let", "everyone", "everybody", "nobody", "this":
		return true
	}
	return false
}

// clauseAfter tells "after he left" from "after the war": a pronoun follows, or
// a verb form that is finite stands among the next words.
func clauseAfter(toks []token, i int) bool {
	l := known()
	for j := i + 1; j < len(toks) && j < i+9 && toks[j].sent == toks[i].sent; j++ {
		w := l.words[toks[j].low]
		if toks[j].shape >= punct {
			return false
		}
		if w == nil {
			continue
		}
		switch w.cat {
		case catSubj, catBe, catModal, catHave, catDo:
			return true
		case catVerb:
			if b := l.words[toks[j-1].low]; w.forms&partForm != 0 && j > i+1 && b != nil && b.fixed && (b.cat == catDet || b.cat == catNum || b.cat == catPossPron || b.cat == catAdj || toks[j-1].low == "one") {
				continue // "after one published account"
			}
			if w.forms&(pastForm|sForm) != 0 && !w.also {
				return true
			}
		}
	}
	return false
}

func verbForm(t *token) bool {
	w := known().words[t.low]
	return w != nil && w.forms != 0 && !w.also
}

func nounAfter(toks []token, i int) bool {
	n := &toks[i+1]
	w := known().words[n.low]
	if n.sent != toks[i].sent || !n.isWord() && n.shape != number {
		return opensQuote(n)
	}
	return w == nil || !w.fixed || w.cat == catAdj || w.cat == catNum
}
