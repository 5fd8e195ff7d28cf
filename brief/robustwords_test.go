package brief

import (
	"context"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

func TestAssumptionWords(t *testing.T) {
	in := harbour(t)
	in.Case.Propositions[2].KnownTo = ids("north")
	in.Case.Propositions[2].Believes = []demarche.Belief{{ID: "south", P: 0.125}}
	in.Case.Authorities[0].Binding = true
	solveInput(t, &in)
	k := in.Conflict
	for _, x := range []struct {
		a    engine.Assumption
		want string
	}{
		{engine.Assumption{Kind: engine.AssumeTalks, Player: -1, From: 0.5, To: 0}, "if talks could not conclude in time"},
		{engine.Assumption{Kind: engine.AssumeTalks, Player: -1, From: 0.5, To: 1}, "if talks were certain to conclude in time"},
		{engine.Assumption{Kind: engine.AssumeTalks, Player: -1, From: 0.5, To: 0.25}, "if the probability that talks conclude in time were 25 % instead of 50 %"},
		{engine.Assumption{Kind: engine.AssumeBelief, Player: 1, At: 2, From: 0.125, To: 0.4}, "if Southport put the probability that Northport would close the road at 40 % instead of 12.5 %"},
		{engine.Assumption{Kind: engine.AssumeDropped, Player: 0, At: 0}, "if it did not matter to Northport that the harbour be open"},
		{engine.Assumption{Kind: engine.AssumeDropped, Player: 0, At: 2}, "if it did not matter to Northport that Northport does not close the road"},
		{engine.Assumption{Kind: engine.AssumeSwapped, Player: 1, At: 1}, "if it mattered more to Southport to have a fee than not to open for nothing"},
		{engine.Assumption{Kind: engine.AssumeRule, Player: -1, At: 0}, "without the rule that nobody pays and closes"},
		{engine.Assumption{Kind: engine.AssumeBinding, Player: -1, At: 3}, "if nobody were bound by this: a treaty of 1921 keeps the harbour open"},
		{engine.Assumption{Kind: engine.AssumeForesight, Player: 0, Was: engine.SEQ, Now: engine.Nash}, "if Northport looked only one move ahead, whatever the others might answer"},
		{engine.Assumption{Kind: engine.AssumeInitiative, Player: 1, From: 1, To: 0.5}, "if Southport were half as quick to move"},
		{engine.Assumption{Kind: engine.AssumeInitiative, Player: 1, From: 1, To: 2}, "if Southport were twice as quick to move"},
	} {
		if got := AssumptionWords(k, x.a); got != x.want {
			t.Errorf("%s: got %q, want %q", x.a.Kind, got, x.want)
		}
	}
}

// Whatever is tried is told without ids, and everything is told differently.
func TestRobustnessWords(t *testing.T) {
	in := harbour(t)
	in.Case.Conflict.Talks.Chance = ptr(0.6) // at a half two outcomes share first place
	solveInput(t, &in)
	k := in.Conflict
	r, err := k.Robustness(context.Background(), engine.RobustConfig{Budget: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]engine.Assumption{}
	noID := regexp.MustCompile(`[a-z]+[._][a-z]+|\b(seq|nash|gmr|smr|sseq)\b`)
	check := func(s string) {
		t.Helper()
		if bad := noID.FindString(s); bad != "" || s == "" {
			t.Errorf("%q holds an id: %q", s, bad)
		}
	}
	for _, trial := range r.Trials {
		s := AssumptionWords(k, trial.Assumption)
		check(s)
		if other, twice := said[s]; twice {
			t.Errorf("%q tells %+v and %+v", s, other, trial.Assumption)
		}
		said[s] = trial.Assumption
	}
	for n := range r.Base {
		check(EndWords(k, n))
	}
	check(RobustVerdict(k, r))
	told := 0
	for _, b := range Breaks(k, r) {
		check(b.Becomes)
		told += len(b.If)
		for _, s := range b.If {
			if trial := said[s]; trial.Kind == "" {
				t.Errorf("%q was not tried", s)
			}
		}
	}
	if told != len(r.Breaks) || told == 0 || r.Robust {
		t.Errorf("%d breaks told of %d", told, len(r.Breaks))
	}
	for _, g := range r.Ranges {
		for _, e := range []engine.Extreme{g.Min, g.Max} {
			if s := ExtremeWords(k, r, e); (s == "") != (e.Trial < 0 && e.Matter < 0) {
				t.Errorf("%+v is told as %q", e, s)
			}
		}
	}
	if s := ExtremeWords(k, r, engine.Extreme{Trial: -1, Matter: 0}); s != "if it turned out to be wrong that the crane is broken" {
		t.Errorf("an answer is told as %q", s)
	}
}

func TestRobustVerdict(t *testing.T) {
	in := harbour(t)
	trial := func(changes bool) engine.Trial { return engine.Trial{Changes: changes} }
	for want, trials := range map[string][]engine.Trial{
		"No change was tried, so it is not known how well this stands up.":                                                        nil,
		"The most likely outcome is robust: it stays a reopening under the one change tried.":                                     {trial(false)},
		"The most likely outcome is robust: it stays a reopening under each of the two changes tried.":                            {trial(false), trial(false), {Err: "no"}},
		"The most likely outcome is fragile: it does not stay a reopening under the one change tried.":                            {trial(true)},
		"The most likely outcome is fragile: it stays a reopening under one of the three changes tried, not under the others.":    {trial(true), trial(true), trial(false)},
		"The most likely outcome is fragile: it does not stay a reopening under any of the two changes tried.":                    {trial(true), trial(true)},
		"The most likely outcome is fragile: it stays a reopening under two of the three changes tried, but not under the other.": {trial(true), trial(false), trial(false)},
	} {
		r := &engine.Robustness{Trials: trials, Robust: true}
		for n, x := range trials {
			if x.Changes {
				r.Robust, r.Breaks = false, append(r.Breaks, n)
			}
		}
		if got := RobustVerdict(in.Conflict, r); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

// Outcomes that share first place are told as that, and none of them as the one
// that a change takes it from.
func TestRobustVerdictOnTies(t *testing.T) {
	in := harbour(t)
	n := len(in.Conflict.Outcomes) + 2
	at := func(p ...float64) engine.Trial {
		return engine.Trial{Outcomes: append(p, make([]float64, n-len(p))...), Changes: p[0] < 0.5 && p[1] < 0.5}
	}
	for _, x := range []struct {
		trials []engine.Trial
		want   string
	}{
		{[]engine.Trial{at(0.5, 0.5), at(0.6, 0.4), at(0.2, 0.8)}, "; under two of the three changes tried they no longer share it. That one of them is most likely is robust: one of them stays most likely under each of the three changes tried."},
		{[]engine.Trial{at(0.5, 0.5), at(0.2, 0.2, 0.6)}, ". That one of them is most likely is fragile: one of them stays most likely under one of the two changes tried, but not under the other."},
		{[]engine.Trial{at(0.2, 0.2, 0.6)}, ". That one of them is most likely is fragile: neither of them stays most likely under the one change tried."},
	} {
		r := &engine.Robustness{Trials: x.trials, First: []int{0, 1}, Robust: true}
		for n, trial := range x.trials {
			if trial.Changes {
				r.Robust, r.Breaks = false, append(r.Breaks, n)
			}
		}
		want := "Two outcomes share first place: " + EndWords(in.Conflict, 0) + " and " + EndWords(in.Conflict, 1) + x.want
		if got := RobustVerdict(in.Conflict, r); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func TestUntriedWords(t *testing.T) {
	r := &engine.Robustness{Budget: 90 * time.Second}
	if s := UntriedWords(r); s != "" {
		t.Errorf("nothing untried is told as %q", s)
	}
	for _, kind := range []engine.AssumptionKind{engine.AssumeInitiative, engine.AssumeRule, engine.AssumeInitiative} {
		r.Untried = append(r.Untried, engine.Assumption{Kind: kind})
	}
	want := "Within 90 seconds there was no time to try three further changes: one rule left out and two other degrees of readiness to move."
	if got := UntriedWords(r); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var names []string
	for _, kind := range engine.AssumptionKinds() {
		names = append(names, kindWords[kind][0], kindWords[kind][1])
		if _, known := foresightWords[engine.SEQ]; kindWords[kind][0] == "" || !known {
			t.Errorf("%s has no words", kind)
		}
	}
	if strings.Contains(strings.Join(names, " "), "_") {
		t.Errorf("an id among %q", names)
	}
	got := map[time.Duration]string{}
	for d := range map[time.Duration]bool{time.Second: true, 30 * time.Second: true, 2 * time.Minute: true, time.Hour: true, time.Millisecond: true, 1500 * time.Millisecond: true} {
		got[d] = spell(d)
	}
	if want := (map[time.Duration]string{time.Second: "one second", 30 * time.Second: "30 seconds", 2 * time.Minute: "2 minutes", time.Hour: "one hour", time.Millisecond: "less than a second", 1500 * time.Millisecond: "1.5 seconds"}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRangeWords(t *testing.T) {
	for _, x := range []struct {
		low, high float64
		want      string
	}{
		{0.16, 0.44, "15 to 45 %"},
		{0, 0.44, "zero to about 45 %"},
		{0.01, 0.44, "under 5 % to about 45 %"},
		{0.3, 0.99, "about 30 % to over 95 %"},
		{0.3, 1, "about 30 % to 100 %"},
		{0.31, 0.32, "about 30 %"},
		{0, 0, "zero"},
	} {
		if got := RangeWords(x.low, x.high); got != x.want {
			t.Errorf("%v to %v: got %q, want %q", x.low, x.high, got, x.want)
		}
	}
}
