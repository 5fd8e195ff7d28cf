package casefile

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/demarche/demarche"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares text with a file, or writes the file.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run go test -update and look at the change\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}

// read is one file of testdata.
func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files match %s", pattern)
	}
	return files
}

// Every kind of mistake, with what is said about it.
func TestMistakes(t *testing.T) {
	for _, path := range glob(t, "testdata/bad/*.yaml") {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		t.Run(name, func(t *testing.T) {
			_, err := Parse("case.yaml", read(t, path))
			var problems demarche.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("error is %T (%v), want Problems", err, err)
			}
			for _, p := range problems {
				sentence(t, p)
			}
			golden(t, strings.TrimSuffix(path, ".yaml")+".txt", problems.Error()+"\n")
		})
	}
}

func TestWarnings(t *testing.T) {
	for _, path := range glob(t, "testdata/warn/*.yaml") {
		f, err := Parse("case.yaml", read(t, path))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		var own demarche.Problems // the engine's are tested there
		for _, w := range f.Warnings {
			if w.Op == "casefile.Parse" {
				sentence(t, w)
				own = append(own, w)
			}
		}
		golden(t, strings.TrimSuffix(path, ".yaml")+".txt", own.Error()+"\n")
	}
}

// sentence checks the form that messages have.
func sentence(t *testing.T, e *demarche.Error) {
	t.Helper()
	for _, s := range []string{e.Msg, e.Hint} {
		if strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "...") || strings.TrimSpace(s) != s || strings.Contains(s, "\n") {
			t.Errorf("not a sentence without a full stop: %q", s)
		}
	}
	for _, jargon := range []string{"mapping", "scalar", "unmarshal", "token", "%!", "nil"} {
		if strings.Contains(e.Msg+" "+e.Hint, jargon) {
			t.Errorf("jargon %q in %q", jargon, e.Error())
		}
	}
	if e.Msg == "" || e.Kind != demarche.BadInput {
		t.Errorf("incomplete: %+v", e)
	}
}

func TestGoodCases(t *testing.T) {
	files := append(glob(t, "testdata/good/*.yaml"), glob(t, "../examples/published/*.yaml")...)
	for _, path := range files {
		f, err := Parse(path, read(t, path))
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if string(f.Bytes()) != string(read(t, path)) {
			t.Errorf("%s: Bytes is not the file", path)
		}
	}
}

// The values of the case that uses every key.
func TestEveryKey(t *testing.T) {
	f, err := Parse("every_key.yaml", read(t, "testdata/good/every_key.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	unset := map[string]bool{"Graph": true, "Payoffs": true} // these are in graph.yaml
	for _, name := range unsetFields(f.Case) {
		if field := name[strings.LastIndexByte(name, '.')+1:]; !unset[field] {
			t.Errorf("%s is set nowhere in every_key.yaml", name)
		}
	}
	m := f.Case.Conflict
	if got := m.Players[0].Prefers[3].Want; got.Cond == nil || got.Cond.Op != demarche.Pattern || got.Text != "YN-" {
		t.Errorf("YN- is read as %+v", got)
	}
	if got := m.Players[1].Ranking; len(got) != 3 || got[0].States[0].Pattern != "--N" || got[1].States[0].Pattern != "NNY" {
		t.Errorf("ranking is %+v", got)
	}
	if m.StatusQuo == nil || len(*m.StatusQuo) != 0 {
		t.Errorf("status_quo: [] is %v", m.StatusQuo)
	}
	if got := f.Case.Claim("k2").Quote; got != "There's nothing there" {
		t.Errorf("quote is %q", got)
	}
	if got := f.Case.Actors[2].At; got.Line != 18 || got.Col != 3 || got.File != "every_key.yaml" {
		t.Errorf("minister is at %v", got)
	}
	if got := *f.Case.Propositions[1].Prior; got != 0.4 {
		t.Errorf("prior .4 is %v", got)
	}
}

// Text that YAML readers like to change stays as written.
func TestTextStaysAsWritten(t *testing.T) {
	words := []string{"Y", "N", "yes", "no", "on", "null", "~", "true", "2025-12-02", ".5", "0x10", "1_000", "007", "12:30", "1e3"}
	for _, w := range words {
		f, err := Parse("x.yaml", []byte("demarche: 1\ntitle: "+w+"\n"))
		if err != nil || f.Case.Title != w {
			t.Errorf("title: %s gives %v, %v", w, f, err)
		}
	}
	for _, pattern := range []string{"Y", "N", "'-'", "not N"} {
		src := "demarche: 1\ntitle: T\nconflict:\n  players: {a: {name: A, options: {o: O}, prefers: [" + pattern + "]}}\n"
		if _, err := Parse("x.yaml", []byte(src)); err != nil {
			t.Errorf("%v", err)
		}
	}
}

// What only the whole set of states can show is found too.
func TestEngineChecks(t *testing.T) {
	model := "demarche: 1\ntitle: T\nconflict:\n  status_quo: [a.x]\n  players: {a: {name: A, options: {x: X}, ranking: [1, 2]}}\n"
	for rule, says := range map[string]string{
		"  rules: [never: a.x]\n":                   "excludes the status quo",
		"  rules: [never: a.x, never: not a.x]\n":   "leave no state",
		"  outcomes: {one: a.x, rest: otherwise}\n": "",
	} {
		_, err := Parse("x.yaml", []byte(model+rule))
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "x.yaml:")) {
			t.Errorf("%q: %v", rule, err)
		}
	}
	f, err := Parse("x.yaml", []byte(model+"  rules: [never: a.x and not a.x]\n"))
	if err != nil || len(f.Warnings) != 1 {
		t.Errorf("a useless rule: %v, %v", f, err)
	}
}

func TestJSONAndLineBreaks(t *testing.T) {
	src := "{\n \"demarche\": 1,\n \"title\": \"T\\u00e9\",\n \"conflict\": {\n  \"players\": {\n   \"a\": {\n    \"name\": \"A\",\n    \"options\": {\n     \"o\": \"O\"\n    },\n    \"ranking\": [\n     [\n      1,\n      2\n     ]\n    ]\n   }\n  },\n  \"rules\": []\n }\n}"
	for _, s := range []string{src, strings.ReplaceAll(src, "\n", "\r\n"), "\ufeff" + src} {
		f, err := Parse("x.yaml", []byte(s))
		if err != nil {
			t.Fatal(err)
		}
		if f.Case.Title != "Té" || len(f.Case.Conflict.Players[0].Ranking[0].States) != 2 {
			t.Errorf("got %+v", f.Case)
		}
		if string(f.Bytes()) != s {
			t.Error("Bytes differ")
		}
	}
}

// Columns in the file are right in every way of writing text.
func TestColumnsInConditions(t *testing.T) {
	head := "demarche: 1\ntitle: T\nconflict:\n  players: {a: {name: Ä, options: {o: O}}}\n  rules:\n"
	for _, c := range []struct {
		text      string
		line, col int
	}{
		{"    - never: a.o and a.x\n", 6, 22},
		{"    - never: 'a.o and a.x'\n", 6, 23},
		{"    - never: \"a.o and a.x\"\n", 6, 23},
		{"    - never: \"a.o \\u0061nd a.x\"\n", 6, 28},
		{"    - {says: é, never: a.o and a.x}\n", 6, 32},
		{"    - never: a.o and\n        a.x\n", 7, 9},
		{"    - never: |\n        a.o and\n        a.x\n", 8, 9},
		{"    - never: >-\n        a.o and\n        a.x\n", 8, 9},
		{"    - never: &here a.x\n", 6, 20},
		{"    - \"never\": !!str a.x\n", 6, 22},
	} {
		_, err := Parse("x.yaml", []byte(head+c.text))
		var problems demarche.Problems
		if !errors.As(err, &problems) || len(problems) != 1 {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if p := problems[0].Pos; p.Line != c.line || p.Col != c.col {
			t.Errorf("%q: at %v, want %d:%d", c.text, p, c.line, c.col)
		}
	}
}

func TestClaimsInTheLedger(t *testing.T) {
	src := []byte("demarche: 1\ntitle: T\nactors: {a: {name: A, record: [{says: x, because: [c1, c2]}]}}\n")
	f, err := Parse("x.yaml", src)
	if err != nil || len(f.Warnings) != 1 || len(f.ClaimRefs()) != 2 {
		t.Fatalf("without a ledger: %v, %v", f, err)
	}
	_, err = Parse("x.yaml", src, KnownClaims(func(id string) bool { return id == "c1" }))
	if err == nil || !strings.Contains(err.Error(), "3:56: unknown claim c2") {
		t.Errorf("with a ledger: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/good/*.yaml", "testdata/bad/*.yaml", "testdata/warn/*.yaml"} {
		for _, path := range glob(f, pattern) {
			f.Add(read(f, path))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse("x.yaml", data)
		if err != nil {
			var problems demarche.Problems
			if file != nil || !errors.As(err, &problems) || len(problems) == 0 || len(problems) > maxProblems+1 {
				t.Fatalf("neither problems nor a file: %v, %T", file, err)
			}
			for _, p := range problems {
				if p.Msg == "" || p.Kind == demarche.Internal {
					t.Fatalf("%+v", p)
				}
			}
			return
		}
		if string(file.Bytes()) != string(data) {
			t.Fatal("Bytes is not what was read")
		}
	})
}

// Rows of the table of weights that a case sets take the place of the default
// ones, and no others.
func TestWeightsOfCase(t *testing.T) {
	f, err := Parse("every_key.yaml", read(t, "testdata/good/every_key.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	got := f.Case.WeightsOr()
	if err := got.Check(); err != nil {
		t.Fatal(err)
	}
	for i, row := range demarche.DefaultWeights {
		want := row
		switch {
		case row.Table == "reliability" && row.Grade == "A":
			want.Value, want.Reason = 1.4, "our desk trusts no source more than four to one"
		case row.Table == "access" && row.Grade == "":
			want.Value, want.Reason = 0.6, "what nobody says they saw is mostly hearsay here"
		}
		if got[i] != want {
			t.Errorf("%+v, want %+v", got[i], want)
		}
	}
}
