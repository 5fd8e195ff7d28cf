package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/demarche/demarche"
)

// Outgoing is what may leave the house in the formats of others.
type Outgoing struct {
	// Versions are the records as they may be told, each after those it refers
	// to.
	Versions []Version
	// Holdings are the claims among them with what belongs to them.
	Holdings *demarche.Holdings
	Withheld Withheld
	// Unsettled counts the claims, and what rests on them, that nobody stands
	// for: proposed and rejected ones. They stay.
	Unsettled int
}

// Outgoing gives what may leave in the formats of others, as known at a time: the
// records that [Ledger.Export] lets through, but for claims that are proposed or
// rejected and what rests on those. The texts of reports stay, and with them the
// spans that count in them. confidential lets out what is marked so.
func (l *Ledger) Outgoing(ctx context.Context, asOf time.Time, confidential bool) (*Outgoing, error) {
	out := &Outgoing{}
	err := l.view(ctx, func(v *view) (err error) {
		g := v.gate(asOf, nil)
		g.all = confidential
		stand := v.gate(asOf, nil)
		stand.all = true
		stand.shut = func(r Record) bool {
			c, ok := r.(*Claim)
			return ok && (c.Status == "proposed" || c.Status == "rejected")
		}
		out.Withheld, err = g.export(func(at Version) error {
			settled, err := stand.open(at.Record)
			if err != nil {
				return err
			}
			if settled {
				at.Record, settled, err = stand.loose(at.Record)
			}
			if err != nil || !settled {
				out.Unsettled++
				return err
			}
			switch r := at.Record.(type) {
			case *Report:
				told := *r
				told.Text, told.Body = "", 0
				at.Record = &told
			case *Claim:
				told := *r
				told.Spans = Spans{}
				at.Record = &told
			}
			out.Versions = append(out.Versions, at)
			return nil
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	out.Holdings = holdingsOf(asOf, out.Versions)
	return out, nil
}

// there reports whether a record that something refers to still is one.
func (g *gate) there(ref Ref) (bool, error) {
	if ref.IsZero() || ref.Kind.inCase() {
		return true, nil
	}
	if there, ok := g.live[ref]; ok {
		return there, nil
	}
	_, err := g.v.get(g.asOf, ref)
	there := err == nil
	if err != nil && demarche.KindOf(err) != demarche.NotFound {
		return false, err
	}
	if ref.Kind != KindClaim {
		g.live[ref] = there
	}
	return there, nil
}

// loose is a record without what it refers to and is no longer there: redacted or
// withdrawn. ok is false where nothing is left of it then.
func (g *gate) loose(r Record) (out Record, ok bool, err error) {
	gone := func(ref Ref) bool {
		there, e := g.there(ref)
		if err == nil {
			err = e
		}
		return !there
	}
	without := func(ids []string) []string {
		return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return gone(Ref{KindClaim, id}) })
	}
	ok = true
	switch r := r.(type) {
	case *Report:
		told := *r
		if gone(sourceRef(r.Outlet)) {
			told.Outlet = ""
		}
		out = &told
	case *Source:
		out, ok = r, !gone(reportRef(r.Report))
	case *Claim:
		told := *r
		if gone(reportRef(r.Report)) {
			told.Report, told.Spans = "", Spans{}
		}
		s := sourceRef(r.Source)
		if !s.IsZero() {
			// An unnamed source goes with its report.
			if at, e := g.v.get(g.asOf, s); e == nil {
				if source := at.Record.(*Source); source.Report != "" && gone(reportRef(source.Report)) {
					told.Source = ""
				}
			} else if gone(s) {
				told.Source = ""
			}
		}
		if gone(sourceRef(r.Relayed)) {
			told.Relayed = ""
		}
		out, ok = &told, told.Source != "" || len(told.Against) == 0 // nothing is alleged by nobody
	case *Link:
		out, ok = r, !gone(r.From) && !gone(r.To)
	case *Judgement:
		told := *r
		told.Because = without(r.Because)
		out = &told
	case *Rating:
		out, ok = r, !gone(refOr(KindHypothesis, r.Hypothesis)) && !gone(refOr(KindClaim, r.Claim))
	case *Deception:
		out, ok = r, !gone(sourceRef(r.Source))
	case *Override:
		out, ok = r, !gone(refOr(KindProposition, r.Proposition))
	case *Brief:
		told := *r
		told.Claims = without(r.Claims)
		out = &told
	default:
		out = r
	}
	if !ok {
		g.live[r.Ref()] = false // nothing that comes after it can refer to it
	}
	return out, ok, err
}

// holdingsOf makes holdings of records; see [Ledger.Holdings].
func holdingsOf(at time.Time, list []Version) *demarche.Holdings {
	out := &demarche.Holdings{At: at}
	links := map[string][]demarche.HeldLink{}
	copies := map[string][]demarche.ReportCopy{}
	retracts := map[string][]string{}
	overrides := map[string]*demarche.Override{}
	for _, v := range list {
		switch r := v.Record.(type) {
		case *Link:
			if r.From.Kind == KindReport {
				share := r.Strength
				if share == 0 {
					share = 1
				}
				copies[r.From.ID] = append(copies[r.From.ID], demarche.ReportCopy{Report: r.To.ID, Share: share})
				continue
			}
			links[r.From.ID] = append(links[r.From.ID], demarche.HeldLink{Rel: r.Rel, Kind: r.To.Kind.String(), ID: r.To.ID, Strength: r.Strength, Note: r.Note})
			if r.Rel == "retracts" {
				retracts[r.To.ID] = append(retracts[r.To.ID], r.From.ID)
			}
		case *Override:
			overrides[r.Proposition] = &demarche.Override{P: r.P, By: r.By, Reason: r.Reason}
		}
	}
	for _, v := range list {
		switch r := v.Record.(type) {
		case *Report:
			held := heldReport(v)
			held.CopyOf = copies[r.ID]
			slices.SortFunc(held.CopyOf, func(a, b demarche.ReportCopy) int { return strings.Compare(a.Report, b.Report) })
			out.Reports = append(out.Reports, held)
		case *Source:
			out.Sources = append(out.Sources, heldSource(r))
		case *Claim:
			out.Claims = append(out.Claims, heldClaim(v, links[r.ID]))
		case *Proposition:
			out.Propositions = append(out.Propositions, demarche.HeldProposition{ID: r.ID, Says: r.Says, Prior: r.Prior, Override: overrides[r.ID]})
		case *Judgement:
			out.Judgements = append(out.Judgements, heldJudgement(r))
		}
	}
	slices.SortFunc(out.Reports, func(a, b demarche.HeldReport) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(out.Sources, func(a, b demarche.HeldSource) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(out.Claims, func(a, b demarche.HeldClaim) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(out.Propositions, func(a, b demarche.HeldProposition) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(out.Judgements, func(a, b demarche.HeldJudgement) int { return strings.Compare(a.ID, b.ID) })
	for i := range out.Claims {
		c := &out.Claims[i]
		c.Withdrawn = slices.ContainsFunc(retracts[c.ID], func(by string) bool {
			other := out.Claim(by)
			return other != nil && other.Status == "accepted"
		})
	}
	return out
}

func heldJudgement(j *Judgement) demarche.HeldJudgement {
	return demarche.HeldJudgement{
		ID: j.ID, By: j.By, Date: dateOr(j.Date), On: j.On, P: j.P, Words: j.Words, Because: j.Because,
		Due: dateOr(j.Due), Resolved: j.Resolved, ResolvedOn: dateOr(j.ResolvedOn)}
}

// Fate is what the ledger has to say on whether something may leave.
type Fate uint8

const (
	Unheard   Fate = iota // the ledger has not heard of it
	Free                  // it may leave
	Held                  // it is confidential, or rests on what is
	Withdrawn             // it was taken back, or was not known then
	Destroyed             // it was redacted
)

// Fates tells of each record whether it may leave; see [Ledger.Outgoing].
func (l *Ledger) Fates(ctx context.Context, confidential bool, refs []Ref) (map[Ref]Fate, error) {
	out := map[Ref]Fate{}
	err := l.view(ctx, func(v *view) error {
		g := v.gate(time.Time{}, nil)
		g.all = confidential
		for _, ref := range refs {
			k, err := v.lookup(ref)
			if err != nil {
				return err
			}
			switch {
			case k == nil || k.number == 0:
				out[ref] = Unheard
				continue
			case k.state == redacted:
				out[ref] = Destroyed
				continue
			case k.state == withdrawn:
				out[ref] = Withdrawn
				continue
			}
			open, err := g.openRef(ref)
			if err != nil {
				return err
			}
			out[ref] = map[bool]Fate{true: Free, false: Held}[open]
		}
		return nil
	})
	return out, err
}

// OfBytes is the id of the live report with the SHA-256, in hex, of its bytes, "" if
// there is none.
func (l *Ledger) OfBytes(ctx context.Context, sha string) (id string, err error) {
	err = l.view(ctx, func(v *view) error {
		id, err = v.bySHA(sha)
		return err
	})
	return id, err
}

// Discreet reports whether nothing in the ledger is or was ever marked
// confidential.
func (l *Ledger) Discreet(ctx context.Context) (bool, error) {
	discreet := true
	err := l.view(ctx, func(v *view) error {
		return v.each(`SELECT facet FROM facets`, nil, func(scan func(...any) error) error {
			var facet int64
			err := scan(&facet)
			if facet>>handlingFacet.shift&handlingFacet.bits() == handlingFacet.put(Confidential)>>handlingFacet.shift {
				discreet = false
			}
			return err
		})
	})
	return discreet, err
}

// Packed says what went into a copy of the ledger that leaves the house.
type Packed struct {
	// Whole: all entries with who made them, when and why. Else the live records
	// alone, each under the time at which it was learned.
	Whole    bool
	Withheld Withheld
}

// Pack writes a ledger that may leave the house to a file that is not there yet,
// and checks it. It is the whole ledger if confidential is set or nothing in it
// is or was confidential; else the live records without those, as a history
// cannot be told with holes. place is where it will lie in the end: it is
// remembered among the backups, as it holds what a redaction does not reach. What
// the ledger itself knows of backups does not go with it.
func (l *Ledger) Pack(ctx context.Context, to, place string, confidential bool) (out Packed, err error) {
	if _, err := os.Stat(to); err == nil {
		return out, &demarche.Error{Kind: demarche.Usage, Op: "ledger.Pack", Msg: to + " is there already", Hint: "name a file that is not"}
	}
	discreet, err := l.Discreet(ctx)
	if err != nil {
		return out, err
	}
	if out.Whole = confidential || discreet; out.Whole {
		if err = l.copyTo(ctx, to); err == nil {
			err = forgetBackups(ctx, to)
		}
	} else {
		out.Withheld, err = l.extract(ctx, to)
	}
	var note BackupNote
	if err == nil {
		note.Seq, err = verified(ctx, to)
	}
	if err == nil {
		note.SHA, err = fileHash(to)
	}
	if err != nil {
		return out, errors.Join(err, removeLedger(to))
	}
	if l.write == nil {
		return out, nil
	}
	if abs, err := filepath.Abs(place); err == nil {
		place = abs
	}
	_, err = l.write.ExecContext(ctx, l.d.sql(`INSERT INTO backup (made, place, seq, sha) VALUES (?, ?, ?, ?)`), micros(l.now()), place, note.Seq, note.SHA)
	return out, l.explain(err)
}

// forgetBackups takes out of a copy where other copies lie.
func forgetBackups(ctx context.Context, path string) error {
	db, err := openPool("sqlite", sqliteAddress(path, copying), 1)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, `DELETE FROM backup`)
	return err
}

// extract writes the live records that may leave into a new ledger.
func (l *Ledger) extract(ctx context.Context, to string) (out Withheld, err error) {
	fresh, err := Open(ctx, to, Options{Now: l.now})
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, fresh.Close()) }()
	items := func(yield func(Item, error) bool) {
		stopped := errors.New("stopped")
		err := l.view(ctx, func(v *view) (err error) {
			g := v.gate(time.Time{}, nil)
			out, err = g.export(func(at Version) error {
				record, ok, err := g.loose(at.Record)
				if !ok || err != nil {
					return err
				}
				it := Item{Record: record, Learned: at.Learned}
				if r, ok := at.Record.(*Report); ok && r.SHA256 != "" {
					if it.Original, err = l.Original(ctx, time.Time{}, r.ID); err != nil && demarche.KindOf(err) != demarche.NotFound {
						return err
					}
				}
				if !yield(it, nil) {
					return stopped
				}
				return nil
			})
			return err
		})
		if err != nil && !errors.Is(err, stopped) {
			yield(Item{}, err)
		}
	}
	_, err = fresh.Import(ctx, Change{Who: "demarche export", Why: "the live records of a ledger, without what is confidential"}, items, nil)
	return out, err
}

// Adopt makes a ledger, at a place where there is none yet, of a file that comes
// from elsewhere. Nothing is taken from the file but its rows, and those are
// checked: what else a database can hold, such as triggers, is refused.
func Adopt(ctx context.Context, file, where string) error {
	db, err := openPool("sqlite", sqliteAddress(file, reading), 1)
	if err != nil {
		return err
	}
	strange := 0
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE type NOT IN ('table', 'index') OR type = 'table' AND rootpage = 0 AND NOT (name = 'words' AND sql LIKE '%USING fts5(%')`).Scan(&strange)
	if e := db.Close(); err == nil {
		err = e
	}
	if err != nil {
		return (&Ledger{place: file, d: &sqliteDialect}).explain(err)
	}
	if strange > 0 {
		return &demarche.Error{Kind: demarche.BadInput, Op: "ledger.Adopt", Msg: fmt.Sprintf("%s is not as this program writes a ledger: it holds more than tables of records", filepath.Base(file)), Hint: "get it again from the one who made it"}
	}
	if _, err := verified(ctx, file); err != nil {
		return err
	}
	from, err := Open(ctx, file, Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer from.Close()
	if !isPostgres(where) {
		if _, err := os.Stat(where); err == nil {
			return &demarche.Error{Kind: demarche.Usage, Op: "ledger.Adopt", Msg: where + " is there already", Hint: "move it away first; nothing is written over"}
		}
	}
	to, err := Open(ctx, where, Options{})
	if err != nil {
		return err
	}
	if err = to.take(ctx, from); err == nil {
		err = to.proved(ctx)
	}
	err = errors.Join(err, to.Close())
	if err != nil && !isPostgres(where) {
		err = errors.Join(err, removeLedger(where))
	}
	return err
}
