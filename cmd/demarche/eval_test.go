package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/demarche/demarche/desk"
)

// gold is three texts with reference attributions, one of them with a discarded
// span and one whose reference the reader cannot find.
const gold = `{"id":"a","text":"“The valve stays shut,” said Governor Mira Holt. It rained.","attr":[{"S":[[29,47]],"C":[[24,28]],"Q":[[0,23]]}],"discard":[]}
{"id":"b","text":"Minister Ana Roe said that the bridge would open on Monday.","attr":[{"S":[[0,16]],"C":[[17,21]],"Q":[[22,58]]}],"discard":[]}
{"id":"c","text":"It rained on the bridge.","attr":[{"S":[],"C":[[3,9]],"Q":[[0,2]]}],"discard":[],"core":[1]}
`

func TestEvalAttribution(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "gold.jsonl")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(gold)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for path, data := range map[string][]byte{plain: []byte(gold), plain + ".gz": packed.Bytes(), plain + ".cut.gz": packed.Bytes()[:packed.Len()-20], plain + ".empty": nil} {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var s desk.ScoreJSON
	if err := json.Unmarshal([]byte(must(t, "eval", "attribution", plain, "--json")), &s); err != nil {
		t.Fatal(err)
	}
	if s.Texts != 3 || s.Reference != 3 || s.Found != 2 || s.RelJ.Precision != 1 || s.RelJ.Recall < 0.66 || s.RelJ.Recall > 0.67 || s.RelJRecall["direct"] != 1 || s.RelJRecall["indirect"] != 0.5 ||
		len(s.CitronExact) != 4 || len(s.CitronOverlap) != 3 || len(s.Exact) != 3 || s.SourceRight != 1 || len(s.ByConfidence) == 0 {
		t.Errorf("%+v", s)
	}
	if a, b := must(t, "eval", "attribution", plain), must(t, "eval", "attribution", plain+".gz"); a != b || !strings.Contains(a, "3 texts; 2 attributions with confidence 0.5 and above, 3 in the reference") || strings.Contains(a, "%!") || strings.Contains(a, "NaN") {
		t.Errorf("%s\n%s", a, b)
	}
	for path, says := range map[string]string{plain + ".cut.gz": "cannot be read to its end", plain + ".empty": "there is no text in", dir: "cannot be read"} {
		if code, out, errs := do(t, "", "eval", "attribution", path); code != 3 || out != "" || !strings.Contains(errs, says) {
			t.Errorf("exit code %d: %s%s", code, out, errs)
		}
	}
}
