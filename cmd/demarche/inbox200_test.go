package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/demarche/demarche/desk"
)

// says reports whether a report affirms or denies a proposition, by the key.
func (k inboxKey) says(report, proposition string, denies bool) bool {
	for _, r := range k.Reports {
		for _, l := range r.Links {
			if r.Report == report && l.Proposition == proposition && l.Denies == denies {
				return true
			}
		}
	}
	return false
}

// mostDecisions is how many decisions an analyst may need.
const mostDecisions = 40

// TestTwoHundredReports: an analyst who knows what two hundred reports say, most
// of them copies of others, comes with forty decisions at most to a ledger in
// which every proposition stands where the key has it, and to a brief on it. A
// decision accepts or rejects a cluster of the inbox, or enters by hand what the
// reader did not see.
func TestTwoHundredReports(t *testing.T) {
	if testing.Short() {
		t.Skip("TestTwoHundredReports not run: -short")
	}
	t.Setenv("DEMARCHE_USER", "Ann")
	setClock(t, toldIn)
	dir := filepath.Join(t.TempDir(), "imbra")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(inboxFolder, "case"))); err != nil {
		t.Fatal(err)
	}
	ask := func(to any, args ...string) string {
		t.Helper()
		code, out, errs := do(t, "", args...)
		if code != 0 {
			t.Fatalf("%v: exit code %d: %s", args, code, errs)
		}
		if to != nil {
			if err := json.Unmarshal([]byte(out), to); err != nil {
				t.Fatal(err)
			}
		}
		return out
	}
	t.Log(ask(nil, "ledger", "add", dir, filepath.Join(inboxFolder, "reports")))
	before := ask(nil, "outlook", dir, "--json")
	key := readInboxKey(t)
	decisions := 0
	var in desk.InboxJSON
	ask(&in, "ledger", "inbox", dir, "--json")
	verdicts := map[bool][]string{}
	for _, k := range in.Clusters {
		right, wrong := 0, 0
		for _, report := range k.Reports {
			for _, b := range k.On {
				if key.says(report, b.Proposition, b.Denies) {
					right++
				} else {
					wrong++
					t.Logf("cluster %s: report %s does not speak to %s (denies: %v)", k.ID, report, b.Proposition, b.Denies)
				}
			}
		}
		decisions++
		verdicts[right > wrong] = append(verdicts[right > wrong], k.ID)
	}
	for accept, ids := range verdicts {
		flag := map[bool]string{true: "--accept", false: "--reject"}[accept]
		ask(nil, "ledger", "inbox", dir, flag, strings.Join(ids, ","))
	}
	ask(&in, "ledger", "inbox", dir, "--json")
	if len(in.Clusters) > 0 {
		t.Errorf("%d clusters are left", len(in.Clusters))
	}
	standings := func() map[string]string {
		var told struct {
			Propositions []struct {
				ID       string
				Credence struct{ Standing string }
			}
		}
		ask(&told, "ledger", "contested", dir, "--all", "--json")
		out := map[string]string{}
		for _, p := range told.Propositions {
			out[p.ID] = p.Credence.Standing
		}
		return out
	}
	// What the reader did not see, the analyst enters by hand, as far as it
	// changes where a proposition stands.
	stand := standings()
	for _, p := range key.Propositions {
		for _, o := range p.Origins {
			if stand[p.Proposition] == p.Standing {
				break
			}
			decisions++
			t.Logf("by hand: %s, %s (denies: %v) in %v", p.Proposition, o.Origin, o.Denies, o.Reports)
			who := []string{"--source", o.Origin}
			if strings.HasPrefix(o.Origin, "a") {
				who = []string{"--unnamed", o.Origin}
			}
			ask(nil, append([]string{"ledger", "claim", dir, o.Reports[0], "--says", p.Proposition, map[bool]string{false: "--affirms", true: "--denies"}[o.Denies], p.Proposition}, who...)...)
			stand = standings()
		}
		if stand[p.Proposition] != p.Standing {
			t.Errorf("%s is %s, want %s", p.Proposition, stand[p.Proposition], p.Standing)
		}
	}
	if decisions > mostDecisions {
		t.Errorf("it took %d decisions, more than %d", decisions, mostDecisions)
	}
	t.Logf("%d decisions", decisions)
	if ask(nil, "outlook", dir, "--json") == before {
		t.Error("the outlook is what it was")
	}
	if !testing.Short() {
		if brief := ask(nil, "brief", dir); !strings.Contains(brief, "Orvania") {
			t.Error(brief)
		}
	}
}
