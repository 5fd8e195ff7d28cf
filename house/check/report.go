package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// report gathers the events of one or more runs of go test.
type report struct {
	passed, failed, skipped int
	// secondPass counts no test twice: only what fails is of interest.
	secondPass bool

	reasons []string            // why something was not run, in order of appearance
	what    map[string][]string // reason -> tests or packages
	output  map[string][]string // package and test -> lines held back
}

// event is a line of go test -json, see go doc test2json.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
}

// read prints what go test prints without -v and remembers what was skipped.
func (r *report) read(events io.Reader, stdout io.Writer) error {
	r.output = map[string][]string{}
	d := json.NewDecoder(events)
	for {
		var e event
		if err := d.Decode(&e); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("go test -json printed something else: %w", err)
		}
		if e.Test == "" {
			r.readPackage(e, stdout)
		} else {
			r.readTest(e, stdout)
		}
	}
}

func (r *report) readPackage(e event, stdout io.Writer) {
	switch e.Action {
	case "build-output":
		fmt.Fprint(stdout, e.Output)
	case "output":
		if e.Output != "PASS\n" {
			fmt.Fprint(stdout, e.Output)
		}
	case "fail":
		// A test that panicked or ran out of time has no end of its own.
		for _, key := range sortedKeys(r.output) {
			if pkg, _, _ := strings.Cut(key, " "); pkg == e.Package {
				fmt.Fprint(stdout, strings.Join(r.output[key], ""))
				delete(r.output, key)
			}
		}
	}
}

func (r *report) readTest(e event, stdout io.Writer) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output":
		r.output[key] = append(r.output[key], e.Output)
		return
	case "pass":
		if !r.secondPass {
			r.passed++
		}
	case "fail":
		r.failed++
		fmt.Fprint(stdout, strings.Join(r.output[key], ""))
	case "skip":
		if !r.secondPass {
			r.skipped++
			r.notRun(reason(r.output[key]), e.Package[strings.LastIndex(e.Package, "/")+1:]+"."+e.Test)
		}
	default:
		return
	}
	delete(r.output, key)
}

func (r *report) notRun(why string, what ...string) {
	if r.what == nil {
		r.what = map[string][]string{}
	}
	if !slices.Contains(r.reasons, why) {
		r.reasons = append(r.reasons, why)
	}
	r.what[why] = append(r.what[why], what...)
}

var logged = regexp.MustCompile(`^\s+[\w.-]+\.go:\d+: (.*)`)

// reason is the last thing a skipped test logged.
func reason(output []string) string {
	var words []string
	for _, line := range output {
		line = strings.TrimRight(line, "\n")
		if m := logged.FindStringSubmatch(line); m != nil {
			words = []string{m[1]}
		} else if len(words) > 0 && !strings.HasPrefix(strings.TrimSpace(line), "---") {
			words = append(words, strings.TrimSpace(line))
		}
	}
	if len(words) == 0 {
		return "no reason given"
	}
	return strings.Join(words, " ")
}

// summary ends with the counts, alone on a line.
func (r *report) summary(w io.Writer) {
	fmt.Fprintln(w)
	if len(r.reasons) > 0 {
		fmt.Fprintln(w, "Not run:")
		for _, why := range r.reasons {
			fmt.Fprintf(w, "  %s\n", why)
			if what := r.what[why]; len(what) > 0 {
				fmt.Fprintf(w, "    %s\n", list(what, 8))
			}
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%d passed, %d failed, %d skipped\n", r.passed, r.failed, r.skipped)
}

// list names at most n things.
func list(names []string, n int) string {
	if len(names) > n {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:n], ", "), len(names)-n)
	}
	return strings.Join(names, ", ")
}

func sortedKeys(m map[string][]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
