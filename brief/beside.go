package brief

import (
	"fmt"
	"math"

	"github.com/demarche/demarche"
)

// ranged says how far an outcome's share moves over all that was tried: what the
// number is worth.
func (c *composer) ranged(i int) (Sentence, bool) {
	r := c.in.Robust
	if r == nil || i >= len(r.Ranges) {
		return Sentence{}, false
	}
	id, what := c.in.Conflict.Outcomes[i].ID, c.t.outcome(i)
	low, high := r.Ranges[i].Min.P, r.Ranges[i].Max.P
	refs := []Ref{
		c.result("range."+id+".min", "least share of "+what+" over every assumption tried and every answer to an open question", low, Probability),
		c.result("range."+id+".max", "greatest share of "+what+" over every assumption tried and every answer to an open question", high, Probability),
	}
	if math.Abs(high-low) < 0.005 {
		return say("no single change of an assumption, and no answer to an open question, moves that share", refs...), true
	}
	return say(fmt.Sprintf("if one assumption at a time is changed, or one open question answered, that share runs from %s to %s", share(low), share(high)), refs...), true
}

// beside sets beside the model's shares what analysts and other cases say. The
// numbers are shown with their spread and never averaged.
func (c *composer) beside() [][]Sentence {
	var items [][]Sentence
	for _, i := range c.ranked() {
		id, what := c.in.Conflict.Outcomes[i].ID, known(c.t.outcome(i))
		var item []Sentence
		low, high, n := math.Inf(1), math.Inf(-1), 0
		var refs []Ref
		for _, j := range c.in.Case.StandingOn(id) {
			if j.P == nil || j.Date.StartsAfter(c.day) {
				continue
			}
			e := c.entry("judgement", fmt.Sprintf("%s %s %s", id, j.By, j.Date), fmt.Sprintf("%s, %s: %s at %s %%", j.By, j.Date.Words(), c.t.outcome(i), decimal(*j.P*100)))
			p := c.result(fmt.Sprintf("judgement.%s.%s", id, j.By), "probability that "+j.By+" gives to "+c.t.outcome(i), *j.P, Probability)
			s := fmt.Sprintf("%s put the probability of %s at %s %%", on(j.Date)+j.By, what, decimal(*j.P*100))
			if j.Why != "" {
				s += ": " + lowerFirst(bare(j.Why))
			}
			item = append(item, say(s, append(c.because(j.Because), e, p)...))
			if j.Resolved != "" {
				word := map[string]string{"yes": "it came about", "no": "it did not come about"}[j.Resolved]
				if w := j.ResolvedOn.Words(); w != "" {
					word += ", as was known on " + w
				}
				item = append(item, say(word, c.entry("resolution", fmt.Sprintf("%s %s", id, j.By), c.t.outcome(i)+"; "+word)))
			}
			low, high, n = math.Min(low, *j.P), math.Max(high, *j.P), n+1
			refs = append(refs, p)
		}
		if n > 1 && high-low >= 0.005 {
			item = append(item, say(fmt.Sprintf("the analysts are %s points apart; their numbers are not averaged", decimal(math.Round((high-low)*100))),
				append(refs, c.result("judgement.spread."+id, "points between the analysts' highest and lowest probability of "+c.t.outcome(i), math.Round((high-low)*100), Count))...))
		}
		for k, r := range c.in.Case.ClassesOn(id) {
			if r.N == nil || r.K == nil {
				continue
			}
			e := c.entry("reference class", fmt.Sprintf("%s %d", id, k+1), fmt.Sprintf("%s: %d of %d; %s", r.Class, *r.K, *r.N, r.Source))
			item = append(item, say(fmt.Sprintf("as a reference class, something like %s came about in %d of %d cases: %s (counted by: %s)", c.t.outcome(i), *r.K, *r.N, lowerFirst(bare(r.Class)), bare(r.Source)), e))
		}
		if len(item) > 0 {
			p := c.in.Outlook.Outcomes[i].P
			item = append(item, say("the model’s share is "+share(p), c.outcomeRef(i)))
			items = append(items, item)
		}
	}
	return items
}

func on(d demarche.Date) string {
	if w := d.Words(); w != "" {
		return "on " + w + ", "
	}
	return ""
}

// adopted says whether analysts and other cases stand beside the model.
func (c *composer) adopted() Sentence {
	e := c.entry("case", "case", c.in.Case.Title)
	judged, classed := false, false
	for _, o := range c.in.Conflict.Outcomes {
		judged = judged || len(c.in.Case.StandingOn(o.ID)) > 0
		classed = classed || len(c.in.Case.ClassesOn(o.ID)) > 0
	}
	switch {
	case !judged && !classed:
		return say("no judgement here has been adopted by an analyst, and the case gives no reference class to set beside it", e)
	case !judged:
		return say("no judgement here has been adopted by an analyst", e)
	case !classed:
		return say("the case gives no reference class to set beside them", e)
	}
	return say("what analysts and other cases say stands beside the model’s share above; the numbers are never averaged", e)
}
