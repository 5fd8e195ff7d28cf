package casefile

import (
	"bytes"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"github.com/demarche/demarche/engine"
)

// maxProfiles bounds the strategy combinations of a strategic form.
const maxProfiles = 1 << 20

// nfg writes Gambit's strategic form (the payoff version of .nfg, version 1): the
// players, for each the labels of its strategies, and the payoffs of all players
// for every combination, the first player's strategy changing fastest.
func (x *exporter) nfg() ([]byte, error) {
	c := x.Case.Conflict
	if x.k.HasGraph() {
		return nil, x.fail(c.Graph.At, "write it as graphml", "the format nfg has strategies, and cannot hold a model with a graph of states")
	}
	if len(c.Same) > 0 {
		return nil, x.fail(c.Same[0].At, "write it as graphml, or remove same", "the format nfg cannot hold states made one (same)")
	}
	var losses []string
	var shared uint64
	oneWay := false
	for i, p := range c.Players {
		shared |= x.k.Players[i].Mask &^ x.k.Players[i].Own
		for _, o := range p.Options {
			oneWay = oneWay || !o.Back() || !o.Forward()
		}
	}
	if oneWay {
		losses = append(losses, "options that can be changed one way only")
	}
	if shared != 0 {
		losses = append(losses, "shared options")
	}
	if len(c.Hidden) > 0 {
		losses = append(losses, "hidden states")
	}
	if err := x.refuse(NFG, losses); err != nil {
		return nil, err
	}
	m, err := x.model()
	if err != nil {
		return nil, err
	}
	// Every player's strategies: its options in some feasible state, ascending.
	strategies := make([][]uint64, len(m.Players))
	profiles := 1
	for i, p := range m.Players {
		seen := map[uint64]bool{}
		for _, s := range m.States {
			seen[s&p.Own] = true
		}
		strategies[i] = slices.Sorted(maps.Keys(seen))
		if hi, lo := bits.Mul64(uint64(profiles), uint64(len(strategies[i]))); hi != 0 || lo > maxProfiles*64 {
			profiles = maxProfiles*64 + 1
		} else {
			profiles = int(lo)
		}
	}
	if profiles > len(m.States) {
		count := fmt.Sprint(profiles - len(m.States))
		if profiles > maxProfiles*64 {
			count = "a great many"
		}
		return nil, x.fail(c.At, "the strategic form knows no combination that cannot be; keep only rules on options of one player, or use another format",
			"%s of the combinations of what the players can do by themselves are infeasible", count)
	}
	if profiles > maxProfiles {
		return nil, x.fail(c.At, "leave out options that change nothing", "the strategic form would have %d combinations; at most %d are written", profiles, maxProfiles)
	}

	var b bytes.Buffer
	fmt.Fprintf(&b, "NFG 1 R %s\n{", nfgText(x.Case.Title))
	for _, p := range m.Players {
		b.WriteString(" " + nfgText(p.Name))
	}
	b.WriteString(" }\n\n{")
	for i := range m.Players {
		b.WriteString(" {")
		for _, own := range strategies[i] {
			b.WriteString(" " + nfgText(x.strategy(m, i, own)))
		}
		b.WriteString(" }\n")
	}
	b.WriteString("}\n\"Payoffs are ranks: 0 is the worst state for a player.\"\n\n")
	at := make([]int, len(m.Players))
	for range profiles {
		var state uint64
		for i, n := range at {
			state |= strategies[i][n]
		}
		s, _ := m.Find(state)
		for i := range m.Players {
			if i > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprint(&b, m.Rank[i][s])
		}
		b.WriteByte('\n')
		for i := range at {
			if at[i]++; at[i] < len(strategies[i]) {
				break
			}
			at[i] = 0
		}
	}
	return b.Bytes(), nil
}

// strategy is the label of a combination of a player's own options.
func (x *exporter) strategy(m *engine.Model, i int, own uint64) string {
	var taken []string
	for k, o := range m.Options {
		if own>>k&1 == 1 {
			_, id, _ := strings.Cut(o.ID, ".")
			taken = append(taken, id)
		}
	}
	if len(taken) == 0 {
		return "nothing"
	}
	return strings.Join(taken, " + ")
}

// nfgText is a text in quotation marks, on one line.
func nfgText(s string) string {
	s = strings.Join(strings.FieldsFunc(s, unprintable), " ")
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
