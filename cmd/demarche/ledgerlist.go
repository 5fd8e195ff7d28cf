package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/ledger"
	"github.com/spf13/cobra"
)

type listFlags struct {
	ledgerFlags
	kind, source, report, proposition, text, from, to string
	status, stance, record, act, nature, handling     []string
	limit                                             int
	csv                                               bool
}

func (a *app) ledgerListCommand() *cobra.Command {
	var f listFlags
	c := &cobra.Command{
		Use:   "list CASE",
		Short: "List claims, reports, sources and other records",
		Long: `list shows what is in the ledger, the latest learned first; where --from or --to is
given, the latest said first. Without --kind it lists claims. What is given with several
options must all be met; an option with several words, joined by commas, is met by any.

--text searches for words, "phrases", beginn* and -without. Case and accents do not
matter. With --kind all it searches every kind of record.`,
		Example: "  demarche ledger list my-case --status proposed --limit 20\n  demarche ledger list my-case --proposition doha_explored\n  demarche ledger list my-case --text '\"no-fly zone\" -drill' --from 2025-11 --csv\n  demarche ledger list my-case --kind source",
		Args:    exactArgs(1, "CASE"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.ledgerList(cmd.Context(), args[0], f) },
	}
	f.add(c)
	c.Flags().StringVar(&f.kind, "kind", "claim", "of what kind: "+strings.Join(ledger.Kinds(), ", ")+", or all with --text")
	c.Flags().StringSliceVar(&f.status, "status", nil, "claims that are "+strings.Join(ledger.Statuses, ", "))
	c.Flags().StringSliceVar(&f.stance, "stance", nil, "claims by stance: "+strings.Join(ledger.Stances, ", "))
	c.Flags().StringSliceVar(&f.record, "record", nil, "claims by their terms: "+strings.Join(ledger.RecordTerms, ", "))
	c.Flags().StringSliceVar(&f.act, "act", nil, "claims by speech act, such as denies, offers or threatens")
	c.Flags().StringSliceVar(&f.nature, "nature", nil, "claims by nature: "+strings.Join(ledger.Natures, ", "))
	c.Flags().StringSliceVar(&f.handling, "handling", nil, "records marked public, internal or confidential")
	c.Flags().StringVar(&f.source, "source", "", "claims of this source")
	c.Flags().StringVar(&f.report, "report", "", "claims from this report")
	c.Flags().StringVar(&f.proposition, "proposition", "", "claims that affirm or deny this proposition")
	c.Flags().StringVar(&f.text, "text", "", "records with these words")
	c.Flags().StringVar(&f.from, "from", "", "what is about this day or a later one")
	c.Flags().StringVar(&f.to, "to", "", "what is about this day or an earlier one")
	c.Flags().IntVar(&f.limit, "limit", 0, "list at most so many; all if left out")
	c.Flags().BoolVar(&f.csv, "csv", false, "print a table for a spreadsheet")
	c.MarkFlagsMutuallyExclusive("json", "csv")
	return c
}

// filter is what the flags ask for.
func (f *listFlags) filter() (out ledger.Filter, err error) {
	out = ledger.Filter{Text: f.text, Source: f.source, Report: f.report, Proposition: f.proposition,
		Status: f.status, Stance: f.stance, Record: f.record, Act: f.act, Nature: f.nature, Handling: f.handling}
	if f.kind != "all" {
		if out.Kind, err = kindOf(f.kind); err != nil {
			return out, err
		}
	} else if f.text == "" {
		return out, usage("name a kind, or search with --text", "--kind all lists only what is searched for")
	}
	for _, list := range []struct {
		flag         string
		given, known []string
	}{
		{"--status", f.status, ledger.Statuses}, {"--stance", f.stance, ledger.Stances}, {"--record", f.record, ledger.RecordTerms},
		{"--act", f.act, ledger.Acts}, {"--nature", f.nature, ledger.Natures}, {"--handling", f.handling, []string{ledger.Public, ledger.Internal, ledger.Confidential}},
	} {
		if len(list.given) > 0 && out.Kind != ledger.KindClaim && list.flag != "--handling" {
			return out, usage("leave it out, or list claims", "%s: only claims have this", list.flag)
		}
		for _, word := range list.given {
			if !slices.Contains(list.known, word) {
				return out, usage(wordHint(word, list.known), "%s: %q is not one of its words", list.flag, word)
			}
		}
	}
	if f.proposition != "" && out.Kind != ledger.KindClaim {
		return out, usage("leave it out, or list claims", "--proposition: only claims affirm or deny")
	}
	if f.from != "" {
		d, err := flagDate("--from", f.from)
		if err != nil {
			return out, err
		}
		out.AboutFrom = d.From
	}
	if f.to != "" {
		d, err := flagDate("--to", f.to)
		if err != nil {
			return out, err
		}
		out.AboutTo = d.To
	}
	return out, nil
}

// known refuses ids that are not in the ledger.
func (f *listFlags) known(ctx context.Context, b *books) error {
	for _, ref := range []ledger.Ref{{Kind: ledger.KindSource, ID: f.source}, {Kind: ledger.KindReport, ID: f.report}, {Kind: ledger.KindProposition, ID: f.proposition}} {
		if ref.ID != "" {
			if _, err := b.head(ctx, ref); err != nil {
				return err
			}
		}
	}
	return nil
}

// wordHint names the word that was meant, and else all of them.
func wordHint(word string, known []string) string {
	if n := demarche.Nearest(word, known); n != "" {
		return "did you mean " + n + "?"
	}
	return "write one of " + strings.Join(known, ", ")
}

func (a *app) ledgerList(ctx context.Context, path string, f listFlags) error {
	if f.limit < 0 {
		return usage("give the greatest number to list", "--limit %d: a list cannot be shorter than nothing", f.limit)
	}
	filter, err := f.filter()
	if err != nil {
		return err
	}
	b, err := a.books(ctx, path, f.asOf, false)
	if err != nil {
		return err
	}
	defer b.Close()
	if err := f.known(ctx, b); err != nil {
		return err
	}
	var w listWriter
	switch {
	case f.json:
		w = &jsonList{b: b, kind: f.kind}
	case f.csv:
		w = &csvList{b: b, w: csv.NewWriter(a.stdout), kind: filter.Kind}
	default:
		w = &tableList{b: b, kind: filter.Kind, room: min(a.width(), 140)}
	}
	listed, more := 0, false
	for after := ""; ; {
		most := ledger.MaxPage
		if f.limit > 0 {
			most = min(most, f.limit-listed)
		}
		page, err := b.List(ctx, b.at, filter, most, after)
		if err != nil {
			return err
		}
		if err := w.page(ctx, page.Versions); err != nil {
			return err
		}
		listed += len(page.Versions)
		if after = page.Next; after == "" {
			break
		}
		if more = f.limit > 0 && listed >= f.limit; more {
			break
		}
	}
	if err := w.end(); err != nil {
		return err
	}
	if !a.quiet && !f.json && !f.csv {
		what := plain(f.kind)
		if f.kind == "all" {
			what = "record"
		}
		note := many(listed, what)
		if listed == 0 {
			note = "no " + strings.TrimPrefix(many(2, what), "2 ") + " as asked for"
		}
		if more {
			note = "the first " + strings.TrimPrefix(note, "1 ") + "; there may be more"
		}
		fmt.Fprintf(a.stderr, "demarche: %s, %s\n", note, b.asKnown())
	}
	return nil
}

// many is a number with the plural of a kind.
func many(n int, kind string) string {
	if n != 1 && kind == "hypothesis" {
		return fmt.Sprintf("%d hypotheses", n)
	}
	return plural(n, kind)
}

// listWriter prints the pages of a list.
type listWriter interface {
	page(context.Context, []ledger.Version) error
	end() error
}

type jsonList struct {
	b     *books
	kind  string
	begun bool
}

func (l *jsonList) page(_ context.Context, list []ledger.Version) error {
	var buf bytes.Buffer
	for _, v := range list {
		lead := ",\n "
		if !l.begun {
			head, err := json.Marshal(struct {
				Version int    `json:"version"`
				AsOf    string `json:"as_of"`
				Kind    string `json:"kind"`
			}{1, jsonTime(l.b.at), l.kind})
			if err != nil {
				return err
			}
			lead = string(bytes.TrimSuffix(head, []byte("}"))) + ",\"records\":[\n "
			l.begun = true
		}
		buf.WriteString(lead)
		e := json.NewEncoder(&buf)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			return err
		}
		buf.Truncate(buf.Len() - 1)
	}
	_, err := l.b.stdout.Write(buf.Bytes())
	return err
}

func (l *jsonList) end() error {
	if !l.begun {
		return printJSON(l.b.stdout, struct {
			Version int      `json:"version"`
			AsOf    string   `json:"as_of"`
			Kind    string   `json:"kind"`
			Records []string `json:"records"`
		}{1, jsonTime(l.b.at), l.kind, []string{}})
	}
	_, err := io.WriteString(l.b.stdout, "]}\n")
	return err
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(v)
}

type csvList struct {
	b     *books
	w     *csv.Writer
	kind  ledger.Kind // 0 for all
	begun bool
}

// Fields that no cell of a spreadsheet holds well.
var notInCSV = []string{"id", "text", "spans"}

// row is a record as cells, and what stands above them.
func (l *csvList) row(ctx context.Context, r ledger.Record) (head, cells []string, err error) {
	head, cells = []string{"id"}, []string{r.Ref().ID}
	if l.kind == 0 {
		words, err := l.b.inWords(ctx, r)
		return append(head, "kind", "words"), append(cells, r.Ref().Kind.String(), inert(words)), err
	}
	for _, f := range fieldsOf(r) {
		if !slices.Contains(notInCSV, f.name) {
			head, cells = append(head, f.name), append(cells, inert(f.value))
		}
	}
	return head, cells, nil
}

func (l *csvList) page(ctx context.Context, list []ledger.Version) error {
	if !l.begun {
		l.begun = true
		k := l.kind
		if k == 0 {
			k = ledger.KindClaim
		}
		empty, err := ledger.Decode(k, []byte("{}"))
		if err != nil {
			return err
		}
		head, _, err := l.row(ctx, empty)
		if err != nil {
			return err
		}
		if err := l.w.Write(append(head, "learned", "entered by", "reason")); err != nil {
			return err
		}
	}
	for _, v := range list {
		_, cells, err := l.row(ctx, v.Record)
		if err != nil {
			return err
		}
		if err := l.w.Write(append(cells, jsonTime(v.Learned), inert(v.Who), inert(v.Why))); err != nil {
			return err
		}
	}
	l.w.Flush()
	return l.w.Error()
}

func (l *csvList) end() error { return nil }

// inert keeps a spreadsheet from taking the words of others for a formula.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// tableList prints a table for people. What does not fit a narrow terminal is
// printed record by record.
type tableList struct {
	b      *books
	kind   ledger.Kind
	room   int   // letters of a line
	widths []int // of the columns, once begun
	blocks bool
}

// listColumns are the columns for each kind; the one with a star takes what
// room there is.
var listColumns = map[ledger.Kind][]string{
	ledger.KindReport:      {"id", "outlet", "title*", "published"},
	ledger.KindSource:      {"id", "name*", "kind", "reliability"},
	ledger.KindClaim:       {"id", "status", "who", "says*", "report", "said"},
	ledger.KindProposition: {"id", "says*", "prior"},
	ledger.KindLink:        {"from", "relation", "to", "strength", "note*"},
	ledger.KindJudgement:   {"id", "analyst", "on*", "probability", "due", "resolved"},
	ledger.KindHypothesis:  {"id", "says*"},
	ledger.KindRating:      {"explanation", "claim", "analyst", "mark*"},
	ledger.KindDeception:   {"source", "analyst", "what one would see*", "seen"},
	ledger.KindOverride:    {"proposition", "analyst", "credence", "reason*"},
	ledger.KindBrief:       {"id", "title*", "made", "claims"},
	0:                      {"kind", "id", "words*"},
}

func (l *tableList) columns() (heads []string, wide int) {
	for n, h := range listColumns[l.kind] {
		if name, ok := strings.CutSuffix(h, "*"); ok {
			h, wide = name, n
		}
		heads = append(heads, h)
	}
	return heads, wide
}

// columnAtMost are letters of a column, but for the wide one: as many as there is
// room for.
var columnAtMost = []int{24, 16, 12}

const wideAtLeast = 20 // letters of the wide column; else records are printed in blocks

func (l *tableList) page(ctx context.Context, list []ledger.Version) error {
	if len(list) == 0 {
		return nil
	}
	heads, wide := l.columns()
	rows := make([][]string, len(list))
	for i, v := range list {
		row, err := l.row(ctx, v)
		if err != nil {
			return err
		}
		rows[i] = row
	}
	var out strings.Builder
	if l.widths == nil {
		l.measure(heads, wide, rows)
		if !l.blocks {
			l.line(&out, heads, wide)
		}
	}
	for _, row := range rows {
		l.line(&out, row, wide)
	}
	_, err := io.WriteString(l.b.stdout, out.String())
	return err
}

// measure sets the widths by the first page: the narrower columns give way until
// there is room for the wide one.
func (l *tableList) measure(heads []string, wide int, rows [][]string) {
	for _, most := range columnAtMost {
		l.widths = make([]int, len(heads))
		left := l.room
		for c := range heads {
			if c == wide {
				continue
			}
			l.widths[c] = runes(heads[c])
			for _, row := range rows {
				need := runes(row[c])
				for n := range strings.FieldsSeq(row[c]) { // no word is broken
					l.widths[c] = max(l.widths[c], runes(n))
				}
				l.widths[c] = max(l.widths[c], min(most, need))
			}
			left -= l.widths[c] + 2
		}
		l.widths[wide] = left
		if l.blocks = left < wideAtLeast; !l.blocks {
			return
		}
	}
}

func (l *tableList) line(out *strings.Builder, row []string, wide int) {
	if l.blocks {
		var rest []string
		for c, cell := range row {
			if c != wide && cell != "" {
				rest = append(rest, cell)
			}
		}
		for n, line := range wrap(strings.Join(rest, " · "), l.room-4) {
			fmt.Fprintln(out, strings.Repeat("    ", min(n, 1))+line)
		}
		if row[wide] != "" {
			for _, line := range wrap(row[wide], l.room-4) {
				fmt.Fprintln(out, "    "+line)
			}
		}
		return
	}
	cells := make([][]string, len(row))
	lines := 1
	for c, text := range row {
		cells[c] = narrow(text, l.widths[c])
		lines = max(lines, len(cells[c]))
	}
	for n := range lines {
		var line strings.Builder
		for c := range cells {
			text := ""
			if n < len(cells[c]) {
				text = cells[c][n]
			}
			line.WriteString(text + strings.Repeat(" ", max(0, l.widths[c]-runes(text))+2))
		}
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
	}
}

func (l *tableList) end() error { return nil }

// row is a record as a row of its table.
func (l *tableList) row(ctx context.Context, v ledger.Version) ([]string, error) {
	b := l.b
	if l.kind == 0 {
		words, err := b.inWords(ctx, v.Record)
		return []string{v.Ref.Kind.String(), v.Ref.ID, words}, err
	}
	switch r := v.Record.(type) {
	case *ledger.Claim:
		who, err := b.speaker(ctx, r)
		if err != nil {
			return nil, err
		}
		says, err := b.claimWords(ctx, r)
		return []string{r.ID, r.Status, who, says, r.Report, clean(r.Said)}, err
	case *ledger.Report:
		outlet, err := b.outlet(ctx, r)
		return []string{r.ID, outlet, clean(r.Title), clean(r.Published)}, err
	case *ledger.Source:
		return []string{r.ID, sourceName(r), r.Kind, r.Reliability}, nil
	case *ledger.Proposition:
		return []string{r.ID, clean(r.Says), fieldOr(cmp.Or(b.prior(r.ID), r.Prior))}, nil
	case *ledger.Link:
		return []string{endName(r.From), r.Rel, endName(r.To), strengthWords(r.Strength), clean(r.Note)}, nil
	case *ledger.Judgement:
		return []string{r.ID, clean(r.By), b.question(r.On), share2(r.P), clean(r.Due), r.Resolved}, nil
	case *ledger.Hypothesis:
		return []string{r.ID, clean(r.Says)}, nil
	case *ledger.Rating:
		return []string{r.Hypothesis, r.Claim, clean(r.By), plain(r.Mark)}, nil
	case *ledger.Deception:
		return []string{r.Source, clean(r.By), clean(r.WouldSee), r.Seen}, nil
	case *ledger.Override:
		return []string{r.Proposition, clean(r.By), share2(r.P), clean(r.Reason)}, nil
	case *ledger.Brief:
		return []string{r.ID, clean(r.Title), clean(r.Made), fmt.Sprint(len(r.Claims))}, nil
	}
	return nil, fmt.Errorf("a record of the kind %s", v.Ref.Kind)
}

func share2(p float64) string { return demarche.Fixed(p, 2) }

func fieldOr(p *float64) string {
	if p == nil {
		return "0.5"
	}
	return fmt.Sprintf("%g", *p)
}

// strengthWords is the strength of a link; one that is left out is not told.
func strengthWords(x float64) string {
	if x == 0 {
		return ""
	}
	return fmt.Sprintf("%g", x)
}

// endName is the end of a link: claims by their id alone.
func endName(r ledger.Ref) string {
	if r.Kind == ledger.KindClaim {
		return r.ID
	}
	return r.Kind.String() + ":" + r.ID
}

// question is what a judgement is on: an outcome of the case by its words.
func (b *books) question(on string) string {
	if k := b.crisis.Conflict; k != nil {
		for _, o := range k.Outcomes {
			if o.ID == on && o.Says != "" {
				return clean(o.Says)
			}
		}
	}
	return clean(on)
}

// claimWords is what a claim says. An allegation against named persons is never
// told without that word, and without what was replied.
func (b *books) claimWords(ctx context.Context, c *ledger.Claim) (string, error) {
	if len(c.Against) == 0 {
		return said(c), nil
	}
	told, err := b.Allegation(ctx, b.at, c.ID)
	if err != nil {
		return "", err
	}
	out := "alleged, against " + clean(listWords(c.Against)) + ": " + sentenceOf(said(c))
	for _, r := range told.Replies {
		out += " " + clean(r.Speaker) + " replied: " + sentenceOf(clean(r.Says))
	}
	if len(told.Replies) == 0 {
		out += " No reply is on record."
	}
	return out, nil
}

// inWords is a record in few words.
func (b *books) inWords(ctx context.Context, r ledger.Record) (string, error) {
	if c, ok := r.(*ledger.Claim); ok {
		return b.claimWords(ctx, c)
	}
	return brieflyWords(r), nil
}

// brieflyWords is a record other than a claim in few words.
func brieflyWords(r ledger.Record) string {
	switch r := r.(type) {
	case *ledger.Report:
		return clean(r.Title)
	case *ledger.Source:
		return sourceName(r)
	case *ledger.Proposition:
		return clean(r.Says)
	case *ledger.Link:
		return endName(r.From) + " " + relationWords(r.Rel) + " " + endName(r.To)
	case *ledger.Judgement:
		return clean(r.On) + ": " + share2(r.P) + ", by " + clean(r.By)
	case *ledger.Hypothesis:
		return clean(r.Says)
	case *ledger.Rating:
		return r.Claim + " is " + plain(r.Mark) + " with " + r.Hypothesis + ", by " + clean(r.By)
	case *ledger.Deception:
		return clean(r.WouldSee)
	case *ledger.Override:
		return share2(r.P) + ", by " + clean(r.By) + ": " + clean(r.Reason)
	case *ledger.Brief:
		return clean(r.Title)
	}
	return ""
}

// relationWords is a relation as a verb with what comes after it.
func relationWords(rel string) string {
	switch rel {
	case "replies":
		return "replies to"
	case "about":
		return "is about"
	}
	return rel
}

// speaker is who says a claim.
func (b *books) speaker(ctx context.Context, c *ledger.Claim) (string, error) {
	if c.Source == "" {
		return "nobody named", nil
	}
	s, err := b.source(ctx, c.Source)
	if err != nil {
		return "", err
	}
	if s == nil {
		return "no longer on record", nil
	}
	return sourceName(s), nil
}

// outlet is the name of the outlet of a report.
func (b *books) outlet(ctx context.Context, r *ledger.Report) (string, error) {
	s, err := b.source(ctx, r.Outlet)
	if err != nil || s == nil {
		return clean(r.Publisher), err
	}
	return sourceName(s), nil
}
