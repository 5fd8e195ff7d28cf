package reader

import (
	"slices"
	"strings"
	"testing"
)

// TestAnswers reads denials that follow what they deny, and sentences that only look
// like that.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string // of what is denied
	}{
		{"Washington says Iran supplied the drones, an allegation Tehran denies.", []string{"Tehran | denies | Iran supplied the drones | denies denies"}},
		{"The army used the hospital as an ammunition store, a charge it has denied.", []string{"it [The army] | has denied | The army used the hospital as an ammunition store | denies denies"}},
		{"Kyiv blames Russia for the strike, which Moscow denies.", []string{"Moscow | denies | Russia for the strike | denies denies"}},
		{"The general said his men held the airport, which the rebels denied.", []string{"the rebels | denied | his men held the airport | denies denies"}},
		{"The group said the army had mined the road, a claim that Doctors for Sudana, a medical charity, rejected as “absurd”.", []string{"Doctors for Sudana, a medical charity | rejected | the army had mined the road | denies denies"}},
		{"Officials in Moscow accused Kyiv of shelling the plant — an accusation the Ukrainian army strongly denies.", []string{"the Ukrainian army | strongly denies | Kyiv of shelling the plant | denies denies"}},
		{"Sudana has accused its neighbour of arming the rebels, an allegation repeatedly denied by the government in Karam.", []string{"the government in Karam | repeatedly denied | its neighbour of arming the rebels | denies denies"}},
		{"The rebels said they had taken the airfield, a claim the army dismissed as propaganda.", []string{"the army | dismissed | they had taken the airfield | denies denies"}},
		{"The president fled on Tuesday, something his office disputed on Wednesday.", []string{"his office | disputed | The president fled on Tuesday | denies denies"}},
		{"The claim that the ship was sunk was dismissed by Norvik as propaganda.", []string{"Norvik | was dismissed | that the ship was sunk | denies denies"}},
		{"Reports that two soldiers had been captured were denied by the ministry.", []string{"the ministry | were denied | that two soldiers had been captured | denies denies"}},
		{"The account that the tank was empty was disputed by two engineers, who had seen it full.", []string{"two engineers | was disputed | that the tank was empty | denies denies"}},
		{"Allegations of torture, which the government denies, were raised at the meeting.", []string{"the government | denies | Allegations of torture | denies denies"}},
		{"Officials in Sellony said the coming rainy season will be dry, a forecast Orvania disputes.", []string{"Orvania | disputes | the coming rainy season will be dry | denies denies"}},
		{"Maduro is fleeing to Qatar, according to two diplomats, which Caracas denies.", []string{"Caracas | denies | Maduro is fleeing to Qatar | denies denies"}},
		{"The minister denied a report that he had resigned, which aides also dispute.", []string{"aides | also dispute | that he had resigned | denies denies"}},
		{"Roe said the dam held, a charge Doe denies.", []string{"Doe | denies | the dam held | denies denies"}},
		// What is rejected here is no claim, and denied is something else.
		{"Norvik offered a truce, which the army rejected.", nil},
		{"The charge was denied.", nil},
		{"The first claim the council ever rejected came from a farmer.", nil},
		{"Norvik has not denied the claim, which the army never made.", nil},
		{"The claim that the ship was sunk was made by Norvik.", nil},
		{"The rebels said they had taken the airfield, a claim the army would not deny.", nil},
	} {
		var got []string
		for _, a := range Read(c.text, Options{MinConfidence: .5}).Attributions {
			if a.Stance == DeniesTruth && a.Content.Spans[0][0] < a.Cue.Spans[0][0] {
				who := a.Source.Text
				if a.Source.Resolved != nil {
					who += " [" + a.Source.Resolved.Text + "]"
				}
				got = append(got, strings.Join([]string{who, a.Cue.Text, a.Content.Text, string(a.Act) + " " + string(a.Stance)}, " | "))
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

// TestUnverified: a rumour ends before what the text says of it, and nobody vouches
// for it.
func TestUnverified(t *testing.T) {
	for _, c := range []struct{ text, content string }{
		{"Rumours that the army chief had fled the capital could not be independently verified.", "that the army chief had fled the capital"},
		{"Reports that the bridge had been blown up have not been confirmed.", "that the bridge had been blown up"},
	} {
		as := Read(c.text, Options{MinConfidence: .3}).Attributions
		if len(as) != 1 || as[0].Content.Text != c.content || len(as[0].Source.Spans) > 0 || strings.HasPrefix(c.text, "Rumours") && as[0].Stance != Hedges {
			t.Errorf("%s: %+v", c.text, as)
		}
	}
}

// TestVehicle: who speaks in a statement is not the statement.
func TestVehicle(t *testing.T) {
	as := Read("The militia left the town at night. In a statement, it said the army had shelled a school.", Options{MinConfidence: .5}).Attributions
	if len(as) != 1 || as[0].Source.Resolved == nil || as[0].Source.Resolved.Text != "The militia" {
		t.Errorf("%+v", as)
	}
}

// TestAnswersRelate: what is denied behind is denied of a proposition as well, "will be"
// is to come wherever the parser hangs it, and who names the rainy season says nothing of
// rain.
func TestAnswersRelate(t *testing.T) {
	matters := []Matter{
		{ID: "dry", Says: "The coming rainy season will be dry"},
		{ID: "flees", Says: "Maduro is fleeing to Qatar"},
	}
	for text, want := range map[string]string{
		"Sellony says the coming rainy season will be dry, a forecast Orvania disputes.":      "dry affirms / dry denies",
		"Orvania denies that the coming rainy season will be dry.":                            "dry denies",
		"Two diplomats said Maduro was fleeing to Qatar, a claim Caracas denies.":             "flees affirms / flees denies",
		"The claim that Maduro is fleeing to Qatar was dismissed by Caracas.":                 "flees denies",
		"Maduro is fleeing to Qatar, according to two diplomats, which Caracas has denied.":   "flees affirms / flees denies",
		"The minister spoke of the coming rainy season, which Orvania denies.":                "-",
		"Sellony says the turbines are late, a charge Orvania denies.":                        "- / -",
		"Two diplomats said Maduro offered to resign, which Caracas denied, and went home.":   "- / -",
		"Rumours that Maduro is fleeing to Qatar could not be independently verified.":        "flees affirms hedged",
		"Reports that Maduro is fleeing to Qatar were denied by his office on Tuesday night.": "flees denies",
	} {
		as := Read(text, Options{}).Attributions
		as = slices.DeleteFunc(as, func(a Attribution) bool { return a.Confidence < .35 })
		var got []string
		for _, rels := range Relate(text, as, matters, Options{}) {
			got = append(got, relationLine(rels))
		}
		if s := strings.Join(got, " / "); s != want {
			t.Errorf("%s\n got %s\nwant %s", text, s, want)
		}
	}
}
