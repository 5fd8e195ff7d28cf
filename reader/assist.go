package reader

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Helper judges candidates that the reader itself is not sure of. It is the
// one way by which a language model can have a part in a reading; the package
// has none, and opens no connection.
type Helper interface {
	Judge(ctx context.Context, req JudgeRequest) ([]Judgement, error)
}

// JudgeRequest is a stretch of one report, and nothing else, with the candidates
// in it.
type JudgeRequest struct {
	Text       string
	Candidates []Candidate
}

// Candidate is an attribution to be judged.
type Candidate struct {
	N                    int // from 1
	Source, Cue, Content string
	Speaker              bool // whether it is asked who the source is
}

// Judgement is what a helper says of a candidate. It counts only if Quote stands
// word for word in the content of the candidate, and Speaker, if there is one,
// word for word in the text.
type Judgement struct {
	N       int      `json:"n"`
	Quote   string   `json:"quote"`
	Right   *float64 `json:"right"`   // how probable it is that the attribution is right, 0 to 1
	Speaker string   `json:"speaker"` // the fullest name of the source in the text, "" if unknown
}

// Assistance says what a helper had a part in.
type Assistance struct {
	Asked   int // candidates put to it
	Used    int // judgements that changed something
	Dropped int // judgements that did not quote the text, or were about nothing asked
	Failed  int // candidates for which no answer came
	// Err is the last reason why none came, nil if all did.
	Err error
}

// Candidates with a confidence between these are put to a helper. Whatever it
// says, the confidence stays between the bounds: it can take no finding out of
// sight for good, and none into the strict view, which begins at 0.8.
const (
	assistFrom   = .3
	assistTo     = .7
	assistLeast  = .1
	assistMost   = .75
	assistBatch  = 12     // candidates a request
	assistWindow = 12_000 // bytes of text a request
	assistQuote  = 300    // bytes of a quotation in an answer
)

// Assist puts the candidates that the reader is not sure of to h, and gives a
// copy of the attributions with what held. An answer that fails leaves its
// candidates as they were; only the end of ctx is an error.
func Assist(ctx context.Context, text string, as []Attribution, h Helper) ([]Attribution, Assistance, error) {
	out := slices.Clone(as)
	var done Assistance
	var open []int
	for i := range out {
		if unsure(&out[i]) || nameless(&out[i]) {
			open = append(open, i)
		}
	}
	for len(open) > 0 {
		if err := ctx.Err(); err != nil {
			return out, done, err
		}
		n := 1
		from := windowStart(text, extent(&out[open[0]])[0])
		for n < len(open) && n < assistBatch && extent(&out[open[n]])[1]-from < assistWindow {
			n++
		}
		batch := open[:n]
		open = open[n:]
		to := from
		for _, i := range batch {
			to = max(to, extent(&out[i])[1])
		}
		to = min(to+500, from+assistWindow, len(text))
		for to < len(text) && !utf8.RuneStart(text[to]) {
			to++
		}
		req := JudgeRequest{Text: text[from:to]}
		for k, i := range batch {
			a := &out[i]
			req.Candidates = append(req.Candidates, Candidate{N: k + 1, Source: a.Source.Text, Cue: a.Cue.Text, Content: clip(a.Content.Text), Speaker: nameless(a)})
		}
		done.Asked += n
		got, err := h.Judge(ctx, req)
		if err != nil {
			if ctx.Err() != nil {
				return out, done, ctx.Err()
			}
			done.Failed += n
			done.Err = err
			continue
		}
		seen := map[int]bool{}
		for _, j := range got {
			if j.N < 1 || j.N > n || seen[j.N] || !out[batch[j.N-1]].take(text, Span{from, to}, j) {
				done.Dropped++
				continue
			}
			seen[j.N] = true
			done.Used++
		}
	}
	return out, done, nil
}

func unsure(a *Attribution) bool { return a.Confidence >= assistFrom && a.Confidence <= assistTo }

// nameless tells a source that is a pronoun nobody was found for. A source whose
// name was kept back is never asked after.
func nameless(a *Attribution) bool {
	if a.Source.Resolved != nil || a.Source.Kind == Anonymous || a.Source.Kind == Unattributed || a.Confidence < assistFrom {
		return false
	}
	switch lower(a.Source.Text) {
	case "he", "she", "they", "it", "him", "her", "his", "their", "its":
		return true
	}
	return false
}

// extent is the stretch of text that an attribution covers.
func extent(a *Attribution) Span {
	e := Span{1 << 62, 0}
	for _, spans := range []Spans{a.Source.Spans, a.Cue.Spans, a.Content.Spans} {
		for _, s := range spans {
			e[0], e[1] = min(e[0], s[0]), max(e[1], s[1])
		}
	}
	return e
}

// windowStart is where the text sent begins: two thousand bytes before, at the
// start of a line if there is one.
func windowStart(text string, at int) int {
	from := max(0, at-2000)
	if i := strings.IndexByte(text[from:at], '\n'); from > 0 && i >= 0 {
		return from + i + 1
	}
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	return from
}

func clip(s string) string {
	if len(s) <= 400 {
		return s
	}
	n := 400
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// take lets a judgement change the attribution, if it quotes the text.
func (a *Attribution) take(text string, window Span, j Judgement) bool {
	if len(j.Quote) == 0 || len(j.Quote) > assistQuote || len(strings.Fields(j.Quote)) < min(3, len(strings.Fields(a.Content.Text))) || !a.Content.holds(text, j.Quote) {
		return false
	}
	if j.Right != nil && !(*j.Right >= 0 && *j.Right <= 1) {
		return false
	}
	speaker := Span{-1, -1}
	if j.Speaker != "" {
		if !nameless(a) || len(j.Speaker) > assistQuote || strings.TrimSpace(j.Speaker) != j.Speaker {
			return false
		}
		// The mention nearest before the attribution, else the first after.
		at := extent(a)[0]
		i := strings.LastIndex(text[window[0]:max(window[0], at)], j.Speaker)
		if i < 0 {
			i = strings.Index(text[window[0]:window[1]], j.Speaker)
		}
		if i < 0 {
			return false
		}
		speaker = Span{window[0] + i, window[0] + i + len(j.Speaker)}
		if text[speaker[0]:speaker[1]] != j.Speaker || !wholeWords(text, speaker) {
			return false
		}
		if r := newReading(j.Speaker, tokenize(j.Speaker)); len(r.toks) == 0 || len(r.toks) > 12 || r.unnamed(run{0, len(r.toks)}, run{0, len(r.toks)}) {
			return false
		}
	}
	changed := false
	if j.Right != nil && unsure(a) {
		a.Confidence = round(min(assistMost, max(assistLeast, (a.Confidence+*j.Right)/2)))
		changed = true
	}
	if speaker[0] >= 0 {
		a.Source.Resolved = &Resolution{Text: j.Speaker, Span: speaker, How: "assisted"}
		a.Source.Actor = nil
		changed = true
	}
	a.Assisted = a.Assisted || changed
	return changed
}

// holds tells whether the words stand, byte for byte, in one part of the content.
func (c *Content) holds(text, quote string) bool {
	for _, s := range c.Spans {
		if strings.Contains(text[s[0]:s[1]], quote) {
			return true
		}
	}
	return false
}

// wholeWords tells whether a span begins and ends with words.
func wholeWords(text string, s Span) bool {
	for _, t := range tokenize(text[max(0, s[0]-40):min(len(text), s[1]+40)]) {
		at := max(0, s[0]-40)
		if t.isWord() && (t.start+at < s[0] && s[0] < t.end+at || t.start+at < s[1] && s[1] < t.end+at) {
			return false
		}
	}
	return true
}
