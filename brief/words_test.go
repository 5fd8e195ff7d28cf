package brief

import "testing"

func TestList(t *testing.T) {
	for want, words := range map[string][]string{
		"": nil, "a": {"a"}, "a and b": {"a", "b"}, "a, b and c": {"a", "b", "c"}, "a, x; b; and c": {"a, x", "b", "c"},
	} {
		if got := list(words); got != want {
			t.Errorf("%q: got %q, want %q", words, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for _, c := range []struct {
		n          int
		noun, want string
	}{{0, "claim", "no claims"}, {1, "party", "one party"}, {2, "party", "two parties"}, {12, "day", "twelve days"}, {13, "match", "13 matches"}, {1234567, "state", "1,234,567 states"}} {
		if got := count(c.n, c.noun); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestVerbs(t *testing.T) {
	for _, c := range []struct{ order, one, many, base string }{
		{"Strike on land", "strikes on land", "strike on land", "strike on land"},
		{"Go abroad", "goes abroad", "go abroad", "go abroad"},
		{"Give up office and leave the country", "gives up office and leaves the country", "give up office and leave the country", "give up office and leave the country"},
		{"Grant amnesty and safe passage", "grants amnesty and safe passage", "grant amnesty and safe passage", "grant amnesty and safe passage"},
		{"Carry out the loan", "carries out the loan", "carry out the loan", "carry out the loan"},
		{"Pay", "pays", "pay", "pay"},
		{"Publicly accept the terms", "publicly accepts the terms", "publicly accept the terms", "publicly accept the terms"},
		{"Do not attack", "does not attack", "do not attack", "do not attack"},
		{"Be present", "is present", "be present", "be present"},
		{"Push on.", "pushes on", "push on", "push on"},
		{"A truce", "chooses a truce", "choose a truce", "choose a truce"},
	} {
		if got := present(c.order, false); got != c.one {
			t.Errorf("got %q, want %q", got, c.one)
		}
		if got := present(c.order, true); got != c.many {
			t.Errorf("got %q, want %q", got, c.many)
		}
		if got := base(c.order); got != c.base {
			t.Errorf("got %q, want %q", got, c.base)
		}
	}
}

func TestStop(t *testing.T) {
	for in, want := range map[string]string{"a": "a.", "a.": "a.", "a?": "a?", " a ": "a.", "": ""} {
		if got := stop(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestTypographic(t *testing.T) {
	if got := typographic("Qatar's and the parties' part, '90"); got != "Qatar’s and the parties’ part, '90" {
		t.Error(got)
	}
}
