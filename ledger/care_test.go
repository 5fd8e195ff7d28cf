package ledger

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/demarche/demarche"
)

// km is the distance of two points on a sphere, by the haversine formula.
func km(lat1, lon1, lat2, lon2 float64) float64 {
	rad := math.Pi / 180
	h := math.Pow(math.Sin((lat2-lat1)*rad/2), 2) + math.Cos(lat1*rad)*math.Cos(lat2*rad)*math.Pow(math.Sin((lon2-lon1)*rad/2), 2)
	return 2 * 6371 * math.Asin(math.Sqrt(min(1, h)))
}

// TestCoarse: places lie on a grid whose points are a kilometre apart or more,
// not far from where they were, and stay there.
func TestCoarse(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 0))
	for range runs(20_000, 1_000_000) {
		lat, lon := math.Asin(2*rng.Float64()-1)*180/math.Pi, 360*rng.Float64()-180
		a, b := coarse(lat, lon)
		if again, b2 := coarse(a, b); again != a || b2 != b {
			t.Fatalf("%v, %v: rounded twice: %v, %v, then %v, %v", lat, lon, a, b, again, b2)
		}
		if d := km(lat, lon, a, b); math.Abs(lat) < 89 && d > 1.7 {
			t.Fatalf("%v, %v is moved %.2f km", lat, lon, d)
		}
		if a, b := coarse(lat/1e4, lon/1e5); a == 0 && math.Signbit(a) || b == 0 && math.Signbit(b) {
			t.Fatalf("%v, %v is at %v, %v", lat/1e4, lon/1e5, a, b)
		}
		// A point nearby is on the same point of the grid, or on one 1 km away.
		c, d := coarse(lat+rng.Float64()/100, lon+rng.Float64()/50)
		if far := km(a, b, c, d); far != 0 && far < 0.99 && math.Abs(b) < 179 && math.Abs(d) < 179 {
			t.Fatalf("%v, %v and %v, %v are points of the grid, %.3f km apart", a, b, c, d, far)
		}
	}
}

func TestPlaces(t *testing.T) {
	lat, lon := 10.480612, -66.903571
	claim := func(id, of, on, said string) *Claim {
		return &Claim{ID: id, Says: "It was there", Said: said, Status: "proposed", Where: &Where{Name: "Caracas", Of: of, On: on, Lat: &lat, Lon: &lon, PrecisionKM: 0.01}}
	}
	onBoth(t, func(t *testing.T, l *Ledger) {
		for i, test := range []struct {
			of, on, said string
			kept         bool
		}{
			{"incident", "", "", true},
			{"site", "2026-01-01", "", true},
			{"vessel", "2025-11-30", "", true},
			{"person", "", "2025-11", true},
			{"vessel", "2025-12-31", "", false}, // ended less than a day ago
			{"person", "2026-01-01", "", false},
			{"unit", "", "", false}, // no date: it may be now
			{"unit", "2025-11/..", "", false},
			{"vessel", "", "recently", false},
		} {
			c := claim(fmt.Sprintf("c%d", i), test.of, test.on, test.said)
			put(t, l, c)
			at, err := l.Get(t.Context(), time.Time{}, c.Ref())
			if err != nil {
				t.Fatal(err)
			}
			w := at.Record.(*Claim).Where
			switch {
			case w.Name != "Caracas" || *c.Where.Lat != lat:
				t.Errorf("%+v: %+v", test, w)
			case !test.kept && (w.Lat != nil || w.Lon != nil):
				t.Errorf("%+v: %v, %v is kept", test, *w.Lat, *w.Lon)
			case test.kept && (*w.Lat != 10.48 || *w.Lon != -66.9 || w.PrecisionKM != 1):
				t.Errorf("%+v: %v, %v ± %v", test, *w.Lat, *w.Lon, w.PrecisionKM)
			}
		}
	})
}

func TestAnonymous(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		small(t, l)
		put(t, l, &Report{ID: "r2", Text: "Officials said so again."})
		for _, test := range []struct {
			r     Record
			words string
		}{
			{&Source{ID: "x", Kind: "anonymous", Description: "an official", Report: "r1", Name: "Bob"}, "is anonymous but is given a name"},
			{&Source{ID: "x", Kind: "anonymous", Description: "an official", Report: "r1", Actor: "bob"}, "is anonymous but is given a name"},
			{&Source{ID: "x", Kind: "anonymous", Description: "an official"}, "belongs to no report"},
			{&Source{ID: "x", Kind: "anonymous", Report: "r1"}, "has no description"},
			{&Claim{ID: "x", Report: "r2", Source: "r1.officials", Says: "So", Status: "proposed"}, "stands in another report than its anonymous source"},
			{&Claim{ID: "x", Source: "r1.officials", Says: "So", Status: "proposed"}, "stands in another report than its anonymous source"},
		} {
			_, err := l.Put(t.Context(), ann, test.r, 0)
			is(t, err, demarche.BadInput, test.words)
		}
	})
}

func TestAllegations(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		small(t, l)
		_, err := l.Put(t.Context(), ann, &Claim{ID: "a", Says: "Bob took money", Against: []string{"Bob Roe"}, Status: "accepted"}, 0)
		is(t, err, demarche.BadInput, "has no source")
		put(t, l,
			&Source{ID: "bob", Name: "Bob Roe", Kind: "person"},
			&Proposition{ID: "money", Says: "Bob Roe took money"},
			&Claim{ID: "a", Report: "r1", Source: "r1.officials", Says: "Bob Roe took money", Against: []string{"Bob Roe"}, Status: "accepted"},
			&Link{From: Ref{KindClaim, "a"}, To: Ref{KindProposition, "money"}, Rel: "affirms"})
		a, err := l.Allegation(t.Context(), time.Time{}, "a")
		if err != nil || a.Words() != "Officials alleged, against Bob Roe: Bob Roe took money. No reply is on record." {
			t.Fatalf("%q, %v", a.Words(), err)
		}
		put(t, l,
			&Claim{ID: "b", Source: "bob", Quote: "“I took nothing.”", Status: "accepted"},
			&Claim{ID: "c", Source: "minister", Says: "We know of no money", Status: "proposed"},
			&Claim{ID: "d", Source: "minister", Says: "Withdrawn words", Status: "retracted"},
			&Link{From: Ref{KindClaim, "b"}, To: Ref{KindClaim, "a"}, Rel: "replies"},
			&Link{From: Ref{KindClaim, "d"}, To: Ref{KindClaim, "a"}, Rel: "replies"},
			&Link{From: Ref{KindClaim, "c"}, To: Ref{KindProposition, "money"}, Rel: "denies"})
		a, err = l.Allegation(t.Context(), time.Time{}, "a")
		if want := "Officials alleged, against Bob Roe: Bob Roe took money. Bob Roe replied: “I took nothing.” Nicolás Peña replied: We know of no money."; err != nil || strings.ReplaceAll(a.Words(), "”.", "”") != want {
			t.Fatalf("%q, %v", a.Words(), err)
		}
		_, err = l.Allegation(t.Context(), time.Time{}, "c1")
		is(t, err, demarche.BadInput, "not against a named person")
	})
}

// TestExport: what is confidential, and what rests on it, stays in the house
// unless it is named; what leaves can be taken in elsewhere in that order.
func TestExport(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		small(t, l)
		put(t, l,
			&Report{ID: "secret", Text: "A cable.", Handling: Confidential},
			&Source{ID: "mole", Name: "M", Kind: "person", Handling: Confidential},
			&Claim{ID: "s1", Report: "secret", Source: "minister", Says: "From the cable", Status: "accepted"},
			&Claim{ID: "s2", Report: "r1", Source: "mole", Says: "From the mole", Status: "accepted"},
			&Claim{ID: "s3", Report: "r1", Source: "minister", Says: "Marked alone", Status: "accepted", Handling: Confidential},
			&Link{From: Ref{KindClaim, "s1"}, To: Ref{KindProposition, "failed"}, Rel: "denies"},
			&Judgement{ID: "sj", By: "Ann", Date: "2025-12-02", On: "exit", P: 0.9, Because: []string{"c1", "s2"}},
			&Rating{Hypothesis: "h1", Claim: "s3", By: "Ann", Mark: "inconsistent"},
			&Brief{ID: "sb", Made: "2025-12-03", Claims: []string{"s1"}})
		export := func(named ...Ref) (out []Ref, held Withheld) {
			held, err := l.Export(t.Context(), time.Time{}, named, func(r Record) error {
				out = append(out, r.Ref())
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return out, held
		}
		open, held := export()
		if len(open) != 15 || held != (Withheld{3, 6}) {
			t.Fatalf("%v, %+v", open, held)
		}
		for _, ref := range open {
			if strings.HasPrefix(ref.ID, "s") || strings.Contains(ref.ID, ":s1") || strings.Contains(ref.ID, ">s3") || ref.ID == "mole" {
				t.Errorf("%s went out", ref)
			}
		}
		named, held := export(Ref{KindReport, "secret"})
		if len(named) != 19 || held != (Withheld{2, 3}) { // the report, its claim, the link and the brief
			t.Fatalf("%v, %+v", named, held)
		}
		only, held := export(Ref{KindClaim, "s3"})
		if len(only) != 17 || held != (Withheld{2, 5}) { // the claim and the mark on it
			t.Fatalf("%v, %+v", only, held)
		}
		got, err := l.Releasable(t.Context(), time.Time{}, []Ref{{KindClaim, "s1"}, {KindClaim, "c1"}, {KindIncident, "x"}, {KindBrief, "sb"}, {KindSource, "mole"}}, []Ref{{KindSource, "mole"}})
		if err != nil || !slices.Equal(got, []Ref{{KindClaim, "c1"}, {KindIncident, "x"}, {KindSource, "mole"}}) {
			t.Fatalf("%v, %v", got, err)
		}
		to := open2(t)
		if _, err := l.Export(t.Context(), time.Time{}, nil, func(r Record) error {
			_, err := to.Put(t.Context(), ann, r, 0)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func open2(t *testing.T) *Ledger {
	return open(t, filepath.Join(t.TempDir(), "other.db"), Options{})
}

// TestRedact: after it nothing of the content can be found, in any read or in
// any byte on disk; the tombstone, the chain and everything else stand.
func TestRedact(t *testing.T) {
	const secret = "zyxquagga"
	onBoth(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		small(t, l)
		original := []byte("<p>The " + secret + " was seen. " + strings.Repeat("And more. ", 2000) + "</p>")
		done, err := l.Write(ctx, Change{Who: "Ann", Why: "found " + secret},
			Item{Record: &Report{ID: "r9", Title: "On the " + secret, Text: "The " + secret + " was seen."}, Original: original})
		if err != nil {
			t.Fatal(err)
		}
		if back, err := l.Original(ctx, time.Time{}, "r9"); err != nil || !bytes.Equal(back, original) {
			t.Fatalf("%d bytes, %v", len(back), err)
		}
		put(t, l, &Source{ID: "r9.a", Kind: "anonymous", Description: "a keeper", Report: "r9"},
			&Claim{ID: "c9", Report: "r9", Source: "r9.a", Says: "A " + secret + " lives", Status: "proposed"},
			&Brief{ID: "b9", Made: "2026-01-01", Claims: []string{"c9", "c1"}})
		if _, err := l.Put(ctx, ann, &Report{ID: "r9", Title: "Corrected: " + secret, Text: "The " + secret + "s were seen."}, 1); err != nil {
			t.Fatal(err)
		}
		backup := filepath.Join(t.TempDir(), "backup.db")
		if _, err := l.Backup(ctx, backup); err != nil {
			t.Fatal(err)
		}
		if !onDisk(t, l, secret) {
			t.Fatal("the secret is not on disk before: the test would find nothing after")
		}
		then := l.now()
		tomb, err := l.Redact(ctx, Change{Who: "Cy", Why: "order of the court"}, Ref{KindReport, "r9"})
		if err != nil || tomb.Entries != 2 || tomb.Who != "Cy" || len(tomb.Backups) != 1 || tomb.Backups[0].Place != backup ||
			!slices.Equal(tomb.Dependents, []Ref{{KindSource, "r9.a"}, {KindClaim, "c9"}}) {
			t.Fatalf("%+v, %v", tomb, err)
		}
		tomb, err = l.Redact(ctx, Change{Who: "Cy", Why: "order of the court"}, Ref{KindClaim, "c9"})
		if err != nil || len(tomb.Briefs) != 1 || tomb.Briefs[0].ID != "b9" {
			t.Fatalf("%+v, %v", tomb, err)
		}
		if onDisk(t, l, secret) {
			t.Error("the secret is still on disk")
		}
		for _, at := range []time.Time{{}, then} {
			_, err = l.Get(ctx, at, Ref{KindReport, "r9"})
			is(t, err, demarche.NotFound, "by Cy: order of the court")
			if page, err := l.List(ctx, at, Filter{Text: secret + "*"}, 10, ""); err != nil || len(page.Versions) != 0 {
				t.Errorf("%+v, %v", page, err)
			}
			_, err := l.Original(ctx, at, "r9")
			is(t, err, demarche.NotFound, "was redacted")
		}
		history, err := l.History(ctx, time.Time{}, Ref{KindReport, "r9"})
		if err != nil || len(history) != 3 || !history[0].Destroyed || history[0].Record != nil || history[0].Why != "" || history[0].Who != "Ann" || history[2].Op != OpRedact {
			t.Fatalf("%+v, %v", history, err)
		}
		for range 2 {
			if f, err := l.Verify(ctx, nil); err != nil || !f.OK() {
				t.Fatalf("%+v, %v", f, err)
			}
			if err := l.Rebuild(ctx, nil); err != nil {
				t.Fatal(err)
			}
		}
		_, err = l.Redact(ctx, ann, Ref{KindReport, "r9"})
		is(t, err, demarche.BadInput, "redacted already")
		_, err = l.Undo(ctx, ann, Ref{KindReport, "r9"}, 3)
		is(t, err, demarche.BadInput, "destroyed")
		_, err = l.Put(ctx, ann, &Report{ID: "r9", Text: "again"}, 3)
		is(t, err, demarche.BadInput, "its id stays taken")
		got, err := l.Import(ctx, ann, each(Item{Record: &Report{ID: "r9", Text: "The " + secret + " was seen."}, Original: original}), nil)
		if err != nil || got.Redacted != 1 || got.Added != 0 {
			t.Errorf("%+v, %v", got, err)
		}
		if done[0].Number != 1 {
			t.Error(done)
		}
		// A copy made before holds it still: that is why copies are listed.
		if data, err := os.ReadFile(backup); err != nil || !bytes.Contains(data, []byte(secret)) {
			t.Errorf("%v", err)
		}
	})
}

// onDisk looks for a word in all that a ledger has written.
func onDisk(t *testing.T, l *Ledger, word string) bool {
	t.Helper()
	if l.d == &sqliteDialect {
		for _, end := range []string{"", "-wal"} {
			data, _ := os.ReadFile(l.place + end)
			if bytes.Contains(data, []byte(word)) {
				return true
			}
		}
		return false
	}
	// The files of a server are its own; its tables are asked.
	for _, q := range []string{
		`SELECT count(*) FROM entry WHERE position(convert_to('` + word + `', 'UTF8') IN payload) > 0 OR why LIKE '%` + word + `%'`,
		`SELECT count(*) FROM original WHERE position(convert_to('` + word + `', 'UTF8') IN bytes) > 0`,
		`SELECT count(*) FROM words WHERE CAST(text AS TEXT) LIKE '%` + word + `%'`,
	} {
		var n int
		if err := l.reads.QueryRow(q).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			return true
		}
	}
	return false
}

func TestRetract(t *testing.T) {
	onBoth(t, func(t *testing.T, l *Ledger) {
		small(t, l)
		put(t, l, &Brief{ID: "b2", Made: "2025-12-04", Claims: []string{"c2"}}, &Brief{ID: "b3", Made: "2025-12-05", Claims: []string{"c2", "c1"}})
		done, briefs, err := l.Retract(t.Context(), Change{Who: "Bob", Why: "the Gazette took it back"}, "c1", 1)
		if err != nil || done.Number != 2 || len(briefs) != 2 || briefs[0].ID != "b1" || briefs[1].ID != "b3" {
			t.Fatalf("%+v, %+v, %v", done, briefs, err)
		}
		c, err := l.Weigh(t.Context(), time.Time{}, "failed", nil, demarche.DefaultWeights)
		if err != nil || c.Standing != demarche.Unsupported || c.Computed != 0.5 {
			t.Fatalf("%+v, %v", c, err)
		}
	})
}

func each(items ...Item) func(func(Item, error) bool) {
	return func(yield func(Item, error) bool) {
		for _, it := range items {
			if !yield(it, nil) {
				return
			}
		}
	}
}
