package main

import (
	"strings"
	"testing"
	"testing/fstest"
)

// What go test -json printed for two packages, shortened.
const events = `{"Action":"start","Package":"m/reader"}
{"Action":"run","Package":"m/reader","Test":"TestGold"}
{"Action":"output","Package":"m/reader","Test":"TestGold","Output":"=== RUN   TestGold\n"}
{"Action":"output","Package":"m/reader","Test":"TestGold","Output":"    gold_test.go:9: looking\n"}
{"Action":"output","Package":"m/reader","Test":"TestGold","Output":"    gold_test.go:12: the gold standard is not here:\n"}
{"Action":"output","Package":"m/reader","Test":"TestGold","Output":"        set DEMARCHE_SHARED\n"}
{"Action":"output","Package":"m/reader","Test":"TestGold","Output":"--- SKIP: TestGold (0.00s)\n"}
{"Action":"skip","Package":"m/reader","Test":"TestGold","Elapsed":0}
{"Action":"output","Package":"m/reader","Test":"TestSpan","Output":"=== RUN   TestSpan\n"}
{"Action":"pass","Package":"m/reader","Test":"TestSpan","Elapsed":0}
{"Action":"output","Package":"m/reader","Output":"PASS\n"}
{"Action":"output","Package":"m/reader","Output":"ok  \tm/reader\t0.002s\n"}
{"Action":"pass","Package":"m/reader","Elapsed":0.002}
`

const failing = `{"Action":"output","Package":"m/engine","Test":"TestNash","Output":"    nash_test.go:3: want 1\n"}
{"Action":"fail","Package":"m/engine","Test":"TestNash","Elapsed":0}
{"Action":"output","Package":"m/engine","Test":"TestSlow","Output":"panic: out of time\n"}
{"Action":"output","Package":"m/engine","Output":"FAIL\tm/engine\t0.002s\n"}
{"Action":"fail","Package":"m/engine","Elapsed":0.002}
`

func TestReport(t *testing.T) {
	var r report
	var out strings.Builder
	if err := r.read(strings.NewReader(events), &out); err != nil {
		t.Fatal(err)
	}
	r.secondPass = true
	if err := r.read(strings.NewReader(events), &out); err != nil {
		t.Fatal(err)
	}
	r.notRun("race tests: no C compiler", "./engine")
	r.summary(&out)
	want := "ok  \tm/reader\t0.002s\nok  \tm/reader\t0.002s\n" + `
Not run:
  the gold standard is not here: set DEMARCHE_SHARED
    reader.TestGold
  race tests: no C compiler
    ./engine

1 passed, 0 failed, 1 skipped
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestReportOfFailure(t *testing.T) {
	for _, second := range []bool{false, true} {
		r := report{secondPass: second}
		var out strings.Builder
		if err := r.read(strings.NewReader(failing), &out); err != nil {
			t.Fatal(err)
		}
		if r.failed != 1 {
			t.Errorf("second pass %v: %d failed, want 1", second, r.failed)
		}
		for _, want := range []string{"want 1", "panic: out of time", "FAIL\tm/engine"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("second pass %v: output lacks %q:\n%s", second, want, out.String())
			}
		}
	}
}

func TestReportRefusesOtherText(t *testing.T) {
	var r report
	if err := r.read(strings.NewReader("go: no such thing\n"), &strings.Builder{}); err == nil {
		t.Error("text that is no event was read without an error")
	}
}

func TestSurvey(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	got, err := survey(fstest.MapFS{
		"a.go":                     file("package a"),
		"engine/solve.go":          file("package engine\nfunc f() { go f() }"),
		"engine/solve_test.go":     file("package engine\nfunc FuzzCompile(f *testing.F) {}"),
		"reader/gold_test.go":      file("package reader\nvar update = flag.Bool(\"update\", false, \"\")\nfunc TestGold(t *testing.T) {}"),
		"reader/testdata/x.go":     file("package x\nfunc f() { go f() }"),
		"ui/node_modules/m/m.go":   file("package m"),
		".hidden/h.go":             file("package h"),
		"desk/parallel_test.go":    file("package desk\nfunc TestX(t *testing.T) { t.Parallel() }"),
		"desk/broken.go":           file("package desk\nfunc {"),
		"desk/notgo.txt":           file("package"),
		"brief/sub/update_test.go": file("package sub\nfunc ExampleX() { _ = wait.Go }"),
	})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, p := range got {
		line := p.path
		for _, f := range []struct {
			is   bool
			word string
		}{{p.tests, "tests"}, {p.concurrent, "concurrent"}, {p.golden, "golden"}} {
			if f.is {
				line += " " + f.word
			}
		}
		lines = append(lines, strings.TrimSpace(line+" "+strings.Join(p.fuzz, " ")))
	}
	want := []string{
		".",
		"./brief/sub tests",
		"./desk tests concurrent",
		"./engine tests concurrent FuzzCompile",
		"./reader tests golden",
	}
	if g, w := strings.Join(lines, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"all"}, {"test", "more"}} {
		var out strings.Builder
		if code := run(args, fstest.MapFS{}, &out); code != 2 || out.String() != usage+"\n" {
			t.Errorf("%q: exit code %d, output %q", args, code, out.String())
		}
	}
}
