package reader

func (r *reading) characterise(a *Attribution, f *finding, n *names) {
	a.Act = f.act
	a.Stance = Affirms
}
func (r *reading) roleConfidence(a *Attribution, f *finding) {
	a.Source.Confidence, a.Cue.Confidence, a.Content.Confidence = a.Confidence, a.Confidence, a.Confidence
}

type names struct{}

func (r *reading) newNames() *names { return nil }

type calendar struct{}

func newCalendar(t any) *calendar                    { return nil }
func (r *reading) said(f *finding, c *calendar) Said { return Said{} }
