package casefile

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"

	"github.com/demarche/demarche"
)

// csl writes the reports of a case as CSL-JSON, the input of citation programs
// (https://citationstyles.org). What the format has no field for stands under
// custom: the name of the file, its SHA-256, and dates as written.
func (x *exchange) csl() ([]byte, error) {
	list := []any{}
	for i := range x.reports {
		list = append(list, cslItem(&x.reports[i]))
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(list)
	return b.Bytes(), err
}

func cslItem(r *demarche.Report) Entries {
	kind := "document"
	switch {
	case r.Publisher != "":
		kind = "article-newspaper"
	case r.URL != "":
		kind = "webpage"
	}
	out := Entries{{"id", r.ID}, {"type", kind}}
	add := func(key, value string) {
		if value != "" {
			out = append(out, Entry{key, value})
		}
	}
	add("title", r.Title)
	add("container-title", r.Publisher)
	if r.Author != "" {
		out = append(out, Entry{"author", []any{Entries{{"literal", r.Author}}}})
	}
	if !r.Published.IsZero() {
		out = append(out, Entry{"issued", cslDate(r.Published)})
	}
	if !r.Retrieved.IsZero() {
		out = append(out, Entry{"accessed", cslDate(r.Retrieved)})
	}
	add("URL", r.URL)
	add("language", r.Lang)
	custom := Entries{}
	for _, e := range []Entry{{"demarche_file", fileName(r)}, {"demarche_sha256", r.SHA256}, {"demarche_published", r.Published.Text}, {"demarche_retrieved", r.Retrieved.Text}} {
		if e.Value != "" {
			custom = append(custom, e)
		}
	}
	if len(custom) > 0 {
		out = append(out, Entry{"custom", custom})
	}
	return out
}

// fileName is the name of a report's file, without the folders of the machine.
func fileName(r *demarche.Report) string {
	if r.Path == "" {
		return ""
	}
	return filepath.Base(r.Path)
}

// cslDate is a date as numbers, as many as are known; an interval has two, and
// one that is open to a side is written in words.
func cslDate(d demarche.Date) Entries {
	from, to := ends(d)
	if d.Interval && (from.IsZero() || to.IsZero()) {
		return Entries{{"literal", d.Words()}}
	}
	parts := []any{cslParts(from)}
	if d.Interval {
		parts = append(parts, cslParts(to))
	}
	return Entries{{"date-parts", parts}}
}

func cslParts(d demarche.Date) []any {
	day, _, _ := strings.Cut(iso(d), "T")
	out := []any{}
	for part := range strings.SplitSeq(day, "-") {
		n, _ := wholeNumber(strings.TrimLeft(part, "0"))
		out = append(out, n)
	}
	return out
}
