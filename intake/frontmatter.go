package intake

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/demarche/demarche"
	"go.yaml.in/yaml/v4"
)

// keys are what front matter and JSON may say of a report. Publisher and outlet
// are the same.
var keys = []string{"title", "publisher", "outlet", "author", "published", "retrieved", "url", "id", "lang"}

// maxFrontMatter is the size of the largest front matter.
const maxFrontMatter = 64 << 10

// set puts the value of a key into the report. The errors are sentences without
// a place.
func set(rep *demarche.Report, key, value string) (msg, hint string) {
	value = strings.TrimSpace(value)
	switch key {
	case "title":
		rep.Title = value
	case "publisher", "outlet":
		rep.Publisher = value
	case "author":
		rep.Author = value
	case "url":
		rep.URL = value
	case "lang":
		rep.Lang = value
	case "id":
		if value == "" {
			return "the id is empty", "leave the line out, and the file name is used"
		}
		rep.ID = value
	case "published", "retrieved":
		if value == "" {
			return "", ""
		}
		d, err := demarche.ParseDate(value)
		if err != nil {
			if e, ok := errors.AsType[*demarche.Error](err); ok {
				return e.Msg, e.Hint
			}
			return fmt.Sprintf("%q is not a date", value), "write 2025-12-02"
		}
		if key == "published" {
			rep.Published = d
		} else {
			rep.Retrieved = d
		}
	default:
		hint = demarche.DidYouMean(key, keys)
		return fmt.Sprintf("a report has no key %q", key), hint
	}
	return "", ""
}

// frontMatter reads what stands between a first line --- and the next, and gives
// the offset behind it: 0, or behind the byte order mark, where there is none.
func (in input) frontMatter(rep *demarche.Report, text string) (int, error) {
	start := 0
	if strings.HasPrefix(text, bom8) {
		start = len(bom8)
	}
	first, from := nextLine(text, start)
	if strings.TrimRight(first, " \t") != "---" {
		return start, nil
	}
	end, body := -1, 0
	for at := from; at < len(text) && at-from <= maxFrontMatter; {
		line, next := nextLine(text, at)
		if strings.TrimRight(line, " \t") == "---" {
			end, body = at, next
			break
		}
		at = next
	}
	if end < 0 {
		second, _ := nextLine(text, from)
		key, _, ok := strings.Cut(second, ":")
		if !ok || !slices.Contains(keys, strings.TrimSpace(key)) {
			return start, nil // a rule drawn across the page
		}
		if len(text)-from > maxFrontMatter {
			return 0, in.failAt(1, 1, "the front matter that begins here does not end within its first 64 kilobytes", "close it with a line of three dashes")
		}
		return 0, in.failAt(1, 1, "the front matter that begins here is never closed", "close it with a line of three dashes")
	}
	return body, in.yaml(rep, text[from:end])
}

// nextLine is the line at offset at, without its end, and the offset behind it.
func nextLine(text string, at int) (line string, next int) {
	i := strings.IndexByte(text[at:], '\n')
	if i < 0 {
		return strings.TrimSuffix(text[at:], "\r"), len(text)
	}
	return strings.TrimSuffix(text[at:at+i], "\r"), at + i + 1
}

// yaml reads the front matter, which begins on the file's second line.
func (in input) yaml(rep *demarche.Report, text string) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		line, col := 1, 1
		if le := (*yaml.LoadError)(nil); errors.As(err, &le) && le.Mark.Line > 0 {
			line, col = le.Mark.Line+1, le.Mark.Column
		}
		return in.failAt(line, max(col, 1), "the front matter cannot be read here", "write one key and its value a line, as in title: …; put a value with a colon in quotation marks; indent with spaces")
	}
	if len(doc.Content) == 0 {
		return nil
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return in.failAt(root.Line+1, root.Column, "the front matter is not a list of keys and values", "write one key and its value a line, as in title: …; if the dashes are a line across the page, put an empty line before them")
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		k, v := root.Content[i], root.Content[i+1]
		at := func(n *yaml.Node, msg, hint string) error { return in.failAt(n.Line+1, n.Column, msg, hint) }
		if k.Kind != yaml.ScalarNode {
			return at(k, "a key must be a word", "known: "+strings.Join(keys, ", "))
		}
		if v.Kind == yaml.AliasNode || v.Anchor != "" || k.Anchor != "" {
			return at(v, "anchors and aliases are not allowed here", "write the value out")
		}
		if !slices.Contains(keys, k.Value) {
			msg, hint := set(rep, k.Value, "")
			return at(k, msg, hint)
		}
		same := k.Value
		if same == "outlet" {
			same = "publisher"
		}
		if line, twice := seen[same]; twice {
			return at(k, fmt.Sprintf("%s is given twice, first on line %d", same, line), "leave one of them out")
		}
		seen[same] = k.Line + 1
		if v.Kind != yaml.ScalarNode {
			return at(v, fmt.Sprintf("%s must be one value, not a list", k.Value), "")
		}
		value := v.Value
		if v.Tag == "!!null" {
			value = ""
			if k.Value == "id" {
				continue
			}
		}
		if msg, hint := set(rep, k.Value, value); msg != "" {
			return at(v, msg, hint)
		}
	}
	return nil
}

// Markdown writes a report as text with front matter, as it is read from files
// ending in .md. What the front matter can hold and the text come back as they
// are, but for zero bytes, which no text has, and titles of more than 2000
// bytes, which are cut.
func Markdown(rep demarche.Report) []byte {
	var b strings.Builder
	b.WriteString("---\n")
	for _, f := range []struct{ key, value string }{
		{"title", rep.Title}, {"publisher", rep.Publisher}, {"author", rep.Author}, {"published", rep.Published.Text},
		{"retrieved", rep.Retrieved.Text}, {"url", rep.URL}, {"lang", rep.Lang},
	} {
		value := cut(oneLine(strings.ToValidUTF8(f.value, "\ufffd")), 2000)
		if value == "" {
			continue
		}
		b.WriteString(f.key + ": ")
		quoted(&b, value)
		b.WriteByte('\n')
	}
	b.WriteString("---\n")
	text := strings.ReplaceAll(strings.ToValidUTF8(rep.Text[rep.Body:], "\ufffd"), "\x00", "\ufffd")
	b.WriteString(text)
	if !strings.HasSuffix(text, "\n") {
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

// quoted writes a value of YAML between double quotes (YAML 1.2, section 7.3.1).
func quoted(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(b, "\\U%08X", r)
		default:
			fmt.Fprintf(b, "\\u%04X", r)
		}
	}
	b.WriteByte('"')
}
