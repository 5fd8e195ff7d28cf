// Package engine compiles a case's conflict to dense integers and answers
// questions about it: which states hold, for whom and why, how the crisis moves
// from today, which agreements could be struck, and how likely each outcome is
// over everything that is contested. It opens no file and prints nothing.
//
// The way through the package:
//
//	Compile    names to integers: a Conflict                    compile.go
//	In         the conflict in one World: a Model               world.go, model.go
//	           states that are one, explicit graphs, moves      same.go, graph.go, net.go
//	Stability  stable states and equilibria                     stability.go
//	Explain    why a state is stable, move by move              explain.go
//	StabilityWith, ExplainWith, Hypergame
//	           the same under every further concept        further.go, reasons.go
//	Paths      shortest ways from state to state                paths.go
//	Evolve     stepwise evolution as a Markov chain             evolve.go
//	Outlook    all of it over every world, weighed              outlook.go
//	           what to find out next, agreements by world       summary.go
//	Views      what follows where players misread one another  views.go
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
// # Forms of models
//
// Option form is the usual one. An option can be changed both ways, or only be
// taken (once, moves: forward), or only be given up (moves: back); shared_with
// lets other players change it too. A player may move several of its options at
// once, if none of them goes the wrong way. In agreements a shared option is that
// of the player under whom it is listed.
//
// Hidden states (hidden): a player has no moves into or out of a state that it
// does not perceive. The others have theirs, and the player may find itself in
// such a state by their moves; it still ranks it. (Aljefri, Bashar, Fang and
// Hipel 2018 on misperception; the files of earlier tools hold such states.) A
// condition may name propositions; it is judged in the world at hand.
//
// States that are one (same): all states that the rules allow and that meet one
// of these conditions are one state, and conditions that some state meets
// together make one state of all their states. A player moves from the one state
// to another if it could from any member of the one to any member of the other
// that it perceives; moves between members are no moves. In the literature such
// states are called coalesced or indistinguishable (Hipel, Fang, Kilgour and
// Haight 1993, the Elmira dispute). The state stands, in the numbering, at the
// place of its greatest member: this gives the published numbers of the Elmira
// model, 1 to 9 with ---Y- last. Its pattern has - where members differ; a
// ranking names it by any pattern that a member meets. Statements and outcomes
// must treat all members alike; that they do not is an error that names the
// player. Options in which members differ count as not taken on the ladder of
// escalation and as unchanged in agreements; terms of offers are judged in the
// greatest member. Conditions of same name no propositions.
//
// Explicit graphs (graph): states by name and the moves of each player one by
// one, as many as they are; nothing follows from two moves in a row. Conditions,
// rules and rankings name states; numbers count the states that the rules leave;
// payoffs are one for each state of the graph. There are no options, so there
// are no agreements either: nobody can say who would have to sign.
//
// # Further concepts
//
// They are worked out on a model as plain lists (game.go) by StabilityWith, which
// takes what they need to be told; ExplainWith says why. Each is defined in full
// where it is worked out. No source in this list was read in the original: the
// definitions are as later papers state them, and where a choice is ours the
// definition says so.
//
//	sim, seqsim           simultaneous sanctions     simultaneous.go
//	    Fraser and Hipel 1984
//	l1 to l99             limited moves              limited.go
//	    Kilgour 1985; Zagare 1984. Ties and more than two players: ours
//	nonmyopic             limit of limited moves     limited.go
//	    Brams and Wittman 1981; Kilgour 1984
//	stackelberg           a leader                   limited.go
//	    von Stackelberg 1934; Fang, Hipel and Kilgour 1993
//	mixed                 each player its own concept  further.go
//	    Peng 1999
//	cnash cgmr csmr cseq  coalitions                 coalition.go
//	    Kilgour, Hipel, Fang and Peng 2001; Inohara and Hipel 2008; by Pareto:
//	    Zhu, Hipel and others
//	strong-, very-strong-, weak- with gmr smr seq
//	                      strength of preference     strength.go, game.go
//	    Hamouda, Kilgour and Hipel 2004, 2006; Xu and others 2009, 2010
//	nash gmr smr seq with -a -b -c -d
//	                      unknown preference         unknown.go, unsure.go
//	    Li, Hipel, Kilgour and Fang 2004
//	fnash fgmr fsmr fseq  fuzzy preference           graded.go
//	    Al-Mutairi, Hipel and Kamel 2008; Bashar, Kilgour and Hipel 2012
//	pnash pgmr psmr pseq  probabilistic preference   graded.go
//	    Rêgo and dos Santos 2015. The reading of the thresholds: ours
//	rnash rgmr rsmr rseq  attitudes                  attitude.go
//	    Inohara, Hipel and Walker 2007
//	hnash hgmr hsmr hseq hsseq
//	                      each player's own view     hypergame.go
//	    Bennett 1977; Wang, Hipel and Fraser 1988; Aljefri and others 2014 to
//	    2018. The names of the classes of states: ours
//
// Mixed asks each player by its own concept: a state is an equilibrium iff it is
// stable for each under that. All concepts but the coalitions, limited moves and
// simultaneous sanctions are one pattern (reading, metarational.go): what a
// player leaves for, what deters it, what it escapes to, and which moves others
// follow. The tests compare every concept with its definition written a second
// time, and the main five with the boolean matrices of the literature too.
//
// # Linear time
//
// In option form two moves in a row by one player are one move, so that the ban
// on moving twice in a row never binds; states hidden from a player change
// nothing in this. The analysis of all states takes time in proportion to
// states × players² and memory to states × players; search in stability.go says
// how. The tests compare it with the definitions above.
//
// States that are one and explicit graphs have moves for which this does not
// hold: who moved last then matters. The analysis takes time in proportion to
// moves × players, and memory to moves; netSearch in net.go says how. The tests
// compare it with the definitions on random graphs, and with the method above.
//
// # Returning to where it began
//
// A sanction is a state that the player does not prefer to the one it left. Is
// the state that it left, to which others bring it back, a sanction? By the
// logical form of the definitions, the usual one, it is: nobody prefers a state
// to itself. The matrix form of the definitions (Xu, Hipel and Kilgour 2009)
// leaves it out; Config.MatrixForm does. The two differ only where others can
// bring back what the player changed: options that several players share,
// states that are one, explicit graphs. A return to the improvement itself never
// counts in either form, as it is preferred to where the player began.
//
// # Ranks
//
// Ranks count from the worst state, 0; equal rank is indifference. Preferences
// come from statements by option prioritization (Hipel, Fang and Bolger 1997;
// Fang, Hipel, Kilgour and Peng 2003): statement j of m weighs 2^(m−j), a score
// is the sum of the weights of the statements that a state satisfies.
package engine
