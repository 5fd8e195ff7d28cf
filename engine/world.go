package engine

import (
	"fmt"
	"math"

	"github.com/demarche/demarche"
)

// World is one way in which everything open could turn out.
type World struct {
	// Atom is the truth of each of Conflict.Atoms.
	Atom []bool
	// turn says for each entry of unsure whether it is so; weight is the weight
	// drawn for it where it is a range.
	turn   []bool
	weight []float64
	// view says for each of Conflict.beliefs whether it is held; all are where
	// there is none.
	view []bool
}

// Typical is the world that questions about one world are asked in: a
// proposition is true iff its credence is at least a half, an authority iff it
// is Taken to hold, the preferences are as written, and weights are in the middle
// of their range.
func (k *Conflict) Typical() World {
	w := World{Atom: make([]bool, len(k.Atoms)), turn: make([]bool, len(k.unsure)), weight: make([]float64, len(k.unsure))}
	for i, a := range k.Atoms {
		w.Atom[i] = a.Taken
	}
	for i, u := range k.unsure {
		w.weight[i] = (u.from + u.to) / 2
	}
	for _, b := range k.beliefs() {
		w.view = append(w.view, b.p >= 0.5)
	}
	return w
}

// clone returns a world that can be changed without changing w.
func (w World) clone() World {
	return World{
		Atom:   append([]bool(nil), w.Atom...),
		turn:   append([]bool(nil), w.turn...),
		weight: append([]float64(nil), w.weight...),
		view:   append([]bool(nil), w.view...),
	}
}

// allows reports whether the logic that links propositions allows the world.
func (k *Conflict) allows(w World) bool {
	return k.rules.given(k.possible, len(k.Atoms), func(l int) bool { return w.Atom[l] }) == always
}

// States counts the feasible states in a world, at most math.MaxUint64; states
// that are one count as one.
func (k *Conflict) States(w World) uint64 {
	if len(k.same) == 0 {
		return k.rules.count(k.root(w), len(k.Atoms))
	}
	in := func(f int32) int32 {
		return k.rules.given(f, len(k.Atoms), func(l int) bool { return w.Atom[l] })
	}
	n := k.rules.count(in(k.apart), len(k.Atoms))
	for _, c := range k.same {
		if in(c.inside) != never && n < math.MaxUint64 {
			n++
		}
	}
	return n
}

// root is the diagram over options alone that the world leaves of the rules.
func (k *Conflict) root(w World) int32 {
	return k.rules.given(k.allowed, len(k.Atoms), func(l int) bool { return w.Atom[l] })
}

// tooMany says that a model is too large, before anything is made.
func (k *Conflict) tooMany(n uint64) error {
	count := fmt.Sprintf("%s states", thousands(n))
	hint := fmt.Sprintf("the rules leave %d options almost free: add rules for combinations that cannot be, or leave out options that change nothing", len(k.Options))
	if k.graph != nil {
		hint = "leave out states of the graph, or allow more states"
	}
	if n == math.MaxUint64 {
		count = "more than 18 quintillion states"
	}
	return &demarche.Error{
		Kind: demarche.Unavailable,
		Pos:  k.Case.Conflict.At,
		Msg:  fmt.Sprintf("the model has %s; the limit is %s", count, thousands(uint64(k.maxStates))),
		Hint: hint,
	}
}

func thousands(n uint64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
