package brief

import (
	"fmt"
	"slices"
	"strings"

	"github.com/demarche/demarche/engine"
)

// standsUp says how the most likely outcome stands up to other assumptions: how
// many were tried one at a time, and which of them change it.
func (c *composer) standsUp() []Sentence {
	r := c.in.Robust
	if r == nil || !c.hasOutlook() {
		return nil
	}
	tried := 0
	for i := range r.Trials {
		if r.Trials[i].Err == "" {
			tried++
		}
	}
	refs := []Ref{
		c.result("robust.tried", "changes of an assumption tried, one at a time", float64(tried), Count),
		c.result("robust.stays", "of them those under which the most likely outcome stays", float64(tried-len(r.Breaks)), Count),
		c.outcomeOrEnd(r.Likeliest),
	}
	var out []Sentence
	for _, s := range split(c.t.verdict(r)) {
		out = append(out, say(s.Text, append(refs, c.fact("robust.verdict", "how the most likely outcome stands up to other assumptions: "+c.t.end(r.Likeliest)))...))
	}
	for n, b := range c.t.breaks(r) {
		const most = 5
		list := b.If
		more := ""
		if len(list) > most+1 {
			more = "; and under " + count(len(list)-most, "further change")
			list = list[:most]
		}
		told := strings.Join(list, "; ")
		if n := len(list); n > 1 && more == "" {
			told = strings.Join(list[:n-1], "; ") + "; or " + list[n-1]
		}
		text := "it becomes " + b.Becomes + " " + told + more
		out = append(out, say(text, c.fact(fmt.Sprintf("robust.becomes.%d", n+1), text),
			c.result(fmt.Sprintf("robust.more.%d", n+1), "further changes under which it becomes that", float64(len(b.If)-len(list)), Count)))
	}
	if s := UntriedWords(r); s != "" {
		out = append(out, say(s, c.fact("robust.untried", s)))
	}
	return out
}

// outcomeOrEnd is the reference to the share of what can come of the crisis.
func (c *composer) outcomeOrEnd(place int) Ref {
	switch place - len(c.in.Conflict.Outcomes) {
	case 0:
		return c.unnamedRef()
	case 1:
		return c.noSettlementRef()
	}
	return c.outcomeRef(place)
}

// wrong says what becomes of the most likely outcome if assumptions of one sort
// are wrong, those that is tells: the key assumptions check in one sentence.
func (c *composer) wrong(name string, is func(*engine.Trial) bool) []Sentence {
	r := c.in.Robust
	if r == nil || !c.hasOutlook() {
		return nil
	}
	tried, changes := 0, 0
	most := -1
	for n := range r.Trials {
		t := &r.Trials[n]
		if t.Err != "" || !is(t) {
			continue
		}
		tried++
		if t.Changes {
			changes++
			if most < 0 || t.Moved > r.Trials[most].Moved {
				most = n
			}
		}
	}
	if tried == 0 {
		return nil
	}
	ref := c.result("robust."+name+".tried", "changes of this kind tried, one at a time", float64(tried), Count)
	if changes == 0 {
		what := "the one change of this kind that was tried leaves"
		if tried > 1 {
			what = "each of the " + number(tried) + " changes of this kind that were tried, one at a time, leaves"
		}
		return []Sentence{say("if that is wrong: "+what+" the most frequent outcome as it is", ref)}
	}
	changed := c.result("robust."+name+".changes", "of them those that change the most likely outcome", float64(changes), Count)
	t := &r.Trials[most]
	text := c.t.assumption(t.Assumption) + ", the most frequent outcome would be " + c.t.end(t.Likeliest)
	fact := c.fact("robust."+name+".worst", text)
	if tried == 1 {
		return []Sentence{say("if that is wrong, the most frequent outcome is another: "+text, ref, changed, fact)}
	}
	return []Sentence{say(fmt.Sprintf("if that is wrong: of %s tried, one at a time, %s the most frequent outcome; %s", count(tried, "change")+" of this kind", changeWord(changes), text), ref, changed, fact)}
}

// ofKind tells the trials of a kind.
func ofKind(kind engine.AssumptionKind) func(*engine.Trial) bool {
	return func(t *engine.Trial) bool { return t.Kind == kind }
}

// uncited tells the trials that touch a want of one of the players for which the
// case cites no claim.
func (c *composer) uncited(players []int) func(*engine.Trial) bool {
	return func(t *engine.Trial) bool {
		if !slices.Contains(players, t.Player) || t.Kind != engine.AssumeDropped && t.Kind != engine.AssumeSwapped {
			return false
		}
		wants := c.in.Case.Conflict.Players[t.Player].Prefers
		return len(wants[t.At].Because) == 0 || t.Kind == engine.AssumeSwapped && len(wants[t.At+1].Because) == 0
	}
}

func changeWord(n int) string {
	if n == 1 {
		return "one changes"
	}
	return number(n) + " change"
}
