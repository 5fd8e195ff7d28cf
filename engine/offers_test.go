package engine

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/demarche/demarche"
)

// slowWorld is a world by the definitions: what would come without agreement,
// what each player expects, and the bargaining zone with its agreements.
type slowWorld struct {
	w       World
	weight  float64
	v       *slow
	alone   map[uint64]float64
	expects []map[uint64]float64
	zone    []uint64
	kept    map[uint64]bool
	deals   map[uint64]bool
}

// slowCase holds the worlds of a conflict whose atoms are all propositions.
type slowCase struct {
	k      *Conflict
	solved map[string]*slowWorld
	worlds []*slowWorld
}

func newSlowCase(k *Conflict) *slowCase {
	c := &slowCase{k: k, solved: map[string]*slowWorld{}}
	var total float64
	for bits := range 1 << (len(k.Atoms) + len(k.unsure)) {
		w := k.Typical()
		weight := 1.0
		for a := range k.Atoms {
			w.Atom[a] = bits>>a&1 == 1
			weight *= chance(w.Atom[a], *k.Case.Propositions[a].Prior)
		}
		for u := range k.unsure {
			w.turn[u] = bits>>(len(k.Atoms)+u)&1 == 1
			weight *= chance(w.turn[u], k.unsure[u].p)
		}
		if !c.possible(w) {
			continue
		}
		total += weight
		s := c.full(w)
		s.weight = weight
		c.worlds = append(c.worlds, s)
	}
	for _, s := range c.worlds {
		s.weight /= total
	}
	return c
}

func (c *slowCase) possible(w World) bool {
	return len(c.k.Case.Logic) == 0 || !w.Atom[0] || w.Atom[1]
}

// in is a world with what would come in it without agreement.
func (c *slowCase) in(w World) *slowWorld {
	key := fmt.Sprint(w.Atom, w.turn)
	if s := c.solved[key]; s != nil {
		return s
	}
	m, err := c.k.In(w)
	if err != nil {
		panic(err)
	}
	s := &slowWorld{w: w.clone(), v: newSlow(m)}
	s.alone, _, _ = slowChain(s.v, c.k.StatusQuo, 400)
	c.solved[key] = s
	return s
}

// full is a world with everything.
func (c *slowCase) full(w World) *slowWorld {
	s := c.in(w)
	if s.deals != nil {
		return s
	}
	k := c.k
	for i := range k.Players {
		s.expects = append(s.expects, c.expected(w, i))
	}
	s.kept, s.deals = map[uint64]bool{}, map[uint64]bool{}
	for _, t := range s.v.states {
		h := c.parties(t)
		in := len(h) >= 2 && !c.takesBack(t)
		kept := true
		for _, i := range h {
			in = in && c.talks(i) && s.accepts(i, t)
			kept = kept && s.v.stable(i, t, k.Players[i].Foresight)
		}
		if in {
			s.zone = append(s.zone, t)
			s.kept[t] = kept
		}
	}
	for _, t := range s.zone {
		beaten := !s.kept[t]
		for _, u := range s.zone {
			if !s.kept[u] || slices.ContainsFunc(c.parties(u), func(i int) bool { return !slices.Contains(c.parties(t), i) }) {
				continue
			}
			beaten = beaten || s.better(u, t, c.parties(t))
		}
		if !beaten {
			s.deals[t] = true
		}
	}
	return s
}

// better reports whether u is at least as good as t for all and better for one.
func (s *slowWorld) better(u, t uint64, players []int) bool {
	one := false
	for _, i := range players {
		if s.v.score[i][u] < s.v.score[i][t] {
			return false
		}
		one = one || s.v.score[i][u] > s.v.score[i][t]
	}
	return one
}

func (s *slowWorld) accepts(i int, t uint64) bool {
	var worse float64
	for e, p := range s.expects[i] {
		if s.v.score[i][e] < s.v.score[i][t] {
			worse += p
		}
	}
	return worse > 0.5+1e-9
}

// expected is the mixture of what would come over what player i cannot tell
// apart.
func (c *slowCase) expected(w World, i int) map[uint64]float64 {
	mix := map[uint64]float64{}
	var total float64
	for bits := range 1 << len(c.k.Atoms) {
		other, weight := w.clone(), 1.0
		for a, p := range c.k.Case.Propositions {
			so := bits>>a&1 == 1
			knows := len(p.KnownTo) == 0 || slices.ContainsFunc(p.KnownTo, func(r demarche.Ref) bool { return r.Name == c.k.Players[i].ID })
			other.Atom[a] = so
			switch {
			case knows && so != w.Atom[a]:
				weight = 0
			case !knows:
				q := *p.Prior
				for _, b := range p.Believes {
					if b.ID == c.k.Players[i].ID {
						q = b.P
					}
				}
				weight *= chance(so, q)
			}
		}
		if weight == 0 || !c.possible(other) {
			continue
		}
		total += weight
		for s, p := range c.in(other).alone {
			mix[s] += weight * p
		}
	}
	for s := range mix {
		mix[s] /= total
	}
	return mix
}

func (c *slowCase) talks(i int) bool {
	return slices.ContainsFunc(c.k.Case.Conflict.Talks.Parties, func(r demarche.Ref) bool { return r.Name == c.k.Players[i].ID })
}

// option is the case's option at a bit.
func (c *slowCase) option(bit int) demarche.Option {
	for _, p := range c.k.Case.Conflict.Players {
		if bit < len(p.Options) {
			return p.Options[bit]
		}
		bit -= len(p.Options)
	}
	panic("no such option")
}

// takesForce reports whether a use of force is taken in a state that is not taken
// in another.
func (c *slowCase) takesForce(from, to uint64) bool {
	for b := range c.k.Options {
		if c.option(b).Force && from>>b&1 == 0 && to>>b&1 == 1 {
			return true
		}
	}
	return false
}

// parties are the players whose own options differ from the status quo.
func (c *slowCase) parties(t uint64) (h []int) {
	for k, o := range c.k.Options {
		if (t^c.k.StatusQuo)>>k&1 == 1 && !slices.Contains(h, o.Player) {
			h = append(h, o.Player)
		}
	}
	slices.Sort(h)
	return h
}

func (c *slowCase) takesBack(t uint64) bool {
	for k := range c.k.Options {
		before, after := c.k.StatusQuo>>k&1 == 1, t>>k&1 == 1
		if before && !after && !c.option(k).Back() || !before && after && !c.option(k).Forward() {
			return true
		}
	}
	return false
}

// offered is startedCase with mediators, uses of force, levers, and offers that
// are answered or not.
func offered(t testing.TB, seed, n uint64) *Conflict {
	t.Helper()
	k := startedCase(t, seed, n)
	if k == nil || len(k.Players) > 3 && n%4 > 0 {
		return nil // more is to be seen where players have several options
	}
	r := rand.New(rand.NewPCG(seed, n+1<<40))
	var names []string
	for _, o := range k.Options {
		names = append(names, o.ID)
	}
	k, err := k.With(func(c *demarche.Case) {
		m := c.Conflict
		if r.IntN(4) > 0 { // everybody talks
			m.Talks.Parties = nil
			for i := range m.Players {
				m.Talks.Parties = append(m.Talks.Parties, demarche.Ref{Name: m.Players[i].ID})
			}
		}
		for i := range m.Players {
			if r.IntN(2) == 0 {
				m.Players[i].Role = "mediator"
			}
			for j := range m.Players[i].Options {
				m.Players[i].Options[j].Force = r.IntN(5) == 0
			}
		}
		for l := range 4 {
			m.Levers = append(m.Levers, demarche.Lever{ID: fmt.Sprint("l", l), Prefer: &demarche.LeverPrefer{
				Player: demarche.Ref{Name: m.Players[r.IntN(len(m.Players))].ID},
				Want:   expr(randomCondition(r, names, r.IntN(2)), len(names)), Place: 1 + r.IntN(3),
			}})
		}
		for len(c.Offers) < 3 {
			c.Offers = append(c.Offers, demarche.Offer{})
		}
		for o := range c.Offers {
			c.Offers[o].Answer = []string{"", "open", "rejected"}[r.IntN(3)]
			c.Offers[o].Terms = nil
			for range 1 + r.IntN(2) {
				c.Offers[o].Terms = append(c.Offers[o].Terms, expr(randomCondition(r, names, 1), len(names)))
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	j := judged(t, k)
	if len(j.agreed) == 0 {
		if n%10 > 0 {
			return nil // too many are like this
		}
		return k
	}
	m := j.typical.solved.model
	whole := r.IntN(len(m.States))
	for _, z := range j.typical.zone {
		if z.kept && !z.agreement {
			whole = z.at
		}
	}
	// One offer of a whole state, two offers near something that can be agreed: terms that it meets, and terms
	// that it meets but for one.
	k, err = k.With(func(c *demarche.Case) {
		to := j.agreed[r.IntN(len(j.agreed))].state
		c.Offers[2].Terms = []demarche.Expr{expr("'"+k.Pattern(m.States[whole])+"'", len(names))}
		for n := range 2 {
			c.Offers[n].Terms = nil
			wrong := -1
			if n == 1 {
				wrong = r.IntN(len(names))
			}
			for bit, name := range names {
				if bit != wrong && r.IntN(4) == 0 {
					continue
				}
				if (to>>bit&1 == 1) == (bit == wrong) {
					name = "not " + name
				}
				c.Offers[n].Terms = append(c.Offers[n].Terms, expr(name, len(names)))
			}
			if c.Offers[n].Terms == nil {
				c.Offers[n].Terms = []demarche.Expr{expr(names[0]+" or not "+names[0], len(names))}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// judged are the worlds of a conflict, judged.
func judged(t testing.TB, k *Conflict) *judging {
	t.Helper()
	w, _, err := k.weighed(context.Background(), OutlookConfig{EndsOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	j := &judging{weighing: w}
	if err := j.judge(nil); err != nil {
		t.Fatal(err)
	}
	return j
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// one is 1 if something is so, else 0.
func one(so bool) float64 {
	if so {
		return 1
	}
	return 0
}

// The report on offers and the zone, against the definitions.
func TestOffersAgainstDefinitions(t *testing.T) {
	var deals, fits, hinges, added, between, notKept, bettered int
	for n := range runs(300, 10000) {
		k := offered(t, 51, n)
		if k == nil {
			continue
		}
		rep, err := k.Offers(context.Background(), OutlookConfig{})
		if err != nil {
			t.Fatal(err)
		}
		c := newSlowCase(k)
		typical := c.full(k.Typical())
		fail := func(format string, args ...any) {
			t.Helper()
			t.Fatalf("case %d: %s", n, fmt.Sprintf(format, args...))
		}
		c.checkZone(fail, rep, typical)
		if len(rep.Offers) != len(k.Case.Offers) {
			fail("%d offers are judged, want %d", len(rep.Offers), len(k.Case.Offers))
		}
		for i := range rep.Offers {
			o := &rep.Offers[i]
			src := &k.Case.Offers[i]
			if o.Tabled != (src.Answer != "rejected") {
				fail("offer %d: tabled is %v", i, o.Tabled)
			}
			met := func(v *slow, s uint64) bool {
				return !slices.ContainsFunc(src.Terms, func(e demarche.Expr) bool { return !v.truth(e.Cond, s) })
			}
			nearest, ok := uint64(0), false
			for _, s := range typical.v.states {
				if met(typical.v, s) && !c.takesBack(s) && (!ok || bits.OnesCount64(s^k.StatusQuo) < bits.OnesCount64(nearest^k.StatusQuo)) {
					nearest, ok = s, true
				}
			}
			if ok != o.Fits {
				fail("offer %d: fits is %v", i, o.Fits)
			}
			if !ok {
				continue
			}
			fits++
			state, lasts := nearest, false
			end, left, _ := slowChain(typical.v, nearest, 400)
			for s := range end {
				outsider := false
				for b, x := range k.Options {
					outsider = outsider || (s^nearest)>>b&1 == 1 && !c.talks(x.Player)
				}
				if len(end) == 1 && left < 1e-9 && met(typical.v, s) && !outsider {
					state, lasts = s, true
				}
			}
			if o.Nearest != nearest || o.State != state || o.Lasts != lasts || len(o.Ends) != len(end) || o.Settles != (left < 1e-9) {
				fail("offer %d: leads from %s to %s (%v), want from %s to %s (%v)", i, k.Pattern(o.Nearest), k.Pattern(o.State), o.Lasts, k.Pattern(nearest), k.Pattern(state), lasts)
			}
			c.checkOffer(fail, o, met, typical)
			if o.Agreement > 0 {
				deals++
			}
			hinges += len(o.Hinges)
			added += len(o.Additions)
			for _, b := range o.Obstacles {
				switch b.Kind {
				case NotKept:
					notKept++
				case Bettered:
					bettered++
				}
			}
		}
		for _, b := range rep.Between {
			between += len(b.States)
		}
	}
	if covers() && (bettered == 0 || min(deals, fits, hinges, added, between, notKept) < 5) {
		t.Errorf("too little was tried: %d agreements, %d fit, %d hinges, %d additions, %d between, %d not kept, %d bettered", deals, fits, hinges, added, between, notKept, bettered)
	}
}

func (c *slowCase) checkOffer(fail func(string, ...any), o *JudgedOffer, met func(*slow, uint64) bool, typical *slowWorld) {
	k := c.k
	parties := c.parties(o.State)
	if !slices.Equal(parties, o.Parties) {
		fail("parties %v, want %v", o.Parties, parties)
	}
	want := make([]Standing, len(k.Players))
	var agreement, keeps, equilibrium, within, feasible float64
	yes, no := make([][3]float64, len(k.Atoms)), make([][3]float64, len(k.Atoms))
	for _, s := range c.worlds {
		feasible += s.weight * one(slices.Contains(s.v.states, o.State))
		all, kept := true, true
		for i := range k.Players {
			v := &want[i]
			score := s.v.score[i]
			v.BetterToday += s.weight * one(score[o.State] > score[k.StatusQuo])
			v.WorseToday += s.weight * one(score[o.State] < score[k.StatusQuo])
			for e, p := range s.alone {
				v.BetterAlone += s.weight * p * one(score[o.State] > score[e])
				v.WorseAlone += s.weight * p * one(score[o.State] < score[e])
			}
			if c.talks(i) && s.accepts(i, o.State) {
				v.Accepts += s.weight
			}
			if s.v.stable(i, o.State, k.Players[i].Foresight) {
				v.Keeps += s.weight
				continue
			}
			all = false
			kept = kept && !slices.Contains(parties, i)
		}
		for t := range s.deals {
			if met(s.v, t) && !c.takesForce(o.State, t) {
				within += s.weight
				break
			}
		}
		is := one(s.deals[o.State])
		agreement += s.weight * is
		keeps += s.weight * one(kept)
		equilibrium += s.weight * one(all)
		for a := range k.Atoms {
			side := &no[a]
			if s.w.Atom[a] {
				side = &yes[a]
			}
			side[0] += s.weight
			side[1] += s.weight * is
			side[2] += s.weight * one(kept)
		}
	}
	if !near(o.Agreement, agreement) || !near(o.Keeps, keeps) || !near(o.Equilibrium, equilibrium) || !near(o.Within, within) || !near(o.Feasible, feasible) {
		fail("agreement %v, keeps %v, equilibrium %v, within %v; want %v, %v, %v, %v", o.Agreement, o.Keeps, o.Equilibrium, o.Within, agreement, keeps, equilibrium, within)
	}
	for i := range want {
		g, w := o.For[i], want[i]
		today := 0
		if d := typical.v.score[i][o.State] - typical.v.score[i][k.StatusQuo]; d != 0 {
			today = int(math.Copysign(1, d))
		}
		if g.Today != today || !near(g.BetterToday, w.BetterToday) || !near(g.WorseToday, w.WorseToday) ||
			!near(g.BetterAlone, w.BetterAlone) || !near(g.WorseAlone, w.WorseAlone) || !near(g.Accepts, w.Accepts) || !near(g.Keeps, w.Keeps) {
			fail("player %d fares %+v, want %+v", i, g, w)
		}
		if g.AcceptsNow != (c.talks(i) && typical.accepts(i, o.State)) || g.KeepsNow != typical.v.stable(i, o.State, k.Players[i].Foresight) {
			fail("player %d now: %+v", i, g)
		}
	}
	told := map[int]bool{}
	last := math.Inf(1)
	for _, h := range o.Hinges {
		told[h.Atom] = true
		y, n := yes[h.Atom], no[h.Atom]
		if !near(h.AgreementYes, y[1]/y[0]) || !near(h.AgreementNo, n[1]/n[0]) || !near(h.KeepsYes, y[2]/y[0]) || !near(h.KeepsNo, n[2]/n[0]) {
			fail("hinge %+v, want %v and %v", h, y, n)
		}
		d := math.Abs(h.AgreementYes - h.AgreementNo)
		if d > last+1e-9 {
			fail("hinges out of order: %+v", o.Hinges)
		}
		last = d
	}
	for a := range k.Atoms {
		y, n := yes[a], no[a]
		if y[0] > 0 && n[0] > 0 && !told[a] && (!near(y[1]/y[0], n[1]/n[0]) || !near(y[2]/y[0], n[2]/n[0])) {
			fail("atom %d makes a difference and is not told", a)
		}
	}
	if (len(o.Obstacles) == 0) != typical.deals[o.State] {
		fail("obstacles %+v, but agreement %v", o.Obstacles, typical.deals[o.State])
	}
	for _, b := range o.Obstacles {
		var so bool
		switch b.Kind {
		case OneParty:
			so = len(parties) < 2
		case OutsideTalks:
			so = slices.Contains(parties, b.Player) && !c.talks(b.Player)
		case NotAccepted:
			so = slices.Contains(parties, b.Player) && !typical.accepts(b.Player, o.State)
		case NotKept:
			so = slices.Contains(typical.v.improve(b.Player, o.State), b.State) && !typical.v.sanctioned(b.Player, o.State, b.State, k.Players[b.Player].Foresight)
		case Bettered:
			so = typical.kept[b.State] && typical.better(b.State, o.State, parties)
			for _, t := range typical.zone { // nothing without force would do as well
				inside := !slices.ContainsFunc(c.parties(t), func(i int) bool { return !slices.Contains(parties, i) })
				so = so && !(c.takesForce(k.StatusQuo, b.State) && !c.takesForce(k.StatusQuo, t) && typical.kept[t] && inside && typical.better(t, o.State, parties))
			}
		}
		if !so {
			fail("obstacle %+v is none", b)
		}
	}
	c.checkAdditions(fail, o, met, typical, agreement)
}

// checkAdditions tries every set of up to three further changes.
func (c *slowCase) checkAdditions(fail func(string, ...any), o *JudgedOffer, met func(*slow, uint64) bool, typical *slowWorld, stands float64) {
	k := c.k
	share := func(t uint64) (p float64) {
		for _, s := range c.worlds {
			p += s.weight * one(s.deals[t])
		}
		return p
	}
	var want []uint64
	if !typical.deals[o.State] {
		for _, inTypical := range []bool{true, false} {
			for size := 1; size <= 3 && want == nil; size++ {
				for set := range uint64(1) << len(k.Options) {
					t := o.State ^ set
					able := true
					for b := range k.Options {
						if set>>b&1 == 1 {
							i := k.Options[b].Player
							able = able && (c.talks(i) || k.Case.Conflict.Players[i].Role == "mediator") && !(t>>b&1 == 1 && c.option(b).Force)
						}
					}
					if bits.OnesCount64(set) != size || !able || !met(typical.v, t) || c.takesForce(k.StatusQuo, t) {
						continue
					}
					if inTypical && typical.deals[t] || !inTypical && share(t) > stands+1e-9 {
						want = append(want, t)
					}
				}
			}
			if want != nil {
				break
			}
		}
	}
	var got []uint64
	for _, a := range o.Additions {
		got = append(got, a.State)
		if !near(a.P, share(a.State)) || a.Typical != typical.deals[a.State] {
			fail("addition %+v has probability %v", a, share(a.State))
		}
		t := o.State
		for _, b := range append(slices.Clone(a.Takes), a.Ends...) {
			t ^= 1 << b
		}
		if t != a.State || slices.ContainsFunc(a.Takes, func(b int) bool { return a.State>>b&1 == 0 }) {
			fail("addition %+v leads to %s", a, k.Pattern(t))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		fail("additions lead to %b, want %b", got, want)
	}
}

// Offers of a later day and without terms are not judged; without talks nothing
// can be agreed, and the rest of the report stands.
func TestOffersLeftOut(t *testing.T) {
	for n := range runs(60, 500) {
		k := offered(t, 53, n)
		if k == nil {
			continue
		}
		k, err := k.With(func(c *demarche.Case) {
			c.Conflict.Talks = nil
			c.Offers[0].Terms = nil
			c.Offers[1].Date = mustDate(t, "2030-01-01")
		})
		if err != nil {
			t.Fatal(err)
		}
		if k, err = Compile(k.Case, Config{Day: mustDate(t, "2029-12-31")}); err != nil {
			t.Fatal(err)
		}
		rep, err := k.Offers(context.Background(), OutlookConfig{})
		if err != nil {
			t.Fatal(err)
		}
		if len(rep.Offers) != len(k.Case.Offers)-2 || rep.Offers[0].Offer != 2 {
			t.Fatalf("case %d: %d offers are judged of %d", n, len(rep.Offers), len(k.Case.Offers))
		}
		if len(rep.Zone.States)+len(rep.Between)+len(rep.Agreements) > 0 {
			t.Fatalf("case %d: something could be agreed without talks", n)
		}
		if o := &rep.Offers[0]; o.Fits && (len(o.Obstacles) != 1 || o.Obstacles[0].Kind != NoTalks) {
			t.Fatalf("case %d: obstacles %+v", n, o.Obstacles)
		}
	}
}

func mustDate(t testing.TB, text string) demarche.Date {
	t.Helper()
	d, err := demarche.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The report comes out the same in every run, and stops when it is told to.
func TestOffersRepeatAndStop(t *testing.T) {
	for n := range runs(60, 500) {
		k := offered(t, 55, n)
		if k == nil {
			continue
		}
		var texts []string
		for range 2 {
			rep, err := k.Offers(context.Background(), OutlookConfig{Worlds: 40, Seed: 3})
			if err != nil {
				t.Fatal(err)
			}
			m := rep.Mediation
			rep.Mediation = nil // a pointer, told apart
			texts = append(texts, fmt.Sprintf("%+v %+v", *rep, m))
		}
		if texts[0] != texts[1] {
			t.Fatalf("case %d: two runs differ:\n%s\n%s", n, texts[0], texts[1])
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := k.Offers(ctx, OutlookConfig{}); err != context.Canceled {
			t.Fatalf("case %d: stopped with %v", n, err)
		}
	}
}
