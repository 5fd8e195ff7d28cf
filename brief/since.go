package brief

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// Since is what a brief is compared with: the same case on an earlier day, or an
// earlier version of it.
type Since struct {
	// Label is the day or the version in words: "20 November 2025".
	Label   string
	Day     demarche.Date
	Case    *demarche.Case // without what was not known then
	Reports []demarche.Report
	// Conflict and Outlook are nil where they could not be worked out.
	Conflict *engine.Conflict
	Outlook  *engine.Outlook
	// Changes are the inputs that differ.
	Changes []InputChange
}

// InputChange is an input that differs, with what it does to the outlook.
type InputChange struct {
	demarche.Change
	// Without are the outcome probabilities of the present case with this one
	// change taken back, in the order of its outcomes, then no settlement; nil if
	// it cannot be taken back by itself.
	Without []float64
}

// changes tells what changed since the brief before, and because of which input.
func (c *composer) changes() error {
	s := c.in.Since
	if s == nil {
		return nil
	}
	var reasons [][]Sentence
	if c.t != nil && s.Conflict != nil {
		old := &teller{newNames(s.Case).heard(s.Reports), s.Conflict}
		old.names.used = c.names.used
		var err error
		if reasons, err = c.reasons(s, old); err != nil {
			return err
		}
	}
	standings, err := c.movedStandings(s)
	if err != nil {
		return err
	}
	c.section("changes", "What changed since "+s.Label,
		Block{Kind: Paragraph, Sentences: c.movedJudgements(s)},
		Block{Kind: List, Title: "Because of which input", Items: reasons},
		Block{Kind: List, Title: "Newly contested, confirmed or settled", Items: standings},
		Block{Kind: List, Title: "What came in", Items: c.cameIn(s)},
		Block{Kind: List, Title: "What no longer counts", Items: c.wentOut(s)})
	return nil
}

// oldShare is an outcome's share before; the outcome is known by its id.
func oldShare(s *Since, id string) (float64, bool) {
	if s.Conflict == nil || s.Outlook == nil {
		return 0, false
	}
	for i, o := range s.Conflict.Outcomes {
		if o.ID == id {
			return s.Outlook.Outcomes[i].P, true
		}
	}
	return 0, false
}

func (c *composer) oldRef(s *Since, i int, p float64) Ref {
	return c.result("since.outcome."+c.in.Conflict.Outcomes[i].ID, "share of the model that ended in "+c.t.outcome(i)+" by "+s.Label, p, Probability)
}

// movedJudgements says which judgements moved.
func (c *composer) movedJudgements(s *Since) []Sentence {
	if !c.hasOutlook() {
		return nil
	}
	if s.Outlook == nil {
		return []Sentence{say("there was no outlook then to compare with", c.entry("case", "case", c.in.Case.Title))}
	}
	var out []Sentence
	var still []string
	var stillRefs []Ref
	for _, i := range c.ranked() {
		now := c.in.Outlook.Outcomes[i].P
		was, ok := oldShare(s, c.in.Conflict.Outcomes[i].ID)
		what := known(c.t.outcome(i))
		switch {
		case !ok:
			out = append(out, say("the earlier version did not name "+c.t.outcome(i)+"; its share is now "+share(now), c.outcomeRef(i)))
		case math.Abs(tidy(now-was)) < 0.005:
			still = append(still, what)
			stillRefs = append(stillRefs, c.oldRef(s, i, was), c.outcomeRef(i))
		case share(now) == share(was):
			way := "grown"
			if now < was {
				way = "shrunk"
			}
			out = append(out, say(fmt.Sprintf("the share of %s has %s by less than five points and is still put at %s", what, way, share(now)), c.oldRef(s, i, was), c.outcomeRef(i)))
		default:
			way := "risen"
			if now < was {
				way = "fallen"
			}
			out = append(out, say(fmt.Sprintf("the share of %s has %s from %s to %s", what, way, share(was), share(now)), c.oldRef(s, i, was), c.outcomeRef(i)))
		}
	}
	switch {
	case len(out) == 0 && len(still) > 0:
		out = append(out, say("no judgement has moved", stillRefs...))
	case len(still) == 1:
		out = append(out, say("the share of "+still[0]+" has not moved", stillRefs...))
	case len(still) > 1:
		out = append(out, say("the shares of "+list(still)+" have not moved", stillRefs...))
	}
	return out
}

// reasons tells the inputs that differ, those that move the outlook most first.
func (c *composer) reasons(s *Since, old *teller) ([][]Sentence, error) {
	type told struct {
		words string
		ref   Ref
		by    float64 // total variation
		item  []Sentence
	}
	var list []told
	moves, err := c.moves(s)
	if err != nil {
		return nil, err
	}
	for n := range s.Changes {
		ch := &s.Changes[n]
		words := c.change(s, ch, old)
		if words == "" {
			continue
		}
		t := told{words: words, ref: c.entry("change", fmt.Sprint(n+1), upperFirst(words))}
		refs := []Ref{t.ref}
		if ch.Kind == demarche.CredenceChange || ch.Kind == demarche.ChanceChange {
			refs = append(refs, c.result(fmt.Sprintf("since.from.%d", n+1), "credence before: "+words, ch.From, Probability),
				c.result(fmt.Sprintf("since.to.%d", n+1), "credence now: "+words, ch.To, Probability))
		}
		if ch.Without != nil && c.hasOutlook() {
			at := 0
			for i := range c.in.Outlook.Outcomes {
				d := math.Abs(ch.Without[i] - c.in.Outlook.Outcomes[i].P)
				t.by += d / 2
				if d > math.Abs(ch.Without[at]-c.in.Outlook.Outcomes[at].P)+1e-9 {
					at = i
				}
			}
			without := c.result(fmt.Sprintf("since.without.%d.%s", n+1, c.in.Conflict.Outcomes[at].ID),
				"share of the model that ends in "+c.t.outcome(at)+" with this one change taken back: "+words, ch.Without[at], Probability)
			if t.by >= 0.005 {
				now := c.in.Outlook.Outcomes[at].P
				effect := fmt.Sprintf("without that, the share of %s would be %s instead of %s", c.t.outcome(at), share(ch.Without[at]), share(now))
				if share(ch.Without[at]) == share(now) {
					effect = fmt.Sprintf("without that, the share of %s would differ by less than five points", c.t.outcome(at))
				}
				t.item = []Sentence{say(words, refs...), say(effect, without, c.outcomeRef(at))}
			} else {
				t.item = []Sentence{say(words, refs...), say("by itself that makes no difference to the outlook", without, c.outcomeRef(at))}
			}
		} else {
			t.item = []Sentence{say(words, refs...)}
			if c.hasOutlook() {
				t.item = append(t.item, say("it cannot be taken back by itself, so its effect is not told apart", t.ref))
				t.by = -1
			}
		}
		if at := slices.IndexFunc(moves, func(m move) bool { return m.now.ID == ch.ID }); at >= 0 && ch.Kind == demarche.CredenceChange && c.held() && (s.Case.Held == nil || moves[at].was.Standing == moves[at].is.Standing) {
			if because, ok := c.movedBecause(s, moves[at]); ok {
				t.item = slices.Insert(t.item, 1, because)
			}
		}
		list = append(list, t)
	}
	slices.SortStableFunc(list, func(a, b told) int {
		switch {
		case a.by > b.by+1e-9:
			return -1
		case b.by > a.by+1e-9:
			return 1
		}
		return 0
	})
	var items [][]Sentence
	for _, t := range list {
		items = append(items, t.item)
	}
	if len(items) == 0 && s.Outlook != nil && c.hasOutlook() {
		items = append(items, []Sentence{say("no input of the model has changed", c.entry("case", "case", c.in.Case.Title))})
	}
	return items, nil
}

// change tells one input that differs.
func (c *composer) change(s *Since, ch *InputChange, old *teller) string {
	proposition := func(in *demarche.Case, t *teller) string {
		for i := range in.Propositions {
			if in.Propositions[i].ID == ch.ID {
				return t.inside(bare(in.Propositions[i].Says))
			}
		}
		return ""
	}
	authority := func(in *demarche.Case, t *teller) string {
		for i := range in.Authorities {
			if in.Authorities[i].ID == ch.ID {
				return t.inside(bare(in.Authorities[i].Says))
			}
		}
		return ""
	}
	player := func() string {
		for i, p := range c.in.Conflict.Players {
			if p.ID == ch.ID {
				return c.t.playerAgain(i)
			}
		}
		return old.again(ch.ID)
	}
	switch ch.Kind {
	case demarche.CredenceChange:
		if c.held() && exactCredence(ch.From) == exactCredence(ch.To) {
			return "the credence that " + proposition(c.in.Case, c.t) + " moved by less than five points and is still put at " + exactCredence(ch.To)
		}
		return "the credence that " + proposition(c.in.Case, c.t) + " went from " + exactCredence(ch.From) + " to " + exactCredence(ch.To)
	case demarche.BeliefChange:
		return "what those who do not know it believe has changed: whether " + proposition(c.in.Case, c.t)
	case demarche.KnowledgeChange:
		return "who knows it has changed: whether " + proposition(c.in.Case, c.t)
	case demarche.PropositionChange:
		switch {
		case ch.Added:
			return "a new open question: whether " + proposition(c.in.Case, c.t)
		case ch.Removed:
			return "no longer an open question: whether " + proposition(s.Case, old)
		}
		return "an open question has other words; it is now whether " + proposition(c.in.Case, c.t) + ", and was whether " + proposition(s.Case, old)
	case demarche.ForceChange:
		if ch.To == 1 {
			return "now in force: " + authority(c.in.Case, c.t)
		}
		return "no longer in force: " + authority(c.in.Case, c.t)
	case demarche.AuthorityChange:
		switch {
		case ch.Added:
			return "new among the authorities: " + authority(c.in.Case, c.t)
		case ch.Removed:
			return "no longer among the authorities: " + authority(s.Case, old)
		}
		return "what an authority binds has changed: " + authority(c.in.Case, c.t)
	case demarche.LogicChange:
		return "how the open questions are linked with each other has changed"
	case demarche.TodayChange:
		if c.in.Conflict.HasStatusQuo && s.Conflict != nil && s.Conflict.HasStatusQuo {
			return "things stand otherwise today: " + c.t.state(c.in.Conflict.StatusQuo)
		}
		return "where things stand today was given in one version only"
	case demarche.PlayerChange:
		if ch.Added {
			return "new in the model: " + player()
		}
		return "no longer in the model: " + player()
	case demarche.OptionChange:
		return "what " + player() + " can do has changed"
	case demarche.WantChange:
		who := player()
		switch {
		case ch.Added:
			return "new among what " + who + " " + c.wantsVerb(ch.ID) + ": " + c.t.want(ch.Want)
		case ch.Removed:
			return "no longer among what " + who + " " + c.wantsVerb(ch.ID) + ": " + old.want(ch.Want)
		}
		return "it has changed when or how much this counts for " + who + ": " + c.t.want(ch.Want)
	case demarche.OrderChange:
		if ch.Want != nil && ch.Over != nil {
			return "for " + player() + ", this now comes first: " + c.t.want(ch.Want) + "; and this after it: " + c.t.want(ch.Over)
		}
		return "what " + player() + " " + c.wantsVerb(ch.ID) + " comes in another order of importance"
	case demarche.RankingChange:
		return "the order in which " + player() + " " + c.putsVerb(ch.ID) + " the possible positions has changed"
	case demarche.UnsureChange:
		return "what is not known about the wishes of " + player() + " has changed"
	case demarche.ForesightChange:
		return "how " + player() + " " + c.looksVerb(ch.ID) + " ahead has changed"
	case demarche.InitiativeChange:
		return fmt.Sprintf("how readily %s %s has gone from %s to %s", player(), c.playerVerb(ch.ID, "move"), decimal(ch.From), decimal(ch.To))
	case demarche.RuleChange:
		t, lead := c.t, "a new rule of the model: "
		if ch.Removed {
			t, lead = old, "no longer a rule of the model: "
		}
		return lead + t.rule(ch.Rule)
	case demarche.TalksChange:
		switch {
		case ch.Added:
			return "talks are new in the model"
		case ch.Removed:
			return "talks are no longer in the model"
		}
		return "who takes part in talks has changed"
	case demarche.ChanceChange:
		return "the credence that talks can conclude in time went from " + exactCredence(ch.From) + " to " + exactCredence(ch.To)
	case demarche.OfferChange:
		in, t, lead := c.in.Case, c.t, "the terms on the table have changed: "
		switch {
		case ch.Added:
			lead = "new on the table: "
		case ch.Removed:
			in, t, lead = s.Case, old, "no longer on the table: "
		}
		for i := range in.Offers {
			if o := &in.Offers[i]; o.ID == ch.ID {
				return lead + t.offerWords(o)
			}
		}
		return lead + "an offer"
	case demarche.OutcomeChange:
		return "the outcomes are named otherwise"
	case demarche.GraphChange:
		return "the states of the model or the moves between them have changed"
	}
	return ""
}

func (c *composer) wantsVerb(id string) string { return c.playerVerb(id, "want") }
func (c *composer) putsVerb(id string) string  { return c.playerVerb(id, "put") }
func (c *composer) looksVerb(id string) string { return c.playerVerb(id, "look") }

func (c *composer) playerVerb(id, v string) string {
	for i, p := range c.in.Conflict.Players {
		if p.ID == id {
			return c.t.verb(i, v)
		}
	}
	return c.verb(id, v)
}

// offerWords tells an offer by its author and its words or terms.
func (t *teller) offerWords(o *demarche.Offer) string {
	what := t.inside(bare(o.Says))
	if what == "" {
		var terms []string
		for _, x := range o.Terms {
			if x.Cond != nil {
				terms = append(terms, t.condition(x.Cond))
			}
		}
		what = "that " + list(terms)
	}
	if !strings.HasPrefix(what, "that ") {
		return "the proposal of " + t.again(o.By.Name) + ": " + what
	}
	return "the proposal of " + t.again(o.By.Name) + " " + what
}

// cameIn tells the reports, claims, incidents and answers that were not in the
// file before.
func (c *composer) cameIn(s *Since) [][]Sentence {
	var items [][]Sentence
	fresh := 0
	for i := range c.in.Reports {
		id := c.in.Reports[i].ID
		if !slices.ContainsFunc(s.Reports, func(x demarche.Report) bool { return x.ID == id }) {
			fresh++
		}
	}
	if fresh > 0 {
		items = append(items, []Sentence{say(count(fresh, "report")+" came in", c.result("since.reports", "reports that came in", float64(fresh), Count))})
	}
	const most = 8
	told := 0
	before := claimIDs(s.Case)
	for i := range c.in.Case.Claims {
		cl := &c.in.Case.Claims[i]
		if before[cl.ID] || c.copied(cl) != "" {
			continue
		}
		if told++; told <= most {
			items = append(items, c.cameClaim(cl))
		}
	}
	if told > most {
		items = append(items, []Sentence{say("and "+count(told-most, "further claim"), c.result("since.claims", "further claims that came in", float64(told-most), Count))})
	}
	for _, j := range c.in.Case.Judgements {
		if c.t == nil {
			break // without a model there are no outcomes to judge
		}
		heard := slices.ContainsFunc(s.Case.Judgements, func(x demarche.Judgement) bool {
			return x.By == j.By && x.Date == j.Date && x.Outcome.Name == j.Outcome.Name
		})
		at := slices.IndexFunc(c.in.Conflict.Outcomes, func(o engine.Outcome) bool { return o.ID == j.Outcome.Name })
		if heard || at < 0 || j.P == nil {
			continue
		}
		p := c.result(fmt.Sprintf("judgement.%s.%s", j.Outcome.Name, j.By), "probability that "+j.By+" gives to "+c.t.outcome(at), *j.P, Probability)
		e := c.entry("judgement", fmt.Sprintf("%s %s %s", j.Outcome.Name, j.By, j.Date), fmt.Sprintf("%s, %s: %s at %s %%", j.By, j.Date.Words(), c.t.outcome(at), decimal(*j.P*100)))
		items = append(items, []Sentence{say(fmt.Sprintf("a new judgement: %s%s put the probability of %s at %s %%", on(j.Date), j.By, known(c.t.outcome(at)), decimal(*j.P*100)), e, p)})
	}
	for i := range c.in.Case.Incidents {
		in := &c.in.Case.Incidents[i]
		if !slices.ContainsFunc(s.Case.Incidents, func(x demarche.Incident) bool { return x.ID == in.ID }) {
			items = append(items, []Sentence{say("a new incident: "+c.names.inside(bare(in.Says)), append(c.because(in.Because), c.entry("incident", in.ID, in.Says))...)})
		}
	}
	return items
}
