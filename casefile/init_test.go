package casefile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/demarche/demarche"
)

func TestInit(t *testing.T) {
	for _, title := range []string{"Lake Arda", "", "Exile: yes or no? # 1", `"Quoted" and 'so'`, "2025", "yes", "- a", "Größe, São Tomé"} {
		dir := filepath.Join(t.TempDir(), "new", "case")
		if err := Init(dir, title); err != nil {
			t.Errorf("%q: %v", title, err)
			continue
		}
		f, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Warnings) > 0 {
			t.Errorf("%q: warnings: %v", title, f.Warnings)
		}
		if title != "" && f.Case.Title != title {
			t.Errorf("title is %q, want %q", f.Case.Title, title)
		}
		if info, err := os.Stat(filepath.Join(dir, ReportsName)); err != nil || !info.IsDir() {
			t.Errorf("no reports folder: %v", err)
		}
		before := string(read(t, filepath.Join(dir, CaseName)))
		if err := Init(dir, "Other"); demarche.KindOf(err) != demarche.BadInput || !strings.Contains(err.Error(), "already") {
			t.Errorf("a second case: %v", err)
		}
		if string(read(t, filepath.Join(dir, CaseName))) != before {
			t.Error("the case was overwritten")
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Init(file, "x"); demarche.KindOf(err) != demarche.BadInput {
		t.Errorf("on a file: %v", err)
	}
	if err := Init(filepath.Join(file, "inner"), "x"); err == nil {
		t.Error("inside a file")
	}
}
