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
		"label": func() { m.labeller.token(&l, 3, v.labelFeatures(3, buf), partSum{}) },
		"link":  func() { m.linker.token(&l, 3, x.linkFeatures(cs[0].window.from+1, buf), partSum{}) },
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

// TestApart reads reports with candidates that share sentences: what the linker sums
// up once for a token, and again for each candidate, is what all its features come to.
func TestApart(t *testing.T) {
	m := shipped()
	shared := 0
	for _, text := range rehearsal() {
		r := newReading(text, tokenize(text))
		r.find()
		v := newView(r, r.syntax(m))
		var l, whole lattice
		k := v.reckon(m.labeller, m.choice[RoleCue], &l)
		cs := v.candidates(k, m.labeller, &l)
		v.dress(cs, k)
		seen := map[int]bool{}
		x := &linkView{}
		for i := range cs {
			c := &cs[i]
			x.look(v, k, c)
			x.reckon(m.linker, &l)
			whole.resize(len(l.score))
			for i := range whole.score {
				at := c.window.from + i
				shared += boolInt(seen[at])
				seen[at] = true
				m.linker.token(&whole, i, x.linkFeatures(at, nil), partSum{})
				if whole.score[i] != l.score[i] {
					t.Fatalf("%q for %q: %v, want %v", r.toks[at].low, r.toks[c.head].low, l.score[i], whole.score[i])
				}
			}
		}
	}
	if shared == 0 {
		t.Error("no two candidates shared a token: nothing was tested")
	}
}
