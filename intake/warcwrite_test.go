package intake

import (
	"bytes"
	"compress/gzip"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestWARCWriter writes what a server sent and reads it back.
func TestWARCWriter(t *testing.T) {
	s := newWeb(t)
	s.put("/page", "text/html; charset=utf-8", "<html><head><title>The bridge</title></head><body><p>Roe said no, and left.</p></body></html>")
	s.put("/plain", "text/plain", "Roe said yes.")
	w := newWatching(t, WatchFile(filepath.Join(t.TempDir(), "w.json")), nil, Source{Kind: PageSource, Address: s.URL + "/page"}, Source{Kind: PageSource, Address: s.URL + "/plain"})
	w.once(t, Round{Sources: 2, Asked: 2, New: 2})
	var b bytes.Buffer
	out := NewWARCWriter(&b, "demarche\r\n test")
	var ends []int
	for _, f := range w.fetched {
		for _, x := range f.Exchanges {
			if err := out.Write(x); err != nil {
				t.Fatal(err)
			}
			ends = append(ends, b.Len())
		}
	}
	read := func(data []byte) (texts []string) {
		for rep, err := range EachFrom(bytes.NewReader(data), "x.warc.gz") {
			if err != nil {
				t.Fatal(err)
			}
			if rep.URL == "" || rep.Retrieved.Text != "2026-03-01T12:00Z" {
				t.Errorf("%+v", rep)
			}
			texts = append(texts, rep.Text)
		}
		return texts
	}
	if got := read(b.Bytes()); len(got) != 2 || got[0] != "Roe said no, and left." || got[1] != "Roe said yes." {
		t.Errorf("%q", got)
	}
	if got := read(b.Bytes()[:ends[0]]); len(got) != 1 {
		t.Errorf("an archive cut short: %q", got)
	}
	z, err := gzip.NewReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	text := string(plain)
	ids := regexp.MustCompile(`WARC-Record-ID: (<urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}>)\r\n`).FindAllStringSubmatch(text, -1)
	different := map[string]bool{}
	for _, id := range ids {
		different[id[1]] = true
	}
	if len(different) != 5 || strings.Count(text, "WARC/1.1\r\nWARC-Type: ") != 5 || !strings.Contains(text, "software: demarche test\r\n") || strings.Count(text, "WARC-Concurrent-To: ") != 2 {
		t.Errorf("%v\n%s", ids, text)
	}
	// Every record is packed by itself: each begins where gzip begins.
	members := 0
	for r := bytes.NewReader(b.Bytes()); r.Len() > 0; members++ {
		if err := z.Reset(r); err != nil {
			t.Fatal(err)
		}
		z.Multistream(false)
		one, err := io.ReadAll(z)
		if err != nil || !bytes.HasPrefix(one, []byte("WARC/1.1\r\n")) || !bytes.HasSuffix(one, []byte("\r\n\r\n")) {
			t.Errorf("%v %q", err, one)
		}
	}
	if members != 5 {
		t.Errorf("%d members", members)
	}
}
