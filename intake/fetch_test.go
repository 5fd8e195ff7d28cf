package intake

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/demarche/demarche"
)

// quick is a configuration for servers of the test.
func quick() FetchConfig {
	return FetchConfig{AllowPrivate: true, Gap: time.Millisecond, HeaderTimeout: 300 * time.Millisecond, Timeout: time.Second, MaxBytes: 1 << 20}
}

// badServer answers in every way in which servers do wrong. The path says how.
type badServer struct {
	*httptest.Server
	sent   atomic.Int64 // bytes of bodies written
	asked  sync.Map     // path -> *atomic.Int64
	robots string
}

func (s *badServer) count(path string) int64 {
	n, _ := s.asked.LoadOrStore(path, new(atomic.Int64))
	return n.(*atomic.Int64).Load()
}

func packed(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(data)
	_ = z.Close()
	return b.Bytes()
}

func newBadServer(t *testing.T) *badServer {
	s := &badServer{}
	bomb := packed(make([]byte, 16<<20))
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := s.asked.LoadOrStore(r.URL.Path, new(atomic.Int64))
		times := n.(*atomic.Int64).Add(1)
		h := w.Header()
		write := func(p []byte) bool {
			k, err := w.Write(p)
			s.sent.Add(int64(k))
			if f, ok := w.(http.Flusher); ok {
				f.Flush()
			}
			return err == nil && r.Context().Err() == nil
		}
		switch p := r.URL.Path; {
		case p == "/robots.txt":
			if s.robots == "" {
				http.NotFound(w, r)
				return
			}
			_, _ = io.WriteString(w, s.robots)
		case p == "/silent":
			<-r.Context().Done()
		case p == "/drip":
			for write([]byte("x")) {
				time.Sleep(20 * time.Millisecond)
			}
		case p == "/cut":
			h.Set("Content-Length", "1000")
			write([]byte("<p>half"))
			panic(http.ErrAbortHandler)
		case p == "/cut-chunks":
			write([]byte("<p>half"))
			panic(http.ErrAbortHandler)
		case p == "/hang-up":
			panic(http.ErrAbortHandler)
		case p == "/garbage":
			c, _, _ := w.(http.Hijacker).Hijack()
			_, _ = c.Write([]byte("SSH-2.0-x\r\n"))
			_ = c.Close()
		case p == "/long-header":
			h.Set("X-Long", strings.Repeat("x", 2*maxAnswerHeader))
		case p == "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case strings.HasPrefix(p, "/hops/"):
			var n int
			_, _ = fmt.Sscanf(p, "/hops/%d", &n)
			if n > 0 {
				http.Redirect(w, r, fmt.Sprintf("/hops/%d", n-1), http.StatusMovedPermanently)
				return
			}
			_, _ = io.WriteString(w, "there")
		case p == "/to":
			h.Set("Location", r.URL.Query().Get("at"))
			w.WriteHeader(http.StatusTemporaryRedirect)
		case p == "/ten-gigabytes":
			h.Set("Content-Length", "10737418240")
			for block := make([]byte, 1<<16); write(block); {
			}
		case p == "/endless":
			for block := bytes.Repeat([]byte("word "), 1<<13); write(block); {
			}
		case p == "/bomb":
			h.Set("Content-Encoding", "gzip")
			write(bomb)
		case p == "/not-packed":
			h.Set("Content-Encoding", "gzip")
			write([]byte("this is not packed"))
		case p == "/half-packed":
			h.Set("Content-Encoding", "gzip")
			z := packed(bytes.Repeat([]byte("some words of a page "), 100))
			write(z[:len(z)/2])
		case p == "/brotli":
			h.Set("Content-Encoding", "br")
			write([]byte("x"))
		case p == "/packed":
			h.Set("Content-Encoding", "gzip")
			h.Set("Content-Type", "text/html; charset=UTF-8")
			write(packed([]byte("<p>unpacked")))
		case p == "/empty":
		case p == "/busy":
			h.Set("Retry-After", "120")
			w.WriteHeader(http.StatusTooManyRequests)
		case p == "/down":
			h.Set("Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusServiceUnavailable)
		case strings.HasPrefix(p, "/status/"):
			var n int
			_, _ = fmt.Sscanf(p, "/status/%d", &n)
			w.WriteHeader(n)
		case p == "/known":
			h.Set("ETag", `"v1"`)
			h.Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
			if r.Header.Get("If-None-Match") == `"v1"` && r.Header.Get("If-Modified-Since") == "Mon, 02 Jan 2006 15:04:05 GMT" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			_, _ = fmt.Fprintf(w, "version 1, asked %d times by %s", times, r.UserAgent())
		default:
			_, _ = io.WriteString(w, "a page")
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func TestFetchWithstands(t *testing.T) {
	s := newBadServer(t)
	for _, test := range []struct {
		path, want string
		lasting    bool
		after      time.Duration
	}{
		{"/silent", "takes too long to answer", false, 0},
		{"/drip", "takes too long to answer", false, 0},
		{"/cut", "ends before its end", false, 0},
		{"/cut-chunks", "ends before its end", false, 0},
		{"/hang-up", "cannot be reached", false, 0},
		{"/garbage", "cannot be reached", false, 0},
		{"/long-header", "cannot be reached", false, 0},
		{"/loop", "redirects more than 5 times", true, 0},
		{"/hops/6", "redirects more than 5 times", true, 0},
		{"/to?at=file:///etc/passwd", "not an address of the web", true, 0},
		{"/to?at=ftp://example.org/x", "only addresses that begin with http:// or https://", true, 0},
		{"/to?at=http://a:b@example.org/", "with a name or password", true, 0},
		{"/to?at=http://169.254.169.254/latest/", "leads to 169.254.169.254", true, 0},
		{"/to?at=", "redirects to nowhere", true, 0},
		{"/ten-gigabytes", "more than 1 megabyte", true, 0},
		{"/endless", "more than 1 megabyte", true, 0},
		{"/bomb", "unpacks to far more", true, 0},
		{"/not-packed", "cannot be unpacked", false, 0},
		{"/half-packed", "cannot be unpacked", false, 0},
		{"/brotli", "cannot be unpacked", false, 0},
		{"/empty", "empty page", false, 0},
		{"/busy", "asks for fewer requests", false, 2 * time.Minute},
		{"/down", "not available for now", false, time.Hour},
		{"/status/500", "has a fault", false, 0},
		{"/status/404", "no page at this address", true, 0},
		{"/status/410", "no page at this address", true, 0},
		{"/status/403", "does not give this page to programs", true, 0},
		{"/status/304", "does not give the page (status 304)", true, 0},
		{"/status/206", "does not give the page (status 206)", true, 0},
		{"/status/451", "does not give this page to programs", true, 0},
	} {
		s.sent.Store(0)
		f := NewFetcher(quick())
		start := time.Now()
		_, err := f.Fetch(t.Context(), s.URL+test.path, Validators{})
		e, ok := errors.AsType[*demarche.Error](err)
		if !ok || !strings.Contains(e.Msg, test.want) || e.Kind != demarche.Unavailable && e.Kind != demarche.BadInput {
			t.Errorf("%s: %v", test.path, err)
			continue
		}
		var r *refusal
		if !errors.As(err, &r) || r.lasting != test.lasting || (r.after-test.after).Abs() > 3*time.Second {
			t.Errorf("%s: %+v", test.path, r)
		}
		if d := time.Since(start); d > 4*time.Second {
			t.Errorf("%s took %v", test.path, d)
		}
		if n := s.sent.Load(); n > 32<<20 { // what the buffers of the connection take in
			t.Errorf("%s sent %d bytes", test.path, n)
		}
		if test.after > 0 { // the whole host is left in peace
			if _, err := f.Fetch(t.Context(), s.URL+"/ok", Validators{}); err == nil || !strings.Contains(err.Error(), "pause that is not over") || s.count("/ok") > 0 {
				t.Errorf("after %s: %v", test.path, err)
			}
			if len(f.Pauses()) != 1 {
				t.Error(f.Pauses())
			}
		}
	}
}

func TestFetch(t *testing.T) {
	s := newBadServer(t)
	cfg := quick()
	cfg.Agent = "demarche/test (+https://example.org)"
	f := NewFetcher(cfg)
	got, err := f.Fetch(t.Context(), s.URL+"/known#top", Validators{})
	if err != nil || string(got.Body) != "version 1, asked 1 times by demarche/test (+https://example.org)" || got.Final != s.URL+"/known" || got.Media != "text/plain" {
		t.Fatalf("%v\n%+v", err, got)
	}
	if got, err = f.Fetch(t.Context(), s.URL+"/known", got.Validators); err != nil || !got.Unchanged || got.Validators.ETag != `"v1"` {
		t.Errorf("%v\n%+v", err, got)
	}
	// Validators of another address are not sent.
	if got, err := f.Fetch(t.Context(), s.URL+"/known", Validators{URL: s.URL + "/other", ETag: `"v1"`}); err != nil || got.Unchanged {
		t.Errorf("%v\n%+v", err, got)
	}
	if got, err := f.Fetch(t.Context(), s.URL+"/hops/5", Validators{}); err != nil || string(got.Body) != "there" || len(got.Exchanges) != 6 || got.Final != s.URL+"/hops/0" {
		t.Errorf("%v\n%+v", err, got)
	}
	got, err = f.Fetch(t.Context(), s.URL+"/packed", Validators{})
	if err != nil || string(got.Body) != "<p>unpacked" || got.Media != "text/html" || got.Charset != "utf-8" {
		t.Fatalf("%v\n%+v", err, got)
	}
	x := got.Exchanges[0]
	if !strings.HasPrefix(string(x.Request), "GET /packed HTTP/1.1\r\n") || !strings.HasPrefix(string(x.Answer), "HTTP/1.1 200 OK\r\n") || !bytes.Contains(x.Answer, packed([]byte("<p>unpacked"))) || x.Address != "127.0.0.1" {
		t.Errorf("%q", x)
	}
	for _, bad := range []string{"", "news", "/news", "http:", "http://", "mailto:a@b", "file:///etc/passwd", "gopher://x/", "http://u:p@x/", "http:x", "http://[::1"} {
		if _, err := f.Fetch(t.Context(), bad, Validators{}); demarche.KindOf(err) != demarche.BadInput {
			t.Errorf("%q: %v", bad, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := f.Fetch(ctx, s.URL+"/silent", Validators{}); !errors.Is(err, context.DeadlineExceeded) || ctx.Err() == nil {
		t.Error(err)
	}
}

// TestFetchIsPolite holds that a host is asked once at a time, and no sooner
// than the gap, by any number of goroutines.
func TestFetchIsPolite(t *testing.T) {
	var mu sync.Mutex
	inside, most := 0, 0
	var began []time.Time
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		inside++
		most = max(most, inside)
		began = append(began, time.Now())
		mu.Unlock()
		time.Sleep(5 * time.Millisecond)
		mu.Lock()
		inside--
		mu.Unlock()
		if r.URL.Path == "/robots.txt" {
			_, _ = io.WriteString(w, "User-agent: demarche\nCrawl-delay: 0.05\n")
			return
		}
		_, _ = io.WriteString(w, "a page")
	}))
	defer s.Close()
	f := NewFetcher(quick())
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			if _, err := f.Fetch(t.Context(), fmt.Sprintf("%s/%d", s.URL, i), Validators{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if most != 1 || len(began) != 7 {
		t.Errorf("%d at once, %d in all; robots.txt should be asked for once", most, len(began))
	}
	for i := 2; i < len(began); i++ {
		if d := began[i].Sub(began[i-1]); d < 50*time.Millisecond {
			t.Errorf("request %d after %v", i, d)
		}
	}
}

func TestFetchHeedsRobots(t *testing.T) {
	s := newBadServer(t)
	s.robots = "User-agent: *\nDisallow: /\n\nUser-agent: demarche\nDisallow: /private\n"
	f := NewFetcher(quick())
	for path, ok := range map[string]bool{"/a": true, "/private/x": false, "/to?at=/private/y": false, "/to?at=/b": true} {
		_, err := f.Fetch(t.Context(), s.URL+path, Validators{})
		if (err == nil) != ok || !ok && !strings.Contains(err.Error(), "robots.txt does not allow") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if s.count("/private/x") != 0 || s.count("/private/y") != 0 || s.count("/robots.txt") != 1 {
		t.Error("what is not allowed was asked for, or the rules more than once")
	}
	// A site whose rules cannot be had is not asked; one without rules is.
	for status, ok := range map[int]bool{404: true, 403: true, 410: true, 429: false, 500: false, 503: false} {
		var pages atomic.Int64
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				w.WriteHeader(status)
				return
			}
			pages.Add(1)
			_, _ = io.WriteString(w, "a page")
		}))
		_, err := NewFetcher(quick()).Fetch(t.Context(), s.URL+"/x", Validators{})
		s.Close()
		if (err == nil) != ok || (pages.Load() == 1) != ok {
			t.Errorf("status %d of robots.txt: %v, %d pages", status, err, pages.Load())
		}
	}
}

// TestFetchStaysOutside plays public servers that redirect to private ones, by
// address, by name, and by a name that changes its address.
func TestFetchStaysOutside(t *testing.T) {
	var inner atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, _ := net.SplitHostPort(r.Host)
		switch {
		case name != "" && name != "public.example" && r.Host != "public.example" && r.Host != "turning.example":
			inner.Add(1)
		case r.URL.Path == "/robots.txt":
			http.NotFound(w, r)
		case r.URL.Path == "/go":
			http.Redirect(w, r, r.URL.Query().Get("at"), http.StatusFound)
		default:
			_, _ = io.WriteString(w, "outside")
		}
	}))
	defer s.Close()
	there := s.Listener.Addr().String()
	var turned atomic.Int64
	cfg := quick()
	cfg.AllowPrivate = false
	f := NewFetcher(cfg)
	f.guard.lookup = func(_ context.Context, name string) ([]netip.Addr, error) {
		switch name {
		case "public.example":
			return []netip.Addr{netip.MustParseAddr("93.184.216.34")}, nil
		case "turning.example": // public for robots.txt, private for the page
			if turned.Add(1) == 1 {
				return []netip.Addr{netip.MustParseAddr("93.184.216.34")}, nil
			}
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	f.guard.connect = func(ctx context.Context, network, address string) (net.Conn, error) {
		if host, _, _ := net.SplitHostPort(address); host != "93.184.216.34" {
			t.Errorf("connected to %s", address)
		}
		return (&net.Dialer{}).DialContext(ctx, network, there)
	}
	if got, err := f.Fetch(t.Context(), "http://public.example/", Validators{}); err != nil || string(got.Body) != "outside" {
		t.Fatal(err)
	}
	for _, at := range []string{"http://127.0.0.1/", "http://" + there + "/", "http://inner.example/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://10.0.0.1:8080/", "http://0x7f.1/", "http://localhost/"} {
		if _, err := f.Fetch(t.Context(), "http://public.example/go?at="+at, Validators{}); err == nil || !strings.Contains(err.Error(), "on this machine or in its network") {
			t.Errorf("%s: %v", at, err)
		}
		if _, err := f.Fetch(t.Context(), at, Validators{}); err == nil || !strings.Contains(err.Error(), "--allow-private") {
			t.Errorf("%s: %v", at, err)
		}
	}
	if _, err := f.Fetch(t.Context(), "http://turning.example/x", Validators{}); err == nil || turned.Load() != 2 {
		t.Errorf("%v after %d lookups", err, turned.Load())
	}
	if inner.Load() > 0 {
		t.Error("an inner server was asked")
	}
}

func TestFetchTLS(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "secret of "+r.Proto) }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	f := NewFetcher(quick())
	if _, err := f.Fetch(t.Context(), s.URL, Validators{}); err == nil || !strings.Contains(err.Error(), "certificate is not valid") {
		t.Error(err)
	}
	f = NewFetcher(quick())
	f.roots = s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	got, err := f.Fetch(t.Context(), s.URL, Validators{})
	if err != nil || string(got.Body) != "secret of HTTP/1.1" || !bytes.Contains(got.Exchanges[0].Answer, []byte("secret of")) {
		t.Errorf("%v %+v", err, got)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for s, want := range map[string]time.Duration{
		"120": 2 * time.Minute, " 0 ": 0, "-5": 0, "": 0, "soon": 0, "1e9": 0, "18446744073709551615": maxRetryAfter, "99999999999999999999999": 0,
		"Sun, 01 Mar 2026 13:00:00 GMT": time.Hour, "Sunday, 01-Mar-26 12:00:30 GMT": 30 * time.Second, "Sun, 01 Mar 2026 11:00:00 GMT": 0, "Sun, 01 Mar 2099 11:00:00 GMT": maxRetryAfter,
	} {
		if got := retryAfter(s, now); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}

func TestPauseAfter(t *testing.T) {
	lasting := fail(demarche.Unavailable, "x", "m", "", refusal{lasting: true})
	told := fail(demarche.Unavailable, "x", "m", "", refusal{after: 3 * 24 * time.Hour})
	different := map[time.Duration]bool{}
	for n := 1; n < 100; n++ {
		base := min(firstPause<<min(n-1, 20), longestPause)
		for seed := range uint64(5) {
			d := pauseAfter(seed, "https://a.example/", n, errors.New("x"))
			if d < base*3/4 || d > base*5/4 || d != pauseAfter(seed, "https://a.example/", n, errors.New("x")) {
				t.Errorf("seed %d: %v after %d failures", seed, d, n)
			}
			different[d] = true
		}
		if d := pauseAfter(1, "a", n, lasting); d < lastingPause*3/4 || d > longestPause*5/4 {
			t.Errorf("%v after %d lasting failures", d, n)
		}
		if d := pauseAfter(1, "a", n, told); d < 3*24*time.Hour {
			t.Errorf("%v though the server asked for three days", d)
		}
	}
	if len(different) < 400 {
		t.Errorf("only %d different pauses", len(different))
	}
}
