package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/demarche/demarche/desk"
)

func TestOutlookGolden(t *testing.T) {
	for name, args := range map[string][]string{
		"caribbean.byworld.txt": {"outlook", examples + "caribbean", "-q", "--by-world", "--assume", "talks=0.7"},
		"caribbean.drawn.txt":   {"outlook", examples + "caribbean", "-q", "--by-world", "--worlds", "3000", "--precision", "0.01", "--seed", "2"},
	} {
		t.Run(name, func(t *testing.T) {
			told := must(t, args...)
			golden(t, name, told)
			if id := regexp.MustCompile(`[a-z]+_[a-z]+|\b[a-z]+\.[a-z]+`).FindString(told); id != "" {
				t.Errorf("an id is printed: %s", id)
			}
		})
	}
}

// Words for drawn worlds say how exact they are; those for all worlds say nothing
// of errors, since there are none.
func TestOutlookSaysHowExact(t *testing.T) {
	all := must(t, "outlook", examples+"imbra-river", "-q")
	if strings.Contains(all, "standard error") {
		t.Error("an exact outlook speaks of errors")
	}
	for _, x := range []struct {
		args []string
		want string
	}{
		{[]string{"--precision", "0.02"}, "All worlds were weighed, so the numbers are exact"},
		{[]string{"--precision", "0.02", "--worlds", "5000"}, "The precision asked for is reached: no outcome's standard error is above 2 points."},
		{[]string{"--precision", "0.001", "--worlds", "1200"}, "The precision asked for is not reached: 1200 worlds are the most"},
		{[]string{"--worlds", "500"}, "500 worlds drawn with seed 1)"},
	} {
		told := strings.Join(strings.Fields(must(t, append([]string{"outlook", examples + "imbra-river", "-q"}, x.args...)...)), " ")
		if !strings.Contains(told, x.want) {
			t.Errorf("%v: %q is not said in %s", x.args, x.want, told)
		}
	}
}

func TestPrecisionIsChecked(t *testing.T) {
	for _, bad := range []string{"0", "-0.1", "0.5", "NaN", "3"} {
		if code, _, errs := do(t, "", "outlook", examples+"imbra-river", "--precision="+bad); code != 2 || !strings.Contains(errs, "--precision") {
			t.Errorf("%s: exit code %d, %s", bad, code, errs)
		}
	}
}

// What the JSON says adds up, and says the same as its other parts.
func TestOutlookJSONAddsUp(t *testing.T) {
	for _, args := range [][]string{{}, {"--worlds", "2000"}} {
		var o desk.OutlookJSON
		if err := json.Unmarshal([]byte(must(t, append([]string{"outlook", examples + "caribbean", "-q", "--json"}, args...)...)), &o); err != nil {
			t.Fatal(err)
		}
		near := func(what string, a, b float64) {
			t.Helper()
			if a-b > 1e-9 || b-a > 1e-9 {
				t.Errorf("%v: %s: %v and %v", args, what, a, b)
			}
		}
		total := func(s desk.SharesJSON) (sum float64) {
			for _, p := range s {
				sum += p
			}
			return sum
		}
		for _, x := range o.Outcomes {
			near(x.Name, x.P, o.Talks.Chance*o.Talks.Yes[x.Name]+(1-o.Talks.Chance)*o.Talks.No[x.Name])
			near(x.Name+" without agreement", o.Views.Actual[x.Name], o.Talks.No[x.Name])
			if (x.SE > 0) == o.Worlds.Exact && x.P > 0 && x.P < 1 {
				t.Errorf("%v: %s has a standard error of %v", args, x.Name, x.SE)
			}
		}
		var both, worlds float64
		for _, g := range o.Pair.Given {
			both += g.P
			if g.Outcomes != nil {
				near("outcomes given both answers", total(g.Outcomes), 1)
			}
		}
		near("pairs of answers", both, 1)
		for _, g := range o.ByWorld {
			worlds += g.P
		}
		near("worlds by agreements", worlds, 1)
		for _, p := range o.Views.Players {
			near("expected by "+p.Player, total(p.Expects), 1)
			near("expected by "+p.Player+" of talks", total(p.ExpectsTalks), 1)
		}
		var ends float64
		for _, s := range o.States {
			ends += s.EndsHere
			if s.EndsHere > s.Holds+1e-9 {
				t.Errorf("%v: %s ends more often than it holds", args, s.Pattern)
			}
		}
		near("ends", ends+o.NoSettlement, 1)
	}
}

// Which agreements exist is told by the numbers that are listed, in lines that fit,
// and not at all where there is none.
func TestByWorldTellsListedNumbers(t *testing.T) {
	if out := must(t, "outlook", written(t, tariffs+tariffOutcomes+"  talks: {parties: [avia, borel], chance: 0.5}\n"), "-q", "--by-world"); strings.Contains(out, "numbered as above") {
		t.Errorf("agreements are numbered where there is none:\n%s", out)
	}
	for want, list := range map[string][]int{
		"no agreement":                           nil,
		"agreement 3 alone":                      {2},
		"agreements 1 and 8":                     {0, 7},
		"agreements 1, 8, and one further one":   {0, 7, 8},
		"agreement 2, and 3 further ones":        {1, 9, 10, 31},
		"one agreement that is not listed above": {8},
		"2 agreements that are not listed above": {8, 30},
		"agreements 1, 2, 3, 4, 5, 6, 7 and 8":   {0, 1, 2, 3, 4, 5, 6, 7},
		"agreements 1, 2 and 3":                  {0, 1, 2},
	} {
		if got := agreementNumbers(list); got != want {
			t.Errorf("%v: %q, want %q", list, got, want)
		}
	}
}

// A standard error too small to print is not called none.
func TestPointsOf(t *testing.T) {
	for se, want := range map[float64]string{0.00049: "under 0.1 points", 0.0005: "0.1 points", 0.012: "1.2 points"} {
		if got := pointsOf(se); got != want {
			t.Errorf("%v: %q, want %q", se, got, want)
		}
	}
}
