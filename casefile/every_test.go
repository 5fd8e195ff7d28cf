package casefile

import (
	"reflect"

	"github.com/demarche/demarche"
)

// unsetFields are the keys that no item of a case sets, as Type.Field.
func unsetFields(c *demarche.Case) []string {
	set := map[string]bool{}
	var order []string
	note := func(t reflect.Type) {
		for _, f := range shapeOf(t).fields {
			name := t.Name() + "." + t.Field(f.index).Name
			if _, ok := set[name]; !ok {
				set[name] = false
				order = append(order, name)
			}
		}
	}
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			switch v.Type() {
			case refType, exprType, dateType, rankType, posType:
				return
			}
			note(v.Type())
			for _, f := range shapeOf(v.Type()).fields {
				if fv := v.Field(f.index); !fv.IsZero() {
					set[v.Type().Name()+"."+v.Type().Field(f.index).Name] = true
					walk(fv)
				}
			}
		}
	}
	walk(reflect.ValueOf(c))
	var out []string
	for _, name := range order {
		if !set[name] {
			out = append(out, name)
		}
	}
	return out
}
