package main

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
	"github.com/spf13/cobra"
)

// conceptHelp names the solution concepts.
const conceptHelp = `Solution concepts: nash, gmr, smr, seq, sseq (the default); sim, seqsim; l1 to l99,
nonmyopic; stackelberg (with --leader); mixed (each player under its foresight);
cnash, cgmr, csmr, cseq (coalitions); gmr, smr, seq with strong-, very-strong- or
weak- before them; nash, gmr, smr, seq with -a, -b, -c or -d after them (unknown
preference); fnash, fgmr, fsmr, fseq (fuzzy); pnash, pgmr, psmr, pseq
(probabilistic); rnash, rgmr, rsmr, rseq (attitudes); hnash, hgmr, hsmr, hseq,
hsseq (as each player sees it); all.`

// conceptOptions are the flags that further concepts look at.
type conceptOptions struct {
	leader, coalition, attitudes string
	thresholds                   []string
	pareto, noReturn             bool
	alpha, beta, gamma           float64
}

func (o *conceptOptions) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.leader, "leader", "", "the player who leads, for stackelberg")
	f.StringVar(&o.coalition, "coalition", "", "one coalition alone, as players separated by commas, for coalition concepts")
	f.BoolVar(&o.pareto, "pareto", false, "a coalition gains if one member does and none loses")
	f.StringSliceVar(&o.thresholds, "threshold", nil, "thresholds of fuzzy preference: one number for all, or PLAYER=NUMBER")
	f.Float64Var(&o.alpha, "alpha", engine.DefaultCertainty, "certainty demanded of staying, for probabilistic concepts")
	f.Float64Var(&o.beta, "beta", engine.DefaultCertainty, "certainty demanded of a sanction, for the same")
	f.Float64Var(&o.gamma, "gamma", engine.DefaultCertainty, "certainty demanded of others' improvements, for the same")
	f.StringVar(&o.attitudes, "attitudes", "", "attitudes as PLAYER:PLAYER=+ or - or 0, separated by commas (own +, others 0)")
	f.BoolVar(&o.noReturn, "no-return", false, "a return to where a move began or led is no sanction")
}

// resolve turns names of players into places.
func (o *conceptOptions) resolve(m *engine.Model) (engine.StabilityOptions, error) {
	out := engine.StabilityOptions{Pareto: o.pareto, NoReturn: o.noReturn, Alpha: o.alpha, Beta: o.beta, Gamma: o.gamma}
	if o.alpha <= 0 || o.beta <= 0 || o.gamma <= 0 {
		return out, usage("give numbers above 0, at most 1", "--alpha, --beta and --gamma cannot be 0 or less")
	}
	if o.leader != "" {
		i, err := m.PlayerNamed(o.leader)
		if err != nil {
			return out, err
		}
		out.Leader = &i
	}
	if o.coalition != "" {
		for name := range strings.SplitSeq(o.coalition, ",") {
			i, err := m.PlayerNamed(strings.TrimSpace(name))
			if err != nil {
				return out, err
			}
			out.Coalition = append(out.Coalition, i)
		}
	}
	if len(o.thresholds) > 0 {
		out.Threshold = slices.Repeat([]float64{engine.DefaultCertainty}, len(m.Players))
	}
	for _, entry := range o.thresholds {
		name, number, one := strings.Cut(entry, "=")
		if !one {
			number = entry
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil {
			return out, usage("write --threshold 0.5 or --threshold PLAYER=0.5", "--threshold %s is no number", entry)
		}
		if !one {
			for i := range out.Threshold {
				out.Threshold[i] = v
			}
			continue
		}
		i, err := m.PlayerNamed(strings.TrimSpace(name))
		if err != nil {
			return out, err
		}
		out.Threshold[i] = v
	}
	if o.attitudes == "" {
		return out, nil
	}
	for i := range m.Players {
		row := make([]engine.Attitude, len(m.Players))
		row[i] = engine.Positive
		out.Attitudes = append(out.Attitudes, row)
	}
	for entry := range strings.SplitSeq(o.attitudes, ",") {
		pair, sign, ok := strings.Cut(strings.TrimSpace(entry), "=")
		of, towards, both := strings.Cut(pair, ":")
		e, known := map[string]engine.Attitude{"+": engine.Positive, "-": engine.Negative, "0": engine.Neutral}[sign]
		if !ok || !both || !known {
			return out, usage("write PLAYER:PLAYER=+ or - or 0", "--attitudes %s says nothing", entry)
		}
		i, err := m.PlayerNamed(of)
		if err != nil {
			return out, err
		}
		j, err := m.PlayerNamed(towards)
		if err != nil {
			return out, err
		}
		out.Attitudes[i][j] = e
	}
	return out, nil
}

// parseConcepts reads names of concepts; all is every one that the model can be
// asked for.
func parseConcepts(names string, m *engine.Model, o engine.StabilityOptions) ([]engine.Concept, error) {
	if names == "" {
		return engine.Concepts(), nil
	}
	if strings.EqualFold(strings.TrimSpace(names), "all") {
		return m.Applicable(o), nil
	}
	return readConcepts(names)
}

func readConcepts(names string) ([]engine.Concept, error) {
	var out []engine.Concept
	for name := range strings.SplitSeq(names, ",") {
		c, err := engine.ParseConcept(strings.TrimSpace(name))
		if err != nil {
			e, _ := errors.AsType[*demarche.Error](err)
			return nil, usage(e.Hint, "--concepts: %s", e.Msg)
		}
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out, nil
}
