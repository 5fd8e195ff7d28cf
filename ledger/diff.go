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
		changed, err := v.diffRecords(&out, from, to)
		if err != nil {
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
		ids, err := v.touched(changed)
		if err != nil {
			return err
		}
		return v.diffPropositions(&out, ids, from, to, weights)
	})
	return out, err
}

// diffRecords fills in the records, and gives the numbers of all that have any
// entry in between, by kind.
func (v *view) diffRecords(out *Diff, from, to time.Time) (map[Kind][]int64, error) {
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
				return nil, err
			}
		}
	}
	var list []*pair
	changed := map[Kind][]int64{}
	for _, p := range pairs {
		changed[p.kind] = append(changed[p.kind], p.num)
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
		return nil, err
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
		out.Records = append(out.Records, c)
	}
	return changed, v.entriesBetween(out.Records, a, b)
}

// entriesBetween fills in the entries that were learned after one time and up to
// another, the oldest first.
func (v *view) entriesBetween(records []Changed, after, upTo int64) error {
	at := make(map[Ref]*Changed, len(records))
	byKind := map[Kind][]any{}
	for i := range records {
		c := &records[i]
		at[c.Ref], c.Entries = c, []Entry{}
		byKind[c.Ref.Kind] = append(byKind[c.Ref.Kind], c.Ref.ID)
	}
	var seqs []any // of the entries to read next: from the latest of each back
	for kind, ids := range byKind {
		for some := range slices.Chunk(ids, lookAtMost) {
			if err := v.each(named(len(some))+`SELECT r.seq FROM named CROSS JOIN record r WHERE r.kind = ? AND r.id = named.id`, append(some, int64(kind)), func(scan func(...any) error) error {
				var seq int64
				err := scan(&seq)
				seqs = append(seqs, seq)
				return err
			}); err != nil {
				return err
			}
		}
	}
	for len(seqs) > 0 {
		var before []any
		for some := range slices.Chunk(seqs, lookAtMost) {
			if err := v.each(selectEntry+` WHERE seq IN `+marks(len(some), 1), some, func(scan func(...any) error) error {
				r, err := scanEntry(scanner(scan))
				if err != nil || r.learned <= after {
					return err
				}
				if r.prev != 0 {
					before = append(before, r.prev)
				}
				if r.learned > upTo {
					return nil
				}
				e, err := r.entry()
				c := at[r.ref]
				c.Entries = append(c.Entries, e)
				return err
			}); err != nil {
				return err
			}
		}
		seqs = before
	}
	for i := range records {
		slices.SortFunc(records[i].Entries, func(a, b Entry) int { return a.Number - b.Number })
	}
	return nil
}

// touched are the ids of the propositions, ascending, whose credence can depend
// on any of some records: theirs, and those of what they lead to.
func (v *view) touched(changed map[Kind][]int64) ([]string, error) {
	set := func(lists ...[]int64) []int64 {
		all := slices.Concat(lists...)
		slices.Sort(all)
		return slices.Compact(all)
	}
	var failed error
	// of gives a column of the versions of a kind, past ones too, that have one of
	// some numbers in another.
	of := func(want string, kind Kind, by string, nums []int64) []int64 {
		if failed != nil {
			return nil
		}
		var out []int64
		out, failed = v.column(want, kind, by, nums)
		return out
	}
	links, sources := changed[KindLink], changed[KindSource]
	ends := set(of("x", KindLink, "num", links), of("y", KindLink, "num", links)) // of any kind
	reports := set(changed[KindReport], ends, of("num", KindReport, "z", sources))
	claims := set(changed[KindClaim], ends, of("num", KindClaim, "x", sources), of("num", KindClaim, "z", sources), of("num", KindClaim, "y", reports))
	claims = set(claims, of("y", KindLink, "x", claims)) // what they retract
	propositions := set(changed[KindProposition], ends, of("x", KindOverride, "num", changed[KindOverride]), of("y", KindLink, "x", claims))
	ids := []string{}
	for some := range slices.Chunk(of("num", KindProposition, "num", propositions), lookAtMost) {
		if failed != nil {
			break
		}
		args := make([]any, len(some))
		for i, n := range some {
			args[i] = n
		}
		for _, table := range []string{"now", "past"} {
			if err := v.each(`SELECT e.id FROM `+table+` n CROSS JOIN entry e WHERE e.seq = n.seq AND n.num IN `+marks(len(some), 1), args, func(scan func(...any) error) error {
				var id string
				err := scan(&id)
				ids = append(ids, id)
				return err
			}); err != nil {
				return nil, err
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), failed
}

// column gives the distinct values that a column has in the versions of a kind,
// now or in the past, that have one of some values in another column.
func (v *view) column(want string, kind Kind, by string, values []int64) ([]int64, error) {
	var out []int64
	for some := range slices.Chunk(values, lookAtMost) {
		args := []any{int64(kind)}
		for _, n := range some {
			args = append(args, n)
		}
		for _, table := range []string{"now", "past"} {
			if err := v.each(`SELECT DISTINCT `+want+` FROM `+table+` WHERE +kind = ? AND `+by+` IN `+marks(len(some), 1)+` AND `+want+` IS NOT NULL`, args, func(scan func(...any) error) error {
				var n int64
				err := scan(&n)
				out = append(out, n)
				return err
			}); err != nil {
				return nil, err
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// afterAllText is the end of what has not ended.
const afterAllText = "4611686018427387904"

// diffPropositions weighs propositions at both times.
func (v *view) diffPropositions(out *Diff, ids []string, from, to time.Time, weights demarche.Weights) error {
	v.seen = map[int64]Version{} // both times rest on nearly the same entries
	for _, id := range ids {
		half, there := 0.5, false
		weigh := func(at time.Time) (demarche.Credence, error) {
			c, err := v.weigh(at, id, nil, weights)
			if demarche.KindOf(err) == demarche.NotFound { // not a proposition yet, or no more
				return v.weigh(at, id, &half, weights)
			}
			there = true
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
		if !there {
			continue
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
