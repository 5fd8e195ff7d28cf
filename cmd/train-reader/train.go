package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/demarche/demarche/reader"
)

// run trains and returns the exit code.
func run(ctx context.Context, args []string, stderr io.Writer) int {
	flags := flag.NewFlagSet("train-reader", flag.ContinueOnError)
	flags.SetOutput(stderr)
	out := flags.String("out", "", "the file to write to (default reader/model.bin, with -clusters reader/clusters.bin)")
	clusters := flags.Bool("clusters", false, "group words by their vectors, VECTORS.json, instead of learning the model")
	seed := flags.Uint64("seed", 1, "fixes every random choice")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "train-reader [flags] TRAIN.jsonl.gz\ntrain-reader -clusters [-out FILE] VECTORS.json")
		flags.PrintDefaults()
	}
	if flags.Parse(args) != nil {
		return 2
	}
	if flags.NArg() != 1 {
		flags.Usage()
		return 2
	}
	start := time.Now()
	progress := func(step string) {
		fmt.Fprintf(stderr, "%5.0f s  %s\n", time.Since(start).Seconds(), step)
	}
	learn := func(in io.Reader) ([]byte, error) {
		return reader.Train(ctx, in, reader.TrainConfig{Seed: *seed, Progress: progress})
	}
	file := "reader/model.bin"
	if *clusters {
		learn = func(in io.Reader) ([]byte, error) { return reader.TrainClusters(ctx, in, progress) }
		file = "reader/clusters.bin"
	}
	if *out == "" {
		out = &file
	}
	b, err := train(flags.Arg(0), learn)
	if err == nil {
		err = os.WriteFile(*out, b, 0o644)
	}
	if err != nil {
		fmt.Fprintln(stderr, "train-reader:", err)
		return 1
	}
	fmt.Fprintf(stderr, "%d bytes in %s\n", len(b), *out)
	return 0
}

// train learns from a file, which may be compressed.
func train(path string, learn func(io.Reader) ([]byte, error)) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var in io.Reader = bufio.NewReader(f)
	if magic, _ := in.(*bufio.Reader).Peek(2); string(magic) == "\x1f\x8b" {
		if in, err = gzip.NewReader(in); err != nil {
			return nil, err
		}
	}
	return learn(in)
}
