package reader

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/demarche/demarche"
)

// readMarked describes attributions whose spans are marked in the text:
// [source] <cue> {content}. A role that comes a second time begins another
// attribution. So the tables measure what is said of an attribution apart from
// how it was found.
func readMarked(t *testing.T, marked string, opts Options) (string, []Attribution) {
	t.Helper()
	var text strings.Builder
	type span struct{ from, to int }
	var groups []map[byte]span
	closing := map[byte]byte{']': '[', '>': '<', '}': '{'}
	open := map[byte]int{}
	further := map[int][]span{} // parts of a content marked {+…}, by attribution
	extends := false
	for i := 0; i < len(marked); i++ {
		c := marked[i]
		switch {
		case c == '[' || c == '<' || c == '{':
			open[c] = text.Len()
			if extends = c == '{' && strings.HasPrefix(marked[i:], "{+"); extends {
				i++
			}
		case closing[c] != 0:
			role := closing[c]
			at, ok := open[role]
			if !ok {
				t.Fatalf("a mark is closed but not opened: %s", marked)
			}
			delete(open, role)
			s := span{at, text.Len()}
			if role == '{' && extends {
				further[len(groups)-1] = append(further[len(groups)-1], s)
				continue
			}
			if n := len(groups); n == 0 || groups[n-1][role] != (span{}) {
				groups = append(groups, map[byte]span{})
			}
			groups[len(groups)-1][role] = s
		default:
			text.WriteByte(c)
		}
	}
	if len(open) > 0 {
		t.Fatalf("a mark is not closed: %s", marked)
	}
	r := newReading(text.String(), tokenize(text.String()))
	toRun := func(s span) run {
		from, to := r.tokensOf(Span{s.from, s.to})
		for to > from && (r.toks[to-1].low == "," || r.toks[to-1].low == ".") && r.toks[to-1].quote < 0 {
			to--
		}
		return run{from, to}
	}
	for k, g := range groups {
		f := &finding{confidence: 1, cue: toRun(g['<']), content: []run{toRun(g['{'])}}
		for _, s := range further[k] {
			f.content = append(f.content, toRun(s))
		}
		if s, ok := g['[']; ok {
			f.source = toRun(s)
		}
		if f.content[0].empty() {
			f.content[0] = run{f.cue.to - 1, f.cue.to}
		}
		r.found = append(r.found, f)
	}
	sc := r.newScene(opts)
	out := []Attribution{}
	for _, f := range r.found {
		a := Attribution{Hedges: []string{}, Confidence: 1}
		if !f.source.empty() {
			a.Source.Spans = r.spans(f.source)
		}
		a.Source.Text = a.Source.Spans.In(r.text)
		a.Cue.Spans, a.Content.Spans = r.spans(f.cue), r.spans(f.content...)
		a.Cue.Text, a.Content.Text = a.Cue.Spans.In(r.text), a.Content.Spans.In(r.text)
		sc.characterise(&a, f)
		a.Content.Quoted = f.quoted
		out = append(out, a)
	}
	return text.String(), out
}

// tableLines goes through the cases of a file: text => what is right.
func tableLines(t *testing.T, name string, each func(in, want string)) {
	t.Helper()
	b, err := os.ReadFile("testdata/cases/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		in, want, ok := strings.Cut(line, " => ")
		if !ok {
			t.Fatalf("no => in %q", line)
		}
		each(in, want)
	}
}

// table runs the cases of a file and holds the share that is right to a floor.
func table(t *testing.T, name string, floor float64, got func(t *testing.T, in string) string) {
	t.Helper()
	right, all := 0, 0
	tableLines(t, name, func(in, want string) {
		all++
		if g := got(t, in); g == want {
			right++
		} else {
			t.Logf("%s: got %s, want %s", in, g, want)
		}
	})
	share := 100 * float64(right) / float64(all)
	t.Logf("%s: %d of %d cases right, %.1f %%", name, right, all, share)
	if all < 60 {
		t.Errorf("%s has %d cases; 60 were promised", name, all)
	}
	if share < floor {
		t.Errorf("%s: %.1f %% right, and was at least %.1f %%", name, share, floor)
	}
}

func last(as []Attribution) Attribution { return as[len(as)-1] }

// caseActors are the actors that the table of actors speaks of.
func caseActors() []demarche.Actor {
	of := func(id string) demarche.Ref { return demarche.Ref{Name: id} }
	return []demarche.Actor{
		{ID: "chile", Name: "Chile", Kind: "state", Aliases: []string{"Santiago"}},
		{ID: "bolivia", Name: "Bolivia", Kind: "state"},
		{ID: "zenda", Name: "Rudolf Zenda", Kind: "person", Role: "President", Of: of("chile")},
		{ID: "mamani", Name: "Juan Mamani", Kind: "person", Role: "President", Of: of("bolivia"), Aliases: []string{"the old fox"}},
		{ID: "roe", Name: "Ana Roe", Kind: "person", Role: "Foreign Minister", Of: of("bolivia")},
		{ID: "ibanez", Name: "Nicolás Ibáñez", Kind: "person", Role: "General", Of: of("chile")},
		{ID: "congress", Name: "Chilean Congress", Kind: "institution", Of: of("chile"), Aliases: []string{"Congress"}},
		{ID: "commission", Name: "Imbra Commission", Kind: "institution", Aliases: []string{"IC"}},
	}
}

// wednesday is the day of publication that the tables count from.
var wednesday = time.Date(2025, 12, 3, 0, 0, 0, 0, time.UTC)

// plain reads a text without marks as one content.
func plain(text string) (*scene, []run) {
	r := newReading(text, tokenize(text))
	sc := r.newScene(Options{Published: wednesday})
	var runs []run
	for _, s := range r.sents {
		runs = append(runs, run(s))
	}
	return sc, runs
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func end(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', -1, 64)
}

// The floors are what was measured when the tables were last worked on; the
// reference of the reader gives the figures and what they mean.
func TestSpeakers(t *testing.T) {
	table(t, "speakers", 95, func(t *testing.T, in string) string {
		_, as := readMarked(t, in, Options{})
		if res := last(as).Source.Resolved; res != nil {
			return res.Text + " | " + res.How
		}
		return "- | -"
	})
}

func TestActors(t *testing.T) {
	table(t, "actors", 95, func(t *testing.T, in string) string {
		_, as := readMarked(t, in, Options{Actors: caseActors()})
		if id := last(as).Source.Actor; id != nil {
			if id.ID == "" {
				return id.Country + " " + id.How
			}
			return id.ID + " " + id.How
		}
		return "- -"
	})
}

func TestKindTable(t *testing.T) {
	table(t, "kinds", 95, func(t *testing.T, in string) string {
		_, as := readMarked(t, in, Options{})
		return string(last(as).Source.Kind)
	})
}

func TestRecords(t *testing.T) {
	table(t, "records", 95, func(t *testing.T, in string) string {
		_, as := readMarked(t, in, Options{})
		return string(last(as).Record)
	})
}

func TestActs(t *testing.T) {
	table(t, "acts", 95, func(t *testing.T, in string) string {
		_, as := readMarked(t, in, Options{})
		return string(last(as).Act)
	})
}

func TestStances(t *testing.T) {
	table(t, "stances", 95, func(t *testing.T, in string) string {
		_, as := readMarked(t, in, Options{})
		return string(last(as).Stance)
	})
}

func TestHedgeTable(t *testing.T) {
	table(t, "hedges", 95, func(t *testing.T, in string) string {
		_, as := readMarked(t, in, Options{})
		return orDash(strings.Join(last(as).Hedges, ", "))
	})
}

func TestDates(t *testing.T) {
	table(t, "dates", 95, func(t *testing.T, in string) string {
		sc, runs := plain(in)
		var out []string
		for _, d := range sc.datesIn(runs) {
			if _, err := demarche.ParseDate(d.Date); err != nil {
				t.Errorf("%s: %s is not a date of a case file: %v", in, d.Date, err)
			}
			out = append(out, d.Date+" "+d.Precision)
		}
		return orDash(strings.Join(out, "; "))
	})
}

func TestQuantities(t *testing.T) {
	table(t, "quantities", 95, func(t *testing.T, in string) string {
		sc, runs := plain(in)
		var out []string
		for _, q := range sc.quantitiesIn(runs) {
			if q.Min != nil && q.Max != nil && *q.Min > *q.Max {
				t.Errorf("%s: the range is upside down", in)
			}
			out = append(out, fmt.Sprintf("%s..%s %s %s", end(q.Min), end(q.Max), q.Kind, orDash(q.Of)))
		}
		return orDash(strings.Join(out, "; "))
	})
}

func TestPlaces(t *testing.T) {
	table(t, "places", 95, func(t *testing.T, in string) string {
		sc, runs := plain(in)
		var out []string
		for _, p := range sc.placesIn(runs) {
			out = append(out, strings.TrimSpace(p.Name+" "+string(p.Kind)+" "+p.Near))
		}
		return orDash(strings.Join(out, "; "))
	})
}
