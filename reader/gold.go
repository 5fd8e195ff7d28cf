package reader

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// GoldText is a text with its reference attributions.
type GoldText struct {
	ID      string
	Text    string
	Frames  []Frame
	Discard Spans
}

// ReadGold reads reference attributions, one JSON object a line: id, text, attr
// (a list of objects with S, C and Q, each a list of [start, end) in Unicode
// code points) and discard. Other keys are passed over. It calls yield for each
// and stops at the first error.
func ReadGold(in io.Reader, yield func(GoldText) error) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 1<<20), 64<<20)
	for n := 1; lines.Scan(); n++ {
		var raw struct {
			ID   string `json:"id"`
			Text string `json:"text"`
			Attr []struct {
				S, C, Q [][2]int
			} `json:"attr"`
			Discard [][2]int `json:"discard"`
		}
		if err := json.Unmarshal(lines.Bytes(), &raw); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		// Code points to bytes.
		at := make([]int, 0, len(raw.Text)+1)
		for i := range raw.Text {
			at = append(at, i)
		}
		at = append(at, len(raw.Text))
		var bad error
		spans := func(in [][2]int) Spans {
			var out Spans
			for _, s := range in {
				if s[0] < 0 || s[1] < s[0] || s[1] >= len(at) {
					bad = fmt.Errorf("line %d: the span [%d,%d) is outside the text", n, s[0], s[1])
					return nil
				}
				out = append(out, Span{at[s[0]], at[s[1]]})
			}
			return out
		}
		g := GoldText{ID: raw.ID, Text: raw.Text, Discard: spans(raw.Discard)}
		for _, a := range raw.Attr {
			g.Frames = append(g.Frames, Frame{Source: spans(a.S), Cue: spans(a.C), Content: spans(a.Q)})
		}
		if bad != nil {
			return bad
		}
		if err := yield(g); err != nil {
			return err
		}
	}
	return lines.Err()
}
