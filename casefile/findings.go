package casefile

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/demarche/demarche"
)

// maxProblems are reported of one file; more would not be read.
const maxProblems = 50

// findings collects what is wrong and what looks wrong in a file.
type findings struct {
	problems demarche.Problems
	warnings demarche.Problems
}

func (f *findings) bad(at demarche.Pos, hint, format string, args ...any) {
	f.problems = append(f.problems, &demarche.Error{Kind: demarche.BadInput, Op: "casefile.Parse", Msg: fmt.Sprintf(format, args...), Hint: hint, Pos: at})
}

func (f *findings) warn(at demarche.Pos, hint, format string, args ...any) {
	f.warnings = append(f.warnings, &demarche.Error{Kind: demarche.BadInput, Op: "casefile.Parse", Msg: fmt.Sprintf(format, args...), Hint: hint, Pos: at})
}

// inOrder sorts findings by place, drops repeated ones and keeps the first few.
func inOrder(list demarche.Problems) demarche.Problems {
	slices.SortStableFunc(list, func(a, b *demarche.Error) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Col, b.Pos.Col))
	})
	list = slices.CompactFunc(list, func(a, b *demarche.Error) bool { return a.Pos == b.Pos && a.Msg == b.Msg })
	if more := len(list) - maxProblems; more > 0 {
		list = append(list[:maxProblems:maxProblems], &demarche.Error{
			Kind: demarche.BadInput, Op: "casefile.Parse", Msg: fmt.Sprintf("and %d more", more), Pos: demarche.Pos{File: list[0].Pos.File},
		})
	}
	return list
}
