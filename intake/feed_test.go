package intake

import (
	"bytes"
	"strings"
	"testing"

	"github.com/demarche/demarche"
)

// each collects what a stream gives: reports and sentences of errors.
func each(name, data string) (reps []demarche.Report, says []string) {
	for rep, err := range EachFrom(bytes.NewReader([]byte(data)), name) {
		if err != nil {
			says = append(says, err.Error())
			continue
		}
		reps = append(reps, rep)
	}
	return reps, says
}

const rss = `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Lissa Post</title><link>https://post.example/</link><language>en-gb</language>
<item><title>Ferry &amp; bridge</title><link>https://post.example/1</link><pubDate>Mon, 24 Nov 2025 09:30:00 +0100</pubDate>
<description>Short.</description><content:encoded><![CDATA[<p>“We saw <b>nothing</b>,” Ana Roe said.</p><script>alert(1)</script><p>Nobody asked.</p>]]></content:encoded></item>
<item><title>Empty</title><link>javascript:alert(1)</link></item>
<item><title>Second</title><link>javascript:alert(1)</link><author>a@b.example (Tom Hale)</author><description>Hale said &lt;b&gt;no&lt;/b&gt;.</description></item>
</channel></rss>`

const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><title>Agency</title>
<entry><title type="html">One &lt;i&gt;report&lt;/i&gt;</title><link href="https://agency.example/1"/><updated>2025-11-24T08:00:00Z</updated>
<author><name>Ana Roe</name></author><content type="html">&lt;p&gt;Roe said no.&lt;/p&gt;</content></entry></feed>`

func TestFeed(t *testing.T) {
	reps, says := each("in/post.rss", rss)
	if len(reps) != 2 || len(says) != 1 || !strings.Contains(says[0], "in/post.rss#2: there is no text in this item") {
		t.Fatalf("%+v %v", reps, says)
	}
	a, b := reps[0], reps[1]
	if a.Text != "“We saw nothing,” Ana Roe said.\n\nNobody asked." || a.Title != "Ferry & bridge" || a.Publisher != "Lissa Post" || a.URL != "https://post.example/1" ||
		a.Published.Text != "2025-11-24T09:30+01:00" || a.ID != "post-1" || a.Path != "in/post.rss#1" || a.Lang != "en-gb" || len(a.SHA256) != 64 {
		t.Errorf("%+v", a)
	}
	if b.Text != "Hale said no." || b.URL != "" || b.ID != "post-3" || b.Author != "Tom Hale" {
		t.Errorf("%+v", b)
	}
	reps, says = each("-", atom)
	if len(reps) != 1 || len(says) > 0 || reps[0].Text != "Roe said no." || reps[0].Title != "One report" || reps[0].Author != "Ana Roe" || reps[0].Published.IsZero() {
		t.Errorf("%+v %v", reps, says)
	}
	if rep, err := Parse("a.atom", []byte(atom)); err != nil || rep.Text != "Roe said no." {
		t.Errorf("the one report of a file: %+v, %v", rep, err)
	}
	if _, err := Parse("a.rss", []byte(rss)); err == nil {
		t.Error("a file with several reports was taken for one")
	}
}

// Entities that would multiply are not expanded, and nothing is fetched.
func TestFeedRefused(t *testing.T) {
	laughs := `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss version="2.0"><channel><title>x</title><item><title>&b;&x;</title><description>&b; &x; Roe said no.</description></item></channel></rss>`
	reps, _ := each("a.rss", laughs)
	for _, r := range reps {
		if strings.Contains(r.Text+r.Title, "haha") || strings.Contains(r.Text+r.Title, "root:") {
			t.Errorf("an entity was expanded: %q", r.Text)
		}
	}
	for name, data := range map[string]string{
		"another XML":   `<?xml version="1.0"?><svg><text>Roe said no.</text></svg>`,
		"no item":       `<rss version="2.0"><channel><title>x</title></channel></rss>`,
		"deep":          "<rss><channel><item>" + strings.Repeat("<a>", 200_000),
		"text":          "Roe said no.",
		"nothing":       "",
		"an empty feed": "<feed/>",
	} {
		if reps, says := each("a.xml", data); len(reps) > 0 || len(says) != 1 {
			t.Errorf("%s: %+v %v", name, reps, says)
		}
	}
}

func FuzzFeed(f *testing.F) {
	fuzz(f, "a.xml", rss, atom, "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><item><title>a</title></item></rdf:RDF>", "<rss><channel><item><description>a", "<feed><entry><content type=\"xhtml\"><div>a</div></content></entry></feed>")
}
