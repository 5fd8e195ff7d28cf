package brief

import (
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// ChangeWords says what the change at place n of a plan would be, as a sentence
// without a full stop.
func ChangeWords(k *engine.Conflict, plan []engine.Change, n int) string {
	t := &teller{newNames(k.Case), k}
	t.allShort()
	ch := plan[n]
	who := t.player(ch.Player)
	if ch.Kind == engine.PullLever {
		l := &k.Case.Conflict.Levers[ch.Lever]
		wish := demarche.Statement{Want: l.Prefer.Want}
		effect := who + " would then want " + t.want(&wish)
		if l.Says == "" {
			return upperFirst(effect)
		}
		by := "somebody"
		if l.By.Name != "" {
			by = t.actor(l.By.Name)
		}
		return upperFirst(by) + " would " + base(l.Says) + "; " + effect
	}
	// The list as the changes before this one in the plan left it.
	c := k.Case.Clone()
	p := &c.Conflict.Players[ch.Player]
	for _, before := range plan[:n] {
		if before.Player != ch.Player {
			continue
		}
		switch before.Kind {
		case engine.MoveStatement:
			p.MoveStatement(before.From, before.To)
		case engine.DropStatement:
			p.DropStatement(before.From)
		}
	}
	wish := func(at int) string { return "the wish " + t.want(&p.Prefers[at]) }
	s := upperFirst(who) + " would "
	switch ch.Kind {
	case engine.MoveStatement:
		if ch.To > ch.From {
			if ch.To-ch.From == 1 {
				return s + "put " + wish(ch.From) + " after " + wish(ch.To)
			}
			return s + fmt.Sprintf("put %s in place %d instead of %d in the order of what matters to %s", wish(ch.From), ch.To+1, ch.From+1, t.object(ch.Player))
		}
		switch ch.From - ch.To {
		case 1:
			return s + "put " + wish(ch.From) + " before " + wish(ch.To)
		case 2:
			return s + "put " + wish(ch.From) + " before " + wish(ch.To) + ", and before " + wish(ch.To+1)
		}
		return s + fmt.Sprintf("put %s in place %d instead of %d in the order of what matters to %s", wish(ch.From), ch.To+1, ch.From+1, t.object(ch.Player))
	case engine.DropStatement:
		return s + "give up " + wish(ch.From)
	}
	return s + "not insist on " + wish(ch.From) + " where " + t.atom(k.Options[ch.Option].ID, false)
}

// maxClauses is how many conditions on one player are told one by one where some
// are not met, and maxMet how many where all are.
const (
	maxClauses = 4
	maxMet     = 2
)

// DemandWords says what one player would have to prefer for a state to be stable
// for it, and whether it does.
func DemandWords(m *engine.Model, s int, d engine.Demand) []Sentence {
	t := &teller{newNames(m.Case), m.Conflict}
	t.allShort()
	who, it := t.player(d.Player), t.pronoun(d.Player)
	if len(d.Clauses) == 0 {
		return []Sentence{say("for " + who + " it holds whatever " + it + " " + t.verb(d.Player, "prefer"))}
	}
	verdict := "does not hold"
	if d.Holds {
		verdict = "holds"
	}
	out := []Sentence{say("for " + who + " it " + verdict + " by " + d.Concept.Title() + ", on these conditions")}
	// What is not met comes first: it decides.
	clauses := slices.Clone(d.Clauses)
	slices.SortStableFunc(clauses, func(a, b engine.Clause) int {
		switch {
		case a.Holds == b.Holds:
			return 0
		case b.Holds:
			return -1
		}
		return 1
	})
	most := maxClauses
	if d.Holds {
		most = maxMet
	}
	for n, cl := range clauses {
		if n == most {
			out = append(out, say(count(len(clauses)-n, "further condition")+" of the same kind"))
			break
		}
		met := "not met"
		if cl.Holds {
			met = "met"
		}
		words := who + " must like it at least as much as where " + it + " would " + t.changes(m.States[s], m.States[cl.Any[0][0]])
		switch answers := cl.Any[1:]; {
		case len(answers) == 1 && len(answers[0]) == 1:
			words += ", or at least as much as the state to which others could then lead: " + t.state(m.States[answers[0][0]])
		case len(answers) > 0 && len(answers[0]) > 1:
			words += ", or at least as much as one of " + count(len(answers), "state") + " to which others could then lead, with all that " + who + " could make of it"
		case len(answers) > 0:
			words += ", or at least as much as one of the " + count(len(answers), "state") + " to which others could then lead"
		}
		out = append(out, say(words+" ("+met+")"))
	}
	out = append(out, say(rankingsWords(d)))
	switch {
	case d.Rise > 0:
		out = append(out, say("in the ranking as it is, the state would have to rise by "+count(d.Rise, "place")))
	case d.Fall == 1:
		out = append(out, say("one place lower in the ranking as it is, the state would no longer hold for "+who))
	case d.Fall > 1:
		out = append(out, say("in the ranking as it is, the state could fall by "+count(d.Fall-1, "place")+" and still hold for "+who))
	}
	return out
}

// rankingsWords says how many rankings meet a demand.
func rankingsWords(d engine.Demand) string {
	switch {
	case d.Rankings == nil:
		return shareWithin(d.Share, d.Error) + " of all rankings of the states without ties meet them, by a sample"
	case d.Of.Cmp(big.NewInt(1_000_000)) < 0:
		return fmt.Sprintf("of the %s rankings of the states without ties, %s meet them", number(int(d.Of.Int64())), number(int(d.Rankings.Int64())))
	}
	return share(d.Share) + " of all rankings of the states without ties meet them"
}

// shareWithin is a share with what it may be off by.
func shareWithin(p, e float64) string {
	if p < e {
		return fmt.Sprintf("under %.0f %%", math.Ceil((p+e)*100))
	}
	return share(p)
}

// JointWords says how rare it is that a state holds, and how near it is to that.
func JointWords(m *engine.Model, inv *engine.Inverse) []Sentence {
	s := "if every player’s ranking were drawn by lot, it would hold in " + shareWithin(inv.Share, inv.Error) + " of all cases"
	if inv.Error > 0 {
		s += ", by a sample"
	}
	out := []Sentence{say(s)}
	if inv.Nearest != nil && inv.Nearest.Swaps > 0 {
		t := &teller{newNames(m.Case), m.Conflict}
		t.allShort()
		var who []string
		for i, rank := range inv.Nearest.Rank {
			if !slices.Equal(rank, m.Rank[i]) {
				who = append(who, t.player(i))
			}
		}
		out = append(out, say("the least change that makes it hold is "+count(inv.Nearest.Swaps, "swap")+" of neighbours in the rankings of the states, in what "+list(who)+" would prefer"))
	}
	return out
}

// MarginWords says how far preferences can be off before a state holds no more.
func MarginWords(m *engine.Model, g *engine.Margin) []Sentence {
	t := &teller{newNames(m.Case), m.Conflict}
	t.allShort()
	var out []Sentence
	for _, part := range []struct {
		b    engine.Breaking
		what string
	}{{g.Rankings, "swap of neighbours in the rankings of the states"}, {g.Statements, "swap of neighbours in the lists of what players want"}} {
		b := part.b
		swaps := func(n int) string {
			if n == 1 {
				return "one " + part.what
			}
			return number(n) + " swaps" + part.what[len("swap"):]
		}
		switch {
		case b.Never:
			out = append(out, say("no change of the rankings would undo it: it holds whatever the players prefer"))
		case b.Swaps < 0 && b.UpTo == 0:
		case b.Swaps < 0:
			out = append(out, say(swaps(b.UpTo)+", or fewer, do not undo it; more were not tried"))
		default:
			s := swaps(b.Swaps) + " can undo it, in what " + t.group(b.Players) + " " + t.verbOf(b.Players, "prefer")
			if !slices.Contains(b.Players, b.Loses) {
				s += "; it would then no longer hold for " + t.player(b.Loses)
			}
			switch {
			case b.UpTo+1 == b.Swaps && b.Swaps > 1:
				s += "; fewer cannot"
			case b.UpTo+1 < b.Swaps:
				s += "; whether fewer can was tried up to " + number(b.UpTo)
			}
			out = append(out, say(s))
		}
	}
	return out
}

// verbOf is the verb for one player or several.
func (t *teller) verbOf(players []int, v string) string {
	if len(players) == 1 {
		return t.verb(players[0], v)
	}
	return v
}
