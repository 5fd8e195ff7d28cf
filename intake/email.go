package intake

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"

	"github.com/demarche/demarche"
)

// Limits on what a message may hold inside another.
const (
	maxDepth = 10
	maxParts = 1000
)

// email reads a message: its plain text, or else the text of its HTML.
func (in input) email(rep *demarche.Report, data []byte) error {
	declared := *rep
	if utf16Marked(data) {
		data = []byte(fromUTF16(data))
	}
	if text, stored := decode(data, ""); stored {
		body, err := in.frontMatter(&declared, text)
		if err != nil {
			return err
		}
		data = data[body:]
	}
	data = bytes.TrimPrefix(data, []byte(bom8))
	msg, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return in.fail("the file is not an e-mail: it does not begin with lines such as From: and Subject:", "save the message from the mail program as .eml")
	}
	var found demarche.Report
	words := mime.WordDecoder{CharsetReader: func(name string, r io.Reader) (io.Reader, error) {
		b, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		s, _ := decode(b, name)
		return strings.NewReader(s), nil
	}}
	header := func(key string) string {
		s := msg.Header.Get(key)
		if d, err := words.DecodeHeader(s); err == nil {
			s = d
		}
		return strings.ToValidUTF8(oneLine(s), "\ufffd")
	}
	found.Title = header("Subject")
	found.Author = header("From")
	if a, err := (&mail.AddressParser{WordDecoder: &words}).Parse(msg.Header.Get("From")); err == nil {
		found.Author = strings.ToValidUTF8(oneLine(a.Name), "\ufffd")
		if found.Author == "" {
			found.Author = a.Address
		}
	}
	if t, err := msg.Header.Date(); err == nil && t.Year() > 1900 && t.Year() < 2200 {
		found.Published, _ = demarche.ParseDate(t.Format("2006-01-02T15:04Z07:00"))
	}
	w := mailWalk{in: in}
	w.part(textproto.MIMEHeader(msg.Header), msg.Body, 0)
	switch {
	case strings.TrimSpace(w.plain) != "":
		found.Text = w.plain
	case strings.TrimSpace(w.html) != "":
		page, err := in.page(w.html, "")
		if err != nil {
			return in.fail("there is no text in the e-mail", "save its attachment and read that")
		}
		found.Text = page.Text
	default:
		return in.fail("there is no text in the e-mail", "save its attachment and read that")
	}
	fill(rep, declared, found)
	return nil
}

// mailWalk collects the texts of a message and what is inside it.
type mailWalk struct {
	in          input
	plain, html string
	parts       int
}

func (w *mailWalk) part(h textproto.MIMEHeader, body io.Reader, depth int) {
	if w.parts++; depth > maxDepth || w.parts > maxParts {
		return
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || kind == "" {
		kind = "text/plain"
	}
	if disposition, _, _ := mime.ParseMediaType(h.Get("Content-Disposition")); disposition == "attachment" {
		return
	}
	switch strings.ToLower(strings.TrimSpace(h.Get("Content-Transfer-Encoding"))) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	switch {
	case strings.HasPrefix(kind, "multipart/"):
		mr := multipart.NewReader(body, params["boundary"])
		for {
			p, err := mr.NextRawPart()
			if err != nil {
				return
			}
			w.part(p.Header, p, depth+1)
		}
	case kind == "text/plain" || kind == "text/html":
		b, _ := io.ReadAll(body) // a broken end loses the end, not the message
		text, _ := decode(b, params["charset"])
		text = strings.ReplaceAll(strings.TrimPrefix(text, bom8), "\r\n", "\n")
		into := &w.plain
		if kind == "text/html" {
			into = &w.html
		}
		if strings.TrimSpace(text) == "" {
			return
		}
		if *into != "" {
			*into += "\n\n"
		}
		*into += text
	case kind == "message/rfc822":
		if msg, err := mail.ReadMessage(body); err == nil {
			w.part(textproto.MIMEHeader(msg.Header), msg.Body, depth+1)
		}
	}
}
