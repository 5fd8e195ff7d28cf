package casefile

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/demarche/demarche"
)

// A bundle is a whole case in one zip file: first manifest.json, then case.yaml,
// then ledger.db if there is one, then the reports, sorted. The bytes depend on
// the files alone.

// Limits on a bundle, so that no file can fill the disk or the memory.
const (
	maxBundleFiles = 100_000
	maxBundleTotal = 4 << 30  // bytes of all files, unpacked
	maxManifest    = 32 << 20 // bytes
	// maxRatio is how many bytes one byte may unpack to, beyond freeBytes. Text
	// packs to a fifth or so, a database with empty pages to a fiftieth.
	maxRatio  = 200
	freeBytes = 1 << 20
)

const (
	manifestName  = "manifest.json"
	bundleVersion = 1
)

// manifest says what is in a bundle.
type manifest struct {
	Bundle   int    `json:"demarche_bundle"`
	Title    string `json:"title"`
	Handling string `json:"handling"` // as in the case; "" if it has none
	AsOf     string `json:"as_of"`    // as in the case; "" if it has none
	// Ledger is whole or live: all that was ever entered, or what holds now; ""
	// if there is none.
	Ledger string         `json:"ledger,omitempty"`
	Files  []manifestFile `json:"files"` // in the order of the zip file
}

type manifestFile struct {
	Path   string `json:"path"` // with slashes, from the case folder
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // in hex
}

// bundled is a file on its way into a bundle.
type bundled struct {
	manifestFile
	open func() (io.ReadCloser, error)
}

func bundleError(kind demarche.Kind, hint, format string, args ...any) error {
	return &demarche.Error{Kind: kind, Op: "casefile.Bundle", Msg: fmt.Sprintf(format, args...), Hint: hint}
}

// BundleConfig says what goes into a bundle beside the case file.
type BundleConfig struct {
	// Confidential allows a case that is marked confidential.
	Confidential bool
	// Ledger is the path of the ledger as it may leave, "" for none. The one
	// beside the case is not looked at: others may be writing to it. Whole tells
	// that it holds its whole history, and not only what holds now.
	Ledger string
	Whole  bool
	// Stays names the reports that stay, by the paths of their files; nil for none.
	Stays func(path string) bool
}

// Bundle writes a case with its reports and a ledger as one zip file: each file
// byte for byte, so places and sources stand in it as in the case. A case marked
// confidential is written only if that is allowed. It polls ctx.
func Bundle(ctx context.Context, w io.Writer, f *File, cfg BundleConfig) error {
	if err := MayLeave(f.Case, cfg.Confidential); err != nil {
		return err
	}
	files, err := f.bundleFiles(cfg)
	if err != nil {
		return err
	}
	m := manifest{Bundle: bundleVersion, Title: f.Case.Title, Handling: f.Case.Handling, AsOf: f.Case.AsOf.Text, Files: []manifestFile{}}
	if cfg.Ledger != "" {
		m.Ledger = map[bool]string{true: "whole", false: "live"}[cfg.Whole]
	}
	var total int64
	folded := map[string]string{}
	for i := range files {
		file := &files[i]
		if other, dup := folded[strings.ToLower(file.Path)]; dup {
			return bundleError(demarche.BadInput, "rename one of them", "the files %s and %s differ in capital letters only, which not every computer keeps apart", other, file.Path)
		}
		folded[strings.ToLower(file.Path)] = file.Path
		if problem := badEntry(file.Path); problem != "" {
			return bundleError(demarche.BadInput, "rename the file", "the name of the file %q cannot stand in a bundle: %s", file.Path, problem)
		}
		sum := sha256.New()
		if file.Size, err = file.copyTo(ctx, sum); err != nil {
			return err
		}
		file.SHA256 = hex.EncodeToString(sum.Sum(nil))
		if total += file.Size; total > maxBundleTotal || len(files) > maxBundleFiles {
			return bundleError(demarche.Unavailable, "leave out reports that are not needed", "the case is too large for a bundle: at most %d files and %d gigabytes", maxBundleFiles, maxBundleTotal>>30)
		}
		m.Files = append(m.Files, file.manifestFile)
	}
	head, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	failed := func(err error) error {
		if known, ok := errors.AsType[*demarche.Error](err); ok || ctx.Err() != nil {
			if !ok {
				return ctx.Err()
			}
			return known
		}
		return &demarche.Error{Kind: demarche.Unavailable, Op: "casefile.Bundle", Msg: "the bundle cannot be written", Hint: "check that there is room", Err: err}
	}
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	create := func(name string) (io.Writer, error) {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
		h.SetMode(0o644)
		return z.CreateHeader(h)
	}
	out, err := create(manifestName)
	if err == nil {
		_, err = out.Write(append(head, '\n'))
	}
	if err != nil {
		return failed(err)
	}
	for i := range files {
		file := &files[i]
		out, err := create(file.Path)
		if err != nil {
			return failed(err)
		}
		sum := sha256.New()
		if _, err := file.copyTo(ctx, io.MultiWriter(out, sum)); err != nil {
			return failed(err)
		}
		if hex.EncodeToString(sum.Sum(nil)) != file.SHA256 {
			return bundleError(demarche.Unavailable, "try again when nobody is writing to the case", "%s was changed while the bundle was written", file.Path)
		}
	}
	if err := z.Close(); err != nil {
		return failed(err)
	}
	return nil
}

// bundleFiles are the files of a case, in the order of a bundle.
func (f *File) bundleFiles(cfg BundleConfig) ([]bundled, error) {
	data := f.Bytes()
	out := []bundled{{manifestFile{Path: CaseName}, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}}
	if f.Path == "" {
		return out, nil
	}
	dir := filepath.Dir(f.Path)
	if cfg.Ledger != "" {
		out = append(out, bundled{manifestFile{Path: LedgerName}, func() (io.ReadCloser, error) { return os.Open(cfg.Ledger) }})
	}
	reports, err := f.ReportFiles()
	if err != nil {
		return nil, err
	}
	var inside []bundled
	for _, name := range reports {
		if cfg.Stays != nil && cfg.Stays(name) {
			continue
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return nil, reportsError(name, err)
		}
		inside = append(inside, bundled{manifestFile{Path: filepath.ToSlash(rel)}, func() (io.ReadCloser, error) { return os.Open(name) }})
	}
	slices.SortFunc(inside, func(a, b bundled) int { return strings.Compare(a.Path, b.Path) })
	return append(out, inside...), nil
}

// copyTo copies the file, polling ctx, and gives its size.
func (b *bundled) copyTo(ctx context.Context, w io.Writer) (int64, error) {
	r, err := b.open()
	if err != nil {
		return 0, bundleError(demarche.BadInput, "check that you may read it", "the file %s cannot be read", b.Path)
	}
	defer r.Close()
	return io.Copy(w, &polled{ctx, r})
}

// polled is a reader that ends with its context.
type polled struct {
	ctx context.Context
	r   io.Reader
}

func (p *polled) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

// badEntry says what is wrong with the name of a file in a bundle, or "".
func badEntry(name string) string {
	switch {
	case !utf8.ValidString(name):
		return "it is not text in UTF-8"
	case strings.ContainsFunc(name, func(r rune) bool { return unprintable(r) || strings.ContainsRune(`\:*?"<>|`, r) }):
		return "it has a character that not every computer takes in a name"
	case len(name) > 1000:
		return "it is too long"
	case !fs.ValidPath(name):
		return "it leads out of the case folder, or is no plain path"
	case name == manifestName || name == CaseName || name == LedgerName:
		return ""
	case !strings.HasPrefix(name, ReportsName+"/"):
		return "only " + CaseName + ", " + LedgerName + " and files under " + ReportsName + " belong in a bundle"
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") || part != strings.TrimSpace(part) || strings.HasSuffix(part, ".") {
			return "a part of it begins or ends with a dot or a space"
		}
	}
	return ""
}

// ImportBundle unpacks a bundle into dir, which must be new or empty, and opens
// the case. It is whole there or not at all: the files go to a folder beside it
// first, are compared with the manifest, read as a case, and moved. It refuses
// names that lead elsewhere, links, names that stand twice, files that unpack to
// far more than they are, other bytes than the manifest says, and bundles of later
// versions. A ledger in it is handed to adopt, which makes of the file packed a
// ledger at the path to, or elsewhere, or says why not. It polls ctx.
func ImportBundle(ctx context.Context, file, dir string, adopt func(ctx context.Context, packed, to string) error) (*File, error) {
	z, err := zip.OpenReader(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, bundleError(demarche.NotFound, "check the path", "there is no file %s", file)
	case err != nil:
		return nil, &demarche.Error{Kind: demarche.BadInput, Op: "casefile.ImportBundle", Msg: file + " cannot be read as a zip file", Hint: "the file is damaged, or is no bundle; get it again", Err: err}
	}
	defer z.Close()
	given := dir
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, &demarche.Error{Kind: demarche.BadInput, Op: "casefile.ImportBundle", Msg: "the folder " + given + " cannot be found", Hint: "name a folder", Err: err}
	}
	if err := vacant(dir); err != nil {
		return nil, err
	}
	m, err := readManifest(&z.Reader)
	if err != nil {
		return nil, err
	}
	above := filepath.Dir(dir)
	there := above // the nearest folder that exists: a refused import leaves none behind
	for {
		if info, err := os.Stat(there); err == nil && info.IsDir() || filepath.Dir(there) == there {
			break
		}
		there = filepath.Dir(there)
	}
	cannot := func(err error) error {
		hint := "check that there is room and that you may write there"
		if errors.Is(err, fs.ErrPermission) {
			hint = "check the permissions of the folder above it"
		}
		return &demarche.Error{Kind: demarche.BadInput, Op: "casefile.ImportBundle", Msg: "the case folder " + given + " cannot be made", Hint: hint, Err: err}
	}
	tmp, err := os.MkdirTemp(there, ".demarche-import-*")
	if err != nil {
		return nil, cannot(err)
	}
	defer os.RemoveAll(tmp)
	if err := os.Mkdir(filepath.Join(tmp, ReportsName), 0o755); err != nil {
		return nil, cannot(err)
	}
	for i, f := range z.File[1:] {
		if err := unpack(ctx, f, m.Files[i], filepath.Join(tmp, filepath.FromSlash(f.Name))); err != nil {
			if _, ok := errors.AsType[*demarche.Error](err); ok || ctx.Err() != nil {
				return nil, err
			}
			return nil, cannot(err)
		}
	}
	var opts []Option
	if ledger := filepath.Join(tmp, LedgerName); slices.ContainsFunc(m.Files, func(f manifestFile) bool { return f.Path == LedgerName }) {
		// What the case says of claims in it was checked where they were.
		opts = append(opts, KnownClaims(func(string) bool { return true }))
		packed := filepath.Join(tmp, ".packed")
		err := os.Mkdir(packed, 0o755)
		if err == nil {
			err = os.Rename(ledger, filepath.Join(packed, LedgerName))
		}
		if err != nil {
			return nil, cannot(err)
		}
		if err := adopt(ctx, filepath.Join(packed, LedgerName), ledger); err != nil {
			return nil, err
		}
		if err := os.RemoveAll(packed); err != nil {
			return nil, cannot(err)
		}
	}
	if _, err := Open(tmp, opts...); err != nil {
		// Say where it would be, not where it was for a moment.
		if list, ok := errors.AsType[demarche.Problems](err); ok {
			for _, e := range list {
				e.Pos.File = path.Join(filepath.Base(file), CaseName)
			}
		}
		return nil, err
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return nil, cannot(err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(above, 0o755); err != nil {
		return nil, cannot(err)
	}
	os.Remove(dir) // it is empty, if it is there; if it no longer is, the next step fails
	if err := os.Rename(tmp, dir); err != nil {
		return nil, cannot(err)
	}
	return Open(given, opts...)
}

// vacant checks that a folder is new or empty.
func vacant(dir string) error {
	info, err := os.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || !info.IsDir() {
		return bundleError(demarche.BadInput, "name a folder that is new", "%s is not a folder", dir)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		return bundleError(demarche.BadInput, "name a folder that is new or empty; nothing was changed", "%s is there already", dir)
	}
	return nil
}

// readManifest checks the whole list of a zip file before anything is unpacked.
func readManifest(z *zip.Reader) (*manifest, error) {
	bad := func(hint, format string, args ...any) (*manifest, error) {
		return nil, &demarche.Error{Kind: demarche.BadInput, Op: "casefile.ImportBundle", Msg: fmt.Sprintf(format, args...), Hint: hint}
	}
	const again = "get the bundle again from the one who made it"
	if len(z.File) == 0 || z.File[0].Name != manifestName {
		return bad("demarche export --bundle makes one", "the zip file is not a bundle: it does not begin with %s", manifestName)
	}
	if len(z.File) > maxBundleFiles+1 {
		return bad(again, "the bundle has %d files; at most %d are read", len(z.File), maxBundleFiles)
	}
	seen := map[string]bool{}
	var total uint64
	for _, f := range z.File {
		if problem := badEntry(f.Name); problem != "" || f.NonUTF8 {
			if f.NonUTF8 {
				problem = "it is not text in UTF-8"
			}
			return bad(again, "the bundle has a file with the name %q: %s", f.Name, problem)
		}
		if !f.Mode().IsRegular() {
			return bad(again, "%s in the bundle is a link or no plain file", f.Name)
		}
		// Names that some computers do not keep apart are the same name.
		if key := strings.ToLower(f.Name); seen[key] {
			return bad(again, "the name %s stands twice in the bundle", f.Name)
		} else {
			seen[key] = true
		}
		for above := path.Dir(strings.ToLower(f.Name)); above != "."; above = path.Dir(above) {
			seen[above+"/"] = true
		}
		if f.UncompressedSize64 > freeBytes && f.UncompressedSize64/maxRatio > f.CompressedSize64 {
			return bad(again, "%s in the bundle would unpack to %d times its size; at most %d is read", f.Name, f.UncompressedSize64/max(1, f.CompressedSize64), maxRatio)
		}
		if total += min(f.UncompressedSize64, maxBundleTotal+1); total > maxBundleTotal {
			return bad("unpack it by hand if you trust it", "the bundle would unpack to more than %d gigabytes", maxBundleTotal>>30)
		}
	}
	for _, f := range z.File {
		if seen[strings.ToLower(f.Name)+"/"] {
			return bad(again, "the name %s stands in the bundle for a file and for a folder", f.Name)
		}
	}
	if z.File[0].UncompressedSize64 > maxManifest {
		return bad(again, "the list of files in the bundle is too large")
	}
	r, err := z.File[0].Open()
	if err != nil {
		return bad(again, "the list of files in the bundle cannot be read")
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxManifest+1))
	if err != nil || len(data) > maxManifest {
		return bad(again, "the list of files in the bundle cannot be read")
	}
	var first struct {
		Bundle int `json:"demarche_bundle"`
	}
	if err := json.Unmarshal(data, &first); err != nil || first.Bundle < 1 {
		return bad("demarche export --bundle makes one", "the zip file is not a bundle: its %s does not say so", manifestName)
	}
	if first.Bundle > bundleVersion {
		return bad("get a later version of demarche, or a bundle made by this one", "the bundle is in version %d of the format, and this program reads version %d", first.Bundle, bundleVersion)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	m := &manifest{}
	if err := d.Decode(m); err != nil {
		return bad(again, "the list of files in the bundle cannot be read")
	}
	if len(m.Files) != len(z.File)-1 {
		return bad(again, "the bundle lists %d files and holds %d", len(m.Files), len(z.File)-1)
	}
	for i, f := range z.File[1:] {
		if m.Files[i].Path != f.Name || m.Files[i].Size < 0 || uint64(m.Files[i].Size) != f.UncompressedSize64 {
			return bad(again, "the file %s in the bundle is not the one that its list names", f.Name)
		}
	}
	if !slices.ContainsFunc(m.Files, func(f manifestFile) bool { return f.Path == CaseName }) {
		return bad(again, "the bundle has no %s", CaseName)
	}
	return m, nil
}

// unpack writes one file, no more than it should have, and compares its hash.
func unpack(ctx context.Context, f *zip.File, want manifestFile, to string) error {
	damaged := bundleError(demarche.BadInput, "get the bundle again from the one who made it", "the file %s in the bundle is damaged or was changed: it is not what the list of files says", f.Name)
	r, err := f.Open()
	if err != nil {
		return damaged
	}
	defer r.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	sum := sha256.New()
	n, err := copyAtMost(ctx, out, sum, r, want.Size)
	if e := out.Close(); err == nil && e != nil {
		err = e
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, zip.ErrChecksum), errors.Is(err, zip.ErrFormat), errors.Is(err, io.ErrUnexpectedEOF):
		return damaged
	case err != nil:
		if _, isFlate := errors.AsType[flate.CorruptInputError](err); isFlate {
			return damaged
		}
		return err
	case n != want.Size || hex.EncodeToString(sum.Sum(nil)) != strings.ToLower(want.SHA256):
		return damaged
	}
	return nil
}

// copyAtMost copies one byte more than size at most, so that too long a file is
// told apart.
func copyAtMost(ctx context.Context, w io.Writer, sum hash.Hash, r io.Reader, size int64) (int64, error) {
	return io.Copy(io.MultiWriter(w, sum), io.LimitReader(&polled{ctx, r}, size+1))
}
