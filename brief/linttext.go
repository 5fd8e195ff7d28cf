package brief

import (
	"context"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// markAt is a group of references at the beginning of a text: [1, C2, M3–M5].
var markAt = regexp.MustCompile(`^\[[CM]?[0-9]+(–[CM]?[0-9]+)?(, [CM]?[0-9]+(–[CM]?[0-9]+)?)*\]`)

// markAnywhere is the same inside a text, with the space before it.
var markAnywhere = regexp.MustCompile(` ?\[[CM]?[0-9]+(?:–[CM]?[0-9]+)?(?:, ?[CM]?[0-9]+(?:–[CM]?[0-9]+)?)*\]`)

// LintText checks a brief that a person may have edited, in any of the four
// forms: text, Markdown, HTML, JSON. What its marks [1], [C1], [M1] lead to is
// read from the lists at its end and compared with the case and the model. The
// tables of the text form, which are laid out in columns, are not read.
func LintText(ctx context.Context, text string, in Input) ([]Finding, error) {
	truth, err := compose(ctx, in)
	if err != nil {
		return nil, err
	}
	var b *Brief
	trimmed := strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(trimmed, "{"):
		if b, err = ParseJSON([]byte(text)); err != nil {
			return nil, err
		}
	default:
		var lines []line
		if strings.HasPrefix(strings.ToLower(trimmed), "<!doctype") || strings.HasPrefix(strings.ToLower(trimmed), "<html") {
			lines = htmlLines(text)
		} else if strings.Contains(text, "\n## ") {
			lines = markdownLines(text)
		} else {
			lines = textLines(text)
		}
		b = readLines(lines, in)
	}
	found := compare(b, truth)
	if mark, _ := truth.hypothetical(); mark != "" && len(b.Assumed) == 0 && !strings.Contains(text, mark) {
		found = append(found, Finding{CheckModel, "the brief does not say that it is hypothetical, and what it assumes", ""})
	}
	return append(found, Lint(b, in)...), nil
}

// compare finds entries of the lists that the case or the model does not bear
// out.
func compare(b, truth *Brief) []Finding {
	var out []Finding
	add := func(format string, args ...any) {
		out = append(out, Finding{CheckModel, fmt.Sprintf(format, args...), ""})
	}
	for i, q := range b.Quotes {
		at := slices.IndexFunc(truth.Quotes, func(t Quote) bool { return t.Claim == q.Claim })
		if at < 0 {
			add("[%d] cites claim %s, which is not cited in the brief of this case", i+1, q.Claim)
		} else if t := truth.Quotes[at]; flat(t.Quote) != flat(q.Quote) || t.Report != q.Report {
			add("[%d] does not quote claim %s as the case has it: %s", i+1, q.Claim, Quoted(q.Quote))
		}
	}
	for i, e := range b.Entries {
		at := slices.IndexFunc(truth.Entries, func(t Entry) bool { return t.Kind == e.Kind && t.ID == e.ID })
		if at < 0 || flat(truth.Entries[at].Says) != flat(e.Says) {
			add("[C%d] is not in the case like this: %s %s", i+1, e.Kind, e.ID)
		}
	}
	for i, r := range b.Results {
		at := slices.IndexFunc(truth.Results, func(t Result) bool { return t.Name == r.Name })
		switch {
		case at < 0:
			add("[M%d] is no result of this model: %s", i+1, r.Name)
		case tidy(truth.Results[at].Value) != tidy(r.Value):
			add("[M%d] is %s in the brief and %s by the model: %s", i+1, exact(r.Value), exact(truth.Results[at].Value), r.Name)
		}
	}
	return out
}

// line is a heading, or a run of sentences.
type line struct {
	heading bool
	text    string
}

var (
	htmlDrop = regexp.MustCompile(`(?is)<(head|style|script)\b.*?</(head|style|script)>|<!--.*?-->|<div class="draft".*?</div>|<div class="page".*?</div>|<p class="assumed".*?</p>|<dl>.*?</dl>|<h1>.*?</h1>|<a class="skip".*?</a>`)
	htmlHead = regexp.MustCompile(`(?is)<(h2|h3|caption|thead)\b[^>]*>(.*?)</(h2|h3|caption|thead)>`)
	htmlCell = regexp.MustCompile(`(?i)</t[dh]>`)
	htmlEnd  = regexp.MustCompile(`(?i)</(p|li|tr|div|section|ul|table|footer|header|main)>|<br ?/?>`)
	htmlTag  = regexp.MustCompile(`(?s)<[^>]*>`)
)

func htmlLines(text string) []line {
	text = htmlDrop.ReplaceAllString(text, "\n")
	text = htmlHead.ReplaceAllString(text, "\n\x01$2\n")
	text = htmlCell.ReplaceAllString(text, "\x02")
	text = htmlEnd.ReplaceAllString(text, "\n")
	text = html.UnescapeString(htmlTag.ReplaceAllString(text, ""))
	text = strings.ReplaceAll(text, "\u00a0", " ")
	var out []line
	for l := range strings.Lines(text) {
		l = strings.TrimSpace(l)
		if h, ok := strings.CutPrefix(l, "\x01"); ok {
			out = append(out, line{true, strings.ReplaceAll(h, "\x02", " ")})
		} else if l != "" {
			out = append(out, line{false, cellsJoined(strings.Split(l, "\x02"))})
		}
	}
	return out
}

// cellsJoined makes a sentence of a table's row, its marks in the last cell.
func cellsJoined(cells []string) string {
	var kept []string
	for _, c := range cells {
		if c = strings.TrimSpace(c); c != "" {
			kept = append(kept, c)
		}
	}
	if len(kept) == 1 {
		return kept[0]
	}
	return strings.Join(kept, "; ") + "."
}

func markdownLines(text string) []line {
	var out []line
	for l := range strings.Lines(text) {
		l = strings.TrimSpace(l)
		switch {
		case l == "", strings.HasPrefix(l, ">"), strings.HasPrefix(l, "# "), strings.HasPrefix(l, "- **"), strings.HasPrefix(l, "| ---"), l == "*DRAFT*", strings.HasPrefix(l, "| ") && strings.HasSuffix(l, "| Basis |"):
		case strings.HasPrefix(l, "#"):
			out = append(out, line{true, unescapeMarkdown(strings.TrimSpace(strings.TrimLeft(l, "#")))})
		case strings.HasPrefix(l, "|"):
			var cells []string
			for c := range strings.SplitSeq(strings.Trim(strings.ReplaceAll(l, `\|`, "\x03"), "|"), "|") {
				cells = append(cells, unescapeMarkdown(strings.ReplaceAll(c, "\x03", "|")))
			}
			out = append(out, line{false, cellsJoined(cells)})
		default:
			out = append(out, line{false, unescapeMarkdown(strings.TrimPrefix(l, "- "))})
		}
	}
	return out
}

var ansi = regexp.MustCompile(`\x1b\[[0-9;]*m`)

func textLines(text string) []line {
	text = ansi.ReplaceAllString(text, "")
	var out []line
	inLists := false // of references, at the end
	for para := range strings.SplitSeq(text, "\n\n") {
		rows := strings.Split(strings.Trim(para, "\n"), "\n")
		if len(rows) > 0 && strings.HasPrefix(rows[0], "***") || slices.ContainsFunc(rows, isRule) {
			continue // the draft's reasons, the title, a table
		}
		if strings.HasPrefix(rows[0], "Handling:") || strings.HasPrefix(rows[0], "Case:") {
			continue
		}
		current := ""
		flush := func() {
			if current != "" {
				heading := !markAnywhere.MatchString(current) && !strings.ContainsAny(current[len(current)-1:], ".!?”")
				out = append(out, line{heading, current})
			}
			inLists = inLists || listTitle(current) != ""
			current = ""
		}
		for _, r := range rows {
			item := strings.HasPrefix(strings.TrimSpace(r), "- ")
			if item || inLists && markAt.MatchString(r) {
				flush()
				r = strings.TrimPrefix(strings.TrimSpace(r), "- ")
			}
			current = strings.TrimSpace(current + " " + strings.TrimSpace(r))
		}
		flush()
	}
	return out
}

func isRule(row string) bool {
	return len(row) > 3 && (strings.Trim(row, "-") == "" || strings.Trim(row, "=") == "")
}

var (
	quotePattern  = regexp.MustCompile(`^\[(\d+)\] “(.*)” — claim (\S+), report (.+?)(?:, bytes (\d+)–(\d+)|, not found there)(?:; (.*))?$`)
	entryPattern  = regexp.MustCompile(`^\[C(\d+)\] ([^:]*): (.*)$`)
	resultPattern = regexp.MustCompile(`^\[M(\d+)\] (.*?)(?: = (\S+) \((\w+)\))?: (.*)$`)
)

// listTitle is the list that a heading begins, "" if it begins none.
func listTitle(text string) string {
	switch text {
	case bothTitle:
		return entriesTitle
	case quotesTitle, entriesTitle, resultsTitle:
		return text
	}
	return ""
}

// readLines makes a brief of the lines of an edited one.
func readLines(lines []line, in Input) *Brief {
	b := &Brief{Version: Version}
	known, _ := compose(context.Background(), in)
	var body []Sentence
	list := ""
	for _, l := range lines {
		if l.heading || listTitle(l.text) != "" {
			list = listTitle(l.text)
			continue
		}
		if strings.HasPrefix(l.text, "Left out for want") || strings.Contains(l.text, draftWords) {
			continue
		}
		switch {
		case list == quotesTitle && quotePattern.MatchString(l.text):
			m := quotePattern.FindStringSubmatch(l.text)
			q := Quote{Quote: m[2], Claim: m[3], Report: m[4], Start: -1, End: -1}
			if q.Report == orNone("") {
				q.Report = ""
			}
			if m[5] != "" {
				q.Start, _ = strconv.Atoi(m[5])
				q.End, _ = strconv.Atoi(m[6])
			}
			if cl := in.Case.Claim(q.Claim); cl != nil {
				q.Source, q.Record = cl.Source, cl.Record
				if a := in.Case.Actor(cl.Source); a != nil {
					q.Source = a.Name
				}
				if flat(cl.Quote) == flat(q.Quote) {
					q.Quote = cl.Quote // line breaks of a form mean nothing
				}
			}
			if known != nil {
				for _, k := range known.Quotes { // grades and marks are the ledger's
					if k.Claim == q.Claim {
						q.Reliability, q.OutletReliability, q.Credibility, q.Handling = k.Reliability, k.OutletReliability, k.Credibility, k.Handling
					}
				}
			}
			for i := range in.Reports {
				if in.Reports[i].ID == q.Report {
					q.Title = in.Reports[i].Title
				}
			}
			b.Quotes = placed(b.Quotes, m[1], q)
		case list == entriesTitle && entryPattern.MatchString(l.text):
			m := entryPattern.FindStringSubmatch(l.text)
			b.Entries = placed(b.Entries, m[1], entryNamed(known, m[2], l.text))
		case list == resultsTitle && resultPattern.MatchString(l.text):
			m := resultPattern.FindStringSubmatch(l.text)
			r := Result{Name: m[2], Says: m[5], Value: 1, Unit: Fact}
			if m[3] != "" {
				r.Value, _ = strconv.ParseFloat(m[3], 64)
				r.Unit = Unit(m[4])
			}
			b.Results = placed(b.Results, m[1], r)
		case list == "":
			body = append(body, split(l.text)...)
		}
	}
	b.Sections = []Section{{Key: "edited", Blocks: []Block{{Kind: Paragraph, Sentences: body}}}}
	return b
}

// placed puts an item at its number in a list.
func placed[T any](list []T, number string, item T) []T {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > 100_000 {
		return list
	}
	for len(list) < n {
		var none T
		list = append(list, none)
	}
	list[n-1] = item
	return list
}

// entryNamed finds the kind and id of an entry whose line begins with both.
// Kinds and ids may hold spaces and colons, so known entries are tried.
func entryNamed(known *Brief, _, text string) Entry {
	_, rest, _ := strings.Cut(text, "] ")
	if known != nil {
		for _, e := range known.Entries {
			_, head, _ := strings.Cut(entryLine(1, Entry{Kind: e.Kind, ID: e.ID}), "] ")
			if says, ok := strings.CutPrefix(rest, head); ok {
				return Entry{Kind: e.Kind, ID: e.ID, Says: strings.TrimSpace(says)}
			}
		}
	}
	name, says, _ := strings.Cut(rest, ": ")
	kind, id, _ := strings.Cut(name, " ")
	return Entry{Kind: kind, ID: id, Says: says}
}

// abbreviations end in a full stop that ends no sentence.
var abbreviations = []string{"U.S.", "U.S.C.", "U.N.", "U.K.", "Art.", "Arts.", "No.", "Nos.", "Mr.", "Mrs.", "Ms.", "Dr.", "St.", "Gen.", "Lt.", "Col.", "Sen.", "Rep.", "Gov.", "Jr.", "Sr.", "v.", "vs.", "e.g.", "i.e.", "p.", "pp."}

// split cuts a run of sentences into sentences with their references.
func split(text string) []Sentence {
	var out []Sentence
	runes := []rune(text)
	from := 0
	for i := 0; i < len(runes); i++ {
		if runes[i] != '.' && runes[i] != '!' && runes[i] != '?' {
			continue
		}
		end := i + 1
		for end < len(runes) && strings.ContainsRune(`”"’)`, runes[end]) {
			end++
		}
		if loc := markAnywhere.FindStringIndex(string(runes[end:])); loc != nil && loc[0] == 0 {
			end += len([]rune(string(runes[end:])[:loc[1]])) // marks after the full stop
		}
		last := end == len(runes)
		if !last && (!unicode.IsSpace(runes[end]) || !begins(runes[end+1:])) {
			continue
		}
		words := strings.Fields(string(runes[from : i+1]))
		if !last && len(words) > 0 && slices.Contains(abbreviations, strings.TrimLeft(words[len(words)-1], "(“‘\"")) {
			continue
		}
		out = append(out, sentenceOf(string(runes[from:end])))
		from = end
		i = end - 1
	}
	if rest := strings.TrimSpace(string(runes[from:])); rest != "" {
		out = append(out, sentenceOf(rest))
	}
	return out
}

func begins(rest []rune) bool {
	for _, r := range rest {
		switch {
		case unicode.IsSpace(r), r == '“', r == '‘', r == '"', r == '(':
			continue
		}
		return unicode.IsUpper(r) || unicode.IsDigit(r)
	}
	return true
}

// sentenceOf takes the marks out of a sentence's text.
func sentenceOf(text string) Sentence {
	s := Sentence{Text: strings.TrimSpace(markAnywhere.ReplaceAllString(text, ""))}
	for _, group := range markAnywhere.FindAllString(text, -1) {
		for mark := range strings.SplitSeq(strings.Trim(strings.TrimSpace(group), "[]"), ",") {
			first, last, isSpan := strings.Cut(strings.TrimSpace(mark), "–")
			var a, z Ref
			if a.UnmarshalText([]byte(first)) != nil {
				continue
			}
			z = a
			if isSpan && (z.UnmarshalText([]byte(last)) != nil || z.Kind != a.Kind || z.N > 100_000) {
				continue
			}
			for n := a.N; n <= z.N; n++ {
				s.Refs = append(s.Refs, Ref{a.Kind, n})
			}
		}
	}
	return s
}
