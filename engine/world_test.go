package engine

import (
	"context"
	"strings"
	"testing"

	"github.com/demarche/demarche"
)

// TestForceOfAuthorities: what settles whether an authority holds, over the
// worlds and in the one world of other questions.
func TestForceOfAuthorities(t *testing.T) {
	yes, no, high, low := true, false, 0.6, 0.4
	on := func(text string) demarche.Date {
		d, err := demarche.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	claims := []demarche.Ref{{Name: "c1"}}
	for _, c := range []struct {
		name   string
		a      demarche.Authority
		assume map[string]float64
		prior  float64
		taken  bool
	}{
		{"nothing is said", demarche.Authority{}, nil, 0, false},
		{"its date has come", demarche.Authority{Trigger: on("2025-01-01")}, nil, 1, true},
		{"its date has not come", demarche.Authority{Trigger: on("2026-01-01")}, nil, 0, false},
		{"in force", demarche.Authority{InForce: &yes, ClaimedBy: claims, DisputedBy: claims, Prior: &low}, nil, 1, true},
		{"not in force", demarche.Authority{InForce: &no, ClaimedBy: claims, DisputedBy: claims, Prior: &high}, nil, 0, false},
		{"claimed alone", demarche.Authority{ClaimedBy: claims}, nil, 0, false},
		{"disputed alone", demarche.Authority{DisputedBy: claims}, nil, 0, false},
		{"claims on both sides", demarche.Authority{ClaimedBy: claims, DisputedBy: claims}, nil, 0.5, false},
		{"a date settles the dispute", demarche.Authority{ClaimedBy: claims, DisputedBy: claims, Trigger: on("2025-01-01")}, nil, 1, true},
		{"a prior", demarche.Authority{Prior: &high}, nil, 0.6, true},
		{"a low prior", demarche.Authority{Prior: &low, ClaimedBy: claims, DisputedBy: claims}, nil, 0.4, false},
		{"a prior beside a date that has come", demarche.Authority{Prior: &low, Trigger: on("2025-01-01")}, nil, 0.4, true},
		{"a prior beside a date to come", demarche.Authority{Prior: &high, Trigger: on("2026-01-01")}, nil, 0.6, false},
		{"assumed", demarche.Authority{InForce: &no}, map[string]float64{"law": 1}, 1, true},
		{"assumed against claims on both sides", demarche.Authority{ClaimedBy: claims, DisputedBy: claims}, map[string]float64{"law": 0.7}, 0.7, true},
	} {
		c.a.ID, c.a.Says = "law", "The law holds"
		x := handCase([]handPlayer{{id: "a", option: "act", wants: []demarche.Statement{want("a.act", "law")}}}, named("acts", "a.act"), rest("waits"))
		x.Authorities = []demarche.Authority{c.a}
		k, err := Compile(x, Config{Day: on("2025-06-01"), Assume: c.assume})
		if err != nil {
			t.Fatal(err)
		}
		if k.Atoms[0].Prior != c.prior || k.Typical().Atom[0] != c.taken {
			t.Errorf("%s: %v, in one world %v; want %v, %v", c.name, k.Atoms[0].Prior, k.Typical().Atom[0], c.prior, c.taken)
		}
		o, err := k.Outlook(context.Background(), OutlookConfig{})
		if err != nil {
			t.Fatal(err)
		}
		is(t, c.name, o.Outcomes[0].P, c.prior)
		if open := c.prior > 0 && c.prior < 1; open != (len(o.Matters) == 1) || open != (o.Worlds == 2) {
			t.Errorf("%s: %d worlds, %d open questions", c.name, o.Worlds, len(o.Matters))
		}
	}
}

// TestBindingAndOpen: a binding authority that is open must not exclude the
// status quo in some world; the check and the outlook say so.
func TestBindingAndOpen(t *testing.T) {
	claims := []demarche.Ref{{Name: "c1"}}
	x := handCase([]handPlayer{{id: "a", option: "act"}, {id: "b", option: "wait"}})
	x.Conflict.StatusQuo = &[]demarche.Ref{{Name: "a.act"}}
	x.Authorities = []demarche.Authority{{
		ID: "law", Says: "The law bars it", Binding: true, Reason: "Nobody has ever broken it",
		ClaimedBy: claims, DisputedBy: claims, Bars: []demarche.Ref{{Name: "a.act"}},
	}}
	problems, _ := Check(x, Config{})
	if len(problems) != 1 || !strings.Contains(problems[0].Msg, "the status quo is excluded in the world where law is true") {
		t.Errorf("the check says %v", problems)
	}
	k, err := Compile(x, Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Outlook(context.Background(), OutlookConfig{}); err == nil || !strings.Contains(err.Error(), "exclude the status quo") {
		t.Errorf("the outlook says %v", err)
	}
	// Barring what is not done today is no contradiction: half the worlds have
	// fewer states.
	x.Conflict.StatusQuo = &[]demarche.Ref{}
	if problems, _ := Check(x, Config{}); len(problems) != 0 {
		t.Errorf("the check says %v", problems)
	}
	if k, err = Compile(x, Config{}); err != nil {
		t.Fatal(err)
	}
	w := k.Typical()
	if k.States(w) != 4 {
		t.Errorf("%d states where it is not taken to hold", k.States(w))
	}
	w.Atom[0] = true
	if k.States(w) != 2 {
		t.Errorf("%d states where it holds", k.States(w))
	}
	if _, err := k.Outlook(context.Background(), OutlookConfig{}); err != nil {
		t.Error(err)
	}
}
