package casefile

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/demarche/demarche"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// randomFile is a valid case with some of everything that is exchanged.
func randomFile(t testing.TB, seed uint64) *File {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 11))
	words := []string{"river", "border", "Über", "a, b", "x: y", "#1", "it’s", `"quoted"`, "été", "1", "yes", "- dash", "2025-11-02", "two\nlines", "=sum", "末", "null", "50 %", "<b>", "tab\there"}
	text := func() string {
		var parts []string
		for range 1 + r.IntN(4) {
			parts = append(parts, words[r.IntN(len(words))])
		}
		return strings.Join(parts, " ")
	}
	dates := []string{"2025", "2025-04", "2025-11-24", "2025-11-24T15:30Z", "2025-09/2025-12", "../2025-12-02", "2025-12/..", "2025-11-01/2025-11-05", "2025-11-29/2025-12-02"}
	when := func() demarche.Date {
		if r.IntN(4) == 0 {
			return demarche.Date{}
		}
		d, err := demarche.ParseDate(dates[r.IntN(len(dates))])
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	maybe := func(s string) string {
		if r.IntN(2) == 0 {
			return ""
		}
		return s
	}
	var actors, claims, props []string
	for i := range 2 + r.IntN(4) {
		actors = append(actors, fmt.Sprintf("a%d", i))
	}
	for i := range 1 + r.IntN(5) {
		claims = append(claims, fmt.Sprintf("c%d", i))
	}
	for i := range 1 + r.IntN(3) {
		props = append(props, fmt.Sprintf("p%d", i))
	}
	pick := func(list []string) demarche.Ref { return demarche.Ref{Name: list[r.IntN(len(list))]} }
	some := func(list []string) []demarche.Ref {
		var out []demarche.Ref
		for _, s := range list {
			if r.IntN(3) == 0 {
				out = append(out, demarche.Ref{Name: s})
			}
		}
		return out
	}
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	c := demarche.Case{Version: 1, Title: text(), Question: maybe(text()), Handling: one("", "public", "internal")}
	for i, id := range actors {
		a := demarche.Actor{ID: id, Name: fmt.Sprintf("Actor %d %s", i, one("Süd", "North")), Kind: one("", "state", "person", "institution", "group", "organization", "office", "outlet"), Role: maybe(text())}
		if i > 0 && r.IntN(2) == 0 {
			a.Of = demarche.Ref{Name: actors[i-1]}
		}
		if r.IntN(2) == 0 {
			a.Aliases = []string{fmt.Sprintf("alias %d", i)}
		}
		if r.IntN(3) == 0 {
			a.Record = []demarche.Said{{Says: text(), Because: some(claims)}}
		}
		c.Actors = append(c.Actors, a)
	}
	for range r.IntN(3) {
		c.Ties = append(c.Ties, demarche.Tie{From: demarche.Ref{Name: actors[0]}, To: demarche.Ref{Name: actors[1]}, Kind: one("ally", "seeks_favour"), Says: maybe(text()), Because: some(claims)})
	}
	for _, id := range props {
		p := float64(r.IntN(101)) / 100
		c.Propositions = append(c.Propositions, demarche.Proposition{ID: id, Says: text(), Prior: &p})
	}
	for i := range r.IntN(4) {
		in := demarche.Incident{ID: fmt.Sprintf("i%d", i), Date: when(), Says: text(), Kind: one("", "assault", "agree", "protest", "other"), Because: some(claims)}
		if r.IntN(2) == 0 {
			in.By = pick(actors)
		}
		if r.IntN(3) == 0 {
			in.Against = pick(actors)
		}
		if r.IntN(2) == 0 {
			in.Place = &demarche.Place{Name: text()}
			if r.IntN(2) == 0 {
				lat, lon := r.Float64()*180-90, r.Float64()*360-180
				in.Place.Lat, in.Place.Lon = &lat, &lon
			}
			if r.IntN(2) == 0 {
				km := math.Ceil(r.Float64()*1000) / 10
				in.Place.PrecisionKM = &km
			}
		}
		if r.IntN(2) == 0 {
			n, least, most := 3+r.IntN(17), r.IntN(3), 20+r.IntN(5)
			in.Casualties = &demarche.Casualties{About: &n, Kind: one("", "killed", "injured", "unspecified"), Hedge: one("", "reportedly"), AsOf: when(), Because: some(claims)}
			if r.IntN(2) == 0 {
				in.Casualties.AtLeast, in.Casualties.AtMost = &least, &most
			}
		}
		if r.IntN(2) == 0 {
			in.Disputed = []demarche.Ground{{By: pick(actors), Ground: text(), Because: some(claims)}, {Ground: text()}}
			in.Justified = []demarche.Ground{{By: pick(actors), Ground: text()}}
		}
		c.Incidents = append(c.Incidents, in)
	}
	for i := range r.IntN(3) {
		c.Offers = append(c.Offers, demarche.Offer{ID: fmt.Sprintf("o%d", i), By: demarche.Ref{Name: actors[0]}, To: []demarche.Ref{{Name: actors[1]}}, Says: maybe(text()), Date: when(),
			Terms: []demarche.Expr{{Text: "not a0.act"}}, Answer: one("", "open", "rejected"), Because: some(claims)})
	}
	for _, id := range claims {
		cl := demarche.Claim{ID: id, Report: one("", "r1"), Source: one(actors[0], actors[1], "a diplomat", "the report itself"), Says: maybe(text()), Quote: maybe(text()),
			Act: one("", "states", "denies"), Stance: one("", "affirms", "denies"), Record: one("", "on_record", "anonymous", "background"), Said: when()}
		if p := pick(props); r.IntN(2) == 0 {
			cl.Affirms = []demarche.Ref{p}
		}
		c.Claims = append(c.Claims, cl)
	}
	day, err := demarche.ParseDate("2025-06-01")
	if err != nil {
		t.Fatal(err)
	}
	c.Conflict = &demarche.Conflict{
		StatusQuo: &[]demarche.Ref{}, Outcomes: []demarche.Outcome{{ID: "end", When: demarche.Expr{Text: "a0.act"}, Says: "an end", Resolves: "it is seen"}, {ID: "rest", When: demarche.Expr{Text: "otherwise"}}},
		Players: []demarche.Player{{ID: "a0", Options: []demarche.Option{{ID: "act", Says: "Act", Once: true}}, Prefers: []demarche.Statement{{Want: demarche.Expr{Text: "a0.act"}, Because: some(claims)}}}},
	}
	for range r.IntN(3) {
		p := float64(r.IntN(101)) / 100
		c.Judgements = append(c.Judgements, demarche.Judgement{By: one("Ann", "Bo"), Date: day, Outcome: demarche.Ref{Name: "end"}, P: &p, Why: maybe(text()), Because: some(claims)})
	}
	all := plainOfItem(c).(Entries)
	made, err := caseText("random", all)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse("random.yaml", []byte(made))
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", seed, err, made)
	}
	if got := plainOfItem(*f.Case); !reflect.DeepEqual(got, all) {
		t.Fatalf("seed %d: the text of a case does not say what the case says:\n%v\n%v", seed, got, all)
	}
	return f
}

var someReports = []demarche.Report{{ID: "r1", Path: "x/reports/r1.md", Title: "One", Publisher: "Gazette", Author: "A. Writer", URL: "https://example.org/1", Lang: "en-GB", SHA256: strings.Repeat("ab", 32)}, {ID: "r2"}}

func exportedAs(t testing.TB, f *File, format Format) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Export(&b, f, format, ExportConfig{Reports: someReports}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestExchangeRoundTrip: what a format carries comes back as it left.
func TestExchangeRoundTrip(t *testing.T) {
	stix := schemaOf(t, "stix.schema.json")
	for seed := range runs(60, 2000) {
		f := randomFile(t, seed)
		want := plainOfItem(*outgoing(f.Case))
		for format, name := range map[Format]string{FTM: "x.jsonl", STIX: "x.json"} {
			data := exportedAs(t, f, format)
			g, err := Import(name, data)
			if err != nil {
				t.Fatalf("seed %d, %s: %v\n%s", seed, format, err, data)
			}
			if got := plainOfItem(*g.Case); !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, %s:\n%v\nwant\n%v", seed, format, got, want)
			}
			if again := exportedAs(t, g, format); !bytes.Equal(again, data) {
				t.Fatalf("seed %d: %s written twice differs", seed, format)
			}
			if format == STIX {
				conforms(t, stix, data)
			} else {
				conformsFTM(t, data)
			}
		}
		// Of incidents nothing is lost; of actors the names stay.
		g, err := Import("x.csv", exportedAs(t, f, ACLED))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if got, want := plainOfItem(g.Case.Incidents), plainOfItem(outgoing(f.Case).Incidents); len(f.Case.Incidents) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d:\n%v\nwant\n%v", seed, got, want)
		}
		for _, in := range f.Case.Incidents {
			if a := g.Case.Actor(in.By.Name); in.By.Name != "" && (a == nil || a.Name != f.Case.Actor(in.By.Name).Name) {
				t.Fatalf("seed %d: the actor %s is lost", seed, in.By.Name)
			}
		}
	}
}

func schemaOf(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(filepath.Join("testdata", "exchange", name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func conforms(t testing.TB, s *jsonschema.Schema, data []byte) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
}

// TestSTIXSchemaBites: the schema refuses what the specification forbids, and
// every reference leads to an object.
func TestSTIXSchemaBites(t *testing.T) {
	s := schemaOf(t, "stix.schema.json")
	f, err := Parse("c.yaml", []byte("demarche: 1\ntitle: T\nas_of: 2025-05-20\nactors: {a: {name: A}}\nincidents: [{id: i, says: S, by: a, place: {name: P, lat: 1, lon: 2}}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	data := exportedAs(t, f, STIX)
	conforms(t, s, data)
	for was, is := range map[string]string{
		`"created": "2025-05-20T00:00:00.000Z"`: `"created": "2025-05-20"`, `"spec_version": "2.1"`: `"spec_version": "2.0"`, `"latitude": 1,`: ``,
		`"identity_class": "unknown"`: `"identity_class": "state"`, `"id": "note--`: `"id": "report--`, `"extension_type": "property-extension",`: ``, `"content": "S`: `"contents": "S`,
	} {
		bad := strings.Replace(string(data), was, is, 1)
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(bad))
		if err != nil || bad == string(data) {
			t.Fatalf("%s: %v", was, err)
		}
		if s.Validate(v) == nil {
			t.Errorf("the schema lets %s pass", is)
		}
	}
	for seed := range runs(20, 200) {
		var b struct{ Objects []map[string]any }
		data := exportedAs(t, randomFile(t, seed), STIX)
		if err := json.Unmarshal(data, &b); err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{}
		for _, o := range b.Objects {
			id := o["id"].(string)
			if ids[id] {
				t.Fatalf("seed %d: the id %s stands twice", seed, id)
			}
			ids[id] = true
		}
		for _, o := range b.Objects {
			refs := []any{}
			for _, key := range []string{"object_refs", "object_marking_refs"} {
				list, _ := o[key].([]any)
				refs = append(refs, list...)
			}
			for _, r := range refs {
				if !ids[r.(string)] {
					t.Fatalf("seed %d: %v refers to %v, which is not there", seed, o["id"], r)
				}
			}
		}
	}
}

func TestUUID5(t *testing.T) {
	dns := urlSpace
	dns[3] = 0x10
	// RFC 9562, appendix A.4.
	if got := uuidText(uuid5(dns, "www.example.com")); got != "2ed6657d-e927-568b-95e1-2665a8aea6a2" {
		t.Error(got)
	}
}

// ftmModel is the part of the published model that is used: the schema a schema
// extends, and its properties; those that refer to entities name the schema that
// they must be of.
var ftmModel = map[string]struct {
	extends    []string
	properties string
}{
	"Thing":        {nil, "name summary description alias sourceUrl publisher keywords notes proof:Document retrievedAt"},
	"Interval":     {nil, "startDate endDate date summary"},
	"Interest":     {[]string{"Interval"}, "role status"},
	"LegalEntity":  {[]string{"Thing"}, ""},
	"Person":       {[]string{"LegalEntity"}, "position"},
	"Organization": {[]string{"LegalEntity"}, ""},
	"PublicBody":   {[]string{"Organization"}, ""},
	"Document":     {[]string{"Thing"}, "title author fileName language publishedAt"},
	"Article":      {[]string{"Document"}, ""},
	"Note":         {[]string{"Thing"}, "entity:Thing"},
	"Event":        {[]string{"Interval", "Thing"}, "location involved:LegalEntity"},
	"Membership":   {[]string{"Interest"}, "member:LegalEntity organization:Organization"},
	"UnknownLink":  {[]string{"Interest"}, "subject:Thing object:Thing"},
}

func ftmIs(schema, other string) bool {
	return schema == other || slices.ContainsFunc(ftmModel[schema].extends, func(s string) bool { return ftmIs(s, other) })
}

// ftmRange is what a property of a schema refers to, "" for text.
func ftmRange(schema, property string) (string, bool) {
	for p := range strings.FieldsSeq(ftmModel[schema].properties) {
		name, of, _ := strings.Cut(p, ":")
		if name == property {
			return of, true
		}
	}
	for _, s := range ftmModel[schema].extends {
		if of, ok := ftmRange(s, property); ok {
			return of, true
		}
	}
	return "", false
}

// conformsFTM checks entities against the model: known schemata and properties,
// lists of texts, names for things, dates, and references to entities of the
// right kind.
func conformsFTM(t testing.TB, data []byte) {
	t.Helper()
	type entity struct {
		ID, Schema string
		Properties map[string][]string
	}
	all := map[string]entity{}
	for line := range bytes.Lines(data) {
		var e entity
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if _, ok := ftmModel[e.Schema]; !ok || e.ID == "" || all[e.ID].ID != "" {
			t.Fatalf("schema %q, id %q: unknown, or there twice", e.Schema, e.ID)
		}
		all[e.ID] = e
	}
	for _, e := range all {
		if ftmIs(e.Schema, "Thing") && len(e.Properties["name"]) == 0 {
			t.Fatalf("%s has no name", e.ID)
		}
		for p, values := range e.Properties {
			of, ok := ftmRange(e.Schema, p)
			if !ok {
				t.Fatalf("%s has no property %s", e.Schema, p)
			}
			for _, v := range values {
				if of != "" && (all[v].ID == "" || !ftmIs(all[v].Schema, of)) {
					t.Fatalf("%s.%s refers to %s, which is a %q and not a %s", e.Schema, p, v, all[v].Schema, of)
				}
				if strings.HasSuffix(p, "Date") || p == "date" || strings.HasSuffix(p, "At") {
					if len(v) < 4 || !strings.HasPrefix("dddd-dd-ddTdd:dd:dd", strings.Map(func(r rune) rune {
						if r >= '0' && r <= '9' {
							return 'd'
						}
						return r
					}, v)) {
						t.Fatalf("%s.%s is no date: %s", e.Schema, p, v)
					}
				}
			}
		}
	}
}

// TestFTMStatements: the table says what the entities say.
func TestFTMStatements(t *testing.T) {
	f := randomFile(t, 3)
	rows, err := csv.NewReader(bytes.NewReader(exportedAs(t, f, FTMCSV))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, row := range rows[1:] {
		got = append(got, strings.Join(row[1:5], "|"))
	}
	for line := range bytes.Lines(exportedAs(t, f, FTM)) {
		v, err := plainJSON(line)
		if err != nil {
			t.Fatal(err)
		}
		e := v.(Entries)
		for _, p := range e.get("properties").(Entries) {
			for _, v := range p.Value.([]any) {
				want = append(want, fmt.Sprintf("%s|%s|%s|%s", e.get("id"), e.get("schema"), p.Key, v))
			}
		}
	}
	if len(want) < 10 || !slices.Equal(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}

// km is the distance of two points on a sphere.
func km(aLat, aLon, bLat, bLon float64) float64 {
	rad := func(x float64) float64 { return x * math.Pi / 180 }
	s := func(x float64) float64 { return math.Pow(math.Sin(x/2), 2) }
	h := s(rad(aLat-bLat)) + math.Cos(rad(aLat))*math.Cos(rad(bLat))*s(rad(aLon-bLon))
	return 2 * 6371 * math.Asin(math.Min(1, math.Sqrt(h)))
}

// TestCoarse: a rounded place says no more than a kilometre, lies within its
// stated radius, and stays where it is when it is rounded again.
func TestCoarse(t *testing.T) {
	at := func(lat, lon float64) demarche.Place { return coarse(demarche.Place{Name: "p", Lat: &lat, Lon: &lon}) }
	for seed := range runs(300, 20000) {
		r := rand.New(rand.NewPCG(seed, 5))
		lat, lon := r.Float64()*178-89, r.Float64()*360-180
		p := at(lat, lon)
		if d := km(lat, lon, *p.Lat, *p.Lon); d > coarseKM-1 || *p.PrecisionKM != coarseKM || math.Abs(*p.Lon) > 180 || math.Abs(*p.Lat) > 90 {
			t.Fatalf("seed %d: %g, %g goes to %g, %g: %g km", seed, lat, lon, *p.Lat, *p.Lon, d)
		}
		if again := coarse(p); *again.Lat != *p.Lat || *again.Lon != *p.Lon {
			t.Fatalf("seed %d: rounded again it moves", seed)
		}
		if math.Abs(lat) > 85 || math.Abs(lon) > 179 {
			continue
		}
		// The next place to the east, and to the north, that can be told apart.
		for _, dir := range [][2]float64{{0, 1}, {1, 0}} {
			next := p
			for k := 1; *next.Lat == *p.Lat && *next.Lon == *p.Lon; k++ {
				next = at(lat+dir[0]*0.0005*float64(k), lon+dir[1]*0.0005*float64(k))
			}
			if d := km(*p.Lat, *p.Lon, *next.Lat, *next.Lon); d < 0.99 {
				t.Fatalf("seed %d: places %g km apart are told apart near %g, %g", seed, d, lat, lon)
			}
		}
	}
	lat, lon, exact, far := 10.123456, -66.654321, 0.2, 30.0
	if p := coarse(demarche.Place{Lat: &lat, Lon: &lon, PrecisionKM: &far}); *p.Lat != lat {
		t.Error("a place known to 30 km only is rounded")
	}
	if p := coarse(demarche.Place{Lat: &lat, Lon: &lon, PrecisionKM: &exact}); *p.Lat != 10.12 || lat != 10.123456 {
		t.Errorf("%g", *p.Lat)
	}
}

// TestExportCare: no format names a source that asked not to be named, gives an
// exact place, or takes a confidential case without being told to.
func TestExportCare(t *testing.T) {
	const text = `demarche: 1
title: T
handling: confidential
actors:
  mole: {name: Vera Secretova, kind: person, aliases: [the mole], of: office}
  office: {name: Office of Works, kind: institution}
incidents:
  - {id: i, says: It happened, place: {name: Here, lat: 10.123456, lon: -66.654321}, because: [c1]}
claims:
  c1: {source: mole, says: it is so, record: anonymous}
  c2: {source: the mole, says: it is not so, record: background}
  c3: {source: office, says: nothing is known, record: anonymous}
  c4: {source: an engineer, says: it rains, record: anonymous}
  c5: {source: mole, says: I said this myself, record: on_record}
`
	f, err := Parse("c.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	out := outgoing(f.Case)
	var sources []string
	for _, cl := range out.Claims {
		sources = append(sources, cl.Source)
	}
	if want := []string{"an unnamed source", "an unnamed source", "an unnamed source of Office of Works", "an engineer", "mole"}; !slices.Equal(sources, want) {
		t.Errorf("%q", sources)
	}
	if f.Case.Claims[0].Source != "mole" || *f.Case.Incidents[0].Place.Lat != 10.123456 {
		t.Error("the case itself was changed")
	}
	for _, format := range []Format{FTM, FTMCSV, ACLED, STIX, CSL, GMCR} {
		var b bytes.Buffer
		err := Export(&b, f, format, ExportConfig{})
		if demarche.KindOf(err) != demarche.BadInput || !strings.Contains(fmt.Sprint(err), "confidential") || b.Len() > 0 {
			t.Errorf("%s: %v", format, err)
		}
		if format == GMCR {
			continue
		}
		if err := Export(&b, f, format, ExportConfig{Confidential: true}); err != nil {
			t.Errorf("%s: %v", format, err)
		}
		if strings.Contains(b.String(), "10.1234") || strings.Contains(b.String(), "66.654") {
			t.Errorf("%s gives the exact place:\n%s", format, b.String())
		}
	}
	// The entity of a claim is linked to no actor but a speaker on the record.
	x := &exchange{c: out, held: &demarche.Holdings{}}
	for _, e := range x.ftmEntities() {
		if e.carried == nil || e.carried.section != "claims" {
			continue
		}
		linked := slices.ContainsFunc(e.properties, func(p Entry) bool { return p.Key == "entity" })
		named := strings.Contains(fmt.Sprint(e.properties), "Secretova")
		if onRecord := e.carried.id == "c5"; linked != onRecord || named != onRecord {
			t.Errorf("claim %s: linked %t, named %t: %v", e.carried.id, linked, named, e.properties)
		}
	}
}

func TestACLED(t *testing.T) {
	const text = `demarche: 1
title: T
actors: {a: {name: Ann}, b: {name: Bo}}
incidents:
  - {id: one, date: 2025-09-02, says: Shots, kind: assault, by: a, against: b, place: {name: Pier, lat: 10, lon: 20, precision_km: 50}, casualties: {about: 5, at_least: 2, kind: killed, hedge: reportedly}, disputed: [{by: b, ground: it was an accident}], because: [c]}
  - {id: two, date: 2025-04, says: A deal, kind: agree}
  - {id: three, date: ../2025-12-02, says: A campaign, casualties: {about: 80, kind: unspecified}}
  - {id: four, date: 2025-11-29/2025-12-02, says: A storm}
claims: {c: {report: r1, source: a}}
`
	f, err := Parse("c.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(exportedAs(t, f, ACLED))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	cell := func(row int, column string) string { return rows[row][slices.Index(rows[0], column)] }
	for _, tt := range []struct {
		row          int
		column, want string
	}{
		{1, "event_date", "2025-09-02"}, {1, "time_precision", "1"}, {1, "event_type", ""}, {1, "actor1", "Ann"}, {1, "actor2", "Bo"}, {1, "fatalities", "2"}, {1, "geo_precision", "2"},
		{1, "latitude", "10"}, {1, "source", "Gazette"}, {1, "demarche_casualties_hedge", "reportedly"}, {1, "demarche_disputed", `[{"by":"b","ground":"it was an accident"}]`},
		{2, "event_date", "2025-04-15"}, {2, "time_precision", "3"}, {2, "sub_event_type", "Agreement"}, {2, "disorder_type", "Strategic developments"}, {2, "fatalities", ""},
		{3, "event_date", ""}, {3, "year", ""}, {3, "fatalities", ""}, {3, "demarche_casualties_about", "80"}, {3, "demarche_date", "../2025-12-02"},
		{4, "event_date", "2025-11-29"}, {4, "time_precision", "2"},
	} {
		if got := cell(tt.row, tt.column); got != tt.want {
			t.Errorf("row %d, %s: %q, want %q", tt.row, tt.column, got, tt.want)
		}
	}
	if notes := cell(1, "notes"); !strings.Contains(notes, "Disputed by Bo: it was an accident") || !strings.Contains(notes, "reportedly") {
		t.Errorf("the notes leave out what is disputed: %s", notes)
	}

	// A table of others, with a semicolon and the older order of dates.
	foreign := "event_id_cnty;event_date;time_precision;event_type;sub_event_type;actor1;actor2;location;latitude;longitude;source;notes;fatalities\n" +
		"BUR12;24 November 2025;1;Battles;Armed clash;Militia (X);Army;Pier;10.5;20.25;Gazette;Two were killed.;2\n" +
		"BUR13;2025-04-15;3;Protests;Peaceful protest;Militia (X);;Town;;;Gazette;A march.;0\n"
	g, err := Import("out.csv", []byte(foreign))
	if err != nil {
		t.Fatal(err)
	}
	in := g.Case.Incidents
	if len(in) != 2 || in[0].ID != "bur12" || in[0].Date.Text != "2025-11-24" || in[1].Date.Text != "2025-04" || in[0].By != (demarche.Ref{At: in[0].By.At, Name: in[1].By.Name}) ||
		g.Case.Actor(in[0].By.Name).Name != "Militia (X)" || *in[0].Casualties.About != 2 || in[1].Casualties != nil || *in[0].Place.Lon != 20.25 {
		t.Errorf("%s", g.Bytes())
	}
	if cl := g.Case.Claim(in[0].Because[0].Name); cl == nil || cl.Source != "Gazette" || cl.Says != "Two were killed." {
		t.Errorf("%s", g.Bytes())
	}
}

func TestCSL(t *testing.T) {
	s := schemaOf(t, "csl.schema.json")
	reports := slices.Clone(someReports)
	for i, text := range []string{"2025", "2025-11", "2025-11-03", "2025-11-03T04:05Z", "2025-09/2025-12-31", "../2025"} {
		d, err := demarche.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		reports = append(reports, demarche.Report{ID: fmt.Sprint("d", i), Published: d, Retrieved: d, URL: "https://example.org"})
	}
	var b bytes.Buffer
	f, err := Parse("c.yaml", []byte("demarche: 1\ntitle: T\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := Export(&b, f, CSL, ExportConfig{Reports: reports}); err != nil {
		t.Fatal(err)
	}
	conforms(t, s, b.Bytes())
	var back []struct {
		ID, Type, Title, URL, Language string
		Container                      string `json:"container-title"`
		Author                         []struct{ Literal string }
		Issued                         struct {
			Parts   [][]int `json:"date-parts"`
			Literal string
		}
		Custom map[string]string
	}
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	want := []string{"[]", "[]", "[[2025]]", "[[2025 11]]", "[[2025 11 3]]", "[[2025 11 3]]", "[[2025 9] [2025 12 31]]", "[]"}
	for i, r := range reports {
		item := back[i]
		if item.ID != r.ID || item.Title != r.Title || item.Container != r.Publisher || item.URL != r.URL || item.Language != r.Lang || fmt.Sprint(item.Issued.Parts) != want[i] ||
			item.Custom["demarche_published"] != r.Published.Text || item.Custom["demarche_sha256"] != r.SHA256 || r.Author != "" && item.Author[0].Literal != r.Author {
			t.Errorf("%+v, want %+v", item, r)
		}
	}
	if back[0].Type != "article-newspaper" || back[1].Type != "document" || back[2].Type != "webpage" || strings.Contains(b.String(), "x/reports") {
		t.Errorf("%s", b.String())
	}
}

// TestImportRefuses: what is no export is told in a sentence.
func TestImportRefuses(t *testing.T) {
	ok := string(exportedAs(t, randomFile(t, 1), FTM))
	first, _, _ := strings.Cut(ok, "\n")
	for _, tt := range []struct{ name, text, says string }{
		{"x.jsonl", "", "nothing that this program wrote"},
		{"x.jsonl", "{", "line 1"},
		{"x.jsonl", "[]\n", "line 1"},
		{"x.jsonl", `{"id":"x","schema":"Person","properties":{"name":["A"]}}`, "nothing that this program wrote"},
		{"x.jsonl", `{"id":"x","demarche":{"section":"moons","item":{}}}`, "does not know"},
		{"x.jsonl", `{"id":"x","demarche":{"section":"claims","key":"c","item":{}}}`, "to which case"},
		{"x.jsonl", first + "\n" + first, "more than one case"},
		{"x.jsonl", strings.Repeat("[", 200000), "line 1"},
		{"x.jsonl", "\xff\xfe", "UTF-8"},
		{"x.json", "{}", "not a STIX bundle"},
		{"x.json", `{"type":"bundle","objects":[]}`, "nothing that this program wrote"},
		{"x.json", `[1, 2`, "not JSON that can be read"},
		{"x.csv", "", "no columns"},
		{"x.csv", "a,b\n1,2\n", "no column event_date"},
		{"x.csv", "notes,notes,event_date\n", "stands twice"},
		{"x.csv", "event_date,notes\n2025-13-40,x\n", "event_date cannot be meant"},
		{"x.csv", "event_date,notes\n2025-01-02,\n", "notes cannot be meant"},
		{"x.csv", "event_date,notes\n2025-01-02,\"x\n", "line 2"},
		{"x.csv", "event_date,notes,location,latitude\n2025-01-02,x,P,north\n", "latitude cannot be meant"},
		{"x.csv", "entity_id,prop,value\n", "FollowTheMoney statements"},
		{"x.doc", "", "of no kind"},
	} {
		_, err := Import(tt.name, []byte(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.says) || demarche.KindOf(err) != demarche.BadInput {
			t.Errorf("%s %.40q: %v, want %q", tt.name, tt.text, err, tt.says)
		}
	}
}

func FuzzImport(f *testing.F) {
	for seed := range uint64(3) {
		c := randomFile(f, seed)
		f.Add("x.jsonl", exportedAs(f, c, FTM))
		f.Add("x.json", exportedAs(f, c, STIX))
		f.Add("x.csv", exportedAs(f, c, ACLED))
	}
	file, cfg := someHeld(f)
	f.Add("x.jsonl", exportHeld(f, file, FTM, cfg))
	f.Add("x.json", exportHeld(f, file, STIX, cfg))
	f.Add("x.csv", []byte("event_date,notes,actor1,fatalities\n2025-01-02,x,A,3\n"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		g, err := Import(filepath.Base(name), data)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without a sentence")
			}
			return
		}
		if _, err := Parse("again.yaml", g.Bytes(), KnownClaims(func(string) bool { return len(g.Records) > 0 })); err != nil {
			t.Errorf("an imported case is not valid: %v\n%s", err, g.Bytes())
		}
	})
}
