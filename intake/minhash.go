package intake

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/demarche/demarche"
)

// Near-copies are found with MinHash over shingles of words (A. Broder, "On the
// resemblance and containment of documents", 1997), and looked up by banding of
// the sketches (J. Leskovec, A. Rajaraman, J. Ullman, Mining of Massive Datasets,
// section 3.4).

const (
	// ShingleWords is the number of words in a shingle.
	ShingleWords = 5
	// SketchSize is the number of hashes in a sketch. The standard error of an
	// estimate s is √(s(1−s)/128), at most 0.045.
	SketchSize = 128
	// NearCopy is the least overlap of a near-copy. Agency copy that an outlet
	// has shortened or given a new first paragraph still lies above it; two
	// reports of one event in words of their own lie below 0.2.
	NearCopy = 0.7

	// With 32 bands of 4 rows a pair with an overlap of 0.7 shares a band with
	// a probability of 1−(1−0.7⁴)³² = 0.9998.
	bands = 32
	rows  = SketchSize / bands
)

// Sketch is the MinHash sketch of a text: for each of 128 hash functions the
// least hash of any shingle, shortened to 32 bits. The sketch of a text without
// words is the zero value, and resembles nothing.
type Sketch [SketchSize]uint32

// SketchOf sketches a text. Case and punctuation do not count. A text of fewer
// than five words is one shingle.
func SketchOf(text string) Sketch {
	var least [SketchSize]uint64
	for i := range least {
		least[i] = ^uint64(0)
	}
	any := false
	shingles(text, func(h uint64) {
		any = true
		for i := range least {
			least[i] = min(least[i], mix(h^uint64(i+1)*0x9e3779b97f4a7c15))
		}
	})
	var s Sketch
	if !any {
		return s
	}
	for i, h := range least {
		s[i] = uint32(h) | 1 // never zero: that is the text without words
	}
	return s
}

// shingles gives the hash of every run of five words, once for each place.
func shingles(text string, yield func(uint64)) {
	var last [ShingleWords]uint64
	n := 0
	words(text, func(h uint64) {
		last[n%ShingleWords] = h
		if n++; n >= ShingleWords {
			yield(joined(last, n))
		}
	})
	if n > 0 && n < ShingleWords {
		yield(joined(last, n))
	}
}

// joined is the hash of the last words, in their order; n is how many there were.
func joined(last [ShingleWords]uint64, n int) uint64 {
	first := 0
	if n > ShingleWords {
		first = n
	}
	h := uint64(0)
	for k := range min(n, ShingleWords) {
		h = mix(h ^ bits.RotateLeft64(last[(first+k)%ShingleWords], 1))
	}
	return h
}

// words gives the hash (FNV-1a) of every run of letters and digits, in lower
// case.
func words(text string, yield func(uint64)) {
	const offset, prime = 14695981039346656037, 1099511628211
	h, inside := uint64(offset), false
	for i := 0; i < len(text); {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(text[i:])
		}
		i += n
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)):
			r = unicode.ToLower(r)
		default:
			if inside {
				yield(h)
				h, inside = offset, false
			}
			continue
		}
		inside = true
		h = (h ^ uint64(r)) * prime
	}
	if inside {
		yield(h)
	}
}

// mix is the finaliser of SplitMix64 (G. Steele, D. Lea, C. Flood, 2014).
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// Similar estimates the overlap of two texts from their sketches: the share of
// their shingles that both have (the Jaccard index), from 0 to 1.
func Similar(a, b Sketch) float64 {
	if a[0] == 0 || b[0] == 0 {
		return 0
	}
	same := 0
	for i := range a {
		if a[i] == b[i] {
			same++
		}
	}
	return float64(same) / SketchSize
}

// Copies finds near-copies among the texts that are added to it, one after
// another. It holds one to two kilobytes for each text that is no copy; near-copies
// are compared with but not kept. The zero value is ready.
type Copies struct {
	kept []keptSketch
	// last is, for each band and its hash, the text kept last that has it, as its
	// number plus 1; the one before it is in earlier.
	last [bands]map[uint64]int32
}

type keptSketch struct {
	name    string
	sketch  Sketch
	earlier [bands]int32
}

// Add looks for the earlier text that this one overlaps most, the first of
// several, and remembers this one by its name unless it is a near-copy: so the
// copies of copies are told as copies of the first. It gives "" and 0 where
// there is none with an overlap of at least NearCopy.
func (c *Copies) Add(name string, s Sketch) (of string, overlap float64) {
	if s[0] == 0 {
		return "", 0
	}
	best := -1
	var met []int32
	var keys [bands]uint64
	for b := range bands {
		h := uint64(0)
		for _, x := range s[b*rows : (b+1)*rows] {
			h = mix(h ^ uint64(x))
		}
		keys[b] = h
		for i := c.last[b][h]; i > 0; i = c.kept[i-1].earlier[b] {
			met = append(met, i-1)
		}
	}
	slices.Sort(met)
	for _, i := range slices.Compact(met) {
		if x := Similar(s, c.kept[i].sketch); x >= NearCopy && x > overlap {
			best, overlap = int(i), x
		}
	}
	if best >= 0 {
		return c.kept[best].name, overlap
	}
	k := keptSketch{name: name, sketch: s}
	for b, h := range keys {
		if c.last[b] == nil {
			c.last[b] = map[uint64]int32{}
		}
		k.earlier[b] = c.last[b][h]
		c.last[b][h] = int32(len(c.kept) + 1)
	}
	c.kept = append(c.kept, k)
	return "", 0
}

// MarshalBinary writes the hashes one after another, low byte first.
func (s Sketch) MarshalBinary() ([]byte, error) {
	b := make([]byte, 0, 4*SketchSize)
	for _, h := range s {
		b = binary.LittleEndian.AppendUint32(b, h)
	}
	return b, nil
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (s *Sketch) UnmarshalBinary(b []byte) error {
	if len(b) != 4*SketchSize {
		return &demarche.Error{Kind: demarche.BadInput, Op: "intake.Sketch", Msg: fmt.Sprintf("a sketch has %d bytes, not %d", 4*SketchSize, len(b))}
	}
	for i := range s {
		s[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return nil
}
