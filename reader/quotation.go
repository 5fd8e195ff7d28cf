package reader

// quotation is one pair of quotation marks and what is between them: tokens
// from to to, both marks included. A quotation that runs over several
// paragraphs, opened again at each, is one quotation for each paragraph, chained
// by next.
type quotation struct {
	from, to int  // half open
	closed   bool // the closing mark was found
	next     int  // the quotation that goes on with it in the next paragraph, or -1
	prev     int
	// spoken tells a stretch of speech from a word set in marks for a name, a
	// title or a distance kept.
	spoken bool
	taken  bool // an attribution has it
}

// maxQuote bounds a quotation in tokens: a mark that was never closed must not
// swallow the text.
const maxQuote = 1200

// pairQuotations finds the quotations and notes in every token which one it
// lies in. Marks pair within their paragraph only; inner marks belong to the
// outer quotation.
func pairQuotations(text string, toks []token) []quotation {
	var qs []quotation
	open := -1 // token of the mark that is open
	curly := false
	depth := 0
	finish := func(to int, closed bool) {
		qs = append(qs, quotation{from: open, to: to, closed: closed, next: -1, prev: -1})
		open = -1
		depth = 0
	}
	for i := range toks {
		t := &toks[i]
		if open >= 0 && (t.para != toks[open].para || i-open > maxQuote) {
			if t.para == toks[open].para {
				open = -1 // too long to be one
			} else {
				finish(i, false)
			}
		}
		sh := t.shape
		if sh == plainQuote {
			sh = side(text, toks, i, open >= 0)
		}
		switch {
		case sh == openQuote && open < 0:
			open, curly, depth = i, t.shape == openQuote, 0
		case sh == openQuote && t.shape == openQuote && curly:
			depth++
		case sh == closeQuote && open >= 0:
			if depth > 0 {
				depth--
			} else if curly == (t.shape == closeQuote) || t.shape == closeQuote || !curly {
				finish(i+1, true)
			}
		}
	}
	if open >= 0 {
		finish(len(toks), false)
	}
	qs = append(qs, singleQuotations(text, toks, qs)...)
	sortQuotations(qs)
	// Chain paragraphs: not closed, and the next paragraph opens again.
	for k := range qs {
		q := &qs[k]
		if !q.closed && k+1 < len(qs) {
			n := &qs[k+1]
			first := n.from == 0 || toks[n.from-1].para != toks[n.from].para
			if first && toks[n.from].para == toks[q.from].para+1 {
				q.next, n.prev = k+1, k
			}
		}
		for i := q.from; i < q.to; i++ {
			toks[i].quote = int32(k)
		}
		q.spoken = spoken(toks, q)
	}
	return qs
}

// side tells what a straight mark does here.
func side(text string, toks []token, i int, inside bool) shape {
	t := &toks[i]
	after := byte(' ')
	if t.end < len(text) {
		after = text[t.end]
	}
	spaceAfter := after <= ' '
	switch {
	case t.spaced && !spaceAfter:
		return openQuote
	case !t.spaced && spaceAfter:
		return closeQuote
	case inside:
		return closeQuote
	}
	return openQuote
}

// singleQuotations finds what stands between single marks outside of double
// ones. An apostrophe is never a closing mark where a later one in the
// paragraph closes better: after a stop or a comma.
func singleQuotations(text string, toks []token, outer []quotation) []quotation {
	inside := make([]bool, len(toks))
	for _, q := range outer {
		for i := q.from; i < q.to; i++ {
			inside[i] = true
		}
	}
	var out []quotation
	for i := 0; i < len(toks); i++ {
		if inside[i] || !singleOpens(text, toks, i) {
			continue
		}
		best := -1
		for j := i + 2; j < len(toks) && j-i < maxQuote/4 && toks[j].para == toks[i].para && !inside[j]; j++ {
			if singleOpens(text, toks, j) {
				break
			}
			if !singleCloses(text, toks, j) {
				continue
			}
			best = j
			if p := toks[j-1].low; p == "," || p == "." || p == "?" || p == "!" {
				break
			}
			if toks[j-1].isWord() && toks[j-1].low[len(toks[j-1].low)-1] != 's' {
				break
			}
		}
		if best > 0 {
			out = append(out, quotation{from: i, to: best + 1, closed: true, next: -1, prev: -1})
			i = best
		} else {
			// No close in reach: what follows in this stretch has none either.
			for i+1 < len(toks) && toks[i+1].para == toks[i].para && !singleOpens(text, toks, i+1) {
				i++
			}
		}
	}
	return out
}

func singleOpens(text string, toks []token, i int) bool {
	t := &toks[i]
	return (t.low == "‘" || t.low == "'") && t.shape == punct && t.spaced && t.end < len(text) && text[t.end] > ' '
}

func singleCloses(text string, toks []token, i int) bool {
	t := &toks[i]
	return (t.low == "’" || t.low == "'") && t.shape == punct && !t.spaced
}

// sortQuotations puts them in text order: insertion sort would be quadratic, a
// merge of two sorted runs is not.
func sortQuotations(qs []quotation) {
	cut := len(qs)
	for k := 1; k < len(qs); k++ {
		if qs[k].from < qs[k-1].from {
			cut = k
			break
		}
	}
	if cut == len(qs) {
		return
	}
	merged := make([]quotation, 0, len(qs))
	a, b := qs[:cut], qs[cut:]
	for len(a) > 0 && len(b) > 0 {
		if a[0].from < b[0].from {
			merged, a = append(merged, a[0]), a[1:]
		} else {
			merged, b = append(merged, b[0]), b[1:]
		}
	}
	merged = append(append(merged, a...), b...)
	copy(qs, merged)
}

// spoken tells speech by its length or by the mark that ends it.
func spoken(toks []token, q *quotation) bool {
	words := 0
	for i := q.from; i < q.to && words < 6; i++ {
		if toks[i].isWord() {
			words++
		}
	}
	if words >= 6 {
		return true
	}
	if q.to-2 > q.from {
		switch toks[q.to-2].low {
		case ",", ".", "?", "!", "...", "…", "-", "--", "—":
			return words >= 1
		}
	}
	return false
}
