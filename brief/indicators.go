package brief

import (
	"fmt"
	"strings"

	"github.com/demarche/demarche/engine"
)

// indicators says what to watch for: the signs that the case names, what would
// show that an outcome has come about, and which moves would change the outlook
// by the model.
func (c *composer) indicators() {
	if c.in.Case.Conflict == nil || c.t == nil {
		return
	}
	signs := c.signs()
	resolved := c.resolutions()
	moves := c.tellingMoves()
	var notes []Sentence
	e := c.entry("case", "case", c.in.Case.Title)
	if len(resolved.Rows) > 0 {
		notes = append(notes, say("the dates are the analyst’s horizon", e))
	}
	if len(signs.Rows) == 0 && len(resolved.Rows)+len(moves.Rows) > 0 {
		notes = append(notes, say("the case names nobody to watch for these signs", e))
	}
	c.section("indicators", "Indicators", signs, resolved, moves, Block{Kind: Paragraph, Sentences: notes})
}

// signs are the indicators that the case names.
func (c *composer) signs() Block {
	bl := Block{Kind: Table, Title: "Signs to watch for", Head: []string{"Sign", "Counts from", "Until", "Who watches", "Points to"}}
	or := func(s, none string) string {
		if s = strings.TrimSpace(s); s == "" {
			return none
		}
		return upperFirst(bare(s))
	}
	for n, x := range c.in.Case.Indicators {
		points := "–"
		for i, o := range c.in.Conflict.Outcomes {
			if o.ID == x.PointsTo.Name {
				points = upperFirst(c.t.outcome(i))
			}
		}
		e := c.entry("indicator", fmt.Sprint(n+1), strings.Join([]string{bare(x.Says), or(x.Threshold, "no threshold"), or(x.By.Words(), "no date"), or(x.WatchedBy, "nobody named"), points}, "; "))
		bl.Rows = append(bl.Rows, []Sentence{
			cell(upperFirst(c.names.inside(bare(x.Says))), append(c.because(x.Because), e)...), cell(or(x.Threshold, "No threshold")), cell(or(x.By.Words(), "No date")),
			cell(or(x.WatchedBy, "Nobody named")), cell(points),
		})
	}
	return bl
}

// resolutions are what would show that an outcome has come about.
func (c *composer) resolutions() Block {
	bl := Block{Kind: Table, Title: "What would show that an outcome has come about", Head: []string{"Outcome", "What would have to be seen", "By"}}
	for i, o := range c.in.Case.Conflict.Outcomes {
		if o.Resolves == "" || i >= len(c.in.Conflict.Outcomes) {
			continue
		}
		by := o.By.Words()
		if by == "" {
			by = "no date"
		}
		e := c.entry("outcome", o.ID, bare(o.Resolves)+"; "+by)
		bl.Rows = append(bl.Rows, []Sentence{cell(upperFirst(c.t.outcome(i))), cell(bare(o.Resolves)), cell(by, e)})
	}
	return bl
}

// tellingMoves are single moves from today after which the model would lead
// elsewhere, as things most likely stand and without an agreement: the first
// sign of another course. A move is one option taken or given up by a player.
func (c *composer) tellingMoves() Block {
	bl := Block{Kind: Table, Title: "Moves that would change the outlook, without an agreement", Head: []string{"If this is seen", "The model leads to", "Instead of"}}
	if c.m == nil || c.start < 0 || c.in.Case.Conflict.Graph != nil || len(c.in.Conflict.Outcomes) == 0 {
		return bl
	}
	now, err := c.foresight.Evolve(c.ctx, c.start)
	if err != nil {
		return bl
	}
	today, todayP := c.leadsTo(now)
	from := c.m.States[c.start]
	for i, p := range c.in.Conflict.Players {
		for k, o := range c.in.Conflict.Options {
			if p.Own>>k&1 == 0 || from>>k&1 == 1 && c.in.Case.Conflict.Players[i].Options[k-c.firstOption(i)].Once {
				continue
			}
			to, ok := c.m.Find(from ^ 1<<k)
			if !ok || c.m.States[to] != from^1<<k || !c.m.CanMove(i, c.start, to) {
				continue
			}
			e, err := c.foresight.Evolve(c.ctx, to)
			if err != nil {
				return bl
			}
			there, p := c.leadsTo(e)
			if there == today {
				continue
			}
			words := present(base(o.Says), c.t.manyOf(i))
			if from>>k&1 == 1 {
				words = "no longer " + words
			}
			words = c.t.playerAgain(i) + " " + words
			bl.Rows = append(bl.Rows, []Sentence{
				cell(upperFirst(words), c.entry("option", o.ID, words)),
				cell(upperFirst(c.outcomeOrNone(there))+" ("+inRuns(p)+")", c.result("after."+o.ID, "share that ends in "+c.outcomeOrNone(there)+" after this move, as things most likely stand and without an agreement: "+words, p, Probability)),
				cell(upperFirst(c.outcomeOrNone(today))+" ("+inRuns(todayP)+")", c.result("after.nothing", "share that ends in "+c.outcomeOrNone(today)+" from today, as things most likely stand and without an agreement", todayP, Probability)),
			})
		}
	}
	return bl
}

// inRuns is a share of runs in a few words.
func inRuns(p float64) string {
	if tidy(p) == 1 {
		return "always"
	}
	return share(p)
}

func (c *composer) firstOption(player int) int {
	n := 0
	for i := range player {
		n += len(c.in.Case.Conflict.Players[i].Options)
	}
	return n
}

// leadsTo is the outcome in which an evolution most often ends, -1 for none that
// is named, -2 for no settlement.
func (c *composer) leadsTo(e *engine.Evolution) (outcome int, p float64) {
	by := make([]float64, len(c.in.Conflict.Outcomes)+1)
	for _, s := range e.States {
		if share, ends := e.End[s]; ends {
			at := c.m.OutcomeOf(s)
			if at < 0 {
				at = len(by) - 1
			}
			by[at] += share
		}
	}
	best := -2
	p = e.NoSettlement
	for i, q := range by {
		if tidy(q) > tidy(p) {
			best, p = i, q
		}
	}
	if best == len(by)-1 {
		best = -1
	}
	return best, p
}

func (c *composer) outcomeOrNone(i int) string {
	switch i {
	case -1:
		return "an end without a name"
	case -2:
		return unsettled
	}
	return c.t.outcome(i)
}
