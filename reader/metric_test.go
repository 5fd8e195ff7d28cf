package reader

import (
	"strings"
	"testing"
)

func at(text, part string) Spans {
	i := strings.Index(text, part)
	return Spans{{i, i + len(part)}}
}

func TestCompare(t *testing.T) {
	text := "Roe said the old bridge was closed. Skip this: Doe said no."
	gold := []Frame{
		{Source: at(text, "Roe"), Cue: at(text, "said"), Content: at(text, "the old bridge was closed")},
		{Source: at(text, "Doe"), Cue: Spans{{51, 55}}, Content: at(text, "no")},
	}
	discard := at(text, "Skip this: Doe said no.")
	for _, c := range []struct {
		name      string
		predicted []Frame
		relJ      Count
		exact     Count // of the content
	}{
		{"the same", gold, Count{1, 1, 1}, Count{1, 1, 1}},
		{"half of the content", []Frame{{Source: at(text, "Roe"), Cue: at(text, "said"), Content: at(text, "bridge was closed")}}, Count{1, 1, 1}, Count{0, 1, 1}},
		{"too little content", []Frame{{Source: at(text, "Roe"), Cue: at(text, "said"), Content: at(text, "was closed")}}, Count{0, 1, 1}, Count{0, 1, 1}},
		{"no source", []Frame{{Cue: at(text, "said"), Content: at(text, "the old bridge was closed")}}, Count{0, 1, 1}, Count{1, 1, 1}},
		{"twice", []Frame{gold[0], gold[0]}, Count{1, 2, 1}, Count{1, 1, 1}},
		{"nothing", nil, Count{0, 0, 1}, Count{0, 0, 1}},
	} {
		s := Compare(text, c.predicted, gold, discard)
		if s.RelJ != c.relJ || s.Exact[RoleContent] != c.exact {
			t.Errorf("%s: relJ %v, want %v; exact %v, want %v", c.name, s.RelJ, c.relJ, s.Exact[RoleContent], c.exact)
		}
	}
}

// A fragment that ends where the next begins makes one span, and one token in
// between makes two.
func TestExactRuns(t *testing.T) {
	text := "a b c d e"
	f := []Frame{{Cue: Spans{{0, 1}}, Content: Spans{{0, 1}, {2, 3}, {6, 9}}}}
	g := []Frame{{Cue: Spans{{0, 1}}, Content: Spans{{0, 3}, {6, 9}}}}
	if c := Compare(text, f, g, nil).Exact[RoleContent]; c != (Count{2, 2, 2}) {
		t.Errorf("%v", c)
	}
}

// Both without a source is a match, and so is both without a cue.
func TestBothMissing(t *testing.T) {
	text := "It fell, reportedly."
	f := []Frame{{Cue: at(text, "reportedly"), Content: at(text, "It fell")}}
	if c := Compare(text, f, f, nil).RelJ; c.Hit != 1 {
		t.Errorf("%v", c)
	}
	f[0].Cue = nil
	if c := Compare(text, f, f, nil).RelJ; c.Hit != 1 {
		t.Errorf("%v", c)
	}
}

func TestReadGold(t *testing.T) {
	in := `{"id":"x","text":"“Né,” Roe said.","attr":[{"S":[[6,9]],"C":[[10,14]],"Q":[[0,5]]}],"discard":[],"core":[]}` + "\n"
	n := 0
	err := ReadGold(strings.NewReader(in), func(g GoldText) error {
		n++
		f := g.Frames[0]
		if f.Source.In(g.Text) != "Roe" || f.Content.In(g.Text) != "“Né,”" {
			t.Errorf("%+v", g)
		}
		return nil
	})
	if err != nil || n != 1 {
		t.Errorf("%d texts, %v", n, err)
	}
	for _, bad := range []string{"{", `{"text":"a","attr":[{"S":[[0,9]]}]}`} {
		if ReadGold(strings.NewReader(bad), func(GoldText) error { return nil }) == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}
