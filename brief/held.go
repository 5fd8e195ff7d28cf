package brief

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/demarche/demarche"
)

// How much of a ledger with many claims is told. A brief stays a brief.
const (
	maxOrigins  = 3  // told in full, of each side of a matter
	maxCarriers = 4  // named of those that carry a claim too
	maxOfGroup  = 12 // claims of one kind that bear on no open matter
	maxAbout    = 6  // passages cited for one incident beyond those of the case
	maxSteps    = 12 // lines of arithmetic for one side of a matter
)

// held reports whether the case has a ledger.
func (c *composer) held() bool { return c.in.Case.Held != nil }

// propositions are those of the case, then those that only the ledger has.
func (c *composer) propositions() []*demarche.Proposition {
	var out []*demarche.Proposition
	for i := range c.in.Case.Propositions {
		out = append(out, &c.in.Case.Propositions[i])
	}
	for i := range c.beyond {
		out = append(out, &c.beyond[i])
	}
	return out
}

// heldMatters tells every matter on which there are claims: where it stands, who
// affirms and who denies it by independent origins, and what each denial covers.
func (c *composer) heldMatters() [][]Sentence {
	var items [][]Sentence
	d := denials{covered: map[string][]*demarche.Proposition{}}
	for _, p := range c.propositions() {
		claims := c.claimsOn(p.ID)
		if len(claims) == 0 {
			continue
		}
		for _, cl := range claims {
			if refers(cl.Denies, p.ID) {
				d.add(cl, p)
			}
		}
		items = append(items, c.heldMatter(p, claims))
	}
	for _, key := range d.order {
		if s, ok := c.scope(d.covered[key], key); ok {
			items = append(items, []Sentence{s})
		}
	}
	return items
}

// denials are what each source denies in each report.
type denials struct {
	covered map[string][]*demarche.Proposition // by source and report
	order   []string
}

func (d *denials) add(cl *demarche.Claim, p *demarche.Proposition) {
	key := cl.Source + "\x00" + cl.Report
	if _, ok := d.covered[key]; !ok {
		d.order = append(d.order, key)
	}
	d.covered[key] = append(d.covered[key], p)
}

func (c *composer) heldMatter(p *demarche.Proposition, claims []*demarche.Claim) []Sentence {
	w := p.Standing()
	says := c.names.inside(p.Says)
	e := c.propositionEntry(p)
	refs := []Ref{e}
	yes, no := bothSides(w.Origins)
	for _, side := range []struct {
		n         int
		name, has string
	}{{yes, "affirm", "affirm it"}, {no, "deny", "deny it"}} {
		if side.n > 1 {
			refs = append(refs, c.result("origins."+p.ID+"."+side.name, "independent origins that "+side.has+": "+says, float64(side.n), Count))
		}
	}
	c.here = map[string]bool{}
	alleged, by := c.allegation(p)
	item := []Sentence{say(alleged+standingWords(says, w), append(refs, by...)...)}
	if s, ok := c.countedOnce(p, w); ok {
		item = append(item, s)
	}
	for _, denies := range []bool{false, true} {
		item = append(item, c.origins(p, w.Origins, denies)...)
	}
	if n := w.NoBasis; n > 0 {
		item = append(item, say("nothing can be judged of "+number(n)+" of "+itsOrigins(len(w.Origins))+", which "+verbNumber(n, "moves", "move")+" nothing",
			c.result("origins."+p.ID+".nothing", "origins that carry no weight, for want of any basis to judge", float64(n), Count),
			c.result("origins."+p.ID, "independent origins that bear on whether "+says, float64(len(w.Origins)), Count)))
	}
	counted := countedIn(w.Origins)
	var outside []Ref
	for _, cl := range claims {
		if !counted[cl.ID] && !c.here[cl.ID] {
			item = append(item, c.toldFull(cl)...)
			if cl.Held == nil {
				outside = append(outside, c.quote(cl))
			}
		}
	}
	if len(outside) > 0 {
		item = append(item, say(thisThese(len(outside), "claim", "is", "are")+" in the case file and not yet in the ledger, so the credence does not count "+itThem(len(outside)), outside...))
	}
	return append(item, c.credenceOf(p, w))
}

func thisThese(n int, noun, is, are string) string {
	if n == 1 {
		return "this " + noun + " " + is
	}
	return "these " + plural(noun) + " " + are
}

func itsOrigins(n int) string {
	if n == 1 {
		return "its one origin"
	}
	return "its " + number(n) + " origins"
}

func itThem(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// allegation begins what is told of a matter that is alleged against named persons:
// against whom, and by whom.
func (c *composer) allegation(p *demarche.Proposition) (lead string, refs []Ref) {
	for _, cl := range c.claimsOn(p.ID) {
		if cl.Held != nil && len(cl.Held.Against) > 0 {
			return "alleged against " + list(cl.Held.Against) + " by " + c.who(cl) + ": ", []Ref{c.quote(cl)}
		}
	}
	return "", nil
}

// bothSides counts the origins that affirm and those that deny.
func bothSides(list []demarche.Origin) (yes, no int) {
	for _, o := range list {
		if o.Denies {
			no++
		} else {
			yes++
		}
	}
	return yes, no
}

// countedIn are the claims that are in an origin.
func countedIn(list []demarche.Origin) map[string]bool {
	out := map[string]bool{}
	for _, o := range list {
		for _, id := range o.Claims {
			out[id] = true
		}
	}
	return out
}

// standingWords say where a matter stands.
func standingWords(says string, w demarche.Credence) string {
	yes, no := bothSides(w.Origins)
	switch w.Standing {
	case demarche.Contested:
		return "whether " + says + " is contested: " + originsDo(yes, "affirms", "affirm") + " it, " + originsDo(no, "denies", "deny") + " it"
	case demarche.Confirmed:
		return originsDo(yes, "affirms", "affirm") + " that " + says + ", and none denies it"
	case demarche.SingleSource:
		return "a single source affirms that " + says + "; none denies it"
	case demarche.Denied:
		return "no claim affirms that " + says + "; " + originsDo(no, "denies", "deny") + " it"
	}
	return "no claim that counts bears on whether " + says
}

// originsDo is "one origin affirms", "two independent origins affirm".
func originsDo(n int, one, several string) string {
	if n == 1 {
		return "one origin " + one
	}
	return number(n) + " independent origins " + several
}

// standsAs says in few words where a matter stands, to follow "is".
func standsAs(s demarche.Standing) string {
	switch s {
	case demarche.Contested:
		return "contested"
	case demarche.Confirmed:
		return "affirmed by two or more independent origins and denied by none"
	case demarche.SingleSource:
		return "affirmed by a single source and denied by none"
	case demarche.Denied:
		return "denied, and affirmed by nobody"
	}
	return "without a claim on either side"
}

// chainWords are why claims count once, by the reason as credences give it.
var chainWords = []struct{ has, words string }{
	{"one copies the other", "some copy others"},
	{"the same source speaks", "one source speaks more than once"},
	{"unnamed sources of one side in one report", "nothing shows that unnamed sources of one side in one report are different people"},
	{"unnamed sources of one side through one outlet", "nothing shows that unnamed sources of one side who reach us through one outlet are different people"},
}

// countedOnce says why there are fewer origins than claims.
func (c *composer) countedOnce(p *demarche.Proposition, w demarche.Credence) (Sentence, bool) {
	claims := len(countedIn(w.Origins))
	if claims == len(w.Origins) {
		return Sentence{}, false
	}
	var why []string
	for _, known := range chainWords {
		if slices.ContainsFunc(w.Origins, func(o demarche.Origin) bool {
			return slices.ContainsFunc(o.Chain, func(s string) bool { return strings.HasSuffix(s, ": "+known.has) })
		}) {
			why = append(why, known.words)
		}
	}
	return say(count(claims, "claim")+" on this count as "+count(len(w.Origins), "origin")+", because "+list(why),
		c.result("origins."+p.ID+".claims", "claims that bear on whether "+c.names.inside(p.Says), float64(claims), Count),
		c.result("origins."+p.ID, "independent origins that bear on whether "+c.names.inside(p.Says), float64(len(w.Origins)), Count)), true
}

// origins tells those of one side, the weightiest first.
func (c *composer) origins(p *demarche.Proposition, all []demarche.Origin, denies bool) []Sentence {
	var side []demarche.Origin
	for _, o := range all {
		if o.Denies == denies {
			side = append(side, o)
		}
	}
	slices.SortStableFunc(side, func(a, b demarche.Origin) int { return cmp.Compare(b.Weight, a.Weight) })
	var out []Sentence
	for n, o := range side {
		cl := c.in.Case.Claim(o.Counted)
		if cl == nil {
			continue
		}
		if n >= maxOrigins {
			verb := "affirm"
			if denies {
				verb = "deny"
			}
			left := len(side) - n
			r := c.result("origins."+p.ID+"."+verb+".more", "further origins that "+verb+" it", float64(left), Count)
			if left == 1 {
				verb = third(verb)
			}
			var refs []Ref
			for _, more := range side[n:] {
				if cl := c.in.Case.Claim(more.Counted); cl != nil && len(refs) < maxAbout {
					refs = append(refs, c.quote(cl))
				}
				for _, id := range more.Claims {
					c.told[id] = true
				}
			}
			out = append(out, say("a further "+originNoun(left)+" "+verb+" it", append(refs, r)...))
			break
		}
		if !c.here[cl.ID] { // else as a reply
			out = append(out, c.toldFull(cl)...)
		}
		if s, ok := c.repeated(cl, o.Claims); ok {
			out = append(out, s)
		}
	}
	return out
}

func originNoun(n int) string {
	if n == 1 {
		return "independent origin"
	}
	return number(n) + " independent origins"
}

// repeated says who else carries what a claim says, and how often its source
// speaks again: claims that count once with it.
func (c *composer) repeated(cl *demarche.Claim, same []string) (Sentence, bool) {
	var outlets []string
	var refs []Ref
	again := 0
	for _, id := range same {
		other := c.in.Case.Claim(id)
		if other == nil || other.ID == cl.ID {
			continue
		}
		c.told[id] = true
		if len(refs) < maxAbout {
			refs = append(refs, c.quote(other))
		}
		outlet := c.outlet(other)
		if other.Report != cl.Report && outlet != "" && outlet != c.outlet(cl) {
			if !slices.Contains(outlets, outlet) {
				outlets = append(outlets, outlet)
			}
			continue
		}
		again++
	}
	var parts []string
	if n := len(outlets); n > maxCarriers {
		outlets = append(outlets[:maxCarriers:maxCarriers], number(n-maxCarriers)+" more")
		refs = append(refs, c.result("carried."+cl.ID, "further outlets that carry it", float64(n-maxCarriers), Count))
	}
	if len(outlets) > 0 {
		parts = append(parts, "it was also carried by "+list(outlets))
	}
	if again > 0 {
		refs = append(refs, c.result("again."+cl.ID, "further claims that count once with it", float64(again), Count))
		what := "the same is said in " + count(again, "further passage") + " that " + countsCount(again) + " once with it"
		parts = append(parts, what)
	}
	if len(parts) == 0 {
		return Sentence{}, false
	}
	return say(strings.Join(parts, "; "), refs...), true
}

func countsCount(n int) string {
	if n == 1 {
		return "counts"
	}
	return "count"
}

// outlet is who published the report of a claim.
func (c *composer) outlet(cl *demarche.Claim) string {
	h := c.in.Case.Held
	if r := h.Report(cl.Report); r != nil {
		if s := h.Source(r.Outlet); s != nil {
			return s.Called()
		}
		return r.Publisher
	}
	if r := c.report(cl.Report); r != nil {
		return r.Publisher
	}
	return ""
}

// credenceOf says what credence follows from the claims.
func (c *composer) credenceOf(p *demarche.Proposition, w demarche.Credence) Sentence {
	now := exactCredence(w.P)
	if w.Prior > 0 && w.Prior < 1 && w.Override == nil {
		now = Percent(w.P) // claims make nothing certain
	}
	s := "the credence that follows is " + now + "; before any claim it was " + exactCredence(w.Prior)
	switch {
	case tidy(w.P) == tidy(w.Prior):
		s = "the credence stays what it was before any claim, " + now
	case now == exactCredence(w.Prior) && w.P > w.Prior:
		s = "the credence is still put at " + now + ", a little above what it was before any claim"
	case now == exactCredence(w.Prior):
		s = "the credence is still put at " + now + ", a little below what it was before any claim"
	}
	if o := w.Override; o != nil {
		s = "the credence is set to " + exactCredence(w.P) + " by " + o.By + " (" + bare(o.Reason) + "); from the claims it would be " + exactCredence(w.Computed) + ", and before any claim it was " + exactCredence(w.Prior)
	}
	return say(s, c.credenceRefs(p)...)
}

// credenceRefs are the numbers of a proposition: its credence, what it was before
// any claim, and, where an analyst set it, what follows from the claims.
func (c *composer) credenceRefs(p *demarche.Proposition) []Ref {
	w, says := p.Standing(), c.names.inside(p.Says)
	out := []Ref{c.result("held."+p.ID, "credence, by the ledger, that "+says, w.P, Probability),
		c.result("prior."+p.ID, "credence before any claim that "+says, w.Prior, Probability)}
	if w.Override != nil {
		out = append(out, c.result("computed."+p.ID, "credence that follows from the claims that "+says, w.Computed, Probability), c.overrideEntry(p, w.Override))
	}
	return out
}

func (c *composer) overrideEntry(p *demarche.Proposition, o *demarche.Override) Ref {
	return c.entry("ledger credence", p.ID, fmt.Sprintf("%s sets it to %s: %s", o.By, decimal(o.P), bare(o.Reason)))
}

// toldFull tells a claim; an allegation with every reply to it.
func (c *composer) toldFull(cl *demarche.Claim) []Sentence {
	out := []Sentence{c.tell(cl)}
	if cl.Held == nil || len(cl.Held.Against) == 0 {
		return out
	}
	replies := c.replies(cl)
	if len(replies) == 0 {
		return append(out, say("no reply to this allegation is on record here", c.quote(cl)))
	}
	for n, r := range replies {
		if n == maxOrigins {
			left := len(replies) - n
			out = append(out, say(count(left, "further reply")+" to it "+standStands(left)+" in the ledger",
				c.quote(cl), c.result("replies."+cl.ID, "further replies to the allegation", float64(left), Count)))
			break
		}
		s := c.tell(r)
		s.Text = "In reply, " + c.names.inside(s.Text)
		out = append(out, Sentence{Text: stop(s.Text), Refs: s.Refs})
	}
	return out
}

// cameClaim tells a claim that came in, with what copies it; an allegation with
// whether a reply is on record.
func (c *composer) cameClaim(cl *demarche.Claim) []Sentence {
	item := []Sentence{say(c.names.claim(cl), c.quote(cl))}
	if cl.Held == nil {
		return item
	}
	if len(cl.Held.Against) > 0 && len(c.replies(cl)) == 0 {
		item = append(item, say("no reply to this allegation is on record here", c.quote(cl)))
	}
	return item
}

// replies are the claims that answer an allegation: those that reply to it or
// contradict it, and those that deny what it affirms.
func (c *composer) replies(cl *demarche.Claim) []*demarche.Claim {
	var out []*demarche.Claim
	for i := range c.in.Case.Claims {
		o := &c.in.Case.Claims[i]
		if o.Held == nil || o.ID == cl.ID {
			continue
		}
		answers := slices.ContainsFunc(o.Held.Links, func(l demarche.HeldLink) bool {
			return l.Kind == "claim" && l.ID == cl.ID && (l.Rel == "replies" || l.Rel == "contradicts")
		})
		if answers || slices.ContainsFunc(cl.Affirms, func(r demarche.Ref) bool { return refers(o.Denies, r.Name) }) {
			out = append(out, o)
		}
	}
	return out
}

// about are live claims of the ledger that are about an entry of the case.
func (c *composer) about(kind, id string) []Ref {
	var out []Ref
	for i := range c.in.Case.Claims {
		cl := &c.in.Case.Claims[i]
		if cl.Held == nil || len(out) == maxAbout {
			continue
		}
		if slices.ContainsFunc(cl.Held.Links, func(l demarche.HeldLink) bool { return l.Rel == "about" && l.Kind == kind && l.ID == id }) {
			out = append(out, c.quote(cl))
		}
	}
	return out
}

// copied is the live claim that a claim copies, or "".
func (c *composer) copied(cl *demarche.Claim) string {
	if cl.Held == nil {
		return ""
	}
	for _, l := range cl.Held.Links {
		if l.Rel == "copies" && l.Kind == "claim" && c.in.Case.Claim(l.ID) != nil {
			return l.ID
		}
	}
	return ""
}

// copies are the claims that copy a claim, or one that copies it.
func (c *composer) copies(id string) []string {
	out := []string{id}
	for at := 0; at < len(out); at++ {
		for i := range c.in.Case.Claims {
			cl := &c.in.Case.Claims[i]
			if c.copied(cl) == out[at] && !slices.Contains(out, cl.ID) {
				out = append(out, cl.ID)
			}
		}
	}
	return out
}

// group tells claims of one kind that bear on no matter: each with what copies it,
// the entered ones first, and counts those beyond the bound.
func (c *composer) group(key string, claims []*demarche.Claim) [][]Sentence {
	slices.SortStableFunc(claims, func(a, b *demarche.Claim) int {
		if a.At != b.At && (a.At == demarche.Pos{} || b.At == demarche.Pos{}) {
			if b.At == (demarche.Pos{}) {
				return -1
			}
			return 1
		}
		if a.At != (demarche.Pos{}) || a.Held == nil || b.Held == nil {
			return 0
		}
		return b.Held.Learned.Compare(a.Held.Learned)
	})
	var items [][]Sentence
	var words []string // who says what, by item
	left := 0
	for _, cl := range claims {
		if c.told[cl.ID] {
			continue
		}
		said := flat(cl.Source + "\x00" + cl.Act + "\x00" + cmp.Or(cl.Says, cl.Quote))
		if at := slices.Index(words, said); at >= 0 && cl.Held != nil {
			// Said again in the same words: another passage of the same line.
			if s := &items[at][0]; len(s.Refs) < maxAbout {
				s.Refs = dedupe(append(s.Refs, c.quote(cl)))
			}
			c.told[cl.ID] = true
			continue
		}
		if len(items) == maxOfGroup {
			left++
			continue
		}
		item := c.toldFull(cl)
		words = append(words, said)
		if s, ok := c.repeated(cl, c.copies(cl.ID)); ok {
			item = append(item, s)
		}
		items = append(items, item)
	}
	if left > 0 {
		items = append(items, []Sentence{say(count(left, "further claim")+" of this kind "+standStands(left)+" in the ledger",
			c.result("further."+key, "further accepted claims of this kind in the ledger", float64(left), Count))})
	}
	return items
}

func standStands(n int) string {
	if n == 1 {
		return "stands"
	}
	return "stand"
}

// bearing cites the claims on a proposition: with a ledger the weightiest origins
// alone, of each side.
func (c *composer) bearing(id string) []Ref {
	var out []Ref
	p := c.proposition(id)
	if !c.held() || p == nil {
		for _, cl := range c.claimsOn(id) {
			out = append(out, c.quote(cl))
		}
		return out
	}
	w := p.Standing()
	for _, denies := range []bool{false, true} {
		var side []demarche.Origin
		for _, o := range w.Origins {
			if o.Denies == denies {
				side = append(side, o)
			}
		}
		slices.SortStableFunc(side, func(a, b demarche.Origin) int { return cmp.Compare(b.Weight, a.Weight) })
		for _, o := range side[:min(len(side), maxOrigins)] {
			if cl := c.in.Case.Claim(o.Counted); cl != nil {
				out = append(out, c.quote(cl))
			}
		}
	}
	return out
}

// placeOf is where the words of a claim stand in a text: of several places that
// which overlaps most with what the ledger has of it.
func placeOf(text string, body int, cl *demarche.Claim) (from, to int) {
	from, to = -1, -1
	most := -1
	for at := min(max(body, 0), len(text)); cl.Quote != ""; {
		i := strings.Index(text[at:], cl.Quote)
		if i < 0 {
			break
		}
		begin, end := at+i, at+i+len(cl.Quote)
		shared := 0
		if cl.Held != nil {
			for n, role := range [][][2]int{cl.Held.Spans.Source, cl.Held.Spans.Cue, cl.Held.Spans.Content} {
				for _, s := range role {
					// What is said counts more than who says it.
					shared += max(0, min(end, s[1])-max(begin, s[0])) * (n + 1)
				}
			}
		}
		if shared > most {
			from, to, most = begin, end, shared
		}
		if cl.Held == nil {
			break
		}
		at = begin + 1
	}
	return from, to
}

// handlings are the marks, the laxest first.
var handlings = []string{"", "public", "internal", "confidential"}

func strictness(handling string) int { return slices.Index(handlings, handling) }

// strictest is the strictest of marks.
func strictest(marks ...string) string {
	out := marks[0]
	for _, m := range marks[1:] {
		if strictness(m) > max(strictness(out), 1) {
			out = m
		}
	}
	return out
}

// marked gives the brief the strictest mark of the case and of what it uses.
func (c *composer) marked() {
	for _, q := range c.b.Quotes {
		c.b.Handling = strictest(c.b.Handling, q.Handling)
	}
}

// dayWords is the day of a time in words, in UTC.
func dayWords(t time.Time) string {
	d, err := demarche.ParseDate(t.UTC().Format(time.DateOnly))
	if err != nil {
		return ""
	}
	return d.Words()
}
