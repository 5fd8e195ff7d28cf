package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/ledger"
	"github.com/spf13/cobra"
)

func (a *app) ledgerContestedCommand() *cobra.Command {
	var f ledgerFlags
	var all bool
	c := &cobra.Command{
		Use:   "contested CASE [PROPOSITION]",
		Short: "Show both sides of what is contested, and how its credence comes about",
		Long: `contested tells, for each proposition that some claims affirm and others deny, what each
side says, in which outlet, with its grades; which claims count once, because they copy
each other or rest on the same source, and why; the arithmetic of the credence; and the
credence that an analyst has set beside it. Claims that do not count are named, with the
reason. --all shows every proposition; one that is named is shown however it stands.`,
		Example: "  demarche ledger contested my-case\n  demarche ledger contested my-case talks_failed\n  demarche ledger contested my-case --all --as-of 2025-12-02",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 && len(args) != 2 {
				return usage("write "+c.CommandPath()+" CASE, or CASE PROPOSITION", "%s takes a case, and a proposition if one is meant", c.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			b, err := a.books(ctx, args[0], f.asOf, false)
			if err != nil {
				return err
			}
			defer b.Close()
			ids, err := b.propositions(ctx, args[1:])
			if err != nil {
				return err
			}
			out := contestedJSON{Version: 1, AsOf: jsonTime(b.at), Convention: demarche.Convention, Propositions: []sides{}}
			show, done := a.progress("weighing propositions")
			defer done()
			for n, id := range ids {
				if show != nil {
					show(float64(n) / float64(len(ids)))
				}
				credence, err := b.weigh(ctx, id)
				if err != nil {
					return err
				}
				if !all && len(args) == 1 && credence.Standing != demarche.Contested {
					continue
				}
				s, err := b.sides(ctx, id, credence)
				if err != nil {
					return err
				}
				out.Propositions = append(out.Propositions, s)
			}
			done()
			if f.json {
				return printJSON(a.stdout, out)
			}
			p := b.sheet(13)
			for n := range out.Propositions {
				p.sides(&out.Propositions[n])
				fmt.Fprintln(p)
			}
			if len(out.Propositions) == 0 {
				what := "contested"
				if all {
					what = "in the ledger"
				}
				p.heading("No proposition is " + what + ", " + b.asKnown() + ".")
			} else {
				p.heading(demarche.Convention)
			}
			_, err = io.WriteString(a.stdout, p.String())
			return err
		},
	}
	f.add(c)
	c.Flags().BoolVar(&all, "all", false, "show every proposition, contested or not")
	return c
}

type contestedJSON struct {
	Version      int     `json:"version"`
	AsOf         string  `json:"as_of"`
	Convention   string  `json:"convention"`
	Propositions []sides `json:"propositions"`
}

// sides are what is said for and against a proposition.
type sides struct {
	ID         string            `json:"id"`
	Says       string            `json:"says"`
	Credence   demarche.Credence `json:"credence"`
	Claims     []sidedClaim      `json:"claims"`
	NotCounted []notCounted      `json:"not_counted"`
}

// sidedClaim is a claim that counts on a proposition.
type sidedClaim struct {
	ID          string   `json:"id"`
	Denies      bool     `json:"denies"`
	Speaker     string   `json:"speaker"`
	SourceKind  string   `json:"source_kind"`
	Side        string   `json:"side"`
	Says        string   `json:"says"`
	Quote       string   `json:"quote"`
	Report      string   `json:"report"`
	Outlet      string   `json:"outlet"`
	Published   string   `json:"published"`
	Relayed     string   `json:"relayed"`
	Record      string   `json:"record"`
	Access      string   `json:"access"`
	Stance      string   `json:"stance"`
	Hedges      []string `json:"hedges"`
	Reliability string   `json:"reliability"`
	Of          string   `json:"reliability_of"` // source or outlet
	Credibility int      `json:"credibility"`
	Told        string   `json:"told"` // the claim as it may be told
}

// notCounted is a claim on a proposition that does not count, and why.
type notCounted struct {
	ID  string `json:"id"`
	Rel string `json:"rel"`
	Why string `json:"why"`
}

// propositions are the one that is named, or all that the ledger has.
func (b *books) propositions(ctx context.Context, named []string) ([]string, error) {
	if len(named) == 0 {
		var ids []string
		err := b.each(ctx, ledger.Filter{Kind: ledger.KindProposition}, func(v ledger.Version) error {
			ids = append(ids, v.Ref.ID)
			return nil
		})
		slices.Sort(ids)
		return ids, err
	}
	id := strings.TrimPrefix(named[0], "proposition:")
	if b.prior(id) != nil {
		return []string{id}, nil
	}
	ref := ledger.Ref{Kind: ledger.KindProposition, ID: id}
	_, err := b.Get(ctx, b.at, ref)
	return []string{id}, b.unknown(ctx, ref, err)
}

// sides gathers what is known of a proposition.
func (b *books) sides(ctx context.Context, id string, credence demarche.Credence) (s sides, err error) {
	s = sides{ID: id, Credence: credence, Claims: []sidedClaim{}, NotCounted: []notCounted{}}
	for _, p := range b.crisis.Propositions {
		if p.ID == id {
			s.Says = clean(p.Says)
		}
	}
	ref := ledger.Ref{Kind: ledger.KindProposition, ID: id}
	if at, err := b.Get(ctx, b.at, ref); err == nil {
		s.Says = cmp.Or(s.Says, clean(at.Record.(*ledger.Proposition).Says))
	} else if demarche.KindOf(err) != demarche.NotFound {
		return s, err
	}
	counts := map[string]bool{}
	for _, o := range s.Credence.Origins {
		for _, claim := range o.Claims {
			counts[claim] = true
			told, err := b.sidedClaim(ctx, claim, o.Denies)
			if err != nil {
				return s, err
			}
			s.Claims = append(s.Claims, told)
		}
	}
	return s, b.each(ctx, ledger.Filter{Kind: ledger.KindLink, To: ref}, func(v ledger.Version) error {
		link := v.Record.(*ledger.Link)
		if counts[link.From.ID] || link.Rel != "affirms" && link.Rel != "denies" {
			return nil
		}
		why, err := b.whyNot(ctx, link.From)
		s.NotCounted = append(s.NotCounted, notCounted{link.From.ID, link.Rel, why})
		return err
	})
}

// whyNot says why a claim does not count.
func (b *books) whyNot(ctx context.Context, ref ledger.Ref) (string, error) {
	at, err := b.Get(ctx, b.at, ref)
	if demarche.KindOf(err) == demarche.NotFound {
		return "no longer on record", nil
	} else if err != nil {
		return "", err
	}
	switch c := at.Record.(*ledger.Claim); {
	case c.Status == "proposed":
		return "proposed, and not accepted yet", nil
	case c.Status != "accepted":
		return c.Status, nil
	case c.Stance == "silent":
		return "silent on whether it is so", nil
	}
	return "retracted by another claim", nil
}

func (b *books) sidedClaim(ctx context.Context, id string, denies bool) (out sidedClaim, err error) {
	at, err := b.Get(ctx, b.at, ledger.Ref{Kind: ledger.KindClaim, ID: id})
	if err != nil {
		return out, err
	}
	c := at.Record.(*ledger.Claim)
	out = sidedClaim{ID: id, Denies: denies, Side: c.Interest, Says: c.Says, Quote: c.Quote, Report: c.Report, Record: c.Record, Access: c.Access,
		Stance: c.Stance, Hedges: append([]string{}, c.Hedges...), Credibility: c.Credibility, Of: "source"}
	if out.Speaker, err = b.speaker(ctx, c); err != nil {
		return out, err
	}
	if out.Told, err = b.claimWords(ctx, c); err != nil {
		return out, err
	}
	s, err := b.source(ctx, c.Source)
	if err != nil {
		return out, err
	}
	unnamed := s == nil || c.Record == "anonymous" || c.Record == "unattributed"
	if s != nil {
		out.SourceKind, out.Reliability = s.Kind, s.Reliability
		out.Side = cmp.Or(out.Side, s.Side)
		unnamed = unnamed || s.Kind == "anonymous" || s.Kind == "unattributed"
	}
	report, err := b.reportHead(ctx, c.Report)
	if err != nil || report == nil {
		return out, err
	}
	out.Outlet, out.Published = report.Outlet, report.Published
	if c.Relayed != "" {
		via, err := b.source(ctx, c.Relayed)
		if err != nil {
			return out, err
		}
		if out.Relayed = c.Relayed; via != nil {
			out.Relayed = sourceName(via)
		}
	}
	if unnamed && out.Reliability == "" {
		out.Of = "outlet"
		outlet, err := b.source(ctx, report.outletID)
		if err != nil {
			return out, err
		}
		if outlet != nil {
			out.Reliability = outlet.Reliability
		}
	}
	return out, nil
}

// sides prints a proposition with both sides.
func (p *sheet) sides(s *sides) {
	b := p.b
	p.heading("Proposition " + s.ID + ": " + string(s.Credence.Standing))
	p.row("Says", sentenceOf(s.Says))
	affirm, deny := 0, 0
	for _, o := range s.Credence.Origins {
		if o.Denies {
			deny++
		} else {
			affirm++
		}
	}
	for _, side := range []struct {
		denies  bool
		origins int
		verb    string
	}{{false, affirm, "Affirmed"}, {true, deny, "Denied"}} {
		fmt.Fprintln(p)
		if side.origins == 0 {
			p.hang("  ", side.verb+" by nobody whose claim counts")
			continue
		}
		p.hang("  ", side.verb+" by "+plural(side.origins, "independent origin"))
		for _, o := range s.Credence.Origins {
			if o.Denies != side.denies {
				continue
			}
			for _, id := range o.Claims {
				at := slices.IndexFunc(s.Claims, func(c sidedClaim) bool { return c.ID == id })
				p.sided(&s.Claims[at], id == o.Counted && len(o.Claims) > 1)
			}
			for _, why := range o.Chain {
				p.hang("      ", "Counts once: "+clean(why)+".")
			}
		}
	}
	if len(s.NotCounted) > 0 {
		var list []string
		for _, c := range s.NotCounted {
			list = append(list, c.ID+" ("+c.Rel+"; "+c.Why+")")
		}
		fmt.Fprintln(p)
		p.hang("  ", "Not counted: "+strings.Join(list, ", ")+".")
	}
	c := s.Credence
	fmt.Fprintln(p)
	if len(c.Origins) == 0 {
		p.hang("  ", "Credence "+share2(c.Computed)+", as before any claim")
	} else {
		p.hang("  ", "Credence "+share2(c.Computed)+" from the claims")
	}
	steps := c.Steps
	if c.Override != nil {
		steps = steps[:len(steps)-1] // told below in words
	}
	for _, step := range steps {
		p.hang("    ", clean(step))
	}
	if c.Override != nil {
		p.hang("  ", fmt.Sprintf("Credence %s set by %s, which counts in its place: %s", share2(c.Override.P), clean(c.Override.By), sentenceOf(clean(c.Override.Reason))))
	}
	if b.prior(s.ID) != nil {
		p.hang("  ", "The prior is that of the case file.")
	}
	if c.NoBasis > 0 {
		p.hang("  ", upperFirst(plural(c.NoBasis, "origin"))+" with no basis for a judgement (reliability F or credibility 6): no weight.")
	}
}

// sided prints a claim of one side.
func (p *sheet) sided(c *sidedClaim, counted bool) {
	who := c.Speaker
	var about []string
	if c.Record != "" && c.Record != c.SourceKind {
		about = append(about, plain(c.Record))
	}
	if c.SourceKind != "" {
		about = append(about, c.SourceKind)
	}
	if c.Side != "" {
		about = append(about, "speaks for "+p.b.actorName(c.Side))
	}
	if len(about) > 0 {
		who += " (" + strings.Join(about, "; ") + ")"
	}
	text := "- " + c.ID + ": " + who
	if c.Outlet != "" {
		text += ", in " + c.Outlet
	}
	if c.Relayed != "" {
		text += ", relayed from " + c.Relayed
	}
	if c.Published != "" {
		text += ", " + dateWords(c.Published)
	}
	text += ": " + sentenceOf(c.Told)
	if quote := clean(c.Quote); quote != "" && c.Says != "" {
		text += " In its words: " + brief.Quoted(unquoted(quote))
	}
	p.hang("    ", text)
	grade := "reliability of the " + c.Of + ": " + gradeWords(c.Reliability)
	if c.Credibility > 0 {
		grade += fmt.Sprintf("; credibility: %d, %s", c.Credibility, credibilityWords[c.Credibility])
	} else {
		grade += "; credibility: not graded"
	}
	if c.Access != "" {
		grade += "; " + c.Access
	}
	if c.Stance == "hedges" || len(c.Hedges) > 0 {
		grade += "; hedged"
		if len(c.Hedges) > 0 {
			grade += ": " + clean(strings.Join(c.Hedges, ", "))
		}
	}
	if counted {
		grade += "; the one of its origin that counts"
	}
	p.hang("      ", upperFirst(grade))
}

// hang prints a paragraph behind a margin, its further lines a little deeper.
func (p *sheet) hang(margin, text string) {
	for n, line := range wrap(text, p.room-len(margin)-2) {
		if n > 0 {
			line = "  " + line
		}
		fmt.Fprintln(p, margin+line)
	}
}
