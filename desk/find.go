package desk

import (
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/casefile"
)

// How far FindCase looks below a folder.
const (
	findDepth   = 4
	findFolders = 2000
)

// FindCase finds the case that a brief was written on, by the title that the
// brief carries: beside the brief, in the folder above it, then in folders up
// to four deep below here.
func FindCase(brief, path, here string) (string, error) {
	dir := filepath.Dir(path)
	for _, c := range []string{dir, filepath.Dir(dir)} {
		if isCaseOf(c, brief) {
			return c, nil
		}
	}
	found, seen := "", 0
	err := filepath.WalkDir(here, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil // a folder that cannot be read holds no case for us
		}
		rel, _ := filepath.Rel(here, p)
		hidden := strings.HasPrefix(d.Name(), ".") && p != here
		if seen++; hidden || d.Name() == "node_modules" || strings.Count(rel, string(filepath.Separator)) >= findDepth || seen > findFolders {
			return filepath.SkipDir
		}
		if isCaseOf(p, brief) {
			found = p
			return filepath.SkipAll
		}
		return nil
	})
	if err == nil && found != "" {
		return found, nil
	}
	return "", &demarche.Error{
		Kind: demarche.NotFound,
		Msg:  "the case that " + path + " is a brief on is not beside it, nor below the current folder",
		Hint: "name it with --case",
	}
}

// isCaseOf reports whether a folder holds a case whose title the brief carries.
func isCaseOf(dir, brief string) bool {
	title := casefile.Title(filepath.Join(dir, casefile.CaseName))
	return title != "" && strings.Contains(brief, title)
}
