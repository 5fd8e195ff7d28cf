package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/engine"
	"github.com/demarche/demarche/ledger"
)

const (
	makerText = "The turbines will arrive a year late, the Torvald Works, which builds them, said in a letter to the Bank. “We cannot deliver before next spring,” its director, Pia Roth, told the River Post. The Energy Ministry withdrew its forecast of a normal season. An aide to the minister said that Foreign Minister Jon Arvel had taken a bribe. Arvel said that he had taken nothing. Cement prices rose, a trader said."
	wireCopy  = "“We cannot deliver before next spring,” the director of the Torvald Works, Pia Roth, told the River Post. The wire adds nothing of its own to that."
)

// heldImbra makes a copy of the river example with a ledger in which things happen
// on 18 and 19 May 2025, and gives its folder.
func heldImbra(t testing.TB) string {
	t.Helper()
	t.Setenv("DEMARCHE_USER", "Ann")
	setClock(t, toldIn)
	dir := filepath.Join(t.TempDir(), "imbra")
	if err := os.CopyFS(dir, os.DirFS("../../examples/imbra-river")); err != nil {
		t.Fatal(err)
	}
	if code := (&app{stdout: &strings.Builder{}, stderr: &strings.Builder{}, stdin: strings.NewReader(""), quiet: true}).ledgerAdd(t.Context(), dir, nil, addFlags{least: 0.5}); code != nil {
		t.Fatal(code)
	}
	l, err := (&app{}).openLedger(t.Context(), dir, true)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	seen := func(kind ledger.Kind, id string) int {
		h, err := l.History(t.Context(), time.Time{}, ledger.Ref{Kind: kind, ID: id})
		if err != nil {
			return 0
		}
		return h[len(h)-1].Number
	}
	write := func(day, why string, records ...ledger.Record) {
		t.Helper()
		learned, err := time.Parse("2006-01-02 15:04", day)
		if err != nil {
			t.Fatal(err)
		}
		var items []ledger.Item
		for _, r := range records {
			items = append(items, ledger.Item{Record: r, Expect: seen(r.Ref().Kind, r.Ref().ID)})
		}
		if _, err := l.Write(t.Context(), ledger.Change{Who: "Ann", Why: why, Learned: learned}, items...); err != nil {
			t.Fatal(err)
		}
	}
	// as changes a record as it is now.
	as := func(kind ledger.Kind, id string, change func(ledger.Record)) ledger.Record {
		t.Helper()
		at, err := l.Get(t.Context(), time.Time{}, ledger.Ref{Kind: kind, ID: id})
		if err != nil {
			t.Fatal(err)
		}
		change(at.Record)
		return at.Record
	}
	span := func(text, part string) [][2]int {
		t.Helper()
		at := strings.Index(text, part)
		if at < 0 {
			t.Fatalf("%q is not in the text", part)
		}
		return [][2]int{{at, at + len(part)}}
	}
	claim := func(id string) ledger.Ref { return ledger.Ref{Kind: ledger.KindClaim, ID: id} }
	matter := func(id string) ledger.Ref { return ledger.Ref{Kind: ledger.KindProposition, ID: id} }
	link := func(from string, rel string, to ledger.Ref) ledger.Record {
		return &ledger.Link{From: claim(from), To: to, Rel: rel}
	}

	write("2025-05-18 09:00", "added with its report",
		&ledger.Source{ID: "post", Name: "River Post", Kind: "outlet", Reliability: "B"},
		&ledger.Source{ID: "wire", Name: "Northern Wire", Kind: "outlet", Reliability: "C"},
		&ledger.Report{ID: "maker", Outlet: "post", Title: "A letter from Torvald", Published: "2025-05-18", Text: makerText},
		&ledger.Report{ID: "wire1", Outlet: "wire", Title: "Turbines late, says maker", Published: "2025-05-18", Text: wireCopy},
		&ledger.Source{ID: "roth", Name: "Pia Roth", Kind: "person", Reliability: "B"},
		&ledger.Source{ID: "maker.aide", Description: "an aide to the minister", Kind: "anonymous", Report: "maker", Side: "orvania", Handling: "internal"},
		&ledger.Source{ID: "maker.trader", Description: "a trader", Kind: "anonymous", Report: "maker"},
		&ledger.Proposition{ID: "bribe", Says: "Jon Arvel has taken a bribe"},
		&ledger.Claim{ID: "m1", Report: "maker", Source: "roth", Says: "the turbines cannot be delivered before next spring", Quote: "We cannot deliver before next spring",
			Spans: ledger.Spans{Content: span(makerText, "“We cannot deliver before next spring,”")}, Said: "2025-05-18", Act: "states", Stance: "affirms", Record: "on_record", Access: "direct", Credibility: 2, FoundBy: "reader 1", Status: "accepted"},
		&ledger.Claim{ID: "w1", Report: "wire1", Source: "roth", Says: "the turbines cannot be delivered before next spring", Quote: "We cannot deliver before next spring",
			Said: "2025-05-18", Act: "states", Stance: "affirms", Record: "on_record", Relayed: "post", FoundBy: "reader 1", Status: "accepted"},
		&ledger.Claim{ID: "m2", Report: "maker", Source: "ministry", Says: "its forecast of a normal season does not hold", Quote: "withdrew its forecast of a normal season", Act: "states", Stance: "affirms", Record: "unattributed", FoundBy: "Ann", Status: "accepted"},
		&ledger.Claim{ID: "m3", Report: "maker", Source: "maker.aide", Says: "Arvel has taken a bribe", Quote: "Foreign Minister Jon Arvel had taken a bribe", Against: []string{"Jon Arvel"}, Act: "states", Stance: "affirms", Record: "anonymous", FoundBy: "Ann", Status: "accepted", Handling: "confidential"},
		&ledger.Claim{ID: "m4", Report: "maker", Source: "arvel", Says: "he has taken nothing", Quote: "he had taken nothing", Act: "denies", Stance: "denies", Record: "on_record", FoundBy: "Ann", Status: "accepted"},
		&ledger.Claim{ID: "m5", Report: "maker", Source: "maker.trader", Says: "cement prices rose", Quote: "Cement prices rose", Act: "states", Stance: "affirms", Record: "anonymous", FoundBy: "reader 1", Status: "accepted"},
		&ledger.Link{From: ledger.Ref{Kind: ledger.KindReport, ID: "wire1"}, To: ledger.Ref{Kind: ledger.KindReport, ID: "maker"}, Rel: "copies", Strength: 0.8},
		link("m1", "affirms", matter("turbines_late")), link("w1", "affirms", matter("turbines_late")), link("w1", "copies", claim("m1")),
		link("m2", "retracts", claim("c10")), link("m3", "affirms", matter("bribe")), link("m4", "denies", matter("bribe")), link("m4", "replies", claim("m3")),
		link("m5", "about", ledger.Ref{Kind: ledger.KindIncident, ID: "filling"}))
	write("2025-05-19 10:00", "her dates had slipped twice before",
		as(ledger.KindSource, "roth", func(r ledger.Record) { r.(*ledger.Source).Reliability = "C" }))
	write("2025-05-19 11:00", "the notebook shows another date",
		as(ledger.KindClaim, "c14", func(r ledger.Record) { r.(*ledger.Claim).Status = "rejected" }))
	write("2025-05-19 12:00", "her own look at the models",
		&ledger.Override{Proposition: "dry_season", By: "Ann", P: 0.7, Reason: "The gauges speak for it"})
	if _, err := l.Redact(t.Context(), ledger.Change{Who: "Cy", Why: "the source asked for it", Learned: time.Date(2025, 5, 19, 15, 0, 0, 0, time.UTC)}, claim("c16")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// The brief on a ledger, as of its day and of days before, and what changed.
func TestBriefOnLedger(t *testing.T) {
	dir := heldImbra(t)
	for _, tt := range []struct {
		name string
		args []string
	}{
		{"held.brief.txt", nil},
		{"held.brief.md", []string{"-f", "md"}},
		{"held.since.txt", []string{"--since", "2025-05-17"}},
		{"held.earlier.txt", []string{"--as-of", "2025-05-17"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := do(t, "", append([]string{"brief", dir}, tt.args...)...)
			if code != 0 {
				t.Fatalf("exit code %d: %s", code, errs)
			}
			if strings.Contains(out, "DRAFT") {
				t.Errorf("the brief is a draft:\n%s", out[:min(len(out), 2000)])
			}
			golden(t, tt.name, out)
		})
	}
}

// Every form of a brief on a ledger passes the check of edited briefs, and what is
// told wrongly of the ledger does not.
func TestLintOnLedger(t *testing.T) {
	if testing.Short() {
		t.Skip("TestLintOnLedger not run: -short")
	}
	dir := heldImbra(t)
	file := filepath.Join(t.TempDir(), "brief")
	for _, form := range []string{"text", "md", "html", "json"} {
		must(t, "brief", dir, "-f", form, "-o", file)
		if code, out, errs := do(t, "", "lint-brief", file, "--case", dir); code != 0 {
			t.Errorf("%s: exit code %d\n%s%s", form, code, out, errs)
		}
	}
	must(t, "brief", dir, "--since", "2025-05-17", "-f", "md", "-o", file)
	if code, out, errs := do(t, "", "lint-brief", file, "--case", dir, "--since", "2025-05-17"); code != 0 {
		t.Errorf("with what changed: exit code %d\n%s%s", code, out, errs)
	}
	must(t, "brief", dir, "-f", "md", "-o", file)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ from, to, want string }{
		{"Whether the turbines will arrive a year late is contested: one origin affirms it, one origin denies it", "The turbines will arrive a year late", "This matter is contested and is told as fact"},
		{"An aide to the minister, speaking anonymously, alleged, against Jon Arvel, that Arvel has taken a bribe", "Jon Arvel has taken a bribe", "An allegation against Jon Arvel lacks its speaker"},
		{"Pia Roth said on 18 May 2025 that the turbines cannot be delivered before next spring", "Pia Roth said on 18 May 2025 that the turbines cannot be delivered before next autumn and cost 70 millions", "the number 70"},
		{"A trader, speaking anonymously, said that cement prices rose", "Marta Keld said that cement prices rose", "An anonymous source is told as Marta Keld"},
	} {
		bad := strings.Replace(string(good), tt.from, tt.to, 1)
		if bad == string(good) {
			t.Errorf("the brief no longer holds %q", tt.from)
			continue
		}
		if err := os.WriteFile(file, []byte(bad), 0o644); err != nil {
			t.Fatal(err)
		}
		code, out, _ := do(t, "", "lint-brief", file, "--case", dir)
		if code != 1 || !strings.Contains(strings.ToLower(out), strings.ToLower(tt.want)) {
			t.Errorf("%q: exit code %d, %q is not in\n%s", tt.to, code, tt.want, out)
		}
	}
}

// The outlook says where its credences come from, and what is assumed goes before.
func TestOutlookOnLedger(t *testing.T) {
	dir := heldImbra(t)
	golden(t, "held.outlook.txt", must(t, "outlook", dir))
	golden(t, "held.outlook.json", must(t, "outlook", dir, "--json"))
	out := must(t, "outlook", dir, "--assume", "turbines_late=0.9")
	for _, want := range []string{"The turbines will arrive a year late (probability 90 %)", "For this question it is assumed to be 90 %."} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

// The check tells where the case rests on claims that no longer count.
func TestCheckOnLedger(t *testing.T) {
	dir := heldImbra(t)
	code, out, errs := do(t, "", "check", dir)
	if code != 0 || !strings.Contains(out, "is a valid case, with 2 warnings") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	for _, want := range []string{"warning: this rests on the claim c14, which has since been rejected", "warning: this rests on the claim c16, which has since been destroyed", "ledger history " + dir + " c14"} {
		if !strings.Contains(errs, want) {
			t.Errorf("%q is not in\n%s", want, errs)
		}
	}
}

// A brief is recorded once, with the claims it quotes, and only when that is asked
// for; whoever withdraws one of them learns of it.
func TestBriefRecord(t *testing.T) {
	if testing.Short() {
		t.Skip("TestBriefRecord not run: -short")
	}
	onEachBriefStore(t, func(t *testing.T, dir string) {
		briefs := func(claim string) []ledger.Brief {
			t.Helper()
			l, err := (&app{}).openLedger(t.Context(), dir, false)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			list, err := l.BriefsUsing(t.Context(), time.Time{}, claim)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		must(t, "brief", dir)
		if got := briefs("m1"); len(got) > 0 {
			t.Fatalf("a brief that was only read is recorded: %+v", got)
		}
		code, out, errs := do(t, "", "brief", dir, "-f", "md", "--record", "--by", "Ida Holm")
		if code != 0 || !strings.Contains(errs, "recorded as brief-2025-05-20-") {
			t.Fatalf("exit code %d: %s", code, errs)
		}
		got := briefs("m1")
		if len(got) != 1 || got[0].AsOf != "2025-05-20" || got[0].Handling != "confidential" || !strings.HasPrefix(out, "# "+got[0].Title) {
			t.Fatalf("%+v", got)
		}
		for _, id := range got[0].Claims {
			if id == "c14" || id == "c16" || id == "c10" {
				t.Errorf("the brief is said to use %s, which does not count", id)
			}
		}
		if len(briefs("c14")) > 0 {
			t.Error("the rejected claim leads to the brief")
		}
		if code, _, errs := do(t, "", "brief", dir, "-f", "html", "--record"); code != 0 || !strings.Contains(errs, "was recorded already") || len(briefs("m1")) != 1 {
			t.Errorf("exit code %d: %s", code, errs)
		}
		if code, _, errs := do(t, "", "brief", dir, "--record", "--as-of", "2025-05-18"); code != 0 || len(briefs("m1")) != 2 {
			t.Errorf("another day: exit code %d: %s", code, errs)
		}
	})
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"brief", "../../examples/imbra-river", "--record"}, 4, "has no ledger to record the brief in"},
		{[]string{"brief", "../../examples/imbra-river", "--by", "Ida"}, 2, "nothing is recorded"},
	} {
		if code, out, errs := do(t, "", tt.args...); code != tt.code || out != "" || !strings.Contains(errs, tt.want) {
			t.Errorf("%q: exit code %d, %q is not in %s", tt.args, code, tt.want, errs)
		}
	}
}

// onEachBriefStore runs a test on a ledger in a file, and on one in PostgreSQL
// where there is a server.
func onEachBriefStore(t *testing.T, test func(t *testing.T, dir string)) {
	t.Run("SQLite", func(t *testing.T) { test(t, heldImbra(t)) })
	t.Run("PostgreSQL", func(t *testing.T) {
		where := onPostgres(t)
		if where == "" {
			t.Skip("DEMARCHE_POSTGRES names no server")
		}
		t.Setenv("DEMARCHE_DB", where)
		test(t, heldImbra(t))
	})
}

// A report that the ledger learned of after the day of a brief is not known in it,
// even if its own date is earlier.
func TestReportLearnedLater(t *testing.T) {
	t.Setenv("DEMARCHE_USER", "Ann")
	setClock(t, toldIn)
	dir := filepath.Join(t.TempDir(), "imbra")
	if err := os.CopyFS(dir, os.DirFS("../../examples/imbra-river")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "reports", "found.md"), []byte("---\npublished: 2025-03-01\n---\nAn old paper turned up.\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	reports := func(day string) string {
		t.Helper()
		must(t, "brief", dir, "-f", "json", "--as-of", day, "-o", filepath.Join(dir, "b.json"))
		c, err := (&app{asOf: day}).open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		known, err := c.Reports()
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, r := range known {
			ids = append(ids, r.ID)
		}
		return strings.Join(ids, " ")
	}
	if got := reports("2025-05-10"); got != "filling-begins found low-water" {
		t.Fatalf("without a ledger: %s", got)
	}
	must(t, "ledger", "add", dir, filepath.Join(dir, "reports", "found.md"), "--learned", "2025-05-15", "--quiet")
	if got := reports("2025-05-10"); got != "filling-begins low-water" {
		t.Errorf("before it was learned: %s", got)
	}
	if got := reports("2025-05-15"); !strings.Contains(got, "found") {
		t.Errorf("after it was learned: %s", got)
	}
}

// Where claims moved one credence alone, taking that back is the earlier outlook.
func TestSinceOfOneClaim(t *testing.T) {
	t.Setenv("DEMARCHE_USER", "Ann")
	setClock(t, toldIn)
	dir := filepath.Join(t.TempDir(), "imbra")
	if err := os.CopyFS(dir, os.DirFS("../../examples/imbra-river")); err != nil {
		t.Fatal(err)
	}
	must(t, "ledger", "add", dir, "--quiet")
	l, err := (&app{}).openLedger(t.Context(), dir, true)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	claim := ledger.Ref{Kind: ledger.KindClaim, ID: "new"}
	if _, err := l.Write(t.Context(), ledger.Change{Who: "Ann", Why: "seen", Learned: time.Date(2025, 5, 19, 9, 0, 0, 0, time.UTC)},
		ledger.Item{Record: &ledger.Source{ID: "roth", Name: "Pia Roth", Kind: "person", Reliability: "B"}},
		ledger.Item{Record: &ledger.Claim{ID: "new", Source: "roth", Says: "the turbines come in a year", Stance: "affirms", Record: "on_record", Status: "accepted"}},
		ledger.Item{Record: &ledger.Link{From: claim, To: ledger.Ref{Kind: ledger.KindProposition, ID: "turbines_late"}, Rel: "affirms"}}); err != nil {
		t.Fatal(err)
	}
	open := func(day string) *desk.Crisis {
		t.Helper()
		c, err := (&app{asOf: day, quiet: true}).open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	now, before := open("2025-05-19"), open("2025-05-18")
	s, err := now.Since(t.Context(), before, "18 May 2025", engine.OutlookConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Changes) != 1 || s.Changes[0].Kind != demarche.CredenceChange || s.Changes[0].ID != "turbines_late" || s.Changes[0].To <= s.Changes[0].From {
		t.Fatalf("%+v", s.Changes)
	}
	moved := false
	after, err := now.Outlook(t.Context(), engine.OutlookConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range s.Outlook.Outcomes {
		if got := s.Changes[0].Without[i]; math.Abs(got-o.P) > 1e-9 {
			t.Errorf("%s without the claim: %v, before: %v", s.Conflict.Outcomes[i].ID, got, o.P)
		}
		moved = moved || math.Abs(after.Outcomes[i].P-o.P) > 0.01
	}
	if !moved {
		t.Error("the claim moves nothing, so that the test shows nothing")
	}
}

// The brief on the larger example with its ledger is no draft.
func TestBriefOnLargeLedger(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole brief on the larger example takes long under the race detector")
	}
	t.Setenv("DEMARCHE_USER", "Ann")
	setClock(t, toldIn)
	dir := filepath.Join(t.TempDir(), "caribbean")
	if err := os.CopyFS(dir, os.DirFS("../../examples/caribbean")); err != nil {
		t.Fatal(err)
	}
	must(t, "ledger", "add", dir, "--quiet")
	out := must(t, "brief", dir, "-f", "md")
	if strings.Contains(out, "DRAFT") {
		t.Errorf("the brief is a draft:\n%s", out[:min(len(out), 2000)])
	}
	golden(t, "held.caribbean.md", out)
}
