package engine

// JointChange is the least change to all players' rankings together after which a
// state is an equilibrium.
type JointChange struct {
	// Swaps is the number of pairs of classes of indifference whose order differs,
	// over all players (Kendall's distance).
	Swaps int
	// Rank is every player's ranking after it.
	Rank [][]int32
}
