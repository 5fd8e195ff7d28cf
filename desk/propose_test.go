package desk

import (
	"strings"
	"testing"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/reader"
)

// TestSideIn: a side is taken from what a description says that its source
// belongs to, never from what the source knows about.
func TestSideIn(t *testing.T) {
	c, err := Open(t.Context(), "../examples/caribbean", Question{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	d := c.NewDrafter(DraftConfig{})
	for description, want := range map[string]string{
		"a senior U.S. official":                                         "us",
		"several officials in Washington":                                "us",
		"an official of the Trump administration":                        "us",
		"a diplomat from Qatar":                                          "qatar",
		"a source familiar with Qatar’s involvement in the talks":        "",
		"a source close to the administration":                           "",
		"two people briefed on the talks between Qatar and Washington":   "",
		"a person with knowledge of the Saudi offer":                     "",
		"officials in Washington and Caracas":                            "", // two sides
		"a senior official":                                              "",
		"an official in Washington familiar with the talks with Caracas": "us",
	} {
		if got := d.sideIn(description); got != want {
			t.Errorf("%q: side %q, want %q", description, got, want)
		}
	}
}

// TestDraft: the parts of a reading in their places.
func TestDraft(t *testing.T) {
	c, err := Open(t.Context(), "../examples/caribbean", Question{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	text := "Karoline Leavitt said the strikes would go on. “We will not wait,” a senior U.S. official told reporters. “It is over,” another person said. A source familiar with Qatar’s role denied that Nicolás Maduro is actively exploring a move to Doha."
	rep := demarche.Report{ID: "wire", Publisher: "Doha", Text: text, SHA256: "00", Original: []byte(text)}
	opts := reader.Options{Actors: c.Case.Actors, MinConfidence: 0.3}
	r := &Reading{Path: "wire.txt", Report: rep, Result: reader.Read(text, opts)}
	r.Relations = reader.Relate(text, r.Result.Attributions, NamedIn(c.Case).Matters, opts)
	d := c.NewDrafter(DraftConfig{FoundBy: "reader x", MinConfidence: 0.3, Handling: "internal"})
	out := d.Draft(r)
	if out.Report.Outlet != "doha-outlet" || out.Report.Original != nil || string(out.Original) != text || out.Report.Handling != "internal" {
		t.Errorf("%+v", out.Report)
	}
	sources := map[string]demarche.HeldSource{}
	for _, s := range out.Sources {
		if _, twice := sources[s.ID]; twice {
			t.Errorf("source %s twice", s.ID)
		}
		if s.Unnamed() && (s.Name != "" || s.Report != "wire") {
			t.Errorf("an unnamed source with a name or without its report: %+v", s)
		}
		sources[s.ID] = s
	}
	var denials int
	for _, cl := range out.Claims {
		if _, ok := sources[cl.Source]; cl.Source != "" && !ok {
			t.Errorf("claim %s is of %s, which is not in the draft", cl.ID, cl.Source)
		}
		if cl.Status != "proposed" || cl.FoundBy != "reader x" || cl.Handling != "internal" {
			t.Errorf("%+v", cl)
		}
		for _, l := range cl.Links {
			if l.Kind == "proposition" && l.ID == "doha_explored" && l.Rel == "denies" {
				denials++
			}
		}
	}
	if sources["leavitt"].Actor != "leavitt" || sources["leavitt"].Side != "us" {
		t.Errorf("%+v", sources["leavitt"])
	}
	if denials != 1 || len(out.Propositions) != 1 || out.Propositions[0].ID != "doha_explored" {
		t.Errorf("%d denials, %+v", denials, out.Propositions)
	}
	// A copy of it: its claims lead to those that they repeat.
	again := *r
	again.Path, again.CopyOf, again.Overlap = "copy.txt", "wire.txt", 0.9
	again.Report.ID, again.Report.Publisher, again.Report.SHA256 = "copy", "Coast Mail", "01"
	second := d.Draft(&again)
	if len(second.Report.CopyOf) != 1 || second.Report.CopyOf[0].Report != "wire" {
		t.Errorf("%+v", second.Report.CopyOf)
	}
	for i, cl := range second.Claims {
		copies := 0
		for _, l := range cl.Links {
			if l.Rel == "copies" {
				copies++
				if l.ID != out.Claims[i].ID {
					t.Errorf("%s copies %s, want %s", cl.ID, l.ID, out.Claims[i].ID)
				}
			}
		}
		if copies != 1 {
			t.Errorf("%s copies %d claims", cl.ID, copies)
		}
	}
}

// TestDenied: what a denial maintains is never the thing denied as it stands.
func TestDenied(t *testing.T) {
	for _, tt := range []struct{ thing, cue, want string }{
		{"that weapons were smuggled through the pass", "denied", "it is not so that weapons were smuggled through the pass"},
		{"that they broke it", "has strongly denied", "it is not so that they broke it"},
		{"weapons were smuggled", "denies", "it is not so that weapons were smuggled"},
		{"that the dam was full", "doubted", "it is doubtful that the dam was full"},
		{"the allegation", "rejected", "the allegation is rejected"},
		{"any involvement in the strikes", "denying", "any involvement in the strikes is denied"},
		{"reports that weapons were smuggled", "dismissed", "reports that weapons were smuggled are dismissed"},
		{"the charges of theft", "denied", "the charges of theft are denied"},
		{"taking bribes", "denied", "taking bribes is denied"},
		{"ever meeting the ministers", "denied", "ever meeting the ministers is denied"},
		{"he moved the troops", "has denied", "it is not so that he moved the troops"},
		{"that the dam was full", "did not deny", "it is not denied that the dam was full"},
		{"the reports of a strike", "never denied", "the reports of a strike are not denied"},
		{"that ships were turned back", "stopped short of denying", "it is not denied that ships were turned back"},
		{"to deny that ships were turned back", "refused", "it is not denied that ships were turned back"},
		{"to deny the report", "refused", "the report is not denied"},
		{"that the raid failed", "declined on Monday to deny", "it is not denied that the raid failed"},
		{"that the envoy had left", "neither confirm nor deny", "it is neither confirmed nor denied that the envoy had left"},
		{"to confirm or deny that the raid failed", "refused", "it is neither confirmed nor denied that the raid failed"},
		{"the report", "would not confirm or deny", "the report is neither confirmed nor denied"},
		{"the report", "not confirm nor deny", "the report is neither confirmed nor denied"},
		{"that the dam was full", "did not doubt", "the dam was full"},
		{"the offer", "declined", "the offer is declined"},
		{"to open the gates", "refused", "there is a refusal to open the gates"},
		// The words deny by themselves.
		{"that it is untrue that the dam was full", "said", "it is untrue that the dam was full"},
		{"the claim is a lie", "According to", "the claim is a lie"},
		{"", "denied", ""},
	} {
		thing, clause := strings.CutPrefix(tt.thing, "that ")
		if got := denied(thing, tt.cue, clause); got != tt.want {
			t.Errorf("%s %q: %q, want %q", tt.cue, tt.thing, got, tt.want)
		}
	}
}

// TestDeniedInDraft: a denial goes into the ledger as what its speaker maintains, with
// the words of the report beside it.
func TestDeniedInDraft(t *testing.T) {
	c, err := Open(t.Context(), "../examples/imbra-river", Question{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	const text = "Keld denied on Monday that the dam was full."
	r := &Reading{Path: "x", Report: demarche.Report{ID: "x", Publisher: "Coast Mail", Text: text, SHA256: "00"}, Result: reader.Read(text, reader.Options{Actors: c.Case.Actors})}
	out := c.NewDrafter(DraftConfig{MinConfidence: 0.5}).Draft(r)
	if len(out.Claims) != 1 || out.Claims[0].Says != "it is not so that the dam was full" || out.Claims[0].Quote != "that the dam was full" {
		t.Errorf("claims %+v", out.Claims)
	}
}

// TestNondenials: who does not deny is not told to deny, nor to maintain, in a draft
// of a claim; and nothing is denied by it.
func TestNondenials(t *testing.T) {
	c, err := Open(t.Context(), "../examples/imbra-river", Question{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]struct{ says, stance, verb string }{
		"Energy Minister Marta Keld did not deny that the turbines will arrive a year late.": {"it is not denied that the turbines will arrive a year late", "hedges", "did not deny"},
		"Keld stopped short of denying that the turbines will arrive a year late.":           {"it is not denied that the turbines will arrive a year late", "hedges", "did not deny"},
		"A spokesman declined to deny that the turbines will arrive a year late.":            {"it is not denied that the turbines will arrive a year late", "hedges", "did not deny"},
		"The ministry would neither confirm nor deny that the turbines will be late.":        {"it is neither confirmed nor denied that the turbines will be late", "silent", "neither confirmed nor denied"},
		"The army did not confirm or deny that the turbines will be late.":                   {"it is neither confirmed nor denied that the turbines will be late", "silent", "neither confirmed nor denied"},
		"A spokesman refused to confirm or deny that the turbines will be late.":             {"it is neither confirmed nor denied that the turbines will be late", "silent", "neither confirmed nor denied"},
		"The ministry neither confirmed nor denied that the turbines will be late.":          {"it is neither confirmed nor denied that the turbines will be late", "silent", "neither confirmed nor denied"},
		"Keld denied that the turbines will arrive a year late.":                             {"it is not so that the turbines will arrive a year late", "denies", ""},
	} {
		r := &Reading{Path: "x", Report: demarche.Report{ID: "x", Publisher: "Coast Mail", Text: text, SHA256: "00"}, Result: reader.Read(text, reader.Options{Actors: c.Case.Actors})}
		for range r.Result.Attributions {
			r.Relations = append(r.Relations, []reader.Relation{{Matter: "turbines_late", Denies: true, P: .9}})
		}
		out := c.NewDrafter(DraftConfig{MinConfidence: 0.5}).Draft(r)
		if len(out.Claims) != 1 {
			t.Errorf("%s: %d claims", text, len(out.Claims))
			continue
		}
		cl := out.Claims[0]
		n, _ := demarche.NondenialOf(cl.Act, cl.Stance, cl.Says)
		if cl.Says != want.says || cl.Stance != want.stance || n.Past != want.verb || (len(cl.Links) > 0) == (n.Past != "") {
			t.Errorf("%s: says %q, stance %s, %q, links %v", text, cl.Says, cl.Stance, n.Past, cl.Links)
		}
	}
}

// TestAnswersInDraft: the answer of a person to an allegation in the same report is
// linked to it, and what that person denies elsewhere is not.
func TestAnswersInDraft(t *testing.T) {
	c, err := Open(t.Context(), "../examples/imbra-river", Question{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	c.Case.Actors = append(c.Case.Actors, demarche.Actor{ID: "stone", Name: "Clara Stone", Kind: "person"})
	const text = "Deputy Mara Quint alleged that Clara Stone took bribes from a builder. Stone rejected the allegation.\n\nStone denied on Monday that the dam was full."
	r := &Reading{Path: "x", Report: demarche.Report{ID: "x", Publisher: "Coast Mail", Text: text, SHA256: "00"}, Result: reader.Read(text, reader.Options{Actors: c.Case.Actors})}
	out := c.NewDrafter(DraftConfig{MinConfidence: 0.5}).Draft(r)
	replies := map[string]string{}
	for _, cl := range out.Claims {
		for _, l := range cl.Links {
			if l.Rel == "replies" && l.Kind == "claim" {
				replies[cl.Says] = l.ID
			}
		}
	}
	if len(out.Claims) != 3 || len(out.Claims[0].Against) != 1 || len(replies) != 1 || replies["the allegation is rejected"] != out.Claims[0].ID {
		t.Errorf("replies %v among %+v", replies, out.Claims)
	}
}

// TestRelay: "told the Post" names the outlet through which a report has it,
// unless that is the report's own, or no outlet.
func TestRelay(t *testing.T) {
	c, err := Open(t.Context(), "../examples/imbra-river", Question{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"The turbines will arrive a year late, an engineer at the site told the River Post.":          "river-post-outlet",
		"“We are done,” Arvel told Reuters on Monday.":                                                "reuters-outlet",
		"Arvel told parliament that the dam is full.":                                                 "",
		"Arvel told reporters that the dam is full.":                                                  "",
		"The minister said in an interview with the BBC that the talks had failed.":                   "bbc-outlet",
		"Arvel told the Coast Mail that the dam is full.":                                             "", // the report's own outlet
		"Arvel told the Mail that the dam is full.":                                                   "", // the same
		"Arvel told Marta Keld that the dam is full.":                                                 "",
		"“The dam is full,” Arvel told Lissa Today, which has not been heard of as an outlet before.": "",
	} {
		opts := reader.Options{Actors: c.Case.Actors}
		r := &Reading{Path: "x", Report: demarche.Report{ID: "x", Publisher: "Coast Mail", Text: text, SHA256: "00"}, Result: reader.Read(text, opts)}
		d := c.NewDrafter(DraftConfig{MinConfidence: 0.5})
		out := d.Draft(r)
		if len(out.Claims) == 0 || out.Claims[0].Relayed != want {
			t.Errorf("%q: %+v, want it relayed by %q", text, out.Claims, want)
		}
	}
}

// TestNameless: what has no name of its own is never taken for the same source in
// two reports.
func TestNameless(t *testing.T) {
	for name, kind := range map[string]reader.Kind{
		"The minister": reader.Person, "an engineer at the site": reader.Institution, "Lawmakers": reader.Group, "two officials": reader.Group, "the report": reader.Document, "his spokesman": reader.Person,
	} {
		if !nameless(name, kind) {
			t.Errorf("%q has a name?", name)
		}
	}
	for name, kind := range map[string]reader.Kind{
		"Arvel": reader.Person, "Foreign Minister Jon Arvel": reader.Person, "the Energy Ministry": reader.Institution, "Reuters": reader.Outlet, "the Democrats": reader.Group, "8 U.S.C. 1189": reader.Document,
	} {
		if nameless(name, kind) {
			t.Errorf("%q has no name?", name)
		}
	}
}
