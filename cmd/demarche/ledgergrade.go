package main

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/ledger"
	"github.com/spf13/cobra"
)

// gradeTells is how many claims are looked at to tell which propositions a grade
// moves; where there are more, demarche ledger diff tells.
const gradeTells = 200

// spokenOn are the propositions that a grade of a source can move; none where
// there are too many to look at.
func (c *changing) spokenOn(ctx context.Context, s *ledger.Source) ([]string, error) {
	if s.Kind == "outlet" { // its grade stands in for sources that are not named
		names, err := c.Names(ctx, ledger.KindProposition, gradeTells/10+1)
		if len(names) > gradeTells/10 {
			names = nil
		}
		return names, err
	}
	page, err := c.List(ctx, c.at, ledger.Filter{Kind: ledger.KindClaim, Source: s.ID, Status: []string{"accepted"}}, gradeTells, "")
	if err != nil || page.Next != "" {
		return nil, err
	}
	var out []string
	for _, v := range page.Versions {
		more, err := c.on(ctx, v.Ref.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

func (a *app) ledgerGradeCommand() *cobra.Command {
	var f changeFlags
	c := &cobra.Command{
		Use:   "grade CASE SOURCE GRADE",
		Short: "Grade the reliability of a source or an outlet, A to F",
		Long: `grade says how reliable a source or an outlet has been: A completely, B usually, C fairly,
D not usually, E not at all; F: it cannot be judged; none: not graded. The grade belongs to
the source, not to one report; what it was before stays in its history. It moves the
credence of what the source affirms and denies.`,
		Example: "  demarche ledger grade my-case gazette B --why \"right in nine of the last ten reports\"\n  demarche ledger grade my-case gazette none",
		Args:    exactArgs(3, "CASE SOURCE GRADE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			grade := strings.ToUpper(args[2])
			if strings.EqualFold(grade, nothing) {
				grade = ""
			} else if grade == "" || !slices.Contains(demarche.Reliabilities, grade) {
				return usage("write A, B, C, D, E, F or none", "%q is not a grade of reliability", args[2])
			}
			c, err := a.change(ctx, args[0], f, "graded after review", false)
			if err != nil {
				return err
			}
			defer c.Close()
			ref := ledger.Ref{Kind: ledger.KindSource, ID: strings.TrimPrefix(args[1], "source:")}
			at, err := c.current(ctx, ref)
			if err != nil {
				return err
			}
			source := *at.Record.(*ledger.Source)
			was := source.Reliability
			source.Reliability = grade
			on, err := c.spokenOn(ctx, &source)
			if err != nil {
				return err
			}
			before, err := c.weighed(ctx, on...)
			if err != nil {
				return err
			}
			if _, err := c.Put(ctx, c.after(at.Learned), &source, at.Number); err != nil {
				return err
			}
			switch name := upperFirst(sourceName(&source)); {
			case was == grade:
				err = c.say("%s: the grade is this already: %s.", name, gradeWords(grade))
			case grade == "":
				err = c.say("%s is not graded any more; the grade was %s.", name, gradeWords(was))
			default:
				err = c.say("%s is graded %s; before: %s.", name, gradeWords(grade), gradeWords(was))
			}
			if err != nil {
				return err
			}
			return c.sayMoved(ctx, before)
		},
	}
	f.add(c)
	return c
}

// gradeWords is "B, usually reliable", or "not graded".
func gradeWords(grade string) string {
	return strings.TrimPrefix(grade+", "+reliabilityWords[grade], ", ")
}

func (a *app) ledgerOverrideCommand() *cobra.Command {
	var f changeFlags
	var reason string
	var withdraw bool
	c := &cobra.Command{
		Use:   "override CASE PROPOSITION P",
		Short: "Set a credence of your own, with the reason",
		Long: `override puts your own credence of a proposition, from 0 to 1, in the place of the one that
is computed from the claims. Both are always shown, with your name and your reason.
--withdraw takes it away.`,
		Example: "  demarche ledger override my-case talks_failed 0.8 --reason \"both delegations have left; no report says it yet\"\n  demarche ledger override my-case talks_failed --withdraw",
		Args: func(c *cobra.Command, args []string) error {
			if withdraw && len(args) == 2 {
				return nil
			}
			return exactArgs(3, "CASE PROPOSITION P")(c, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			p := 0.0
			if !withdraw {
				var err error
				if p, err = parseShare("the credence", args[2]); err != nil {
					return err
				}
				if strings.TrimSpace(reason) == "" {
					return usage("say why with --reason; it is shown wherever the credence is", "a credence of one's own needs a reason")
				}
			}
			why := cmp.Or(strings.TrimSpace(reason), "the credence of one's own is no longer needed")
			return a.making(ctx, args[0], f, why, func(c *changing) error {
				id := strings.TrimPrefix(args[1], "proposition:")
				items, err := c.proposition(ctx, id)
				if err != nil {
					return err
				}
				before, err := c.weighed(ctx, id)
				if err != nil {
					return err
				}
				override := &ledger.Override{Proposition: id, By: c.Who, P: p, Reason: reason}
				last, err := c.latest(ctx, override.Ref())
				if err != nil {
					return err
				}
				was, there := last.Record.(*ledger.Override)
				if withdraw {
					if !there {
						return &demarche.Error{Kind: demarche.NotFound, Msg: "nobody has set a credence of the proposition " + id, Hint: "nothing is to be withdrawn"}
					}
					if _, err := c.Withdraw(ctx, c.after(last.Learned), override.Ref(), last.Number); err != nil {
						return err
					}
					if err := c.say("Withdrew the credence of %s that %s had set on %s.", share2(was.P), was.By, id); err != nil {
						return err
					}
					return c.sayMoved(ctx, before)
				}
				if there {
					override.Handling = was.Handling
				}
				if _, err := c.Write(ctx, c.Change, append(items, c.item(override, last.Number, last.Learned))...); err != nil {
					return err
				}
				after, err := c.weigh(ctx, id)
				if err != nil {
					return err
				}
				if err := c.say("%s sets the credence of %s to %s; the claims give %s.", c.Who, id, share2(p), share2(after.Computed)); err != nil {
					return err
				}
				if there && was.By != c.Who {
					if err := c.say("It takes the place of the %s that %s had set.", share2(was.P), was.By); err != nil {
						return err
					}
				}
				return c.say("%s", demarche.Convention)
			})
		},
	}
	f.add(c)
	c.Flags().StringVar(&reason, "reason", "", "why you take it to be that likely")
	c.Flags().BoolVar(&withdraw, "withdraw", false, "take the credence of one's own away")
	return c
}

func (a *app) ledgerPropositionCommand() *cobra.Command {
	var f changeFlags
	var says string
	var prior float64
	c := &cobra.Command{
		Use:   "proposition CASE ID",
		Short: "Enter a matter of fact that claims affirm or deny, or change its words",
		Long: `proposition enters a matter of fact, so that claims can affirm or deny it. Say one thing in
one sentence. A proposition of the case file is entered with its words there when a claim
is first linked to it; its prior is always that of the case file.`,
		Example: "  demarche ledger proposition my-case talks_failed --says \"The talks in Doha have failed\" --prior 0.3",
		Args:    exactArgs(2, "CASE ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			given := cmd.Flags().Changed("prior")
			if given && !(prior >= 0 && prior <= 1) {
				return usage("write a number from 0 to 1", "--prior %g is not a credence", prior)
			}
			prior += 0 // −0 is 0
			return a.making(ctx, args[0], f, "entered as a matter of fact", func(c *changing) error {
				p := ledger.Proposition{ID: strings.TrimPrefix(args[1], "proposition:")}
				last, err := c.latest(ctx, p.Ref())
				if err != nil {
					return err
				}
				was, there := last.Record.(*ledger.Proposition)
				if there {
					p = *was
				}
				for _, in := range c.crisis.Propositions {
					if in.ID != p.ID {
						continue
					}
					if given {
						return usage("change it in the case file, under propositions", "the prior of %s is that of the case file, %g", p.ID, in.PriorOr())
					}
					p.Says = cmp.Or(p.Says, in.Says)
				}
				p.Says = cmp.Or(strings.TrimSpace(says), p.Says)
				if p.Says == "" {
					return usage(`say it in one sentence: --says "The talks have failed"`, "the proposition %s is new, and nothing tells what it says", p.ID)
				}
				if given {
					p.Prior = &prior
				}
				done, err := c.Write(ctx, c.Change, c.item(&p, last.Number, last.Learned))
				if err != nil {
					return err
				}
				what := "Entered the proposition"
				switch {
				case done[0].Same:
					what = "Nothing changes in the proposition"
				case there:
					what = "Changed the proposition"
				}
				return c.say("%s %s: %s", what, p.ID, sentenceOf(clean(p.Says)))
			})
		},
	}
	f.add(c)
	c.Flags().StringVar(&says, "says", "", "the proposition as one sentence that says one thing")
	c.Flags().Float64Var(&prior, "prior", 0.5, "how likely it is before any claim, 0 to 1")
	return c
}
