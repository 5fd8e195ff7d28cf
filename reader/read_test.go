package reader

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// line is an attribution in short: source | cue | content | act stance.
func line(a Attribution) string {
	return a.Source.Text + " | " + a.Cue.Text + " | " + a.Content.Text + " | " + string(a.Act) + " " + string(a.Stance)
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"quotation first", "“The port will stay open,” Minister Ana Roe said.",
			[]string{"Minister Ana Roe | said | “The port will stay open,” | states affirms"}},
		{"inverted", "“Nobody fired first,” explained one diplomat in the capital.",
			[]string{"one diplomat in the capital | explained | “Nobody fired first,” | states affirms"}},
		{"split", "“The port,” Roe said, “will stay open.”",
			[]string{"Roe | said | “The port,” … “will stay open.” | states affirms"}},
		{"goes on", "“The port will stay open,” Roe said. “Nobody can close it.”",
			[]string{"Roe | said | “The port will stay open,” … “Nobody can close it.” | states affirms"}},
		{"that-clause", "The ministry said that the bridge was closed at night.",
			[]string{"The ministry | said | that the bridge was closed at night | states affirms"}},
		{"bare clause", "Roe said the bridge was closed.",
			[]string{"Roe | said | the bridge was closed | states affirms"}},
		{"content first, unquoted", "The bridge was closed, Roe said.",
			[]string{"Roe | said | The bridge was closed | states affirms"}},
		{"according to, first", "According to two officials, the convoy never left.",
			[]string{"two officials | According to | the convoy never left | states affirms"}},
		{"according to, last", "The convoy never left, according to the Red Crescent.",
			[]string{"the Red Crescent | according to | The convoy never left | states affirms"}},
		{"demand", "President Doe demanded that the troops leave the valley.",
			[]string{"President Doe | demanded | that the troops leave the valley | demands silent"}},
		{"hedged demand", "Doe has reportedly demanded that the troops leave.",
			[]string{"Doe | has reportedly demanded | that the troops leave | demands hedges"}},
		{"offer", "The general countered with an offer of a truce.",
			[]string{"The general | countered with | an offer of a truce | offers silent"}},
		{"denial", "The army denied that its men had crossed the river.",
			[]string{"The army | denied | that its men had crossed the river | denies denies"}},
		{"denial in the words", "“It is not true that we crossed the river,” the colonel said.",
			[]string{"the colonel | said | “It is not true that we crossed the river,” | denies denies"}},
		{"apposition", "Ana Roe, a retired judge, said the law was clear.",
			[]string{"Ana Roe, a retired judge, | said | the law was clear | states affirms"}},
		{"told", "Roe told reporters that the talks had failed.",
			[]string{"Roe | told | that the talks had failed | states affirms"}},
		{"adverb", "A raid on Monday that reportedly killed nine people has split the coalition.",
			[]string{" | reportedly | A raid on Monday that … killed nine people has split the coalition | states hedges"}},
		{"called for", "The union called for an immediate truce.",
			[]string{"The union | called for | an immediate truce | demands silent"}},
		{"colon", "Roe said: “We are leaving.”",
			[]string{"Roe | said: | “We are leaving.” | states affirms"}},
		{"behind a clause", "The coming season will be dry, the weather service said on Monday in a second outlook.",
			[]string{"the weather service | said | The coming season will be dry | states affirms"}},
		{"behind an adverbial clause", "After the vote failed, Roe said in a letter that the law was dead.",
			[]string{"Roe | said in a letter | that the law was dead | states affirms"}},
		{"spelled out", "Lena Roe offered a deal: she would drop her case if the drafts were published.",
			[]string{"Lena Roe | offered | a deal: she would drop her case if the drafts were published | offers silent"}},
		{"stopped short", "The minister stopped short of denying that troops had crossed the river.",
			[]string{"The minister | stopped short of denying | that troops had crossed the river | denies hedges"}},
		{"declined to deny", "The ministry declined to deny that the ship was seized.",
			[]string{"The ministry | declined | that the ship was seized | denies hedges"}},
		{"neither", "The ministry would neither confirm nor deny that the ship was seized.",
			[]string{"The ministry | would neither confirm nor deny | that the ship was seized | denies silent"}},
		{"was asked", "The oil minister, asked whether exports would fall, said nothing had changed.",
			[]string{"The oil minister | said | nothing had changed | states affirms", " | asked | whether exports would fall | asks silent"}},
		{"no evidence", "The ministry offered no evidence for the claim.", nil},
		{"a figure", "Rebels put the number of dead at more than 200.",
			[]string{"Rebels | put | the number of dead at more than 200 | states affirms"}},
		{"no figure", "Rebels put two men at the gate.", nil},
		{"Markdown", "**13:10** The foreign ministry says it is watching events.\n\n**Roe** said the dam held.\n\n> The captain said two men had drowned.",
			[]string{"The foreign ministry | says | it is watching events | states affirms", "Roe | said | the dam held | states affirms", "The captain | said | two men had drowned | states affirms"}},
		{"no attribution", "The bridge was closed at night. Rain fell on the valley.", nil},
	} {
		var got []string
		for _, a := range Read(c.text, Options{MinConfidence: .5}).Attributions {
			got = append(got, line(a))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

// TestFooting reads a headline, sources that cannot speak, and sayings that
// nobody has witnessed.
func TestFooting(t *testing.T) {
	for _, c := range []struct {
		text, source string
		record       Record // "" where nothing may be found at .5 or more
		hedge        string
	}{
		{"Envoy Roe Says Talks Collapsed\n\nIt rained in the capital all day.", "Roe", "", ""},
		{"It rained in the capital.\n\n## Envoy Roe Says Talks Collapsed\n\nIt rained again.", "Roe", "", ""},
		{"Envoy Roe Says Talks Collapsed.\n\nIt rained in the capital all day.", "Roe", OnRecord, ""},
		{"The deepening situation suggests that the talks will fail.", "situation", "", ""},
		{"The careful manoeuvring reveals that the talks will fail.", "manoeuvring", "", ""},
		{"The opposition said that the vote was rigged.", "opposition", OnRecord, ""},
		{"The statement said that the vote was rigged.", "statement", DocumentRecord, ""},
		{"Jane Roe said that the army left the border.", "Roe", OnRecord, ""},
		{"Jane Roe reportedly demanded that the army leave the border.", "Roe", UnattributedWord, "reportedly"},
		{"Jane Roe allegedly threatened to expel the envoys.", "Roe", UnattributedWord, "allegedly"},
		{"Jane Roe said that the deal may collapse.", "Roe", OnRecord, "may"},
		{"Jane Roe said that the talks appear to be over.", "Roe", OnRecord, "appear"},
		{"Jane Roe said that the results are expected on Monday.", "Roe", OnRecord, "expected"},
		{"Jane Roe is contemplating a visit to the border.", "Roe", OnRecord, ""},
	} {
		found := false
		for _, a := range Read(c.text, Options{}).Attributions {
			if a.Confidence < .5 || !strings.Contains(a.Source.Text, c.source) {
				continue
			}
			found = true
			if a.Record != c.record || c.hedge != "" && !slices.Contains(a.Hedges, c.hedge) {
				t.Errorf("%q: %s %v", c.text, a.Record, a.Hedges)
			}
		}
		if found != (c.record != "") {
			t.Errorf("%q: found %v", c.text, found)
		}
	}
	as := Read("Jane Roe is said to have demanded that the army leave the border.", Options{}).Attributions
	if len(as) != 1 || as[0].Record != UnattributedWord || as[0].Stance != Hedges {
		t.Errorf("said to have demanded: %+v", as)
	}
}

func TestContract(t *testing.T) {
	text := "“We are leaving,” Ana Roe said."
	as := Read(text, Options{}).Attributions
	if len(as) != 1 {
		t.Fatalf("%d attributions", len(as))
	}
	as[0].Confidence, as[0].Source.Confidence, as[0].Cue.Confidence, as[0].Content.Confidence = 0, 0, 0, 0
	b, err := json.Marshal(as[0])
	if err != nil {
		t.Fatal(err)
	}
	want := `{"source":{"text":"Ana Roe","spans":[[22,29]],"kind":"person","confidence":0},` +
		`"cue":{"text":"said","spans":[[30,34]],"confidence":0},` +
		`"content":{"text":"“We are leaving,”","spans":[[0,21]],"quoted":true,"confidence":0},` +
		`"act":"states","stance":"affirms","hedges":[],"record":"on_record","said":{"date":"","precision":""},"confidence":0,"nature":"observation","dates":[],"quantities":[],"places":[]}`
	if string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
}

func TestBodyKeepsOffsets(t *testing.T) {
	text := "---\ntitle: Roe said no\n---\nRoe said the bridge was closed.\n"
	as := Read(text, Options{Body: strings.Index(text, "Roe said the")}).Attributions
	if len(as) != 1 || text[as[0].Source.Spans[0][0]:as[0].Source.Spans[0][1]] != "Roe" || as[0].Source.Spans[0][0] < 20 {
		t.Errorf("%+v", as)
	}
}

func TestLanguage(t *testing.T) {
	german := strings.Repeat("Der Minister sagte am Montag, dass die Brücke in der Nacht geschlossen bleibe, weil es zu gefährlich sei. ", 3)
	if res := Read(german, Options{}); res.Declined == "" || len(res.Attributions) > 0 {
		t.Errorf("German was read: %+v", res)
	}
	if res := Read("", Options{}); res.Declined != "" {
		t.Errorf("an empty text was declined: %s", res.Declined)
	}
}

func TestResolve(t *testing.T) {
	text := "Ruritanian President Rudolf Zenda met envoys on Monday. The president said the border was shut. " +
		"He denied that troops had moved. “We wait,” Zenda said. Several aides said a deal was near, with one adding that it was signed."
	// Made-up countries are in no list: the description goes by the title.
	want := map[string]string{"The president": "title", "He": "pronoun", "Zenda": "short name", "one": "group"}
	for _, a := range Read(text, Options{}).Attributions {
		if how, ok := want[a.Source.Text]; ok {
			if a.Source.Resolved == nil || a.Source.Resolved.How != how {
				t.Errorf("%s: resolved as %+v, want by %s", a.Source.Text, a.Source.Resolved, how)
			}
			delete(want, a.Source.Text)
		}
	}
	if len(want) > 0 {
		t.Errorf("not found as sources: %v", want)
	}

	text = "Bolivian President Juan Roe spoke first. The Chilean envoy left. The Bolivian leader said the talks were over."
	as := Read(text, Options{}).Attributions
	if len(as) == 0 || as[len(as)-1].Source.Resolved == nil || as[len(as)-1].Source.Resolved.Text != "Bolivian President Juan Roe" {
		t.Errorf("the leader is not resolved: %+v", as)
	}
}

func TestKinds(t *testing.T) {
	for _, c := range []struct {
		text   string
		kind   Kind
		record Record
	}{
		{"A source close to the talks said the deal was dead.", Anonymous, AnonymousRecord},
		{"A senior State Department official said the deal was dead.", Anonymous, Background},
		{"People familiar with the matter said the deal was dead.", Anonymous, AnonymousRecord},
		{"A spokesman for the army said the deal was dead.", Office, OnRecord},
		{"The White House said the deal was dead.", Office, OnRecord},
		{"Lawmakers said the deal was dead.", Group, OnRecord},
		{"The Lisbon Times said the deal was dead.", Outlet, OnRecord},
		{"The report said the deal was dead.", Document, DocumentRecord},
		{"Qatar said the deal was dead.", Institution, OnRecord},
		{"Ana Roe said the deal was dead.", Person, OnRecord},
		{"It was reported that the deal was dead.", Unattributed, UnattributedWord},
	} {
		as := Read(c.text, Options{}).Attributions
		if len(as) != 1 || as[0].Source.Kind != c.kind || as[0].Record != c.record {
			t.Errorf("%q: want %s, %s; got %+v", c.text, c.kind, c.record, as)
		}
	}
}

func TestSaid(t *testing.T) {
	pub := time.Date(2025, 12, 3, 0, 0, 0, 0, time.UTC) // a Wednesday
	for _, c := range []struct {
		text string
		want Said
	}{
		{"Roe said on Monday that the bridge was closed.", Said{"2025-12-01", "day"}},
		{"Roe said Wednesday that the bridge was closed.", Said{"2025-12-03", "day"}},
		{"On September 2, Roe said the bridge was closed.", Said{"2025-09-02", "day"}},
		{"On 24 December, Roe said the bridge was closed.", Said{"2024-12-24", "day"}},
		{"Roe said last month that the bridge was closed.", Said{"2025-11", "month"}},
		{"Roe said the bridge was closed on Monday.", Said{}},
		{"Roe said the bridge was closed.", Said{}},
	} {
		as := Read(c.text, Options{Published: pub}).Attributions
		if len(as) != 1 || as[0].Said != c.want {
			t.Errorf("%q: want %v, got %+v", c.text, c.want, as)
		}
	}
	if as := Read("Roe said on Monday that the bridge was closed.", Options{}).Attributions; as[0].Said != (Said{}) {
		t.Errorf("a weekday was dated without a date of publication: %+v", as[0].Said)
	}
}

// wellFormed checks what holds of every reading.
func wellFormed(t *testing.T, text string, as []Attribution) {
	t.Helper()
	last := 0
	for _, a := range as {
		if len(a.Cue.Spans) == 0 || len(a.Content.Spans) == 0 || a.Source.Spans == nil || a.Hedges == nil {
			t.Fatalf("a role is missing: %+v", a)
		}
		roles := []struct {
			text  string
			spans Spans
		}{{a.Source.Text, a.Source.Spans}, {a.Cue.Text, a.Cue.Spans}, {a.Content.Text, a.Content.Spans}}
		if a.Addressee != nil {
			roles = append(roles, struct {
				text  string
				spans Spans
			}{a.Addressee.Text, a.Addressee.Spans})
		}
		if a.Source.Resolved != nil {
			roles = append(roles, struct {
				text  string
				spans Spans
			}{a.Source.Resolved.Text, Spans{a.Source.Resolved.Span}})
		}
		for _, r := range roles {
			at := 0
			for _, s := range r.spans {
				if s[0] < at || s[1] <= s[0] || s[1] > len(text) {
					t.Fatalf("bad spans %v in %+v", r.spans, a)
				}
				if utf8.ValidString(text) && (!utf8.RuneStart(text[s[0]]) || s[1] < len(text) && !utf8.RuneStart(text[s[1]])) {
					t.Fatalf("a span cuts a character: %v", r.spans)
				}
				at = s[1]
			}
			if r.spans.In(text) != r.text {
				t.Fatalf("text %q is not that of spans %v", r.text, r.spans)
			}
		}
		if a.Confidence < 0 || a.Confidence > 1 {
			t.Fatalf("confidence %v", a.Confidence)
		}
		if n := first(&a); n < last {
			t.Fatalf("out of order at byte %d", n)
		} else {
			last = n
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("Roe says Doe fled, a charge he denies, an allegation denied by the army. Reports that Doe was held, which Ana also disputes, were rejected by two men as old. **13:10** _Roe_, asked whether he would go, put the toll at 31. It could not be verified.")
	for _, s := range []string{
		"", "“", "\x00\xff\xfe", "“A,” Roe said. “B.”", "\"A\" 'b' ''c", "said said said", "According to", "Roe: said:",
		"Ana Roe, who said “no,” said, “yes” and denied that he, Doe, had said “maybe", "the U.S. said\n\n“x\n\n“y” he said",
		"with one saying that it reportedly was", "’s demand that ’s demand that", "It was reported that", "appears to",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		wellFormed(t, text, Read(text, Options{Published: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}).Attributions)
		wellFormed(t, text, Read(text, Options{Body: len(text) / 2}).Attributions)
	})
}

// TestLinear counts the work on texts made to provoke more than a fair share of
// it, and on twice as much of each.
func TestLinear(t *testing.T) {
	for name, unit := range map[string]string{
		"no stop":       "Roe said he and she and ",
		"open marks":    "“Roe said ",
		"single marks":  " 'Roe said",
		"commas":        "Roe, who said, ",
		"participles":   "saying, noting, ",
		"titles":        "President Roe said the president said he left. ",
		"pronouns":      "Ana Roe left. He said so. ",
		"letters":       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"abbreviations": "a.b.",
		"brackets":      "(Roe) said ",
		"adverbs":       "reportedly ",
		"denials":       "Roe said he left, a charge Doe denied, which Ana denies, a claim that it was denied by Doe ",
	} {
		work := func(n int) int {
			text := strings.Repeat(unit, n/len(unit))
			r := newReading(text, tokenize(text))
			r.find()
			r.answers()
			r.describe(Options{})
			return r.steps + len(r.toks)
		}
		small, large := work(100_000), work(200_000)
		if large > 3*small+1000 {
			t.Errorf("%s: %d steps, and %d for twice the text", name, small, large)
		}
		if large > 200_000*200 {
			t.Errorf("%s: %d steps for 200,000 bytes", name, large)
		}
	}
}

func TestLongLine(t *testing.T) {
	if testing.Short() {
		t.Skip("TestLongLine not run: -short")
	}
	text := strings.Repeat("Roe said the bridge was closed, and Doe, a judge, denied “that” it was so; ", 1<<20/75)
	if n := len(Read(text, Options{}).Attributions); n < 1000 {
		t.Errorf("only %d attributions", n)
	}
}

func BenchmarkRead(b *testing.B) {
	text := strings.Repeat("Ruritanian President Rudolf Zenda said on Monday that the border was closed to all traffic. "+
		"“Nobody will cross it,” he told reporters, adding that the army had its orders. Several officials, speaking on condition of "+
		"anonymity, described the plan as plausible. The rain went on through the night, and the river rose by two metres.\n", 200)
	n := len(tokenize(text))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Read(text, Options{})
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
}
