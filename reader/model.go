package reader

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"sync"
)

// A feature is a hash of 32 bits: of a template, which is a small number, and of
// the values that the template looks at. No word is kept, only such hashes.

// feature hashes one value under a template.
func feature(template, a uint32) uint32 {
	x := (uint64(template)<<32 | uint64(a)) * 0x9E3779B97F4A7C15
	return uint32(x>>32) ^ uint32(x)
}

// both32 makes one value out of two, in order.
func both32(a, b uint32) uint32 {
	x := (uint64(a)<<32 | uint64(b)) * 0xD6E8FEB86659FD93
	return uint32(x>>32) ^ uint32(x>>7)
}

// hashWord is FNV-1a.
func hashWord(w string) uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(w); i++ {
		h = (h ^ uint32(w[i])) * 16777619
	}
	return h
}

// weightTable holds the weights of features for a fixed number of classes. Weights are
// eight bits wide and raised by bias, so that none is negative. A slot is a key and
// the weights, eight to a word, which are nearly always fetched from memory
// together:
//
//	slot   key              w0 … w7, +128 each     w8 …
//	0      00000000a83e…    7f 80 80 93 80 80 …    …
//	1      0 (free)
//
// Sums are kept in lanes of 16 bits, the even classes of a word in one word and the
// odd ones in the next, so that up to 256 rows can be added without overflow.
type weightTable struct {
	classes int
	words   int // of weights, in a row
	shift   uint
	mask    uint32
	slots   []uint64 // words+1 a slot
	n       int
	// unit is the worth of one step of a weight.
	unit float64
}

const (
	bias     = 128
	evenMask = 0x00ff00ff00ff00ff
	blank    = 0x8080808080808080 // eight weights of nothing
)

// newWeightTable is an empty table with room for n rows at most half full.
func newWeightTable(classes, n int, unit float64) *weightTable {
	t := &weightTable{classes: classes, words: (classes + 7) / 8, unit: unit}
	size := bits.Len(uint(2*n + 1))
	t.shift = uint(32 - size)
	t.mask = 1<<size - 1
	t.slots = make([]uint64, (t.words+1)<<size)
	return t
}

// key keeps zero for free slots.
func key(f uint32) uint32 {
	if f == 0 {
		return 1
	}
	return f
}

// row is the weights of a feature, or where they would go: a slot whose first word
// is zero. Keys are hashes already: their first bits are the slot, so that a file,
// which has them in order, fills the table from one end to the other.
func (t *weightTable) row(k uint32) []uint64 {
	s := k >> t.shift
	for {
		at := int(s) * (t.words + 1)
		r := t.slots[at : at+t.words+1]
		if uint32(r[0]) == k || r[0] == 0 {
			return r
		}
		s = (s + 1) & t.mask
	}
}

// put sets the weights of a feature, each in units from -127 to 127.
func (t *weightTable) put(f uint32, weights []int8) {
	k := key(f)
	r := t.row(k)
	if r[0] == 0 {
		t.n++
	}
	clear(r)
	r[0] = uint64(k)
	for c, w := range weights[:t.classes] {
		r[1+c/8] |= uint64(int(w)+bias) << (c % 8 * 8)
	}
}

// weight of class c in a row.
func weight(row []uint64, c int) int8 { return int8(int(row[1+c/8]>>(c%8*8)&0xff) - bias) }

// maxFeatures is how many features one sum may have.
const maxFeatures = 128

// touch looks at the first slot of every feature. These loads do not wait for one
// another, as they would behind the branches of a search: most of the time of a
// sum is memory.
func (t *weightTable) touch(features []uint32, home *[maxFeatures]uint64) {
	stride := t.words + 1
	for i, f := range features {
		home[i&(maxFeatures-1)] = t.slots[int(key(f)>>t.shift)*stride]
	}
}

// add adds the row of each feature to sum, which has two words for each word of a
// row, and returns how many features it knows: every lane is that many times bias
// too high.
func (t *weightTable) add(features []uint32, sum []uint64) int {
	var home [maxFeatures]uint64
	features = features[:min(len(features), maxFeatures)]
	t.touch(features, &home)
	known := 0
	sum = sum[:2*t.words]
	for i, f := range features {
		if home[i&(maxFeatures-1)] == 0 {
			continue
		}
		r := t.row(key(f))
		if r[0] == 0 {
			continue
		}
		known++
		for i, w := range r[1:] {
			sum[2*i] += w & evenMask
			sum[2*i+1] += w >> 8 & evenMask
		}
	}
	return known
}

// addPair is add for tables of up to eight classes.
func (t *weightTable) addPair(features []uint32, even, odd uint64) (uint64, uint64, int) {
	var home [maxFeatures]uint64
	features = features[:min(len(features), maxFeatures)]
	t.touch(features, &home)
	known := 0
	for i, f := range features {
		x := home[i&(maxFeatures-1)]
		if x == 0 {
			continue
		}
		k := key(f)
		s := k >> t.shift
		for {
			r := t.slots[2*s : 2*s+2 : 2*s+2]
			if uint32(r[0]) == k {
				even += r[1] & evenMask
				odd += r[1] >> 8 & evenMask
				known++
				break
			}
			if r[0] == 0 {
				break
			}
			s = (s + 1) & t.mask
		}
	}
	return even, odd, known
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

// exponential is e to the x, for x up to 700. It is written out, and every product
// rounded by a conversion, so that all machines give the same bits: the compiler
// may not join a product and a sum, and math.Exp is assembly on some of them.
func exponential(x float64) float64 {
	if x < -700 {
		return 0
	}
	x = min(x, 700)
	k := math.Floor(float64(x*math.Log2E) + .5)
	r := x - float64(k*6.93147180369123816490e-01)
	r -= float64(k * 1.90821492927058770002e-10)
	// Taylor, |r| <= ln(2)/2: the term of r^12 is below 1e-14.
	p := 1.0
	for n := 11.0; n > 0; n-- {
		p = 1 + float64(float64(p*r)/n)
	}
	return p * math.Float64frombits(uint64(1023+int64(k))<<52)
}

func logistic(z float64) float64 { return 1 / (1 + exponential(-z)) }

// model is everything that was learned.
type model struct {
	tagger   tagger
	parser   parser
	labeller *crf
	linker   *crf
	judge    *forest
	// choice tells which spans are exact: sources, cues, content.
	choice [3]*forest
}

// A model file is, in order, all numbers little-endian:
//
//	magic "demarche reader\n", version byte, SHA-256 of the rest
//	tables: tags, sure tags, transitions of the parser; the labeller and the
//	linker, each a table and its transition weights; the forests of sources, cues
//	and content, and the judge's
//
// A table is its classes (a byte), its rows (four), its unit (eight), then for each
// row in ascending order of key: the distance to the key before (a varint), a bit
// for each class that has a weight, and those weights, a byte each.
const (
	modelMagic   = "demarche reader\n"
	modelVersion = 2
	modelHead    = len(modelMagic) + 1 + sha256.Size
)

// maxModelRows bounds what a model file can make the program allocate.
const maxModelRows = 4 << 20

//go:embed model.bin
var embedded []byte

// shipped is the model that is part of the program.
var shipped = sync.OnceValue(func() *model {
	m, err := decodeModel(embedded)
	if err != nil {
		panic("the reader's model in this program is damaged: " + err.Error())
	}
	return m
})

func (m *model) encode() []byte {
	var b []byte
	for _, t := range []*weightTable{m.tagger.weights, m.tagger.only, m.parser.weights} {
		b = t.encode(b)
	}
	for _, c := range []*crf{m.labeller, m.linker} {
		b = c.weights.encode(b)
		for e := range edges {
			for x := range labels {
				for _, w := range c.transition[e][x] {
					b = binary.LittleEndian.AppendUint32(b, uint32(w))
				}
			}
		}
	}
	for _, j := range m.forests() {
		b = (*j).encode(b)
	}
	sum := sha256.Sum256(b)
	head := append([]byte(modelMagic), modelVersion)
	return append(append(head, sum[:]...), b...)
}

// forests in the order of the file.
func (m *model) forests() [4]**forest {
	return [4]**forest{&m.choice[RoleSource], &m.choice[RoleCue], &m.choice[RoleContent], &m.judge}
}

func (j *forest) encode(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(j.prior))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(j.trees)))
	for i := range j.trees {
		t := &j.trees[i]
		b = append(b, t.ask[:asks]...)
		b = append(b, t.above[:asks]...)
		for _, w := range t.leaf {
			b = binary.LittleEndian.AppendUint16(b, uint16(w))
		}
	}
	return b
}

func (t *weightTable) encode(b []byte) []byte {
	b = append(b, uint8(t.classes))
	b = binary.LittleEndian.AppendUint32(b, uint32(t.n))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(t.unit))
	rows := make([][]uint64, 0, t.n)
	for at := 0; at < len(t.slots); at += t.words + 1 {
		if t.slots[at] != 0 {
			rows = append(rows, t.slots[at:at+t.words+1])
		}
	}
	slices.SortFunc(rows, func(x, y []uint64) int { return cmp.Compare(x[0], y[0]) })
	last := uint64(0)
	for _, row := range rows {
		b = binary.AppendUvarint(b, row[0]-last)
		last = row[0]
		mask := len(b)
		b = append(b, make([]byte, (t.classes+7)/8)...)
		for c := range t.classes {
			if w := weight(row, c); w != 0 {
				b[mask+c/8] |= 1 << (c % 8)
				b = append(b, uint8(w))
			}
		}
	}
	return b
}

// decoder reads a model file. After the first thing that is wrong it stays there.
type decoder struct {
	b   []byte
	err error
}

func (d *decoder) fail(what string) {
	if d.err == nil {
		d.err = errors.New(what)
	}
	d.b = nil
}

func (d *decoder) take(n int) []byte {
	if len(d.b) < n {
		d.fail("the model file ends too early")
		return make([]byte, n)
	}
	x := d.b[:n]
	d.b = d.b[n:]
	return x
}

func (d *decoder) uint32() uint32 { return binary.LittleEndian.Uint32(d.take(4)) }

func (d *decoder) table(classes int) *weightTable {
	if got := int(d.take(1)[0]); got != classes && d.err == nil {
		d.fail("the model file holds a table of another kind than this version reads")
	}
	n := int(d.uint32())
	unit := math.Float64frombits(binary.LittleEndian.Uint64(d.take(8)))
	// Every row takes two bytes at least.
	if n > maxModelRows || 2*n > len(d.b) || !(unit > 0 && unit < 1e6) {
		d.fail("the model file is damaged: a table has an impossible size")
		n, unit = 0, 1
	}
	t := newWeightTable(classes, n, unit)
	last := uint64(0)
	for range n {
		step, size := binary.Uvarint(d.b)
		if size <= 0 || step == 0 || last+step > math.MaxUint32 {
			d.fail("the model file is damaged: its features are not in order")
			break
		}
		d.b = d.b[size:]
		last += step
		masks := d.take((classes + 7) / 8)
		r := t.row(uint32(last))
		r[0] = last
		t.n++
		for i, m := range masks {
			x := uint64(blank)
			if rest := classes - 8*i; rest < 8 {
				x &= 1<<(8*rest) - 1
			}
			for ; m != 0 && len(d.b) > 0; m &= m - 1 {
				lane := 8 * bits.TrailingZeros8(m)
				x = x&^(0xff<<lane) | uint64(d.b[0]^bias)<<lane
				d.b = d.b[1:]
			}
			if m != 0 || 8*i+bits.Len8(masks[i]) > classes {
				d.fail("the model file is damaged: a feature has weights for what there is not")
			}
			r[1+i] = x
		}
		if d.err != nil {
			break
		}
	}
	return t
}

func (d *decoder) crf() *crf {
	c := &crf{weights: d.table(int(labels))}
	for e := range edges {
		for a := range labels {
			for b := range labels {
				w := int32(d.uint32())
				if w > 1<<20 || w < -1<<20 {
					d.fail("the model file is damaged: a weight is too large")
					w = 0
				}
				c.transition[e][a][b] = w
			}
		}
	}
	c.prepare()
	return c
}

func (d *decoder) forest() *forest {
	j := &forest{prior: int32(d.uint32())}
	n := int(d.uint32())
	const size = 2*asks + 2<<treeDepth
	if n < 0 || n > len(d.b)/size {
		d.fail("the model file ends too early")
		n = 0
	}
	j.trees = make([]tree, n)
	for i := range j.trees {
		t := &j.trees[i]
		copy(t.ask[:], d.take(asks))
		copy(t.above[:], d.take(asks))
		for k := range t.leaf {
			t.leaf[k] = int16(binary.LittleEndian.Uint16(d.take(2)))
		}
		for _, f := range t.ask {
			if f >= traits {
				d.fail("the model file is damaged: a tree asks for what there is not")
			}
		}
	}
	return j
}

// decodeModel reads a model file, and refuses what is not one of this version.
func decodeModel(b []byte) (*model, error) {
	switch {
	case len(b) < modelHead || string(b[:len(modelMagic)]) != modelMagic:
		return nil, errors.New("this is not a model file of the reader")
	case b[len(modelMagic)] != modelVersion:
		return nil, fmt.Errorf("the model file has version %d, and this program reads version %d", b[len(modelMagic)], modelVersion)
	case sha256.Sum256(b[modelHead:]) != [sha256.Size]byte(b[len(modelMagic)+1:modelHead]):
		return nil, errors.New("the model file is damaged: its checksum is wrong")
	}
	return decodeBody(b[modelHead:])
}

func decodeBody(b []byte) (*model, error) {
	d := &decoder{b: b}
	m := &model{}
	m.tagger.weights = d.table(len(posNames))
	m.tagger.only = d.table(1)
	m.parser.weights = d.table(transitions)
	m.labeller = d.crf()
	m.linker = d.crf()
	for _, j := range m.forests() {
		*j = d.forest()
	}
	if len(d.b) > 0 {
		d.fail("the model file is damaged: it is too long")
	}
	if d.err != nil {
		return nil, d.err
	}
	for at := 0; at < len(m.tagger.only.slots); at += 2 {
		row := m.tagger.only.slots[at : at+2]
		if p := weight(row, 0); row[0] != 0 && (p < 0 || int(p) >= len(posNames)) {
			return nil, errors.New("the model file is damaged: a word has a tag that there is not")
		}
	}
	return m, nil
}
