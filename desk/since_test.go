package desk

import (
	"context"
	"testing"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

func TestSinceEarlierDay(t *testing.T) {
	now, err := Open("../examples/caribbean", Question{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	day, _ := demarche.ParseDate("2025-11-20")
	before, err := Open("../examples/caribbean", Question{Now: time.Now(), AsOf: day})
	if err != nil {
		t.Fatal(err)
	}
	s, err := now.Since(context.Background(), before, "20 November 2025", engine.OutlookConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(s.Changes)
	_, err = now.Brief(context.Background(), BriefQuestion{Since: before, SinceLabel: "x"})
	if err != nil {
		t.Fatal(err)
	}
}
