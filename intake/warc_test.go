package intake

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
)

func warcRecord(kind, media, address, body string) string {
	return fmt.Sprintf("WARC/1.0\r\nWARC-Type: %s\r\nContent-Type: %s\r\nWARC-Target-URI: %s\r\nWARC-Date: 2025-11-24T09:30:00Z\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", kind, media, address, len(body), body)
}

func zipped(parts ...string) string {
	var b bytes.Buffer
	for _, p := range parts {
		z := gzip.NewWriter(&b)
		z.Write([]byte(p))
		z.Close()
	}
	return b.String()
}

func archiveParts() []string {
	page := func(s string) string { return "<html><body><p>" + s + "</p></body></html>" }
	answer := func(head, body string) string { return "HTTP/1.1 " + head + "\r\n\r\n" + body }
	packed := zipped(page("Hale said yes."))
	return []string{
		warcRecord("warcinfo", "application/warc-fields", "", "software: none\r\n"),
		warcRecord("request", "application/http;msgtype=request", "https://a.example/1", "GET / HTTP/1.1\r\n\r\n"),
		warcRecord("response", "application/http;msgtype=response", "https://a.example/1", answer("200 OK\r\nContent-Type: text/html; charset=iso-8859-2", page("Pawe\xb3 said no."))),
		warcRecord("response", "application/http", "https://a.example/2", answer("404 Not Found\r\nContent-Type: text/html", page("Nothing here."))),
		warcRecord("response", "application/http", "https://a.example/3", answer("200 OK\r\nContent-Type: image/png", "\x89PNG")),
		warcRecord("response", "application/http", "https://a.example/4", answer(fmt.Sprintf("200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: %d", len(packed)), packed)),
		warcRecord("response", "application/http", "https://a.example/5", answer("200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked", "15\r\n<p>Roe asked why.</p>\r\n0\r\n\r\n")),
		warcRecord("response", "application/http", "https://a.example/5", answer("200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked", "<p>Joined before.</p>")),
		warcRecord("response", "application/http", "https://a.example/6", answer("200 OK\r\nContent-Type: text/html", "<script>x</script>")),
		warcRecord("conversion", "text/plain", "https://a.example/7", "A text taken out: Roe said no."),
	}
}

func TestArchive(t *testing.T) {
	parts := archiveParts()
	want := []string{"Paweł said no.", "Hale said yes.", "Roe asked why.", "Joined before.", "A text taken out: Roe said no."}
	for name, data := range map[string]string{"x/a.warc": strings.Join(parts, ""), "x/a.warc.gz": zipped(parts...)} {
		reps, says := each(name, data)
		if len(reps) != len(want) || len(says) != 1 || !strings.Contains(says[0], name+"#5: there is no text in the page") {
			t.Fatalf("%s: %+v %v", name, reps, says)
		}
		for i, r := range reps {
			if r.Text != want[i] || r.Retrieved.Text != "2025-11-24T09:30Z" || !strings.HasPrefix(r.URL, "https://a.example/") {
				t.Errorf("%s: %+v", name, r)
			}
		}
		if reps[0].ID != "a-1" || reps[0].Path != name+"#1" {
			t.Errorf("%+v", reps[0])
		}
	}
}

// What is broken keeps what came before it; what unpacks without end is not
// followed.
func TestArchiveRefused(t *testing.T) {
	parts := archiveParts()
	whole := strings.Join(parts, "")
	reps, says := each("a.warc", whole[:len(whole)-20])
	if len(reps) != 4 || len(says) != 2 || !strings.Contains(says[1], "damaged") {
		t.Errorf("cut short: %d reports, %v", len(reps), says)
	}
	packed := zipped(parts...)
	reps, says = each("a.warc.gz", packed[:len(packed)-30])
	if len(reps) != 4 || len(says) != 2 {
		t.Errorf("cut short and packed: %d reports, %v", len(reps), says)
	}
	bomb := zipped(warcRecord("metadata", "text/plain", "x", strings.Repeat("a", 100<<20)))
	if reps, says := each("a.warc.gz", bomb); len(reps) > 0 || len(says) != 1 || !strings.Contains(says[0], "unpacks to far more") {
		t.Errorf("a bomb: %d reports, %v", len(reps), says)
	}
	inner := zipped(strings.Repeat(" ", 90<<20))
	reps, says = each("a.warc", warcRecord("response", "application/http", "x", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"+inner))
	if len(reps) > 0 || len(says) != 1 {
		t.Errorf("a bomb in a page: %d reports, %v", len(reps), says)
	}
	for _, data := range []string{"", "Roe said no.", "WARC/1.0\r\nContent-Length: -5\r\n\r\n", "WARC/1.0\r\n" + strings.Repeat("x: y\r\n", 50_000), "\x1f\x8b\x08"} {
		if reps, says := each("a.warc", data); len(reps) > 0 || len(says) != 1 {
			t.Errorf("%.20q: %+v %v", data, reps, says)
		}
	}
}

func FuzzArchive(f *testing.F) {
	parts := archiveParts()
	fuzz(f, "a.warc", strings.Join(parts, ""), zipped(parts...), parts[2], parts[5])
}
