package reader

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

// Below floor a candidate is not worth showing to anybody.
const floor = .22

// weigh gives a finding its score, from what the lists say of its cue, how the
// cue is used, and how sure the rule is.
func (r *reading) weigh(f *finding) {
	s := f.list * f.context
	if f.quoted && f.speech && (f.rule <= ruleColon) {
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
