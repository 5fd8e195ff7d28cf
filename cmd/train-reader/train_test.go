package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "model.bin")
	bad := filepath.Join(dir, "bad.jsonl")
	if err := os.WriteFile(bad, []byte("{\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"nothing":  {nil, 2, "TRAIN.jsonl.gz"},
		"flag":     {[]string{"-x"}, 2, "-seed"},
		"no file":  {[]string{"-out", out, filepath.Join(dir, "none")}, 1, "none"},
		"no texts": {[]string{"-out", out, bad}, 1, "train-reader:"},
		"clusters": {[]string{"-clusters", "-out", out, bad}, 1, "vectors"},
	} {
		var stderr bytes.Buffer
		if code := run(context.Background(), c.args, &stderr); code != c.code || !strings.Contains(stderr.String(), c.says) {
			t.Errorf("%s: exit code %d, saying %s", name, code, stderr.String())
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: a model was written", name)
		}
	}
}
