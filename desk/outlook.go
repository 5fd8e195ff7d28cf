package desk

import (
	"math"

	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/engine"
)

// OutlookJSON is version 1 of the outlook contract.
type OutlookJSON struct {
	Version      int               `json:"version"`
	Worlds       WorldsJSON        `json:"worlds"`
	Outcomes     []OutcomeJSON     `json:"outcomes"`
	NoSettlement float64           `json:"no_settlement"`
	Unnamed      float64           `json:"unnamed,omitempty"`
	Ladder       []RungJSON        `json:"ladder"`
	States       []StateJSON       `json:"states"`
	Propositions []PropositionJSON `json:"propositions"`
	Agreements   []AgreementJSON   `json:"agreements"`
	// Robustness is given only if it is asked for.
	Robustness *RobustnessJSON `json:"robustness,omitempty"`
}

// WorldsJSON says how the worlds were taken.
type WorldsJSON struct {
	Count int    `json:"count"`
	Exact bool   `json:"exact"`
	Seed  uint64 `json:"seed"`
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
}

// StateJSON is the probability that things end in a state, and that it is an
// equilibrium under each concept.
type StateJSON struct {
	Pattern     string             `json:"pattern"`
	EndsHere    float64            `json:"ends_here"`
	Equilibrium map[string]float64 `json:"equilibrium"`
}

// PropositionJSON is an open question and what its answer would change.
type PropositionJSON struct {
	ID             string    `json:"id"`
	Credence       float64   `json:"credence"`
	Bits           float64   `json:"bits"`
	ChangesOutcome bool      `json:"changes_outcome"`
	Given          GivenJSON `json:"given"`
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
	P      float64 `json:"p"`
	Struck float64 `json:"struck"`
	Stays  float64 `json:"stays"`
	Tabled bool    `json:"tabled"`
}

// NewOutlookJSON puts an outlook into its contract.
func NewOutlookJSON(k *engine.Conflict, o *engine.Outlook) OutlookJSON {
	out := OutlookJSON{
		Version: 1, Worlds: WorldsJSON{Count: o.Worlds, Exact: o.Exact, Seed: o.Seed},
		Outcomes: []OutcomeJSON{}, NoSettlement: tidy(o.NoSettlement), Unnamed: tidy(o.Unnamed),
		Ladder: []RungJSON{}, States: []StateJSON{}, Propositions: []PropositionJSON{}, Agreements: []AgreementJSON{},
	}
	for n, e := range o.Outcomes {
		out.Outcomes = append(out.Outcomes, OutcomeJSON{Name: k.Outcomes[n].ID, P: tidy(e.P), SE: e.SE, Words: brief.Likelihood(tidy(e.P))})
	}
	for n, e := range o.Ladder {
		out.Ladder = append(out.Ladder, RungJSON{Option: k.Options[k.Ladder[n]].ID, P: tidy(e.P)})
	}
	for _, s := range o.States {
		eq := map[string]float64{}
		for c, concept := range engine.Concepts() {
			eq[concept.String()] = tidy(s.Equilibrium[c])
		}
		out.States = append(out.States, StateJSON{Pattern: k.Pattern(s.State), EndsHere: tidy(s.EndsHere), Equilibrium: eq})
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
			ID: m.ID, Credence: tidy(m.Credence), Bits: tidy(m.Bits), ChangesOutcome: m.Changes,
			Given: GivenJSON{Yes: given(m.Yes), No: given(m.No)},
		})
	}
	for _, a := range o.Agreements {
		var parties []string
		for _, i := range a.Parties {
			parties = append(parties, k.Players[i].ID)
		}
		out.Agreements = append(out.Agreements, AgreementJSON{
			Pattern: k.Pattern(a.State), Parties: parties, P: tidy(a.P), Struck: tidy(a.Struck), Stays: tidy(a.Stays), Tabled: a.Tabled,
		})
	}
	return out
}

// tidy takes off the last digits, which are rounding: 0.30000000000000004 is
// 0.3. What is left is exact to twelve decimal places.
func tidy(p float64) float64 { return math.Round(p*1e12) / 1e12 }
