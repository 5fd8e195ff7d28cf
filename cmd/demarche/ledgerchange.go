package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/ledger"
)

// current is a record as it is now.
func (c *changing) current(ctx context.Context, ref ledger.Ref) (ledger.Version, error) {
	at, err := c.Get(ctx, time.Time{}, ref)
	return at, c.unknown(ctx, ref, err)
}

// latest is the last entry of a record, live or not; a blank one where there
// never was such a record.
func (c *changing) latest(ctx context.Context, ref ledger.Ref) (ledger.Entry, error) {
	h, err := c.History(ctx, time.Time{}, ref)
	if demarche.KindOf(err) == demarche.NotFound {
		return ledger.Entry{Ref: ref}, nil
	}
	if err != nil {
		return ledger.Entry{}, err
	}
	return h[len(h)-1], nil
}

// item is a record to write over what was seen of it. In a replay it counts as
// learned no earlier than what it refers to.
func (c *changing) item(r ledger.Record, number int, learned ...time.Time) ledger.Item {
	ch := c.Change
	for _, t := range learned {
		if later := c.after(t).Learned; later.After(ch.Learned) {
			ch.Learned = later
		}
	}
	return ledger.Item{Record: r, Expect: number, Learned: ch.Learned}
}

// proposition is what has to be written so that a proposition is in the ledger:
// nothing if it is, its words in the case where only the case has it.
func (c *changing) proposition(ctx context.Context, id string) ([]ledger.Item, error) {
	ref := ledger.Ref{Kind: ledger.KindProposition, ID: id}
	last, err := c.latest(ctx, ref)
	if err != nil || last.Record != nil {
		return nil, err
	}
	var names []string
	for _, p := range c.crisis.Propositions {
		if p.ID == id {
			return []ledger.Item{c.item(&ledger.Proposition{ID: id, Says: p.Says}, last.Number, last.Learned)}, nil
		}
		names = append(names, p.ID)
	}
	more, err := c.Names(ctx, ledger.KindProposition, maxNames)
	if err != nil {
		return nil, err
	}
	hint := "demarche ledger proposition " + c.path + " " + id + ` --says "…" enters one`
	if n := demarche.Nearest(id, append(names, more...)); n != "" {
		hint = "did you mean " + n + "?"
	}
	return nil, &demarche.Error{Kind: demarche.NotFound, Msg: "neither the case nor the ledger has the proposition " + id, Hint: hint}
}

// say prints a result, unless only errors are wanted.
func (c *changing) say(format string, args ...any) error {
	if c.quiet {
		return nil
	}
	return c.tell(fmt.Sprintf(format, args...))
}

// tell prints a sentence, wrapped.
func (b *books) tell(text string) error {
	for n, line := range wrap(text, min(b.width(), 100)-2) {
		if n > 0 {
			line = "  " + line
		}
		if _, err := fmt.Fprintln(b.stdout, line); err != nil {
			return err
		}
	}
	return nil
}

// claimLine is a claim with its id and its speaker.
func (b *books) claimLine(ctx context.Context, claim *ledger.Claim) (string, error) {
	who, err := b.speaker(ctx, claim)
	if err != nil {
		return "", err
	}
	words, err := b.claimWords(ctx, claim)
	if len(claim.Against) == 0 {
		who += ":"
	}
	return who + " " + words, err
}

// on are the propositions that a claim affirms or denies.
func (b *books) on(ctx context.Context, claim string) ([]string, error) {
	var out []string
	err := b.each(ctx, ledger.Filter{Kind: ledger.KindLink, From: ledger.Ref{Kind: ledger.KindClaim, ID: claim}}, func(v ledger.Version) error {
		if to := v.Record.(*ledger.Link).To; to.Kind == ledger.KindProposition {
			out = append(out, to.ID)
		}
		return nil
	})
	return out, err
}

// credences are those of propositions before a change.
type credences map[string]demarche.Credence

// weighed takes down the credences of propositions.
func (c *changing) weighed(ctx context.Context, ids ...string) (credences, error) {
	out := credences{}
	for _, id := range ids {
		if _, ok := out[id]; ok {
			continue
		}
		got, err := c.weigh(ctx, id)
		if demarche.KindOf(err) == demarche.NotFound { // not in the ledger yet
			half := 0.5
			if prior := c.prior(id); prior != nil {
				half = *prior
			}
			got, err = demarche.Weigh(half, nil, c.crisis.WeightsOr(), nil)
		}
		if err != nil {
			return nil, err
		}
		out[id] = got
	}
	return out, nil
}

// sayMoved tells how credences moved.
func (c *changing) sayMoved(ctx context.Context, before credences) error {
	var ids []string
	for id := range before {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	moved := false
	for _, id := range ids {
		after, err := c.weigh(ctx, id)
		if err != nil {
			return err
		}
		says, err := c.matter(ctx, id)
		if err != nil {
			return err
		}
		text := movedWords(says, before[id], after)
		if text == "" {
			continue
		}
		moved = true
		if err := c.say("%s", text); err != nil {
			return err
		}
	}
	if !moved {
		return nil
	}
	return c.say("%s", demarche.Convention)
}

// matter is a proposition in its words: those of the case file, or else those of the
// ledger.
func (c *changing) matter(ctx context.Context, id string) (string, error) {
	for _, p := range c.crisis.Propositions {
		if p.ID == id {
			return clean(p.Says), nil
		}
	}
	at, err := c.current(ctx, ledger.Ref{Kind: ledger.KindProposition, ID: id})
	if err != nil {
		return "", err
	}
	return clean(at.Record.(*ledger.Proposition).Says), nil
}

// movedWords tell how a proposition moved; "" if it did not.
func movedWords(says string, before, after demarche.Credence) string {
	if before.Standing == after.Standing && before.P == after.P {
		return ""
	}
	s := brief.Quoted(strings.TrimSuffix(unquoted(says), ".")) + " "
	if before.Standing == after.Standing {
		s += "is still " + string(after.Standing)
	} else {
		s += "was " + string(before.Standing) + " and is now " + string(after.Standing)
	}
	if was, is := share2(before.P), share2(after.P); was == is {
		s += "; its credence stays about " + is
	} else {
		s += "; its credence goes from " + was + " to " + is
	}
	return s + "."
}

// sayBriefs lists briefs that used a claim.
func (c *changing) sayBriefs(briefs []ledger.Brief, what string) error {
	if len(briefs) == 0 {
		return nil
	}
	var names []string
	for _, r := range briefs {
		names = append(names, briefName(r))
	}
	whose := "their"
	if len(briefs) == 1 {
		whose = "its"
	}
	return c.tell(fmt.Sprintf("%s used %s: %s. Tell %s readers.", plural(len(briefs), "brief"), what, strings.Join(names, "; "), whose))
}

// parseShare reads a number from 0 to 1.
func parseShare(what, text string) (float64, error) {
	p, err := strconv.ParseFloat(text, 64)
	if err != nil || !(p >= 0 && p <= 1) {
		return 0, usage("write a number such as 0.7", "%s %s is not a number from 0 to 1", what, text)
	}
	return p + 0, nil // −0 is 0
}
