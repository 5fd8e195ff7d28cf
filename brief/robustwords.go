package brief

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/demarche/demarche/engine"
)

// AssumptionWords tells a changed assumption as the end of a sentence: "if talks
// could not conclude in time", "without the rule that nobody takes over first".
func AssumptionWords(k *engine.Conflict, a engine.Assumption) string {
	return shortTeller(k).assumption(a)
}

// EndWords names what can come of a conflict, by its place in
// engine.Robustness.Base: an outcome, an end that no outcome names, or no
// settlement.
func EndWords(k *engine.Conflict, place int) string { return shortTeller(k).end(place) }

// ExtremeWords tells what gives one end of a range, as the end of a sentence; ""
// for the outlook as it stands.
func ExtremeWords(k *engine.Conflict, r *engine.Robustness, e engine.Extreme) string {
	return shortTeller(k).extreme(r, e)
}

// NoOutcomes says what a case without outcomes cannot be asked.
const NoOutcomes = "The case names no outcomes, and without them it cannot be told what an assumption or an answer would change."

// RobustVerdict says in a sentence or two whether the most likely outcome stays.
func RobustVerdict(k *engine.Conflict, r *engine.Robustness) string {
	return shortTeller(k).verdict(r)
}

// Break is what becomes the most likely outcome, and under which changes, those
// that move the outlook most first.
type Break struct {
	Becomes string
	If      []string
}

// Breaks are the changes under which the most likely outcome is another, by what
// it becomes.
func Breaks(k *engine.Conflict, r *engine.Robustness) []Break { return shortTeller(k).breaks(r) }

// UntriedWords says what there was no time to try, in a sentence; "" if all was
// tried.
func UntriedWords(r *engine.Robustness) string {
	if len(r.Untried) == 0 {
		return ""
	}
	n := map[engine.AssumptionKind]int{}
	for _, a := range r.Untried {
		n[a.Kind]++
	}
	var parts []string
	for _, kind := range engine.AssumptionKinds() {
		if n[kind] > 0 {
			noun := kindWords[kind][0]
			if n[kind] > 1 {
				noun = kindWords[kind][1]
			}
			parts = append(parts, number(n[kind])+" "+noun)
		}
	}
	return "Within " + spell(r.Budget) + " there was no time to try " + count(len(r.Untried), "further change") + ": " + list(parts) + "."
}

// kindWords name the changes of each kind: one, several.
var kindWords = map[engine.AssumptionKind][2]string{
	engine.AssumeTalks:      {"other chance of talks", "other chances of talks"},
	engine.AssumeBelief:     {"other belief of a player", "other beliefs of players"},
	engine.AssumeDropped:    {"want left out", "wants left out"},
	engine.AssumeSwapped:    {"pair of wants in the other order", "pairs of wants in the other order"},
	engine.AssumeRule:       {"rule left out", "rules left out"},
	engine.AssumeBinding:    {"law taken as not binding", "laws taken as not binding"},
	engine.AssumeForesight:  {"other way of looking ahead", "other ways of looking ahead"},
	engine.AssumeInitiative: {"other readiness to move", "other degrees of readiness to move"},
}

// spell is a length of time in words: "30 seconds", "2 minutes".
func spell(d time.Duration) string {
	unit, n := "second", d.Seconds()
	switch {
	case d >= time.Hour && d%time.Hour == 0:
		unit, n = "hour", d.Hours()
	case d >= time.Minute && d%time.Minute == 0:
		unit, n = "minute", d.Minutes()
	case d < time.Second:
		return "less than a second"
	}
	if n == 1 {
		return "one " + unit
	}
	return decimal(math.Round(n*10)/10) + " " + unit + "s"
}

// RangeWords is a range of shares for people, rounded to five points: "15 to
// 45 %".
func RangeWords(low, high float64) string {
	a, b := share(low), share(high)
	if a == b {
		return a
	}
	x, okA := strings.CutPrefix(a, "about ")
	y, okB := strings.CutPrefix(b, "about ")
	if okA && okB {
		return strings.TrimSuffix(x, " %") + " to " + y
	}
	return a + " to " + b
}

func shortTeller(k *engine.Conflict) *teller {
	t := &teller{newNames(k.Case), k}
	t.allShort()
	return t
}

func (t *teller) end(place int) string {
	switch n := len(t.k.Outcomes); {
	case place < n:
		return t.outcome(place)
	case place == n:
		return "an end that no outcome names"
	}
	return "no settlement"
}

// foresightWords tell how a player looks ahead, as what it did.
var foresightWords = map[engine.Concept]string{
	engine.Nash: "looked only one move ahead, whatever the others might answer",
	engine.GMR:  "reckoned with every answer that the others could give, even one that would hurt them",
	engine.SMR:  "reckoned with every answer that the others could give, even one that would hurt them, and with one more move after that",
	engine.SEQ:  "reckoned only with answers that serve those who give them",
	engine.SSEQ: "reckoned only with answers that serve those who give them, and with one more move after that",
}

func (t *teller) assumption(a engine.Assumption) string {
	who := ""
	if a.Player >= 0 {
		who = t.playerAgain(a.Player)
	}
	want := func(j int) string { return t.want(&t.c.Conflict.Players[a.Player].Prefers[j]) }
	percent := func(p float64) string { return decimal(math.Round(p*1000)/10) + " %" }
	switch a.Kind {
	case engine.AssumeTalks:
		switch a.To {
		case 0:
			return "if talks could not conclude in time"
		case 1:
			return "if talks were certain to conclude in time"
		}
		return "if the probability that talks conclude in time were " + percent(a.To) + " instead of " + percent(a.From)
	case engine.AssumeBelief:
		return "if " + who + " put the probability that " + t.matter(t.k.Atoms[a.At].ID, t.k.Atoms[a.At].Says) + " at " + percent(a.To) + " instead of " + percent(a.From)
	case engine.AssumeDropped:
		return "if it did not matter to " + who + " " + want(a.At)
	case engine.AssumeSwapped:
		return "if it mattered more to " + who + " " + want(a.At+1) + " than " + want(a.At)
	case engine.AssumeRule:
		return "without the rule that " + t.rule(&t.c.Conflict.Rules[a.At])
	case engine.AssumeBinding:
		return "if nobody were bound by this: " + t.inside(t.k.Atoms[a.At].Says)
	case engine.AssumeForesight:
		return "if " + who + " " + foresightWords[a.Now]
	case engine.AssumeInitiative:
		if a.To < a.From {
			return "if " + who + " were half as quick to move"
		}
		return "if " + who + " were twice as quick to move"
	}
	return "if something else were assumed"
}

func (t *teller) extreme(r *engine.Robustness, e engine.Extreme) string {
	switch {
	case e.Trial >= 0:
		return t.assumption(r.Trials[e.Trial].Assumption)
	case e.Matter < 0:
		return ""
	}
	m := &r.Matters[e.Matter]
	if e.Yes {
		return "if it turned out that " + t.matter(m.ID, m.Says)
	}
	return "if it turned out to be wrong that " + t.matter(m.ID, m.Says)
}

func (t *teller) verdict(r *engine.Robustness) string {
	if len(t.k.Outcomes) == 0 {
		return NoOutcomes
	}
	tried := 0
	for i := range r.Trials {
		if r.Trials[i].Err == "" {
			tried++
		}
	}
	if tried == 0 {
		return "No change was tried, so it is not known how well this stands up."
	}
	// What is said to stay, and not to.
	lead := "The most likely outcome is "
	stay := "it stays " + t.end(r.Likeliest)
	not := "it does not stay " + t.end(r.Likeliest)
	if n := len(r.First); n > 1 {
		var ends []string
		for _, place := range r.First {
			ends = append(ends, t.end(place))
		}
		alone := 0 // trials in which only some of them are still first
		for i := range r.Trials {
			if x := &r.Trials[i]; x.Err == "" && !x.Changes && slices.ContainsFunc(r.First, func(p int) bool { return x.Outcomes[p] < slices.Max(x.Outcomes)-engine.TieWithin }) {
				alone++
			}
		}
		lead = upperFirst(number(n)) + " outcomes share first place: " + list(ends)
		if alone > 0 {
			lead += "; under " + number(alone) + " of the " + number(tried) + " changes tried they no longer share it"
		}
		lead += ". That one of them is most likely is "
		stay, not = "one of them stays most likely", "none of them stays most likely"
		if n == 2 {
			not = "neither of them stays most likely"
		}
	}
	switch stays := tried - len(r.Breaks); {
	case r.Robust && tried == 1:
		return lead + "robust: " + stay + " under the one change tried."
	case r.Robust:
		return lead + "robust: " + stay + " under each of the " + number(tried) + " changes tried."
	case tried == 1:
		return lead + "fragile: " + not + " under the one change tried."
	case stays == 0:
		return lead + "fragile: " + not + " under any of the " + count(tried, "change") + " tried."
	case len(r.Breaks) == 1:
		return lead + fmt.Sprintf("fragile: %s under %s of the %s changes tried, but not under the other.", stay, number(stays), number(tried))
	default:
		return lead + fmt.Sprintf("fragile: %s under %s of the %s changes tried, not under the others.", stay, number(stays), number(tried))
	}
}

func (t *teller) breaks(r *engine.Robustness) []Break {
	var out []Break
	place := map[int]int{} // in out, by what it becomes
	for _, n := range r.Breaks {
		trial := &r.Trials[n]
		at, met := place[trial.Likeliest]
		if !met {
			at = len(out)
			place[trial.Likeliest] = at
			out = append(out, Break{Becomes: t.end(trial.Likeliest)})
		}
		out[at].If = append(out[at].If, t.assumption(trial.Assumption))
	}
	return out
}
