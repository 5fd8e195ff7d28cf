package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/casefile"
	"github.com/demarche/demarche/engine"
	"github.com/demarche/demarche/intake"
	"github.com/spf13/cobra"
)

// modelFormats are those that hold the conflict model, or a picture of it.
var modelFormats = []casefile.Format{casefile.GMCR, casefile.NFG, casefile.GraphML, casefile.SVG}

const formatNames = "gmcr, nfg, graphml, svg, ftm, ftm-csv, acled, stix or csl"

func (a *app) exportCommand() *cobra.Command {
	var format, out string
	var lossy, force, bundle, confidential bool
	c := &cobra.Command{
		Use:   "export CASE --format FORMAT",
		Short: "Write a case, or its model, for another program or person",
		Long: `export writes the conflict model of a case in another format:

  gmcr     the save file of earlier conflict analysis tools
  nfg      the strategic form of Gambit, where every combination is feasible
  graphml  the graph of states and moves, for programs that draw or analyse graphs
  svg      a picture of that graph, for models of up to 200 states

The model is that of one world: a proposition counts as true if its credence is a
half or more. What gmcr and nfg cannot hold is an error that names it; --lossy
leaves it out.

It writes what the case says of the crisis:

  ftm      actors, ties, claims, incidents and the rest as FollowTheMoney entities
  ftm-csv  the same as a table of statements
  acled    incidents as a table with the columns of ACLED, and some of ours
  stix     the case as a bundle of STIX 2.1
  csl      the reports as CSL-JSON, for citation programs

In these, places are no finer than a kilometre, sources that asked not to be named
are not named, and the texts of reports are left out. ftm, acled and stix can be
imported again. Of a ledger they tell what somebody stands for: claims that were
accepted, with their sources, grades, reports and links.

--bundle writes the whole case to one zip file: the case file and the reports byte for
byte, and a checked copy of the ledger.

A case marked confidential is exported only with --confidential. Without it, whatever
the ledger marks so stays, with all that rests on it; a bundle then holds what the
ledger holds now, without its history.`,
		Example: "  demarche export examples/imbra-river --bundle -o imbra.zip\n  demarche export examples/imbra-river --format acled -o incidents.csv\n  demarche export examples/published/elmira.yaml --format svg -o elmira.svg",
		Args:    exactArgs(1, "CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if bundle && format != "" && format != "bundle" {
				return usage("leave out one of them", "both --bundle and --format %s are given", format)
			}
			bundle = bundle || format == "bundle"
			if bundle {
				switch {
				case out == "":
					return usage("name the file: --bundle -o case.zip", "a bundle is not text and needs a file")
				case a.asOf != "" || len(a.assume) > 0 || lossy:
					return usage("leave them out", "--as-of, --assume and --lossy mean nothing for a bundle, which is the case as it is")
				}
			} else if err := checkExport(format); err != nil {
				return err
			}
			if err := free(out, force); err != nil {
				return err
			}
			if bundle {
				return a.bundle(cmd.Context(), args[0], out, confidential)
			}
			var b bytes.Buffer
			if err := a.exportTo(cmd.Context(), &b, args[0], casefile.Format(format), casefile.ExportConfig{Lossy: lossy, Confidential: confidential}); err != nil {
				return err
			}
			if out == "" {
				_, err := a.stdout.Write(b.Bytes())
				return err
			}
			return writeFile(out, b.Bytes())
		},
	}
	a.caseFlags(c)
	c.Flags().StringVarP(&format, "format", "f", "", formatNames)
	c.Flags().BoolVar(&bundle, "bundle", false, "write the whole case with its reports and a copy of its ledger to one zip file")
	c.Flags().BoolVar(&confidential, "confidential", false, "what is marked confidential may leave: the case, and records of its ledger")
	c.Flags().StringVarP(&out, "output", "o", "", "write to this file instead of the terminal")
	c.Flags().BoolVar(&lossy, "lossy", false, "leave out what the format cannot hold")
	c.Flags().BoolVar(&force, "force", false, "replace the file if it is there")
	return c
}

// exportTo writes a case in one of the formats.
func (a *app) exportTo(ctx context.Context, w io.Writer, path string, format casefile.Format, cfg casefile.ExportConfig) error {
	if !slices.Contains(modelFormats, format) {
		if a.asOf != "" || len(a.assume) > 0 || cfg.Lossy {
			return usage("leave them out", "--as-of, --assume and --lossy ask something of the model, which %s does not hold", format)
		}
		v, err := a.leave(ctx, path, cfg.Confidential, false)
		if err != nil {
			return err
		}
		defer v.Close()
		if err := v.outgoing(ctx, &cfg); err != nil {
			return err
		}
		return casefile.Export(w, v.file, format, cfg)
	}
	crisis, err := a.open(ctx, path)
	if err != nil {
		return err
	}
	cfg.Engine = engine.Config{Day: crisis.Day, Assume: map[string]float64{}}
	for _, s := range a.assume {
		id, p, err := parseAssumption(s)
		if err != nil {
			return err
		}
		cfg.Engine.Assume[id] = p
	}
	return casefile.Export(w, crisis.File, format, cfg)
}

// reportsOf reads the reports of a case, but for those published after its day.
func reportsOf(ctx context.Context, f *casefile.File) ([]demarche.Report, error) {
	paths, err := f.ReportFiles()
	if err != nil {
		return nil, err
	}
	var out []demarche.Report
	for _, path := range paths {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r, err := intake.Open(path)
		if err != nil {
			return nil, err
		}
		if f.Case.AsOf.IsZero() || !r.Published.StartsAfter(f.Case.AsOf) {
			out = append(out, r)
		}
	}
	return out, nil
}

func checkExport(format string) error {
	names := []string{"bundle"}
	for _, f := range casefile.Formats() {
		names = append(names, string(f))
	}
	switch {
	case format == "":
		return usage("write --format "+formatNames+", or --bundle", "no format is named")
	case !slices.Contains(names, format):
		return usage(demarche.DidYouMean(format, names), "unknown format %q", format)
	}
	return nil
}

// outside checks that a bundle does not replace a part of the case that it holds.
func outside(out string, f *casefile.File) error {
	if f.Path == "" {
		return nil
	}
	to, err := filepath.Abs(out)
	if err != nil {
		return nil // writing will say what is wrong
	}
	dir, err := filepath.Abs(filepath.Dir(f.Path))
	if err != nil {
		return nil
	}
	rel, err := filepath.Rel(dir, to)
	if err == nil && (rel == filepath.Base(f.Path) || rel == casefile.LedgerName || strings.HasPrefix(rel, casefile.ReportsName+string(filepath.Separator))) {
		return usage("name a file outside the case", "%s is a part of the case, or would become one", out)
	}
	return nil
}

// writeStream writes a file whole or not at all.
func writeStream(path string, write func(io.Writer) error) error {
	fail := func(err error) error {
		return &demarche.Error{Kind: demarche.BadInput, Msg: path + " cannot be written", Hint: "check that the folder exists and that you may write there", Err: err}
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".demarche-*")
	if err != nil {
		return fail(err)
	}
	defer os.Remove(tmp.Name())
	if err := write(tmp); err != nil {
		tmp.Close()
		return err
	}
	err = tmp.Chmod(0o644)
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

// free checks that a file may be written: it is not there, or may be replaced.
func free(path string, force bool) error {
	if path == "" || force {
		return nil
	}
	if _, err := os.Lstat(path); err == nil {
		return &demarche.Error{Kind: demarche.BadInput, Msg: fmt.Sprintf("%s is there already", path), Hint: "name another file, or replace it with --force"}
	}
	return nil
}
