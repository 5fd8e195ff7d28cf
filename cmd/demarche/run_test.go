package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "rewrite golden files")

// do runs a command line with some standard input.
func do(t testing.TB, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(stdin), &out, &errs)
	return code, out.String(), errs.String()
}

// must runs a command that has to succeed and gives what it printed.
func must(t testing.TB, args ...string) string {
	t.Helper()
	code, out, errs := do(t, "", args...)
	if code != 0 {
		t.Fatalf("demarche %s: exit code %d\n%s", strings.Join(args, " "), code, errs)
	}
	return out
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
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
		t.Errorf("%s differs from what is printed now; run go test with -update and read the difference\n%s", path, firstDifference(string(want), got))
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for n := range min(len(w), len(g)) {
		if w[n] != g[n] {
			return fmt.Sprintf("line %d\n  was: %s\n  now: %s", n+1, w[n], g[n])
		}
	}
	return fmt.Sprintf("was %d lines, now %d", len(w), len(g))
}

const examples = "../../examples/"

// TestGolden holds what commands print about the examples, whole.
func TestGolden(t *testing.T) {
	for name, args := range map[string][]string{
		"caribbean.brief.txt":     {"brief", examples + "caribbean"},
		"caribbean.brief.md":      {"brief", examples + "caribbean", "-f", "md"},
		"caribbean.brief.html":    {"brief", examples + "caribbean", "-f", "html"},
		"caribbean.brief.json":    {"brief", examples + "caribbean", "-f", "json"},
		"imbra.brief.txt":         {"brief", examples + "imbra-river"},
		"imbra.brief.md":          {"brief", examples + "imbra-river", "-f", "md"},
		"caribbean.outlook.json":  {"outlook", examples + "caribbean", "--json"},
		"caribbean.outlook.txt":   {"outlook", examples + "caribbean"},
		"caribbean.stability.txt": {"stability", examples + "caribbean"},
		"caribbean.summary.txt":   {"stability", examples + "caribbean", "--summary"},
		"caribbean.paths.txt":     {"paths", examples + "caribbean"},
		"caribbean.explain.txt":   {"explain", examples + "caribbean", "now", "us", "seq"},
		"caribbean.threat.txt":    {"explain", examples + "caribbean", "now", "us", "seq", "--assume", "resolved_on_land=yes"},
		"chicken.stability.json":  {"stability", examples + "published/chicken.yaml", "--json"},
		"korea.explain.txt":       {"explain", examples + "published/us-north-korea-2017-base.yaml", "4", "us", "gmr"},
		"denial.read.json":        {"read", "--json", examples + "caribbean/reports/denial.md"},
		"denial.read.txt":         {"read", examples + "caribbean/reports/denial.md"},
		"caribbean.check.txt":     {"check", examples + "caribbean"},
		"help.txt":                {"--help"},
	} {
		if testing.Short() && strings.HasPrefix(name, "caribbean.brief") && name != "caribbean.brief.txt" {
			continue // one form is enough under the race detector
		}
		t.Run(name, func(t *testing.T) { golden(t, name, must(t, args...)) })
	}
}

// TestExits is the table of exit codes on bad input: each is a plain sentence,
// and no stack trace.
func TestExits(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := file("good/case.yaml", "demarche: 1\ntitle: Quiet\n")
	model := file("model/case.yaml", "demarche: 1\ntitle: M\nconflict:\n  status_quo: []\n  players:\n    a: {name: A, options: {x: Act}, prefers: [a.x]}\n    b: {name: B, options: {y: Act}, prefers: [not a.x]}\n")
	noStart := file("nostart.yaml", "demarche: 1\ntitle: M\nconflict:\n  players:\n    a: {name: A, options: {x: Act}, prefers: [a.x]}\n")
	typo := file("typo.yaml", "demarche: 1\ntitle: M\nconflict:\n  players:\n    caracas: {name: C, options: {leave: Go}, prefers: [caracas.leav]}\n")
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	huge := file("huge.txt", "x")
	if err := os.Truncate(huge, 200<<20); err != nil {
		t.Fatal(err)
	}
	binary := file("binary.txt", "\x7fELF\x02\x01\x01\x00\x00\x00")
	hugeCase := filepath.Join(dir, "hugereport")
	file("hugereport/case.yaml", "demarche: 1\ntitle: Q\n")
	file("hugereport/reports/r.txt", "x")
	if err := os.Truncate(filepath.Join(hugeCase, "reports", "r.txt"), 200<<20); err != nil {
		t.Fatal(err)
	}
	loop := filepath.Join(dir, "loop.yaml")
	if err := os.Symlink(loop, loop); err != nil {
		t.Fatal(err)
	}
	bomb := "demarche: 1\ntitle: bomb\nlinks:\n  - &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'k'; c++ {
		bomb += fmt.Sprintf("  - &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	bombFile := file("bomb.yaml", bomb)
	wide := "demarche: 1\ntitle: wide\nconflict:\n  players:\n    a:\n      name: A\n      options: {"
	for k := range 60 {
		wide += fmt.Sprintf("o%d: Act, ", k)
	}
	wideFile := file("wide.yaml", wide+"}\n      prefers: [a.o1]\n")
	graph := file("damaged.gmcr", `{"program": "gmcr-py"`)

	for _, tt := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"no command", []string{"nonsense"}, 2, "unknown command"},
		{"no argument", []string{"brief"}, 2, "argument"},
		{"unknown flag", []string{"brief", good, "--nonsense"}, 2, "nonsense"},
		{"unknown format", []string{"brief", good, "--format", "pdf"}, 2, "unknown format"},
		{"bad date", []string{"brief", good, "--as-of", "2025-13"}, 2, "2025-13"},
		{"bad assumption", []string{"outlook", model, "--assume", "talks"}, 2, "--assume"},
		{"bad probability", []string{"outlook", model, "--assume", "talks=2"}, 2, "not a probability"},
		{"unknown concept", []string{"stability", model, "--concepts", "nsh"}, 2, "did you mean nash"},
		{"negative worlds", []string{"outlook", model, "--worlds", "-1"}, 2, "--worlds"},
		{"no such case", []string{"brief", filepath.Join(dir, "nowhere")}, 4, "there is no case"},
		{"folder without a case", []string{"brief", empty}, 4, "has no case.yaml"},
		{"file with a loop of links", []string{"brief", loop}, 3, "cannot be read"},
		{"unknown option", []string{"brief", typo}, 3, "did you mean caracas.leave?"},
		{"invalid case, checked", []string{"check", typo}, 1, "unknown option caracas.leav"},
		{"folder, checked", []string{"check", empty}, 4, "has no case.yaml"},
		{"bomb", []string{"brief", bombFile}, 3, ""},
		{"bomb, checked", []string{"check", bombFile}, 1, ""},
		{"too many states", []string{"stability", wideFile}, 5, "the model has"},
		{"no conflict", []string{"stability", good}, 4, "no conflict model"},
		{"no status quo", []string{"paths", noStart}, 4, "where things stand today"},
		{"no status quo, outlook", []string{"outlook", noStart}, 4, "where things stand today"},
		{"assume nothing known", []string{"outlook", model, "--assume", "talk=1"}, 4, "cannot assume talk"},
		{"unknown state", []string{"explain", model, "99", "a", "nash"}, 4, "no state 99"},
		{"unknown player", []string{"explain", model, "1", "z", "nash"}, 4, "no player"},
		{"huge report", []string{"read", huge}, 3, "megabytes"},
		{"huge report in a case", []string{"brief", hugeCase}, 3, "megabytes"},
		{"binary report", []string{"read", binary}, 3, ""},
		{"no report", []string{"read", filepath.Join(dir, "none.txt")}, 4, ""},
		{"folder as report", []string{"read", empty}, 3, "folder"},
		{"nothing to read", []string{"read"}, 2, "nothing to read"},
		{"not built yet", []string{"worker", model}, 5, "not part of this version"},
		{"since neither day nor file", []string{"brief", model, "--since", "yesterday"}, 2, "neither a day nor a file"},
		{"since a later day", []string{"brief", model, "--since", "2999-01-01"}, 2, "not before the day of the brief"},
		{"since another case", []string{"brief", examples + "imbra-river", "--since", examples + "caribbean"}, 2, "is about something else"},
		{"since a later version", []string{"brief", examples + "imbra-river", "--since", examples + "imbra-river/case.yaml", "--as-of", "2025-05-10"}, 2, "is a later version"},
		{"since an invalid version", []string{"brief", model, "--since", typo}, 3, "did you mean caracas.leave?"},
		{"damaged gmcr", []string{"stability", graph}, 3, ""},
		{"no folder for output", []string{"brief", good, "-o", filepath.Join(dir, "no", "where.txt")}, 3, "cannot be written"},
		{"init over a case", []string{"init", filepath.Dir(good)}, 3, ""},
		{"evaluate nothing", []string{"eval", "attribution", filepath.Join(dir, "none")}, 4, "there is no file"},
		{"evaluate nonsense", []string{"eval", "attribution", good}, 3, "line 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := do(t, "", tt.args...)
			if code != tt.code || !strings.Contains(errs, tt.says) || errs == "" {
				t.Errorf("exit code %d, want %d, saying %q:\n%s%s", code, tt.code, tt.says, out, errs)
			}
			for _, bad := range []string{"goroutine", "panic", "runtime error", "%!", "did not find expected", "unmarshal", "<nil>"} {
				if strings.Contains(errs+out, bad) {
					t.Errorf("%q in:\n%s", bad, errs+out)
				}
			}
			if code != 1 && out != "" {
				t.Errorf("a failure printed a result: %s", out)
			}
		})
	}
}

// TestCaseWithoutModel: a case of claims alone can be briefed.
func TestCaseWithoutModel(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("case.yaml", "demarche: 1\ntitle: Quiet border\n")
	if out := must(t, "brief", dir); !strings.Contains(out, "Quiet border") {
		t.Errorf("the brief does not name the case:\n%s", out)
	}
	write("reports/one.txt", "“We will open the crossing,” said Minister Ana Sol.\n")
	must(t, "brief", dir)
	must(t, "check", dir)
}

func TestInitGivesAUsableCase(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "talks")
	must(t, "init", dir, "--title", "River talks")
	for _, args := range [][]string{{"check", dir}, {"brief", dir, "--final"}, {"stability", dir}, {"paths", dir}, {"outlook", dir}} {
		code, out, errs := do(t, "", args...)
		if code != 0 || strings.Contains(errs, "warning") {
			t.Errorf("%v: exit code %d\n%s%s", args, code, out, errs)
		}
	}
}

func TestReadStandardInput(t *testing.T) {
	const text = "“The valve stays shut,” said Governor Mira Holt.\n"
	code, out, errs := do(t, text, "read", "--json", "-")
	if code != 0 {
		t.Fatal(errs)
	}
	var at struct {
		Source, Content struct {
			Text  string
			Spans [][2]int
		}
	}
	if err := json.Unmarshal([]byte(strings.SplitN(out, "\n", 2)[0]), &at); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(at.Source.Text, "Mira Holt") || text[at.Content.Spans[0][0]:at.Content.Spans[0][1]] != at.Content.Text {
		t.Errorf("%+v", at)
	}
}

// TestSchemaIsJSON: what schema prints can be read.
func TestSchemaIsJSON(t *testing.T) {
	var v map[string]any
	if err := json.Unmarshal([]byte(must(t, "schema")), &v); err != nil || v["$schema"] == nil {
		t.Fatal(err, v["$schema"])
	}
}

// TestStopped: a command that is stopped says so and writes nothing.
func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	code := run(ctx, []string{"outlook", examples + "caribbean"}, strings.NewReader(""), &out, &errs)
	if code != 5 || out.Len() > 0 || !strings.Contains(errs.String(), "stopped") {
		t.Errorf("exit code %d\n%s%s", code, out.String(), errs.String())
	}
}

// TestOutputIsWholeOrNothing: a refused final brief leaves no file behind.
func TestOutputIsWholeOrNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "brief.html")
	must(t, "brief", examples+"imbra-river", "-f", "html", "-o", path)
	data, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(data, []byte("</html>")) {
		t.Fatal(err)
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".demarche-*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// full is a disk with no room.
type full struct{ err error }

func (f full) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "out", Err: f.err}
}

// A result that cannot be written is no mistake of the person who asked; where
// nobody reads any more, nothing is said.
func TestResultCannotBeWritten(t *testing.T) {
	for _, x := range []struct {
		err  error
		says string
	}{
		{syscall.ENOSPC, "demarche: the result could not be written: no space left on the device\n"},
		{syscall.EIO, "demarche: the result could not be written: input/output error\n"},
		{syscall.EPIPE, ""},
		{os.ErrClosed, ""},
	} {
		for _, args := range [][]string{{"outlook", examples + "imbra-river", "-q"}, {"outlook", examples + "imbra-river", "-q", "--json"}, {"--help"}, {"version"}} {
			var errs bytes.Buffer
			if code := run(context.Background(), args, strings.NewReader(""), full{x.err}, &errs); errs.String() != x.says || code != 5 {
				t.Errorf("%v, %v: exit code %d, saying %q", args, x.err, code, errs.String())
			}
		}
	}
}

// What is wrong with a flag is said for people, not in the words of Go's parsers.
func TestFlagsInPlainWords(t *testing.T) {
	imbra := examples + "imbra-river"
	for _, x := range []struct {
		args []string
		says string
	}{
		{[]string{"outlook", imbra, "--precision", "abc"}, "--precision abc is not a number"},
		{[]string{"outlook", imbra, "--worlds", "many"}, "--worlds many is not a whole number"},
		{[]string{"outlook", imbra, "--worlds", "99999999999999999999"}, "--worlds 99999999999999999999 is too large a number"},
		{[]string{"outlook", imbra, "--seed", "-1"}, "--seed -1 is not a whole number from 0"},
		{[]string{"outlook", imbra, "--robust", "--budget", "soon"}, "--budget soon is not a length of time, such as 30s or 5m"},
		{[]string{"outlook", imbra, "--json=maybe"}, "--json maybe: write --json alone"},
		{[]string{"outlook", imbra, "--worlds="}, "--worlds needs a value"},
		{[]string{"levers", imbra, "--outcome", "court", "--timeout", "0"}, "--timeout 0s: there is no time"},
		{[]string{"levers", imbra, "--outcome", "court", "--timeout=-1s"}, "--timeout -1s: there is no time"},
		{[]string{"outlook", imbra, "--assume", "talks=yes", "--assume", "talks=0.3"}, "--assume gives talks two values, yes and 0.3"},
	} {
		code, out, errs := do(t, "", x.args...)
		if code != 2 || out != "" || !strings.Contains(errs, x.says) || strings.Contains(errs, "strconv") || strings.Contains(errs, "invalid") {
			t.Errorf("%v: exit code %d, %q, want %q", x.args, code, errs, x.says)
		}
	}
	if code, _, errs := do(t, "", "outlook", imbra, "--assume", "nothing_of_this=1"); code != 4 || !strings.Contains(errs, "talks") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	must(t, "outlook", imbra, "-q", "--assume", "talks=1", "--assume", "talks=yes")
}

// Every flag of every command that takes a number or a time says what is wrong
// with a word.
func TestEveryFlagInPlainWords(t *testing.T) {
	tried := 0
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for _, m := range regexp.MustCompile(`--([a-z-]+)`).FindAllStringSubmatch(c.LocalFlags().FlagUsages(), -1) {
			f := c.Flag(m[1])
			if f == nil || strings.HasPrefix(f.Value.Type(), "string") {
				continue
			}
			tried++
			says := flagWords(c, c.Flags().Set(f.Name, "Zebra"))
			if !strings.HasPrefix(says, "--"+f.Name+" Zebra") || strings.Contains(says, "strconv") {
				t.Errorf("%s: %s", c.CommandPath(), says)
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk((&app{}).root())
	if tried < 30 {
		t.Errorf("%d flags tried", tried)
	}
}
