package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/engine"
	"github.com/spf13/cobra"
)

func (a *app) briefCommand() *cobra.Command {
	var format, out, since string
	var final bool
	c := &cobra.Command{
		Use:   "brief CASE",
		Short: "Write the brief on a case",
		Long: `brief writes the brief: the bottom line first, then key judgements, the situation
with both sides of what is contested, offers, where it can go and why, and what
to find out next. Every sentence is tied to a quotation or to a model result; the
numbers are conditional on the model.`,
		Example: "  demarche brief examples/caribbean\n  demarche brief examples/caribbean --format html -o brief.html",
		Args:    exactArgs(1, "CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if since != "" {
				return &demarche.Error{Kind: demarche.Unavailable, Msg: "--since: saying what changed needs the ledger, which is not part of this version", Hint: "leave out --since"}
			}
			write, err := a.briefWriter(format)
			if err != nil {
				return err
			}
			crisis, err := a.open(args[0])
			if err != nil {
				return err
			}
			show, done := a.progress("weighing worlds")
			b, err := crisis.Brief(cmd.Context(), engine.OutlookConfig{Seed: 1, Progress: show})
			done()
			if err != nil {
				return err
			}
			if final && len(b.Draft) > 0 {
				fmt.Fprintln(a.stderr, "demarche: the brief is a draft and is not written as final:")
				for _, reason := range b.Draft {
					fmt.Fprintln(a.stderr, "  "+reason)
				}
				return &saidError{demarche.No}
			}
			var buf bytes.Buffer
			if err := write(&buf, b); err != nil {
				return err
			}
			if out == "" {
				_, err = a.stdout.Write(buf.Bytes())
				return err
			}
			return writeFile(out, buf.Bytes())
		},
	}
	a.caseFlags(c)
	c.Flags().StringVarP(&format, "format", "f", "text", "text, md, html or json")
	c.Flags().StringVarP(&out, "output", "o", "", "write to this file instead of the terminal")
	c.Flags().StringVar(&since, "since", "", "say what changed since this day")
	c.Flags().BoolVar(&final, "final", false, "write nothing if the brief's own check finds something wrong with it (a draft)")
	if err := c.Flags().MarkHidden("since"); err != nil {
		panic(err) // the flag is defined above
	}
	return c
}

func (a *app) briefWriter(format string) (func(io.Writer, *brief.Brief) error, error) {
	switch format {
	case "text", "txt":
		return func(w io.Writer, b *brief.Brief) error {
			return brief.Text(w, b, brief.TextOptions{Width: min(a.width(), 100), Color: a.colour()})
		}, nil
	case "md", "markdown":
		return brief.Markdown, nil
	case "html":
		return brief.HTML, nil
	case "json":
		return brief.JSON, nil
	}
	return nil, usage(demarche.DidYouMean(format, []string{"text", "md", "html", "json"}), "unknown format %q", format)
}

// writeFile writes a file whole or not at all.
func writeFile(path string, data []byte) error {
	fail := func(err error) error {
		return &demarche.Error{Kind: demarche.BadInput, Msg: path + " cannot be written", Hint: "check that the folder exists and that you may write there", Err: err}
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".demarche-*")
	if err != nil {
		return fail(err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if e := tmp.Chmod(0o644); err == nil {
		err = e
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fail(err)
	}
	return nil
}
