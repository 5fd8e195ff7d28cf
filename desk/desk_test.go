package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

const caribbean = "../examples/caribbean"

func open(t *testing.T, path string, q Question) *Crisis {
	t.Helper()
	c, err := Open(t.Context(), path, q)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDay(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	day, err := demarche.ParseDate("2025-11-23")
	if err != nil {
		t.Fatal(err)
	}
	if c := open(t, caribbean, Question{Now: now}); c.Day.Text != "2025-12-02" {
		t.Errorf("the case's own day is %s", c.Day)
	}
	c := open(t, caribbean, Question{Now: now, AsOf: day})
	for _, a := range c.Conflict.Atoms {
		if a.ID == "designated" && a.Credence != 0 {
			t.Error("the designation holds on the day before it was published")
		}
	}
	early, err := c.Reports()
	if err != nil {
		t.Fatal(err)
	}
	all, err := open(t, caribbean, Question{Now: now}).Reports()
	if err != nil {
		t.Fatal(err)
	}
	if len(early) >= len(all) || len(all) == 0 {
		t.Errorf("%d reports before the designation, %d later", len(early), len(all))
	}
}

func TestAssume(t *testing.T) {
	outlook := func(p float64) float64 {
		c := open(t, caribbean, Question{Assume: map[string]float64{"talks": p}})
		o, err := c.Outlook(context.Background(), engine.OutlookConfig{})
		if err != nil {
			t.Fatal(err)
		}
		return o.Agreed
	}
	if outlook(0) != 0 || outlook(1) <= outlook(0.5) {
		t.Errorf("agreed with %v, %v, %v", outlook(0), outlook(0.5), outlook(1))
	}
	c := open(t, caribbean, Question{Assume: map[string]float64{"talks": 0.25, "doha_explored": 1}})
	if want := "Maduro is actively exploring a move to Doha (taken as certain); Talks can be concluded in time (taken as 25 % likely)"; strings.Join(c.Assumed, "; ") != want {
		t.Errorf("assumed: %q", c.Assumed)
	}
	_, err := Open(t.Context(), caribbean, Question{Assume: map[string]float64{"tolks": 1}})
	if demarche.KindOf(err) != demarche.NotFound || !strings.Contains(err.Error(), "tolks") {
		t.Error(err)
	}
}

// TestStabilityContract reads the stream back with the standard decoder.
func TestStabilityContract(t *testing.T) {
	c := open(t, "../examples/published/us-north-korea-2017-base.yaml", Question{})
	m, err := c.Model(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	st, err := m.Stability(context.Background(), engine.Concepts()...)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := WriteStability(&b, m, st); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Version          int
		Players, Options []string
		States           []struct {
			N       int
			Pattern string
			Rank    map[string]int
		}
		Stable     map[string]map[string][]int
		Equilibria map[string][]int
	}
	d := json.NewDecoder(&b)
	d.DisallowUnknownFields()
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Version != 1 || len(got.States) != 12 || len(got.Options) != 4 || len(got.Stable) != 5 {
		t.Fatalf("%+v", got)
	}
	best := 0
	for n, s := range got.States {
		if s.N != n+1 || len(s.Pattern) != 4 {
			t.Errorf("state %+v", s)
		}
		if s.Rank["us"] == 1 {
			best++
			if s.Pattern != "NNNY" { // state 8, the best for the United States
				t.Errorf("best is %s", s.Pattern)
			}
		}
	}
	if best != 1 {
		t.Errorf("%d best states", best)
	}
	for concept, by := range got.Stable {
		for _, p := range got.Players {
			if by[p] == nil {
				t.Errorf("%s lacks %s", concept, p)
			}
		}
		if got.Equilibria[concept] == nil {
			t.Errorf("no equilibria under %s", concept)
		}
	}
}

func TestFindCase(t *testing.T) {
	here := t.TempDir()
	deep := filepath.Join(here, "a", "b")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(deep, "case.yaml"), []byte("demarche: 1\ntitle: Quiet & far\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := FindCase("Case: Quiet & far\n", filepath.Join(t.TempDir(), "brief.md"), here)
	if err != nil || got != deep {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := FindCase("Case: Quiet & far\n", filepath.Join(deep, "brief.md"), t.TempDir()); err != nil || got != deep {
		t.Errorf("beside the brief: %q, %v", got, err)
	}
	if _, err := FindCase("Case: another\n", "brief.md", here); demarche.KindOf(err) != demarche.NotFound {
		t.Error(err)
	}
}
