package demarche

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Op is what a node of a condition does with its arguments.
type Op uint8

const (
	// Atom is an option (player.option), a proposition or an authority.
	Atom Op = iota
	// Pattern names the states that a word of Y, N and - describes.
	Pattern
	Not
	And     // two arguments or more
	Or      // two arguments or more
	Implies // A implies B
	If      // A if B: B implies A
	Unless  // A unless B: not B implies A
	Iff     // A iff B
)

var opWords = [...]string{Not: "not", And: "and", Or: "or", Implies: "implies", If: "if", Unless: "unless", Iff: "iff"}

// Condition is a parsed condition: a tree of plain data.
type Condition struct {
	Op   Op
	Name string // of an Atom; the letters of a Pattern
	Args []*Condition
	Col  int // where it begins in its text, in characters from 1
}

// IsOption reports whether an atom is player.option, and splits it.
func (c *Condition) IsOption() (player, option string, ok bool) {
	if c.Op != Atom {
		return "", "", false
	}
	return strings.Cut(c.Name, ".")
}

// Walk calls f for c and every condition inside it, outer ones first.
func (c *Condition) Walk(f func(*Condition)) {
	f(c)
	for _, a := range c.Args {
		a.Walk(f)
	}
}

// precedence of an operator: higher binds more tightly.
func (o Op) precedence() int {
	switch o {
	case Atom, Pattern:
		return 4
	case Not:
		return 3
	case And:
		return 2
	case Or:
		return 1
	}
	return 0
}

// String prints the condition with no more parentheses than it needs.
// Parsing the result gives the same tree.
func (c *Condition) String() string {
	var b strings.Builder
	c.print(&b)
	return b.String()
}

func (c *Condition) print(b *strings.Builder) {
	inner := func(a *Condition, least int) {
		if a.Op.precedence() < least {
			b.WriteByte('(')
			a.print(b)
			b.WriteByte(')')
			return
		}
		a.print(b)
	}
	switch c.Op {
	case Atom, Pattern:
		b.WriteString(c.Name)
	case Not:
		b.WriteString("not ")
		inner(c.Args[0], c.Op.precedence())
	default:
		for i, a := range c.Args {
			if i > 0 {
				b.WriteString(" " + opWords[c.Op] + " ")
			}
			inner(a, c.Op.precedence()+1)
		}
	}
}

// Limits on a condition, so that no input can exhaust the stack.
const (
	maxConditionBytes = 1 << 16
	maxConditionDepth = 500
)

// ParseCondition reads a condition for a model with the given number of
// options: a word of exactly that many letters Y, N and - is a pattern, any
// other word is a name. Names are not looked up. An error is an *Error whose
// Pos.Col is the character, from 1, at which text goes wrong.
//
// The grammar, loosest first; the operators on the first line do not chain:
//
//	condition = any [ ("implies" | "if" | "unless" | "iff") any ]
//	any       = all { "or" all }
//	all       = term { "and" term }
//	term      = "not" term | "(" condition ")" | name | pattern
func ParseCondition(text string, options int) (*Condition, error) {
	if len(text) > maxConditionBytes {
		return nil, &Error{Kind: BadInput, Msg: fmt.Sprintf("the condition is longer than %d bytes", maxConditionBytes), Hint: "split it into several"}
	}
	p := &conditionParser{text: text, options: options}
	p.next()
	c, err := p.condition()
	if err != nil {
		return nil, err
	}
	switch p.tok.kind {
	case endToken:
		return c, nil
	case closeToken:
		return nil, p.fail("a closing parenthesis has no opening one", "remove it, or open one before")
	}
	return nil, p.fail(fmt.Sprintf("%s is not expected here", p.tok), "join conditions with and, or, implies, if, unless, iff")
}

type tokenKind uint8

const (
	endToken tokenKind = iota
	nameToken
	quotedToken
	opToken
	openToken
	closeToken
	wrongToken
)

type token struct {
	kind tokenKind
	op   Op
	word string
	col  int
}

func (t token) String() string {
	if t.kind == endToken {
		return "the end"
	}
	return fmt.Sprintf("%q", t.word)
}

type conditionParser struct {
	text    string
	at      int // byte offset of the rest
	col     int // characters before at
	options int
	depth   int
	tok     token
}

var operatorOf = map[string]Op{
	"not": Not, "and": And, "or": Or, "implies": Implies, "if": If, "unless": Unless, "iff": Iff,
	"NOT": Not, "AND": And, "OR": Or, "IMPLIES": Implies, "IF": If, "UNLESS": Unless, "IFF": Iff,
}

func isNameRune(r rune) bool {
	return r == '_' || r == '-' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// next reads one token.
func (p *conditionParser) next() {
	rest := p.text[p.at:]
	trimmed := strings.TrimLeftFunc(rest, unicode.IsSpace)
	p.skip(rest[:len(rest)-len(trimmed)])
	p.tok = token{col: p.col + 1}
	if trimmed == "" {
		return
	}
	r, size := utf8.DecodeRuneInString(trimmed)
	word := trimmed[:size]
	switch {
	case r == '(':
		p.tok.kind = openToken
	case r == ')':
		p.tok.kind = closeToken
	case r == '\'' || r == '"':
		if end := strings.IndexRune(trimmed[1:], r); end >= 0 {
			p.tok.kind, word = quotedToken, trimmed[:end+2]
		} else {
			p.tok.kind = wrongToken
		}
	case isNameRune(r):
		end := strings.IndexFunc(trimmed, func(r rune) bool { return !isNameRune(r) })
		if end < 0 {
			end = len(trimmed)
		}
		word = trimmed[:end]
		p.tok.kind = nameToken
		if op, ok := operatorOf[word]; ok {
			p.tok.kind, p.tok.op = opToken, op
		}
	default:
		p.tok.kind = wrongToken
		if end := strings.IndexFunc(trimmed, func(r rune) bool { return !strings.ContainsRune("&|!<>=~^+→∧∨¬", r) }); end > 0 {
			word = trimmed[:end]
		}
	}
	p.tok.word = word
	p.skip(word)
}

func (p *conditionParser) skip(s string) {
	p.at += len(s)
	p.col += utf8.RuneCountInString(s)
}

func (p *conditionParser) fail(msg, hint string) error {
	return &Error{Kind: BadInput, Msg: msg, Hint: hint, Pos: Pos{Col: p.tok.col}}
}

func (p *conditionParser) isOp(ops ...Op) bool {
	if p.tok.kind != opToken {
		return false
	}
	for _, o := range ops {
		if p.tok.op == o {
			return true
		}
	}
	return false
}

func (p *conditionParser) condition() (*Condition, error) {
	left, err := p.chain(Or)
	if err != nil || !p.isOp(Implies, If, Unless, Iff) {
		return left, err
	}
	c := &Condition{Op: p.tok.op, Col: left.Col}
	p.next()
	right, err := p.chain(Or)
	if err != nil {
		return nil, err
	}
	c.Args = []*Condition{left, right}
	if !p.isOp(Implies, If, Unless, Iff) {
		return c, nil
	}
	// Two of these side by side can be read in two ways: say both.
	where, second := p.tok, p.tok.op
	p.next()
	third, err := p.chain(Or)
	if err != nil {
		return nil, err
	}
	one := &Condition{Op: second, Args: []*Condition{c, third}}
	other := &Condition{Op: c.Op, Args: []*Condition{left, {Op: second, Args: []*Condition{right, third}}}}
	p.tok = where
	return nil, p.fail(
		fmt.Sprintf("this can be read in two ways: %s, and %s", one, other),
		"put parentheses around the part that belongs together")
}

// chain reads operands of And or Or, which read the same however grouped.
func (p *conditionParser) chain(op Op) (*Condition, error) {
	operand := p.term
	if op == Or {
		operand = func() (*Condition, error) { return p.chain(And) }
	}
	first, err := operand()
	if err != nil || !p.isOp(op) {
		return first, err
	}
	c := &Condition{Op: op, Args: []*Condition{first}, Col: first.Col}
	for p.isOp(op) {
		p.next()
		a, err := operand()
		if err != nil {
			return nil, err
		}
		c.Args = append(c.Args, a)
	}
	return c, nil
}

func (p *conditionParser) term() (*Condition, error) {
	if p.depth++; p.depth > maxConditionDepth {
		return nil, p.fail("the condition is nested too deeply", "split it into several")
	}
	defer func() { p.depth-- }()
	t := p.tok
	switch t.kind {
	case nameToken:
		p.next()
		if p.isPattern(t.word) {
			return &Condition{Op: Pattern, Name: t.word, Col: t.col}, nil
		}
		return &Condition{Op: Atom, Name: t.word, Col: t.col}, nil
	case quotedToken:
		word := t.word[1 : len(t.word)-1]
		if !p.isPattern(word) {
			return nil, p.fail(fmt.Sprintf("%s is in quotation marks but is not a pattern", t.word), p.patternHint())
		}
		p.next()
		return &Condition{Op: Pattern, Name: word, Col: t.col}, nil
	case openToken:
		p.next()
		c, err := p.condition()
		if err != nil {
			return nil, err
		}
		if p.tok.kind != closeToken {
			if p.tok.kind == endToken {
				return nil, p.fail("a parenthesis is not closed", "add )")
			}
			return nil, p.fail(fmt.Sprintf("%s is not expected here", p.tok), "close the parenthesis, or join conditions with and, or")
		}
		p.next()
		return c, nil
	case opToken:
		if t.op == Not {
			p.next()
			a, err := p.term()
			if err != nil {
				return nil, err
			}
			return &Condition{Op: Not, Args: []*Condition{a}, Col: t.col}, nil
		}
		return nil, p.fail(fmt.Sprintf("%s has nothing before it", t), "write a condition on both sides")
	case endToken:
		if strings.TrimSpace(p.text) == "" {
			return nil, p.fail("the condition is empty", "write an option such as player.option")
		}
		return nil, p.fail("the condition ends too early", "write a condition after the last word")
	}
	return nil, p.fail(fmt.Sprintf("%s is not part of the language of conditions", t), "use not, and, or, implies, if, unless, iff and parentheses")
}

func (p *conditionParser) isPattern(word string) bool {
	return p.options > 0 && len(word) == p.options && strings.Trim(word, "YN-") == ""
}

func (p *conditionParser) patternHint() string {
	if p.options == 0 {
		return "patterns need a model with options"
	}
	return fmt.Sprintf("a pattern has exactly %d letters Y, N or -, one for each option of the model", p.options)
}
