package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/demarche/demarche/ledger"
)

// TestAssistLeavesConfidential: no report that the ledger marks as confidential
// reaches a language model, wherever its file lies, unless it is named for it.
func TestAssistLeavesConfidential(t *testing.T) {
	onEachStore(t, func(t *testing.T, dir string) {
		guarded(t, dir)
		var asked atomic.Int64
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			_, _ = io.WriteString(w, `{"choices":[{"message":{"role":"assistant","content":"{}"}}]}`)
		}))
		defer s.Close()
		moved := filepath.Join(t.TempDir(), "elsewhere.md")
		cable := filepath.Join(dir, "reports", "cable.md")
		data, err := os.ReadFile(cable)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(moved, data, 0o644); err != nil {
			t.Fatal(err)
		}
		inLedger(t, dir, func(l *ledger.Ledger) { // its bytes, so that it is known wherever it is
			at, err := l.Get(t.Context(), time.Time{}, reportRef("cable"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := l.Write(t.Context(), ledger.Change{Who: "Bo", Why: "the bytes"}, ledger.Item{Record: at.Record, Expect: at.Number, Original: data}); err != nil {
				t.Fatal(err)
			}
		})
		assist := []string{"--assist-url", s.URL + "/v1", "--assist-model", "m"}
		for _, args := range [][]string{{"read", cable}, {"read", filepath.Join(dir, "reports")}, {"read", moved, "--case", dir}} {
			code, _, errs := do(t, "", append(args, assist...)...)
			if code != 2 || !strings.Contains(errs, "the ledger marks this report as confidential") || !strings.Contains(errs, "--assist-confidential") || asked.Load() != 0 {
				t.Errorf("%v: %d, asked %d times: %s", args, code, asked.Load(), errs)
			}
		}
		must(t, append([]string{"read", filepath.Join(dir, "reports", "open.md"), "--case", dir}, assist...)...)
		must(t, append([]string{"read", cable, "--assist-confidential"}, assist...)...)
	})
}

// TestUnnamedStayUnnamed: in random reports, full of the same descriptions, with
// copies of one another, no source without a name is shared by two reports, and
// none is given a name, an actor or more than its report says.
func TestUnnamedStayUnnamed(t *testing.T) {
	who := []string{"a senior official", "a person close to the minister", "two diplomats", "Nicola Pena", "an aide to Nicola Pena", "a source familiar with the talks", "the spokesman", "officials"}
	what := []string{"the talks would go on", "nobody had been told", "the border was closed", "the envoy had left", "a truce was near", "the offer had been refused"}
	onEachStore(t, func(t *testing.T, dir string) {
		text := strings.Replace(ledgerCase, "kind: state}\npropositions", "kind: state}\n  pena: {name: Nicola Pena, kind: person, of: norvik}\npropositions", 1)
		if text == ledgerCase {
			t.Fatal("the case has no such line")
		}
		if err := os.WriteFile(filepath.Join(dir, "case.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(7, 7))
		in := t.TempDir()
		texts := map[string]string{}
		last := ""
		for i := range 60 {
			var b strings.Builder
			if last != "" && r.IntN(4) == 0 {
				b.WriteString(last + " ")
			}
			for range 2 + r.IntN(6) {
				fmt.Fprintf(&b, "%s said on Monday that %s. ", upperFirst(who[r.IntN(len(who))]), what[r.IntN(len(what))])
			}
			last = b.String()
			name := fmt.Sprintf("r%02d", i)
			texts[name] = last
			head := fmt.Sprintf("---\npublisher: Wire %d\npublished: 2025-12-01\n---\n", r.IntN(4))
			if err := os.WriteFile(filepath.Join(in, name+".md"), []byte(head+last), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		must(t, "ledger", "add", dir, in)
		unnamed, spoken := 0, map[string]string{}
		inLedger(t, dir, func(l *ledger.Ledger) {
			each := func(k ledger.Kind, f func(ledger.Record)) {
				after := ""
				for {
					page, err := l.List(t.Context(), time.Time{}, ledger.Filter{Kind: k}, 1000, after)
					if err != nil {
						t.Fatal(err)
					}
					for _, v := range page.Versions {
						f(v.Record)
					}
					if after = page.Next; after == "" {
						return
					}
				}
			}
			sources := map[string]*ledger.Source{}
			each(ledger.KindSource, func(rec ledger.Record) {
				s := rec.(*ledger.Source)
				sources[s.ID] = s
				if s.Kind != "anonymous" && s.Kind != "unattributed" {
					return
				}
				unnamed++
				if s.Name != "" || s.Actor != "" || s.Report == "" {
					t.Errorf("%+v", s)
				}
				if text := texts[s.Report]; text != "" && !strings.Contains(strings.ToLower(text), strings.ToLower(s.Description)) {
					t.Errorf("%q does not stand in its report %s", s.Description, s.Report)
				}
			})
			each(ledger.KindClaim, func(rec ledger.Record) {
				c := rec.(*ledger.Claim)
				s := sources[c.Source]
				if s == nil || s.Report == "" {
					return
				}
				if s.Report != c.Report || spoken[s.ID] != "" && spoken[s.ID] != c.Report {
					t.Errorf("the source %s of %s speaks in %s and %s", s.ID, s.Report, c.Report, spoken[s.ID])
				}
				spoken[s.ID] = c.Report
			})
		})
		if unnamed < 100 || len(spoken) < 100 {
			t.Errorf("only %d unnamed sources, of whom %d speak", unnamed, len(spoken))
		}
	})
}

// TestForeignPlaces: what comes from elsewhere is kept no finer than a kilometre,
// and nobody's position now.
func TestForeignPlaces(t *testing.T) {
	setClock(t, toldIn)
	got, err := receive("x.jsonl", nil)
	if err != nil || len(got.items) != 0 {
		t.Fatal(err)
	}
	dir := t.TempDir()
	from := filepath.Join(dir, "x.jsonl")
	line := func(id, of, on string) string {
		return fmt.Sprintf(`{"id":"x%[1]s","schema":"Note","properties":{"name":["x"]},"demarche":{"section":"ledger","ledger":{"n":0,"kind":"claim","id":"%[1]s","record":{"id":"%[1]s","says":"It was there","status":"accepted","where":{"name":"Doha","of":"%[2]s","on":"%[3]s","lat":25.285447,"lon":51.531040,"precision_km":0.01}}}}}`+"\n", id, of, on)
	}
	text := `{"id":"n","schema":"Note","properties":{"name":["T"]},"demarche":{"section":"case","place":0,"item":{"demarche":1,"title":"T"}}}` + "\n" +
		line("then", "vessel", "2025-11-01") + line("now", "vessel", "2026-03-01") + line("site", "site", "2026-03-01")
	if err := os.WriteFile(from, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	made := filepath.Join(dir, "made")
	must(t, "import", from, made)
	inLedger(t, made, func(l *ledger.Ledger) {
		for id, kept := range map[string]bool{"then": true, "now": false, "site": true} {
			at, err := l.Get(t.Context(), time.Time{}, claimRef(id))
			if err != nil {
				t.Fatal(err)
			}
			w := at.Record.(*ledger.Claim).Where
			if kept && (w.Lat == nil || *w.Lat != 25.29 || w.PrecisionKM != 1) || !kept && w.Lat != nil {
				t.Errorf("%s: %+v", id, w)
			}
		}
	})
}

// TestAllegationsAreTold: in every form in which a claim against a named person is
// told, it stands with its speaker, as alleged, and with the reply or that there
// is none.
func TestAllegationsAreTold(t *testing.T) {
	if testing.Short() {
		t.Skip("TestAllegationsAreTold not run: -short")
	}
	onEachStore(t, func(t *testing.T, dir string) {
		inLedger(t, dir, func(l *ledger.Ledger) {
			at, err := l.Get(t.Context(), time.Time{}, claimRef("fail.3"))
			if err != nil {
				t.Fatal(err)
			}
			c := *at.Record.(*ledger.Claim)
			c.Handling, c.Status = "", "accepted"
			if _, err := l.Write(t.Context(), ledger.Change{Who: "Ann", Why: "published", Learned: at.Learned}, ledger.Item{Record: &c, Expect: at.Number}); err != nil {
				t.Fatal(err)
			}
		})
		tell := func(reply string) {
			t.Helper()
			for _, args := range [][]string{{"ledger", "show", dir, "fail.3"}, {"export", dir, "--format", "ftm"}, {"export", dir, "--format", "stix"}, {"export", dir, "--format", "ftm-csv"}} {
				out := must(t, args...)
				flat := strings.ToLower(strings.Join(strings.Fields(out), " "))
				for _, want := range []string{"alleged", "an aide to the minister", "against oskar lind", reply} {
					if !strings.Contains(flat, want) {
						t.Errorf("%v does not say %q:\n%s", args, want, out)
					}
				}
			}
			if out := strings.ToLower(must(t, "ledger", "list", dir, "--status", "accepted")); !strings.Contains(out, "alleged") || !strings.Contains(out, "an aide to the minister") {
				t.Errorf("the list does not say that it is alleged, and by whom:\n%s", out)
			}
		}
		tell("no reply is on record")
		inLedger(t, dir, func(l *ledger.Ledger) {
			for _, r := range []ledger.Record{
				&ledger.Source{ID: "lind", Name: "Oskar Lind", Kind: "person"},
				&ledger.Claim{ID: "answer", Source: "lind", Quote: "I took nothing", Status: "accepted"},
				&ledger.Link{From: claimRef("answer"), To: claimRef("fail.3"), Rel: "replies"},
			} {
				if _, err := l.Write(t.Context(), ledger.Change{Who: "Ann", Why: "he answered", Learned: toldIn.AddDate(0, -3, 0)}, ledger.Item{Record: r}); err != nil {
					t.Fatal(err)
				}
			}
		})
		tell("i took nothing")
	})
}
