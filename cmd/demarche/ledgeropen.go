package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/casefile"
	"github.com/demarche/demarche/ledger"
	"github.com/spf13/cobra"
)

// clock is the clock of ledgers.
var clock = time.Now

// ledgerPlace is where the ledger of a case lies: the address of --db, or of
// DEMARCHE_DB, else ledger.db beside the case file. It is "" for a model of
// earlier tools, which has no folder.
func (a *app) ledgerPlace(casePath string) (string, error) {
	flag, where := "--db", a.db
	if where == "" {
		flag, where = "DEMARCHE_DB", os.Getenv("DEMARCHE_DB")
	}
	if where != "" {
		if !strings.HasPrefix(where, "postgres://") && !strings.HasPrefix(where, "postgresql://") {
			return "", usage("write postgres://user@host:5432/database, or leave it out: the ledger is then "+casefile.LedgerName+" beside the case file", "%s does not give the address of a PostgreSQL database", flag)
		}
		return where, nil
	}
	info, err := os.Stat(casePath)
	switch {
	case err == nil && info.IsDir():
		return filepath.Join(casePath, casefile.LedgerName), nil
	case err == nil && strings.EqualFold(filepath.Ext(casePath), ".gmcr"):
		return "", nil
	}
	return filepath.Join(filepath.Dir(casePath), casefile.LedgerName), nil
}

// openLedger opens the ledger of a case. For reading it must be there; for
// writing it is made if it is not.
func (a *app) openLedger(ctx context.Context, casePath string, write bool) (*ledger.Ledger, error) {
	where, err := a.ledgerPlace(casePath)
	if err != nil {
		return nil, err
	}
	if where == "" {
		return nil, usage("make a case of it with demarche import", "%s is a model of earlier tools and has no ledger", casePath)
	}
	l, err := ledger.Open(ctx, where, ledger.Options{ReadOnly: !write, Now: clock})
	if err != nil && !write && noLedger(err) {
		e, _ := errors.AsType[*demarche.Error](err)
		e.Hint = "demarche ledger add " + casePath + " makes one"
	}
	return l, err
}

// noLedger reports whether an error says that nothing was ever entered, and not
// that a server or a folder is missing.
func noLedger(err error) bool {
	e, ok := errors.AsType[*demarche.Error](err)
	return ok && e.Kind == demarche.NotFound && strings.HasPrefix(e.Msg, "there is no ledger")
}

// ledgerIfAny opens the ledger of a case for reading; nil if there is none.
func (a *app) ledgerIfAny(ctx context.Context, casePath string) (*ledger.Ledger, error) {
	where, err := a.ledgerPlace(casePath)
	if err != nil || where == "" {
		return nil, err
	}
	l, err := a.openLedger(ctx, casePath, false)
	if err != nil && noLedger(err) {
		return nil, nil
	}
	return l, err
}

// books are the case and its ledger while a command works on them.
type books struct {
	*app
	*ledger.Ledger
	crisis *demarche.Case
	path   string // of the case, as given
	// at is the time asked for; the zero time is now.
	at time.Time

	sources map[string]*ledger.Source
}

// ledgerFlags are those of all commands that read the ledger.
type ledgerFlags struct {
	asOf string
	json bool
}

func (f *ledgerFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.asOf, "as-of", "", "what was known by the end of this day, in UTC, such as 2025-12-02; the case's own day, or now, if left out")
	c.Flags().BoolVar(&f.json, "json", false, "print JSON")
}

// books opens a case and its ledger to read them as of a day. Where all is set,
// the day is that of the flag alone.
func (a *app) books(ctx context.Context, path, asOf string, all bool) (*books, error) {
	file, err := casefile.Open(path)
	if err != nil {
		return nil, err
	}
	b := &books{app: a, crisis: file.Case, path: path, sources: map[string]*ledger.Source{}}
	day := file.Case.AsOf
	if asOf != "" {
		if day, err = flagDate("--as-of", asOf); err != nil {
			return nil, err
		}
	} else if all {
		day = demarche.Date{}
	}
	b.at = endOf(day)
	b.Ledger, err = a.openLedger(ctx, path, false)
	return b, err
}

// flagDate reads the date that a flag gives.
func flagDate(flag, text string) (demarche.Date, error) {
	d, err := demarche.ParseDate(text)
	if err != nil {
		e, _ := errors.AsType[*demarche.Error](err)
		return d, usage(e.Hint, "%s: %s", flag, e.Msg)
	}
	return d, nil
}

// endOf is the last moment of a date; the zero time where it has none.
func endOf(d demarche.Date) time.Time {
	if d.To.IsZero() {
		return time.Time{}
	}
	return d.To.Add(-time.Microsecond) // the ledger counts in these
}

// changeFlags are those of all commands that change the ledger.
type changeFlags struct{ by, why, learned string }

func (f *changeFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.by, "by", "", "who makes the change; DEMARCHE_USER, or the name you are logged in with, if left out")
	c.Flags().StringVar(&f.why, "why", "", "why, in a sentence")
	c.Flags().StringVar(&f.learned, "learned", "", "when this became known, such as 2025-12-02; now if left out, or the end of the case's own day if that is past")
}

// changing is the case and its ledger, and who changes it and why.
type changing struct {
	*books
	ledger.Change
	stated bool // the time was given
}

// making makes a change for which the ledger need not be there yet. Where it is
// not, the change is first tried on one that is thrown away, so that a command
// given wrongly leaves no empty ledger behind.
func (a *app) making(ctx context.Context, path string, f changeFlags, why string, make func(*changing) error) error {
	there, err := a.ledgerIfAny(ctx, path)
	if err != nil {
		return err
	}
	if there == nil {
		if err := a.rehearse(ctx, path, f, why, make); err != nil {
			return err
		}
	} else if err := there.Close(); err != nil {
		return err
	}
	c, err := a.change(ctx, path, f, why, true)
	if err != nil {
		return err
	}
	defer c.Close()
	return make(c)
}

func (a *app) rehearse(ctx context.Context, path string, f changeFlags, why string, make func(*changing) error) error {
	dir, err := os.MkdirTemp("", "demarche-")
	if err != nil {
		return &demarche.Error{Kind: demarche.Unavailable, Msg: "no temporary folder can be made", Hint: "make room on the disk", Err: err}
	}
	defer os.RemoveAll(dir)
	c, err := a.changer(path, f, why)
	if err != nil {
		return err
	}
	if c.Ledger, err = ledger.Open(ctx, filepath.Join(dir, casefile.LedgerName), ledger.Options{Now: clock}); err != nil {
		return err
	}
	defer c.Close()
	quiet := *a
	quiet.quiet = true
	c.app = &quiet
	return make(c)
}

// change opens a case and its ledger to change it. why is the reason where none
// is given. The ledger must be there, unless fresh.
func (a *app) change(ctx context.Context, path string, f changeFlags, why string, fresh bool) (*changing, error) {
	c, err := a.changer(path, f, why)
	if err != nil {
		return nil, err
	}
	if !fresh {
		l, err := a.openLedger(ctx, path, false)
		if err != nil {
			return nil, err
		}
		if err := l.Close(); err != nil {
			return nil, err
		}
	}
	c.Ledger, err = a.openLedger(ctx, path, true)
	return c, err
}

// changer says who changes something, why, and when it was learned; it has no
// ledger yet.
func (a *app) changer(path string, f changeFlags, why string) (*changing, error) {
	file, err := casefile.Open(path)
	if err != nil {
		return nil, err
	}
	c := &changing{books: &books{app: a, crisis: file.Case, path: path, sources: map[string]*ledger.Source{}}}
	if c.Who, err = analyst(f.by); err != nil {
		return nil, err
	}
	c.Why = cmp.Or(strings.TrimSpace(f.why), why)
	now := clock()
	if f.learned != "" {
		d, err := flagDate("--learned", f.learned)
		if err != nil {
			return nil, err
		}
		if c.Learned = endOf(d); c.Learned.IsZero() {
			return nil, usage("write one day, such as 2025-12-02", "--learned %s has no end", f.learned)
		}
		if d.From.After(now) {
			return nil, usage("write a day that has come", "--learned %s lies in the future", f.learned)
		}
		if c.Learned.After(now) {
			c.Learned = time.Time{}
		}
		c.stated = true
	} else if end := endOf(file.Case.AsOf); !end.IsZero() && end.Before(now) {
		c.Learned = end
	}
	return c, nil
}

// analyst is who makes a change.
func analyst(by string) (string, error) {
	if name := cmp.Or(strings.TrimSpace(by), strings.TrimSpace(os.Getenv("DEMARCHE_USER"))); name != "" {
		return name, nil
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username, nil
	}
	return "", usage("give your name with --by, or set DEMARCHE_USER", "the change does not say who makes it")
}

// after is the change as one that supersedes what was learned at a time: in a
// replay, entries that were learned later stay before it.
func (c *changing) after(learned time.Time) ledger.Change {
	ch := c.Change
	if !c.stated && !ch.Learned.IsZero() && ch.Learned.Before(learned) {
		ch.Learned = learned
	}
	return ch
}

// head is the latest entry of a record, whatever it is.
func (b *books) head(ctx context.Context, ref ledger.Ref) (ledger.Entry, error) {
	h, err := b.History(ctx, time.Time{}, ref)
	if err != nil {
		return ledger.Entry{}, b.unknown(ctx, ref, err)
	}
	return h[len(h)-1], nil
}

// unknown gives the error that a record is not there the name that was most
// likely meant.
func (b *books) unknown(ctx context.Context, ref ledger.Ref, err error) error {
	e, ok := errors.AsType[*demarche.Error](err)
	if !ok || e.Kind != demarche.NotFound || !strings.HasPrefix(e.Msg, "there is no ") {
		return err
	}
	kinds, err := b.Kept(ctx, ref.ID)
	if err != nil {
		return err
	}
	if len(kinds) > 0 {
		article := " is a "
		if strings.ContainsAny(kinds[0].String()[:1], "aeiou") {
			article = " is an "
		}
		e.Hint = ref.ID + article + kinds[0].String()
		return e
	}
	if e.Hint, err = b.near(ctx, ref.ID, ref.Kind); err != nil {
		return err
	}
	return e
}

// maxNames is how many ids an unknown one is compared with.
const maxNames = 20_000

// near is the hint for an unknown id.
func (b *books) near(ctx context.Context, id string, kinds ...ledger.Kind) (string, error) {
	var names []string
	for _, k := range kinds {
		more, err := b.Names(ctx, k, maxNames)
		if err != nil {
			return "", err
		}
		names = append(names, more...)
	}
	if hint := demarche.DidYouMean(id, names); hint != "" {
		return hint, nil
	}
	return "demarche ledger list " + b.path + " --kind " + kinds[0].String() + " shows them", nil
}

// kindOf reads a kind that the ledger keeps.
func kindOf(name string) (ledger.Kind, error) {
	k, err := ledger.ParseKind(name)
	if err != nil || !kept(name) {
		return 0, usage(demarche.DidYouMean(name, ledger.Kinds()), "%q is not a kind of record", name)
	}
	return k, nil
}

func kept(kind string) bool {
	for _, k := range ledger.Kinds() {
		if k == kind {
			return true
		}
	}
	return false
}

// record finds the record that the arguments name: ID, KIND ID or KIND:ID, and
// for links FROM>TO or FROM TO.
func (b *books) record(ctx context.Context, args []string) (ledger.Ref, error) {
	id := args[0]
	if len(args) == 2 {
		if !kept(args[0]) {
			return ledger.Ref{}, usage("write an id, or a kind and an id, such as claim c8", "%q is not a kind of record", args[0])
		}
		id = args[0] + ":" + args[1]
	}
	if kind, rest, ok := strings.Cut(id, ":"); ok && kept(kind) {
		k, _ := ledger.ParseKind(kind)
		if ref, err := b.kindred(ctx, k, rest); ref.ID != "" || err != nil {
			return ref, err
		}
	}
	kinds, err := b.Kept(ctx, id)
	if err != nil {
		return ledger.Ref{}, err
	}
	switch len(kinds) {
	case 1:
		return ledger.Ref{Kind: kinds[0], ID: id}, nil
	case 0:
		if from, to, ok := strings.Cut(id, ">"); ok {
			return b.linkOf(ctx, from, to)
		}
		return ledger.Ref{}, b.nothing(ctx, id)
	}
	var forms []string
	for _, k := range kinds {
		forms = append(forms, k.String()+":"+id)
	}
	return ledger.Ref{}, usage("write "+strings.Join(forms, " or "), "the id %s belongs to several records", id)
}

// kindred finds a record of a kind; no id if what was read as a kind may be part
// of the name of a link.
func (b *books) kindred(ctx context.Context, k ledger.Kind, id string) (ledger.Ref, error) {
	kinds, err := b.Kept(ctx, id)
	if err != nil {
		return ledger.Ref{}, err
	}
	for _, have := range kinds {
		if have == k {
			return ledger.Ref{Kind: k, ID: id}, nil
		}
	}
	from, to, ok := strings.Cut(id, ">")
	switch {
	case ok && k == ledger.KindLink:
		return b.linkOf(ctx, from, to)
	case ok:
		return ledger.Ref{}, nil
	}
	hint, err := b.near(ctx, id, k)
	if err != nil {
		return ledger.Ref{}, err
	}
	return ledger.Ref{}, &demarche.Error{Kind: demarche.NotFound, Msg: "there is no " + k.String() + " " + id + " in the ledger", Hint: hint}
}

// nothing says that no record has an id.
func (b *books) nothing(ctx context.Context, id string) error {
	hint, err := b.near(ctx, id, ledger.KindClaim, ledger.KindReport, ledger.KindSource, ledger.KindProposition,
		ledger.KindJudgement, ledger.KindHypothesis, ledger.KindBrief)
	if err != nil {
		return err
	}
	return &demarche.Error{Kind: demarche.NotFound, Msg: "nothing in the ledger has the id " + id, Hint: hint}
}

// linkOf finds the link between two records, or between a record and something
// of the case.
func (b *books) linkOf(ctx context.Context, from, to string) (ledger.Ref, error) {
	begin, err := b.end(ctx, from)
	if err != nil {
		return ledger.Ref{}, err
	}
	finish, err := b.end(ctx, to)
	if err != nil {
		return ledger.Ref{}, err
	}
	ref := ledger.Ref{Kind: ledger.KindLink, ID: ledger.LinkID(begin, finish)}
	kinds, err := b.Kept(ctx, ref.ID)
	if err != nil {
		return ledger.Ref{}, err
	}
	if len(kinds) == 0 {
		return ledger.Ref{}, &demarche.Error{Kind: demarche.NotFound, Msg: "there is no link from the " + begin.String() + " to the " + finish.String(), Hint: "demarche ledger show " + b.path + " " + from + " lists its links"}
	}
	return ref, nil
}

// end finds what an end of a link means: a record, or a part of the case.
func (b *books) end(ctx context.Context, id string) (ledger.Ref, error) {
	if kind, rest, ok := strings.Cut(id, ":"); ok && !kept(kind) {
		if k, err := ledger.ParseKind(kind); err == nil {
			return ledger.Ref{Kind: k, ID: rest}, b.inCase(k, rest)
		}
	}
	kinds, err := b.Kept(ctx, id)
	if err != nil {
		return ledger.Ref{}, err
	}
	if len(kinds) == 0 {
		if found := b.caseKinds(id); len(found) == 1 {
			return ledger.Ref{Kind: found[0], ID: id}, nil
		} else if len(found) > 1 {
			return ledger.Ref{}, usage("write "+found[0].String()+":"+id+" or "+found[1].String()+":"+id, "the id %s belongs to several parts of the case", id)
		}
	}
	return b.record(ctx, []string{id})
}

// caseKinds are the kinds of parts of the case that have an id.
func (b *books) caseKinds(id string) (out []ledger.Kind) {
	for _, k := range []ledger.Kind{ledger.KindIncident, ledger.KindOffer, ledger.KindAuthority, ledger.KindTie, ledger.KindPreference} {
		for _, have := range b.caseIDs(k) {
			if have == id {
				out = append(out, k)
				break
			}
		}
	}
	return out
}

// caseIDs are the ids of parts of the case to which links can lead. Ties and
// preferences have none in the file: they are known as FROM-TO and PLAYER.N.
func (b *books) caseIDs(k ledger.Kind) (out []string) {
	c := b.crisis
	switch k {
	case ledger.KindIncident:
		for _, in := range c.Incidents {
			out = append(out, in.ID)
		}
	case ledger.KindOffer:
		for _, o := range c.Offers {
			out = append(out, o.ID)
		}
	case ledger.KindAuthority:
		for _, u := range c.Authorities {
			out = append(out, u.ID)
		}
	}
	return out
}

// inCase refuses an incident, an offer or an authority that the case has not.
func (b *books) inCase(k ledger.Kind, id string) error {
	ids := b.caseIDs(k)
	for _, have := range ids {
		if have == id {
			return nil
		}
	}
	if k == ledger.KindTie || k == ledger.KindPreference {
		return nil // they have no ids in the file
	}
	return &demarche.Error{Kind: demarche.NotFound, Msg: "the case has no " + k.String() + " " + id, Hint: cmp.Or(demarche.DidYouMean(id, ids), "demarche check "+b.path+" tells what is in the case")}
}

// source is a source as known at the time asked for; nil if there is none.
func (b *books) source(ctx context.Context, id string) (*ledger.Source, error) {
	if s, ok := b.sources[id]; ok || id == "" {
		return s, nil
	}
	at, err := b.Get(ctx, b.at, ledger.Ref{Kind: ledger.KindSource, ID: id})
	if err != nil && demarche.KindOf(err) != demarche.NotFound {
		return nil, err
	}
	s, _ := at.Record.(*ledger.Source)
	b.sources[id] = s
	return s, nil
}
