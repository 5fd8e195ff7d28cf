package brief

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/demarche/demarche"
)

// Check names one thing that the lint looks at.
type Check string

// The checks. They verify quotations, numbers, names and spans, not meaning.
const (
	CheckReference  Check = "reference"  // a sentence without a reference, or with one that leads nowhere
	CheckQuotation  Check = "quotation"  // a span that does not hold the quotation
	CheckNumber     Check = "number"     // a number that nothing cited holds
	CheckName       Check = "name"       // a name that nothing cited holds
	CheckLikelihood Check = "likelihood" // a word or percentage that does not match its number
	CheckRows       Check = "rows"       // words of the other row of the scale
	CheckMixed      Check = "mixed"      // likelihood and confidence in one sentence
	CheckContested  Check = "contested"  // a contested matter told as fact
	CheckDenial     Check = "denial"     // a denial told as wider than it is
	CheckAnonymous  Check = "anonymous"  // an anonymous source told as a name
	CheckAllegation Check = "allegation" // an allegation without its speaker and "alleged"
	CheckModel      Check = "model"      // a list entry that the case or the model does not bear out
)

// Finding is something that a brief may not say.
type Finding struct {
	Check    Check
	Problem  string // a sentence without a full stop
	Sentence string // where, if in a sentence
}

// Reason is the finding in one line.
func (f Finding) Reason() string {
	if f.Sentence == "" {
		return upperFirst(f.Problem) + "."
	}
	s := f.Sentence
	if r := []rune(s); len(r) > 160 {
		s = string(r[:157]) + "…"
	}
	return upperFirst(f.Problem) + ": " + Quoted(s)
}

// Lint finds what is wrong with a brief, in the order of its sentences. It
// verifies quotations, numbers, names and spans, not meaning.
func Lint(b *Brief, in Input) []Finding {
	l := &linter{b: b, in: in, vocabulary: vocabulary(in), proper: numbered(in), propositions: in.Case.Propositions}
	if beyond, err := in.Case.HeldMatters(); err == nil { // else the brief was not written either
		l.propositions = slices.Concat(l.propositions, beyond)
	}
	l.quotes()
	for section, s := range b.Sentences {
		l.sentence(section, s)
	}
	return l.found
}

type linter struct {
	b          *Brief
	in         Input
	vocabulary map[string]bool
	proper     []string // names and options of the case that hold a number
	found      []Finding

	propositions []demarche.Proposition // those that only the ledger has too
}

func (l *linter) add(c Check, s Sentence, format string, args ...any) {
	l.found = append(l.found, Finding{c, fmt.Sprintf(format, args...), strings.TrimSpace(s.Text)})
}

func (l *linter) reportText(id string) (string, bool) {
	for i := range l.in.Reports {
		if l.in.Reports[i].ID == id {
			return l.in.Reports[i].Text, true
		}
	}
	return "", false
}

// quotes checks that every span holds its quotation, and every number of a
// claim stands in its report.
func (l *linter) quotes() {
	for _, q := range l.b.Quotes {
		text, ok := l.reportText(q.Report)
		switch {
		case q.Quote == "":
			l.add(CheckQuotation, Sentence{}, "claim %s has no quotation", q.Claim)
			continue
		case !ok:
			l.add(CheckQuotation, Sentence{}, "the report %s that claim %s quotes is not in the case", orNone(q.Report), q.Claim)
			continue
		case q.Start < 0 || q.End > len(text) || q.Start > q.End || text[q.Start:q.End] != q.Quote:
			l.add(CheckQuotation, Sentence{}, "the quotation of claim %s, %s, does not stand in report %s", q.Claim, Quoted(q.Quote), q.Report)
		}
		if cl := l.in.Case.Claim(q.Claim); cl != nil {
			for _, n := range numbers(cl.Says) {
				if !slices.Contains(numbers(text), n) {
					l.add(CheckNumber, Sentence{}, "claim %s says %s, which does not stand in report %s", q.Claim, n, q.Report)
				}
			}
		}
	}
}

// claim is the claim with an id; one that counted before, in a brief that tells what
// became of it; or nil.
func (l *linter) claim(id string) *demarche.Claim {
	cl := l.in.Case.Claim(id)
	if cl == nil && l.in.Since != nil && l.in.Since.Case != nil {
		cl = l.in.Since.Case.Claim(id)
	}
	return cl
}

// basis is what a sentence rests on.
type basis struct {
	texts   []string // of quotations, claims, entries, results
	reports []string // texts of the reports cited
	claims  []*demarche.Claim
	shares  []float64 // of results that are probabilities
	numbers map[string]bool
	actors  map[string]bool // those who speak or act in what is cited
}

func (l *linter) basis(s Sentence) (basis, bool) {
	b := basis{numbers: map[string]bool{}, actors: map[string]bool{}}
	for _, r := range s.Refs {
		switch {
		case r.Kind == ToQuote && r.N <= len(l.b.Quotes):
			q := l.b.Quotes[r.N-1]
			b.texts = append(b.texts, q.Quote, q.Source, q.Title, q.grades())
			if t, ok := l.reportText(q.Report); ok {
				b.reports = append(b.reports, t)
			}
			if cl := l.claim(q.Claim); cl != nil {
				b.claims = append(b.claims, cl)
				b.texts = append(b.texts, cl.Says, cl.Said.Words())
				b.actors[cl.Source] = true
				if cl.Held != nil {
					b.texts = append(b.texts, cl.Held.Against...)
				}
			}
		case r.Kind == ToEntry && r.N <= len(l.b.Entries):
			e := l.b.Entries[r.N-1]
			b.texts = append(b.texts, e.Says)
			l.actsIn(e, b.actors)
		case r.Kind == ToResult && r.N <= len(l.b.Results):
			res := l.b.Results[r.N-1]
			b.texts = append(b.texts, res.Says)
			switch res.Unit {
			case Probability:
				b.shares = append(b.shares, res.Value)
			case Bits:
				b.numbers[demarche.Fixed(res.Value, 2)] = true
			case Count:
				b.numbers[strconv.Itoa(int(res.Value))] = true
			}
		default:
			return b, false
		}
	}
	for _, t := range b.texts {
		for _, n := range numbers(t) {
			b.numbers[n] = true
		}
	}
	return b, true
}

// actsIn notes who acts in an entry of the case.
func (l *linter) actsIn(e Entry, actors map[string]bool) {
	c := l.in.Case
	switch e.Kind {
	case "incident":
		for _, x := range c.Incidents {
			if x.ID == e.ID {
				actors[x.By.Name], actors[x.Against.Name] = true, true
				for _, g := range append(x.Justified[:len(x.Justified):len(x.Justified)], x.Disputed...) {
					actors[g.By.Name] = true
				}
			}
		}
	case "offer":
		for _, x := range c.Offers {
			if x.ID == e.ID {
				actors[x.By.Name] = true
				for _, to := range x.To {
					actors[to.Name] = true
				}
				for _, t := range x.Terms {
					if t.Cond != nil {
						t.Cond.Walk(func(k *demarche.Condition) {
							if p, _, ok := k.IsOption(); ok {
								actors[p] = true
							}
						})
					}
				}
			}
		}
	case "decision":
		for _, x := range c.Decisions {
			if x.ID == e.ID {
				actors[x.By.Name] = true
			}
		}
	case "player", "wants", "unsure", "actor", "red line", "record":
		id, _, _ := strings.Cut(e.ID, " ")
		actors[strings.TrimSuffix(id, ":")] = true
	case "foresight", "rule", "model":
		if c.Conflict != nil {
			for _, p := range c.Conflict.Players {
				actors[p.ID] = true
			}
		}
	}
}

func (l *linter) sentence(section string, s Sentence) {
	if len(s.Refs) == 0 {
		l.add(CheckReference, s, "a sentence has no reference")
		return
	}
	b, ok := l.basis(s)
	if !ok {
		l.add(CheckReference, s, "a sentence has a reference that leads nowhere")
		return
	}
	plain, quoted := unquoted(s.Text)
	for _, q := range quoted {
		if !holdsText(append(b.texts, b.reports...), q) {
			l.add(CheckQuotation, s, "nothing cited holds the words %s", Quoted(q))
		}
	}
	l.likelihood(s, plain, b)
	l.numbers(s, plain, b)
	l.names(s, plain, b)
	l.contested(s, plain)
	l.denial(s, plain, b)
	l.anonymous(s, plain, b)
	l.allegation(s, plain, b)
}

// unquoted takes the words between quotation marks out of a text.
func unquoted(text string) (plain string, quoted []string) {
	for {
		before, rest, ok := strings.Cut(text, "“")
		plain += before
		if !ok {
			return plain, quoted
		}
		end := closing(rest)
		if end < 0 {
			return plain + rest, quoted
		}
		quoted, text = append(quoted, rest[:end]), "□"+rest[end+len("”"):]
	}
}

// closing is where the quotation ends in which a text begins: at its own mark, or
// at the first one where marks within it are not in pairs; −1 if nowhere.
func closing(rest string) int {
	depth := 1
	for i, r := range rest {
		switch r {
		case '“':
			depth++
		case '”':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return strings.Index(rest, "”")
}

// flat is a text without differences that do not matter: case, kinds of
// apostrophes and quotation marks, and spaces.
func flat(s string) string {
	s = flatMarks.Replace(strings.ToLower(s))
	return strings.Join(strings.Fields(s), " ")
}

var flatMarks = strings.NewReplacer("’", "'", "‘", "'", "“", "'", "”", "'", "«", "'", "»", "'", `"`, "'", "\u00a0", " ")

func holdsText(texts []string, words string) bool {
	w := flat(words)
	return slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(flat(t), w) })
}

var numberPattern = regexp.MustCompile(`\d+(?:[,.]\d+)*`)

// numbers are the numbers in a text, without commas between thousands.
func numbers(text string) []string {
	found := numberPattern.FindAllString(text, -1)
	for i, n := range found {
		found[i] = strings.ReplaceAll(n, ",", "")
	}
	return found
}

var (
	wordPattern    = regexp.MustCompile(`(?i)\b(almost no chance|very unlikely|unlikely|roughly even chance|very likely|almost certain|likely)\b`)
	percentPattern = regexp.MustCompile(`(?i)\b(about|under|over) (\d+)[ \x{a0}]?%`)
	pairPattern    = regexp.MustCompile(`(?i)\b(almost no chance|very unlikely|unlikely|roughly even chance|very likely|almost certain|likely)\b[^a-z0-9]*\(?((?:about|under|over) \d+[ \x{a0}]?%)`)
	otherPattern   = regexp.MustCompile(`(?i)\b(` + strings.Join(otherRow, "|") + `)\b`)
	sureWord       = regexp.MustCompile(`(?i)\bconfidence\b`)
	comparative    = regexp.MustCompile(`(?i)\b(most|more|less|least|as) likely\b`)
)

// likelihood checks the words of likelihood and the percentages against the
// results that the sentence cites.
func (l *linter) likelihood(s Sentence, plain string, b basis) {
	text := comparative.ReplaceAllString(strings.ReplaceAll(plain, "\u00a0", " "), "□")
	words := wordPattern.FindAllString(text, -1)
	percents := percentPattern.FindAllString(text, -1)
	own := func(word string) bool { // a source's word, not ours
		return slices.ContainsFunc(b.claims, func(c *demarche.Claim) bool { return holdsText([]string{c.Says, c.Quote}, word) })
	}
	for _, w := range words {
		if own(w) {
			continue
		}
		if !slices.ContainsFunc(b.shares, func(p float64) bool { return Likelihood(p) == strings.ToLower(w) }) {
			l.add(CheckLikelihood, s, "no number cited is “%s”", strings.ToLower(w))
		}
	}
	for _, p := range percents {
		p = strings.ToLower(p)
		if len(b.shares) == 0 && own(p) {
			continue
		}
		if !slices.ContainsFunc(b.shares, func(v float64) bool { return Percent(v) == p || Likelihood(v) == p }) {
			l.add(CheckLikelihood, s, "no number cited is “%s”", p)
		}
	}
	for _, m := range pairPattern.FindAllStringSubmatch(text, -1) {
		word, percent := strings.ToLower(m[1]), strings.ToLower(m[2])
		if len(b.shares) > 0 && !own(word) && !slices.ContainsFunc(b.shares, func(v float64) bool { return Likelihood(v) == word && Percent(v) == percent }) {
			l.add(CheckLikelihood, s, "“%s” and “%s” do not belong to the same number", word, percent)
		}
	}
	for _, w := range otherPattern.FindAllString(text, -1) {
		if !own(w) {
			l.add(CheckRows, s, "“%s” is a word of another scale than the one used here", strings.ToLower(w))
		}
	}
	if sureWord.MatchString(text) && (len(words) > 0 || otherPattern.MatchString(text) || len(percents) > 0) {
		l.add(CheckMixed, s, "likelihood and confidence stand in one sentence")
	}
}

// numbers checks that something cited holds every other number.
func (l *linter) numbers(s Sentence, plain string, b basis) {
	text := percentPattern.ReplaceAllString(strings.ReplaceAll(plain, "\u00a0", " "), "□")
	for _, at := range numberPattern.FindAllStringIndex(text, -1) {
		n := strings.ReplaceAll(text[at[0]:at[1]], ",", "")
		if n == "100" && strings.HasPrefix(text[at[1]:], " %") && slices.ContainsFunc(b.shares, func(p float64) bool { return tidy(p) == 1 }) {
			continue // in every world
		}
		if !b.numbers[n] && !l.inName(text, at[0], at[1]) {
			l.add(CheckNumber, s, "nothing cited holds the number %s", n)
		}
	}
}

// inName reports whether a number belongs to a name or an option of the case,
// such as G7 or a pause of 10 days: it stands there with the same word beside it.
func (l *linter) inName(text string, from, to int) bool {
	before, after := text[:from], text[to:]
	if i := strings.LastIndexAny(strings.TrimRight(before, " "), " "); i >= 0 {
		before = before[i+1:]
	}
	trimmed := strings.TrimLeft(after, " ")
	if i := strings.IndexAny(trimmed, " ,;:.)"); i >= 0 {
		trimmed = trimmed[:i]
	}
	space := after[:len(after)-len(strings.TrimLeft(after, " "))]
	beside := []string{text[from:to] + space + trimmed, before + text[from:to]}
	return slices.ContainsFunc(beside, func(words string) bool {
		return strings.ContainsFunc(words, unicode.IsLetter) && slices.ContainsFunc(l.proper, func(name string) bool { return hasWord(name, words) })
	})
}

// speechVerb is a verb that tells that somebody said something.
const speechVerb = `(?:says?|said|states?|stated|told|tells?|den(?:y|ies|ied)|demands?|demanded|offers?|offered|threatens?|threatened|promises?|promised|announces?|announced|asks?|asked|expects?|expected|indicates?|indicated|proposes?|proposed|orders?|ordered|claims?|claimed|alleges?|alleged|explains?|explained|adds?|added|warns?|warned|confirms?|confirmed|disputes?|disputed)`

var properPattern = regexp.MustCompile(`\p{Lu}[\p{L}’'-]+`)

// names checks that every name occurs in the case, and that what is cited holds
// the name of every person.
func (l *linter) names(s Sentence, plain string, b basis) {
	for _, at := range properPattern.FindAllStringIndex(plain, -1) {
		word := plain[at[0]:at[1]]
		before := strings.TrimRight(plain[:at[0]], " (")
		if before == "" || strings.ContainsAny(before[len(before)-1:], ".!?:;") || strings.HasSuffix(before, "□") {
			continue // begins a sentence
		}
		if !l.vocabulary[strings.TrimSuffix(strings.TrimSuffix(flat(word), "'s"), "'")] {
			l.add(CheckName, s, "the name %s does not occur in the case", word)
		}
	}
	for i := range l.in.Case.Actors {
		a := &l.in.Case.Actors[i]
		if a.Kind != "person" || !hasWord(plain, surname(a.Name)) || b.actors[a.ID] {
			continue
		}
		if !hasWordIn(append(b.texts, b.reports...), surname(a.Name)) {
			l.add(CheckName, s, "nothing cited names %s", a.Name)
		}
	}
}

func hasWord(text, word string) bool {
	text, word = flat(text), flat(word)
	for from := 0; word != ""; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(word)
		if (i == 0 || !isLetterBefore(text, i)) && (end == len(text) || !isLetterAt(text, end)) {
			return true
		}
		from = end
	}
	return false
}

func isLetterBefore(s string, i int) bool {
	r := []rune(s[:i])
	return unicode.IsLetter(r[len(r)-1])
}

func isLetterAt(s string, i int) bool {
	for _, r := range s[i:] {
		return unicode.IsLetter(r)
	}
	return false
}

func hasWordIn(texts []string, word string) bool {
	return slices.ContainsFunc(texts, func(t string) bool { return hasWord(t, word) })
}

var framing = regexp.MustCompile(`(?i)\b(whether|if|says?|said|den(y|ies|ied|ial)|expects?|expected|affirms?|claims?|claimed|according|contested|disputed|alleg\w+|credence|reading|so that|open|reportedly|worlds?|runs|demanded|threaten(s|ed)|promised|indicate[sd]|announce[sd]|asked|ordered|proposed|(demands|promises|asks|orders) that)\b`)

// contested checks that a matter with claims on both sides is not told as fact.
func (l *linter) contested(s Sentence, plain string) {
	text := flat(plain)
	for _, p := range l.propositions {
		why := l.open(&p)
		if why == "" {
			continue
		}
		before, after, ok := strings.Cut(text, flat(bare(p.Says)))
		if ok && !framing.MatchString(before) && !framing.MatchString(after) {
			l.add(CheckContested, s, "this matter is %s and is told as fact", why)
		}
	}
}

// open says why a proposition may not be told as fact; "" if it may. With a ledger
// that is where it stands by its independent origins, else whether there are claims
// on both sides.
func (l *linter) open(p *demarche.Proposition) string {
	if l.in.Case.Held != nil {
		switch p.Standing().Standing {
		case demarche.Contested:
			return "contested"
		case demarche.Denied:
			return "denied by all who speak to it"
		}
		return ""
	}
	yes, no := false, false
	for j := range l.in.Case.Claims {
		yes = yes || refers(l.in.Case.Claims[j].Affirms, p.ID)
		no = no || refers(l.in.Case.Claims[j].Denies, p.ID)
	}
	if yes && no {
		return "contested"
	}
	return ""
}

var (
	denialWord = regexp.MustCompile(`(?i)\b(den(y|ies|ied|ials?)|disputes?|disputed|rejects?|rejected|refutes?|refuted)\b`)
	sweeping   = regexp.MustCompile(`(?i)\b(den(y|ies|ied|ial of)|disputes?|disputed|rejects?|rejected) (everything|all|any|anything|the (whole )?(reports?|story|account|plan))\b`)
	untouched  = regexp.MustCompile(`(?i)\b(does not (touch|cover|deny|extend)|did not (touch|cover|deny)|says nothing (of|on)|leaves open)\b`)
)

// denial checks that a denial is not told as covering what it does not cover.
func (l *linter) denial(s Sentence, plain string, b basis) {
	covers := map[string]bool{}
	some := false
	for _, c := range b.claims {
		for _, d := range c.Denies {
			covers[d.Name], some = true, true
		}
	}
	at := denialWord.FindStringIndex(plain)
	if !some || at == nil {
		return
	}
	if m := sweeping.FindString(plain); m != "" {
		l.add(CheckDenial, s, "“%s” is wider than the denial cited", m)
	}
	told := plain[at[0]:]
	if end := untouched.FindStringIndex(told); end != nil {
		told = told[:end[0]]
	}
	for _, p := range l.propositions {
		if !covers[p.ID] && strings.Contains(flat(told), flat(bare(p.Says))) {
			l.add(CheckDenial, s, "the denial cited does not cover that %s", lowerFirst(bare(p.Says)))
		}
	}
}

// anonymous checks that what only anonymous sources say is not given to
// somebody by name.
func (l *linter) anonymous(s Sentence, plain string, b basis) {
	if len(b.claims) == 0 || slices.ContainsFunc(b.claims, func(c *demarche.Claim) bool { return !l.unnamed(c) }) {
		return
	}
	for i := range l.in.Case.Actors {
		a := &l.in.Case.Actors[i]
		if a.Kind != "person" {
			continue
		}
		speaks := regexp.MustCompile(`(?i)` + regexp.QuoteMeta(surname(a.Name)) + `(,[^,]*,)? (?:\pL+ly )?` + speechVerb + `\b|according to [^,.;]*` + regexp.QuoteMeta(surname(a.Name)))
		if speaks.MatchString(plain) {
			l.add(CheckAnonymous, s, "an anonymous source is told as %s", a.Name)
		}
	}
}

// unnamed reports whether a claim has no source that a name could be given to: by
// its terms, or because the ledger knows that source by a description alone.
func (l *linter) unnamed(cl *demarche.Claim) bool {
	if cl.Record == "anonymous" || cl.Record == "background" {
		return true
	}
	if cl.Held == nil || l.in.Case.Held == nil {
		return false
	}
	s := l.in.Case.Held.Source(cl.Held.Source)
	return s != nil && s.Kind == "anonymous"
}

var speakerPattern = regexp.MustCompile(`(?i)\b(` + speechVerb + `|according to|by)\b`)

// allegation checks that an accusation of a named person carries its speaker
// and "alleged".
func (l *linter) allegation(s Sentence, plain string, b basis) {
	for _, c := range b.claims {
		if c.Held == nil {
			continue
		}
		for _, name := range c.Held.Against {
			if hasWord(plain, surname(name)) && !alleged(plain) {
				l.add(CheckAllegation, s, "an allegation against %s lacks its speaker or “alleged”", name)
			}
		}
	}
	if !Accuses(plain) {
		return
	}
	for i := range l.in.Case.Actors {
		a := &l.in.Case.Actors[i]
		if a.Kind != "person" || b.actors[a.ID] || !hasWord(plain, surname(a.Name)) {
			continue
		}
		if !alleged(plain) {
			l.add(CheckAllegation, s, "an allegation against %s lacks its speaker or “alleged”", a.Name)
		}
	}
}

// alleged reports whether a sentence says that something is alleged, and by whom.
func alleged(plain string) bool {
	if heldAllegation.MatchString(plain) {
		return true
	}
	return strings.Contains(strings.ToLower(plain), "alleg") && speakerPattern.MatchString(strings.NewReplacer("alleged", "", "allegedly", "").Replace(plain))
}

// heldAllegation is how a brief tells an allegation: who alleged it, against whom.
var heldAllegation = regexp.MustCompile(`\pL+,? (?:\pL+ly )?alleged[^.;]*, against [^.;]+, that `)

// numbered are the names and options of the case that hold a number.
func numbered(in Input) []string {
	var out []string
	add := func(name string) {
		if numberPattern.MatchString(name) {
			out = append(out, name, strings.ReplaceAll(name, "_", " "))
		}
	}
	for _, a := range in.Case.Actors {
		add(a.Name)
		for _, alias := range a.Aliases {
			add(alias)
		}
	}
	if k := in.Case.Conflict; k != nil {
		for _, p := range k.Players {
			add(p.Name)
			add(p.ID)
			for _, o := range p.Options {
				add(o.Says)
				if o.Says == "" {
					add(o.ID)
				}
			}
		}
		for _, o := range k.Outcomes {
			add(o.Says)
		}
	}
	return out
}

// vocabulary are the words of the case and its reports.
func vocabulary(in Input) map[string]bool {
	words := map[string]bool{}
	add := func(text string) {
		for _, w := range strings.FieldsFunc(flat(text), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '-' }) {
			words[strings.TrimSuffix(strings.TrimSuffix(w, "'s"), "'")] = true
		}
	}
	add("January February March April May June July August September October November December UTC Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
	for _, r := range in.Reports {
		add(r.Title)
		add(r.Publisher)
		add(r.Text)
	}
	caseWords(in.Case, add)
	heldWords(in.Case.Held, add)
	if in.Since != nil && in.Since.Case != nil {
		heldWords(in.Since.Case.Held, add)
	}
	if in.Since != nil && in.Since.Case != nil {
		caseWords(in.Since.Case, add) // what was taken out is named too
	}
	return words
}

// heldWords hands on the texts of a ledger, also of claims that do not count: a
// brief tells what became of them.
func heldWords(h *demarche.Holdings, add func(text string)) {
	if h == nil {
		return
	}
	for _, s := range h.Sources {
		add(s.Name + " " + s.Description)
		for _, g := range s.Grades {
			add(g.By + " " + g.Why)
		}
	}
	for _, cl := range h.Claims {
		add(cl.Says + " " + cl.Quote + " " + strings.Join(cl.Against, " ") + " " + cl.Who + " " + cl.Why)
	}
	for _, p := range h.Propositions {
		add(p.Says)
		if o := p.Override; o != nil {
			add(o.By + " " + o.Reason)
		}
	}
	for _, t := range h.Redacted {
		add(t.Who + " " + t.Why)
	}
}

// caseWords hands on all texts of a case.
func caseWords(c *demarche.Case, add func(text string)) {
	add(c.Title)
	add(c.Question)
	for _, a := range c.Actors {
		add(a.Name + " " + a.Role + " " + strings.Join(a.Aliases, " "))
		for _, r := range a.Record {
			add(r.Says)
		}
	}
	for _, x := range c.Ties {
		add(x.Says)
	}
	for _, x := range c.Propositions {
		add(x.Says)
	}
	for _, x := range c.Authorities {
		add(x.Says)
	}
	for _, x := range c.Incidents {
		add(x.Says)
		if x.Place != nil {
			add(x.Place.Name)
		}
		for _, g := range append(x.Justified[:len(x.Justified):len(x.Justified)], x.Disputed...) {
			add(g.Ground)
		}
	}
	for _, x := range c.Offers {
		add(x.Says)
	}
	for _, x := range c.Tracks {
		add(x.Says)
	}
	for _, x := range c.Decisions {
		add(x.Says + " " + x.Expected)
	}
	for _, x := range c.RedLines {
		add(x.On)
	}
	for _, x := range c.Claims {
		add(x.Says + " " + x.Quote + " " + x.Source)
	}
	for _, x := range c.Judgements {
		add(x.By + " " + x.Why)
	}
	for _, x := range c.ReferenceClasses {
		add(x.Class + " " + x.Source)
	}
	for _, x := range c.Indicators {
		add(x.Says + " " + x.Threshold + " " + x.WatchedBy)
	}
	for _, x := range c.Weights {
		add(x.Reason)
	}
	if k := c.Conflict; k != nil {
		for _, p := range k.Players {
			add(p.Name)
			for _, o := range p.Options {
				add(o.Says + " " + strings.ReplaceAll(o.ID, "_", " "))
			}
			for _, s := range p.Prefers {
				add(s.Says)
			}
		}
		for _, r := range k.Rules {
			add(r.Says)
		}
		for _, o := range k.Outcomes {
			add(o.Says + " " + o.Resolves)
		}
	}
}
