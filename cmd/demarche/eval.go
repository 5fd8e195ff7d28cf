package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/reader"
	"github.com/spf13/cobra"
)

func (a *app) evalCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "eval",
		Short:   "Measure the reader against reference annotations",
		Example: "  demarche eval attribution dev.jsonl.gz",
		Args:    exactArgs(0, "attribution FILE"),
		RunE: func(*cobra.Command, []string) error {
			return usage("write demarche eval attribution FILE", "say what to measure")
		},
	}
	var asJSON bool
	var model string
	attribution := &cobra.Command{
		Use:   "attribution FILE",
		Short: "Measure who-says-what against reference annotations",
		Long: `attribution reads texts with reference attributions, one JSON object a line (id,
text, attr, discard), plain or compressed with gzip, and prints how well the
reader finds them.`,
		Example: "  demarche eval attribution dev.jsonl.gz",
		Args:    exactArgs(1, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := a.evaluate(cmd.Context(), args[0], model)
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(a.stdout)
				e.SetIndent("", " ")
				return e.Encode(desk.NewScoreJSON(m.shown, m.all, m.texts))
			}
			return a.printScore(m)
		},
	}
	attribution.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	attribution.Flags().StringVar(&model, "model", "", "measure this model, which demarche train has written")
	c.AddCommand(attribution)
	return c
}

// shownConfidence is the confidence from which people are shown a finding.
const shownConfidence = 0.5

// measured is how well the reader did: on what people are shown, and on all that
// it finds.
type measured struct {
	shown, all reader.Score
	texts      int
}

// counted tells how much of a file has been read, and remembers why it could not
// be read further.
type counted struct {
	r    io.Reader
	n    int64
	tell func(int64)
	err  error
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.tell != nil {
		c.tell(c.n)
	}
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

func (a *app) evaluate(ctx context.Context, path, model string) (m measured, err error) {
	with, err := desk.OpenModel(model)
	if err != nil {
		return m, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, &demarche.Error{Kind: demarche.NotFound, Msg: "there is no file " + path, Hint: "check the path"}
	}
	unreadable := func(err error) error {
		return &demarche.Error{Kind: demarche.BadInput, Msg: path + " cannot be read", Hint: "check that it is a file that you may read", Err: err}
	}
	if err != nil {
		return m, unreadable(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return m, unreadable(err)
	}
	show, done := a.progress("measuring")
	defer done()
	size := max(info.Size(), 1)
	counter := &counted{r: f}
	if show != nil {
		counter.tell = func(n int64) { show(min(1, float64(n)/float64(size))) }
	}
	b := bufio.NewReaderSize(counter, 16<<10)
	var in io.Reader = b
	if magic, _ := b.Peek(2); string(magic) == "\x1f\x8b" {
		if in, err = gzip.NewReader(b); err != nil {
			return m, &demarche.Error{Kind: demarche.BadInput, Msg: path + " is damaged: it begins like a gzip file but cannot be unpacked", Hint: "fetch it again", Err: err}
		}
	}
	whole := &counted{r: in}
	err = reader.ReadGold(whole, func(g reader.GoldText) error {
		m.texts++
		found := reader.Frames(reader.Read(g.Text, reader.Options{Model: with}).Attributions)
		m.all.Add(reader.Compare(g.Text, found, g.Frames, g.Discard))
		likely := slices.DeleteFunc(found, func(f reader.Frame) bool { return f.Confidence < shownConfidence })
		m.shown.Add(reader.Compare(g.Text, likely, g.Frames, g.Discard))
		return ctx.Err()
	})
	if err != nil && ctx.Err() == nil {
		where, _, _ := strings.Cut(err.Error(), ":") // "line 3"
		msg := fmt.Sprintf("%s: %s is not a text with reference attributions", path, where)
		if whole.err != nil || !strings.HasPrefix(where, "line ") {
			msg = path + " cannot be read to its end"
		}
		return measured{}, &demarche.Error{Kind: demarche.BadInput, Msg: msg, Hint: "each line is one JSON object with id, text and attr", Err: err}
	}
	if err == nil && m.texts == 0 {
		return m, &demarche.Error{Kind: demarche.BadInput, Msg: "there is no text in " + path, Hint: "each line is one JSON object with id, text and attr"}
	}
	return m, err
}

func (a *app) printScore(m measured) error {
	b := &strings.Builder{}
	s := m.shown
	fmt.Fprintf(b, "%s; %s with confidence 0.5 and above, %d in the reference\n", plural(m.texts, "text"), plural(s.RelJ.Predicted, "attribution"), s.RelJ.Gold)
	head := func(title string) {
		fmt.Fprintf(b, "\n%-34s %9s %9s %9s\n", title, "precision", "recall", "F1")
	}
	row := func(name string, p, r, f float64) {
		fmt.Fprintf(b, "  %-32s %8.1f%% %8.1f%% %8.1f%%\n", name, p*100, r*100, f*100)
	}
	figures := func(name string, f interface{ Precision() float64 }) {
		switch f := f.(type) {
		case reader.Count:
			row(name, f.Precision(), f.Recall(), f.F1())
		case reader.Shares:
			row(name, f.Precision(), f.Recall(), f.F1())
		}
	}
	head("Attributions")
	figures("half of the content (relJ)", s.RelJ)
	figures("any overlap of the content", s.RelAny)
	for _, part := range []struct {
		title string
		of    func(role int) interface{ Precision() float64 }
		roles []int
	}{
		{"Spans that are identical", func(r int) interface{ Precision() float64 } { return s.Exact[r] }, []int{0, 1, 2}},
		{"… but for marks at their ends", func(r int) interface{ Precision() float64 } { return s.ExactBare[r] }, []int{0, 1, 2}},
		{"Spans that share a token", func(r int) interface{ Precision() float64 } { return s.Touch[r] }, []int{0, 1, 2}},
		{"Single tokens", func(r int) interface{ Precision() float64 } { return s.Token[r] }, []int{0, 1, 2}},
		{"As Citron measures, identical", func(r int) interface{ Precision() float64 } { return s.CitronExact[r] }, []int{0, 1, 2, 3}},
		{"As Citron measures, overlapping", func(r int) interface{ Precision() float64 } { return s.CitronOverlap[r] }, []int{1, 2, 3}},
	} {
		head(part.title)
		for _, r := range part.roles {
			figures(desk.RoleNames[r], part.of(r))
		}
	}
	fmt.Fprintf(b, "\nThe source is right in %.1f%% of the findings whose content overlaps the reference.\n", s.SourceRight.Precision()*100)
	fmt.Fprintf(b, "Recall (relJ) by form of the content: direct %.1f%%, mixed %.1f%%, indirect %.1f%%\n",
		s.ByForm[0].Recall()*100, s.ByForm[1].Recall()*100, s.ByForm[2].Recall()*100)
	fmt.Fprintf(b, "\n%-12s %9s %9s   %s\n", "Confidence", "findings", "right", "from there on: precision, recall, F1 (relJ)")
	for i, c := range m.all.ByConfidence {
		if c.Predicted == 0 {
			continue
		}
		l := m.all.AtLeast[i]
		fmt.Fprintf(b, "%.1f to %.1f   %9d %8.1f%%   %8.1f%% %8.1f%% %8.1f%%\n", float64(i)/10, float64(i+1)/10, c.Predicted, c.Precision()*100, l.Precision()*100, l.Recall()*100, l.F1()*100)
	}
	_, err := io.WriteString(a.stdout, b.String())
	return err
}
