package brief

import (
	"context"
	"strings"
	"testing"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// judging is a composer on the harbour with the outcomes and shares given.
func judging(t *testing.T, shares ...float64) *composer {
	t.Helper()
	in := harbour(t)
	names := []string{"a reopening", "a harbour that stays shut", "a fee", "a lawsuit", "a strike"}
	in.Conflict.Outcomes, in.Outlook.Outcomes = nil, nil
	for i, p := range shares {
		in.Conflict.Outcomes = append(in.Conflict.Outcomes, engine.Outcome{ID: names[i][2:], Says: names[i]})
		o := engine.Estimate{}
		o.P = p
		in.Outlook.Outcomes = append(in.Outlook.Outcomes, o)
	}
	in.Outlook.NoSettlement = 0
	n := newNames(in.Case)
	return &composer{in: in, ctx: context.Background(), b: &Brief{}, names: n, refs: map[string]Ref{}, t: &teller{n, in.Conflict}}
}

func TestTitle(t *testing.T) {
	for want, shares := range map[string][]float64{
		"A reopening (about 35 %) and a harbour that stays shut (about 35 %) are the likeliest ends; neither is likely":                  {0.36, 0.33, 0.2, 0.11},
		"A reopening (about 35 %), a harbour that stays shut (about 30 %) and a fee (about 30 %) are the likeliest ends; none is likely": {0.36, 0.31, 0.31},
		"A fee is the likeliest single end, at about 40 %":                                                                               {0.25, 0.2, 0.4, 0.15},
		"A reopening is the likeliest single end, at about 50 %":                                                                         {0.52, 0.45},
		"A reopening is likely (about 70 %)":                                                                                             {0.7, 0.3},
		"A reopening is very likely (about 90 %)":                                                                                        {0.9, 0.1},
		"A reopening is where the model leads in every world":                                                                            {1, 0},
		"The model ends in none of the named outcomes":                                                                                   {0, 0},
		"Five ends are close to each other, and none is likely: the first is a reopening, at about 20 %":                                 {0.2, 0.2, 0.2, 0.2, 0.2},
		"A harbour that stays shut (about 45 %) and a reopening (about 40 %) are the likeliest ends; neither is likely":                  {0.41, 0.46, 0.13},
	} {
		if got := judging(t, shares...).title(); got != want {
			t.Errorf("%v\ngot  %s\nwant %s", shares, got, want)
		}
	}
	c := judging(t, 0.2, 0.1)
	c.in.Outlook.NoSettlement = 0.7
	if got := c.title(); got != "A crisis that keeps moving without settling is the likeliest course, at about 70 %" {
		t.Error(got)
	}
}

func TestEnds(t *testing.T) {
	for want, shares := range map[string][]float64{
		"a reopening is very likely (about 90 %)":                               {0.9, 0.1},
		"a reopening is likely (about 60 %) and a fee is unlikely (about 40 %)": {0.6, 0, 0.4},
		"a reopening is unlikely (about 40 %), a fee is unlikely (about 25 %) and a lawsuit is unlikely (about 20 %), otherwise a harbour that stays shut": {0.4, 0.15, 0.25, 0.2},
		"nothing settles": {0, 0},
	} {
		c := judging(t, shares...)
		got, refs := c.ends(append(shares, 0), c.outcomeRef)
		if got != want {
			t.Errorf("%v\ngot  %s\nwant %s", shares, got, want)
		}
		if want != "nothing settles" && len(refs) == 0 {
			t.Errorf("%v: no references", shares)
		}
	}
}

// An answer tells which other outcome it moves, and those that take new force.
func TestAlsoMoved(t *testing.T) {
	c := judging(t, 0.4, 0.3, 0.2, 0.1)
	m := &engine.Matter{ID: "broken", Yes: []float64{0.6, 0.1, 0.2, 0.1, 0}, No: []float64{0.2, 0.5, 0.15, 0.15, 0}}
	for except, want := range map[int]int{0: 1, 1: 0, 2: 0} {
		if got := c.alsoMoved(m, except); len(got) != 1 || got[0] != want {
			t.Errorf("besides %d: %v", except, got)
		}
	}
	if got := c.alsoMoved(&engine.Matter{Yes: []float64{0.6, 0.4, 0, 0, 0}, No: []float64{0.5, 0.45, 0.05, 0, 0}}, 0); len(got) > 0 {
		t.Errorf("small moves are told: %v", got)
	}
}

// A brief under assumptions says so in every form and is another model.
func TestAssumed(t *testing.T) {
	in := harbour(t)
	plain := Fingerprint(in)
	in.Assumed = []string{"The crane is broken (taken as certain)"}
	if Fingerprint(in) == plain {
		t.Error("the fingerprint is the same")
	}
	b := composed(t, in)
	if len(b.Draft) > 0 {
		t.Error(b.Draft)
	}
	for form, out := range render4(t, b) {
		flat := strings.Join(strings.Fields(out), " ")
		want := "it is assumed that the crane is broken (taken as certain); this is not the case’s own estimate."
		if form == "json" {
			want = `"assumed": [ "the crane is broken (taken as certain)" ]`
		} else if !strings.Contains(flat, "Hypothetical:") {
			t.Errorf("%s is not marked", form)
		}
		if !strings.Contains(strings.ReplaceAll(flat, "*** ", ""), want) {
			t.Errorf("%s does not hold %q", form, want)
		}
		if form == "md" {
			found, _ := LintText(context.Background(), strings.Replace(out, "Hypothetical:", "", 1), in)
			if len(found) != 1 || found[0].Check != CheckModel {
				t.Errorf("the mark was taken away: %v", found)
			}
		}
		found, err := LintText(context.Background(), out, in)
		if err != nil || len(found) > 0 {
			t.Errorf("%s: %v, %v", form, found, err)
		}
	}
}

func TestPutting(t *testing.T) {
	in := harbour(t)
	c := &composer{in: in, names: newNames(in.Case)}
	c.names.allShort()
	o := &demarche.Offer{By: demarche.Ref{Name: "south"}, To: ids("north"), Because: ids("c1")}
	for _, x := range []struct {
		act    string
		hedges []string
		want   string
	}{
		{"demands", []string{"reportedly"}, "Southport reportedly demanded of Northport that it pay"},
		{"offers", nil, "Southport proposed to Northport that it pay"},
		{"asks", nil, "Southport asked of Northport that it pay"},
		{"offers", []string{"reportedly"}, "Southport is reported to have floated to Northport the idea that it pay"},
		{"states", nil, "Southport is reported to have floated to Northport the idea that it pay"},
	} {
		in.Case.Claims[0].Act, in.Case.Claims[0].Hedges = x.act, x.hedges
		if got := c.putting(o, "that it pay"); got != x.want {
			t.Errorf("got %q, want %q", got, x.want)
		}
	}
}

func TestStanding(t *testing.T) {
	in := harbour(t)
	c := &composer{in: in, names: newNames(in.Case)}
	for name, want := range map[string]string{"left": ", which one source denies", "broken": "; open", "resolved": "; open"} {
		if got := c.standing(&demarche.Condition{Op: demarche.Atom, Name: name}); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestCounting(t *testing.T) {
	for got, want := range map[string]string{
		resting(4, 4):       "each of the four matters that claims speak to rests on a single claim",
		resting(1, 3):       "of the three matters that claims speak to, one rests on a single claim",
		resting(2, 3):       "of the three matters that claims speak to, two rest on a single claim",
		unspoken(3, 7):      "on three of the seven open questions no source says anything",
		unspoken(2, 2):      "on none of the two open questions does any source say anything",
		disputed("x", 1, 0): "one claim affirms that x; none denies it",
		disputed("x", 0, 2): "no claim affirms that x; two deny it",
		disputed("x", 2, 1): "whether x is contested: two claims affirm it, one denies it",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
