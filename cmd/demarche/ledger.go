package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/ledger"
	"github.com/spf13/cobra"
)

// ledgerCommand is the group of commands on the ledger.
func (a *app) ledgerCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "ledger",
		Short: "Who said what, when, and when we knew it",
		Long: `The ledger keeps reports, sources and claims with two clocks: when something was said,
and when we learned it. Nothing in it is overwritten: every change is a new entry that
says who made it, when, and why, and every change can be taken back.

It lies in ledger.db beside the case file, or, for a team, in a PostgreSQL database that
--db or the environment variable DEMARCHE_DB names.

Where an ID is asked for, write that of a claim, a report, a source and so on as
ledger list shows it. Where one id belongs to several records, write the kind too:
claim:c8.`,
		Example: "  demarche ledger list my-case --status proposed\n  demarche ledger show my-case denial.3\n  demarche ledger accept my-case denial.3 --credibility 2",
		Args:    cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			var names []string
			for _, sub := range c.Commands() {
				names = append(names, sub.Name())
			}
			hint := "see demarche ledger --help"
			if n := demarche.Nearest(args[0], names); n != "" {
				hint = "did you mean demarche ledger " + n + "?"
			}
			return usage(hint, "unknown command %q for demarche ledger", args[0])
		},
	}
	c.AddCommand(a.ledgerAddCommand(), a.ledgerInboxCommand(), a.ledgerClaimCommand(), a.ledgerMarkCommand(), a.ledgerListCommand(), a.ledgerShowCommand(), a.ledgerHistoryCommand(),
		a.ledgerAcceptCommand(), a.ledgerRejectCommand(), a.ledgerLinkCommand(), a.ledgerUnlinkCommand(), a.ledgerRetractCommand(), a.ledgerUndoCommand(),
		a.ledgerCorrectCommand(), a.ledgerRedactCommand(), a.ledgerGradeCommand(), a.ledgerOverrideCommand(), a.ledgerPropositionCommand(),
		a.ledgerDiffCommand(), a.ledgerContestedCommand(), a.ledgerExplanationsCommand(), a.ledgerHypothesisCommand(), a.ledgerRateCommand(), a.ledgerDeceptionCommand(),
		a.ledgerJudgeCommand(), a.ledgerResolveCommand(), a.ledgerForecastsCommand(),
		a.ledgerVerifyCommand(), a.ledgerBackupCommand(), a.ledgerRestoreCommand(), a.ledgerUsesCommand(), a.ledgerCorrectionsCommand())
	return c
}

// idArgs takes CASE and what names one record.
func idArgs(c *cobra.Command, args []string) error {
	if len(args) != 2 && len(args) != 3 {
		return usage("write "+c.CommandPath()+" CASE ID, or CASE KIND ID", "%s takes a case and the id of a record, not %s", c.CommandPath(), plural(len(args), "argument"))
	}
	return nil
}

// clean puts the words of others on one line, without what could steer a
// terminal.
func clean(s string) string { return printable(strings.Join(strings.Fields(s), " ")) }

// plain is a word of a closed list as people write it.
func plain(word string) string { return strings.ReplaceAll(word, "_", " ") }

// dateWords is a date of a record in words, or as it was written.
func dateWords(text string) string {
	if d, err := demarche.ParseDate(text); err == nil {
		return d.Words()
	}
	return clean(text)
}

// timeWords is a moment in words: only the day where it is the end of one.
func timeWords(t time.Time) string {
	t = t.UTC()
	if t.Add(time.Microsecond).Truncate(24*time.Hour) != t.Truncate(24*time.Hour) {
		return t.Format("2 January 2006")
	}
	return t.Format("2 January 2006, 15:04 UTC")
}

// asKnown ends a sentence with the time that was asked for.
func (b *books) asKnown() string {
	if b.at.IsZero() {
		return "as known now"
	}
	return "as known on " + timeWords(b.at)
}

// said is the claim in few words: ours, else those of the report.
func said(c *ledger.Claim) string {
	if c.Says != "" {
		return clean(c.Says)
	}
	return brief.Quoted(unquoted(clean(c.Quote)))
}

// unquoted leaves out quotation marks around the whole.
func unquoted(s string) string {
	for _, q := range [][2]string{{"“", "”"}, {`"`, `"`}, {"«", "»"}} {
		if inner, ok := strings.CutPrefix(s, q[0]); ok {
			if inner, ok = strings.CutSuffix(inner, q[1]); ok && !strings.Contains(inner, q[0]) {
				return inner
			}
		}
	}
	return s
}

// sourceName is what a source is called.
func sourceName(s *ledger.Source) string {
	if s.Name != "" {
		return clean(s.Name)
	}
	return clean(s.Description)
}

// actorName is the name of an actor of the case; other words stay as they are.
func (b *books) actorName(id string) string {
	if actor := b.crisis.Actor(id); actor != nil {
		return actor.Name
	}
	return clean(id)
}

func sentenceOf(s string) string {
	if s = strings.TrimSpace(s); s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") || strings.HasSuffix(s, "”") {
		return s
	}
	return s + "."
}

func jsonTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return fmt.Sprint(t.UTC().Format(time.RFC3339Nano))
}
