package reader

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/demarche/demarche"
)

// Options say what is known about a text beside its words.
type Options struct {
	// Published is the day of publication, which dates such as "Monday" are
	// counted from. Zero if unknown.
	Published time.Time
	// Body is the offset at which the report proper begins: what stands before
	// it is not read. Spans count from the start of the text all the same.
	Body int
	// MinConfidence leaves out what is less sure. Zero keeps everything.
	MinConfidence float64
	// Actors are those of a case, to whom sources are then resolved.
	Actors []demarche.Actor
	// Places are those that a case names beside the gazetteer's.
	Places []demarche.Place
	// Model is what reads. Nil: the one that is part of the program.
	Model *Model
}

// Result is what was found in a text.
type Result struct {
	Attributions []Attribution
	// Language is "en", or "" where it is not known.
	Language string
	// Declined says in a sentence why nothing was read, and is empty otherwise.
	Declined string
}

// Read finds who says what in text. It is deterministic, keeps no state between
// calls, and takes any bytes.
func Read(text string, opts Options) Result {
	body := min(max(opts.Body, 0), len(text))
	for body < len(text) && !utf8.RuneStart(text[body]) {
		body++
	}
	toks := tokenize(text[body:])
	for i := range toks {
		toks[i].start += body
		toks[i].end += body
	}
	res := Result{Language: language(toks)}
	if res.Language != "en" && len(toks) >= languageFloor {
		res.Declined = "This report does not seem to be in English, and only English is read automatically."
		res.Language = ""
		return res
	}
	r := newReading(text, toks)
	r.find()
	r.learn(opts.of())
	res.Attributions = r.describe(opts)
	return res
}

func newReading(text string, toks []token) *reading {
	r := &reading{text: text, toks: toks}
	r.qs = pairQuotations(text, toks)
	r.sents = splitSentences(toks, r.qs)
	tag(toks)
	return r
}

// describe turns findings into attributions in text order.
func (r *reading) describe(opts Options) []Attribution {
	out := []Attribution{}
	sc := r.newScene(opts)
	// Who a pronoun is depends on who spoke before: in text order, and on all
	// that was found, whatever is left out in the end.
	found := slices.Clone(r.found)
	slices.SortStableFunc(found, func(a, b *finding) int { return a.cue.from - b.cue.from })
	for _, f := range found {
		a := Attribution{Hedges: []string{}, Confidence: round(f.confidence)}
		a.Cue.Spans = r.spans(f.cue)
		a.Content.Spans = r.spans(f.content...)
		a.Source.Spans = Spans{}
		if !f.source.empty() {
			a.Source.Spans = r.spans(f.source)
		}
		a.Cue.Text = a.Cue.Spans.In(r.text)
		a.Content.Text = a.Content.Spans.In(r.text)
		a.Source.Text = a.Source.Spans.In(r.text)
		a.Content.Quoted = f.quoted
		sc.characterise(&a, f)
		if !f.address.empty() {
			ad := Role{Spans: r.spans(f.address), Confidence: a.Confidence}
			ad.Text = ad.Spans.In(r.text)
			a.Addressee = &ad
		}
		r.roleConfidence(&a, f)
		if a.Confidence >= opts.MinConfidence {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b Attribution) int { return first(&a) - first(&b) })
	return out
}

// first is the first byte of an attribution.
func first(a *Attribution) int {
	n := a.Cue.Spans[0][0]
	if len(a.Source.Spans) > 0 {
		n = min(n, a.Source.Spans[0][0])
	}
	return min(n, a.Content.Spans[0][0])
}

// spans turns token ranges into byte ranges in text order, joining what touches.
func (r *reading) spans(runs ...run) Spans {
	out := Spans{}
	for _, p := range runs {
		if p.empty() {
			continue
		}
		out = append(out, Span{r.toks[p.from].start, r.toks[p.to-1].end})
	}
	slices.SortFunc(out, func(a, b Span) int { return a[0] - b[0] })
	kept := out[:0]
	for _, s := range out {
		if n := len(kept); n > 0 && s[0] <= kept[n-1][1] {
			kept[n-1][1] = max(kept[n-1][1], s[1])
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

func round(x float64) float64 { return float64(int(x*100+.5)) / 100 }
