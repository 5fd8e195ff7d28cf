package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const module = "github.com/demarche/demarche"

// everything allows imports of all packages of ours.
const everything = "*"

// arrows says which packages of ours each package may import; "." is the root.
// Test files may also import the root and the package they test.
var arrows = map[string][]string{
	".":                {},
	"engine":           {"."},
	"intake":           {"."},
	"reader":           {"."},
	"sea":              {"."},
	"law":              {"."},
	"brief":            {".", "engine", "law", "sea", "reader"},
	"casefile":         {".", "engine"},
	"ledger":           {"."},
	"work":             {".", "engine"},
	"desk":             {".", "engine", "reader", "sea", "law", "brief", "intake", "casefile"},
	"server":           {".", "desk", "server/ui", "engine", "reader", "sea", "law", "brief"},
	"server/ui":        {},
	"cmd/demarche":     {everything},
	"cmd/train-reader": {"reader"},
	"house":            {},
	"house/check":      {},
}

// thirdParty says which packages may import which modules of others, and why.
var thirdParty = []allowance{
	{"casefile", "go.yaml.in/yaml/v4", "the case file is YAML; errors need the line and column of each node", false},
	{"casefile", "github.com/santhosh-tekuri/jsonschema/v6", "checks the published schema against the examples and the strict reader", true},
	{"engine", "github.com/crillab/gophersat", "pseudo-Boolean optimisation: the least change to all rankings together that makes a state hold", false},
	{"intake", "go.yaml.in/yaml/v4", "front matter of Markdown reports is YAML", false},
	{"intake", "golang.org/x/net", "the HTML parser, and the encoding that a page declares", false},
	{"intake", "codeberg.org/readeck/go-readability/v2", "finds the article in a web page", false},
	{"intake", "golang.org/x/text", "text in old encodings", false},
	{"reader", "golang.org/x/text", "checks the table of countries against the names of the Unicode CLDR", true},
	{"intake", "github.com/gogs/chardet", "the encoding of text that does not name it", false},
	{"intake", "github.com/ledongthuc/pdf", "objects, streams and encryption of PDF", false},
	{"intake", "github.com/mmcdole/gofeed", "RSS and Atom as they are found in the wild", false},
	{"law", "go.yaml.in/yaml/v4", "rule files are YAML", false},
	{"ledger", "modernc.org/sqlite", "SQLite without a C compiler, with full-text search", false},
	{"ledger", "github.com/jackc/pgx/v5", "PostgreSQL, and its errors by their codes", false},
	{"ledger", "golang.org/x/text", "takes accents off letters, so that a search finds both", false},
	{"cmd/demarche", "github.com/spf13/cobra", "commands, flags, help, shell completion, man pages", false},
	{"cmd/demarche", "golang.org/x/term", "whether results go to a terminal, and how wide it is", false},
}

type allowance struct {
	pkg, module, reason string
	testsOnly           bool
}

// pure packages hold no side effects: they open no file, no connection, and
// print nothing. The names are import paths, and all below them.
var (
	pure      = []string{".", "engine"}
	impureStd = []string{"os", "net", "log", "syscall", "io/ioutil"}
)

// badNames say nothing about what is in a package.
var badNames = []string{"util", "utils", "common", "types", "helpers", "pkg"}

const maxMainLines = 30

func TestArrows(t *testing.T) {
	root := os.DirFS("..")
	mod, err := fs.ReadFile(root, "go.mod")
	if err != nil {
		t.Fatal(err)
	}
	files := parseTree(t, root)
	for _, problem := range checkArrows(files, requirements(string(mod)), arrows, thirdParty) {
		t.Error(problem)
	}
}

func TestTableIsWhole(t *testing.T) {
	for name, may := range arrows {
		for _, other := range may {
			if _, ok := arrows[other]; !ok && other != everything {
				t.Errorf("%s may import %s, which is not in the table", name, other)
			}
		}
		if cycle(name, name, arrows, map[string]bool{}) {
			t.Errorf("the arrows from %s lead back to it", name)
		}
	}
	for _, a := range thirdParty {
		if _, ok := arrows[a.pkg]; !ok {
			t.Errorf("%s is allowed %s but is not in the table", a.pkg, a.module)
		}
		if a.reason == "" {
			t.Errorf("%s is allowed %s without a reason", a.pkg, a.module)
		}
	}
}

func cycle(from, to string, arrows map[string][]string, seen map[string]bool) bool {
	for _, next := range arrows[from] {
		if next == to {
			return true
		}
		if !seen[next] {
			seen[next] = true
			if cycle(next, to, arrows, seen) {
				return true
			}
		}
	}
	return false
}

// sourceFile is one parsed Go file.
type sourceFile struct {
	name   string // slash-separated, from the root of the repository
	pkg    string // its folder; "." is the root
	isTest bool   // a test, or a program that is not part of the build
	lines  int
	src    string
	ast    *ast.File
}

// parseTree parses every Go file. The files are read here, never listed by
// another program, so that go test knows what its cached result rests on.
func parseTree(t testing.TB, root fs.FS) []sourceFile {
	t.Helper()
	var files []sourceFile
	walkSources(t, root, func(name string, src []byte) {
		if !strings.HasSuffix(name, ".go") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			t.Errorf("%v", err)
			return
		}
		files = append(files, sourceFile{
			name:   name,
			pkg:    path.Dir(name),
			isTest: strings.HasSuffix(name, "_test.go") || notBuilt(file),
			lines:  strings.Count(string(src), "\n"),
			src:    string(src),
			ast:    file,
		})
	})
	return files
}

func notBuilt(file *ast.File) bool {
	for _, group := range file.Comments {
		for _, c := range group.List {
			if c.Pos() < file.Package && c.Text == "//go:build ignore" {
				return true
			}
		}
	}
	return false
}

// walkSources visits every file that could be committed, other than test data.
func walkSources(t testing.TB, root fs.FS, visit func(name string, data []byte)) {
	t.Helper()
	skip := []string{".git", "node_modules", "testdata"}
	skipAtRoot := []string{"bin", "dist", "tmp"} // as in .gitignore
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		if slices.Contains(skip, base) || slices.Contains(skipAtRoot, name) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil // in a second working tree, .git is a file
		}
		if !d.Type().IsRegular() {
			return nil
		}
		data, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		visit(name, data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// requirement is a line of go.mod: a version, and whether only others need it.
type requirement struct {
	version  string
	indirect bool
}

// requirements are the modules that a go.mod lists.
func requirements(mod string) map[string]requirement {
	found := map[string]requirement{}
	inBlock := false
	for line := range strings.Lines(mod) {
		line, comment, _ := strings.Cut(line, "//")
		f := strings.Fields(line)
		r := requirement{indirect: strings.TrimSpace(comment) == "indirect"}
		switch {
		case len(f) == 2 && f[0] == "require" && f[1] == "(":
			inBlock = true
		case len(f) == 1 && f[0] == ")":
			inBlock = false
		case len(f) == 3 && f[0] == "require":
			r.version = f[2]
			found[f[1]] = r
		case inBlock && len(f) == 2:
			r.version = f[1]
			found[f[0]] = r
		}
	}
	return found
}

// checkArrows says in sentences what is wrong.
func checkArrows(files []sourceFile, required map[string]requirement, arrows map[string][]string, allowed []allowance) []string {
	var problems []string
	say := func(format string, args ...any) {
		problems = append(problems, fmt.Sprintf(format, args...))
	}
	exists := map[string]bool{}
	used := map[allowance]bool{}
	for _, f := range files {
		if !exists[f.pkg] {
			exists[f.pkg] = true
			for part := range strings.SplitSeq(f.pkg, "/") {
				if slices.Contains(badNames, part) {
					say("%s: the name %s says nothing; name the package after what it holds", f.pkg, part)
				}
			}
			if _, ok := arrows[f.pkg]; !ok {
				say("%s is not in the table of house/arrows_test.go: add it, with the packages it may import, or put the code where it belongs", f.pkg)
			}
		}
		for _, spec := range f.ast.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				say("%s: %v", f.name, err)
				continue
			}
			if spec.Name != nil && spec.Name.Name == "." {
				say("%s imports %s into its own names; name what is used", f.name, imported)
			}
			if imported == module || strings.HasPrefix(imported, module+"/") {
				to := strings.TrimPrefix(strings.TrimPrefix(imported, module), "/")
				if to == "" {
					to = "."
				}
				if !mayImport(f, to, arrows) {
					say("%s imports %s, but no arrow leads there from %s (table in house/arrows_test.go)", f.name, to, f.pkg)
				}
				continue
			}
			first, _, _ := strings.Cut(imported, "/")
			if !strings.Contains(first, ".") {
				if !f.isTest && slices.Contains(pure, f.pkg) && slices.ContainsFunc(impureStd, func(p string) bool { return within(imported, p) }) {
					say("%s imports %s, but %s opens no file and prints nothing", f.name, imported, f.pkg)
				}
				if imported == "C" {
					say("%s uses C; the product builds without a C compiler", f.name)
				}
				continue
			}
			found := false
			for _, a := range allowed {
				if a.pkg == f.pkg && within(imported, a.module) && (f.isTest || !a.testsOnly) {
					found, used[a] = true, true
					if required[a.module].indirect {
						say("%s imports %s, which go.mod calls indirect: run go mod tidy", f.name, imported)
					}
				}
			}
			if !found {
				say("%s imports %s, which %s is not allowed: use the standard library, or give a reason in house/arrows_test.go", f.name, imported, f.pkg)
			}
		}
		if !f.isTest {
			checkCode(f, say)
		}
	}
	for _, a := range allowed {
		r, inMod := required[a.module]
		if exists[a.pkg] && inMod && !r.indirect && !used[a] {
			say("%s no longer imports %s: take the line out of house/arrows_test.go", a.pkg, a.module)
		}
	}
	slices.Sort(problems)
	return problems
}

func mayImport(f sourceFile, to string, arrows map[string][]string) bool {
	may := arrows[f.pkg]
	return slices.Contains(may, to) || slices.Contains(may, everything) || f.isTest && (to == "." || to == f.pkg)
}

func within(imported, module string) bool {
	return imported == module || strings.HasPrefix(imported, module+"/")
}

// checkCode looks at what a file of the build says, beyond its imports.
func checkCode(f sourceFile, say func(string, ...any)) {
	if path.Base(f.name) == "main.go" && strings.HasPrefix(f.pkg, "cmd/") && f.lines >= maxMainLines {
		say("%s has %d lines; main stays under %d: flags and wiring belong in the files of the commands", f.name, f.lines, maxMainLines)
	}
	for _, decl := range f.ast.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			say("%s has a func init; say at the call what is used, or use a table", f.name)
		}
	}
	if !slices.Contains(pure, f.pkg) {
		return
	}
	fmtName := "fmt"
	for _, spec := range f.ast.Imports {
		if spec.Path.Value == `"fmt"` && spec.Name != nil {
			fmtName = spec.Name.Name
		}
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == fmtName && strings.HasPrefix(n.Sel.Name, "Print") {
				say("%s calls fmt.%s, but %s prints nothing", f.name, n.Sel.Name, f.pkg)
			}
		case *ast.CallExpr:
			if fn, ok := n.Fun.(*ast.Ident); ok && (fn.Name == "print" || fn.Name == "println") {
				say("%s calls %s, but %s prints nothing", f.name, fn.Name, f.pkg)
			}
		}
		return true
	})
}

// TestCheckArrows breaks each rule once, in sources made up for it.
func TestCheckArrows(t *testing.T) {
	table := map[string][]string{
		".": {}, "engine": {"."}, "casefile": {".", "engine"}, "desk": {"."},
		"cmd/demarche": {everything}, "notyet": {"."},
	}
	allowed := []allowance{
		{"casefile", "example.org/yaml", "because", false},
		{"casefile", "example.org/schema", "because", true},
		{"desk", "example.org/other", "goes unused, but go.mod does not say that we use it", false},
		{"notyet", "example.org/yaml", "because", false},
	}
	imports := func(pkg string, paths ...string) string {
		s := "package " + pkg + "\n"
		for _, p := range paths {
			s += "import _ " + strconv.Quote(p) + "\n"
		}
		return s
	}
	good := map[string]string{
		"root.go":                   imports("demarche", "fmt", "strings"),
		"root_test.go":              imports("demarche_test", module, "os"),
		"engine/solve.go":           imports("engine", module, "fmt"),
		"engine/solve_test.go":      imports("engine_test", module+"/engine", module, "os"),
		"engine/gen.go":             "//go:build ignore\n\n" + imports("main", "os", "log"),
		"casefile/read.go":          imports("casefile", module+"/engine", "example.org/yaml", "os"),
		"casefile/read_test.go":     imports("casefile", "example.org/schema/v6"),
		"casefile/testdata/x/x.go":  imports("util", "example.org/other"),
		"desk/node_modules/m/m.go":  imports("m", "example.org/other"),
		"cmd/demarche/main.go":      imports("main", module+"/casefile", module+"/desk") + "func main() {}\n",
		"cmd/demarche/brief.go":     "package main\n" + strings.Repeat("\n", 100),
		"bin/leftover.go":           imports("bin"),
		"examples/caribbean/a.yaml": "a: 1\n",
	}
	mod := "module m\n\nrequire example.org/other v6.0.0 // indirect\nrequire (\n\texample.org/yaml v1.2.3\n\texample.org/schema v6.0.0\n)\n"
	for _, test := range []struct {
		name, file, src string
		want            string // "" means nothing is wrong
	}{
		{"all is well", "root.go", good["root.go"], ""},
		{"against the arrow", "root.go", imports("demarche", module+"/engine"), "no arrow leads there from ."},
		{"sideways", "desk/desk.go", imports("desk", module+"/casefile"), "no arrow leads there from desk"},
		{"a test sideways", "desk/desk_test.go", imports("desk", module+"/engine"), "no arrow leads there from desk"},
		{"unknown package", "weigh/weigh.go", imports("weigh"), "weigh is not in the table"},
		{"unknown package below a known one", "engine/fast/fast.go", imports("fast"), "engine/fast is not in the table"},
		{"bad name", "desk/util/x.go", imports("util"), "the name util says nothing"},
		{"third party not allowed", "desk/desk.go", imports("desk", "example.org/yaml"), "desk is not allowed"},
		{"a name that only begins alike", "casefile/more.go", imports("casefile", "example.org/yamlish"), "casefile is not allowed"},
		{"third party for tests alone", "casefile/more.go", imports("casefile", "example.org/schema"), "casefile is not allowed"},
		{"indirect in go.mod", "desk/desk.go", imports("desk", "example.org/other"), "which go.mod calls indirect"},
		{"no longer used", "casefile/read.go", imports("casefile"), "no longer imports example.org/yaml"},
		{"opens files", "engine/solve.go", imports("engine", "os"), "engine opens no file"},
		{"runs programs", "engine/solve.go", imports("engine", "os/exec"), "engine opens no file"},
		{"connects", "root.go", imports("demarche", "net/http"), "opens no file"},
		{"prints", "engine/solve.go", "package engine\nimport \"fmt\"\nfunc f() { fmt.Println() }", "calls fmt.Println"},
		{"prints under another name", "root.go", "package demarche\nimport f \"fmt\"\nvar p = f.Printf", "calls fmt.Printf"},
		{"prints with the builtin", "root.go", "package demarche\nfunc f() { println() }", "calls println"},
		{"imports names", "desk/desk.go", "package desk\nimport . \"strings\"", "into its own names"},
		{"uses C", "desk/desk.go", imports("desk", "C"), "uses C"},
		{"init", "desk/desk.go", "package desk\nfunc init() {}", "func init"},
		{"init in a test", "desk/desk_test.go", "package desk\nfunc init() {}", ""},
		{"long main", "cmd/demarche/main.go", "package main\n" + strings.Repeat("\n", maxMainLines-1), "main stays under"},
		{"main at the limit", "cmd/demarche/main.go", "package main\n" + strings.Repeat("\n", maxMainLines-2), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			tree := maps.Clone(good)
			tree[test.file] = test.src
			fsys := fstest.MapFS{}
			for name, src := range tree {
				fsys[name] = &fstest.MapFile{Data: []byte(src)}
			}
			problems := checkArrows(parseTree(t, fsys), requirements(mod), table, allowed)
			switch {
			case test.want == "" && len(problems) > 0:
				t.Errorf("nothing is wrong, but it says\n%s", strings.Join(problems, "\n"))
			case test.want != "" && !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, test.want) }):
				t.Errorf("no problem says %q:\n%s", test.want, strings.Join(problems, "\n"))
			}
		})
	}
}
