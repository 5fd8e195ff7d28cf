package reader

import (
	"math"
	"strconv"
	"strings"
)

// QuantityKind is what happened to the people that a number counts.
type QuantityKind string

const (
	Killed    QuantityKind = "killed"
	Injured   QuantityKind = "injured"
	Missing   QuantityKind = "missing"
	Detained  QuantityKind = "detained"
	Displaced QuantityKind = "displaced"
	// Unspecified are casualties or victims of which the text does not say more.
	Unspecified QuantityKind = "unspecified"
	// Counted is a number of anything else.
	Counted QuantityKind = "counted"
)

// Quantity is a number in a text, as the range that its words leave open.
type Quantity struct {
	Text string `json:"text"`
	Span Span   `json:"span"`
	// About is the number itself, nil where the words give none ("dozens").
	About *float64 `json:"about"`
	// Min and Max bound it, nil where the words leave a side open.
	Min *float64 `json:"min"`
	Max *float64 `json:"max"`
	// Kind is what happened to those counted; Of the word for what is counted,
	// "" if none stands there.
	Kind  QuantityKind `json:"kind"`
	Of    string       `json:"of"`
	Hedge string       `json:"hedge"` // the words that make it a range, "" if none
}

// What vague words are taken for, as closed ranges. These are conventions, not
// findings: "dozens" is two dozen or more but short of a hundred, and so on up;
// "several" and "a handful" are read as most speakers read them in surveys of
// quantifiers. A range that is too wide does less harm than one too narrow.
var vagueNumbers = map[string][2]float64{
	"couple": {2, 2}, "few": {3, 5}, "several": {3, 9}, "handful": {3, 6}, "dozens": {24, 99}, "scores": {40, 99},
	"hundreds": {200, 999}, "thousands": {2000, 9999}, "millions": {2e6, 999e6}, "billions": {2e9, 999e9}, "tens": {20, 99},
}

var smallNumbers = map[string]float64{
	"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
	"eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
	"nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}

var multipliers = map[string]float64{"dozen": 12, "score": 20, "hundred": 100, "thousand": 1000, "million": 1e6, "billion": 1e9, "trillion": 1e12,
	"lakh": 1e5, "crore": 1e7}

// number is what the words at a place say: one value, or a range for vague
// words.
type amount struct {
	lo, hi float64
	to     int // the token behind it
	vague  bool
	unit   float64 // the size of the last digit that is not zero
}

// quantitiesIn finds the numbers in the runs.
func (sc *scene) quantitiesIn(runs []run) []Quantity {
	out := []Quantity{}
	for _, c := range runs {
		for i := c.from; i < c.to; {
			q, to, ok := sc.quantityAt(i, c)
			if !ok {
				i++
				continue
			}
			out = append(out, q)
			i = to
		}
	}
	return out
}

// quantityAt reads the quantity whose first word is token i, with its hedges.
func (sc *scene) quantityAt(i int, c run) (q Quantity, to int, ok bool) {
	toks := sc.r.toks
	lo, hi := math.NaN(), math.NaN() // what the hedges say of the ends
	var about float64
	hasAbout := false
	from := i
	low := func(k int) string {
		if k < c.to {
			return toks[k].low
		}
		return ""
	}
	bound := func(skip int) (amount, bool) {
		a, ok := sc.amountAt(i+skip, c)
		return a, ok
	}
	set := func(l, h float64) { lo, hi = l, h }
	inf := math.Inf(1)
	switch w := low(i); {
	case w == "at" && low(i+1) == "least", w == "no" && (low(i+1) == "fewer" || low(i+1) == "less") && low(i+2) == "than",
		w == "not" && (low(i+1) == "fewer" || low(i+1) == "less") && low(i+2) == "than", w == "a" && low(i+1) == "minimum" && low(i+2) == "of",
		w == "upwards" && low(i+1) == "of", w == "upward" && low(i+1) == "of":
		k := 2
		if w == "no" || w == "not" || w == "a" {
			k = 3
		}
		a, found := bound(k)
		if !found {
			return q, 0, false
		}
		set(a.lo, inf)
		about, hasAbout, to = a.lo, !a.vague, a.to
	case (w == "more" || w == "greater") && low(i+1) == "than", w == "over" && !placeAfterOver(toks, i), w == "above", w == "exceeding",
		w == "well" && low(i+1) == "over":
		k := 1
		if w == "more" || w == "greater" || w == "well" {
			k = 2
		}
		a, found := bound(k)
		if !found {
			return q, 0, false
		}
		set(a.lo+step(a), inf)
		about, hasAbout, to = a.lo, !a.vague, a.to
	case (w == "fewer" || w == "less") && low(i+1) == "than", w == "under" && number1(toks, i+1), w == "below" && number1(toks, i+1):
		k := 1
		if w == "fewer" || w == "less" {
			k = 2
		}
		a, found := bound(k)
		if !found {
			return q, 0, false
		}
		set(0, a.hi-step(a))
		about, hasAbout, to = a.hi, !a.vague, a.to
	case w == "up" && low(i+1) == "to", w == "at" && low(i+1) == "most", w == "as" && (low(i+1) == "many" || low(i+1) == "much") && low(i+2) == "as",
		w == "no" && low(i+1) == "more" && low(i+2) == "than", w == "not" && low(i+1) == "more" && low(i+2) == "than", w == "a" && low(i+1) == "maximum" && low(i+2) == "of":
		k := 2
		if w == "as" || w == "no" || w == "not" || w == "a" {
			k = 3
		}
		a, found := bound(k)
		if !found {
			return q, 0, false
		}
		set(0, a.hi)
		about, hasAbout, to = a.hi, !a.vague, a.to
	case w == "between" || w == "from" || w == "anywhere" && (low(i+1) == "between" || low(i+1) == "from"):
		k := 1
		if w == "anywhere" {
			k = 2
		}
		a, found := bound(k)
		join := "and"
		if low(i+k-1) == "from" {
			join = "to"
		}
		if !found || low(a.to) != join {
			return q, 0, false
		}
		b, found := sc.amountAt(a.to+1, c)
		if !found || b.hi < a.lo && !scaled(toks, a, b) {
			return q, 0, false
		}
		set(scaleLike(a, b, toks), b.hi)
		to = b.to
	case approximators[w] || w == "some" && number1(toks, i+1) || w == "an" && (low(i+1) == "estimated" || low(i+1) == "approximate") || w == "close" && low(i+1) == "to" || w == "in" && low(i+1) == "the" && low(i+2) == "region" && low(i+3) == "of":
		k := 1
		switch w {
		case "an", "close":
			k = 2
		case "in":
			k = 4
		}
		a, found := bound(k)
		if !found && (w == "nearly" || w == "almost" || w == "about" || w == "around" || w == "roughly") && low(i+1) == "a" {
			a, found = sc.amountAt(i+2, c)
		}
		if !found {
			return q, 0, false
		}
		// "about 20 to 30"
		if b, r2 := sc.rangeAfter(a, c); r2 {
			set(a.lo, b.hi)
			to = b.to
			break
		}
		d := slack(a)
		switch {
		case a.vague:
			set(a.lo, a.hi)
		case w == "nearly" || w == "almost" || w == "close":
			set(max(0, a.lo-d), a.hi-step(a))
		default:
			set(max(0, a.lo-d), a.hi+d)
		}
		about, hasAbout, to = a.lo, !a.vague, a.to
	default:
		a, found := sc.amountAt(i, c)
		if !found {
			return q, 0, false
		}
		if b, r2 := sc.rangeAfter(a, c); r2 {
			set(scaleLike(a, b, toks), b.hi)
			to = b.to
			break
		}
		set(a.lo, a.hi)
		to = a.to
		if !a.vague {
			about, hasAbout = a.lo, true
		}
		// "40 or so", "40 or more", "40 or fewer", "40-odd", "40-plus"
		switch {
		case low(to) == "or" && low(to+1) == "so":
			d := slack(a)
			set(max(0, a.lo-d), a.hi+d)
			to += 2
		case low(to) == "or" && low(to+1) == "more", low(to) == "and" && low(to+1) == "counting":
			set(a.lo, inf)
			to += 2
		case low(to) == "or" && (low(to+1) == "fewer" || low(to+1) == "less"):
			set(0, a.hi)
			to += 2
		case low(to) == "odd" || low(to) == "-" && low(to+1) == "odd":
			d := slack(a)
			set(a.lo, a.hi+d)
			to++
		case low(to) == "plus" || low(to) == "+":
			set(a.lo, inf)
			to++
		}
	}
	if math.IsNaN(lo) || sc.notAQuantity(from, to, c) {
		return q, 0, false
	}
	s := Span{toks[from].start, toks[to-1].end}
	q = Quantity{Text: sc.r.text[s[0]:s[1]], Span: s, Min: &lo, Hedge: ""}
	if !math.IsInf(hi, 1) {
		q.Max = &hi
	}
	if hasAbout {
		q.About = &about
	}
	num := from
	for num < to && toks[num].cat != catNum && smallNumbers[toks[num].low] == 0 && toks[num].shape != number && vagueNumbers[toks[num].low] == [2]float64{} && multipliers[toks[num].low] == 0 {
		num++
	}
	if num > from {
		q.Hedge = strings.Join(strings.Fields(sc.r.text[toks[from].start:toks[num-1].end]), " ")
	}
	q.Hedge = strings.TrimSuffix(strings.TrimSuffix(q.Hedge, " a"), " $")
	if q.Hedge == "a" || q.Hedge == "an" || q.Hedge == "$" || q.Hedge == "the" {
		q.Hedge = ""
	}
	if q.Hedge == "" && to-1 > num {
		switch toks[to-1].low {
		case "so", "more", "fewer", "less", "odd", "plus", "counting":
			q.Hedge = strings.Join(strings.Fields(sc.r.text[toks[to-2].start:toks[to-1].end]), " ")
			if toks[to-1].low == "odd" || toks[to-1].low == "plus" {
				q.Hedge = toks[to-1].low
			}
		}
	}
	q.Of, q.Kind = sc.counted(from, to, c)
	return q, to, true
}

var approximators = set(`about around approximately roughly nearly almost circa perhaps possibly maybe estimated`)

func placeAfterOver(toks []token, i int) bool { return !number1(toks, i+1) }

// number1 tells whether a number begins at token i.
func number1(toks []token, i int) bool {
	if i >= len(toks) {
		return false
	}
	t := &toks[i]
	_, small := smallNumbers[t.low]
	_, vague := vagueNumbers[t.low]
	return t.shape == number || small || vague || multipliers[t.low] > 0 || t.low == "$" || t.low == "€" || t.low == "£" ||
		(t.low == "a" || t.low == "half") && i+1 < len(toks) && (multipliers[toks[i+1].low] > 0 || toks[i+1].low == "a")
}

// step is by how much "more than" excludes the number itself: one for whole
// numbers.
func step(a amount) float64 {
	if a.lo == math.Trunc(a.lo) {
		return 1
	}
	return 0
}

// slack is half of the unit to which a number seems to have been rounded: of 80
// five, of 12 one, of 3,500 fifty.
func slack(a amount) float64 {
	if a.unit <= 1 {
		return max(1, math.Round(a.lo/10))
	}
	return a.unit / 2
}

// rangeAfter is the second number of "20 to 30", "two or three".
func (sc *scene) rangeAfter(a amount, c run) (amount, bool) {
	toks := sc.r.toks
	if a.to+1 >= c.to || a.vague {
		return amount{}, false
	}
	switch toks[a.to].low {
	case "to", "or", "–", "-", "—":
	default:
		return amount{}, false
	}
	b, ok := sc.amountAt(a.to+1, c)
	if !ok || b.vague || b.hi <= a.lo {
		return amount{}, false
	}
	return b, true
}

// scaleLike is the lower end in the scale of the upper: the two of "two to three
// million".
func scaleLike(a, b amount, toks []token) float64 {
	if scaled(toks, a, b) {
		for m := b.to - 1; m >= a.to; m-- {
			if f := multipliers[toks[m].low]; f > 0 {
				return a.lo * f
			}
		}
	}
	return a.lo
}

func scaled(toks []token, a, b amount) bool {
	if multipliers[toks[a.to-1].low] > 0 {
		return false
	}
	f := multipliers[toks[b.to-1].low]
	return f > 0 && a.lo < b.hi/f+1 && a.lo < 1000
}

// amountAt reads the number at token i: digits, words, vague words.
func (sc *scene) amountAt(i int, c run) (amount, bool) {
	toks := sc.r.toks
	if i >= c.to {
		return amount{}, false
	}
	t := &toks[i]
	money := t.low == "$" || t.low == "€" || t.low == "£"
	if money {
		i++
		if i >= c.to || toks[i].shape != number {
			return amount{}, false
		}
		t = &toks[i]
	}
	// "tens of thousands", "hundreds of thousands", "dozens", "a handful of"
	if v, ok := vagueNumbers[t.low]; ok && t.shape == lowerWord || ok && t.shape == capWord && (i == 0 || toks[i-1].sent != t.sent) {
		a := amount{lo: v[0], hi: v[1], to: i + 1, vague: true, unit: 1}
		if i+2 < c.to && toks[i+1].low == "of" {
			if m, ok := vagueNumbers[toks[i+2].low]; ok && m[0] >= 2000 && (t.low == "tens" || t.low == "hundreds" || t.low == "thousands") {
				base := m[0] / 2
				a.lo, a.hi, a.to = v[0]*base, (v[1]+1)*base-1, i+3
				return a, true
			}
		}
		if t.low == "tens" || t.low == "couple" && (i == 0 || toks[i-1].low != "a") || (t.low == "couple" || t.low == "handful" || t.low == "few" || t.low == "scores" || t.low == "dozens") && !sc.countsSomething(i, c) {
			return amount{}, false
		}
		// "several hundred", "a few dozen", "a couple of thousand"
		k := i + 1
		if k < c.to && toks[k].low == "of" {
			k++
		}
		if k < c.to {
			if m := multipliers[toks[k].low]; m > 0 {
				a.lo, a.hi, a.to = a.lo*m, a.hi*m, k+1
			}
		}
		return a, true
	}
	if (t.low == "a" || t.low == "an" || t.low == "the") && i+1 < c.to {
		if m := multipliers[toks[i+1].low]; m > 0 && toks[i+1].low != "score" {
			return amount{lo: m, hi: m, to: i + 2, unit: unitOf(m)}, true
		}
		if w := toks[i+1].low; w == "few" || w == "handful" || w == "couple" {
			return sc.amountAt(i+1, c)
		}
		if toks[i+1].low == "half" && i+2 < c.to && multipliers[toks[i+2].low] > 0 {
			m := multipliers[toks[i+2].low] / 2
			return amount{lo: m, hi: m, to: i + 3, unit: unitOf(m)}, true
		}
		return amount{}, false
	}
	if t.low == "half" && i+2 < c.to && toks[i+1].low == "a" && multipliers[toks[i+2].low] > 0 {
		m := multipliers[toks[i+2].low] / 2
		return amount{lo: m, hi: m, to: i + 3, unit: unitOf(m)}, true
	}
	if t.shape == number {
		// "20-30", "20–30" and "40-odd" may be one token.
		s := t.low
		suffix := 1.0
		if a, b, ok := strings.Cut(s, "-"); ok {
			x, ok1 := parseNumber(a)
			if y, ok2 := parseNumber(b); ok1 && ok2 && y > x {
				f := 1.0
				to := i + 1
				if to < c.to && multipliers[toks[to].low] > 0 {
					f = multipliers[toks[to].low]
					to++
				}
				return amount{lo: x * f, hi: y * f, to: to, vague: true, unit: 1}, true
			}
			if ok1 && (b == "odd" || b == "plus") {
				h := x + max(1, unitOf(x)/2)
				return amount{lo: x, hi: h, to: i + 1, vague: true, unit: 1}, true
			}
			return amount{}, false
		}
		switch {
		case strings.HasSuffix(s, "%"):
			s = s[:len(s)-1]
		case strings.HasSuffix(s, "bn"):
			s, suffix = s[:len(s)-2], 1e9
		case strings.HasSuffix(s, "m") && len(s) > 1:
			s, suffix = s[:len(s)-1], 1e6
		case strings.HasSuffix(s, "k") && len(s) > 1:
			s, suffix = s[:len(s)-1], 1e3
		}
		x, ok := parseNumber(s)
		if !ok {
			return amount{}, false
		}
		x *= suffix
		a := amount{lo: x, hi: x, to: i + 1, unit: unitOf(x)}
		for a.to < c.to && multipliers[toks[a.to].low] > 0 && toks[a.to].low != "score" {
			f := multipliers[toks[a.to].low]
			a.lo, a.hi, a.to = a.lo*f, a.hi*f, a.to+1
			a.unit *= f
		}
		return a, true
	}
	// "twenty-five", "two hundred and fifty thousand"
	x, to, ok := sc.wordsNumber(i, c)
	if !ok {
		return amount{}, false
	}
	return amount{lo: x, hi: x, to: to, unit: unitOf(x)}, true
}

// wordsNumber reads a number written in words.
func (sc *scene) wordsNumber(i int, c run) (float64, int, bool) {
	toks := sc.r.toks
	total, part := 0.0, 0.0
	seen := false
	k := i
	for k < c.to {
		w := toks[k].low
		v, ok := smallNumbers[w]
		if !ok {
			if a, b, cut := strings.Cut(w, "-"); cut {
				x, ok1 := smallNumbers[a]
				y, ok2 := smallNumbers[b]
				if ok1 && ok2 && x >= 20 && y < 10 {
					v, ok = x+y, true
				}
			}
		}
		switch m := multipliers[w]; {
		case ok && !seen:
			part, seen = v, true
		case ok && part >= 100 && v < 100 && math.Mod(part, 100) == 0, ok && part == 0 && total > 0:
			part += v
		case m > 0 && seen && w != "score":
			if m >= 1000 {
				total += part * m
				part = 0
			} else {
				part *= m
			}
		case w == "and" && seen && k+1 < c.to && (part >= 100 || total > 0) && smallNumbers[toks[k+1].low] > 0 && (math.Mod(part, 100) == 0):
		default:
			return total + part, k, seen
		}
		k++
	}
	return total + part, k, seen
}

func parseNumber(s string) (float64, bool) {
	x, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
	if err != nil || math.IsInf(x, 0) || math.IsNaN(x) || x > 1e15 || s == "" || !('0' <= s[0] && s[0] <= '9') || strings.ContainsAny(s, "xXeEpP_") {
		return 0, false
	}
	return x, true
}

// unitOf is the size of the last digit of x that is not zero.
func unitOf(x float64) float64 {
	if x != math.Trunc(x) || x == 0 {
		return 0
	}
	u := 1.0
	for math.Mod(x, u*10) == 0 && u < 1e12 {
		u *= 10
	}
	return u
}

// countsSomething tells "a few soldiers" and "dozens of boats" from "few believe".
func (sc *scene) countsSomething(i int, c run) bool {
	toks := sc.r.toks
	w := toks[i].low
	if w == "few" || w == "handful" || w == "couple" {
		return i > 0 && (toks[i-1].low == "a" || toks[i-1].low == "the" || toks[i-1].low == "only")
	}
	return true
}

// notAQuantity tells numbers that count nothing: years, dates, clock times,
// ordinals, ages, "one" as a pronoun, names such as "Resolution 2231".
func (sc *scene) notAQuantity(from, to int, c run) bool {
	toks := sc.r.toks
	t := &toks[from]
	low := func(k int) string {
		if k >= 0 && k < len(toks) && toks[k].para == t.para {
			return toks[k].low
		}
		return ""
	}
	last := &toks[to-1]
	before, after := low(from-1), low(to)
	if to-from == 1 && t.shape == number {
		if yearOf(t.low) > 0 && (before == "in" || before == "since" || before == "of" || before == "by" || before == "until" || months[before] || before == "," || before == "early" || before == "late" || before == "from" || before == "to" || before == "and" && from > 1 && yearOf(low(from-2)) > 0) {
			return true
		}
		if months[before] && dayOf(t.low) > 0 || (months[after] && from+1 < len(toks) && toks[to].shape == capWord) && dayOf(t.low) > 0 {
			return true
		}
		for _, end := range []string{"st", "nd", "rd", "th"} {
			if strings.HasSuffix(t.low, end) {
				return true
			}
		}
		if strings.Contains(t.low, ":") || strings.Contains(t.low, "/") {
			return true
		}
		if after == "a.m." || after == "p.m." || after == "am" || after == "pm" || after == "gmt" || after == "o'clock" {
			return true
		}
		if before == "," && from > 1 && toks[from-2].cat == catName && (after == "," || after == "") {
			return true // an age: "Roe, 62,"
		}
		if before == "aged" || before == "no." || before == "number" || before == "age" || before == "#" {
			return true
		}
	}
	if to-from == 1 && from > 0 && toks[from-1].sent == t.sent && toks[from-1].shape == capWord && toks[from-1].cat == catName && toks[from-1].low != "than" && t.shape == number && !toks[from-1].upper {
		return numbered[before]
	}
	if t.low == "one" && to-from == 1 {
		// "one soldier" counts; "one of them", "one said", "no one" do not.
		if after == "of" || after == "another" || after == "day" || before == "no" || before == "this" || before == "that" || before == "the" || before == "any" || before == "every" {
			return true
		}
		n := to
		if n >= len(toks) || !(toks[n].cat == catNoun || toks[n].cat == catAdj) {
			return !(after == "dead" || after == "person")
		}
	}
	if last.low == "score" || last.low == "second" {
		return false
	}
	return false
}

var numbered = set(`resolution article chapter section protocol title section no. number brigade division battalion flight unit group block
	highway route point paragraph line annex`)

var killedWords = set(`kill killed kills killing dead deaths death died die dies dying fatalities fatality bodies corpses lives slain executed
	massacred shot-dead perished drowned toll assassinated murdered lost-lives life`)
var injuredWords = set(`injure injured injures injuring injuries wound wounded wounds wounding hurt maimed hospitalised hospitalized`)
var missingWords = set(`missing unaccounted disappeared vanished`)
var detainedWords = set(`detain detained detains detaining arrest arrested arrests arresting detainees hostages captives prisoners captured
	capturing jailed imprisoned held seized abducted kidnapped rounded-up captive kidnapping abducting detentions hostage taken-prisoner`)
var displacedWords = set(`displace displaced displacing displaces refugees fled flee fleeing evacuated evacuees evacuating homeless uprooted evacuate
	flees evacuation`)
var unspecifiedWords = set(`casualties casualty victims victim losses`)

var kindWords = []struct {
	words map[string]bool
	kind  QuantityKind
}{{killedWords, Killed}, {injuredWords, Injured}, {missingWords, Missing}, {detainedWords, Detained}, {displacedWords, Displaced}, {unspecifiedWords, Unspecified}}

func harmOf(w string) QuantityKind {
	for _, k := range kindWords {
		if k.words[w] {
			return k.kind
		}
	}
	return ""
}

var humans = set(`people persons person civilians civilian soldiers soldier troops men women children child boys girls fighters militants
	officers officer policemen police others passengers crew sailors fishermen residents villagers protesters demonstrators workers
	students journalists aid-workers members rebels insurgents guards refugees migrants citizens nationals families victims survivors
	peacekeepers hostages prisoners detainees miners farmers doctors nurses patients gunmen attackers suspects bystanders dead wounded
	injured pilgrims worshippers conscripts recruits sailor marines paramedics teachers man woman boy girl prisoner hostage fisherman
	casualties deaths fatalities injuries arrests detentions bodies lives officials activists supporters commuters guests boatmen
	more inhabitants townspeople evacuees drivers aides monks nuns dockworkers strikers smugglers poachers commandos reservists`)

// counted is the word for what is counted, and what happened to them.
func (sc *scene) counted(from, to int, c run) (of string, kind QuantityKind) {
	toks := sc.r.toks
	sent := toks[from].sent
	low := func(k int) string {
		if k >= 0 && k < len(toks) && toks[k].sent == sent {
			return toks[k].low
		}
		return ""
	}
	// The noun: the last of the nouns behind the number.
	k := to
	for low(k) == "of" || low(k) == "the" || low(k) == "other" || low(k) == "more" && (toks[k].cat == catDet || toks[k].cat == catAdv || toks[k].cat == catAdj) || low(k) == "additional" || low(k) == "further" || low(k) == "its" || low(k) == "their" || low(k) == "his" {
		k++
	}
	last := -1
	for j := k; j < len(toks) && j < k+5 && toks[j].sent == sent; j++ {
		t := &toks[j]
		if t.cat == catNoun || t.low == "people" || t.low == "others" || humans[t.low] {
			last = j
			if humans[t.low] {
				break
			}
			continue
		}
		if t.cat == catAdj || t.cat == catName || t.cat == catNum || demonym(t.low) != "" || t.cat == catVerb && j == k && t.word != nil && t.word.forms&(ingForm|partForm) != 0 && j+1 < len(toks) && (toks[j+1].cat == catNoun || humans[toks[j+1].low]) {
			if harmOf(t.low) != "" && j == k && humans[t.low] {
				last = j
				break
			}
			continue
		}
		break
	}
	if last >= 0 {
		of = toks[last].low
	} else if low(k) == "people" || low(k) == "others" {
		of, last = low(k), k
	}
	if toks[to-1].low == "%" || strings.HasSuffix(toks[to-1].low, "%") || low(to) == "percent" || low(to) == "per" && low(to+1) == "cent" || low(to) == "%" {
		return "percent", Counted
	}
	if m := toks[from].low; m == "$" || m == "€" || m == "£" {
		of = map[string]string{"$": "dollars", "€": "euros", "£": "pounds"}[m]
	} else if from+1 < to {
		for j := from; j < to; j++ {
			switch toks[j].low {
			case "$":
				of = "dollars"
			case "€":
				of = "euros"
			case "£":
				of = "pounds"
			}
		}
	}
	human := of == "" || humans[of] || peopleNouns[of] || peopleEnding(of)
	if of != "" && harmOf(of) != "" {
		kind = harmOf(of)
		if of == "refugees" || of == "hostages" || of == "prisoners" || of == "detainees" || of == "victims" {
			// What happened to them counts before what they are.
			if k := sc.harmNear(from, max(to, last+1), c); k != "" && k != kind {
				return of, k
			}
		}
		return of, kind
	}
	if !human {
		return of, Counted
	}
	end := to
	if last >= 0 {
		end = last + 1
	}
	if kind = sc.harmNear(from, end, c); kind != "" {
		return of, kind
	}
	if of == "" && low(to) == "" || of == "" {
		if h := harmOf(low(to)); h != "" {
			return low(to), h
		}
	}
	return of, Counted
}

// harmNear looks for what happened to those counted: behind the number first
// ("were killed", "dead"), then before it ("killing at least", "left 11
// dead", "a death toll of").
func (sc *scene) harmNear(from, to int, c run) QuantityKind {
	toks := sc.r.toks
	sent := toks[from].sent
	in := func(k int) bool { return k >= 0 && k < len(toks) && toks[k].sent == sent }
	// Behind, up to the next comma, number or conjunction that begins another count.
	for k := to; in(k) && k < to+9; k++ {
		t := &toks[k]
		if t.shape == punct && t.low != "(" && !(t.low == "," && k == to) || t.shape == number || smallNumbers[t.low] > 0 || t.cat == catThat {
			break
		}
		if t.cat == catCoord && in(k+2) && harmOf(toks[k+1].low) != "" && toks[k+1].cat == catVerb && (toks[k+2].cat == catDet || toks[k+2].cat == catNum || toks[k+2].shape == number) {
			break // "killed five firemen and injured a dozen"
		}
		if t.cat == catCoord && k > to && harmOf(toks[k-1].low) == "" {
			if !(k+1 < len(toks) && harmOf(toks[k+1].low) != "") {
				break
			}
		}
		if h := harmOf(t.low); h != "" {
			// "11 people who killed a guard" says nothing of them.
			if t.cat == catVerb && k+1 < len(toks) && in(k+1) && (toks[k+1].cat == catDet || toks[k+1].cat == catNum || toks[k+1].shape == number) && k > to && (toks[k-1].cat == catRel || k-1 == to-1) {
				break
			}
			if t.low == "killing" || t.low == "injuring" || t.low == "wounding" || t.low == "killings" || t.low == "lives" && k > to || t.low == "seized" && k > to && toks[k-1].cat != catBe && toks[k-1].cat != catHave {
				break
			}
			if (h == Killed || h == Injured) && k > to && toks[k-1].cat == catDet {
				break // "the death of"
			}
			return h
		}
		if t.cat == catPrep && t.low != "from" && t.low != "in" && t.low != "on" && t.low != "aboard" && t.low != "at" && t.low != "of" && t.low != "among" {
			break
		}
	}
	// Before: the verb that has the number as its object, or the noun that it
	// belongs to; conjunctions carry it on: "killed 11 and 4 children".
	for k := from - 1; in(k) && k > from-14; k-- {
		t := &toks[k]
		if h := harmOf(t.low); h != "" {
			if t.low == "life" || t.low == "seized" && !humansSoon(toks, from, to) {
				return ""
			}
			return h
		}
		if t.low == "lost" && humansSoon(toks, from, to-1) {
			return Killed
		}
		if t.low == ";" || t.low == ":" || t.shape >= openQuote || t.cat == catSub || t.cat == catSubj {
			break
		}
		if t.cat == catVerb && t.word != nil && t.word.forms&pastForm != 0 && t.low != "left" && t.low != "rose" && t.low != "claimed" && t.low != "including" && t.low != "reached" && t.low != "climbed" && t.low != "put" && t.low != "stood" && t.low != "estimated" && t.low != "said" {
			break
		}
		if t.low == "," && k < from-1 && toks[k+1].cat != catCoord && toks[k+1].low != "including" && toks[k+1].low != "among" {
			break
		}
	}
	return ""
}

func humansSoon(toks []token, from, to int) bool {
	for k := to; k < len(toks) && k < to+3; k++ {
		if humans[toks[k].low] {
			return true
		}
	}
	return false
}
