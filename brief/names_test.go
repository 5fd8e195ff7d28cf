package brief

import (
	"testing"

	"github.com/demarche/demarche"
)

func people() *demarche.Case {
	return &demarche.Case{Actors: []demarche.Actor{
		{ID: "us", Name: "United States", Kind: "state", Aliases: []string{"Washington", "U.S."}},
		{ID: "trump", Name: "Donald Trump", Kind: "person", Role: "President", Of: demarche.Ref{Name: "us"}},
		{ID: "rubio", Name: "Marco Rubio", Kind: "person", Role: "Secretary of State", Of: demarche.Ref{Name: "us"}},
		{ID: "xi", Name: "Xi Jinping", Kind: "person", Aliases: []string{"Xi"}},
		{ID: "congress", Name: "United States Congress", Kind: "institution", Aliases: []string{"Congress"}},
		{ID: "bank", Name: "Regional Development Bank", Kind: "institution", Aliases: []string{"the Bank"}},
		{ID: "circle", Name: "Governing circle", Kind: "group"},
		{ID: "lawmakers", Name: "Lawmakers of both parties", Kind: "group"},
		{ID: "unions", Name: "Farmers' unions of Sellony", Kind: "group"},
		{ID: "weather", Name: "Meteorological service of Sellony", Kind: "institution"},
		{ID: "vice", Name: "Vice President of Venezuela", Kind: "office"},
		{ID: "uae", Name: "United Arab Emirates", Kind: "state"},
		{ID: "qatar", Name: "Qatar", Kind: "state"},
		{ID: "hamas", Name: "Hamas", Kind: "organization"},
	}}
}

func TestNames(t *testing.T) {
	for _, c := range []struct {
		id, first, later string
		many             bool
	}{
		{"us", "the United States", "the United States", false},
		{"trump", "President Donald Trump of the United States", "Trump", false},
		{"rubio", "Secretary of State Marco Rubio of the United States", "Rubio", false},
		{"xi", "Xi Jinping", "Xi", false},
		{"congress", "the United States Congress", "Congress", false},
		{"bank", "the Regional Development Bank", "the Bank", false},
		{"circle", "the governing circle", "the governing circle", false},
		{"lawmakers", "lawmakers of both parties", "lawmakers of both parties", true},
		{"unions", "farmers' unions of Sellony", "farmers' unions of Sellony", true},
		{"weather", "the meteorological service of Sellony", "the meteorological service of Sellony", false},
		{"vice", "the Vice President of Venezuela", "the Vice President of Venezuela", false},
		{"uae", "the United Arab Emirates", "the United Arab Emirates", false},
		{"qatar", "Qatar", "Qatar", false},
		{"hamas", "Hamas", "Hamas", false},
	} {
		n := newNames(people())
		if got := n.actor(c.id); got != c.first {
			t.Errorf("first: got %q, want %q", got, c.first)
		}
		if got := n.actor(c.id); got != c.later {
			t.Errorf("later: got %q, want %q", got, c.later)
		}
		if got := n.plural(c.id); got != c.many {
			t.Errorf("%s: plural %v", c.first, got)
		}
	}
}

func TestSurname(t *testing.T) {
	for name, want := range map[string]string{
		"Ivo van Dam": "van Dam", "Ursula von der Leyen": "von der Leyen", "Mohammed bin Salman": "bin Salman",
		"Nicolás Maduro": "Maduro", "Pelé": "Pelé", "Martin King Jr.": "King",
	} {
		if got := surname(name); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestInside(t *testing.T) {
	n := newNames(people()).heard([]demarche.Report{{Text: "On Monday the Gulf states met. Officials left. They said that American forces and other officials stayed."}})
	for in, want := range map[string]string{
		"The president is fleeing.":    "the president is fleeing",
		"Washington has said so":       "Washington has said so",
		"Officials agree":              "officials agree",
		"American forces stay":         "American forces stay",
		"Qatar's part":                 "Qatar's part",
		"UN texts say so":              "UN texts say so",
		"President Trump has gone":     "president Trump has gone",
		"Turbines will arrive late":    "turbines will arrive late",
		"United States forces are out": "United States forces are out",
	} {
		if got := n.inside(in); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPluralDescriptions(t *testing.T) {
	for d, want := range map[string]bool{
		"senior American officials": true, "several administration sources": true, "one of several administration sources": false,
		"a source close to the administration": false, "a source familiar with Qatar's part in the negotiations": false, "two diplomats": true, "officials": true,
	} {
		if got := isPlural(d, ""); got != want {
			t.Errorf("%s: got %v", d, got)
		}
	}
}
