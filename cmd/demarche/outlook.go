package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/engine"
	"github.com/spf13/cobra"
)

func (a *app) outlookCommand() *cobra.Command {
	var cfg engine.OutlookConfig
	var asJSON, byWorld bool
	var robust robustFlags
	c := &cobra.Command{
		Use:   "outlook CASE",
		Short: "How likely each outcome is over everything that is contested",
		Long: `outlook follows the conflict from today in every world: every way in which what the
case leaves open could turn out. It says where things go, with and without talks,
which agreements and states hold, what to find out next, and what follows where
players misread one another. All its numbers are conditional on the model and on the
credences in the case.`,
		Example: "  demarche outlook examples/caribbean\n  demarche outlook examples/caribbean --assume resolved_on_land=yes --json\n  demarche outlook examples/caribbean --by-world\n  demarche outlook examples/caribbean --robust",
		Args:    exactArgs(1, "CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cfg.Worlds < 0 {
				return usage("give the number of worlds to draw", "--worlds %d: there cannot be fewer worlds than none", cfg.Worlds)
			}
			if cmd.Flags().Changed("precision") && !(cfg.Precision > 0 && cfg.Precision < 0.5) {
				return usage("write a standard error, such as 0.005 for half a point", "--precision %g: it must lie between 0 and 0.5", cfg.Precision)
			}
			crisis, err := a.open(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			show, done := a.progress("weighing worlds")
			cfg.Progress = show
			o, err := crisis.Outlook(cmd.Context(), cfg)
			done()
			if err != nil {
				return err
			}
			show, done = a.progress("comparing views")
			cfg.Progress = show
			views, err := crisis.Views(cmd.Context(), cfg)
			done()
			if err != nil {
				return err
			}
			r, err := robust.try(a, cmd, crisis, cfg)
			if err != nil {
				return err
			}
			if asJSON {
				out := desk.NewOutlookJSON(crisis.Conflict, o)
				out.Views = desk.NewViewsJSON(crisis.Conflict, views)
				if r != nil && len(crisis.Conflict.Outcomes) > 0 {
					out.Robustness = desk.NewRobustnessJSON(crisis.Conflict, r)
				}
				e := json.NewEncoder(a.stdout)
				e.SetEscapeHTML(false)
				e.SetIndent("", " ")
				return e.Encode(out)
			}
			if err := a.printOutlook(crisis.Conflict, o, views, byWorld); err != nil || r == nil {
				return err
			}
			return printRobust(a.stdout, crisis.Conflict, r)
		},
	}
	a.caseFlags(c)
	c.Flags().IntVar(&cfg.Worlds, "worlds", 0, "draw this many worlds instead of weighing all")
	c.Flags().Uint64Var(&cfg.Seed, "seed", 1, "the seed of the draws")
	c.Flags().Float64Var(&cfg.Precision, "precision", 0, "where worlds are drawn, draw until no outcome's standard error is above this, such as 0.005")
	c.Flags().BoolVar(&byWorld, "by-world", false, "say in which worlds which agreements exist")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	robust.add(c)
	return c
}

// outlookReport prints an outlook.
type outlookReport struct {
	*app
	k *engine.Conflict
	o *engine.Outlook
	b strings.Builder
}

func (a *app) printOutlook(k *engine.Conflict, o *engine.Outlook, v *engine.Views, byWorld bool) error {
	p := &outlookReport{app: a, k: k, o: o}
	p.outcomes()
	p.talks()
	p.agreements()
	if byWorld {
		p.byWorld()
	}
	p.ladder()
	p.states()
	p.matters()
	if len(v.Players) > 0 {
		p.views(v)
	}
	fmt.Fprintln(&p.b, "\nThe numbers are conditional on the model and on the probabilities in the case. They are\nrounded to five points; --json gives them exactly. One bit is what it takes to decide\nbetween two evenly balanced outcomes.")
	if k.Case.Held != nil {
		fmt.Fprintln(&p.b)
		wrapped(&p.b, "", demarche.Convention)
	}
	_, err := io.WriteString(a.stdout, p.b.String())
	return err
}

// views tells what follows where players misread one another.
func (p *outlookReport) views(v *engine.Views) {
	told := brief.Views(p.k, v)
	fmt.Fprintln(&p.b, "\nWhere views differ")
	for _, s := range told.Views {
		wrapped(&p.b, "  ", s)
	}
	for _, s := range told.Courses {
		wrapped(&p.b, "    - ", s)
	}
	for _, s := range told.Surprises {
		wrapped(&p.b, "  ", s)
	}
}

func (p *outlookReport) outcomes() {
	o, k, b := p.o, p.k, &p.b
	fmt.Fprintf(b, "Where it can go, by the model (undated; %s", plural(o.Worlds, "world"))
	if o.Exact {
		fmt.Fprintln(b, " weighed)")
	} else {
		fmt.Fprintf(b, " drawn with seed %d)\n", o.Seed)
	}
	row := func(name string, e engine.Estimate) {
		bar := strings.Repeat("█", int(e.P*30+0.5))
		fmt.Fprintf(b, "  %-12s  %-30s  %s: %s%s\n", share(e.P), bar, name, p.likelihood(e.P), errorPoints(e.SE))
	}
	if len(k.Outcomes) == 0 {
		p.ends()
	}
	order := make([]int, len(o.Outcomes))
	for n := range order {
		order[n] = n
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(o.Outcomes[y].P, o.Outcomes[x].P) })
	for _, n := range order {
		row(k.Outcomes[n].Says, o.Outcomes[n])
	}
	if o.Unnamed > 0 && len(k.Outcomes) > 0 {
		row("an end that no outcome names", engine.Estimate{P: o.Unnamed, SE: o.UnnamedSE})
	}
	if o.NoSettlement > 0 {
		row("no settlement", engine.Estimate{P: o.NoSettlement, SE: o.NoSettlementSE})
	}
	switch {
	case o.Precision <= 0:
	case o.Exact:
		wrapped(&p.b, "  ", "All worlds were weighed, so the numbers are exact for this model and no precision had to be reached.")
	case o.Reached:
		wrapped(&p.b, "  ", fmt.Sprintf("The precision asked for is reached: no outcome's standard error is above %s.", points(o.Precision)))
	default:
		wrapped(&p.b, "  ", fmt.Sprintf("The precision asked for is not reached: %s are the most that were to be drawn, and some outcome's standard error is still above %s.", plural(o.Worlds, "world"), points(o.Precision)))
	}
}

// maxEnds is how many states in which things end are told where the case names no
// outcomes.
const maxEnds = 6

// ends tells the states in which things end, for want of outcomes.
func (p *outlookReport) ends() {
	wrapped(&p.b, "  ", "The case names no outcomes, so this tells the states in which things end; add outcomes under conflict.")
	var list []engine.StateShare
	for _, s := range p.o.States {
		if s.EndsHere > 0 {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(x, y engine.StateShare) int { return cmp.Compare(tenths(y.EndsHere), tenths(x.EndsHere)) })
	for n, s := range list {
		if n == maxEnds {
			fmt.Fprintf(&p.b, "  and in %s, none likelier than these; --json gives them\n", further(len(list)-n, "state"))
			break
		}
		wrapped(&p.b, fmt.Sprintf("  %-12s  ", share(s.EndsHere)), upperFirst(brief.StateWords(p.k, s.State))+": "+p.likelihood(s.EndsHere)+errorPoints(s.EndsSE)+".")
	}
}

// further is what a list leaves out: "one further state", "24 further states".
func further(n int, word string) string {
	if n == 1 {
		return "one further " + word
	}
	return fmt.Sprintf("%d further %ss", n, word)
}

// likelihood is the word for a share of the worlds' weight.
func (p *outlookReport) likelihood(share float64) string {
	drawn := ""
	if !p.o.Exact {
		drawn = " drawn"
	}
	switch {
	case share < 1e-9:
		return "in no world" + drawn
	case share > 1-1e-9:
		return "in every world" + drawn
	}
	return brief.Likelihood(share)
}

// points is a standard error in points of a hundred.
func points(se float64) string {
	if se == 0.01 {
		return "1 point"
	}
	return fmt.Sprintf("%.4g points", se*100)
}

// errorPoints tells a standard error; "" where there is none.
func errorPoints(se float64) string {
	if se == 0 {
		return ""
	}
	return " (standard error " + pointsOf(se) + ")"
}

// pointsOf is a standard error to a tenth of a point.
func pointsOf(se float64) string {
	if se < 0.0005 {
		return "under 0.1 points"
	}
	return fmt.Sprintf("%.1f points", se*100)
}

// talks tells what happens if talks conclude and if they do not.
func (p *outlookReport) talks() {
	if !p.k.HasTalks {
		fmt.Fprintln(&p.b, "\nThe case names no talks, so no agreement is considered.")
		return
	}
	if len(p.k.Outcomes) == 0 {
		return // there is nothing to tell apart
	}
	fmt.Fprintf(&p.b, "\nIf talks can conclude in time, and if not (assumed probability %.0f %%)\n", p.k.TalksChance*100)
	for _, side := range []struct {
		lead string
		list []engine.Estimate
	}{{"  if so:  ", p.o.IfTalks}, {"  if not: ", p.o.IfNoTalks}} {
		list, se := make([]float64, len(side.list)), make([]float64, len(side.list))
		for n, e := range side.list {
			list[n], se[n] = e.P, e.SE
		}
		p.answer(side.lead, list, se)
	}
}

// maxAgreements and maxWays bound what is told of agreements; JSON has all.
const (
	maxAgreements = 8
	maxWays       = 4
)

func (p *outlookReport) agreements() {
	if !p.k.HasTalks {
		return
	}
	o := p.o
	fmt.Fprintf(&p.b, "\nAgreements: one is reached in this share of the runs: %s%s\n", share(o.Agreed), errorPoints(o.AgreedSE))
	if len(o.Agreements) == 0 {
		wrapped(&p.b, "  ", "In no world is there a state that its parties would accept and keep.")
	}
	for n, g := range o.Agreements {
		if n == maxAgreements {
			fmt.Fprintf(&p.b, "  and %s, none likelier than these\n", further(len(o.Agreements)-n, "agreement"))
			break
		}
		wrapped(&p.b, fmt.Sprintf("  %d. ", n+1), upperFirst(brief.PositionWords(p.k, g.State))+".")
		s := "Between " + brief.PartiesWords(p.k, g.Parties) + "; " + offTable(g.Tabled) + ". It is an agreement " + ofWhole(g.P, "worlds") + errorPoints(g.PSE)
		if g.Struck > 0 {
			s += " and is struck " + ofWhole(g.Struck, "runs") + errorPoints(g.StruckSE) + ", of which " + stays(g.Stays)
		} else {
			s += " and is struck in no run"
		}
		wrapped(&p.b, "     ", s+".")
	}
}

func offTable(tabled bool) string {
	if tabled {
		return "all terms of an offer on the table hold in it"
	}
	return "no offer on the table has these terms"
}

func stays(p float64) string {
	switch share(p) {
	case "none":
		return "none end there"
	case "all":
		return "all end there"
	}
	return share(p) + " end there"
}

// ofWhole is a share of the worlds or runs: "in about 40 % of the worlds".
func ofWhole(p float64, what string) string {
	switch share(p) {
	case "none":
		return "in no " + strings.TrimSuffix(what, "s")
	case "all":
		return "in every " + strings.TrimSuffix(what, "s")
	}
	return "in " + share(p) + " of the " + what
}

// maxGroups bounds how many groups of worlds are told; JSON has all.
const maxGroups = 8

// byWorld tells in which worlds which agreements exist.
func (p *outlookReport) byWorld() {
	if len(p.o.Agreements) == 0 {
		return // the list of agreements says that there is none
	}
	fmt.Fprintln(&p.b, "\nWhich agreements exist, by what is open (numbered as above)")
	for n, g := range p.o.ByWorld {
		if n == maxGroups {
			wrapped(&p.b, "  ", "and "+further(len(p.o.ByWorld)-n, "set")+" of agreements, none likelier than these; --json gives them")
			break
		}
		wrapped(&p.b, fmt.Sprintf("  %-12s  ", share(g.P)), agreementNumbers(g.Agreements))
		// Ways that make up all of their worlds come first, then those in which
		// more decides than is told.
		for _, certain := range []bool{true, false} {
			told, left := 0, 0
			for _, way := range g.Ways {
				switch {
				case way.Certain != certain:
					continue
				case told == maxWays:
					left++
					continue
				}
				if told++; told == 1 && !certain {
					fmt.Fprintln(&p.b, "      in part only of the worlds with these answers:")
				}
				lead, says := "      if ", brief.FindingsWords(p.k, way.When)
				if !certain {
					lead = "        "
				}
				if len(way.When) == 0 {
					lead, says = "      ", "whatever turns out to be so"
				}
				wrapped(&p.b, lead, says+" ("+share(way.P)+")")
			}
			if left > 0 {
				fmt.Fprintf(&p.b, "      and in %s\n", further(left, "way"))
			}
		}
	}
}

// agreementNumbers names agreements by the numbers under which they are listed,
// and counts those that are not.
func agreementNumbers(list []int) string {
	var listed []string
	for _, a := range list {
		if a < maxAgreements {
			listed = append(listed, fmt.Sprint(a+1))
		}
	}
	left := len(list) - len(listed)
	noun := "agreement "
	if len(listed) > 1 {
		noun = "agreements "
	}
	switch last := len(listed) - 1; {
	case len(list) == 0:
		return "no agreement"
	case len(listed) == 0 && left == 1:
		return "one agreement that is not listed above"
	case len(listed) == 0:
		return fmt.Sprintf("%d agreements that are not listed above", left)
	case left > 0:
		return noun + strings.Join(listed, ", ") + ", and " + further(left, "one")
	case last == 0:
		return noun + listed[0] + " alone"
	default:
		return noun + strings.Join(listed[:last], ", ") + " and " + listed[last]
	}
}

func (p *outlookReport) ladder() {
	if len(p.o.Ladder) == 0 {
		return
	}
	fmt.Fprintln(&p.b, "\nRungs of escalation reached on the way")
	for n, e := range p.o.Ladder {
		opt := p.k.Options[p.k.Ladder[n]]
		fmt.Fprintf(&p.b, "  %-12s  %s: %s: %s%s\n", share(e.P), p.k.Players[opt.Player].Name, lowerFirst(opt.Says), p.likelihood(e.P), errorPoints(e.SE))
	}
}

// maxStates is how many states are told.
const maxStates = 10

// states tells the states that hold most often, by everybody's own foresight and
// by the five concepts.
func (p *outlookReport) states() {
	var list []engine.StateShare
	for _, s := range p.o.States {
		if s.Holds > 0 {
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		return
	}
	slices.SortStableFunc(list, func(x, y engine.StateShare) int {
		return cmp.Or(cmp.Compare(tenths(y.EndsHere), tenths(x.EndsHere)), cmp.Compare(tenths(y.Holds), tenths(x.Holds)), cmp.Compare(x.State, y.State))
	})
	more := len(list) - maxStates
	if more > 0 {
		list = list[:maxStates]
	}
	fmt.Fprintln(&p.b, "\nStates that hold, those in which things end most often first")
	wrapped(&p.b, "  ", "The share of the runs that end there; of the worlds in which nobody would leave it, if each looks ahead in its own way; and likewise by each concept of stability. By NASH a player stays if it cannot better itself by one move. By GMR it stays, too, where others could answer such a move so that it gains nothing, at whatever cost to themselves; by SMR where it could not, besides, get out of that by another move. SEQ and SSEQ are like GMR and SMR, but only answers that serve those who give them count.")
	fmt.Fprintf(&p.b, "     %8s %8s", "end", "own way")
	for _, c := range engine.Concepts() {
		fmt.Fprintf(&p.b, " %8s", strings.ToUpper(c.String()))
	}
	fmt.Fprintln(&p.b)
	for n, s := range list {
		fmt.Fprintf(&p.b, "  %2d %8s %8s", n+1, cell(s.EndsHere), cell(s.Holds))
		for _, e := range s.Equilibrium {
			fmt.Fprintf(&p.b, " %8s", cell(e))
		}
		fmt.Fprintln(&p.b)
	}
	for n, s := range list {
		wrapped(&p.b, fmt.Sprintf("  %2d  ", n+1), upperFirst(brief.StateWords(p.k, s.State))+".")
	}
	if more > 0 {
		fmt.Fprintf(&p.b, "  --json gives %s that hold in some world.\n", plural(more, "more state"))
	}
}

// tenths takes off the noise of floating point, so that equal shares stay in
// their order.
func tenths(p float64) float64 { return math.Round(p * 1e9) }

// cell is a share in a table: rounded to five points.
func cell(p float64) string {
	switch s := share(p); s {
	case "none":
		return "–"
	case "all":
		return s
	case "under 5 %":
		return "<5 %"
	case "over 95 %":
		return ">95 %"
	default:
		return strings.TrimPrefix(s, "about ")
	}
}

func (p *outlookReport) matters() {
	o, b := p.o, &p.b
	switch {
	case len(o.Matters) == 0:
		return
	case len(p.k.Outcomes) == 0:
		fmt.Fprintln(b, "\nWhat to find out next")
		wrapped(b, "  ", brief.NoOutcomes)
		return
	}
	fmt.Fprintln(b, "\nWhat to find out next, most telling first")
	matters := slices.Clone(o.Matters)
	slices.SortStableFunc(matters, func(x, y engine.Matter) int {
		switch {
		case x.Bits > y.Bits+1e-12:
			return -1
		case y.Bits > x.Bits+1e-12:
			return 1
		}
		return 0
	})
	for _, m := range matters {
		p.matter(m)
	}
	pair := o.Pair
	if pair == nil || o.Matters[pair.Second].Bits < 1e-9 {
		return
	}
	fmt.Fprintln(b, "\nThe two that tell most, together")
	wrapped(b, "  first:  ", o.Matters[pair.First].Says)
	wrapped(b, "  second: ", o.Matters[pair.Second].Says)
	word := [2]string{"no", "yes"}
	for _, x := range []int{1, 0} {
		for _, y := range []int{1, 0} {
			lead := fmt.Sprintf("      %-13s", word[x]+" and "+word[y]+":")
			if pair.Given[x][y] == nil {
				fmt.Fprintln(b, lead+"the case rules this out")
				continue
			}
			p.answer(lead, pair.Given[x][y], pair.SE[x][y])
		}
	}
	wrapped(b, "      ", brief.PairWords(o))
}

func (p *outlookReport) matter(m engine.Matter) {
	b := &p.b
	if m.Yes == nil || m.No == nil {
		word := "is so"
		if m.Yes == nil {
			word = "is not so"
		}
		fmt.Fprintf(b, "  %s: held to be settled, it %s\n", m.Says, word)
		return
	}
	if from := brief.CredenceWords(p.k, &m); from != "" {
		fmt.Fprintf(b, "  %s (probability %.0f %%)\n", m.Says, m.Credence*100)
		wrapped(b, "      ", from)
	} else {
		fmt.Fprintf(b, "  %s (assumed probability %.0f %%)\n", m.Says, m.Credence*100)
	}
	switch {
	case m.Bits < 1e-9:
		fmt.Fprintln(b, "      makes no difference to the outcome")
		return
	case m.Bits < 2*m.BitsSE:
		fmt.Fprintln(b, "      makes no difference to the outcome that these draws can tell")
		return
	}
	p.answer("      if yes: ", m.Yes, m.YesSE)
	p.answer("      if no:  ", m.No, m.NoSE)
	change := ""
	if m.Changes {
		change = "; the most likely outcome changes"
	}
	if m.BitsSE > 0 {
		fmt.Fprintf(b, "      tells %.2f bits about the outcome (standard error %s)%s\n", m.Bits, brief.SmallWords(m.BitsSE), change)
		return
	}
	fmt.Fprintf(b, "      tells %.2f bits about the outcome%s\n", m.Bits, change)
}

// answer tells the outcomes given an answer, with the largest standard error.
func (p *outlookReport) answer(lead string, list, se []float64) {
	s := brief.OutcomesWords(p.k, list)
	if worst := slices.Max(se); worst > 0 {
		s += " (largest standard error " + pointsOf(worst) + ")"
	}
	wrapped(&p.b, lead, s)
}

func upperFirst(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// share is a probability for people: rounded to five points, but told apart from
// what happens in no run or in every one.
func share(p float64) string {
	switch {
	case p < 1e-9:
		return "none"
	case p > 1-1e-9:
		return "all"
	}
	return brief.Percent(p)
}

func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 1 && r[1] >= 'a' && r[1] <= 'z' || len(r) > 1 && r[1] == ' ' {
		return strings.ToLower(string(r[:1])) + string(r[1:])
	}
	return s
}
