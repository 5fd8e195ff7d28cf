package engine

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/demarche/demarche"
)

// openCase is a random case with all that differs between worlds: propositions
// known to some, beliefs, logic, statements that depend on them, orders not
// known, talks, offers.
func openCase(seed, n uint64) *demarche.Case {
	r := rand.New(rand.NewPCG(seed, n))
	c := randomCase(seed+100, n)
	m := c.Conflict
	options := m.OptionCount()
	var names []string
	for i := range m.Players {
		m.Players[i].Foresight = []string{"seq", "gmr", "nash", ""}[r.IntN(4)]
		for j := range m.Players[i].Prefers {
			m.Players[i].Prefers[j].Weight = nil
		}
		for _, o := range m.Players[i].Options {
			names = append(names, m.Players[i].ID+"."+o.ID)
		}
	}
	probability := func() *float64 { p := float64(1+r.IntN(9)) / 10; return &p }
	for k := range 1 + r.IntN(3) {
		p := demarche.Proposition{ID: fmt.Sprintf("q%d", k), Says: "q", Prior: probability()}
		if r.IntN(2) == 0 {
			for i := range m.Players {
				if r.IntN(2) == 0 {
					p.KnownTo = append(p.KnownTo, demarche.Ref{Name: m.Players[i].ID})
				} else if r.IntN(2) == 0 {
					p.Believes = append(p.Believes, demarche.Belief{ID: m.Players[i].ID, P: *probability()})
				}
			}
		}
		c.Propositions = append(c.Propositions, p)
		for i := range m.Players {
			knows := len(p.KnownTo) == 0 || slices.ContainsFunc(p.KnownTo, func(r demarche.Ref) bool { return r.Name == m.Players[i].ID })
			if knows {
				j := r.IntN(len(m.Players[i].Prefers))
				m.Players[i].Prefers[j].If = expr(p.ID, options)
			}
		}
	}
	if len(c.Propositions) > 1 && r.IntN(2) == 0 {
		c.Logic = append(c.Logic, expr("q0 implies q1", options))
	}
	for i := range m.Players {
		if k := len(m.Players[i].Prefers); k > 2 && r.IntN(3) == 0 {
			drop := 1 + r.IntN(k)
			m.Players[i].Unsure = append(m.Players[i].Unsure,
				demarche.Unsure{Order: []int{1, 2}, P: probability()},
				demarche.Unsure{Order: []int{2, 3}, P: probability()},
				demarche.Unsure{Drop: &drop, P: probability()})
			break
		}
	}
	m.Talks = &demarche.Talks{Chance: probability()}
	for i := range m.Players {
		if r.IntN(4) > 0 {
			m.Talks.Parties = append(m.Talks.Parties, demarche.Ref{Name: m.Players[i].ID})
		}
	}
	for range r.IntN(3) {
		c.Offers = append(c.Offers, demarche.Offer{Terms: []demarche.Expr{expr(randomCondition(r, names, 1), options)}})
	}
	m.Ladder = []demarche.Ref{{Name: names[0]}, {Name: names[len(names)-1]}}
	m.Outcomes = []demarche.Outcome{
		{ID: "first", When: expr(randomCondition(r, names, 1), options)},
		{ID: "second", When: expr("q0 and ("+randomCondition(r, names, 1)+")", options)},
		{ID: "third", When: demarche.Expr{Text: "otherwise"}},
	}
	return c
}

// TestOutlookAgainstDefinitions weighs every world one after another, by the
// definitions, and compares.
func TestOutlookAgainstDefinitions(t *testing.T) {
	ctx := context.Background()
	agreed, misled := 0, 0
	for n := range runs(400, 10000) {
		c := openCase(7, n)
		k, err := Compile(c, Config{})
		if err != nil {
			t.Fatalf("case %d: %v", n, err)
		}
		if k.States(k.Typical()) == 0 || len(k.Players) == 6 && n%8 != 0 {
			continue // many players take long to work out plainly
		}
		first, err := k.In(k.Typical())
		if err != nil {
			t.Fatal(err)
		}
		k.HasStatusQuo, k.StatusQuo = true, first.States[int(n)%len(first.States)]
		got, err := k.Outlook(ctx, OutlookConfig{})
		if err != nil {
			t.Fatalf("case %d: %v", n, err)
		}
		want := slowOutlook(k)
		if !got.Exact || got.Worlds != want.worlds {
			t.Fatalf("case %d: %d worlds, want %d", n, got.Worlds, want.worlds)
		}
		near := func(a, b float64, what string) {
			if math.Abs(a-b) > 1e-6 {
				t.Fatalf("case %d: %s %v, want %v", n, what, a, b)
			}
		}
		for o := range k.Outcomes {
			near(got.Outcomes[o].P, want.outcome[o], k.Outcomes[o].ID)
		}
		near(got.NoSettlement, want.outcome[len(k.Outcomes)], "no settlement")
		near(got.Agreed, want.agreed, "agreed")
		for r := range k.Ladder {
			near(got.Ladder[r].P, want.ladder[r], "rung")
		}
		for a := range k.Atoms {
			near(got.Matters[a].Credence, want.credence[a], "credence")
			near(k.Atoms[a].Credence, want.credence[a], "credence of the atom")
			near(got.Matters[a].Bits, want.bits(a), "bits")
		}
		total := got.NoSettlement + got.Unnamed
		for _, o := range got.Outcomes {
			total += o.P
		}
		near(total, 1, "sum of all")
		if got.Agreed > 0 {
			agreed++
		}
		if want.misled {
			misled++
		}
	}
	if covers() && (agreed < 20 || misled < 10) {
		t.Fatalf("the random cases are too tame: %d with agreements, %d where a party misjudges", agreed, misled)
	}
}

type slowResult struct {
	worlds   int
	outcome  []float64 // and no settlement
	ladder   []float64
	credence []float64
	given    [][2][]float64 // by atom, answer: joint probability of each outcome
	agreed   float64
	misled   bool
	rows     []slowRow
}

// slowRow is a world on one side of talks.
type slowRow struct {
	weight  float64
	answers []bool // by atom, then talks
	turn    []bool
	outcome []float64 // then unnamed, then no settlement
	deals   []uint64  // the agreements of the world
}

func (r *slowResult) bits(atom int) float64 {
	var h float64
	for answer := range 2 {
		p := r.credence[atom]
		if answer == 0 {
			p = 1 - p
		}
		for o, joint := range r.given[atom][answer] {
			if joint > 1e-15 {
				h += joint * math.Log2(joint/p/r.outcome[o])
			}
		}
	}
	return h
}

func slowOutlook(k *Conflict) *slowResult {
	out := &slowResult{outcome: make([]float64, len(k.Outcomes)+1), ladder: make([]float64, len(k.Ladder)), credence: make([]float64, len(k.Atoms))}
	for range k.Atoms {
		out.given = append(out.given, [2][]float64{make([]float64, len(k.Outcomes)+1), make([]float64, len(k.Outcomes)+1)})
	}
	priors := k.Case.Propositions
	var total float64
	for bits := range 1 << (len(k.Atoms) + len(k.unsure)) {
		w := k.Typical()
		weight := 1.0
		for a := range k.Atoms {
			w.Atom[a] = bits>>a&1 == 1
			weight *= chance(w.Atom[a], *priors[a].Prior)
		}
		for u := range k.unsure {
			w.turn[u] = bits>>(len(k.Atoms)+u)&1 == 1
			weight *= chance(w.turn[u], k.unsure[u].p)
		}
		if len(k.Case.Logic) > 0 && w.Atom[0] && !w.Atom[1] {
			continue
		}
		total += weight
		out.worlds += 2
		m, _ := k.In(w)
		v := newSlow(m)
		alone, left, _ := slowChain(v, k.StatusQuo, 400)
		add := func(p float64, end map[uint64]float64, left float64) {
			put := func(o int, p float64) {
				out.outcome[o] += p
				for a := range k.Atoms {
					answer := 0
					if w.Atom[a] {
						answer = 1
					}
					out.given[a][answer][o] += p
				}
			}
			for s, q := range end {
				for o, outcome := range k.Case.Conflict.Outcomes {
					if outcome.Otherwise() || v.truth(outcome.When.Cond, s) {
						put(o, p*q)
						break
					}
				}
			}
			put(len(k.Outcomes), p*left)
		}
		rung := func(p float64, from uint64) {
			f, _ := m.Foresight(context.Background())
			at, _ := m.Find(from)
			for r, bit := range k.Ladder {
				is := func(s int) bool { return m.States[s]>>bit&1 == 1 }
				if is(mustFind(m, k.StatusQuo)) {
					out.ladder[r] += p
				} else {
					out.ladder[r] += p * slowHits(v, f, m, at, is)
				}
			}
		}
		for a := range k.Atoms {
			if w.Atom[a] {
				out.credence[a] += weight
			}
		}
		all, misled := slowDeals(v, w, alone)
		deals := slowTabled(v, all)
		record := func(p float64, talks bool, end map[uint64]float64, left float64) {
			out.rows = append(out.rows, slowRow{p, append(slices.Clone(w.Atom), talks), slices.Clone(w.turn), slowOutcome(v, end, left), all})
		}
		out.misled = out.misled || misled
		p := weight * k.TalksChance
		add(weight-p, alone, left)
		rung(weight-p, k.StatusQuo)
		record(weight-p, false, alone, left)
		if len(deals) == 0 {
			add(p, alone, left)
			rung(p, k.StatusQuo)
			record(p, true, alone, left)
			continue
		}
		out.agreed += p
		for _, t := range deals {
			end, left, _ := slowChain(v, t, 400)
			add(p/float64(len(deals)), end, left)
			rung(p/float64(len(deals)), t)
			record(p/float64(len(deals)), true, end, left)
		}
	}
	scale := func(v []float64) {
		for n := range v {
			v[n] /= total
		}
	}
	scale(out.outcome)
	scale(out.ladder)
	scale(out.credence)
	for a := range out.given {
		scale(out.given[a][0])
		scale(out.given[a][1])
	}
	out.agreed /= total
	return out
}

func chance(so bool, p float64) float64 {
	if so {
		return p
	}
	return 1 - p
}

func mustFind(m *Model, s uint64) int {
	at, ok := m.Find(s)
	if !ok {
		panic("no such state")
	}
	return at
}

// slowAgreements lists the agreements that share evenly: those with all terms of
// an offer, if there are any, else all. misled says that some party's
// expectation differs from what would happen.
func slowAgreements(v *slow, w World, alone map[uint64]float64) (deals []uint64, misled bool) {
	deals, misled = slowDeals(v, w, alone)
	return slowTabled(v, deals), misled
}

func slowTabled(v *slow, deals []uint64) []uint64 {
	tabled := slices.DeleteFunc(slices.Clone(deals), func(t uint64) bool {
		return !slices.ContainsFunc(v.m.Case.Offers, func(o demarche.Offer) bool { return v.truth(o.Terms[0].Cond, t) })
	})
	if len(tabled) > 0 {
		return tabled
	}
	return deals
}

// slowDeals lists all agreements.
func slowDeals(v *slow, w World, alone map[uint64]float64) (deals []uint64, misled bool) {
	m, k := v.m, v.m.Conflict
	players := k.Case.Conflict.Players
	knows := func(i, a int) bool {
		list := k.Case.Propositions[a].KnownTo
		return len(list) == 0 || slices.ContainsFunc(list, func(r demarche.Ref) bool { return r.Name == players[i].ID })
	}
	expects := make([]map[uint64]float64, len(players))
	for i := range players {
		mix := map[uint64]float64{}
		var total float64
		for bits := range 1 << len(k.Atoms) {
			other, weight := w.clone(), 1.0
			for a := range k.Atoms {
				so := bits>>a&1 == 1
				if knows(i, a) {
					if so != w.Atom[a] {
						weight = 0
					}
					continue
				}
				other.Atom[a] = so
				p := *k.Case.Propositions[a].Prior
				for _, b := range k.Case.Propositions[a].Believes {
					if b.ID == players[i].ID {
						p = b.P
					}
				}
				weight *= chance(so, p)
			}
			if weight == 0 || len(k.Case.Logic) > 0 && other.Atom[0] && !other.Atom[1] {
				continue
			}
			total += weight
			om, _ := k.In(other)
			end, _, _ := slowChain(newSlow(om), k.StatusQuo, 400)
			for s, p := range end {
				mix[s] += weight * p
			}
		}
		for s := range mix {
			mix[s] /= total
			misled = misled || math.Abs(mix[s]-alone[s]) > 0.2
		}
		expects[i] = mix
	}
	parties := func(t uint64) (h []int) {
		for i, p := range players {
			for _, o := range p.Options {
				bit := slices.IndexFunc(k.Options, func(x Option) bool { return x.ID == p.ID+"."+o.ID })
				if (t^k.StatusQuo)>>bit&1 == 1 {
					h = append(h, i)
					break
				}
			}
		}
		return h
	}
	good := func(t uint64) bool {
		h := parties(t)
		if len(h) < 2 {
			return false
		}
		for _, i := range h {
			talks := slices.ContainsFunc(k.Case.Conflict.Talks.Parties, func(r demarche.Ref) bool { return r.Name == players[i].ID })
			var worse float64
			for s, p := range expects[i] {
				if v.score[i][s] < v.score[i][t] {
					worse += p
				}
			}
			stable := true
			for _, u := range v.improve(i, t) {
				stable = stable && v.sanctioned(i, t, u, m.Players[i].Foresight)
			}
			if !talks || worse <= 0.5+1e-9 || !stable {
				return false
			}
		}
		bit := 0
		for _, p := range players {
			for _, o := range p.Options {
				before, after := k.StatusQuo>>bit&1 == 1, t>>bit&1 == 1
				if before && !after && !o.Back() || !before && after && !o.Forward() {
					return false
				}
				bit++
			}
		}
		return true
	}
	var all []uint64
	for _, t := range v.states {
		if good(t) {
			all = append(all, t)
		}
	}
	for _, t := range all {
		beaten := false
		for _, u := range all {
			within, atLeast, better := true, true, false
			for _, i := range parties(u) {
				within = within && slices.Contains(parties(t), i)
			}
			for _, i := range parties(t) {
				atLeast = atLeast && v.score[i][u] >= v.score[i][t]
				better = better || v.score[i][u] > v.score[i][t]
			}
			beaten = beaten || within && atLeast && better
		}
		if !beaten {
			deals = append(deals, t)
		}
	}
	return deals, misled
}

// TestOutlookOnOneProcessor: the result is the same to the bit however the work
// is shared.
func TestOutlookOnOneProcessor(t *testing.T) {
	for n := range runs(20, 500) {
		k, err := Compile(openCase(8, n), Config{})
		if err != nil {
			t.Fatal(err)
		}
		if k.States(k.Typical()) == 0 {
			continue
		}
		m, _ := k.In(k.Typical())
		k.HasStatusQuo, k.StatusQuo = true, m.States[0]
		for _, cfg := range []OutlookConfig{{}, {Worlds: 300, Seed: 5}} {
			before := runtime.GOMAXPROCS(1)
			one, err1 := k.Outlook(context.Background(), cfg)
			runtime.GOMAXPROCS(4)
			four, err4 := k.Outlook(context.Background(), cfg)
			runtime.GOMAXPROCS(before)
			if err1 != nil || err4 != nil || !reflect.DeepEqual(one, four) {
				t.Fatalf("case %d: %+v\n%+v", n, one, four)
			}
		}
	}
}

// TestDrawsApproachTheExactResult: drawn worlds agree with all worlds within
// five standard errors.
func TestDrawsApproachTheExactResult(t *testing.T) {
	tried := 0
	for n := uint64(0); tried < 8; n++ {
		k, err := Compile(openCase(9, n), Config{})
		if err != nil {
			t.Fatal(err)
		}
		if k.States(k.Typical()) == 0 {
			continue
		}
		tried++
		m, _ := k.In(k.Typical())
		k.HasStatusQuo, k.StatusQuo = true, m.States[0]
		exact, err := k.Outlook(context.Background(), OutlookConfig{})
		if err != nil {
			t.Fatal(err)
		}
		drawn, err := k.Outlook(context.Background(), OutlookConfig{Worlds: 4000, Seed: n})
		if err != nil {
			t.Fatal(err)
		}
		for o := range exact.Outcomes {
			if d := drawn.Outcomes[o]; math.Abs(d.P-exact.Outcomes[o].P) > 5*d.SE+1e-9 {
				t.Fatalf("case %d: %v ± %v, exactly %v", n, d.P, d.SE, exact.Outcomes[o].P)
			}
		}
	}
}

// Worlds that differ in weights share a model only if every player ranks alike in
// them: what a drawn world comes to is what its own model comes to.
func TestDrawnWeightsShareModels(t *testing.T) {
	one, ctx := 1, context.Background()
	w := func(x float64) *float64 { return &x }
	shared, worlds := 0, 0
	for n := range runs(20, 60) {
		r := rand.New(rand.NewPCG(77, uint64(n)))
		c := &demarche.Case{Version: 1, Title: "t", Conflict: &demarche.Conflict{At: demarche.Pos{Line: 1}}}
		for i := range 2 {
			p := demarche.Player{ID: string(rune('a' + i)), Options: []demarche.Option{{ID: "x"}, {ID: "y"}}}
			for range 3 + r.IntN(2) {
				text := []string{"a.x", "not b.y", "a.y iff b.x", "b.x or a.x", "a.x and not a.y"}[r.IntN(5)]
				p.Prefers = append(p.Prefers, demarche.Statement{Want: expr(text, 4), Weight: w(float64(1 + r.IntN(4)))})
			}
			p.Unsure = []demarche.Unsure{{Weight: &one, From: w(0.5), To: w(6)}}
			c.Conflict.Players = append(c.Conflict.Players, p)
		}
		c.Conflict.StatusQuo = &[]demarche.Ref{}
		k := mustCompile(t, c)
		v, out, err := k.weighed(ctx, OutlookConfig{Worlds: 60, Seed: uint64(n), EndsOnly: true})
		if err != nil || out.Exact {
			t.Fatalf("case %d: %v, exact %v", n, err, out.Exact)
		}
		worlds, shared = worlds+len(v.worlds), shared+len(v.models)
		for x, d := range v.worlds {
			own, err := k.In(d.World)
			if err != nil {
				t.Fatal(err)
			}
			for i := range own.Rank {
				if !slices.Equal(own.Rank[i], d.solved.model.Rank[i]) {
					t.Fatalf("case %d, world %d: player %d ranks %v, taken is %v", n, x, i, own.Rank[i], d.solved.model.Rank[i])
				}
			}
		}
	}
	if shared*2 > worlds {
		t.Errorf("%d models for %d worlds", shared, worlds)
	}
}

// Many outlooks that are compared draw fewer worlds than one, and the same.
func TestTrialsDrawFewer(t *testing.T) {
	k := mustCompile(t, randomCase(5, 1))
	ctx := context.Background()
	if cfg := k.forTrials(ctx, OutlookConfig{}); cfg.Worlds != 0 || !cfg.EndsOnly {
		t.Errorf("where all can be weighed: %+v", cfg)
	}
	ranged := *k
	ranged.unsure = append(slices.Clone(k.unsure), unsure{kind: unsureWeight, from: 1, to: 2})
	for _, x := range []struct{ asked, want OutlookConfig }{
		{OutlookConfig{Seed: 7}, OutlookConfig{Seed: 7, Worlds: TrialDraws}},
		{OutlookConfig{Worlds: 50}, OutlookConfig{Worlds: 50}},
		{OutlookConfig{Precision: 0.01}, OutlookConfig{Precision: 0.01}},
	} {
		if got := ranged.forTrials(ctx, x.asked); got.Worlds != x.want.Worlds || got.Seed != x.want.Seed || got.Precision != x.want.Precision {
			t.Errorf("%+v becomes %+v", x.asked, got)
		}
	}
}
