package reader

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/demarche/demarche"
)

// crisis is one section of a table of relations.
type crisis struct {
	name    string
	actors  []demarche.Actor
	matters []Matter
}

// relationTable goes through a table of relations: marked text => what it affirms
// and denies.
func relationTable(t testing.TB, name string, each func(c *crisis, in, want string)) {
	t.Helper()
	b, err := os.ReadFile("testdata/cases/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	var c *crisis
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case strings.HasPrefix(line, "@actor "):
			f := strings.Split(strings.TrimPrefix(line, "@actor "), "|")
			for i := range f {
				f[i] = strings.TrimSpace(f[i])
			}
			a := demarche.Actor{ID: f[0], Name: f[1], Kind: f[2], Role: f[3], Of: demarche.Ref{Name: f[4]}}
			for n := range strings.SplitSeq(f[5], ",") {
				if n = strings.TrimSpace(n); n != "" {
					a.Aliases = append(a.Aliases, n)
				}
			}
			c.actors = append(c.actors, a)
		case strings.HasPrefix(line, "@matter "):
			id, says, _ := strings.Cut(strings.TrimPrefix(line, "@matter "), " | ")
			c.matters = append(c.matters, Matter{ID: id, Says: says})
		case strings.HasPrefix(line, "@ "):
			c = &crisis{name: line[2:]}
		default:
			in, want, ok := strings.Cut(line, " => ")
			if !ok {
				t.Fatalf("no => in %q", line)
			}
			each(c, in, want)
		}
	}
}

// relationLine is the relations of an attribution in short.
func relationLine(rels []Relation) string {
	var out []string
	for _, r := range rels {
		s := r.Matter + " affirms"
		if r.Denies {
			s = r.Matter + " denies"
		}
		if r.Hedged {
			s += " hedged"
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return orDash(strings.Join(out, "; "))
}

// The floors are what was measured when the tables were last worked on, in percent:
// lines that are right as a whole, links proposed that are right. The last table is
// not worked on.
func TestRelations(t *testing.T) {
	runRelations(t, "relations", 98, 99)
	runRelations(t, "relations-later", 95, 99)
	runRelations(t, "relations-last", 81, 96)
}

func runRelations(t *testing.T, name string, leastLines, leastPrecision float64) {
	lines, right, proposed, correct, wanted := 0, 0, 0, 0, 0
	relationTable(t, name, func(c *crisis, in, want string) {
		opts := Options{Published: wednesday, Actors: c.actors}
		text, as := readMarked(t, in, opts)
		rels := Relate(text, as, c.matters, opts)
		got := relationLine(rels[len(rels)-1])
		lines++
		if got == want {
			right++
		} else {
			t.Logf("%s: %s: got %s, want %s", c.name, in, got, want)
		}
		// Links are counted apart from whether they are hedged.
		bare := func(s string) []string {
			if s == "-" {
				return nil
			}
			return strings.Split(strings.ReplaceAll(s, " hedged", ""), "; ")
		}
		w := bare(want)
		wanted += len(w)
		for _, g := range bare(got) {
			proposed++
			if slices.Contains(w, g) {
				correct++
			}
		}
	})
	share := 100 * float64(right) / float64(lines)
	precision := 100 * float64(correct) / float64(max(proposed, 1))
	t.Logf("%s: %d of %d lines right, %.1f %%; of %d links proposed %d are right, %.1f %%; of %d wanted %d were found, %.1f %%",
		name, right, lines, share, proposed, correct, precision, wanted, correct, 100*float64(correct)/float64(wanted))
	if share < leastLines || precision < leastPrecision {
		t.Errorf("%.1f %% of lines and %.1f %% of links right; it was %.1f %% and %.1f %%", share, precision, leastLines, leastPrecision)
	}
}

// strait is the matters and the actors of the first crisis in the table.
func strait(t testing.TB) *crisis {
	var first *crisis
	relationTable(t, "relations", func(c *crisis, _, _ string) {
		if first == nil {
			first = c
		}
	})
	return first
}

// TestRelateLong holds the work on a long text to what its length asks for.
func TestRelateLong(t *testing.T) {
	if testing.Short() {
		t.Skip("TestRelateLong not run: -short")
	}
	c := strait(t)
	opts := Options{Actors: c.actors}
	unit := "Foreign Minister Pavel Dovrin denied that Taravia had closed the strait and, he said, it is not true that it had laid mines; "
	work := func(n int) time.Duration {
		text := strings.Repeat(unit, n/len(unit))
		as := Read(text, opts).Attributions
		if len(as) == 0 {
			t.Fatal("nothing was read")
		}
		start := time.Now()
		found := 0
		for _, rels := range Relate(text, as, c.matters, opts) {
			found += len(rels)
		}
		if found == 0 {
			t.Fatal("no links were found")
		}
		return time.Since(start)
	}
	work(5_000)
	small, large := work(40_000), work(160_000)
	if large > 12*small+time.Second {
		t.Errorf("%v for 40,000 bytes, %v for four times as much", small, large)
	}
	t.Logf("%v for 40,000 bytes, %v for four times as much", small, large)
}

// FuzzRelate takes any proposition and any text.
func FuzzRelate(f *testing.F) {
	c := strait(f)
	for _, m := range c.matters {
		f.Add("Dovrin denied that Taravia had closed the strait. “That is false,” he said.", m.Says)
	}
	f.Add("Roe said “no", "")
	f.Add("It was reported that the strait was closed", "not")
	f.Add("He called it untrue", "The the the")
	f.Add("Two said that there was no trace of it, or if not, that none had anything to do with it", "Anything happened")
	f.Fuzz(func(t *testing.T, text, says string) {
		opts := Options{Actors: c.actors}
		as := Read(text, opts).Attributions
		out := Relate(text, as, append([]Matter{{"x", says}}, c.matters...), opts)
		if len(out) != len(as) {
			t.Fatalf("%d lists for %d attributions", len(out), len(as))
		}
		for _, rels := range out {
			if rels == nil {
				t.Fatal("a list is nil")
			}
			for _, r := range rels {
				if r.P < leastRelation-.01 || r.P > 1 || r.Matter == "" {
					t.Fatalf("%+v", r)
				}
			}
		}
	})
}

func BenchmarkRelate(b *testing.B) {
	c := strait(b)
	opts := Options{Actors: c.actors}
	text := strings.Repeat("Foreign Minister Pavel Dovrin denied on Monday that Taravia had closed the Strait of Ormel. “We have laid no mines,” he told reporters. "+
		"The League said that its warships would escort tankers through the strait, and that it had asked for talks. The rain went on through the night, and the river rose by two metres.\n", 100)
	as := Read(text, opts).Attributions
	n := len(tokenize(text))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Relate(text, as, c.matters, opts)
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
}
