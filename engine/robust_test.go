package engine

import (
	"context"
	"errors"
	"math"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/demarche/demarche"
)

// edited is the case of k with one assumption changed by hand: written out
// again, not edited in place.
func edited(k *Conflict, a Assumption) *demarche.Case {
	c := *k.Case
	m := *c.Conflict
	c.Conflict = &m
	m.Players = append([]demarche.Player(nil), m.Players...)
	number := a.To
	switch a.Kind {
	case AssumeTalks:
		m.Talks = &demarche.Talks{Parties: m.Talks.Parties, Chance: &number}
	case AssumeBelief:
		c.Propositions = append([]demarche.Proposition(nil), c.Propositions...)
		p := &c.Propositions[a.At]
		var rest []demarche.Belief
		for _, b := range p.Believes {
			if b.ID != k.Players[a.Player].ID {
				rest = append(rest, b)
			}
		}
		p.Believes = rest
	case AssumeRule:
		m.Rules = nil
		for n, r := range k.Case.Conflict.Rules {
			if n != a.At {
				m.Rules = append(m.Rules, r)
			}
		}
	case AssumeBinding:
		c.Authorities = append([]demarche.Authority(nil), c.Authorities...)
		for n := range c.Authorities {
			if c.Authorities[n].ID == k.Atoms[a.At].ID {
				c.Authorities[n].Bars, c.Authorities[n].Permits = nil, nil
			}
		}
	case AssumeForesight:
		m.Players[a.Player].Foresight = map[Concept]string{Nash: "nash", GMR: "gmr", SMR: "smr", SEQ: "seq", SSEQ: "sseq"}[a.Now]
	case AssumeInitiative:
		m.Players[a.Player].Initiative = &number
	case AssumeDropped, AssumeSwapped:
		p := &m.Players[a.Player]
		var order []int // the old places, in the new order
		for j := range p.Prefers {
			switch {
			case a.Kind == AssumeDropped && j == a.At:
			case a.Kind == AssumeSwapped && j == a.At:
				order = append(order, j+1)
			case a.Kind == AssumeSwapped && j == a.At+1:
				order = append(order, j-1)
			default:
				order = append(order, j)
			}
		}
		now := func(n int) int { return slices.Index(order, n-1) + 1 } // 0: dropped
		old := *p
		p.Prefers, p.Unsure = nil, nil
		for _, j := range order {
			p.Prefers = append(p.Prefers, old.Prefers[j])
		}
		for _, u := range old.Unsure {
			gone := false
			var places []int
			for _, n := range u.Order {
				places = append(places, now(n))
				gone = gone || now(n) == 0
			}
			u.Order = places
			if u.Drop != nil {
				n := now(*u.Drop)
				u.Drop, gone = &n, gone || n == 0
			}
			if !gone {
				p.Unsure = append(p.Unsure, u)
			}
		}
	}
	return &c
}

// assumedCase is a random case with a status quo and, beside what openCase has,
// an authority that is binding in some cases.
func assumedCase(t testing.TB, seed, n uint64) *Conflict {
	k := startedCase(t, seed, n)
	if k == nil || n%3 > 0 {
		return k
	}
	c := k.Case.Clone()
	holds := n%2 == 0
	last := len(k.Options) - 1
	if k.StatusQuo>>last&1 == 1 {
		holds = false
	}
	c.Authorities = append(c.Authorities, demarche.Authority{ID: "law", Says: "law", Binding: true, InForce: &holds, Bars: []demarche.Ref{{Name: k.Options[last].ID}}})
	if holds {
		return mustCompile(t, c)
	}
	// Not in force it bars nothing; one that permits bars the option instead.
	if k.StatusQuo>>last&1 == 0 {
		c.Authorities[0].Bars, c.Authorities[0].Permits = nil, c.Authorities[0].Bars
	}
	return mustCompile(t, c)
}

func mustCompile(t testing.TB, c *demarche.Case) *Conflict {
	t.Helper()
	k, err := Compile(c, Config{})
	if err != nil {
		t.Fatalf("%s: %v", c.Title, err)
	}
	return k
}

// slowIdle reports whether a statement is true in every state of every world, or
// in none, by looking at all.
func slowIdle(t testing.TB, k *Conflict, i, j int) bool {
	some, all := false, true
	w := k.Typical()
	for bits := range 1 << len(k.Atoms) {
		for a := range k.Atoms {
			w.Atom[a] = bits>>a&1 == 1
		}
		if k.States(w) == 0 {
			continue
		}
		m, err := k.In(w)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range m.States {
			is := k.statements[i][j].want.holds(s, w.Atom)
			some, all = some || is, all && is
		}
	}
	return (all || !some) && len(k.Case.Conflict.Players[i].Unsure) == 0
}

// slowAssumptions counts what there is to try, by kind.
func slowAssumptions(t testing.TB, k *Conflict) map[AssumptionKind]int {
	want := map[AssumptionKind]int{}
	m := k.Case.Conflict
	for _, p := range []float64{0, 0.25, 0.5, 0.75, 1} {
		if m.Talks != nil && k.TalksChance != p {
			want[AssumeTalks]++
		}
	}
	for _, p := range k.Case.Propositions {
		for _, b := range p.Believes {
			if b.P != *p.Prior && len(p.KnownTo) > 0 {
				want[AssumeBelief]++
			}
		}
	}
	for i, p := range m.Players {
		idle := make([]bool, len(p.Prefers))
		for j := range p.Prefers {
			if idle[j] = slowIdle(t, k, i, j); !idle[j] {
				want[AssumeDropped]++
			}
			if j > 0 && !idle[j] && !idle[j-1] {
				want[AssumeSwapped]++
			}
		}
		want[AssumeForesight] += 4
		want[AssumeInitiative] += 2
	}
	want[AssumeRule] = len(m.Rules)
	for _, u := range k.Case.Authorities {
		if u.Binding {
			want[AssumeBinding]++
		}
	}
	for kind, n := range want {
		if n == 0 {
			delete(want, kind)
		}
	}
	return want
}

// TestRobustnessAgainstEditedCases edits every case by hand and works out the
// whole outlook of each, and compares all that Robustness says.
func TestRobustnessAgainstEditedCases(t *testing.T) {
	ctx := context.Background()
	breaks, held, kinds := 0, 0, map[AssumptionKind]int{}
	for n := range runs(24, 1000) {
		k := assumedCase(t, 31, n)
		if k == nil {
			continue
		}
		got, err := k.Robustness(ctx, RobustConfig{Budget: time.Hour})
		if err != nil {
			t.Fatalf("case %d: %v", n, err)
		}
		o, err := k.Outlook(ctx, OutlookConfig{})
		if err != nil {
			t.Fatal(err)
		}
		base := vector(o)
		counts := map[AssumptionKind]int{}
		lo, hi := slices.Clone(base), slices.Clone(base)
		stays := true
		widen := func(p []float64) {
			for i := range p {
				lo[i], hi[i] = min(lo[i], p[i]), max(hi[i], p[i])
			}
		}
		for x, trial := range got.Trials {
			counts[trial.Kind]++
			kinds[trial.Kind]++
			if trial.Err != "" {
				t.Fatalf("case %d: %+v", n, trial)
			}
			other, err := mustCompile(t, edited(k, trial.Assumption)).Outlook(ctx, OutlookConfig{EndsOnly: x%4 > 0})
			if err != nil {
				t.Fatalf("case %d: %+v: %v", n, trial.Assumption, err)
			}
			want := vector(other)
			widen(want)
			moved := 0.0
			for i := range want {
				if math.Abs(want[i]-trial.Outcomes[i]) > 1e-9 {
					t.Fatalf("case %d: %+v: outcomes %v, want %v", n, trial.Assumption, trial.Outcomes, want)
				}
				moved += max(0, want[i]-base[i])
			}
			if math.Abs(moved-trial.Moved) > 1e-9 {
				t.Fatalf("case %d: %+v: moved %v, want %v", n, trial.Assumption, trial.Moved, moved)
			}
			if x > 0 && trial.Moved > got.Trials[x-1].Moved+1e-8 {
				t.Fatalf("case %d: trial %d moves more than the one before", n, x)
			}
			changes := true
			for i := range want { // some end is at the top of both
				changes = changes && (want[i] < slices.Max(want)-1e-9 || base[i] < slices.Max(base)-1e-9)
			}
			if changes != trial.Changes || changes != slices.Contains(got.Breaks, x) {
				t.Fatalf("case %d: %+v: changes %v, want %v (%v, %v)", n, trial.Assumption, trial.Changes, changes, base, want)
			}
			stays = stays && !changes
		}
		if want := slowAssumptions(t, k); !reflect.DeepEqual(counts, want) {
			t.Fatalf("case %d: tried %v, want %v", n, counts, want)
		}
		for _, m := range o.Matters {
			widen(m.Yes)
			widen(m.No)
		}
		for i, g := range got.Ranges {
			if math.Abs(g.Min.P-lo[i]) > 1e-9 || math.Abs(g.Max.P-hi[i]) > 1e-9 {
				t.Fatalf("case %d: range %d is %+v, want %v to %v", n, i, g, lo[i], hi[i])
			}
			for _, e := range []Extreme{g.Min, g.Max} {
				if p := givenBy(got, e, i); p != e.P {
					t.Fatalf("case %d: what gives %+v gives %v", n, e, p)
				}
			}
		}
		if got.Robust != stays || got.Likeliest != topOf(base) || len(got.Untried) > 0 {
			t.Fatalf("case %d: robust %v, want %v; likeliest %d, want %d; untried %v", n, got.Robust, stays, got.Likeliest, topOf(base), got.Untried)
		}
		breaks += len(got.Breaks)
		held += len(got.Trials) - len(got.Breaks)
	}
	if covers() {
		for _, kind := range AssumptionKinds() {
			if kinds[kind] == 0 {
				t.Errorf("no trial of %s", kind)
			}
		}
		if breaks < 5 || held < 10 {
			t.Errorf("%d trials break, %d hold", breaks, held)
		}
	}
}

// vector is all that can come of it, from an outlook's parts.
func vector(o *Outlook) []float64 {
	var out []float64
	for _, e := range o.Outcomes {
		out = append(out, e.P)
	}
	return append(out, o.Unnamed, o.NoSettlement)
}

// topOf is the first of the greatest numbers, within rounding.
func topOf(p []float64) int {
	for i := range p {
		if p[i] >= slices.Max(p)-1e-12 {
			return i
		}
	}
	return -1
}

func givenBy(r *Robustness, e Extreme, i int) float64 {
	switch {
	case e.Trial >= 0:
		return r.Trials[e.Trial].Outcomes[i]
	case e.Matter >= 0 && e.Yes:
		return r.Matters[e.Matter].Yes[i]
	case e.Matter >= 0:
		return r.Matters[e.Matter].No[i]
	}
	return r.Base[i].P
}

// What is assumed on the command line holds in every trial but that of talks.
func TestRobustnessUnderAssumptions(t *testing.T) {
	ctx := context.Background()
	tried := 0
	for n := range runs(12, 300) {
		first := assumedCase(t, 32, n)
		if first == nil {
			continue
		}
		k, err := Compile(first.Case, Config{Assume: map[string]float64{"talks": 0.25, "q0": 0.9}})
		if err != nil {
			t.Fatal(err)
		}
		cfg := OutlookConfig{Worlds: 200, Seed: n}
		r, err := k.Robustness(ctx, RobustConfig{Outlook: cfg, Budget: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		base, err := k.Outlook(ctx, cfg)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(r.Base[:len(k.Outcomes)], base.Outcomes) || r.Exact {
			t.Fatalf("case %d: base %v, want %v drawn", n, r.Base, base.Outcomes)
		}
		for _, trial := range r.Trials {
			if trial.Kind != AssumeTalks {
				continue
			}
			tried++
			other, err := Compile(first.Case, Config{Assume: map[string]float64{"talks": trial.To, "q0": 0.9}})
			if err != nil {
				t.Fatal(err)
			}
			want, err := other.Outlook(ctx, cfg)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(trial.Outcomes, vector(want)) || trial.From != 0.25 {
				t.Fatalf("case %d: talks at %v give %v, want %v", n, trial.To, trial.Outcomes, vector(want))
			}
		}
	}
	if covers() && tried < 4 {
		t.Errorf("%d trials of talks", tried)
	}
}

// A change that changes nothing moves nothing: a statement said again, and the
// foresight of a player who can do nothing.
func TestRobustnessToNothing(t *testing.T) {
	tried := 0
	for n := range runs(20, 500) {
		k := startedCase(t, 33, n)
		if k == nil {
			continue
		}
		c := k.Case.Clone()
		said := map[int]int{} // by player: the place of the statement said again
		for i := range c.Conflict.Players {
			if p := &c.Conflict.Players[i]; len(p.Unsure) == 0 && p.Prefers[0].If.Cond == nil {
				said[i] = len(p.Prefers)
				p.InsertStatement(len(p.Prefers), p.Prefers[0])
			}
		}
		idler := len(c.Conflict.Players)
		c.Conflict.Players = append(c.Conflict.Players, demarche.Player{ID: "idler"})
		r, err := mustCompile(t, c).Robustness(context.Background(), RobustConfig{Budget: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		for _, trial := range r.Trials {
			at, again := said[trial.Player]
			if again && trial.Kind == AssumeDropped && trial.At == at || trial.Player == idler {
				tried++
				if trial.Moved != 0 || trial.Changes {
					t.Fatalf("case %d: %+v", n, trial)
				}
			}
		}
	}
	if covers() && tried < 20 {
		t.Errorf("only %d changes that change nothing", tried)
	}
}

// firstCase is the first random case that has states and a first player about
// whom nothing is unsure.
func firstCase(t testing.TB, seed uint64) *Conflict {
	for n := uint64(0); ; n++ {
		if k := startedCase(t, seed, n); k != nil && len(k.Case.Conflict.Players[0].Unsure) == 0 {
			return k
		}
	}
}

// A statement that holds always, or never, is not tried.
func TestRobustnessLeavesOutIdleStatements(t *testing.T) {
	k := firstCase(t, 34)
	before, err := k.Assumptions()
	if err != nil {
		t.Fatal(err)
	}
	option := k.Options[0].ID
	c := k.Case.Clone()
	c.Conflict.Players[0].InsertStatement(0, demarche.Statement{Want: expr(option+" or not "+option, len(k.Options))})
	k = mustCompile(t, c)
	after, err := k.Assumptions()
	if err != nil {
		t.Fatal(err)
	}
	if len(before) != len(after) {
		t.Errorf("%d assumptions, want %d", len(after), len(before))
	}
}

// Without time nothing is tried, and all of it is said; without a context there
// is no result.
func TestRobustnessWithoutTime(t *testing.T) {
	k := firstCase(t, 35)
	r, err := k.Robustness(context.Background(), RobustConfig{Budget: 1})
	if err != nil {
		t.Fatal(err)
	}
	all, err := k.Assumptions()
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Trials) > 0 || !reflect.DeepEqual(r.Untried, all) || !r.Robust || len(r.Base) != len(k.Outcomes)+2 {
		t.Errorf("%d trials, %d untried of %d", len(r.Trials), len(r.Untried), len(all))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cfg := RobustConfig{Budget: time.Hour, Progress: func(share float64) {
		if share > 0.3 {
			cancel()
		}
	}}
	if _, err := k.Robustness(ctx, cfg); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled, the error is %v", err)
	}
}

// The order in which things are tried is a guess that names everything once.
func TestAssumptionsOnce(t *testing.T) {
	for n := range runs(30, 1000) {
		k := assumedCase(t, 36, n)
		if k == nil {
			continue
		}
		list, err := k.Assumptions()
		if err != nil {
			t.Fatal(err)
		}
		seen := map[Assumption]bool{}
		for _, a := range list {
			if seen[a] {
				t.Fatalf("case %d: %+v stands twice", n, a)
			}
			seen[a] = true
			if !slices.Contains(AssumptionKinds(), a.Kind) {
				t.Fatalf("case %d: kind %s", n, a.Kind)
			}
		}
	}
}

// Rankings fix the states: a rule that is dropped leaves states unranked, and
// that is said and not an error.
func TestRobustnessOfRankings(t *testing.T) {
	c := &demarche.Case{Version: 1, Title: "ranked", Conflict: &demarche.Conflict{
		StatusQuo: &[]demarche.Ref{},
		Players: []demarche.Player{
			{ID: "a", Options: []demarche.Option{{ID: "x"}}, Ranking: []demarche.Rank{
				{States: []demarche.RankItem{{Pattern: "YN"}}}, {States: []demarche.RankItem{{Pattern: "NN"}}}, {States: []demarche.RankItem{{Pattern: "NY"}}},
			}},
			{ID: "b", Options: []demarche.Option{{ID: "y"}}},
		},
		Rules:    []demarche.Rule{{Never: expr("a.x and b.y", 2)}},
		Outcomes: []demarche.Outcome{{ID: "taken", When: expr("a.x", 2)}},
	}}
	r, err := mustCompile(t, c).Robustness(context.Background(), RobustConfig{Budget: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	last := r.Trials[len(r.Trials)-1]
	if last.Kind != AssumeRule || last.Err == "" || last.Outcomes != nil || last.Changes || !r.Robust {
		t.Errorf("without its rule: %+v", last)
	}
	for _, trial := range r.Trials[:len(r.Trials)-1] {
		if trial.Err != "" || trial.Kind == AssumeDropped || trial.Kind == AssumeSwapped {
			t.Errorf("trial %+v", trial)
		}
	}
}

// The result is the same to the bit however the work is shared.
func TestRobustnessOnOneProcessor(t *testing.T) {
	for n := range runs(4, 100) {
		k := assumedCase(t, 37, n)
		if k == nil {
			continue
		}
		for _, cfg := range []OutlookConfig{{}, {Worlds: 100, Seed: 3}} {
			before := runtime.GOMAXPROCS(1)
			one, err1 := k.Robustness(context.Background(), RobustConfig{Outlook: cfg, Budget: time.Hour})
			runtime.GOMAXPROCS(4)
			four, err4 := k.Robustness(context.Background(), RobustConfig{Outlook: cfg, Budget: time.Hour})
			runtime.GOMAXPROCS(before)
			if err1 != nil || err4 != nil || !reflect.DeepEqual(one, four) {
				t.Fatalf("case %d: %v %v: the results differ", n, err1, err4)
			}
		}
	}
}
