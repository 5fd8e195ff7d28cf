package desk

import "github.com/demarche/demarche/reader"

// ScoreJSON is version 1 of the contract of eval attribution. All figures but
// counts are shares, 0 to 1.
type ScoreJSON struct {
	Version int `json:"version"`
	// Texts, Found and Reference count texts, attributions found and attributions
	// of the reference.
	Texts     int        `json:"texts"`
	Found     int        `json:"found"`
	Reference int        `json:"reference"`
	RelJ      FigureJSON `json:"relj"`
	RelAny    FigureJSON `json:"rel_any"`
	// By source, cue and content.
	Exact     map[string]FigureJSON `json:"exact"`
	ExactBare map[string]FigureJSON `json:"exact_bare"`
	Touch     map[string]FigureJSON `json:"touch"`
	Token     map[string]FigureJSON `json:"token"`
	// By source, cue, content and all; the overlap of sources is left out, as
	// sources that attributions share would count several times.
	CitronExact   map[string]FigureJSON `json:"citron_exact"`
	CitronOverlap map[string]FigureJSON `json:"citron_overlap"`
	// SourceRight is the share of right sources where the content was found.
	SourceRight float64 `json:"source_right"`
	// RelJRecall is by the form of the content: direct, mixed, indirect.
	RelJRecall map[string]float64 `json:"relj_recall"`
	// ByConfidence ascends.
	ByConfidence []LevelJSON `json:"by_confidence"`
}

// FigureJSON is precision, recall and their harmonic mean.
type FigureJSON struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// LevelJSON is a tenth of confidence: how many attributions were found with one
// in it, the share of them that is right, and relJ of all with at least that.
type LevelJSON struct {
	Least   float64    `json:"least"`
	Found   int        `json:"found"`
	Right   float64    `json:"right"`
	AtLeast FigureJSON `json:"at_least"`
}

type figure interface {
	Precision() float64
	Recall() float64
	F1() float64
}

func newFigure(f figure) FigureJSON {
	return FigureJSON{tidy(f.Precision()), tidy(f.Recall()), tidy(f.F1())}
}

// RoleNames are the names of the parts of an attribution, by their index in a
// score.
var RoleNames = [...]string{reader.RoleSource: "source", reader.RoleCue: "cue", reader.RoleContent: "content", reader.RoleAll: "all"}

// NewScoreJSON puts scores into their contract: score is that of what people are
// shown, all that of everything found, for the figures by confidence.
func NewScoreJSON(score, all reader.Score, texts int) ScoreJSON {
	out := ScoreJSON{
		Version: 1, Texts: texts, Found: score.RelJ.Predicted, Reference: score.RelJ.Gold, RelJ: newFigure(score.RelJ), RelAny: newFigure(score.RelAny),
		Exact: map[string]FigureJSON{}, ExactBare: map[string]FigureJSON{}, Touch: map[string]FigureJSON{}, Token: map[string]FigureJSON{},
		CitronExact: map[string]FigureJSON{}, CitronOverlap: map[string]FigureJSON{},
		SourceRight:  tidy(score.SourceRight.Precision()),
		RelJRecall:   map[string]float64{"direct": tidy(score.ByForm[0].Recall()), "mixed": tidy(score.ByForm[1].Recall()), "indirect": tidy(score.ByForm[2].Recall())},
		ByConfidence: []LevelJSON{},
	}
	for role, name := range RoleNames {
		out.CitronExact[name] = newFigure(score.CitronExact[role])
		if role != reader.RoleSource {
			out.CitronOverlap[name] = newFigure(score.CitronOverlap[role])
		}
		if role < reader.RoleAll {
			out.Exact[name], out.ExactBare[name] = newFigure(score.Exact[role]), newFigure(score.ExactBare[role])
			out.Touch[name], out.Token[name] = newFigure(score.Touch[role]), newFigure(score.Token[role])
		}
	}
	for i, c := range all.ByConfidence {
		if c.Predicted == 0 {
			continue
		}
		out.ByConfidence = append(out.ByConfidence, LevelJSON{Least: float64(i) / 10, Found: c.Predicted, Right: tidy(c.Precision()), AtLeast: newFigure(all.AtLeast[i])})
	}
	return out
}
