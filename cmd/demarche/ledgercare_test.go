package main

import (
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/ledger"
)

// quietCase makes a case without a ledger.
func quietCase(t testing.TB, text string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "quiet")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "case.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestLedgerExits is the table of exit codes where the ledger, the case or the
// command cannot be used. Nothing is left behind.
func TestLedgerExits(t *testing.T) {
	t.Setenv("DEMARCHE_USER", "Ann")
	dir := quietCase(t, "demarche: 1\ntitle: Quiet\n")
	bad := quietCase(t, "demarche: 1\ntitel: Quiet\n")
	junk := quietCase(t, "demarche: 1\ntitle: Quiet\n")
	if err := os.WriteFile(filepath.Join(junk, "ledger.db"), []byte("this is not a ledger, but some text that somebody put there"), 0o644); err != nil {
		t.Fatal(err)
	}
	model := examples + "published/syria-iraq-1975.yaml"
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"list", dir}, 4, "hint: demarche ledger add " + dir},
		{[]string{"history", dir, "c1"}, 4, "there is no ledger"},
		{[]string{"accept", dir, "c1"}, 4, "there is no ledger"},
		{[]string{"verify", dir}, 4, "there is no ledger"},
		{[]string{"verify", dir, "--rebuild"}, 4, "there is no ledger"},
		{[]string{"backup", dir, filepath.Join(dir, "copy.db")}, 4, "there is no ledger"},
		{[]string{"contested", model}, 4, "there is no ledger"},
		{[]string{"list", bad}, 3, "titel"},
		{[]string{"list", filepath.Join(dir, "nowhere")}, 4, "there is no case"},
		{[]string{"list", junk}, 3, "is not a ledger"},
		{[]string{"accept", junk, "c1"}, 3, "is not a ledger"},
		{[]string{"list", dir, "--db", "mysql://localhost"}, 2, "--db does not give the address of a PostgreSQL database"},
		{[]string{"list", dir, "--db", "postgres://postgres@127.0.0.1:1/none?connect_timeout=2"}, 5, "cannot be reached"},
		{[]string{"list", dir, "--kind", "clam"}, 2, "did you mean claim?"},
		{[]string{"list", dir, "--as-of", "yesterday"}, 2, "--as-of"},
		{[]string{"list", dir, "--limit", "-1"}, 2, "--limit"},
		{[]string{"list", dir, "--json", "--csv"}, 2, "only one of these"},
		{[]string{"list"}, 2, "argument"},
		{[]string{"lst", dir}, 2, "did you mean demarche ledger list?"},
		{[]string{"proposition", dir, "p"}, 2, "nothing tells what it says"},
		{[]string{"hypothesis", dir, "h 1", "--says", "x"}, 3, "characters that an id may not have"},
		{[]string{"override", dir, "p", "0.5", "--reason", "x"}, 4, "neither the case nor the ledger"},
		{[]string{"judge", dir, "truce", "0.5"}, 4, "no outcome truce"},
		{[]string{"judge", dir, "Will it hold?", "0.5", "--learned", "2999-01-01"}, 2, "lies in the future"},
		{[]string{"judge", dir, "Will it hold?", "0.5", "--learned", "2020/.."}, 2, "has no end"},
		{[]string{"restore", filepath.Join(dir, "none.db"), dir}, 4, "there is no backup"},
		{[]string{"restore", filepath.Join(junk, "ledger.db"), dir}, 3, "is not a ledger"},
		{[]string{"restore", filepath.Join(junk, "ledger.db"), filepath.Join(dir, "nowhere")}, 4, "there is no case"},
		{[]string{"diff", dir}, 2, "--from"},
	} {
		t.Run(strings.Join(tt.args[:1], " "), func(t *testing.T) {
			code, out, errs := do(t, "", append([]string{"ledger"}, tt.args...)...)
			if code != tt.code || !strings.Contains(errs, tt.says) || out != "" {
				t.Errorf("%v: exit code %d, want %d, saying %q:\n%s%s", tt.args, code, tt.code, tt.says, out, errs)
			}
			for _, bad := range []string{"goroutine", "panic", "%!", "SQL", "<nil>"} {
				if strings.Contains(strings.ReplaceAll(errs, "PostgreSQL", ""), bad) {
					t.Errorf("%v: %q in %s", tt.args, bad, errs)
				}
			}
		})
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(model), "ledger.db")); err == nil {
		t.Error("a ledger was made beside an example")
	}
}

// TestLedgerIfAny: a case without a ledger has none, without an error; one that
// cannot be read is an error.
func TestLedgerIfAny(t *testing.T) {
	dir := quietCase(t, "demarche: 1\ntitle: Quiet\n")
	model := filepath.Join(dir, "model.gmcr")
	if err := os.WriteFile(model, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := (&app{}).openLedger(t.Context(), model, true); demarche.KindOf(err) != demarche.Usage {
		t.Errorf("a model of earlier tools: %v", err)
	}
	for _, path := range []string{dir, filepath.Join(dir, "case.yaml"), model} {
		if l, err := (&app{}).ledgerIfAny(t.Context(), path); l != nil || err != nil {
			t.Errorf("%s: %v, %v", path, l, err)
		}
	}
	if where := onPostgres(t); where != "" {
		if l, err := (&app{db: where}).ledgerIfAny(t.Context(), dir); l != nil || err != nil {
			t.Errorf("an empty database: %v, %v", l, err)
		}
		if _, err := (&app{db: "postgres://postgres@127.0.0.1:5432/no_such_database?sslmode=disable"}).ledgerIfAny(t.Context(), dir); err == nil {
			t.Error("a database that is not there counts as one without a ledger")
		}
	}
	small := smallLedger(t)
	for _, path := range []string{small, filepath.Join(small, "case.yaml")} {
		l, err := (&app{}).ledgerIfAny(t.Context(), path)
		if err != nil || l == nil {
			t.Fatalf("%s: %v", path, err)
		}
		l.Close()
	}
	if err := os.WriteFile(filepath.Join(dir, "ledger.db"), []byte(strings.Repeat("junk", 300)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := (&app{}).ledgerIfAny(t.Context(), dir); demarche.KindOf(err) != demarche.BadInput {
		t.Errorf("a file that is no ledger: %v", err)
	}
}

// TestLedgerConflict: who did not see the latest change is told by whom it was
// made, and writes nothing.
func TestLedgerConflict(t *testing.T) {
	onEachStore(t, func(t *testing.T, dir string) {
		ctx := t.Context()
		c, err := (&app{quiet: true, stdout: &strings.Builder{}}).change(ctx, dir, changeFlags{}, "a test", false)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		v := verdict{c: c, status: "accepted"}
		for _, id := range []string{"fail.2", "fail.3"} {
			if err := v.claim(ctx, claimRef(id)); err != nil {
				t.Fatal(err)
			}
		}
		must(t, "ledger", "reject", dir, "fail.3", "--by", "Cy")
		err = v.write(ctx)
		var conflict *ledger.Conflict
		if !errors.As(err, &conflict) || demarche.KindOf(err) != demarche.Unavailable || !strings.Contains(err.Error(), "was changed by Cy after you read it") {
			t.Fatal(err)
		}
		at, err := c.current(ctx, claimRef("fail.2"))
		if err != nil || at.Record.(*ledger.Claim).Status != "proposed" {
			t.Errorf("a part was written: %+v, %v", at, err)
		}
	})
}

// TestLedgerTimes: when a change counts as learned, in a replay and in a case
// without a day of its own.
func TestLedgerTimes(t *testing.T) {
	learned := func(dir, id string) time.Time {
		t.Helper()
		l, err := (&app{}).openLedger(t.Context(), dir, false)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		at, err := l.Get(t.Context(), time.Time{}, ledger.Ref{Kind: ledger.KindHypothesis, ID: id})
		if err != nil {
			t.Fatal(err)
		}
		return at.Learned
	}
	end := func(day string) time.Time {
		d, err := demarche.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		return endOf(d)
	}
	replay := smallLedger(t)
	must(t, "ledger", "hypothesis", replay, "h", "--says", "x")
	if got := learned(replay, "h"); got != end("2025-12-02") {
		t.Errorf("in a replay: %v", got)
	}
	must(t, "ledger", "hypothesis", replay, "h", "--says", "y", "--learned", "2026-01-05")
	if got := learned(replay, "h"); got != end("2026-01-05") {
		t.Errorf("with --learned: %v", got)
	}
	// What was learned after the day of the replay is not put before it.
	must(t, "ledger", "hypothesis", replay, "h", "--says", "z")
	if got := learned(replay, "h"); got != end("2026-01-05") {
		t.Errorf("over a later entry: %v", got)
	}
	// A time that is stated is not bent.
	if code, _, errs := do(t, "", "ledger", "hypothesis", replay, "h", "--says", "w", "--learned", "2025-12-24"); code != 3 || !strings.Contains(errs, "before what it changes") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	if out := must(t, "ledger", "list", replay, "--kind", "hypothesis"); !strings.HasSuffix(out, "x\n") {
		t.Errorf("not as known on the day of the case:\n%s", out)
	}
	if out := must(t, "ledger", "list", replay, "--kind", "hypothesis", "--as-of", "2026-01"); !strings.HasSuffix(out, "z\n") {
		t.Errorf("not known in January:\n%s", out)
	}
	now := quietCase(t, "demarche: 1\ntitle: Quiet\n")
	must(t, "ledger", "hypothesis", now, "h", "--says", "x", "--learned", "2026-03-01")
	if got := learned(now, "h"); got.Before(toldIn) || got.After(toldIn.Add(time.Hour)) {
		t.Errorf("today: %v", got)
	}
	if out := must(t, "ledger", "list", now, "--kind", "hypothesis"); !strings.Contains(out, "x") {
		t.Errorf("not known now:\n%s", out)
	}
}

// TestLedgerWho: changes carry a name, from --by, DEMARCHE_USER or the login.
func TestLedgerWho(t *testing.T) {
	dir := smallLedger(t)
	t.Setenv("DEMARCHE_USER", "")
	login, err := analyst("")
	if err != nil || login == "" {
		t.Skip("this machine has no login name")
	}
	must(t, "ledger", "accept", dir, "fail.2")
	if out := must(t, "ledger", "history", dir, "fail.2"); !strings.Contains(out, login) {
		t.Errorf("%q is not in\n%s", login, out)
	}
}

// TestLedgerReadOnly: a ledger on a disk that cannot be written is read, and not
// changed. Root, who may write anywhere, mounts such a disk;
// others take their rights away.
func TestLedgerReadOnly(t *testing.T) {
	dir := smallLedger(t)
	if os.Getuid() != 0 {
		for path, mode := range map[string]os.FileMode{filepath.Join(dir, "ledger.db"): 0o444, dir: 0o555} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
		t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
	} else {
		disk := t.TempDir()
		if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=8m", "demarche-test", disk).CombinedOutput(); err != nil {
			if os.Getenv("DEMARCHE_REQUIRE_ALL") == "1" {
				t.Fatalf("a disk could not be mounted: %s", out)
			}
			t.Skipf("a disk could not be mounted: %s", out)
		}
		t.Cleanup(func() {
			if out, err := exec.Command("umount", disk).CombinedOutput(); err != nil {
				t.Errorf("%s", out)
			}
		})
		if err := os.CopyFS(filepath.Join(disk, "doha"), os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		dir = filepath.Join(disk, "doha")
		if out, err := exec.Command("mount", "-o", "remount,ro", disk).CombinedOutput(); err != nil {
			t.Fatalf("%s", out)
		}
	}
	if out := must(t, "ledger", "list", dir); !strings.Contains(out, "goon.1") {
		t.Errorf("%s", out)
	}
	must(t, "ledger", "verify", dir)
	if code, out, errs := do(t, "", "ledger", "accept", dir, "fail.2"); code != 5 || !strings.Contains(errs, "read-only") || out != "" {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	to := filepath.Join(t.TempDir(), "copy.db")
	if code, out, errs := do(t, "", "ledger", "backup", dir, to); code != 5 || !strings.Contains(errs, "read-only") || out != "" {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("a backup that could not be noted was left")
	}
}

// TestLedgerBackup: a backup is made, noted, and restored; nothing is written
// over; a ledger that was tampered with is found out, with exit code 1.
func TestLedgerBackup(t *testing.T) {
	onEachStore(t, func(t *testing.T, dir string) {
		to := filepath.Join(t.TempDir(), "copy.db")
		out := must(t, "ledger", "backup", dir, to)
		if !strings.Contains(out, "22 entries, checked") {
			t.Errorf("%s", out)
		}
		if code, _, errs := do(t, "", "ledger", "backup", dir, to); code != 2 || !strings.Contains(errs, "is there already") {
			t.Errorf("exit code %d: %s", code, errs)
		}
		head := must(t, "ledger", "verify", dir)
		if !strings.Contains(head, "The ledger holds together: 22 entries checked.\nThe last hash is ") {
			t.Errorf("%s", head)
		}
		if again := must(t, "ledger", "verify", dir, "--rebuild"); again != head {
			t.Errorf("%s\n%s", head, again)
		}
		if out := must(t, "ledger", "redact", dir, "fail.3", "--yes", "--why", "asked for"); !strings.Contains(strings.Join(strings.Fields(out), " "), "the backup "+to) {
			t.Errorf("the backup is not named:\n%s", out)
		}
		t.Setenv("DEMARCHE_DB", "")
		other := quietCase(t, ledgerCase)
		if out := must(t, "ledger", "restore", to, other); !strings.Contains(out, "Restored "+filepath.Join(other, "ledger.db")) {
			t.Errorf("%s", out)
		}
		if got := must(t, "ledger", "verify", other); got != head {
			t.Errorf("restored: %s\nand before: %s", got, head)
		}
		if code, _, errs := do(t, "", "ledger", "restore", to, other); code != 2 || !strings.Contains(errs, "is there already") {
			t.Errorf("exit code %d: %s", code, errs)
		}
		db, err := sql.Open("sqlite", filepath.Join(other, "ledger.db"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`UPDATE entry SET who = 'Eve' WHERE seq = 10`); err != nil {
			t.Fatal(err)
		}
		db.Close()
		code, out, _ := do(t, "", "ledger", "verify", other)
		if code != 1 || !strings.Contains(out, "Entry 10, of the claim fail.1, was changed after it was written") {
			t.Errorf("exit code %d: %s", code, out)
		}
		code, out, _ = do(t, "", "ledger", "verify", other, "--json")
		if code != 1 || !strings.Contains(out, `"ok": false`) {
			t.Errorf("exit code %d: %s", code, out)
		}
	})
}

// TestRedactAsks: on a terminal the id is asked for once more.
func TestRedactAsks(t *testing.T) {
	ref := ledger.Ref{Kind: ledger.KindClaim, ID: "fail.3"}
	for answer, want := range map[string]bool{"fail.3\n": true, " fail.3 \r\n": true, "fail.3": true, "yes\n": false, "\n": false, "": false} {
		var asked strings.Builder
		sure, err := confirmed(strings.NewReader(answer), &asked, ref)
		if err != nil || sure != want || !strings.Contains(asked.String(), "claim fail.3 would be destroyed for good") {
			t.Errorf("%q: %v, %v, %s", answer, sure, err, asked.String())
		}
	}
}

// TestLedgerNarrow: lists and sheets fit a narrow terminal.
func TestLedgerNarrow(t *testing.T) {
	dir := smallLedger(t)
	for _, room := range []int{30, 40, 60, 80, 140} {
		var out strings.Builder
		b, err := (&app{stdout: &out, quiet: true}).books(t.Context(), dir, "", false)
		if err != nil {
			t.Fatal(err)
		}
		page, err := b.List(t.Context(), b.at, ledger.Filter{Kind: ledger.KindClaim}, 100, "")
		if err != nil {
			t.Fatal(err)
		}
		list := &tableList{b: b, kind: ledger.KindClaim, room: room}
		if err := list.page(t.Context(), page.Versions); err != nil {
			t.Fatal(err)
		}
		s, err := b.shownRecord(t.Context(), ledger.Ref{Kind: ledger.KindClaim, ID: "fail.1"})
		if err != nil {
			t.Fatal(err)
		}
		p := b.sheet(13)
		p.room = room
		if err := p.record(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		credence, err := b.weigh(t.Context(), "failed")
		if err != nil {
			t.Fatal(err)
		}
		both, err := b.sides(t.Context(), "failed", credence)
		if err != nil {
			t.Fatal(err)
		}
		p.sides(&both)
		b.Close()
		whole := out.String() + p.String()
		for line := range strings.Lines(whole) {
			if n := runes(strings.TrimRight(line, "\n")); n > room {
				t.Errorf("%d letters in %d: %q", n, room, line)
			}
		}
		for _, words := range []string{"goon.1", "failed", "threats”"} {
			if !strings.Contains(whole, words) {
				t.Errorf("%s is not told in %d letters", words, room)
			}
		}
	}
}

// TestLedgerHostile: what others wrote cannot steer a terminal or a spreadsheet.
func TestLedgerHostile(t *testing.T) {
	dir := smallLedger(t)
	must(t, "ledger", "correct", dir, "fail.2", "--says", "=HYPERLINK(\"http://evil\")\x1b[2J\u202egnp")
	for _, args := range [][]string{{"list", dir}, {"show", dir, "fail.2"}, {"history", dir, "fail.2"}, {"diff", dir, "--from", "2025-12-01"}, {"accept", dir, "fail.2"}} {
		code, out, errs := do(t, "", append([]string{"ledger"}, args...)...)
		if code != 0 || strings.ContainsAny(out+errs, "\x1b\u202e") {
			t.Errorf("%v: %q %q", args, out, errs)
		}
	}
	if out := must(t, "ledger", "list", dir, "--csv"); !strings.Contains(out, "'=HYPERLINK") {
		t.Errorf("%s", out)
	}
}

// TestJudgedSpans: what a history says of where an attribution stands.
func TestJudgedSpans(t *testing.T) {
	at := func(n int) ledger.Spans { return ledger.Spans{Content: [][2]int{{n, n + 5}}} }
	claim := func(status string, spans ledger.Spans) ledger.Entry {
		return ledger.Entry{Record: &ledger.Claim{Status: status, Spans: spans, FoundBy: "reader 1"}}
	}
	idle := func(spans ledger.Spans) ledger.Entry {
		return ledger.Entry{Record: &ledger.Claim{Status: "rejected", Irrelevant: true, Spans: spans, FoundBy: "reader 1"}}
	}
	withdrawn := ledger.Entry{Op: ledger.OpWithdraw}
	byHand := ledger.Entry{Record: &ledger.Claim{Status: "accepted", Spans: at(1), FoundBy: "Ann"}}
	for name, tt := range map[string]struct {
		history []ledger.Entry
		right   int // where it begins, -1 for nowhere
		wrong   []int
	}{
		"only found":            {[]ledger.Entry{claim("proposed", at(1))}, -1, nil},
		"accepted":              {[]ledger.Entry{claim("proposed", at(1)), claim("accepted", at(1))}, 1, nil},
		"rejected":              {[]ledger.Entry{claim("proposed", at(1)), claim("rejected", at(1))}, -1, []int{1}},
		"moved":                 {[]ledger.Entry{claim("proposed", at(1)), claim("proposed", at(2))}, 2, []int{1}},
		"moved and accepted":    {[]ledger.Entry{claim("proposed", at(1)), claim("proposed", at(2)), claim("accepted", at(3))}, 3, []int{1}},
		"moved and rejected":    {[]ledger.Entry{claim("proposed", at(1)), claim("proposed", at(2)), claim("rejected", at(2))}, -1, []int{1, 2}},
		"moved and moved back":  {[]ledger.Entry{claim("proposed", at(1)), claim("proposed", at(2)), claim("proposed", at(1))}, -1, nil},
		"accepted and undone":   {[]ledger.Entry{claim("proposed", at(1)), claim("accepted", at(1)), claim("proposed", at(1))}, -1, nil},
		"retracted by a source": {[]ledger.Entry{claim("proposed", at(1)), claim("accepted", at(1)), claim("retracted", at(1))}, 1, nil},
		"retracted unseen":      {[]ledger.Entry{claim("proposed", at(1)), claim("retracted", at(1))}, -1, nil},
		"withdrawn":             {[]ledger.Entry{claim("proposed", at(1)), claim("accepted", at(1)), withdrawn}, -1, nil},
		"of no matter":          {[]ledger.Entry{claim("proposed", at(1)), idle(at(1))}, 1, nil},
		"moved, of no matter":   {[]ledger.Entry{claim("proposed", at(1)), idle(at(2))}, 2, []int{1}},
		"first of no matter":    {[]ledger.Entry{claim("proposed", at(1)), idle(at(1)), claim("rejected", at(1))}, -1, []int{1}},
		"then of no matter":     {[]ledger.Entry{claim("proposed", at(1)), claim("rejected", at(1)), idle(at(1))}, 1, nil},
		"retracted, idle":       {[]ledger.Entry{claim("proposed", at(1)), idle(at(1)), claim("retracted", at(1))}, 1, nil},
		"found by a person":     {[]ledger.Entry{byHand, claim("rejected", at(1))}, -1, nil},
		"without a place":       {[]ledger.Entry{claim("proposed", ledger.Spans{}), claim("accepted", ledger.Spans{})}, -1, nil},
	} {
		right, wrong := judgedSpans(tt.history)
		got := -1
		if right != nil {
			got = right.Content[0][0]
		}
		var bad []int
		for _, s := range wrong {
			bad = append(bad, s.Content[0][0])
		}
		if got != tt.right || len(bad) != len(tt.wrong) || len(bad) > 0 && bad[0] != tt.wrong[0] {
			t.Errorf("%s: right %d, wrong %v", name, got, bad)
		}
	}
}

// TestFindQuote: a quotation is found where it stood, in parts where it leaves
// words out, and nowhere else.
func TestFindQuote(t *testing.T) {
	const text = "he said no, and she said no, and … they said yes\nto  (a) part\nHe said \"it isn't so\""
	for _, tt := range []struct {
		quote string
		near  int
		want  string
	}{
		{"said no", 0, "3:10"},
		{"said no", 22, "20:27"},
		{"he said … yes", 0, "0:7 47:50"},
		{"she … yes", 0, "16:19 47:50"},
		{"and … they", 0, "29:41"},
		{"yes … no", 0, ""},
		{"said maybe", 0, ""},
		{"…", 40, ""},
		{"they said yes to (a) part", 0, "37:63"},
		{"yes to … part", 0, "47:53 59:63"},
		{"yesto", 0, ""},
		{"He said “it isn’t so", 70, "64:84"},
		{"it isn't so”", 70, "73:85"},
	} {
		got := strings.TrimPrefix(spansWords(ledger.Spans{Content: findQuote(text, tt.quote, [][2]int{{tt.near, tt.near + 1}})}), "content ")
		if got = strings.ReplaceAll(got, ",", ""); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.quote, got, tt.want)
		}
	}
}
