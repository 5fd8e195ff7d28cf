package casefile

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/demarche/demarche"
)

// ReportsName is the folder of reports beside a case file.
const ReportsName = "reports"

// reportEndings are the endings of files that can be reports.
var reportEndings = []string{".txt", ".text", ".md", ".markdown", ".html", ".htm", ".eml", ".json", ".pdf"}

// ReportFiles are the paths of the reports beside the case, sorted. It is
// empty if there is no reports folder. Hidden files, READMEs and links that
// lead out of the folder are left out.
func (f *File) ReportFiles() ([]string, error) {
	if f.Path == "" {
		return nil, nil
	}
	files, _, err := reportFiles(filepath.Dir(f.Path))
	return files, err
}

// ReportIDs are the ids that the reports beside the case can have: the names of
// their files without the endings, and what their front matter says.
func (f *File) ReportIDs() ([]string, error) {
	if f.Path == "" {
		return nil, nil
	}
	return reportIDs(filepath.Dir(f.Path))
}

// reportFiles lists the reports under a case folder; there is false if it has
// no reports folder.
func reportFiles(dir string) (files []string, there bool, err error) {
	base := filepath.Join(dir, ReportsName)
	info, err := os.Stat(base)
	if err != nil || !info.IsDir() {
		return nil, false, nil
	}
	home, err := filepath.EvalSymlinks(base)
	if err != nil {
		return nil, false, reportsError(base, err)
	}
	err = filepath.WalkDir(base, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(e.Name(), ".") && path != base
		if e.IsDir() {
			if hidden {
				return fs.SkipDir
			}
			return nil
		}
		if hidden || !slices.Contains(reportEndings, strings.ToLower(filepath.Ext(path))) || strings.HasPrefix(strings.ToUpper(e.Name()), "README.") {
			return nil
		}
		if e.Type()&fs.ModeSymlink != 0 {
			target, err := filepath.EvalSymlinks(path)
			if err != nil || !strings.HasPrefix(target, home+string(filepath.Separator)) {
				return nil
			}
			if info, err := os.Stat(target); err != nil || !info.Mode().IsRegular() {
				return nil
			}
		} else if !e.Type().IsRegular() {
			return nil
		}
		files = append(files, path)
		return nil
	})
	if err != nil {
		return nil, false, reportsError(base, err)
	}
	slices.Sort(files)
	return files, true, nil
}

func reportsError(path string, err error) error {
	e := &demarche.Error{Kind: demarche.BadInput, Op: "casefile.ReportFiles", Msg: "the folder " + path + " cannot be read", Hint: "check that it is a folder that you may read", Err: err}
	if errors.Is(err, fs.ErrPermission) {
		e.Msg += ": permission denied"
	}
	return e
}

// reportIDs are the ids of the reports under a case folder: names of files
// without their endings, or what front matter says. It is nil if there is no
// reports folder.
func reportIDs(dir string) ([]string, error) {
	files, there, err := reportFiles(dir)
	if err != nil || !there {
		return nil, err
	}
	ids := make([]string, 0, len(files))
	for _, path := range files {
		name := filepath.Base(path)
		ids = append(ids, strings.TrimSuffix(name, filepath.Ext(name)))
		if id := frontMatterID(path); id != "" {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// frontMatterID is the id line of a report's front matter, or "".
func frontMatterID(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 0; n < 100 && lines.Scan(); n++ {
		line := strings.TrimRight(strings.TrimPrefix(lines.Text(), "\ufeff"), " \r")
		if n == 0 && line != "---" || n > 0 && line == "---" {
			return ""
		}
		if id, ok := strings.CutPrefix(line, "id:"); ok {
			return strings.Trim(strings.TrimSpace(id), `"'`)
		}
	}
	return ""
}
