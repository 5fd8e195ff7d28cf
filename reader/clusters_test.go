package reader

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestShippedClusters looks words up whose company everybody knows.
func TestShippedClusters(t *testing.T) {
	c := shippedClusters()
	if c.n < clusteredWords*99/100 {
		t.Errorf("there are %d words", c.n)
	}
	for _, like := range []string{"monday tuesday friday", "qatar kuwait bahrain", "told reporters"} {
		words := strings.Fields(like)
		for _, w := range words {
			if x := c.of(w); x == (cluster{}) || x != c.of(words[0]) {
				t.Errorf("%s has %v, and %s %v", w, x, words[0], c.of(words[0]))
			}
		}
	}
	if c.of("monday") == c.of("qatar") {
		t.Error("everything is alike")
	}
	if x := c.of("qzxvj"); x != (cluster{}) {
		t.Errorf("a word that there is not has %v", x)
	}
	if x := c.of("qzxvj-backed"); x != c.of("backed") || x == (cluster{}) {
		t.Errorf("a word with a hyphen has %v", x)
	}
}

func randomClusters(rng *rand.Rand, n int) (words []string, found []cluster) {
	for i := range n {
		words = append(words, fmt.Sprintf("w%d", i))
		found = append(found, cluster{fine: 1 + uint16(rng.IntN(1024)), middle: 1 + uint16(rng.IntN(256)), coarse: 1 + uint16(rng.IntN(64))})
	}
	return words, found
}

func TestClusterFile(t *testing.T) {
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 9))
		words, found := randomClusters(rng, rng.IntN(400))
		b := encodeClusters(words, found)
		c, err := decodeClusters(b)
		if err != nil {
			t.Fatal(err)
		}
		if c.n != len(words) {
			t.Fatalf("%d words, want %d", c.n, len(words))
		}
		for i, w := range words {
			if c.of(w) != found[i] {
				t.Fatalf("%s has %v, want %v", w, c.of(w), found[i])
			}
		}
		for name, spoil := range map[string]func([]byte) []byte{
			"magic":    func(b []byte) []byte { b[0]++; return b },
			"checksum": func(b []byte) []byte { b[len(b)-1]++; return b },
			"cut":      func(b []byte) []byte { return b[:len(b)-1] },
			"longer":   func(b []byte) []byte { return append(b, 0) },
			"empty":    func([]byte) []byte { return nil },
		} {
			if _, err := decodeClusters(spoil(bytes.Clone(b))); err == nil {
				t.Errorf("%s: a spoilt file was read", name)
			}
		}
	}
}

// FuzzClusters decodes what follows a right head.
func FuzzClusters(f *testing.F) {
	words, found := randomClusters(rand.New(rand.NewPCG(1, 9)), 5)
	b := encodeClusters(words, found)[clusterHead:]
	f.Add(b)
	f.Add(b[:len(b)-2])
	f.Add([]byte{255, 255, 255, 255, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := decodeClusterRows(b)
		if err != nil {
			return
		}
		if 4*c.n > len(b) {
			t.Fatalf("%d words in %d bytes", c.n, len(b))
		}
	})
}

// vectors is a file of vectors of n words: word i lies near direction i%groups.
func vectors(n, groups int) string {
	const dims = 16
	rng := rand.New(rand.NewPCG(1, 2))
	centres := make([][dims]float64, groups)
	for g := range centres {
		for d := range dims {
			centres[g][d] = rng.NormFloat64()
		}
	}
	var rows []string
	for i := range n {
		var v []string
		for d := range dims {
			v = append(v, fmt.Sprintf("%.5f", centres[i%groups][d]+.02*rng.NormFloat64()))
		}
		rows = append(rows, fmt.Sprintf(`"w%d":[%s,1,%d]`, i, strings.Join(v, ","), i))
	}
	return fmt.Sprintf(`{"size":%d,"dimensions":%d,"words":["w0"],"vectors":{%s},"rest":0}`, n, dims, strings.Join(rows, ","))
}

// TestTrainClusters groups words that lie around a few directions: no group mixes
// two directions, and the same vectors give the same bytes.
func TestTrainClusters(t *testing.T) {
	const n, groups = 4200, 40
	in := vectors(n, groups)
	steps := 0
	b, err := TrainClusters(context.Background(), strings.NewReader(in), func(string) { steps++ })
	if err != nil {
		t.Fatal(err)
	}
	if steps != 4 {
		t.Errorf("told of %d steps", steps)
	}
	again, err := TrainClusters(context.Background(), strings.NewReader(in), nil)
	if err != nil || !bytes.Equal(b, again) {
		t.Errorf("the same vectors gave other bytes (%v)", err)
	}
	c, err := decodeClusters(b)
	if err != nil {
		t.Fatal(err)
	}
	direction := map[uint16]int{}
	for i := range n {
		x := c.of(fmt.Sprintf("w%d", i))
		for size, g := range x {
			if g < 1 || int(g) > clusterSizes[size] {
				t.Fatalf("word %d is in group %d of %d", i, g, clusterSizes[size])
			}
		}
		if d, seen := direction[x[fine]]; seen && d != i%groups {
			t.Fatalf("group %d mixes directions %d and %d", x[fine], d, i%groups)
		}
		direction[x[fine]] = i % groups
	}
}

func TestTrainClustersRefuses(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := TrainClusters(ctx, strings.NewReader(vectors(4200, 3)), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for name, in := range map[string]string{
		"empty":         "",
		"no JSON":       "the 0.1 0.2",
		"no vectors":    `{"dimensions":2}`,
		"no dimensions": `{"vectors":{"a":[1,2]}}`,
		"short":         `{"dimensions":3,"vectors":{"a":[1,2]}}`,
		"not numbers":   `{"dimensions":1,"vectors":{"a":["x"]}}`,
		"cut":           `{"dimensions":1,"vectors":{"a":[1]`,
		"an array":      `{"dimensions":1,"vectors":[[1],[2]]}`,
		"too few":       vectors(100, 3),
	} {
		if _, err := TrainClusters(context.Background(), strings.NewReader(in), nil); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
