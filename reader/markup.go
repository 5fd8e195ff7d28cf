package reader

import "slices"

// bare takes marks of Markdown, and a time between them, off the ends of what was found:
// "**13:10** The ministry said".
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
