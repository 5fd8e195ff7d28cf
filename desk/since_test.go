package desk

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/engine"
)

// Where one input alone differs, taking it back is the earlier outlook; and the
// brief passes its own check and names it.
func TestSinceEarlierVersion(t *testing.T) {
	ctx := context.Background()
	source, err := os.ReadFile("../examples/imbra-river/case.yaml")
	if err != nil {
		t.Fatal(err)
	}
	now, err := Open(t.Context(), "../examples/imbra-river", Question{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, from, to string
		kind           demarche.ChangeKind
		says           string
	}{
		{"credence", "will be dry, prior: 0.4}", "will be dry, prior: 0.6}", demarche.CredenceChange, "went from about 60 % to about 40 %"},
		{"chance", "    chance: 0.5", "    chance: 0.7", demarche.ChanceChange, "The credence that talks can conclude in time went from about 70 % to about 50 %."},
		{"want", "        - {want: not orvania.share_data, says: to keep its data}   # assumed\n", "", demarche.WantChange, "New among what Orvania wants: to keep its data."},
		{"unsure", "{order: [3, 4], p: 0.3}", "{order: [3, 4], p: 0.9}", demarche.UnsureChange, "What is not known about the wishes of Orvania has changed."},
		{"rule", "    - {if: commission.monitor, then: orvania.share_data, says: Monitors need the data}\n", "", demarche.RuleChange, "A new rule of the model: monitors need the data."},
		{"offer", "answer: open, because: [c12, c13]", "answer: rejected, because: [c12, c13]", demarche.OfferChange, "New on the table: the proposal of the Commission: minimum flow and data against a power contract"},
		{"order", "        - {want: not sellony.stop_cement, says: to keep the border open, because: [c11]}\n        - {want: not orvania.fill_fast, says: that the filling be slower, because: [c2]}\n",
			"        - {want: not orvania.fill_fast, says: that the filling be slower, because: [c2]}\n        - {want: not sellony.stop_cement, says: to keep the border open, because: [c11]}\n", demarche.OrderChange,
			"For Sellony, this now comes first: to keep the border open; and this after it: that the filling be slower."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			old := strings.Replace(string(source), tt.from, tt.to, 1)
			if old == string(source) {
				t.Fatal("the example no longer holds what the test changes")
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "case.yaml"), []byte(old), 0o644); err != nil {
				t.Fatal(err)
			}
			before, err := Open(t.Context(), dir, Question{Now: time.Now()})
			if err != nil {
				t.Fatal(err)
			}
			s, err := now.Since(ctx, before, "the earlier version of the case", engine.OutlookConfig{})
			if err != nil {
				t.Fatal(err)
			}
			if len(s.Changes) != 1 || s.Changes[0].Kind != tt.kind {
				t.Fatalf("changes %+v, want one of kind %s", s.Changes, tt.kind)
			}
			for i, o := range s.Outlook.Outcomes {
				if got := s.Changes[0].Without[i]; math.Abs(got-o.P) > 1e-9 {
					t.Errorf("%s without the change: %v, before: %v", s.Conflict.Outcomes[i].ID, got, o.P)
				}
			}
			b, err := now.Brief(ctx, BriefQuestion{Since: before, SinceLabel: "the earlier version of the case"})
			if err != nil {
				t.Fatal(err)
			}
			if len(b.Draft) > 0 {
				t.Errorf("the brief is a draft: %q", b.Draft)
			}
			if text := sectionText(b, "changes"); !strings.Contains(text, tt.says) {
				t.Errorf("%q is not in\n%s", tt.says, text)
			}
		})
	}
}

// Between two days, time alone brings an authority into force.
func TestSinceEarlierDay(t *testing.T) {
	ctx := context.Background()
	now, err := Open(t.Context(), "../examples/caribbean", Question{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	day, err := demarche.ParseDate("2025-11-20")
	if err != nil {
		t.Fatal(err)
	}
	before, err := Open(t.Context(), "../examples/caribbean", Question{Now: time.Now(), AsOf: day})
	if err != nil {
		t.Fatal(err)
	}
	since, err := now.Since(ctx, before, day.Words(), engine.OutlookConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if len(since.Changes) != 1 || since.Changes[0].Kind != demarche.ForceChange || since.Changes[0].ID != "designated" {
		t.Errorf("changes %+v", since.Changes)
	}
	if testing.Short() {
		return // the whole brief on the larger example takes long under the race detector
	}
	b, err := now.Brief(ctx, BriefQuestion{Since: before, SinceLabel: day.Words()})
	if err != nil {
		t.Fatal(err)
	}
	text := sectionText(b, "changes")
	for _, want := range []string{"No judgement has moved.", "Now in force: the Cartel of the Suns is a designated foreign terrorist organization.", "By itself that makes no difference to the outlook."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if len(b.Draft) > 0 {
		t.Errorf("the brief is a draft: %q", b.Draft)
	}
}

func sectionText(b *brief.Brief, key string) string {
	var out []string
	for section, s := range b.Sentences {
		if section == key {
			out = append(out, s.Text)
		}
	}
	return strings.Join(out, "\n")
}

// What was taken out of the case since is named without making a draft, and what
// came in is told: judgements too.
func TestSinceNamesWhatIsGone(t *testing.T) {
	ctx := context.Background()
	source, err := os.ReadFile("../examples/imbra-river/case.yaml")
	if err != nil {
		t.Fatal(err)
	}
	now, err := Open(t.Context(), "../examples/imbra-river", Question{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	old := strings.Replace(string(source), "propositions:\n", "propositions:\n  zambara: {says: The states of the Zambara basin will meet in Torvald}\n", 1)
	old = strings.Replace(old, "as_of: 2025-05-20", "as_of: 2025-05-17", 1)
	if err := os.WriteFile(filepath.Join(dir, "case.yaml"), []byte(old), 0o644); err != nil {
		t.Fatal(err)
	}
	before, err := Open(t.Context(), dir, Question{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	b, err := now.Brief(ctx, BriefQuestion{Since: before, SinceLabel: "the version of 17 May 2025"})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Draft) > 0 {
		t.Errorf("the brief is a draft: %q", b.Draft)
	}
	text := sectionText(b, "changes")
	for _, want := range []string{
		"No longer an open question: whether the states of the Zambara basin will meet in Torvald.",
		"A new judgement: on 18 May 2025, Tomas Oll put the probability of the settlement at 15 %.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "Lea Brandt") {
		t.Errorf("a judgement that was known then is told as new:\n%s", text)
	}
	// The key assumptions check tries the wants that cite nothing, and no others:
	// that Orvania does not hurry for late turbines cites the engineer.
	_, check, _ := strings.Cut(sectionText(b, "assumptions"), "No report says that Orvania")
	check, _, _ = strings.Cut(check, "No report says that Sellony")
	if check == "" || strings.Contains(check, "hurry") || !strings.Contains(check, "leaves the most frequent outcome as it is") {
		t.Errorf("what is assumed of Orvania is checked like this:\n%s", check)
	}
}
