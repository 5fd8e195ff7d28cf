package casefile

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// source is the text of a file and where its lines begin. Columns count
// characters from 1, as the YAML reader counts them; a byte-order mark is not
// part of the text.
type source struct {
	name  string
	text  string
	lines []int         // byte offset of each line
	wide  map[int][]int // by line from 0: the byte at which each character begins, for long lines with letters beyond ASCII
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
	starts := s.characters(line - 1)
	if starts == nil {
		return min(s.lines[line-1]+max(0, col-1), len(s.text))
	}
	if col-1 < len(starts) {
		return starts[max(0, col-1)]
	}
	return s.endOf(line - 1)
}

// endOf is the byte after a line, counted from 0.
func (s *source) endOf(line int) int {
	if line+1 < len(s.lines) {
		return s.lines[line+1]
	}
	return len(s.text)
}

// characters are where the characters of a line begin, or nil if each is one
// byte. It is worked out once a line: a file may be one line.
func (s *source) characters(line int) []int {
	if starts, ok := s.wide[line]; ok {
		return starts
	}
	text := s.text[s.lines[line]:s.endOf(line)]
	var starts []int
	if utf8.RuneCountInString(text) != len(text) {
		for i := range text {
			starts = append(starts, s.lines[line]+i)
		}
	}
	if s.wide == nil {
		s.wide = map[int][]int{}
	}
	s.wide[line] = starts
	return starts
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
	starts := s.characters(lo)
	if starts == nil {
		return lo + 1, 1 + min(offset, len(s.text)) - s.lines[lo]
	}
	i, _ := slices.BinarySearch(starts, offset)
	return lo + 1, 1 + i
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
