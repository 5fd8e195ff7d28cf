package reader

import (
	"slices"
	"strings"
	"testing"
)

// TestMatter takes propositions apart.
func TestMatter(t *testing.T) {
	for _, c := range []struct {
		says, key, agent, patient string
		tense                     tense
		negative, attitude        bool
	}{
		{says: "The junta will hold elections within a year", key: "hold", agent: "junta", patient: "election", tense: future},
		{says: "The turbines will arrive a year late", key: "late", agent: "turbin", tense: future},
		{says: "The rebels have released the prisoners", key: "release", agent: "rebel", patient: "prison", tense: actual},
		{says: "The president is fleeing the country", key: "flee", agent: "president", patient: "country", tense: ongoing},
		{says: "Officials consider the plan plausible", key: "plausible", agent: "offici", patient: "plan", tense: actual, attitude: true},
		{says: "The minister paid no taxes", key: "pay", agent: "minist", patient: "tax", tense: actual, negative: true},
		{says: "Secret talks over the crew are under way", key: "underway", agent: "talk", tense: actual},
		{says: "The election was rigged", key: "rig", patient: "elect", tense: actual},
	} {
		m := newMatter(&Matter{ID: "m", Says: c.says}, Options{})
		if m == nil {
			t.Errorf("%s: not taken apart", c.says)
			continue
		}
		var keys []string
		for _, s := range m.key {
			keys = append(keys, meanings().names[s])
		}
		if !slices.Contains(keys, c.key) {
			t.Errorf("%s: keys %v, want %s", c.says, keys, c.key)
		}
		if !strings.HasPrefix(m.agent.stem, c.agent) || (m.agent.stem == "") != (c.agent == "") {
			t.Errorf("%s: agent %q, want %q", c.says, m.agent.stem, c.agent)
		}
		if c.patient != "" && !strings.HasPrefix(m.patient.stem, c.patient) {
			t.Errorf("%s: patient %q, want %q", c.says, m.patient.stem, c.patient)
		}
		if m.tense != c.tense || m.negative != c.negative || m.attitude != c.attitude {
			t.Errorf("%s: %+v", c.says, m)
		}
	}
	for _, says := range []string{"", "…", "Yes"} {
		if m := newMatter(&Matter{ID: "m", Says: says}, Options{}); m != nil {
			t.Errorf("%q was taken apart: %+v", says, m)
		}
	}
}
