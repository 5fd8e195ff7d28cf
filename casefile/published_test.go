package casefile

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/demarche/demarche/engine"
)

// TestPublishedCases compares the cases of the literature with the results that
// were published for them.
func TestPublishedCases(t *testing.T) {
	files, err := filepath.Glob("../examples/published/*.want.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no published cases", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".want.json")
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var want struct {
				Source     string
				Numbers    []string // patterns of the states in their published order
				Equilibria map[string][]string
			}
			if err := json.Unmarshal(data, &want); err != nil {
				t.Fatal(err)
			}
			if want.Source == "" || len(want.Equilibria) == 0 {
				t.Fatal("a published case names its source and its equilibria")
			}
			f, err := Open(filepath.Join("../examples/published", name+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			k, err := engine.Compile(f.Case, engine.Config{})
			if err != nil {
				t.Fatal(err)
			}
			m, err := k.In(k.Typical())
			if err != nil {
				t.Fatal(err)
			}
			for n, pattern := range want.Numbers {
				if len(want.Numbers) != len(m.States) || m.Pattern(m.States[n]) != pattern {
					t.Fatalf("%d states, state %d is %s, published %s", len(m.States), n+1, m.Pattern(m.States[n]), pattern)
				}
			}
			got, err := m.Stability(context.Background(), engine.Concepts()...)
			if err != nil {
				t.Fatal(err)
			}
			compared := 0
			for n, c := range got.Concepts {
				patterns, ok := want.Equilibria[c.String()]
				if !ok {
					continue
				}
				compared++
				var have []string
				for s := range got.Equilibria[n].All {
					have = append(have, m.Pattern(m.States[s]))
				}
				slices.Sort(have)
				slices.Sort(patterns)
				if !slices.Equal(have, patterns) {
					t.Errorf("%s: %v, published %v", c, have, patterns)
				}
			}
			if compared != len(want.Equilibria) {
				t.Errorf("some of %v is not a concept", want.Equilibria)
			}
		})
	}
}
