// Package ledger keeps who said what, when, and when that was learned. Entries
// are added and never changed; an entry supersedes the one before it of the same
// record, and says who made it, when, and why. One type, Ledger, stands over
// SQLite (one file in the case folder) and PostgreSQL (for a team).
//
//	record.go   the kinds of record, what they hold, what is refused
//	care.go     rules that protect people: places, anonymous sources, confidential material, allegations
//	entry.go    an entry, its canonical form, the chain of hashes
//	store.go    opening, schema, migrations
//	dialect.go  everything in which SQLite and PostgreSQL differ, and their errors in words
//	write.go    putting, importing, undoing
//	redact.go   the one exception to "nothing is deleted"
//	read.go     records, lists and histories as of a day
//	words.go    full-text search
//	diff.go     what is new between two days
//	weigh.go    claims on a proposition, explanations and judgements, for the arithmetic
//	verify.go   hashes, references and clocks checked; derived tables made anew
//	backup.go   consistent copies while in use, and back again
//
// # Glossary
//
//	record     something the ledger knows of: a report, a source, a claim, ...
//	entry      one change of one record
//	number     the place of an entry among those of its record, from 1
//	sequence   the place of an entry in the whole ledger, from 1
//	version    a record as one entry left it
//	learned    when we came to know it; as_of asks for what was learned up to then
//	recorded   when the entry was written, by the clock of the machine
//	about      when it is about: said, published, happened
//	live       not superseded, withdrawn or redacted
//	withdrawn  undone back to before its first entry
//	redacted   destroyed, but for a dated tombstone
//
// # Tables
//
//	record    kind, id  -> num (a small integer for the record), its last entry
//	entry     seq       -> everything that was entered, hashes; this is the ledger
//	original  sha       -> the bytes of a report as they came
//	now       num       -> derived: the live version of each record, with what lists filter by
//	past      seq       -> derived: versions that were superseded, and when
//	uses      brief     -> derived: the claims of each brief
//	words     doc       -> derived: the full-text index
package ledger
