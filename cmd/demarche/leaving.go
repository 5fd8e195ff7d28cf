package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/casefile"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/intake"
	"github.com/demarche/demarche/ledger"
)

// leaving is a case on its way out with its ledger.
type leaving struct {
	*app
	*ledger.Ledger // nil if there is none
	file           *casefile.File
	confidential   bool
	// fates are of the claims and reports that the case file names.
	fates map[ledger.Ref]ledger.Fate
	stay  map[string]ledger.Fate // reports that stay, by the paths of their files
}

// leave opens a case and its ledger to export them. It is opened for writing, if
// it can be, where a copy of it is to be remembered.
func (a *app) leave(ctx context.Context, path string, confidential, remember bool) (out *leaving, err error) {
	out = &leaving{app: a, confidential: confidential, stay: map[string]ledger.Fate{}}
	if out.Ledger, err = a.ledgerIfAny(ctx, path); err != nil {
		return nil, err
	}
	var opts []casefile.Option
	if out.Ledger != nil {
		opts = append(opts, casefile.KnownClaims(func(string) bool { return true }))
		if remember {
			if l, err := a.openLedger(ctx, path, true); err == nil {
				_ = out.Ledger.Close()
				out.Ledger = l
			}
		}
	}
	if out.file, err = casefile.Open(path, opts...); err == nil {
		if err = casefile.MayLeave(out.file.Case, confidential); err == nil {
			err = out.judge(ctx)
		}
	}
	if err != nil {
		return nil, errors.Join(err, out.Close())
	}
	return out, nil
}

// Close closes the ledger, if there is one.
func (v *leaving) Close() error {
	if v.Ledger == nil {
		return nil
	}
	return v.Ledger.Close()
}

func reportRef(id string) ledger.Ref { return ledger.Ref{Kind: ledger.KindReport, ID: id} }

// judge asks the ledger about the claims of the case file and the files of
// reports.
func (v *leaving) judge(ctx context.Context) error {
	if v.Ledger == nil {
		return nil
	}
	var refs []ledger.Ref
	for _, c := range v.file.Case.Claims {
		refs = append(refs, claimRef(c.ID), reportRef(c.Report))
	}
	paths, err := v.file.ReportFiles()
	if err != nil {
		return err
	}
	of := map[string][]ledger.Ref{}
	for _, path := range paths {
		rep, err := intake.Open(path)
		if err != nil {
			continue // a file that nobody can read is no report that the ledger has
		}
		of[path] = []ledger.Ref{reportRef(rep.ID)}
		id, err := v.OfBytes(ctx, rep.SHA256)
		if err != nil {
			return err
		}
		if id != "" {
			of[path] = append(of[path], reportRef(id))
		}
		refs = append(refs, of[path]...)
	}
	if v.fates, err = v.Fates(ctx, v.confidential, refs); err != nil {
		return err
	}
	for path, refs := range of {
		for _, ref := range refs {
			if f := v.fates[ref]; f == ledger.Held || f == ledger.Destroyed {
				v.stay[path] = f
			}
		}
	}
	return nil
}

// fate is that of a claim of the case file. One that the ledger has not heard of
// shares that of its report.
func (v *leaving) fate(c demarche.Claim) ledger.Fate {
	f := v.fates[claimRef(c.ID)]
	if r := v.fates[reportRef(c.Report)]; f == ledger.Unheard && r == ledger.Held {
		return r
	}
	return f
}

// bundle writes the bundle of a case.
func (a *app) bundle(ctx context.Context, path, out string, confidential bool) (err error) {
	v, err := a.leave(ctx, path, confidential, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	if err := outside(out, v.file); err != nil {
		return err
	}
	if err := v.copiesInCase(); err != nil {
		return err
	}
	cfg := casefile.BundleConfig{Confidential: confidential, Stays: func(path string) bool { _, stays := v.stay[path]; return stays }}
	var packed ledger.Packed
	if v.Ledger != nil {
		tmp, err := os.MkdirTemp(filepath.Dir(out), ".demarche-*")
		if err != nil {
			return cannotWrite(out, err)
		}
		defer os.RemoveAll(tmp)
		cfg.Ledger = filepath.Join(tmp, casefile.LedgerName)
		if packed, err = v.Pack(ctx, cfg.Ledger, out, confidential); err != nil {
			return err
		}
		cfg.Whole = packed.Whole
	}
	if err := writeStream(out, func(w io.Writer) error { return casefile.Bundle(ctx, w, v.file, cfg) }); err != nil {
		return err
	}
	if a.quiet {
		return nil
	}
	fmt.Fprintf(a.stdout, "Wrote %s. To unpack it:\n  demarche import %s DIR\n", out, out)
	v.tellWithheld(packed.Withheld, len(v.stay))
	if v.Ledger != nil && !packed.Whole {
		fmt.Fprintf(a.stderr, "demarche: as something in the ledger is or was confidential, what holds now went out, and its history stayed; --confidential sends all of it\n")
	}
	return nil
}

// copiesInCase refuses a bundle whose case file, which goes byte for byte, holds
// claims that must stay.
func (v *leaving) copiesInCase() error {
	var held, destroyed []string
	for _, c := range v.file.Case.Claims {
		name := c.ID
		if c.At.Line > 0 {
			name += fmt.Sprintf(" (line %d)", c.At.Line)
		}
		switch v.fate(c) {
		case ledger.Held:
			held = append(held, name)
		case ledger.Destroyed:
			destroyed = append(destroyed, name)
		}
	}
	where := demarche.Pos{File: v.file.Path}
	if len(destroyed) > 0 {
		return &demarche.Error{Kind: demarche.BadInput, Pos: where, Msg: "the case file still holds what was redacted in the ledger: " + strings.Join(destroyed, ", "), Hint: "take it out of the file first"}
	}
	if len(held) > 0 {
		return &demarche.Error{Kind: demarche.BadInput, Pos: where, Msg: "the case file holds what the ledger marks as confidential, or what rests on it: " + strings.Join(held, ", "),
			Hint: "take it out of the file, as it is in the ledger; if it may leave, say so with --confidential"}
	}
	return nil
}

// tellWithheld says what stayed.
func (v *leaving) tellWithheld(w ledger.Withheld, files int) {
	if v.quiet || w == (ledger.Withheld{}) && files == 0 {
		return
	}
	var parts []string
	if w.Confidential > 0 {
		parts = append(parts, tally(w.Confidential, "confidential record", "confidential records"))
	}
	if w.Resting > 0 {
		parts = append(parts, tally(w.Resting, "record that rests on one", "records that rest on such"))
	}
	if files > 0 {
		parts = append(parts, tally(files, "file of such a report", "files of such reports"))
	}
	fmt.Fprintf(v.stderr, "demarche: left out: %s\n", strings.Join(parts, "; "))
}

// outgoing makes ready what the ledger lets out in the formats of others.
func (v *leaving) outgoing(ctx context.Context, cfg *casefile.ExportConfig) error {
	var err error
	if cfg.Reports, err = v.reports(ctx); err != nil || v.Ledger == nil {
		return err
	}
	o, err := v.Outgoing(ctx, desk.EndOf(v.file.Case.AsOf), v.confidential)
	if err != nil {
		return err
	}
	cfg.Held = o.Holdings
	for _, at := range o.Versions {
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(at.Record); err != nil {
			return err
		}
		cfg.Records = append(cfg.Records, casefile.Record{Kind: at.Ref.Kind.String(), ID: at.Ref.ID, Learned: at.Learned, JSON: []byte(b.String())})
	}
	for _, c := range v.file.Case.Claims {
		if v.fate(c) != ledger.Unheard {
			cfg.Out = append(cfg.Out, c.ID)
		}
	}
	v.tellWithheld(o.Withheld, len(v.stay))
	if o.Unsettled > 0 && !v.quiet {
		fmt.Fprintf(v.stderr, "demarche: left out as well: %s, proposed or rejected, or resting on such\n", tally(o.Unsettled, "record that nobody stands for", "records that nobody stands for"))
	}
	return nil
}

// reports reads the reports of a case that may leave, but for those published
// after its day.
func (v *leaving) reports(ctx context.Context) ([]demarche.Report, error) {
	all, err := reportsOf(ctx, v.file)
	return slices.DeleteFunc(all, func(r demarche.Report) bool { _, stays := v.stay[r.Path]; return stays }), err
}

// arrived are the records of a ledger that came with a case of others, as they
// are taken in: nobody here has accepted them.
type arrived struct {
	items           []ledger.Item
	claims, dropped int
}

// receive reads records that came with a case. Accepted claims become proposed
// ones; another house's credences in place of the computed ones stay outside.
func receive(name string, records []casefile.Record) (arrived, error) {
	var out arrived
	for _, r := range records {
		kind, err := ledger.ParseKind(r.Kind)
		var rec ledger.Record
		if err == nil {
			rec, err = ledger.Decode(kind, r.JSON)
		}
		if err == nil && rec.Ref().ID != r.ID {
			err = &demarche.Error{Kind: demarche.BadInput, Msg: "a " + r.Kind + " does not have the id that it is said to have", Hint: "the file is damaged; get it again"}
		}
		if err == nil {
			switch t := rec.(type) {
			case *ledger.Claim:
				if t.Status == "accepted" {
					t.Status = "proposed"
				}
				t.Spans = ledger.Spans{} // they count in a text that is not here
				out.claims++
			case *ledger.Report:
				t.Text, t.Body, t.SHA256 = "", 0, ""
			case *ledger.Override:
				out.dropped++
				continue
			}
			err = ledger.Check(rec)
		}
		if err != nil {
			e, _ := errors.AsType[*demarche.Error](err)
			return out, &demarche.Error{Kind: demarche.BadInput, Pos: demarche.Pos{File: name}, Msg: "what came of a ledger cannot be taken in: " + cmp.Or(e.Msg, err.Error()), Hint: e.Hint, Err: err}
		}
		out.items = append(out.items, ledger.Item{Record: rec})
	}
	return out, nil
}

// takeIn makes a case folder of a case that came with records of a ledger, whole
// or not at all.
func (a *app) takeIn(ctx context.Context, name, dir string, f *casefile.File, force bool) (got arrived, err error) {
	if got, err = receive(name, f.Records); err != nil {
		return got, err
	}
	path, book := filepath.Join(dir, casefile.CaseName), filepath.Join(dir, casefile.LedgerName)
	if err := free(path, force); err != nil {
		return got, err
	}
	if err := free(book, false); err != nil {
		e, _ := errors.AsType[*demarche.Error](err)
		e.Hint = "name another folder; a ledger is never replaced"
		return got, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return got, cannotMake(dir, err)
	}
	tmp, err := os.MkdirTemp(dir, ".demarche-import-*")
	if err != nil {
		return got, cannotMake(dir, err)
	}
	defer func() {
		_ = os.RemoveAll(tmp)
		_ = os.Remove(dir) // if it is empty, nothing came of it
	}()
	if err := os.WriteFile(filepath.Join(tmp, casefile.CaseName), f.Bytes(), 0o644); err != nil {
		return got, cannotWrite(path, err)
	}
	// Beside the case first, also where the ledger is to lie on a server: what is
	// wrong with the records shows before anything is there.
	if err := a.enterArrived(ctx, name, tmp, got.items, true); err != nil {
		return got, err
	}
	if where, err := a.ledgerPlace(dir); err != nil {
		return got, err
	} else if where != book {
		if err := a.enterArrived(ctx, name, tmp, got.items, false); err != nil {
			return got, err
		}
	} else if err := os.Rename(filepath.Join(tmp, casefile.LedgerName), book); err != nil {
		return got, cannotWrite(book, err)
	}
	return got, writeFile(path, f.Bytes())
}

func cannotMake(dir string, err error) error {
	hint := "check that the folder above it is there and that there is room"
	if errors.Is(err, os.ErrPermission) {
		hint = "check the permissions of the folder above it"
	}
	return &demarche.Error{Kind: demarche.BadInput, Msg: "the case folder " + dir + " cannot be made", Hint: hint, Err: err}
}

// enterArrived enters records that came with a case into its ledger: into the one
// beside it, or wherever it lies.
func (a *app) enterArrived(ctx context.Context, name, dir string, items []ledger.Item, beside bool) (err error) {
	who, err := analyst("")
	if err != nil {
		return err
	}
	ch := ledger.Change{Who: who, Why: "came with " + filepath.Base(name)}
	file, err := casefile.Open(dir, casefile.KnownClaims(func(string) bool { return true }))
	if err != nil {
		return err
	}
	now := clock()
	if end := endOf(file.Case.AsOf); !end.IsZero() && end.Before(now) {
		ch.Learned = end // a replay: what belongs to the case was known on its day
	}
	where := filepath.Join(dir, casefile.LedgerName)
	if !beside {
		if where, err = a.ledgerPlace(dir); err != nil {
			return err
		}
	}
	l, err := ledger.Open(ctx, where, ledger.Options{Now: clock})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	_, err = l.Import(ctx, ch, func(yield func(ledger.Item, error) bool) {
		for _, it := range items {
			if !yield(it, nil) {
				return
			}
		}
	}, nil)
	if e, ok := errors.AsType[*demarche.Error](err); ok && e.Kind == demarche.BadInput && e.Pos.IsZero() {
		e.Pos = demarche.Pos{File: name}
	}
	return err
}

// adopt makes the ledger of a case folder of the one in a bundle.
func (a *app) adopt(ctx context.Context, packed, to string) error {
	where := a.db
	if where == "" {
		where = os.Getenv("DEMARCHE_DB")
	}
	return ledger.Adopt(ctx, packed, cmp.Or(where, to))
}
