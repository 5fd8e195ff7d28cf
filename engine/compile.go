package engine

import (
	"fmt"
	"math"
	"strings"

	"github.com/demarche/demarche"
)

// MaxOptions and MaxPlayers are the greatest numbers of options and of players of
// one model: each has a bit in a word.
const (
	MaxOptions = 62
	MaxPlayers = 62
)

// Config is what a question fixes beside the case.
type Config struct {
	// Day is the day of the question: an authority without in_force holds if
	// its date has come by then.
	Day demarche.Date
	// Assume overrides credences: by id of a proposition or authority, or
	// "talks". 0 is no, 1 is yes.
	Assume map[string]float64
	// MaxStates bounds the size of a model, up to 2^26; 0 means DefaultMaxStates.
	MaxStates int
	// MatrixForm says that a return to the state that a player left does not
	// deter it from leaving; see the package documentation.
	MatrixForm bool
}

// DefaultMaxStates is the size up to which models are analysed unless the
// caller allows more: 2^25 states.
const DefaultMaxStates = 1 << 25

// Player is a player of a compiled conflict.
type Player struct {
	ID         string
	Name       string
	Mask       uint64 // options it can change
	Own        uint64 // options listed under it
	Foresight  Concept
	Initiative float64
	Mediator   bool
}

// Option is an option of a compiled conflict; its place is its bit.
type Option struct {
	ID     string // player.option
	Says   string
	Player int // under whom it is listed
	Force  bool
}

// Atom is a proposition or an authority: something that is true in some worlds
// and not in others.
type Atom struct {
	ID        string
	Says      string
	Authority bool
	// Prior is its probability on its own, Credence that conditioned on the
	// logic that links propositions.
	Prior    float64
	Credence float64
	// Taken says whether questions about one world take it as so: an open
	// authority by Authority.InForceOn, all else by a credence of at least a half.
	Taken bool
	// KnownTo holds for each player whether it knows the atom's truth, and
	// Believes what it takes its probability to be if it does not.
	KnownTo  []bool
	Believes []float64
}

// Outcome is a name for end states.
type Outcome struct {
	ID   string
	Says string
	when *formula
}

// Statement is a preference statement of a player.
type Statement struct {
	Player int
	Place  int // in the player's list, from 0
	want   *formula
	cond   *formula // over atoms; nil if the statement always counts
	weight float64
}

// Conflict is a case's conflict compiled to integers: bits for options, places
// for players and atoms. It is safe for use by several goroutines at once.
type Conflict struct {
	Case    *demarche.Case
	Players []Player
	Options []Option
	Atoms   []Atom
	// StatusQuo are the options taken today; HasStatusQuo says whether the case
	// gives them.
	StatusQuo    uint64
	HasStatusQuo bool
	Outcomes     []Outcome
	Ladder       []int // bits, lowest rung first
	// TalksParties are players; TalksChance is 0 without talks.
	HasTalks     bool
	TalksParties []int
	TalksChance  float64

	// width is the number of bits of a state: one an option, or those of the
	// place of a state in an explicit graph.
	width         int
	graph         *graph       // nil unless the case gives an explicit graph
	same          []class      // sets of states that are one
	hidden        [][]*formula // by player: conditions of states that it does not perceive
	matrixForm    bool
	forward, back uint64 // options that can only be taken, only be given up
	statements    [][]Statement
	unsure        []unsure
	explicit      []*demarche.Player // rankings and payoffs, by player; nil where statements
	offers        [][]*formula       // terms of each offer on the table
	proposals     []proposal         // every offer with terms, answered or not
	cfg           Config
	day           demarche.Date
	maxStates     int

	rules    *diagram
	allowed  int32 // the rules, over atoms and options
	apart    int32 // the same without states that are one with others
	possible int32 // the logic, over atoms
	logic    bool  // whether any is given
}

// unsure is something not known about a player's preferences that is either so
// or not, or a weight within a range.
type unsure struct {
	player   int
	kind     unsureKind
	a, b     int // statements
	p        float64
	from, to float64
}

type unsureKind uint8

const (
	unsureOrder unsureKind = iota
	unsureDrop
	unsureWeight
)

// compiler turns names into integers. Nothing else in the package knows names.
type compiler struct {
	*Conflict
	src     *demarche.Case
	options map[string]int
	atoms   map[string]int
	players map[string]int
	states  map[string]int // of an explicit graph
}

// Compile turns the conflict of a case into integers. It reports the first
// thing that cannot be meant; package casefile finds them all.
func Compile(c *demarche.Case, cfg Config) (out *Conflict, err error) {
	if c.Conflict == nil {
		return nil, &demarche.Error{Kind: demarche.NotFound, Msg: "the case has no conflict model", Hint: "add a section conflict with players, their options and what they prefer", Pos: c.At}
	}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *demarche.Error:
			out, err = nil, r
		case tooEntangled:
			out, err = nil, entangledError(c)
		default:
			panic(r)
		}
	}()
	k := &compiler{
		Conflict: &Conflict{Case: c, cfg: cfg, day: cfg.Day, maxStates: cfg.MaxStates, matrixForm: cfg.MatrixForm},
		src:      c, options: map[string]int{}, atoms: map[string]int{}, players: map[string]int{},
	}
	if k.maxStates == 0 {
		k.maxStates = DefaultMaxStates
	}
	k.maxStates = min(k.maxStates, 1<<stateBits)
	k.takePlayers()
	k.takeGraph()
	k.takeAtoms(cfg.Assume)
	k.takeRules()
	k.takeSame()
	k.takeHidden()
	k.takePreferences()
	k.takeQuestions()
	return k.Conflict, nil
}

// fail leaves Compile with an error.
func fail(at demarche.Pos, hint, format string, args ...any) {
	panic(&demarche.Error{Kind: demarche.BadInput, Msg: fmt.Sprintf(format, args...), Hint: hint, Pos: at})
}

func entangledError(c *demarche.Case) *demarche.Error {
	return &demarche.Error{
		Kind: demarche.Unavailable, Pos: c.Conflict.At,
		Msg:  "the rules are too entangled to be worked out",
		Hint: "place options that depend on one another side by side, or replace long conditions by several short rules",
	}
}

func (k *compiler) takePlayers() {
	m := k.src.Conflict
	if len(m.Players) == 0 {
		fail(m.At, "name at least one player under players", "the conflict has no players")
	}
	if n := len(m.Players); n > MaxPlayers {
		fail(m.At, "leave out players who decide nothing, or join some into one", "the conflict has %d players; a model holds at most %d", n, MaxPlayers)
	}
	if n := m.OptionCount(); n > MaxOptions {
		fail(m.At, "leave out options that change nothing, or join some into one", "the conflict has %d options; a model holds at most %d", n, MaxOptions)
	}
	for i := range m.Players {
		p := &m.Players[i]
		k.players[p.ID] = i
		player := Player{ID: p.ID, Name: k.src.PlayerName(p), Foresight: SEQ, Initiative: 1, Mediator: p.Role == "mediator"}
		if p.Foresight != "" {
			c, err := ParseForesight(p.Foresight)
			if err != nil {
				fail(p.At, "a player's foresight is one of nash, gmr, smr, seq, sseq", "unknown foresight %q", p.Foresight)
			}
			player.Foresight = c
		}
		if p.Initiative != nil {
			player.Initiative = *p.Initiative
		}
		for _, o := range p.Options {
			bit := len(k.Options)
			k.options[p.ID+"."+o.ID] = bit
			player.Own |= 1 << bit
			if !o.Back() {
				k.forward |= 1 << bit
			}
			if !o.Forward() {
				k.back |= 1 << bit
			}
			says := o.Says
			if says == "" {
				says = strings.ReplaceAll(o.ID, "_", " ")
			}
			k.Options = append(k.Options, Option{ID: p.ID + "." + o.ID, Says: says, Player: i, Force: o.Force})
		}
		player.Mask = player.Own
		k.Players = append(k.Players, player)
	}
	bit := 0
	for _, p := range m.Players {
		for _, o := range p.Options {
			for _, with := range o.SharedWith {
				k.Players[k.player(with)].Mask |= 1 << bit
			}
			bit++
		}
	}
	k.width = len(k.Options)
}

func (k *compiler) player(r demarche.Ref) int {
	i, ok := k.players[r.Name]
	if !ok {
		fail(r.At, demarche.DidYouMean(r.Name, keys(k.players)), "unknown player %s", r.Name)
	}
	return i
}

func (k *compiler) option(r demarche.Ref) int {
	i, ok := k.options[r.Name]
	if !ok {
		fail(r.At, demarche.DidYouMean(r.Name, keys(k.options)), "unknown option %s", r.Name)
	}
	return i
}

func keys(m map[string]int) []string {
	out := make([]string, 0, len(m))
	for n := range m {
		out = append(out, n)
	}
	return out
}

func (k *compiler) takeAtoms(assume map[string]float64) {
	everyone := func() []bool {
		all := make([]bool, len(k.Players))
		for i := range all {
			all[i] = true
		}
		return all
	}
	for _, p := range k.src.Propositions {
		a := Atom{ID: p.ID, Says: p.Says, Prior: p.CredenceOr(), KnownTo: everyone(), Believes: make([]float64, len(k.Players))}
		if len(p.KnownTo) > 0 {
			clear(a.KnownTo)
			for _, r := range p.KnownTo {
				a.KnownTo[k.player(r)] = true
			}
		}
		k.atoms[p.ID] = len(k.Atoms)
		k.Atoms = append(k.Atoms, a)
	}
	for _, u := range k.src.Authorities {
		a := Atom{ID: u.ID, Says: u.Says, Authority: true, KnownTo: everyone(), Believes: make([]float64, len(k.Players))}
		a.Prior = u.CredenceOn(k.day)
		k.atoms[u.ID] = len(k.Atoms)
		k.Atoms = append(k.Atoms, a)
	}
	if t := k.src.Conflict.Talks; t != nil {
		k.HasTalks, k.TalksChance = true, t.ChanceOr()
		for _, r := range t.Parties {
			k.TalksParties = append(k.TalksParties, k.player(r))
		}
	}
	for id, p := range assume {
		if i, ok := k.atoms[id]; ok {
			k.Atoms[i].Prior = p
			continue
		}
		if id == "talks" && k.HasTalks {
			k.TalksChance = p
			continue
		}
		known := keys(k.atoms)
		if k.HasTalks {
			known = append(known, Talks)
		}
		panic(&demarche.Error{Kind: demarche.NotFound, Msg: fmt.Sprintf("cannot assume %s: the case has no such proposition or authority", id), Hint: demarche.DidYouMean(id, known)})
	}
	for i := range k.Atoms {
		a := &k.Atoms[i]
		for j := range a.Believes {
			a.Believes[j] = a.Prior
		}
	}
	for i, p := range k.src.Propositions {
		for _, b := range p.Believes {
			k.Atoms[i].Believes[k.player(demarche.Ref{At: b.At, Name: b.ID})] = b.P
		}
	}
}

// Levels of the diagram: atoms first, then the bits of a state from the last to
// the first: options, or the place of a state in an explicit graph.
func (k *Conflict) optionLevel(bit int) int { return len(k.Atoms) + k.width - 1 - bit }

func (k *compiler) takeRules() {
	k.rules = newDiagram(len(k.Atoms) + k.width)
	var fs []int32
	if k.graph != nil {
		fs = append(fs, k.below(len(k.graph.ids)))
	}
	for _, r := range k.src.Conflict.Rules {
		fs = append(fs, k.rule(r))
	}
	for _, u := range k.src.Authorities {
		if !u.Binding {
			continue
		}
		holds := k.rules.atom(k.atoms[u.ID])
		for _, r := range u.Bars {
			fs = append(fs, k.rules.not(k.rules.and(holds, k.rules.atom(k.optionLevel(k.option(r))))))
		}
		for _, r := range u.Permits {
			fs = append(fs, k.rules.or(holds, k.rules.not(k.rules.atom(k.optionLevel(k.option(r))))))
		}
	}
	k.allowed = k.rules.all(fs)

	fs = fs[:0]
	for _, e := range k.src.AllLogic() {
		f := k.formula(e)
		if f.uses(isOption) {
			fail(e.At, "link propositions here, and options under rules", "a condition of logic names an option")
		}
		fs = append(fs, k.diagram(f))
		k.logic = true
	}
	k.possible = k.rules.all(fs)
	k.conditionCredences()
}

// conditionCredences conditions the probability of every atom on logic, and
// settles what questions about one world take it to be.
func (k *compiler) conditionCredences() {
	prior := func(level int) float64 { return k.Atoms[level].Prior }
	total := k.rules.weight(k.possible, prior)
	if total == 0 {
		fail(k.src.AllLogic()[0].At, "remove one of the conditions, or change what is held to be certain",
			"the conditions of logic exclude every world that has a probability")
	}
	for i := range k.Atoms {
		a := &k.Atoms[i]
		a.Credence = min(1, k.rules.weight(k.rules.and(k.possible, k.rules.atom(i)), prior)/total)
		a.Taken = a.Credence >= 0.5
		if _, assumed := k.cfg.Assume[a.ID]; a.Authority && !assumed && a.Credence > 0 && a.Credence < 1 {
			a.Taken = k.src.Authorities[i-len(k.src.Propositions)].InForceOn(k.day)
		}
	}
}

// rule is the diagram of a rule: true where the rule is kept.
func (k *compiler) rule(r demarche.Rule) int32 {
	switch {
	case len(r.AtMostOne) > 0:
		fs := make([]int32, len(r.AtMostOne))
		for i, e := range r.AtMostOne {
			fs[i] = k.diagram(k.formula(e))
		}
		return k.rules.atMostOne(fs)
	case r.Never.Cond != nil:
		return k.rules.not(k.diagram(k.formula(r.Never)))
	case r.If.Cond != nil && r.Then.Cond != nil:
		return k.rules.or(k.rules.not(k.diagram(k.formula(r.If))), k.diagram(k.formula(r.Then)))
	}
	fail(r.At, "write never, at_most_one, or if with then", "the rule says nothing")
	return never
}

func (k *compiler) takePreferences() {
	m := k.src.Conflict
	k.statements = make([][]Statement, len(m.Players))
	k.explicit = make([]*demarche.Player, len(m.Players))
	for i := range m.Players {
		p := &m.Players[i]
		if len(p.Ranking) > 0 || len(p.Payoffs) > 0 {
			k.explicit[i] = p
		}
		k.statements[i] = k.takeStatements(i, p.Prefers)
		for _, u := range p.Unsure {
			k.takeUnsure(i, p, u)
		}
	}
}

func (k *compiler) takeStatements(player int, list []demarche.Statement) []Statement {
	var out []Statement
	for j, s := range list {
		st := Statement{Player: player, Place: j, want: k.formula(s.Want), weight: math.NaN()}
		if s.If.Cond != nil {
			st.cond = k.formula(s.If)
			if st.cond.uses(isOption) {
				fail(s.If.At, "write the option into want: want A if B", "the condition of a statement names an option")
			}
			st.cond.atoms(func(a int) {
				if !k.Atoms[a].KnownTo[player] {
					fail(s.If.At, "add the player to known_to, or make the statement depend on what the player knows",
						"%s cannot act on %s, which it does not know", k.Players[player].Name, k.Atoms[a].ID)
				}
			})
		}
		if s.Weight != nil {
			st.weight = *s.Weight
		}
		out = append(out, st)
	}
	return out
}

func (k *compiler) takeUnsure(i int, p *demarche.Player, u demarche.Unsure) {
	out := unsure{player: i, p: 0.5}
	if u.P != nil {
		out.p = *u.P
	}
	place := func(n int) int {
		if n < 1 || n > len(p.Prefers) {
			fail(u.At, "statements are counted from 1 under prefers", "%s has no statement %d", k.Players[i].Name, n)
		}
		return n - 1
	}
	switch {
	case len(u.Order) == 2:
		out.kind, out.a, out.b = unsureOrder, place(u.Order[0]), place(u.Order[1])
	case u.Drop != nil:
		out.kind, out.a = unsureDrop, place(*u.Drop)
	case u.Weight != nil && u.From != nil && u.To != nil:
		out.kind, out.a, out.from, out.to = unsureWeight, place(*u.Weight), *u.From, *u.To
	default:
		fail(u.At, "write order: [2, 3], drop: 4, or weight: 2 with from and to", "the entry of unsure says nothing")
	}
	k.unsure = append(k.unsure, out)
}

// takeQuestions compiles what is asked of the model: status quo, ladder,
// outcomes, offers on the table.
func (k *compiler) takeQuestions() {
	m := k.src.Conflict
	if m.StatusQuo != nil {
		k.HasStatusQuo = true
		for _, r := range *m.StatusQuo {
			if k.graph != nil {
				k.StatusQuo = uint64(k.state(r))
				continue
			}
			k.StatusQuo |= 1 << k.option(r)
		}
	}
	for _, r := range m.Ladder {
		k.Ladder = append(k.Ladder, k.option(r))
	}
	for _, o := range m.Outcomes {
		out := Outcome{ID: o.ID, Says: o.Says, when: &formula{op: opTrue}}
		if out.Says == "" {
			out.Says = strings.ReplaceAll(o.ID, "_", " ")
		}
		if !o.Otherwise() {
			out.when = k.formula(o.When)
		}
		k.Outcomes = append(k.Outcomes, out)
	}
	for n, o := range k.src.Offers {
		if o.Date.StartsAfter(k.day) || len(o.Terms) == 0 {
			continue
		}
		p := proposal{offer: n, tabled: o.Answer == "" || o.Answer == "open"}
		for _, t := range o.Terms {
			p.terms = append(p.terms, k.formula(t))
		}
		k.proposals = append(k.proposals, p)
		if p.tabled {
			k.offers = append(k.offers, p.terms)
		}
	}
}
