package reader

// treeDepth is how many questions a tree asks on the way to an answer, asks how many
// it has.
const (
	treeDepth = 5
	asks      = 1<<treeDepth - 1
)

// tree is a complete binary tree in an array: node k asks whether the trait is
// above the threshold, and goes on at 2k+1 or 2k+2. The last entries of ask and above
// are not used.
type tree struct {
	ask   [asks + 1]uint8
	above [asks + 1]uint8
	leaf  [1 << treeDepth]int16 // in 1/1024ths of log odds
}

// forest tells the chance that something is right: boosted regression trees
// (Friedman 2001) on traits of it, each in eight bits.
type forest struct {
	prior int32
	trees []tree
}

// traits is how many a forest looks at, most; profile is the traits of one thing.
const traits = 49

type profile [traits]uint8

// logOdds of what has these traits, in 1/1024ths. Which way a tree goes is
// reckoned, not branched on: no processor can guess it.
func (j *forest) logOdds(f *profile) int32 {
	var wide [64]uint8 // so that no index needs a check
	copy(wide[:], f[:])
	z := j.prior
	for t := range j.trees {
		tr := &j.trees[t]
		k := uint32(0)
		for range treeDepth {
			k = 2*k + 1 + (uint32(tr.above[k&asks])-uint32(wide[tr.ask[k&asks]&63]))>>31
		}
		z += int32(tr.leaf[(k-asks)&asks])
	}
	return z
}

func (j *forest) chance(f *profile) float64 {
	return logistic(float64(j.logOdds(f)) / 1024)
}

// traitList fills a profile, one trait after the other.
type traitList struct {
	f *profile
	n int
}

func (l *traitList) put(b uint8) {
	l.f[l.n] = b
	l.n++
}

// percent puts a chance into eight bits.
func percent(x float64) uint8 { return uint8(max(0, min(200, 200*x+.5))) }

func capped(n int) uint8 { return uint8(max(0, min(n, 250))) }

// steps puts a chance into eight bits, finely near nothing and near certainty.
func steps(x float64) uint8 {
	switch {
	case x <= 0:
		return 0
	case x < .1:
		return uint8(1 + float64(400*x))
	case x < .9:
		return uint8(41 + float64(100*(x-.1)))
	}
	return uint8(min(255, 121+float64(1000*(x-.9))))
}
