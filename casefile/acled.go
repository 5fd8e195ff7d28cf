package casefile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/demarche/demarche"
)

// acledColumns are the columns of the data of the Armed Conflict Location and
// Event Data project, as of its codebook of 2023.
var acledColumns = []string{
	"event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type", "sub_event_type",
	"actor1", "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2", "interaction", "civilian_targeting",
	"iso", "region", "country", "admin1", "admin2", "admin3", "location", "latitude", "longitude", "geo_precision",
	"source", "source_scale", "notes", "fatalities", "tags", "timestamp",
}

// ourColumns hold what those cannot. Lists and items are JSON under the keys of
// the case file.
var ourColumns = []string{
	"demarche_id", "demarche_date", "demarche_says", "demarche_kind", "demarche_by", "demarche_against", "demarche_place", "demarche_precision_km",
	"demarche_casualties_about", "demarche_casualties_at_least", "demarche_casualties_at_most", "demarche_casualties_kind",
	"demarche_casualties_hedge", "demarche_casualties_as_of", "demarche_casualties_because",
	"demarche_justified", "demarche_disputed", "demarche_because", "demarche_actors", "demarche_sources",
}

// acledTypes are the event types of that project for kinds of ours that mean the
// same; for others the columns stay empty, as a guess would be a code of theirs
// that nobody gave.
var acledTypes = map[string][3]string{
	"agree":   {"Strategic developments", "Strategic developments", "Agreement"},
	"protest": {"Demonstrations", "Protests", ""},
}

// acled writes the incidents, one a line.
//
// event_date is given where the day or the month is known, for a month its
// middle as in that project's codebook; time_precision says which. fatalities is
// the lowest figure given of people killed. geo_precision is 1 up to 10 km, 2 up
// to 100 km and 3 beyond.
func (x *exchange) acled() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{append(slices.Clone(acledColumns), ourColumns...)}
	for i := range x.c.Incidents {
		cells, err := x.acledCells(&x.c.Incidents[i])
		if err != nil {
			return nil, err
		}
		row := make([]string, len(rows[0]))
		for k, column := range rows[0] {
			row[k] = cells[column]
		}
		rows = append(rows, row)
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}

func (x *exchange) acledCells(in *demarche.Incident) (map[string]string, error) {
	cells := map[string]string{
		"event_id_cnty": in.ID, "demarche_id": in.ID, "demarche_date": in.Date.Text, "demarche_says": in.Says, "demarche_kind": in.Kind,
		"demarche_by": in.By.Name, "demarche_against": in.Against.Name,
		"notes": strings.Join(append([]string{in.Says}, x.groundWords(in)...), ". "),
	}
	cells["event_date"], cells["year"], cells["time_precision"] = acledDate(in.Date)
	types := acledTypes[in.Kind]
	cells["disorder_type"], cells["event_type"], cells["sub_event_type"] = types[0], types[1], types[2]
	for column, r := range map[string]demarche.Ref{"actor1": in.By, "actor2": in.Against} {
		if r.Name != "" {
			cells[column] = x.actorName(r)
		}
	}
	named := Entries{} // the names of those who give reasons, by id
	for _, g := range append(slices.Clone(in.Justified), in.Disputed...) {
		if g.By.Name != "" && named.get(g.By.Name) == nil {
			named = append(named, Entry{g.By.Name, x.actorName(g.By)})
		}
	}
	if len(named) > 0 {
		text, err := named.MarshalJSON()
		if err != nil {
			return nil, err
		}
		cells["demarche_actors"] = string(text)
	}
	if p := in.Place; p != nil {
		cells["location"], cells["demarche_place"] = p.Name, p.Name
		if p.Lat != nil {
			cells["latitude"] = decimals(*p.Lat)
		}
		if p.Lon != nil {
			cells["longitude"] = decimals(*p.Lon)
		}
		if km := p.PrecisionKM; km != nil {
			cells["demarche_precision_km"] = decimals(*km)
			cells["geo_precision"] = map[bool]string{true: "1", false: map[bool]string{true: "2", false: "3"}[*km <= 100]}[*km <= 10]
		}
	}
	if k := in.Casualties; k != nil {
		for column, n := range map[string]*int{"about": k.About, "at_least": k.AtLeast, "at_most": k.AtMost} {
			if n != nil {
				cells["demarche_casualties_"+column] = strconv.Itoa(*n)
			}
		}
		cells["demarche_casualties_kind"] = firstOf(k.Kind, "-") // the mark that there is an item, if it says nothing else
		cells["demarche_casualties_hedge"], cells["demarche_casualties_as_of"] = k.Hedge, k.AsOf.Text
		cells["notes"] += ". Casualties: " + casualtyWords(k)
		if n := k.AtLeast; k.Kind == "killed" {
			if n == nil {
				n = k.About
			}
			if n != nil {
				cells["fatalities"] = strconv.Itoa(*n)
			}
		}
		if err := jsonCell(cells, "demarche_casualties_because", k.Because); err != nil {
			return nil, err
		}
	}
	if err := x.sourcesCell(cells, in.Because); err != nil {
		return nil, err
	}
	var outlets []string
	for _, r := range x.reportsOf(in.Because) {
		if who := firstOf(r.Publisher, r.Title, r.ID); !slices.Contains(outlets, who) {
			outlets = append(outlets, who)
		}
	}
	cells["source"] = strings.Join(outlets, "; ")
	for column, list := range map[string]any{"demarche_justified": in.Justified, "demarche_disputed": in.Disputed, "demarche_because": in.Because} {
		if err := jsonCell(cells, column, list); err != nil {
			return nil, err
		}
	}
	return cells, nil
}

// sourcesCell writes who makes the claims of the ledger that an incident rests
// on, with the grades given.
func (x *exchange) sourcesCell(cells map[string]string, because []demarche.Ref) error {
	list := []any{}
	for _, r := range because {
		c := x.held.Claim(r.Name)
		if c == nil {
			continue
		}
		item := Entries{{"claim", c.ID}, {"source", x.heldSpeaker(c)}}
		if s := x.held.Source(c.Source); s != nil && s.Reliability != "" {
			item = append(item, Entry{"reliability", s.Reliability})
		}
		if c.Credibility > 0 {
			item = append(item, Entry{"credibility", c.Credibility})
		}
		for _, e := range []Entry{{"stance", c.Stance}, {"record", c.Record}, {"status", c.Status}} {
			if e.Value != "" {
				item = append(item, e)
			}
		}
		if len(c.Against) > 0 {
			item = append(item, Entry{"alleged_against", strings.Join(c.Against, "; ")}, Entry{"replies", x.replies(c)})
		}
		list = append(list, item)
	}
	if len(list) == 0 {
		return nil
	}
	text, err := Entries{{"list", list}}.MarshalJSON()
	cells["demarche_sources"] = strings.TrimSuffix(strings.TrimPrefix(string(text), `{"list":`), "}")
	return err
}

// jsonCell writes a list to a cell, or leaves it empty.
func jsonCell(cells map[string]string, column string, list any) error {
	v := reflect.ValueOf(list)
	if v.Len() == 0 {
		return nil
	}
	item, _ := plainItem(v, &field{typ: v.Type(), required: true})
	text, err := Entries{{"list", item}}.MarshalJSON()
	cells[column] = strings.TrimSuffix(strings.TrimPrefix(string(text), `{"list":`), "}")
	return err
}

func decimals(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// acledDate is a date as that project writes it. A span of more than a month is
// no date of one event: at most its year is given.
func acledDate(d demarche.Date) (date, year, precision string) {
	if d.From.IsZero() || d.To.IsZero() {
		return "", "", ""
	}
	last := d.To.Add(-time.Nanosecond)
	if d.From.Year() == last.Year() {
		year = d.From.Format("2006")
	}
	switch {
	case d.To.Sub(d.From) <= 24*time.Hour && d.From.Day() == last.Day():
		return d.From.Format(time.DateOnly), year, "1"
	case d.Precision >= demarche.Day && d.To.Sub(d.From) <= 7*24*time.Hour:
		return d.From.Format(time.DateOnly), d.From.Format("2006"), "2"
	case d.From.Year() == last.Year() && d.From.Month() == last.Month():
		return d.From.Format("2006-01-") + "15", year, "3"
	}
	return "", year, ""
}

// ImportACLED reads incidents out of a CSV file with the columns of the Armed
// Conflict Location and Event Data project. With the columns that [Export] adds
// the incidents are what they were; without, each line makes one: the day or
// month, the notes as its words, the actors by their names, the place, and the
// fatalities as an approximate number of people killed.
//
// What a line says is said by its source, so each incident rests on a claim of
// that source. The claims that incidents of ours rest on are not in the file: in
// their place stand claims with the same ids, the source, and the words of the
// incident.
func ImportACLED(name string, data []byte) (*File, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		return nil, notImported(name, "a CSV file begins with the names of its columns", "the file has no columns")
	}
	if semi := strings.Split(header[0], ";"); len(header) == 1 && len(semi) > 5 {
		r = csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
		r.FieldsPerRecord, r.Comma = -1, ';'
		if header, err = r.Read(); err != nil {
			return nil, notImported(name, "save it as CSV again", "the names of the columns cannot be read")
		}
	}
	for i := range header {
		header[i] = strings.ToLower(strings.TrimSpace(header[i]))
		if header[i] != "" && slices.Contains(header[:i], header[i]) {
			return nil, notImported(name, "keep one of them", "the column %s stands twice", show(header[i]))
		}
	}
	if slices.Contains(header, "entity_id") && slices.Contains(header, "prop") {
		return nil, notImported(name, "import the file that demarche export --format ftm writes", "the file holds FollowTheMoney statements, which do not carry a whole case")
	}
	for _, need := range []string{"event_date", "notes"} {
		if !slices.Contains(header, need) {
			return nil, notImported(name, "incidents are read from files with the columns of ACLED, such as event_date, actor1 and notes", "the file has no column %s", need)
		}
	}
	m := &acledReader{name: name, ids: map[string]bool{}, used: map[string]bool{}, actors: map[string]string{}, names: map[string]string{}, called: map[string]string{}, claims: map[string]bool{}}
	var rows []map[string]string
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || len(row) > len(header) {
			line := 0
			if bad, ok := errors.AsType[*csv.ParseError](err); ok {
				line = bad.Line // of a row that cannot be read no cell has a place
			} else {
				line, _ = r.FieldPos(0)
			}
			return nil, notImported(name, "save it as CSV again: commas between cells, quotation marks around text with commas", "line %d cannot be read as cells of a table", line)
		}
		cells := map[string]string{}
		for i, v := range row {
			if !strings.HasPrefix(header[i], "demarche_") { // ours are as they were written
				v = strings.TrimSpace(v)
			}
			cells[header[i]] = v
		}
		line, _ := r.FieldPos(0)
		cells[""] = strconv.Itoa(line)
		rows = append(rows, cells)
		for column, name := range map[string]string{"demarche_by": "actor1", "demarche_against": "actor2"} {
			if id := cells[column]; id != "" {
				m.used[id] = true
				m.called[id] = firstOf(cells[name], m.called[id])
			}
		}
		v, _ := plainJSON([]byte(cells["demarche_actors"]))
		list, _ := v.(Entries)
		for _, e := range list {
			text, _ := e.Value.(string)
			m.used[e.Key] = true
			m.called[e.Key] = firstOf(m.called[e.Key], text)
		}
		if id := cells["demarche_id"]; id != "" {
			m.ids[id] = true
		}
	}
	for n, cells := range rows {
		if err := m.incident(n, cells); err != nil {
			return nil, err
		}
	}
	title := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	all := Entries{{"demarche", 1}, {"title", firstOf(title, "Imported incidents")}}
	for _, section := range []Entry{{"actors", m.actorItems}, {"incidents", m.incidents}, {"claims", m.claimItems}} {
		if reflect.ValueOf(section.Value).Len() > 0 {
			all = append(all, section)
		}
	}
	return parseMade(name, "Made from a table of incidents with the columns of ACLED.", all)
}

type acledReader struct {
	name       string
	ids        map[string]bool   // of incidents
	used       map[string]bool   // ids of actors that are taken
	actors     map[string]string // id by name, for actors without an id in the file
	names      map[string]string // name by id, for those defined
	called     map[string]string // name by id, for those that the file has ids for
	claims     map[string]bool
	actorItems Entries
	incidents  []any
	claimItems Entries
}

// actor is the id of an actor, defining it at its first mention.
func (m *acledReader) actor(id, name string) string {
	if id == "" && name == "" {
		return ""
	}
	if id == "" {
		if id = m.actors[name]; id == "" {
			id = newID(name, "a", len(m.actorItems), m.used)
			m.actors[name] = id
		}
	}
	if _, ok := m.names[id]; !ok {
		m.names[id] = firstOf(m.called[id], name, id)
		m.actorItems = append(m.actorItems, Entry{id, Entries{{"name", m.names[id]}}})
	}
	return id
}

func (m *acledReader) incident(n int, cells map[string]string) error {
	bad := func(column, hint string) error {
		return notImported(m.name, hint, "line %s: the cell %s cannot be meant: %s", cells[""], column, show(cells[column]))
	}
	id := cells["demarche_id"]
	if id == "" {
		id = newID(cells["event_id_cnty"], "i", n, m.ids)
	}
	out := Entries{{"id", id}}
	add := func(key, value string) {
		if value != "" {
			out = append(out, Entry{key, value})
		}
	}
	number := func(column string, to *Entries, key string) error {
		if cells[column] == "" {
			return nil
		}
		if i, ok := wholeNumber(cells[column]); ok {
			*to = append(*to, Entry{key, i})
			return nil
		}
		v, ok := anyNumber(cells[column])
		if !ok {
			return bad(column, "write a number with a decimal point, or leave the cell empty")
		}
		*to = append(*to, Entry{key, v})
		return nil
	}
	list := func(column string) (any, error) {
		if cells[column] == "" {
			return nil, nil
		}
		v, err := plainJSON([]byte(cells[column]))
		if _, ok := v.([]any); err != nil || !ok {
			return nil, bad(column, "the cell holds a list as JSON; leave it as it was written")
		}
		return v, nil
	}
	date := cells["demarche_date"]
	if _, ours := cells["demarche_date"]; !ours && cells["event_date"] != "" {
		var err error
		if date, err = readACLEDDate(cells["event_date"], cells["time_precision"]); err != nil {
			return bad("event_date", "write 2025-12-02 or 2 December 2025")
		}
	}
	add("date", date)
	says := firstOf(cells["demarche_says"], cells["notes"], cells["sub_event_type"], cells["event_type"])
	if says == "" {
		return bad("notes", "say what happened")
	}
	add("says", says)
	kind := cells["demarche_kind"]
	if _, ours := cells["demarche_kind"]; !ours {
		for k, types := range acledTypes {
			if types[1] == cells["event_type"] && types[2] == cells["sub_event_type"] {
				kind = k
			}
		}
	}
	add("kind", kind)
	add("by", m.actor(cells["demarche_by"], cells["actor1"]))
	add("against", m.actor(cells["demarche_against"], cells["actor2"]))
	if where := firstOf(cells["demarche_place"], cells["location"], cells["admin1"], cells["country"]); where != "" {
		place := Entries{{"name", where}}
		for _, c := range [][2]string{{"latitude", "lat"}, {"longitude", "lon"}, {"demarche_precision_km", "precision_km"}} {
			if err := number(c[0], &place, c[1]); err != nil {
				return err
			}
		}
		out = append(out, Entry{"place", place})
	}
	var loss Entries
	if kind := cells["demarche_casualties_kind"]; kind != "" {
		loss = Entries{}
		for _, key := range []string{"about", "at_least", "at_most"} {
			if err := number("demarche_casualties_"+key, &loss, key); err != nil {
				return err
			}
		}
		if kind != "-" {
			loss = append(loss, Entry{"kind", kind})
		}
		for _, key := range []string{"hedge", "as_of"} {
			if v := cells["demarche_casualties_"+key]; v != "" {
				loss = append(loss, Entry{key, v})
			}
		}
		because, err := list("demarche_casualties_because")
		if err != nil {
			return err
		}
		if because != nil {
			loss = append(loss, Entry{"because", because})
			m.rest(because, cells, says)
		}
	} else if _, ours := cells["demarche_casualties_kind"]; !ours && cells["fatalities"] != "" && cells["fatalities"] != "0" {
		if err := number("fatalities", &loss, "about"); err != nil {
			return err
		}
		loss = append(loss, Entry{"kind", "killed"})
	}
	if loss != nil {
		out = append(out, Entry{"casualties", loss})
	}
	for _, key := range []string{"justified", "disputed"} {
		grounds, err := list("demarche_" + key)
		if err != nil {
			return err
		}
		if grounds != nil {
			out = append(out, Entry{key, grounds})
			for _, g := range grounds.([]any) {
				if e, ok := g.(Entries); ok {
					m.rest(e.get("because"), cells, says)
					if by, ok := e.get("by").(string); ok {
						m.actor(by, "")
					}
				}
			}
		}
	}
	because, err := list("demarche_because")
	if err != nil {
		return err
	}
	if _, ours := cells["demarche_because"]; !ours && cells["source"] != "" {
		because = []any{newID("said_"+id, "c", n, m.claims)}
		delete(m.claims, because.([]any)[0].(string))
	}
	if because != nil {
		out = append(out, Entry{"because", because})
		m.rest(because, cells, says)
	}
	m.incidents = append(m.incidents, out)
	return nil
}

// rest defines the claims that something rests on, as what the source of the
// line says.
func (m *acledReader) rest(because any, cells map[string]string, says string) {
	ids, _ := because.([]any)
	for _, v := range ids {
		id, ok := v.(string)
		if !ok || m.claims[id] {
			continue
		}
		m.claims[id] = true
		item := Entries{}
		if cells["source"] != "" {
			item = append(item, Entry{"source", cells["source"]})
		}
		m.claimItems = append(m.claimItems, Entry{id, append(item, Entry{"says", says})})
	}
}

// readACLEDDate is a date of that project with its precision: the day, or the
// month where only that is known.
func readACLEDDate(text, precision string) (string, error) {
	for _, layout := range []string{time.DateOnly, "2 January 2006", "02-January-2006", "2-Jan-2006", "02/01/2006"} {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		switch precision {
		case "3":
			return t.Format("2006-01"), nil
		case "2": // the week around the day
			return t.AddDate(0, 0, -3).Format(time.DateOnly) + "/" + t.AddDate(0, 0, 3).Format(time.DateOnly), nil
		}
		return t.Format(time.DateOnly), nil
	}
	return "", fmt.Errorf("%q is no date", text)
}
