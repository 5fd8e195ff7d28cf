package demarche

import "testing"

// TestNondenial: what is put as not denied is known again, and nothing else is.
func TestNondenial(t *testing.T) {
	for _, tt := range []struct {
		of                  string
		clause, are, silent bool
		want                string
	}{
		{"the dam was full", true, false, false, "it is not denied that the dam was full"},
		{"the report", false, false, false, "the report is not denied"},
		{"the reports", false, true, false, "the reports are not denied"},
		{"the dam was full", true, false, true, "it is neither confirmed nor denied that the dam was full"},
		{"the reports", false, true, true, "the reports are neither confirmed nor denied"},
	} {
		says := NotDenied(tt.of, tt.clause, tt.are, tt.silent)
		n, ok := NondenialOf("denies", "hedges", says)
		if says != tt.want || !ok || n.Of != tt.of || n.That != tt.clause || (n.Past != "did not deny") != tt.silent {
			t.Errorf("%+v: %q, %+v", tt, says, n)
		}
	}
	for _, tt := range [][3]string{{"denies", "denies", "entry is not denied"}, {"states", "affirms", "it is not denied that he came"}, {"denies", "hedges", "he came"}} {
		if n, ok := NondenialOf(tt[0], tt[1], tt[2]); ok {
			t.Errorf("%v: %+v", tt, n)
		}
	}
}
