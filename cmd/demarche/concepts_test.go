package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/demarche/demarche/engine"
)

// TestEveryConcept: under --concepts all every concept lists every player.
func TestEveryConcept(t *testing.T) {
	for file, lacks := range map[string][]string{
		"published/us-north-korea-2017-base.yaml": {"hnash"},
		"published/elmira.yaml":                   {"sim", "seqsim", "hnash"},
	} {
		leader := "us"
		if strings.Contains(file, "elmira") {
			leader = "moe"
		}
		var got struct {
			Players    []string
			Stable     map[string]map[string][]int
			Equilibria map[string][]int
		}
		if err := json.Unmarshal([]byte(must(t, "stability", examples+file, "--concepts", "all", "--leader", leader, "--json")), &got); err != nil {
			t.Fatal(err)
		}
		for _, c := range engine.EveryConcept() {
			name := c.String()
			stable, ok := got.Stable[name]
			if lacking := strings.HasPrefix(name, "h") || slices.Contains(lacks, name); ok == lacking {
				t.Errorf("%s: %s listed: %v", file, name, ok)
				continue
			}
			if !ok {
				continue
			}
			for _, p := range got.Players {
				if stable[p] == nil {
					t.Errorf("%s: %s says nothing of %s", file, name, p)
				}
			}
			if got.Equilibria[name] == nil {
				t.Errorf("%s: %s has no list of equilibria", file, name)
			}
		}
	}
}

// TestConceptOptions: what further concepts need to be told, and what cannot be
// meant.
func TestConceptOptions(t *testing.T) {
	file := examples + "published/elmira.yaml"
	for _, args := range [][]string{
		{"explain", file, "5", "moe", "cnash", "--coalition", "moe,uniroyal"},
		{"explain", file, "5", "moe", "stackelberg", "--leader", "moe"},
		{"explain", file, "1", "lg", "fseq", "--threshold", "0.3,lg=0.9"},
		{"explain", file, "1", "lg", "rgmr", "--attitudes", "lg:moe=-,lg:lg=0", "--no-return"},
		{"stability", file, "--concepts", "cgmr", "--pareto"},
		{"stability", file, "--concepts", "pseq", "--alpha", "1", "--beta", "0.9", "--gamma", "0.1"},
	} {
		if out := must(t, args...); out == "" {
			t.Errorf("%v says nothing", args)
		}
	}
	if out := must(t, "explain", file, "5", "moe", "cnash", "--coalition", "moe,uniroyal"); !strings.Contains(strings.Join(strings.Fields(out), " "), "the Ministry of the Environment would modify the control order and then Uniroyal would accept") {
		t.Errorf("the way of the coalition is not told:\n%s", out)
	}
	for _, c := range []struct {
		code int
		args []string
	}{
		{2, []string{"stability", file, "--concepts", "stackelberg"}},
		{4, []string{"stability", file, "--concepts", "stackelberg", "--leader", "nobody"}},
		{4, []string{"stability", file, "--concepts", "cnash", "--coalition", "moe,nobody"}},
		{2, []string{"stability", file, "--concepts", "fseq", "--threshold", "high"}},
		{2, []string{"stability", file, "--concepts", "fseq", "--threshold", "1.5"}},
		{2, []string{"stability", file, "--concepts", "pseq", "--alpha", "0"}},
		{2, []string{"stability", file, "--concepts", "rseq", "--attitudes", "moe=+"}},
		{2, []string{"stability", file, "--concepts", "nash-e"}},
		{5, []string{"stability", file, "--concepts", "sim"}},
	} {
		if code, _, errs := do(t, "", c.args...); code != c.code || errs == "" {
			t.Errorf("demarche %s: exit code %d, want %d\n%s", strings.Join(c.args, " "), code, c.code, errs)
		}
	}
}
