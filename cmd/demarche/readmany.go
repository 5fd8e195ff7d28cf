package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/desk"
)

// readSink takes what is printed about a report.
type readSink interface {
	// put writes a report's part of the output. It can be empty.
	put(r *desk.Reading, part []byte) error
	// close ends the output; whole tells that nothing is missing from it.
	close(whole bool) error
}

// readMany reads reports and prints what is found. One report alone fails as a
// whole; among several, those that cannot be read are told and counted.
func (a *app) readMany(ctx context.Context, list desk.ReportList, f readFlags) (err error) {
	cfg := desk.ReadConfig{MinConfidence: f.least, TextOnly: f.text, Stdin: a.stdin}
	if err := f.more.apply(ctx, a, list, &cfg); err != nil {
		return err
	}
	var sink readSink = &streamSink{w: bufio.NewWriter(a.stdout)}
	var journal *readJournal
	switch {
	case f.resume:
		if journal, err = openJournal(f, cfg); err != nil {
			return err
		}
		sink, cfg.Done, cfg.Copies = journal, journal.done, &journal.copies
	case f.output != "":
		if sink, err = newFileSink(f.output); err != nil {
			return err
		}
	}
	show, wipe := a.progress("reading")
	cfg.Progress = show
	var count struct{ read, failed, copies, declined int }
	var first error // the first failure
	wrote := journal != nil && journal.size > 0
	err = desk.ReadMany(ctx, list.Paths, cfg, func(r *desk.Reading) error {
		if r.Err != nil {
			count.failed++
			if first == nil || demarche.KindOf(r.Err) == demarche.Internal {
				first = r.Err
			}
			if list.Many {
				wipe()
				a.printFailure(r.Err)
			}
			return nil
		}
		count.read++
		if r.CopyOf != "" {
			count.copies++
		}
		if r.Result.Declined != "" {
			count.declined++
			wipe()
			fmt.Fprintf(a.stderr, "%s: %s\n", r.Path, r.Result.Declined)
		}
		f.more.count(r)
		var part bytes.Buffer
		switch {
		case r.CopyOf != "" && f.skipCopies:
		case f.text:
			part.WriteString(r.Report.Text)
		case f.more.events:
			if err := f.more.writeEvents(&part, a, r, f.json, list.Many); err != nil {
				return err
			}
			if !f.json && part.Len() > 0 && wrote {
				part = *bytes.NewBuffer(append([]byte("\n"), part.Bytes()...))
			}
		case f.json:
			e := json.NewEncoder(&part)
			e.SetEscapeHTML(false)
			for _, at := range desk.NewAttributionsJSON(r, list.Many) {
				if err := e.Encode(at); err != nil {
					return err
				}
			}
		default:
			a.printReading(&part, r)
			if part.Len() > 0 && wrote {
				part = *bytes.NewBuffer(append([]byte("\n"), part.Bytes()...))
			}
		}
		wrote = wrote || part.Len() > 0
		return sink.put(r, part.Bytes())
	})
	wipe()
	f.more.tell(a)
	stopped := ctx.Err() != nil && errors.Is(err, ctx.Err())
	lone := !list.Many && first != nil
	if e := sink.close(err == nil && !lone); err == nil || stopped && e != nil {
		err = e
	}
	if lone {
		return first
	}
	if stopped {
		a.tellStopped(count.read, journal, f)
		return &saidError{demarche.Unavailable}
	}
	if err != nil {
		return err
	}
	if list.Many && !a.quiet {
		var parts []string
		tell := func(n int, one, several string) {
			if n == 1 {
				parts = append(parts, "1 "+one)
			} else if n > 1 {
				parts = append(parts, fmt.Sprintf("%d %s", n, several))
			}
		}
		tell(count.copies, "is a near-copy of an earlier one", "are near-copies of an earlier one")
		tell(count.declined, "is not in English", "are not in English")
		if journal != nil {
			tell(journal.skipped, "was read before", "were read before")
			tell(journal.changed, "of those has changed since and was not read again", "of those have changed since and were not read again")
		}
		tell(count.failed, "could not be read", "could not be read")
		tell(list.Others, "file in the folder is no report by its ending", "files in the folder are no reports by their ending")
		if len(parts) > 0 || f.output != "" || count.read > 10 { // of a few files named, the output tells enough
			fmt.Fprintln(a.stderr, strings.Join(append([]string{"demarche: read " + plural(count.read, "report")}, parts...), "; "))
		}
	}
	if first != nil {
		if kind := demarche.KindOf(first); kind == demarche.Internal {
			return &saidError{kind}
		}
		return &saidError{demarche.BadInput}
	}
	return nil
}

// printFailure tells why a report among several could not be read.
func (a *app) printFailure(err error) {
	if e, ok := errors.AsType[*demarche.Error](err); ok {
		a.printError(e)
		return
	}
	fmt.Fprintln(a.stderr, "demarche: "+err.Error())
}

func (a *app) tellStopped(read int, journal *readJournal, f readFlags) {
	msg := "demarche: stopped after " + plural(read, "report")
	switch {
	case journal != nil:
		msg += "; they are in " + f.output + ", and the same command goes on from there"
	case f.output != "":
		msg += "; nothing was written to " + f.output + ", and --resume would have kept what was done"
	}
	fmt.Fprintln(a.stderr, msg)
}

// streamSink prints as it goes.
type streamSink struct{ w *bufio.Writer }

func (s *streamSink) put(_ *desk.Reading, part []byte) error {
	if _, err := s.w.Write(part); err != nil {
		return err
	}
	return s.w.Flush()
}

func (s *streamSink) close(bool) error { return s.w.Flush() }

// fileSink writes a file whole or not at all.
type fileSink struct {
	path string
	f    *os.File
	w    *bufio.Writer
}

func cannotWrite(path string, err error) error {
	return &demarche.Error{Kind: demarche.BadInput, Msg: path + " cannot be written", Hint: "check that the folder exists and that you may write there", Err: err}
}

func newFileSink(path string) (*fileSink, error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".demarche-*")
	if err != nil {
		return nil, cannotWrite(path, err)
	}
	return &fileSink{path: path, f: f, w: bufio.NewWriter(f)}, nil
}

func (s *fileSink) put(_ *desk.Reading, part []byte) error {
	if _, err := s.w.Write(part); err != nil {
		return cannotWrite(s.path, err)
	}
	return nil
}

func (s *fileSink) close(whole bool) error {
	defer os.Remove(s.f.Name())
	err := s.w.Flush()
	if e := s.f.Chmod(0o644); err == nil {
		err = e
	}
	if e := s.f.Close(); err == nil {
		err = e
	}
	if err == nil && whole {
		err = os.Rename(s.f.Name(), s.path)
	}
	if err != nil {
		return cannotWrite(s.path, err)
	}
	return nil
}
