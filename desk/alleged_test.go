package desk

import (
	"slices"
	"strings"
	"testing"

	"github.com/demarche/demarche"
)

func TestAlleged(t *testing.T) {
	actors := []demarche.Actor{
		{ID: "maduro", Name: "Nicolás Maduro", Kind: "person"}, {ID: "lind", Name: "Oskar Lind", Kind: "person", Aliases: []string{"the envoy"}},
		{ID: "trump", Name: "Donald Trump", Kind: "person"}, {ID: "cartel", Name: "Cartel of the Suns", Kind: "organization"},
	}
	for words, want := range map[string]string{
		"Maduro is a member of a foreign terrorist organization":              "Nicolás Maduro",
		"Nicolás Maduro and his associates have trafficked drugs for years":   "Nicolás Maduro",
		"it accused Oskar Lind of taking bribes":                              "Oskar Lind",
		"the envoy had laundered the money":                                   "Oskar Lind",
		"Lind’s fraud was known":                                              "Oskar Lind",
		"Trump fights drug traffickers":                                       "",
		"Donald Trump warned traffickers that they would be struck":           "",
		"Trump accused Maduro of running a cartel":                            "Nicolás Maduro",
		"Lind was not involved in any fraud":                                  "",
		"Maduro would go to Qatar":                                            "",
		"the cartel traffics drugs":                                           "",
		"the murder of a journalist shocked the capital":                      "",
		"Oskar Lind and Nicolás Maduro are criminals":                         "Nicolás Maduro, Oskar Lind",
		"charges against Oskar Lind of corruption were dropped, a court said": "Oskar Lind",
		"Maduro spoke, and much later in a long sentence that has many other words in it there is some word of a crime": "",
	} {
		if got := strings.Join(alleged(words, actors, ""), ", "); got != want {
			t.Errorf("%q: against %q, want %q", words, got, want)
		}
	}
	if got := alleged("Lind took bribes", actors, "lind"); slices.Contains(got, "Oskar Lind") {
		t.Error("who speaks of himself is not accused by it")
	}
}
