package casefile

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// Limits on a .gmcr file.
const (
	// MaxGMCRBytes is the size of the largest .gmcr file that is read.
	MaxGMCRBytes = 4 << 20
	// maxRankedStates is the number of states up to which a ranking of states one
	// by one is read.
	maxRankedStates = 1 << 20
	// maxListed is how many decision makers, or conditions in one list, are read.
	maxListed = 2000
)

// gmcrFile is what a .gmcr file says. Options are numbered as in the file.
type gmcrFile struct {
	options    []gmcrOption
	players    []gmcrPlayer
	infeasible []gmcrCondition
	manual     bool
	coalitions [][]int // blocks of a partition of the players; nil: each alone
	warnings   []*demarche.Error
	at         demarche.Pos
}

type gmcrOption struct {
	name      string
	direction string // both, fwd, back
}

type gmcrPlayer struct {
	at          demarche.Pos
	name        string
	options     []int
	preferences []gmcrCondition
	ranking     [][]int // best first, numbers of states from 1
	rankingAt   demarche.Pos
	hidden      []gmcrCondition
}

// gmcrCondition is an OR of ANDs.
type gmcrCondition struct {
	at       demarche.Pos
	compound bool
	terms    [][]gmcrLiteral
}

type gmcrLiteral struct {
	option int
	taken  bool
}

// ImportGMCR reads a .gmcr file, the save file of earlier research tools: a JSON
// text with decision makers and their options, infeasible states as conditions,
// and preferences as conditions, most important first, or as a ranking of states.
// The result is a case like any other; its text ([File.Bytes]) is a case file
// with the same meaning. The name is for messages and gives the title.
//
// What the format leaves open is read as its own program reads it:
//
//   - Options are renumbered by decision maker before rankings are read: first
//     the options of the first decision maker in its own order, then those of the
//     second that are not numbered yet, and so on; an option that belongs to
//     nobody keeps its number. State numbers in rankings count the feasible
//     states in ascending order of the number whose bit k is option k.
//   - An option of several decision makers is listed under the first of them and
//     shared with the others. Options of nobody are put under a player “nobody”,
//     which perceives no state and so can never move.
//   - misperceptions become hidden states, permittedDirection becomes moves.
//   - If the file ranks states one by one (useManualPreferenceRanking, or its old
//     name useManualPreferenceVectors), the conditions under preferences are not
//     used, with a warning. Payoffs in the file are never used: they are derived.
//   - Names may be any text. Ids are made from them, each once; the names
//     themselves are kept as name and says.
//   - coalitions, a partition of the decision makers, is kept in the File for
//     writing it out again ([File.Coalitions]); a list that is no partition counts
//     as none, with a warning. Players are analysed one by one: the format's
//     merged players have no preference order of their own.
func ImportGMCR(name string, data []byte) (*File, error) {
	g, err := parseGMCR(name, data)
	if err != nil {
		return nil, demarche.Problems{err.(*demarche.Error)}
	}
	w := newGMCRNames(g)
	var rankings [][][]string
	if g.manual {
		if rankings, err = w.rankings(name); err != nil {
			return nil, demarche.Problems{err.(*demarche.Error)}
		}
	}
	title := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	f, err := Parse(name, []byte(w.text(title, rankings)))
	if err != nil {
		return nil, w.problems(name, err)
	}
	f.Warnings = append(g.warnings, f.Warnings...)
	for i, e := range f.Warnings {
		// Places in the text made here mean nothing in the file that was read.
		if i >= len(g.warnings) {
			e.Pos = demarche.Pos{File: name}
		}
	}
	for _, block := range g.coalitions {
		var ids []string
		for _, i := range block {
			ids = append(ids, w.players[i])
		}
		f.coalitions = append(f.coalitions, ids)
	}
	return f, nil
}

// Coalitions are the blocks of decision makers, by player, that an imported .gmcr
// file joins; nil if it joins none.
func (f *File) Coalitions() [][]string {
	var out [][]string
	for _, block := range f.coalitions {
		out = append(out, slices.Clone(block))
	}
	return out
}

// problems turns what is wrong with the case that was made into what is wrong
// with the file: the places in the case mean nothing to whoever wrote the file.
func (w *gmcrNames) problems(name string, err error) error {
	list, ok := err.(demarche.Problems)
	if !ok {
		return err
	}
	for _, e := range list {
		e.Pos = w.at
		if strings.HasPrefix(e.Msg, "the rules leave no state") {
			e.Msg, e.Hint = "the infeasible states leave no state", "remove a condition from infeasibles"
			if len(w.infeasible) > 0 {
				e.Pos = w.infeasible[len(w.infeasible)-1].at
			}
		}
		e.Pos.File = name
	}
	return list
}

type gmcrReader struct {
	*jsonReader
	file *gmcrFile
}

func parseGMCR(name string, data []byte) (g *gmcrFile, err error) {
	if len(data) > MaxGMCRBytes {
		return nil, &demarche.Error{
			Kind: demarche.BadInput, Op: "casefile.ImportGMCR", Pos: demarche.Pos{File: name},
			Msg:  fmt.Sprintf("the file has %d megabytes; a .gmcr file has at most %d", len(data)>>20, MaxGMCRBytes>>20),
			Hint: "save the model without the lists of states that were made for drawing it (nodes, coalitionsFull)",
		}
	}
	root, err := parseJSON(name, data)
	if err != nil {
		return nil, err
	}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *demarche.Error:
			g, err = nil, e
		default:
			panic(e)
		}
	}()
	r := &gmcrReader{jsonReader: &jsonReader{name: name}, file: &gmcrFile{at: root.at}}
	r.read(root)
	return r.file, nil
}

func (r *gmcrReader) warn(at demarche.Pos, hint, format string, args ...any) {
	r.file.warnings = append(r.file.warnings, &demarche.Error{Kind: demarche.BadInput, Pos: at, Msg: fmt.Sprintf(format, args...), Hint: hint})
}

func (r *gmcrReader) list(n *jsonNode, what string) []*jsonNode {
	if n.kind != '[' {
		r.fail(n.at, "write a list in square brackets", "%s is not a list", what)
	}
	return n.items
}

// short is a list of a length that means something.
func (r *gmcrReader) short(n *jsonNode, what string) []*jsonNode {
	items := r.list(n, what)
	if len(items) > maxListed {
		r.fail(n.at, "join conditions, or leave out what changes nothing", "%s has %d entries; at most %d are read", what, len(items), maxListed)
	}
	return items
}

// required is the value of a key that must be there.
func (r *gmcrReader) required(n *jsonNode, key, of string) *jsonNode {
	v := n.field(key)
	if v == nil {
		r.fail(n.at, "save the file again with the program that made it", "%s has no %s", of, key)
	}
	return v
}

var gmcrKeys = []string{"program", "version", "options", "decisionMakers", "infeasibles", "useManualPreferenceRanking", "useManualPreferenceVectors", "coalitions", "coalitionsFull", "nodes"}

var gmcrPlayerKeys = []string{"name", "options", "preferences", "preferenceRanking", "preferenceVector", "misperceptions", "payoffs"}

func (r *gmcrReader) read(root *jsonNode) {
	if root.kind != '{' {
		r.fail(root.at, "name a file that earlier tools saved as a model", "this is not a .gmcr file")
	}
	r.unknown(root, gmcrKeys)
	g := r.file
	for _, n := range r.list(r.required(root, "options", "the file"), "options") {
		g.options = append(g.options, r.option(n))
	}
	if n := len(g.options); n > engine.MaxOptions {
		r.fail(root.field("options").at, "leave out options that change nothing, or join some into one", "the model has %d options; a model holds at most %d", n, engine.MaxOptions)
	}
	if len(g.options) == 0 {
		r.fail(root.field("options").at, "give the decision makers options", "the model has no options")
	}
	players := r.required(root, "decisionMakers", "the file")
	for _, n := range r.short(players, "decisionMakers") {
		g.players = append(g.players, r.player(n))
	}
	if len(g.players) == 0 {
		r.fail(players.at, "add decision makers", "the model has no decision makers")
	}
	for _, n := range r.short(r.required(root, "infeasibles", "the file"), "infeasibles") {
		if c, any := r.condition(n); any {
			g.infeasible = append(g.infeasible, c)
		}
	}
	manual := root.field("useManualPreferenceRanking")
	if manual == nil {
		manual = root.field("useManualPreferenceVectors")
	}
	switch {
	case manual == nil:
		r.warn(root.at, "", "the file does not say whether states are ranked one by one (useManualPreferenceRanking); the conditions under preferences are used")
	case manual.kind != 't':
		r.fail(manual.at, "write true or false", "useManualPreferenceRanking is neither true nor false")
	default:
		g.manual = manual.bool
	}
	if g.manual {
		for _, p := range g.players {
			if p.ranking == nil {
				r.fail(p.at, "rank the states under preferenceRanking, or set useManualPreferenceRanking to false", "%s has no ranking of states", show(p.name))
			}
			if len(p.preferences) > 0 {
				r.warn(p.at, "", "the file ranks states one by one, so that the conditions under preferences of %s are not used", show(p.name))
			}
		}
	}
	if n := root.field("coalitions"); n != nil {
		r.coalitions(n)
	}
}

func (r *gmcrReader) unknown(n *jsonNode, known []string) {
	for i, key := range n.keys {
		if !slices.Contains(known, key) {
			r.warn(n.items[i].at, demarche.DidYouMean(key, known), "the key %s is not known and was not used", show(key))
		}
	}
}

func (r *gmcrReader) option(n *jsonNode) gmcrOption {
	if n.kind != '{' {
		r.fail(n.at, `write {"name": "…", "permittedDirection": "both"}`, "an option is not an object")
	}
	o := gmcrOption{name: r.text(r.required(n, "name", "an option"), "the name of an option"), direction: "both"}
	r.unknown(n, []string{"name", "permittedDirection"})
	if d := n.field("permittedDirection"); d != nil {
		o.direction = d.text
		if d.kind != '"' || !slices.Contains([]string{"both", "fwd", "back"}, d.text) {
			r.fail(d.at, "write both, fwd or back", "the permittedDirection of option %s is not known", show(o.name))
		}
	}
	return o
}

func (r *gmcrReader) text(n *jsonNode, what string) string {
	if n.kind != '"' {
		r.fail(n.at, "write it in quotation marks", "%s is not text", what)
	}
	clean := strings.Join(strings.FieldsFunc(n.text, func(c rune) bool { return unprintable(c) }), " ")
	if clean != n.text {
		r.warn(n.at, "", "%s has characters that cannot be printed; they were left out", what)
	}
	return clean
}

func (r *gmcrReader) player(n *jsonNode) gmcrPlayer {
	if n.kind != '{' {
		r.fail(n.at, "save the file again with the program that made it", "a decision maker is not an object")
	}
	p := gmcrPlayer{at: n.at, name: r.text(r.required(n, "name", "a decision maker"), "the name of a decision maker")}
	r.unknown(n, gmcrPlayerKeys)
	for _, v := range r.list(r.required(n, "options", "decision maker "+show(p.name)), "options") {
		o := r.index(v)
		if slices.Contains(p.options, o) {
			r.warn(v.at, "", "%s lists option %d twice", show(p.name), o)
			continue
		}
		p.options = append(p.options, o)
	}
	if v := n.field("preferences"); v != nil {
		seen := map[string]bool{}
		for _, item := range r.short(v, "preferences") {
			c, any := r.condition(item)
			if key := fmt.Sprint(c.terms); any && !seen[key] {
				seen[key] = true
				p.preferences = append(p.preferences, c)
			} else if any {
				r.warn(item.at, "", "%s states a preference twice; the second was left out", show(p.name))
			}
		}
	}
	ranking := n.field("preferenceRanking")
	if ranking == nil {
		ranking = n.field("preferenceVector")
	}
	if ranking != nil {
		p.rankingAt, p.ranking = ranking.at, [][]int{}
		for _, item := range r.list(ranking, "preferenceRanking") {
			group := []*jsonNode{item}
			if item.kind == '[' {
				group = item.items
			}
			var states []int
			for _, v := range group {
				s, ok := v.number()
				if !ok || s < 1 {
					r.fail(v.at, "write the numbers of states, from 1, and lists of numbers for states liked equally", "this is not the number of a state")
				}
				states = append(states, s)
			}
			if len(states) > 0 {
				p.ranking = append(p.ranking, states)
			}
		}
	}
	if v := n.field("misperceptions"); v != nil {
		for _, item := range r.short(v, "misperceptions") {
			if c, any := r.condition(item); any {
				p.hidden = append(p.hidden, c)
			}
		}
	}
	return p
}

func (r *gmcrReader) index(n *jsonNode) int {
	o, ok := n.number()
	if !ok || o < 0 || o >= len(r.file.options) {
		r.fail(n.at, fmt.Sprintf("options are numbered from 0 to %d", len(r.file.options)-1), "there is no option %s", show(n.text))
	}
	return o
}

// condition reads a simple or a compound condition; any is false if it is one
// that no state meets.
func (r *gmcrReader) condition(n *jsonNode) (c gmcrCondition, any bool) {
	c.at = n.at
	simple := []*jsonNode{n}
	if n.kind == '{' {
		c.compound = true
		simple = r.short(r.required(n, "members", "a compound condition"), "members")
		r.unknown(n, []string{"compound", "members"})
	}
	for _, s := range simple {
		var term []gmcrLiteral
		for _, pair := range r.list(s, "a condition") {
			if pair.kind != '[' || len(pair.items) != 2 {
				r.fail(pair.at, `write [0, "Y"]`, "a condition is a list of pairs of an option and Y or N")
			}
			l := gmcrLiteral{option: r.index(pair.items[0])}
			switch v := pair.items[1]; {
			case v.kind == '"' && v.text == "Y":
				l.taken = true
			case v.kind == '"' && v.text == "N":
			default:
				r.fail(v.at, "write Y for taken, N for not taken", "this is neither Y nor N")
			}
			if !slices.Contains(term, l) {
				term = append(term, l)
			}
		}
		c.terms = append(c.terms, term)
	}
	if len(c.terms) == 0 {
		r.warn(n.at, "", "no state meets this compound condition without members; it was left out")
		return c, false
	}
	return c, true
}

// coalitions reads a partition of the decision makers.
func (r *gmcrReader) coalitions(n *jsonNode) {
	seen := make([]bool, len(r.file.players))
	var blocks [][]int
	joined, valid := false, n.kind == '['
	for _, item := range n.items {
		group := []*jsonNode{item}
		if item.kind == '[' {
			group = item.items
		}
		var block []int
		for _, v := range group {
			i, ok := v.number()
			if !ok || i < 0 || i >= len(seen) || seen[i] {
				valid = false
				continue
			}
			seen[i] = true
			block = append(block, i)
		}
		joined = joined || len(block) > 1
		blocks = append(blocks, block)
	}
	if !valid || slices.Contains(seen, false) {
		r.warn(n.at, "", "coalitions does not name every decision maker exactly once; it counts as none")
		return
	}
	if joined {
		r.file.coalitions = blocks
	}
}

// gmcrOrder is the order in which the format's own program numbers options: by
// decision maker; options of nobody keep their number.
func gmcrOrder(options int, players [][]int) []int {
	owned := make([]bool, options)
	var grouped []int
	for _, list := range players {
		for _, o := range list {
			if !owned[o] {
				owned[o] = true
				grouped = append(grouped, o)
			}
		}
	}
	order := make([]int, options)
	for at := range order {
		if !owned[at] {
			order[at] = at
		} else {
			order[at], grouped = grouped[0], grouped[1:]
		}
	}
	return order
}

// gmcrNames gives the players and options of a .gmcr file ids, and writes it as
// a case file.
type gmcrNames struct {
	*gmcrFile
	players []string   // ids; the last is that of nobody, if it is needed
	own     [][]int    // options listed under each player
	shared  [][]string // by option: the other players
	options []string   // player.option
	ids     []string   // option
	bits    []int      // of each option in the case
	names   []string
}

// nobodyID is the player for options that belong to nobody.
const nobodyID = "nobody"

func newGMCRNames(g *gmcrFile) *gmcrNames {
	w := &gmcrNames{gmcrFile: g, shared: make([][]string, len(g.options)), options: make([]string, len(g.options)), ids: make([]string, len(g.options)), bits: make([]int, len(g.options))}
	used := map[string]bool{}
	owner := make([]int, len(g.options))
	for o := range owner {
		owner[o] = -1
	}
	for i, p := range g.players {
		name := strings.TrimSpace(p.name)
		if name == "" {
			name = fmt.Sprintf("Decision maker %d", i+1)
		}
		w.names = append(w.names, name)
		w.players = append(w.players, newID(name, "p", i, used))
		w.own = append(w.own, nil)
		for _, o := range p.options {
			if owner[o] < 0 {
				owner[o] = i
				w.own[i] = append(w.own[i], o)
			} else {
				w.shared[o] = append(w.shared[o], w.players[i])
			}
		}
	}
	if slices.Contains(owner, -1) {
		w.players = append(w.players, newID(nobodyID, "p", len(g.players), used))
		w.names = append(w.names, "Nobody")
		w.own = append(w.own, nil)
		for o := range owner {
			if owner[o] < 0 {
				owner[o] = len(g.players)
				w.own[owner[o]] = append(w.own[owner[o]], o)
			}
		}
	}
	bit := 0
	for i, list := range w.own {
		used := map[string]bool{}
		for k, o := range list {
			w.ids[o] = newID(g.options[o].name, "o", k, used)
			w.options[o] = w.players[i] + "." + w.ids[o]
			w.bits[o] = bit
			bit++
		}
	}
	return w
}

// newID makes an id of a name: its letters and digits in small letters, other
// characters as one underscore; a letter and a number where nothing is left.
func newID(name, letter string, n int, used map[string]bool) string {
	const longest = 40
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(name) {
		switch {
		case unicode.IsLetter(r) || b.Len() > 0 && (unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)):
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			b.WriteRune(r)
			gap = false
		default:
			gap = true
		}
		if b.Len() >= longest {
			break
		}
	}
	id := b.String()
	if msg, _ := badID(id); msg != "" {
		id = fmt.Sprintf("%s%d", letter, n+1)
	}
	for base, k := id, 2; used[id]; k++ {
		id = fmt.Sprintf("%s_%d", base, k)
	}
	used[id] = true
	return id
}

// word is a condition of the file in the language of conditions.
func (w *gmcrNames) word(c gmcrCondition) string {
	terms := make([]string, len(c.terms))
	for k, term := range c.terms {
		parts := make([]string, len(term))
		for n, l := range term {
			parts[n] = w.options[l.option]
			if !l.taken {
				parts[n] = "not " + parts[n]
			}
		}
		switch {
		case len(parts) == 0:
			terms[k] = strings.Repeat("-", len(w.options))
		case len(parts) > 1 && len(terms) > 1:
			terms[k] = "(" + strings.Join(parts, " and ") + ")"
		default:
			terms[k] = strings.Join(parts, " and ")
		}
	}
	return strings.Join(terms, " or ")
}

// text is the model as a case file.
func (w *gmcrNames) text(title string, rankings [][][]string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# Made from a .gmcr file of earlier conflict analysis tools. The names are the")
	line("# file's own; ids were made from them.")
	if len(w.coalitions) > 0 {
		line("#")
		line("# The file joins decision makers into coalitions; here each is a player of its own:")
		for _, block := range w.coalitions {
			var ids []string
			for _, i := range block {
				ids = append(ids, w.players[i])
			}
			line("#   %s", strings.Join(ids, ", "))
		}
	}
	line("demarche: 1")
	if strings.TrimSpace(title) == "" {
		title = "Imported model"
	}
	line("title: %s", scalarText(strings.Join(strings.FieldsFunc(title, unprintable), " ")))
	line("conflict:")
	line("  players:")
	for i, id := range w.players {
		line("    %s:", scalarText(id))
		line("      name: %s", scalarText(w.names[i]))
		if len(w.own[i]) > 0 {
			line("      options:")
		}
		for _, o := range w.own[i] {
			says := strings.TrimSpace(w.gmcrFile.options[o].name)
			if says == "" {
				says = fmt.Sprintf("Option %d", o+1)
			}
			line("        %s:", scalarText(w.ids[o]))
			line("          says: %s", scalarText(says))
			switch w.gmcrFile.options[o].direction {
			case "fwd":
				line("          once: true")
			case "back":
				line("          moves: back")
			}
			if len(w.shared[o]) > 0 {
				line("          shared_with: [%s]", strings.Join(quoted(w.shared[o]), ", "))
			}
		}
		switch {
		case rankings != nil && i < len(rankings):
			line("      ranking:           # best first")
			for _, group := range rankings[i] {
				line("        - [%s]", strings.Join(quoted(group), ", "))
			}
		case i < len(w.gmcrFile.players) && len(w.gmcrFile.players[i].preferences) > 0:
			line("      prefers:           # most important first")
			for _, c := range w.gmcrFile.players[i].preferences {
				line("        - %s", scalarText(w.word(c)))
			}
		}
	}
	if len(w.infeasible) > 0 {
		line("  rules:")
		for _, c := range w.infeasible {
			line("    - never: %s", scalarText(w.word(c)))
		}
	}
	begun := false
	hide := func(id string, conditions []string) {
		if len(conditions) == 0 {
			return
		}
		if !begun {
			line("  hidden:              # states that a player does not perceive")
			begun = true
		}
		line("    %s:", scalarText(id))
		for _, c := range conditions {
			line("      - %s", scalarText(c))
		}
	}
	for i, p := range w.gmcrFile.players {
		var list []string
		for _, c := range p.hidden {
			list = append(list, w.word(c))
		}
		hide(w.players[i], list)
	}
	if len(w.players) > len(w.gmcrFile.players) {
		hide(w.players[len(w.players)-1], []string{strings.Repeat("-", len(w.options))})
	}
	return b.String()
}

func quoted(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = scalarText(s)
	}
	return out
}

// rankings turns the rankings of the file, by numbers of states, into patterns.
func (w *gmcrNames) rankings(name string) ([][][]string, error) {
	f, err := Parse(name, []byte(w.text("states", nil)))
	if err != nil {
		return nil, w.problems(name, err).(demarche.Problems)[0]
	}
	k, err := engine.Compile(f.Case, engine.Config{MaxStates: maxRankedStates})
	if err != nil {
		return nil, err
	}
	m, err := k.In(k.Typical())
	if err != nil {
		e := *asProblem(err)
		e.Pos = w.at
		return nil, &e
	}
	lists := make([][]int, len(w.gmcrFile.players))
	for i, p := range w.gmcrFile.players {
		lists[i] = p.options
	}
	numbers := gmcrNumbers(m.States, gmcrOrder(len(w.options), lists), w.bits)
	out := make([][][]string, len(w.gmcrFile.players))
	for i, p := range w.gmcrFile.players {
		seen := make([]bool, len(numbers))
		bad := func(format string, args ...any) error {
			return &demarche.Error{
				Kind: demarche.BadInput, Op: "casefile.ImportGMCR", Pos: p.rankingAt,
				Msg:  fmt.Sprintf(format, args...),
				Hint: "rank every feasible state exactly once, or set useManualPreferenceRanking to false",
			}
		}
		for _, group := range p.ranking {
			var patterns []string
			for _, n := range group {
				if n > len(numbers) {
					return nil, bad("%s ranks state %d, but there are only %d feasible states", show(p.name), n, len(numbers))
				}
				if seen[n-1] {
					return nil, bad("%s ranks state %d twice", show(p.name), n)
				}
				seen[n-1] = true
				patterns = append(patterns, k.Pattern(numbers[n-1]))
			}
			out[i] = append(out[i], patterns)
		}
		if n := slices.Index(seen, false); n >= 0 {
			return nil, bad("%s does not rank state %d", show(p.name), n+1)
		}
	}
	return out, nil
}

// gmcrNumbers lists states, by the bits of a case, in the order in which the
// format numbers them: order are its options, bits where each stands in the case.
func gmcrNumbers(states []uint64, order, bits []int) []uint64 {
	decimal := func(s uint64) uint64 {
		var d uint64
		for k, o := range order {
			d |= s >> bits[o] & 1 << k
		}
		return d
	}
	out := slices.Clone(states)
	slices.SortFunc(out, func(a, b uint64) int {
		if decimal(a) < decimal(b) {
			return -1
		}
		return 1
	})
	return out
}

func asProblem(err error) *demarche.Error {
	if e, ok := err.(*demarche.Error); ok {
		return e
	}
	return &demarche.Error{Kind: demarche.Internal, Msg: err.Error(), Err: err}
}
