package engine

import (
	"context"
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
// Without one-way options every sub-block is a block and up and down are nil. A
// state that the player does not perceive is a sub-block and a block of its own.
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

// blocksOf sorts the states into the blocks of player i by counting: by rank,
// then, keeping that order, by sub-block. Each state hidden from the player (nil:
// none) is a block of its own, after all others.
func (m *Model) blocksOf(ctx context.Context, i int, hidden Set) blocks {
	n := len(m.States)
	rank := m.Rank[i]
	sub, count := m.subBlocks(ctx, i)
	seen := count // sub-blocks of states that the player perceives
	if hidden != nil {
		seen, count = setApart(sub, count, n, hidden)
	}
	order, byRank := make([]int32, n), make([]int32, n)
	countingSort(ctx, byRank, nil, func(s int32) int { return int(rank[s]) }, int(m.Best[i])+1)
	ends := countingSort(ctx, order, byRank, func(s int32) int { return int(sub[padded(s)]) }, count)

	bl := blocks{order: order, start: append([]int32{0}, ends...), place: make([]place, padded(n)), self: byRank[:count]}
	for b := range int32(count) {
		poll(ctx, int(b))
		bl.self[b] = b
		at := place{block: b, level: bl.start[b]}
		for p := bl.start[b]; p < bl.start[b+1]; p++ {
			if s := order[p]; p > at.level && rank[s] != rank[order[at.level]] {
				at.level = p
			}
			bl.place[padded(order[p])] = at
		}
	}
	if oneWay := m.Players[i].Mask & (m.forward | m.back); oneWay != 0 {
		m.linkSubBlocks(ctx, i, &bl, oneWay, seen)
	}
	return bl
}

// setApart gives each hidden state a sub-block of its own, after the others,
// which keep their order.
func setApart(sub []int32, count, n int, hidden Set) (seen, all int) {
	number := make([]int32, count)
	for s := range n {
		if !hidden.Has(s) {
			number[sub[padded(s)]] = 1
		}
	}
	for b, used := range number {
		number[b] = int32(seen)
		seen += int(used)
	}
	all = seen
	for s := range n {
		if hidden.Has(s) {
			sub[padded(s)] = int32(all)
			all++
		} else {
			sub[padded(s)] = number[sub[padded(s)]]
		}
	}
	return seen, all
}

// subBlocks numbers the sub-blocks of player i, those of one block in a row,
// and gives each state its number, at padded(state).
func (m *Model) subBlocks(ctx context.Context, i int) (of []int32, count int) {
	n := len(m.States)
	all := uint64(1)<<len(m.Options) - 1
	mask := m.Players[i].Mask
	oneWay := mask & (m.forward | m.back)
	low, high, shift := newGather(oneWay), newGather(all&^mask), bits.OnesCount64(oneWay)
	keyOf := func(b uint64) uint64 { return high.of(b)<<shift | low.of(b) }
	width := shift + bits.OnesCount64(all&^mask)
	of = make([]int32, padded(n))

	if width < 31 && 1<<width <= 4*n+1024 { // few keys: a table of them
		table := make([]int32, 1<<width)
		for s, b := range m.States {
			poll(ctx, s)
			table[keyOf(b)] = 1
		}
		for k, used := range table {
			table[k] = int32(count)
			count += int(used)
		}
		for s, b := range m.States {
			poll(ctx, s)
			of[padded(s)] = table[keyOf(b)]
		}
		return of, count
	}
	keys := make([]uint64, n)
	for s, b := range m.States {
		keys[s] = keyOf(b)
	}
	order, spare := make([]int32, n), make([]int32, n)
	for s := range order {
		order[s] = int32(s)
	}
	const digit = 11
	for at := 0; at < width; at += digit {
		countingSort(ctx, spare, order, func(s int32) int { return int(keys[s] >> at & (1<<digit - 1)) }, 1<<digit)
		order, spare = spare, order
	}
	for p, s := range order {
		if p > 0 && keys[s] != keys[order[p-1]] {
			count++
		}
		of[padded(s)] = int32(count)
	}
	return of, count + 1
}

// linkSubBlocks finds which sub-blocks of one block lead into which. States of
// a sub-block agree on one-way options, so that one of them stands for all. Only
// the first sub-blocks, as many as seen, lead into others.
func (m *Model) linkSubBlocks(ctx context.Context, i int, bl *blocks, oneWay uint64, seen int) {
	count := len(bl.self)
	first := func(b int) uint64 { return m.States[bl.order[bl.start[b]]] }
	outside := ^m.Players[i].Mask
	bl.upStart, bl.downStart = make([]int32, count+1), make([]int32, count+1)
	for begin, end := 0, 0; begin < count; begin = end {
		for end = begin + 1; end < seen && first(end)&outside == first(begin)&outside; end++ {
		}
		for b := begin; b < end; b++ {
			poll(ctx, b)
			from := first(b) & oneWay
			bl.up, bl.down = append(bl.up, int32(b)), append(bl.down, int32(b))
			for c := begin; c < end; c++ {
				if c == b {
					continue
				}
				to := first(c) & oneWay
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
func countingSort(ctx context.Context, dst, src []int32, key func(int32) int, keys int) (ends []int32) {
	next := make([]int32, keys+1)
	for s := range dst {
		poll(ctx, s)
		next[key(int32(s))+1]++
	}
	for k := range keys {
		next[k+1] += next[k]
	}
	for n := range dst {
		poll(ctx, n)
		s := int32(n)
		if src != nil {
			s = src[n]
		}
		k := key(s)
		dst[next[k]] = s
		next[k]++
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
// returns when all are done. The calls must not depend on one another. Where one
// of them halts, each halts when the others have ended too.
func each(n int, f func(int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers <= 1 {
		for i := range n {
			f(i)
		}
		return
	}
	var next atomic.Int64
	var stopped atomic.Pointer[halted]
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && stopped.Load() == nil; i = int(next.Add(1)) - 1 {
				if err := halting(func() error { f(i); return nil }); err != nil {
					stopped.Store(&halted{err})
				}
			}
		})
	}
	wg.Wait()
	if h := stopped.Load(); h != nil {
		panic(*h)
	}
}
