// Command check runs the tests of the repository and ends with a list of what
// was not run, and why.
//
//	go run ./house/check test    every test; those of packages with goroutines also under the race detector
//	go run ./house/check soak    the same at full counts, then every fuzz target
//	go run ./house/check golden  rewrite the golden files
//
// It reads these variables: DEMARCHE_REQUIRE_ALL=1 makes a missing race detector
// a failure, DEMARCHE_FUZZTIME is the time for one fuzz target (1m).
package main

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"strings"
)

func main() {
	os.Exit(run(os.Args[1:], os.DirFS("."), os.Stdout))
}

const usage = "usage: go run ./house/check test|soak|golden, in the root of the repository"

func run(args []string, tree fs.FS, stdout io.Writer) int {
	if len(args) != 1 {
		fmt.Fprintln(stdout, usage)
		return 2
	}
	packages, err := survey(tree)
	if err != nil {
		fmt.Fprintln(stdout, err)
		return 1
	}
	switch args[0] {
	case "test":
		return test(packages, stdout, "10m", "-short")
	case "soak":
		os.Setenv("DEMARCHE_SOAK", "1")
		if code := test(packages, stdout, "4h"); code != 0 {
			return code
		}
		return fuzz(packages, stdout)
	case "golden":
		return golden(packages, stdout)
	}
	fmt.Fprintln(stdout, usage)
	return 2
}

// test runs every test, then those of packages with goroutines under the race
// detector with the extra flags given.
func test(packages []pkg, stdout io.Writer, timeout string, raceFlags ...string) int {
	// Modules that only another platform needs are not fetched by a build, but
	// their licences are checked. Without a network that test says so.
	_ = exec.Command("go", "mod", "download").Run()

	var r report
	failed := !goTest(&r, stdout, "-timeout="+timeout, "./...")
	var racy []string
	for _, p := range packages {
		if p.concurrent && p.tests {
			racy = append(racy, p.path)
		}
	}
	if why := noRaceDetector(); why != "" {
		r.notRun("race tests: "+why, racy...)
		failed = failed || os.Getenv("DEMARCHE_REQUIRE_ALL") == "1"
	} else if len(racy) > 0 {
		fmt.Fprintln(stdout, "\nUnder the race detector:")
		r.secondPass = true
		args := append([]string{"-race", "-timeout=" + timeout}, raceFlags...)
		failed = !goTest(&r, stdout, append(args, racy...)...) || failed
	}
	r.summary(stdout)
	if failed || r.failed > 0 {
		fmt.Fprintln(stdout, "FAIL")
		return 1
	}
	if r.passed == 0 {
		fmt.Fprintln(stdout, "FAIL: no test was run")
		return 1
	}
	return 0
}

// goTest runs go test and reports whether all is well.
func goTest(r *report, stdout io.Writer, args ...string) bool {
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		fmt.Fprintln(stdout, err)
		return false
	}
	readErr := r.read(out, stdout)
	if readErr != nil {
		fmt.Fprintln(stdout, readErr)
		_, _ = io.Copy(io.Discard, out) // let go test end
	}
	return cmd.Wait() == nil && readErr == nil
}

// noRaceDetector says why there is none, or "".
func noRaceDetector() string {
	out, err := exec.Command("go", "env", "CC", "CGO_ENABLED").Output()
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(string(out), "\n")
	cc, enabled := strings.Fields(lines[0] + " cc")[0], strings.TrimSpace(lines[1])
	if _, err := exec.LookPath(cc); err != nil {
		return "the race detector needs a C compiler, and there is none (" + cc + ")"
	}
	if enabled != "1" {
		return "the race detector needs CGO_ENABLED=1"
	}
	if out, err := exec.Command("go", "build", "-race", "-o", os.DevNull, "./house/check").CombinedOutput(); err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		return "no program can be built with the race detector here: " + first
	}
	return ""
}

func fuzz(packages []pkg, stdout io.Writer) int {
	duration := cmp.Or(os.Getenv("DEMARCHE_FUZZTIME"), "1m")
	code, n := 0, 0
	for _, p := range packages {
		for _, target := range p.fuzz {
			n++
			fmt.Fprintf(stdout, "\n%s %s, %s:\n", p.path, target, duration)
			if !goRun(stdout, "test", "-run=^$", "-fuzz=^"+target+"$", "-fuzztime="+duration, "-fuzzminimizetime=10x", p.path) {
				code = 1
			}
		}
	}
	fmt.Fprintf(stdout, "\nFuzz targets run: %d\n", n)
	return code
}

func golden(packages []pkg, stdout io.Writer) int {
	args := []string{"test", "-count=1"}
	for _, p := range packages {
		if p.golden {
			args = append(args, p.path)
		}
	}
	if len(args) == 2 {
		fmt.Fprintln(stdout, "No package has golden files.")
		return 0
	}
	// The files are written by tests that may pass only on the second run.
	goRun(io.Discard, append(args, "-args", "-update")...)
	if !goRun(stdout, args...) {
		return 1
	}
	return 0
}

func goRun(stdout io.Writer, args ...string) bool {
	cmd := exec.Command("go", args...)
	cmd.Stdout, cmd.Stderr = stdout, stdout
	return cmd.Run() == nil
}

// pkg is what the sources tell of a package's tests.
type pkg struct {
	path       string // ./engine
	tests      bool
	concurrent bool     // starts goroutines, or runs its tests at once
	golden     bool     // defines the flag -update
	fuzz       []string // names of fuzz targets
}

// survey looks at every Go file of the tree, in order.
func survey(tree fs.FS) ([]pkg, error) {
	var found []pkg
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		if d.IsDir() {
			if name != "." && (base[0] == '.' || base[0] == '_' || base == "testdata" || base == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(base, ".go") {
			return nil
		}
		src, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		dir := "./" + path.Dir(name)
		if dir == "./." {
			dir = "."
		}
		at := -1
		for i := range found {
			if found[i].path == dir {
				at = i
			}
		}
		if at < 0 {
			at = len(found)
			found = append(found, pkg{path: dir})
		}
		return found[at].look(name, src)
	})
	return found, err
}
