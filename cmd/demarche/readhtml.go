package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/reader"
)

// readHTML writes one report as a page on which what was found is marked.
func (a *app) readHTML(ctx context.Context, list desk.ReportList, f readFlags) error {
	var got *desk.Reading
	several := usage("name one file; of a feed or an archive, save the item first", "--html shows one report at a time")
	cfg := desk.ReadConfig{MinConfidence: f.least, Stdin: a.stdin}
	if err := f.more.apply(ctx, a, list, &cfg); err != nil {
		return err
	}
	err := desk.ReadMany(ctx, list.Paths, cfg, func(r *desk.Reading) error {
		if r.Err != nil {
			return r.Err
		}
		if got != nil {
			return several
		}
		got = r
		f.more.count(r)
		return nil
	})
	f.more.tell(a)
	if err != nil {
		return err
	}
	if got == nil {
		return several
	}
	if got.Result.Declined != "" {
		fmt.Fprintf(a.stderr, "%s: %s\n", got.Path, got.Result.Declined)
	}
	page := markedPage(got, f.least)
	if f.output == "" {
		_, err = a.stdout.Write(page)
		return err
	}
	return writeFile(f.output, page)
}

// readStyle is the whole of the page's design: no other file is asked for. Marks
// differ in the kind of line below them, so that they are told apart without
// colour too.
const readStyle = `
:root{color-scheme:light dark;--ink:#1c1b19;--soft:#5c5851;--paper:#fdfcfa;--line:#d9d4ca;--link:#1f4f82;--band:#f3efe7;--source:#dbe7f6;--source-line:#1f4f82;--cue:#fbe3c8;--cue-line:#8a4a08;--content:#e2f0dc;--content-line:#38701f}
@media (prefers-color-scheme:dark){:root{--ink:#e9e6e0;--soft:#a8a296;--paper:#171614;--line:#3a3731;--link:#8fbcf0;--band:#211f1c;--source:#1d3552;--source-line:#8fbcf0;--cue:#4d3313;--cue-line:#f0b66a;--content:#223c1a;--content-line:#97d17c}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.75 Charter,"Bitstream Charter","Sitka Text",Cambria,Georgia,serif}
header,main,footer{max-width:46rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2.5rem}
footer{padding-bottom:3rem;color:var(--soft);font-size:.88rem}
h1{font-size:1.9rem;line-height:1.2;margin:.25rem 0 1rem;text-wrap:balance;overflow-wrap:anywhere}
h2{font-size:1.25rem;line-height:1.3;margin:2.4rem 0 .6rem;padding-top:.7rem;border-top:2px solid var(--ink)}
p{margin:.8rem 0;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:0;font:.9rem/1.5 system-ui,sans-serif}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
a{color:var(--link);text-underline-offset:2px}
a:focus-visible,.wide:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem 1rem}
.said{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap;user-select:none}
mark{color:inherit;padding:.08em 0;-webkit-box-decoration-break:clone;box-decoration-break:clone;text-decoration-skip-ink:none;text-underline-offset:.24em}
mark.content{background:var(--content);text-decoration:underline dotted 2px var(--content-line);text-underline-offset:.34em}
mark.source{background:var(--source);text-decoration:underline solid 2px var(--source-line)}
mark.cue{background:var(--cue);text-decoration:underline double 1px var(--cue-line)}
mark.content mark.content{text-underline-offset:.5em}
mark:target,mark:target mark{outline:2px solid var(--link)}
.n{font:.68rem/1 system-ui,sans-serif;vertical-align:super;text-decoration:none;padding:0 .18em;user-select:none}
.n:hover{text-decoration:underline}
.legend{font:.9rem/1.7 system-ui,sans-serif;border:1px solid var(--line);padding:.5rem .9rem;margin:1.2rem 0}
.legend p{margin:.2rem 0}
.wide{overflow-x:auto;margin:.5rem 0}
table{border-collapse:collapse;width:100%;font:.86rem/1.5 system-ui,sans-serif}
caption{text-align:left;color:var(--soft);padding:.2rem 0 .4rem;font-weight:600}
th,td{text-align:left;vertical-align:top;padding:.4rem .7rem .4rem 0;border-bottom:1px solid var(--line);overflow-wrap:break-word}
td:nth-child(4){min-width:14rem}
thead th{border-bottom:2px solid var(--line)}
tbody tr:target{background:var(--band)}
.level{white-space:nowrap}
.bears{margin:.4rem 0 0;padding:0 0 0 1.1rem}
.bears li{margin:.15rem 0}
@media screen and (max-width:40rem){
body{font-size:16px}h1{font-size:1.5rem}
table,caption,tbody,tbody tr,tbody th,tbody td{display:block}
thead{position:absolute;left:-99rem}
tbody tr{border-bottom:1px solid var(--line);padding:.5rem 0}
tbody th,tbody td{border:0;padding:.1rem 0}
td:nth-child(4){min-width:0}
tbody td::before,tbody th::before{content:attr(data-label) ": ";color:var(--soft);font-weight:400}
}
@page{margin:18mm 16mm 20mm}
@media print{
:root{--ink:#000;--soft:#444;--paper:#fff;--line:#bbb;--link:#000;--band:#fff;--source:#fff;--cue:#fff;--content:#fff;--source-line:#000;--cue-line:#000;--content-line:#000}
body{font-size:10.5pt;line-height:1.6}
header,main,footer{max-width:none;padding:0}
.skip{display:none}
h2,caption{break-after:avoid}
tr,.bears li{break-inside:avoid}
mark.source{text-decoration-thickness:1px}
mark.cue{font-weight:600}
td:nth-child(4){min-width:0}
.wide{overflow:visible}
a{text-decoration:none}
}
`

// markedPage is a report as one page that asks for nothing else: no script, no
// font, no picture.
func markedPage(r *desk.Reading, least float64) []byte {
	h := &bytes.Buffer{}
	p := func(format string, args ...any) { fmt.Fprintf(h, format, args...) }
	rep, found := r.Report, r.Result.Attributions
	title := shown(rep.Title)
	if title == "" {
		title = shown(rep.ID)
	}
	p("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
	p("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n")
	p("<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"generator\" content=\"demarche read\">\n<title>%s: who says what</title>\n<style>%s</style>\n</head>\n<body>\n", title, readStyle)
	if len(found) > 0 {
		p("<a class=\"skip\" href=\"#found\">Skip to the list of attributions</a>\n")
	}
	p("<header>\n<h1>%s</h1>\n<dl>\n", title)
	fact := func(name, value string) {
		if value = shown(value); value != "" {
			p("<dt>%s</dt><dd>%s</dd>\n", name, value)
		}
	}
	fact("Outlet", rep.Publisher)
	fact("Author", rep.Author)
	fact("Published", rep.Published.Text)
	if strings.HasPrefix(rep.URL, "https://") || strings.HasPrefix(rep.URL, "http://") {
		p("<dt>Address</dt><dd><a rel=\"noreferrer\" href=\"%s\">%s</a></dd>\n", html.EscapeString(rep.URL), shown(rep.URL))
	}
	fact("File", rep.Path)
	p("</dl>\n</header>\n<main>\n")
	switch {
	case r.Result.Declined != "":
		p("<p role=\"note\">%s It is shown without marks.</p>\n", html.EscapeString(r.Result.Declined))
	case len(found) == 0:
		p("<p role=\"note\">Nobody is found to say anything in this report.</p>\n")
	default:
		p("<section class=\"legend\" aria-label=\"Legend\">\n<p><mark class=\"source\">source</mark> who says it · <mark class=\"cue\">cue</mark> the words that attribute · <mark class=\"content\">content</mark> what is said</p>\n")
		p("<p>Numbers lead to the <a href=\"#found\">list of attributions</a>. Rest the pointer on a mark for the confidence, from 0 to 1: the estimated chance that the finding is right. ")
		p("The marks are made by a program and are proposals.</p>\n")
		if r.Relations != nil {
			p("<p>%s</p>\n", bearingWords(r.Relations))
		}
		p("</section>\n")
	}
	p("<article aria-label=\"The report, with marks\">\n")
	writeMarked(h, rep.Text, rep.Body, found)
	p("</article>\n")
	if len(found) > 0 {
		writeFound(h, found, r.Relations, least)
	}
	p("</main>\n<footer>\n<p>Found by a program, without a network. What is found is a proposal: a person decides what enters a case.</p>\n</footer>\n</body>\n</html>\n")
	return h.Bytes()
}

// shown is text for a page: control characters and marks that turn the direction
// of writing are taken out, and mark-up is escaped.
func shown(s string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd")))
}

// markRole is a part of an attribution.
type markRole uint8

const (
	contentMark markRole = iota
	sourceMark
	cueMark
)

var markNames = [...]string{"content", "source", "cue"}

// marked is a range of the text to be marked.
type marked struct {
	from, to   int
	role       markRole
	n          int // of the attribution, from 1
	first      bool
	last       bool
	confidence float64
	who        string
}

// marksOf are the marks of attributions, those that begin first and reach
// farthest first.
//
// White space at the ends of a range is left out, so that none ends between
// paragraphs.
func marksOf(text string, body int, found []reader.Attribution) []marked {
	var out []marked
	for i, at := range found {
		who := at.Source.Text
		if who == "" {
			who = "nobody named"
		}
		add := func(role markRole, spans reader.Spans, confidence float64) {
			for k, s := range spans {
				from, to := trimmed(text, max(s[0], body), min(s[1], len(text)))
				if from < to {
					out = append(out, marked{from, to, role, i + 1, k == 0, k == len(spans)-1, confidence, who})
				}
			}
		}
		add(contentMark, at.Content.Spans, at.Content.Confidence)
		add(sourceMark, at.Source.Spans, at.Source.Confidence)
		add(cueMark, at.Cue.Spans, at.Cue.Confidence)
	}
	slices.SortStableFunc(out, func(a, b marked) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to), cmp.Compare(a.role, b.role))
	})
	return out
}

// writeMarked writes the text from body on as paragraphs with marks. Marks can lie
// within one another, and can overlap: one that reaches beyond the end of
// another, or of a paragraph, is closed there and opened again.
func writeMarked(h *bytes.Buffer, text string, body int, found []reader.Attribution) {
	marks := marksOf(text, body, found)
	var open []marked
	next := 0
	begin := func(m marked, again bool) {
		name := markNames[m.role]
		fmt.Fprintf(h, `<mark class="%s"`, name)
		if m.first && !again {
			fmt.Fprintf(h, ` id="%s-%d"`, name, m.n)
		}
		fmt.Fprintf(h, ` title="%s of %d (%s): confidence %.2f">`, name, m.n, shown(m.who), m.confidence)
		if !again {
			say := fmt.Sprintf("%s %d, confidence %.2f: ", name, m.n, m.confidence)
			if !m.first {
				say = fmt.Sprintf("%s %d goes on: ", name, m.n)
			}
			fmt.Fprintf(h, `<span class="said">[%s</span>`, say)
		}
	}
	end := func(m marked, whole bool) {
		if whole {
			h.WriteString(`<span class="said">]</span>`)
		}
		h.WriteString("</mark>")
		if whole && m.role == cueMark && m.last {
			fmt.Fprintf(h, `<a class="n" href="#a-%d" title="attribution %d: %s" aria-label="attribution %d in the list">%d</a>`, m.n, m.n, shown(m.who), m.n, m.n)
		}
	}
	for _, par := range paragraphs(text, body) {
		h.WriteString("<p>")
		for _, m := range open {
			begin(m, true)
		}
		at := par[0]
		for at < par[1] {
			for next < len(marks) && marks[next].from <= at {
				if marks[next].to > at {
					open = append(open, marks[next])
					begin(marks[next], false)
				}
				next++
			}
			to := par[1]
			if next < len(marks) {
				to = min(to, marks[next].from)
			}
			for _, m := range open {
				to = min(to, m.to)
			}
			h.WriteString(shown(text[at:to]))
			at = to
			// Close down to the lowest mark that ends here, and open again those
			// above it that do not.
			lowest := len(open)
			for k, m := range open {
				if m.to <= at {
					lowest = k
					break
				}
			}
			above := slices.Clone(open[lowest:])
			for k := len(open) - 1; k >= lowest; k-- {
				end(open[k], open[k].to <= at)
			}
			open = open[:lowest]
			for _, m := range above {
				if m.to > at {
					open = append(open, m)
					if at < par[1] {
						begin(m, true)
					}
				}
			}
			if at >= par[1] {
				// What goes on is opened in the next paragraph; it is closed already
				// but for what lies below the lowest that ended here.
				for k := min(lowest, len(open)) - 1; k >= 0; k-- {
					end(open[k], false)
				}
			}
		}
		h.WriteString("</p>\n")
	}
}

// paragraphs are the ranges of the text from body on between empty lines, without
// the white space around them.
func paragraphs(text string, body int) [][2]int {
	var out [][2]int
	at := body
	for at < len(text) {
		end := len(text)
		for i := at; i < len(text); {
			j := strings.IndexByte(text[i:], '\n')
			if j < 0 {
				break
			}
			rest := strings.TrimLeft(text[i+j+1:], " \t\r")
			if rest == "" || rest[0] == '\n' {
				end = i + j
				break
			}
			i += j + 1
		}
		if from, to := trimmed(text, at, end); from < to {
			out = append(out, [2]int{from, to})
		}
		at = end + 1
	}
	return out
}

// trimmed is the range without the white space at its ends.
func trimmed(text string, from, to int) (int, int) {
	blank := func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' }
	for from < to {
		r, n := utf8.DecodeRuneInString(text[from:to])
		if !blank(r) {
			break
		}
		from += n
	}
	for to > from {
		r, n := utf8.DecodeLastRuneInString(text[from:to])
		if !blank(r) {
			break
		}
		to -= n
	}
	return from, to
}

// bearingWords say how many attributions seem to bear on propositions of the case
// that was named, and how that is meant.
func bearingWords(relations [][]reader.Relation) string {
	n := 0
	for _, rels := range relations {
		if len(rels) > 0 {
			n++
		}
	}
	if n == 0 {
		return "Nothing that is said seems to bear on a proposition of the case."
	}
	return tally(n, "attribution seems", "attributions seem") + " to bear on propositions of the case. The list shows below what is said which ones it seems to affirm or deny, with the probability, from 0 to 1, that this is right if the attribution is. This is a proposal too."
}

// writeBearing writes which propositions of the case an attribution seems to affirm
// or to deny.
func writeBearing(b *strings.Builder, rels []reader.Relation) {
	if len(rels) == 0 {
		return
	}
	b.WriteString(`<ul class="bears" aria-label="On the case">`)
	for _, rel := range rels {
		fmt.Fprintf(b, "<li><strong>%s</strong> that this is so: %s (probability %.2f)</li>", upperFirst(relationVerb(rel)), shown(strings.TrimSuffix(rel.Says, ".")), rel.P)
	}
	b.WriteString("</ul>")
}

// writeFound writes the list of attributions, each linked with its marks. relations
// are nil where no case was named.
func writeFound(h *bytes.Buffer, found []reader.Attribution, relations [][]reader.Relation, least float64) {
	caption := plural(len(found), "attribution")
	if least > 0 {
		caption += fmt.Sprintf(" with a confidence of %.2g and above", least)
	}
	fmt.Fprintf(h, "<section id=\"found\" aria-labelledby=\"h-found\">\n<h2 id=\"h-found\">Who says what</h2>\n<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"Attributions, as a table\">\n<table role=\"table\">\n<caption>%s</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">", caption)
	heads := []string{"No.", "Who", "Cue", "What", "How", "Confidence"}
	for _, t := range heads {
		fmt.Fprintf(h, "<th scope=\"col\" role=\"columnheader\">%s</th>", t)
	}
	h.WriteString("</tr></thead>\n<tbody role=\"rowgroup\">\n")
	for i, at := range found {
		n := i + 1
		who := "(nobody named)"
		if at.Source.Text != "" {
			who = fmt.Sprintf(`<a href="#source-%d">%s</a>`, n, shown(at.Source.Text))
		}
		if at.Source.Resolved != nil && !strings.Contains(at.Source.Text, at.Source.Resolved.Text) {
			who += " (" + shown(at.Source.Resolved.Text) + ")"
		}
		var what strings.Builder
		fmt.Fprintf(&what, `<a href="#content-%d">%s</a>`, n, shown(at.Content.Text))
		if relations != nil {
			writeBearing(&what, relations[i])
		}
		cue := shown(at.Cue.Text)
		if len(at.Cue.Spans) > 0 {
			cue = fmt.Sprintf(`<a href="#cue-%d">%s</a>`, n, cue)
		}
		fmt.Fprintf(h, `<tr role="row" id="a-%d"><th scope="row" role="rowheader" data-label="%s">%d</th>`, n, heads[0], n)
		for k, cell := range []string{who, cue, what.String(), shown(strings.Join(attributionFacts(at), "; ")), fmt.Sprintf("%.2f", at.Confidence)} {
			class := ""
			if k == 4 {
				class = ` class="level"`
			}
			fmt.Fprintf(h, `<td role="cell"%s data-label="%s">%s</td>`, class, heads[k+1], cell)
		}
		h.WriteString("</tr>\n")
	}
	h.WriteString("</tbody>\n</table>\n</div>\n</section>\n")
}
