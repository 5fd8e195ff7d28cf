package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/demarche/demarche/desk"
)

// TestOffersGolden holds what is printed about the examples, whole.
func TestOffersGolden(t *testing.T) {
	for name, args := range map[string][]string{
		"caribbean.offers.txt": {"offers", examples + "caribbean"},
		"imbra.offers.txt":     {"offers", examples + "imbra-river"},
		"imbra.offers.json":    {"offers", examples + "imbra-river", "--json"},
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, must(t, args...)) })
	}
}

// What is printed for people names nothing by its id, shows no number that is not
// rounded, and fits a page.
func TestOffersReadPlainly(t *testing.T) {
	for _, name := range []string{"caribbean", "imbra-river"} {
		text := must(t, "offers", examples+name, "-q")
		for _, wrong := range []string{`\b[a-z]+\.[a-z_]+\b`, `\b[YN]{4,}\b`, `_`, `[0-9]\.[0-9]`, `[1-46-9] %`, `\bNaN\b`, `%!`, `  \S.*  would would`, `\.\.`, ` ,`} {
			if at := regexp.MustCompile(wrong).FindString(text); at != "" {
				t.Errorf("%s: %q is not for people", name, at)
			}
		}
		for _, line := range strings.Split(text, "\n") {
			if n := len([]rune(line)); n > 100 {
				t.Errorf("%s: a line of %d letters: %s", name, n, line)
			}
		}
	}
}

// The offers of the reference crisis, as the numbers of its outlook have them.
func TestOffersOfTheReferenceCrisis(t *testing.T) {
	var o desk.OffersJSON
	if err := json.Unmarshal([]byte(must(t, "offers", examples+"caribbean", "-q", "--json")), &o); err != nil {
		t.Fatal(err)
	}
	var outlook desk.OutlookJSON
	if err := json.Unmarshal([]byte(must(t, "outlook", examples+"caribbean", "-q", "--json")), &outlook); err != nil {
		t.Fatal(err)
	}
	share := map[string]float64{}
	for _, a := range outlook.Agreements {
		share[a.Pattern] = a.P
	}
	want := map[string]string{ // whether it is an agreement as things most likely stand, and who stands against it
		"demand": "[{not_accepted maduro }]", "counter": "[]", "refuge": "[{not_accepted maduro }]",
	}
	if len(o.Offers) != len(want) {
		t.Fatalf("%d offers", len(o.Offers))
	}
	for _, f := range o.Offers {
		if got := fmt.Sprint(f.Obstacles); got != want[f.ID] {
			t.Errorf("%s: %s", f.ID, got)
		}
		if d := f.Agreement - share[f.State]; d > 1e-9 || d < -1e-9 {
			t.Errorf("%s is an agreement with %v here and %v in the outlook", f.ID, f.Agreement, share[f.State])
		}
	}
	// The demand falls short by the amnesty and the successor of the counter-offer.
	if a := o.Offers[0].Additions; len(a) != 1 || fmt.Sprint(a[0].Takes) != "[us.amnesty circle.take_over]" || a[0].State != o.Offers[1].State {
		t.Errorf("additions %+v", a)
	}
	// The hand-over has one safe order; it begins with the resignation.
	if c := o.Offers[1].Carried; !c.Safe || c.SafeOrders != 1 || fmt.Sprint(c.First) != "[maduro]" {
		t.Errorf("the counter-offer would be carried out so: %+v", c)
	}
	// Of the hosts, one is wanted where he explores a move there; the others less.
	m := o.Mediation
	if len(m.Mediators) != 4 || m.Mediators[0].Player != "qatar" || m.Hosting.Effect != "helps" || fmt.Sprint(m.Hosting.Who) != "[qatar]" || m.Rivalry.Effect != "none" {
		t.Errorf("mediators: %+v, %+v", m.Hosting, m.Rivalry)
	}
	for _, g := range m.Mediators[1:] {
		if g.Gain >= m.Mediators[0].Gain {
			t.Errorf("%s gains %v", g.Player, g.Gain)
		}
	}
}

// Without talks, without mediators and without offers it still says what it can,
// and of a case without a status quo what is missing.
func TestOffersWithLittle(t *testing.T) {
	text := must(t, "offers", examples+"published/elmira.yaml", "-q")
	for _, want := range []string{"no offer with terms", "names no talks"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said:\n%s", want, text)
		}
	}
	code, _, errs := do(t, "", "offers", examples+"published/chicken.yaml")
	if code != 4 || !strings.Contains(errs, "where things stand today") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	if code, _, errs = do(t, "", "offers", examples+"caribbean", "--worlds", "-1"); code != 2 || !strings.Contains(errs, "--worlds") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

// Words too long for a column do not break a table, and no cell is lost.
func TestColumns(t *testing.T) {
	b := &strings.Builder{}
	columns(b, [][]string{{"", "an agreement", "a confrontation on land"}, {"without the United Arab Emirates", "50 %", "zero"}}, 40)
	got := b.String()
	for _, word := range []string{"agreement", "confrontation", "land", "Emirates", "50 %", "zero"} {
		if !strings.Contains(got, word) {
			t.Errorf("%q is lost", word)
		}
	}
	for _, line := range strings.Split(got, "\n") {
		if len([]rune(line)) > 42 {
			t.Errorf("too wide: %q", line)
		}
	}
}
