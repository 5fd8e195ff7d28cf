package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/casefile"
)

// The documents of the repository, by paths relative to its root.
func documents(t *testing.T) []string {
	t.Helper()
	out := []string{"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "examples/README.md"}
	err := filepath.WalkDir("../../docs", func(path string, e fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".md") {
			rel, _ := filepath.Rel("../..", path)
			out = append(out, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func document(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../..", path))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestDocsCommands runs every block marked console: what is shown after a
// command must be what the command prints. A line of three dots stands for any
// lines. The blocks of one document share a copy of the examples.
func TestDocsCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("TestDocsCommands not run: -short")
	}
	for _, path := range documents(t) {
		text := document(t, path)
		if !strings.Contains(text, "\n```console\n") {
			continue
		}
		t.Run(path, func(t *testing.T) {
			file, err := filepath.Abs(filepath.Join("../..", path))
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS(examples)); err != nil {
				t.Fatal(err)
			}
			t.Chdir(dir)
			t.Setenv("NO_COLOR", "1")
			got, wrong := runDocument(text)
			if *update && got != text {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			for _, w := range wrong {
				t.Errorf("%s:%s", path, w)
			}
		})
	}
}

// inline are the commands in running text and tables that name an example.
var inline = regexp.MustCompile("`demarche ([a-z-]+ [^`]*examples/[^`]*)`")

// TestDocsInlineCommands holds that commands on examples work as they are
// given, unless a word in capitals stands for something of the reader's.
func TestDocsInlineCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("TestDocsInlineCommands not run: -short")
	}
	texts := map[string]string{}
	for _, path := range documents(t) {
		texts[path] = withoutCode(document(t, path))
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS(examples)); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	ran := 0
	for path, text := range texts {
		for _, m := range inline.FindAllStringSubmatch(text, -1) {
			if strings.ContainsAny(m[1], "<>|…") || placeholder.MatchString(m[1]) {
				continue
			}
			ran++
			if code, _, errs := do(t, "", strings.Fields(m[1])...); code != 0 {
				t.Errorf("%s: demarche %s: exit code %d\n%s", path, m[1], code, errs)
			}
		}
	}
	if ran < 8 {
		t.Errorf("only %d commands were found", ran)
	}
}

var placeholder = regexp.MustCompile(`\b[A-Z]{3,}\b`)

// runDocument runs the console blocks of a document in the working directory.
// It gives the document with what was printed, and what differs.
func runDocument(text string) (got string, wrong []string) {
	lines := strings.Split(text, "\n")
	sh := &shell{}
	var out []string
	for n := 0; n < len(lines); n++ {
		out = append(out, lines[n])
		if lines[n] != "```console" {
			continue
		}
		for n++; n < len(lines) && lines[n] != "```"; {
			command, isCommand := strings.CutPrefix(lines[n], "$ ")
			if !isCommand {
				wrong = append(wrong, fmt.Sprintf("%d: a block begins with a command, not with %q", n+1, lines[n]))
				return text, wrong
			}
			at := n + 1
			out = append(out, lines[n])
			n++
			var here []string
			if before, end, ok := strings.Cut(command, "<<'"); ok {
				end, _, _ = strings.Cut(end, "'")
				command = before
				for ; n < len(lines) && lines[n] != end; n++ {
					out, here = append(out, lines[n]), append(here, lines[n]+"\n")
				}
				out = append(out, end)
				n++
			}
			var want []string
			for n < len(lines) && lines[n] != "```" && !strings.HasPrefix(lines[n], "$ ") {
				want = append(want, lines[n])
				n++
			}
			printed, err := sh.run(command, strings.Join(here, ""))
			if err != nil {
				wrong = append(wrong, fmt.Sprintf("%d: %v", at, err))
			}
			have := strings.Split(strings.TrimSuffix(printed, "\n"), "\n")
			if printed == "" {
				have = nil
			}
			if likeOutput(want, have) {
				out = append(out, want...)
				continue
			}
			out = append(out, cutLike(want, have)...)
			wrong = append(wrong, fmt.Sprintf("%d: %q prints\n%s\nand the document shows\n%s", at, command, strings.Join(have, "\n"), strings.Join(want, "\n")))
		}
		out = append(out, "```")
	}
	return strings.Join(out, "\n"), wrong
}

// cutLike cuts new output where the output shown was cut with three dots: each
// run of lines shown keeps its length; the last ends the output, and one between
// two cuts begins at the line that began it before.
func cutLike(shown, lines []string) []string {
	var runs [][]string
	run := []string{}
	for _, l := range shown {
		if strings.TrimSpace(l) == "..." {
			runs = append(runs, run)
			run = []string{}
			continue
		}
		run = append(run, l)
	}
	if runs = append(runs, run); len(runs) == 1 {
		return lines
	}
	var out []string
	at := 0
	for n, r := range runs {
		if n > 0 {
			out = append(out, "...")
			if len(r) > 0 {
				if k := slices.Index(lines[at:], r[0]); k >= 0 && n < len(runs)-1 {
					at += k
				} else {
					at = max(at, len(lines)-len(r))
				}
			}
		}
		end := min(len(lines), at+len(r))
		out = append(out, lines[at:end]...)
		at = end
	}
	return out
}

func TestCutLike(t *testing.T) {
	lines := strings.Fields("a b c d e f g")
	for shown, want := range map[string]string{
		"x y":           "a b c d e f g",
		"x y ...":       "a b ...",
		"x ... e y":     "a ... f g",
		"... x y":       "... f g",
		"x ... d ... z": "a ... d ... g",
		"...":           "...",
	} {
		if got := strings.Join(cutLike(strings.Fields(shown), lines), " "); got != want {
			t.Errorf("%s: %s, want %s", shown, got, want)
		}
		if !likeOutput(strings.Fields(want), lines) {
			t.Errorf("%s does not stand for the output", want)
		}
	}
}

// likeOutput reports whether lines are as shown, where a shown line of three
// dots stands for any lines. Blanks at the ends of lines do not count.
func likeOutput(shown, lines []string) bool {
	if len(shown) == 0 {
		return len(lines) == 0
	}
	if strings.TrimSpace(shown[0]) == "..." {
		for k := range len(lines) + 1 {
			if likeOutput(shown[1:], lines[k:]) {
				return true
			}
		}
		return false
	}
	return len(lines) > 0 && strings.TrimRight(shown[0], " ") == strings.TrimRight(lines[0], " ") && likeOutput(shown[1:], lines[1:])
}

// shell knows the few commands that documents use.
type shell struct{ code int }

var word = regexp.MustCompile(`'[^']*'|"[^"]*"|[^\s'"]+`)

// run carries out one line and gives what a terminal would show.
func (s *shell) run(command, here string) (string, error) {
	var args []string
	var from, to string
	appending := false
	words := word.FindAllString(command, -1)
	for n := 0; n < len(words); n++ {
		switch w := words[n]; {
		case (w == "<" || w == ">" || w == ">>") && n+1 < len(words):
			n++
			if w == "<" {
				from = words[n]
			} else {
				to, appending = words[n], w == ">>"
			}
		default:
			args = append(args, strings.Trim(w, `"'`))
		}
	}
	if len(args) == 0 {
		return "", fmt.Errorf("there is no command in %q", command)
	}
	stdin := here
	if from != "" {
		data, err := os.ReadFile(from)
		if err != nil {
			return "", err
		}
		stdin = string(data)
	}
	var stdout, shown bytes.Buffer
	sink := io.Writer(&shown)
	if to != "" {
		sink = &stdout
	}
	switch {
	case args[0] == "demarche":
		s.code = run(context.Background(), args[1:], strings.NewReader(stdin), sink, &shown)
	case args[0] == "cat" && len(args) == 1:
		io.WriteString(sink, stdin)
	case args[0] == "cat" && len(args) == 2:
		data, err := os.ReadFile(args[1])
		if err != nil {
			return "", err
		}
		sink.Write(data)
	case command == "echo $?":
		fmt.Fprintln(sink, s.code)
	default:
		return "", fmt.Errorf("documents use demarche, cat and echo $?, not %q; mark other blocks sh", command)
	}
	if to == "" {
		return shown.String(), nil
	}
	data := stdout.Bytes()
	if appending {
		before, err := os.ReadFile(to)
		if err != nil {
			return "", err
		}
		data = append(before, data...)
	}
	return shown.String(), os.WriteFile(to, data, 0o644)
}

// What the checks of documents must refuse.
func TestDocsChecksCanFail(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, block := range []string{
		"$ demarche version\ndemarche 0.0.0",
		"$ demarche version",
		"$ demarche version\n...\nand more",
		"$ demarche stability nowhere\n",
		"$ ls",
		"demarche version",
		"$ demarche version\ndemarche dev\n$ echo $?\n1",
	} {
		if _, wrong := runDocument("text\n```console\n" + block + "\n```\n"); len(wrong) == 0 {
			t.Errorf("passes:\n%s", block)
		}
	}
	good := "```console\n$ demarche version\ndemarche " + version + "\n$ echo $?\n0\n$ cat > a <<'EOF'\nx\ny\nEOF\n$ cat a\n...\ny\n$ demarche check < a > b\n...\n```\n"
	got, wrong := runDocument(good)
	if len(wrong) > 0 || got != good {
		t.Errorf("%v\n%s", wrong, got)
	}
	if got, _ := runDocument("```console\n$ demarche version\nold\n```\n"); got != "```console\n$ demarche version\ndemarche "+version+"\n```\n" {
		t.Errorf("not rewritten: %s", got)
	}
	if bad := brokenLinks("docs/x.md", "[a](y.md) [b](../README.md#no-such) [c](#no)\n# Yes\n[d](#yes)", func(path string) (string, bool) {
		return "# Title", path == "README.md"
	}); len(bad) != 3 {
		t.Errorf("broken links found: %v", bad)
	}
	if missing := undocumented("## demarche read\n| `--json` | x |\n", "read", []string{"json", "text"}); !slices.Equal(missing, []string{"--text"}) {
		t.Errorf("missing: %v", missing)
	}
	if rows := tableRows("| `a`, `b` | text |\n|---|---|\n| `c.d` | x |\n"); len(rows) != 3 || rows["b"] == "" {
		t.Errorf("rows: %v", rows)
	}
}

// --- links

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// brokenLinks are the relative links of a document that lead nowhere. read
// gives the text of a file, or false if there is none.
func brokenLinks(path, text string, read func(path string) (string, bool)) (bad []string) {
	for _, m := range link.FindAllStringSubmatch(withoutCode(text), -1) {
		target, anchor, _ := strings.Cut(m[1], "#")
		if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
			continue
		}
		there := text
		if target != "" {
			var ok bool
			if there, ok = read(filepath.ToSlash(filepath.Join(filepath.Dir(path), target))); !ok {
				bad = append(bad, m[1])
				continue
			}
		}
		if anchor != "" && !slices.Contains(anchors(there), anchor) {
			bad = append(bad, m[1])
		}
	}
	return bad
}

func withoutCode(text string) string {
	var out []string
	inside := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			inside = !inside
			continue
		}
		if !inside {
			out = append(out, line)
		}
	}
	return strings.Join(out, "")
}

// anchors are the names by which the headings of a document can be linked to.
func anchors(text string) (out []string) {
	for line := range strings.Lines(withoutCode(text)) {
		title := strings.TrimLeft(line, "#")
		if title == line || !strings.HasPrefix(title, " ") {
			continue
		}
		out = append(out, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(title)))
	}
	return out
}

func TestDocsLinks(t *testing.T) {
	for _, path := range documents(t) {
		for _, target := range brokenLinks(path, document(t, path), func(p string) (string, bool) {
			info, err := os.Stat(filepath.Join("../..", p))
			if err != nil {
				return "", false
			}
			if info.IsDir() {
				return "", true
			}
			return document(t, p), true
		}) {
			t.Errorf("%s: the link %s leads nowhere", path, target)
		}
	}
}

// --- commands

var (
	listedCommand = regexp.MustCompile(`(?m)^  ([a-z-]+)  `)
	listedFlag    = regexp.MustCompile(`(?m)^ +(?:-[a-z], )?--([a-z-]+)`)
)

// undocumented are the flags that the section of a command does not name; the
// whole command if it has no section.
func undocumented(text, command string, flags []string) (missing []string) {
	_, section, ok := strings.Cut(text, "\n## demarche "+command+"\n")
	if !ok {
		if section, ok = strings.CutPrefix(text, "## demarche "+command+"\n"); !ok {
			return []string{command}
		}
	}
	section, _, _ = strings.Cut(section, "\n## ")
	for _, f := range flags {
		if !strings.Contains(section, "`--"+f) {
			missing = append(missing, "--"+f)
		}
	}
	return missing
}

func TestDocsNameEveryCommand(t *testing.T) {
	text := document(t, "docs/reference/commands.md")
	_, help, _ := strings.Cut(must(t, "--help"), "Available Commands:\n")
	list, global, ok := strings.Cut(help, "\nFlags:\n")
	commands := listedCommand.FindAllStringSubmatch(list, -1)
	if !ok || len(commands) < 8 {
		t.Fatalf("few commands are found in --help: %v", commands)
	}
	for _, f := range listedFlag.FindAllStringSubmatch(global, -1) {
		if !strings.Contains(text, "`--"+f[1]) {
			t.Errorf("commands.md does not name --%s", f[1])
		}
	}
	for _, c := range commands {
		help := must(t, c[1], "--help")
		_, flags, _ := strings.Cut(help, "\nFlags:\n")
		flags, _, _ = strings.Cut(flags, "\nGlobal Flags:\n")
		var names []string
		for _, f := range listedFlag.FindAllStringSubmatch(flags, -1) {
			if f[1] != "help" {
				names = append(names, f[1])
			}
		}
		for _, m := range undocumented(text, c[1], names) {
			t.Errorf("commands.md lacks %s of %s", m, c[1])
		}
	}
}

// --- the case file

// sections of case-file.md, by definition of the schema.
var sections = map[string]string{
	"":    "The file",
	"Tie": "ties", "Actor": "actors", "Said": "actors: record", "Proposition": "propositions", "Belief": "propositions: believes",
	"Authority": "authorities", "Incident": "incidents", "Place": "incidents: place", "Casualties": "incidents: casualties",
	"Ground": "incidents: justified and disputed", "Offer": "offers", "Track": "tracks", "Decision": "decisions", "RedLine": "red_lines",
	"Claim": "claims", "Conflict": "conflict", "Player": "conflict: players", "Option": "conflict: options", "Statement": "conflict: prefers",
	"Rank": "conflict: ranking and payoffs", "Unsure": "conflict: unsure", "Rule": "conflict: rules", "Hidden": "conflict: hidden",
	"Graph": "conflict: graph", "GraphState": "conflict: graph", "GraphMoves": "conflict: graph", "Arc": "conflict: graph",
	"Talks": "conflict: talks", "Outcome": "conflict: outcomes", "Lever": "conflict: levers", "LeverPrefer": "conflict: levers, prefer",
	"Perception": "conflict: perceptions", "PerceivedPlayer": "conflict: perceptions",
	"Judgement": "judgements", "ReferenceClass": "reference_classes", "Indicator": "indicators",
	"WeightRow": "weights",
}

var code = regexp.MustCompile("`([^`]+)`")

// tableRows are the rows of the tables in a text, by the keys in their first cell.
func tableRows(text string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(text) {
		if cells := strings.Split(line, "|"); len(cells) > 2 && cells[0] == "" {
			for _, m := range code.FindAllStringSubmatch(cells[1], -1) {
				out[m[1]] = line
			}
		}
	}
	return out
}

func TestDocsNameEveryKey(t *testing.T) {
	text := document(t, "docs/reference/case-file.md")
	var schema map[string]any
	if err := json.Unmarshal(casefile.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	defs := schema["$defs"].(map[string]any)
	defs[""] = schema
	keys := map[string]map[string]bool{} // by section
	count := 0
	for name, def := range defs {
		title, ok := sections[name]
		if !ok {
			t.Errorf("no section of case-file.md is for %s", name)
			continue
		}
		_, section, ok := strings.Cut(text, "\n## "+title+"\n")
		if !ok {
			t.Errorf("case-file.md has no section %q", title)
			continue
		}
		section, _, _ = strings.Cut(section, "\n## ")
		rows := tableRows(section)
		if keys[title] == nil {
			keys[title] = map[string]bool{}
		}
		for _, o := range objects(def) {
			required, _ := o["required"].([]any)
			for key, value := range o["properties"].(map[string]any) {
				count++
				keys[title][key] = true
				row := rows[key]
				if row == "" {
					t.Errorf("section %q lacks the key %s", title, key)
					continue
				}
				if slices.Contains(required, any(key)) != strings.Contains(row, "required") {
					t.Errorf("section %q: is %s required?", title, key)
				}
				words, _ := value.(map[string]any)["enum"].([]any)
				for _, w := range words {
					if !strings.Contains(row, "`"+w.(string)+"`") {
						t.Errorf("section %q: %s can be %s", title, key, w)
					}
				}
			}
		}
		for key := range rows {
			if !keys[title][key] && !shared(title, name, defs, key) {
				t.Errorf("section %q has the key %s, which the schema has not", title, key)
			}
		}
	}
	if count < 100 {
		t.Errorf("only %d keys were compared", count)
	}
}

// shared reports whether another definition of the same section has a key.
func shared(title, name string, defs map[string]any, key string) bool {
	for other, def := range defs {
		if other == name || sections[other] != title {
			continue
		}
		for _, o := range objects(def) {
			if _, ok := o["properties"].(map[string]any)[key]; ok {
				return true
			}
		}
	}
	return false
}

// objects are the forms of a definition that have keys.
func objects(def any) (out []map[string]any) {
	d, _ := def.(map[string]any)
	if _, ok := d["properties"]; ok {
		out = append(out, d)
	}
	forms, _ := d["anyOf"].([]any)
	for _, f := range forms {
		out = append(out, objects(f)...)
	}
	return out
}

// TestDocsCases holds that every case shown whole is one.
func TestDocsCases(t *testing.T) {
	seen := 0
	for _, path := range documents(t) {
		for _, block := range strings.Split(document(t, path), "\n```yaml\n")[1:] {
			block, _, _ = strings.Cut(block, "\n```")
			if !strings.HasPrefix(block, "demarche: 1\n") {
				continue
			}
			seen++
			if f, err := casefile.Parse(path, []byte(block+"\n")); err != nil {
				t.Errorf("%s: %v\n%s", path, err, block)
			} else if len(f.Warnings) > 0 {
				t.Errorf("%s: %v\n%s", path, f.Warnings, block)
			}
		}
	}
	if seen == 0 {
		t.Error("no document shows a whole case")
	}
}

// TestDocsExitCodes holds the table of exit codes against the program's own.
func TestDocsExitCodes(t *testing.T) {
	text := document(t, "docs/reference/commands.md")
	for _, k := range []demarche.Kind{demarche.Internal, demarche.No, demarche.Usage, demarche.BadInput, demarche.NotFound, demarche.Unavailable} {
		if !strings.Contains(text, fmt.Sprintf("\n| %d | ", k.ExitCode())) {
			t.Errorf("the table of exit codes lacks %d", k.ExitCode())
		}
	}
}

// jsonKeys are the keys of JSON data, but for those that are ids of the case:
// the keys below one of byID.
func jsonKeys(v any, byID []string, into map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			jsonKeys(x, byID, into)
		}
	case map[string]any:
		for key, x := range v {
			into[key] = true
			if !slices.Contains(byID, key) {
				jsonKeys(x, byID, into)
			}
		}
	}
}

// TestDocsNameEveryField holds that json.md names the fields that are printed.
func TestDocsNameEveryField(t *testing.T) {
	if testing.Short() {
		t.Skip("TestDocsNameEveryField not run: -short")
	}
	text := document(t, "docs/reference/json.md")
	for _, c := range []struct {
		section, byID string
		least         int
		args          []string
	}{
		{"stability", "rank stable equilibria", 8, []string{"stability", examples + "imbra-river", "-q", "--json"}},
		{"outlook", "equilibrium yes no yes_se no_se outcomes se actual actual_se seen seen_se expects expects_se expects_talks expects_talks_se", 60, []string{"outlook", examples + "caribbean", "-q", "--json"}},
		{"outlook", "equilibrium yes no yes_se no_se outcomes se", 60, []string{"outlook", examples + "imbra-river", "-q", "--json", "--robust", "--budget", "10m"}},
		{"levers", "concepts", 40, []string{"levers", examples + "imbra-river", "-q", "--outcome", "settlement", "--json"}},
		{"offers", "world outcomes", 80, []string{"offers", examples + "caribbean", "-q", "--json"}},
		{"read", "", 18, []string{"read", examples + "caribbean/reports/exile-idea.md", "--json"}},
		{"brief", "", 30, []string{"brief", examples + "caribbean", "-q", "-f", "json"}},
	} {
		_, section, ok := strings.Cut(text, "\n## "+c.section+"\n")
		if !ok {
			t.Errorf("json.md has no section %s", c.section)
			continue
		}
		section, _, _ = strings.Cut(section, "\n## ")
		named := map[string]bool{}
		for _, m := range code.FindAllStringSubmatch(withoutCode(section), -1) {
			for _, w := range regexp.MustCompile(`[a-z_]+`).FindAllString(m[1], -1) {
				named[w] = true
			}
		}
		keys := map[string]bool{}
		d := json.NewDecoder(strings.NewReader(must(t, c.args...)))
		for {
			var v any
			if err := d.Decode(&v); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			jsonKeys(v, strings.Fields(c.byID), keys)
		}
		for key := range keys {
			if !named[key] {
				t.Errorf("section %s of json.md does not name %s", c.section, key)
			}
		}
		if len(keys) < c.least {
			t.Errorf("%s: only %d fields were compared", c.section, len(keys))
		}
	}
}
