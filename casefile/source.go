package casefile

import (
	"strings"
	"unicode/utf8"
)

// source is the text of a file and where its lines begin. Columns count
// characters from 1, as the YAML reader counts them; a byte-order mark is not
// part of the text.
type source struct {
	name  string
	text  string
	lines []int // byte offset of each line
}

func newSource(name, text string) *source {
	s := &source{name: name, text: text, lines: []int{0}}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch r {
		case '\r':
			if i < len(text) && text[i] == '\n' {
				i++
			}
			s.lines = append(s.lines, i)
		case '\n', '\u0085', '\u2028', '\u2029':
			s.lines = append(s.lines, i)
		}
	}
	return s
}

// offset is the byte at which a line and column begin, within the text.
func (s *source) offset(line, col int) int {
	if line < 1 {
		return 0
	}
	if line > len(s.lines) {
		return len(s.text)
	}
	at := s.lines[line-1]
	for ; col > 1 && at < len(s.text); col-- {
		_, size := utf8.DecodeRuneInString(s.text[at:])
		at += size
	}
	return at
}

// place is the line and column of a byte.
func (s *source) place(offset int) (line, col int) {
	lo, hi := 0, len(s.lines)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; s.lines[mid] <= offset {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo + 1, 1 + utf8.RuneCountInString(s.text[s.lines[lo]:min(offset, len(s.text))])
}

// lineStart is the byte at which the line of a byte begins.
func (s *source) lineStart(offset int) int {
	line, _ := s.place(offset)
	return s.lines[line-1]
}

// lineEnd is the byte after the line of a byte, with its line break.
func (s *source) lineEnd(offset int) int {
	line, _ := s.place(offset)
	if line < len(s.lines) {
		return s.lines[line]
	}
	return len(s.text)
}

// before is what stands on a line before a column, after its own indentation.
func (s *source) before(line, col int) string {
	end := s.offset(line, col)
	return strings.TrimLeft(s.text[s.lineStart(end):end], " ")
}

func (s *source) restOfLine(line, col int) string {
	at := s.offset(line, col)
	return s.text[at:max(at, s.lineEnd(at))]
}
