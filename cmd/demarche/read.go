package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/intake"
	"github.com/demarche/demarche/reader"
	"github.com/spf13/cobra"
)

func (a *app) readCommand() *cobra.Command {
	var asJSON, asText bool
	least := -1.0
	c := &cobra.Command{
		Use:   "read FILE...",
		Short: "Find who says what in reports",
		Long: `read finds the attributions in reports: who says what, in which words, on or off
the record, and how it is hedged. A dash (-) reads plain text from standard input.`,
		Example: "  demarche read examples/caribbean/reports/denial.md\n  demarche read --json - < report.txt",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("name one or more files, or - for standard input", "there is nothing to read")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if least < 0 {
				if least = 0.5; asJSON {
					least = 0
				}
			}
			for n, path := range args {
				if err := cmd.Context().Err(); err != nil {
					return err
				}
				r, err := a.report1(path)
				if err != nil {
					return err
				}
				if asText {
					fmt.Fprint(a.stdout, r.Text)
					continue
				}
				got := reader.Read(r.Text, reader.Options{Published: r.Published.From, Body: r.Body, MinConfidence: least})
				if got.Declined != "" {
					fmt.Fprintf(a.stderr, "%s: %s\n", path, got.Declined)
				}
				if asJSON {
					e := json.NewEncoder(a.stdout)
					e.SetEscapeHTML(false)
					for _, at := range got.Attributions {
						if err := e.Encode(at); err != nil {
							return err
						}
					}
					continue
				}
				if n > 0 {
					fmt.Fprintln(a.stdout)
				}
				if got.Declined == "" {
					a.printAttributions(path, got)
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one attribution a line as JSON")
	c.Flags().BoolVar(&asText, "text", false, "print the text that spans count in")
	c.Flags().Float64Var(&least, "min-confidence", -1, "leave out what is less sure, from 0 to 1 (0.5 for people, 0 with --json)")
	c.MarkFlagsMutuallyExclusive("json", "text")
	return c
}

func (a *app) report1(path string) (demarche.Report, error) {
	if path == "-" {
		return intake.From(a.stdin, "-")
	}
	return intake.Open(path)
}

func (a *app) printAttributions(path string, got reader.Result) {
	if len(got.Attributions) == 0 {
		fmt.Fprintf(a.stdout, "%s: nobody is found to say anything\n", path)
		return
	}
	fmt.Fprintf(a.stdout, "%s: %s\n", path, plural(len(got.Attributions), "attribution"))
	for _, at := range got.Attributions {
		who := at.Source.Text
		if who == "" {
			who = "(nobody named)"
		}
		if at.Source.Resolved != nil {
			who += " [" + at.Source.Resolved.Text + "]"
		}
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
		if at.Cue.Text != "" {
			who += " (“" + at.Cue.Text + "”)"
		}
		fmt.Fprintf(a.stdout, "\n  %s:\n", strings.Join(strings.Fields(who), " "))
		for _, line := range wrap(at.Content.Text, a.width()-6) {
			fmt.Fprintf(a.stdout, "      %s\n", line)
		}
		fmt.Fprintf(a.stdout, "      (%s; confidence %.2f)\n", strings.Join(facts, "; "), at.Confidence)
	}
}

// wrap breaks text into lines of at most width characters, between words.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > max(width, 20) {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
