package casefile

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/demarche/demarche/engine"
)

// pureNash reads a strategic form and finds its equilibria in pure strategies,
// each as the labels of the strategies. It shares nothing with the writer.
func pureNash(t *testing.T, text string) [][]string {
	t.Helper()
	var tokens []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		if text[0] != '"' {
			word, rest, _ := strings.Cut(strings.ReplaceAll(text, "\n", " "), " ")
			tokens, text = append(tokens, word), rest
			continue
		}
		end := 1
		for text[end] != '"' {
			if text[end] == '\\' {
				end++
			}
			end++
		}
		tokens, text = append(tokens, strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(text[:end+1])), text[end+1:]
	}
	if !slices.Equal(tokens[:3], []string{"NFG", "1", "R"}) || tokens[4] != "{" {
		t.Fatalf("not a strategic form: %q", tokens[:5])
	}
	at := 5
	players := 0
	for ; tokens[at] != "}"; at++ {
		players++
	}
	at += 2
	var strategies [][]string
	for tokens[at] == "{" {
		end := at + slices.Index(tokens[at:], "}")
		strategies = append(strategies, tokens[at+1:end])
		at = end + 1
	}
	at += 2 // the closing brace and the comment
	profiles := 1
	for _, s := range strategies {
		profiles *= len(s)
	}
	if len(strategies) != players || len(tokens)-at != profiles*players {
		t.Fatalf("%d players with %d lists of strategies, %d payoffs for %d combinations", players, len(strategies), len(tokens)-at, profiles)
	}
	payoff := func(profile, i int) int {
		n, err := strconv.Atoi(tokens[at+profile*players+i])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	var out [][]string
	for profile := range profiles {
		stable, step := true, 1
		var labels []string
		for i, s := range strategies {
			mine := profile / step % len(s)
			labels = append(labels, s[mine])
			for other := range s {
				stable = stable && payoff(profile+(other-mine)*step, i) <= payoff(profile, i)
			}
			step *= len(s)
		}
		if stable {
			out = append(out, labels)
		}
	}
	return out
}

// TestNFG compares the Nash equilibria of random models with those of the
// strategic form.
func TestNFG(t *testing.T) {
	const seed = 32
	tried, refused, equilibria := 0, 0, 0
	for n := range runs(500, 20000) {
		text := randomModel(seed, n)
		text = strings.NewReplacer(", once: true", "", ", moves: back", "", "shared_with: [p0]", "", "shared_with: [p1]", "", "shared_with: [p2]", "", "shared_with: [p3]", "").Replace(text)
		text, _, _ = strings.Cut(text, "  hidden:")
		if n%4 > 0 {
			text, _, _ = strings.Cut(text, "  rules:")
		}
		f, err := Parse("case.yaml", []byte(strings.ReplaceAll(text, ", }", "}")))
		if err != nil {
			if strings.Contains(err.Error(), "leave no state") {
				continue
			}
			t.Fatalf("case %d: %v\n%s", n, err, text)
		}
		m := modelOf(t, f.Case)
		var b strings.Builder
		err = Export(&b, f, NFG, ExportConfig{})
		product := 1
		for _, p := range m.Players {
			seen := map[uint64]bool{}
			for _, s := range m.States {
				seen[s&p.Own] = true
			}
			product *= len(seen)
		}
		if product != len(m.States) {
			refused++
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%d of the combinations", product-len(m.States))) {
				t.Fatalf("case %d: %d of %d combinations are feasible: %v", n, len(m.States), product, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("case %d: %v", n, err)
		}
		tried++
		var got []string
		for _, labels := range pureNash(t, b.String()) {
			got = append(got, strings.Join(labels, " "))
		}
		st, err := m.Stability(context.Background(), engine.Nash)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for s := range st.Equilibria[0].All {
			var labels []string
			for i := range m.Players {
				var taken []string
				for k, o := range m.Options {
					if o.Player == i && m.States[s]>>k&1 == 1 {
						taken = append(taken, o.Says)
					}
				}
				if taken == nil {
					taken = []string{"nothing"}
				}
				labels = append(labels, `"`+strings.Join(taken, " + ")+`"`)
			}
			want = append(want, strings.Join(labels, " "))
		}
		equilibria += len(want)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("case %d: %q, want %q\n%s\n%s", n, got, want, text, b.String())
		}
	}
	if uint64(tried) < runs(200, 8000) || refused < 5 || equilibria < tried/4 {
		t.Fatalf("%d written with %d equilibria, %d refused", tried, equilibria, refused)
	}
}

func TestNFGRefuses(t *testing.T) {
	const begin = "demarche: 1\ntitle: 'T \"q\"'\nconflict:\n  players:\n    a: {name: A, options: {x: {says: X%s}}}\n    b: {name: B, options: {y: Y}}\n"
	for more, says := range map[string]string{
		", once: true": "options that can be changed one way only", ", shared_with: b": "shared options", "": "",
	} {
		f, err := Parse("case.yaml", fmt.Appendf(nil, begin, more))
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := Export(&b, f, NFG, ExportConfig{}); (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", more, err)
		}
		b.Reset()
		if err := Export(&b, f, NFG, ExportConfig{Lossy: true}); err != nil || !strings.Contains(b.String(), `NFG 1 R "T \"q\""`) {
			t.Errorf("%s: %v\n%s", more, err, b.String())
		}
	}
}

// wellFormed reads XML to its end and counts elements.
func wellFormed(t *testing.T, text string) map[string]int {
	t.Helper()
	count := map[string]int{}
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return count
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if e, ok := tok.(xml.StartElement); ok {
			count[e.Name.Local]++
		}
	}
}

func TestGraphs(t *testing.T) {
	const seed = 33
	for n := range runs(150, 3000) {
		text := strings.Replace(randomModel(seed, n), "conflict:\n", "conflict:\n  status_quo: []\n", 1)
		text = strings.Replace(text, "title: T", `title: "<T> & \"]]>"`, 1)
		if n%2 == 0 {
			text, _, _ = strings.Cut(text, "  rules:")
		} else {
			text = strings.Replace(text, "  status_quo: []\n", "", 1)
		}
		f, err := Parse("case.yaml", []byte(text))
		if err != nil {
			if strings.Contains(err.Error(), "leave no state") {
				continue
			}
			t.Fatal(err)
		}
		m := modelOf(t, f.Case)
		arcs, better := 0, 0
		for s := range m.States {
			for i := range m.Players {
				arcs += len(m.Moves(nil, i, s))
				better += len(m.Improvements(nil, i, s))
			}
		}
		out := exported(t, f, GraphML, false)
		count := wellFormed(t, out)
		if count["node"] != len(m.States) || count["edge"] != arcs || strings.Count(out, `<data key="improvement">true</data>`) != better {
			t.Fatalf("case %d: %v for %d states, %d moves, %d improvements", n, count, len(m.States), arcs, better)
		}
		picture := exported(t, f, SVG, false)
		count = wellFormed(t, picture)
		st, err := m.Stability(context.Background(), engine.SEQ)
		if err != nil {
			t.Fatal(err)
		}
		drawn := better
		if arcs <= maxDrawnMoves {
			drawn = arcs
		}
		if strings.Count(picture, `class="box"`) != len(m.States) || strings.Count(picture, `class="frame"`) != st.Equilibria[0].Count() ||
			strings.Count(picture, " moves from state ") != drawn || strings.Contains(picture, "NaN") || strings.Contains(picture, "%!") {
			t.Fatalf("case %d: %v for %d states, %d equilibria\n%s", n, count, len(m.States), st.Equilibria[0].Count(), picture)
		}
		for _, bad := range []string{"<script", "href=", "url(http"} {
			if strings.Contains(picture, bad) {
				t.Fatalf("the picture is not self-contained: %s", bad)
			}
		}
	}
}

func TestGraphOfNamedStates(t *testing.T) {
	f, err := Open("testdata/good/graph.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := exported(t, f, GraphML, false)
	if count := wellFormed(t, out); count["node"] != 3 || count["edge"] != 3 || !strings.Contains(out, "Row has gained") {
		t.Errorf("%s", out)
	}
	if picture := exported(t, f, SVG, false); !strings.Contains(picture, "calm") || wellFormed(t, picture)["svg"] != 1 {
		t.Errorf("%s", picture)
	}
}

func TestPictureTooLarge(t *testing.T) {
	var b strings.Builder
	for k := range 8 {
		fmt.Fprintf(&b, "o%d: O, ", k)
	}
	f, err := Parse("case.yaml", fmt.Appendf(nil, "demarche: 1\ntitle: T\nconflict: {players: {a: {name: A, options: {%s}}}}\n", b.String()))
	if err != nil {
		t.Fatal(err)
	}
	b.Reset()
	if err := Export(&b, f, SVG, ExportConfig{}); err == nil || !strings.Contains(err.Error(), "256 states; a picture with more than 200 cannot be read") || b.Len() > 0 {
		t.Error(err)
	}
}
