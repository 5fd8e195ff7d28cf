package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain lets the test binary stand in for the program where a test runs a
// script that calls it.
func TestMain(m *testing.M) {
	if os.Getenv("DEMARCHE_TEST_PROGRAM") != "" {
		os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// program is a script that runs the program.
func program(t testing.TB) string {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "demarche")
	if err := os.WriteFile(path, fmt.Appendf(nil, "#!/bin/sh\nDEMARCHE_TEST_PROGRAM=1 exec %q \"$@\"\n", self), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestExampleLedger: the script of the example builds its ledger from the reports
// and the case file, and what it decides is in it.
func TestExampleLedger(t *testing.T) {
	if testing.Short() {
		t.Skip("TestExampleLedger not run: -short")
	}
	dir := filepath.Join(t.TempDir(), "caribbean")
	if err := os.CopyFS(dir, os.DirFS("../../examples/caribbean")); err != nil {
		t.Fatal(err)
	}
	build := func() (string, error) {
		c := exec.Command("sh", filepath.Join(dir, "ledger.sh"))
		c.Env = append(os.Environ(), "DEMARCHE="+program(t), "DEMARCHE_DB=")
		out, err := c.CombinedOutput()
		return string(out), err
	}
	if out, err := build(); err != nil {
		t.Fatal(err, out)
	}
	if out, err := build(); err == nil || !strings.Contains(out, "is there already") {
		t.Errorf("built twice: %v %s", err, out)
	}
	for _, c := range []struct {
		args  []string
		wants []string
	}{
		{[]string{"ledger", "verify", dir}, []string{"holds together"}},
		{[]string{"ledger", "list", dir, "--status", "proposed"}, []string{"no claims as asked for"}},
		{[]string{"ledger", "contested", dir, "doha_explored"}, []string{"Denied by 1 independent origin", "c8", "0.70 (outlet C)", "credence 0.22"}},
		{[]string{"ledger", "explanations", dir}, []string{"balloon", "courtship", "prepared"}},
		{[]string{"check", dir}, []string{"is a valid case"}},
	} {
		code, out, errs := do(t, "", c.args...)
		if code != 0 {
			t.Errorf("%v: exit code %d: %s", c.args, code, errs)
		}
		for _, want := range c.wants {
			if !strings.Contains(strings.ToLower(out+errs), strings.ToLower(want)) {
				t.Errorf("%v: no %q in\n%s%s", c.args, want, out, errs)
			}
		}
	}
}
