package desk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/casefile"
	"github.com/demarche/demarche/intake"
)

// Place is where something still lies.
type Place struct {
	Pos  demarche.Pos // a file, and the line where one is known
	What string       // what is there, to follow the name of the file
}

// leastWords is how many words a text must have to be looked for: fewer are found
// everywhere.
const leastWords = 3

// WhereElse lists where, beside the ledger, the content of one of its records
// lies in the folder of a case, so that a person can act: the files of reports,
// the case file, and whatever was written into the folder, such as briefs. words
// are what the record says (what a claim says and its quotation, the text of a
// report, the name of a source); after a redaction nobody else knows them. Web
// archives are listed unopened. Copies outside the folder are not found. The
// places are in the order of their files, each once.
func WhereElse(c *Crisis, kind, id string, words ...string) ([]Place, error) {
	if c.File.Path == "" {
		return nil, nil
	}
	s := &seeking{crisis: c, kind: kind, id: id, found: map[string]Place{}}
	for _, w := range words {
		if fields := strings.Fields(strings.ToLower(w)); len(fields) >= leastWords || kind == "source" && len(fields) > 0 {
			s.words = append(s.words, strings.Join(fields, " "))
			s.sketches = append(s.sketches, intake.SketchOf(w))
		}
	}
	s.caseFile()
	dir := filepath.Dir(c.File.Path)
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // gone since
			}
			return err
		}
		if !e.Type().IsRegular() || path == c.File.Path || strings.HasPrefix(e.Name(), casefile.LedgerName) {
			return nil
		}
		s.file(path)
		return nil
	})
	if err != nil {
		return nil, &demarche.Error{Kind: demarche.BadInput, Op: "desk.WhereElse", Msg: "the folder " + dir + " cannot be read to its end", Hint: "check that you may read all of it", Err: err}
	}
	var out []Place
	for _, p := range s.found {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b Place) int { return strings.Compare(a.Pos.String()+a.What, b.Pos.String()+b.What) })
	return out, nil
}

type seeking struct {
	crisis   *Crisis
	kind, id string
	words    []string // in lower case, with single spaces
	sketches []intake.Sketch
	found    map[string]Place // by place
}

func (s *seeking) add(pos demarche.Pos, what string) {
	if _, known := s.found[pos.String()]; !known {
		s.found[pos.String()] = Place{pos, what}
	}
}

// caseFile looks at the claims of the case file, and at its text.
func (s *seeking) caseFile() {
	f := s.crisis.File
	said := false
	for _, cl := range f.Case.Claims {
		pos := cl.At
		pos.File = f.Path
		switch {
		case s.kind == "claim" && cl.ID == s.id:
			s.add(pos, "the case file has this claim too")
			said = true
		case s.kind == "report" && cl.Report == s.id:
			s.add(pos, "the claim "+cl.ID+" of the case file is taken from this report")
			said = true
		case s.holds(cl.Says + " " + cl.Quote):
			s.add(pos, "the claim "+cl.ID+" of the case file says the same")
			said = true
		}
	}
	if !said && s.holds(string(f.Bytes())) {
		s.add(demarche.Pos{File: f.Path}, "the case file, which holds the words")
	}
}

// holds reports whether a text holds the words.
func (s *seeking) holds(text string) bool {
	text = strings.Join(strings.Fields(strings.ToLower(text)), " ")
	return slices.ContainsFunc(s.words, func(w string) bool { return strings.Contains(text, w) })
}

// file looks at a file of the folder.
func (s *seeking) file(path string) {
	pos := demarche.Pos{File: path}
	name := strings.ToLower(filepath.Base(path))
	if strings.HasSuffix(name, ".warc") || strings.HasSuffix(name, ".warc.gz") || strings.HasSuffix(name, ".zip") {
		s.add(pos, "an archive, which was not opened")
		return
	}
	if _, known := intake.Known(path); known {
		for rep, err := range intake.Each(path) {
			if err != nil {
				continue
			}
			switch body := rep.Text[rep.Body:]; {
			case s.kind == "report" && rep.ID == s.id:
				s.add(pos, "the file of this report")
			case s.holds(rep.Text):
				s.add(pos, "a file that holds the words")
			case s.alike(body):
				s.add(pos, "a file with nearly the same text")
			}
		}
		return
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() > intake.MaxBytes {
		return
	}
	if data, err := os.ReadFile(path); err == nil && s.holds(string(data)) {
		s.add(pos, "a file that holds the words")
	}
}

// alike reports whether a text nearly repeats what is looked for.
func (s *seeking) alike(text string) bool {
	sketch := intake.SketchOf(text)
	return slices.ContainsFunc(s.sketches, func(o intake.Sketch) bool { return intake.Similar(sketch, o) >= intake.NearCopy })
}
