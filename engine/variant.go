package engine

import "github.com/demarche/demarche"

// With compiles the conflict of a case that differs from k's as edit makes it
// differ: what would follow if an assumption, a want or a rule were another. The
// day, what is assumed and the limits stay. Edit gets a case of its own to change
// (see demarche.Case.Clone). The error is that of Compile: an edit may exclude
// every state, say.
func (k *Conflict) With(edit func(*demarche.Case)) (*Conflict, error) {
	c := k.Case.Clone()
	edit(c)
	return Compile(c, k.cfg)
}
