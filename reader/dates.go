package reader

import (
	"strconv"
	"strings"
	"time"
)

// When is a date in a text.
type When struct {
	Text string `json:"text"`
	Span Span   `json:"span"`
	// Date is in the notation of ISO 8601: 2025, 2025-11, 2025-11-24, an interval
	// 2025-11-24/2025-11-30, or one open to a side: 2025-12-01/.. for "since".
	Date string `json:"date"`
	// Precision is how exactly the words say it: day, days, week, weeks, month,
	// months or year. The plurals are vague: "in the coming days".
	Precision string `json:"precision"`
}

// calendar turns the dates of a text into days, counted from its publication.
type calendar struct{ published time.Time }

func newCalendar(published time.Time) *calendar { return &calendar{published} }

var weekdayNumber = map[string]time.Weekday{"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}

var monthNumber = map[string]time.Month{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8,
	"sep": 9, "oct": 10, "nov": 11, "dec": 12}

// How far a vague word reaches, in days: "the coming days" are at most a week,
// "weeks" six, "months" half a year. Conventions of ours.
var vagueReach = map[string]int{"hour": 1, "day": 7, "week": 42, "month": 183, "year": 1096}

// said finds when it was said: a date in the sentence of the cue, near it, and
// outside of what was said.
func (sc *scene) said(f *finding) Said {
	r := sc.r
	s := r.sentenceOf(f.verb)
	best, bestAt := Said{}, 1000
	for i := max(s.from, f.verb-12); i < min(s.to, f.verb+13); i++ {
		t := &r.toks[i]
		if f.holds(i) || i >= f.source.from && i < f.source.to && !f.source.empty() && f.source.to-f.source.from < 3 {
			continue
		}
		if d := distance(i, f.verb); d < bestAt && !(t.quote >= 0 && r.qs[t.quote].spoken) {
			x, to := sc.dateAt(i, s, false)
			if x.Date == "" {
				continue
			}
			if to > f.verb && i < f.verb || f.holds(to-1) || strings.HasPrefix(x.Date, "../") || !sc.past(x) {
				continue
			}
			best, bestAt = x, d
			i = to - 1
		}
	}
	return best
}

// past tells a date that is not after publication.
func (sc *scene) past(x Said) bool {
	if sc.dates.published.IsZero() || len(x.Date) < 4 {
		return true
	}
	day := sc.dates.published.Format("2006-01-02")
	return x.Date[:min(len(x.Date), 10)] <= day
}

// datesIn finds the dates in the runs.
func (sc *scene) datesIn(runs []run) []When {
	out := []When{}
	for _, c := range runs {
		for i := c.from; i < c.to; {
			x, to := sc.dateAt(i, sc.r.sentenceOf(i), true)
			if x.Date == "" || to > c.to {
				i++
				continue
			}
			from := i
			if open := sc.openSide(i); open != "" && !strings.Contains(x.Date, "/") {
				from--
				switch open {
				case "since":
					x.Date += "/.."
				case "until":
					x.Date = "../" + x.Date
				}
			}
			s := Span{sc.r.toks[from].start, sc.r.toks[to-1].end}
			out = append(out, When{Text: sc.r.text[s[0]:s[1]], Span: s, Date: x.Date, Precision: x.Precision})
			i = to
		}
	}
	return out
}

// openSide is "since" or "until" where such a word stands before token i.
func (sc *scene) openSide(i int) string {
	if i == 0 {
		return ""
	}
	switch sc.r.toks[i-1].low {
	case "since":
		return "since"
	case "until", "till", "by", "before":
		return "until"
	}
	return ""
}

func distance(a, b int) int {
	if a < b {
		return b - a
	}
	return a - b
}

var periods = map[string]string{"hour": "hour", "hours": "hour", "day": "day", "days": "day", "week": "week", "weeks": "week",
	"month": "month", "months": "month", "year": "year", "years": "year"}

// dateAt reads the date that begins at token i, and gives the token behind it.
// A weekday is the last one up to publication, unless ahead allows it to be the
// next and the words before it look ahead.
func (sc *scene) dateAt(i int, s sentence, ahead bool) (Said, int) {
	r := sc.r
	t := &r.toks[i]
	pub := sc.dates.published
	low := func(k int) string {
		if k >= s.from && k < s.to {
			return r.toks[k].low
		}
		return ""
	}
	none := Said{}
	w := t.low
	// Words before a date that only shade it.
	switch w {
	case "late", "early", "earlier", "later", "mid":
		k := i + 1
		if low(k) == "on" || low(k) == "in" {
			k++
		}
		if k < s.to && k > i {
			if x, to := sc.dateAt(k, s, ahead); x.Date != "" && low(k) != "in" {
				return x, to
			}
		}
		return none, 0
	}
	if strings.HasPrefix(w, "mid-") && monthNumber[w[4:min(len(w), 7)]] > 0 {
		m := monthNumber[w[4:min(len(w), 7)]]
		y := yearOf(low(i + 1))
		to := i + 1
		if y > 0 {
			to++
		} else if pub.IsZero() {
			return none, 0
		} else if y = pub.Year(); time.Date(y, m, 1, 0, 0, 0, 0, time.UTC).After(pub) {
			y--
		}
		return Said{time.Date(y, m, 1, 0, 0, 0, 0, time.UTC).Format("2006-01"), "month"}, to
	}
	if x, to := sc.absolute(i, s, ahead); x.Date != "" {
		return x, to
	}
	if pub.IsZero() {
		return none, 0
	}
	switch {
	case weekdays[w] && t.shape == capWord && len(w) >= 3:
		return sc.weekday(i, low, ahead)
	case (w == "last" || w == "this" || w == "next" || w == "coming" || w == "past" || w == "previous") && weekdays[low(i+1)] && r.toks[i+1].shape == capWord:
		return sc.weekday(i+1, low, ahead)
	case w == "today" || w == "tonight" || w == "this" && (low(i+1) == "morning" || low(i+1) == "afternoon" || low(i+1) == "evening"):
		if w == "this" {
			return day(pub), i + 2
		}
		return day(pub), i + 1
	case w == "yesterday":
		return day(pub.AddDate(0, 0, -1)), i + 1
	case w == "tomorrow":
		return day(pub.AddDate(0, 0, 1)), i + 1
	case w == "overnight":
		return span(pub.AddDate(0, 0, -1), pub, "days"), i + 1
	case w == "last" && (low(i+1) == "night" || low(i+1) == "evening"):
		return day(pub.AddDate(0, 0, -1)), i + 2
	case w == "weekend":
		d := 0
		switch low(i - 1) {
		case "next", "coming":
			d = 7
		}
		sat := pub.AddDate(0, 0, -(int(pub.Weekday())+1)%7+d)
		if low(i-1) == "this" && pub.Weekday() >= time.Monday && pub.Weekday() <= time.Friday && ahead && sc.looksAhead(i, s) {
			sat = sat.AddDate(0, 0, 7)
		}
		if low(i-1) == "last" && int(pub.Weekday())%6 == 0 {
			sat = sat.AddDate(0, 0, -7)
		}
		return span(sat, sat.AddDate(0, 0, 1), "days"), i + 1
	case (w == "last" || w == "this" || w == "next" || w == "previous" || w == "coming") && (low(i+1) == "week" || low(i+1) == "month" || low(i+1) == "year"):
		n := 0
		switch w {
		case "last", "previous":
			n = -1
		case "next", "coming":
			n = 1
		}
		return period(pub, low(i+1), n), i + 2
	case (w == "last" || w == "next" || w == "this") && months[low(i+1)] && r.toks[i+1].shape == capWord:
		m := monthNumber[low(i + 1)[:3]]
		y := pub.Year()
		switch {
		case w == "last" && m >= pub.Month():
			y--
		case w == "next" && m <= pub.Month():
			y++
		}
		return Said{time.Date(y, m, 1, 0, 0, 0, 0, time.UTC).Format("2006-01"), "month"}, i + 2
	}
	// "two days ago", "a week ago", "several months ago"
	if n, vague, k, ok := sc.howMany(i, s); ok && periods[low(k)] != "" {
		unit := periods[low(k)]
		switch {
		case low(k+1) == "ago" || low(k+1) == "'" && low(k+2) == "ago":
			return back(pub, unit, n, vague), k + 2
		case low(k+1) == "from" && low(k+2) == "now":
			return back(pub, unit, -n, vague), k + 3
		}
	}
	// "in the coming days", "in the past two weeks", "over the last 48 hours"
	k := i
	if w == "the" {
		k++
	}
	switch dir := low(k); dir {
	case "coming", "next", "past", "last":
		n, vague, m, ok := sc.howMany(k+1, s)
		if !ok {
			m, vague = k+1, true
		}
		if low(m) == "few" || low(m) == "couple" {
			vague = true
			m++
			if low(m) == "of" {
				m++
			}
		}
		unit := periods[low(m)]
		if unit == "" || !ok && (low(m) == "week" || low(m) == "month" || low(m) == "year" || low(m) == "day" || low(m) == "hour") && w != "the" {
			break
		}
		if !ok && !strings.HasSuffix(low(m), "s") {
			n, vague = 1, false // "the past week"
		}
		forward := dir == "coming" || dir == "next"
		return reach(pub, unit, n, vague, forward), m + 1
	}
	// "within days", "within 48 hours", "in two weeks", "in three days' time"
	if w == "within" || w == "in" {
		k := i + 1
		if low(k) == "the" && (low(k+1) == "next" || low(k+1) == "coming") {
			return none, 0 // found from "the"
		}
		n, vague, m, ok := sc.howMany(k, s)
		if !ok && w == "within" {
			m, vague = k, true
			if !strings.HasSuffix(low(m), "s") {
				return none, 0
			}
		}
		unit := periods[low(m)]
		if unit == "" || !ok && w == "in" {
			return none, 0
		}
		if w == "in" && !(sc.looksAhead(i, s) || low(m+1) == "time" || low(m+2) == "time" || low(m+1) == "'") {
			return none, 0 // "the third raid in two weeks"
		}
		if w == "in" && !vague {
			to := m + 1
			for low(to) == "'" || low(to) == "’" || low(to) == "time" {
				to++
			}
			return back(pub, unit, -n, false), to
		}
		return reach(pub, unit, n, vague, true), m + 1
	}
	return none, 0
}

// weekday is the weekday at token i.
func (sc *scene) weekday(i int, low func(int) string, ahead bool) (Said, int) {
	pub := sc.dates.published
	number := int(weekdayNumber[low(i)[:3]])
	to := i + 1
	switch low(to) {
	case "morning", "afternoon", "evening", "night":
		to++
	}
	prev := low(i - 1)
	if prev == "every" || prev == "each" {
		return Said{}, 0
	}
	off := (int(pub.Weekday()) - number + 7) % 7
	if prev == "next" || prev == "coming" || ahead && prev != "last" && prev != "past" && prev != "previous" && sc.looksAhead(i, sc.r.sentenceOf(i)) {
		if off = 7 - off; off == 7 && prev != "next" && prev != "coming" {
			off = 0
		}
		return day(pub.AddDate(0, 0, off)), to
	}
	if (prev == "last" || prev == "past" || prev == "previous") && off == 0 {
		off = 7
	}
	return day(pub.AddDate(0, 0, -off)), to
}

var aheadWords = set(`will shall 'll won't would due expected scheduled plan plans planned planning tomorrow set upcoming deadline
	must intends intend expects expect poised hopes hope agreed vows vowed pledged promised should may might could begin begins
	starts resume resumes meets holds opens expires hopes wants`)

// looksAhead tells whether the words before token i in its clause speak of what
// is to come.
func (sc *scene) looksAhead(i int, s sentence) bool {
	toks := sc.r.toks
	for k := i - 1; k >= max(s.from, i-12); k-- {
		t := &toks[k]
		if t.low == ";" || t.low == ":" || t.shape >= openQuote && t.shape != closeQuote {
			return false
		}
		if aheadWords[t.low] {
			return true
		}
		if (t.low == "by" || t.low == "until") && (k >= i-1 || k == i-2 && toks[k+1].cat != catName) {
			return true // a deadline, not "seized by Iran on Monday"
		}
		if t.cat == catTo && k+1 < i && toks[k+1].cat == catVerb && (k == s.from || toks[k-1].cat != catVerb || aheadWords[toks[k-1].low]) {
			// "a meeting to decide", "is to meet"
			return k > s.from && (toks[k-1].cat == catBe || toks[k-1].cat == catNoun || toks[k-1].cat == catName)
		}
		if t.cat == catVerb && t.word != nil && t.word.forms&pastForm != 0 && t.word.forms&baseForm == 0 {
			// "said", "killed": the past, unless what hangs on it looks ahead.
			if b := toks[max(k-1, s.from)].low; b == "was" || b == "were" || b == "been" || b == "had" {
				return false
			}
			if k > s.from && (toks[k-1].cat == catBe || toks[k-1].cat == catModal || toks[k-1].cat == catHave) {
				continue
			}
			return false
		}
	}
	return false
}

// howMany reads "two", "48", "a", "a few", "several" at token k.
func (sc *scene) howMany(k int, s sentence) (n int, vague bool, next int, ok bool) {
	toks := sc.r.toks
	if k >= s.to {
		return 0, false, k, false
	}
	switch w := toks[k].low; {
	case w == "a" || w == "an":
		if k+1 < s.to && (toks[k+1].low == "few" || toks[k+1].low == "couple") {
			next = k + 2
			if next < s.to && toks[next].low == "of" {
				next++
			}
			if toks[k+1].low == "couple" {
				return 2, false, next, true
			}
			return 3, true, next, true
		}
		return 1, false, k + 1, true
	case w == "several" || w == "few" || w == "some":
		return 5, true, k + 1, true
	case w == "couple":
		next = k + 1
		if next < s.to && toks[next].low == "of" {
			next++
		}
		return 2, false, next, true
	case smallNumbers[w] > 0:
		return int(smallNumbers[w]), false, k + 1, true
	case toks[k].shape == number:
		if n, err := strconv.Atoi(w); err == nil && n > 0 && n < 1000 {
			return n, false, k + 1, true
		}
	}
	return 0, false, k, false
}

// back is n units before the day, at the precision of the unit.
func back(pub time.Time, unit string, n int, vague bool) Said {
	if vague {
		return reach(pub, unit, 0, true, n < 0)
	}
	switch unit {
	case "hour":
		return day(pub.Add(-time.Duration(n) * time.Hour))
	case "day":
		return day(pub.AddDate(0, 0, -n))
	case "week":
		return period(pub.AddDate(0, 0, -7*n), "week", 0)
	case "month":
		first := time.Date(pub.Year(), pub.Month(), 1, 0, 0, 0, 0, time.UTC)
		return Said{first.AddDate(0, -n, 0).Format("2006-01"), "month"}
	default:
		return Said{strconv.Itoa(pub.Year() - n), "year"}
	}
}

// reach is the stretch of n units up to the day, or from it on.
func reach(pub time.Time, unit string, n int, vague, forward bool) Said {
	days := vagueReach[unit]
	if !vague {
		switch unit {
		case "hour":
			days = (n + 23) / 24
		case "day":
			days = n
		case "week":
			days = 7 * n
		}
	}
	end := pub.AddDate(0, 0, days)
	if !vague && unit == "month" {
		end = pub.AddDate(0, n, 0)
	}
	if !vague && unit == "year" {
		end = pub.AddDate(n, 0, 0)
	}
	precision := unit + "s"
	if unit == "hour" {
		precision = "days"
	}
	if unit == "year" {
		precision = "year"
	}
	if !forward {
		return span(pub.AddDate(0, 0, -int(end.Sub(pub).Hours()/24)), pub, precision)
	}
	return span(pub, end, precision)
}

func span(from, to time.Time, precision string) Said {
	return Said{from.Format("2006-01-02") + "/" + to.Format("2006-01-02"), precision}
}

// period is the week, month or year of the day, or one n later. Weeks begin on
// Monday (ISO 8601).
func period(pub time.Time, unit string, n int) Said {
	switch unit {
	case "week":
		monday := pub.AddDate(0, 0, -(int(pub.Weekday())+6)%7+7*n)
		return span(monday, monday.AddDate(0, 0, 6), "week")
	case "month":
		first := time.Date(pub.Year(), pub.Month(), 1, 0, 0, 0, 0, time.UTC)
		return Said{first.AddDate(0, n, 0).Format("2006-01"), "month"}
	}
	return Said{strconv.Itoa(pub.Year() + n), "year"}
}

// absolute reads a date that names its month, its year, or both.
func (sc *scene) absolute(i int, s sentence, ahead bool) (Said, int) {
	r := sc.r
	t := &r.toks[i]
	pub := sc.dates.published
	low := func(k int) string {
		if k >= s.from && k < s.to {
			return r.toks[k].low
		}
		return ""
	}
	// 2025-11-24, 2025-11
	if t.shape == number && len(t.low) >= 7 && t.low[4] == '-' {
		if d, err := time.Parse("2006-01-02", t.low); err == nil {
			return day(d), i + 1
		}
		if d, err := time.Parse("2006-01", t.low); err == nil {
			return Said{d.Format("2006-01"), "month"}, i + 1
		}
	}
	// The day may stand before the month: "2 September", "the 2nd of September".
	d, k := 0, i
	if t.shape == number {
		if d = dayOf(t.low); d == 0 {
			y := yearOf(t.low)
			if y == 0 {
				return Said{}, 0
			}
			switch low(i - 1) {
			case "in", "since", "by", "until", "till", "during", "from", "early", "late", "of", "mid", "before", "after", "through", "to":
				if next := low(i + 1); (low(i-1) == "of" || low(i-1) == "to" || low(i-1) == "from" || low(i-1) == "by") && i+1 < s.to && r.toks[i+1].cat == catNoun && next != "" {
					return Said{}, 0 // "a force of 2000 men"
				}
				return Said{strconv.Itoa(y), "year"}, i + 1
			}
			return Said{}, 0
		}
		k++
		if low(k) == "of" {
			k++
		}
	}
	if k >= s.to || !months[low(k)] || r.toks[k].shape != capWord || len(low(k)) < 3 {
		return Said{}, 0
	}
	if low(k) == "may" && d == 0 && dayOf(low(k+1)) == 0 && yearOf(low(k+1)) == 0 {
		switch low(k - 1) {
		case "in", "last", "since", "until", "by", "of", "late", "early", "this", "next":
		default:
			return Said{}, 0
		}
	}
	if low(k) == "march" && d == 0 && dayOf(low(k+1)) == 0 && yearOf(low(k+1)) == 0 && low(k-1) == "the" {
		return Said{}, 0
	}
	m := monthNumber[low(k)[:3]]
	k++
	if d == 0 && k < s.to {
		if d = dayOf(low(k)); d > 0 && r.toks[k].shape == number {
			k++
		} else {
			d = 0
		}
	}
	y := 0
	if low(k) == "," && d > 0 && yearOf(low(k+1)) > 0 {
		y = yearOf(low(k + 1))
		k += 2
	} else if y = yearOf(low(k)); y > 0 {
		k++
	}
	if y == 0 {
		if pub.IsZero() {
			return Said{}, 0
		}
		y = pub.Year()
		that := time.Date(y, m, max(d, 1), 0, 0, 0, 0, time.UTC)
		switch looks := ahead && (sc.looksAhead(i, s) || low(i-1) == "until" || low(i-1) == "by"); {
		case low(i-1) == "next" && !that.After(pub):
			y++
		case looks && that.Before(time.Date(pub.Year(), pub.Month(), 1, 0, 0, 0, 0, time.UTC)):
			y++
		case !looks && that.After(pub) && low(i-1) != "next":
			// The nearest such date that is not after publication.
			y--
		}
	}
	if d == 0 {
		return Said{time.Date(y, m, 1, 0, 0, 0, 0, time.UTC).Format("2006-01"), "month"}, k
	}
	x := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if x.Day() != d {
		return Said{}, 0
	}
	return day(x), k
}

func day(t time.Time) Said { return Said{t.Format("2006-01-02"), "day"} }

func dayOf(s string) int {
	for _, end := range []string{"st", "nd", "rd", "th"} {
		s = strings.TrimSuffix(s, end)
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 31 || len(s) > 2 {
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
