package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// stateFilter is what --holds asks of states.
type stateFilter struct {
	player        int // all players: -1
	concept       int // place among the concepts; any of them: -1
	with, without uint64
	outcome       int // any: -1
}

// parseFilter reads the entries of --holds; nil if there are none.
func parseFilter(m *engine.Model, concepts []engine.Concept, entries []string) (*stateFilter, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	f := &stateFilter{player: -1, concept: -1, outcome: -1}
	for _, field := range strings.FieldsFunc(strings.Join(entries, " "), func(r rune) bool { return r == ' ' || r == ',' }) {
		key, value, ok := strings.Cut(field, "=")
		if !ok || value == "" {
			return nil, usage("write for=PLAYER, concept=NAME, with=OPTION, without=OPTION, outcome=NAME", "--holds %s says nothing", field)
		}
		var err error
		switch key {
		case "for":
			if value != "all" {
				f.player, err = m.PlayerNamed(value)
			}
		case "concept":
			f.concept = slices.IndexFunc(concepts, func(c engine.Concept) bool { return strings.EqualFold(c.String(), value) })
			if f.concept < 0 {
				var names []string
				for _, c := range concepts {
					names = append(names, c.String())
				}
				return nil, usage(demarche.DidYouMean(value, names), "--holds: %s is not among the concepts asked for", value)
			}
		case "with", "without":
			bit := slices.IndexFunc(m.Options, func(o engine.Option) bool { return o.ID == value })
			if bit < 0 {
				var names []string
				for _, o := range m.Options {
					names = append(names, o.ID)
				}
				return nil, usage(demarche.DidYouMean(value, names), "--holds: unknown option %s", value)
			}
			if key == "with" {
				f.with |= 1 << bit
			} else {
				f.without |= 1 << bit
			}
		case "outcome":
			f.outcome = slices.IndexFunc(m.Outcomes, func(o engine.Outcome) bool { return o.ID == value })
			if f.outcome < 0 {
				var names []string
				for _, o := range m.Outcomes {
					names = append(names, o.ID)
				}
				return nil, usage(demarche.DidYouMean(value, names), "--holds: unknown outcome %s", value)
			}
		default:
			return nil, usage(demarche.DidYouMean(key, []string{"for", "concept", "with", "without", "outcome"}), "--holds: unknown word %s", key)
		}
		if err != nil {
			e, _ := errors.AsType[*demarche.Error](err)
			return nil, usage(e.Hint, "--holds: %s", e.Msg)
		}
	}
	return f, nil
}

// states are the states that are as the filter asks. Where no concept is named,
// holding under one of them is enough.
func (f *stateFilter) states(m *engine.Model, st *engine.Stability) engine.Set {
	out := engine.NewSet(len(m.States))
	for c := range st.Concepts {
		if f.concept >= 0 && c != f.concept {
			continue
		}
		set := st.Equilibria[c]
		if f.player >= 0 {
			set = st.Stable[c][f.player]
		}
		for s := range set.All {
			bits := m.States[s]
			if bits&f.with == f.with && bits&f.without == 0 && (f.outcome < 0 || m.OutcomeOf(s) == f.outcome) {
				out.Add(s)
			}
		}
	}
	return out
}

// writeStabilityCSV writes one line a state: number, pattern, outcome, the rank
// for each player (1 is best), and 1 or 0 for each concept and player.
func writeStabilityCSV(w io.Writer, m *engine.Model, st *engine.Stability, f *stateFilter) error {
	out := csv.NewWriter(w)
	head := []string{"n", "pattern", "outcome"}
	for _, p := range m.Players {
		head = append(head, "rank "+p.ID)
	}
	for _, c := range st.Concepts {
		for _, p := range m.Players {
			head = append(head, c.String()+" "+p.ID)
		}
		head = append(head, c.String()+" all")
	}
	if err := out.Write(head); err != nil {
		return err
	}
	asked := engine.NewSet(len(m.States))
	if f != nil {
		asked = f.states(m, st)
	}
	bit := func(set engine.Set, s int) string {
		if set.Has(s) {
			return "1"
		}
		return "0"
	}
	for s, state := range m.States {
		if f != nil && !asked.Has(s) {
			continue
		}
		row := []string{strconv.Itoa(s + 1), m.Pattern(state), ""}
		if o := m.OutcomeOf(s); o >= 0 {
			row[2] = m.Outcomes[o].ID
		}
		for i := range m.Players {
			row = append(row, strconv.Itoa(int(m.Best[i]-m.Rank[i][s])+1))
		}
		for c := range st.Concepts {
			for i := range m.Players {
				row = append(row, bit(st.Stable[c][i], s))
			}
			row = append(row, bit(st.Equilibria[c], s))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// stopped tells what was under way when a time limit or an interrupt came.
func stopped(err error, began time.Time, format string, args ...any) error {
	if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
		return err
	}
	why := "stopped"
	if errors.Is(err, context.DeadlineExceeded) {
		why = "the time limit has passed"
	}
	return &demarche.Error{
		Kind: demarche.Unavailable,
		Msg:  fmt.Sprintf("%s after %.1f seconds, during %s; nothing is printed", why, time.Since(began).Seconds(), fmt.Sprintf(format, args...)),
		Hint: "give more time with --timeout, ask for fewer concepts, or make the model smaller",
	}
}
