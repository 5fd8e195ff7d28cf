package engine

// Strength of preference (Hamouda, Kilgour and Hipel 2004, 2006; degrees: Xu,
// Kilgour, Hipel and Kemkes 2010). The texts were not at hand; the definitions
// are as later papers state them. t ≫_i s means that i prefers t strongly to s:
// by a gap of the player's first degree at least; t ⋙_i s very strongly: by a
// gap of the second. A player leaves for any improvement, mild or strong.
//
//	strong GMR  every t in R_i⁺(s) has some x in R_{N−i}(t) with s ≫_i x.
//	strong SMR  besides, every y in R_i(x) has s ≫_i y: a tie, a mild loss or
//	            a return to s breaks it.
//	strong SEQ  every t in R_i⁺(s) has some x in R⁺_{N−i}(t) with s ≫_i x; the
//	            others move to what they prefer, mildly or strongly.
//	very strong the same with ⋙ instead of ≫.
//	weak        stable under the concept without regard to strength, but not
//	            under its strong version.
//
// A Nash stable state is strongly stable and never weakly: it has no
// improvement. Without degrees nothing is strong: strong GMR, SMR and SEQ are
// then Nash stability.
func (g *game) strong(grade int) reading {
	r := g.classical()
	r.deters = func(i int, s, x int32) bool { return g.strength(i, s, x) <= -grade }
	r.escapes = func(i int, s, y int32) bool { return g.strength(i, s, y) > -grade }
	return r
}
