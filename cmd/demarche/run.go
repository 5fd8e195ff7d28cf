package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/desk"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// app is one run of the program: where it reads and writes, and what the flags
// common to all commands say.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	quiet, verbose bool
	asOf           string
	assume         []string
	db             string
}

// run carries out one command line and gives the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	printed := &output{Writer: stdout}
	a := &app{stdin: stdin, stdout: printed, stderr: stderr}
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintf(stderr, "demarche: something went wrong inside the program: %v\n", r)
			fmt.Fprintln(stderr, "hint: this is our fault; please report it with the command and the case")
			code = demarche.Internal.ExitCode()
		}
	}()
	root := a.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(printed)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = printed.err // help, say, is printed without looking
	}
	if err == nil {
		return 0
	}
	return a.report(ctx, err)
}

// report prints an error for a person and gives its exit code.
func (a *app) report(ctx context.Context, err error) int {
	var said *saidError
	if errors.As(err, &said) {
		return said.kind.ExitCode()
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		fmt.Fprintln(a.stderr, "demarche: stopped before it was done; nothing was written")
		return demarche.Unavailable.ExitCode()
	}
	if list, ok := errors.AsType[demarche.Problems](err); ok {
		for _, e := range list {
			a.printError(e)
		}
		return list[0].Kind.ExitCode()
	}
	e, ok := errors.AsType[*demarche.Error](err)
	if reason, failed := a.unwritten(err); failed {
		if reason == "" {
			return demarche.Unavailable.ExitCode() // nobody reads any more
		}
		e, ok = &demarche.Error{Kind: demarche.Unavailable, Msg: "the result could not be written: " + reason, Err: err}, true
	}
	if !ok {
		// What cobra itself finds is a command given wrongly.
		e = &demarche.Error{Kind: demarche.Usage, Msg: strings.TrimSuffix(err.Error(), "."), Hint: "see demarche --help"}
		if flags, ok := strings.CutPrefix(e.Msg, "if any flags in the group ["); ok {
			flags, _, _ = strings.Cut(flags, "]")
			e.Msg, e.Hint = "only one of these can be given: --"+strings.ReplaceAll(flags, " ", ", --"), "leave out the others"
		}
	}
	a.printError(e)
	return e.Kind.ExitCode()
}

// unwritten reports whether what failed is that the result could not be written,
// and why: "" if nobody reads it any more.
func (a *app) unwritten(err error) (reason string, failed bool) {
	w, ok := a.stdout.(*output)
	if !ok || w.err == nil || !errors.Is(err, w.err) {
		return "", false
	}
	if errors.Is(w.err, os.ErrClosed) || errors.Is(w.err, io.ErrClosedPipe) || errors.Is(w.err, syscall.EPIPE) {
		return "", true
	}
	if p, ok := errors.AsType[*os.PathError](w.err); ok {
		return strings.Replace(p.Err.Error(), "left on device", "left on the device", 1), true
	}
	return w.err.Error(), true
}

// output passes on what is printed and keeps the first error of doing so.
type output struct {
	io.Writer
	err error
}

func (w *output) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if err != nil && w.err == nil {
		w.err = err
	}
	return n, err
}

// file is the file that results are printed to, if it is one.
func (a *app) file() (*os.File, bool) {
	w := a.stdout
	if o, ok := w.(*output); ok {
		w = o.Writer
	}
	f, ok := w.(*os.File)
	return f, ok
}

func (a *app) printError(e *demarche.Error) {
	place := "demarche: "
	if !e.Pos.IsZero() {
		place = e.Pos.String() + ": "
	}
	fmt.Fprintln(a.stderr, place+e.Msg)
	if e.Hint != "" {
		fmt.Fprintln(a.stderr, "  hint: "+e.Hint)
	}
	if a.verbose && e.Err != nil {
		fmt.Fprintln(a.stderr, "  cause: "+e.Err.Error())
	}
}

// saidError carries an exit code for something already told.
type saidError struct{ kind demarche.Kind }

func (e *saidError) Error() string { return e.kind.String() }

func usage(hint, format string, args ...any) error {
	return &demarche.Error{Kind: demarche.Usage, Msg: fmt.Sprintf(format, args...), Hint: hint}
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "demarche",
		Short: "From the reports on a crisis to the brief on it",
		Long: `demarche takes an international crisis from the reports about it to a brief:
who says what, what follows from a model of the conflict, and what to find out next.

A CASE is a folder with a case.yaml, one file ending in .yaml, or a model of earlier
tools in a file ending in .gmcr.`,
		Example: "  demarche brief examples/caribbean\n  demarche check my-case",
		Version: version, SilenceErrors: true, SilenceUsage: true,
	}
	root.SetVersionTemplate("demarche {{.Version}}\n")
	flags := root.PersistentFlags()
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "print results and errors only")
	flags.BoolVarP(&a.verbose, "verbose", "v", false, "print causes of errors and more detail")
	flags.StringVar(&a.db, "db", "", "the ledger in PostgreSQL, postgres://user@host/database, in place of ledger.db beside the case file; DEMARCHE_DB if left out")
	root.AddCommand(
		a.briefCommand(), a.readCommand(), a.stabilityCommand(), a.explainCommand(), a.pathsCommand(), a.outlookCommand(), a.leversCommand(), a.offersCommand(),
		a.ledgerCommand(), a.watchCommand(), a.checkCommand(), a.initCommand(), a.schemaCommand(), a.importCommand(), a.exportCommand(), a.lintCommand(), a.evalCommand(), a.trainCommand(), a.versionCommand(), a.manCommand(),
	)
	root.AddCommand(unbuiltCommands()...)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage("see "+c.CommandPath()+" --help", "%s", flagWords(c, err))
	})
	return root
}

// flagWords says what is wrong with a flag. The library quotes the errors of Go's
// parsers, which are for programmers.
func flagWords(c *cobra.Command, err error) string {
	var bad interface {
		error
		GetValue() string
	}
	if !errors.As(err, &bad) {
		return err.Error()
	}
	_, name, _ := strings.Cut(bad.Error(), "--")
	name, _, _ = strings.Cut(name, `" flag`)
	f := c.Flag(name)
	if f == nil {
		return err.Error()
	}
	name = "--" + name
	value := bad.GetValue()
	if value == "" {
		return name + " needs a value"
	}
	switch f.Value.Type() {
	case "bool":
		return fmt.Sprintf("%s %s: write %s alone, or %s=false to switch it off", name, value, name, name)
	case "duration":
		return fmt.Sprintf("%s %s is not a length of time, such as 30s or 5m", name, value)
	case "float64":
		if errors.Is(bad, strconv.ErrRange) {
			return fmt.Sprintf("%s %s is too large a number", name, value)
		}
		return fmt.Sprintf("%s %s is not a number", name, value)
	case "int", "int64", "uint", "uint64":
		if errors.Is(bad, strconv.ErrRange) {
			return fmt.Sprintf("%s %s is too large a number", name, value)
		}
		whole := "a whole number"
		if strings.HasPrefix(f.Value.Type(), "u") {
			whole += " from 0"
		}
		return fmt.Sprintf("%s %s is not %s", name, value, whole)
	}
	return fmt.Sprintf("%s cannot be %s", name, value)
}

// caseFlags adds the flags of commands that ask something of a case.
func (a *app) caseFlags(c *cobra.Command) {
	c.Flags().StringVar(&a.asOf, "as-of", "", "the day to ask for, such as 2025-12-02; the case's own, or today, if left out")
	c.Flags().StringArrayVar(&a.assume, "assume", nil, "take a proposition or authority as yes, no or a probability, such as talks=0.7; may be given again")
}

// open reads a case with what its ledger holds, and tells its warnings.
func (a *app) open(ctx context.Context, path string) (*desk.Crisis, error) {
	q, err := a.question()
	if err != nil {
		return nil, err
	}
	return a.openAsked(ctx, path, q)
}

// openAsked reads a case for a question, and tells its warnings.
func (a *app) openAsked(ctx context.Context, path string, q desk.Question) (*desk.Crisis, error) {
	c, err := a.openAs(ctx, path, q)
	if err != nil {
		return nil, err
	}
	if !a.quiet && len(c.File.Warnings) > 0 {
		fmt.Fprintf(a.stderr, "demarche: the case has %s; see demarche check %s\n", plural(len(c.File.Warnings), "warning"), path)
	}
	return c, nil
}

// openAs reads a case and its ledger, if there is one, for a question.
func (a *app) openAs(ctx context.Context, path string, q desk.Question) (*desk.Crisis, error) {
	l, err := a.ledgerIfAny(ctx, path)
	if err != nil {
		return nil, err
	}
	if l != nil {
		defer l.Close()
		q.Book = l
	}
	return desk.Open(ctx, path, q)
}

// question is what the flags of caseFlags ask for.
func (a *app) question() (desk.Question, error) {
	q := desk.Question{Now: time.Now(), Assume: map[string]float64{}}
	if a.asOf != "" {
		d, err := demarche.ParseDate(a.asOf)
		if err != nil {
			e, _ := errors.AsType[*demarche.Error](err)
			return q, usage(e.Hint, "--as-of: %s", e.Msg)
		}
		q.AsOf = d
	}
	for _, s := range a.assume {
		id, p, err := parseAssumption(s)
		if err != nil {
			return q, err
		}
		if before, twice := q.Assume[id]; twice && before != p {
			return q, usage("assume it once", "--assume gives %s two values, %s and %s", id, decimalOf(before), decimalOf(p))
		}
		q.Assume[id] = p
	}
	return q, nil
}

func parseAssumption(s string) (id string, p float64, err error) {
	id, value, ok := strings.Cut(s, "=")
	if !ok || id == "" {
		return "", 0, usage("write it as id=yes, id=no or id=0.7", "--assume %s says nothing", s)
	}
	switch strings.ToLower(value) {
	case "yes", "true":
		return id, 1, nil
	case "no", "false":
		return id, 0, nil
	}
	if n, e := fmt.Sscanf(value, "%g", &p); e != nil || n != 1 || !(p >= 0 && p <= 1) || strings.TrimLeft(value, "0123456789.eE-+") != "" {
		return "", 0, usage("write yes, no, or a number from 0 to 1", "--assume %s: %q is not a probability", id, value)
	}
	return id, p + 0, nil // −0 is 0
}

// decimalOf is a probability as --assume takes it.
func decimalOf(p float64) string {
	switch p {
	case 0:
		return "no"
	case 1:
		return "yes"
	}
	return strconv.FormatFloat(p, 'g', -1, 64)
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// width is the width of the terminal, or 100 where there is none.
func (a *app) width() int {
	if f, ok := a.file(); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 20 {
			return w
		}
	}
	return 100
}

// colour reports whether results go to a terminal that wants colour.
func (a *app) colour() bool {
	f, ok := a.file()
	return ok && os.Getenv("NO_COLOR") == "" && term.IsTerminal(int(f.Fd()))
}

// progress shows how far long work is, on a terminal and after a second; done
// clears the line.
func (a *app) progress(what string) (show func(float64), done func()) {
	f, ok := a.stderr.(*os.File)
	if a.quiet || !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, func() {}
	}
	start := time.Now()
	last := start
	return func(share float64) {
			if now := time.Now(); now.Sub(start) > time.Second && now.Sub(last) > 100*time.Millisecond {
				last = now
				filled := int(share * 30)
				fmt.Fprintf(f, "\r%s [%s%s] %3.0f %%", what, strings.Repeat("#", filled), strings.Repeat(".", 30-filled), share*100)
			}
		}, func() {
			if last != start {
				fmt.Fprint(f, "\r\033[K")
			}
		}
}

func exactArgs(n int, names string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return usage("write "+c.CommandPath()+" "+names, "%s takes %s, not %d", c.CommandPath(), plural(n, "argument"), len(args))
		}
		return nil
	}
}
