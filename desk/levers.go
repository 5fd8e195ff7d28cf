package desk

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/engine"
)

// LeversQuestion is what demarche levers asks.
type LeversQuestion struct {
	// Outcome is the id of the outcome wanted, or State names the state wanted.
	Outcome, State string
	// Concept is one of the main concepts for all players; empty for each player's
	// own foresight.
	Concept string
	// Config is the rest: sizes, worlds, progress. Its target and concepts are set
	// from the above.
	Config engine.LeversConfig
	// States is how many target states are turned round and tested, 0 for
	// DefaultLeverStates.
	States int
}

// DefaultLeverStates is how many target states are looked at one by one.
const DefaultLeverStates = 1

// LeversAnswer is what it answers.
type LeversAnswer struct {
	*engine.Levers
	// Details are the target states looked at one by one: those that hold first, then
	// those nearest to holding.
	Details []LeverState
	// Left is how many target states are not among them.
	Left int
}

// LeverState is one target state: what players would have to prefer for it to
// hold, and if it holds, how far their preferences can be off.
type LeverState struct {
	Inverse *engine.Inverse
	Margin  *engine.Margin // nil where the state does not hold
	// Rise is the sum over players of how far the state would have to rise in their
	// own rankings.
	Rise int
}

// Levers looks for what would make an outcome or a state hold.
func (c *Crisis) Levers(ctx context.Context, q LeversQuestion) (*LeversAnswer, error) {
	if c.Conflict == nil {
		return nil, c.noConflict()
	}
	cfg := q.Config
	cfg.Outcome = -1
	switch {
	case q.Outcome != "" && q.State != "":
		return nil, &demarche.Error{Kind: demarche.Usage, Msg: "an outcome and a state are given", Hint: "ask for one of them"}
	case q.Outcome != "":
		ids := []string{}
		for n, o := range c.Conflict.Outcomes {
			if o.ID == q.Outcome {
				cfg.Outcome = n
			}
			ids = append(ids, o.ID)
		}
		if cfg.Outcome < 0 {
			hint := demarche.DidYouMean(q.Outcome, ids)
			if len(ids) == 0 {
				hint = "add outcomes under conflict, or ask for a state"
			}
			return nil, &demarche.Error{Kind: demarche.NotFound, Msg: fmt.Sprintf("the case has no outcome %q", q.Outcome), Hint: hint}
		}
	case q.State != "":
		m, err := c.Model(ctx)
		if err != nil {
			return nil, err
		}
		if cfg.State, err = m.StateNamed(q.State); err != nil {
			return nil, err
		}
	default:
		return nil, &demarche.Error{Kind: demarche.Usage, Msg: "nothing is asked for", Hint: "name an outcome of the case with --outcome, or a state with --state"}
	}
	if q.Concept != "" {
		concept, err := engine.ParseConcept(q.Concept)
		if err == nil && !concept.Main() {
			err = &demarche.Error{Kind: demarche.Usage, Msg: fmt.Sprintf("levers are not worked out under %s", concept.Title()), Hint: "use one of nash, gmr, smr, seq, sseq"}
		}
		if err != nil {
			return nil, err
		}
		for range c.Conflict.Players {
			cfg.Concepts = append(cfg.Concepts, concept)
		}
	}
	found, err := c.Conflict.Levers(ctx, cfg)
	if err != nil {
		return nil, err
	}
	out := &LeversAnswer{Levers: found}
	return out, out.look(ctx, q)
}

// look turns target states round: those that hold, and those nearest to holding.
func (a *LeversAnswer) look(ctx context.Context, q LeversQuestion) error {
	m := a.Model
	if q.States == 0 {
		q.States = DefaultLeverStates
	}
	// Those that hold come first, so that they are looked at however many there are.
	states := slices.Concat(a.Holds, a.AsideHolds, a.Targets, a.Aside)
	a.Left = len(a.Targets) + len(a.Aside)
	all, err := m.Nearness(ctx, states, a.Concepts)
	for _, near := range all {
		if err != nil || len(a.Details) == q.States {
			break
		}
		if slices.ContainsFunc(a.Details, func(d LeverState) bool { return d.Inverse.State == near.State }) {
			continue
		}
		var inv *engine.Inverse
		if inv, err = m.Inverse(ctx, near.State, a.Concepts, q.Config.Outlook.Seed); err != nil {
			break
		}
		d := LeverState{Inverse: inv, Rise: near.Rise}
		holds := true
		for _, demand := range inv.Demands {
			holds = holds && demand.Holds
		}
		if holds {
			if d.Margin, err = m.Margin(ctx, near.State, a.Concepts); err != nil {
				return err
			}
		}
		a.Details = append(a.Details, d)
		a.Left--
	}
	if demarche.KindOf(err) == demarche.Unavailable && ctx.Err() == nil {
		return nil // too large to be told state by state
	}
	return err
}

// LeversJSON is version 1 of the levers contract.
type LeversJSON struct {
	Version  int               `json:"version"`
	Outcome  string            `json:"outcome,omitempty"`
	Concepts map[string]string `json:"concepts"`
	// Targets, Aside, and those of each that hold, are numbers of states, from 1,
	// ascending.
	Targets    []int `json:"targets"`
	Holds      []int `json:"holds"`
	Aside      []int `json:"aside"`
	AsideHolds []int `json:"aside_holds"`
	// P is the probability of the target as things are; null without a status quo.
	P  *float64 `json:"p"`
	SE float64  `json:"se"` // of P; 0 if exact
	// Worlds is how many worlds the shares come from, Exact that these are all.
	Worlds   int              `json:"worlds"`
	Exact    bool             `json:"exact"`
	States   []LeverStateJSON `json:"states"`
	Levers   []PlanJSON       `json:"levers"`
	Changes  []PlanJSON       `json:"changes"`
	Withheld []string         `json:"withheld"`
	Search   LeverSearchJSON  `json:"search"`
}

// LeverSearchJSON says how far the search for plans went.
type LeverSearchJSON struct {
	LeversUpTo  int `json:"levers_up_to"`
	ChangesUpTo int `json:"changes_up_to"`
	Tried       int `json:"tried"`
	Untried     int `json:"untried"`
}

// LeverStateJSON is what players would have to prefer for one state to hold.
type LeverStateJSON struct {
	N       int          `json:"n"`
	Pattern string       `json:"pattern"`
	Holds   bool         `json:"holds"`
	Share   float64      `json:"share"`
	Error   float64      `json:"error"`
	Swaps   *int         `json:"swaps"` // of all rankings together; null if not worked out
	Demands []DemandJSON `json:"demands"`
	Margin  *MarginJSON  `json:"margin"`
}

// DemandJSON is what one player would have to prefer.
type DemandJSON struct {
	Player   string       `json:"player"`
	Concept  string       `json:"concept"`
	Holds    bool         `json:"holds"`
	Share    float64      `json:"share"`
	Error    float64      `json:"error"`
	Rankings string       `json:"rankings"` // with of: a fraction of whole numbers, "" if sampled or longer than 40 digits
	Of       string       `json:"of"`
	Rise     int          `json:"rise"`
	Fall     int          `json:"fall"` // -1: no change of this ranking breaks it
	Clauses  []ClauseJSON `json:"clauses"`
}

// ClauseJSON asks that the state be liked as much as all states of one of the
// sets in any.
type ClauseJSON struct {
	Holds bool    `json:"holds"`
	Any   [][]int `json:"any"`
}

// MarginJSON is how many swaps it takes before a state holds no more.
type MarginJSON struct {
	Rankings   BreakingJSON `json:"rankings"`
	Statements BreakingJSON `json:"statements"`
}

// BreakingJSON is the least number of swaps known to break an equilibrium, -1 if
// none is known.
type BreakingJSON struct {
	Swaps   int      `json:"swaps"`
	UpTo    int      `json:"up_to"` // no smaller number than this and one does it
	Never   bool     `json:"never"`
	Players []string `json:"players"`
}

// PlanJSON is a set of changes and what it comes to.
type PlanJSON struct {
	Changes []ChangeJSON `json:"changes"`
	Cost    float64      `json:"cost"`
	Holds   []int        `json:"holds"`
	P       *float64     `json:"p"`
	SE      float64      `json:"se"`
	Best    bool         `json:"best"`
}

// ChangeJSON is one change. Statements and places count from 1; places are those
// in the list as the changes before left it.
type ChangeJSON struct {
	Kind      string  `json:"kind"` // lever, move, drop or exempt
	Lever     string  `json:"lever,omitempty"`
	Player    string  `json:"player"`
	Statement int     `json:"statement,omitempty"`
	From      int     `json:"from,omitempty"`
	To        int     `json:"to,omitempty"`
	Option    string  `json:"option,omitempty"`
	Cost      float64 `json:"cost"`
	Says      string  `json:"says"`
}

// NewLeversJSON puts an answer into its contract.
func NewLeversJSON(k *engine.Conflict, a *LeversAnswer) LeversJSON {
	out := LeversJSON{
		Version: 1, Concepts: map[string]string{}, Targets: numbers(a.Targets), Holds: numbers(a.Holds), Aside: numbers(a.Aside), AsideHolds: numbers(a.AsideHolds), P: known(a.P), SE: a.SE, Worlds: a.Worlds, Exact: a.Exact,
		States: []LeverStateJSON{}, Levers: plans(k, a.Declared), Changes: plans(k, a.Changes), Withheld: []string{},
		Search: LeverSearchJSON{LeversUpTo: a.DeclaredUpTo, ChangesUpTo: max(0, a.ChangesUpTo), Tried: a.Tried, Untried: a.Untried},
	}
	if a.Outcome >= 0 {
		out.Outcome = k.Outcomes[a.Outcome].ID
	}
	for i, c := range a.Concepts {
		out.Concepts[k.Players[i].ID] = c.String()
	}
	for _, n := range a.Withheld {
		out.Withheld = append(out.Withheld, k.Case.Conflict.Levers[n].ID)
	}
	for _, d := range a.Details {
		out.States = append(out.States, leverState(k, a.Model, d))
	}
	return out
}

func leverState(k *engine.Conflict, m *engine.Model, d LeverState) LeverStateJSON {
	inv := d.Inverse
	out := LeverStateJSON{
		N: inv.State + 1, Pattern: k.Pattern(m.States[inv.State]), Holds: d.Margin != nil,
		Share: tidy(inv.Share), Error: inv.Error, Demands: []DemandJSON{},
	}
	if inv.Nearest != nil {
		out.Swaps = &inv.Nearest.Swaps
	}
	for _, demand := range inv.Demands {
		dj := DemandJSON{
			Player: k.Players[demand.Player].ID, Concept: demand.Concept.String(), Holds: demand.Holds, Share: tidy(demand.Share), Error: demand.Error,
			Rankings: digits(demand.Rankings, demand.Of), Of: digits(demand.Of, demand.Of), Rise: demand.Rise, Fall: demand.Fall, Clauses: []ClauseJSON{},
		}
		for _, cl := range demand.Clauses {
			cj := ClauseJSON{Holds: cl.Holds, Any: [][]int{}}
			for _, set := range cl.Any {
				cj.Any = append(cj.Any, numbers(set))
			}
			dj.Clauses = append(dj.Clauses, cj)
		}
		out.Demands = append(out.Demands, dj)
	}
	if d.Margin != nil {
		out.Margin = &MarginJSON{Rankings: breaking(k, d.Margin.Rankings), Statements: breaking(k, d.Margin.Statements)}
	}
	return out
}

func breaking(k *engine.Conflict, b engine.Breaking) BreakingJSON {
	out := BreakingJSON{Swaps: b.Swaps, UpTo: b.UpTo, Never: b.Never, Players: []string{}}
	for _, i := range b.Players {
		out.Players = append(out.Players, k.Players[i].ID)
	}
	return out
}

// maxDigits is the length up to which whole numbers are written out.
const maxDigits = 40

func digits(n, of *big.Int) string {
	if n == nil || len(of.String()) > maxDigits {
		return ""
	}
	return n.String()
}

// numbers counts states from 1.
func numbers(states []int) []int {
	out := make([]int, len(states))
	for n, s := range states {
		out[n] = s + 1
	}
	return out
}

func known(p float64) *float64 {
	if math.IsNaN(p) {
		return nil
	}
	p = tidy(p)
	return &p
}

var changeKinds = [...]string{engine.PullLever: "lever", engine.MoveStatement: "move", engine.DropStatement: "drop", engine.ExemptStatement: "exempt"}

func plans(k *engine.Conflict, list []engine.Plan) []PlanJSON {
	out := []PlanJSON{}
	for _, p := range list {
		pj := PlanJSON{Changes: []ChangeJSON{}, Cost: p.Cost, Holds: numbers(p.Holds), P: known(p.P), SE: p.SE, Best: p.Best}
		for n, ch := range p.Changes {
			cj := ChangeJSON{Kind: changeKinds[ch.Kind], Player: k.Players[ch.Player].ID, Cost: ch.Cost, Says: brief.ChangeWords(k, p.Changes, n)}
			switch ch.Kind {
			case engine.PullLever:
				cj.Lever = k.Case.Conflict.Levers[ch.Lever].ID
			case engine.MoveStatement:
				cj.Statement, cj.From, cj.To = ch.Statement+1, ch.From+1, ch.To+1
			case engine.DropStatement:
				cj.Statement, cj.From = ch.Statement+1, ch.From+1
			case engine.ExemptStatement:
				cj.Statement, cj.From, cj.Option = ch.Statement+1, ch.From+1, k.Options[ch.Option].ID
			}
			pj.Changes = append(pj.Changes, cj)
		}
		out = append(out, pj)
	}
	return out
}
