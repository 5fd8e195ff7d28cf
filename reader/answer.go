package reader

import (
	"slices"
	"strings"
)

// saidNouns name what somebody says, or what is said.
var saidNouns = set(`allegation allegations accusation accusations charge charges claim claims assertion assertions contention
	suggestion suggestions report reports rumour rumours rumor rumors account version notion speculation something
	insinuation insinuations characterisation characterization forecast forecasts prediction predictions finding findings
	estimate estimates figure figures`)

// answering verbs deny what such a noun stands for; denyingOnly are those that deny
// whatever they follow. An offer is rejected too, and that denies nothing.
var (
	answering   = set(`deny dispute refute reject dismiss contest`)
	denyingOnly = set(`deny dispute refute`)
)

const (
	// answeredConfidence is not fitted: few of these sentences say anything else, but
	// the corpus that the model learned from hardly has them.
	answeredConfidence = .6
	// A denial and what it denies are this near, in tokens, and a sentence in which
	// more is said than that is none.
	answerReach = 60
	mostNear    = 40
)

// answerer finds denials that follow what they deny.
type answerer struct {
	*reading
	s     sentence
	limit int        // its end before the stop
	near  []*finding // those with their cue in it
	extra []*finding
	gone  map[*finding]bool
}

// answers finds denials that follow what they deny, which then is the content of both:
// "Roe says Doe fled, a charge he denies", "…, which the army disputes", "Reports that two
// men were held were denied by the ministry". Everything else has been found.
func (r *reading) answers() {
	at := map[int32][]*finding{}
	for _, f := range r.found {
		sent := r.toks[f.cue.from].sent
		at[sent] = append(at[sent], f)
	}
	a := answerer{reading: r, gone: map[*finding]bool{}}
	for k, s := range r.sents {
		if a.s, a.limit, a.near = s, r.limit(s), at[int32(k)]; len(a.near) > mostNear {
			continue
		}
		for v := s.from; v < a.limit; v++ {
			a.verb(v)
		}
	}
	r.found = append(slices.DeleteFunc(r.found, func(f *finding) bool { return a.gone[f] }), a.extra...)
}

// verb looks whether the verb at token v answers anything.
func (a *answerer) verb(v int) {
	r, t := a.reading, &a.toks[v]
	if from := a.unverified(v); from >= 0 {
		a.claimBefore(from)
		return
	}
	if !answering[lemmaOf(t.low)] || t.word == nil || t.word.forms == 0 {
		return
	}
	// "A forecast Orvania disputes": the lists may take the verb for a noun.
	if t.cat != catVerb && !a.isCue(v) && (v == a.s.from || a.toks[v-1].cat != catName && a.toks[v-1].cat != catSubj) {
		return
	}
	g := r.group(v)
	switch {
	case g.infinitive || g.negated || g.modal:
	case g.passive:
		if said, ok := a.claimBefore(g.from); ok {
			a.deniedBy(g, said)
		}
	case g.from > a.s.from && saidNouns[a.toks[g.from-1].low] && t.word.forms&partForm != 0 && v+1 < a.limit && a.toks[v+1].low == "by":
		if said, ok := a.saidBefore(a.apart(g.from - 1)); ok {
			a.deniedBy(g, said)
		}
	case g.finite && a.noObject(v+1):
		a.deniedBehind(g)
	}
}

// isCue tells whether the verb at token v was found to be one, whatever the lists take
// it for.
func (a *answerer) isCue(v int) bool {
	return slices.ContainsFunc(a.near, func(f *finding) bool { return f.cue.from <= v && v < f.cue.to })
}

// unverified is where "could not be independently verified" begins if it ends with
// token v, or -1.
func (a *answerer) unverified(v int) int {
	switch a.toks[v].low {
	case "verified", "confirmed", "corroborated", "substantiated":
	default:
		return -1
	}
	not := false
	i := v - 1
	for ; i >= a.s.from && i > v-6; i-- {
		t := &a.toks[i]
		if t.cat != catAdv && t.cat != catNot && t.cat != catBe && t.cat != catModal && t.cat != catHave {
			break
		}
		not = not || t.low == "not" || t.low == "cannot" || t.low == "never" || strings.HasSuffix(t.low, "n't") || strings.HasSuffix(t.low, "n’t")
	}
	if !not {
		return -1
	}
	return i + 1
}

// noObject tells that nothing stands at token k that a verb before it could act on.
func (a *answerer) noObject(k int) bool {
	if k >= a.limit {
		return true
	}
	t := &a.toks[k]
	if t.cat == catPrep && k+1 < a.limit && dateWord(&a.toks[k+1]) {
		return true
	}
	return t.cat == catMark && t.quote < 0 || t.low == "as" || t.cat == catAdv || t.cat == catCoord || dateWord(t)
}

// deniedBehind reads "…, a charge he denies" and "…, which he denies".
func (a *answerer) deniedBehind(g verbGroup) {
	// Between the noun, or which, and the verb stands who denies.
	at := g.from - 1
	for at > a.s.from && !(a.toks[at].low == "which" && a.toks[at-1].low == ",") && !(saidNouns[a.toks[at].low] && a.apart(at) >= 0) {
		if at--; at < g.from-answerReach || finiteVerb(&a.toks[at]) {
			return
		}
	}
	if at <= a.s.from {
		return
	}
	mark, who := at-1, run{at + 1, g.from}
	if a.toks[at].low != "which" {
		mark = a.apart(at)
		if w := a.toks[who.from].low; w == "that" || w == "which" {
			who.from++
		}
	} else if !denyingOnly[lemmaOf(a.toks[g.verb].low)] {
		return
	}
	for !who.empty() && a.toks[who.to-1].low == "," {
		who.to--
	}
	if who.empty() || !a.canSpeak(who) {
		return
	}
	said, ok := a.saidBefore(mark)
	if !ok {
		return
	}
	head := who
	for i := who.from + 1; i < who.to; i++ {
		if a.toks[i].low == "," {
			head.to = i
			break
		}
	}
	a.put(g, &finding{source: who, head: head, how: "subject", content: []run{said}})
}

// deniedBy reads who denies it in "the claim that the ship sank was dismissed by the
// navy" and "…, a claim denied by the navy".
func (a *answerer) deniedBy(g verbGroup, said run) {
	for j := g.verb + 1; j+1 < a.limit && j < g.verb+6; j++ {
		if a.toks[j].low != "by" {
			continue
		}
		who := a.phraseRight(j+1, a.limit)
		for i := who.from; i < who.to; i++ {
			if a.toks[i].low == "as" || a.toks[i].low == "," {
				who.to = i
			}
		}
		if !who.empty() && a.canSpeak(who) && !slices.ContainsFunc(a.toks[who.from:who.to], func(t token) bool { return dateWord(&t) }) {
			a.put(g, &finding{source: who, head: who, how: "agent", content: []run{said}})
		}
		return
	}
}

// apart is the mark before "a charge" or "something" where token i is its noun, or -1.
func (a *answerer) apart(i int) int {
	j := i - 1
	for j > a.s.from && j > i-4 && (a.toks[j].cat == catDet || a.toks[j].cat == catAdj) {
		j--
	}
	if j <= a.s.from || j == i-1 && a.toks[i].low != "something" {
		return -1
	}
	switch a.toks[j].low {
	case ",", "—", "–", "--":
		return j
	}
	return -1
}

// saidBefore is what stands before the mark and is denied behind it: what somebody else
// says there, or else the clause, or "allegations of torture".
func (a *answerer) saidBefore(mark int) (run, bool) {
	if mark < 0 {
		return run{}, false
	}
	for _, f := range a.near {
		for k, c := range f.content {
			if c.from >= mark || c.to < mark || f.cue.from >= mark {
				continue
			}
			if c.to > mark && len(f.content) == k+1 {
				f.content[k].to = mark
			}
			return run{c.from, mark}, true
		}
	}
	for _, f := range a.near {
		// "Doe fled, Roe said, which Doe denies."
		if c := f.content[0]; len(f.content) == 1 && c.to <= f.cue.from && (f.source.to == mark || f.cue.to == mark) {
			return c, true
		}
	}
	if mark > a.s.from+answerReach {
		return run{}, false
	}
	said := a.trimFront(run{a.s.from, mark})
	known := false
	for i := said.from; i < said.to; i++ {
		t := &a.toks[i]
		known = known || finiteVerb(t) || saidNouns[t.low]
		if t.cat != catVerb || t.word == nil || t.word.cue == nil {
			continue
		}
		// Somebody says or blames something here, and it was not found what.
		switch lemma := lemmaOf(t.low); {
		case lemma == "accuse" || lemma == "blame":
			return run{i + 1, mark}, i+1 < mark
		case t.word.cue.speech():
			for j := i + 1; j < min(i+5, mark); j++ {
				if a.toks[j].low == "that" {
					return run{j, mark}, j+1 < mark
				}
			}
			return run{i + 1, mark}, i+1 < mark && lemma != "tell"
		}
	}
	return said, known
}

// claimBefore is the clause of "the claim that …" before a verb group that begins at
// token verb, and whose subject it is. Where it was found as said by somebody, or by
// nobody, it ends there.
func (a *answerer) claimBefore(verb int) (run, bool) {
	for i := verb - 3; i >= a.s.from && i > verb-answerReach; i-- {
		if !saidNouns[a.toks[i].low] || a.toks[i+1].low != "that" {
			continue
		}
		said := run{i + 1, verb}
		if !a.finiteIn(said.from+1, said.to) || slices.ContainsFunc(a.toks[said.from:said.to], func(t token) bool { return t.cat == catMark }) {
			return run{}, false
		}
		for _, f := range a.near {
			if n := len(f.content); f.cue.from <= i && i < f.cue.to && f.content[n-1].from < verb && f.content[n-1].to > verb {
				f.content[n-1].to = verb
			}
		}
		return said, true
	}
	return run{}, false
}

// put adds a denial in place of what was made of its verb before, unless that tells
// with some certainty what is denied.
func (a *answerer) put(g verbGroup, f *finding) {
	f.cue = run{g.from, g.verb + 1}
	sure := answeredConfidence
	for _, o := range a.near {
		if !meets(o.cue, f.cue) {
			continue
		}
		// Who denies is not "a charge Doe".
		mixed := slices.ContainsFunc(a.toks[o.source.from:o.source.to], func(t token) bool { return saidNouns[t.low] })
		if c := o.content[0]; o.confidence >= answeredConfidence && !mixed && (len(o.content) > 1 || c.to > c.from+1) {
			return
		}
		sure = max(sure, o.confidence)
		a.gone[o] = true
	}
	how := f.how
	a.complete(f)
	f.how, f.before, f.answer, f.act, f.confidence = how, true, true, Denies, sure
	a.extra = append(a.extra, f)
}
