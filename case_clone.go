package demarche

import "slices"

// Clone returns a case whose propositions, authorities, offers, claims and
// conflict model can be changed without changing c. What is below them and only
// read, such as parsed conditions, is shared.
func (c *Case) Clone() *Case {
	out := *c
	out.Propositions = slices.Clone(c.Propositions)
	out.Authorities = slices.Clone(c.Authorities)
	out.Offers = slices.Clone(c.Offers)
	out.Claims = slices.Clone(c.Claims)
	out.Logic = slices.Clone(c.Logic)
	if c.Conflict != nil {
		out.Conflict = c.Conflict.Clone()
	}
	return &out
}

// Clone returns a conflict model whose players, statements, rules and talks can
// be changed without changing m.
func (m *Conflict) Clone() *Conflict {
	out := *m
	out.Players = slices.Clone(m.Players)
	for i := range out.Players {
		p := &out.Players[i]
		p.Options = slices.Clone(p.Options)
		p.Prefers = slices.Clone(p.Prefers)
		p.Ranking = slices.Clone(p.Ranking)
		p.Payoffs = slices.Clone(p.Payoffs)
		p.Unsure = slices.Clone(p.Unsure)
		for j := range p.Unsure {
			p.Unsure[j].Order = slices.Clone(p.Unsure[j].Order)
		}
	}
	out.Rules = slices.Clone(m.Rules)
	out.Logic = slices.Clone(m.Logic)
	out.Outcomes = slices.Clone(m.Outcomes)
	out.Levers = slices.Clone(m.Levers)
	out.Perceptions = slices.Clone(m.Perceptions)
	if m.Talks != nil {
		talks := *m.Talks
		talks.Parties = slices.Clone(m.Talks.Parties)
		out.Talks = &talks
	}
	return &out
}

// InsertStatement puts a statement into the player's list at a place counted
// from 0; a place beyond the end is the end. What is unsure goes on naming the
// same statements.
func (p *Player) InsertStatement(at int, s Statement) {
	at = min(max(at, 0), len(p.Prefers))
	p.Prefers = slices.Insert(p.Prefers, at, s)
	p.renumber(func(n int) int {
		if n-1 >= at {
			return n + 1
		}
		return n
	})
}

// DropStatement takes the statement at a place counted from 0 out of the list,
// with what is unsure about it.
func (p *Player) DropStatement(at int) {
	p.Prefers = slices.Delete(p.Prefers, at, at+1)
	p.Unsure = slices.DeleteFunc(p.Unsure, func(u Unsure) bool {
		return slices.Contains(u.Order, at+1) || u.Drop != nil && *u.Drop == at+1 || u.Weight != nil && *u.Weight == at+1
	})
	p.renumber(func(n int) int {
		if n-1 > at {
			return n - 1
		}
		return n
	})
}

// MoveStatement moves the statement at one place, counted from 0, to another.
// What is unsure goes on naming the same statements.
func (p *Player) MoveStatement(from, to int) {
	s := p.Prefers[from]
	p.Prefers = slices.Insert(slices.Delete(p.Prefers, from, from+1), to, s)
	p.renumber(func(n int) int {
		switch at := n - 1; {
		case at == from:
			return to + 1
		case from < at && at <= to:
			return n - 1
		case to <= at && at < from:
			return n + 1
		}
		return n
	})
}

// renumber changes the places, from 1, that the entries of unsure name.
func (p *Player) renumber(place func(int) int) {
	for j := range p.Unsure {
		u := &p.Unsure[j]
		for n := range u.Order {
			u.Order[n] = place(u.Order[n])
		}
		for _, field := range []**int{&u.Drop, &u.Weight} {
			if *field != nil {
				n := place(**field)
				*field = &n
			}
		}
	}
}
