package engine

// Mediation compares the mediators of a case. Absent, a mediator does nothing
// further: each of its options stays as it is today, and it takes no part in
// talks. Alone, all other mediators are absent.
type Mediation struct {
	All       Course // with all of them
	None      Course // without any
	Mediators []Mediator
	// Rivalry compares the probability of an agreement with all of them against
	// that with the best alone, and Hosted the same for agreements to which a
	// mediator is a party; only where there are two or more.
	Rivalry, Hosted Rivalry
}

// Course is where things go with some of the mediators.
type Course struct {
	Agreed       Estimate   // that an agreement is struck
	Hosted       Estimate   // that one is struck to which a mediator is a party
	Outcomes     []Estimate // in the order of Conflict.Outcomes
	NoSettlement float64
	// Better and Worse are the probabilities that each player ends in a state
	// that it likes more, or less, than the status quo, by player.
	Better, Worse []Estimate
}

// Mediator is what one mediator adds.
type Mediator struct {
	Player        int
	Alone, Absent Course
	// Gain is how much likelier it is to end better off than today if it is the
	// only one than if it is absent, and Loss, by rival, how much less likely
	// that rival is. Both can be negative.
	Gain  float64
	Loss  []RivalLoss
	Takes []int // what it could do: its options that are not taken today
}

// RivalLoss is what a rival loses where a mediator is the only one instead of
// absent: in the probability of ending better off than today, and in that of
// ending no worse.
type RivalLoss struct {
	Player        int
	Better, Worse float64 // less likely better off; likelier worse off
}

// Rivalry compares all mediators with the best of them alone.
type Rivalry struct {
	All, Best float64
	// Sign is 1 if all together bring it more often than the best alone, -1 if
	// less often, 0 if it makes no difference. Who are the best alone.
	Sign int
	Who  []int
}
