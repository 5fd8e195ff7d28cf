package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/demarche/demarche"
	"github.com/ledongthuc/pdf"
)

// Objects, streams and encryption of PDF are read with ledongthuc/pdf: BSD
// licence, no dependencies, and kept up; of the libraries in Go it is the one
// that gives the bare objects without a hundred thousand lines around them
// (pdfcpu extracts no text either; rsc.io/pdf, from which it comes, is no longer
// kept). Its own extraction of text is not used: it skips forms inside pages,
// knows no widths of composite fonts, and puts columns side by side. What is
// drawn on a page is read in pdfdraw.go and put in order in pdfpage.go.

// Limits on a PDF document.
const (
	maxPages      = 5000
	maxPDFObjects = 4 << 20   // numbered objects; a table of them is laid out at once
	maxPDFDrawn   = 256 << 20 // bytes of unpacked page contents in a document
	maxPDFGlyphs  = 8 << 20   // characters in a document
	readsPerByte  = 200       // bytes read for each byte of the file, from there on it goes round in circles
)

// errPDFLimit ends the reading of a document that asks for too much.
var errPDFLimit = errors.New("more than a document of this size needs")

// meteredBytes is a file in memory that gives out only so many bytes in all, so
// that tables that point at themselves come to an end.
type meteredBytes struct {
	data []byte
	left int64
}

func (m *meteredBytes) ReadAt(p []byte, off int64) (int, error) {
	if m.left -= int64(len(p)); m.left < 0 {
		return 0, errPDFLimit
	}
	if off < 0 || off >= int64(len(m.data)) {
		return 0, io.EOF
	}
	n := copy(p, m.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

var (
	pdfSize  = regexp.MustCompile(`/Size[\s]+(\d+)`)
	pdfIndex = regexp.MustCompile(`/Index[\s]*\[([\d\s]*)\]`)
	pdfTable = regexp.MustCompile(`(?:^|[\r\n])[ \t]*(\d{7,})[ \t]+\d+[ \t]*[\r\n]`)
	pdfWidth = regexp.MustCompile(`/Columns[\s]+(\d+)`)
)

// pdfSane finds numbers that would make the library lay out tables of any size.
func pdfSane(data []byte) bool {
	tooMany := func(s []byte) bool {
		n, err := strconv.ParseInt(string(s), 10, 64)
		return err != nil || n > maxPDFObjects
	}
	for _, p := range []*regexp.Regexp{pdfSize, pdfTable, pdfWidth} {
		for _, m := range p.FindAllSubmatch(data, -1) {
			if tooMany(m[1]) {
				return false
			}
		}
	}
	for _, m := range pdfIndex.FindAllSubmatch(data, -1) {
		if slices.ContainsFunc(bytes.Fields(m[1]), tooMany) {
			return false
		}
	}
	return true
}

// pdf reads a PDF document: its pages in order, columns one after another,
// words that were divided at the end of a line joined again.
func (in input) pdf(rep *demarche.Report, data []byte) error {
	damaged := func() error {
		return in.fail("the PDF cannot be read: it is damaged, or written in a way that is not known here", "open it in a PDF viewer and print it into a new PDF, or save its text")
	}
	if i := bytes.Index(data[:min(len(data), 1024)], []byte("%PDF-")); i > 0 {
		data = data[i:]
	} else if i < 0 {
		return in.fail("the file does not begin as a PDF does", "check that it was downloaded whole")
	}
	if i := bytes.LastIndex(data, []byte("%%EOF")); i > 0 {
		data = data[:i+len("%%EOF")]
	}
	if !pdfSane(data) {
		return damaged()
	}
	// Later versions have the same structure; the library asks for 1.0 to 1.7
	// and the end of a line.
	data = append([]byte("%PDF-1.7\n"), data[min(len("%PDF-1.7\n"), len(data)):]...)
	doc := &pdfDocument{file: &meteredBytes{data: data, left: int64(len(data))*readsPerByte + 16<<20}}
	err := doc.read()
	switch {
	case err == nil:
	case errors.Is(err, pdf.ErrInvalidPassword) || strings.Contains(err.Error(), "encryption"):
		return in.fail("the PDF is encrypted and cannot be read without its password", "open it in a PDF viewer with the password and save a copy without one")
	case errors.Is(err, errPDFLimit):
		return in.fail("the PDF is too large to be read: its pages unpack to far more than a report has", "save the pages that are a report as a PDF of their own")
	default:
		return damaged()
	}
	if strings.TrimSpace(doc.text) == "" {
		if doc.pages == 0 {
			return damaged()
		}
		return in.fail("there is no text in the PDF, only pictures of pages", "run text recognition on it (OCR), or type the passages that matter into a text file")
	}
	rep.Text, rep.Title, rep.Author = doc.text, doc.title, doc.author
	return nil
}

// pdfDocument is a document being read.
type pdfDocument struct {
	file          *meteredBytes
	drawn, glyphs int // bytes of contents and characters so far
	fonts         map[string]*pdfFont
	pages         int
	text          string
	title, author string
}

// read takes the text out of the pages. The library panics on what is broken;
// a broken page loses what follows on that page, not the document.
func (d *pdfDocument) read() (err error) {
	r, err := pdf.NewReader(d.file, int64(len(d.file.data)))
	if err != nil {
		return err
	}
	defer func() {
		if x := recover(); x != nil {
			if err, _ = x.(error); err == nil {
				err = fmt.Errorf("broken: %v", x)
			}
		}
	}()
	d.fonts = map[string]*pdfFont{}
	root := r.Trailer().Key("Root")
	info := r.Trailer().Key("Info")
	d.title, d.author = pdfString(info.Key("Title")), pdfString(info.Key("Author"))
	if strings.HasPrefix(d.title, "Microsoft ") || strings.Contains(d.title, "://") {
		d.title = "" // the name of a file, put there by a word processor
	}
	var pages []pdfPage
	walk := pdfTree{each: func(page pdf.Value, resources, box pdf.Value) error {
		if d.pages++; d.pages > maxPages {
			return errPDFLimit
		}
		got, err := d.page(page, resources, box)
		if err != nil {
			return err
		}
		pages = append(pages, got)
		return nil
	}}
	if err := walk.node(root.Key("Pages"), pdf.Value{}, pdf.Value{}, 0); err != nil {
		return err
	}
	d.text = pdfText(pages)
	return nil
}

// pdfTree walks the tree of pages.
type pdfTree struct {
	each  func(page, resources, box pdf.Value) error
	nodes int
}

func (t *pdfTree) node(v, resources, box pdf.Value, depth int) error {
	if t.nodes++; depth > 50 || t.nodes > 4*maxPages {
		return errPDFLimit
	}
	if x := v.Key("Resources"); !x.IsNull() {
		resources = x
	}
	if x := v.Key("MediaBox"); !x.IsNull() {
		box = x
	}
	kids := v.Key("Kids")
	if kids.Kind() != pdf.Array {
		if v.Kind() != pdf.Dict {
			return nil
		}
		return t.each(v, resources, box)
	}
	for i := range kids.Len() {
		if err := t.node(kids.Index(i), resources, box, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// page reads what is drawn on one page.
func (d *pdfDocument) page(v, resources, box pdf.Value) (page pdfPage, err error) {
	page.bottom, page.top = box.Index(1).Float64(), box.Index(3).Float64()
	if page.top <= page.bottom {
		page.bottom, page.top = 0, 842
	}
	draw := pdfDrawing{doc: d, page: &page}
	defer func() {
		if x := recover(); x != nil {
			if e, _ := x.(error); errors.Is(e, errPDFLimit) {
				err = errPDFLimit
			}
		}
	}()
	contents := v.Key("Contents")
	var data []byte
	if contents.Kind() == pdf.Array {
		for i := range contents.Len() {
			data = append(append(data, d.unpack(contents.Index(i))...), '\n')
		}
	} else {
		data = d.unpack(contents)
	}
	draw.run(data, resources, pdfIdentity, 0)
	return page, nil
}

// unpack gives the bytes of a stream. It panics as the library does, and where
// the document unpacks to too much.
func (d *pdfDocument) unpack(v pdf.Value) []byte {
	if v.Kind() != pdf.Stream {
		return nil
	}
	r := v.Reader()
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, int64(maxPDFDrawn-d.drawn+1)))
	if d.drawn += len(data); d.drawn > maxPDFDrawn || errors.Is(err, errPDFLimit) {
		panic(errPDFLimit)
	}
	return data // a broken end loses the end
}

func pdfString(v pdf.Value) string {
	return oneLine(strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, v.Text()), ""))
}
