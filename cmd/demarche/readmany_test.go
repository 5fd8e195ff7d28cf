package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/intake"
)

// report writes a report drawn from its number alone.
func report(n uint64) string {
	r := rand.New(rand.NewPCG(7, n))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: Report %d\n---\n", n)
	for range 6 + r.IntN(10) {
		who := pick("Minister Ana Roe", "a senior official", "the Harbour Office", "Governor Mira Holt", "two lawmakers", "the commission")
		what := fmt.Sprintf("the %s of the %s would %s in %d weeks", pick("closing", "opening", "survey", "sale", "defence"), pick("bridge", "strait", "dam", "mine", "port"), pick("end", "begin", "be put off", "be looked at again"), 2+r.IntN(90))
		switch r.IntN(3) {
		case 0:
			fmt.Fprintf(&b, "%s said on Monday that %s. ", who, what)
		case 1:
			fmt.Fprintf(&b, "“We expect that %s,” %s said. ", what, who)
		default:
			fmt.Fprintf(&b, "It rained on the %s, and nobody was there to see how the water rose by %d feet. ", pick("bridge", "strait", "dam"), r.IntN(30))
		}
		if r.IntN(3) == 0 {
			b.WriteString("\n\n")
		}
	}
	return b.String()
}

// reports fills a folder with so many reports; every tenth nearly repeats the
// first.
func reports(t testing.TB, n int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		text := report(uint64(i))
		if i%10 == 9 {
			text = strings.Replace(report(0), "title: Report 0", "title: Copy", 1) + "\n\nMore follows.\n"
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("r%05d.md", i)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A folder gives what its reports give one by one, in the order of their names,
// and each line tells its report.
func TestReadFolder(t *testing.T) {
	dir := reports(t, 40)
	code, out, errs := do(t, "", "read", dir, "--json")
	if code != 0 || !strings.Contains(errs, "read 40 reports; 4 are near-copies of an earlier one") {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	var want strings.Builder
	copies := 0
	for i := range 40 {
		path := filepath.Join(dir, fmt.Sprintf("r%05d.md", i))
		for line := range strings.Lines(must(t, "read", path, "--json")) {
			line = strings.TrimSuffix(line, "}\n") + fmt.Sprintf(`,"report":%q`, path)
			if i%10 == 9 {
				copies++
				rep, err := intake.Open(path)
				if err != nil {
					t.Fatal(err)
				}
				of, err := intake.Open(filepath.Join(dir, "r00000.md"))
				if err != nil {
					t.Fatal(err)
				}
				x, err := json.Marshal(intake.Similar(intake.SketchOf(of.Text[of.Body:]), intake.SketchOf(rep.Text[rep.Body:])))
				if err != nil {
					t.Fatal(err)
				}
				line += fmt.Sprintf(`,"copy_of":%q,"overlap":%s`, of.Path, x)
			}
			want.WriteString(line + "}\n")
		}
	}
	if out != want.String() || copies == 0 {
		t.Errorf("%d copies; %s", copies, firstDifference(want.String(), out))
	}
	if _, skipped, _ := do(t, "", "read", dir, "--json", "--skip-copies"); strings.Contains(skipped, "copy_of") || len(skipped) == 0 {
		t.Error("copies are printed that were to be left out")
	}
	text := must(t, "read", dir)
	if !strings.Contains(text, "; nearly the same text as "+filepath.Join(dir, "r00000.md")) {
		t.Error("people are not told of copies")
	}
	// A pattern gives the same as the folder, and so do the names one by one.
	if code, glob, _ := do(t, "", "read", filepath.Join(dir, "*.md"), "--json"); code != 0 || glob != out {
		t.Error("a pattern gives something else than the folder")
	}
}

// What cannot be read costs nothing but itself.
func TestReadManyWithBadOnes(t *testing.T) {
	dir := t.TempDir()
	for name, data := range map[string]string{
		"a.md": "“No,” Minister Ana Roe said.\n", "b.txt": "\x89PNG\r\n", "c.html": "<p>“Yes,” Governor Mira Holt said.</p>", "d.rss": "<rss>", "e.jpg": "x", "README.md": "Read me.",
		".hidden.md": "“Maybe,” Tom Hale said.\n", "sub/f.eml": "Subject: x\r\n\r\n“Later,” Tom Hale said.\r\n", "g.txt": strings.Repeat("Le ministre a dit que la réunion sur le pont était finie. ", 10),
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	code, out, errs := do(t, "", "read", dir, filepath.Join(dir, "none.txt"))
	if code != 3 {
		t.Errorf("exit code %d", code)
	}
	for _, want := range []string{"b.txt: the file is not text", "d.rss: the file is not a feed", "none.txt: there is no such file", "g.txt: This report does not seem to be in English",
		"read 4 reports; 1 is not in English; 3 could not be read; 2 files in the folder are no reports by their ending"} {
		if !strings.Contains(errs, want) {
			t.Errorf("%q is not told:\n%s", want, errs)
		}
	}
	for _, want := range []string{"“No,”", "“Yes,”", "“Later,”"} {
		if !strings.Contains(out, want) {
			t.Errorf("%s is not printed:\n%s", want, out)
		}
	}
	if strings.Contains(out, "Maybe") {
		t.Error("a hidden file was read")
	}
	if code, _, errs := do(t, "", "read", filepath.Join(dir, "*.nothing")); code != 4 || !strings.Contains(errs, "no file fits") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	if code, _, errs := do(t, "", "read", filepath.Join(dir, "[")); code == 0 {
		t.Errorf("a bad pattern: exit code %d: %s", code, errs)
	}
}

// One file can give several reports.
func TestReadFeed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "post.rss")
	feed := `<rss version="2.0"><channel><title>Post</title><item><title>a</title><description>“No,” Minister Ana Roe said.</description></item><item><title>b</title><description>“Yes,” Governor Mira Holt said.</description></item></channel></rss>`
	if err := os.WriteFile(path, []byte(feed), 0o644); err != nil {
		t.Fatal(err)
	}
	out := must(t, "read", path, "--json")
	if !strings.Contains(out, path+"#1\"") || !strings.Contains(out, path+"#2\"") {
		t.Error(out)
	}
	if code, fromStdin, errs := do(t, feed, "read", "-"); code != 0 || !strings.Contains(fromStdin, "“Yes,”") {
		t.Errorf("exit code %d: %s%s", code, fromStdin, errs)
	}
}

// The order of the output does not hang on which report is done first, and with
// one reader it is the same as with several.
func TestReadManyInOrder(t *testing.T) {
	dir := reports(t, 30)
	list, err := desk.ReportPaths([]string{dir})
	if err != nil || len(list.Paths) != 30 || !list.Many {
		t.Fatalf("%+v %v", list, err)
	}
	var got [2][]string
	for k, workers := range []int{1, 5} {
		last := 0.0
		err := desk.ReadMany(context.Background(), list.Paths, desk.ReadConfig{Workers: workers, Progress: func(x float64) {
			if x < last || x > 1 {
				t.Errorf("progress goes from %v to %v", last, x)
			}
			last = x
		}}, func(r *desk.Reading) error {
			got[k] = append(got[k], fmt.Sprint(r.Path, r.CopyOf, r.Overlap, len(r.Result.Attributions)))
			return nil
		})
		if err != nil || last != 1 {
			t.Fatal(err, last)
		}
	}
	if strings.Join(got[0], "\n") != strings.Join(got[1], "\n") || len(got[0]) != 30 {
		t.Errorf("%v\n%v", got[0], got[1])
	}
}

// Stopped early, it says how far it came, and the same command goes on.
func TestReadStoppedAndResumed(t *testing.T) {
	dir := reports(t, 60)
	want := must(t, "read", dir, "--json")
	ctx, cancel := context.WithCancel(context.Background())
	list, err := desk.ReportPaths([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = desk.ReadMany(ctx, list.Paths, desk.ReadConfig{}, func(*desk.Reading) error {
		if n++; n == 7 {
			cancel()
		}
		return nil
	})
	if err != context.Canceled || n != 7 {
		t.Errorf("%d reports, %v", n, err)
	}
	out := filepath.Join(t.TempDir(), "out.jsonl")
	var errs bytes.Buffer
	if code := run(ctx, []string{"read", dir, "--json", "-o", out, "--resume"}, strings.NewReader(""), &errs, &errs); code != 5 || !strings.Contains(errs.String(), "stopped after 0 reports") {
		t.Errorf("exit code %d: %s", code, errs.String())
	}
	// First half of the reports, then all.
	must(t, append([]string{"read", "--json", "-o", out, "--resume"}, list.Paths[:30]...)...)
	code, _, told := do(t, "", "read", dir, "--json", "-o", out, "--resume")
	if got, err := os.ReadFile(out); err != nil || code != 0 || string(got) != want || !strings.Contains(told, "read 30 reports; 3 are near-copies of an earlier one; 30 were read before") {
		t.Errorf("%v, exit code %d, %s\n%s", err, code, told, firstDifference(want, string(got)))
	}
	// A report that has changed is told; nothing doubles.
	if err := os.WriteFile(list.Paths[3], []byte("“New,” Tom Hale said.\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, told = do(t, "", "read", dir, "--json", "-o", out, "--resume"); !strings.Contains(told, "read 0 reports; 60 were read before; 1 of those has changed since") {
		t.Error(told)
	}
	for _, tt := range []struct {
		spoil func() error
		args  []string
		says  string
	}{
		{func() error { return nil }, []string{"--min-confidence", "0.9", "--json"}, "was begun with --min-confidence 0, not 0.9"},
		{func() error { return nil }, nil, "was begun with --json, not as a list for people and with --min-confidence 0, not 0.5"},
		{func() error { return os.Truncate(out, 10) }, []string{"--json"}, "shorter than its journal says"},
		{func() error { return os.WriteFile(out+journalEnding, []byte("x\n"), 0o644) }, []string{"--json"}, "not a journal"},
		{func() error { return os.Remove(out + ".journal") }, []string{"--json"}, "without its journal"},
	} {
		if err := tt.spoil(); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := do(t, "", append([]string{"read", dir, "-o", out, "--resume"}, tt.args...)...); code != 3 || !strings.Contains(errs, tt.says) {
			t.Errorf("exit code %d, want %q: %s", code, tt.says, errs)
		}
	}
	if code, _, errs := do(t, "", "read", dir, "--resume"); code != 2 || !strings.Contains(errs, "-o") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

// TestReadResumedOtherwise: what was begun is not gone on with in another way, and is
// told what the difference is; nothing is written then.
func TestReadResumedOtherwise(t *testing.T) {
	if testing.Short() {
		t.Skip("TestReadResumedOtherwise not run: -short")
	}
	dir, out := reports(t, 3), filepath.Join(t.TempDir(), "out.jsonl")
	copied := func(name, from, to string) string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(examples, "imbra-river", "case.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), from, to, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	one, two := copied("one.yaml", "", ""), copied("two.yaml", "Jon Arvel", "Jan Arvel")
	moved := copied("moved.yaml", "title:", "# A comment, and lines moved.\n\ntitle:")
	model := func(name string, cut bool) string {
		path := filepath.Join(t.TempDir(), name)
		must(t, "train", "-o", path, correctionsFile(t, cut))
		return path
	}
	mine, other := model("mine.model", false), model("other.model", true)
	again := func(args ...string) (int, string) {
		code, _, errs := do(t, "", append([]string{"read", dir, "-o", out, "--resume", "--json", "-q"}, args...)...)
		return code, strings.Join(strings.Fields(errs), " ")
	}
	begin := func(args ...string) {
		t.Helper()
		for _, path := range []string{out, out + journalEnding} {
			if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
		}
		if code, errs := again(args...); code != 0 {
			t.Fatalf("%v: %d %s", args, code, errs)
		}
	}
	refused := func(says string, args ...string) {
		t.Helper()
		before, _ := os.ReadFile(out + journalEnding)
		code, errs := again(args...)
		after, _ := os.ReadFile(out + journalEnding)
		if code != 3 || !strings.Contains(errs, says) || !strings.Contains(errs, "go on as it was begun") || !bytes.Equal(before, after) {
			t.Errorf("%v: exit code %d, want %q: %s", args, code, says, errs)
		}
	}
	begin("--case", one)
	refused("was begun with --case "+one+", not "+two, "--case", two)
	refused("was begun with --case " + one + ", which is not given now")
	refused("was begun without --model", "--case", one, "--model", mine)
	refused("was begun without --events", "--case", one, "--events")
	refused("without --skip-copies and with --case "+one+", not "+two, "--case", two, "--skip-copies")
	refused("was begun without a language model", "--case", one, "--assist-url", "http://127.0.0.1:1", "--assist-model", "x")
	if code, errs := again("--case", moved); code != 0 {
		t.Errorf("a case that says the same: %d %s", code, errs)
	}
	if err := os.WriteFile(one, []byte(strings.Replace(read(t, one), "Lissa", "Lissow", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	refused("before actors, places or propositions of the case "+one+" were changed", "--case", one)
	begin()
	refused("was begun without --case", "--case", two)
	begin("--model", mine)
	refused("was begun with --model "+mine+", not "+other, "--model", other)
	refused("was begun with --model " + mine + ", which is not given now")
	if err := os.WriteFile(mine, []byte(read(t, other)), 0o644); err != nil {
		t.Fatal(err)
	}
	refused("before the model "+mine+" was changed", "--model", mine)
	// A journal of before the case and the model were noted.
	if err := os.WriteFile(out+journalEnding, []byte(`{"journal":1,"output":"json","min_confidence":0,"skip_copies":false}`+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, errs := again("--model", other); code != 3 || !strings.Contains(errs, "by another version of the program") {
		t.Errorf("%d %s", code, errs)
	}
}

// correctionsFile is a file with one correction or the other.
func correctionsFile(t *testing.T, other bool) string {
	t.Helper()
	verb := map[bool]string{false: "tooted", true: "blared"}[other]
	path := filepath.Join(t.TempDir(), "corrections.jsonl")
	if err := os.WriteFile(path, []byte(correctionOf(t, "right", "The ministry", verb, "that the bridge was closed")), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestReadChild is the program itself, for TestReadKilled.
func TestReadChild(t *testing.T) {
	dir, out := os.Getenv("DEMARCHE_READ"), os.Getenv("DEMARCHE_OUT")
	if dir == "" {
		t.Log("not a test by itself: it is run by TestReadKilled")
		return
	}
	os.Exit(run(context.Background(), []string{"read", dir, "--json", "-o", out, "--resume"}, strings.NewReader(""), os.Stdout, os.Stderr))
}

// Killed again and again at any moment, the program ends with the output that it
// gives undisturbed.
func TestReadKilled(t *testing.T) {
	dir := reports(t, 700)
	want := must(t, "read", dir, "--json")
	out := filepath.Join(t.TempDir(), "out.jsonl")
	killed := 0
	for round := range uint64(60) {
		c := exec.Command(os.Args[0], "-test.run", "^TestReadChild$")
		c.Env = append(os.Environ(), "DEMARCHE_READ="+dir, "DEMARCHE_OUT="+out)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		// Until something was added, and then a little.
		before := int64(0)
		if info, err := os.Stat(out + journalEnding); err == nil {
			before = info.Size()
		}
		done := make(chan error, 1)
		go func() { done <- c.Wait() }()
		r := rand.New(rand.NewPCG(1, round))
		deadline := time.After(20 * time.Second)
		for waiting := true; waiting; {
			select {
			case <-done:
				waiting = false
				done <- nil
			case <-deadline:
				t.Fatal("nothing is written")
			case <-time.After(time.Millisecond):
				info, err := os.Stat(out + journalEnding)
				waiting = err != nil || info.Size() <= before
			}
		}
		time.Sleep(time.Duration(r.IntN(20_000)) * time.Microsecond)
		if c.Process.Kill() == nil {
			killed++
		}
		<-done
		if c.ProcessState != nil && c.ProcessState.Success() {
			killed--
			break
		}
	}
	must(t, "read", dir, "--json", "-o", out, "--resume")
	got, err := os.ReadFile(out)
	if err != nil || string(got) != want {
		t.Errorf("killed %d times: %v %s", killed, err, firstDifference(want, string(got)))
	}
	if killed < 3 {
		t.Errorf("killed only %d times", killed)
	}
}

// BenchmarkReadMany reads a folder of reports to the end.
func BenchmarkReadMany(b *testing.B) {
	dir := reports(b, 300)
	list, err := desk.ReportPaths([]string{dir})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := desk.ReadMany(context.Background(), list.Paths, desk.ReadConfig{}, func(*desk.Reading) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*300)/b.Elapsed().Seconds(), "reports/s")
}
