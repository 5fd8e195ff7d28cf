package desk

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/demarche/demarche/engine"
)

// TestOffersContract holds that lists are never null, that every number is one,
// and that drawn worlds are told as such.
func TestOffersContract(t *testing.T) {
	for _, path := range []string{caribbean, "../examples/imbra-river", "../examples/published/elmira.yaml"} {
		c := open(t, path, Question{})
		r, err := c.Offers(context.Background(), engine.OutlookConfig{Worlds: 30, Seed: 5})
		if err != nil {
			t.Fatal(err)
		}
		if r.Exact || r.Seed != 5 || r.Worlds != 30 {
			t.Errorf("%s: %d worlds, exact %v, seed %d", path, r.Worlds, r.Exact, r.Seed)
		}
		data, err := json.Marshal(NewOffersJSON(c.Conflict, r))
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]any
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		var walk func(name string, v any)
		walk = func(name string, v any) {
			switch v := v.(type) {
			case nil:
				if name != "mediation" && name != "carried" {
					t.Errorf("%s: %s is null", path, name)
				}
			case float64:
				if math.IsNaN(v) || !strings.Contains("gain gains harm orders safe_orders version count seed typical kept front left_aside", name) && (v < 0 || v > 1) {
					t.Errorf("%s: %s is %v", path, name, v)
				}
			case []any:
				for _, x := range v {
					walk(name, x)
				}
			case map[string]any:
				for key, x := range v {
					walk(key, x)
				}
			}
		}
		walk("", back)
	}
	bare := filepath.Join(t.TempDir(), "bare.yaml")
	if err := os.WriteFile(bare, []byte("demarche: 1\ntitle: No model\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c := open(t, bare, Question{})
	if _, err := c.Offers(context.Background(), engine.OutlookConfig{}); err == nil {
		t.Error("offers were judged without a model")
	}
}
