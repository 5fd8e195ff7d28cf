package demarche

import (
	"strings"
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	const iso = "2006-01-02T15:04"
	for _, c := range []struct {
		text, from, to string
		precision      Precision
		words          string
	}{
		{"2025", "2025-01-01T00:00", "2026-01-01T00:00", Year, "2025"},
		{"2025-11", "2025-11-01T00:00", "2025-12-01T00:00", Month, "November 2025"},
		{"2025-12-31", "2025-12-31T00:00", "2026-01-01T00:00", Day, "31 December 2025"},
		{"2024-02-29", "2024-02-29T00:00", "2024-03-01T00:00", Day, "29 February 2024"},
		{" 2025-09-02 ", "2025-09-02T00:00", "2025-09-03T00:00", Day, "2 September 2025"},
		{"2025-11-24T15:30Z", "2025-11-24T15:30", "2025-11-24T15:31", Minute, "24 November 2025, 15:30 UTC"},
		{"2025-11-24T23:30-04:00", "2025-11-25T03:30", "2025-11-25T03:31", Minute, "25 November 2025, 03:30 UTC"},
		{"2025-11-24T15:30:59Z", "2025-11-24T15:30", "2025-11-24T15:31", Minute, "24 November 2025, 15:30 UTC"},
		{"2025-09/2025-12", "2025-09-01T00:00", "2026-01-01T00:00", Month, "September 2025 to December 2025"},
		{"2025-09-02/2025", "2025-09-02T00:00", "2026-01-01T00:00", Year, "2 September 2025 to 2025"},
		{"../2025-12-02", "", "2025-12-03T00:00", Day, "until 2 December 2025"},
		{"2025-12/..", "2025-12-01T00:00", "", Month, "since December 2025"},
	} {
		d, err := ParseDate(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		show := func(x time.Time) string {
			if x.IsZero() {
				return ""
			}
			return x.Format(iso)
		}
		if show(d.From) != c.from || show(d.To) != c.to || d.Precision != c.precision || d.Words() != c.words {
			t.Errorf("%q is %s to %s, %v, %q", c.text, show(d.From), show(d.To), d.Precision, d.Words())
		}
		if d.String() != strings.TrimSpace(c.text) || d.IsZero() || d.Interval != strings.Contains(c.text, "/") {
			t.Errorf("%q: %+v", c.text, d)
		}
	}
}

func TestDateErrors(t *testing.T) {
	for text, says := range map[string]string{
		"":                   "not a date",
		"yesterday":          "not a date",
		"2025-2-3":           "not a date",
		"2025-02-30":         "there is no date 2025-02-30",
		"2025-13":            "there is no date 2025-13",
		"2025-00":            "there is no date",
		"2025-01-00":         "there is no date",
		"2023-02-29":         "there is no date",
		"0000":               "there is no date",
		"25-12-02":           "not a date",
		"+025-12-02":         "not a date",
		"2025-+1":            "not a date",
		"2025-12-02-01":      "not a date",
		"2/9/2025":           `"2/9/2025" is not a date`,
		"2025/2026/2027":     "not a date",
		"../..":              "not a date",
		"/":                  "not a date",
		"2025-12/":           "not a date",
		"2025-12/2025-03":    "ends before it begins",
		"2025-02-30/2026":    "there is no date 2025-02-30",
		"2025-11-24T25:00Z":  "not a date",
		"2025-11-24T12:00":   "not a date",
		"2025-11-24T":        "not a date",
		"2025-02-30T12:00Z":  "not a date",
		"2025-11-24 12:00":   "not a date",
		"24 November 2025":   "not a date",
		"2025-11-24T12:00ZZ": "not a date",
	} {
		_, err := ParseDate(text)
		e, ok := err.(*Error)
		if !ok || e.Kind != BadInput || !strings.Contains(e.Msg, says) || e.Hint == "" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestStartsAfter(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"2025-12-03", "2025-12-02", true},
		{"2025-12-02", "2025-12-02", false},
		{"2025-12", "2025-12-02", false}, // it may have been on the first
		{"2026", "2025-12", true},
		{"2025-12-02", "2025-12", false},
		{"2026-01", "2025-12/..", false},
		{"../2026", "2020", false},
		{"2025-12-02T10:00Z", "2025-12-02", false},
	} {
		a, _ := ParseDate(c.a)
		b, _ := ParseDate(c.b)
		if got := a.StartsAfter(b); got != c.want {
			t.Errorf("%s after %s: %v", c.a, c.b, got)
		}
	}
	if (Date{}).StartsAfter(Date{}) || (Date{}).Words() != "" || !(Date{}).IsZero() {
		t.Error("the zero date means something")
	}
}

func TestPrecisionWords(t *testing.T) {
	if NoPrecision.String() != "" || Year.String() != "year" || Minute.String() != "minute" {
		t.Error("words for precision are wrong")
	}
}
