package ledger

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/demarche/demarche"
)

// TestScalePostgres loads a large ledger into PostgreSQL and measures its pages,
// for docs/scale.md. Three variables steer it:
//
//	DEMARCHE_CLAIMS  how many claims, with DEMARCHE_SOAK=1
//	DEMARCHE_LARGE   an empty database to load and leave loaded, or one that an
//	                 earlier run has loaded with as many claims
//	DEMARCHE_PLANS   a file that the server's plans of all queries are written to
//
// Times are logged and not held to a bound: they are those of the server.
func TestScalePostgres(t *testing.T) {
	n := int(runs(3_000, 200_000))
	if s := os.Getenv("DEMARCHE_CLAIMS"); s != "" && os.Getenv("DEMARCHE_SOAK") == "1" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	where := os.Getenv("DEMARCHE_LARGE")
	if where == "" {
		where = postgres(t)
	}
	now := dawn.Add(24 * time.Hour)
	l := open(t, where, Options{Now: func() time.Time { return now }})
	var entries int
	if err := l.reads.QueryRow(`SELECT seq FROM head`).Scan(&entries); err != nil {
		t.Fatal(err)
	}
	if entries == 0 {
		load(t, l, n)
	} else if entries < largeRecords(n) {
		t.Fatalf("the ledger at DEMARCHE_LARGE has %d entries, fewer than belong to %d claims", entries, n)
	}
	tell := func(what, q string) {
		rows, err := l.reads.Query(q)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			var size int64
			if err := rows.Scan(&name, &size); err != nil {
				t.Fatal(err)
			}
			t.Logf("%s %-20s %8.1f MB", what, name, float64(size)/1e6)
		}
	}
	tell("size of", `SELECT current_schema(), sum(pg_total_relation_size(oid))::bigint FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace`)
	tell("table", `SELECT relname, pg_table_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY 2 DESC LIMIT 6`)
	tell("index", `SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relkind = 'i' AND relnamespace = current_schema()::regnamespace ORDER BY 2 DESC LIMIT 14`)
	if plans := os.Getenv("DEMARCHE_PLANS"); plans != "" {
		f, err := os.Create(plans)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		explained(t, l, where, func(s string) { fmt.Fprintln(f, s) })
		measurePages(t, l, 2)
		measureThought(t, l, n, 1)
		return
	}
	measurePages(t, l, int(runs(2, 25)))
	measureThought(t, l, n, int(runs(2, 15)))
}

// load imports n claims and then changes up to a thousand of them.
func load(t *testing.T, l *Ledger, n int) {
	began := time.Now()
	got, err := l.Import(t.Context(), ann, largeItems(n), func(i Imported) {
		if i.Added%1_000_000 < importBatch {
			t.Logf("%d records after %.0f s", i.Added, time.Since(began).Seconds())
		}
	})
	if err != nil || got.Added != largeRecords(n) {
		t.Fatalf("%+v, %v", got, err)
	}
	took := time.Since(began)
	t.Logf("%d claims (%d records) in %.0f s: %.0f claims a second", n, got.Added, took.Seconds(), float64(n)/took.Seconds())
	var times []time.Duration
	for i := 0; i < n; i += max(1000, n/1000) {
		id := fmt.Sprintf("report%d.%d", i/many20, i%many20)
		at, err := l.Get(t.Context(), time.Time{}, Ref{KindClaim, id})
		if err != nil {
			t.Fatal(err)
		}
		c := *at.Record.(*Claim)
		c.Status, c.Credibility = "accepted", 2
		began := time.Now()
		if _, err := l.Put(t.Context(), Change{Who: "Bob", Why: "reviewed", Learned: dawn.Add(time.Hour)}, &c, at.Number); err != nil {
			t.Fatal(err)
		}
		times = append(times, time.Since(began))
	}
	slices.Sort(times)
	t.Logf("one change: p50 %s, p95 %s", times[len(times)/2], times[len(times)*95/100])
}

// measureThought times what looks at many records at once.
func measureThought(t *testing.T, l *Ledger, n, times int) {
	rng := rand.New(rand.NewPCG(14, 0))
	for _, m := range []struct {
		name string
		do   func() (int, error)
	}{
		{"credence of a proposition", func() (int, error) {
			c, err := l.Weigh(t.Context(), time.Time{}, fmt.Sprintf("matter%d", rng.IntN(largeMatters(n))), nil, demarche.DefaultWeights)
			return len(c.Origins), err
		}},
		{"credence, as of a day", func() (int, error) {
			c, err := l.Weigh(t.Context(), dawn.AddDate(0, 0, -1-rng.IntN(300)), fmt.Sprintf("matter%d", rng.IntN(largeMatters(n))), nil, demarche.DefaultWeights)
			return len(c.Origins), err
		}},
		{"credence of the busiest", func() (int, error) {
			c, err := l.Weigh(t.Context(), time.Time{}, "matter0", nil, demarche.DefaultWeights)
			return len(c.Origins), err
		}},
		{"difference over an hour", func() (int, error) {
			from := dawn.AddDate(0, 0, -1-rng.IntN(300))
			d, err := l.Diff(t.Context(), from, from.Add(time.Hour), demarche.DefaultWeights)
			return len(d.Records) + d.More, err
		}},
		{"difference over a day", func() (int, error) {
			from := dawn.AddDate(0, 0, -1-rng.IntN(300))
			d, err := l.Diff(t.Context(), from, from.AddDate(0, 0, 1), demarche.DefaultWeights)
			return len(d.Records) + d.More, err
		}},
	} {
		var took []time.Duration
		found := 0
		for range times {
			began := time.Now()
			k, err := m.do()
			if err != nil {
				t.Fatal(err)
			}
			took = append(took, time.Since(began))
			found += k
		}
		slices.Sort(took)
		t.Logf("%-26s p50 %9s p95 %9s, %d each", m.name, took[len(took)/2].Round(10*time.Microsecond), took[len(took)*95/100].Round(10*time.Microsecond), found/times)
	}
}

// explained makes the server tell the plan of every query that a ledger reads
// with.
func explained(t *testing.T, l *Ledger, where string, each func(string)) {
	config, err := pgx.ParseConfig(where)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"session_preload_libraries": "auto_explain", "auto_explain.log_min_duration": "0", "auto_explain.log_analyze": "on",
		"auto_explain.log_buffers": "on", "auto_explain.log_timing": "off", "client_min_messages": "log"} {
		config.RuntimeParams[name] = value
	}
	var mu sync.Mutex
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		mu.Lock()
		defer mu.Unlock()
		each(n.Message)
	}
	old := l.reads
	l.reads = stdlib.OpenDB(*config, stdlib.OptionAfterConnect(steady))
	t.Cleanup(func() { old.Close() })
	if err := l.reads.PingContext(t.Context()); err != nil {
		if e, ok := errors.AsType[*pgconn.PgError](err); ok && strings.Contains(e.Message, "auto_explain") {
			lacks(t, "the module auto_explain of PostgreSQL is missing: install the server's contributed modules")
		}
		t.Fatal(err)
	}
}
