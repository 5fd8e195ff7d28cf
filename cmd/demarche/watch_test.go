package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/demarche/demarche/intake"
)

// newsServer gives two items of a feed, and a page.
func newsServer(t *testing.T) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/rss":
			_, _ = io.WriteString(w, `<rss version="2.0"><channel><title>Lisbon Post</title>
<item><title>Minister opens `+"\u202e"+`&#x9b;31m crossing</title><guid>1</guid><pubDate>Tue, 02 Dec 2025 10:00:00 +0000</pubDate><description>“We will open the crossing,” said Minister Ana Sol.</description></item>
<item><title>../../etc</title><guid>2</guid><description>“We will not,” said General Roe.</description></item></channel></rss>`)
		case "/page":
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<html><head><title>Talks</title></head><body><p>“We will talk,” said Minister Ana Sol.</p></body></html>")
		case "/silent":
			<-r.Context().Done()
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func newCase(t *testing.T) string {
	dir := filepath.Join(t.TempDir(), "case")
	must(t, "init", dir)
	return dir
}

func TestWatchOnce(t *testing.T) {
	s, dir := newsServer(t), newCase(t)
	opml := fmt.Sprintf(`<opml version="2.0"><body><outline text="Post" xmlUrl="%s/rss"/></body></opml>`, s.URL)
	if err := os.WriteFile(filepath.Join(dir, sourcesName), []byte(opml), 0o644); err != nil {
		t.Fatal(err)
	}
	in := t.TempDir()
	if err := os.WriteFile(filepath.Join(in, "note.txt"), []byte("“No comment,” said General Roe."), 0o644); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(t.TempDir(), "kept")
	args := []string{"watch", dir, "--once", "--allow-private", "--gap", "1ms", "--url", s.URL + "/page", "--folder", in, "--archive", kept}
	code, out, errs := do(t, "", args...)
	if code != 0 || strings.Count(out, "\n") != 4 || strings.ContainsAny(out, "\u202e\x1b") || !strings.Contains(out, "Minister opens ›31m crossing (Lisbon Post, 2025-12-02T10:00Z)") || !strings.Contains(errs, "asked 3 sources; 4 new reports") {
		t.Fatalf("%d\n%s\n%s", code, out, errs)
	}
	if !strings.Contains(out, "/note-") {
		t.Errorf("a report without a title is named after its file: %s", out)
	}
	var files []string
	for line := range strings.Lines(out) {
		path, _, _ := strings.Cut(line, ": ")
		if rel, err := filepath.Rel(filepath.Join(dir, "reports"), path); err != nil || strings.ContainsAny(rel, `/\`) {
			t.Errorf("saved outside the reports: %s", path)
		}
		rep, err := intake.Open(path)
		if err != nil || rep.Retrieved.IsZero() && rep.URL != "" {
			t.Errorf("%v %+v", err, rep)
		}
		files = append(files, path)
	}
	if printed := must(t, "read", files[1]); !strings.Contains(printed, "Ana Sol") {
		t.Error(printed)
	}
	archives, _ := filepath.Glob(filepath.Join(kept, "*.warc.gz"))
	if len(archives) != 1 {
		t.Fatal(archives)
	}
	n := 0
	for _, err := range intake.Each(archives[0]) { // the page; the feed was sent as text
		if err != nil {
			t.Error(err)
		}
		n++
	}
	if n == 0 {
		t.Error("the archive is empty")
	}
	must(t, "check", dir)
	// Nothing new the second time, also where the record was lost.
	for _, lose := range []bool{false, true} {
		if lose {
			if err := os.Remove(filepath.Join(dir, watchName)); err != nil {
				t.Fatal(err)
			}
		}
		if code, out, errs := do(t, "", args...); code != 0 || out != "" || !strings.Contains(errs, "0 new reports") {
			t.Errorf("%d\n%s\n%s", code, out, errs)
		}
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "reports")); len(left) < 4 {
		t.Error(left)
	}
}

func TestWatchRefuses(t *testing.T) {
	s, dir := newsServer(t), newCase(t)
	bad := filepath.Join(t.TempDir(), "bad.opml")
	if err := os.WriteFile(bad, []byte("<opml>\n<outline xmlUrl='file:///x'/></opml>"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		code int
		want string
		args []string
	}{
		{2, "there is nothing to watch", nil},
		{2, "once a minute at most", []string{"--every", "1s"}},
		{2, "once a second at most", []string{"--gap", "0s"}},
		{2, "lie in this folder or around it", []string{"--folder", filepath.Join(dir, "reports")}},
		{2, "lie in this folder or around it", []string{"--folder", dir}},
		{2, "this is a file", []string{"--folder", bad}},
		{4, "there is no folder", []string{"--folder", filepath.Join(dir, "no-such")}},
		{4, "there is no list of feeds", []string{"--feeds", "no-such.opml"}},
		{3, "bad.opml:2: \"file:///x\" is not an address of the web", []string{"--feeds", bad}},
		{3, "only addresses that begin with http", []string{"--url", "ftp://a.example/"}},
		{5, "/rss: the address leads to 127.0.0.1, on this machine or in its network, and is not asked", []string{"--url", s.URL + "/rss"}},
		{5, "no page at this address", []string{"--url", s.URL + "/gone", "--allow-private"}},
	} {
		code, out, errs := do(t, "", append([]string{"watch", dir, "--once"}, test.args...)...)
		if code != test.code || !strings.Contains(errs, test.want) || out != "" {
			t.Errorf("%v: %d\n%s\n%s", test.args, code, out, errs)
		}
		_ = os.Remove(filepath.Join(dir, watchName))
	}
	// What was refused for its address alone rests for no time.
	if code, _, _ := do(t, "", "watch", dir, "--once", "--url", s.URL+"/page"); code != 5 {
		t.Error(code)
	}
	if out := must(t, "watch", dir, "--once", "--url", s.URL+"/page", "--allow-private", "--gap", "1ms"); !strings.Contains(out, "Talks") {
		t.Error(out)
	}
	if code, _, errs := do(t, "", "watch", filepath.Join(dir, "no-such"), "--once"); code != 4 {
		t.Errorf("%d %s", code, errs)
	}
}

func TestWatchStopsCleanly(t *testing.T) {
	s, dir := newsServer(t), newCase(t)
	for _, test := range []struct {
		code int
		want string
		args []string
	}{
		{5, "stopped before all sources were asked", []string{"--once", "--url", s.URL + "/silent"}},
		{0, "stopped; what was saved stays", []string{"--url", s.URL + "/page"}},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		var out, errs bytes.Buffer
		code := run(ctx, append([]string{"watch", dir, "--allow-private", "--gap", "1ms"}, test.args...), strings.NewReader(""), &out, &errs)
		cancel()
		if code != test.code || !strings.Contains(errs.String(), test.want) {
			t.Errorf("%v: %d\n%s\n%s", test.args, code, out.String(), errs.String())
		}
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "reports", "talks-*.md")); len(files) != 1 {
		t.Error(files)
	}
}
