package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/casefile"
	"github.com/demarche/demarche/reader"
)

// EventJSON is version 1 of the contract of read --events: a proposed event and,
// where several reports are read, the one it is in.
type EventJSON struct {
	reader.Event
	Report string `json:"report,omitempty"`
}

// NewEventsJSON puts the events proposed from a report into their contract; many
// tells that several reports are read.
func NewEventsJSON(r *Reading, many bool) []EventJSON {
	out := make([]EventJSON, len(r.Events))
	for i, e := range r.Events {
		out[i].Event = e
		if many {
			out[i].Report = r.Path
		}
	}
	return out
}

// Named is what a case lends to the reading of reports: whom and what it names,
// and the propositions that what is said can bear on.
type Named struct {
	Actors  []demarche.Actor
	Places  []demarche.Place
	Matters []reader.Matter // nil without a case
}

// NamedIn takes from a case its actors, the places of its incidents and its
// propositions.
func NamedIn(c *demarche.Case) Named {
	n := Named{Actors: c.Actors, Matters: []reader.Matter{}}
	for _, p := range c.Propositions {
		n.Matters = append(n.Matters, reader.Matter{ID: p.ID, Says: p.Says})
	}
	for _, i := range c.Incidents {
		if i.Place != nil && i.Place.Name != "" {
			n.Places = append(n.Places, *i.Place)
		}
	}
	return n
}

// Hash tells what a case lends from what another one does, or the same one after a
// change. Where it lies, and where in its file something stands, does not matter.
func (n Named) Hash() string {
	h := sha256.New()
	for _, a := range n.Actors {
		fmt.Fprintf(h, "actor %q %q %q %q %q %q %q\n", a.ID, a.Name, a.Kind, a.Role, a.Of.Name, a.Members, a.Aliases)
	}
	for _, p := range n.Places {
		fmt.Fprintf(h, "place %q", p.Name)
		for _, x := range []*float64{p.Lat, p.Lon, p.PrecisionKM} {
			if x != nil {
				fmt.Fprintf(h, " %g", *x)
			} else {
				io.WriteString(h, " -")
			}
		}
		io.WriteString(h, "\n")
	}
	for _, m := range n.Matters {
		fmt.Fprintf(h, "matter %q %q\n", m.ID, m.Says)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// HandlingAround is who may see a report, by the case in whose folder it lies:
// its own folder, the one above, or the next. It is "" where there is no case.
func HandlingAround(report string) (string, error) {
	if report == "-" {
		return "", nil
	}
	dir, err := filepath.Abs(filepath.Dir(report))
	if err != nil {
		return "", err
	}
	for range 3 {
		path := filepath.Join(dir, casefile.CaseName)
		if _, err := os.Stat(path); err == nil {
			f, err := casefile.Open(path)
			if err != nil {
				return "", err
			}
			return f.Case.Handling, nil
		}
		dir = filepath.Dir(dir)
	}
	return "", nil
}

// readMore reads a report with what the case names, puts what is uncertain to
// the helper if there is one, and proposes events if they are asked for.
func (r *reading) readMore(ctx context.Context, cfg ReadConfig) {
	opts := reader.Options{Published: r.Report.Published.From, Body: r.Report.Body, MinConfidence: cfg.MinConfidence, Actors: cfg.Named.Actors, Places: cfg.Named.Places, Model: cfg.Model}
	if cfg.Assist == nil {
		r.Result = reader.Read(r.Report.Text, opts)
	} else {
		opts.MinConfidence = 0
		r.Result = reader.Read(r.Report.Text, opts)
		as, done, err := reader.Assist(ctx, r.Report.Text, r.Result.Attributions, cfg.Assist)
		if err != nil {
			r.Err = err
			return
		}
		r.Assistance = done
		kept := []reader.Attribution{}
		for _, a := range as {
			if a.Confidence >= cfg.MinConfidence {
				kept = append(kept, a)
			}
		}
		r.Result.Attributions = kept
	}
	if cfg.Named.Matters != nil {
		r.Relations = reader.Relate(r.Report.Text, r.Result.Attributions, cfg.Named.Matters, opts)
	}
	if cfg.Events {
		for _, e := range reader.Events(r.Report.Text, r.Result, opts) {
			if e.Confidence >= cfg.MinConfidence {
				r.Events = append(r.Events, e)
			}
		}
	}
}
