package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/demarche/demarche/desk"
	"github.com/demarche/demarche/reader"
	"github.com/spf13/cobra"
)

// readMoreFlags are what read is asked for beyond who says what.
type readMoreFlags struct {
	events                    bool
	caseName, model           string
	assistURL, assistModel    string
	assistConfidential        bool
	used, asked, lost, failed int
	why                       error
}

func (f *readMoreFlags) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.events, "events", false, "print the events that the reports seem to tell, as proposals, instead of who says what")
	c.Flags().StringVar(&f.caseName, "case", "", "resolve sources and places to the actors and places of this case, and propose which of its propositions are affirmed or denied")
	c.Flags().StringVar(&f.model, "model", "", "read with this model, which demarche train has written")
	c.Flags().StringVar(&f.assistURL, "assist-url", os.Getenv("DEMARCHE_ASSIST_URL"), "let a language model at this address judge what is uncertain; off if left out")
	c.Flags().StringVar(&f.assistModel, "assist-model", os.Getenv("DEMARCHE_ASSIST_MODEL"), "the name of that language model")
	c.Flags().BoolVar(&f.assistConfidential, "assist-confidential", false, "allow that for the reports of a case marked confidential")
	c.Flags().Lookup("assist-url").DefValue = ""
	c.Flags().Lookup("assist-model").DefValue = ""
}

// apply puts the flags into the configuration of a reading.
func (f *readMoreFlags) apply(ctx context.Context, a *app, list desk.ReportList, cfg *desk.ReadConfig) error {
	cfg.Events = f.events
	var err error
	if cfg.Model, err = desk.OpenModel(f.model); err != nil {
		return err
	}
	handling := ""
	if f.caseName != "" {
		c, err := a.open(ctx, f.caseName)
		if err != nil {
			return err
		}
		cfg.Named = desk.NamedIn(c.Case)
		handling = c.Case.Handling
	}
	if f.assistURL == "" {
		return nil
	}
	if err := desk.MayAssist(handling, f.assistConfidential); err != nil {
		return err
	}
	for _, path := range list.Paths {
		around, err := desk.HandlingAround(path)
		if err != nil {
			return err
		}
		if err := desk.MayAssist(around, f.assistConfidential); err != nil {
			return err
		}
	}
	if !f.assistConfidential {
		if err := a.mayBeShown(ctx, f.caseName, list.Paths); err != nil {
			return err
		}
	}
	helper, err := desk.NewAssistant(f.assistURL, f.assistModel, os.Getenv("DEMARCHE_ASSIST_KEY"))
	if err != nil {
		return err
	}
	cfg.Assist = helper
	return nil
}

// count adds up what the language model had a part in.
func (f *readMoreFlags) count(r *desk.Reading) {
	f.asked += r.Assistance.Asked
	f.used += r.Assistance.Used
	f.lost += r.Assistance.Dropped
	f.failed += r.Assistance.Failed
	if r.Assistance.Err != nil {
		f.why = r.Assistance.Err
	}
}

// tell says at the end what the language model had a part in.
func (f *readMoreFlags) tell(a *app) {
	if f.assistURL == "" || a.quiet && f.failed == 0 {
		return
	}
	msg := fmt.Sprintf("demarche: a language model was asked about %s and changed %d", plural(f.asked, "uncertain finding"), f.used)
	if f.lost > 0 {
		msg += fmt.Sprintf("; %s dropped, because nothing asked for was quoted word for word", plural(f.lost, "answer"))
	}
	fmt.Fprintln(a.stderr, msg)
	if f.failed > 0 {
		fmt.Fprintf(a.stderr, "demarche: about %s no answer came: %v\n", plural(f.failed, "finding"), f.why)
	}
}

// writeEvents prints the events of one report.
func (f *readMoreFlags) writeEvents(part *bytes.Buffer, a *app, r *desk.Reading, asJSON, many bool) error {
	if asJSON {
		e := json.NewEncoder(part)
		e.SetEscapeHTML(false)
		for _, ev := range desk.NewEventsJSON(r, many) {
			if err := e.Encode(ev); err != nil {
				return err
			}
		}
		return nil
	}
	a.printEvents(part, r)
	return nil
}

// eventWords are the types of events for people.
var eventWords = map[reader.EventType]string{
	reader.Agree: "Agreement or offer", reader.Consult: "Meeting or talks", reader.Support: "Support", reader.Concede: "Concession",
	reader.Cooperate: "Cooperation", reader.Aid: "Aid", reader.Retreat: "Retreat", reader.Request: "Demand or request",
	reader.Accuse: "Accusation or criticism", reader.Reject: "Refusal", reader.Threaten: "Threat", reader.Protest: "Protest",
	reader.Sanction: "Sanction", reader.Mobilize: "Mobilization of forces", reader.Coerce: "Coercion", reader.Assault: "Attack",
}

func (a *app) printEvents(w io.Writer, r *desk.Reading) {
	if r.Result.Declined != "" {
		return
	}
	if len(r.Events) == 0 {
		fmt.Fprintf(w, "%s: no event is proposed\n", r.Path)
		return
	}
	fmt.Fprintf(w, "%s: %s, to be accepted or rejected by a person\n", r.Path, plural(len(r.Events), "proposed event"))
	for _, e := range r.Events {
		who, whom := "somebody", ""
		if e.Who != nil {
			who = strings.Join(strings.Fields(e.Who.Text), " ")
		}
		if e.Whom != nil {
			whom = ", towards " + strings.Join(strings.Fields(e.Whom.Text), " ")
		}
		fmt.Fprintf(w, "\n  %s: by %s%s\n", eventWords[e.Type], who, whom)
		for _, line := range wrap(e.Text, a.width()-6) {
			fmt.Fprintf(w, "      %s\n", line)
		}
		var facts []string
		if e.When != nil {
			facts = append(facts, "when: "+e.When.Date)
		}
		for _, p := range e.Where {
			facts = append(facts, strings.TrimSpace("where: "+strings.TrimSpace(p.Near+" "+p.Name)))
		}
		if e.Dead != nil {
			facts = append(facts, "dead: "+rangeWords(e.Dead))
		}
		if e.Injured != nil {
			facts = append(facts, "injured: "+rangeWords(e.Injured))
		}
		if e.Attribution >= 0 && e.From == "verb" {
			source := r.Result.Attributions[e.Attribution].Source.Text
			if source == "" {
				source = "nobody named"
			}
			facts = append(facts, "as told by "+strings.Join(strings.Fields(source), " "))
		}
		if e.Hedged {
			facts = append(facts, "hedged")
		}
		facts = append(facts, fmt.Sprintf("confidence %.2f", e.Confidence))
		fmt.Fprintf(w, "      (%s)\n", strings.Join(facts, "; "))
	}
}

// rangeWords is a range of whole numbers in words.
func rangeWords(q *reader.Quantity) string {
	n := func(x float64) string { return strconv.FormatFloat(x, 'f', 0, 64) }
	switch {
	case q.Min != nil && q.Max != nil && *q.Min == *q.Max:
		return n(*q.Min)
	case q.Min != nil && q.Max != nil:
		return n(*q.Min) + " to " + n(*q.Max)
	case q.Min != nil:
		return n(*q.Min) + " or more"
	}
	return "unknown"
}
