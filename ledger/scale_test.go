package ledger

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// vocabulary is made up: frequent words first, as in a language.
func vocabulary() []string {
	rng := rand.New(rand.NewPCG(11, 0))
	out := make([]string, 20_000)
	for i := range out {
		b := make([]byte, 3+rng.IntN(8))
		for j := range b {
			b[j] = "etaoinshrdlucmfwypvbgkjqxz"[int(26*rng.Float64()*rng.Float64())]
		}
		out[i] = string(b)
	}
	return out
}

// many20 is the number of claims of a report in a large ledger.
const many20 = 20

// largeItems is a ledger of n claims: n/20 reports of 60 outlets with the bytes as
// they came, each with an unnamed source for every third claim and people for the
// others, learned over a year. Every tenth claim bears on a proposition.
func largeItems(n int) iter.Seq2[Item, error] {
	words := vocabulary()
	return func(yield func(Item, error) bool) {
		year := 365 * 24 * time.Hour
		start := dawn.Add(-year)
		rng := rand.New(rand.NewPCG(12, uint64(n)))
		zipf := rand.NewZipf(rng, 1.1, 8, uint64(len(words)-1))
		text := func(k int) string {
			b := make([]byte, 0, k*8)
			for range k {
				b = append(append(b, words[zipf.Uint64()]...), ' ')
			}
			return string(b)
		}
		at := start
		give := func(r Record) bool { return yield(Item{Record: r, Learned: at}, nil) }
		for i := range 60 {
			if !give(&Source{ID: fmt.Sprintf("outlet%d", i), Name: fmt.Sprintf("Outlet %d", i), Kind: "outlet"}) {
				return
			}
		}
		people := max(10, n/200)
		for i := range people {
			if !give(&Source{ID: fmt.Sprintf("person%d", i), Name: fmt.Sprintf("Person %d", i), Kind: "person"}) {
				return
			}
		}
		matters := largeMatters(n)
		for i := range matters {
			if !give(&Proposition{ID: fmt.Sprintf("matter%d", i), Says: text(10)}) {
				return
			}
		}
		which := rand.NewZipf(rng, 1.05, 50, uint64(matters-1))
		who := rand.NewZipf(rng, 1.05, 20, uint64(people-1))
		pick := func(list []string, odds float64) string { // the first most often
			i := 0
			for i < len(list)-1 && rng.Float64() > odds {
				i++
			}
			return list[i]
		}
		for i := range n {
			at = start.Add(year / time.Duration(n) * time.Duration(i))
			r := i / many20
			report := fmt.Sprintf("report%d", r)
			if i%many20 == 0 {
				full := &Report{ID: report, Outlet: fmt.Sprintf("outlet%d", r%60), Title: text(8), Published: at.Format("2006-01-02"), Text: text(350)}
				if !yield(Item{Record: full, Original: []byte(full.Text), Learned: at}, nil) {
					return
				}
			}
			if i%many20 == 0 && !give(&Source{ID: report + ".official", Description: "an official who asked not to be named", Kind: "anonymous", Report: report}) {
				return
			}
			c := &Claim{ID: fmt.Sprintf("%s.%d", report, i%many20), Report: report, Says: text(12), Quote: text(18),
				Said: at.AddDate(0, 0, -rng.IntN(3)).Format("2006-01-02"), Act: pick(Acts, 0.5), Stance: pick(Stances, 0.7), Record: pick(RecordTerms, 0.5),
				Nature: pick(Natures, 0.6), Status: pick([]string{"accepted", "proposed", "rejected", "retracted"}, 0.55), Credibility: rng.IntN(7), FoundBy: "reader 1"}
			c.Spans.Content = [][2]int{{i % many20 * 80, i%many20*80 + 70}}
			if i%3 == 0 {
				c.Source = report + ".official"
			} else {
				c.Source = fmt.Sprintf("person%d", who.Uint64())
			}
			if !give(c) {
				return
			}
			if i%10 == 5 && !give(&Link{From: c.Ref(), To: Ref{KindProposition, fmt.Sprintf("matter%d", which.Uint64())}, Rel: pick([]string{"affirms", "denies"}, 0.7)}) {
				return
			}
		}
	}
}

// largeMatters is the number of propositions in a ledger of n claims.
func largeMatters(n int) int { return max(4, n/2000) }

// largeRecords is the number of records in a ledger of n claims.
func largeRecords(n int) int {
	return 60 + max(10, n/200) + largeMatters(n) + 2*((n+many20-1)/many20) + n + (n+4)/10
}

// TestScale: the pages of a large ledger are quick, and it is small. Bounds are
// those of docs/reference/ledger.md; in a test the ledger is small and they are
// not held, for other tests run beside it.
func TestScale(t *testing.T) {
	n := int(runs(20_000, 1_000_000))
	soak := n == 1_000_000
	where := filepath.Join(t.TempDir(), "ledger.db")
	l := open(t, where, Options{Now: func() time.Time { return dawn.Add(24 * time.Hour) }})
	began := time.Now()
	calls := 0
	got, err := l.Import(t.Context(), ann, largeItems(n), func(i Imported) { calls++ })
	took := time.Since(began)
	records := largeRecords(n)
	if err != nil || got.Added != records || got.Done() != records || calls < records/importBatch {
		t.Fatalf("%+v after %d batches, %v; want %d", got, calls, err, records)
	}
	size := int64(0)
	l.Close()
	l = open(t, where, Options{})
	info, err := os.Stat(where)
	if err != nil {
		t.Fatal(err)
	}
	size = info.Size()
	rate := float64(n) / took.Seconds()
	t.Logf("%d claims (%d records) in %.1f s: %.0f claims/s; %.0f bytes a claim", n, records, took.Seconds(), rate, float64(size)/float64(n))
	if size > int64(n)*2048 {
		t.Errorf("%d bytes a claim", size/int64(n))
	}
	worst := measurePages(t, l, int(runs(3, 25)))
	if soak {
		if rate < 20_000 {
			t.Errorf("%.0f claims/s", rate)
		}
		if worst > 50*time.Millisecond {
			t.Errorf("p95 of the slowest page is %s", worst)
		}
	}
}

// measurePages times many kinds of pages, and gives the p95 of all.
func measurePages(t testing.TB, l *Ledger, times int) time.Duration {
	rng := rand.New(rand.NewPCG(13, 0))
	words := vocabulary()
	day := func() time.Time { return dawn.AddDate(0, 0, -rng.IntN(360)-1) }
	pages := []struct {
		name   string
		filter func() Filter
	}{
		{"newest", func() Filter { return Filter{Kind: KindClaim} }},
		{"inbox", func() Filter { return Filter{Kind: KindClaim, Status: []string{"proposed"}} }},
		{"common", func() Filter {
			return Filter{Kind: KindClaim, Status: []string{"accepted"}, Stance: []string{"affirms"}}
		}},
		{"rare", func() Filter {
			return Filter{Kind: KindClaim, Act: []string{"criticises", "justifies"}, Record: []string{"document"}}
		}},
		{"never", func() Filter { return Filter{Kind: KindClaim, Handling: []string{"confidential"}} }},
		{"source", func() Filter { return Filter{Kind: KindClaim, Source: fmt.Sprintf("person%d", rng.IntN(20))} }},
		{"source and act", func() Filter {
			return Filter{Kind: KindClaim, Source: "person0", Act: []string{"predicts"}, Status: []string{"retracted"}}
		}},
		{"report", func() Filter { return Filter{Kind: KindClaim, Report: fmt.Sprintf("report%d", rng.IntN(900))} }},
		{"a day", func() Filter { d := day(); return Filter{Kind: KindClaim, AboutFrom: d, AboutTo: d.AddDate(0, 0, 1)} }},
		{"a day, filtered", func() Filter {
			d := day()
			return Filter{Kind: KindClaim, AboutFrom: d, AboutTo: d.AddDate(0, 0, 1), Act: []string{"threatens"}, Status: []string{"proposed"}}
		}},
		{"months", func() Filter { d := day(); return Filter{Kind: KindClaim, AboutFrom: d, AboutTo: d.AddDate(0, 3, 0)} }},
		{"a common word", func() Filter { return Filter{Kind: KindClaim, Text: words[rng.IntN(5)]} }},
		{"a rare word", func() Filter { return Filter{Kind: KindClaim, Text: words[5000+rng.IntN(5000)]} }},
		{"two words", func() Filter { return Filter{Kind: KindClaim, Text: words[rng.IntN(50)] + " " + words[rng.IntN(500)]} }},
		{"a phrase", func() Filter {
			return Filter{Kind: KindClaim, Text: `"` + words[rng.IntN(20)] + " " + words[rng.IntN(20)] + `"`}
		}},
		{"the beginning of a word", func() Filter { return Filter{Kind: KindClaim, Text: words[300+rng.IntN(100)][:3] + "*"} }},
		{"a word, filtered", func() Filter {
			return Filter{Kind: KindClaim, Text: words[rng.IntN(20)], Status: []string{"proposed"}, Act: []string{"denies"}}
		}},
		{"a word in reports", func() Filter { return Filter{Kind: KindReport, Text: words[rng.IntN(300)]} }},
		{"a word by a source", func() Filter { return Filter{Kind: KindClaim, Source: "person1", Text: words[rng.IntN(20)]} }},
	}
	var all []time.Duration
	for _, p := range pages {
		for _, past := range []bool{false, true} {
			var took []time.Duration
			n := 0
			for range times {
				at, after := time.Time{}, ""
				if past {
					at = day()
				}
				f := p.filter()
				for range 2 { // the page and the one after it
					began := time.Now()
					page, err := l.List(t.Context(), at, f, 50, after)
					if err != nil {
						t.Fatal(err)
					}
					took = append(took, time.Since(began))
					n += len(page.Versions)
					if after = page.Next; after == "" {
						break
					}
				}
			}
			slices.Sort(took)
			t.Logf("%-24s as of the past %-5v p50 %8s p95 %8s, %d records", p.name, past, took[len(took)/2].Round(10*time.Microsecond), took[len(took)*95/100].Round(10*time.Microsecond), n)
			all = append(all, took...)
		}
	}
	slices.Sort(all)
	p95 := all[len(all)*95/100]
	t.Logf("all pages: p50 %s, p95 %s, slowest %s", all[len(all)/2], p95, all[len(all)-1])
	return p95
}

func BenchmarkImport(b *testing.B) {
	const n = 50_000
	for b.Loop() {
		l := open(b, filepath.Join(b.TempDir(), "ledger.db"), Options{Now: func() time.Time { return dawn.Add(24 * time.Hour) }})
		if _, err := l.Import(b.Context(), ann, largeItems(n), nil); err != nil {
			b.Fatal(err)
		}
		l.Close()
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "claims/s")
}

func BenchmarkPages(b *testing.B) {
	l := open(b, filepath.Join(b.TempDir(), "ledger.db"), Options{Now: func() time.Time { return dawn.Add(24 * time.Hour) }})
	if _, err := l.Import(b.Context(), ann, largeItems(50_000), nil); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.ReportMetric(float64(measurePages(b, l, 1).Microseconds()), "p95-µs")
	}
}
