package casefile

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/demarche/demarche"
)

// Schema is the JSON Schema (draft 2020-12) of the case file, made from the
// types and tags that the decoder follows. What needs more than one place of
// the file to see, such as a reference to something not defined, is left to
// the decoder.
func Schema() []byte {
	b := &schemaBuilder{defs: &object{}}
	caseType := reflect.TypeFor[demarche.Case]()
	root := b.item(caseType)
	out := &object{}
	out.set("$schema", "https://json-schema.org/draft/2020-12/schema")
	out.set("$id", "https://github.com/demarche/demarche/case.schema.json")
	out.set("title", "demarche case")
	out.set("description", "A crisis as its case file describes it.")
	for _, m := range root.members {
		out.set(m.key, m.value)
	}
	out.set("$defs", b.defs)
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		panic("casefile: the schema cannot be written: " + err.Error())
	}
	return buf.Bytes()
}

// idPattern is the form of an id; see badID.
const idPattern = `^\p{L}[\p{L}\p{M}\p{Nd}_-]*$`

type schemaBuilder struct{ defs *object }

// ref puts the schema of a struct type among the definitions.
func (b *schemaBuilder) ref(t reflect.Type) *object {
	name := t.Name()
	if !b.defs.has(name) {
		b.defs.set(name, nil) // types that contain themselves end here
		b.defs.set(name, b.wholeItem(t))
	}
	return obj("$ref", "#/$defs/"+name)
}

// wholeItem is an item with its short form.
func (b *schemaBuilder) wholeItem(t reflect.Type) *object {
	s := shapeOf(t)
	if s.short == nil {
		return b.item(t)
	}
	short := b.value(s.short)
	if s.bare() {
		return short
	}
	return obj("anyOf", []any{short, b.item(t)})
}

// item is a mapping with the keys of a struct type.
func (b *schemaBuilder) item(t reflect.Type) *object {
	properties := &object{}
	required := []string{}
	s := shapeOf(t)
	for i := range s.fields {
		f := &s.fields[i]
		v := b.value(f)
		if f.key == "demarche" {
			v = obj("type", "integer", "const", 1)
		}
		if f.doc != "" {
			v = described(v, f.doc)
		}
		properties.set(f.key, v)
		if f.required {
			required = append(required, f.key)
		}
	}
	o := obj("type", "object", "properties", properties, "additionalProperties", false)
	if len(required) > 0 {
		o.set("required", required)
	}
	return o
}

// value is the schema of what a field takes.
func (b *schemaBuilder) value(f *field) *object {
	t := f.typ
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == refType:
		return obj("type", "string", "minLength", 1)
	case t == exprType:
		return condition()
	case t == dateType:
		return anyScalar(obj("type", "string", "pattern", `^[0-9.]`))
	case t == rankType:
		return obj("anyOf", []any{obj("type", "integer", "minimum", 1), obj("type", "string", "minLength", 1)})
	case t.Kind() == reflect.String:
		if f.oneof != nil {
			return obj("enum", f.oneof)
		}
		if f.key == "id" {
			return obj("type", "string", "pattern", idPattern)
		}
		return anyScalar(obj("type", "string"))
	case t.Kind() == reflect.Bool:
		return obj("type", "boolean")
	case t.Kind() == reflect.Int:
		return b.limits(obj("type", "integer"), f)
	case t.Kind() == reflect.Float64:
		return b.limits(obj("type", "number"), f)
	case t.Kind() == reflect.Slice && f.keyed:
		return obj("type", "object", "propertyNames", obj("pattern", idPattern), "additionalProperties", orNothing(b, t.Elem()))
	case t.Kind() == reflect.Slice:
		g := f.item()
		g.typ = t.Elem()
		item := b.value(&g)
		list := obj("type", "array", "items", item)
		if f.one {
			return obj("anyOf", []any{item, list})
		}
		return list
	case t.Kind() == reflect.Struct:
		return b.ref(t)
	}
	panic("casefile: no schema for " + t.String())
}

// orNothing lets an id of items without required keys stand alone: "qatar:".
func orNothing(b *schemaBuilder, t reflect.Type) *object {
	s := shapeOf(t)
	for _, f := range s.fields {
		if f.required || s.bare() {
			return b.ref(t)
		}
	}
	return obj("anyOf", []any{obj("type", "null"), b.ref(t)})
}

// condition is a condition as text. A pattern of one option can look like a
// truth value or a number to a YAML reader.
func condition() *object { return obj("type", "string", "minLength", 1) }

// anyScalar lets text and dates be written without quotation marks where a
// YAML reader sees a number or a truth value: title: 2025.
func anyScalar(text *object) *object {
	return obj("anyOf", []any{text, obj("type", []string{"number", "boolean"})})
}

func (b *schemaBuilder) limits(o *object, f *field) *object {
	if f.min != nil {
		o.set("minimum", *f.min)
	}
	if f.max != nil {
		o.set("maximum", *f.max)
	}
	if f.above != nil {
		o.set("exclusiveMinimum", *f.above)
	}
	return o
}

// described adds a description; beside a $ref that is allowed since 2019-09.
func described(o *object, doc string) *object {
	out := obj("description", doc)
	out.members = append(out.members, o.members...)
	return out
}

// object is a JSON object that keeps the order of its members.
type object struct{ members []member }

type member struct {
	key   string
	value any
}

func obj(pairs ...any) *object {
	o := &object{}
	for i := 0; i < len(pairs); i += 2 {
		o.set(pairs[i].(string), pairs[i+1])
	}
	return o
}

func (o *object) has(key string) bool {
	for _, m := range o.members {
		if m.key == key {
			return true
		}
	}
	return false
}

func (o *object) set(key string, value any) {
	for i := range o.members {
		if o.members[i].key == key {
			o.members[i].value = value
			return
		}
	}
	o.members = append(o.members, member{key, value})
}

// MarshalJSON writes the members in order.
func (o *object) MarshalJSON() ([]byte, error) {
	var buf bytes.Buffer
	buf.WriteByte('{')
	for i, m := range o.members {
		if i > 0 {
			buf.WriteByte(',')
		}
		key, err := json.Marshal(m.key)
		if err != nil {
			return nil, err
		}
		var value bytes.Buffer
		enc := json.NewEncoder(&value)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(m.value); err != nil {
			return nil, err
		}
		buf.Write(key)
		buf.WriteByte(':')
		buf.WriteString(strings.TrimSpace(value.String()))
	}
	buf.WriteByte('}')
	return buf.Bytes(), nil
}
