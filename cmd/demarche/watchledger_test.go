package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/ledger"
)

// wires are two outlets; the second repeats the first but for a few words.
type wires struct {
	*httptest.Server
	mu    sync.Mutex
	pages map[string]string
}

const wireStory = "The minister of foreign affairs, Ana Sol, said on Tuesday that the crossing would open again within a week. " +
	"Officials close to the talks said that the envoy had left the city in the night, and that nobody had seen him since. " +
	"Both delegations have been in the city for a month, and the talks were held in good faith by both of them throughout. "

func newWires(t *testing.T) *wires {
	s := &wires{pages: map[string]string{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		body, ok := s.pages[r.URL.Path]
		switch {
		case !ok:
			http.NotFound(w, r)
		case strings.HasPrefix(body, "<html"):
			w.Header().Set("Content-Type", "text/html")
			fallthrough
		default:
			_, _ = io.WriteString(w, body)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *wires) put(path, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = body
}

func feedOf(outlet string, items ...[2]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<rss version="2.0"><channel><title>%s</title>`, outlet)
	for _, it := range items {
		fmt.Fprintf(&b, "<item><title>%s</title><guid>%s</guid><pubDate>Tue, 02 Dec 2025 10:00:00 +0000</pubDate><description>%s</description></item>", it[0], it[0], it[1])
	}
	return b.String() + "</channel></rss>"
}

// followedCase is a case folder without reports, and the server that it follows.
func followedCase(t *testing.T) (*wires, string, []string) {
	t.Helper()
	t.Setenv("DEMARCHE_USER", "Ann")
	setClock(t, time.Date(2025, 12, 2, 12, 0, 0, 0, time.UTC))
	s := newWires(t)
	s.put("/a", feedOf("Lisbon Post", [2]string{"Crossing to open", wireStory}))
	s.put("/b", feedOf("Northern Wire", [2]string{"Envoy gone, crossing to open", wireStory + "The Lisbon Post reported it."}))
	s.put("/page", "<html><head><title>Talks</title></head><body><!-- not text --><p>“We will talk,” said General Roe.</p></body></html>")
	dir := filepath.Join(t.TempDir(), "case")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	text := "demarche: 1\ntitle: The crossing\npropositions:\n  gone: {says: The envoy has left, prior: 0.5}\n"
	if err := os.WriteFile(filepath.Join(dir, "case.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return s, dir, []string{"watch", dir, "--once", "--allow-private", "--gap", "1ms", "--url", s.URL + "/a", "--url", s.URL + "/b", "--url", s.URL + "/page"}
}

// onEachEmptyStore runs a test with no ledger yet: one is to be made beside the
// case, or in PostgreSQL.
func onEachEmptyStore(t *testing.T, test func(t *testing.T)) {
	t.Run("SQLite", test)
	t.Run("PostgreSQL", func(t *testing.T) {
		where := onPostgres(t)
		if where == "" {
			t.Skip("DEMARCHE_POSTGRES names no server")
		}
		t.Setenv("DEMARCHE_DB", where)
		test(t)
	})
}

// inLedger runs f on the ledger of a case.
func inLedger(t *testing.T, dir string, f func(*ledger.Ledger)) {
	t.Helper()
	l, err := (&app{}).openLedger(t.Context(), dir, true)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f(l)
}

// kindsIn is how many records of each kind a ledger holds. It must hold together.
func kindsIn(t *testing.T, dir string) map[string]int {
	t.Helper()
	out := map[string]int{}
	inLedger(t, dir, func(l *ledger.Ledger) {
		for _, name := range []string{"report", "source", "claim", "link"} {
			k, _ := ledger.ParseKind(name)
			page, err := l.List(t.Context(), time.Time{}, ledger.Filter{Kind: k}, 1000, "")
			if err != nil {
				t.Fatal(err)
			}
			out[name] = len(page.Versions)
		}
		if f, err := l.Verify(t.Context(), nil); err != nil || !f.OK() {
			t.Errorf("%v %v", err, f.Problems)
		}
	})
	return out
}

func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "reports", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	return slices.DeleteFunc(files, func(name string) bool { return strings.HasPrefix(name, ".") }) // a kill leaves them
}

// TestWatchProposes: what is found is proposed at once, near-copies count once,
// and however often and after whatever loss it is run again, nothing is doubled.
func TestWatchProposes(t *testing.T) {
	onEachEmptyStore(t, func(t *testing.T) {
		s, dir, args := followedCase(t)
		code, out, errs := do(t, "", append(args, "--ledger")...)
		if code != 0 || strings.Count(out, "\n") != 3 || !strings.Contains(out, "in the ledger alone, ") || !strings.Contains(out, "Envoy gone, crossing to open (Northern Wire, 2025-12-02T10:00Z); ") ||
			!strings.Contains(errs, "2 new reports; 6 proposed claims; 1 near-copy") || !strings.Contains(errs, "see demarche ledger inbox "+dir) {
			t.Fatalf("%d\n%s\n%s", code, out, errs)
		}
		want := map[string]int{"report": 3, "source": 7, "claim": 6, "link": 5}
		if got := kindsIn(t, dir); !maps.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		files := filesIn(t, dir)
		if len(files) != 2 {
			t.Errorf("a near-copy was saved: %v", files)
		}
		inLedger(t, dir, func(l *ledger.Ledger) {
			h, err := l.Holdings(t.Context(), time.Time{}, demarche.HoldingsQuery{Pending: true})
			if err != nil {
				t.Fatal(err)
			}
			var verdicts []demarche.Verdict
			for _, r := range h.Reports {
				original, err := l.Original(t.Context(), time.Time{}, r.ID)
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case r.Title == "Talks" && string(original) != s.pages["/page"]:
					t.Errorf("not what the server sent: %s", original)
				case r.Title == "Crossing to open" && !bytes.Contains(original, []byte(strings.TrimSpace(wireStory))):
					t.Errorf("not the item: %s", original)
				case r.Title != "Talks" && (r.Learned.IsZero() || r.Learned.Format(time.DateOnly) != "2025-12-02" || r.Retrieved.IsZero()):
					t.Errorf("%+v", r)
				case (len(r.CopyOf) > 0) != (r.Publisher == "Northern Wire"):
					t.Errorf("%s copies %v", r.Title, r.CopyOf)
				}
				if data, err := os.ReadFile(filepath.Join(dir, "reports", r.ID+".md")); err == nil && string(data) != r.Text {
					t.Errorf("%s: the text of the ledger is not that of the file", r.ID)
				}
			}
			for _, c := range h.Claims {
				r := h.Report(c.Report)
				for _, span := range c.Spans.Content {
					if part := r.Text[span[0]:span[1]]; !strings.Contains(part, "cross") && !strings.Contains(part, "envoy") && !strings.Contains(part, "talk") && part != "it" {
						t.Errorf("%s: %q", c.ID, part)
					}
				}
				if c.Status != "proposed" || !strings.HasPrefix(c.FoundBy, demarche.FoundByReader) {
					t.Errorf("%+v", c)
				}
				if strings.Contains(c.Quote, "envoy") {
					verdicts = append(verdicts, demarche.Verdict{Claim: c.ID, Entry: c.Entry, Status: "accepted"})
					if on := c.On(); len(on) != 1 || on[0].ID != "gone" || on[0].Rel != "affirms" {
						t.Errorf("%s speaks to %v", c.ID, on)
					}
				}
			}
			if err := l.Decide(t.Context(), "Ann", "seen", time.Time{}, verdicts...); err != nil || len(verdicts) != 2 {
				t.Fatalf("%v: %d claims on the envoy", err, len(verdicts))
			}
			c, err := l.Weigh(t.Context(), time.Time{}, "gone", nil, demarche.DefaultWeights)
			if err != nil || len(c.Origins) != 1 {
				t.Errorf("%v: a report and its near-copy are %d origins", err, len(c.Origins))
			}
		})
		again := func(what, shows string) {
			t.Helper()
			code, out, errs := do(t, "", args...)
			if code != 0 || strings.Contains(errs, "1 new") || !strings.Contains(errs, "0 proposed claims") || (shows == "") != (out == "") || !strings.Contains(out, shows) {
				t.Errorf("%s: %d\n%s\n%s", what, code, out, errs)
			}
			if got := kindsIn(t, dir); !maps.Equal(got, want) {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
			if got := filesIn(t, dir); !slices.Equal(got, files) {
				t.Errorf("%s: %v, want %v", what, got, files)
			}
		}
		again("a second time", "")
		remove := func(path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		remove(filepath.Join(dir, watchName))
		again("the record was lost", "")
		// Stopped between the ledger and the file.
		remove(filepath.Join(dir, watchName))
		remove(filepath.Join(dir, "reports", files[0]))
		again("a file was not written yet", files[0])
		// What is entered from the reports folder later is the same reports.
		must(t, "ledger", "add", dir)
		if got := kindsIn(t, dir); got["report"] != 3 || got["claim"] != 6 {
			t.Errorf("ledger add doubles what watch entered: %v", got)
		}
	})
}

// TestWatchCatchesUp: what was saved and not entered is entered in the next
// round, known from the day it was fetched.
func TestWatchCatchesUp(t *testing.T) {
	onEachEmptyStore(t, func(t *testing.T) {
		s, dir, args := followedCase(t)
		if db := os.Getenv("DEMARCHE_DB"); db != "" {
			t.Setenv("DEMARCHE_DB", "")
			defer func() { t.Setenv("DEMARCHE_DB", db) }()
		}
		if code, out, errs := do(t, "", args...); code != 0 || !strings.Contains(out, "not saved, a near-copy of") || strings.Contains(errs, "proposed") {
			t.Fatalf("%d\n%s\n%s", code, out, errs)
		}
		if _, err := os.Stat(filepath.Join(dir, "ledger.db")); err == nil {
			t.Fatal("a ledger was made that nobody asked for")
		}
		s.Close() // nothing can be had again
		setClock(t, time.Date(2025, 12, 9, 12, 0, 0, 0, time.UTC))
		code, _, errs := do(t, "", append(args, "--ledger")...)
		if code != 5 || !strings.Contains(errs, "3 proposed claims") {
			t.Fatalf("%d\n%s", code, errs)
		}
		inLedger(t, dir, func(l *ledger.Ledger) {
			n := 0
			if err := l.Reports(t.Context(), time.Date(2025, 12, 3, 0, 0, 0, 0, time.UTC), func(r demarche.HeldReport) error { n++; return nil }); err != nil || n != 2 {
				t.Errorf("%v: %d reports were known when they were fetched", err, n)
			}
		})
		if got := kindsIn(t, dir); got["report"] != 2 || got["claim"] != 3 {
			t.Error(got)
		}
	})
}

// TestWatchLeavesRedacted: what was destroyed does not come back from where it
// came, nor from its file.
func TestWatchLeavesRedacted(t *testing.T) {
	if testing.Short() {
		t.Skip("TestWatchLeavesRedacted not run: -short")
	}
	onEachEmptyStore(t, func(t *testing.T) {
		_, dir, args := followedCase(t)
		must(t, append(args, "--ledger")...)
		files := filesIn(t, dir)
		id := ""
		for _, name := range files {
			if strings.HasPrefix(name, "talks-") {
				id = strings.TrimSuffix(name, ".md")
			}
		}
		inLedger(t, dir, func(l *ledger.Ledger) {
			for _, ref := range []ledger.Ref{{Kind: ledger.KindReport, ID: id}, {Kind: ledger.KindClaim, ID: id + ".1"}} {
				if _, err := l.Redact(t.Context(), ledger.Change{Who: "Ann", Why: "asked for by the person"}, ref); err != nil {
					t.Fatal(err)
				}
			}
		})
		for _, file := range []bool{true, false} {
			if !file {
				if err := os.Remove(filepath.Join(dir, "reports", id+".md")); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Remove(filepath.Join(dir, watchName)); err != nil {
				t.Fatal(err)
			}
			code, out, errs := do(t, "", args...)
			if code != 0 || !strings.Contains(errs, "0 proposed claims") || !file && !strings.Contains(out, "not taken in, as it was redacted") {
				t.Errorf("%d\n%s\n%s", code, out, errs)
			}
			must(t, "ledger", "add", dir)
			inLedger(t, dir, func(l *ledger.Ledger) {
				page, err := l.List(t.Context(), time.Time{}, ledger.Filter{Text: "Roe"}, 100, "")
				if err != nil || len(page.Versions) > 0 && page.Versions[0].Ref.Kind != ledger.KindSource {
					t.Errorf("%v: %+v is back", err, page.Versions)
				}
			})
			if got := len(filesIn(t, dir)); file && got != len(files) || !file && got != len(files)-1 {
				t.Errorf("%d files, and %d before", got, len(files))
			}
		}
	})
}

// TestWatchBusyLedger: while somebody else holds the ledger, reports are saved
// and nothing stops; they are entered afterwards.
func TestWatchBusyLedger(t *testing.T) {
	if testing.Short() {
		t.Skip("TestWatchBusyLedger not run: -short")
	}
	_, dir, args := followedCase(t)
	must(t, append(slices.Clone(args[:len(args)-4]), "--ledger")...) // the first feed alone
	db, err := sql.Open("sqlite", filepath.Join(dir, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	held, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := held.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	code, out, errs := do(t, "", args...)
	if _, err := held.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if code != 0 || !strings.Contains(out, "Talks") || !strings.Contains(errs, "being written by another program") || !strings.Contains(errs, "0 proposed claims") {
		t.Errorf("%d\n%s\n%s", code, out, errs)
	}
	if n := len(filesIn(t, dir)); n != 3 {
		t.Errorf("%d files, want also the near-copy, which the ledger could not take", n)
	}
	if code, _, errs := do(t, "", args...); code != 0 || !strings.Contains(errs, "4 proposed claims") {
		t.Errorf("%d\n%s", code, errs)
	}
	if got := kindsIn(t, dir); got["report"] != 3 || got["claim"] != 6 {
		t.Error(got)
	}
}

// TestWatchChild is the program itself, for TestWatchKilled.
func TestWatchChild(t *testing.T) {
	dir, feed := os.Getenv("DEMARCHE_WATCHED"), os.Getenv("DEMARCHE_FEED")
	if dir == "" {
		t.Log("not a test by itself: it is run by TestWatchKilled")
		return
	}
	os.Exit(run(context.Background(), []string{"watch", dir, "--once", "--allow-private", "--gap", "1ms", "--ledger", "--url", feed}, strings.NewReader(""), os.Stdout, os.Stderr))
}

// TestWatchKilled kills watch again and again at any moment: in the end every
// report is in the ledger once, and in a file unless it is a near-copy.
func TestWatchKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("TestWatchKilled not run: -short")
	}
	_, dir, _ := followedCase(t)
	s := newWires(t)
	const reports = 60
	var items [][2]string
	for i := range reports {
		story := strings.Repeat(fmt.Sprintf("“We counted %d boats of %d kinds on day %d,” said General Roe %d. ", i*17, i*31, i, i), 6)
		if i%10 == 9 { // newest first: it repeats the one that comes before it
			items = append(items, [2]string{fmt.Sprintf("Again %d", i), items[i-1][1] + "So it was told."})
			continue
		}
		items = append(items, [2]string{fmt.Sprintf("Boats %d", i), story})
	}
	s.put("/rss", feedOf("Lisbon Post", items...))
	killed, whole := 0, false
	for round := range uint64(25) {
		c := exec.Command(os.Args[0], "-test.run", "^TestWatchChild$")
		c.Env = append(os.Environ(), "DEMARCHE_WATCHED="+dir, "DEMARCHE_FEED="+s.URL+"/rss")
		before := len(filesIn(t, dir))
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- c.Wait() }()
		deadline := time.After(30 * time.Second)
		for waiting := true; waiting; {
			select {
			case err := <-done:
				waiting, whole = false, err == nil
				done <- nil
			case <-deadline:
				t.Fatal("nothing is written")
			case <-time.After(time.Millisecond):
				waiting = len(filesIn(t, dir)) <= before
			}
		}
		time.Sleep(time.Duration(rand.New(rand.NewPCG(4, round)).IntN(15_000)) * time.Microsecond)
		_ = c.Process.Kill()
		<-done
		if whole {
			break
		}
		killed++
	}
	if !whole {
		must(t, "watch", dir, "--once", "--allow-private", "--gap", "1ms", "--ledger", "--url", s.URL+"/rss")
	}
	if killed < 3 {
		t.Errorf("killed only %d times", killed)
	}
	if n := len(filesIn(t, dir)); n != reports*9/10 {
		t.Errorf("%d files, want %d", n, reports*9/10)
	}
	inLedger(t, dir, func(l *ledger.Ledger) {
		h, err := l.Holdings(t.Context(), time.Time{}, demarche.HoldingsQuery{Pending: true})
		if err != nil {
			t.Fatal(err)
		}
		claims := map[string]int{}
		for _, c := range h.Claims {
			claims[c.Report]++
		}
		copies := 0
		for _, r := range h.Reports {
			if len(r.CopyOf) > 0 {
				copies++
			}
			if claims[r.ID] != 6 {
				t.Errorf("%s has %d claims, want 6", r.ID, claims[r.ID])
			}
		}
		if len(h.Reports) != reports || copies != reports/10 {
			t.Errorf("%d reports, %d near-copies", len(h.Reports), copies)
		}
	})
	kindsIn(t, dir) // it holds together
}
