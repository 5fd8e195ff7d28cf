package reader

import (
	"cmp"
	"iter"
	"math"
	"slices"
)

// weightTable holds the weights of features for a fixed number of classes. Weights are
// eight bits wide and raised by bias, so that none is negative.
//
// A table does not change once it is laid out, and so every feature has a place of
// its own that is reckoned, not searched for (hash and displace; Pagh 1999, Belazzougui,
// Botelho and Dietzfelbinger 2009): features fall into buckets of about two, and each
// bucket has a pilot, a small number found by trying, that leads its features to slots
// where no others are. A slot is a key and the weights, four to a word:
//
//	slot   key        w0 … w3, +128 each   w4 …
//	0      0000a83e   7f 80 80 93          80 80 …
//	1      0 (free)
//
// Most of the time of a sum is memory: of a feature that is there or not, one slot is
// looked at, pilots stay in the nearer caches, and few slots are free.
type weightTable struct {
	classes int
	words   int // of eight weights, in a row
	n       int
	// unit is the worth of one step of a weight.
	unit  float64
	pilot []uint8
	size  uint32 // slots
	slots []uint32
}

const (
	bias     = 128
	evenMask = 0x00ff00ff00ff00ff
	blank    = 0x8080808080808080 // eight weights of nothing

	// maxFeatures is how many features one sum may have.
	maxFeatures = 128
)

// key keeps zero for free slots.
func key(f uint32) uint32 { return max(f, 1) }

// bucket of a key: its first bits say which. Keys are hashes already.
func bucket(k uint32, buckets uint64) uint64 { return uint64(k) * buckets >> 32 }

// slot of a key whose bucket has this pilot, among so many.
func slot(k uint32, pilot uint8, slots uint64) uint32 {
	return uint32(uint64((k^uint32(pilot)*0x85EBCA6B)*0x9E3779B1) * slots >> 32)
}

// stride is the length of a slot.
func (t *weightTable) stride() int { return 1 + 2*t.words }

// slot is the one of a key, whether or not it is there.
func (t *weightTable) slot(k uint32) []uint32 {
	p := t.pilot[bucket(k, uint64(len(t.pilot)))]
	return t.slots[int(slot(k, p, uint64(t.size)))*t.stride():][:t.stride()]
}

// row is the weights of a feature, or nil.
func (t *weightTable) row(f uint32) []uint32 {
	s := t.slot(key(f))
	if s[0] != key(f) {
		return nil
	}
	return s[1:]
}

// weight of class c in a row.
func weight(row []uint32, c int) int8 { return int8(int(row[c/4]>>(c%4*8)&0xff) - bias) }

// rows goes through the table in ascending order of key.
func (t *weightTable) rows() iter.Seq2[uint32, []uint32] {
	return func(yield func(uint32, []uint32) bool) {
		at := make([]int, 0, t.n)
		for s := 0; s < len(t.slots); s += t.stride() {
			if t.slots[s] != 0 {
				at = append(at, s)
			}
		}
		slices.SortFunc(at, func(x, y int) int { return cmp.Compare(t.slots[x], t.slots[y]) })
		for _, s := range at {
			if !yield(t.slots[s], t.slots[s+1:s+t.stride()]) {
				return
			}
		}
	}
}

// add adds the row of each feature to sum, which has two words for each eight
// classes, and returns how many features it knows: every lane is that many times
// bias too high. Lanes have 16 bits, the even classes of eight in one word and the odd
// ones in the next, so that up to 256 rows can be added without overflow.
func (t *weightTable) add(features []uint32, sum []uint64) int {
	var at [maxFeatures]uint32
	known := t.find(features, &at)
	slots, sum := t.slots, sum[:2*t.words]
	for i := 0; i+1 < len(sum); i += 2 {
		even, odd := sum[i], sum[i+1]
		for _, s := range at[:known] {
			row := int(s) + i
			w := uint64(slots[row+1]) | uint64(slots[row+2])<<32
			even += w & evenMask
			odd += w >> 8 & evenMask
		}
		sum[i], sum[i+1] = even, odd
	}
	return known
}

// find puts first where in slots the known ones of the features are, and returns how
// many they are. Its loads wait neither for one another nor for a branch.
func (t *weightTable) find(features []uint32, at *[maxFeatures]uint32) int {
	slots, pilot, stride := t.slots, t.pilot, uint32(t.stride())
	size, buckets := uint64(t.size), uint64(len(t.pilot))
	features = features[:min(len(features), maxFeatures)]
	for i, f := range features {
		k := key(f)
		at[i&(maxFeatures-1)] = slot(k, pilot[bucket(k, buckets)], size) * stride
	}
	known := 0
	for i, f := range features {
		s := at[i&(maxFeatures-1)]
		at[known&(maxFeatures-1)] = s
		hit := 0
		if slots[s] == key(f) {
			hit = 1
		}
		known += hit
	}
	return known
}

// lane is the sum of class c.
func lane(sum []uint64, c int) int32 {
	return int32(sum[c>>3<<1|c&1] >> (uint(c>>1&3) * 16) & 0xffff)
}

// best is the class with the highest sum among those that allowed has a bit for;
// the first of equals.
func best(sum []uint64, classes int, allowed uint64) int {
	at, top := -1, int32(-1)
	for c := range classes {
		if v := lane(sum, c); v > top && allowed>>uint(c)&1 != 0 {
			at, top = c, v
		}
	}
	return at
}

// tableRows are rows on the way into a table, in any order.
type tableRows struct {
	classes int
	unit    float64
	keys    []uint32
	weights []uint64 // eight to a word
}

// put adds the row of a feature, whose weights are in units from -127 to 127. No
// feature may be put twice.
func (r *tableRows) put(f uint32, weights []int8) {
	for c := 0; c < r.classes; c += 8 {
		w := uint64(0)
		for i, x := range weights[c:min(c+8, r.classes)] {
			w |= uint64(int(x)+bias) << (8 * i)
		}
		r.weights = append(r.weights, w)
	}
	r.keys = append(r.keys, key(f))
}

// table lays out rows whose keys are hashes.
func (r *tableRows) table() *weightTable {
	t := r.lay()
	if t == nil {
		panic("reader: the features of a table are no hashes")
	}
	return t
}

// With so many keys a bucket and so many slots, one table in a thousand or so finds no
// pilot for some bucket, and gets a few more slots. Keys that fill a bucket with many
// times its share are no hashes.
const (
	keysABucket = 2
	fullBucket  = 64
	layings     = 16
)

// lay lays the rows out, or returns nil where their keys do not spread.
func (r *tableRows) lay() *weightTable {
	t := &weightTable{classes: r.classes, words: (r.classes + 7) / 8, n: len(r.keys), unit: r.unit}
	t.pilot = make([]uint8, 1+t.n/keysABucket)
	keys, ends := inBuckets(r.keys, len(t.pilot))
	largest := bySize(ends)
	if b := largest[0]; ends[b+1]-ends[b] > fullBucket {
		return nil
	}
	for try := range layings {
		t.size = uint32(1 + t.n*7/6 + t.n/64*try)
		if !t.findPilots(keys, ends, largest) {
			continue
		}
		t.slots = make([]uint32, int(t.size)*t.stride())
		for i, k := range r.keys {
			s := t.slot(k)
			s[0] = k
			for j, w := range r.weights[i*t.words : (i+1)*t.words] {
				s[1+2*j], s[2+2*j] = uint32(w), uint32(w>>32)
			}
		}
		return t
	}
	return nil
}

// inBuckets sorts keys by bucket: those of bucket b are from ends[b] to ends[b+1].
func inBuckets(keys []uint32, buckets int) (sorted []uint32, ends []int32) {
	ends = make([]int32, buckets+1)
	for _, k := range keys {
		ends[bucket(k, uint64(buckets))+1]++
	}
	for b := range buckets {
		ends[b+1] += ends[b]
	}
	sorted = make([]uint32, len(keys))
	next := slices.Clone(ends)
	for _, k := range keys {
		b := bucket(k, uint64(buckets))
		sorted[next[b]] = k
		next[b]++
	}
	return sorted, ends
}

// bySize is the buckets, those with most keys first.
func bySize(ends []int32) []int32 {
	var from []int32 // where the buckets with so many keys go, from the back
	for b := range len(ends) - 1 {
		n := int(ends[b+1] - ends[b])
		for len(from) <= n {
			from = append(from, 0)
		}
		from[n]++
	}
	at := int32(0)
	for n := len(from) - 1; n >= 0; n-- {
		from[n], at = at, at+from[n]
	}
	out := make([]int32, len(ends)-1)
	for b := range out {
		n := ends[b+1] - ends[b]
		out[from[n]] = int32(b)
		from[n]++
	}
	return out
}

// findPilots gives the buckets, in this order, their pilots: the first that leads to
// slots that are all free. It tells whether there was one for each.
func (t *weightTable) findPilots(keys []uint32, ends, order []int32) bool {
	taken := make([]uint64, t.size/64+1)
	var at [fullBucket]uint32
	for _, b := range order {
		group := keys[ends[b]:ends[b+1]]
		fits := func(pilot uint8) bool {
			for i, k := range group {
				at[i] = slot(k, pilot, uint64(t.size))
				if taken[at[i]/64]>>(at[i]%64)&1 != 0 || slices.Contains(at[:i], at[i]) {
					return false
				}
			}
			return true
		}
		pilot := 0
		for !fits(uint8(pilot)) {
			if pilot++; pilot > math.MaxUint8 {
				return false
			}
		}
		t.pilot[b] = uint8(pilot)
		for i := range group {
			taken[at[i]/64] |= 1 << (at[i] % 64)
		}
	}
	return true
}
