package casefile

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/demarche/demarche/engine"
)

// maxGraphMoves bounds the moves that are written one by one.
const maxGraphMoves = 1 << 21

// move is an arc of the state graph.
type move struct {
	player, from, to int
	better           bool // an improvement for the player
}

// moves lists all moves, up to limit; whole is false if there are more.
func moves(m *engine.Model, limit int) (list []move, whole bool) {
	var to []int
	for s := range m.States {
		for i := range m.Players {
			to = m.Moves(to[:0], i, s)
			for _, t := range to {
				if len(list) == limit {
					return list, false
				}
				list = append(list, move{i, s, t, m.Rank[i][t] > m.Rank[i][s]})
			}
		}
	}
	return list, true
}

// graphML writes the state graph: nodes with number, pattern, words, rank for
// each player (1 is best) and the concepts under which the state is an
// equilibrium; edges with the player who moves and whether it is an improvement.
func (x *exporter) graphML() ([]byte, error) {
	m, err := x.model()
	if err != nil {
		return nil, err
	}
	list, whole := moves(m, maxGraphMoves)
	if !whole {
		return nil, x.fail(x.Case.Conflict.At, "add rules for combinations that cannot be, or leave out options", "the state graph has more than %d moves", maxGraphMoves)
	}
	st, err := m.Stability(context.Background(), engine.Concepts()...)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	b.WriteString(`<graphml xmlns="http://graphml.graphdrawing.org/xmlns">` + "\n")
	key := func(id, of, name, kind string) {
		fmt.Fprintf(&b, " <key id=%q for=%q attr.name=%s attr.type=%q/>\n", id, of, attribute(name), kind)
	}
	key("number", "node", "number", "int")
	key("pattern", "node", "pattern", "string")
	key("words", "node", "words", "string")
	key("now", "node", "status quo", "boolean")
	key("equilibrium", "node", "equilibrium", "string")
	for i, p := range m.Players {
		key(fmt.Sprintf("rank%d", i), "node", "rank for "+p.Name, "int")
	}
	key("player", "edge", "player", "string")
	key("improvement", "edge", "improvement", "boolean")
	fmt.Fprintf(&b, " <graph id=%s edgedefault=\"directed\">\n", attribute("states"))
	start := -1
	if at, err := m.Start(); err == nil {
		start = at
	}
	for s, state := range m.States {
		fmt.Fprintf(&b, "  <node id=\"s%d\">\n", s+1)
		data := func(key, value string) { fmt.Fprintf(&b, "   <data key=%q>%s</data>\n", key, escaped(value)) }
		data("number", fmt.Sprint(s+1))
		data("pattern", m.Pattern(state))
		data("words", x.words(state))
		data("now", fmt.Sprint(s == start))
		var under []string
		for c, set := range st.Equilibria {
			if set.Has(s) {
				under = append(under, st.Concepts[c].String())
			}
		}
		data("equilibrium", strings.Join(under, " "))
		for i := range m.Players {
			data(fmt.Sprintf("rank%d", i), fmt.Sprint(m.Best[i]-m.Rank[i][s]+1))
		}
		b.WriteString("  </node>\n")
	}
	for n, a := range list {
		fmt.Fprintf(&b, "  <edge id=\"m%d\" source=\"s%d\" target=\"s%d\"><data key=\"player\">%s</data><data key=\"improvement\">%t</data></edge>\n",
			n+1, a.from+1, a.to+1, escaped(m.Players[a.player].Name), a.better)
	}
	b.WriteString(" </graph>\n</graphml>\n")
	return b.Bytes(), nil
}

// escaped is text for XML; what XML cannot hold becomes a replacement character.
func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic(err) // a Builder takes everything
	}
	return b.String()
}

func attribute(s string) string { return `"` + escaped(s) + `"` }
