package demarche

import (
	"reflect"
	"slices"
)

// ChangeKind is what sort of input of the model differs between two versions of
// a case.
type ChangeKind string

// The kinds of changes.
const (
	CredenceChange    ChangeKind = "credence"    // a proposition's credence: From, To
	BeliefChange      ChangeKind = "belief"      // what players who do not know a proposition take it to be
	KnowledgeChange   ChangeKind = "knowledge"   // who knows a proposition
	PropositionChange ChangeKind = "proposition" // added, left out, or other words
	ForceChange       ChangeKind = "force"       // an authority comes into force (To 1) or is no longer in force (To 0)
	AuthorityChange   ChangeKind = "authority"   // added, left out, or binding on other options
	LogicChange       ChangeKind = "logic"       // how propositions are linked
	TodayChange       ChangeKind = "today"       // the status quo
	PlayerChange      ChangeKind = "player"      // added or left out
	OptionChange      ChangeKind = "option"      // a player's options: added, left out, other moves
	WantChange        ChangeKind = "want"        // a preference statement added, left out, or its condition
	OrderChange       ChangeKind = "order"       // the order of a player's statements
	RankingChange     ChangeKind = "ranking"     // a player's explicit ranking or payoffs
	UnsureChange      ChangeKind = "unsure"      // what is unsure about a player's preferences
	ForesightChange   ChangeKind = "foresight"   // how a player looks ahead
	InitiativeChange  ChangeKind = "initiative"  // how readily a player moves: From, To
	RuleChange        ChangeKind = "rule"        // a rule added or left out
	TalksChange       ChangeKind = "talks"       // talks added or left out, or their parties
	ChanceChange      ChangeKind = "chance"      // the credence that talks can conclude: From, To
	OfferChange       ChangeKind = "offer"       // an offer comes on the table or is off it
	OutcomeChange     ChangeKind = "outcome"     // the names for end states
	GraphChange       ChangeKind = "graph"       // explicit states and moves, states that are one, hidden states
)

// Change is one input of the model that differs between an old and a new version
// of a case.
type Change struct {
	Kind ChangeKind
	// ID is that of the proposition, authority, offer or player concerned.
	ID string
	// Added and Removed say that the input is only in the new or the old version.
	Added, Removed bool
	// From and To are the old and the new number, where the kind has one.
	From, To float64
	// Want and Rule are the statement or rule added, left out or changed, as it
	// stands in the new version, or in the old if it is left out. Of another order,
	// Want is the statement that moved up and Over the one before which it now
	// comes; nil where more than one moved.
	Want, Over *Statement
	Rule       *Rule
	// TakeBack turns the input in a clone of the new version into the old one; nil
	// if it cannot be taken back by itself.
	TakeBack func(*Case)
}

// Changes lists the inputs of the model that differ between two versions of a
// case, each as of its day: an authority may have come into force, an offer may
// have been made between the two days without a change in the file.
func Changes(before, after *Case, beforeDay, afterDay Date) []Change {
	d := &differ{before: before, after: after, beforeDay: beforeDay, afterDay: afterDay}
	d.propositions()
	d.authorities()
	d.offers()
	if before.Conflict == nil || after.Conflict == nil {
		return d.out
	}
	d.logic()
	d.model()
	d.players()
	d.rules()
	d.talks()
	return d.out
}

type differ struct {
	before, after       *Case
	beforeDay, afterDay Date
	out                 []Change
}

func (d *differ) add(c Change) { d.out = append(d.out, c) }

func (d *differ) propositions() {
	for i := range d.after.Propositions {
		n := &d.after.Propositions[i]
		o := find(d.before.Propositions, func(p *Proposition) bool { return p.ID == n.ID })
		if o == nil {
			d.add(Change{Kind: PropositionChange, ID: n.ID, Added: true})
			continue
		}
		if o.Says != n.Says {
			d.add(Change{Kind: PropositionChange, ID: n.ID})
		}
		back := func(change func(now *Proposition)) func(*Case) {
			return func(c *Case) {
				if now := find(c.Propositions, func(p *Proposition) bool { return p.ID == n.ID }); now != nil {
					change(now)
				}
			}
		}
		if o.CredenceOr() != n.CredenceOr() {
			d.add(Change{Kind: CredenceChange, ID: n.ID, From: o.CredenceOr(), To: n.CredenceOr(), TakeBack: back(func(now *Proposition) { now.Prior, now.Weighed = o.Prior, o.Weighed })})
		}
		if !sameRefs(o.KnownTo, n.KnownTo) {
			d.add(Change{Kind: KnowledgeChange, ID: n.ID, TakeBack: back(func(now *Proposition) { now.KnownTo = o.KnownTo })})
		}
		if !slices.EqualFunc(o.Believes, n.Believes, func(a, b Belief) bool { return a.ID == b.ID && a.P == b.P }) {
			d.add(Change{Kind: BeliefChange, ID: n.ID, TakeBack: back(func(now *Proposition) { now.Believes = o.Believes })})
		}
	}
	for i := range d.before.Propositions {
		o := &d.before.Propositions[i]
		if find(d.after.Propositions, func(p *Proposition) bool { return p.ID == o.ID }) == nil {
			d.add(Change{Kind: PropositionChange, ID: o.ID, Removed: true})
		}
	}
}

func (d *differ) authorities() {
	for i := range d.after.Authorities {
		n := &d.after.Authorities[i]
		same := func(a *Authority) bool { return a.ID == n.ID }
		o := find(d.before.Authorities, same)
		if o == nil {
			d.add(Change{Kind: AuthorityChange, ID: n.ID, Added: true})
			continue
		}
		if was, is := o.InForceOn(d.beforeDay), n.InForceOn(d.afterDay); was != is {
			c := Change{Kind: ForceChange, ID: n.ID, TakeBack: func(c *Case) {
				if now := find(c.Authorities, same); now != nil {
					now.InForce = &was
				}
			}}
			if is {
				c.To = 1
			} else {
				c.From = 1
			}
			d.add(c)
		}
		if o.Binding != n.Binding || n.Binding && (!sameRefs(o.Permits, n.Permits) || !sameRefs(o.Bars, n.Bars)) {
			d.add(Change{Kind: AuthorityChange, ID: n.ID, TakeBack: func(c *Case) {
				if now := find(c.Authorities, same); now != nil {
					now.Binding, now.Permits, now.Bars = o.Binding, o.Permits, o.Bars
				}
			}})
		}
	}
	for i := range d.before.Authorities {
		o := &d.before.Authorities[i]
		if find(d.after.Authorities, func(a *Authority) bool { return a.ID == o.ID }) == nil {
			d.add(Change{Kind: AuthorityChange, ID: o.ID, Removed: true})
		}
	}
}

// OnTable reports whether an offer stands on a day: made by then, with terms, and
// not yet answered.
func (o *Offer) OnTable(day Date) bool {
	return (o.Answer == "" || o.Answer == "open") && !o.Date.StartsAfter(day) && len(o.Terms) > 0
}

func (d *differ) offers() {
	for i := range d.after.Offers {
		n := &d.after.Offers[i]
		same := func(x *Offer) bool { return x.ID == n.ID }
		o := find(d.before.Offers, same)
		was := o != nil && o.OnTable(d.beforeDay)
		is := n.OnTable(d.afterDay)
		switch {
		case is && !was:
			d.add(Change{Kind: OfferChange, ID: n.ID, Added: true, TakeBack: func(c *Case) {
				c.Offers = slices.DeleteFunc(c.Offers, func(x Offer) bool { return x.ID == n.ID })
			}})
		case was && !is:
			d.add(Change{Kind: OfferChange, ID: n.ID, Removed: true, TakeBack: func(c *Case) {
				if now := find(c.Offers, same); now != nil {
					*now = *o
				}
			}})
		case was && is && !sameExprs(o.Terms, n.Terms):
			d.add(Change{Kind: OfferChange, ID: n.ID, TakeBack: func(c *Case) {
				if now := find(c.Offers, same); now != nil {
					now.Terms = o.Terms
				}
			}})
		}
	}
	for i := range d.before.Offers {
		o := &d.before.Offers[i]
		if o.OnTable(d.beforeDay) && find(d.after.Offers, func(x *Offer) bool { return x.ID == o.ID }) == nil {
			d.add(Change{Kind: OfferChange, ID: o.ID, Removed: true, TakeBack: func(c *Case) { c.Offers = append(c.Offers, *o) }})
		}
	}
}

func (d *differ) logic() {
	if !sameExprs(d.before.AllLogic(), d.after.AllLogic()) {
		d.add(Change{Kind: LogicChange, TakeBack: func(c *Case) {
			c.Logic, c.Conflict.Logic = d.before.Logic, d.before.Conflict.Logic
		}})
	}
}

// model compares what belongs to no player.
func (d *differ) model() {
	o, n := d.before.Conflict, d.after.Conflict
	if !sameToday(o.StatusQuo, n.StatusQuo) {
		d.add(Change{Kind: TodayChange, TakeBack: func(c *Case) { c.Conflict.StatusQuo = o.StatusQuo }})
	}
	if !slices.EqualFunc(o.Outcomes, n.Outcomes, func(a, b Outcome) bool { return a.ID == b.ID && a.When.Text == b.When.Text }) {
		d.add(Change{Kind: OutcomeChange})
	}
	if !same(o.Graph, n.Graph) || !sameExprs(o.Same, n.Same) || !same(o.Hidden, n.Hidden) {
		d.add(Change{Kind: GraphChange})
	}
}

func (d *differ) players() {
	o, n := d.before.Conflict, d.after.Conflict
	for i := range n.Players {
		p := &n.Players[i]
		was := find(o.Players, func(x *Player) bool { return x.ID == p.ID })
		if was == nil {
			d.add(Change{Kind: PlayerChange, ID: p.ID, Added: true})
			continue
		}
		d.player(was, p)
	}
	for i := range o.Players {
		p := &o.Players[i]
		if find(n.Players, func(x *Player) bool { return x.ID == p.ID }) == nil {
			d.add(Change{Kind: PlayerChange, ID: p.ID, Removed: true})
		}
	}
}

func (d *differ) player(was, is *Player) {
	back := func(change func(now *Player)) func(*Case) {
		return func(c *Case) {
			if now := find(c.Conflict.Players, func(x *Player) bool { return x.ID == is.ID }); now != nil {
				change(now)
			}
		}
	}
	if !slices.EqualFunc(was.Options, is.Options, func(a, b Option) bool {
		return a.ID == b.ID && a.Forward() == b.Forward() && a.Back() == b.Back() && sameRefs(a.SharedWith, b.SharedWith)
	}) {
		d.add(Change{Kind: OptionChange, ID: is.ID})
	}
	if foresightOr(was) != foresightOr(is) {
		d.add(Change{Kind: ForesightChange, ID: is.ID, TakeBack: back(func(now *Player) { now.Foresight = was.Foresight })})
	}
	if a, b := initiativeOr(was), initiativeOr(is); a != b {
		d.add(Change{Kind: InitiativeChange, ID: is.ID, From: a, To: b, TakeBack: back(func(now *Player) { now.Initiative = was.Initiative })})
	}
	if !same(was.Ranking, is.Ranking) || !slices.Equal(was.Payoffs, is.Payoffs) || (len(was.Prefers) == 0) != (len(is.Prefers) == 0) {
		d.add(Change{Kind: RankingChange, ID: is.ID, TakeBack: back(func(now *Player) {
			now.Ranking, now.Payoffs, now.Prefers, now.Unsure = was.Ranking, was.Payoffs, was.Prefers, was.Unsure
		})})
		return
	}
	d.wants(was, is, back)
	d.unsure(was, is, back)
}

// unsure compares what is not known about the statements in both versions, by
// what they want and not by their places.
func (d *differ) unsure(was, is *Player, back func(func(*Player)) func(*Case)) {
	gone, fresh := func(s *Statement) bool { return placeOf(is.Prefers, s) < 0 }, func(s *Statement) bool { return placeOf(was.Prefers, s) < 0 }
	type entry struct {
		Unsure
		about []*Statement
	}
	list := func(p *Player, other func(*Statement) bool) (out []entry) {
		for _, u := range p.Unsure {
			e := entry{Unsure: u}
			for _, n := range u.places() {
				if n >= 1 && n <= len(p.Prefers) {
					e.about = append(e.about, &p.Prefers[n-1])
				}
			}
			if !slices.ContainsFunc(e.about, other) { // else it goes with the statement
				out = append(out, e)
			}
		}
		return out
	}
	before, after := list(was, gone), list(is, fresh)
	if slices.EqualFunc(before, after, func(a, b entry) bool {
		return (a.Drop == nil) == (b.Drop == nil) && (a.Weight == nil) == (b.Weight == nil) && same(a.P, b.P) && same(a.From, b.From) && same(a.To, b.To) &&
			slices.EqualFunc(a.about, b.about, func(x, y *Statement) bool { return x.Want.Text == y.Want.Text && x.If.Text == y.If.Text })
	}) {
		return
	}
	d.add(Change{Kind: UnsureChange, ID: is.ID, TakeBack: back(func(now *Player) {
		now.Unsure = nil
		for _, e := range before {
			u := e.Unsure
			var at []int
			for _, s := range e.about {
				if n := placeOf(now.Prefers, s); n >= 0 {
					at = append(at, n+1)
				}
			}
			switch {
			case len(at) != len(e.about) || len(at) == 0:
				continue
			case len(at) == 2:
				u.Order = at
			case u.Drop != nil:
				u.Drop = &at[0]
			case u.Weight != nil:
				u.Weight = &at[0]
			}
			now.Unsure = append(now.Unsure, u)
		}
	})})
}

// places are the statements, from 1, that an entry is about.
func (u Unsure) places() []int {
	switch {
	case u.Drop != nil:
		return []int{*u.Drop}
	case u.Weight != nil:
		return []int{*u.Weight}
	}
	return u.Order
}

// wants compares two lists of statements: what was added, what was left out, what
// counts under another condition or with another weight, and whether those in
// both come in another order.
func (d *differ) wants(was, is *Player, back func(func(*Player)) func(*Case)) {
	oldAt, newAt := pairStatements(was.Prefers, is.Prefers)
	for j := range is.Prefers {
		s := &is.Prefers[j]
		if newAt[j] < 0 {
			d.add(Change{Kind: WantChange, ID: is.ID, Added: true, Want: s, TakeBack: back(func(now *Player) {
				if at := placeOf(now.Prefers, s); at >= 0 {
					now.DropStatement(at)
				}
			})})
			continue
		}
		o := &was.Prefers[newAt[j]]
		if o.If.Text != s.If.Text || !same(o.Weight, s.Weight) {
			d.add(Change{Kind: WantChange, ID: is.ID, Want: s, TakeBack: back(func(now *Player) {
				if at := placeOf(now.Prefers, s); at >= 0 {
					now.Prefers[at] = *o
				}
			})})
		}
	}
	for j := range was.Prefers {
		if oldAt[j] < 0 {
			o := was.Prefers[j]
			d.add(Change{Kind: WantChange, ID: is.ID, Removed: true, Want: &o, TakeBack: back(func(now *Player) { now.InsertStatement(j, o) })})
		}
	}
	var order []int
	for j := range is.Prefers {
		if newAt[j] >= 0 {
			order = append(order, newAt[j])
		}
	}
	if !slices.IsSorted(order) {
		up, over := movedUp(is.Prefers, newAt)
		d.add(Change{Kind: OrderChange, ID: is.ID, Want: up, Over: over, TakeBack: back(func(now *Player) {
			// Those in both versions take one another's places, in the old order.
			var places []int
			var kept []*Statement
			for j := range was.Prefers {
				if oldAt[j] >= 0 {
					kept = append(kept, &is.Prefers[oldAt[j]])
				}
			}
			for at := range now.Prefers {
				if slices.ContainsFunc(kept, func(s *Statement) bool {
					return s.Want.Text == now.Prefers[at].Want.Text && s.If.Text == now.Prefers[at].If.Text
				}) {
					places = append(places, at)
				}
			}
			if len(places) != len(kept) {
				return
			}
			for n, s := range kept {
				now.Prefers[places[n]] = *s
			}
		})})
	}
}

// movedUp is the statement that moved up in a list, and the one that it now comes
// before, if the order of those in both versions differs by one move; of two that
// changed places it is the one that is now first.
func movedUp(is []Statement, newAt []int) (up, over *Statement) {
	var kept []int // places in the new list
	for j := range is {
		if newAt[j] >= 0 {
			kept = append(kept, j)
		}
	}
	for n, j := range kept {
		rest := slices.Delete(slices.Clone(kept), n, n+1)
		sorted := slices.IsSortedFunc(rest, func(a, b int) int { return newAt[a] - newAt[b] })
		if sorted && n+1 < len(kept) && newAt[j] > newAt[kept[n+1]] {
			return &is[j], &is[kept[n+1]]
		}
	}
	return nil, nil
}

// pairStatements matches the statements of two lists that want the same, in
// order among equals: for each its place in the other list, or -1.
func pairStatements(was, is []Statement) (oldAt, newAt []int) {
	oldAt, newAt = make([]int, len(was)), make([]int, len(is))
	for j := range oldAt {
		oldAt[j] = -1
	}
	for j := range is {
		newAt[j] = -1
	}
	match := func(equal func(a, b *Statement) bool) {
		for j := range is {
			for k := range was {
				if newAt[j] < 0 && oldAt[k] < 0 && equal(&was[k], &is[j]) {
					oldAt[k], newAt[j] = j, k
				}
			}
		}
	}
	match(func(a, b *Statement) bool { return a.Want.Text == b.Want.Text && a.If.Text == b.If.Text })
	match(func(a, b *Statement) bool { return a.Want.Text == b.Want.Text })
	return oldAt, newAt
}

func placeOf(list []Statement, s *Statement) int {
	return slices.IndexFunc(list, func(x Statement) bool { return x.Want.Text == s.Want.Text && x.If.Text == s.If.Text })
}

func (d *differ) rules() {
	o, n := d.before.Conflict.Rules, d.after.Conflict.Rules
	used := make([]bool, len(o))
	for i := range n {
		at := slices.IndexFunc(o, func(r Rule) bool { return sameRule(&r, &n[i]) })
		for at >= 0 && used[at] {
			next := slices.IndexFunc(o[at+1:], func(r Rule) bool { return sameRule(&r, &n[i]) })
			if next < 0 {
				at = -1
				break
			}
			at += 1 + next
		}
		if at >= 0 {
			used[at] = true
			continue
		}
		r := n[i]
		d.add(Change{Kind: RuleChange, Added: true, Rule: &r, TakeBack: func(c *Case) {
			if k := slices.IndexFunc(c.Conflict.Rules, func(x Rule) bool { return sameRule(&x, &r) }); k >= 0 {
				c.Conflict.Rules = slices.Delete(c.Conflict.Rules, k, k+1)
			}
		}})
	}
	for k, seen := range used {
		if !seen {
			r := o[k]
			d.add(Change{Kind: RuleChange, Removed: true, Rule: &r, TakeBack: func(c *Case) { c.Conflict.Rules = append(c.Conflict.Rules, r) }})
		}
	}
}

func sameRule(a, b *Rule) bool {
	return a.Never.Text == b.Never.Text && a.If.Text == b.If.Text && a.Then.Text == b.Then.Text && sameExprs(a.AtMostOne, b.AtMostOne)
}

func (d *differ) talks() {
	o, n := d.before.Conflict.Talks, d.after.Conflict.Talks
	switch {
	case o == nil && n == nil:
	case o == nil:
		d.add(Change{Kind: TalksChange, Added: true, TakeBack: func(c *Case) { c.Conflict.Talks = nil }})
	case n == nil:
		d.add(Change{Kind: TalksChange, Removed: true, TakeBack: func(c *Case) { c.Conflict.Talks = o }})
	default:
		if !sameRefs(o.Parties, n.Parties) {
			d.add(Change{Kind: TalksChange, TakeBack: func(c *Case) { c.Conflict.Talks.Parties = o.Parties }})
		}
		if o.ChanceOr() != n.ChanceOr() {
			d.add(Change{Kind: ChanceChange, From: o.ChanceOr(), To: n.ChanceOr(), TakeBack: func(c *Case) { c.Conflict.Talks.Chance = o.Chance }})
		}
	}
}

func find[T any](list []T, is func(*T) bool) *T {
	for i := range list {
		if is(&list[i]) {
			return &list[i]
		}
	}
	return nil
}

func sameRefs(a, b []Ref) bool {
	return slices.EqualFunc(a, b, func(x, y Ref) bool { return x.Name == y.Name })
}

func sameToday(a, b *[]Ref) bool {
	if a == nil || b == nil {
		return a == b
	}
	return sameRefs(*a, *b)
}

func sameExprs(a, b []Expr) bool {
	return slices.EqualFunc(a, b, func(x, y Expr) bool { return x.Text == y.Text })
}

func foresightOr(p *Player) string {
	if p.Foresight == "" {
		return "seq"
	}
	return p.Foresight
}

func initiativeOr(p *Player) float64 {
	if p.Initiative == nil {
		return 1
	}
	return *p.Initiative
}

// same compares two values without the places where they stand in their files.
func same(a, b any) bool { return sameValue(reflect.ValueOf(a), reflect.ValueOf(b)) }

func sameValue(a, b reflect.Value) bool {
	if a.IsValid() != b.IsValid() {
		return false
	}
	if !a.IsValid() {
		return true
	}
	switch a.Kind() {
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return sameValue(a.Elem(), b.Elem())
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !sameValue(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		switch a.Type() {
		case reflect.TypeFor[Pos]():
			return true
		case reflect.TypeFor[Expr]():
			return a.Interface().(Expr).Text == b.Interface().(Expr).Text
		}
		for i := range a.NumField() {
			if !sameValue(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	}
	return a.Equal(b)
}
