package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"
)

// Op is what an entry does.
type Op uint8

const (
	// OpPut gives the record as it is from now on.
	OpPut Op = 1 + iota
	// OpUndo takes the entry before it back: it gives the record as it was.
	OpUndo
	// OpWithdraw takes back the only entry: there is no such record any more.
	OpWithdraw
	// OpRedact stands where the content of the record was destroyed.
	OpRedact
)

var opNames = [...]string{OpPut: "put", OpUndo: "undo", OpWithdraw: "withdraw", OpRedact: "redact"}

// String is put, undo, withdraw or redact.
func (o Op) String() string {
	if int(o) < len(opNames) && opNames[o] != "" {
		return opNames[o]
	}
	return fmt.Sprintf("operation %d", uint8(o))
}

// MarshalText writes the name.
func (o Op) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Change is who changes something, and why.
type Change struct {
	Who string
	Why string
	// Learned is when we came to know it; the zero time is now. It is never in
	// the future, and never before the entry that it supersedes.
	Learned time.Time
}

// Entry is one line of a history.
type Entry struct {
	Seq      int64     `json:"seq"`
	Ref      Ref       `json:"ref"`
	Number   int       `json:"number"` // among the entries of the record, from 1
	Op       Op        `json:"op"`
	Who      string    `json:"who"`
	Why      string    `json:"why"` // "" where it was destroyed
	Learned  time.Time `json:"learned"`
	Recorded time.Time `json:"recorded"`
	// Record is what the entry says, nil for a withdrawn or redacted one and
	// where the content was destroyed later.
	Record Record `json:"record"`
	// Destroyed tells that there was content once.
	Destroyed bool `json:"destroyed"`
}

// row is an entry as it is stored. Times are microseconds since 1970, UTC.
type row struct {
	seq, num, prev    int64
	ref               Ref
	number            int
	op                Op
	who, why          string
	learned, recorded int64
	payload           []byte // nil: withdrawn, or destroyed
	salt              []byte // nil: destroyed
	content           []byte // hash of salt, why and payload
	hash              []byte // of everything above but why, payload and salt, and of the hash before
}

const saltSize = 16

// micros is a time as it is stored: rounded down, so that it is never later than
// it was.
func micros(t time.Time) int64 { return t.UnixMicro() }

func fromMicros(n int64) time.Time { return time.UnixMicro(n).UTC() }

// latest stands for "as of now" among stored times.
const latest = int64(1)<<62 - 1

func asOfMicros(t time.Time) int64 {
	if t.IsZero() {
		return latest
	}
	return micros(t)
}

// contentHash commits to what an entry says. The salt is destroyed with the
// content, so that nobody can find out by trying whether a destroyed text was
// the one they have in mind.
func contentHash(salt []byte, why string, payload []byte) []byte {
	h := sha256.New()
	var n [8]byte
	h.Write(salt)
	binary.BigEndian.PutUint64(n[:], uint64(len(why)))
	h.Write(n[:])
	h.Write([]byte(why))
	h.Write(payload)
	return h.Sum(nil)
}

// chained is the hash of an entry on top of the one before it. Each text is
// preceded by its length, so that no two entries are written alike.
func (r *row) chained(before []byte) []byte {
	b := make([]byte, 0, 256)
	text := func(s string) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	text(string(before))
	b = binary.BigEndian.AppendUint64(b, uint64(r.seq))
	b = append(b, byte(r.ref.Kind))
	text(r.ref.ID)
	b = binary.BigEndian.AppendUint64(b, uint64(r.prev))
	b = binary.BigEndian.AppendUint64(b, uint64(r.number))
	b = append(b, byte(r.op))
	text(r.who)
	b = binary.BigEndian.AppendUint64(b, uint64(r.learned))
	b = binary.BigEndian.AppendUint64(b, uint64(r.recorded))
	b = append(b, r.content...)
	sum := sha256.Sum256(b)
	return sum[:]
}

// destroyed reports whether the content was taken out after the fact.
func (r *row) destroyed() bool { return r.salt == nil }
