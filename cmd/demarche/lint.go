package main

import (
	"errors"
	"fmt"
	"html"
	"io/fs"
	"os"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/engine"
	"github.com/spf13/cobra"
)

// maxBrief is the size up to which a brief is checked.
const maxBrief = 16 << 20

func (a *app) lintCommand() *cobra.Command {
	var path, since string
	c := &cobra.Command{
		Use:   "lint-brief FILE",
		Short: "Check a brief that was edited: quotations, numbers, names",
		Long: `lint-brief checks a brief in any of its forms, also after a person has edited it:
sentences without a reference, quotations and numbers that the sources do not
hold, words of likelihood that do not match, anonymous sources told as names.
It verifies quotations, numbers, names and spans, not meaning.

The case is found beside the brief or below the current folder, by its title.`,
		Example: "  demarche brief examples/caribbean -f md -o brief.md\n  demarche lint-brief brief.md --case examples/caribbean",
		Args:    exactArgs(1, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := a.briefText(args[0])
			if err != nil {
				return err
			}
			if path == "" {
				if path, err = desk.FindCase(html.UnescapeString(text), args[0], "."); err != nil {
					return err
				}
			}
			crisis, err := a.openSince(cmd.Context(), path, since)
			if err != nil {
				return err
			}
			q := desk.BriefQuestion{Outlook: engine.OutlookConfig{Seed: 1}}
			if err := a.since(cmd.Context(), &q, crisis, path, since); err != nil {
				return err
			}
			in, err := crisis.BriefInput(cmd.Context(), q)
			if err != nil {
				return err
			}
			findings, err := brief.LintText(cmd.Context(), text, in)
			if err != nil {
				return err
			}
			for _, f := range findings {
				fmt.Fprintln(a.stdout, f.Reason())
			}
			if len(findings) > 0 {
				fmt.Fprintf(a.stdout, "\n%s in %s. Quotations, numbers, names and spans were checked, not meaning.\n", plural(len(findings), "finding"), args[0])
				return &saidError{demarche.No}
			}
			if !a.quiet {
				fmt.Fprintf(a.stdout, "Nothing found in %s. Quotations, numbers, names and spans were checked, not meaning.\n", args[0])
			}
			return nil
		},
	}
	a.caseFlags(c)
	a.sinceFlag(c, &since)
	c.Flags().StringVar(&path, "case", "", "the case that the brief is on")
	return c
}

func (a *app) briefText(path string) (string, error) {
	bad := func(kind demarche.Kind, msg, hint string, err error) error {
		return &demarche.Error{Kind: kind, Msg: msg, Hint: hint, Err: err}
	}
	in := a.stdin
	if path != "-" {
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			return "", bad(demarche.NotFound, "there is no file "+path, "check the path", err)
		}
		if err != nil {
			return "", bad(demarche.BadInput, path+" cannot be read", "check that it is a file that you may read", err)
		}
		defer f.Close()
		in = f
	}
	data, err := capped(in, maxBrief)
	switch {
	case err != nil:
		return "", bad(demarche.BadInput, path+" cannot be read", "check that it is a file that you may read", err)
	case len(data) > maxBrief:
		return "", bad(demarche.BadInput, fmt.Sprintf("%s is larger than %d megabytes; no brief is", path, maxBrief>>20), "name a brief written by demarche brief", nil)
	}
	return string(data), nil
}
