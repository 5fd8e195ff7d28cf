package brief

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Markdown writes the brief as Markdown (CommonMark with tables).
func Markdown(w io.Writer, b *Brief) error {
	var out strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&out, format, args...) }
	draft := func() {
		if len(b.Draft) == 0 {
			return
		}
		p("> **%s**\n>\n", draftWords)
		for _, r := range b.Draft {
			p("> - %s\n", escapeMarkdown(r))
		}
		p("\n")
	}
	draft()
	p("# %s\n\n", escapeMarkdown(b.Title))
	if mark, text := b.hypothetical(); mark != "" {
		p("> **%s** %s\n\n", mark, escapeMarkdown(text))
	}
	for _, f := range b.facts() {
		p("- **%s:** %s\n", f[0], escapeMarkdown(f[1]))
	}
	for _, s := range b.Sections {
		p("\n## %s\n", escapeMarkdown(s.Title))
		if len(b.Draft) > 0 {
			p("\n*DRAFT*\n")
		}
		for _, bl := range s.Blocks {
			p("\n")
			if bl.Title != "" {
				p("### %s\n\n", escapeMarkdown(bl.Title))
			}
			switch bl.Kind {
			case Table:
				markdownTable(&out, bl)
			case List:
				for _, item := range bl.Items {
					p("- %s\n", escapeMarkdown(paragraph(item)))
				}
			default:
				p("%s\n", escapeMarkdown(paragraph(bl.Sentences)))
			}
		}
	}
	lines := func(title string, n int, line func(i int) string) {
		if n == 0 {
			return
		}
		p("\n## %s\n\n", title)
		for i := range n {
			p("- %s\n", escapeMarkdown(line(i)))
		}
	}
	lines(quotesTitle, len(b.Quotes), func(i int) string { return quoteLine(i+1, b.Quotes[i]) })
	lines(b.entriesTitle(), len(b.Entries), func(i int) string { return entryLine(i+1, b.Entries[i]) })
	lines(resultsTitle, len(b.Results), func(i int) string { return resultLine(i+1, b.Results[i]) })
	p("\n%s\n", escapeMarkdown(b.LeftOut))
	if len(b.Draft) > 0 {
		p("\n")
	}
	draft()
	_, err := io.WriteString(w, strings.TrimRight(out.String(), "\n")+"\n")
	return err
}

func markdownTable(out *strings.Builder, bl Block) {
	row := func(cells []string) {
		out.WriteString("|")
		for _, c := range cells {
			out.WriteString(" " + escapeMarkdown(c) + " |")
		}
		out.WriteString("\n")
	}
	head := append(slices.Clone(bl.Head), "Basis")
	row(head)
	out.WriteString("|" + strings.Repeat(" --- |", len(head)) + "\n")
	for _, r := range bl.Rows {
		var cells []string
		for _, c := range r {
			cells = append(cells, c.Text)
		}
		row(append(cells, marks(rowRefs(r))))
	}
}

// escapeMarkdown keeps text from a case from being read as Markdown or HTML.
// Brackets stay as they are where they hold references.
func escapeMarkdown(s string) string {
	s = clean(s)
	var out strings.Builder
	for i, r := range s {
		switch r {
		case '\\', '`', '*', '_', '<', '>', '|', '#', '~':
			out.WriteByte('\\')
		case '[':
			if !markAt.MatchString(s[i:]) {
				out.WriteByte('\\')
			}
		case '!', '&':
			if i+1 < len(s) && (s[i+1] == '[' || r == '&') {
				out.WriteByte('\\')
			}
		}
		out.WriteRune(r)
	}
	return out.String()
}

// unescapeMarkdown is the inverse, for a brief that comes back edited.
func unescapeMarkdown(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte("\\`*_<>|#~[!&", s[i+1]) >= 0 {
			i++
		}
		out.WriteByte(s[i])
	}
	return out.String()
}
