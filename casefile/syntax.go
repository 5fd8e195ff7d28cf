package casefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/demarche/demarche"
	"go.yaml.in/yaml/v4"
)

// Limits on a case file, so that no input can exhaust memory or the stack.
const (
	// MaxBytes is the size of the largest case file that is read.
	MaxBytes = 16 << 20
	maxNodes = 1_000_000
	maxDepth = 100
)

// load reads the one YAML document of a file. The error is an *demarche.Error.
func load(name string, data []byte) (*yaml.Node, error) {
	fail := func(line, col int, msg, hint string) error {
		return &demarche.Error{Kind: demarche.BadInput, Op: "casefile.Parse", Msg: msg, Hint: hint, Pos: demarche.Pos{File: name, Line: line, Col: col}}
	}
	if len(data) > MaxBytes {
		return nil, fail(0, 0, fmt.Sprintf("the file has %d megabytes; a case file has at most %d", len(data)>>20, MaxBytes>>20), "keep texts in the reports folder")
	}
	if err := checkText(data, fail); err != nil {
		return nil, err
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	loader, err := yaml.NewLoader(strings.NewReader(text), yaml.WithV4Defaults(), yaml.WithUniqueKeys(false))
	if err != nil {
		return nil, &demarche.Error{Kind: demarche.Internal, Op: "casefile.Parse", Msg: "the YAML reader could not be started", Err: err}
	}
	var doc, second yaml.Node
	switch err := loader.Load(&doc); {
	case errors.Is(err, io.EOF):
		return nil, fail(0, 0, "the file is empty", "demarche init makes a case to start from")
	case err != nil:
		return nil, plain(err, text, fail)
	}
	if doc.Kind == 0 || len(doc.Content) == 0 {
		return nil, fail(0, 0, "the file is empty", "demarche init makes a case to start from")
	}
	if err := loader.Load(&second); err == nil && second.Kind != 0 {
		line, col := second.Line, second.Column
		if len(second.Content) > 0 {
			line, col = second.Content[0].Line, second.Content[0].Column
		}
		return nil, fail(line, col, "a second document begins here, after a line with three dashes", "a case file is one document: remove the line ---, or put the second part in a file of its own")
	} else if le := (*yaml.LoadError)(nil); err != nil && errors.As(err, &le) && le.Mark.Line > 0 {
		return nil, plain(err, text, fail)
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Value == "" {
		return nil, fail(0, 0, "the file is empty", "demarche init makes a case to start from")
	}
	return root, nil
}

// checkText refuses what is not text in UTF-8.
func checkText(data []byte, fail func(line, col int, msg, hint string) error) error {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return fail(0, 0, "the file is in UTF-16", "save it as UTF-8")
	}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return fail(0, 0, "the file is a zip archive, not a case file", "demarche import reads a bundle")
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return fail(0, 0, "the file is not text", "a case file is text in YAML")
	}
	line, col := 1, 0
	for rest := data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		col++
		switch {
		case r == utf8.RuneError && size == 1:
			return fail(line, col, "a character is not in UTF-8", "save the file as UTF-8")
		case r == '\n':
			line, col = line+1, 0
		case r < ' ' && r != '\t' && r != '\r', r == 0x7f, 0x80 <= r && r < 0xa0 && r != 0x85, r == 0xfffe, r == 0xffff:
			return fail(line, col, "there is an invisible control character here", "delete it and type the text again")
		}
		rest = rest[size:]
	}
	return nil
}

// plain says in plain words what the YAML reader found.
func plain(err error, text string, fail func(line, col int, msg, hint string) error) error {
	var le *yaml.LoadError
	if !errors.As(err, &le) {
		return fail(0, 0, "the file cannot be read as YAML", "check quotation marks, brackets and the spaces at the start of lines")
	}
	at, begun := le.Mark, le.ContextMark
	src := newSource("", text)
	rest := src.restOfLine(at.Line, at.Column)
	has := func(s string) bool { return strings.Contains(le.Message, s) }
	inside := func(s string) bool { return strings.Contains(le.ContextMsg, s) }
	began := ""
	if begun.Line > 0 && begun.Line != at.Line {
		began = fmt.Sprintf(" that begins on line %d", begun.Line)
	}
	switch {
	case strings.HasPrefix(rest, "\t"), has("tab character"), has("tabs"):
		return fail(at.Line, at.Column, "the line begins with a tab", "use spaces to indent")
	case has("end of stream") && inside("quoted"):
		return fail(begun.Line, begun.Column, "a quotation mark opened here is never closed", "close it; inside '…' write two '' for an apostrophe")
	case has("document indicator") && inside("quoted"):
		return fail(begun.Line, begun.Column, "a quotation mark opened here is not closed before the line ---", "close it")
	case has("',' or ']'"):
		if at.Line > begun.Line {
			return fail(begun.Line, begun.Column, "a bracket [ opened here is not closed", "add ] at the end of the list, and a comma between its items")
		}
		return fail(at.Line, at.Column, "a comma or the closing bracket ] is missing before this", "put a comma between items; put text with brackets or quotation marks in quotation marks")
	case has("',' or '}'"):
		if at.Line > begun.Line {
			return fail(begun.Line, begun.Column, "a brace { opened here is not closed", "add } at the end, and a comma between entries")
		}
		return fail(at.Line, at.Column, "a comma or the closing brace } is missing before this", "put a comma between entries; put text with braces or quotation marks in quotation marks")
	case has("mapping values are not allowed"):
		return fail(at.Line, at.Column, "there is a second colon here, or the line is indented too far", "put text with a colon in quotation marks; begin keys that belong together in the same column")
	case has("block sequence entries"):
		return fail(at.Line, at.Column, "a list with dashes cannot begin here", "begin each item on a line of its own, or write [a, b]")
	case has("expected '-' indicator"):
		return fail(at.Line, at.Column, "this line does not belong to the list"+began, "begin it with a dash, or indent it as its neighbours are")
	case has("expected <document start>"):
		return fail(at.Line, at.Column, "this line is indented less than the first one", "begin the keys of the case in the same column")
	case has("expected key") && strings.ContainsAny(src.before(at.Line, at.Column), `"'`) && at.Line == begun.Line || has("expected key") && strings.TrimSpace(src.before(at.Line, at.Column)) != "":
		return fail(at.Line, at.Column, "the text goes on after its closing quotation mark or bracket", "put the whole text in quotation marks; inside '…' write two '' for an apostrophe")
	case has("expected key"):
		return fail(at.Line, at.Column, "this line does not fit in with the keys"+strings.Replace(began, "begins", "begin", 1), "begin keys that belong together in the same column, each followed by a colon")
	case has("unknown anchor"):
		return fail(at.Line, at.Column, "a word that begins with * refers to a part of the file marked with &, and there is none of that name", "put text that begins with * in quotation marks")
	case has("expected alphabetic"):
		return fail(at.Line, at.Column, "the characters & and * have a meaning of their own here", "put the text in quotation marks")
	case has("cannot start any token"):
		r, _ := utf8.DecodeRuneInString(rest)
		if r == '-' {
			return fail(at.Line, at.Column, "a dash alone cannot stand here", `write "-" in quotation marks`)
		}
		return fail(at.Line, at.Column, fmt.Sprintf("text cannot begin with %c", r), "put it in quotation marks")
	case has("unknown escape"), has("hexadecimal"), has("escape code"):
		return fail(at.Line, at.Column, `the backslash \ has a meaning inside "…", and this is not one of them`, `write \\ for a backslash, or use '…'`)
	case has("node content"):
		r, _ := utf8.DecodeRuneInString(rest)
		switch {
		case r == ',':
			return fail(at.Line, at.Column, "there is nothing before this comma", "remove it, or write an item")
		case r == ']' || r == '}':
			return fail(at.Line, at.Column, fmt.Sprintf("there is no bracket that this %c closes, or nothing before it", r), "remove it, or open one before")
		}
		return fail(at.Line, at.Column, "something is missing here", "check for a bracket or brace that is not closed")
	case has("content after document-end"):
		return fail(at.Line, at.Column, "there is text after the line with three dots, which ends the document", "remove the line with the dots")
	case inside("directive"), has("incompatible"), has("directive"):
		return fail(at.Line, at.Column, "lines that begin with % are not used in cases", "remove the line, or put the text in quotation marks")
	case inside("tag"), has("tag"):
		return fail(at.Line, at.Column, "text cannot begin with !", "put it in quotation marks")
	case inside("block scalar"), has("comment or line break"), has("indentation indicator"):
		return fail(at.Line, at.Column, "after | or > the text begins on the next line", "move it there, indented, or put it in quotation marks")
	case inside("simple key"), has("could not find expected ':'"):
		if begun.Line > 0 {
			at = begun
		}
		return fail(at.Line, at.Column, "this line has no colon after its first word", "write key: value; indent a line that carries on the text above it")
	case has("depth"):
		return fail(at.Line, at.Column, fmt.Sprintf("this is nested more than %d deep", maxDepth), "check for brackets that are never closed")
	}
	return fail(at.Line, at.Column, "the file cannot be read as YAML from here", "check quotation marks, brackets and the spaces at the start of lines")
}
