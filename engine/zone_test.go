package engine

import (
	"slices"
	"testing"
)

// checkZone compares the bargaining zone and what lies between offers with the
// definitions.
func (c *slowCase) checkZone(fail func(string, ...any), rep *OfferReport, typical *slowWorld) {
	k := c.k
	var talking []int
	for i := range k.Players {
		if c.talks(i) {
			talking = append(talking, i)
		}
	}
	type row struct{ in, kept, front, everyone, agreement bool }
	look := func(s *slowWorld, t uint64) row {
		if !slices.Contains(s.zone, t) {
			return row{}
		}
		r := row{in: true, kept: s.kept[t], front: true, everyone: true, agreement: s.deals[t]}
		for _, u := range s.zone {
			r.front = r.front && !s.better(u, t, talking)
		}
		for _, i := range talking {
			r.everyone = r.everyone && s.accepts(i, t)
		}
		return r
	}
	want := map[uint64]*ZoneState{}
	var empty float64
	for _, s := range c.worlds {
		empty += s.weight * one(len(s.zone) == 0)
		for _, t := range s.zone {
			if want[t] == nil {
				want[t] = &ZoneState{}
			}
			z, r := want[t], look(s, t)
			z.P += s.weight
			z.PKept += s.weight * one(r.kept)
			z.PFront += s.weight * one(r.front)
			z.PEveryone += s.weight * one(r.everyone)
			z.PAgreement += s.weight * one(r.agreement)
		}
	}
	if !near(rep.Zone.Empty, empty) || len(rep.Zone.States) != len(want) {
		fail("the zone has %d states and is empty with %v, want %d and %v", len(rep.Zone.States), rep.Zone.Empty, len(want), empty)
	}
	var count [3]int
	for n, g := range rep.Zone.States {
		w := want[g.State]
		if w == nil {
			fail("%s is in the zone of no world", k.Pattern(g.State))
		}
		if !near(g.P, w.P) || !near(g.PKept, w.PKept) || !near(g.PFront, w.PFront) || !near(g.PEveryone, w.PEveryone) || !near(g.PAgreement, w.PAgreement) {
			fail("%s: %+v, want %+v", k.Pattern(g.State), g, *w)
		}
		if r := look(typical, g.State); r != (row{g.Typical, g.Kept, g.Front, g.Everyone, g.Agreement}) {
			fail("%s in the typical world: %+v, want %+v", k.Pattern(g.State), g, r)
		}
		if g.Force != c.takesForce(k.StatusQuo, g.State) {
			fail("%s: force is %v", k.Pattern(g.State), g.Force)
		}
		if !slices.Equal(g.Parties, c.parties(g.State)) {
			fail("%s: parties %v", k.Pattern(g.State), g.Parties)
		}
		count[0] += int(one(g.Typical))
		count[1] += int(one(g.Kept))
		count[2] += int(one(g.Front))
		if n > 0 && !rep.Zone.States[n-1].Typical && g.Typical {
			fail("the states of the typical world do not come first")
		}
	}
	if count != [3]int{rep.Zone.Typical, rep.Zone.Kept, rep.Zone.Front} {
		fail("counts %v of %+v", count, rep.Zone)
	}
	pairs := 0
	for a := range rep.Offers {
		for b := a + 1; b < len(rep.Offers); b++ {
			x, y := &rep.Offers[a], &rep.Offers[b]
			if !x.Tabled || !y.Tabled || !x.Fits || !y.Fits {
				continue
			}
			if pairs == len(rep.Between) || rep.Between[pairs].A != a || rep.Between[pairs].B != b || rep.Between[pairs].Same != (x.State == y.State) {
				fail("offers %d and %d are not compared: %+v", a, b, rep.Between)
			}
			var got, lie []uint64
			for _, n := range rep.Between[pairs].States {
				got = append(got, rep.Zone.States[n].State)
			}
			pairs++
			for _, t := range typical.zone {
				in := t != x.State && t != y.State
				for _, i := range talking {
					score := typical.v.score[i]
					in = in && score[t] >= min(score[x.State], score[y.State]) && score[t] <= max(score[x.State], score[y.State])
				}
				if in {
					lie = append(lie, t)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, lie) {
				fail("between %d and %d lies %b, want %b", a, b, got, lie)
			}
		}
	}
	if pairs != len(rep.Between) {
		fail("%d pairs, want %d", len(rep.Between), pairs)
	}
}

// In every world: agreements are in the zone; each party of a state of the zone
// accepts it; the front is not bettered, and what is not on it is bettered by
// something on it; everything that can be is on the front where nothing is in the
// zone but it.
func TestZoneProperties(t *testing.T) {
	members, fronts := 0, 0
	for n := range runs(400, 10000) {
		k := offered(t, 57, n)
		if k == nil {
			continue
		}
		for _, c := range judged(t, k).cases {
			m := c.solved.model
			agreements := 0
			for _, z := range c.zone {
				members++
				for _, i := range players(z.parties) {
					if !m.accepts(i, z.at, c.expects[i]) {
						t.Fatalf("case %d: player %d does not accept %s", n, i, m.Pattern(m.States[z.at]))
					}
				}
				if z.agreement {
					agreements++
				}
				bettered := slices.ContainsFunc(c.zone, func(y zoneMember) bool {
					return y.front && m.betterForAll(y.at, z.at, m.talking())
				})
				if bettered == z.front {
					t.Fatalf("case %d: %s is on the front: %v, but bettered by it: %v", n, m.Pattern(m.States[z.at]), z.front, bettered)
				}
				fronts += int(one(z.front))
			}
			if agreements != len(c.agreements) {
				t.Fatalf("case %d: %d of %d agreements are in the zone", n, agreements, len(c.agreements))
			}
		}
	}
	if covers() && (fronts < 50 || members < fronts+10) {
		t.Errorf("too little was tried: %d states, %d on a front", members, fronts)
	}
}
