package brief

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// TextOptions say how a brief is laid out on a terminal.
type TextOptions struct {
	Width int  // in characters; 0 means 80
	Color bool // bold headings and dim references, by ANSI codes
}

// marks prints references as they stand in text: [1, C2, M3–M5].
func marks(refs []Ref) string {
	if len(refs) == 0 {
		return ""
	}
	return "[" + strings.Join(spans(refs), ", ") + "]"
}

// spans joins runs of three or more references of a kind: M3–M5.
func spans(refs []Ref) []string {
	var out []string
	for i := 0; i < len(refs); {
		j := i
		for j+1 < len(refs) && refs[j+1].Kind == refs[i].Kind && refs[j+1].N == refs[j].N+1 {
			j++
		}
		if j-i >= 2 {
			out = append(out, refs[i].String()+"–"+refs[j].String())
		} else {
			for _, r := range refs[i : j+1] {
				out = append(out, r.String())
			}
		}
		i = j + 1
	}
	return out
}

// cited is a sentence with its marks before the full stop.
func cited(s Sentence) string {
	m := marks(s.Refs)
	if m == "" {
		return s.Text
	}
	if body, ok := strings.CutSuffix(s.Text, "."); ok {
		return body + " " + m + "."
	}
	return strings.TrimSpace(s.Text + " " + m)
}

func paragraph(list []Sentence) string {
	parts := make([]string, len(list))
	for i, s := range list {
		parts[i] = cited(s)
	}
	return strings.Join(parts, " ")
}

// rowRefs are the references of all cells of a row.
func rowRefs(row []Sentence) []Ref {
	var all []Ref
	for _, cell := range row {
		all = append(all, cell.Refs...)
	}
	return dedupe(all)
}

// facts are the lines of the header: name and value.
func (b *Brief) facts() [][2]string {
	var out [][2]string
	add := func(name, value string) {
		if value != "" {
			out = append(out, [2]string{name, typographic(value)})
		}
	}
	add("Handling", b.Handling)
	add("Case", b.Case)
	add("Client", b.Client)
	add("Question", b.Question)
	add("As of", b.AsOf)
	add("Horizon", b.Horizon)
	add("Model", b.Fingerprint)
	return out
}

// hypothetical is the warning of a brief made under assumptions, in two parts,
// or nothing.
func (b *Brief) hypothetical() (mark, text string) {
	if len(b.Assumed) == 0 {
		return "", ""
	}
	return "Hypothetical:", "it is assumed that " + strings.Join(b.Assumed, "; and that ") + "; this is not the case’s own estimate."
}

const draftWords = "DRAFT: this brief has not passed its own check"

// reference lines of the lists at the end. LintText reads them back.
func quoteLine(n int, q Quote) string {
	s := fmt.Sprintf("[%d] %s — claim %s, report %s", n, Quoted(q.Quote), q.Claim, orNone(q.Report))
	if q.Start >= 0 {
		s += fmt.Sprintf(", bytes %d–%d", q.Start, q.End)
	} else {
		s += ", not found there"
	}
	var more []string
	if q.Title != "" {
		more = append(more, Quoted(q.Title))
	}
	for _, w := range []string{q.Publisher, q.Published, q.URL} {
		if w != "" {
			more = append(more, w)
		}
	}
	if q.Source != "" {
		// The words are the report's: what it tells of a person, or takes from
		// a document.
		of := "on: "
		switch {
		case reportItself(q.Source):
			of = "by: "
		case q.Record == "document":
			of = "from: "
		}
		s += "; " + of + strings.TrimSpace(q.Source+" "+recordWords(q.Record))
	}
	if g := q.grades(); g != "" {
		s += "; " + g
	}
	if strictness(q.Handling) > 1 {
		s += "; " + q.Handling
	}
	if len(more) > 0 {
		s += "; " + strings.Join(more, ", ")
	}
	return s
}

// grades are those of the source and of the claim in short, such as "graded B 2".
func (q Quote) grades() string {
	var parts []string
	if q.Reliability != "" {
		parts = append(parts, q.Reliability)
	} else if q.OutletReliability != "" && q.unnamed() {
		parts = append(parts, q.OutletReliability+" by its outlet")
	}
	if q.Credibility > 0 {
		parts = append(parts, strconv.Itoa(q.Credibility))
	}
	if len(parts) == 0 {
		return ""
	}
	return "graded " + strings.Join(parts, " ")
}

func (q Quote) unnamed() bool {
	return q.Record == "anonymous" || q.Record == "unattributed" || q.Record == "background"
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}

func recordWords(record string) string {
	if record == "" {
		return ""
	}
	return "(" + strings.ReplaceAll(record, "_", " ") + ")"
}

func entryLine(n int, e Entry) string {
	if e.Kind == e.ID {
		return fmt.Sprintf("[C%d] %s: %s", n, e.Kind, e.Says)
	}
	return fmt.Sprintf("[C%d] %s %s: %s", n, e.Kind, e.ID, e.Says)
}

func resultLine(n int, r Result) string {
	if r.Unit == Fact {
		return fmt.Sprintf("[M%d] %s: %s", n, r.Name, r.Says)
	}
	return fmt.Sprintf("[M%d] %s = %s (%s): %s", n, r.Name, exact(r.Value), r.Unit, r.Says)
}

func exact(v float64) string { return strconv.FormatFloat(tidy(v), 'g', -1, 64) }

// The headings of the lists at the end.
const (
	quotesTitle  = "Passages in the reports"
	entriesTitle = "From the case file"
	bothTitle    = "From the case file and the ledger"
	resultsTitle = "Results of the model, exact"
)

// entriesTitle is the heading of the entries: of the ledger too, if there are any.
func (b *Brief) entriesTitle() string {
	if slices.ContainsFunc(b.Entries, func(e Entry) bool { return strings.HasPrefix(e.Kind, "ledger ") }) {
		return bothTitle
	}
	return entriesTitle
}

// Text writes the brief for a terminal.
func Text(w io.Writer, b *Brief, o TextOptions) error {
	if o.Width <= 0 {
		o.Width = 80
	}
	o.Width = max(o.Width, 40)
	p := &printer{o: o}
	p.draft(b)
	p.heading(b.Title)
	p.line(strings.Repeat("=", min(o.Width, utf8.RuneCountInString(b.Title))))
	p.gap()
	if mark, text := b.hypothetical(); mark != "" {
		p.wrap("*** ", "*** ", mark+" "+text+" ***")
		p.gap()
	}
	for _, f := range b.facts() {
		p.wrap(fmt.Sprintf("%-10s ", f[0]+":"), strings.Repeat(" ", 11), f[1])
	}
	for _, s := range b.Sections {
		p.gap()
		p.heading(strings.ToUpper(s.Title))
		for _, bl := range s.Blocks {
			p.gap()
			if bl.Title != "" {
				p.heading(bl.Title)
				if bl.Kind == Paragraph {
					p.gap()
				}
			}
			switch bl.Kind {
			case Table:
				p.table(bl)
			case List:
				for _, item := range bl.Items {
					p.wrap("  - ", "    ", paragraph(item))
				}
			default:
				p.wrap("", "", paragraph(bl.Sentences))
			}
		}
	}
	p.list(quotesTitle, len(b.Quotes), func(i int) string { return quoteLine(i+1, b.Quotes[i]) })
	p.list(b.entriesTitle(), len(b.Entries), func(i int) string { return entryLine(i+1, b.Entries[i]) })
	p.list(resultsTitle, len(b.Results), func(i int) string { return resultLine(i+1, b.Results[i]) })
	p.gap()
	p.wrap("", "", b.LeftOut)
	p.draft(b)
	_, err := io.WriteString(w, strings.TrimLeft(p.out.String(), "\n"))
	return err
}

type printer struct {
	out strings.Builder
	o   TextOptions
}

func (p *printer) bold(s string) string {
	if p.o.Color {
		return "\x1b[1m" + s + "\x1b[0m"
	}
	return s
}

func (p *printer) line(s string) { p.out.WriteString(strings.TrimRight(s, " ") + "\n") }
func (p *printer) gap()          { p.out.WriteString("\n") }

func (p *printer) heading(s string) {
	for _, l := range Wrap(clean(s), p.o.Width) {
		p.line(p.bold(l))
	}
}

func (p *printer) draft(b *Brief) {
	if len(b.Draft) == 0 {
		return
	}
	p.gap()
	p.line(p.bold("*** " + draftWords + " ***"))
	for _, r := range b.Draft {
		p.wrap("  - ", "    ", r)
	}
	p.gap()
}

func (p *printer) list(title string, n int, line func(i int) string) {
	if n == 0 {
		return
	}
	p.gap()
	p.line(p.bold(title))
	p.gap()
	for i := range n {
		p.wrap("", "    ", line(i))
	}
}

func (p *printer) wrap(first, rest, text string) {
	for i, l := range Wrap(clean(text), p.o.Width-utf8.RuneCountInString(rest)) {
		if i == 0 {
			p.line(first + l)
		} else {
			p.line(rest + l)
		}
	}
}

// clean takes control characters out of text from a case, so that nothing in
// it can steer the terminal.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return ' '
		case r < 0x20, r >= 0x7f && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, s)
}

// Wrap breaks a text into lines of at most width characters, between words; a
// number and its % stay together. An empty text is one empty line.
func Wrap(text string, width int) []string {
	var lines []string
	var line string
	length := 0
	for _, w := range strings.Fields(strings.ReplaceAll(text, " %", "\x01%")) {
		w = strings.ReplaceAll(w, "\x01", " ") // a number and its sign stay together
		n := utf8.RuneCountInString(w)
		if line != "" && length+1+n > width {
			lines = append(lines, line)
			line, length = "", 0
		}
		if line != "" {
			line += " "
			length++
		}
		line += w
		length += n
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// table lays out a table in columns, the widest ones narrowed until it fits.
func (p *printer) table(bl Block) {
	rows := [][]string{append(slices.Clone(bl.Head), "Basis")}
	for _, r := range bl.Rows {
		var row []string
		for _, cell := range r {
			row = append(row, clean(cell.Text))
		}
		rows = append(rows, append(row, marks(rowRefs(r))))
	}
	widths, least := make([]int, len(rows[0])), make([]int, len(rows[0])) // least: the longest word
	total := 0
	for _, r := range rows {
		for i, cell := range r {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			for word := range strings.FieldsSeq(cell) {
				least[i] = max(least[i], utf8.RuneCountInString(word))
			}
		}
	}
	for _, w := range widths {
		total += w + 2
	}
	for total-2 > p.o.Width {
		widest := -1
		for i, w := range widths {
			if w > least[i] && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break // rather too wide than words that run into one another
		}
		widths[widest]--
		total--
	}
	for n, r := range rows {
		cells := make([][]string, len(r))
		high := 0
		for i, cell := range r {
			cells[i] = Wrap(cell, widths[i])
			high = max(high, len(cells[i]))
		}
		for l := range high {
			var line strings.Builder
			for i := range cells {
				text := ""
				if l < len(cells[i]) {
					text = cells[i][l]
				}
				line.WriteString(text + strings.Repeat(" ", max(0, widths[i]+2-utf8.RuneCountInString(text))))
			}
			p.line(line.String())
		}
		if n == 0 {
			p.line(strings.Repeat("-", min(p.o.Width, max(total-2, 1))))
		}
	}
}
