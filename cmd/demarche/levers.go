package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/brief"
	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/engine"
	"github.com/spf13/cobra"
)

func (a *app) leversCommand() *cobra.Command {
	var q desk.LeversQuestion
	var asJSON bool
	var timeout time.Duration
	c := &cobra.Command{
		Use:   "levers CASE",
		Short: "What would make an outcome or a state hold",
		Long: `levers asks what would have to be different for an outcome, or one state, to
hold for everybody: the cheapest sets of the levers that the case declares and of
changes to what players want, with the share of the outcome before and after; what
each player would have to prefer; and, where a state holds, how far that can be off.

States are judged in one world, shares over all. Nothing that rewards a use of
force, or weakens a wish to avoid one, is proposed.`,
		Example: "  demarche levers examples/caribbean --outcome negotiated_exit\n  demarche levers examples/published/syria-iraq-1975.yaml --state 2 --concept seq",
		Args:    exactArgs(1, "CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if q.Config.MaxLevers < 1 || q.Config.MaxChanges < 0 || q.Config.Weighed < 0 || q.States < 1 {
				return usage("give numbers from 1; --changes and --weigh may be 0", "a size of nothing was asked for")
			}
			ctx := cmd.Context()
			if cmd.Flags().Changed("timeout") {
				if timeout <= 0 {
					return usage("give a time above zero, such as 30s, or leave it out", "--timeout %s: there is no time to look for anything", timeout)
				}
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, timeout)
				defer cancel()
			}
			crisis, err := a.open(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if q.Config.MaxChanges == 0 {
				q.Config.MaxChanges = -1
			}
			switch {
			case !cmd.Flags().Changed("weigh"):
				q.Config.Weighed = 0 // as many as the model allows
			case q.Config.Weighed == 0:
				q.Config.Weighed = -1
			}
			show, done := a.progress("looking for levers")
			q.Config.Progress = show
			answer, err := crisis.Levers(ctx, q)
			done()
			if errors.Is(err, context.DeadlineExceeded) {
				return &demarche.Error{
					Kind: demarche.Unavailable, Msg: "the search for levers did not end within " + timeout.String(),
					Hint: "give it more time, or look for smaller sets with --max and --changes", Err: err,
				}
			}
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(a.stdout)
				e.SetEscapeHTML(false)
				e.SetIndent("", " ")
				return e.Encode(desk.NewLeversJSON(crisis.Conflict, answer))
			}
			r := &leversReport{app: a, LeversAnswer: answer, k: crisis.Conflict, q: q}
			return r.write()
		},
	}
	a.caseFlags(c)
	c.Flags().StringVar(&q.Outcome, "outcome", "", "the outcome wanted, by its id in the case")
	c.Flags().StringVar(&q.State, "state", "", "the state wanted: a number, a pattern, or now for the status quo")
	c.Flags().StringVar(&q.Concept, "concept", "", "the concept by which every player stays: nash, gmr, smr, seq or sseq (each player's own foresight if left out)")
	c.Flags().IntVar(&q.Config.MaxLevers, "max", engine.DefaultMaxLevers, "how many declared levers may go together")
	c.Flags().IntVar(&q.Config.MaxChanges, "changes", engine.DefaultMaxChanges, "how many changes to what players want may go together")
	c.Flags().IntVar(&q.Config.Weighed, "weigh", engine.DefaultWeighed, "of how many single changes, cheapest first, to work out the share of the outcome; fewer in large models if left out")
	c.Flags().IntVar(&q.States, "states", desk.DefaultLeverStates, "how many states to look at one by one")
	c.Flags().IntVar(&q.Config.Outlook.Worlds, "worlds", 0, "draw this many worlds instead of weighing all")
	c.Flags().Uint64Var(&q.Config.Outlook.Seed, "seed", 1, "the seed of the draws")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().DurationVar(&timeout, "timeout", 0, "stop after this time, such as 30s")
	c.MarkFlagsMutuallyExclusive("outcome", "state")
	return c
}

// leversReport is what levers prints, in the making.
type leversReport struct {
	*app
	*desk.LeversAnswer
	k *engine.Conflict
	q desk.LeversQuestion
	b strings.Builder
}

// maxPlans is how many plans of a kind are told.
const maxPlans = 8

func (r *leversReport) write() error {
	printWorld(&r.b, r.Model)
	r.wanted()
	r.plans("Declared levers", r.Declared, r.declaredNotes())
	r.plans("Changes to what players want", r.Changes, r.changeNotes())
	for _, d := range r.Details {
		r.state(d)
	}
	if r.Left > 0 {
		fmt.Fprintln(&r.b)
		r.para("", states(r.Left)+" not looked at one by one; --states shows more.")
	}
	fmt.Fprintln(&r.b)
	if s := r.terms(); s != "" {
		r.para("", s)
	}
	if !math.IsNaN(r.P) && !r.Exact {
		worst := r.SE
		for _, p := range slices.Concat(r.Declared, r.Changes) {
			worst = max(worst, p.SE)
		}
		r.para("", fmt.Sprintf("The shares come from %d worlds drawn with seed %d, the same for every change; the largest standard error is %s, and differences are mostly more certain than that.", r.Worlds, r.q.Config.Outlook.Seed, pointsOf(worst)))
	}
	r.para("", "All of this is conditional on the model. A cost is in the units of the case for declared levers; a change to what a player wants costs the number of wishes that it puts another wish before, and giving a wish up counts those that it came before, and one. Shares are rounded to five points; --json gives them exactly.")
	_, err := io.WriteString(r.stdout, r.b.String())
	return err
}

// staysIf says when a state is stable for a player, by
// concept.
var staysIf = map[engine.Concept]string{
	engine.Nash: "no move of its own betters it",
	engine.GMR:  "others could answer every move that betters it so that it would gain nothing, at whatever cost to themselves",
	engine.SMR:  "others could answer every move that betters it so that it would gain nothing, and it could not get out of that by another move",
	engine.SEQ:  "others could answer every move that betters it so that it would gain nothing, by moves that serve those who make them",
	engine.SSEQ: "others could answer every move that betters it so that it would gain nothing, by moves that serve those who make them, and it could not get out of that by another move",
}

// terms explains the terms used of the states looked at.
func (r *leversReport) terms() string {
	if len(r.Details) == 0 {
		return ""
	}
	var parts []string
	for _, c := range engine.Concepts() {
		if slices.Contains(r.Concepts, c) {
			parts = append(parts, "By "+c.Title()+" a state holds for a player if "+staysIf[c]+".")
		}
	}
	return strings.Join(parts, " ") + " A player without a move there is content. A ranking orders all states from best to worst; without ties, no two are liked alike. A swap of neighbours exchanges two that stand next to each other in it."
}

func states(n int) string {
	if n == 1 {
		return "1 further state is"
	}
	return fmt.Sprintf("%d further states are", n)
}

// para writes a paragraph; where the margin ends in a dash, it is an item of a list.
func (r *leversReport) para(margin, text string) {
	for _, line := range wrap(text, min(r.width(), 100)-len(margin)) {
		fmt.Fprintln(&r.b, margin+line)
		margin = strings.Repeat(" ", len(margin))
	}
}

func (r *leversReport) wanted() {
	if r.Outcome >= 0 {
		r.para("", "Wanted: "+r.k.Outcomes[r.Outcome].Says)
	} else {
		s := append(slices.Clone(r.Targets), r.Aside...)[0]
		r.para("", "Wanted: "+r.place(s)+": "+brief.StateWords(r.k, r.Model.States[s]))
	}
	var text string
	total := len(r.Targets) + len(r.Aside)
	switch n := len(r.Holds) + len(r.AsideHolds); {
	case r.Outcome < 0 && n > 0:
		text = "It holds for everybody as things are."
	case r.Outcome < 0:
		text = "It does not hold for everybody as things are."
	default:
		text = fmt.Sprintf("Of the %s with this outcome, %s as things are.", plural(total, "state"), hold(n))
	}
	if !math.IsNaN(r.P) {
		if r.Outcome >= 0 {
			text += " Its share over all worlds: " + share(r.P) + "."
		} else {
			text += " The share of the runs that end in it, over all worlds: " + share(r.P) + "."
		}
	}
	r.para("", text)
	if len(r.Aside) > 0 {
		r.para("", r.aside())
	}
}

// aside tells of the states wanted in which a use of force begins.
func (r *leversReport) aside() string {
	begins := "The state begins"
	switch n := len(r.Aside); {
	case r.Outcome < 0:
	case n == 1 && len(r.Targets) == 0:
		begins = "It begins"
	case n == 1:
		begins = "One of them begins"
	case len(r.Targets) == 0:
		begins = "All of them begin"
	default:
		begins = fmt.Sprintf("%d of them begin", n)
	}
	s := begins + " a use of force that is not made today. Nothing that would bring it about is proposed"
	for _, d := range r.Details {
		switch {
		case !slices.Contains(r.Aside, d.Inverse.State):
		case d.Margin != nil:
			return s + "; what it rests on is told below."
		default:
			return s + "; what holds it back is told below."
		}
	}
	return s + "."
}

func hold(n int) string {
	switch n {
	case 0:
		return "none holds for everybody"
	case 1:
		return "one holds for everybody"
	}
	return fmt.Sprintf("%d hold for everybody", n)
}

func (r *leversReport) place(s int) string {
	return fmt.Sprintf("state %d (%s)", s+1, r.Model.Pattern(r.Model.States[s]))
}

func (r *leversReport) declaredNotes() []string {
	var notes []string
	if len(r.k.Case.Conflict.Levers) == 0 {
		return []string{"The case declares none; see levers under conflict."}
	}
	if len(r.Targets) == 0 {
		return nil
	}
	if n := len(r.Withheld); n > 0 {
		notes = append(notes, fmt.Sprintf("Left out, as what they add rewards a use of force: %s.", plural(n, "declared lever")))
	}
	if offered := len(r.k.Case.Conflict.Levers) - len(r.Withheld); offered > 0 && len(r.Declared) == 0 {
		who, what := "None of them, alone or with others,", "makes"
		if offered == 1 {
			who, what = "The one that can be used", "does not make"
		}
		notes = append(notes, who+" "+what+" "+r.aim()+".")
	}
	if r.q.Config.MaxLevers > engine.ExactSize {
		notes = append(notes, fmt.Sprintf("Every set of up to %d was tried; larger ones extend the best of these only.", engine.ExactSize))
	}
	return notes
}

// aim is what a plan is for, to follow makes.
func (r *leversReport) aim() string {
	switch {
	case math.IsNaN(r.P):
		return "such a state hold"
	case len(r.Holds) > 0:
		return "the share larger"
	}
	return "such a state hold, or the share larger"
}

// whole is a share in a sentence, where "all" and "none" would hang in the air.
func whole(share string) string {
	switch share {
	case "all":
		return "100 %"
	case "none":
		return "zero"
	}
	return share
}

func upTo(n int) string {
	if n == 1 {
		return "one"
	}
	return fmt.Sprintf("up to %d", n)
}

func (r *leversReport) changeNotes() []string {
	var notes []string
	if len(r.Targets) == 0 || r.q.Config.MaxChanges < 0 {
		return nil
	}
	if !slices.ContainsFunc(r.k.Case.Conflict.Players, func(p demarche.Player) bool { return len(p.Prefers) > 0 }) {
		return []string{"No player’s preferences are given as statements, so there are none to change."}
	}
	if len(r.Holds) > 0 && len(r.Changes) == 0 {
		notes = append(notes, "None of the single ones weighed makes the share larger.")
	} else if r.ChangesUpTo < r.q.Config.MaxChanges {
		note := fmt.Sprintf("The search for changes that make a state hold was complete for sets of up to %d; of larger ones some were left out, as they are too many.", r.ChangesUpTo)
		if r.ChangesUpTo == 0 {
			note = "The search for changes that make a state hold left some out, as they are too many."
		}
		notes = append(notes, note)
	} else if len(r.Changes) == 0 {
		note := "No set of " + upTo(r.ChangesUpTo) + " of them makes such a state hold"
		if !math.IsNaN(r.P) {
			note += ", and none of the single ones weighed makes the share larger"
		}
		notes = append(notes, note+".")
	}
	switch {
	case r.Untried > 0 && r.q.Config.Weighed < 0:
		notes = append(notes, "The share under single changes was not worked out; --weigh does that.")
	case r.Untried > 0:
		notes = append(notes, fmt.Sprintf("The share was not worked out for %s, the dearer ones; --weigh does more.", plural(r.Untried, "single change")))
	}
	return notes
}

// plans tells sets of changes, cheapest first.
func (r *leversReport) plans(title string, list []engine.Plan, notes []string) {
	if len(list)+len(notes) == 0 {
		return
	}
	fmt.Fprintf(&r.b, "\n%s\n", title)
	for n, p := range list {
		if n == maxPlans {
			r.para("  ", "and "+further(len(list)-n, "set")+" of changes; --json lists all.")
			break
		}
		line := fmt.Sprintf("Cost %g: ", p.Cost)
		var parts []string
		switch {
		case len(r.Holds) > 0:
		case len(p.Holds) == 1:
			parts = append(parts, r.place(p.Holds[0])+" would hold")
		case len(p.Holds) > 1:
			parts = append(parts, fmt.Sprintf("%d states would hold, such as %s", len(p.Holds), r.place(p.Holds[0])))
		default:
			parts = append(parts, "no state would hold in this world")
		}
		if !math.IsNaN(p.P) {
			switch before, after := share(r.P), share(p.P); {
			case math.Abs(p.P-r.P) < 1e-9:
				parts = append(parts, "the share stays")
			case before == after && p.P > r.P:
				parts = append(parts, "the share rises by less than five points")
			case before == after:
				parts = append(parts, "the share falls by less than five points")
			default:
				parts = append(parts, fmt.Sprintf("the share goes from %s to %s", whole(before), whole(after)))
			}
		}
		r.para("  ", line+strings.Join(parts, "; "))
		for n := range p.Changes {
			r.para("    - ", brief.ChangeWords(r.k, p.Changes, n)+".")
		}
	}
	for _, note := range notes {
		r.para("  ", note)
	}
}

// state tells what players would have to prefer for one state.
func (r *leversReport) state(d desk.LeverState) {
	m, s := r.Model, d.Inverse.State
	title := "What it would take"
	if d.Margin != nil {
		title = "What it rests on"
	}
	fmt.Fprintln(&r.b)
	r.para("", title+": "+r.place(s))
	r.para("  ", "There, "+brief.StateWords(r.k, m.States[s])+".")
	for _, demand := range d.Inverse.Demands {
		if len(demand.Clauses) == 0 {
			continue // holds whatever the player prefers
		}
		for n, sentence := range brief.DemandWords(m, s, demand) {
			if n == 0 {
				r.para("  ", sentence.Text)
			} else {
				r.para("    - ", sentence.Text)
			}
		}
	}
	if slices.Contains(r.Aside, s) {
		d.Inverse.Nearest = nil // no way to bring about a use of force is told
	}
	for _, sentence := range brief.JointWords(m, d.Inverse) {
		r.para("  ", sentence.Text)
	}
	if d.Margin != nil {
		for _, sentence := range brief.MarginWords(m, d.Margin) {
			r.para("  ", sentence.Text)
		}
	}
}
