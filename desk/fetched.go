package desk

import (
	"context"

	"github.com/demarche/demarche"
)

// ReadReport reads a report that was taken in already. It is known by its id.
func ReadReport(ctx context.Context, rep demarche.Report, cfg ReadConfig) *Reading {
	r := &reading{Reading: Reading{Path: rep.ID, Report: rep}, taken: true}
	r.read(ctx, cfg)
	return &r.Reading
}
