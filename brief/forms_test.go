package brief

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestJSONComesBack(t *testing.T) {
	b := composed(t, harbour(t))
	var w strings.Builder
	if err := JSON(&w, b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(w.String(), "null") {
		t.Error("a list is null")
	}
	got, err := ParseJSON([]byte(w.String()))
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := json.Marshal(b)
	if string(again) != string(want) {
		t.Error("the brief has changed on its way through JSON")
	}
}

func TestHTMLIsSelfContained(t *testing.T) {
	page := render4(t, composed(t, harbour(t)))["html"]
	for _, bad := range []string{"<script", "<link", "<img", "<iframe", "@import", "url(", "src="} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("the id %s stands twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if !ids[m[1]] {
			t.Errorf("a link leads to %s, which is not there", m[1])
		}
	}
	for _, want := range []string{`<html lang="en">`, "<main", "<h1>", "prefers-color-scheme:dark", "@media print", `scope="col"`, "<caption>", "Content-Security-Policy"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Count(page, "<h1>") != 1 {
		t.Error("there is not one h1")
	}
}

// Nothing in a case can break out of a form.
func TestEscaping(t *testing.T) {
	in := harbour(t)
	evil := "Bad <script>alert(1)</script> & \"x\" | [a](javascript:b) `c` \x1b[31m*d*"
	in.Case.Title, in.Case.Question, in.Case.Incidents[0].Says = evil, evil, evil
	in.Case.Claims[0].Source, in.Case.Claims[0].Says = evil, evil
	in.Reports[0].Title, in.Reports[0].URL = evil, "javascript:alert(1)"
	b := composed(t, in)
	forms := render4(t, b)
	if strings.Contains(forms["html"], "<script") || strings.Contains(forms["html"], `href="javascript`) {
		t.Error("HTML is not escaped")
	}
	for _, bad := range []string{" <script", " [a](", " `c`"} {
		if strings.Contains(forms["md"], bad) {
			t.Errorf("Markdown holds %q", bad)
		}
	}
	for _, form := range []string{"txt", "md", "html"} {
		if strings.Contains(forms[form], "\x1b") {
			t.Errorf("%s holds a control character", form)
		}
	}
}

func TestMarkdownEscapesComeBack(t *testing.T) {
	for _, s := range []string{"plain", `a*b_c|d<e>#f~g\h`, "a [link] and [1, M2] and ![x] & y"} {
		if got := unescapeMarkdown(escapeMarkdown(s)); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
	if got := escapeMarkdown("so [1, C2–C4]."); got != "so [1, C2–C4]." {
		t.Errorf("marks are escaped: %s", got)
	}
}

func TestTextKeepsItsWidth(t *testing.T) {
	b := composed(t, harbour(t))
	for _, width := range []int{60, 80, 120} {
		var w strings.Builder
		if err := Text(&w, b, TextOptions{Width: width}); err != nil {
			t.Fatal(err)
		}
		for l := range strings.Lines(w.String()) {
			if n := utf8.RuneCountInString(strings.TrimRight(l, "\n")); n > width && len(strings.Fields(l)) > 3 {
				t.Errorf("%d characters at width %d: %s", n, width, l)
			}
		}
	}
}

func TestMarks(t *testing.T) {
	refs := []Ref{{ToQuote, 1}, {ToQuote, 2}, {ToEntry, 4}, {ToEntry, 5}, {ToEntry, 6}, {ToResult, 1}}
	if got := marks(refs); got != "[1, 2, C4–C6, M1]" {
		t.Error(got)
	}
	if got := cited(Sentence{"It is so.", refs[:1]}); got != "It is so [1]." {
		t.Error(got)
	}
	if got := dedupe([]Ref{{ToResult, 2}, {ToQuote, 3}, {ToResult, 2}}); !slices.Equal(got, []Ref{{ToQuote, 3}, {ToResult, 2}}) {
		t.Error(got)
	}
}

func TestFingerprint(t *testing.T) {
	a, b := harbour(t), harbour(t)
	b.Case.Conflict.At.Line, b.Case.Conflict.At.File = 99, "elsewhere.yaml"
	b.Case.Conflict.Rules[0].Never.Text = "north.pay   and (north.close)"
	if Fingerprint(a) != Fingerprint(b) {
		t.Error("places and spaces change the fingerprint")
	}
	b.Case.Propositions[0].Prior = ptr(0.6)
	if Fingerprint(a) == Fingerprint(b) {
		t.Error("a prior does not change the fingerprint")
	}
	if Fingerprint(Input{}) != "" || len(Fingerprint(a)) != 12 {
		t.Error("the fingerprint has the wrong length")
	}
}
