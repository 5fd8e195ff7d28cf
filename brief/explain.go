package brief

import (
	"strings"

	"github.com/demarche/demarche/engine"
)

// conceptWords explain a solution concept in half a sentence.
var conceptWords = map[engine.Concept]string{
	engine.Nash: "a player stays where no move of its own makes it better off, whatever the others might answer",
	engine.GMR:  "a player stays where the others could answer every gain of its own with some move that undoes it",
	engine.SMR:  "a player stays where the others could undo every gain of its own and it could not mend that by a further move",
	engine.SEQ:  "a player stays where every gain of its own would be undone by moves that serve those who make them",
	engine.SSEQ: "a player stays where every gain of its own would be undone by moves that serve those who make them, and it could not mend that by a further move",
}

// maxAnswers is how many improvements an explanation tells one by one.
const maxAnswers = 3

// Explain says in words why a state holds for a player, or does not. The
// sentences carry no references: they are what the model says.
func Explain(m *engine.Model, e *engine.Explanation) []Sentence {
	t := &teller{newNames(m.Case), m.Conflict}
	t.allShort()
	out := []Sentence{say("by " + e.Concept.Title() + ", " + conceptWords[e.Concept])}
	for _, s := range t.explain(m, e, maxAnswers) {
		out = append(out, say(s))
	}
	return out
}

// explain gives the sentences about a state and a player, up to a number of
// improvements; those that pay come first, as they decide.
func (t *teller) explain(m *engine.Model, e *engine.Explanation, limit int) []string {
	who, it := t.player(e.Player), t.pronoun(e.Player)
	if len(e.Answers) == 0 {
		if t.isPerson(e.Player) {
			return []string{"No move that " + who + " could make alone leads to anything that " + t.playerAgain(e.Player) + " likes better."}
		}
		return []string{upperFirst(who) + " " + t.verb(e.Player, "have") + " no move of " + t.own(e.Player) + " that would serve " + t.object(e.Player) + " better."}
	}
	var pays, deterred []engine.Answer
	for _, a := range e.Answers {
		if a.Sanction == nil {
			pays = append(pays, a)
		} else {
			deterred = append(deterred, a)
		}
	}
	from := m.States[e.State]
	var out []string
	if len(pays) > 0 {
		s := upperFirst(who) + " would rather " + t.changes(from, m.States[pays[0].To]) + "."
		out = append(out, s)
		switch {
		case e.Concept == engine.Nash:
			out = append(out, "As this looks no further than one move, "+it+" would do so.")
		default:
			out = append(out, "Nothing that the others could do in answer would make that worse for "+t.object(e.Player)+" than staying, so "+it+" would do so.")
		}
		if len(deterred) > 0 {
			out = append(out, "Other moves that "+who+" would like would be answered in a way that undoes the gain.")
		}
		return out
	}
	for n, a := range deterred {
		if n == limit {
			out = append(out, upperFirst(count(len(deterred)-limit, "further move"))+" that "+it+" would like would be answered in the same way: each gain would be undone.")
			break
		}
		if n > 0 {
			who = t.playerAgain(e.Player)
		}
		out = append(out, upperFirst(who)+" would rather "+t.changes(from, m.States[a.To])+".")
		answer := strings.Replace(t.answer(m, a.Sanction), " would ", " would then ", 1)
		s := upperFirst(it) + " " + t.verb(e.Player, "do") + " not, because " + answer + ", which would leave " + t.playerAgain(e.Player) + " no better off"
		if e.Concept == engine.SMR || e.Concept == engine.SSEQ {
			s += ", and " + it + " could not mend that afterwards"
		}
		out = append(out, s+".")
	}
	return out
}

// answer is what others would do, in order: "Congress would bar strikes".
func (t *teller) answer(m *engine.Model, steps []engine.Step) string {
	parts := make([]string, len(steps))
	for n, s := range steps {
		parts[n] = t.player(s.Player) + " would " + t.changes(m.States[s.From], m.States[s.To])
	}
	return strings.Join(parts, " and then ")
}

func (t *teller) verb(i int, v string) string {
	if t.manyOf(i) {
		return v
	}
	return third(v)
}

func (t *teller) own(i int) string {
	if t.manyOf(i) {
		return "their own"
	}
	return "its own"
}

func (t *teller) object(i int) string {
	if t.manyOf(i) {
		return "them"
	}
	if t.isPerson(i) {
		return t.playerAgain(i)
	}
	return "it"
}

func (t *teller) isPerson(i int) bool {
	a := t.c.Actor(t.k.Players[i].ID)
	return a != nil && a.Kind == "person"
}

// PathWords tells a path move by move.
func PathWords(m *engine.Model, steps []engine.Step) []Sentence {
	t := &teller{newNames(m.Case), m.Conflict}
	t.allShort()
	var out []Sentence
	for _, s := range t.path(m, steps) {
		out = append(out, say(s))
	}
	return out
}

func (t *teller) path(m *engine.Model, steps []engine.Step) []string {
	if len(steps) == 0 {
		return []string{"No move is needed: this is where things stand."}
	}
	var out []string
	for n, s := range steps {
		lead := "Then "
		if n == 0 {
			lead = "First "
		}
		if len(steps) == 1 {
			lead = ""
		}
		change := t.changes(m.States[s.From], m.States[s.To])
		does := " would " + change
		out = append(out, upperFirst(lead+t.player(s.Player)+does+"."))
	}
	return out
}
