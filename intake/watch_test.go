package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/demarche/demarche"
	"golang.org/x/text/encoding/charmap"
)

// web is a server of pages that the test writes.
type web struct {
	*httptest.Server
	mu    sync.Mutex
	pages map[string]webPage
	asked map[string]int
	known map[string]int // requests answered with 304
}

type webPage struct {
	status      int
	media, body string
	header      string // Name: value
}

func newWeb(t *testing.T) *web {
	s := &web{pages: map[string]webPage{}, asked: map[string]int{}, known: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked[r.URL.Path]++
		p, ok := s.pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if name, value, ok := strings.Cut(p.header, ": "); ok {
			w.Header().Set(name, value)
		}
		tag := fmt.Sprintf("%q", hashOf(demarche.Report{Text: p.body}))
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			s.known[r.URL.Path]++
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", p.media)
		if p.status != 0 {
			w.WriteHeader(p.status)
		}
		_, _ = io.WriteString(w, p.body)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *web) put(path, media, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = webPage{media: media, body: body}
}

func (s *web) set(path string, p webPage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = p
}

// rssOf is a feed with items, newest first; each is title|text, and its id is the title.
func rssOf(items ...string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Lisbon Post</title>`)
	for _, it := range items {
		title, text, _ := strings.Cut(it, "|")
		fmt.Fprintf(&b, "<item><title>%s</title><guid>%s</guid><pubDate>Tue, 02 Dec 2025 23:30:00 -0300</pubDate><description>%s</description></item>", title, title, text)
	}
	b.WriteString("</channel></rss>")
	return b.String()
}

const longText = "The minister of foreign affairs said on Tuesday that the crossing would open again within a week, and that talks with the neighbour had been held in good faith by both of the delegations throughout"

// watching is a watcher with what it gave.
type watching struct {
	*Watcher
	found    []Found
	problems []string
	fetched  []*Fetched
	clock    time.Time
}

func newWatching(t *testing.T, store WatchStore, change func(*WatchConfig), sources ...Source) *watching {
	w := &watching{clock: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	cfg := WatchConfig{
		Sources: sources, Store: store, Fetch: quick(), Seed: 3,
		Each:    func(f Found) error { w.found = append(w.found, f); return nil },
		Problem: func(err error) { w.problems = append(w.problems, err.Error()) },
		Fetched: func(f *Fetched) error { w.fetched = append(w.fetched, f); return nil },
	}
	cfg.Fetch.Now = func() time.Time { return w.clock }
	if change != nil {
		change(&cfg)
	}
	var err error
	if w.Watcher, err = NewWatcher(cfg); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *watching) once(t *testing.T, want Round) {
	t.Helper()
	got, err := w.Once(t.Context())
	if err != nil || got != want {
		t.Errorf("%v\n%+v, want\n%+v\n%v", err, got, want, w.problems)
	}
}

func (w *watching) titles() (out []string) {
	for _, f := range w.found {
		out = append(out, f.Report.Title)
	}
	return out
}

func TestWatchAFeed(t *testing.T) {
	s := newWeb(t)
	s.put("/rss", "application/rss+xml", rssOf("Two|Roe agreed.", "One|Roe refused."))
	store := WatchFile(filepath.Join(t.TempDir(), "watch.json"))
	feed := Source{Kind: FeedSource, Address: s.URL + "/rss"}
	w := newWatching(t, store, nil, feed, feed)
	w.once(t, Round{Sources: 1, Asked: 1, New: 2})
	if !slices.Equal(w.titles(), []string{"One", "Two"}) {
		t.Fatalf("not in the order in which they came: %v", w.titles())
	}
	rep := w.found[0].Report
	if rep.Text != "Roe refused." || rep.Publisher != "Lisbon Post" || rep.Published.Text != "2025-12-02T23:30-03:00" || rep.Retrieved.Text != "2026-03-01T12:00Z" ||
		!strings.HasPrefix(rep.ID, "2025-12-02-one-") || len(rep.ID) != len("2025-12-02-one-12345678") {
		t.Errorf("%+v", rep)
	}
	if !bytes.Contains(w.found[0].Page.Exchanges[0].Answer, []byte("Roe refused.")) {
		t.Error("the original bytes are not there")
	}
	w.once(t, Round{Sources: 1, Asked: 1, Unchanged: 1})
	if s.known["/rss"] != 1 {
		t.Error("the server could not tell that nothing changed")
	}
	// Another program run, with the file alone: the new item only.
	s.put("/rss", "application/rss+xml", rssOf("Three|Roe left.", "Two|Roe agreed.", "One|Roe refused."))
	w = newWatching(t, store, nil, feed)
	w.once(t, Round{Sources: 1, Asked: 1, New: 1})
	if !slices.Equal(w.titles(), []string{"Three"}) {
		t.Error(w.titles())
	}
	// An item that is written anew is new.
	s.put("/rss", "application/rss+xml", rssOf("Three|Roe came back, and said so to the press on Friday."))
	w.once(t, Round{Sources: 1, Asked: 1, New: 1})
}

// TestWatchForgets holds that the record of a feed stays small, and keeps what
// the feed still has.
func TestWatchForgets(t *testing.T) {
	s := newWeb(t)
	w := newWatching(t, WatchFile(filepath.Join(t.TempDir(), "w.json")), nil, Source{Kind: FeedSource, Address: s.URL + "/rss"})
	const a = rememberedItems/2 + 200
	for round := range 3 {
		items := []string{"stays|What stays in the feed."}
		for i := range a {
			items = append(items, fmt.Sprintf("r%d i%d|x", round, i))
		}
		s.put("/rss", "text/xml", rssOf(items...))
		r, err := w.Once(t.Context())
		if err != nil || r.New+r.Copies != len(items)-min(round, 1) {
			t.Fatalf("%v %+v", err, r)
		}
		seen := w.of(s.URL + "/rss").Seen
		if want := min(1+a*(round+1), 1+a+rememberedItems); len(seen) != want || seen[len(seen)-1].ID != "stays" {
			t.Errorf("round %d: %d items remembered, want %d", round, len(seen), want)
		}
	}
}

func TestWatchSkipsCopies(t *testing.T) {
	s := newWeb(t)
	s.put("/a", "text/xml", rssOf("Crossing|"+longText+" the talks."))
	s.put("/b", "text/xml", rssOf("Crossing to open|"+longText+" the week.", "Crossing|"+longText+" the talks."))
	there := &Copies{}
	there.Add("in-the-case", SketchOf(strings.Repeat("Words of a report that is there already and is not to be had again at all. ", 3)))
	s.put("/c", "text/xml", rssOf("Old|"+strings.Repeat("Words of a report that is there already and is not to be had again at all. ", 3)))
	sources := []Source{{Kind: FeedSource, Address: s.URL + "/a"}, {Kind: FeedSource, Address: s.URL + "/b"}, {Kind: FeedSource, Address: s.URL + "/c"}}
	w := newWatching(t, WatchFile(filepath.Join(t.TempDir(), "w.json")), func(c *WatchConfig) { c.Copies = there }, sources...)
	w.once(t, Round{Sources: 3, Asked: 3, New: 1, Copies: 3})
	if len(w.found) != 3 || w.found[0].CopyOf != "" || w.found[1].CopyOf != w.found[0].Report.ID || w.found[1].Overlap < NearCopy || w.found[2].CopyOf != "in-the-case" {
		t.Errorf("%+v", w.found)
	}
	// A word changed in an item that was given is not told.
	s.put("/a", "text/xml", rssOf("Crossing|"+longText+" those talks."))
	n := len(w.found)
	w.once(t, Round{Sources: 3, Asked: 3, Unchanged: 2, Copies: 1})
	if len(w.found) != n {
		t.Error(w.titles())
	}
}

func TestWatchListsPagesAndKinds(t *testing.T) {
	s := newWeb(t)
	s.put("/list.opml", "text/x-opml", fmt.Sprintf(`<opml><body><outline text="Sam" xmlUrl="%s/rss"/><outline text="again" type="include" url="%s/list.opml"/></body></opml>`, s.URL, s.URL))
	s.put("/rss", "application/octet-stream", rssOf("One|Roe refused."))
	s.put("/page", "text/html; charset=windows-1251", `<html><head><title>T</title></head><body><article><p>`+win1251("Министр сказал, что переговоры продолжатся.")+`</p></article></body></html>`)
	s.put("/plain", "text/plain; charset=iso-8859-1", "---\npublisher: The Queen\n---\nSeñor "[:30]+"\xf1 said no.")
	s.put("/picture", "image/png", "\x89PNG\r\n\x1a\n")
	s.put("/feed-that-is-a-page", "text/html", "<html><body><p>Please log in.</p></body></html>")
	page := func(p string) Source { return Source{Kind: PageSource, Address: s.URL + p} }
	w := newWatching(t, WatchFile(filepath.Join(t.TempDir(), "w.json")), nil,
		Source{Kind: ListSource, Address: s.URL + "/list.opml"}, page("/page"), page("/plain"), page("/picture"), Source{Kind: FeedSource, Address: s.URL + "/feed-that-is-a-page"}, page("/gone"))
	w.once(t, Round{Sources: 7, Asked: 7, Failed: 3, New: 3})
	byTitle := map[string]demarche.Report{}
	for _, f := range w.found {
		byTitle[f.Report.URL+f.Report.Title] = f.Report
	}
	if r := byTitle[s.URL+"/pageT"]; r.Text != "Министр сказал, что переговоры продолжатся." || r.Publisher != "127.0.0.1" {
		t.Errorf("%+v", r)
	}
	if r := byTitle[s.URL+"/plain"]; !strings.Contains(r.Text, "ñ said no.") || r.Publisher != "127.0.0.1" || r.Body != 0 {
		t.Errorf("%+v", r)
	}
	if r := byTitle["One"]; r.Publisher != "Lisbon Post" {
		t.Errorf("%+v", byTitle)
	}
	for i, want := range []string{"a picture (PNG)", "neither RSS nor Atom", "no page at this address"} {
		if len(w.problems) != 3 || !strings.Contains(w.problems[i], want) {
			t.Errorf("%q, want %q", w.problems, want)
		}
	}
	// Those that failed rest; the list, unchanged, still stands for its feeds.
	w.once(t, Round{Sources: 7, Asked: 4, Unchanged: 4, Waiting: 3})
	w.clock = w.clock.Add(8 * time.Hour)
	s.put("/gone", "text/plain", "Back again.")
	w.once(t, Round{Sources: 7, Asked: 7, Unchanged: 4, Failed: 2, New: 1})
	w.clock = w.clock.Add(8 * time.Hour)
	w.once(t, Round{Sources: 7, Asked: 7, Unchanged: 5, Failed: 2})
}

func win1251(s string) string {
	out, _ := charmap.Windows1251.NewEncoder().String(s)
	return out
}

func TestFeedEncodings(t *testing.T) {
	const says = "«Мы не уйдём», — сказал министр иностранных дел в понедельник утром в столице."
	item := func(declared, text string) string {
		d := ""
		if declared != "" {
			d = `<?xml version="1.0" encoding="` + declared + `"?>`
		}
		return d + "<rss version='2.0'><channel><title>P</title><item><title>T</title><description>" + text + "</description></item></channel></rss>"
	}
	for name, test := range map[string]struct{ data, charset string }{
		"as declared":                       {item("windows-1251", win1251(says)), ""},
		"declared, and the server is wrong": {item("windows-1251", win1251(says)), "utf-8"},
		"UTF-8, declared as another":        {item("windows-1251", says), "windows-1251"},
		"declared as UTF-8, and is not":     {item("UTF-8", win1251(says)), "windows-1251"},
		"not declared, the server tells":    {item("", win1251(says)), "windows-1251"},
		"nobody tells":                      {item("", win1251(strings.Repeat(says+" ", 3))), ""},
		"a mark, and space before":          {bom8 + item("utf-8", says), ""},
		"space before the declaration":      {"\n " + item("utf-8", says), ""},
	} {
		c, err := readSource(Source{Kind: FeedSource, Address: "https://p.example/rss"}, &Fetched{Body: []byte(test.data), Charset: test.charset})
		if err != nil || len(c.items) != 1 || c.items[0].err != nil || !strings.HasPrefix(c.items[0].rep.Text, says) {
			t.Errorf("%s: %v %+v", name, err, c.items)
		}
	}
}

// TestWatchHonoursPauses holds that a host that asks for a pause is left alone,
// also by the next run of the program.
func TestWatchHonoursPauses(t *testing.T) {
	s := newWeb(t)
	s.set("/busy", webPage{status: 429, header: "Retry-After: 7200"})
	s.put("/rss", "text/xml", rssOf("One|Roe refused."))
	store := WatchFile(filepath.Join(t.TempDir(), "w.json"))
	busy, feed := Source{Kind: FeedSource, Address: s.URL + "/busy"}, Source{Kind: FeedSource, Address: s.URL + "/rss"}
	w := newWatching(t, store, nil, busy)
	w.once(t, Round{Sources: 1, Asked: 1, Failed: 1})
	w = newWatching(t, store, nil, busy, feed)
	w.clock = w.clock.Add(time.Hour)
	w.once(t, Round{Sources: 2, Asked: 1, Failed: 1, Waiting: 1})
	if s.asked["/rss"] != 0 || s.asked["/busy"] != 1 {
		t.Error(s.asked)
	}
	s.put("/busy", "text/xml", rssOf("Two|Roe agreed."))
	w.clock = w.clock.Add(3 * time.Hour)
	w.once(t, Round{Sources: 2, Asked: 2, New: 2})
}

func TestWatchReadsPages(t *testing.T) {
	s := newWeb(t)
	link := func(title, text string) string {
		return fmt.Sprintf("<item><title>%s</title><link>%s/%s</link><description>%s</description></item>", title, s.URL, title, text)
	}
	s.put("/rss", "text/xml", "<rss version='2.0'><channel><title>Lisbon Post</title>"+link("a", "First words.")+link("b", "Words of b.")+link("c", "")+link("d", "Words of d.")+"</channel></rss>")
	s.put("/a", "text/html", "<html><head><title>Other</title></head><body><p>"+longText+"</p></body></html>")
	s.set("/b", webPage{status: 500})
	s.put("/c", "text/html", "<html><body><p>What c says in all its words.</p></body></html>")
	w := newWatching(t, WatchFile(filepath.Join(t.TempDir(), "w.json")), func(c *WatchConfig) { c.Pages = true }, Source{Kind: FeedSource, Address: s.URL + "/rss"})
	w.once(t, Round{Sources: 1, Asked: 1, New: 3}) // d is not there for good; b may come
	got := map[string]Found{}
	for _, f := range w.found {
		got[f.Report.Title] = f
	}
	if a := got["a"]; a.Report.Text != longText || a.Report.Publisher != "Lisbon Post" || a.Page.Final != s.URL+"/a" {
		t.Errorf("%+v", a)
	}
	if got["c"].Report.Text != "What c says in all its words." || got["d"].Report.Text != "Words of d." {
		t.Errorf("%+v", got)
	}
	w.once(t, Round{Sources: 1, Asked: 1}) // the second try of b
	w.once(t, Round{Sources: 1, Asked: 1, New: 1})
	if last := w.found[len(w.found)-1].Report; last.Text != "Words of b." || s.asked["/b"] != 3 || s.asked["/a"] != 1 {
		t.Errorf("%+v %v", last, s.asked)
	}
	w.once(t, Round{Sources: 1, Asked: 1, Unchanged: 1})
}

func TestWatchAFolder(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a.txt", "---\ntitle: A\n---\nRoe refused.")
	write("deep/b.xml", rssOf("Two|Roe agreed.", "One|Roe came."))
	write("README.md", "about")
	write(".hidden/c.txt", "Roe hid.")
	write("d.docx", "x")
	write("e.txt", "")
	store := WatchFile(filepath.Join(t.TempDir(), "w.json"))
	src := Source{Kind: FolderSource, Address: dir}
	w := newWatching(t, store, nil, src)
	w.once(t, Round{Sources: 1, Asked: 1, New: 3})
	if len(w.problems) != 1 || !strings.Contains(w.problems[0], "empty") {
		t.Error(w.problems)
	}
	w = newWatching(t, store, nil, src)
	w.once(t, Round{Sources: 1, Asked: 1})
	write("f.txt", "Roe left.")
	write("a.txt", "---\ntitle: A\n---\nRoe refused, and then he gave in after all.")
	w.once(t, Round{Sources: 1, Asked: 1, New: 2})
	w = newWatching(t, store, nil, Source{Kind: FolderSource, Address: filepath.Join(dir, "no-such")})
	w.once(t, Round{Sources: 1, Asked: 1, Failed: 1})
}

// TestWatchSurvivesStops stops the program after every report there is, and
// holds that all are given, and none is written twice.
func TestWatchSurvivesStops(t *testing.T) {
	s := newWeb(t)
	var items []string
	for i := range 5 {
		items = append(items, fmt.Sprintf("Title %d|%s", i, strings.Repeat(fmt.Sprintf("what number %d says in words of %d ", i*17, i), 12)))
	}
	s.put("/rss", "text/xml", rssOf(items...))
	s.put("/more", "text/xml", rssOf("Another|Words of its own, as there are few."))
	dir, stop := t.TempDir(), errors.New("power cut")
	store := WatchFile(filepath.Join(dir, "w.json"))
	written, again := 0, 0
	runs := 0
	for after := 0; ; after++ {
		runs++
		there := &Copies{}
		files, _ := filepath.Glob(filepath.Join(dir, "reports", "*.md"))
		for _, path := range files {
			rep, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			there.Add(rep.ID, SketchOf(rep.Text[rep.Body:]))
		}
		given := 0
		w := newWatching(t, store, func(c *WatchConfig) {
			c.Copies = there
			c.Each = func(f Found) error {
				_, fresh, err := Save(filepath.Join(dir, "reports"), f.Report)
				if f.There { // it was written before the stop
					again++
					if err != nil || fresh {
						t.Errorf("%s is said to be there: %v", f.Report.ID, err)
					}
					return nil
				}
				if err != nil || !fresh || f.CopyOf != "" {
					t.Errorf("%s: %v, a copy of %q", f.Report.ID, err, f.CopyOf)
				}
				written++
				if given++; given == 1 {
					return stop // it is written, but this is not known
				}
				return nil
			}
		}, Source{Kind: FeedSource, Address: s.URL + "/rss"}, Source{Kind: FeedSource, Address: s.URL + "/more"})
		if _, err := w.Once(t.Context()); err == nil {
			break
		} else if !errors.Is(err, stop) {
			t.Fatal(err)
		}
		if after > 20 {
			t.Fatal("it does not come to an end")
		}
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "reports", "*")); written != 6 || len(files) != 6 || runs != 7 || again != 6 {
		t.Errorf("%d written, %d files, %d runs, %d given again", written, len(files), runs, again)
	}
}

// TestTidy: what a kill left is removed after an hour, and nothing else.
func TestTidy(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	for name, age := range map[string]time.Duration{".demarche-1": 2 * time.Hour, ".demarche-2": time.Minute, "old.md": 9 * time.Hour, ".hidden": 9 * time.Hour} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	Tidy(dir, now)
	var left []string
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if err != nil || !slices.Equal(left, []string{".demarche-2", ".hidden", "old.md"}) {
		t.Errorf("%v: %v", err, left)
	}
}

func TestWatchStops(t *testing.T) {
	bad := newBadServer(t)
	ctx, cancel := context.WithCancel(t.Context())
	w := newWatching(t, WatchFile(filepath.Join(t.TempDir(), "w.json")), nil, Source{Kind: PageSource, Address: bad.URL + "/a"})
	rounds := 0
	err := w.Run(ctx, time.Millisecond, func(Round) {
		if rounds++; rounds == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || rounds != 3 || len(w.found) != 1 {
		t.Errorf("%v after %d rounds, %d reports", err, rounds, len(w.found))
	}
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	w = newWatching(t, WatchFile(filepath.Join(t.TempDir(), "w.json")), nil, Source{Kind: PageSource, Address: bad.URL + "/silent"})
	if _, err := w.Once(ctx); !errors.Is(err, context.DeadlineExceeded) || len(w.problems) > 0 {
		t.Errorf("%v %v", err, w.problems)
	}
	if _, err := NewWatcher(WatchConfig{Sources: []Source{{Kind: FeedSource, Address: "file:///x"}}}); demarche.KindOf(err) != demarche.BadInput {
		t.Error(err)
	}
}

func TestWatchFile(t *testing.T) {
	dir := t.TempDir()
	f := WatchFile(filepath.Join(dir, "w.json"))
	st, err := f.Load(t.Context())
	if err != nil || len(st.Sources) != 0 {
		t.Fatal(err)
	}
	st.Sources["https://a.example/"] = &SourceState{ETag: `"x"`, Failures: 2, Due: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Seen: []SeenItem{{ID: "1", Hash: "ab"}}, Listed: []Source{{FeedSource, "https://b.example/", "B"}}}
	st.Pauses["a.example"] = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := f.Save(t.Context(), st); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Load(t.Context()); err != nil || fmt.Sprint(got.Pauses, *got.Sources["https://a.example/"]) != fmt.Sprint(st.Pauses, *st.Sources["https://a.example/"]) {
		t.Errorf("%v %+v", err, got)
	}
	// What a stopped Save leaves behind does no harm, and a failed one leaves
	// the state before.
	before, _ := os.ReadFile(string(f))
	if err := os.WriteFile(filepath.Join(dir, ".demarche-123"), before[:20], 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Load(t.Context()); err != nil || len(got.Sources) != 1 {
		t.Error(err)
	}
	for _, test := range []struct{ data, want string }{
		{"", "damaged"}, {string(before[:len(before)/2]), "damaged"}, {"[]", "damaged"}, {`{"version":1,"more":2}`, "damaged"}, {`{"version":1}{}`, "follows its end"}, {`{"version":2}`, "version 2"}, {"null", "version 0"},
	} {
		if err := os.WriteFile(string(f), []byte(test.data), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Load(t.Context()); err == nil || !strings.Contains(err.Error(), test.want) || demarche.KindOf(err) != demarche.BadInput {
			t.Errorf("%q: %v", test.data, err)
		}
	}
	if err := WatchFile(filepath.Join(dir, "no", "w.json")).Save(t.Context(), st); demarche.KindOf(err) != demarche.BadInput {
		t.Error(err)
	}
}

func FuzzWatchState(f *testing.F) {
	f.Add([]byte(`{"version":1,"sources":{"https://a.example/":{"etag":"x","failures":3,"due":"2026-01-02T03:04:05Z","seen":[{"id":"1","hash":"ab"}]}},"pauses":{}}`))
	f.Add([]byte(`{"version":1,"sources":{"a":null}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		st, err := WatchFile("x").decode(data)
		if err != nil {
			if demarche.KindOf(err) != demarche.BadInput {
				t.Error(err)
			}
			return
		}
		for name, s := range st.Sources {
			if s == nil || s.Failures < 0 {
				t.Errorf("%q: %+v", name, s)
			}
			pauseAfter(1, name, s.Failures, nil)
		}
	})
}

// TestSaveAndMarkdown holds that a report that is saved is read as it was.
func TestSaveAndMarkdown(t *testing.T) {
	dir := t.TempDir()
	date, _ := demarche.ParseDate("2025-12-02T23:30-03:00")
	for i, rep := range []demarche.Report{
		{Title: "Plain", Text: "Roe said no.\n"},
		{Title: `"Quoted": it's #1 \ {x} — “y”`, Publisher: "- null", Author: "~", URL: "https://a.example/?a=1#b: c", Lang: "en", Published: date, Retrieved: date, Text: "---\nRoe.\n---\n"},
		{Title: "true", Publisher: "2025-01-01", Text: "---\ntitle: forged\n---\nRoe."},
		{Title: "A\u2028b\x1b[31m\u202ec\U000e0001", Text: "\xef\xbb\xbfRoe."},
		{Title: "Body", Text: "head\nRoe.", Body: 5},
		{Title: strings.Repeat("word ", 50), Text: "Roe with \x00 in it."},
	} {
		rep.ID = reportID(rep, "")
		path, fresh, err := Save(dir, rep)
		if err != nil || !fresh {
			t.Fatal(err)
		}
		got, err := Open(path)
		if err != nil {
			t.Fatalf("%d: %v\n%s", i, err, Markdown(rep))
		}
		text := strings.ReplaceAll(rep.Text[rep.Body:], "\x00", "\ufffd")
		if !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		if got.Title != oneLine(rep.Title) || got.Publisher != rep.Publisher || got.Author != rep.Author || got.URL != rep.URL || got.Lang != rep.Lang ||
			got.Published != rep.Published || got.Retrieved != rep.Retrieved || got.Text[got.Body:] != text || got.ID != rep.ID {
			t.Errorf("%d: %+v\n%s", i, got, Markdown(rep))
		}
		if filepath.Dir(path) != dir || strings.ContainsAny(rep.ID, "/\\ .") || len(rep.ID) > 80 {
			t.Errorf("a name for a file: %q", rep.ID)
		}
		before, _ := os.ReadFile(path)
		rep.Text += "x"
		if _, fresh, err := Save(dir, rep); fresh || err != nil {
			t.Error(err)
		}
		if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
			t.Error("a file was overwritten")
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".demarche-*")); len(left) > 0 {
		t.Error(left)
	}
}
