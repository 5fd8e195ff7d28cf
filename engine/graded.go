package engine

// DefaultCertainty is the threshold of graded preference, and each of α, β and
// γ of probabilistic preference, where the caller gives none.
const DefaultCertainty = 0.5

// graded forgives the rounding of sums of probabilities.
const graded = 1e-9

// Graded preference. P_i(t ≻ s) is the probability that i prefers t to s: what
// the ways in which the case's unsure entries could turn out weigh together, or
// what StabilityOptions.Preference says.
//
// Fuzzy (Al-Mutairi, Hipel and Kamel 2008; Bashar, Kilgour and Hipel 2012; the
// texts were not at hand). The relative strength of preference is
// α_i(t, s) = P_i(t ≻ s) − P_i(s ≻ t), from −1 to 1: the r_i(t, s) − r_i(s, t) of
// the sources, indifference counting half each way. Each player has a threshold
// γ_i in (0, 1]; t is a fuzzy improvement on s iff α_i(t, s) ≥ γ_i. FNash, FGMR,
// FSMR and FSEQ are Nash, GMR, SMR and SEQ with "prefers" read so throughout; in
// FSEQ the others use their own thresholds. With certain preferences they are
// the classical concepts, whatever the thresholds.
func (g *game) fuzzy(threshold []float64) reading {
	better := func(i int, s, t int32) bool {
		return g.probability(i, s, t)-g.probability(i, t, s) >= threshold[i]-graded
	}
	return reading{
		leaves: better, escapes: better, follows: better, moves: "fuzzy",
		deters: func(i int, s, x int32) bool { return !better(i, s, x) },
	}
}

// Probabilistic (Rêgo and dos Santos 2015, IEEE Transactions on Systems, Man,
// and Cybernetics: Systems 45). The text was not at hand: the names are theirs,
// the thresholds are our reading of them. α, β and γ in (0, 1] are the certainty
// demanded of staying, of a sanction, and of the others' improvements; the
// larger they are, the fewer states are stable.
//
//	α-Nash          every t in R_i(s) has P_i(t ≻ s) ≤ 1 − α.
//	(α, β)-GMR      every t in R_i(s) with P_i(t ≻ s) > 1 − α has some x in
//	                R_{N−i}(t) with P_i(x ≻ s) ≤ 1 − β.
//	(α, β)-SMR      besides, every y in R_i(x) has P_i(y ≻ s) ≤ 1 − β.
//	(α, β, γ)-SEQ   as (α, β)-GMR, by moves from u to v of a mover j with
//	                P_j(v ≻ u) ≥ γ.
//
// With certain preferences they are the classical concepts.
func (g *game) probable(alpha, beta, gamma float64) reading {
	escapes := func(i int, s, y int32) bool { return g.probability(i, s, y) > 1-beta+graded }
	return reading{
		leaves:  func(i int, s, t int32) bool { return g.probability(i, s, t) > 1-alpha+graded },
		deters:  func(i int, s, x int32) bool { return !escapes(i, s, x) },
		escapes: escapes,
		follows: func(j int, s, t int32) bool { return g.probability(j, s, t) >= gamma-graded },
		moves:   "probable",
	}
}
