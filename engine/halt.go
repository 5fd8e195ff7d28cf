package engine

import "context"

// halted is what a loop panics with when its context has ended. It never leaves
// the package: halting turns it into the context's error.
type halted struct{ err error }

// poll ends the work at hand if ctx has ended. Loops call it with the number of
// steps done; it looks every 32,768 steps, which take well under 100 ms.
func poll(ctx context.Context, steps int) {
	if steps&0x7FFF == 0 {
		if err := ctx.Err(); err != nil {
			panic(halted{err})
		}
	}
}

// halting runs f, which may poll, and gives the context's error if it was ended.
func halting(f func() error) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case halted:
			err = r.err
		default:
			panic(r)
		}
	}()
	return f()
}
