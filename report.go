package demarche

// Report is one published text, as it came in.
type Report struct {
	ID        string // the file name without its ending, unless front matter says otherwise
	Path      string // where it was read from, for messages
	Title     string
	Publisher string // the outlet
	Author    string
	Published Date
	Retrieved Date
	URL       string
	Lang      string // BCP 47 tag if stated, else ""
	SHA256    string // of the original bytes, in hex
	Original  []byte // the report as it came, where it was just taken in; else nil

	// Text is what spans count in: byte offsets, half open. For plain text and
	// Markdown in UTF-8 it is the whole file as stored; for other formats it is
	// the text extracted from it.
	Text string
	// Body is the offset in Text at which the report proper begins, after any
	// front matter.
	Body int
}
