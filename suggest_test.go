package demarche

import (
	"strconv"
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	names := []string{"caracas.leave", "caracas.resign", "us.strike", "us.amnesty", "qatar"}
	for got, want := range map[string]string{
		"caracas.leav":            "caracas.leave",
		"carcas.leave":            "caracas.leave",
		"Qatar":                   "qatar",
		"qatra":                   "qatar", // two neighbours exchanged
		"us.stirke":               "us.strike",
		"elsewhere":               "",
		"":                        "",
		"zz":                      "",
		strings.Repeat("x", 1000): "",
	} {
		if n := Nearest(got, names); n != want {
			t.Errorf("%.20q: nearest is %q, want %q", got, n, want)
		}
	}
	if n := Nearest("ab", []string{"ac", "ad"}); n != "ac" {
		t.Errorf("ties go to %q, not to the earlier name", n)
	}
}

func TestDidYouMean(t *testing.T) {
	if got := DidYouMean("strik", []string{"strike", "talk"}); got != "did you mean strike?" {
		t.Error(got)
	}
	if got := DidYouMean("xxxxxx", []string{"talk", "strike", "talk"}); got != "known: strike, talk" {
		t.Error(got)
	}
	if got := DidYouMean("xxxxxx", nil); got != "" {
		t.Error(got)
	}
	var many []string
	for i := range 13 {
		many = append(many, "name"+strconv.Itoa(i))
	}
	if got := DidYouMean("xxxxxx", many); got != "" {
		t.Error(got)
	}
}

// The slow twin: the definition of the distance, by recursion.
func slowDistance(a, b []rune) int {
	if len(a) == 0 || len(b) == 0 {
		return len(a) + len(b)
	}
	n, m := len(a)-1, len(b)-1
	change := 1
	if a[n] == b[m] {
		change = 0
	}
	d := min(slowDistance(a[:n], b)+1, slowDistance(a, b[:m])+1, slowDistance(a[:n], b[:m])+change)
	if n > 0 && m > 0 && a[n] == b[m-1] && a[n-1] == b[m] {
		d = min(d, slowDistance(a[:n-1], b[:m-1])+1)
	}
	return d
}

func TestEditDistance(t *testing.T) {
	words := []string{"", "a", "ab", "ba", "abc", "acb", "cab", "leave", "leav", "levae", "éa", "aé", "xyz"}
	for _, a := range words {
		for _, b := range words {
			if got, want := editDistance(a, b), slowDistance([]rune(a), []rune(b)); got != want {
				t.Errorf("%q, %q: %d, want %d", a, b, got, want)
			}
		}
	}
}
