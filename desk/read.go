package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/intake"
	"github.com/demarche/demarche/reader"
)

// ReportList is what ReportPaths finds.
type ReportList struct {
	// Paths are files, each once: those named in the order in which they are
	// named, those of a folder or a pattern in the order of their names.
	Paths []string
	// Many tells that there can be several reports: a folder, a pattern, several
	// files, or a file that can hold several.
	Many bool
	// Others counts the files in folders that are no reports by their ending.
	Others int
}

// ReportPaths lists the files that names stand for: files, folders with all
// below them, patterns with *, ? and [ ], and - for standard input. In folders,
// hidden files, READMEs and links are left out, and so is what has no ending of
// a report.
func ReportPaths(names []string) (list ReportList, err error) {
	seen := map[string]bool{}
	add := func(path string) {
		if key := filepath.Clean(path); !seen[key] {
			seen[key] = true
			list.Paths = append(list.Paths, path)
			if f, ok := intake.Known(path); ok && f.Several() {
				list.Many = true
			}
		}
	}
	for _, name := range names {
		if name == "-" {
			add(name)
			continue
		}
		info, err := os.Stat(name)
		if err != nil && strings.ContainsAny(name, "*?[") {
			found, bad := filepath.Glob(name)
			if bad != nil {
				return list, &demarche.Error{Kind: demarche.Usage, Msg: fmt.Sprintf("%s is not a pattern that can be read", name), Hint: "close each [ with a ], or name the folder", Err: bad}
			}
			if len(found) == 0 {
				return list, &demarche.Error{Kind: demarche.NotFound, Msg: "no file fits " + name, Hint: "check the folder and the ending"}
			}
			list.Many = true
			for _, path := range found {
				if info, err := os.Stat(path); err == nil && info.IsDir() {
					if _, err := list.folder(path, add); err != nil {
						return list, err
					}
					continue
				}
				add(path)
			}
			continue
		}
		if err == nil && info.IsDir() {
			found, err := list.folder(name, add)
			if err != nil {
				return list, err
			}
			if found == 0 {
				return list, &demarche.Error{Kind: demarche.BadInput, Msg: "there is no report in the folder " + name, Hint: "reports end in .txt, .md, .html, .eml, .json, .pdf, .rss, .atom, .xml, .mbox, .warc or .warc.gz"}
			}
			list.Many = true
			continue
		}
		add(name)
	}
	list.Many = list.Many || len(list.Paths) > 1
	return list, nil
}

// folder adds the reports below a folder and counts them.
func (l *ReportList) folder(dir string, add func(string)) (found int, err error) {
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(e.Name(), ".") && path != dir
		switch {
		case e.IsDir() && hidden:
			return fs.SkipDir
		case e.IsDir() || hidden || !e.Type().IsRegular():
			return nil
		}
		if _, ok := intake.Known(path); !ok || strings.HasPrefix(strings.ToUpper(e.Name()), "README.") {
			l.Others++
			return nil
		}
		found++
		add(path)
		return nil
	})
	if err != nil {
		return 0, &demarche.Error{Kind: demarche.BadInput, Msg: "the folder " + dir + " cannot be read to its end", Hint: "check that you may read all of it", Err: err}
	}
	return found, nil
}

// ReadConfig says how reports are read.
type ReadConfig struct {
	// MinConfidence leaves out attributions that are less sure, 0 to 1.
	MinConfidence float64
	// TextOnly takes the text out of the reports and looks for nothing in it.
	TextOnly bool
	// Stdin is what the path - stands for.
	Stdin io.Reader
	// Done tells of a report, by its path, that it was read before and is to be
	// passed over. It is called from another goroutine than yield, one call
	// after another. Nil: none.
	Done func(path string) bool
	// Copies knows the reports read before. Nil: a new one.
	Copies *intake.Copies
	// Progress is told the share of the files that are done, 0 to 1.
	Progress func(float64)
	// Named is what a case names, to whom and what sources and places are resolved.
	Named Named
	// Model is what reads. Nil: the one that is part of the program.
	Model *reader.Model
	// Events asks for the events that the reports seem to tell.
	Events bool
	// Assist judges what the reader is not sure of. Nil: nobody does.
	Assist reader.Helper
	// Workers read side by side; 0: one for each processor.
	Workers int
}

// Reading is one report and what was found in it.
type Reading struct {
	// Path is that of the report: of a file with several, with # and its number.
	Path   string
	Report demarche.Report
	Result reader.Result
	// Events are proposals, if they were asked for.
	Events []reader.Event
	// Relations are, for each attribution, the propositions of the case that it
	// seems to affirm or deny; nil without a case.
	Relations [][]reader.Relation
	// Assistance is what the helper had a part in.
	Assistance reader.Assistance
	// Err says why the report could not be taken in; the rest is then empty.
	Err error
	// Sketch is that of the report proper.
	Sketch intake.Sketch
	// CopyOf is the path of the earlier report of which this one is a near-copy,
	// or "", and Overlap the share of their runs of five words that they have in
	// common, 0 to 1, as estimated.
	CopyOf  string
	Overlap float64
}

// reading is a report on its way.
type reading struct {
	Reading
	file  int  // its file's number among the paths
	taken bool // Report or Err is there already
	done  chan struct{}
}

// ReadMany reads the reports in files and gives them to yield in the order of
// the paths, whichever is done first. Several are read side by side, and only a
// few are held in memory at any time. A report that cannot be read is given with
// its error and the next are read; ReadMany ends early with the error of yield
// or of ctx.
func ReadMany(ctx context.Context, paths []string, cfg ReadConfig, yield func(*Reading) error) error {
	workers := cfg.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	copies := cfg.Copies
	if copies == nil {
		copies = &intake.Copies{}
	}
	inner, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()

	work := make(chan *reading)
	order := make(chan *reading, 4*workers)
	all.Go(func() {
		defer close(order)
		defer close(work)
		send := func(r *reading) bool {
			r.done = make(chan struct{})
			select {
			case order <- r:
			case <-inner.Done():
				return false
			}
			select {
			case work <- r:
				return true
			case <-inner.Done():
				close(r.done)
				return false
			}
		}
		for i, path := range paths {
			if !takeIn(path, i, cfg, send) || inner.Err() != nil {
				return
			}
		}
	})
	for range workers {
		all.Go(func() {
			for r := range work {
				r.read(inner, cfg)
				close(r.done)
			}
		})
	}
	for r := range order {
		select {
		case <-r.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if r.Err == nil {
			r.CopyOf, r.Overlap = copies.Add(r.Path, r.Sketch)
		}
		if err := yield(&r.Reading); err != nil {
			return err
		}
		if cfg.Progress != nil {
			cfg.Progress(float64(r.file+1) / float64(len(paths)))
		}
	}
	return ctx.Err()
}

// takeIn sends the reports of one file. A file that can hold several is taken
// apart here, one report at a time; others are opened where they are read.
func takeIn(path string, file int, cfg ReadConfig, send func(*reading) bool) bool {
	done := func(path string) bool { return cfg.Done != nil && cfg.Done(path) }
	if f, ok := intake.Known(path); ok && !f.Several() {
		return done(path) || send(&reading{Reading: Reading{Path: path}, file: file})
	}
	reports := intake.Each(path)
	if path == "-" {
		reports = intake.EachFrom(cfg.Stdin, path)
	}
	for rep, err := range reports {
		r := &reading{Reading: Reading{Path: rep.Path, Report: rep, Err: err}, file: file, taken: true}
		if e, ok := errors.AsType[*demarche.Error](err); ok {
			r.Path = e.Pos.File
		}
		if err == nil && done(r.Path) {
			continue
		}
		if !send(r) {
			return false
		}
	}
	return true
}

// read reads one report. What goes wrong inside the program costs this report
// and no other.
func (r *reading) read(ctx context.Context, cfg ReadConfig) {
	defer func() {
		if x := recover(); x != nil {
			r.Result = reader.Result{}
			r.Err = &demarche.Error{Kind: demarche.Internal, Msg: fmt.Sprintf("something went wrong inside the program while this report was read: %v", x), Hint: "this is our fault; please report it with the report", Pos: demarche.Pos{File: r.Path}}
		}
	}()
	if !r.taken {
		r.Report, r.Err = intake.Open(r.Path)
	}
	if r.Err != nil || cfg.TextOnly {
		return
	}
	r.readMore(ctx, cfg)
	r.Sketch = intake.SketchOf(r.Report.Text[r.Report.Body:])
}

// AttributionJSON is version 1 of the contract of read: an attribution and,
// where several reports are read, the one it is in.
type AttributionJSON struct {
	reader.Attribution
	Report  string  `json:"report,omitempty"`
	CopyOf  string  `json:"copy_of,omitempty"`
	Overlap float64 `json:"overlap,omitempty"`
	// Matters are the propositions of the case that it seems to affirm or deny;
	// nil where no case was named.
	Matters []reader.Relation `json:"matters,omitzero"`
}

// NewAttributionsJSON puts what was found in a report into its contract; many
// tells that several reports are read.
func NewAttributionsJSON(r *Reading, many bool) []AttributionJSON {
	out := make([]AttributionJSON, len(r.Result.Attributions))
	for i, a := range r.Result.Attributions {
		out[i].Attribution = a
		if r.Relations != nil {
			out[i].Matters = r.Relations[i]
		}
		if many {
			out[i].Report, out[i].CopyOf, out[i].Overlap = r.Path, r.CopyOf, tidy(r.Overlap)
		}
	}
	return out
}
