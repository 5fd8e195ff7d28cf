package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/casefile"
	"github.com/spf13/cobra"
)

// laterImports are endings of files that later versions import.
var laterImports = map[string]string{".zip": "bundle", ".jsonl": "ftm", ".csv": "acled"}

func (a *app) importCommand() *cobra.Command {
	var out string
	var force bool
	c := &cobra.Command{
		Use:   "import FILE DIR",
		Short: "Make a case of a model of another program",
		Long: `import reads a .gmcr file, the save file of earlier conflict analysis tools, and
makes a case folder of it: a case.yaml to read and go on with, and an empty folder
for reports. Every command that takes a CASE also takes the .gmcr file itself.`,
		Example: "  demarche import model.gmcr my-case\n  demarche stability model.gmcr",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 2 && out != "":
				return usage("write demarche import FILE DIR", "the folder is named twice")
			case len(args) == 2:
				out = args[1]
			case out == "":
				return usage("write demarche import FILE DIR", "no folder is named for the case")
			}
			ext := strings.ToLower(filepath.Ext(args[0]))
			if what, later := laterImports[ext]; later {
				return &demarche.Error{Kind: demarche.Unavailable, Msg: "the format " + what + " is not part of this version", Hint: "a .gmcr file can be imported"}
			}
			if info, err := os.Stat(args[0]); err == nil && (ext != ".gmcr" || info.IsDir()) {
				return &demarche.Error{Kind: demarche.BadInput, Msg: args[0] + " is not a .gmcr file", Hint: "a case folder or a case.yaml needs no import"}
			}
			f, err := casefile.Open(args[0])
			if err != nil {
				return err
			}
			for _, w := range f.Warnings {
				fmt.Fprintf(a.stderr, "%s: warning: %s\n", w.Pos, w.Msg)
			}
			path := filepath.Join(out, casefile.CaseName)
			if err := free(path, force); err != nil {
				return err
			}
			if err := os.MkdirAll(filepath.Join(out, casefile.ReportsName), 0o755); err != nil {
				hint := "check that the folder above it is there and that there is room"
				if errors.Is(err, fs.ErrPermission) {
					hint = "check the permissions of the folder above it"
				}
				return &demarche.Error{Kind: demarche.BadInput, Msg: "the case folder " + out + " cannot be made", Hint: hint, Err: err}
			}
			if err := writeFile(path, f.Bytes()); err != nil {
				return err
			}
			if !a.quiet {
				fmt.Fprintf(a.stdout, "Made %s of %s. Next:\n  demarche check %s\n  demarche stability %s\n", out, args[0], out, out)
			}
			return nil
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "the folder of the new case, instead of naming it last")
	c.Flags().BoolVar(&force, "force", false, "replace the case.yaml if it is there")
	return c
}
