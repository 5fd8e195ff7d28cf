package engine

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"slices"
	"strconv"

	"github.com/demarche/demarche"
)

// columns are the states turned on their side: for every option one bit a
// state. Conditions are then evaluated for 64 states at a time.
type columns struct {
	option [][]uint64 // by bit
	words  int
	last   uint64 // the bits of the last word that are states
	spare  [][]uint64
}

func newColumns(ctx context.Context, states []uint64, options int) *columns {
	c := &columns{words: (len(states) + 63) / 64, last: ^uint64(0)}
	if r := len(states) & 63; r != 0 {
		c.last = 1<<r - 1
	}
	c.option = make([][]uint64, options)
	for k := range c.option {
		c.option[k] = make([]uint64, c.words)
	}
	var tile [64]uint64
	for w := range c.words {
		poll(ctx, w)
		clear(tile[copy(tile[:], states[w*64:]):])
		transpose(&tile)
		for k := range c.option {
			c.option[k][w] = tile[k]
		}
	}
	return c
}

// transpose turns a 64 by 64 matrix of bits on its side: bit j of word i
// becomes bit i of word j (Warren, Hacker's Delight, section 7-3).
func transpose(a *[64]uint64) {
	mask := uint64(0x00000000FFFFFFFF)
	for j := uint(32); j != 0; j, mask = j>>1, mask^mask<<(j>>1) {
		for k := uint(0); k < 64; k = (k + j + 1) &^ j {
			t := (a[k]>>j ^ a[k+j]) & mask
			a[k] ^= t << j
			a[k+j] ^= t
		}
	}
}

func (c *columns) take() []uint64 {
	if n := len(c.spare); n > 0 {
		v := c.spare[n-1]
		c.spare = c.spare[:n-1]
		return v
	}
	return make([]uint64, c.words)
}

func (c *columns) giveBack(v []uint64) { c.spare = append(c.spare, v) }

// eval is the truth of f in every state; the caller gives the result back.
func (c *columns) eval(f *formula, atom []bool) []uint64 {
	v := c.take()
	constant := func(is bool) {
		var w uint64
		if is {
			w = ^uint64(0)
		}
		for i := range v {
			v[i] = w
		}
	}
	switch f.op {
	case opTrue:
		constant(true)
	case opAtom:
		constant(atom[f.at])
	case opOption:
		copy(v, c.option[f.at])
	case opPattern:
		constant(true)
		for k, col := range c.option {
			if f.mask>>k&1 == 0 {
				continue
			}
			var flip uint64 // all ones where the option must be no
			if f.val>>k&1 == 0 {
				flip = ^uint64(0)
			}
			for i := range v {
				v[i] &= col[i] ^ flip
			}
		}
	case opNot:
		a := c.eval(f.args[0], atom)
		for i := range v {
			v[i] = ^a[i]
		}
		c.giveBack(a)
	default:
		first := c.eval(f.args[0], atom)
		copy(v, first)
		c.giveBack(first)
		for _, arg := range f.args[1:] {
			a := c.eval(arg, atom)
			switch f.op {
			case opAnd:
				for i := range v {
					v[i] &= a[i]
				}
			case opOr:
				for i := range v {
					v[i] |= a[i]
				}
			case opIff:
				for i := range v {
					v[i] = ^(v[i] ^ a[i])
				}
			}
			c.giveBack(a)
		}
	}
	v[len(v)-1] &= c.last
	return v
}

// rank ranks the states for every player. Where states were made one, raw holds
// what they were before; cols are the columns of these.
func (m *Model) rank(ctx context.Context, cols *columns, raw *members) error {
	m.Rank = make([][]int32, len(m.Players))
	m.Best = make([]int32, len(m.Players))
	errs := make([]error, len(m.Players))
	each(len(m.Players), func(i int) {
		own := &columns{option: cols.option, words: cols.words, last: cols.last}
		single := m
		if raw != nil {
			single = raw.Model
		}
		switch src := m.explicit[i]; {
		case src != nil && len(src.Ranking) > 0:
			m.Rank[i], m.Best[i], errs[i] = m.rankByList(src, raw)
		case src != nil && m.graph != nil:
			m.Rank[i], m.Best[i], errs[i] = m.rankByGraphPayoffs(i, src, raw)
		case src != nil:
			m.Rank[i], m.Best[i], errs[i] = m.rankByPayoffs(src)
		default:
			m.Rank[i], m.Best[i] = single.rankByStatements(ctx, i, own)
			if raw != nil {
				m.Rank[i], errs[i] = m.fold(i, raw, m.Rank[i])
			}
		}
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// fold turns the ranks of members into those of states; members of one state
// must rank alike.
func (m *Model) fold(i int, raw *members, rank []int32) ([]int32, error) {
	out := make([]int32, len(m.States))
	for s := range out {
		of := raw.order[raw.start[s]:raw.start[s+1]]
		out[s] = rank[of[0]]
		for _, r := range of[1:] {
			if rank[r] == out[s] {
				continue
			}
			return nil, &demarche.Error{
				Kind: demarche.BadInput, Pos: m.Case.Conflict.Players[i].At,
				Msg:  fmt.Sprintf("%s does not rank the states made one as %s alike: it tells %s from %s", m.Players[i].Name, m.Pattern(m.States[s]), m.plain(raw.States[of[0]]), m.plain(raw.States[r])),
				Hint: "state the preference so that it does not depend on options in which they differ, or rank the states with ranking, where " + m.Pattern(m.States[s]) + " names them all",
			}
		}
	}
	return out, nil
}

// counted are the statements of player i that count in the model's world, most
// important first, with their weights (NaN where places decide).
func (k *Conflict) counted(i int, w World) []Statement {
	list := slices.Clone(k.statements[i])
	at := make([]int, len(list)) // where the statement written at a place now stands
	for j := range at {
		at[j] = j
	}
	dropped := make([]bool, len(list))
	for n, u := range k.unsure {
		if u.player != i {
			continue
		}
		switch {
		case u.kind == unsureWeight:
			list[at[u.a]].weight = w.weight[n]
		case !w.turn[n]:
		case u.kind == unsureOrder:
			x, y := at[u.a], at[u.b]
			list[x], list[y] = list[y], list[x]
			at[u.a], at[u.b] = y, x
		case u.kind == unsureDrop:
			dropped[u.a] = true
		}
	}
	return slices.DeleteFunc(list, func(s Statement) bool {
		return dropped[s.Place] || s.cond != nil && !s.cond.holds(0, w.Atom)
	})
}

func weighed(list []Statement) bool { return len(list) > 0 && !math.IsNaN(list[0].weight) }

// rankByStatements ranks by option prioritization (Hipel, Fang and Bolger 1997):
// the more important statement outweighs all less important ones together, so
// scores are compared as bit strings and never summed; or by the sum of the
// weights where they are given.
func (m *Model) rankByStatements(ctx context.Context, i int, cols *columns) (rank []int32, best int32) {
	list := m.counted(i, m.World)
	if weighed(list) {
		return m.rankByWeights(list, cols)
	}
	n := len(m.States)
	rank = make([]int32, n)
	var truths [][]uint64
	for _, s := range list {
		truth := cols.eval(s.want, m.World.Atom)
		if constant(truth, cols.last) {
			cols.giveBack(truth)
		} else {
			truths = append(truths, truth)
		}
	}
	// Statements are taken in groups, most important first. A group's truths in
	// a state are the low bits of the state's rank so far; then gaps are closed.
	group := max(16, bits.Len(uint(n)))
	classes := 1
	for len(truths) > 0 {
		g := min(len(truths), group-bits.Len(uint(classes-1))+4, 29-bits.Len(uint(classes-1)))
		g = max(g, 1)
		var tile [64]uint64
		for w := range cols.words {
			poll(ctx, w)
			clear(tile[:])
			for j, truth := range truths[:g] {
				tile[g-1-j] = truth[w]
			}
			transpose(&tile)
			for j, r := range rank[w*64 : min(n, w*64+64)] {
				rank[w*64+j] = r<<g | int32(tile[j])
			}
		}
		for _, truth := range truths[:g] {
			cols.giveBack(truth)
		}
		truths = truths[g:]
		classes = dense(rank, classes<<g)
	}
	return rank, int32(classes) - 1
}

// constant reports whether a condition has the same truth in every state.
func constant(truth []uint64, last uint64) bool {
	want := truth[0] & 1
	var all uint64
	if want == 1 {
		all = ^uint64(0)
	}
	for i, w := range truth {
		if i == len(truth)-1 {
			return w == all&last
		}
		if w != all {
			return false
		}
	}
	return true
}

// dense closes the gaps between the values in rank, which are below limit, and
// returns how many different ones there are.
func dense(rank []int32, limit int) int {
	place := make([]int32, limit)
	for _, r := range rank {
		place[r] = 1
	}
	n := int32(0)
	for r, seen := range place {
		place[r] = n
		n += seen
	}
	for s, r := range rank {
		rank[s] = place[r]
	}
	return int(n)
}

// rankByWeights ranks by the sum of the weights of the statements satisfied.
// Weights are added as whole numbers of their last decimal place where they
// fit, so that 0.1 + 0.2 equals 0.3.
func (m *Model) rankByWeights(list []Statement, cols *columns) ([]int32, int32) {
	whole, exact := wholeWeights(list)
	sum := make([]int64, len(m.States))
	approx := make([]float64, len(m.States))
	for j, s := range list {
		truth := Set(cols.eval(s.want, m.World.Atom))
		for st := range truth.All {
			sum[st] += whole[j]
			approx[st] += s.weight
		}
		cols.giveBack(truth)
	}
	if exact {
		return rankOf(sum)
	}
	return rankOf(approx)
}

// wholeWeights scales the weights by a common power of ten to whole numbers
// whose sums fit into an int64.
func wholeWeights(list []Statement) (whole []int64, exact bool) {
	whole = make([]int64, len(list))
	rats, scale := make([]*big.Rat, len(list)), big.NewInt(1)
	ten := big.NewInt(10)
	for j, s := range list {
		r, ok := new(big.Rat).SetString(strconv.FormatFloat(s.weight, 'f', -1, 64))
		if !ok {
			return whole, false
		}
		for !new(big.Rat).Mul(r, new(big.Rat).SetInt(scale)).IsInt() {
			if scale.BitLen() > 62 {
				return whole, false
			}
			scale.Mul(scale, ten)
		}
		rats[j] = r
	}
	var total float64
	for j, r := range rats {
		n := new(big.Rat).Mul(r, new(big.Rat).SetInt(scale)).Num()
		if !n.IsInt64() {
			return whole, false
		}
		whole[j] = n.Int64()
		total += math.Abs(float64(whole[j]))
	}
	return whole, total < 1<<62
}

// rankOf gives each state the place of its value among the different values.
func rankOf[T int64 | float64](value []T) ([]int32, int32) {
	sorted := slices.Clone(value)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	rank := make([]int32, len(value))
	for s, v := range value {
		at, _ := slices.BinarySearch(sorted, v)
		rank[s] = int32(at)
	}
	return rank, int32(len(sorted)) - 1
}

func (m *Model) rankByPayoffs(p *demarche.Player) ([]int32, int32, error) {
	if len(p.Payoffs) != len(m.States) {
		return nil, 0, &demarche.Error{
			Kind: demarche.BadInput, Pos: p.At,
			Msg:  fmt.Sprintf("player %s has %d payoffs, but the model has %d states", p.ID, len(p.Payoffs), len(m.States)),
			Hint: "give one number for each state, in the order of demarche stability",
		}
	}
	rank, best := rankOf(p.Payoffs)
	return rank, best, nil
}

// rankByGraphPayoffs reads a number for each state of an explicit graph, in the
// order of the graph, whether or not the rules allow it.
func (m *Model) rankByGraphPayoffs(i int, p *demarche.Player, raw *members) ([]int32, int32, error) {
	if len(p.Payoffs) != len(m.graph.ids) {
		return nil, 0, &demarche.Error{
			Kind: demarche.BadInput, Pos: p.At,
			Msg:  fmt.Sprintf("player %s has %d payoffs, but the graph has %d states", p.ID, len(p.Payoffs), len(m.graph.ids)),
			Hint: "give one number for each state, in their order",
		}
	}
	value := make([]float64, len(raw.States))
	for r, s := range raw.States {
		value[r] = p.Payoffs[s]
	}
	rank, best := rankOf(value)
	rank, err := m.fold(i, raw, rank)
	return rank, best, err
}

// rankByList reads a ranking: every state exactly once, best first. States that
// are one are named by a pattern that any of them meets.
func (m *Model) rankByList(p *demarche.Player, raw *members) ([]int32, int32, error) {
	const unranked = -1
	rank := make([]int32, len(m.States))
	for s := range rank {
		rank[s] = unranked
	}
	bad := func(at demarche.Pos, hint, format string, args ...any) error {
		if at.IsZero() {
			at = p.At
		}
		return &demarche.Error{Kind: demarche.BadInput, Pos: at, Msg: fmt.Sprintf(format, args...), Hint: hint}
	}
	best := int32(len(p.Ranking)) - 1
	for place, group := range p.Ranking {
		for _, item := range group.States {
			found := 0
			put := func(s int) error {
				if rank[s] == best-int32(place) && m.classOf(m.States[s]) != nil {
					found++ // by another of its members
					return nil
				}
				if rank[s] != unranked {
					return bad(item.At, "name every state once", "player %s ranks the state %s twice", p.ID, m.Pattern(m.States[s]))
				}
				rank[s] = best - int32(place)
				found++
				return nil
			}
			if item.Pattern == "" {
				if item.Number < 1 || item.Number > len(m.States) {
					return nil, 0, bad(item.At, fmt.Sprintf("states are numbered from 1 to %d", len(m.States)), "there is no state %d", item.Number)
				}
				if err := put(item.Number - 1); err != nil {
					return nil, 0, err
				}
				continue
			}
			mask, val, ok := m.patternBits(item.Pattern)
			if !ok && m.graph != nil {
				return nil, 0, bad(item.At, demarche.DidYouMean(item.Pattern, m.graph.ids), "unknown state %s", item.Pattern)
			}
			if !ok {
				return nil, 0, bad(item.At, fmt.Sprintf("a pattern has %d letters Y, N or -, one for each option", len(m.Options)), "%q is neither a state number nor a pattern", item.Pattern)
			}
			states := m.States
			if raw != nil {
				states = raw.States
			}
			for s, bits := range states {
				if bits&mask != val {
					continue
				}
				if raw != nil {
					s = int(raw.place[s])
				}
				if err := put(s); err != nil {
					return nil, 0, err
				}
			}
			if found == 0 && !m.rulesOpen() {
				return nil, 0, bad(item.At, "remove it from the ranking", "the pattern %s in the ranking of %s describes no state that the rules allow", item.Pattern, p.ID)
			}
		}
	}
	for s, r := range rank {
		if r == unranked {
			return nil, 0, bad(p.At, "name every state once", "player %s does not rank the state %s", p.ID, m.Pattern(m.States[s]))
		}
	}
	return rank, best, nil
}

// patternBits are the states that a pattern describes, or the name of a state of
// an explicit graph: those with state&mask == val.
func (k *Conflict) patternBits(pattern string) (mask, val uint64, ok bool) {
	if k.graph != nil {
		s, ok := k.graph.places[pattern]
		return 1<<k.width - 1, uint64(s), ok
	}
	if len(pattern) != len(k.Options) {
		return 0, 0, false
	}
	for k, letter := range pattern {
		switch letter {
		case 'Y':
			mask, val = mask|1<<k, val|1<<k
		case 'N':
			mask |= 1 << k
		case '-':
		default:
			return 0, 0, false
		}
	}
	return mask, val, true
}
