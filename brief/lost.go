package brief

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/demarche/demarche"
)

// lostSupport is something in the case that rests on claims which, by the ledger,
// do not count.
type lostSupport struct {
	kind, id string // of the entry
	what     string // in words, to follow "what is said of"
	player   string // whose want it is, for wants
	claims   []lostClaim
	alone    bool // nothing else is left that it rests on
}

type lostClaim struct {
	id   string
	fate demarche.Fate
}

// withoutLost is the case without references to claims that no longer count, and
// what lost them. Without a ledger it is the case as it is.
func withoutLost(c *demarche.Case) (*demarche.Case, []lostSupport) {
	if c.Held == nil {
		return c, nil
	}
	out := c.Clone()
	var lost []lostSupport
	prune := func(kind, id, what, player string, list *[]demarche.Ref) {
		live := c.LiveRefs(*list)
		if len(live) == len(*list) {
			return
		}
		l := lostSupport{kind: kind, id: id, what: what, player: player, alone: len(live) == 0}
		for _, r := range *list {
			if fate := c.Held.Fate(r.Name); fate != "" {
				l.claims = append(l.claims, lostClaim{r.Name, fate})
			}
		}
		*list = live
		if len(l.claims) > 0 {
			lost = append(lost, l)
		}
	}
	out.Actors = slices.Clone(c.Actors)
	for i := range out.Actors {
		a := &out.Actors[i]
		a.Record = slices.Clone(a.Record)
		for j := range a.Record {
			prune("record", a.ID+": "+a.Record[j].Says, a.Name+": "+a.Record[j].Says, "", &a.Record[j].Because)
		}
	}
	for i := range out.Authorities {
		a := &out.Authorities[i]
		prune("authority", a.ID, a.Says, "", &a.Because)
		prune("authority", a.ID, a.Says, "", &a.ClaimedBy)
		prune("authority", a.ID, a.Says, "", &a.DisputedBy)
	}
	out.Incidents = slices.Clone(c.Incidents)
	for i := range out.Incidents {
		in := &out.Incidents[i]
		prune("incident", in.ID, in.Says, "", &in.Because)
		if in.Casualties != nil {
			k := *in.Casualties
			in.Casualties = &k
			prune("incident", in.ID, "the losses: "+in.Says, "", &k.Because)
		}
		in.Justified, in.Disputed = slices.Clone(in.Justified), slices.Clone(in.Disputed)
		for _, list := range [][]demarche.Ground{in.Justified, in.Disputed} {
			for j := range list {
				prune("incident", in.ID, list[j].Ground+": "+in.Says, "", &list[j].Because)
			}
		}
	}
	for i := range out.Offers {
		o := &out.Offers[i]
		prune("offer", o.ID, cmp.Or(o.Says, o.ID), "", &o.Because)
	}
	out.Tracks = slices.Clone(c.Tracks)
	for i := range out.Tracks {
		prune("track", out.Tracks[i].ID, out.Tracks[i].Says, "", &out.Tracks[i].Because)
	}
	out.Decisions = slices.Clone(c.Decisions)
	for i := range out.Decisions {
		prune("decision", out.Decisions[i].ID, out.Decisions[i].Says, "", &out.Decisions[i].Because)
	}
	out.RedLines = slices.Clone(c.RedLines)
	for i := range out.RedLines {
		r := &out.RedLines[i]
		prune("red line", r.By.Name+": "+r.On, "a red line: "+r.On, "", &r.Because)
	}
	out.Judgements = slices.Clone(c.Judgements)
	for i := range out.Judgements {
		j := &out.Judgements[i]
		prune("judgement", j.Outcome.Name+" "+j.By+" "+j.Date.String(), "the judgement of "+j.By, "", &j.Because)
	}
	out.Indicators = slices.Clone(c.Indicators)
	for i := range out.Indicators {
		prune("indicator", out.Indicators[i].Says, out.Indicators[i].Says, "", &out.Indicators[i].Because)
	}
	if k := out.Conflict; k != nil {
		for i := range k.Players {
			p := &k.Players[i]
			for j := range p.Prefers {
				prune("wants", p.ID, "", p.ID, &p.Prefers[j].Because)
				if n := len(lost) - 1; n >= 0 && lost[n].player == p.ID && lost[n].what == "" {
					lost[n].what = cmp.Or(p.Prefers[j].Says, p.Prefers[j].Want.Text)
				}
			}
		}
		for i := range k.Rules {
			prune("rule", cmp.Or(k.Rules[i].Says, "rule"), cmp.Or(k.Rules[i].Says, "a rule of the model"), "", &k.Rules[i].Because)
		}
	}
	return out, lost
}

// fateWords say what became of a claim, to follow "that has since been".
var fateWords = map[demarche.Fate]string{
	demarche.FatePending:   "that nobody has accepted yet",
	demarche.FateRejected:  "that has since been rejected",
	demarche.FateRetracted: "that has since been retracted",
	demarche.FateWithdrawn: "that has since been withdrawn",
	demarche.FateRedacted:  "that has since been destroyed",
	demarche.FateAbsent:    "that the ledger did not hold on this day",
}

// lostItems tell what rests on claims that no longer count.
func (c *composer) lostItems() [][]Sentence {
	var items [][]Sentence
	for n, l := range c.lost {
		var fates []string
		for _, cl := range l.claims {
			if w := fateWords[cl.fate]; !slices.Contains(fates, w) {
				fates = append(fates, w)
			}
		}
		what := c.names.inside(l.what)
		if l.player != "" {
			what = "among what " + c.names.again(l.player) + " " + c.playerVerbOr(l.player, "want") + ", " + bare(l.what)
		}
		claim := "a claim "
		if len(l.claims) > 1 {
			claim = "claims "
			for i := range fates {
				fates[i] = severalFate(fates[i])
			}
		}
		s := what + ": it rests on " + claim + joined(fates, "or")
		if l.alone {
			s += ", and on nothing else"
		}
		items = append(items, []Sentence{say(s, c.entry("ledger support", fmt.Sprintf("%d %s", n+1, l.kind), bare(l.what)))})
	}
	return items
}

func severalFate(s string) string {
	switch s {
	case fateWords[demarche.FatePending], fateWords[demarche.FateAbsent]:
		return s
	}
	return "that have" + s[len("that has"):]
}

// playerVerbOr is a verb as it follows a player's or an actor's name.
func (c *composer) playerVerbOr(id, v string) string {
	if c.in.Conflict != nil {
		return c.playerVerb(id, v)
	}
	return c.verb(id, v)
}
