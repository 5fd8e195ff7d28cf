package casefile

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/engine"
)

// runs is how many random models a test tries: more under soak.
func runs(test, soak int) uint64 {
	if os.Getenv("DEMARCHE_SOAK") == "1" {
		return uint64(soak)
	}
	return uint64(test)
}

const smallGMCR = `{
 "program": "gmcr-py", "version": "0.4.1",
 "options": [{"name": "Strike", "permittedDirection": "fwd"}, {"name": "Talk", "permittedDirection": "both"}, {"name": "Yield", "permittedDirection": "back"}],
 "decisionMakers": [
  {"name": "Ann", "options": [2, 0], "preferences": [[[2, "Y"]], {"compound": true, "members": [[[0, "N"], [1, "Y"]], [[1, "N"]]]}], "misperceptions": [[[1, "Y"], [0, "Y"]]], "payoffs": [9, 9]},
  {"name": "Bob", "options": [1, 0], "preferences": []}
 ],
 "infeasibles": [[[0, "Y"], [2, "Y"]]],
 "useManualPreferenceRanking": false
}`

func imported(t testing.TB, text string) *File {
	t.Helper()
	f, err := ImportGMCR("small.gmcr", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return f
}

func modelOf(t testing.TB, c *demarche.Case) *engine.Model {
	t.Helper()
	k, err := engine.Compile(c, engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := k.In(k.Typical())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestImportGMCR(t *testing.T) {
	f := imported(t, smallGMCR)
	m := f.Case.Conflict
	if f.Case.Title != "small" || len(m.Players) != 2 || m.Players[0].ID != "ann" || m.Players[0].Name != "Ann" {
		t.Fatalf("%s", f.Bytes())
	}
	// Ann's own order; the shared option is listed under the first who has it.
	ann, bob := m.Players[0], m.Players[1]
	if len(ann.Options) != 2 || ann.Options[0].ID != "yield" || ann.Options[0].Says != "Yield" || ann.Options[0].Moves != "back" ||
		ann.Options[1].ID != "strike" || !ann.Options[1].Once || len(ann.Options[1].SharedWith) != 1 || ann.Options[1].SharedWith[0].Name != "bob" {
		t.Fatalf("%+v", ann.Options)
	}
	if len(bob.Options) != 1 || bob.Options[0].Once || bob.Options[0].Moves != "" || len(bob.Prefers) != 0 {
		t.Fatalf("%+v", bob)
	}
	if got := []string{ann.Prefers[0].Want.Text, ann.Prefers[1].Want.Text, m.Rules[0].Never.Text, m.Hidden[0].States[0].Text}; !slices.Equal(got, []string{
		"ann.yield", "(not ann.strike and bob.talk) or not bob.talk", "ann.strike and ann.yield", "bob.talk and ann.strike"}) {
		t.Fatalf("%q", got)
	}
	if len(modelOf(t, f.Case).States) != 6 || f.Coalitions() != nil {
		t.Fatal("states or coalitions")
	}
	for _, w := range f.Warnings {
		if strings.Contains(w.Msg, "payoffs") {
			t.Error(w)
		}
	}
}

// TestGMCRHazards changes one thing about a file at a time.
func TestGMCRHazards(t *testing.T) {
	// Feasible states in the order of the format, options 2, 0, 1 as bits 0, 1, 2:
	// yield strike talk = 0 NNN, 1 YNN, 2 NYN, 4 NNY, 5 YNY, 6 NYY; numbers 1 to 6.
	rank := strings.Replace(smallGMCR, `"useManualPreferenceRanking": false`, `"useManualPreferenceRanking": true`, 1)
	rank = strings.Replace(rank, `"preferences": []`, `"preferences": [], "preferenceRanking": [6, 5, 4, 3, [1, 2]]`, 1)
	rank = strings.Replace(rank, `"payoffs": [9, 9]`, `"preferenceRanking": [2, [4, 1], 3, 5, 6], "payoffs": [9, 9]`, 1)
	want := map[string]string{"YNN": "6 1", "NNN": "5 1", "NNY": "5 3", "NYN": "4 2", "YNY": "3 4", "NYY": "2 5"}
	check := func(what, text string) {
		t.Helper()
		m := modelOf(t, imported(t, text).Case)
		for s, state := range m.States {
			if got := fmt.Sprint(m.Rank[0][s]+2, m.Rank[1][s]+1); got != want[m.Pattern(state)] {
				t.Errorf("%s: %s ranks %s, want %s", what, m.Pattern(state), got, want[m.Pattern(state)])
			}
		}
	}
	check("as it is", rank)
	check("old names", strings.NewReplacer("useManualPreferenceRanking", "useManualPreferenceVectors", "preferenceRanking", "preferenceVector").Replace(rank))
	check("no version", strings.Replace(rank, `"version": "0.4.1",`, "", 1))
	check("keys of the drawing", strings.Replace(rank, `"program"`, `"nodes": [{"id": 0}], "coalitionsFull": [], "program"`, 1))
	check("a byte-order mark", "\ufeff"+rank)
	check("on one line", strings.ReplaceAll(rank, "\n", " "))
	check("other payoffs", strings.Replace(rank, "[9, 9]", `"any"`, 1))
	// The keys in another order.
	body := strings.TrimSuffix(strings.TrimPrefix(rank, "{"), "}")
	at := strings.Index(body, `"infeasibles"`)
	tail := strings.TrimSpace(body[at:])
	check("keys in another order", "{"+tail+","+strings.TrimSuffix(strings.TrimSpace(body[:at]), ",")+"}")
	check("compound alone", strings.Replace(rank, `"compound": true, `, "", 1))

	f := imported(t, strings.Replace(smallGMCR, `"infeasibles"`, `"coalitions": [[0, 1]], "infeasibles"`, 1))
	if got := f.Coalitions(); !reflect.DeepEqual(got, [][]string{{"ann", "bob"}}) {
		t.Errorf("coalitions %v", got)
	}
	if text := exported(t, f, GMCR, false); !strings.Contains(strings.Join(strings.Fields(text), ""), `"coalitions":[[0,1]]`) {
		t.Errorf("the coalitions are gone: %s", text)
	}
	for _, bad := range []string{`[0]`, `[0, 0, 1]`, `[[0, 1], 2]`, `7`, `[["x"], 0, 1]`} {
		f := imported(t, strings.Replace(smallGMCR, `"infeasibles"`, `"coalitions": `+bad+`, "infeasibles"`, 1))
		if f.Coalitions() != nil || !slices.ContainsFunc(f.Warnings, func(e *demarche.Error) bool { return strings.Contains(e.Msg, "coalitions does not name") }) {
			t.Errorf("coalitions %s: %v", bad, f.Coalitions())
		}
	}

	// Names may be any text, ids are each other's like once.
	names := `{"options": [{"name": "Да, 是!"}, {"name": "да 是"}, {"name": "not"}, {"name": " "}, {"name": "1: \"x\" # '\\ \u0007"}],
 "decisionMakers": [{"name": "yes", "options": [0, 1, 2]}, {"name": "yes", "options": [3]}, {"name": "", "options": [4]}], "infeasibles": [], "useManualPreferenceRanking": false}`
	f = imported(t, names)
	m := f.Case.Conflict
	var ids []string
	for _, p := range m.Players {
		for _, o := range p.Options {
			ids = append(ids, p.ID+"."+o.ID+"="+o.Says)
		}
	}
	if !slices.Equal(ids, []string{"yes.да_是=Да, 是!", "yes.да_是_2=да 是", "yes.o3=not", "yes_2.o1=Option 4", "decision_maker_3.x=1: \"x\" # '\\"}) {
		t.Errorf("%q", ids)
	}

	// Options of nobody keep their number: here they are bits 0 and 2.
	orphan := `{"options": [{"name": "a"}, {"name": "b"}, {"name": "c"}], "decisionMakers": [{"name": "P", "options": [1], "preferenceRanking": [2, 1, 3, 4, 5, 6, 7, 8]}],
 "infeasibles": [], "useManualPreferenceRanking": true}`
	f = imported(t, orphan)
	model := modelOf(t, f.Case)
	if f.Case.Conflict.Players[1].ID != "nobody" {
		t.Fatalf("%s", f.Bytes())
	}
	best := slices.Index(model.Rank[0], model.Best[0])
	if got := model.Pattern(model.States[best]); got != "NYN" { // number 2: a alone
		t.Errorf("the best state is %s", got)
	}
	for s := range model.States {
		if len(model.Moves(nil, 1, s)) > 0 || len(model.Moves(nil, 0, s)) != 1 {
			t.Errorf("nobody moves from %d", s)
		}
	}
	if text := exported(t, f, GMCR, false); strings.Contains(text, "Nobody") || strings.Count(text, `"permittedDirection"`) != 3 {
		t.Errorf("%s", text)
	}
}

func exported(t testing.TB, f *File, format Format, lossy bool) string {
	t.Helper()
	var b bytes.Buffer
	if err := Export(&b, f, format, ExportConfig{Lossy: lossy}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGMCRErrors(t *testing.T) {
	for _, c := range []struct{ from, to, says string }{
		{"", "[]", "1:1: this is not a .gmcr file"},
		{"", "{", "1:2: the file ends in the middle"},
		{"", "", "1:1: the file ends in the middle"},
		{"", "{}", "1:1: the file has no options"},
		{"", smallGMCR + "x", "10:2: there is something after the end"},
		{"", "\xff", "1:1: the file is not text in UTF-8"},
		{"", strings.Repeat("[", 100), "nested more than 32 deep"},
		{`"name": "Bob", `, "", "6:3: a decision maker has no name"},
		{`"name": "Bob"`, `"name": 7`, "6:12: the name of a decision maker is not text"},
		{`[1, 0]`, `[1, 3]`, "6:34: there is no option 3"},
		{`[1, 0]`, `[1, 0.5]`, "6:34: there is no option 0.5"},
		{`[1, 0]`, `{}`, "6:30: options is not a list"},
		{`"both"`, `"up"`, "permittedDirection of option Talk is not known"},
		{`[2, "Y"]]`, `[2, "X"]]`, "this is neither Y nor N"},
		{`[2, "Y"]]`, `[2]]`, "a list of pairs of an option and Y or N"},
		{`[[0, "Y"], [2, "Y"]]`, `[]`, "the infeasible states leave no state"},
		{`false`, `"no"`, "9:32: useManualPreferenceRanking is neither true nor false"},
		{`false`, `true`, "5:3: Ann has no ranking of states"},
		{`"program"`, `"options": 1, "program"`, "3:2: the key options stands here twice"},
		{`"Bob",`, `"Bob";`, "6:17: this is not JSON"},
	} {
		text := c.to
		if c.from != "" {
			if !strings.Contains(smallGMCR, c.from) {
				t.Fatal(c.from)
			}
			text = strings.Replace(smallGMCR, c.from, c.to, 1)
		}
		_, err := ImportGMCR("x.gmcr", []byte(text))
		if demarche.KindOf(err) != demarche.BadInput || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "x.gmcr") {
			t.Errorf("%q for %q: %v, want %q", c.to, c.from, err, c.says)
		}
	}
	rank := strings.Replace(strings.Replace(smallGMCR, "false", "true", 1), `"preferences"`, `"preferenceRanking": RANK, "preferences"`, 2)
	for ranking, says := range map[string]string{
		"[1, 2, 3, 4, 5]": "does not rank state 6", "[1, 2, 3, 4, 5, 5, 6]": "ranks state 5 twice", "[1, 2, 3, 4, 5, 7]": "there are only 6 feasible states",
		"[0]": "not the number of a state", "[[1, [2]]]": "not the number of a state", "1": "preferenceRanking is not a list",
	} {
		_, err := ImportGMCR("x.gmcr", []byte(strings.ReplaceAll(rank, "RANK", ranking)))
		if demarche.KindOf(err) != demarche.BadInput || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", ranking, err)
		}
	}
	big := append([]byte(smallGMCR), bytes.Repeat([]byte(" "), MaxGMCRBytes)...)
	if _, err := ImportGMCR("x.gmcr", big); err == nil || !strings.Contains(err.Error(), "at most 4") {
		t.Error(err)
	}
	many := strings.Replace(smallGMCR, `[[[0, "Y"], [2, "Y"]]]`, "["+strings.Repeat(`[[0, "Y"], [2, "Y"]],`, maxListed)+"[]]", 1)
	if _, err := ImportGMCR("x.gmcr", []byte(many)); err == nil || !strings.Contains(err.Error(), "at most 2000") {
		t.Error(err)
	}
}

func TestOpenGMCR(t *testing.T) {
	dir := folder(t, "model.gmcr", smallGMCR, "reports/r.txt", "hello")
	f, err := Open(filepath.Join(dir, "model.gmcr"))
	if err != nil {
		t.Fatal(err)
	}
	if f.Case.Title != "model" || f.Case.Dir != dir || f.Path != "" {
		t.Errorf("%+v", f)
	}
	if err := f.Save(); err == nil {
		t.Error("a .gmcr file was overwritten with a case file")
	}
	again, err := Parse("case.yaml", f.Bytes())
	if err != nil || len(again.Case.Conflict.Players) != len(f.Case.Conflict.Players) {
		t.Errorf("%v\n%s", err, f.Bytes())
	}
}

// randomModel is the text of a case drawn from (seed, n) alone, with everything
// that a .gmcr file holds.
func randomModel(seed, n uint64) string {
	r := rand.New(rand.NewPCG(seed, n))
	players := 1 + r.IntN(4)
	var names []string
	var b strings.Builder
	fmt.Fprintf(&b, "demarche: 1\ntitle: T\nconflict:\n  players:\n")
	type option struct{ id, more string }
	lists := make([][]option, players)
	for k := range players + r.IntN(3) {
		i := min(k, players-1)
		if k >= players {
			i = r.IntN(players)
		}
		o := option{id: fmt.Sprintf("o%d", k), more: []string{"", "", ", once: true", ", moves: back"}[r.IntN(4)]}
		if players > 1 && r.IntN(4) == 0 {
			o.more += fmt.Sprintf(", shared_with: [p%d]", (i+1+r.IntN(players-1))%players)
		}
		lists[i] = append(lists[i], o)
	}
	for i, list := range lists {
		for _, o := range list {
			names = append(names, fmt.Sprintf("p%d.%s", i, o.id))
		}
	}
	var condition func(depth int) string
	condition = func(depth int) string {
		if depth == 0 || r.IntN(3) == 0 {
			if r.IntN(5) == 0 {
				letters := make([]byte, len(names))
				for k := range letters {
					letters[k] = "YN---"[r.IntN(5)]
				}
				return "(" + string(letters) + ")"
			}
			return []string{"", "not "}[r.IntN(2)] + names[r.IntN(len(names))]
		}
		return "(" + condition(depth-1) + ") " + []string{"and", "or", "and", "or", "implies", "iff", "unless", "if"}[r.IntN(8)] + " (" + condition(depth-1) + ")"
	}
	weights := r.IntN(3) == 0
	for i, list := range lists {
		fmt.Fprintf(&b, "    p%d:\n      name: p%d\n", i, i)
		if len(list) > 0 {
			fmt.Fprintf(&b, "      options:\n")
		}
		for _, o := range list {
			fmt.Fprintf(&b, "        %s: {says: %s%s}\n", o.id, o.id, o.more)
		}
		if r.IntN(5) > 0 {
			fmt.Fprintf(&b, "      prefers:\n")
			for range 1 + r.IntN(4) {
				if weights {
					fmt.Fprintf(&b, "        - {want: %q, weight: %d}\n", condition(2), r.IntN(4))
				} else {
					fmt.Fprintf(&b, "        - %q\n", condition(2))
				}
			}
		}
	}
	if r.IntN(2) == 0 {
		fmt.Fprintf(&b, "  rules:\n    - never: %q\n", condition(2))
		if len(names) > 2 {
			fmt.Fprintf(&b, "    - at_most_one: [%s, not %s, %s]\n", names[0], names[1], names[2])
		}
		fmt.Fprintf(&b, "    - {if: %q, then: %q}\n", condition(1), condition(1))
	}
	if r.IntN(3) == 0 {
		fmt.Fprintf(&b, "  hidden:\n    p%d: [%q]\n", r.IntN(players), condition(2))
	}
	return b.String()
}

// byNames is a model by names alone: states, moves and preferences.
func byNames(m *engine.Model) map[string]string {
	name := func(s int) string {
		var taken []string
		for k, o := range m.Options {
			if m.States[s]>>k&1 == 1 {
				taken = append(taken, o.Says)
			}
		}
		slices.Sort(taken)
		return strings.Join(taken, " ")
	}
	out := map[string]string{}
	for s := range m.States {
		var b strings.Builder
		for i := range m.Players {
			var to []string
			for _, t := range m.Moves(nil, i, s) {
				to = append(to, name(t))
			}
			slices.Sort(to)
			fmt.Fprintf(&b, "%s ranks it %d, moves %q; ", m.Players[i].Name, m.Rank[i][s], to)
		}
		out[name(s)] = b.String()
	}
	return out
}

// TestGMCRRoundTrip writes random models and reads them back.
func TestGMCRRoundTrip(t *testing.T) {
	const seed = 31
	tried, manual, unchanged := 0, 0, 0
	for n := range runs(400, 20000) {
		f, err := Parse("case.yaml", []byte(randomModel(seed, n)))
		if err != nil {
			if strings.Contains(err.Error(), "leave no state") {
				continue
			}
			t.Fatalf("case %d: %v\n%s", n, err, randomModel(seed, n))
		}
		tried++
		text := exported(t, f, GMCR, false)
		back, err := ImportGMCR("x.gmcr", []byte(text))
		if err != nil {
			t.Fatalf("case %d: %v\n%s\n%s", n, err, randomModel(seed, n), text)
		}
		if strings.Contains(text, `"useManualPreferenceRanking": true`) {
			manual++
		}
		got, want := byNames(modelOf(t, back.Case)), byNames(modelOf(t, f.Case))
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("case %d: %v, want %v\n%s\n%s\n%s", n, got, want, f.Bytes(), text, back.Bytes())
		}
		// What came from the format goes back to the same text.
		if again := exported(t, back, GMCR, false); again == text {
			unchanged++
		}
		if _, err := Parse("case.yaml", back.Bytes()); err != nil {
			t.Fatalf("case %d: %v\n%s", n, err, back.Bytes())
		}
	}
	if uint64(tried) < runs(200, 10000) || manual < tried/10 || unchanged < tried/4 {
		t.Fatalf("%d models, %d with rankings, %d unchanged", tried, manual, unchanged)
	}
}

func TestExportGMCRRefuses(t *testing.T) {
	f, err := Parse("case.yaml", []byte(`demarche: 1
title: T
propositions: {w: {says: It rains, prior: 0.7}}
conflict:
  status_quo: []
  players:
    a: {name: A, options: {x: X}, prefers: [{want: a.x, if: w}, not w or a.x]}
  outcomes: {o: a.x}
`))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	err = Export(&b, f, GMCR, ExportConfig{})
	if demarche.KindOf(err) != demarche.BadInput || !strings.Contains(err.Error(), "the status quo, propositions and outcomes") || b.Len() > 0 {
		t.Errorf("%v %s", err, b.String())
	}
	back := imported(t, exported(t, f, GMCR, true))
	if p := back.Case.Conflict.Players[0].Prefers; len(p) != 1 || p[0].Want.Text != "a.x" {
		t.Errorf("in the typical world: %+v", p)
	}
	f, err = Parse("case.yaml", []byte("demarche: 1\ntitle: T\nconflict:\n  players: {a: {name: A}}\n  graph: {states: {s: S, t: T}, moves: {a: [[s, t]]}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []Format{GMCR, NFG} {
		if err := Export(&b, f, format, ExportConfig{Lossy: true}); err == nil || !strings.Contains(err.Error(), "cannot hold a model with a graph") {
			t.Errorf("%s: %v", format, err)
		}
	}
	if err := Export(&b, f, "csv", ExportConfig{}); demarche.KindOf(err) != demarche.Usage || !strings.Contains(err.Error(), "write one of gmcr, nfg, graphml, svg") {
		t.Error(err)
	}
}

func FuzzImportGMCR(f *testing.F) {
	f.Add([]byte(smallGMCR))
	f.Add([]byte(`{"options":[{"name":"a"}],"decisionMakers":[{"name":"P","options":[],"preferenceRanking":[[1,2]]}],"infeasibles":[],"useManualPreferenceVectors":true}`))
	f.Add([]byte("{\"options\":[{\"name\":\"\\ud800\"}],\"decisionMakers\":[{\"name\":\"-\",\"options\":[0]}],\"infeasibles\":[[]]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := ImportGMCR("x.gmcr", data)
		if err != nil {
			if k := demarche.KindOf(err); k == demarche.Internal || k == demarche.Usage {
				t.Fatalf("%v", err)
			}
			return
		}
		if _, err := Parse("case.yaml", file.Bytes()); err != nil {
			t.Fatalf("%v\n%s", err, file.Bytes())
		}
		k, err := engine.Compile(file.Case, engine.Config{MaxStates: 1 << 10})
		if err != nil || k.States(k.Typical()) > 1<<10 {
			return
		}
		var b bytes.Buffer
		if err := Export(&b, file, GMCR, ExportConfig{Engine: engine.Config{MaxStates: 1 << 10}}); err != nil {
			if demarche.KindOf(err) == demarche.Internal {
				t.Fatal(err)
			}
			return
		}
		back, err := ImportGMCR("x.gmcr", b.Bytes())
		if err != nil {
			t.Fatalf("%v\n%s", err, b.Bytes())
		}
		m, again := modelOf(t, file.Case), modelOf(t, back.Case)
		if len(m.States) != len(again.States) || len(m.Players) != len(again.Players) {
			t.Fatalf("%d states of %d players, then %d of %d", len(m.States), len(m.Players), len(again.States), len(again.Players))
		}
		st, err := m.Stability(context.Background(), engine.Nash)
		if err != nil {
			t.Fatal(err)
		}
		st2, err := again.Stability(context.Background(), engine.Nash)
		if err != nil || st.Equilibria[0].Count() != st2.Equilibria[0].Count() {
			t.Fatalf("equilibria %d, then %d: %v", st.Equilibria[0].Count(), st2.Equilibria[0].Count(), err)
		}
	})
}
