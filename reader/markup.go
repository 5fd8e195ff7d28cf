package reader

import "slices"

// bare takes marks of Markdown, a time between them and a loose comma off the ends of what
// was found: "**13:10** The ministry said".
func (r *reading) bare() {
	for _, f := range r.found {
		f.source = r.unmarked(f.source)
		if len(f.content) > 0 {
			var kept []run
			for _, c := range f.content {
				if c = r.unmarked(c); !c.empty() {
					kept = append(kept, c)
				}
			}
			if len(kept) > 0 {
				f.content = kept
			}
		}
		// The comma of an apposition closes it; any other is none of the name's.
		if n := f.source.to - 1; n > f.source.from && r.toks[n].low == "," && !slices.ContainsFunc(r.toks[f.source.from:n], func(t token) bool { return t.low == "," }) {
			f.source.to--
		}
		f.head.from, f.head.to = max(f.head.from, f.source.from), min(f.head.to, f.source.to)
	}
}

func markup(t *token) bool {
	return len(t.low) == 1 && slices.Contains([]string{"*", "_", ">", "#", "`", "~"}, t.low)
}

// unmarked is p without the marks at its ends.
func (r *reading) unmarked(p run) run {
	marked := false
	for !p.empty() && (markup(&r.toks[p.from]) || marked && r.toks[p.from].shape == number && p.from+1 < p.to && markup(&r.toks[p.from+1])) {
		marked = true
		p.from++
	}
	for !p.empty() && markup(&r.toks[p.to-1]) {
		p.to--
	}
	return p
}
