package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestViews: a player who misreads another is told of, with the move that would
// surprise it.
func TestViews(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bluff.yaml")
	const text = `demarche: 1
title: Bluff
conflict:
  status_quo: []
  players:
    north:
      name: Northport
      options: {march: March over the border}
      prefers: [north.march, not south.yield]
    south:
      name: Southbay
      options: {yield: Yield the ferry}
      prefers: [not north.march, not south.yield]
  perceptions:
    south:
      north: {prefers: [not north.march]}
  outcomes:
    war: north.march
    peace: otherwise
`
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	out := must(t, "stability", path, "--concepts", "hnash", "-q")
	for _, want := range []string{"Moves from today that would surprise somebody", "Northport would move to this: Northport marches over the border", "Southbay, who misreads the mover, expects it to stay"} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
			t.Errorf("%q is not in:\n%s", want, out)
		}
	}
}
