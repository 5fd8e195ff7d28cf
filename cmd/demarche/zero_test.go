package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// negativeZero is a number without a digit but 0, and with a minus sign: a hyphen or
// the sign of typography. Hyphens of words and dates have something before them.
var negativeZero = regexp.MustCompile(`(?:^|[^\p{L}\p{N}.–-])[-−](?:0+\.?0*|\.0+)(?:[eE][-+]?\d+)?(?:[^\p{L}\p{N}.-]|\.\s|\.?$)`)

// doubtful is a small case whose numbers are drawn, with many at the ends of their
// ranges and some written as −0.
func doubtful(seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 0xD0))
	p := func() string {
		return []string{"0", "1", "0.5", "-0.0", "0.499", "0.501", fmt.Sprintf("%.3f", r.Float64())}[r.IntN(7)]
	}
	options := []string{"north.march", "north.pay", "south.yield", "south.shut"}
	want := func() string {
		s := options[r.IntN(4)]
		if r.IntN(2) == 0 {
			s = "not " + s
		}
		if r.IntN(3) == 0 {
			s = "(" + s + []string{" and ", " or ", " iff "}[r.IntN(3)] + options[r.IntN(4)] + ")"
		}
		return s
	}
	var b strings.Builder
	w := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	w("demarche: 1\ntitle: Doubts %d\nas_of: 2025-05-20\nactors:\n  north: {name: Northport, kind: state}\n  south: {name: Southbay, kind: state}", seed)
	w("propositions:")
	for n := range 3 {
		w("  p%d: {says: Matter %d is so, prior: %s}", n, n, p())
	}
	w("offers:\n  - {id: deal, by: south, to: north, says: that the road open, date: 2025-05, terms: [%s], public: true, answer: open}", want())
	w("conflict:\n  status_quo: [%s]\n  players:", options[r.IntN(4)])
	for i, player := range []string{"north", "south"} {
		w("    %s:\n      options: {%s: Do the first, %s: Do the second}\n      prefers:", player, options[2*i][6:], options[2*i+1][6:])
		for n := range 2 + r.IntN(3) {
			if r.IntN(2) == 0 {
				w("        - {want: %s, if: p%d, says: thing %d}", want(), r.IntN(3), n)
			} else {
				w("        - {want: %s, says: thing %d}", want(), n)
			}
		}
		if r.IntN(2) == 0 {
			w("      unsure: [{order: [1, 2], p: %s}]", p())
		}
	}
	w("  talks: {parties: [north, south], chance: %s}", p())
	w("  outcomes:\n    one: {when: %s, says: a first end}\n    two: {when: %s, says: a second end}", want(), want())
	w("  ladder: [%s]", options[r.IntN(4)])
	w("  levers:\n    loan: {says: Lend the money, by: south, cost: 1, prefer: {player: north, want: %s, at: 1}}", want())
	if r.IntN(2) == 0 {
		w("  perceptions:\n    south:\n      north: {prefers: [%s], p: %s}", want(), p())
	}
	return b.String()
}

// TestNegativeZero: no command prints a negative zero, in text or in JSON, whatever
// comes of the numbers of a case.
func TestNegativeZero(t *testing.T) {
	for text, want := range map[string]bool{"-0": true, `"p": -0,`: true, "is -0.00 bits": true, "[−0.0]": true, "by −0.": true, "-0e-7": true,
		"-0.01": false, "2025-0": false, "a-0": false, "1-0": false, "0": false, "-01.5": false, "3–-0": false, "-0.5": false} {
		if got := negativeZero.MatchString(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	if p, err := parseShare("the credence", "-0"); err != nil || math.Signbit(p) {
		t.Errorf("%g %v", p, err)
	}
	dir := t.TempDir()
	ran := map[string]int{}
	for seed := range uint64(40) {
		if testing.Short() && seed > 3 {
			break
		}
		path := filepath.Join(dir, fmt.Sprintf("%d.yaml", seed))
		if err := os.WriteFile(path, []byte(doubtful(seed)), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{
			{"outlook"}, {"outlook", "--json"}, {"outlook", "--worlds", "7", "--json"}, {"outlook", "--by-world"}, {"outlook", "--robust", "--json"}, {"outlook", "--robust"},
			{"outlook", "--assume", "p0=-0", "--json"}, {"stability", "--assume", "p0=-0"}, {"paths", "--json"}, {"paths"}, {"offers"}, {"offers", "--json"},
			{"levers", "--outcome", "one"}, {"levers", "--outcome", "one", "--json"},
			{"brief"}, {"brief", "-f", "json"}, {"brief", "-f", "md", "--assume", "p1=-0"}, {"export", "--svg"}, {"explain", "now", "north", "seq"},
		} {
			code, out, errs := do(t, "", append([]string{args[0], path}, args[1:]...)...)
			if code == 0 {
				ran[args[0]]++
			}
			if m := negativeZero.FindString(out + errs); m != "" {
				for line := range strings.Lines(out + errs) {
					if negativeZero.MatchString(line) {
						t.Errorf("seed %d, %v: %s", seed, args, strings.TrimSpace(line))
						break
					}
				}
			}
		}
	}
	for _, command := range []string{"outlook", "stability", "paths", "offers", "levers", "brief", "explain"} {
		if ran[command] == 0 {
			t.Errorf("%s printed nothing", command)
		}
	}
}
