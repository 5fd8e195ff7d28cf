package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/demarche/demarche/desk"
)

// TestLeversGolden holds what levers prints about the examples, whole.
func TestLeversGolden(t *testing.T) {
	for name, args := range map[string][]string{
		"imbra.levers.txt":      {"levers", examples + "imbra-river", "--outcome", "settlement"},
		"imbra.levers-bank.txt": {"levers", examples + "imbra-river", "--state", "1", "--concept", "nash", "--max", "1", "--changes", "3", "--weigh", "0"},
		"euphrates.levers.txt":  {"levers", examples + "published/syria-iraq-1975.yaml", "--state", "2", "--concept", "seq"},
		"euphrates.levers.json": {"levers", examples + "published/syria-iraq-1975.yaml", "--state", "2", "--concept", "nash", "--json"},
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, must(t, args...)) })
	}
}

// TestLeversWithholdForce: a use of force is analysed, and nothing is proposed
// that would bring it about.
func TestLeversWithholdForce(t *testing.T) {
	out := must(t, "levers", examples+"caribbean", "-q", "--outcome", "confrontation", "--weigh", "0")
	for _, bad := range []string{"Declared levers", "Changes to what players want", "least change that makes it hold"} {
		if strings.Contains(out, bad) {
			t.Errorf("%q is told of an outcome that is a use of force", bad)
		}
	}
	if !strings.Contains(strings.Join(strings.Fields(out), " "), "Nothing that would bring it about is proposed") {
		t.Errorf("that nothing is proposed is not said:\n%s", out)
	}
}

// siege is a case in which states with an outcome that is a use of force hold.
const siege = `demarche: 1
title: A siege
conflict:
  status_quo: [town.guard]
  players:
    town:
      name: The town
      options:
        guard: Guard the camp
        storm: {says: Storm the camp, force: true, once: true}
      prefers: [camp.free, not town.storm]
    camp:
      name: The camp
      options: {free: {says: Free the captives, once: true}}
      prefers: [not camp.free]
  outcomes:
    stormed: {when: town.storm, says: a storming of the camp}
    quiet: {when: otherwise, says: quiet}
`

// written writes a case to a file and gives its path.
func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "case.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestLeversCountAside: states that are set aside are counted among those that
// hold as they are among all, and the JSON says the same.
func TestLeversCountAside(t *testing.T) {
	path := written(t, siege)
	out := strings.Join(strings.Fields(must(t, "levers", path, "-q", "--outcome", "stormed", "--states", "9")), " ")
	var j desk.LeversJSON
	if err := json.Unmarshal([]byte(must(t, "levers", path, "-q", "--outcome", "stormed", "--states", "9", "--json")), &j); err != nil {
		t.Fatal(err)
	}
	holds := 0
	for _, s := range j.States {
		if s.Holds {
			holds++
		}
	}
	if holds == 0 || holds != len(j.Holds)+len(j.AsideHolds) || len(j.Aside) != len(j.States) || len(j.Holds) > 0 {
		t.Fatalf("%d of the states looked at hold; counted are %v and, set aside, %v", holds, j.Holds, j.AsideHolds)
	}
	if want := fmt.Sprintf("Of the %d states with this outcome, %s as things are", len(j.Aside), hold(holds)); !strings.Contains(out, want) {
		t.Errorf("%q is not said in %s", want, out)
	}
	if want := "All of them begin a use of force"; !strings.Contains(out, want) || !strings.Contains(out, "what it rests on is told below") {
		t.Errorf("%q is not said in %s", want, out)
	}
}

// TestLeversErrors is what is wrong with a question, and the exit code.
func TestLeversErrors(t *testing.T) {
	imbra := examples + "imbra-river"
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"levers", imbra}, 2, "nothing is asked for"},
		{[]string{"levers", imbra, "--outcome", "settlment"}, 4, "settlement"},
		{[]string{"levers", imbra, "--outcome", "court", "--state", "1"}, 2, "only one"},
		{[]string{"levers", imbra, "--state", "9999"}, 4, "no state 9999"},
		{[]string{"levers", imbra, "--state", "1", "--concept", "sim"}, 2, "levers are not worked out"},
		{[]string{"levers", imbra, "--state", "1", "--max", "0"}, 2, "give numbers from 1"},
		{[]string{"levers", examples + "caribbean", "-q", "--outcome", "handover", "--timeout", "1ns"}, 5, "did not end within"},
	} {
		code, out, errs := do(t, "", tt.args...)
		if code != tt.code || !strings.Contains(errs, tt.says) || out != "" {
			t.Errorf("%v: exit code %d, want %d, saying %q:\n%s%s", tt.args, code, tt.code, tt.says, out, errs)
		}
	}
}
