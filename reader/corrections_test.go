package reader

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/demarche/demarche"
)

func TestReadCorrections(t *testing.T) {
	in := "\ufeff{\"text\": \"Zoë said no.\", \"right\": [{\"source\": [[0,4]], \"cue\": [[5,9]], \"content\": [[10,12]]}], \"wrong\": []}\n\n" +
		"{\"wrong\":[{\"source\":[],\"cue\":[[0,2]],\"content\":[[3,5],[6,8]]}],\"text\":\"ab cd ef\"}\r\n"
	got, err := ReadCorrections(strings.NewReader(in), "c.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	want := []Correction{
		{Text: "Zoë said no.", Right: []Frame{{Source: Spans{{0, 4}}, Cue: Spans{{5, 9}}, Content: Spans{{10, 12}}}}},
		{Text: "ab cd ef", Wrong: []Frame{{Cue: Spans{{0, 2}}, Content: Spans{{3, 5}, {6, 8}}}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

// TestCorrectionMistakes holds each mistake to its place and its words.
func TestCorrectionMistakes(t *testing.T) {
	good := `{"text":"Roe said no.","right":[{"source":[[0,3]],"cue":[[4,8]],"content":[[9,11]]}]}`
	for _, c := range []struct {
		in        string
		line, col int
		says      string
	}{
		{"[]", 1, 1, "in braces"},
		{good + "\nx", 2, 1, "not JSON"},
		{good + "\n  {", 2, 4, "ends too early"},
		{good + " 7", 1, len(good) + 2, "behind the object"},
		{`{"text":"Roé said","texts":1}`, 1, 20, `no field "texts"`},
		{`{"text":"a","text":"b"}`, 1, 13, "given twice"},
		{`{"text":7}`, 1, 9, "words in quotation marks"},
		{`{"text":"  "}`, 1, 9, "words in quotation marks"},
		{`{"right":[]}`, 1, 1, "text is missing"},
		{`{"text":"Roe said no."}`, 1, 1, "nothing is said to be right or wrong"},
		{`{"text":"Roe said no.","right":{}}`, 1, 32, "right is a list"},
		{`{"text":"Roe said no.","right":[[]]}`, 1, 33, "in braces"},
		{`{"text":"Roe said no.","right":[{"cue":[[4,8]]}]}`, 1, 33, "needs content"},
		{`{"text":"Roe said no.","right":[{"content":[[9,11]]}]}`, 1, 33, "needs a cue"},
		{`{"text":"Roe said no.","wrong":[{"cue":[[4,8]],"content":[[9,13]]}]}`, 1, 59, "not in the text"},
		{`{"text":"Roe said no.","wrong":[{"cue":[[8,8]],"content":[[9,11]]}]}`, 1, 41, "not in the text"},
		{`{"text":"Roe said no.","wrong":[{"cue":[[3,4]],"content":[[9,11]]}]}`, 1, 41, "holds no word"},
		{`{"text":"Roé said no.","wrong":[{"source":[[0,3]],"cue":[[5,9]],"content":[[9,11]]}]}`, 1, 44, "inside a character"},
		{`{"text":"Roe said no.","wrong":[{"cue":[[4,8]],"content":[[9,11],[4,8]]}]}`, 1, 66, "does not follow"},
		{`{"text":"Roe said no.","wrong":[{"cue":[[4,8.5]],"content":[[9,11]]}]}`, 1, 44, "two whole numbers"},
		{`{"text":"Roe said no.","wrong":[{"cue":[[-4,8]],"content":[[9,11]]}]}`, 1, 42, "two whole numbers"},
		{`{"text":"Roe said no.","wrong":[{"cue":[[4]],"content":[[9,11]]}]}`, 1, 43, "two whole numbers"},
		{`{"text":"Roe said no.","wrong":[{"cue":[[4,8,9]],"content":[[9,11]]}]}`, 1, 46, "two numbers"},
		{`{"text":"Roe said no.","wrong":[{"cue":[4,8],"content":[[9,11]]}]}`, 1, 41, "list of spans"},
		{`{"text":"Roe said no.","wrong":[{"cues":[[4,8]]}]}`, 1, 34, `no field "cues"`},
		{"{\"text\":\"Ro\xe9 said no.\"}", 1, 12, "no UTF-8"},
		{`{"text":"Roe said no.",,}`, 1, 24, "not JSON"},
	} {
		_, err := ReadCorrections(strings.NewReader(c.in), "c.jsonl")
		e, ok := errors.AsType[*demarche.Error](err)
		if !ok {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		if e.Pos.File != "c.jsonl" || e.Pos.Line != c.line || e.Pos.Col != c.col || !strings.Contains(e.Msg, c.says) || e.Hint == "" || e.Kind != demarche.BadInput {
			t.Errorf("%s: %v, want %d:%d %s", c.in, err, c.line, c.col, c.says)
		}
	}
}

// FuzzReadCorrections reads any bytes: what is accepted has its spans in the text.
func FuzzReadCorrections(f *testing.F) {
	f.Add([]byte(`{"text":"Roe said no.","right":[{"source":[[0,3]],"cue":[[4,8]],"content":[[9,11]]}],"wrong":[]}`))
	f.Add([]byte("{\"text\":\"Zoë\",\"wrong\":[{\"cue\":[[0,4]],\"content\":[[0,1]]}]}\n\n[1,{]"))
	f.Add([]byte("\xef\xbb\xbf\n{\"text\":\"\\ud800\"}"))
	f.Fuzz(func(t *testing.T, in []byte) {
		cs, err := ReadCorrections(strings.NewReader(string(in)), "c")
		if err != nil {
			e, ok := errors.AsType[*demarche.Error](err)
			if !ok || e.Pos.Line < 1 || e.Msg == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		for _, c := range cs {
			if len(c.Right)+len(c.Wrong) == 0 {
				t.Fatal("a correction of nothing")
			}
			for _, fr := range append(c.Right, c.Wrong...) {
				for _, s := range []Spans{fr.Source, fr.Cue, fr.Content} {
					for _, p := range s {
						_ = c.Text[p[0]:p[1]]
					}
				}
			}
		}
	})
}
