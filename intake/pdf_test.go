package intake

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"os"
	"strings"
	"testing"
)

// pdfOf makes a document of pages of contents in one font, as plainly as the
// format allows.
func pdfOf(trailer string, pages ...string) []byte {
	var b bytes.Buffer
	var at []int
	object := func(body string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), body)
	}
	b.WriteString("%PDF-1.4\n")
	object("<</Type /Catalog /Pages 2 0 R>>")
	kids := ""
	for i := range pages {
		kids += fmt.Sprintf("%d 0 R ", 4+2*i)
	}
	object(fmt.Sprintf("<</Type /Pages /Kids [%s] /Count %d /MediaBox [0 0 600 800] /Resources <</Font <</F1 3 0 R>>>>>>", kids, len(pages)))
	object("<</Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 33 /Widths [600 600]>>")
	for i, contents := range pages {
		object(fmt.Sprintf("<</Type /Page /Parent 2 0 R /Contents %d 0 R>>", 5+2*i))
		object(fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(contents), contents))
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, x := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", x)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, trailer, start)
	return b.Bytes()
}

// lineAt draws a line of text. Widths of Courier are half an em here.
func lineAt(x, y int, text string) string {
	return fmt.Sprintf("BT /F1 10 Tf %d %d Td (%s) Tj ET\n", x, y, strings.NewReplacer("(", `\(`, ")", `\)`, `\`, `\\`).Replace(text))
}

func TestPDFFromABrowser(t *testing.T) {
	rep, err := Open("testdata/columns.pdf")
	if err != nil {
		t.Fatal(err)
	}
	const want = `Ferry stopped in the strait

“We saw nothing,” Minister Ana Roe said on Monday, adding that an explanation would follow within days, and that nobody should speculate until the investigation of the well-known coast guard had come to its end.

Officials who asked not to be named said the vessel was carrying forty people, and that its international crew had filed a flawed report.

The Harbour Office of Lissa denied it. “The ferry was never stopped,” its director, Tom Hale, said. He called the claims incomprehensible and asked for proof.

A second office declined to comment on the matter, as it had done before. According to a report of the port, three boats left on Sunday and two came back.`
	if rep.Text != want {
		t.Errorf("%s", rep.Text)
	}
	if rep.Title != "Ferry stopped in the strait" || rep.ID != "columns" || rep.Body != 0 {
		t.Errorf("%+v", rep)
	}
}

func TestPDFPages(t *testing.T) {
	page := func(n int, lines ...string) string {
		s := lineAt(50, 780, "The Lissa Post") + lineAt(300, 20, fmt.Sprint("Page ", n, " of 3"))
		for i, l := range lines {
			s += lineAt(50, 700-12*i, l)
		}
		return s
	}
	data := pdfOf("",
		page(1, "Roe said the gov-", "ernment would not com-", "ment on the well-known mat-", "ter of the well-", "known bridge."),
		page(2, "She denied it and"),
		page(3, "left the room."))
	rep, err := Parse("a.pdf", data)
	if err != nil {
		t.Fatal(err)
	}
	const want = "Roe said the government would not comment on the well-known matter of the well-known bridge.\n\nShe denied it and left the room."
	if rep.Text != want {
		t.Errorf("%q", rep.Text)
	}
	// With something before its beginning and behind its end it is the same.
	rep, err = Parse("a.pdf", append(append([]byte("junk\n"), data...), "\n\n<!-- served by -->"...))
	if err != nil || rep.Text != want {
		t.Errorf("%q, %v", rep.Text, err)
	}
}

// Operators of ISO 32000-1 that move the text: each line of contents says the
// same three words.
func TestPDFOperators(t *testing.T) {
	for _, contents := range []string{
		"BT /F1 10 Tf 1 0 0 1 50 700 Tm [(Roe s) -0 (aid) -700 (no.)] TJ ET",
		"BT /F1 10 Tf 12 TL 50 700 Td (Roe) Tj T* (said) Tj (no.) ' ET",
		"q 2 0 0 2 0 0 cm BT /F1 5 Tf 25 350 TD <526F652073616964> Tj ( no.) Tj ET Q",
		"BT /F1 10 Tf 50 700 Td (Roe\\040said\\\n no.) Tj ET BI /W 1 /H 1 ID \x00(\xff EI",
		"/Span <</ActualText <FEFF0052006F006500200073006100690064>>> BDC BT /F1 10 Tf 50 700 Td (xxx) Tj EMC ( no.) Tj ET",
		"BT /F1 10 Tf 50 700 Td (Roe said no.) Tj 0 1 -1 0 300 300 Tm (stamped across) Tj ET",
	} {
		rep, err := Parse("a.pdf", pdfOf("", contents))
		if err != nil || rep.Text != "Roe said no." {
			t.Errorf("%s: %q, %v", contents, rep.Text, err)
		}
	}
}

func TestPDFRefused(t *testing.T) {
	good := pdfOf("", lineAt(50, 700, "Roe said no."))
	var bomb bytes.Buffer
	z := zlib.NewWriter(&bomb)
	spaces := bytes.Repeat([]byte(" "), 1<<20)
	for range 300 {
		z.Write(spaces)
	}
	z.Close()
	packed := strings.Replace(string(pdfOf("", bomb.String())), fmt.Sprintf("<</Length %d>>", bomb.Len()), fmt.Sprintf("<</Length %d /Filter /FlateDecode>>", bomb.Len()), 1)
	// The insertion moves what follows by 21 bytes.
	i := strings.LastIndex(packed, "startxref\n")
	var start int
	fmt.Sscan(packed[i+len("startxref\n"):], &start)
	packed = packed[:i] + fmt.Sprintf("startxref\n%d\n%%%%EOF\n", start+len(" /Filter /FlateDecode"))
	for name, c := range map[string]struct{ data, says string }{
		"cut short":    {string(good[:len(good)/2]), "damaged"},
		"no text":      {string(pdfOf("", "0 0 100 100 re f")), "only pictures"},
		"encrypted":    {string(pdfOf("/Encrypt <</Filter /Standard /V 5 /R 6 /Length 256>> /ID [(a) (a)]", "x")), "password"},
		"many objects": {strings.Replace(string(good), "/Size 6", "/Size 99999999999", 1), "damaged"},
		"round trailer": {strings.Replace(string(good), "/Root 1 0 R", fmt.Sprintf("/Root 1 0 R /Prev %d", bytes.Index(good, []byte("xref\n0"))), 1),
			"damaged"},
		"bomb": {packed, "unpack to far more"},
	} {
		_, err := Parse("a.pdf", []byte(c.data))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzPDF(f *testing.F) {
	columns, err := os.ReadFile("testdata/columns.pdf")
	if err != nil {
		f.Fatal(err)
	}
	fuzz(f, "a.pdf", string(columns), string(pdfOf("", lineAt(50, 700, "Roe said no."))), string(pdfOf("", "BT /F1 10 Tf [(a) 3 <41>] TJ", "q Q Q BI ID EI", "<< >> BDC")), "%PDF-1.4")
}

func BenchmarkPDF(b *testing.B) {
	data, err := os.ReadFile("testdata/columns.pdf")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Parse("a.pdf", data); err != nil {
			b.Fatal(err)
		}
	}
}
