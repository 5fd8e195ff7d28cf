package reader

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
)

// invented is a corpus of made-up texts, with their syntax: somebody says that
// something happened, or something just happens.
func invented(texts int) string {
	var out strings.Builder
	names := []string{"Roe", "Doe", "Zed", "Ana", "Lux", "Moe"}
	things := []string{"bridge", "port", "canal", "road", "valley", "border"}
	states := []string{"closed", "open", "empty", "shut", "full", "busy"}
	for k := range texts {
		rng := rand.New(rand.NewPCG(uint64(k), 4))
		pick := func(l []string) string { return l[rng.IntN(len(l))] }
		var text strings.Builder
		var attr []any
		var core [][8]any
		sent := 0
		add := func(words string, tags string, heads []int, rels string) (from []int, to []int) {
			base := len(core)
			tag, rel := strings.Fields(tags), strings.Fields(rels)
			for i, w := range strings.Fields(words) {
				if text.Len() > 0 && w != "." {
					text.WriteByte(' ')
				}
				from = append(from, text.Len())
				text.WriteString(w)
				to = append(to, text.Len())
				h := heads[i]
				if h >= 0 {
					h += base
				}
				core = append(core, [8]any{from[i], to[i], w, tag[i], "O", sent, h, rel[i]})
			}
			sent++
			return from, to
		}
		for range 12 {
			if rng.IntN(3) == 0 {
				add("The "+pick(things)+" was "+pick(states)+" .", "DT NN VBD JJ .", []int{1, 3, 3, -1, 3}, "det nsubj cop root punct")
				continue
			}
			f, t := add(pick(names)+" said that the "+pick(things)+" was "+pick(states)+" .", "NNP VBD IN DT NN VBD JJ .", []int{1, -1, 6, 4, 6, 6, 1, 1}, "nsubj root mark det nsubj cop ccomp punct")
			span := func(a, b int) [][2]int { return [][2]int{{f[a], t[b]}} }
			attr = append(attr, map[string]any{"S": span(0, 0), "C": span(1, 1), "Q": span(2, 6)})
		}
		b, err := json.Marshal(map[string]any{"id": fmt.Sprint(k), "text": text.String(), "attr": attr, "discard": [][2]int{}, "core": core})
		if err != nil {
			panic(err)
		}
		out.Write(b)
		out.WriteByte('\n')
	}
	return out.String()
}

// TestTrain trains on made-up texts: the same seed gives the same bytes, and the
// model finds what it was shown in a sentence that it was not shown.
func TestTrain(t *testing.T) {
	corpus := invented(60)
	train := func(seed uint64) []byte {
		steps := 0
		b, err := Train(context.Background(), strings.NewReader(corpus), TrainConfig{Seed: seed, Progress: func(string) { steps++ }})
		if err != nil {
			t.Fatal(err)
		}
		if steps != 5 {
			t.Errorf("told of %d steps", steps)
		}
		return b
	}
	a := train(1)
	if !bytes.Equal(a, train(1)) {
		t.Error("the same seed gave another model")
	}
	if bytes.Equal(a, train(2)) {
		t.Error("another seed gave the same model")
	}
	m, err := decodeModel(a)
	if err != nil {
		t.Fatal(err)
	}
	text := "Lux said that the road was full. The port was open."
	r := newReading(text, tokenize(text))
	r.find()
	r.found = r.found[:0] // without the rules
	r.learn(m)
	if len(r.found) != 1 {
		t.Fatalf("%d findings", len(r.found))
	}
	f := r.found[0]
	if got := r.spans(f.source).In(text) + "|" + r.spans(f.cue).In(text) + "|" + r.spans(f.content...).In(text); got != "Lux|said|that the road was full" || f.confidence < .5 {
		t.Errorf("found %s with %.2f", got, f.confidence)
	}
}

func TestTrainRefuses(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Train(ctx, strings.NewReader(invented(12)), TrainConfig{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for name, in := range map[string]string{
		"too few":   invented(3),
		"no JSON":   "{",
		"no syntax": strings.Repeat(`{"id":"a","text":"Roe said no.","attr":[],"discard":[]}`+"\n", 12),
		"outside":   strings.Repeat(`{"id":"a","text":"Roe","attr":[],"core":[[9,12,"x","NN","O",0,-1,"root"]]}`+"\n", 12),
	} {
		if _, err := Train(context.Background(), strings.NewReader(in), TrainConfig{}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestShippedModel trains anew and gets the shipped model, byte for byte: a change of
// the rules, which the learned parts look at, is a reason to train again. It takes
// minutes, so that only the long run does it.
func TestShippedModel(t *testing.T) {
	if os.Getenv("DEMARCHE_SOAK") != "1" || runtime.GOARCH != "amd64" {
		return
	}
	z, err := gzip.NewReader(needsFile(t, "data/attribution/train.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Train(context.Background(), z, TrainConfig{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b, embedded) {
		t.Error("the model is not the one that these rules and features make; train it again with go run ./cmd/train-reader")
	}
}
