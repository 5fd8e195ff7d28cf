package casefile

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// reference reads a file of conflicts with answers of an independent reference
// implementation, one a line. The files are not part of the repository.
func reference[T any](t *testing.T, name string, each func(id int, c *demarche.Case, want T)) {
	t.Helper()
	dir, demanded := os.LookupEnv("DEMARCHE_SHARED")
	if !demanded {
		dir = filepath.Join("..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(dir, "data", "conflicts", name))
	if err != nil {
		if demanded {
			t.Fatal(err)
		}
		t.Skip("the reference conflicts are not here: put them beside the checkout, or set DEMARCHE_SHARED to their folder")
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<24)
	n := 0
	for lines.Scan() {
		var item struct {
			ID   int    `json:"id"`
			Case string `json:"case"`
			Want T      `json:"want"`
		}
		if err := json.Unmarshal(lines.Bytes(), &item); err != nil {
			t.Fatal(err)
		}
		parsed, err := Parse("case.yaml", []byte(item.Case))
		if err != nil {
			t.Fatalf("%d: %v", item.ID, err)
		}
		each(item.ID, parsed.Case, item.Want)
		n++
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if n == 0 {
		t.Fatal("the file is empty")
	}
	t.Logf("%d cases agree", n)
}

func TestStabilityReference(t *testing.T) {
	type want struct {
		Patterns   []string
		Stable     map[string]map[string][]int
		Equilibria map[string][]int
	}
	numbers := func(s engine.Set) []int {
		out := []int{}
		for n := range s.All {
			out = append(out, n+1)
		}
		return out
	}
	reference(t, "stability.jsonl.gz", func(id int, c *demarche.Case, want want) {
		k, err := engine.Compile(c, engine.Config{})
		if err != nil {
			t.Fatalf("%d: %v", id, err)
		}
		m, err := k.In(k.Typical())
		if err != nil {
			t.Fatalf("%d: %v", id, err)
		}
		var patterns []string
		for _, s := range m.States {
			patterns = append(patterns, m.Pattern(s))
		}
		if !slices.Equal(patterns, want.Patterns) {
			t.Fatalf("%d: states %v, want %v", id, patterns, want.Patterns)
		}
		got, err := m.Stability(context.Background(), engine.Concepts()...)
		if err != nil {
			t.Fatal(err)
		}
		for n, concept := range got.Concepts {
			for i, p := range m.Players {
				if g, w := numbers(got.Stable[n][i]), want.Stable[concept.String()][p.ID]; !slices.Equal(g, w) {
					t.Fatalf("%d: %s stable for %s: %v, want %v", id, concept, p.ID, g, w)
				}
			}
			if g, w := numbers(got.Equilibria[n]), want.Equilibria[concept.String()]; !slices.Equal(g, w) {
				t.Fatalf("%d: %s equilibria: %v, want %v", id, concept, g, w)
			}
		}
	})
}

func TestOutlookReference(t *testing.T) {
	type want struct {
		Outcomes     map[string]float64
		NoSettlement float64 `json:"no_settlement"`
	}
	reference(t, "outlook.jsonl.gz", func(id int, c *demarche.Case, want want) {
		k, err := engine.Compile(c, engine.Config{})
		if err != nil {
			t.Fatalf("%d: %v", id, err)
		}
		got, err := k.Outlook(context.Background(), engine.OutlookConfig{})
		if err != nil {
			t.Fatalf("%d: %v", id, err)
		}
		have := map[string]float64{}
		for n, o := range k.Outcomes {
			have[o.ID] = got.Outcomes[n].P
		}
		same := func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
		if !maps.EqualFunc(have, want.Outcomes, same) || !same(got.NoSettlement, want.NoSettlement) {
			t.Fatalf("%d: %v and %v, want %v", id, have, got.NoSettlement, want)
		}
	})
}
