package casefile

import (
	"bytes"
	"crypto/sha1"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/demarche/demarche"
)

// uuid5 is a UUID of version 5: the same for the same name space and name (RFC
// 9562, section 5.5).
func uuid5(space [16]byte, name string) [16]byte {
	sum := sha1.Sum(append(space[:], name...))
	var id [16]byte
	copy(id[:], sum[:])
	id[6] = id[6]&0x0f | 0x50
	id[8] = id[8]&0x3f | 0x80
	return id
}

func uuidText(id [16]byte) string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// urlSpace is the name space of URLs of RFC 9562, section 6.6.
var urlSpace = [16]byte{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}

const programURL = "https://github.com/demarche/demarche"

// stixID is the id of an object: the same for the same title, section and key.
func (x *exchange) stixID(kind, section, key string) string {
	space := uuid5(urlSpace, programURL)
	return kind + "--" + uuidText(uuid5(space, x.c.Title+"\x00"+section+"\x00"+key))
}

// stixOurs are the ids of what is the same in every file: the extension, and the
// program as the one that wrote it.
func stixOurs(kind string) string {
	return kind + "--" + uuidText(uuid5(urlSpace, programURL+"#"+kind))
}

// stixBuilder collects the objects of a bundle.
type stixBuilder struct {
	*exchange
	stamp   string
	err     error
	objects []any
	listed  []any // ids of what the report is about
}

// object makes an object with the common properties. k is the item of the case
// that it stands for, or nil; grades go with it.
func (s *stixBuilder) object(kind, id string, k *carried, own Entries, grades ...Entry) {
	o := Entries{{"type", kind}, {"spec_version", "2.1"}, {"id", id}, {"created_by_ref", stixOurs("identity")}, {"created", s.stamp}, {"modified", s.stamp}}
	o = append(o, own...)
	if s.c.Handling != "" {
		o = append(o, Entry{"object_marking_refs", []any{s.stixID("marking-definition", "handling", s.c.Handling)}})
	}
	if k != nil {
		// As text, since the format forbids empty lists and keys such as ours.
		text := func(e Entries) string {
			data, err := e.MarshalJSON()
			s.err = errors.Join(s.err, err)
			return string(data)
		}
		plain := carried{section: k.section, id: k.id, n: k.n}
		if item, ok := k.item.(Entries); ok {
			plain.item = text(item)
		}
		own := plain.entries()
		if k.record != nil {
			own = append(own, Entry{inLedger, text(k.record.entries())})
		}
		own = append(own, grades...)
		o = append(o, Entry{"extensions", Entries{{stixOurs("extension-definition"), append(Entries{{"extension_type", "property-extension"}}, own...)}}})
	}
	s.objects = append(s.objects, o)
	if kind != "report" {
		s.listed = append(s.listed, id)
	}
}

func stixTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// stix writes the case as a bundle of STIX 2.1 (OASIS, 10 June 2021): actors as
// identities, places with coordinates as locations, the case as a report, what
// claims say of propositions and analysts of outcomes as opinions, and all else
// as notes. Items of the case stand in a property extension.
func (x *exchange) stix() ([]byte, error) {
	c := x.c
	day := lastDay(c)
	if day.IsZero() {
		day = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC) // a file needs a time, and the same file the same one
	}
	s := &stixBuilder{exchange: x, stamp: stixTime(day)}
	caseID := x.stixID("report", "case", "")
	identity := func(r demarche.Ref) []any {
		if c.Actor(r.Name) == nil {
			return nil
		}
		return []any{x.stixID("identity", "actors", r.Name)}
	}
	about := func(lists ...[]any) []any {
		var out []any
		for _, l := range lists {
			for _, id := range l {
				if !slices.Contains(out, id) {
					out = append(out, id)
				}
			}
		}
		if len(out) == 0 {
			out = []any{caseID}
		}
		return out
	}
	note := func(section, key, abstract, content string, refs []any, because []demarche.Ref, k *carried) {
		own := Entries{{"abstract", abstract}, {"content", firstOf(content, abstract)}, {"object_refs", refs}}
		s.object("note", x.stixID("note", section, key), k, x.withReferences(own, x.reportsOf(because)))
	}
	carry := func(section, id string, n int, item any) *carried {
		return &carried{section: section, id: id, n: n, item: plainOfItem(item)}
	}
	held := func(k *carried, r *heldRecord) *carried {
		switch {
		case r == nil:
		case k == nil:
			return &carried{section: inLedger, record: r}
		default:
			k.record = r
		}
		return k
	}
	id := func(t thing) string {
		kind := "note"
		if t.section == "actors" || t.section == "sources" && !t.unnamed {
			kind = "identity"
		}
		return x.stixID(kind, t.section, t.key)
	}

	for i, a := range c.Actors {
		class := map[string]string{"person": "individual", "group": "group"}[a.Kind]
		if class == "" {
			class = map[bool]string{true: "unknown", false: "organization"}[a.Kind == ""]
		}
		own := Entries{{"name", a.Name}, {"identity_class", class}}
		if a.Role != "" {
			own = append(own, Entry{"roles", []any{a.Role}})
		}
		k := carry("actors", a.ID, i, a)
		var grades Entries
		for n := range x.held.Sources {
			if source := &x.held.Sources[n]; source.Actor == a.ID && !source.Unnamed() && k.record == nil {
				if source.Reliability != "" {
					grades = append(grades, Entry{"reliability", source.Reliability})
				}
				held(k, x.carry("source", source.ID))
				if terms := x.sourceTerms(source); terms != "" {
					own = append(own, Entry{"description", "As a source: " + terms})
				}
			}
		}
		s.object("identity", x.stixID("identity", "actors", a.ID), k, own, grades...)
	}
	for i := range x.held.Sources {
		source := &x.held.Sources[i]
		if r := x.records["source:"+source.ID]; source.Unnamed() || r == nil || r.sent {
			continue
		}
		class := map[string]string{"person": "individual", "group": "group", "office": "organization", "institution": "organization", "outlet": "organization"}[source.Kind]
		own := Entries{{"name", source.Called()}, {"identity_class", firstOf(class, "unknown")}}
		if terms := x.sourceTerms(source); terms != "" {
			own = append(own, Entry{"description", "As a source: " + terms})
		}
		var grades Entries
		if source.Reliability != "" {
			grades = Entries{{"reliability", source.Reliability}}
		}
		s.object("identity", x.stixID("identity", "sources", source.ID), held(nil, x.carry("source", source.ID)), own, grades...)
	}
	seen := map[string]int{}
	for i, t := range c.Ties {
		key := t.From.Name + "\x00" + t.To.Name + "\x00" + t.Kind
		seen[key]++
		kind := strings.ReplaceAll(t.Kind, "_", " ")
		note("ties", key+"\x00"+strconv.Itoa(seen[key]), x.actorName(t.From)+" and "+x.actorName(t.To)+": "+kind, t.Says, about(identity(t.From), identity(t.To)), t.Because, carry("ties", "", i, t))
	}
	for i, p := range c.Propositions {
		note("propositions", p.ID, p.Says, sentences("A matter of fact that claims affirm or deny: "+p.Says, x.credenceWords(p.ID, p.PriorOr())), about(), nil,
			held(carry("propositions", p.ID, i, p), x.carry("proposition", p.ID)))
	}
	for i, a := range c.Authorities {
		note("authorities", a.ID, a.Says, "A claim about what the law permits or bars: "+a.Says, about(identity(a.By)), a.Because, carry("authorities", a.ID, i, a))
	}
	for i := range c.Incidents {
		in := &c.Incidents[i]
		var where []any
		words := []string{in.Says}
		if !in.Date.IsZero() {
			words = append(words, "When: "+in.Date.Words())
		}
		if p := in.Place; p != nil {
			words = append(words, "Where: "+p.Name)
			if p.Lat != nil && p.Lon != nil {
				own := Entries{{"name", p.Name}, {"latitude", *p.Lat}, {"longitude", *p.Lon}}
				if p.PrecisionKM != nil {
					own = append(own, Entry{"precision", *p.PrecisionKM * 1000}) // in metres
				}
				id := x.stixID("location", "incidents", in.ID)
				s.object("location", id, nil, own)
				where = []any{id}
			}
		}
		if in.Casualties != nil {
			words = append(words, "Casualties: "+casualtyWords(in.Casualties))
		}
		words = append(words, x.groundWords(in)...)
		note("incidents", in.ID, in.Says, strings.Join(words, ". "), about(identity(in.By), identity(in.Against), where), in.Because, carry("incidents", "", i, *in))
	}
	for i := range c.Offers {
		o := &c.Offers[i]
		parties := identity(o.By)
		for _, to := range o.To {
			parties = append(parties, identity(to)...)
		}
		note("offers", o.ID, x.offerWords(o), "What became of it: "+firstOf(o.Answer, "open"), about(parties), o.Because, carry("offers", "", i, *o))
	}
	for i := range c.Claims {
		cl := &c.Claims[i]
		content := x.termsOfSpeech(cl)
		if cl.Quote != "" {
			content = "“" + cl.Quote + "”. " + content
		}
		refs := []any{}
		if a := x.speaker(cl); a != nil {
			refs = identity(demarche.Ref{Name: a.ID})
		}
		own := Entries{{"abstract", firstOf(cl.Says, cl.Quote, "A claim")}, {"content", firstOf(content, cl.Says, "A claim")}, {"object_refs", about(refs)}}
		var from []*demarche.Report
		if r := x.report(cl.Report); r != nil {
			from = append(from, r)
		}
		s.object("note", x.stixID("note", "claims", cl.ID), carry("claims", cl.ID, i, *cl), x.withReferences(own, from))
		for _, side := range []struct {
			word string
			list []demarche.Ref
		}{{"agree", cl.Affirms}, {"disagree", cl.Denies}} {
			for _, p := range side.list {
				own := Entries{{"explanation", firstOf(cl.Says, cl.Quote, "A claim")}}
				if a := x.speaker(cl); a != nil {
					own = append(own, Entry{"authors", []any{a.Name}})
				}
				own = append(own, Entry{"opinion", side.word}, Entry{"object_refs", []any{x.stixID("note", "propositions", p.Name)}})
				s.object("opinion", x.stixID("opinion", "claims", cl.ID+"\x00"+p.Name+"\x00"+side.word), nil, own)
			}
		}
	}
	judged := map[string]bool{}
	for i := range c.Judgements {
		j := &c.Judgements[i]
		if !judged[j.Outcome.Name] {
			judged[j.Outcome.Name] = true
			note("outcomes", j.Outcome.Name, "An outcome: "+x.outcomeWords(j.Outcome), x.outcomeWords(j.Outcome), about(), nil, nil)
		}
		key := j.By + "\x00" + j.Date.Text + "\x00" + j.Outcome.Name
		seen["judgement"+key]++
		own := Entries{{"explanation", strings.TrimSuffix(x.judgementWords(j)+". "+j.Why, ". ")}, {"authors", []any{j.By}}, {"opinion", stixOpinion(j.P)}, {"object_refs", []any{x.stixID("note", "outcomes", j.Outcome.Name)}}}
		s.object("opinion", x.stixID("opinion", "judgements", key+"\x00"+strconv.Itoa(seen["judgement"+key])), held(carry("judgements", "", i, *j), x.heldJudgement(j)), x.withReferences(own, x.reportsOf(j.Because)))
	}
	links := x.links()
	for i := range x.reports {
		r := &x.reports[i]
		if record := x.carry("report", r.ID); record != nil {
			name := firstOf(r.Title, r.ID)
			own := Entries{{"abstract", "A report: " + name}, {"content", sentences("A report: "+name, labelled("Published", r.Published.Words()))}, {"object_refs", about()}}
			s.object("note", x.stixID("note", "reports", r.ID), held(nil, record), x.withReferences(own, []*demarche.Report{r}))
		}
	}
	for _, t := range x.tellings() {
		var refs []any
		for _, at := range t.about {
			refs = append(refs, id(at))
		}
		content := t.terms
		if t.quote != "" {
			content = sentences("“"+t.quote+"”", t.terms)
		}
		own := Entries{{"abstract", t.name}, {"content", firstOf(content, t.name)}}
		if t.authors != nil {
			own = append(own, Entry{"authors", []any{t.authors[0]}})
		}
		own = append(own, Entry{"object_refs", about(refs)})
		if t.confidence >= 0 {
			own = append(own, Entry{"confidence", t.confidence})
		}
		s.object("note", x.stixID("note", t.section, t.key), held(nil, t.record), x.withReferences(own, t.reports), t.grades...)
	}
	for _, l := range links {
		k := held(nil, l.record)
		words := sentences(l.rel, linkWords(&l))
		switch {
		case l.from != nil && l.to != nil && (l.rel == "affirms" || l.rel == "denies"):
			cl := x.held.Claim(l.fromID)
			own := Entries{{"explanation", sentences(x.claimWords(cl), linkWords(&l))}}
			if source := x.held.Source(cl.Source); source != nil && x.told(cl) && !source.Unnamed() {
				own = append(own, Entry{"authors", []any{source.Name}})
			}
			own = append(own, Entry{"opinion", stixStance(cl, &l)}, Entry{"object_refs", []any{id(*l.to)}})
			s.object("opinion", x.stixID("opinion", "links", l.record.ID), k, own)
		case l.from != nil && l.to != nil:
			own := Entries{{"relationship_type", l.rel}, {"source_ref", id(*l.from)}, {"target_ref", id(*l.to)}}
			if more := linkWords(&l); more != "" {
				own = append(own, Entry{"description", more})
			}
			s.object("relationship", x.stixID("relationship", "links", l.record.ID), k, own)
		default: // a tie or a preference, which is no object of its own
			var refs []any
			if l.from != nil {
				refs = []any{id(*l.from)}
			}
			s.object("note", x.stixID("note", "links", l.record.ID), k, Entries{{"abstract", words}, {"content", words}, {"object_refs", about(refs)}})
		}
	}
	whole := x.caseItem()
	own := Entries{{"name", c.Title}}
	if c.Question != "" {
		own = append(own, Entry{"description", c.Question})
	}
	refs := s.listed
	if len(refs) == 0 {
		refs = []any{stixOurs("identity")}
	}
	own = append(own, Entry{"published", s.stamp}, Entry{"object_refs", refs})
	var all []*demarche.Report
	for i := range x.reports {
		all = append(all, &x.reports[i])
	}
	s.object("report", caseID, &whole, x.withReferences(own, all))

	first := "2025-01-01T00:00:00.000Z" // of the definitions, which are the same in every file
	head := []any{
		Entries{{"type", "identity"}, {"spec_version", "2.1"}, {"id", stixOurs("identity")}, {"created", first}, {"modified", first}, {"name", "demarche"}, {"identity_class", "system"}},
		Entries{{"type", "extension-definition"}, {"spec_version", "2.1"}, {"id", stixOurs("extension-definition")}, {"created_by_ref", stixOurs("identity")}, {"created", first}, {"modified", first},
			{"name", "demarche case"}, {"description", "The item of a demarche case that an object stands for: its section, its id, its place in the section, and its text under the keys of the case file."},
			{"schema", programURL + "/case.schema.json"}, {"version", "1.0.0"}, {"extension_types", []any{"property-extension"}}},
	}
	if c.Handling != "" {
		head = append(head, Entries{{"type", "marking-definition"}, {"spec_version", "2.1"}, {"id", x.stixID("marking-definition", "handling", c.Handling)}, {"created_by_ref", stixOurs("identity")}, {"created", first},
			{"definition_type", "statement"}, {"definition", Entries{{"statement", "Handling: " + c.Handling}}}})
	}
	bundle := Entries{{"type", "bundle"}, {"id", x.stixID("bundle", "case", s.stamp)}, {"objects", append(head, s.objects...)}}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := errors.Join(s.err, enc.Encode(bundle))
	return b.Bytes(), err
}

// withReferences adds what reports an object rests on.
func (x *exchange) withReferences(own Entries, reports []*demarche.Report) Entries {
	var refs []any
	for _, r := range reports {
		e := Entries{{"source_name", firstOf(r.Publisher, r.Title, r.ID)}}
		if r.Title != "" {
			e = append(e, Entry{"description", r.Title})
		}
		if r.URL != "" {
			e = append(e, Entry{"url", r.URL})
			if len(r.SHA256) == 64 {
				e = append(e, Entry{"hashes", Entries{{"SHA-256", strings.ToLower(r.SHA256)}}})
			}
		}
		refs = append(refs, append(e, Entry{"external_id", r.ID}))
	}
	if refs == nil {
		return own
	}
	return append(own, Entry{"external_references", refs})
}

// stixOpinion is a probability on the five-point scale of the format; the number
// itself stands in the explanation and in the extension.
func stixOpinion(p *float64) string {
	words := []string{"strongly-disagree", "disagree", "neutral", "agree", "strongly-agree"}
	if p == nil {
		return words[2]
	}
	return words[min(4, int(*p*5))]
}

// claimWords is a claim in a sentence, as an allegation where it is one.
func (x *exchange) claimWords(c *demarche.HeldClaim) string {
	if len(c.Against) > 0 {
		return "Alleged by " + x.heldSpeaker(c) + " against " + joinAnd(c.Against) + ": " + c.Words() + ". " + x.replies(c)
	}
	return c.Words()
}

// stixStance is what a claim says of a proposition on the five-point scale of the
// format: strongly where it says so without a reserve, less where its source
// hedges or where the link says that it speaks to half of it at most, and neutral
// where it hardly does.
func stixStance(c *demarche.HeldClaim, l *heldLink) string {
	strength := l.strength
	if strength == 0 {
		strength = 1
		if c.Stance == "hedges" {
			strength = demarche.HedgedStrength
		}
	}
	word := map[string]string{"affirms": "agree", "denies": "disagree"}[l.rel]
	switch {
	case c.Stance == "silent" || strength < 0.25:
		return "neutral"
	case strength > 0.5:
		return "strongly-" + word
	}
	return word
}

// ImportSTIX reads a case out of a STIX 2.1 bundle that [Export] wrote: it
// follows the extension in each object. Objects of other programs are passed over
// with a warning. Reports are not in such a file, only what is known about them.
func ImportSTIX(name string, data []byte) (*File, error) {
	v, err := plainJSON(bytes.TrimPrefix(data, []byte("\ufeff")))
	if err != nil {
		return nil, notImported(name, "the file is damaged; get it again", "the file is not JSON that can be read")
	}
	root, _ := v.(Entries)
	objects, ok := root.get("objects").([]any)
	if !ok || root.get("type") != "bundle" {
		return nil, notImported(name, "of files that end in .json, STIX bundles that demarche export wrote are imported", "the file is not a STIX bundle")
	}
	var list []carried
	foreign := 0
	for _, v := range objects {
		o, _ := v.(Entries)
		extensions, _ := o.get("extensions").(Entries)
		at, _ := extensions.get(stixOurs("extension-definition")).(Entries)
		if at == nil {
			if o.get("created_by_ref") != stixOurs("identity") && o.get("id") != stixOurs("identity") {
				foreign++
			}
			continue
		}
		k, ok := readCarried(at)
		if !ok {
			return nil, notImported(name, "a later version of demarche may have made it", "an object holds an item that this version does not know")
		}
		list = append(list, k)
	}
	if len(list) == 0 {
		return nil, notImported(name, "STIX bundles are read back if demarche export --format stix wrote them", "the file holds nothing that this program wrote")
	}
	f, err := assemble(name, "Made from a STIX 2.1 bundle.", list)
	if err == nil && foreign > 0 {
		f.Warnings = append(f.Warnings, &demarche.Error{Kind: demarche.BadInput, Pos: demarche.Pos{File: name},
			Msg: fmt.Sprintf("objects of other programs are left out: %d", foreign), Hint: "enter them in the case by hand"})
	}
	return f, err
}
