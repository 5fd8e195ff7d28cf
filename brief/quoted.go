package brief

import (
	"strings"
	"unicode"
)

// Quoted is a text in quotation marks. Those that it has itself, of whatever kind,
// become single and double ones in turn, by the level at which they stand:
// “he said ‘she called it “a plan” and left’”. Apostrophes stay.
func Quoted(s string) string {
	runes := []rune(s)
	opens, closes := quotePairs(runes)
	level := 1 // of the whole
	for i, r := range runes {
		switch {
		case opens[i]:
			level++
			runes[i] = [2]rune{'‘', '“'}[level%2]
		case closes[i]:
			runes[i] = [2]rune{'’', '”'}[level%2]
			level--
		// The other half stands outside the quotation; it would end the whole.
		case r == '“', r == '«':
			runes[i] = '‘'
		case r == '”', r == '»':
			runes[i] = '’'
		}
	}
	return "“" + string(runes) + "”"
}

// quotePairs says of each letter of a text whether it is a mark that opens or
// closes a quotation, and the other mark of the pair is there.
func quotePairs(text []rune) (opens, closes []bool) {
	opens, closes = make([]bool, len(text)), make([]bool, len(text))
	at := func(i int) rune {
		if i < 0 || i >= len(text) {
			return ' '
		}
		return text[i]
	}
	var open []int
	count := map[rune]int{} // of the open marks
	push := func(i int) {
		open = append(open, i)
		count[text[i]]++
	}
	pop := func(i int, mark rune) {
		for count[mark] > 0 {
			last := open[len(open)-1]
			open = open[:len(open)-1]
			count[text[last]]--
			if text[last] == mark { // else it was never closed
				opens[last], closes[i] = true, true
				return
			}
		}
	}
	for i, r := range text {
		apostrophe := unicode.IsLetter(at(i-1)) && unicode.IsLetter(at(i+1))
		switch r {
		case '“', '«', '‘':
			push(i)
		case '”':
			pop(i, '“')
		case '»':
			pop(i, '«')
		case '’':
			if !apostrophe {
				pop(i, '‘')
			}
		case '"', '\'':
			begins := (unicode.IsSpace(at(i-1)) || strings.ContainsRune("([—–“‘«\"'", at(i-1))) && !unicode.IsSpace(at(i+1))
			switch {
			case apostrophe:
			case begins && count[r] == 0:
				push(i)
			default:
				pop(i, r)
			}
		}
	}
	return opens, closes
}
