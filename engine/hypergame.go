package engine

import (
	"context"
	"slices"

	"github.com/demarche/demarche"
)

// Hypergame is a conflict in which players misread one another (Bennett 1977;
// Wang, Hipel and Fraser 1988; Aljefri, Hipel and others 2014 to 2018; the texts
// were not at hand, the definitions follow their abstracts and later papers). All
// share one set of states. Player A's perceived game has A's own preferences as
// they are; for every other player the preferences that the case says A believes
// it to have (perceptions), or else the true ones; and no moves, by anybody, into
// or out of states that A does not perceive (hidden). Hidden states are no
// equilibria of A's perceived game.
//
// A state is stable for A iff it is stable for A, under the concept, in A's own
// perceived game. A hypergame equilibrium is stable for every player in that
// sense. A player recognises a state as an equilibrium iff it is stable for all
// players in that player's perceived game.
type Hypergame struct {
	Concept Concept
	// Rank[a][j] is how player a believes that j ranks the states.
	Rank [][][]int32
	// Stable[a][j] are the states stable for j in the game that a perceives, and
	// Recognised[a] those that are an equilibrium of it.
	Stable     [][]Set
	Recognised []Set
	// Equilibria are the hypergame equilibria; True are those of the game with
	// everybody's true preferences.
	Equilibria Set
	True       Set
	// Surprises are moves that somebody would make and that somebody else does
	// not expect, by state, then mover, then who is surprised.
	Surprises []Surprise
}

// Surprise is a move from From to To that its mover would make in its own
// perceived game: one of its most preferred improvements that it does not see
// sanctioned. In the perceived game of the one surprised, the mover would not
// make it, but one of the moves to Expected, or none.
type Surprise struct {
	Mover     int
	Surprised int
	From, To  int
	Expected  []int
}

// Recognition says who recognises a state as an equilibrium, and whether it is
// one of the hypergame.
type Recognition uint8

// The classes of states of a hypergame. With two players A and B, Partly and
// Mistaken divide further by who recognises the state: Hypergame.Recognised.
const (
	// NoEquilibrium: no hypergame equilibrium, and nobody takes it for one.
	NoEquilibrium Recognition = iota
	// Mistaken: no hypergame equilibrium, but some player takes it for one.
	Mistaken
	// Unseen: a hypergame equilibrium that nobody recognises.
	Unseen
	// Partly: a hypergame equilibrium that some players recognise, not all.
	Partly
	// Shared: a hypergame equilibrium that all recognise.
	Shared
)

var recognitionNames = [...]string{NoEquilibrium: "none", Mistaken: "mistaken", Unseen: "unseen", Partly: "partly", Shared: "shared"}

// String is one word: none, mistaken, unseen, partly, shared.
func (r Recognition) String() string { return recognitionNames[r] }

// Class is the class of a state.
func (h *Hypergame) Class(s int) Recognition {
	seen := 0
	for _, set := range h.Recognised {
		if set.Has(s) {
			seen++
		}
	}
	switch {
	case !h.Equilibria.Has(s) && seen == 0:
		return NoEquilibrium
	case !h.Equilibria.Has(s):
		return Mistaken
	case seen == 0:
		return Unseen
	case seen < len(h.Recognised):
		return Partly
	}
	return Shared
}

// HasPerceptions reports whether the case says what some player believes another
// to want, or what some player does not perceive.
func (k *Conflict) HasPerceptions() bool {
	return len(k.Case.Conflict.Perceptions) > 0 || len(k.Case.Conflict.Hidden) > 0
}

// belief is what a player is said to believe another to want.
type belief struct {
	holder, about int
	p             float64 // how likely it is that it is held
	src           *demarche.PerceivedPlayer
}

// beliefs are the perceptions of the case, one for each player and each other
// one. What a player is said to believe of itself is left out: its own
// preferences are the true ones.
func (k *Conflict) beliefs() []belief {
	place := func(id string) int {
		return slices.IndexFunc(k.Players, func(p Player) bool { return p.ID == id })
	}
	var out []belief
	for _, p := range k.Case.Conflict.Perceptions {
		for n := range p.Others {
			o := &p.Others[n]
			if b := (belief{place(p.ID), place(o.ID), o.HeldOr(), o}); b.holder >= 0 && b.about >= 0 && b.holder != b.about {
				out = append(out, b)
			}
		}
	}
	return out
}

// perceivedBy is the conflict with the preferences that player a believes the
// others to have in a world, and without moves into or out of states that a does
// not perceive.
func (k *Conflict) perceivedBy(a int, w World) (out *Conflict, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *demarche.Error:
			out, err = nil, r
		default:
			panic(r)
		}
	}()
	view := *k
	view.statements, view.explicit = slices.Clone(k.statements), slices.Clone(k.explicit)
	view.unsure = slices.Clone(k.unsure)
	c := k.compilerAgain()
	for n, b := range k.beliefs() {
		if b.holder != a || len(w.view) > 0 && !w.view[n] {
			continue
		}
		j, o := b.about, b.src
		view.statements[j], view.explicit[j] = c.takeStatements(j, o.Prefers), nil
		if len(o.Ranking) > 0 || len(o.Payoffs) > 0 {
			view.explicit[j] = &demarche.Player{At: o.At, ID: o.ID, Ranking: o.Ranking, Payoffs: o.Payoffs}
		}
		for u := range view.unsure {
			if view.unsure[u].player == j {
				// About other statements than those believed.
				view.unsure[u] = unsure{player: nobody, kind: unsureDrop}
			}
		}
	}
	if hidden := k.hidden[a]; len(hidden) > 0 {
		view.hidden = slices.Clone(k.hidden)
		for j := range view.hidden {
			if j != a {
				view.hidden[j] = append(slices.Clone(k.hidden[j]), hidden...)
			}
		}
	}
	return &view, nil
}

// compilerAgain resolves names of a conflict that has compiled before.
func (k *Conflict) compilerAgain() *compiler {
	c := &compiler{Conflict: k, src: k.Case, options: map[string]int{}, atoms: map[string]int{}, players: map[string]int{}}
	if k.graph != nil {
		c.states = k.graph.places
	}
	for bit, o := range k.Options {
		c.options[o.ID] = bit
	}
	for n, a := range k.Atoms {
		c.atoms[a.ID] = n
	}
	for i, p := range k.Players {
		c.players[p.ID] = i
	}
	return c
}

// views are the ranks that each player believes the others to have.
func (m *Model) views() ([][][]int32, error) {
	out := make([][][]int32, len(m.Players))
	for a := range m.Players {
		k, err := m.perceivedBy(a, m.World)
		if err != nil {
			return nil, err
		}
		seen, err := k.In(m.World)
		if err != nil {
			return nil, err
		}
		out[a] = seen.Rank
	}
	return out, nil
}

// perceived is the game as player a sees it.
func (g *game) perceived(a int, rank [][]int32) *game {
	own := g.seenWith(rank)
	hidden := g.hiddenFrom(a)
	if hidden.isEmpty() {
		return own
	}
	own.reach = make([][][]int32, g.players)
	for j := range own.reach {
		own.reach[j] = make([][]int32, g.n)
		for s, list := range g.reach[j] {
			if hidden.Has(s) {
				continue
			}
			for _, t := range list {
				if !hidden.Has(int(t)) {
					own.reach[j][s] = append(own.reach[j][s], t)
				}
			}
		}
	}
	return own
}

// hiddenFrom are the states that player a does not perceive.
func (m *Model) hiddenFrom(a int) Set {
	out := NewSet(len(m.States))
	for s, state := range m.States {
		if m.hides(a, state, m.World) {
			out.Add(s)
		}
	}
	return out
}

// Hypergame works out what each player believes about all, under one of the
// five main concepts.
func (m *Model) Hypergame(ctx context.Context, c Concept) (*Hypergame, error) {
	if !c.Main() {
		return nil, &demarche.Error{
			Kind: demarche.Usage, Msg: c.String() + " cannot be asked for in each player's own view",
			Hint: "choose one of nash, gmr, smr, seq, sseq",
		}
	}
	g, err := m.game(ctx, 0)
	if err != nil {
		return nil, err
	}
	return g.hypergame(ctx, c, false)
}

func (g *game) hypergame(ctx context.Context, c Concept, noReturn bool) (*Hypergame, error) {
	h := &Hypergame{Concept: c, Stable: make([][]Set, g.players), Equilibria: NewSet(g.n)}
	h.Equilibria.fill(g.n)
	var err error
	if h.Rank, err = g.views(); err != nil {
		return nil, err
	}
	games := make([]*game, g.players)
	chosen := make([][][][]int32, g.players) // by who believes, mover, state
	for a := range g.players {
		games[a] = g.perceived(a, h.Rank[a])
		if h.Stable[a], chosen[a], err = games[a].foreseen(ctx, c, noReturn); err != nil {
			return nil, err
		}
		all := NewSet(g.n)
		all.fill(g.n)
		for _, set := range h.Stable[a] {
			all.keep(set)
		}
		for s := range g.hiddenFrom(a).All {
			all[s>>6] &^= 1 << (uint(s) & 63)
		}
		h.Recognised = append(h.Recognised, all)
		h.Equilibria.keep(h.Stable[a][a])
	}
	truth, _, err := g.seenWith(g.Rank).foreseen(ctx, c, noReturn)
	if err != nil {
		return nil, err
	}
	h.True = NewSet(g.n)
	h.True.fill(g.n)
	for _, set := range truth {
		h.True.keep(set)
	}
	for s := range g.n {
		for b := range g.players {
			for a := range g.players {
				if a == b {
					continue
				}
				for _, t := range chosen[b][b][s] {
					if slices.Contains(chosen[a][b][s], t) {
						continue
					}
					x := Surprise{Mover: b, Surprised: a, From: s, To: int(t)}
					for _, e := range chosen[a][b][s] {
						x.Expected = append(x.Expected, int(e))
					}
					h.Surprises = append(h.Surprises, x)
				}
			}
		}
	}
	return h, nil
}

// foreseen is, for every player, what is stable under a main concept, and the
// moves that the player would make from each state: its most preferred
// improvements that are not sanctioned.
func (g *game) foreseen(ctx context.Context, c Concept, noReturn bool) ([]Set, [][][]int32, error) {
	r := g.classical()
	r.noReturn = noReturn || g.matrixForm
	j := newJudge(ctx, g)
	if err := j.prepare(c, r); err != nil {
		return nil, nil, err
	}
	stable, chosen := make([]Set, g.players), make([][][]int32, g.players)
	errs := make([]error, g.players)
	each(g.players, func(i int) {
		f := j.focal(i)
		var replies []Set
		if c != Nash {
			if replies, errs[i] = f.replies(c, r); errs[i] != nil {
				return
			}
		}
		stable[i], chosen[i] = NewSet(g.n), make([][]int32, g.n)
		for s := range int32(g.n) {
			if s&0xF == 0 && ctx.Err() != nil {
				errs[i] = ctx.Err()
				return
			}
			clear(f.tried)
			best := g.rank[i][s]
			for _, t := range g.reach[i][s] {
				if !r.leaves(i, s, t) || g.rank[i][t] < best {
					continue
				}
				if c != Nash && f.answered(c, r, replies[t], s, t) {
					continue
				}
				if g.rank[i][t] > best {
					best, chosen[i][s] = g.rank[i][t], chosen[i][s][:0]
				}
				chosen[i][s] = append(chosen[i][s], t)
			}
			if len(chosen[i][s]) == 0 {
				stable[i].Add(int(s))
			}
		}
	})
	for _, err := range errs {
		if err != nil {
			return nil, nil, err
		}
	}
	return stable, chosen, nil
}
