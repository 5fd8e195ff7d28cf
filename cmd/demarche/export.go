package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/casefile"
	"github.com/demarche/demarche/engine"
	"github.com/spf13/cobra"
)

// laterFormats are the formats of the workbench that this version does not have.
var laterFormats = []string{"bundle", "ftm", "acled", "csl"}

func (a *app) exportCommand() *cobra.Command {
	var format, out string
	var lossy, force bool
	c := &cobra.Command{
		Use:   "export CASE --format FORMAT",
		Short: "Write the model of a case for another program, or as a picture",
		Long: `export writes the conflict model of a case in another format:

  gmcr     the save file of earlier conflict analysis tools
  nfg      the strategic form of Gambit, where every combination is feasible
  graphml  the graph of states and moves, for programs that draw or analyse graphs
  svg      a picture of that graph, for models of up to 200 states

The model is that of one world: a proposition counts as true if its credence is a
half or more. What gmcr and nfg cannot hold is an error that names it; --lossy
leaves it out.`,
		Example: "  demarche export examples/published/chicken.yaml --format nfg\n  demarche export examples/published/elmira.yaml --format svg -o elmira.svg",
		Args:    exactArgs(1, "CASE"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := checkExport(format); err != nil {
				return err
			}
			if err := free(out, force); err != nil {
				return err
			}
			crisis, err := a.open(args[0])
			if err != nil {
				return err
			}
			cfg := casefile.ExportConfig{Engine: engine.Config{Day: crisis.Day, Assume: map[string]float64{}}, Lossy: lossy}
			for _, s := range a.assume {
				id, p, err := parseAssumption(s)
				if err != nil {
					return err
				}
				cfg.Engine.Assume[id] = p
			}
			var b bytes.Buffer
			if err := casefile.Export(&b, crisis.File, casefile.Format(format), cfg); err != nil {
				return err
			}
			if out == "" {
				_, err = a.stdout.Write(b.Bytes())
				return err
			}
			return writeFile(out, b.Bytes())
		},
	}
	a.caseFlags(c)
	c.Flags().StringVarP(&format, "format", "f", "", "gmcr, nfg, graphml or svg")
	c.Flags().StringVarP(&out, "output", "o", "", "write to this file instead of the terminal")
	c.Flags().BoolVar(&lossy, "lossy", false, "leave out what the format cannot hold")
	c.Flags().BoolVar(&force, "force", false, "replace the file if it is there")
	return c
}

func checkExport(format string) error {
	var names []string
	for _, f := range casefile.Formats() {
		names = append(names, string(f))
	}
	switch {
	case format == "":
		return usage("write --format gmcr, nfg, graphml or svg", "no format is named")
	case slices.Contains(laterFormats, format):
		return &demarche.Error{Kind: demarche.Unavailable, Msg: "the format " + format + " is not part of this version", Hint: "the formats are gmcr, nfg, graphml and svg"}
	case !slices.Contains(names, format):
		return usage(demarche.DidYouMean(format, names), "unknown format %q", format)
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
