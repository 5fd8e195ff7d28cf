package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/demarche/demarche/desk"
)

func TestRobustGolden(t *testing.T) {
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
