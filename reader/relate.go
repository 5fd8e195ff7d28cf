package reader

import (
	"math"
	"slices"
	"strings"
)

// Matter is a proposition of a case, as far as the reader has to know it.
type Matter struct {
	ID   string
	Says string // one plain sentence
}

// Relation is a proposal: what is said in an attribution seems to affirm or to
// deny a proposition. Nothing follows from it until a person accepts it.
type Relation struct {
	Matter string `json:"proposition"`
	// Says is the proposition's sentence.
	Says string `json:"-"`
	// Denies tells that the proposition is denied; else it is affirmed.
	Denies bool `json:"denies"`
	// Hedged tells that the source, or the report about it, holds back.
	Hedged bool `json:"hedged"`
	// P is the probability, 0 to 1, that the link is right if the attribution is:
	// a scale set by hand and checked on cases of ours.
	P float64 `json:"p"`
	// Because is the words that made the link, as they stand in the report.
	Because string `json:"-"`
}

// Bounds and weights of ours. No corpus stands behind them: they were set on the
// cases in testdata/cases/relations.txt.
const (
	leastCover    = .55 // share of the proposition's words that has to be there
	leastDenied   = .45 // likewise in a denial: who denies more, denies what is narrower
	shortName     = .5  // worth of a name left out: "the strait"
	elsewhere     = .55 // worth of a word that only the text before has
	onlyMember    = .85 // worth of a minister where the proposition names the state
	unknownActor  = .6  // worth of a pronoun that nobody is found for
	leastRelation = .4
	surest        = .95
	maxScope      = 400 // words of a content that are looked at
	maxClimb      = 14  // governors looked at above a word
	maxBefore     = 3   // sentences before a claim that can complete it
)

// Relate proposes, for each attribution, which of the matters it affirms or
// denies. as are the attributions of text, in text order, and opts those by which
// it was read. Demands, offers, threats and plans affirm nothing but themselves.
// The answer has a list, empty or not, for each of as. It is deterministic.
func Relate(text string, as []Attribution, matters []Matter, opts Options) [][]Relation {
	out := make([][]Relation, len(as))
	for i := range out {
		out[i] = []Relation{}
	}
	if len(as) == 0 || len(matters) == 0 {
		return out
	}
	body := min(max(opts.Body, 0), len(text))
	toks := tokenize(text[body:])
	for i := range toks {
		toks[i].start += body
		toks[i].end += body
	}
	if len(toks) == 0 {
		return out
	}
	x := newRelater(newReading(text, toks), opts)
	var forms []*matter
	for i := range matters {
		if m := newMatter(&matters[i], opts); m != nil {
			forms = append(forms, m)
		}
	}
	for k := range as {
		x.speaker(&as[k])
		for _, m := range forms {
			if rel, ok := x.relate(&as[k], m); ok {
				out[k] = append(out[k], rel)
			}
		}
		if len(out[k]) == 0 {
			out[k] = x.echo(as, out, k)
		}
	}
	return out
}

// relater is a text made ready to be compared with propositions.
type relater struct {
	*annotated
	// The attribution at hand.
	f        finding
	said     []bool          // the tokens of its content
	inCue    []bool          // the tokens of its cue
	inCueAt  []int           // the same, in order
	words    []int           // all of these
	who      map[string]bool // the actors that its source is
	whoWords run             // its source
	frame    frameOfCue
}

func newRelater(r *reading, opts Options) *relater {
	return &relater{annotated: annotate(r, opts), said: make([]bool, len(r.toks)), inCue: make([]bool, len(r.toks))}
}

// frameOfCue is what the words that attribute do to what is said.
type frameOfCue struct {
	sign     int  // -1 where they deny it
	blocked  bool // what is said is wanted, offered, asked, not claimed
	hedged   bool
	foretold bool // predicted, expected
	reports  bool // a bare noun behind it counts: "confirmed the closure"
	refuses  bool // "refused to": it is not done
	negated  bool
}

// denyingCues turn round what is said.
var denyingCues = set(`deny dispute reject dismiss refute rebut contradict disavow repudiate debunk deride`)

// believing hold back, though they take a side.
var believing = set(`believe think suspect suggest estimate assume surmise presume reckon imply hint appear seem fear guess speculate indicate`)

// wishing say what is thought of or felt, not what is so.
var wishing = set(`hope fear want wish consider explore weigh mull ponder contemplate discuss float raise moot plan seek prefer support oppose
	favour favor welcome praise applaud condemn criticise criticize denounce lament regret deplore decry mourn thank await study review pitch
	celebrate mark question wonder ask examine`)

// foretelling verbs say what is to come.
var foretelling = set(`predict expect forecast foresee anticipate project envisage envision`)

// reporting verbs take what is named behind them for something that is so, or is not.
var reporting = set(`confirm announce report acknowledge admit deny dispute reject dismiss refute rebut declare call describe find prove
	detect allege claim concede deem label establish reveal verify corroborate cite observe see record`)

// speaker makes the attribution ready: whose words they are, which tokens.
func (x *relater) speaker(a *Attribution) {
	for _, k := range x.words {
		x.said[k], x.inCue[k] = false, false
	}
	x.words, x.inCueAt = x.words[:0], x.inCueAt[:0]
	r := x.r
	f := finding{confidence: a.Confidence, verb: -1}
	for i, s := range a.Cue.Spans {
		from, to := r.tokensOf(s)
		if i == 0 {
			f.cue = run{from, to}
		}
		for k := from; k < to; k++ {
			x.inCue[k] = true
			x.inCueAt, x.words = append(x.inCueAt, k), append(x.words, k)
			if w := r.toks[k].word; w != nil && w.cue != nil {
				f.verb, f.lemma = k, w.cue.lemma
			} else if f.lemma == "" && (r.toks[k].cat == catVerb || x.s.pos[k].verbal()) {
				f.verb, f.lemma = k, baseOf(r.toks[k].low)
			} else if f.lemma == "" && w != nil && w.noun != nil {
				f.lemma = w.noun.lemma
			}
		}
	}
	for _, s := range a.Content.Spans {
		from, to := r.tokensOf(s)
		f.content = append(f.content, run{from, to})
		for k := from; k < to; k++ {
			x.said[k] = true
			x.words = append(x.words, k)
		}
	}
	if len(a.Source.Spans) > 0 {
		from, to := r.tokensOf(a.Source.Spans[0])
		f.source, f.head = run{from, to}, run{from, to}
	}
	x.f = f
	x.whoWords = f.source
	x.who = map[string]bool{}
	if !f.source.empty() {
		x.sc.resolve(&x.f)
	}
	if id := a.Source.Actor; id != nil && id.ID != "" {
		x.who[id.ID] = true
	}
	if res := a.Source.Resolved; res != nil {
		from, to := r.tokensOf(res.Span)
		x.partiesOf(run{from, to}, x.who)
		if x.whoWords.to-x.whoWords.from <= 1 {
			x.whoWords = run{from, to}
		}
	}
	x.partiesOf(f.source, x.who)
	x.frame = x.frameOf(a)
}

// partiesOf notes for whom the words of a source speak: "a League official", "a
// spokesman for the ministry"; not "a source close to the ministry".
func (x *relater) partiesOf(p run, into map[string]bool) {
	r := x.r
	for i := p.from; i < p.to; i++ {
		switch t := &r.toks[i]; {
		case t.cat == catPrep && t.low != "of" && t.low != "for" && t.low != "at" && t.low != "in", t.cat == catVerb, t.cat == catRel, t.low == ",",
			t.low == "close" || t.low == "familiar" || t.low == "near":
			return
		}
		if id := x.party[i]; id != "" && !(x.kinds[id] == "person" && i+1 < len(r.toks) && r.toks[i+1].cat == catPoss) {
			into[id] = true // "the president's brother" is not the president
		}
	}
}

// frameOf reads the words that attribute.
func (x *relater) frameOf(a *Attribution) frameOfCue {
	r, f := x.r, &x.f
	c := frameOfCue{sign: 1}
	lemma := f.lemma
	for _, i := range x.inCueAt {
		t := &r.toks[i]
		switch {
		case t.cat == catNot || t.low == "never" || t.low == "no" || strings.HasSuffix(t.low, "n't"):
			c.negated = true
		case hedgeAdverbs[t.low]:
			c.hedged = true
		case (t.low == "ruled" || t.low == "rules" || t.low == "ruling" || t.low == "rule") && x.cueHas("out"):
			c.sign = -1
		case t.low == "doubt" || t.low == "doubted" || t.low == "doubts":
			c.sign, c.hedged = -1, true
		}
	}
	c.hedged = c.hedged || a.Record == UnattributedWord || believing[lemma]
	c.foretold = foretelling[lemma]
	c.reports = reporting[lemma] || c.sign < 0 || lemma == "" && f.cue.empty()
	if denyingCues[lemma] || strings.HasPrefix(lemma, "denial") || lemma == "rejection" {
		c.sign = -1
		c.reports = true
	}
	if lemma == "refuse" || lemma == "decline" {
		c.refuses, c.sign = true, -1
	}
	if c.sign < 0 && x.ownWords(a) {
		c.sign = 1 // "denied it: “The road is open.”"
	}
	switch a.Act {
	case Demands, Asks, Orders:
		c.blocked = true
	case Offers, Threatens, Promises, Intends:
		c.blocked = !plainSaying[lemma]
	}
	if c.sign < 0 {
		c.blocked = false
	}
	if wishing[lemma] && c.sign > 0 && !(lemma == "consider" && a.Act == States) {
		c.blocked = true
	}
	if c.negated {
		c.blocked = true // "did not say", "did not deny"
	}
	if lemma == "expect" || lemma == "anticipate" {
		c.hedged = true
	}
	return c
}

// plainSaying leaves it to the words themselves whether they claim something: "said it
// would".
var plainSaying = set(`say tell announce state add declare confirm write note explain according insist stress report`)

func (x *relater) cueHas(low string) bool {
	return slices.ContainsFunc(x.inCueAt, func(i int) bool { return x.r.toks[i].low == low })
}

// ownWords tells a quotation that is a sentence of its own: its words are the
// speaker's, not those that are denied.
func (x *relater) ownWords(a *Attribution) bool {
	if !a.Content.Quoted || len(x.f.content) == 0 {
		return false
	}
	c := x.f.content[0]
	if !x.r.opens(c.from) {
		return false
	}
	if c.from > 0 && x.r.toks[c.from-1].low == "that" {
		return false
	}
	for i := c.from; i < c.to; i++ {
		if x.s.rel[i] == relNsubj && (i+1 >= len(x.said) || x.said[i]) {
			return true
		}
	}
	return false
}

// hit is one way in which an attribution bears on a matter.
type hit struct {
	denies, hedged bool
	score          float64
	words          []int
}

// relate compares the attribution at hand with a matter.
func (x *relater) relate(a *Attribution, m *matter) (Relation, bool) {
	var hits []hit
	if h, ok := x.deed(m); ok {
		hits = append(hits, h)
	}
	n := 0
	for _, c := range x.f.content {
		for i := c.from; i < c.to && n < maxScope; i++ {
			n++
			kind := m.keyAt(x.annotated, i)
			if kind == noKey && !x.existential(m, i) && !x.untraced(m, i) {
				continue
			}
			if h, ok := x.clause(m, i, kind); ok {
				hits = append(hits, h)
			}
		}
	}
	if len(hits) == 0 {
		return Relation{}, false
	}
	best, other := hits[0], 0.
	for _, h := range hits[1:] {
		if h.score > best.score {
			best = h
		}
	}
	for _, h := range hits {
		if h.denies != best.denies {
			other = max(other, h.score)
		}
	}
	if other > best.score-.15 {
		return Relation{}, false // it seems to say both
	}
	p := min(surest, best.score)
	if p < leastRelation {
		return Relation{}, false
	}
	return Relation{Matter: m.id, Says: m.says, Denies: best.denies, Hedged: best.hedged, P: round(p), Because: x.because(best.words)}, true
}

// because is the words of a hit in text order, as they stand in the report.
func (x *relater) because(words []int) string {
	slices.Sort(words)
	words = slices.Compact(words)
	var b strings.Builder
	for i, k := range words {
		if i > 0 {
			if words[i-1] == k-1 {
				b.WriteString(x.r.text[x.r.toks[k-1].end:x.r.toks[k].start])
			} else {
				b.WriteString(Gap)
			}
		}
		b.WriteString(x.r.text[x.r.toks[k].start:x.r.toks[k].end])
	}
	return b.String()
}

// deed matches what is done by the attribution itself: somebody floats, offers,
// accepts, rejects.
func (x *relater) deed(m *matter) (hit, bool) {
	f := &x.f
	kind, at := noKey, -1
	for i := f.cue.from; i < f.cue.to; i++ {
		if k := m.keyAt(x.annotated, i); k != noKey && x.inCue[i] {
			kind, at = k, i
		}
	}
	if kind == noKey || f.source.empty() {
		return hit{}, false
	}
	for i := f.cue.from; i < f.cue.to; i++ {
		switch x.r.toks[i].low {
		case "would", "will", "could", "may", "might", "should", "can", "must", "to":
			if i < at {
				return hit{}, false
			}
		}
	}
	if m.tense == future {
		return hit{}, false
	}
	h := hit{denies: (kind == contrary) != x.frame.negated != m.negative, words: []int{at}}
	for i := f.cue.from; i < f.cue.to; i++ {
		h.hedged = h.hedged || hedgeAdverbs[x.r.toks[i].low]
	}
	if kind == contrary && x.frame.negated {
		return hit{}, false
	}
	agent := x.sourceIs(m)
	if agent == 0 {
		return hit{}, false
	}
	cover, words := x.cover(m, x.scopeAll(), at, agent, false)
	if cover < leastCover {
		return hit{}, false
	}
	h.words = append(h.words, words...)
	h.score = .35 + .6*cover*math.Sqrt(agent)
	return h, true
}

// sourceIs tells how well the source fits who acts in the matter: 0 for not.
func (x *relater) sourceIs(m *matter) float64 {
	if len(m.agent.parties) > 0 {
		best := 0.
		for id := range x.who {
			for _, p := range m.agent.parties {
				best = max(best, x.within(id, p))
			}
		}
		return best
	}
	for i := x.whoWords.from; i < x.whoWords.to; i++ {
		if m.agent.at(x.annotated, i) > 0 {
			return 1
		}
	}
	return 0
}

// clause matches the word at v of the content with what the matter says.
func (x *relater) clause(m *matter, v int, kind keyKind) (hit, bool) {
	if x.frame.blocked {
		return hit{}, false
	}
	c := x.climb(v)
	if c.blocked || c.conditional && !m.conditional {
		return hit{}, false
	}
	if kind == noKey && !c.negated && x.untraced(m, v) {
		return hit{}, false
	}
	sign := x.frame.sign
	if c.relative {
		sign = 1 // taken for granted, whatever is denied beside it
	}
	tense := c.tense
	if tense == infinitive {
		switch {
		case x.frame.refuses:
			tense = actual
		case x.frame.foretold || m.tense == future && x.f.lemma != "agree":
			tense = future
		default:
			return hit{}, false
		}
	}
	if tense == gerund {
		switch {
		case x.frame.sign < 0 && x.frame.reports && x.f.lemma != "rule":
			tense = actual
		case x.frame.sign < 0:
			tense = future
		case accusing[x.f.lemma], x.frame.reports:
			tense = actual
		default:
			return hit{}, false
		}
	}
	if tense == noTense { // a bare noun phrase
		if !x.frame.reports && !accusing[x.f.lemma] && !x.frame.foretold {
			return hit{}, false
		}
		tense = actual
		if x.frame.foretold {
			tense = future
		}
		if x.f.lemma == "rule" {
			tense = future
		}
	} else if x.frame.foretold && tense == actual {
		tense = future
	}
	if c.negated {
		sign = -sign
	}
	h := hit{hedged: x.frame.hedged || c.hedged, words: []int{v}}
	worth := c.worth
	switch kind {
	case contrary:
		switch {
		case sign > 0:
			sign = -1
			worth *= .95
		case m.impliedBy(x.annotated, v):
			sign = 1 // "it is not open"
			worth *= .85
		default:
			return hit{}, false // not wet need not be dry
		}
	}
	if m.attitude && kind != noKey {
		h.hedged = x.frame.hedged && !believing[x.f.lemma]
	}
	switch fits := tenseFits(m, tense, sign, kind); {
	case fits == 0:
		return hit{}, false
	case fits < 0:
		h.hedged = true
		worth *= -fits
	default:
		worth *= fits
	}
	if kind == noKey && !m.makes && sign > 0 {
		return hit{}, false
	}
	h.denies = (sign < 0) != m.negative
	scope := x.scope(v)
	if m.count != nil {
		verdict, at, told := x.countFits(m, scope)
		switch {
		case !told && h.denies: // "nobody was killed"
		case verdict == 0 || verdict < 0 && h.denies:
			return hit{}, false
		case verdict < 0:
			h.denies = true
			worth *= .9
		}
		h.words = append(h.words, at...)
	}
	if n := int(x.s.head[v]); x.s.rel[v] == relAmod && n >= 0 && x.said[n] && x.fits(n, &m.agent) > 0 {
		c.subject, c.voice = n, stative // "models show a normal season"
	}
	agent, ok := x.roles(m, &c, scope, kind)
	if !ok {
		return hit{}, false
	}
	if !h.denies && agent == 0 && len(m.agent.parties) > 0 {
		// "The bridge was blown up" does not say by whom: the report has to.
		if !x.known(&m.agent, scope) {
			return hit{}, false
		}
		worth *= .85
	}
	cover, words := x.cover(m, scope, v, agent, kind == noKey)
	if x.otherObject(m, v, words) {
		return hit{}, false
	}
	least := leastCover
	if h.denies && (m.patient.agent || !slices.ContainsFunc(m.args, func(a argument) bool { return a.token == m.patient.token }) ||
		slices.ContainsFunc(words, func(i int) bool { return m.patient.at(x.annotated, i) > 0 })) {
		least = leastDenied
	}
	if cover < least {
		return hit{}, false
	}
	h.words = append(h.words, words...)
	h.score = (.35 + .6*cover) * worth
	return h, true
}

var accusing = set(`accuse charge blame suspect convict`)

// tenseFits tells how well a claim in one tense bears on a matter in another: 0
// not at all, below 0 as a hedged claim.
func tenseFits(m *matter, t tense, sign int, kind keyKind) float64 {
	switch m.tense {
	case future:
		switch t {
		case future:
			return 1
		case possible:
			if sign < 0 {
				return 0
			}
			return -.8
		case plan:
			if sign < 0 {
				return .85
			}
			return 0
		}
		if sign > 0 || kind == contrary {
			return .75 // it is so already, or its opposite is
		}
		return 0
	default:
		switch t {
		case actual:
			return 1
		case possiblyWas:
			return -.9
		case possible:
			if m.state && sign > 0 {
				return -.8
			}
			return 0
		case future:
			if sign < 0 && kind == sameKey {
				return .7
			}
			return 0
		case plan:
			if sign < 0 && m.tense == ongoing {
				return .85
			}
			return 0
		}
	}
	return 0
}

// scope is the part of the content in the sentence of v.
func (x *relater) scope(v int) []int {
	s := x.r.sentenceOf(v)
	var out []int
	for i := s.from; i < s.to; i++ {
		if x.said[i] {
			out = append(out, i)
		}
	}
	return out
}

func (x *relater) scopeAll() []int {
	var out []int
	for _, c := range x.f.content {
		for i := c.from; i < c.to && len(out) < maxScope; i++ {
			out = append(out, i)
		}
	}
	return out
}

// cover is the share of the matter's words that is found, by weight, and where.
// thing tells that the word at key is the thing itself, not what is told of it.
func (x *relater) cover(m *matter, scope []int, key int, agent float64, thing bool) (float64, []int) {
	var words []int
	var tells []*argument
	all, got := 0., 0.
	local := false
	definite := map[int]bool{} // nouns of the matter that stand in the scope with "the"
	for k := range m.args {
		arg := &m.args[k]
		w := arg.weight
		if arg.agent {
			if agent == 0 && x.sourceHas(arg) {
				agent, w = .8, .5*w // unsaid, and the speaker
			}
			if agent > 0 {
				all += w
				got += w * agent
				if agent >= .8 {
					local = true
				}
				continue
			}
			w *= .5 // left out, as in the passive
		}
		all += w
		found := false
		best, at := 0., -1
		for _, i := range scope {
			if i == key && !thing || best >= 1 {
				continue
			}
			q := arg.at(x.annotated, i)
			if q == 0 && x.pronounIs(i, arg) {
				q = .8
			}
			if q > best {
				best, at = q, i
			}
		}
		if best > 0 {
			got += w * best
			words = append(words, at)
			found, local = true, true
			if at > 0 && (x.r.toks[at-1].low == "the" || x.r.toks[at-1].low == "this" || x.r.toks[at-1].low == "our") {
				definite[arg.token] = true
			}
		}
		if found {
			continue
		}
		if x.sourceHas(arg) && !arg.agent {
			got += w * .6
			continue
		}
		switch {
		case x.before(arg):
			got += w * elsewhere
		case arg.name && arg.of >= 0:
			tells = append(tells, arg)
		}
	}
	for _, arg := range tells {
		if definite[arg.of] {
			got += arg.weight * shortName // "the strait", of which the matter gives the name
		}
	}
	if all == 0 {
		return 1, words
	}
	if !local {
		return 0, nil
	}
	return got / all, words
}

// sourceHas tells an argument that is the speaker: "paid", says the line.
func (x *relater) sourceHas(arg *argument) bool {
	for _, p := range arg.parties {
		for id := range x.who {
			if x.within(id, p) > 0 {
				return true
			}
		}
	}
	return false
}

// before tells whether the text shortly before the content has the argument.
func (x *relater) before(arg *argument) bool {
	if len(x.f.content) == 0 {
		return false
	}
	at := x.f.content[0].from
	s := x.r.toks[at].sent
	from := x.r.sents[max(0, int(s)-maxBefore)].from
	to := x.r.sentenceOf(at).to
	for i := from; i < to; i++ {
		if !x.said[i] && arg.at(x.annotated, i) > 0 {
			return true
		}
	}
	return false
}

// known tells an actor that the claim, its speaker or the report before it names.
func (x *relater) known(arg *argument, scope []int) bool {
	if x.sourceHas(arg) {
		return true
	}
	for _, i := range scope {
		if arg.at(x.annotated, i) > 0 {
			return true
		}
	}
	for id, first := range x.firstOf {
		if first < x.f.content[0].from && slices.ContainsFunc(arg.parties, func(p string) bool { return x.within(id, p) > 0 }) {
			return true
		}
	}
	return false
}

// roles tells whether whoever acts in the clause can be who acts in the matter,
// and how well it fits: 0 where the clause does not tell.
func (x *relater) roles(m *matter, c *climbed, scope []int, kind keyKind) (float64, bool) {
	subject := c.subject
	// What the clause says of places and parties that the matter does not speak of.
	if x.strange(m, scope, c) {
		return 0, false
	}
	switch c.voice {
	case passive:
		if c.by >= 0 {
			q := x.fits(c.by, &m.agent)
			if !m.passive && q == 0 {
				return 0, false
			}
			if subject >= 0 && !x.fitsAny(subject, m, true) {
				return 0, false
			}
			return q, true
		}
		if subject >= 0 && !x.fitsAny(subject, m, true) {
			return 0, false
		}
		return 0, true
	case nominalised:
		if c.by >= 0 && !m.passive {
			q := x.fits(c.by, &m.agent)
			if q == 0 && !x.fitsAny(c.by, m, true) {
				return 0, false
			}
			return q, true
		}
		return 0, true
	}
	if subject < 0 {
		if c.ownSubject {
			if q := x.sourceIs(m); q > 0 {
				return q, true
			}
			return 0, false
		}
		return 0, true
	}
	q := x.fits(subject, &m.agent)
	if q > 0 {
		return q, true
	}
	if m.passive || m.attitude || kind == contrary || c.voice == stative || !c.object && m.transitive {
		// "The strait remains open", "the talks have begun"
		if x.fitsAny(subject, m, true) {
			return 0, true
		}
		if m.attitude {
			return x.sourceIs(m), x.sourceIs(m) > 0
		}
	}
	if m.passive && c.object && m.agent.stem == "" && len(m.agent.parties) == 0 {
		return 0, true // whoever did it: the matter does not say
	}
	return 0, false
}

// fits tells how well the phrase with its head at token h is the argument: 0 for
// not.
func (x *relater) fits(h int, arg *argument) float64 {
	if arg.stem == "" && len(arg.parties) == 0 {
		return 0
	}
	t := &x.r.toks[h]
	if t.low == "nobody" || t.low == "none" || t.low == "no-one" {
		return .9
	}
	if t.low == "it" && x.expletive(h) {
		return 0
	}
	if pronouns[t.low] {
		ids, known := x.standsFor(h)
		if len(arg.parties) == 0 {
			if x.pronounWord(h, arg) {
				return .85
			}
			return unknownActor
		}
		best := 0.
		for id := range ids {
			for _, p := range arg.parties {
				best = max(best, x.within(id, p))
			}
		}
		if best == 0 && !known {
			return unknownActor
		}
		return best * .95
	}
	phrase := x.phrase(h)
	foreign := false
	for i := phrase.from; i < phrase.to; i++ {
		if id := x.party[i]; id != "" && len(arg.parties) > 0 && x.s.pos[i] != posPRP {
			if !slices.ContainsFunc(arg.parties, func(p string) bool { return x.within(id, p) > 0 }) {
				foreign = true
			}
		}
	}
	if foreign {
		return 0
	}
	best := arg.at(x.annotated, h)
	for i := phrase.from; i < phrase.to && best == 0; i++ {
		if x.party[i] != "" && (x.party[h] == x.party[i] || actingNouns[t.low]) {
			best = arg.at(x.annotated, i)
		}
	}
	if best == 0 && actingNouns[t.low] {
		// "the government", "his ministry": whose it is the source tells, if anything.
		for id := range x.who {
			for _, p := range arg.parties {
				if x.within(id, p) > 0 && x.kinds[p] == "state" {
					return onlyMember
				}
			}
		}
	}
	return best
}

// fitsAny tells whether the phrase at h is some argument of the matter.
func (x *relater) fitsAny(h int, m *matter, agentToo bool) bool {
	if pronouns[x.r.toks[h].low] {
		return !x.expletive(h)
	}
	p := x.phrase(h)
	for k := range m.args {
		arg := &m.args[k]
		if arg.agent && !agentToo || arg.light {
			continue
		}
		for i := p.from; i < p.to; i++ {
			if arg.at(x.annotated, i) > 0 && (i == h || x.s.rel[i] != relNmod) {
				return true
			}
		}
	}
	return false
}

// expletive tells "it" that stands for what follows: "it is fair to say".
func (x *relater) expletive(h int) bool {
	u := int(x.s.head[h])
	if x.r.toks[h].low != "it" || u < 0 || !x.hasCopula(u) {
		return false
	}
	s := x.r.sentenceOf(h)
	for i := u + 1; i < s.to; i++ {
		if int(x.s.head[i]) == u && (x.s.rel[i] == relXcomp || x.s.rel[i] == relCcomp || x.s.rel[i] == relAdvcl) {
			return true
		}
	}
	return false
}

// otherObject tells a clause in which the same is done to something else: who won
// the debate did not win the election by it.
func (x *relater) otherObject(m *matter, v int, words []int) bool {
	if !m.transitive || m.attitude || m.patient.agent || m.patient.weight == 0 {
		return false
	}
	if slices.ContainsFunc(words, func(i int) bool { return m.patient.at(x.annotated, i) > 0 }) || m.patient.at(x.annotated, v) > 0 {
		return false
	}
	s := x.r.sentenceOf(v)
	for i := v + 1; i < s.to; i++ {
		if int(x.s.head[i]) != v || !x.said[i] || slices.Contains(words, i) {
			continue
		}
		low := x.r.toks[i].low
		noun := !x.s.pos[v].verbal()
		if x.s.rel[i] == relDobj && !noun || noun && x.s.rel[i] == relNmod && x.caseOf(i) == "of" {
			return !pronouns[low] && low != "one" && !negators[low] && !strings.HasPrefix(low, "any") && low != "cent" && low != "so" && !claimNouns[low]
		}
	}
	return false
}

// actingNouns act for the state or the body that they belong to.
var actingNouns = set(`government ministry authorities officials administration army military navy forces troops side country state regime leadership
	office minister spokesman spokeswoman men engineers team board management cabinet parliament police`)

var pronouns = set(`i we he she they it you who which that him her them us this these those`)

// standsFor are the actors that a pronoun can be; known tells that somebody is.
func (x *relater) standsFor(h int) (ids map[string]bool, known bool) {
	r := x.r
	low := r.toks[h].low
	switch low {
	case "i", "we", "us", "my", "our":
		return x.who, len(x.who) > 0
	case "you":
		return nil, false
	}
	ids = map[string]bool{}
	direct := r.speech(h) != nil
	if !direct && !x.f.source.empty() {
		// In indirect speech the speaker comes first.
		person := low == "he" || low == "she" || low == "his" || low == "her" || low == "him"
		fits := false
		for id := range x.who {
			if (x.kinds[id] == "person") == person || low == "they" || low == "their" {
				ids[id], fits = true, true
			}
		}
		if !fits && person && len(x.who) == 0 {
			known = true // somebody without a name: "a pilot said he had"
		}
	}
	g, n := noGender, oneThing
	switch low {
	case "he", "him", "his":
		g, n = he, onePerson
	case "she", "her":
		g, n = she, onePerson
	case "they", "them", "their", "these", "those":
		n = manyPeople
	}
	g2 := finding{source: run{h, h + 1}, head: run{h, h + 1}, cue: x.f.cue}
	if m, ok := x.sc.back(&g2, h, n, g); ok && (len(ids) == 0 || direct) {
		known = true
		for i := m.from; i < m.to; i++ {
			if id := x.party[i]; id != "" {
				ids[id] = true
			}
		}
		if m.person >= 0 {
			for _, p := range x.sc.people[m.person].forms {
				for i := p.from; i < p.to; i++ {
					if id := x.party[i]; id != "" {
						ids[id] = true
					}
				}
			}
		}
	}
	return ids, known || len(ids) > 0
}

// pronounIs tells a pronoun in the content that stands for the argument.
func (x *relater) pronounIs(i int, arg *argument) bool {
	if len(arg.parties) == 0 || !pronouns[x.r.toks[i].low] && x.r.toks[i].cat != catPossPron {
		return false
	}
	ids, _ := x.standsFor(i)
	low := x.r.toks[i].low
	member := low == "we" || low == "us" || low == "our" // a minister's "we" is the state
	for id := range ids {
		for _, p := range arg.parties {
			if id == p || member && x.within(id, p) > 0 {
				return true
			}
		}
	}
	return false
}

// pronounWord tells whether "they" or "it" has a noun of the argument shortly
// before it.
func (x *relater) pronounWord(h int, arg *argument) bool {
	s := x.r.toks[h].sent
	from := x.r.sents[max(0, int(s)-1)].from
	for i := h - 1; i >= from; i-- {
		if arg.at(x.annotated, i) > 0 {
			return true
		}
	}
	return false
}

// strange tells a clause about another place or party than the matter's.
func (x *relater) strange(m *matter, scope []int, c *climbed) bool {
	have := map[string]bool{}
	var others []string
	for _, i := range scope {
		id := x.party[i]
		if id == "" || i > 0 && x.party[i-1] == id {
			continue
		}
		ours := false
		for k := range m.args {
			for _, p := range m.args[k].parties {
				if x.within(id, p) > 0 || x.within(p, id) > 0 {
					ours, have[p] = true, true
				}
			}
		}
		if !ours {
			others = append(others, id)
		}
	}
	if len(others) == 0 {
		return false
	}
	// Somebody else stands where the matter's party is missing.
	for k := range m.args {
		arg := &m.args[k]
		if len(arg.parties) == 0 || arg.agent && c.voice != active {
			continue
		}
		missing := !slices.ContainsFunc(arg.parties, func(p string) bool { return have[p] })
		if missing && !arg.agent && !x.sourceHas(arg) && !slices.ContainsFunc(scope, func(i int) bool { return x.pronounIs(i, arg) }) {
			return true
		}
	}
	return false
}

// existential tells "there would be no tariff": the thing stands for the deed.
func (x *relater) existential(m *matter, i int) bool {
	if m.patient.at(x.annotated, i) == 0 || len(m.patient.parties) > 0 {
		return false
	}
	if !m.makes && (!m.patient.agent || x.frame.sign > 0 && !x.negatedAt(i)) {
		return false // where there is none, none does anything; the reverse does not follow
	}
	h := x.s.head[i]
	if x.s.rel[i] == relDobj && h >= 0 && sightingVerbs[baseOf(x.r.toks[h].low)] && (x.said[h] || x.inCue[h]) {
		return true // "we found no cracks"
	}
	for _, u := range []int{int(h), i} {
		if u < 0 || !x.said[u] {
			continue
		}
		for k := max(0, u-6); k < u; k++ {
			if x.r.toks[k].low == "there" && (x.s.head[k] == int32(u) || x.s.head[k] == h) {
				return true
			}
		}
	}
	return false
}

// sightingVerbs tell that something is there.
var sightingVerbs = set(`find see discover detect observe spot identify notice uncover`)

// untraced tells "no trace of poison gas".
func (x *relater) untraced(m *matter, i int) bool {
	if !m.makes || m.patient.at(x.annotated, i) == 0 {
		return false
	}
	for u, n := int(x.s.head[i]), 0; u >= 0 && n < 3; u, n = int(x.s.head[u]), n+1 {
		if evidence[x.r.toks[u].low] {
			return true
		}
	}
	return false
}

var evidence = set(`evidence trace traces sign signs proof indication indications hint basis`)

// countFits compares numbers of dead and wounded: 1 within the matter's range, -1
// outside of it, 0 not to be told. told is whether there is a number at all.
func (x *relater) countFits(m *matter, scope []int) (verdict int, at []int, told bool) {
	var runs []run
	for _, i := range scope {
		if n := len(runs); n > 0 && runs[n-1].to == i {
			runs[n-1].to++
		} else {
			runs = append(runs, run{i, i + 1})
		}
	}
	for _, q := range x.sc.quantitiesIn(runs) {
		if q.Kind != m.count.Kind || x.inName(q.Span) {
			continue
		}
		from, to := x.r.tokensOf(q.Span)
		for i := from; i < to; i++ {
			at = append(at, i)
		}
		lo, hi := bound(q.Min, math.Inf(-1)), bound(q.Max, math.Inf(1))
		mlo, mhi := bound(m.count.Min, math.Inf(-1)), bound(m.count.Max, math.Inf(1))
		switch {
		case lo >= mlo && hi <= mhi:
			return 1, at, true
		case hi < mlo || lo > mhi:
			return -1, at, true
		}
		return 0, nil, true
	}
	return 0, nil, false
}

func bound(x *float64, none float64) float64 {
	if x == nil {
		return none
	}
	return *x
}

// echo relates "He called that untrue" and "She confirmed the report" to what was
// said just before.
func (x *relater) echo(as []Attribution, out [][]Relation, k int) []Relation {
	sign, ok := x.verdict(&as[k])
	if !ok {
		return []Relation{}
	}
	for back := k - 1; back >= max(0, k-2); back-- {
		if len(out[back]) == 0 || len(as[back].Cue.Spans) == 0 {
			continue
		}
		from, _ := x.r.tokensOf(as[back].Cue.Spans[0])
		if len(x.f.content) == 0 || x.r.toks[x.f.content[0].from].para-x.r.toks[from].para > 1 {
			break
		}
		rels := []Relation{}
		for _, rel := range out[back] {
			rel.Denies = rel.Denies != (sign < 0)
			rel.Hedged = x.frame.hedged
			rel.P = round(rel.P * .85)
			rel.Because = as[k].Content.Text
			if rel.P >= leastRelation {
				rels = append(rels, rel)
			}
		}
		return rels
	}
	return []Relation{}
}

// claimNouns are words for what somebody else has said.
var claimNouns = set(`claim claims report reports allegation allegations accusation accusations charge charges assertion assertions account
	suggestion suggestions rumour rumours rumor rumors story statement remark remarks version it that this so notion speculation figure they
	them word words all everything anything him her you is was are were be been the a an any such these those of by as simply completely
	entirely utterly totally pure absolutely plainly wholly just very media outright flatly to in there no not 's both made nothing`)

var trueWords = set(`true accurate correct right truth`)

// verdict tells content that does nothing but call what was said true or untrue.
func (x *relater) verdict(a *Attribution) (int, bool) {
	if x.frame.blocked || len(x.f.content) == 0 {
		return 0, false
	}
	sign, seen, negated, refers := x.frame.sign, false, false, false
	all := x.scopeAll()
	if len(all) > 30 {
		return 0, false
	}
	for _, i := range all {
		if !x.r.toks[i].isWord() {
			continue
		}
		low := x.r.toks[i].low
		switch {
		case untrueWords[low]:
			sign, seen = -sign, true
		case trueWords[low]:
			seen = true
		case low == "not" || low == "no" || strings.HasSuffix(low, "n't"):
			negated = true
		case claimNouns[low]:
			refers = true
		default:
			return 0, false
		}
	}
	if negated {
		if !seen {
			return 0, false
		}
		sign = -sign
	}
	if seen {
		return sign, true
	}
	if !refers || a.Act != Denies && !(x.f.lemma == "confirm" || x.f.lemma == "corroborate" || x.f.lemma == "repeat") {
		return 0, false
	}
	return sign, true
}
