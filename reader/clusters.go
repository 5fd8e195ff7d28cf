package reader

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"errors"
	"strings"
	"sync"
)

// cluster is the groups, one finer than the next, of words that are used alike: of
// "Qatar" it is the countries of the Gulf. Groups count from 1; 0 is a word that is
// not known.
type cluster [3]uint16

const (
	fine = iota
	middle
	coarse
)

// clusterSizes is how many groups there are of each fineness.
var clusterSizes = [3]int{fine: 1024, middle: 256, coarse: 64}

// clusters finds the cluster of a word by its hash, in open slots of which half at
// least are free.
type clusters struct {
	keys  []uint32
	words []cluster
	shift uint
	n     int
}

func newClusters(n int) *clusters {
	size := uint(1)
	for 1<<size < 2*n+1 {
		size++
	}
	return &clusters{keys: make([]uint32, 1<<size), words: make([]cluster, 1<<size), shift: 32 - size}
}

func (c *clusters) slot(k uint32) uint32 {
	s := k >> c.shift
	for c.keys[s] != k && c.keys[s] != 0 {
		s = (s + 1) & uint32(len(c.keys)-1)
	}
	return s
}

func (c *clusters) put(hash uint32, x cluster) {
	k := key(hash)
	s := c.slot(k)
	c.n += boolInt(c.keys[s] == 0)
	c.keys[s], c.words[s] = k, x
}

func (c *clusters) find(hash uint32) cluster { return c.words[c.slot(key(hash))] }

// of is the cluster of a word in lower case. One with a hyphen that is not known is
// used like its last part.
func (c *clusters) of(low string) cluster {
	if low == "’" {
		low = "'"
	}
	x := c.find(hashWord(low))
	if x == (cluster{}) {
		if k := strings.LastIndexByte(low, '-'); k >= 0 {
			return c.find(hashWord(low[k+1:]))
		}
	}
	return x
}

// The file of clusters is, numbers little-endian: magic, SHA-256 of the rest, how
// many words (four bytes), and for each word in ascending order of its hash the
// distance to the hash before (a varint) and three bytes: from the lowest bit, ten
// for the fine group, eight for the middle one and six for the coarse one, each
// counted from 0.
const (
	clusterMagic = "demarche clusters 1\n"
	clusterHead  = len(clusterMagic) + sha256.Size
)

//go:embed clusters.bin
var embeddedClusters []byte

var shippedClusters = sync.OnceValue(func() *clusters {
	c, err := decodeClusters(embeddedClusters)
	if err != nil {
		panic("the clusters of words in this program are damaged: " + err.Error())
	}
	return c
})

func decodeClusters(b []byte) (*clusters, error) {
	if len(b) < clusterHead+4 || string(b[:len(clusterMagic)]) != clusterMagic {
		return nil, errors.New("this is not a file of clusters")
	}
	if sha256.Sum256(b[clusterHead:]) != [sha256.Size]byte(b[len(clusterMagic):clusterHead]) {
		return nil, errors.New("the checksum is wrong")
	}
	return decodeClusterRows(b[clusterHead:])
}

func decodeClusterRows(b []byte) (*clusters, error) {
	if len(b) < 4 {
		return nil, errors.New("it ends too early")
	}
	n := int(binary.LittleEndian.Uint32(b))
	b = b[4:]
	if n > len(b)/4 {
		return nil, errors.New("it ends too early") // every row takes four bytes at least
	}
	c := newClusters(n)
	last := uint64(0)
	for range n {
		step, size := binary.Uvarint(b)
		if size <= 0 || step == 0 || last+step > 1<<32-1 {
			return nil, errors.New("its words are not in order")
		}
		last += step
		if len(b) < size+3 {
			return nil, errors.New("it ends too early")
		}
		x := uint32(b[size]) | uint32(b[size+1])<<8 | uint32(b[size+2])<<16
		c.put(uint32(last), cluster{fine: 1 + uint16(x&1023), middle: 1 + uint16(x>>10&255), coarse: 1 + uint16(x>>18)})
		b = b[size+3:]
	}
	if len(b) > 0 {
		return nil, errors.New("it is too long")
	}
	return c, nil
}
