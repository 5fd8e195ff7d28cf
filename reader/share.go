package reader

import "slices"

// share settles between candidates what several of them are given, before the less
// worthy go away altogether.
func (r *reading) share(cs []candidate) {
	for i := range cs {
		r.stopAtQuotation(&cs[i])
	}
	for i := range cs {
		leaveToNearer(cs, i)
	}
}

// stopAtQuotation ends content that begins with a quotation where the quotation
// ends, if a sentence without marks comes next: in "It is not true." This shows …
// the second sentence is the reporter's.
func (r *reading) stopAtQuotation(c *candidate) {
	if c.sure {
		return
	}
	for k, p := range c.content {
		q := r.speech(p.from)
		if q == nil || q.from != p.from || !q.closed || q.to >= p.to {
			continue
		}
		if r.toks[q.to].sent != r.toks[q.to-1].sent && r.toks[q.to].quote < 0 {
			c.content[k].to = q.to
		}
	}
}

// leaveToNearer takes from candidate i the further stretches that another one has
// as well whose cue stands between, where that is as likely as not to be right:
// Roe denied the claims, stating: "…".
func leaveToNearer(cs []candidate, i int) {
	c := &cs[i]
	if len(c.content) < 2 {
		return
	}
	nearer := func(p run) bool {
		for o := max(0, i-6); o < min(len(cs), i+7); o++ {
			other := &cs[o]
			between := c.cue.to <= other.cue.from && other.cue.to <= p.from || p.to <= other.cue.from && other.cue.to <= c.cue.from
			if o != i && between && other.confidence >= .5 && inAny(p, other.content) {
				return true
			}
		}
		return false
	}
	if kept := slices.DeleteFunc(slices.Clone(c.content), nearer); len(kept) > 0 {
		c.content = kept
	}
}
