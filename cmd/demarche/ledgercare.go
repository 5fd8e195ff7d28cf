package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/ledger"
	"github.com/spf13/cobra"
)

func (a *app) ledgerVerifyCommand() *cobra.Command {
	var rebuild, asJSON bool
	c := &cobra.Command{
		Use:   "verify CASE",
		Short: "Check that nothing in the ledger was altered, lost or mixed up",
		Long: `verify recomputes the hash of every entry, on top of the one before it; checks that what
records refer to is there, both clocks, the originals of the reports, and that lists and
search hold what the entries say. It prints the last hash: written down where others
cannot change it, it proves later that nothing before it was rewritten.

--rebuild first makes lists and search anew from the entries. If something is wrong, the
exit code is 1.`,
		Example: "  demarche ledger verify my-case\n  demarche ledger verify my-case --rebuild",
		Args:    exactArgs(1, "CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if rebuild { // it must be there: none is made to be checked
				l, err := a.openLedger(ctx, args[0], false)
				if err == nil {
					err = l.Close()
				} else if demarche.KindOf(err) == demarche.Unavailable && !noLedger(err) {
					err = nil // of an earlier schema, which opening for writing brings forward
				}
				if err != nil {
					return err
				}
			}
			l, err := a.openLedger(ctx, args[0], rebuild)
			if err != nil {
				return err
			}
			defer l.Close()
			if rebuild {
				show, done := a.progress("making lists and search anew")
				err := l.Rebuild(ctx, shares(show))
				done()
				if err != nil {
					return err
				}
			}
			show, done := a.progress("checking entries")
			found, err := l.Verify(ctx, shares(show))
			done()
			if err != nil {
				return err
			}
			return a.printFindings(found, asJSON)
		},
	}
	c.Flags().BoolVar(&rebuild, "rebuild", false, "first make lists and search anew from the entries")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// shares turns a count of entries into a share; nil where none is shown.
func shares(show func(float64)) func(done, of int64) {
	return func(done, of int64) {
		if show != nil && of > 0 {
			show(float64(done) / float64(of))
		}
	}
}

func (a *app) printFindings(f ledger.Findings, asJSON bool) error {
	var err error
	switch {
	case asJSON:
		err = printJSON(a.stdout, struct {
			Version int  `json:"version"`
			OK      bool `json:"ok"`
			ledger.Findings
		}{1, f.OK(), f})
	case f.OK():
		_, err = fmt.Fprintf(a.stdout, "The ledger holds together: %s checked.\nThe last hash is %s\n", entries(f.Entries), f.Head)
	default:
		for _, problem := range f.Problems {
			if _, err = fmt.Fprintln(a.stdout, upperFirst(clean(problem))+"."); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintf(a.stdout, "The ledger does not hold together: %s in %s. Keep the file as it is. If only lists are out of step, --rebuild mends them; else restore a backup.\n", plural(len(f.Problems), "problem"), entries(f.Entries))
	}
	if err == nil && !f.OK() {
		return &saidError{demarche.No}
	}
	return err
}

func entries(n int64) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

func (a *app) ledgerBackupCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "backup CASE FILE",
		Short: "Copy the ledger to a file, while it is in use",
		Long: `backup writes a copy of the ledger as of one moment, while others go on reading and
writing. The copy is checked before it is called done, and it is one file whatever store
it comes from. A file that is there is never written over. The ledger notes where its
backups lie, so that redact can name them.`,
		Example: "  demarche ledger backup my-case ledger-2025-12-02.db",
		Args:    exactArgs(2, "CASE FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			l, err := a.openLedger(ctx, args[0], false) // none is made to be copied
			if err == nil {
				err = l.Close()
			}
			if err != nil {
				return err
			}
			if l, err = a.openLedger(ctx, args[0], true); err != nil { // to note the backup
				return err
			}
			defer l.Close()
			_, done := a.progress("copying")
			note, err := l.Backup(ctx, args[1])
			done()
			if err != nil {
				return err
			}
			if a.quiet {
				return nil
			}
			_, err = fmt.Fprintf(a.stdout, "Wrote %s: %s, checked.\nIts SHA-256 is %s\n", args[1], entries(note.Seq), note.SHA)
			return err
		},
	}
}

func (a *app) ledgerRestoreCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "restore BACKUP CASE",
		Short: "Make the ledger of a case from a backup",
		Long: `restore makes a ledger out of a backup, where there is none: move a damaged one away first.
The backup is checked before, and what was made of it afterwards. With --db it goes to a
PostgreSQL database without a ledger.`,
		Example: "  demarche ledger restore ledger-2025-12-02.db my-case",
		Args:    exactArgs(2, "BACKUP CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := os.Stat(args[0]); errors.Is(err, fs.ErrNotExist) {
				return &demarche.Error{Kind: demarche.NotFound, Msg: "there is no backup " + args[0], Hint: "check the path"}
			}
			where, err := a.ledgerPlace(args[1])
			if err != nil {
				return err
			}
			if where == "" {
				return usage("make a case of it with demarche import", "%s is a model of earlier tools and has no ledger", args[1])
			}
			if _, err := os.Stat(args[1]); errors.Is(err, fs.ErrNotExist) {
				return &demarche.Error{Kind: demarche.NotFound, Msg: "there is no case " + args[1], Hint: "name the case folder, or make one with demarche init"}
			}
			_, done := a.progress("restoring")
			err = ledger.Restore(cmd.Context(), args[0], where)
			done()
			if err != nil {
				return err
			}
			if a.quiet {
				return nil
			}
			place := filepath.Clean(where)
			if a.db != "" || os.Getenv("DEMARCHE_DB") != "" {
				place = "the database"
			}
			_, err = fmt.Fprintf(a.stdout, "Restored %s from %s, checked.\n", place, args[0])
			return err
		},
	}
}

func (a *app) ledgerUsesCommand() *cobra.Command {
	var f ledgerFlags
	c := &cobra.Command{
		Use:     "uses CASE CLAIM",
		Short:   "List the briefs that used a claim",
		Long:    `uses lists the briefs on record that used a claim, the oldest first.`,
		Example: "  demarche ledger uses my-case denial.3",
		Args:    exactArgs(2, "CASE CLAIM"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			b, err := a.books(ctx, args[0], f.asOf, false)
			if err != nil {
				return err
			}
			defer b.Close()
			ref := claimRef(args[1])
			if _, err := b.head(ctx, ref); err != nil {
				return err
			}
			briefs, err := b.BriefsUsing(ctx, b.at, ref.ID)
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(a.stdout, struct {
					Version int            `json:"version"`
					AsOf    string         `json:"as_of"`
					Claim   string         `json:"claim"`
					Briefs  []ledger.Brief `json:"briefs"`
				}{1, jsonTime(b.at), ref.ID, briefs})
			}
			if len(briefs) == 0 {
				return b.tell("No brief on record used " + ref.ID + ", " + b.asKnown() + ".")
			}
			for _, r := range briefs {
				if err := b.tell("- " + upperFirst(briefName(r))); err != nil {
					return err
				}
			}
			return nil
		},
	}
	f.add(c)
	return c
}
