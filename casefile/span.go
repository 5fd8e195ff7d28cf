package casefile

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// The YAML reader says where a node begins, not where it ends. What follows
// finds the end in the text, which is known to be well formed.

// contentOffset is where the node itself begins, after anchors and tags.
func (s *source) contentOffset(n *yaml.Node) int {
	at := s.offset(n.Line, n.Column)
	if n.Kind == yaml.AliasNode {
		return at
	}
	for at < len(s.text) && (s.text[at] == '&' && n.Anchor != "" || s.text[at] == '!') {
		for at < len(s.text) && !isSpace(s.text[at]) && !strings.ContainsRune(",[]{}", rune(s.text[at])) {
			at++
		}
		next := s.skipSpace(at, false)
		if isBlock(n) || isEmpty(n) {
			// The lines of a block collection begin after the properties.
			next = s.skipSpace(at, true)
		}
		at = next
	}
	return at
}

// textOffset is where the text of a scalar begins: after its quotation mark,
// or on the line after | or >.
func (s *source) textOffset(n *yaml.Node) int {
	at := s.contentOffset(n)
	if n.Kind != yaml.ScalarNode || at >= len(s.text) {
		return at
	}
	switch {
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		return at + 1
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		at = s.lineEnd(at)
		for at < len(s.text) && isSpace(s.text[at]) {
			at++
		}
	}
	return at
}

// runeOffset is the byte in the file at which a character of a scalar's value
// stands, counted from 0. In scalars of several lines a line break in the file
// is one space in the value; the answer may be off by the spaces around it.
func (s *source) runeOffset(n *yaml.Node, count int) int {
	at := s.textOffset(n)
	double := n.Style&yaml.DoubleQuotedStyle != 0
	single := n.Style&yaml.SingleQuotedStyle != 0
	for _, r := range n.Value {
		if !isSpaceRune(r) {
			at = s.skipBlank(at)
		}
		if count == 0 {
			return at
		}
		count--
		if at >= len(s.text) {
			return at
		}
		switch c := s.text[at]; {
		case double && c == '\\':
			at += escapeLength(s.text[at:])
		case single && c == '\'':
			at = min(at+2, len(s.text))
		case isSpaceRune(r) && (c == '\n' || c == '\r'):
			// the break is skipped before the next visible character
		default:
			_, size := utf8.DecodeRuneInString(s.text[at:])
			at += size
		}
	}
	return at
}

// escapeLength is the length of an escape such as \n or \u00e9; a broken
// escape cannot occur in text that was read.
func escapeLength(text string) int {
	n := 2
	if len(text) > 1 {
		switch text[1] {
		case 'x':
			n = 4
		case 'u':
			n = 6
		case 'U':
			n = 10
		}
	}
	return min(n, len(text))
}

// span is the range of bytes of a node, without what follows it. A block
// scalar and a block collection end before the line break of their last line.
func (s *source) span(n *yaml.Node) (start, end int) {
	start = s.offset(n.Line, n.Column)
	at := s.contentOffset(n)
	switch n.Kind {
	case yaml.AliasNode:
		return start, min(start+1+len(n.Value), len(s.text))
	case yaml.ScalarNode:
		return start, s.scalarEnd(n, at)
	}
	if n.Style&yaml.FlowStyle != 0 {
		end = at + 1
		for _, c := range n.Content {
			_, e := s.span(c)
			end = max(end, e)
		}
		for end < len(s.text) {
			switch c := s.text[end]; {
			case c == ']' || c == '}':
				return start, end + 1
			case c == '#':
				end = s.lineEnd(end)
			default:
				end++
			}
		}
		return start, end
	}
	end = at
	for _, c := range n.Content {
		_, e := s.span(c)
		end = max(end, e)
	}
	return start, end
}

func (s *source) scalarEnd(n *yaml.Node, at int) int {
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		for i := at + 1; i < len(s.text); i++ {
			switch s.text[i] {
			case '\\':
				i++
			case '"':
				return i + 1
			}
		}
		return len(s.text)
	case n.Style&yaml.SingleQuotedStyle != 0:
		for i := at + 1; i < len(s.text); i++ {
			if s.text[i] == '\'' {
				if i+1 < len(s.text) && s.text[i+1] == '\'' {
					i++
					continue
				}
				return i + 1
			}
		}
		return len(s.text)
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return s.blockScalarEnd(at)
	}
	if n.Value == "" {
		return at
	}
	return s.runeOffset(n, utf8.RuneCountInString(n.Value))
}

// blockScalarEnd is the end of the last line of a block scalar that has text.
func (s *source) blockScalarEnd(at int) int {
	header := s.text[at:s.lineEnd(at)]
	end := at + len(strings.TrimRight(header, " \t\r\n"))
	if i := strings.Index(header, " #"); i >= 0 {
		end = at + len(strings.TrimRight(header, "\r\n"))
	}
	keep := strings.ContainsRune(strings.SplitN(header, "#", 2)[0], '+')
	indent := -1
	for _, c := range strings.SplitN(header, "#", 2)[0] {
		if '1' <= c && c <= '9' {
			// An explicit indent counts from the parent's; any deeper line belongs.
			indent = 0
			first := s.text[s.lineStart(at):at]
			indent = len(first) - len(strings.TrimLeft(first, " -")) + 1
		}
	}
	for line := s.lineEnd(at); line < len(s.text); line = s.lineEnd(line) {
		text := strings.TrimRight(s.text[line:s.lineEnd(line)], "\r\n")
		spaces := len(text) - len(strings.TrimLeft(text, " "))
		if spaces == len(text) {
			if keep {
				end = line + len(text)
			}
			continue
		}
		if indent < 0 {
			first := s.text[s.lineStart(at):at]
			own := len(first) - len(strings.TrimLeft(first, " "))
			if spaces <= own && strings.TrimSpace(first) != "" && !strings.HasPrefix(strings.TrimSpace(first), "-") {
				break
			}
			indent = spaces
		}
		if spaces < indent {
			break
		}
		end = line + len(text)
	}
	return end
}

// skipSpace goes past spaces and, if breaks is set, line breaks and comments.
func (s *source) skipSpace(at int, breaks bool) int {
	for at < len(s.text) {
		switch c := s.text[at]; {
		case c == ' ' || c == '\t':
			at++
		case breaks && (c == '\n' || c == '\r'):
			at++
		case breaks && c == '#':
			at = s.lineEnd(at)
		default:
			return at
		}
	}
	return at
}

// skipBlank goes past spaces and line breaks inside a scalar. A backslash at
// the end of a line of a double-quoted scalar joins two lines.
func (s *source) skipBlank(at int) int {
	for at < len(s.text) {
		switch {
		case isSpace(s.text[at]):
			at++
		case s.text[at] == '\\' && at+1 < len(s.text) && (s.text[at+1] == '\n' || s.text[at+1] == '\r'):
			at += 2
		case strings.HasPrefix(s.text[at:], "\u0085"):
			at += 2
		case strings.HasPrefix(s.text[at:], "\u2028"), strings.HasPrefix(s.text[at:], "\u2029"):
			at += 3
		default:
			return at
		}
	}
	return at
}

func isBlock(n *yaml.Node) bool {
	return (n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode) && n.Style&yaml.FlowStyle == 0
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isSpaceRune(r rune) bool {
	return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}
