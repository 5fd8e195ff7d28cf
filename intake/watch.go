package intake

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/demarche/demarche"
)

// SourceKind is what a source is.
type SourceKind string

const (
	FeedSource   SourceKind = "feed"   // RSS or Atom, and nothing else
	PageSource   SourceKind = "page"   // a page; a feed or list at this address is read as such
	ListSource   SourceKind = "list"   // OPML
	FolderSource SourceKind = "folder" // of files, and those below it
)

// Source is where reports come from.
type Source struct {
	Kind    SourceKind `json:"kind"`
	Address string     `json:"address"` // of the web, or the path of a folder
	Title   string     `json:"title,omitempty"`
}

const (
	// ahead is how many sources are fetched at once; each host is asked once at
	// a time all the same.
	ahead = 4
	// After n failures a source is asked again after firstPause·2ⁿ⁻¹, at most
	// longestPause, a quarter more or less; lastingPause is the least where the
	// failure will hardly be over soon.
	firstPause, longestPause, lastingPause = 2 * time.Minute, 24 * time.Hour, 6 * time.Hour
	// Of each source as many items are remembered as the feed has, and these.
	rememberedItems = 2000
	// pagesARound is how many pages that items link to are fetched of one feed
	// in one round, and pageTries how often one is tried.
	pagesARound, pageTries = 50, 3
	// maxListed is how many sources lists can bring.
	maxListed = 10_000
)

// WatchConfig says what to watch, and where what is found goes.
type WatchConfig struct {
	Sources []Source
	Store   WatchStore
	Fetch   FetchConfig
	// Pages has the page fetched that each item of a feed links to, as feeds
	// often carry the first sentences alone.
	Pages bool
	// Copies holds the reports that are there already, by their ids; nil for
	// none. What is found is added.
	Copies *Copies
	// Seed is that of the jitter of pauses.
	Seed uint64
	// Each is given every new report. When it returns nil the report counts as
	// taken; a report can be given twice if the program is stopped in between.
	Each func(Found) error
	// Fetched is given every page fetched, before what was found on it. Problem
	// is told what is wrong with one source or item; the others go on. Progress
	// is told the share of the round that is done. All can be nil.
	Fetched  func(*Fetched) error
	Problem  func(error)
	Progress func(float64)
}

// Found is a report that is new.
type Found struct {
	// Report has an ID made of its date, its title and its text, so that the
	// same report has the same.
	Report demarche.Report
	// Source is the address of the feed or page, or the path of the folder.
	Source string
	// CopyOf is the ID of an earlier report that this one nearly repeats, with
	// the overlap of the two; "" and 0 if there is none.
	CopyOf  string
	Overlap float64
	// There tells that Copies has this very report already. It was given before,
	// and the program may have been stopped before all was done with it.
	There bool
	// Page is the answer that it was in; nil if it comes from a folder.
	Page *Fetched
}

// Round is what came of one round.
type Round struct {
	Sources   int // all of them, lists included
	Asked     int // of these, asked
	Unchanged int // of those asked, with nothing new since the last round by the server's word
	Waiting   int // not asked, as their pause is not over
	Failed    int // asked in vain
	New       int // reports given that are no copies
	Copies    int // near-copies given, reports given before, and items met before under another name
}

// Watcher follows sources. It is for one goroutine.
type Watcher struct {
	cfg     WatchConfig
	fetcher *Fetcher
	state   *WatchState
	hashes  map[string]bool
	now     func() time.Time
}

// NewWatcher makes a Watcher. Sources whose address cannot be meant are an
// error.
func NewWatcher(cfg WatchConfig) (*Watcher, error) {
	cfg.Sources = slices.Clone(cfg.Sources)
	for i, s := range cfg.Sources {
		if s.Kind == FolderSource {
			continue
		}
		u, err := webURL(s.Address)
		if err != nil {
			return nil, err
		}
		cfg.Sources[i].Address = u.String()
	}
	if cfg.Copies == nil {
		cfg.Copies = &Copies{}
	}
	f := NewFetcher(cfg.Fetch)
	return &Watcher{cfg: cfg, fetcher: f, now: f.cfg.Now}, nil
}

// Run makes a round, waits, and so on until ctx ends, whose error it gives. The
// time between the beginnings of two rounds is every, or that of a round if it
// takes longer. after, which can be nil, is told of each round.
func (w *Watcher) Run(ctx context.Context, every time.Duration, after func(Round)) error {
	for {
		timer := time.NewTimer(every)
		r, err := w.Once(ctx)
		if err != nil {
			timer.Stop()
			return err
		}
		if after != nil {
			after(r)
		}
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// Once asks every source that is due, once. What is wrong with one source goes
// to Problem; errors are those of ctx, of the store, and of Each and Fetched.
// What was taken until then is saved.
func (w *Watcher) Once(ctx context.Context) (r Round, err error) {
	if w.state == nil {
		if w.state, err = w.cfg.Store.Load(ctx); err != nil {
			return r, err
		}
		w.hashes = map[string]bool{}
		for _, s := range w.state.Sources {
			for _, it := range s.Seen {
				w.hashes[it.Hash] = true
			}
		}
		for host, until := range w.state.Pauses {
			w.fetcher.Pause(host, until)
		}
	}
	queue := slices.Clone(w.cfg.Sources)
	known := map[string]bool{}
	queue = slices.DeleteFunc(queue, func(s Source) bool { was := known[s.Address]; known[s.Address] = true; return was })
	ctx, cancel := context.WithCancel(ctx)
	var fetching sync.WaitGroup
	defer fetching.Wait()
	defer cancel()
	type result struct {
		got *Fetched
		err error
	}
	var results []chan result // nil for sources that are not fetched
	for i := 0; i < len(queue); i++ {
		for n := len(results); n < len(queue) && n < i+ahead; n++ {
			src, st := queue[n], w.of(queue[n].Address)
			if src.Kind == FolderSource || st.Due.After(w.now()) {
				results = append(results, nil)
				continue
			}
			c := make(chan result, 1)
			results = append(results, c)
			validators := Validators{URL: st.URL, ETag: st.ETag, LastModified: st.LastModified}
			fetching.Go(func() {
				got, err := w.fetcher.Fetch(ctx, src.Address, validators)
				c <- result{got, err}
			})
		}
		src := queue[i]
		st := w.of(src.Address)
		r.Sources++
		var listed []Source
		switch {
		case src.Kind == FolderSource:
			r.Asked++
			listed, err = nil, w.folder(ctx, src, st, &r)
		case results[i] == nil:
			r.Waiting++
			listed = st.Listed
		default:
			r.Asked++
			var res result
			select {
			case res = <-results[i]:
			case <-ctx.Done():
				return r, ctx.Err()
			}
			if ctx.Err() != nil {
				return r, ctx.Err()
			}
			listed, err = w.answer(ctx, src, st, res.got, res.err, &r)
		}
		w.state.Pauses = w.fetcher.Pauses()
		if e := w.cfg.Store.Save(context.WithoutCancel(ctx), w.state); e != nil {
			err = cmp.Or(err, e)
		}
		if err != nil {
			return r, err
		}
		for _, s := range listed {
			if !known[s.Address] && len(known) < maxListed+len(w.cfg.Sources) {
				known[s.Address] = true
				queue = append(queue, s)
			}
		}
		if w.cfg.Progress != nil {
			w.cfg.Progress(float64(i+1) / float64(len(queue)))
		}
	}
	return r, nil
}

func (w *Watcher) of(address string) *SourceState {
	s := w.state.Sources[address]
	if s == nil {
		s = &SourceState{}
		w.state.Sources[address] = s
	}
	return s
}

func (w *Watcher) problem(err error) {
	if w.cfg.Problem != nil {
		w.cfg.Problem(err)
	}
}

// failed notes that a source could not be had, and when it is asked again.
func (w *Watcher) failed(src Source, st *SourceState, err error, r *Round) {
	r.Failed++
	st.Failures++
	st.Error = err.Error()
	st.Due = w.now().Add(pauseAfter(w.cfg.Seed, src.Address, st.Failures, err))
	if _, guarded := errors.AsType[*errGuarded](err); guarded {
		st.Due = time.Time{} // nobody was asked, and the option that allows it is to help at once
	}
	w.problem(err)
}

// pauseAfter is how long a source rests after so many failures, the last of them
// err.
func pauseAfter(seed uint64, address string, failures int, err error) time.Duration {
	d := firstPause << min(max(failures, 1)-1, 20)
	var r *refusal
	if errors.As(err, &r) && r.lasting {
		d = max(d, lastingPause)
	}
	d = min(d, longestPause)
	h := fnv.New64a()
	_, _ = h.Write([]byte(address))
	u := float64(mix(h.Sum64()^mix(seed^mix(uint64(failures))))>>11) / (1 << 53)
	d = time.Duration(float64(d) * (0.75 + 0.5*u))
	if r != nil {
		d = max(d, r.after)
	}
	return d
}

// answer takes what a source sent.
func (w *Watcher) answer(ctx context.Context, src Source, st *SourceState, got *Fetched, err error, r *Round) (listed []Source, stop error) {
	st.Asked = w.now().UTC().Truncate(time.Second)
	if err != nil {
		w.failed(src, st, err, r)
		return st.Listed, nil
	}
	if got.Unchanged {
		r.Unchanged++
		st.Failures, st.Error, st.Due = 0, "", time.Time{}
		return st.Listed, nil
	}
	if w.cfg.Fetched != nil {
		if err := w.cfg.Fetched(got); err != nil {
			return nil, err
		}
	}
	read, err := readSource(src, got)
	if err != nil {
		w.failed(src, st, err, r)
		return st.Listed, nil
	}
	st.Failures, st.Error, st.Due = 0, "", time.Time{}
	st.Listed = read.listed
	pending, err := w.take(ctx, src, st, got, read.items, r)
	st.URL, st.ETag, st.LastModified = "", "", ""
	if !pending && err == nil {
		// With items still to be read, the feed must be sent again.
		st.URL, st.ETag, st.LastModified = got.Validators.URL, got.Validators.ETag, got.Validators.LastModified
	}
	return st.Listed, err
}

// item is a report in a source, or why there is none.
type item struct {
	id  string
	rep demarche.Report
	err error
}

// content is what a source holds.
type content struct {
	items  []item
	listed []Source
	feed   bool
}

// readSource reads what a source sent. Whatever it sends, the program goes on.
func readSource(src Source, got *Fetched) (c content, err error) {
	in := input{name: src.Address}
	defer func() {
		if x := recover(); x != nil {
			c, err = content{}, in.fail("what the server sent cannot be read", "open the address in a browser, and save what you need as a report")
		}
	}()
	head := strings.ToLower(string(got.Body[:min(len(got.Body), 4096)]))
	isOPML := strings.Contains(head, "<opml")
	isFeed := got.Media == "application/rss+xml" || got.Media == "application/atom+xml" || several(got.Body[:min(len(got.Body), 1024)]) == Feed
	switch {
	case src.Kind == ListSource || src.Kind == PageSource && isOPML:
		c.listed, err = ParseOPML(src.Address, got.Body)
		return c, err
	case src.Kind == FeedSource || isFeed:
		c.feed = true
		in.items(feedText(got.Body, got.Charset), "item", func(id string, rep demarche.Report, err error) bool {
			if id == "" {
				id = hashOf(rep)
			}
			rep.Retrieved = dateOf(&got.At)
			rep.Publisher = cmp.Or(rep.Publisher, src.Title, siteName(got.Final))
			c.items = append(c.items, item{cut(id, 500), rep, err})
			return true
		})
		if len(c.items) == 1 && c.items[0].err != nil && c.items[0].rep.Title == "" && c.items[0].rep.URL == "" {
			return content{}, c.items[0].err // it is no feed
		}
		return c, nil
	}
	rep, err := pageReport(src.Address, got)
	if err != nil {
		return c, err
	}
	rep.Publisher = cmp.Or(rep.Publisher, src.Title, siteName(got.Final))
	c.items = []item{{id: src.Address, rep: rep}}
	return c, nil
}

// pageReport is the report on a page. What it says of itself in front matter
// counts for nothing: a page must not choose where it comes from.
func pageReport(address string, got *Fetched) (rep demarche.Report, err error) {
	in := input{name: address}
	defer func() {
		if x := recover(); x != nil {
			err = in.fail("the page cannot be read", "save it from the browser as a report")
		}
	}()
	format, ok := ofMedia(got.Media)
	data := got.Body
	if !ok || format == Text {
		format = sniff(data)
		if format.Several() || format == JSON {
			format = Text
		}
	}
	if format != PDF && got.Charset != "" {
		text, _ := decode(data, got.Charset)
		data = []byte(text)
	}
	if format == PDF || format == HTML {
		rep, err = in.parse(format, "page", address, data)
	} else {
		if what := binaryKind(data); what != "" {
			return rep, in.fail("what is at this address is not text: it looks like "+what, "save the report as text first")
		}
		rep.Text, _ = decode(data, got.Charset)
		rep.Path = address
	}
	if err != nil {
		return demarche.Report{}, err
	}
	sum := sha256.Sum256(got.Body)
	rep.SHA256, rep.Original = hex.EncodeToString(sum[:]), got.Body
	rep.URL, rep.Retrieved = got.Final, dateOf(&got.At)
	return rep, nil
}

var (
	xmlDeclaration = regexp.MustCompile(`^\s*<\?xml[^>]*\?>`)
	xmlEncoding    = regexp.MustCompile(`encoding\s*=\s*["']([^"']*)["']`)
)

// feedText mends the encoding of a feed. Valid UTF-8 is UTF-8 whatever it says
// of itself; else what the feed declares holds, if it is another encoding; then
// what the server says; then what the letters speak for.
func feedText(data []byte, named string) []byte {
	if utf16Marked(data) {
		return data
	}
	data = bytes.TrimPrefix(data, []byte(bom8))
	declaration := xmlDeclaration.Find(data[:min(len(data), 1024)])
	declared := ""
	if m := xmlEncoding.FindSubmatch(declaration); m != nil {
		declared = strings.ToLower(string(m[1]))
	}
	text, stored := decode(data, named)
	if !stored && declared != "" && declared != "utf-8" && declared != "utf8" {
		return data
	}
	if declaration != nil {
		_, text, _ = strings.Cut(text, "?>")
	}
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>` + text)
}

func siteName(address string) string {
	u, err := webURL(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

// take gives what is new among the items of a source, oldest first as far as
// feeds have the newest at their head. pending tells that some are to be read in
// a later round.
func (w *Watcher) take(ctx context.Context, src Source, st *SourceState, page *Fetched, items []item, r *Round) (pending bool, err error) {
	was := map[string]SeenItem{}
	for _, it := range st.Seen {
		was[it.ID] = it
	}
	now := map[string]bool{}
	var seen []SeenItem
	defer func() {
		// Those met now go to the end, and of the others the latest are kept.
		old := slices.DeleteFunc(st.Seen, func(it SeenItem) bool { return now[it.ID] })
		if n := len(old) - rememberedItems; n > 0 {
			old = old[n:]
		}
		st.Seen = append(old, seen...)
	}()
	asked := 0
	for _, it := range slices.Backward(items) {
		if ctx.Err() != nil {
			return true, ctx.Err()
		}
		if now[it.id] {
			continue
		}
		before, met := was[it.id]
		mark := SeenItem{ID: it.id}
		if it.err == nil || it.rep.Title != "" {
			mark.Hash = hashOf(it.rep)
		}
		if met && before.Tries == 0 && before.Hash == mark.Hash {
			now[it.id], seen = true, append(seen, before)
			continue
		}
		got := page
		if w.cfg.Pages && src.Kind != FolderSource && it.id != src.Address && it.rep.URL != "" {
			if asked == pagesARound {
				pending = true
				continue
			}
			asked++
			whole, p, err := w.page(ctx, it)
			if ctx.Err() != nil {
				return true, ctx.Err()
			}
			var ref *refusal
			switch {
			case err == nil:
				if w.cfg.Fetched != nil {
					if err := w.cfg.Fetched(p); err != nil {
						return true, err
					}
				}
				if it.err != nil || len(whole.Text) > len(it.rep.Text) {
					it.rep, it.err, got = whole, nil, p
				}
			case errors.As(err, &ref) && !ref.lasting && before.Tries+1 < pageTries:
				mark.Tries = before.Tries + 1
				now[it.id], seen, pending = true, append(seen, mark), true
				w.problem(err)
				continue
			default:
				w.problem(err)
			}
		}
		if it.err != nil {
			w.problem(it.err)
		} else if err := w.give(src, got, it.rep, met && before.Tries == 0, r); err != nil {
			return true, err
		}
		now[it.id], seen = true, append(seen, mark)
		w.hashes[mark.Hash] = true
	}
	return pending, nil
}

// page fetches the page that an item of a feed links to. What the feed says of
// it goes before what the page says.
func (w *Watcher) page(ctx context.Context, it item) (demarche.Report, *Fetched, error) {
	got, err := w.fetcher.Fetch(ctx, it.rep.URL, Validators{})
	if err != nil {
		return demarche.Report{}, nil, err
	}
	rep, err := pageReport(it.rep.URL, got)
	if err != nil {
		return rep, nil, err
	}
	fed := it.rep
	rep.Title, rep.Publisher = cmp.Or(fed.Title, rep.Title), cmp.Or(fed.Publisher, rep.Publisher)
	rep.Author, rep.Lang = cmp.Or(fed.Author, rep.Author), cmp.Or(fed.Lang, rep.Lang)
	if !fed.Published.IsZero() {
		rep.Published = fed.Published
	}
	return rep, got, nil
}

// give hands a report on. That of an item that was given before, and is changed
// by a few words, is not given again.
func (w *Watcher) give(src Source, page *Fetched, rep demarche.Report, again bool, r *Round) error {
	if w.hashes[hashOf(rep)] {
		r.Copies++
		return nil
	}
	name := ""
	if src.Kind == FolderSource {
		name = rep.ID
	}
	rep.ID = reportID(rep, name)
	f := Found{Report: rep, Source: src.Address, Page: page}
	f.CopyOf, f.Overlap = w.cfg.Copies.Add(rep.ID, SketchOf(rep.Text[rep.Body:]))
	if f.CopyOf != "" {
		r.Copies++
		if again {
			return nil
		}
		if f.CopyOf == rep.ID {
			f.CopyOf, f.Overlap, f.There = "", 0, true
		}
	} else {
		r.New++
	}
	if w.cfg.Each == nil {
		return nil
	}
	return w.cfg.Each(f)
}

// hashOf tells whether two reports have the same title and text.
func hashOf(rep demarche.Report) string {
	sum := sha256.Sum256([]byte(rep.Title + "\n" + rep.Text[rep.Body:]))
	return hex.EncodeToString(sum[:8])
}

// reportID is a name for a report that is fit for a file: the day, the first
// words of the title, or else of the name, and eight digits of the text's hash.
func reportID(rep demarche.Report, name string) string {
	var b strings.Builder
	if len(rep.Published.Text) >= len("2006-01-02") {
		b.WriteString(rep.Published.Text[:len("2006-01-02")] + "-")
	}
	gap := false
	n := 0
	for _, c := range strings.ToLower(cmp.Or(rep.Title, name)) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			if gap && n > 0 {
				b.WriteByte('-')
				n++
			}
			if n >= 48 {
				break
			}
			b.WriteRune(c)
			gap = false
			n++
			continue
		}
		gap = gap || c != '\'' && c != '’'
	}
	if n > 0 {
		b.WriteByte('-')
	}
	return b.String() + hashOf(rep)[:8]
}

// folder reads the files of a folder that are new or changed.
func (w *Watcher) folder(ctx context.Context, src Source, st *SourceState, r *Round) error {
	st.Asked = w.now().UTC().Truncate(time.Second)
	was := map[string]SeenItem{}
	for _, it := range st.Seen {
		was[it.ID] = it
	}
	var fresh []string
	var seen []SeenItem
	err := filepath.WalkDir(src.Address, func(path string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(d.Name(), ".") && path != src.Address
		switch {
		case d.IsDir() && hidden:
			return fs.SkipDir
		case d.IsDir() || hidden || !d.Type().IsRegular() || strings.HasPrefix(strings.ToUpper(d.Name()), "README."):
			return nil
		}
		if _, ok := Known(path); !ok {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return nil // gone since
		}
		stamp := fmt.Sprintf("%d %d", info.Size(), info.ModTime().UnixNano())
		if before, ok := was[path]; ok && before.Stamp == stamp {
			seen = append(seen, before)
			return nil
		}
		seen = append(seen, SeenItem{ID: path, Stamp: stamp})
		fresh = append(fresh, path)
		return nil
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		e := &demarche.Error{Kind: demarche.NotFound, Op: "intake.Watcher", Msg: "the folder cannot be read", Hint: "check that it is there and that you may read it", Pos: demarche.Pos{File: src.Address}, Err: err}
		r.Failed++
		st.Failures++
		st.Error = e.Error()
		w.problem(e)
		return nil
	}
	st.Failures, st.Error = 0, ""
	done := map[string]bool{}
	defer func() {
		// Files that were not come to are met for the first time the next time.
		st.Seen = slices.DeleteFunc(seen, func(it SeenItem) bool { return slices.Contains(fresh, it.ID) && !done[it.ID] })
	}()
	for _, path := range fresh {
		_, met := was[path]
		for rep, err := range Each(path) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				w.problem(err)
				continue
			}
			if err := w.give(src, nil, rep, met, r); err != nil {
				return err
			}
			w.hashes[hashOf(rep)] = true
		}
		done[path] = true
	}
	return nil
}

// Save writes a report into a folder, as text with front matter, under its ID. A
// file that is there is never touched: new tells whether one was written.
func Save(dir string, rep demarche.Report) (path string, new bool, err error) {
	path = filepath.Join(dir, rep.ID+".md")
	err = os.MkdirAll(dir, 0o755)
	if err == nil {
		err = writeWhole(path, Markdown(rep), false)
	}
	if errors.Is(err, fs.ErrExist) {
		return path, false, nil
	}
	if err != nil {
		return path, false, &demarche.Error{Kind: demarche.BadInput, Op: "intake.Save", Msg: "the report cannot be written", Hint: "check that the folder exists and that you may write there", Pos: demarche.Pos{File: path}, Err: err}
	}
	return path, true, nil
}

// Tidy removes what a Save that was killed has left in a folder, once nobody can
// be at it any more.
func Tidy(dir string, now time.Time) {
	left, _ := filepath.Glob(filepath.Join(dir, ".demarche-*"))
	for _, path := range left {
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && now.Sub(info.ModTime()) > time.Hour {
			_ = os.Remove(path)
		}
	}
}
