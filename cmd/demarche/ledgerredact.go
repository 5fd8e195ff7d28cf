package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/ledger"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func (a *app) ledgerRedactCommand() *cobra.Command {
	var f changeFlags
	var yes bool
	c := &cobra.Command{
		Use:   "redact CASE ID",
		Short: "Destroy the content of a record for good",
		Long: `redact destroys every version of a record, the reasons given for them, the bytes of a
report as they came, and what the search holds of it. That there was such a record, who
entered it and when, and who redacted it and why, stays. It cannot be undone.

Copies made before are out of reach: backups are listed, and so are records that rest on
it and may quote it, briefs that used it, and files in the folder of the case that hold
its words. On a terminal it asks for the id once more.`,
		Example: "  demarche ledger redact my-case leak.2 --why \"the source asked for it\"\n  demarche ledger redact my-case report leak --yes --why \"published by mistake\"",
		Args:    idArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if strings.TrimSpace(f.why) == "" {
				return usage("give a reason that may stay on record, with --why", "the reason for destroying it is not given")
			}
			c, err := a.change(ctx, args[0], f, "", false)
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
			if !yes && last.Op != ledger.OpRedact {
				in, ok := a.stdin.(*os.File)
				if !ok || !term.IsTerminal(int(in.Fd())) {
					return usage("give --yes where nobody can be asked", "the content of the %s would be destroyed for good", refWords(ref))
				}
				sure, err := confirmed(a.stdin, a.stderr, ref)
				if err != nil {
					return err
				}
				if !sure {
					return &demarche.Error{Kind: demarche.No, Msg: "that was not its id; nothing was destroyed", Hint: "write the id as it is shown"}
				}
			}
			// After the redaction nobody knows its words any more.
			elsewhere, err := c.elsewhere(ctx, ref, last.Record)
			if err != nil {
				return err
			}
			t, err := c.Redact(ctx, c.Change, ref)
			if err != nil {
				return err
			}
			return c.tombstone(t, elsewhere)
		},
	}
	f.add(c)
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

// confirmed asks for the id of what would be destroyed.
func confirmed(in io.Reader, out io.Writer, ref ledger.Ref) (bool, error) {
	fmt.Fprintf(out, "The content of the %s would be destroyed for good, in every version.\nWrite its id to go on: ", refWords(ref))
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && err != io.EOF {
		return false, &demarche.Error{Kind: demarche.Unavailable, Msg: "the answer could not be read", Hint: "try again", Err: err}
	}
	return strings.TrimSpace(line) == ref.ID, nil
}

// elsewhere are the places in the folder of the case that hold what a record says.
func (c *changing) elsewhere(ctx context.Context, ref ledger.Ref, r ledger.Record) ([]desk.Place, error) {
	crisis, err := desk.Open(ctx, c.path, desk.Question{Now: clock(), Book: c.Ledger})
	if err != nil {
		return nil, err
	}
	var words []string
	switch r := r.(type) {
	case *ledger.Claim:
		words = []string{r.Says, r.Quote}
	case *ledger.Report:
		words = []string{r.Text}
	case *ledger.Source:
		words = []string{r.Name, r.Description}
	}
	return desk.WhereElse(crisis, ref.Kind.String(), ref.ID, words...)
}

// tombstone tells what is left and what is out of reach.
func (c *changing) tombstone(t ledger.Tombstone, elsewhere []desk.Place) error {
	say := func(format string, args ...any) error { return c.tell(fmt.Sprintf(format, args...)) }
	if err := say("Destroyed the content of the %s, in %s.", refWords(t.Ref), versions(t.Entries)); err != nil {
		return err
	}
	for _, b := range t.Backups {
		if err := say("- Not reached: the backup %s of %s holds it still. Delete it, or make a new one and delete it then.", b.Place, timeWords(b.Made)); err != nil {
			return err
		}
	}
	if len(t.Dependents) > 0 {
		var names []string
		for _, ref := range t.Dependents {
			names = append(names, refWords(ref))
		}
		if err := say("- Not reached: these rest on it and may quote it: the %s. Look at each, and redact it if it does.", listWords(names)); err != nil {
			return err
		}
	}
	if len(t.Briefs) > 0 {
		if err := c.sayBriefs(t.Briefs, "it"); err != nil {
			return err
		}
	}
	if place, _ := c.ledgerPlace(c.path); strings.HasPrefix(place, "postgres") {
		if err := say("- Not reached: the logs, archives and replicas of the server."); err != nil {
			return err
		}
	}
	for _, p := range elsewhere {
		// On one line, so that the name of the file can be taken from it.
		if _, err := fmt.Fprintf(c.stdout, "- Not reached: %s, %s. Look at it, and take it out.\n", clean(p.Pos.String()), p.What); err != nil {
			return err
		}
	}
	return say("- Not reached: copies that were made without this program, or outside the folder of the case.")
}

func versions(n int) string {
	if n == 1 {
		return "its one version"
	}
	return fmt.Sprintf("its %d versions", n)
}
