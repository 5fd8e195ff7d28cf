package casefile

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/demarche/demarche"
)

// Record is one record of a ledger that travels with a case. What it holds
// belongs to the ledger: here it is passed on as it is, and told in words.
type Record struct {
	Kind, ID string
	Learned  time.Time
	JSON     []byte // an object with the fields of the record
}

// heldRecord is a record with its fields at hand.
type heldRecord struct {
	Record
	n      int // its place among the records: each comes after those it refers to
	fields Entries
	sent   bool // some object carries it
}

func (r *heldRecord) get(key string) string { return words(r.fields, key) }

// words is the text under a key, or "".
func words(e Entries, key string) string {
	s, _ := e.get(key).(string)
	return s
}

// takeHeld puts what a ledger lets out beside the case.
func (x *exchange) takeHeld(cfg ExportConfig) error {
	x.records = map[string]*heldRecord{}
	for i, r := range cfg.Records {
		v, err := plainJSON(r.JSON)
		fields, ok := v.(Entries)
		if err != nil || !ok {
			return fmt.Errorf("casefile: the %s %s is not an object: %w", r.Kind, r.ID, err)
		}
		h := &heldRecord{Record: r, n: i, fields: fields}
		x.records[r.Kind+":"+r.ID] = h
		x.list = append(x.list, h)
	}
	for _, r := range x.held.Reports {
		at := slices.IndexFunc(x.reports, func(o demarche.Report) bool { return o.ID == r.ID })
		if at < 0 {
			x.reports = append(x.reports, r.Report)
			continue
		}
		r.Path = x.reports[at].Path // the ledger does not know the name of the file
		x.reports[at] = r.Report
	}
	return nil
}

// beside is a case, read anew, without some of its claims, and without references
// to claims that neither it nor the ledger tells of.
func beside(f *File, cfg ExportConfig) (*demarche.Case, error) {
	again, err := Parse(f.name, f.data, append(slices.Clone(f.opts), KnownClaims(func(string) bool { return true }))...)
	if err != nil {
		return nil, err
	}
	c := again.Case
	c.Claims = slices.DeleteFunc(c.Claims, func(cl demarche.Claim) bool { return slices.Contains(cfg.Out, cl.ID) })
	unrefer(c, func(claim string) bool { return c.Claim(claim) == nil && cfg.Held.Claim(claim) == nil })
	return c, nil
}

// unrefer takes references to claims that stay out of a case that belongs to
// nobody else.
func unrefer(c *demarche.Case, stays func(claim string) bool) {
	visit(reflect.ValueOf(c).Elem(), func(fd *field, v reflect.Value) {
		if fd.ref != "claim" || !v.CanSet() {
			return
		}
		switch list := v.Interface().(type) {
		case []demarche.Ref:
			v.Set(reflect.ValueOf(slices.DeleteFunc(slices.Clone(list), func(r demarche.Ref) bool { return stays(r.Name) })))
		case demarche.Ref:
			if stays(list.Name) {
				v.Set(reflect.ValueOf(demarche.Ref{}))
			}
		}
	})
}

// entries is the record as it stands in the foreign file.
func (r *heldRecord) entries() Entries {
	return Entries{{"n", r.n}, {"kind", r.Kind}, {"id", r.ID}, {"learned", r.Learned.UTC().Format(time.RFC3339Nano)}, {"record", r.fields}}
}

// carry gives a record to the object that stands for it; nil where there is none.
func (x *exchange) carry(kind, id string) *heldRecord {
	r := x.records[kind+":"+id]
	if r != nil {
		r.sent = true
	}
	return r
}

// thing is something in the case or the ledger that others refer to.
type thing struct {
	section, key string
	unnamed      bool // a source without a name
}

// target is what a record leads to, if it is told.
func (x *exchange) target(kind, id string) (thing, bool) {
	c := x.c
	switch kind {
	case "claim":
		return thing{section: "claims", key: id}, c.Claim(id) != nil || x.held.Claim(id) != nil
	case "report":
		return thing{section: "reports", key: id}, x.report(id) != nil
	case "source":
		s := x.held.Source(id)
		if s == nil {
			return thing{}, false
		}
		if s.Actor != "" && c.Actor(s.Actor) != nil && !s.Unnamed() {
			return thing{section: "actors", key: s.Actor}, true
		}
		return thing{section: "sources", key: id, unnamed: s.Unnamed()}, true
	case "proposition":
		return thing{section: "propositions", key: id}, x.proposition(id) != nil || x.held.Proposition(id) != nil
	case "incident":
		return thing{section: "incidents", key: id}, slices.ContainsFunc(c.Incidents, func(i demarche.Incident) bool { return i.ID == id })
	case "offer":
		return thing{section: "offers", key: id}, slices.ContainsFunc(c.Offers, func(o demarche.Offer) bool { return o.ID == id })
	case "authority":
		return thing{section: "authorities", key: id}, slices.ContainsFunc(c.Authorities, func(a demarche.Authority) bool { return a.ID == id })
	case "hypothesis":
		return thing{section: "hypotheses", key: id}, x.records["hypothesis:"+id] != nil
	}
	return thing{}, false
}

// telling is a record of the ledger in words.
type telling struct {
	section, key string
	name         string // one sentence
	quote        string
	terms        string // what else there is to say, in sentences
	about        []thing
	reports      []*demarche.Report
	authors      []string
	grades       Entries // under the names of the ledger
	confidence   int     // 0 to 100, -1 for none
	record       *heldRecord
}

// sentences joins what is said.
func sentences(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ". ")
}

func labelled(label, text string) string {
	if text == "" {
		return ""
	}
	return label + ": " + strings.ReplaceAll(text, "_", " ")
}

// gradeWords are the reliability of a source and of its outlet.
func (x *exchange) sourceTerms(s *demarche.HeldSource) string {
	if s == nil {
		return ""
	}
	return sentences(labelled("Reliability", s.Reliability), labelled("Speaks for", x.nameOf(s.Side)))
}

func (x *exchange) nameOf(actor string) string {
	if a := x.c.Actor(actor); a != nil {
		return a.Name
	}
	return actor
}

// heldSpeaker is who makes a claim, as it may be told. The description of one who
// is not named stays as its report has it.
func (x *exchange) heldSpeaker(c *demarche.HeldClaim) string {
	s := x.held.Source(c.Source)
	switch {
	case s == nil:
		return "a source that is not named"
	case s.Unnamed(), c.Record != "anonymous" && c.Record != "background":
		return s.Called()
	}
	return "an unnamed source"
}

// claimTelling is a claim: with its speaker, and as an allegation where it is
// against named persons.
func (x *exchange) claimTelling(c *demarche.HeldClaim) telling {
	t := telling{section: "claims", key: c.ID, quote: c.Quote, record: x.carry("claim", c.ID), confidence: -1}
	t.name = firstOf(c.Says, c.Quote)
	speaker := x.heldSpeaker(c)
	var reply string
	if len(c.Against) > 0 {
		t.name = "Alleged by " + speaker + " against " + joinAnd(c.Against) + ": " + t.name
		reply = x.replies(c)
	}
	if x.told(c) {
		if at, ok := x.target("source", c.Source); ok {
			t.about = append(t.about, at)
		}
	}
	for _, l := range c.On() {
		if at, ok := x.target("proposition", l.ID); ok {
			t.about = append(t.about, at)
		}
	}
	s := x.held.Source(c.Source)
	standing := ""
	switch {
	case c.Status == "retracted", c.Withdrawn:
		standing = "It was retracted"
	}
	outlet := ""
	if r := x.report(c.Report); r != nil {
		t.reports = append(t.reports, r)
		if h := x.held.Report(c.Report); h != nil {
			if o := x.held.Source(h.Outlet); o != nil {
				outlet = labelled("Outlet", sentences(o.Name, labelled("its reliability", o.Reliability)))
			}
		}
	}
	said := c.Said.Words()
	if c.Recently {
		said = "recently"
	}
	credibility := ""
	if c.Credibility > 0 {
		credibility = strconv.Itoa(c.Credibility)
		t.grades = append(t.grades, Entry{"credibility", c.Credibility})
		// STIX 2.1, appendix A: the scale for the Admiralty's grades. Truth that
		// cannot be judged has no number there.
		if n := []int{90, 70, 50, 30, 10}; c.Credibility <= len(n) {
			t.confidence = n[c.Credibility-1]
		}
	}
	reliability := ""
	if s != nil && s.Reliability != "" {
		reliability = s.Reliability
		t.grades = append(t.grades, Entry{"reliability", reliability})
	}
	t.grades = append(t.grades, Entry{"status", c.Status})
	relayed := ""
	if o := x.held.Source(c.Relayed); o != nil {
		relayed = o.Called()
	}
	t.terms = sentences(labelled("Source", speaker), labelled("Reliability", reliability), labelled("Credibility", credibility), outlet, labelled("Through", relayed),
		labelled("Speech act", c.Act), labelled("Stance", c.Stance), labelled("Record", c.Record), labelled("Access", c.Access), labelled("Nature", c.Nature),
		labelled("Hedges", strings.Join(c.Hedges, "; ")), labelled("Said", said), standing, reply)
	if s != nil && x.told(c) && !s.Unnamed() {
		t.authors = []string{s.Name}
	}
	return t
}

// told reports whether the source of a claim may be told: one who asked not to be
// named is not, even where the ledger knows a name.
func (x *exchange) told(c *demarche.HeldClaim) bool {
	s := x.held.Source(c.Source)
	return s != nil && (s.Unnamed() || c.Record != "anonymous" && c.Record != "background")
}

// replies are what is said in answer to an allegation.
func (x *exchange) replies(c *demarche.HeldClaim) string {
	var out []string
	for i := range x.held.Claims {
		o := &x.held.Claims[i]
		if o.Status == "retracted" || o.Withdrawn || o.ID == c.ID {
			continue
		}
		if slices.ContainsFunc(o.Links, func(l demarche.HeldLink) bool {
			if l.Kind == "claim" && l.ID == c.ID {
				return l.Rel == "replies" || l.Rel == "contradicts"
			}
			return l.Kind == "proposition" && l.Rel == "denies" && slices.ContainsFunc(c.Links, func(on demarche.HeldLink) bool { return on.Kind == l.Kind && on.ID == l.ID && on.Rel == "affirms" })
		}) {
			out = append(out, "Reply by "+x.heldSpeaker(o)+": "+o.Words())
		}
	}
	if len(out) == 0 {
		return "No reply is on record"
	}
	return strings.Join(out, ". ")
}

// credenceWords is what follows from the claims that are told, on a proposition.
func (x *exchange) credenceWords(id string, prior float64) string {
	if x.list == nil {
		return ""
	}
	c, err := x.held.Weigh(id, prior, demarche.DefaultWeights, nil)
	if err != nil || len(c.Origins) == 0 && c.Override == nil {
		return ""
	}
	words := fmt.Sprintf("Credence: %s (%s)", strconv.FormatFloat(c.Computed, 'f', 2, 64), c.Standing)
	if o := c.Override; o != nil {
		words += fmt.Sprintf(". %s puts it at %s: %s", o.By, strconv.FormatFloat(o.P, 'g', 4, 64), o.Reason)
	}
	return words + ". " + strings.TrimSuffix(demarche.Convention, ".")
}

// tellings are the records of the ledger that are not told with something of the
// case, nor as a named source, a report or a link.
func (x *exchange) tellings() []telling {
	var out []telling
	for i := range x.held.Sources {
		s := &x.held.Sources[i]
		if !s.Unnamed() {
			continue
		}
		t := telling{section: "sources", key: s.ID, name: "A source that is not named: " + s.Called(), terms: sentences("It is one of its report alone, and is not known to be any other", x.sourceTerms(s)), record: x.carry("source", s.ID), confidence: -1}
		if r := x.report(s.Report); r != nil {
			t.reports = append(t.reports, r)
		}
		out = append(out, t)
	}
	for i := range x.held.Propositions {
		p := &x.held.Propositions[i]
		if x.proposition(p.ID) == nil {
			prior := 0.5
			if p.Prior != nil {
				prior = *p.Prior
			}
			out = append(out, telling{section: "propositions", key: p.ID, name: p.Says, terms: sentences("A proposition: a matter of fact that claims affirm or deny", x.credenceWords(p.ID, prior)), record: x.carry("proposition", p.ID), confidence: -1})
		}
	}
	for i := range x.held.Claims {
		out = append(out, x.claimTelling(&x.held.Claims[i]))
	}
	for _, r := range x.list {
		if r.sent {
			continue
		}
		t := telling{section: r.Kind, key: r.ID, confidence: -1}
		add := func(kind, id string) {
			if at, ok := x.target(kind, id); ok {
				t.about = append(t.about, at)
			}
		}
		by := r.get("by")
		switch r.Kind {
		case "hypothesis":
			t.section, t.name, t.terms = "hypotheses", r.get("says"), "A rival explanation"
		case "rating":
			t.name = fmt.Sprintf("%s holds the claim %s to be %s with the explanation %s", by, r.get("claim"), strings.ReplaceAll(r.get("mark"), "_", " "), r.get("hypothesis"))
			add("claim", r.get("claim"))
			add("hypothesis", r.get("hypothesis"))
		case "deception":
			t.name = fmt.Sprintf("%s on what one would see if a source wanted to be believed: %s", by, r.get("would_see"))
			t.terms = labelled("Seen", r.get("seen"))
			add("source", r.get("source"))
		case "override":
			p, _ := decimal(r.fields.get("p"))
			t.name = fmt.Sprintf("%s puts the credence of %s at %s", by, x.propositionWords(r.get("proposition")), strconv.FormatFloat(p, 'g', 4, 64))
			t.terms = r.get("reason")
			add("proposition", r.get("proposition"))
		case "judgement":
			p, _ := decimal(r.fields.get("p"))
			t.name = fmt.Sprintf("Judgement by %s of %s: %s %% for %s", by, r.get("date"), strconv.FormatFloat(p*100, 'g', 4, 64), r.get("on"))
			t.terms = sentences(r.get("words"), labelled("Resolved", sentences(r.get("resolved"), r.get("resolved_on"))))
			t.authors = []string{by}
		case "brief":
			t.name = "A brief of " + r.get("made") + ": " + firstOf(r.get("title"), "without a title")
		default:
			continue
		}
		if by != "" && t.authors == nil {
			t.authors = []string{by}
		}
		t.record, r.sent = r, true
		out = append(out, t)
	}
	return out
}

func (x *exchange) propositionWords(id string) string {
	if p := x.proposition(id); p != nil {
		return "“" + p.Says + "”"
	}
	if p := x.held.Proposition(id); p != nil {
		return "“" + p.Says + "”"
	}
	return id
}

// proposition is that of the case, or nil.
func (x *exchange) proposition(id string) *demarche.Proposition {
	for i := range x.c.Propositions {
		if x.c.Propositions[i].ID == id {
			return &x.c.Propositions[i]
		}
	}
	return nil
}

func decimal(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// heldLink is a link of the ledger.
type heldLink struct {
	record   *heldRecord
	rel      string
	strength float64 // 0 where it is not stated
	note     string
	fromKind string
	from, to *thing // to is nil for what has no object of its own
	fromID   string
	toWords  string
}

func (x *exchange) links() []heldLink {
	var out []heldLink
	for _, r := range x.list {
		if r.Kind != "link" {
			continue
		}
		from, _ := r.fields.get("from").(Entries)
		to, _ := r.fields.get("to").(Entries)
		strength, _ := decimal(r.fields.get("strength"))
		l := heldLink{record: r, rel: r.get("rel"), strength: strength, note: r.get("note"), fromKind: words(from, "kind"), fromID: words(from, "id"),
			toWords: words(to, "kind") + " " + words(to, "id")}
		if at, ok := x.target(words(from, "kind"), words(from, "id")); ok {
			l.from = &at
		}
		if at, ok := x.target(words(to, "kind"), words(to, "id")); ok {
			l.to = &at
		}
		r.sent = true
		out = append(out, l)
	}
	return out
}

// linkWords is what a link says beyond its relation.
func linkWords(l *heldLink) string {
	strength := ""
	if l.strength > 0 {
		strength = strconv.FormatFloat(l.strength, 'f', 2, 64)
		if l.rel == "copies" {
			strength = labelled("In common", strength)
		} else {
			strength = labelled("Strength", strength)
		}
	}
	to := ""
	if l.to == nil {
		to = labelled("Of", l.toWords)
	}
	return sentences(strength, to, l.note)
}

// heldJudgement finds the record of a judgement of the case.
func (x *exchange) heldJudgement(j *demarche.Judgement) *heldRecord {
	for _, h := range x.held.Judgements {
		if h.By == j.By && h.Date.Text == j.Date.Text && h.On == j.Outcome.Name && j.P != nil && h.P == *j.P {
			if r := x.records["judgement:"+h.ID]; r != nil && !r.sent {
				r.sent = true
				return r
			}
		}
	}
	return nil
}

// readRecord reads a record that travelled; ok is false for what is none.
func readRecord(v any) (r Record, n int, ok bool) {
	if text, isText := v.(string); isText {
		v, _ = plainJSON([]byte(text))
	}
	e, _ := v.(Entries)
	fields, isRecord := e.get("record").(Entries)
	r.Kind, r.ID = words(e, "kind"), words(e, "id")
	n, _ = e.get("n").(int)
	r.Learned, _ = time.Parse(time.RFC3339Nano, words(e, "learned"))
	data, err := fields.MarshalJSON()
	r.JSON = data
	return r, n, isRecord && err == nil && r.Kind != "" && r.ID != ""
}
