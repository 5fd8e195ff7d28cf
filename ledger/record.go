package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/demarche/demarche"
)

// Kind is what sort of thing a record is.
type Kind uint8

const (
	KindReport Kind = 1 + iota
	KindSource
	KindClaim
	KindProposition
	KindLink
	KindJudgement
	KindHypothesis
	KindRating
	KindDeception
	KindOverride
	KindBrief
	lastKind

	// Kinds from here on live in the case file; links lead to them, and the
	// ledger takes their ids on trust.
	KindIncident Kind = 32 + iota - lastKind
	KindOffer
	KindAuthority
	KindTie
	KindPreference
	lastCaseKind
)

var kindNames = map[Kind]string{
	KindReport: "report", KindSource: "source", KindClaim: "claim", KindProposition: "proposition", KindLink: "link",
	KindJudgement: "judgement", KindHypothesis: "hypothesis", KindRating: "rating", KindDeception: "deception",
	KindOverride: "override", KindBrief: "brief",
	KindIncident: "incident", KindOffer: "offer", KindAuthority: "authority", KindTie: "tie", KindPreference: "preference",
}

// String is the English word for the kind, in lower case.
func (k Kind) String() string {
	if name, ok := kindNames[k]; ok {
		return name
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// ParseKind is the kind with a name.
func ParseKind(name string) (Kind, error) {
	for k, n := range kindNames {
		if n == name {
			return k, nil
		}
	}
	return 0, bad(fmt.Sprintf("the ledger knows no records of the kind %q", name), "write one of "+strings.Join(Kinds(), ", "))
}

// Kinds are the names of all kinds that the ledger keeps, in the order in which
// they refer to one another.
func Kinds() []string {
	var out []string
	for k := KindReport; k < lastKind; k++ {
		out = append(out, k.String())
	}
	return out
}

// MarshalText writes the name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the name.
func (k *Kind) UnmarshalText(text []byte) (err error) {
	*k, err = ParseKind(string(text))
	return err
}

func (k Kind) inCase() bool { return k >= KindIncident && k < lastCaseKind }

// Ref names a record.
type Ref struct {
	Kind Kind   `json:"kind"`
	ID   string `json:"id"`
}

// String is "claim c12".
func (r Ref) String() string { return r.Kind.String() + " " + r.ID }

// IsZero reports whether nothing is named.
func (r Ref) IsZero() bool { return r == Ref{} }

// Limits on what comes in. A record over a limit is refused, never cut.
const (
	MaxID       = 200      // bytes of an id
	MaxText     = 8 << 20  // bytes of a report's text
	MaxOriginal = 64 << 20 // bytes of a report as it came
	MaxField    = 64 << 10 // bytes of any other text
	MaxSpans    = 1000     // spans of one role of a claim
	MaxList     = 100_000  // entries of any other list
)

// Record is one of the types below. Their JSON, with the fields in the order in
// which they stand here and empty ones left out, is the canonical form that
// hashes are taken of.
type Record interface {
	Ref() Ref
	// check says what is wrong with the record alone.
	check(c *checker)
	// index is what lists and links go by.
	index() indexed
}

// indexed is what the derived tables hold of a version.
type indexed struct {
	facet   int64
	x, y, z Ref // what it rests on: see each record
	about   demarche.Date
	words   string // for full-text search
	uses    []string
}

// Handling says who may see a record.
const (
	Public       = "public"
	Internal     = "internal"
	Confidential = "confidential"
)

var handlings = []string{"", Public, Internal, Confidential}

// Report is one published text.
type Report struct {
	ID        string `json:"id"`
	Outlet    string `json:"outlet,omitempty"`    // a source of kind outlet
	Publisher string `json:"publisher,omitempty"` // the outlet's name as printed
	Author    string `json:"author,omitempty"`
	Title     string `json:"title,omitempty"`
	Published string `json:"published,omitempty"` // a demarche.Date
	Retrieved string `json:"retrieved,omitempty"` // a demarche.Date
	URL       string `json:"url,omitempty"`
	Lang      string `json:"lang,omitempty"`
	SHA256    string `json:"sha256,omitempty"` // of the original bytes, in hex
	Text      string `json:"text,omitempty"`   // what the spans of its claims count in
	Body      int    `json:"body,omitempty"`   // where in Text the report proper begins
	Handling  string `json:"handling,omitempty"`
}

// Source is one who speaks, or an outlet.
type Source struct {
	ID          string `json:"id"`
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"` // of an anonymous one, as the report has it
	Kind        string `json:"kind"`                  // one of SourceKinds
	Side        string `json:"side,omitempty"`        // whose interest it speaks for: an actor of the case
	Actor       string `json:"actor,omitempty"`       // the actor of the case that it is
	Report      string `json:"report,omitempty"`      // of an anonymous one: the report it stands in
	Reliability string `json:"reliability,omitempty"` // A to F
	Handling    string `json:"handling,omitempty"`
}

// Claim is somebody's words on something, from one report.
type Claim struct {
	ID       string   `json:"id"`
	Report   string   `json:"report,omitempty"`
	Source   string   `json:"source,omitempty"`
	Says     string   `json:"says,omitempty"`  // the claim in our words
	Quote    string   `json:"quote,omitempty"` // the words of the report, exactly
	Spans    Spans    `json:"spans,omitzero"`
	Said     string   `json:"said,omitempty"` // a demarche.Date, or "recently"
	Act      string   `json:"act,omitempty"`
	Nature   string   `json:"nature,omitempty"`
	Access   string   `json:"access,omitempty"` // direct or hearsay
	Interest string   `json:"interest,omitempty"`
	Stance   string   `json:"stance,omitempty"`
	Record   string   `json:"record,omitempty"`
	Hedges   []string `json:"hedges,omitempty"`
	// Credibility is 1 to 6, 0 when not graded.
	Credibility int `json:"credibility,omitempty"`
	// Relayed is the outlet (a source) through which it came: "told Reuters".
	Relayed string `json:"relayed,omitempty"`
	// Distinct: the report says that this source is another than the other
	// unnamed ones of the same side in it.
	Distinct bool     `json:"distinct,omitempty"`
	Against  []string `json:"against,omitempty"` // named persons of whom it alleges something
	Where    *Where   `json:"where,omitempty"`
	FoundBy  string   `json:"found_by,omitempty"` // a person, or a reader with its version
	Status   string   `json:"status"`             // one of Statuses
	// Irrelevant, of a rejected claim: the report says so, but it is of no matter.
	// Without it, a rejected claim was misread.
	Irrelevant bool   `json:"irrelevant,omitempty"`
	Handling   string `json:"handling,omitempty"`
}

// Spans are half-open ranges of byte offsets into the text of the report, for
// each of the three roles.
type Spans struct {
	Source  [][2]int `json:"source,omitempty"`
	Cue     [][2]int `json:"cue,omitempty"`
	Content [][2]int `json:"content,omitempty"`
}

// IsZero reports whether there is no span.
func (s Spans) IsZero() bool { return len(s.Source)+len(s.Cue)+len(s.Content) == 0 }

func (s Spans) end() int {
	end := 0
	for _, list := range [][][2]int{s.Source, s.Cue, s.Content} {
		for _, span := range list {
			end = max(end, span[1])
		}
	}
	return end
}

// Proposition is a matter of fact that claims affirm or deny.
type Proposition struct {
	ID       string   `json:"id"`
	Says     string   `json:"says"`
	Prior    *float64 `json:"prior,omitempty"` // credence before any claim; 0.5 if left out
	Handling string   `json:"handling,omitempty"`
}

// Link leads from a claim or a report to something else. There is one link at
// most from one thing to another; its id follows from the two.
type Link struct {
	From Ref    `json:"from"`
	To   Ref    `json:"to"`
	Rel  string `json:"rel"` // one of Relations
	// Strength is how far the claim speaks to the proposition, over 0 to 1,
	// or the share that a near-copy overlaps; 0 stands for 1.
	Strength float64 `json:"strength,omitempty"`
	Note     string  `json:"note,omitempty"`
	Handling string  `json:"handling,omitempty"`
}

// LinkID is the id of the link between two records.
func LinkID(from, to Ref) string {
	return from.Kind.String() + ":" + from.ID + ">" + to.Kind.String() + ":" + to.ID
}

// Judgement is an analyst's signed and dated probability of something.
type Judgement struct {
	ID         string   `json:"id"`
	By         string   `json:"by"`
	Date       string   `json:"date"` // a demarche.Date
	On         string   `json:"on"`   // the question, or the outcome of the case
	P          float64  `json:"p"`
	Words      string   `json:"words,omitempty"`
	Because    []string `json:"because,omitempty"`  // claims
	Due        string   `json:"due,omitempty"`      // a demarche.Date: by when it will be known
	Resolved   string   `json:"resolved,omitempty"` // yes or no, once known
	ResolvedOn string   `json:"resolved_on,omitempty"`
	Handling   string   `json:"handling,omitempty"`
}

// Hypothesis is one of several rival explanations.
type Hypothesis struct {
	ID       string `json:"id"`
	Says     string `json:"says"`
	Handling string `json:"handling,omitempty"`
}

// Rating is what one analyst makes of one claim under one explanation. There is
// one at most of each analyst; its id follows from the three.
type Rating struct {
	Hypothesis string `json:"hypothesis"`
	Claim      string `json:"claim"`
	By         string `json:"by"`
	Mark       string `json:"mark"` // one of demarche.Marks
	Handling   string `json:"handling,omitempty"`
}

// Deception is what one would see if a source wanted us to believe its claims,
// and whether that is seen. One at most for each source and analyst.
type Deception struct {
	Source   string `json:"source"`
	By       string `json:"by"`
	WouldSee string `json:"would_see"`
	Seen     string `json:"seen,omitempty"` // yes, no or unknown
	Handling string `json:"handling,omitempty"`
}

// Override is an analyst's own credence in place of the computed one. Both are
// always shown.
type Override struct {
	Proposition string  `json:"proposition"`
	By          string  `json:"by"`
	P           float64 `json:"p"`
	Reason      string  `json:"reason"`
	Handling    string  `json:"handling,omitempty"`
}

// Brief is a brief that was given out, and the claims it used.
type Brief struct {
	ID          string   `json:"id"`
	Title       string   `json:"title,omitempty"`
	Made        string   `json:"made"` // a demarche.Date
	AsOf        string   `json:"as_of,omitempty"`
	Fingerprint string   `json:"fingerprint,omitempty"` // of the model
	Claims      []string `json:"claims,omitempty"`
	Handling    string   `json:"handling,omitempty"`
}

// The closed lists of words. The empty word stands for "not stated".
var (
	Statuses    = []string{"proposed", "accepted", "rejected", "retracted"}
	Acts        = []string{"states", "denies", "demands", "offers", "threatens", "promises", "intends", "announces", "asks", "orders", "justifies", "criticises", "predicts"}
	Stances     = []string{"affirms", "denies", "hedges", "silent"}
	RecordTerms = []string{"on_record", "background", "anonymous", "document", "unattributed"}
	Natures     = []string{"observation", "assessment", "forecast", "opinion"}
	SourceKinds = []string{"person", "office", "institution", "group", "document", "outlet", "anonymous", "unattributed"}
	Relations   = []string{"affirms", "denies", "copies", "corrects", "retracts", "contradicts", "replies", "about"}
)

func (r *Report) Ref() Ref      { return Ref{KindReport, r.ID} }
func (s *Source) Ref() Ref      { return Ref{KindSource, s.ID} }
func (c *Claim) Ref() Ref       { return Ref{KindClaim, c.ID} }
func (p *Proposition) Ref() Ref { return Ref{KindProposition, p.ID} }
func (l *Link) Ref() Ref        { return Ref{KindLink, LinkID(l.From, l.To)} }
func (j *Judgement) Ref() Ref   { return Ref{KindJudgement, j.ID} }
func (h *Hypothesis) Ref() Ref  { return Ref{KindHypothesis, h.ID} }
func (r *Rating) Ref() Ref      { return Ref{KindRating, r.Hypothesis + ">" + r.Claim + ">" + r.By} }
func (d *Deception) Ref() Ref   { return Ref{KindDeception, d.Source + ">" + d.By} }
func (o *Override) Ref() Ref    { return Ref{KindOverride, o.Proposition} }
func (b *Brief) Ref() Ref       { return Ref{KindBrief, b.ID} }

func sourceRef(id string) Ref { return refOr(KindSource, id) }
func reportRef(id string) Ref { return refOr(KindReport, id) }

func refOr(k Kind, id string) Ref {
	if id == "" {
		return Ref{}
	}
	return Ref{k, id}
}

// Facets of a claim are packed into one integer, so that one index serves every
// combination of the closed lists. Position i of a list is i+1; 0 is "".
type facet struct {
	name  string
	shift uint
	words []string
}

var (
	statusFacet   = facet{"status", 0, Statuses}
	stanceFacet   = facet{"stance", 3, Stances}
	recordFacet   = facet{"record", 6, RecordTerms}
	actFacet      = facet{"act", 9, Acts}
	natureFacet   = facet{"nature", 13, Natures}
	handlingFacet = facet{"handling", 16, handlings[1:]}
)

func (f facet) bits() int64 {
	if len(f.words) < 8 {
		return 7
	}
	return 15
}

func (f facet) put(word string) int64 { return int64(slices.Index(f.words, word)+1) << f.shift }

func (r *Report) index() indexed {
	return indexed{facet: handlingFacet.put(r.Handling), z: sourceRef(r.Outlet), about: dateOr(r.Published), words: join(r.Title, r.Author, r.Publisher, r.Text)}
}

func (s *Source) index() indexed {
	return indexed{facet: handlingFacet.put(s.Handling) | int64(slices.Index(SourceKinds, s.Kind)+1), y: reportRef(s.Report), words: join(s.Name, s.Description)}
}

func (c *Claim) index() indexed {
	f := statusFacet.put(c.Status) | stanceFacet.put(c.Stance) | recordFacet.put(c.Record) | actFacet.put(c.Act) | natureFacet.put(c.Nature) | handlingFacet.put(c.Handling)
	return indexed{facet: f, x: sourceRef(c.Source), y: reportRef(c.Report), z: sourceRef(c.Relayed), about: dateOr(c.Said), words: join(c.Says, c.Quote)}
}

func (p *Proposition) index() indexed {
	return indexed{facet: handlingFacet.put(p.Handling), words: p.Says}
}

func (l *Link) index() indexed {
	return indexed{facet: handlingFacet.put(l.Handling) | int64(slices.Index(Relations, l.Rel)+1), x: l.From, y: l.To}
}

func (j *Judgement) index() indexed {
	return indexed{facet: handlingFacet.put(j.Handling), about: dateOr(j.Date), words: join(j.On, j.Words), uses: j.Because}
}

func (h *Hypothesis) index() indexed {
	return indexed{facet: handlingFacet.put(h.Handling), words: h.Says}
}

func (r *Rating) index() indexed {
	return indexed{facet: handlingFacet.put(r.Handling), x: refOr(KindHypothesis, r.Hypothesis), y: refOr(KindClaim, r.Claim)}
}

func (d *Deception) index() indexed {
	return indexed{facet: handlingFacet.put(d.Handling), x: sourceRef(d.Source)}
}

func (o *Override) index() indexed {
	return indexed{facet: handlingFacet.put(o.Handling), x: refOr(KindProposition, o.Proposition)}
}

func (b *Brief) index() indexed {
	return indexed{facet: handlingFacet.put(b.Handling), about: dateOr(b.Made), words: b.Title, uses: b.Claims}
}

// join puts texts into one for the full-text index.
func join(texts ...string) string {
	texts = slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return s == "" })
	return strings.Join(texts, " ")
}

// dateOr is the date that a text gives, or none: "recently" is none.
func dateOr(text string) demarche.Date {
	d, _ := demarche.ParseDate(text)
	return d
}

// blank is an empty record of a kind.
func blank(k Kind) Record {
	switch k {
	case KindReport:
		return &Report{}
	case KindSource:
		return &Source{}
	case KindClaim:
		return &Claim{}
	case KindProposition:
		return &Proposition{}
	case KindLink:
		return &Link{}
	case KindJudgement:
		return &Judgement{}
	case KindHypothesis:
		return &Hypothesis{}
	case KindRating:
		return &Rating{}
	case KindDeception:
		return &Deception{}
	case KindOverride:
		return &Override{}
	case KindBrief:
		return &Brief{}
	}
	return nil
}

// Decode reads a record of a kind from its JSON. Unknown fields are refused.
func Decode(k Kind, data []byte) (Record, error) {
	r := blank(k)
	if r == nil {
		return nil, bad(fmt.Sprintf("the ledger keeps no records of the kind %s", k), "write one of "+strings.Join(Kinds(), ", "))
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(r); err != nil {
		return nil, &demarche.Error{Kind: demarche.BadInput, Op: "ledger.Decode", Msg: fmt.Sprintf("this is no %s: %v", k, err), Hint: "docs/reference/ledger.md lists the fields", Err: err}
	}
	if d.More() {
		return nil, bad(fmt.Sprintf("there is something after the %s", k), "write one record at a time")
	}
	return r, nil
}

// canonical is the JSON that hashes are taken of. HTML is not escaped: the text
// of a report is kept as it is.
func canonical(r Record) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return nil, &demarche.Error{Kind: demarche.BadInput, Op: "ledger.canonical", Msg: "the " + r.Ref().String() + " cannot be written down", Hint: "numbers must be finite", Err: err}
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Check says what is wrong with a record alone, or nil.
func Check(r Record) error {
	c := checker{ref: r.Ref()}
	if c.ref.Kind != KindLink && c.ref.Kind != KindRating && c.ref.Kind != KindDeception {
		c.id("id", c.ref.ID)
	}
	r.check(&c)
	return c.err
}

// checker keeps the first thing wrong.
type checker struct {
	ref Ref
	err error
}

func (c *checker) fail(hint, format string, args ...any) {
	if c.err == nil {
		name := c.ref.ID
		if len(name) > 60 || strings.IndexFunc(name, func(r rune) bool { return r < ' ' || r == utf8.RuneError }) >= 0 {
			name = "given"
		}
		c.err = bad(fmt.Sprintf("the %s %s ", c.ref.Kind, name)+fmt.Sprintf(format, args...), hint)
	}
}

func bad(msg, hint string) error {
	return &demarche.Error{Kind: demarche.BadInput, Op: "ledger", Msg: msg, Hint: hint}
}

// id is what may stand in file names, addresses and URLs: no space, no control
// character, and not the > that joins ids.
func (c *checker) id(what, s string) {
	switch {
	case s == "":
		c.fail("give every record an id of its own", "has no %s", what)
	case len(s) > MaxID:
		c.fail("shorten it", "has an %s of %d bytes, over the limit of %d", what, len(s), MaxID)
	case !utf8.ValidString(s) || strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '>' || r == 0xa0 || r == 0x2028 || r == 0x2029 }) >= 0:
		c.fail("use letters, digits, points, hyphens and underscores", "has an %s with characters that an id may not have", what)
	}
}

func (c *checker) reference(what, id string) {
	if id != "" {
		c.id("id of a "+what, id)
	}
}

func (c *checker) text(what, s string) { c.textUpTo(what, s, MaxField) }

func (c *checker) textUpTo(what, s string, limit int) {
	switch {
	case len(s) > limit:
		c.fail("cut it, or keep it in the report", "has a %s of %d bytes, over the limit of %d", what, len(s), limit)
	case !utf8.ValidString(s):
		c.fail("save the text as UTF-8", "has a %s that is not UTF-8", what)
	case strings.IndexByte(s, 0) >= 0:
		c.fail("take the NUL bytes out", "has a %s with NUL bytes, which no text holds", what)
	}
}

func (c *checker) needed(what, s string) {
	if strings.TrimSpace(s) == "" {
		c.fail("give it", "has no %s", what)
	}
	c.text(what, s)
}

func (c *checker) oneOf(what, s string, words []string) {
	if s != "" && !slices.Contains(words, s) {
		c.text(what, s)
		c.fail("write one of "+strings.Join(slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "" }), ", "), "has an unknown %s %q", what, cut(s))
	}
}

func cut(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "…"
	}
	return s
}

func (c *checker) date(what, s string) {
	c.text(what, s)
	if s == "" || c.err != nil {
		return
	}
	if _, err := demarche.ParseDate(s); err != nil {
		e, _ := err.(*demarche.Error)
		c.fail(e.Hint, "has a wrong %s: %s", what, e.Msg)
	}
}

func (c *checker) share(what string, p float64) {
	if !(p >= 0 && p <= 1) { // also refuses what is not a number
		c.fail("write a number from 0 to 1", "has a %s that is not a number from 0 to 1", what)
	}
}

func (c *checker) list(what string, n int) {
	if n > MaxList {
		c.fail("split it", "has %d %s, over the limit of %d", n, what, MaxList)
	}
}

func (r *Report) check(c *checker) {
	c.reference("source", r.Outlet)
	for _, f := range [][2]string{{"publisher", r.Publisher}, {"author", r.Author}, {"title", r.Title}, {"address", r.URL}, {"language", r.Lang}} {
		c.text(f[0], f[1])
	}
	c.date("date of publication", r.Published)
	c.date("date of retrieval", r.Retrieved)
	c.textUpTo("text", r.Text, MaxText)
	if r.SHA256 != "" && (len(r.SHA256) != 64 || strings.Trim(r.SHA256, "0123456789abcdef") != "") {
		c.fail("write it in 64 lower-case hexadecimal digits", "has a hash that is not a SHA-256")
	}
	if r.Body < 0 || r.Body > len(r.Text) {
		c.fail("count in bytes of the text", "begins outside its text")
	}
	c.oneOf("handling", r.Handling, handlings)
}

func (s *Source) check(c *checker) {
	c.text("name", s.Name)
	c.text("description", s.Description)
	c.text("side", s.Side)
	c.text("actor", s.Actor)
	c.needed("kind", s.Kind)
	c.oneOf("kind", s.Kind, SourceKinds)
	c.reference("report", s.Report)
	c.oneOf("reliability", s.Reliability, demarche.Reliabilities)
	c.oneOf("handling", s.Handling, handlings)
	checkAnonymous(c, s)
}

func (cl *Claim) check(c *checker) {
	c.reference("report", cl.Report)
	c.reference("source", cl.Source)
	c.reference("source", cl.Relayed)
	c.text("sentence", cl.Says)
	c.text("quotation", cl.Quote)
	if strings.TrimSpace(cl.Says) == "" && strings.TrimSpace(cl.Quote) == "" {
		c.fail("give says or quote", "says nothing")
	}
	for _, role := range [][][2]int{cl.Spans.Source, cl.Spans.Cue, cl.Spans.Content} {
		if len(role) > MaxSpans {
			c.fail("join them", "has %d spans, over the limit of %d", len(role), MaxSpans)
		}
		last := 0
		for _, span := range role {
			if span[0] < last || span[1] <= span[0] {
				c.fail("count in bytes of the text, from left to right", "has spans that are empty, overlap or stand in the wrong order")
			}
			last = span[1]
		}
	}
	if !cl.Spans.IsZero() && cl.Report == "" {
		c.fail("name the report that they count in", "has spans but no report")
	}
	if cl.Said != "recently" {
		c.date("date said", cl.Said)
	}
	c.oneOf("speech act", cl.Act, Acts)
	c.oneOf("nature", cl.Nature, Natures)
	c.oneOf("access", cl.Access, demarche.Accesses)
	c.text("interest", cl.Interest)
	c.oneOf("stance", cl.Stance, Stances)
	c.oneOf("record", cl.Record, RecordTerms)
	c.list("hedges", len(cl.Hedges))
	for _, h := range cl.Hedges {
		c.text("hedge", h)
	}
	if cl.Credibility < 0 || cl.Credibility > 6 {
		c.fail("write 1 to 6, or leave it out", "has a credibility of %d", cl.Credibility)
	}
	c.text("finder", cl.FoundBy)
	c.needed("status", cl.Status)
	c.oneOf("status", cl.Status, Statuses)
	if cl.Irrelevant && cl.Status != "rejected" {
		c.fail("reject it, or leave that out", "is %s, and said to be of no matter", cl.Status)
	}
	c.oneOf("handling", cl.Handling, handlings)
	checkAllegation(c, cl)
	cl.Where.check(c)
}

func (p *Proposition) check(c *checker) {
	c.needed("sentence", p.Says)
	if p.Prior != nil {
		c.share("prior", *p.Prior)
	}
	c.oneOf("handling", p.Handling, handlings)
}

func (l *Link) check(c *checker) {
	c.id("id of its beginning", l.From.ID)
	c.id("id of its end", l.To.ID)
	c.needed("relation", l.Rel)
	c.oneOf("relation", l.Rel, Relations)
	c.share("strength", l.Strength)
	c.text("note", l.Note)
	c.oneOf("handling", l.Handling, handlings)
	if l.From == l.To {
		c.fail("link two different things", "leads from a thing to itself")
	}
	fits := false
	switch l.Rel {
	case "affirms", "denies":
		fits = l.From.Kind == KindClaim && l.To.Kind == KindProposition
	case "copies":
		fits = l.From.Kind == l.To.Kind && (l.From.Kind == KindClaim || l.From.Kind == KindReport)
	case "corrects", "retracts", "contradicts", "replies":
		fits = l.From.Kind == KindClaim && l.To.Kind == KindClaim
	case "about":
		fits = l.From.Kind == KindClaim && l.To.Kind.inCase()
	}
	if !fits {
		c.fail("a claim affirms or denies a proposition, copies, corrects, retracts, contradicts or replies to a claim, or is about an incident, offer, authority, tie or preference; a report copies a report",
			"leads from a %s to a %s and says %s", l.From.Kind, l.To.Kind, cut(l.Rel))
	}
}

func (j *Judgement) check(c *checker) {
	c.needed("name of who judges", j.By)
	c.needed("date", j.Date)
	c.date("date", j.Date)
	c.needed("question", j.On)
	c.share("probability", j.P)
	c.text("wording", j.Words)
	c.claims(j.Because)
	c.date("date due", j.Due)
	c.oneOf("resolution", j.Resolved, []string{"", "yes", "no"})
	c.date("date of resolution", j.ResolvedOn)
	if j.ResolvedOn != "" && j.Resolved == "" {
		c.fail("write resolved: yes or no", "has a date of resolution but no resolution")
	}
	c.oneOf("handling", j.Handling, handlings)
}

func (c *checker) claims(ids []string) {
	c.list("claims", len(ids))
	for _, id := range ids {
		c.id("id of a claim", id)
	}
}

func (h *Hypothesis) check(c *checker) {
	c.needed("sentence", h.Says)
	c.oneOf("handling", h.Handling, handlings)
}

func (r *Rating) check(c *checker) {
	c.id("explanation", r.Hypothesis)
	c.id("claim", r.Claim)
	c.needed("name of the analyst", r.By)
	c.signature(r.By)
	c.needed("mark", r.Mark)
	c.oneOf("mark", r.Mark, demarche.Marks)
	c.oneOf("handling", r.Handling, handlings)
}

// signature is a name that becomes part of an id.
func (c *checker) signature(name string) {
	if len(name) > MaxID || strings.ContainsAny(name, ">\n\r\t") {
		c.fail("write the plain name", "has a name of an analyst that cannot be used")
	}
}

func (d *Deception) check(c *checker) {
	c.id("source", d.Source)
	c.needed("name of the analyst", d.By)
	c.signature(d.By)
	c.needed("answer to what one would see", d.WouldSee)
	c.oneOf("answer to whether it is seen", d.Seen, []string{"", "yes", "no", "unknown"})
	c.oneOf("handling", d.Handling, handlings)
}

func (o *Override) check(c *checker) {
	c.id("proposition", o.Proposition)
	c.needed("name of the analyst", o.By)
	c.share("credence", o.P)
	c.needed("reason", o.Reason)
	c.oneOf("handling", o.Handling, handlings)
}

func (b *Brief) check(c *checker) {
	c.text("title", b.Title)
	c.needed("date", b.Made)
	c.date("date", b.Made)
	c.date("as-of date", b.AsOf)
	c.text("fingerprint", b.Fingerprint)
	c.claims(b.Claims)
	c.oneOf("handling", b.Handling, handlings)
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
