package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/ledger"
	"github.com/spf13/cobra"
)

func (a *app) ledgerShowCommand() *cobra.Command {
	var f ledgerFlags
	c := &cobra.Command{
		Use:   "show CASE ID",
		Short: "Show one record in full",
		Long: `show tells all that the ledger knows of one record: of a claim its words in the report,
who said them and on what terms, grades, links, which other claims count as one with it
and why, and who entered and changed it. An allegation against a named person is told
with its speaker and with every reply on record.`,
		Example: "  demarche ledger show my-case denial.3\n  demarche ledger show my-case source gazette --as-of 2025-12-02",
		Args:    idArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return a.ledgerShow(cmd.Context(), args, f) },
	}
	f.add(c)
	return c
}

// shownRecord is a record with what belongs to it.
type shownRecord struct {
	Version int            `json:"version"`
	AsOf    string         `json:"as_of"`
	Entry   ledger.Version `json:"entry"`
	// Of a claim:
	Source     *ledger.Source     `json:"source"`
	Report     *reportHead        `json:"report"`
	Origins    []shownOrigin      `json:"origins"`
	Allegation *ledger.Allegation `json:"allegation"`
	Briefs     []ledger.Brief     `json:"briefs"`
	// Of claims and reports, and of what links lead to:
	Links []ledger.Version `json:"links"`

	History []ledger.Entry `json:"history"`
}

// reportHead is a report without its text.
type reportHead struct {
	ID        string `json:"id"`
	Outlet    string `json:"outlet"`
	Title     string `json:"title"`
	Published string `json:"published"`

	text, outletID string
	body           int // where in the text the report proper begins
}

// shownOrigin says which claims count as one with a claim on a proposition.
type shownOrigin struct {
	Proposition string `json:"proposition"`
	demarche.Origin
}

func (a *app) ledgerShow(ctx context.Context, args []string, f ledgerFlags) error {
	b, err := a.books(ctx, args[0], f.asOf, false)
	if err != nil {
		return err
	}
	defer b.Close()
	ref, err := b.record(ctx, args[1:])
	if err != nil {
		return err
	}
	s, err := b.shownRecord(ctx, ref)
	if err != nil {
		return err
	}
	if f.json {
		return printJSON(a.stdout, s)
	}
	p := b.sheet(13)
	if err := p.record(ctx, s); err != nil {
		return err
	}
	_, err = io.WriteString(a.stdout, p.String())
	return err
}

func (b *books) shownRecord(ctx context.Context, ref ledger.Ref) (*shownRecord, error) {
	at, err := b.Get(ctx, b.at, ref)
	if err != nil {
		return nil, hinted(err, "ask for a later day", "ask for a later day with --as-of; it is known "+b.since(ctx, ref))
	}
	s := &shownRecord{Version: 1, AsOf: jsonTime(b.at), Entry: at, Origins: []shownOrigin{}, Briefs: []ledger.Brief{}, Links: []ledger.Version{}}
	if s.History, err = b.History(ctx, b.at, ref); err != nil {
		return nil, err
	}
	if s.Links, err = b.links(ctx, ref); err != nil {
		return nil, err
	}
	c, ok := at.Record.(*ledger.Claim)
	if !ok {
		return s, nil
	}
	if s.Source, err = b.source(ctx, c.Source); err != nil {
		return nil, err
	}
	if s.Report, err = b.reportHead(ctx, c.Report); err != nil {
		return nil, err
	}
	if s.Briefs, err = b.BriefsUsing(ctx, b.at, c.ID); err != nil {
		return nil, err
	}
	if len(c.Against) > 0 {
		told, err := b.Allegation(ctx, b.at, c.ID)
		if err != nil {
			return nil, err
		}
		s.Allegation = &told
	}
	for _, v := range s.Links {
		link := v.Record.(*ledger.Link)
		if link.From != ref || link.To.Kind != ledger.KindProposition {
			continue
		}
		credence, err := b.weigh(ctx, link.To.ID)
		if err != nil {
			return nil, err
		}
		for _, o := range credence.Origins {
			if slices.Contains(o.Claims, c.ID) {
				s.Origins = append(s.Origins, shownOrigin{link.To.ID, o})
			}
		}
	}
	return s, nil
}

// hinted changes one hint of an error into another.
func hinted(err error, hint, better string) error {
	if e, ok := errors.AsType[*demarche.Error](err); ok && e.Hint == hint {
		e.Hint = better
	}
	return err
}

// since says from when on a record was known.
func (b *books) since(ctx context.Context, ref ledger.Ref) string {
	h, err := b.History(ctx, clock(), ref)
	if err != nil || len(h) == 0 {
		return "now"
	}
	return "since " + timeWords(h[0].Learned)
}

// links are those that lead from a record and those that lead to it.
func (b *books) links(ctx context.Context, ref ledger.Ref) ([]ledger.Version, error) {
	out := []ledger.Version{}
	for _, f := range []ledger.Filter{{Kind: ledger.KindLink, From: ref}, {Kind: ledger.KindLink, To: ref}} {
		if err := b.each(ctx, f, func(v ledger.Version) error {
			out = append(out, v)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// each calls f for every record that a filter lets through.
func (b *books) each(ctx context.Context, filter ledger.Filter, f func(ledger.Version) error) error {
	for after := ""; ; {
		page, err := b.List(ctx, b.at, filter, ledger.MaxPage, after)
		if err != nil {
			return err
		}
		for _, v := range page.Versions {
			if err := f(v); err != nil {
				return err
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

func (b *books) reportHead(ctx context.Context, id string) (*reportHead, error) {
	if id == "" {
		return nil, nil
	}
	at, err := b.Get(ctx, b.at, ledger.Ref{Kind: ledger.KindReport, ID: id})
	if demarche.KindOf(err) == demarche.NotFound {
		return nil, nil // redacted
	} else if err != nil {
		return nil, err
	}
	r := at.Record.(*ledger.Report)
	outlet, err := b.outlet(ctx, r)
	return &reportHead{r.ID, outlet, r.Title, r.Published, r.Text, r.Outlet, r.Body}, err
}

// weigh gives the credence of a proposition, from the prior in the case file
// where it has the proposition.
func (b *books) weigh(ctx context.Context, id string) (demarche.Credence, error) {
	return b.Weigh(ctx, b.at, id, b.prior(id), b.crisis.WeightsOr())
}

// prior is that of the case file; nil where the case has no such proposition.
func (b *books) prior(id string) *float64 {
	for _, p := range b.crisis.Propositions {
		if p.ID == id {
			prior := p.PriorOr()
			return &prior
		}
	}
	return nil
}

// sheet is a text with labels at the left.
type sheet struct {
	strings.Builder
	b           *books
	label, room int // letters of the labels, and of a line
}

func (b *books) sheet(label int) *sheet { return &sheet{b: b, label: label, room: min(b.width(), 100)} }

// heading prints a line of its own.
func (p *sheet) heading(text string) {
	for _, line := range wrap(text, p.room) {
		fmt.Fprintln(p, line)
	}
}

// row prints a label and what it says, if it says anything.
func (p *sheet) row(label, text string) {
	if text == "" {
		return
	}
	indent := p.label
	if p.room < 50 { // the label gets a line of its own
		if label != "" {
			fmt.Fprintln(p, "  "+label)
			label = ""
		}
		indent = 2
	}
	for _, line := range wrap(text, p.room-indent-2) {
		fmt.Fprintln(p, "  "+label+strings.Repeat(" ", max(0, indent-runes(label)))+line)
		label = ""
	}
}

// record prints a record of any kind.
func (p *sheet) record(ctx context.Context, s *shownRecord) error {
	var err error
	switch r := s.Entry.Record.(type) {
	case *ledger.Claim:
		err = p.claim(ctx, r, s)
	case *ledger.Report:
		err = p.report(ctx, r)
	case *ledger.Source:
		p.source(r)
	case *ledger.Proposition:
		err = p.proposition(ctx, r)
	case *ledger.Link:
		err = p.link(ctx, r)
	case *ledger.Judgement:
		p.judgement(r)
	case *ledger.Hypothesis:
		p.heading("Explanation " + r.ID)
		p.row("Says", clean(r.Says))
	case *ledger.Rating:
		p.heading("What " + clean(r.By) + " makes of the claim " + r.Claim + " under the explanation " + r.Hypothesis)
		p.row("Mark", plain(r.Mark))
	case *ledger.Deception:
		p.heading("Check for deception by the source " + r.Source + ", by " + clean(r.By))
		p.row("If it deceived", "one would see: "+clean(r.WouldSee))
		p.row("Is it seen?", cmp.Or(r.Seen, "not answered"))
	case *ledger.Override:
		p.heading("An analyst's own credence of the proposition " + r.Proposition)
		p.row("Credence", share2(r.P)+", by "+clean(r.By))
		p.row("Reason", clean(r.Reason))
	case *ledger.Brief:
		p.heading("Brief " + r.ID + ": " + clean(r.Title))
		p.row("Made", dateWords(r.Made))
		p.row("As of", dateWords(r.AsOf))
		p.row("Uses", strings.Join(r.Claims, ", "))
	}
	if err != nil {
		return err
	}
	for _, f := range fieldsOf(s.Entry.Record) {
		if f.name == "handling" {
			p.row("Handling", f.value)
		}
	}
	p.links(ctx, s)
	p.history(s.History)
	return nil
}

func (p *sheet) claim(ctx context.Context, c *ledger.Claim, s *shownRecord) error {
	b := p.b
	status := c.Status
	if c.Irrelevant {
		status += ", found rightly but of no matter"
	}
	p.heading("Claim " + c.ID + ": " + status)
	if s.Allegation != nil {
		p.row("Allegation", clean(s.Allegation.Words()))
	} else {
		p.row("Says", clean(c.Says))
	}
	p.row("Quotation", b.quotation(c, s.Report))
	if s.Report != nil {
		p.row("In context", inContext(c, s.Report.text, s.Report.body))
	}
	switch {
	case s.Source != nil:
		p.row("Source", b.sourceWords(s.Source)+" (id "+s.Source.ID+")")
	case c.Source != "":
		p.row("Source", "no longer on record")
	default:
		p.row("Source", "nobody is named")
	}
	if c.Interest != "" {
		p.row("Speaks for", b.actorName(c.Interest))
	}
	switch {
	case s.Report != nil:
		p.row("Report", s.Report.words())
	case c.Report != "":
		p.row("Report", c.Report+", which is no longer on record")
	}
	if c.Relayed != "" {
		via, err := b.source(ctx, c.Relayed)
		if err != nil {
			return err
		}
		name := c.Relayed
		if via != nil {
			name = sourceName(via)
		}
		p.row("Relayed by", name)
	}
	p.row("Said", dateWords(c.Said))
	p.row("Terms", claimTerms(c))
	if c.Credibility > 0 {
		p.row("Credibility", fmt.Sprintf("%d, %s", c.Credibility, credibilityWords[c.Credibility]))
	} else {
		p.row("Credibility", "not graded")
	}
	if c.Distinct {
		p.row("", "By the report, another source than the other unnamed ones of its side.")
	}
	if c.Where != nil {
		p.row("Place", placeWords(c.Where))
	}
	for _, o := range s.Origins {
		var others []string
		for _, id := range o.Claims {
			if id != c.ID {
				others = append(others, id)
			}
		}
		if len(others) == 0 {
			continue
		}
		p.row("Counts once", "on "+o.Proposition+", together with "+listWords(others)+"; the one that counts is "+o.Counted+".")
		for _, link := range o.Chain {
			p.row("", "Because "+clean(link)+".")
		}
	}
	p.row("Found by", clean(c.FoundBy))
	var briefs []string
	for _, r := range s.Briefs {
		briefs = append(briefs, briefName(r))
	}
	p.row("Used in", strings.Join(briefs, "; "))
	return nil
}

func briefName(r ledger.Brief) string {
	return cmp.Or(clean(r.Title), "a brief without a title") + " of " + dateWords(r.Made) + " (" + r.ID + ")"
}

// credibilityWords are the grades of the Admiralty system.
var credibilityWords = [...]string{1: "confirmed by others", "probably true", "possibly true", "doubtful", "improbable", "truth cannot be judged"}

// reliabilityWords are the grades of the Admiralty system.
var reliabilityWords = map[string]string{"A": "completely reliable", "B": "usually reliable", "C": "fairly reliable",
	"D": "not usually reliable", "E": "unreliable", "F": "reliability cannot be judged", "": "not graded"}

// claimTerms are the words of closed lists on a claim.
func claimTerms(c *ledger.Claim) string {
	var out []string
	for _, w := range []string{c.Record, c.Act, c.Stance, c.Nature, c.Access} {
		if w != "" && !slices.Contains(out, plain(w)) {
			out = append(out, plain(w))
		}
	}
	if len(c.Hedges) > 0 {
		out = append(out, "hedged: "+clean(strings.Join(c.Hedges, ", ")))
	}
	return strings.Join(out, "; ")
}

func placeWords(w *ledger.Where) string {
	s := clean(w.Name)
	if w.Lat != nil && w.Lon != nil {
		s += fmt.Sprintf(" (latitude %g, longitude %g, within %g km)", *w.Lat, *w.Lon, w.PrecisionKM)
	}
	if w.On != "" {
		s += ", " + dateWords(w.On)
	}
	return s
}

func (r *reportHead) words() string {
	s := r.ID
	if r.Title != "" {
		s += ": " + brief.Quoted(clean(r.Title))
	}
	if r.Outlet != "" {
		s += ", " + r.Outlet
	}
	if r.Published != "" {
		s += ", " + dateWords(r.Published)
	}
	return s
}

// sourceWords tell a source with its kind, grade and side.
func (b *books) sourceWords(s *ledger.Source) string {
	facts := []string{s.Kind}
	if s.Reliability != "" {
		facts = append(facts, "reliability "+s.Reliability+", "+reliabilityWords[s.Reliability])
	} else {
		facts = append(facts, "reliability not graded")
	}
	if s.Side != "" {
		facts = append(facts, "speaks for "+b.actorName(s.Side))
	}
	return sourceName(s) + ", " + strings.Join(facts, "; ")
}

// quotation is the words of the report, with a note where they do not stand
// there.
func (b *books) quotation(c *ledger.Claim, r *reportHead) string {
	if c.Quote == "" {
		return ""
	}
	s := brief.Quoted(unquoted(clean(c.Quote)))
	if r != nil && r.text != "" && !strings.Contains(r.text, c.Quote) {
		s += " (these words do not stand in the report)"
	}
	return s
}

const contextLetters = 160 // bytes of context at either side

// inContext shows the content of a claim between marks, with what stands
// around it in the report.
func inContext(c *ledger.Claim, text string, body int) string {
	from, to := 0, 0
	if n := len(c.Spans.Content); n > 0 {
		from, to = c.Spans.Content[0][0], c.Spans.Content[n-1][1]
	} else if at := strings.Index(text, c.Quote); at >= 0 && c.Quote != "" {
		from, to = at, at+len(c.Quote)
	}
	if to <= from || to > len(text) {
		return ""
	}
	first := min(body, from) // what stands before is front matter
	begin, end := max(first, from-contextLetters), min(len(text), to+contextLetters)
	for begin > first && !utf8.RuneStart(text[begin]) {
		begin--
	}
	for end < len(text) && !utf8.RuneStart(text[end]) {
		end++
	}
	before, after := text[begin:from], text[to:end]
	if begin > first { // no half words
		_, before, _ = strings.Cut(before, " ")
		before = "… " + before
	}
	if end < len(text) {
		if i := strings.LastIndexByte(after, ' '); i >= 0 {
			after = after[:i]
		}
		after += " …"
	}
	return clean(before + "»" + text[from:to] + "«" + after)
}

func (p *sheet) report(ctx context.Context, r *ledger.Report) error {
	p.heading("Report " + r.ID + ": " + cmp.Or(clean(r.Title), "without a title"))
	outlet, err := p.b.outlet(ctx, r)
	if err != nil {
		return err
	}
	p.row("Outlet", outlet)
	p.row("Author", clean(r.Author))
	p.row("Published", dateWords(r.Published))
	p.row("Retrieved", dateWords(r.Retrieved))
	p.row("Address", clean(r.URL))
	p.row("Language", clean(r.Lang))
	p.row("Hash", r.SHA256)
	n := map[string]int{}
	if err := p.b.each(ctx, ledger.Filter{Kind: ledger.KindClaim, Report: r.ID}, func(v ledger.Version) error {
		n[v.Record.(*ledger.Claim).Status]++
		return nil
	}); err != nil {
		return err
	}
	var counts []string
	for _, status := range ledger.Statuses {
		if n[status] > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n[status], status))
		}
	}
	p.row("Claims", cmp.Or(strings.Join(counts, ", "), "none"))
	p.row("Text", begins(r.Text[min(r.Body, len(r.Text)):]))
	return nil
}

const beginLetters = 600

// begins is the beginning of a text.
func begins(text string) string {
	text = clean(text)
	if r := []rune(text); len(r) > beginLetters {
		text = strings.TrimSpace(string(r[:beginLetters])) + " …"
	}
	return text
}

func (p *sheet) source(s *ledger.Source) {
	p.heading("Source " + s.ID + ": " + sourceName(s))
	p.row("Kind", s.Kind)
	p.row("Reliability", strings.TrimPrefix(s.Reliability+", "+reliabilityWords[s.Reliability], ", "))
	if s.Side != "" {
		p.row("Speaks for", p.b.actorName(s.Side))
	}
	if s.Actor != "" {
		p.row("In the case", p.b.actorName(s.Actor))
	}
	if s.Report != "" {
		p.row("Report", s.Report+"; the same description in another report is another source")
	}
}

func (p *sheet) proposition(ctx context.Context, r *ledger.Proposition) error {
	c, err := p.b.weigh(ctx, r.ID)
	if err != nil {
		return err
	}
	p.heading("Proposition " + r.ID + ": " + string(c.Standing))
	p.row("Says", clean(r.Says))
	if prior := p.b.prior(r.ID); prior != nil {
		p.row("Prior", fmt.Sprintf("%g, by the case file", *prior))
	} else {
		p.row("Prior", fieldOr(r.Prior))
	}
	text := share2(c.P)
	if c.Override != nil {
		text += ", set by " + clean(c.Override.By) + ": " + sentenceOf(clean(c.Override.Reason)) + " The claims give " + share2(c.Computed)
	}
	p.row("Credence", text+"; demarche ledger contested shows how it comes about")
	p.row("", demarche.Convention)
	return nil
}

func (p *sheet) link(ctx context.Context, r *ledger.Link) error {
	p.heading("Link: " + endName(r.From) + " " + relationWords(r.Rel) + " " + endName(r.To))
	for _, end := range []struct {
		label string
		ref   ledger.Ref
	}{{"From", r.From}, {"To", r.To}} {
		words, err := p.b.endWords(ctx, end.ref)
		if err != nil {
			return err
		}
		p.row(end.label, words)
	}
	p.row("Strength", strengthWords(r.Strength))
	p.row("Note", clean(r.Note))
	return nil
}

// endWords tell what stands at the end of a link.
func (b *books) endWords(ctx context.Context, ref ledger.Ref) (string, error) {
	if !kept(ref.Kind.String()) {
		return b.caseWords(ref), nil
	}
	at, err := b.Get(ctx, b.at, ref)
	if demarche.KindOf(err) == demarche.NotFound {
		return "no longer on record", nil
	}
	if err != nil {
		return "", err
	}
	c, ok := at.Record.(*ledger.Claim)
	if !ok {
		return brieflyWords(at.Record), nil
	}
	who, err := b.speaker(ctx, c)
	if err != nil {
		return "", err
	}
	words, err := b.claimWords(ctx, c)
	if len(c.Against) > 0 {
		return who + " " + words, err
	}
	return who + ": " + words, err
}

// caseWords are the words of the case on a part of it.
func (b *books) caseWords(ref ledger.Ref) string {
	switch ref.Kind {
	case ledger.KindIncident:
		for _, in := range b.crisis.Incidents {
			if in.ID == ref.ID {
				return clean(in.Says)
			}
		}
	case ledger.KindOffer:
		for _, o := range b.crisis.Offers {
			if o.ID == ref.ID {
				return clean(o.Says)
			}
		}
	case ledger.KindAuthority:
		for _, u := range b.crisis.Authorities {
			if u.ID == ref.ID {
				return clean(u.Says)
			}
		}
	}
	return clean(ref.ID)
}

func (p *sheet) judgement(r *ledger.Judgement) {
	p.heading("Judgement " + r.ID)
	p.row("On", p.b.question(r.On))
	p.row("Probability", strings.TrimSuffix(share2(r.P)+", "+clean(r.Words), ", "))
	p.row("By", clean(r.By)+", "+dateWords(r.Date))
	p.row("Rests on", strings.Join(r.Because, ", "))
	p.row("Due", dateWords(r.Due))
	switch {
	case r.Resolved == "":
		p.row("Resolved", "not yet")
	case r.ResolvedOn != "":
		p.row("Resolved", r.Resolved+", "+dateWords(r.ResolvedOn))
	default:
		p.row("Resolved", r.Resolved)
	}
}

const linksShown = 30

// links prints what leads from and to the record.
func (p *sheet) links(ctx context.Context, s *shownRecord) {
	label := "Links"
	for n, v := range s.Links {
		if n == linksShown {
			p.row(label, fmt.Sprintf("and %d more; demarche ledger list --kind link lists all", len(s.Links)-n))
			return
		}
		link := v.Record.(*ledger.Link)
		other := link.To
		text := relationWords(link.Rel) + " " + endName(link.To)
		if link.To == s.Entry.Ref {
			other = link.From
			text = endName(link.From) + " " + relationWords(link.Rel) + " it"
		}
		if words, err := p.b.endWords(ctx, other); err == nil && words != "" {
			text += ": " + words
		}
		if link.Strength != 0 {
			text = sentenceOf(text) + fmt.Sprintf(" Strength %g.", link.Strength)
		}
		if link.Note != "" {
			text = sentenceOf(text) + " " + clean(link.Note)
		}
		p.row(label, text)
		label = ""
	}
}

const historyInShort = 6

// history prints the last changes.
func (p *sheet) history(entries []ledger.Entry) {
	label := "History"
	first := max(0, len(entries)-historyInShort)
	if first > 0 {
		p.row(label, fmt.Sprintf("%s before these", plural(first, "change")))
		label = ""
	}
	for n := first; n < len(entries); n++ {
		p.row(label, entryWords(entries, n))
		label = ""
	}
}

// entryWords tell one entry of a history: when, who, what, why.
func entryWords(entries []ledger.Entry, n int) string {
	e := entries[n]
	what := "entered it"
	var before ledger.Record
	if n > 0 {
		before = entries[n-1].Record
	}
	changes := strings.Join(changedWords(before, e.Record), "; ")
	switch {
	case e.Op == ledger.OpRedact:
		what = "destroyed its content"
	case e.Destroyed && n == 0:
		what = "entered it (the content was destroyed later)"
	case e.Destroyed:
		what = "changed it (the content was destroyed later)"
	case e.Op == ledger.OpWithdraw:
		what = "withdrew it"
	case e.Op == ledger.OpUndo:
		what = "took the change before back"
		if changes != "" {
			what += ": " + changes
		}
	case n > 0 && changes != "":
		what = "changed it: " + changes
	case n > 0:
		what = "entered it again"
	}
	s := timeWords(e.Learned) + ", " + clean(e.Who) + " " + what
	if e.Why != "" {
		s += " (" + strings.TrimSuffix(clean(e.Why), ".") + ")"
	}
	return s
}

// listWords is "a", "a and b", "a, b and c".
func listWords(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
