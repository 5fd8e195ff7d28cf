package main

import (
	"context"
	"slices"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/ledger"
	"github.com/spf13/cobra"
)

func (a *app) ledgerLinkCommand() *cobra.Command {
	var f changeFlags
	var strength float64
	var note string
	c := &cobra.Command{
		Use:   "link CASE FROM REL TO",
		Short: "Link a claim to a proposition, another claim or a part of the case",
		Long: `link says how two things hang together. A claim affirms or denies a proposition; it
copies, corrects, retracts, contradicts or replies to a claim; it is about an incident,
an offer, an authority, a tie or a preference of the case (write offer:o1). A report
copies a report. Between the same two things there is one link: another one takes its
place.`,
		Example: "  demarche ledger link my-case denial.3 denies doha_fleeing\n  demarche ledger link my-case wire.1 copies gazette.4\n  demarche ledger link my-case denial.3 about offer:o2 --note \"the second demand\"",
		Args:    exactArgs(4, "CASE FROM REL TO"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("strength") && !(strength > 0 && strength <= 1) {
				return usage("write a number above 0, up to 1", "--strength %g is not a strength", strength)
			}
			return a.ledgerLink(cmd.Context(), args, f, strength, note)
		},
	}
	f.add(c)
	c.Flags().Float64Var(&strength, "strength", 0, "how far a claim speaks to the proposition, or the share that a near-copy overlaps: above 0 to 1")
	c.Flags().StringVar(&note, "note", "", "a note on the link")
	return c
}

// linkEnds finds what the ends of a link mean, by the relation.
func (c *changing) linkEnds(ctx context.Context, from, rel, to string) (begin, end ledger.Ref, enter []ledger.Item, err error) {
	if !slices.Contains(ledger.Relations, rel) {
		return begin, end, nil, usage(relationHint(rel), "%q is not a relation", rel)
	}
	switch rel {
	case "affirms", "denies":
		begin = claimRef(from)
		end = ledger.Ref{Kind: ledger.KindProposition, ID: strings.TrimPrefix(to, "proposition:")}
		enter, err = c.proposition(ctx, end.ID)
		return begin, end, enter, err
	case "copies":
		kind := ledger.KindClaim
		if kinds, err := c.Kept(ctx, from); err != nil {
			return begin, end, nil, err
		} else if strings.HasPrefix(from, "report:") || len(kinds) == 1 && kinds[0] == ledger.KindReport {
			kind = ledger.KindReport
		}
		prefix := kind.String() + ":"
		return ledger.Ref{Kind: kind, ID: strings.TrimPrefix(from, prefix)}, ledger.Ref{Kind: kind, ID: strings.TrimPrefix(to, prefix)}, nil, nil
	case "about":
		end, err = c.end(ctx, to)
		if err == nil && kept(end.Kind.String()) {
			err = usage("write what it is about as incident:ID, offer:ID, authority:ID, tie:FROM-TO or preference:PLAYER.N", "a claim cannot be about the %s", end)
		}
		return claimRef(from), end, nil, err
	}
	return claimRef(from), claimRef(to), nil, nil
}

func (a *app) ledgerLink(ctx context.Context, args []string, f changeFlags, strength float64, note string) error {
	c, err := a.change(ctx, args[0], f, "linked after review", false)
	if err != nil {
		return err
	}
	defer c.Close()
	from, to, items, err := c.linkEnds(ctx, args[1], args[2], args[3])
	if err != nil {
		return err
	}
	begin, err := c.current(ctx, from)
	if err != nil {
		return err
	}
	link := ledger.Link{From: from, To: to, Rel: args[2], Strength: strength, Note: note}
	learned := begin.Learned
	if kept(to.Kind.String()) && len(items) == 0 {
		end, err := c.current(ctx, to)
		if err != nil {
			return err
		}
		if end.Learned.After(learned) {
			learned = end.Learned
		}
	}
	item, err := c.linkItem(ctx, link, learned)
	if err != nil {
		return err
	}
	on, err := c.touched(ctx, &link)
	if err != nil {
		return err
	}
	before, err := c.weighed(ctx, on...)
	if err != nil {
		return err
	}
	done, err := c.Write(ctx, c.Change, append(items, item)...)
	if err != nil {
		return err
	}
	verb := "Linked"
	switch last := done[len(done)-1]; {
	case last.Same:
		verb = "Was linked already"
	case last.Number > 1:
		verb = "Changed the link"
	}
	if err := c.say("%s: %s %s %s.", verb, endName(from), relationWords(link.Rel), endName(to)); err != nil {
		return err
	}
	if claim, ok := begin.Record.(*ledger.Claim); ok && to.Kind == ledger.KindProposition && claim.Status != "accepted" {
		if err := c.say("The claim is %s; it counts once it is accepted.", claim.Status); err != nil {
			return err
		}
	}
	return c.sayMoved(ctx, before)
}

// touched are the propositions that a link can move.
func (c *changing) touched(ctx context.Context, link *ledger.Link) (out []string, err error) {
	for _, end := range []ledger.Ref{link.From, link.To} {
		switch end.Kind {
		case ledger.KindProposition:
			out = append(out, end.ID)
		case ledger.KindClaim:
			more, err := c.on(ctx, end.ID)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
	}
	return out, nil
}

func (a *app) ledgerUnlinkCommand() *cobra.Command {
	var f changeFlags
	c := &cobra.Command{
		Use:     "unlink CASE FROM TO",
		Short:   "Take a link away",
		Long:    `unlink takes the link between two things away. Its history stays, and undo brings it back.`,
		Example: "  demarche ledger unlink my-case denial.3 doha_fleeing",
		Args:    exactArgs(3, "CASE FROM TO"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			c, err := a.change(ctx, args[0], f, "the link did not hold", false)
			if err != nil {
				return err
			}
			defer c.Close()
			ref, err := c.linkOf(ctx, args[1], args[2])
			if err != nil {
				return err
			}
			if last, err := c.latest(ctx, ref); err != nil {
				return err
			} else if last.Op == ledger.OpWithdraw {
				return &demarche.Error{Kind: demarche.NotFound, Msg: "the " + refWords(ref) + " was taken away already, by " + last.Who, Hint: "undo brings it back"}
			}
			at, err := c.current(ctx, ref)
			if err != nil {
				return err
			}
			link := at.Record.(*ledger.Link)
			on, err := c.touched(ctx, link)
			if err != nil {
				return err
			}
			before, err := c.weighed(ctx, on...)
			if err != nil {
				return err
			}
			if _, err := c.Withdraw(ctx, c.after(at.Learned), ref, at.Number); err != nil {
				return err
			}
			if err := c.say("Took the link away: %s %s %s.", endName(link.From), relationWords(link.Rel), endName(link.To)); err != nil {
				return err
			}
			return c.sayMoved(ctx, before)
		},
	}
	f.add(c)
	return c
}

func (a *app) ledgerRetractCommand() *cobra.Command {
	var f changeFlags
	c := &cobra.Command{
		Use:   "retract CASE ID",
		Short: "Mark a claim as retracted, and list the briefs that used it",
		Long: `retract marks a claim as taken back by its source or its outlet. It counts no more. The
briefs that used it are listed, so that their readers can be told. Where the retraction
stands in a report, enter it as a claim and link it with: retracts.`,
		Example: "  demarche ledger retract my-case denial.3 --why \"the paper withdrew the report on 4 December\"",
		Args:    exactArgs(2, "CASE ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			c, err := a.change(ctx, args[0], f, "retracted by its source", false)
			if err != nil {
				return err
			}
			defer c.Close()
			ref := claimRef(args[1])
			at, err := c.current(ctx, ref)
			if err != nil {
				return err
			}
			on, err := c.on(ctx, ref.ID)
			if err != nil {
				return err
			}
			before, err := c.weighed(ctx, on...)
			if err != nil {
				return err
			}
			done, briefs, err := c.Retract(ctx, c.after(at.Learned), ref.ID, at.Number)
			if err != nil {
				return err
			}
			line, err := c.claimLine(ctx, at.Record.(*ledger.Claim))
			if err != nil {
				return err
			}
			verb := "Retracted"
			if done.Same {
				verb = "Was retracted already:"
			}
			if err := c.say("%s %s. %s", verb, ref.ID, sentenceOf(line)); err != nil {
				return err
			}
			if len(briefs) == 0 {
				if err := c.say("No brief on record used it."); err != nil {
					return err
				}
			}
			if err := c.sayBriefs(briefs, "it"); err != nil {
				return err
			}
			return c.sayMoved(ctx, before)
		},
	}
	f.add(c)
	return c
}

func (a *app) ledgerUndoCommand() *cobra.Command {
	var f changeFlags
	c := &cobra.Command{
		Use:   "undo CASE ID",
		Short: "Take the latest change of a record back",
		Long: `undo takes the latest change of a record back, as a change of its own: the record is as it
was before. Where the latest change was an undo, what it took back is there again. A
record that was only entered is withdrawn, if nothing rests on it.`,
		Example: "  demarche ledger undo my-case denial.3\n  demarche ledger undo my-case 'denial.3>doha_fleeing'",
		Args:    idArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			c, err := a.change(ctx, args[0], f, "taken back", false)
			if err != nil {
				return err
			}
			defer c.Close()
			ref, err := c.record(ctx, args[1:])
			if err != nil {
				return err
			}
			last, err := c.latest(ctx, ref)
			if err != nil {
				return err
			}
			on, err := c.undone(ctx, ref, last.Record)
			if err != nil {
				return err
			}
			before, err := c.weighed(ctx, on...)
			if err != nil {
				return err
			}
			done, err := c.Undo(ctx, c.after(last.Learned), ref, last.Number)
			if err != nil {
				return err
			}
			now, err := c.latest(ctx, ref)
			if err != nil {
				return err
			}
			changes := strings.Join(changedWords(last.Record, now.Record), "; ")
			switch {
			case now.Record == nil:
				err = c.say("The %s is withdrawn. Undo brings it back.", refWords(ref))
			case last.Record == nil:
				err = c.say("The %s is back.", refWords(ref))
			case changes != "":
				err = c.say("Took change %d of the %s back: %s.", done.Number-1, refWords(ref), changes)
			default:
				err = c.say("Took change %d of the %s back; nothing in it differs.", done.Number-1, refWords(ref))
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

// undone are the propositions that taking back a change can move.
func (c *changing) undone(ctx context.Context, ref ledger.Ref, last ledger.Record) ([]string, error) {
	switch ref.Kind {
	case ledger.KindClaim:
		return c.on(ctx, ref.ID)
	case ledger.KindLink:
		if link, ok := last.(*ledger.Link); ok {
			return c.touched(ctx, link)
		}
	case ledger.KindOverride:
		return []string{ref.ID}, nil
	}
	return nil, nil
}

// refWords name a record; a link by its ends.
func refWords(ref ledger.Ref) string {
	if ref.Kind == ledger.KindLink {
		from, to, _ := strings.Cut(ref.ID, ">")
		return "link from " + strings.TrimPrefix(from, "claim:") + " to " + strings.TrimPrefix(to, "claim:")
	}
	return ref.String()
}
