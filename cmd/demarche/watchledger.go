package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/casefile"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/intake"
	"github.com/demarche/demarche/ledger"
	"github.com/demarche/demarche/reader"
)

// isCopy reports whether the ledger has a report as a near-copy of another one.
func (w *following) isCopy(ctx context.Context, id string) (bool, error) {
	page, err := w.List(ctx, time.Time{}, ledger.Filter{Kind: ledger.KindLink, From: ledger.Ref{Kind: ledger.KindReport, ID: id}}, ledger.MaxPage, "")
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(page.Versions, func(v ledger.Version) bool { return v.Record.(*ledger.Link).Rel == "copies" }), nil
}

// following puts what watch finds into the ledger. A report goes into the ledger
// first and to its file then. Wherever the program is stopped in between, one of
// the two is there, and the next run makes up for the other: items of feeds that
// were not marked as taken are given again, and files that the ledger does not
// have are entered before each round.
type following struct {
	*app
	*ledger.Ledger
	path     string // of the case, as given
	crisis   *desk.Crisis
	who      string
	read     desk.ReadConfig
	copies   *intake.Copies
	drafter  *desk.Drafter
	held     map[string][sha256.Size]byte // reports in the ledger -> hash of the text
	outlets  map[string]string            // of reports, by their ids
	shas     map[string]bool              // hashes of their bytes
	files    map[string]string            // files of the reports folder that are done with -> size and time
	proposed int                          // claims, since it was told last
	any      bool                         // some were, since the beginning
}

// follow opens the ledger for what watch finds; nil where there is none and none
// is asked for.
func (a *app) follow(ctx context.Context, path string, f watchFlags) (*following, error) {
	where, err := a.ledgerPlace(path)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(where); !f.ledger && a.db == "" && os.Getenv("DEMARCHE_DB") == "" && errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	w := &following{app: a, path: path, copies: &intake.Copies{}, held: map[string][sha256.Size]byte{}, outlets: map[string]string{}, shas: map[string]bool{}, files: map[string]string{}}
	if w.who, err = analyst(f.by); err != nil {
		return nil, err
	}
	if w.Ledger, err = a.openLedger(ctx, path, true); err != nil {
		return nil, err
	}
	if err := w.begin(ctx, path); err != nil {
		_ = w.Close()
		return nil, err
	}
	return w, nil
}

// begin learns what the ledger holds, and enters what lies in the reports folder.
func (w *following) begin(ctx context.Context, path string) (err error) {
	if w.crisis, err = desk.Open(ctx, path, desk.Question{Now: clock(), Book: w.Ledger}); err != nil {
		return err
	}
	w.read = desk.ReadConfig{MinConfidence: leastProposed, Named: desk.NamedIn(w.crisis.Case)}
	type known struct {
		id     string
		sketch intake.Sketch
	}
	var all []known
	if err := w.Reports(ctx, time.Time{}, func(r demarche.HeldReport) error {
		w.held[r.ID], w.outlets[r.ID] = sha256.Sum256([]byte(r.Text)), r.Outlet
		if r.SHA256 != "" {
			w.shas[r.SHA256] = true
		}
		all = append(all, known{r.ID, intake.SketchOf(r.Text[r.Body:])})
		return nil
	}); err != nil {
		return err
	}
	for i := len(all) - 1; i >= 0; i-- { // the earliest first
		w.copies.Add(all[i].id, all[i].sketch)
	}
	return w.round(ctx)
}

// round makes ready for a round: reports in the folder that the ledger does not
// have are entered. A report that cannot be is told, and tried again when its
// file has changed or, where the ledger was busy, in the next round.
func (w *following) round(ctx context.Context) error {
	w.drafter = w.crisis.NewDrafter(desk.DraftConfig{FoundBy: demarche.FoundByReader + reader.Version(), MinConfidence: leastProposed, Handling: w.crisis.Case.Handling})
	for id := range w.held {
		r := demarche.HeldReport{Outlet: w.outlets[id]}
		r.ID = id
		w.drafter.Knows(id, r)
	}
	paths, err := w.crisis.File.ReportFiles()
	if err != nil {
		return err
	}
	show, wipe := w.progress("reading the reports that are there")
	defer wipe()
	for i, path := range paths {
		if err := ctx.Err(); err != nil {
			return err
		}
		stamp := stampOf(path)
		if stamp == w.files[path] {
			continue
		}
		if err := w.enterFile(ctx, path); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			wipe()
			w.printFailure(err)
			if demarche.KindOf(err) == demarche.Unavailable {
				continue
			}
		}
		w.files[path] = stamp
		if show != nil {
			show(float64(i+1) / float64(len(paths)))
		}
	}
	return nil
}

// told is how many claims were proposed since it was asked last; -1 without a
// ledger.
func (w *following) told() int {
	if w == nil {
		return -1
	}
	n := w.proposed
	w.proposed, w.any = 0, w.any || n > 0
	return n
}

// stampOf tells whether a file is the same as it was.
func stampOf(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d %d", info.Size(), info.ModTime().UnixNano())
}

// enterFile enters a report of the reports folder, unless the ledger has it.
func (w *following) enterFile(ctx context.Context, path string) error {
	rep, err := intake.Open(path)
	if err != nil {
		return err
	}
	of, overlap := w.copies.Add(rep.ID, intake.SketchOf(rep.Text[rep.Body:]))
	if text, held := w.held[rep.ID]; w.shas[rep.SHA256] || held && text == sha256.Sum256([]byte(rep.Text)) {
		return nil
	}
	if of == rep.ID {
		of, overlap = "", 0
	}
	// Its front matter says when it was fetched, if it was saved by a watch.
	got, err := w.enter(ctx, rep, of, overlap, rep.Retrieved.From)
	if err != nil {
		return err
	}
	w.proposed += got.Claims - got.Accepted
	return nil
}

// enter reads a report and proposes what it claims.
func (w *following) enter(ctx context.Context, rep demarche.Report, copyOf string, overlap float64, learned time.Time) (got demarche.Entered, err error) {
	r := desk.ReadReport(ctx, rep, w.read)
	if r.Err != nil {
		return got, r.Err
	}
	r.CopyOf, r.Overlap = copyOf, overlap
	d := w.drafter.Draft(r)
	if !learned.After(clock()) {
		d.Report.Learned = learned
	}
	got, err = w.Enter(ctx, w.who, "found by demarche watch", func(yield func(demarche.Draft, error) bool) { yield(d, nil) }, nil)
	if err != nil {
		return demarche.Entered{}, err // it counts what was on its way too
	}
	if got.Redacted == 0 {
		w.held[rep.ID], w.shas[rep.SHA256] = sha256.Sum256([]byte(rep.Text)), true
	}
	return got, nil
}

// take enters a report that watch has found, and saves it. A near-copy is kept in
// the ledger alone, linked to the report that it repeats.
func (w *following) take(ctx context.Context, dir string, found intake.Found) error {
	rep, line := found.Report, titleLine(found.Report)
	// What is entered is the text as the file has it, so that what is marked in
	// it stands at the same place in both.
	kept, err := intake.Parse(rep.ID+".md", intake.Markdown(rep))
	if err != nil { // there is no text in it, say
		w.printFailure(err)
		return nil
	}
	kept.SHA256, kept.Original = rep.SHA256, rep.Original
	learned := clock()
	if found.Page != nil {
		learned = found.Page.At
	}
	var got demarche.Entered
	if _, held := w.held[rep.ID]; held {
		// Its file may be missing; it is to say what was fetched then, not now.
		at, err := w.Get(ctx, time.Time{}, ledger.Ref{Kind: ledger.KindReport, ID: rep.ID})
		if err != nil {
			return err
		}
		rep.Retrieved, _ = demarche.ParseDate(at.Record.(*ledger.Report).Retrieved)
		// Which of two like reports came first is on record; what comes first now
		// is chance.
		if copies, err := w.isCopy(ctx, rep.ID); err != nil || copies {
			return err
		}
		found.CopyOf = ""
	} else {
		got, err = w.enter(ctx, kept, found.CopyOf, found.Overlap, learned)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		// As a file it waits for the next round; a word too many in one report
		// is no reason to lose it, or those after it.
		w.printFailure(err)
	case got.Redacted > 0 && got.Reports == 0:
		_, err = fmt.Fprintf(w.stdout, "not taken in, as it was redacted: %s\n", line)
		return err
	case found.CopyOf != "" && got.Reports == 0:
		return nil // there already, in the very same bytes or from before
	case found.CopyOf != "":
		w.proposed += got.Claims - got.Accepted
		_, err = fmt.Fprintf(w.stdout, "in the ledger alone, %.0f %% in common with %s: %s; %s proposed\n", found.Overlap*100, found.CopyOf, line, plural(got.Claims-got.Accepted, "claim"))
		return err
	}
	w.proposed += got.Claims - got.Accepted
	path, fresh, saveErr := intake.Save(filepath.Join(dir, casefile.ReportsName), rep)
	if saveErr != nil {
		return saveErr
	}
	if err == nil {
		w.files[path] = stampOf(path)
	}
	if !fresh && got.Reports == 0 {
		return nil
	}
	if err == nil {
		line += "; " + plural(got.Claims-got.Accepted, "claim") + " proposed"
	}
	_, err = fmt.Fprintf(w.stdout, "%s: %s\n", path, line)
	return err
}
