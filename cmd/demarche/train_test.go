package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// correctionOf is a line of a file of corrections.
func correctionOf(t *testing.T, list, source, cue, content string) string {
	t.Helper()
	text := source + " " + cue + " " + content + "."
	span := func(part string) [][2]int {
		i := strings.Index(text, part)
		return [][2]int{{i, i + len(part)}}
	}
	b, err := json.Marshal(map[string]any{"text": text, list: []any{map[string]any{"source": span(source), "cue": span(cue), "content": span(content)}}})
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}

func TestTrain(t *testing.T) {
	if testing.Short() {
		t.Skip("TestTrain not run: -short")
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string) string {
		t.Helper()
		if err := os.WriteFile(at(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return at(name)
	}
	first := write("a.jsonl", correctionOf(t, "right", "The ministry", "tooted", "that the bridge was closed")+correctionOf(t, "right", "A spokesman for the army", "tooted", "that two soldiers had been freed"))
	second := write("b.jsonl", correctionOf(t, "right", "The rebels", "tooted", "that they had taken the town")+correctionOf(t, "wrong", "The old gauge", "says", "the lake fell by a foot"))
	model := at("my.model")
	out := must(t, "train", first, second, "-o", model)
	for _, w := range []string{"Learned from 4 corrected attributions in 4 texts.", "Of 3 that are right,", "and 3 are now", "Of 1 that are wrong,", "and 0 are now", "In twelve reports that come with the program,", "demarche read --model"} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), w) {
			t.Errorf("%q is missing in %s", w, out)
		}
	}
	report := write("report.txt", "The governor tooted that the dam would hold.\n")
	confidence := func(args ...string) float64 {
		t.Helper()
		var a struct{ Confidence float64 }
		if err := json.Unmarshal([]byte(must(t, append([]string{"read", "--json", report}, args...)...)), &a); err != nil {
			t.Fatal(err)
		}
		return a.Confidence
	}
	if before, after := confidence(), confidence("--model", model); after < .8 || after <= before {
		t.Errorf("confidence %.2f before, %.2f after", before, after)
	}

	// The contract, and the same bytes again.
	var j map[string]any
	if err := json.Unmarshal([]byte(must(t, "train", first, second, "-o", at("again.model"), "--json")), &j); err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	jsonKeys(j, nil, keys)
	_, section, ok := strings.Cut(document(t, "docs/reference/json.md"), "\n## train\n")
	for key := range keys {
		if !ok || !strings.Contains(section, "`"+key+"`") {
			t.Errorf("json.md does not name %s", key)
		}
	}
	a, _ := os.ReadFile(model)
	if b, err := os.ReadFile(at("again.model")); err != nil || string(a) != string(b) {
		t.Error("the same corrections gave another model")
	}

	// What is refused, and that nothing is written then.
	damaged := append([]byte(nil), a...)
	damaged[len(damaged)/2]++
	foreign := append([]byte(nil), a...)
	foreign[16]++
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{2, "where the model goes", []string{"train", first}},
		{2, "name one or more files", []string{"train", "-o", at("none")}},
		{4, "there is no file", []string{"train", at("nothing.jsonl"), "-o", at("none")}},
		{3, "there is no correction", []string{"train", write("empty.jsonl", "\n"), "-o", at("none")}},
		{3, "bad.jsonl:2:9: text is words in quotation marks", []string{"train", write("bad.jsonl", correctionOf(t, "wrong", "Roe", "said", "no")+`{"text":0}`), "-o", at("none")}},
		{3, "cannot be written", []string{"train", first, "-o", filepath.Join(dir, "no", "folder")}},
		{3, "not a model file", []string{"read", "--model", first, report}},
		{3, "checksum", []string{"read", "--model", write("damaged.model", string(damaged)), report}},
		{3, "has version", []string{"read", "--model", write("foreign.model", string(foreign)), report}},
		{4, "there is no file", []string{"eval", "attribution", "--model", at("nothing.model"), report}},
	} {
		code, out, errs := do(t, "", c.args...)
		if code != c.code || out != "" || !strings.Contains(errs, c.says) || !strings.Contains(errs, "hint: ") {
			t.Errorf("%v: %d %s%s", c.args, code, out, errs)
		}
	}
	if _, err := os.Stat(at("none")); err == nil {
		t.Error("a model was written though the corrections are wrong")
	}
}

// TestTrainDocs holds that the corrections shown in the documents can be read, and
// that their spans are words.
func TestTrainDocs(t *testing.T) {
	if testing.Short() {
		t.Skip("TestTrainDocs not run: -short")
	}
	lines := 0
	for _, path := range []string{"docs/howto.md", "docs/reference/reader.md"} {
		for _, m := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(document(t, path), -1) {
			if !strings.Contains(m[1], `"cue"`) {
				continue
			}
			file := filepath.Join(t.TempDir(), "c.jsonl")
			if err := os.WriteFile(file, []byte(m[1]), 0o644); err != nil {
				t.Fatal(err)
			}
			must(t, "train", file, "-o", filepath.Join(t.TempDir(), "m"))
			for line := range strings.Lines(m[1]) {
				lines++
				var c struct {
					Text         string
					Right, Wrong []map[string][][2]int
				}
				if err := json.Unmarshal([]byte(line), &c); err != nil {
					t.Fatal(err)
				}
				for _, f := range append(c.Right, c.Wrong...) {
					for role, spans := range f {
						part := c.Text[spans[0][0]:spans[0][1]]
						if before, after := " "+c.Text, c.Text+" "; before[spans[0][0]] != ' ' || !strings.ContainsAny(after[spans[0][1]:spans[0][1]+1], " .") || strings.TrimSpace(part) != part {
							t.Errorf("%s: %s is %q", path, role, part)
						}
					}
				}
			}
		}
	}
	if lines < 3 {
		t.Errorf("%d corrections are shown", lines)
	}
}
