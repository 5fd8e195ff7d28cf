package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/demarche/demarche"
)

// textKeys hold the text in a JSON report; one of them must be there.
var textKeys = []string{"text", "body", "content"}

// json reads an object with a text and the keys of front matter.
func (in input) json(rep *demarche.Report, data []byte) error {
	src, _ := decode(data, "")
	src = strings.TrimPrefix(src, bom8)
	dec := json.NewDecoder(strings.NewReader(src))
	at := func(offset int, msg, hint string) error {
		line, col := position(src, offset)
		return in.failAt(line, col, msg, hint)
	}
	broken := func(err error) error {
		offset := int(dec.InputOffset())
		if se, ok := errors.AsType[*json.SyntaxError](err); ok {
			return at(max(int(se.Offset)-1, offset), "the JSON cannot be read here", "look for a missing comma, quotation mark or bracket")
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return at(len(src), "the JSON ends too early", "look for a missing bracket or quotation mark")
		}
		return at(offset, "the JSON cannot be read here", "")
	}
	t, err := dec.Token()
	if err != nil {
		return broken(err)
	}
	if t != json.Delim('{') {
		return at(0, "a JSON report is one object, in braces", `write {"title": "…", "text": "…"}`)
	}
	seen := map[string]bool{}
	for dec.More() {
		start := keyStart(src, int(dec.InputOffset()))
		t, err := dec.Token()
		if err != nil {
			return broken(err)
		}
		key, ok := t.(string)
		if !ok {
			return at(start, "a key must be a word in quotation marks", "")
		}
		isText := slices.Contains(textKeys, key)
		if !isText && !slices.Contains(keys, key) {
			return at(start, fmt.Sprintf("a report has no key %q", key), demarche.DidYouMean(key, slices.Concat(textKeys, keys)))
		}
		same := key
		switch {
		case isText:
			same = "text"
		case key == "outlet":
			same = "publisher"
		}
		if seen[same] {
			return at(start, fmt.Sprintf("%s is given twice", same), "leave one of them out")
		}
		seen[same] = true
		start = keyStart(src, int(dec.InputOffset()))
		t, err = dec.Token()
		if err != nil {
			return broken(err)
		}
		value, ok := t.(string)
		if !ok && t != nil {
			return at(start, fmt.Sprintf("%s must be text in quotation marks", key), "")
		}
		if isText {
			rep.Text = value
			continue
		}
		if t == nil {
			continue
		}
		if msg, hint := set(rep, key, value); msg != "" {
			return at(start, msg, hint)
		}
	}
	if _, err := dec.Token(); err != nil {
		return broken(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return at(int(dec.InputOffset()), "something follows the closing brace", "a JSON report is one object")
	}
	if !seen["text"] {
		return in.fail("there is no text in the report", `put it under "text"`)
	}
	return nil
}

// keyStart steps over what stands between two tokens.
func keyStart(src string, i int) int {
	for i < len(src) && strings.IndexByte(" \t\r\n,:", src[i]) >= 0 {
		i++
	}
	return i
}

// position is the line and column of an offset, columns in characters.
func position(src string, offset int) (line, col int) {
	offset = min(max(offset, 0), len(src))
	before := src[:offset]
	line = 1 + strings.Count(before, "\n")
	return line, 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
}
