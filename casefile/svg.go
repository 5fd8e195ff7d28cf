package casefile

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/demarche/demarche/engine"
)

// Limits on a picture that a person can read.
const (
	maxDrawnStates = 200
	maxDrawnMoves  = 150 // with moves that are no improvements
	maxDrawnGains  = 4000
)

// Players are told apart by a colour and, as colours alone do not do, by a
// pattern of dashes. The colours are those of Okabe and Ito (2008), which people
// with any colour vision can tell apart, made darker for light backgrounds and
// lighter for dark ones.
var (
	lightColours = []string{"#0057a3", "#b34700", "#00714f", "#9c3a78", "#7a5c00", "#1f6f8b"}
	darkColours  = []string{"#5bb0f0", "#ff9d4d", "#3fd0a0", "#ee9ccb", "#e8c840", "#8fd3ea"}
	dashes       = []string{"", "7 4", "2 3", "11 3 2 3", "14 5", "5 2 1 2 1 2"}
)

// svg draws the state graph: a column for each number of moves from the status
// quo, or of options taken where there is none; a box for each state, with a
// double frame and a bold = where it is an equilibrium under SEQ; an arrow for
// each improvement, and, where these are few, a thin line for every other move.
func (x *exporter) svg() ([]byte, error) {
	m, err := x.model()
	if err != nil {
		return nil, err
	}
	if n := len(m.States); n > maxDrawnStates {
		return nil, x.fail(x.Case.Conflict.At, "write it as graphml and draw it with a program for large graphs, or add rules for combinations that cannot be",
			"the model has %d states; a picture with more than %d cannot be read", n, maxDrawnStates)
	}
	ctx := context.Background()
	st, err := m.Stability(ctx, engine.Concepts()...)
	if err != nil {
		return nil, err
	}
	d := &drawing{exporter: x, m: m, st: st, start: -1}
	if at, err := m.Start(); err == nil {
		d.start = at
	}
	if err := d.layers(ctx); err != nil {
		return nil, err
	}
	return d.draw(), nil
}

type drawing struct {
	*exporter
	m     *engine.Model
	st    *engine.Stability
	start int
	layer []int // of each state
	heads []string
	x, y  []float64 // the middle of each state's box
	wide  float64
	b     bytes.Buffer
}

const (
	boxHigh, rowGap, columnGap, margin = 40.0, 26.0, 110.0, 28.0
	letterWide                         = 8.2
	legendRow                          = 22.0
)

// layers puts every state into a column.
func (d *drawing) layers(ctx context.Context) error {
	d.layer = make([]int, len(d.m.States))
	far := 0
	switch {
	case d.start >= 0:
		reach, err := d.m.ByMoves(ctx, d.start)
		if err != nil {
			return err
		}
		for s, n := range reach.Steps {
			d.layer[s] = int(n)
			far = max(far, int(n))
		}
		for n := range far + 1 {
			d.heads = append(d.heads, count(n, "move")+" away")
		}
		d.heads[0] = "today"
		if slices.Contains(d.layer, -1) {
			d.heads = append(d.heads, "out of reach")
			for s := range d.layer {
				if d.layer[s] < 0 {
					d.layer[s] = far + 1
				}
			}
		}
	case d.k.HasGraph():
		side := max(1, int(math.Sqrt(float64(len(d.layer)))))
		for s := range d.layer {
			d.layer[s] = s / side
			far = d.layer[s]
		}
		d.heads = make([]string, far+1)
	default:
		for s, state := range d.m.States {
			d.layer[s] = bits.OnesCount64(state & d.k.Fixed(state))
			far = max(far, d.layer[s])
		}
		for n := range far + 1 {
			d.heads = append(d.heads, count(n, "option")+" taken")
		}
	}
	return nil
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// bulge is how far an arc within a column swings out of it, at most.
const bulge = 60

// place gives every state its box: columns from left to right, in each the
// states in an order that keeps neighbours level (the median of their
// neighbours' places, in two passes; Sugiyama, Tagawa and Toda 1981).
func (d *drawing) place(list []move) (width, height float64) {
	columns := make([][]int, len(d.heads))
	for s, n := range d.layer {
		columns[n] = append(columns[n], s)
	}
	row := make([]float64, len(d.layer))
	rows := func(c []int) {
		for k, s := range c {
			row[s] = float64(k) - float64(len(c)-1)/2
		}
	}
	for _, c := range columns {
		rows(c)
	}
	near := make([][]int, len(d.layer))
	for _, a := range list {
		near[a.from], near[a.to] = append(near[a.from], a.to), append(near[a.to], a.from)
	}
	for pass := range 4 {
		for n := range columns {
			c := columns[n]
			if pass%2 == 1 {
				c = columns[len(columns)-1-n]
			}
			median := map[int]float64{}
			for _, s := range c {
				var at []float64
				for _, t := range near[s] {
					if d.layer[t] != d.layer[s] {
						at = append(at, row[t])
					}
				}
				slices.Sort(at)
				median[s] = row[s]
				if len(at) > 0 {
					median[s] = at[len(at)/2]
				}
			}
			slices.SortStableFunc(c, func(a, b int) int {
				switch {
				case median[a] < median[b]:
					return -1
				case median[a] > median[b]:
					return 1
				}
				return 0
			})
			rows(c)
		}
	}
	most, letters := 1, 0
	for _, c := range columns {
		most = max(most, len(c))
	}
	for s, state := range d.m.States {
		letters = max(letters, utf8.RuneCountInString(d.label(s, state)))
	}
	d.wide = max(90, float64(letters)*letterWide+44)
	d.x, d.y = make([]float64, len(d.layer)), make([]float64, len(d.layer))
	height = float64(most)*(boxHigh+rowGap) + 2*margin
	for s := range d.layer {
		d.x[s] = margin + d.wide/2 + float64(d.layer[s])*(d.wide+columnGap)
		d.y[s] = margin + 24 + height/2 - margin + row[s]*(boxHigh+rowGap)
	}
	return 2*margin + float64(len(columns))*(d.wide+columnGap) - columnGap, height + 24
}

// label is the number and the pattern or name of a state; long names are cut.
func (d *drawing) label(s int, state uint64) string {
	text := fmt.Sprintf("%d  %s", s+1, d.m.Pattern(state))
	if runes := []rune(text); len(runes) > 40 {
		text = string(runes[:39]) + "…"
	}
	return text
}

func (d *drawing) line(format string, args ...any) { fmt.Fprintf(&d.b, format+"\n", args...) }

func (d *drawing) draw() []byte {
	all, whole := moves(d.m, maxGraphMoves)
	var list []move
	others := whole && len(all) <= maxDrawnMoves
	left := 0
	for _, a := range all {
		switch {
		case a.better && len(list) < maxDrawnGains || others:
			list = append(list, a)
		case a.better:
			left++
		}
	}
	width, height := d.place(list)
	width += bulge // arcs within the last column swing out to its right
	notes := d.notes(others, left)
	legend := height + 6
	rows := len(d.m.Players) + len(notes) + 1
	width = max(width, 620)
	total := legend + float64(rows)*legendRow + margin

	d.line(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="14">`, width, total, width, total)
	d.line(`<title id="t">States and moves: %s</title>`, escaped(d.Case.Title))
	d.line(`<desc id="d">%s</desc>`, escaped(d.describe(all)))
	d.style()
	d.line(`<rect class="ground" width="100%%" height="100%%"/>`)
	for n, head := range d.heads {
		d.line(`<text class="soft" text-anchor="middle" x="%.1f" y="%.1f">%s</text>`, margin+d.wide/2+float64(n)*(d.wide+columnGap), margin, escaped(head))
	}
	for _, a := range list {
		d.arrow(a)
	}
	for s := range d.m.States {
		d.box(s)
	}
	y := legend + legendRow
	for i, p := range d.m.Players {
		d.line(`<path class="p%d" d="M%.1f %.1fh60" marker-end="url(#a%d)"/><text x="%.1f" y="%.1f">%s</text>`, i%len(dashes), margin, y-5, i%len(dashes), margin+76, y, escaped("better for "+p.Name+", who moves"))
		y += legendRow
	}
	for _, note := range notes {
		d.line(`<text class="soft" x="%.1f" y="%.1f">%s</text>`, margin, y, escaped(note))
		y += legendRow
	}
	d.line(`</svg>`)
	return d.b.Bytes()
}

// notes are the sentences under the picture.
func (d *drawing) notes(others bool, left int) []string {
	out := []string{"Double frame and =: an equilibrium under sequential stability (SEQ); nobody has a reason to leave it."}
	if d.start >= 0 {
		out = append(out, "Thick frame: the status quo.")
	}
	if others {
		out = append(out, "Thin lines: moves that do not make the one who moves better off.")
	} else {
		out = append(out, "Moves that do not make the one who moves better off are left out.")
	}
	if left > 0 {
		out = append(out, fmt.Sprintf("%d more moves are left out.", left))
	}
	if len(d.m.Players) > len(dashes) {
		out = append(out, "There are more players than kinds of lines; point at a line to see whose move it is.")
	}
	return out
}

func (d *drawing) describe(all []move) string {
	var stay []string
	for s := range d.seq().All {
		stay = append(stay, fmt.Sprintf("%d (%s)", s+1, d.m.Pattern(d.m.States[s])))
	}
	text := fmt.Sprintf("%s, %s, %s.", count(len(d.m.Players), "player"), count(len(d.m.States), "state"), count(len(all), "move"))
	if len(stay) == 0 {
		return text + " No state is an equilibrium under sequential stability."
	}
	return text + " Equilibria under sequential stability: " + strings.Join(stay, ", ") + "."
}

func (d *drawing) seq() engine.Set {
	return d.st.Equilibria[slices.Index(d.st.Concepts, engine.SEQ)]
}

func (d *drawing) style() {
	d.line(`<style>`)
	d.line(`.ground{fill:#fff}text{fill:#1a1a1a}.soft{fill:#555}.box{fill:#f4f4f4;stroke:#1a1a1a}.frame{fill:none;stroke:#1a1a1a}`)
	d.line(`path{fill:none;stroke-width:1.8}.thin{stroke-width:.8;opacity:.6}`)
	for i, c := range lightColours {
		d.line(`.p%d{stroke:%s;stroke-dasharray:%s}.m%d{fill:%s}`, i, c, dashOr(dashes[i]), i, c)
	}
	d.line(`@media (prefers-color-scheme:dark){.ground{fill:#16181c}text{fill:#f0f0f0}.soft{fill:#b5b5b5}.box{fill:#24272d;stroke:#f0f0f0}.frame{stroke:#f0f0f0}`)
	for i, c := range darkColours {
		d.line(`.p%d{stroke:%s}.m%d{fill:%s}`, i, c, i, c)
	}
	d.line(`}`)
	d.line(`</style>`)
	d.line(`<defs>`)
	for i := range dashes {
		d.line(`<marker id="a%d" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path class="m%d" style="stroke:none" d="M0 0L10 5L0 10z"/></marker>`, i, i)
	}
	d.line(`</defs>`)
}

func dashOr(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// arrow draws a move: between columns from edge to edge, within a column in a bow
// to the right.
func (d *drawing) arrow(a move) {
	kind := a.player % len(dashes)
	x1, y1, x2, y2 := d.x[a.from], d.y[a.from], d.x[a.to], d.y[a.to]
	half := d.wide / 2
	shift := float64(a.player%5-2) * 5 // so that moves of several players do not hide one another
	var path string
	switch {
	case d.layer[a.from] == d.layer[a.to]:
		bow := 30 + math.Abs(y2-y1)/6 + float64(a.player%5)*6
		path = fmt.Sprintf("M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f", x1+half, y1+shift, x1+half+bow, y1+shift, x2+half+bow, y2+shift, x2+half+2, y2+shift)
	case x1 < x2:
		path = fmt.Sprintf("M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f", x1+half, y1+shift, x1+half+columnGap/2, y1+shift, x2-half-columnGap/2, y2+shift, x2-half-2, y2+shift)
	default:
		path = fmt.Sprintf("M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f", x1-half, y1+shift, x1-half-columnGap/2, y1+shift, x2+half+columnGap/2, y2+shift, x2+half+2, y2+shift)
	}
	says := fmt.Sprintf("%s moves from state %d to %d", d.m.Players[a.player].Name, a.from+1, a.to+1)
	if !a.better {
		d.line(`<path class="p%d thin" d="%s"><title>%s</title></path>`, kind, path, escaped(says))
		return
	}
	d.line(`<path class="p%d" marker-end="url(#a%d)" d="%s"><title>%s</title></path>`, kind, kind, path, escaped(says+", which it prefers"))
}

func (d *drawing) box(s int) {
	state := d.m.States[s]
	left, top := d.x[s]-d.wide/2, d.y[s]-boxHigh/2
	stroke := 1.2
	if s == d.start {
		stroke = 3
	}
	d.line(`<g><title>%s</title>`, escaped(fmt.Sprintf("State %d: %s", s+1, d.words(state))))
	d.line(`<rect class="box" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="6" stroke-width="%.1f"/>`, left, top, d.wide, boxHigh, stroke)
	label := d.label(s, state)
	if d.seq().Has(s) {
		d.line(`<rect class="frame" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="3"/>`, left+4, top+4, d.wide-8, boxHigh-8)
		label += " ="
	}
	d.line(`<text text-anchor="middle" x="%.1f" y="%.1f" font-family="ui-monospace, monospace">%s</text></g>`, d.x[s], d.y[s]+5, escaped(label))
}
