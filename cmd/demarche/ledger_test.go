package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/demarche/demarche/ledger"
)

// The case of the tests: a replay of 2 December 2025, told in 2026.
const ledgerCase = `demarche: 1
title: The Doha talks
as_of: 2025-12-02
actors:
  norvik: {name: Norvik, kind: state}
  sellony: {name: Sellony, kind: state}
propositions:
  failed: {says: The talks in Doha have failed, prior: 0.4}
offers:
  - {id: o1, by: norvik, to: sellony, says: A truce of thirty days}
incidents:
  - {id: strike, says: A depot was struck}
conflict:
  players:
    norvik: {options: {hold: Hold its fire}, prefers: [norvik.hold]}
  outcomes:
    truce: {when: norvik.hold, says: a truce, by: 2026-03-31}
    none: {when: otherwise, says: no truce}
`

const (
	gazetteText = "Officials close to the talks said on Monday that the talks in Doha had failed. “We will not yield to threats,” Foreign Minister Nicola Pena told reporters. An aide to the minister said that the Sellonian envoy Oskar Lind had taken money."
	heraldText  = "Talks in Doha go on, the Sellonian government said. “Nothing has failed,” its spokesman said."
	wireText    = "Officials close to the talks said on Monday that the talks in Doha had failed, the Gazette reports."
)

// setClock puts the clock of ledgers at a time; it goes on by a second each time
// it is read.
func setClock(t testing.TB, at time.Time) {
	t.Helper()
	var n atomic.Int64
	was := clock
	clock = func() time.Time { return at.Add(time.Duration(n.Add(1)) * time.Second) }
	t.Cleanup(func() { clock = was })
}

var toldIn = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// smallLedger makes a case folder with a ledger, and gives its path.
func smallLedger(t testing.TB) string {
	t.Helper()
	t.Setenv("DEMARCHE_USER", "Ann")
	setClock(t, toldIn)
	dir := filepath.Join(t.TempDir(), "doha")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "case.yaml"), []byte(ledgerCase), 0o644); err != nil {
		t.Fatal(err)
	}
	a := &app{}
	l, err := a.openLedger(t.Context(), dir, true)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	span := func(text, part string) [][2]int {
		at := strings.Index(text, part)
		if at < 0 {
			t.Fatalf("%q is not in the text", part)
		}
		return [][2]int{{at, at + len(part)}}
	}
	claim := func(id string) ledger.Ref { return ledger.Ref{Kind: ledger.KindClaim, ID: id} }
	failed := ledger.Ref{Kind: ledger.KindProposition, ID: "failed"}
	for _, day := range []struct {
		learned string
		records []ledger.Record
	}{
		{"2025-12-01T18:00:00Z", []ledger.Record{
			&ledger.Source{ID: "gazette", Name: "The Gazette", Kind: "outlet", Reliability: "B"},
			&ledger.Source{ID: "wire", Name: "Northern Wire", Kind: "outlet"},
			&ledger.Report{ID: "fail", Outlet: "gazette", Title: "Talks have failed, officials say", Published: "2025-12-01", Text: gazetteText},
			&ledger.Report{ID: "wire1", Outlet: "wire", Title: "Gazette: talks failed", Published: "2025-12-01", Text: wireText},
			&ledger.Source{ID: "officials", Description: "officials close to the talks", Kind: "anonymous", Report: "fail", Side: "norvik"},
			&ledger.Source{ID: "officials2", Description: "officials close to the talks", Kind: "anonymous", Report: "wire1", Side: "norvik"},
			&ledger.Source{ID: "pena", Name: "Nicola Pena", Kind: "person", Side: "norvik", Reliability: "C"},
			&ledger.Source{ID: "aide", Description: "an aide to the minister", Kind: "anonymous", Report: "fail", Side: "norvik"},
			&ledger.Proposition{ID: "failed", Says: "The talks in Doha have failed"},
			&ledger.Claim{ID: "fail.1", Report: "fail", Source: "officials", Says: "the talks in Doha have failed", Quote: "the talks in Doha had failed",
				Spans: ledger.Spans{Source: span(gazetteText, "Officials close to the talks"), Cue: span(gazetteText, "said"), Content: span(gazetteText, "that the talks in Doha had failed")},
				Said:  "2025-12-01", Act: "states", Stance: "affirms", Record: "anonymous", Access: "direct", FoundBy: "reader 1", Status: "accepted", Credibility: 3},
			&ledger.Claim{ID: "fail.2", Report: "fail", Source: "pena", Quote: "We will not yield to threats",
				Spans: ledger.Spans{Content: span(gazetteText, "“We will not yield to threats,”")}, Said: "2025-12-01", Act: "states", Record: "on_record", FoundBy: "reader 1", Status: "proposed"},
			&ledger.Claim{ID: "fail.3", Report: "fail", Source: "aide", Says: "the envoy took money", Quote: "the Sellonian envoy Oskar Lind had taken money", Against: []string{"Oskar Lind"},
				Stance: "affirms", Record: "anonymous", Status: "proposed", Handling: "confidential"},
			&ledger.Claim{ID: "wire1.1", Report: "wire1", Source: "officials2", Quote: "the talks in Doha had failed", Stance: "affirms", Record: "anonymous", Relayed: "gazette", FoundBy: "reader 1", Status: "accepted"},
			&ledger.Link{From: ledger.Ref{Kind: ledger.KindReport, ID: "wire1"}, To: ledger.Ref{Kind: ledger.KindReport, ID: "fail"}, Rel: "copies", Strength: 0.8},
			&ledger.Link{From: claim("fail.1"), To: failed, Rel: "affirms"},
			&ledger.Link{From: claim("wire1.1"), To: failed, Rel: "affirms"},
		}},
		{"2025-12-02T09:00:00Z", []ledger.Record{
			&ledger.Source{ID: "herald", Name: "The Herald", Kind: "outlet", Reliability: "C"},
			&ledger.Report{ID: "goon", Outlet: "herald", Title: "Talks go on", Published: "2025-12-02", Text: heraldText},
			&ledger.Source{ID: "spokesman", Name: "The spokesman of Sellony", Kind: "office", Side: "sellony"},
			&ledger.Claim{ID: "goon.1", Report: "goon", Source: "spokesman", Says: "the talks have not failed", Quote: "“Nothing has failed,”", Stance: "denies", Act: "denies", Record: "on_record", Said: "2025-12-02",
				Spans: ledger.Spans{Content: span(heraldText, "“Nothing has failed,”")}, FoundBy: "reader 1", Status: "accepted", Credibility: 2},
			&ledger.Link{From: claim("goon.1"), To: failed, Rel: "denies"},
			&ledger.Brief{ID: "b1", Title: "Doha, first brief", Made: "2025-12-02", Claims: []string{"fail.1"}},
		}},
	} {
		learned, err := time.Parse(time.RFC3339, day.learned)
		if err != nil {
			t.Fatal(err)
		}
		var items []ledger.Item
		for _, r := range day.records {
			items = append(items, ledger.Item{Record: r})
		}
		if _, err := l.Write(t.Context(), ledger.Change{Who: "Bo", Why: "added with its report", Learned: learned}, items...); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var ledgerSchemas atomic.Int64

// onPostgres makes an empty place on the server that DEMARCHE_POSTGRES names,
// and gives its address; "" where there is none.
func onPostgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv("DEMARCHE_POSTGRES")
	if server == "" {
		return ""
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("demarche_cmd_%d_%d", os.Getpid(), ledgerSchemas.Add(1))
	if _, err := db.ExecContext(context.Background(), "CREATE SCHEMA "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec("DROP SCHEMA " + name + " CASCADE"); err != nil {
			t.Error(err)
		}
		db.Close()
	})
	join := "?"
	if strings.Contains(server, "?") {
		join = "&"
	}
	return server + join + "search_path=" + name
}

// onEachStore runs a test on a ledger beside the case, and on one in PostgreSQL
// where there is a server.
func onEachStore(t *testing.T, test func(t *testing.T, dir string)) {
	t.Run("SQLite", func(t *testing.T) { test(t, smallLedger(t)) })
	t.Run("PostgreSQL", func(t *testing.T) {
		where := onPostgres(t)
		if where == "" {
			t.Skip("DEMARCHE_POSTGRES names no server")
		}
		t.Setenv("DEMARCHE_DB", where)
		test(t, smallLedger(t))
	})
}

// ledgerGolden compares what a command prints, with DIR for the folder.
func ledgerGolden(t *testing.T, name, dir string, args ...string) {
	t.Helper()
	code, out, errs := do(t, "", args...)
	golden(t, "ledger/"+name, strings.ReplaceAll(fmt.Sprintf("%s%sexit code %d\n", out, errs, code), dir, "DIR"))
}

// TestLedgerReading holds what the reading commands print, on both stores.
func TestLedgerReading(t *testing.T) {
	if testing.Short() {
		t.Skip("TestLedgerReading not run: -short")
	}
	onEachStore(t, func(t *testing.T, dir string) {
		for _, c := range []struct {
			name string
			args []string
		}{
			{"list.txt", []string{"list", dir}},
			{"list.json", []string{"list", dir, "--json", "--limit", "2"}},
			{"list.csv", []string{"list", dir, "--csv"}},
			{"list-none.txt", []string{"list", dir, "--stance", "hedges"}},
			{"list-none.json", []string{"list", dir, "--stance", "hedges", "--json"}},
			{"list-early.txt", []string{"list", dir, "--as-of", "2025-12-01", "--status", "accepted,proposed", "--from", "2025-12"}},
			{"list-search.txt", []string{"list", dir, "--kind", "all", "--text", "doha fail*"}},
			{"list-sources.txt", []string{"list", dir, "--kind", "source"}},
			{"list-links.txt", []string{"list", dir, "--kind", "link"}},
			{"list-proposition.txt", []string{"list", dir, "--proposition", "failed", "--limit", "1"}},
			{"show-claim.txt", []string{"show", dir, "fail.1"}},
			{"show-claim.json", []string{"show", dir, "fail.1", "--json"}},
			{"show-allegation.txt", []string{"show", dir, "fail.3"}},
			{"show-report.txt", []string{"show", dir, "report", "fail"}},
			{"show-source.txt", []string{"show", dir, "source:gazette"}},
			{"show-proposition.txt", []string{"show", dir, "failed"}},
			{"show-link.txt", []string{"show", dir, "goon.1>failed"}},
			{"show-early.txt", []string{"show", dir, "goon.1", "--as-of", "2025-12-01"}},
			{"show-unknown.txt", []string{"show", dir, "fial.1"}},
			{"contested.txt", []string{"contested", dir}},
			{"contested.json", []string{"contested", dir, "--json"}},
			{"contested-early.txt", []string{"contested", dir, "--as-of", "2025-12-01"}},
			{"contested-early-all.txt", []string{"contested", dir, "--all", "--as-of", "2025-12-01"}},
			{"contested-unknown.txt", []string{"contested", dir, "faild"}},
			{"explanations-none.txt", []string{"explanations", dir}},
			{"forecasts-none.txt", []string{"forecasts", dir}},
			{"diff.txt", []string{"diff", dir, "--from", "2025-12-01"}},
			{"diff.json", []string{"diff", dir, "--from", "2025-12-01", "--json"}},
			{"diff-all.txt", []string{"diff", dir, "--from", "2025-11-30"}},
			{"diff-none.txt", []string{"diff", dir, "--from", "2025-10", "--to", "2025-11"}},
			{"diff-backwards.txt", []string{"diff", dir, "--from", "2025-12-02"}},
			{"uses.txt", []string{"uses", dir, "fail.1"}},
			{"uses.json", []string{"uses", dir, "fail.1", "--json"}},
			{"uses-none.txt", []string{"uses", dir, "goon.1"}},
			{"history.txt", []string{"history", dir, "fail.1"}},
			{"history.json", []string{"history", dir, "spokesman", "--json"}},
		} {
			t.Run(c.name, func(t *testing.T) { ledgerGolden(t, c.name, dir, append([]string{"ledger"}, c.args...)...) })
		}
	})
}

// transcript runs command lines one after another and gives what a person would
// see.
func transcript(t *testing.T, dir string, lines ...[]string) string {
	t.Helper()
	var out strings.Builder
	for _, args := range lines {
		code, stdout, stderr := do(t, "", append([]string{"ledger", args[0], dir}, args[1:]...)...)
		fmt.Fprintf(&out, "$ demarche ledger %s DIR", args[0])
		for _, a := range args[1:] {
			if strings.ContainsAny(a, " >") {
				a = "'" + a + "'"
			}
			out.WriteString(" " + a)
		}
		fmt.Fprintf(&out, "\n%s%s", stdout, stderr)
		if code != 0 {
			fmt.Fprintf(&out, "exit code %d\n", code)
		}
	}
	return strings.ReplaceAll(out.String(), dir, "DIR")
}

// TestLedgerChanging holds what the changing commands print, one after another,
// on both stores. After each story the ledger still holds together.
func TestLedgerChanging(t *testing.T) {
	if testing.Short() {
		t.Skip("TestLedgerChanging not run: -short")
	}
	for name, lines := range map[string][][]string{
		"accept": {
			{"accept", "fail.2", "--credibility", "2", "--affirms", "failed", "--strength", "0.5"},
			{"accept", "fail.2"},
			{"accept", "fail.1", "goon.1", "nothing.1"},
			{"history", "fail.2"},
			{"accept", "fail.3", "--why", "the words stand there", "--by", "Cy"},
			{"reject", "fail.1", "fail.3", "--why", "not what the report says"},
			{"list", "--status", "rejected"},
			{"history", "fail.3"},
			{"accept", "fail.2", "--affirms", "faild"},
			{"accept", "fail.2", "--affirms", "peace"},
			{"accept", "fail.2", "--affirms", "failed", "--denies", "failed"},
			{"accept", "fail.2", "--credibility", "7"},
			{"accept", "fail.2", "--strength", "0.5"},
			{"accept", "fail.2", "--affirms", "failed", "--strength", "1.5"},
			{"accept", "gazette"},
			{"accept", "--quiet", "fail.1"},
			{"accept"},
		},
		"correct": {
			{"correct", "fail.2", "--stance", "denies", "--hedges", "reportedly,perhaps", "--credibility", "3"},
			{"correct", "fail.2", "--quote", "We will not … threats"},
			{"correct", "fail.2", "--quote", "We will yield"},
			{"correct", "fail.2", "--content-span", "79:110", "--source-span", "128:139"},
			{"correct", "fail.2", "--content-span", "79:9999"},
			{"correct", "fail.2", "--content-span", "80:100"},
			{"correct", "fail.2", "--content-span", "110:79"},
			{"correct", "fail.2", "--content-span", "here"},
			{"correct", "fail.2", "--cue-span", "30:34", "--cue-span", "33:40"},
			{"correct", "fail.2", "--content-span", "0:28", "--quote", "We will not yield to threats"},
			{"correct", "fail.2", "--said", "yesterday"},
			{"correct", "fail.2", "--said", "2025-12-01", "--interest", "nrvik"},
			{"correct", "fail.2", "--source", "pea"},
			{"correct", "fail.2", "--stance", "deny"},
			{"correct", "fail.2", "--hedges", "none", "--credibility", "0", "--stance", "none"},
			{"correct", "fail.2"},
			{"correct", "goon.1", "--credibility", "4"},
			{"history", "fail.2"},
		},
		"link": {
			{"link", "fail.2", "affirms", "failed"},
			{"link", "fail.2", "affirms", "failed"},
			{"link", "fail.2", "denies", "failed", "--strength", "0.5", "--note", "by what follows"},
			{"unlink", "fail.2", "failed"},
			{"unlink", "fail.2", "failed"},
			{"undo", "fail.2>failed"},
			{"link", "goon.1", "contradicts", "fail.1"},
			{"link", "fail.2", "about", "offer:o1"},
			{"link", "fail.2", "about", "strike"},
			{"link", "fail.2", "about", "offer:o2"},
			{"link", "fail.2", "about", "failed"},
			{"link", "wire1.1", "copies", "fail.1"},
			{"link", "wire1", "copies", "goon", "--strength", "0.9"},
			{"link", "fail.2", "afirms", "failed"},
			{"link", "fail.2", "affirms", "fail.1"},
			{"link", "fail.2", "replies", "fail.2"},
			{"link", "goon.1", "replies", "fail.3"},
			{"show", "fail.3"},
			{"unlink", "fail.2", "goon.1"},
			{"list", "--kind", "link"},
		},
		"undo": {
			{"undo", "goon.1"},
			{"undo", "goon.1>failed"},
			{"undo", "goon.1"},
			{"show", "goon.1"},
			{"undo", "goon.1"},
			{"retract", "fail.1", "--why", "the paper withdrew it"},
			{"retract", "fail.1"},
			{"undo", "fail.1"},
			{"undo", "fail.1"},
			{"retract", "fail.9"},
			{"retract", "fail.2"},
		},
		"grade": {
			{"grade", "gazette", "A", "--why", "ten of ten"},
			{"grade", "gazette", "A"},
			{"grade", "gazette", "none"},
			{"grade", "spokesman", "f"},
			{"grade", "gazette", "G"},
			{"grade", "gazete", "B"},
			{"history", "gazette"},
			{"override", "failed", "0.8", "--reason", "both delegations have left"},
			{"override", "failed", "0.9", "--reason", "and their hosts say so", "--by", "Cy"},
			{"override", "failed", "80", "--reason", "x"},
			{"override", "failed", "0.8"},
			{"show", "proposition", "failed"},
			{"show", "override:failed"},
			{"override", "failed", "--withdraw"},
			{"override", "failed", "--withdraw"},
			{"override", "other", "0.5", "--reason", "x"},
			{"proposition", "left", "--says", "Both delegations have left Doha", "--prior", "0.3"},
			{"proposition", "left", "--says", "Both delegations have left Doha."},
			{"proposition", "left"},
			{"proposition", "back"},
			{"proposition", "failed", "--prior", "0.7"},
			{"proposition", "left", "--prior", "2"},
			{"list", "--kind", "proposition"},
		},
		"explanations": {
			{"hypothesis", "bluff", "--says", "The failure is announced to press Sellony"},
			{"hypothesis", "real", "--says", "The talks have failed"},
			{"hypothesis", "bluff"},
			{"rate", "bluff", "fail.1", "consistent"},
			{"rate", "real", "fail.1", "consistent"},
			{"explanations"},
			{"rate", "real", "goon.1", "inconsistent"},
			{"rate", "bluff", "goon.1", "consistent"},
			{"rate", "real", "goon.1", "not-applicable", "--by", "Cy"},
			{"rate", "bluff", "fail.1", "inconsistent"},
			{"rate", "bluff", "fail.1", "maybe"},
			{"rate", "blff", "fail.1", "consistent"},
			{"rate", "bluff", "fail.9", "consistent"},
			{"explanations"},
			{"deception", "spokesman", "--would-see", "the same words in several outlets", "--seen", "no"},
			{"deception", "spokesman", "--seen", "yes"},
			{"deception", "aide", "--seen", "yes"},
			{"deception", "spokesman", "--seen", "perhaps"},
			{"explanations"},
			{"explanations", "--json"},
		},
		"forecasts": {
			{"judge", "truce", "0.3", "--because", "fail.1,goon.1", "--due", "2026-01-31"},
			{"judge", "truce", "0.6", "--by", "Cy"},
			{"judge", "Will the envoy come back?", "0.9", "--due", "2025-11-30", "--date", "2025-11-01"},
			{"judge", "truse", "0.3"},
			{"judge", "truce", "30"},
			{"judge", "truce", "0.3", "--because", "fail.9"},
			{"judge", "truce", "0.3", "--id", "truce.1"},
			{"judge", "truce", "0.3", "--due", "soon"},
			{"forecasts"},
			{"resolve", "truce.1", "no", "--on", "2025-12-02"},
			{"resolve", "truce.2", "no"},
			{"resolve", "judgement.1", "yes"},
			{"resolve", "judgement.1", "perhaps"},
			{"resolve", "judgement.9", "yes"},
			{"forecasts"},
			{"forecasts", "--json"},
			{"show", "truce.1"},
			{"resolve", "truce.1", "yes"},
		},
		"corrections": {
			{"accept", "fail.2"},
			{"correct", "fail.1", "--content-span", "49:77"},
			{"reject", "goon.1"},
			{"corrections"},
			{"reject", "goon.1", "--irrelevant"},
			{"reject", "goon.1", "--irrelevant"},
			{"show", "goon.1"},
			{"corrections"},
			{"retract", "goon.1"},
			{"undo", "goon.1"},
			{"accept", "goon.1"},
			{"undo", "goon.1"},
			{"history", "goon.1"},
			{"undo", "fail.2"},
			{"correct", "fail.1", "--handling", "confidential"},
			{"corrections"},
			{"corrections", "--include", "fail.1"},
			{"corrections", "--include", "fail.9"},
			{"diff", "--from", "2025-12-01"},
		},
		"redact": {
			{"redact", "fail.3", "--yes"},
			{"redact", "fail.1", "--why", "the source asked for it"},
			{"redact", "fail.1", "--why", "the source asked for it", "--yes"},
			{"show", "fail.1"},
			{"history", "fail.1"},
			{"redact", "fail.1", "--why", "again", "--yes"},
			{"redact", "report", "fail", "--why", "published by mistake", "--yes"},
			{"show", "fail.2"},
			{"accept", "fail.1"},
			{"undo", "fail.1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			onEachStore(t, func(t *testing.T, dir string) {
				got := transcript(t, dir, lines...)
				// Of a server, more is out of reach.
				got = strings.ReplaceAll(got, "- Not reached: the logs, archives and replicas of the server.\n", "")
				golden(t, "ledger/"+name+".txt", got)
				l, err := (&app{}).openLedger(t.Context(), dir, false)
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
				if f, err := l.Verify(t.Context(), nil); err != nil || !f.OK() {
					t.Errorf("%+v, %v", f, err)
				}
			})
		})
	}
}

// TestDocsNameEveryLedgerCommand holds that commands.md has a section for every
// command of the ledger, with its flags there or in the section of the group.
func TestDocsNameEveryLedgerCommand(t *testing.T) {
	text := document(t, "docs/reference/commands.md")
	_, group, _ := strings.Cut(text, "\n## demarche ledger\n")
	group, _, _ = strings.Cut(group, "\n## ")
	_, help, _ := strings.Cut(must(t, "ledger", "--help"), "Available Commands:\n")
	list, _, _ := strings.Cut(help, "\nFlags:\n")
	commands := regexp.MustCompile(`(?m)^  ([a-z]+) `).FindAllStringSubmatch(list, -1)
	if len(commands) < 28 {
		t.Fatalf("few commands are found: %v", commands)
	}
	for _, c := range commands {
		_, section, ok := strings.Cut(group, "\n### demarche ledger "+c[1]+"\n")
		if !ok {
			t.Errorf("commands.md has no section for demarche ledger %s", c[1])
			continue
		}
		section, _, _ = strings.Cut(section, "\n### ")
		help := must(t, "ledger", c[1], "--help")
		if !strings.Contains(help, "\nExamples:\n  demarche ledger "+c[1]+" ") {
			t.Errorf("the help of demarche ledger %s has no example", c[1])
		}
		_, flags, _ := strings.Cut(help, "\nFlags:\n")
		flags, _, _ = strings.Cut(flags, "\nGlobal Flags:\n")
		for _, f := range listedFlag.FindAllStringSubmatch(flags, -1) {
			if f[1] != "help" && !strings.Contains(section, "`--"+f[1]) {
				t.Errorf("commands.md lacks --%s of demarche ledger %s", f[1], c[1])
			}
		}
	}
}

// TestDocsNameEveryLedgerField holds that json.md names the fields that the
// commands of the ledger print.
func TestDocsNameEveryLedgerField(t *testing.T) {
	dir := smallLedger(t)
	for _, args := range [][]string{
		{"hypothesis", dir, "h", "--says", "x"}, {"hypothesis", dir, "g", "--says", "y"}, {"rate", dir, "h", "fail.1", "inconsistent"},
		{"deception", dir, "pena", "--would-see", "x", "--seen", "no"}, {"judge", dir, "truce", "0.3", "--because", "fail.1"}, {"resolve", dir, "truce.1", "no"},
		{"judge", dir, "truce", "0.4", "--due", "2026"}, {"link", dir, "goon.1", "replies", "fail.3", "--note", "x", "--strength", "0.5"},
		{"override", dir, "failed", "0.7", "--reason", "x"}, {"redact", dir, "wire1.1", "--yes", "--why", "x"}, {"accept", dir, "fail.2", "--affirms", "failed"}, {"undo", dir, "fail.2"},
	} {
		must(t, append([]string{"ledger"}, args...)...)
	}
	text := document(t, "docs/reference/json.md")
	_, group, ok := strings.Cut(text, "\n## ledger\n")
	if !ok {
		t.Fatal("json.md has no section on the ledger")
	}
	group, _, _ = strings.Cut(group, "\n## ")
	named := map[string]bool{}
	for _, m := range code.FindAllStringSubmatch(withoutCode(group), -1) {
		for _, w := range regexp.MustCompile(`[a-z0-9_]+`).FindAllString(m[1], -1) {
			named[w] = true
		}
	}
	keys := map[string]bool{}
	commands := map[string]bool{}
	for _, args := range [][]string{
		{"list"}, {"list", "--kind", "report"}, {"list", "--kind", "source"}, {"list", "--kind", "brief"}, {"list", "--kind", "override"}, {"list", "--kind", "rating"},
		{"show", "fail.1"}, {"show", "fail.3"}, {"show", "goon.1>fail.3"}, {"history", "wire1.1"}, {"contested"}, {"diff", "--from", "2025-11"},
		{"explanations"}, {"forecasts"}, {"uses", "fail.1"}, {"verify"}, {"corrections"},
	} {
		commands[args[0]] = true
		line := append([]string{"ledger", args[0], dir}, args[1:]...)
		if args[0] != "corrections" {
			line = append(line, "--json")
		}
		d := json.NewDecoder(strings.NewReader(must(t, line...)))
		for {
			var v any
			if err := d.Decode(&v); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(line, err)
			}
			jsonKeys(v, []string{"says"}, keys)
		}
	}
	for key := range keys {
		if !named[key] {
			t.Errorf("the section on the ledger of json.md does not name %s", key)
		}
	}
	for name := range commands {
		if !strings.Contains(group, "\n### ledger "+name+"\n") {
			t.Errorf("json.md has no section on ledger %s", name)
		}
	}
	if len(keys) < 90 {
		t.Errorf("only %d fields were compared", len(keys))
	}
}
