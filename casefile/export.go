package casefile

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// Format is a foreign format that a model can be written in.
type Format string

// The formats that [Export] writes.
const (
	GMCR    Format = "gmcr"    // the save file of earlier research tools; see [ImportGMCR]
	NFG     Format = "nfg"     // Gambit's strategic form
	GraphML Format = "graphml" // the state graph as GraphML
	SVG     Format = "svg"     // the state graph as a picture

	FTM    Format = "ftm"     // FollowTheMoney entities as JSON lines; see [ImportFTM]
	FTMCSV Format = "ftm-csv" // the statements that those entities are made of, as CSV
	ACLED  Format = "acled"   // incidents as CSV with the columns of ACLED; see [ImportACLED]
	STIX   Format = "stix"    // a bundle of STIX 2.1; see [ImportSTIX]
	CSL    Format = "csl"     // reports as CSL-JSON, for citations
)

// Formats are the formats that [Export] writes.
func Formats() []Format { return []Format{GMCR, NFG, GraphML, SVG, FTM, FTMCSV, ACLED, STIX, CSL} }

// ExportConfig says how a case is written.
type ExportConfig struct {
	// Engine fixes the day and what is assumed. The model is that of the typical
	// world: a proposition is true if its credence is a half or more.
	Engine engine.Config
	// Lossy allows leaving out what the format cannot hold.
	Lossy bool
	// Confidential allows the export of a case that is marked confidential.
	Confidential bool
	// Reports are those of the case, for the formats that cite them.
	Reports []demarche.Report
	// Held is what a ledger lets out on the case, without the texts of reports,
	// and Records the same as it travels, each after those it refers to; nil
	// where there is no ledger.
	Held    *demarche.Holdings
	Records []Record
	// Out are claims of the case file that are left out, with all references
	// to them that Held does not answer: those that the ledger has heard of, as
	// they travel as records or stay.
	Out []string
}

// Export writes a case, or the conflict of one, in a foreign format. What the
// format cannot hold is an error that names it, unless cfg.Lossy is set. A
// confidential case is not exported unless cfg.Confidential is set.
//
// FTM, FTMCSV, ACLED, STIX and CSL are about what the case says, not its model:
// they leave out the texts of reports, round places to a kilometre, and name no
// source that asked not to be named. FTM and STIX carry the whole case otherwise,
// but for its comments, with what cfg.Held and cfg.Records say of a ledger, and
// can be read back.
//
// .gmcr holds players, options with their directions and who shares them, rules,
// hidden states, and preferences: statements as conditions if every player has
// statements without weights, and otherwise a ranking of all states for every
// player. Conditions are written as an OR of ANDs. It holds no ids: reading the
// file back gives a model with the same states, moves and preferences, and the
// same names.
//
// .nfg holds the game in which every player chooses all of its own options at
// once; a strategy is a combination of them and a payoff is the rank of the state,
// 0 for the worst. It is written only if the feasible combinations are exactly
// all that can be put together from what each player can do by itself, as the
// strategic form knows no infeasible combination. Options that can be changed one
// way only, shared options, hidden states and states made one cannot be held: in
// the strategic form each player can choose anything of its own.
//
// GraphML and SVG show all states and moves; they lose what is not in the graph,
// by their nature, and never refuse for it.
func Export(w io.Writer, f *File, format Format, cfg ExportConfig) error {
	if err := MayLeave(f.Case, cfg.Confidential); err != nil {
		return err
	}
	var text []byte
	var err error
	out := &exchange{reports: slices.Clone(cfg.Reports), held: &demarche.Holdings{}}
	if c := f.Case; cfg.Held == nil {
		out.c = outgoing(c)
	} else if c, err = beside(f, cfg); err != nil {
		return err
	} else {
		out.held, out.c = cfg.Held, outgoing(c)
		if err := out.takeHeld(cfg); err != nil {
			return err
		}
	}
	switch format {
	case GMCR, NFG, GraphML, SVG:
		text, err = exportModel(f, format, cfg)
	case FTM:
		text, err = out.ftm()
	case FTMCSV:
		text, err = out.ftmCSV()
	case ACLED:
		text, err = out.acled()
	case STIX:
		text, err = out.stix()
	case CSL:
		text, err = out.csl()
	default:
		names := make([]string, 0, len(Formats()))
		for _, f := range Formats() {
			names = append(names, string(f))
		}
		return &demarche.Error{Kind: demarche.Usage, Op: "casefile.Export", Msg: fmt.Sprintf("unknown format %q", format), Hint: "write one of " + joinOr(names)}
	}
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return &demarche.Error{Kind: demarche.Unavailable, Op: "casefile.Export", Msg: "the export cannot be written", Hint: "check that there is room", Err: err}
	}
	return nil
}

// exportModel writes the conflict of a case.
func exportModel(f *File, format Format, cfg ExportConfig) ([]byte, error) {
	k, err := engine.Compile(f.Case, cfg.Engine)
	if err != nil {
		return nil, err
	}
	x := &exporter{File: f, k: k, world: k.Typical(), cfg: cfg}
	switch format {
	case GMCR:
		return x.gmcr()
	case NFG:
		return x.nfg()
	case GraphML:
		return x.graphML()
	}
	return x.svg()
}

type exporter struct {
	*File
	k     *engine.Conflict
	world engine.World
	cfg   ExportConfig
}

func (x *exporter) fail(at demarche.Pos, hint, format string, args ...any) error {
	return &demarche.Error{Kind: demarche.BadInput, Op: "casefile.Export", Pos: at, Msg: fmt.Sprintf(format, args...), Hint: hint}
}

// model lays out the typical world.
func (x *exporter) model() (*engine.Model, error) { return x.k.In(x.world) }

// refuse says what a format cannot hold, unless that may be lost.
func (x *exporter) refuse(format Format, losses []string) error {
	if len(losses) == 0 || x.cfg.Lossy {
		return nil
	}
	return x.fail(x.Case.Conflict.At, "allow it to be left out (--lossy), or take it out of the case", "the format %s cannot hold %s", format, joinAnd(losses))
}

// losses are parts of a case that no model of earlier tools holds.
func (x *exporter) losses() []string {
	c, m := x.Case, x.Case.Conflict
	var out []string
	say := func(is bool, what string) {
		if is && !slices.Contains(out, what) {
			out = append(out, what)
		}
	}
	say(m.StatusQuo != nil, "the status quo")
	say(len(c.Propositions) > 0, "propositions")
	say(len(c.Authorities) > 0, "authorities")
	say(len(c.Logic)+len(m.Logic) > 0, "logic")
	say(len(m.Same) > 0, "states made one (same)")
	say(len(m.Outcomes) > 0, "outcomes")
	say(len(m.Ladder) > 0, "the ladder")
	say(m.Talks != nil, "talks")
	say(len(m.Levers) > 0, "levers")
	say(len(m.Perceptions) > 0, "perceptions")
	for _, p := range m.Players {
		say(p.Foresight != "", "foresight")
		say(p.Initiative != nil, "initiative")
		say(p.Role != "", "roles")
		say(len(p.Degrees) > 0, "degrees of preference")
		say(len(p.Unsure) > 0, "what is unsure")
		for _, o := range p.Options {
			say(o.Force, "which options are uses of force")
		}
	}
	say(len(c.Incidents)+len(c.Offers)+len(c.Tracks)+len(c.Decisions)+len(c.RedLines)+len(c.Claims)+len(c.Ties) > 0, "what the case says beside its model")
	return out
}

// term is an AND of options taken and not taken.
type term struct{ mask, taken uint64 }

// maxTerms bounds the OR of ANDs that a condition may become.
const maxTerms = 4096

// terms writes a condition as an OR of ANDs over options, in the typical world;
// negated, its opposite.
func (x *exporter) terms(e demarche.Expr, negated bool) ([]term, error) {
	var rec func(c *demarche.Condition, no bool) []term
	tooLong := false
	or := func(a, b []term) []term { return shorten(append(slices.Clone(a), b...)) }
	and := func(a, b []term) []term {
		var out []term
		for _, s := range a {
			for _, t := range b {
				if both := s.mask & t.mask; s.taken&both == t.taken&both {
					out = append(out, term{s.mask | t.mask, s.taken | t.taken})
				}
			}
			if len(out) > 16*maxTerms {
				tooLong = true
				return nil
			}
		}
		out = shorten(out)
		tooLong = tooLong || len(out) > maxTerms
		return out
	}
	rec = func(c *demarche.Condition, no bool) []term {
		if tooLong {
			return nil
		}
		join := or
		switch c.Op {
		case demarche.Atom:
			if _, _, ok := c.IsOption(); !ok {
				if x.fact(c.Name) != no {
					return []term{{}}
				}
				return nil
			}
			bit := uint64(1) << slices.IndexFunc(x.k.Options, func(o engine.Option) bool { return o.ID == c.Name })
			if no {
				return []term{{bit, 0}}
			}
			return []term{{bit, bit}}
		case demarche.Pattern:
			var whole term
			var parts []term
			for k, letter := range c.Name {
				if letter == '-' {
					continue
				}
				bit := uint64(1) << k
				whole.mask |= bit
				part := term{mask: bit, taken: bit}
				if letter == 'Y' {
					whole.taken |= bit
					part.taken = 0
				}
				parts = append(parts, part)
			}
			if no {
				return parts
			}
			return []term{whole}
		case demarche.Not:
			return rec(c.Args[0], !no)
		case demarche.And, demarche.Or:
			if (c.Op == demarche.And) != no {
				join = and
			}
			out := rec(c.Args[0], no)
			for _, a := range c.Args[1:] {
				out = join(out, rec(a, no))
			}
			return out
		case demarche.Iff:
			a, b, notA, notB := rec(c.Args[0], false), rec(c.Args[1], false), rec(c.Args[0], true), rec(c.Args[1], true)
			if no {
				return or(and(a, notB), and(notA, b))
			}
			return or(and(a, b), and(notA, notB))
		}
		// The rest are “not A or B” with A and B in some order, or “A or B”.
		a, b, notA := c.Args[0], c.Args[1], true
		if c.Op == demarche.If {
			a, b = b, a
		}
		if c.Op == demarche.Unless {
			notA = false
		}
		if no {
			join = and
		}
		return join(rec(a, notA != no), rec(b, no))
	}
	out := rec(e.Cond, negated)
	if tooLong {
		return nil, x.fail(e.At, "split it into simpler ones", "this condition needs more than %d lists of options where the format has neither brackets nor not", maxTerms)
	}
	return out, nil
}

// fact is the truth of a proposition or authority.
func (x *exporter) fact(name string) bool {
	for i, a := range x.k.Atoms {
		if a.ID == name {
			return x.world.Atom[i]
		}
	}
	return false
}

// shorten leaves out terms that others imply.
func shorten(list []term) []term {
	if len(list) > 16*maxTerms {
		return list
	}
	var out []term
	for _, t := range list {
		covers := func(u term) bool { return u.mask&^t.mask == 0 && t.taken&u.mask == u.taken }
		if slices.ContainsFunc(out, covers) {
			continue
		}
		out = append(slices.DeleteFunc(out, func(u term) bool { return t.mask&^u.mask == 0 && u.taken&t.mask == t.taken }), t)
	}
	return out
}

// words is a state in the words of the case: who does what.
func (x *exporter) words(state uint64) string {
	if x.k.HasGraph() {
		return x.k.Says(state)
	}
	state &= x.k.Fixed(state)
	var parts []string
	for i, p := range x.k.Players {
		var does []string
		for k, o := range x.k.Options {
			if o.Player == i && state>>k&1 == 1 {
				does = append(does, o.Says)
			}
		}
		if len(does) > 0 {
			parts = append(parts, p.Name+": "+strings.Join(does, ", "))
		}
	}
	if len(parts) == 0 {
		return "nobody takes any step"
	}
	return strings.Join(parts, "; ")
}
