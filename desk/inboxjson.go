package desk

import "github.com/demarche/demarche"

// InboxJSON is version 1 of the contract of ledger inbox.
type InboxJSON struct {
	Version  int                `json:"version"`
	AsOf     string             `json:"as_of"`
	Outcomes []InboxOutcomeJSON `json:"outcomes"`
	// List names the list of the clusters; numbers from 1 count in it.
	List     string        `json:"list"`
	Clusters []ClusterJSON `json:"clusters"`
	// Idle counts proposed claims that bear on no proposition of the case.
	Idle int `json:"bearing_on_nothing"`
}

// InboxOutcomeJSON is an outcome with what it comes to now.
type InboxOutcomeJSON struct {
	Name string  `json:"name"`
	P    float64 `json:"p"`
}

// ClusterJSON are proposed claims that one decision settles.
type ClusterJSON struct {
	ID      string        `json:"id"`
	Claims  []string      `json:"claims"`
	Reports []string      `json:"reports"`
	Sources []string      `json:"sources"` // as they are called
	On      []BearingJSON `json:"on"`
	// Outcomes are in the order of those of the inbox; null if there was no time
	// to weigh the cluster, or nothing to weigh.
	Outcomes []MovedJSON `json:"outcomes"`
	Moves    float64     `json:"moves"`
	Repeats  bool        `json:"repeats"`
}

// BearingJSON is what a cluster says on a proposition.
type BearingJSON struct {
	Proposition string       `json:"proposition"`
	Denies      bool         `json:"denies"`
	Credence    FromToJSON   `json:"credence"`
	Standing    StandingMove `json:"standing"`
}

// FromToJSON is a probability now and once the cluster is accepted.
type FromToJSON struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

// StandingMove is where a proposition stands now and once the cluster is accepted.
type StandingMove struct {
	From demarche.Standing `json:"from"`
	To   demarche.Standing `json:"to"`
}

// MovedJSON is an outcome's probability now and once the cluster is accepted.
type MovedJSON struct {
	Name string  `json:"name"`
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

// NewInboxJSON puts an inbox into its contract.
func NewInboxJSON(c *Crisis, in *Inbox) InboxJSON {
	out := InboxJSON{Version: 1, AsOf: c.Day.String(), Outcomes: []InboxOutcomeJSON{}, List: in.List(), Clusters: []ClusterJSON{}, Idle: in.Idle}
	for i, name := range in.Outcomes {
		out.Outcomes = append(out.Outcomes, InboxOutcomeJSON{name, tidy(in.Now[i])})
	}
	h := c.Case.Held
	for _, k := range in.Clusters {
		j := ClusterJSON{ID: k.ID, Claims: []string{}, Reports: []string{}, Sources: []string{}, On: []BearingJSON{}, Moves: tidy(k.Moves), Repeats: k.Repeats}
		seen := map[string]bool{}
		for _, cl := range k.Claims {
			j.Claims = append(j.Claims, cl.ID)
			if cl.Report != "" && !seen["r"+cl.Report] {
				seen["r"+cl.Report] = true
				j.Reports = append(j.Reports, cl.Report)
			}
			if s := h.Source(cl.Source); s != nil && !seen["s"+s.Called()] {
				seen["s"+s.Called()] = true
				j.Sources = append(j.Sources, s.Called())
			}
		}
		for _, b := range k.On {
			j.On = append(j.On, BearingJSON{b.Proposition, b.Denies, FromToJSON{tidy(b.Before.P), tidy(b.Then.P)}, StandingMove{b.Before.Standing, b.Then.Standing}})
		}
		if k.Weighed {
			j.Outcomes = []MovedJSON{}
			for i, name := range in.Outcomes {
				j.Outcomes = append(j.Outcomes, MovedJSON{name, tidy(in.Now[i]), tidy(k.Then[i])})
			}
		}
		out.Clusters = append(out.Clusters, j)
	}
	return out
}
