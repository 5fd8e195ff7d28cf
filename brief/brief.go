package brief

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// Version is the version of the JSON form.
const Version = 1

// Input is what a brief is made from.
type Input struct {
	Case    *demarche.Case
	Reports []demarche.Report
	// Conflict is nil where the case has no conflict model, and Outlook where
	// it was not worked out, as in a case without a status quo.
	Conflict *engine.Conflict
	Outlook  *engine.Outlook
	// AsOf is the day of the brief; if zero, that of the case.
	AsOf demarche.Date
	// Assumed are sentences on what was assumed for this brief and is not the
	// case's own estimate; none: nothing was.
	Assumed []string
	// Robust, if given, is how the outlook stands up to other assumptions.
	Robust *engine.Robustness
	// Offers, if given, judges the offers, the mediators and how agreements would
	// be carried out.
	Offers *engine.OfferReport
	// Views, if given, is what follows where players misread one another.
	Views *engine.Views
	// Levers, if given, are what the declared levers would do, by outcome.
	Levers []*engine.Levers
	// Since, if given, is what the brief is compared with.
	Since *Since
}

// Brief is a brief as plain data.
type Brief struct {
	Version     int       `json:"version"`
	Title       string    `json:"title"`
	Case        string    `json:"case"`
	Client      string    `json:"client"`
	Question    string    `json:"question"`
	Handling    string    `json:"handling"`
	AsOf        string    `json:"as_of"`
	Horizon     string    `json:"horizon"`
	Fingerprint string    `json:"fingerprint"`
	Assumed     []string  `json:"assumed"` // what it assumes against the case; none: nothing
	Draft       []string  `json:"draft"`   // why it is a draft; none: it is not
	Sections    []Section `json:"sections"`
	LeftOut     string    `json:"left_out"` // the one line on what is not in it
	Quotes      []Quote   `json:"quotes"`
	Entries     []Entry   `json:"entries"`
	Results     []Result  `json:"results"`
}

// Section is a part of the brief with a heading.
type Section struct {
	Key    string  `json:"key"`
	Title  string  `json:"title"`
	Blocks []Block `json:"blocks"`
}

// BlockKind is what a block looks like.
type BlockKind string

// The kinds of blocks.
const (
	Paragraph BlockKind = "paragraph"
	List      BlockKind = "list"
	Table     BlockKind = "table"
)

// Block is a paragraph, a list or a table, with a heading of its own or none.
type Block struct {
	Kind      BlockKind    `json:"kind"`
	Title     string       `json:"title,omitempty"`
	Sentences []Sentence   `json:"sentences,omitempty"` // of a paragraph
	Items     [][]Sentence `json:"items,omitempty"`     // of a list
	Head      []string     `json:"head,omitempty"`      // of a table
	Rows      [][]Sentence `json:"rows,omitempty"`      // of a table, a cell each
}

// Sentence is one sentence, or the words of a cell, with what it rests on.
type Sentence struct {
	Text string `json:"text"`
	Refs []Ref  `json:"refs"`
}

// RefKind is what a reference leads to.
type RefKind uint8

// A reference leads to a quotation, an entry of the case file, or a result.
const (
	ToQuote RefKind = iota
	ToEntry
	ToResult
)

var refLetters = [...]string{ToQuote: "", ToEntry: "C", ToResult: "M"}

// Ref is a reference: the N-th quote, entry or result of the brief, from 1.
type Ref struct {
	Kind RefKind
	N    int
}

// String is the mark as printed, without brackets: 1, C1, M1.
func (r Ref) String() string { return refLetters[r.Kind] + strconv.Itoa(r.N) }

// MarshalText is String.
func (r Ref) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a mark.
func (r *Ref) UnmarshalText(text []byte) error {
	s := string(text)
	r.Kind = ToQuote
	switch {
	case strings.HasPrefix(s, "C"):
		r.Kind, s = ToEntry, s[1:]
	case strings.HasPrefix(s, "M"):
		r.Kind, s = ToResult, s[1:]
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return &demarche.Error{Kind: demarche.BadInput, Op: "brief.Ref", Msg: fmt.Sprintf("%q is not a reference", text), Hint: "write 1, C1 or M1"}
	}
	r.N = n
	return nil
}

// Quote is a claim with the span of the report that holds it.
type Quote struct {
	Claim     string `json:"claim"`
	Report    string `json:"report"`
	Title     string `json:"title"`
	Publisher string `json:"publisher"`
	Published string `json:"published"`
	URL       string `json:"url"`
	Quote     string `json:"quote"`
	Start     int    `json:"start"` // bytes into the report's text; -1: not found
	End       int    `json:"end"`
	Source    string `json:"source"`
	Record    string `json:"record"`
	// Of a claim in a ledger: the grades of its source (A to F) and of the outlet,
	// and its own (1 to 6), each left out where there is none; and the strictest
	// mark of the claim, its report and its source.
	Reliability       string `json:"reliability,omitempty"`
	OutletReliability string `json:"outlet_reliability,omitempty"`
	Credibility       int    `json:"credibility,omitempty"`
	Handling          string `json:"handling,omitempty"`
}

// Entry is an entry of the case file.
type Entry struct {
	Kind string `json:"kind"` // incident, offer, proposition, …
	ID   string `json:"id"`
	Says string `json:"says"`
}

// Unit is what the value of a result counts.
type Unit string

// The units of results. A fact is 1: the model says so.
const (
	Probability Unit = "probability"
	Bits        Unit = "bits"
	LogOdds     Unit = "log_odds"
	Count       Unit = "count"
	Fact        Unit = "fact"
)

// Result is a result of the model with its exact value.
type Result struct {
	Name  string  `json:"name"`
	Says  string  `json:"says"`
	Value float64 `json:"value"`
	Unit  Unit    `json:"unit"`
}

// Sentences calls yield for every sentence of the brief with the key of its
// section, until it returns false. The cells of a table row come together as
// one sentence.
func (b *Brief) Sentences(yield func(section string, s Sentence) bool) {
	for _, sec := range b.Sections {
		for _, bl := range sec.Blocks {
			for _, s := range bl.Sentences {
				if !yield(sec.Key, s) {
					return
				}
			}
			for _, item := range bl.Items {
				for _, s := range item {
					if !yield(sec.Key, s) {
						return
					}
				}
			}
			for _, row := range bl.Rows {
				var whole Sentence
				for _, cell := range row {
					whole.Text += cell.Text + ". "
					whole.Refs = append(whole.Refs, cell.Refs...)
				}
				if !yield(sec.Key, whole) {
					return
				}
			}
		}
	}
}
