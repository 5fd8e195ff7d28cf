package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/casefile"
	"github.com/spf13/cobra"
)

// imported are the endings of files that can be imported.
var imported = []string{".gmcr", ".zip", ".csv", ".jsonl", ".ndjson", ".json"}

// maxImport is the size of the largest file that is imported, but for bundles.
const maxImport = 128 << 20

func (a *app) importCommand() *cobra.Command {
	var out string
	var force bool
	c := &cobra.Command{
		Use:   "import FILE DIR",
		Short: "Make a case of a bundle, or of a file of another program",
		Long: `import makes a case folder of a file, by the ending of its name:

  .zip     a bundle that export wrote: the case with its reports and its ledger
  .gmcr    the save file of earlier conflict analysis tools
  .csv     a table of incidents with the columns of ACLED
  .jsonl   FollowTheMoney entities that export wrote
  .json    a bundle of STIX 2.1 that export wrote

A bundle goes to a new or empty folder, whole or not at all; its ledger is checked and
taken in as it is. From the other files, claims of a ledger come in as proposed: what
others have accepted, nobody here has. Every command that takes a CASE also takes a
.gmcr file itself.`,
		Example: "  demarche import imbra.zip imbra\n  demarche import model.gmcr my-case\n  demarche import incidents.csv incidents",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 2 && out != "":
				return usage("write demarche import FILE DIR", "the folder is named twice")
			case len(args) == 2:
				out = args[1]
			case out == "":
				return usage("write demarche import FILE DIR", "no folder is named for the case")
			}
			ext := strings.ToLower(filepath.Ext(args[0]))
			if info, err := os.Stat(args[0]); err == nil && (!slices.Contains(imported, ext) || info.IsDir()) {
				return &demarche.Error{Kind: demarche.BadInput, Msg: args[0] + " is not a file that is imported", Hint: "files that are imported end in " + strings.Join(imported, ", ") + "; a case folder or a case.yaml needs no import"}
			}
			next := "  demarche brief %[1]s\n"
			if ext == ".zip" {
				f, err := casefile.ImportBundle(cmd.Context(), args[0], out, a.adopt)
				if err != nil {
					return err
				}
				a.importWarnings(f)
			} else {
				f, got, err := a.importFile(cmd.Context(), args[0], out, ext, force)
				if err != nil {
					return err
				}
				if got.claims > 0 && !a.quiet {
					fmt.Fprintf(a.stderr, "demarche: %s; nobody here has accepted any: see demarche ledger inbox %s\n", tally(got.claims, "claim came with it and is proposed", "claims came with it and are proposed"), out)
				}
				if got.dropped > 0 && !a.quiet {
					fmt.Fprintf(a.stderr, "demarche: not taken over: %s\n", tally(got.dropped, "credence that an analyst elsewhere set by hand", "credences that analysts elsewhere set by hand"))
				}
				if f.Case.Conflict != nil {
					next = "  demarche stability %[1]s\n"
				}
			}
			if !a.quiet {
				fmt.Fprintf(a.stdout, "Made %[1]s of %[2]s. Next:\n  demarche check %[1]s\n"+next, out, args[0])
			}
			return nil
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "the folder of the new case, instead of naming it last")
	c.Flags().BoolVar(&force, "force", false, "replace the case.yaml if it is there; a bundle never replaces anything")
	return c
}

func (a *app) importWarnings(f *casefile.File) {
	for _, w := range f.Warnings {
		fmt.Fprintf(a.stderr, "%s: warning: %s\n", w.Pos, w.Msg)
	}
}

// importFile makes a case folder of one file. Only for a .gmcr file it makes a
// folder for reports: claims of the others name reports that are not there.
func (a *app) importFile(ctx context.Context, name, dir, ext string, force bool) (f *casefile.File, got arrived, err error) {
	if ext == ".gmcr" {
		f, err = casefile.Open(name)
	} else {
		var data []byte
		if data, err = readImport(name); err == nil {
			f, err = casefile.Import(name, data)
		}
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, got, err
	}
	a.importWarnings(f)
	if len(f.Records) > 0 {
		got, err = a.takeIn(ctx, name, dir, f, force)
		return f, got, err
	}
	path := filepath.Join(dir, casefile.CaseName)
	if err := free(path, force); err != nil {
		return nil, got, err
	}
	made := dir
	if ext == ".gmcr" {
		made = filepath.Join(dir, casefile.ReportsName)
	}
	if err := os.MkdirAll(made, 0o755); err != nil {
		return nil, got, cannotMake(dir, err)
	}
	return f, got, writeFile(path, f.Bytes())
}

// readImport reads a file of another program.
func readImport(name string) ([]byte, error) {
	in, err := os.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &demarche.Error{Kind: demarche.NotFound, Msg: "there is no file " + name, Hint: "check the path"}
	case err != nil:
		return nil, &demarche.Error{Kind: demarche.BadInput, Msg: name + " cannot be read", Hint: "check its permissions", Err: err}
	}
	defer in.Close()
	data, err := capped(in, maxImport)
	if err != nil {
		return nil, &demarche.Error{Kind: demarche.BadInput, Msg: name + " cannot be read", Hint: "check that it is a file", Err: err}
	}
	if len(data) > maxImport {
		return nil, &demarche.Error{Kind: demarche.BadInput, Msg: fmt.Sprintf("%s has more than %d megabytes", name, maxImport>>20), Hint: "split it"}
	}
	return data, nil
}
