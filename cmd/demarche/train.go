package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/desk"
	"github.com/spf13/cobra"
)

func (a *app) trainCommand() *cobra.Command {
	var output string
	var asJSON bool
	c := &cobra.Command{
		Use:   "train CORRECTIONS...",
		Short: "Teach the reader what a person corrected",
		Long: `train makes a model for the reader out of the one in the program and of corrections:
attributions that a person accepted, added, moved or took back. The model learns what
the corrections say of their sentences, and is held to what it made of everything
else. Use it with demarche read --model. Training begins from the program's own model
each time, so give all corrections, old and new. A dash (-) reads standard input.`,
		Example: "  demarche train corrections.jsonl -o my.model\n  demarche read --model my.model report.txt",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("write demarche train CORRECTIONS -o FILE", "name one or more files of corrections, or - for standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if output == "" {
				return usage("write demarche train CORRECTIONS -o FILE", "say with -o where the model goes")
			}
			show, done := a.progress("training")
			t, err := desk.Train(cmd.Context(), args, a.stdin, show)
			done()
			if err != nil {
				return err
			}
			if err := writeFile(output, t.Model.Bytes()); err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(a.stdout)
				e.SetEscapeHTML(false)
				e.SetIndent("", " ")
				return e.Encode(desk.NewTrainJSON(t, output))
			}
			return a.printTrained(t, output)
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "", "write the model to this file")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// printTrained says what training changed.
func (a *app) printTrained(t *desk.Trained, output string) error {
	var lines []string
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	say("Learned from %s in %s.", plural(t.Right.All+t.Wrong.All, "corrected attribution"), plural(t.Texts, "text"))
	if r := t.Right; r.All > 0 {
		say("Of %d that are right, %d were read so before, and %s now.", r.All, r.Before, tally(r.After, "is", "are"))
	}
	if w := t.Wrong; w.All > 0 {
		say("Of %d that are wrong, %d were read before, and %s now.", w.All, w.Before, tally(w.After, "is", "are"))
	}
	if k := t.Kept; k.After == k.All && t.Added == 0 {
		say("In twelve reports that come with the program, everything is read as before.")
	} else {
		say("In twelve reports that come with the program, %d of %d attributions are read as before, and %s new or read otherwise.", k.After, k.All, tally(t.Added, "is", "are"))
	}
	say("The model is in %s. To use it: demarche read --model %s", output, output)
	var b strings.Builder
	for _, l := range lines {
		for _, part := range brief.Wrap(l, a.width()) {
			b.WriteString(part + "\n")
		}
	}
	_, err := fmt.Fprint(a.stdout, b.String())
	return err
}
