package intake

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pdfPage is what is drawn on a page, in the order in which it is drawn.
type pdfPage struct {
	glyphs      []pdfGlyph
	bottom, top float64
}

// pdfLine is a stretch of characters on one line of one column.
type pdfLine struct {
	text      string
	x, end, y float64
	size      float64
	count     int
	page      int
}

// pdfText puts the pages in reading order: lines to columns, columns to
// paragraphs, and leaves out what only repeats at the head and foot of pages.
func pdfText(pages []pdfPage) string {
	var lines []pdfLine
	repeated := map[pdfKey]int{}
	all := make([][]pdfLine, len(pages))
	edge := func(p pdfPage, l pdfLine) bool {
		h := p.top - p.bottom
		return l.y > p.top-h*0.09 || l.y < p.bottom+h*0.09
	}
	for i, p := range pages {
		all[i] = p.lines()
		seen := map[pdfKey]bool{}
		for _, l := range all[i] {
			if key := pdfPattern(l); edge(p, l) && !seen[key] {
				seen[key] = true
				repeated[key]++
			}
		}
	}
	for i, p := range pages {
		kept := slices.DeleteFunc(all[i], func(l pdfLine) bool {
			if !edge(p, l) {
				return false
			}
			key := pdfPattern(l)
			return repeated[key] >= 3 || repeated[key] == 2 && len(pages) == 2 || strings.Trim(key.text, "#/-–|. ") == ""
		})
		for _, l := range pdfOrder(kept) {
			l.page = i
			lines = append(lines, l)
		}
	}
	return pdfParagraphs(lines)
}

// pdfKey is what is the same of a line on many pages.
type pdfKey struct {
	text   string
	height int
}

// pdfPattern is a line with its numbers struck out, so that "Page 3 of 9" is
// the same on every page, and its height on the page.
func pdfPattern(l pdfLine) pdfKey {
	var b strings.Builder
	last := ' '
	for _, r := range l.text {
		if unicode.IsDigit(r) {
			r = '#'
			if last == '#' {
				continue
			}
		}
		last = r
		b.WriteRune(r)
	}
	return pdfKey{strings.TrimSpace(b.String()), int(l.y / 3)}
}

// lines joins the characters of a page into lines. A gap of nearly an em begins a
// new one: it can be the space between columns. Where it was only a wide space
// between words, the parts come together again in pdfParagraphs.
func (p pdfPage) lines() []pdfLine {
	gs := slices.Clone(p.glyphs)
	for i := range gs {
		gs[i].text = pdfLigatures.Replace(gs[i].text)
	}
	// Characters of one line can differ a little in height. Heights are sorted,
	// and a line is what lies within a third of its size below its highest.
	slices.SortStableFunc(gs, func(a, b pdfGlyph) int { return cmp.Compare(b.y, a.y) })
	var out []pdfLine
	for from := 0; from < len(gs); {
		to := from + 1
		for to < len(gs) && gs[from].y-gs[to].y <= 0.35*math.Max(math.Min(gs[from].size, gs[to].size), 3) {
			to++
		}
		out = append(out, pdfRow(gs[from:to])...)
		from = to
	}
	return out
}

var pdfLigatures = strings.NewReplacer("\ufb00", "ff", "\ufb01", "fi", "\ufb02", "fl", "\ufb03", "ffi", "\ufb04", "ffl", "\ufb05", "ft", "\ufb06", "st", "\u00a0", " ", "\u2002", " ", "\u2003", " ", "\u2009", " ", "\t", " ", "\n", " ", "\r", " ", "\x00", "")

func pdfRow(gs []pdfGlyph) []pdfLine {
	slices.SortStableFunc(gs, func(a, b pdfGlyph) int { return cmp.Compare(a.x, b.x) })
	var out []pdfLine
	var b strings.Builder
	cur := pdfLine{}
	var last pdfGlyph
	flush := func() {
		if text := strings.Join(strings.Fields(b.String()), " "); text != "" {
			const soft = "\u00ad" // a hyphen that shows only at the end of a line
			divided := strings.HasSuffix(text, soft)
			if text = strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), soft, ""); divided {
				text += soft
			}
			cur.text = text
			cur.count = utf8.RuneCountInString(text)
			out = append(out, cur)
		}
		b.Reset()
		cur = pdfLine{}
	}
	for _, g := range gs {
		blank := strings.TrimSpace(g.text) == ""
		if b.Len() > 0 {
			gap := g.x - last.end
			if g.text == last.text && math.Abs(g.x-last.x) < 0.1*g.size && !blank {
				continue // drawn twice, to look bold
			}
			size := math.Min(last.size, g.size)
			switch {
			case gap > 0.9*size && !blank:
				flush()
			case gap > 0.18*size && !blank:
				b.WriteByte(' ')
			}
		}
		if blank {
			if b.Len() > 0 {
				b.WriteByte(' ')
				if g.end-last.end < 1.2*g.size { // a wide blank is a gap
					last.end = math.Max(last.end, math.Min(g.end, last.end+0.4*g.size))
				}
			}
			continue
		}
		if b.Len() == 0 {
			cur = pdfLine{x: g.x, y: g.y, size: g.size}
		}
		cur.end, cur.size = math.Max(cur.end, g.end), math.Max(cur.size, g.size)
		b.WriteString(g.text)
		last = g
	}
	flush()
	return out
}

// Columns are columns of prose from these on; what is narrower or shorter is a
// table, and is read line by line.
const (
	columnLines = 3
	columnWords = 14 // characters in a line, in the mean
)

// pdfOrder puts the lines of a page in reading order. It takes from the top the
// longest run of rows through which an empty strip goes from top to bottom, and
// reads what is left of the strip before what is right of it.
func pdfOrder(lines []pdfLine) []pdfLine {
	slices.SortStableFunc(lines, func(a, b pdfLine) int {
		if c := cmp.Compare(b.y, a.y); c != 0 {
			return c
		}
		return cmp.Compare(a.x, b.x)
	})
	var out []pdfLine
	for i := 0; i < len(lines); {
		best, at := 0, 0.0
		for _, strip := range pdfStrips(lines[i:]) {
			n := i
			left, right, leftText, rightText := 0, 0, 0, 0
			good := 0
			for ; n < len(lines) && (lines[n].end <= strip || lines[n].x >= strip); n++ {
				if lines[n].end <= strip {
					left++
					leftText += lines[n].count
				} else {
					right++
					rightText += lines[n].count
				}
				if left >= columnLines && right >= columnLines && leftText >= columnWords*left && rightText >= columnWords*right {
					good = n + 1 - i
				}
			}
			if good > best {
				best, at = good, strip
			}
		}
		if best == 0 {
			out = append(out, lines[i])
			i++
			continue
		}
		var left, right []pdfLine
		for _, l := range lines[i : i+best] {
			if l.end <= at {
				left = append(left, l)
			} else {
				right = append(right, l)
			}
		}
		out = append(append(out, pdfOrder(left)...), pdfOrder(right)...)
		i += best
	}
	return out
}

// pdfStrips are places at which a strip between columns can lie: left of where
// several lines begin.
func pdfStrips(lines []pdfLine) []float64 {
	begins := map[int]int{}
	for _, l := range lines[:min(len(lines), 400)] {
		begins[int(l.x)]++
	}
	var out []float64
	for x, n := range begins {
		if n+begins[x+1] >= columnLines {
			out = append(out, float64(x)-1)
		}
	}
	slices.Sort(out)
	if len(out) > 40 {
		out = out[:40]
	}
	return out
}

// pdfParagraphs joins lines into paragraphs, with an empty line between them.
func pdfParagraphs(lines []pdfLine) string {
	// The distance of lines within a paragraph is the commonest one.
	steps := map[int]int{}
	known := map[string]bool{}
	for i, l := range lines {
		if i > 0 && lines[i-1].page == l.page {
			if d := lines[i-1].y - l.y; d > 0 && d < 4*l.size {
				steps[int(math.Round(d/l.size*10))]++
			}
		}
		if strings.HasSuffix(l.text, "\u00ad") {
			known["\u00ad"] = true
		}
		for _, w := range strings.FieldsFunc(strings.ToLower(l.text), func(r rune) bool { return !unicode.IsLetter(r) && r != '-' }) {
			known[w] = true
		}
	}
	usual, most := 12, 0
	for d, n := range steps {
		if n > most || n == most && d < usual {
			usual, most = d, n
		}
	}
	var b bytes.Buffer
	left := math.Inf(1) // of the paragraph
	for i, l := range lines {
		if i == 0 {
			b.WriteString(l.text)
			left = l.x
			continue
		}
		prev := lines[i-1]
		down := prev.y - l.y
		sameColumn := prev.page == l.page && down > 0 && l.x < prev.end && l.end > prev.x
		ended := strings.ContainsAny(lastRunes(prev.text, 2), ".!?:”\"")
		var fresh bool
		switch {
		case math.Abs(prev.size-l.size) > 0.12*prev.size:
			fresh = true
		case prev.page == l.page && math.Abs(down) < 0.4*l.size:
			fresh = false // cells of a table
		case !sameColumn:
			fresh = ended || !beginsSmall(l.text)
		case down > l.size*(float64(usual)*0.1+0.35):
			fresh = true
		default:
			indented := l.x-left > 0.8*l.size && l.x-left < 5*l.size && l.x > prev.x+0.5*l.size
			short := ended && prev.end < l.x+0.6*math.Max(l.end-l.x, prev.end-prev.x) && prev.end < l.end-3*l.size
			fresh = indented && (ended || !beginsSmall(l.text)) || short
		}
		if fresh {
			b.WriteString("\n\n")
			b.WriteString(l.text)
			left = l.x
			continue
		}
		left = math.Min(left, l.x)
		if !sameColumn {
			left = l.x
		}
		joinLine(&b, prev.text, l.text, known)
	}
	return b.String()
}

// compounds are first parts of words that are written with a hyphen.
var compounds = map[string]bool{
	"all": true, "anti": true, "cross": true, "ex": true, "far": true, "half": true, "hard": true, "high": true, "long": true,
	"low": true, "mid": true, "non": true, "pro": true, "self": true, "short": true, "so": true, "vice": true, "well": true,
}

// joinLine puts a line behind the one before. A hyphen at the end of a line goes
// where it divides a word. It stays where the document has the word with it
// elsewhere, where it tells hyphens that divide from others (known has then the
// soft hyphen as a word), and where the first part often begins a compound.
func joinLine(b *bytes.Buffer, before, line string, known map[string]bool) {
	last, n := utf8.DecodeLastRuneInString(before)
	head := before[:len(before)-n]
	prior, _ := utf8.DecodeLastRuneInString(head)
	if (last == '-' || last == '\u2010' || last == '\u00ad') && unicode.IsLetter(prior) && beginsSmall(line) {
		notWord := func(r rune) bool { return !unicode.IsLetter(r) && r != '-' }
		first := strings.ToLower(head[strings.LastIndexFunc(head, notWord)+1:])
		second := strings.ToLower(line)
		if i := strings.IndexFunc(second, notWord); i >= 0 {
			second = second[:i]
		}
		compound := known[first+"-"+second] || known["\u00ad"] || compounds[first]
		if last == '\u00ad' || known[first+second] || !compound {
			b.Truncate(b.Len() - n)
		}
		b.WriteString(line)
		return
	}
	b.WriteByte(' ')
	b.WriteString(line)
}

func beginsSmall(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r)
}

func lastRunes(s string, n int) string {
	i := len(s)
	for ; n > 0 && i > 0; n-- {
		_, w := utf8.DecodeLastRuneInString(s[:i])
		i -= w
	}
	return s[i:]
}
