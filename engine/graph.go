package engine

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/demarche/demarche"
)

// graph is an explicit graph of states and moves. A state is its place in the
// list, written in as few bits as that takes, so that conditions and rules on
// states go the same way as those on options.
type graph struct {
	ids    []string
	says   []string
	places map[string]int
	arcs   [][][2]int32 // by player: from, to
}

// takeGraph reads the explicit graph, if the case has one.
func (k *compiler) takeGraph() {
	src := k.src.Conflict.Graph
	if src == nil {
		return
	}
	n := len(src.States)
	if n == 0 {
		fail(src.At, "name the states", "the graph has no states")
	}
	if len(k.Options) > 0 {
		fail(src.At, "remove the options, or the graph", "a model with a graph has moves instead of options")
	}
	g := &graph{places: make(map[string]int, n), arcs: make([][][2]int32, len(k.Players))}
	for s, st := range src.States {
		says := st.Says
		if says == "" {
			says = strings.ReplaceAll(st.ID, "_", " ")
		}
		if _, dup := g.places[st.ID]; dup {
			fail(st.At, "give one of them another name", "two states of the graph are called %s", st.ID)
		}
		g.ids, g.says = append(g.ids, st.ID), append(g.says, says)
		g.places[st.ID] = s
	}
	k.graph, k.states = g, g.places
	k.width = max(1, bits.Len(uint(n-1)))
	for _, moves := range src.Moves {
		i := k.player(demarche.Ref{At: moves.At, Name: moves.ID})
		for _, a := range moves.Arcs {
			if len(a.Ends) != 2 {
				fail(a.At, "write [from, to]", "a move joins two states, not %d", len(a.Ends))
			}
			from, to := k.state(a.Ends[0]), k.state(a.Ends[1])
			if from == to {
				fail(a.At, "name two states", "a move of %s goes from %s to itself", moves.ID, a.Ends[0].Name)
			}
			g.arcs[i] = append(g.arcs[i], [2]int32{int32(from), int32(to)})
		}
	}
	for i := range g.arcs {
		slices.SortFunc(g.arcs[i], func(a, b [2]int32) int {
			if a[0] != b[0] {
				return int(a[0] - b[0])
			}
			return int(a[1] - b[1])
		})
		g.arcs[i] = slices.Compact(g.arcs[i])
	}
}

func (k *compiler) state(r demarche.Ref) int {
	s, ok := k.states[r.Name]
	if !ok {
		fail(r.At, demarche.DidYouMean(r.Name, keys(k.states)), "unknown state %s", r.Name)
	}
	return s
}

// below is the diagram of the states whose place is less than n.
func (k *Conflict) below(n int) int32 {
	f := never // strictly less, by the bits so far, from the lowest up
	for bit := range k.width {
		is := k.rules.atom(k.optionLevel(bit))
		if n>>bit&1 == 1 {
			f = k.rules.ite(is, f, always)
		} else {
			f = k.rules.ite(is, never, f)
		}
	}
	if n>>k.width != 0 {
		return always
	}
	return f
}

// HasGraph reports whether the case gives states and moves one by one. Such a
// model has no options.
func (k *Conflict) HasGraph() bool { return k.graph != nil }

// Says is a state of an explicit graph in the words of the case; "" in a model
// with options.
func (k *Conflict) Says(state uint64) string {
	if k.graph == nil {
		return ""
	}
	if c := k.classOf(state); c != nil {
		var parts []string
		for _, s := range c.members {
			parts = append(parts, k.graph.says[s])
		}
		return strings.Join(parts, ", or ")
	}
	if state >= uint64(len(k.graph.says)) {
		return fmt.Sprint(state)
	}
	return k.graph.says[state]
}
