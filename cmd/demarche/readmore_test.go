package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/demarche/demarche"
)

const eventReport = "The navy sank two boats off Norway on Monday, killing at least nine sailors.\n\nThe rain fell. “The bridge is closed to all traffic,” he said. Mayor Peter Doe left at noon.\n"

func runRead(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(context.Background(), append([]string{"read"}, args...), strings.NewReader(eventReport), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func TestReadEvents(t *testing.T) {
	code, out, errs := runRead(t, "--events", "-")
	if code != 0 || !strings.Contains(out, "Attack: by The navy") || !strings.Contains(out, "dead: 9 or more") || !strings.Contains(out, "where: off Norway") {
		t.Errorf("%d %s %s", code, out, errs)
	}
	code, out, errs = runRead(t, "--events", "--json", "-")
	if code != 0 {
		t.Fatalf("%d %s", code, errs)
	}
	doc, err := os.ReadFile("../../docs/reference/json.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(doc), "### Events")
	section, _, _ = strings.Cut(section, "\n## ")
	for line := range strings.Lines(out) {
		var e map[string]any
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		for key, v := range e {
			if !strings.Contains(section, "`"+key+"`") && !strings.Contains(section, "`"+key+"[]`") {
				t.Errorf("json.md does not name %s", key)
			}
			if key == "where" && v == nil {
				t.Error("a list is null")
			}
		}
	}
}

// TestReadWithCase resolves sources to the actors of a case.
func TestReadWithCase(t *testing.T) {
	code, out, errs := runRead(t, "--case", "../../examples/caribbean", "-q", "../../examples/caribbean/reports/strikes.md")
	if code != 0 || !strings.Contains(out, "in the case: Karoline Leavitt") {
		t.Errorf("%d %s %s", code, out, errs)
	}
	if code, _, errs := runRead(t, "--case", "nowhere", "-"); code != demarche.NotFound.ExitCode() {
		t.Errorf("%d %s", code, errs)
	}
}

// TestReadAssisted has a scripted model in the place of a real one.
func TestReadAssisted(t *testing.T) {
	asked := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{"message": map[string]string{
			"content": `{"judgements":[{"n":1,"quote":"The bridge is closed","speaker":"Mayor Peter Doe"},{"n":2,"quote":"made up by the model","right":1}]}`}}}})
	}))
	defer srv.Close()
	code, out, errs := runRead(t, "--assist-url", srv.URL, "--assist-model", "test", "--json", "-")
	if code != 0 || asked == 0 || !strings.Contains(out, `"assisted":true`) || !strings.Contains(out, `"how":"assisted"`) || !strings.Contains(errs, "word for word") {
		t.Errorf("%d %d asked\n%s\n%s", code, asked, out, errs)
	}
	code, out, _ = runRead(t, "--assist-url", srv.URL, "--assist-model", "test", "-")
	if code != 0 || !strings.Contains(out, "judged with a language model") || !strings.Contains(out, "[Mayor Peter Doe]") {
		t.Errorf("%d\n%s", code, out)
	}
	asked = 0
	if code, out, _ = runRead(t, "--json", "-"); asked > 0 || strings.Contains(out, "assisted") {
		t.Errorf("a model was asked though none was named: %d %s", code, out)
	}
	if code, _, errs = runRead(t, "--assist-url", "nonsense", "--assist-model", "test", "-"); code != demarche.Usage.ExitCode() {
		t.Errorf("%d %s", code, errs)
	}

	// A confidential case: by the folder that the report lies in, and by name.
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "reports"), 0o755); err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(dir, "reports", "a.txt")
	for path, text := range map[string]string{report: eventReport, filepath.Join(dir, "case.yaml"): "demarche: 1\ntitle: A secret\nhandling: confidential\n"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{report}, {"--case", dir, "-"}, {filepath.Join(dir, "reports")}} {
		code, _, errs = runRead(t, append([]string{"--assist-url", srv.URL, "--assist-model", "test", "-q"}, args...)...)
		if code != demarche.Usage.ExitCode() || !strings.Contains(errs, "confidential") || asked > 0 {
			t.Errorf("%v: %d, asked %d times: %s", args, code, asked, errs)
		}
	}
	if code, _, errs = runRead(t, "--assist-url", srv.URL, "--assist-model", "test", "--assist-confidential", report); code != 0 || asked == 0 {
		t.Errorf("%d, asked %d times: %s", code, asked, errs)
	}
}

// TestReadMatters proposes links to the propositions of a case, and keeps the four
// about Qatar apart over all reports of the example.
func TestReadMatters(t *testing.T) {
	const folder = "../../examples/caribbean"
	code, out, errs := runRead(t, folder+"/reports", "--case", folder, "--json", "-q")
	if code != 0 {
		t.Fatalf("%d %s", code, errs)
	}
	got := map[string]bool{}
	for line := range strings.Lines(out) {
		var a struct {
			Report  string                        `json:"report"`
			Cue     struct{ Text string }         `json:"cue"`
			Matters *[]map[string]json.RawMessage `json:"matters"`
		}
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		if a.Matters == nil {
			t.Fatalf("no list of propositions: %s", line)
		}
		for _, m := range *a.Matters {
			if len(m) != 4 || m["p"] == nil {
				t.Errorf("fields of a link: %v", m)
			}
			got[fmt.Sprintf("%s %s: %s denies %s hedged %s", filepath.Base(a.Report), a.Cue.Text, m["proposition"], m["denies"], m["hedged"])] = true
		}
	}
	want := []string{
		`denial.md disputed: "doha_explored" denies true hedged false`,
		`denial.md said: "doha_fleeing" denies true hedged false`,
		`exile-idea.md called: "doha_plausible" denies false hedged false`,
		`exile-idea.md has reportedly floated: "idea_floated" denies false hedged true`,
	}
	for _, w := range want {
		if !got[w] {
			t.Errorf("not proposed: %s", w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d links are proposed, of which %d belong there: %v", len(got), len(want), got)
	}

	code, out, errs = runRead(t, folder+"/reports/denial.md", "--case", folder, "-q")
	if code != 0 || !strings.Contains(out, "seems to deny that this is so: Maduro is fleeing to Qatar") || strings.Contains(out, "doha_") {
		t.Errorf("%d %s %s", code, out, errs)
	}
	if _, out, _ = runRead(t, folder+"/reports/denial.md", "--json"); strings.Contains(out, `"matters"`) {
		t.Error("propositions without a case")
	}
}
