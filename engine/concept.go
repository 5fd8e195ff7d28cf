package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/demarche/demarche"
)

// Concept is a solution concept: a rule for when a player stays.
type Concept uint8

// The five main concepts. Package documentation gives their definitions.
const (
	Nash Concept = iota
	GMR
	SMR
	SEQ
	SSEQ
	conceptCount
)

var conceptNames = [conceptCount]string{Nash: "nash", GMR: "gmr", SMR: "smr", SEQ: "seq", SSEQ: "sseq"}

var conceptTitles = [conceptCount]string{
	Nash: "Nash stability",
	GMR:  "general metarationality",
	SMR:  "symmetric metarationality",
	SEQ:  "sequential stability",
	SSEQ: "symmetric sequential stability",
}

// String is the short name: nash, gmr, smr, seq, sseq.
func (c Concept) String() string { return conceptNames[c] }

// Title is the name in full.
func (c Concept) Title() string { return conceptTitles[c] }

// Concepts are the five main concepts in their usual order.
func Concepts() []Concept { return []Concept{Nash, GMR, SMR, SEQ, SSEQ} }

// ParseConcept finds a concept by its short name.
func ParseConcept(name string) (Concept, error) {
	if i := slices.Index(conceptNames[:], strings.ToLower(name)); i >= 0 {
		return Concept(i), nil
	}
	return 0, &demarche.Error{
		Kind: demarche.Usage,
		Msg:  fmt.Sprintf("unknown solution concept %q", name),
		Hint: demarche.DidYouMean(name, conceptNames[:]),
	}
}

// credible reports whether sanctions must be improvements for those who make them.
func (c Concept) credible() bool { return c == SEQ || c == SSEQ }

// symmetric reports whether the player may still react to the sanction.
func (c Concept) symmetric() bool { return c == SMR || c == SSEQ }
