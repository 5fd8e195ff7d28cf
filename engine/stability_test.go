package engine

import (
	"context"
	"slices"
	"testing"
)

// TestStabilityAgainstDefinitions compares the linear-time method with the
// definitions on random conflicts, and checks what must hold between concepts.
func TestStabilityAgainstDefinitions(t *testing.T) {
	const seed = 1
	tried := 0
	stable := map[Concept]int{}
	for n := range runs(3000, 70000) {
		m := mustModel(t, randomCase(seed, n))
		if m == nil {
			continue
		}
		tried++
		v := newSlow(m)
		if !slices.Equal(v.states, m.States) {
			t.Fatalf("seed %d case %d: states %v, want %v", seed, n, m.States, v.states)
		}
		got, err := m.Stability(context.Background(), Concepts()...)
		if err != nil {
			t.Fatal(err)
		}
		for i := range m.Players {
			for a, s := range m.States {
				for b, u := range m.States {
					if (m.Rank[i][a] < m.Rank[i][b]) != (v.score[i][s] < v.score[i][u]) {
						t.Fatalf("seed %d case %d player %d: ranks of %s and %s", seed, n, i, m.Pattern(s), m.Pattern(u))
					}
				}
				for _, c := range Concepts() {
					want := v.stable(i, s, c)
					if got.Stable[c][i].Has(a) != want {
						t.Fatalf("seed %d case %d: %s stable for player %d under %s: got %v, want %v",
							seed, n, m.Pattern(s), i, c, !want, want)
					}
					if want {
						stable[c]++
					}
				}
			}
			within(t, n, got.Stable[Nash][i], got.Stable[SSEQ][i], "Nash in SSEQ")
			within(t, n, got.Stable[SSEQ][i], got.Stable[SEQ][i], "SSEQ in SEQ")
			within(t, n, got.Stable[SEQ][i], got.Stable[GMR][i], "SEQ in GMR")
			within(t, n, got.Stable[SSEQ][i], got.Stable[SMR][i], "SSEQ in SMR")
			within(t, n, got.Stable[SMR][i], got.Stable[GMR][i], "SMR in GMR")
		}
		for c, eq := range got.Equilibria {
			for s := range m.States {
				all := true
				for i := range m.Players {
					all = all && got.Stable[c][i].Has(s)
				}
				if eq.Has(s) != all {
					t.Fatalf("seed %d case %d: equilibrium %d", seed, n, s)
				}
			}
		}
	}
	if uint64(tried) < runs(2000, 50000) {
		t.Fatalf("only %d conflicts had states", tried)
	}
	// The comparison means something only if the concepts differ.
	if covers() && !(stable[Nash] < stable[SSEQ] && stable[SSEQ] < stable[SEQ] && stable[SEQ] < stable[GMR] && stable[SMR] < stable[GMR]) {
		t.Fatalf("the random conflicts do not tell the concepts apart: %v", stable)
	}
	t.Logf("%d conflicts", tried)
}

func within(t *testing.T, n uint64, small, large Set, what string) {
	t.Helper()
	for s := range small.All {
		if !large.Has(s) {
			t.Fatalf("case %d: state %d breaks %s", n, s, what)
		}
	}
}
