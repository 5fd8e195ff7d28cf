package reader

import (
	"slices"
	"strings"
	"testing"
)

// TestSenses reads senses.txt by its own rules: every sense once, no opposite of
// what is not there.
func TestSenses(t *testing.T) {
	names := map[string]bool{}
	for line := range strings.Lines(senseList) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if f := strings.Fields(line); len(f) == 3 && (f[1] == "<>" || f[1] == "><") {
			if !names[f[0]] || !names[f[2]] || f[0] == f[2] {
				t.Errorf("no such senses: %s", line)
			}
			continue
		}
		name, words, ok := strings.Cut(line, ":")
		name = strings.TrimPrefix(name, "*")
		if !ok || name == "" || names[name] {
			t.Errorf("no sense, or one that is there already: %s", line)
		}
		names[name] = true
		seen := map[string]bool{}
		for _, w := range strings.Fields(words) {
			base, kind, marked := strings.Cut(w, ".")
			if seen[w] || marked && kind != "v" && kind != "n" && kind != "a" || base != lower(base) || base == "" {
				t.Errorf("%s: bad word %s", name, w)
			}
			seen[w] = true
		}
	}
	l := meanings()
	if len(l.names) != len(names) {
		t.Errorf("%d senses of %d", len(l.names), len(names))
	}
	for s := range l.names {
		if slices.Contains(l.contrary[s], sense(s)) {
			t.Errorf("%s is its own opposite", l.names[s])
		}
	}
}

// TestStem holds the forms of a word together, and different words apart.
func TestStem(t *testing.T) {
	for _, same := range []string{
		"close closes closed closing closure", "withdraw withdrew withdrawn withdrawal withdrawals withdrawing", "explore explored exploring exploration",
		"relocate relocation relocating relocated", "settle settled settlement", "destroy destroyed destruction", "sink sank sunk sinking",
		"violate violation violations violated", "mobilise mobilised mobilization mobilisation", "arrive arrived arrival", "pay paid payment payments",
		"blow blew blown blowing", "detain detained detention", "resign resigned resignation", "agree agreed agreement", "reject rejected rejection",
		"use used using uses", "seize seized seizure", "rig rigged rigging",
	} {
		words := strings.Fields(same)
		for _, w := range words {
			if stem(w) != stem(words[0]) {
				t.Errorf("%s has the stem %s, and %s has %s", w, stem(w), words[0], stem(words[0]))
			}
		}
	}
	for _, apart := range []string{"state station", "general generate", "nation nature", "close closer", "port report", "army arm", "fire firm", "law lawyer", "peace piece"} {
		w := strings.Fields(apart)
		if stem(w[0]) == stem(w[1]) {
			t.Errorf("%s and %s have one stem, %s", w[0], w[1], stem(w[0]))
		}
	}
}
