package intake

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/demarche/demarche"
)

const (
	// RobotName is the name under which robots.txt can address the program.
	RobotName = "demarche"

	// maxRedirects is how many redirections are followed, as RFC 9309 asks for
	// robots.txt.
	maxRedirects = 5
	// robotsHold is how long rules are used (RFC 9309, section 2.4), and
	// robotsRetry when they are asked for again if they could not be had.
	robotsHold, robotsRetry = 24 * time.Hour, time.Minute
	// maxAnswerHeader and maxOther bound the header of an answer, and the body
	// of one that is no page.
	maxAnswerHeader, maxOther = 256 << 10, 64 << 10
	// maxRetryAfter bounds how long a server can send us away.
	maxRetryAfter = 7 * 24 * time.Hour
)

// FetchConfig says how pages are fetched. Zero values stand for the defaults.
type FetchConfig struct {
	// Agent is the User-Agent, "demarche" if empty. It should begin with
	// RobotName and name an address at which more is told.
	Agent string
	// AllowPrivate lets addresses be asked that lie on this machine or in
	// networks of one house. Link-local addresses never are: cloud machines
	// keep their secrets there.
	AllowPrivate bool
	// Gap is the least time between two requests to one host; default 2 s. A
	// site's Crawl-delay lengthens it.
	Gap time.Duration
	// MaxBytes is the size of the largest answer, as sent and unpacked; default
	// and most MaxBytes of the package.
	MaxBytes int64
	// HeaderTimeout is how long an answer may take to begin, default 30 s;
	// Timeout how long to end, default 2 min.
	HeaderTimeout, Timeout time.Duration
	// Now gives the time; default time.Now.
	Now func() time.Time
}

// Fetcher fetches pages as a polite robot does: one request to a host at a time
// and a gap between them, as robots.txt allows, and no more where a server asks
// for a pause. It connects to addresses of the public web alone. Several
// goroutines can use it.
type Fetcher struct {
	cfg   FetchConfig
	guard guard
	roots *x509.CertPool // nil: those of the machine

	mu    sync.Mutex
	hosts map[string]*host
	sites map[string]*site
}

// host is what is known of a host.
type host struct {
	turn  chan struct{} // holds a token while nobody asks
	next  time.Time     // by the clock of the machine; for who has the token
	pause time.Time     // the host asked for no requests until then; under Fetcher.mu
}

// site is what is known of a scheme, host and port.
type site struct {
	turn  chan struct{} // holds a token while nobody reads or renews the rules
	rules robots
	until time.Time // when they are to be asked for again
	err   error     // why there are none, if nothing may be asked
}

// Validators tell a server which version of a page is known, so that it need not
// send it again (RFC 9110, section 13).
type Validators struct {
	// URL is where the version was had, behind all redirections.
	URL, ETag, LastModified string
}

// Fetched is an answer of a server.
type Fetched struct {
	// URL was asked for; Final is where the page was, behind all redirections.
	URL, Final string
	// Unchanged tells that the version known still holds; then there is no Body.
	Unchanged bool
	// Media and Charset are of the header Content-Type, in lower case; "" where
	// it does not tell.
	Media, Charset string
	// Validators are those of this version.
	Validators Validators
	// Body is the page, with its packing undone and nothing else.
	Body []byte
	// At is when it was had.
	At time.Time
	// Exchanges are all requests and answers on the way, robots.txt not
	// included, the page's own last.
	Exchanges []Exchange
}

// Exchange is a request and its answer, byte for byte as they went over the
// connection, inside any encryption.
type Exchange struct {
	URL     string
	Address string // of the host, an IP address without port
	At      time.Time
	Request []byte
	Answer  []byte
}

// refusal goes into the Err of errors of Fetch, where a next time is known.
type refusal struct {
	after   time.Duration // ask again after this; 0 if the server does not tell
	lasting bool          // will hardly be otherwise soon
	cause   error
}

func (r *refusal) Error() string {
	if r.cause != nil {
		return r.cause.Error()
	}
	return "refused"
}

func (r *refusal) Unwrap() error { return r.cause }

// NewFetcher makes a Fetcher.
func NewFetcher(cfg FetchConfig) *Fetcher {
	cfg.Agent = cmp.Or(cfg.Agent, RobotName)
	cfg.Gap = cmp.Or(cfg.Gap, 2*time.Second)
	if cfg.MaxBytes <= 0 || cfg.MaxBytes > MaxBytes {
		cfg.MaxBytes = MaxBytes
	}
	cfg.HeaderTimeout = cmp.Or(cfg.HeaderTimeout, 30*time.Second)
	cfg.Timeout = cmp.Or(cfg.Timeout, 2*time.Minute)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Fetcher{cfg: cfg, guard: newGuard(cfg.AllowPrivate), hosts: map[string]*host{}, sites: map[string]*site{}}
}

// fail is an error about an address.
func fail(kind demarche.Kind, address, msg, hint string, r refusal) error {
	return &demarche.Error{Kind: kind, Op: "intake.Fetch", Msg: msg, Hint: hint, Pos: demarche.Pos{File: address}, Err: &r}
}

// webURL is an address that can be fetched: of the web, without a password, and
// without a place on the page.
func webURL(address string) (*url.URL, error) {
	bad := func(msg, hint string) (*url.URL, error) {
		return nil, fail(demarche.BadInput, cut(address, 200), msg, hint, refusal{lasting: true})
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || u.Hostname() == "" || u.Opaque != "" {
		return bad("this is not an address of the web", "write it whole, as in https://example.org/news.rss")
	}
	if u.Scheme = strings.ToLower(u.Scheme); u.Scheme != "http" && u.Scheme != "https" {
		return bad("only addresses that begin with http:// or https:// are fetched", "")
	}
	if u.User != nil {
		return bad("addresses with a name or password in them are not fetched", "they would stand in reports and archives")
	}
	u.Fragment, u.RawFragment = "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// Fetch fetches a page. With the validators of a version that is known, a server
// can answer that it still holds. The errors are *demarche.Error: BadInput for
// an address that cannot be meant, and Unavailable for all that the network, the
// server and its rules can be the cause of.
func (f *Fetcher) Fetch(ctx context.Context, address string, known Validators) (*Fetched, error) {
	u, err := webURL(address)
	if err != nil {
		return nil, err
	}
	got := &Fetched{URL: address}
	for hop := 0; ; hop++ {
		if hop > maxRedirects {
			return nil, fail(demarche.Unavailable, address, fmt.Sprintf("the server redirects more than %d times", maxRedirects), "open the address in a browser and watch where it leads", refusal{lasting: true})
		}
		rules, err := f.rules(ctx, u)
		if err != nil {
			return nil, ofPage(err, u)
		}
		if !rules.allows(pathOf(u)) {
			return nil, fail(demarche.Unavailable, u.String(), "the site's robots.txt does not allow programs to fetch this address", "read it in a browser, and save what you need as a report", refusal{lasting: true})
		}
		head := http.Header{"Accept": {"application/rss+xml, application/atom+xml, application/xml;q=0.9, text/html;q=0.9, application/pdf;q=0.8, text/plain;q=0.8, */*;q=0.5"}}
		if known.URL == u.String() {
			if known.ETag != "" {
				head.Set("If-None-Match", known.ETag)
			}
			if known.LastModified != "" {
				head.Set("If-Modified-Since", known.LastModified)
			}
		}
		ans, err := f.ask(ctx, u, head, max(f.cfg.Gap, rules.delay), f.cfg.MaxBytes)
		if err != nil {
			return nil, err
		}
		got.Exchanges = append(got.Exchanges, ans.exchange)
		got.Final, got.At = u.String(), ans.exchange.At
		switch {
		case ans.status == http.StatusOK || ans.status == http.StatusNonAuthoritativeInfo:
			if len(bytes.TrimSpace(ans.body)) == 0 {
				return nil, fail(demarche.Unavailable, address, "the server sent an empty page", "", refusal{})
			}
			got.Body = ans.body
			if media, params, err := mime.ParseMediaType(ans.header.Get("Content-Type")); err == nil {
				got.Media, got.Charset = media, strings.ToLower(params["charset"])
			}
			got.Validators = Validators{URL: u.String(), ETag: oneField(ans.header.Get("ETag")), LastModified: oneField(ans.header.Get("Last-Modified"))}
			return got, nil
		case ans.status == http.StatusNotModified && known.URL == u.String() && (known.ETag != "" || known.LastModified != ""):
			got.Unchanged, got.Validators = true, known
			return got, nil
		case redirects(ans.status):
			if u, err = f.next(u, ans.header.Get("Location")); err != nil {
				return nil, err
			}
		default:
			return nil, refused(address, ans, f.cfg.Now())
		}
	}
}

// ofPage is why the rules of a site could not be had, told of the page that was
// asked for, unless it is the file of the rules itself that the server has a
// fault with.
func ofPage(err error, u *url.URL) error {
	e, ok := errors.AsType[*demarche.Error](err)
	if _, answered := errors.AsType[statusError](err); !ok || answered {
		return err
	}
	told := *e
	told.Pos.File = u.String()
	return &told
}

// statusError is the status of an answer that is no page.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("status %d", int(e)) }

// oneField is a value of a header that is worth sending back.
func oneField(s string) string {
	if len(s) > 1024 {
		return ""
	}
	return s
}

func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// next is where a redirection leads.
func (f *Fetcher) next(from *url.URL, location string) (*url.URL, error) {
	to, err := from.Parse(location)
	if location == "" || err != nil {
		return nil, fail(demarche.Unavailable, from.String(), "the server redirects to nowhere", "", refusal{lasting: true})
	}
	return webURL(to.String())
}

// refused is the error for an answer that is not a page.
func refused(address string, ans *answered, now time.Time) error {
	r := refusal{after: retryAfter(ans.header.Get("Retry-After"), now), cause: statusError(ans.status)}
	msg, hint := "", ""
	switch s := ans.status; {
	case s == http.StatusTooManyRequests:
		msg, hint = "the server asks for fewer requests", "it is asked again later"
	case s == http.StatusServiceUnavailable:
		msg, hint = "the server is not available for now", "it is asked again later"
	case s >= 500:
		msg, hint = fmt.Sprintf("the server has a fault (status %d)", s), "it is asked again later"
	case s == http.StatusNotFound || s == http.StatusGone:
		msg, hint, r.lasting = "there is no page at this address", "look on the site for where it is now", true
	case s == http.StatusUnauthorized || s == http.StatusForbidden || s == http.StatusPaymentRequired || s == http.StatusUnavailableForLegalReasons:
		msg, hint, r.lasting = fmt.Sprintf("the server does not give this page to programs (status %d)", s), "read it in a browser, and save what you need as a report", true
	default:
		msg, r.lasting = fmt.Sprintf("the server does not give the page (status %d)", s), true
	}
	return fail(demarche.Unavailable, address, msg, hint, r)
}

// retryAfter is what the header Retry-After asks for: seconds, or a date (RFC
// 9110, section 10.2.3); 0 where it asks for nothing that can be meant.
func retryAfter(s string, now time.Time) time.Duration {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseUint(s, 10, 64); err == nil {
		return min(time.Duration(min(n, uint64(maxRetryAfter/time.Second)))*time.Second, maxRetryAfter)
	}
	if t, err := http.ParseTime(s); err == nil {
		return min(max(t.Sub(now), 0), maxRetryAfter)
	}
	return 0
}

// pathOf is what robots.txt judges: the path and the query.
func pathOf(u *url.URL) string {
	p := u.EscapedPath()
	if u.RawQuery != "" {
		p += "?" + u.RawQuery
	}
	return p
}

// rules are those of robots.txt of the site that an address is on.
func (f *Fetcher) rules(ctx context.Context, u *url.URL) (robots, error) {
	key := u.Scheme + "://" + strings.ToLower(u.Host)
	f.mu.Lock()
	s := f.sites[key]
	if s == nil {
		s = &site{turn: make(chan struct{}, 1)}
		s.turn <- struct{}{}
		f.sites[key] = s
	}
	f.mu.Unlock()
	select {
	case <-s.turn:
	case <-ctx.Done():
		return robots{}, ctx.Err()
	}
	defer func() { s.turn <- struct{}{} }()
	if now := f.cfg.Now(); now.After(s.until) || s.until.IsZero() {
		rules, err := f.askRules(ctx, &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"})
		if ctx.Err() != nil {
			return robots{}, ctx.Err()
		}
		s.rules, s.err, s.until = rules, err, now.Add(robotsHold)
		if err != nil {
			s.until = now.Add(robotsRetry)
		}
	}
	return s.rules, s.err
}

// askRules fetches a robots.txt. Where a site has none, all is allowed; where it
// has a fault, nothing is (RFC 9309, section 2.3.1). A site that asks for fewer
// requests is taken at its word, though the standard lets one go on.
func (f *Fetcher) askRules(ctx context.Context, u *url.URL) (robots, error) {
	at := u.String()
	for hop := 0; hop <= maxRedirects; hop++ {
		ans, err := f.ask(ctx, u, http.Header{"Accept": {"text/plain, */*;q=0.5"}}, f.cfg.Gap, maxRobotsSent)
		if err != nil {
			return robots{none: true}, err
		}
		switch s := ans.status; {
		case s >= 200 && s < 300:
			return parseRobots(ans.body, RobotName), nil
		case redirects(s):
			if u, err = f.next(u, ans.header.Get("Location")); err != nil {
				return robots{}, nil
			}
		case s == http.StatusTooManyRequests || s >= 500:
			return robots{none: true}, refused(at, ans, f.cfg.Now())
		default:
			return robots{}, nil
		}
	}
	return robots{}, nil // as if there were none, says the standard
}

// Pause lets a host be asked nothing until a time, as it wished itself.
func (f *Fetcher) Pause(host string, until time.Time) {
	h := f.host(host)
	f.mu.Lock()
	defer f.mu.Unlock()
	if until.After(h.pause) {
		h.pause = until
	}
}

// Pauses are the hosts that asked for no requests, each with the time it named,
// without those whose time has come.
func (f *Fetcher) Pauses() map[string]time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := map[string]time.Time{}
	for name, h := range f.hosts {
		if h.pause.After(f.cfg.Now()) {
			out[name] = h.pause
		}
	}
	return out
}

func (f *Fetcher) host(name string) *host {
	f.mu.Lock()
	defer f.mu.Unlock()
	h := f.hosts[name]
	if h == nil {
		h = &host{turn: make(chan struct{}, 1)}
		h.turn <- struct{}{}
		f.hosts[name] = h
	}
	return h
}

// enter waits until the host may be asked, and gives what ends the request.
func (f *Fetcher) enter(ctx context.Context, u *url.URL, gap time.Duration) (leave func(), err error) {
	name := strings.ToLower(u.Hostname())
	h := f.host(name)
	select {
	case <-h.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	f.mu.Lock()
	pause := h.pause.Sub(f.cfg.Now())
	f.mu.Unlock()
	if pause > 0 {
		h.turn <- struct{}{}
		return nil, fail(demarche.Unavailable, u.String(), "the server "+name+" asked for a pause that is not over", "it is asked again in "+pauseWords(pause), refusal{after: pause})
	}
	if wait := time.Until(h.next); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			h.turn <- struct{}{}
			return nil, ctx.Err()
		}
	}
	return func() {
		h.next = time.Now().Add(gap)
		h.turn <- struct{}{}
	}, nil
}

// pauseWords tells a pause, rounded up.
func pauseWords(d time.Duration) string {
	n, word := int((d+time.Second-1)/time.Second), "second"
	if d > 2*time.Minute {
		n, word = int((d+time.Minute-1)/time.Minute), "minute"
	}
	if d > 2*time.Hour {
		n, word = int((d+time.Hour-1)/time.Hour), "hour"
	}
	if n != 1 {
		word += "s"
	}
	return fmt.Sprintf("%d %s", n, word)
}

// answered is the answer to one request.
type answered struct {
	status   int
	header   http.Header
	body     []byte // unpacked
	exchange Exchange
}

var errLarge = errors.New("larger than allowed")

// ask makes one request and reads the whole answer.
func (f *Fetcher) ask(ctx context.Context, u *url.URL, head http.Header, gap time.Duration, most int64) (*answered, error) {
	leave, err := f.enter(ctx, u, gap)
	if err != nil {
		return nil, err
	}
	defer leave()
	ans, err := f.exchange(ctx, u, head, most)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, explain(u, err, most)
	}
	if s := ans.status; s == http.StatusTooManyRequests || s == http.StatusServiceUnavailable {
		if d := retryAfter(ans.header.Get("Retry-After"), f.cfg.Now()); d > 0 {
			f.Pause(strings.ToLower(u.Hostname()), f.cfg.Now().Add(d))
		}
	}
	return ans, nil
}

// exchange sends a request over a connection of its own: so what goes over the
// connection is the request and its answer, and can be kept as it is.
func (f *Fetcher) exchange(ctx context.Context, u *url.URL, head http.Header, most int64) (*answered, error) {
	ctx, cancel := context.WithTimeout(ctx, f.cfg.Timeout)
	defer cancel()
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := f.guard.dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &recorder{Conn: conn}, nil
		},
		DialTLSContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return f.dialTLS(ctx, network, address)
		},
		DisableKeepAlives: true, DisableCompression: true,
		ResponseHeaderTimeout: f.cfg.HeaderTimeout, MaxResponseHeaderBytes: maxAnswerHeader,
	}
	defer transport.CloseIdleConnections()
	var line *recorder
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) { line, _ = c.Conn.(*recorder) }})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header = head
	req.Header.Set("User-Agent", f.cfg.Agent)
	req.Header.Set("Accept-Encoding", "gzip")
	at := f.cfg.Now()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	ans := &answered{status: resp.StatusCode, header: resp.Header}
	page := resp.StatusCode >= 200 && resp.StatusCode < 300
	if !page {
		// What else it says is of no use, and need not be whole.
		_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxOther))
	} else {
		if resp.ContentLength > most {
			return nil, errLarge
		}
		sent, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
		if int64(len(sent)) > most {
			return nil, errLarge
		}
		if err != nil {
			return nil, err
		}
		r, err := unpack(resp.Header.Get("Content-Encoding"), bytes.NewReader(sent))
		if err != nil && len(sent) > 0 {
			return nil, &unpackError{err}
		}
		if err == nil {
			if ans.body, err = io.ReadAll(io.LimitReader(r, most+1)); err != nil {
				return nil, &unpackError{err}
			}
		}
		if int64(len(ans.body)) > most {
			return nil, &unpackError{errBomb}
		}
	}
	ans.exchange = Exchange{URL: u.String(), At: at}
	if line != nil {
		ans.exchange.Request, ans.exchange.Answer = line.recorded()
		ans.exchange.Address, _, _ = net.SplitHostPort(line.RemoteAddr().String())
	}
	return ans, nil
}

// unpackError tells that the packing of an answer cannot be undone.
type unpackError struct{ error }

func (e *unpackError) Unwrap() error { return e.error }

func (f *Fetcher) dialTLS(ctx context.Context, network, address string) (net.Conn, error) {
	name, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	conn, err := f.guard.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, f.cfg.HeaderTimeout)
	defer cancel()
	secure := tls.Client(conn, &tls.Config{ServerName: name, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12, RootCAs: f.roots})
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return &recorder{Conn: secure}, nil
}

// recorder keeps what goes over a connection.
type recorder struct {
	net.Conn
	mu        sync.Mutex
	sent, got []byte
}

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	r.mu.Lock()
	r.got = append(r.got, p[:n]...)
	r.mu.Unlock()
	return n, err
}

// Write keeps what is sent before it sends it: the answer can be there before
// Write returns.
func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	r.sent = append(r.sent, p...)
	r.mu.Unlock()
	return r.Conn.Write(p)
}

// recorded gives what was kept, and begins anew.
func (r *recorder) recorded() (sent, got []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	sent, got = r.sent, r.got
	r.sent, r.got = nil, nil
	return sent, got
}

// explain turns what went wrong with a request into a sentence.
func explain(u *url.URL, err error, most int64) error {
	host := u.Hostname()
	msg, hint, r := "the server "+host+" cannot be reached", "check the address, and the connection of this machine", refusal{cause: err}
	guarded, private := errors.AsType[*errGuarded](err)
	dns, unnamed := errors.AsType[*net.DNSError](err)
	_, badCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, packing := errors.AsType[*unpackError](err)
	timeout, late := errors.AsType[net.Error](err)
	late = late && timeout.Timeout()
	switch {
	case private:
		msg, hint, r.lasting = fmt.Sprintf("the address leads to %v, which is not on the public web, and is not asked", guarded.addr), "if a list of others names it, take it out", true
		if guarded.private {
			msg, hint = fmt.Sprintf("the address leads to %v, on this machine or in its network, and is not asked", guarded.addr), "give --allow-private if all sources are to be trusted with that"
		}
	case errors.Is(err, errLarge):
		msg, hint, r.lasting = fmt.Sprintf("the answer has more than %s and is not read", sizeWords(most)), "save the part that is a report yourself", true
	case errors.Is(err, errBomb):
		msg, hint, r.lasting = "the answer unpacks to far more than a page does, and is not read", "check where the address comes from", true
	case packing:
		msg, hint = "the answer cannot be unpacked", "it is asked for again later"
	case errors.Is(err, io.ErrUnexpectedEOF):
		msg, hint = "the answer ends before its end", "it is asked for again later"
	case unnamed && dns.IsNotFound:
		msg, hint = "there is no server "+host, "check the name"
	case badCertificate:
		msg, hint = "the server "+host+" cannot prove that it is this server: its certificate is not valid", "open the address in a browser to see why"
	case late || errors.Is(err, context.DeadlineExceeded):
		msg, hint = "the server "+host+" takes too long to answer", "it is asked again later"
	}
	return fail(demarche.Unavailable, u.String(), msg, hint, r)
}

func sizeWords(n int64) string {
	switch {
	case n>>20 == 1:
		return "1 megabyte"
	case n >= 1<<20:
		return fmt.Sprintf("%d megabytes", n>>20)
	}
	return fmt.Sprintf("%d kilobytes", n>>10)
}
