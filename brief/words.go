package brief

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// list joins words: "a", "a and b", "a, b and c".
func list(words []string) string { return joined(words, "and") }

func joined(words []string, last string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	n := len(words) - 1
	// Parts that hold commas of their own are kept apart by semicolons.
	comma, before := ", ", " "+last+" "
	for _, w := range words {
		if strings.Contains(w, ", ") && len(words) > 2 {
			comma, before = "; ", "; "+last+" "
		}
	}
	return strings.Join(words[:n], comma) + before + words[n]
}

var numerals = [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// number is a count in words up to twelve.
func number(n int) string {
	if n >= 0 && n < len(numerals) {
		return numerals[n]
	}
	digits := []byte(strconv.Itoa(n))
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = append(digits[:i], append([]byte{','}, digits[i:]...)...)
	}
	return string(digits)
}

// count is "one claim", "three claims".
func count(n int, noun string) string {
	if n == 1 {
		return "one " + noun
	}
	return number(n) + " " + plural(noun)
}

func plural(noun string) string {
	switch {
	case strings.HasSuffix(noun, "s"), strings.HasSuffix(noun, "x"), strings.HasSuffix(noun, "ch"), strings.HasSuffix(noun, "sh"):
		return noun + "es"
	case strings.HasSuffix(noun, "y") && len(noun) > 1 && !strings.ContainsRune("aeiou", rune(noun[len(noun)-2])):
		return noun[:len(noun)-1] + "ies"
	}
	return noun + "s"
}

// upperFirst makes a sentence begin with a capital.
func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToLower(r)) + s[n:]
}

// stop ends a sentence with exactly one mark.
func stop(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}

// bare takes the full stop off, so that words can go into a longer sentence.
func bare(s string) string { return strings.TrimRight(strings.TrimSpace(s), ".;") }

func firstWord(s string) (word, rest string) {
	word, rest, _ = strings.Cut(strings.TrimSpace(s), " ")
	return word, rest
}

// irregular are verbs whose third person does not follow the spelling.
var irregular = map[string]string{"be": "is", "have": "has", "do": "does", "go": "goes"}

// third is the third person singular of a verb: strike, strikes; carry, carries.
func third(verb string) string {
	if v, ok := irregular[verb]; ok {
		return v
	}
	switch {
	case strings.HasSuffix(verb, "s"), strings.HasSuffix(verb, "x"), strings.HasSuffix(verb, "z"),
		strings.HasSuffix(verb, "ch"), strings.HasSuffix(verb, "sh"), strings.HasSuffix(verb, "o"):
		return verb + "es"
	case strings.HasSuffix(verb, "y") && len(verb) > 1 && !strings.ContainsRune("aeiou", rune(verb[len(verb)-2])):
		return verb[:len(verb)-1] + "ies"
	}
	return verb + "s"
}

// secondVerbs are verbs that may follow "and" in an order with two verbs; any
// other word after "and" is taken for a noun.
var secondVerbs = map[string]bool{
	"accept": true, "allow": true, "begin": true, "close": true, "continue": true, "end": true, "give": true,
	"go": true, "grant": true, "hand": true, "hold": true, "join": true, "keep": true, "leave": true, "let": true,
	"lift": true, "open": true, "pay": true, "pull": true, "recognise": true, "release": true, "remove": true,
	"resign": true, "resume": true, "send": true, "sign": true, "stop": true, "take": true, "withdraw": true,
}

var nouns = map[string]bool{
	"a": true, "an": true, "the": true, "no": true, "more": true, "another": true, "some": true, "its": true, "their": true,
}

// isOrder reports whether an option's words are an order (Strike on land), so
// that they can follow "would", and not a thing (A strike on land).
func isOrder(says string) bool {
	w, _ := firstWord(says)
	return w != "" && !nouns[strings.ToLower(w)] && !strings.HasSuffix(w, "ing")
}

// base is an order as it follows would or to: "strike on land".
func base(says string) string {
	says = bare(says)
	if !isOrder(says) {
		return "choose " + lowerFirst(says)
	}
	w, rest := firstWord(says)
	if w == strings.ToUpper(w) && len(w) > 1 {
		return says
	}
	return strings.TrimSpace(lowerFirst(w) + " " + rest)
}

// present turns an order into what a subject does: "strikes on land", or
// "strike on land" for a plural subject.
func present(says string, isPlural bool) string {
	says = base(says)
	if isPlural {
		return says
	}
	w, rest := firstWord(says)
	if strings.HasSuffix(w, "ly") && rest != "" && w != "rely" && w != "apply" && w != "supply" && w != "comply" && w != "reply" && w != "ally" && w != "rally" && w != "fly" {
		return w + " " + present(rest, false)
	}
	words := strings.Split(rest, " ")
	for i := 0; i+1 < len(words); i++ {
		if (words[i] == "and" || words[i] == "or") && secondVerbs[words[i+1]] && w != "do" {
			words[i+1] = third(words[i+1])
		}
	}
	return strings.TrimSpace(third(w) + " " + strings.Join(words, " "))
}

// typographic makes a straight apostrophe within or after a word a curly one.
func typographic(s string) string {
	if !strings.Contains(s, "'") {
		return s
	}
	var out strings.Builder
	last := ' '
	for _, r := range s {
		if r == '\'' && unicode.IsLetter(last) {
			r = '’'
		}
		out.WriteRune(r)
		last = r
	}
	return out.String()
}
