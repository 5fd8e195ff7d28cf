package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const gmcrModel = `{"options": [{"name": "Swerve"}, {"name": "Stop"}], "decisionMakers": [
 {"name": "Row", "options": [0], "preferences": [[[1, "Y"]], [[0, "N"]]]}, {"name": "Column", "options": [1], "preferences": [[[0, "Y"]], [[1, "N"]]]}],
 "infeasibles": [], "useManualPreferenceRanking": false}`

func TestImportExport(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "game.gmcr")
	if err := os.WriteFile(file, []byte(gmcrModel), 0o644); err != nil {
		t.Fatal(err)
	}
	// Every command that takes a case takes the file itself.
	direct := must(t, "stability", file, "--json")
	must(t, "check", file)
	must(t, "explain", file, "1", "row", "nash")
	made := filepath.Join(dir, "new", "case")
	if out := must(t, "import", file, made); !strings.Contains(out, "demarche check") {
		t.Error(out)
	}
	if got := must(t, "stability", made, "--json"); got != direct {
		t.Errorf("%s, want %s", got, direct)
	}
	if info, err := os.Stat(filepath.Join(made, "reports")); err != nil || !info.IsDir() {
		t.Error("no folder for reports")
	}
	before, err := os.ReadFile(filepath.Join(made, "case.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if code, _, errs := do(t, "", "import", file, made); code != 3 || !strings.Contains(errs, "is there already") {
		t.Errorf("%d %s", code, errs)
	}
	must(t, "import", file, "-o", made, "--force")
	if after, err := os.ReadFile(filepath.Join(made, "case.yaml")); err != nil || string(after) != string(before) {
		t.Error("the case changed")
	}

	back := filepath.Join(dir, "back.gmcr")
	must(t, "export", made, "--format", "gmcr", "-o", back)
	if got := must(t, "stability", back, "--json"); got != direct {
		t.Errorf("%s, want %s", got, direct)
	}
	if code, _, errs := do(t, "", "export", made, "--format", "nfg", "-o", back); code != 3 || !strings.Contains(errs, "--force") {
		t.Errorf("%d %s", code, errs)
	}
	must(t, "export", made, "--format", "nfg", "-o", back, "--force")
	if text, err := os.ReadFile(back); err != nil || !strings.HasPrefix(string(text), "NFG 1 R") {
		t.Errorf("%s %v", text, err)
	}
	if out := must(t, "export", made, "--format", "svg"); !strings.HasPrefix(out, "<svg") {
		t.Error(out)
	}
	if out := must(t, "export", made, "--format", "graphml"); !strings.Contains(out, "<graphml") {
		t.Error(out)
	}
}

func TestImportExportRefuse(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	model := write("m.yaml", "demarche: 1\ntitle: T\nconflict:\n  status_quo: []\n  players: {a: {name: A, options: {x: X}, prefers: [a.x]}}\n")
	facts := write("f.yaml", "demarche: 1\ntitle: T\n")
	bundle := write("b.zip", "PK")
	secret := write("s.yaml", "demarche: 1\ntitle: T\nhandling: confidential\n")
	file := write("g.gmcr", gmcrModel)
	out := filepath.Join(dir, "out")
	for _, tt := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"no format", []string{"export", model}, 2, "no format"},
		{"unknown format", []string{"export", model, "--format", "gmc"}, 2, "did you mean gmcr"},
		{"bundle to the terminal", []string{"export", model, "--bundle"}, 2, "needs a file"},
		{"bundle and format", []string{"export", model, "--bundle", "--format", "svg"}, 2, "both"},
		{"bundle of another day", []string{"export", model, "--bundle", "-o", out, "--as-of", "2025"}, 2, "mean nothing"},
		{"bundle over its case", []string{"export", model, "--bundle", "-o", model, "--force"}, 2, "part of the case"},
		{"assumption outside the model", []string{"export", facts, "--format", "ftm", "--assume", "x=1"}, 2, "does not hold"},
		{"confidential", []string{"export", secret, "--format", "ftm"}, 3, "confidential"},
		{"confidential bundle", []string{"export", secret, "--bundle", "-o", out}, 3, "confidential"},
		{"no bundle", []string{"import", bundle, out}, 3, "zip file"},
		{"no such bundle", []string{"import", filepath.Join(dir, "none.zip"), out}, 4, "no file"},
		{"no such table", []string{"import", filepath.Join(dir, "none.csv"), out}, 4, "no file"},
		{"import a strange file", []string{"import", write("x.json", "{}"), out}, 3, "not a STIX bundle"},
		{"what is lost", []string{"export", model, "--format", "gmcr"}, 3, "the status quo"},
		{"no model", []string{"export", facts, "--format", "svg"}, 4, "no conflict model"},
		{"no case", []string{"export", filepath.Join(dir, "none"), "--format", "svg"}, 4, "there is no case"},
		{"unknown assumption", []string{"export", model, "--format", "svg", "--assume", "z=1"}, 4, "cannot assume z"},
		{"import a case", []string{"import", model, out}, 3, "is not a file that is imported"},
		{"import nothing", []string{"import", filepath.Join(dir, "none.gmcr"), out}, 4, "there is no case"},
		{"import into nothing", []string{"import", file}, 2, "no folder"},
		{"import into a file", []string{"import", file, facts}, 3, "cannot be made"},
	} {
		code, stdout, errs := do(t, "", tt.args...)
		if code != tt.code || !strings.Contains(errs, tt.says) || stdout != "" {
			t.Errorf("%s: exit code %d, want %d, saying %q: %s%s", tt.name, code, tt.code, tt.says, stdout, errs)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a refused import left a folder")
	}
	if got := must(t, "export", model, "--format", "gmcr", "--lossy"); !strings.Contains(got, `"decisionMakers"`) {
		t.Error(got)
	}
}

// TestExchangeFormats: what the example says, in every format, and back.
func TestExchangeFormats(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	for format, name := range map[string]string{"ftm": "imbra.ftm.jsonl", "ftm-csv": "imbra.ftm.csv", "acled": "imbra.acled.csv", "stix": "imbra.stix.json", "csl": "imbra.csl.json"} {
		text := must(t, "export", examples+"imbra-river", "--format", format)
		golden(t, name, text)
		must(t, "export", examples+"imbra-river", "--format", format, "-o", file(name))
		if data, err := os.ReadFile(file(name)); err != nil || string(data) != text {
			t.Errorf("%s: the file differs from what is printed: %v", name, err)
		}
	}
	want := must(t, "outlook", examples+"imbra-river", "--json")
	for _, name := range []string{"imbra.ftm.jsonl", "imbra.stix.json"} {
		must(t, "import", file(name), file("from-"+name))
		if got := must(t, "outlook", file("from-"+name), "--json"); got != want {
			t.Errorf("%s: the model that comes back says something else", name)
		}
	}
	must(t, "import", file("imbra.acled.csv"), file("incidents"))
	must(t, "check", file("incidents"))

	must(t, "export", examples+"caribbean", "--bundle", "-o", file("c.zip"))
	must(t, "import", file("c.zip"), file("c"))
	for _, name := range []string{"case.yaml", "reports/denial.md"} {
		a, err := os.ReadFile(filepath.Join(examples, "caribbean", name))
		if err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(file("c/" + name)); err != nil || string(a) != string(b) {
			t.Errorf("%s differs after the bundle: %v", name, err)
		}
	}
	if code, _, errs := do(t, "", "import", file("c.zip"), file("c"), "--force"); code != 3 || !strings.Contains(errs, "there already") {
		t.Errorf("%d %s", code, errs)
	}
	must(t, "export", file("c"), "--format", "bundle", "-o", file("again.zip"))
	a, errA := os.ReadFile(file("c.zip"))
	b, errB := os.ReadFile(file("again.zip"))
	if errA != nil || errB != nil || string(a) != string(b) {
		t.Error("the same case makes another bundle")
	}
	secret := file("s.yaml")
	if err := os.WriteFile(secret, []byte("demarche: 1\ntitle: T\nhandling: confidential\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	must(t, "export", secret, "--format", "stix", "--confidential")
}
