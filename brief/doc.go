// Package brief puts a case and what the engine makes of it into a brief that
// a person can read, print and check.
//
//	brief.go       the brief as plain data: sections, sentences, references
//	compose.go     Compose: from a case and its results to a brief
//	judgements.go  title, bottom line, key judgements
//	situation.go   incidents, claims, contested matters, decisions due
//	positions.go   what each side seeks, red lines, offers and who would gain
//	future.go      what holds and why, agreements, paths
//	authorities.go what the law is said to permit or bar
//	assumptions.go assumptions, open questions, gaps, indicators
//	sources.go     how good the sources are, method, fingerprint
//	held.go        with a ledger: matters by independent origins, copies once
//	footing.go     with a ledger: what confidence follows from
//	arithmetic.go, grades.go   with a ledger: credences line by line, grades
//	lost.go        what rests on claims that no longer count
//	since.go, sinceheld.go     what changed, and because of what
//	likelihood.go  the one scale of likelihood words
//	words.go, names.go, claims.go, quoted.go, states.go, explain.go   plain words
//	text.go, markdown.go, html.go, json.go   the four forms
//	lint.go, linttext.go   what a brief may not say
//
// It is functional core: it opens no file, and the same input gives the same
// brief to the byte.
//
// # Glossary
//
//	sentence   one sentence of the brief with its references
//	quote      a reference to a span of a report, printed [1]
//	entry      a reference to an entry of the case file or the ledger, printed [C1]
//	matter     a proposition on which there are claims
//	origin     claims that count once; see demarche.Origins
//	result     a reference to a result of the model, printed [M1]
//	finding    what the lint found wrong; a brief with findings is a draft
//	share      how often the model ends in an outcome over all its worlds; it
//	           has no date and is not a forecast by itself
//
// # JSON
//
// JSON writes {"version":1, "title", "case", "client", "question", "handling",
// "as_of", "fingerprint", "assumed", "draft", "sections", "left_out", "quotes", "entries",
// "results"}. A section has "key", "title" and "blocks". A block has "kind"
// (paragraph, list, table) and, as that needs, "title", "sentences", "items"
// (a list of sentences each), "head" and "rows" (a sentence a cell). A sentence
// has "text" and "refs": "1" is quotes[0], "C1" entries[0], "M1" results[0].
// A quote has report, start and end: half-open byte offsets into the report's
// text, both -1 where the quotation was not found; and, of a claim in a ledger,
// "reliability", "outlet_reliability", "credibility" and "handling" where there are
// any. Results are exact; only the
// text is rounded. Lists are [], never null.
package brief
