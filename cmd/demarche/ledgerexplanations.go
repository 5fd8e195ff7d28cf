package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/ledger"
	"github.com/spf13/cobra"
)

func (a *app) ledgerExplanationsCommand() *cobra.Command {
	var f ledgerFlags
	c := &cobra.Command{
		Use:   "explanations CASE",
		Short: "Weigh rival explanations against the claims",
		Long: `explanations sets rival explanations against the claims, as analysts have marked them: the
explanation with the least that speaks against it leads. None is proved by what fits it:
much fits every explanation. It tells which claims tell the explanations apart, where
analysts differ, on which sources the ranking rests, and what analysts answered to the
question whether such a source may want us to believe it.`,
		Example: "  demarche ledger explanations my-case",
		Args:    exactArgs(1, "CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			b, err := a.books(ctx, args[0], f.asOf, false)
			if err != nil {
				return err
			}
			defer b.Close()
			e, err := b.Compete(ctx, b.at, b.crisis.WeightsOr())
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(a.stdout, struct {
					Version int    `json:"version"`
					AsOf    string `json:"as_of"`
					ledger.Explanations
				}{1, jsonTime(b.at), e})
			}
			p := b.sheet(13)
			if err := p.explanations(ctx, &e); err != nil {
				return err
			}
			_, err = io.WriteString(a.stdout, p.String())
			return err
		},
	}
	f.add(c)
	return c
}

func (p *sheet) explanations(ctx context.Context, e *ledger.Explanations) error {
	b := p.b
	if len(e.Hypotheses) == 0 {
		p.heading("No explanation is in the ledger, " + b.asKnown() + ". demarche ledger hypothesis enters one.")
		return nil
	}
	p.heading("Rival explanations, the one with the least against it first")
	for _, h := range e.Hypotheses {
		p.hang("  ", fmt.Sprintf("%s: %s Speaks against it: %.2f, from %s marked.", h.ID, sentenceOf(clean(e.Says[h.ID])), h.Inconsistency, plural(h.Marked, "claim")))
	}
	p.hang("  ", "What speaks against an explanation is the sum, over the claims, of the weight of the claim times the share of the analysts who mark it inconsistent. What fits an explanation proves nothing: it may fit all.")
	if len(e.Claims) == 0 {
		p.hang("  ", "No claim is marked yet. demarche ledger rate marks one.")
	} else if err := p.evidence(ctx, e); err != nil {
		return err
	}
	return p.deception(ctx, e)
}

// evidence prints the matrix, and where analysts differ.
func (p *sheet) evidence(ctx context.Context, e *ledger.Explanations) error {
	fmt.Fprintln(p)
	p.heading("Claims, those that tell the explanations apart best first")
	for _, c := range e.Claims {
		at, err := p.b.Get(ctx, p.b.at, ledger.Ref{Kind: ledger.KindClaim, ID: c.Claim})
		if err != nil {
			return err
		}
		line, err := p.b.claimLine(ctx, at.Record.(*ledger.Claim))
		if err != nil {
			return err
		}
		p.hang("  ", c.Claim+": "+sentenceOf(line)+fmt.Sprintf(" Tells apart %.2f, weight %.2f.", c.Diagnosticity, c.Weight))
		var marks []string
		for _, h := range e.Hypotheses {
			if i := slices.IndexFunc(e.Cells, func(cell demarche.ACHCell) bool { return cell.Claim == c.Claim && cell.Hypothesis == h.ID }); i >= 0 {
				marks = append(marks, h.ID+" "+cellWords(e.Cells[i]))
			} else {
				marks = append(marks, h.ID+" not marked")
			}
		}
		p.hang("      ", "Marks: "+strings.Join(marks, "; ")+".")
	}
	return nil
}

// cellWords are the marks of analysts in one cell.
func cellWords(c demarche.ACHCell) string {
	var parts []string
	kinds := []struct {
		n    int
		word string
	}{{c.Consistent, "consistent"}, {c.Inconsistent, "inconsistent"}, {c.NotApplicable, "not applicable"}}
	total := c.Consistent + c.Inconsistent + c.NotApplicable
	for _, k := range kinds {
		switch {
		case k.n == 0:
		case k.n == total:
			parts = append(parts, k.word)
		default:
			parts = append(parts, fmt.Sprintf("%s by %d of %d", k.word, k.n, total))
		}
	}
	s := strings.Join(parts, ", ")
	if c.Disagreement > 0 {
		s += fmt.Sprintf(" (the analysts differ in %.0f %% of pairs)", 100*c.Disagreement)
	}
	return s
}

// deception prints on whom the ranking rests, and what was answered about them.
func (p *sheet) deception(ctx context.Context, e *ledger.Explanations) error {
	var lines []string
	for _, s := range e.Sources {
		if !s.Leads {
			continue
		}
		name, err := p.sourceNamed(ctx, s.Source)
		if err != nil {
			return err
		}
		line := "The ranking rests on " + name + ": without " + plural(s.Claims, "claim") + " of this source, " + listWords(s.Without) + " would lead."
		if len(s.Without) == 0 {
			line = "The ranking rests on " + name + " alone: without " + plural(s.Claims, "claim") + " of this source, none would be left."
		}
		if !slices.ContainsFunc(e.Deceptions, func(d ledger.Deception) bool { return d.Source == s.Source }) && s.Source != "" {
			line += " Nobody has answered yet what one would see if it wanted us to believe this."
		}
		lines = append(lines, line)
	}
	for _, d := range e.Deceptions {
		name, err := p.sourceNamed(ctx, d.Source)
		if err != nil {
			return err
		}
		seen := map[string]string{"yes": "This is seen.", "no": "This is not seen.", "unknown": "Whether this is seen is not known.", "": "Whether this is seen is not answered."}[d.Seen]
		lines = append(lines, clean(d.By)+" on "+name+": if it wanted us to believe its claims, one would see this: "+sentenceOf(clean(d.WouldSee))+" "+seen)
	}
	fmt.Fprintln(p)
	p.heading("Could a source be deceiving us?")
	if len(lines) == 0 {
		lines = []string{"The leading explanation stays the same without the claims of any one source. Nobody has noted what one would see if a source deceived us."}
	}
	for _, line := range lines {
		p.hang("  ", upperFirst(line))
	}
	return nil
}

func (p *sheet) sourceNamed(ctx context.Context, id string) (string, error) {
	if id == "" {
		return "sources that are not named", nil
	}
	s, err := p.b.source(ctx, id)
	if err != nil {
		return "", err
	}
	if s == nil {
		return "a source that is no longer on record", nil
	}
	return sourceName(s) + " (" + id + ")", nil
}

func (a *app) ledgerHypothesisCommand() *cobra.Command {
	var f changeFlags
	var says string
	c := &cobra.Command{
		Use:     "hypothesis CASE ID",
		Short:   "Enter a rival explanation, or change its words",
		Long:    `hypothesis enters one of several explanations that exclude each other. Give more than one, and among them those that you do not believe.`,
		Example: "  demarche ledger hypothesis my-case bluff --says \"The ultimatum is a bluff\"\n  demarche ledger hypothesis my-case meant --says \"The ultimatum is meant\"",
		Args:    exactArgs(2, "CASE ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if strings.TrimSpace(says) == "" {
				return usage(`say it in one sentence: --says "The ultimatum is a bluff"`, "the explanation says nothing")
			}
			return a.making(ctx, args[0], f, "a rival explanation", func(c *changing) error {
				h := ledger.Hypothesis{ID: strings.TrimPrefix(args[1], "hypothesis:"), Says: strings.TrimSpace(says)}
				last, err := c.latest(ctx, h.Ref())
				if err != nil {
					return err
				}
				if was, ok := last.Record.(*ledger.Hypothesis); ok {
					h.Handling = was.Handling
				}
				done, err := c.Write(ctx, c.Change, c.item(&h, last.Number, last.Learned))
				if err != nil {
					return err
				}
				what := "Entered the explanation"
				if done[0].Same {
					what = "Nothing changes in the explanation"
				} else if last.Record != nil {
					what = "Changed the explanation"
				}
				return c.say("%s %s: %s", what, h.ID, sentenceOf(clean(h.Says)))
			})
		},
	}
	f.add(c)
	c.Flags().StringVar(&says, "says", "", "the explanation as one sentence")
	return c
}

func (a *app) ledgerRateCommand() *cobra.Command {
	var f changeFlags
	c := &cobra.Command{
		Use:   "rate CASE HYPOTHESIS CLAIM MARK",
		Short: "Mark a claim as consistent or inconsistent with an explanation",
		Long: `rate notes what you make of one claim under one explanation: consistent, inconsistent, or
not_applicable. Ask: if the explanation were true, could the claim stand? Each analyst has
one mark a cell; another one takes its place.`,
		Example: "  demarche ledger rate my-case bluff denial.3 inconsistent --by Ann",
		Args:    exactArgs(4, "CASE HYPOTHESIS CLAIM consistent|inconsistent|not_applicable"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			mark := strings.ReplaceAll(args[3], "-", "_")
			if !slices.Contains(demarche.Marks, mark) {
				return usage(wordHint(mark, demarche.Marks), "%q is not a mark", args[3])
			}
			c, err := a.change(ctx, args[0], f, "marked after review", false)
			if err != nil {
				return err
			}
			defer c.Close()
			r := ledger.Rating{Hypothesis: strings.TrimPrefix(args[1], "hypothesis:"), Claim: claimRef(args[2]).ID, By: c.Who, Mark: mark}
			h, err := c.current(ctx, ledger.Ref{Kind: ledger.KindHypothesis, ID: r.Hypothesis})
			if err != nil {
				return err
			}
			claim, err := c.current(ctx, claimRef(args[2]))
			if err != nil {
				return err
			}
			last, err := c.latest(ctx, r.Ref())
			if err != nil {
				return err
			}
			was, there := last.Record.(*ledger.Rating)
			if there {
				r.Handling = was.Handling
			}
			if _, err := c.Write(ctx, c.Change, c.item(&r, last.Number, last.Learned, h.Learned, claim.Learned)); err != nil {
				return err
			}
			line := fmt.Sprintf("%s marks %s as %s with %s", c.Who, r.Claim, plain(mark), r.Hypothesis)
			if mark == "not_applicable" {
				line = fmt.Sprintf("%s marks %s as not applicable to %s", c.Who, r.Claim, r.Hypothesis)
			}
			if there && was.Mark != mark {
				line += ", and before as " + plain(was.Mark)
			}
			return c.say("%s.", line)
		},
	}
	f.add(c)
	return c
}

func (a *app) ledgerDeceptionCommand() *cobra.Command {
	var f changeFlags
	var would, seen string
	c := &cobra.Command{
		Use:   "deception CASE SOURCE",
		Short: "Note what one would see if a source wanted us to believe it, and whether it is seen",
		Long: `deception asks, for a source on which much rests: if it wanted us to believe its claims,
true or not, what would we see? And do we see it? Each analyst has one answer a source;
another one takes its place.`,
		Example: "  demarche ledger deception my-case aide --would-see \"the same words in several outlets within hours\" --seen no",
		Args:    exactArgs(2, "CASE SOURCE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			answers := []string{"yes", "no", "unknown"}
			if seen != "" && !slices.Contains(answers, seen) {
				return usage("write yes, no or unknown", "--seen %s is not an answer", seen)
			}
			c, err := a.change(ctx, args[0], f, "a check for deception", false)
			if err != nil {
				return err
			}
			defer c.Close()
			d := ledger.Deception{Source: strings.TrimPrefix(args[1], "source:"), By: c.Who, WouldSee: strings.TrimSpace(would), Seen: seen}
			source, err := c.current(ctx, ledger.Ref{Kind: ledger.KindSource, ID: d.Source})
			if err != nil {
				return err
			}
			last, err := c.latest(ctx, d.Ref())
			if err != nil {
				return err
			}
			if was, ok := last.Record.(*ledger.Deception); ok {
				d.Handling = was.Handling
				if d.WouldSee == "" {
					d.WouldSee = was.WouldSee
				}
				if d.Seen == "" {
					d.Seen = was.Seen
				}
			}
			if d.WouldSee == "" {
				return usage("say it with --would-see", "it is not said what one would see")
			}
			if _, err := c.Write(ctx, c.Change, c.item(&d, last.Number, last.Learned, source.Learned)); err != nil {
				return err
			}
			answer := d.Seen
			if answer == "" {
				answer = "not answered"
			}
			return c.say("Noted for %s: one would see: %s Seen: %s.", sourceName(source.Record.(*ledger.Source)), sentenceOf(clean(d.WouldSee)), answer)
		},
	}
	f.add(c)
	c.Flags().StringVar(&would, "would-see", "", "what one would see if it wanted us to believe its claims")
	c.Flags().StringVar(&seen, "seen", "", "whether that is seen: yes, no or unknown")
	return c
}
