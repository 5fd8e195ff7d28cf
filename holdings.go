package demarche

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Holdings are what a ledger held at one time, as far as it bears on a case: the
// claims with who made them, in which report, and what they speak to.
type Holdings struct {
	// At is the time: everything that was learned up to then is in it. The zero
	// time is the time of asking.
	At           time.Time
	Reports      []HeldReport      // in which the claims stand, by id
	Sources      []HeldSource      // who speaks and in which outlets, by id
	Claims       []HeldClaim       // by id
	Propositions []HeldProposition // by id
	Judgements   []HeldJudgement   // by id
	// Waiting counts the proposed claims that speak to a proposition. They move
	// nothing.
	Waiting int
	// Gone are claims asked for by name that the ledger has heard of and that
	// were not there at that time: learned later, withdrawn or redacted.
	// Ascending.
	Gone []string
	// GoneReports are the same of reports.
	GoneReports []string
	// Redacted are the claims and reports that were destroyed, whenever that was,
	// by kind, then id: they are gone from every day.
	Redacted []HeldTombstone
	// Deceptions are what analysts noted on whether a source wants to deceive, by
	// source, then analyst.
	Deceptions []HeldDeception
}

// HoldingsQuery says which claims are asked for. Accepted claims that speak to
// something, by a link, are always among them.
type HoldingsQuery struct {
	Claims  []string // by name, whatever their status
	Reports []string // by name, whether or not a claim asked for stands in them
	Pending bool     // all that are proposed
}

// HeldReport is a report in a ledger.
type HeldReport struct {
	Report
	Outlet   string // id of the source that published it, "" if none is stated
	Handling string
	CopyOf   []ReportCopy // ascending by report
	Learned  time.Time
}

// ReportCopy says that a report is a near-copy of another one.
type ReportCopy struct {
	Report string
	Share  float64 // of their runs of words that they have in common, over 0 to 1
}

// HeldSource is one who speaks, or an outlet, in a ledger.
type HeldSource struct {
	ID          string
	Name        string
	Description string // of an unnamed one, as its report has it
	Kind        string // person, office, institution, group, document, outlet, anonymous or unattributed
	Side        string // whose interest it speaks for: an actor of the case
	Actor       string // the actor of the case that it is
	Report      string // of an unnamed one: the report it stands in
	Reliability string // A to F, "" if not graded
	// Grades are all the grades that it had, the earliest first, where it had
	// more than one.
	Grades   []HeldGrade
	Handling string
}

// HeldGrade is the reliability that a source was given at one time.
type HeldGrade struct {
	Reliability string // A to F, "" if not graded
	By, Why     string
	Learned     time.Time
}

// HeldTombstone is what is left of a record that was destroyed.
type HeldTombstone struct {
	Kind, ID string
	Who, Why string
	Learned  time.Time
}

// HeldDeception is what an analyst would see if a source wanted us to believe
// it, and whether that is seen.
type HeldDeception struct {
	Source, By, WouldSee string
	Seen                 string // yes, no, unknown or ""
}

// HeldBrief is a brief that was given out, with the claims it used.
type HeldBrief struct {
	ID, Title   string
	Made, AsOf  Date
	Fingerprint string
	Claims      []string
	Handling    string
}

// Called is the name, or the description of an unnamed source.
func (s HeldSource) Called() string { return cmp.Or(s.Name, s.Description) }

// Unnamed reports whether nobody is named.
func (s HeldSource) Unnamed() bool { return s.Kind == "anonymous" || s.Kind == "unattributed" }

// HeldClaim is a claim in a ledger.
type HeldClaim struct {
	ID, Report, Source string
	Says               string // in our words, to follow "says that"
	Quote              string // the words of the report, exactly
	Spans              ClaimSpans
	Said               Date // zero if not known
	Recently           bool // said recently, by the report
	Act, Nature        string
	Access             string // direct or hearsay
	Interest           string // whose side it serves, where it is not that of its source
	Stance             string // affirms, denies, hedges or silent
	Record             string
	Hedges             []string
	Credibility        int    // 1 to 6, 0 if not graded
	Relayed            string // the outlet through which it came, "" if none
	Distinct           bool
	Against            []string // named persons of whom it alleges something
	FoundBy            string
	Status             string // proposed, accepted, rejected or retracted
	Handling           string
	Learned            time.Time // when this version of it was learned
	Entry              int       // the number of the entry that made this version
	Who, Why           string    // of that entry
	Links              []HeldLink
	// Withdrawn: another accepted claim retracts it.
	Withdrawn bool
}

// ClaimSpans are half-open ranges of byte offsets into the text of a report.
type ClaimSpans struct {
	Source, Cue, Content [][2]int
}

// HeldLink is what a claim leads to.
type HeldLink struct {
	Rel      string // affirms, denies, copies, corrects, retracts, contradicts, replies or about
	Kind, ID string // of the record it leads to: proposition, claim, incident, ...
	Strength float64
	Note     string
}

// HeldProposition is a proposition in a ledger.
type HeldProposition struct {
	ID, Says string
	Prior    *float64
	Override *Override // an analyst's own credence, nil if there is none
}

// HeldJudgement is an analyst's dated probability in a ledger.
type HeldJudgement struct {
	ID, By     string
	Date       Date
	On         string // the outcome of the case, or the question in words
	P          float64
	Words      string
	Because    []string // claims
	Due        Date     // by when it will be known
	Resolved   string   // yes or no, once known
	ResolvedOn Date
}

// HedgedStrength is how far a claim that hedges speaks to a proposition where
// its link does not say: by convention, half as far.
const HedgedStrength = 0.5

// FoundByReader begins the name of who found a claim where that is a reader, not
// a person.
const FoundByReader = "reader "

// Report is the report with an id, or nil.
func (h *Holdings) Report(id string) *HeldReport {
	n, ok := slices.BinarySearchFunc(h.Reports, id, func(r HeldReport, id string) int { return strings.Compare(r.ID, id) })
	if !ok {
		return nil
	}
	return &h.Reports[n]
}

// Source is the source with an id, or nil.
func (h *Holdings) Source(id string) *HeldSource {
	n, ok := slices.BinarySearchFunc(h.Sources, id, func(s HeldSource, id string) int { return strings.Compare(s.ID, id) })
	if !ok {
		return nil
	}
	return &h.Sources[n]
}

// Claim is the claim with an id, or nil.
func (h *Holdings) Claim(id string) *HeldClaim {
	n, ok := slices.BinarySearchFunc(h.Claims, id, func(c HeldClaim, id string) int { return strings.Compare(c.ID, id) })
	if !ok {
		return nil
	}
	return &h.Claims[n]
}

// Proposition is the proposition with an id, or nil.
func (h *Holdings) Proposition(id string) *HeldProposition {
	n, ok := slices.BinarySearchFunc(h.Propositions, id, func(p HeldProposition, id string) int { return strings.Compare(p.ID, id) })
	if !ok {
		return nil
	}
	return &h.Propositions[n]
}

// Fate is why a claim that somebody names does not count.
type Fate string

// The fates of claims. The empty one is that of a claim that counts, or of which
// the ledger has never heard.
const (
	FatePending   Fate = "proposed"  // nobody has decided on it yet
	FateRejected  Fate = "rejected"  // a person did not accept it
	FateRetracted Fate = "retracted" // it was taken back
	FateWithdrawn Fate = "withdrawn" // another accepted claim takes it back
	FateRedacted  Fate = "redacted"  // its content was destroyed
	FateAbsent    Fate = "absent"    // learned later, or the entry was undone
)

// Fate says why a claim does not count. There is none where there are no
// holdings.
func (h *Holdings) Fate(id string) Fate {
	if h == nil {
		return ""
	}
	if c := h.Claim(id); c != nil {
		switch {
		case c.Live():
			return ""
		case c.Status == "accepted":
			return FateWithdrawn
		}
		return Fate(c.Status)
	}
	if h.Tombstone("claim", id) != nil {
		return FateRedacted
	}
	if slices.Contains(h.Gone, id) {
		return FateAbsent
	}
	return ""
}

// Tombstone is what is left of a destroyed record, or nil.
func (h *Holdings) Tombstone(kind, id string) *HeldTombstone {
	for i := range h.Redacted {
		if t := &h.Redacted[i]; t.Kind == kind && t.ID == id {
			return t
		}
	}
	return nil
}

// Deceives reports whether an analyst noted that a source shows what one would
// see if it wanted to be believed, and whether anyone came to an answer at all.
func (h *Holdings) Deceives(source string) (seen, noted bool) {
	for _, d := range h.Deceptions {
		if d.Source == source {
			noted = noted || d.Seen == "yes" || d.Seen == "no"
			seen = seen || d.Seen == "yes"
		}
	}
	return seen, noted
}

// Live reports whether a claim counts: accepted, and not withdrawn.
func (c *HeldClaim) Live() bool { return c.Status == "accepted" && !c.Withdrawn }

// Words are what the claim says, in our words or in those of its report.
func (c *HeldClaim) Words() string { return cmp.Or(c.Says, c.Quote) }

// On are the propositions that a claim affirms or denies, by their links.
func (c *HeldClaim) On() []HeldLink {
	var out []HeldLink
	for _, l := range c.Links {
		if l.Kind == "proposition" && (l.Rel == "affirms" || l.Rel == "denies") {
			out = append(out, l)
		}
	}
	return out
}

// Testimonies are the claims on a proposition, ascending by claim, of those that
// count lets through and that are not silent. Nil lets the live ones through.
func (h *Holdings) Testimonies(proposition string, count func(*HeldClaim) bool) []Testimony {
	if count == nil {
		count = (*HeldClaim).Live
	}
	var out []Testimony
	inReport := map[string][]int{}
	for i := range h.Claims {
		c := &h.Claims[i]
		at := slices.IndexFunc(c.Links, func(l HeldLink) bool {
			return l.Kind == "proposition" && l.ID == proposition && (l.Rel == "affirms" || l.Rel == "denies")
		})
		if at < 0 || c.Stance == "silent" || !count(c) {
			continue
		}
		if c.Report != "" {
			inReport[c.Report] = append(inReport[c.Report], len(out))
		}
		out = append(out, h.testimony(c, c.Links[at]))
	}
	for i := range out {
		r := h.Report(out[i].Report)
		if r == nil {
			continue
		}
		for _, first := range r.CopyOf {
			for _, j := range inReport[first.Report] {
				if h.sameClaim(&out[i], &out[j]) && !slices.Contains(out[i].CopyOf, out[j].Claim) {
					out[i].CopyOf = append(out[i].CopyOf, out[j].Claim)
				}
			}
		}
		slices.Sort(out[i].CopyOf)
	}
	return out
}

func (h *Holdings) testimony(c *HeldClaim, on HeldLink) Testimony {
	t := h.Testimony(c)
	t.Denies = on.Rel == "denies"
	if on.Strength != 0 {
		t.Strength = on.Strength
	}
	return t
}

// Testimony is a claim as it bears on something of which its links say nothing.
func (h *Holdings) Testimony(c *HeldClaim) Testimony {
	t := Testimony{Claim: c.ID, Source: c.Source, Report: c.Report, Relayed: c.Relayed, Side: c.Interest, Distinct: c.Distinct,
		Credibility: c.Credibility, Record: c.Record, Access: c.Access}
	if c.Stance == "hedges" {
		t.Strength = HedgedStrength
	}
	s := h.Source(c.Source)
	t.Unnamed = s == nil || s.Unnamed() || c.Record == "anonymous" || c.Record == "unattributed"
	if s != nil {
		t.Name, t.Reliability = s.Called(), s.Reliability
		t.Side = cmp.Or(t.Side, s.Side)
	}
	if r := h.Report(c.Report); r != nil {
		t.Outlet = r.Outlet
		if o := h.Source(r.Outlet); o != nil {
			t.OutletReliability = o.Reliability
		}
	}
	for _, l := range c.Links {
		if l.Rel == "copies" && l.Kind == "claim" {
			t.CopyOf = append(t.CopyOf, l.ID)
		}
	}
	slices.Sort(t.CopyOf)
	return t
}

// sameClaim reports whether a claim of a report that copies another one is a
// claim of that one again: by its words, or by the description of an unnamed
// source.
func (h *Holdings) sameClaim(a, b *Testimony) bool {
	if SameWords(h.Claim(a.Claim).Words(), h.Claim(b.Claim).Words()) {
		return true
	}
	if !a.Unnamed || !b.Unnamed {
		return false
	}
	s, o := h.Source(a.Source), h.Source(b.Source)
	return s != nil && o != nil && SameWords(s.Description, o.Description)
}

// SameWords reports whether two texts are the same but for capitals, spaces and
// punctuation. Texts without a word are never the same.
func SameWords(a, b string) bool {
	x, y := wordsOf(a), wordsOf(b)
	return len(x) > 0 && slices.Equal(x, y)
}

func wordsOf(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

// Weigh gives the credence of a proposition from the claims that count lets
// through; see Testimonies. prior is the credence before any claim.
func (h *Holdings) Weigh(proposition string, prior float64, weights Weights, count func(*HeldClaim) bool) (Credence, error) {
	var override *Override
	if p := h.Proposition(proposition); p != nil {
		override = p.Override
	}
	return Weigh(prior, h.Testimonies(proposition, count), weights, override)
}

// Draft is a report on its way into a ledger, with what was found in it.
type Draft struct {
	Report   HeldReport
	Original []byte // the report as it came
	Sources  []HeldSource
	Claims   []HeldClaim
	// Propositions that the claims speak to and judgements that come with them.
	Propositions []HeldProposition
	Judgements   []HeldJudgement
}

// Entered counts what became of drafts.
type Entered struct {
	Reports  int // new ones
	Known    int // reports that were there already, byte for byte
	Copies   int // new ones that are near-copies of others
	Claims   int // new ones
	Accepted int // of these, claims that are accepted already: entered by hand
	Redacted int // records that were destroyed once and are not taken in again
}

// Verdict is what a person decides on a claim.
type Verdict struct {
	Claim  string
	Entry  int    // the number of the entry that the person saw
	Status string // accepted or rejected
	// Irrelevant, of a rejected claim: it was read rightly, but is of no matter.
	Irrelevant bool
	// Credibility is 1 to 6, 0 to leave it as it is.
	Credibility int
}
