package desk

import (
	"bufio"
	"encoding/json"
	"io"
	"strconv"

	"github.com/demarche/demarche/engine"
)

// WriteStability writes version 1 of the stability contract:
//
//	{"version":1,"players":[id],"options":[id],
//	 "states":[{"n":1,"pattern":"YN","rank":{id:1}}],
//	 "stable":{concept:{id:[n]}},"equilibria":{concept:[n]}}
//
// States are numbered from 1 in ascending order of their bits; rank 1 is best,
// ties share a rank and the next rank is one more; lists ascend. It is written
// as it goes along, so that a model of any size needs no second copy.
func WriteStability(w io.Writer, m *engine.Model, st *engine.Stability) error {
	out := &jsonWriter{b: bufio.NewWriterSize(w, 1<<16)}
	out.raw(`{"version":1,"players":[`)
	for i, p := range m.Players {
		out.comma(i)
		out.text(p.ID)
	}
	out.raw(`],"options":[`)
	for k, o := range m.Options {
		out.comma(k)
		out.text(o.ID)
	}
	out.raw(`],` + "\n" + ` "states":[`)
	ids := make([]string, len(m.Players))
	for i, p := range m.Players {
		id, _ := json.Marshal(p.ID)
		ids[i] = string(id)
	}
	for s, bits := range m.States {
		out.comma(s)
		out.raw("\n  {\"n\":")
		out.number(s + 1)
		out.raw(`,"pattern":"` + m.Pattern(bits) + `","rank":{`)
		for i := range m.Players {
			out.comma(i)
			out.raw(ids[i] + ":")
			out.number(int(m.Best[i]-m.Rank[i][s]) + 1)
		}
		out.raw("}}")
	}
	out.raw("],\n" + ` "stable":{`)
	for c, concept := range st.Concepts {
		out.comma(c)
		out.raw("\n  \"" + concept.String() + `":{`)
		for i := range m.Players {
			out.comma(i)
			out.raw(ids[i] + ":")
			out.set(st.Stable[c][i])
		}
		out.raw("}")
	}
	out.raw("},\n" + ` "equilibria":{`)
	for c, concept := range st.Concepts {
		out.comma(c)
		out.raw(`"` + concept.String() + `":`)
		out.set(st.Equilibria[c])
	}
	out.raw("}}\n")
	return out.b.Flush()
}

// jsonWriter writes JSON piece by piece; errors surface at Flush.
type jsonWriter struct {
	b *bufio.Writer
	n [20]byte
}

func (w *jsonWriter) raw(s string) { w.b.WriteString(s) }

func (w *jsonWriter) number(n int) { w.b.Write(strconv.AppendInt(w.n[:0], int64(n), 10)) }

func (w *jsonWriter) comma(place int) {
	if place > 0 {
		w.b.WriteByte(',')
	}
}

func (w *jsonWriter) text(s string) {
	b, _ := json.Marshal(s) // a string always marshals
	w.b.Write(b)
}

func (w *jsonWriter) set(set engine.Set) {
	w.raw("[")
	first := 0
	for s := range set.All {
		w.comma(first)
		w.number(s + 1)
		first = 1
	}
	w.raw("]")
}
