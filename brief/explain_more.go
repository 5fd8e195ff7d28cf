package brief

import (
	"slices"
	"strings"

	"github.com/demarche/demarche/engine"
)

// ExplainReason says in words why a state holds for a player under any concept,
// or does not.
func ExplainReason(m *engine.Model, e *engine.Reason) []Sentence {
	t := &teller{newNames(m.Case), m.Conflict}
	t.allShort()
	var out []Sentence
	for _, s := range t.reason(m, e) {
		out = append(out, say(s))
	}
	return out
}

func (t *teller) reason(m *engine.Model, e *engine.Reason) []string {
	who := t.player(e.Player)
	var out []string
	if e.Under != e.Concept {
		out = append(out, "by "+e.Concept.Title()+", "+who+" "+t.verb(e.Player, "count")+" here by "+e.Under.Title())
	}
	if len(e.Replies) == 0 {
		out = append(out, "nothing that "+who+" could do, alone or with others where the concept allows it, counts as a gain here")
	}
	pays := slices.DeleteFunc(slices.Clone(e.Replies), func(r engine.Reply) bool { return r.Sanctioned })
	told := pays[:min(len(pays), 1)]
	if len(pays) == 0 {
		told = e.Replies[:min(len(e.Replies), maxAnswers)]
	}
	for _, r := range told {
		out = append(out, t.reply(m, e, r)...)
	}
	switch rest := len(e.Replies) + e.More - len(told); {
	case rest > 0 && len(pays) == 0:
		out = append(out, count(rest, "further way")+" of leaving would be answered in the same manner")
	case len(pays) > 1:
		out = append(out, count(len(pays)-1+e.More, "further way")+" of leaving would pay as well")
	}
	if e.Truth != nil && e.Truth.Stable != e.Stable {
		out = append(out, t.mistake(e))
	}
	return out
}

// reply tells one way of leaving and what becomes of it.
func (t *teller) reply(m *engine.Model, e *engine.Reason, r engine.Reply) []string {
	who := t.group(r.By)
	at := m.States[e.State]
	var out []string
	if len(r.By) == 1 {
		out = append(out, who+" could "+t.changes(at, m.States[r.To]))
	} else {
		out = append(out, who+" could leave together: "+t.answer(m, r.Way))
	}
	last := len(out) - 1
	switch {
	case r.Ends != nil && len(r.Foreseen) == 0:
		out[last] += ", and nobody would move on from there"
	case r.Ends != nil:
		out[last] += "; then " + t.answer(m, r.Foreseen)
		if len(r.Ends) > 1 {
			out[last] += ", or others would move on in another way"
		}
	}
	switch {
	case !r.Sanctioned && len(r.Foreseen) == 0 && e.Under.Base() == engine.Nash:
		return append(out, "that would pay, as far as this concept looks")
	case !r.Sanctioned && r.Ends != nil:
		return append(out, "that would still be better than staying")
	case !r.Sanctioned:
		return append(out, "nothing that the others could do in answer would undo that")
	case r.Ends != nil:
		return append(out, "that would be no better than staying")
	}
	answer := "in answer "
	if len(r.Together) > 0 {
		answer = "at the same time " + t.answer(m, r.Together)
	} else {
		var parts []string
		for _, p := range r.Sanction {
			parts = append(parts, t.answer(m, p.Way))
		}
		answer += strings.Join(parts, ", and then ")
	}
	answer += ", and that undoes the gain"
	if len(r.By) > 1 {
		answer += " for " + t.group(r.Lose)
		if len(r.Gain) > 0 {
			answer += ", though not for " + t.group(r.Gain)
		}
	}
	if base := e.Under.Base(); base == engine.SMR || base == engine.SSEQ {
		answer += "; no further move would mend it"
	}
	return append(out, answer)
}

// mistake tells that a player would judge otherwise if it read the others right.
func (t *teller) mistake(e *engine.Reason) string {
	who := t.player(e.Player)
	s := "this rests on how " + who + " " + t.verb(e.Player, "see") + " things: in truth the state "
	if e.Truth.Stable {
		s += "would hold for " + t.playerAgain(e.Player)
	} else {
		s += "would not hold for " + t.playerAgain(e.Player)
	}
	if len(e.Misread) > 0 {
		s += ", which " + t.verb(e.Player, "misread") + " " + t.group(e.Misread)
	}
	return s
}

// group names players.
func (t *teller) group(players []int) string {
	var names []string
	for _, i := range players {
		names = append(names, t.player(i))
	}
	return list(names)
}
