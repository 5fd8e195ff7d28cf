package brief

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

var update = flag.Bool("update", false, "rewrite golden files")

func expr(t *testing.T, text string, options int) demarche.Expr {
	t.Helper()
	if text == "otherwise" {
		return demarche.Expr{Text: text}
	}
	c, err := demarche.ParseCondition(text, options)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return demarche.Expr{Text: text, Cond: c}
}

func date(t *testing.T, text string) demarche.Date {
	t.Helper()
	d, err := demarche.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func ids(names ...string) []demarche.Ref {
	out := make([]demarche.Ref, len(names))
	for i, n := range names {
		out[i].Name = n
	}
	return out
}

func ptr[T any](v T) *T { return &v }

const harbourReport = `---
title: The harbour
---
Anna Berg, the mayor of Northport, said that the harbour would reopen. A port official, who asked not to be named, said that the crane was broken. “The crane works,” said Ivo van Dam, the harbour master. Two ferries reportedly collided on 3 May, and about 12 people were hurt. Northport alleges that van Dam took part in a fraud. He denied that he had left the port.`

// harbour is a small invented case with one of everything.
func harbour(t *testing.T) Input {
	t.Helper()
	e := func(text string) demarche.Expr { return expr(t, text, 3) }
	c := &demarche.Case{
		Version: 1, Title: "The harbour dispute", Client: "a reader", Question: "Will the harbour reopen?", Handling: "public",
		AsOf: date(t, "2025-05-20"),
		Actors: []demarche.Actor{
			{ID: "north", Name: "Northport", Kind: "state"},
			{ID: "berg", Name: "Anna Berg", Kind: "person", Role: "Mayor", Of: demarche.Ref{Name: "north"}},
			{ID: "dam", Name: "Ivo van Dam", Kind: "person", Role: "Harbour Master", Of: demarche.Ref{Name: "south"}},
			{ID: "south", Name: "Southport", Kind: "state", Record: []demarche.Said{{Says: "Kept the last agreement", Because: ids("c3")}}},
		},
		Propositions: []demarche.Proposition{
			{ID: "broken", Says: "The crane is broken", Prior: ptr(0.5)},
			{ID: "left", Says: "The harbour master has left the port", Prior: ptr(0.1)},
			{ID: "resolved", Says: "Northport would close the road", Prior: ptr(0.4)},
		},
		Authorities: []demarche.Authority{
			{ID: "treaty", Says: "A treaty of 1921 keeps the harbour open", Kind: "reading", ClaimedBy: ids("c1"), Bars: ids("south.shut")},
		},
		Incidents: []demarche.Incident{
			{ID: "ferries", Date: date(t, "2025-05-03"), Says: "Two ferries collide", Place: &demarche.Place{Name: "Outer basin", PrecisionKM: ptr(2.0)},
				Casualties: &demarche.Casualties{About: ptr(12), Kind: "injured", Hedge: "reportedly", AsOf: date(t, "2025-05-04"), Because: ids("c4")}},
		},
		Offers: []demarche.Offer{
			{ID: "deal", By: demarche.Ref{Name: "south"}, To: ids("north"), Says: "that the harbour reopen against a fee", Terms: []demarche.Expr{e("not south.shut"), e("north.pay")}, Public: ptr(true)},
		},
		Tracks:    []demarche.Track{{ID: "talks", Says: "Talks on a fee", Status: "active"}},
		Decisions: []demarche.Decision{{ID: "fee", By: demarche.Ref{Name: "berg"}, Says: "Whether to pay the fee", Expected: "2025-06", Because: ids("c1")}},
		RedLines:  []demarche.RedLine{{By: demarche.Ref{Name: "north"}, On: "a harbour shut for good", Threatens: ids("north.close")}},
		Claims: []demarche.Claim{
			{ID: "c1", Report: "harbour", Source: "berg", Says: "the harbour would reopen", Quote: "said that the harbour would reopen", Act: "states", Stance: "affirms", Record: "on_record"},
			{ID: "c2", Report: "harbour", Source: "a port official", Says: "the crane was broken", Quote: "said that the crane was broken", Act: "states", Stance: "affirms", Record: "anonymous", Affirms: ids("broken")},
			{ID: "c3", Report: "harbour", Source: "dam", Says: "the crane works", Quote: "The crane works", Act: "denies", Stance: "denies", Record: "on_record", Denies: ids("broken")},
			{ID: "c4", Report: "harbour", Source: "the report itself", Says: "two ferries reportedly collided on 3 May and about 12 people were hurt", Quote: "about 12 people were hurt", Act: "states", Stance: "hedges", Record: "unattributed", Hedges: []string{"reportedly"}},
			{ID: "c5", Report: "harbour", Source: "north", Says: "Ivo van Dam took part, as it alleges, in a fraud", Quote: "took part in a fraud", Act: "states", Stance: "affirms", Record: "on_record"},
			{ID: "c6", Report: "harbour", Source: "dam", Says: "he has not left the port", Quote: "denied that he had left the port", Act: "denies", Stance: "denies", Record: "on_record", Denies: ids("left")},
		},
	}
	c.Conflict = &demarche.Conflict{
		StatusQuo: ptr(ids("south.shut")),
		Players: []demarche.Player{
			{ID: "north", Options: []demarche.Option{{ID: "pay", Says: "Pay a fee"}, {ID: "close", Says: "Close the road", Force: true}},
				Prefers: []demarche.Statement{
					{Want: e("not south.shut"), Says: "that the harbour be open", Because: ids("c1")},
					{Want: e("north.close if south.shut"), If: e("resolved"), Says: "to close the road while it is shut"},
					{Want: e("not north.close")},
					{Want: e("not north.pay")},
				}},
			{ID: "south", Options: []demarche.Option{{ID: "shut", Says: "Keep the harbour shut"}},
				Prefers: []demarche.Statement{
					{Want: e("not north.close"), Says: "to keep the road"},
					{Want: e("north.pay unless south.shut"), Says: "not to open for nothing"},
					{Want: e("north.pay"), Says: "to have a fee"},
				}},
		},
		Rules: []demarche.Rule{{Never: e("north.pay and north.close"), Says: "Nobody pays and closes"}},
		Talks: &demarche.Talks{Parties: ids("north", "south"), Chance: ptr(0.5)},
		Outcomes: []demarche.Outcome{
			{ID: "open", When: e("not south.shut"), Says: "a reopening", By: date(t, "2025-12-31"), Resolves: "A ship has docked"},
			{ID: "closed", When: demarche.Expr{Text: "otherwise"}, Says: "a harbour that stays shut"},
		},
		Ladder:      ids("north.close"),
		Levers:      []demarche.Lever{{ID: "loan", Says: "Lend the money for the fee", By: demarche.Ref{Name: "south"}, Cost: ptr(2.0), Prefer: &demarche.LeverPrefer{Player: demarche.Ref{Name: "north"}, Want: e("north.pay"), Place: 1}}},
		Perceptions: []demarche.Perception{{ID: "south", Others: []demarche.PerceivedPlayer{{ID: "north", Prefers: []demarche.Statement{{Want: e("not north.close"), Says: "to keep the road open"}, {Want: e("not south.shut"), Says: "to see the harbour open"}}}}}},
	}
	c.Judgements = []demarche.Judgement{
		{By: "Ida Holm", Date: date(t, "2025-05-18"), Outcome: demarche.Ref{Name: "open"}, P: ptr(0.7), Why: "Both have an interest", Because: ids("c1")},
		{By: "Jan Krog", Date: date(t, "2025-05-19"), Outcome: demarche.Ref{Name: "open"}, P: ptr(0.4)},
	}
	c.ReferenceClasses = []demarche.ReferenceClass{{Outcome: demarche.Ref{Name: "open"}, Class: "Harbours shut over a fee", N: ptr(12), K: ptr(8), Source: "the harbour desk"}}
	c.Indicators = []demarche.Indicator{{Says: "A tug leaves the inner basin", Threshold: "seen by two reporters", By: date(t, "2025-06-30"), WatchedBy: "the harbour desk", PointsTo: demarche.Ref{Name: "open"}, Because: ids("c3")}}
	in := Input{Case: c, Reports: []demarche.Report{{ID: "harbour", Title: "The harbour", Publisher: "The Port Gazette", Published: date(t, "2025-05-05"), Text: harbourReport, Body: strings.Index(harbourReport, "Anna")}}}
	solveInput(t, &in)
	return in
}

func solveInput(t *testing.T, in *Input) {
	t.Helper()
	k, err := engine.Compile(in.Case, engine.Config{Day: in.Case.AsOf})
	if err != nil {
		t.Fatal(err)
	}
	in.Conflict = k
	if k.HasStatusQuo {
		ctx := context.Background()
		if in.Outlook, err = k.Outlook(ctx, engine.OutlookConfig{}); err != nil {
			t.Fatal(err)
		}
		if in.Offers, err = k.Offers(ctx, engine.OutlookConfig{}); err != nil {
			t.Fatal(err)
		}
		if in.Views, err = k.Views(ctx, engine.OutlookConfig{}); err != nil {
			t.Fatal(err)
		}
		if in.Robust, err = k.Robustness(ctx, engine.RobustConfig{}); err != nil {
			t.Fatal(err)
		}
		in.Levers = nil
		for n := range k.Outcomes {
			l, err := k.Levers(ctx, engine.LeversConfig{Outcome: n, MaxChanges: -1})
			if err != nil {
				t.Fatal(err)
			}
			in.Levers = append(in.Levers, l)
		}
	}
}

func composed(t *testing.T, in Input) *Brief {
	t.Helper()
	b, err := Compose(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func render4(t *testing.T, b *Brief) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, write := range map[string]func(*strings.Builder) error{
		"txt":  func(w *strings.Builder) error { return Text(w, b, TextOptions{}) },
		"md":   func(w *strings.Builder) error { return Markdown(w, b) },
		"html": func(w *strings.Builder) error { return HTML(w, b) },
		"json": func(w *strings.Builder) error { return JSON(w, b) },
	} {
		var w strings.Builder
		if err := write(&w); err != nil {
			t.Fatal(err)
		}
		out[name] = w.String()
	}
	return out
}

func TestGolden(t *testing.T) {
	for form, got := range render4(t, composed(t, harbour(t))) {
		name := filepath.Join("testdata", "golden", "harbour."+form)
		if *update {
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if string(want) != got {
			t.Errorf("%s differs; run go test ./brief -update and read the difference", name)
		}
	}
}

func TestSameInputSameBrief(t *testing.T) {
	a, b := render4(t, composed(t, harbour(t))), render4(t, composed(t, harbour(t)))
	for form := range a {
		if a[form] != b[form] {
			t.Errorf("%s differs from one run to the next", form)
		}
	}
}

func TestBriefIsClean(t *testing.T) {
	b := composed(t, harbour(t))
	for _, r := range b.Draft {
		t.Error(r)
	}
	for section, s := range b.Sentences {
		for _, bad := range []string{"  ", "..", " ,", " .", "_", "%!", "<nil>"} {
			if strings.Contains(s.Text, bad) && !(bad == ".." && strings.Contains(s.Text, "…")) && section != "questions" && section != "future" && section != "indicators" {
				t.Errorf("%q in %s: %s", bad, section, s.Text)
			}
		}
	}
}

// What is missing from a case is left out of its brief, and nothing fails.
func TestPoorCases(t *testing.T) {
	cut := map[string]func(*Input){
		"nothing":       func(in *Input) { in.Case = &demarche.Case{Title: "Empty"}; in.Reports = nil },
		"no conflict":   func(in *Input) { in.Case.Conflict = nil },
		"no status quo": func(in *Input) { in.Case.Conflict.StatusQuo = nil },
		"no reports":    func(in *Input) { in.Reports = nil },
		"no claims":     func(in *Input) { in.Case.Claims = nil },
		"no propositions": func(in *Input) {
			in.Case.Propositions = nil
			in.Case.Conflict.Players[0].Prefers[1].If = demarche.Expr{}
		},
		"no outcomes": func(in *Input) { in.Case.Conflict.Outcomes = nil },
		"no talks":    func(in *Input) { in.Case.Conflict.Talks = nil },
		"no actors":   func(in *Input) { in.Case.Actors = nil },
		"no words": func(in *Input) {
			for i := range in.Case.Conflict.Players {
				p := &in.Case.Conflict.Players[i]
				for j := range p.Options {
					p.Options[j].Says = ""
				}
				for j := range p.Prefers {
					p.Prefers[j].Says = ""
				}
			}
			in.Case.Conflict.Rules[0].Says = ""
			for i := range in.Case.Conflict.Outcomes {
				in.Case.Conflict.Outcomes[i].Says = ""
			}
		},
	}
	for name, change := range cut {
		t.Run(name, func(t *testing.T) {
			in := harbour(t)
			change(&in)
			in.Conflict, in.Outlook = nil, nil
			if in.Case.Conflict != nil {
				solveInput(t, &in)
			}
			b := composed(t, in)
			out := render4(t, b)
			if b.LeftOut == "" {
				t.Error("the brief does not say what it leaves out")
			}
			if name == "no status quo" && !strings.Contains(out["txt"], "status_quo") {
				t.Error("the brief does not say that the status quo is missing")
			}
			if name == "no reports" && (len(b.Draft) == 0 || !strings.Contains(out["md"], "DRAFT")) {
				t.Error("claims without their report do not make a draft")
			}
		})
	}
}

func TestOnePlayer(t *testing.T) {
	in := harbour(t)
	in.Case.Conflict.Players = in.Case.Conflict.Players[1:]
	p := &in.Case.Conflict.Players[0]
	p.Prefers = []demarche.Statement{{Want: expr(t, "not south.shut", 1)}}
	in.Case.Conflict.Rules, in.Case.Conflict.Talks, in.Case.Conflict.Ladder, in.Case.Offers, in.Case.RedLines = nil, nil, nil, nil, nil
	in.Case.Conflict.Levers, in.Case.Conflict.Perceptions = nil, nil
	in.Case.Conflict.Outcomes[0].When = expr(t, "not south.shut", 1)
	solveInput(t, &in)
	if got := composed(t, in).Title; got != "A reopening is where the model leads in every world" {
		t.Error(got)
	}
}

// A use of force is described and never recommended; what is said of the model
// is left out, not made up, where it was not worked out.
func TestOptionsOfTheBrief(t *testing.T) {
	in := harbour(t)
	in.Case.Conflict.Levers = append(in.Case.Conflict.Levers, demarche.Lever{ID: "threat", Says: "Threaten with the road", Prefer: &demarche.LeverPrefer{Player: demarche.Ref{Name: "north"}, Want: expr(t, "north.close", 3), Place: 1}})
	solveInput(t, &in)
	b := composed(t, in)
	if len(b.Draft) > 0 {
		t.Errorf("draft: %q", b.Draft)
	}
	var text string
	for section, s := range b.Sentences {
		if section == "options" {
			text += s.Text + "\n"
		}
	}
	for _, want := range []string{
		"That Northport closes the road is described here and, as any use of force, is not recommended.",
		"It would be an agreement, which Northport and Southport would accept and keep, in every world.",
		"Southport would lend the money for the fee",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "Threaten with the road") || strings.Contains(text, "hreaten") {
		t.Errorf("a lever that rewards force is proposed:\n%s", text)
	}
	in.Offers, in.Levers, in.Robust, in.Views = nil, nil, nil, nil
	for section, s := range composed(t, in).Sentences {
		if section == "options" && !strings.Contains(s.Text, "not recommended") && !strings.Contains(s.Text, "as things most likely stand") && !strings.Contains(s.Text, "As things most likely stand") {
			t.Errorf("said without being worked out: %s", s.Text)
		}
	}
}

func TestQuotationNotFoundMakesDraft(t *testing.T) {
	in := harbour(t)
	in.Case.Claims[0].Quote = "words that nobody wrote"
	b := composed(t, in)
	if len(b.Draft) != 1 || !strings.Contains(b.Draft[0], "does not stand in report") {
		t.Errorf("draft: %q", b.Draft)
	}
	for form, out := range render4(t, b) {
		if form != "json" && strings.Count(out, "DRAFT") < 2 {
			t.Errorf("%s is not marked as a draft", form)
		}
	}
	if !strings.Contains(render4(t, b)["txt"], "harbour would reopen") {
		t.Error("the sentence is gone")
	}
}

func TestRefText(t *testing.T) {
	for _, r := range []Ref{{ToQuote, 7}, {ToEntry, 12}, {ToResult, 3}} {
		var got Ref
		if err := got.UnmarshalText([]byte(r.String())); err != nil || got != r {
			t.Errorf("%v became %v, %v", r, got, err)
		}
	}
	for _, bad := range []string{"", "C", "M0", "X1", "-1"} {
		if err := new(Ref).UnmarshalText([]byte(bad)); demarche.KindOf(err) != demarche.BadInput {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// A model too large to look at state by state says so.
func TestLargeModel(t *testing.T) {
	in := harbour(t)
	p := &in.Case.Conflict.Players[1]
	for i := range 13 {
		p.Options = append(p.Options, demarche.Option{ID: "x" + strings.Repeat("i", i+1), Says: "Do one thing more"})
	}
	k, err := engine.Compile(in.Case, engine.Config{Day: in.Case.AsOf})
	if err != nil {
		t.Fatal(err)
	}
	in.Conflict, in.Outlook = k, nil
	b := composed(t, in)
	if text := render4(t, b)["txt"]; !strings.Contains(text, "more than 20,000 states") {
		t.Error("the brief does not say that the model is large")
	}
	for _, r := range b.Draft {
		t.Error(r)
	}
}
