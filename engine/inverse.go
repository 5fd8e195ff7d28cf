package engine

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"sort"

	"github.com/demarche/demarche"
)

// Inverse is the question of stability turned round: what each player would have
// to prefer for a state to hold (Kinsara, Kilgour and Hipel 2015; Wang, Hipel and
// Fang 2018; both as later papers state it).
type Inverse struct {
	State   int
	Demands []Demand // one for each player, in order
	// Share is the part of all profiles, one strict ranking of the model's states
	// for each player, drawn independently and evenly, in which the state is an
	// equilibrium. Error is 0 where it is exact, else half the width of an interval
	// that holds it with probability 0.95 or more.
	Share, Error float64
	// Nearest is how many changes would make the state an equilibrium, players'
	// rankings changing together; see JointChange. Nil if that was not worked out.
	Nearest *JointChange
}

// Demand is what one player would have to prefer for a state to be stable for
// it, the preferences of the others being as they are.
type Demand struct {
	Player  int
	Concept Concept
	// Clauses must all hold; none of them follows from another one.
	Clauses []Clause
	Holds   bool // by the preferences as they are
	// Share is the part of the strict rankings of the model's states that meet the
	// demand; Rankings of Of is the same as a fraction, nil where Share is sampled
	// and Error bounds it (half the width of a 95 % interval, by Hoeffding 1963).
	Share, Error float64
	Rankings, Of *big.Int
	// Rise is the least number of adjacent swaps in the player's own ranking after
	// which the demand is met; Fall that after which it is not met any more, or -1
	// if no change of its own ranking breaks it. States between which the player is
	// indifferent move together. One of the two is 0.
	Rise, Fall int
}

// Clause asks that the player like the state at least as much as all states of
// at least one set in Any. The first set is the state that the player could move
// to; each of the others is a state with which others could answer that, with the
// states to which the player could go on from there where the concept looks at
// that. The state itself, which it likes as much as itself, is left out of all.
type Clause struct {
	Any   [][]int // each ascending
	Holds bool
}

// Limits of the inverse analysis.
const (
	maxClauseStates  = 1 << 22 // states in clauses, before they are made minimal
	maxCounted       = 1200    // states that a demand names, to count rankings exactly
	maxCountedSteps  = 1 << 19 // of diagrams
	maxCountedCoeffs = 1 << 21 // coefficients of the polynomials on them
	inverseDraws     = 20_000
	inverseDrawWork  = 1 << 28
	inverseCertainty = 0.95
)

// Inverse works out what each player would have to prefer for state s to hold
// under the concept given for it; nil stands for each player's own foresight. The
// concepts are among the main five. Draws depend on the seed alone.
func (m *Model) Inverse(ctx context.Context, s int, concepts []Concept, seed uint64) (*Inverse, error) {
	concepts, err := m.conceptsOr(concepts)
	if err != nil {
		return nil, err
	}
	inv := &Inverse{State: s, Share: 1}
	err = halting(func() error {
		for i, c := range concepts {
			d, err := m.demand(ctx, s, i, c, seed)
			if err != nil {
				return err
			}
			inv.Demands = append(inv.Demands, d)
			inv.Share *= d.Share
			inv.Error += d.Error // |Πa − Πb| ≤ Σ|a − b| for numbers up to 1
		}
		if m.repliesMatter(concepts) {
			return m.shareOfProfiles(ctx, inv, concepts, seed)
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	inv.Nearest, err = m.Nearest(ctx, s, concepts)
	return inv, err
}

// conceptsOr is the concept of every player: as given, or its foresight.
func (m *Model) conceptsOr(concepts []Concept) ([]Concept, error) {
	if concepts == nil {
		for _, p := range m.Players {
			concepts = append(concepts, p.Foresight)
		}
	}
	for _, c := range concepts {
		if !c.Main() {
			return nil, &demarche.Error{Kind: demarche.Usage, Msg: fmt.Sprintf("what %s would take cannot be turned round", c.Title()), Hint: "ask for one of nash, gmr, smr, seq, sseq"}
		}
	}
	return concepts, nil
}

// repliesMatter reports whether what some player must prefer depends on what
// others prefer: then the players' rankings are not independent.
func (m *Model) repliesMatter(concepts []Concept) bool {
	return len(m.Players) > 1 && slices.ContainsFunc(concepts, Concept.credible)
}

func (m *Model) demand(ctx context.Context, s, i int, c Concept, seed uint64) (Demand, error) {
	d := Demand{Player: i, Concept: c}
	clauses, err := m.clauses(ctx, s, i, c)
	if err != nil {
		return d, err
	}
	d.Clauses = withoutImplied(ctx, clauses)
	rank := m.Rank[i]
	d.Holds = true
	for n := range d.Clauses {
		cl := &d.Clauses[n]
		cl.Holds = cl.holds(func(x int) bool { return rank[x] <= rank[s] })
		d.Holds = d.Holds && cl.Holds
	}
	d.Rise, d.Fall = d.distance(rank, s, m.Best[i])
	d.count(ctx, len(m.States), seed)
	return d, nil
}

// clauses are what player i must prefer for s to be stable for it: one clause for
// every move from s that others do not undo whatever the preferences.
func (m *Model) clauses(ctx context.Context, s, i int, c Concept) ([]Clause, error) {
	var out []Clause
	l := newLocal(ctx, m)
	size := 0
	for _, t := range m.Moves(nil, i, s) {
		cl := Clause{Any: [][]int{{t}}}
		if c != Nash {
			l.replies(i, t, c.credible(), func(u int) bool {
				if u == s && m.matrixForm || u == t {
					return true
				}
				var term []int
				if u != s {
					term = append(term, u)
				}
				if c.symmetric() {
					l.moves(i, u, func(v int) {
						if v != s {
							term = append(term, v)
						}
					})
				}
				slices.Sort(term)
				size += len(term) + 1
				cl.Any = append(cl.Any, term)
				return size <= maxClauseStates
			})
		}
		if size > maxClauseStates {
			return nil, &demarche.Error{
				Kind: demarche.Unavailable, Pos: m.Case.Conflict.At,
				Msg:  "the others could answer in too many ways to list what " + m.Players[i].Name + " would have to prefer",
				Hint: "ask for the concept nash, or add rules for combinations that cannot be",
			}
		}
		if cl.reduce(); cl.Any != nil {
			out = append(out, cl)
		}
	}
	return out, nil
}

// reduce leaves out sets that contain another set whole. A clause with an empty
// set holds whatever the preferences are; its Any becomes nil.
func (cl *Clause) reduce() {
	order := make([]int, len(cl.Any))
	for n := range order {
		order[n] = n
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(cl.Any[a]) - len(cl.Any[b]) })
	single := map[int]bool{}
	var kept [][]int
	keep := make([]bool, len(cl.Any))
	for _, n := range order {
		term := cl.Any[n]
		if len(term) == 0 {
			cl.Any = nil
			return
		}
		if slices.ContainsFunc(term, func(x int) bool { return single[x] }) {
			continue
		}
		if len(term) == 1 {
			single[term[0]] = true
		} else if slices.ContainsFunc(kept, func(k []int) bool { return partOf(k, term) }) {
			continue
		} else {
			kept = append(kept, term)
		}
		keep[n] = true
	}
	var out [][]int
	for n, term := range cl.Any {
		if keep[n] {
			out = append(out, term)
		}
	}
	slices.SortFunc(out[1:], slices.Compare) // the first, {t}, is always kept
	cl.Any = out
}

// partOf reports whether ascending list a is a part of b.
func partOf(a, b []int) bool {
	for _, x := range a {
		if _, ok := slices.BinarySearch(b, x); !ok {
			return false
		}
	}
	return true
}

// implies reports whether cl cannot hold without d holding: each way to meet cl
// contains a way to meet d.
func (cl Clause) implies(d Clause) bool {
	for _, a := range cl.Any {
		if !slices.ContainsFunc(d.Any, func(b []int) bool { return partOf(b, a) }) {
			return false
		}
	}
	return true
}

// withoutImplied leaves out clauses that follow from another one. Clauses of
// single states are then the one smallest conjunction of disjunctions: monotone
// conditions have only one.
func withoutImplied(ctx context.Context, list []Clause) []Clause {
	gone := make([]bool, len(list))
	for a := range list {
		for b := range list {
			poll(ctx, b)
			if a != b && !gone[a] && !gone[b] && list[a].implies(list[b]) {
				gone[b] = true
			}
		}
	}
	var out []Clause
	for n, cl := range list {
		if !gone[n] {
			out = append(out, cl)
		}
	}
	return out
}

func (cl Clause) holds(notAbove func(int) bool) bool {
	return slices.ContainsFunc(cl.Any, func(term []int) bool {
		return !slices.ContainsFunc(term, func(x int) bool { return !notAbove(x) })
	})
}

func (d *Demand) met(notAbove func(int) bool) bool {
	return !slices.ContainsFunc(d.Clauses, func(cl Clause) bool { return !cl.holds(notAbove) })
}

// distance is how far the state at s is from meeting the demand, and from not
// meeting it, in adjacent swaps of classes of indifference.
//
// Moving s itself is best. Suppose that the classes in X are brought from below s
// to above it, and that the deepest of them, x, is d places below. Each of the
// d−1 classes y between ends either below x, and has changed places with x, or
// above x and so above s, and has changed places with s; and x has with s. So it
// takes d swaps or more, and lowering s by d puts all of X above it. As a demand
// only asks for states not to be above s, more states above never help to meet
// it. Raising s is the mirror image.
func (d *Demand) distance(rank []int32, s int, best int32) (rise, fall int) {
	at := rank[s]
	if !d.Holds {
		return sort.Search(int(best-at), func(k int) bool {
			return d.met(func(x int) bool { return rank[x] <= at+int32(k) })
		}), 0
	}
	fall = sort.Search(int(at)+1, func(k int) bool {
		return !d.met(func(x int) bool { return rank[x] == at || rank[x] < at-int32(k) })
	})
	if fall > int(at) {
		fall = -1
	}
	return 0, fall
}

// count counts the strict rankings of n states that meet the demand. Whether one
// does depends only on which of the V states that the clauses name are below s.
// Restricted to these and s an even ranking is even, so that a set of k states is
// exactly what is below s in k!·(V−k)!/(V+1)! of all rankings. With N_k sets of
// size k that meet the demand the share is Σ N_k·k!·(V−k)!/(V+1)!.
func (d *Demand) count(ctx context.Context, n int, seed uint64) {
	sets, ok := d.bySize(ctx)
	if !ok {
		d.sample(ctx, seed)
		return
	}
	v := int64(len(sets) - 1)
	sum, term, fact := new(big.Int), new(big.Int), new(big.Int)
	down := fact.MulRange(1, v) // k!·(V−k)!, from k = 0
	weight := new(big.Int).Set(down)
	for k := range v + 1 {
		sum.Add(sum, term.Mul(sets[k], weight))
		if k < v {
			weight.Mul(weight, big.NewInt(k+1))
			weight.Quo(weight, big.NewInt(v-k))
		}
	}
	share := new(big.Rat).SetFrac(sum, new(big.Int).MulRange(1, v+1))
	d.Share, _ = share.Float64()
	d.Of = new(big.Int).MulRange(1, int64(n))
	d.Rankings = new(big.Int).Mul(d.Of, share.Num())
	d.Rankings.Quo(d.Rankings, share.Denom())
}

// bySize counts, for every size, the sets of states below s that meet the demand.
// Clauses that share no state are counted apart and multiplied.
func (d *Demand) bySize(ctx context.Context) (sets []*big.Int, ok bool) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case tooEntangled:
			sets, ok = nil, false
		default:
			panic(r)
		}
	}()
	named := 0
	parts := d.apart()
	for _, p := range parts {
		named += len(p.place)
	}
	if named > maxCounted {
		return nil, false
	}
	sets = []*big.Int{big.NewInt(1)}
	for n, p := range parts {
		poll(ctx, n<<15)
		sets = times(sets, p.bySize())
	}
	return sets, true
}

// part is a group of clauses that shares no state with any other.
type part struct {
	clauses []Clause
	place   map[int]int // of each state, in the order in which clauses name it
}

func (d *Demand) apart() []*part {
	of := map[int]*part{} // by state
	var all []*part
	for _, cl := range d.Clauses {
		p := &part{clauses: []Clause{cl}, place: map[int]int{}}
		for _, term := range cl.Any {
			for _, x := range term {
				q := of[x]
				if q == nil || q == p {
					if _, met := p.place[x]; !met {
						p.place[x] = len(p.place)
					}
					of[x] = p
					continue
				}
				// Join p to q, which came first.
				q.clauses = append(q.clauses, p.clauses...)
				added := make([]int, len(p.place))
				for y, at := range p.place {
					added[at] = y
				}
				for _, y := range added {
					if _, met := q.place[y]; !met {
						q.place[y] = len(q.place)
					}
					of[y] = q
				}
				all = slices.DeleteFunc(all, func(o *part) bool { return o == p })
				p = q
			}
		}
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}

// bySize counts by decision diagram; a single clause of single states holds for
// every set but the empty one.
func (p *part) bySize() []*big.Int {
	n := len(p.place)
	if cl := p.clauses[0]; len(p.clauses) == 1 && len(cl.Any) == n {
		out := make([]*big.Int, n+1)
		for k := range out {
			out[k] = new(big.Int).Binomial(int64(n), int64(k))
		}
		out[0].SetInt64(0)
		return out
	}
	g := newDiagram(n)
	g.steps = maxDiagramSteps - maxCountedSteps
	f := always
	for _, cl := range p.clauses {
		c := never
		for _, term := range cl.Any {
			at := make([]int, len(term))
			for k, x := range term {
				at[k] = p.place[x]
			}
			slices.Sort(at)
			all := always
			for k := len(at) - 1; k >= 0; k-- {
				all = g.make(int32(at[k]), never, all)
			}
			c = g.or(c, all)
		}
		f = g.and(f, c)
	}
	if len(g.nodes)*n > maxCountedCoeffs {
		panic(tooEntangled{})
	}
	memo := map[int32][]*big.Int{never: {big.NewInt(0)}, always: {big.NewInt(1)}}
	binomial := func(n int32) []*big.Int { // (1+z)^n: levels passed over are free
		out := make([]*big.Int, n+1)
		for k := range out {
			out[k] = new(big.Int).Binomial(int64(n), int64(k))
		}
		return out
	}
	var rec func(f int32) []*big.Int // over the levels from that of f on
	rec = func(f int32) []*big.Int {
		if out, ok := memo[f]; ok {
			return out
		}
		v := g.nodes[f]
		no := times(rec(v.no), binomial(g.nodes[v.no].level-v.level-1))
		yes := times(rec(v.yes), binomial(g.nodes[v.yes].level-v.level-1))
		out := make([]*big.Int, int32(n)-v.level+1)
		for k := range out {
			out[k] = new(big.Int)
			if k < len(no) {
				out[k].Add(out[k], no[k])
			}
			if k > 0 && k-1 < len(yes) {
				out[k].Add(out[k], yes[k-1])
			}
		}
		memo[f] = out
		return out
	}
	return times(rec(f), binomial(g.nodes[f].level))
}

// times multiplies polynomials.
func times(a, b []*big.Int) []*big.Int {
	if len(a) == 1 && a[0].IsInt64() && a[0].Int64() == 1 {
		return b
	}
	if len(b) == 1 && b[0].IsInt64() && b[0].Int64() == 1 {
		return a
	}
	out := make([]*big.Int, len(a)+len(b)-1)
	for k := range out {
		out[k] = new(big.Int)
	}
	var t big.Int
	for i, x := range a {
		if x.Sign() == 0 {
			continue
		}
		for j, y := range b {
			out[i+j].Add(out[i+j], t.Mul(x, y))
		}
	}
	return out
}

// sample estimates the share: in an even ranking the place of s is an even number
// x from 0 to 1, and each other state is below s with probability x, independently.
func (d *Demand) sample(ctx context.Context, seed uint64) {
	at := map[int]int{}
	for _, cl := range d.Clauses {
		for _, term := range cl.Any {
			for _, x := range term {
				if _, met := at[x]; !met {
					at[x] = len(at)
				}
			}
		}
	}
	draws := min(inverseDraws, max(500, inverseDrawWork/len(at)))
	below := make([]bool, len(at))
	met := 0
	for n := range draws {
		poll(ctx, n<<15)
		r := rand.New(rand.NewPCG(seed, uint64(n)))
		x := r.Float64()
		for k := range below {
			below[k] = r.Float64() < x
		}
		if d.met(func(x int) bool { return below[at[x]] }) {
			met++
		}
	}
	d.Share, d.Error = float64(met)/float64(draws), hoeffding(draws)
}

// hoeffding is half the width of an interval around the mean of n draws between 0
// and 1 that holds the true mean with probability 0.95 or more (Hoeffding 1963,
// Journal of the American Statistical Association 58).
func hoeffding(n int) float64 {
	return math.Sqrt(math.Log(2/(1-inverseCertainty)) / (2 * float64(n)))
}

// shareOfProfiles estimates in how many profiles of strict rankings the state is
// an equilibrium, where what one player must prefer depends on the others.
func (m *Model) shareOfProfiles(ctx context.Context, inv *Inverse, concepts []Concept, seed uint64) error {
	n := len(m.States)
	draws := min(inverseDraws, max(100, inverseDrawWork/(16*n*len(m.Players))))
	l := newLocal(ctx, m)
	l.rank = make([][]int32, len(m.Players))
	for i := range l.rank {
		l.rank[i] = make([]int32, n)
		for s := range l.rank[i] {
			l.rank[i][s] = int32(s)
		}
	}
	held := 0
	for d := range draws {
		poll(ctx, d<<15)
		r := rand.New(rand.NewPCG(seed, uint64(d)))
		for _, rank := range l.rank {
			r.Shuffle(n, func(a, b int) { rank[a], rank[b] = rank[b], rank[a] })
		}
		if l.firstUnstable(inv.State, concepts) < 0 {
			held++
		}
	}
	inv.Share, inv.Error = float64(held)/float64(draws), hoeffding(draws)
	return nil
}

// local judges single states of a model straight from the definitions, under
// rankings that may be others than the model's own. It is for many questions
// about one state; Stability is for one question about all.
type local struct {
	*Model
	ctx   context.Context
	rank  [][]int32
	mark  []int32 // by state, or by state and last mover where moves are nets
	turn  int32
	queue []int32
	steps int
}

func newLocal(ctx context.Context, m *Model) *local {
	l := &local{Model: m, ctx: ctx, rank: m.Rank}
	nodes := len(m.States)
	if m.nets != nil {
		nodes *= len(m.Players)
	}
	l.mark = make([]int32, nodes)
	return l
}

// moves calls visit for every state that player i can reach from s in one move.
func (l *local) moves(i, s int, visit func(t int)) {
	if l.nets != nil {
		for _, t := range l.nets[i].from(s) {
			visit(int(t))
		}
		return
	}
	bl := &l.Model.moves[i]
	for _, b := range bl.above(bl.of(s)) {
		for _, t := range bl.order[bl.start[b]:bl.start[b+1]] {
			if int(t) != s {
				visit(int(t))
			}
		}
	}
}

// replies calls visit for every state that players other than i can lead to from
// t by a legal sequence of moves, or of improvements, until it returns false. In
// option form nobody's two moves in a row matter, so that the states are searched;
// elsewhere pairs of a state and who moved last.
func (l *local) replies(i, t int, credible bool, visit func(u int) bool) {
	l.turn++
	l.queue = l.queue[:0]
	players := len(l.Players)
	going := true
	step := func(s, last int) {
		for j := range players {
			if j == i || j == last || !going {
				continue
			}
			rank := l.rank[j]
			l.moves(j, s, func(u int) {
				if !going || credible && rank[u] <= rank[s] {
					return
				}
				node := u
				if l.nets != nil {
					node = u*players + j
				}
				if l.mark[node] == l.turn {
					return
				}
				l.mark[node] = l.turn
				l.queue = append(l.queue, int32(node))
				going = visit(u)
			})
		}
	}
	step(t, -1)
	for head := 0; head < len(l.queue) && going; head++ {
		l.steps++
		poll(l.ctx, l.steps)
		if node := int(l.queue[head]); l.nets != nil {
			step(node/players, node%players)
		} else {
			step(node, -1)
		}
	}
}

// stable reports whether s is stable for player i under a concept.
func (l *local) stable(i, s int, c Concept) bool {
	rank := l.rank[i]
	var gains []int
	l.moves(i, s, func(t int) {
		if rank[t] > rank[s] {
			gains = append(gains, t)
		}
	})
	for _, t := range gains {
		if !l.sanctioned(i, s, t, c) {
			return false
		}
	}
	return true
}

func (l *local) sanctioned(i, s, t int, c Concept) bool {
	if c == Nash {
		return false
	}
	rank := l.rank[i]
	found := false
	l.replies(i, t, c.credible(), func(u int) bool {
		if rank[u] > rank[s] || u == s && l.matrixForm {
			return true
		}
		escapes := false
		if c.symmetric() {
			l.moves(i, u, func(v int) { escapes = escapes || rank[v] > rank[s] })
		}
		found = !escapes
		return escapes
	})
	return found
}

// firstUnstable is the first player for whom s is not stable, or -1.
func (l *local) firstUnstable(s int, concepts []Concept) int {
	for i, c := range concepts {
		if !l.stable(i, s, c) {
			return i
		}
	}
	return -1
}
