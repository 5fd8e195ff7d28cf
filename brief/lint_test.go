package brief

import (
	"slices"
	"testing"
)

// Each check has examples that pass and examples that fail.
func TestChecks(t *testing.T) {
	in := harbour(t)
	b := &Brief{
		Quotes: []Quote{
			{Claim: "c1", Report: "harbour", Quote: "said that the harbour would reopen", Source: "Anna Berg", Record: "on_record"},
			{Claim: "c2", Report: "harbour", Quote: "said that the crane was broken", Source: "a port official", Record: "anonymous"},
			{Claim: "c6", Report: "harbour", Quote: "denied that he had left the port", Source: "Ivo van Dam", Record: "on_record"},
			{Claim: "c5", Report: "harbour", Quote: "took part in a fraud", Source: "Northport", Record: "on_record"},
			{Claim: "c4", Report: "harbour", Quote: "about 12 people were hurt", Source: "the report itself", Record: "unattributed"},
		},
		Entries: []Entry{{"proposition", "broken", "The crane is broken"}},
		Results: []Result{
			{"outcome.open", "share that ends in a reopening", 0.3639, Probability},
			{"outcome.closed", "share that ends in a harbour that stays shut", 0.6, Probability},
			{"worlds", "worlds weighed", 16, Count},
			{"bits.broken", "information", 0.337, Bits},
		},
	}
	for i := range b.Quotes {
		q := &b.Quotes[i]
		q.Start = indexIn(harbourReport, q.Quote)
		q.End = q.Start + len(q.Quote)
	}
	berg, official, denial, fraud, hurt := Ref{ToQuote, 1}, Ref{ToQuote, 2}, Ref{ToQuote, 3}, Ref{ToQuote, 4}, Ref{ToQuote, 5}
	broken, open, closed, worlds, bits := Ref{ToEntry, 1}, Ref{ToResult, 1}, Ref{ToResult, 2}, Ref{ToResult, 3}, Ref{ToResult, 4}
	for _, c := range []struct {
		check Check
		pass  bool
		text  string
		refs  []Ref
	}{
		{CheckReference, true, "Anna Berg says that the harbour would reopen.", []Ref{berg}},
		{CheckReference, false, "The harbour is lovely.", nil},
		{CheckReference, false, "Anna Berg says that the harbour would reopen.", []Ref{{ToQuote, 99}}},
		{CheckQuotation, true, "Berg says: “the harbour would reopen”.", []Ref{berg}},
		{CheckQuotation, false, "Berg says: “the harbour will never reopen”.", []Ref{berg}},
		{CheckNumber, true, "One report says that about 12 people were hurt.", []Ref{hurt}},
		{CheckNumber, false, "One report says that about 20 people were hurt.", []Ref{hurt}},
		{CheckNumber, true, "The model was run in 16 worlds.", []Ref{worlds}},
		{CheckNumber, false, "The model was run in 17 worlds.", []Ref{worlds}},
		{CheckNumber, true, "It would give 0.34 bits.", []Ref{bits}},
		{CheckName, true, "The mayor, Anna Berg, says that the harbour would reopen.", []Ref{berg}},
		{CheckName, false, "The mayor, Clara Stone, says that the harbour would reopen.", []Ref{berg}},
		{CheckName, false, "In the model, van Dam gives in.", []Ref{worlds}},
		{CheckLikelihood, true, "A reopening is unlikely (about 35 %).", []Ref{open}},
		{CheckLikelihood, false, "A reopening is likely (about 35 %).", []Ref{open}},
		{CheckLikelihood, false, "A reopening is unlikely (about 45 %).", []Ref{open}},
		{CheckLikelihood, false, "A reopening is unlikely (about 60 %).", []Ref{open, closed}},
		{CheckLikelihood, false, "A reopening is likely.", []Ref{berg}},
		{CheckLikelihood, true, "As things most likely stand, nobody moves.", []Ref{worlds}},
		{CheckRows, true, "A reopening is unlikely (about 35 %).", []Ref{open}},
		{CheckRows, false, "A reopening is improbable (about 35 %).", []Ref{open}},
		{CheckMixed, true, "Confidence is low.", []Ref{worlds}},
		{CheckMixed, false, "A reopening is unlikely (about 35 %), with low confidence.", []Ref{open}},
		{CheckContested, true, "Whether the crane is broken is contested.", []Ref{broken}},
		{CheckContested, true, "A port official says that the crane is broken.", []Ref{official}},
		{CheckContested, true, "A port official indicated that the crane is broken.", []Ref{official}},
		{CheckContested, true, "A port official threatened that the crane is broken.", []Ref{official}},
		{CheckContested, false, "The crane is broken.", []Ref{official}},
		{CheckContested, false, "As all demands show, the crane is broken.", []Ref{official}},
		{CheckDenial, true, "Van Dam denies that the harbour master has left the port.", []Ref{denial}},
		{CheckDenial, true, "Van Dam denies that the harbour master has left the port; it does not touch whether the crane is broken.", []Ref{denial, broken}},
		{CheckDenial, false, "Van Dam denies that the crane is broken.", []Ref{denial}},
		{CheckDenial, false, "Van Dam denied everything.", []Ref{denial}},
		{CheckAnonymous, true, "A port official, speaking anonymously, says that the crane was out of order.", []Ref{official}},
		{CheckAnonymous, false, "Anna Berg says that the crane was out of order.", []Ref{official}},
		{CheckAllegation, true, "Northport says that van Dam took part, as it alleges, in a fraud.", []Ref{fraud}},
		{CheckAllegation, false, "Van Dam took part in a fraud.", []Ref{fraud}},
		{CheckAllegation, false, "Van Dam took part in the alleged fraud.", []Ref{fraud}},
	} {
		b.Sections = []Section{{Key: "x", Blocks: []Block{{Kind: Paragraph, Sentences: []Sentence{{c.text, c.refs}}}}}}
		found := Lint(b, in)
		has := slices.ContainsFunc(found, func(f Finding) bool { return f.Check == c.check })
		if has == c.pass {
			t.Errorf("%s: %s\nfound %v", c.check, c.text, found)
		}
		if c.pass && len(found) > 0 {
			t.Errorf("%s should pass: %v", c.text, found)
		}
	}
}

// A number in a name is no number of its own.
func TestNumbersInNames(t *testing.T) {
	in := harbour(t)
	in.Case.Actors[0].Name = "Group of 7"
	in.Case.Conflict.Players[0].Options[0].Says = "Pause for 10 days"
	l := &linter{in: in, proper: numbered(in)}
	for text, want := range map[string]bool{
		"the Group of 7 would go":               true,
		"it would pause for 10 days; then go":   true,
		"it would no longer pause for 10 days.": true,
		"10 people":                             false,
		"it would pause for 11 days":            false,
		"about 7 people":                        false,
	} {
		at := numberPattern.FindStringIndex(text)
		if got := l.inName(text, at[0], at[1]); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestLintQuotes(t *testing.T) {
	in := harbour(t)
	at := indexIn(harbourReport, "took part in a fraud")
	good := Quote{Claim: "c5", Report: "harbour", Quote: "took part in a fraud", Start: at, End: at + len("took part in a fraud")}
	if found := Lint(&Brief{Quotes: []Quote{good}}, in); len(found) > 0 {
		t.Error(found)
	}
	for name, change := range map[string]func(*Quote){
		"moved":     func(q *Quote) { q.Start++; q.End++ },
		"not there": func(q *Quote) { q.Quote = "took part in a parade" },
		"too long":  func(q *Quote) { q.End = len(harbourReport) + 5 },
		"no report": func(q *Quote) { q.Report = "other" },
		"empty":     func(q *Quote) { q.Quote = "" },
	} {
		q := good
		change(&q)
		found := Lint(&Brief{Quotes: []Quote{q}}, in)
		if len(found) != 1 || found[0].Check != CheckQuotation {
			t.Errorf("%s: %v", name, found)
		}
	}
	in.Case.Claims[4].Says = "van Dam took part in 7 frauds"
	if found := Lint(&Brief{Quotes: []Quote{good}}, in); len(found) != 1 || found[0].Check != CheckNumber {
		t.Errorf("a number that the report does not hold: %v", found)
	}
}
