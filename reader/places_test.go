package reader

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	bcp47 "golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// TestCountries compares the table with the names of the Unicode CLDR, which
// others keep, and counts it.
func TestCountries(t *testing.T) {
	english := display.English.Regions()
	codes := map[string]bool{}
	for line := range strings.Lines(countryList) {
		if line[0] == '#' {
			continue
		}
		f := strings.Split(strings.TrimSpace(line), "|")
		if len(f) != 5 {
			t.Fatalf("five cells are needed: %q", line)
		}
		if codes[f[0]] {
			t.Errorf("%s stands twice", f[0])
		}
		codes[f[0]] = true
		region, err := bcp47.ParseRegion(f[0])
		if err != nil || !region.IsCountry() {
			t.Errorf("%s is no code of a country", f[0])
			continue
		}
		names := append([]string{f[1]}, list(f[2])...)
		want := english.Name(region)
		if !slices.ContainsFunc(names, func(n string) bool { return sameName(n, want) }) {
			t.Errorf("%s: the CLDR says %q, the table %q", f[0], want, names)
		}
		if e := sightingOf(f[1]); e == nil || e.code != f[0] {
			t.Errorf("%s is not found by its own name %q", f[0], f[1])
		}
	}
	// 193 members of the United Nations, its two observers, Kosovo, Taiwan.
	if len(codes) != 197 {
		t.Errorf("%d countries", len(codes))
	}
	for _, c := range []string{"VA", "PS", "XK", "TW"} {
		if !codes[c] {
			t.Errorf("%s is missing", c)
		}
	}
}

func sameName(a, b string) bool {
	plain := func(s string) string {
		s = strings.NewReplacer("’", "'", "&", "and", " - ", "-").Replace(s)
		return strings.ToLower(s)
	}
	return plain(a) == plain(b)
}

// slowSight looks for every name at every word, and takes the longest, from the
// left.
func slowSight(toks []token) []run {
	var out []run
	for i := 0; i < len(toks); {
		best := 0
		for _, es := range earth().byFirst {
			for _, e := range es {
				if n := len(e.words); n > best && e.words[0] == toks[i].low && toks[i].shape == capWord && e.at(toks, i) {
					best = n
				}
			}
		}
		if best > 0 {
			out = append(out, run{i, i + best})
			i += best
			continue
		}
		i++
	}
	return out
}

// TestSight compares the gazetteer with a search that does not use its order.
func TestSight(t *testing.T) {
	words := strings.Fields("Congo Republic of the Democratic Guinea Papua New Sudan South Korean Korea North the Gulf Red Sea Black United States Arab Emirates in Roe off Chad Miller and")
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 1))
		var text []string
		for range 30 {
			text = append(text, words[rng.IntN(len(words))])
		}
		r := newReading(strings.Join(text, " "), tokenize(strings.Join(text, " ")))
		var got []run
		for _, s := range earth().sight(r.toks) {
			got = append(got, s.run)
		}
		if want := slowSight(r.toks); !slices.Equal(got, want) {
			t.Fatalf("seed %d: %v, want %v in %q", seed, got, want, text)
		}
		all := earth().sight(r.toks)
		from := rng.IntN(len(r.toks))
		p := run{from, from + rng.IntN(5)}
		var want []run
		for _, s := range all {
			if s.to > p.from && s.from < p.to {
				want = append(want, s.run)
			}
		}
		var in []run
		for _, s := range within(all, p) {
			in = append(in, s.run)
		}
		if !slices.Equal(in, want) {
			t.Fatalf("seed %d: within %v are %v, want %v", seed, p, in, want)
		}
	}
}

// TestUnresolved undoes what was resolved and leaves the text.
func TestUnresolved(t *testing.T) {
	_, as := readMarked(t, "President Rudolf Zenda met the envoys. [He] <said> {the border was shut}.", Options{Actors: caseActors()})
	s := last(as).Source
	if s.Resolved == nil || s.Actor == nil {
		t.Fatalf("%+v", s)
	}
	if u := s.Unresolved(); u.Resolved != nil || u.Actor != nil || u.Text != "He" {
		t.Errorf("%+v", u)
	}
}

// TestAnonymousStaysAnonymous puts sources without a name beside people with
// one: no such source is taken for any of them.
func TestAnonymousStaysAnonymous(t *testing.T) {
	before := []string{"", "President Rudolf Zenda left. ", "Foreign Minister Ana Roe said the road was open. ", "[Juan Mamani] <said> {it rained}. "}
	sources := []string{"A senior official", "The official", "One official", "A source close to Zenda", "A Chilean diplomat", "Two aides to President Zenda",
		"People familiar with Roe's thinking", "An adviser to Juan Mamani", "A minister, speaking on condition of anonymity,"}
	after := []string{"", ". [He] <said> {it was late}", ". [She] <said> {it was late}", ". [The official] <said> {it was late}", ". [One] <said> {it was late}"}
	for _, b := range before {
		for _, s := range sources {
			for _, a := range after {
				text := b + "[" + s + "] <said> {the deal was near}" + a + "."
				_, as := readMarked(t, text, Options{Actors: caseActors()})
				for _, x := range as {
					if x.Source.Text == "Juan Mamani" {
						continue
					}
					if x.Source.Kind == Anonymous && (x.Source.Actor != nil || x.Source.Resolved != nil && strings.HasSuffix(x.Source.Resolved.Text, "Zenda") && !strings.Contains(x.Source.Resolved.Text, "to")) {
						t.Errorf("%s: %+v", text, x.Source)
					}
				}
				if first := as[len(as)-1]; a == "" && first.Source.Kind != Anonymous {
					t.Errorf("%s: %s", text, first.Source.Kind)
				}
			}
		}
	}
}

// FuzzCharacterise holds what is true of dates, quantities, places and events in
// any text.
func FuzzCharacterise(f *testing.F) {
	for _, s := range []string{"", "At least 11 or 12 of 20-30 people were killed in the Red Sea since Monday.", "half a a dozen of of", "The 58-year-old said he", "between 5 and", "in the coming",
		"$ 5 million m 1e9 0x1p-2 99999999999999999999", "the US us U.S. Sept. 31, 2024 until mid-May", "Van said one of them, who said it was she", "The navy sank, killing nine, and and"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		opts := Options{Published: wednesday, Actors: caseActors()}
		res := Read(text, opts)
		check := func(s Span, want string) {
			if s[0] < 0 || s[1] > len(text) || s[0] >= s[1] || text[s[0]:s[1]] != want {
				t.Fatalf("span %v is not %q", s, want)
			}
		}
		for _, a := range res.Attributions {
			if a.Dates == nil || a.Quantities == nil || a.Places == nil || a.Source.Kind == Anonymous && a.Source.Actor != nil {
				t.Fatalf("%+v", a)
			}
			for _, d := range a.Dates {
				check(d.Span, d.Text)
			}
			for _, p := range a.Places {
				check(p.Span, p.Text)
			}
			for _, q := range a.Quantities {
				check(q.Span, q.Text)
				if q.Min != nil && q.Max != nil && *q.Min > *q.Max || q.Min != nil && *q.Min < 0 {
					t.Fatalf("the range is upside down: %s %v %v", q.Text, *q.Min, *q.Max)
				}
			}
		}
		for _, e := range Events(text, res, opts) {
			check(e.Span, e.Text)
			if e.Confidence < 0 || e.Confidence > 1 || e.Where == nil || e.Attribution >= len(res.Attributions) {
				t.Fatalf("%+v", e)
			}
		}
	})
}
