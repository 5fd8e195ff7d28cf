package reader

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/demarche/demarche"
)

// Correction is what a person says of the attributions in a text. What stands in
// neither list is not spoken of.
type Correction struct {
	// Text is the text of a report, or a passage of it.
	Text string
	// Right are attributions that are there: accepted, added, or put right. Wrong
	// are some that the reader found and that are not there, or not so: one whose
	// spans were moved is wrong as it was and right as it is now.
	Right, Wrong []Frame
}

// maxCorrection bounds one line of a file of corrections, in bytes.
const maxCorrection = 64 << 20

// ReadCorrections reads corrections, one JSON object a line:
//
//	{"text": "Roe said no.", "right": [{"source": [[0,3]], "cue": [[4,8]], "content": [[9,11]]}], "wrong": []}
//
// Spans are half-open ranges of bytes of the text. Blank lines are passed over.
// Its error is a *demarche.Error with line and column in the file name.
func ReadCorrections(in io.Reader, name string) ([]Correction, error) {
	var out []Correction
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 1<<16), maxCorrection)
	n := 0
	for lines.Scan() {
		n++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		d := &correctionLine{line: lines.Bytes(), pos: demarche.Pos{File: name, Line: n}}
		if n == 1 {
			d.line = bytes.TrimPrefix(d.line, []byte("\ufeff"))
		}
		c, err := d.correction()
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	if err := lines.Err(); err != nil {
		e := &demarche.Error{Kind: demarche.BadInput, Op: "reader.ReadCorrections", Msg: "the corrections cannot be read to their end", Hint: "check that the file may be read", Pos: demarche.Pos{File: name, Line: n + 1}, Err: err}
		if errors.Is(err, bufio.ErrTooLong) {
			e.Msg, e.Hint = "this line is longer than 64 megabytes", "give the passage around the correction instead of the whole text"
		}
		return nil, e
	}
	return out, nil
}

// correctionLine reads one line, token by token, so that each mistake has its
// column.
type correctionLine struct {
	line []byte
	pos  demarche.Pos
	dec  *json.Decoder
	at   int64 // where the last token ends
}

// fail is a mistake at byte offset off of the line.
func (d *correctionLine) fail(off int64, hint, format string, args ...any) error {
	p := d.pos
	off = min(max(off, 0), int64(len(d.line)))
	p.Col = utf8.RuneCount(d.line[:off]) + 1
	return &demarche.Error{Kind: demarche.BadInput, Op: "reader.ReadCorrections", Msg: fmt.Sprintf(format, args...), Hint: hint, Pos: p}
}

const correctionHint = `write one object a line, with text and with right or wrong`

// next is the next token and where it begins.
func (d *correctionLine) next() (json.Token, int64, error) {
	from := d.dec.InputOffset()
	for mark := false; from < int64(len(d.line)); from++ {
		if c := d.line[from]; c == ',' || c == ':' {
			if mark {
				break
			}
			mark = true
		} else if c != ' ' && c != '\t' && c != '\r' {
			break
		}
	}
	t, err := d.dec.Token()
	d.at = d.dec.InputOffset()
	if err == nil {
		return t, from, nil
	}
	if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
		from = max(from, bad.Offset-1)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, from, d.fail(int64(len(d.line)), "close every { and [, and write each object on one line", "the line ends too early")
	}
	return nil, from, d.fail(from, correctionHint, "this is not JSON")
}

func (d *correctionLine) delim(want json.Delim, hint, format string, args ...any) (int64, error) {
	t, from, err := d.next()
	if err == nil && t != want {
		err = d.fail(from, hint, format, args...)
	}
	return from, err
}

// object reads an object; field is called with each key.
func (d *correctionLine) object(what string, keys []string, field func(key string) error) (int64, error) {
	from, err := d.delim('{', correctionHint, "%s is an object in braces", what)
	if err != nil {
		return from, err
	}
	seen := map[string]bool{}
	for d.dec.More() {
		t, at, err := d.next()
		if err != nil {
			return from, err
		}
		key, _ := t.(string)
		known := false
		for _, k := range keys {
			known = known || k == key
		}
		switch {
		case !known:
			return from, d.fail(at, demarche.DidYouMean(key, keys), "%s has no field %q", what, key)
		case seen[key]:
			return from, d.fail(at, "write it once", "%q is given twice", key)
		}
		seen[key] = true
		if err := field(key); err != nil {
			return from, err
		}
	}
	_, _, err = d.next()
	return from, err
}

// array reads an array; item is called for each of its values.
func (d *correctionLine) array(what string, item func() error) error {
	if _, err := d.delim('[', "write a list in brackets, [] if there is nothing", "%s is a list", what); err != nil {
		return err
	}
	for d.dec.More() {
		if err := item(); err != nil {
			return err
		}
	}
	_, _, err := d.next()
	return err
}

// placedFrame is a frame and where it and its roles stand in the line.
type placedFrame struct {
	Frame
	at   int64
	role [3][]int64 // where each span stands
}

func (d *correctionLine) correction() (c Correction, err error) {
	for off := 0; off < len(d.line); {
		r, size := utf8.DecodeRune(d.line[off:])
		if r == utf8.RuneError && size <= 1 {
			return c, d.fail(int64(off), "save the file as UTF-8", "this is no UTF-8")
		}
		off += size
	}
	d.dec = json.NewDecoder(bytes.NewReader(d.line))
	d.dec.UseNumber()
	lists := map[string][]placedFrame{}
	start, err := d.object("a correction", []string{"text", "right", "wrong"}, func(key string) error {
		if key == "text" {
			t, from, err := d.next()
			if err != nil {
				return err
			}
			s, ok := t.(string)
			if !ok || strings.TrimSpace(s) == "" {
				return d.fail(from, "give the text that the spans count in", "text is words in quotation marks")
			}
			c.Text = s
			return nil
		}
		return d.array(key, func() error {
			f, err := d.frame()
			lists[key] = append(lists[key], f)
			return err
		})
	})
	if err != nil {
		return c, err
	}
	if off := d.dec.InputOffset(); len(bytes.TrimSpace(d.line[off:])) > 0 {
		for strings.IndexByte(" \t\r", d.line[off]) >= 0 {
			off++
		}
		return c, d.fail(off, "write each object on a line of its own", "something stands behind the object")
	}
	switch {
	case c.Text == "":
		return c, d.fail(start, "give the text that the spans count in", "text is missing")
	case len(lists["right"])+len(lists["wrong"]) == 0:
		return c, d.fail(start, "list at least one attribution under right or wrong", "nothing is said to be right or wrong")
	}
	for _, to := range []struct {
		key  string
		list *[]Frame
	}{{"right", &c.Right}, {"wrong", &c.Wrong}} {
		for _, f := range lists[to.key] {
			if err := d.check(c.Text, &f); err != nil {
				return c, err
			}
			*to.list = append(*to.list, f.Frame)
		}
	}
	return c, nil
}

var roleFields = []string{"source", "cue", "content"}

func (d *correctionLine) frame() (f placedFrame, err error) {
	spans := [3]*Spans{&f.Source, &f.Cue, &f.Content}
	f.at, err = d.object("an attribution", roleFields, func(key string) error {
		k := 0
		for roleFields[k] != key {
			k++
		}
		return d.array(key, func() error {
			s, from, err := d.span(key)
			*spans[k] = append(*spans[k], s)
			f.role[k] = append(f.role[k], from)
			return err
		})
	})
	return f, err
}

func (d *correctionLine) span(key string) (s Span, from int64, err error) {
	hint := "write [start, end], such as [0, 3]: bytes of the text, counted from 0, the end not included"
	from, err = d.delim('[', hint, "%s is a list of spans", key)
	for i := 0; i < 2 && err == nil; i++ {
		var t json.Token
		var at int64
		if t, at, err = d.next(); err != nil {
			break
		}
		x, ok := t.(json.Number)
		n, bad := x.Int64()
		if !ok || bad != nil || n < 0 || n > maxCorrection {
			return s, at, d.fail(at, hint, "a span is two whole numbers")
		}
		s[i] = int(n)
	}
	if err == nil {
		_, err = d.delim(']', hint, "a span is two numbers")
	}
	return s, from, err
}

// check holds the spans of an attribution against the text.
func (d *correctionLine) check(text string, f *placedFrame) error {
	for k, spans := range []Spans{f.Source, f.Cue, f.Content} {
		last := 0
		for i, s := range spans {
			at := f.role[k][i]
			switch {
			case s[1] > len(text) || s[0] >= s[1]:
				return d.fail(at, fmt.Sprintf("the text has %d bytes; a span ends behind its start and within them", len(text)), "the span [%d, %d] is not in the text", s[0], s[1])
			case !utf8.RuneStart(text[s[0]]) || s[1] < len(text) && !utf8.RuneStart(text[s[1]]):
				return d.fail(at, "count in bytes of UTF-8, not in characters", "the span [%d, %d] begins or ends inside a character", s[0], s[1])
			case i > 0 && s[0] < last:
				return d.fail(at, "give the spans of a role in the order of the text", "the span [%d, %d] does not follow the one before", s[0], s[1])
			case strings.TrimSpace(text[s[0]:s[1]]) == "":
				return d.fail(at, "give the span of the words", "the span [%d, %d] holds no word", s[0], s[1])
			}
			last = s[1]
		}
	}
	switch {
	case len(f.Cue) == 0:
		return d.fail(f.at, "give the words that attribute, such as said", "an attribution needs a cue")
	case len(f.Content) == 0:
		return d.fail(f.at, "give what is said", "an attribution needs content")
	}
	return nil
}
