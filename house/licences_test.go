package house

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var update = flag.Bool("update", false, "rewrite THIRD_PARTY.md")

// allowedLicences may be combined with ours in one program, under no more than
// the duty to reproduce the notice, which THIRD_PARTY.md does.
var allowedLicences = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "Unicode-3.0", "Unlicense"}

// flaggedLicences are further licences, each for one module and with a reason.
var flaggedLicences = map[string]struct{ licence, reason string }{
	"modernc.org/sqlite": {"MPL-2.0", "its list of others' work names a module under it that is in the module graph alone; nothing under it is compiled in (section 3 of its LICENSE-3RD-PARTY.md)"},
}

// licenceMarks are words that only one licence has, all of them needed, in
// lower case without punctuation. Forbidden ones stand here too, to be named.
var licenceMarks = []struct {
	name  string
	words []string
}{
	{"AGPL", []string{"gnu affero general public license"}},
	{"LGPL", []string{"gnu lesser general public license"}},
	{"GPL", []string{"gnu general public license"}},
	{"MPL-2.0", []string{"mozilla public license"}},
	{"EPL", []string{"eclipse public license"}},
	{"SSPL", []string{"server side public license"}},
	{"BUSL", []string{"business source license"}},
	{"Commons-Clause", []string{"commons clause"}},
	{"CC-BY-SA", []string{"attribution sharealike"}},
	{"CC-BY-NC", []string{"attribution noncommercial"}},
	{"Apache-2.0", []string{"apache license", "version 2 0"}},
	{"MIT", []string{"permission is hereby granted free of charge to any person obtaining a copy", "without restriction"}},
	{"BSD-4-Clause", []string{"redistribution and use in source and binary forms", "all advertising materials"}},
	{"BSD-3-Clause", []string{"redistribution and use in source and binary forms", "endorse or promote products"}},
	{"BSD-2-Clause", []string{"redistribution and use in source and binary forms"}},
	{"ISC", []string{"permission to use copy modify and or distribute this software for any purpose with or without fee"}},
	{"ISC", []string{"permission to use copy modify and distribute this software for any purpose with or without fee"}},
	{"Unicode-3.0", []string{"unicode license v3"}},
	{"CC0-1.0", []string{"cc0 1 0 universal"}},
	{"Unlicense", []string{"this is free and unencumbered software released into the public domain"}},
}

// contains says which licence has the marks of which others in its text too.
var contains = map[string][]string{
	"AGPL":         {"GPL", "LGPL"},
	"LGPL":         {"GPL"},
	"MPL-2.0":      {"AGPL", "LGPL", "GPL"}, // named there as secondary licences
	"BSD-4-Clause": {"BSD-3-Clause", "BSD-2-Clause"},
	"BSD-3-Clause": {"BSD-2-Clause"},
}

// licencesIn names every licence whose marks are in the text, in order.
func licencesIn(text string) []string {
	text = strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
	found := map[string]bool{}
	for _, mark := range licenceMarks {
		if !slices.ContainsFunc(mark.words, func(w string) bool { return !strings.Contains(text, w) }) {
			found[mark.name] = true
		}
	}
	for name := range maps.Clone(found) {
		for _, inside := range contains[name] {
			delete(found, inside)
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// licenceProblem says what is wrong with a module under these licences, or "".
func licenceProblem(module string, licences []string) string {
	if len(licences) == 0 {
		return module + " has no licence that is known here: read it, and teach house/licences_test.go its marks"
	}
	for _, l := range licences {
		if !slices.Contains(allowedLicences, l) && flaggedLicences[module].licence != l {
			return fmt.Sprintf("%s is under %s, which is not allowed", module, l)
		}
	}
	return ""
}

var licenceFile = regexp.MustCompile(`(?i)^(un)?licen[cs]e|^copying|^notice|^copyright`)

// theirs is what a module says about its licence.
type theirs struct {
	module, version string
	licences        []string
	texts           []string // each begins with the name of its file
	missing         bool     // it is not in the module cache
}

func TestLicences(t *testing.T) {
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if regexp.MustCompile(`(?m)^replace\b`).Match(mod) {
		t.Error("go.mod has a replace; go install does not follow it")
	}
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	required := requirements(string(mod))
	goLicence, err := os.ReadFile("testdata/go-licence.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := []theirs{{
		module: "the Go standard library", version: "that of the build", licences: licencesIn(string(goLicence)),
		texts: []string{"LICENSE\n\n" + strings.Trim(string(goLicence), "\n")},
	}}
	var missing []string
	for _, name := range slices.Sorted(maps.Keys(required)) {
		m, err := readLicences(strings.TrimSpace(string(cache)), name, required[name].version)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
		if m.missing {
			missing = append(missing, name)
			continue
		}
		if problem := licenceProblem(name, m.licences); problem != "" {
			t.Error(problem)
		}
		t.Logf("%-45s %-12s %s", m.module, m.version, strings.Join(m.licences, " and "))
	}
	for name := range flaggedLicences {
		if _, ok := required[name]; !ok {
			t.Errorf("%s is no longer required: take it out of flaggedLicences", name)
		}
	}

	const file = "../THIRD_PARTY.md"
	if *update && !t.Failed() {
		if len(missing) > 0 {
			t.Fatalf("not in the module cache: %s; run go mod download", strings.Join(missing, ", "))
		}
		if err := os.WriteFile(file, []byte(thirdPartyPage(all)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range checkPage(string(page), all) {
		t.Errorf("THIRD_PARTY.md %s; run go mod tidy and make golden", problem)
	}
	if len(missing) == 0 {
		return
	}
	sentence := fmt.Sprintf("the licences of modules that are not in the module cache (%s) were not read; run go mod download", strings.Join(missing, ", "))
	if os.Getenv("DEMARCHE_REQUIRE_ALL") == "1" {
		t.Fatal(sentence)
	}
	t.Skip(sentence)
}

func readLicences(cache, module, version string) (theirs, error) {
	m := theirs{module: module, version: version}
	dir := filepath.Join(cache, filepath.FromSlash(escape(module))+"@"+escape(version))
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		m.missing = true
		return m, nil
	} else if err != nil {
		return m, err
	}
	found := map[string]bool{}
	for _, e := range entries {
		if e.IsDir() || !licenceFile.MatchString(e.Name()) || strings.HasSuffix(e.Name(), ".go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return m, err
		}
		for _, l := range licencesIn(string(text)) {
			found[l] = true
		}
		m.texts = append(m.texts, e.Name()+"\n\n"+strings.Trim(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n"))
	}
	m.licences = slices.Sorted(maps.Keys(found))
	return m, nil
}

// escape writes a module path as the module cache does: an upper-case letter
// becomes an exclamation mark and the lower-case letter.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsUpper(r) {
			b.WriteByte('!')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

const fence = "~~~~~~"

func (m theirs) row() string {
	return fmt.Sprintf("| %s | %s | %s |\n", m.module, m.version, strings.Join(m.licences, " and "))
}

func (m theirs) section() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n## %s\n", m.module)
	for _, text := range m.texts {
		fmt.Fprintf(&b, "\n%stext\n%s\n%s\n", fence, text, fence)
	}
	return b.String()
}

// thirdPartyPage is THIRD_PARTY.md.
func thirdPartyPage(all []theirs) string {
	var b strings.Builder
	b.WriteString("# Modules by others\n\n" +
		"demarche is built from, or tested with, the modules in this table. Their licence texts and notices\n" +
		"follow below. `make golden` writes this page; a test fails when it is out of date, or when a module\n" +
		"comes in under a licence that cannot be combined with ours.\n\n" +
		"| Module | Version | Licence |\n|---|---|---|\n")
	for _, m := range all {
		b.WriteString(m.row())
	}
	for _, m := range all {
		b.WriteString(m.section())
	}
	return b.String()
}

// checkPage compares as much of the page as is known.
func checkPage(page string, all []theirs) []string {
	var problems []string
	whole := true
	for _, m := range all {
		switch {
		case m.missing:
			whole = false
			if !strings.Contains(page, fmt.Sprintf("\n| %s | %s |", m.module, m.version)) {
				problems = append(problems, fmt.Sprintf("lacks %s %s", m.module, m.version))
			}
		case !strings.Contains(page, "\n"+m.row()):
			problems = append(problems, fmt.Sprintf("lacks %s %s, %s", m.module, m.version, strings.Join(m.licences, " and ")))
		case !strings.Contains(page, m.section()):
			problems = append(problems, fmt.Sprintf("has another licence text for %s", m.module))
		}
	}
	if len(problems) == 0 && whole && page != thirdPartyPage(all) {
		problems = append(problems, "lists more than go.mod requires")
	}
	return problems
}

func TestLicencesIn(t *testing.T) {
	own, err := os.ReadFile("../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	const (
		mit = "Permission is hereby granted, free of charge, to any person\nobtaining a copy of this software, to deal in it without restriction"
		bsd = "Redistribution and use in source and binary forms, with or without modification, are permitted.\n"
	)
	for _, test := range []struct{ name, text, want, problem string }{
		{"ours", string(own), "Apache-2.0", ""},
		{"MIT", mit, "MIT", ""},
		{"two clauses", bsd, "BSD-2-Clause", ""},
		{"three clauses", bsd + "may be used to endorse or promote products", "BSD-3-Clause", ""},
		{"four clauses", bsd + "All advertising materials ... endorse or promote products", "BSD-4-Clause", "BSD-4-Clause, which is not allowed"},
		{"two licences", mit + "\nApache License, Version 2.0", "Apache-2.0 and MIT", ""},
		{"GPL", "GNU GENERAL PUBLIC LICENSE\nVersion 3", "GPL", "GPL, which is not allowed"},
		{"AGPL", "GNU AFFERO GENERAL PUBLIC LICENSE, see the GNU General Public License", "AGPL", "AGPL, which is not allowed"},
		{"one of two is GPL", mit + "\nGNU General Public License", "GPL and MIT", "GPL, which is not allowed"},
		{"MPL without a reason", "Mozilla Public License Version 2.0 ... GNU General Public License, Version 2.0, the GNU Lesser General Public License", "MPL-2.0", "MPL-2.0, which is not allowed"},
		{"unknown", "All rights reserved.", "", "has no licence that is known here"},
		{"none", "", "", "has no licence that is known here"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := licencesIn(test.text)
			if s := strings.Join(got, " and "); s != test.want {
				t.Errorf("got %q, want %q", s, test.want)
			}
			problem := licenceProblem("example.org/m", got)
			if (problem == "") != (test.problem == "") || !strings.Contains(problem, test.problem) {
				t.Errorf("problem %q, want %q", problem, test.problem)
			}
		})
	}
}

func TestThirdPartyPage(t *testing.T) {
	a := theirs{module: "example.org/a", version: "v1.0.0", licences: []string{"MIT"}, texts: []string{"LICENSE\n\nDo as you like."}}
	b := theirs{module: "example.org/b", version: "v2.0.0", licences: []string{"ISC"}, texts: []string{"COPYING\n\nSo may you."}}
	page := thirdPartyPage([]theirs{a, b})
	newer, changed, missing := a, a, theirs{module: a.module, version: a.version, missing: true}
	newer.version = "v1.0.1"
	changed.texts = []string{"LICENSE\n\nAsk first."}
	for _, test := range []struct {
		name string
		all  []theirs
		want string
	}{
		{"in step", []theirs{a, b}, ""},
		{"newer", []theirs{newer, b}, "lacks example.org/a v1.0.1"},
		{"changed text", []theirs{changed, b}, "another licence text"},
		{"one more on the page", []theirs{a}, "lists more"},
		{"not in the cache", []theirs{missing, b}, ""},
		{"not in the cache nor on the page", []theirs{{module: "example.org/c", version: "v1.0.0", missing: true}}, "lacks example.org/c"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := strings.Join(checkPage(page, test.all), "\n")
			if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestReadLicences(t *testing.T) {
	cache := t.TempDir()
	dir := filepath.Join(cache, "example.org", "!big!name@v1.0.0-!r!c1")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"LICENSE.txt": "Mozilla Public License\r\nVersion 2.0\r\n",
		"NOTICE":      "By us.\n",
		"license.go":  "package m // GNU General Public License",
		"README":      "GNU General Public License",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m, err := readLicences(cache, "example.org/BigName", "v1.0.0-RC1")
	if err != nil || m.missing {
		t.Fatal(m, err)
	}
	if got := strings.Join(m.licences, " "); got != "MPL-2.0" {
		t.Errorf("licences %q", got)
	}
	if got, want := strings.Join(m.texts, "|"), "LICENSE.txt\n\nMozilla Public License\nVersion 2.0|NOTICE\n\nBy us."; got != want {
		t.Errorf("texts %q, want %q", got, want)
	}
	if m, err := readLicences(cache, "example.org/other", "v1.0.0"); err != nil || !m.missing {
		t.Error("a module that is not there was found", m, err)
	}
}
