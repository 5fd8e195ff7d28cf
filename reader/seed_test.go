package reader

import (
	"io"
	"maps"
	"strings"
	"testing"
)

// TestReferenceReport reads the report that the product is measured by. Only
// short keys stand here; the text itself is not part of the repository.
func TestReferenceReport(t *testing.T) {
	b, err := io.ReadAll(needsFile(t, "seed/article.txt"))
	if err != nil {
		t.Fatal(err)
	}
	as := Read(string(b), Options{}).Attributions
	for _, want := range []struct {
		name, source, cue, content string
		act                        Act
		stance                     Stance
		kind                       Kind
		resolved, hedge            string
		quoted                     bool
	}{
		{name: "exploring", source: "American officials", cue: "exploring", content: "resolution", act: Intends, stance: Hedges, kind: Anonymous},
		{name: "floated", source: "Marco Rubio", cue: "floated", content: "settling in", act: Offers, stance: Hedges, kind: Person, hedge: "reportedly"},
		{name: "plausible", source: "Several administration", cue: "described", content: "plausible", act: States, stance: Hedges, kind: Anonymous, hedge: "plausible"},
		{name: "goodwill", source: "one", cue: "noting", content: "goodwill", act: States, stance: Affirms, kind: Anonymous, resolved: "administration sources"},
		{name: "compete", source: "close to the administration", cue: "explained", content: "All three", act: States, stance: Affirms, kind: Anonymous, quoted: true},
		{name: "demand", source: "Trump", cue: "demanded", content: "step down", act: Demands, stance: Hedges, kind: Person, hedge: "reportedly"},
		{name: "counter-offer", source: "leader", cue: "countered", content: "amnesty", act: Offers, stance: Silent, kind: Person, resolved: "Maduro"},
		{name: "designation", source: "which", cue: "designated", content: "foreign terrorist", act: Announces, stance: Affirms, kind: Institution, resolved: "Washington"},
		{name: "disputed", source: "source familiar", cue: "disputed", content: "actively exploring", act: Denies, stance: DeniesTruth, kind: Anonymous},
		{name: "untrue", source: "source familiar", cue: "stating", content: "is fleeing", act: Denies, stance: DeniesTruth, kind: Anonymous, quoted: true},
		{name: "casualties", source: "", cue: "allegedly", content: "approximately 80", act: States, stance: Hedges, kind: Unattributed, hedge: "allegedly"},
		{name: "double strike", source: "", cue: "reportedly", content: "survivors", act: States, stance: Hedges, kind: Unattributed, hedge: "reportedly"},
		{name: "defended", source: "Leavitt", cue: "defended", content: "operations", act: Justifies, stance: Affirms, kind: Person},
		{name: "self-defence", source: "Leavitt", cue: "citing", content: "vital United States", act: Justifies, stance: Affirms, kind: Person, quoted: true},
		{name: "lawmakers", source: "both parties", cue: "expressed", content: "boat attacks", act: Criticises, stance: Affirms, kind: Group},
		{name: "Congress", source: "Trump", cue: "indicated", content: "inform Congress", act: Intends, stance: Affirms, kind: Person},
		{name: "subject to attack", source: "Trump", cue: "stated", content: "subject to attack", act: Threatens, stance: Affirms, kind: Person, quoted: true},
		{name: "Colombia", source: "Trump", cue: "clarifying", content: "drug traffickers", act: Threatens, stance: Affirms, kind: Person, quoted: true},
	} {
		found := false
		var near []Attribution
		for _, a := range as {
			if !strings.Contains(a.Cue.Text, want.cue) || !strings.Contains(a.Content.Text, want.content) {
				continue
			}
			near = append(near, a)
			resolved := ""
			if a.Source.Resolved != nil {
				resolved = a.Source.Resolved.Text
			}
			if strings.Contains(a.Source.Text, want.source) && (want.source != "" || len(a.Source.Spans) == 0) &&
				a.Act == want.act && a.Stance == want.stance && a.Source.Kind == want.kind && strings.Contains(resolved, want.resolved) &&
				(want.hedge == "" || strings.Contains(strings.Join(a.Hedges, " "), want.hedge)) && a.Content.Quoted == want.quoted && a.Confidence >= .5 {
				found = true
			}
		}
		if !found {
			t.Errorf("%s: not found as it should be; near it: %+v", want.name, near)
		}
	}
	for _, a := range as {
		if a.Confidence >= .5 && (a.Content.Spans[0][0] < strings.Index(string(b), "\n") || strings.Contains(a.Source.Text, "maneuvering")) {
			t.Errorf("nobody says this: %+v", a)
		}
		if a.Cue.Text == "reportedly demanded" && a.Record != UnattributedWord || a.Cue.Text == "stated" && a.Record != OnRecord {
			t.Errorf("on the wrong footing: %+v", a)
		}
		if a.Confidence >= .8 && (a.Source.Text == "" || len(a.Content.Text) < 10) {
			t.Errorf("too sure of %+v", a)
		}
	}
}

// TestReferenceLinks keeps four matters apart that are easily taken for one
// another: an idea floated, called plausible, and two that are denied.
func TestReferenceLinks(t *testing.T) {
	b, err := io.ReadAll(needsFile(t, "seed/article.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var refuge *crisis
	relationTable(t, "relations", func(c *crisis, _, _ string) {
		if c.name == "the refuge" {
			refuge = c
		}
	})
	opts := Options{Actors: refuge.actors}
	as := Read(string(b), opts).Attributions
	got := map[string]string{}
	for i, rels := range Relate(string(b), as, refuge.matters, opts) {
		if len(rels) > 0 {
			got[strings.TrimSuffix(as[i].Cue.Text, " plainly:")] += relationLine(rels)
		}
	}
	want := map[string]string{
		"has reportedly floated": "idea_floated affirms hedged",
		"have described":         "doha_plausible affirms",
		"disputed":               "doha_explored denies",
		"stating":                "doha_fleeing denies",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
