package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/ledger"
	"github.com/spf13/cobra"
)

func (a *app) ledgerDiffCommand() *cobra.Command {
	var from, to string
	var asJSON, all bool
	c := &cobra.Command{
		Use:   "diff CASE --from DATE",
		Short: "Say what became known between two days, and what moved because of it",
		Long: `diff compares what was known by the end of two days: propositions that are newly contested,
settled or moved, before and after and because of which claims; then the records that are
new, changed or gone, by kind, with who changed them, when and why.`,
		Example: "  demarche ledger diff my-case --from 2025-12-01\n  demarche ledger diff my-case --from 2025-11 --to 2025-12-02 --json",
		Args:    exactArgs(1, "CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if from == "" {
				return usage("name the earlier day with --from", "the day to compare with is not given")
			}
			d, err := flagDate("--from", from)
			if err != nil {
				return err
			}
			begin := endOf(d)
			if begin.IsZero() {
				return usage("write one day, such as 2025-12-01", "--from %s has no end", from)
			}
			if to != "" {
				if _, err := flagDate("--to", to); err != nil {
					return err
				}
			}
			b, err := a.books(cmd.Context(), args[0], to, false)
			if err != nil {
				return err
			}
			defer b.Close()
			if !b.at.IsZero() && !begin.Before(b.at) || b.at.IsZero() && begin.After(clock()) {
				return usage("give the earlier day with --from, and the later one with --to", "--from %s does not lie before the day to compare with", from)
			}
			diff, err := b.diff(cmd.Context(), begin)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(a.stdout, struct {
					Version    int    `json:"version"`
					Convention string `json:"convention"`
					ledger.Diff
				}{1, demarche.Convention, diff})
			}
			p := b.sheet(13)
			if err := p.diff(cmd.Context(), &diff, all); err != nil {
				return err
			}
			_, err = io.WriteString(a.stdout, p.String())
			return err
		},
	}
	c.Flags().StringVar(&from, "from", "", "the earlier day: what was known by its end, in UTC")
	c.Flags().StringVar(&to, "to", "", "the later day; the case's own day, or now, if left out")
	c.Flags().BoolVar(&all, "all", false, "list all records, and not only the first twenty of each kind")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// diff compares, with the priors of the case file where it has them.
func (b *books) diff(ctx context.Context, from time.Time) (ledger.Diff, error) {
	out, err := b.Diff(ctx, from, b.at, b.crisis.WeightsOr())
	if err != nil {
		return out, err
	}
	if out.To.IsZero() {
		out.To = clock().UTC()
	}
	for n := range out.Propositions {
		m := &out.Propositions[n]
		prior := b.prior(m.Proposition)
		if prior == nil {
			continue
		}
		if m.Before, err = b.Weigh(ctx, from, m.Proposition, prior, b.crisis.WeightsOr()); err != nil {
			return out, err
		}
		if m.After, err = b.Weigh(ctx, b.at, m.Proposition, prior, b.crisis.WeightsOr()); err != nil {
			return out, err
		}
	}
	return out, nil
}

const diffListed = 20 // records of a kind that a page lists

func (p *sheet) diff(ctx context.Context, d *ledger.Diff, all bool) error {
	until := "now"
	if !p.b.at.IsZero() {
		until = timeWords(p.b.at)
	}
	p.heading("What became known after " + timeWords(d.From) + ", up to " + until)
	if len(d.Records)+len(d.Redacted)+len(d.Propositions) == 0 {
		p.hang("  ", "Nothing.")
		return nil
	}
	if err := p.moves(ctx, d); err != nil {
		return err
	}
	byKind := map[ledger.Kind][]ledger.Changed{}
	for _, r := range d.Records {
		byKind[r.Ref.Kind] = append(byKind[r.Ref.Kind], r)
	}
	for _, name := range ledger.Kinds() {
		k, err := ledger.ParseKind(name)
		if err != nil {
			return err
		}
		if list := byKind[k]; len(list) > 0 {
			if err := p.changedOf(ctx, name, list, all); err != nil {
				return err
			}
		}
	}
	if d.More > 0 {
		fmt.Fprintln(p)
		p.heading(fmt.Sprintf("%s more changed; ask for a shorter time to see them.", plural(d.More, "record")))
	}
	if len(d.Redacted) > 0 {
		var names []string
		for _, ref := range d.Redacted {
			names = append(names, refWords(ref))
		}
		fmt.Fprintln(p)
		p.heading("Redacted, so that their content is gone from every day: the " + listWords(names) + ".")
	}
	return nil
}

// moves tells the propositions that moved.
func (p *sheet) moves(ctx context.Context, d *ledger.Diff) error {
	says := func(id string) string {
		for _, in := range p.b.crisis.Propositions {
			if in.ID == id {
				return clean(in.Says)
			}
		}
		at, err := p.b.Get(ctx, p.b.at, ledger.Ref{Kind: ledger.KindProposition, ID: id})
		if err != nil {
			return ""
		}
		return clean(at.Record.(*ledger.Proposition).Says)
	}
	told := 0
	for _, group := range []struct {
		title string
		in    func(ledger.Moved) bool
	}{
		{"Newly contested", ledger.Moved.NewlyContested},
		{"No longer contested", ledger.Moved.Settled},
		{"Moved", func(m ledger.Moved) bool { return !m.NewlyContested() && !m.Settled() }},
	} {
		first := true
		for _, m := range d.Propositions {
			if !group.in(m) || len(m.Before.Origins)+len(m.After.Origins) == 0 && m.Before.Override == nil && m.After.Override == nil {
				continue // a proposition with no claims is listed below
			}
			if first {
				fmt.Fprintln(p)
				p.heading(group.title)
			}
			first = false
			told++
			p.hang("  ", "- "+m.Proposition+": "+brief.Quoted(says(m.Proposition))+". "+moveWords(m))
			if err := p.becauseOf(ctx, &m, d.From); err != nil {
				return err
			}
		}
	}
	if told > 0 {
		p.hang("  ", demarche.Convention)
	}
	return nil
}

// moveWords are standing and credence before and after.
func moveWords(m ledger.Moved) string {
	s := "Was " + string(m.Before.Standing) + ", is " + string(m.After.Standing)
	if m.Before.Standing == m.After.Standing {
		s = "Still " + string(m.After.Standing)
	}
	if was, is := share2(m.Before.P), share2(m.After.P); was != is {
		s += "; credence from " + was + " to " + is
	} else {
		s += "; credence still about " + is
	}
	for _, o := range []struct {
		c    *demarche.Credence
		when string
	}{{&m.Before, "before"}, {&m.After, "now"}} {
		if o.c.Override != nil {
			s += fmt.Sprintf("; %s set by %s (%s), where the claims give %s", o.when, clean(o.c.Override.By), strings.TrimSuffix(clean(o.c.Override.Reason), "."), share2(o.c.Computed))
		}
	}
	return s + "."
}

// becauseOf names the claims that moved a proposition.
func (p *sheet) becauseOf(ctx context.Context, m *ledger.Moved, from time.Time) error {
	direction := func(c *demarche.Credence, id string) string {
		for _, o := range c.Origins {
			if slices.Contains(o.Claims, id) && o.Denies {
				return "denies it"
			}
		}
		return "affirms it"
	}
	for _, id := range m.New {
		line, err := p.lineAt(ctx, p.b.at, id)
		if err != nil {
			return err
		}
		p.hang("      ", "New: "+id+" ("+direction(&m.After, id)+"), "+sentenceOf(line))
	}
	for _, id := range m.Lost {
		line, err := p.lineAt(ctx, from, id)
		if err != nil {
			return err
		}
		p.hang("      ", "Counts no more: "+id+" ("+direction(&m.Before, id)+"), "+sentenceOf(line))
	}
	if len(m.New)+len(m.Lost) == 0 {
		p.hang("      ", "No claim came or went: a grade, a link, a correction or a credence that an analyst set has changed; see below.")
	}
	return nil
}

// lineAt is a claim with its speaker as known at a time.
func (p *sheet) lineAt(ctx context.Context, at time.Time, id string) (string, error) {
	then := *p.b
	then.at, then.sources = at, map[string]*ledger.Source{}
	v, err := then.Get(ctx, at, ledger.Ref{Kind: ledger.KindClaim, ID: id})
	if demarche.KindOf(err) == demarche.NotFound {
		return "which is no longer on record", nil
	}
	if err != nil {
		return "", err
	}
	return then.claimLine(ctx, v.Record.(*ledger.Claim))
}

// changedOf lists the records of one kind.
func (p *sheet) changedOf(ctx context.Context, kind string, list []ledger.Changed, all bool) error {
	n := map[string]int{}
	for _, r := range list {
		n[changeOf(r)]++
	}
	var counts []string
	for _, what := range []string{"new", "changed", "gone"} {
		if n[what] > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n[what], what))
		}
	}
	fmt.Fprintln(p)
	title := strings.TrimPrefix(many(2, kind), "2 ")
	p.heading(upperFirst(title) + ": " + strings.Join(counts, ", "))
	for i, r := range list {
		if i == diffListed && !all {
			p.hang("  ", fmt.Sprintf("and %d more; --all lists them.", len(list)-i))
			break
		}
		text, err := p.changedLine(ctx, r)
		if err != nil {
			return err
		}
		p.hang("  ", "- "+text)
	}
	return nil
}

func changeOf(r ledger.Changed) string {
	switch {
	case r.Before == nil:
		return "new"
	case r.After == nil:
		return "gone"
	}
	return "changed"
}

// changedLine is one record: what it is, what changed, who did it, when and why.
func (p *sheet) changedLine(ctx context.Context, r ledger.Changed) (string, error) {
	record := r.After
	if record == nil {
		record = r.Before
	}
	var words string
	var err error
	if claim, ok := record.Record.(*ledger.Claim); ok {
		words, err = p.lineIn(ctx, claim, r.After == nil, record.Learned)
	} else {
		words = brieflyWords(record.Record)
	}
	if err != nil {
		return "", err
	}
	text := changeOf(r) + ", "
	if r.Ref.Kind == ledger.KindLink || r.Ref.Kind == ledger.KindRating {
		text += sentenceOf(words)
	} else {
		text += r.Ref.ID + ": " + sentenceOf(words)
	}
	if r.Before != nil && r.After != nil {
		changes := upperFirst(strings.Join(changedWords(r.Before.Record, r.After.Record), "; "))
		text += " " + cmp.Or(changes, "It was changed, and is as before again") + "."
	}
	if n := len(r.Entries); n > 0 {
		e := r.Entries[n-1]
		text += " (" + clean(e.Who) + ", " + timeWords(e.Learned)
		if e.Why != "" {
			text += ": " + strings.TrimSuffix(clean(e.Why), ".")
		}
		text += ")"
	}
	return text, nil
}

// lineIn is a claim with its speaker; one that is gone as it was last known.
func (p *sheet) lineIn(ctx context.Context, claim *ledger.Claim, gone bool, learned time.Time) (string, error) {
	if gone {
		return p.lineAt(ctx, learned, claim.ID)
	}
	return p.b.claimLine(ctx, claim)
}
