package ledger

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// MaxWords is how many words of one text the full-text index holds: the
	// first. PostgreSQL counts places no further than 16,383.
	MaxWords = 16_000
	// maxWord is the length in bytes at which a word is cut.
	maxWord = 120
	// maxTerms is the number of words in a query.
	maxTerms = 32
)

// With the words of a text the index holds the numbers of the source and the
// report that it is of, so that a search within either looks at nothing else. No
// text has such words: fold takes these marks out.
const (
	markX = "§"
	markY = "¶"
)

// On PostgreSQL it also holds in which blocks of docs a text lies.
const markBlock = "‡"

// blocks are the sizes of blocks, as powers of two, each several times the one
// before.
var blocks = [...]uint{13, 16, 20}

// blockGrowth is by how much more is looked through each time nothing was found.
const blockGrowth = 4

func blockMark(size int, block int64) string {
	return markBlock + string(rune('a'+size)) + strconv.FormatInt(block, 10)
}

func marker(mark string, num int64) string { return mark + strconv.FormatInt(num, 10) }

// fold is a text as the full-text index sees it, on either store: its words,
// in lower case and without accents, with a space between. A letter of a script
// that writes no spaces is a word of its own, so that a query in it is a phrase.
// Punctuation only parts words.
func fold(text string) string {
	if !isASCII(text) {
		text = norm.NFD.String(text)
	}
	b := make([]byte, 0, len(text)+8)
	words, size := 0, 0 // of the word being written
	end := func() {
		if size > 0 {
			b = append(b, ' ')
			size = 0
		}
	}
	begin := func() bool {
		if size == 0 {
			words++
		}
		return words <= MaxWords
	}
	for i, n := 0, 0; i < len(text); i += n {
		c := text[i]
		n = 1
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c < utf8.RuneSelf:
			end()
			continue
		default:
			var r rune
			r, n = utf8.DecodeRuneInString(text[i:])
			switch {
			case unicode.Is(unicode.Mn, r):
				continue // an accent
			case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mc, r):
				end()
				continue
			case unspaced(r):
				end()
				if !begin() {
					return string(b)
				}
				b = utf8.AppendRune(b, r)
				size = n
				end()
				continue
			}
			if !begin() {
				return string(b)
			}
			if size+n <= maxWord {
				b = utf8.AppendRune(b, unicode.ToLower(r))
				size += n
			}
			continue
		}
		if !begin() {
			return string(b)
		}
		if size < maxWord {
			b = append(b, c)
			size++
		}
	}
	return string(b)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// parseQuery reads what a person types: words, "phrases", -words that must not
// be there, and beginnings of words*.
func parseQuery(text string) (query, error) {
	var q query
	some := false
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimSpace(rest) {
		var t term
		if rest[0] == '-' {
			t.not, rest = true, rest[1:]
		}
		var part string
		if strings.HasPrefix(rest, `"`) {
			part, rest, _ = strings.Cut(rest[1:], `"`)
			if strings.HasPrefix(rest, "*") {
				t.prefix, rest = true, rest[1:]
			}
		} else {
			end := strings.IndexFunc(rest, unicode.IsSpace)
			if end < 0 {
				end = len(rest)
			}
			part, rest = rest[:end], rest[end:]
			if strings.HasSuffix(part, "*") {
				t.prefix = true
			}
		}
		if t.words = strings.Fields(fold(part)); len(t.words) == 0 {
			continue
		}
		some = some || !t.not
		q = append(q, t)
		n := 0
		for _, t := range q {
			n += len(t.words)
		}
		if n > maxTerms {
			return nil, bad("the search has too many words", "leave some out")
		}
	}
	if len(q) == 0 {
		return nil, bad("there is no word to search for", `write words, "a phrase", beginn* or -without`)
	}
	if !some {
		return nil, bad("the search says only what must not be there", "add a word that must be")
	}
	return q, nil
}

// meets is the definition of a match, for a folded text.
func (q query) meets(folded string) bool {
	words := strings.Fields(folded)
	for _, t := range q {
		found := false
		for at := 0; at+len(t.words) <= len(words) && !found; at++ {
			found = true
			for i, w := range t.words {
				have := words[at+i]
				if have != w && !(t.prefix && i == len(t.words)-1 && strings.HasPrefix(have, w)) {
					found = false
					break
				}
			}
		}
		if found == t.not {
			return false
		}
	}
	return true
}
