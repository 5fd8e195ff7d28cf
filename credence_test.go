package demarche

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func credenceRuns(test, soak int) uint64 {
	if os.Getenv("DEMARCHE_SOAK") == "1" {
		return uint64(soak)
	}
	return uint64(test)
}

// slowSame is when two claims count once, written out again from the words of
// docs/reference/ledger.md.
func slowSame(a, b Testimony) bool {
	if a.Denies != b.Denies {
		return false
	}
	for _, of := range a.CopyOf {
		if of == b.Claim {
			return true
		}
	}
	for _, of := range b.CopyOf {
		if of == a.Claim {
			return true
		}
	}
	if a.Source != "" && a.Source == b.Source {
		return true
	}
	if !(a.Unnamed && b.Unnamed) || a.Side != b.Side {
		return false
	}
	if a.Report == b.Report {
		return a.Report != "" && !a.Distinct && !b.Distinct
	}
	outlet := func(t Testimony) string {
		if t.Relayed != "" {
			return t.Relayed
		}
		return t.Outlet
	}
	return outlet(a) != "" && outlet(a) == outlet(b)
}

// slowOrigins tries every way of parting the claims into sets and keeps the
// finest one that leaves no pair that counts once in two sets.
func slowOrigins(claims []Testimony) [][]string {
	n := len(claims)
	var best []int
	sets := -1
	part := make([]int, n)
	var try func(i, used int)
	try = func(i, used int) {
		if i == n {
			for a := range n {
				for b := range n {
					if part[a] != part[b] && slowSame(claims[a], claims[b]) {
						return
					}
				}
			}
			if used > sets {
				sets, best = used, slices.Clone(part)
			}
			return
		}
		for s := range used + 1 {
			part[i] = s
			try(i+1, max(used, s+1))
		}
	}
	try(0, 0)
	out := make([][]string, max(sets, 0))
	for i, s := range best {
		out[s] = append(out[s], claims[i].Claim)
	}
	for _, s := range out {
		slices.Sort(s)
	}
	slices.SortFunc(out, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return out
}

func randomTestimonies(rng *rand.Rand, most int) []Testimony {
	pick := func(words ...string) string { return words[rng.IntN(len(words))] }
	out := make([]Testimony, rng.IntN(most+1))
	for i := range out {
		t := &out[i]
		t.Claim = fmt.Sprintf("c%d", i)
		t.Unnamed = rng.IntN(2) == 0
		if t.Unnamed {
			t.Source = fmt.Sprintf("u%d", rng.IntN(9))
		} else {
			t.Source = pick("ann", "bob", "cy", "dee", "eve", "")
		}
		t.Report = pick("r1", "r2", "r3", "r4", "")
		t.Outlet = pick("gazette", "wire", "post", "")
		t.Relayed = pick("", "", "wire", "gazette")
		t.Side = pick("", "norvik", "sund")
		t.Distinct = rng.IntN(3) == 0
		t.Denies = rng.IntN(3) == 0
		if i > 0 && rng.IntN(4) == 0 {
			t.CopyOf = []string{fmt.Sprintf("c%d", rng.IntN(i))}
		}
		t.Strength = float64(rng.IntN(3)) / 2
		t.Reliability = pick(Reliabilities...)
		t.OutletReliability = pick(Reliabilities...)
		t.Credibility = rng.IntN(7)
		t.Record = pick("on_record", "background", "anonymous", "document", "unattributed", "")
		t.Access = pick(Accesses...)
	}
	return out
}

// TestFixed: what rounds to zero has no sign, in any step of the arithmetic.
func TestFixed(t *testing.T) {
	for _, tt := range []struct {
		x      float64
		places int
		want   string
	}{{0, 2, "0.00"}, {math.Copysign(0, -1), 2, "0.00"}, {-0.004, 2, "0.00"}, {-0.006, 2, "-0.01"}, {-0.4, 0, "0"}, {-0.6, 0, "-1"}, {12.345, 1, "12.3"}, {-1e-17, 2, "0.00"}} {
		if got := Fixed(tt.x, tt.places); got != tt.want {
			t.Errorf("%g to %d places is %s, want %s", tt.x, tt.places, got, tt.want)
		}
	}
	rng := rand.New(rand.NewPCG(17, 0))
	zeros := 0
	for range 2000 {
		c, err := Weigh(0.498+rng.Float64()/250, randomTestimonies(rng, 4), DefaultWeights, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range c.Steps {
			if strings.Contains(s, "-0.00") {
				t.Fatal(s)
			}
			if strings.Contains(s, "+0.00") {
				zeros++
			}
		}
	}
	if zeros == 0 {
		t.Error("nothing rounds to zero")
	}
}

// slowWeight looks the four rows up and multiplies.
func slowWeight(t Testimony) float64 {
	rel := t.Reliability
	if t.Unnamed && rel == "" {
		rel = t.OutletReliability
	}
	w := 1.0
	if t.Strength != 0 {
		w = t.Strength
	}
	for _, row := range DefaultWeights {
		c := fmt.Sprint(t.Credibility)
		if t.Credibility == 0 {
			c = ""
		}
		if row.Table == "reliability" && row.Grade == rel || row.Table == "credibility" && row.Grade == c ||
			row.Table == "record" && row.Grade == t.Record || row.Table == "access" && row.Grade == t.Access {
			w *= row.Value
		}
	}
	return w
}

func TestWeighAgainstPartitions(t *testing.T) {
	const seed = 21
	standings := map[Standing]int{}
	for run := range credenceRuns(1500, 40_000) {
		rng := rand.New(rand.NewPCG(seed, run))
		claims := randomTestimonies(rng, 7)
		prior := []float64{0.5, 0.1, 0.9, 0.37}[rng.IntN(4)]
		got, err := Weigh(prior, claims, DefaultWeights, nil)
		if err != nil {
			t.Fatal(err)
		}
		byID := map[string]Testimony{}
		for _, c := range claims {
			byID[c.Claim] = c
		}
		var have [][]string
		for _, o := range got.Origins {
			have = append(have, o.Claims)
		}
		slices.SortFunc(have, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
		want := slowOrigins(claims)
		if len(want) == 0 && len(have) == 0 {
			want, have = nil, nil
		}
		if !reflect.DeepEqual(have, want) {
			t.Fatalf("seed %d, run %d: origins %v, want %v\n%+v", seed, run, have, want, claims)
		}
		// The weight of each set, from its definition.
		odds := prior / (1 - prior)
		affirm, deny := 0, 0
		for _, set := range want {
			var first, second []float64
			for _, id := range set {
				c := byID[id]
				later := false
				for _, other := range set {
					o := byID[other]
					if other != id && (slices.Contains(c.CopyOf, other) || c.Relayed != "" && c.Relayed == o.Outlet && c.Outlet != o.Outlet) {
						later = true
					}
				}
				if later {
					second = append(second, slowWeight(c))
				} else {
					first = append(first, slowWeight(c))
				}
			}
			w := 0.0
			if len(first) > 0 {
				w = slices.Max(first)
			} else {
				w = slices.Min(second)
			}
			if byID[set[0]].Denies {
				deny++
				odds /= math.Exp(w)
			} else {
				affirm++
				odds *= math.Exp(w)
			}
		}
		if p := odds / (1 + odds); math.Abs(p-got.Computed) > 1e-9 || got.P != got.Computed {
			t.Fatalf("seed %d, run %d: %v, want %v\n%s", seed, run, got.Computed, p, strings.Join(got.Steps, "\n"))
		}
		standing := map[[2]bool]Standing{{true, true}: Contested, {false, true}: Denied, {false, false}: Unsupported}[[2]bool{affirm > 0, deny > 0}]
		if standing == "" {
			standing = SingleSource
			if affirm >= 2 {
				standing = Confirmed
			}
		}
		if got.Standing != standing {
			t.Fatalf("seed %d, run %d: %s, want %s", seed, run, got.Standing, standing)
		}
		standings[standing]++
		// The order of the claims does not matter, and a copy changes nothing.
		shuffled := slices.Clone(claims)
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if again, _ := Weigh(prior, shuffled, DefaultWeights, nil); !reflect.DeepEqual(again, got) {
			t.Fatalf("seed %d, run %d: in another order %+v, want %+v", seed, run, again, got)
		}
		if len(claims) > 0 {
			wire := claims[rng.IntN(len(claims))]
			of := wire.Claim
			wire.Claim, wire.Source, wire.Outlet, wire.Report, wire.Relayed, wire.Unnamed = "z", "z", "z", "z", "", false
			wire.CopyOf, wire.Reliability, wire.Credibility = []string{of}, "A", 1
			if more, _ := Weigh(prior, append(shuffled, wire), DefaultWeights, nil); more.Computed != got.Computed || more.Standing != got.Standing {
				t.Fatalf("seed %d, run %d: a copy of %s moves the credence from %v to %v", seed, run, of, got.Computed, more.Computed)
			}
		}
	}
	for _, s := range []Standing{Confirmed, Contested, SingleSource, Denied, Unsupported} {
		if standings[s] == 0 {
			t.Errorf("never %s", s)
		}
	}
}

// TestOneSpokesman: ten outlets quoting one spokesman are one origin.
func TestOneSpokesman(t *testing.T) {
	var claims []Testimony
	for i := range 10 {
		claims = append(claims, Testimony{Claim: fmt.Sprintf("c%d", i), Source: "spokesman", Report: fmt.Sprintf("r%d", i), Outlet: fmt.Sprintf("o%d", i), Reliability: "B", Record: "on_record", Access: "direct", Credibility: 2})
	}
	c, err := Weigh(0.5, claims, DefaultWeights, nil)
	if err != nil || len(c.Origins) != 1 || c.Standing != SingleSource || math.Abs(LogOdds(c.Computed)-1.2) > 1e-9 || len(c.Origins[0].Chain) != 9 {
		t.Fatalf("%+v, %v", c, err)
	}
	if c.Origins[0].Chain[0] != "c0 and c1: the same source speaks" {
		t.Error(c.Origins[0].Chain)
	}
	want := []string{
		"prior 0.50: log-odds +0.00",
		"c0 affirms: 1.20 (source B) × 1.00 (credibility 2) × 1.00 (on record) × 1.00 (direct) = +1.20",
		"sum +1.20: credence 0.77",
	}
	if !slices.Equal(c.Steps, want) {
		t.Errorf("%q", c.Steps)
	}
}

// TestToldTheWire: what others have from the agency counts as the agency's word,
// with the agency's weight.
func TestToldTheWire(t *testing.T) {
	wire := Testimony{Claim: "a", Source: "r1.official", Unnamed: true, Report: "r1", Outlet: "wire", OutletReliability: "C", Record: "anonymous", Access: "direct", Credibility: 2}
	told := Testimony{Claim: "b", Source: "r2.official", Unnamed: true, Report: "r2", Outlet: "post", Relayed: "wire", OutletReliability: "A", Record: "anonymous", Access: "direct", Credibility: 2}
	c, err := Weigh(0.5, []Testimony{wire, told}, DefaultWeights, nil)
	if err != nil || len(c.Origins) != 1 || c.Origins[0].Counted != "a" || math.Abs(c.Origins[0].Weight-0.35) > 1e-12 {
		t.Fatalf("%+v, %v", c, err)
	}
	other := told
	other.Claim, other.Relayed = "d", ""
	if c, _ = Weigh(0.5, []Testimony{wire, other}, DefaultWeights, nil); len(c.Origins) != 2 || c.Standing != Confirmed {
		t.Fatalf("%+v", c)
	}
}

func TestOverrideShowsBoth(t *testing.T) {
	claims := []Testimony{{Claim: "c", Source: "s", Reliability: "F"}}
	c, err := Weigh(0.3, claims, DefaultWeights, &Override{P: 0.8, By: "Ann", Reason: "seen it"})
	if err != nil || c.P != 0.8 || math.Abs(c.Computed-0.3) > 1e-12 || c.NoBasis != 1 || c.Standing != SingleSource || !strings.Contains(c.Steps[len(c.Steps)-1], "Ann sets it to 0.80: seen it") {
		t.Fatalf("%+v, %v", c, err)
	}
	for _, certain := range []float64{0, 1} {
		c, err := Weigh(certain, []Testimony{{Claim: "a", Reliability: "A"}, {Claim: "b", Source: "x", Denies: true, Reliability: "A"}}, DefaultWeights, nil)
		if err != nil || c.Computed != certain || strings.Contains(strings.Join(c.Steps, " "), "Inf") {
			t.Errorf("%+v, %v", c, err)
		}
	}
	for _, bad := range []float64{-0.1, 1.1, math.NaN()} {
		if _, err := Weigh(bad, nil, DefaultWeights, nil); KindOf(err) != BadInput {
			t.Error(bad, err)
		}
		if _, err := Weigh(0.5, nil, DefaultWeights, &Override{P: bad}); KindOf(err) != BadInput {
			t.Error(bad, err)
		}
	}
}

func TestWeights(t *testing.T) {
	if err := DefaultWeights.Check(); err != nil {
		t.Fatal(err)
	}
	// Better grades never weigh less.
	for _, order := range [][]string{{"reliability", "A", "B", "C", "D", "E", "F"}, {"credibility", "1", "2", "3", "4", "5", "6"}, {"record", "on_record", "background", "anonymous", "unattributed"}, {"access", "direct", "", "hearsay"}} {
		for i := 2; i < len(order); i++ {
			a, _ := DefaultWeights.Of(order[0], order[i-1])
			b, _ := DefaultWeights.Of(order[0], order[i])
			if a < b {
				t.Errorf("%s %s weighs less than %s", order[0], order[i-1], order[i])
			}
		}
	}
	for _, none := range [][2]string{{"reliability", "F"}, {"credibility", "6"}} {
		if w, ok := DefaultWeights.Of(none[0], none[1]); !ok || w != 0 {
			t.Errorf("%v weighs %v", none, w)
		}
	}
	change := func(f func(Weights) Weights) error { return f(slices.Clone(DefaultWeights)).Check() }
	for words, f := range map[string]func(Weights) Weights{
		"has no row for":      func(w Weights) Weights { return w[1:] },
		"an unknown row":      func(w Weights) Weights { return append(w, Weight{"mood", "good", 1, "x"}) },
		"two rows":            func(w Weights) Weights { return append(w, w[0]) },
		"not between 0 and 5": func(w Weights) Weights { w[0].Value = math.NaN(); return w },
		"is over 1":           func(w Weights) Weights { w[len(w)-1].Value = 1.5; return w },
		"has no reason":       func(w Weights) Weights { w[3].Reason = " "; return w },
	} {
		if err := change(f); KindOf(err) != BadInput || !strings.Contains(fmt.Sprint(err), words) {
			t.Errorf("%s: %v", words, err)
		}
	}
}

// TestWeightsAreDocumented: every row stands in the reference, with its reason.
func TestWeightsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("docs/reference/ledger.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(page)) {
		if slices.ContainsFunc(DefaultWeights, func(w Weight) bool {
			grade := "not stated"
			if w.Grade != "" {
				grade = "`" + w.Grade + "`"
			}
			return strings.TrimSpace(line) == fmt.Sprintf("| %s | %v | %s |", grade, w.Value, w.Reason)
		}) {
			n++
		}
	}
	if n != len(DefaultWeights) {
		t.Errorf("%d of %d rows of the table of weights are in docs/reference/ledger.md", n, len(DefaultWeights))
	}
}
