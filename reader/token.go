package reader

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// shape is what a token looks like from outside.
type shape uint8

const (
	lowerWord shape = iota
	capWord
	number
	punct
	openQuote
	closeQuote
	plainQuote // a straight mark: its neighbours tell which side it is
)

// token is a word, a number or a single mark. low is the word in lower case with
// a straight apostrophe, which is what every list is looked up by.
type token struct {
	start, end int
	low        string
	shape      shape
	para       int32 // number of the paragraph
	spaced     bool  // white space or the start of the text stands before it
	upper      bool  // all its letters are capitals
	quote      int32 // number of the quotation it lies in (marks included), or -1
	sent       int32 // number of the sentence
	word       *word // what the lists know of it
	cat        cat   // what it seems to be here
}

func (t *token) isWord() bool { return t.shape <= capWord }

// abbreviations end in a stop that does not end a sentence.
var abbreviations = set(`mr mrs ms dr prof sen sens rep reps gov govs gen col lt sgt capt cmdr adm
	maj brig rev hon pres st jr sr vs etc inc ltd co corp dept no nos vol art sec fig approx est ca cf
	jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu thurs fri
	ala ariz ark calif colo conn del fla ga ill ind kan ky la mass md mich minn miss mo mont neb nev
	okla ore pa tenn tex va vt wash wis wyo amb messrs mt ft min gens cpl pvt supt dist ave blvd
	e.g i.e a.m p.m`)

// beforeNumber are abbreviations only where a number follows; alsoWords only
// where they are capitalised.
var beforeNumber = set("no nos art sec fig vol")
var alsoWords = set("sat sun mon ill mass miss wash ark ore pa la del mar may dec co mt ave est adm maj hon")

func digitAfter(text string, i int) bool {
	for i < len(text) && text[i] == ' ' {
		i++
	}
	return i < len(text) && '0' <= text[i] && text[i] <= '9'
}

// maxWord keeps one unbroken run of letters from being handled as one word.
const maxWord = 256

// tokenize cuts text into tokens. It reads every byte once, and takes any bytes:
// what is not UTF-8 is a mark of its own.
func tokenize(text string) []token {
	toks := make([]token, 0, len(text)/5+8)
	para := int32(0)
	spaced := true
	newlines := 0
	softBreaks := wrapped(text)
	add := func(s, e int, sh shape) {
		t := token{start: s, end: e, shape: sh, para: para, spaced: spaced, quote: -1}
		if sh <= capWord {
			t.low = lower(text[s:e])
			t.upper = sh == capWord && strings.ToUpper(text[s:e]) == text[s:e]
		} else {
			t.low = text[s:e]
		}
		toks = append(toks, t)
		spaced = false
	}
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\n':
			newlines++
			spaced = true
			i++
			continue
		case unicode.IsSpace(r) || r == 0 || r == '\u200b' || r == '\ufeff':
			spaced = true
			i += n
			continue
		}
		if newlines > 0 {
			if newlines > 1 || !softBreaks || strings.ContainsRune("-*#>•|", r) {
				para++
			}
			newlines = 0
		}
		switch {
		case unicode.IsLetter(r):
			e := wordEnd(text, i)
			for _, p := range splitClitic(text, i, e) {
				sh := lowerWord
				if c, _ := utf8.DecodeRuneInString(text[p[0]:]); unicode.IsUpper(c) {
					sh = capWord
				}
				add(p[0], p[1], sh)
			}
			i = e
		case unicode.IsDigit(r):
			e := numberEnd(text, i)
			add(i, e, number)
			i = e
		case r == '“' || r == '«' || r == '„':
			add(i, i+n, openQuote)
			i += n
		case r == '”' || r == '»':
			add(i, i+n, closeQuote)
			i += n
		case r == '"':
			add(i, i+n, plainQuote)
			i += n
		case strings.HasPrefix(text[i:], "''"):
			add(i, i+2, plainQuote)
			i += 2
		case strings.HasPrefix(text[i:], "``"):
			add(i, i+2, openQuote)
			i += 2
		case strings.HasPrefix(text[i:], "’’"), strings.HasPrefix(text[i:], "‘‘"):
			sh := closeQuote
			if strings.HasPrefix(text[i:], "‘") {
				sh = openQuote
			}
			add(i, i+2*n, sh)
			i += 2 * n
		case strings.HasPrefix(text[i:], "..."), strings.HasPrefix(text[i:], "--"):
			e := i
			for e < len(text) && text[e] == text[i] && e-i < maxWord {
				e++
			}
			add(i, e, punct)
			i = e
		default:
			add(i, i+n, punct)
			i += n
		}
	}
	return toks
}

// wrapped tells a text whose lines were broken to a width, with empty lines
// between paragraphs, from one that has a paragraph a line.
func wrapped(text string) bool {
	longest, line, lines, empty := 0, 0, 0, false
	for i := 0; i < len(text); i++ {
		if text[i] != '\n' {
			line++
			continue
		}
		empty = empty || line == 0
		longest = max(longest, line)
		lines++
		line = 0
	}
	return empty && lines > 3 && max(longest, line) <= 110
}

func wordEnd(text string, i int) int {
	start := i
	for i < len(text) && i-start < maxWord {
		r, n := utf8.DecodeRuneInString(text[i:])
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) {
			i += n
			continue
		}
		next, _ := utf8.DecodeRuneInString(text[i+n:])
		if (r == '\'' || r == '’' || r == '-' || r == '‑' || r == '&') && unicode.IsLetter(next) ||
			r == '-' && unicode.IsDigit(next) {
			i += n
			continue
		}
		if r == '.' && unicode.IsLetter(next) && i-start <= 8 && dotted(text[start:i]) {
			i += n
			continue
		}
		break
	}
	// The stop of U.S., J. and Mr. belongs to the word.
	if i < len(text) && text[i] == '.' {
		w := text[start:i]
		low := lower(w)
		if dotted(w) || abbreviations[low] && (!alsoWords[low] || w != low || beforeNumber[low]) && (!beforeNumber[low] || digitAfter(text, i+1)) {
			if !(i+2 < len(text) && text[i+1] == '.' && text[i+2] == '.') {
				i++
			}
		}
	}
	return i
}

// dotted tells single letters joined by stops: "U", "U.S", "a.m".
func dotted(w string) bool {
	letters := 0
	for _, r := range w {
		switch {
		case r == '.':
			letters = 0
		case unicode.IsLetter(r):
			if letters++; letters > 1 {
				return false
			}
		default:
			return false
		}
	}
	return letters == 1 && w != "I"
}

func numberEnd(text string, i int) int {
	start := i
	for i < len(text) && i-start < maxWord {
		r, n := utf8.DecodeRuneInString(text[i:])
		if unicode.IsDigit(r) || unicode.IsLetter(r) || r == '%' {
			i += n
			continue
		}
		next, _ := utf8.DecodeRuneInString(text[i+n:])
		if (r == ',' || r == '.' || r == ':' || r == '-' || r == '/') && unicode.IsDigit(next) ||
			r == '-' && unicode.IsLetter(next) {
			i += n
			continue
		}
		break
	}
	return i
}

// splitClitic parts 's, 're, 've, 'll, 'd and 'm from the word before.
func splitClitic(text string, s, e int) [][2]int {
	w := text[s:e]
	cut := strings.LastIndexAny(w, "'’")
	if cut > 0 && strings.HasPrefix(w[cut:], "’") || cut > 0 && w[cut] == '\'' {
		switch lower(w[cut:]) {
		case "'s", "'re", "'ve", "'ll", "'d", "'m":
			return [][2]int{{s, s + cut}, {s + cut, e}}
		}
	}
	return [][2]int{{s, e}}
}

// lower is strings.ToLower with the typographic apostrophe made straight.
func lower(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x80 || 'A' <= c && c <= 'Z' {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	return strings.ToLower(strings.ReplaceAll(s, "’", "'"))
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
