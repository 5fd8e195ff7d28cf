package casefile

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/demarche/demarche"
)

// tree is every file under a folder, by its path.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		out[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func plant(t testing.TB, dir string, files map[string]string) string {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func bundleOf(t testing.TB, dir string) []byte {
	t.Helper()
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	cfg := BundleConfig{Whole: true}
	if path := filepath.Join(dir, LedgerName); there(path) {
		cfg.Ledger = path
	}
	if err := Bundle(context.Background(), &b, f, cfg); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func there(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// asItIs stands for a ledger that takes in whatever comes.
func asItIs(_ context.Context, packed, to string) error { return os.Rename(packed, to) }

func inFile(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "b.zip")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestBundleRoundTrip: random folders come back byte for byte, and make the same
// bundle wherever they lie.
func TestBundleRoundTrip(t *testing.T) {
	for seed := range runs(15, 300) {
		r := rand.New(rand.NewPCG(seed, 21))
		files := map[string]string{CaseName: "demarche: 1\r\ntitle: T # kept\n\n"}
		for i := range r.IntN(5) {
			noise := make([]byte, r.IntN(3000))
			for k := range noise {
				noise[k] = byte(r.IntN(256))
			}
			files[fmt.Sprintf("reports/%s%d.txt", []string{"", "deep/er/", "Ünïcode "}[r.IntN(3)], i)] = string(noise)
		}
		if r.IntN(2) == 0 {
			files[LedgerName] = "SQLite format 3\x00\xff"
		}
		dir := plant(t, t.TempDir(), files)
		data := bundleOf(t, dir)
		to := filepath.Join(t.TempDir(), "a", "b")
		if _, err := ImportBundle(context.Background(), inFile(t, data), to, asItIs); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if got := tree(t, to); !maps.Equal(got, files) {
			t.Fatalf("seed %d: %d files came back of %d", seed, len(got), len(files))
		}
		if !bytes.Equal(bundleOf(t, to), data) {
			t.Fatalf("seed %d: the same case makes another bundle", seed)
		}
		if left, _ := filepath.Glob(filepath.Join(to, "..", ".demarche-*")); len(left) > 0 {
			t.Fatalf("left behind: %v", left)
		}
	}
}

func TestBundleManifest(t *testing.T) {
	dir := plant(t, t.TempDir(), map[string]string{
		CaseName: "demarche: 1\ntitle: T\nhandling: internal\nas_of: 2025-05-20\n", "reports/b.md": "B", "reports/a.md": "A", "reports/README.md": "no report", "reports/.hidden": "x", "notes.doc": "x", LedgerName: "L",
	})
	z, err := zip.NewReader(bytes.NewReader(bundleOf(t, dir)), int64(len(bundleOf(t, dir))))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
		if f.Modified.Year() != 1980 {
			t.Errorf("%s carries the time %v", f.Name, f.Modified)
		}
	}
	if want := []string{"manifest.json", "case.yaml", "ledger.db", "reports/a.md", "reports/b.md"}; !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
	r, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	var m manifest
	if err := json.NewDecoder(r).Decode(&m); err != nil {
		t.Fatal(err)
	}
	if m.Bundle != 1 || m.Title != "T" || m.Handling != "internal" || m.AsOf != "2025-05-20" || m.Ledger != "whole" || len(m.Files) != 4 || m.Files[2].SHA256 != "559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a08fdffd" { // of "A"
		t.Errorf("%+v", m)
	}

	// A confidential case, and reports that stay.
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	f.Case.Handling = "confidential"
	if err := Bundle(context.Background(), io.Discard, f, BundleConfig{}); err == nil || !strings.Contains(err.Error(), "--confidential") {
		t.Error(err)
	}
	var some bytes.Buffer
	if err := Bundle(context.Background(), &some, f, BundleConfig{Confidential: true, Stays: func(path string) bool { return filepath.Base(path) == "b.md" }}); err != nil {
		t.Error(err)
	}
	z, err = zip.NewReader(bytes.NewReader(some.Bytes()), int64(some.Len()))
	if err != nil || len(z.File) != 3 || z.File[2].Name != "reports/a.md" {
		t.Errorf("%v: %v", err, z.File)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Bundle(ctx, io.Discard, f, BundleConfig{Confidential: true}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	to := filepath.Join(t.TempDir(), "x")
	if _, err := ImportBundle(ctx, inFile(t, bundleOf(t, plant(t, t.TempDir(), map[string]string{CaseName: "demarche: 1\ntitle: T\n"}))), to, asItIs); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("a stopped import left a folder")
	}
}

// zipped makes a zip file by hand: any names and modes, and a manifest of them
// that edit may change.
type zipped struct {
	name, text string
	mode       fs.FileMode
	raw        bool // name is not in UTF-8
}

func makeZip(t testing.TB, files []zipped, edit func(*manifest)) []byte {
	t.Helper()
	m := manifest{Bundle: 1, Files: []manifestFile{}}
	for _, f := range files {
		sum := sha256.Sum256([]byte(f.text))
		m.Files = append(m.Files, manifestFile{f.name, int64(len(f.text)), hex.EncodeToString(sum[:])})
	}
	if edit != nil {
		edit(&m)
	}
	head, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range append([]zipped{{name: manifestName, text: string(head)}}, files...) {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, NonUTF8: f.raw}
		if f.mode != 0 {
			h.SetMode(f.mode)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, f.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestBundleHostile: what no export writes is refused with a sentence, and leaves
// nothing behind, inside the folder or out of it.
func TestBundleHostile(t *testing.T) {
	ours := zipped{name: CaseName, text: "demarche: 1\ntitle: T\n"}
	with := func(more ...zipped) []byte { return makeZip(t, append([]zipped{ours}, more...), nil) }
	edited := func(edit func(*manifest)) []byte { return makeZip(t, []zipped{ours}, edit) }
	good := with()
	cut := slices.Clone(good[:len(good)/2])
	flipped := makeZip(t, []zipped{ours, {name: "reports/a.txt", text: strings.Repeat("some words ", 50)}}, nil)
	at := bytes.Index(flipped, []byte("reports/a.txt")) + 20
	flipped[at] ^= 0xff
	var plain bytes.Buffer
	z := zip.NewWriter(&plain)
	if _, err := z.Create("holiday.jpg"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		data []byte
		says string
	}{
		{"not a zip", []byte("PK"), "cannot be read as a zip"},
		{"cut off", cut, "cannot be read as a zip"},
		{"another zip", plain.Bytes(), "not a bundle"},
		{"up", with(zipped{name: "../evil.txt"}), "leads out"},
		{"up from within", with(zipped{name: "reports/../../evil.txt"}), "leads out"},
		{"absolute", with(zipped{name: "/tmp/evil.txt"}), "leads out"},
		{"a drive", with(zipped{name: "C:/evil.txt"}), "character"},
		{"a backslash", with(zipped{name: `reports\..\evil.txt`}), "character"},
		{"a control character", with(zipped{name: "reports/a\nb.txt"}), "character"},
		{"elsewhere", with(zipped{name: ".ssh/keys"}), "belong in a bundle"},
		{"hidden", with(zipped{name: "reports/.profile"}), "begins or ends"},
		{"a folder", with(zipped{name: "reports/"}), "leads out"},
		{"a link", with(zipped{name: "reports/a.txt", text: "/etc/passwd", mode: fs.ModeSymlink | 0o777}), "link"},
		{"a device", with(zipped{name: "reports/a.txt", mode: fs.ModeDevice | 0o666}), "link or no plain file"},
		{"twice", with(zipped{name: "reports/a.txt"}, zipped{name: "reports/a.txt"}), "twice"},
		{"twice but for capitals", with(zipped{name: "reports/a.txt"}, zipped{name: "reports/A.txt"}), "twice"},
		{"a file and a folder", with(zipped{name: "reports/a"}, zipped{name: "reports/a/b.txt"}), "for a file and for a folder"},
		{"a second manifest", with(zipped{name: manifestName}), "twice"},
		{"not UTF-8", with(zipped{name: "reports/caf\xe9.txt", raw: true}), "UTF-8"},
		{"a bomb", with(zipped{name: "reports/zeros.txt", text: strings.Repeat("\x00", 8<<20)}), "times its size"},
		{"no case", makeZip(t, []zipped{{name: "reports/a.txt", text: "x"}}, nil), "has no case.yaml"},
		{"wrong hash", edited(func(m *manifest) { m.Files[0].SHA256 = strings.Repeat("0", 64) }), "damaged or was changed"},
		{"wrong size", edited(func(m *manifest) { m.Files[0].Size++ }), "not the one that its list names"},
		{"more in the list", edited(func(m *manifest) { m.Files = append(m.Files, m.Files[0]) }), "lists 2 files and holds 1"},
		{"another name in the list", edited(func(m *manifest) { m.Files[0].Path = "reports/x.txt" }), "not the one that its list names"},
		{"a later version", edited(func(m *manifest) { m.Bundle = 2 }), "version 2"},
		{"no version", edited(func(m *manifest) { m.Bundle = 0 }), "not a bundle"},
		{"bytes changed", flipped, "damaged or was changed"},
		{"an invalid case", makeZip(t, []zipped{{name: CaseName, text: "demarche: 1\ntitel: T\n"}}, nil), "did you mean title"},
	} {
		above := t.TempDir()
		to := filepath.Join(above, "new", "case")
		_, err := ImportBundle(context.Background(), inFile(t, tt.data), to, asItIs)
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.says)
		} else if k := demarche.KindOf(err); k != demarche.BadInput || strings.Contains(err.Error(), ".demarche-import") {
			t.Errorf("%s: kind %v: %v", tt.name, k, err)
		}
		if left, _ := os.ReadDir(above); len(left) > 0 {
			t.Errorf("%s: left behind: %v", tt.name, left)
		}
	}
	// The same by hand, without a fault, goes through; an empty folder may be there.
	to := t.TempDir()
	if _, err := ImportBundle(context.Background(), inFile(t, good), to, asItIs); err != nil {
		t.Error(err)
	}
	if _, err := ImportBundle(context.Background(), inFile(t, good), to, asItIs); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Error(err)
	}
	if _, err := ImportBundle(context.Background(), filepath.Join(to, "none.zip"), to, asItIs); demarche.KindOf(err) != demarche.NotFound {
		t.Error(err)
	}
}

// TestBundleLying: the sizes in a zip file's own list are not believed.
func TestBundleLying(t *testing.T) {
	const long = 3000
	text := strings.Repeat("0123456789", long/10)
	data := makeZip(t, []zipped{{name: CaseName, text: "demarche: 1\ntitle: T\n"}, {name: "reports/a.txt", text: text}}, func(m *manifest) { m.Files[1].Size = 10 })
	// Write 10 over the true size, wherever the list of the zip file has it.
	was, is := []byte{long & 0xff, long >> 8, 0, 0}, []byte{10, 0, 0, 0}
	lying := bytes.ReplaceAll(data, was, is)
	if bytes.Equal(lying, data) {
		t.Fatal("the size is not found")
	}
	to := filepath.Join(t.TempDir(), "x")
	if _, err := ImportBundle(context.Background(), inFile(t, lying), to, asItIs); err == nil || !strings.Contains(err.Error(), "damaged or was changed") {
		t.Error(err)
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("a refused import left a folder")
	}
}

func FuzzBundle(f *testing.F) {
	f.Add(makeZip(f, []zipped{{name: CaseName, text: "demarche: 1\ntitle: T\n"}}, nil))
	f.Add(makeZip(f, []zipped{{name: CaseName, text: "demarche: 1\n"}, {name: "../x"}}, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		above := t.TempDir()
		to := filepath.Join(above, "case")
		_, err := ImportBundle(context.Background(), inFile(t, data), to, asItIs)
		left, _ := os.ReadDir(above)
		if err != nil && len(left) > 0 || err == nil && len(left) != 1 {
			t.Errorf("%v, and in the folder above: %v", err, left)
		}
	})
}
