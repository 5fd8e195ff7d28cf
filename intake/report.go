package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
)

var endings = map[string]Format{
	".txt": Text, ".text": Text, ".md": Text, ".markdown": Text,
	".html": HTML, ".htm": HTML, ".eml": Email, ".json": JSON,
}

// Open reads the report in the file at path. Its errors are *demarche.Error.
func Open(path string) (demarche.Report, error) {
	fail := func(kind demarche.Kind, msg, hint string, err error) (demarche.Report, error) {
		return demarche.Report{}, &demarche.Error{Kind: kind, Op: "intake.Open", Msg: msg, Hint: hint, Pos: demarche.Pos{File: path}, Err: err}
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
	case info.Size() > MaxBytes:
		return fail(demarche.BadInput, tooLarge(info.Size()), "split it, or take out the part that is a report", nil)
	}
	if _, _, err := formatOf(path, nil); err != nil {
		return demarche.Report{}, err
	}
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return fail(demarche.BadInput, "the file may not be read", "ask for permission to read it, or copy it to a folder of your own", err)
		}
		return fail(demarche.BadInput, "the file cannot be read", "", err)
	}
	defer f.Close()
	return From(f, path)
}

// From reads a report from a stream, such as standard input. The name tells its
// format by the ending; without an ending the first bytes do.
func From(r io.Reader, name string) (demarche.Report, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return demarche.Report{}, &demarche.Error{Kind: demarche.BadInput, Op: "intake.From", Msg: "the report could not be read to its end", Pos: demarche.Pos{File: name}, Err: err}
	}
	return Parse(name, data)
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
	if what := binaryKind(data); what != "" {
		return demarche.Report{}, in.fail("the file is not text: it looks like "+what, "save the report as plain text, HTML or e-mail first")
	}
	format, stem, err := formatOf(name, data)
	if err != nil {
		return demarche.Report{}, err
	}
	sum := sha256.Sum256(data)
	rep := demarche.Report{ID: stem, Path: name, SHA256: hex.EncodeToString(sum[:])}
	switch format {
	case HTML:
		err = in.html(&rep, data)
	case Email:
		err = in.email(&rep, data)
	case JSON:
		err = in.json(&rep, data)
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
	base := filepath.Base(name)
	ext := strings.ToLower(filepath.Ext(base))
	stem := strings.TrimSuffix(base, filepath.Ext(base))
	if f, ok := endings[ext]; ok && stem != "" {
		return f, stem, nil
	}
	if ext == "" || stem == "" || name == "-" {
		if base == "-" || base == "." {
			base = "standard-input"
		}
		return sniff(data), base, nil
	}
	msg := fmt.Sprintf("a file that ends in %s is not read", ext)
	hint := "reports are read from .txt, .md, .html, .eml and .json"
	if ext == ".pdf" || ext == ".docx" || ext == ".doc" || ext == ".rtf" || ext == ".odt" {
		hint = "save it as plain text first; " + hint
	}
	return Text, "", &demarche.Error{Kind: demarche.BadInput, Op: "intake.Open", Msg: msg, Hint: hint, Pos: demarche.Pos{File: name}}
}

func sniff(data []byte) Format {
	head := strings.ToLower(string(bytes.TrimSpace(bytes.TrimPrefix(data[:min(len(data), 512)], []byte(bom8)))))
	switch {
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
