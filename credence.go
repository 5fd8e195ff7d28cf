package demarche

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Credence in the open: how claims move a proposition.
//
//	log-odds(proposition) = log-odds(prior) + Σ ± w over independent origins
//	w = base(reliability) × factor(credibility) × factor(record) × factor(access) × strength
//
// Natural logarithms. The method is a convention: the numbers below are ours, in
// the order that the Admiralty system gives (NATO AJP-2.1; reliability A to F,
// credibility 1 to 6), and every page that shows a credence says so.

// Reliabilities and Accesses are the closed lists of what a source is worth and
// how it came to know; the empty word is "not graded", "not stated".
var (
	Reliabilities = []string{"", "A", "B", "C", "D", "E", "F"}
	Accesses      = []string{"", "direct", "hearsay"}
)

// Weight is a row of the table of weights.
type Weight struct {
	Table  string  `json:"table"` // reliability, credibility, record or access
	Grade  string  `json:"grade"` // "" where nothing is stated
	Value  float64 `json:"value"` // log-odds for reliability, else a factor
	Reason string  `json:"reason"`
}

// Weights is the table, with the reason for every row.
type Weights []Weight

// DefaultWeights are used where a case gives no others.
var DefaultWeights = Weights{
	{"reliability", "A", 1.6, "completely reliable: its word is five times as likely where it is true (ln 5); more would let one voice settle a matter"},
	{"reliability", "B", 1.2, "usually reliable: a little over three to one"},
	{"reliability", "C", 0.7, "fairly reliable: two to one (ln 2)"},
	{"reliability", "D", 0.3, "not usually reliable: four to three"},
	{"reliability", "E", 0.1, "unreliable: nearly nothing, but its word is not evidence of the contrary"},
	{"reliability", "F", 0, "reliability cannot be judged: no basis"},
	{"reliability", "", 0.5, "not graded yet: between C and D, so that grading matters in both directions"},
	{"credibility", "1", 1, "confirmed by others: they are counted as origins of their own, and not here again"},
	{"credibility", "2", 1, "probably true: the source's full weight"},
	{"credibility", "3", 0.7, "possibly true: somewhat less"},
	{"credibility", "4", 0.3, "doubtful: little"},
	{"credibility", "5", 0.1, "improbable: nearly nothing"},
	{"credibility", "6", 0, "truth cannot be judged: no basis"},
	{"credibility", "", 0.7, "not graded yet: as possibly true"},
	{"record", "on_record", 1, "the speaker can be held to it"},
	{"record", "document", 1, "the document can be read"},
	{"record", "background", 0.7, "the institution is named but nobody answers for it"},
	{"record", "anonymous", 0.5, "nobody answers for it; what is known of the outlet stands in for the source"},
	{"record", "unattributed", 0.25, "nobody is said to have said it"},
	{"record", "", 0.7, "terms not stated: as background"},
	{"access", "direct", 1, "the source saw or did it"},
	{"access", "hearsay", 0.5, "the source has it from others, who may err too"},
	{"access", "", 0.8, "not stated: between the two, nearer to direct"},
}

// Of is the value of a row, and whether there is one.
func (w Weights) Of(table, grade string) (float64, bool) {
	for _, row := range w {
		if row.Table == table && row.Grade == grade {
			return row.Value, true
		}
	}
	return 0, false
}

// Check refuses a table that lacks a row of the default one, has a row of its
// own, or a value that cannot be meant.
func (w Weights) Check() error {
	for _, row := range DefaultWeights {
		if _, ok := w.Of(row.Table, row.Grade); !ok {
			return badWeights(fmt.Sprintf("the table of weights has no row for %s %q", row.Table, row.Grade), "give all rows")
		}
	}
	for n, row := range w {
		_, known := DefaultWeights.Of(row.Table, row.Grade)
		switch {
		case !known:
			return badWeights(fmt.Sprintf("the table of weights has an unknown row, %s %q", row.Table, row.Grade), "take it out")
		case slices.ContainsFunc(w[:n], func(r Weight) bool { return r.Table == row.Table && r.Grade == row.Grade }):
			return badWeights(fmt.Sprintf("the table of weights has two rows for %s %q", row.Table, row.Grade), "leave one")
		case !(row.Value >= 0 && row.Value <= 5):
			return badWeights(fmt.Sprintf("the weight of %s %q is not between 0 and 5", row.Table, row.Grade), "a source that always says the opposite of what is true is recorded as denying")
		case noBasis(row.Table, row.Grade) && row.Value != 0:
			return badWeights(fmt.Sprintf("the weight of %s %q is not 0", row.Table, row.Grade), "F and 6 mean that there is no basis to judge; write 0")
		case row.Table != "reliability" && row.Value > 1:
			return badWeights(fmt.Sprintf("the factor of %s %q is over 1", row.Table, row.Grade), "factors only lessen what the reliability gives")
		case strings.TrimSpace(row.Reason) == "":
			return badWeights(fmt.Sprintf("the weight of %s %q has no reason", row.Table, row.Grade), "give one")
		}
	}
	return nil
}

// noBasis reports whether a grade says that nothing can be judged.
func noBasis(table, grade string) bool {
	return table == "reliability" && grade == "F" || table == "credibility" && grade == "6"
}

func badWeights(msg, hint string) error {
	return &Error{Kind: BadInput, Op: "demarche.Weights", Msg: msg, Hint: hint}
}

// Testimony is one live claim as it bears on a proposition.
type Testimony struct {
	Claim    string // its id, unique in the list
	Source   string // id of who speaks; "" if nobody is named. The same id is the same speaker
	Name     string // of the source, for people
	Report   string
	Outlet   string   // in which it stands
	Relayed  string   // the outlet through which that one has it, "" if none
	Side     string   // whose interest the source speaks for
	CopyOf   []string // claims that it copies word for word or that stand in what its report copies
	Unnamed  bool     // the source is anonymous, on background without a name, or unattributed
	Distinct bool     // the report says that it is another than the other unnamed ones of that side

	Denies            bool    // else it affirms
	Strength          float64 // how far it speaks to the proposition, over 0 to 1; 0 stands for 1
	Reliability       string  // of the source, A to F or ""
	OutletReliability string  // of the outlet, A to F or ""
	Credibility       int     // 1 to 6, 0 if not graded
	Record            string
	Access            string
}

// Standing is where a proposition stands, from its live claims alone.
type Standing string

const (
	Confirmed    Standing = "confirmed"     // two or more independent origins affirm, none denies
	Contested    Standing = "contested"     // affirmed and denied
	SingleSource Standing = "single-source" // one origin affirms, none denies
	Denied       Standing = "denied"        // denied, and not affirmed
	Unsupported  Standing = "unsupported"   // neither
)

// Origin is a set of claims that count once.
type Origin struct {
	Claims []string `json:"claims"` // ascending
	Denies bool     `json:"denies"`
	// Counted is the claim whose weight counts: the strongest of those that
	// neither copy nor relay another one of the set.
	Counted string `json:"counted"`
	// Weight is w of that claim, never negative.
	Weight float64 `json:"weight"`
	// Step is the arithmetic of Weight in words, Chain why the claims count once.
	Step  string   `json:"step"`
	Chain []string `json:"chain"`
}

// Override is an analyst's own credence.
type Override struct {
	P      float64 `json:"p"`
	By     string  `json:"by"`
	Reason string  `json:"reason"`
}

// Credence is how likely a proposition is taken to be, and how that came about.
type Credence struct {
	Standing Standing `json:"standing"`
	Prior    float64  `json:"prior"`
	// Computed is the credence that follows from prior and claims.
	Computed float64 `json:"computed"`
	// P is the credence that counts: the analyst's where there is one.
	P        float64   `json:"p"`
	Override *Override `json:"override"` // nil if there is none
	Origins  []Origin  `json:"origins"`  // affirming ones first, then by their first claim
	Steps    []string  `json:"steps"`    // the sum, a line each
	// NoBasis counts the origins that carry no weight (F or 6).
	NoBasis int `json:"no_basis"`
}

// Convention is the sentence that stands on every page with a credence.
const Convention = "The credence follows from a stated table of weights; the table is a convention, not a measurement, and a credence is not a confidence."

// Weigh gives the credence of a proposition from its prior and its live claims.
// A prior of 0 or 1 is not moved by any claim. The order of the claims does not
// matter.
func Weigh(prior float64, claims []Testimony, weights Weights, override *Override) (Credence, error) {
	if !(prior >= 0 && prior <= 1) {
		return Credence{}, &Error{Kind: BadInput, Op: "demarche.Weigh", Msg: "the prior is not a number from 0 to 1", Hint: "write 0.5 where nothing is known"}
	}
	if override != nil && !(override.P >= 0 && override.P <= 1) {
		return Credence{}, &Error{Kind: BadInput, Op: "demarche.Weigh", Msg: "the analyst's credence is not a number from 0 to 1", Hint: "write a number from 0 to 1"}
	}
	c := Credence{Prior: prior, Override: override, Origins: Origins(claims, weights)}
	affirm, deny := 0, 0
	sum := LogOdds(prior)
	certain := prior == 0 || prior == 1
	if certain {
		c.Steps = append(c.Steps, fmt.Sprintf("prior %.2f: taken as certain, so no claim moves it", prior))
	} else {
		c.Steps = append(c.Steps, fmt.Sprintf("prior %.2f: log-odds %s", prior, withSign(sum)))
	}
	for _, o := range c.Origins {
		w, verb := o.Weight, "affirms"
		if o.Denies {
			w, verb = -w, "denies"
			deny++
		} else {
			affirm++
		}
		if o.Weight == 0 {
			c.NoBasis++
		}
		sum += w
		c.Steps = append(c.Steps, fmt.Sprintf("%s %s: %s", o.Counted, verb, signed(o.Step, o.Denies, o.Weight)))
	}
	c.Computed = FromLogOdds(sum)
	c.P = c.Computed
	if certain {
		c.Steps = append(c.Steps, fmt.Sprintf("credence %.2f", c.Computed))
	} else {
		c.Steps = append(c.Steps, fmt.Sprintf("sum %s: credence %.2f", withSign(sum), c.Computed))
	}
	if override != nil {
		c.P = override.P
		c.Steps = append(c.Steps, fmt.Sprintf("%s sets it to %.2f: %s", override.By, override.P, override.Reason))
	}
	c.Standing = standing(affirm, deny)
	return c, nil
}

func signed(step string, denies bool, w float64) string {
	if denies {
		w = -w
	}
	return step + " = " + withSign(w)
}

// Fixed is a number to so many decimal places. What rounds to zero has no sign.
func Fixed(x float64, places int) string {
	s := strconv.FormatFloat(x, 'f', places, 64)
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-")
	}
	return s
}

// withSign is a number of log-odds with its sign; that of zero is always the same.
func withSign(x float64) string {
	s := Fixed(x, 2)
	if strings.HasPrefix(s, "-") {
		return s
	}
	return "+" + s
}

func standing(affirm, deny int) Standing {
	switch {
	case affirm > 0 && deny > 0:
		return Contested
	case affirm > 1:
		return Confirmed
	case affirm == 1:
		return SingleSource
	case deny > 0:
		return Denied
	}
	return Unsupported
}

// LogOdds is ln(p/(1−p)), infinite at 0 and 1.
func LogOdds(p float64) float64 { return math.Log(p) - math.Log1p(-p) }

// FromLogOdds is the probability with the given log-odds.
func FromLogOdds(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// sameOrigin says why two claims on one proposition, both affirming or both
// denying, rest on one origin; "" if nothing says so. It is symmetric.
//
// Unnamed sources are never taken to be the same person. Two of them count once
// where nothing shows that they are two: the same side, through the same outlet.
func sameOrigin(a, b *Testimony) string {
	switch {
	case slices.Contains(a.CopyOf, b.Claim) || slices.Contains(b.CopyOf, a.Claim):
		return "one copies the other"
	case a.Source != "" && a.Source == b.Source:
		return "the same source speaks"
	case !a.Unnamed || !b.Unnamed:
		return ""
	case a.Report != "" && a.Report == b.Report && a.Side == b.Side && !a.Distinct && !b.Distinct:
		return "unnamed sources of one side in one report"
	case a.Report != b.Report && a.chain() != "" && a.chain() == b.chain() && a.Side == b.Side:
		return "unnamed sources of one side through one outlet"
	}
	return ""
}

// chain is the outlet at the root of a chain: that which is relayed, else the
// claim's own.
func (t *Testimony) chain() string { return cmp.Or(t.Relayed, t.Outlet) }

// relays reports whether a is second-hand where b is of the same origin: it
// copies b, or it relays the outlet in which b stands.
func relays(a, b *Testimony) bool {
	return slices.Contains(a.CopyOf, b.Claim) || a.Relayed != "" && a.Relayed == b.Outlet && a.Outlet != b.Outlet
}

// Origins parts claims into sets that count once: the claims that affirm, and
// those that deny, each closed under sameOrigin (union-find).
func Origins(claims []Testimony, weights Weights) []Origin {
	claims = slices.Clone(claims)
	slices.SortFunc(claims, func(a, b Testimony) int {
		if a.Denies != b.Denies {
			if b.Denies {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Claim, b.Claim)
	})
	root := make([]int, len(claims))
	why := make([]string, len(claims)) // joining i to an earlier one
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	join := func(i, j int, reason string) {
		if a, b := find(i), find(j); a != b {
			root[max(a, b)] = min(a, b)
			later, earlier := max(i, j), min(i, j)
			why[later] = joinReason(why[later], fmt.Sprintf("%s and %s: %s", claims[earlier].Claim, claims[later].Claim, reason))
		}
	}
	// Candidates meet through a key they share, so that ten thousand claims do
	// not need fifty million comparisons; each meeting is judged by sameOrigin.
	first := map[string]int{}
	meet := func(key string, i int) {
		if j, ok := first[key]; ok {
			if reason := sameOrigin(&claims[i], &claims[j]); reason != "" {
				join(i, j, reason)
			}
			return
		}
		first[key] = i
	}
	byID := map[string][]int{}
	for i := range claims {
		byID[claims[i].Claim] = append(byID[claims[i].Claim], i)
	}
	for i := range claims {
		t := &claims[i]
		side := fmt.Sprint(t.Denies) + "\x00"
		if t.Source != "" {
			meet("s"+side+t.Source, i)
		}
		if t.Unnamed && t.Report != "" && !t.Distinct {
			meet("r"+side+t.Report+"\x00"+t.Side, i)
		}
		for _, of := range t.CopyOf {
			for _, j := range byID[of] {
				if j != i && claims[j].Denies == t.Denies {
					join(i, j, "one copies the other")
				}
			}
		}
	}
	joinThroughOutlets(claims, join)

	sets := map[int][]int{}
	var order []int
	for i := range claims {
		r := find(i)
		if sets[r] == nil {
			order = append(order, r)
		}
		sets[r] = append(sets[r], i)
	}
	out := make([]Origin, 0, len(order))
	for _, r := range order {
		out = append(out, originOf(claims, sets[r], why, weights))
	}
	return out
}

// joinThroughOutlets joins unnamed sources of one side through one outlet in
// different reports. Two that one report holds apart are not joined by it alone,
// but both may be joined to one of another report: then nothing shows which of
// them that is, and the three count once.
func joinThroughOutlets(claims []Testimony, join func(i, j int, reason string)) {
	groups := map[string][]int{}
	for i := range claims {
		if t := &claims[i]; t.Unnamed && t.chain() != "" {
			key := fmt.Sprint(t.Denies) + "\x00" + t.chain() + "\x00" + t.Side
			groups[key] = append(groups[key], i)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		group := groups[key]
		other := slices.IndexFunc(group, func(i int) bool { return claims[i].Report != claims[group[0]].Report })
		if other < 0 {
			continue
		}
		for n, i := range group {
			// Everyone differs in report from the first or from the other.
			j := group[0]
			if n == 0 || claims[i].Report == claims[j].Report {
				j = group[other]
			}
			join(i, j, "unnamed sources of one side through one outlet")
		}
	}
}

func joinReason(a, b string) string {
	if a == "" {
		return b
	}
	return a + "\n" + b
}

func originOf(claims []Testimony, members []int, why []string, weights Weights) Origin {
	o := Origin{Denies: claims[members[0]].Denies, Chain: []string{}}
	best, bestFirst := -1, false
	for _, i := range members {
		t := &claims[i]
		o.Claims = append(o.Claims, t.Claim)
		if why[i] != "" {
			o.Chain = append(o.Chain, strings.Split(why[i], "\n")...)
		}
		firstHand := !slices.ContainsFunc(members, func(j int) bool { return j != i && relays(t, &claims[j]) })
		w, step := weightOf(t, weights)
		// First-hand before second-hand; of those the strongest, of second-hand
		// ones (a circle) the weakest; then by id, as they are sorted.
		better := best < 0 || firstHand && !bestFirst || firstHand == bestFirst && (firstHand && w > o.Weight || !firstHand && w < o.Weight)
		if better {
			best, bestFirst = i, firstHand
			o.Counted, o.Weight, o.Step = t.Claim, w, step
		}
	}
	return o
}

// weightOf is w of one claim and its arithmetic.
func weightOf(t *Testimony, weights Weights) (float64, string) {
	grade, whose := t.Reliability, "source"
	if t.Unnamed && grade == "" {
		grade, whose = t.OutletReliability, "outlet"
	}
	credibility := ""
	if t.Credibility > 0 {
		credibility = fmt.Sprint(t.Credibility)
	}
	base, _ := weights.Of("reliability", grade)
	cred, _ := weights.Of("credibility", credibility)
	record, _ := weights.Of("record", t.Record)
	access, _ := weights.Of("access", t.Access)
	strength := t.Strength
	if strength == 0 {
		strength = 1
	}
	step := fmt.Sprintf("%.2f (%s %s) × %.2f (credibility %s) × %.2f (%s) × %.2f (%s)",
		base, whose, cmp.Or(grade, "not graded"), cred, cmp.Or(credibility, "not graded"),
		record, cmp.Or(strings.ReplaceAll(t.Record, "_", " "), "terms not stated"), access, cmp.Or(t.Access, "access not stated"))
	if strength != 1 {
		step += fmt.Sprintf(" × %.2f (strength)", strength)
	}
	return base * cred * record * access * strength, step
}
