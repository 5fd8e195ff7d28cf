package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/reader"
	"github.com/spf13/cobra"
)

// readFlags are what read is asked for beside the reports.
type readFlags struct {
	json, text, html   bool
	least              float64
	output             string
	resume, skipCopies bool
	more               readMoreFlags
}

func (a *app) readCommand() *cobra.Command {
	f := readFlags{}
	c := &cobra.Command{
		Use:   "read FILE...",
		Short: "Find who says what in reports",
		Long: `read finds the attributions in reports: who says what, in which words, on or off
the record, and how it is hedged. A dash (-) reads standard input. A folder stands
for all reports in it and below; a feed, a mailbox or a web archive for each of its
items, messages or pages.`,
		Example: `  demarche read examples/caribbean/reports/denial.md
  demarche read --html -o denial.html examples/caribbean/reports/denial.md
  demarche read examples/caribbean/reports --json -o claims.jsonl --resume
  demarche read --events examples/caribbean/reports/strikes.md
  demarche read --case examples/caribbean examples/caribbean/reports/denial.md
  demarche read --json - < report.txt`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("name one or more files or folders, or - for standard input", "there is nothing to read")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.least < 0 {
				if f.least = 0.5; f.json {
					f.least = 0
				}
			}
			if f.resume && (f.output == "" || f.html) {
				return usage("write demarche read FOLDER --json -o FILE --resume", "--resume goes on with an output file of --json, --text or the list for people, and needs its name with -o")
			}
			list, err := desk.ReportPaths(args)
			if err != nil {
				return err
			}
			if f.html {
				return a.readHTML(cmd.Context(), list, f)
			}
			return a.readMany(cmd.Context(), list, f)
		},
	}
	c.Flags().BoolVar(&f.json, "json", false, "print one attribution a line as JSON")
	c.Flags().BoolVar(&f.text, "text", false, "print the text that spans count in")
	c.Flags().BoolVar(&f.html, "html", false, "write the report as a page, with what was found marked")
	c.Flags().Float64Var(&f.least, "min-confidence", -1, "leave out what is less sure, from 0 to 1 (0.5 for people, 0 with --json)")
	c.Flags().StringVarP(&f.output, "output", "o", "", "write to this file instead of the terminal")
	c.Flags().BoolVar(&f.resume, "resume", false, "go on with the file of -o: read only reports that are not in it yet")
	c.Flags().BoolVar(&f.skipCopies, "skip-copies", false, "of reports that nearly repeat an earlier one, print nothing")
	f.more.add(c)
	c.MarkFlagsMutuallyExclusive("json", "text", "html")
	c.MarkFlagsMutuallyExclusive("events", "text", "html")
	return c
}

// printReading prints what was found in one report, for people.
func (a *app) printReading(w io.Writer, r *desk.Reading) {
	if r.Result.Declined != "" {
		return
	}
	head := r.Path + ": "
	if n := len(r.Result.Attributions); n == 0 {
		head += "nobody is found to say anything"
	} else {
		head += plural(n, "attribution")
	}
	if r.CopyOf != "" {
		head += "; nearly the same text as " + r.CopyOf
	}
	fmt.Fprintln(w, head)
	for i, at := range r.Result.Attributions {
		who := at.Source.Text
		if who == "" {
			who = "(nobody named)"
		}
		if at.Source.Resolved != nil && !strings.Contains(who, at.Source.Resolved.Text) {
			who += " [" + at.Source.Resolved.Text + "]"
		}
		if at.Cue.Text != "" {
			who += " (“" + at.Cue.Text + "”)"
		}
		fmt.Fprintf(w, "\n  %s:\n", strings.Join(strings.Fields(who), " "))
		for _, line := range wrap(at.Content.Text, a.width()-6) {
			fmt.Fprintf(w, "      %s\n", line)
		}
		fmt.Fprintf(w, "      (%s; confidence %.2f)\n", strings.Join(attributionFacts(at), "; "), at.Confidence)
		if r.Relations != nil {
			a.printRelations(w, r.Relations[i])
		}
	}
}

// printRelations prints what an attribution seems to say of the propositions of a
// case.
func (a *app) printRelations(w io.Writer, rels []reader.Relation) {
	for _, rel := range rels {
		line := fmt.Sprintf("%s that this is so: %s (%.2f)", relationVerb(rel), strings.TrimSuffix(rel.Says, "."), rel.P)
		for i, part := range wrap(line, a.width()-8) {
			indent := "      "
			if i > 0 {
				indent += "  "
			}
			fmt.Fprintln(w, indent+part)
		}
	}
}

// relationVerb is what an attribution seems to do to a proposition.
func relationVerb(rel reader.Relation) string {
	verb := "seems to affirm"
	if rel.Denies {
		verb = "seems to deny"
	}
	if rel.Hedged {
		verb += " in guarded words"
	}
	return verb
}

// attributionFacts are how something is said, in a few words each.
func attributionFacts(at reader.Attribution) []string {
	facts := []string{strings.ReplaceAll(string(at.Record), "_", " "), string(at.Act)}
	if string(at.Stance) != "affirms" && string(at.Stance) != string(at.Act) {
		facts = append(facts, string(at.Stance))
	}
	if len(at.Hedges) > 0 {
		facts = append(facts, "hedged: "+strings.Join(at.Hedges, ", "))
	}
	if at.Said.Date != "" {
		facts = append(facts, at.Said.Date)
	}
	if at.Source.Actor != nil && at.Source.Actor.ID != "" {
		facts = append(facts, "in the case: "+at.Source.Actor.Name)
	}
	if at.Assisted {
		facts = append(facts, "judged with a language model")
	}
	return facts
}

// wrap breaks text into lines of at most width characters, between words.
func wrap(text string, width int) []string { return brief.Wrap(text, max(width, 20)) }
