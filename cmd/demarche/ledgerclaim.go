package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/demarche/demarche/ledger"
	"github.com/spf13/cobra"
)

// claimFlags say what a claim entered by hand holds.
type claimFlags struct {
	correctFlags
	unnamed, kind   string
	affirms, denies []string
	strength        float64
}

func (a *app) ledgerClaimCommand() *cobra.Command {
	var f claimFlags
	c := &cobra.Command{
		Use:   "claim CASE REPORT",
		Short: "Enter a claim by hand, from a report that is in the ledger",
		Long: `claim enters what a report says and the reader did not find, or could not read because
the report is not in English. It counts as accepted, as a person entered it, and gets the
next free number of its report as its id.

The source is an actor of the case or a source of the ledger, by its id; another one by
name, with --kind; or one that the report does not name, as the report describes it, with
--unnamed. A quotation must stand in the report letter for letter; in another language
give the words of the report with --quote and a translation with --says.`,
		Example: "  demarche ledger claim my-case lemonde-3 --source maduro --says \"he would not leave\" --quote \"je ne partirai pas\" --denies leaving\n  demarche ledger claim my-case wire-7 --unnamed \"a worker in the dam\" --says \"cracks have appeared\" --affirms cracked",
		Args:    exactArgs(2, "CASE REPORT"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.ledgerClaim(cmd, args[0], args[1], f) },
	}
	f.changeFlags.add(c)
	s := c.Flags()
	s.StringVar(&f.says, "says", "", "the claim in your words, to follow \"says that\"")
	s.StringVar(&f.quote, "quote", "", "the words of the report")
	s.StringVar(&f.source, "source", "", "who speaks: the id of an actor or a source, or a name")
	s.StringVar(&f.unnamed, "unnamed", "", "who speaks, where the report gives no name: its description")
	s.StringVar(&f.kind, "kind", "person", "what a source that is new is: "+strings.Join(ledger.SourceKinds[:6], ", "))
	s.StringVar(&f.stance, "stance", "affirms", strings.Join(ledger.Stances, ", "))
	s.StringVar(&f.act, "act", "states", "the speech act: "+strings.Join(ledger.Acts, ", "))
	s.StringVar(&f.nature, "nature", "", strings.Join(ledger.Natures, ", "))
	s.StringVar(&f.record, "record", "", "the terms: "+strings.Join(ledger.RecordTerms, ", ")+"; on_record, or anonymous with --unnamed, if left out")
	s.StringVar(&f.said, "said", "", "the date said, such as 2025-12-02, or recently")
	s.StringVar(&f.access, "access", "", "how the source came to know: direct or hearsay")
	s.StringSliceVar(&f.hedges, "hedges", nil, "the hedges as written, such as reportedly")
	s.StringVar(&f.relayed, "relayed", "", "the id of the outlet through which it came")
	s.IntVar(&f.credibility, "credibility", 0, "the grade, 1 (confirmed by others) to 6 (truth cannot be judged)")
	s.StringSliceVar(&f.against, "against", nil, "the named persons of whom it alleges something")
	s.StringVar(&f.handling, "handling", "", "public, internal or confidential; as the report if left out")
	s.StringSliceVar(&f.affirms, "affirms", nil, "a proposition that it affirms")
	s.StringSliceVar(&f.denies, "denies", nil, "a proposition that it denies")
	s.Float64Var(&f.strength, "strength", 0, "how far it speaks to the proposition, above 0 to 1; 1 if left out, 0.5 if it hedges")
	c.MarkFlagsMutuallyExclusive("source", "unnamed")
	return c
}

func (a *app) ledgerClaim(cmd *cobra.Command, path, report string, f claimFlags) error {
	ctx := cmd.Context()
	given := cmd.Flags().Changed
	switch {
	case f.says == "" && f.quote == "":
		return usage("give its words with --says, --quote or both", "the claim says nothing")
	case f.source == "" && f.unnamed == "":
		return usage("give --source, or --unnamed with the words of the report", "the claim does not say who speaks")
	case !slices.Contains(ledger.SourceKinds[:6], f.kind):
		return usage(wordHint(f.kind, ledger.SourceKinds[:6]), "--kind: %q is not one of its words", f.kind)
	case given("strength") && !(f.strength > 0 && f.strength <= 1):
		return usage("write a number above 0, up to 1", "--strength %g is not a strength", f.strength)
	}
	c, err := a.change(ctx, path, f.changeFlags, "entered by hand", false)
	if err != nil {
		return err
	}
	defer c.Close()
	ref := ledger.Ref{Kind: ledger.KindReport, ID: strings.TrimPrefix(report, "report:")}
	at, err := c.current(ctx, ref)
	if err != nil {
		return err
	}
	rep := at.Record.(*ledger.Report)
	id, err := c.nextClaim(ctx, rep.ID)
	if err != nil {
		return err
	}
	claim := &ledger.Claim{ID: id, Report: rep.ID, Status: "accepted", FoundBy: c.Who, Record: "on_record", Handling: rep.Handling, Stance: f.stance, Act: f.act}
	if f.unnamed != "" {
		claim.Record = "anonymous"
	}
	if err := f.words(cmd, claim); err != nil {
		return err
	}
	if f.relayed != "" {
		if _, err := c.current(ctx, ledger.Ref{Kind: ledger.KindSource, ID: f.relayed}); err != nil {
			return err
		}
	}
	if err := f.places(ctx, cmd, c, claim); err != nil {
		return err
	}
	source, err := c.sourceFor(ctx, rep, f)
	if err != nil {
		return err
	}
	var items []ledger.Item
	if source.entered {
		items = append(items, c.item(source.record, 0, at.Learned))
	}
	claim.Source = source.record.ID
	items = append(items, c.item(claim, 0, at.Learned))
	v := verdict{c: c, status: "accepted", strength: f.strength}
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
	items = append(items, v.items...)
	for _, link := range v.bearing {
		link.From = claim.Ref()
		items = append(items, c.item(&link, 0, at.Learned))
	}
	before, err := c.weighed(ctx, v.moved...)
	if err != nil {
		return err
	}
	if _, err := c.Write(ctx, c.Change, items...); err != nil {
		return err
	}
	line, err := c.claimLine(ctx, claim)
	if err != nil {
		return err
	}
	if err := c.say("Entered %s. %s", claim.ID, sentenceOf(line)); err != nil {
		return err
	}
	return c.sayMoved(ctx, before)
}

// nextClaim is the id of the next claim of a report: the report's, and a number
// above those that there are.
func (c *changing) nextClaim(ctx context.Context, report string) (string, error) {
	most := 0
	for after := ""; ; {
		page, err := c.List(ctx, time.Time{}, ledger.Filter{Kind: ledger.KindClaim, Report: report}, ledger.MaxPage, after)
		if err != nil {
			return "", err
		}
		for _, v := range page.Versions {
			if rest, ok := strings.CutPrefix(v.Ref.ID, report+"."); ok {
				if n, err := strconv.Atoi(rest); err == nil {
					most = max(most, n)
				}
			}
		}
		if after = page.Next; after == "" {
			break
		}
	}
	// A number may be taken by a claim that was withdrawn or destroyed.
	for n := most + 1; ; n++ {
		id := fmt.Sprintf("%s.%d", report, n)
		last, err := c.latest(ctx, ledger.Ref{Kind: ledger.KindClaim, ID: id})
		if err != nil || last.Number == 0 {
			return id, err
		}
	}
}

// speaking is who says a claim, and whether the ledger has to be told of it.
type speaking struct {
	record  *ledger.Source
	entered bool
}

// sourceFor finds who speaks: a source of the ledger, an actor of the case, or
// somebody new.
func (c *changing) sourceFor(ctx context.Context, rep *ledger.Report, f claimFlags) (speaking, error) {
	look := func(id string) (*ledger.Source, error) {
		at, err := c.latest(ctx, ledger.Ref{Kind: ledger.KindSource, ID: id})
		s, _ := at.Record.(*ledger.Source)
		return s, err
	}
	fresh := &ledger.Source{Kind: f.kind, Handling: rep.Handling}
	switch actor := c.crisis.Actor(f.source); {
	case f.unnamed != "":
		fresh.ID, fresh.Kind, fresh.Description, fresh.Report = rep.ID+"."+plainID(f.unnamed), "anonymous", strings.TrimSpace(f.unnamed), rep.ID
	case actor != nil:
		fresh.ID, fresh.Name, fresh.Actor = actor.ID, actor.Name, actor.ID
		if kind := actor.Kind; slices.Contains(ledger.SourceKinds[:6], kind) {
			fresh.Kind = kind
		} else if kind != "" {
			fresh.Kind = "institution"
		}
	default:
		if have, err := look(f.source); err != nil || have != nil {
			return speaking{record: have}, err
		}
		if !strings.ContainsAny(f.source, " ") && strings.ToLower(f.source) == f.source {
			_, err := c.current(ctx, ledger.Ref{Kind: ledger.KindSource, ID: f.source})
			return speaking{}, err // an id, and nobody has it
		}
		fresh.ID, fresh.Name = plainID(f.source), strings.TrimSpace(f.source)
	}
	if have, err := look(fresh.ID); err != nil || have != nil {
		return speaking{record: have}, err
	}
	return speaking{fresh, true}, nil
}

// plainID is a name as an id.
func plainID(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789", r) && r < 0x80 })
	return strings.Join(words[:min(len(words), 8)], "-")
}
