package engine

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/demarche/demarche"
)

// leverCase is a small random case in which some options are a use of force, with
// short lists of statements and some declared levers.
func leverCase(seed, n uint64) *demarche.Case {
	c := randomCase(seed, n)
	r := rand.New(rand.NewPCG(seed+1, n))
	m := c.Conflict
	options := m.OptionCount()
	var names []string
	for i := range m.Players {
		p := &m.Players[i]
		p.Prefers = p.Prefers[:min(len(p.Prefers), 3)]
		for j := range p.Prefers {
			p.Prefers[j].Weight = nil
		}
		for j := range p.Options {
			p.Options[j].Force = r.IntN(3) == 0
			names = append(names, p.ID+"."+p.Options[j].ID)
		}
		p.Foresight = []string{"nash", "gmr", "smr", "seq", "sseq"}[r.IntN(5)]
	}
	for l := range 4 {
		cost := float64(1 + r.IntN(3))
		m.Levers = append(m.Levers, demarche.Lever{
			ID: fmt.Sprintf("l%d", l), Cost: &cost,
			Prefer: &demarche.LeverPrefer{Player: demarche.Ref{Name: m.Players[r.IntN(len(m.Players))].ID}, Want: expr(randomCondition(r, names, 1), options), Place: 1 + r.IntN(3)},
		})
	}
	m.Outcomes = []demarche.Outcome{
		{ID: "wanted", When: expr(randomCondition(r, names, 1), options)},
		{ID: "other", When: demarche.Expr{Text: "otherwise"}},
	}
	return c
}

// bruteSingles are all single changes to a case that reward no force, found by
// looking at every pair of statements whose order would change.
func bruteSingles(k *Conflict, c *demarche.Case, concessions []int) []Change {
	var out []Change
	for i := range c.Conflict.Players {
		list := c.Conflict.Players[i].Prefers
		for from := range list {
			gains, loses := k.wants(list[from].Want.Cond)
			for to := range list {
				if to == from {
					continue
				}
				ok := true
				for x := range list {
					g, l := k.wants(list[x].Want.Cond)
					if to <= x && x < from && (gains || l) || from < x && x <= to && (g || loses) {
						ok = false
					}
				}
				if ok {
					out = append(out, Change{Kind: MoveStatement, Player: i, From: from, To: to, Cost: math.Abs(float64(from - to))})
				}
			}
			if loses {
				continue
			}
			out = append(out, Change{Kind: DropStatement, Player: i, From: from, Cost: float64(len(list) - from)})
			if list[from].Want.Cond.Op == demarche.Unless && list[from].Says == "exempted" {
				continue
			}
			for _, o := range concessions {
				if k.named(list[from].Want.Cond)>>o&1 == 0 {
					out = append(out, Change{Kind: ExemptStatement, Player: i, From: from, Option: o, Cost: float64(len(list)-from) / 2})
				}
			}
		}
	}
	return out
}

// The cheapest changes to statements found for each state are compared with trying
// every sequence of up to two single changes and judging it by the definitions.
func TestLeversAgreeWithEverySequence(t *testing.T) {
	const seed = 601
	solved, two, exempt := 0, 0, 0
	for n := range runs(250, 5000) {
		c := leverCase(seed, n)
		m := mustModel(t, c)
		if m == nil || len(m.States) > 16 || len(m.Players) > 3 {
			continue
		}
		concepts := make([]Concept, len(m.Players))
		for i, p := range m.Players {
			concepts[i] = p.Foresight
		}
		for s := range m.States {
			if s > 2 {
				break
			}
			w := &leverSearch{Levers: &Levers{Model: m, Concepts: concepts, Outcome: -1, P: math.NaN()}, k: m.Conflict, ctx: context.Background(), cfg: LeversConfig{Outcome: -1, State: s}}
			if err := w.takeTargets(w.cfg); err != nil {
				t.Fatal(err)
			}
			if len(w.Targets) == 0 || newLocal(w.ctx, m).firstUnstable(s, concepts) < 0 {
				continue
			}
			concessions := w.concessions()
			for size := 1; size <= 2; size++ {
				found, all := w.combine(w.Targets, size)
				if !all {
					t.Fatalf("seed %d: the search left something out", n)
				}
				got := math.Inf(1)
				for _, p := range found {
					if len(p.Changes) > size {
						t.Fatalf("seed %d: %d changes", n, len(p.Changes))
					}
					got = min(got, p.Cost)
					k, err := m.WithChanges(p.Changes)
					if err != nil {
						t.Fatal(err)
					}
					if !bruteHolds(t, k, s, concepts) {
						t.Fatalf("seed %d, state %d: %v does not make it an equilibrium", n, s, p.Changes)
					}
				}
				want := math.Inf(1)
				var try func(path []Change, cost float64, kase *demarche.Case)
				try = func(path []Change, cost float64, kase *demarche.Case) {
					if cost >= want {
						return
					}
					if len(path) > 0 {
						k, err := m.WithChanges(path)
						if err != nil {
							t.Fatal(err)
						}
						if bruteHolds(t, k, s, concepts) {
							want = cost
							return
						}
					}
					if len(path) == size {
						return
					}
					for _, ch := range bruteSingles(m.Conflict, kase, concessions) {
						next := kase.Clone()
						m.apply(next, []Change{ch})
						if ch.Kind == ExemptStatement {
							next.Conflict.Players[ch.Player].Prefers[ch.From].Says = "exempted"
						}
						try(append(slices.Clip(path), ch), cost+ch.Cost, next)
					}
				}
				try(nil, 0, m.Case)
				if got != want {
					t.Fatalf("seed %d, state %d, size %d: the cheapest found costs %v, the cheapest there is %v", n, s, size, got, want)
				}
				if !math.IsInf(want, 1) {
					solved++
					for _, p := range found {
						if len(p.Changes) == 2 {
							two++
						}
						if slices.ContainsFunc(p.Changes, func(c Change) bool { return c.Kind == ExemptStatement }) {
							exempt++
						}
					}
				}
			}
		}
	}
	if covers() && (solved < 10 || two == 0 || exempt == 0) {
		t.Errorf("%d states were made to hold, %d by two changes, %d by exempting", solved, two, exempt)
	}
}

// bruteHolds judges a state by the slow twin, each player under its own concept.
func bruteHolds(t *testing.T, k *Conflict, s int, concepts []Concept) bool {
	t.Helper()
	m, err := k.In(k.Typical())
	if err != nil {
		t.Fatal(err)
	}
	v := newSlow(m)
	for i, c := range concepts {
		if !v.stable(i, m.States[s], c) {
			return false
		}
	}
	return true
}

// Sets of declared levers are compared with trying all of them.
func TestDeclaredLevers(t *testing.T) {
	const seed = 602
	raised, held, withheld := 0, 0, 0
	for n := range runs(250, 4000) {
		c := leverCase(seed, n)
		if m := mustModel(t, c); m == nil || len(m.States) > 32 {
			continue
		} else {
			today := []demarche.Ref{}
			for bit, o := range m.Options {
				if m.States[int(n)%len(m.States)]>>bit&1 == 1 {
					today = append(today, demarche.Ref{Name: o.ID})
				}
			}
			c.Conflict.StatusQuo = &today
		}
		k, err := Compile(c, Config{})
		if err != nil {
			t.Fatal(err)
		}
		v, err := k.Levers(context.Background(), LeversConfig{Outcome: 0, MaxChanges: -1})
		if err != nil {
			if demarche.KindOf(err) == demarche.NotFound {
				continue // no state has the outcome
			}
			t.Fatal(err)
		}
		withheld += len(v.Withheld)
		for _, p := range v.Declared {
			if slices.ContainsFunc(p.Changes, func(ch Change) bool { return slices.Contains(v.Withheld, ch.Lever) }) {
				t.Fatalf("seed %d: a lever that is withheld is offered", n)
			}
		}
		if len(v.Targets) == 0 {
			continue
		}
		bestP, cheapest := v.P, math.Inf(1)
		for set := 1; set < 1<<4; set++ {
			var changes []Change
			cost := 0.0
			for l := range 4 {
				if set>>l&1 == 1 {
					i, _ := k.PlayerNamed(c.Conflict.Levers[l].Prefer.Player.Name)
					changes = append(changes, Change{Kind: PullLever, Lever: l, Player: i})
					cost += *c.Conflict.Levers[l].Cost
				}
			}
			if len(changes) > 3 || slices.ContainsFunc(changes, func(ch Change) bool { return slices.Contains(v.Withheld, ch.Lever) }) {
				continue
			}
			with, err := k.WithChanges(changes)
			if err != nil {
				t.Fatal(err)
			}
			o, err := with.Outlook(context.Background(), OutlookConfig{})
			if err != nil {
				t.Fatal(err)
			}
			bestP = max(bestP, o.Outcomes[0].P)
			concepts := v.Concepts
			for _, s := range v.Targets {
				if len(v.Holds) == 0 && bruteHolds(t, with, s, concepts) {
					cheapest = min(cheapest, cost)
				}
			}
		}
		gotP, gotCheapest := v.P, math.Inf(1)
		for _, p := range v.Declared {
			gotP = max(gotP, p.P)
			if len(v.Holds) == 0 && len(p.Holds) > 0 {
				gotCheapest = min(gotCheapest, p.Cost)
			}
		}
		if math.Abs(gotP-bestP) > 1e-9 || gotCheapest != cheapest {
			t.Fatalf("seed %d: the best found gives %v and the cheapest costs %v; there are %v and %v", n, gotP, gotCheapest, bestP, cheapest)
		}
		if bestP > v.P {
			raised++
		}
		if !math.IsInf(cheapest, 1) {
			held++
		}
	}
	if covers() && (raised == 0 || held == 0 || withheld == 0) {
		t.Errorf("%d outcomes became likelier, %d came to hold, %d levers were withheld", raised, held, withheld)
	}
}

// No change that is offered raises what rewards force, or weakens what restrains it.
func TestNothingOfferedRewardsForce(t *testing.T) {
	const seed = 603
	offered := 0
	for n := range runs(40, 1000) {
		k, err := Compile(leverCase(seed, n), Config{})
		if err != nil {
			t.Fatal(err)
		}
		if k.States(k.Typical()) == 0 {
			continue
		}
		v, err := k.Levers(context.Background(), LeversConfig{Outcome: 1, MaxLevers: 2})
		if demarche.KindOf(err) == demarche.NotFound && err != nil {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		for _, s := range v.Targets {
			for bit, o := range k.Options {
				if o.Force && v.Model.States[s]>>bit&1 == 1 {
					t.Fatalf("seed %d: target state %d begins a use of force", n, s)
				}
			}
		}
		for _, p := range v.Changes {
			before, after := k.Case, k.Case.Clone()
			k.apply(after, p.Changes)
			for i := range before.Conflict.Players {
				was, is := before.Conflict.Players[i].Prefers, after.Conflict.Players[i].Prefers
				at := func(text string, list []demarche.Statement) int {
					return slices.IndexFunc(list, func(s demarche.Statement) bool { return s.Want.Text == text })
				}
				for j, s := range was {
					rewards, restrains := k.wants(s.Want.Cond)
					now := at(s.Want.Text, is)
					if restrains && now < 0 {
						t.Fatalf("seed %d: %v weakens %q", n, p.Changes, s.Want.Text)
					}
					for h, o := range was {
						other := at(o.Want.Text, is)
						if now < 0 || other < 0 || o.Want.Text == s.Want.Text {
							continue
						}
						if rewards && j > h && now < other || restrains && j < h && now > other {
							t.Fatalf("seed %d: %v moves %q against %q", n, p.Changes, s.Want.Text, o.Want.Text)
						}
					}
				}
			}
			offered++
		}
	}
	if covers() && offered == 0 {
		t.Error("nothing was offered")
	}
}
