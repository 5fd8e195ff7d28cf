package reader

import (
	"strings"
	"testing"
)

// TestFeaturesAllocateNothing: neither labelling nor linking takes memory a token.
func TestFeaturesAllocateNothing(t *testing.T) {
	text := strings.Repeat("“The port,” Ana Roe said on Monday, “will stay open.” Doe denied that it would close. ", 3)
	r := newReading(text, tokenize(text))
	r.find()
	m := shipped()
	v := newView(r, r.syntax(m))
	var l lattice
	k := v.reckon(m.labeller, m.choice[RoleCue], &l)
	cs := v.candidates(k, m.labeller, &l)
	if len(cs) == 0 {
		t.Fatal("no candidates")
	}
	x := &linkView{}
	x.look(v, k, &cs[0])
	l.resize(len(r.toks))
	buf := make([]uint32, 0, maxFeatures)
	for name, f := range map[string]func(){
		"label": func() { m.labeller.token(&l, 3, v.labelFeatures(3, buf)) },
		"link":  func() { m.linker.token(&l, 3, x.linkFeatures(cs[0].window.from+1, buf)) },
		"look":  func() { x.look(v, k, &cs[0]) },
	} {
		if n := testing.AllocsPerRun(20, f); n > 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
	for i := range r.toks {
		if n := len(v.labelFeatures(i, buf)); n > maxFeatures {
			t.Fatalf("%d features", n)
		}
	}
}
