package casefile

import (
	"bytes"
	"crypto/sha1"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/demarche/demarche"
)

// ftmEntity is an entity of FollowTheMoney: a schema and properties that each
// have a list of texts. Its model is at https://followthemoney.tech.
type ftmEntity struct {
	id, schema string
	properties Entries // each value a []any of strings
	carried    *carried
}

// add puts values to a property, leaving out what is empty or there already.
func (e *ftmEntity) add(property string, values ...string) {
	for _, v := range values {
		if strings.TrimSpace(v) == "" {
			continue
		}
		at := -1
		for i, p := range e.properties {
			if p.Key == property {
				at = i
			}
		}
		if at < 0 {
			e.properties = append(e.properties, Entry{property, []any{v}})
			continue
		}
		list, dup := e.properties[at].Value.([]any), false
		for _, o := range list {
			dup = dup || o == v
		}
		if !dup {
			e.properties[at].Value = append(list, v)
		}
	}
}

// dates puts a date to the properties of an interval.
func (e *ftmEntity) dates(point string, d demarche.Date) {
	if !d.Interval {
		e.add(point, iso(d))
		return
	}
	from, to := ends(d)
	e.add("startDate", iso(from))
	e.add("endDate", iso(to))
}

// ftmID is the id of an entity: the same for the same title, section and key.
func (x *exchange) ftmID(section, key string) string {
	sum := sha1.Sum([]byte(x.c.Title + "\x00" + section + "\x00" + key))
	return "demarche-" + hex.EncodeToString(sum[:12])
}

// ftmSchemas are the schemas for the kinds of actors. What acts for many, such
// as a group, is an Organization, so that others can be members of it.
var ftmSchemas = map[string]string{
	"person": "Person", "state": "PublicBody", "institution": "PublicBody", "office": "PublicBody",
	"organization": "Organization", "outlet": "Organization", "group": "Organization",
}

func ftmSchema(a *demarche.Actor) string {
	if s := ftmSchemas[a.Kind]; s != "" {
		return s
	}
	return "LegalEntity"
}

// ftmLanguages are the three letters of ISO 639-3, by those of BCP 47.
var ftmLanguages = map[string]string{
	"en": "eng", "es": "spa", "fr": "fra", "de": "deu", "ru": "rus", "ar": "ara", "zh": "zho", "pt": "por", "uk": "ukr",
	"fa": "fas", "he": "heb", "it": "ita", "nl": "nld", "pl": "pol", "tr": "tur", "ja": "jpn", "ko": "kor",
}

// ftmEntities are the case, its reports, and the items of the sections that
// travel apart, in that order.
func (x *exchange) ftmEntities() []*ftmEntity {
	var out []*ftmEntity
	entity := func(schema, section, key string) *ftmEntity {
		e := &ftmEntity{id: x.ftmID(section, key), schema: schema}
		out = append(out, e)
		return e
	}
	carry := func(e *ftmEntity, section, id string, n int, item any) {
		e.carried = &carried{section: section, id: id, n: n, item: plainOfItem(item)}
	}
	// held gives an entity the record of the ledger that it stands for.
	held := func(e *ftmEntity, r *heldRecord) {
		switch {
		case r == nil:
		case e.carried == nil:
			e.carried = &carried{section: inLedger, record: r}
		default:
			e.carried.record = r
		}
	}
	actor := func(r demarche.Ref) string {
		if x.c.Actor(r.Name) == nil {
			return ""
		}
		return x.ftmID("actors", r.Name)
	}
	proof := func(e *ftmEntity, because []demarche.Ref) {
		for _, r := range x.reportsOf(because) {
			e.add("proof", x.ftmID("reports", r.ID))
		}
	}
	c := x.c
	e := entity("Note", "case", "")
	e.add("name", c.Title)
	e.add("description", c.Question)
	if c.Handling != "" {
		e.add("summary", "Handling: "+c.Handling)
	}
	whole := x.caseItem()
	e.carried = &whole

	for _, r := range x.reports {
		e := entity("Article", "reports", r.ID)
		e.add("name", firstOf(r.Title, r.ID))
		e.add("title", r.Title)
		e.add("publisher", r.Publisher)
		e.add("author", r.Author)
		published, _ := ends(r.Published)
		e.add("publishedAt", iso(published))
		retrieved, _ := ends(r.Retrieved)
		e.add("retrievedAt", iso(retrieved))
		e.add("sourceUrl", r.URL)
		base, _, _ := strings.Cut(strings.ToLower(r.Lang), "-")
		e.add("language", ftmLanguages[base])
		if r.Path != "" {
			e.add("fileName", filepath.Base(r.Path))
		}
		held(e, x.carry("report", r.ID))
	}
	for i := range c.Actors {
		a := &c.Actors[i]
		e := entity(ftmSchema(a), "actors", a.ID)
		e.add("name", a.Name)
		e.add("alias", a.Aliases...)
		if e.schema == "Person" {
			e.add("position", a.Role)
		} else {
			e.add("summary", a.Role)
		}
		for _, s := range a.Record {
			e.add("notes", s.Says)
			proof(e, s.Because)
		}
		carry(e, "actors", a.ID, i, *a)
		for k := range x.held.Sources {
			if s := &x.held.Sources[k]; s.Actor == a.ID && !s.Unnamed() && e.carried.record == nil {
				e.add("notes", labelled("As a source", x.sourceTerms(s)))
				held(e, x.carry("source", s.ID))
			}
		}
		if whole := c.Actor(a.Of.Name); whole != nil {
			x.ftmMember(entity, a, whole, a.Role)
		}
		for _, m := range a.Members {
			if part := c.Actor(m); part != nil && part.Of.Name != a.ID {
				x.ftmMember(entity, part, a, "")
			}
		}
	}
	seen := map[string]int{}
	for i, t := range c.Ties {
		key := t.From.Name + "\x00" + t.To.Name + "\x00" + t.Kind
		seen[key]++
		e := entity("UnknownLink", "ties", key+"\x00"+strconv.Itoa(seen[key]))
		e.add("subject", actor(t.From))
		e.add("object", actor(t.To))
		e.add("role", strings.ReplaceAll(t.Kind, "_", " "))
		e.add("summary", t.Says)
		since, _ := ends(t.Since)
		e.add("startDate", iso(since))
		until, last := ends(t.Until)
		if !last.IsZero() {
			until = last
		}
		e.add("endDate", iso(until))
		carry(e, "ties", "", i, t)
	}
	for i, p := range c.Propositions {
		e := entity("Note", "propositions", p.ID)
		e.add("name", p.Says)
		e.add("summary", sentences("A proposition: a matter of fact that claims affirm or deny", x.credenceWords(p.ID, p.PriorOr())))
		carry(e, "propositions", p.ID, i, p)
		held(e, x.carry("proposition", p.ID))
	}
	for i, a := range c.Authorities {
		e := entity("Note", "authorities", a.ID)
		e.add("name", a.Says)
		e.add("summary", "A claim about what the law permits or bars")
		e.add("keywords", a.Kind)
		e.add("entity", actor(a.By))
		proof(e, a.Because)
		carry(e, "authorities", a.ID, i, a)
	}
	for i := range c.Incidents {
		in := &c.Incidents[i]
		e := entity("Event", "incidents", in.ID)
		e.add("name", in.Says)
		e.dates("date", in.Date)
		if in.Place != nil {
			e.add("location", in.Place.Name)
		}
		e.add("involved", actor(in.By), actor(in.Against))
		e.add("keywords", in.Kind)
		if in.Casualties != nil {
			e.add("summary", "Casualties: "+casualtyWords(in.Casualties))
		}
		e.add("notes", x.groundWords(in)...)
		proof(e, in.Because)
		carry(e, "incidents", "", i, *in)
	}
	for i, o := range c.Offers {
		e := entity("Event", "offers", o.ID)
		e.add("name", x.offerWords(&o))
		e.dates("date", o.Date)
		e.add("involved", actor(o.By))
		for _, to := range o.To {
			e.add("involved", actor(to))
		}
		e.add("keywords", "offer")
		e.add("summary", "What became of it: "+firstOf(o.Answer, "open"))
		proof(e, o.Because)
		carry(e, "offers", "", i, o)
	}
	for i := range c.Claims {
		cl := &c.Claims[i]
		e := entity("Note", "claims", cl.ID)
		e.add("name", firstOf(cl.Says, cl.Quote, "A claim"))
		e.add("description", cl.Quote)
		e.add("summary", x.termsOfSpeech(cl))
		if a := x.speaker(cl); a != nil {
			e.add("entity", x.ftmID("actors", a.ID))
		}
		for _, list := range [][]demarche.Ref{cl.Affirms, cl.Denies} {
			for _, p := range list {
				e.add("entity", x.ftmID("propositions", p.Name))
			}
		}
		if r := x.report(cl.Report); r != nil {
			e.add("proof", x.ftmID("reports", r.ID))
		}
		carry(e, "claims", cl.ID, i, *cl)
	}
	for i, j := range c.Judgements {
		key := j.By + "\x00" + j.Date.Text + "\x00" + j.Outcome.Name
		seen["judgement"+key]++
		e := entity("Note", "judgements", key+"\x00"+strconv.Itoa(seen["judgement"+key]))
		e.add("name", x.judgementWords(&j))
		e.add("description", j.Why)
		proof(e, j.Because)
		carry(e, "judgements", "", i, j)
		held(e, x.heldJudgement(&j))
	}
	id := func(t thing) string { return x.ftmID(t.section, t.key) }
	for i := range x.held.Sources {
		s := &x.held.Sources[i]
		if r := x.records["source:"+s.ID]; s.Unnamed() || r == nil || r.sent {
			continue
		}
		schema := map[string]string{"person": "Person", "office": "PublicBody", "institution": "PublicBody", "group": "Organization", "outlet": "Organization", "document": "Document"}[s.Kind]
		e := entity(firstOf(schema, "LegalEntity"), "sources", s.ID)
		e.add("name", s.Called())
		e.add("notes", labelled("As a source", x.sourceTerms(s)))
		held(e, x.carry("source", s.ID))
	}
	links := x.links()
	for _, t := range x.tellings() {
		e := entity("Note", t.section, t.key)
		e.add("name", t.name)
		e.add("description", t.quote)
		e.add("summary", t.terms)
		for _, at := range t.about {
			e.add("entity", id(at))
		}
		for _, r := range t.reports {
			e.add("proof", x.ftmID("reports", r.ID))
		}
		held(e, t.record)
	}
	for _, l := range links {
		e := entity("UnknownLink", "links", l.record.ID)
		if l.from != nil {
			e.add("subject", id(*l.from))
		}
		if l.to != nil {
			e.add("object", id(*l.to))
		}
		e.add("role", l.rel)
		e.add("summary", linkWords(&l))
		held(e, l.record)
	}
	return out
}

// ftmMember links a part to the whole. FollowTheMoney lets only organizations
// have members; elsewhere the link is of no stated kind.
func (x *exchange) ftmMember(entity func(schema, section, key string) *ftmEntity, part, whole *demarche.Actor, role string) {
	key := part.ID + "\x00" + whole.ID
	if s := ftmSchema(whole); s == "PublicBody" || s == "Organization" {
		e := entity("Membership", "members", key)
		e.add("member", x.ftmID("actors", part.ID))
		e.add("organization", x.ftmID("actors", whole.ID))
		e.add("role", role)
		return
	}
	e := entity("UnknownLink", "members", key)
	e.add("subject", x.ftmID("actors", part.ID))
	e.add("object", x.ftmID("actors", whole.ID))
	e.add("role", firstOf(role, "belongs to"))
}

// offerWords is an offer as the name of an event.
func (x *exchange) offerWords(o *demarche.Offer) string {
	words := "Offer by " + x.actorName(o.By)
	var to []string
	for _, r := range o.To {
		to = append(to, x.actorName(r))
	}
	if len(to) > 0 {
		words += " to " + joinAnd(to)
	}
	if o.Says != "" {
		words += ": " + o.Says
	}
	return words
}

// judgementWords is a judgement in a sentence, with the number as its author
// gave it.
func (x *exchange) judgementWords(j *demarche.Judgement) string {
	outcome := x.outcomeWords(j.Outcome)
	words := "Judgement by " + j.By
	if !j.Date.IsZero() {
		words += " of " + j.Date.Words()
	}
	if j.P != nil {
		words += fmt.Sprintf(": %s %% for %s", strconv.FormatFloat(*j.P*100, 'g', 4, 64), outcome)
	} else {
		words += " on " + outcome
	}
	return words
}

func (x *exchange) outcomeWords(r demarche.Ref) string {
	if x.c.Conflict != nil {
		for _, o := range x.c.Conflict.Outcomes {
			if o.ID == r.Name && o.Says != "" {
				return o.Says
			}
		}
	}
	return strings.ReplaceAll(r.Name, "_", " ")
}

func firstOf(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}

// ftm writes one entity a line. The key demarche, which other programs keep as
// context or pass over, holds the item of the case that the entity stands for,
// so that nothing is lost on the way back.
func (x *exchange) ftm() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, e := range x.ftmEntities() {
		line := Entries{{"id", e.id}, {"schema", e.schema}, {"properties", e.properties}}
		if e.carried != nil {
			line = append(line, Entry{"demarche", e.carried.entries()})
		}
		if err := enc.Encode(line); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// ftmCSV writes the statements that the entities are made of: one line for each
// value of each property.
func (x *exchange) ftmCSV() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"canonical_id", "entity_id", "schema", "prop", "value", "dataset"}}
	for _, e := range x.ftmEntities() {
		for _, p := range e.properties {
			for _, v := range p.Value.([]any) {
				rows = append(rows, []string{e.id, e.id, e.schema, p.Key, v.(string), "demarche"})
			}
		}
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}

// ImportFTM reads a case out of FollowTheMoney entities, one a line, that
// [Export] wrote: it follows the key demarche of each line. Lines of other
// programs are passed over with a warning. Reports are not in such a file, only
// what is known about them.
func ImportFTM(name string, data []byte) (*File, error) {
	var list []carried
	foreign, n := 0, 0
	for line := range bytes.Lines(bytes.TrimPrefix(data, []byte("\ufeff"))) {
		n++
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		v, err := plainJSON(line)
		e, ok := v.(Entries)
		if err != nil || !ok {
			return nil, notImported(name, "the file is damaged; get it again", "line %d is not one JSON object", n)
		}
		at := e.get("demarche")
		if at == nil {
			if schema, _ := e.get("schema").(string); schema != "Article" && schema != "Membership" && schema != "UnknownLink" {
				foreign++
			}
			continue
		}
		k, ok := readCarried(at)
		if !ok {
			return nil, notImported(name, "a later version of demarche may have made it", "line %d holds an item that this version does not know", n)
		}
		list = append(list, k)
	}
	if len(list) == 0 {
		return nil, notImported(name, "FollowTheMoney files are read back if demarche export --format ftm wrote them", "the file holds nothing that this program wrote")
	}
	f, err := assemble(name, "Made from FollowTheMoney entities.", list)
	if err == nil && foreign > 0 {
		f.Warnings = append(f.Warnings, &demarche.Error{Kind: demarche.BadInput, Pos: demarche.Pos{File: name},
			Msg: fmt.Sprintf("entities of other programs are left out: %d", foreign), Hint: "enter them in the case by hand"})
	}
	return f, err
}
