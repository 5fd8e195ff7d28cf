package engine

import (
	"context"
	"fmt"
	"math"

	"github.com/demarche/demarche"
)

// StabilityOptions are what concepts beyond the main five need to be told. The
// zero value is what Model.Stability takes.
type StabilityOptions struct {
	// Leader is the player who leads under Stackelberg, which needs one.
	Leader *int
	// Each is the concept of every player under Mixed; if empty, their own
	// foresights. It may not hold Mixed or a concept that is about coalitions.
	Each []Concept
	// Coalition asks the coalition concepts about one coalition alone; if empty,
	// about every coalition. Pareto counts as an improvement of a coalition what
	// harms no member and helps one.
	Coalition []int
	Pareto    bool
	// NoReturn says that a return to the state left, or to the one moved to, is
	// no sanction (the matrix form). It leaves alone relational and coalition
	// concepts, whose definitions name the state left among the sanctions.
	NoReturn bool
	// Preference, if given, is the probability that player i prefers t to s, for
	// fuzzy and probabilistic concepts and for unknown preference; if nil, the
	// case's unsure entries say it.
	Preference func(i, s, t int) float64
	// Threshold is γ_i of fuzzy preference by player, each above 0 and at most
	// 1; if empty, DefaultCertainty for all.
	Threshold []float64
	// Alpha, Beta and Gamma are those of probabilistic preference, each above 0
	// and at most 1; 0 means DefaultCertainty.
	Alpha, Beta, Gamma float64
	// Attitudes[i][j] is how i is disposed towards j; if empty, every player is
	// positive towards itself and neutral towards others.
	Attitudes [][]Attitude
	// MaxStates bounds the size of models for concepts beyond the main five; 0
	// means MaxGameStates.
	MaxStates int
}

func bad(hint, format string, args ...any) error {
	return &demarche.Error{Kind: demarche.Usage, Msg: fmt.Sprintf(format, args...), Hint: hint}
}

// check reports options that cannot be meant, and fills in what was left out.
func (o *StabilityOptions) check(m *Model) error {
	n := len(m.Players)
	if o.Leader != nil && (*o.Leader < 0 || *o.Leader >= n) {
		return bad("players are counted from 0", "there is no player %d to lead", *o.Leader)
	}
	if len(o.Each) > 0 && len(o.Each) != n {
		return bad("name one concept for each player", "%d concepts are given for %d players", len(o.Each), n)
	}
	if len(o.Each) == 0 {
		o.Each = make([]Concept, n)
		for i, p := range m.Players {
			o.Each[i] = p.Foresight
		}
	}
	for _, c := range o.Each {
		if f := c.form().family; f == mixedFamily || f == coalitionFamily {
			return bad("choose concepts about one player", "%s cannot be one player's concept among others", c)
		}
	}
	seen := uint64(0)
	for _, i := range o.Coalition {
		if i < 0 || i >= n || i > 62 || seen>>i&1 == 1 {
			return bad("name each member once; players are counted from 0", "the coalition cannot hold player %d", i)
		}
		seen |= 1 << i
	}
	if len(o.Coalition) == 0 {
		o.Coalition = nil
	}
	if len(o.Threshold) > 0 && len(o.Threshold) != n {
		return bad("give one threshold for each player", "%d thresholds are given for %d players", len(o.Threshold), n)
	}
	if len(o.Threshold) == 0 {
		o.Threshold = make([]float64, n)
		for i := range o.Threshold {
			o.Threshold[i] = DefaultCertainty
		}
	}
	for _, v := range []*float64{&o.Alpha, &o.Beta, &o.Gamma} {
		if *v == 0 {
			*v = DefaultCertainty
		}
	}
	for _, v := range append([]float64{o.Alpha, o.Beta, o.Gamma}, o.Threshold...) {
		if math.IsNaN(v) || v <= 0 || v > 1 {
			return bad("thresholds lie above 0 and are at most 1", "%v is no threshold", v)
		}
	}
	if len(o.Attitudes) == 0 {
		o.Attitudes = make([][]Attitude, n)
		for i := range o.Attitudes {
			o.Attitudes[i] = make([]Attitude, n)
			o.Attitudes[i][i] = Positive
		}
	}
	for _, row := range o.Attitudes {
		if len(o.Attitudes) != n || len(row) != n {
			return bad("give one row for each player, with one attitude towards each", "the attitudes are not %d by %d", n, n)
		}
		for _, e := range row {
			if e < Negative || e > Positive {
				return bad("attitudes are -1, 0 or 1", "%d is no attitude", e)
			}
		}
	}
	return nil
}

// Applicable are the concepts, of EveryConcept, that can be asked of the model
// with these options: Stackelberg needs a leader, simultaneous sanctions
// options, and hypergames somebody's own view.
func (m *Model) Applicable(o StabilityOptions) []Concept {
	var out []Concept
	for _, c := range EveryConcept() {
		switch c.form().family {
		case stackelbergFamily:
			if o.Leader == nil {
				continue
			}
		case simultaneousFamily:
			if !m.optionForm() {
				continue
			}
		case hyperFamily:
			if !m.HasPerceptions() {
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

// StabilityWith finds the stable states of every player under each concept. The
// main five take linear time; the others are worked out on lists of moves, which
// is refused, before it begins, for models too large for it. It stops early, with
// ctx's error, when ctx ends.
func (m *Model) StabilityWith(ctx context.Context, o StabilityOptions, concepts ...Concept) (*Stability, error) {
	if err := o.check(m); err != nil {
		return nil, err
	}
	out := &Stability{Concepts: concepts, Stable: make([][]Set, len(concepts)), Equilibria: make([]Set, len(concepts))}
	a := &analysis{Model: m, ctx: ctx, o: o, hyper: map[Concept]*Hypergame{}, coal: map[bool]*coalitions{}}
	if err := a.mains(out); err != nil {
		return nil, err
	}
	for n, c := range concepts {
		if out.Stable[n] != nil {
			continue
		}
		var err error
		if out.Stable[n], err = a.stable(c); err != nil {
			return nil, err
		}
	}
	for n := range concepts {
		all := NewSet(len(m.States))
		all.fill(len(m.States))
		for _, set := range out.Stable[n] {
			all.keep(set)
		}
		out.Equilibria[n] = all
	}
	return out, ctx.Err()
}

// analysis is one question about several concepts: what they share is made once,
// when first needed.
type analysis struct {
	*Model
	ctx   context.Context
	o     StabilityOptions
	plain *judge // certain preferences
	doubt *judge // unknown and graded preferences
	hyper map[Concept]*Hypergame
	coal  map[bool]*coalitions // by whether answers must be credible
}

// mains answers for the main concepts in linear time.
func (a *analysis) mains(out *Stability) error {
	if a.o.NoReturn && !a.matrixForm {
		return nil // the lists know about returns
	}
	var mains []Concept
	for _, c := range out.Concepts {
		if c.Main() {
			mains = append(mains, c)
		}
	}
	if len(mains) == 0 {
		return nil
	}
	st, err := a.Stability(a.ctx, mains...)
	if err != nil {
		return err
	}
	at := 0
	for n, c := range out.Concepts {
		if c.Main() {
			out.Stable[n] = st.Stable[at]
			at++
		}
	}
	return nil
}

// certain is the judge of certain preferences.
func (a *analysis) certain() (*judge, error) {
	if a.plain == nil {
		g, err := a.game(a.ctx, a.o.MaxStates)
		if err != nil {
			return nil, err
		}
		a.plain = newJudge(a.ctx, g)
	}
	return a.plain, nil
}

// uncertain is the judge of unknown and graded preferences.
func (a *analysis) uncertain() (*judge, error) {
	if a.doubt == nil {
		j, err := a.certain()
		if err != nil {
			return nil, err
		}
		g, err := j.doubted(a.ctx, a.o.Preference)
		if err != nil {
			return nil, err
		}
		a.doubt = newJudge(a.ctx, g)
	}
	return a.doubt, nil
}

// reading is what a concept takes improvements and sanctions to be, and the
// judge for it; ok is false where the concept is not of that form.
func (a *analysis) reading(c Concept) (j *judge, r reading, ok bool, err error) {
	f := c.form()
	switch f.family {
	case mainFamily, strengthFamily, attitudeFamily:
		j, err = a.certain()
	case unknownFamily, fuzzyFamily, probableFamily:
		j, err = a.uncertain()
	default:
		return nil, reading{}, false, nil
	}
	if err != nil {
		return nil, reading{}, true, err
	}
	switch f.family {
	case mainFamily:
		r = j.classical()
	case strengthFamily:
		r = j.strong(max(f.grade, -f.grade))
	case attitudeFamily:
		r = j.relational(a.o.Attitudes)
	case unknownFamily:
		r = j.extension(f.extension)
	case fuzzyFamily:
		r = j.fuzzy(a.o.Threshold)
	case probableFamily:
		r = j.probable(a.o.Alpha, a.o.Beta, a.o.Gamma)
	}
	r.noReturn = (a.o.NoReturn || a.matrixForm) && f.family != attitudeFamily
	return j, r, true, j.prepare(f.base, r)
}

// stable is, for every player, what is stable under a concept.
func (a *analysis) stable(c Concept) ([]Set, error) {
	f := c.form()
	j, r, ok, err := a.reading(c)
	if err != nil {
		return nil, err
	}
	if ok {
		out, err := a.everyone(j, f.base, r)
		if err == nil && f.grade < 0 {
			err = a.weaken(out, f.base)
		}
		return out, err
	}
	if j, err = a.certain(); err != nil {
		return nil, err
	}
	switch f.family {
	case simultaneousFamily:
		return a.together(j, c)
	case limitedFamily:
		if c == NonMyopic {
			return j.nonMyopic(a.ctx)
		}
		return j.limitedMove(a.ctx, c.moves())
	case stackelbergFamily:
		return a.led(j)
	case mixedFamily:
		return a.mixed()
	case coalitionFamily:
		v, err := a.coalitions(c)
		if err != nil {
			return nil, err
		}
		return v.all(f.base, a.o.Coalition)
	}
	h, err := a.hypergame(f.base)
	if err != nil {
		return nil, err
	}
	out := make([]Set, len(a.Players))
	for i := range out {
		out[i] = h.Stable[i][i]
	}
	return out, nil
}

func (a *analysis) everyone(j *judge, base Concept, r reading) ([]Set, error) {
	out, errs := make([]Set, j.players), make([]error, j.players)
	each(j.players, func(i int) { out[i], errs[i] = j.focal(i).stable(base, r) })
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// weaken turns what is strongly stable into what is weakly stable: stable, but
// not strongly.
func (a *analysis) weaken(strong []Set, base Concept) error {
	st, err := a.StabilityWith(a.ctx, StabilityOptions{NoReturn: a.o.NoReturn, MaxStates: a.o.MaxStates}, base)
	if err != nil {
		return err
	}
	for i := range strong {
		for w := range strong[i] {
			strong[i][w] = st.Stable[0][i][w] &^ strong[i][w]
		}
	}
	return nil
}

// together is SIM and SEQSIM.
func (a *analysis) together(j *judge, c Concept) ([]Set, error) {
	v, err := j.simultaneous()
	if err != nil {
		return nil, err
	}
	out, errs := make([]Set, j.players), make([]error, j.players)
	each(j.players, func(i int) { out[i], errs[i] = v.stable(a.ctx, i) })
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	if c == SEQorSIM {
		st, err := a.StabilityWith(a.ctx, StabilityOptions{NoReturn: a.o.NoReturn, MaxStates: a.o.MaxStates}, SEQ)
		if err != nil {
			return nil, err
		}
		for i := range out {
			out[i].join(st.Stable[0][i])
		}
	}
	return out, nil
}

// led is Stackelberg stability.
func (a *analysis) led(j *judge) ([]Set, error) {
	if a.o.Leader == nil {
		return nil, bad("say who leads", "Stackelberg stability needs a leader")
	}
	out, err := j.limitedMove(a.ctx, 1)
	if err != nil {
		return nil, err
	}
	leading, err := j.limitedMove(a.ctx, 2)
	if err != nil {
		return nil, err
	}
	out[*a.o.Leader] = leading[*a.o.Leader]
	return out, nil
}

// mixed is stability for each player under its own concept.
func (a *analysis) mixed() ([]Set, error) {
	out := make([]Set, len(a.Players))
	done := map[Concept][]Set{}
	for i, c := range a.o.Each {
		if done[c] == nil {
			st, err := a.StabilityWith(a.ctx, a.o, c)
			if err != nil {
				return nil, err
			}
			done[c] = st.Stable[0]
		}
		out[i] = done[c][i]
	}
	return out, nil
}

func (a *analysis) coalitions(c Concept) (*coalitions, error) {
	kind := c.Base().credible()
	if a.coal[kind] == nil {
		j, err := a.certain()
		if err != nil {
			return nil, err
		}
		v, err := j.coalitions(a.ctx, c, a.o.Coalition, a.o.Pareto)
		if err != nil {
			return nil, err
		}
		a.coal[kind] = v
	}
	return a.coal[kind], nil
}

func (a *analysis) hypergame(base Concept) (*Hypergame, error) {
	if a.hyper[base] == nil {
		j, err := a.certain()
		if err != nil {
			return nil, err
		}
		if a.hyper[base], err = j.hypergame(a.ctx, base, a.o.NoReturn); err != nil {
			return nil, err
		}
	}
	return a.hyper[base], nil
}
