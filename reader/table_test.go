package reader

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestTable checks sums in lanes against sums in a map.
func TestTable(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	hashed := func(x uint32) uint32 {
		if x == 0 {
			return 0 // which is kept for free slots
		}
		return feature(1, x)
	}
	for _, classes := range []int{1, 7, 45, 47} {
		n := 500
		rows := &tableRows{classes: classes, unit: .01}
		twin := map[uint32][]int8{}
		w := make([]int8, classes)
		for range n {
			f := hashed(rng.Uint32N(1000))
			for c := range w {
				w[c] = int8(rng.IntN(255) - 127)
			}
			if twin[key(f)] == nil {
				rows.put(f, w)
				twin[key(f)] = slices.Clone(w)
			}
		}
		tb := rows.table()
		if tb.n != len(twin) {
			t.Fatalf("%d rows, want %d", tb.n, len(twin))
		}
		for range 200 {
			var f []uint32
			want := make([]int32, classes)
			known := 0
			for range rng.IntN(100) {
				x := hashed(rng.Uint32N(2000))
				f = append(f, x)
				if r, ok := twin[key(x)]; ok {
					known++
					for c := range want {
						want[c] += int32(r[c])
					}
				}
			}
			sum := make([]uint64, 2*tb.words)
			if got := tb.add(f, sum); got != known {
				t.Fatalf("%d features known, want %d", got, known)
			}
			top, at := int32(math.MinInt32), -1
			allowed := rng.Uint64() | 1
			for c, v := range want {
				if got := lane(sum, c) - int32(known)*bias; got != v {
					t.Fatalf("class %d: %d, want %d", c, got, v)
				}
				if allowed>>c&1 != 0 && v > top {
					top, at = v, c
				}
			}
			if got := best(sum, classes, allowed); got != at {
				t.Fatalf("best is %d, want %d", got, at)
			}
		}
	}
}

// TestLay lays out tables of all sizes: what was put is found again, nothing else is,
// and what is no hash is refused.
func TestLay(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	sizes := []int{20_000, 150_000}
	for n := range 400 {
		sizes = append(sizes, n)
	}
	for _, n := range sizes {
		rows := &tableRows{classes: 1, unit: 1}
		twin := map[uint32]int8{}
		for len(twin) < n {
			k := key(rng.Uint32())
			if _, there := twin[k]; !there {
				twin[k] = int8(rng.IntN(255) - 127)
				rows.put(k, []int8{twin[k]})
			}
		}
		tb := rows.lay()
		if tb == nil {
			t.Fatalf("%d rows find no room", n)
		}
		last, seen := uint32(0), 0
		for k, row := range tb.rows() {
			if k <= last || weight(row, 0) != twin[k] {
				t.Fatalf("of %d rows, that of %d is %d behind %d, not %d", n, k, weight(row, 0), last, twin[k])
			}
			last, seen = k, seen+1
		}
		if seen != n || tb.n != n {
			t.Fatalf("%d rows became %d", n, seen)
		}
		for k, w := range twin {
			if row := tb.row(k); row == nil || weight(row, 0) != w {
				t.Fatalf("of %d rows, that of %d is lost", n, k)
			}
		}
		for range 1000 {
			k := key(rng.Uint32())
			if _, there := twin[k]; !there && tb.row(k) != nil {
				t.Fatalf("of %d rows, one was never put", n)
			}
		}
	}
	rows := &tableRows{classes: 1, unit: 1}
	for k := range uint32(2 * fullBucket) {
		rows.put(k+1, []int8{1})
	}
	if rows.lay() != nil {
		t.Error("numbers in a row were laid out as if they were hashes")
	}
}

// TestLayAgain takes a table whose buckets find no pilots in few slots: it gets more.
func TestLayAgain(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 0))
	again := 0
	for range 300 {
		const n = 2000
		rows := &tableRows{classes: 1, unit: 1}
		for i := range uint32(n) {
			rows.put(feature(rng.Uint32(), i), []int8{1})
		}
		keys, ends := inBuckets(rows.keys, 1+n/keysABucket)
		tb := &weightTable{pilot: make([]uint8, 1+n/keysABucket), size: n + n/50}
		if tb.findPilots(keys, ends, bySize(ends)) {
			continue
		}
		again++
		if rows.table().n != n {
			t.Fatal("rows are lost")
		}
	}
	if again == 0 {
		t.Error("every table found room at once: nothing was tested")
	}
	tight := &weightTable{pilot: make([]uint8, 2), size: 2}
	if tight.findPilots([]uint32{1 << 10, 1 << 20, 1 << 30}, []int32{0, 3, 3}, []int32{0, 1}) {
		t.Error("three keys found room in two slots")
	}
}

// TestFade checks products of two tables against the function itself.
func TestFade(t *testing.T) {
	for _, c := range []*crf{shipped().labeller, shipped().linker} {
		for units := int32(0); units < 200_000; units += 7 {
			got, want := c.fade(units), math.Exp(-float64(units)*c.weights.unit)
			if math.Abs(got-want) > 1e-12*want {
				t.Fatalf("of %d units: %v, want %v", units, got, want)
			}
		}
	}
}
