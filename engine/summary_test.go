package engine

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/demarche/demarche"
)

// givenAnswers are the probability of some answers and of the outcomes given them.
func (r *slowResult) givenAnswers(is func(slowRow) bool) (p float64, outcome []float64) {
	outcome = make([]float64, len(r.rows[0].outcome))
	var total float64
	for _, row := range r.rows {
		total += row.weight
		if is(row) {
			p += row.weight
			addTo(outcome, row.weight, row.outcome)
		}
	}
	for o := range outcome {
		outcome[o] /= p
	}
	return p / total, outcome
}

func entropy(p []float64) float64 {
	var h float64
	for _, x := range p {
		if x > 1e-15 {
			h -= x * math.Log2(x)
		}
	}
	return h
}

// bitsOf is what the answers to some questions say: the entropy of the outcome
// less what is left of it given the answers.
func (r *slowResult) bitsOf(questions ...int) float64 {
	_, all := r.givenAnswers(func(slowRow) bool { return true })
	h := entropy(all)
	for bits := range 1 << len(questions) {
		p, outcome := r.givenAnswers(func(row slowRow) bool {
			for n, q := range questions {
				if row.answers[q] != (bits>>n&1 == 1) {
					return false
				}
			}
			return true
		})
		if p > 0 {
			h -= p * entropy(outcome)
		}
	}
	return h
}

func nearList(a, b []float64) bool {
	if len(a) != len(b) {
		return false
	}
	for n := range a {
		if math.Abs(a[n]-b[n]) > 1e-6 {
			return false
		}
	}
	return true
}

// TestSummaryAgainstDefinitions works out from all worlds what every answer, and
// every two answers to the two questions that tell most, would say; and in which
// worlds which agreements exist.
func TestSummaryAgainstDefinitions(t *testing.T) {
	seen := &summarySeen{}
	for n := range runs(300, 4000) {
		k := startedCase(t, 31, n)
		if k == nil || len(k.Options) > 5 || len(k.Atoms)+len(k.unsure) > 6 {
			continue
		}
		got, err := k.Outlook(context.Background(), OutlookConfig{})
		if err != nil {
			t.Fatalf("case %d: %v", n, err)
		}
		want := slowOutlook(k)
		checkMatters(t, n, k, got, want)
		checkPair(t, n, got, want, seen)
		checkByWorld(t, n, got, want, seen)
	}
	if covers() && (seen.pairs < 25 || seen.linked < 3 || seen.more < 2 || seen.less < 2 || seen.several < 3 || seen.turned < 5) {
		t.Fatalf("the random cases are too tame: %+v", *seen)
	}
}

// summarySeen counts what the random cases have shown.
type summarySeen struct{ pairs, linked, more, less, several, turned int }

func checkMatters(t *testing.T, n uint64, k *Conflict, got *Outlook, want *slowResult) {
	t.Helper()
	for q, m := range got.Matters {
		_, yes := want.givenAnswers(func(r slowRow) bool { return r.answers[q] })
		_, no := want.givenAnswers(func(r slowRow) bool { return !r.answers[q] })
		if m.Yes != nil && !nearList(m.Yes, yes) || m.No != nil && !nearList(m.No, no) {
			t.Fatalf("case %d: question %d: %v and %v, want %v and %v", n, q, m.Yes, m.No, yes, no)
		}
		if m.Yes != nil && m.No != nil && math.Abs(m.Bits-want.bitsOf(q)) > 1e-6 {
			t.Fatalf("case %d: question %d: %v bits, want %v", n, q, m.Bits, want.bitsOf(q))
		}
		if m.Bits < 0 || m.Bits > 1+1e-9 {
			t.Fatalf("case %d: question %d: %v bits from an answer of one", n, q, m.Bits)
		}
	}
	talks := len(k.Atoms)
	_, ifTalks := want.givenAnswers(func(r slowRow) bool { return r.answers[talks] })
	_, ifNot := want.givenAnswers(func(r slowRow) bool { return !r.answers[talks] })
	for o := range ifTalks {
		if math.Abs(got.IfTalks[o].P-ifTalks[o]) > 1e-6 || math.Abs(got.IfNoTalks[o].P-ifNot[o]) > 1e-6 {
			t.Fatalf("case %d: if talks %v, if not %v; want %v, %v", n, got.IfTalks, got.IfNoTalks, ifTalks, ifNot)
		}
	}
}

func checkPair(t *testing.T, n uint64, got *Outlook, want *slowResult, seen *summarySeen) {
	t.Helper()
	p := got.Pair
	if p == nil {
		return
	}
	seen.pairs++
	for q, m := range got.Matters {
		if q != p.First && m.Bits > got.Matters[p.Second].Bits+1e-9 || got.Matters[p.First].Bits < got.Matters[p.Second].Bits-1e-9 {
			t.Fatalf("case %d: %v is not the pair of %+v", n, p, got.Matters)
		}
	}
	for x := range 2 {
		for y := range 2 {
			both, outcome := want.givenAnswers(func(r slowRow) bool { return r.answers[p.First] == (x == 1) && r.answers[p.Second] == (y == 1) })
			if math.Abs(p.P[x][y]-both) > 1e-6 || both > 0 && !nearList(p.Given[x][y], outcome) || both == 0 && p.Given[x][y] != nil {
				t.Fatalf("case %d: answers %d, %d: %v with %v, want %v with %v", n, x, y, p.Given[x][y], p.P[x][y], outcome, both)
			}
		}
	}
	joint := want.bitsOf(p.First, p.Second)
	together := joint - want.bitsOf(p.First) - want.bitsOf(p.Second)
	if math.Abs(p.Bits-joint) > 1e-6 || math.Abs(p.Interaction-together) > 1e-6 {
		t.Fatalf("case %d: %v bits, %v together; want %v, %v", n, p.Bits, p.Interaction, joint, together)
	}
	if p.Bits < got.Matters[p.First].Bits-1e-9 {
		t.Fatalf("case %d: both answers tell less than one", n)
	}
	// Linked: the probability of both answers is not the product of each.
	dependent := math.Abs(p.P[1][1]-got.Matters[p.First].Credence*got.Matters[p.Second].Credence) > 1e-9
	if p.Linked != dependent {
		t.Fatalf("case %d: linked %v, want %v", n, p.Linked, dependent)
	}
	if !p.Linked && p.Interaction < -1e-9 {
		t.Fatalf("case %d: questions that do not depend on one another tell less together: %v", n, p.Interaction)
	}
	if p.Linked {
		seen.linked++
	}
	if p.Interaction > 1e-6 {
		seen.more++
	}
	if p.Interaction < -1e-6 {
		seen.less++
	}
}

// checkByWorld: the groups are the worlds with equal agreements, and the
// findings of every way single out worlds of its group.
func checkByWorld(t *testing.T, n uint64, got *Outlook, want *slowResult, seen *summarySeen) {
	t.Helper()
	var total float64
	weights := map[string]float64{}
	for _, r := range want.rows {
		total += r.weight
		weights[fmt.Sprint(r.deals)] += r.weight
	}
	if len(got.ByWorld) != len(weights) {
		t.Fatalf("case %d: %d groups, want %d", n, len(got.ByWorld), len(weights))
	}
	if len(weights) > 1 {
		seen.several++
	}
	for _, g := range got.ByWorld {
		deals := []uint64{}
		for _, a := range g.Agreements {
			deals = append(deals, got.Agreements[a].State)
		}
		slices.Sort(deals)
		key := fmt.Sprint(deals)
		if math.Abs(g.P-weights[key]/total) > 1e-6 {
			t.Fatalf("case %d: %s with %v, want %v", n, key, g.P, weights[key]/total)
		}
		var ways float64
		for _, way := range g.Ways {
			ways += way.P
			var inside, all float64
			for _, r := range want.rows {
				fits := true
				for _, f := range way.When {
					if f.Atom >= 0 {
						fits = fits && r.answers[f.Atom] == f.Holds
					} else {
						fits = fits && r.turn[f.Unsettled] == f.Holds
						seen.turned++
					}
				}
				if fits {
					all += r.weight / total
					if fmt.Sprint(r.deals) == key {
						inside += r.weight / total
					}
				}
			}
			if math.Abs(inside-way.P) > 1e-6 || way.Certain != (all-inside < 1e-9) {
				t.Fatalf("case %d: %s when %v: %v of %v, want %v", n, key, way.When, inside, all, way)
			}
		}
		if math.Abs(ways-g.P) > 1e-9 {
			t.Fatalf("case %d: the ways of %s add up to %v, not to %v", n, key, ways, g.P)
		}
	}
	if !slices.IsSortedFunc(got.ByWorld, func(a, b AgreementGroup) int { return heavier(a.P, b.P) }) {
		t.Fatalf("case %d: the groups are not sorted", n)
	}
}

// TestIrrelevantQuestion: a question on which nothing depends tells nothing, and
// neither answer changes anything.
func TestIrrelevantQuestion(t *testing.T) {
	for n := range runs(60, 2000) {
		k := startedCase(t, 33, n)
		if k == nil {
			continue
		}
		p := 0.3
		k, err := k.With(func(c *demarche.Case) {
			c.Propositions = append(c.Propositions, demarche.Proposition{ID: "weather", Says: "It rains", Prior: &p})
		})
		if err != nil {
			t.Fatal(err)
		}
		o, err := k.Outlook(context.Background(), OutlookConfig{})
		if err != nil {
			t.Fatal(err)
		}
		m := o.Matters[len(k.Atoms)-1]
		if m.ID != "weather" || m.Bits > 1e-12 || m.Changes || !nearList(m.Yes, m.No) {
			t.Fatalf("case %d: %+v", n, m)
		}
	}
}

// calibrated is a conflict in which several questions tell something, two of them
// more together, agreements are struck, and a rung may be reached or not.
func calibrated(t *testing.T) *Conflict {
	t.Helper()
	k := startedCaseWhere(t, func(o *Outlook) bool {
		open := 0
		for _, m := range o.Matters {
			if m.Bits > 0.02 {
				open++
			}
		}
		rung := slices.ContainsFunc(o.Ladder, func(e Estimate) bool { return e.P > 0.1 && e.P < 0.9 })
		return open >= 3 && o.Agreed > 0.1 && o.Pair.Interaction > 0.005 && rung
	})
	return k
}

func startedCaseWhere(t *testing.T, is func(*Outlook) bool) *Conflict {
	t.Helper()
	for n := uint64(0); ; n++ {
		k := startedCase(t, 34, n)
		if k == nil {
			continue
		}
		o, err := k.Outlook(context.Background(), OutlookConfig{})
		if err != nil {
			t.Fatal(err)
		}
		if is(o) {
			return k
		}
	}
}

// TestStandardErrorsAreCalibrated: over 200 seeds, about 95 in 100 estimates lie
// within 1.96 standard errors of the exact value, and errors have the size that
// they are said to have.
func TestStandardErrorsAreCalibrated(t *testing.T) {
	k := calibrated(t)
	exact, err := k.Outlook(context.Background(), OutlookConfig{})
	if err != nil {
		t.Fatal(err)
	}
	const draws = 400
	var drawn []*Outlook
	for seed := range runs(200, 2000) {
		o, err := k.Outlook(context.Background(), OutlookConfig{Worlds: draws, Seed: seed + 1, EndsOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		drawn = append(drawn, o)
	}
	for _, kind := range []struct {
		name     string
		see      func(got, exact *Outlook) []Estimate
		low, top float64 // the share within
	}{
		{"outcomes", func(o, _ *Outlook) []Estimate { return o.Outcomes }, 0.92, 0.98},
		{"if talks", func(o, _ *Outlook) []Estimate { return slices.Concat(o.IfTalks, o.IfNoTalks) }, 0.92, 0.98},
		{"ladder", func(o, _ *Outlook) []Estimate { return o.Ladder }, 0.92, 0.98},
		{"agreed", func(o, _ *Outlook) []Estimate {
			out := []Estimate{{o.Agreed, o.AgreedSE}}
			return out
		}, 0.9, 0.99},
		{"ends", func(o, exact *Outlook) []Estimate {
			var out []Estimate
			for _, s := range exact.States {
				if s.EndsHere < 0.05 {
					continue
				}
				at := slices.IndexFunc(o.States, func(x StateShare) bool { return x.State == s.State })
				out = append(out, Estimate{o.States[at].EndsHere, o.States[at].EndsSE})
			}
			return out
		}, 0.92, 0.98},
		{"agreements", func(o, exact *Outlook) []Estimate {
			var out []Estimate
			for _, a := range exact.Agreements {
				if a.P < 0.05 {
					continue
				}
				at := slices.IndexFunc(o.Agreements, func(x AgreementShare) bool { return x.State == a.State })
				out = append(out, Estimate{o.Agreements[at].P, o.Agreements[at].PSE}, Estimate{o.Agreements[at].Struck, o.Agreements[at].StruckSE})
			}
			return out
		}, 0.92, 0.98},
		{"given answers", func(o, exact *Outlook) []Estimate {
			var out []Estimate
			for n, m := range exact.Matters {
				if m.Yes == nil || m.No == nil {
					continue
				}
				for i := range m.Yes {
					out = append(out, Estimate{o.Matters[n].Yes[i], list(o.Matters[n].YesSE, i)}, Estimate{o.Matters[n].No[i], list(o.Matters[n].NoSE, i)})
				}
			}
			return out
		}, 0.9, 0.98},
		{"bits", func(o, exact *Outlook) []Estimate {
			var out []Estimate
			for n, m := range exact.Matters {
				if m.Bits > 0.02 { // below, zero is near and errors are lopsided
					out = append(out, Estimate{o.Matters[n].Bits, o.Matters[n].BitsSE})
				}
			}
			return out
		}, 0.89, 0.98},
		{"pair", func(o, exact *Outlook) []Estimate {
			if o.Pair.First != exact.Pair.First || o.Pair.Second != exact.Pair.Second {
				return nil
			}
			return []Estimate{{o.Pair.Bits, o.Pair.BitsSE}, {o.Pair.Interaction, o.Pair.InteractionSE}}
		}, 0.89, 0.99},
	} {
		truth := kind.see(exact, exact)
		var within, square float64
		count := 0
		for seed, o := range drawn {
			for n, e := range kind.see(o, exact) {
				off := e.P - truth[n].P
				if e.SE == 0 {
					if math.Abs(off) > 10.0/draws {
						t.Fatalf("%s, seed %d: %v without error, exactly %v", kind.name, seed+1, e.P, truth[n].P)
					}
					continue
				}
				count++
				square += off * off / (e.SE * e.SE)
				if math.Abs(off) <= 1.96*e.SE {
					within++
				}
			}
		}
		within /= float64(count)
		spread := math.Sqrt(square / float64(count))
		if covers() && (count < 100 || within < kind.low || within > kind.top || spread < 0.9 || spread > 1.15) {
			t.Errorf("%s: %.3f of %d estimates lie within 1.96 errors, which are off by a factor of %.2f", kind.name, within, count, spread)
		}
	}
}

func list(v []float64, n int) float64 {
	if v == nil {
		return 0
	}
	return v[n]
}

// TestPrecision: batches end where every standard error is small enough, the
// result is that of as many draws without a precision, and what is exact reaches
// any.
func TestPrecision(t *testing.T) {
	ctx := context.Background()
	k := calibrated(t)
	exact, err := k.Outlook(ctx, OutlookConfig{Precision: 1e-9})
	if err != nil || !exact.Exact || !exact.Reached {
		t.Fatalf("%+v, %v", exact, err)
	}
	// Too many open questions to enumerate; those added tell nothing.
	k, err = k.With(func(c *demarche.Case) {
		for n := range 16 {
			c.Propositions = append(c.Propositions, demarche.Proposition{ID: fmt.Sprintf("more%d", n), Says: "more"})
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	last := 0
	for _, wanted := range []float64{0.02, 0.01, 0.005} {
		o, err := k.Outlook(ctx, OutlookConfig{Precision: wanted, Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		if o.Exact || !o.Reached || o.Precision != wanted || o.Worlds%drawBatch != 0 || o.Worlds < last {
			t.Fatalf("%v: %d worlds, reached %v", wanted, o.Worlds, o.Reached)
		}
		last = o.Worlds
		for _, e := range o.Outcomes {
			if e.SE > wanted {
				t.Fatalf("%v: a standard error of %v", wanted, e.SE)
			}
		}
		plain, err := k.Outlook(ctx, OutlookConfig{Worlds: o.Worlds, Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		plain.Precision = wanted
		if !reflect.DeepEqual(o, plain) {
			t.Fatalf("%v: batches change the result", wanted)
		}
	}
	if last <= drawBatch {
		t.Fatal("no precision needed a second batch")
	}
	// The most to draw ends the drawing, and the result says so.
	o, err := k.Outlook(ctx, OutlookConfig{Precision: 0.0005, Worlds: 1500, Seed: 3})
	if err != nil || o.Reached || o.Worlds != 1500 {
		t.Fatalf("%d worlds, reached %v, %v", o.Worlds, o.Reached, err)
	}
	if o, err = k.Outlook(ctx, OutlookConfig{}); err != nil || o.Worlds != DefaultDraws || !o.Reached {
		t.Fatalf("%d worlds, reached %v, %v", o.Worlds, o.Reached, err)
	}
}

// TestInformation: never negative, symmetric in renaming, and as Shannon's
// examples have it.
func TestInformation(t *testing.T) {
	for _, c := range []struct {
		weights, sums []float64
		want          float64
	}{
		{[]float64{1, 1}, []float64{1, 0, 0, 1}, 1},         // the answer decides
		{[]float64{1, 3}, []float64{0.5, 0.5, 1.5, 1.5}, 0}, // nothing depends on it
		{[]float64{1, 0}, []float64{1, 0, 0, 0}, 0},         // there is no other answer
		{[]float64{3, 1}, []float64{3, 0, 0, 1}, 0.8112781244591328},
	} {
		if got := information(c.weights, c.sums); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v, %v: %v bits, want %v", c.weights, c.sums, got, c.want)
		}
	}
	r := rand.New(rand.NewPCG(5, 5))
	for range 1000 {
		weights, sums := make([]float64, 3), make([]float64, 12)
		for a := range weights {
			for o := range 4 {
				x := r.Float64() * float64(r.IntN(2))
				sums[a*4+o], weights[a] = x, weights[a]+x
			}
		}
		if got := information(weights, sums); got < 0 || got > math.Log2(3)+1e-9 || math.IsNaN(got) {
			t.Fatalf("%v: %v bits", sums, got)
		}
	}
}

// TestHolds: a state holds in the worlds in which no player would move from it;
// where things end, they hold.
func TestHolds(t *testing.T) {
	ctx := context.Background()
	for n := range runs(60, 2000) {
		k := startedCase(t, 35, n)
		if k == nil {
			continue
		}
		got, err := k.Outlook(ctx, OutlookConfig{})
		if err != nil {
			t.Fatal(err)
		}
		w := k.newWeighing(ctx, true)
		w.enumerate()
		want := map[uint64]float64{}
		for _, d := range w.worlds {
			m, err := k.In(d.World)
			if err != nil {
				t.Fatal(err)
			}
			f, err := m.Foresight(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for s, state := range m.States {
				holds := true
				for i := range m.Players {
					holds = holds && f.Stable(i, s)
				}
				if holds {
					want[state] += d.weight
				}
			}
		}
		for _, s := range got.States {
			if math.Abs(s.Holds-want[s.State]) > 1e-9 || s.EndsHere > s.Holds+1e-9 {
				t.Fatalf("case %d: state %d holds with %v, ends with %v, want %v", n, s.State, s.Holds, s.EndsHere, want[s.State])
			}
			delete(want, s.State)
		}
		if len(want) > 0 {
			t.Fatalf("case %d: states that hold are not listed: %v", n, want)
		}
	}
}
