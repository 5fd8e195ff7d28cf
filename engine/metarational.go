package engine

import "context"

// reading is what a family of concepts takes an improvement and a sanction to
// be. With it, state s is stable for player i iff for every t in R_i(s) that i
// leaves s for:
//
//	Nash  there is no such t.
//	GMR   some x in R_{N−i}(t) deters i.
//	SMR   some x in R_{N−i}(t) deters i, and i escapes to no y in R_i(x).
//	SEQ   as GMR, by moves that each mover follows.
//	SSEQ  as SMR, by moves that each mover follows.
//
// R_{N−i}(t) are the states reachable from t by legal sequences of moves by the
// others. All four are about player i and, but for follows, the state s left.
type reading struct {
	leaves  func(i int, s, t int32) bool
	deters  func(i int, s, x int32) bool
	escapes func(i int, s, y int32) bool
	follows func(j int, s, t int32) bool
	// moves names follows: readings with the same name have the same.
	moves string
	// noReturn says that a return to s or to t never deters.
	noReturn bool
}

// classical is the reading of the main concepts over a game's ranks.
func (g *game) classical() reading {
	better := func(i int, s, t int32) bool { return g.rank[i][t] > g.rank[i][s] }
	return reading{
		leaves:  better,
		deters:  func(i int, s, x int32) bool { return g.rank[i][x] <= g.rank[i][s] },
		escapes: better, follows: better, moves: "better",
	}
}

// judge works out stability for one reading after another over one game. It
// keeps the moves that players follow, and for one focal player the states that
// the others reach.
type judge struct {
	*game
	ctx   context.Context
	lists map[string][][][]int32 // by name of follows; "" for all moves
}

func newJudge(ctx context.Context, g *game) *judge {
	return &judge{game: g, ctx: ctx, lists: map[string][][][]int32{"": g.reach}}
}

// prepare makes ready the moves that a concept of a reading rests on.
func (j *judge) prepare(base Concept, r reading) error {
	if !base.credible() || j.lists[r.moves] != nil {
		return nil
	}
	lists, err := j.filtered(j.ctx, r.follows)
	j.lists[r.moves] = lists
	return err
}

// steps are the moves that sanctions are made of, of every player.
func (j *judge) steps(base Concept, r reading) [][][]int32 {
	if base.credible() {
		return j.lists[r.moves]
	}
	return j.reach
}

// focal is the working memory for one player.
type focal struct {
	*judge
	i     int
	sets  map[string][]Set
	tried Set // states that do not deter from the state at hand
}

func (j *judge) focal(i int) *focal {
	return &focal{judge: j, i: i, sets: map[string][]Set{}, tried: NewSet(j.n)}
}

// replies is for every state what the others can make of it.
func (f *focal) replies(base Concept, r reading) ([]Set, error) {
	name := ""
	if base.credible() {
		name = r.moves
	}
	if sets := f.sets[name]; sets != nil {
		return sets, nil
	}
	sets, err := legal(f.ctx, f.n, without(f.steps(base, r), f.i))
	f.sets[name] = sets
	return sets, err
}

// stable is the set of states that are stable for the focal player.
func (f *focal) stable(base Concept, r reading) (Set, error) {
	out := NewSet(f.n)
	var replies []Set
	if base != Nash {
		var err error
		if replies, err = f.replies(base, r); err != nil {
			return nil, err
		}
	}
	for s := range int32(f.n) {
		if s&0xF == 0 && f.ctx.Err() != nil {
			return nil, f.ctx.Err()
		}
		if f.holds(base, r, replies, s) {
			out.Add(int(s))
		}
	}
	return out, nil
}

func (f *focal) holds(base Concept, r reading, replies []Set, s int32) bool {
	clear(f.tried)
	for _, t := range f.reach[f.i][s] {
		if !r.leaves(f.i, s, t) {
			continue
		}
		if base == Nash || !f.answered(base, r, replies[t], s, t) {
			return false
		}
	}
	return true
}

// answered reports whether some state among the replies to t deters.
func (f *focal) answered(base Concept, r reading, replies Set, s, t int32) bool {
	for w, word := range replies {
		word &^= f.tried[w]
		rest := Set{word}
		for b := range rest.All {
			x := int32(w<<6 | b)
			if r.noReturn && x == t {
				continue // it may deter from another move
			}
			if f.deterred(base, r, s, x) {
				return true
			}
			f.tried.Add(int(x))
		}
	}
	return false
}

// deterred reports whether x deters from leaving s, but for a return to t.
func (f *focal) deterred(base Concept, r reading, s, x int32) bool {
	if r.noReturn && x == s || !r.deters(f.i, s, x) {
		return false
	}
	if base.symmetric() {
		for _, y := range f.reach[f.i][x] {
			if r.escapes(f.i, s, y) {
				return false
			}
		}
	}
	return true
}
