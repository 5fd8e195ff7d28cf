package casefile

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// The shape of a .gmcr file as it is written.
type (
	gmcrOut struct {
		Program     string          `json:"program"`
		Version     string          `json:"version"`
		Options     []gmcrOptionOut `json:"options"`
		Players     []gmcrPlayerOut `json:"decisionMakers"`
		Infeasibles []any           `json:"infeasibles"`
		Manual      bool            `json:"useManualPreferenceRanking"`
		Coalitions  []any           `json:"coalitions"`
	}
	gmcrOptionOut struct {
		Name      string `json:"name"`
		Direction string `json:"permittedDirection"`
	}
	gmcrPlayerOut struct {
		Name           string `json:"name"`
		Options        []int  `json:"options"`
		Preferences    []any  `json:"preferences"`
		Ranking        []any  `json:"preferenceRanking"`
		Misperceptions []any  `json:"misperceptions"`
		Payoffs        []int  `json:"payoffs"`
	}
	gmcrCompound struct {
		Compound bool    `json:"compound"`
		Members  [][]any `json:"members"`
	}
)

// gmcr writes the model as a .gmcr file. Rankings and payoffs are written in any
// case where the states can be laid out; the format derives payoffs again.
func (x *exporter) gmcr() ([]byte, error) {
	if x.k.HasGraph() {
		return nil, x.fail(x.Case.Conflict.Graph.At, "write it as graphml", "the format gmcr has options, and cannot hold a model with a graph of states")
	}
	losses := x.losses()
	if err := x.refuse(GMCR, losses); err != nil {
		return nil, err
	}
	m := x.Case.Conflict
	out := gmcrOut{Program: "gmcr-py", Version: "0.4.1", Options: []gmcrOptionOut{}, Infeasibles: []any{}, Coalitions: []any{}}
	nobody := x.nobody()
	var lists [][]int
	bit := 0
	for i, p := range m.Players {
		player := gmcrPlayerOut{Name: x.k.Players[i].Name, Options: []int{}, Preferences: []any{}, Ranking: []any{}, Misperceptions: []any{}, Payoffs: []int{}}
		for k := range x.k.Options {
			if x.k.Players[i].Mask>>k&1 == 1 {
				player.Options = append(player.Options, k)
			}
		}
		for _, o := range p.Options {
			option := gmcrOptionOut{Name: x.k.Options[bit].Says, Direction: "both"}
			switch {
			case !o.Back():
				option.Direction = "fwd"
			case !o.Forward():
				option.Direction = "back"
			}
			out.Options = append(out.Options, option)
			bit++
		}
		if i == nobody {
			continue
		}
		lists = append(lists, player.Options)
		if err := x.gmcrPreferences(&player, p); err != nil {
			return nil, err
		}
		for _, h := range m.Hidden {
			if h.ID != p.ID {
				continue
			}
			for _, e := range h.States {
				c, any, err := x.gmcrCondition(e)
				if err != nil {
					return nil, err
				}
				if any {
					player.Misperceptions = append(player.Misperceptions, c)
				}
			}
		}
		out.Manual = out.Manual || len(p.Ranking) > 0 || len(p.Payoffs) > 0 || slices.ContainsFunc(p.Prefers, func(s demarche.Statement) bool { return s.Weight != nil })
		out.Players = append(out.Players, player)
	}
	if err := x.gmcrRules(&out); err != nil {
		return nil, err
	}
	if out.Manual || x.k.States(x.world) <= 1<<16 {
		if err := x.gmcrRanks(&out, lists); err != nil {
			return nil, err
		}
	}
	out.Coalitions = x.gmcrCoalitions(len(out.Players))
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(out); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// nobody is the place of the player that an import made for options that belong
// to nobody, or -1: the last player, which perceives no state and wants nothing.
func (x *exporter) nobody() int {
	m := x.Case.Conflict
	last := len(m.Players) - 1
	p := m.Players[last]
	if last == 0 || p.Name != "Nobody" || len(p.Prefers)+len(p.Ranking)+len(p.Payoffs) > 0 {
		return -1
	}
	all := x.k.Players[last].Mask
	for _, o := range p.Options {
		if len(o.SharedWith) > 0 {
			return -1
		}
	}
	if all != x.k.Players[last].Own {
		return -1
	}
	for _, h := range m.Hidden {
		if h.ID == p.ID && slices.ContainsFunc(h.States, func(e demarche.Expr) bool {
			terms, err := x.terms(e, false)
			return err == nil && slices.Contains(terms, term{})
		}) {
			return last
		}
	}
	return -1
}

// simple writes a term as the format does: pairs of an option and Y or N.
func (x *exporter) simple(t term) []any {
	out := []any{}
	for k := range x.k.Options {
		if t.mask>>k&1 == 1 {
			letter := "N"
			if t.taken>>k&1 == 1 {
				letter = "Y"
			}
			out = append(out, []any{k, letter})
		}
	}
	return out
}

// gmcrCondition writes a condition; any is false if no state can meet it.
func (x *exporter) gmcrCondition(e demarche.Expr) (c any, any bool, err error) {
	terms, err := x.terms(e, false)
	if err != nil || len(terms) == 0 {
		return nil, false, err
	}
	if len(terms) == 1 {
		return x.simple(terms[0]), true, nil
	}
	out := gmcrCompound{Compound: true}
	for _, t := range terms {
		out.Members = append(out.Members, x.simple(t))
	}
	return out, true, nil
}

func (x *exporter) gmcrPreferences(player *gmcrPlayerOut, p demarche.Player) error {
	for _, s := range p.Prefers {
		if s.Weight != nil {
			player.Preferences = []any{}
			return nil
		}
		if s.If.Cond != nil {
			terms, err := x.terms(s.If, false)
			if err != nil {
				return err
			}
			if len(terms) == 0 {
				continue // does not count in this world
			}
		}
		c, any, err := x.gmcrCondition(s.Want)
		if err != nil {
			return err
		}
		if any {
			player.Preferences = append(player.Preferences, c)
		}
	}
	return nil
}

// gmcrRules writes what cannot be as conditions of infeasible states.
func (x *exporter) gmcrRules(out *gmcrOut) error {
	add := func(list []term) {
		for _, t := range list {
			out.Infeasibles = append(out.Infeasibles, x.simple(t))
		}
	}
	both := func(a demarche.Expr, notA bool, b demarche.Expr, notB bool) error {
		s, err := x.terms(a, notA)
		if err != nil {
			return err
		}
		t, err := x.terms(b, notB)
		if err != nil {
			return err
		}
		var list []term
		for _, u := range s {
			for _, v := range t {
				if shared := u.mask & v.mask; u.taken&shared == v.taken&shared {
					list = append(list, term{u.mask | v.mask, u.taken | v.taken})
				}
			}
		}
		add(shorten(list))
		return nil
	}
	for _, r := range x.Case.Conflict.Rules {
		switch {
		case r.Never.Cond != nil:
			list, err := x.terms(r.Never, false)
			if err != nil {
				return err
			}
			add(list)
		case r.If.Cond != nil:
			if err := both(r.If, false, r.Then, true); err != nil {
				return err
			}
		default:
			for i, a := range r.AtMostOne {
				for _, b := range r.AtMostOne[:i] {
					if err := both(b, false, a, false); err != nil {
						return err
					}
				}
			}
		}
	}
	for _, u := range x.Case.Authorities {
		if !u.Binding {
			continue
		}
		refs := u.Bars
		if !x.fact(u.ID) {
			refs = u.Permits
		}
		for _, r := range refs {
			bit := uint64(1) << slices.IndexFunc(x.k.Options, func(o engine.Option) bool { return o.ID == r.Name })
			add([]term{{bit, bit}})
		}
	}
	return nil
}

// gmcrRanks writes rankings and payoffs, by the numbers that the format gives
// states.
func (x *exporter) gmcrRanks(out *gmcrOut, lists [][]int) error {
	m, err := x.model()
	if err != nil {
		return err
	}
	bits := make([]int, len(x.k.Options))
	for k := range bits {
		bits[k] = k
	}
	states := m.States
	if len(x.Case.Conflict.Same) > 0 { // the states as they were before they were made one
		plain := *x.Case
		conflict := *x.Case.Conflict
		conflict.Same = nil
		conflict.Players = slices.Clone(conflict.Players)
		for i := range conflict.Players {
			p := &conflict.Players[i]
			p.Ranking, p.Payoffs, p.Prefers, p.Unsure = nil, nil, nil, nil
		}
		plain.Conflict = &conflict
		cfg := x.cfg.Engine
		k, err := engine.Compile(&plain, cfg)
		if err != nil {
			return err
		}
		flat, err := k.In(x.world)
		if err != nil {
			return err
		}
		states = flat.States
	}
	numbered := gmcrNumbers(states, gmcrOrder(len(bits), lists), bits)
	for i := range out.Players {
		p := &out.Players[i]
		order := make([]int, len(numbered))
		rank := make([]int32, len(numbered))
		for n, s := range numbered {
			at, _ := m.Find(s)
			order[n], rank[n] = n, m.Rank[i][at]
			p.Payoffs = append(p.Payoffs, int(rank[n])+1)
		}
		slices.SortStableFunc(order, func(a, b int) int { return int(rank[b] - rank[a]) })
		for a := 0; a < len(order); {
			b := a
			group := []int{}
			for ; b < len(order) && rank[order[b]] == rank[order[a]]; b++ {
				group = append(group, order[b]+1)
			}
			if len(group) == 1 {
				p.Ranking = append(p.Ranking, group[0])
			} else {
				p.Ranking = append(p.Ranking, group)
			}
			a = b
		}
	}
	return nil
}

// gmcrCoalitions writes the partition that the file came with, or singletons.
func (x *exporter) gmcrCoalitions(players int) []any {
	out := []any{}
	if x.coalitions == nil {
		for i := range players {
			out = append(out, i)
		}
		return out
	}
	for _, block := range x.coalitions {
		var places []int
		for _, id := range block {
			places = append(places, slices.IndexFunc(x.Case.Conflict.Players, func(p demarche.Player) bool { return p.ID == id }))
		}
		if len(places) == 1 {
			out = append(out, places[0])
		} else {
			out = append(out, places)
		}
	}
	return out
}
