package main

import (
	"github.com/demarche/demarche"
	"github.com/spf13/cobra"
)

func (a *app) lintCommand() *cobra.Command {
	return &cobra.Command{Use: "lint-brief FILE", RunE: func(*cobra.Command, []string) error {
		return &demarche.Error{Kind: demarche.Unavailable}
	}}
}
