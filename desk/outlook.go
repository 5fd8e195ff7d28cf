package desk

import (
	"math"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/engine"
)

// OutlookJSON is version 1 of the outlook contract.
type OutlookJSON struct {
	Version      int           `json:"version"`
	Worlds       WorldsJSON    `json:"worlds"`
	Outcomes     []OutcomeJSON `json:"outcomes"`
	NoSettlement float64       `json:"no_settlement"`
	// NoSettlementSE and UnnamedSE are standard errors, 0 if exact.
	NoSettlementSE float64           `json:"no_settlement_se"`
	Unnamed        float64           `json:"unnamed,omitempty"`
	UnnamedSE      float64           `json:"unnamed_se,omitempty"`
	Ladder         []RungJSON        `json:"ladder"`
	States         []StateJSON       `json:"states"`
	Propositions   []PropositionJSON `json:"propositions"`
	// Pair is null where fewer than two questions are open.
	Pair       *PairJSON       `json:"pair"`
	Agreements []AgreementJSON `json:"agreements"`
	Agreed     float64         `json:"agreed"`
	AgreedSE   float64         `json:"agreed_se"`
	// Talks is null without talks in the case.
	Talks   *TalksJSON  `json:"talks"`
	ByWorld []GroupJSON `json:"by_world"`
	// Views is null without perceptions and hidden states.
	Views *ViewsJSON `json:"views"`
	// Robustness is given only if it is asked for.
	Robustness *RobustnessJSON `json:"robustness,omitempty"`
}

// WorldsJSON says how the worlds were taken.
type WorldsJSON struct {
	Count int    `json:"count"`
	Exact bool   `json:"exact"`
	Seed  uint64 `json:"seed"`
	// Precision is the standard error wanted, 0 if none; Reached that it holds.
	Precision float64 `json:"precision"`
	Reached   bool    `json:"reached"`
}

// OutcomeJSON is an outcome with its probability, standard error (0 if exact)
// and word of likelihood.
type OutcomeJSON struct {
	Name  string  `json:"name"`
	P     float64 `json:"p"`
	SE    float64 `json:"se"`
	Words string  `json:"words"`
}

// RungJSON is the probability that a rung of the ladder is reached.
type RungJSON struct {
	Option string  `json:"option"`
	P      float64 `json:"p"`
	SE     float64 `json:"se"`
	Words  string  `json:"words"`
}

// StateJSON is the probability that things end in a state, and that it is an
// equilibrium under each concept.
type StateJSON struct {
	Pattern     string             `json:"pattern"`
	EndsHere    float64            `json:"ends_here"`
	EndsSE      float64            `json:"ends_se"`
	Holds       float64            `json:"holds"`
	Equilibrium map[string]float64 `json:"equilibrium"`
}

// PropositionJSON is an open question and what its answer would change.
type PropositionJSON struct {
	ID             string    `json:"id"`
	Credence       float64   `json:"credence"`
	Bits           float64   `json:"bits"`
	BitsSE         float64   `json:"bits_se"`
	ChangesOutcome bool      `json:"changes_outcome"`
	Given          GivenJSON `json:"given"`
	GivenSE        GivenJSON `json:"given_se"`
	// From is given only where claims of a ledger or an analyst moved the credence.
	From *FromJSON `json:"from,omitempty"`
}

// FromJSON is where a credence comes from.
type FromJSON struct {
	Prior    float64           `json:"prior"`
	Computed float64           `json:"computed"` // from prior and claims
	Standing demarche.Standing `json:"standing"`
	Affirm   int               `json:"affirm"` // independent origins that affirm it
	Deny     int               `json:"deny"`
	SetBy    string            `json:"set_by"` // the analyst who set another one, or ""
}

func fromJSON(c *demarche.Case, id string) *FromJSON {
	for _, p := range c.Propositions {
		w := p.Weighed
		if p.ID != id || w == nil {
			continue
		}
		out := &FromJSON{Prior: tidy(w.Prior), Computed: tidy(w.Computed), Standing: w.Standing}
		for _, o := range w.Origins {
			if o.Denies {
				out.Deny++
			} else {
				out.Affirm++
			}
		}
		if w.Override != nil {
			out.SetBy = w.Override.By
		}
		return out
	}
	return nil
}

// GivenJSON are the probabilities of the outcomes given each answer; null where
// the answer has probability zero.
type GivenJSON struct {
	Yes map[string]float64 `json:"yes"`
	No  map[string]float64 `json:"no"`
}

// AgreementJSON is a state that its parties would accept and keep.
type AgreementJSON struct {
	Pattern string   `json:"pattern"`
	Parties []string `json:"parties"`
	// P is the probability that it is an agreement, Struck that it is struck,
	// Stays the share of those runs that end in it.
	P        float64 `json:"p"`
	PSE      float64 `json:"p_se"`
	Struck   float64 `json:"struck"`
	StruckSE float64 `json:"struck_se"`
	Stays    float64 `json:"stays"`
	Tabled   bool    `json:"tabled"`
}

// SharesJSON are the probabilities of every outcome, of an end that none names
// (unnamed) and of no_settlement.
type SharesJSON map[string]float64

// PairJSON is what the answers to the two most telling questions say together.
type PairJSON struct {
	First         string      `json:"first"`
	Second        string      `json:"second"`
	Bits          float64     `json:"bits"`
	BitsSE        float64     `json:"bits_se"`
	Interaction   float64     `json:"interaction"`
	InteractionSE float64     `json:"interaction_se"`
	Linked        bool        `json:"linked"`
	Given         []GivenBoth `json:"given"`
}

// GivenBoth are the outcomes given two answers; null where they cannot go
// together.
type GivenBoth struct {
	First    bool       `json:"first"`
	Second   bool       `json:"second"`
	P        float64    `json:"p"`
	Outcomes SharesJSON `json:"outcomes"`
	SE       SharesJSON `json:"se"`
}

// TalksJSON are the outcomes if talks can conclude in time and if not.
type TalksJSON struct {
	Chance float64    `json:"chance"`
	Yes    SharesJSON `json:"yes"`
	YesSE  SharesJSON `json:"yes_se"`
	No     SharesJSON `json:"no"`
	NoSE   SharesJSON `json:"no_se"`
}

// GroupJSON are the worlds in which the same agreements exist.
type GroupJSON struct {
	P          float64   `json:"p"`
	Agreements []string  `json:"agreements"`
	Ways       []WayJSON `json:"ways"`
}

// WayJSON tells worlds of a group by answers that they share.
type WayJSON struct {
	P       float64       `json:"p"`
	Certain bool          `json:"certain"`
	When    []FindingJSON `json:"when"`
}

// FindingJSON is how a question turns out: a proposition or authority by its
// id, or, of a player, whether two statements change places or one does not
// count.
type FindingJSON struct {
	ID         string `json:"id,omitempty"`
	Player     string `json:"player,omitempty"`
	Statements []int  `json:"statements,omitempty"` // from 1
	Holds      bool   `json:"holds"`
}

// ViewsJSON is what follows where players misread one another.
type ViewsJSON struct {
	Perceptions []PerceptionJSON `json:"perceptions"`
	Actual      SharesJSON       `json:"actual"`
	ActualSE    SharesJSON       `json:"actual_se"`
	Seen        SharesJSON       `json:"seen"`
	SeenSE      SharesJSON       `json:"seen_se"`
	Players     []PlayerViewJSON `json:"players"`
}

// PerceptionJSON is what one player believes another to want: how likely it is
// to be held, and to be held and wrong.
type PerceptionJSON struct {
	Player  string  `json:"player"`
	Of      string  `json:"of"`
	P       float64 `json:"p"`
	Wrong   float64 `json:"wrong"`
	WrongSE float64 `json:"wrong_se"`
}

// PlayerViewJSON is what a player expects and what would surprise it.
type PlayerViewJSON struct {
	Player    string     `json:"player"`
	Expects   SharesJSON `json:"expects"`
	ExpectsSE SharesJSON `json:"expects_se"`
	// ExpectsTalks is null without talks in the case.
	ExpectsTalks   SharesJSON     `json:"expects_talks"`
	ExpectsTalksSE SharesJSON     `json:"expects_talks_se"`
	Surprised      float64        `json:"surprised"`
	SurprisedSE    float64        `json:"surprised_se"`
	Ends           []EndJSON      `json:"ends"`
	Moved          float64        `json:"moved"`
	MovedSE        float64        `json:"moved_se"`
	Moves          []SurpriseJSON `json:"moves"`
}

// EndJSON is an end that comes about unexpectedly; the pattern is empty if
// things never settle.
type EndJSON struct {
	Pattern string  `json:"pattern"`
	P       float64 `json:"p"`
}

// SurpriseJSON is a move that is the first to surprise a player.
type SurpriseJSON struct {
	Mover    string   `json:"mover"`
	From     string   `json:"from"`
	To       string   `json:"to"`
	Expected []string `json:"expected"`
	P        float64  `json:"p"`
}

// NewOutlookJSON puts an outlook into its contract.
func NewOutlookJSON(k *engine.Conflict, o *engine.Outlook) OutlookJSON {
	out := OutlookJSON{
		Version: 1, Worlds: WorldsJSON{Count: o.Worlds, Exact: o.Exact, Seed: o.Seed, Precision: o.Precision, Reached: o.Reached},
		Outcomes: []OutcomeJSON{}, NoSettlement: tidy(o.NoSettlement), Unnamed: tidy(o.Unnamed),
		NoSettlementSE: o.NoSettlementSE, UnnamedSE: o.UnnamedSE, Agreed: tidy(o.Agreed), AgreedSE: o.AgreedSE,
		Ladder: []RungJSON{}, States: []StateJSON{}, Propositions: []PropositionJSON{}, Agreements: []AgreementJSON{}, ByWorld: []GroupJSON{},
	}
	for n, e := range o.Outcomes {
		out.Outcomes = append(out.Outcomes, OutcomeJSON{Name: k.Outcomes[n].ID, P: tidy(e.P), SE: e.SE, Words: brief.Likelihood(tidy(e.P))})
	}
	for n, e := range o.Ladder {
		out.Ladder = append(out.Ladder, RungJSON{Option: k.Options[k.Ladder[n]].ID, P: tidy(e.P), SE: e.SE, Words: brief.Likelihood(tidy(e.P))})
	}
	for _, s := range o.States {
		eq := map[string]float64{}
		for c, concept := range engine.Concepts() {
			eq[concept.String()] = tidy(s.Equilibrium[c])
		}
		out.States = append(out.States, StateJSON{Pattern: k.Pattern(s.State), EndsHere: tidy(s.EndsHere), EndsSE: s.EndsSE, Holds: tidy(s.Holds), Equilibrium: eq})
	}
	given := func(p []float64) map[string]float64 {
		if p == nil {
			return nil
		}
		m := map[string]float64{}
		for n, outcome := range k.Outcomes {
			m[outcome.ID] = tidy(p[n])
		}
		return m
	}
	for _, m := range o.Matters {
		out.Propositions = append(out.Propositions, PropositionJSON{
			ID: m.ID, Credence: tidy(m.Credence), Bits: tidy(m.Bits), BitsSE: m.BitsSE, ChangesOutcome: m.Changes,
			Given: GivenJSON{Yes: given(m.Yes), No: given(m.No)}, GivenSE: GivenJSON{Yes: given(m.YesSE), No: given(m.NoSE)}, From: fromJSON(k.Case, m.ID),
		})
	}
	for _, a := range o.Agreements {
		var parties []string
		for _, i := range a.Parties {
			parties = append(parties, k.Players[i].ID)
		}
		out.Agreements = append(out.Agreements, AgreementJSON{
			Pattern: k.Pattern(a.State), Parties: parties, P: tidy(a.P), PSE: a.PSE, Struck: tidy(a.Struck), StruckSE: a.StruckSE, Stays: tidy(a.Stays), Tabled: a.Tabled,
		})
	}
	out.Pair = newPairJSON(k, o)
	if k.HasTalks {
		t := &TalksJSON{Chance: tidy(k.TalksChance)}
		t.Yes, t.YesSE = sharesOf(k, o.IfTalks)
		t.No, t.NoSE = sharesOf(k, o.IfNoTalks)
		out.Talks = t
	}
	for _, g := range o.ByWorld {
		out.ByWorld = append(out.ByWorld, newGroupJSON(k, o, g))
	}
	return out
}

// shares names the probabilities of what can come about.
func shares(k *engine.Conflict, p []float64) SharesJSON {
	if p == nil {
		return nil
	}
	out := SharesJSON{"unnamed": tidy(p[len(k.Outcomes)]), "no_settlement": tidy(p[len(k.Outcomes)+1])}
	for n, o := range k.Outcomes {
		out[o.ID] = tidy(p[n])
	}
	return out
}

func sharesOf(k *engine.Conflict, list []engine.Estimate) (p, se SharesJSON) {
	if list == nil {
		return nil, nil
	}
	a, b := make([]float64, len(list)), make([]float64, len(list))
	for n, e := range list {
		a[n], b[n] = e.P, e.SE
	}
	return shares(k, a), shares(k, b)
}

func newPairJSON(k *engine.Conflict, o *engine.Outlook) *PairJSON {
	p := o.Pair
	if p == nil {
		return nil
	}
	out := &PairJSON{
		First: o.Matters[p.First].ID, Second: o.Matters[p.Second].ID, Bits: tidy(p.Bits), BitsSE: p.BitsSE,
		Interaction: tidy(p.Interaction), InteractionSE: p.InteractionSE, Linked: p.Linked,
	}
	for _, x := range []int{1, 0} {
		for _, y := range []int{1, 0} {
			out.Given = append(out.Given, GivenBoth{
				First: x == 1, Second: y == 1, P: tidy(p.P[x][y]),
				Outcomes: shares(k, p.Given[x][y]), SE: shares(k, p.SE[x][y]),
			})
		}
	}
	return out
}

func newGroupJSON(k *engine.Conflict, o *engine.Outlook, g engine.AgreementGroup) GroupJSON {
	out := GroupJSON{P: tidy(g.P), Agreements: []string{}, Ways: []WayJSON{}}
	for _, a := range g.Agreements {
		out.Agreements = append(out.Agreements, k.Pattern(o.Agreements[a].State))
	}
	open := k.Unsettled()
	for _, way := range g.Ways {
		w := WayJSON{P: tidy(way.P), Certain: way.Certain, When: []FindingJSON{}}
		for _, f := range way.When {
			x := FindingJSON{Holds: f.Holds}
			if f.Atom >= 0 {
				x.ID = k.Atoms[f.Atom].ID
			} else {
				u := open[f.Unsettled]
				x.Player, x.Statements = k.Players[u.Player].ID, []int{u.A + 1}
				if !u.Drop {
					x.Statements = append(x.Statements, u.B+1)
				}
			}
			w.When = append(w.When, x)
		}
		out.Ways = append(out.Ways, w)
	}
	return out
}

// NewViewsJSON puts views into their contract; nil where nobody misreads anybody.
func NewViewsJSON(k *engine.Conflict, v *engine.Views) *ViewsJSON {
	if len(v.Players) == 0 {
		return nil
	}
	out := &ViewsJSON{Perceptions: []PerceptionJSON{}, Players: []PlayerViewJSON{}}
	out.Actual, out.ActualSE = sharesOf(k, v.Actual)
	out.Seen, out.SeenSE = sharesOf(k, v.Seen)
	for _, p := range v.Perceptions {
		out.Perceptions = append(out.Perceptions, PerceptionJSON{
			Player: k.Players[p.Holder].ID, Of: k.Players[p.About].ID, P: tidy(p.P), Wrong: tidy(p.Wrong.P), WrongSE: p.Wrong.SE,
		})
	}
	for i, p := range v.Players {
		x := PlayerViewJSON{
			Player: k.Players[i].ID, Surprised: tidy(p.Surprised.P), SurprisedSE: p.Surprised.SE, Ends: []EndJSON{},
			Moved: tidy(p.Moved.P), MovedSE: p.Moved.SE, Moves: []SurpriseJSON{},
		}
		x.Expects, x.ExpectsSE = sharesOf(k, p.Expects)
		x.ExpectsTalks, x.ExpectsTalksSE = sharesOf(k, p.ExpectsTalks)
		for _, e := range p.Ends {
			end := EndJSON{P: tidy(e.P)}
			if e.Settles {
				end.Pattern = k.Pattern(e.State)
			}
			x.Ends = append(x.Ends, end)
		}
		for _, m := range p.Moves {
			s := SurpriseJSON{Mover: k.Players[m.Mover].ID, From: k.Pattern(m.From), To: k.Pattern(m.To), Expected: []string{}, P: tidy(m.P)}
			for _, e := range m.Expected {
				s.Expected = append(s.Expected, k.Pattern(e))
			}
			x.Moves = append(x.Moves, s)
		}
		out.Players = append(out.Players, x)
	}
	return out
}

// tidy takes off the last digits, which are rounding: 0.30000000000000004 is
// 0.3. What is left is exact to twelve decimal places, and 0 has no sign.
func tidy(p float64) float64 { return math.Round(p*1e12)/1e12 + 0 }
