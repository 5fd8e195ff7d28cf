package casefile

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/demarche/demarche"
	"go.yaml.in/yaml/v4"
)

// decoder turns nodes into the root types, strictly: what it does not know is
// a problem with a place.
type decoder struct {
	findings
	src     *source
	visited int
	exprs   map[demarche.Pos]*yaml.Node // the nodes of conditions, by place
	spent   bool                        // the limit on nodes is reached and reported
}

func (d *decoder) pos(n *yaml.Node) demarche.Pos {
	return demarche.Pos{File: d.src.name, Line: n.Line, Col: n.Column}
}

// decodeCase reads the whole document.
func (d *decoder) decodeCase(root *yaml.Node) *demarche.Case {
	c := &demarche.Case{}
	if root.Kind != yaml.MappingNode {
		d.bad(d.pos(root), "begin with the lines demarche: 1 and title: …", "a case file has keys such as demarche and title, not %s", found(root))
		return c
	}
	f := field{typ: reflect.TypeFor[demarche.Case](), required: true}
	d.value(root, reflect.ValueOf(c).Elem(), &f, "the case", 0)
	if c.Version != 1 && !slices.ContainsFunc(d.problems, func(e *demarche.Error) bool { return strings.Contains(e.Msg, "demarche") }) {
		at := c.At
		if n := child(root, "demarche"); n != nil {
			at = d.pos(n)
		}
		d.bad(at, "write demarche: 1", "the case is in version %d of the format, and this program reads version 1", c.Version)
	}
	return c
}

// value decodes a node into v, which f describes. What is what to call it.
func (d *decoder) value(n *yaml.Node, v reflect.Value, f *field, what string, depth int) {
	if d.spent {
		return
	}
	if d.visited++; d.visited > maxNodes {
		d.spent = true
		d.bad(d.pos(n), "write the parts out, or use fewer references with *", "the file has more than a million parts once every * reference is followed")
		return
	}
	if depth > maxDepth {
		d.spent = true
		d.bad(d.pos(n), "check for a * reference that contains itself", "the file is nested more than %d deep", maxDepth)
		return
	}
	if n.Kind == yaml.AliasNode {
		d.value(n.Alias, v, f, what, depth+1)
		return
	}
	if !d.plainTag(n) {
		return
	}
	if isEmpty(n) {
		d.empty(n, v, f, what, depth)
		return
	}
	t := v.Type()
	switch {
	case t.Kind() == reflect.Pointer:
		p := reflect.New(t.Elem())
		g := *f
		g.typ = t.Elem()
		d.value(n, p.Elem(), &g, what, depth)
		v.Set(p)
	case t == refType:
		if d.scalar(n, what, d.wantedRef(f)) {
			v.Set(reflect.ValueOf(demarche.Ref{At: d.textStart(n), Name: n.Value}))
		}
	case t == exprType:
		if d.scalar(n, what, "a condition") {
			d.exprs[d.textStart(n)] = n
			v.Set(reflect.ValueOf(demarche.Expr{At: d.textStart(n), Text: strings.TrimRight(n.Value, "\r\n")}))
		}
	case t == dateType:
		if !d.scalar(n, what, "a date") {
			return
		}
		date, err := demarche.ParseDate(n.Value)
		if err != nil {
			e := err.(*demarche.Error)
			d.bad(d.pos(n), e.Hint, "%s: %s", what, e.Msg)
			return
		}
		v.Set(reflect.ValueOf(date))
	case t == rankType:
		if d.scalar(n, "a ranking", "patterns or state numbers") {
			item := demarche.RankItem{At: d.textStart(n)}
			if i, ok := wholeNumber(n.Value); ok && i > 0 {
				item.Number = i
			} else {
				item.Pattern = n.Value
			}
			v.Set(reflect.ValueOf(item))
		}
	case t.Kind() == reflect.String:
		if d.scalar(n, what, "text") {
			d.text(n, v, f, what)
		}
	case t.Kind() == reflect.Bool:
		d.boolean(n, v, what)
	case t.Kind() == reflect.Int:
		if i, ok := wholeNumber(n.Value); ok && n.Kind == yaml.ScalarNode && n.Style == 0 {
			if d.inRange(n, float64(i), f, what) {
				v.SetInt(int64(i))
			}
		} else {
			d.notNumber(n, what, "a whole number")
		}
	case t.Kind() == reflect.Float64:
		if x, ok := anyNumber(n.Value); ok && n.Kind == yaml.ScalarNode && n.Style == 0 {
			if d.inRange(n, x, f, what) {
				v.SetFloat(x)
			}
		} else {
			d.notNumber(n, what, "a number")
		}
	case t.Kind() == reflect.Slice && f.keyed:
		d.keyed(n, v, f, what, depth)
	case t.Kind() == reflect.Slice:
		d.list(n, v, f, what, depth)
	case t.Kind() == reflect.Struct:
		d.item(n, v, what, depth)
	default:
		panic("casefile: no rule to decode " + t.String())
	}
}

// plainTag refuses explicit tags other than the standard ones.
func (d *decoder) plainTag(n *yaml.Node) bool {
	if n.Style&yaml.TaggedStyle == 0 || slices.Contains([]string{"!!str", "!!int", "!!float", "!!bool", "!!map", "!!seq", "!"}, n.ShortTag()) {
		return true
	}
	d.bad(d.pos(n), "put text that begins with ! in quotation marks", "the tag %s has no meaning in a case", n.ShortTag())
	return false
}

// empty handles a key with nothing after it: an empty list or item is nothing,
// a missing text or number that is needed is a problem.
func (d *decoder) empty(n *yaml.Node, v reflect.Value, f *field, what string, depth int) {
	t := v.Type()
	structural := t.Kind() == reflect.Struct && t != refType && t != exprType && t != dateType && t != rankType
	if n.Value != "" && (t.Kind() == reflect.String || t == refType || t == exprType || t == rankType) {
		// null or ~ where text is wanted is that text.
		v2 := *n
		v2.Tag = "!!str"
		d.value(&v2, v, f, what, depth)
		return
	}
	switch {
	case structural && shapeOf(t).short != nil && shapeOf(t).short.required:
		d.bad(d.pos(n), "write "+d.wanted(shapeOf(t).short)+" after the colon", "%s has nothing after it", what)
	case structural:
		d.item(&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: n.Line, Column: n.Column}, v, what, depth)
	case f.required:
		d.bad(d.pos(n), "write "+d.wanted(f)+" after the colon", "%s has nothing after it", what)
	case n.Value == "":
		d.warn(d.pos(n), "write "+d.wanted(f)+", or remove the line", "%s has nothing after it and is left out", what)
	}
}

// keyed reads a mapping from ids to items, in the order of the file.
func (d *decoder) keyed(n *yaml.Node, v reflect.Value, f *field, what string, depth int) {
	if n.Kind != yaml.MappingNode {
		hint := "write each as its id, a colon, and what belongs to it"
		d.bad(d.pos(n), hint, "%s takes ids with what belongs to them, not %s", what, found(n))
		return
	}
	elem := f.typ.Elem()
	s := shapeOf(elem)
	first := map[string]int{}
	items := reflect.MakeSlice(f.typ, 0, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, val := n.Content[i], n.Content[i+1]
		id, ok := d.key(k)
		if !ok {
			continue
		}
		if line, dup := first[id]; dup {
			d.bad(d.pos(k), "remove one, or give it another id", "%s is defined twice in %s; the first is on line %d", id, what, line)
			continue
		}
		first[id] = k.Line
		if msg, hint := badID(id); msg != "" {
			d.bad(d.pos(k), hint, "%s", msg)
		}
		item := reflect.New(elem).Elem()
		item.Field(s.id).SetString(id)
		g := field{typ: elem, required: true}
		d.value(val, item, &g, called(s, id), depth+1)
		if s.at >= 0 {
			item.Field(s.at).Set(reflect.ValueOf(d.pos(k)))
		}
		items = reflect.Append(items, item)
	}
	v.Set(items)
}

// key reads a key of a mapping as text.
func (d *decoder) key(k *yaml.Node) (string, bool) {
	if d.visited++; d.visited > maxNodes {
		return "", false
	}
	if k.Kind == yaml.AliasNode {
		k = k.Alias
	}
	if k.Kind != yaml.ScalarNode {
		d.bad(d.pos(k), "write a word before the colon", "a key is one word, not %s", found(k))
		return "", false
	}
	if k.Value == "<<" && k.Style == 0 {
		d.bad(d.pos(k), "write the keys out", "the key << copies keys from elsewhere, which cases do not use")
		return "", false
	}
	return k.Value, true
}

// list reads a list, or the one item that stands for it where that is allowed.
func (d *decoder) list(n *yaml.Node, v reflect.Value, f *field, what string, depth int) {
	g := f.item()
	if n.Kind != yaml.SequenceNode {
		if !f.one {
			hint := "write each item on a line of its own after a dash"
			if n.Kind == yaml.ScalarNode && !strings.ContainsAny(n.Value, "\n,:#[]{}\"'") {
				hint = fmt.Sprintf("write [%s]", n.Value)
			}
			d.bad(d.pos(n), hint, "%s takes a list, not %s", what, found(n))
			return
		}
		item := reflect.New(g.typ).Elem()
		d.value(n, item, &g, what, depth+1)
		v.Set(reflect.Append(reflect.MakeSlice(f.typ, 0, 1), item))
		return
	}
	items := reflect.MakeSlice(f.typ, 0, len(n.Content))
	for i, c := range n.Content {
		item := reflect.New(g.typ).Elem()
		if isEmpty(c) && c.Value == "" {
			d.bad(d.pos(c), "write something after the dash or comma, or remove it", "item %d of %s is empty", i+1, what)
			continue
		}
		name := what
		if g.typ.Kind() == reflect.Struct && g.typ != refType && g.typ != exprType && g.typ != dateType && g.typ != rankType {
			name = fmt.Sprintf("%s %d", shapeOf(g.typ).noun, i+1)
			if id := scalarAt(c, "id"); id != "" {
				name = called(shapeOf(g.typ), id)
			}
		}
		d.value(c, item, &g, name, depth+1)
		items = reflect.Append(items, item)
	}
	v.Set(items)
}

// item reads one item of a struct type: its keys, or the short form.
func (d *decoder) item(n *yaml.Node, v reflect.Value, what string, depth int) {
	s := shapeOf(v.Type())
	if s.at >= 0 {
		v.Field(s.at).Set(reflect.ValueOf(d.pos(n)))
	}
	if s.short != nil && (s.bare() || n.Kind != yaml.MappingNode) {
		f := s.short
		list := f.typ.Kind() == reflect.Slice
		if s.bare() || list == (n.Kind == yaml.SequenceNode) || f.one {
			d.value(n, v.Field(f.index), f, what, depth+1)
			return
		}
		d.bad(d.pos(n), fmt.Sprintf("write %s, or the keys %s", d.wanted(f), joinAnd(s.keys())), "%s takes %s or keys with values, not %s", what, d.wanted(f), found(n))
		return
	}
	if n.Kind != yaml.MappingNode {
		hint := "give its keys: " + joinAnd(s.keys())
		if v.Type() == reflect.TypeFor[demarche.Rule]() {
			hint = "write never: and what cannot be, at_most_one: and a list, or if: and then:"
		}
		d.bad(d.pos(n), hint, "%s takes keys with values, not %s", what, found(n))
		return
	}
	given := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, val := n.Content[i], n.Content[i+1]
		key, ok := d.key(k)
		if !ok {
			continue
		}
		if line, dup := given[key]; dup {
			d.bad(d.pos(k), "remove one of the two", "%s has the key %s twice; the first is on line %d", what, key, line)
			continue
		}
		given[key] = k.Line
		f := s.find(key)
		if f == nil {
			d.bad(d.pos(k), d.unknownKeyHint(n, val, key, s), "unknown key %s in %s", show(key), what)
			continue
		}
		d.value(val, v.Field(f.index), f, key, depth+1)
	}
	for _, f := range s.fields {
		if _, ok := given[f.key]; !ok && f.required && f.key != "" {
			hint := fmt.Sprintf("add %s: (%s)", f.key, d.wanted(&f))
			if f.key == "demarche" {
				hint = "begin with demarche: 1, the version of the format"
			}
			d.bad(d.pos(n), hint, "%s has no %s", what, f.key)
		}
	}
}

func (d *decoder) unknownKeyHint(n, val *yaml.Node, key string, s *shape) string {
	if n.Style&yaml.FlowStyle != 0 && isEmpty(val) && val.Value == "" && !slices.Contains(s.keys(), key) {
		if i := strings.IndexByte(key, ':'); i > 0 && s.find(key[:i]) != nil {
			return "put a space after the colon"
		}
		return "a comma between { and } ends the text before it: put text with commas in quotation marks"
	}
	if before, _, ok := strings.Cut(key, ":"); ok && s.find(before) != nil {
		return "put a space after the colon"
	}
	return demarche.DidYouMean(key, s.keys())
}

// scalar reports whether a node is one word or text, and says so if not.
func (d *decoder) scalar(n *yaml.Node, what, wanted string) bool {
	if n.Kind == yaml.ScalarNode {
		return true
	}
	hint := ""
	if n.Kind == yaml.MappingNode {
		hint = "put text with braces, or with a colon, in quotation marks"
	} else {
		hint = "put text with brackets in quotation marks"
	}
	d.bad(d.pos(n), hint, "%s takes %s, not %s", what, wanted, found(n))
	return false
}

func (d *decoder) text(n *yaml.Node, v reflect.Value, f *field, what string) {
	text := n.Value
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		text = strings.TrimRight(text, "\n")
	}
	if strings.TrimSpace(text) == "" && f.required {
		d.bad(d.pos(n), "write "+d.wanted(f), "%s is empty", what)
		return
	}
	if f.oneof != nil && !slices.Contains(f.oneof, text) {
		hint := demarche.DidYouMean(text, f.oneof)
		if !strings.HasPrefix(hint, "did") {
			hint = "write " + joinOr(f.oneof)
		}
		d.bad(d.pos(n), hint, "%s cannot be %s", what, show(text))
		return
	}
	if f.key == "id" {
		if msg, hint := badID(text); msg != "" {
			d.bad(d.pos(n), hint, "%s", msg)
		}
	}
	v.SetString(text)
}

func (d *decoder) boolean(n *yaml.Node, v reflect.Value, what string) {
	if n.Kind == yaml.ScalarNode && n.Style == 0 && (n.Value == "true" || n.Value == "false") {
		v.SetBool(n.Value == "true")
		return
	}
	hint := "write true or false"
	switch strings.ToLower(n.Value) {
	case "true", "false":
		hint = "write " + strings.ToLower(n.Value) + " in small letters, without quotation marks"
	case "yes", "y", "on", "1":
		hint = "write true"
	case "no", "n", "off", "0":
		hint = "write false"
	}
	d.bad(d.pos(n), hint, "%s takes true or false, not %s", what, found(n))
}

func (d *decoder) notNumber(n *yaml.Node, what, wanted string) {
	hint := "write " + wanted + " such as 0.5"
	if wanted != "a number" {
		hint = "write " + wanted + " such as 2"
	}
	if n.Kind == yaml.ScalarNode {
		text := strings.TrimSpace(n.Value)
		_, quoted := anyNumber(text)
		cut, percent := strings.CutSuffix(text, "%")
		x, isPercent := anyNumber(strings.TrimSpace(cut))
		comma := strings.Replace(text, ",", ".", 1)
		_, isComma := anyNumber(comma)
		switch {
		case percent && isPercent:
			hint = "write " + strconv.FormatFloat(x/100, 'g', -1, 64)
		case quoted && n.Style != 0:
			hint = "remove the quotation marks"
		case isComma && comma != text:
			hint = "write " + comma
		}
	}
	d.bad(d.pos(n), hint, "%s takes %s, not %s", what, wanted, found(n))
}

func (d *decoder) inRange(n *yaml.Node, x float64, f *field, what string) bool {
	show := func(p *float64) string { return strconv.FormatFloat(*p, 'g', -1, 64) }
	hint := ""
	switch {
	case f.min != nil && f.max != nil && (x < *f.min || x > *f.max):
		hint = fmt.Sprintf("write a number from %s to %s", show(f.min), show(f.max))
		if *f.max == 1 && x >= 2 && x <= 100 {
			hint += ", such as " + strconv.FormatFloat(x/100, 'g', -1, 64) + " for " + strconv.FormatFloat(x, 'g', -1, 64) + " %"
		}
	case f.min != nil && x < *f.min:
		hint = fmt.Sprintf("write %s or more", show(f.min))
	case f.max != nil && x > *f.max:
		hint = fmt.Sprintf("write %s or less", show(f.max))
	case f.above != nil && x <= *f.above:
		hint = fmt.Sprintf("write a number above %s", show(f.above))
	default:
		return true
	}
	d.bad(d.pos(n), hint, "%s cannot be %s", what, n.Value)
	return false
}

// textStart is where the text of a scalar begins, after its quotation mark.
func (d *decoder) textStart(n *yaml.Node) demarche.Pos {
	line, col := d.src.place(d.src.textOffset(n))
	return demarche.Pos{File: d.src.name, Line: line, Col: col}
}

func (d *decoder) wantedRef(f *field) string {
	if f.ref == "" {
		return "an id"
	}
	return "the id of " + article(f.ref)
}

// wanted is what a field takes, in plain words.
func (d *decoder) wanted(f *field) string {
	t := f.typ
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case f.oneof != nil:
		return joinOr(f.oneof)
	case t == refType:
		return d.wantedRef(f)
	case t == exprType:
		return "a condition"
	case t == dateType:
		return "a date"
	case t.Kind() == reflect.String:
		return "text"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int:
		return "a whole number"
	case t.Kind() == reflect.Float64:
		return "a number"
	case t.Kind() == reflect.Slice && !f.keyed:
		return "a list"
	}
	return "what belongs to it"
}

// found is what a node is, in plain words.
func found(n *yaml.Node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "keys with values"
	case yaml.AliasNode:
		return found(n.Alias)
	}
	if n.Style == 0 {
		if _, ok := anyNumber(n.Value); ok {
			return "the number " + n.Value
		}
		if n.Value == "true" || n.Value == "false" {
			return n.Value
		}
		if isEmpty(n) {
			return "nothing"
		}
	}
	return "the text " + show(n.Value)
}

// show quotes text for a message and keeps it short.
func show(text string) string {
	if runes := []rune(text); len(runes) > 40 {
		text = string(runes[:39]) + "…"
	}
	if text != "" && !strings.ContainsFunc(text, func(r rune) bool { return !idRune(r) && r != '.' }) {
		return text
	}
	return strconv.Quote(text)
}

// isEmpty reports whether a key has nothing after it, or null.
func isEmpty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style == 0 && n.ShortTag() == "!!null"
}

var (
	wholeForm  = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)
	numberForm = regexp.MustCompile(`^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$`)
)

func wholeNumber(s string) (int, bool) {
	if !wholeForm.MatchString(s) {
		return 0, false
	}
	i, err := strconv.ParseInt(s, 10, 32)
	return int(i), err == nil
}

func anyNumber(s string) (float64, bool) {
	if !numberForm.MatchString(s) {
		return 0, false
	}
	x, err := strconv.ParseFloat(s, 64)
	return x + 0, err == nil && !math.IsInf(x, 0) // −0 is 0
}

// child is the value of a key of a mapping, or nil.
func child(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Kind == yaml.ScalarNode && n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func scalarAt(n *yaml.Node, key string) string {
	if c := child(n, key); c != nil && c.Kind == yaml.ScalarNode {
		return c.Value
	}
	return ""
}

// called is "actor qatar".
func called(s *shape, id string) string { return s.noun + " " + show(id) }

func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

func joinAnd(words []string) string { return join(words, "and") }
func joinOr(words []string) string  { return join(words, "or") }

func join(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}
