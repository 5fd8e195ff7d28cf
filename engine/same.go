package engine

import (
	"context"
	"slices"
	"strings"
)

// class is a set of states that are one. It is known by its greatest member and
// stands at the place of that member among the states: the order in which the
// literature numbers states that were made one.
type class struct {
	when    *formula // over the bits of a state alone
	inside  int32    // the diagram of its members, over atoms and bits
	last    uint64   // the greatest member in any world
	fixed   uint64   // bits in which all members of all worlds agree
	members []uint64 // of an explicit graph, ascending
}

// takeSame compiles the sets of states that are one. Conditions that some state
// meets together make one set of all their states.
func (k *compiler) takeSame() {
	d := k.rules
	states := d.forget(k.allowed, len(k.Atoms))
	for _, e := range k.src.Conflict.Same {
		f := k.formula(e)
		if f.uses(func(f *formula) bool { return f.op == opAtom }) {
			fail(e.At, "name options or states only: states are one in every world or in none", "a condition of same names a proposition or an authority")
		}
		c := class{when: f, inside: d.and(states, k.diagram(f))}
		rest := k.same[:0:0]
		for _, other := range k.same {
			if d.and(other.inside, c.inside) == never {
				rest = append(rest, other)
				continue
			}
			c.when = &formula{op: opOr, args: []*formula{other.when, c.when}}
			c.inside = d.or(other.inside, c.inside)
		}
		k.same = append(rest, c)
	}
	k.same = slices.DeleteFunc(k.same, func(c class) bool { return c.inside == never })
	for n := range k.same {
		c := &k.same[n]
		for bit := range k.width {
			is := d.atom(k.optionLevel(bit))
			if d.and(c.inside, is) == never || d.and(c.inside, d.not(is)) == never {
				c.fixed |= 1 << bit
			}
		}
		f := c.inside
		for bit := k.width - 1; bit >= 0; bit-- {
			level := int32(k.optionLevel(bit))
			no, yes := d.branches(f, level)
			if yes != never {
				c.last |= 1 << bit
				f = yes
			} else {
				f = no
			}
		}
		if k.graph != nil {
			c.members = d.each(context.Background(), c.inside, len(k.Atoms), nil)
		}
		// Members that a world excludes are not in it.
		c.inside = d.and(c.inside, k.allowed)
	}
	if len(k.same) > 0 {
		k.apart = k.allowed
		for _, c := range k.same {
			k.apart = d.and(k.apart, d.not(c.inside))
		}
	}
}

// takeHidden compiles what players do not perceive.
func (k *compiler) takeHidden() {
	k.hidden = make([][]*formula, len(k.Players))
	for _, h := range k.src.Conflict.Hidden {
		i, ok := k.players[h.ID]
		if !ok {
			fail(h.At, "", "unknown player %s", h.ID)
		}
		for _, e := range h.States {
			k.hidden[i] = append(k.hidden[i], k.formula(e))
		}
	}
}

// hides reports whether player i does not perceive a state in a world.
func (k *Conflict) hides(i int, state uint64, w World) bool {
	return slices.ContainsFunc(k.hidden[i], func(f *formula) bool { return f.holds(state, w.Atom) })
}

// classOf is the class of a state, nil if it has none.
func (k *Conflict) classOf(state uint64) *class {
	for n := range k.same {
		if c := &k.same[n]; c.last == state || c.when.holds(state, nil) {
			return c
		}
	}
	return nil
}

// canonical is the state itself, or the one that its class is known by.
func (k *Conflict) canonical(state uint64) uint64 {
	if c := k.classOf(state); c != nil {
		return c.last
	}
	return state
}

// Fixed are the bits of a state that mean something: all, but for options in
// which states that are one differ.
func (k *Conflict) Fixed(state uint64) uint64 {
	if c := k.classOf(state); c != nil {
		return c.fixed
	}
	return 1<<k.width - 1
}

// Pattern is a state as one letter an option in file order, Y or N, and - where
// states that are one differ; or the name of a state of an explicit graph, names
// of states that are one joined by +.
func (k *Conflict) Pattern(state uint64) string {
	c := k.classOf(state)
	if k.graph != nil {
		if c == nil {
			return k.graph.ids[state]
		}
		parts := make([]string, len(c.members))
		for n, s := range c.members {
			parts[n] = k.graph.ids[s]
		}
		return strings.Join(parts, "+")
	}
	if c == nil {
		return k.plain(state)
	}
	b := []byte(k.plain(c.last))
	for bit := range b {
		if c.fixed>>bit&1 == 0 {
			b[bit] = '-'
		}
	}
	return string(b)
}

// plain is a state that is one with no other as a pattern or a name.
func (k *Conflict) plain(state uint64) string {
	if k.graph != nil {
		return k.graph.ids[state]
	}
	b := make([]byte, len(k.Options))
	for bit := range b {
		b[bit] = 'N'
		if state>>bit&1 == 1 {
			b[bit] = 'Y'
		}
	}
	return string(b)
}
