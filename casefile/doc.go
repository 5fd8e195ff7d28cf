// Package casefile reads, checks and writes case files.
//
// A case is a folder with a case.yaml and, beside it, reports; or one file of
// any name ending in .yaml. [Open] reads either and [Parse] does the work:
//
//	bytes -> nodes      syntax.go    one YAML document, positions on every node
//	nodes -> Case       decode.go    strict, led by the tags of the root types
//	conditions          conditions.go
//	what refers to what refs.go
//	what cannot be      validate.go
//	what may be a slip  warn.go      warnings, never errors
//
// A problem names the file, line and column, what is wrong and what would be
// right. Problems are reported together, in the order of the file.
//
// A [File] can be changed and written back. Edits are spliced into the text
// as it stands (edit.go, span.go), so that every comment, blank line and
// quotation mark elsewhere stays as its author left it.
//
// Models of earlier research tools (.gmcr) are read like any other case: [Open]
// and [ImportGMCR] make a case file of them in memory (jsontree.go, gmcr.go).
// [Export] writes a model as .gmcr (export.go, gmcrout.go), as Gambit's strategic
// form (nfg.go), and its state graph as GraphML (graphml.go) or a picture
// (svg.go). What a format cannot hold is an error that names it.
//
// [Schema] is the JSON Schema of the format, made from the same types and tags
// as the decoder; [Init] makes a case to start from.
package casefile
