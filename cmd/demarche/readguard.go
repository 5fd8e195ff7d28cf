package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/casefile"
	"github.com/demarche/demarche/intake"
	"github.com/demarche/demarche/ledger"
)

// mayBeShown refuses to show reports to a language model that a ledger marks as
// confidential: that of the case named, and that of the case in whose folder a
// report lies. A report is known by its bytes, wherever it lies, and by its id.
func (a *app) mayBeShown(ctx context.Context, caseName string, paths []string) error {
	open := map[string]*ledger.Ledger{}
	defer func() {
		for _, l := range open {
			if l != nil {
				_ = l.Close()
			}
		}
	}()
	for _, path := range paths {
		if path == "-" && caseName == "" {
			continue
		}
		cases := map[string]bool{}
		if caseName != "" {
			cases[caseName] = true
		}
		if dir := caseAround(path); dir != "" {
			cases[dir] = true
		}
		var books []*ledger.Ledger
		for dir := range cases {
			l, known := open[dir]
			if !known {
				var err error
				if l, err = a.ledgerIfAny(ctx, dir); err != nil {
					return err
				}
				open[dir] = l
			}
			if l != nil {
				books = append(books, l)
			}
		}
		if len(books) == 0 {
			continue
		}
		if path == "-" {
			return usage("save it as a file, or add --assist-confidential if it may be sent", "a report from standard input cannot be read before it is compared with the ledger")
		}
		for rep, err := range intake.Each(path) {
			if err != nil {
				continue // the reading tells what is wrong
			}
			for _, l := range books {
				held, err := confidential(ctx, l, rep)
				if err != nil {
					return err
				}
				if held {
					return &demarche.Error{Kind: demarche.Usage, Pos: demarche.Pos{File: rep.Path}, Msg: "the ledger marks this report as confidential, so it is not sent to a language model", Hint: "add --assist-confidential if it may be"}
				}
			}
		}
	}
	return nil
}

// confidential reports whether a ledger marks a report so, or an outlet or another
// thing that it rests on.
func confidential(ctx context.Context, l *ledger.Ledger, rep demarche.Report) (bool, error) {
	refs := []ledger.Ref{reportRef(rep.ID)}
	id, err := l.OfBytes(ctx, rep.SHA256)
	if err != nil {
		return false, err
	}
	if id != "" {
		refs = append(refs, reportRef(id))
	}
	fates, err := l.Fates(ctx, false, refs)
	if err != nil {
		return false, err
	}
	for _, f := range fates {
		if f == ledger.Held || f == ledger.Destroyed {
			return true, nil
		}
	}
	return false, nil
}

// caseAround is the folder of the case in which a report lies, as far up as
// desk.HandlingAround looks; "" if there is none.
func caseAround(report string) string {
	if report == "-" {
		return ""
	}
	dir, err := filepath.Abs(filepath.Dir(report))
	if err != nil {
		return ""
	}
	for range 3 {
		if _, err := os.Stat(filepath.Join(dir, casefile.CaseName)); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	return ""
}
