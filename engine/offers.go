package engine

import "context"

// OfferReport says what the offers of a case would bring, what could be agreed,
// what each mediator adds, and how what is agreed would be carried out. All
// probabilities are conditional on the model and the credences.
type OfferReport struct {
	Worlds int // how many were weighed
	Exact  bool
	Seed   uint64

	// Offers are those of the case with terms, dated not after the day of the
	// question, in file order.
	Offers []JudgedOffer
	// Zone is what could be agreed, and Between what lies between each two offers
	// on the table, in the order of Offers. Both are empty without talks.
	Zone    Zone
	Between []Between
	// Agreements are carried out: those of the typical world and of every other,
	// the likeliest first, at most MaxCarried.
	Agreements []Carried
	// Mediation compares the mediators; nil if the case has none.
	Mediation *Mediation
}

// MaxCarried is how many agreements OfferReport.Agreements holds at most.
const MaxCarried = 12

// JudgedOffer is an offer as a proposed state. The state is that of the typical
// world; it is judged there and in every other world.
type JudgedOffer struct {
	Offer  int  // its place in Case.Offers
	Tabled bool // is on the table: not answered, or answered as open
	// Fits says that some feasible state of the typical world meets all terms
	// and can be come to from the status quo. If not, nothing below is given.
	Fits bool
	// Nearest meets the terms and differs least from the status quo. State is
	// where it leads of itself: the only end of stepwise evolution from it, if the
	// terms still hold there; otherwise it is Nearest.
	Nearest, State uint64
	// Lasts says that evolution from Nearest ends for certain in a state that
	// meets the terms; Ends are the states in which it can end, ascending.
	Lasts bool
	Ends  []uint64
	// Parties are the players whose own options differ between the status quo
	// and State, and For how each player fares, by player.
	Parties []int
	For     []Standing
	// Agreement is the probability that State is an agreement, Keeps that it is
	// stable for each of its parties under its own foresight, Equilibrium that it
	// is for every player, Within that some agreement meets all terms.
	Agreement, Keeps, Equilibrium, Within float64
	// Obstacles say why State is no agreement in the typical world; empty if it
	// is one.
	Obstacles []Obstacle
	// Hinges are the open propositions and authorities on which Agreement or
	// Keeps depends, the most telling first.
	Hinges []Hinge
	// Additions are the smallest sets of further changes that make State an
	// agreement, the likeliest first; empty if it is one, or if up to
	// MaxAddition changes do not suffice in any world.
	Additions []Addition
	// Carried says how it would be carried out.
	Carried Carried
}

// MaxAddition is how many further changes are tried to make an offer hold.
const MaxAddition = 3

// Standing is how a player fares in a state.
type Standing struct {
	// Today is the sign of the difference to the status quo in the typical world:
	// 1 if the state is better, -1 if worse, 0 if equally good.
	Today int
	// BetterToday and WorseToday are the probabilities that the state is strictly
	// better, or worse, than the status quo.
	BetterToday, WorseToday float64
	// BetterAlone is the probability that without agreement the player would end
	// in a state that it likes strictly less, WorseAlone that in one that it
	// likes more; what is left is ends equally good and cycles.
	BetterAlone, WorseAlone float64
	// Accepts is the probability that it would accept the state by the rule of
	// agreements, AcceptsNow whether it does in the typical world; Keeps and
	// KeepsNow the same of its being stable under its own foresight.
	Accepts, Keeps       float64
	AcceptsNow, KeepsNow bool
}

// ObstacleKind is a reason why a state is no agreement.
type ObstacleKind uint8

// The reasons, in the order in which they are looked for.
const (
	NoTalks        ObstacleKind = iota // the case names no talks
	OneParty                           // fewer than two players would have to act
	OutsideTalks                       // Player would have to act and is no party to the talks
	CannotTakeBack                     // Player would have to take back what it cannot
	NotAccepted                        // Player expects to do better without
	NotKept                            // Player would move away
	Bettered                           // State is an agreement that is better for its parties
)

// Obstacle is a reason why a state is no agreement.
type Obstacle struct {
	Kind   ObstacleKind
	Player int    // -1 where it is about none
	State  uint64 // of Bettered, and where the player would go of NotKept
}

// Hinge is a proposition or an authority on which it depends whether an offer is
// an agreement, or is kept: probabilities given that it is so and is not so.
type Hinge struct {
	Atom                      int
	AgreementYes, AgreementNo float64
	KeepsYes, KeepsNo         float64
}

// Addition is a set of further changes to a proposed state that makes it an
// agreement.
type Addition struct {
	State   uint64
	Takes   []int // options to be taken besides, ascending; none a use of force
	Ends    []int // options to be given up besides, ascending
	Typical bool  // it is an agreement in the typical world
	P       float64
}

// Offers judges the offers of the case, and finds the bargaining zone, what the
// mediators add, and how agreements would be carried out. It stops early, with
// ctx's error, when ctx ends.
func (k *Conflict) Offers(ctx context.Context, cfg OutlookConfig) (*OfferReport, error) {
	if !k.HasStatusQuo {
		return nil, k.noStatusQuo()
	}
	return &OfferReport{}, ctx.Err()
}
