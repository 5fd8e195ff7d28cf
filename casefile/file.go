package casefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
	"go.yaml.in/yaml/v4"
)

// CaseName is the name of the case file in a case folder.
const CaseName = "case.yaml"

// LedgerName is the name of the ledger beside a case file.
const LedgerName = "ledger.db"

// File is a case file: what it says, and its text for writing back.
type File struct {
	Case *demarche.Case
	// Warnings are slips that do not keep the case from being used.
	Warnings []*demarche.Error
	// Path is where the file was read from, "" if it was not.
	Path string
	// Records are those of a ledger that travelled with an imported case, each
	// after those it refers to. They are what a stranger wrote.
	Records []Record

	name   string
	data   []byte // the text as it stands, with edits
	onDisk []byte // as last read or saved
	root   *yaml.Node
	src    *source
	opts   []Option

	coalitions [][]string // of an imported .gmcr file
}

// Option adjusts how a case is checked.
type Option func(*checker)

// KnownClaims says which claims exist outside the case file, in its ledger.
// References to claims are then checked strictly.
func KnownClaims(known func(id string) bool) Option {
	return func(c *checker) { c.knownClaim = known }
}

func withReports(ids []string) Option {
	return func(c *checker) { c.reports, c.hasReports = ids, true }
}

// Open reads a case: a folder with a case.yaml, one file ending in .yaml or .yml,
// or a model of earlier tools in a file ending in .gmcr (see [ImportGMCR]), which
// has no Path, as it is not written back. An invalid case is an error of type [demarche.Problems].
func Open(path string, opts ...Option) (*File, error) {
	file, err := locate(path)
	if err != nil {
		return nil, err
	}
	data, err := readFile(file)
	if err != nil {
		return nil, err
	}
	dir := filepath.Dir(file)
	if strings.EqualFold(filepath.Ext(file), ".gmcr") {
		f, err := ImportGMCR(file, data)
		if err != nil {
			return nil, err
		}
		f.Case.Dir = dir
		return f, nil
	}
	var found []Option
	if ids, err := reportIDs(dir); err != nil {
		return nil, err
	} else if ids != nil {
		found = append(found, withReports(ids))
	}
	if _, err := os.Stat(filepath.Join(dir, LedgerName)); err == nil {
		// The ledger is not read here: what refers to it is taken on trust.
		found = append(found, KnownClaims(func(string) bool { return true }))
	}
	f, err := Parse(file, data, append(found, opts...)...)
	if err != nil {
		return nil, err
	}
	f.Path = file
	f.Case.Dir = dir
	return f, nil
}

// locate finds the case file that a path means.
func locate(path string) (string, error) {
	fail := func(kind demarche.Kind, hint, format string, args ...any) error {
		return &demarche.Error{Kind: kind, Op: "casefile.Open", Msg: fmt.Sprintf(format, args...), Hint: hint}
	}
	if path == "" {
		return "", fail(demarche.BadInput, "name a case folder or a file ending in .yaml", "no case is named")
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fail(demarche.NotFound, nearestPath(path), "there is no case %s", path)
	case errors.Is(err, fs.ErrPermission):
		return "", fail(demarche.BadInput, "check its permissions", "%s cannot be read: permission denied", path)
	case err != nil:
		return "", &demarche.Error{Kind: demarche.BadInput, Op: "casefile.Open", Msg: path + " cannot be read", Hint: "check the path", Err: err}
	}
	if info.IsDir() {
		file := filepath.Join(path, CaseName)
		if inner, err := os.Stat(file); err == nil && !inner.IsDir() {
			return file, nil
		}
		if _, err := os.Stat(filepath.Join(path, "case.yml")); err == nil {
			return filepath.Join(path, "case.yml"), nil
		}
		if others, _ := filepath.Glob(filepath.Join(path, "*.y*ml")); len(others) > 0 {
			return "", fail(demarche.NotFound, "did you mean "+others[0]+"?", "the folder %s has no %s", path, CaseName)
		}
		return "", fail(demarche.NotFound, "demarche init makes a case to start from", "the folder %s has no %s", path, CaseName)
	}
	if !info.Mode().IsRegular() {
		return "", fail(demarche.BadInput, "name a case folder or a file ending in .yaml", "%s is not a file", path)
	}
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".yaml", ".yml", ".gmcr":
		return path, nil
	}
	return "", fail(demarche.BadInput, "a case is a folder with a "+CaseName+", or a file ending in .yaml or .gmcr", "%s is not a case file", path)
}

// nearestPath suggests a neighbour with a similar name.
func nearestPath(path string) string {
	entries, _ := os.ReadDir(filepath.Dir(path))
	var names []string
	for _, e := range entries {
		if e.IsDir() || strings.HasSuffix(e.Name(), ".yaml") || strings.HasSuffix(e.Name(), ".yml") {
			names = append(names, e.Name())
		}
	}
	if n := demarche.Nearest(filepath.Base(path), names); n != "" {
		return "did you mean " + filepath.Join(filepath.Dir(path), n) + "?"
	}
	return "check the path; demarche init makes a case to start from"
}

// readFile reads at most a little more than a case file may have.
func readFile(path string) ([]byte, error) {
	unreadable := func(err error) error {
		e := &demarche.Error{Kind: demarche.BadInput, Op: "casefile.Open", Msg: path + " cannot be read", Hint: "check that it is a file that you may read", Err: err}
		if errors.Is(err, fs.ErrPermission) {
			e.Msg, e.Hint = path+" cannot be read: permission denied", "check its permissions"
		}
		return e
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, unreadable(err)
	}
	if info.Size() > MaxBytes {
		return nil, &demarche.Error{
			Kind: demarche.BadInput, Op: "casefile.Open", Pos: demarche.Pos{File: path},
			Msg:  fmt.Sprintf("the file has %d megabytes; a case file has at most %d", info.Size()>>20, MaxBytes>>20),
			Hint: "keep texts in the reports folder",
		}
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return nil, unreadable(err)
	}
	return data, nil
}

// Parse reads and checks the text of a case file; name is for messages. An
// invalid case is an error of type [demarche.Problems].
func Parse(name string, data []byte, opts ...Option) (*File, error) {
	root, err := load(name, data)
	if err != nil {
		return nil, demarche.Problems{err.(*demarche.Error)}
	}
	src := newSource(name, strings.TrimPrefix(string(data), "\ufeff"))
	d := &decoder{src: src, exprs: map[demarche.Pos]*yaml.Node{}}
	doc := d.decodeCase(root)
	decoded := len(d.problems)
	if !d.spent && root.Kind == yaml.MappingNode {
		c := &checker{decoder: d, doc: doc}
		for _, o := range opts {
			o(c)
		}
		c.collect()
		c.references()
		c.parseConditions()
		unread, before := d.problems[:decoded:decoded], len(d.problems)
		c.validate()
		// What could not be read is missing: do not complain about that too.
		later := slices.DeleteFunc(slices.Clone(d.problems[before:]), func(e *demarche.Error) bool {
			return slices.ContainsFunc(unread, func(u *demarche.Error) bool { return u.Pos.Line == e.Pos.Line && u.Pos.Col >= e.Pos.Col })
		})
		d.problems = append(d.problems[:before:before], later...)
		c.slips()
	}
	if len(d.problems) == 0 {
		// What only the whole set of states can show comes last.
		problems, warnings := engine.Check(doc, engine.Config{Day: doc.AsOf})
		d.problems = append(d.problems, problems...)
		d.warnings = append(d.warnings, warnings...)
	}
	if len(d.problems) > 0 {
		return nil, inOrder(d.problems)
	}
	return &File{
		Case: doc, Warnings: inOrder(d.warnings),
		name: name, data: slices.Clone(data), onDisk: slices.Clone(data), root: root, src: src, opts: opts,
	}, nil
}

// Bytes is the text of the file, with the edits made so far.
func (f *File) Bytes() []byte { return slices.Clone(f.data) }

// ClaimRefs are all references to claims in the case, for checking against a
// ledger.
func (f *File) ClaimRefs() []demarche.Ref { return claimRefs(f.Case) }
