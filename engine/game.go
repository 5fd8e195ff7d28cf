package engine

// game is a model as plain lists: the form in which every concept outside the
// linear-time five is analysed.
//
//	reach[i][s]  the states that player i can move to from s, ascending
//	strength     how much better t is for i than s: above 0 better, 0 equal,
//	             below 0 worse; 1 mildly, 2 strongly, 3 very strongly
//	unknown      whether it is not known which of the two i prefers
type game struct {
	n        int
	players  int
	reach    [][][]int32
	strength func(i int, s, t int32) int
	unknown  func(i int, s, t int32) bool
}

// better reports whether t is known to be strictly better for i than s.
func (g *game) better(i int, s, t int32) bool { return !g.unknown(i, s, t) && g.strength(i, s, t) > 0 }
