package reader

import (
	"slices"
	"strings"

	"github.com/demarche/demarche"
)

// annotated is a text with what is needed to compare it with a proposition: who
// its words stand for, what they mean, how they hang together.
type annotated struct {
	r       *reading
	sc      *scene
	s       *sheet
	stems   []string
	senses  [][]sense
	exprLen []int          // how many words the expression has that begins at a token
	party   []string       // the actor whose name, office or people a token belongs to
	firstOf map[string]int // where each actor is first named
	kinds   map[string]string
	of      map[string]string
	members map[string][]string
}

func annotate(r *reading, opts Options) *annotated {
	x := &annotated{
		r: r, sc: r.newScene(opts), s: r.syntax(shipped()), stems: make([]string, len(r.toks)), senses: make([][]sense, len(r.toks)),
		exprLen: make([]int, len(r.toks)), party: make([]string, len(r.toks)), firstOf: map[string]int{}, kinds: map[string]string{}, of: map[string]string{}, members: map[string][]string{},
	}
	for i := range r.toks {
		if r.toks[i].isWord() {
			x.stems[i] = stem(r.toks[i].low)
		} else {
			x.stems[i] = r.toks[i].low
		}
	}
	l := meanings()
	for i := range r.toks {
		if r.toks[i].isWord() {
			x.senses[i], x.exprLen[i] = l.at(x.s, r.toks, x.stems, i, r.sentenceOf(i).to)
		}
		x.exprLen[i] = max(1, x.exprLen[i])
	}
	for _, a := range opts.Actors {
		x.kinds[a.ID] = a.Kind
		x.of[a.ID] = a.Of.Name
		x.members[a.ID] = append(x.members[a.ID], a.Members...)
	}
	x.findParties(opts.Actors)
	for i, id := range x.party {
		if _, ok := x.firstOf[id]; id != "" && !ok {
			x.firstOf[id] = i
		}
	}
	return x
}

// alias is one name of an actor, to be found in a text.
type alias struct {
	words []string
	id    string
	lower bool // written in lower case in the case file
}

// findParties marks every token that belongs to the name, the office or the
// people of an actor.
func (x *annotated) findParties(actors []demarche.Actor) {
	r := x.r
	byFirst := map[string][]alias{}
	add := func(a *demarche.Actor, name string) {
		w := foldedWords(name)
		if len(w) == 0 {
			return
		}
		al := alias{words: w, id: a.ID, lower: strings.ToLower(name) == name}
		byFirst[w[0]] = append(byFirst[w[0]], al)
		if a.Kind == "state" && len(w) == 1 && !al.lower {
			for _, d := range demonymsOf(w[0]) {
				byFirst[d] = append(byFirst[d], alias{words: []string{d}, id: a.ID})
			}
		}
	}
	tails := map[string]string{} // "the commission", where only one has such a name
	for i := range actors {
		if a := &actors[i]; a.Kind != "person" && a.Kind != "state" {
			for _, n := range append([]string{a.Name}, a.Aliases...) {
				if w := tailOf(n); w != "" {
					if id, taken := tails[w]; taken && id != a.ID {
						tails[w] = ""
					} else {
						tails[w] = a.ID
					}
				}
			}
		}
		add(&actors[i], actors[i].Name)
		for _, n := range actors[i].Aliases {
			add(&actors[i], n)
		}
	}
	for i := 0; i < len(r.toks); i++ {
		if !r.toks[i].isWord() {
			continue
		}
		best := alias{}
		for _, a := range byFirst[fold(r.toks[i].low)] {
			if len(a.words) > len(best.words) && x.named(i, &a) {
				best = a
			}
		}
		if id := tails[fold(r.toks[i].low)]; len(best.words) == 0 && id != "" && i > 0 && r.toks[i-1].low == "the" &&
			!(i+1 < len(r.toks) && (r.toks[i+1].cat == catNoun || r.toks[i+1].cat == catName) && r.toks[i+1].sent == r.toks[i].sent) {
			x.party[i] = id
		}
		for k := range best.words {
			x.party[i+k] = best.id
		}
		i += max(0, len(best.words)-1)
	}
	c := x.sc.cast
	if c == nil {
		return
	}
	for i := 0; i < len(r.toks); i++ {
		// Last names alone.
		k, ok := c.last[lastName(fold(r.toks[i].low))]
		if r.toks[i].shape != capWord || x.party[i] != "" || !ok || k < 0 {
			continue
		}
		from := i
		for from > 0 && r.toks[from-1].sent == r.toks[i].sent && r.toks[from-1].shape == capWord && x.party[from-1] == "" && r.toks[from-1].cat != catSub && r.toks[from-1].cat != catPrep && i-from < 4 {
			from--
		}
		if c.givenFits(k, x.sc.folded(run{from, i + 1})) && !(i+1 < len(r.toks) && r.toks[i+1].shape == capWord && r.toks[i+1].sent == r.toks[i].sent && orgWords[r.toks[i+1].low]) {
			x.party[i] = c.actors[k].ID
		}
	}
	for _, m := range x.sc.mentions {
		if m.empty() || x.party[m.to-1] != "" {
			continue
		}
		id := x.sc.called(m.run, Person)
		if id == nil && m.person >= 0 {
			for _, f := range x.sc.people[m.person].forms {
				if id = x.sc.called(f, Person); id != nil {
					break
				}
			}
		}
		if id == nil || id.ID == "" {
			continue
		}
		for i := m.from; i < m.to; i++ {
			if x.party[i] == "" || i == m.to-1 {
				x.party[i] = id.ID
			}
		}
	}
	for _, s := range x.sc.places {
		if s.code == "" {
			continue
		}
		for k := range c.actors {
			if countryOf(&c.actors[k]) != s.code {
				continue
			}
			for i := s.from; i < s.to; i++ {
				if x.party[i] == "" {
					x.party[i] = c.actors[k].ID
				}
			}
			break
		}
	}
}

// tailOf is the word by which a body is called for short: the last of its name, or
// the one before "of".
func tailOf(name string) string {
	w := foldedWords(name)
	for i, s := range w {
		if s == "of" && i > 0 {
			w = w[:i]
			break
		}
	}
	if len(w) < 2 {
		return ""
	}
	last := w[len(w)-1]
	if institutionNouns[last] || orgWords[last] || last == "line" || last == "service" || last == "union" || last == "unions" || last == "company" {
		return last
	}
	return ""
}

// named tells whether a name begins at token i: with a capital, unless the case
// writes it small, or behind "the".
func (x *annotated) named(i int, a *alias) bool {
	toks := x.r.toks
	if i+len(a.words) > len(toks) {
		return false
	}
	for k, w := range a.words {
		if t := &toks[i+k]; t.sent != toks[i].sent || fold(t.low) != w {
			return false
		}
	}
	t := &toks[i]
	n := len(a.words)
	if n == 1 && i+1 < len(toks) && toks[i+1].sent == t.sent && t.shape == capWord && toks[i+1].shape == capWord && x.kinds[a.id] == "person" {
		return false
	}
	return t.shape == capWord || a.lower || i > 0 && toks[i-1].low == "the" && n >= 1 && x.kinds[a.id] != "person" && !(i+n < len(toks) && toks[i+n].cat == catNoun && toks[i+n].sent == t.sent && n == 1)
}

// demonymsOf are the adjectives that a country's name may have where no list has
// it.
func demonymsOf(name string) []string {
	base := strings.TrimRight(name, "aeiouy")
	out := []string{}
	if strings.HasSuffix(name, "a") {
		out = append(out, name+"n", name+"ns")
	}
	if len(base) > 2 {
		for _, end := range []string{"ian", "ians", "an", "ans", "ese", "ish", "i", "is", "er", "ers", "ic"} {
			out = append(out, base+end)
		}
	}
	return out
}

// within tells how well the actor id stands for the actor p: 1 if it is p, less
// if it belongs to p, 0 if neither.
func (x *annotated) within(id, p string) float64 {
	if id == p {
		return 1
	}
	for _, m := range x.members[p] {
		if m == id {
			return onlyMember
		}
	}
	for k, hops := x.of[id], 0; k != "" && hops < 6; k, hops = x.of[k], hops+1 {
		if k == p {
			return onlyMember
		}
	}
	return 0
}

// telling tells a word that carries meaning.
func (x *annotated) telling(i int) bool {
	t := &x.r.toks[i]
	if t.shape == number {
		return true
	}
	if !t.isWord() {
		return false
	}
	if len(x.senses[i]) > 0 {
		return true
	}
	switch t.cat {
	case catDet, catPossPron, catPoss, catSubj, catObj, catPron, catRel, catThat, catWh, catPrep, catTo, catModal, catBe, catHave, catDo,
		catNot, catCoord, catSub, catMark:
		return false
	case catAdv:
		return x.s.pos[i] != posRB || strings.HasSuffix(t.low, "ly") || lightWords[t.low]
	}
	return true
}

// inName tells a number that is part of a name: "Camp Nine".
func (x *annotated) inName(s Span) bool {
	from, _ := x.r.tokensOf(s)
	t := &x.r.toks[from]
	return from > 0 && t.shape == capWord && x.r.toks[from-1].shape == capWord && x.r.toks[from-1].sent == t.sent
}

// keySenses are the senses of a token that tell what is so.
func (x *annotated) keySenses(i int) []sense {
	var out []sense
	for _, s := range x.senses[i] {
		if !meanings().thing[s] {
			out = append(out, s)
		}
	}
	return out
}

// child is the first word that hangs on h in that relation, or -1.
func (x *annotated) child(h int, rel relation) int {
	s := x.r.sentenceOf(h)
	for i := s.from; i < s.to; i++ {
		if x.s.head[i] == int32(h) && x.s.rel[i] == rel {
			return i
		}
	}
	return -1
}

func (x *annotated) hasCopula(h int) bool { return x.child(h, relCop) >= 0 }

// phrase is the run of words around a noun that hang on it, without clauses.
func (x *annotated) phrase(h int) run {
	s := x.r.sentenceOf(h)
	under := func(i int) bool {
		for n := 0; n < 6 && i >= 0; n++ {
			if i == h {
				return true
			}
			switch x.s.rel[i] {
			case relRelcl, relAcl, relAppos, relCcomp, relAdvcl, relConj:
				return false
			}
			i = int(x.s.head[i])
		}
		return false
	}
	p := run{h, h + 1}
	for p.from > s.from && h-p.from < 8 && under(p.from-1) {
		p.from--
	}
	for p.to < s.to && p.to-h < 12 && under(p.to) {
		p.to++
	}
	return p
}

// tense is whether something is told as done, to come, possible.
type tense uint8

const (
	noTense tense = iota
	actual
	ongoing
	future
	possible
	possiblyWas
	infinitive
	gerund
	plan
)

// voice is how the subject of a clause stands to what is told of it.
type voice uint8

const (
	nominalised voice = iota
	active
	passive
	stative
)

// climbed is what stands above a word inside a content.
type climbed struct {
	blocked, conditional, negated, hedged, object, progress bool

	nots     []int // the tokens that negate
	untrue   bool  // a word such as "false" was met on the way
	relative bool  // it stands in a relative clause, and is taken for granted

	ownSubject bool // the one who acts is the speaker, unsaid
	tense      tense
	voice      voice
	subject    int // its head, or -1
	by         int
	worth      float64
}

// isClause tells a verb that makes a clause, or what a copula hangs on.
func (x *annotated) isClause(i int) bool {
	if x.hasCopula(i) {
		return true
	}
	if !x.s.pos[i].verbal() {
		return false
	}
	switch x.s.rel[i] {
	case relAmod, relCompound, relAux, relCop, relDet:
		return false
	}
	return true
}

var negators = set(`not never neither nor n't nobody none nothing`)

// negatedAt tells whether the clause or the phrase at w is negated.
func (x *annotated) negatedAt(w int) bool { return x.notAt(w) >= 0 }

// notAt is the token that negates the clause or the phrase at w, or -1.
func (x *annotated) notAt(w int) int {
	s := x.r.sentenceOf(w)
	for i := s.from; i < s.to; i++ {
		h := int(x.s.head[i])
		t := &x.r.toks[i]
		for hops := 0; h >= 0 && h != w && hops < 3 && (x.s.rel[h] == relCompound || x.s.rel[h] == relAmod) && !x.s.pos[h].verbal(); hops++ {
			h = int(x.s.head[h]) // "no income taxes"
		}
		n := negators[t.low] || t.low == "no" || strings.HasSuffix(t.low, "n't") || t.low == "cannot" || t.low == "without" && i < w
		if !n || i == w {
			continue
		}
		switch {
		case h == w:
		case h >= 0 && int(x.s.head[h]) == w && (x.s.rel[h] == relNsubj || x.s.rel[h] == relDobj || x.s.rel[h] == relNmod && t.low != "not" || x.s.rel[h] == relAux):
		case h >= 0 && int(x.s.head[h]) >= 0 && int(x.s.head[x.s.head[h]]) == w && x.s.rel[x.s.head[h]] == relNsubj && i < w && t.low != "n't": // "not one cent of it was paid"
		default:
			continue
		}
		if t.low == "not" && i+1 < s.to && (x.r.toks[i+1].low == "only" || x.r.toks[i+1].low == "just") {
			continue
		}
		return i
	}
	return -1
}

// negate notes the word that negates w, unless it was met before.
func (x *annotated) negate(w int, c *climbed) {
	if i := x.notAt(w); i >= 0 && !slices.Contains(c.nots, i) {
		c.nots = append(c.nots, i)
		c.negated = !c.negated
	}
}

// readClause reads the tense, the voice and the subject of the clause of w.
func (x *annotated) readClause(w int, c *climbed) {
	r := x.r
	s := r.sentenceOf(w)
	var modal string
	be, have, to, want := false, false, false, false
	for i := s.from; i < s.to; i++ {
		if int(x.s.head[i]) != w {
			continue
		}
		low := r.toks[i].low
		switch x.s.rel[i] {
		case relAux, relCop:
			switch {
			case low == "will" || low == "would" || low == "'ll" || low == "wo" || low == "won't" || low == "wouldn't" || low == "'d" || low == "shall":
				modal = "will"
			case low == "may" || low == "might" || low == "could" || low == "can" || low == "couldn't":
				if modal == "" {
					modal = "may"
				}
			case low == "must" || low == "should" || low == "ought" || low == "shouldn't":
				modal = "must"
			case low == "has" || low == "have" || low == "had" || low == "'ve" || low == "having" || low == "hasn't" || low == "haven't" || low == "hadn't":
				have = true
			case r.toks[i].cat == catBe || low == "be" || low == "been" || low == "being" || low == "get" || low == "got":
				be = true
			case low == "to":
				to = true
			}
		case relMark:
			if low == "to" {
				to = true
			}
			if low == "that" {
				want = true
			}
		case relDobj:
			c.object = true
		}
	}
	if modal == "" && !have && !to {
		// The word right before a verb governs it, wherever the parser hangs it.
		j := w - 1
		for j > s.from && (r.toks[j].cat == catAdv || r.toks[j].cat == catNot) {
			j--
		}
		if j >= s.from && r.toks[j].cat == catModal && (r.toks[j].low == "will" || r.toks[j].low == "would") {
			modal = "will"
		}
	}
	p := x.s.pos[w]
	cop := x.hasCopula(w) && !p.verbal()
	bareConj := x.s.rel[w] == relConj && !be && !have && modal == "" && !to && x.child(w, relNsubj) < 0
	if bareConj {
		if h := int(x.s.head[w]); h >= 0 && x.isClause(h) && (x.s.pos[h] == p || p == posVB) {
			var up climbed
			up.subject, up.by = -1, -1
			x.readClause(h, &up)
			c.tense, c.voice, c.progress, c.subject = up.tense, up.voice, up.progress, up.subject
			x.negate(h, c)
			x.negate(w, c)
			return
		}
	}
	switch {
	case modal == "will" && have:
		c.tense = possiblyWas
	case modal == "will":
		c.tense = future
	case modal == "may" && have:
		c.tense, c.hedged = possiblyWas, true
	case modal == "may":
		c.tense = possible
		if low := x.auxOf(w); (low == "could" || low == "can") && x.negatedAt(w) {
			c.blocked = true // "could not say"
		}
	case modal == "must" && have:
		c.tense, c.hedged = actual, true
	case modal == "must":
		c.blocked = true
	case to && have:
		c.tense = actual
	case to && be && !cop && p == posVB:
		c.tense = infinitive
	case to:
		c.tense = infinitive
	case p == posVBG && !be && have:
		c.tense = actual
	case p == posVBG && !be:
		c.tense = gerund
	case p == posVB && want && !cop:
		c.blocked = true // "that he leave"
	default:
		c.tense = actual
	}
	c.progress = p == posVBG && be
	switch {
	case cop:
		c.voice = stative
	case p == posVBN && be, p == posVBN && !have && !be && (x.s.rel[w] == relAcl || x.s.rel[w] == relAmod || x.s.rel[w] == relDep):
		c.voice = passive
	case baseOf(r.toks[w].low) == "be", baseOf(r.toks[w].low) == "remain", baseOf(r.toks[w].low) == "stay":
		c.voice = stative
	default:
		c.voice = active
	}
	if c.voice == passive {
		c.by = x.agentOf(w)
	}
	c.subject = x.subjectOf(w, 0)
	x.negate(w, c)
}

func (x *annotated) auxOf(w int) string {
	if i := x.child(w, relAux); i >= 0 {
		return x.r.toks[i].low
	}
	return ""
}

// agentOf is the head of the phrase behind "by", or -1.
func (x *annotated) agentOf(w int) int {
	s := x.r.sentenceOf(w)
	for i := w + 1; i < min(s.to, w+14); i++ {
		if x.r.toks[i].low == "by" {
			h := int(x.s.head[i])
			if h < 0 || h <= i || dateWord(&x.r.toks[h]) || x.r.toks[h].shape == number || x.s.pos[h].verbal() {
				return -1
			}
			return h
		}
		switch x.s.pos[i] {
		case posVBD, posVBZ, posVBP:
			if x.isClause(i) {
				return -1
			}
		}
	}
	return -1
}

// subjectOf is the head of the subject of the clause at w, or -1.
func (x *annotated) subjectOf(w, depth int) int {
	if depth > 4 {
		return -1
	}
	if i := x.child(w, relNsubj); i >= 0 {
		if low := x.r.toks[i].low; (low == "who" || low == "which" || low == "that") && x.s.rel[w] == relRelcl {
			return int(x.s.head[w])
		}
		if x.r.toks[i].low != "there" {
			return i
		}
		// "there were talks"
		s := x.r.sentenceOf(w)
		for k := w + 1; k < s.to; k++ {
			if x.s.head[k] == int32(w) && (x.s.rel[k] == relNsubj || x.s.rel[k] == relDobj) {
				return k
			}
		}
		return -1
	}
	u := int(x.s.head[w])
	if u < 0 {
		return -1
	}
	switch x.s.rel[w] {
	case relConj:
		if x.isClause(u) {
			return x.subjectOf(u, depth+1)
		}
	case relXcomp, relAdvcl, relCcomp:
		if o := x.child(u, relDobj); o >= 0 && o < w && objectControl[baseOf(x.r.toks[u].low)] {
			return o
		}
		if x.isClause(u) {
			return x.subjectOf(u, depth+1)
		}
	case relAcl:
		if low := x.r.toks[u].low; !x.s.pos[u].verbal() && x.s.pos[w] != posVB && !planNouns[low] && !blockingNouns[low] {
			return u
		}
		if up := int(x.s.head[u]); up >= 0 && x.isClause(up) {
			return x.subjectOf(up, depth+1)
		}
	}
	return -1
}

// objectControl are verbs whose object is who then acts: "asked the army to leave".
var objectControl = set(`ask urge tell order force allow press beg advise expect want instruct command call accuse persuade convince let make enable
	permit warn help cause get compel oblige request require see`)

var (
	// refusing verbs say that what hangs on them is not so.
	refusing = set(`refuse fail decline deny reject dismiss avoid stop prevent refute dispute doubt rule lack neglect forget cease disprove rebut abstain`)
	// bearing verbs say that it is so.
	bearing = set(`manage begin start continue keep confirm admit acknowledge know show prove see find reveal mean happen turn finish complete
		concede discover establish learn notice recall remember ensure cause force let conclude note stress emphasise emphasize insist add`)
	// telling verbs say that somebody says it.
	telling = set(`say tell claim report state assert argue write announce explain maintain contend describe call allege suggest`)
	// doubtful words say that it seems so.
	doubtful = set(`believe think suspect appear seem assume likely unlikely possible presume feel understand reckon rumour rumor allege probable`)
	// coming words say that it is to be.
	coming = set(`go set due expect schedule likely poised about bound sure certain slate ready`)
	// planning words say that somebody means it to be.
	planning = set(`plan intend want mean aim hope wish consider propose prepare plot think intention plans thought`)

	lightGovernors = set(`be have make take carry conduct begin start suffer face see complete use do run launch undergo cause get give pay continue
		lead result end remain stay arrive come occur happen end announce confirm report acknowledge admit find describe call detect cite order
		allege deny reject dismiss refute dispute reveal prove stand keep hold show`)

	blockingNouns = set(`demand demands call calls appeal appeals offer offers proposal proposals idea ideas option options possibility possibilities
		threat threats hope hopes fear fears risk risks prospect prospects request requests pledge pledges promise promises vow vows order orders aim
		goal bid effort efforts attempt attempts need chance scenario warning warnings preparation preparations readiness willingness failure refusal
		resolution condition question options debate thought obligation right ability permission opportunity time deadline`)

	planNouns = set(`plan plans intention intentions decision wish desire thought intent ambition`)

	hedgingNouns = set(`rumour rumours rumor rumors allegation allegations suggestion suggestions speculation suspicion suspicions accusation accusations`)
)

// granted are nouns by which a clause is taken for a fact.
var granted = set(`fact news confirmation admission truth reality result finding findings conclusion disclosure revelation announcement information
	knowledge sign proof acknowledgement acknowledgment`)

// climb goes from a word up to the top of the content and notes what is done to
// it on the way.
func (x *relater) climb(v int) climbed {
	c := climbed{worth: 1, subject: -1, by: -1}
	w, clause := v, -1
	for range maxClimb {
		if clause < 0 && x.isClause(w) {
			clause = w
			x.readClause(w, &c)
			x.fillSubject(&c, w)
			if c.subject == v && v != w {
				c.subject, c.voice = -1, nominalised // "there was no agreement"
			}
		} else if clause < 0 {
			x.negate(w, &c)
		}
		x.marks(w, &c)
		u := int(x.s.head[w])
		if u < 0 || !x.said[u] {
			break
		}
		if clause >= 0 && x.s.rel[w] == relRelcl {
			if !x.relativeTo(u, w) {
				break
			}
			c.relative = true
			c.worth *= .85
			break
		}
		x.governed(w, u, clause, &c)
		w = u
	}
	if clause < 0 || c.voice == nominalised {
		c.by = x.doer(v)
	}
	x.partIn(v, &c)
	x.aside(v, &c)
	s := x.r.sentenceOf(v)
	for i := max(s.from, v-8); i < min(s.to, v+6); i++ {
		if x.said[i] && (hedgeAdverbs[x.r.toks[i].low] || x.r.toks[i].low == "alleged" || x.r.toks[i].low == "suspected") && i != v {
			c.hedged = true
		}
		if x.said[i] && i < v {
			if low := x.r.toks[i].low; low == "whether" {
				c.blocked = true
			} else if (low == "if" || low == "unless") && clause >= 0 {
				c.conditional = true
			}
		}
	}
	return c
}

// relativeTo tells whether the clause of w can be a relative one of the noun u before
// it: it has a word for that, or a subject of its own. In "that the coming season will be
// dry" a parser may think so, but "season" is the subject.
func (x *relater) relativeTo(u, w int) bool {
	for i := u + 1; i < w; i++ {
		switch t := &x.r.toks[i]; {
		case t.cat == catRel || t.cat == catWh || t.low == "that" || t.low == "where" || t.low == "when" || t.low == "whose":
			return true
		case int(x.s.head[i]) == w && x.s.rel[i] == relNsubj:
			return true
		}
	}
	return u > w
}

// partWords are the ways to tell that somebody had to do with a deed, ending before
// the noun for it: "was behind", "had nothing to do with".
var partWords = []string{"to do with", "part in", "role in", "hand in", "involved in", "responsible for", "behind", "involvement in", "responsibility for"}

// partIn reads "Tarn had nothing to do with the explosion" as what Tarn did or did
// not do.
func (x *relater) partIn(v int, c *climbed) {
	toks := x.r.toks
	s := x.r.sentenceOf(v)
	if p := x.s.pos[v]; p.verbal() && p != posVBG || !x.said[v] {
		return
	}
	end := v
	for end > s.from && v-end < 4 && (toks[end-1].cat == catDet || toks[end-1].cat == catAdj || toks[end-1].cat == catPossPron || toks[end-1].low == "the") {
		end--
	}
	for _, words := range partWords {
		f := strings.Fields(words)
		from := end - len(f)
		if from <= s.from || !x.said[from] {
			continue
		}
		ok := true
		for i, w := range f {
			ok = ok && toks[from+i].low == w
		}
		if !ok {
			continue
		}
		subject := -1
		for i := from - 1; i >= s.from && from-i < 9 && x.said[i] && subject < 0; i-- {
			if x.s.rel[i] == relNsubj {
				subject = i
			}
		}
		if subject < 0 || x.s.head[subject] < 0 || int(x.s.head[subject]) >= v || !x.said[x.s.head[subject]] {
			return
		}
		*c = x.climb(int(x.s.head[subject]))
		c.voice, c.object, c.subject = active, true, subject
		c.worth *= .9
		return
	}
}

// aside notes what stands beside the way up: "reports that the strait was closed
// untrue", "no evidence that".
func (x *relater) aside(v int, c *climbed) {
	s := x.r.sentenceOf(v)
	for i := s.from; i < s.to; i++ {
		if !x.said[i] {
			continue
		}
		low := x.r.toks[i].low
		switch {
		case untrueWords[low] && !c.untrue && i != v:
			if c.untrue = true; naming[x.f.lemma] {
				c.negated = !c.negated
			} else {
				c.blocked = true // whatever it is that is called false
			}
		case i < v && sceptical[low]:
			c.blocked = true
		case i == v+1 && low == "no" && x.s.pos[v].verbal() && !slices.Contains(c.nots, i):
			c.nots = append(c.nots, i)
			c.negated = !c.negated
		case i < v && evidence[low] && i > 0 && x.r.toks[i-1].low == "no" && !slices.Contains(c.nots, i-1):
			c.nots = append(c.nots, i-1)
			c.negated = !c.negated
		}
	}
}

// naming verbs give what is said a name: "called it untrue".
var naming = set(`call label brand describe dub deem term declare pronounce denounce condemn dismiss`)

// fillSubject finds whoever acts where the tree has no subject.
func (x *relater) fillSubject(c *climbed, w int) {
	if c.subject >= 0 && (x.said[c.subject] || x.inCue[c.subject]) {
		return
	}
	if c.subject >= 0 && (c.tense == infinitive || c.tense == gerund) && x.f.source.from <= c.subject && c.subject < x.f.source.to {
		c.subject, c.ownSubject = -1, true
		return
	}
	c.subject = -1
	for _, p := range x.f.content {
		if w < p.from || w >= p.to {
			continue
		}
		// "the rebels of breaking the truce"
		for i := w - 1; i >= p.from; i-- {
			t := &x.r.toks[i]
			if (t.cat == catNoun || t.cat == catName) && t.low != "there" || pronouns[t.low] && t.low != "that" {
				k := i
				for h := int(x.s.head[k]); h >= p.from && h < w && !x.s.pos[h].verbal() && x.said[h]; h = int(x.s.head[k]) {
					k = h
				}
				c.subject = k
			}
		}
		if c.subject < 0 && (c.tense == infinitive || c.tense == gerund || x.r.toks[p.from].low == "having") {
			c.ownSubject = true
		}
	}
}

// doer is who did what a noun says: "the closure of the strait by Taravia".
func (x *relater) doer(v int) int {
	if by := x.agentOf(v); by >= 0 && x.said[by] {
		return by
	}
	if i := x.child(v, relPoss); i >= 0 {
		return i
	}
	return -1
}

// marks notes what opens the clause at w: if, whether, until.
func (x *relater) marks(w int, c *climbed) {
	s := x.r.sentenceOf(w)
	for i := s.from; i < w; i++ {
		if int(x.s.head[i]) != w || x.s.rel[i] != relMark && x.s.rel[i] != relAdvmod && x.s.rel[i] != relCase {
			continue
		}
		switch x.r.toks[i].low {
		case "if", "unless":
			c.conditional = true
		case "whether", "until", "once", "before", "lest":
			c.blocked = true
		}
	}
	// A consequence of something that is not so yet.
	if c.tense == future || c.tense == possible {
		for i := s.from; i < s.to; i++ {
			if low := x.r.toks[i].low; (low == "if" || low == "unless" || low == "once" || low == "provided") && x.said[i] && x.s.rel[i] != relPunct {
				c.conditional = true
			}
		}
	}
}

// governed notes what u does to w, which hangs on it.
func (x *relater) governed(w, u, clause int, c *climbed) {
	rel := x.s.rel[w]
	t := &x.r.toks[u]
	lemma := baseOf(t.low)
	verbal := x.s.pos[u].verbal() || x.hasCopula(u)
	neg := x.negatedAt(u)
	switch {
	case untrueWords[t.low]:
		c.untrue = true
		if !neg {
			c.negated = !c.negated
		}
		return
	case trueWords[t.low] && (rel == relCcomp || rel == relNsubj || rel == relXcomp || clause >= 0):
		if neg {
			c.negated = !c.negated
		}
		return
	case rel == relConj:
		return
	}
	if !verbal {
		x.governedByNoun(w, u, clause, c)
		return
	}
	if clause < 0 {
		switch {
		case rel == relNsubj:
			c.worth *= .9
		case rel != relDobj && rel != relNmod:
		case x.s.pos[w] != posNN && x.s.pos[w] != posNNS:
		case refusing[lemma]:
			c.negated = !c.negated
		case telling[lemma] && !x.own(u):
			c.blocked = true
		case planning[lemma]:
			c.tense = plan
			if neg {
				c.negated = !c.negated
			} else {
				c.blocked = true
			}
		case !lightGovernors[lemma]:
			c.blocked = true
		}
		return
	}
	down := func() { // what hangs on it takes its time
		if c.tense == infinitive || c.tense == gerund {
			c.tense = actual
			var up climbed
			up.subject, up.by = -1, -1
			if x.isClause(u) {
				x.readClause(u, &up)
				c.tense, c.blocked = up.tense, c.blocked || up.blocked
			}
		}
	}
	switch rel {
	case relCcomp, relXcomp, relDep, relAdvcl, relAcl:
		if rel == relAdvcl && c.tense == gerund && x.planAround(w, u, c) {
			return
		}
		if rel == relAdvcl && c.tense != infinitive {
			return // "because", "although", "after": taken for granted
		}
		if rel == relDep && c.tense != infinitive && c.tense != gerund {
			return
		}
		switch {
		case refusing[lemma]:
			c.negated = !c.negated
			if neg {
				c.blocked = true
			}
			down()
		case planning[lemma] && (c.tense == infinitive || c.tense == gerund):
			c.tense = plan
			if neg {
				c.negated = !c.negated
			} else {
				c.blocked = true
			}
		case coming[lemma] && (c.tense == infinitive || x.r.toks[u].low == "likely"):
			c.tense = future
			if t.low == "expected" || t.low == "likely" {
				c.hedged = true
			}
			if neg {
				c.negated = !c.negated
			}
		case doubtful[lemma]:
			c.hedged = true
			if neg || t.low == "unlikely" {
				c.negated = !c.negated
			}
			down()
		case telling[lemma]:
			if !x.own(u) || neg {
				c.blocked = true
			}
			down()
		case bearing[lemma]:
			if neg && rel != relCcomp {
				c.negated = !c.negated
			} else if neg {
				c.blocked = true
			}
			down()
		case rel == relAdvcl || rel == relXcomp || rel == relAcl:
			if x.planAround(w, u, c) {
				return
			}
			c.blocked = true
		case x.s.pos[u] == posJJ && plausibleWords[t.low]:
			c.hedged = true
		case rel == relCcomp && (t.word == nil || t.word.cue == nil) && x.child(w, relMark) < 0 && (c.tense == actual || c.tense == future):
			// Clauses in a row: "we looked, and there are none".
		default:
			c.blocked = true
		}
	case relDobj, relNmod, relNsubj:
		// By way of a noun: "rejected claims that", "was sceptical of reports that".
		switch {
		case x.isClause(w) || lightGovernors[lemma] || bearing[lemma] || telling[lemma] && x.own(u) || rel == relNsubj:
		case refusing[lemma]:
			c.negated = !c.negated
		case sceptical[t.low]:
			c.negated, c.hedged = !c.negated, true
		default:
			c.blocked = true
		}
	}
}

// sceptical words hold that something is rather not so.
var sceptical = set(`sceptical skeptical doubtful unconvinced dubious unpersuaded`)

// caseOf is the preposition before a noun, or "".
func (x *annotated) caseOf(i int) string {
	if k := x.child(i, relCase); k >= 0 {
		return x.r.toks[k].low
	}
	return ""
}

var plausibleWords = set(`plausible possible likely probable conceivable clear certain evident obvious apparent`)

// own tells a verb of saying whose subject is the speaker or nobody: "I said
// that", "it is said that".
func (x *relater) own(u int) bool {
	s := x.subjectOf(u, 0)
	if s < 0 {
		return true
	}
	low := x.r.toks[s].low
	return low == "i" || low == "we" || low == "it" || low == "there"
}

// planAround tells "had no plans to escort", where the tree hangs the verb on
// "had".
func (x *relater) planAround(w, u int, c *climbed) bool {
	for i := w - 1; i > u && i > w-5; i-- {
		if low := x.r.toks[i].low; planNouns[low] {
			c.tense = plan
			if x.negatedAt(i) || x.negatedAt(u) {
				c.negated = !c.negated
			} else {
				c.blocked = true
			}
			return true
		} else if low == "no" || low == "nothing" {
			return false
		}
	}
	return false
}

// governedByNoun notes what a noun does to what hangs on it.
func (x *relater) governedByNoun(w, u, clause int, c *climbed) {
	low := x.r.toks[u].low
	neg := clause >= 0 && x.negatedAt(u) && !slices.Contains(c.nots, x.notAt(u)) // else the climb itself sees it
	defer func() {
		if i := x.notAt(u); neg && i >= 0 {
			c.nots = append(c.nots, i)
		}
	}()
	rel := x.s.rel[w]
	switch {
	case planNouns[low]:
		c.tense = plan
		if x.negatedAt(u) {
			if clause >= 0 {
				c.negated = !c.negated
			}
		} else {
			c.blocked = true
		}
	case low == "denial" || low == "denials" || low == "failure" || low == "refusal":
		c.negated = !c.negated
		if c.tense == infinitive {
			c.tense = actual
		}
	case blockingNouns[low]:
		// "the idea of leaving", not "the scenario as plausible"
		c.blocked = c.blocked || clause >= 0 || x.s.pos[w] != posJJ
	case hedgingNouns[low]:
		if x.frame.sign > 0 {
			c.hedged = true
		}
		if neg {
			c.negated = !c.negated
		}
		if c.tense == gerund {
			c.tense = actual
		}
	case neg && (claimNouns[low] || evidence[low] || low == "question" || low == "doubt"):
		c.negated = !c.negated
	case clause >= 0 && (rel == relCcomp || rel == relAcl && x.child(w, relMark) >= 0 && c.tense != gerund) && !claimNouns[low] && !evidence[low] && !granted[low]:
		c.blocked = true // "confidence that": somebody else's
	case clause >= 0 && rel == relAcl:
		if c.tense == infinitive {
			c.blocked = true
		}
		if c.tense == gerund {
			c.tense = actual
		}
		if !claimNouns[low] && !evidence[low] && !granted[low] {
			c.worth *= .85
		}
	}
}

// auxiliaries are the forms of the verbs that the lists have no forms of.
var auxiliaries = map[string]string{
	"is": "be", "are": "be", "was": "be", "were": "be", "been": "be", "being": "be", "am": "be", "'re": "be", "'m": "be",
	"has": "have", "had": "have", "having": "have", "'ve": "have", "does": "do", "did": "do", "done": "do", "doing": "do",
}

// baseOf is the plain form of a verb, as far as the lists have it.
func baseOf(low string) string {
	if b, ok := auxiliaries[low]; ok {
		return b
	}
	return lemmaOf(low)
}
