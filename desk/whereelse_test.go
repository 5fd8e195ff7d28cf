package desk

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestWhereElse: every place in the folder of a case that still holds the content
// of a record is listed, and no other.
func TestWhereElse(t *testing.T) {
	dir := t.TempDir()
	text := "The minister said on Monday that the secret depot near the river had been emptied in the night, and that nobody was to be told of it before the week was over. " +
		"Two lorries came at midnight and left an hour later by the northern road, with soldiers of the guard on both sides of them. " +
		"The mayor of the town, who was asked about it in the morning, answered that he had slept well and heard nothing at all."
	for name, content := range map[string]string{
		"case.yaml":              "demarche: 1\ntitle: T\nclaims:\n  mine: {report: cable, says: Something else}\n  theirs: {says: The secret   depot was emptied}\n",
		"reports/cable.md":       text,
		"reports/deep/again.txt": strings.Replace(text, "Monday", "Tuesday", 1) + " So the wire had it.",
		"reports/other.md":       "Nothing of the kind was said by anybody at all, on any day of that week.",
		"brief.txt":              "It is held that\nthe SECRET depot\nwas emptied.",
		"reports/.demarche-1":    "the secret depot was emptied",
		"kept/x.warc.gz":         "\x1f\x8b",
		"ledger.db":              "the secret depot was emptied",
		"watch.json":             "{}",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Open(t.Context(), dir, Question{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		kind, id string
		words    []string
		want     []string
	}{
		{"claim", "x.1", []string{"the secret depot was emptied", "it"}, []string{
			"brief.txt: a file that holds the words", "case.yaml:5:3: the claim theirs of the case file says the same", "kept/x.warc.gz: an archive, which was not opened", "reports/.demarche-1: a file that holds the words"}},
		{"claim", "mine", nil, []string{"case.yaml:4:3: the case file has this claim too", "kept/x.warc.gz: an archive, which was not opened"}},
		{"report", "cable", []string{text}, []string{
			"case.yaml:4:3: the claim mine of the case file is taken from this report", "kept/x.warc.gz: an archive, which was not opened", "reports/cable.md: the file of this report", "reports/deep/again.txt: a file with nearly the same text"}},
		{"source", "s", []string{"wire"}, []string{"kept/x.warc.gz: an archive, which was not opened", "reports/deep/again.txt: a file that holds the words"}},
	} {
		places, err := WhereElse(c, test.kind, test.id, test.words...)
		var got []string
		for _, p := range places {
			rel, _ := filepath.Rel(dir, p.Pos.File)
			p.Pos.File = filepath.ToSlash(rel)
			got = append(got, p.Pos.String()+": "+p.What)
		}
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s %s: %v\n%s\nwant\n%s", test.kind, test.id, err, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
		}
	}
}
