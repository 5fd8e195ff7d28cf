package reader

import "math"

// rule is the way in which a finding was made.
type rule uint8

const (
	ruleAfter       rule = iota // "…," Smith said; the content comes first
	ruleInverted                // "…," said Smith
	ruleQuote                   // Smith said, "…"
	ruleColon                   // Smith said: …
	ruleClause                  // Smith said that …
	ruleObject                  // Smith criticised the plan
	ruleInfinitive              // Smith vowed to …
	rulePreposition             // Smith called for …
	rulePassive                 // … was criticised by Smith
	ruleImplicit                // … is expected to
	ruleSeems                   // … appears to
	ruleAccording               // according to Smith
	ruleNoun                    // Smith's demand that …
	ruleAdverb                  // reportedly
	ruleHeadline                // Smith: …
	rules
)

// floor is the weight from which a finding of the rules is worth something by
// itself.
const floor = .3

// mute is the most that a finding may have whose source cannot speak: less than
// an even chance.
const mute = .45

// weak is the first weight below which a candidate is dropped at once.
const weak = .04

// weigh gives a finding a first weight, from what the lists say of its cue and
// how the cue is used: enough for the rules that look at neighbours.
func (r *reading) weigh(f *finding) {
	s := f.list * f.context
	if f.quoted && f.speech && f.rule <= ruleColon {
		s = max(s, .9)
	}
	if f.modal {
		s *= .7
	}
	if f.negated && f.act != Denies {
		s *= .8
	}
	if f.how == "shared" && f.rule > ruleColon {
		s *= .85
	}
	if sp := r.speech(f.verb); sp != nil {
		s *= .2
	}
	f.score = min(s, .97)
}

// The confidence is the chance that a finding is right: that cue and source are
// met and the content half agrees. It is a logistic sum over how the finding was
// made. The weights were fitted, by gradient descent with a small penalty, to
// which findings were right on the training texts of the PolNeAR corpus (Newell,
// Margolin, Ruths 2018); on its development texts, findings given .5 to .6 were
// right 55 times in 100, .7 to .8 76 times, .9 and more 94 times.
const (
	weightBias       = -0.03
	weightList       = 0.57 // times the log odds of the strength in the list
	weightInfinitive = -0.24
	weightIng        = 0.13
	weightInside     = -3.77
	weightLong       = -0.2
	weightModal      = -0.85
	weightNegated    = -0.37
	weightNested     = -1.66
	weightShort2     = -0.08
	weightShort4     = -0.25
	weightSpeech     = -0.09
	weightThat       = 0.3
)

var weightRule = [rules]float64{
	ruleAfter:       -0.3,
	ruleInverted:    -0.24,
	ruleQuote:       0.27,
	ruleColon:       0.3,
	ruleClause:      0.26,
	ruleObject:      -0.11,
	ruleInfinitive:  -0.13,
	rulePreposition: 0.0,
	rulePassive:     -0.98,
	ruleImplicit:    0.69,
	ruleSeems:       0.44,
	ruleAccording:   0.11,
	ruleNoun:        -0.89,
	ruleAdverb:      1, // by hand: "reportedly" attributes by what it means, and the corpus has few
	ruleHeadline:    -0.52,
}

// weightQuoted is added where the content has a quotation in it.
var weightQuoted = [rules]float64{
	ruleAfter:       1.66,
	ruleInverted:    1.89,
	ruleQuote:       0.27,
	ruleColon:       0.74,
	ruleClause:      -0.05,
	ruleObject:      0.27,
	ruleInfinitive:  -0.32,
	rulePreposition: 0.29,
	ruleAccording:   0.41,
	ruleNoun:        -0.08,
	ruleHeadline:    2.31,
}

var weightSpeaker = [...]float64{
	speakerOther:    -0.65,
	speakerPronoun:  -0.14,
	speakerName:     0.29,
	speakerPerson:   0.14,
	speakerDocument: 0.18,
	speakerThing:    -0.55,
	speakerNone:     -0.52,
}

// weightHow is for the way in which the source was found.
var weightHow = map[string]float64{
	"according":  0.11,
	"agent":      0.76,
	"implicit":   -0.52,
	"inverted":   -0.2,
	"owner":      -0.06,
	"participle": -1.6,
	"relative":   -0.55,
	"shared":     -0.56,
	"subject":    0.34,
	"with":       -0.22,
}

// weighAll gives every finding its confidence.
func (r *reading) weighAll() {
	for i, f := range r.found {
		l := min(.95, max(.05, f.list))
		z := weightBias + weightList*math.Log(l/(1-l)) + weightRule[f.rule] + weightSpeaker[r.speakerOf(f)] + weightHow[f.how]
		if f.quoted {
			z += weightQuoted[f.rule]
		}
		for _, is := range []struct {
			so     bool
			weight float64
		}{
			{f.speech, weightSpeech},
			{f.modal, weightModal},
			{f.negated, weightNegated},
			{f.infinitive, weightInfinitive},
			{r.speech(f.verb) != nil, weightInside},
			{f.frame == "t", weightThat},
			{r.nested(i), weightNested},
			{r.toks[f.verb].word != nil && r.toks[f.verb].word.forms == ingForm, weightIng},
		} {
			if is.so {
				z += is.weight
			}
		}
		n := 0
		for _, c := range f.content {
			n += c.to - c.from
		}
		switch {
		case n <= 2:
			z += weightShort2
		case n <= 4:
			z += weightShort4
		case n > 40:
			z += weightLong
		}
		f.confidence = 1 / (1 + math.Exp(-z))
		p := f.head
		if p.empty() {
			p = f.source
		}
		if r.abstract(p) && f.rule != ruleAccording && !(f.quoted && f.speech && f.rule <= ruleColon) {
			f.confidence = min(f.confidence, mute)
		}
	}
}

// nested tells a finding whose cue stands in the content of another.
func (r *reading) nested(i int) bool {
	f := r.found[i]
	for j := max(0, i-6); j < min(len(r.found), i+7); j++ {
		if o := r.found[j]; o != f && o.score >= .3 && o.holds(f.verb) {
			return true
		}
	}
	return false
}
