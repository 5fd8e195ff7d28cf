package reader

// label is what a token is in the flat view of a text: outside, or the beginning
// or the inside of a source, of a cue or of content.
type label uint8

const (
	outside label = iota
	beginSource
	inSource
	beginCue
	inCue
	beginContent
	inContent
	labels
)

// edge is the kind of seam between a token and the one before, on which the
// transition weights of a CRF depend.
type edge uint8

const (
	edgePlain edge = iota
	edgeAfterComma
	edgeMark      // the token is a comma, a dash or a colon
	edgeSentence  // the token begins a sentence
	edgeOpens     // the token opens a quotation
	edgeCloses    // the token is the mark that closes one
	edgeAfterQuot // the token before closed one
	edgeStop      // the token ends the sentence
	edges
)

// follows tells whether label b may stand behind label a.
func follows(a, b label) bool {
	switch b {
	case inSource:
		return a == beginSource || a == inSource
	case inCue:
		return a == beginCue || a == inCue
	case inContent:
		return a == beginContent || a == inContent
	}
	return true
}

// starts tells whether a sequence may begin with the label.
func starts(b label) bool { return b != inSource && b != inCue && b != inContent }

// crf is a conditional random field in a line (Lafferty, McCallum and Pereira
// 2001) over labels: weights of features for each label, and of transitions for
// each pair of labels and kind of seam.
type crf struct {
	weights *weightTable
	// transition is in units of weights.
	transition [edges][labels][labels]int32
	// factor is e to the transition, 0 where it is not allowed.
	factor [edges][labels][labels]float64
	// faded is e to the minus of so many units.
	faded [1 << 13]float64
}

// fade is e to the minus of so many units.
func (c *crf) fade(units int32) float64 {
	if uint32(units) < uint32(len(c.faded)) {
		return c.faded[units]
	}
	return exponential(float64(-float64(units) * c.weights.unit))
}

func (c *crf) prepare() {
	for i := range c.faded {
		c.faded[i] = exponential(float64(-float64(i) * c.weights.unit))
	}
	for e := range edges {
		for a := range labels {
			for b := range labels {
				if follows(a, b) {
					c.factor[e][a][b] = exponential(float64(c.transition[e][a][b]) * c.weights.unit)
				}
			}
		}
	}
}

// lattice is the working memory of a crf: a row for each token of a sequence.
type lattice struct {
	score [][labels]int32 // of the features, in units
	edge  []edge
	allow []uint8 // a bit for each label that the token may have
	// marginal is the chance of each label.
	marginal [][labels]float64
	// stay is, for each token and role, the chance that a span goes on behind the
	// token: of a span that begins with it, and of one that began before.
	stay [][3][2]float64
	path []label
	potential,
	forward [][labels]float64
	total [][labels]int32
	back  [][labels]label
}

const anyLabel = 1<<labels - 1

// resize makes room for n tokens, keeping no content.
func (l *lattice) resize(n int) {
	if cap(l.score) < n {
		m := n + n/2 + 64
		*l = lattice{
			score: make([][labels]int32, m), edge: make([]edge, m), allow: make([]uint8, m),
			marginal: make([][labels]float64, m), stay: make([][3][2]float64, m), path: make([]label, m), potential: make([][labels]float64, m),
			forward: make([][labels]float64, m), total: make([][labels]int32, m), back: make([][labels]label, m),
		}
	}
	l.score, l.edge, l.allow = l.score[:n], l.edge[:n], l.allow[:n]
	l.stay = l.stay[:n]
	l.marginal, l.path, l.potential = l.marginal[:n], l.path[:n], l.potential[:n]
	l.forward, l.total, l.back = l.forward[:n], l.total[:n], l.back[:n]
}

// partSum is the sum of some of a token's features, and how many they are.
type partSum struct {
	sum   [2]uint64
	n     int
	known bool
}

func (c *crf) add(p *partSum, features []uint32) { p.n += c.weights.add(features, p.sum[:]) }

// token sums the weights of a token's features into row i, and adds part.
func (c *crf) token(l *lattice, i int, features []uint32, part partSum) {
	c.add(&part, features)
	known := int32(part.n) * bias
	for b := range int(labels) {
		l.score[i][b] = lane(part.sum[:], b) - known
	}
}

// startLabels are those that a sequence may begin with.
const startLabels = 1<<outside | 1<<beginSource | 1<<beginCue | 1<<beginContent

// decode finds the likeliest path, in whole numbers, that begins with one of first.
func (c *crf) decode(l *lattice, first uint8) {
	const never = -1 << 28
	n := len(l.score)
	if n == 0 {
		return
	}
	for b := range labels {
		l.total[0][b] = never
		if first&l.allow[0]>>b&1 != 0 {
			l.total[0][b] = l.score[0][b]
		}
	}
	for i := 1; i < n; i++ {
		tr := &c.transition[l.edge[i]]
		for b := range labels {
			top, at := int32(never), outside
			if l.allow[i]>>b&1 != 0 {
				for a := range labels {
					if !follows(a, b) {
						continue
					}
					if v := l.total[i-1][a] + tr[a][b]; v > top {
						top, at = v, a
					}
				}
				top += l.score[i][b]
			}
			l.total[i][b], l.back[i][b] = max(top, never), at
		}
	}
	at := outside
	for b := range labels {
		if l.total[n-1][b] > l.total[n-1][at] {
			at = b
		}
	}
	for i := n - 1; i >= 0; i-- {
		l.path[i] = at
		at = l.back[i][at]
	}
}

// marginals computes the chance of each label of each token, forwards and
// backwards (Rabiner 1989), scaled at every token.
func (c *crf) marginals(l *lattice) {
	n := len(l.score)
	if n == 0 {
		return
	}
	for i := range n {
		top := l.score[i][0]
		for _, s := range l.score[i] {
			top = max(top, s)
		}
		for b := range labels {
			l.potential[i][b] = 0
			if l.allow[i]>>b&1 != 0 {
				l.potential[i][b] = c.fade(top - l.score[i][b])
			}
		}
	}
	var sum float64
	for b := range labels {
		l.forward[0][b] = 0
		if starts(b) {
			l.forward[0][b] = l.potential[0][b]
		}
		sum += l.forward[0][b]
	}
	normalize(&l.forward[0], sum)
	for i := 1; i < n; i++ {
		f := &c.factor[l.edge[i]]
		before := &l.forward[i-1]
		sum = 0
		for b := range labels {
			var s float64
			for a := range labels {
				s += float64(before[a] * f[a][b])
			}
			s = float64(s * l.potential[i][b])
			l.forward[i][b] = s
			sum += s
		}
		normalize(&l.forward[i], sum)
	}
	var behind [labels]float64
	for b := range behind {
		behind[b] = 1
	}
	l.stay[n-1] = [3][2]float64{}
	for i := n - 1; i >= 0; i-- {
		sum = 0
		for b := range labels {
			l.marginal[i][b] = float64(l.forward[i][b] * behind[b])
			sum += l.marginal[i][b]
		}
		normalize(&l.marginal[i], sum)
		if i == 0 {
			break
		}
		f := &c.factor[l.edge[i]]
		for b := range labels {
			behind[b] *= l.potential[i][b]
		}
		var next [labels]float64
		sum = 0
		for a := range labels {
			var s float64
			for b := range labels {
				s += float64(f[a][b] * behind[b])
			}
			next[a] = s
			sum += s
		}
		for role := range 3 {
			b, in := beginSource+label(2*role), inSource+label(2*role)
			l.stay[i-1][role] = [2]float64{quotient(float64(f[b][in]*behind[in]), next[b]), quotient(float64(f[in][in]*behind[in]), next[in])}
		}
		normalize(&next, sum)
		behind = next
	}
}

func normalize(row *[labels]float64, sum float64) {
	if sum <= 0 {
		return
	}
	for b := range row {
		row[b] /= sum
	}
}

// quotient is a over b, and nothing where b is nothing.
func quotient(a, b float64) float64 {
	if b <= 0 {
		return 0
	}
	return a / b
}
