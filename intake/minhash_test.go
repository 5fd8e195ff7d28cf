package intake

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// exactOverlap is the Jaccard index of the sets of shingles, from its definition.
func exactOverlap(a, b string) float64 {
	set := func(text string) map[string]bool {
		words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
		})
		out := map[string]bool{}
		if n := len(words); n > 0 && n < ShingleWords {
			out[strings.Join(words, " ")] = true
		}
		for i := 0; i+ShingleWords <= len(words); i++ {
			out[strings.Join(words[i:i+ShingleWords], " ")] = true
		}
		return out
	}
	x, y := set(a), set(b)
	both := 0
	for s := range x {
		if y[s] {
			both++
		}
	}
	if len(x)+len(y) == both {
		return 0
	}
	return float64(both) / float64(len(x)+len(y)-both)
}

// text is n words drawn from (seed, stream).
func randomText(seed, stream uint64, n int) []string {
	r := rand.New(rand.NewPCG(seed, stream))
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("w%d", r.IntN(5000))
	}
	return out
}

// revised replaces a share of the words.
func revised(words []string, seed uint64, share float64) []string {
	r := rand.New(rand.NewPCG(seed, 99))
	out := append([]string{}, words...)
	for i := range out {
		if r.Float64() < share {
			out[i] = fmt.Sprintf("x%d", r.IntN(5000))
		}
	}
	return out
}

// The estimate lies within five standard errors of the Jaccard index on every
// case, and the mean of its errors is that of an unbiased estimate.
func TestSimilarAgainstJaccard(t *testing.T) {
	sum, cases := 0.0, 0
	high := 0
	for seed := range uint64(120) {
		a := randomText(seed, 1, 60+int(seed)*5)
		b := revised(a, seed, []float64{0, 0.01, 0.03, 0.1, 0.3, 1}[seed%6])
		x, y := strings.Join(a, " "), strings.Join(b, ", ")
		want := exactOverlap(x, y)
		got := Similar(SketchOf(x), SketchOf(y))
		if bound := 5*math.Sqrt(want*(1-want)/SketchSize) + 1e-9; math.Abs(got-want) > bound {
			t.Errorf("seed %d: %.3f, want %.3f ± %.3f", seed, got, want, bound)
		}
		if want > 0.2 && want < 0.95 {
			high++
		}
		sum += got - want
		cases++
	}
	if math.Abs(sum/float64(cases)) > 0.01 || high < 20 {
		t.Errorf("mean error %.4f over %d cases, %d of them in between", sum/float64(cases), cases, high)
	}
}

func TestSimilarOnTheSameText(t *testing.T) {
	a := SketchOf("“The valve stays shut,” said Governor Mira Holt on Monday.")
	if x := Similar(a, SketchOf("the VALVE stays shut\n\nsaid governor mira holt, on Monday")); x != 1 {
		t.Errorf("case and punctuation count: %v", x)
	}
	if x := Similar(a, SketchOf("")); x != 0 {
		t.Errorf("like a text without words: %v", x)
	}
	if x := Similar(SketchOf(""), SketchOf(" — ")); x != 0 {
		t.Errorf("two texts without words: %v", x)
	}
	if x := Similar(SketchOf("No comment."), SketchOf("no comment")); x != 1 {
		t.Errorf("a short text: %v", x)
	}
	if x := Similar(SketchOf("No comment."), SketchOf("comment no")); x == 1 {
		t.Error("the order of words does not count")
	}
}

// A sketch is that of the set of shingles: neither the order of the paragraphs
// nor their being there twice changes it, but for the shingles across the seams.
func TestSketchIsOfASet(t *testing.T) {
	a := strings.Join(randomText(1, 1, 400), " ")
	if x := Similar(SketchOf(a), SketchOf(a+" "+a)); x < 0.95 {
		t.Errorf("twice the same: %v", x)
	}
	b := strings.Join(randomText(1, 2, 400), " ")
	if x := Similar(SketchOf(a+" "+b), SketchOf(b+" "+a)); x < 0.95 {
		t.Errorf("the other way round: %v", x)
	}
}

// Add finds what a comparison of all pairs finds.
func TestCopiesAgainstAllPairs(t *testing.T) {
	var c Copies
	var kept []keptSketch
	found := 0
	for i := range uint64(400) {
		words := randomText(3, i/4, 150)
		if i%4 > 0 {
			words = revised(words, i, float64(i%4-1)*0.02)
		}
		s := SketchOf(strings.Join(words, " "))
		name := fmt.Sprint(i)
		wantOf, want := "", 0.0
		for _, k := range kept {
			if x := Similar(s, k.sketch); x >= NearCopy && x > want {
				wantOf, want = k.name, x
			}
		}
		if wantOf == "" {
			kept = append(kept, keptSketch{name: name, sketch: s})
		} else {
			found++
		}
		if of, x := c.Add(name, s); of != wantOf || x != want {
			t.Fatalf("text %d: a copy of %q by %v, want %q by %v", i, of, x, wantOf, want)
		}
	}
	if found < 100 || found > 300 {
		t.Errorf("%d copies", found)
	}
	if of, _ := c.Add("empty", Sketch{}); of != "" {
		t.Error("a text without words is a copy")
	}
	if of, _ := c.Add("empty again", Sketch{}); of != "" {
		t.Error("a text without words is a copy of another")
	}
}

func BenchmarkSketchOf(b *testing.B) {
	text := strings.Join(randomText(1, 1, 800), " ")
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		SketchOf(text)
	}
}
