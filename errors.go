package demarche

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of failure an Error is. One table maps it to the exit
// code of the command line and to the status of the HTTP interface.
type Kind uint8

const (
	// Internal is a failure of the program itself.
	Internal Kind = iota
	// No is an answer, not a failure: the case is invalid, the brief a draft.
	No
	// Usage is a command given wrongly.
	Usage
	// BadInput is a file or value that cannot be meant.
	BadInput
	// NotFound is a file, player or state that is not there.
	NotFound
	// Unavailable is something busy, too large, or not part of this version.
	Unavailable
)

var kinds = [...]struct {
	name   string
	exit   int
	status int
}{
	Internal:    {"internal", 70, 500},
	No:          {"no", 1, 422},
	Usage:       {"usage", 2, 400},
	BadInput:    {"bad input", 3, 422},
	NotFound:    {"not found", 4, 404},
	Unavailable: {"unavailable", 5, 503},
}

// String is the short English name of the kind.
func (k Kind) String() string { return kinds[k].name }

// ExitCode is the exit code of a command that ends with this kind.
func (k Kind) ExitCode() int { return kinds[k].exit }

// HTTPStatus is the status of a response that carries this kind.
func (k Kind) HTTPStatus() int { return kinds[k].status }

// Pos is a place in a file. Line and Col count from 1; Col counts characters
// (Unicode code points). Zero means unknown.
type Pos struct {
	File string
	Line int
	Col  int
}

// IsZero reports whether nothing is known about the place.
func (p Pos) IsZero() bool { return p == Pos{} }

// String is "file:line:column", as far as known.
func (p Pos) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		if p.File != "" {
			b.WriteByte(':')
		}
		fmt.Fprintf(&b, "%d", p.Line)
		if p.Col > 0 {
			fmt.Fprintf(&b, ":%d", p.Col)
		}
	}
	return b.String()
}

// Error is the one error type of the program.
type Error struct {
	Kind Kind
	// Op is what was being done, for logs: "casefile.Open".
	Op string
	// Msg is a sentence for the person, without a full stop.
	Msg string
	// Hint says what would be right, as a sentence without a full stop.
	Hint string
	// Pos is where, if it is in a file.
	Pos Pos
	// Err is the cause, if there is one.
	Err error
}

// Error is "place: sentence; hint".
func (e *Error) Error() string {
	var b strings.Builder
	if place := e.Pos.String(); place != "" {
		b.WriteString(place)
		b.WriteString(": ")
	}
	b.WriteString(e.Msg)
	if e.Hint != "" {
		b.WriteString("; ")
		b.WriteString(e.Hint)
	}
	return b.String()
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }

// Problems is a list of findings in one input, reported together.
type Problems []*Error

// Error is one finding a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, e := range p {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives every finding to errors.Is and errors.As.
func (p Problems) Unwrap() []error {
	out := make([]error, len(p))
	for i, e := range p {
		out[i] = e
	}
	return out
}

// KindOf is the kind of err: that of the first Error in its chain, and Internal
// for an error of any other type.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}
