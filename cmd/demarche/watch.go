package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/casefile"
	"github.com/demarche/demarche/intake"
	"github.com/spf13/cobra"
)

const (
	// sourcesName is the list of feeds in a case folder, and watchName the
	// record of what was fetched.
	sourcesName, watchName = "sources.opml", "watch.json"
	// leastEvery is the least time between two rounds, and leastGap between two
	// requests to a host on the public web.
	leastEvery, leastGap = time.Minute, time.Second
)

// watchFlags are the flags of watch.
type watchFlags struct {
	feeds, urls, folders []string
	once, pages, private bool
	every, gap           time.Duration
	archive              string
	ledger               bool
	by                   string
}

// leastProposed is how sure the reader must be of what watch proposes.
const leastProposed = 0.5

func (a *app) watchCommand() *cobra.Command {
	var f watchFlags
	c := &cobra.Command{
		Use:   "watch CASE",
		Short: "Follow feeds, pages and folders, and save new reports",
		Long: `watch asks feeds, pages and folders for reports that are new, and saves each as a file
in the reports folder of the case. Nothing that is there is changed. Without --once it
goes on until it is stopped with Ctrl-C; the next time it goes on from there.

Where the case has a ledger, each report is read at once and what it claims is proposed:
see demarche ledger inbox. Near-copies of reports that are there are kept in the ledger,
linked to the first, and count once with it. --ledger makes a ledger where there is none.
Without a ledger, near-copies are told and not kept, and the reports wait for demarche
ledger add.

The sources are those in sources.opml in the case folder, if it is there, and those
that are named here. Sites are asked as their robots.txt allows, one request at a time
and with pauses. Addresses on this machine and in its network are not asked.`,
		Example: "  demarche watch my-case\n  demarche watch my-case --once --feeds feeds.opml\n  demarche watch my-case --url https://example.org/news.rss --every 30m",
		Args:    exactArgs(1, "CASE"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.watch(cmd.Context(), args[0], f) },
	}
	c.Flags().BoolVar(&f.once, "once", false, "ask every source once and end")
	c.Flags().StringArrayVar(&f.feeds, "feeds", nil, "a list of feeds in OPML, a file or an address; may be given again")
	c.Flags().StringArrayVar(&f.urls, "url", nil, "the address of a feed or a page; may be given again")
	c.Flags().StringArrayVar(&f.folders, "folder", nil, "a folder into which reports come; may be given again")
	c.Flags().DurationVar(&f.every, "every", 15*time.Minute, "the time between two rounds, such as 30m or 2h")
	c.Flags().BoolVar(&f.pages, "pages", false, "fetch the page that each new item of a feed links to, and save its text where it is longer")
	c.Flags().StringVar(&f.archive, "archive", "", "keep what is fetched, byte for byte, in a new web archive (WARC) in this folder")
	c.Flags().BoolVar(&f.ledger, "ledger", false, "make a ledger if the case has none, and propose what the reports claim")
	c.Flags().StringVar(&f.by, "by", "", "who proposes it; DEMARCHE_USER, or the name you are logged in with, if left out")
	c.Flags().DurationVar(&f.gap, "gap", 2*time.Second, "the least time between two requests to one server")
	c.Flags().BoolVar(&f.private, "allow-private", false, "let sources lie on this machine and in its network")
	return c
}

// watch follows the sources of a case.
func (a *app) watch(ctx context.Context, path string, f watchFlags) (err error) {
	if f.every < leastEvery {
		return usage("write a time such as 15m", "--every %v: sites are asked once a minute at most", f.every)
	}
	if f.gap < leastGap && !f.private || f.gap <= 0 {
		return usage("write a time such as 2s", "--gap %v: a site is asked once a second at most", f.gap)
	}
	file, err := casefile.Open(path)
	if err != nil {
		return err
	}
	if file.Path == "" {
		return usage("make a case of it with demarche import", "%s is a model of earlier tools and has no folder of reports", path)
	}
	dir := filepath.Dir(file.Path)
	sources, err := watchSources(dir, f)
	if err != nil {
		return err
	}
	intake.Tidy(filepath.Join(dir, casefile.ReportsName), time.Now())
	following, err := a.follow(ctx, path, f)
	if err != nil {
		return err
	}
	var copies *intake.Copies
	if following != nil {
		copies = following.copies
		defer func() {
			if e := following.Close(); err == nil {
				err = e
			}
		}()
	} else if copies, err = a.reportsThere(ctx, file); err != nil {
		return err
	}
	keep := &archive{dir: f.archive}
	show, wipe := a.progress("asking sources")
	cfg := intake.WatchConfig{
		Sources: sources, Store: intake.WatchFile(filepath.Join(dir, watchName)), Pages: f.pages, Copies: copies,
		Seed: seedOf(dir),
		Fetch: intake.FetchConfig{
			Agent: intake.RobotName + "/" + version + " (+https://github.com/demarche/demarche)", AllowPrivate: f.private, Gap: f.gap,
			Now: func() time.Time { return clock() },
		},
		Each: func(found intake.Found) error {
			wipe()
			if following != nil {
				return following.take(ctx, dir, found)
			}
			return a.saveFound(dir, found)
		},
		Problem: func(err error) {
			wipe()
			a.printFailure(err)
		},
		Progress: show,
	}
	if f.archive != "" {
		cfg.Fetched = keep.put
	}
	w, err := intake.NewWatcher(cfg)
	if err != nil {
		return err
	}
	defer keep.close()
	if f.once {
		r, err := w.Once(ctx)
		wipe()
		if err == nil {
			a.tellRound(r, following.told(), 0)
			if following != nil && following.any && !a.quiet {
				fmt.Fprintf(a.stderr, "Proposed claims move nothing yet: see demarche ledger inbox %s\n", filepath.Clean(path))
			}
			if r.Failed > 0 && r.Failed == r.Asked {
				return &saidError{demarche.Unavailable}
			}
			return nil
		}
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			fmt.Fprintln(a.stderr, "demarche: stopped before all sources were asked; what was saved stays, and the same command goes on from there")
			return &saidError{demarche.Unavailable}
		}
		return err
	}
	inner, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	err = w.Run(inner, f.every, func(r intake.Round) {
		wipe()
		a.tellRound(r, following.told(), f.every)
		if following != nil { // what the ledger was too busy for is entered now
			if err := following.round(ctx); err != nil {
				stop(err)
			}
		}
	})
	wipe()
	if cause := context.Cause(inner); ctx.Err() == nil && cause != nil {
		return cause
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		if !a.quiet {
			fmt.Fprintln(a.stderr, "demarche: stopped; what was saved stays, and the same command goes on from there")
		}
		return nil // it ends in no other way
	}
	return err
}

// watchSources are the sources that the flags and the case folder name.
func watchSources(dir string, f watchFlags) ([]intake.Source, error) {
	var sources []intake.Source
	lists := f.feeds
	own := filepath.Join(dir, sourcesName)
	if _, err := os.Stat(own); err == nil {
		lists = append([]string{own}, lists...)
	}
	for _, name := range lists {
		if strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://") {
			sources = append(sources, intake.Source{Kind: intake.ListSource, Address: name})
			continue
		}
		file, err := os.Open(name)
		if err != nil {
			e := &demarche.Error{Kind: demarche.BadInput, Msg: "the list of feeds " + name + " cannot be read", Hint: "check that you may read it", Err: err}
			if errors.Is(err, fs.ErrNotExist) {
				e.Kind, e.Msg, e.Hint = demarche.NotFound, "there is no list of feeds "+name, "export one from a feed reader as OPML, or name feeds with --url"
			}
			return nil, e
		}
		data, err := capped(file, intake.MaxBytes)
		_ = file.Close()
		if err != nil {
			return nil, &demarche.Error{Kind: demarche.BadInput, Msg: "the list of feeds " + name + " cannot be read", Hint: "check that it is a file that you may read", Err: err}
		}
		listed, err := intake.ParseOPML(name, data)
		if err != nil {
			return nil, err
		}
		sources = append(sources, listed...)
	}
	for _, u := range f.urls {
		sources = append(sources, intake.Source{Kind: intake.PageSource, Address: u})
	}
	home, err := filepath.Abs(filepath.Join(dir, casefile.ReportsName))
	if err != nil {
		return nil, err
	}
	for _, name := range f.folders {
		path, err := filepath.Abs(name)
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, &demarche.Error{Kind: demarche.NotFound, Msg: "there is no folder " + name, Hint: "check the name", Err: err}
		}
		if !info.IsDir() {
			return nil, usage("name the folder that it is in", "--folder %s: this is a file", name)
		}
		if inside(home, path) || inside(path, home) {
			return nil, usage("what is in the reports folder belongs to the case already", "--folder %s: the reports of the case lie in this folder or around it", name)
		}
		sources = append(sources, intake.Source{Kind: intake.FolderSource, Address: path})
	}
	if len(sources) == 0 {
		return nil, usage("put a list of feeds into "+own+", or name sources with --feeds, --url or --folder", "there is nothing to watch")
	}
	return sources, nil
}

// seedOf differs from machine to machine and from case to case, so that not all
// of them ask a site again at the same moment.
func seedOf(dir string) uint64 {
	h := fnv.New64a()
	name, _ := os.Hostname()
	if full, err := filepath.Abs(dir); err == nil {
		dir = full
	}
	_, _ = h.Write([]byte(name + "\n" + dir))
	return h.Sum64()
}

// inside reports whether a path is a folder or lies below it.
func inside(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// reportsThere are the reports that the case has, to know near-copies by.
func (a *app) reportsThere(ctx context.Context, file *casefile.File) (*intake.Copies, error) {
	paths, err := file.ReportFiles()
	if err != nil {
		return nil, err
	}
	copies := &intake.Copies{}
	show, wipe := a.progress("reading the reports that are there")
	defer wipe()
	for i, path := range paths {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		// What cannot be read has no copies; demarche read tells why.
		if rep, err := intake.Open(path); err == nil {
			copies.Add(rep.ID, intake.SketchOf(rep.Text[rep.Body:]))
		}
		if show != nil {
			show(float64(i+1) / float64(len(paths)))
		}
	}
	return copies, nil
}

// saveFound saves a report that is new, and tells it.
func (a *app) saveFound(dir string, found intake.Found) error {
	line := titleLine(found.Report)
	if found.There {
		return nil
	}
	if found.CopyOf != "" {
		_, err := fmt.Fprintf(a.stdout, "not saved, a near-copy of %s: %s\n", found.CopyOf, line)
		return err
	}
	path, fresh, err := intake.Save(filepath.Join(dir, casefile.ReportsName), found.Report)
	if err != nil || !fresh {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s: %s\n", path, line)
	return err
}

// titleLine is a report in a line: its title, its outlet and its date.
func titleLine(rep demarche.Report) string {
	about := rep.Publisher
	if rep.Published.Text != "" {
		about = strings.TrimPrefix(about+", "+rep.Published.Text, ", ")
	}
	line := printable(rep.Title)
	if line == "" {
		line = "a report without a title"
	}
	if about = printable(about); about != "" {
		line += " (" + about + ")"
	}
	return line
}

// printable leaves out what could steer a terminal: the words are those of
// others.
func printable(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s))
}

// tellRound tells what came of a round; proposed is how many claims were, -1
// where there is no ledger.
func (a *app) tellRound(r intake.Round, proposed int, every time.Duration) {
	if a.quiet {
		return
	}
	parts := []string{"asked " + plural(r.Asked, "source"), plural(r.New, "new report")}
	tell := func(n int, one, several string) {
		if n == 1 {
			parts = append(parts, "1 "+one)
		} else if n > 1 {
			parts = append(parts, fmt.Sprintf("%d %s", n, several))
		}
	}
	if proposed >= 0 {
		parts = append(parts, plural(proposed, "proposed claim"))
	}
	tell(r.Copies, "near-copy or report met before", "near-copies or reports met before")
	tell(r.Failed, "source could not be read and is asked again later", "sources could not be read and are asked again later")
	tell(r.Waiting, "source waits out a pause after a failure", "sources wait out a pause after a failure")
	s := "demarche: " + strings.Join(parts, "; ")
	if every > 0 {
		s += "; the next round begins within " + plural(int(every.Round(time.Minute).Minutes()), "minute")
	}
	fmt.Fprintln(a.stderr, s)
}

// archive keeps what is fetched in a web archive of its own for each run: one
// that is there is never added to, as its end can be damaged.
type archive struct {
	dir  string
	file *os.File
	w    *intake.WARCWriter
}

func (k *archive) put(got *intake.Fetched) error {
	if k.file == nil {
		if err := os.MkdirAll(k.dir, 0o755); err != nil {
			return cannotWrite(k.dir, err)
		}
		path := filepath.Join(k.dir, got.At.UTC().Format("2006-01-02T150405.000Z")+".warc.gz")
		file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if err != nil {
			return cannotWrite(path, err)
		}
		k.file, k.w = file, intake.NewWARCWriter(file, "demarche "+version)
	}
	for _, x := range got.Exchanges {
		if err := k.w.Write(x); err != nil {
			return cannotWrite(k.file.Name(), err)
		}
	}
	return nil
}

func (k *archive) close() {
	if k.file != nil {
		_ = k.file.Close()
	}
}
