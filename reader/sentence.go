package reader

// maxSentence bounds a sentence in tokens: what has no stop for so long is a
// list or not prose, and is cut so that no later step can go quadratic.
const maxSentence = 300

// sentence is a run of tokens, half open.
type sentence struct{ from, to int }

// splitSentences cuts where a stop is followed by what can begin a sentence, and
// at every paragraph. It notes in each token the sentence it is in.
func splitSentences(toks []token, qs []quotation) []sentence {
	var out []sentence
	from := 0
	end := func(to int) {
		if to > from {
			for i := from; i < to; i++ {
				toks[i].sent = int32(len(out))
			}
			out = append(out, sentence{from, to})
			from = to
		}
	}
	for i := 0; i < len(toks); i++ {
		if i > from && toks[i].para != toks[i-1].para {
			end(i)
		}
		if i == from && (i == 0 || toks[i-1].para != toks[i].para) {
			if e := dateline(toks, i); e > i {
				end(e)
				i = e - 1
				continue
			}
		}
		if i-from >= maxSentence {
			end(i)
		}
		stop := stops(toks[i].low)
		if !stop && !(toks[i].isWord() && abbreviationEnds(toks, i)) {
			continue
		}
		j := i + 1
		for j < len(toks) && toks[j].para == toks[i].para && !toks[j].spaced && closer(&toks[j], qs) {
			j++
		}
		if j < len(toks) && toks[j].para == toks[i].para {
			if !toks[j].spaced || !begins(&toks[j]) {
				continue
			}
			if j > i+1 && toks[i].low != "." && speaksAfter(toks, j) {
				continue // “Why?” Smith asked.
			}
		}
		end(j)
		i = j - 1
	}
	end(len(toks))
	return out
}

// dateline is the end of "LISBON, Portugal (Agency) - " at the head of a
// paragraph, or i.
func dateline(toks []token, i int) int {
	if toks[i].shape != capWord || toks[i].end-toks[i].start < 3 {
		return i
	}
	for j := i; j < len(toks) && j < i+14 && toks[j].para == toks[i].para; j++ {
		t := &toks[j]
		switch {
		case (t.low == "-" || t.low == "—" || t.low == "–" || t.low == "--") && j > i:
			return j + 1
		case t.shape == capWord || t.shape == number || t.low == "," || t.low == "(" || t.low == ")" || t.low == "/" || t.low == ".":
			if j == i && !t.upper {
				return i
			}
		default:
			return i
		}
	}
	return i
}

func stops(s string) bool {
	return s == "." || s == "!" || s == "?" || s == "…" || s == "..." || s == "...."
}

func closer(t *token, qs []quotation) bool {
	switch t.low {
	case ")", "]", "'", "’", "!", "?", ".":
		return true
	}
	return t.shape == closeQuote || t.shape == plainQuote
}

func begins(t *token) bool {
	switch {
	case t.shape == capWord, t.shape == number, t.shape == openQuote, t.shape == plainQuote:
		return true
	case t.low == "‘" || t.low == "'" || t.low == "[" || t.low == "(" || t.low == "—" || t.low == "-" || t.low == "•" || t.low == "*" || t.low == "@" || t.low == "#" || t.low == "$":
		return true
	}
	return false
}

// abbreviationEnds tells a stop that is part of an abbreviation and ends the
// sentence as well: "… in the U.S. The …".
func abbreviationEnds(toks []token, i int) bool {
	low := toks[i].low
	if low[len(low)-1] != '.' || i+1 >= len(toks) || toks[i+1].para != toks[i].para {
		return false
	}
	switch low {
	case "u.s.", "u.k.", "u.n.", "e.u.", "a.m.", "p.m.", "d.c.", "inc.", "co.", "corp.", "jr.", "etc.", "ltd.":
	default:
		if len(low) < 4 || low[1] != '.' {
			return false
		}
	}
	n := &toks[i+1]
	if n.shape != capWord {
		return n.shape == openQuote
	}
	w := known().words[n.low]
	return w != nil && w.fixed && w.cat != catAdj && w.cat != catNum
}

// speaksAfter tells whether a verb of speaking follows a name or a pronoun at j.
func speaksAfter(toks []token, j int) bool {
	for k := j; k < len(toks) && k < j+7 && toks[k].para == toks[j].para; k++ {
		if toks[k].shape >= punct {
			return false
		}
		w := known().words[toks[k].low]
		if w != nil && w.cue != nil && w.cue.speech() && w.forms&(pastForm|sForm) != 0 && (k > j || toks[k].shape == lowerWord) && !w.also {
			return true
		}
	}
	return false
}
