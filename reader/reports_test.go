package reader

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// expected is one line of a .want file: source, cue, content, act, stance,
// record. Source, cue and content are words that must be in those of the
// finding.
type expected struct {
	line                 string
	source, cue, content string
	act                  Act
	stance               Stance
	record               Record
	found, describe      bool
}

// What was measured when the reports were last worked on, in percent: the
// expected attributions found with a confidence of 0.5 or more, and of these the
// acts, stances and records that are right.
const (
	leastFound     = 100
	leastDescribed = 100
)

// TestReports reads twelve short reports of ours in twelve styles, on crises
// that are made up, and compares what is found with lists made by hand.
func TestReports(t *testing.T) {
	paths, err := filepath.Glob("testdata/reports/*.txt")
	if err != nil || len(paths) != 12 {
		t.Fatalf("%d reports, %v", len(paths), err)
	}
	found, described, all := 0, 0, 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want := wanted(t, strings.TrimSuffix(path, ".txt")+".want")
		as := Read(string(text), Options{Published: wednesday}).Attributions
		here := 0
		for i := range want {
			w := &want[i]
			for _, a := range as {
				if w.matches(a) && (a.Confidence >= .5 || !w.found) {
					w.found = w.found || a.Confidence >= .5
					right := a.Act == w.act && a.Stance == w.stance && a.Record == w.record
					if !right && a.Confidence >= .5 && !w.describe {
						t.Logf("%s: %s is taken as %s %s %s", filepath.Base(path), w.line, a.Act, a.Stance, a.Record)
					}
					w.describe = w.describe || right && a.Confidence >= .5
				}
			}
			all++
			if w.found {
				here++
				if w.describe {
					described++
				}
			} else {
				t.Logf("%s: not found: %s", filepath.Base(path), w.line)
			}
		}
		found += here
		for _, a := range as {
			known := a.Confidence < .8
			for i := range want {
				known = known || strings.Contains(a.Cue.Text, want[i].cue) && strings.Contains(a.Content.Text, want[i].content) || want[i].matches(a)
			}
			if !known {
				t.Errorf("%s: nobody says this, and it has confidence %v: %s | %s | %s", filepath.Base(path), a.Confidence, a.Source.Text, a.Cue.Text, a.Content.Text)
			}
		}
		t.Logf("%s: %d of %d found", filepath.Base(path), here, len(want))
	}
	t.Logf("reports: %d of %d found; of these, act, stance and record of %d are right", found, all, described)
	if 100*found < leastFound*all || 100*described < leastDescribed*found {
		t.Errorf("%d of %d found, %d described right; it was %d %% and %d %%", found, all, described, leastFound, leastDescribed)
	}
}

func (w *expected) matches(a Attribution) bool {
	return strings.Contains(a.Source.Text, w.source) && (w.source != "" || len(a.Source.Spans) == 0) && strings.Contains(a.Cue.Text, w.cue) &&
		strings.Contains(a.Content.Text, w.content)
}

func wanted(t *testing.T, path string) []expected {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []expected
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue // why a line that may be looked for is not there
		}
		f := strings.Split(strings.TrimRight(line, "\n"), "|")
		if len(f) != 6 {
			t.Fatalf("%s: six cells are needed: %q", path, line)
		}
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		out = append(out, expected{line: strings.TrimSpace(line), source: f[0], cue: f[1], content: f[2], act: Act(f[3]), stance: Stance(f[4]), record: Record(f[5])})
	}
	return out
}
