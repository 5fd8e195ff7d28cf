package main

import (
	"strings"
	"testing"
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
	if !strings.Contains(out, "nothing that would bring it about is proposed") {
		t.Errorf("that nothing is proposed is not said:\n%s", out)
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
