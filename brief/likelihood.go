package brief

import (
	"fmt"
	"math"
)

// The scale of ICD 203 (Analytic Standards, 2 January 2015), row 1. It leaves
// gaps between its ranges (45 to 55, 55 to 80): each bound belongs to the side
// that the table in the product's documentation gives it to.
var likelihoodWords = []struct {
	upTo      float64 // of the range; the bound itself belongs to it if inclusive
	inclusive bool
	word      string
}{
	{0.01, false, "under 1 %"}, // outside the scale
	{0.05, false, "almost no chance"},
	{0.20, false, "very unlikely"},
	{0.45, false, "unlikely"},
	{0.55, true, "roughly even chance"},
	{0.80, true, "likely"},
	{0.95, true, "very likely"},
	{0.99, true, "almost certain"},
	{math.Inf(1), true, "over 99 %"}, // outside the scale
}

// otherRow are the words of row 2 of the same scale. The rows are not mixed,
// and this product uses row 1.
var otherRow = []string{"remote", "highly improbable", "improbable", "roughly even odds", "probable", "highly probable", "nearly certain"}

// Likelihood is the word for a probability, chosen from the exact number.
func Likelihood(p float64) string {
	p = tidy(p)
	for _, r := range likelihoodWords {
		if p < r.upTo || r.inclusive && p == r.upTo {
			return r.word
		}
	}
	return likelihoodWords[len(likelihoodWords)-1].word
}

// tidy takes away the noise of floating point, so that a sum of exact shares
// falls on the side of a bound on which it lies.
func tidy(p float64) float64 { return math.Round(p*1e9)/1e9 + 0 } // 0 has no sign

// Percent is a probability for people, rounded to five points: "about 35 %".
// It is never 0 % or 100 %.
func Percent(p float64) string {
	p = tidy(p)
	switch {
	case p < 0.025:
		return "under 5 %"
	case p > 0.975:
		return "over 95 %"
	}
	return fmt.Sprintf("about %d %%", min(int(math.Round(p*20))*5, 95))
}

// chance says how likely something is, as a clause: "a hand-over is unlikely
// (about 35 %)". What is a noun phrase.
func chance(what string, p float64) string {
	p = tidy(p)
	word := Likelihood(p)
	switch {
	case p == 0:
		return what + " occurs in no world of the model"
	case p == 1:
		return what + " occurs in every world of the model"
	case p < 0.01 || p > 0.99:
		return what + " has a share of " + word
	case word == "roughly even chance":
		return "there is a roughly even chance (" + Percent(p) + ") of " + what
	case word == "almost no chance":
		return "there is almost no chance (" + Percent(p) + ") of " + what
	}
	return what + " is " + word + " (" + Percent(p) + ")"
}

// chanceThat says how likely it is that something happens: "it is unlikely
// (about 35 %) that talks fail".
func chanceThat(clause string, p float64) string {
	p = tidy(p)
	word := Likelihood(p)
	switch {
	case p == 0:
		return "it happens in no world of the model, as the case has it, that " + clause
	case p == 1:
		return "it happens in every world of the model that " + clause
	case p < 0.01 || p > 0.99:
		return "with a share of " + word + ", " + clause
	case word == "roughly even chance":
		return "there is a roughly even chance (" + Percent(p) + ") that " + clause
	case word == "almost no chance":
		return "there is almost no chance (" + Percent(p) + ") that " + clause
	}
	return "it is " + word + " (" + Percent(p) + ") that " + clause
}

// share is a probability in a list of several: "about 35 %"; "zero" and "100 %"
// where it is exactly that.
func share(p float64) string {
	switch p = tidy(p); p {
	case 0:
		return "zero"
	case 1:
		return "100 %"
	}
	return Percent(p)
}
