package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/ledger"
)

// recordField is a field of a record: its name in JSON, and its value in words.
type recordField struct{ name, value string }

// fieldsOf are all fields of a record in their order, empty ones too.
func fieldsOf(r ledger.Record) []recordField {
	v := reflect.ValueOf(r).Elem()
	var out []recordField
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		out = append(out, recordField{name, fieldValue(v.Field(i))})
	}
	return out
}

func fieldValue(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case string:
		return x
	case []string:
		return strings.Join(x, ", ")
	case ledger.Ref:
		return x.Kind.String() + ":" + x.ID
	case ledger.Spans:
		return spansWords(x)
	case bool:
		if x {
			return "yes"
		}
		return ""
	case *float64:
		if x == nil {
			return ""
		}
		return fmt.Sprintf("%g", *x)
	case float64:
		return fmt.Sprintf("%g", x)
	case int:
		if x == 0 {
			return ""
		}
		return fmt.Sprint(x)
	}
	if v.IsZero() {
		return ""
	}
	data, err := json.Marshal(v.Interface())
	if err != nil {
		return ""
	}
	return string(data)
}

// spansWords is "source 0:5; content 10:20, 30:40".
func spansWords(s ledger.Spans) string {
	var parts []string
	for _, role := range []struct {
		name  string
		spans [][2]int
	}{{"source", s.Source}, {"cue", s.Cue}, {"content", s.Content}} {
		if len(role.spans) == 0 {
			continue
		}
		var list []string
		for _, span := range role.spans {
			list = append(list, fmt.Sprintf("%d:%d", span[0], span[1]))
		}
		parts = append(parts, role.name+" "+strings.Join(list, ", "))
	}
	return strings.Join(parts, ", ")
}

// fieldNames are the names of fields as people call them.
var fieldNames = map[string]string{
	"says": "wording", "quote": "quotation", "spans": "place in the report", "said": "date said", "act": "speech act",
	"record": "terms", "found_by": "finder", "against": "persons it is against", "where": "place", "relayed": "relayed through",
	"sha256": "hash of the original", "url": "address", "lang": "language", "body": "beginning of the body", "on": "question",
	"p": "probability", "because": "claims it rests on", "due": "date due", "resolved": "resolution", "resolved_on": "date of resolution",
	"would_see": "what one would see", "seen": "whether it is seen", "rel": "relation", "by": "analyst", "distinct": "other than the unnamed ones of its side",
	"as_of": "day asked for", "made": "date", "words": "wording",
}

// closedFields hold words of closed lists.
var closedFields = []string{"record", "mark", "kind", "act", "stance", "nature", "status", "access"}

// wordedFields hold sentences or words of others.
var wordedFields = []string{"says", "quote", "reason", "note", "title", "description", "words", "on", "would_see"}

// changedWords tells how one version of a record differs from the one before it,
// a change each; before may be nil.
func changedWords(before, after ledger.Record) []string {
	out := []string{}
	if before == nil || after == nil {
		return out
	}
	was, is := fieldsOf(before), fieldsOf(after)
	for n, f := range is {
		old, now := was[n].value, f.value
		if old == now {
			continue
		}
		name := fieldNames[f.name]
		if name == "" {
			name = plain(f.name)
		}
		if slices.Contains(closedFields, f.name) {
			old, now = plain(old), plain(now)
		}
		old, now = clean(old), clean(now)
		switch {
		case f.name == "irrelevant" && now == "":
			out = append(out, "no longer held to be of no matter")
		case f.name == "irrelevant":
			out = append(out, "found rightly, but of no matter")
		case f.name == "text":
			out = append(out, "text changed")
		case now == "":
			out = append(out, name+" taken out (was "+told(f.name, old)+")")
		case old == "":
			out = append(out, name+" set to "+told(f.name, now))
		default:
			out = append(out, name+" from "+told(f.name, old)+" to "+told(f.name, now))
		}
	}
	return out
}

// told is the value of a field, in quotation marks where it is a sentence.
func told(field, s string) string {
	if !slices.Contains(wordedFields, field) {
		return s
	}
	return brief.Quoted(unquoted(s))
}
