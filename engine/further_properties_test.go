package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/demarche/demarche"
)

// eachFurther calls f for random models with everything mixed.
func eachFurther(t *testing.T, seed uint64, many uint64, f func(r *rand.Rand, m *Model)) {
	t.Helper()
	tried := uint64(0)
	for n := uint64(0); tried < many; n++ {
		c := furtherCase(seed, n)
		k, err := Compile(c, Config{})
		if err != nil {
			t.Fatalf("%s: %v", c.Title, err)
		}
		if k.States(k.Typical()) == 0 {
			continue
		}
		tried++
		f(rand.New(rand.NewPCG(seed, n)), compiled(t, c, Config{}))
	}
}

func mustStability(t *testing.T, m *Model, o StabilityOptions, concepts ...Concept) *Stability {
	t.Helper()
	st, err := m.StabilityWith(context.Background(), o, concepts...)
	if err != nil {
		t.Fatalf("%s: %v", m.Case.Title, err)
	}
	return st
}

func inside(t *testing.T, m *Model, small, large Set, what string) {
	t.Helper()
	for s := range small.All {
		if !large.Has(s) {
			t.Fatalf("%s: state %d breaks %s", m.Case.Title, s, what)
		}
	}
}

func same(t *testing.T, m *Model, a, b Set, what string) {
	t.Helper()
	inside(t, m, a, b, what)
	inside(t, m, b, a, what)
}

// TestFurtherRelations checks what the definitions promise of one another.
func TestFurtherRelations(t *testing.T) {
	eachFurther(t, 41, runs(300, 5000), func(r *rand.Rand, m *Model) {
		o := randomOptions(r, m)
		o.NoReturn, o.Pareto, o.Coalition = false, false, nil
		concepts := m.Applicable(o)
		st := mustStability(t, m, o, concepts...)
		at := func(c Concept, i int) Set { return st.Stable[slices.Index(concepts, c)][i] }
		certain := true
		for _, u := range m.unsure {
			certain = certain && u.p == 0
		}
		sharp := o
		sharp.Alpha, sharp.Beta, sharp.Gamma = 1e-7, 1e-7, 1e-7
		sharp.Threshold = slices.Repeat([]float64{1e-7}, len(m.Players))
		fine := mustStability(t, m, sharp, FuzzyNash, FuzzyGMR, FuzzySMR, FuzzySEQ, ProbableNash, ProbableGMR, ProbableSMR, ProbableSEQ)
		families := [][]Concept{
			{NashA, GMRA, SMRA, SEQA}, {NashB, GMRB, SMRB, SEQB}, {NashC, GMRC, SMRC, SEQC}, {NashD, GMRD, SMRD, SEQD},
		}
		for i := range m.Players {
			same(t, m, at(NashA, i), at(NashC, i), "Nash a is Nash c")
			same(t, m, at(NashB, i), at(NashD, i), "Nash b is Nash d")
			for k, base := range []Concept{Nash, GMR, SMR, SEQ} {
				for _, pair := range [][2]int{{0, 1}, {0, 2}, {1, 3}, {2, 3}} {
					inside(t, m, at(families[pair[0]][k], i), at(families[pair[1]][k], i), "extensions within one another")
				}
				if !certain {
					continue
				}
				for _, f := range families {
					same(t, m, at(f[k], i), at(base, i), "nothing unknown")
				}
				same(t, m, fine.Stable[k][i], at(base, i), "tiny thresholds, fuzzy")
				same(t, m, fine.Stable[4+k][i], at(base, i), "tiny thresholds, probabilistic")
				same(t, m, at(FuzzyNash+Concept(k), i), at(base, i), "certain preferences, fuzzy")
				same(t, m, at(ProbableNash+Concept(k), i), at(base, i), "certain preferences, probabilistic")
			}
			for k, base := range []Concept{GMR, SMR, SEQ} {
				k := Concept(k)
				inside(t, m, at(Nash, i), at(StrongGMR+k, i), "Nash is strong")
				inside(t, m, at(VeryStrongGMR+k, i), at(StrongGMR+k, i), "very strong is strong")
				inside(t, m, at(StrongGMR+k, i), at(base, i), "strong is stable")
				inside(t, m, at(WeakGMR+k, i), at(base, i), "weak is stable")
				for s := range at(WeakGMR+k, i).All {
					if at(StrongGMR+k, i).Has(s) {
						t.Fatalf("%s: state %d is weak and strong", m.Case.Title, s)
					}
				}
				if got := at(WeakGMR+k, i).Count() + at(StrongGMR+k, i).Count(); got != at(base, i).Count() {
					t.Fatalf("%s: weak and strong are %d states", m.Case.Title, got)
				}
				if len(m.Case.Conflict.Players[i].Degrees) == 0 {
					same(t, m, at(StrongGMR+k, i), at(Nash, i), "without degrees nothing is strong")
				}
			}
			same(t, m, at(LimitedMove(1), i), at(Nash, i), "L1 is Nash")
			for k, base := range []Concept{Nash, GMR, SMR} {
				inside(t, m, at(CoalitionNash+Concept(k), i), at(base, i), "universally stable is stable alone")
				o := StabilityOptions{Coalition: []int{i}}
				same(t, m, mustStability(t, m, o, CoalitionNash+Concept(k)).Stable[0][i], at(base, i), "a coalition of one is its player")
			}
			one := mustStability(t, m, StabilityOptions{Coalition: []int{i}}, CoalitionSEQ).Stable[0][i]
			inside(t, m, at(SEQ, i), one, "SEQ is CSEQ of one")
			if len(m.Players) == 2 {
				same(t, m, one, at(SEQ, i), "CSEQ of one is SEQ for two players")
			}
			if slices.Contains(concepts, SIM) {
				inside(t, m, at(Nash, i), at(SIM, i), "Nash is SIM")
				for s := range m.States {
					if at(SEQorSIM, i).Has(s) != (at(SEQ, i).Has(s) || at(SIM, i).Has(s)) {
						t.Fatalf("%s: state %d under seqsim", m.Case.Title, s)
					}
				}
			}
		}
		own := mustStability(t, m, StabilityOptions{}, Mixed).Stable[0]
		for i, p := range m.Players {
			same(t, m, own[i], at(p.Foresight, i), "mixed is each one's foresight")
			if slices.Contains(concepts, HyperNash) && len(m.Case.Conflict.Hidden) == 0 {
				blind := !slices.ContainsFunc(m.Case.Conflict.Perceptions, func(v demarche.Perception) bool { return v.ID == p.ID && len(v.Others) > 0 })
				if blind {
					for k, c := range Concepts() {
						same(t, m, at(HyperNash+Concept(k), i), at(c, i), "nothing misread")
					}
				}
			}
		}
	})
}

// TestAttitudes holds relational concepts to published propositions (Inohara and
// Hipel 2009): positive towards oneself and neutral towards others, without ties,
// they are the classical concepts; with all attitudes neutral, RNash is RSMR and
// RGMR is RSEQ.
func TestAttitudes(t *testing.T) {
	strict := 0
	eachFurther(t, 42, runs(400, 5000), func(r *rand.Rand, m *Model) {
		n := len(m.Players)
		neutral := StabilityOptions{Attitudes: make([][]Attitude, n)}
		for i := range neutral.Attitudes {
			neutral.Attitudes[i] = make([]Attitude, n)
		}
		st := mustStability(t, m, neutral, AttitudeNash, AttitudeGMR, AttitudeSMR, AttitudeSEQ)
		for i := range m.Players {
			same(t, m, st.Stable[0][i], st.Stable[2][i], "neutral: RNash is RSMR")
			same(t, m, st.Stable[1][i], st.Stable[3][i], "neutral: RGMR is RSEQ")
		}
		if slices.ContainsFunc(m.Best, func(b int32) bool { return int(b)+1 != len(m.States) }) {
			return
		}
		strict++
		selfish := mustStability(t, m, StabilityOptions{}, AttitudeNash, AttitudeGMR, AttitudeSMR, AttitudeSEQ, Nash, GMR, SMR, SEQ)
		for i := range m.Players {
			for k := range 4 {
				same(t, m, selfish.Stable[k][i], selfish.Stable[4+k][i], "selfish without ties")
			}
		}
	})
	if covers() && strict < 10 {
		t.Errorf("only %d models were without ties", strict)
	}
}

// flipped is a case with players and options in the opposite order and under
// other names. It gives the case and the pattern of a state in it.
func flipped(c *demarche.Case) (*demarche.Case, func(string) string) {
	src := c.Conflict
	conflict := *src
	ref := func(r demarche.Ref) demarche.Ref { return demarche.Ref{Name: "q" + r.Name} }
	reverse := func(s string) string {
		b := []byte(s)
		slices.Reverse(b)
		return string(b)
	}
	var change func(d *demarche.Condition) *demarche.Condition
	change = func(d *demarche.Condition) *demarche.Condition {
		out := *d
		switch d.Op {
		case demarche.Atom:
			p, o, _ := d.IsOption()
			out.Name = "q" + p + ".z" + o
		case demarche.Pattern:
			out.Name = reverse(d.Name)
		}
		out.Args = nil
		for _, a := range d.Args {
			out.Args = append(out.Args, change(a))
		}
		return &out
	}
	e := func(x demarche.Expr) demarche.Expr {
		if x.Cond != nil {
			x.Cond = change(x.Cond)
		}
		return x
	}
	prefers := func(list []demarche.Statement) []demarche.Statement {
		out := slices.Clone(list)
		for j := range out {
			out[j].Want = e(out[j].Want)
		}
		return out
	}
	conflict.Players = nil
	for _, p := range src.Players {
		p.ID = "q" + p.ID
		p.Prefers = prefers(p.Prefers)
		p.Options = slices.Clone(p.Options)
		for k := range p.Options {
			o := &p.Options[k]
			o.ID = "z" + o.ID
			o.SharedWith = slices.Clone(o.SharedWith)
			for n := range o.SharedWith {
				o.SharedWith[n] = ref(o.SharedWith[n])
			}
		}
		slices.Reverse(p.Options)
		conflict.Players = append(conflict.Players, p)
	}
	slices.Reverse(conflict.Players)
	conflict.Rules = nil
	for _, rule := range src.Rules {
		conflict.Rules = append(conflict.Rules, demarche.Rule{Never: e(rule.Never)})
	}
	conflict.Hidden = nil
	for _, h := range src.Hidden {
		conflict.Hidden = append(conflict.Hidden, demarche.Hidden{ID: "q" + h.ID, States: []demarche.Expr{e(h.States[0])}})
	}
	conflict.Perceptions = nil
	for _, v := range src.Perceptions {
		w := demarche.Perception{ID: "q" + v.ID}
		for _, o := range v.Others {
			o.ID, o.Prefers = "q"+o.ID, prefers(o.Prefers)
			w.Others = append(w.Others, o)
		}
		conflict.Perceptions = append(conflict.Perceptions, w)
	}
	return &demarche.Case{Title: c.Title + " flipped", Conflict: &conflict}, reverse
}

// TestFurtherNamesDoNotMatter: other names and the opposite order of players and
// options change nothing.
func TestFurtherNamesDoNotMatter(t *testing.T) {
	eachFurther(t, 43, runs(250, 5000), func(r *rand.Rand, m *Model) {
		if m.HasGraph() {
			return
		}
		c, pattern := flipped(m.Case)
		f := compiled(t, c, Config{})
		o := randomOptions(r, m)
		p := o
		n := len(m.Players)
		leader := n - 1 - *o.Leader
		p.Leader = &leader
		p.Threshold, p.Each = slices.Clone(o.Threshold), slices.Clone(o.Each)
		slices.Reverse(p.Threshold)
		slices.Reverse(p.Each)
		p.Coalition = nil
		for _, i := range o.Coalition {
			p.Coalition = append(p.Coalition, n-1-i)
		}
		p.Attitudes = make([][]Attitude, n)
		for i := range p.Attitudes {
			p.Attitudes[i] = slices.Clone(o.Attitudes[n-1-i])
			slices.Reverse(p.Attitudes[i])
		}
		concepts := m.Applicable(o)
		a, b := mustStability(t, m, o, concepts...), mustStability(t, f, p, concepts...)
		for k, c := range concepts {
			for i := range n {
				for s, state := range m.States {
					u, err := f.StateNamed(pattern(m.Pattern(state)))
					if err != nil {
						t.Fatal(err)
					}
					if a.Stable[k][i].Has(s) != b.Stable[k][n-1-i].Has(u) {
						t.Fatalf("%s: %s, player %d, %s changes with the order", m.Case.Title, m.Pattern(state), i, c)
					}
				}
			}
		}
	})
}

// TestBystander: a player without options who is indifferent changes nothing.
func TestBystander(t *testing.T) {
	eachFurther(t, 44, runs(250, 5000), func(r *rand.Rand, m *Model) {
		c, conflict := *m.Case, *m.Case.Conflict
		c.Conflict = &conflict
		bystander := demarche.Player{ID: "bystander"}
		if m.HasGraph() {
			bystander.Payoffs = make([]float64, len(m.States))
		}
		conflict.Players = append(slices.Clone(conflict.Players), bystander)
		f := compiled(t, &c, Config{})
		o := randomOptions(r, m)
		if m.HasGraph() {
			// In a graph a coalition with a bystander can move twice in a row.
			o.Pareto = false
		}
		p := o
		p.Threshold = append(slices.Clone(o.Threshold), 1)
		p.Each = append(slices.Clone(o.Each), SEQ)
		p.Attitudes = nil
		for _, row := range o.Attitudes {
			p.Attitudes = append(p.Attitudes, append(slices.Clone(row), Neutral))
		}
		p.Attitudes = append(p.Attitudes, make([]Attitude, len(row(o))+1))
		concepts := m.Applicable(o)
		a, b := mustStability(t, m, o, concepts...), mustStability(t, f, p, concepts...)
		for k, c := range concepts {
			for i := range m.Players {
				same(t, m, a.Stable[k][i], b.Stable[k][i], "a bystander under "+c.String())
			}
		}
	})
}

func row(o StabilityOptions) []Attitude { return o.Attitudes[0] }

// TestScaledPayoffs: payoffs three times as large, with gaps three times as
// large, change nothing.
func TestScaledPayoffs(t *testing.T) {
	scaled := 0
	eachFurther(t, 45, runs(300, 5000), func(r *rand.Rand, m *Model) {
		if !m.HasGraph() {
			return
		}
		c, conflict := *m.Case, *m.Case.Conflict
		c.Conflict = &conflict
		conflict.Players = slices.Clone(conflict.Players)
		for i := range conflict.Players {
			p := &conflict.Players[i]
			if p.Payoffs == nil {
				continue
			}
			scaled++
			p.Payoffs, p.Degrees = slices.Clone(p.Payoffs), slices.Clone(p.Degrees)
			for s := range p.Payoffs {
				p.Payoffs[s] *= 3
			}
			for d := range p.Degrees {
				p.Degrees[d] *= 3
			}
		}
		o := randomOptions(r, m)
		concepts := m.Applicable(o)
		a, b := mustStability(t, m, o, concepts...), mustStability(t, compiled(t, &c, Config{}), o, concepts...)
		for k, c := range concepts {
			for i := range m.Players {
				same(t, m, a.Stable[k][i], b.Stable[k][i], "scaled payoffs under "+c.String())
			}
		}
	})
	if covers() && scaled < 10 {
		t.Errorf("only %d players had payoffs", scaled)
	}
}

// TestGivenPreference: probabilities given by the caller do what the case's own
// do.
func TestGivenPreference(t *testing.T) {
	concepts := []Concept{NashA, GMRA, SMRA, SEQA, GMRB, SMRC, SEQD, FuzzyNash, FuzzyGMR, FuzzySMR, FuzzySEQ, ProbableNash, ProbableGMR, ProbableSMR, ProbableSEQ}
	eachFurther(t, 46, runs(200, 5000), func(r *rand.Rand, m *Model) {
		o := randomOptions(r, m)
		given := o
		given.Preference = newTwin(t, m).prob
		a, b := mustStability(t, m, o, concepts...), mustStability(t, m, given, concepts...)
		for k, c := range concepts {
			for i := range m.Players {
				same(t, m, a.Stable[k][i], b.Stable[k][i], "given preference under "+c.String())
			}
		}
	})
}

// TestEvenSumBelow compares the exact volume with counting points.
func TestEvenSumBelow(t *testing.T) {
	for n := range runs(60, 600) {
		r := rand.New(rand.NewPCG(47, n))
		widths := make([]float64, 1+r.IntN(4))
		total := 0.0
		for k := range widths {
			widths[k] = 0.1 + r.Float64()*3
			total += widths[k]
		}
		x := (r.Float64()*1.2 - 0.1) * total
		const grid = 16
		points, below := 0, 0
		var count func(k int, sum float64)
		count = func(k int, sum float64) {
			if k == len(widths) {
				points++
				if sum <= x {
					below++
				}
				return
			}
			for g := range grid {
				count(k+1, sum+widths[k]*(float64(g)+0.5)/grid)
			}
		}
		count(0, 0)
		got, want := evenSumBelow(widths, x), float64(below)/float64(points)
		if math.Abs(got-want) > 0.06 {
			t.Errorf("case %d: %v of %v below %v, by counting %v", n, got, widths, x, want)
		}
	}
}

// TestUnsureWeights: a weight known by its range alone.
func TestUnsureWeights(t *testing.T) {
	w := func(v float64) *float64 { return &v }
	one := 1
	c := &demarche.Case{Conflict: &demarche.Conflict{Players: []demarche.Player{{
		ID:      "p",
		Options: []demarche.Option{{ID: "a"}, {ID: "b"}},
		Prefers: []demarche.Statement{
			{Want: expr("p.a", 2), Weight: w(2)},
			{Want: expr("p.b", 2), Weight: w(3)},
		},
		Unsure: []demarche.Unsure{{Weight: &one, From: w(2), To: w(6)}},
	}}}}
	m := compiled(t, c, Config{})
	g, err := m.game(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	d, err := g.doubted(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	// States are NN, YN, NY, YY; a weighs 2 to 6, b 3.
	for _, want := range []struct {
		s, t int32
		p    float64
	}{{0, 1, 1}, {1, 0, 0}, {2, 1, 0.75}, {1, 2, 0.25}, {0, 3, 1}, {1, 3, 1}, {2, 3, 1}, {3, 3, 0}} {
		p := d.probability(0, want.s, want.t)
		if math.Abs(p-want.p) > 1e-12 {
			t.Errorf("from %d to %d: %v, want %v", want.s, want.t, p, want.p)
		}
		if d.unknown(0, want.s, want.t) != (want.p > 0 && want.p < 1) {
			t.Errorf("from %d to %d: unknown or not", want.s, want.t)
		}
	}
}

func TestConceptNames(t *testing.T) {
	for _, c := range append(EveryConcept(), LimitedMove(17), LimitedMove(MaxMoves)) {
		got, err := ParseConcept(c.String())
		if err != nil || got != c || c.Title() == "" {
			t.Errorf("%s (%s) is read as %s, %v", c, c.Title(), got, err)
		}
		if _, err := ParseForesight(c.String()); (err == nil) != c.Main() {
			t.Errorf("%s as a foresight: %v", c, err)
		}
	}
	for _, name := range []string{"", "l", "l0", "l01", "l100", "l-1", "nash-e", "strong-nash"} {
		if c, err := ParseConcept(name); err == nil {
			t.Errorf("%q is read as %s", name, c)
		} else if demarche.KindOf(err) != demarche.Usage {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestFurtherGuards: what is too large is refused before it begins, and options
// that cannot be meant are named.
func TestFurtherGuards(t *testing.T) {
	ctx := context.Background()
	large := compiled(t, wideCase(15, 3), Config{})
	if _, err := large.Stability(ctx, FuzzySEQ); demarche.KindOf(err) != demarche.Unavailable {
		t.Errorf("32,768 states: %v", err)
	}
	if _, err := large.Stability(ctx, SEQ); err != nil {
		t.Errorf("the main five: %v", err)
	}
	crowd := compiled(t, wideCase(12, 12), Config{})
	if _, err := crowd.Stability(ctx, CoalitionSEQ); demarche.KindOf(err) != demarche.Unavailable {
		t.Errorf("twelve players: %v", err)
	}
	small := compiled(t, wideCase(4, 2), Config{})
	far := 2
	for what, o := range map[string]StabilityOptions{
		"leader":     {Leader: &far},
		"each":       {Each: []Concept{SEQ}},
		"each one":   {Each: []Concept{SEQ, CoalitionNash}},
		"coalition":  {Coalition: []int{0, 0}},
		"threshold":  {Threshold: []float64{0.5}},
		"thresholds": {Threshold: []float64{0.5, 0}},
		"alpha":      {Alpha: 1.5},
		"beta":       {Beta: math.NaN()},
		"attitudes":  {Attitudes: [][]Attitude{{1, 0}}},
		"attitude":   {Attitudes: [][]Attitude{{1, 0}, {2, 1}}},
	} {
		if _, err := small.StabilityWith(ctx, o, Nash); demarche.KindOf(err) != demarche.Usage {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := small.Stability(ctx, Stackelberg); demarche.KindOf(err) != demarche.Usage {
		t.Errorf("no leader: %v", err)
	}
}

// TestFurtherStops: every concept stops soon after its context ends.
func TestFurtherStops(t *testing.T) {
	m := compiled(t, wideCase(11, 4), Config{})
	leader := 0
	for _, c := range m.Applicable(StabilityOptions{Leader: &leader}) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
		_, err := m.StabilityWith(ctx, StabilityOptions{Leader: &leader}, c)
		cancel()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", c, err)
		}
		done, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := m.StabilityWith(done, StabilityOptions{Leader: &leader}, c); !errors.Is(err, context.Canceled) {
			t.Errorf("%s does not notice that it is cancelled: %v", c, err)
		}
	}
}

// BenchmarkFurther is the time of each concept on a few thousand states.
func BenchmarkFurther(b *testing.B) {
	m := benchModel(b, 11, 4)
	leader := 0
	for _, c := range m.Applicable(StabilityOptions{Leader: &leader}) {
		b.Run(fmt.Sprintf("states=2^11/players=4/%s", c), func(b *testing.B) {
			for b.Loop() {
				if _, err := m.StabilityWith(context.Background(), StabilityOptions{Leader: &leader}, c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestReturn: a player does not know whether it likes t, from where the others
// can lead only away and back. The way back deters in extension c, unless
// returns are no sanction.
func TestReturn(t *testing.T) {
	arc := func(a, b string) demarche.Arc { return demarche.Arc{Ends: []demarche.Ref{{Name: a}, {Name: b}}} }
	c := &demarche.Case{Conflict: &demarche.Conflict{
		Players: []demarche.Player{
			{ID: "a", Payoffs: []float64{0, 0, 1}}, {ID: "b", Payoffs: []float64{0, 0, 0}}, {ID: "c", Payoffs: []float64{0, 0, 0}},
		},
		Graph: &demarche.Graph{
			States: []demarche.GraphState{{ID: "s"}, {ID: "t"}, {ID: "u"}},
			Moves: []demarche.GraphMoves{
				{ID: "a", Arcs: []demarche.Arc{arc("s", "t")}},
				{ID: "b", Arcs: []demarche.Arc{arc("t", "u")}},
				{ID: "c", Arcs: []demarche.Arc{arc("u", "t")}},
			},
		},
	}}
	m := compiled(t, c, Config{})
	o := StabilityOptions{Preference: func(i, s, t int) float64 {
		switch {
		case i == 0 && s == 0 && t == 1, i == 0 && s == 1 && t == 0:
			return 0.5
		case i == 0 && t == 2 && s != 2:
			return 1
		}
		return 0
	}}
	for _, noReturn := range []bool{false, true} {
		o.NoReturn = noReturn
		for c, want := range map[Concept]bool{GMRA: false, GMRB: true, GMRC: !noReturn, GMRD: true, SMRC: !noReturn, NashC: false} {
			if got := mustStability(t, m, o, c).Stable[0][0].Has(0); got != want {
				t.Errorf("no return %v, %s: %v, want %v", noReturn, c, got, want)
			}
			e, err := m.ExplainWith(context.Background(), o, 0, 0, c)
			if err != nil {
				t.Fatal(err)
			}
			if e.Stable != want {
				t.Errorf("no return %v, %s: told %+v", noReturn, c, e)
			}
			if c == GMRC && want && (len(e.Replies[0].Sanction) != 2 || e.Replies[0].End != 1) {
				t.Errorf("the way back is not told: %+v", e.Replies)
			}
		}
	}
}
