package casefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/demarche/demarche"
)

// jsonNode is a value in a JSON text, with its place.
type jsonNode struct {
	at    demarche.Pos
	kind  byte // { [ " 0 t n: object, array, string, number, true or false, null
	text  string
	bool  bool
	keys  []string // of an object, in the order of the file
	items []*jsonNode
}

// field is the value of a key of an object, or nil.
func (n *jsonNode) field(key string) *jsonNode {
	if i := slices.Index(n.keys, key); i >= 0 {
		return n.items[i]
	}
	return nil
}

// No file that means something is nested deeper, or has more keys in one object.
const (
	maxJSONDepth = 32
	maxJSONKeys  = 1000
)

// jsonReader reads a JSON text into nodes. It panics with an Error.
type jsonReader struct {
	name  string
	data  []byte
	dec   *json.Decoder
	lines []int // byte offset of each line
}

// parseJSON reads one JSON value.
func parseJSON(name string, data []byte) (n *jsonNode, err error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	r := &jsonReader{name: name, data: data, dec: json.NewDecoder(bytes.NewReader(data)), lines: []int{0}}
	r.dec.UseNumber()
	for i, b := range data {
		if b == '\n' {
			r.lines = append(r.lines, i+1)
		}
	}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *demarche.Error:
			n, err = nil, e
		default:
			panic(e)
		}
	}()
	if i := invalidUTF8(data); i >= 0 {
		r.fail(r.place(i), "save it as UTF-8", "the file is not text in UTF-8")
	}
	n = r.value(0)
	if _, err := r.dec.Token(); err != io.EOF {
		r.fail(r.place(r.next()), "remove what follows the closing brace", "there is something after the end of the model")
	}
	return n, nil
}

func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

func (r *jsonReader) fail(at demarche.Pos, hint, format string, args ...any) {
	panic(&demarche.Error{Kind: demarche.BadInput, Op: "casefile.ImportGMCR", Pos: at, Msg: fmt.Sprintf(format, args...), Hint: hint})
}

// place is the line and column of a byte.
func (r *jsonReader) place(offset int) demarche.Pos {
	offset = min(offset, len(r.data))
	line, found := slices.BinarySearch(r.lines, offset)
	if !found {
		line--
	}
	return demarche.Pos{File: r.name, Line: line + 1, Col: utf8.RuneCount(r.data[r.lines[line]:offset]) + 1}
}

// next is where the next token begins.
func (r *jsonReader) next() int {
	i := int(r.dec.InputOffset())
	for i < len(r.data) && strings.IndexByte(" \t\r\n,:", r.data[i]) >= 0 {
		i++
	}
	return i
}

func (r *jsonReader) token() (json.Token, demarche.Pos) {
	at := r.place(r.next())
	t, err := r.dec.Token()
	if err == nil {
		return t, at
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		r.fail(r.place(len(r.data)), "the file seems to be cut off; get it again", "the file ends in the middle of the model")
	}
	r.fail(at, "the file is damaged, or is no .gmcr file; save it again with the program that made it", "this is not JSON as a .gmcr file has it")
	return nil, at
}

func (r *jsonReader) value(depth int) *jsonNode {
	t, at := r.token()
	n := &jsonNode{at: at}
	if depth > maxJSONDepth {
		r.fail(at, "the file is damaged, or is no .gmcr file", "brackets are nested more than %d deep", maxJSONDepth)
	}
	switch t := t.(type) {
	case string:
		n.kind, n.text = '"', t
	case json.Number:
		n.kind, n.text = '0', t.String()
	case bool:
		n.kind, n.bool = 't', t
	case nil:
		n.kind = 'n'
	case json.Delim:
		n.kind = byte(t)
		for r.dec.More() {
			if n.kind == '{' {
				key, at := r.token()
				name, ok := key.(string)
				if !ok {
					r.fail(at, "the file is damaged", "a key is not text")
				}
				if len(n.keys) == maxJSONKeys {
					r.fail(at, "the file is damaged, or is no .gmcr file", "an object has more than %d keys", maxJSONKeys)
				}
				if slices.Contains(n.keys, name) {
					r.fail(at, "keep one of them", "the key %s stands here twice", show(name))
				}
				n.keys = append(n.keys, name)
			}
			n.items = append(n.items, r.value(depth+1))
		}
		r.token() // the closing bracket
	}
	return n
}

// number is a whole number.
func (n *jsonNode) number() (int, bool) {
	if n.kind != '0' {
		return 0, false
	}
	i, err := strconv.Atoi(n.text)
	return i, err == nil
}
