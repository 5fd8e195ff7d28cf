package engine

import "github.com/demarche/demarche"

// truth evaluates a condition on a state straight from its syntax tree.
func (v *slow) truth(c *demarche.Condition, s uint64) bool {
	arg := func(i int) bool { return v.truth(c.Args[i], s) }
	switch c.Op {
	case demarche.Atom:
		bit := 0
		for _, p := range v.m.Case.Conflict.Players {
			for _, o := range p.Options {
				if p.ID+"."+o.ID == c.Name {
					return s>>bit&1 == 1
				}
				bit++
			}
		}
		for i, a := range v.m.Atoms {
			if a.ID == c.Name {
				return v.m.World.Atom[i]
			}
		}
		panic(c.Name)
	case demarche.Pattern:
		for bit, letter := range c.Name {
			if letter != '-' && (letter == 'Y') != (s>>bit&1 == 1) {
				return false
			}
		}
		return true
	case demarche.Not:
		return !arg(0)
	case demarche.And:
		for i := range c.Args {
			if !arg(i) {
				return false
			}
		}
		return true
	case demarche.Or:
		for i := range c.Args {
			if arg(i) {
				return true
			}
		}
		return false
	case demarche.Implies:
		return !arg(0) || arg(1)
	case demarche.If:
		return arg(0) || !arg(1)
	case demarche.Unless:
		return arg(0) || arg(1)
	case demarche.Iff:
		return arg(0) == arg(1)
	}
	panic("unknown operator")
}
