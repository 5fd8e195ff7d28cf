package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/intake"
)

// readJournal is an output file that grows, and beside it a journal of the
// reports in it. What is in the journal is in the output: the output is brought
// to disk first. What was written to the output after the last entry of the
// journal is cut off when the work goes on, so that nothing is there twice, at
// whatever point the program was ended.
//
// The journal is lines of JSON: first journalHead, then a journalEntry for each
// report. A last line that is not whole counts as not there.
type readJournal struct {
	path    string // of the output
	out     *os.File
	log     *os.File
	size    int64 // of the output, with what is not written yet
	part    bytes.Buffer
	entries bytes.Buffer
	waiting int
	last    time.Time
	known   map[string]journalFile
	copies  intake.Copies
	skipped int
	changed int
}

type journalHead struct {
	Journal       int     `json:"journal"`
	Output        string  `json:"output"` // json, text or list
	MinConfidence float64 `json:"min_confidence"`
	SkipCopies    bool    `json:"skip_copies"`
}

type journalEntry struct {
	Path string `json:"path"`
	journalFile
	End    int64  `json:"end"` // of the report's part in the output
	Sketch []byte `json:"sketch,omitempty"`
}

// journalFile is by what a change of a file is noticed.
type journalFile struct {
	Size  int64 `json:"size"`
	Mtime int64 `json:"mtime"` // nanoseconds since 1970
}

// journalEnding is what the name of the journal has behind that of the output.
const journalEnding = ".journal"

// A journal is brought to disk after so many reports or so much time.
const (
	journalReports = 64
	journalTime    = 500 * time.Millisecond
)

func openJournal(f readFlags) (j *readJournal, err error) {
	head := journalHead{Journal: 1, Output: "list", MinConfidence: f.least, SkipCopies: f.skipCopies}
	if f.json {
		head.Output = "json"
	} else if f.text {
		head.Output = "text"
	}
	j = &readJournal{path: f.output, known: map[string]journalFile{}, last: time.Now()}
	logPath := f.output + journalEnding
	info, outErr := os.Stat(f.output)
	_, logErr := os.Stat(logPath)
	if outErr == nil && logErr != nil && info.Size() > 0 {
		return nil, &demarche.Error{Kind: demarche.BadInput, Msg: fmt.Sprintf("%s is there already, without its journal %s", f.output, logPath), Hint: "give another name with -o, or delete the file to begin anew"}
	}
	if j.out, err = os.OpenFile(f.output, os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		return nil, cannotWrite(f.output, err)
	}
	if j.log, err = os.OpenFile(logPath, os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		j.out.Close()
		return nil, cannotWrite(logPath, err)
	}
	if err := j.load(head); err != nil {
		j.out.Close()
		j.log.Close()
		return nil, err
	}
	return j, nil
}

// load takes up the journal and brings output and journal into step.
func (j *readJournal) load(head journalHead) error {
	logPath := j.path + journalEnding
	misfit := func(msg string) error {
		return &demarche.Error{Kind: demarche.BadInput, Msg: msg, Hint: fmt.Sprintf("give another name with -o, or delete %s and %s to begin anew", j.path, logPath)}
	}
	in := bufio.NewReader(j.log)
	good := int64(0)
	for n := 0; ; n++ {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			break
		}
		if err != nil {
			return cannotWrite(logPath, err)
		}
		if n == 0 {
			var was journalHead
			if json.Unmarshal(line, &was) != nil || was.Journal == 0 {
				return misfit(logPath + " is not a journal of demarche read")
			}
			if was != head {
				return misfit(fmt.Sprintf("%s was begun with other options (--json, --text, --min-confidence or --skip-copies)", j.path))
			}
			good += int64(len(line))
			continue
		}
		var e journalEntry
		if json.Unmarshal(line, &e) != nil || e.End < j.size {
			break // the disk was full, or the machine lost power
		}
		good += int64(len(line))
		j.known[e.Path], j.size = e.journalFile, e.End
		var s intake.Sketch
		if s.UnmarshalBinary(e.Sketch) == nil {
			j.copies.Add(e.Path, s)
		}
	}
	info, err := j.out.Stat()
	if err != nil {
		return cannotWrite(j.path, err)
	}
	if info.Size() < j.size {
		return misfit(fmt.Sprintf("%s is shorter than its journal says: it was changed by something else", j.path))
	}
	for _, f := range []struct {
		f    *os.File
		size int64
	}{{j.out, j.size}, {j.log, good}} {
		err := f.f.Truncate(f.size)
		if err == nil {
			_, err = f.f.Seek(f.size, io.SeekStart)
		}
		if err != nil {
			return cannotWrite(j.path, err)
		}
	}
	if good == 0 {
		line, err := json.Marshal(head)
		if err != nil {
			return err
		}
		j.entries.Write(append(line, '\n'))
	}
	return nil
}

func stamp(path string) (f journalFile) {
	if i := strings.LastIndexByte(path, '#'); i > 0 {
		if _, err := os.Stat(path); err != nil {
			path = path[:i] // of several reports in a file
		}
	}
	if info, err := os.Stat(path); err == nil {
		f.Size, f.Mtime = info.Size(), info.ModTime().UnixNano()
	}
	return f
}

// done reports whether a report is in the output already.
func (j *readJournal) done(path string) bool {
	was, ok := j.known[path]
	if !ok {
		return false
	}
	j.skipped++
	if path != "-" && was != stamp(path) {
		j.changed++
	}
	return true
}

func (j *readJournal) put(r *desk.Reading, part []byte) error {
	j.part.Write(part)
	j.size += int64(len(part))
	e := journalEntry{Path: r.Path, End: j.size}
	if r.Path != "-" {
		e.journalFile = stamp(r.Path)
	}
	var err error
	if e.Sketch, err = r.Sketch.MarshalBinary(); err != nil {
		return err
	}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	j.entries.Write(append(line, '\n'))
	j.waiting++
	if j.waiting >= journalReports || time.Since(j.last) >= journalTime {
		return j.flush()
	}
	return nil
}

// flush brings first the output and then the journal to disk.
func (j *readJournal) flush() error {
	for _, f := range []struct {
		f *os.File
		b *bytes.Buffer
	}{{j.out, &j.part}, {j.log, &j.entries}} {
		_, err := f.f.Write(f.b.Bytes())
		if err == nil {
			err = f.f.Sync()
		}
		if err != nil {
			return cannotWrite(f.f.Name(), err)
		}
		f.b.Reset()
	}
	j.waiting, j.last = 0, time.Now()
	return nil
}

func (j *readJournal) close(bool) error {
	err := j.flush()
	for _, f := range []*os.File{j.out, j.log} {
		if e := f.Close(); err == nil && e != nil {
			err = cannotWrite(f.Name(), e)
		}
	}
	return err
}
