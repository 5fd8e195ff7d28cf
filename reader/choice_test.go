package reader

import (
	"math"
	"math/rand/v2"
	"testing"
)

// slowOdds is logOdds by asking and branching.
func (j *forest) slowOdds(f *profile) int32 {
	z := j.prior
	for _, tr := range j.trees {
		k := 0
		for k < asks {
			if f[tr.ask[k]] > tr.above[k] {
				k = 2*k + 2
			} else {
				k = 2*k + 1
			}
		}
		z += int32(tr.leaf[k-asks])
	}
	return z
}

// TestForest holds the reckoned way through trees to the branching one.
func TestForest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 6))
	for range 50 {
		j := &forest{prior: int32(rng.IntN(2000) - 1000), trees: make([]tree, rng.IntN(30))}
		for i := range j.trees {
			for k := range asks {
				j.trees[i].ask[k], j.trees[i].above[k] = uint8(rng.IntN(traits)), uint8(rng.IntN(256))
			}
			for k := range j.trees[i].leaf {
				j.trees[i].leaf[k] = int16(rng.IntN(1<<16) - 1<<15)
			}
		}
		for range 200 {
			var f profile
			for k := range f {
				f[k] = uint8(rng.IntN(256))
			}
			if got, want := j.logOdds(&f), j.slowOdds(&f); got != want {
				t.Fatalf("%d, want %d", got, want)
			}
		}
	}
}

func TestSteps(t *testing.T) {
	last := uint8(0)
	for x := 0.0; x <= 1; x += .0005 {
		s := steps(x)
		if s < last {
			t.Fatalf("%v has step %d, and less has %d", x, s, last)
		}
		last = s
	}
	if steps(0) != 0 || steps(1e-9) != 1 || last < 220 || steps(1.5) != 255 {
		t.Errorf("the ends are %d, %d, %d and %d", steps(0), steps(1e-9), last, steps(1.5))
	}
}

// seeRehearsal calls f with every report of ours, as the shipped model sees it.
func seeRehearsal(t *testing.T, f func(v *view, k *reckoning, cs []candidate, m *model)) {
	m := shipped()
	var l lattice
	for _, text := range rehearsal() {
		r := newReading(text, tokenize(text))
		r.find()
		v := newView(r, r.syntax(m))
		k := v.reckon(m.labeller, m.choice[RoleCue], &l)
		f(v, k, v.candidates(k, m.labeller, &l), m)
	}
}

// TestSpanChance: the chance that is kept of every span is the one that the field
// gives when it lists its spans, and one over two paragraphs has the lower of its parts.
func TestSpanChance(t *testing.T) {
	var l lattice
	var buf [maxFeatures]uint32
	n := 0
	seeRehearsal(t, func(v *view, k *reckoning, _ []candidate, m *model) {
		ps := paragraphs(v.r)
		for _, p := range ps {
			l.resize(p.to - p.from)
			for i := range l.score {
				m.labeller.token(&l, i, v.labelFeatures(p.from+i, buf[:0]), partSum{})
				l.edge[i], l.allow[i] = v.edge[p.from+i], anyLabel
			}
			m.labeller.marginals(&l)
			for role, b := range []label{beginSource, beginCue, beginContent} {
				for _, o := range l.spans(b, .01, nil) {
					n++
					if got := k.spanChance(v.r, role, run{p.from + o.from, p.from + o.to}); math.Abs(got-o.chance) > 1e-12 {
						t.Fatalf("span %v has the chance %v, want %v", o.run, got, o.chance)
					}
				}
			}
		}
		for i := 1; i < len(ps); i++ {
			a, b := run{ps[i-1].to - 1, ps[i-1].to}, run{ps[i].from, ps[i].from + 2}
			want := min(k.spanChance(v.r, RoleContent, a), k.spanChance(v.r, RoleContent, b))
			if got := k.spanChance(v.r, RoleContent, run{a.from, b.to}); v.r.toks[a.from].para != v.r.toks[b.from].para && got != want {
				t.Fatalf("over two paragraphs: %v, want %v", got, want)
			}
		}
	})
	if n < 500 {
		t.Errorf("only %d spans were compared", n)
	}
}

// TestTraits: a profile depends on nothing but the span, and choosing by it takes
// spans that share no token and are among those that the linker finds possible.
func TestTraits(t *testing.T) {
	var l lattice
	changed := 0
	seeRehearsal(t, func(v *view, k *reckoning, cs []candidate, m *model) {
		for i := range k.options {
			var a, b profile
			for x := range b {
				b[x] = 77
			}
			v.cueTraits(k, i, &a)
			v.cueTraits(k, i, &b)
			if a != b {
				t.Fatal("the traits of a cue depend on what was there before")
			}
		}
		plain, chosen := linkView{}, linkView{choice: &m.choice}
		for y := range cs {
			plain.look(v, k, &cs[y])
			plain.link(m.linker, &l)
			before := append([]run{cs[y].source}, cs[y].content...)
			chosen.look(v, k, &cs[y])
			chosen.reckon(m.linker, &l)
			possible := map[run]bool{{}: true}
			for at, p := range chosen.spans {
				possible[p.run] = true
				var a, b profile
				b[3] = 9
				chosen.spanTraits(at, &a)
				chosen.spanTraits(at, &b)
				if a != b {
					t.Fatal("the traits of a span depend on what was there before")
				}
			}
			chosen.take(&l)
			after := append([]run{cs[y].source}, cs[y].content...)
			for i, p := range after {
				if !possible[p] && i > 0 {
					t.Fatalf("%v was not possible", p)
				}
				for _, q := range after[:i] {
					if meets(p, q) {
						t.Fatalf("%v and %v share a token", p, q)
					}
				}
			}
			changed += boolInt(len(before) != len(after) || before[len(before)-1] != after[len(after)-1])
		}
	})
	if changed == 0 {
		t.Error("the choice changes nothing")
	}
}

// TestChoiceKnowsQuotations: with the same chances, a span that cuts a quotation in two
// is less likely than one that does not.
func TestChoiceKnowsQuotations(t *testing.T) {
	m := shipped()
	text := "“We will not leave the valley,” Roe said on Monday. “We have nowhere to go, and they know it,” he added."
	r := newReading(text, tokenize(text))
	r.find()
	v := newView(r, r.syntax(m))
	var l lattice
	k := v.reckon(m.labeller, m.choice[RoleCue], &l)
	cs := v.candidates(k, m.labeller, &l)
	x := linkView{}
	tried := 0
	for y := range cs {
		x.look(v, k, &cs[y])
		x.reckon(m.linker, &l)
		var whole *quotation
		for i := cs[y].window.from; i < cs[y].window.to; i++ {
			if q := r.speech(i); q != nil && q.closed && v.quote[i] == quoteOpen && (whole == nil || meets(run{q.from, q.to}, run{cs[y].cue.from - 4, cs[y].cue.from})) {
				whole = q
			}
		}
		if whole == nil {
			continue
		}
		full, cut := likely{run{whole.from, whole.to}, beginContent, .3}, likely{run{whole.from, whole.to - 3}, beginContent, .3}
		x.spans, x.field = []likely{full, cut}, []float64{.3, .3}
		var a, b profile
		x.spanTraits(0, &a)
		x.spanTraits(1, &b)
		if p, q := m.choice[RoleContent].chance(&a), m.choice[RoleContent].chance(&b); p <= q {
			t.Errorf("the whole quotation has %.2f, its beginning %.2f", p, q)
		}
		tried++
	}
	if tried == 0 {
		t.Error("nothing was tried")
	}
}
