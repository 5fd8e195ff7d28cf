package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/ledger"
	"github.com/spf13/cobra"
)

// verdictFlags are those of accept and reject.
type verdictFlags struct {
	changeFlags
	credibility     int
	affirms, denies []string
	strength        float64
	irrelevant      bool
}

func (a *app) ledgerAcceptCommand() *cobra.Command {
	var f verdictFlags
	c := &cobra.Command{
		Use:   "accept CASE ID...",
		Short: "Accept claims, and say which proposition they affirm or deny",
		Long: `accept marks claims as accepted: somebody has seen that the report says so, and by whom.
It does not say that they are true. A claim that is accepted and that affirms or denies a
proposition moves its credence.

Several claims are accepted together or not at all.`,
		Example: "  demarche ledger accept my-case denial.3 denial.4 --credibility 2\n  demarche ledger accept my-case wire.1 --affirms talks_failed --strength 0.5 --by Ann",
		Args:    someIDs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.ledgerVerdict(cmd.Context(), args, f, "accepted", cmd.Flags().Changed("strength"))
		},
	}
	f.add(c)
	c.Flags().IntVar(&f.credibility, "credibility", 0, "the grade of the claim, 1 (confirmed by others) to 6 (truth cannot be judged)")
	c.Flags().StringSliceVar(&f.affirms, "affirms", nil, "a proposition that the claims affirm")
	c.Flags().StringSliceVar(&f.denies, "denies", nil, "a proposition that the claims deny")
	c.Flags().Float64Var(&f.strength, "strength", 0, "how far they speak to the proposition, above 0 to 1; 1 if left out, 0.5 for claims that hedge")
	return c
}

func (a *app) ledgerRejectCommand() *cobra.Command {
	var f verdictFlags
	c := &cobra.Command{
		Use:   "reject CASE ID...",
		Short: "Reject claims: the report does not say so, or it does not matter",
		Long: `reject marks claims as rejected: what was found is not what the report says. It does not
say that they are false; what is said and false is accepted and graded. Nothing is
deleted, and a rejected claim can be accepted later.

What the report does say, but does not matter, is rejected with --irrelevant. The reader
is then taught that it found it rightly; without --irrelevant, that it misread (see
demarche ledger corrections).`,
		Example: "  demarche ledger reject my-case denial.7 --why \"the cue belongs to another sentence\"\n  demarche ledger reject my-case denial.9 --irrelevant --why \"about another dispute\"",
		Args:    someIDs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.ledgerVerdict(cmd.Context(), args, f, "rejected", false)
		},
	}
	f.add(c)
	c.Flags().BoolVar(&f.irrelevant, "irrelevant", false, "the reader found them rightly, but they are of no matter")
	c.Flags().IntVar(&f.credibility, "credibility", 0, "the grade of the claim, 1 (confirmed by others) to 6 (truth cannot be judged)")
	return c
}

func someIDs(c *cobra.Command, args []string) error {
	if len(args) < 2 {
		return usage("write "+c.CommandPath()+" CASE ID, or several ids", "%s takes a case and the ids of claims", c.CommandPath())
	}
	return nil
}

// claimRef is the claim that an argument names.
func claimRef(id string) ledger.Ref {
	return ledger.Ref{Kind: ledger.KindClaim, ID: strings.TrimPrefix(id, "claim:")}
}

func (a *app) ledgerVerdict(ctx context.Context, args []string, f verdictFlags, status string, strengthGiven bool) error {
	if f.credibility < 0 || f.credibility > 6 {
		return usage("write 1 to 6", "--credibility %d is not a grade", f.credibility)
	}
	if strengthGiven && !(f.strength > 0 && f.strength <= 1) {
		return usage("write a number above 0, up to 1", "--strength %g is not a strength", f.strength)
	}
	if strengthGiven && len(f.affirms)+len(f.denies) == 0 {
		return usage("name a proposition with --affirms or --denies", "--strength says how far, but not on what")
	}
	for _, id := range f.affirms {
		if slices.Contains(f.denies, id) {
			return usage("leave one out", "the claims cannot affirm and deny %s", id)
		}
	}
	c, err := a.change(ctx, args[0], f.changeFlags, status+" after review", false)
	if err != nil {
		return err
	}
	defer c.Close()
	v := verdict{c: c, status: status, irrelevant: f.irrelevant, credibility: f.credibility, strength: f.strength}
	for _, list := range []struct {
		rel string
		ids []string
	}{{"affirms", f.affirms}, {"denies", f.denies}} {
		for _, id := range list.ids {
			if err := v.bears(ctx, list.rel, id); err != nil {
				return err
			}
		}
	}
	for _, id := range args[1:] {
		if err := v.claim(ctx, claimRef(id)); err != nil {
			return err
		}
	}
	return v.write(ctx)
}

// verdict is what is made of some claims, before it is written.
type verdict struct {
	c           *changing
	status      string
	irrelevant  bool
	credibility int
	strength    float64
	bearing     []ledger.Link // their beginnings are left out

	claims []*ledger.Claim
	items  []ledger.Item
	moved  []string // propositions
}

// bears notes that the claims affirm or deny a proposition.
func (v *verdict) bears(ctx context.Context, rel, id string) error {
	enter, err := v.c.proposition(ctx, id)
	if err != nil {
		return err
	}
	v.items = append(v.items, enter...)
	v.moved = append(v.moved, id)
	v.bearing = append(v.bearing, ledger.Link{To: ledger.Ref{Kind: ledger.KindProposition, ID: id}, Rel: rel, Strength: v.strength})
	return nil
}

// claim puts one claim on the list.
func (v *verdict) claim(ctx context.Context, ref ledger.Ref) error {
	at, err := v.c.current(ctx, ref)
	if err != nil {
		return err
	}
	claim := *at.Record.(*ledger.Claim)
	if slices.ContainsFunc(v.claims, func(have *ledger.Claim) bool { return have.ID == claim.ID }) {
		return nil
	}
	claim.Status, claim.Irrelevant = v.status, v.irrelevant
	if v.credibility > 0 {
		claim.Credibility = v.credibility
	}
	v.claims = append(v.claims, &claim)
	v.items = append(v.items, v.c.item(&claim, at.Number, at.Learned))
	on, err := v.c.on(ctx, claim.ID)
	if err != nil {
		return err
	}
	v.moved = append(v.moved, on...)
	for _, link := range v.bearing {
		link.From = ref
		item, err := v.c.linkItem(ctx, link, at.Learned)
		if err != nil {
			return err
		}
		v.items = append(v.items, item)
	}
	return nil
}

// linkItem is a link to write, over the one from and to the same if there is one.
func (c *changing) linkItem(ctx context.Context, link ledger.Link, learned ...time.Time) (ledger.Item, error) {
	last, err := c.latest(ctx, link.Ref())
	if err != nil {
		return ledger.Item{}, err
	}
	if was, ok := last.Record.(*ledger.Link); ok {
		link.Handling = was.Handling
		if link.Note == "" {
			link.Note = was.Note
		}
	}
	return c.item(&link, last.Number, append(learned, last.Learned)...), nil
}

func (v *verdict) write(ctx context.Context) error {
	c := v.c
	before, err := c.weighed(ctx, v.moved...)
	if err != nil {
		return err
	}
	written, err := c.Write(ctx, c.Change, v.items...)
	if err != nil {
		return err
	}
	same := map[ledger.Ref]bool{}
	for _, w := range written {
		same[w.Ref] = w.Same
	}
	for _, claim := range v.claims {
		line, err := c.claimLine(ctx, claim)
		if err != nil {
			return err
		}
		as := ""
		if v.irrelevant {
			as = " as of no matter"
		}
		done := upperFirst(v.status) + " " + claim.ID + as
		if same[claim.Ref()] {
			done = "Was " + v.status + as + " already: " + claim.ID
		}
		if err := c.say("%s. %s", done, sentenceOf(line)); err != nil {
			return err
		}
		if v.status != "rejected" {
			continue
		}
		briefs, err := c.BriefsUsing(ctx, c.at, claim.ID)
		if err != nil {
			return err
		}
		if err := c.sayBriefs(briefs, claim.ID); err != nil {
			return err
		}
	}
	for _, link := range v.bearing {
		what := "It " + link.Rel
		if len(v.claims) > 1 {
			what = "They " + strings.TrimSuffix(link.Rel, "s")
			if link.Rel == "denies" {
				what = "They deny"
			}
		}
		if err := c.say("%s", fmt.Sprintf("%s %s.", what, link.To.ID)); err != nil {
			return err
		}
	}
	return c.sayMoved(ctx, before)
}

// relationHint names the relation that was meant.
func relationHint(rel string) string {
	if n := demarche.Nearest(rel, ledger.Relations); n != "" {
		return "did you mean " + n + "?"
	}
	return "write one of " + strings.Join(ledger.Relations, ", ")
}
