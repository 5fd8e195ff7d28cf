package engine

import (
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"
)

// blocks are one player's moves. A block holds the states that differ in the
// player's own options alone: it can go from any to any other, except that it
// cannot undo what cannot be undone. A block is therefore cut into sub-blocks
// of states that agree on the player's one-way options; within a sub-block all
// moves are open, and between two of one block they lead one way or not at all.
//
//	order   the states, sub-block after sub-block, by ascending rank within each
//	start   sub-block b is order[start[b]:start[b+1]]
//	place   where each state stands, at padded(state)
//	up      sub-block b leads into up[upStart[b]:upStart[b+1]], b itself first
//	down    and can be entered from down[downStart[b]:downStart[b+1]]
//
// Without one-way options every sub-block is a block and up and down are nil.
type blocks struct {
	order, start    []int32
	place           []place
	up, upStart     []int32
	down, downStart []int32
	self            []int32 // 0, 1, 2, …: up and down of a block alone
}

// place is where a state stands in blocks: in which sub-block, and where in
// order the states begin that are as good as it.
type place struct{ block, level int32 }

// padded spreads states over memory. Blocks of the last players step through it
// in large powers of two, which all fall on the same few cache lines; a line
// left free every 1,024 and every 1,048,576 entries sets them apart.
func padded[T int | int32](s T) T { return s + s>>10<<4 + s>>20<<4 }

// of is the sub-block of a state.
func (bl *blocks) of(s int) int32 { return bl.place[padded(s)].block }

// above lists the sub-blocks that b leads into, b itself included.
func (bl *blocks) above(b int32) []int32 {
	if bl.up == nil {
		return bl.self[b : b+1]
	}
	return bl.up[bl.upStart[b]:bl.upStart[b+1]]
}

// below lists the sub-blocks that lead into b, b itself included.
func (bl *blocks) below(b int32) []int32 {
	if bl.down == nil {
		return bl.self[b : b+1]
	}
	return bl.down[bl.downStart[b]:bl.downStart[b+1]]
}

// blocksOf sorts the states into the blocks of player i, by counting: the rank
// first, then the key digit by digit, lowest first.
func (m *Model) blocksOf(i int) blocks {
	n := len(m.States)
	all := uint64(1)<<len(m.Options) - 1
	mask := m.Players[i].Mask
	oneWay := mask & (m.forward | m.back)
	low := newGather(oneWay)
	high := newGather(all &^ mask)
	shift := bits.OnesCount64(oneWay)
	key := make([]uint64, n)
	for s, b := range m.States {
		key[s] = high.of(b)<<shift | low.of(b)
	}

	order, spare := make([]int32, n), make([]int32, n)
	countingSort(order, nil, func(s int32) int { return int(m.Rank[i][s]) }, int(m.Best[i])+1)
	const digit = 11
	for at := 0; at < shift+bits.OnesCount64(all&^mask); at += digit {
		countingSort(spare, order, func(s int32) int { return int(key[s] >> at & (1<<digit - 1)) }, 1<<digit)
		order, spare = spare, order
	}

	bl := blocks{order: order, place: make([]place, padded(n))}
	rank, at := m.Rank[i], place{block: -1}
	for p, s := range order {
		switch {
		case p == 0 || key[s] != key[order[p-1]]:
			bl.start = append(bl.start, int32(p))
			at = place{at.block + 1, int32(p)}
		case rank[s] != rank[order[p-1]]:
			at.level = int32(p)
		}
		bl.place[padded(s)] = at
	}
	bl.start = append(bl.start, int32(n))
	count := len(bl.start) - 1
	bl.self = make([]int32, count)
	for b := range bl.self {
		bl.self[b] = int32(b)
	}
	if oneWay != 0 {
		m.linkSubBlocks(i, &bl, key, shift)
	}
	return bl
}

// linkSubBlocks finds which sub-blocks of one block lead into which.
func (m *Model) linkSubBlocks(i int, bl *blocks, key []uint64, shift int) {
	count := len(bl.self)
	first := func(b int) int32 { return bl.order[bl.start[b]] }
	bl.upStart, bl.downStart = make([]int32, count+1), make([]int32, count+1)
	for begin, end := 0, 0; begin < count; begin = end {
		for end = begin; end < count && key[first(end)]>>shift == key[first(begin)]>>shift; end++ {
		}
		// States of a sub-block agree on one-way options: one stands for all.
		oneWay := m.Players[i].Mask & (m.forward | m.back)
		for b := begin; b < end; b++ {
			from := m.States[first(b)] & oneWay
			bl.up, bl.down = append(bl.up, int32(b)), append(bl.down, int32(b))
			for c := begin; c < end; c++ {
				if c == b {
					continue
				}
				to := m.States[first(c)] & oneWay
				if m.reaches(i, from, to) {
					bl.up = append(bl.up, int32(c))
				}
				if m.reaches(i, to, from) {
					bl.down = append(bl.down, int32(c))
				}
			}
			bl.upStart[b+1], bl.downStart[b+1] = int32(len(bl.up)), int32(len(bl.down))
		}
	}
}

// countingSort writes to dst the states in src (all, in order, if src is nil)
// stably by key, which lies below keys. It returns where each key ends in dst.
func countingSort(dst, src []int32, key func(int32) int, keys int) (ends []int32) {
	next := make([]int32, keys+1)
	for s := range dst {
		next[key(int32(s))+1]++
	}
	for k := range keys {
		next[k+1] += next[k]
	}
	put := func(s int32) {
		k := key(s)
		dst[next[k]] = s
		next[k]++
	}
	if src == nil {
		for s := range dst {
			put(int32(s))
		}
	} else {
		for _, s := range src {
			put(s)
		}
	}
	return next[:keys]
}

// gather collects the bits of a mask into the low bits of a word, run by run.
type gather []run

type run struct {
	mask  uint64
	right uint
}

func newGather(mask uint64) gather {
	var g gather
	to := 0
	for mask != 0 {
		at := bits.TrailingZeros64(mask)
		length := bits.TrailingZeros64(^(mask >> at))
		part := (uint64(1)<<length - 1) << at
		g = append(g, run{part, uint(at - to)})
		to += length
		mask &^= part
	}
	return g
}

func (g gather) of(b uint64) uint64 {
	var out uint64
	for _, r := range g {
		out |= b & r.mask >> r.right
	}
	return out
}

// each calls f for 0 to n-1, on as many goroutines as there are processors, and
// returns when all are done. The calls must not depend on one another.
func each(n int, f func(int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers <= 1 {
		for i := range n {
			f(i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}
