package brief

import (
	"testing"

	"github.com/demarche/demarche"
)

func TestClaim(t *testing.T) {
	for _, c := range []struct {
		claim demarche.Claim
		want  string
	}{
		{demarche.Claim{Source: "a source familiar with the talks", Says: "the president is not fleeing", Act: "denies", Record: "anonymous"},
			"a source familiar with the talks, speaking anonymously, said, in a denial, that the president is not fleeing"},
		{demarche.Claim{Source: "qatar", Says: "it is not denied that talks took place", Act: "denies", Stance: "hedges", Hedges: []string{"reportedly"}, Said: date(t, "2025-03-03")},
			"Qatar reportedly did not deny on 3 March 2025 that talks took place"},
		{demarche.Claim{Source: "qatar", Says: "the reports of talks are not denied", Act: "denies", Stance: "hedges", Said: date(t, "2025-03-03")},
			"Qatar did not deny the reports of talks on 3 March 2025"},
		{demarche.Claim{Source: "the report itself", Says: "it is neither confirmed nor denied that talks took place", Act: "denies", Stance: "silent"},
			"one report neither confirms nor denies that talks took place"},
		{demarche.Claim{Source: "trump", Says: "it is not denied that Anna Berg took a bribe", Act: "denies", Stance: "hedges", Held: &demarche.HeldClaim{Against: []string{"Anna Berg"}}},
			"President Donald Trump of the United States did not deny, as is alleged against Anna Berg, that Anna Berg took a bribe"},
		{demarche.Claim{Source: "qatar", Says: "entry is not denied", Act: "denies", Stance: "denies"},
			"Qatar said, in a denial, that entry is not denied"},
		{demarche.Claim{Source: "several officials", Says: "a move is plausible", Act: "states", Record: "background", Hedges: []string{"plausible"}},
			"several officials, speaking on background, said that a move is plausible"},
		{demarche.Claim{Source: "trump", Says: "the president must step down", Act: "demands", Hedges: []string{"reportedly"}},
			"President Donald Trump of the United States reportedly demanded that the president step down"},
		{demarche.Claim{Source: "trump", Says: "a ceasefire now", Act: "demands"},
			"President Donald Trump of the United States demanded: a ceasefire now"},
		{demarche.Claim{Source: "qatar", Says: "it would hand over the list", Act: "offers", Record: "on_record"},
			"Qatar offered to hand over the list"},
		{demarche.Claim{Source: "lawmakers", Says: "they would vote", Act: "promises"},
			"lawmakers of both parties promised to vote"},
		{demarche.Claim{Source: "qatar", Says: "the filling should take seven seasons", Act: "asks"},
			"Qatar asked that the filling take seven seasons"},
		{demarche.Claim{Source: "trump", Says: "the threat covers others too", Act: "threatens"},
			"President Donald Trump of the United States said that the threat covers others too"},
		{demarche.Claim{Source: "the account itself", Says: "it had about 80 casualties", Quote: "approximately 80 casualties", Act: "states", Hedges: []string{"approximately"}},
			"one report says that it had about 80 casualties (in the report’s words: “approximately 80 casualties”)"},
		{demarche.Claim{Source: "8 U.S.C. 1189", Says: "force is not mentioned", Record: "document"},
			"according to 8 U.S.C. 1189, force is not mentioned"},
		{demarche.Claim{Source: "Federal Register", Says: "it is so", Record: "document", Said: demarche.Date{}},
			"according to the Federal Register, it is so"},
	} {
		if got := newNames(people()).claim(&c.claim); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

func TestClaimDate(t *testing.T) {
	c := demarche.Claim{Source: "qatar", Says: "it is so", Act: "announces", Said: date(t, "2025-03-03")}
	if got := newNames(people()).claim(&c); got != "Qatar announced on 3 March 2025 that it is so" {
		t.Error(got)
	}
	c.Said = date(t, "2025-03")
	if got := newNames(people()).claim(&c); got != "Qatar announced in March 2025 that it is so" {
		t.Error(got)
	}
}

func TestAccuses(t *testing.T) {
	if !Accuses("a member of a drug cartel") || Accuses("a member of the council") {
		t.Error("accusations are told wrongly")
	}
}
