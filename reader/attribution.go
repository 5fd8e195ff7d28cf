package reader

import "strings"

// Kind is what sort of source speaks.
type Kind string

const (
	Person       Kind = "person"       // a human being, named or standing for one by a pronoun or role
	Office       Kind = "office"       // the White House, a ministry, a spokesman's office
	Institution  Kind = "institution"  // a state, an organisation, an administration, a court
	Group        Kind = "group"        // lawmakers, voters, the Democrats
	Document     Kind = "document"     // a report, a poll, a statement, a law
	Outlet       Kind = "outlet"       // a newspaper, an agency, a broadcaster
	Anonymous    Kind = "anonymous"    // a description that keeps the name back
	Unattributed Kind = "unattributed" // nobody is named at all: "reportedly"
)

// Record is the footing on which the source speaks.
type Record string

const (
	OnRecord         Record = "on_record"
	Background       Record = "background" // unnamed by arrangement, the institution given
	AnonymousRecord  Record = "anonymous"
	DocumentRecord   Record = "document"
	UnattributedWord Record = "unattributed" // nobody named, or nobody who heard it: "reportedly demanded"
)

// Act is what the source does with the words.
type Act string

const (
	States     Act = "states"
	Denies     Act = "denies"
	Demands    Act = "demands"
	Offers     Act = "offers"
	Threatens  Act = "threatens"
	Promises   Act = "promises"
	Intends    Act = "intends"
	Announces  Act = "announces"
	Asks       Act = "asks"
	Orders     Act = "orders"
	Justifies  Act = "justifies"
	Criticises Act = "criticises"
	Predicts   Act = "predicts"
)

// Stance is how the source stands to the content being true.
type Stance string

const (
	Affirms     Stance = "affirms"
	DeniesTruth Stance = "denies"
	Hedges      Stance = "hedges"
	Silent      Stance = "silent" // the act carries no claim: a question, an order, a refusal to comment
)

// Nature is what sort of statement the content is.
type Nature string

const (
	Observation Nature = "observation"
	Assessment  Nature = "assessment"
	Forecast    Nature = "forecast"
	Opinion     Nature = "opinion"
)

// Span is a half-open range of byte offsets into the text that was read.
type Span [2]int

// Spans is a list of spans in text order. It is written as [] when empty, never
// as null.
type Spans []Span

// MarshalJSON writes [[start,end],…].
func (s Spans) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, sp := range s {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		b = appendInt(b, sp[0])
		b = append(b, ',')
		b = appendInt(b, sp[1])
		b = append(b, ']')
	}
	return append(b, ']'), nil
}

// Gap joins the parts of a role that stand apart in the text.
const Gap = " … "

// In is the text of the spans in text, joined with Gap.
func (s Spans) In(text string) string {
	if len(s) == 1 {
		return text[s[0][0]:s[0][1]]
	}
	parts := make([]string, len(s))
	for i, sp := range s {
		parts[i] = text[sp[0]:sp[1]]
	}
	return strings.Join(parts, Gap)
}

// Role is a part of an attribution as it stands in the text.
type Role struct {
	Text       string  `json:"text"`
	Spans      Spans   `json:"spans"`
	Confidence float64 `json:"confidence"`
}

// Source is who says it. An implicit source has no spans.
type Source struct {
	Text       string  `json:"text"`
	Spans      Spans   `json:"spans"`
	Kind       Kind    `json:"kind"`
	Confidence float64 `json:"confidence"`
	// Resolved is the fuller name in the same text, where one was found.
	Resolved *Resolution `json:"resolved,omitempty"`
	// Actor is who that is in the case, or which state it is.
	Actor *Identity `json:"actor,omitempty"`
}

// Resolution is the fuller name behind a pronoun, a short name or a
// description, and how it was found, so that it can be undone.
type Resolution struct {
	Text string `json:"text"`
	Span Span   `json:"span"`
	// How is pronoun, relative, short name, title, description, group or assisted.
	How string `json:"how"`
}

// Content is what is said. Quoted content includes its quotation marks.
type Content struct {
	Text       string  `json:"text"`
	Spans      Spans   `json:"spans"`
	Quoted     bool    `json:"quoted"`
	Confidence float64 `json:"confidence"`
}

// Said is when it was said, as far as the text tells. Precision is day, month,
// year, or "" when the date is unknown.
type Said struct {
	Date      string `json:"date"`
	Precision string `json:"precision"`
}

// Attribution is one finding: somebody says something.
type Attribution struct {
	Source     Source   `json:"source"`
	Cue        Role     `json:"cue"`
	Content    Content  `json:"content"`
	Act        Act      `json:"act"`
	Stance     Stance   `json:"stance"`
	Hedges     []string `json:"hedges"`
	Record     Record   `json:"record"`
	Said       Said     `json:"said"`
	Confidence float64  `json:"confidence"`
	Nature     Nature   `json:"nature"`
	// Addressee is whom a demand, an offer or an order is put to, where the
	// text says so.
	Addressee *Role `json:"addressee,omitempty"`
	// Dates, Quantities and Places are those in the content, in text order.
	Dates      []When     `json:"dates"`
	Quantities []Quantity `json:"quantities"`
	Places     []Place    `json:"places"`
	// Assisted tells that a language model had a part in it.
	Assisted bool `json:"assisted,omitempty"`
}

func appendInt(b []byte, n int) []byte {
	if n >= 10 {
		b = appendInt(b, n/10)
	}
	return append(b, byte('0'+n%10))
}
