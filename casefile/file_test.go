package casefile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/demarche/demarche"
)

// folder makes files in a new folder: pairs of name and text.
func folder(t *testing.T, pairs ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(pairs); i += 2 {
		path := filepath.Join(dir, pairs[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(pairs[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const least = "demarche: 1\ntitle: T\n"

func TestOpen(t *testing.T) {
	dir := folder(t, "case.yaml", least, "other.yaml", least, "short.yml", least, "sub/case.yaml", least, "sub.d/x.txt", "")
	for _, path := range []string{"", "case.yaml", "other.yaml", "short.yml", "sub"} {
		f, err := Open(filepath.Join(dir, path))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if f.Case.Title != "T" || f.Case.Dir != filepath.Dir(f.Path) || string(f.Bytes()) != least {
			t.Errorf("%s: %+v", path, f)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := folder(t,
		"empty.yaml", "", "binary.yaml", "demarche: 1\x00", "utf16.yaml", "\xff\xfed\x00", "zip.yaml", "PK\x03\x04rest",
		"model.gmcr", "{}", "notes.txt", "hello", "nocase/x.txt", "", "near/crisis.yaml", least, "bad.yaml", "demarche: 1\ntitle: T\nx: 1\n")
	if err := os.WriteFile(filepath.Join(dir, "huge.yaml"), make([]byte, MaxBytes+1), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("loop.yaml", filepath.Join(dir, "loop.yaml")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path string
		kind demarche.Kind
		says string
	}{
		{"missing", demarche.NotFound, "there is no case"},
		{"emty.yaml", demarche.NotFound, "did you mean"},
		{"empty.yaml", demarche.BadInput, "the file is empty"},
		{"binary.yaml", demarche.BadInput, "not text"},
		{"utf16.yaml", demarche.BadInput, "UTF-16"},
		{"zip.yaml", demarche.BadInput, "zip archive"},
		{"huge.yaml", demarche.BadInput, "at most 16"},
		{"model.gmcr", demarche.BadInput, "model.gmcr:1:1: the file has no options"},
		{"notes.txt", demarche.BadInput, "not a case file"},
		{"nocase", demarche.NotFound, "has no case.yaml; demarche init"},
		{"near", demarche.NotFound, "crisis.yaml?"},
		{"bad.yaml", demarche.BadInput, "bad.yaml:3:1: unknown key x"},
		{"loop.yaml", demarche.BadInput, "cannot be read"},
		{"bad.yaml/inner", demarche.BadInput, "cannot be read"},
	} {
		_, err := Open(filepath.Join(dir, c.path))
		if err == nil || demarche.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, kind %v; want %v, %q", c.path, err, demarche.KindOf(err), c.kind, c.says)
			continue
		}
		if !strings.Contains(err.Error(), "; ") && c.path != "bad.yaml" {
			t.Errorf("%s: no hint: %v", c.path, err)
		}
	}
	if _, err := Open(""); demarche.KindOf(err) != demarche.BadInput {
		t.Errorf("no path: %v", err)
	}
	if os.Getuid() != 0 {
		if err := os.Chmod(filepath.Join(dir, "bad.yaml"), 0); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(filepath.Join(dir, "bad.yaml")); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("unreadable: %v", err)
		}
	}
}

func TestReports(t *testing.T) {
	claim := least + "claims: {c: {says: x, report: %s}}\n"
	outside := folder(t, "secret.txt", "x")
	dir := folder(t, "case.yaml", fmt.Sprintf(claim, "first"),
		"reports/first.md", "text", "reports/deep/second.TXT", "text", "reports/third.html", "---\nx", "reports/fourth.txt", "---\ntitle: A\nid: \"the-fourth\"\n---\ntext",
		"reports/README.md", "x", "reports/.hidden.txt", "x", "reports/picture.png", "x", "reports/.git/x.txt", "x")
	for link, target := range map[string]string{"escape.txt": filepath.Join(outside, "secret.txt"), "inside.txt": "first.md", "broken.txt": "nothing"} {
		if err := os.Symlink(target, filepath.Join(dir, "reports", link)); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	files, err := f.ReportFiles()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		rel, _ := filepath.Rel(filepath.Join(dir, "reports"), file)
		names = append(names, rel)
	}
	if got := strings.Join(names, " "); got != "deep/second.TXT first.md fourth.txt inside.txt third.html" {
		t.Errorf("reports are %s", got)
	}
	for report, says := range map[string]string{"second": "", "the-fourth": "", "frist": "did you mean first?", "first.md": "without its ending: first", "zzzzzzzzzz": "not in the reports folder"} {
		if err := os.WriteFile(filepath.Join(dir, "case.yaml"), []byte(fmt.Sprintf(claim, report)), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir); says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("report %s: %v", report, err)
		}
	}
	alone, err := Open(filepath.Join(folder(t, "a.yaml", least), "a.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if files, err := alone.ReportFiles(); err != nil || len(files) != 0 {
		t.Errorf("no folder: %v, %v", files, err)
	}
}

// A ledger beside the case is taken on trust: its claims are checked there.
func TestLedgerBeside(t *testing.T) {
	text := least + "actors: {a: {name: A, record: [{says: x, because: [c9]}]}}\nclaims: {c1: {says: y}}\n"
	if _, err := Open(folder(t, "case.yaml", text)); err == nil || !strings.Contains(err.Error(), "unknown claim c9") {
		t.Errorf("without a ledger: %v", err)
	}
	f, err := Open(folder(t, "case.yaml", text, "ledger.db", ""))
	if err != nil || len(f.Warnings) > 0 {
		t.Errorf("with a ledger: %v", err)
	}
}

// References within the file are followed only so often.
func TestBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString(least + "conflict:\n  players:\n    a:\n      name: A\n      options: {o: O}\n      ranking:\n        - &a [1")
	for range 2000 {
		b.WriteString(", 1")
	}
	b.WriteString("]\n")
	for range 2000 {
		b.WriteString("        - *a\n")
	}
	if _, err := Parse("x.yaml", []byte(b.String())); err == nil || !strings.Contains(err.Error(), "more than a million parts") {
		t.Errorf("%.200s", err)
	}
	if _, err := Parse("x.yaml", []byte(least+"links: "+strings.Repeat("[", 100000))); err == nil || demarche.KindOf(err) != demarche.BadInput {
		t.Errorf("%.200s", err)
	}
}
