package demarche

// Indicator is a sign to watch for, and what it would point to.
type Indicator struct {
	At        Pos
	Says      string `yaml:"says" case:"required" doc:"The sign in a few words."`
	Threshold string `yaml:"threshold" doc:"From when on it counts: a number, a deed, a kind of source."`
	By        Date   `yaml:"by" doc:"Until when it is watched for."`
	WatchedBy string `yaml:"watched_by" doc:"Who watches for it."`
	PointsTo  Ref    `yaml:"points_to" doc:"The outcome that it points to." ref:"outcome"`
	Because   []Ref  `yaml:"because" doc:"Claims." ref:"claim"`
}
