package demarche

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// shape prints a tree with every parenthesis.
func shapeOf(c *Condition) string {
	switch c.Op {
	case Atom:
		return c.Name
	case Pattern:
		return "<" + c.Name + ">"
	}
	args := make([]string, len(c.Args))
	for i, a := range c.Args {
		args[i] = shapeOf(a)
	}
	return opWords[c.Op] + "(" + strings.Join(args, ", ") + ")"
}

func TestParseCondition(t *testing.T) {
	for _, c := range []struct {
		text    string
		options int
		want    string
	}{
		{"a.b", 3, "a.b"},
		{"  a.b  ", 3, "a.b"},
		{"not a.b", 3, "not(a.b)"},
		{"not not a", 3, "not(not(a))"},
		{"not a and b", 3, "and(not(a), b)"},
		{"a and b or c and d", 3, "or(and(a, b), and(c, d))"},
		{"a or b or c", 3, "or(a, b, c)"},
		{"a or (b or c)", 3, "or(a, or(b, c))"},
		{"a or b implies c and d", 3, "implies(or(a, b), and(c, d))"},
		{"a if b", 3, "if(a, b)"},
		{"a unless b or c", 3, "unless(a, or(b, c))"},
		{"a iff not b", 3, "iff(a, not(b))"},
		{"(a if b) unless c", 3, "unless(if(a, b), c)"},
		{"not (a if b)", 3, "not(if(a, b))"},
		{"a AND NOT b", 3, "and(a, not(b))"},
		{"And", 3, "And"}, // only all small or all capital letters are words of the language
		{"Y", 1, "<Y>"},
		{"N", 1, "<N>"},
		{"-", 1, "<->"},
		{"Y", 2, "Y"},
		{"YN-", 3, "<YN->"},
		{"--Y", 3, "<--Y>"},
		{"---", 3, "<--->"},
		{"'YN-'", 3, "<YN->"},
		{`"--Y" or a.b`, 3, "or(<--Y>, a.b)"},
		{"not YNY and x", 3, "and(not(<YNY>), x)"},
		{"YNY", 4, "YNY"},
		{"YNY", 0, "YNY"},
		{"yny", 3, "yny"},
		{"maduro.Führung_2-b", 3, "maduro.Führung_2-b"},
		{"a\tand\nb", 3, "and(a, b)"},
	} {
		got, err := ParseCondition(c.text, c.options)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if shapeOf(got) != c.want {
			t.Errorf("%q is %s, want %s", c.text, shapeOf(got), c.want)
		}
	}
}

func TestConditionErrors(t *testing.T) {
	for _, c := range []struct {
		text string
		col  int
		says string
	}{
		{"", 1, "the condition is empty"},
		{"   ", 4, "the condition is empty"},
		{"a and", 6, "ends too early"},
		{"and a", 1, "has nothing before it"},
		{"a b", 3, "is not expected here"},
		{"not", 4, "ends too early"},
		{"(a", 3, "is not closed"},
		{"a)", 2, "has no opening one"},
		{"(a b)", 4, "is not expected here"},
		{"()", 2, "not part of the language"},
		{"é && b", 3, `"&&" is not expected`},
		{"!a", 1, `"!" is not part of the language`},
		{"a and 'b.c'", 7, "is not a pattern"},
		{"a and 'b", 7, "not part of the language"},
		{"'YN'", 1, "exactly 3 letters"},
		{"a if b if c", 8, "(a if b) if c, and a if (b if c)"},
		{"a implies b unless c", 13, "(a implies b) unless c, and a implies (b unless c)"},
		{"a if b implies c if d", 8, "two ways"},
		{"a iff b iff c", 9, "two ways"},
		{"(a if b if c)", 9, "two ways"},
		{strings.Repeat("(", 600), 501, "nested too deeply"},
		{strings.Repeat("not ", 600) + "a", 2001, "nested too deeply"},
		{strings.Repeat("a", 1<<16+1), 0, "longer than"},
	} {
		_, err := ParseCondition(c.text, 3)
		e, ok := err.(*Error)
		if !ok {
			t.Errorf("%.40q: %v is not an *Error", c.text, err)
			continue
		}
		if e.Kind != BadInput || e.Hint == "" || !strings.Contains(e.Msg+"; "+e.Hint, c.says) {
			t.Errorf("%.40q: %q", c.text, e)
		}
		if e.Pos.Col != c.col {
			t.Errorf("%.40q: column %d, want %d", c.text, e.Pos.Col, c.col)
		}
	}
}

func TestConditionColumns(t *testing.T) {
	c, err := ParseCondition("é.x and not (b or YN)", 2)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	c.Walk(func(n *Condition) {
		if n.Name != "" {
			got[n.Name] = n.Col
		}
	})
	if want := map[string]int{"é.x": 1, "b": 14, "YN": 19}; !reflect.DeepEqual(got, want) {
		t.Errorf("columns are %v, want %v", got, want)
	}
}

func TestIsOption(t *testing.T) {
	c, _ := ParseCondition("us.strike", 1)
	if player, option, ok := c.IsOption(); !ok || player != "us" || option != "strike" {
		t.Errorf("got %s %s %v", player, option, ok)
	}
	for _, text := range []string{"shortage", "Y", "not us.strike"} {
		c, _ := ParseCondition(text, 1)
		if _, _, ok := c.IsOption(); ok {
			t.Errorf("%s is an option", text)
		}
	}
}

// sameTree reports whether two trees are equal but for columns.
func sameTree(a, b *Condition) bool {
	if a.Op != b.Op || a.Name != b.Name || len(a.Args) != len(b.Args) {
		return false
	}
	for i := range a.Args {
		if !sameTree(a.Args[i], b.Args[i]) {
			return false
		}
	}
	return true
}

// Printing a random tree and parsing it gives the same tree.
func TestConditionRoundTrip(t *testing.T) {
	for seed := range uint64(2000) {
		rng := rand.New(rand.NewPCG(seed, 1))
		c := randomCondition(rng, 4)
		back, err := ParseCondition(c.String(), 3)
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, c, err)
		}
		if !sameTree(c, back) {
			t.Fatalf("seed %d: %s becomes %s", seed, shapeOf(c), shapeOf(back))
		}
	}
}

func randomCondition(rng *rand.Rand, depth int) *Condition {
	op := Op(rng.IntN(int(Iff) + 1))
	if depth == 0 {
		op = Op(rng.IntN(2))
	}
	switch op {
	case Atom:
		return &Condition{Op: op, Name: []string{"a.b", "us.strike_land", "shortage", "Y", "x-y"}[rng.IntN(5)]}
	case Pattern:
		return &Condition{Op: op, Name: []string{"YN-", "---", "-Y-"}[rng.IntN(3)]}
	}
	n := 2
	switch op {
	case Not:
		n = 1
	case And, Or:
		n += rng.IntN(2)
	}
	c := &Condition{Op: op}
	for range n {
		c.Args = append(c.Args, randomCondition(rng, depth-1))
	}
	return c
}

func FuzzCondition(f *testing.F) {
	for _, text := range []string{"a.b", "not a and (b or c)", "a if b", "YN-", "'--Y' or x", "a if b if c", "((", "é && b", "\"Y", "not not\tnot a", "a unless b", "A IFF B"} {
		for options := range 4 {
			f.Add(text, options)
		}
	}
	f.Fuzz(func(t *testing.T, text string, options int) {
		c, err := ParseCondition(text, options)
		if err != nil {
			e, ok := err.(*Error)
			if !ok || e.Msg == "" || e.Kind != BadInput {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		printed := c.String()
		back, err := ParseCondition(printed, options)
		if err != nil {
			if strings.Contains(err.Error(), "longer than") {
				return // spelt out with spaces, it no longer fits
			}
			t.Fatalf("%q prints as %q: %v", text, printed, err)
		}
		if !sameTree(c, back) {
			t.Fatalf("%q: %s becomes %s", text, shapeOf(c), shapeOf(back))
		}
		if again := back.String(); again != printed {
			t.Fatalf("%q prints as %q, then as %q", text, printed, again)
		}
	})
}

func ExampleParseCondition() {
	c, err := ParseCondition("maduro.leave unless (us.strike or not us.amnesty)", 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c)
	_, err = ParseCondition("maduro.leave if us.amnesty unless us.strike", 3)
	fmt.Println(err)
	// Output:
	// maduro.leave unless us.strike or not us.amnesty
	// this can be read in two ways: (maduro.leave if us.amnesty) unless us.strike, and maduro.leave if (us.amnesty unless us.strike); put parentheses around the part that belongs together
}
