package reader

import "slices"

// matter is a proposition taken apart.
type matter struct {
	id, says string
	key      []sense // the senses of the word that tells what is so
	keyStem  string  // "" where only its senses count
	args     []argument
	agent    argument // who acts, or what is in that state
	patient  argument // what it is done to
	tense    tense    // actual, ongoing or future
	state    bool     // something lasts: "is dry", "is fleeing"
	passive  bool
	attitude bool // somebody takes it for something: "consider it plausible"
	negative bool // it says that something is not so
	// transitive tells that something is done to something.
	transitive, conditional bool
	makes                   bool // without it there is no such thing: a tariff, talks
	count                   *Quantity
}

// argument is a word or a party of a proposition.
type argument struct {
	stem    string
	senses  []sense
	parties []string
	weight  float64
	agent   bool
	light   bool
	token   int  // in the proposition
	of      int  // the token of the noun that it tells apart, or -1
	name    bool // a proper name
}

// keyKind is how a word of a text compares with what a proposition tells.
type keyKind uint8

const (
	noKey keyKind = iota
	sameKey
	contrary
)

// weakVerbs leave it to another word to tell what is so: "arrive late".
var weakVerbs = set(`arrive be become come get go have make take stand lie run do give carry bring turn prove`)

var attitudes = set(`consider think believe call regard describe deem find judge view see`)

var making = set(`impose use lay underway pay build sign appear outbreak`)

// lightWords carry little: a proposition without them is nearly the same.
var lightWords = set(`actively currently already now again also still own more than about least most over coming next recently really
	president prime minister secretary general mr mrs leader king`)

var timeUnits = set(`year years month months week weeks day days season seasons hour hours`)

// newMatter takes a proposition apart, or gives nil where it says nothing that
// could be found again.
func newMatter(in *Matter, opts Options) *matter {
	toks := tokenize(in.Says)
	if len(toks) == 0 {
		return nil
	}
	r := newReading(in.Says, toks)
	x := annotate(r, Options{Actors: opts.Actors})
	m := &matter{id: in.ID, says: in.Says}
	last := r.sents[0].to
	root := -1
	for i := 0; i < last; i++ {
		if x.s.rel[i] == relRoot && (x.s.pos[i].verbal() || x.hasCopula(i)) {
			root = i
			break
		}
	}
	for i := 0; i < last && root < 0; i++ {
		if x.s.pos[i].verbal() && x.s.rel[i] != relAux {
			root = i
		}
	}
	if root < 0 {
		return nil
	}
	subject := x.child(root, relNsubj)
	for i := 0; i < root && subject < 0; i++ {
		if x.s.rel[i] == relNsubj {
			subject = i
		}
	}
	key := root
	lemma := baseOf(r.toks[root].low)
	if attitudes[lemma] && x.s.pos[root].verbal() {
		for i := root + 1; i < last; i++ {
			if x.s.pos[i] == posJJ && len(x.senses[i]) > 0 && (x.s.rel[i] != relAmod || int(x.s.head[i]) < i) {
				key, m.attitude = i, true
			}
		}
	}
	if key == root && (weakVerbs[lemma] || len(x.keySenses(root)) == 0) {
		for i := root - 2; i < last; i++ {
			if i > subject && i >= 0 && !(i == root && weakVerbs[lemma]) && len(x.keySenses(i)) > 0 && (!x.s.pos[i].verbal() || x.s.rel[i] == relXcomp || i == root) && x.party[i] == "" {
				if weakVerbs[lemma] || i <= root && i+x.exprLen[i]+maxApart > root && x.exprLen[i] > 1 {
					key = i
					break
				}
			}
		}
	}
	m.key = x.keySenses(key)
	if x.exprLen[key] <= 1 && !weakVerbs[baseOf(r.toks[key].low)] {
		m.keyStem = x.stems[key]
	}
	for _, s := range m.key {
		m.makes = m.makes || making[meanings().names[s]]
	}
	var c climbed
	c.subject, c.by = -1, -1
	x.readClause(root, &c)
	m.tense, m.passive, m.transitive, m.negative = c.tense, c.voice == passive, c.object, c.negated
	m.state = c.voice == stative || c.progress || m.attitude
	if c.progress && c.tense == actual {
		m.tense = ongoing
	}
	switch m.tense {
	case actual, ongoing, future:
	default:
		m.tense = actual
	}
	m.arguments(x, root, key, last, subject, &c)
	for i := range last {
		if w := r.toks[i].low; w == "if" || w == "unless" {
			m.conditional = true
		}
	}
	for _, q := range x.sc.quantitiesIn([]run{{0, last}}) {
		if m.count == nil && !x.inName(q.Span) && (q.Kind == Killed || q.Kind == Injured || q.Kind == Missing || q.Kind == Detained || q.Kind == Displaced) {
			m.count = &q
		}
	}
	if m.keyStem == "" && len(m.key) == 0 || len(m.args) == 0 {
		return nil
	}
	return m
}

// arguments collects the words of a proposition beside the one that tells what is
// so.
func (m *matter) arguments(x *annotated, root, key, last, subject int, c *climbed) {
	r := x.r
	subj, by := run{}, run{}
	if subject >= 0 {
		subj = x.phrase(subject)
	}
	if c.by >= 0 {
		by = x.phrase(c.by)
	}
	acting := subj
	if m.passive {
		acting = by
	}
	head := subject
	if m.passive {
		head = c.by
	}
	if !acting.empty() {
		a := argument{weight: 1, agent: true, token: head, of: -1}
		for i := acting.from; i < acting.to; i++ {
			if id := x.party[i]; id != "" && !slices.Contains(a.parties, id) && (len(a.parties) == 0 || i == head) {
				a.parties = append(a.parties, id)
			}
		}
		if x.party[head] == "" {
			a.stem, a.senses = x.stems[head], x.senses[head]
		}
		m.agent = a
		m.patient = a
		m.args = append(m.args, a)
	}
	object := x.child(root, relDobj)
	if m.passive {
		object = subject
	} else if object < 0 {
		object = subject
	}
	for i := 0; i < last; i++ {
		if i >= key && i < key+x.exprLen[key] || i == root && (m.attitude || weakVerbs[baseOf(r.toks[i].low)]) || !x.telling(i) {
			continue
		}
		if !acting.empty() && i >= acting.from && i < acting.to && (x.party[i] != "" || i == head) {
			continue
		}
		if x.party[i] != "" && i > 0 && x.party[i-1] == x.party[i] {
			continue
		}
		if root != key && x.exprLen[key] > 1 && i > key && i <= root {
			continue
		}
		if titles[r.toks[i].low] && i+1 < last && (x.party[i+1] != "" || titles[r.toks[i+1].low]) {
			continue // "Prime Minister Roe"
		}
		a := argument{weight: 1, token: i, of: -1, name: r.toks[i].shape == capWord && i > 0}
		if rel := x.s.rel[i]; rel == relNmod || rel == relCompound {
			a.of = int(x.s.head[i])
		}
		if id := x.party[i]; id != "" {
			a.parties = []string{id}
		} else {
			a.stem, a.senses = x.stems[i], x.senses[i]
		}
		switch low := r.toks[i].low; {
		case lightWords[low]:
			a.weight, a.light = .2, true
		case timeUnits[low], r.toks[i].shape == number, r.toks[i].cat == catNum:
			a.weight, a.light = .5, true
		case x.s.pos[i] == posJJ:
			a.weight = .6
		case x.s.pos[i] == posRB:
			a.weight, a.light = .3, true
		}
		m.args = append(m.args, a)
		if i == object {
			m.patient = a
		}
	}
	// The words of one name share its weight: "the High Imbra dam".
	for k := range m.args {
		a := &m.args[k]
		n := 0
		for _, b := range m.args {
			if b.name && b.of == a.of {
				n++
			}
		}
		if a.name && a.of >= 0 && n > 1 && len(a.parties) == 0 {
			a.weight /= float64(n)
		}
	}
}

// keyAt compares the word at token i with what the proposition tells.
func (m *matter) keyAt(x *annotated, i int) keyKind {
	if m.keyStem != "" && x.stems[i] == m.keyStem && x.exprLen[i] <= 1 && x.telling(i) && (len(m.key) == 0 || len(x.senses[i]) > 0) {
		return sameKey
	}
	for _, s := range x.senses[i] {
		if slices.Contains(m.key, s) {
			return sameKey
		}
	}
	for _, k := range m.key {
		for _, s := range x.senses[i] {
			if slices.Contains(meanings().contrary[k], s) && !m.names(x.stems[i]) {
				return contrary
			}
		}
	}
	return noKey
}

// names tells a word that the proposition has beside what it tells: whoever speaks of
// the rainy season does not say that it is not dry.
func (m *matter) names(stem string) bool {
	return slices.ContainsFunc(m.args, func(a argument) bool { return a.stem == stem })
}

// impliedBy tells a contrary whose absence amounts to the key: not open is closed.
func (m *matter) impliedBy(x *annotated, i int) bool {
	for _, k := range m.key {
		for _, s := range x.senses[i] {
			if slices.Contains(meanings().implied[k], s) {
				return true
			}
		}
	}
	return false
}

// at tells how well token i is the argument, 0 for not at all.
func (a *argument) at(x *annotated, i int) float64 {
	if id := x.party[i]; id != "" {
		best := 0.
		for _, p := range a.parties {
			best = max(best, x.within(id, p))
		}
		if best > 0 {
			return best
		}
	}
	if low := x.r.toks[i].low; (low == "country" || low == "nation") && i > 0 && x.r.toks[i-1].low == "the" {
		for _, p := range a.parties {
			if x.kinds[p] == "state" {
				return .8
			}
		}
	}
	if a.stem == "" || !x.telling(i) {
		return 0
	}
	if x.stems[i] == a.stem {
		return 1
	}
	for _, s := range x.senses[i] {
		if slices.Contains(a.senses, s) {
			return .95
		}
	}
	return 0
}
