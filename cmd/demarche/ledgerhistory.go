package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/demarche/demarche/ledger"
	"github.com/spf13/cobra"
)

func (a *app) ledgerHistoryCommand() *cobra.Command {
	var f ledgerFlags
	c := &cobra.Command{
		Use:   "history CASE ID",
		Short: "Show every change of a record: when, who, what, why",
		Long: `history lists the entries of one record from the first to the last: when each became
known, who made it, what it changed, and why. Where an entry was written later than what
it tells became known, the day of writing is told too.`,
		Example: "  demarche ledger history my-case denial.3\n  demarche ledger history my-case source gazette",
		Args:    idArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return a.ledgerHistory(cmd.Context(), args, f) },
	}
	f.add(c)
	c.Flag("as-of").Usage = "only what was known by the end of this day, in UTC; everything, if left out"
	return c
}

func (a *app) ledgerHistory(ctx context.Context, args []string, f ledgerFlags) error {
	b, err := a.books(ctx, args[0], f.asOf, true)
	if err != nil {
		return err
	}
	defer b.Close()
	ref, err := b.record(ctx, args[1:])
	if err != nil {
		return err
	}
	entries, err := b.History(ctx, b.at, ref)
	if err != nil {
		return err
	}
	if f.json {
		return printJSON(a.stdout, struct {
			Version int            `json:"version"`
			AsOf    string         `json:"as_of"`
			Ref     ledger.Ref     `json:"ref"`
			Entries []ledger.Entry `json:"entries"`
		}{1, jsonTime(b.at), ref, entries})
	}
	p := b.sheet(4)
	p.heading(upperFirst(ref.String()) + ": " + many(len(entries), "change"))
	for n, e := range entries {
		text := entryWords(entries, n)
		if e.Recorded.Sub(e.Learned) >= 24*time.Hour {
			text += ", written down on " + e.Recorded.UTC().Format("2 January 2006")
		}
		p.row(fmt.Sprint(e.Number), sentenceOf(text))
	}
	_, err = io.WriteString(a.stdout, p.String())
	return err
}
