// Package engine compiles a case's conflict to dense integers and answers
// questions about it: which states hold, for whom and why, how the crisis moves
// from today, which agreements could be struck, and how likely each outcome is
// over everything that is contested. It opens no file and prints nothing.
//
// The way through the package:
//
//	Compile    names to integers: a Conflict                    compile.go
//	In         the conflict in one World: a Model               world.go, model.go
//	Stability  stable states and equilibria                     stability.go
//	Explain    why a state is stable, move by move              explain.go
//	Paths      shortest ways from state to state                paths.go
//	Evolve     stepwise evolution as a Markov chain             evolve.go
//	Outlook    all of it over every world, weighed              outlook.go
//	Check      what only the engine can find wrong with a case  check.go
//
// # Definitions
//
// There are N players; player i controls some options. A state is the bit
// string of all options; feasible states satisfy the rules. R_i(s) are the
// states that i alone can reach from s in one move: a change of its own options
// that undoes nothing that cannot be undone. t >_i s means that i prefers t to
// s, t ≤_i s that it does not. R_i⁺(s) are the unilateral improvements: the t in
// R_i(s) with t >_i s. R_H(s), for a coalition H, are the states reachable from
// s by a nonempty legal sequence of moves by members of H, in which nobody
// moves twice in a row; R_H⁺(s) likewise with every move an improvement for
// its mover from where it is made. N−i are all players but i.
//
// State s is stable for i iff for every t in R_i⁺(s):
//
//	Nash  there is no such t.
//	GMR   some x in R_{N−i}(t) has x ≤_i s.
//	SMR   some x in R_{N−i}(t) has x ≤_i s, and every y in R_i(x) has y ≤_i s.
//	SEQ   some x in R⁺_{N−i}(t) has x ≤_i s.
//	SSEQ  some x in R⁺_{N−i}(t) has x ≤_i s, and every y in R_i(x) has y ≤_i s.
//
// A state that is stable for all players under a concept is an equilibrium
// under it. Every Nash stable state is SSEQ stable, every SSEQ stable state SEQ
// and SMR stable, and every state stable under any of them GMR stable.
//
// Sources: Nash 1950 (PNAS 36); Howard 1971, Paradoxes of Rationality (GMR,
// SMR); Fraser and Hipel 1979, 1984, Conflict Analysis (SEQ); Fang, Hipel and
// Kilgour 1993, Interactive Decision Making (the graph model, legal sequences);
// Rêgo and Vieira 2017, Group Decision and Negotiation 26 (SSEQ). The original
// texts of Howard and of Rêgo and Vieira were not at hand; their definitions
// are given as later papers state them.
//
// # Linear time
//
// In this form two moves in a row by one player are one move, so that the ban
// on moving twice in a row never binds. The analysis of all states takes time
// in proportion to states × players² and memory to states × players; search in
// stability.go says how. The tests compare it with the definitions above.
//
// # Ranks
//
// Ranks count from the worst state, 0; equal rank is indifference. Preferences
// come from statements by option prioritization (Hipel, Fang and Bolger 1997;
// Fang, Hipel, Kilgour and Peng 2003): statement j of m weighs 2^(m−j), a score
// is the sum of the weights of the statements that a state satisfies.
package engine
