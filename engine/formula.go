package engine

import (
	"fmt"
	"strings"

	"github.com/demarche/demarche"
)

// formula is a condition with names resolved to bits and places.
type formula struct {
	op        formulaOp
	at        int    // the bit of an option, the place of an atom
	mask, val uint64 // of a pattern: state&mask == val
	args      []*formula
}

type formulaOp uint8

const (
	opTrue formulaOp = iota
	opOption
	opAtom
	opPattern
	opNot
	opAnd
	opOr
	opIff
)

func isOption(f *formula) bool { return f.op == opOption || f.op == opPattern }

// uses reports whether some part of f is as is says.
func (f *formula) uses(is func(*formula) bool) bool {
	if is(f) {
		return true
	}
	for _, a := range f.args {
		if a.uses(is) {
			return true
		}
	}
	return false
}

// atoms calls visit for every atom in f.
func (f *formula) atoms(visit func(int)) {
	if f.op == opAtom {
		visit(f.at)
	}
	for _, a := range f.args {
		a.atoms(visit)
	}
}

// holds is the truth of f in one state of one world.
func (f *formula) holds(state uint64, atom []bool) bool {
	switch f.op {
	case opTrue:
		return true
	case opOption:
		return state>>f.at&1 == 1
	case opAtom:
		return atom[f.at]
	case opPattern:
		return state&f.mask == f.val
	case opNot:
		return !f.args[0].holds(state, atom)
	case opAnd:
		for _, a := range f.args {
			if !a.holds(state, atom) {
				return false
			}
		}
		return true
	case opOr:
		for _, a := range f.args {
			if a.holds(state, atom) {
				return true
			}
		}
		return false
	case opIff:
		return f.args[0].holds(state, atom) == f.args[1].holds(state, atom)
	}
	panic("engine: unknown operator")
}

// formula resolves the names of a condition.
func (k *compiler) formula(e demarche.Expr) *formula {
	if e.Cond == nil {
		fail(e.At, "write a condition", "the condition is empty")
	}
	return k.resolve(e, e.Cond)
}

func (k *compiler) resolve(e demarche.Expr, c *demarche.Condition) *formula {
	arg := func(i int) *formula { return k.resolve(e, c.Args[i]) }
	not := func(f *formula) *formula { return &formula{op: opNot, args: []*formula{f}} }
	or := func(f, g *formula) *formula { return &formula{op: opOr, args: []*formula{f, g}} }
	switch c.Op {
	case demarche.Atom:
		return k.atom(e, c)
	case demarche.Pattern:
		f := &formula{op: opPattern}
		for bit, letter := range c.Name {
			if letter != '-' {
				f.mask |= 1 << bit
			}
			if letter == 'Y' {
				f.val |= 1 << bit
			}
		}
		return f
	case demarche.Not:
		return not(arg(0))
	case demarche.Implies:
		return or(not(arg(0)), arg(1))
	case demarche.If:
		return or(not(arg(1)), arg(0))
	case demarche.Unless:
		return or(arg(1), arg(0))
	case demarche.Iff:
		return &formula{op: opIff, args: []*formula{arg(0), arg(1)}}
	}
	f := &formula{op: opAnd}
	if c.Op == demarche.Or {
		f.op = opOr
	}
	for i := range c.Args {
		f.args = append(f.args, arg(i))
	}
	return f
}

func (k *compiler) atom(e demarche.Expr, c *demarche.Condition) *formula {
	at := e.At
	if at.Col > 0 {
		at.Col += c.Col - 1
	}
	if strings.Contains(c.Name, ".") {
		return &formula{op: opOption, at: k.option(demarche.Ref{At: at, Name: c.Name})}
	}
	if i, ok := k.atoms[c.Name]; ok {
		return &formula{op: opAtom, at: i}
	}
	if s, ok := k.states[c.Name]; ok {
		return &formula{op: opPattern, mask: 1<<k.width - 1, val: uint64(s)}
	}
	hint := demarche.DidYouMean(c.Name, append(keys(k.atoms), keys(k.states)...))
	if k.graph == nil && strings.Trim(c.Name, "YN-") == "" {
		hint = fmt.Sprintf("a pattern has one letter for each option: %d, not %d", len(k.Options), len(c.Name))
	}
	fail(at, hint, "unknown proposition or authority %s", c.Name)
	return nil
}

// diagram is the decision diagram of a formula.
func (k *Conflict) diagram(f *formula) int32 {
	d := k.rules
	switch f.op {
	case opTrue:
		return always
	case opOption:
		return d.atom(k.optionLevel(f.at))
	case opAtom:
		return d.atom(f.at)
	case opPattern:
		r := always
		for bit := range k.width { // from the deepest level up
			switch {
			case f.mask>>bit&1 == 0:
			case f.val>>bit&1 == 1:
				r = d.make(int32(k.optionLevel(bit)), never, r)
			default:
				r = d.make(int32(k.optionLevel(bit)), r, never)
			}
		}
		return r
	case opNot:
		return d.not(k.diagram(f.args[0]))
	case opIff:
		g := k.diagram(f.args[1])
		return d.ite(k.diagram(f.args[0]), g, d.not(g))
	}
	r := k.diagram(f.args[0])
	for _, a := range f.args[1:] {
		if f.op == opAnd {
			r = d.and(r, k.diagram(a))
		} else {
			r = d.or(r, k.diagram(a))
		}
	}
	return r
}
