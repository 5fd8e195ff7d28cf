package engine

// Carried says how a state would be carried out and what could undo it.
type Carried struct {
	State   uint64
	Parties []int
	P       float64 // that it is an agreement
	// Atoms is the world in which the rest is worked out, the truth of each of
	// Conflict.Atoms: the typical world if the state is an agreement there or
	// nowhere, otherwise the likeliest in which it is one.
	Typical bool
	Atoms   []bool
	// Orders and SafeOrders are how many orders there are in which each party
	// does its whole part in one move, and all rules are kept on the way; and how
	// many of them are safe. First are the players with whom safe orders begin.
	Orders, SafeOrders int
	First              []int
	// Way is the order to look at: the one with the fewest moves in which somebody
	// would rather stop, then the fewest moves. A party may do its part in several
	// moves, for options up to MaxSplit. Empty if no order keeps the rules.
	Way  []Performance
	Safe bool // nobody would rather stop on the way
	// Withdrawals are the promises that can be withdrawn afterwards, by option.
	Withdrawals []Withdrawal
	// Spoilers are the players outside it who gain at once by leaving it, in some
	// world in which it is an agreement; if it is none anywhere, in some world.
	Spoilers []Spoiler
}

// MaxSplit is how many changed options are tried in any grouping; beyond, each
// party does its whole part in one move.
const MaxSplit = 10

// Performance is a move by which an agreement is carried out. It is safe where
// its player, its turn come, likes the end at least as much as what is done so
// far; the first move is safe where its player accepts the agreement.
type Performance struct {
	Player   int
	From, To uint64
	Safe     bool
	// Trusting are those who have done something by then and would be worse off
	// than in the status quo if this player stopped; empty if it is safe.
	Trusting []int
}

// Withdrawal is a promise that can be withdrawn: an option changed by an
// agreement that its player alone can change back.
type Withdrawal struct {
	Option int
	To     uint64 // where its player would go: the best that undoes it
	Gains  bool   // the player likes To better, at once
	// Deterred says that it gains, but that its foresight sees it answered, by
	// Answer: moves of others that leave it no better off than before.
	Deterred bool
	Answer   []Move
	// Could is, where it gains and is not deterred, an answer that others could
	// give without a use of force, though it may not be in their interest; empty
	// if there is none.
	Could []Move
	// Levers are declared levers under which it would no longer gain by it or,
	// where it is not deterred, would be: places in Conflict.Levers.
	Levers []int
}

// Move is a move of a player between two states.
type Move struct {
	Player   int
	From, To uint64
}

// Spoiler is a player outside an agreement who gains by breaking it.
type Spoiler struct {
	Player int
	// To is where it would most likely go.
	To uint64
	// Gains is the probability that it gains at once, Would that its own
	// foresight does not hold it back; given the worlds looked at.
	Gains, Would float64
}
