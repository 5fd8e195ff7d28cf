package demarche

import (
	"slices"
	"strings"
)

// Judgement is an analyst's signed and dated probability of an outcome. It is
// about the world and stands beside what the model says; the two are never
// averaged.
type Judgement struct {
	At         Pos
	By         string   `yaml:"by" case:"required" doc:"The name of the person who judges: the signature."`
	Date       Date     `yaml:"date" case:"required" doc:"When the judgement was made."`
	Outcome    Ref      `yaml:"outcome" case:"required" doc:"The outcome that is judged." ref:"outcome"`
	P          *float64 `yaml:"p" case:"required" doc:"The probability of the outcome, 0 to 1." min:"0" max:"1"`
	Why        string   `yaml:"why" doc:"The reason in a few words."`
	Because    []Ref    `yaml:"because" doc:"Claims it rests on." ref:"claim"`
	Resolved   string   `yaml:"resolved" oneof:"yes no" doc:"Whether the outcome came about, once that is known."`
	ResolvedOn Date     `yaml:"resolved_on" doc:"When that became known; needs resolved."`
}

// ReferenceClass is how often something like an outcome came about before: in K
// of N cases of a class.
type ReferenceClass struct {
	At      Pos
	Outcome Ref    `yaml:"outcome" case:"required" doc:"The outcome that the class speaks to." ref:"outcome"`
	Class   string `yaml:"class" case:"required" doc:"The cases counted, in a few words."`
	N       *int   `yaml:"n" case:"required" doc:"How many cases there are in the class." min:"1"`
	K       *int   `yaml:"k" case:"required" doc:"In how many of them it came about: at most n." min:"0"`
	Source  string `yaml:"source" case:"required" doc:"Who counted them, and where."`
}

// Share is the part of the cases in which it came about, 0 to 1.
func (r ReferenceClass) Share() float64 {
	if r.N == nil || r.K == nil || *r.N == 0 {
		return 0
	}
	return float64(*r.K) / float64(*r.N)
}

// JudgementsOn are the judgements on an outcome, by date, the oldest first;
// those of one day by the name of who judges, then as they stand in the file.
func (c *Case) JudgementsOn(outcome string) []Judgement {
	var out []Judgement
	for _, j := range c.Judgements {
		if j.Outcome.Name == outcome {
			out = append(out, j)
		}
	}
	slices.SortStableFunc(out, func(a, b Judgement) int {
		if d := a.Date.From.Compare(b.Date.From); d != 0 {
			return d
		}
		return strings.Compare(a.By, b.By)
	})
	return out
}

// StandingOn are the judgements on an outcome that stand: of each person the
// latest, the last in the file of those of one day. Their order is that of
// JudgementsOn.
func (c *Case) StandingOn(outcome string) []Judgement {
	all := c.JudgementsOn(outcome)
	var out []Judgement
	for n, j := range all {
		if !slices.ContainsFunc(all[n+1:], func(later Judgement) bool { return later.By == j.By }) {
			out = append(out, j)
		}
	}
	return out
}

// ClassesOn are the reference classes for an outcome, as they stand in the file.
func (c *Case) ClassesOn(outcome string) []ReferenceClass {
	var out []ReferenceClass
	for _, r := range c.ReferenceClasses {
		if r.Outcome.Name == outcome {
			out = append(out, r)
		}
	}
	return out
}
