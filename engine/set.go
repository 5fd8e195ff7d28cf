package engine

import "math/bits"

// Set is a set of states, one bit each: state s is bit s%64 of word s/64.
type Set []uint64

// NewSet returns an empty set for n states.
func NewSet(n int) Set { return make(Set, (n+63)/64) }

// Has reports whether state s is in the set.
func (v Set) Has(s int) bool { return v[s>>6]>>(uint(s)&63)&1 == 1 }

// Add puts state s into the set.
func (v Set) Add(s int) { v[s>>6] |= 1 << (uint(s) & 63) }

// Count is the number of states in the set.
func (v Set) Count() int {
	n := 0
	for _, w := range v {
		n += bits.OnesCount64(w)
	}
	return n
}

// All calls yield for each state in ascending order, until it returns false.
func (v Set) All(yield func(int) bool) {
	for i, w := range v {
		for w != 0 {
			if !yield(i<<6 | bits.TrailingZeros64(w)) {
				return
			}
			w &= w - 1
		}
	}
}

// keep removes from v what is not in w.
func (v Set) keep(w Set) {
	for i := range v {
		v[i] &= w[i]
	}
}

// fill puts the states 0 to n-1 into the set.
func (v Set) fill(n int) {
	for i := range v {
		v[i] = ^uint64(0)
	}
	if r := uint(n) & 63; r != 0 {
		v[len(v)-1] = 1<<r - 1
	}
}
