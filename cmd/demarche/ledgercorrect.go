package main

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/ledger"
	"github.com/spf13/cobra"
)

// correctFlags are what can be corrected of a claim.
type correctFlags struct {
	changeFlags
	says, quote, stance, act, nature, record, said, access, interest, source, relayed, handling string
	sourceSpans, cueSpans, contentSpans                                                         []string
	hedges, against                                                                             []string
	credibility                                                                                 int
	distinct                                                                                    bool
}

// nothing is what takes a value out.
const nothing = "none"

func (a *app) ledgerCorrectCommand() *cobra.Command {
	var f correctFlags
	c := &cobra.Command{
		Use:   "correct CASE ID",
		Short: "Correct what a claim says, or where it stands in the report",
		Long: `correct changes single fields of a claim; the rest stays. The word none takes a value out.
A quotation must stand in the report letter for letter; where it leaves words out, write
… for them. Spans are bytes of the text of the report, from A up to but not with B, as
demarche read --json gives them; an option can be given again for a part that stands apart.
A new quotation moves the span of the content, and a new span of the content the quotation.`,
		Example: "  demarche ledger correct my-case denial.3 --stance denies --hedges reportedly\n  demarche ledger correct my-case denial.3 --quote \"he is not fleeing\"\n  demarche ledger correct my-case denial.3 --source-span 120:154 --why \"the speaker is the aide\"",
		Args:    exactArgs(2, "CASE ID"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.ledgerCorrect(cmd, args, f) },
	}
	f.add(c)
	s := c.Flags()
	s.StringVar(&f.says, "says", "", "the claim in your words")
	s.StringVar(&f.quote, "quote", "", "the words of the report")
	s.StringArrayVar(&f.sourceSpans, "source-span", nil, "where the source is named, as A:B")
	s.StringArrayVar(&f.cueSpans, "cue-span", nil, "where the words for saying stand, as A:B")
	s.StringArrayVar(&f.contentSpans, "content-span", nil, "where what is said stands, as A:B")
	s.StringVar(&f.stance, "stance", "", strings.Join(ledger.Stances, ", "))
	s.StringVar(&f.act, "act", "", "the speech act: "+strings.Join(ledger.Acts, ", "))
	s.StringVar(&f.nature, "nature", "", strings.Join(ledger.Natures, ", "))
	s.StringVar(&f.record, "record", "", "the terms: "+strings.Join(ledger.RecordTerms, ", "))
	s.StringVar(&f.said, "said", "", "the date said, such as 2025-12-02, or recently")
	s.StringVar(&f.access, "access", "", "how the source came to know: direct or hearsay")
	s.StringVar(&f.interest, "interest", "", "whose side the source speaks for: an actor of the case")
	s.StringSliceVar(&f.hedges, "hedges", nil, "the hedges as written, such as reportedly")
	s.StringVar(&f.source, "source", "", "the id of the source who speaks")
	s.StringVar(&f.relayed, "relayed", "", "the id of the outlet through which it came")
	s.IntVar(&f.credibility, "credibility", 0, "the grade, 1 to 6; 0 takes it out")
	s.BoolVar(&f.distinct, "distinct", false, "the report says that the unnamed source is another than the others of its side")
	s.StringSliceVar(&f.against, "against", nil, "the named persons of whom it alleges something")
	s.StringVar(&f.handling, "handling", "", "public, internal or confidential")
	return c
}

func (a *app) ledgerCorrect(cmd *cobra.Command, args []string, f correctFlags) error {
	ctx := cmd.Context()
	c, err := a.change(ctx, args[0], f.changeFlags, "corrected after review", false)
	if err != nil {
		return err
	}
	defer c.Close()
	ref := claimRef(args[1])
	at, err := c.current(ctx, ref)
	if err != nil {
		return err
	}
	was := at.Record.(*ledger.Claim)
	claim := *was
	if err := f.words(cmd, &claim); err != nil {
		return err
	}
	if claim.Interest != was.Interest && c.crisis.Actor(claim.Interest) == nil && claim.Interest != "" {
		var ids []string
		for _, actor := range c.crisis.Actors {
			ids = append(ids, actor.ID)
		}
		return &demarche.Error{Kind: demarche.NotFound, Msg: "the case has no actor " + claim.Interest, Hint: cmp.Or(demarche.DidYouMean(claim.Interest, ids), "enter it under actors in the case file")}
	}
	for _, id := range []string{f.source, f.relayed} {
		if id != "" && id != nothing {
			if _, err := c.current(ctx, ledger.Ref{Kind: ledger.KindSource, ID: id}); err != nil {
				return err
			}
		}
	}
	if err := f.places(ctx, cmd, c, &claim); err != nil {
		return err
	}
	changes := changedWords(was, &claim)
	if len(changes) == 0 {
		return usage("give what is to be corrected, such as --stance denies", "nothing would change in the claim %s", claim.ID)
	}
	on, err := c.on(ctx, ref.ID)
	if err != nil {
		return err
	}
	before, err := c.weighed(ctx, on...)
	if err != nil {
		return err
	}
	if _, err := c.Put(ctx, c.after(at.Learned), &claim, at.Number); err != nil {
		return err
	}
	if err := c.say("Corrected %s: %s.", ref.ID, strings.Join(changes, "; ")); err != nil {
		return err
	}
	return c.sayMoved(ctx, before)
}

// words puts the flags that stand alone into a claim.
func (f *correctFlags) words(cmd *cobra.Command, claim *ledger.Claim) error {
	given := cmd.Flags().Changed
	for _, w := range []struct {
		flag, value string
		known       []string // nil: any words
		to          *string
	}{
		{"says", f.says, nil, &claim.Says},
		{"stance", f.stance, ledger.Stances, &claim.Stance},
		{"act", f.act, ledger.Acts, &claim.Act},
		{"nature", f.nature, ledger.Natures, &claim.Nature},
		{"record", f.record, ledger.RecordTerms, &claim.Record},
		{"said", f.said, nil, &claim.Said},
		{"access", f.access, demarche.Accesses[1:], &claim.Access},
		{"interest", f.interest, nil, &claim.Interest},
		{"source", f.source, nil, &claim.Source},
		{"relayed", f.relayed, nil, &claim.Relayed},
		{"handling", f.handling, []string{ledger.Public, ledger.Internal, ledger.Confidential}, &claim.Handling},
	} {
		switch {
		case !given(w.flag):
			continue
		case w.value == nothing:
			*w.to = ""
			continue
		case w.known != nil && !slices.Contains(w.known, w.value):
			return usage(wordHint(w.value, w.known), "--%s: %q is not one of its words", w.flag, w.value)
		}
		*w.to = w.value
	}
	if given("said") && f.said != nothing && f.said != "recently" {
		if _, err := flagDate("--said", f.said); err != nil {
			return err
		}
	}
	for _, l := range []struct {
		flag  string
		value []string
		to    *[]string
	}{{"hedges", f.hedges, &claim.Hedges}, {"against", f.against, &claim.Against}} {
		if given(l.flag) {
			*l.to = l.value
			if slices.Equal(l.value, []string{nothing}) {
				*l.to = nil
			}
		}
	}
	if given("credibility") {
		if f.credibility < 0 || f.credibility > 6 {
			return usage("write 1 to 6, or 0 to take it out", "--credibility %d is not a grade", f.credibility)
		}
		claim.Credibility = f.credibility
	}
	if given("distinct") {
		claim.Distinct = f.distinct
	}
	return nil
}

// places puts quotation and spans into a claim, in step with each other and with
// the text of its report.
func (f *correctFlags) places(ctx context.Context, cmd *cobra.Command, c *changing, claim *ledger.Claim) error {
	given := cmd.Flags().Changed
	if given("quote") && f.quote == nothing {
		claim.Quote = ""
		claim.Spans.Content = nil
	}
	roles := []struct {
		flag  string
		spans []string
		to    *[][2]int
	}{{"source-span", f.sourceSpans, &claim.Spans.Source}, {"cue-span", f.cueSpans, &claim.Spans.Cue}, {"content-span", f.contentSpans, &claim.Spans.Content}}
	wanted := given("quote") && f.quote != nothing
	for _, role := range roles {
		wanted = wanted || given(role.flag) && !slices.Equal(role.spans, []string{nothing})
	}
	text := ""
	if wanted {
		if claim.Report == "" {
			return &demarche.Error{Kind: demarche.BadInput, Msg: "the claim " + claim.ID + " is from no report, so it has no quotation and no spans", Hint: "say it in your words with --says"}
		}
		at, err := c.current(ctx, ledger.Ref{Kind: ledger.KindReport, ID: claim.Report})
		if err != nil {
			return err
		}
		text = at.Record.(*ledger.Report).Text
	}
	old := claim.Spans.Content
	for _, role := range roles {
		if !given(role.flag) {
			continue
		}
		spans, err := readSpans("--"+role.flag, role.spans, text)
		if err != nil {
			return err
		}
		*role.to = spans
	}
	switch {
	case given("quote") && f.quote != nothing:
		spans := findQuote(text, f.quote, old)
		if spans == nil {
			return &demarche.Error{Kind: demarche.BadInput, Msg: fmt.Sprintf("the words %s do not stand in the report %s", brief.Quoted(unquoted(clean(f.quote))), claim.Report),
				Hint: "quote the report letter for letter, with … for words left out; demarche ledger show shows its text"}
		}
		claim.Quote = spansText(text, spans) // with the line breaks of the report
		if !given("content-span") {
			claim.Spans.Content = spans
		} else if !covers(claim.Spans.Content, spans) && spansText(text, claim.Spans.Content) != claim.Quote {
			return &demarche.Error{Kind: demarche.BadInput, Msg: "the quotation does not stand where --content-span says", Hint: "leave one of the two out; it follows from the other"}
		}
	case given("content-span") && claim.Quote != "" && len(claim.Spans.Content) > 0:
		claim.Quote = spansText(text, claim.Spans.Content)
	}
	return nil
}

// covers reports whether every span lies in one of some others.
func covers(outer, inner [][2]int) bool {
	for _, in := range inner {
		if !slices.ContainsFunc(outer, func(out [2]int) bool { return out[0] <= in[0] && in[1] <= out[1] }) {
			return false
		}
	}
	return true
}

// spansText is the text of spans, with … between parts that stand apart.
func spansText(text string, spans [][2]int) string {
	var parts []string
	for _, s := range spans {
		parts = append(parts, text[s[0]:s[1]])
	}
	return strings.Join(parts, " … ")
}

// readSpans reads A:B, in bytes of a text, in ascending order.
func readSpans(flag string, list []string, text string) ([][2]int, error) {
	if slices.Equal(list, []string{nothing}) {
		return nil, nil
	}
	var out [][2]int
	for _, s := range list {
		a, b, ok := strings.Cut(s, ":")
		from, err1 := strconv.Atoi(a)
		to, err2 := strconv.Atoi(b)
		switch {
		case !ok || err1 != nil || err2 != nil:
			return nil, usage("write two numbers of bytes, such as 120:154", "%s %s is not a span", flag, s)
		case from < 0 || to <= from:
			return nil, usage("write the beginning first, and then the end", "%s %s is empty or begins before the text", flag, s)
		case to > len(text):
			return nil, &demarche.Error{Kind: demarche.BadInput, Msg: fmt.Sprintf("%s %s ends outside the text of the report, which has %d bytes", flag, s, len(text)), Hint: "count in bytes of the text, as demarche read --json does"}
		case !utf8.RuneStart(text[from]) || to < len(text) && !utf8.RuneStart(text[to]):
			return nil, &demarche.Error{Kind: demarche.BadInput, Msg: fmt.Sprintf("%s %s cuts a letter in two", flag, s), Hint: "count in bytes of the text, as demarche read --json does; some letters have several"}
		}
		out = append(out, [2]int{from, to})
	}
	slices.SortFunc(out, func(a, b [2]int) int { return a[0] - b[0] })
	for n := 1; n < len(out); n++ {
		if out[n][0] < out[n-1][1] {
			return nil, usage("let each begin where the one before has ended", "%s: the spans overlap", flag)
		}
	}
	return out, nil
}

// findQuote finds the parts of a quotation in a text, in their order, nearest to
// where it stood; nil if it is not there. Words that the text has on two lines may be
// given on one, as ledger show prints them.
func findQuote(text, quote string, old [][2]int) [][2]int {
	var parts []string
	for _, p := range strings.Split(quote, "…") {
		if p = strings.TrimSpace(p); p != "" {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	if at := nearestWords(text, quote, old); at != nil {
		return [][2]int{{at[0], at[1]}} // the report itself has the …
	}
	for _, first := range [][]int{nearestWords(text, parts[0], old), nearestWords(text, parts[0], nil)} {
		if first == nil {
			return nil
		}
		found := [][2]int{{first[0], first[1]}}
		for _, p := range parts[1:] {
			from := found[len(found)-1][1]
			at := nearestWords(text[from:], p, nil)
			if at == nil {
				found = nil
				break
			}
			found = append(found, [2]int{from + at[0], from + at[1]})
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// quoteMark is any mark of a quotation: those within one are printed by their level,
// and may be given as they were printed.
var quoteMark = regexp.MustCompile("[“”\"‘’'«»]")

// nearestWords is where words stand in a text, whatever space parts them, nearest to
// the first of some spans; nil if nowhere. Without spans it is the first place.
func nearestWords(text, words string, near [][2]int) []int {
	fields := strings.Fields(words)
	if len(fields) == 0 {
		return nil
	}
	for n, f := range fields {
		fields[n] = quoteMark.ReplaceAllLiteralString(regexp.QuoteMeta(f), quoteMark.String())
	}
	pattern, err := regexp.Compile(strings.Join(fields, `\s+`))
	if err != nil {
		return nil // too long to be looked for, and so no quotation
	}
	var best []int
	for from := 0; ; {
		at := pattern.FindStringIndex(text[from:])
		if at == nil {
			return best
		}
		at[0], at[1] = at[0]+from, at[1]+from
		if len(near) == 0 {
			return at
		}
		if best == nil || abs(at[0]-near[0][0]) < abs(best[0]-near[0][0]) {
			best = at
		}
		from = at[0] + 1
	}
}

func abs(n int) int { return max(n, -n) }
