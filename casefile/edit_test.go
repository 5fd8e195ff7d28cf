package casefile

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/demarche/demarche"
	"go.yaml.in/yaml/v4"
)

const small = `# a dispute
demarche: 1
title: "Lake"   # the title
conflict:
  players:
    # upstream
    up:
      name: Up
      initiative: 1   # slow
      options: {fill: Fill it, wait: 'Hold off'}

      prefers:
        - up.fill   # most of all
        - not down.sue
    down: {name: Down, options: {sue: Sue}}
`

func open(t *testing.T, text string) *File {
	t.Helper()
	f, err := Parse("case.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestEdits(t *testing.T) {
	players := []string{"conflict", "players"}
	at := func(more ...string) []string { return append(slices.Clone(players), more...) }
	for _, c := range []struct {
		name     string
		edit     Edit
		old, new string // the text that changes
	}{
		{"number", Edit{SetValue, at("up", "initiative"), 2.5}, "initiative: 1 ", "initiative: 2.5 "},
		{"quoted text", Edit{SetValue, []string{"title"}, `The "Lake"`}, `title: "Lake" `, `title: "The \"Lake\"" `},
		{"single quotes", Edit{SetValue, at("up", "options", "wait"), "Don't"}, "'Hold off'", "'Don''t'"},
		{"new top key", Edit{SetValue, []string{"as_of"}, "2025-12-02"}, "options: {sue: Sue}}\n", "options: {sue: Sue}}\nas_of: 2025-12-02\n"},
		{"new block key", Edit{SetValue, at("up", "foresight"), "nash"}, "- not down.sue\n", "- not down.sue\n      foresight: nash\n"},
		{"new flow key", Edit{SetValue, at("down", "foresight"), "nash"}, "{sue: Sue}}", "{sue: Sue}, foresight: nash}"},
		{"new nested", Edit{SetValue, []string{"actors", "x", "name"}, "X: y"}, "options: {sue: Sue}}\n", "options: {sue: Sue}}\nactors: {x: {name: 'X: y'}}\n"},
		{"item", Edit{SetValue, at("up", "prefers", "1"), "down.sue"}, "- not down.sue", "- down.sue"},
		{"first item", Edit{InsertValue, at("up", "prefers", "0"), "up.wait"}, "        - up.fill ", "        - up.wait\n        - up.fill "},
		{"second item", Edit{InsertValue, at("up", "prefers", "1"), "up.wait"}, "of all\n", "of all\n        - up.wait\n"},
		{"last item", Edit{InsertValue, at("up", "prefers", "-"), Entries{{"want", "up.wait"}, {"weight", 0}}}, "- not down.sue\n", "- not down.sue\n        - {want: up.wait, weight: 0}\n"},
		{"delete item", Edit{DeleteValue, at("up", "prefers", "1"), nil}, "        - not down.sue\n", ""},
		{"delete flow key", Edit{DeleteValue, at("up", "options", "wait"), nil}, ", wait: 'Hold off'", ""},
		{"delete block key", Edit{DeleteValue, at("up", "name"), nil}, "      name: Up\n", ""},
		{"a list", Edit{SetValue, []string{"conflict", "status_quo"}, []string{"up.fill"}}, "options: {sue: Sue}}\n", "options: {sue: Sue}}\n  status_quo: [up.fill]\n"},
		{"pattern", Edit{SetValue, at("up", "prefers", "1"), "--Y"}, "- not down.sue", "- '--Y'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.Count(small, c.old) != 1 {
				t.Fatalf("%q is not in the sample once", c.old)
			}
			f := open(t, small)
			text := strings.Replace(small, c.old, c.new, 1)
			err := f.Apply(c.edit)
			if c.name == "last item" {
				// Weights on some statements only: the edit is refused.
				var problems demarche.Problems
				if !errors.As(err, &problems) || string(f.Bytes()) != small {
					t.Fatalf("got %v\n%s", err, f.Bytes())
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := string(f.Bytes()); got != text {
				t.Errorf("got:\n%s\nwant:\n%s", got, text)
			}
		})
	}
}

func TestEditsAreChecked(t *testing.T) {
	f := open(t, small)
	for _, e := range []Edit{
		{SetValue, []string{"handling"}, "secret"},
		{SetValue, []string{"conflict", "players", "up", "prefers", "0"}, "up.fil"},
		{DeleteValue, []string{"title"}, nil},
		{DeleteValue, []string{"nowhere"}, nil},
		{DeleteValue, []string{"conflict", "players", "up", "prefers", "7"}, nil},
		{InsertValue, []string{"title"}, "x"},
		{SetValue, []string{"title", "inner"}, "x"},
		{SetValue, nil, "x"},
		{SetValue, []string{"title"}, struct{}{}},
	} {
		if err := f.Apply(e); err == nil {
			t.Errorf("%v is accepted", e)
		}
		if string(f.Bytes()) != small || f.Case.Title != "Lake" {
			t.Fatalf("%v changed the file", e)
		}
	}
	// Several edits are valid together that are not so one by one.
	up := []string{"conflict", "players", "up"}
	err := f.Apply(
		Edit{DeleteValue, append(slices.Clone(up), "options", "fill"), nil},
		Edit{SetValue, append(slices.Clone(up), "prefers", "0"), "up.wait"},
	)
	if err != nil || len(f.Case.Conflict.Players[0].Options) != 1 {
		t.Errorf("%v", err)
	}
}

var comment = regexp.MustCompile(`(?m)(^|\s)#.*$`)

func comments(text string) []string {
	all := comment.FindAllString(text, -1)
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	slices.Sort(all)
	return all
}

// Random edits change what they say and keep every comment that is not inside
// what they take out.
func TestRandomEdits(t *testing.T) {
	files := append(glob(t, "testdata/edit/*.yaml"), glob(t, "testdata/good/*.yaml")...)
	files = append(files, glob(t, "../examples/*/*.yaml")...)
	done, refusals := 0, 0
	for _, path := range files {
		for _, crlf := range []bool{false, true} {
			base := string(read(t, path))
			if crlf {
				base = strings.ReplaceAll(base, "\n", "\r\n")
			}
			for seed := range uint64(12) {
				rng := rand.New(rand.NewPCG(seed, 7))
				text := base
				for range 5 {
					root, err := load("", []byte(text))
					if err != nil {
						t.Fatal(err)
					}
					e := randomEdit(rng, root)
					next, _, err := spliceEdit(text, root, e)
					if err != nil {
						if demarche.KindOf(err) == demarche.Unavailable && !strings.Contains(err.Error(), "stands for") {
							refusals++
							if refusals < 10 {
								t.Logf("%s seed %d: %v: %v", path, seed, e, err)
							}
						}
						continue
					}
					done++
					if n, there := nodeAt(root, e.Path); there && e.Do != InsertValue {
						s := newSource("", text)
						start, end := s.span(n)
						if strings.Contains(text[s.lineStart(start):s.lineEnd(max(start, end-1))], "#") {
							text = next
							continue
						}
					}
					if a, b := comments(text), comments(next); !slices.Equal(a, b) {
						t.Fatalf("%s seed %d: %v: comments\n%q\nwere\n%q\n%s", path, seed, e, b, a, next)
					}
					text = next
				}
			}
		}
	}
	t.Logf("%d edits done, %d refused", done, refusals)
	if refusals*100 > done {
		t.Errorf("%d of %d edits are refused", refusals, done+refusals)
	}
}

func nodeAt(n *yaml.Node, path []string) (*yaml.Node, bool) {
	for _, part := range path {
		i, _ := step(n, part)
		if i < 0 {
			return nil, false
		}
		n = n.Content[i]
	}
	return n, true
}

func randomEdit(rng *rand.Rand, root *yaml.Node) Edit {
	var paths [][]string
	var walk func(n *yaml.Node, path []string)
	walk = func(n *yaml.Node, path []string) {
		for i, c := range n.Content {
			part := strconv.Itoa(i)
			if n.Kind == yaml.MappingNode {
				if i%2 == 0 {
					continue
				}
				part = n.Content[i-1].Value
			}
			p := append(slices.Clone(path), part)
			paths = append(paths, p)
			walk(c, p)
		}
	}
	walk(root, nil)
	path := paths[rng.IntN(len(paths))]
	values := []any{"a word", "it's: so", "", "Y", "--Y", "[x", "# no", "é → ü", "two\nlines", 3, -0.25, true, []string{"a", "b, c"}, []any{}, Entries{}, Entries{{"k", "v"}, {"l", []any{1, Entries{}}}}}
	value := values[rng.IntN(len(values))]
	switch rng.IntN(4) {
	case 0:
		return Edit{DeleteValue, path, nil}
	case 1:
		return Edit{SetValue, path, value}
	case 2:
		return Edit{SetValue, append(slices.Clone(path[:len(path)-1]), fmt.Sprintf("new%d", rng.IntN(100))), value}
	}
	return Edit{InsertValue, path, value}
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "case.yaml")
	if err := os.WriteFile(path, []byte(small), 0o640); err != nil {
		t.Fatal(err)
	}
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	other, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Set([]string{"title"}, "Sea"); err != nil {
		t.Fatal(err)
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	if got := string(read(t, path)); got != strings.Replace(small, `"Lake"`, `"Sea"`, 1) {
		t.Errorf("saved:\n%s", got)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o640 {
		t.Errorf("permissions are %v", info.Mode())
	}
	if err := other.Set([]string{"title"}, "River"); err != nil {
		t.Fatal(err)
	}
	if err := other.Save(); demarche.KindOf(err) != demarche.Unavailable {
		t.Errorf("a changed file is overwritten: %v", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left over: %v", entries)
	}
	if err := f.Set([]string{"title"}, "Lake"); err != nil {
		t.Fatal(err)
	}
	if err := f.Save(); err != nil || string(read(t, path)) != small {
		t.Errorf("second save: %v", err)
	}
}
