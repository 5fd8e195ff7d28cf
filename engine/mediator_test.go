package engine

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/demarche/demarche"
)

// slowCourse adds up where things go, by the definitions: the probability of an
// agreement, of one with a mediator, and by player of ending better and worse off
// than today.
func (c *slowCase) course() (agreed, hosted float64, better, worse []float64) {
	k := c.k
	better, worse = make([]float64, len(k.Players)), make([]float64, len(k.Players))
	for _, s := range c.worlds {
		add := func(p float64, end map[uint64]float64) {
			for t, q := range end {
				for i := range k.Players {
					better[i] += p * q * one(s.v.score[i][t] > s.v.score[i][k.StatusQuo])
					worse[i] += p * q * one(s.v.score[i][t] < s.v.score[i][k.StatusQuo])
				}
			}
		}
		// Those of an offer on the table come first.
		var deals, tabled []uint64
		for _, t := range s.zone {
			if !s.deals[t] {
				continue
			}
			deals = append(deals, t)
			if slices.ContainsFunc(k.Case.Offers, func(o demarche.Offer) bool {
				return (o.Answer == "" || o.Answer == "open") && !slices.ContainsFunc(o.Terms, func(e demarche.Expr) bool { return !s.v.truth(e.Cond, t) })
			}) {
				tabled = append(tabled, t)
			}
		}
		if tabled != nil {
			deals = tabled
		}
		talks := s.weight * k.TalksChance
		if deals == nil {
			add(s.weight, s.alone)
			continue
		}
		add(s.weight-talks, s.alone)
		agreed += talks
		for _, t := range deals {
			p := talks / float64(len(deals))
			hosted += p * one(slices.ContainsFunc(c.parties(t), func(i int) bool { return k.Case.Conflict.Players[i].Role == "mediator" }))
			end, _, _ := slowChain(s.v, t, 400)
			add(p, end)
		}
	}
	return agreed, hosted, better, worse
}

// absent is the case in which some players can do nothing further, written out by
// hand: one rule for each option, and talks without them.
func absent(t *testing.T, k *Conflict, who []int) *Conflict {
	t.Helper()
	c := k.Case.Clone()
	bit := 0
	for i, p := range c.Conflict.Players {
		for _, o := range p.Options {
			if slices.Contains(who, i) {
				text := p.ID + "." + o.ID
				if k.StatusQuo>>bit&1 == 1 {
					text = "not " + text
				}
				c.Conflict.Rules = append(c.Conflict.Rules, demarche.Rule{Never: expr(text, len(k.Options))})
			}
			bit++
		}
	}
	parties := []demarche.Ref{}
	for i, p := range c.Conflict.Players {
		if !slices.Contains(who, i) && slices.Contains(k.TalksParties, i) {
			parties = append(parties, demarche.Ref{Name: p.ID})
		}
	}
	c.Conflict.Talks.Parties = parties
	out, err := Compile(c, Config{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The comparison of mediators, against the definitions.
func TestMediationAgainstDefinitions(t *testing.T) {
	several, differ, hosted, losses := 0, 0, 0, 0
	for n := range runs(400, 5000) {
		k := offered(t, 61, n)
		if k == nil {
			continue
		}
		rep, err := k.Offers(context.Background(), OutlookConfig{})
		if err != nil {
			t.Fatal(err)
		}
		var all []int
		for i, p := range k.Case.Conflict.Players {
			if p.Role == "mediator" {
				all = append(all, i)
			}
		}
		if (rep.Mediation == nil) != (len(all) == 0) {
			t.Fatalf("case %d: %d mediators, compared: %v", n, len(all), rep.Mediation != nil)
		}
		if len(all) == 0 {
			continue
		}
		check := func(name string, g *Course, who []int) {
			t.Helper()
			a, h, better, worse := newSlowCase(absent(t, k, who)).course()
			if !near(g.Agreed.P, a) || !near(g.Hosted.P, h) {
				t.Fatalf("case %d, %s: agreed %v, hosted %v; want %v, %v", n, name, g.Agreed.P, g.Hosted.P, a, h)
			}
			for i := range better {
				if !near(g.Better[i].P, better[i]) || !near(g.Worse[i].P, worse[i]) {
					t.Fatalf("case %d, %s, player %d: %v better, %v worse; want %v, %v", n, name, i, g.Better[i].P, g.Worse[i].P, better[i], worse[i])
				}
			}
		}
		m := rep.Mediation
		check("all", &m.All, nil)
		check("none", &m.None, all)
		best := 0.0
		for x, i := range all {
			g := &m.Mediators[x]
			others := slices.DeleteFunc(slices.Clone(all), func(j int) bool { return j == i })
			check(fmt.Sprint(i, " alone"), &g.Alone, others)
			check(fmt.Sprint(i, " absent"), &g.Absent, []int{i})
			if g.Player != i || len(g.Rivals) != len(others) || !near(g.Gain, g.Alone.Better[i].P-g.Absent.Better[i].P) {
				t.Fatalf("case %d: %+v", n, g)
			}
			for y, r := range g.Rivals {
				if r.Player != others[y] || !near(r.Gains, g.Absent.Better[r.Player].P-m.All.Better[r.Player].P) || !near(r.Harm, m.All.Worse[r.Player].P-g.Absent.Worse[r.Player].P) {
					t.Fatalf("case %d: rival %+v", n, r)
				}
				losses += int(one(!near(r.Gains, 0) || !near(r.Harm, 0)))
			}
			best = max(best, g.Alone.Agreed.P)
			differ += int(one(!near(g.Alone.Agreed.P, g.Absent.Agreed.P)))
			hosted += int(one(g.Alone.Hosted.P > 0))
		}
		sign := int(one(m.Rivalry.All > best+1e-9)) - int(one(m.Rivalry.All < best-1e-9))
		if !near(m.Rivalry.Best, best) || m.Rivalry.Sign != sign || !near(m.Rivalry.All, m.All.Agreed.P) {
			t.Fatalf("case %d: rivalry %+v, want the best %v", n, m.Rivalry, best)
		}
		for _, i := range m.Rivalry.Who {
			if g := m.Mediators[slices.Index(all, i)]; !near(g.Alone.Agreed.P, best) {
				t.Fatalf("case %d: %d is not the best alone", n, i)
			}
		}
		several += int(one(len(all) > 1))
	}
	if covers() && min(several, differ, hosted, losses) < 5 {
		t.Errorf("too little was tried: %d with several, %d differ, %d hosted, %d losses", several, differ, hosted, losses)
	}
}

// Two hosts and a guest, by hand. The guest would leave, but only to a host; each
// host wants the guest, and next that the other not have it. Without either
// nothing can be agreed; with one there is one agreement; with both there are two,
// so that each has the guest half of the time and loses it to the other the other
// half. Talks conclude with probability 0.8.
func TestHostsByHand(t *testing.T) {
	chance := 0.8
	want := func(texts ...string) (out []demarche.Statement) {
		for _, s := range texts {
			out = append(out, demarche.Statement{Want: expr(s, 3)})
		}
		return out
	}
	k, err := Compile(&demarche.Case{Version: 1, Title: "hosts", Conflict: &demarche.Conflict{
		StatusQuo: &[]demarche.Ref{},
		Players: []demarche.Player{
			{ID: "guest", Options: []demarche.Option{{ID: "leave", Once: true}}, Prefers: want("guest.leave")},
			{ID: "north", Role: "mediator", Options: []demarche.Option{{ID: "host"}}, Prefers: want("guest.leave if north.host", "north.host", "not south.host")},
			{ID: "south", Role: "mediator", Options: []demarche.Option{{ID: "host"}}, Prefers: want("guest.leave if south.host", "south.host", "not north.host")},
		},
		Rules: []demarche.Rule{
			{If: expr("guest.leave", 3), Then: expr("north.host or south.host", 3)},
			{AtMostOne: []demarche.Expr{expr("north.host", 3), expr("south.host", 3)}},
		},
		Talks: &demarche.Talks{Parties: []demarche.Ref{{Name: "guest"}, {Name: "north"}, {Name: "south"}}, Chance: &chance},
	}}, Config{})
	if err != nil {
		t.Fatal(err)
	}
	rep, err := k.Offers(context.Background(), OutlookConfig{})
	if err != nil {
		t.Fatal(err)
	}
	m := rep.Mediation
	north, south := 1, 2
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"an agreement with both", m.All.Agreed.P, 0.8}, {"with none", m.None.Agreed.P, 0},
		{"with north alone", m.Mediators[0].Alone.Agreed.P, 0.8}, {"without north", m.Mediators[0].Absent.Agreed.P, 0.8},
		{"north better off with both", m.All.Better[north].P, 0.4}, {"worse off", m.All.Worse[north].P, 0.4},
		{"north better off alone", m.Mediators[0].Alone.Better[north].P, 0.8}, {"absent", m.Mediators[0].Absent.Better[north].P, 0},
		{"north gains", m.Mediators[0].Gain, 0.8},
		{"south better off without north", m.Mediators[0].Absent.Better[south].P, 0.8},
		{"what south loses", m.Mediators[0].Rivals[0].Gains, 0.4}, {"what harms south", m.Mediators[0].Rivals[0].Harm, 0.4},
	} {
		if !near(c.got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
	if m.Rivalry.Sign != 0 || !slices.Equal(m.Rivalry.Who, []int{north, south}) {
		t.Errorf("rivalry %+v", m.Rivalry)
	}
	if len(m.Mediators[0].Offers) != 1 || k.Options[m.Mediators[0].Offers[0]].ID != "north.host" {
		t.Errorf("north offers %v", m.Mediators[0].Offers)
	}
}

// A mediator that hosts today, left out, goes on hosting: the status quo stands.
func TestHostTodayStays(t *testing.T) {
	k, err := Compile(&demarche.Case{Version: 1, Title: "host", Conflict: &demarche.Conflict{
		StatusQuo: &[]demarche.Ref{{Name: "host.host"}},
		Players: []demarche.Player{
			{ID: "guest", Options: []demarche.Option{{ID: "stay"}}},
			{ID: "host", Role: "mediator", Options: []demarche.Option{{ID: "host"}, {ID: "pay"}}, Prefers: []demarche.Statement{{Want: expr("not host.host", 3)}}},
		},
	}}, Config{})
	if err != nil {
		t.Fatal(err)
	}
	rep, err := k.Offers(context.Background(), OutlookConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if g := rep.Mediation; g.All.Better[1].P != 1 || g.None.Better[1].P != 0 || !slices.Equal(g.Mediators[0].Offers, []int{2}) {
		t.Errorf("left to itself it ends hosting with %v, left out with %v; it could do %v", g.All.Better[1].P, g.None.Better[1].P, g.Mediators[0].Offers)
	}
}
