package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/reader"
)

// Trained is a model that was trained further, and what changed.
type Trained struct {
	Model *reader.Model
	reader.Retrained
	// Files and Texts count what was learned from.
	Files, Texts int
}

// Train trains the model that is part of the program further on the corrections in
// files; - stands for stdin. progress may be nil.
func Train(ctx context.Context, paths []string, stdin io.Reader, progress func(float64)) (*Trained, error) {
	var all []reader.Correction
	for _, path := range paths {
		cs, err := openCorrections(path, stdin)
		if err != nil {
			return nil, err
		}
		if len(cs) == 0 {
			return nil, &demarche.Error{Kind: demarche.BadInput, Msg: "there is no correction in it", Hint: "write one a line, as docs/reference/reader.md tells", Pos: demarche.Pos{File: path}}
		}
		all = append(all, cs...)
	}
	m, did, err := reader.Retrain(ctx, reader.Shipped(), all, progress)
	if err != nil {
		return nil, err
	}
	t := &Trained{Model: m, Retrained: did, Files: len(paths)}
	texts := map[string]bool{}
	for _, c := range all {
		texts[c.Text] = true
	}
	t.Texts = len(texts)
	return t, nil
}

func openCorrections(path string, stdin io.Reader) ([]reader.Correction, error) {
	if path == "-" {
		return reader.ReadCorrections(stdin, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unopened(path, err)
	}
	defer f.Close()
	return reader.ReadCorrections(f, path)
}

func unopened(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &demarche.Error{Kind: demarche.NotFound, Msg: "there is no file " + path, Hint: "check the path", Err: err}
	}
	return &demarche.Error{Kind: demarche.BadInput, Msg: path + " cannot be read", Hint: "check that it is a file that you may read", Err: err}
}

// maxModelFile bounds a model file, in bytes.
const maxModelFile = 256 << 20

// OpenModel reads a model file that demarche train has written. An empty path is the
// model that is part of the program.
func OpenModel(path string) (*reader.Model, error) {
	if path == "" {
		return reader.Shipped(), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unopened(path, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxModelFile))
	if err != nil {
		return nil, unopened(path, err)
	}
	m, err := reader.DecodeModel(b)
	if e, ok := errors.AsType[*demarche.Error](err); ok {
		e.Pos.File = path
		return nil, e
	}
	return m, err
}

// TrainJSON is version 1 of the contract of train. Counts are of attributions.
type TrainJSON struct {
	Version int             `json:"version"`
	Files   int             `json:"files"`
	Texts   int             `json:"texts"`
	Right   BeforeAfterJSON `json:"right"`
	Wrong   BeforeAfterJSON `json:"wrong"`
	Kept    BeforeAfterJSON `json:"kept"`
	Added   int             `json:"added"`
	Model   string          `json:"model"`
	SHA256  string          `json:"sha256"`
}

// BeforeAfterJSON counts, among all, those that were read before and after.
type BeforeAfterJSON struct {
	All    int `json:"all"`
	Before int `json:"before"`
	After  int `json:"after"`
}

// NewTrainJSON puts what was trained into its contract; path is that of the model.
func NewTrainJSON(t *Trained, path string) TrainJSON {
	sum := sha256.Sum256(t.Model.Bytes())
	return TrainJSON{
		Version: 1, Files: t.Files, Texts: t.Texts, Right: BeforeAfterJSON(t.Right), Wrong: BeforeAfterJSON(t.Wrong), Kept: BeforeAfterJSON(t.Kept),
		Added: t.Added, Model: path, SHA256: hex.EncodeToString(sum[:]),
	}
}
