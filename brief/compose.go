package brief

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// MaxListed is the number of states above which a brief does not look at the
// states one by one.
const MaxListed = 20_000

// Compose writes the brief. A case without a conflict, a status quo, reports or
// claims gives a brief without the parts that need them.
func Compose(ctx context.Context, in Input) (*Brief, error) {
	if in.Case == nil {
		return nil, &demarche.Error{Kind: demarche.Internal, Op: "brief.Compose", Msg: "there is no case to write a brief on"}
	}
	b, err := compose(ctx, in)
	if err != nil {
		return nil, err
	}
	for _, f := range Lint(b, in) {
		if reason := f.Reason(); !slices.Contains(b.Draft, reason) {
			b.Draft = append(b.Draft, reason)
		}
	}
	return b, nil
}

func compose(ctx context.Context, in Input) (*Brief, error) {
	day := in.AsOf
	if day.IsZero() {
		day = in.Case.AsOf
	}
	var lost []lostSupport
	in.Case, lost = withoutLost(in.Case)
	beyond, err := in.Case.HeldMatters()
	if err != nil {
		return nil, err
	}
	c := &composer{
		in: in, ctx: ctx, day: day,
		b: &Brief{
			Version: Version, Case: in.Case.Title, Client: in.Case.Client, Question: in.Case.Question,
			Handling: in.Case.Handling, AsOf: day.Words(), Assumed: []string{}, Draft: []string{}, Sections: []Section{},
			Quotes: []Quote{}, Entries: []Entry{}, Results: []Result{},
		},
		names: newNames(in.Case).heard(in.Reports),
		refs:  map[string]Ref{}, beyond: beyond, lost: lost,
	}
	if in.Conflict != nil {
		c.t = &teller{c.names, in.Conflict}
		if err := c.solve(); err != nil {
			return nil, err
		}
	}
	c.header()
	c.bottomLine()
	c.keyJudgements()
	if err := c.changes(); err != nil {
		return nil, err
	}
	c.due()
	c.situation()
	c.positions()
	if err := c.future(); err != nil {
		return nil, err
	}
	c.authorities()
	c.assumptions()
	c.questions()
	c.options()
	c.indicators()
	c.sources()
	c.arithmetic()
	c.marked()
	c.b.LeftOut = c.leftOut()
	return c.b, nil
}

// composer is a brief in the making.
type composer struct {
	in    Input
	ctx   context.Context
	day   demarche.Date
	b     *Brief
	names *names
	t     *teller // nil without a conflict
	refs  map[string]Ref
	told  map[string]bool // claims told in full
	here  map[string]bool // of them, those in the item in the making

	beyond []demarche.Proposition // those that only the ledger has
	lost   []lostSupport          // what rests on claims that no longer count

	// The typical world, unless there is none or it is too large.
	m         *engine.Model
	foresight *engine.Foresight
	holds     []engine.Set // equilibria, by concept in the order of engine.Concepts
	start     int          // -1 without a status quo
	tooLarge  bool
}

// solve works out the typical world.
func (c *composer) solve() error {
	k := c.in.Conflict
	c.start = -1
	w := k.Typical()
	n := k.States(w)
	if n > MaxListed || n == 0 {
		c.tooLarge = n > MaxListed
		return nil
	}
	m, err := k.In(w)
	if err != nil {
		return err
	}
	f, err := m.Foresight(c.ctx)
	if err != nil {
		return err
	}
	st, err := m.Stability(c.ctx, engine.Concepts()...)
	if err != nil {
		return err
	}
	c.m, c.foresight, c.holds = m, f, st.Equilibria
	if k.HasStatusQuo {
		if s, err := m.Start(); err == nil {
			c.start = s
		}
	}
	return nil
}

// section adds a section if it has any blocks with something in them.
func (c *composer) section(key, title string, blocks ...Block) {
	var kept []Block
	for _, bl := range blocks {
		if len(bl.Sentences)+len(bl.Items)+len(bl.Rows) > 0 {
			kept = append(kept, bl)
		}
	}
	if len(kept) > 0 {
		c.b.Sections = append(c.b.Sections, Section{Key: key, Title: title, Blocks: kept})
	}
}

// say makes a sentence: a capital first, a full stop last.
func say(text string, refs ...Ref) Sentence {
	return Sentence{Text: typographic(stop(upperFirst(text))), Refs: dedupe(refs)}
}

// cell makes the words of a table cell.
func cell(text string, refs ...Ref) Sentence {
	return Sentence{Text: typographic(text), Refs: dedupe(refs)}
}

func dedupe(refs []Ref) []Ref {
	out := []Ref{}
	for _, r := range refs {
		if r.N > 0 && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b Ref) int {
		if a.Kind != b.Kind {
			return int(a.Kind) - int(b.Kind)
		}
		return a.N - b.N
	})
	return out
}

// result names a result of the model and gives its reference.
func (c *composer) result(name, says string, value float64, unit Unit) Ref {
	key := "result " + name
	if r, ok := c.refs[key]; ok {
		return r
	}
	// −0 is 0.
	c.b.Results = append(c.b.Results, Result{Name: name, Says: says, Value: value + 0, Unit: unit})
	r := Ref{ToResult, len(c.b.Results)}
	c.refs[key] = r
	return r
}

// entry gives the reference to an entry of the case file.
func (c *composer) entry(kind, id, says string) Ref {
	key := kind + " " + id
	if r, ok := c.refs[key]; ok {
		return r
	}
	c.b.Entries = append(c.b.Entries, Entry{Kind: kind, ID: id, Says: says})
	r := Ref{ToEntry, len(c.b.Entries)}
	c.refs[key] = r
	return r
}

// quote gives the reference to a claim's quotation.
func (c *composer) quote(cl *demarche.Claim) Ref {
	key := "claim " + cl.ID
	if r, ok := c.refs[key]; ok {
		return r
	}
	q := Quote{Claim: cl.ID, Report: cl.Report, Quote: cl.Quote, Start: -1, End: -1, Source: c.sourceName(cl), Record: cl.Record}
	if rep := c.report(cl.Report); rep != nil {
		q.Title, q.Publisher, q.Published, q.URL = rep.Title, rep.Publisher, rep.Published.Words(), rep.URL
		q.Start, q.End = placeOf(rep.Text, rep.Body, cl)
	}
	c.graded(&q, cl)
	c.b.Quotes = append(c.b.Quotes, q)
	r := Ref{ToQuote, len(c.b.Quotes)}
	c.refs[key] = r
	return r
}

func (c *composer) sourceName(cl *demarche.Claim) string {
	if a := c.in.Case.Actor(cl.Source); a != nil {
		return a.Name
	}
	return cl.Source
}

func (c *composer) report(id string) *demarche.Report {
	for i := range c.in.Reports {
		if c.in.Reports[i].ID == id {
			return &c.in.Reports[i]
		}
	}
	return nil
}

// because gives the references to claims.
func (c *composer) because(ids []demarche.Ref) []Ref {
	var out []Ref
	for _, id := range ids {
		if cl := c.in.Case.Claim(id.Name); cl != nil {
			out = append(out, c.quote(cl))
		}
	}
	return out
}

// with puts references together.
func with(more []Ref, refs ...Ref) []Ref { return append(refs, more...) }

func (c *composer) header() {
	b := c.b
	for _, s := range c.in.Assumed {
		if s = c.names.inside(s); s != "" {
			b.Assumed = append(b.Assumed, typographic(s))
		}
	}
	if k := c.in.Conflict; k != nil {
		for _, o := range c.in.Case.Conflict.Outcomes {
			if w := o.By.Words(); w != "" && b.Horizon == "" {
				b.Horizon = w
			}
		}
	}
	b.Title = c.title()
	b.Fingerprint = Fingerprint(c.in)
}

// leftOut names in one line what this brief does not have.
func (c *composer) leftOut() string {
	missing := []string{"legal clocks and maritime zones", "exposure"}
	add := func(key, name string) {
		if !slices.ContainsFunc(c.b.Sections, func(s Section) bool { return s.Key == key }) {
			missing = append(missing, name)
		}
	}
	if c.in.Since == nil {
		missing = append([]string{"what changed since the last brief"}, missing...)
	}
	add("judgements", "key judgements")
	add("decisions", "decisions due")
	add("situation", "the situation")
	add("positions", "positions and offers")
	add("future", "where it can go")
	add("authorities", "authorities")
	add("questions", "what to find out next")
	add("options", "options for the client and for mediators")
	add("indicators", "indicators")
	why := ""
	switch {
	case c.in.Case.Conflict == nil:
		why = " The case has no conflict model."
	case c.in.Conflict != nil && !c.in.Conflict.HasStatusQuo:
		why = " The case does not say where things stand today (status_quo), so nothing is said on where the crisis goes from there."
	case c.in.Conflict != nil && len(c.in.Conflict.Outcomes) == 0:
		why = " The case names no outcomes, so there is nothing to judge."
	case c.in.Outlook == nil:
		why = " The outlook was not worked out."
	}
	return "Left out for want of data or method: " + list(missing) + "." + why
}

// outcomeRef is the reference to an outcome's share.
func (c *composer) outcomeRef(i int) Ref {
	o := c.in.Conflict.Outcomes[i]
	return c.result("outcome."+o.ID, "share of the model that ends in "+c.t.outcome(i), c.in.Outlook.Outcomes[i].P, Probability)
}

// givenRef is the reference to an outcome's share given an answer.
func (c *composer) givenRef(m *engine.Matter, yes bool, i int) Ref {
	id, what := "no_settlement", c.endName(i)
	switch i - len(c.in.Conflict.Outcomes) {
	case 0:
		id = "unnamed"
	case 1:
	default:
		id = c.in.Conflict.Outcomes[i].ID
	}
	p, answer, word := m.No, "no", "is not so"
	if yes {
		p, answer, word = m.Yes, "yes", "is so"
	}
	return c.result(fmt.Sprintf("given.%s.%s.%s", m.ID, answer, id),
		fmt.Sprintf("share that ends in %s if it %s that %s", what, word, c.t.matter(m.ID, m.Says)), p[i], Probability)
}

func (c *composer) credenceRef(m *engine.Matter) Ref {
	return c.result("credence."+m.ID, "credence that "+c.t.matter(m.ID, m.Says), m.Credence, Probability)
}

func (c *composer) bitsRef(m *engine.Matter) Ref {
	return c.result("bits."+m.ID, "information about the outcome in settling whether "+c.t.matter(m.ID, m.Says), m.Bits, Bits)
}

// propositionEntry is the reference to a proposition, or to the talks.
func (c *composer) matterEntry(m *engine.Matter) Ref {
	for i := range c.in.Case.Propositions {
		if p := &c.in.Case.Propositions[i]; p.ID == m.ID {
			return c.propositionEntry(p)
		}
	}
	if m.ID == engine.Talks {
		return c.entry("talks", "chance", fmt.Sprintf("talks can conclude in time; chance %s", decimal(c.in.Case.Conflict.Talks.ChanceOr())))
	}
	return c.entry("authority", m.ID, bare(m.Says))
}

func (c *composer) propositionEntry(p *demarche.Proposition) Ref {
	says := fmt.Sprintf("%s; prior %s", bare(p.Says), decimal(p.PriorOr()))
	if p.Weighed != nil {
		says += ", credence " + decimal(p.Weighed.P)
	}
	return c.entry("proposition", p.ID, says)
}

func decimal(p float64) string { return strings.TrimSuffix(fmt.Sprintf("%.4g", p+0), ".0") }

// ranked are the places of the outcomes, likeliest first.
func (c *composer) ranked() []int {
	o := c.in.Outlook
	order := make([]int, len(o.Outcomes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch p, q := tidy(o.Outcomes[a].P), tidy(o.Outcomes[b].P); {
		case p > q:
			return -1
		case p < q:
			return 1
		}
		return 0
	})
	return order
}

// matters are the open questions that would tell something about the outcome,
// most telling first.
func (c *composer) matters() []*engine.Matter {
	var out []*engine.Matter
	for i := range c.in.Outlook.Matters {
		if m := &c.in.Outlook.Matters[i]; m.Bits > 1e-6 && m.Yes != nil && m.No != nil {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b *engine.Matter) int {
		switch {
		case a.Bits > b.Bits:
			return -1
		case a.Bits < b.Bits:
			return 1
		}
		return 0
	})
	return out
}

// first is the likeliest outcome of a list of probabilities, -1 if it is no
// settlement or no named outcome.
func (c *composer) first(p []float64) int {
	best := 0
	for i := range p {
		if tidy(p[i]) > tidy(p[best]) {
			best = i
		}
	}
	if best >= len(c.in.Conflict.Outcomes) {
		return -1
	}
	return best
}
