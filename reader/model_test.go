package reader

import (
	"bytes"
	"math"
	"testing"
)

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
		t := &tableRows{classes: classes, unit: .5}
		w := make([]int8, classes)
		for f := range uint32(3) {
			w[0] = int8(f)
			t.put(f*7+1, w)
		}
		return t.table()
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
