package engine

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"
)

// ending is a context that ends when it has been asked a number of times.
type ending struct {
	context.Context
	left atomic.Int64
}

func (e *ending) Err() error {
	if e.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// TestHalts: work on a large model ends at every point at which it looks, with
// the context's error and without a result.
func TestHalts(t *testing.T) {
	k, err := Compile(wideCase(17, 3), Config{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := k.In(k.Typical())
	if err != nil {
		t.Fatal(err)
	}
	k.HasStatusQuo = true
	for name, work := range map[string]func(context.Context) error{
		"model":     func(ctx context.Context) error { _, err := k.InContext(ctx, k.Typical()); return err },
		"stability": func(ctx context.Context) error { _, err := m.Stability(ctx, Concepts()...); return err },
		"foresight": func(ctx context.Context) error { _, err := m.Foresight(ctx); return err },
		"paths":     func(ctx context.Context) error { _, err := m.ByImprovements(ctx, 0); return err },
	} {
		looks := 0
		for ; ; looks++ {
			ctx := &ending{Context: context.Background()}
			ctx.left.Store(int64(looks))
			err := work(ctx)
			if err == nil {
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("%s: %v", name, err)
			}
			if looks > 5000 {
				t.Fatalf("%s looks at its context without end", name)
			}
			if testing.Short() || looks > 20 {
				looks += looks / 2
			}
		}
		if looks == 0 {
			t.Errorf("%s never looks at its context", name)
		}
	}
}

// TestStopsSoon measures, without asserting a time, how soon a large analysis
// ends; it fails only if it does not end at all.
func TestStopsSoon(t *testing.T) {
	if testing.Short() {
		t.Skip("large model")
	}
	k, err := Compile(wideCase(20, 3), Config{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := k.In(k.Typical())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := m.Stability(ctx, Concepts()...); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("ended with %v", err)
	}
	t.Logf("ended after %v", time.Since(began))
}
