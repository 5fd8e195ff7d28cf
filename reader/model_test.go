package reader

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
)

// TestTable checks sums in lanes against sums in a map.
func TestTable(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	for _, classes := range []int{1, 7, 45, 47} {
		n := 500
		tb := newWeightTable(classes, n, .01)
		twin := map[uint32][]int8{}
		w := make([]int8, classes)
		for range n {
			f := rng.Uint32N(1000) // zero among them
			for c := range w {
				w[c] = int8(rng.IntN(255) - 127)
			}
			tb.put(f, w)
			twin[key(f)] = bytes8(w)
		}
		if tb.n != len(twin) {
			t.Fatalf("%d rows, want %d", tb.n, len(twin))
		}
		for range 200 {
			var f []uint32
			want := make([]int32, classes)
			known := 0
			for range rng.IntN(100) {
				x := rng.Uint32N(2000)
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
			if classes <= 8 {
				if even, odd, n := tb.addPair(f, 0, 0); even != sum[0] || odd != sum[1] || n != known {
					t.Fatalf("addPair differs from add")
				}
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

func bytes8(w []int8) []int8 { return append([]int8(nil), w...) }

func TestExponential(t *testing.T) {
	for x := -699.0; x < 699; x += .37 {
		if got, want := exponential(x), math.Exp(x); math.Abs(got-want) > 1e-12*want {
			t.Errorf("e to the %v: %v, want %v", x, got, want)
		}
	}
	if exponential(0) != 1 || exponential(-1e9) != 0 {
		t.Error("the ends are wrong")
	}
}

// TestModelFile writes the shipped model again, to the same bytes, and spoils it.
func TestModelFile(t *testing.T) {
	m, err := decodeModel(embedded)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(m.encode(), embedded) {
		t.Error("the shipped model is not written as it was read")
	}
	if len(embedded) > 20<<20 {
		t.Errorf("the model has %d bytes", len(embedded))
	}
	for name, spoil := range map[string]func([]byte) []byte{
		"empty":    func([]byte) []byte { return nil },
		"magic":    func(b []byte) []byte { b[3]++; return b },
		"version":  func(b []byte) []byte { b[len(modelMagic)]++; return b },
		"checksum": func(b []byte) []byte { b[len(b)/2]++; return b },
		"cut":      func(b []byte) []byte { return b[:len(b)-7] },
		"longer":   func(b []byte) []byte { return append(b, 0) },
	} {
		if _, err := decodeModel(spoil(bytes.Clone(embedded))); err == nil {
			t.Errorf("%s: a spoilt model was read", name)
		}
	}
}

// small is a model file of no weights at all.
func smallModel() []byte {
	one := func(classes int) *weightTable {
		t := newWeightTable(classes, 3, .5)
		w := make([]int8, classes)
		for f := range uint32(3) {
			w[0] = int8(f)
			t.put(f*7+1, w)
		}
		return t
	}
	c := func() *crf { c := &crf{weights: one(int(labels))}; c.prepare(); return c }
	m := &model{tagger: tagger{one(len(posNames)), one(1)}, parser: parser{one(transitions)}, labeller: c(), linker: c()}
	for _, j := range m.forests() {
		*j = &forest{trees: make([]tree, 2)}
	}
	return m.encode()
}

// FuzzModel decodes what follows a right head: no bytes may make it panic, or
// allocate out of proportion.
func FuzzModel(f *testing.F) {
	b := smallModel()
	f.Add(b[modelHead:])
	f.Add(b[modelHead : len(b)-40])
	f.Add([]byte{})
	f.Add([]byte{45, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 240, 63})
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := decodeBody(body)
		if err != nil {
			return
		}
		again, err := decodeModel(m.encode())
		if err != nil {
			t.Fatalf("what was read is written so that it cannot be read: %v", err)
		}
		if !bytes.Equal(again.encode(), m.encode()) {
			t.Fatal("written twice, it differs")
		}
	})
}

func BenchmarkModelLoad(b *testing.B) {
	for b.Loop() {
		if _, err := decodeModel(embedded); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(embedded)))
}
