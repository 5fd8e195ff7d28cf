package demarche

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Analysis of competing hypotheses (R. Heuer, Psychology of Intelligence
// Analysis, 1999, chapter 8; scores weighed by credibility as in the ACH
// software of the Palo Alto Research Center, 2006): rival explanations are
// ranked by how much speaks against them, not by how much speaks for them.

// Marks are what an analyst can make of a claim under an explanation.
var Marks = []string{"consistent", "inconsistent", "not_applicable"}

// Mark is one analyst's mark in one cell of the matrix.
type Mark struct {
	Hypothesis string
	Claim      string
	By         string
	Mark       string // one of Marks
}

// Evidence is a claim in the matrix.
type Evidence struct {
	Claim       string
	Source      string // "" if nobody is named
	Credibility int    // 1 to 6, 0 if not graded
}

// ACH is the matrix and what follows from it.
type ACH struct {
	Hypotheses []ACHHypothesis `json:"hypotheses"` // least inconsistent first; ties in the order given
	Claims     []ACHClaim      `json:"claims"`     // most diagnostic first; ties in the order given
	Cells      []ACHCell       `json:"cells"`      // only those marked; by explanation, then claim, in the order given
	// Sources says for each source what changes without its claims: the check
	// for deception begins with those on whom the ranking rests.
	Sources []ACHSource `json:"sources"`
}

// ACHHypothesis is an explanation in the ranking.
type ACHHypothesis struct {
	ID string `json:"id"`
	// Inconsistency is Σ over claims of weight × share of analysts who mark it
	// inconsistent. No upper bound; 0 is none.
	Inconsistency float64 `json:"inconsistency"`
	// Marked is the number of claims that somebody marked under it.
	Marked int `json:"marked"`
}

// ACHClaim is a claim as it tells explanations apart.
type ACHClaim struct {
	Claim  string  `json:"claim"`
	Weight float64 `json:"weight"` // by credibility, 0 to 1
	// Diagnosticity is the greatest difference between the shares of two
	// explanations: 0 speaks equally against all, 1 decides between two. A claim
	// marked under fewer than two has none.
	Diagnosticity float64 `json:"diagnosticity"`
}

// ACHCell is what analysts make of a claim under an explanation.
type ACHCell struct {
	Hypothesis    string `json:"hypothesis"`
	Claim         string `json:"claim"`
	Consistent    int    `json:"consistent"`
	Inconsistent  int    `json:"inconsistent"`
	NotApplicable int    `json:"not_applicable"`
	// Disagreement is the share of pairs of analysts who differ, 0 to 1; 0 with
	// fewer than two.
	Disagreement float64 `json:"disagreement"`
}

// ACHSource is what the ranking owes to one source.
type ACHSource struct {
	Source string `json:"source"`
	Claims int    `json:"claims"`
	// Leads is whether the least inconsistent explanations are others without
	// the claims of this source.
	Leads bool `json:"leads"`
	// Without are the least inconsistent explanations then.
	Without []string `json:"without"`
}

// Compete ranks explanations. Marks of claims or explanations that are not in
// the lists are refused; of several marks by one analyst in one cell the last
// counts.
func Compete(hypotheses []string, evidence []Evidence, marks []Mark, weights Weights) (ACH, error) {
	var m matrix
	if err := m.fill(hypotheses, evidence, marks, weights); err != nil {
		return ACH{}, err
	}
	out := ACH{Hypotheses: []ACHHypothesis{}, Claims: []ACHClaim{}, Cells: []ACHCell{}, Sources: []ACHSource{}}
	scores := m.scores("")
	for h, id := range hypotheses {
		row := ACHHypothesis{ID: id, Inconsistency: scores[h]}
		for e := range evidence {
			if cell := m.cells[h][e]; cell.marked() > 0 {
				row.Marked++
				out.Cells = append(out.Cells, ACHCell{id, evidence[e].Claim, cell[0], cell[1], cell[2], cell.disagreement()})
			}
		}
		out.Hypotheses = append(out.Hypotheses, row)
	}
	slices.SortStableFunc(out.Hypotheses, func(a, b ACHHypothesis) int { return cmp.Compare(a.Inconsistency, b.Inconsistency) })
	for e := range evidence {
		out.Claims = append(out.Claims, ACHClaim{evidence[e].Claim, m.weight[e], m.diagnosticity(e)})
	}
	slices.SortStableFunc(out.Claims, func(a, b ACHClaim) int { return cmp.Compare(b.Diagnosticity, a.Diagnosticity) })
	counts := map[string]int{}
	for _, e := range evidence {
		if e.Source != "" {
			counts[e.Source]++
		}
	}
	all := m.leaders(scores)
	for source, n := range counts {
		without := m.leaders(m.scores(source))
		out.Sources = append(out.Sources, ACHSource{source, n, !slices.Equal(all, without), without})
	}
	slices.SortFunc(out.Sources, func(a, b ACHSource) int { return strings.Compare(a.Source, b.Source) })
	return out, nil
}

// tally counts marks: consistent, inconsistent, not applicable.
type tally [3]int

func (t tally) marked() int { return t[0] + t[1] + t[2] }

// share is the part of the analysts who hold the claim against the explanation.
func (t tally) share() float64 {
	if t.marked() == 0 {
		return 0
	}
	return float64(t[1]) / float64(t.marked())
}

func (t tally) disagreement() float64 {
	n := t.marked()
	if n < 2 {
		return 0
	}
	return float64(t[0]*t[1]+t[0]*t[2]+t[1]*t[2]) / float64(n*(n-1)/2)
}

type matrix struct {
	hypotheses []string
	evidence   []Evidence
	weight     []float64 // a claim
	cells      [][]tally // explanation × claim
}

func (m *matrix) fill(hypotheses []string, evidence []Evidence, marks []Mark, weights Weights) error {
	*m = matrix{hypotheses: hypotheses, evidence: evidence}
	rowOf, columnOf := map[string]int{}, map[string]int{}
	for h, id := range hypotheses {
		if _, twice := rowOf[id]; twice {
			return badMarks("the explanation " + id + " stands in the list twice")
		}
		rowOf[id] = h
		m.cells = append(m.cells, make([]tally, len(evidence)))
	}
	for e, ev := range evidence {
		if _, twice := columnOf[ev.Claim]; twice {
			return badMarks("the claim " + ev.Claim + " stands in the list twice")
		}
		columnOf[ev.Claim] = e
		grade := ""
		if ev.Credibility > 0 {
			grade = string(rune('0' + ev.Credibility))
		}
		w, ok := weights.Of("credibility", grade)
		if !ok {
			return badMarks("the claim " + ev.Claim + " has a credibility that is not 1 to 6")
		}
		m.weight = append(m.weight, w)
	}
	type cellBy struct {
		h, e int
		by   string
	}
	last := map[cellBy]int{}
	for _, mark := range marks {
		h, okH := rowOf[mark.Hypothesis]
		e, okE := columnOf[mark.Claim]
		k := slices.Index(Marks, mark.Mark)
		switch {
		case !okH:
			return badMarks("a mark is given under an explanation that is not in the list: " + mark.Hypothesis)
		case !okE:
			return badMarks("a mark is given on a claim that is not in the list: " + mark.Claim)
		case k < 0:
			return badMarks("a mark is neither consistent, inconsistent nor not_applicable: " + mark.Mark)
		}
		last[cellBy{h, e, mark.By}] = k
	}
	for at, k := range last {
		m.cells[at.h][at.e][k]++
	}
	return nil
}

func badMarks(msg string) error {
	return &Error{Kind: BadInput, Op: "demarche.Compete", Msg: msg, Hint: "correct the matrix"}
}

// scores are the inconsistencies, without the claims of one source.
func (m *matrix) scores(without string) []float64 {
	out := make([]float64, len(m.hypotheses))
	for h := range out {
		for e := range m.evidence {
			if without == "" || m.evidence[e].Source != without {
				out[h] += m.weight[e] * m.cells[h][e].share()
			}
		}
	}
	return out
}

// leaders are the explanations with the least inconsistency, in the order given.
// A billionth is a tie: it is how the sum was added up.
func (m *matrix) leaders(scores []float64) []string {
	least := math.Inf(1)
	for _, s := range scores {
		least = min(least, s)
	}
	out := []string{}
	for h, s := range scores {
		if s <= least+1e-9 {
			out = append(out, m.hypotheses[h])
		}
	}
	return out
}

func (m *matrix) diagnosticity(e int) float64 {
	least, most, n := 1.0, 0.0, 0
	for h := range m.hypotheses {
		cell := m.cells[h][e]
		if cell[0]+cell[1] == 0 {
			continue // not marked, or applicable for nobody
		}
		n++
		least, most = min(least, cell.share()), max(most, cell.share())
	}
	if n < 2 {
		return 0
	}
	return most - least
}
