package casefile

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/demarche/demarche"
	"go.yaml.in/yaml/v4"
)

// Entries is a mapping in an order, as the value of an edit.
type Entries []Entry

// Entry is one key of a mapping.
type Entry struct {
	Key   string
	Value any
}

// Edit is one change to the text of a case.
type Edit struct {
	Do EditKind
	// Path leads from the top to the place: keys of mappings, and for lists
	// the number of the item from 0, or the item's own id: conflict, players,
	// us, prefers, 0. To insert at the end of a list its last part is "-".
	Path []string
	// Value is a string, bool, int, float64, []string, []any or [Entries].
	Value any
}

// EditKind says what an Edit does.
type EditKind uint8

const (
	// SetValue replaces a value, or adds a key that is not there.
	SetValue EditKind = iota
	// InsertValue puts an item into a list, before the item that has its
	// place, or a key into a mapping that does not have it.
	InsertValue
	// DeleteValue removes a key with its value, or an item of a list.
	DeleteValue
)

// Set replaces the value at a path, or adds the key if it is not there.
func (f *File) Set(path []string, value any) error {
	return f.Apply(Edit{SetValue, path, value})
}

// Insert puts an item into a list, or a new key into a mapping.
func (f *File) Insert(path []string, value any) error {
	return f.Apply(Edit{InsertValue, path, value})
}

// Delete removes what is at a path.
func (f *File) Delete(path []string) error {
	return f.Apply(Edit{DeleteValue, path, nil})
}

// Apply makes all of the edits or none. They are spliced into the text, so
// that nothing else changes; the result is read and checked like any case, and
// if it is not valid, the file stays as it was.
func (f *File) Apply(edits ...Edit) error {
	text := strings.TrimPrefix(string(f.data), "\ufeff")
	mark := string(f.data[:len(f.data)-len(text)])
	root := f.root
	for _, e := range edits {
		var err error
		if text, root, err = spliceEdit(text, root, e); err != nil {
			return err
		}
	}
	g, err := Parse(f.name, []byte(mark+text), f.opts...)
	if err != nil {
		return err
	}
	g.Case.Dir = f.Case.Dir
	f.Case, f.Warnings, f.data, f.root, f.src = g.Case, g.Warnings, g.data, g.root, g.src
	return nil
}

// spliceEdit makes one edit and checks that the document changed in that way
// and no other.
func spliceEdit(text string, root *yaml.Node, e Edit) (string, *yaml.Node, error) {
	s := splicer{src: newSource("", text), root: root}
	next, err := s.apply(e)
	if err != nil {
		return "", nil, err
	}
	changed, err := load("", []byte(next))
	if err != nil {
		return "", nil, refused(e, err)
	}
	want, err := expect(plainOf(root), e)
	if err != nil {
		return "", nil, err
	}
	if !reflect.DeepEqual(plainOf(changed), want) {
		return "", nil, refused(e, nil)
	}
	return next, changed, nil
}

func refused(e Edit, err error) error {
	return &demarche.Error{
		Kind: demarche.Unavailable, Op: "casefile.Apply", Err: err,
		Msg:  fmt.Sprintf("%s cannot be changed without harm to the text around it", strings.Join(e.Path, ".")),
		Hint: "change it in the text of the case",
	}
}

func editError(kind demarche.Kind, hint, format string, args ...any) error {
	return &demarche.Error{Kind: kind, Op: "casefile.Apply", Msg: fmt.Sprintf(format, args...), Hint: hint}
}

// splicer finds where in the text an edit belongs.
type splicer struct {
	src  *source
	root *yaml.Node
}

// at walks to the container of the last part of a path. Missing keys on the
// way are left in rest.
func (s *splicer) walk(path []string) (parent *yaml.Node, parents []*yaml.Node, rest []string, err error) {
	n := s.root
	for i, part := range path {
		for n.Kind == yaml.AliasNode {
			return nil, nil, nil, editError(demarche.Unavailable, "change the part marked with &", "%s stands for another part of the file", strings.Join(path[:i], "."))
		}
		if i == len(path)-1 {
			return n, parents, path[i:], nil
		}
		next, _ := step(n, part)
		if next < 0 {
			if n.Kind == yaml.MappingNode {
				return n, parents, path[i:], nil
			}
			return nil, nil, nil, editError(demarche.NotFound, "", "there is no %s", strings.Join(path[:i+1], "."))
		}
		parents = append(parents, n)
		n = n.Content[next]
	}
	return nil, nil, nil, editError(demarche.BadInput, "give the keys that lead to it", "the path is empty")
}

// step is the index in Content of the value that a part of a path names, and
// of its key in a mapping; -1 if there is none.
func step(n *yaml.Node, part string) (value, key int) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Kind == yaml.ScalarNode && n.Content[i].Value == part {
				return i + 1, i
			}
		}
	case yaml.SequenceNode:
		if i, ok := wholeNumber(part); ok && i >= 0 && i < len(n.Content) {
			return i, -1
		}
		for i, c := range n.Content {
			if scalarAt(c, "id") == part {
				return i, -1
			}
		}
	}
	return -1, -1
}

func (s *splicer) apply(e Edit) (string, error) {
	parent, parents, rest, err := s.walk(e.Path)
	if err != nil {
		return "", err
	}
	name := strings.Join(e.Path, ".")
	value, key := step(parent, rest[0])
	if e.Do == DeleteValue {
		if value < 0 || len(rest) > 1 {
			return "", editError(demarche.NotFound, "", "there is no %s", name)
		}
		return s.remove(parent, parents, value, key), nil
	}
	given := e.Value
	for i := len(rest) - 1; i > 0; i-- {
		given = Entries{{rest[i], given}}
	}
	text, err := render(given)
	if err != nil {
		return "", err
	}
	switch {
	case e.Do == SetValue && value >= 0 && len(rest) == 1:
		return s.replace(parent.Content[value], text, e.Value), nil
	case parent.Kind == yaml.MappingNode && value >= 0:
		return "", editError(demarche.BadInput, "set it instead", "%s is there already", name)
	case parent.Kind == yaml.MappingNode:
		k, err := render(rest[0])
		if err != nil {
			return "", err
		}
		return s.addKey(parent, k+": "+text), nil
	case parent.Kind == yaml.SequenceNode && len(rest) == 1:
		if rest[0] == "-" {
			value = len(parent.Content)
		} else if i, ok := wholeNumber(rest[0]); ok && i == len(parent.Content) {
			value = i
		}
		if value < 0 {
			return "", editError(demarche.NotFound, "", "there is no %s", name)
		}
		return s.addItem(parent, value, text), nil
	case isEmpty(parent) && len(e.Path) > 1:
		// The container is a key with nothing after it.
		var whole any = Entries{{rest[0], given}}
		if rest[0] == "-" || rest[0] == "0" {
			whole = []any{given}
		}
		text, err := render(whole)
		if err != nil {
			return "", err
		}
		return s.replace(parent, text, nil), nil
	}
	return "", editError(demarche.BadInput, "set the whole value instead", "%s is one value and has nothing inside", strings.Join(e.Path[:len(e.Path)-1], "."))
}

func (s *splicer) splice(start, end int, text string) string {
	return s.src.text[:start] + text + s.src.text[end:]
}

// replace puts text in the place of a value, in the value's own quotation
// marks if it had any.
func (s *splicer) replace(n *yaml.Node, text string, value any) string {
	start, end := s.src.span(n)
	if str, ok := value.(string); ok && n.Kind == yaml.ScalarNode {
		switch {
		case n.Style&yaml.DoubleQuotedStyle != 0:
			text = doubleQuoted(str)
		case n.Style&yaml.SingleQuotedStyle != 0 && !strings.ContainsFunc(str, unprintable):
			text = singleQuoted(str)
		}
	}
	if isBlock(n) {
		// Bring the value up to the line of its key if nothing is between.
		before := strings.TrimRight(s.src.text[:start], " \r\n")
		if strings.HasSuffix(before, ":") && strings.TrimSpace(s.src.text[len(before):start]) == "" {
			start = len(before)
		}
	}
	if start > 0 && (s.src.text[start-1] == ':' || s.src.text[start-1] == '-') {
		text = " " + text
	}
	return s.splice(start, end, text)
}

func (s *splicer) newline() string {
	if strings.Contains(s.src.text, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// addLine puts a whole line after the line of a byte.
func (s *splicer) addLine(after int, line string) string {
	at := s.src.lineEnd(after)
	if at > 0 && at == len(s.src.text) && s.src.text[at-1] != '\n' {
		return s.splice(at, at, s.newline()+line)
	}
	return s.splice(at, at, line+s.newline())
}

func (s *splicer) addKey(n *yaml.Node, text string) string {
	_, end := s.src.span(n)
	if n.Style&yaml.FlowStyle != 0 {
		if len(n.Content) == 0 {
			return s.splice(end-1, end-1, text)
		}
		_, last := s.src.span(n.Content[len(n.Content)-1])
		return s.splice(last, last, ", "+text)
	}
	first := s.src.contentOffset(n)
	if len(n.Content) > 0 {
		first = s.src.offset(n.Content[0].Line, n.Content[0].Column)
	}
	_, column := s.src.place(first)
	return s.addLine(end, strings.Repeat(" ", column-1)+text)
}

func (s *splicer) addItem(n *yaml.Node, i int, text string) string {
	start, end := s.src.span(n)
	if n.Style&yaml.FlowStyle != 0 {
		switch {
		case len(n.Content) == 0:
			return s.splice(end-1, end-1, text)
		case i == 0:
			at, _ := s.src.span(n.Content[0])
			return s.splice(at, at, text+", ")
		}
		_, at := s.src.span(n.Content[i-1])
		return s.splice(at, at, ", "+text)
	}
	first := s.dash(n.Content[0])
	_, column := s.src.place(first)
	line := strings.Repeat(" ", column-1) + "- " + text
	if i == 0 {
		at := s.src.lineStart(first)
		if strings.TrimSpace(s.src.text[at:first]) != "" {
			return s.splice(start, start, "- "+text+s.newline()+strings.Repeat(" ", column-1))
		}
		return s.splice(at, at, line+s.newline())
	}
	_, at := s.src.span(n.Content[i-1])
	return s.addLine(at, line)
}

// dash is where the dash of an item of a block list stands.
func (s *splicer) dash(n *yaml.Node) int {
	at := s.src.offset(n.Line, n.Column)
	for at > 0 && s.src.text[at] != '-' || at > 0 && at == s.src.offset(n.Line, n.Column) {
		at--
		if s.src.text[at] == '-' {
			break
		}
	}
	return at
}

// remove takes out a value, with its key in a mapping.
func (s *splicer) remove(parent *yaml.Node, parents []*yaml.Node, value, key int) string {
	first := value
	width := 1
	if key >= 0 {
		first, width = key, 2
	}
	start, _ := s.src.span(parent.Content[first])
	_, end := s.src.span(parent.Content[value])
	if parent.Style&yaml.FlowStyle != 0 {
		return s.removeFlow(parent, first, width, start, end)
	}
	if key < 0 {
		start = s.dash(parent.Content[value])
	}
	if len(parent.Content) == width {
		return s.removeLast(parent, parents, start, end)
	}
	return s.removeLines(start, end)
}

// removeLines takes out whole lines; where the first key of an item stands
// after a dash, the next key takes its place.
func (s *splicer) removeLines(start, end int) string {
	from, to := s.src.lineStart(start), s.src.lineEnd(end)
	if strings.TrimSpace(s.src.text[from:start]) == "" {
		return s.splice(from, to, "")
	}
	next := s.src.skipSpace(to, false)
	return s.splice(start, next, "")
}

// removeLast takes out the only item of a collection and leaves it empty.
func (s *splicer) removeLast(parent *yaml.Node, parents []*yaml.Node, start, end int) string {
	empty := "{}"
	if parent.Kind == yaml.SequenceNode {
		empty = "[]"
	}
	if len(parents) > 0 && strings.TrimSpace(s.src.text[s.src.lineStart(start):start]) == "" {
		above := parents[len(parents)-1]
		for i := 0; above.Kind == yaml.MappingNode && i+1 < len(above.Content); i += 2 {
			if above.Content[i+1] != parent {
				continue
			}
			_, at := s.src.span(above.Content[i])
			colon := at + strings.IndexByte(s.src.text[at:], ':') + 1
			rest := s.splice(s.src.lineStart(start), s.src.lineEnd(end), "")
			return rest[:colon] + " " + empty + rest[colon:]
		}
	}
	return s.splice(start, end, empty)
}

func (s *splicer) removeFlow(parent *yaml.Node, first, width, start, end int) string {
	text := s.src.text
	if first > 0 {
		_, before := s.src.span(parent.Content[first-1])
		comma := s.comma(before)
		gap := text[comma+1 : start]
		if strings.TrimLeft(gap, " \t") == "" {
			return text[:comma] + text[end:]
		}
		return text[:comma] + gap + text[end:]
	}
	if len(parent.Content) == width {
		return text[:start] + text[end:]
	}
	comma := s.comma(end)
	after := comma + 1
	for after < len(text) && (text[after] == ' ' || text[after] == '\t') {
		after++
	}
	if after < len(text) && (text[after] == '#' || text[after] == '\n' || text[after] == '\r') {
		after = comma + 1
	}
	return text[:start] + text[end:comma] + text[after:]
}

// comma is the next comma that is not in a comment.
func (s *splicer) comma(at int) int {
	for at < len(s.src.text) && s.src.text[at] != ',' {
		if s.src.text[at] == '#' {
			at = s.src.lineEnd(at)
			continue
		}
		at++
	}
	return min(at, len(s.src.text)-1)
}

// plainOf is a node as plain data: strings, lists and Entries. It is what an
// edit is checked against.
func plainOf(n *yaml.Node) any {
	switch n.Kind {
	case yaml.AliasNode:
		return "*" + n.Value
	case yaml.MappingNode:
		out := Entries{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			out = append(out, Entry{n.Content[i].Value, plainOf(n.Content[i+1])})
		}
		return out
	case yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			out = append(out, plainOf(c))
		}
		return out
	}
	return n.Value
}

// expect is what the document must be after an edit.
func expect(v any, e Edit) (any, error) {
	if len(e.Path) == 0 {
		return normal(e.Value)
	}
	part, rest := e.Path[0], Edit{e.Do, e.Path[1:], e.Value}
	last := len(e.Path) == 1
	if v == "" || v == nil || v == "null" || v == "~" {
		v = Entries{}
		if last && (part == "-" || part == "0") {
			v = []any{}
		}
	}
	switch v := v.(type) {
	case Entries:
		i := slices.IndexFunc(v, func(x Entry) bool { return x.Key == part })
		out := slices.Clone(v)
		if last && e.Do == DeleteValue {
			return slices.Delete(out, i, i+1), nil
		}
		var inner any
		if i >= 0 {
			inner = v[i].Value
		}
		changed, err := expect(inner, rest)
		if err != nil {
			return nil, err
		}
		if i < 0 {
			return append(out, Entry{part, changed}), nil
		}
		out[i].Value = changed
		return out, nil
	case []any:
		i := slices.IndexFunc(v, func(x any) bool { m, ok := x.(Entries); return ok && slices.Contains(m, Entry{"id", part}) })
		if k, ok := wholeNumber(part); ok && k >= 0 && k <= len(v) {
			i = k
		}
		if part == "-" {
			i = len(v)
		}
		if i < 0 {
			return nil, editError(demarche.NotFound, "", "there is no item %s", part)
		}
		out := slices.Clone(v)
		switch {
		case last && e.Do == DeleteValue:
			return slices.Delete(out, i, i+1), nil
		case last && (e.Do == InsertValue || i == len(v)):
			x, err := normal(e.Value)
			return slices.Insert(out, i, x), err
		}
		changed, err := expect(v[i], rest)
		out[i] = changed
		return out, err
	}
	return nil, editError(demarche.BadInput, "set the whole value instead", "%s is one value and has nothing inside", part)
}

// normal is the value of an edit in the form of plainOf.
func normal(v any) (any, error) {
	text, err := render(v)
	if err != nil {
		return nil, err
	}
	n, err := load("", []byte("[ "+text+" ]"))
	if err != nil || len(n.Content) != 1 {
		return nil, editError(demarche.Internal, "", "the value %s cannot be written", text)
	}
	return plainOf(n.Content[0]), nil
}

// render writes a value on one line.
func render(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return scalarText(v), nil
	case bool:
		return strconv.FormatBool(v), nil
	case int:
		return strconv.Itoa(v), nil
	case float64:
		text := strconv.FormatFloat(v, 'g', -1, 64)
		if _, ok := anyNumber(text); !ok {
			return "", editError(demarche.BadInput, "", "%s is not a number that can be written", text)
		}
		return text, nil
	case []string:
		items := make([]any, len(v))
		for i, s := range v {
			items[i] = s
		}
		return render(items)
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			text, err := render(x)
			if err != nil {
				return "", err
			}
			parts[i] = text
		}
		return "[" + strings.Join(parts, ", ") + "]", nil
	case Entries:
		parts := make([]string, len(v))
		for i, x := range v {
			text, err := render(x.Value)
			if err != nil {
				return "", err
			}
			parts[i] = scalarText(x.Key) + ": " + text
		}
		return "{" + strings.Join(parts, ", ") + "}", nil
	}
	return "", editError(demarche.Internal, "", "values of type %T cannot be written to a case", v)
}

// scalarText writes text plainly where every YAML reader reads it back as that
// text, and in quotation marks elsewhere.
func scalarText(s string) string {
	if strings.ContainsFunc(s, unprintable) {
		return doubleQuoted(s)
	}
	if date, err := demarche.ParseDate(s); err == nil && date.Text == s && !strings.ContainsRune(s, ':') {
		return s
	}
	if s == "" || s != strings.TrimSpace(s) || strings.Contains(s, ": ") || strings.Contains(s, " #") || strings.HasSuffix(s, ":") ||
		strings.ContainsAny(s, ",[]{}\"'`") || strings.ContainsAny(s[:1], "-?:!&*|>%@#=~<") {
		return singleQuoted(s)
	}
	n, err := load("", []byte(s))
	if err != nil || n.Kind != yaml.ScalarNode || n.Value != s || n.ShortTag() != "!!str" {
		return singleQuoted(s)
	}
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off":
		return singleQuoted(s)
	}
	return s
}

func unprintable(r rune) bool {
	return r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 || r == '\u2028' || r == '\u2029' || r == '\ufeff' || r == '\ufffd' || r >= 0xfffe && r <= 0xffff
}

func singleQuoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func doubleQuoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unprintable(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
