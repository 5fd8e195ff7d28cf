package ledger

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/demarche/demarche"
)

// Holdings gives what was known at a time as far as it bears on a case: the
// accepted claims that lead to something by a link or are answered by another, and
// those that q asks for, with their reports, sources and links; all propositions and judgements. The
// zero time is now.
func (l *Ledger) Holdings(ctx context.Context, asOf time.Time, q demarche.HoldingsQuery) (*demarche.Holdings, error) {
	out := &demarche.Holdings{At: asOf}
	err := l.view(ctx, func(v *view) error {
		g := gathering{view: v, asOf: asOf, out: out, links: map[Ref][]demarche.HeldLink{}, copies: map[string][]demarche.ReportCopy{}}
		return g.gather(q)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// gathering is the work of Holdings.
type gathering struct {
	*view
	asOf   time.Time
	out    *demarche.Holdings
	links  map[Ref][]demarche.HeldLink
	copies map[string][]demarche.ReportCopy
}

func (g *gathering) gather(q demarche.HoldingsQuery) error {
	var wanted []Ref
	for _, id := range q.Claims {
		wanted = append(wanted, Ref{KindClaim, id})
	}
	retracts := map[string][]string{} // claim -> claims that retract it
	err := g.all(g.asOf, Filter{Kind: KindLink}, func(at Version) error {
		l := at.Record.(*Link)
		if l.From.Kind == KindReport {
			if l.Rel == "copies" && l.To.Kind == KindReport {
				share := l.Strength
				if share == 0 {
					share = 1
				}
				g.copies[l.From.ID] = append(g.copies[l.From.ID], demarche.ReportCopy{Report: l.To.ID, Share: share})
			}
			return nil
		}
		g.links[l.From] = append(g.links[l.From], demarche.HeldLink{Rel: l.Rel, Kind: l.To.Kind.String(), ID: l.To.ID, Strength: l.Strength, Note: l.Note})
		wanted = append(wanted, l.From)
		if l.Rel == "replies" || l.Rel == "contradicts" {
			wanted = append(wanted, l.To) // an answer is never told without what it answers
		}
		if l.Rel == "retracts" {
			retracts[l.To.ID] = append(retracts[l.To.ID], l.From.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, id := range q.Claims {
		named[id] = true
	}
	add := func(at Version) error {
		c := at.Record.(*Claim)
		if c.Status == "proposed" && slices.ContainsFunc(g.links[c.Ref()], func(l demarche.HeldLink) bool { return l.Kind == KindProposition.String() }) {
			g.out.Waiting++
		}
		if c.Status == "accepted" || named[c.ID] || q.Pending && c.Status == "proposed" {
			g.out.Claims = append(g.out.Claims, heldClaim(at, g.links[c.Ref()]))
		}
		return nil
	}
	if q.Pending {
		if err := g.all(g.asOf, Filter{Kind: KindClaim, Status: []string{"proposed"}}, func(at Version) error {
			wanted = append(wanted, at.Ref)
			return nil
		}); err != nil {
			return err
		}
	}
	missing, err := g.each(wanted, add)
	if err != nil {
		return err
	}
	for _, ref := range missing {
		if named[ref.ID] && ref.Kind == KindClaim {
			g.out.Gone = append(g.out.Gone, ref.ID)
		}
	}
	slices.Sort(g.out.Gone)
	g.out.Gone = slices.Compact(g.out.Gone)
	slices.SortFunc(g.out.Claims, func(a, b demarche.HeldClaim) int { return strings.Compare(a.ID, b.ID) })
	for i := range g.out.Claims {
		c := &g.out.Claims[i]
		c.Withdrawn = slices.ContainsFunc(retracts[c.ID], func(by string) bool {
			other := g.out.Claim(by)
			return other != nil && other.Status == "accepted"
		})
	}
	if err := g.around(q.Reports); err != nil {
		return err
	}
	if err := g.tombstones(); err != nil {
		return err
	}
	return g.matters()
}

// tombstones adds what is left of claims and reports that were destroyed.
func (g *gathering) tombstones() error {
	var seqs []int64
	if err := g.view.each(`SELECT seq FROM record WHERE state = ? AND kind IN `+marks(2, 1)+` ORDER BY kind, id`, []any{int64(redacted), int64(KindReport), int64(KindClaim)},
		func(scan func(...any) error) error {
			var seq int64
			err := scan(&seq)
			seqs = append(seqs, seq)
			return err
		}); err != nil {
		return err
	}
	for _, seq := range seqs {
		r, err := scanEntry(g.tx.QueryRowContext(g.ctx, g.q(selectEntry+` WHERE seq = ?`), seq))
		if err != nil {
			return err
		}
		g.out.Redacted = append(g.out.Redacted, demarche.HeldTombstone{Kind: r.ref.Kind.String(), ID: r.ref.ID, Who: r.who, Why: r.why, Learned: fromMicros(r.learned)})
	}
	slices.SortFunc(g.out.Redacted, func(a, b demarche.HeldTombstone) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.ID, b.ID))
	})
	return nil
}

// each calls f for every record of a list that was known at the time, each once,
// and gives those that were not: learned later, withdrawn or redacted. What was
// never there is in neither.
func (g *gathering) each(refs []Ref, f func(Version) error) (missing []Ref, err error) {
	slices.SortFunc(refs, func(a, b Ref) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.ID, b.ID)) })
	refs = slices.Compact(refs)
	for len(refs) > 0 {
		kind := refs[0].Kind
		n := 1
		for n < len(refs) && n < lookAtMost && refs[n].Kind == kind {
			n++
		}
		args := make([]any, 0, n+1)
		for _, r := range refs[:n] {
			args = append(args, r.ID)
		}
		args = append(args, int64(kind))
		refs = refs[n:]
		byNum := map[int64]Ref{}
		var nums []int64
		err := g.view.each(named(n)+`SELECT r.num, r.id, r.number, r.state FROM named CROSS JOIN record r WHERE r.kind = ? AND r.id = named.id ORDER BY r.id`, args, func(scan func(...any) error) error {
			var num, number int64
			var id string
			var state int64
			if err := scan(&num, &id, &number, &state); err != nil {
				return err
			}
			switch {
			case state == redacted:
				missing = append(missing, Ref{kind, id})
			case number > 0:
				nums = append(nums, num)
				byNum[num] = Ref{kind, id}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		found, err := g.versions(g.asOf, nums)
		if err != nil {
			return nil, err
		}
		there := map[Ref]bool{}
		for _, at := range found {
			there[at.Ref] = true
			if err := f(at); err != nil {
				return nil, err
			}
		}
		for _, num := range nums {
			if !there[byNum[num]] {
				missing = append(missing, byNum[num])
			}
		}
	}
	return missing, nil
}

// around adds the reports and the sources of the claims, and the reports asked
// for by name.
func (g *gathering) around(named []string) error {
	var reports, sources []Ref
	for _, id := range named {
		reports = append(reports, Ref{KindReport, id})
	}
	for _, c := range g.out.Claims {
		if c.Report != "" {
			reports = append(reports, Ref{KindReport, c.Report})
		}
		for _, id := range []string{c.Source, c.Relayed} {
			if id != "" {
				sources = append(sources, Ref{KindSource, id})
			}
		}
	}
	missing, err := g.each(reports, func(at Version) error {
		r := heldReport(at)
		r.CopyOf = g.copies[r.ID]
		slices.SortFunc(r.CopyOf, func(a, b demarche.ReportCopy) int { return strings.Compare(a.Report, b.Report) })
		if r.Outlet != "" {
			sources = append(sources, Ref{KindSource, r.Outlet})
		}
		g.out.Reports = append(g.out.Reports, r)
		return nil
	})
	if err != nil {
		return err
	}
	for _, ref := range missing {
		if slices.Contains(named, ref.ID) {
			g.out.GoneReports = append(g.out.GoneReports, ref.ID)
		}
	}
	slices.Sort(g.out.GoneReports)
	_, err = g.each(sources, func(at Version) error {
		s := heldSource(at.Record.(*Source))
		if at.Number > 1 {
			var err error
			if s.Grades, err = g.grades(at.Ref); err != nil {
				return err
			}
		}
		g.out.Sources = append(g.out.Sources, s)
		return nil
	})
	slices.SortFunc(g.out.Reports, func(a, b demarche.HeldReport) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(g.out.Sources, func(a, b demarche.HeldSource) int { return strings.Compare(a.ID, b.ID) })
	return err
}

// grades are those that a source had up to the time, where it had more than one.
func (g *gathering) grades(ref Ref) ([]demarche.HeldGrade, error) {
	entries, err := g.history(g.asOf, ref)
	if err != nil {
		return nil, err
	}
	var out []demarche.HeldGrade
	for _, e := range entries {
		s, ok := e.Record.(*Source)
		if ok && (len(out) == 0 || out[len(out)-1].Reliability != s.Reliability) {
			out = append(out, demarche.HeldGrade{Reliability: s.Reliability, By: e.Who, Why: e.Why, Learned: e.Learned})
		}
	}
	if len(out) < 2 {
		return nil, nil
	}
	return out, nil
}

// matters adds the propositions, the judgements, and what was noted on the risk of
// deception.
func (g *gathering) matters() error {
	if err := g.all(g.asOf, Filter{Kind: KindDeception}, func(at Version) error {
		d := at.Record.(*Deception)
		g.out.Deceptions = append(g.out.Deceptions, demarche.HeldDeception{Source: d.Source, By: d.By, WouldSee: d.WouldSee, Seen: d.Seen})
		return nil
	}); err != nil {
		return err
	}
	slices.SortFunc(g.out.Deceptions, func(a, b demarche.HeldDeception) int {
		return cmp.Or(strings.Compare(a.Source, b.Source), strings.Compare(a.By, b.By))
	})
	overrides := map[string]*demarche.Override{}
	if err := g.all(g.asOf, Filter{Kind: KindOverride}, func(at Version) error {
		o := at.Record.(*Override)
		overrides[o.Proposition] = &demarche.Override{P: o.P, By: o.By, Reason: o.Reason}
		return nil
	}); err != nil {
		return err
	}
	if err := g.all(g.asOf, Filter{Kind: KindProposition}, func(at Version) error {
		p := at.Record.(*Proposition)
		g.out.Propositions = append(g.out.Propositions, demarche.HeldProposition{ID: p.ID, Says: p.Says, Prior: p.Prior, Override: overrides[p.ID]})
		return nil
	}); err != nil {
		return err
	}
	slices.SortFunc(g.out.Propositions, func(a, b demarche.HeldProposition) int { return strings.Compare(a.ID, b.ID) })
	err := g.all(g.asOf, Filter{Kind: KindJudgement}, func(at Version) error {
		j := at.Record.(*Judgement)
		g.out.Judgements = append(g.out.Judgements, heldJudgement(j))
		return nil
	})
	slices.SortFunc(g.out.Judgements, func(a, b demarche.HeldJudgement) int { return strings.Compare(a.ID, b.ID) })
	return err
}

func heldReport(at Version) demarche.HeldReport {
	r := at.Record.(*Report)
	return demarche.HeldReport{
		Report: demarche.Report{ID: r.ID, Title: r.Title, Publisher: r.Publisher, Author: r.Author, Published: dateOr(r.Published),
			Retrieved: dateOr(r.Retrieved), URL: r.URL, Lang: r.Lang, SHA256: r.SHA256, Text: r.Text, Body: r.Body},
		Outlet: r.Outlet, Handling: r.Handling, Learned: at.Learned,
	}
}

func heldSource(s *Source) demarche.HeldSource {
	return demarche.HeldSource{ID: s.ID, Name: s.Name, Description: s.Description, Kind: s.Kind, Side: s.Side, Actor: s.Actor, Report: s.Report, Reliability: s.Reliability, Handling: s.Handling}
}

// recently is what a report says that gives no date.
const recently = "recently"

func heldClaim(at Version, links []demarche.HeldLink) demarche.HeldClaim {
	c := at.Record.(*Claim)
	slices.SortFunc(links, func(a, b demarche.HeldLink) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.ID, b.ID))
	})
	return demarche.HeldClaim{
		ID: c.ID, Report: c.Report, Source: c.Source, Says: c.Says, Quote: c.Quote,
		Spans: demarche.ClaimSpans{Source: c.Spans.Source, Cue: c.Spans.Cue, Content: c.Spans.Content},
		Said:  dateOr(c.Said), Recently: c.Said == recently, Act: c.Act, Nature: c.Nature, Access: c.Access, Interest: c.Interest,
		Stance: c.Stance, Record: c.Record, Hedges: c.Hedges, Credibility: c.Credibility, Relayed: c.Relayed, Distinct: c.Distinct,
		Against: c.Against, FoundBy: c.FoundBy, Status: c.Status, Handling: c.Handling,
		Learned: at.Learned, Entry: at.Number, Who: at.Who, Why: at.Why, Links: links,
	}
}

// GiveOut enters a brief that was given out, with the claims it used. known
// reports that it was entered before; then nothing is written.
func (l *Ledger) GiveOut(ctx context.Context, who, why string, learned time.Time, b demarche.HeldBrief) (known bool, err error) {
	rec := &Brief{ID: b.ID, Title: b.Title, Made: dateText(b.Made), AsOf: dateText(b.AsOf), Fingerprint: b.Fingerprint, Claims: b.Claims, Handling: b.Handling}
	err = l.view(ctx, func(v *view) error {
		k, err := v.lookup(rec.Ref())
		known = k != nil && k.number > 0
		return err
	})
	if err != nil || known {
		return known, err
	}
	_, err = l.Write(ctx, Change{Who: who, Why: why, Learned: learned}, Item{Record: rec})
	return false, err
}

// Reports calls f for every report known at a time, what was learned last first.
func (l *Ledger) Reports(ctx context.Context, asOf time.Time, f func(demarche.HeldReport) error) error {
	return l.view(ctx, func(v *view) error {
		return v.all(asOf, Filter{Kind: KindReport}, func(at Version) error { return f(heldReport(at)) })
	})
}

// Enter takes in reports with what was found in them, and can be run again after
// it was stopped: nothing is doubled, and nothing that people have done since is
// undone. A report whose bytes are there already, or the same words under the
// same id, is not taken in again, nor is one that was redacted. One with the id of
// another report gets an id of its own. A date that is still to come is left out. progress, if not nil, is told
// how many drafts were looked at.
func (l *Ledger) Enter(ctx context.Context, who, why string, drafts iter.Seq2[demarche.Draft, error], progress func(drafts int)) (out demarche.Entered, err error) {
	e := entering{l: l, ctx: ctx, out: &out, seen: map[string]string{}, sources: map[string]bool{}}
	items := func(yield func(Item, error) bool) {
		n := 0
		for d, err := range drafts {
			if err != nil {
				yield(Item{}, err)
				return
			}
			list, err := e.items(d)
			if err != nil {
				yield(Item{}, err)
				return
			}
			for _, it := range list {
				if !yield(it, nil) {
					return
				}
			}
			if n++; progress != nil {
				progress(n)
			}
		}
	}
	done, err := l.Import(ctx, Change{Who: who, Why: why}, items, nil)
	out.Redacted += done.Redacted
	return out, err
}

// entering turns drafts into items. It runs beside the writer, which may be some
// drafts behind.
type entering struct {
	l       *Ledger
	ctx     context.Context
	out     *demarche.Entered
	seen    map[string]string // hash -> id of reports of this run
	sources map[string]bool
}

func (e *entering) items(d demarche.Draft) ([]Item, error) {
	r := d.Report
	at, err := e.lookFor(d)
	if err != nil {
		return nil, err
	}
	if at.known {
		e.out.Known++
	}
	if at.destroyed {
		e.out.Redacted++
		return nil, nil
	}
	if at.done {
		return nil, nil
	}
	// What bears a date still to come was dated wrongly: clocks of servers err.
	now := e.l.now()
	if r.Published.From.After(now) {
		r.Published = demarche.Date{}
	}
	id := r.ID
	if at.taken {
		id = r.ID + "-" + r.SHA256[:8]
	}
	e.seen[r.SHA256] = id
	if len(r.CopyOf) > 0 && !at.known {
		e.out.Copies++
	}
	var items []Item
	put := func(rec Record) { items = append(items, Item{Record: rec, Learned: r.Learned}) }
	for _, s := range d.Sources {
		s.Report = renamed(s.Report, r.ID, id)
		if s.Unnamed() {
			s.ID = renamed(s.ID, r.ID, id)
		}
		if !e.sources[s.ID] {
			e.sources[s.ID] = true
			if s.Report != "" {
				continue // after its report
			}
			put(sourceOf(s))
		}
	}
	if r.ID != "" {
		if !at.known {
			e.out.Reports++
		}
		items = append(items, Item{Learned: r.Learned, Original: d.Original, Record: &Report{
			ID: id, Outlet: r.Outlet, Publisher: r.Publisher, Author: r.Author, Title: r.Title, Published: dateText(r.Published),
			Retrieved: dateText(r.Retrieved), URL: r.URL, Lang: r.Lang, SHA256: r.SHA256, Text: r.Text, Body: r.Body, Handling: r.Handling}})
	}
	for _, s := range d.Sources {
		if s.Report != "" {
			s.Report = renamed(s.Report, r.ID, id)
			if s.Unnamed() {
				s.ID = renamed(s.ID, r.ID, id)
			}
			put(sourceOf(s))
		}
	}
	for _, c := range r.CopyOf {
		put(&Link{From: Ref{KindReport, id}, To: Ref{KindReport, c.Report}, Rel: "copies", Strength: c.Share})
	}
	for _, p := range d.Propositions {
		put(&Proposition{ID: p.ID, Says: p.Says, Prior: p.Prior})
	}
	for _, c := range d.Claims {
		c.Report, c.ID, c.Source = renamed(c.Report, r.ID, id), renamed(c.ID, r.ID, id), renamed(c.Source, r.ID, id)
		if c.Said.From.After(now) {
			c.Said = demarche.Date{}
		}
		if !at.claims[c.ID] {
			e.out.Claims++
			if c.Status == "accepted" {
				e.out.Accepted++
			}
		}
		put(claimOf(c))
	}
	// Links come last: claims of one report may lead to one another.
	for _, c := range d.Claims {
		from := Ref{KindClaim, renamed(c.ID, r.ID, id)}
		for _, link := range c.Links {
			kind, err := ParseKind(link.Kind)
			if err != nil {
				return nil, err
			}
			to := link.ID
			if kind == KindClaim {
				to = renamed(to, r.ID, id)
			}
			put(&Link{From: from, To: Ref{kind, to}, Rel: link.Rel, Strength: link.Strength, Note: link.Note})
		}
	}
	for _, j := range d.Judgements {
		put(&Judgement{ID: j.ID, By: j.By, Date: dateText(j.Date), On: j.On, P: j.P, Words: j.Words, Because: j.Because,
			Due: dateText(j.Due), Resolved: j.Resolved, ResolvedOn: dateText(j.ResolvedOn)})
	}
	return items, nil
}

// there is what the ledger has of a draft already.
type there struct {
	known bool // the report, byte for byte, or word for word under the same id
	done  bool // and there is nothing to add to it
	// destroyed: it was redacted. Under another id its content would be back.
	destroyed bool
	taken     bool            // its id, by another report
	claims    map[string]bool // ids of its claims
}

// lookFor says what is there of a draft. A report that is there is entered again
// if the same reader has read it, as an earlier run may have been stopped between
// its claims; another reader would only find the same claims under other ids.
func (e *entering) lookFor(d demarche.Draft) (at there, err error) {
	r := d.Report
	if r.SHA256 == "" && r.ID != "" {
		return at, bad("the report "+r.ID+" has no hash of its bytes", "read it from a file")
	}
	if _, ok := e.seen[r.SHA256]; ok && r.ID != "" {
		return there{known: true, done: true}, nil
	}
	for _, id := range e.seen {
		at.taken = at.taken || id == r.ID && id != ""
	}
	at.claims = map[string]bool{}
	err = e.l.view(e.ctx, func(v *view) error {
		same, own := "", r.ID
		if r.ID != "" {
			if same, err = v.bySHA(r.SHA256); err != nil {
				return err
			}
			k, err := v.lookup(Ref{KindReport, r.ID})
			if err != nil {
				return err
			}
			if at.destroyed = same == "" && k != nil && k.state == redacted; at.destroyed {
				return nil
			}
			if same == "" && k != nil && k.state == live {
				have, err := v.get(time.Time{}, Ref{KindReport, r.ID})
				if err != nil {
					return err
				}
				if have.Record.(*Report).Text == r.Text {
					same = r.ID
				}
			}
			at.taken = at.taken || k != nil && k.number > 0 && same != r.ID
			if at.taken {
				own = r.ID + "-" + r.SHA256[:8]
				if k, err = v.lookup(Ref{KindReport, own}); err != nil {
					return err
				}
				if at.destroyed = k != nil && k.state == redacted; at.destroyed {
					return nil
				}
			}
			at.known = same != ""
			at.done = same != "" && same != own
		}
		readers := map[string]bool{}
		for _, c := range d.Claims {
			readers[c.FoundBy] = true
			found, err := v.get(time.Time{}, Ref{KindClaim, renamed(c.ID, r.ID, own)})
			if err != nil && demarche.KindOf(err) != demarche.NotFound {
				return err
			}
			if err == nil {
				at.claims[found.Ref.ID] = true
			}
		}
		if !at.known || at.done {
			return nil
		}
		return v.all(time.Time{}, Filter{Kind: KindClaim, Report: same}, func(c Version) error {
			by := c.Record.(*Claim).FoundBy
			at.done = at.done || strings.HasPrefix(by, demarche.FoundByReader) && !readers[by] && len(readers) > 0
			return nil
		})
	})
	return at, err
}

const reportBySHA = `SELECT e.id FROM original o JOIN now n ON n.num = o.num JOIN entry e ON e.seq = n.seq WHERE o.sha = ?`

// bySHA is the id of the live report that has the bytes with a hash, "" if none
// has.
func (v *view) bySHA(sha string) (string, error) {
	var id string
	err := v.each(reportBySHA, []any{sha}, func(scan func(...any) error) error { return scan(&id) })
	return id, err
}

// renamed is an id that begins with that of a report, if the report is renamed.
func renamed(id, from, to string) string {
	if from == "" || from == to {
		return id
	}
	if id == from {
		return to
	}
	if rest, ok := strings.CutPrefix(id, from+"."); ok {
		return to + "." + rest
	}
	return id
}

func sourceOf(s demarche.HeldSource) *Source {
	return &Source{ID: s.ID, Name: s.Name, Description: s.Description, Kind: s.Kind, Side: s.Side, Actor: s.Actor, Report: s.Report, Reliability: s.Reliability, Handling: s.Handling}
}

func claimOf(c demarche.HeldClaim) *Claim {
	said := dateText(c.Said)
	if c.Recently {
		said = recently
	}
	return &Claim{
		ID: c.ID, Report: c.Report, Source: c.Source, Says: c.Says, Quote: c.Quote, Spans: Spans{c.Spans.Source, c.Spans.Cue, c.Spans.Content},
		Said: said, Act: c.Act, Nature: c.Nature, Access: c.Access, Interest: c.Interest, Stance: c.Stance, Record: c.Record, Hedges: c.Hedges,
		Credibility: c.Credibility, Relayed: c.Relayed, Distinct: c.Distinct, Against: c.Against, FoundBy: c.FoundBy, Status: c.Status, Handling: c.Handling,
	}
}

func dateText(d demarche.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// Decide accepts or rejects claims, all of them or none. A claim that somebody
// has changed since the entry that the person saw is a conflict. Without a time
// learned it is now; it is never before what is decided on was learned.
func (l *Ledger) Decide(ctx context.Context, who, why string, learned time.Time, verdicts ...demarche.Verdict) error {
	items := make([]Item, len(verdicts))
	err := l.view(ctx, func(v *view) error {
		for i, d := range verdicts {
			if d.Status != "accepted" && d.Status != "rejected" {
				return bad(fmt.Sprintf("a claim cannot be decided to be %q", d.Status), "accept it or reject it")
			}
			at, err := v.get(time.Time{}, Ref{KindClaim, d.Claim})
			if err != nil {
				return err
			}
			c := *at.Record.(*Claim)
			c.Status, c.Irrelevant = d.Status, d.Irrelevant
			if d.Credibility != 0 {
				c.Credibility = d.Credibility
			}
			items[i] = Item{Record: &c, Expect: d.Entry, Learned: learned}
			if !learned.IsZero() && at.Learned.After(learned) {
				items[i].Learned = at.Learned
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = l.Write(ctx, Change{Who: who, Why: why}, items...)
	return err
}
