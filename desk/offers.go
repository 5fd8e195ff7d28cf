package desk

import (
	"context"

	"github.com/demarche/demarche/engine"
)

// Offers judges the offers of the case.
func (c *Crisis) Offers(ctx context.Context, cfg engine.OutlookConfig) (*engine.OfferReport, error) {
	if c.Conflict == nil {
		return nil, c.noConflict()
	}
	return c.Conflict.Offers(ctx, cfg)
}

// OffersJSON is version 1 of the offers contract.
type OffersJSON struct {
	Version int        `json:"version"`
	Worlds  WorldsJSON `json:"worlds"`
	// Offers are those with terms, in file order; Between names them by place.
	Offers     []OfferJSON     `json:"offers"`
	Zone       ZoneJSON        `json:"zone"`
	Between    []BetweenJSON   `json:"between"`
	Agreements []CarriedJSON   `json:"agreements"`
	LeftAside  int             `json:"left_aside"` // agreements that begin a use of force
	Mediation  *ComparisonJSON `json:"mediation"`  // null without mediators
}

// OfferJSON is an offer as a proposed state.
type OfferJSON struct {
	ID     string `json:"id"`
	Tabled bool   `json:"tabled"`
	Fits   bool   `json:"fits"`
	// Nearest, State and Ends are patterns; all that follows is empty if the
	// terms fit nowhere.
	Nearest     string         `json:"nearest"`
	State       string         `json:"state"`
	Lasts       bool           `json:"lasts"`
	Settles     bool           `json:"settles"`
	Ends        []string       `json:"ends"`
	Parties     []string       `json:"parties"`
	Players     []StandingJSON `json:"players"` // every player, in file order
	Agreement   float64        `json:"agreement"`
	Keeps       float64        `json:"keeps"`
	Equilibrium float64        `json:"equilibrium"`
	Within      float64        `json:"within"`
	Feasible    float64        `json:"feasible"`
	Obstacles   []ObstacleJSON `json:"obstacles"`
	Hinges      []HingeJSON    `json:"hinges"`
	Additions   []AdditionJSON `json:"additions"`
	Carried     *CarriedJSON   `json:"carried"` // null if the terms fit nowhere
}

// StandingJSON is how a player fares in a state.
type StandingJSON struct {
	Player           string  `json:"player"`
	Today            string  `json:"today"` // better, same or worse, in the typical world
	BetterThanToday  float64 `json:"better_than_today"`
	WorseThanToday   float64 `json:"worse_than_today"`
	BetterThanNoDeal float64 `json:"better_than_no_deal"`
	WorseThanNoDeal  float64 `json:"worse_than_no_deal"`
	Accepts          float64 `json:"accepts"`
	Keeps            float64 `json:"keeps"`
	AcceptsTypical   bool    `json:"accepts_typical"`
	KeepsTypical     bool    `json:"keeps_typical"`
}

// ObstacleJSON is a reason why a state is no agreement in the typical world.
type ObstacleJSON struct {
	Kind   engine.ObstacleKind `json:"kind"`
	Player string              `json:"player"` // "" where it is about none
	State  string              `json:"state"`  // "" where it names none
}

// HingeJSON is an open proposition or authority on which it depends whether an
// offer is an agreement or is kept.
type HingeJSON struct {
	ID        string    `json:"id"`
	Agreement YesNoJSON `json:"agreement"`
	Keeps     YesNoJSON `json:"keeps"`
}

// YesNoJSON are probabilities given each answer.
type YesNoJSON struct {
	Yes float64 `json:"yes"`
	No  float64 `json:"no"`
}

// AdditionJSON is a set of further changes that makes an agreement of an offer.
type AdditionJSON struct {
	State   string   `json:"state"`
	Takes   []string `json:"takes"`
	Ends    []string `json:"ends"`
	Typical bool     `json:"typical"`
	P       float64  `json:"p"`
}

// ZoneJSON is the bargaining zone.
type ZoneJSON struct {
	Typical int             `json:"typical"`
	Kept    int             `json:"kept"`
	Front   int             `json:"front"`
	Empty   float64         `json:"empty"`
	States  []ZoneStateJSON `json:"states"`
}

// ZoneStateJSON is a state of the bargaining zone: truths in the typical world,
// and probabilities over all.
type ZoneStateJSON struct {
	State      string   `json:"state"`
	Parties    []string `json:"parties"`
	Force      bool     `json:"force"`
	Typical    bool     `json:"typical"`
	Kept       bool     `json:"kept"`
	Front      bool     `json:"front"`
	Everyone   bool     `json:"everyone"`
	Agreement  bool     `json:"agreement"`
	P          float64  `json:"p"`
	PKept      float64  `json:"p_kept"`
	PFront     float64  `json:"p_front"`
	PEveryone  float64  `json:"p_everyone"`
	PAgreement float64  `json:"p_agreement"`
}

// BetweenJSON is what lies between two offers on the table.
type BetweenJSON struct {
	A      string   `json:"a"`
	B      string   `json:"b"`
	Same   bool     `json:"same"`
	States []string `json:"states"`
}

// CarriedJSON says how a state would be carried out and what could undo it.
type CarriedJSON struct {
	State       string            `json:"state"`
	Parties     []string          `json:"parties"`
	P           float64           `json:"p"`
	Typical     bool              `json:"typical"`
	Force       bool              `json:"force"`
	World       map[string]bool   `json:"world"`
	Orders      int               `json:"orders"`
	SafeOrders  int               `json:"safe_orders"`
	First       []string          `json:"first"`
	Safe        bool              `json:"safe"`
	Way         []PerformanceJSON `json:"way"`
	Withdrawals []WithdrawalJSON  `json:"withdrawals"`
	Spoilers    []DepartureJSON   `json:"spoilers"`
	Onward      []DepartureJSON   `json:"onward"`
}

// PerformanceJSON is a move by which a state is carried out.
type PerformanceJSON struct {
	Player   string   `json:"player"`
	From     string   `json:"from"`
	To       string   `json:"to"`
	Safe     bool     `json:"safe"`
	Trusting []string `json:"trusting"`
	Undone   bool     `json:"undone"`
}

// WithdrawalJSON is a promise that can be withdrawn.
type WithdrawalJSON struct {
	Player   string     `json:"player"`
	Option   string     `json:"option"`
	To       string     `json:"to"`
	Gains    bool       `json:"gains"`
	Deterred bool       `json:"deterred"`
	Answer   []MoveJSON `json:"answer"`
	Could    []MoveJSON `json:"could"`
	Levers   []string   `json:"levers"`
}

// MoveJSON is a move of a player.
type MoveJSON struct {
	Player string `json:"player"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// DepartureJSON is a move by which a player outside an agreement gains.
type DepartureJSON struct {
	Player string  `json:"player"`
	To     string  `json:"to"`
	Gains  float64 `json:"gains"`
	Would  float64 `json:"would"`
}

// ComparisonJSON compares the mediators.
type ComparisonJSON struct {
	All       CourseJSON     `json:"all"`
	None      CourseJSON     `json:"none"`
	Mediators []MediatorJSON `json:"mediators"`
	Rivalry   RivalryJSON    `json:"rivalry"`
	Hosting   RivalryJSON    `json:"hosting"`
}

// MediatorJSON is what one mediator adds.
type MediatorJSON struct {
	Player string          `json:"player"`
	Offers []string        `json:"offers"`
	Alone  CourseJSON      `json:"alone"`
	Absent CourseJSON      `json:"absent"`
	Gain   float64         `json:"gain"`
	Rivals []RivalLossJSON `json:"rivals"`
}

// RivalLossJSON is what a mediator's taking part costs a rival.
type RivalLossJSON struct {
	Player string  `json:"player"`
	Gains  float64 `json:"gains"`
	Harm   float64 `json:"harm"`
}

// CourseJSON is where things go with some of the mediators.
type CourseJSON struct {
	Agreed       EstimateJSON            `json:"agreed"`
	Hosted       EstimateJSON            `json:"hosted"`
	Outcomes     map[string]EstimateJSON `json:"outcomes"`
	NoSettlement EstimateJSON            `json:"no_settlement"`
	Players      []FareJSON              `json:"players"` // every player, in file order
}

// FareJSON is how a player ends, compared with the status quo.
type FareJSON struct {
	Player string       `json:"player"`
	Better EstimateJSON `json:"better"`
	Worse  EstimateJSON `json:"worse"`
}

// EstimateJSON is a probability with its standard error, 0 if exact.
type EstimateJSON struct {
	P  float64 `json:"p"`
	SE float64 `json:"se"`
}

// RivalryJSON compares all mediators with the best alone.
type RivalryJSON struct {
	All    float64  `json:"all"`
	Best   float64  `json:"best"`
	Effect string   `json:"effect"` // helps, hinders or none
	Who    []string `json:"who"`
}

// NewOffersJSON puts a report on offers into its contract.
func NewOffersJSON(k *engine.Conflict, r *engine.OfferReport) OffersJSON {
	v := &offersForm{k}
	out := OffersJSON{
		Version: 1, Worlds: WorldsJSON{Count: r.Worlds, Exact: r.Exact, Seed: r.Seed, Reached: true},
		Offers: []OfferJSON{}, Between: []BetweenJSON{}, Agreements: []CarriedJSON{}, LeftAside: r.LeftAside,
		Zone: ZoneJSON{Typical: r.Zone.Typical, Kept: r.Zone.Kept, Front: r.Zone.Front, Empty: tidy(r.Zone.Empty), States: []ZoneStateJSON{}},
	}
	for i := range r.Offers {
		out.Offers = append(out.Offers, v.offer(&r.Offers[i]))
	}
	for _, z := range r.Zone.States {
		out.Zone.States = append(out.Zone.States, ZoneStateJSON{
			State: k.Pattern(z.State), Parties: v.players(z.Parties), Force: z.Force,
			Typical: z.Typical, Kept: z.Kept, Front: z.Front, Everyone: z.Everyone, Agreement: z.Agreement,
			P: tidy(z.P), PKept: tidy(z.PKept), PFront: tidy(z.PFront), PEveryone: tidy(z.PEveryone), PAgreement: tidy(z.PAgreement),
		})
	}
	for _, b := range r.Between {
		one := BetweenJSON{A: out.Offers[b.A].ID, B: out.Offers[b.B].ID, Same: b.Same, States: []string{}}
		for _, n := range b.States {
			one.States = append(one.States, k.Pattern(r.Zone.States[n].State))
		}
		out.Between = append(out.Between, one)
	}
	for i := range r.Agreements {
		out.Agreements = append(out.Agreements, v.carried(&r.Agreements[i]))
	}
	if m := r.Mediation; m != nil {
		c := &ComparisonJSON{
			All: v.course(&m.All), None: v.course(&m.None), Mediators: []MediatorJSON{},
			Rivalry: v.rivalry(m.Rivalry), Hosting: v.rivalry(m.Hosting),
		}
		for i := range m.Mediators {
			one := &m.Mediators[i]
			j := MediatorJSON{
				Player: k.Players[one.Player].ID, Offers: v.options(one.Offers),
				Alone: v.course(&one.Alone), Absent: v.course(&one.Absent), Gain: tidy(one.Gain), Rivals: []RivalLossJSON{},
			}
			for _, l := range one.Rivals {
				j.Rivals = append(j.Rivals, RivalLossJSON{Player: k.Players[l.Player].ID, Gains: tidy(l.Gains), Harm: tidy(l.Harm)})
			}
			c.Mediators = append(c.Mediators, j)
		}
		out.Mediation = c
	}
	return out
}

// offersForm turns places into ids and patterns.
type offersForm struct{ k *engine.Conflict }

func (v *offersForm) players(list []int) []string {
	out := make([]string, len(list))
	for n, i := range list {
		out[n] = v.k.Players[i].ID
	}
	return out
}

func (v *offersForm) options(list []int) []string {
	out := make([]string, len(list))
	for n, k := range list {
		out[n] = v.k.Options[k].ID
	}
	return out
}

func (v *offersForm) offer(o *engine.JudgedOffer) OfferJSON {
	out := OfferJSON{
		ID: v.k.Case.Offers[o.Offer].ID, Tabled: o.Tabled, Fits: o.Fits,
		Ends: []string{}, Parties: []string{}, Players: []StandingJSON{}, Obstacles: []ObstacleJSON{}, Hinges: []HingeJSON{}, Additions: []AdditionJSON{},
	}
	if !o.Fits {
		return out
	}
	out.Nearest, out.State, out.Lasts, out.Settles = v.k.Pattern(o.Nearest), v.k.Pattern(o.State), o.Lasts, o.Settles
	for _, s := range o.Ends {
		out.Ends = append(out.Ends, v.k.Pattern(s))
	}
	out.Parties = v.players(o.Parties)
	for i, s := range o.For {
		out.Players = append(out.Players, StandingJSON{
			Player: v.k.Players[i].ID, Today: []string{"worse", "same", "better"}[s.Today+1],
			BetterThanToday: tidy(s.BetterToday), WorseThanToday: tidy(s.WorseToday),
			BetterThanNoDeal: tidy(s.BetterAlone), WorseThanNoDeal: tidy(s.WorseAlone),
			Accepts: tidy(s.Accepts), Keeps: tidy(s.Keeps), AcceptsTypical: s.AcceptsNow, KeepsTypical: s.KeepsNow,
		})
	}
	out.Agreement, out.Keeps, out.Equilibrium, out.Within = tidy(o.Agreement), tidy(o.Keeps), tidy(o.Equilibrium), tidy(o.Within)
	out.Feasible = tidy(o.Feasible)
	for _, b := range o.Obstacles {
		j := ObstacleJSON{Kind: b.Kind}
		if b.Player >= 0 {
			j.Player = v.k.Players[b.Player].ID
		}
		if b.Kind == engine.NotKept || b.Kind == engine.Bettered {
			j.State = v.k.Pattern(b.State)
		}
		out.Obstacles = append(out.Obstacles, j)
	}
	for _, h := range o.Hinges {
		out.Hinges = append(out.Hinges, HingeJSON{
			ID:        v.k.Atoms[h.Atom].ID,
			Agreement: YesNoJSON{tidy(h.AgreementYes), tidy(h.AgreementNo)}, Keeps: YesNoJSON{tidy(h.KeepsYes), tidy(h.KeepsNo)},
		})
	}
	for _, a := range o.Additions {
		out.Additions = append(out.Additions, AdditionJSON{State: v.k.Pattern(a.State), Takes: v.options(a.Takes), Ends: v.options(a.Ends), Typical: a.Typical, P: tidy(a.P)})
	}
	c := v.carried(&o.Carried)
	out.Carried = &c
	return out
}

func (v *offersForm) carried(c *engine.Carried) CarriedJSON {
	out := CarriedJSON{
		State: v.k.Pattern(c.State), Parties: v.players(c.Parties), P: tidy(c.P), Typical: c.Typical, Force: c.Force, World: map[string]bool{},
		Orders: c.Orders, SafeOrders: c.SafeOrders, First: v.players(c.First), Safe: c.Safe,
		Way: []PerformanceJSON{}, Withdrawals: []WithdrawalJSON{}, Spoilers: v.departures(c.Spoilers), Onward: v.departures(c.Onward),
	}
	for n, so := range c.World.Atom {
		out.World[v.k.Atoms[n].ID] = so
	}
	for _, p := range c.Way {
		out.Way = append(out.Way, PerformanceJSON{
			Player: v.k.Players[p.Player].ID, From: v.k.Pattern(p.From), To: v.k.Pattern(p.To), Safe: p.Safe, Trusting: v.players(p.Trusting), Undone: p.Undone,
		})
	}
	for _, w := range c.Withdrawals {
		j := WithdrawalJSON{
			Player: v.k.Players[w.Player].ID, Option: v.k.Options[w.Option].ID, To: v.k.Pattern(w.To),
			Gains: w.Gains, Deterred: w.Deterred, Answer: v.moves(w.Answer), Could: v.moves(w.Could), Levers: []string{},
		}
		for _, n := range w.Levers {
			j.Levers = append(j.Levers, v.k.Case.Conflict.Levers[n].ID)
		}
		out.Withdrawals = append(out.Withdrawals, j)
	}
	return out
}

func (v *offersForm) departures(list []engine.Departure) []DepartureJSON {
	out := make([]DepartureJSON, len(list))
	for n, d := range list {
		out[n] = DepartureJSON{Player: v.k.Players[d.Player].ID, To: v.k.Pattern(d.To), Gains: tidy(d.Gains), Would: tidy(d.Would)}
	}
	return out
}

func (v *offersForm) moves(list []engine.Move) []MoveJSON {
	out := make([]MoveJSON, len(list))
	for n, m := range list {
		out[n] = MoveJSON{v.k.Players[m.Player].ID, v.k.Pattern(m.From), v.k.Pattern(m.To)}
	}
	return out
}

func (v *offersForm) course(c *engine.Course) CourseJSON {
	estimate := func(e engine.Estimate) EstimateJSON { return EstimateJSON{tidy(e.P), e.SE} }
	out := CourseJSON{
		Agreed: estimate(c.Agreed), Hosted: estimate(c.Hosted), NoSettlement: estimate(c.NoSettlement),
		Outcomes: map[string]EstimateJSON{}, Players: []FareJSON{},
	}
	for n, e := range c.Outcomes {
		out.Outcomes[v.k.Outcomes[n].ID] = estimate(e)
	}
	for i, p := range v.k.Players {
		out.Players = append(out.Players, FareJSON{p.ID, estimate(c.Better[i]), estimate(c.Worse[i])})
	}
	return out
}

func (v *offersForm) rivalry(r engine.Rivalry) RivalryJSON {
	return RivalryJSON{All: tidy(r.All), Best: tidy(r.Best), Effect: []string{"hinders", "none", "helps"}[r.Sign+1], Who: v.players(r.Who)}
}
