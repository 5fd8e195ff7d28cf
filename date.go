package demarche

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Precision is how exactly a date is known.
type Precision uint8

// From the coarsest to the finest.
const (
	NoPrecision Precision = iota
	Year
	Month
	Day
	Minute
)

var precisionNames = [...]string{"", "year", "month", "day", "minute"}

// String is "year", "month", "day" or "minute".
func (p Precision) String() string { return precisionNames[p] }

// Date is a point or span of time with the precision at which it is known, in
// the notation of ISO 8601: 2025, 2025-11, 2025-11-24, 2025-11-24T15:30Z, an
// interval 2025-09/2025-12, or one open to a side: ../2025-12-02, 2025-12/..
type Date struct {
	Text string // as written
	// From and To bound the span, half open, in UTC. An open side is the zero time.
	From, To time.Time
	// Precision is that of the end given, and the coarser of two.
	Precision Precision
	Interval  bool
}

// IsZero reports whether no date is given.
func (d Date) IsZero() bool { return d.Text == "" }

// String is the date as written.
func (d Date) String() string { return d.Text }

// StartsAfter reports whether d begins after the last moment of e: only then
// is d certainly later. An open end is never passed, an open start never after.
func (d Date) StartsAfter(e Date) bool {
	return !d.From.IsZero() && !e.To.IsZero() && !d.From.Before(e.To)
}

// In words: "2 September 2025", "November 2025", "until 2 December 2025",
// "September 2025 to December 2025".
func (d Date) Words() string {
	if d.IsZero() {
		return ""
	}
	from, to, isInterval := strings.Cut(d.Text, "/")
	if !isInterval {
		return pointWords(d.Text)
	}
	switch {
	case from == "..":
		return "until " + pointWords(to)
	case to == "..":
		return "since " + pointWords(from)
	}
	return pointWords(from) + " to " + pointWords(to)
}

func pointWords(text string) string {
	from, _, p, err := parsePoint(text)
	if err != nil {
		return text
	}
	switch p {
	case Year:
		return from.Format("2006")
	case Month:
		return from.Format("January 2006")
	case Day:
		return from.Format("2 January 2006")
	}
	return from.Format("2 January 2006, 15:04 UTC")
}

// ParseDate reads a Date. Its errors are sentences without a place.
func ParseDate(text string) (Date, error) {
	text = strings.TrimSpace(text)
	from, to, isInterval := strings.Cut(text, "/")
	if !isInterval {
		start, end, p, err := parsePoint(text)
		if err != nil {
			return Date{}, err
		}
		return Date{Text: text, From: start, To: end, Precision: p}, nil
	}
	d := Date{Text: text, Interval: true}
	if from == ".." && to == ".." {
		return Date{}, badDate(text)
	}
	if from != ".." {
		start, _, p, err := parsePoint(from)
		if err != nil {
			return Date{}, ofInterval(err, from, text)
		}
		d.From, d.Precision = start, p
	}
	if to != ".." {
		_, end, p, err := parsePoint(to)
		if err != nil {
			return Date{}, ofInterval(err, to, text)
		}
		if d.Precision == NoPrecision || p < d.Precision {
			d.Precision = p
		}
		d.To = end
	}
	if !d.From.IsZero() && !d.To.IsZero() && !d.From.Before(d.To) {
		return Date{}, &Error{Kind: BadInput, Msg: fmt.Sprintf("the interval %s ends before it begins", text), Hint: "put the earlier date first"}
	}
	return d, nil
}

// parsePoint reads one date of any precision and gives the span it covers.
func parsePoint(text string) (from, to time.Time, p Precision, err error) {
	if date, clock, ok := strings.Cut(text, "T"); ok {
		for _, layout := range []string{"15:04Z07:00", "15:04:05Z07:00"} {
			if t, e := time.Parse("2006-01-02T"+layout, date+"T"+clock); e == nil {
				t = t.UTC().Truncate(time.Minute)
				return t, t.Add(time.Minute), Minute, nil
			}
		}
		return from, to, p, badDate(text)
	}
	parts := strings.Split(text, "-")
	if len(parts) > 3 || len(parts[0]) != 4 {
		return from, to, p, badDate(text)
	}
	n := [3]int{1, 1, 1}
	for i, part := range parts {
		v, e := strconv.ParseUint(part, 10, 16)
		if e != nil || (i > 0 && len(part) != 2) {
			return from, to, p, badDate(text)
		}
		n[i] = int(v)
	}
	from = time.Date(n[0], time.Month(n[1]), n[2], 0, 0, 0, 0, time.UTC)
	if n[0] == 0 || int(from.Month()) != n[1] || from.Day() != n[2] {
		return from, to, p, &Error{Kind: BadInput, Msg: fmt.Sprintf("there is no date %s", text), Hint: "check the month and the day"}
	}
	switch len(parts) {
	case 1:
		return from, from.AddDate(1, 0, 0), Year, nil
	case 2:
		return from, from.AddDate(0, 1, 0), Month, nil
	}
	return from, from.AddDate(0, 0, 1), Day, nil
}

// ofInterval blames the whole text where an end of an interval is no date at
// all, as in 2/9/2025.
func ofInterval(err error, end, text string) error {
	if err.Error() == badDate(end).Error() {
		return badDate(text)
	}
	return err
}

func badDate(text string) error {
	return &Error{
		Kind: BadInput,
		Msg:  fmt.Sprintf("%q is not a date", text),
		Hint: "write 2025-12-02, 2025-12, 2025, or an interval such as 2025-09/2025-12 or ../2025-12-02",
	}
}
