package brief

import (
	"fmt"
	"slices"
	"strings"

	"github.com/demarche/demarche"
)

// reliabilityWords and credibilityWords are the grades of the Admiralty system. Its
// word for 5, improbable, belongs to another scale of likelihood than the brief's.
var reliabilityWords = map[string]string{
	"A": "completely reliable", "B": "usually reliable", "C": "fairly reliable", "D": "not usually reliable", "E": "unreliable", "F": "cannot be judged",
}

var credibilityWords = [...]string{"", "confirmed by others", "probably true", "possibly true", "doubtful", "hardly credible", "cannot be judged"}

// graded fills in what the ledger has on a claim that is quoted.
func (c *composer) graded(q *Quote, cl *demarche.Claim) {
	h := c.in.Case.Held
	if cl.Held == nil || h == nil {
		return
	}
	held := cl.Held
	if now := h.Claim(cl.ID); now != nil {
		held = now // a claim that no longer counts may be told as it was
	}
	t := h.Testimony(held)
	q.Reliability, q.Credibility = t.Reliability, t.Credibility
	q.OutletReliability = t.OutletReliability
	q.Handling = held.Handling
	if r := h.Report(cl.Report); r != nil {
		q.Handling = strictest(q.Handling, r.Handling)
		if q.Publisher == "" {
			q.Publisher = c.outlet(cl)
		}
	}
	if s := h.Source(cl.Held.Source); s != nil {
		q.Handling = strictest(q.Handling, s.Handling)
	}
}

// heldSummary says how good the sources are, by the ledger.
func (c *composer) heldSummary() []Sentence {
	h := c.in.Case.Held
	var out []Sentence
	matters, single, origins, claims, unnamed, interested := 0, 0, 0, 0, 0, 0
	for _, p := range c.propositions() {
		w := p.Standing()
		if len(w.Origins) == 0 {
			continue
		}
		matters++
		if len(w.Origins) == 1 {
			single++
		}
		origins += len(w.Origins)
		for _, o := range w.Origins {
			claims += len(o.Claims)
			cl := h.Claim(o.Counted)
			if cl == nil {
				continue
			}
			t := h.Testimony(cl)
			if nameless(&t) {
				unnamed++
			}
			if t.Side != "" {
				interested++
			}
		}
	}
	n := func(name, says string, v int) Ref { return c.result("sources."+name, says, float64(v), Count) }
	if matters > 0 {
		all := n("origins", "independent origins of the claims on open matters, once for each matter", origins)
		out = append(out, say(fmt.Sprintf("on %s there are claims: %s from %s (an origin is one voice, however many reports carry it)", mattersAre(matters), count(claims, "claim"), count(origins, "independent origin")),
			n("matters", "matters that claims speak to", matters), n("bearing", "claims that bear on them, once for each matter", claims), all))
		out = append(out, say(fmt.Sprintf("of these origins, %s, and %s for a side in the conflict", notNamed(unnamed), speakSpeaks(interested)), all,
			n("unnamed", "of the origins, those that nobody answers for by name", unnamed), n("interested", "of the origins, those that speak for a side", interested)))
		if single > 0 {
			out = append(out, say(restingOn(single, matters), n("single", "matters that rest on one origin", single), n("matters", "matters that claims speak to", matters)))
		}
	}
	sources, graded, open := map[string]bool{}, 0, 0
	for _, q := range c.b.Quotes {
		cl := h.Claim(q.Claim)
		if cl == nil || cl.Source == "" || sources[cl.Source] {
			continue
		}
		sources[cl.Source] = true
		if s := h.Source(cl.Source); s != nil && s.Reliability != "" {
			graded++
		} else {
			open++
		}
	}
	if len(sources) > 0 {
		out = append(out, say(fmt.Sprintf("of the %s quoted here, %s graded for reliability; what is not graded counts as between fairly and not usually reliable", count(len(sources), "source"), isAre(graded)),
			n("quoted", "sources quoted", len(sources)), n("graded", "of them those that are graded", graded)))
	}
	var marked []Ref
	mark := ""
	for i, q := range c.b.Quotes {
		if strictness(q.Handling) > max(strictness(c.in.Case.Handling), 1) {
			marked = append(marked, Ref{ToQuote, i + 1})
			mark = strictest(mark, q.Handling)
		}
	}
	if len(marked) > 0 {
		refs := append(slices.Clone(marked), n("marked", "passages with a stricter mark than the case", len(marked)))
		own := ""
		if c.in.Case.Handling != "" {
			own = ", while the case itself is " + c.in.Case.Handling
		}
		out = append(out, say("the brief carries the mark "+mark+" because "+count(len(marked), "passage")+" that it uses "+verbNumber(len(marked), "is", "are")+" marked more strictly"+own, refs...))
	}
	return out
}

func mattersAre(n int) string {
	if n == 1 {
		return "one matter"
	}
	return number(n) + " matters"
}

func notNamed(n int) string {
	switch n {
	case 0:
		return "all have somebody who answers for them by name"
	case 1:
		return "one has nobody who answers for it by name"
	}
	return number(n) + " have nobody who answers for them by name"
}

func speakSpeaks(n int) string {
	switch n {
	case 0:
		return "none speaks"
	case 1:
		return "one speaks"
	}
	return number(n) + " speak"
}

// restingOn says how many of the matters rest on one origin.
func restingOn(single, matters int) string {
	switch {
	case matters == 1:
		return "that matter rests on a single origin"
	case single == matters:
		return "each of these matters rests on a single origin"
	case single == 1:
		return "one of these matters rests on a single origin"
	}
	return number(single) + " of these matters rest on a single origin"
}

// sourceTable lists the sources quoted, and the outlets, that are graded or have
// graded claims.
func (c *composer) sourceTable() Block {
	h := c.in.Case.Held
	bl := Block{Kind: Table, Title: "Sources and outlets that are graded", Head: []string{"Source", "Reliability", "Its claims here", "Grades before"}}
	type line struct {
		source *demarche.HeldSource
		refs   []Ref
		cred   []string
	}
	var lines []*line
	add := func(id string, r Ref, credibility int) {
		s := h.Source(id)
		if s == nil {
			return
		}
		at := slices.IndexFunc(lines, func(l *line) bool { return l.source.ID == id })
		if at < 0 {
			lines = append(lines, &line{source: s})
			at = len(lines) - 1
		}
		l := lines[at]
		l.refs = append(l.refs, r)
		if w := credibilityWords[credibility]; w != "" {
			if w = fmt.Sprintf("%d, %s", credibility, w); !slices.Contains(l.cred, w) {
				l.cred = append(l.cred, w)
			}
		}
	}
	for i, q := range c.b.Quotes {
		cl := h.Claim(q.Claim)
		if cl == nil {
			continue
		}
		add(cl.Source, Ref{ToQuote, i + 1}, cl.Credibility)
		if r := h.Report(cl.Report); r != nil && r.Outlet != cl.Source {
			add(r.Outlet, Ref{ToQuote, i + 1}, 0)
		}
	}
	// The summary says how many are not graded; the passages name them.
	lines = slices.DeleteFunc(lines, func(l *line) bool {
		return l.source.Reliability == "" && len(l.source.Grades) == 0 && len(l.cred) == 0
	})
	for _, l := range lines {
		s := l.source
		name := s.Called()
		if a := c.in.Case.Actor(s.Actor); a != nil {
			name = a.Name
		}
		kind := ""
		switch {
		case s.Kind == "outlet":
			kind = " (outlet)"
		case s.Unnamed():
			kind = " (not named)"
		}
		refs := slices.Clone(l.refs)
		grade := "Not graded"
		if s.Reliability != "" {
			grade = s.Reliability + ", " + reliabilityWords[s.Reliability]
		}
		claims := strings.Join(l.cred, "; ")
		if claims == "" {
			claims = "Not graded"
			if s.Kind == "outlet" {
				claims = "As reported"
			}
		}
		var before []string
		for i, g := range s.Grades[:max(len(s.Grades)-1, 0)] {
			next := s.Grades[i+1]
			words := gradeOr(g.Reliability) + " until " + dayWords(next.Learned)
			refs = append(refs, c.entry("ledger grade", s.ID+" "+fmt.Sprint(i+1), fmt.Sprintf("%s: %s until %s, then %s by %s: %s", name, gradeOr(g.Reliability), dayWords(next.Learned), gradeOr(next.Reliability), next.By, next.Why)))
			before = append(before, words)
		}
		history := "None"
		if len(before) > 0 {
			history = upperFirst(strings.Join(before, "; "))
		}
		bl.Rows = append(bl.Rows, []Sentence{cell(heading(name, s)+kind, refs...), cell(grade), cell(claims), cell(history)})
	}
	return bl
}

// heading is a name at the beginning of a row: an outlet writes its own as it does.
func heading(name string, s *demarche.HeldSource) string {
	if s.Kind == "outlet" {
		return name
	}
	return upperFirst(name)
}

func gradeOr(grade string) string {
	if grade == "" {
		return "not graded"
	}
	return grade
}
