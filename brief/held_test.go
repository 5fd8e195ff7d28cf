package brief

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/demarche/demarche"
)

// heldHarbour is the harbour case with a ledger: its own claims, and those given.
func heldHarbour(t *testing.T, change func(*demarche.Holdings)) Input {
	t.Helper()
	in := harbour(t)
	h := &demarche.Holdings{
		Reports: []demarche.HeldReport{{Report: in.Reports[0], Outlet: "gazette"}},
		Sources: []demarche.HeldSource{{ID: "gazette", Name: "The Port Gazette", Kind: "outlet"}},
	}
	sources := map[string]bool{"gazette": true}
	for i := range in.Case.Claims {
		in.Case.Claims[i].At.Line = i + 1
	}
	for _, cl := range in.Case.Claims {
		source := cl.Source
		if reportItself(source) {
			source = "gazette"
		}
		if !sources[source] {
			sources[source] = true
			s := demarche.HeldSource{ID: source, Name: source, Kind: "person", Actor: source}
			if cl.Record == "anonymous" {
				s = demarche.HeldSource{ID: source, Description: source, Kind: "anonymous", Report: cl.Report}
			}
			h.Sources = append(h.Sources, s)
		}
		held := demarche.HeldClaim{ID: cl.ID, Report: cl.Report, Source: source, Says: cl.Says, Quote: cl.Quote, Said: cl.Said, Act: cl.Act, Nature: cl.Nature,
			Stance: cl.Stance, Record: cl.Record, Hedges: cl.Hedges, Status: "accepted"}
		for _, r := range cl.Affirms {
			held.Links = append(held.Links, demarche.HeldLink{Rel: "affirms", Kind: "proposition", ID: r.Name})
		}
		for _, r := range cl.Denies {
			held.Links = append(held.Links, demarche.HeldLink{Rel: "denies", Kind: "proposition", ID: r.Name})
		}
		h.Claims = append(h.Claims, held)
	}
	for _, p := range in.Case.Propositions {
		h.Propositions = append(h.Propositions, demarche.HeldProposition{ID: p.ID, Says: p.Says, Prior: p.Prior})
	}
	if change != nil {
		change(h)
	}
	slices.SortFunc(h.Reports, func(a, b demarche.HeldReport) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(h.Sources, func(a, b demarche.HeldSource) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(h.Claims, func(a, b demarche.HeldClaim) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(h.Propositions, func(a, b demarche.HeldProposition) int { return strings.Compare(a.ID, b.ID) })
	c, err := in.Case.WithHoldings(h, in.Case.WeightsOr())
	if err != nil {
		t.Fatal(err)
	}
	in.Case, in.Reports = c, nil
	for _, r := range h.Reports {
		in.Reports = append(in.Reports, r.Report)
	}
	solveInput(t, &in)
	return in
}

func textOf(b *Brief, key string) string {
	var out []string
	for section, s := range b.Sentences {
		if key == "" || section == key {
			out = append(out, s.Text)
		}
	}
	return strings.Join(out, "\n")
}

// A brief in which no claim counts says in one sentence why, and what waits.
func TestNoClaimCounts(t *testing.T) {
	for _, tt := range []struct {
		held bool
		n    int
		want string
	}{
		{false, 0, "The case holds no claims, so nothing in this brief rests on a report."},
		{true, 0, "No claim that bears on the case has been accepted, so nothing in this brief rests on a report."},
		{true, 1, "No claim that bears on the case has been accepted, so nothing in this brief rests on a report; one has been proposed from the reports and waits for a decision."},
		{true, 23, "No claim that bears on the case has been accepted, so nothing in this brief rests on a report; 23 have been proposed from the reports and wait for a decision."},
	} {
		in := harbour(t)
		if tt.held {
			in = heldHarbour(t, func(h *demarche.Holdings) {
				h.Waiting = tt.n
				for i := range h.Claims {
					h.Claims[i].Status = "rejected"
				}
			})
		} else {
			in.Case.Claims = nil
			solveInput(t, &in)
		}
		b := composed(t, in)
		text := textOf(b, "sources")
		if !strings.Contains("\n"+text, "\n"+tt.want+"\n") || strings.Contains(text, "further claim") {
			t.Errorf("want %q in\n%s", tt.want, text)
		}
		for _, f := range Lint(b, in) {
			if strings.Contains(text, f.Sentence) {
				t.Errorf("%s", f)
			}
		}
	}
	in := heldHarbour(t, func(h *demarche.Holdings) { h.Waiting = 2 })
	if text := textOf(composed(t, in), "sources"); !strings.Contains(text, "Two further claims that bear on the case have been proposed") || strings.Contains(text, "has been accepted, so") {
		t.Error(text)
	}
}

// A ledger in which ten outlets carry one agency, three hundred claims bear on one
// matter and forty on none gives a brief that can still be read, and says what it
// leaves out.
func TestManyClaims(t *testing.T) {
	small := composed(t, heldHarbour(t, nil))
	if len(small.Draft) > 0 {
		t.Fatal(small.Draft)
	}
	in := heldHarbour(t, func(h *demarche.Holdings) {
		on := []demarche.HeldLink{{Rel: "affirms", Kind: "proposition", ID: "broken"}}
		agency := "The wire: the crane broke on Monday, an engineer said."
		report := func(id, outlet, text string) {
			h.Sources = append(h.Sources, demarche.HeldSource{ID: outlet, Name: "Paper " + strings.ToUpper(outlet[1:]), Kind: "outlet"})
			h.Reports = append(h.Reports, demarche.HeldReport{Report: demarche.Report{ID: id, Title: "On the crane", Text: text}, Outlet: outlet})
		}
		h.Sources = append(h.Sources, demarche.HeldSource{ID: "engineer", Name: "Eva Lund", Kind: "person", Reliability: "A"})
		for n := range 10 {
			id := fmt.Sprintf("wire%02d", n)
			report(id, fmt.Sprintf("p%c", 'a'+n), agency)
			cl := demarche.HeldClaim{ID: id + ".1", Report: id, Source: "engineer", Says: "the crane broke on Monday", Quote: "the crane broke on Monday", Stance: "affirms", Act: "states", Record: "on_record", Status: "accepted", Links: on}
			if n > 0 {
				cl.Links = append([]demarche.HeldLink{{Rel: "copies", Kind: "claim", ID: "wire00.1"}}, on...)
			}
			h.Claims = append(h.Claims, cl)
		}
		for n := range 300 {
			source := fmt.Sprintf("s%03d", n)
			h.Sources = append(h.Sources, demarche.HeldSource{ID: source, Name: "Eva Lund", Kind: "person"})
			h.Claims = append(h.Claims, demarche.HeldClaim{ID: "many." + source, Report: "wire00", Source: source, Says: "the crane broke", Quote: "the crane broke", Stance: "affirms", Act: "states", Record: "on_record", Status: "accepted", Links: on})
		}
		for n := range 40 {
			h.Claims = append(h.Claims, demarche.HeldClaim{ID: fmt.Sprintf("aside.%02d", n), Report: "wire00", Source: "engineer", Says: "the crane broke at dock " + string(rune('a'+n/26)) + string(rune('a'+n%26)), Quote: "the crane broke", Stance: "affirms", Act: "states", Record: "on_record", Status: "accepted",
				Learned: time.Unix(int64(n), 0), Links: []demarche.HeldLink{{Rel: "about", Kind: "incident", ID: "elsewhere"}}})
		}
	})
	b := composed(t, in)
	if len(b.Draft) > 0 {
		t.Fatal(b.Draft)
	}
	text := textOf(b, "situation")
	for _, want := range []string{
		"Whether the crane is broken is contested: 302 independent origins affirm it, one origin denies it.",
		"Also carried by", // told once
		"Paper B, Paper C, Paper D, Paper E and five more",
		"Northport said that Ivo van Dam took part, as it alleges, in a fraud.", // what the case itself has comes first
		"A further 299 independent origins affirm it.",
		"further claims of this kind stand in the ledger",
	} {
		if !strings.Contains(strings.ReplaceAll(text, "also carried by", "Also carried by"), want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if n := strings.Count(text, "broke on Monday"); n != 1 {
		t.Errorf("what ten papers carry is told %d times", n)
	}
	grown := len(textOf(b, "")) - len(textOf(small, ""))
	if grown > 8000 || len(b.Quotes) > len(small.Quotes)+60 {
		t.Errorf("350 more claims make the brief longer by %d bytes and %d passages", grown, len(b.Quotes)-len(small.Quotes))
	}
}

// What rests on a claim that no longer counts is named, and counts as assumed.
func TestLostSupport(t *testing.T) {
	for fate, change := range map[demarche.Fate]func(*demarche.Holdings){
		demarche.FateRejected:  func(h *demarche.Holdings) { h.Claims[0].Status = "rejected" },
		demarche.FateRetracted: func(h *demarche.Holdings) { h.Claims[0].Status = "retracted" },
		demarche.FateWithdrawn: func(h *demarche.Holdings) { h.Claims[0].Withdrawn = true },
		demarche.FatePending:   func(h *demarche.Holdings) { h.Claims[0].Status = "proposed" },
		demarche.FateAbsent:    func(h *demarche.Holdings) { h.Claims, h.Gone = h.Claims[1:], []string{"c1"} },
		demarche.FateRedacted: func(h *demarche.Holdings) {
			h.Claims, h.Gone = h.Claims[1:], []string{"c1"}
			h.Redacted = []demarche.HeldTombstone{{Kind: "claim", ID: "c1", Who: "Cy", Why: "a court order", Learned: time.Unix(0, 0)}}
		},
	} {
		in := heldHarbour(t, change)
		before := fmt.Sprint(in.Case.Conflict.Players[0].Prefers[0].Because)
		b := composed(t, in)
		if len(b.Draft) > 0 {
			t.Errorf("%s: %q", fate, b.Draft)
		}
		text := textOf(b, "assumptions")
		want := "Among what Northport wants, that the harbour be open: it rests on a claim " + fateWords[fate] + ", and on nothing else."
		if !strings.Contains(text, want) || !strings.Contains(text, "No report says that Northport") {
			t.Errorf("%s: %q is not in\n%s", fate, want, text)
		}
		for _, q := range b.Quotes {
			if q.Claim == "c1" {
				t.Errorf("%s: the brief quotes it", fate)
			}
		}
		if fmt.Sprint(in.Case.Conflict.Players[0].Prefers[0].Because) != before {
			t.Errorf("%s: the case was changed", fate)
		}
	}
}

// The mark of a brief is the strictest of the case and of what it uses.
func TestStrictestMark(t *testing.T) {
	for _, tt := range []struct {
		marks []string
		want  string
	}{
		{[]string{"", "public"}, ""}, {[]string{"public", ""}, "public"}, {[]string{"public", "internal"}, "internal"},
		{[]string{"confidential", "internal"}, "confidential"}, {[]string{"", "internal", "confidential", "public"}, "confidential"},
	} {
		if got := strictest(tt.marks...); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.marks, got, tt.want)
		}
	}
	for name, change := range map[string]func(*demarche.Holdings){
		"claim": func(h *demarche.Holdings) { h.Claims[1].Handling = "confidential" }, "report": func(h *demarche.Holdings) { h.Reports[0].Handling = "confidential" },
		"source": func(h *demarche.Holdings) { h.Sources[0].Handling = "confidential" },
	} {
		b := composed(t, heldHarbour(t, change))
		text := textOf(b, "sources")
		if b.Handling != "confidential" || !strings.Contains(text, "The brief carries the mark confidential because") || !strings.Contains(text, "while the case itself is public") {
			t.Errorf("%s: %q\n%s", name, b.Handling, text)
		}
		if out := render4(t, b)["txt"]; !strings.Contains(out, "; confidential;") {
			t.Errorf("%s: no passage is named as confidential", name)
		}
	}
}

// Where the words of a claim stand twice in a report, the span of the ledger says
// which are meant; without one it is the first place.
func TestPlaceOfQuotation(t *testing.T) {
	const text = "He said no. Later he said no again."
	second := strings.LastIndex(text, "said no")
	cl := &demarche.Claim{Quote: "said no"}
	if from, to := placeOf(text, 0, cl); from != 3 || to != 10 {
		t.Errorf("%d to %d", from, to)
	}
	cl.Held = &demarche.HeldClaim{Spans: demarche.ClaimSpans{Source: [][2]int{{0, 2}}, Content: [][2]int{{second + 5, second + 7}}}}
	if from, to := placeOf(text, 0, cl); from != second || text[from:to] != "said no" {
		t.Errorf("%d to %d, want %d", from, to, second)
	}
	cl.Quote = "said yes"
	if from, to := placeOf(text, 0, cl); from != -1 || to != -1 {
		t.Errorf("words that are not there stand at %d to %d", from, to)
	}
}

// randomInputs are inputs of a model with random claims of distinct sources.
func randomInputs(r *rand.Rand) []input {
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	var out []input
	n := 0
	for range 1 + r.IntN(8) {
		in := input{proposition: r.IntN(3) == 0}
		for range r.IntN(4) {
			n++
			t := demarche.Testimony{Claim: fmt.Sprintf("c%d", n), Source: fmt.Sprintf("s%d", r.IntN(12)), Report: fmt.Sprintf("r%d", r.IntN(6)), Outlet: fmt.Sprintf("o%d", r.IntN(4)),
				OutletReliability: pick("", "A", "C", "F"), Reliability: pick("", "A", "B", "C", "D", "E", "F"), Credibility: r.IntN(7),
				Record: pick("on_record", "document", "background", "anonymous", "unattributed", ""), Access: pick("direct", "hearsay", ""), Side: pick("", "x", "y")}
			t.Unnamed = t.Record == "anonymous" || t.Record == "unattributed"
			t.Denies = in.proposition && r.IntN(3) == 0
			in.claims = append(in.claims, t)
		}
		out = append(out, in)
	}
	return out
}

func noDeception(string) bool { return false }

func outletOf(t *demarche.Testimony) string { return t.Outlet }

var levels = []string{"low", "moderate", "high"}

func levelOf(inputs []input) int {
	return slices.Index(levels, footingOf(inputs, demarche.DefaultWeights, noDeception, outletOf).level())
}

func with1(inputs []input, at int, t demarche.Testimony) []input {
	out := slices.Clone(inputs)
	out[at].claims = append(slices.Clone(out[at].claims), t)
	return out
}

// The rule of confidence: never high where most of what it rests on is not named or
// cites nothing; a further independent origin that is named and graded never lowers
// it; what cannot be judged (F, 6) never raises it; nor does taking every name away.
func TestConfidenceRule(t *testing.T) {
	met := map[int]int{}
	for seed := range uint64(6000) {
		r := rand.New(rand.NewPCG(seed, 5))
		inputs := randomInputs(r)
		if r.IntN(2) == 0 { // well-founded ones are rare by chance
			for i := range inputs {
				for k := range 1 + r.IntN(3) {
					inputs[i].claims = append(inputs[i].claims, demarche.Testimony{Claim: fmt.Sprintf("g%d.%d", i, k), Source: fmt.Sprintf("g%d", k), Outlet: fmt.Sprintf("o%d", k), Record: "on_record", Reliability: "B", Credibility: 2})
				}
			}
		}
		f := footingOf(inputs, demarche.DefaultWeights, noDeception, outletOf)
		level := levelOf(inputs)
		met[level]++
		bare := f.bareStatements + f.barePropositions
		if level == 2 && (f.unnamedWeight > f.weight/2 || 2*bare > len(inputs) || f.origins == 0) {
			t.Fatalf("seed %d: high with %+v", seed, f)
		}
		at := r.IntN(len(inputs))
		named := demarche.Testimony{Claim: "more", Source: "somebody else", Report: "r9", Outlet: "o1", Record: "on_record", Reliability: string("ABCDE"[r.IntN(5)]), Credibility: 1 + r.IntN(5), Denies: r.IntN(2) == 0}
		if got := levelOf(with1(inputs, at, named)); got < level {
			t.Fatalf("seed %d: %s, and %s with one more origin that is named and graded: %+v", seed, levels[level], levels[got], f)
		}
		nothing := named
		if r.IntN(2) == 0 {
			nothing.Reliability = "F"
		} else {
			nothing.Credibility = 6
		}
		if got := levelOf(with1(inputs, at, nothing)); got != level {
			t.Fatalf("seed %d: %s, and %s with one more origin of which nothing can be judged", seed, levels[level], levels[got])
		}
		var hidden []input
		for _, in := range inputs {
			in.claims = slices.Clone(in.claims)
			for i := range in.claims {
				in.claims[i].Unnamed, in.claims[i].Record = true, "anonymous"
			}
			hidden = append(hidden, in)
		}
		if got := levelOf(hidden); got != 0 {
			t.Fatalf("seed %d: %s where nobody is named", seed, levels[got])
		}
		if deceived := footingOf(inputs, demarche.DefaultWeights, func(string) bool { return true }, outletOf); deceived.level() != "low" {
			t.Fatalf("seed %d: %s where every source shows signs of deception", seed, deceived.level())
		}
	}
	for l, name := range levels {
		if met[l] < 100 {
			t.Errorf("confidence was %s only %d times: the test shows little", name, met[l])
		}
	}
}

// A case with the bare minimum for a ledger, and one whose claims stand in the case
// file alone, give a brief.
func TestPoorLedgers(t *testing.T) {
	for name, change := range map[string]func(*demarche.Holdings){
		"nothing":    func(h *demarche.Holdings) { *h = demarche.Holdings{} },
		"no sources": func(h *demarche.Holdings) { h.Sources = nil },
		"no reports": func(h *demarche.Holdings) { h.Reports[0].Outlet = "" },
		"no outlet":  func(h *demarche.Holdings) { h.Sources = h.Sources[1:] },
		"certain": func(h *demarche.Holdings) {
			h.Propositions[0].Override = &demarche.Override{P: 1, By: "Ida Holm", Reason: "seen"}
		},
		"half known": func(h *demarche.Holdings) { h.Claims = h.Claims[:2] },
		"all graded": func(h *demarche.Holdings) {
			for i := range h.Sources {
				h.Sources[i].Reliability = "A"
			}
		},
		"no judgable": func(h *demarche.Holdings) {
			for i := range h.Claims {
				h.Claims[i].Credibility = 6
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := heldHarbour(t, change)
			if name == "nothing" {
				in.Reports = harbour(t).Reports
			}
			b := composed(t, in)
			if name == "half known" && !strings.Contains(textOf(b, "situation"), "This claim is in the case file and not yet in the ledger, so the credence does not count it.") {
				t.Errorf("a claim that the ledger has not heard of is told as if it counted:\n%s", textOf(b, "situation"))
			}
			if len(b.Draft) > 0 {
				t.Errorf("draft: %q", b.Draft)
			}
			for _, s := range textOfAll(b) {
				for _, bad := range []string{"  ", "..", " ,", " .", "%!", "<nil>", ": :"} {
					if strings.Contains(s, bad) && !strings.Contains(s, "…") {
						t.Errorf("%q in %s", bad, s)
					}
				}
			}
			for form, out := range render4(t, b) {
				if found, err := LintText(t.Context(), out, in); err != nil || len(found) > 0 {
					t.Errorf("%s: %v %v", form, found, err)
				}
			}
		})
	}
}

func textOfAll(b *Brief) []string {
	var out []string
	for section, s := range b.Sentences {
		if section == "situation" || section == "credences" || section == "changes" || section == "judgements" {
			out = append(out, s.Text)
		}
	}
	return out
}

// randomLedger changes a ledger at random: who is graded how, what counts, what copies
// what, what is alleged of whom.
func randomLedger(r *rand.Rand) func(*demarche.Holdings) {
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	return func(h *demarche.Holdings) {
		for i := range h.Sources {
			h.Sources[i].Reliability = pick("", "", "A", "B", "C", "D", "E", "F")
			h.Sources[i].Handling = pick("", "", "public", "internal")
			if r.IntN(4) == 0 {
				h.Sources[i].Grades = []demarche.HeldGrade{{Reliability: "B", By: "Ida Holm", Why: "first look"}, {Reliability: h.Sources[i].Reliability + "", By: "Jan Krog", Why: "was wrong in 3 cases", Learned: time.Unix(1_700_000_000, 0)}}
			}
		}
		h.Sources = append(h.Sources, demarche.HeldSource{ID: "p2", Name: "The Evening Tide", Kind: "outlet"}, demarche.HeldSource{ID: "lund", Name: "Eva Lund", Kind: "person", Side: pick("", "north", "south"), Reliability: pick("", "B")},
			demarche.HeldSource{ID: "aide", Description: pick("An aide to the mayor", "several dockers", "people who know the crane"), Kind: "anonymous", Report: "tide", Side: pick("", "north")})
		text := "An aide said that the crane was broken. Eva Lund said that the crane works. Two dockers were paid 500 crowns."
		h.Reports = append(h.Reports, demarche.HeldReport{Report: demarche.Report{ID: "tide", Title: "The crane again", Text: text}, Outlet: pick("p2", "gazette", ""), Handling: pick("", "confidential")})
		for n := range r.IntN(8) {
			cl := demarche.HeldClaim{ID: fmt.Sprintf("x%d", n), Report: pick("tide", "tide", "harbour"), Source: pick("lund", "aide", "", "nobody known", "p2"), Act: pick("states", "denies", "demands", "predicts", ""), Stance: pick("affirms", "denies", "hedges", "silent"),
				Record: pick("on_record", "anonymous", "background", "document", "unattributed", ""), Status: pick("accepted", "accepted", "accepted", "proposed", "rejected", "retracted"), Credibility: r.IntN(7), Access: pick("", "direct", "hearsay"),
				Handling: pick("", "internal", "confidential"), Relayed: pick("", "gazette"), Who: "Ida Holm", Why: "the tape says so"}
			cl.Says, cl.Quote = "the crane was broken", "the crane was broken"
			if cl.Report == "harbour" && r.IntN(2) == 0 {
				cl.Says = ""
			}
			if cl.Source != "" && r.IntN(4) == 0 {
				cl.Says, cl.Quote, cl.Against = "the harbour master was paid", "were paid 500 crowns", []string{"Ivo van Dam"}
				cl.Report = "tide"
			}
			if cl.Source == "aide" {
				cl.Report = "tide"
				cl.Record = "anonymous"
			}
			for range r.IntN(3) {
				switch r.IntN(5) {
				case 0, 1:
					cl.Links = append(cl.Links, demarche.HeldLink{Rel: pick("affirms", "denies"), Kind: "proposition", ID: pick("broken", "left", "paid", "resolved"), Strength: float64(r.IntN(3)) / 2})
				case 2:
					cl.Links = append(cl.Links, demarche.HeldLink{Rel: pick("copies", "replies", "contradicts", "retracts", "corrects"), Kind: "claim", ID: pick("c2", "c5", "x0", "x1")})
				default:
					cl.Links = append(cl.Links, demarche.HeldLink{Rel: "about", Kind: "incident", ID: "ferries"})
				}
			}
			cl.Links = slices.DeleteFunc(cl.Links, func(l demarche.HeldLink) bool { return l.ID == cl.ID })
			h.Claims = append(h.Claims, cl)
		}
		for i := range h.Claims[:6] {
			if r.IntN(5) == 0 {
				h.Claims[i].Status = pick("rejected", "retracted", "proposed")
				h.Claims[i].Who, h.Claims[i].Why = "Jan Krog", "misheard"
			}
			h.Claims[i].Withdrawn = r.IntN(8) == 0
		}
		h.Propositions = append(h.Propositions, demarche.HeldProposition{ID: "paid", Says: "The dockers were paid", Prior: []*float64{nil, ptr(0.0), ptr(1.0), ptr(0.3)}[r.IntN(4)]})
		if r.IntN(2) == 0 {
			h.Propositions[r.IntN(len(h.Propositions))].Override = &demarche.Override{P: []float64{0, 0.3, 0.62, 1}[r.IntN(4)], By: "Ida Holm", Reason: "The tape of 12 May"}
		}
		if r.IntN(4) == 0 {
			h.Redacted = []demarche.HeldTombstone{{Kind: "claim", ID: "y", Who: "Cy", Why: "A court order", Learned: time.Date(2025, 5, 19, 0, 0, 0, 0, time.UTC)}}
		}
		if r.IntN(3) == 0 {
			h.Deceptions = []demarche.HeldDeception{{Source: pick("lund", "berg"), By: "Ida Holm", WouldSee: "leaks", Seen: pick("yes", "no", "unknown", "")}}
		}
	}
}

// Whatever a ledger holds, the brief on it passes its own check, also where it is
// compared with another ledger, and its sentences are clean.
func TestRandomLedgers(t *testing.T) {
	seeds := uint64(60)
	if testing.Short() {
		seeds = 12
	}
	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 11))
		in := heldHarbour(t, randomLedger(r))
		if r.IntN(2) == 0 {
			then := heldHarbour(t, randomLedger(r))
			in.Since = &Since{Label: "10 May 2025", Day: date(t, "2025-05-10"), Case: then.Case, Reports: then.Reports, Conflict: then.Conflict, Outlook: then.Outlook}
			for _, ch := range demarche.Changes(then.Case, in.Case, date(t, "2025-05-10"), in.Case.AsOf) {
				in.Since.Changes = append(in.Since.Changes, InputChange{Change: ch})
			}
		}
		b := composed(t, in)
		if len(b.Draft) > 0 {
			t.Errorf("seed %d: draft: %q", seed, b.Draft)
		}
		for _, s := range textOfAll(b) {
			for _, bad := range []string{"  ", "..", " ,", " .", "%!", "<nil>", ": :", "()", "that that", " the the ", " it it "} {
				if strings.Contains(s, bad) {
					t.Errorf("seed %d: %q in %s", seed, bad, s)
				}
			}
		}
	}
}
