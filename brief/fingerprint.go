package brief

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"reflect"
	"sort"

	"github.com/demarche/demarche"
)

// Fingerprint identifies what the results rest on: the conflict, the
// propositions and authorities with their credences, the logic, and what was
// assumed. Places in
// the file and comments do not enter, and claims only through the credences that a
// ledger makes of them. It is the first twelve hex digits
// of a SHA-256, and "" for a case without a conflict.
func Fingerprint(in Input) string {
	if in.Case == nil || in.Case.Conflict == nil {
		return ""
	}
	h := sha256.New()
	render(h, reflect.ValueOf(in.Case.Conflict))
	render(h, reflect.ValueOf(in.Case.Propositions))
	render(h, reflect.ValueOf(in.Case.Authorities))
	render(h, reflect.ValueOf(in.Case.Logic))
	if in.Conflict != nil {
		for _, a := range in.Conflict.Atoms {
			fmt.Fprintf(h, "%q=%g;", a.ID, a.Credence)
		}
		fmt.Fprintf(h, "talks=%g;", in.Conflict.TalksChance)
	}
	for _, s := range in.Assumed {
		fmt.Fprintf(h, "assumed=%q;", s)
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

var (
	posType  = reflect.TypeFor[demarche.Pos]()
	condType = reflect.TypeFor[*demarche.Condition]()
	dateType = reflect.TypeFor[demarche.Date]()
	// What a ledger makes of a proposition enters with its credence.
	weighedType = reflect.TypeFor[*demarche.Credence]()
)

// render writes plain data in one form, whatever file it was read from.
func render(w io.Writer, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		switch {
		case v.IsNil():
			io.WriteString(w, "nil;")
		case v.Type() == condType:
			fmt.Fprintf(w, "%q;", v.Interface().(*demarche.Condition).String())
		default:
			render(w, v.Elem())
		}
	case reflect.Struct:
		if v.Type() == dateType {
			fmt.Fprintf(w, "%q;", v.Interface().(demarche.Date).Text)
			return
		}
		if e, ok := v.Interface().(demarche.Expr); ok && e.Cond != nil {
			render(w, reflect.ValueOf(e.Cond)) // not the text: its spaces mean nothing
			return
		}
		io.WriteString(w, "{")
		for i := range v.NumField() {
			if t := v.Field(i).Type(); t != posType && t != weighedType {
				io.WriteString(w, v.Type().Field(i).Name+":")
				render(w, v.Field(i))
			}
		}
		io.WriteString(w, "}")
	case reflect.Slice:
		fmt.Fprintf(w, "[%d:", v.Len())
		for i := range v.Len() {
			render(w, v.Index(i))
		}
		io.WriteString(w, "]")
	case reflect.Map:
		keys := v.MapKeys()
		sort.Slice(keys, func(i, j int) bool { return fmt.Sprint(keys[i]) < fmt.Sprint(keys[j]) })
		for _, k := range keys {
			fmt.Fprintf(w, "%v=", k)
			render(w, v.MapIndex(k))
		}
	default:
		fmt.Fprintf(w, "%v;", v.Interface())
	}
}
