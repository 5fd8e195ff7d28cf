package desk

import (
	"context"

	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/engine"
)

// Robustness tries the assumptions of the outlook, one at a time.
func (c *Crisis) Robustness(ctx context.Context, cfg engine.RobustConfig) (*engine.Robustness, error) {
	if c.Conflict == nil {
		return nil, c.noConflict()
	}
	return c.Conflict.Robustness(ctx, cfg)
}

// RobustnessJSON is how an outlook stands up to changed assumptions, a part of
// version 1 of the outlook contract.
type RobustnessJSON struct {
	// Robust says that the most likely outcome stays in every trial: one of First,
	// the outcomes that share first place, in the order of the file. Likeliest is
	// the first of them.
	Robust    bool     `json:"robust"`
	First     []string `json:"first"`
	Likeliest string   `json:"likeliest"`
	// Tried counts the trials that could be worked out, Stays those of them in
	// which the most likely outcome stays.
	Tried         int     `json:"tried"`
	Stays         int     `json:"stays"`
	BudgetSeconds float64 `json:"budget_seconds"`
	// Worlds is how many were weighed or drawn for the shares as they stand and in
	// each trial.
	Worlds int `json:"worlds"`
	// Ranges has every outcome in the order of the file, then unnamed, then
	// no_settlement.
	Ranges  []RangeJSON   `json:"ranges"`
	Trials  []TrialJSON   `json:"trials"`  // those that move the outlook most first
	Untried []UntriedJSON `json:"untried"` // those thought most influential first
}

// RangeJSON is how far the share of an outcome moves, and under what: "" for the
// outlook as it stands.
type RangeJSON struct {
	Name   string  `json:"name"`
	P      float64 `json:"p"`
	SE     float64 `json:"se"` // of P; 0 if exact
	Low    float64 `json:"low"`
	LowIf  string  `json:"low_if"`
	High   float64 `json:"high"`
	HighIf string  `json:"high_if"`
}

// UntriedJSON is a changed assumption.
type UntriedJSON struct {
	Kind string `json:"kind"`
	Says string `json:"says"` // in words, as the end of a sentence
	// Player is whose assumption it is, "" if nobody's; Place counts statements
	// and rules from 1, 0 for other kinds; Fact is the id of a proposition or an
	// authority, or "".
	Player string `json:"player"`
	Place  int    `json:"place"`
	Fact   string `json:"fact"`
	// From and To are what is assumed and what is tried: numbers, or the short
	// names of concepts; null for what is left out or changes places.
	From any `json:"from"`
	To   any `json:"to"`
}

// TrialJSON is what the outlook would be under a changed assumption.
type TrialJSON struct {
	UntriedJSON
	Moved          float64 `json:"moved"` // total variation distance
	ChangesOutcome bool    `json:"changes_outcome"`
	Likeliest      string  `json:"likeliest"` // "" if it could not be tried
	// Outcomes are the shares by outcome, unnamed and no_settlement included; null
	// if it could not be tried, and Error says why.
	Outcomes map[string]float64 `json:"outcomes"`
	Error    string             `json:"error,omitempty"`
}

// NewRobustnessJSON puts the trials into their contract.
func NewRobustnessJSON(k *engine.Conflict, r *engine.Robustness) *RobustnessJSON {
	names := make([]string, len(r.Base))
	for n := range names {
		switch at := n - len(k.Outcomes); at {
		case 0:
			names[n] = "unnamed"
		case 1:
			names[n] = "no_settlement"
		default:
			names[n] = k.Outcomes[n].ID
		}
	}
	out := &RobustnessJSON{
		Robust: r.Robust, Likeliest: names[r.Likeliest], BudgetSeconds: r.Budget.Seconds(), Worlds: r.Worlds,
		First: []string{}, Ranges: []RangeJSON{}, Trials: []TrialJSON{}, Untried: []UntriedJSON{},
	}
	for _, n := range r.First {
		out.First = append(out.First, names[n])
	}
	for n, g := range r.Ranges {
		out.Ranges = append(out.Ranges, RangeJSON{
			Name: names[n], P: tidy(r.Base[n].P), SE: r.Base[n].SE,
			Low: tidy(g.Min.P), LowIf: brief.ExtremeWords(k, r, g.Min),
			High: tidy(g.Max.P), HighIf: brief.ExtremeWords(k, r, g.Max),
		})
	}
	for _, t := range r.Trials {
		j := TrialJSON{UntriedJSON: untriedJSON(k, t.Assumption), Moved: tidy(t.Moved), ChangesOutcome: t.Changes, Error: t.Err}
		if t.Err == "" {
			out.Tried++
			if !t.Changes {
				out.Stays++
			}
			j.Likeliest = names[t.Likeliest]
			j.Outcomes = map[string]float64{}
			for n, p := range t.Outcomes {
				j.Outcomes[names[n]] = tidy(p)
			}
		}
		out.Trials = append(out.Trials, j)
	}
	for _, a := range r.Untried {
		out.Untried = append(out.Untried, untriedJSON(k, a))
	}
	return out
}

func untriedJSON(k *engine.Conflict, a engine.Assumption) UntriedJSON {
	j := UntriedJSON{Kind: string(a.Kind), Says: brief.AssumptionWords(k, a)}
	if a.Player >= 0 {
		j.Player = k.Players[a.Player].ID
	}
	switch a.Kind {
	case engine.AssumeTalks, engine.AssumeInitiative, engine.AssumeBelief:
		j.From, j.To = tidy(a.From), tidy(a.To)
	case engine.AssumeForesight:
		j.From, j.To = a.Was.String(), a.Now.String()
	case engine.AssumeDropped, engine.AssumeSwapped, engine.AssumeRule:
		j.Place = a.At + 1
	}
	switch a.Kind {
	case engine.AssumeTalks:
		j.Fact = engine.Talks
	case engine.AssumeBelief, engine.AssumeBinding:
		j.Fact = k.Atoms[a.At].ID
	}
	return j
}
