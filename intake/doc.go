// Package intake turns files into reports: bytes go in, a demarche.Report comes
// out, with the text that spans count in and what the file says of itself.
//
//	report.go       a file or a stream to a report; sizes and kinds of file refused
//	encoding.go     bytes to text: UTF-8, UTF-16, and a fallback
//	frontmatter.go  the lines between --- and --- that tell title, outlet and dates
//	html.go         web pages to the text of their article
//	email.go        messages to the text of their body
//	jsonreport.go   JSON objects with a text
//
// # Glossary
//
//	report        one published text, as it came in
//	front matter  keys and values at the head of a file
//	body          the report proper, after any front matter
//	span          a half-open range of byte offsets into the report's text
//
// # Where spans count
//
// For plain text and Markdown in UTF-8 the report's text is the whole file as
// stored, front matter included, so that a span is a range of the file's bytes;
// Body says where the report proper begins. For every other format, and for text
// in another encoding, it is the text taken out of the file.
package intake
