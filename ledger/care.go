package ledger

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/demarche/demarche"
)

// Where is a place that a claim speaks of, never finer than a kilometre.
type Where struct {
	Name        string   `json:"name"`
	Of          string   `json:"of,omitempty"`  // what is there: incident, site, person, vessel or unit
	On          string   `json:"on,omitempty"`  // a demarche.Date: when it was there
	Lat         *float64 `json:"lat,omitempty"` // degrees, north positive
	Lon         *float64 `json:"lon,omitempty"` // degrees, east positive
	PrecisionKM float64  `json:"precision_km,omitempty"`
}

// What a place can be of. Persons, vessels and units move: where they are now is
// not kept.
var placeOf = []string{"", "incident", "site", "person", "vessel", "unit"}

const (
	// FinestKM is the finest place that is kept.
	FinestKM = 1
	// LivePosition is for how long the place of a person, a vessel or a unit
	// counts as its position now, which is not kept.
	LivePosition = 24 * time.Hour

	kmPerDegree = 111.195 // along a meridian of a sphere of 6371 km
)

func (w *Where) check(c *checker) {
	if w == nil {
		return
	}
	c.needed("name of its place", w.Name)
	c.oneOf("sort of place", w.Of, placeOf)
	c.date("date of its place", w.On)
	if (w.Lat == nil) != (w.Lon == nil) {
		c.fail("give both or neither", "has a latitude without a longitude, or the other way round")
	}
	if w.Lat != nil && w.Lon != nil && !(math.Abs(*w.Lat) <= 90 && math.Abs(*w.Lon) <= 180) {
		c.fail("latitude lies between -90 and 90, longitude between -180 and 180", "has a place that is not on the earth")
	}
	if !(w.PrecisionKM >= 0) || !finite(w.PrecisionKM) {
		c.fail("write a radius in kilometres", "has a precision that is not a radius")
	}
}

// settled is the record as it may be kept: coordinates are rounded to a grid of
// at least a kilometre, and left out where they would be the present position of
// a person, a vessel or a unit. The record given is not changed.
func settled(r Record, learned time.Time) Record {
	c, ok := r.(*Claim)
	if !ok || c.Where == nil || c.Where.Lat == nil {
		return r
	}
	kept, w := *c, *c.Where
	kept.Where = &w
	if moves := slices.Contains([]string{"person", "vessel", "unit"}, w.Of); moves {
		on := dateOr(w.On)
		if on.IsZero() {
			on = dateOr(c.Said)
		}
		if on.To.IsZero() || on.To.Add(LivePosition).After(learned) {
			w.Lat, w.Lon, w.PrecisionKM = nil, nil, 0
			return &kept
		}
	}
	w.PrecisionKM = max(w.PrecisionKM, FinestKM)
	lat, lon := coarse(*w.Lat, *w.Lon)
	w.Lat, w.Lon = &lat, &lon
	return &kept
}

// coarse rounds a point to a grid whose lines lie at least a kilometre apart in
// both directions: hundredths of a degree of latitude, and of longitude as many
// hundredths as that takes at the latitude. Rounding twice changes nothing, and 0 has
// no sign.
func coarse(lat, lon float64) (float64, float64) {
	lat = math.Round(lat*100)/100 + 0
	across := kmPerDegree / 100 * math.Cos(lat*math.Pi/180) // km in a hundredth
	if across*36000 <= FinestKM {                           // at the pole, every longitude is one place
		return lat, 0
	}
	step := math.Ceil(FinestKM / across)
	return lat, math.Round(math.Round(lon*100/step)*step)/100 + 0
}

// checkAnonymous keeps unnamed sources unnamed and apart: each belongs to the one
// report in which it stands, and nothing says who it is.
func checkAnonymous(c *checker, s *Source) {
	if s.Kind != "anonymous" {
		if strings.TrimSpace(s.Name) == "" && strings.TrimSpace(s.Description) == "" {
			c.fail("give a name or a description", "has neither name nor description")
		}
		return
	}
	switch {
	case s.Name != "" || s.Actor != "":
		c.fail("keep the description as the report has it, and no more", "is anonymous but is given a name")
	case strings.TrimSpace(s.Description) == "":
		c.fail("keep the description as the report has it", "is anonymous and has no description")
	case s.Report == "":
		c.fail("name the report in which it stands; the same description elsewhere is another source", "is anonymous and belongs to no report")
	}
}

// checkAllegation holds an allegation against a named person to its speaker.
func checkAllegation(c *checker, cl *Claim) {
	c.list("names", len(cl.Against))
	for _, name := range cl.Against {
		c.needed("name of the person it is against", name)
	}
	if len(cl.Against) > 0 && cl.Source == "" {
		c.fail("say who alleges it", "alleges something of a named person but has no source")
	}
}

// Allegation is a claim against named persons, as it may be told: with its
// speaker, as alleged, and with any reply.
type Allegation struct {
	Claim   string   `json:"claim"`
	Speaker string   `json:"speaker"`
	Against []string `json:"against"`
	Says    string   `json:"says"`
	Replies []Reply  `json:"replies"`
}

// Reply is what is said in answer.
type Reply struct {
	Claim   string `json:"claim"`
	Speaker string `json:"speaker"`
	Says    string `json:"says"`
}

// Words tells the allegation in full.
func (a Allegation) Words() string {
	var b strings.Builder
	b.WriteString(a.Speaker + " alleged, against " + list(a.Against) + ": " + sentence(a.Says))
	if len(a.Replies) == 0 {
		b.WriteString(" No reply is on record.")
	}
	for _, r := range a.Replies {
		b.WriteString(" " + r.Speaker + " replied: " + sentence(r.Says))
	}
	return b.String()
}

func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}

func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// Allegation gives a claim that is against named persons as it may be told. Any
// accepted or proposed claim that replies to it, or denies a proposition that it
// affirms, is a reply.
func (l *Ledger) Allegation(ctx context.Context, asOf time.Time, id string) (Allegation, error) {
	var out Allegation
	err := l.view(ctx, func(v *view) error {
		at, err := v.get(asOf, Ref{KindClaim, id})
		if err != nil {
			return err
		}
		c := at.Record.(*Claim)
		if len(c.Against) == 0 {
			return bad("the claim "+id+" is not against a named person", "tell it like any other claim")
		}
		speaker, err := v.speaker(asOf, c)
		if err != nil {
			return err
		}
		out = Allegation{Claim: id, Speaker: speaker, Against: c.Against, Says: said(c), Replies: []Reply{}}
		answers, err := v.linked(asOf, Filter{Kind: KindLink, To: Ref{KindClaim, id}})
		if err != nil {
			return err
		}
		var from []Ref
		for _, link := range answers {
			if link.Rel == "replies" || link.Rel == "contradicts" {
				from = append(from, link.From)
			}
		}
		affirmed, err := v.linked(asOf, Filter{Kind: KindLink, From: Ref{KindClaim, id}})
		if err != nil {
			return err
		}
		for _, link := range affirmed {
			if link.Rel != "affirms" {
				continue
			}
			others, err := v.linked(asOf, Filter{Kind: KindLink, To: link.To})
			if err != nil {
				return err
			}
			for _, o := range others {
				if o.Rel == "denies" {
					from = append(from, o.From)
				}
			}
		}
		slices.SortFunc(from, func(a, b Ref) int { return strings.Compare(a.ID, b.ID) })
		for _, ref := range slices.Compact(from) {
			at, err := v.get(asOf, ref)
			if demarche.KindOf(err) == demarche.NotFound {
				continue
			} else if err != nil {
				return err
			}
			r := at.Record.(*Claim)
			if r.Status == "rejected" || r.Status == "retracted" {
				continue
			}
			speaker, err := v.speaker(asOf, r)
			if err != nil {
				return err
			}
			out.Replies = append(out.Replies, Reply{ref.ID, speaker, said(r)})
		}
		return nil
	})
	return out, err
}

func said(c *Claim) string {
	if c.Says != "" {
		return c.Says
	}
	return c.Quote
}

// speaker is the name of who says a claim, or the description of one who is not
// named, as the report has it.
func (v *view) speaker(asOf time.Time, c *Claim) (string, error) {
	if c.Source == "" {
		return "A source that is not named", nil
	}
	at, err := v.get(asOf, sourceRef(c.Source))
	if demarche.KindOf(err) == demarche.NotFound {
		return "A source that is no longer on record", nil
	}
	if err != nil {
		return "", err
	}
	s := at.Record.(*Source)
	name := s.Name
	if name == "" {
		name = s.Description
	}
	return strings.ToUpper(name[:firstRune(name)]) + name[firstRune(name):], nil
}

func firstRune(s string) int {
	for i := range s {
		if i > 0 {
			return i
		}
	}
	return len(s)
}
