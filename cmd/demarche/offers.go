package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/engine"
	"github.com/spf13/cobra"
)

func (a *app) offersCommand() *cobra.Command {
	var cfg engine.OutlookConfig
	var asJSON bool
	c := &cobra.Command{
		Use:   "offers CASE",
		Short: "Who gains by each offer, what could be agreed, and what mediators add",
		Long: `offers judges every offer of the case as a proposed position: who would gain and
who would lose, whether it would hold, on which contested claims that depends, and
what smallest addition would make it hold. It finds everything that could be agreed,
what lies between two offers on the table, what each mediator adds, and how
agreements would be carried out: who has to perform first, which promises could be
withdrawn, and which outsider gains by breaking them. Positions in which a new use of
force begins are set apart: they are described, not proposed. All its numbers are
conditional on the model and on the credences in the case.`,
		Example: "  demarche offers examples/caribbean\n  demarche offers examples/imbra-river --assume dry_season=yes --json",
		Args:    exactArgs(1, "CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cfg.Worlds < 0 {
				return usage("give the number of worlds to draw", "--worlds %d: there cannot be fewer worlds than none", cfg.Worlds)
			}
			crisis, err := a.open(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			show, done := a.progress("judging offers")
			cfg.Progress = show
			r, err := crisis.Offers(cmd.Context(), cfg)
			done()
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(a.stdout)
				e.SetEscapeHTML(false)
				e.SetIndent("", " ")
				return e.Encode(desk.NewOffersJSON(crisis.Conflict, r))
			}
			return a.printOffers(crisis.Conflict, r)
		},
	}
	a.caseFlags(c)
	c.Flags().IntVar(&cfg.Worlds, "worlds", 0, "draw this many worlds instead of weighing all")
	c.Flags().Uint64Var(&cfg.Seed, "seed", 1, "the seed of the draws")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// printOffers prints what is said of the offers, passage by passage.
func (a *app) printOffers(k *engine.Conflict, r *engine.OfferReport) error {
	b := &strings.Builder{}
	for _, p := range brief.Offers(k, r) {
		a.passage(b, p)
	}
	a.paragraph(b, "The numbers are conditional on the model and on the probabilities in the case. They are rounded to five points; --json gives them exactly. “As things most likely stand” is the world in which every proposition is so if its probability is at least a half.")
	_, err := io.WriteString(a.stdout, b.String())
	return err
}

// passage prints a passage and an empty line.
func (a *app) passage(b *strings.Builder, p brief.Passage) {
	width := min(a.width(), 100)
	a.paragraph(b, p.Title)
	for _, s := range p.Paragraphs {
		for _, line := range wrap(s, width-2) {
			fmt.Fprintln(b, "  "+line)
		}
	}
	for _, s := range p.Points {
		for n, line := range wrap(s, width-6) {
			mark := "      "
			if n == 0 {
				mark = "    - "
			}
			fmt.Fprintln(b, mark+line)
		}
	}
	columns(b, p.Table, width-2)
	for _, s := range p.After {
		for _, line := range wrap(s, width-2) {
			fmt.Fprintln(b, "  "+line)
		}
	}
	fmt.Fprintln(b)
}

// columns prints a table whose first row is its head, cut into lines of equal
// columns that fit the width.
func columns(b *strings.Builder, rows [][]string, width int) {
	if len(rows) == 0 {
		return
	}
	n := len(rows[0])
	widths := make([]int, n)
	left := width - 2*n
	for c := n - 1; c >= 0; c-- {
		for r, row := range rows {
			if r > 0 || c == 0 {
				widths[c] = max(widths[c], runes(row[c]))
				continue
			}
			for _, word := range strings.Fields(row[c]) {
				widths[c] = max(widths[c], runes(word))
			}
		}
		if c == 0 {
			widths[c] = min(widths[c], max(left, 12))
		}
		left -= widths[c]
	}
	for _, row := range rows {
		cells := make([][]string, n)
		lines := 0
		for c, text := range row {
			cells[c] = narrow(text, widths[c])
			lines = max(lines, len(cells[c]))
		}
		for l := range lines {
			line := "  "
			for c := range n {
				text := ""
				if l < len(cells[c]) {
					text = cells[c][l]
				}
				line += text + strings.Repeat(" ", max(0, widths[c]-runes(text))+2)
			}
			fmt.Fprintln(b, strings.TrimRight(line, " "))
		}
	}
}

func runes(s string) int { return len([]rune(s)) }

// narrow wraps the text of a cell, however narrow.
func narrow(text string, width int) []string {
	var lines []string
	for _, word := range strings.Fields(text) {
		if n := len(lines) - 1; n >= 0 && runes(lines[n])+1+runes(word) <= width {
			lines[n] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}
