package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/demarche/demarche/desk"
)

func TestRobustGolden(t *testing.T) {
	if testing.Short() {
		t.Skip("TestRobustGolden not run: -short")
	}
	for name, args := range map[string][]string{
		"imbra.robust.txt":     {"outlook", examples + "imbra-river", "--robust", "--budget", "10m"},
		"caribbean.robust.txt": {"outlook", examples + "caribbean", "--robust", "--budget", "10m"},
	} {
		t.Run(name, func(t *testing.T) {
			_, told, ok := strings.Cut(must(t, args...), "\nHow well it stands up")
			if !ok {
				t.Fatal("the outlook does not say how well it stands up")
			}
			golden(t, name, "How well it stands up"+told)
			if id := regexp.MustCompile(`[a-z]+[_.][a-z]+`).FindString(told); id != "" {
				t.Errorf("an id is printed: %s", id)
			}
		})
	}
}

func robustJSON(t *testing.T, args ...string) desk.OutlookJSON {
	t.Helper()
	var o desk.OutlookJSON
	if err := json.Unmarshal([]byte(must(t, append([]string{"outlook", examples + "imbra-river", "-q", "--json"}, args...)...)), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// The JSON says what the outlook under one changed assumption says.
func TestRobustJSON(t *testing.T) {
	if o := robustJSON(t); o.Robustness != nil {
		t.Error("robustness is given though it was not asked for")
	}
	r := robustJSON(t, "--robust", "--budget", "10m").Robustness
	if r == nil || r.Tried != len(r.Trials) || len(r.Trials) < 50 || r.Untried == nil || len(r.Untried) > 0 || r.BudgetSeconds != 600 {
		t.Fatalf("robustness is %+v", r)
	}
	talks := 0
	for _, trial := range r.Trials {
		if trial.Kind != "talks" {
			continue
		}
		talks++
		p, ok := trial.To.(float64)
		if !ok {
			t.Fatalf("talks to %v", trial.To)
		}
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range robustJSON(t, "--assume", "talks="+string(text)).Outcomes {
			if o.P != trial.Outcomes[o.Name] {
				t.Errorf("with talks at %v, %s has %v, want %v", p, o.Name, trial.Outcomes[o.Name], o.P)
			}
		}
	}
	if talks != 4 {
		t.Errorf("%d trials of talks", talks)
	}
	// A nanosecond is too short for anything.
	r = robustJSON(t, "--robust", "--budget", "1ns").Robustness
	if r.Tried != 0 || len(r.Trials) != 0 || len(r.Untried) < 50 || !r.Robust {
		t.Errorf("without time: %d tried, %d not", r.Tried, len(r.Untried))
	}
}

func TestRobustUsage(t *testing.T) {
	for _, args := range [][]string{{"--robust", "--budget", "0s"}, {"--robust", "--budget", "-3s"}, {"--budget", "10s"}, {"--robust", "--budget", "soon"}} {
		code, stdout, stderr := do(t, "", append([]string{"outlook", examples + "imbra-river", "-q"}, args...)...)
		if code != 2 || stdout != "" || !strings.Contains(stderr, "budget") {
			t.Errorf("%v: exit code %d, %q", args, code, stderr)
		}
	}
}

func TestWrappedKeepsPercentSigns(t *testing.T) {
	b := &strings.Builder{}
	wrapped(b, "  – ", strings.Repeat("word ", 18)+"at 60 % instead of 40 %")
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(strings.TrimSpace(line), "%") || len([]rune(line)) > 101 || strings.ContainsRune(line, 0) {
			t.Errorf("line %q of %q", line, b)
		}
	}
	if n := strings.Count(b.String(), "\n"); n != 2 {
		t.Errorf("%d lines, want 2", n)
	}
}

// tariffs is a case in which two outcomes are as likely as each other.
const tariffs = `demarche: 1
title: Tariffs
propositions:
  dumping: {says: Borel sells steel below cost, prior: 0.5}
conflict:
  status_quo: [avia.tariff]
  players:
    avia:
      name: Avia
      options: {tariff: Levy a tariff on steel, quota: Accept a quota}
      prefers:
        - {want: avia.tariff, if: dumping, says: to protect its mills}
        - {want: not borel.retaliate, says: to avoid retaliation}
        - {want: not avia.tariff, says: to keep steel cheap}
        - {want: not avia.quota}
    borel:
      name: Borel
      options: {retaliate: Retaliate against farm goods}
      prefers:
        - {want: borel.retaliate iff avia.tariff, says: to answer in kind}
        - {want: not avia.tariff}
`

const tariffOutcomes = `  outcomes:
    war: {when: avia.tariff and borel.retaliate, says: a tariff war}
    peace: {when: not avia.tariff, says: free trade}
    rest: {when: otherwise, says: a one-sided tariff}
`

// Neither of two outcomes that share first place is taken for the only one.
func TestRobustTie(t *testing.T) {
	path := written(t, tariffs+tariffOutcomes)
	out := strings.Join(strings.Fields(must(t, "outlook", path, "-q", "--robust")), " ")
	if !strings.Contains(out, "Two outcomes share first place: a tariff war and free trade") || strings.Contains(out, "it stays a tariff war") {
		t.Errorf("a tie is not told as one: %s", out)
	}
	var o desk.OutlookJSON
	if err := json.Unmarshal([]byte(must(t, "outlook", path, "-q", "--robust", "--json")), &o); err != nil {
		t.Fatal(err)
	}
	if r := o.Robustness; !slices.Equal(r.First, []string{"war", "peace"}) || r.Likeliest != "war" {
		t.Errorf("first are %v, likeliest is %s", r.First, r.Likeliest)
	}
	for _, x := range o.Robustness.Trials {
		kept := x.Outcomes["war"] == max(x.Outcomes["war"], x.Outcomes["peace"], x.Outcomes["rest"]) || x.Outcomes["peace"] == max(x.Outcomes["war"], x.Outcomes["peace"], x.Outcomes["rest"])
		if x.ChangesOutcome == kept {
			t.Errorf("%s: changes %v with %v", x.Says, x.ChangesOutcome, x.Outcomes)
		}
	}
}

// Without outcomes nothing is said of what would change one.
func TestOutlookWithoutOutcomes(t *testing.T) {
	path := written(t, tariffs)
	out := strings.Join(strings.Fields(must(t, "outlook", path, "-q", "--robust")), " ")
	for _, want := range []string{"The case names no outcomes, so this tells the states in which things end", "about 50 % Avia levies a tariff on steel and Borel retaliates", "without them it cannot be told what an assumption or an answer would change"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not said in %s", want, out)
		}
	}
	for _, bad := range []string{"robust", "no outcome names", "makes no difference", "tells 0"} {
		if strings.Contains(out, bad) {
			t.Errorf("%q is said in %s", bad, out)
		}
	}
	if data := must(t, "outlook", path, "-q", "--robust", "--json"); strings.Contains(data, "robustness") {
		t.Error("robustness is given without outcomes")
	}
}
