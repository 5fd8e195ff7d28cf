// Package intake turns files and pages into reports: bytes go in, a demarche.Report comes
// out, with the text that spans count in and what the file says of itself.
//
//	report.go       a file or a stream to its reports; sizes and kinds of file refused
//	encoding.go     bytes to text: UTF-8, UTF-16, what the letters speak for, a fallback
//	frontmatter.go  the lines between --- and --- that tell title, outlet and dates
//	html.go         web pages to the text of their article
//	email.go        messages to the text of their body
//	jsonreport.go   JSON objects with a text
//	pdf.go          PDF documents: pages, limits
//	pdfdraw.go      what is drawn on a page: characters and where they stand
//	pdfpage.go      characters to lines, columns and paragraphs
//	feed.go         RSS and Atom, each item a report
//	mailbox.go      mbox, each message a report
//	warc.go         web archives, each page a report
//	minhash.go      near-copies among many reports
//	watch.go        sources followed: what is new since the last round
//	watchstate.go   what is remembered between rounds, and its file
//	opml.go         lists of feeds
//	fetch.go        pages fetched politely: pauses, limits, errors in words
//	robots.go       what a site allows robots
//	address.go      addresses that may be asked, and connecting to those alone
//	warcwrite.go    what was fetched to a web archive
//
// # Glossary
//
//	report        one published text, as it came in
//	front matter  keys and values at the head of a file
//	body          the report proper, after any front matter
//	span          a half-open range of byte offsets into the report's text
//	shingle       five words in a row
//	overlap       the share of their shingles that two texts have in common
//	near-copy     a text that overlaps an earlier one by 0.7 or more
//	source        a feed, a list of feeds, a page or a folder that is watched
//	round         every source asked once
//	pause         a time in which a source or a host is not asked
//	exchange      a request and its answer, as they went over the connection
//
// # Where spans count
//
// For plain text and Markdown in UTF-8 the report's text is the whole file as
// stored, front matter included, so that a span is a range of the file's bytes;
// Body says where the report proper begins. For every other format, and for text
// in another encoding, it is the text taken out of the file.
package intake
