package casefile

import (
	"fmt"
	"strings"
	"unicode"
)

// reserved are the words of the language of conditions.
var reserved = []string{"not", "and", "or", "implies", "if", "unless", "iff"}

// badID says what is wrong with an id, and what would be right.
func badID(id string) (msg, hint string) {
	if id == "" {
		return "an id is empty", "write a short name such as us"
	}
	for i, r := range id {
		switch {
		case r == '.':
			return fmt.Sprintf("the id %s has a dot in it", id), "ids have no dots, since player.option joins two of them; write " + suggestID(id)
		case i == 0 && !unicode.IsLetter(r):
			return fmt.Sprintf("the id %s does not begin with a letter", id), suggestion(id)
		case !idRune(r):
			return fmt.Sprintf("the id %q has a character that ids do not have: %s", id, nameOfRune(r)), suggestion(id)
		}
	}
	for _, w := range reserved {
		if strings.EqualFold(id, w) {
			return fmt.Sprintf("%s is a word of the language of conditions and cannot be an id", id), "choose another id"
		}
	}
	return "", ""
}

func idRune(r rune) bool {
	return r == '_' || r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

func nameOfRune(r rune) string {
	if r == ' ' {
		return "a space"
	}
	return fmt.Sprintf("%q", r)
}

func suggestion(id string) string {
	if s := suggestID(id); s != "" {
		return "ids are letters, digits, _ and -, a letter first; write " + s
	}
	return "ids are letters, digits, _ and -, a letter first"
}

// suggestID makes an id of a word that is not one, or "".
func suggestID(id string) string {
	s := strings.Map(func(r rune) rune {
		if r == ' ' || r == '.' || r == '/' {
			return '_'
		}
		if idRune(r) {
			return r
		}
		return -1
	}, strings.TrimSpace(id))
	s = strings.TrimLeftFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	if msg, _ := badID(s); s == "" || msg != "" {
		return ""
	}
	return s
}
