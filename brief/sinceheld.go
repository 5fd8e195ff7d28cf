package brief

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/demarche/demarche"
)

// move is a matter whose standing or credence differs between two days.
type move struct {
	now, then *demarche.Proposition // then is nil for a new one
	was, is   demarche.Credence
}

// moves are the matters whose standing or credence differs.
func (c *composer) moves(s *Since) ([]move, error) {
	before := map[string]*demarche.Proposition{}
	for i := range s.Case.Propositions {
		before[s.Case.Propositions[i].ID] = &s.Case.Propositions[i]
	}
	beyond, err := s.Case.HeldMatters()
	if err != nil {
		return nil, err
	}
	for i := range beyond {
		before[beyond[i].ID] = &beyond[i]
	}
	var out []move
	for _, p := range c.propositions() {
		m := move{now: p, then: before[p.ID], is: p.Standing()}
		if m.then != nil {
			m.was = m.then.Standing()
		} else {
			m.was = demarche.Proposition{Prior: p.Prior}.Standing()
		}
		if m.was.Standing != m.is.Standing || tidy(m.was.P) != tidy(m.is.P) {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b move) int { return cmp.Compare(a.rank(), b.rank()) })
	return out, nil
}

// rank puts what is newly contested first, then what is settled, then what is
// newly confirmed.
func (m move) rank() int {
	switch {
	case m.was.Standing == m.is.Standing:
		return 4
	case m.is.Standing == demarche.Contested:
		return 0
	case m.was.Standing == demarche.Contested:
		return 1
	case m.is.Standing == demarche.Confirmed:
		return 2
	}
	return 3
}

// movedStandings tells the matters whose standing is another, and because of which
// claims; and the credences of those that no input of the model tells of.
func (c *composer) movedStandings(s *Since) ([][]Sentence, error) {
	if !c.held() {
		return nil, nil
	}
	list, err := c.moves(s)
	if err != nil {
		return nil, err
	}
	var items [][]Sentence
	if s.Case.Held == nil && len(list) > 0 {
		// There were claims, but nothing said where they left a matter.
		return append(items, []Sentence{say("claims are weighed now; then, the credences before any claim counted alone", c.entry("case", "case", c.in.Case.Title))}), nil
	}
	for _, m := range list {
		inModel := c.t != nil && s.Conflict != nil && slices.ContainsFunc(s.Changes, func(ch InputChange) bool { return ch.Kind == demarche.CredenceChange && ch.ID == m.now.ID })
		if m.was.Standing == m.is.Standing && inModel {
			continue // told with what it does to the outlook
		}
		says := c.names.inside(m.now.Says)
		var lead string
		switch m.rank() {
		case 0:
			lead = "newly contested: whether " + says + "; before, it was " + standsAs(m.was.Standing)
		case 1:
			lead = "no longer contested: whether " + says + "; it is now " + standsAs(m.is.Standing)
		case 2:
			lead = "newly confirmed: that " + says + "; it is " + standsAs(m.is.Standing)
			if m.was.Standing == demarche.SingleSource {
				lead += ", where it rested on a single source"
			}
		case 3:
			lead = "whether " + says + ": it is now " + standsAs(m.is.Standing) + ", and was " + standsAs(m.was.Standing)
		default:
			lead = "whether " + says + ": it is " + standsAs(m.is.Standing) + ", as before"
		}
		alleged, by := c.allegation(m.now)
		item := []Sentence{say(alleged+lead, append(by, c.propositionEntry(m.now))...)}
		if because, ok := c.movedBecause(s, m); ok {
			item = append(item, because)
		}
		if !inModel && tidy(m.was.P) != tidy(m.is.P) {
			from := c.result("since.credence."+m.now.ID, "credence by "+s.Label+" that "+says, m.was.P, Probability)
			words := "its credence went from " + exactCredence(m.was.P) + " to " + exactCredence(m.is.P)
			if exactCredence(m.was.P) == exactCredence(m.is.P) {
				words = "its credence moved by less than five points and is still put at " + exactCredence(m.is.P)
			}
			item = append(item, say(words, append([]Ref{from}, c.credenceRefs(m.now)...)...))
		}
		items = append(items, item)
	}
	return items, nil
}

// movedBecause says which claims moved a matter: those that count now and did not,
// those that counted and do not, and those that weigh otherwise; and what an analyst
// set.
func (c *composer) movedBecause(s *Since, m move) (Sentence, bool) {
	was, is := countedIn(m.was.Origins), countedIn(m.is.Origins)
	var parts []string
	var refs []Ref
	const most = 4
	told, left := 0, 0
	tell := func(words string, ref ...Ref) {
		if told++; told > most {
			left++
			return
		}
		parts, refs = append(parts, words), append(refs, ref...)
	}
	for _, o := range m.is.Origins {
		if was[o.Counted] {
			continue
		}
		if told >= most {
			told, left = told+1, left+1
			continue
		}
		cl := c.in.Case.Claim(o.Counted)
		if cl == nil {
			continue
		}
		verb := "affirms"
		switch {
		case o.Denies:
			verb = "denies"
		case cl.Held != nil && len(cl.Held.Against) > 0:
			verb = "alleges"
		}
		tell(c.who(cl)+" "+c.pluralVerb(cl, verb)+" it", c.quote(cl))
	}
	for i := range s.Case.Claims {
		cl := &s.Case.Claims[i]
		if !was[cl.ID] || is[cl.ID] {
			continue
		}
		verb := "affirming"
		if refers(cl.Denies, m.now.ID) {
			verb = "denying"
		}
		tell("a claim of "+c.who(cl)+" "+verb+" it no longer counts", c.goneEntry(cl))
	}
	weighed := map[string]float64{}
	for _, o := range m.was.Origins {
		weighed[o.Counted] = o.Weight
	}
	for _, o := range m.is.Origins {
		before, ok := weighed[o.Counted]
		if !ok || tidy(before) == tidy(o.Weight) {
			continue
		}
		cl := c.in.Case.Claim(o.Counted)
		if cl == nil {
			continue
		}
		way := "more"
		if o.Weight < before {
			way = "less"
		}
		words := "the word of " + c.who(cl) + " weighs " + way + " than it did"
		ref := []Ref{c.quote(cl)}
		if why, e := c.regraded(s, cl); why != "" {
			words += " (" + why + ")"
			ref = append(ref, e)
		}
		tell(words, ref...)
	}
	if left > 0 {
		parts = append(parts, count(left, "further change")+" among its claims")
		refs = append(refs, c.result("since.moved."+m.now.ID, "further changes among its claims", float64(left), Count))
	}
	switch a, b := m.was.Override, m.is.Override; {
	case b != nil && (a == nil || *a != *b):
		parts, refs = append(parts, b.By+" sets its credence ("+bare(b.Reason)+")"), append(refs, c.overrideEntry(m.now, b))
	case a != nil && b == nil:
		parts, refs = append(parts, "the credence that "+a.By+" had set was taken back"), append(refs, c.entry("ledger credence then", m.now.ID, fmt.Sprintf("%s had set it to %s: %s", a.By, decimal(a.P), bare(a.Reason))))
	}
	if tidy(m.was.Prior) != tidy(m.is.Prior) {
		parts = append(parts, "the credence before any claim went from "+exactCredence(m.was.Prior)+" to "+exactCredence(m.is.Prior))
		refs = append(refs, c.result("since.prior."+m.now.ID, "credence before any claim by "+s.Label, m.was.Prior, Probability), c.result("prior."+m.now.ID, "credence before any claim that "+c.names.inside(m.now.Says), m.is.Prior, Probability))
	}
	if len(parts) == 0 {
		return Sentence{}, false
	}
	return say("the reason: "+strings.Join(parts, "; "), refs...), true
}

// pluralVerb is a verb in the form that the source of a claim takes.
func (c *composer) pluralVerb(cl *demarche.Claim, singular string) string {
	plural := isPlural(cl.Source, "")
	if a := c.in.Case.Actor(cl.Source); a != nil {
		plural = isPlural(a.Name, a.Kind)
	}
	if plural && !reportItself(cl.Source) {
		return map[string]string{"affirms": "affirm", "denies": "deny", "alleges": "allege"}[singular]
	}
	return singular
}

// regraded says which grade behind a claim is another than it was.
func (c *composer) regraded(s *Since, cl *demarche.Claim) (string, Ref) {
	then, now := s.Case.Held, c.in.Case.Held
	old := then.Claim(cl.ID)
	if old == nil || cl.Held == nil {
		return "", Ref{}
	}
	a, b := then.Testimony(old), now.Testimony(cl.Held)
	entry := func(says string) Ref { return c.entry("ledger grade now", cl.ID, says) }
	switch {
	case a.Reliability != b.Reliability:
		says := "its source was " + gradeOr(a.Reliability) + " and is now " + gradeOr(b.Reliability) + " for reliability"
		return says, entry(says)
	case a.Credibility != b.Credibility:
		says := "its credibility is now graded " + fmt.Sprint(b.Credibility)
		if a.Credibility > 0 {
			says = "its credibility went from " + fmt.Sprint(a.Credibility) + " to " + fmt.Sprint(b.Credibility)
		}
		return says, entry(says)
	case a.OutletReliability != b.OutletReliability:
		says := "its outlet was " + gradeOr(a.OutletReliability) + " and is now " + gradeOr(b.OutletReliability) + " for reliability"
		return says, entry(says)
	}
	return "", Ref{}
}

// goneEntry is the reference to a claim that counted then and no longer does, with
// what became of it.
func (c *composer) goneEntry(cl *demarche.Claim) Ref {
	words := bare(cl.Says)
	if words == "" {
		words = Quoted(cl.Quote)
	}
	fate, who, why, when := c.fateOf(cl.ID)
	says := c.who(cl) + ": " + words + "; " + fate
	if c.in.Case.Held.Fate(cl.ID) == demarche.FateRedacted {
		says = "a claim, destroyed"
	}
	if who != "" {
		says += " by " + who + " on " + when
	}
	if why != "" {
		says += ": " + bare(why)
	}
	return c.entry("ledger claim", cl.ID, says)
}

// fateOf is what became of a claim since, by whom and why.
func (c *composer) fateOf(id string) (fate, who, why, when string) {
	h := c.in.Case.Held
	switch f := h.Fate(id); f {
	case demarche.FateRejected, demarche.FateRetracted, demarche.FatePending:
		fate = string(f)
		if f == demarche.FatePending {
			fate = "put back among the proposed ones"
		}
		if cl := h.Claim(id); cl != nil {
			who, why, when = cl.Who, cl.Why, dayWords(cl.Learned)
		}
	case demarche.FateWithdrawn:
		fate = "taken back by a later claim"
		for i := range h.Claims {
			by := &h.Claims[i]
			if by.Live() && slices.ContainsFunc(by.Links, func(l demarche.HeldLink) bool { return l.Rel == "retracts" && l.ID == id }) {
				if cl := c.in.Case.Claim(by.ID); cl != nil {
					fate += " of " + c.who(cl)
				}
			}
		}
	case demarche.FateRedacted:
		fate = "destroyed"
		if t := h.Tombstone("claim", id); t != nil {
			who, why, when = t.Who, t.Why, dayWords(t.Learned)
		}
	case demarche.FateAbsent:
		fate = "taken out of the ledger"
	default:
		fate = "no longer in the ledger"
	}
	return fate, who, why, when
}

// claimIDs are the claims of a case.
func claimIDs(c *demarche.Case) map[string]bool {
	out := make(map[string]bool, len(c.Claims))
	for i := range c.Claims {
		out[c.Claims[i].ID] = true
	}
	return out
}

// wentOut tells the claims that counted then and no longer do, and what was
// destroyed in between.
func (c *composer) wentOut(s *Since) [][]Sentence {
	if !c.held() {
		return nil
	}
	const most = 8
	var items [][]Sentence
	told := 0
	now := claimIDs(c.in.Case)
	for i := range s.Case.Claims {
		cl := &s.Case.Claims[i]
		if now[cl.ID] {
			continue
		}
		if told++; told > most {
			continue
		}
		fate, who, why, when := c.fateOf(cl.ID)
		var item []Sentence
		s := "a claim was destroyed"
		if c.in.Case.Held.Fate(cl.ID) != demarche.FateRedacted { // else its words are not told again
			item = append(item, say(c.names.claim(cl), c.quote(cl)))
			s = "that claim was " + fate
		}
		if fate == "no longer in the ledger" {
			s = "that claim is " + fate
		}
		if who != "" {
			s += " by " + who + " on " + when
		}
		if why != "" {
			s += ": " + c.names.inside(bare(why))
		}
		items = append(items, append(item, say(s, c.goneEntry(cl))))
	}
	if told > most {
		items = append(items, []Sentence{say("and "+count(told-most, "further claim"), c.result("since.gone", "further claims that no longer count", float64(told-most), Count))})
	}
	for i := range c.in.Case.Held.Redacted {
		t := &c.in.Case.Held.Redacted[i]
		if !since(s, t) || t.Kind == "claim" && s.Case.Claim(t.ID) != nil {
			continue
		}
		words := "a " + t.Kind + " was destroyed by " + t.Who + " on " + dayWords(t.Learned) + ": " + c.names.inside(bare(t.Why))
		items = append(items, []Sentence{say(words, c.entry("ledger tombstone", t.Kind+" "+t.ID, words))})
	}
	return items
}

// since reports whether something was destroyed after the earlier day: also after
// this one, as it is gone from this one too.
func since(s *Since, t *demarche.HeldTombstone) bool {
	day, err := demarche.ParseDate(t.Learned.UTC().Format("2006-01-02"))
	return err == nil && day.StartsAfter(s.Day)
}
