package demarche

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestCompeteAgainstDefinition writes the matrix out by hand on random cases.
func TestCompeteAgainstDefinition(t *testing.T) {
	const seed = 22
	for run := range credenceRuns(500, 20_000) {
		rng := rand.New(rand.NewPCG(seed, run))
		var hypotheses []string
		var evidence []Evidence
		for i := range 1 + rng.IntN(4) {
			hypotheses = append(hypotheses, fmt.Sprintf("h%d", i))
		}
		for i := range rng.IntN(6) {
			evidence = append(evidence, Evidence{fmt.Sprintf("c%d", i), []string{"", "s1", "s2"}[rng.IntN(3)], rng.IntN(7)})
		}
		var marks []Mark
		said := map[[3]string]string{}
		for range rng.IntN(40) {
			if len(evidence) == 0 {
				break
			}
			m := Mark{hypotheses[rng.IntN(len(hypotheses))], evidence[rng.IntN(len(evidence))].Claim, []string{"Ann", "Bob", "Cy"}[rng.IntN(3)], Marks[rng.IntN(3)]}
			marks = append(marks, m)
			said[[3]string{m.Hypothesis, m.Claim, m.By}] = m.Mark
		}
		got, err := Compete(hypotheses, evidence, marks, DefaultWeights)
		if err != nil {
			t.Fatal(err)
		}
		cell := func(h, c string) []string {
			var out []string
			for _, by := range []string{"Ann", "Bob", "Cy"} {
				if m := said[[3]string{h, c, by}]; m != "" {
					out = append(out, m)
				}
			}
			return out
		}
		share := func(h, c string) float64 {
			marks := cell(h, c)
			n := 0
			for _, m := range marks {
				if m == "inconsistent" {
					n++
				}
			}
			return float64(n) / max(1, float64(len(marks)))
		}
		score := func(h, without string) float64 {
			sum := 0.0
			for _, e := range evidence {
				w := map[int]float64{0: 0.7, 1: 1, 2: 1, 3: 0.7, 4: 0.3, 5: 0.1, 6: 0}[e.Credibility]
				if without == "" || e.Source != without {
					sum += w * share(h, e.Claim)
				}
			}
			return sum
		}
		leaders := func(without string) []string {
			out := []string{}
			for _, h := range hypotheses {
				if !slices.ContainsFunc(hypotheses, func(o string) bool { return score(o, without) < score(h, without)-1e-9 }) {
					out = append(out, h)
				}
			}
			return out
		}
		for i, h := range got.Hypotheses {
			if math.Abs(h.Inconsistency-score(h.ID, "")) > 1e-9 {
				t.Fatalf("seed %d, run %d: %+v, want %v", seed, run, h, score(h.ID, ""))
			}
			if i > 0 && got.Hypotheses[i-1].Inconsistency > h.Inconsistency {
				t.Fatalf("seed %d, run %d: not in order", seed, run)
			}
		}
		for _, c := range got.Claims {
			want := 0.0
			for _, a := range hypotheses {
				for _, b := range hypotheses {
					useful := func(m string) bool { return m != "not_applicable" }
					if slices.ContainsFunc(cell(a, c.Claim), useful) && slices.ContainsFunc(cell(b, c.Claim), useful) {
						want = max(want, math.Abs(share(a, c.Claim)-share(b, c.Claim)))
					}
				}
			}
			if math.Abs(c.Diagnosticity-want) > 1e-9 {
				t.Fatalf("seed %d, run %d: %+v, want %v", seed, run, c, want)
			}
		}
		for _, c := range got.Cells {
			marks := cell(c.Hypothesis, c.Claim)
			pairs, differ := 0.0, 0.0
			for i := range marks {
				for j := range i {
					pairs++
					if marks[i] != marks[j] {
						differ++
					}
				}
			}
			if c.Consistent+c.Inconsistent+c.NotApplicable != len(marks) || math.Abs(c.Disagreement-differ/max(1, pairs)) > 1e-9 {
				t.Fatalf("seed %d, run %d: %+v, %v", seed, run, c, marks)
			}
		}
		for _, s := range got.Sources {
			if want := leaders(s.Source); !slices.Equal(s.Without, want) || s.Leads != !slices.Equal(want, leaders("")) {
				t.Fatalf("seed %d, run %d: %+v, want %v", seed, run, s, want)
			}
		}
	}
}

func TestCompete(t *testing.T) {
	evidence := []Evidence{{"c1", "s1", 2}, {"c2", "s2", 6}, {"c3", "s2", 3}}
	marks := []Mark{
		{"bluff", "c1", "Ann", "inconsistent"}, {"war", "c1", "Ann", "consistent"},
		{"bluff", "c2", "Ann", "consistent"}, {"war", "c2", "Ann", "inconsistent"},
		{"bluff", "c3", "Ann", "consistent"}, {"war", "c3", "Ann", "consistent"},
		{"war", "c3", "Bob", "inconsistent"},
	}
	got, err := Compete([]string{"bluff", "war"}, evidence, marks, DefaultWeights)
	if err != nil {
		t.Fatal(err)
	}
	want := ACH{
		Hypotheses: []ACHHypothesis{{"war", 0.35, 3}, {"bluff", 1, 3}},
		Claims:     []ACHClaim{{"c1", 1, 1}, {"c2", 0, 1}, {"c3", 0.7, 0.5}},
		Cells: []ACHCell{{"bluff", "c1", 0, 1, 0, 0}, {"bluff", "c2", 1, 0, 0, 0}, {"bluff", "c3", 1, 0, 0, 0},
			{"war", "c1", 1, 0, 0, 0}, {"war", "c2", 0, 1, 0, 0}, {"war", "c3", 1, 1, 0, 1}},
		// Without the first source nothing speaks against a bluff.
		Sources: []ACHSource{{"s1", 1, true, []string{"bluff"}}, {"s2", 2, false, []string{"war"}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("\n got %+v\nwant %+v", got, want)
	}
	for words, f := range map[string]func() error{
		"not in the list: peace": func() error {
			_, err := Compete([]string{"war"}, evidence, []Mark{{"peace", "c1", "Ann", "consistent"}}, DefaultWeights)
			return err
		},
		"not in the list: c9": func() error {
			_, err := Compete([]string{"war"}, evidence, []Mark{{"war", "c9", "Ann", "consistent"}}, DefaultWeights)
			return err
		},
		"neither consistent": func() error {
			_, err := Compete([]string{"war"}, evidence, []Mark{{"war", "c1", "Ann", "maybe"}}, DefaultWeights)
			return err
		},
		"explanation war stands": func() error { _, err := Compete([]string{"war", "war"}, nil, nil, DefaultWeights); return err },
		"claim c1 stands":        func() error { _, err := Compete(nil, append(evidence, evidence[0]), nil, DefaultWeights); return err },
		"not 1 to 6":             func() error { _, err := Compete(nil, []Evidence{{"c", "", 7}}, nil, DefaultWeights); return err },
	} {
		if err := f(); KindOf(err) != BadInput || !strings.Contains(fmt.Sprint(err), words) {
			t.Errorf("%s: %v", words, err)
		}
	}
}
