package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/demarche/demarche/casefile"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/intake"
)

// inboxKey is what the two hundred reports say of the ten propositions, by hand.
type inboxKey struct {
	About        string `json:"about"`
	Propositions []struct {
		Proposition string `json:"proposition"`
		Standing    string `json:"standing"`
		True        bool   `json:"true"`
		Origins     []struct {
			Origin  string   `json:"origin"`
			Denies  bool     `json:"denies"`
			Reports []string `json:"reports"`
		} `json:"origins"`
	} `json:"propositions"`
	Reports []struct {
		Report string      `json:"report"`
		CopyOf string      `json:"copy_of"`
		Links  []inboxLink `json:"links"`
	} `json:"reports"`
}

// inboxLink is one thing said in a report of a proposition.
type inboxLink struct {
	Proposition string `json:"proposition"`
	Denies      bool   `json:"denies"`
	Origin      string `json:"origin"`
}

const inboxFolder = "testdata/inbox"

func readInboxKey(t *testing.T) inboxKey {
	t.Helper()
	f, err := os.Open(filepath.Join(inboxFolder, "key.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	var k inboxKey
	if err := d.Decode(&k); err != nil {
		t.Fatal(err)
	}
	return k
}

// TestInboxKey holds the key to itself, to the case and to the reports.
func TestInboxKey(t *testing.T) {
	k := readInboxKey(t)
	file, err := casefile.Open(filepath.Join(inboxFolder, "case"))
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(inboxFolder, "reports", "*.md"))
	if err != nil || len(paths) != 200 || len(k.Reports) != 200 {
		t.Fatalf("%d reports, %d in the key, %v", len(paths), len(k.Reports), err)
	}
	if len(k.Propositions) != len(file.Case.Propositions) {
		t.Fatalf("%d propositions in the key, %d in the case", len(k.Propositions), len(file.Case.Propositions))
	}
	type side struct {
		inboxLink
		report string
	}
	said := map[side]bool{}
	originals, origins := 0, 0
	first := map[string]string{}
	for i, r := range k.Reports {
		if want := filepath.Join(inboxFolder, "reports", r.Report+".md"); paths[i] != want {
			t.Errorf("report %s of the key is %s in the folder", want, paths[i])
		}
		report, err := intake.Open(paths[i])
		if err != nil {
			t.Fatal(err)
		}
		if n := len(strings.Fields(report.Text[report.Body:])); n < 60 || n > 180 {
			t.Errorf("%s has %d words", r.Report, n)
		}
		first[r.Report] = r.CopyOf
		if r.CopyOf == "" {
			originals++
		} else if of, ok := first[r.CopyOf]; !ok || of != "" {
			t.Errorf("%s is a copy of %s, which is no earlier original", r.Report, r.CopyOf)
		}
		for _, l := range r.Links {
			said[side{l, r.Report}] = true
		}
	}
	for i, p := range k.Propositions {
		if id := file.Case.Propositions[i].ID; id != p.Proposition {
			t.Errorf("proposition %s of the key is %s in the case", p.Proposition, id)
		}
		affirm, deny := 0, 0
		for _, o := range p.Origins {
			origins++
			if o.Denies {
				deny++
			} else {
				affirm++
			}
			for _, r := range o.Reports {
				s := side{inboxLink{p.Proposition, o.Denies, o.Origin}, r}
				if !said[s] {
					t.Errorf("%s does not have %s on %s", r, o.Origin, p.Proposition)
				}
				delete(said, s)
			}
		}
		want := "unsupported"
		switch {
		case affirm > 0 && deny > 0:
			want = "contested"
		case affirm > 1:
			want = "confirmed"
		case affirm > 0:
			want = "single-source"
		case deny > 0:
			want = "denied"
		}
		if p.Standing != want {
			t.Errorf("%s is %s by its origins, and %s in the key", p.Proposition, want, p.Standing)
		}
	}
	if len(said) > 0 {
		t.Errorf("not under any origin: %v", said)
	}
	if originals != 60 || origins > 35 {
		t.Errorf("%d originals, %d origins", originals, origins)
	}
}

// What was measured when the reader was last worked on, in percent of the links
// of the key: found, and of those proposed, right.
const (
	leastInboxRecall    = 80
	leastInboxPrecision = 99
)

// TestInboxLinks compares the links that the reader proposes with the key.
func TestInboxLinks(t *testing.T) {
	if testing.Short() {
		t.Skip("TestInboxLinks not run: -short")
	}
	k := readInboxKey(t)
	file, err := casefile.Open(filepath.Join(inboxFolder, "case"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := desk.ReportPaths([]string{filepath.Join(inboxFolder, "reports")})
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	type link struct {
		proposition string
		denies      bool
	}
	proposed, right, wanted, copies := 0, 0, 0, 0
	each := func(r *desk.Reading) error {
		if r.Err != nil {
			return r.Err
		}
		if r.CopyOf != "" {
			copies++
		}
		want := map[link]bool{}
		for _, l := range k.Reports[i].Links {
			want[link{l.Proposition, l.Denies}] = true
		}
		got := map[link]string{}
		for n, rels := range r.Relations {
			if a := r.Result.Attributions[n]; a.Confidence >= .5 {
				for _, rel := range rels {
					got[link{rel.Matter, rel.Denies}] = a.Source.Text + " | " + a.Content.Text
				}
			}
		}
		wanted += len(want)
		for l, words := range got {
			proposed++
			if want[l] {
				right++
			} else {
				t.Logf("%s: wrong: %v by %s", k.Reports[i].Report, l, words)
			}
		}
		for l := range want {
			if got[l] == "" && k.Reports[i].CopyOf == "" {
				t.Logf("%s: missed: %v", k.Reports[i].Report, l)
			}
		}
		i++
		return nil
	}
	if err := desk.ReadMany(t.Context(), list.Paths, desk.ReadConfig{Named: desk.NamedIn(file.Case)}, each); err != nil {
		t.Fatal(err)
	}
	precision, recall := 100*float64(right)/float64(max(proposed, 1)), 100*float64(right)/float64(wanted)
	t.Logf("%d links wanted, %d proposed, %d right: precision %.1f %%, recall %.1f %%; %d reports taken for near-copies", wanted, proposed, right, precision, recall, copies)
	if precision < leastInboxPrecision || recall < leastInboxRecall {
		t.Errorf("precision %.1f %%, recall %.1f %%; it was %d and %d", precision, recall, leastInboxPrecision, leastInboxRecall)
	}
}
