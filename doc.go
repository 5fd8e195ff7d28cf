// Package demarche holds a crisis as plain data: the case, its reports and
// claims, and the language of conditions in which a conflict is written.
//
// It is the innermost package. It imports nothing else of the program, opens no
// file and prints nothing. The others are built around it:
//
//	casefile   reads and writes the case folder
//	engine     compiles the conflict and answers questions about it
//	intake     turns files into reports
//	reader     finds who says what in a report
//	ledger     keeps every claim with two clocks, and never forgets one
//	brief      puts results into words and pictures
//	desk       the analyst's verbs
//
// # Glossary
//
//	actor        someone who acts in the crisis: a state, a person, a group
//	player       an actor as the model sees it: options and preferences
//	option       something one player can do or not do: yes or no
//	state        one combination of all options that the rules allow
//	rule         what cannot be
//	statement    a condition that a player wants, ranked among others
//	proposition  a matter of fact, true or false, on which claims differ
//	authority    a claim about what the law permits or bars
//	world        one way in which every proposition could turn out
//	claim        somebody's words on something, from one report
//	origin       claims that count once: copies, or one speaker quoted by many
//	holdings     what a ledger held at one time, as far as it bears on a case
//	credence     how likely a proposition is taken to be, from 0 to 1
package demarche
