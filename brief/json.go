package brief

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/demarche/demarche"
)

// JSON writes the brief in the form that the package documentation gives.
func JSON(w io.Writer, b *Brief) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(b)
}

// ParseJSON reads what JSON wrote. Unknown keys are refused.
func ParseJSON(data []byte) (*Brief, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	b := &Brief{}
	if err := d.Decode(b); err != nil {
		return nil, &demarche.Error{Kind: demarche.BadInput, Op: "brief.ParseJSON", Msg: fmt.Sprintf("this is not a brief in JSON: %v", err), Hint: "write one with demarche brief --format json", Err: err}
	}
	if b.Version != Version {
		return nil, &demarche.Error{Kind: demarche.BadInput, Op: "brief.ParseJSON", Msg: fmt.Sprintf("the brief has version %d; this program reads version %d", b.Version, Version)}
	}
	return b, nil
}
