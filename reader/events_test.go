package reader

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestEventsTable(t *testing.T) {
	opts := Options{Published: wednesday}
	share, all := 0, 0
	tableLines(t, "events", func(in, want string) {
		all++
		var out []string
		for _, e := range Events(in, Read(in, opts), opts) {
			cells := []string{string(e.Type), "-", "-", "-", "-", "-"}
			if e.Who != nil {
				cells[1] = e.Who.Text
			}
			if e.Whom != nil {
				cells[2] = e.Whom.Text
			}
			if e.When != nil {
				cells[3] = e.When.Date
			}
			for i, q := range []*Quantity{e.Dead, e.Injured} {
				if q != nil {
					cells[4+i] = end(q.Min) + ".." + end(q.Max)
				}
			}
			out = append(out, strings.Join(cells, " | "))
		}
		if got := orDash(strings.Join(out, "; ")); got == want {
			share++
		} else {
			t.Logf("%s\n got %s\nwant %s", in, got, want)
		}
	})
	t.Logf("events: %d of %d right", share, all)
	if 100*share < leastEventsRight*all {
		t.Errorf("events: %d of %d right, and was %d %%", share, all, leastEventsRight)
	}
}

// leastEventsRight is the share of the table, in percent, that was right.
const leastEventsRight = 97

// TestEventsAreProposals holds what is true of every event: its spans are in the
// text, its confidence is no higher than that of the attribution it rests on,
// and its actor is one of the case.
func TestEventsAreProposals(t *testing.T) {
	text := "Rebels reportedly attacked the convoy, killing between 4 and 6 soldiers. President Rudolf Zenda said the army had bombed the camp. " +
		"He demanded that Bolivia withdraw its troops. “We will strike,” Zenda said."
	opts := Options{Published: wednesday, Actors: caseActors()}
	res := Read(text, opts)
	events := Events(text, res, opts)
	if len(events) < 3 {
		t.Fatalf("only %d events: %+v", len(events), events)
	}
	last := 0
	zenda := false
	for _, e := range events {
		if e.Span[0] < last || text[e.Span[0]:e.Span[1]] != e.Text {
			t.Errorf("wrong span: %+v", e)
		}
		last = e.Span[0]
		if e.Attribution >= 0 && e.Confidence > res.Attributions[e.Attribution].Confidence {
			t.Errorf("surer than the attribution it rests on: %+v", e)
		}
		for _, p := range []*Party{e.Who, e.Whom} {
			if p == nil {
				continue
			}
			if text[p.Span[0]:p.Span[1]] != p.Text {
				t.Errorf("wrong span of a party: %+v", p)
			}
			zenda = zenda || p.Actor != nil && p.Actor.ID == "zenda"
		}
		if e.Type == Assault && strings.Contains(e.Text, "reportedly") && !e.Hedged {
			t.Errorf("the hedge is lost: %+v", e)
		}
	}
	if !zenda {
		t.Errorf("nobody is resolved to the actor of the case: %+v", events)
	}
}

// TestThresholdChangesNothingElse holds that what is said of a finding does not
// depend on which others are left out.
func TestThresholdChangesNothingElse(t *testing.T) {
	paths, err := filepath.Glob("testdata/reports/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all := Read(string(text), Options{Published: wednesday}).Attributions
		for _, least := range []float64{.3, .5, .8} {
			var want []Attribution
			for _, a := range all {
				if a.Confidence >= least {
					want = append(want, a)
				}
			}
			got := Read(string(text), Options{Published: wednesday, MinConfidence: least}).Attributions
			if len(got) != len(want) {
				t.Fatalf("%s: %d at %v, want %d", path, len(got), least, len(want))
			}
			for i := range got {
				if !reflect.DeepEqual(got[i], want[i]) {
					t.Errorf("%s at %v: %+v, want %+v", path, least, got[i], want[i])
				}
			}
		}
	}
}
