package brief

import (
	"fmt"
	"html"
	"io"
	"strings"
)

// style is the whole of the page's design: no other file is asked for.
const style = `
:root{color-scheme:light dark;--ink:#1c1b19;--soft:#5c5851;--paper:#fdfcfa;--line:#d9d4ca;--mark:#8a2b1d;--link:#1f4f82;--band:#f3efe7}
@media (prefers-color-scheme:dark){:root{--ink:#e9e6e0;--soft:#a8a296;--paper:#171614;--line:#3a3731;--mark:#f08a76;--link:#8fbcf0;--band:#211f1c}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.6 Charter,"Bitstream Charter","Sitka Text",Cambria,Georgia,serif}
header,main,footer{max-width:46rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2.5rem}
footer{padding-bottom:3rem;color:var(--soft);font-size:.88rem}
h1{font-size:1.9rem;line-height:1.2;margin:.25rem 0 1rem;text-wrap:balance}
h2{font-size:1.25rem;line-height:1.3;margin:2.4rem 0 .6rem;padding-top:.7rem;border-top:2px solid var(--ink)}
h3{font:600 .95rem/1.4 system-ui,sans-serif;margin:1.4rem 0 .4rem;color:var(--soft)}
p,ul{margin:.5rem 0}
ul{padding-left:1.2rem}
li{margin:.45rem 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:0;font:.9rem/1.5 system-ui,sans-serif}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.key_line{font-size:1.1rem}
.refs{font:.72rem/1 system-ui,sans-serif;color:var(--soft);white-space:normal}
a{color:var(--link);text-underline-offset:2px}
.refs a{text-decoration:none}.refs a:hover{text-decoration:underline}
a:focus-visible,.wide:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem 1rem}
.wide{overflow-x:auto;margin:.5rem 0}
table{border-collapse:collapse;width:100%;font:.86rem/1.45 system-ui,sans-serif}
table.many{font-size:.76rem}table.many th,table.many td{padding-right:.4rem}table.many .refs{font-size:.66rem}
caption{text-align:left;color:var(--soft);padding:.2rem 0 .4rem;font-weight:600}
th,td{text-align:left;vertical-align:top;padding:.4rem .7rem .4rem 0;border-bottom:1px solid var(--line)}
thead th{border-bottom:2px solid var(--line)}
tbody th{font-weight:600}
.draft{border:2px solid var(--mark);color:var(--mark);padding:.4rem 1rem;margin:1rem 0;font-family:system-ui,sans-serif}
.assumed{border:2px solid var(--mark);padding:.4rem 1rem;margin:0 0 1rem;font-family:system-ui,sans-serif}
.assumed strong{color:var(--mark)}
.page{display:none}
.list{list-style:none;padding:0;font:.82rem/1.5 system-ui,sans-serif}
.list li{margin:.3rem 0;padding-left:3.2rem;text-indent:-3.2rem;overflow-wrap:anywhere}
.list .n{display:inline-block;min-width:2.9rem;text-indent:0;color:var(--soft)}
.list li:target{background:var(--band)}
details>summary{cursor:pointer;margin:2.4rem 0 .6rem;padding-top:.7rem;border-top:2px solid var(--ink)}
summary h2{display:inline;border:0;margin:0;padding:0}
@media screen and (max-width:30rem){
body{font-size:16px}h1{font-size:1.5rem}
table,caption,tbody,tbody tr,tbody th,tbody td{display:block}
thead{position:absolute;left:-99rem}
tbody tr{border-bottom:1px solid var(--line);padding:.5rem 0}
tbody th,tbody td{border:0;padding:.1rem 0}
tbody td::before{content:attr(data-label) ": ";color:var(--soft)}
}
@page{margin:18mm 16mm 20mm}
@media print{
:root{--ink:#000;--soft:#444;--paper:#fff;--line:#bbb;--mark:#900;--link:#000;--band:#fff}
body{font-size:10.5pt;line-height:1.42}
header,main,footer{max-width:none;padding:0}
.skip{display:none}
h2,h3,caption{break-after:avoid}
li,tr{break-inside:avoid}
.list{font-size:8pt}
.wide{overflow:visible}
summary{list-style:none}
details::details-content{content-visibility:visible;display:block}
body:has(.page){padding-right:7mm}
.page{display:block;position:fixed;top:0;right:0;writing-mode:vertical-rl;letter-spacing:.12em;font:bold 9pt/1 system-ui,sans-serif;color:var(--mark)}
a{text-decoration:none}
}
`

// HTML writes the brief as one page that asks for nothing else: no script, no
// font, no picture. It prints on A4 and Letter and follows the system in light
// and dark.
func HTML(w io.Writer, b *Brief) error {
	h := &page{}
	h.p("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
	h.p("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
	h.p("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n")
	h.p("<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"generator\" content=\"demarche brief, version %d\">\n", Version)
	h.p("<title>%s</title>\n<style>%s</style>\n</head>\n<body>\n", esc(b.Title), style)
	h.p("<a class=\"skip\" href=\"#main\">Skip to the brief</a>\n")
	mark := strings.ToUpper(b.Handling) // repeated on every printed page
	if mark == "PUBLIC" {
		mark = ""
	}
	if len(b.Assumed) > 0 {
		mark = strings.TrimSpace(mark + " HYPOTHETICAL")
	}
	if len(b.Draft) > 0 {
		mark = strings.TrimSpace(mark + " DRAFT")
	}
	if mark != "" {
		h.p("<div class=\"page\" aria-hidden=\"true\">%s</div>\n", esc(mark))
	}
	h.p("<header>\n")
	h.draft(b)
	h.p("<h1>%s</h1>\n", esc(b.Title))
	if mark, text := b.hypothetical(); mark != "" {
		h.p("<p class=\"assumed\" role=\"note\"><strong>%s</strong> %s</p>\n", mark, esc(text))
	}
	h.p("<dl>\n")
	for _, f := range b.facts() {
		h.p("<dt>%s</dt><dd>%s</dd>\n", esc(f[0]), esc(f[1]))
	}
	h.p("</dl>\n</header>\n<main id=\"main\">\n")
	for _, s := range b.Sections {
		h.section(s)
	}
	h.list("quotations", quotesTitle, len(b.Quotes), func(i int) (string, string) {
		line := quoteLine(i+1, b.Quotes[i])
		return Ref{ToQuote, i + 1}.String(), linked(line, b.Quotes[i].URL)
	})
	h.list("entries", b.entriesTitle(), len(b.Entries), func(i int) (string, string) {
		return Ref{ToEntry, i + 1}.String(), esc(entryLine(i+1, b.Entries[i]))
	})
	h.list("results", resultsTitle, len(b.Results), func(i int) (string, string) {
		return Ref{ToResult, i + 1}.String(), esc(resultLine(i+1, b.Results[i]))
	})
	h.p("</main>\n<footer>\n<p>%s</p>\n", esc(b.LeftOut))
	h.draft(b)
	h.p("</footer>\n</body>\n</html>\n")
	_, err := io.WriteString(w, h.String())
	return err
}

type page struct{ strings.Builder }

func (h *page) p(format string, args ...any) { fmt.Fprintf(h, format, args...) }

func esc(s string) string { return strings.ReplaceAll(html.EscapeString(clean(s)), " %", "&nbsp;%") }

// linked makes a report's address in a line a link, if it is one of the web.
func linked(line, url string) string {
	text := esc(line)
	if !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") {
		return text
	}
	u := esc(url)
	return strings.Replace(text, u, `<a rel="noreferrer" href="`+u+`">`+u+`</a>`, 1)
}

func (h *page) draft(b *Brief) {
	if len(b.Draft) == 0 {
		return
	}
	h.p("<div class=\"draft\" role=\"note\"><p><strong>%s</strong></p><ul>\n", draftWords)
	for _, r := range b.Draft {
		h.p("<li>%s</li>\n", esc(r))
	}
	h.p("</ul></div>\n")
}

func (h *page) section(s Section) {
	h.p("<section aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\">%s</h2>\n", esc(s.Key), esc(s.Key), esc(s.Title))
	for _, bl := range s.Blocks {
		if bl.Title != "" && bl.Kind != Table {
			h.p("<h3>%s</h3>\n", esc(bl.Title))
		}
		switch bl.Kind {
		case Table:
			h.table(bl)
		case List:
			h.p("<ul>\n")
			for _, item := range bl.Items {
				h.p("<li>")
				h.sentences(item)
				h.p("</li>\n")
			}
			h.p("</ul>\n")
		default:
			class := ""
			if s.Key == "bottom_line" {
				class = ` class="key_line"`
			}
			h.p("<p%s>", class)
			h.sentences(bl.Sentences)
			h.p("</p>\n")
		}
	}
	h.p("</section>\n")
}

func (h *page) sentences(list []Sentence) {
	for i, s := range list {
		if i > 0 {
			h.p(" ")
		}
		h.p("%s", citedHTML(s))
	}
}

func citedHTML(s Sentence) string {
	m := marksHTML(s.Refs)
	if m == "" {
		return esc(s.Text)
	}
	if body, ok := strings.CutSuffix(s.Text, "."); ok {
		return esc(body) + " " + m + "."
	}
	return strings.TrimSpace(esc(s.Text) + " " + m)
}

func marksHTML(refs []Ref) string {
	if len(refs) == 0 {
		return ""
	}
	var parts []string
	for _, span := range spans(refs) {
		var ends []string
		for end := range strings.SplitSeq(span, "–") {
			ends = append(ends, `<a href="#r-`+end+`">`+end+`</a>`)
		}
		parts = append(parts, strings.Join(ends, "–"))
	}
	return `<span class="refs">[` + strings.Join(parts, ", ") + `]</span>`
}

func (h *page) table(bl Block) {
	many := ""
	if len(bl.Head) > 5 {
		many = ` class="many"` // smaller, so that it fits
	}
	h.p("<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"%s\">\n<table role=\"table\"%s>\n<caption>%s</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">", esc(bl.Title), many, esc(bl.Title))
	for _, t := range bl.Head {
		h.p("<th scope=\"col\" role=\"columnheader\">%s</th>", esc(t))
	}
	h.p("<th scope=\"col\" role=\"columnheader\">Basis</th></tr></thead>\n<tbody role=\"rowgroup\">\n")
	for _, r := range bl.Rows {
		h.p("<tr role=\"row\">")
		for i, cell := range r {
			if i == 0 {
				h.p("<th scope=\"row\" role=\"rowheader\">%s</th>", esc(cell.Text))
			} else {
				h.p("<td role=\"cell\" data-label=\"%s\">%s</td>", esc(headOfColumn(bl, i)), esc(cell.Text))
			}
		}
		h.p("<td role=\"cell\" data-label=\"Basis\">%s</td></tr>\n", marksHTML(rowRefs(r)))
	}
	h.p("</tbody>\n</table>\n</div>\n")
}

func headOfColumn(bl Block, i int) string {
	if i < len(bl.Head) {
		return bl.Head[i]
	}
	return ""
}

// list writes one of the lists at the end. It can be folded but starts open, so
// that marks lead into it and paper holds it in every browser.
func (h *page) list(id, title string, n int, line func(i int) (mark, html string)) {
	if n == 0 {
		return
	}
	h.p("<section aria-labelledby=\"h-%s\">\n<details open>\n<summary><h2 id=\"h-%s\">%s</h2></summary>\n<ul class=\"list\">\n", id, id, esc(title))
	for i := range n {
		mark, text := line(i)
		_, rest, _ := strings.Cut(text, "] ")
		h.p("<li id=\"r-%s\"><span class=\"n\">[%s]</span> %s</li>\n", mark, mark, rest)
	}
	h.p("</ul>\n</details>\n</section>\n")
}
