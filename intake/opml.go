package intake

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html/charset"
)

const (
	// maxOutlines is the number of sources that a list can have.
	maxOutlines = 10_000
	// maxNesting is how deep a list can be nested.
	maxNesting = 100
)

// ParseOPML reads a list of feeds as feed readers write it (OPML 1.0 to 2.0,
// opml.org): each outline with an xmlUrl is a feed, each of type link or include
// with a url a page or a further list. Each address is given once. The errors
// name the line.
func ParseOPML(name string, data []byte) ([]Source, error) {
	in := input{name: name}
	if len(data) > MaxBytes {
		return nil, in.fail(tooLarge(int64(len(data))), "split it")
	}
	if text, stored := decode(data, ""); !stored && utf16Marked(data) {
		data = []byte(text)
	}
	data = bytes.TrimPrefix(data, []byte(bom8))
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict, d.AutoClose, d.Entity = false, nil, xml.HTMLEntity
	d.CharsetReader = charset.NewReaderLabel
	var out []Source
	seen := map[string]bool{}
	depth, isOPML := 0, false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		line, col := d.InputPos()
		if err != nil {
			return nil, in.failAt(line, 0, "the list of feeds cannot be read from here on", "export it from the feed reader again, as OPML")
		}
		switch e := token.(type) {
		case xml.EndElement:
			depth--
		case xml.StartElement:
			if depth++; depth > maxNesting {
				return nil, in.failAt(line, col, fmt.Sprintf("the list of feeds is nested deeper than %d", maxNesting), "")
			}
			if depth == 1 {
				isOPML = strings.EqualFold(e.Name.Local, "opml")
			}
			if !isOPML {
				return nil, in.failAt(line, col, "the file is not a list of feeds: it does not begin with opml", "export the list from a feed reader as OPML")
			}
			if !strings.EqualFold(e.Name.Local, "outline") {
				continue
			}
			src, ok := outlined(e.Attr)
			if !ok {
				continue
			}
			u, err := webURL(src.Address)
			if err != nil {
				return nil, in.failAt(line, 0, fmt.Sprintf("%q is not an address of the web", cut(src.Address, 100)), "addresses begin with http:// or https://")
			}
			if src.Address = u.String(); seen[src.Address] {
				continue
			}
			if len(out) == maxOutlines {
				return nil, in.failAt(line, 0, fmt.Sprintf("the list has more than %d sources", maxOutlines), "split it")
			}
			seen[src.Address] = true
			out = append(out, src)
		}
	}
	if !isOPML {
		return nil, in.fail("the file is not a list of feeds: there is no opml in it", "export the list from a feed reader as OPML")
	}
	return out, nil
}

// outlined is the source that the attributes of an outline tell of.
func outlined(attrs []xml.Attr) (src Source, ok bool) {
	var feed, address, kind string
	for _, a := range attrs {
		value := strings.TrimSpace(a.Value)
		switch strings.ToLower(a.Name.Local) {
		case "xmlurl":
			feed = value
		case "url":
			address = value
		case "type":
			kind = strings.ToLower(value)
		case "title":
			src.Title = oneLine(value)
		case "text":
			if src.Title == "" {
				src.Title = oneLine(value)
			}
		}
	}
	switch {
	case feed != "":
		src.Kind, src.Address = FeedSource, feed
		if rest, ok := strings.CutPrefix(feed, "feed:"); ok { // as some readers write it
			if strings.HasPrefix(rest, "//") {
				rest = "http:" + rest
			}
			src.Address = rest
		}
	case address != "" && kind == "link":
		src.Kind, src.Address = PageSource, address
		if strings.HasSuffix(strings.ToLower(address), ".opml") {
			src.Kind = ListSource
		}
	case address != "" && kind == "include":
		src.Kind, src.Address = ListSource, address
	default:
		return src, false
	}
	return src, true
}

// cut shortens a text to at most n bytes, whole characters each.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
