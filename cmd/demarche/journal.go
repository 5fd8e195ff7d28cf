package main

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
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

// journalHead says how an output was begun: what of it differs later would make one
// file of two kinds of findings.
type journalHead struct {
	Journal       int     `json:"journal"`
	Output        string  `json:"output"` // json, text or list
	MinConfidence float64 `json:"min_confidence"`
	SkipCopies    bool    `json:"skip_copies"`
	Events        bool    `json:"events"`
	// Case and Model are named as they were given, "" for none and for the program's
	// own; hashes tell whether they are the same, wherever they lie.
	Case     string `json:"case"`
	CaseHash string `json:"case_hash"` // of what a case lends to a reading
	Model    string `json:"model"`
	// ModelHash is of the file, also of the program's own.
	ModelHash string `json:"model_hash"`
	Assist    string `json:"assist"` // the language model, "" for none
}

// journalVersion is 2 since the case and the model are in the head.
const journalVersion = 2

func headOf(f readFlags, cfg desk.ReadConfig) journalHead {
	head := journalHead{Journal: journalVersion, Output: "list", MinConfidence: f.least, SkipCopies: f.skipCopies, Events: f.more.events, Case: f.more.caseName, Model: f.more.model}
	if f.json {
		head.Output = "json"
	} else if f.text {
		head.Output = "text"
	}
	if head.Case != "" {
		head.CaseHash = cfg.Named.Hash()
	}
	sum := sha256.Sum256(cfg.Model.Bytes())
	head.ModelHash = hex.EncodeToString(sum[:])
	if f.more.assistURL != "" {
		head.Assist = cmp.Or(f.more.assistModel, "unnamed")
	}
	return head
}

// since tells in words how an output was begun where that is not how it is to go on.
func (was journalHead) since(now journalHead) []string {
	var out []string
	tell := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	with := map[bool]string{true: "with", false: "without"}
	as := map[string]string{"json": "with --json", "text": "with --text", "list": "as a list for people"}
	if was.Output != now.Output {
		tell("%s, not %s", as[was.Output], as[now.Output])
	}
	if was.MinConfidence != now.MinConfidence {
		tell("with --min-confidence %g, not %g", was.MinConfidence, now.MinConfidence)
	}
	if was.SkipCopies != now.SkipCopies {
		tell("%s --skip-copies", with[was.SkipCopies])
	}
	if was.Events != now.Events {
		tell("%s --events", with[was.Events])
	}
	named := func(flag, was, now string) {
		switch {
		case was == "":
			tell("without %s", flag)
		case now == "":
			tell("with %s %s, which is not given now", flag, was)
		default:
			tell("with %s %s, not %s", flag, was, now)
		}
	}
	switch {
	case was.CaseHash == now.CaseHash:
	case was.Case == now.Case:
		tell("before actors, places or propositions of the case %s were changed", was.Case)
	default:
		named("--case", was.Case, now.Case)
	}
	switch {
	case was.ModelHash == now.ModelHash:
	case was.Model == now.Model && was.Model == "":
		tell("by another version of the program, whose reader has another model")
	case was.Model == now.Model:
		tell("before the model %s was changed", was.Model)
	default:
		named("--model", was.Model, now.Model)
	}
	switch {
	case was.Assist == now.Assist:
	case was.Assist == "" || now.Assist == "":
		tell("%s a language model", with[was.Assist != ""])
	default:
		tell("with the language model %s, not %s", was.Assist, now.Assist)
	}
	return out
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

func openJournal(f readFlags, cfg desk.ReadConfig) (j *readJournal, err error) {
	head := headOf(f, cfg)
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
	misfit := func(msg string) *demarche.Error {
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
			if was.Journal != journalVersion {
				return misfit(fmt.Sprintf("%s was begun by another version of the program, which noted other things", j.path))
			}
			if differs := was.since(head); len(differs) > 0 {
				e := misfit(fmt.Sprintf("%s was begun %s", j.path, listWords(differs)))
				e.Hint = "go on as it was begun, or " + e.Hint
				return e
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
