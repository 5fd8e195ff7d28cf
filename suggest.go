package demarche

import (
	"slices"
	"strings"
)

// Nearest returns the name among names that a person most likely meant by got,
// or "" when none is near. Near is a Damerau-Levenshtein distance (insert,
// delete, change, or swap neighbours) of at most a third of got's length and at
// least 1, upper and lower case being the same. Ties go to the earlier name.
func Nearest(got string, names []string) string {
	limit := max(1, len([]rune(got))/3)
	best, bestAt := limit+1, ""
	for _, n := range names {
		if d := editDistance(strings.ToLower(got), strings.ToLower(n)); d < best {
			best, bestAt = d, n
		}
	}
	return bestAt
}

// DidYouMean is the hint for an unknown name: the nearest one, else the list of
// all names if that is short, else nothing.
func DidYouMean(got string, names []string) string {
	if n := Nearest(got, names); n != "" {
		return "did you mean " + n + "?"
	}
	if len(names) == 0 || len(names) > 12 {
		return ""
	}
	known := slices.Clone(names)
	slices.Sort(known)
	return "known: " + strings.Join(slices.Compact(known), ", ")
}

// editDistance is the optimal-string-alignment distance of a and b.
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 200 || len(y) > 200 {
		return max(len(x), len(y)) // no one mistypes a name that long
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
