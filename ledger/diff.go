package ledger

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/demarche/demarche"
)

// MaxDiff is how many changed records a Diff lists.
const MaxDiff = 10_000

// Diff is what is known at one time and was not at another.
type Diff struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Records that are new, changed or gone, by kind, then by their last entry.
	Records []Changed `json:"records"`
	// More is how many are left out beyond MaxDiff.
	More int `json:"more"`
	// Redacted in between, by kind and id.
	Redacted []Ref `json:"redacted"`
	// Propositions whose standing or credence is another, by id.
	Propositions []Moved `json:"propositions"`
}

// Changed is a record at both times.
type Changed struct {
	Ref    Ref      `json:"ref"`
	Before *Version `json:"before"` // nil if it was not known
	After  *Version `json:"after"`  // nil if it was withdrawn
	// Entries between the two say who changed it, when and why.
	Entries []Entry `json:"entries"`
}

// Moved is a proposition whose credence changed.
type Moved struct {
	Proposition string            `json:"proposition"`
	Before      demarche.Credence `json:"before"`
	After       demarche.Credence `json:"after"`
	// New and Lost are live claims on it at one time and not at the other.
	New  []string `json:"new"`
	Lost []string `json:"lost"`
}

// NewlyContested and Settled tell the two moves that matter most.
func (m Moved) NewlyContested() bool {
	return m.After.Standing == demarche.Contested && m.Before.Standing != demarche.Contested
}

// Settled reports whether it was contested and is no longer.
func (m Moved) Settled() bool {
	return m.Before.Standing == demarche.Contested && m.After.Standing != demarche.Contested
}

// Diff compares what was known at two times, with why it changed. The zero time
// as to is now.
func (l *Ledger) Diff(ctx context.Context, from, to time.Time, weights demarche.Weights) (out Diff, err error) {
	if from.IsZero() || !to.IsZero() && to.Before(from) {
		return out, &demarche.Error{Kind: demarche.Usage, Op: "ledger.Diff", Msg: "the first time does not lie before the second", Hint: "give two times, the earlier one first"}
	}
	out = Diff{From: from, To: to, Records: []Changed{}, Redacted: []Ref{}, Propositions: []Moved{}}
	err = l.view(ctx, func(v *view) error {
		if err := v.diffRecords(&out, from, to); err != nil {
			return err
		}
		if err := v.each(`SELECT kind, id FROM record WHERE state = 3 AND learned > ? AND learned <= ?`, []any{micros(from), asOfMicros(to)}, func(scan func(...any) error) error {
			var r Ref
			err := scan(&r.Kind, &r.ID)
			out.Redacted = append(out.Redacted, r)
			return err
		}); err != nil {
			return err
		}
		slices.SortFunc(out.Redacted, compareRefs)
		return v.diffPropositions(&out, from, to, weights)
	})
	return out, err
}

func (v *view) diffRecords(out *Diff, from, to time.Time) error {
	type pair struct {
		num, before, after int64
		kind               Kind
	}
	pairs := map[int64]*pair{}
	a, b := micros(from), asOfMicros(to)
	for k := KindReport; k < lastKind; k++ {
		for _, q := range []string{
			`SELECT num, seq, since, ` + afterAllText + ` FROM now WHERE kind = ? AND since > ? AND since <= ?`,
			`SELECT num, seq, since, until FROM past WHERE kind = ? AND since > ? AND since <= ?`,
			`SELECT num, seq, since, until FROM past WHERE kind = ? AND until > ? AND until <= ?`,
		} {
			if err := v.each(q, []any{int64(k), a, b}, func(scan func(...any) error) error {
				var num, seq, since, until int64
				if err := scan(&num, &seq, &since, &until); err != nil {
					return err
				}
				p := pairs[num]
				if p == nil {
					p = &pair{num: num, kind: k}
					pairs[num] = p
				}
				if since <= a && a < until {
					p.before = seq
				}
				if since <= b && b < until {
					p.after = seq
				}
				return nil
			}); err != nil {
				return err
			}
		}
	}
	var list []*pair
	for _, p := range pairs {
		if p.before != p.after {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b *pair) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(max(a.before, a.after), max(b.before, b.after)))
	})
	if len(list) > MaxDiff {
		out.More = len(list) - MaxDiff
		list = list[:MaxDiff]
	}
	var seqs []int64
	for _, p := range list {
		for _, s := range []int64{p.before, p.after} {
			if s != 0 {
				seqs = append(seqs, s)
			}
		}
	}
	found, err := v.load(seqs)
	if err != nil {
		return err
	}
	bySeq := map[int64]*Version{}
	for i := range found {
		bySeq[found[i].Seq] = &found[i]
	}
	for _, p := range list {
		c := Changed{Before: bySeq[p.before], After: bySeq[p.after]}
		if c.After != nil {
			c.Ref = c.After.Ref
		} else {
			c.Ref = c.Before.Ref
		}
		history, err := v.history(to, c.Ref)
		if err != nil {
			return err
		}
		c.Entries = slices.DeleteFunc(history, func(e Entry) bool { return micros(e.Learned) <= a })
		out.Records = append(out.Records, c)
	}
	return nil
}

// afterAllText is the end of what has not ended.
const afterAllText = "4611686018427387904"

func (v *view) diffPropositions(out *Diff, from, to time.Time, weights demarche.Weights) error {
	ids := map[string]bool{}
	for _, at := range []time.Time{from, to} {
		if err := v.all(at, Filter{Kind: KindProposition}, func(p Version) error {
			ids[p.Ref.ID] = true
			return nil
		}); err != nil {
			return err
		}
	}
	var sorted []string
	for id := range ids {
		sorted = append(sorted, id)
	}
	slices.Sort(sorted)
	for _, id := range sorted {
		half := 0.5
		weigh := func(at time.Time) (demarche.Credence, error) {
			c, err := v.weigh(at, id, nil, weights)
			if demarche.KindOf(err) == demarche.NotFound { // not a proposition yet, or no more
				c, err = v.weigh(at, id, &half, weights)
			}
			return c, err
		}
		before, err := weigh(from)
		if err != nil {
			return err
		}
		after, err := weigh(to)
		if err != nil {
			return err
		}
		if before.Standing == after.Standing && before.P == after.P && before.Computed == after.Computed {
			continue
		}
		was, is := claimsOf(before), claimsOf(after)
		out.Propositions = append(out.Propositions, Moved{id, before, after, without(is, was), without(was, is)})
	}
	return nil
}

func claimsOf(c demarche.Credence) []string {
	var out []string
	for _, o := range c.Origins {
		out = append(out, o.Claims...)
	}
	slices.Sort(out)
	return out
}

func without(a, b []string) []string {
	out := []string{}
	for _, s := range a {
		if _, in := slices.BinarySearch(b, s); !in {
			out = append(out, s)
		}
	}
	return out
}
