package casefile

import (
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/demarche/demarche"
)

// shape is what the decoder and the schema know about one of the root types.
type shape struct {
	noun   string  // what an item of the type is called in messages
	fields []field // those that a file can set, in the order of the type
	short  *field  // the one that a bare scalar or list stands for, or nil
	at, id int     // indexes of the fields At and ID, or -1
}

// field is one field of a root type, with its tags.
type field struct {
	index    int
	typ      reflect.Type
	key      string
	doc      string
	oneof    []string
	ref      string // what it refers to
	required bool
	keyed    bool
	one      bool
	facts    bool
	min, max *float64
	above    *float64
}

var (
	posType  = reflect.TypeFor[demarche.Pos]()
	exprType = reflect.TypeFor[demarche.Expr]()
	refType  = reflect.TypeFor[demarche.Ref]()
	dateType = reflect.TypeFor[demarche.Date]()
	rankType = reflect.TypeFor[demarche.RankItem]()
)

// nouns are what people call the items of the types that need more than the
// name of the type in lower case.
var nouns = map[reflect.Type]string{
	reflect.TypeFor[demarche.Case]():            "the case",
	reflect.TypeFor[demarche.Conflict]():        "the conflict",
	reflect.TypeFor[demarche.Said]():            "entry of the record",
	reflect.TypeFor[demarche.Ground]():          "ground",
	reflect.TypeFor[demarche.RedLine]():         "red line",
	reflect.TypeFor[demarche.ReferenceClass]():  "reference class",
	reflect.TypeFor[demarche.Casualties]():      "the casualties",
	reflect.TypeFor[demarche.Place]():           "the place",
	reflect.TypeFor[demarche.Graph]():           "the graph",
	reflect.TypeFor[demarche.GraphState]():      "state",
	reflect.TypeFor[demarche.GraphMoves]():      "the moves of",
	reflect.TypeFor[demarche.Talks]():           "talks",
	reflect.TypeFor[demarche.Unsure]():          "entry of unsure",
	reflect.TypeFor[demarche.LeverPrefer]():     "prefer",
	reflect.TypeFor[demarche.Belief]():          "the belief of",
	reflect.TypeFor[demarche.Hidden]():          "what is hidden from",
	reflect.TypeFor[demarche.PerceivedPlayer](): "the perceived player",
	reflect.TypeFor[demarche.Perception]():      "the perception of",
	reflect.TypeFor[demarche.WeightRow]():       "row of weights",
}

var shapes sync.Map // reflect.Type -> *shape

// shapeOf reads the tags of a struct type of the root package.
func shapeOf(t reflect.Type) *shape {
	if s, ok := shapes.Load(t); ok {
		return s.(*shape)
	}
	s := &shape{noun: nouns[t], at: -1, id: -1}
	if s.noun == "" {
		s.noun = strings.ToLower(t.Name())
	}
	short := -1
	for i := range t.NumField() {
		sf := t.Field(i)
		switch {
		case sf.Type == posType:
			s.at = i
		case sf.Name == "ID" && sf.Tag.Get("yaml") == "":
			s.id = i
		}
		words := strings.Split(sf.Tag.Get("case"), ",")
		f := field{index: i, typ: sf.Type, key: sf.Tag.Get("yaml"), doc: sf.Tag.Get("doc"), ref: sf.Tag.Get("ref"),
			facts: sf.Tag.Get("about") == "facts",
			min:   number(sf.Tag.Get("min")), max: number(sf.Tag.Get("max")), above: number(sf.Tag.Get("above"))}
		if one := sf.Tag.Get("oneof"); one != "" {
			f.oneof = strings.Fields(one)
		}
		isShort := false
		for _, w := range words {
			switch w {
			case "required":
				f.required = true
			case "keyed":
				f.keyed = true
			case "one":
				f.one = true
			case "short":
				isShort = true
			}
		}
		if f.key == "" && !isShort {
			continue
		}
		if isShort {
			short = len(s.fields)
		}
		s.fields = append(s.fields, f)
	}
	if short >= 0 {
		s.short = &s.fields[short]
	}
	shapes.Store(t, s)
	return s
}

// bare reports whether an item of the shape is written as its short field and
// has no keys of its own.
func (s *shape) bare() bool { return s.short != nil && s.short.key == "" }

// find is the field with a key, or nil.
func (s *shape) find(key string) *field {
	for i := range s.fields {
		if s.fields[i].key == key && key != "" {
			return &s.fields[i]
		}
	}
	return nil
}

// keys are the keys that an item may have.
func (s *shape) keys() []string {
	var out []string
	for _, f := range s.fields {
		if f.key != "" {
			out = append(out, f.key)
		}
	}
	return out
}

// item is the field that describes one item of a list: the same words and
// limits, the element's type.
func (f field) item() field {
	f.typ = f.typ.Elem()
	f.one, f.keyed, f.required = false, false, true
	return f
}

func number(s string) *float64 {
	if s == "" {
		return nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic("casefile: tag is not a number: " + s)
	}
	return &n
}
