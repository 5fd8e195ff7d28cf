package reader

import (
	"cmp"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// needsFile opens a file that is not part of the repository, or skips.
func needsFile(t testing.TB, name string) *os.File {
	t.Helper()
	dir, demanded := os.LookupEnv("DEMARCHE_SHARED")
	if !demanded {
		dir = "../../shared"
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		if demanded {
			t.Fatal(err)
		}
		t.Skip("the texts that the reader is measured on are not here: put them beside the checkout, or set DEMARCHE_SHARED to their folder")
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestDev measures the reader on the development texts and holds it to what it
// reached.
func TestDev(t *testing.T) {
	split := cmp.Or(os.Getenv("DEMARCHE_READER_SPLIT"), "dev")
	z, err := gzip.NewReader(needsFile(t, "data/attribution/"+split+".jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	var all, likely Score
	verbose := os.Getenv("DEMARCHE_READER_ERRORS") != ""
	texts := 0
	err = ReadGold(z, func(g GoldText) error {
		texts++
		if split == "train" && texts%8 != 0 {
			return nil
		}
		res := Read(g.Text, Options{})
		if res.Declined != "" {
			t.Errorf("%s: %s", g.ID, res.Declined)
		}
		ps := Frames(res.Attributions)
		all.Add(Compare(g.Text, ps, g.Frames, g.Discard))
		likely.Add(Compare(g.Text, slices.DeleteFunc(slices.Clone(ps), func(f Frame) bool { return f.Confidence < .5 }), g.Frames, g.Discard))
		for _, f := range ps {
			if one := Compare(g.Text, []Frame{f}, g.Frames, g.Discard); verbose && one.RelJ.Hit == 0 {
				fmt.Printf("FP%d %.2f any=%d [%s] <%s> {%s}\n", texts, f.Confidence, one.RelAny.Hit, f.Source.In(g.Text), f.Cue.In(g.Text), f.Content.In(g.Text))
			}
		}
		if verbose {
			for _, gf := range g.Frames {
				if Compare(g.Text, ps, []Frame{gf}, nil).RelJ.Hit == 0 {
					fmt.Printf("FN%d [%s] <%s> {%s}\n", texts, gf.Source.In(g.Text), gf.Cue.In(g.Text), gf.Content.In(g.Text))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		name string
		s    Score
	}{{"all", all}, {"confidence ≥ 0.5", likely}} {
		t.Logf("%s: relJ P %.1f R %.1f F %.1f; rel-any F %.1f; exact source %.1f cue %.1f content %.1f; token %.1f %.1f %.1f; recall direct %.1f mixed %.1f indirect %.1f",
			s.name, 100*s.s.RelJ.Precision(), 100*s.s.RelJ.Recall(), 100*s.s.RelJ.F1(), 100*s.s.RelAny.F1(),
			100*s.s.Exact[0].F1(), 100*s.s.Exact[1].F1(), 100*s.s.Exact[2].F1(),
			100*s.s.Token[0].F1(), 100*s.s.Token[1].F1(), 100*s.s.Token[2].F1(),
			100*s.s.ByForm[0].Recall(), 100*s.s.ByForm[1].Recall(), 100*s.s.ByForm[2].Recall())
	}
	for i, c := range all.ByConfidence {
		t.Logf("confidence %.1f: %d of %d right, %.2f", float64(i)/10, c.Hit, c.Predicted, c.Precision())
	}
	if split == "dev" && 100*all.RelJ.F1() < leastRelJ {
		t.Errorf("relJ is %.1f, and must be %.1f", 100*all.RelJ.F1(), leastRelJ)
	}
	for role, least := range leastExact {
		if got := 100 * all.Exact[role].F1(); split == "dev" && got < least {
			t.Errorf("exact spans of role %d are %.1f, and must be %.1f", role, got, least)
		}
	}
}

// leastRelJ is what the reader must reach on the development texts.
const leastRelJ = 69.8

// leastExact is the same for the exact spans of source, cue and content.
var leastExact = [3]float64{77.5, 72.1, 66.2}

// BenchmarkNews reads the development texts, once each iteration.
func BenchmarkNews(b *testing.B) {
	z, err := gzip.NewReader(needsFile(b, "data/attribution/dev.jsonl.gz"))
	if err != nil {
		b.Fatal(err)
	}
	var texts []string
	tokens := 0
	if err := ReadGold(z, func(g GoldText) error {
		texts = append(texts, g.Text)
		tokens += len(tokenize(g.Text))
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	Read(texts[0], Options{}) // the model is loaded once
	for b.Loop() {
		for _, t := range texts {
			Read(t, Options{})
		}
	}
	b.ReportMetric(float64(tokens)*float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
}
