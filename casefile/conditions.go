package casefile

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/demarche/demarche"
)

// visit calls f for every field of the root types inside v that a file can
// set, outer ones first.
func visit(v reflect.Value, f func(fd *field, v reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			visit(v.Elem(), f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			visit(v.Index(i), f)
		}
	case reflect.Struct:
		switch v.Type() {
		case refType, exprType, dateType, rankType, posType:
			return
		}
		s := shapeOf(v.Type())
		for i := range s.fields {
			fd := &s.fields[i]
			f(fd, v.Field(fd.index))
			visit(v.Field(fd.index), f)
		}
	}
}

// parseConditions parses every condition of the case in place and looks up
// the names in it.
func (c *checker) parseConditions() {
	visit(reflect.ValueOf(c.doc).Elem(), func(fd *field, v reflect.Value) {
		switch {
		case v.Type() == exprType:
			c.parse(v.Addr().Interface().(*demarche.Expr), fd)
		case v.Kind() == reflect.Slice && v.Type().Elem() == exprType:
			for i := range v.Len() {
				c.parse(v.Index(i).Addr().Interface().(*demarche.Expr), fd)
			}
		}
	})
}

func (c *checker) parse(e *demarche.Expr, fd *field) {
	if e.Text == "" && e.At.IsZero() {
		return
	}
	if fd.key == "when" && e.Text == "otherwise" {
		return
	}
	cond, err := demarche.ParseCondition(e.Text, c.patternLetters())
	if err != nil {
		pe := err.(*demarche.Error)
		c.bad(c.inside(e, pe.Pos.Col), pe.Hint, "%s", pe.Msg)
		return
	}
	e.Cond = cond
	cond.Walk(func(n *demarche.Condition) {
		switch n.Op {
		case demarche.Atom:
			c.lookup(e, n, fd)
		case demarche.Pattern:
			if fd.facts {
				c.bad(c.inside(e, n.Col), "name a proposition or an authority", "%s takes propositions and authorities, not a pattern of options", fd.key)
			}
		}
	})
}

// inside is the place in the file of a character of a condition, from 1.
func (c *checker) inside(e *demarche.Expr, col int) demarche.Pos {
	if n := c.exprs[e.At]; n != nil && col > 0 {
		line, column := c.src.place(c.src.runeOffset(n, col-1))
		return demarche.Pos{File: c.src.name, Line: line, Col: column}
	}
	return e.At
}

// lookup checks that a name in a condition means something.
func (c *checker) lookup(e *demarche.Expr, n *demarche.Condition, fd *field) {
	at := c.inside(e, n.Col)
	if strings.Contains(n.Name, ".") {
		switch {
		case !c.options.has(n.Name):
			c.unknownOption(at, n.Name)
		case fd.facts:
			c.bad(at, "name a proposition or an authority", "%s takes propositions and authorities, and %s is an option", fd.key, n.Name)
		}
		return
	}
	switch {
	case c.propositions.has(n.Name), c.authorities.has(n.Name):
	case c.states.has(n.Name) && !fd.facts:
	case n.Name == "talks":
		c.bad(at, "the chance that talks conclude is set with talks: chance", "talks is not a proposition that a condition can name")
	case fd.key == "when" && strings.EqualFold(n.Name, "otherwise"):
		c.bad(at, "write otherwise, alone and in small letters", "%s is not a condition", n.Name)
	case n.Name == "otherwise":
		c.bad(at, "write it alone, as the last of the outcomes", "otherwise is not a condition")
	case strings.Trim(n.Name, "YN-") == "" && len(n.Name) > 1 && c.patternLetters() > 0:
		k := c.patternLetters()
		c.bad(at, fmt.Sprintf("a pattern has one letter for each of the %d options: %d, not %d", k, k, len(n.Name)), "%s is neither a pattern of this model nor a name", n.Name)
	case c.players.has(n.Name):
		hint := "write an option, such as player.option"
		if own := c.options.with(n.Name + "."); len(own) > 0 {
			hint = "name one of its options: " + joinOr(own)
		}
		c.bad(at, hint, "%s is a player, not a condition", n.Name)
	default:
		hint := ""
		for _, o := range c.options.list {
			if _, option, _ := strings.Cut(o, "."); option == n.Name {
				hint = "options are written with their player: did you mean " + o + "?"
				break
			}
		}
		facts := append(append([]string(nil), c.propositions.list...), c.authorities.list...)
		if hint == "" {
			near := demarche.Nearest(n.Name, facts)
			if near == "" && !fd.facts {
				near = demarche.Nearest(n.Name, append(c.options.list[:len(c.options.list):len(c.options.list)], c.states.list...))
			}
			if near != "" {
				hint = "did you mean " + near + "?"
			} else if hint = demarche.DidYouMean(n.Name, facts); hint == "" {
				hint = "a name without a dot is a proposition or an authority; define it, or write player.option"
			}
		}
		c.bad(at, hint, "unknown proposition or authority %s", n.Name)
	}
}

// facts are the propositions and authorities that a condition names.
func factsOf(e demarche.Expr) []string {
	var out []string
	if e.Cond != nil {
		e.Cond.Walk(func(n *demarche.Condition) {
			if n.Op == demarche.Atom && !strings.Contains(n.Name, ".") {
				out = append(out, n.Name)
			}
		})
	}
	return out
}
