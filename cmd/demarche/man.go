package main

import (
	"os"
	"time"

	"github.com/demarche/demarche"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCommand writes man pages, for those who package the program.
func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   "Write man pages into a folder",
		Example: "  demarche man /usr/local/share/man/man1",
		Args:    exactArgs(1, "DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return &demarche.Error{Kind: demarche.BadInput, Msg: args[0] + " cannot be made", Hint: "check that you may write there", Err: err}
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			day := time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC) // of the interface described
			header := &doc.GenManHeader{Section: "1", Source: "demarche", Manual: "demarche", Date: &day}
			if err := doc.GenManTree(root, header, args[0]); err != nil {
				return &demarche.Error{Kind: demarche.BadInput, Msg: "the man pages cannot be written to " + args[0], Hint: "check that you may write there", Err: err}
			}
			return nil
		},
	}
}
