package casefile

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/demarche/demarche"
)

const heldCase = `demarche: 1
title: Doha
as_of: 2025-12-02
actors:
  norvik: {name: Norvik, kind: state}
  pena: {name: Nicola Pena, kind: person, of: norvik}
propositions:
  failed: {says: The talks have failed, prior: 0.5}
incidents:
  - {id: strike, says: A depot was struck, because: [fail_1, mine, gone]}
claims:
  mine: {source: norvik, says: Our own, because-not-a-key: x}
  fail_1: {source: an aide, says: A copy of what the ledger has}
  gone: {source: norvik, says: zyxquagga}
`

// record is one that the tests make up: a kind and the fields as JSON.
func record(kind, id, fields string) Record {
	return Record{Kind: kind, ID: id, Learned: time.Date(2025, 12, 1, 18, 0, 0, 123456000, time.UTC), JSON: []byte(fields)}
}

// someHeld are a case and what a ledger lets out on it: one of every kind of
// record.
func someHeld(t testing.TB) (*File, ExportConfig) {
	t.Helper()
	f, err := Parse("doha.yaml", []byte(strings.Replace(heldCase, ", because-not-a-key: x", "", 1)))
	if err != nil {
		t.Fatal(err)
	}
	day, err := demarche.ParseDate("2025-12-01")
	if err != nil {
		t.Fatal(err)
	}
	half := 0.5
	on := func(rel string) []demarche.HeldLink {
		return []demarche.HeldLink{{Rel: rel, Kind: "proposition", ID: "failed", Strength: 0.4}, {Rel: "about", Kind: "incident", ID: "strike"}}
	}
	return f, ExportConfig{
		Reports: []demarche.Report{{ID: "fail", Path: "x/reports/fail.md", Text: "the whole text"}, {ID: "other", Title: "Other"}},
		Out:     []string{"fail_1", "gone"},
		Held: &demarche.Holdings{
			Reports: []demarche.HeldReport{{Report: demarche.Report{ID: "copy", Title: "Again"}, CopyOf: []demarche.ReportCopy{{Report: "fail", Share: 0.9}}},
				{Report: demarche.Report{ID: "fail", Title: "Talks fail", Publisher: "The Gazette", URL: "https://gazette.example/1", Published: day}, Outlet: "gazette"}},
			Sources: []demarche.HeldSource{{ID: "aide", Description: "an aide to the minister", Kind: "anonymous", Report: "fail"}, {ID: "gazette", Name: "The Gazette", Kind: "outlet", Reliability: "B"},
				{ID: "lind", Name: "Oskar Lind", Kind: "person"}, {ID: "pena", Name: "Nicola Pena", Kind: "person", Actor: "pena", Side: "norvik", Reliability: "C"}},
			Claims: []demarche.HeldClaim{
				{ID: "fail_1", Report: "fail", Source: "aide", Says: "Oskar Lind took money", Quote: "had taken money", Against: []string{"Oskar Lind"}, Said: day, Stance: "affirms", Record: "anonymous", Credibility: 3, Status: "accepted", Links: on("affirms")},
				{ID: "fail_2", Report: "fail", Source: "pena", Says: "we know nothing", Stance: "hedges", Record: "background", Credibility: 6, Status: "accepted", Links: on("denies")},
				{ID: "fail_3", Report: "fail", Source: "lind", Quote: "I took nothing", Recently: true, Stance: "denies", Record: "on_record", Status: "accepted", Relayed: "gazette",
					Links: []demarche.HeldLink{{Rel: "replies", Kind: "claim", ID: "fail_1"}}},
			},
			Propositions: []demarche.HeldProposition{{ID: "failed", Says: "The talks have failed", Prior: &half, Override: &demarche.Override{P: 0.7, By: "Ann", Reason: "she was there"}}, {ID: "more", Says: "More is to come"}},
			Judgements:   []demarche.HeldJudgement{{ID: "j1", By: "Ann", Date: day, On: "peace", P: 0.25}},
		},
		Records: []Record{
			record("source", "gazette", `{"id":"gazette","name":"The Gazette","kind":"outlet","reliability":"B"}`),
			record("source", "lind", `{"id":"lind","name":"Oskar Lind","kind":"person"}`),
			record("source", "pena", `{"id":"pena","name":"Nicola Pena","kind":"person","actor":"pena","side":"norvik","reliability":"C"}`),
			record("report", "fail", `{"id":"fail","outlet":"gazette","title":"Talks fail","published":"2025-12-01"}`),
			record("report", "copy", `{"id":"copy","title":"Again"}`),
			record("source", "aide", `{"id":"aide","description":"an aide to the minister","kind":"anonymous","report":"fail"}`),
			record("claim", "fail_1", `{"id":"fail_1","report":"fail","source":"aide","says":"Oskar Lind took money","quote":"had taken money","against":["Oskar Lind"],"hedges":[],"credibility":3,"status":"accepted"}`),
			record("claim", "fail_2", `{"id":"fail_2","report":"fail","source":"pena","says":"we know nothing","where":{"name":"Doha","lat":25.28,"lon":51.5,"precision_km":1},"status":"accepted"}`),
			record("claim", "fail_3", `{"id":"fail_3","report":"fail","source":"lind","quote":"I took nothing","said":"recently","status":"accepted"}`),
			record("proposition", "failed", `{"id":"failed","says":"The talks have failed","prior":0.5}`),
			record("proposition", "more", `{"id":"more","says":"More is to come"}`),
			record("link", "claim:fail_1>proposition:failed", `{"from":{"kind":"claim","id":"fail_1"},"to":{"kind":"proposition","id":"failed"},"rel":"affirms","strength":0.4}`),
			record("link", "claim:fail_2>proposition:failed", `{"from":{"kind":"claim","id":"fail_2"},"to":{"kind":"proposition","id":"failed"},"rel":"denies"}`),
			record("link", "claim:fail_3>claim:fail_1", `{"from":{"kind":"claim","id":"fail_3"},"to":{"kind":"claim","id":"fail_1"},"rel":"replies","note":"in the same report"}`),
			record("link", "claim:fail_1>incident:strike", `{"from":{"kind":"claim","id":"fail_1"},"to":{"kind":"incident","id":"strike"},"rel":"about"}`),
			record("link", "claim:fail_1>tie:a-b", `{"from":{"kind":"claim","id":"fail_1"},"to":{"kind":"tie","id":"a-b"},"rel":"about"}`),
			record("link", "report:copy>report:fail", `{"from":{"kind":"report","id":"copy"},"to":{"kind":"report","id":"fail"},"rel":"copies","strength":0.9}`),
			record("judgement", "j1", `{"id":"j1","by":"Ann","date":"2025-12-01","on":"peace","p":0.25,"because":["fail_1"]}`),
			record("hypothesis", "h1", `{"id":"h1","says":"A feint"}`),
			record("rating", "h1>fail_1>Ann", `{"hypothesis":"h1","claim":"fail_1","by":"Ann","mark":"not_applicable"}`),
			record("deception", "lind>Ann", `{"source":"lind","by":"Ann","would_see":"The same","seen":"unknown"}`),
			record("override", "failed", `{"proposition":"failed","by":"Ann","p":0.7,"reason":"she was there"}`),
			record("brief", "b1", `{"id":"b1","title":"Doha","made":"2025-12-02","claims":["fail_1"]}`),
		},
	}
}

func exportHeld(t testing.TB, f *File, format Format, cfg ExportConfig) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Export(&b, f, format, cfg); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestHeldRoundTrip: every record of a ledger comes back as it left, in its
// order, and the case beside it, whatever the order of the lines.
func TestHeldRoundTrip(t *testing.T) {
	f, cfg := someHeld(t)
	stix := schemaOf(t, "stix.schema.json")
	for format, name := range map[Format]string{FTM: "x.jsonl", STIX: "x.json"} {
		data := exportHeld(t, f, format, cfg)
		if format == STIX {
			conforms(t, stix, data)
			stixRefers(t, data)
		} else {
			conformsFTM(t, data)
		}
		for _, never := range []string{"zyxquagga", "the whole text", "A copy of what the ledger has"} {
			if bytes.Contains(data, []byte(never)) {
				t.Errorf("%s: %q went out", format, never)
			}
		}
		if format == FTM { // as other programs hand it on
			lines := bytes.SplitAfter(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
			lines[len(lines)-1] = append(slices.Clone(lines[len(lines)-1]), '\n')
			rand.New(rand.NewPCG(1, 2)).Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
			data = bytes.Join(lines, nil)
		}
		g, err := Import(name, data)
		if err != nil {
			t.Fatalf("%s: %v\n%s", format, err, data)
		}
		if len(g.Records) != len(cfg.Records) {
			t.Fatalf("%s: %d records came back of %d", format, len(g.Records), len(cfg.Records))
		}
		for i, r := range g.Records {
			want := cfg.Records[i]
			if r.Kind != want.Kind || r.ID != want.ID || !r.Learned.Equal(want.Learned) || !bytes.Equal(r.JSON, want.JSON) {
				t.Errorf("%s: %s %s %v %s\nwant %s %s %v %s", format, r.Kind, r.ID, r.Learned, r.JSON, want.Kind, want.ID, want.Learned, want.JSON)
			}
		}
		var claims []string
		for _, c := range g.Case.Claims {
			claims = append(claims, c.ID)
		}
		var because []string
		for _, r := range g.Case.Incidents[0].Because {
			because = append(because, r.Name)
		}
		if !slices.Equal(claims, []string{"mine"}) || !slices.Equal(because, []string{"fail_1", "mine"}) {
			t.Errorf("%s: claims %v, because %v", format, claims, because)
		}
		again := cfg
		again.Out = nil
		if second := exportHeld(t, g, format, again); format == STIX && !bytes.Equal(second, exportHeld(t, f, format, cfg)) {
			t.Errorf("%s: written twice differs", format)
		}
		// The case that was given is as it was.
		if f.Case.Claim("gone") == nil || len(f.Case.Incidents[0].Because) != 3 {
			t.Fatal("an export changes the case")
		}
	}
}

// stixRefers checks that every reference leads to an object of the bundle.
func stixRefers(t testing.TB, data []byte) {
	t.Helper()
	var b struct{ Objects []map[string]any }
	if err := json.Unmarshal(data, &b); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, o := range b.Objects {
		if ids[o["id"].(string)] {
			t.Errorf("the id %v stands twice", o["id"])
		}
		ids[o["id"].(string)] = true
	}
	for _, o := range b.Objects {
		refs, _ := o["object_refs"].([]any)
		for _, key := range []string{"source_ref", "target_ref"} {
			if r, ok := o[key]; ok {
				refs = append(refs, r)
			}
		}
		for _, r := range refs {
			if !ids[r.(string)] {
				t.Errorf("%v refers to %v, which is not there", o["id"], r)
			}
		}
	}
}

// TestHeldIsToldWithCare: allegations carry their speaker and the reply, nobody
// who asked not to be named is, and nobody without a name becomes somebody.
func TestHeldIsToldWithCare(t *testing.T) {
	f, cfg := someHeld(t)
	stix := string(exportHeld(t, f, STIX, cfg))
	ftm := string(exportHeld(t, f, FTM, cfg))
	for format, text := range map[string]string{"stix": stix, "ftm": ftm} {
		for _, want := range []string{"Alleged by an aide to the minister against Oskar Lind: Oskar Lind took money", "Reply by Oskar Lind: I took nothing", "Reliability: B", "Credence: ", "Ann puts it at 0.7: she was there",
			"A source that is not named: an aide to the minister"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q:\n%s", format, want, text)
			}
		}
	}
	var b struct{ Objects []map[string]any }
	if err := json.Unmarshal([]byte(stix), &b); err != nil {
		t.Fatal(err)
	}
	opinions, confidences := map[string]string{}, map[string]float64{}
	for _, o := range b.Objects {
		text, _ := o["abstract"].(string)
		switch o["type"] {
		case "opinion":
			opinions[o["explanation"].(string)] = o["opinion"].(string)
		case "identity":
			if strings.Contains(o["name"].(string), "aide") {
				t.Error("a source that is not named became somebody")
			}
		case "note":
			if n, ok := o["confidence"]; ok {
				confidences[text] = n.(float64)
			}
		}
		if text == "we know nothing" && (o["authors"] != nil || strings.Contains(o["content"].(string), "Pena")) {
			t.Errorf("who spoke on background is named: %v", o)
		}
	}
	for words, want := range map[string]string{"Alleged by an aide to the minister against Oskar Lind: Oskar Lind took money. Reply by an unnamed source: we know nothing. Reply by Oskar Lind: I took nothing. Strength: 0.40": "agree", "we know nothing": "disagree"} {
		if opinions[words] != want {
			t.Errorf("%q: %q of %v", words, opinions[words], opinions)
		}
	}
	if want := map[string]float64{"Alleged by an aide to the minister against Oskar Lind: Oskar Lind took money": 50}; !reflect.DeepEqual(confidences, want) {
		t.Errorf("%v", confidences)
	}
	rows, err := csv.NewReader(bytes.NewReader(exportHeld(t, f, ACLED, cfg))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	cell := func(name string) string { return rows[1][slices.Index(rows[0], name)] }
	var sources []map[string]any
	if err := json.Unmarshal([]byte(cell("demarche_sources")), &sources); err != nil || len(sources) != 1 {
		t.Fatalf("%v: %q", err, cell("demarche_sources"))
	}
	want := map[string]any{"claim": "fail_1", "source": "an aide to the minister", "credibility": 3.0, "stance": "affirms", "record": "anonymous", "status": "accepted",
		"alleged_against": "Oskar Lind", "replies": "Reply by an unnamed source: we know nothing. Reply by Oskar Lind: I took nothing"}
	if !reflect.DeepEqual(sources[0], want) || cell("source") != "The Gazette" || strings.Contains(cell("demarche_because"), "gone") {
		t.Errorf("%q", rows[1])
	}
	if g, err := Import("x.csv", exportHeld(t, f, ACLED, cfg)); err != nil || len(g.Case.Incidents) != 1 {
		t.Error(err)
	}
	if csl := string(exportHeld(t, f, CSL, cfg)); !strings.Contains(csl, `"container-title": "The Gazette"`) || !strings.Contains(csl, `"Again"`) || !strings.Contains(csl, "fail.md") {
		t.Error(csl)
	}
}

func TestSTIXStance(t *testing.T) {
	for _, test := range []struct {
		stance, rel string
		strength    float64
		want        string
	}{
		{"affirms", "affirms", 0, "strongly-agree"}, {"affirms", "affirms", 1, "strongly-agree"}, {"affirms", "affirms", 0.5, "agree"}, {"affirms", "affirms", 0.2, "neutral"},
		{"hedges", "affirms", 0, "agree"}, {"hedges", "denies", 0, "disagree"}, {"denies", "denies", 0, "strongly-disagree"}, {"silent", "denies", 0, "neutral"}, {"", "denies", 0.3, "disagree"},
	} {
		if got := stixStance(&demarche.HeldClaim{Stance: test.stance}, &heldLink{rel: test.rel, strength: test.strength}); got != test.want {
			t.Errorf("%+v: %s", test, got)
		}
	}
}
