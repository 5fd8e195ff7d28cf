package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/demarche/demarche"
)

// watchVersion is the version of the form in which a WatchState is written.
const watchVersion = 1

// WatchState is what a Watcher knows from one round to the next.
type WatchState struct {
	Version int `json:"version"` // of this form: 1
	// Sources are by address, or path of a folder.
	Sources map[string]*SourceState `json:"sources"`
	// Pauses are the hosts that asked for no requests until a time.
	Pauses map[string]time.Time `json:"pauses,omitempty"`
}

// SourceState is what is known of one source.
type SourceState struct {
	// Validators are those of the version read last.
	URL          string `json:"url,omitempty"`
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	// Asked is when the source was asked last, Due before when it is not to be
	// asked again; Failures counts those since it last went well, and Error
	// tells the last.
	Asked    time.Time `json:"asked,omitzero"`
	Due      time.Time `json:"due,omitzero"`
	Failures int       `json:"failures,omitempty"`
	Error    string    `json:"error,omitempty"`
	// Seen are the items met, those met last at the end.
	Seen []SeenItem `json:"seen,omitempty"`
	// Listed are the sources in the list, if it is one.
	Listed []Source `json:"listed,omitempty"`
}

// SeenItem is an item of a source: of a feed, a page, a file.
type SeenItem struct {
	ID    string `json:"id"`
	Hash  string `json:"hash,omitempty"`  // of title and text, 16 hexadecimal digits; "" if it had no text
	Stamp string `json:"stamp,omitempty"` // size and time of a file
	Tries int    `json:"tries,omitempty"` // how often its page could not be had; above 0 it is still to be read
}

// WatchStore keeps the state of a Watcher. What Save was given last, Load gives,
// also after the program or the machine was stopped in the middle of a Save; the
// state before is given where that Save did not come to its end.
type WatchStore interface {
	// Load gives an empty state where none was saved.
	Load(context.Context) (*WatchState, error)
	Save(context.Context, *WatchState) error
}

// WatchFile keeps the state in one file, which is replaced whole.
type WatchFile string

// maxWatchFile is the size of the largest file of a state.
const maxWatchFile = 256 << 20

// Load reads the file.
func (f WatchFile) Load(context.Context) (*WatchState, error) {
	file, err := os.Open(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return newWatchState(), nil
	}
	if err != nil {
		return nil, f.fail("the record of what was fetched cannot be read", "check that you may read it", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxWatchFile+1))
	if err != nil {
		return nil, f.fail("the record of what was fetched cannot be read", "check that you may read it", err)
	}
	return f.decode(data)
}

func newWatchState() *WatchState {
	return &WatchState{Version: watchVersion, Sources: map[string]*SourceState{}, Pauses: map[string]time.Time{}}
}

func (f WatchFile) decode(data []byte) (*WatchState, error) {
	const again = "move it away; then everything is looked at again, and nothing that is there already is written twice"
	if len(data) > maxWatchFile {
		return nil, f.fail("the record of what was fetched is larger than it can be", again, nil)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	st := newWatchState()
	st.Version = 0
	if err := d.Decode(st); err != nil {
		return nil, f.fail("the record of what was fetched is damaged", again, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, f.fail("the record of what was fetched is damaged: something follows its end", again, err)
	}
	if st.Version != watchVersion {
		return nil, f.fail(fmt.Sprintf("the record of what was fetched has version %d, and this program knows version %d", st.Version, watchVersion), "use the program that wrote it, or "+again, nil)
	}
	if st.Sources == nil {
		st.Sources = map[string]*SourceState{}
	}
	if st.Pauses == nil {
		st.Pauses = map[string]time.Time{}
	}
	for name, s := range st.Sources {
		if s == nil {
			delete(st.Sources, name)
		} else if s.Failures < 0 {
			s.Failures = 0
		}
	}
	return st, nil
}

// Save writes the state beside the file, and puts it in its place when all of it
// is on the disk.
func (f WatchFile) Save(_ context.Context, st *WatchState) error {
	data, err := json.MarshalIndent(st, "", " ")
	if err == nil {
		err = writeWhole(string(f), append(data, '\n'), true)
	}
	if err != nil {
		return f.fail("the record of what was fetched cannot be written", "check that the folder exists and that you may write there", err)
	}
	return nil
}

func (f WatchFile) fail(msg, hint string, err error) error {
	return &demarche.Error{Kind: demarche.BadInput, Op: "intake.WatchFile", Msg: msg, Hint: hint, Pos: demarche.Pos{File: string(f)}, Err: err}
}

// writeWhole writes a file whole or not at all. Where a file of this name is
// there, it is replaced, or the error is fs.ErrExist.
func writeWhole(path string, data []byte, replace bool) error {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, ".demarche-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	if e := temp.Chmod(0o644); err == nil {
		err = e
	}
	if e := temp.Sync(); err == nil {
		err = e
	}
	if e := temp.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if replace {
		err = os.Rename(temp.Name(), path)
	} else if err = os.Link(temp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		// Not every file system knows links.
		if _, e := os.Lstat(path); e == nil {
			return fs.ErrExist
		}
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return err
	}
	if d, e := os.Open(dir); e == nil { // the name is to outlast a loss of power too, where the system can do that
		_ = d.Sync()
		_ = d.Close()
	}
	return nil
}
