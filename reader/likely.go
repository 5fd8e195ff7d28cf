package reader

import (
	"cmp"
	"slices"
)

// likely is a span with the chance that it is one: with these very ends.
type likely struct {
	run
	begin  label // what it begins with, which tells its role
	chance float64
}

// spans appends the spans of the role that begins with the label begin, as far as
// their chance is least or more. A path with the highest chance often goes through
// none of the likeliest spans, where several that overlap share the chance among
// them; and one that asks for the best spans must know these.
func (l *lattice) spans(begin label, least float64, out []likely) []likely {
	role := (begin - 1) / 2
	for i := range l.marginal {
		on := l.marginal[i][begin] // the chance that a span from i comes as far as j
		for j := i; j < len(l.marginal) && on >= least; j++ {
			stay := l.stay[j][role][boolInt(j > i)]
			if here := float64(on * (1 - stay)); here >= least {
				out = append(out, likely{run{i, j + 1}, begin, here})
			}
			on = float64(on * stay)
		}
	}
	return out
}

// byChance puts the likeliest first, and of equals the first in the list.
func byChance(spans []likely) {
	slices.SortStableFunc(spans, func(a, b likely) int { return cmp.Compare(b.chance, a.chance) })
}

// disjoint takes, from the likeliest down, the spans that share no token with one
// already taken, and puts them in text order. It uses the memory of spans.
func disjoint(spans []likely) []likely {
	byChance(spans)
	end := 0
	for _, p := range spans {
		end = max(end, p.to)
	}
	taken := make([]bool, end)
	out := spans[:0]
	for _, p := range spans {
		if slices.Contains(taken[p.from:p.to], true) {
			continue
		}
		for i := p.from; i < p.to; i++ {
			taken[i] = true
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b likely) int { return cmp.Compare(a.from, b.from) })
	return out
}
