package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/engine"
	"github.com/spf13/cobra"
)

// robustFlags ask how an outlook stands up to changed assumptions.
type robustFlags struct {
	asked  bool
	budget time.Duration
}

func (f *robustFlags) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.asked, "robust", false, "change every assumption, one at a time, and say what stays")
	c.Flags().DurationVar(&f.budget, "budget", engine.DefaultRobustBudget, "with --robust: stop trying after this time, such as 90s or 5m")
}

// try tries the assumptions; nil if that is not asked.
func (f *robustFlags) try(a *app, cmd *cobra.Command, crisis *desk.Crisis, cfg engine.OutlookConfig) (*engine.Robustness, error) {
	switch {
	case f.budget <= 0:
		return nil, usage("give a time above zero, such as 30s", "--budget %s: there is no time to try anything", f.budget)
	case !f.asked && cmd.Flags().Changed("budget"):
		return nil, usage("add --robust", "--budget says how long --robust may take, and --robust is missing")
	case !f.asked:
		return nil, nil
	case crisis.Conflict != nil && len(crisis.Conflict.Outcomes) == 0:
		return &engine.Robustness{}, nil // nothing to work out; see printRobust
	}
	show, done := a.progress("trying assumptions")
	defer done()
	return crisis.Robustness(cmd.Context(), engine.RobustConfig{Outlook: cfg, Budget: f.budget, Progress: show})
}

// maxBreaks is how many changes are told one by one for each outcome.
const maxBreaks = 12

// printRobust tells which changes of an assumption the most likely outcome does
// not survive, and how far every share moves.
func printRobust(w io.Writer, k *engine.Conflict, r *engine.Robustness) error {
	b := &strings.Builder{}
	fmt.Fprintln(b, "\nHow well it stands up, with one assumption changed at a time")
	wrapped(b, "  ", brief.RobustVerdict(k, r))
	if len(k.Outcomes) == 0 {
		_, err := io.WriteString(w, b.String())
		return err
	}
	for _, x := range brief.Breaks(k, r) {
		fmt.Fprintf(b, "\n  It becomes %s\n", x.Becomes)
		for n, s := range x.If {
			if n == maxBreaks {
				fmt.Fprintf(b, "    – under %s; --json lists them\n", further(len(x.If)-n, "change"))
				break
			}
			wrapped(b, "    – ", s)
		}
	}
	untold := 0
	for i := range r.Trials {
		if t := &r.Trials[i]; t.Err != "" {
			if untold++; untold == 1 {
				fmt.Fprintln(b, "\n  What could not be tried")
			}
			wrapped(b, "    – ", brief.AssumptionWords(k, t.Assumption)+": "+t.Err)
		}
	}
	if s := brief.UntriedWords(r); s != "" {
		fmt.Fprintln(b)
		wrapped(b, "  ", s+" --budget gives more time.")
	}
	if !r.Exact {
		fmt.Fprintln(b)
		worst := 0.0
		for _, e := range r.Base {
			worst = max(worst, e.SE)
		}
		wrapped(b, "  ", fmt.Sprintf("Each of these outlooks comes from %d worlds drawn with the same seed; the largest standard error of a share is %s. Smaller differences can be chance.", r.Worlds, pointsOf(worst)))
	}
	fmt.Fprintln(b, "\n  How far each share moves under these changes and under the answers to the open questions")
	order := make([]int, len(r.Ranges))
	for n := range order {
		order[n] = n
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(r.Base[y].P, r.Base[x].P) })
	for _, n := range order {
		g := r.Ranges[n]
		if g.Max.P < 1e-9 {
			continue
		}
		fmt.Fprintf(b, "    %s: %s\n", brief.EndWords(k, n), brief.RangeWords(g.Min.P, g.Max.P))
		for _, side := range []struct {
			word string
			e    engine.Extreme
		}{{"least", g.Min}, {"most", g.Max}} {
			if s := brief.ExtremeWords(k, r, side.e); s != "" {
				wrapped(b, "      ", side.word+" "+s)
			}
		}
	}
	fmt.Fprintln(b)
	wrapped(b, "", "What is changed here are assumptions of the model, to see what the result rests on; none of it is proposed.")
	_, err := io.WriteString(w, b.String())
	return err
}

// wrapped writes a sentence in lines of up to 100 columns; those after the first
// are indented as far as the lead. A percent sign stays with its number.
func wrapped(b *strings.Builder, lead, s string) {
	const columns = 100
	for _, line := range wrap(s, columns-len([]rune(lead))) {
		fmt.Fprintln(b, lead+line)
		lead = strings.Repeat(" ", len([]rune(lead)))
	}
}
