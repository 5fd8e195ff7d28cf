package reader

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
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
	last := uint32(0)
	for k, row := range t.rows() {
		b = binary.AppendUvarint(b, uint64(k-last))
		last = k
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

// rows reads the rows of a table.
func (d *decoder) rows(classes int) *tableRows {
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
	rows := &tableRows{classes: classes, unit: unit, keys: make([]uint32, 0, n), weights: make([]uint64, 0, n*((classes+7)/8))}
	last := uint64(0)
	b := d.b
	for range n {
		step, size := binary.Uvarint(b)
		if size <= 0 || step == 0 || last+step > math.MaxUint32 {
			d.fail("the model file is damaged: its features are not in order")
			return rows
		}
		last += step
		rows.keys = append(rows.keys, uint32(last))
		if b = b[size:]; len(b) < (classes+7)/8 {
			d.fail("the model file ends too early")
			return rows
		}
		masks := b[:(classes+7)/8]
		b = b[len(masks):]
		for i, m := range masks {
			x := uint64(blank)
			if rest := classes - 8*i; rest < 8 {
				x &= 1<<(8*rest) - 1
			}
			for ; m != 0 && len(b) > 0; m &= m - 1 {
				lane := 8 * bits.TrailingZeros8(m)
				x = x&^(0xff<<lane) | uint64(b[0]^bias)<<lane
				b = b[1:]
			}
			if m != 0 || 8*i+bits.Len8(masks[i]) > classes {
				d.fail("the model file is damaged: a feature has weights for what there is not")
				return rows
			}
			rows.weights = append(rows.weights, x)
		}
	}
	d.b = b
	return rows
}

// transition reads the transition weights of a crf.
func (d *decoder) transition() *crf {
	c := &crf{}
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
	rows := [5]*tableRows{d.rows(len(posNames)), d.rows(1), d.rows(transitions)}
	rows[3], m.labeller = d.rows(int(labels)), d.transition()
	rows[4], m.linker = d.rows(int(labels)), d.transition()
	for _, j := range m.forests() {
		*j = d.forest()
	}
	if len(d.b) > 0 {
		d.fail("the model file is damaged: it is too long")
	}
	if d.err != nil {
		return nil, d.err
	}
	tables := [len(rows)]**weightTable{&m.tagger.weights, &m.tagger.only, &m.parser.weights, &m.labeller.weights, &m.linker.weights}
	var wg sync.WaitGroup
	for i, t := range tables {
		wg.Go(func() { *t = rows[i].lay() })
	}
	wg.Wait()
	for _, t := range tables {
		if *t == nil {
			return nil, errors.New("the model file is damaged: its features are not spread as they should be")
		}
	}
	m.labeller.prepare()
	m.linker.prepare()
	for _, row := range m.tagger.only.rows() {
		if p := weight(row, 0); p < 0 || int(p) >= len(posNames) {
			return nil, errors.New("the model file is damaged: a word has a tag that there is not")
		}
	}
	return m, nil
}
