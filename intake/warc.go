package intake

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"github.com/demarche/demarche"
)

// Web archives are read here and by no library: the format (ISO 28500) is a few
// lines of header and a length, and of the libraries for Go one is written for
// another program and says so, and the others bring a crawler with them.

const (
	// A record unpacks to at most this many times the bytes it is packed in, and
	// slackWARC more; pages of text shrink to a fifth or a tenth.
	maxRatio  = 200
	slackWARC = 64 << 20
	// maxHeader is the size of the largest header of a record.
	maxHeader = 64 << 10
)

var errBomb = errors.New("unpacks to far more than it should")

// countingReader counts what is read through it.
type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// unpacked reads packed data and refuses what is packed beyond all reason.
type unpacked struct {
	z      io.Reader
	packed *countingReader
	n      int64
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.z.Read(p)
	if u.n += int64(n); u.n > u.packed.n*maxRatio+slackWARC {
		return n, errBomb
	}
	return n, err
}

// warc reads the pages of a web archive, each a report: answers with the status
// 200 that are HTML, plain text or PDF, and the texts taken out of such (records
// resource and conversion).
func (in input) warc(r *bufio.Reader, stem string, yield func(demarche.Report, error) bool) {
	broken := func(err error) {
		msg, hint := "the web archive is damaged from here on", "the pages before were read; fetch the archive again"
		if errors.Is(err, errBomb) {
			msg, hint = "the web archive unpacks to far more than an archive of pages does, and is not read further", "check where it comes from"
		}
		yield(demarche.Report{}, in.fail(msg, hint))
	}
	if head, _ := r.Peek(2); string(head) == "\x1f\x8b" {
		packed := &countingReader{r: r}
		z, err := gzip.NewReader(bufio.NewReader(packed))
		if err != nil {
			broken(err)
			return
		}
		r = bufio.NewReaderSize(&unpacked{z: z, packed: packed}, 64<<10)
	}
	for n, found := 1, 0; ; n++ {
		rec, err := nextRecord(r)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			if n == 1 {
				yield(demarche.Report{}, in.fail("the file is not a web archive: it does not begin with WARC/", "check that it was fetched whole"))
				return
			}
			broken(err)
			return
		}
		body := &io.LimitedReader{R: r, N: rec.length}
		format, ok := Text, false
		var data []byte
		switch {
		case rec.length > MaxBytes:
		case rec.kind == "response":
			data, format, ok, err = answer(body)
		case rec.kind == "resource" || rec.kind == "conversion":
			if format, ok = ofMedia(rec.media); ok {
				data, err = io.ReadAll(body)
			}
		}
		if errors.Is(err, errBomb) {
			broken(err)
			return
		}
		large := rec.length > MaxBytes && rec.kind == "response"
		if _, e := io.Copy(io.Discard, body); e != nil || body.N > 0 {
			broken(cmp.Or(e, io.ErrUnexpectedEOF))
			return
		}
		if !ok && !large && err == nil {
			continue
		}
		found++
		at := input{name: fmt.Sprintf("%s#%d", in.name, found)}
		var rep demarche.Report
		switch {
		case large:
			err = at.fail(tooLarge(rec.length), "take it out of the archive and split it")
		case err != nil:
			err = at.fail("the page cannot be unpacked", "fetch it again: "+rec.address)
		case len(bytes.TrimSpace(data)) == 0:
			err = at.fail("the page is empty", "")
		default:
			rep, err = at.parse(format, fmt.Sprintf("%s-%d", stem, found), at.name, data)
		}
		if err == nil {
			if rep.URL == "" {
				rep.URL = webAddress(rec.address)
			}
			if rep.Retrieved.IsZero() && !rec.date.IsZero() {
				rep.Retrieved = dateOf(&rec.date)
			}
		}
		if !yield(rep, err) {
			return
		}
	}
}

// record is the header of a record.
type record struct {
	kind, media, address string
	date                 time.Time
	length               int64
}

func nextRecord(r *bufio.Reader) (rec record, err error) {
	for { // empty lines end the record before
		c, err := r.ReadByte()
		if err != nil {
			return rec, err
		}
		if c != '\r' && c != '\n' {
			break
		}
	}
	if err := r.UnreadByte(); err != nil {
		return rec, err
	}
	var head []byte
	for {
		line, err := r.ReadSlice('\n')
		if err != nil || len(head)+len(line) > maxHeader {
			return rec, io.ErrUnexpectedEOF
		}
		head = append(head, line...)
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
	}
	lines := textproto.NewReader(bufio.NewReader(bytes.NewReader(head)))
	version, err := lines.ReadLine()
	if err != nil || !strings.HasPrefix(version, "WARC/") {
		return rec, errors.New("not a record")
	}
	h, err := lines.ReadMIMEHeader()
	if err != nil && len(h) == 0 {
		return rec, errors.New("not a header")
	}
	rec.kind = strings.ToLower(strings.TrimSpace(h.Get("WARC-Type")))
	rec.media = h.Get("Content-Type")
	if t := h.Get("WARC-Identified-Payload-Type"); t != "" && rec.kind != "response" {
		rec.media = t
	}
	rec.address = strings.Trim(strings.TrimSpace(h.Get("WARC-Target-URI")), "<>")
	if rec.date, err = time.Parse(time.RFC3339, strings.TrimSpace(h.Get("WARC-Date"))); err != nil {
		rec.date = time.Time{}
	}
	rec.length, err = strconv.ParseInt(strings.TrimSpace(h.Get("Content-Length")), 10, 64)
	if err != nil || rec.length < 0 {
		return rec, errors.New("no length")
	}
	return rec, nil
}

// ofMedia is the format of a kind of content; false if no report is in it.
func ofMedia(media string) (Format, bool) {
	kind, _, err := mime.ParseMediaType(media)
	if err != nil {
		kind, _, _ = strings.Cut(strings.ToLower(media), ";")
	}
	switch strings.TrimSpace(kind) {
	case "text/html", "application/xhtml+xml":
		return HTML, true
	case "text/plain":
		return Text, true
	case "application/pdf":
		return PDF, true
	}
	return Text, false
}

// answer takes the page out of an answer of a web server.
func answer(r io.Reader) (data []byte, format Format, ok bool, err error) {
	whole, err := io.ReadAll(r)
	if err != nil {
		return nil, Text, true, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(whole)), nil)
	if err != nil {
		return nil, Text, false, nil // an answer of another protocol
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, Text, false, nil
	}
	format, ok = ofMedia(resp.Header.Get("Content-Type"))
	if !ok {
		return nil, Text, false, nil
	}
	sent, err := io.ReadAll(resp.Body)
	if _, rest, found := bytes.Cut(whole, []byte("\r\n\r\n")); err != nil && found {
		sent = rest // joined from its chunks by the crawler, or cut short
	}
	body, err := unpack(resp.Header.Get("Content-Encoding"), bytes.NewReader(sent))
	if err != nil {
		return nil, format, true, err
	}
	data, err = io.ReadAll(io.LimitReader(body, MaxBytes+1))
	if len(data) > MaxBytes {
		return nil, format, true, errBomb
	}
	if errors.Is(err, io.ErrUnexpectedEOF) && len(data) > 0 {
		err = nil // cut short by the crawler
	}
	if format == HTML {
		if _, params, e := mime.ParseMediaType(resp.Header.Get("Content-Type")); e == nil && params["charset"] != "" {
			text, _ := decode(data, params["charset"])
			data = []byte(text)
		}
	}
	return data, format, true, err
}

// unpack undoes the packing of an answer of a web server, as its header
// Content-Encoding names it.
func unpack(encoding string, r io.Reader) (io.Reader, error) {
	packed := &countingReader{r: r}
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(packed)
		if err != nil {
			return nil, err
		}
		return &unpacked{z: z, packed: packed}, nil
	case "deflate":
		// Some servers mean zlib by it and some mean bare deflate.
		b := bufio.NewReader(packed)
		var z io.Reader = flate.NewReader(b)
		if head, _ := b.Peek(2); len(head) == 2 && head[0]&15 == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
			var err error
			if z, err = zlib.NewReader(b); err != nil {
				return nil, err
			}
		}
		return &unpacked{z: z, packed: packed}, nil
	case "", "identity":
		return packed, nil
	}
	return nil, errors.New("packed in a way that is not known")
}
