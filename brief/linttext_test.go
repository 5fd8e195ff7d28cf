package brief

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/demarche/demarche"
)

func indexIn(text, part string) int { return strings.Index(text, part) }

// What the program wrote itself passes in every form.
func TestLintTextOfOwnBrief(t *testing.T) {
	in := harbour(t)
	for form, text := range render4(t, composed(t, in)) {
		found, err := LintText(context.Background(), text, in)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			t.Errorf("%s: %s: %s", form, f.Check, f.Reason())
		}
	}
	var wide strings.Builder
	if err := Text(&wide, composed(t, in), TextOptions{Width: 120, Color: true}); err != nil {
		t.Fatal(err)
	}
	if found, _ := LintText(context.Background(), wide.String(), in); len(found) > 0 {
		t.Errorf("in colour: %v", found)
	}
}

// A quotation in a quotation has marks of its own level in every form; the program
// knows it again, and JSON has the words of the report as they are.
func TestQuotationInQuotation(t *testing.T) {
	in := harbour(t)
	words := `said "that the harbour 'Old Basin' would reopen"`
	in.Reports[0].Text = strings.Replace(in.Reports[0].Text, in.Case.Claims[0].Quote, words, 1)
	in.Case.Claims[0].Quote = words
	forms := render4(t, composed(t, in))
	for form, text := range forms {
		if want := "“said ‘that the harbour “Old Basin” would reopen’”"; form != "json" && !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("%s: no %s", form, want)
		}
		found, err := LintText(context.Background(), text, in)
		if err != nil || len(found) > 0 {
			t.Errorf("%s: %v %v", form, found, err)
		}
		changed := strings.ReplaceAll(strings.ReplaceAll(text, "Old Basin", "New Basin"), "Old\n", "New\n")
		if found, _ := LintText(context.Background(), changed, in); len(found) == 0 {
			t.Errorf("%s: another word in the quotation is not found", form)
		}
	}
	if want := `"quote": "said \"that the harbour 'Old Basin' would reopen\""`; !strings.Contains(forms["json"], want) {
		t.Errorf("no %s", want)
	}
}

// Edits that a brief may not have are found in every form that holds them.
func TestLintTextOfEditedBrief(t *testing.T) {
	in := harbour(t)
	forms := render4(t, composed(t, in))
	for _, c := range []struct {
		check         Check
		old, new      string
		notIn         string // a form that breaks the line elsewhere
		html, htmlNew string
	}{
		{CheckLikelihood, "There is a roughly even chance (about 50 %) of a reopening", "There is a roughly even chance (about 90 %) of a reopening", "txt", "(about 50&nbsp;%) of a reopening", "(about 90&nbsp;%) of a reopening"},
		{CheckReference, "Talks on a fee", "Talks on a fee. Nobody knows more. They go on", "", "", ""},
		{CheckNumber, "known to within 2 km", "known to within 7 km", "", "", ""},
		{CheckName, "Mayor Anna Berg", "Mayor Anna Stone", "", "", ""},
		{CheckAllegation, ", as it alleges,", "", "", "", ""},
		{CheckModel, "outcome.open = 0.5", "outcome.open = 0.9", "json", "", ""},
		{CheckModel, "“took part in a fraud”", "“took part in a parade”", "json", "", ""},
		{CheckQuotation, "“took part in a fraud”", "“took part in a parade”", "json", "", ""},
	} {
		for form, text := range forms {
			old, edited := c.old, c.new
			if form == "html" && c.html != "" {
				old, edited = c.html, c.htmlNew
			}
			if form == c.notIn {
				continue
			}
			if c.check == CheckReference {
				old, edited = strings.ToLower(old[:1])+old[1:], strings.ToLower(edited[:1])+edited[1:]
			}
			if !strings.Contains(text, old) {
				t.Errorf("%s does not hold %q", form, old)
				continue
			}
			if form == "json" && c.check == CheckReference {
				continue // the whole is one sentence there, with its references
			}
			found, err := LintText(context.Background(), strings.Replace(text, old, edited, 1), in)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(found, func(f Finding) bool { return f.Check == c.check }) {
				t.Errorf("%s: %q was not found: %v", form, edited, found)
			}
		}
	}
}

func TestLintTextRefusesBadJSON(t *testing.T) {
	in := harbour(t)
	for _, text := range []string{"{", `{"version":2}`, `{"version":1,"colour":"red"}`} {
		if _, err := LintText(context.Background(), text, in); demarche.KindOf(err) != demarche.BadInput {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestSplit(t *testing.T) {
	for text, want := range map[string][]string{
		"One [1]. Two [M1–M3, C2].":               {"One.", "Two."},
		"By 50 U.S.C. 1541, it is so [1]. Next.":  {"By 50 U.S.C. 1541, it is so.", "Next."},
		"The U.S. Congress met.[2] It left. [3]":  {"The U.S. Congress met.", "It left."},
		"He said “Go.” She went [1].":             {"He said “Go.”", "She went."},
		"About 0.34 bits [M1]":                    {"About 0.34 bits"},
		"Is it so? It is 3.5 km away, no more…":   {"Is it so?", "It is 3.5 km away, no more…"},
		"No [1]. 2 September 2025: a strike [2].": {"No.", "2 September 2025: a strike."},
	} {
		got := split(text)
		if len(got) != len(want) {
			t.Errorf("%s: %q", text, got)
			continue
		}
		for i := range got {
			if got[i].Text != want[i] {
				t.Errorf("got %q, want %q", got[i].Text, want[i])
			}
		}
	}
	got := split("Two [1, M1–M3, C2].")[0].Refs
	want := []Ref{{ToQuote, 1}, {ToResult, 1}, {ToResult, 2}, {ToResult, 3}, {ToEntry, 2}}
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func FuzzLintText(f *testing.F) {
	f.Add("# A\n\n## B\n\n- A sentence [1, M1–M3].\n\n## Passages in the reports\n\n- [1] “a” — claim c1, report r\n")
	f.Add("<!doctype html><p>A. <span>[1]</span></p>")
	f.Add("{}")
	f.Add("TITLE\n=====\n\n  - a [M1–M99999999].\n")
	in := Input{Case: &demarche.Case{Title: "x"}}
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = LintText(context.Background(), text, in)
	})
}
