package demarche

import (
	"slices"
	"strings"
)

// WithHoldings is the case with what a ledger held: live claims stand in the
// place of those of the same id in the case file, or beside them; claims that
// were rejected or retracted, or not known then, are left out; propositions have
// the credence that follows; judgements are added. Accepted claims that lead to
// nothing are in it only where the case names them. h is not changed.
func (c *Case) WithHoldings(h *Holdings, weights Weights) (*Case, error) {
	out := c.Clone()
	out.Held = h
	out.Claims = nil
	for _, cl := range c.Claims {
		held := h.Claim(cl.ID)
		switch {
		case held == nil && !slices.Contains(h.Gone, cl.ID):
			out.Claims = append(out.Claims, cl) // the ledger has not heard of it
		case held != nil && held.Live():
			out.Claims = append(out.Claims, c.claimOf(h, held, cl))
		}
	}
	for i := range h.Claims {
		held := &h.Claims[i]
		if held.Live() && c.Claim(held.ID) == nil {
			out.Claims = append(out.Claims, c.claimOf(h, held, Claim{ID: held.ID}))
		}
	}
	for i := range out.Propositions {
		p := &out.Propositions[i]
		weighed, err := h.Weigh(p.ID, p.PriorOr(), weights, nil)
		if err != nil {
			return nil, err
		}
		if len(weighed.Origins) > 0 || weighed.Override != nil {
			p.Weighed = &weighed
		}
	}
	out.Judgements = slices.Clone(c.Judgements)
	for _, j := range h.Judgements {
		out.addJudgement(j)
	}
	return out, nil
}

// claimOf is a held claim as the case file would have it. What the ledger does
// not keep, such as the place in the file, is that of cl.
func (c *Case) claimOf(h *Holdings, held *HeldClaim, cl Claim) Claim {
	cl.Report, cl.Says, cl.Quote = held.Report, held.Says, held.Quote
	cl.Act, cl.Stance, cl.Record, cl.Nature = held.Act, held.Stance, held.Record, held.Nature
	cl.Hedges, cl.Said, cl.Held = held.Hedges, held.Said, held
	s, r := h.Source(held.Source), h.Report(held.Report)
	switch {
	case held.Source == "":
		cl.Source = ""
	case s == nil:
		cl.Source = "a source that is no longer on record"
	case s.Kind == "outlet" && r != nil && r.Outlet == s.ID:
		if !strings.HasSuffix(cl.Source, " itself") { // as the case file has it: the account itself
			cl.Source = "the report itself"
		}
	case c.Actor(s.Actor) != nil:
		cl.Source = s.Actor
	default:
		cl.Source = s.inSentence()
	}
	cl.Affirms, cl.Denies = nil, nil
	for _, l := range held.On() {
		ref := Ref{At: cl.At, Name: l.ID}
		if l.Rel == "denies" {
			cl.Denies = append(cl.Denies, ref)
		} else {
			cl.Affirms = append(cl.Affirms, ref)
		}
	}
	return cl
}

// inSentence is the name, or the description of an unnamed source as it stands
// within a sentence: the capital of a first word such as "A" or "Several" comes from
// the beginning of a sentence of the report.
func (s HeldSource) inSentence() string {
	first, rest, several := strings.Cut(s.Description, " ")
	if s.Name != "" || !several || !slices.Contains(beginners, strings.ToLower(first)) {
		return s.Called()
	}
	return strings.ToLower(first) + " " + rest
}

var beginners = []string{"a", "an", "the", "another", "one", "two", "three", "four", "five", "several", "some", "many", "other", "senior", "multiple", "people", "officials", "sources"}

// addJudgement adds a judgement of the ledger on an outcome of the case, unless
// the case file has it.
func (c *Case) addJudgement(j HeldJudgement) {
	if c.Conflict == nil || !slices.ContainsFunc(c.Conflict.Outcomes, func(o Outcome) bool { return o.ID == j.On }) {
		return
	}
	p := j.P
	out := Judgement{By: j.By, Date: j.Date, Outcome: Ref{Name: j.On}, P: &p, Why: j.Words, Resolved: j.Resolved, ResolvedOn: j.ResolvedOn}
	for _, id := range j.Because {
		out.Because = append(out.Because, Ref{Name: id})
	}
	for i, have := range c.Judgements {
		if have.By == j.By && have.Date.Text == j.Date.Text && have.Outcome.Name == j.On {
			if have.Resolved == "" {
				c.Judgements[i].Resolved, c.Judgements[i].ResolvedOn = j.Resolved, j.ResolvedOn
			}
			return
		}
	}
	c.Judgements = append(c.Judgements, out)
}

// Standing is where a proposition stands with its credence: as the ledger's
// claims weigh it, or as its prior alone has it.
func (p Proposition) Standing() Credence {
	if p.Weighed != nil {
		return *p.Weighed
	}
	prior := p.PriorOr()
	return Credence{Standing: Unsupported, Prior: prior, Computed: prior, P: prior}
}

// HeldMatters are the propositions that only the ledger has, weighed, by id. They
// are no part of the model.
func (c *Case) HeldMatters() ([]Proposition, error) {
	if c.Held == nil {
		return nil, nil
	}
	var out []Proposition
	for _, p := range c.Held.Propositions {
		if slices.ContainsFunc(c.Propositions, func(have Proposition) bool { return have.ID == p.ID }) {
			continue
		}
		q := Proposition{ID: p.ID, Says: p.Says, Prior: p.Prior}
		weighed, err := c.Held.Weigh(p.ID, q.PriorOr(), c.WeightsOr(), nil)
		if err != nil {
			return nil, err
		}
		if len(weighed.Origins) > 0 || weighed.Override != nil {
			q.Weighed = &weighed
			out = append(out, q)
		}
	}
	return out, nil
}

// LiveRefs are those of a list of claims that count. Without a ledger it is the
// list as it is.
func (c *Case) LiveRefs(list []Ref) []Ref {
	if c.Held == nil {
		return list
	}
	var out []Ref
	for _, r := range list {
		if c.Claim(r.Name) != nil {
			out = append(out, r)
		}
	}
	return out
}
