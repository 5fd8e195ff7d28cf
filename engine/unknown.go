package engine

// Unknown preference (Li, Hipel, Kilgour and Fang 2004; the text was not at
// hand, the definitions are as later papers state them). For a pair of states
// it may be unknown whether player i prefers t to s: it is, iff some of the ways
// in which what the case is unsure of could turn out, with positive probability,
// say that t is better and others that it is not (resolutions, unsure.go). The
// four extensions differ in what a player leaves for and what deters it.
// Relative to the state s left:
//
//	    leaves for         deterred by               escapes, in SMR, to
//	a   better or unknown  neither better nor unknown  better or unknown
//	b   better             neither better nor unknown  better or unknown
//	c   better or unknown  not better                  better
//	d   better             not better                  better
//
// In SEQ the others move to states that are better or unknown for the mover, in
// every extension. Where nothing is unknown the four are the classical
// concepts. Nash_a is Nash_c and Nash_b is Nash_d; what is stable in a is stable
// in b and c, and what is stable in those is stable in d.
//
// A return to s or to t counts as a sanction as far as it is one of the states
// in the third column (the logical form of the definitions).
// StabilityOptions.NoReturn takes the matrix form, in which it never does: this
// matters in c, where a return to an unknown t deters.
func (g *game) extension(which byte) reading {
	better := g.better
	open := func(i int, s, t int32) bool { return g.unknown(i, s, t) || g.strength(i, s, t) > 0 }
	r := reading{leaves: better, escapes: better, follows: open, moves: "better or unknown"}
	if which == 'a' || which == 'c' {
		r.leaves = open
	}
	if which == 'a' || which == 'b' {
		r.escapes = open
	}
	worse := r.escapes
	r.deters = func(i int, s, x int32) bool { return !worse(i, s, x) }
	return r
}
