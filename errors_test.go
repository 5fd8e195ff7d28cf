package demarche

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"
)

func TestErrorText(t *testing.T) {
	for _, c := range []struct {
		e    Error
		want string
	}{
		{Error{Msg: "it is wrong"}, "it is wrong"},
		{Error{Msg: "it is wrong", Hint: "make it right"}, "it is wrong; make it right"},
		{Error{Msg: "it is wrong", Pos: Pos{File: "case.yaml", Line: 3, Col: 7}}, "case.yaml:3:7: it is wrong"},
		{Error{Msg: "it is wrong", Pos: Pos{File: "case.yaml", Line: 3}}, "case.yaml:3: it is wrong"},
		{Error{Msg: "it is wrong", Pos: Pos{File: "case.yaml", Col: 7}}, "case.yaml: it is wrong"},
		{Error{Msg: "it is wrong", Pos: Pos{Col: 7}}, "it is wrong"},
		{Error{Msg: "it is wrong", Pos: Pos{Line: 3, Col: 7}}, "3:7: it is wrong"},
	} {
		if got := c.e.Error(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	if !(Pos{}).IsZero() || (Pos{Line: 1}).IsZero() {
		t.Error("IsZero is wrong")
	}
}

// The numbers are a contract with scripts and with clients of the interface.
func TestKinds(t *testing.T) {
	for kind, want := range map[Kind]string{
		No: "no 1 422", Usage: "usage 2 400", BadInput: "bad input 3 422", NotFound: "not found 4 404",
		Unavailable: "unavailable 5 503", Internal: "internal 70 500",
	} {
		if got := fmt.Sprint(kind, " ", kind.ExitCode(), " ", kind.HTTPStatus()); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestKindOf(t *testing.T) {
	inner := &Error{Kind: NotFound, Msg: "no file", Err: fs.ErrNotExist}
	wrapped := fmt.Errorf("opening: %w", inner)
	if KindOf(wrapped) != NotFound || !errors.Is(wrapped, fs.ErrNotExist) {
		t.Error("the kind of a wrapped error is lost")
	}
	if KindOf(errors.New("other")) != Internal || KindOf(nil) != Internal {
		t.Error("other errors are not ours")
	}
	list := Problems{{Kind: BadInput, Msg: "one"}, {Kind: BadInput, Msg: "two", Hint: "mend it", Err: fs.ErrExist}}
	if KindOf(list) != BadInput || list.Error() != "one\ntwo; mend it" || !errors.Is(list, fs.ErrExist) {
		t.Errorf("problems: %v, %q", KindOf(list), list)
	}
}
