package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/demarche/demarche"
)

// Concept is a solution concept: a rule for when a player stays. The five main
// concepts are the first; what each of the others means stands in the package
// documentation and in full where it is worked out.
type Concept uint16

// The five main concepts. Package documentation gives their definitions.
const (
	Nash Concept = iota
	GMR
	SMR
	SEQ
	SSEQ
	conceptCount
)

// Further concepts. Those of one family stand in the order Nash, GMR, SMR, SEQ
// as far as the family has them.
const (
	SIM         = conceptCount + iota // simultaneous.go
	SEQorSIM                          // the same
	NonMyopic                         // limited.go
	Stackelberg                       // the same
	Mixed                             // further.go

	CoalitionNash // coalition.go
	CoalitionGMR
	CoalitionSMR
	CoalitionSEQ

	StrongGMR // strength.go
	StrongSMR
	StrongSEQ
	VeryStrongGMR
	VeryStrongSMR
	VeryStrongSEQ
	WeakGMR
	WeakSMR
	WeakSEQ

	NashA // unknown.go
	GMRA
	SMRA
	SEQA
	NashB
	GMRB
	SMRB
	SEQB
	NashC
	GMRC
	SMRC
	SEQC
	NashD
	GMRD
	SMRD
	SEQD

	FuzzyNash // graded.go
	FuzzyGMR
	FuzzySMR
	FuzzySEQ
	ProbableNash
	ProbableGMR
	ProbableSMR
	ProbableSEQ

	AttitudeNash // attitude.go
	AttitudeGMR
	AttitudeSMR
	AttitudeSEQ

	HyperNash // hypergame.go
	HyperGMR
	HyperSMR
	HyperSEQ
	HyperSSEQ

	furtherEnd
)

// MaxMoves is the longest horizon of limited-move stability.
const MaxMoves = 99

// limitedMoves comes before limited-move stability of one move.
const limitedMoves Concept = 1000

// LimitedMove is limited-move stability with a horizon of h moves, 1 to
// MaxMoves; see limited.go.
func LimitedMove(h int) Concept {
	if h < 1 || h > MaxMoves {
		panic(fmt.Sprintf("engine: a horizon of %d moves", h))
	}
	return limitedMoves + Concept(h)
}

// moves is the horizon of limited-move stability, 0 for other concepts.
func (c Concept) moves() int {
	if c > limitedMoves && c <= limitedMoves+MaxMoves {
		return int(c - limitedMoves)
	}
	return 0
}

// family says by which analysis a concept is worked out.
type family uint8

const (
	mainFamily family = iota
	simultaneousFamily
	limitedFamily
	stackelbergFamily
	mixedFamily
	coalitionFamily
	strengthFamily
	unknownFamily
	fuzzyFamily
	probableFamily
	attitudeFamily
	hyperFamily
)

// form is what a concept is made of.
type form struct {
	name, title string
	family      family
	base        Concept // the main concept whose pattern of sanctions it has
	grade       int     // of strength: 2 strong, 3 very strong, −2 weak
	extension   byte    // of unknown preference: a to d
}

var forms = [furtherEnd]form{
	Nash: {"nash", "Nash stability", mainFamily, Nash, 0, 0},
	GMR:  {"gmr", "general metarationality", mainFamily, GMR, 0, 0},
	SMR:  {"smr", "symmetric metarationality", mainFamily, SMR, 0, 0},
	SEQ:  {"seq", "sequential stability", mainFamily, SEQ, 0, 0},
	SSEQ: {"sseq", "symmetric sequential stability", mainFamily, SSEQ, 0, 0},

	SIM:         {"sim", "stability by simultaneous sanctions", simultaneousFamily, Nash, 0, 0},
	SEQorSIM:    {"seqsim", "sequential stability or stability by simultaneous sanctions", simultaneousFamily, SEQ, 0, 0},
	NonMyopic:   {"nonmyopic", "non-myopic stability", limitedFamily, Nash, 0, 0},
	Stackelberg: {"stackelberg", "Stackelberg stability", stackelbergFamily, Nash, 0, 0},
	Mixed:       {"mixed", "stability for each player under its own concept", mixedFamily, Nash, 0, 0},

	CoalitionNash: {"cnash", "coalition Nash stability", coalitionFamily, Nash, 0, 0},
	CoalitionGMR:  {"cgmr", "coalition general metarationality", coalitionFamily, GMR, 0, 0},
	CoalitionSMR:  {"csmr", "coalition symmetric metarationality", coalitionFamily, SMR, 0, 0},
	CoalitionSEQ:  {"cseq", "coalition sequential stability", coalitionFamily, SEQ, 0, 0},

	StrongGMR:     {"strong-gmr", "strong general metarationality", strengthFamily, GMR, 2, 0},
	StrongSMR:     {"strong-smr", "strong symmetric metarationality", strengthFamily, SMR, 2, 0},
	StrongSEQ:     {"strong-seq", "strong sequential stability", strengthFamily, SEQ, 2, 0},
	VeryStrongGMR: {"very-strong-gmr", "very strong general metarationality", strengthFamily, GMR, 3, 0},
	VeryStrongSMR: {"very-strong-smr", "very strong symmetric metarationality", strengthFamily, SMR, 3, 0},
	VeryStrongSEQ: {"very-strong-seq", "very strong sequential stability", strengthFamily, SEQ, 3, 0},
	WeakGMR:       {"weak-gmr", "weak general metarationality", strengthFamily, GMR, -2, 0},
	WeakSMR:       {"weak-smr", "weak symmetric metarationality", strengthFamily, SMR, -2, 0},
	WeakSEQ:       {"weak-seq", "weak sequential stability", strengthFamily, SEQ, -2, 0},

	NashA: {"nash-a", "Nash stability, extension a", unknownFamily, Nash, 0, 'a'},
	GMRA:  {"gmr-a", "general metarationality, extension a", unknownFamily, GMR, 0, 'a'},
	SMRA:  {"smr-a", "symmetric metarationality, extension a", unknownFamily, SMR, 0, 'a'},
	SEQA:  {"seq-a", "sequential stability, extension a", unknownFamily, SEQ, 0, 'a'},
	NashB: {"nash-b", "Nash stability, extension b", unknownFamily, Nash, 0, 'b'},
	GMRB:  {"gmr-b", "general metarationality, extension b", unknownFamily, GMR, 0, 'b'},
	SMRB:  {"smr-b", "symmetric metarationality, extension b", unknownFamily, SMR, 0, 'b'},
	SEQB:  {"seq-b", "sequential stability, extension b", unknownFamily, SEQ, 0, 'b'},
	NashC: {"nash-c", "Nash stability, extension c", unknownFamily, Nash, 0, 'c'},
	GMRC:  {"gmr-c", "general metarationality, extension c", unknownFamily, GMR, 0, 'c'},
	SMRC:  {"smr-c", "symmetric metarationality, extension c", unknownFamily, SMR, 0, 'c'},
	SEQC:  {"seq-c", "sequential stability, extension c", unknownFamily, SEQ, 0, 'c'},
	NashD: {"nash-d", "Nash stability, extension d", unknownFamily, Nash, 0, 'd'},
	GMRD:  {"gmr-d", "general metarationality, extension d", unknownFamily, GMR, 0, 'd'},
	SMRD:  {"smr-d", "symmetric metarationality, extension d", unknownFamily, SMR, 0, 'd'},
	SEQD:  {"seq-d", "sequential stability, extension d", unknownFamily, SEQ, 0, 'd'},

	FuzzyNash:    {"fnash", "fuzzy Nash stability", fuzzyFamily, Nash, 0, 0},
	FuzzyGMR:     {"fgmr", "fuzzy general metarationality", fuzzyFamily, GMR, 0, 0},
	FuzzySMR:     {"fsmr", "fuzzy symmetric metarationality", fuzzyFamily, SMR, 0, 0},
	FuzzySEQ:     {"fseq", "fuzzy sequential stability", fuzzyFamily, SEQ, 0, 0},
	ProbableNash: {"pnash", "probabilistic Nash stability", probableFamily, Nash, 0, 0},
	ProbableGMR:  {"pgmr", "probabilistic metarationality", probableFamily, GMR, 0, 0},
	ProbableSMR:  {"psmr", "probabilistic symmetric metarationality", probableFamily, SMR, 0, 0},
	ProbableSEQ:  {"pseq", "probabilistic sequential stability", probableFamily, SEQ, 0, 0},

	AttitudeNash: {"rnash", "relational Nash stability", attitudeFamily, Nash, 0, 0},
	AttitudeGMR:  {"rgmr", "relational general metarationality", attitudeFamily, GMR, 0, 0},
	AttitudeSMR:  {"rsmr", "relational symmetric metarationality", attitudeFamily, SMR, 0, 0},
	AttitudeSEQ:  {"rseq", "relational sequential stability", attitudeFamily, SEQ, 0, 0},

	HyperNash: {"hnash", "Nash stability in each player’s own view", hyperFamily, Nash, 0, 0},
	HyperGMR:  {"hgmr", "general metarationality in each player’s own view", hyperFamily, GMR, 0, 0},
	HyperSMR:  {"hsmr", "symmetric metarationality in each player’s own view", hyperFamily, SMR, 0, 0},
	HyperSEQ:  {"hseq", "sequential stability in each player’s own view", hyperFamily, SEQ, 0, 0},
	HyperSSEQ: {"hsseq", "symmetric sequential stability in each player’s own view", hyperFamily, SSEQ, 0, 0},
}

// form is what the concept is made of.
func (c Concept) form() form {
	if h := c.moves(); h > 0 {
		moves := fmt.Sprintf("%d moves", h)
		if h == 1 {
			moves = "one move"
		}
		return form{name: "l" + strconv.Itoa(h), title: "limited-move stability over " + moves, family: limitedFamily}
	}
	return forms[c]
}

// String is the short name: nash, gmr, smr, seq, sseq, l3, strong-gmr, seq-c.
func (c Concept) String() string { return c.form().name }

// Title is the name in full.
func (c Concept) Title() string { return c.form().title }

// Main reports whether c is one of the five main concepts, which take linear
// time and can be a player's foresight.
func (c Concept) Main() bool { return c < conceptCount }

// Base is the main concept whose pattern of sanctions c has: SEQ for
// coalition sequential stability. Concepts without such a pattern have Nash.
func (c Concept) Base() Concept { return c.form().base }

// Concepts are the five main concepts in their usual order.
func Concepts() []Concept { return []Concept{Nash, GMR, SMR, SEQ, SSEQ} }

// EveryConcept is every concept, the main five first, with limited-move
// stability over 1 to 4 moves. Applicable leaves out what a model cannot have.
func EveryConcept() []Concept {
	var out []Concept
	for c := range furtherEnd {
		if c == NonMyopic {
			for h := range 4 {
				out = append(out, LimitedMove(h+1))
			}
		}
		out = append(out, c)
	}
	return out
}

// ParseConcept finds a concept by its short name.
func ParseConcept(name string) (Concept, error) {
	lower := strings.ToLower(name)
	if i := slices.IndexFunc(forms[:], func(f form) bool { return f.name == lower }); i >= 0 {
		return Concept(i), nil
	}
	if rest, ok := strings.CutPrefix(lower, "l"); ok {
		if h, err := strconv.Atoi(rest); err == nil && h >= 1 && h <= MaxMoves && rest == strconv.Itoa(h) {
			return LimitedMove(h), nil
		}
	}
	names := []string{"l1", "l2", "l3"}
	for _, f := range forms {
		names = append(names, f.name)
	}
	hint := demarche.DidYouMean(name, names)
	if hint == "" {
		hint = "known: nash, gmr, smr, seq, sseq, and those in the help of demarche stability"
	}
	return 0, &demarche.Error{Kind: demarche.Usage, Msg: fmt.Sprintf("unknown solution concept %q", name), Hint: hint}
}

// ParseForesight finds one of the five main concepts by its short name.
func ParseForesight(name string) (Concept, error) {
	c, err := ParseConcept(name)
	if err == nil && !c.Main() {
		err = &demarche.Error{Kind: demarche.BadInput, Msg: fmt.Sprintf("%s cannot be a player's foresight", name), Hint: "a player's foresight is one of nash, gmr, smr, seq, sseq"}
	}
	return c, err
}

// credible reports whether sanctions must be improvements for those who make them.
func (c Concept) credible() bool { return c == SEQ || c == SSEQ }

// symmetric reports whether the player may still react to the sanction.
func (c Concept) symmetric() bool { return c == SMR || c == SSEQ }
