package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/casefile"
	"github.com/demarche/demarche/ledger"
)

// guarded adds to the small ledger what must stay in the house, also as a file of
// the reports folder. Its words are all "zyxquagga".
func guarded(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, "reports"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"cable.md": "A zyxquagga cable, said the minister.", "open.md": "“We will talk,” said Nicola Pena."} {
		if err := os.WriteFile(filepath.Join(dir, "reports", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	inLedger(t, dir, func(l *ledger.Ledger) {
		ch := ledger.Change{Who: "Bo", Why: "zyxquagga came by hand", Learned: toldIn.AddDate(0, -3, 0)}
		var items []ledger.Item
		for _, r := range []ledger.Record{
			&ledger.Report{ID: "cable", Text: "A zyxquagga cable, said the minister.", Handling: "confidential"},
			&ledger.Source{ID: "mole", Name: "Zyxquagga", Kind: "person", Handling: "confidential"},
			&ledger.Claim{ID: "s1", Report: "cable", Source: "pena", Says: "zyxquagga in the cable", Status: "accepted"},
			&ledger.Claim{ID: "s2", Report: "fail", Source: "mole", Says: "zyxquagga of the mole", Status: "accepted"},
			&ledger.Link{From: ledger.Ref{Kind: ledger.KindClaim, ID: "s2"}, To: ledger.Ref{Kind: ledger.KindProposition, ID: "failed"}, Rel: "denies"},
			&ledger.Link{From: ledger.Ref{Kind: ledger.KindClaim, ID: "s1"}, To: ledger.Ref{Kind: ledger.KindIncident, ID: "strike"}, Rel: "about"},
		} {
			items = append(items, ledger.Item{Record: r})
		}
		if _, err := l.Write(t.Context(), ch, items...); err != nil {
			t.Fatal(err)
		}
	})
}

var outwardFormats = map[string]string{"ftm": "x.jsonl", "ftm-csv": "y.csv", "acled": "x.csv", "stix": "x.json", "csl": "csl.json"}

// TestConfidentialStays: without being named for it, nothing that the ledger
// marks confidential, nor what rests on it, is in anything that leaves.
func TestConfidentialStays(t *testing.T) {
	if testing.Short() {
		t.Skip("TestConfidentialStays not run: -short")
	}
	onEachStore(t, func(t *testing.T, dir string) {
		guarded(t, dir)
		out := t.TempDir()
		for format, name := range outwardFormats {
			path := filepath.Join(out, name)
			if code, _, errs := do(t, "", "export", dir, "--format", format, "-o", path); code != 0 || !strings.Contains(errs, "left out: 3 confidential records; 4 records that rest on such; 1 file of such a report") {
				t.Fatalf("%s: %d %s", format, code, errs)
			}
			data, err := os.ReadFile(path)
			if err != nil || bytes.Contains(bytes.ToLower(data), []byte("zyxquagga")) || bytes.Contains(data, []byte("cable")) {
				t.Errorf("%s: %v: what must stay went out:\n%s", format, err, data)
			}
			must(t, "export", dir, "--format", format, "-o", path, "--force", "--confidential")
			if data, err = os.ReadFile(path); err != nil || format != "acled" && !bytes.Contains(data, []byte("cable")) { // no incident names it
				t.Errorf("%s: %v: what was named stayed", format, err)
			}
		}
		zip := filepath.Join(out, "b.zip")
		code, _, errs := do(t, "", "export", dir, "--bundle", "-o", zip)
		if code != 0 || !strings.Contains(errs, "its history stayed") || !strings.Contains(errs, "left out: 3 confidential records") {
			t.Fatalf("%d %s", code, errs)
		}
		made := filepath.Join(out, "made")
		t.Setenv("DEMARCHE_DB", "")
		must(t, "import", zip, made)
		if err := filepath.WalkDir(made, func(path string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if bytes.Contains(bytes.ToLower(data), []byte("zyxquagga")) {
				t.Errorf("%s holds what must stay", path)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if files := filesIn(t, made); len(files) != 1 || files[0] != "open.md" {
			t.Errorf("%v", files)
		}
		if got := kindsIn(t, made); got["claim"] != 4 {
			t.Errorf("%v", got)
		}
	})
}

// TestCaseFileCopiesStay: claims of the case file that the ledger guards, or has
// destroyed, keep a bundle from being made, and are left out of other formats.
func TestCaseFileCopiesStay(t *testing.T) {
	if testing.Short() {
		t.Skip("TestCaseFileCopiesStay not run: -short")
	}
	onEachStore(t, func(t *testing.T, dir string) {
		guarded(t, dir)
		out := t.TempDir()
		path := filepath.Join(dir, "case.yaml")
		was, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		withClaims := func(claims string) {
			text := strings.Replace(string(was), "says: A depot was struck", "says: A depot was struck, because: [s1, ours]", 1) + "claims:\n  ours: {source: norvik, says: ours alone}\n" + claims
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		withClaims("  s1: {source: norvik, says: zyxquagga in the case}\n  more: {source: norvik, report: cable, says: zyxquagga from the cable}\n")
		code, _, errs := do(t, "", "export", dir, "--bundle", "-o", filepath.Join(out, "b.zip"))
		if code != 3 || !strings.Contains(errs, "what the ledger marks as confidential, or what rests on it: s1 (line ") || !strings.Contains(errs, "more (line ") || !strings.Contains(errs, "--confidential") {
			t.Errorf("%d %s", code, errs)
		}
		if left, _ := os.ReadDir(out); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		for format := range outwardFormats {
			text := must(t, "export", dir, "--format", format)
			if strings.Contains(strings.ToLower(text), "zyxquagga") || strings.Contains(text, `"s1"`) {
				t.Errorf("%s:\n%s", format, text)
			}
			if format != "csl" && format != "acled" && !strings.Contains(text, "ours alone") {
				t.Errorf("%s: a claim that only the case file has is lost", format)
			}
		}
		inLedger(t, dir, func(l *ledger.Ledger) {
			if _, err := l.Redact(t.Context(), ledger.Change{Who: "Ann", Why: "asked for"}, ledger.Ref{Kind: ledger.KindClaim, ID: "s1"}); err != nil {
				t.Fatal(err)
			}
		})
		withClaims("  s1: {source: norvik, says: zyxquagga in the case}\n")
		if code, _, errs := do(t, "", "export", dir, "--bundle", "-o", filepath.Join(out, "b.zip"), "--confidential"); code != 3 || !strings.Contains(errs, "still holds what was redacted in the ledger: s1 (line ") {
			t.Errorf("%d %s", code, errs)
		}
		if text := must(t, "export", dir, "--format", "ftm", "--confidential"); strings.Contains(text, "zyxquagga in the case") {
			t.Error("what was redacted went out of the case file")
		}
	})
}

// historiesOf are all entries of a ledger, told by the command.
func historiesOf(t *testing.T, dir string) map[string]any {
	t.Helper()
	out := map[string]any{}
	inLedger(t, dir, func(l *ledger.Ledger) {
		for _, name := range ledger.Kinds() {
			k, _ := ledger.ParseKind(name)
			ids, err := l.Names(t.Context(), k, 1000)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range ids {
				h, err := l.History(t.Context(), time.Time{}, ledger.Ref{Kind: k, ID: id})
				if err != nil {
					t.Fatal(err)
				}
				out[name+" "+id] = h
			}
		}
	})
	return out
}

// TestBundleCarriesTheLedger: a bundle holds all that was ever entered, with both
// clocks, from either store into either, while others have the ledger open.
func TestBundleCarriesTheLedger(t *testing.T) {
	if testing.Short() {
		t.Skip("TestBundleCarriesTheLedger not run: -short")
	}
	onEachStore(t, func(t *testing.T, dir string) {
		inLedger(t, dir, func(open *ledger.Ledger) { // somebody is at it
			zip := filepath.Join(t.TempDir(), "b.zip")
			if code, _, errs := do(t, "", "export", dir, "--bundle", "-o", zip, "--confidential"); code != 0 || errs != "" {
				t.Fatalf("%d %s", code, errs)
			}
			want := historiesOf(t, dir)
			notes, err := open.Backups(t.Context())
			if err != nil || len(notes) != 1 || notes[0].Place != zip {
				t.Errorf("%+v %v: a redaction would not tell of the bundle", notes, err)
			}
			t.Run("beside the case", func(t *testing.T) {
				t.Setenv("DEMARCHE_DB", "")
				made := filepath.Join(t.TempDir(), "made")
				must(t, "import", zip, made)
				if got := historiesOf(t, made); !reflect.DeepEqual(got, want) || len(want) < 15 {
					t.Errorf("%v\nwant\n%v", got, want)
				}
				must(t, "check", made)
				if code, _, errs := do(t, "", "import", zip, made); code != 3 || !strings.Contains(errs, "there already") {
					t.Errorf("%d %s", code, errs)
				}
			})
			t.Run("on a server", func(t *testing.T) {
				where := onPostgres(t)
				if where == "" {
					t.Skip("DEMARCHE_POSTGRES names no server")
				}
				t.Setenv("DEMARCHE_DB", where)
				made := filepath.Join(t.TempDir(), "made")
				must(t, "import", zip, made)
				if got := historiesOf(t, made); !reflect.DeepEqual(got, want) {
					t.Errorf("%v\nwant\n%v", got, want)
				}
				other := filepath.Join(t.TempDir(), "other")
				if code, _, errs := do(t, "", "import", zip, other); code == 0 || !strings.Contains(errs, "has entries already") {
					t.Errorf("%d %s", code, errs)
				}
				if _, err := os.Stat(other); err == nil {
					t.Error("a refused import left a folder")
				}
			})
		})
	})
}

// exportedRecords are what a case lets out, by kind and id, as JSON.
func exportedRecords(t *testing.T, text string) map[string]string {
	t.Helper()
	f, err := casefile.Import("x.jsonl", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, r := range f.Records {
		out[r.Kind+" "+r.ID] = string(r.JSON)
	}
	return out
}

// TestForeignClaimsAreProposed: what comes with another house's case is proposed,
// moves nothing, and is otherwise what it was.
func TestForeignClaimsAreProposed(t *testing.T) {
	if testing.Short() {
		t.Skip("TestForeignClaimsAreProposed not run: -short")
	}
	onEachStore(t, func(t *testing.T, dir string) {
		inLedger(t, dir, func(l *ledger.Ledger) {
			if _, err := l.Write(t.Context(), ledger.Change{Who: "Ann", Why: "she was there"}, ledger.Item{Record: &ledger.Override{Proposition: "failed", By: "Ann", P: 0.9, Reason: "she was there"}}); err != nil {
				t.Fatal(err)
			}
		})
		// The case is a replay: on its day the credence was not yet given.
		ftm := must(t, "export", dir, "--format", "ftm")
		if strings.Contains(ftm, "she was there") {
			t.Error("what was learned later went out with an earlier day")
		}
		later := filepath.Join(dir, "case.yaml")
		text, err := os.ReadFile(later)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(later, bytes.Replace(text, []byte("as_of: 2025-12-02\n"), nil, 1), 0o644); err != nil {
			t.Fatal(err)
		}
		ftm = must(t, "export", dir, "--format", "ftm")
		want := exportedRecords(t, ftm)
		if len(want) != 21 || want["override failed"] == "" || want["claim fail.2"] != "" {
			t.Fatalf("%d: %v", len(want), want)
		}
		for format, name := range map[string]string{"ftm": "x.jsonl", "stix": "x.json"} {
			t.Run(format, func(t *testing.T) {
				from := filepath.Join(t.TempDir(), name)
				must(t, "export", dir, "--format", format, "-o", from)
				t.Setenv("DEMARCHE_DB", onPostgresOr(t, os.Getenv("DEMARCHE_DB")))
				made := filepath.Join(t.TempDir(), "made")
				code, _, errs := do(t, "", "import", from, made)
				if code != 0 || !strings.Contains(errs, "3 claims came with it and are proposed; nobody here has accepted any") || !strings.Contains(errs, "not taken over: 1 credence that an analyst elsewhere set by hand") {
					t.Fatalf("%d %s", code, errs)
				}
				got := map[string]string{}
				inLedger(t, made, func(l *ledger.Ledger) {
					if _, err := l.Export(t.Context(), time.Time{}, nil, func(r ledger.Record) error {
						data, err := json.Marshal(r)
						got[r.Ref().Kind.String()+" "+r.Ref().ID] = string(data)
						return err
					}); err != nil {
						t.Fatal(err)
					}
					c, err := l.Weigh(t.Context(), time.Time{}, "failed", nil, demarche.DefaultWeights)
					if err != nil || c.P != c.Prior {
						t.Errorf("%v: claims that nobody here accepted move a credence: %+v", err, c)
					}
				})
				for name, text := range want {
					if name == "override failed" {
						continue
					}
					text = strings.Replace(text, `"status":"accepted"`, `"status":"proposed"`, 1)
					var a, b any
					if err := json.Unmarshal([]byte(text), &a); err != nil {
						t.Fatal(err)
					}
					if err := json.Unmarshal([]byte(got[name]), &b); err != nil {
						t.Fatalf("the %s is lost: %v", name, err)
					}
					if !reflect.DeepEqual(a, b) {
						t.Errorf("the %s came back as\n%s\nand was\n%s", name, got[name], text)
					}
				}
				if len(got) != len(want)-1 {
					t.Errorf("%d records came of %d", len(got), len(want)-1)
				}
				must(t, "check", made)
				if out := must(t, "brief", made); !strings.Contains(out, "Doha") {
					t.Error(out)
				}
			})
		}
	})
}

// onPostgresOr is an empty place on the server where there is one already in use.
func onPostgresOr(t *testing.T, used string) string {
	if used == "" {
		return ""
	}
	return onPostgres(t)
}

// TestForeignRecordsRefused: what is no record, or cannot be taken in, is told,
// and leaves nothing.
func TestForeignRecordsRefused(t *testing.T) {
	setClock(t, toldIn)
	caseLine := `{"id":"n","schema":"Note","properties":{"name":["T"]},"demarche":{"section":"case","place":0,"item":{"demarche":1,"title":"T"}}}` + "\n"
	line := func(kind, id, record string) string {
		return `{"id":"x` + id + `","schema":"Note","properties":{"name":["x"]},"demarche":{"section":"ledger","ledger":{"n":0,"kind":"` + kind + `","id":"` + id + `","record":` + record + `}}}` + "\n"
	}
	for _, tt := range []struct{ name, text, says string }{
		{"no kind", line("moon", "m", `{}`), "knows no records of the kind"},
		{"an unknown field", line("claim", "c", `{"id":"c","says":"x","status":"accepted","evil":1}`), "this is no claim"},
		{"another id", line("claim", "c", `{"id":"d","says":"x","status":"accepted"}`), "does not have the id"},
		{"a named anonymous", line("source", "s", `{"id":"s","kind":"anonymous","name":"Bob","description":"an official","report":"r"}`), "is anonymous but is given a name"},
		{"an allegation by nobody", line("claim", "c", `{"id":"c","says":"x","against":["Bob"],"status":"accepted"}`), "has no source"},
		{"leads nowhere", line("link", "claim:a>claim:b", `{"from":{"kind":"claim","id":"a"},"to":{"kind":"claim","id":"b"},"rel":"copies"}`), "not in the ledger"},
		{"no record", strings.Replace(line("claim", "c", `{}`), `"record":{}`, `"record":[]`, 1), "does not know"},
	} {
		dir := t.TempDir()
		from := filepath.Join(dir, "x.jsonl")
		if err := os.WriteFile(from, []byte(caseLine+tt.text), 0o644); err != nil {
			t.Fatal(err)
		}
		code, _, errs := do(t, "", "import", from, filepath.Join(dir, "made"))
		if code != 3 || !strings.Contains(errs, tt.says) {
			t.Errorf("%s: %d %s", tt.name, code, errs)
		}
		if left, _ := os.ReadDir(dir); len(left) != 1 {
			t.Errorf("%s: left behind: %v", tt.name, left)
		}
	}
	// A ledger that is there is never replaced.
	dir := t.TempDir()
	from := filepath.Join(dir, "x.jsonl")
	if err := os.WriteFile(from, []byte(caseLine+line("claim", "c", `{"id":"c","says":"x","status":"accepted"}`)), 0o644); err != nil {
		t.Fatal(err)
	}
	must(t, "import", from, filepath.Join(dir, "made"))
	if code, _, errs := do(t, "", "import", from, filepath.Join(dir, "made"), "--force"); code != 3 || !strings.Contains(errs, "a ledger is never replaced") {
		t.Errorf("%d %s", code, errs)
	}
}

// FuzzReceive: whatever a file says came of a ledger, it is a record that may be
// kept, proposed at most, or refused with a sentence.
func FuzzReceive(f *testing.F) {
	f.Add("claim", "c", []byte(`{"id":"c","says":"x","status":"accepted","spans":{"content":[[0,4]]}}`))
	f.Add("report", "r", []byte(`{"id":"r","text":"words","sha256":"00","body":3}`))
	f.Add("source", "s", []byte(`{"id":"s","kind":"anonymous","description":"an official","report":"r"}`))
	f.Add("override", "p", []byte(`{"proposition":"p","by":"Ann","p":1,"reason":"x"}`))
	f.Add("link", "claim:a>claim:b", []byte(`{"from":{"kind":"claim","id":"a"},"to":{"kind":"claim","id":"b"},"rel":"copies"}`))
	f.Fuzz(func(t *testing.T, kind, id string, data []byte) {
		got, err := receive("x.jsonl", []casefile.Record{{Kind: kind, ID: id, JSON: data}})
		if err != nil {
			if e, ok := err.(*demarche.Error); !ok || e.Kind != demarche.BadInput || e.Msg == "" {
				t.Errorf("%v", err)
			}
			return
		}
		for _, it := range got.items {
			if err := ledger.Check(it.Record); err != nil || it.Record.Ref().ID != id {
				t.Errorf("%v: %v", it.Record, err)
			}
			if c, ok := it.Record.(*ledger.Claim); ok && c.Status == "accepted" {
				t.Error("a stranger's claim is accepted")
			}
		}
	})
}
