package brief

import (
	"fmt"
	"slices"
	"strings"

	"github.com/demarche/demarche"
)

// due lists the decisions that somebody is about to take.
func (c *composer) due() {
	var items [][]Sentence
	for i := range c.in.Case.Decisions {
		d := &c.in.Case.Decisions[i]
		e := c.entry("decision", d.ID, bare(d.Says)+", expected "+d.Expected)
		s := c.names.actor(d.By.Name) + " " + c.verb(d.By.Name, "have") + " to decide"
		says := c.names.inside(d.Says)
		if strings.HasPrefix(says, "whether") || strings.HasPrefix(says, "how") || strings.HasPrefix(says, "when") {
			s += " " + says
		} else {
			s += " on " + says
		}
		if date, err := demarche.ParseDate(d.Expected); err == nil {
			s += ", by " + date.Words()
		} else if d.Expected != "" {
			s += "; the decision is expected " + d.Expected
		} else {
			s += "; no date is given"
		}
		item := []Sentence{say(s, with(c.because(d.Because), e)...)}
		byPlayer := map[string][]string{}
		var order []string
		for _, o := range d.Options {
			if p, says := c.option(o.Name); says != "" {
				if byPlayer[p] == nil {
					order = append(order, p)
				}
				byPlayer[p] = append(byPlayer[p], c.verbs(p, says))
			}
		}
		var stake []string
		for _, p := range order {
			stake = append(stake, "whether "+c.names.again(p)+" "+joined(byPlayer[p], "or"))
		}
		if len(d.Options) > 1 && len(stake) > 0 {
			item = append(item, say("at stake: "+list(stake), e))
		}
		items = append(items, item)
	}
	c.section("decisions", "Decisions due", Block{Kind: List, Items: items})
}

// option is the player and the words of an option by its id.
func (c *composer) option(id string) (player, says string) {
	player, name, _ := strings.Cut(id, ".")
	if k := c.in.Case.Conflict; k != nil {
		for i := range k.Players {
			for j := range k.Players[i].Options {
				if o := &k.Players[i].Options[j]; k.Players[i].ID == player && o.ID == name {
					if o.Says == "" {
						return player, upperFirst(strings.ReplaceAll(o.ID, "_", " "))
					}
					return player, o.Says
				}
			}
		}
	}
	return player, ""
}

func (c *composer) verb(actor, v string) string {
	if c.names.plural(actor) {
		return v
	}
	return third(v)
}

func (c *composer) verbs(actor, says string) string { return present(says, c.names.plural(actor)) }

// claimsOn are the claims that affirm or deny a proposition.
func (c *composer) claimsOn(id string) []*demarche.Claim {
	var out []*demarche.Claim
	for i := range c.in.Case.Claims {
		cl := &c.in.Case.Claims[i]
		if refers(cl.Affirms, id) || refers(cl.Denies, id) {
			out = append(out, cl)
		}
	}
	return out
}

func refers(ids []demarche.Ref, id string) bool {
	return slices.ContainsFunc(ids, func(r demarche.Ref) bool { return r.Name == id })
}

func (c *composer) situation() {
	c.told = map[string]bool{}
	blocks := []Block{
		{Kind: List, Title: "Incidents", Items: c.incidents()},
		{Kind: List, Title: "Contested, denied and easily confused", Items: c.contested()},
		{Kind: List, Title: "Tracks", Items: c.tracks()},
	}
	skip := map[string]bool{}
	for _, a := range c.in.Case.Authorities { // told with the authorities
		for _, ids := range [][]demarche.Ref{a.Because, a.ClaimedBy, a.DisputedBy} {
			for _, id := range ids {
				skip[id.Name] = true
			}
		}
	}
	groups := []struct {
		title, key string
		in         func(*demarche.Claim) bool
	}{
		{"On the record and in documents", "on_record", func(cl *demarche.Claim) bool {
			return (cl.Record == "on_record" || cl.Record == "document") && !reportItself(cl.Source)
		}},
		{"Anonymous, or reported without a named witness", "anonymous", func(cl *demarche.Claim) bool { return !reportItself(cl.Source) }},
		{"What the reports state in their own words", "own", func(cl *demarche.Claim) bool { return !ownAnalysis(cl) }},
		{"The reports’ own analysis", "analysis", func(cl *demarche.Claim) bool { return true }},
	}
	done := map[string]bool{}
	for _, g := range groups {
		var items [][]Sentence
		var ofLedger []*demarche.Claim
		for i := range c.in.Case.Claims {
			cl := &c.in.Case.Claims[i]
			if done[cl.ID] || c.told[cl.ID] || skip[cl.ID] || !g.in(cl) {
				continue
			}
			done[cl.ID] = true
			switch {
			case !c.held():
				items = append(items, []Sentence{c.tell(cl)})
			case c.copied(cl) == "": // else it is told with what it copies
				ofLedger = append(ofLedger, cl)
			}
		}
		items = append(items, c.group(g.key, ofLedger)...)
		blocks = append(blocks, Block{Kind: List, Title: g.title, Items: items})
	}
	var ties [][]Sentence
	for i := range c.in.Case.Ties {
		t := &c.in.Case.Ties[i]
		if t.Says != "" && len(t.Because) == 0 {
			id := t.From.Name + " " + t.Kind + " " + t.To.Name
			ties = append(ties, []Sentence{say(t.Says, c.entry("tie", id, bare(t.Says)))})
		}
	}
	blocks = append(blocks, Block{Kind: List, Title: "Standing relations", Items: ties})
	c.section("situation", "Situation", blocks...)
}

// tell tells a claim with its quotation.
func (c *composer) tell(cl *demarche.Claim) Sentence {
	c.told[cl.ID] = true
	if c.here != nil {
		c.here[cl.ID] = true
	}
	return say(c.names.claim(cl), c.quote(cl))
}

func (c *composer) incidents() [][]Sentence {
	list := make([]*demarche.Incident, len(c.in.Case.Incidents))
	for i := range list {
		list[i] = &c.in.Case.Incidents[i]
	}
	slices.SortStableFunc(list, func(a, b *demarche.Incident) int {
		if d := a.Date.To.Compare(b.Date.To); d != 0 {
			return d
		}
		return a.Date.From.Compare(b.Date.From)
	})
	var items [][]Sentence
	for _, in := range list {
		items = append(items, c.incident(in))
	}
	return items
}

func (c *composer) incident(in *demarche.Incident) []Sentence {
	s := c.names.inside(in.Says)
	if in.By.Name != "" && in.Kind != "consult" && !c.mentions(in.Says, in.By.Name) {
		s += ", by " + c.names.actor(in.By.Name)
	}
	if in.Against.Name != "" && in.Kind != "consult" && !c.mentions(in.Says, in.Against.Name) {
		s += ", against " + c.names.actor(in.Against.Name)
	}
	full := bare(in.Says)
	if w := in.Date.Words(); w != "" {
		full += "; " + w
		if strings.HasPrefix(w, "until ") { // open at its start: no day is given
			w = "up to" + strings.TrimPrefix(w, "until")
		}
		s = w + ": " + s
	}
	if p := in.Place; p != nil && p.Name != "" {
		where := p.Name
		if p.PrecisionKM != nil {
			where += fmt.Sprintf(", known to within %s km", grouped(max(1, int(*p.PrecisionKM))))
		}
		full += "; " + where
		if !strings.Contains(in.Says, p.Name) || p.PrecisionKM != nil {
			s += " (" + where + ")"
		}
	}
	lossWords := ""
	if in.Casualties != nil {
		lossWords = casualtyWords(in.Casualties)
		full += "; " + lossWords
	}
	for _, g := range append(in.Justified[:len(in.Justified):len(in.Justified)], in.Disputed...) {
		full += "; " + g.Ground
	}
	e := c.entry("incident", in.ID, full)
	out := []Sentence{say(s, with(append(c.because(in.Because), c.about("incident", in.ID)...), e)...)}
	if lossWords != "" {
		out = append(out, say(lossWords, with(c.because(in.Casualties.Because), e)...))
		c.telling(in.Casualties.Because)
	}
	for _, g := range []struct {
		word    string
		grounds []demarche.Ground
	}{{"justification", in.Justified}, {"objection", in.Disputed}} {
		for i := range g.grounds {
			ground := &g.grounds[i]
			who := "raised"
			if g.word == "justification" {
				who = "given"
			}
			if ground.By.Name != "" {
				who = "by " + c.names.actor(ground.By.Name)
			}
			out = append(out, say(g.word+" "+who+": "+bare(ground.Ground), with(c.because(ground.Because), e)...))
			c.telling(ground.Because)
		}
	}
	return out
}

// telling marks claims as told.
func (c *composer) telling(ids []demarche.Ref) {
	for _, id := range ids {
		c.told[id.Name] = true
	}
}

// mentions reports whether words name an actor.
func (c *composer) mentions(says, actor string) bool {
	a := c.in.Case.Actor(actor)
	if a == nil {
		return false
	}
	for _, n := range append([]string{a.Name, surname(a.Name)}, a.Aliases...) {
		if strings.Contains(says, n) {
			return true
		}
	}
	return false
}

// grouped is a number with commas between thousands.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// casualtyWords are a range with its hedge and the day of the count.
func casualtyWords(k *demarche.Casualties) string {
	var n string
	switch {
	case k.About != nil:
		n = "about " + grouped(*k.About)
	case k.AtLeast != nil && k.AtMost != nil:
		n = "between " + grouped(*k.AtLeast) + " and " + grouped(*k.AtMost)
	case k.AtLeast != nil:
		n = "at least " + grouped(*k.AtLeast)
	case k.AtMost != nil:
		n = "at most " + grouped(*k.AtMost)
	default:
		n = "an unstated number of"
	}
	var s string
	switch k.Kind {
	case "killed", "injured", "missing", "detained":
		s = n + " people " + k.Kind
	default:
		s = n + " casualties, of a kind not stated"
	}
	if k.Hedge != "" {
		s = k.Hedge + " " + s
	}
	if w := k.AsOf.Words(); w != "" {
		s += ", as of " + w
	}
	return s
}

func (c *composer) tracks() [][]Sentence {
	var items [][]Sentence
	for i := range c.in.Case.Tracks {
		t := &c.in.Case.Tracks[i]
		status := t.Status
		if status == "" {
			status = "status not given"
		}
		s := status + ": " + c.names.inside(t.Says)
		for j := range c.in.Case.Tracks {
			if o := &c.in.Case.Tracks[j]; o.ID == t.PausedFor.Name && t.PausedFor.Name != "" {
				s += ", in favour of " + c.names.inside(o.Says)
			}
		}
		items = append(items, []Sentence{say(s, with(c.because(t.Because), c.entry("track", t.ID, bare(t.Says)))...)})
	}
	return items
}

// contested tells every matter on which there are claims: both sides, and what
// each denial covers.
func (c *composer) contested() [][]Sentence {
	if c.held() {
		return c.heldMatters()
	}
	var items [][]Sentence
	denials := map[string][]*demarche.Proposition{} // by source and report
	var order []string
	for i := range c.in.Case.Propositions {
		p := &c.in.Case.Propositions[i]
		claims := c.claimsOn(p.ID)
		if len(claims) == 0 {
			continue
		}
		var yes, no int
		for _, cl := range claims {
			if refers(cl.Denies, p.ID) {
				no++
				key := cl.Source + "\x00" + cl.Report
				if _, ok := denials[key]; !ok {
					order = append(order, key)
				}
				denials[key] = append(denials[key], p)
			} else {
				yes++
			}
		}
		item := []Sentence{say(disputed(c.names.inside(p.Says), yes, no), c.propositionEntry(p))}
		for _, cl := range claims {
			item = append(item, c.tell(cl))
		}
		items = append(items, item)
	}
	for _, key := range order {
		if s, ok := c.scope(denials[key], key); ok {
			items = append(items, []Sentence{s})
		}
	}
	return items
}

// disputed says who affirms and who denies a matter.
func disputed(says string, yes, no int) string {
	switch {
	case yes > 0 && no > 0:
		return "whether " + says + " is contested: " + affirming(yes) + " it, " + denying(no) + " it"
	case yes > 0:
		return affirming(yes) + " that " + says + "; none denies it"
	}
	return "no claim affirms that " + says + "; " + denying(no) + " it"
}

func affirming(n int) string {
	if n > 1 {
		return number(n) + " claims affirm"
	}
	return number(n) + " claim affirms"
}

func denying(n int) string {
	switch n {
	case 0:
		return "none denies"
	case 1:
		return "one denies"
	}
	return number(n) + " deny"
}

// scope says what the denials of one source cover, and which neighbouring
// matters they do not touch.
func (c *composer) scope(covered []*demarche.Proposition, key string) (Sentence, bool) {
	var untouched []string
	refs := []Ref{}
	for i := range c.in.Case.Propositions {
		p := &c.in.Case.Propositions[i]
		if slices.Contains(covered, p) || len(c.claimsOn(p.ID)) == 0 {
			continue
		}
		if slices.ContainsFunc(covered, func(o *demarche.Proposition) bool { return c.sameMatter(o.Says, p.Says) }) {
			untouched = append(untouched, "whether "+c.names.inside(p.Says))
			refs = append(refs, c.propositionEntry(p))
		}
	}
	if len(untouched) == 0 {
		return Sentence{}, false
	}
	var covers []string
	for _, p := range covered {
		covers = append(covers, "whether "+c.names.inside(p.Says))
		refs = append(refs, c.propositionEntry(p))
		for _, cl := range c.claimsOn(p.ID) {
			if cl.Source+"\x00"+cl.Report == key {
				refs = append(refs, c.quote(cl))
			}
		}
	}
	source, _, _ := strings.Cut(key, "\x00")
	who := source
	if a := c.in.Case.Actor(source); a != nil {
		who = c.names.actor(a.ID)
	}
	return say("the denial by "+who+" concerns only "+list(covers)+"; it says nothing on "+joined(untouched, "or"), refs...), true
}

// sameMatter reports whether two sentences name an actor in common.
func (c *composer) sameMatter(a, b string) bool {
	for i := range c.in.Case.Actors {
		if x := &c.in.Case.Actors[i]; x.Kind != "person" && c.mentions(a, x.ID) && c.mentions(b, x.ID) {
			return true
		}
	}
	return false
}
