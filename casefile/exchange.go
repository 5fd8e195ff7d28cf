package casefile

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/demarche/demarche"
)

// The exchange formats share what is here: a case as it may leave, its items as
// plain data under the keys of the case file, and the way back from such data.

// MayLeave refuses a confidential case, unless that is allowed by name.
func MayLeave(c *demarche.Case, allowed bool) error {
	if c.Handling != "confidential" || allowed {
		return nil
	}
	return &demarche.Error{
		Kind: demarche.BadInput, Op: "casefile.MayLeave", Msg: "the case is marked confidential and is not exported",
		Hint: "if it may leave, say so with --confidential",
	}
}

// exchange is a case on its way out.
type exchange struct {
	c       *demarche.Case // what outgoing leaves of it
	reports []demarche.Report
	held    *demarche.Holdings     // what a ledger lets out; empty without one
	records map[string]*heldRecord // of it, by kind:id
	list    []*heldRecord          // the same in order
}

// outgoing is a copy of the case in which no place is finer than a kilometre and
// no anonymous source is named.
func outgoing(c *demarche.Case) *demarche.Case {
	out := c.Clone()
	out.Incidents = slices.Clone(c.Incidents)
	for i := range out.Incidents {
		if p := out.Incidents[i].Place; p != nil {
			rounded := coarse(*p)
			out.Incidents[i].Place = &rounded
		}
	}
	for i := range out.Claims {
		out.Claims[i].Source = unnamed(c, &out.Claims[i])
	}
	return out
}

// coarseKM is the radius given to a place that was rounded: the kilometre within
// which it was known, and half the diagonal of the largest cell of the grid.
const coarseKM = 2.5

// coarse rounds a place known to less than a kilometre to a grid of hundredths of
// a degree: 1.1 km from south to north, and as many of them from west to east as
// make a kilometre at that latitude. 0 has no sign.
func coarse(p demarche.Place) demarche.Place {
	if p.Lat == nil || p.Lon == nil || p.PrecisionKM != nil && *p.PrecisionKM >= 1 {
		return p
	}
	const kmPerDegree = 111.1 // of a great circle, a little less than anywhere
	lat := math.Round(*p.Lat*100)/100 + 0
	step := math.Min(36000, math.Ceil(100/(kmPerDegree*math.Max(1e-9, math.Cos(lat*math.Pi/180)))))
	lon := math.Round(math.Round(*p.Lon*100/step)*step)/100 + 0
	if lon > 180 {
		lon -= 360
	} else if lon < -180 {
		lon += 360
	}
	radius := coarseKM
	p.Lat, p.Lon, p.PrecisionKM = &lat, &lon, &radius
	return p
}

// withheld reports whether the source of a claim asked not to be named.
func withheld(cl *demarche.Claim) bool {
	return cl.Record == "anonymous" || cl.Record == "background"
}

// unnamed is the source of a claim as it may be told. A description stays; an
// actor in its place does not, where the source asked not to be named.
func unnamed(c *demarche.Case, cl *demarche.Claim) string {
	if !withheld(cl) {
		return cl.Source
	}
	for _, a := range c.Actors {
		called := func(name string) bool { return strings.EqualFold(name, strings.TrimSpace(cl.Source)) }
		if a.ID != cl.Source && !called(a.Name) && !slices.ContainsFunc(a.Aliases, called) {
			continue
		}
		switch a.Kind {
		case "state", "institution", "group", "organization", "outlet":
			return "an unnamed source of " + a.Name
		}
		return "an unnamed source"
	}
	return cl.Source
}

// speaker is the actor who makes a claim in its own name, or nil.
func (x *exchange) speaker(cl *demarche.Claim) *demarche.Actor {
	if withheld(cl) {
		return nil
	}
	return x.c.Actor(cl.Source)
}

// sourceWords is who makes a claim, in words.
func (x *exchange) sourceWords(cl *demarche.Claim) string {
	if a := x.speaker(cl); a != nil {
		return a.Name
	}
	return cl.Source
}

func (x *exchange) report(id string) *demarche.Report {
	for i := range x.reports {
		if x.reports[i].ID == id {
			return &x.reports[i]
		}
	}
	return nil
}

// reportsOf are the reports that claims come from, each once.
func (x *exchange) reportsOf(because []demarche.Ref) []*demarche.Report {
	var out []*demarche.Report
	for _, r := range because {
		from := ""
		if cl := x.c.Claim(r.Name); cl != nil {
			from = cl.Report
		} else if cl := x.held.Claim(r.Name); cl != nil {
			from = cl.Report
		}
		if rep := x.report(from); rep != nil && !slices.Contains(out, rep) {
			out = append(out, rep)
		}
	}
	return out
}

func (x *exchange) actorName(r demarche.Ref) string {
	if a := x.c.Actor(r.Name); a != nil {
		return a.Name
	}
	return r.Name
}

// casualtyWords is a loss in words: “at least 2 and at most 5 killed, reportedly”.
func casualtyWords(k *demarche.Casualties) string {
	if k == nil {
		return ""
	}
	var parts []string
	for _, n := range []struct {
		word string
		n    *int
	}{{"about", k.About}, {"at least", k.AtLeast}, {"at most", k.AtMost}} {
		if n.n != nil {
			parts = append(parts, fmt.Sprintf("%s %d", n.word, *n.n))
		}
	}
	words := joinAnd(parts)
	if words == "" {
		words = "an unknown number"
	}
	if k.Kind == "" || k.Kind == "unspecified" {
		words += " harmed, not said how"
	} else {
		words += " " + k.Kind
	}
	if k.Hedge != "" {
		words += ", " + k.Hedge
	}
	if !k.AsOf.IsZero() {
		words += " (as of " + k.AsOf.Words() + ")"
	}
	return words
}

// groundWords are the reasons given for and against an incident, each with who
// gives it.
func (x *exchange) groundWords(in *demarche.Incident) []string {
	var out []string
	say := func(verb string, list []demarche.Ground) {
		for _, g := range list {
			who := ""
			if g.By.Name != "" {
				who = " by " + x.actorName(g.By)
			}
			out = append(out, verb+who+": "+g.Ground)
		}
	}
	say("Justified", in.Justified)
	say("Disputed", in.Disputed)
	return out
}

// termsOfSpeech are the stance, the record and the like of a claim in words.
func (x *exchange) termsOfSpeech(cl *demarche.Claim) string {
	var parts []string
	add := func(label, text string) {
		if text != "" {
			parts = append(parts, label+": "+strings.ReplaceAll(text, "_", " "))
		}
	}
	add("Source", x.sourceWords(cl))
	add("Speech act", cl.Act)
	add("Stance", cl.Stance)
	add("Record", cl.Record)
	add("Nature", cl.Nature)
	add("Hedges", strings.Join(cl.Hedges, "; "))
	add("Said", cl.Said.Words())
	return strings.Join(parts, ". ")
}

// ends are the first and the last point of a date; the last is the zero Date if
// it is no interval, and an open side is one.
func ends(d demarche.Date) (from, to demarche.Date) {
	a, b, isInterval := strings.Cut(d.Text, "/")
	if !isInterval {
		return d, demarche.Date{}
	}
	point := func(text string) demarche.Date {
		if text == ".." {
			return demarche.Date{}
		}
		p, err := demarche.ParseDate(text)
		if err != nil {
			return demarche.Date{}
		}
		return p
	}
	return point(a), point(b)
}

// iso is a point of time with its precision, as far as seconds, in UTC.
func iso(d demarche.Date) string {
	layouts := map[demarche.Precision]string{demarche.Year: "2006", demarche.Month: "2006-01", demarche.Day: "2006-01-02", demarche.Minute: "2006-01-02T15:04:05"}
	if d.IsZero() {
		return ""
	}
	return d.From.Format(layouts[d.Precision])
}

// lastDay is the day of the case: as_of, or else the latest date in it, or the
// zero time.
func lastDay(c *demarche.Case) time.Time {
	if !c.AsOf.IsZero() {
		if _, to := ends(c.AsOf); !to.IsZero() {
			return to.From
		}
		return c.AsOf.From
	}
	var last time.Time
	for _, in := range c.Incidents {
		if in.Date.From.After(last) {
			last = in.Date.From
		}
	}
	for _, cl := range c.Claims {
		if cl.Said.From.After(last) {
			last = cl.Said.From
		}
	}
	return last
}

// MarshalJSON writes the entries as an object, in their order.
func (e Entries) MarshalJSON() ([]byte, error) {
	o := &object{}
	for _, x := range e {
		o.members = append(o.members, member{x.Key, x.Value})
	}
	return o.MarshalJSON()
}

// plainItem is a value of the root types under the keys of the case file: text,
// numbers, []any and [Entries]. The second result is false for what a file would
// leave out. It reads no comments: those are in the text alone.
func plainItem(v reflect.Value, f *field) (any, bool) {
	switch t := v.Type(); {
	case t.Kind() == reflect.Pointer:
		if v.IsNil() {
			return nil, false
		}
		g := *f
		g.typ, g.required = t.Elem(), true
		return plainItem(v.Elem(), &g)
	case t == refType:
		name := v.Interface().(demarche.Ref).Name
		return name, name != ""
	case t == exprType:
		text := v.Interface().(demarche.Expr).Text
		return text, text != ""
	case t == dateType:
		text := v.Interface().(demarche.Date).Text
		return text, text != ""
	case t == rankType:
		item := v.Interface().(demarche.RankItem)
		if item.Pattern != "" {
			return item.Pattern, true
		}
		return item.Number, true
	case t.Kind() == reflect.String:
		return v.String(), v.String() != "" || f.required
	case t.Kind() == reflect.Bool:
		return v.Bool(), v.Bool() || f.required
	case t.Kind() == reflect.Int:
		return int(v.Int()), v.Int() != 0 || f.required
	case t.Kind() == reflect.Float64:
		return v.Float(), v.Float() != 0 || f.required
	case t.Kind() == reflect.Slice && v.IsNil():
		return nil, false
	case t.Kind() == reflect.Slice && f.keyed:
		s := shapeOf(t.Elem())
		out := Entries{}
		for i := range v.Len() {
			g := field{typ: t.Elem(), required: true}
			item, _ := plainItem(v.Index(i), &g)
			out = append(out, Entry{v.Index(i).Field(s.id).String(), item})
		}
		return out, true
	case t.Kind() == reflect.Slice:
		g := f.item()
		out := []any{}
		for i := range v.Len() {
			item, _ := plainItem(v.Index(i), &g)
			out = append(out, item)
		}
		return out, true
	case t.Kind() == reflect.Struct:
		s := shapeOf(t)
		if s.bare() {
			g := *s.short
			g.required = true
			return plainItem(v.Field(g.index), &g)
		}
		out := Entries{}
		for i := range s.fields {
			g := &s.fields[i]
			if item, ok := plainItem(v.Field(g.index), g); ok {
				out = append(out, Entry{g.key, item})
			}
		}
		return out, true
	default:
		panic("casefile: no plain form of " + t.String())
	}
}

// plainOfItem is a root value as plain data.
func plainOfItem(x any) any {
	v := reflect.ValueOf(x)
	out, _ := plainItem(v, &field{typ: v.Type(), required: true})
	return out
}

// apart are the sections whose items travel one by one; what is in none of them
// travels with the case itself.
var apart = []string{"actors", "ties", "propositions", "authorities", "incidents", "offers", "claims", "judgements"}

// carried is one item in a foreign file: where in the case it stands, and what
// it says.
type carried struct {
	section string // a key of the case, or "case" for the case itself
	id      string // in a keyed section
	n       int    // its place in the section, from 0
	item    any
	record  *heldRecord // that it stands for as well, or alone
}

// inLedger is the section of what only the ledger has.
const inLedger = "ledger"

// entries is the carried item as it stands in the foreign file.
func (k carried) entries() Entries {
	out := Entries{{"section", k.section}}
	if k.id != "" {
		out = append(out, Entry{"key", k.id})
	}
	if k.section != inLedger {
		out = append(out, Entry{"place", k.n}, Entry{"item", k.item})
	}
	if k.record != nil {
		out = append(out, Entry{inLedger, k.record.entries()})
	}
	return out
}

// caseItem is the case without the sections that travel apart.
func (x *exchange) caseItem() carried {
	all := plainOfItem(*x.c).(Entries)
	all = slices.DeleteFunc(all, func(e Entry) bool { return slices.Contains(apart, e.Key) })
	return carried{section: "case", item: all}
}

// readCarried reads an item back; ok is false for what is none.
func readCarried(v any) (k carried, ok bool) {
	e, ok := v.(Entries)
	if !ok {
		return k, false
	}
	if at := e.get(inLedger); at != nil {
		r, n, ok := readRecord(at)
		if !ok {
			return k, false
		}
		k.record = &heldRecord{Record: r, n: n}
	}
	for _, x := range e {
		switch x.Key {
		case "section":
			k.section, _ = x.Value.(string)
		case "key":
			k.id, _ = x.Value.(string)
		case "place":
			k.n, _ = x.Value.(int)
		case "item":
			k.item = x.Value
		}
	}
	if text, ok := k.item.(string); ok { // as JSON in a text
		k.item, _ = plainJSON([]byte(text))
	}
	_, isItem := k.item.(Entries)
	if k.section == inLedger {
		return k, k.record != nil
	}
	return k, isItem && (k.section == "case" || slices.Contains(apart, k.section))
}

// assemble makes a case file of carried items. from says in a sentence where
// they are from; name is for messages.
func assemble(name, from string, list []carried) (*File, error) {
	fail := func(hint, format string, args ...any) (*File, error) {
		return nil, demarche.Problems{{Kind: demarche.BadInput, Op: "casefile.Import", Pos: demarche.Pos{File: name}, Msg: fmt.Sprintf(format, args...), Hint: hint}}
	}
	var records []*heldRecord
	for _, k := range list {
		if k.record != nil {
			records = append(records, k.record)
		}
	}
	list = slices.DeleteFunc(slices.Clone(list), func(k carried) bool { return k.section == inLedger })
	slices.SortStableFunc(list, func(a, b carried) int { return cmp.Compare(a.n, b.n) })
	slices.SortStableFunc(records, func(a, b *heldRecord) int { return cmp.Compare(a.n, b.n) })
	whole := map[string]any{}
	for _, k := range list {
		switch s := shapeOf(reflect.TypeFor[demarche.Case]()).find(k.section); {
		case k.section == "case":
			if whole["case"] != nil {
				return fail("export each case to a file of its own", "the file holds more than one case")
			}
			whole["case"] = k.item
		case s.keyed:
			items, _ := whole[k.section].(Entries)
			if k.id == "" {
				return fail("the file is damaged; get it again", "an item among the %s has no id", k.section)
			}
			if slices.ContainsFunc(items, func(e Entry) bool { return e.Key == k.id }) {
				return fail("keep one of them", "the item %s stands twice among the %s", show(k.id), k.section)
			}
			whole[k.section] = append(items, Entry{k.id, k.item})
		default:
			items, _ := whole[k.section].([]any)
			whole[k.section] = append(items, k.item)
		}
	}
	rest, ok := whole["case"].(Entries)
	if !ok {
		return fail("this program reads back the files that it wrote", "the file does not say to which case its items belong")
	}
	var all Entries
	for _, f := range shapeOf(reflect.TypeFor[demarche.Case]()).fields {
		if v, ok := whole[f.key]; ok && slices.Contains(apart, f.key) {
			all = append(all, Entry{f.key, v})
			continue
		}
		for _, e := range rest {
			if e.Key == f.key {
				all = append(all, e)
			}
		}
	}
	for _, e := range rest { // what this version does not know is told by the reader
		if !slices.ContainsFunc(all, func(o Entry) bool { return o.Key == e.Key }) {
			all = append(all, e)
		}
	}
	var opts []Option
	if records != nil {
		opts = append(opts, KnownClaims(func(id string) bool {
			return slices.ContainsFunc(records, func(r *heldRecord) bool { return r.Kind == "claim" && r.ID == id })
		}))
	}
	f, err := parseMade(name, from, all, opts...)
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		f.Records = append(f.Records, r.Record)
	}
	return f, nil
}

// parseMade reads the case that entries make. Places in a text made here mean
// nothing in the file that was read, and are left out of messages.
func parseMade(name, from string, all Entries, opts ...Option) (*File, error) {
	text, err := caseText(from, all)
	if err != nil {
		return nil, demarche.Problems{asProblem(err)}
	}
	f, err := Parse(name, []byte(text), opts...)
	if list, ok := err.(demarche.Problems); ok {
		for _, e := range list {
			e.Pos = demarche.Pos{File: name}
		}
		return nil, list
	}
	if err != nil {
		return nil, err
	}
	for _, w := range f.Warnings {
		w.Pos = demarche.Pos{File: name}
	}
	return f, nil
}

// caseText writes entries as a case file: what is short on one line, what is
// long on a line a key.
func caseText(from string, all Entries) (string, error) {
	var b strings.Builder
	b.WriteString("# " + from + "\n")
	for _, e := range all {
		_, isMap := e.Value.(Entries)
		list, isList := e.Value.([]any)
		if err := blockText(&b, e, 0, isMap || isList && len(list) > 0); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// widest is the length of a line beyond which what it holds is spread.
const widest = 110

// blockText writes one key with its value; spread asks for lines of their own.
func blockText(b *strings.Builder, e Entry, indent int, spread bool) error {
	pad := strings.Repeat(" ", indent)
	flow, err := render(e.Value)
	if err != nil {
		return err
	}
	key := pad + scalarText(e.Key) + ":"
	switch v := e.Value.(type) {
	case Entries:
		if len(v) > 0 && (spread || len(key)+len(flow) > widest) {
			b.WriteString(key + "\n")
			for _, x := range v {
				if err := blockText(b, x, indent+2, false); err != nil {
					return err
				}
			}
			return nil
		}
	case []any:
		if len(v) > 0 && (spread || len(key)+len(flow) > widest) {
			b.WriteString(key + "\n")
			for _, x := range v {
				item, err := render(x)
				if err != nil {
					return err
				}
				fields, isMap := x.(Entries)
				if !isMap || len(fields) == 0 || indent+len(item) <= widest {
					b.WriteString(pad + "  - " + item + "\n")
					continue
				}
				b.WriteString(pad + "  -\n")
				for _, y := range fields {
					if err := blockText(b, y, indent+4, false); err != nil {
						return err
					}
				}
			}
			return nil
		}
	}
	b.WriteString(key + " " + flow + "\n")
	return nil
}

// plainJSON reads one JSON value as plain data, objects as [Entries] in their
// order. A key that stands twice, deep nesting and what follows the value are
// errors.
func plainJSON(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, err := plainToken(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("there is something after the end of the value")
	}
	return v, nil
}

func plainToken(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("brackets are nested more than %d deep", maxDepth)
	}
	switch t := t.(type) {
	case json.Number:
		if i, err := strconv.Atoi(t.String()); err == nil {
			return i, nil
		}
		return t.Float64()
	case json.Delim:
		if t == '[' {
			out := []any{}
			for d.More() {
				v, err := plainToken(d, depth+1)
				if err != nil {
					return nil, err
				}
				out = append(out, v)
			}
			_, err := d.Token()
			return out, err
		}
		out := Entries{}
		seen := map[string]bool{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			name, ok := key.(string)
			if !ok || seen[name] {
				return nil, fmt.Errorf("a key stands twice")
			}
			seen[name] = true
			v, err := plainToken(d, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, Entry{name, v})
		}
		_, err := d.Token()
		return out, err
	}
	return t, nil // text, true, false, null
}

// get is the value of a key, or nil.
func (e Entries) get(key string) any {
	for _, x := range e {
		if x.Key == key {
			return x.Value
		}
	}
	return nil
}

// notImported says that a file is not what its name promises.
func notImported(name, hint, format string, args ...any) error {
	return demarche.Problems{{Kind: demarche.BadInput, Op: "casefile.Import", Pos: demarche.Pos{File: name}, Msg: fmt.Sprintf(format, args...), Hint: hint}}
}

// Import reads a case out of the bytes of a foreign file, by the ending of its
// name: .gmcr (see [ImportGMCR]), .csv (see [ImportACLED]), .jsonl or .ndjson
// (see [ImportFTM]) and .json (see [ImportSTIX]). The File has no Path.
func Import(name string, data []byte) (*File, error) {
	if len(data) > MaxBytes*maxForeign {
		return nil, notImported(name, "split it", "the file has %d megabytes; at most %d are read", len(data)>>20, MaxBytes*maxForeign>>20)
	}
	if invalidUTF8(data) >= 0 {
		return nil, notImported(name, "save it as UTF-8", "the file is not text in UTF-8")
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".gmcr":
		return ImportGMCR(name, data)
	case ".csv":
		return ImportACLED(name, data)
	case ".jsonl", ".ndjson":
		return ImportFTM(name, data)
	case ".json":
		return ImportSTIX(name, data)
	}
	return nil, notImported(name, "files that are imported end in .gmcr, .zip, .csv, .jsonl or .json", "%s is of no kind that is imported", name)
}

// maxForeign is how many times larger than a case file a foreign file may be.
const maxForeign = 8
