package engine

// Zone is the bargaining zone: what could be agreed. A state t is in the zone of
// a world iff
//
//  1. its parties, the players whose own options differ between the status quo
//     and t, are at least two and all among those who talk;
//  2. each of them accepts: under what it expects without agreement it is more
//     likely than not to end in a state that it likes strictly less than t;
//  3. nobody takes back an option that cannot be taken back.
//
// It is on the Pareto front of a world iff no other state of the zone is at least
// as good for everybody who talks and better for one. Every agreement is in the
// zone; a state of the zone is an agreement if it is also kept and not bettered.
type Zone struct {
	// States are those that are in the zone of some world: those of the typical
	// world first, then the likeliest to be kept, the likeliest to be in it,
	// ascending.
	States []ZoneState
	// Typical is how many are in the zone of the typical world, Kept how many of
	// them are stable for their parties, Front how many of them are on the front.
	Typical, Kept, Front int
	// Empty is the probability that the zone is empty.
	Empty float64
}

// ZoneState is a state of the bargaining zone.
type ZoneState struct {
	State   uint64
	Parties []int
	// Typical says that it is in the zone of the typical world; the next four are
	// about that world: it is stable for every party under its own foresight; no
	// other of the zone is better for one who talks and worse for none; everybody
	// who talks accepts it, whether or not it has to act; it is an agreement.
	Typical, Kept, Front, Everyone, Agreement bool
	// The probabilities of the same over all worlds.
	P, PKept, PFront, PEveryone, PAgreement float64
}

// Between is what lies between two offers on the table: the states of the
// typical world's zone that everybody who talks ranks at least as high as the
// offer that it likes less and at most as high as the one that it likes more,
// but for the two themselves. So everyone meets the other half-way or better.
type Between struct {
	A, B int // places in OfferReport.Offers, A before B
	// States are places in Zone.States, agreements first, then what is kept.
	States []int
	// Same says that the two propose one state.
	Same bool
}
