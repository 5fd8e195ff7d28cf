package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/demarche/demarche"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

func parse(t *testing.T, name, data string) demarche.Report {
	t.Helper()
	rep, err := Parse(name, []byte(data))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return rep
}

func TestPlainTextKeepsOffsets(t *testing.T) {
	data := "---\ntitle: The bridge\noutlet: Lisbon Post\npublished: 2025-12\nid: bridge-1\n---\r\nRoe said no.\r\n"
	rep := parse(t, "reports/a.md", data)
	if rep.Text != data || rep.Text[rep.Body:] != "Roe said no.\r\n" {
		t.Errorf("body %d of %q", rep.Body, rep.Text)
	}
	sum := sha256.Sum256([]byte(data))
	if rep.SHA256 != hex.EncodeToString(sum[:]) || rep.Title != "The bridge" || rep.Publisher != "Lisbon Post" ||
		rep.Published.Text != "2025-12" || rep.ID != "bridge-1" || rep.Path != "reports/a.md" {
		t.Errorf("%+v", rep)
	}
	if rep := parse(t, "x/plain.txt", "Roe said no."); rep.ID != "plain" || rep.Body != 0 {
		t.Errorf("%+v", rep)
	}
	if rep := parse(t, "a.txt", "---\nA rule, and no keys.\n"); rep.Body != 0 {
		t.Errorf("a rule was taken for front matter: %+v", rep)
	}
	if rep := parse(t, "a.txt", bom8+"---\ntitle: x\n---\nRoe."); rep.Text[rep.Body:] != "Roe." || rep.Title != "x" {
		t.Errorf("%+v", rep)
	}
	if rep := parse(t, "a.txt", bom8+"Roe."); rep.Text[rep.Body:] != "Roe." {
		t.Errorf("%+v", rep)
	}
}

func TestEncodings(t *testing.T) {
	want := "Roe said “naïve”."
	little, big := []byte{0xff, 0xfe}, []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(want)) {
		little = append(little, byte(u), byte(u>>8))
		big = append(big, byte(u>>8), byte(u))
	}
	for name, data := range map[string]string{
		"utf-16 little endian": string(little), "utf-16 big endian": string(big), "windows-1252": "Roe said \x93na\xefve\x94.",
	} {
		if rep := parse(t, "a.txt", data); rep.Text != want {
			t.Errorf("%s: %q", name, rep.Text)
		}
	}
}

// Text that names no encoding: where many letters are not English ones, they
// tell which it is; a few marks in English stay Windows-1252.
func TestGuessedEncodings(t *testing.T) {
	for _, c := range []struct {
		name, text string
		in         encoding.Encoding
	}{
		{"windows-1251", strings.Repeat("Министр заявил в понедельник, что переговоры о мосте будут продолжены на следующей неделе. ", 6), charmap.Windows1251},
		{"iso-8859-1", strings.Repeat("Le ministre a déclaré lundi que la reprise des négociations était différée, à la suite d’événements récents, et qu’il était prêt. ", 6), charmap.Windows1252},
		{"iso-8859-7", strings.Repeat("Ο υπουργός δήλωσε τη Δευτέρα ότι οι συνομιλίες για τη γέφυρα θα συνεχιστούν την επόμενη εβδομάδα. ", 6), charmap.ISO8859_7},
		{"windows-1252", strings.Repeat("“The valve stays shut,” Governor Zoë Holt said on Monday in a naïve answer to the commission’s letter. ", 6), charmap.Windows1252},
	} {
		data, err := c.in.NewEncoder().String(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if rep := parse(t, "a.txt", data); rep.Text != c.text {
			t.Errorf("%s: %q", c.name, rep.Text[:80])
		}
	}
}

func TestHTML(t *testing.T) {
	para := strings.Repeat("The ferry crossed the strait at dawn with forty people on board, and nobody stopped it. ", 4)
	page := `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The ferry</title>
<meta property="article:published_time" content="2025-11-24T08:00:00Z"><meta property="og:site_name" content="Lisbon Post">
<script>var x = "Roe said no";</script></head>
<body><nav><a href="/">Home</a> <a href="/world">World</a></nav><article><h1>The ferry</h1><p>` + para + `</p>
<p>“We saw <b>nothing</b>,”   Ana Roe
said.</p><p>` + para + `</p></article><footer>All rights reserved</footer></body></html>`
	rep := parse(t, "a.html", page)
	if !strings.Contains(rep.Text, "\n\n“We saw nothing,” Ana Roe said.\n\n") {
		t.Errorf("%q", rep.Text)
	}
	if strings.Contains(rep.Text, "World") || strings.Contains(rep.Text, "var x") {
		t.Errorf("more than the article: %q", rep.Text)
	}
	if rep.Title != "The ferry" || rep.Publisher != "Lisbon Post" || rep.Published.Text != "2025-11-24T08:00Z" || rep.Lang != "en" || rep.Body != 0 {
		t.Errorf("%+v", rep)
	}
	rep = parse(t, "a.html", "---\ntitle: Mine\n---\n"+page)
	if rep.Title != "Mine" || rep.Publisher != "Lisbon Post" {
		t.Errorf("front matter does not come first: %+v", rep)
	}
	latin := "<html><head><meta charset=\"iso-8859-2\"></head><body><p>Pawe\xb3 said no.</p></body></html>"
	if rep := parse(t, "a.htm", latin); !strings.Contains(rep.Text, "Paweł said no.") {
		t.Errorf("%q", rep.Text)
	}
}

func TestEmail(t *testing.T) {
	head := "From: =?utf-8?q?Ana_R=C3=B3e?= <ana@example.org>\r\nSubject: The bridge\r\nDate: Mon, 24 Nov 2025 09:30:00 +0100\r\n"
	for name, c := range map[string]struct{ body, want string }{
		"plain":            {"\r\nRoe said no.\r\n", "Roe said no.\n"},
		"quoted-printable": {"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nRoe said na=EFve=\r\n words.", "Roe said naïve words."},
		"base64":           {"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nUm9lIHNhaWQgbm8u\r\n", "Roe said no."},
		"alternative": {"Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>Other</p>\r\n--x\r\nContent-Type: text/plain\r\n\r\nRoe said no.\r\n--x--\r\n",
			"Roe said no."},
		"html only": {"Content-Type: text/html\r\n\r\n<p>Roe said</p><p>no.</p>", "Roe said\n\nno."},
	} {
		rep := parse(t, "a.eml", head+c.body)
		if rep.Text != c.want {
			t.Errorf("%s: %q, want %q", name, rep.Text, c.want)
		}
		if rep.Title != "The bridge" || rep.Author != "Ana Róe" || rep.Published.Text != "2025-11-24T09:30+01:00" {
			t.Errorf("%s: %+v", name, rep)
		}
	}
}

func TestJSON(t *testing.T) {
	rep := parse(t, "a.json", `{"title":"The bridge","outlet":"Post","published":"2025-11-24","text":"Roe said “no”.\nTwice."}`)
	if rep.Text != "Roe said “no”.\nTwice." || rep.Title != "The bridge" || rep.Publisher != "Post" || rep.Published.Text != "2025-11-24" {
		t.Errorf("%+v", rep)
	}
}

// Everything that is refused is refused in a sentence, with its place and what
// would be right.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name, data string
		line, col  int
		says, hint string
	}{
		{"a.txt", "", 0, 0, "the file is empty", ""},
		{"a.txt", "\ufeff \n", 0, 0, "the file is empty", ""},
		{"a.md", "---\ntitle: x\n---\n\n", 0, 0, "no text in the report", ""},
		{"a.txt", "%PDF-1.7", 0, 0, "PDF", "plain text"},
		{"a.docx", "x", 0, 0, ".docx", "PDF or plain text"},
		{"a.txt", "PK\x03\x04..", 0, 0, "zip", ""},
		{"a.txt", "abc\x00def", 0, 0, "zero bytes", ""},
		{"a.html", "\x89PNG\r\n", 0, 0, "picture", ""},
		{"a.pdf", "x", 0, 0, "does not begin as a PDF does", ""},
		{"a.xyz", "x", 0, 0, ".xyz", ".eml"},
		{"a.md", "---\ntitel: x\n---\nA.", 2, 1, `"titel"`, "title"},
		{"a.md", "---\ntitle: x\npublished: last week\n---\nA.", 3, 12, "not a date", "2025"},
		{"a.md", "---\ntitle: x\npublished: 2025-02-30\n---\nA.", 3, 12, "no date", ""},
		{"a.md", "---\ntitle: x\ntitle: y\n---\nA.", 3, 1, "twice", ""},
		{"a.md", "---\ntitle: &a x\nauthor: *a\n---\nA.", 2, 8, "aliases", ""},
		{"a.md", "---\ntitle: [x]\n---\nA.", 2, 8, "one value", ""},
		{"a.md", "---\ntitle: \"x\n---\nA.", 0, 0, "front matter", "quotation"},
		{"a.md", "---\ntitle: x\nA.", 1, 1, "never closed", "dashes"},
		{"a.md", "---\njust words\n---\nA.", 2, 1, "keys and values", ""},
		{"a.json", "[1]", 1, 1, "one object", ""},
		{"a.json", "{\n  \"text\": \"a\" \"b\"\n}", 2, 15, "cannot be read", "comma"},
		{"a.json", "{\"text\": \"a", 1, 12, "too early", ""},
		{"a.json", "{\"text\": \"a\",\n \"tilte\": \"b\"}", 2, 2, `"tilte"`, "title"},
		{"a.json", "{\"text\": 5}", 1, 10, "in quotation marks", ""},
		{"a.json", "{\"text\": \"a\"} x", 1, 0, "", ""},
		{"a.json", "{\"title\": \"a\"}", 0, 0, "no text", ""},
		{"a.eml", "not a message", 0, 0, "not an e-mail", ""},
		{"a.eml", "From: a@b.c\r\nContent-Type: image/png\r\n\r\nxx", 0, 0, "no text in the e-mail", ""},
		{"a.html", "<html><script>x</script></html>", 0, 0, "no text", ""},
	} {
		_, err := Parse(c.name, []byte(c.data))
		e, ok := errors.AsType[*demarche.Error](err)
		if !ok {
			t.Errorf("%q: %v", c.data, err)
			continue
		}
		if e.Kind != demarche.BadInput || !strings.Contains(e.Msg, c.says) || !strings.Contains(e.Hint, c.hint) || e.Pos.File != c.name ||
			c.line > 0 && e.Pos.Line != c.line || c.col > 0 && e.Pos.Col != c.col {
			t.Errorf("%q: %d:%d %s", c.data, e.Pos.Line, e.Pos.Col, e)
		}
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	kind := func(path string) demarche.Kind {
		t.Helper()
		_, err := Open(path)
		if _, ok := errors.AsType[*demarche.Error](err); !ok {
			t.Fatalf("%s: %v", path, err)
		}
		return demarche.KindOf(err)
	}
	if kind(filepath.Join(dir, "none.txt")) != demarche.NotFound || kind(dir) != demarche.BadInput {
		t.Error("a missing file or a folder")
	}
	// A file with a hole in it: large, and nothing to read.
	big := filepath.Join(dir, "big.txt")
	if err := os.WriteFile(big, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(big, 200<<20); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(big); err == nil || !strings.Contains(err.Error(), "200 megabytes") {
		t.Errorf("a file of 200 MB: %v", err)
	}
	good := filepath.Join(dir, "good.txt")
	if err := os.WriteFile(good, []byte("Roe said no."), 0o600); err != nil {
		t.Fatal(err)
	}
	if rep, err := Open(good); err != nil || rep.ID != "good" {
		t.Errorf("%+v, %v", rep, err)
	}
	if os.Getuid() == 0 {
		t.Log("the case of a file without permission is not run: root may read everything")
		return
	}
	if err := os.Chmod(good, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(good); err == nil || !strings.Contains(err.Error(), "may not be read") {
		t.Errorf("%v", err)
	}
}

func TestFrom(t *testing.T) {
	for data, want := range map[string]string{
		"Roe said no.":                       "Roe said no.",
		"<html><body><p>Roe.</p></body>":     "Roe.",
		`{"text":"Roe said no."}`:            "Roe said no.",
		"---\ntitle: x\n---\nRoe said no.\n": "---\ntitle: x\n---\nRoe said no.\n",
	} {
		rep, err := From(strings.NewReader(data), "-")
		if err != nil || rep.Text != want {
			t.Errorf("%q: %q, %v", data, rep.Text, err)
		}
	}
}

// fuzz parses anything as a file of one format: what comes out is whole, or a
// sentence.
func fuzz(f *testing.F, name string, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n := 0
		for rep, err := range EachFrom(bytes.NewReader(data), name) {
			if n++; err != nil {
				if _, ok := errors.AsType[*demarche.Error](err); !ok {
					t.Fatalf("%T: %v", err, err)
				}
				continue
			}
			if !utf8.ValidString(rep.Text) || rep.Body < 0 || rep.Body > len(rep.Text) || rep.ID == "" || len(rep.SHA256) != 64 || strings.TrimSpace(rep.Text) == "" {
				t.Fatalf("%+v", rep)
			}
		}
		if n == 0 {
			t.Fatal("neither a report nor an error")
		}
	})
}

func FuzzText(f *testing.F) {
	fuzz(f, "a.md", "Roe", "---\ntitle: x\n---\nRoe", "\xff\xfeR\x00", "---\na: &b [*b]\n---\nx", "---\n- x\n---\n")
}

func FuzzHTML(f *testing.F) {
	fuzz(f, "a.html", "<p>Roe", "<html><meta charset=x><table><tr><td>a", "---\nurl: ://\n---\n<p>x")
}

func FuzzEmail(f *testing.F) {
	fuzz(f, "a.eml", "From: a\r\n\r\nRoe", "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nRoe\r\n--x--", "Subject: =?x?b?!?=\r\nContent-Type: message/rfc822\r\n\r\n\r\nRoe")
}

func FuzzJSON(f *testing.F) {
	fuzz(f, "a.json", `{"text":"Roe"}`, `{"text":"\ud800"}`, `{"text":`, `[]`)
}

func BenchmarkHTML(b *testing.B) {
	para := "<p>" + strings.Repeat("“We saw <b>nothing</b>,” Minister Ana Roe said on Monday, and nobody on the ferry asked her why. ", 8) + "</p>"
	page := []byte("<html><head><title>The ferry</title></head><body>" + strings.Repeat(`<nav><a href="/">Home</a> <a href="/world">World</a></nav>`, 20) + "<article><h1>The ferry</h1>" + strings.Repeat(para, 10) + "</article></body></html>")
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		if _, err := Parse("a.html", page); err != nil {
			b.Fatal(err)
		}
	}
}
