package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/engine"
	"github.com/spf13/cobra"
)

func (a *app) outlookCommand() *cobra.Command {
	var cfg engine.OutlookConfig
	var asJSON bool
	var robust robustFlags
	c := &cobra.Command{
		Use:   "outlook CASE",
		Short: "How likely each outcome is over everything that is contested",
		Long: `outlook follows the conflict from today in every world: every way in which the
propositions of the case could turn out. All its numbers are conditional on the
model and on the credences in the case.`,
		Example: "  demarche outlook examples/caribbean\n  demarche outlook examples/caribbean --assume resolved_on_land=yes --json\n  demarche outlook examples/caribbean --robust",
		Args:    exactArgs(1, "CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cfg.Worlds < 0 {
				return usage("give the number of worlds to draw", "--worlds %d: there cannot be fewer worlds than none", cfg.Worlds)
			}
			crisis, err := a.open(args[0])
			if err != nil {
				return err
			}
			show, done := a.progress("weighing worlds")
			cfg.Progress = show
			o, err := crisis.Outlook(cmd.Context(), cfg)
			done()
			if err != nil {
				return err
			}
			r, err := robust.try(a, cmd, crisis, cfg)
			if err != nil {
				return err
			}
			if asJSON {
				out := desk.NewOutlookJSON(crisis.Conflict, o)
				if r != nil {
					out.Robustness = desk.NewRobustnessJSON(crisis.Conflict, r)
				}
				e := json.NewEncoder(a.stdout)
				e.SetEscapeHTML(false)
				e.SetIndent("", " ")
				return e.Encode(out)
			}
			if err := printOutlook(a.stdout, crisis.Conflict, o); err != nil || r == nil {
				return err
			}
			return printRobust(a.stdout, crisis.Conflict, r)
		},
	}
	a.caseFlags(c)
	c.Flags().IntVar(&cfg.Worlds, "worlds", 0, "draw this many worlds instead of weighing all")
	c.Flags().Uint64Var(&cfg.Seed, "seed", 1, "the seed of the draws")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	robust.add(c)
	return c
}

func printOutlook(w io.Writer, k *engine.Conflict, o *engine.Outlook) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "Where it can go, by the model (undated; %s", plural(o.Worlds, "world"))
	if o.Exact {
		fmt.Fprintln(b, " weighed)")
	} else {
		fmt.Fprintf(b, " drawn with seed %d)\n", o.Seed)
	}
	row := func(name string, p, se float64) {
		bar := strings.Repeat("█", int(p*30+0.5))
		word := brief.Likelihood(p)
		switch share(p) {
		case "none":
			word = "in no world"
		case "all":
			word = "in every world"
		}
		fmt.Fprintf(b, "  %-12s  %-30s  %s: %s", share(p), bar, name, word)
		if se > 0 {
			fmt.Fprintf(b, " (standard error %.1f points)", se*100)
		}
		fmt.Fprintln(b)
	}
	if len(k.Outcomes) == 0 {
		fmt.Fprintln(b, "  The case names no outcomes; add outcomes under conflict.")
	}
	order := make([]int, len(o.Outcomes))
	for n := range order {
		order[n] = n
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(o.Outcomes[y].P, o.Outcomes[x].P) })
	for _, n := range order {
		row(k.Outcomes[n].Says, o.Outcomes[n].P, o.Outcomes[n].SE)
	}
	if o.Unnamed > 0 && len(k.Outcomes) > 0 {
		row("an end that no outcome names", o.Unnamed, 0)
	}
	if o.NoSettlement > 0 {
		row("no settlement", o.NoSettlement, 0)
	}
	if k.HasTalks {
		fmt.Fprintf(b, "\nShare of the runs in which an agreement is reached: %s\n", share(o.Agreed))
	} else {
		fmt.Fprintln(b, "\nThe case names no talks, so no agreement is considered.")
	}
	if len(o.Ladder) > 0 {
		fmt.Fprintln(b, "\nRungs of escalation reached on the way")
		for n, e := range o.Ladder {
			opt := k.Options[k.Ladder[n]]
			fmt.Fprintf(b, "  %-12s  %s: %s\n", share(e.P), k.Players[opt.Player].Name, lowerFirst(opt.Says))
		}
	}
	if len(o.Matters) > 0 {
		fmt.Fprintln(b, "\nWhat to find out next, most telling first")
		matters := slices.Clone(o.Matters)
		slices.SortStableFunc(matters, func(x, y engine.Matter) int {
			switch {
			case x.Bits > y.Bits+1e-12:
				return -1
			case y.Bits > x.Bits+1e-12:
				return 1
			}
			return 0
		})
		for _, m := range matters {
			printMatter(b, k, m)
		}
	}
	fmt.Fprintln(b, "\nThe numbers are conditional on the model and on the probabilities in the case. They are\nrounded to five points; --json gives them exactly. One bit is what it takes to decide\nbetween two evenly balanced outcomes.")
	_, err := io.WriteString(w, b.String())
	return err
}

func printMatter(b *strings.Builder, k *engine.Conflict, m engine.Matter) {
	if m.Yes == nil || m.No == nil {
		word := "is so"
		if m.Yes == nil {
			word = "is not so"
		}
		fmt.Fprintf(b, "  %s: held to be settled, it %s\n", m.Says, word)
		return
	}
	fmt.Fprintf(b, "  %s (assumed probability %.0f %%)\n", m.Says, m.Credence*100)
	switch {
	case m.Bits < 1e-9:
		fmt.Fprintln(b, "      makes no difference to the outcome")
		return
	}
	for _, side := range []struct {
		name string
		p    []float64
	}{{"yes", m.Yes}, {"no", m.No}} {
		var parts []string
		for n, o := range k.Outcomes {
			if side.p[n] >= 0.025 {
				parts = append(parts, fmt.Sprintf("%s %s", o.Says, share(side.p[n])))
			}
		}
		fmt.Fprintf(b, "      if %-4s %s\n", side.name+":", strings.Join(parts, ", "))
	}
	change := ""
	if m.Changes {
		change = "; the most likely outcome changes"
	}
	fmt.Fprintf(b, "      tells %.3f bits about the outcome%s\n", m.Bits, change)
}

// share is a probability for people: rounded to five points, but told apart from
// what happens in no run or in every one.
func share(p float64) string {
	switch {
	case p < 1e-9:
		return "none"
	case p > 1-1e-9:
		return "all"
	}
	return brief.Percent(p)
}

func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 1 && r[1] >= 'a' && r[1] <= 'z' || len(r) > 1 && r[1] == ' ' {
		return strings.ToLower(string(r[:1])) + string(r[1:])
	}
	return s
}
