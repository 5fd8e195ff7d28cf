package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/engine"
	"github.com/spf13/cobra"
)

// inboxFlags are the flags of ledger inbox.
type inboxFlags struct {
	changeFlags
	accept, reject []string
	list           string
	irrelevant     bool
	review, json   bool
	limit          int
	credibility    int
	budget         time.Duration
}

func (a *app) ledgerInboxCommand() *cobra.Command {
	var f inboxFlags
	c := &cobra.Command{
		Use:   "inbox CASE",
		Short: "Show proposed claims, those first that would move the outlook most",
		Long: `inbox puts together the proposed claims that count once: copies of a report, the same
person quoted by several outlets, unnamed sources of one side in one report. Each such
cluster is settled by one decision. Those come first whose acceptance would move the
outlook most; what is proposed moves nothing until then.

Claims that bear on no proposition of the case are only counted here; demarche ledger
list CASE --status proposed shows them, and demarche ledger link ties one to a
proposition.

A cluster is known by its first claim, which --accept and --reject take. They take its
number in the list too, if --list names the list: it stands below it. As soon as anything
in the list is another, its name is another, and numbers of the earlier one are refused.

What is rejected
was misread by the reader; with --irrelevant, it was read rightly, but is of no matter.
--review goes through the clusters one by one and asks.`,
		Example: "  demarche ledger inbox my-case\n  demarche ledger inbox my-case --accept denial.1 --credibility 2 --why \"the ministry confirmed it\"\n  demarche ledger inbox my-case --list 3f2a9c1e --accept 1,3 --reject 2\n  demarche ledger inbox my-case --review",
		Args:    exactArgs(1, "CASE"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.ledgerInbox(cmd.Context(), args[0], f) },
	}
	f.changeFlags.add(c)
	c.Flags().StringSliceVar(&f.accept, "accept", nil, "accept the clusters known by these claims, or by these numbers in the list that --list names")
	c.Flags().StringSliceVar(&f.reject, "reject", nil, "reject the clusters known by these claims, or by these numbers in the list that --list names")
	c.Flags().StringVar(&f.list, "list", "", "the name of the list that was shown, so that numbers in it can be given; refused if the list is another by now")
	c.Flags().BoolVar(&f.irrelevant, "irrelevant", false, "the reader found rightly what --reject names, but it is of no matter")
	c.Flags().IntVar(&f.credibility, "credibility", 0, "grade the claims that are accepted from 1, confirmed, to 6, cannot be judged")
	c.Flags().BoolVar(&f.review, "review", false, "ask about one cluster after another")
	c.Flags().IntVar(&f.limit, "limit", 0, "show at most so many clusters; all if left out")
	c.Flags().DurationVar(&f.budget, "budget", 20*time.Second, "the time in which clusters are weighed; what remains comes last")
	c.Flags().BoolVar(&f.json, "json", false, "print JSON")
	c.MarkFlagsMutuallyExclusive("review", "accept")
	c.MarkFlagsMutuallyExclusive("review", "reject")
	c.MarkFlagsMutuallyExclusive("review", "json")
	c.MarkFlagsMutuallyExclusive("review", "list")
	return c
}

func (a *app) ledgerInbox(ctx context.Context, path string, f inboxFlags) error {
	if f.credibility < 0 || f.credibility > 6 {
		return usage("write a number from 1, confirmed, to 6, cannot be judged", "--credibility %d is no grade", f.credibility)
	}
	if f.limit < 0 || f.budget <= 0 {
		return usage("write numbers above 0", "--limit and --budget cannot be less than nothing")
	}
	if f.list != "" && len(f.accept)+len(f.reject) == 0 {
		return usage("give numbers in it with --accept or --reject", "--list names a list, and nothing is decided")
	}
	if f.irrelevant && len(f.reject) == 0 {
		return usage("name clusters with --reject", "--irrelevant says of what is rejected that it was read rightly, and nothing is rejected")
	}
	crisis, in, err := a.inbox(ctx, path, f)
	if err != nil {
		return err
	}
	if f.json && len(f.accept)+len(f.reject) == 0 {
		return printJSON(a.stdout, desk.NewInboxJSON(crisis, in))
	}
	if f.review {
		return a.reviewInbox(ctx, path, crisis, in, f)
	}
	if len(f.accept)+len(f.reject) == 0 {
		var b bytes.Buffer
		w := inboxWriter{b: &b, width: min(a.width(), 100), crisis: crisis, in: in, path: path}
		w.all(f.limit)
		_, err := a.stdout.Write(b.Bytes())
		return err
	}
	verdicts, said, err := f.verdicts(crisis, in)
	if err != nil {
		return err
	}
	if err := a.decide(ctx, path, f.changeFlags, verdicts); err != nil {
		return err
	}
	if f.json {
		_, in, err := a.inbox(ctx, path, f)
		if err != nil {
			return err
		}
		return printJSON(a.stdout, desk.NewInboxJSON(crisis, in))
	}
	if !a.quiet {
		for _, s := range said {
			fmt.Fprintln(a.stdout, s)
		}
		return a.tellMoved(ctx, path, in, f)
	}
	return nil
}

// inbox opens a case with what is proposed, and weighs it.
func (a *app) inbox(ctx context.Context, path string, f inboxFlags) (*desk.Crisis, *desk.Inbox, error) {
	q := desk.Question{Now: clock(), Pending: true}
	l, err := a.openLedger(ctx, path, false)
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	q.Book = l
	crisis, err := desk.Open(ctx, path, q)
	if err != nil {
		return nil, nil, err
	}
	show, wipe := a.progress("weighing")
	in, err := crisis.Inbox(ctx, desk.InboxConfig{Outlook: engine.OutlookConfig{Seed: 1}, Budget: f.budget, Progress: show})
	wipe()
	return crisis, in, err
}

// verdicts are the decisions that the flags name, and each in a sentence.
func (f *inboxFlags) verdicts(crisis *desk.Crisis, in *desk.Inbox) (out []demarche.Verdict, said []string, err error) {
	if f.list != "" && f.list != in.List() {
		return nil, nil, &demarche.Error{Kind: demarche.Unavailable, Msg: "the inbox is not the list " + f.list + " any more, so its numbers may mean other claims; nothing was decided",
			Hint: "show the inbox again, or name the clusters by their claims"}
	}
	decide := func(ids []string, status string, irrelevant bool) error {
		for _, id := range ids {
			k, err := f.named(crisis, in, id)
			if err != nil {
				return err
			}
			for _, v := range k.Verdicts(status, irrelevant) {
				if slices.ContainsFunc(out, func(o demarche.Verdict) bool { return o.Claim == v.Claim }) {
					return usage("name each cluster once", "%s is named twice", id)
				}
				if status == "accepted" {
					v.Credibility = f.credibility
				}
				out = append(out, v)
			}
			as := ""
			if irrelevant {
				as = " as of no matter"
			}
			said = append(said, fmt.Sprintf("%s %s%s (%s).", upperFirst(status), plural(len(k.Claims), "claim"), as, k.ID))
		}
		return nil
	}
	if err := decide(f.accept, "accepted", false); err != nil {
		return nil, nil, err
	}
	return out, said, decide(f.reject, "rejected", f.irrelevant)
}

// named is the cluster that an argument names: by one of its claims, or by its
// number in the list that the person saw.
func (f *inboxFlags) named(crisis *desk.Crisis, in *desk.Inbox, arg string) (*desk.Cluster, error) {
	id, claimed := strings.CutPrefix(arg, "claim:")
	n := slices.IndexFunc(in.Clusters, func(k desk.Cluster) bool {
		return slices.ContainsFunc(k.Claims, func(c *demarche.HeldClaim) bool { return c.ID == id })
	})
	number, err := strconv.Atoi(arg)
	switch isNumber := err == nil && number >= 0; {
	case isNumber && f.list != "" && n >= 0:
		return nil, usage("write claim:"+arg+", or the id of another claim of the cluster", "%s is a number in the list and the id of a claim", arg)
	case n >= 0:
		return &in.Clusters[n], nil
	case claimed || !isNumber:
		return nil, f.notThere(crisis, in, id)
	case f.list == "":
		return nil, usage("add --list and the name that stands below the list, or name the cluster by one of its claims", "%s is a number, and it is not said in which list", arg)
	case number < 1 || number > len(in.Clusters):
		return nil, &demarche.Error{Kind: demarche.NotFound, Msg: fmt.Sprintf("the list %s has no number %d", f.list, number), Hint: fmt.Sprintf("write a number from 1 to %d", len(in.Clusters))}
	}
	return &in.Clusters[number-1], nil
}

func (f *inboxFlags) notThere(crisis *desk.Crisis, in *desk.Inbox, id string) error {
	var ids []string
	for _, k := range in.Clusters {
		ids = append(ids, k.ID)
	}
	hint := demarche.DidYouMean(id, ids)
	if c := crisis.Case.Held.Claim(id); c != nil && c.Status == "proposed" {
		hint = "it bears on no proposition: demarche ledger accept takes it alone, demarche ledger link ties it to one"
	}
	return &demarche.Error{Kind: demarche.NotFound, Msg: "no cluster of the inbox holds the claim " + id, Hint: hint}
}

// decide writes decisions, all of them or none.
func (a *app) decide(ctx context.Context, path string, f changeFlags, verdicts []demarche.Verdict) (err error) {
	c, err := a.change(ctx, path, f, "decided in the inbox", false)
	if err != nil {
		return err
	}
	defer func() {
		if e := c.Close(); err == nil {
			err = e
		}
	}()
	return c.Decide(ctx, c.Who, c.Why, c.Learned, verdicts...)
}

// tellMoved tells what the outlook is after decisions.
func (a *app) tellMoved(ctx context.Context, path string, before *desk.Inbox, f inboxFlags) error {
	_, after, err := a.inbox(ctx, path, f)
	if err != nil {
		return err
	}
	if moved := outcomesMoved(before.Names, before.Now, after.Now); moved != "" {
		for _, l := range wrap("By the model this moves "+moved+".", min(a.width(), 100)) {
			fmt.Fprintln(a.stdout, l)
		}
	} else if len(after.Now) > 0 {
		fmt.Fprintln(a.stdout, "By the model this moves no outcome by a whole percentage point.")
	}
	if n := len(after.Clusters); n > 0 {
		fmt.Fprintf(a.stdout, "%s left.\n", tally(n, "cluster is", "clusters are"))
	} else {
		fmt.Fprintln(a.stdout, "Nothing that bears on the case is left in the inbox.")
	}
	return nil
}

// reviewInbox asks about one cluster after another.
func (a *app) reviewInbox(ctx context.Context, path string, crisis *desk.Crisis, in *desk.Inbox, f inboxFlags) error {
	lines := bufio.NewScanner(a.stdin)
	skipped := map[string]bool{}
	decided := 0
	before := in
	for {
		n := slices.IndexFunc(in.Clusters, func(k desk.Cluster) bool { return !skipped[k.ID] })
		if n < 0 {
			break
		}
		k := &in.Clusters[n]
		var b bytes.Buffer
		w := inboxWriter{b: &b, width: min(a.width(), 100), crisis: crisis, in: in, path: path}
		w.cluster(n + 1)
		fmt.Fprintf(a.stdout, "%s\n[a] accept  [x] reject: misread  [i] reject: of no matter  [s] skip  [q] quit: ", b.Bytes())
		if !lines.Scan() {
			fmt.Fprintln(a.stdout)
			break
		}
		status, irrelevant := "", false
		switch strings.ToLower(strings.TrimSpace(lines.Text())) {
		case "a", "accept":
			status = "accepted"
		case "x", "reject":
			status = "rejected"
		case "i", "irrelevant":
			status, irrelevant = "rejected", true
		case "s", "skip", "":
			skipped[k.ID] = true
			continue
		case "q", "quit":
			return a.tellReview(ctx, path, before, f, decided)
		default:
			fmt.Fprintln(a.stdout, "Type a, x, i, s or q, then Enter.")
			continue
		}
		verdicts := k.Verdicts(status, irrelevant)
		if status == "accepted" {
			for i := range verdicts {
				verdicts[i].Credibility = f.credibility
			}
		}
		if err := a.decide(ctx, path, f.changeFlags, verdicts); err != nil {
			return err
		}
		decided++
		// What was decided may change what the rest would do.
		var err error
		if crisis, in, err = a.inbox(ctx, path, f); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil && err != io.EOF {
		return err
	}
	return a.tellReview(ctx, path, before, f, decided)
}

func (a *app) tellReview(ctx context.Context, path string, before *desk.Inbox, f inboxFlags, decided int) error {
	if a.quiet {
		return nil
	}
	if decided == 0 {
		fmt.Fprintln(a.stdout, "Nothing was decided.")
		return nil
	}
	fmt.Fprintf(a.stdout, "%s.\n", tally(decided, "cluster was decided", "clusters were decided"))
	return a.tellMoved(ctx, path, before, f)
}

// inboxWriter writes an inbox for people.
type inboxWriter struct {
	b      *bytes.Buffer
	width  int
	crisis *desk.Crisis
	in     *desk.Inbox
	path   string
}

// line writes a text in lines of the width; first begins the first of them, rest
// each further one.
func (w *inboxWriter) line(first, rest, text string) {
	for _, l := range wrap(text, w.width-len(rest)) {
		fmt.Fprintln(w.b, first+l)
		first = rest
	}
}

func (w *inboxWriter) all(limit int) {
	in := w.in
	claims := 0
	for _, k := range in.Clusters {
		claims += len(k.Claims)
	}
	if claims == 0 {
		w.line("", "", "No proposed claim bears on the case.")
	} else {
		w.line("", "", fmt.Sprintf("%s %s, put together in %s from %s. What is proposed moves nothing until it is accepted. Figures are by the model, and for each cluster accepted by itself.",
			tally(claims, "proposed claim", "proposed claims"), verb(claims, "bears on the case", "bear on the case"), plural(len(in.Clusters), "cluster"), plural(in.Reports, "report")))
		if len(in.Now) > 0 {
			var parts []string
			for i, name := range in.Names {
				parts = append(parts, fmt.Sprintf("%s %s", name, percent(in.Now[i])))
			}
			w.line("", "", "Now: "+strings.Join(parts, "; ")+".")
		}
	}
	for n := range in.Clusters {
		if limit > 0 && n == limit {
			w.line("\n", "", fmt.Sprintf("%s not shown; leave out --limit.", tally(len(in.Clusters)-n, "cluster is", "clusters are")))
			break
		}
		fmt.Fprintln(w.b)
		w.cluster(n + 1)
	}
	if name := in.List(); name != "" {
		w.line("\n", "", "A cluster is decided by its claim, or by its number while the list stays as it is:")
		fmt.Fprintf(w.b, "  demarche ledger inbox %s --list %s --accept 1\n", w.path, name)
	}
	if in.Idle > 0 {
		w.line("\n", "", tally(in.Idle, "proposed claim bears", "proposed claims bear")+" on no proposition of the case. This shows what is proposed:")
		fmt.Fprintf(w.b, "  demarche ledger list %s --status proposed\n", w.path)
	}
}

// cluster tells one cluster, numbered from 1.
func (w *inboxWriter) cluster(number int) {
	k := &w.in.Clusters[number-1]
	h := w.crisis.Case.Held
	w.line("", "   ", fmt.Sprintf("%d. %s: %s", number, k.ID, w.counts(k)))
	for _, b := range k.On {
		w.line("   ", "   ", w.bearing(b))
	}
	told := map[string]bool{}
	more := 0
	for _, c := range k.Claims {
		words := clean(c.Words())
		if told[strings.ToLower(words)] || len(told) == 3 {
			more++
			continue
		}
		told[strings.ToLower(words)] = true
		w.line("   - ", "     ", w.claim(h, c))
	}
	if more > 0 {
		w.line("   - ", "     ", fmt.Sprintf("and %s in the same or similar words", tally(more, "claim", "claims")))
	}
	w.line("   ", "   ", w.moves(k))
}

func (w *inboxWriter) counts(k *desk.Cluster) string {
	reports, copies := map[string]bool{}, 0
	for _, c := range k.Claims {
		if r := w.crisis.Case.Held.Report(c.Report); r != nil && !reports[r.ID] && len(r.CopyOf) > 0 {
			copies++
		}
		reports[c.Report] = true
	}
	out := plural(len(k.Claims), "claim") + " in " + plural(len(reports), "report")
	if copies > 0 {
		out += fmt.Sprintf(", of which %s", tally(copies, "nearly repeats another", "nearly repeat others"))
	}
	if len(k.Claims) > 1 {
		out += "; " + verb(len(k.Claims), "it counts", "they count") + " once"
	}
	return out
}

func (w *inboxWriter) bearing(b desk.Bearing) string {
	says := b.Proposition
	for _, p := range w.crisis.Case.Propositions {
		if p.ID == b.Proposition {
			says = p.Says
		}
	}
	rel := "Affirms"
	if b.Denies {
		rel = "Denies"
	}
	out := fmt.Sprintf("%s: %s. ", rel, strings.TrimSuffix(clean(says), "."))
	switch {
	case b.Then.Override != nil:
		out += fmt.Sprintf("An analyst has set the credence to %s, and it stays.", percent(b.Then.P))
	case percent(b.Before.P) == percent(b.Then.P):
		out += fmt.Sprintf("The credence stays at %s", percent(b.Then.P))
	default:
		out += fmt.Sprintf("The credence goes from %s to %s", percent(b.Before.P), percent(b.Then.P))
	}
	if b.Then.Override == nil {
		if b.Before.Standing != b.Then.Standing {
			out += ", and it becomes " + standingWords[b.Then.Standing]
		}
		out += "."
	}
	return out
}

var standingWords = map[demarche.Standing]string{
	demarche.Confirmed: "confirmed by independent origins", demarche.Contested: "contested", demarche.SingleSource: "the word of a single origin",
	demarche.Denied: "denied", demarche.Unsupported: "unsupported",
}

func (w *inboxWriter) claim(h *demarche.Holdings, c *demarche.HeldClaim) string {
	who := "nobody named"
	if s := h.Source(c.Source); s != nil {
		who = clean(s.Called())
		if s.Unnamed() {
			who += " (not named)"
		}
	}
	where := ""
	if r := h.Report(c.Report); r != nil {
		where = clean(r.Publisher)
		if !r.Published.IsZero() {
			where = strings.TrimPrefix(where+", "+r.Published.Words(), ", ")
		}
	}
	words := brief.Quoted(unquoted(clean(c.Words())))
	if c.Says != "" {
		words = clean(c.Says)
	}
	if len(c.Hedges) > 0 {
		words += " (hedged: " + clean(strings.Join(c.Hedges, ", ")) + ")"
	}
	said := saidWords[c.Act]
	if said == "" {
		said = "said"
	}
	out := who + " " + said + ": " + words
	if not, ok := demarche.NondenialOf(c.Act, c.Stance, c.Says); ok {
		said = not.Past
		if not.That {
			said += " that"
		}
		out = who + " " + said + " " + strings.Replace(words, clean(c.Says), clean(not.Of), 1)
	}
	if where != "" {
		out += " (" + where + ")"
	}
	return out
}

// saidWords tell each speech act, before a colon.
var saidWords = map[string]string{
	"states": "said", "denies": "said, in a denial", "demands": "demanded", "offers": "offered", "threatens": "threatened", "promises": "promised",
	"intends": "signalled", "announces": "announced", "asks": "asked", "orders": "ordered", "justifies": "said, in justification", "criticises": "said, in criticism", "predicts": "predicted",
}

func (w *inboxWriter) moves(k *desk.Cluster) string {
	these := "Accepting it"
	if len(k.Claims) > 1 {
		these = fmt.Sprintf("Accepting these %d", len(k.Claims))
	}
	switch {
	case k.Repeats:
		return these + " adds no new origin: what counts has been accepted."
	case len(w.in.Now) == 0:
		return these + " moves no outlook: the case has no model to move."
	case !k.Weighed:
		return "There was no time to weigh it; --budget gives more."
	}
	if moved := outcomesMoved(w.in.Names, w.in.Now, k.Then); moved != "" {
		return these + " would move " + moved + "."
	}
	return these + " would move no outcome by a whole percentage point."
}

// outcomesMoved tells the outcomes whose share, in whole per cent, is another: the
// most moved first, three at most.
func outcomesMoved(names []string, from, to []float64) string {
	if len(from) != len(to) || len(names) != len(from) {
		return ""
	}
	var at []int
	for i := range from {
		if percent(from[i]) != percent(to[i]) {
			at = append(at, i)
		}
	}
	slices.SortStableFunc(at, func(a, b int) int {
		x, y := math.Abs(to[a]-from[a]), math.Abs(to[b]-from[b])
		switch {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	var parts []string
	for _, i := range at[:min(3, len(at))] {
		parts = append(parts, fmt.Sprintf("%s from %s to %s", names[i], percent(from[i]), percent(to[i])))
	}
	return andList(parts)
}

// percent is a share in whole per cent.
func percent(p float64) string {
	switch {
	case p > 0 && p < 0.005:
		return "under 1 %"
	case p < 1 && p >= 0.995:
		return "over 99 %"
	}
	return demarche.Fixed(p*100, 0) + " %"
}

// andList joins parts as a sentence does.
func andList(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}
