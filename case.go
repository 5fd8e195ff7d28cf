package demarche

import "slices"

// The types of the case file. Field tags are read by package casefile:
//
//	yaml   the key
//	case   "required"; "keyed": a mapping from ids to items, kept in file order,
//	       each item's id in its field ID; "short": the field that a bare
//	       scalar or list stands for; "one": a single item may stand for a list
//	doc    the description in the published schema
//	oneof  the words allowed
//	min, max, above
//	       the numbers allowed, of the field or of each item of its list
//	ref    what a Ref, or the ids of a keyed field, refer to: actor, player,
//	       option, proposition, claim, offer, track, outcome, or state of a graph
//	about  "facts": a condition on propositions and authorities only
//
// A field of type Pos holds the place of the item in the file.

// Expr is a condition where it stands in a file.
type Expr struct {
	At   Pos
	Text string
	Cond *Condition // nil until parsed
}

// Ref is an id that refers to something defined elsewhere.
type Ref struct {
	At   Pos
	Name string
}

// Case is a crisis as its case file describes it.
type Case struct {
	At  Pos
	Dir string // of the case folder, "" if there is none

	Version      int           `yaml:"demarche" case:"required" doc:"Version of the format: 1."`
	Title        string        `yaml:"title" case:"required" doc:"The name of the crisis."`
	Client       string        `yaml:"client" doc:"Who asked."`
	Question     string        `yaml:"question" doc:"The question the brief answers."`
	Handling     string        `yaml:"handling" oneof:"public internal confidential" doc:"Who may see the case."`
	AsOf         Date          `yaml:"as_of" doc:"Nothing learned after this date is in the case."`
	Actors       []Actor       `yaml:"actors" case:"keyed" doc:"Who acts in the crisis."`
	Ties         []Tie         `yaml:"ties" doc:"Relations between actors."`
	Propositions []Proposition `yaml:"propositions" case:"keyed" doc:"Matters of fact that claims affirm or deny, each narrow."`
	Authorities  []Authority   `yaml:"authorities" case:"keyed" doc:"Claims about what the law permits or bars."`
	Logic        []Expr        `yaml:"logic" doc:"Conditions that link propositions." about:"facts"`
	Incidents    []Incident    `yaml:"incidents" doc:"What happened, where, and with what loss."`
	Offers       []Offer       `yaml:"offers" doc:"Demands, offers and counter-offers."`
	Tracks       []Track       `yaml:"tracks" doc:"Courses of action pursued side by side."`
	Decisions    []Decision    `yaml:"decisions" doc:"Who decides what, expected when."`
	RedLines     []RedLine     `yaml:"red_lines" doc:"What somebody says must not happen, and what is threatened."`
	Claims       []Claim       `yaml:"claims" case:"keyed" doc:"Claims entered by hand."`
	Links        []string      `yaml:"links" doc:"Folders of related cases."`
	Conflict     *Conflict     `yaml:"conflict" doc:"The conflict model."`

	Judgements       []Judgement      `yaml:"judgements" doc:"Analysts' signed and dated probabilities of outcomes."`
	ReferenceClasses []ReferenceClass `yaml:"reference_classes" doc:"How often something like an outcome came about before."`
	Indicators       []Indicator      `yaml:"indicators" doc:"Signs to watch for."`

	Weights []WeightRow `yaml:"weights" doc:"Rows of the table of weights that differ from the default."`

	// Held is what the ledger holds on the case; nil where there is none.
	Held *Holdings
}

// WeightRow is a row of the table of weights that a case sets itself.
type WeightRow struct {
	At     Pos
	Table  string   `yaml:"table" case:"required" oneof:"reliability credibility record access" doc:"Which of the four tables."`
	Grade  string   `yaml:"grade" doc:"The grade: A to F, 1 to 6, the terms of record, direct or hearsay; left out, what is not graded or not stated."`
	Value  *float64 `yaml:"value" case:"required" doc:"Log-odds for reliability; a factor up to 1 for the others." min:"0" max:"5"`
	Reason string   `yaml:"reason" case:"required" doc:"Why."`
}

// Actor is a state, a person, an institution, a group.
type Actor struct {
	At      Pos
	ID      string
	Name    string   `yaml:"name" case:"required" doc:"The full name."`
	Kind    string   `yaml:"kind" doc:"state, person, institution, group, organization, office or outlet."`
	Role    string   `yaml:"role" doc:"The office a person holds."`
	Of      Ref      `yaml:"of" doc:"The actor this one belongs to." ref:"actor"`
	Members []string `yaml:"members" doc:"Who belongs to a group: actors' ids or names."`
	Aliases []string `yaml:"aliases" doc:"Other names."`
	Record  []Said   `yaml:"record" doc:"What the actor has done before."`
}

// Said is a sentence with the claims it rests on.
type Said struct {
	At      Pos
	Says    string `yaml:"says" case:"required" doc:"A sentence."`
	Because []Ref  `yaml:"because" doc:"Claims." ref:"claim"`
}

// Tie is a relation between two actors.
type Tie struct {
	At      Pos
	From    Ref    `yaml:"from" case:"required" doc:"An actor." ref:"actor"`
	To      Ref    `yaml:"to" case:"required" doc:"An actor." ref:"actor"`
	Kind    string `yaml:"kind" case:"required" doc:"Such as ally, rival, seeks_favour."`
	Says    string `yaml:"says" doc:"The relation in words."`
	Since   Date   `yaml:"since" doc:"When it began."`
	Until   Date   `yaml:"until" doc:"When it ended."`
	Because []Ref  `yaml:"because" doc:"Claims." ref:"claim"`
}

// Proposition is a matter of fact, true or false.
type Proposition struct {
	At       Pos
	ID       string
	Says     string   `yaml:"says" case:"required" doc:"The proposition as one sentence that says one thing."`
	Prior    *float64 `yaml:"prior" doc:"Credence before any claim, 0 to 1; 0.5 if left out." min:"0" max:"1"`
	KnownTo  []Ref    `yaml:"known_to" doc:"The players who know whether it is true; all, if left out." ref:"player"`
	Believes []Belief `yaml:"believes" case:"keyed" doc:"What the players who do not know it take its probability to be." ref:"player"`

	// Weighed is the credence that follows from the ledger's claims; nil where
	// none bears on it.
	Weighed *Credence
}

// Belief is a player's own probability of a proposition.
type Belief struct {
	At Pos
	ID string  // the player
	P  float64 `yaml:"p" case:"required,short" doc:"A probability, 0 to 1." min:"0" max:"1"`
}

// Authority is a claim about what the law permits or bars.
type Authority struct {
	At         Pos
	ID         string
	Says       string   `yaml:"says" case:"required" doc:"The authority as one sentence."`
	By         Ref      `yaml:"by" doc:"The actor whose law or act it is." ref:"actor"`
	Kind       string   `yaml:"kind" doc:"Such as designation, statute, reading, resolution."`
	Rule       string   `yaml:"rule" doc:"The rule that sets its clock."`
	Trigger    Date     `yaml:"trigger" doc:"When its clock started."`
	InForce    *bool    `yaml:"in_force" doc:"Whether it is in force; if left out, whether its date has come."`
	Prior      *float64 `yaml:"prior" doc:"Credence that it is in force, for one whose force is disputed; 0.5 if left out where claims stand on both sides and neither in_force nor a date settles it." min:"0" max:"1"`
	Permits    []Ref    `yaml:"permits" doc:"Options it is said to permit." ref:"option"`
	Bars       []Ref    `yaml:"bars" doc:"Options it is said to bar." ref:"option"`
	ClaimedBy  []Ref    `yaml:"claimed_by" doc:"Claims for it." ref:"claim"`
	DisputedBy []Ref    `yaml:"disputed_by" doc:"Claims against it." ref:"claim"`
	Because    []Ref    `yaml:"because" doc:"Claims it rests on." ref:"claim"`
	Binding    bool     `yaml:"binding" doc:"Whether it removes states from the model; needs a reason."`
	Reason     string   `yaml:"reason" doc:"Why it is taken to be binding."`
}

// Incident is something that happened.
type Incident struct {
	At         Pos
	ID         string      `yaml:"id" case:"required" doc:"The id of the incident."`
	Date       Date        `yaml:"date" doc:"When it happened."`
	Says       string      `yaml:"says" case:"required" doc:"What happened, in a few words."`
	Kind       string      `yaml:"kind" doc:"The type of event, such as assault, threaten, consult."`
	By         Ref         `yaml:"by" doc:"The actor who did it." ref:"actor"`
	Against    Ref         `yaml:"against" doc:"The actor to whom it was done." ref:"actor"`
	Place      *Place      `yaml:"place" doc:"Where it happened."`
	Casualties *Casualties `yaml:"casualties" doc:"The loss, as a range."`
	Justified  []Ground    `yaml:"justified" doc:"Justifications given."`
	Disputed   []Ground    `yaml:"disputed" doc:"Objections raised."`
	Because    []Ref       `yaml:"because" doc:"Claims." ref:"claim"`
}

// Place is where something happened and how exactly that is known.
type Place struct {
	At          Pos
	Name        string   `yaml:"name" case:"required,short" doc:"The name of the place."`
	Lat         *float64 `yaml:"lat" doc:"Latitude in degrees, north positive." min:"-90" max:"90"`
	Lon         *float64 `yaml:"lon" doc:"Longitude in degrees, east positive." min:"-180" max:"180"`
	PrecisionKM *float64 `yaml:"precision_km" doc:"Radius in kilometres within which it lies." above:"0"`
}

// Casualties are a number or a range of people harmed.
type Casualties struct {
	At      Pos
	About   *int   `yaml:"about" doc:"An approximate number." min:"0"`
	AtLeast *int   `yaml:"at_least" doc:"The least number given." min:"0"`
	AtMost  *int   `yaml:"at_most" doc:"The greatest number given." min:"0"`
	Kind    string `yaml:"kind" oneof:"killed injured missing detained unspecified" doc:"What happened to them."`
	Hedge   string `yaml:"hedge" doc:"The hedge as written, such as reportedly."`
	AsOf    Date   `yaml:"as_of" doc:"The date of the count."`
	Because []Ref  `yaml:"because" doc:"Claims." ref:"claim"`
}

// Ground is a reason given for or against something.
type Ground struct {
	At      Pos
	By      Ref    `yaml:"by" doc:"The actor who gives it." ref:"actor"`
	Ground  string `yaml:"ground" case:"required" doc:"The reason in a few words."`
	Because []Ref  `yaml:"because" doc:"Claims." ref:"claim"`
}

// Offer is a demand, an offer or a counter-offer.
type Offer struct {
	At      Pos
	ID      string `yaml:"id" case:"required" doc:"The id of the offer."`
	By      Ref    `yaml:"by" case:"required" doc:"The actor who makes it." ref:"actor"`
	To      []Ref  `yaml:"to" case:"one" doc:"The actor or actors to whom it is made." ref:"actor"`
	Says    string `yaml:"says" doc:"The offer in words."`
	Date    Date   `yaml:"date" doc:"When it was made."`
	Terms   []Expr `yaml:"terms" doc:"Conditions that would hold."`
	Public  *bool  `yaml:"public" doc:"Whether it was made in public."`
	Answer  string `yaml:"answer" oneof:"open accepted rejected countered withdrawn" doc:"What became of it; open if left out."`
	Answers Ref    `yaml:"answers" doc:"The offer that this one answers." ref:"offer"`
	Because []Ref  `yaml:"because" doc:"Claims." ref:"claim"`
}

// Track is a course of action pursued beside others.
type Track struct {
	At        Pos
	ID        string `yaml:"id" case:"required" doc:"The id of the track."`
	Says      string `yaml:"says" case:"required" doc:"The track in words."`
	Status    string `yaml:"status" oneof:"active paused ended planned" doc:"Where it stands."`
	PausedFor Ref    `yaml:"paused_for" doc:"The track for which this one is paused." ref:"track"`
	Because   []Ref  `yaml:"because" doc:"Claims." ref:"claim"`
}

// Decision is something somebody is about to decide.
type Decision struct {
	At       Pos
	ID       string `yaml:"id" case:"required" doc:"The id of the decision."`
	By       Ref    `yaml:"by" case:"required" doc:"The actor who decides." ref:"actor"`
	Says     string `yaml:"says" case:"required" doc:"What is to be decided."`
	Expected string `yaml:"expected" doc:"When, as a date or in words."`
	Options  []Ref  `yaml:"options" doc:"The options at stake." ref:"option"`
	Because  []Ref  `yaml:"because" doc:"Claims." ref:"claim"`
}

// RedLine is what somebody says must not happen.
type RedLine struct {
	At        Pos
	By        Ref    `yaml:"by" case:"required" doc:"The actor who draws it." ref:"actor"`
	On        string `yaml:"on" case:"required" doc:"What must not happen."`
	Threatens []Ref  `yaml:"threatens" case:"one" doc:"The options threatened." ref:"option"`
	Because   []Ref  `yaml:"because" doc:"Claims." ref:"claim"`
}

// Claim is somebody's words on something, from one report.
type Claim struct {
	At      Pos
	ID      string
	Report  string   `yaml:"report" doc:"The id of the report."`
	Source  string   `yaml:"source" doc:"The one who speaks: an actor's id, or a description."`
	Says    string   `yaml:"says" doc:"The claim in our words."`
	Quote   string   `yaml:"quote" doc:"The words of the report, exactly."`
	Act     string   `yaml:"act" oneof:"states denies demands offers threatens promises intends announces asks orders justifies criticises predicts" doc:"The speech act."`
	Stance  string   `yaml:"stance" oneof:"affirms denies hedges silent" doc:"Where the source stands on it."`
	Record  string   `yaml:"record" oneof:"on_record background anonymous document unattributed" doc:"On what terms it was said."`
	Nature  string   `yaml:"nature" oneof:"observation assessment forecast opinion" doc:"What sort of claim it is."`
	Hedges  []string `yaml:"hedges" case:"one" doc:"Hedges as written, such as reportedly."`
	Said    Date     `yaml:"said" doc:"When it was said."`
	Affirms []Ref    `yaml:"affirms" case:"one" doc:"Propositions it affirms." ref:"proposition"`
	Denies  []Ref    `yaml:"denies" case:"one" doc:"Propositions it denies." ref:"proposition"`

	// Held is the claim as the ledger has it; nil for one that stands in the
	// case file alone.
	Held *HeldClaim
}

// Conflict is the graph model of a crisis.
type Conflict struct {
	At          Pos
	StatusQuo   *[]Ref       `yaml:"status_quo" doc:"The options taken today; [] if none." ref:"option"`
	Players     []Player     `yaml:"players" case:"required,keyed" doc:"Who can act in the model."`
	Rules       []Rule       `yaml:"rules" doc:"What cannot be."`
	Same        []Expr       `yaml:"same" doc:"States that meet one of these are one state."`
	Hidden      []Hidden     `yaml:"hidden" case:"keyed" doc:"States that a player does not perceive." ref:"player"`
	Graph       *Graph       `yaml:"graph" doc:"Explicit states and moves instead of options."`
	Logic       []Expr       `yaml:"logic" doc:"Conditions that link propositions." about:"facts"`
	Talks       *Talks       `yaml:"talks" doc:"Who could strike a deal."`
	Ladder      []Ref        `yaml:"ladder" doc:"The rungs of escalation, lowest first." ref:"option"`
	Outcomes    []Outcome    `yaml:"outcomes" case:"keyed" doc:"Names for end states; the first that holds names it."`
	Levers      []Lever      `yaml:"levers" case:"keyed" doc:"What could be changed, by whom, at what cost."`
	Perceptions []Perception `yaml:"perceptions" case:"keyed" doc:"What a player believes others want." ref:"player"`
}

// Player is an actor as the model sees it.
type Player struct {
	At         Pos
	ID         string
	Name       string      `yaml:"name" doc:"The name, for a player who is not an actor."`
	Role       string      `yaml:"role" oneof:"mediator" doc:"mediator, if the player is one."`
	Options    []Option    `yaml:"options" case:"keyed" doc:"What the player can do or not do."`
	Foresight  string      `yaml:"foresight" oneof:"nash gmr smr seq sseq" doc:"How the player looks ahead; seq if left out."`
	Initiative *float64    `yaml:"initiative" doc:"How readily the player moves, compared with others; 1 if left out." above:"0"`
	Prefers    []Statement `yaml:"prefers" doc:"Statements, most important first."`
	Ranking    []Rank      `yaml:"ranking" doc:"Patterns or state numbers, best first, ties in brackets."`
	Payoffs    []float64   `yaml:"payoffs" doc:"A number for each state, higher is better."`
	Degrees    []float64   `yaml:"degrees" case:"one" doc:"Gaps at which a preference is much stronger, one for two degrees, two for three." above:"0"`
	Unsure     []Unsure    `yaml:"unsure" doc:"What is not known about the preferences."`
}

// Option is something a player can do or not do.
type Option struct {
	At         Pos
	ID         string
	Says       string `yaml:"says" case:"short" doc:"The option in words, as an order: Strike on land."`
	Once       bool   `yaml:"once" doc:"Whether it cannot be undone."`
	Moves      string `yaml:"moves" oneof:"both forward back" doc:"In which direction it can be changed."`
	Force      bool   `yaml:"force" doc:"Whether it is a use of force: analysed, never recommended."`
	SharedWith []Ref  `yaml:"shared_with" case:"one" doc:"Other players who can change it too." ref:"player"`
}

// Forward and Back report in which directions an option can be changed.
func (o Option) Forward() bool { return o.Moves != "back" }

// Back reports whether a taken option can be given up.
func (o Option) Back() bool { return !o.Once && o.Moves != "forward" }

// Statement is a condition that a player wants.
type Statement struct {
	At      Pos
	Want    Expr     `yaml:"want" case:"required,short" doc:"The condition wanted."`
	If      Expr     `yaml:"if" doc:"A proposition or authority; the statement counts only where it holds." about:"facts"`
	Says    string   `yaml:"says" doc:"The statement in words."`
	Because []Ref    `yaml:"because" doc:"Claims." ref:"claim"`
	Weight  *float64 `yaml:"weight" doc:"A weight instead of the place in the list; all statements or none." min:"0"`
}

// Rank is a set of states that a player likes equally.
type Rank struct {
	At     Pos
	States []RankItem `case:"short,one"`
}

// RankItem is a state by its number, or the states that a pattern describes.
type RankItem struct {
	At      Pos
	Number  int    // from 1; 0 if Pattern is given
	Pattern string // or the name of a state of an explicit graph
}

// Unsure is something not known about a player's preferences. Exactly one of
// Order, Drop and Weight is given.
type Unsure struct {
	At     Pos
	Order  []int    `yaml:"order" case:"short" doc:"Two statements whose order is not known, counted from 1." min:"1"`
	Drop   *int     `yaml:"drop" doc:"A statement that may not count." min:"1"`
	Weight *int     `yaml:"weight" doc:"A statement whose weight is not known." min:"1"`
	P      *float64 `yaml:"p" doc:"Probability that the order is the other, or that the statement does not count; 0.5 if left out." min:"0" max:"1"`
	From   *float64 `yaml:"from" doc:"The least weight." min:"0"`
	To     *float64 `yaml:"to" doc:"The greatest weight." min:"0"`
}

// Rule is what cannot be. It has exactly one of Never, AtMostOne, and If with
// Then.
type Rule struct {
	At        Pos
	Never     Expr   `yaml:"never" doc:"A condition that never holds."`
	AtMostOne []Expr `yaml:"at_most_one" doc:"Conditions of which no two hold together."`
	If        Expr   `yaml:"if" doc:"Where this holds, so does then."`
	Then      Expr   `yaml:"then" doc:"What holds wherever if does."`
	Says      string `yaml:"says" doc:"The rule in words."`
	Because   []Ref  `yaml:"because" doc:"Claims." ref:"claim"`
}

// Hidden are states that a player does not perceive.
type Hidden struct {
	At     Pos
	ID     string // the player
	States []Expr `yaml:"states" case:"short,one" doc:"Conditions; states that meet one are hidden."`
}

// Graph is an explicit graph of states and moves.
type Graph struct {
	At     Pos
	States []GraphState `yaml:"states" case:"required,keyed" doc:"The states, in order: a name and a sentence each."`
	Moves  []GraphMoves `yaml:"moves" case:"required,keyed" doc:"For each player the moves it can make." ref:"player"`
}

// GraphState is a state of an explicit graph.
type GraphState struct {
	At   Pos
	ID   string
	Says string `yaml:"says" case:"short" doc:"The state in words."`
}

// GraphMoves are the moves of one player.
type GraphMoves struct {
	At   Pos
	ID   string // the player
	Arcs []Arc  `yaml:"arcs" case:"short" doc:"Pairs of states: from, to."`
}

// Arc is a move from one state to another: two names.
type Arc struct {
	At   Pos
	Ends []Ref `case:"short" ref:"state"`
}

// Talks say who could strike a deal.
type Talks struct {
	At      Pos
	Parties []Ref    `yaml:"parties" case:"required" doc:"Players." ref:"player"`
	Chance  *float64 `yaml:"chance" doc:"Credence that talks can conclude in time; 0.5 if left out." min:"0" max:"1"`
}

// Outcome names end states.
type Outcome struct {
	At       Pos
	ID       string
	When     Expr   `yaml:"when" case:"required,short" doc:"A condition, or otherwise."`
	Says     string `yaml:"says" doc:"The outcome in a few words, as a noun: a negotiated exit."`
	By       Date   `yaml:"by" doc:"The date by which a judgement on it is resolved."`
	Resolves string `yaml:"resolves" doc:"What would have to be seen."`
}

// Otherwise reports whether the outcome takes every state left.
func (o Outcome) Otherwise() bool { return o.When.Text == "otherwise" }

// Lever is something that could be changed in the conflict.
type Lever struct {
	At     Pos
	ID     string
	Says   string       `yaml:"says" doc:"The lever in words."`
	By     Ref          `yaml:"by" doc:"The actor who could pull it." ref:"actor"`
	Cost   *float64     `yaml:"cost" doc:"What it costs, in units of the analyst's choice; 1 if left out." min:"0"`
	Prefer *LeverPrefer `yaml:"prefer" case:"required" doc:"The preference statement it adds."`
}

// LeverPrefer is the preference statement that a lever adds.
type LeverPrefer struct {
	At     Pos
	Player Ref  `yaml:"player" case:"required" doc:"Whose preference." ref:"player"`
	Want   Expr `yaml:"want" case:"required" doc:"The condition wanted."`
	If     Expr `yaml:"if" doc:"A proposition or authority; the statement counts only where it holds." about:"facts"`
	Place  int  `yaml:"at" doc:"Its place among the statements, from 1; 1 if left out." min:"1"`
}

// Perception is what one player believes others want.
type Perception struct {
	At     Pos
	ID     string            // the player who believes
	Others []PerceivedPlayer `case:"short,keyed" ref:"player"`
}

// PerceivedPlayer is a player as another one sees it.
type PerceivedPlayer struct {
	At      Pos
	ID      string
	P       *float64    `yaml:"p" doc:"Credence that this view is held; else the player sees the other as it is. 1 if left out." min:"0" max:"1"`
	Prefers []Statement `yaml:"prefers" doc:"Statements, most important first."`
	Ranking []Rank      `yaml:"ranking" doc:"Patterns or state numbers, best first, ties in brackets."`
	Payoffs []float64   `yaml:"payoffs" doc:"A number for each state, higher is better."`
}

// HeldOr is the credence that the view is held, 1 where none is given.
func (p PerceivedPlayer) HeldOr() float64 {
	if p.P == nil {
		return 1
	}
	return *p.P
}

// CredenceOr is the credence that counts: that which follows from the ledger, or
// else the prior.
func (p Proposition) CredenceOr() float64 {
	if p.Weighed != nil {
		return p.Weighed.P
	}
	return p.PriorOr()
}

// PriorOr is the credence before any claim, or 0.5 where none is given.
func (p Proposition) PriorOr() float64 {
	if p.Prior == nil {
		return 0.5
	}
	return *p.Prior
}

// ChanceOr is the credence that talks can conclude, or 0.5 where none is given.
func (t Talks) ChanceOr() float64 {
	if t.Chance == nil {
		return 0.5
	}
	return *t.Chance
}

// InForceOn reports whether an authority is taken to hold on a day where only
// one answer can be: what in_force says, else whether its date has come, else
// whether its prior is at least a half, else no.
func (a Authority) InForceOn(day Date) bool {
	switch {
	case a.InForce != nil:
		return *a.InForce
	case !a.Trigger.IsZero():
		return !a.Trigger.StartsAfter(day)
	}
	return a.Prior != nil && *a.Prior >= 0.5
}

// CredenceOn is the probability that an authority holds on a day. What in_force
// says settles it; else a prior leaves it open; else, where claims stand on both
// sides and no date settles it, no position is taken and it is a half; else its
// date decides.
func (a Authority) CredenceOn(day Date) float64 {
	switch {
	case a.InForce == nil && a.Prior != nil:
		return *a.Prior
	case a.InForce == nil && a.Trigger.IsZero() && len(a.ClaimedBy) > 0 && len(a.DisputedBy) > 0:
		return 0.5
	case a.InForceOn(day):
		return 1
	}
	return 0
}

// WeightsOr is the table of weights: the default one, with the rows that the case
// sets.
func (c *Case) WeightsOr() Weights {
	out := slices.Clone(DefaultWeights)
	for _, row := range c.Weights {
		for i := range out {
			if out[i].Table == row.Table && out[i].Grade == row.Grade && row.Value != nil {
				out[i].Value, out[i].Reason = *row.Value, row.Reason
			}
		}
	}
	return out
}

// Actor returns the actor with an id, or nil.
func (c *Case) Actor(id string) *Actor {
	for i := range c.Actors {
		if c.Actors[i].ID == id {
			return &c.Actors[i]
		}
	}
	return nil
}

// Claim returns the claim with an id, or nil.
func (c *Case) Claim(id string) *Claim {
	for i := range c.Claims {
		if c.Claims[i].ID == id {
			return &c.Claims[i]
		}
	}
	return nil
}

// AllLogic are the conditions that link propositions, wherever they stand.
func (c *Case) AllLogic() []Expr {
	if c.Conflict == nil {
		return c.Logic
	}
	return append(c.Logic[:len(c.Logic):len(c.Logic)], c.Conflict.Logic...)
}

// PlayerName is the name of a player: its own, else its actor's, else its id.
func (c *Case) PlayerName(p *Player) string {
	if p.Name != "" {
		return p.Name
	}
	if a := c.Actor(p.ID); a != nil {
		return a.Name
	}
	return p.ID
}

// OptionCount is the number of options of all players.
func (c *Conflict) OptionCount() int {
	n := 0
	for i := range c.Players {
		n += len(c.Players[i].Options)
	}
	return n
}
