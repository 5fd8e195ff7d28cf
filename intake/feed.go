package intake

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/demarche/demarche"
	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"
)

// Feeds are read with gofeed: MIT licence, released several times a year, and
// with no dependencies but the XML reader that it is built on. It reads RSS 0.9
// to 2.0, Atom 0.3 and 1.0, and mends what feeds commonly get wrong.

// maxItems is the number of items that are read of one feed.
const maxItems = 10_000

// feed reads the items of a feed, each a report. An item's text is its whole
// content if the feed carries it, and else its description.
func (in input) feed(data []byte, stem string, yield func(demarche.Report, error) bool) {
	in.items(data, stem, func(_ string, rep demarche.Report, err error) bool { return yield(rep, err) })
}

// items is feed, and gives what the feed calls each item: its id, or else where
// it links to, or else "".
func (in input) items(data []byte, stem string, give func(id string, rep demarche.Report, err error) bool) {
	id := ""
	yield := func(rep demarche.Report, err error) bool { return give(id, rep, err) }
	notOne := func() {
		yield(demarche.Report{}, in.fail("the file is not a feed that can be read: neither RSS nor Atom", "save the feed from its address again, or save the report as text or HTML"))
	}
	if text, stored := decode(data, ""); !stored && utf16Marked(data) {
		data = []byte(text)
	}
	feed, err := parseFeed(data)
	if err != nil {
		notOne()
		return
	}
	for i, item := range feed.Items {
		if item == nil {
			continue
		}
		id = cmp.Or(strings.TrimSpace(item.GUID), strings.TrimSpace(item.Link))
		at := input{name: fmt.Sprintf("%s#%d", in.name, i+1)}
		if i >= maxItems {
			yield(demarche.Report{}, at.fail(fmt.Sprintf("the feed has more than %d items; from here on they are not read", maxItems), "split it"))
			return
		}
		rep := demarche.Report{
			ID: fmt.Sprintf("%s-%d", stem, i+1), Path: at.name,
			Title: clean(item.Title), Publisher: clean(feed.Title), URL: webAddress(item.Link), Lang: clean(feed.Language),
		}
		if len(item.Authors) > 0 && item.Authors[0] != nil {
			if rep.Author = clean(item.Authors[0].Name); rep.Author == "" {
				rep.Author = clean(item.Authors[0].Email)
			}
		}
		rep.Published = itemDate(item)
		body := item.Content
		if strings.TrimSpace(body) == "" {
			body = item.Description
		}
		rep.Text = fragment(body)
		rep.Original = []byte(item.Title + "\n" + body)
		sum := sha256.Sum256(rep.Original)
		rep.SHA256 = hex.EncodeToString(sum[:])
		if rep.Text == "" {
			if !yield(rep, at.fail("there is no text in this item of the feed", "fetch the page that it links to")) {
				return
			}
			continue
		}
		if !yield(rep, nil) {
			return
		}
	}
}

// parseFeed turns a panic of the parser into an error: a feed is input.
func parseFeed(data []byte) (feed *gofeed.Feed, err error) {
	defer func() {
		if x := recover(); x != nil {
			feed, err = nil, fmt.Errorf("the feed cannot be read: %v", x)
		}
	}()
	return gofeed.NewParser().Parse(bytes.NewReader(data))
}

// fragment is the text of a piece of HTML, or of plain text.
func fragment(s string) string {
	doc, err := html.Parse(strings.NewReader(strings.ToValidUTF8(s, "\ufffd")))
	if err != nil {
		return ""
	}
	return plainText(doc)
}

// clean is one line of text without mark-up.
func clean(s string) string { return oneLine(fragment(s)) }

// itemDate is when an item was published, in the outlet's own zone of time where
// it is written as the standards say: the library gives it in that of Greenwich,
// in which it can be another day.
func itemDate(item *gofeed.Item) demarche.Date {
	written, parsed := item.Published, item.PublishedParsed
	if parsed == nil {
		written, parsed = item.Updated, item.UpdatedParsed
	}
	if t, err := mail.ParseDate(strings.TrimSpace(written)); err == nil {
		return dateOf(&t)
	}
	if t, err := time.Parse(time.RFC3339, strings.TrimSpace(written)); err == nil {
		return dateOf(&t)
	}
	return dateOf(parsed)
}

// dateOf is a moment as a date of a report.
func dateOf(t *time.Time) (d demarche.Date) {
	if t != nil && t.Year() > 1900 && t.Year() < 2200 {
		d, _ = demarche.ParseDate(t.Format("2006-01-02T15:04Z07:00"))
	}
	return d
}

// webAddress is an address of the web, or "".
func webAddress(s string) string {
	s = strings.TrimSpace(s)
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return s
}
