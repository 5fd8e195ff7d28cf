package intake

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"time"
)

// WARCWriter writes what was fetched into a web archive (ISO 28500:2017, WARC
// 1.1), each record packed by itself, as the standard recommends. The first
// record says which program wrote it.
type WARCWriter struct {
	w        io.Writer
	software string
	begun    bool
	n        uint64
}

// NewWARCWriter writes to w. software is the name of the program and its version.
func NewWARCWriter(w io.Writer, software string) *WARCWriter {
	return &WARCWriter{w: w, software: oneLine(software)}
}

// Write adds an exchange: a record of the answer, and one of the request. Both
// hold the bytes as they went over the connection. Each record is written at
// once, so that an archive cut short is whole up to its last record.
func (w *WARCWriter) Write(x Exchange) error {
	if !w.begun {
		info := "software: " + w.software + "\r\nformat: WARC File Format 1.1\r\n"
		if err := w.record("warcinfo", "application/warc-fields", w.id(x, "info"), x.At, nil, []byte(info)); err != nil {
			return err
		}
		w.begun = true
	}
	w.n++
	id := w.id(x, "response")
	about := []string{"WARC-Target-URI: " + target(x.URL)}
	if x.Address != "" {
		about = append(about, "WARC-IP-Address: "+x.Address)
	}
	if err := w.record("response", "application/http;msgtype=response", id, x.At, about, x.Answer); err != nil {
		return err
	}
	about = append(about, "WARC-Concurrent-To: "+id)
	return w.record("request", "application/http;msgtype=request", w.id(x, "request"), x.At, about, x.Request)
}

// target is an address in a header: it must not begin a line of its own.
func target(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// id names a record after all that is in it and its place, so that it differs
// from those of any other: a UUID of version 8 (RFC 9562).
func (w *WARCWriter) id(x Exchange, kind string) string {
	h := sha256.New()
	var n [8]byte
	binary.LittleEndian.PutUint64(n[:], w.n)
	for _, part := range [][]byte{[]byte(kind), n[:], []byte(x.URL), []byte(x.At.UTC().Format(time.RFC3339Nano)), x.Request, x.Answer} {
		binary.LittleEndian.PutUint64(n[:], uint64(len(part)))
		h.Write(n[:])
		h.Write(part)
	}
	s := h.Sum(nil)
	s[6], s[8] = s[6]&0x0f|0x80, s[8]&0x3f|0x80
	return fmt.Sprintf("<urn:uuid:%x-%x-%x-%x-%x>", s[:4], s[4:6], s[6:8], s[8:10], s[10:16])
}

func (w *WARCWriter) record(kind, media, id string, at time.Time, about []string, block []byte) error {
	sum := sha256.Sum256(block)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	head := append([]string{
		"WARC/1.1", "WARC-Type: " + kind, "WARC-Record-ID: " + id, "WARC-Date: " + at.UTC().Format("2006-01-02T15:04:05.000000Z"),
	}, about...)
	head = append(head,
		"WARC-Block-Digest: sha256:"+base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:]),
		"Content-Type: "+media, fmt.Sprintf("Content-Length: %d", len(block)))
	for _, part := range [][]byte{[]byte(strings.Join(head, "\r\n") + "\r\n\r\n"), block, []byte("\r\n\r\n")} {
		if _, err := z.Write(part); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	_, err := w.w.Write(b.Bytes())
	return err
}
