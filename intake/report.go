package intake

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/demarche/demarche"
)

// MaxBytes is the size of the largest file that is read.
const MaxBytes = 50 << 20

// Format is how a report is written down.
type Format uint8

const (
	Text Format = iota // plain text and Markdown
	HTML
	Email
	JSON
	PDF
	Feed    // RSS, Atom: each item a report
	Archive // WARC: each page a report
	Mailbox // mbox: each message a report
)

// Several reports whether files of this format can hold several reports.
func (f Format) Several() bool { return f >= Feed }

var endings = map[string]Format{
	".txt": Text, ".text": Text, ".md": Text, ".markdown": Text,
	".html": HTML, ".htm": HTML, ".xhtml": HTML, ".eml": Email, ".json": JSON, ".pdf": PDF,
	".xml": Feed, ".rss": Feed, ".atom": Feed, ".warc": Archive, ".mbox": Mailbox,
}

// known names the formats, for messages.
const known = ".txt, .md, .html, .eml, .json, .pdf, .xml, .rss, .atom, .mbox, .warc and .warc.gz"

// Known tells by its name whether a file can be a report, and its format.
func Known(name string) (Format, bool) {
	f, stem, ok := byEnding(name)
	return f, ok && stem != ""
}

// byEnding is the format that a name's ending stands for, and the name without
// folder and ending.
func byEnding(name string) (Format, string, bool) {
	base := filepath.Base(name)
	if stem := strings.TrimSuffix(base, ".gz"); stem != base && strings.EqualFold(filepath.Ext(stem), ".warc") {
		return Archive, strings.TrimSuffix(stem, filepath.Ext(stem)), true
	}
	ext := filepath.Ext(base)
	f, ok := endings[strings.ToLower(ext)]
	return f, strings.TrimSuffix(base, ext), ok
}

// Open reads the report in the file at path. Its errors are *demarche.Error. A
// file that can hold several reports must hold one.
func Open(path string) (demarche.Report, error) {
	if f, ok := Known(path); ok && f.Several() {
		return only(path, Each(path))
	}
	f, err := open(path)
	if err != nil {
		return demarche.Report{}, err
	}
	defer f.Close()
	return From(f, path)
}

// only is the one report of several.
func only(path string, reports iter.Seq2[demarche.Report, error]) (rep demarche.Report, err error) {
	n := 0
	for r, e := range reports {
		if e != nil {
			return demarche.Report{}, e
		}
		if n++; n > 1 {
			return demarche.Report{}, input{name: path}.fail("there are several reports in this file, and one is asked for here", "demarche read reads them all; save the one that you need as a file of its own")
		}
		rep = r
	}
	return rep, nil
}

// Each gives the reports in the file at path, one after another: one for most
// formats, several for feeds, mailboxes and web archives. Of those only what is
// being read is held in memory, whatever the size of the file. An error goes
// with the report it belongs to; the next reports are still given where that is
// possible. A file without any report gives an error.
//
// The Path of the n-th report of several is the path of the file with #n behind
// it, and its ID the name of the file with -n behind it, unless the report says
// otherwise. SHA256 is that of the report's own bytes in the file.
func Each(path string) iter.Seq2[demarche.Report, error] {
	return func(yield func(demarche.Report, error) bool) {
		f, err := open(path)
		if err != nil {
			yield(demarche.Report{}, err)
			return
		}
		defer f.Close()
		EachFrom(f, path)(yield)
	}
}

// EachFrom is Each for a stream, such as standard input.
func EachFrom(r io.Reader, name string) iter.Seq2[demarche.Report, error] {
	return func(yield func(demarche.Report, error) bool) {
		format, stem, ok := byEnding(name)
		b := bufio.NewReaderSize(r, 64<<10)
		if !ok {
			head, _ := b.Peek(1024)
			if format, stem, ok = several(head), "standard-input", true; !format.Several() {
				ok = false
			}
		}
		in := input{name: name}
		any := false
		each := func(rep demarche.Report, err error) bool { any = true; return yield(rep, err) }
		switch {
		case ok && format == Archive:
			in.warc(b, stem, each)
		case ok && format == Mailbox:
			in.mailbox(b, stem, each)
		case ok && format == Feed:
			data, err := in.all(b)
			if err != nil {
				yield(demarche.Report{}, err)
				return
			}
			in.feed(data, stem, each)
		default:
			yield(From(b, name))
			return
		}
		if !any {
			yield(demarche.Report{}, in.fail("there is no report in the file", "it should hold pages, items or messages with text"))
		}
	}
}

// several tells by the first bytes of a stream without an ending whether it can
// hold several reports.
func several(head []byte) Format {
	text := strings.ToLower(string(bytes.TrimSpace(bytes.TrimPrefix(head, []byte(bom8)))))
	switch {
	case strings.HasPrefix(text, "warc/"), bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return Archive
	case strings.HasPrefix(text, "<rss"), strings.HasPrefix(text, "<feed"), strings.HasPrefix(text, "<?xml") && (strings.Contains(text, "<rss") || strings.Contains(text, "<feed") || strings.Contains(text, "<rdf:rdf")):
		return Feed
	}
	return Text
}

// open opens a file that can be a report.
func open(path string) (*os.File, error) {
	fail := func(kind demarche.Kind, msg, hint string, err error) (*os.File, error) {
		return nil, &demarche.Error{Kind: kind, Op: "intake.Open", Msg: msg, Hint: hint, Pos: demarche.Pos{File: path}, Err: err}
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fail(demarche.NotFound, "there is no such file", "check the name", err)
	case errors.Is(err, fs.ErrPermission):
		return fail(demarche.BadInput, "the file may not be read", "ask for permission to read it, or copy it to a folder of your own", err)
	case err != nil:
		return fail(demarche.BadInput, "the file cannot be read", "", err)
	case info.IsDir():
		return fail(demarche.BadInput, "this is a folder, not a report", "name the files in it", nil)
	}
	format, _, err := formatOf(path, nil)
	if err != nil {
		return nil, err
	}
	if info.Size() > MaxBytes && format != Archive && format != Mailbox {
		return fail(demarche.BadInput, tooLarge(info.Size()), "split it, or take out the part that is a report", nil)
	}
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return fail(demarche.BadInput, "the file may not be read", "ask for permission to read it, or copy it to a folder of your own", err)
		}
		return fail(demarche.BadInput, "the file cannot be read", "", err)
	}
	return f, nil
}

// From reads a report from a stream, such as standard input. The name tells its
// format by the ending; without an ending the first bytes do.
func From(r io.Reader, name string) (demarche.Report, error) {
	data, err := input{name: name}.all(r)
	if err != nil {
		return demarche.Report{}, err
	}
	return Parse(name, data)
}

// all reads a stream to its end, or to a byte more than a report may have.
func (in input) all(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, &demarche.Error{Kind: demarche.BadInput, Op: "intake.From", Msg: "the report could not be read to its end", Pos: demarche.Pos{File: in.name}, Err: err}
	}
	if len(data) > MaxBytes {
		return nil, in.fail(tooLarge(int64(len(data))), "split it, or take out the part that is a report")
	}
	return data, nil
}

// Parse turns the bytes of a file into a report.
func Parse(name string, data []byte) (demarche.Report, error) {
	in := input{name: name}
	if len(data) > MaxBytes {
		return demarche.Report{}, in.fail(tooLarge(int64(len(data))), "split it, or take out the part that is a report")
	}
	if len(bytes.TrimSpace(bytes.TrimPrefix(data, []byte(bom8)))) == 0 {
		return demarche.Report{}, in.fail("the file is empty", "")
	}
	format, stem, err := formatOf(name, data)
	if err != nil {
		return demarche.Report{}, err
	}
	if format.Several() {
		return only(name, EachFrom(bytes.NewReader(data), name))
	}
	return in.parse(format, stem, name, data)
}

// parse reads one report in a format that is known.
func (in input) parse(format Format, stem, path string, data []byte) (demarche.Report, error) {
	if format != PDF {
		if utf16Unmarked(data) {
			data = []byte(fromUTF16(append(utf16Order(data), data...)))
		}
		if what := binaryKind(data); what != "" {
			return demarche.Report{}, in.fail("the file is not text: it looks like "+what, "save the report as plain text, HTML, PDF or e-mail first")
		}
	}
	sum := sha256.Sum256(data)
	rep := demarche.Report{ID: stem, Path: path, SHA256: hex.EncodeToString(sum[:]), Original: data}
	var err error
	switch format {
	case HTML:
		err = in.html(&rep, data)
	case Email:
		err = in.email(&rep, data)
	case JSON:
		err = in.json(&rep, data)
	case PDF:
		err = in.pdf(&rep, data)
	default:
		err = in.text(&rep, data)
	}
	if err != nil {
		return demarche.Report{}, err
	}
	if strings.TrimSpace(strings.Trim(rep.Text[rep.Body:], "\ufeff")) == "" {
		return demarche.Report{}, in.fail("there is no text in the report", "")
	}
	return rep, nil
}

// input is a file being read: its name, for messages.
type input struct{ name string }

func (in input) fail(msg, hint string) error { return in.failAt(0, 0, msg, hint) }

func (in input) failAt(line, col int, msg, hint string) error {
	return &demarche.Error{Kind: demarche.BadInput, Op: "intake.Parse", Msg: msg, Hint: hint, Pos: demarche.Pos{File: in.name, Line: line, Col: col}}
}

// text reads plain text and Markdown. In UTF-8 nothing is changed, so that spans
// are ranges of the stored bytes.
func (in input) text(rep *demarche.Report, data []byte) error {
	text, _ := decode(data, "")
	rep.Text = text
	body, err := in.frontMatter(rep, text)
	rep.Body = body
	return err
}

// formatOf tells the format by the ending, or by the first bytes where there is
// no ending, and gives the name without it.
func formatOf(name string, data []byte) (Format, string, error) {
	if f, stem, ok := byEnding(name); ok && stem != "" {
		return f, stem, nil
	}
	base := filepath.Base(name)
	ext := strings.ToLower(filepath.Ext(base))
	if ext == "" || strings.TrimSuffix(base, filepath.Ext(base)) == "" || name == "-" {
		if base == "-" || base == "." {
			base = "standard-input"
		}
		return sniff(data), base, nil
	}
	msg := fmt.Sprintf("a file that ends in %s is not read", ext)
	hint := "reports are read from " + known
	if ext == ".docx" || ext == ".doc" || ext == ".rtf" || ext == ".odt" {
		hint = "save it as PDF or plain text first; " + hint
	}
	return Text, "", &demarche.Error{Kind: demarche.BadInput, Op: "intake.Open", Msg: msg, Hint: hint, Pos: demarche.Pos{File: name}}
}

func sniff(data []byte) Format {
	head := strings.ToLower(string(bytes.TrimSpace(bytes.TrimPrefix(data[:min(len(data), 512)], []byte(bom8)))))
	if f := several(data[:min(len(data), 1024)]); f.Several() {
		return f
	}
	switch {
	case strings.HasPrefix(head, "%pdf-"):
		return PDF
	case strings.HasPrefix(head, "<!doctype html"), strings.HasPrefix(head, "<html"):
		return HTML
	case strings.HasPrefix(head, "{"):
		return JSON
	}
	return Text
}

// magic is how the files begin that are most often taken for a report.
var magic = []struct{ prefix, what string }{
	{"%PDF", "a PDF document"},
	{"PK\x03\x04", "a zip archive or an office document"},
	{"\xd0\xcf\x11\xe0", "an old office document"},
	{"{\\rtf", "an RTF document"},
	{"\x89PNG", "a picture (PNG)"},
	{"\xff\xd8\xff", "a picture (JPEG)"},
	{"GIF8", "a picture (GIF)"},
	{"II*\x00", "a picture (TIFF)"},
	{"MM\x00*", "a picture (TIFF)"},
	{"\x1f\x8b", "a compressed file (gzip)"},
	{"BZh", "a compressed file (bzip2)"},
	{"\xfd7zXZ", "a compressed file (xz)"},
	{"\x28\xb5\x2f\xfd", "a compressed file (zstd)"},
	{"7z\xbc\xaf", "a 7-Zip archive"},
	{"Rar!", "a RAR archive"},
	{"\x7fELF", "a program"},
	{"MZ\x90", "a program"},
	{"SQLite format 3", "a database"},
	{"ID3", "a sound recording"},
	{"OggS", "a sound recording"},
	{"RIFF", "a recording or a picture"},
}

// binaryKind names what a file looks like that is not text, and is empty for text.
func binaryKind(data []byte) string {
	for _, m := range magic {
		if bytes.HasPrefix(data, []byte(m.prefix)) {
			return m.what
		}
	}
	if len(data) > 12 && string(data[4:8]) == "ftyp" {
		return "a film or a sound recording"
	}
	if !utf16Marked(data) && bytes.IndexByte(data, 0) >= 0 {
		return "a program's data, with zero bytes in it"
	}
	return ""
}

func tooLarge(size int64) string {
	return fmt.Sprintf("the file has %d megabytes; a report has at most %d", (size+(1<<20)-1)>>20, MaxBytes>>20)
}
