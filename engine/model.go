package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/demarche/demarche"
)

// Model is a conflict in one world, laid out for analysis. States are known by
// their place in States; ranks count from the worst, 0.
//
//	States   ascending bit strings; option k is bit k
//	Rank     Rank[i][s]: how player i ranks state s
//	moves    moves[i]: the blocks of player i (see blocks), or
//	nets     nets[i]: its moves one by one (see net)
//
// A model is not changed after it is made; several goroutines may read it.
type Model struct {
	*Conflict
	World  World
	States []uint64
	Rank   [][]int32
	Best   []int32 // the highest rank of each player

	moves []blocks
	nets  []net
}

// In lays out the conflict in one world.
func (k *Conflict) In(w World) (*Model, error) { return k.InContext(context.Background(), w) }

// InContext is In for large models: it stops early, with ctx's error, when ctx
// ends.
func (k *Conflict) InContext(ctx context.Context, w World) (m *Model, err error) {
	err = halting(func() error {
		m, err = k.layOut(ctx, w)
		return err
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

func (k *Conflict) layOut(ctx context.Context, w World) (*Model, error) {
	root := k.root(w)
	n := k.rules.count(root, len(k.Atoms))
	switch {
	case n == 0:
		return nil, &demarche.Error{
			Kind: demarche.BadInput, Pos: k.Case.Conflict.At,
			Msg:  "the rules leave no state" + k.where(w),
			Hint: "remove or loosen a rule: together they exclude every combination of options",
		}
	case n > uint64(k.maxStates):
		return nil, k.tooMany(n)
	}
	m := &Model{Conflict: k, World: w.clone()}
	m.States = k.rules.each(ctx, root, len(k.Atoms), make([]uint64, 0, n))
	if k.needsNets() {
		return m, m.layNets()
	}
	cols := newColumns(ctx, m.States, k.width)
	if err := m.rank(ctx, cols, nil); err != nil {
		return nil, err
	}
	hidden := m.hiddenSets(cols)
	m.moves = make([]blocks, len(k.Players))
	each(len(k.Players), func(i int) { m.moves[i] = m.blocksOf(ctx, i, hidden[i]) })
	return m, nil
}

// where names the world in words, if the case has anything that differs
// between worlds.
func (k *Conflict) where(w World) string {
	if len(k.Atoms) == 0 {
		return ""
	}
	parts := make([]string, len(k.Atoms))
	for i, a := range k.Atoms {
		parts[i] = a.ID + ": no"
		if w.Atom[i] {
			parts[i] = a.ID + ": yes"
		}
	}
	return " in the world where " + strings.Join(parts, ", ")
}

// Find returns the place of a state, or of the one that it is one with.
func (m *Model) Find(state uint64) (int, bool) {
	return slices.BinarySearch(m.States, m.canonical(state))
}

// Start is the place of the status quo.
func (m *Model) Start() (int, error) {
	if !m.HasStatusQuo {
		return 0, m.noStatusQuo()
	}
	s, ok := m.Find(m.StatusQuo)
	if !ok || !m.isAllowed(m.StatusQuo) {
		return 0, &demarche.Error{
			Kind: demarche.BadInput, Pos: m.Case.Conflict.At,
			Msg:  "the rules exclude the status quo" + m.where(m.World),
			Hint: "change status_quo, or the rule that excludes it",
		}
	}
	return s, nil
}

func (k *Conflict) noStatusQuo() error {
	return &demarche.Error{
		Kind: demarche.NotFound, Pos: k.Case.Conflict.At,
		Msg:  "the case does not say where things stand today",
		Hint: "add status_quo under conflict: a list of the options taken, or [] for none",
	}
}

// isAllowed reports whether the rules allow a state in the model's world.
func (m *Model) isAllowed(state uint64) bool {
	return m.rules.given(m.allowed, m.rules.levels, func(l int) bool {
		if l < len(m.Atoms) {
			return m.World.Atom[l]
		}
		return state>>(m.rules.levels-1-l)&1 == 1
	}) == always
}

// CanMove reports whether player i can move from state s to t in one move.
func (m *Model) CanMove(i, s, t int) bool {
	if m.nets != nil {
		_, ok := slices.BinarySearch(m.nets[i].from(s), int32(t))
		return ok
	}
	bl := &m.moves[i]
	return s != t && slices.Contains(bl.above(bl.of(s)), bl.of(t))
}

// reaches reports whether player i alone can turn state a into b, or a is b.
func (k *Conflict) reaches(i int, a, b uint64) bool {
	changed := a ^ b
	return changed&^k.Players[i].Mask == 0 &&
		changed&a&k.forward == 0 && // given up, though it cannot be
		changed&b&k.back == 0 // taken, though it cannot be
}

// Moves appends to dst the states that player i can reach from s in one move,
// best first for i, ties in ascending order.
func (m *Model) Moves(dst []int, i, s int) []int {
	from := len(dst)
	if m.nets != nil {
		for _, t := range m.nets[i].from(s) {
			dst = append(dst, int(t))
		}
	} else {
		bl := &m.moves[i]
		for _, b := range bl.above(bl.of(s)) {
			for _, t := range bl.order[bl.start[b]:bl.start[b+1]] {
				if int(t) != s {
					dst = append(dst, int(t))
				}
			}
		}
	}
	slices.SortFunc(dst[from:], func(a, b int) int {
		if r := m.Rank[i][b] - m.Rank[i][a]; r != 0 {
			return int(r)
		}
		return a - b
	})
	return dst
}

// Improvements appends to dst the unilateral improvements of player i from s,
// best first, ties in ascending order.
func (m *Model) Improvements(dst []int, i, s int) []int {
	from := len(dst)
	dst = m.Moves(dst, i, s)
	for n, t := range dst[from:] {
		if m.Rank[i][t] <= m.Rank[i][s] {
			return dst[:from+n]
		}
	}
	return dst
}

// OutcomeOf is the place of the outcome that names a state in the model's
// world, or -1 if none does.
func (m *Model) OutcomeOf(s int) int { return m.outcomeOf(m.States[s]) }

func (m *Model) outcomeOf(state uint64) int {
	for i, o := range m.Outcomes {
		if o.when.holds(state, m.World.Atom) {
			return i
		}
	}
	return -1
}

// StateNamed finds a state by its number from 1 or its pattern; "now" is the
// status quo.
func (m *Model) StateNamed(name string) (int, error) {
	if name == "now" || name == "status_quo" {
		return m.Start()
	}
	if m.graph != nil {
		if place, ok := m.graph.places[name]; ok {
			if s, ok := m.Find(uint64(place)); ok && m.isAllowed(uint64(place)) {
				return s, nil
			}
			return 0, &demarche.Error{Kind: demarche.NotFound, Msg: fmt.Sprintf("the rules exclude the state %s", name), Hint: "list the states that can be with demarche stability"}
		}
	}
	for n := range m.same {
		if c := &m.same[n]; m.Pattern(c.last) == name {
			if s, ok := m.Find(c.last); ok {
				return s, nil
			}
		}
	}
	if len(m.Options) > 0 && len(name) == len(m.Options) && strings.Trim(name, "YN") == "" {
		_, bits, _ := m.patternBits(name)
		if s, ok := m.Find(bits); ok && m.isAllowed(bits) {
			return s, nil
		}
		return 0, &demarche.Error{Kind: demarche.NotFound, Msg: fmt.Sprintf("the rules exclude the state %s", name), Hint: "list the states that can be with demarche stability"}
	}
	n := 0
	if _, err := fmt.Sscanf(name, "%d", &n); err == nil && fmt.Sprint(n) == name {
		if n >= 1 && n <= len(m.States) {
			return n - 1, nil
		}
		return 0, &demarche.Error{Kind: demarche.NotFound, Msg: fmt.Sprintf("there is no state %d", n), Hint: fmt.Sprintf("states are numbered from 1 to %d", len(m.States))}
	}
	if m.graph != nil {
		return 0, &demarche.Error{Kind: demarche.NotFound, Msg: fmt.Sprintf("there is no state %q", name), Hint: demarche.DidYouMean(name, m.graph.ids)}
	}
	return 0, &demarche.Error{
		Kind: demarche.NotFound, Msg: fmt.Sprintf("there is no state %q", name),
		Hint: fmt.Sprintf("give its number, its pattern of %d letters Y or N, or now for the status quo", len(m.Options)),
	}
}

// PlayerNamed finds a player by id or name.
func (k *Conflict) PlayerNamed(name string) (int, error) {
	ids := make([]string, len(k.Players))
	for i, p := range k.Players {
		if p.ID == name || strings.EqualFold(p.Name, name) {
			return i, nil
		}
		ids[i] = p.ID
	}
	return 0, &demarche.Error{Kind: demarche.NotFound, Msg: fmt.Sprintf("there is no player %q", name), Hint: demarche.DidYouMean(name, ids)}
}
