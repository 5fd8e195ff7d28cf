package house

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"
)

// textsOfOthers are kept as they are.
var textsOfOthers = []string{"LICENSE", "THIRD_PARTY.md"}

// A word that no file of ours may hold, and what to do instead. The patterns
// are put together here so that this file does not match itself.
type forbidden struct {
	what    string
	pattern *regexp.Regexp
	instead string
}

var forbiddenWords = []forbidden{
	{
		"the path of one machine",
		// Not inside a web address or a longer path: nothing but a quotation
		// mark, a bracket, a space or the like stands before it.
		regexp.MustCompile("(?:^|[\\s\"'`(\\[{=:,<>])(" + strings.Join([]string{"/" + "work", "/" + "root", "/" + "home", "/" + "Users", "[A-Z]:\\\\" + "Users"}, "|") + `)[/\\][\w.-]`),
		"write paths from the root of the repository",
	},
	{
		"the host of a package registry or proxy",
		regexp.MustCompile(`(?i)\b(` + strings.Join([]string{
			"registry" + `\.(npmjs|yarnpkg|npmmirror)`, "(go)?proxy" + `\.golang`, "sum" + `\.golang`, "go" + `proxy\.(io|cn)`,
			"deb" + `\.debian\.org`, "archive" + `\.ubuntu\.com`, "files" + `\.pythonhosted`, "index" + `\.crates\.io`,
		}, "|") + `)`),
		"leave it to the settings of the machine; for a lock file of npm, put omit-lockfile-registry-resolved=true into .npmrc",
	},
	{
		"a setting of one machine's package client",
		regexp.MustCompile(`\b(GO` + `PROXY|GO` + `SUMDB|GONO` + `SUMDB|npm_config_` + `registry|_auth` + `Token)\s*[=:]`),
		"leave it to the machine",
	},
	{
		"work left undone",
		regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|X` + `XX|HA` + `CK)\b`),
		"do it, or write down what is so as a fact",
	},
}

func TestWords(t *testing.T) {
	n := 0
	walkSources(t, os.DirFS(".."), func(name string, data []byte) {
		n++
		for _, problem := range checkWords(name, data) {
			t.Error(problem)
		}
	})
	if n < 10 {
		t.Errorf("only %d files were found", n)
	}
}

// checkWords says where a file holds what it may not. Files that are no text
// are left alone.
func checkWords(name string, data []byte) []string {
	head := data[:min(len(data), 8000)]
	if slices.Contains(textsOfOthers, name) || bytes.IndexByte(head, 0) >= 0 || !utf8.Valid(data) {
		return nil
	}
	var problems []string
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		problems = append(problems, name+" begins with a byte order mark")
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		for _, f := range forbiddenWords {
			if found := f.pattern.FindString(line); found != "" {
				problems = append(problems, fmt.Sprintf("%s:%d holds %s (%s): %s", name, n, f.what, strings.TrimSpace(found), f.instead))
			}
		}
	}
	return problems
}

func TestCheckWords(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       int
	}{
		{"a.go", "read(\"/wo" + "rk/main/case.yaml\")\n", 1},
		{"a.md", "see /ro" + "ot/x and `/ho" + "me/ann/x`\n", 1}, // once a line and kind
		{"a.md", "C:\\Us" + "ers\\ann\n", 1},
		{"a.md", "https://example.org/ho" + "me/news and docs/wo" + "rk/x, /ho" + "me alone\n", 0},
		{"a.go", "// TO" + "DO: later\n", 1},
		{"a.ts", "// fine\n// FIX" + "ME\n", 1},
		{"a.md", "method, MASTODONS, XX" + "XX\n", 0},
		{"lock.json", "\"https://regis" + "try.npmjs.org/x\"\n", 1},
		{"Makefile", "export GOPRO" + "XY=direct\n", 1},
		{"bom.txt", "\xef\xbb\xbfhello\n", 1},
		{"x.bin", "\x00 TO" + "DO", 0},
		{"latin1.txt", "caf\xe9 TO" + "DO", 0},
		{"THIRD_PARTY.md", "X" + "XX", 0},
		{"docs/LICENSE", "X" + "XX", 1},
		{"empty", "", 0},
	} {
		got := checkWords(test.name, []byte(test.text))
		if len(got) != test.want {
			t.Errorf("%s, %q: %d problems %q, want %d", test.name, test.text, len(got), got, test.want)
		}
	}
}

func TestPackageComments(t *testing.T) {
	for _, problem := range checkComments(parseTree(t, os.DirFS(".."))) {
		t.Error(problem)
	}
}

// checkComments asks for one package comment a package, that begins as go doc
// wants it.
func checkComments(files []sourceFile) []string {
	var problems []string
	name := map[string]string{}        // folder -> package
	commented := map[string][]string{} // folder -> files with a package comment
	for _, f := range files {
		doc := f.ast.Doc
		if f.isTest {
			continue
		}
		name[f.pkg] = f.ast.Name.Name
		if doc == nil {
			continue
		}
		commented[f.pkg] = append(commented[f.pkg], f.name)
		starts := "Package " + f.ast.Name.Name + " "
		if f.ast.Name.Name == "main" {
			starts = "Command " + path.Base(f.pkg) + " "
		}
		if text := strings.Join(strings.Fields(doc.Text()), " ") + " "; !strings.HasPrefix(text, starts) {
			problems = append(problems, fmt.Sprintf("the package comment of %s does not begin with %q", f.name, strings.TrimSpace(starts)))
		}
	}
	for folder, pkg := range name {
		switch n := len(commented[folder]); {
		case n == 0:
			problems = append(problems, fmt.Sprintf("package %s in %s has no package comment", pkg, folder))
		case n > 1:
			problems = append(problems, fmt.Sprintf("package %s in %s has %d package comments: %s", pkg, folder, n, strings.Join(commented[folder], ", ")))
		}
	}
	slices.Sort(problems)
	return problems
}

func TestCheckComments(t *testing.T) {
	for _, test := range []struct {
		what  string
		files map[string]string
		want  string
	}{
		{"well", map[string]string{"a/a.go": "// Package a is.\npackage a", "a/b.go": "// Of b.\n\npackage a", "a/a_test.go": "// Tests.\npackage a"}, ""},
		{"a command", map[string]string{"cmd/x/main.go": "// Command x does.\npackage main"}, ""},
		{"none", map[string]string{"a/a.go": "package a"}, "has no package comment"},
		{"only in the test", map[string]string{"a/a.go": "package a", "a/a_test.go": "// Package a is.\npackage a"}, "has no package comment"},
		{"two", map[string]string{"a/a.go": "// Package a is.\npackage a", "a/b.go": "// Package a has.\npackage a"}, "has 2 package comments"},
		{"another name", map[string]string{"a/a.go": "// Package b is.\npackage a"}, "does not begin"},
		{"a command like a package", map[string]string{"cmd/x/main.go": "// Package main does.\npackage main"}, "does not begin"},
	} {
		fsys := fstest.MapFS{}
		for name, src := range test.files {
			fsys[name] = &fstest.MapFile{Data: []byte(src)}
		}
		got := strings.Join(checkComments(parseTree(t, fsys)), "\n")
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.what, got, test.want)
		}
	}
}
