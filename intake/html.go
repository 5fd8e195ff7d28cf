package intake

import (
	"net/url"
	"strings"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/demarche/demarche"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// The article is found with go-readability, a port of the extraction of Firefox's
// reader view: MIT licence, released every few months, and of the libraries that
// do this the one with the fewest dependencies (go-trafilatura brings some forty
// modules, and its last release is two years old).

// maxElements is the number of elements beyond which a page is not searched for
// its article: all of its text is taken.
const maxElements = 100_000

// html reads a web page. The text is that of its article.
func (in input) html(rep *demarche.Report, data []byte) error {
	page := data
	declared := *rep
	if text, stored := decode(data, ""); stored {
		body, err := in.frontMatter(&declared, text)
		if err != nil {
			return err
		}
		page = data[body:]
	}
	_, name, _ := charset.DetermineEncoding(page, "")
	text, _ := decode(page, name)
	found, err := in.page(text, declared.URL)
	if err != nil {
		return err
	}
	fill(rep, declared, found)
	return nil
}

// fill takes what the front matter says, and where it is silent what the page
// says of itself.
func fill(rep *demarche.Report, declared, found demarche.Report) {
	*rep = declared
	rep.Text, rep.Body = found.Text, 0
	for _, p := range []struct {
		to   *string
		from string
	}{{&rep.Title, found.Title}, {&rep.Publisher, found.Publisher}, {&rep.Author, found.Author}, {&rep.Lang, found.Lang}, {&rep.URL, found.URL}} {
		if *p.to == "" {
			*p.to = p.from
		}
	}
	if rep.Published.IsZero() {
		rep.Published = found.Published
	}
}

// page takes the article out of a page.
func (in input) page(text, address string) (demarche.Report, error) {
	var found demarche.Report
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return found, in.fail("the page cannot be read as HTML", "open it in a browser and save its text")
	}
	base, err := url.Parse(address)
	if err != nil {
		base = nil
	}
	parser := readability.NewParser()
	parser.MaxElemsToParse = maxElements
	if article, err := parser.ParseDocument(doc, base); err == nil && article.Node != nil {
		found.Text = plainText(article.Node)
		found.Title = oneLine(article.Title())
		found.Author = oneLine(article.Byline())
		found.Publisher = oneLine(article.SiteName())
		found.Lang = oneLine(article.Language())
		if t, err := article.PublishedTime(); err == nil && t.Year() > 1900 && t.Year() < 2200 {
			found.Published, _ = demarche.ParseDate(t.Format("2006-01-02T15:04Z07:00"))
		}
	}
	if found.Text == "" {
		found.Text = plainText(doc)
	}
	if found.Text == "" {
		return found, in.fail("there is no text in the page", "save it from the browser when it has loaded")
	}
	return found, nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// blocks begin and end a paragraph.
var blocks = map[string]bool{
	"address": true, "article": true, "aside": true, "blockquote": true, "dd": true, "div": true, "dl": true, "dt": true,
	"figcaption": true, "figure": true, "footer": true, "form": true, "h1": true, "h2": true, "h3": true, "h4": true,
	"h5": true, "h6": true, "header": true, "hr": true, "li": true, "main": true, "nav": true, "ol": true, "p": true,
	"pre": true, "section": true, "table": true, "tr": true, "ul": true, "body": true, "title": true,
}

// unread have no text for a reader.
var unread = map[string]bool{
	"script": true, "style": true, "noscript": true, "template": true, "svg": true, "math": true, "iframe": true,
	"object": true, "head": true, "select": true, "button": true, "textarea": true,
}

// plainText is the text under a node, with an empty line between paragraphs and
// white space as a browser shows it.
func plainText(root *html.Node) string {
	var b strings.Builder
	gap, space := false, false
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch n.Type {
		case html.TextNode:
			for _, r := range n.Data {
				if r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' || r == 0 {
					space = true
					continue
				}
				switch {
				case b.Len() == 0:
				case gap:
					b.WriteString("\n\n")
				case space:
					b.WriteByte(' ')
				}
				gap, space = false, false
				b.WriteRune(r)
			}
			return
		case html.ElementNode:
			if unread[n.Data] {
				return
			}
			if n.Data == "br" {
				space = true
				if n.NextSibling != nil && n.NextSibling.Data == "br" {
					gap = true
				}
				return
			}
			if blocks[n.Data] {
				gap = true
			}
			if n.Data == "td" || n.Data == "th" {
				space = true
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if n.Type == html.ElementNode && blocks[n.Data] {
			gap = true
		}
	}
	walk(root)
	return b.String()
}
