package casefile

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/demarche/demarche"
)

// Save writes the edits to the file that was opened, all at once: a reader
// sees the old text or the new. It refuses if somebody else has changed the
// file since it was read.
func (f *File) Save() error {
	fail := func(kind demarche.Kind, msg, hint string, err error) error {
		return &demarche.Error{Kind: kind, Op: "casefile.Save", Msg: msg, Hint: hint, Err: err}
	}
	if f.Path == "" {
		return fail(demarche.Internal, "the case was not read from a file", "", nil)
	}
	path, err := filepath.EvalSymlinks(f.Path)
	if err != nil {
		return fail(demarche.Unavailable, f.Path+" is no longer there", "save the case under another name", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return fail(demarche.Unavailable, f.Path+" is no longer there", "save the case under another name", err)
	}
	now, err := os.ReadFile(path)
	if err != nil {
		return fail(demarche.Unavailable, f.Path+" cannot be read", "check its permissions", err)
	}
	if !bytes.Equal(now, f.onDisk) {
		return fail(demarche.Unavailable, f.Path+" has been changed by somebody else since it was read", "read it again and make the change there", nil)
	}
	if bytes.Equal(now, f.data) {
		return nil
	}
	if err := writeAll(path, f.data, info.Mode().Perm()); err != nil {
		hint := "check that there is room and that you may write to the folder"
		if errors.Is(err, fs.ErrPermission) {
			hint = "check the permissions of the folder"
		}
		return fail(demarche.Unavailable, f.Path+" cannot be written", hint, err)
	}
	f.onDisk = slices.Clone(f.data)
	return nil
}

// writeAll replaces a file by way of a temporary one beside it.
func writeAll(path string, data []byte, mode fs.FileMode) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	if _, err = tmp.Write(data); err != nil {
		return err
	}
	if err = tmp.Chmod(mode); err != nil {
		return err
	}
	if err = tmp.Sync(); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
