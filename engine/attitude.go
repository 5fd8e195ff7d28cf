package engine

// Attitude is how a player is disposed towards another or itself.
type Attitude int8

// The attitudes.
const (
	Negative Attitude = iota - 1
	Neutral
	Positive
)

// Attitudes (Inohara, Hipel and Walker 2007). The text was not at hand; the
// definitions are as later papers state them, and the tests hold them to
// propositions that Inohara and Hipel published in 2009. e_ij is the attitude of
// i towards j. Going from s to t is a relational reply of i towards j iff
//
//	e_ij = +  and t is at least as good for j as s,
//	e_ij = −  and t is worse for j than s, or
//	e_ij = 0.
//
// It is a total reply of i iff it is one towards every player. TRL_i(s) is s
// and the total replies of i in R_i(s).
//
//	RNash  TRL_i(s) holds nothing but s.
//	RGMR   every t in TRL_i(s) other than s has some x in R_{N−i}(t) that is s or
//	       no total reply of i from s.
//	RSMR   besides, every y in R_i(x) is s or no total reply of i from s.
//	RSEQ   as RGMR, by moves that are total replies of those who make them.
//
// With e_ii = + and the rest 0, and preferences without ties, these are the
// classical concepts; with all attitudes 0, RNash is RSMR and RGMR is RSEQ. The
// form of the definitions names s among the sanctions, so that
// StabilityOptions.NoReturn does not touch them.
func (g *game) relational(e [][]Attitude) reading {
	total := func(i int, s, t int32) bool {
		for j, towards := range e[i] {
			worse := g.rank[j][t] < g.rank[j][s]
			if towards == Positive && worse || towards == Negative && !worse {
				return false
			}
		}
		return true
	}
	escapes := func(i int, s, y int32) bool { return y != s && total(i, s, y) }
	return reading{
		leaves: total, escapes: escapes, follows: total, moves: "total replies",
		deters: func(i int, s, x int32) bool { return !escapes(i, s, x) },
	}
}
