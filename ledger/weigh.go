package ledger

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/demarche/demarche"
)

// HedgedStrength is how far a claim that hedges speaks to a proposition where
// its link does not say.
const HedgedStrength = demarche.HedgedStrength

// Testimonies are the live claims on a proposition as known at a time: accepted,
// not silent, and not retracted by another accepted claim. Ascending by claim.
func (l *Ledger) Testimonies(ctx context.Context, asOf time.Time, proposition string) (out []demarche.Testimony, err error) {
	err = l.view(ctx, func(v *view) error {
		out, err = v.testimonies(asOf, proposition)
		return err
	})
	return out, err
}

// bearing is a live claim with what else is needed of it.
type bearing struct {
	demarche.Testimony
	description, words string
}

func (v *view) testimonies(asOf time.Time, proposition string) ([]demarche.Testimony, error) {
	on, err := v.linked(asOf, Filter{Kind: KindLink, To: Ref{KindProposition, proposition}})
	if err != nil {
		return nil, err
	}
	var from []Ref
	for _, link := range on {
		from = append(from, link.From)
	}
	// All that is needed is read for all claims at once: there may be thousands.
	claims, err := v.liveClaims(asOf, from)
	if err != nil {
		return nil, err
	}
	var next []Ref
	for _, c := range claims {
		next = append(next, sourceRef(c.Source), reportRef(c.Report))
	}
	known, err := v.getAll(asOf, next)
	if err != nil {
		return nil, err
	}
	var outlets []Ref
	for _, r := range known {
		if r, ok := r.(*Report); ok {
			outlets = append(outlets, sourceRef(r.Outlet))
		}
	}
	published, err := v.getAll(asOf, outlets)
	if err != nil {
		return nil, err
	}
	copies, err := v.copiesOf(asOf, from)
	if err != nil {
		return nil, err
	}
	var all []bearing
	for _, link := range on {
		c := claims[link.From]
		if link.Rel != "affirms" && link.Rel != "denies" || c == nil || c.Stance == "silent" {
			continue
		}
		t := demarche.Testimony{Claim: c.ID, Source: c.Source, Report: c.Report, Relayed: c.Relayed, Side: c.Interest, Distinct: c.Distinct,
			Denies: link.Rel == "denies", Strength: link.Strength, Credibility: c.Credibility, Record: c.Record, Access: c.Access, CopyOf: copies[link.From]}
		if t.Strength == 0 && c.Stance == "hedges" {
			t.Strength = HedgedStrength
		}
		b := bearing{words: said(c)}
		s, _ := known[sourceRef(c.Source)].(*Source) // nil where redacted: what it said counts as nobody's
		t.Unnamed = s == nil || s.Kind == "anonymous" || s.Kind == "unattributed" || c.Record == "anonymous" || c.Record == "unattributed"
		if s != nil {
			t.Name, t.Reliability = cmp.Or(s.Name, s.Description), s.Reliability
			t.Side = cmp.Or(t.Side, s.Side)
			b.description = s.Description
		}
		if r, ok := known[reportRef(c.Report)].(*Report); ok {
			t.Outlet = r.Outlet
			if o, ok := published[sourceRef(r.Outlet)].(*Source); ok {
				t.OutletReliability = o.Reliability
			}
		}
		b.Testimony = t
		all = append(all, b)
	}
	if err := v.reportCopies(asOf, all); err != nil {
		return nil, err
	}
	out := make([]demarche.Testimony, len(all))
	for i, b := range all {
		out[i] = b.Testimony
	}
	slices.SortFunc(out, func(a, b demarche.Testimony) int { return strings.Compare(a.Claim, b.Claim) })
	return out, nil
}

// liveClaims are those of some claims that count: accepted, and not retracted by
// another accepted one.
func (v *view) liveClaims(asOf time.Time, refs []Ref) (map[Ref]*Claim, error) {
	found, err := v.getAll(asOf, refs)
	if err != nil {
		return nil, err
	}
	out := map[Ref]*Claim{}
	var accepted []Ref
	for ref, r := range found {
		if c := r.(*Claim); c.Status == "accepted" {
			out[ref] = c
			accepted = append(accepted, ref)
		}
	}
	against, err := v.linkedAll(asOf, "y", accepted)
	if err != nil {
		return nil, err
	}
	var by []Ref
	for _, link := range against {
		if link.Rel == "retracts" {
			by = append(by, link.From)
		}
	}
	retracting, err := v.getAll(asOf, by)
	if err != nil {
		return nil, err
	}
	for _, link := range against {
		if c, ok := retracting[link.From].(*Claim); ok && link.Rel == "retracts" && c.Status == "accepted" {
			delete(out, link.To)
		}
	}
	return out, nil
}

// copiesOf are the ids of what each of some records copies, ascending.
func (v *view) copiesOf(asOf time.Time, refs []Ref) (map[Ref][]string, error) {
	links, err := v.linkedAll(asOf, "x", refs)
	out := map[Ref][]string{}
	for _, link := range links {
		if link.Rel == "copies" {
			out[link.From] = append(out[link.From], link.To.ID)
		}
	}
	for _, ids := range out {
		slices.Sort(ids)
	}
	return out, err
}

// reportCopies finds, in reports that copy others, the claims that are copied:
// those with the same words, or by an unnamed source of the same description.
func (v *view) reportCopies(asOf time.Time, all []bearing) error {
	inReport := map[string][]int{}
	for i := range all {
		if all[i].Report != "" {
			inReport[all[i].Report] = append(inReport[all[i].Report], i)
		}
	}
	var reports []Ref
	for report := range inReport {
		reports = append(reports, reportRef(report))
	}
	copies, err := v.copiesOf(asOf, reports)
	if err != nil {
		return err
	}
	for report, claims := range inReport {
		for _, first := range copies[reportRef(report)] {
			for _, i := range claims {
				for _, j := range inReport[first] {
					a, b := &all[i], &all[j]
					sameWords := demarche.SameWords(a.words, b.words)
					sameOne := a.Unnamed && b.Unnamed && demarche.SameWords(a.description, b.description)
					if (sameWords || sameOne) && !slices.Contains(a.CopyOf, b.Claim) {
						a.CopyOf = append(a.CopyOf, b.Claim)
					}
				}
			}
		}
		for _, i := range claims {
			slices.Sort(all[i].CopyOf)
		}
	}
	return nil
}

// Weigh gives the credence of a proposition as known at a time. prior is the
// credence before any claim; nil takes that of the proposition in the ledger.
func (l *Ledger) Weigh(ctx context.Context, asOf time.Time, proposition string, prior *float64, weights demarche.Weights) (out demarche.Credence, err error) {
	err = l.view(ctx, func(v *view) error {
		out, err = v.weigh(asOf, proposition, prior, weights)
		return err
	})
	return out, err
}

func (v *view) weigh(asOf time.Time, proposition string, prior *float64, weights demarche.Weights) (demarche.Credence, error) {
	p := 0.5
	if prior == nil {
		at, err := v.get(asOf, Ref{KindProposition, proposition})
		if err != nil {
			return demarche.Credence{}, err
		}
		prior = at.Record.(*Proposition).Prior
	}
	if prior != nil {
		p = *prior
	}
	claims, err := v.testimonies(asOf, proposition)
	if err != nil {
		return demarche.Credence{}, err
	}
	var override *demarche.Override
	at, err := v.get(asOf, Ref{KindOverride, proposition})
	if err != nil && demarche.KindOf(err) != demarche.NotFound {
		return demarche.Credence{}, err
	}
	if o, ok := at.Record.(*Override); ok {
		override = &demarche.Override{P: o.P, By: o.By, Reason: o.Reason}
	}
	return demarche.Weigh(p, claims, weights, override)
}

// Explanations is the matrix of rival explanations with what analysts noted on
// the sources.
type Explanations struct {
	demarche.ACH
	// Says gives each explanation its sentence.
	Says map[string]string `json:"says"`
	// Deceptions are the answers to: what would we see if this source wanted us
	// to believe it? By source, then analyst.
	Deceptions []Deception `json:"deceptions"`
}

// Compete ranks the explanations by the marks known at a time. Claims that are
// rejected or retracted are left out.
func (l *Ledger) Compete(ctx context.Context, asOf time.Time, weights demarche.Weights) (out Explanations, err error) {
	err = l.view(ctx, func(v *view) error {
		out.Says, out.Deceptions = map[string]string{}, []Deception{}
		var ids []string
		var evidence []demarche.Evidence
		var marks []demarche.Mark
		if err := v.all(asOf, Filter{Kind: KindHypothesis}, func(at Version) error {
			h := at.Record.(*Hypothesis)
			ids = append(ids, h.ID)
			out.Says[h.ID] = h.Says
			return nil
		}); err != nil {
			return err
		}
		slices.Sort(ids)
		in := map[string]bool{}
		if err := v.all(asOf, Filter{Kind: KindRating}, func(at Version) error {
			r := at.Record.(*Rating)
			if _, ok := in[r.Claim]; !ok {
				c, err := v.get(asOf, Ref{KindClaim, r.Claim})
				if err != nil && demarche.KindOf(err) != demarche.NotFound {
					return err
				}
				claim, ok := c.Record.(*Claim)
				in[r.Claim] = ok && claim.Status != "rejected" && claim.Status != "retracted"
				if in[r.Claim] {
					evidence = append(evidence, demarche.Evidence{Claim: r.Claim, Source: claim.Source, Credibility: claim.Credibility})
				}
			}
			if _, ok := out.Says[r.Hypothesis]; ok && in[r.Claim] {
				marks = append(marks, demarche.Mark{Hypothesis: r.Hypothesis, Claim: r.Claim, By: r.By, Mark: r.Mark})
			}
			return nil
		}); err != nil {
			return err
		}
		slices.SortFunc(evidence, func(a, b demarche.Evidence) int { return strings.Compare(a.Claim, b.Claim) })
		if err := v.all(asOf, Filter{Kind: KindDeception}, func(at Version) error {
			out.Deceptions = append(out.Deceptions, *at.Record.(*Deception))
			return nil
		}); err != nil {
			return err
		}
		slices.SortFunc(out.Deceptions, func(a, b Deception) int {
			return cmp.Or(strings.Compare(a.Source, b.Source), strings.Compare(a.By, b.By))
		})
		out.ACH, err = demarche.Compete(ids, evidence, marks, weights)
		return err
	})
	return out, err
}

// all calls f for every record that a filter lets through.
func (v *view) all(asOf time.Time, f Filter, each func(Version) error) error {
	for after := ""; ; {
		page, err := v.list(asOf, f, MaxPage, after)
		if err != nil {
			return err
		}
		for _, at := range page.Versions {
			if err := each(at); err != nil {
				return err
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

// Score tells how good judgements were that have been resolved.
type Score struct {
	By       string `json:"by"` // "" for all together
	Resolved int    `json:"resolved"`
	// Brier is the mean of (p − outcome)², 0 best, 1 worst; 0.25 is what always
	// saying a half gives (G. Brier, Monthly Weather Review 78, 1950). -1 if
	// none is resolved.
	Brier float64 `json:"brier"`
	// Calibration has a row for each tenth that was used, ascending.
	Calibration []Tenth `json:"calibration"`
}

// Tenth is the judgements with a probability in [From, From+0.1); the last
// includes 1.
type Tenth struct {
	From   float64 `json:"from"`
	Count  int     `json:"count"`
	Mean   float64 `json:"mean"`   // of the probabilities
	Became float64 `json:"became"` // share that came about
}

// Scores are first that of all judgements known at a time, then of each analyst
// by name.
func (l *Ledger) Scores(ctx context.Context, asOf time.Time) (out []Score, err error) {
	err = l.view(ctx, func(v *view) error {
		byAnalyst := map[string][]Judgement{}
		var all []Judgement
		if err := v.all(asOf, Filter{Kind: KindJudgement}, func(at Version) error {
			j := *at.Record.(*Judgement)
			byAnalyst[j.By] = append(byAnalyst[j.By], j)
			all = append(all, j)
			return nil
		}); err != nil {
			return err
		}
		out = append(out, score("", all))
		var names []string
		for name := range byAnalyst {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			out = append(out, score(name, byAnalyst[name]))
		}
		return nil
	})
	return out, err
}

func score(by string, judgements []Judgement) Score {
	s := Score{By: by, Brier: -1, Calibration: []Tenth{}}
	var tenths [10]Tenth
	sum := 0.0
	for _, j := range judgements {
		if j.Resolved == "" {
			continue
		}
		outcome := 0.0
		if j.Resolved == "yes" {
			outcome = 1
		}
		s.Resolved++
		sum += (j.P - outcome) * (j.P - outcome)
		t := &tenths[min(int(j.P*10+1e-9), 9)] // 0.3×10 is a little under 3
		t.Count++
		t.Mean += j.P
		t.Became += outcome
	}
	if s.Resolved > 0 {
		s.Brier = sum / float64(s.Resolved)
	}
	for i, t := range tenths {
		if t.Count > 0 {
			n := float64(t.Count)
			s.Calibration = append(s.Calibration, Tenth{float64(i) / 10, t.Count, t.Mean / n, t.Became / n})
		}
	}
	return s
}

// Withheld counts what an export left out.
type Withheld struct {
	Confidential int `json:"confidential"` // marked so
	Resting      int `json:"resting"`      // on something left out
}

// Export gives every live record known at a time that may leave the house, each
// after those it refers to. Everything that leaves (files, language models,
// assistants, sweeps) goes through here or through Releasable: records marked
// confidential stay, and with them all that rests on them, unless a person named
// them for this purpose. Entries' reasons and histories are not part of it.
func (l *Ledger) Export(ctx context.Context, asOf time.Time, named []Ref, each func(Record) error) (out Withheld, err error) {
	err = l.view(ctx, func(v *view) error {
		out, err = v.gate(asOf, named).export(func(at Version) error { return each(at.Record) })
		return err
	})
	return out, err
}

// export gives what the gate lets through, each record after those it refers to.
func (g *gate) export(each func(Version) error) (out Withheld, err error) {
	pass := func(kind Kind, want func(Record) bool) error {
		return g.v.all(g.asOf, Filter{Kind: kind}, func(at Version) error {
			if !want(at.Record) {
				return nil
			}
			open, err := g.open(at.Record)
			switch {
			case err != nil:
				return err
			case open:
				return each(at)
			case handlingOf(at.Record) == Confidential:
				out.Confidential++
			default:
				out.Resting++
			}
			return nil
		})
	}
	any := func(Record) bool { return true }
	// Outlets come before reports, and reports before their unnamed sources.
	inReport := func(r Record) bool { return r.(*Source).Report != "" }
	if err := pass(KindSource, func(r Record) bool { return !inReport(r) }); err != nil {
		return out, err
	}
	if err := pass(KindReport, any); err != nil {
		return out, err
	}
	if err := pass(KindSource, inReport); err != nil {
		return out, err
	}
	for k := KindClaim; k < lastKind; k++ {
		if err := pass(k, any); err != nil {
			return out, err
		}
	}
	return out, nil
}

// Releasable are those of some records that may leave the house; see Export.
func (l *Ledger) Releasable(ctx context.Context, asOf time.Time, refs, named []Ref) (out []Ref, err error) {
	out = []Ref{}
	err = l.view(ctx, func(v *view) error {
		g := v.gate(asOf, named)
		for _, ref := range refs {
			open, err := g.openRef(ref)
			if err != nil {
				return err
			}
			if open {
				out = append(out, ref)
			}
		}
		return nil
	})
	return out, err
}

// gate decides what may leave.
type gate struct {
	v     *view
	asOf  time.Time
	named map[Ref]bool
	known map[Ref]bool      // sources, reports, and what else many things rest on
	live  map[Ref]bool      // whether they are still there
	all   bool              // what is confidential too
	shut  func(Record) bool // nil, or what stays for another reason
}

func (v *view) gate(asOf time.Time, named []Ref) *gate {
	g := &gate{v: v, asOf: asOf, named: map[Ref]bool{}, known: map[Ref]bool{}, live: map[Ref]bool{}}
	for _, ref := range named {
		g.named[ref] = true
	}
	return g
}

func (g *gate) open(r Record) (bool, error) {
	if g.named[r.Ref()] {
		return true, nil
	}
	if !g.all && handlingOf(r) == Confidential || g.shut != nil && g.shut(r) {
		return false, nil
	}
	ix := r.index()
	for _, t := range ix.targets() {
		if open, err := g.openRef(t); !open || err != nil {
			return false, err
		}
	}
	return true, nil
}

// openRef asks the same of a record by its name. What was redacted or withdrawn
// holds nothing back: it has no content to tell.
func (g *gate) openRef(ref Ref) (bool, error) {
	if ref.Kind.inCase() || g.named[ref] {
		return true, nil
	}
	if open, ok := g.known[ref]; ok {
		return open, nil
	}
	at, err := g.v.get(g.asOf, ref)
	if demarche.KindOf(err) == demarche.NotFound {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	open, err := g.open(at.Record)
	if ref.Kind != KindClaim { // of those there may be millions
		g.known[ref] = open
	}
	return open, err
}

func handlingOf(r Record) string {
	ix := r.index()
	if i := ix.facet >> handlingFacet.shift & handlingFacet.bits(); i > 0 {
		return handlingFacet.words[i-1]
	}
	return ""
}
