// Package reader finds who says what in a report. Text goes in, attributions come
// out, with the exact bytes of the source, of the words that attribute, and of
// what is said. It opens no file, keeps nothing between calls, and is
// deterministic.
//
// Rules find candidates; a tagger, a parser, two conditional random fields and
// boosted trees, all trained by Train and embedded as model.bin, decide. See
// docs/reader.md. Each step is a file:
//
//	token.go        text to words and marks, paragraphs
//	quotation.go    quotation marks paired, over paragraphs where need be
//	sentence.go     words to sentences
//	lexicon.go      the closed classes of English, and cueverbs.txt: verbs that attribute
//	tag.go          what each word seems to be where it stands
//	phrase.go       where a noun phrase begins and ends; the subject of a verb
//	find.go         cues with their source and content
//	sourcekind.go   what the words of a source tell of it
//	score.go        how sure the rules are of a finding
//	model.go        weights in eight bits by hashed features; the model file
//	tagger.go       parts of speech
//	parser.go       heads and relations
//	crf.go          conditional random fields: likeliest labels, chances
//	likely.go       the spans that are likeliest, each by itself
//	features.go     what the labeller looks at
//	link.go         candidates for cues; the source and the content of each
//	judge.go        the chance that a whole attribution is right; which to keep
//	assemble.go     the learned steps in order, and where the rules have a say
//	train.go        training: texts; trainsyntax.go, traincrf.go, trainjudge.go
//	retrain.go      training further on corrections.go; retrainjudge.go, trained.go
//	resolve.go      pronouns, short names and descriptions to fuller names
//	actors.go       names, roles, countries and capitals to the actors of a case
//	characterise.go kind, record, act, stance, hedges, nature
//	dates.go        when it was said, and the dates in it
//	quantities.go   numbers as ranges, and what happened to those counted
//	places.go       countries.txt, waters.txt: where
//	events.go       verbs.txt: what was done, by words and by deeds, as proposals
//	relate.go       what is said to the propositions of a case, as proposals
//	matter.go       a proposition taken apart
//	clause.go       who a word stands for; what stands above it in its clause
//	senses.go       senses.txt: words that say much the same, and opposites
//	assist.go       the only door for a language model
//	language.go     whether the text is English at all
//	read.go         all of it in order
//	metric.go       a reading against a reference; gold.go reads references
//
// # Glossary
//
//	attribution  somebody says something: source, cue, content
//	source       who says it; implicit where nobody is named
//	cue          the words that attribute: "said", "according to", "reportedly"
//	content      what is said, quoted or not
//	act          what is done with the words: denies, demands, offers
//	stance       how the source stands to the content being true
//	hedge        a word that holds back: "reportedly", "plausible"
//	frame        what follows a verb: an object, a that-clause; in metric.go, an
//	             attribution as spans alone
//	scene        what the whole text tells about who and where
//	mention      a phrase that a pronoun can stand for
//	sighting     a name of the gazetteer in the text
//	matter       a proposition of a case
//	relation     a link proposed from an attribution to a matter
//	key          the word of a matter that tells what is so
//	finding      an attribution in tokens, before it is put into words
//
// Every step is linear in the text: sentences, phrases and quotations have a
// longest length, beyond which they are cut.
package reader
