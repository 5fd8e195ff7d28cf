package brief

import "regexp"

type Finding struct{ Problem, Sentence string }

func (f Finding) Reason() string { return f.Problem }

func Lint(b *Brief, in Input) []Finding { return nil }

var markAt = regexp.MustCompile(`^\[[CM]?[0-9]+(–[CM]?[0-9]+)?(, [CM]?[0-9]+(–[CM]?[0-9]+)?)*\]`)
