package reader

import (
	"strconv"
	"strings"
	"time"
)

// calendar turns the dates of a text into days, counted from its publication.
type calendar struct{ published time.Time }

func newCalendar(published time.Time) *calendar { return &calendar{published} }

var weekdayNumber = map[string]time.Weekday{"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}

var monthNumber = map[string]time.Month{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8,
	"sep": 9, "oct": 10, "nov": 11, "dec": 12}

// said finds when it was said: a date in the sentence of the cue, near it, and
// outside of what was said.
func (r *reading) said(f *finding, c *calendar) Said {
	s := r.sentenceOf(f.verb)
	best, bestAt := Said{}, 1000
	for i := max(s.from, f.verb-12); i < min(s.to, f.verb+13); i++ {
		t := &r.toks[i]
		if f.holds(i) || i >= f.source.from && i < f.source.to && !f.source.empty() {
			continue
		}
		if d := distance(i, f.verb); d < bestAt {
			if x := r.dateAt(i, s, c); x.Date != "" && !(t.quote >= 0 && r.qs[t.quote].spoken) {
				best, bestAt = x, d
			}
		}
	}
	return best
}

func distance(a, b int) int {
	if a < b {
		return b - a
	}
	return a - b
}

// dateAt reads the date that begins at token i.
func (r *reading) dateAt(i int, s sentence, c *calendar) Said {
	t := &r.toks[i]
	low := t.low
	prev := ""
	if i > s.from {
		prev = r.toks[i-1].low
	}
	pub := c.published
	switch {
	case weekdays[low] && t.shape == capWord && len(low) >= 3:
		if pub.IsZero() || prev == "next" || prev == "every" {
			return Said{}
		}
		back := (int(pub.Weekday()) - int(weekdayNumber[low[:3]]) + 7) % 7
		if prev == "last" && back == 0 {
			back = 7
		}
		return day(pub.AddDate(0, 0, -back))
	case low == "today" || low == "tonight":
		if !pub.IsZero() {
			return day(pub)
		}
	case low == "yesterday":
		if !pub.IsZero() {
			return day(pub.AddDate(0, 0, -1))
		}
	case low == "month" && prev == "last":
		if !pub.IsZero() {
			first := time.Date(pub.Year(), pub.Month(), 1, 0, 0, 0, 0, time.UTC)
			return Said{first.AddDate(0, -1, 0).Format("2006-01"), "month"}
		}
	case low == "year" && prev == "last":
		if !pub.IsZero() {
			return Said{strconv.Itoa(pub.Year() - 1), "year"}
		}
	case months[low] && t.shape == capWord && len(low) >= 3:
		m := monthNumber[low[:3]]
		d, y := 0, 0
		if i > s.from {
			d = dayOf(prev)
		}
		k := i + 1
		if d == 0 && k < s.to {
			if d = dayOf(r.toks[k].low); d > 0 {
				k++
			}
		}
		if k < s.to && r.toks[k].low == "," {
			k++
		}
		if k < s.to {
			y = yearOf(r.toks[k].low)
		}
		if y == 0 {
			if pub.IsZero() {
				return Said{}
			}
			// The nearest such date that is not after publication.
			y = pub.Year()
			if time.Date(y, m, max(d, 1), 0, 0, 0, 0, time.UTC).After(pub) {
				y--
			}
		}
		if d == 0 {
			return Said{time.Date(y, m, 1, 0, 0, 0, 0, time.UTC).Format("2006-01"), "month"}
		}
		x := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
		if x.Day() != d {
			return Said{}
		}
		return day(x)
	case low == "in" && i+1 < s.to:
		if y := yearOf(r.toks[i+1].low); y > 0 {
			return Said{strconv.Itoa(y), "year"}
		}
	}
	return Said{}
}

func day(t time.Time) Said { return Said{t.Format("2006-01-02"), "day"} }

func dayOf(s string) int {
	for _, end := range []string{"st", "nd", "rd", "th"} {
		s = strings.TrimSuffix(s, end)
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 31 {
		return 0
	}
	return n
}

func yearOf(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || len(s) != 4 || n < 1900 || n > 2100 {
		return 0
	}
	return n
}
