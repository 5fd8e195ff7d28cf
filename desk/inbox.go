package desk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// Inbox are the proposed claims that bear on the case, put together where they
// count once, those first whose acceptance would move the outlook most.
type Inbox struct {
	// Outcomes are the outcomes of the model by id, with their names, and what
	// each comes to now; empty where there is no outlook to move.
	Outcomes, Names []string
	Now             []float64
	// NoSettlement is the rest: no outcome is settled on.
	NoSettlement float64
	Clusters     []Cluster
	// Reports are those in which the pending claims of the clusters stand.
	Reports int
	// Idle counts the proposed claims that bear on no proposition of the case.
	Idle int
}

// Cluster are proposed claims that one decision settles: those that count as one
// origin of one proposition, affirming it or denying it. A claim that speaks to
// several propositions holds their clusters together.
type Cluster struct {
	// ID is the claim that it is known by: the first, by date and then by id.
	ID string
	// Claims are in that order.
	Claims []*demarche.HeldClaim
	On     []Bearing
	// Repeats: all of it is word of an origin that is accepted already.
	Repeats bool
	// Then is what each outcome comes to once the cluster is accepted, and Moves
	// how far that is from now: half the sum of the differences, 0 to 1. Weighed
	// is false where there was no time, or no outlook.
	Then    []float64
	Moves   float64
	Weighed bool
}

// Bearing is what a cluster says on a proposition and what accepting it changes.
type Bearing struct {
	Proposition  string
	Denies       bool
	Before, Then demarche.Credence
}

// Size is how far the credence would move, in log-odds.
func (b Bearing) size() float64 {
	d := math.Abs(demarche.LogOdds(b.Then.P) - demarche.LogOdds(b.Before.P))
	if math.IsNaN(d) {
		return 0
	}
	return d
}

// InboxConfig says how an inbox is weighed.
type InboxConfig struct {
	Outlook engine.OutlookConfig
	// Budget is the time in which clusters are weighed; 0: all are. Those that
	// would move a credence most come first.
	Budget   time.Duration
	Progress func(share float64)
}

// Inbox gathers the proposed claims. The crisis was opened with Pending.
func (c *Crisis) Inbox(ctx context.Context, cfg InboxConfig) (*Inbox, error) {
	h := c.Case.Held
	if h == nil {
		return nil, &demarche.Error{Kind: demarche.NotFound, Msg: "the case has no ledger yet", Hint: "demarche ledger add reads its reports into one"}
	}
	out := &Inbox{}
	var pending []*demarche.HeldClaim
	for i := range h.Claims {
		cl := &h.Claims[i]
		if cl.Status != "proposed" {
			continue
		}
		if !c.bears(cl) {
			out.Idle++
			continue
		}
		pending = append(pending, cl)
	}
	groups, err := c.together(pending)
	if err != nil {
		return nil, err
	}
	reports := map[string]bool{}
	for _, group := range groups {
		k, err := c.cluster(group)
		if err != nil {
			return nil, err
		}
		out.Clusters = append(out.Clusters, k)
		for _, cl := range group {
			reports[cl.Report] = true
		}
	}
	out.Reports = len(reports)
	slices.SortFunc(out.Clusters, func(a, b Cluster) int {
		return cmp.Or(-cmp.Compare(a.credence(), b.credence()), -cmp.Compare(len(a.Claims), len(b.Claims)), strings.Compare(a.ID, b.ID))
	})
	if err := c.weighClusters(ctx, out, cfg); err != nil {
		return nil, err
	}
	slices.SortStableFunc(out.Clusters, func(a, b Cluster) int {
		if a.Weighed != b.Weighed {
			return map[bool]int{true: -1, false: 1}[a.Weighed]
		}
		return -cmp.Compare(rounded(a.Moves), rounded(b.Moves))
	})
	return out, nil
}

// rounded keeps what differs by the last bits of a sum from deciding an order.
func rounded(x float64) float64 { return math.Round(x*1e9) / 1e9 }

// credence is how far the most moved credence would move.
func (k *Cluster) credence() float64 {
	most := 0.0
	for _, b := range k.On {
		most = max(most, b.size())
	}
	return rounded(most)
}

// bears reports whether a claim speaks to a proposition of the case.
func (c *Crisis) bears(cl *demarche.HeldClaim) bool {
	return cl.Stance != "silent" && slices.ContainsFunc(cl.On(), func(l demarche.HeldLink) bool { return c.proposition(l.ID) != nil })
}

func (c *Crisis) proposition(id string) *demarche.Proposition {
	i := slices.IndexFunc(c.Case.Propositions, func(p demarche.Proposition) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return &c.Case.Propositions[i]
}

// together parts pending claims into those that one decision settles.
func (c *Crisis) together(pending []*demarche.HeldClaim) ([][]*demarche.HeldClaim, error) {
	h := c.Case.Held
	at := map[string]int{}
	root := make([]int, len(pending))
	for i, cl := range pending {
		at[cl.ID], root[i] = i, i
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	count := func(cl *demarche.HeldClaim) bool {
		return cl.Live() || cl.Status == "proposed" && !cl.Withdrawn
	}
	for _, p := range c.Case.Propositions {
		for _, o := range demarche.Origins(h.Testimonies(p.ID, count), c.Case.WeightsOr()) {
			first := -1
			for _, id := range o.Claims {
				i, ok := at[id]
				if !ok {
					continue
				}
				if first < 0 {
					first = find(i)
				}
				a, b := find(i), find(first)
				root[max(a, b)] = min(a, b)
				first = min(a, b)
			}
		}
	}
	groups := map[int][]*demarche.HeldClaim{}
	var order []int
	for i, cl := range pending {
		r := find(i)
		if groups[r] == nil {
			order = append(order, r)
		}
		groups[r] = append(groups[r], cl)
	}
	out := make([][]*demarche.HeldClaim, len(order))
	for i, r := range order {
		list := groups[r]
		slices.SortFunc(list, func(a, b *demarche.HeldClaim) int {
			return cmp.Or(c.publishedAt(a).Compare(c.publishedAt(b)), strings.Compare(a.ID, b.ID))
		})
		out[i] = list
	}
	return out, nil
}

func (c *Crisis) publishedAt(cl *demarche.HeldClaim) time.Time {
	if r := c.Case.Held.Report(cl.Report); r != nil {
		return r.Published.From
	}
	return time.Time{}
}

// cluster says what accepting claims would change, but for the outlook.
func (c *Crisis) cluster(claims []*demarche.HeldClaim) (Cluster, error) {
	h := c.Case.Held
	k := Cluster{ID: claims[0].ID, Claims: claims, Repeats: true}
	in := map[string]bool{}
	for _, cl := range claims {
		in[cl.ID] = true
	}
	with := func(cl *demarche.HeldClaim) bool { return cl.Live() || in[cl.ID] }
	for _, p := range c.Case.Propositions {
		var denies, affirms bool
		for _, cl := range claims {
			for _, l := range cl.On() {
				if l.ID == p.ID {
					denies, affirms = denies || l.Rel == "denies", affirms || l.Rel == "affirms"
				}
			}
		}
		if !denies && !affirms {
			continue
		}
		before, err := h.Weigh(p.ID, p.PriorOr(), c.Case.WeightsOr(), nil)
		if err != nil {
			return k, err
		}
		then, err := h.Weigh(p.ID, p.PriorOr(), c.Case.WeightsOr(), with)
		if err != nil {
			return k, err
		}
		for _, deny := range []bool{false, true} {
			if deny && denies || !deny && affirms {
				k.On = append(k.On, Bearing{Proposition: p.ID, Denies: deny, Before: before, Then: then})
			}
		}
		k.Repeats = k.Repeats && len(then.Origins) == len(before.Origins) && rounded(then.P) == rounded(before.P)
	}
	return k, nil
}

// weighClusters works out the outlook with each cluster accepted by itself.
func (c *Crisis) weighClusters(ctx context.Context, in *Inbox, cfg InboxConfig) error {
	if c.Conflict == nil || !c.Conflict.HasStatusQuo || len(c.Conflict.Outcomes) == 0 {
		return nil
	}
	look := cfg.Outlook
	look.EndsOnly, look.Progress = true, nil
	now, err := c.Conflict.Outlook(ctx, look)
	if err != nil {
		return err
	}
	in.Now, in.NoSettlement = endShares(now)
	for _, o := range c.Conflict.Outcomes {
		in.Outcomes, in.Names = append(in.Outcomes, o.ID), append(in.Names, o.Says)
	}
	start := time.Now()
	for i := range in.Clusters {
		k := &in.Clusters[i]
		if k.credence() == 0 {
			k.Then, k.Weighed = slices.Clone(in.Now), true
			continue
		}
		if cfg.Budget > 0 && time.Since(start) > cfg.Budget {
			continue
		}
		with, err := c.Conflict.With(func(edited *demarche.Case) {
			for _, b := range k.On {
				for j := range edited.Propositions {
					if p := &edited.Propositions[j]; p.ID == b.Proposition {
						then := b.Then
						p.Weighed = &then
					}
				}
			}
		})
		if err != nil {
			return err
		}
		o, err := with.Outlook(ctx, look)
		if err != nil {
			return err
		}
		rest := 0.0
		k.Then, rest = endShares(o)
		k.Weighed = true
		k.Moves = math.Abs(rest - in.NoSettlement)
		for n := range k.Then {
			k.Moves += math.Abs(k.Then[n] - in.Now[n])
		}
		k.Moves /= 2
		if cfg.Progress != nil {
			cfg.Progress(float64(i+1) / float64(len(in.Clusters)))
		}
	}
	return nil
}

func endShares(o *engine.Outlook) (list []float64, rest float64) {
	for _, e := range o.Outcomes {
		list = append(list, e.P)
	}
	return list, o.NoSettlement + o.Unnamed
}

// List names the list of the clusters: the clusters in their order, their claims
// as they were seen, and what they are said of. Any change of these gives it
// another name, so that a number in one list is never taken for one in another.
// It is the first eight hex digits of a SHA-256, and "" where there is no cluster.
func (in *Inbox) List() string {
	if len(in.Clusters) == 0 {
		return ""
	}
	h := sha256.New()
	for _, k := range in.Clusters {
		for _, cl := range k.Claims {
			fmt.Fprintf(h, "%q %d;", cl.ID, cl.Entry)
		}
		for _, b := range k.On {
			fmt.Fprintf(h, "%q %v;", b.Proposition, b.Denies)
		}
		io.WriteString(h, "\n")
	}
	return hex.EncodeToString(h.Sum(nil))[:8]
}

// Verdicts are the decisions that accept or reject a cluster as it was seen;
// irrelevant is for one that is rejected though it was read rightly.
func (k *Cluster) Verdicts(status string, irrelevant bool) []demarche.Verdict {
	out := make([]demarche.Verdict, len(k.Claims))
	for i, cl := range k.Claims {
		out[i] = demarche.Verdict{Claim: cl.ID, Entry: cl.Entry, Status: status, Irrelevant: irrelevant}
	}
	return out
}
