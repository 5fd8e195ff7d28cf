package main

import (
	"github.com/demarche/demarche/ledger"
	"github.com/spf13/cobra"
)

func (a *app) ledgerMarkCommand() *cobra.Command {
	var f changeFlags
	c := &cobra.Command{
		Use:   "mark CASE HANDLING ID",
		Short: "Say who may see a record: public, internal or confidential",
		Long: `mark changes who may see a report, a source, a claim or another record. What is
confidential, and all that rests on it, stays out of exports and language models: of a
report that is marked, its claims do.

The file of a report in the reports folder, and what the case file quotes of it, are not
changed by this.`,
		Example: "  demarche ledger mark my-case confidential report:memo-1 --why \"the embassy asked for it\"\n  demarche ledger mark my-case public denial.3",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 3 && len(args) != 4 {
				return usage("write "+c.CommandPath()+" CASE HANDLING ID", "%s takes a case, a mark and the id of a record, not %s", c.CommandPath(), plural(len(args), "argument"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			marks := []string{ledger.Public, ledger.Internal, ledger.Confidential}
			mark := args[1]
			if mark != ledger.Public && mark != ledger.Internal && mark != ledger.Confidential {
				return usage(wordHint(mark, marks), "%q is not a mark", mark)
			}
			ctx := cmd.Context()
			c, err := a.change(ctx, args[0], f, "marked "+mark, false)
			if err != nil {
				return err
			}
			defer c.Close()
			ref, err := c.record(ctx, args[2:])
			if err != nil {
				return err
			}
			at, err := c.current(ctx, ref)
			if err != nil {
				return err
			}
			marked, was := withHandling(at.Record, mark)
			if was == mark {
				return c.say("The %s was marked %s already.", refWords(ref), mark)
			}
			if _, err := c.Put(ctx, c.after(at.Learned), marked, at.Number); err != nil {
				return err
			}
			if was == "" {
				was = "not marked"
			}
			return c.say("The %s is marked %s; before: %s.", refWords(ref), mark, was)
		},
	}
	f.add(c)
	return c
}

// withHandling is a copy of a record with another mark, and the mark that it had.
func withHandling(r ledger.Record, mark string) (out ledger.Record, was string) {
	switch r := r.(type) {
	case *ledger.Report:
		c := *r
		was, c.Handling = c.Handling, mark
		return &c, was
	case *ledger.Source:
		c := *r
		was, c.Handling = c.Handling, mark
		return &c, was
	case *ledger.Claim:
		c := *r
		was, c.Handling = c.Handling, mark
		return &c, was
	case *ledger.Proposition:
		c := *r
		was, c.Handling = c.Handling, mark
		return &c, was
	case *ledger.Link:
		c := *r
		was, c.Handling = c.Handling, mark
		return &c, was
	case *ledger.Judgement:
		c := *r
		was, c.Handling = c.Handling, mark
		return &c, was
	case *ledger.Hypothesis:
		c := *r
		was, c.Handling = c.Handling, mark
		return &c, was
	case *ledger.Rating:
		c := *r
		was, c.Handling = c.Handling, mark
		return &c, was
	case *ledger.Deception:
		c := *r
		was, c.Handling = c.Handling, mark
		return &c, was
	case *ledger.Override:
		c := *r
		was, c.Handling = c.Handling, mark
		return &c, was
	case *ledger.Brief:
		c := *r
		was, c.Handling = c.Handling, mark
		return &c, was
	}
	return r, mark
}
