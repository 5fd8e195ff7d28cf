package intake

import (
	"slices"
	"strings"
	"testing"

	"github.com/demarche/demarche"
)

func TestParseOPML(t *testing.T) {
	list := `<?xml version="1.0" encoding="ISO-8859-1"?>
<opml version="2.0"><head><title>News &eacute;</title></head><body>
<outline text="Africa"><outline type="rss" text="One" title="The One" xmlUrl="https://one.example/rss?a=1&amp;b=2" htmlUrl="https://one.example/"/>
<outline text="Again" xmlUrl="https://one.example/rss?a=1&amp;b=2"/><outline text="` + "Pe\xf1a" + `" XMLURL="feed://two.example/atom"/></outline>
<outline type="link" text="A page" url="http://three.example/page"/><outline type="link" text="A list" url="http://three.example/more.opml"/>
<outline type="include" text="Further" url="https://four.example/all"/><outline text="nothing"/><outline text="Four" xmlUrl="feed:https://five.example/x#top"/>
</body></opml>`
	got, err := ParseOPML("list.opml", []byte(list))
	want := []Source{
		{FeedSource, "https://one.example/rss?a=1&b=2", "The One"}, {FeedSource, "http://two.example/atom", "Peña"},
		{PageSource, "http://three.example/page", "A page"}, {ListSource, "http://three.example/more.opml", "A list"},
		{ListSource, "https://four.example/all", "Further"}, {FeedSource, "https://five.example/x", "Four"},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\n%+v", err, got)
	}
	for _, test := range []struct{ data, want string }{
		{"", "there is no opml in it"},
		{"<rss></rss>", "does not begin with opml"},
		{"<opml>\n<body>\n<outline xmlUrl='file:///etc/passwd'/></body></opml>", "list.opml:3: \"file:///etc/passwd\" is not an address of the web"},
		{"<opml><body><outline xmlUrl='https://a:b@c.example/'/></body></opml>", "is not an address"},
		{"<opml><body><outline", "cannot be read from here on"},
		{"<opml>" + strings.Repeat("<outline>", 200), "nested deeper"},
		{"<opml>" + strings.Repeat("x", MaxBytes), "a report has at most"},
	} {
		if _, err := ParseOPML("list.opml", []byte(test.data)); err == nil || !strings.Contains(err.Error(), test.want) || demarche.KindOf(err) != demarche.BadInput {
			t.Errorf("%.60q: %v", test.data, err)
		}
	}
}

func FuzzOPML(f *testing.F) {
	f.Add([]byte(`<opml><body><outline text="a" xmlUrl="http://a.example/"/></body></opml>`))
	f.Add([]byte("<?xml version='1.0' encoding='utf-16'?><opml>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := ParseOPML("x", data)
		if err != nil {
			if demarche.KindOf(err) != demarche.BadInput {
				t.Error(err)
			}
			return
		}
		for _, s := range list {
			if u, err := webURL(s.Address); err != nil || u.String() != s.Address {
				t.Errorf("%+v: %v", s, err)
			}
		}
	})
}
