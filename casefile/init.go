package casefile

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/demarche/demarche"
)

// starter is a small case in plain words, to be changed into one's own.
//
//go:embed starter.yaml
var starter string

// Init makes a new case folder with a case to start from and an empty folder
// for reports. The folder may exist, but not hold a case.
func Init(dir string, title string) error {
	fail := func(kind demarche.Kind, msg, hint string, err error) error {
		return &demarche.Error{Kind: kind, Op: "casefile.Init", Msg: msg, Hint: hint, Err: err}
	}
	title = strings.TrimSpace(title)
	if title == "" {
		title = "New case"
	}
	text := strings.Replace(starter, "title: Two countries and a river", "title: "+scalarText(title), 1)
	if _, err := Parse(CaseName, []byte(text)); err != nil {
		return fail(demarche.BadInput, fmt.Sprintf("%q cannot be the title of a case", title), "write the title on one line, in letters, digits and common marks", err)
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fail(demarche.BadInput, dir+" is a file", "name a folder that is new or has no case", nil)
	}
	path := filepath.Join(dir, CaseName)
	for _, name := range []string{CaseName, "case.yml"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return fail(demarche.BadInput, filepath.Join(dir, name)+" is there already", "name another folder; nothing was changed", nil)
		}
	}
	failed := func(err error) error {
		hint := "check that the folder above it is there and that there is room"
		if errors.Is(err, fs.ErrPermission) {
			hint = "check the permissions of the folder above it"
		}
		return fail(demarche.Unavailable, "the case folder "+dir+" cannot be made", hint, err)
	}
	if err := os.MkdirAll(filepath.Join(dir, ReportsName), 0o755); err != nil {
		return failed(err)
	}
	// O_EXCL: two that start at once do not overwrite each other.
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		if errors.Is(err, fs.ErrExist) {
			return fail(demarche.BadInput, path+" is there already", "name another folder; nothing was changed", nil)
		}
		return failed(err)
	}
	if _, err := f.WriteString(text); err != nil {
		f.Close()
		return failed(err)
	}
	if err := f.Close(); err != nil {
		return failed(err)
	}
	return nil
}
