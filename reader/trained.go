package reader

import (
	"sync"

	"github.com/demarche/demarche"
)

// Model is what the reader has learned: the model that is part of the program, or
// one that was trained further by Retrain. It never changes, and may be used by
// several goroutines at once.
type Model struct {
	m    *model
	file []byte
}

// Shipped is the model that is part of the program.
var Shipped = sync.OnceValue(func() *Model { return &Model{shipped(), embedded} })

// DecodeModel reads the bytes of a model file. Its error, a *demarche.Error, tells
// what is no model file, what another version of the program wrote, and what is
// damaged.
func DecodeModel(file []byte) (*Model, error) {
	m, err := decodeModel(file)
	if err == nil {
		return &Model{m, file}, nil
	}
	e := &demarche.Error{Kind: demarche.BadInput, Op: "reader.DecodeModel", Msg: err.Error(), Hint: "make it again with demarche train"}
	if len(file) < modelHead || string(file[:len(modelMagic)]) != modelMagic {
		e.Hint = "name a file that demarche train has written"
	}
	return nil, e
}

// Bytes is the model as a file, which is not to be changed.
func (m *Model) Bytes() []byte { return m.file }

// of is the model that options ask for.
func (o Options) of() *model {
	if o.Model == nil {
		return shipped()
	}
	return o.Model.m
}
