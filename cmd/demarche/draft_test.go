package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDraft: a claim whose quotation does not stand in its report makes the
// brief a draft, which is written, but not as final; check warns of it.
func TestDraft(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const text = `demarche: 1
title: Quiet border
propositions:
  open: {says: The crossing will open, prior: 0.5}
claims:
  c1: {report: one, source: Ana Sol, says: the crossing will open, quote: QUOTE, act: promises, record: on_record, affirms: open}
`
	write("reports/one.txt", "“We will open the crossing,” said Minister Ana Sol.\n")
	write("case.yaml", strings.Replace(text, "QUOTE", "We will open the crossing", 1))
	must(t, "brief", dir, "--final")

	write("case.yaml", strings.Replace(text, "QUOTE", "We may open the crossing", 1))
	if out := must(t, "brief", dir); !strings.Contains(out, "DRAFT") {
		t.Errorf("not marked as a draft:\n%s", out)
	}
	code, out, errs := do(t, "", "brief", dir, "--final")
	if code != 1 || out != "" || !strings.Contains(errs, "We may open the crossing") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if code, _, errs := do(t, "", "check", dir); code != 0 || !strings.Contains(errs, "We may open the crossing") {
		t.Errorf("check: exit code %d\n%s", code, errs)
	}
}

// TestLintOfAnEditedBrief: a brief as written passes; one in which a person has
// changed a number, a likelihood or a quotation does not.
func TestLintOfAnEditedBrief(t *testing.T) {
	if testing.Short() {
		t.Skip("TestLintOfAnEditedBrief not run: -short")
	}
	dir := t.TempDir()
	// The larger example once; it takes longer.
	for _, format := range []string{"text", "md", "html", "json"} {
		if testing.Short() && format == "md" {
			continue
		}
		crisis := examples + "imbra-river"
		edits := [][2]string{
			{"is unlikely (about", "is almost certain (about"},
			{"The turbines are on schedule", "The turbines are late"},
			{"16 claims", "17 claims"},
		}
		if format == "md" {
			crisis = examples + "caribbean"
			edits = [][2]string{
				{"is likely (about", "is almost certain (about"},
				{"untrue that Maduro is fleeing", "true that Maduro is fleeing"},
				{"37 claims", "38 claims"},
			}
		}
		path := filepath.Join(dir, "brief."+format)
		must(t, "brief", crisis, "-f", format, "-o", path)
		if code, out, errs := do(t, "", "lint-brief", path, "--case", crisis); code != 0 {
			t.Errorf("%s: exit code %d\n%s%s", format, code, out, errs)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, edit := range edits {
			// Spaces may be non-breaking in HTML, and lines may be wrapped in text.
			edited := strings.Replace(string(data), edit[0], edit[1], 1)
			if edited == string(data) {
				if format == "md" || format == "json" {
					t.Errorf("%s: %q is not in the brief", format, edit[0])
				}
				continue
			}
			file := filepath.Join(dir, "edited."+format)
			if err := os.WriteFile(file, []byte(edited), 0o644); err != nil {
				t.Fatal(err)
			}
			if code, out, _ := do(t, "", "lint-brief", file, "--case", crisis); code != 1 {
				t.Errorf("%s with %q: exit code %d\n%s", format, edit[1], code, out)
			}
		}
	}
}
