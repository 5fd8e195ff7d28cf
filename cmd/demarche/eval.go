package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/demarche/demarche"
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
	attribution := &cobra.Command{
		Use:   "attribution FILE",
		Short: "Measure who-says-what against reference annotations",
		Long: `attribution reads texts with reference attributions, one JSON object a line (id,
text, attr, discard), plain or compressed with gzip, and prints how well the
reader finds them.`,
		Example: "  demarche eval attribution dev.jsonl.gz",
		Args:    exactArgs(1, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			score, texts, err := a.evaluate(cmd, args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(a.stdout).Encode(scoreJSON(score, texts))
			}
			return a.printScore(score, texts)
		},
	}
	attribution.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.AddCommand(attribution)
	return c
}

func (a *app) evaluate(cmd *cobra.Command, path string) (score reader.Score, texts int, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return score, 0, &demarche.Error{Kind: demarche.NotFound, Msg: "there is no file " + path, Hint: "check the path"}
	}
	if err != nil {
		return score, 0, &demarche.Error{Kind: demarche.BadInput, Msg: path + " cannot be read", Hint: "check that it is a file that you may read", Err: err}
	}
	defer f.Close()
	var in io.Reader = bufio.NewReader(f)
	if magic, _ := in.(*bufio.Reader).Peek(2); string(magic) == "\x1f\x8b" {
		if in, err = gzip.NewReader(in); err != nil {
			return score, 0, &demarche.Error{Kind: demarche.BadInput, Msg: path + " is damaged: it begins like a gzip file but cannot be unpacked", Hint: "fetch it again", Err: err}
		}
	}
	err = reader.ReadGold(in, func(g reader.GoldText) error {
		texts++
		score.Add(reader.Compare(g.Text, reader.Frames(reader.Read(g.Text, reader.Options{MinConfidence: 0.5}).Attributions), g.Frames, g.Discard))
		return cmd.Context().Err()
	})
	if err != nil && cmd.Context().Err() == nil {
		where, _, _ := strings.Cut(err.Error(), ":") // "line 3"
		return score, 0, &demarche.Error{Kind: demarche.BadInput, Msg: fmt.Sprintf("%s: %s is not a text with reference attributions", path, where), Hint: "each line is one JSON object with id, text and attr", Err: err}
	}
	return score, texts, err
}

type countJSON struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

func countOf(c reader.Count) countJSON { return countJSON{c.Precision(), c.Recall(), c.F1()} }

func scoreJSON(s reader.Score, texts int) any {
	byRole := func(c [3]reader.Count) map[string]countJSON {
		return map[string]countJSON{"source": countOf(c[0]), "cue": countOf(c[1]), "content": countOf(c[2])}
	}
	return map[string]any{
		"version": 1, "texts": texts, "relj": countOf(s.RelJ), "rel_any": countOf(s.RelAny),
		"exact": byRole(s.Exact), "token": byRole(s.Token),
		"relj_recall": map[string]float64{"direct": s.ByForm[0].Recall(), "mixed": s.ByForm[1].Recall(), "indirect": s.ByForm[2].Recall()},
	}
}

func (a *app) printScore(s reader.Score, texts int) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s, attributions with confidence 0.5 and above\n\n", plural(texts, "text"))
	fmt.Fprintf(b, "%-28s %9s %9s %9s\n", "", "precision", "recall", "F1")
	row := func(name string, c reader.Count) {
		fmt.Fprintf(b, "%-28s %8.1f%% %8.1f%% %8.1f%%\n", name, c.Precision()*100, c.Recall()*100, c.F1()*100)
	}
	row("attributions (relJ)", s.RelJ)
	row("attributions, any overlap", s.RelAny)
	for i, role := range []string{"source", "cue", "content"} {
		row(role+", exact spans", s.Exact[i])
	}
	for i, role := range []string{"source", "cue", "content"} {
		row(role+", tokens", s.Token[i])
	}
	fmt.Fprintf(b, "\nrecall by form: direct %.1f%%, mixed %.1f%%, indirect %.1f%%\n",
		s.ByForm[0].Recall()*100, s.ByForm[1].Recall()*100, s.ByForm[2].Recall()*100)
	_, err := io.WriteString(a.stdout, b.String())
	return err
}
