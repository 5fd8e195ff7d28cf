package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/ledger"
	"github.com/spf13/cobra"
)

func (a *app) ledgerCorrectionsCommand() *cobra.Command {
	var out string
	var named []string
	var confidential, force bool
	c := &cobra.Command{
		Use:   "corrections CASE",
		Short: "Write what people corrected of the reader's findings, to train it",
		Long: `corrections writes what people made of the claims that the reader had found: those that
were accepted, those that were rejected, and those whose place in the report was moved,
as one line of JSON for each report, with its text. demarche train learns from it. What
was rejected only because it is of no matter was found rightly, and stands with what is
right.

Confidential material is left out unless it is named with --include; a case that is
marked confidential needs --confidential.`,
		Example: "  demarche ledger corrections my-case -o corrections.jsonl",
		Args:    exactArgs(1, "CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			b, err := a.books(ctx, args[0], "", true)
			if err != nil {
				return err
			}
			defer b.Close()
			if b.crisis.Handling == ledger.Confidential && !confidential {
				return &demarche.Error{Kind: demarche.BadInput, Msg: "the case is marked confidential, and the corrections would hold the texts of its reports", Hint: "give --confidential if they may leave it"}
			}
			if err := free(out, force); err != nil {
				return err
			}
			var refs []ledger.Ref
			for _, id := range named {
				ref, err := b.record(ctx, []string{id})
				if err != nil {
					return err
				}
				refs = append(refs, ref)
			}
			got, err := b.corrections(ctx, refs)
			if err != nil {
				return err
			}
			if out == "" {
				err = got.write(a.stdout)
			} else {
				err = writeStream(out, got.write)
			}
			if err != nil {
				return err
			}
			if !a.quiet {
				note := fmt.Sprintf("demarche: %s in %s", plural(got.right+got.wrong, "correction"), plural(len(got.lines), "report"))
				if got.right+got.wrong > 0 {
					note += fmt.Sprintf(": %d right, %d wrong", got.right, got.wrong)
				}
				if got.withheld > 0 {
					note += fmt.Sprintf("; %s left out as confidential", plural(got.withheld, "claim"))
				}
				fmt.Fprintln(a.stderr, note)
			}
			return nil
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "write to this file, whole or not at all, instead of the terminal")
	c.Flags().StringSliceVar(&named, "include", nil, "confidential records that may leave, by their ids")
	c.Flags().BoolVar(&confidential, "confidential", false, "write the corrections of a case that is marked confidential")
	c.Flags().BoolVar(&force, "force", false, "replace the file if it is there")
	return c
}

// corrected is one report with what is right and what is wrong in it.
type corrected struct {
	Text  string       `json:"text"`
	Right []attributed `json:"right"`
	Wrong []attributed `json:"wrong"`
}

// attributed is where an attribution stands, in bytes of the text.
type attributed struct {
	Source  [][2]int `json:"source"`
	Cue     [][2]int `json:"cue"`
	Content [][2]int `json:"content"`
}

func attributedOf(s ledger.Spans) attributed {
	spans := func(list [][2]int) [][2]int { return append([][2]int{}, list...) }
	return attributed{spans(s.Source), spans(s.Cue), spans(s.Content)}
}

type corrections struct {
	lines                  []corrected
	right, wrong, withheld int
}

func (k *corrections) write(w io.Writer) error {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	for _, line := range k.lines {
		if err := e.Encode(line); err != nil {
			return err
		}
	}
	_, err := w.Write(buf.Bytes())
	return err
}

// corrections gathers them from the histories, by report.
func (b *books) corrections(ctx context.Context, named []ledger.Ref) (*corrections, error) {
	out := &corrections{}
	var reports []string
	if err := b.each(ctx, ledger.Filter{Kind: ledger.KindReport}, func(v ledger.Version) error {
		reports = append(reports, v.Ref.ID)
		return nil
	}); err != nil {
		return nil, err
	}
	slices.Sort(reports)
	show, done := b.progress("looking through the reports")
	defer done()
	for n, id := range reports {
		if show != nil {
			show(float64(n) / float64(len(reports)))
		}
		at, err := b.Get(ctx, b.at, ledger.Ref{Kind: ledger.KindReport, ID: id})
		if err != nil {
			return nil, err
		}
		line := corrected{Text: at.Record.(*ledger.Report).Text, Right: []attributed{}, Wrong: []attributed{}}
		if err := b.correctionsOf(ctx, id, named, &line, out); err != nil {
			return nil, err
		}
		if len(line.Right)+len(line.Wrong) > 0 {
			out.lines = append(out.lines, line)
			out.right += len(line.Right)
			out.wrong += len(line.Wrong)
		}
	}
	return out, nil
}

// correctionsOf gathers those of one report, in the order of its text.
func (b *books) correctionsOf(ctx context.Context, report string, named []ledger.Ref, line *corrected, out *corrections) error {
	if err := b.each(ctx, ledger.Filter{Kind: ledger.KindClaim, Report: report}, func(v ledger.Version) error {
		history := []ledger.Entry{{Record: v.Record}}
		if v.Number > 1 {
			var err error
			if history, err = b.History(ctx, time.Time{}, v.Ref); err != nil {
				return err
			}
		}
		right, wrong := judgedSpans(history)
		if right == nil && len(wrong) == 0 {
			return nil
		}
		open, err := b.Releasable(ctx, b.at, []ledger.Ref{{Kind: ledger.KindReport, ID: report}, v.Ref}, named)
		if err != nil {
			return err
		}
		if len(open) < 2 {
			out.withheld++
			return nil
		}
		if right != nil {
			line.Right = append(line.Right, attributedOf(*right))
		}
		for _, s := range wrong {
			line.Wrong = append(line.Wrong, attributedOf(s))
		}
		return nil
	}); err != nil {
		return err
	}
	for _, list := range [][]attributed{line.Right, line.Wrong} {
		slices.SortFunc(list, func(x, y attributed) int { return slices.Compare(flat(x), flat(y)) })
	}
	return nil
}

// flat is an attribution as numbers, to sort by: the content first.
func flat(a attributed) []int {
	var out []int
	for _, role := range [][][2]int{a.Content, a.Cue, a.Source} {
		for _, s := range role {
			out = append(out, s[0], s[1])
		}
	}
	return out
}

// judgedSpans says from the history of a claim that a reader found which spans
// people took to be right, and which wrong. What nobody has looked at is neither.
func judgedSpans(history []ledger.Entry) (right *ledger.Spans, wrong []ledger.Spans) {
	var found, last *ledger.Claim
	verdict := ""
	for _, e := range history {
		c, ok := e.Record.(*ledger.Claim)
		if !ok {
			last, verdict = nil, "" // withdrawn
			continue
		}
		if found == nil {
			found = c
			if !strings.HasPrefix(c.FoundBy, demarche.FoundByReader) || c.Spans.IsZero() {
				return nil, nil
			}
		}
		switch c.Status {
		case "accepted", "rejected":
			verdict = c.Status
			if c.Irrelevant {
				verdict = "accepted" // as far as the reader goes: the report does say so
			}
		case "proposed": // an undone verdict is none
			verdict = ""
		}
		last = c // a retraction is the source's, and leaves the verdict as it was
	}
	if last == nil {
		return nil, nil
	}
	moved := !reflect.DeepEqual(found.Spans, last.Spans)
	switch {
	case verdict == "rejected":
		if wrong = []ledger.Spans{found.Spans}; moved && !last.Spans.IsZero() {
			wrong = append(wrong, last.Spans)
		}
	case moved && !last.Spans.IsZero():
		return &last.Spans, []ledger.Spans{found.Spans}
	case verdict == "accepted":
		right = &last.Spans
	}
	return right, wrong
}
