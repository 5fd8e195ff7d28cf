package desk

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/reader"
)

// DraftConfig says how reports become entries of a ledger.
type DraftConfig struct {
	// FoundBy names the reader with its version; see demarche.FoundByReader.
	FoundBy string
	// Learned is when what a report says was learned, by its report; nil and the
	// zero time: now.
	Learned func(demarche.Report) time.Time
	// MinConfidence leaves out attributions that are less sure, 0 to 1.
	MinConfidence float64
	// Handling is who may see what is entered.
	Handling string
}

// Drafter makes drafts for the ledger of a crisis. The drafts of one run are made
// one after another: a report that copies another one comes after it.
type Drafter struct {
	crisis  *Crisis
	cfg     DraftConfig
	ids     map[string]string       // path of a report -> its id
	held    map[string]bool         // hashes of the reports that the ledger has
	drafts  map[string][]repeatable // by path, what others may copy
	outlets map[string]bool         // known by their ids
	byHand  map[string]bool         // claims of the case file that were given out
}

// NewDrafter makes one.
func (c *Crisis) NewDrafter(cfg DraftConfig) *Drafter {
	return &Drafter{crisis: c, cfg: cfg, ids: map[string]string{}, held: map[string]bool{}, outlets: map[string]bool{}, drafts: map[string][]repeatable{}, byHand: map[string]bool{}}
}

// Knows tells of a report that was entered earlier, under the name that it has
// among the copies. What it copies was found out then.
func (d *Drafter) Knows(name string, r demarche.HeldReport) {
	d.ids[name] = r.ID
	if r.SHA256 != "" {
		d.held[r.SHA256] = true
	}
	if r.Outlet != "" {
		d.outlets[r.Outlet] = true
	}
}

// Draft is what a ledger takes in of a reading: the report, its outlet, who
// speaks in it, and each attribution as a proposed claim. Claims of the case file
// that rest on the report are accepted: a person entered them.
func (d *Drafter) Draft(r *Reading) demarche.Draft {
	rep := r.Report
	out := demarche.Draft{Original: rep.Original, Report: demarche.HeldReport{Report: rep, Handling: d.cfg.Handling}}
	rep.Original, out.Report.Original = nil, nil
	if d.cfg.Learned != nil {
		out.Report.Learned = d.cfg.Learned(rep)
	}
	if rep.Publisher != "" {
		outlet := d.outlet(rep.Publisher)
		out.Report.Outlet = outlet.ID
		out.Sources = append(out.Sources, outlet)
	}
	sources := map[string]bool{out.Report.Outlet: true}
	who := drafting{d: d, out: &out, report: rep.ID, text: rep.Text, known: sources, unnamed: map[string]string{}}
	byHand := d.ofCase(rep)
	n := 0
	for i, a := range r.Result.Attributions {
		if a.Confidence < d.cfg.MinConfidence {
			continue
		}
		n++
		if i := covered(byHand, rep.Text, a); i >= 0 {
			if len(byHand[i].found.Content) == 0 {
				byHand[i].found = spansOf(a)
			}
			continue
		}
		c := who.claim(rep.ID+"."+strconv.Itoa(n), a)
		if r.Relations != nil {
			if c.Links = related(r.Relations[i], c); len(c.Links) > 0 && c.Stance == string(reader.Silent) {
				// Who offers or asks says nothing of a fact but that it offers or asks,
				// and it is that which the proposition is about.
				c.Stance = string(reader.Affirms)
			}
		}
		out.Claims = append(out.Claims, c)
	}
	who.answers()
	for _, c := range byHand {
		out.Claims = append(out.Claims, who.takeOver(c))
		d.byHand[c.claim.ID] = true
	}
	d.propositions(&out)
	if first, ok := d.ids[r.CopyOf]; ok && r.CopyOf != "" && first != rep.ID && !d.held[rep.SHA256] {
		out.Report.CopyOf = []demarche.ReportCopy{{Report: first, Share: tidy(r.Overlap)}}
		copyClaims(&out, d.drafts[r.CopyOf])
	}
	d.ids[r.Path] = rep.ID
	for _, c := range out.Claims {
		d.drafts[r.Path] = append(d.drafts[r.Path], repeatable{strings.Clone(c.ID), strings.Clone(c.Source), wordsIn(c.Quote)})
	}
	return out
}

// Rest is what the case file holds that stands in no report that was drafted:
// claims, propositions and judgements.
func (d *Drafter) Rest(learned time.Time) demarche.Draft {
	out := demarche.Draft{Report: demarche.HeldReport{Learned: learned}}
	who := drafting{d: d, out: &out, known: map[string]bool{}, unnamed: map[string]string{}}
	for i := range d.crisis.File.Case.Claims {
		cl := &d.crisis.File.Case.Claims[i]
		if !d.byHand[cl.ID] {
			c := who.takeOver(handClaim{claim: cl})
			c.Report = ""
			out.Claims = append(out.Claims, c)
		}
	}
	for _, p := range d.crisis.File.Case.Propositions {
		out.Propositions = append(out.Propositions, demarche.HeldProposition{ID: p.ID, Says: p.Says, Prior: p.Prior})
	}
	for i, j := range d.crisis.File.Case.Judgements {
		held := demarche.HeldJudgement{ID: "case." + strconv.Itoa(i+1), By: j.By, Date: j.Date, On: j.Outcome.Name, P: *j.P, Words: j.Why, Resolved: j.Resolved, ResolvedOn: j.ResolvedOn}
		for _, ref := range j.Because {
			held.Because = append(held.Because, ref.Name)
		}
		out.Judgements = append(out.Judgements, held)
	}
	return out
}

// handClaim is a claim of the case file with what the reader found of it.
type handClaim struct {
	claim *demarche.Claim
	at    [2]int // of its quotation in the report; 0, 0 if it is not there
	found demarche.ClaimSpans
}

// ofCase are the claims of the case file that rest on a report.
func (d *Drafter) ofCase(rep demarche.Report) []handClaim {
	var out []handClaim
	for i := range d.crisis.File.Case.Claims {
		cl := &d.crisis.File.Case.Claims[i]
		if cl.Report != rep.ID {
			continue
		}
		c := handClaim{claim: cl}
		if at := strings.Index(rep.Text[rep.Body:], cl.Quote); at >= 0 && cl.Quote != "" {
			c.at = [2]int{rep.Body + at, rep.Body + at + len(cl.Quote)}
		}
		out = append(out, c)
	}
	return out
}

// covered is the claim of the case file whose quotation overlaps most with what
// an attribution says, and with its cue; -1 if none does.
func covered(list []handClaim, text string, a reader.Attribution) int {
	best, most := -1, 0
	for i, c := range list {
		shared := 0
		for _, role := range []reader.Spans{a.Content.Spans, a.Cue.Spans} {
			for _, s := range role {
				if from, to := max(s[0], c.at[0]), min(s[1], c.at[1]); from < to {
					shared += len(strings.Fields(text[from:to]))
				}
			}
		}
		if shared > most {
			best, most = i, shared
		}
	}
	return best
}

// drafting is one draft in the making.
type drafting struct {
	d       *Drafter
	out     *demarche.Draft
	report  string
	text    string
	known   map[string]bool
	unnamed map[string]string // words of an unnamed source -> id
}

// takeOver is a claim of the case file as an accepted one.
func (w *drafting) takeOver(c handClaim) demarche.HeldClaim {
	cl := c.claim
	out := demarche.HeldClaim{
		ID: cl.ID, Report: w.report, Says: cl.Says, Quote: cl.Quote, Spans: c.found, Said: cl.Said, Act: cl.Act, Nature: cl.Nature,
		Stance: cl.Stance, Record: cl.Record, Hedges: slices.Clone(cl.Hedges), FoundBy: "case file", Status: "accepted", Handling: w.d.cfg.Handling,
	}
	if len(out.Spans.Content) == 0 && c.at[1] > 0 {
		out.Spans.Content = [][2]int{c.at}
	}
	out.Source = w.called(cl.Source, cl.Record)
	for _, r := range cl.Affirms {
		out.Links = append(out.Links, demarche.HeldLink{Rel: "affirms", Kind: "proposition", ID: r.Name})
	}
	for _, r := range cl.Denies {
		out.Links = append(out.Links, demarche.HeldLink{Rel: "denies", Kind: "proposition", ID: r.Name})
	}
	out.Links = append(out.Links, w.d.about(cl.ID)...)
	return out
}

// about are the records of the case file that rest on a claim.
func (d *Drafter) about(claim string) []demarche.HeldLink {
	var out []demarche.HeldLink
	add := func(kind, id string, because []demarche.Ref) {
		if id != "" && slices.ContainsFunc(because, func(r demarche.Ref) bool { return r.Name == claim }) {
			out = append(out, demarche.HeldLink{Rel: "about", Kind: kind, ID: id})
		}
	}
	c := d.crisis.File.Case
	for _, x := range c.Incidents {
		list := slices.Clone(x.Because)
		if x.Casualties != nil {
			list = append(list, x.Casualties.Because...)
		}
		for _, g := range append(slices.Clone(x.Justified), x.Disputed...) {
			list = append(list, g.Because...)
		}
		add("incident", x.ID, list)
	}
	for _, x := range c.Offers {
		add("offer", x.ID, x.Because)
	}
	for _, x := range c.Authorities {
		add("authority", x.ID, slices.Concat(x.Because, x.ClaimedBy, x.DisputedBy))
	}
	return out
}

// called is the source that a claim of the case file names: an actor, a
// description, or the outlet itself.
func (w *drafting) called(name, record string) string {
	if actor := w.d.crisis.File.Case.Actor(name); actor != nil {
		return w.actor(actor)
	}
	switch {
	case name == "" || strings.HasSuffix(strings.ToLower(name), " itself"):
		if w.out.Report.Outlet != "" {
			return w.out.Report.Outlet
		}
		if name == "" {
			return ""
		}
		return w.unnamedOne(name, "unattributed", "")
	case record == "anonymous" || record == "background" || record == "unattributed":
		return w.unnamedOne(name, "anonymous", w.d.sideIn(name))
	}
	kind := "group"
	if record == "document" {
		kind = "document"
	}
	return w.named(name, kind, "")
}

// claim is a proposed claim.
func (w *drafting) claim(id string, a reader.Attribution) demarche.HeldClaim {
	out := demarche.HeldClaim{
		ID: id, Report: w.report, Spans: spansOf(a), Act: string(a.Act), Nature: string(a.Nature), Stance: string(a.Stance),
		Record: string(a.Record), Hedges: slices.Clone(a.Hedges), FoundBy: w.d.cfg.FoundBy, Status: "proposed", Handling: w.d.cfg.Handling,
	}
	out.Quote = longest(a.Content.Spans, a.Content.Text)
	if !a.Content.Quoted {
		out.Says = indirect(a.Content.Text)
	}
	if cue := w.cueWords(a); a.Act == reader.Denies || leftOpen.MatchString(cue+" "+a.Content.Text) {
		out.Act = string(reader.Denies)
		says := denied(indirect(a.Content.Text), cue, strings.HasPrefix(strings.TrimSpace(a.Content.Text), "that ") || a.Content.Quoted)
		// Who says "We deny it" denies in the words quoted; "did not deny" stands beside them.
		if n, ok := demarche.NondenialOf("denies", "", says); ok {
			out.Says = says
			out.Stance = "hedges"
			if n.Past == "neither confirmed nor denied" {
				out.Stance = "silent"
			}
		} else if !a.Content.Quoted && a.Stance != reader.Silent {
			out.Says = says
		}
	}
	if a.Said.Date != "" {
		if day, err := demarche.ParseDate(a.Said.Date); err == nil {
			out.Said = day
		}
	}
	out.Source = w.speaker(a)
	if out.Record == string(reader.OnRecord) && indefinite(a.Source.Text) && unnamedIn(w.out, out.Source) && out.Source != "" {
		out.Record = string(reader.AnonymousRecord) // "two drivers" can be held to nothing
	}
	out.Relayed = w.relay(a)
	if out.Source != "" && out.Stance != string(reader.DeniesTruth) {
		out.Against = alleged(a.Content.Text, w.d.crisis.File.Case.Actors, out.Source)
	}
	return out
}

// outletWords end the names of outlets.
var outletWords = []string{"post", "times", "news", "radio", "agency", "press", "television", "tv", "herald", "journal", "tribune", "guardian", "mail", "gazette", "courier",
	"observer", "wire", "reuters", "afp", "ap", "bbc", "cnn", "telegraph", "standard", "chronicle", "bulletin", "broadcaster", "daily", "weekly", "magazine", "service"}

// relay is the outlet to which a source spoke, where that is another than the one
// that reports it: "told the Post", "in an interview with the BBC".
func (w *drafting) relay(a reader.Attribution) string {
	name := ""
	if a.Addressee != nil {
		name = a.Addressee.Text
	} else if n := len(a.Cue.Spans); n > 0 {
		// What follows the cue, be it a part of it or not.
		rest := w.text[a.Cue.Spans[0][0]:]
		rest = rest[:min(len(rest), a.Cue.Spans[n-1][1]-a.Cue.Spans[0][0]+80)]
		if i := strings.Index(rest, "interview with "); i >= 0 && i < len(a.Cue.Text)+20 {
			name = leadingName(rest[i+len("interview with "):])
		} else if strings.HasSuffix(strings.ToLower(a.Cue.Text), "told") {
			name = leadingName(w.text[a.Cue.Spans[n-1][1]:])
		}
	}
	name = strings.Join(strings.Fields(name), " ")
	bare := strings.TrimPrefix(strings.TrimPrefix(name, "the "), "The ")
	if bare == "" || !unicode.IsUpper([]rune(bare)[0]) {
		return "" // reporters, parliament
	}
	last := strings.ToLower(bare[strings.LastIndex(bare, " ")+1:])
	id := w.d.idOf(bare, "outlet")
	if !w.d.outlets[id] && !slices.Contains(outletWords, last) || id == w.out.Report.Outlet {
		return ""
	}
	if strings.HasSuffix(w.out.Report.Outlet, "-"+id) {
		return "" // "told the Gazette", in the Karsu Gazette
	}
	w.add(demarche.HeldSource{ID: id, Name: bare, Kind: "outlet"})
	return id
}

// leadingName are the words with which a text begins that can be a name: an
// article and up to five words with capitals.
func leadingName(text string) string {
	var out []string
	for _, word := range strings.Fields(strings.ToValidUTF8(text[:min(len(text), 80)], "")) {
		bare := strings.TrimRight(word, ".,;:!?”’\"")
		article := len(out) == 0 && strings.EqualFold(bare, "the")
		if bare == "" || len(out) == 6 || !article && !unicode.IsUpper([]rune(bare)[0]) {
			break
		}
		out = append(out, bare)
		if bare != word {
			break
		}
	}
	return strings.Join(out, " ")
}

// leastRelated is how probable it must be that a claim speaks to a proposition for
// the link to be proposed with the claim.
const leastRelated = 0.5

// related are the links to propositions that are proposed with a claim.
func related(list []reader.Relation, c demarche.HeldClaim) []demarche.HeldLink {
	var out []demarche.HeldLink
	for _, r := range list {
		if r.P < leastRelated {
			continue
		}
		if _, ok := demarche.NondenialOf(c.Act, c.Stance, c.Says); ok && (r.Denies || c.Stance == "silent") {
			continue // "declined to deny" denies nothing, and "neither confirmed nor denied" says nothing
		}
		l := demarche.HeldLink{Rel: "affirms", Kind: "proposition", ID: r.Matter, Note: fmt.Sprintf("proposed by the reader, %.0f %% sure", 100*r.P)}
		if r.Denies {
			l.Rel = "denies"
		}
		if r.Hedged && c.Stance != "hedges" {
			l.Strength = demarche.HedgedStrength
		}
		out = append(out, l)
	}
	return out
}

// speaker is the source of an attribution.
func (w *drafting) speaker(a reader.Attribution) string {
	name := a.Source.Text
	if a.Source.Resolved != nil {
		name = a.Source.Resolved.Text
	}
	// "A spokesman, Ivo Lasch, denied": the comma belongs to the sentence.
	name = strings.TrimRight(strings.Join(strings.Fields(name), " "), ",;: ")
	unnamed := a.Source.Kind == reader.Anonymous || a.Source.Kind == reader.Unattributed || a.Record == reader.AnonymousRecord || a.Record == reader.UnattributedWord && name == ""
	if id := a.Source.Actor; id != nil && !unnamed {
		if actor := w.d.crisis.File.Case.Actor(id.ID); actor != nil {
			return w.actor(actor)
		}
		return w.named(id.Name, kindOf(a.Source.Kind), "")
	}
	if unnamed {
		if name == "" {
			return "" // nobody is said to have said it
		}
		kind := "anonymous"
		if a.Source.Kind == reader.Unattributed {
			kind = "unattributed"
		}
		return w.unnamedOne(name, kind, w.d.sideIn(name))
	}
	switch {
	case name == "":
		return w.out.Report.Outlet
	case nameless(name, a.Source.Kind):
		// "The minister", "an engineer at the site": who that is, another report
		// need not mean.
		return w.unnamedOne(name, "anonymous", w.d.sideIn(name))
	}
	return w.named(name, kindOf(a.Source.Kind), w.d.sideIn(name))
}

// nameless reports whether a source has no name of its own: no word with a
// capital but the first, or only one that begins a sentence.
func nameless(name string, kind reader.Kind) bool {
	words := strings.Fields(name)
	if len(words) == 1 && pronouns[strings.ToLower(name)] {
		return true
	}
	for i, w := range words {
		first := []rune(w)[0]
		if i == 0 && (articles[strings.ToLower(w)] || len(words) > 1 && kind == reader.Group || kind == reader.Group && strings.HasSuffix(w, "s")) {
			continue
		}
		if unicode.IsUpper(first) || unicode.IsDigit(first) {
			return false
		}
	}
	return true
}

// indefinite reports whether a description tells of somebody without saying who:
// "an engineer at the site", "several officials". "The minister" is somebody.
func indefinite(description string) bool {
	words := strings.Fields(strings.ToLower(description))
	return len(words) > 1 && indefinites[words[0]]
}

var indefinites = map[string]bool{
	"a": true, "an": true, "one": true, "two": true, "three": true, "four": true, "five": true, "some": true, "several": true, "another": true, "many": true, "few": true, "other": true, "senior": true, "unnamed": true,
}

var pronouns = map[string]bool{
	"i": true, "we": true, "you": true, "he": true, "she": true, "it": true, "they": true, "who": true, "which": true, "one": true, "both": true, "each": true, "everyone": true,
}

var articles = map[string]bool{
	"a": true, "an": true, "the": true, "one": true, "two": true, "three": true, "four": true, "some": true, "several": true, "another": true, "many": true,
	"most": true, "other": true, "others": true, "his": true, "her": true, "its": true, "their": true, "this": true, "that": true, "these": true, "those": true,
	"both": true, "few": true, "all": true, "senior": true, "former": true,
}

// actor is an actor of the case as a source.
func (w *drafting) actor(actor *demarche.Actor) string {
	kind := map[string]string{"person": "person", "office": "office", "group": "group"}[actor.Kind]
	w.add(demarche.HeldSource{ID: actor.ID, Name: actor.Name, Kind: cmp.Or(kind, "institution"), Actor: actor.ID, Side: w.d.side(actor.ID)})
	return actor.ID
}

// named is a source with a name that is no actor of the case.
func (w *drafting) named(name, kind, side string) string {
	id := w.d.idOf(name, kind)
	w.add(demarche.HeldSource{ID: id, Name: name, Kind: kind, Side: side})
	return id
}

// unnamedOne is an unnamed source of this report: one for each description. It is
// never taken for one of another report.
func (w *drafting) unnamedOne(description, kind, side string) string {
	key := strings.ToLower(description)
	id := w.unnamed[key]
	if id == "" {
		id = w.report + "." + slug(description)
		w.unnamed[key] = id
	}
	w.add(demarche.HeldSource{ID: id, Description: description, Kind: kind, Side: side, Report: w.report})
	return id
}

func (w *drafting) add(s demarche.HeldSource) {
	if !w.known[s.ID] {
		w.known[s.ID] = true
		s.Handling = w.d.cfg.Handling
		w.out.Sources = append(w.out.Sources, s)
	}
}

// outlet is who published a report.
func (d *Drafter) outlet(publisher string) demarche.HeldSource {
	id := d.idOf(publisher, "outlet")
	d.outlets[id] = true
	return demarche.HeldSource{ID: id, Name: publisher, Kind: "outlet", Handling: d.cfg.Handling}
}

// idOf is the id of a source that is no actor: its name, told apart from the
// actors of the case, and outlets from those who speak.
func (d *Drafter) idOf(name, kind string) string {
	id := slug(name)
	if kind == "outlet" {
		return strings.TrimPrefix(id, "the-") + "-outlet"
	}
	if d.crisis.File.Case.Actor(id) != nil || id == "" {
		id += "-source"
	}
	return id
}

// side is the state, or whatever stands highest, that an actor belongs to.
func (d *Drafter) side(id string) string {
	for range 20 { // there are no circles in a valid case
		a := d.crisis.File.Case.Actor(id)
		if a == nil || a.Of.Name == "" {
			return id
		}
		id = a.Of.Name
	}
	return id
}

// outside begins what a source knows of, and does not belong to: "a source
// familiar with Qatar's part" need not speak for Qatar.
var outside = []string{"familiar", "close", "briefed", "knowledge", "aware", "involved", "privy", "informed", "told", "following", "near", "about"}

// sideIn is the side that a description says an unnamed source belongs to: "a
// senior U.S. official" speaks for the United States. It is "" where none or more
// than one is named. Who the person is, is neither asked nor answered.
func (d *Drafter) sideIn(description string) string {
	var of []string
	for _, w := range strings.FieldsFunc(strings.ToLower(description), func(r rune) bool { return !unicode.IsLetter(r) && r != '.' }) {
		if slices.Contains(outside, w) {
			break
		}
		of = append(of, w)
	}
	words := " " + strings.Join(of, " ") + " "
	found := ""
	for i := range d.crisis.File.Case.Actors {
		a := &d.crisis.File.Case.Actors[i]
		if a.Kind == "person" {
			continue
		}
		for _, name := range append([]string{a.Name}, a.Aliases...) {
			if !strings.Contains(words, " "+strings.ToLower(name)+" ") {
				continue
			}
			side := d.side(a.ID)
			if found != "" && found != side {
				return ""
			}
			found = side
		}
	}
	return found
}

// propositions adds those that the claims of a draft speak to.
func (d *Drafter) propositions(out *demarche.Draft) {
	for i := range d.crisis.File.Case.Propositions {
		p := &d.crisis.File.Case.Propositions[i]
		if slices.ContainsFunc(out.Claims, func(c demarche.HeldClaim) bool {
			return slices.ContainsFunc(c.Links, func(l demarche.HeldLink) bool { return l.Kind == "proposition" && l.ID == p.ID })
		}) {
			out.Propositions = append(out.Propositions, demarche.HeldProposition{ID: p.ID, Says: p.Says, Prior: p.Prior})
		}
	}
}

// repeatable is what is kept of a claim to know it again in a copy: not its words,
// which would keep whole reports in memory, but their hashes, ascending.
type repeatable struct {
	id, source string
	words      []uint32
}

// copyClaims links the claims of a report that copies another one to those that
// they repeat: of the same source, or of unnamed ones, with mostly the same words.
func copyClaims(out *demarche.Draft, of []repeatable) {
	for i := range out.Claims {
		c := &out.Claims[i]
		words := wordsIn(c.Quote)
		best, most := "", 0.5
		for _, o := range of {
			if o.source != c.Source && !unnamedIn(out, c.Source) {
				continue
			}
			if share := alike(words, o.words); share > most {
				best, most = o.id, share
			}
		}
		if best != "" {
			c.Links = append(c.Links, demarche.HeldLink{Rel: "copies", Kind: "claim", ID: best, Strength: tidy(most)})
		}
	}
}

func unnamedIn(d *demarche.Draft, id string) bool {
	if id == "" {
		return true
	}
	return slices.ContainsFunc(d.Sources, func(s demarche.HeldSource) bool { return s.ID == id && s.Unnamed() })
}

// alike is the share of the words of the shorter text that the other one has too.
func alike(a, b []uint32) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	common := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			common, i, j = common+1, i+1, j+1
		}
	}
	return float64(common) / float64(min(len(a), len(b)))
}

// wordsIn are the hashes of the words of a text, ascending, each once.
func wordsIn(s string) []uint32 {
	var out []uint32
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		h := fnv.New32a()
		h.Write([]byte(w))
		out = append(out, h.Sum32())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func kindOf(k reader.Kind) string {
	if k == "" {
		return "group"
	}
	return string(k)
}

func spansOf(a reader.Attribution) demarche.ClaimSpans {
	plain := func(list reader.Spans) (out [][2]int) {
		for _, s := range list {
			out = append(out, [2]int(s))
		}
		return out
	}
	return demarche.ClaimSpans{Source: plain(a.Source.Spans), Cue: plain(a.Cue.Spans), Content: plain(a.Content.Spans)}
}

// longest is the longest part of what is said, as a quotation must stand in the
// report in one piece.
func longest(spans reader.Spans, text string) string {
	best := ""
	for part := range strings.SplitSeq(text, reader.Gap) {
		if len(part) > len(best) {
			best = part
		}
	}
	return strings.TrimSpace(best)
}

// indirect is reported speech, to follow "says that".
func indirect(text string) string {
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, reader.Gap, " ")), " ")
	text = strings.TrimPrefix(text, "that ")
	return strings.TrimRight(text, ",;: ")
}

// charges are words for what somebody is accused of.
var charges = []string{"allegation", "accusation", "charge", "wrongdoing", "claim"}

// answers links what persons deny of whom the same report alleges something: no
// allegation is told as unanswered where the report has the answer. A denial answers
// where it names the charge, or stands in one paragraph with the allegation.
func (w *drafting) answers() {
	names := map[string]string{}
	for _, s := range w.out.Sources {
		names[s.ID] = s.Name
	}
	for i := range w.out.Claims {
		a := &w.out.Claims[i]
		if len(a.Against) == 0 {
			continue
		}
		for j := range w.out.Claims {
			b := &w.out.Claims[j]
			if i == j || b.Stance != string(reader.DeniesTruth) || !slices.Contains(a.Against, names[b.Source]) {
				continue
			}
			quote := strings.ToLower(b.Quote)
			if slices.ContainsFunc(charges, func(c string) bool { return strings.Contains(quote, c) }) || w.oneParagraph(a.Spans.Content, b.Spans.Content) {
				b.Links = append(b.Links, demarche.HeldLink{Rel: "replies", Kind: "claim", ID: a.ID, Note: "proposed by the reader: both stand in this report"})
			}
		}
	}
}

// oneParagraph reports whether no empty line parts two places of the text.
func (w *drafting) oneParagraph(a, b [][2]int) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	from, to := min(a[0][1], b[0][1]), max(a[0][0], b[0][0])
	return from >= to || !strings.Contains(w.text[from:to], "\n\n")
}

// mostBeside is how many bytes may stand between the words of a cue that is in two
// parts: "declined on Monday to deny", "neither confirm nor deny".
const mostBeside = 40

// leftOpen are words that neither confirm nor deny, at the beginning of a cue or, as an
// infinitive, of what follows it.
var leftOpen = regexp.MustCompile(`(?i)^(\S+ ){0,4}(confirm\w*,? n?or den(y|ies|ied|ying)|den(y|ies|ied|ying),? n?or confirm\w*)\b`)

// toDeny is an infinitive of which what follows is not denied, and some word of it.
var toDeny = regexp.MustCompile(`(?i)^to (deny|dispute|neither confirm nor deny|confirm,? or deny|deny,? or confirm) \b`)

// cueWords are the words of a cue, with those around it that turn it: "neither" before
// it, and an infinitive after it that the content does not hold.
func (w *drafting) cueWords(a reader.Attribution) string {
	words := a.Cue.Text
	if len(a.Cue.Spans) == 0 {
		return words
	}
	from, to := a.Cue.Spans[0][0], a.Cue.Spans[len(a.Cue.Spans)-1][1]
	before := strings.ToValidUTF8(w.text[max(0, from-mostBeside):from], "")
	if at := strings.LastIndex(strings.ToLower(before), "neither "); at >= 0 && !strings.ContainsAny(before[at:], ".!?;\n") {
		words = before[at:] + words
	}
	if len(a.Content.Spans) > 0 {
		if next := a.Content.Spans[0][0]; to < next && next-to <= mostBeside && !strings.ContainsAny(w.text[to:next], ".!?;\n") {
			words += w.text[to:next]
		}
	}
	return strings.Join(strings.Fields(words), " ")
}

// finite are words that make a clause of what stands around them.
var finite = []string{"is", "are", "was", "were", "has", "had", "have", "will", "would", "can", "could", "may", "might", "did", "does", "do", "must", "should"}

// relative are words that begin a clause within a noun phrase.
var relative = []string{"that", "which", "who", "whom", "whose", "where"}

// denials are the beginnings of words that deny what they are about, with what becomes
// of a thing and of a clause after them. A clause that is not denied as such has none.
var denials = []struct{ cue, thing, clause string }{
	{"deni", "denied", notSo}, {"deny", "denied", notSo}, {"disput", "disputed", notSo}, {"refut", "disputed", notSo}, {"rebut", "disputed", notSo},
	{"reject", "rejected", notSo}, {"dismiss", "dismissed", notSo}, {"repudiat", "repudiated", notSo}, {"disavow", "disavowed", notSo},
	{"disclaim", "disclaimed", notSo}, {"contradict", "contradicted", notSo}, {"debunk", "disputed", notSo}, {"disprov", "disputed", notSo},
	{"doubt", "doubted", "it is doubtful that "}, {"rebuff", "rebuffed", ""}, {"spurn", "spurned", ""}, {"declin", "declined", ""}, {"refus", "refused", ""},
}

const notSo = "it is not so that "

// denied is what somebody maintains who denies a thing. Where the cue is a denial, the
// words of the report name the thing itself, and told as they stand they would be put
// into the mouth of the one who denies them. After another cue the words deny by
// themselves ("said that it is untrue"), and stay.
func denied(thing, cue string, clause bool) string {
	words := strings.Fields(strings.ToLower(thing))
	said := strings.Fields(strings.ToLower(cue))
	at := slices.IndexFunc(denials, func(d struct{ cue, thing, clause string }) bool {
		return slices.ContainsFunc(said, func(w string) bool { return strings.HasPrefix(w, d.cue) })
	})
	if at < 0 || len(words) == 0 {
		return thing
	}
	d := denials[at]
	cueAt := slices.IndexFunc(said, func(w string) bool { return strings.HasPrefix(w, d.cue) })
	negated, silent := turned(said[:cueAt]), leftOpen.MatchString(cue+" "+thing)
	switch {
	case toDeny.MatchString(thing):
		// "refused to deny the report", "refused to confirm or deny it"
		thing, clause = strings.CutPrefix(thing[toDeny.FindStringIndex(thing)[1]:], "that ")
		words, negated = strings.Fields(strings.ToLower(thing)), true
	case negated && d.clause != notSo:
		return thing
	case words[0] == "to":
		return "there is a refusal " + thing // "refused to open the gates"
	}
	if !clause {
		// "denied weapons were smuggled", but "denied reports that weapons were
		// smuggled" and "denied the claim".
		at := slices.IndexFunc(words, func(w string) bool { return slices.Contains(finite, w) })
		clause = slices.Contains(subjects, words[0]) || at > 0 && !slices.ContainsFunc(words[:at], func(w string) bool { return slices.Contains(relative, w) })
	}
	switch {
	case clause && (negated || silent):
		return demarche.NotDenied(thing, true, false, silent)
	case clause && d.clause != "":
		return d.clause + thing
	case clause:
		return thing
	}
	// The first noun decides: "the charges of theft are denied".
	if at := slices.IndexFunc(words, func(w string) bool { return slices.Contains(relative, w) || slices.Contains(prepositions, w) }); at > 0 {
		words = words[:at]
	}
	last := strings.TrimRight(words[len(words)-1], ",;:.’'")
	verb := " is "
	if strings.HasSuffix(last, "s") && !strings.HasSuffix(last, "ss") && !strings.HasSuffix(last, "is") && !strings.HasSuffix(last, "us") && !slices.ContainsFunc(words, func(w string) bool { return strings.HasSuffix(w, "ing") }) {
		verb = " are "
	}
	if negated || silent {
		return demarche.NotDenied(thing, false, verb == " are ", silent)
	}
	return thing + verb + d.thing
}

// turned reports whether words before one that denies make no denial of it: "did not
// deny", "declined to deny", "stopped short of denying".
func turned(before []string) bool {
	return slices.ContainsFunc(before, func(w string) bool {
		return slices.Contains([]string{"not", "never", "cannot", "short", "without", "hardly", "neither"}, w) || strings.HasSuffix(w, "n't") || strings.HasSuffix(w, "n’t") ||
			strings.HasPrefix(w, "declin") || strings.HasPrefix(w, "refus") || strings.HasPrefix(w, "fail") || strings.HasPrefix(w, "avoid")
	})
}

// subjects are pronouns that begin a clause.
var subjects = []string{"he", "she", "they", "we", "i", "there"}

// prepositions part a noun from what belongs to it.
var prepositions = []string{"of", "by", "in", "about", "on", "from", "to", "for", "with", "against", "over"}

// slug is a text as an id: lower case letters and digits, words joined by
// hyphens, no more than eight of them.
func slug(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '\'' && r != '’'
	})
	var out []string
	for _, w := range words {
		if w = strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return -1
		}, w); w != "" && len(out) < 8 {
			out = append(out, w)
		}
	}
	return strings.Join(out, "-")
}
