package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/demarche/demarche/reader"
)

var (
	htmlPart   = regexp.MustCompile(`<[^>]*>|[^<]+`)
	markTag    = regexp.MustCompile(`^<mark class="(source|cue|content)"(?: id="[a-z]+-\d+")? title="[a-z]+ of (\d+) [^"]*">$`)
	hiddenPart = regexp.MustCompile(`<span class="said">[^<]*</span>|<a class="n"[^>]*>\d+</a>`)
)

// readBack takes marked paragraphs apart: the bare text of each, and for each of
// its bytes the marks it lies in, sorted.
func readBack(t *testing.T, page string) (text string, in []string) {
	t.Helper()
	var open []string
	for _, part := range htmlPart.FindAllString(hiddenPart.ReplaceAllString(page, ""), -1) {
		switch {
		case part == "<p>" || part == "</p>":
			if len(open) > 0 {
				t.Fatalf("%s inside %v", part, open)
			}
			if part == "</p>" {
				text += "\n"
				in = append(in, "")
			}
		case part == "</mark>":
			open = open[:len(open)-1]
		case strings.HasPrefix(part, "<mark"):
			m := markTag.FindStringSubmatch(part)
			if m == nil {
				t.Fatal(part)
			}
			open = append(open, m[1]+m[2])
		case strings.HasPrefix(part, "<"):
			t.Fatal(part)
		case part != "\n":
			sorted := slices.Sorted(slices.Values(open))
			for range len(html.UnescapeString(part)) {
				in = append(in, strings.Join(sorted, " "))
			}
			text += html.UnescapeString(part)
		}
	}
	return text, in
}

// The page holds the text, and each byte lies in the marks whose ranges hold it,
// however they lie to one another.
func TestMarksAgainstRanges(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 5))
		var b strings.Builder
		for range 2 + r.IntN(30) {
			b.WriteString([]string{"a", "<b>", "é ", "w & x", " ", "\n\n", "\n", "“q”", "word"}[r.IntN(9)])
		}
		text := "head " + b.String()
		body := 5
		var bounds []int
		for i := range text {
			bounds = append(bounds, i)
		}
		bounds = append(bounds, len(text))
		span := func() reader.Spans {
			x, y := bounds[r.IntN(len(bounds))], bounds[r.IntN(len(bounds))]
			if x > y {
				x, y = y, x
			}
			return reader.Spans{{x, y}}
		}
		var found []reader.Attribution
		for range r.IntN(4) {
			found = append(found, reader.Attribution{Source: reader.Source{Spans: span(), Text: `"><x`}, Cue: reader.Role{Spans: span()}, Content: reader.Content{Spans: span()}})
		}
		var got bytes.Buffer
		writeMarked(&got, text, body, found)
		gotText, gotIn := readBack(t, got.String())

		var wantText strings.Builder
		var wantIn []string
		for _, p := range paragraphs(text, body) {
			for i := p[0]; i < p[1]; i++ {
				if text[i] == '\n' {
					wantText.WriteByte(' ')
				} else {
					wantText.WriteByte(text[i])
				}
				var in []string
				for n, at := range found {
					for name, spans := range map[string]reader.Spans{"source": at.Source.Spans, "cue": at.Cue.Spans, "content": at.Content.Spans} {
						from, to := max(spans[0][0], body), spans[0][1]
						for from < to && strings.TrimSpace(text[from:from+1]) == "" {
							from++
						}
						for to > from && strings.TrimSpace(text[to-1:to]) == "" {
							to--
						}
						if i >= from && i < to {
							in = append(in, fmt.Sprintf("%s%d", name, n+1))
						}
					}
				}
				slices.Sort(in)
				wantIn = append(wantIn, strings.Join(in, " "))
			}
			wantText.WriteByte('\n')
			wantIn = append(wantIn, "")
		}
		if gotText != wantText.String() {
			t.Fatalf("seed %d: %q, want %q", seed, gotText, wantText.String())
		}
		if !slices.Equal(gotIn, wantIn) {
			t.Fatalf("seed %d: of %q the marks are\n%q, want\n%q\n%s", seed, gotText, gotIn, wantIn, got.String())
		}
	}
}

// Nothing in a report becomes mark-up or is fetched, and every link leads to a
// place on the page.
func TestPageOfAHostileReport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x\"><script>alert(1)<.md")
	text := "---\ntitle: \"<script>alert(2)</script><img src=x onerror=alert(3)>\"\npublisher: \"</title><style>\"\nurl: \"javascript:alert(4)\"\n---\n" +
		"“<script>alert(5)</script> \u202egnorw & <b>no</b>,” said Minister Ana <img src=https://evil.example/x> Roe.\n\n“Yes,” said Governor Mira Holt. It was the first time that she had said so in the house, and there was nobody in it who had not been told of it by the end of the day.\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	page := must(t, "read", "--html", path)
	for _, bad := range []string{"<script", "<img", "<b>", "javascript:alert(4)\"", "</title><style>", "src=\"", "@import", "url(", "\u202e"} {
		if strings.Contains(page, bad) {
			t.Errorf("%s is in the page", bad)
		}
	}
	for _, m := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		id, ok := strings.CutPrefix(m[1], "#")
		if !ok || strings.Count(page, ` id="`+id+`"`) != 1 {
			t.Errorf("the link %s leads nowhere", m[1])
		}
	}
	if !strings.Contains(page, "Governor Mira Holt") || !strings.Contains(page, `<mark class="content"`) {
		t.Error("nothing is marked")
	}
}

// The page of a report of the examples, whole.
func TestPageGolden(t *testing.T) {
	golden(t, "low-water.read.html", must(t, "read", "--html", examples+"imbra-river/reports/low-water.md"))
}

// With a case, each attribution shows which propositions it seems to affirm or deny:
// all that --json gives, in words that are escaped.
func TestPageOnACase(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "imbra")
	if err := os.CopyFS(dir, os.DirFS(examples+"imbra-river")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "case.yaml")
	if err := os.WriteFile(path, []byte(strings.Replace(read(t, path), "says: The turbines will arrive a year late\n", "says: The turbines will arrive a year late <&>\n", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(dir, "reports", "late.md")
	if err := os.WriteFile(report, []byte(turbines+"\nEnergy Minister Marta Keld denied that the turbines will arrive a year late. The rainy season could be dry, the ministry said.\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	page := must(t, "read", "--html", "--case", dir, "-q", report)
	rows := strings.Split(page, `<tr role="row" id="a-`)[1:]
	verbs := map[string]int{}
	lines := strings.Split(strings.TrimSpace(must(t, "read", "--json", "--case", dir, "--min-confidence", "0.5", "-q", report)), "\n")
	if len(lines) != len(rows) {
		t.Fatalf("%d attributions, %d rows", len(lines), len(rows))
	}
	for n, line := range lines {
		var at struct {
			Matters []struct {
				Proposition    string
				Denies, Hedged bool
				P              float64
			}
		}
		if err := json.Unmarshal([]byte(line), &at); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(rows[n], "<li>"); got != len(at.Matters) {
			t.Errorf("row %d: %d propositions, want %d", n+1, got, len(at.Matters))
		}
		for _, m := range at.Matters {
			verb := map[bool]string{false: "Seems to affirm", true: "Seems to deny"}[m.Denies]
			verbs[verb]++
			if m.Hedged {
				verb += " in guarded words"
			}
			says := map[string]string{"turbines_late": "The turbines will arrive a year late &lt;&amp;&gt;", "dry_season": "The coming rainy season will be dry"}[m.Proposition]
			if want := fmt.Sprintf("<li><strong>%s</strong> that this is so: %s (probability %.2f)</li>", verb, says, m.P); !strings.Contains(rows[n], want) {
				t.Errorf("row %d: no %s in %s", n+1, want, rows[n])
			}
		}
	}
	if verbs["Seems to affirm"] == 0 || verbs["Seems to deny"] == 0 {
		t.Errorf("%v", verbs)
	}
	if !strings.Contains(page, " attributions seem to bear on propositions of the case.") {
		t.Error("the legend does not tell of the propositions")
	}
	if plain := must(t, "read", "--html", report); strings.Contains(plain, "propositions of the case") || strings.Contains(plain, "<li>") {
		t.Error("without a case, propositions are told of")
	}
	if none := must(t, "read", "--html", "--case", dir, "-q", examples+"caribbean/reports/denial.md"); !strings.Contains(none, "Nothing that is said seems to bear on a proposition of the case.") {
		t.Error("that nothing bears on the case is not told")
	}
	golden(t, "low-water.case.html", must(t, "read", "--html", "--case", examples+"imbra-river", "-q", examples+"imbra-river/reports/low-water.md"))
}

func TestPageOfOneReport(t *testing.T) {
	if code, out, errs := do(t, "", "read", "--html", examples+"imbra-river/reports"); code != 2 || out != "" || !strings.Contains(errs, "one report at a time") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	if code, out, errs := do(t, "", "read", "--html", examples+"none.md"); code != 4 || out != "" {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	code, out, _ := do(t, "Nothing is said here.\n", "read", "--html", "-")
	if code != 0 || !strings.Contains(out, "Nobody is found to say anything") {
		t.Errorf("exit code %d: %s", code, out)
	}
	code, out, errs := do(t, strings.Repeat("Le ministre a dit que la réunion sur le pont était finie. ", 10), "read", "--html", "-")
	if code != 0 || !strings.Contains(out, "does not seem to be in English") || !strings.Contains(errs, "does not seem") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
}
