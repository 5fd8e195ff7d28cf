package demarche

import (
	"cmp"
	"slices"
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
			out.Claims = append(out.Claims, h.asClaim(held, cl))
		}
	}
	for i := range h.Claims {
		held := &h.Claims[i]
		if held.Live() && c.Claim(held.ID) == nil {
			out.Claims = append(out.Claims, h.asClaim(held, Claim{ID: held.ID}))
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

// asClaim is a held claim as the case file would have it. What the ledger does
// not keep, such as the place in the file, is that of cl.
func (h *Holdings) asClaim(held *HeldClaim, cl Claim) Claim {
	cl.Report, cl.Says, cl.Quote = held.Report, held.Says, held.Quote
	cl.Act, cl.Stance, cl.Record, cl.Nature = held.Act, held.Stance, held.Record, held.Nature
	cl.Hedges, cl.Said, cl.Held = held.Hedges, held.Said, held
	if s := h.Source(held.Source); s != nil {
		cl.Source = cmp.Or(s.Actor, s.Name, s.Description)
	} else {
		cl.Source = ""
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
