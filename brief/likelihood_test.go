package brief

import (
	"strings"
	"testing"
)

func TestLikelihood(t *testing.T) {
	for _, c := range []struct {
		p    float64
		want string
	}{
		{0, "under 1 %"}, {0.0099, "under 1 %"}, {0.01, "almost no chance"}, {0.0499, "almost no chance"},
		{0.05, "very unlikely"}, {0.1999, "very unlikely"}, {0.20, "unlikely"}, {0.4499, "unlikely"},
		{0.45, "roughly even chance"}, {0.55, "roughly even chance"}, {0.5501, "likely"}, {0.80, "likely"},
		{0.8001, "very likely"}, {0.95, "very likely"}, {0.9501, "almost certain"}, {0.99, "almost certain"},
		{0.9901, "over 99 %"}, {1, "over 99 %"},
		{0.1 + 0.2 + 0.25, "roughly even chance"}, // 0.55 but for the noise of floating point
		{0.44999999999999996, "roughly even chance"},
	} {
		if got := Likelihood(c.p); got != c.want {
			t.Errorf("%v: got %q, want %q", c.p, got, c.want)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		p    float64
		want string
	}{{0, "under 5 %"}, {0.02, "under 5 %"}, {0.025, "about 5 %"}, {0.3639, "about 35 %"}, {0.5, "about 50 %"}, {0.975, "about 95 %"}, {0.976, "over 95 %"}, {1, "over 95 %"}} {
		if got := Percent(c.p); got != c.want {
			t.Errorf("%v: got %q, want %q", c.p, got, c.want)
		}
	}
	for p := 0.0; p <= 1; p += 0.001 {
		if got := Percent(p); strings.Contains(got, " 0 %") || strings.Contains(got, "100") {
			t.Errorf("%v: %s", p, got)
		}
	}
}

func TestChance(t *testing.T) {
	for _, c := range []struct {
		p          float64
		what, that string
	}{
		{0, "a deal occurs in no world of the model", "it happens in no world of the model, as the case has it, that talks fail"},
		{0.005, "a deal has a share of under 1 %", "with a share of under 1 %, talks fail"},
		{0.03, "there is almost no chance (about 5 %) of a deal", "there is almost no chance (about 5 %) that talks fail"},
		{0.3639, "a deal is unlikely (about 35 %)", "it is unlikely (about 35 %) that talks fail"},
		{0.5, "there is a roughly even chance (about 50 %) of a deal", "there is a roughly even chance (about 50 %) that talks fail"},
		{1, "a deal occurs in every world of the model", "it happens in every world of the model that talks fail"},
	} {
		if got := chance("a deal", c.p); got != c.what {
			t.Errorf("got %q, want %q", got, c.what)
		}
		if got := chanceThat("talks fail", c.p); got != c.that {
			t.Errorf("got %q, want %q", got, c.that)
		}
	}
}
