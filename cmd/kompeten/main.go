// Command kompeten is the whole platform in one binary: a demonstration, the server, imports, checks of lists, the
// audit of the ledger, backups, administration and benchmarks.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"kompeten/internal/app"
	"kompeten/internal/fault"
	"kompeten/internal/text"
)

type cli struct {
	Demo        demoCmd        `cmd:"" help:"Run a demonstration with sample data, or play a story on a list.\n\nExample: kompeten demo\n\nExample: kompeten demo --people list.xlsx --story semarang --out out --exit"`
	Serve       serveCmd       `cmd:"" help:"Run an installation.\n\nExample: kompeten serve --data /var/lib/kompeten --base https://sertifikat.example.id"`
	Import      importCmd      `cmd:"" help:"Load standards, schemes or regions from files."`
	People      peopleCmd      `cmd:"" help:"Look at participant lists."`
	Certificate certificateCmd `cmd:"" help:"Issue certificates in bulk."`
	Verify      verifyCmd      `cmd:"" help:"Check a certificate: exit code 0 only when it is valid.\n\nExample: kompeten verify certificate.pdf --bundle bundle"`
	Export      exportCmd      `cmd:"" help:"Write files for others."`
	Audit       auditCmd       `cmd:"" help:"Compute the ledger's chains anew and say whether anything was changed behind the program's back.\n\nExample: kompeten audit --data data"`
	Backup      backupCmd      `cmd:"" help:"Copy the embedded database to a new file while work goes on.\n\nExample: kompeten backup --data data copy.db"`
	Admin       adminCmd       `cmd:"" help:"Create the first account; look at, replace and revoke keys."`
	Witness     witnessCmd     `cmd:"" help:"Be a witness of transparency logs, as a university or a ministry."`
	Config      configCmd      `cmd:"" help:"Print every setting with its documentation.\n\nExample: kompeten config"`
	Bench       benchCmd       `cmd:"" help:"Measure the speeds that docs/bench.md tells.\n\nExample: kompeten bench --certificates 100000"`
	Version     versionCmd     `cmd:"" help:"Print the version."`
}

func main() { os.Exit(run(os.Args[1:])) }

// run is the program: exit code 0 when all went well, 1 when what was asked for did not hold, 2 when the input was
// wrong.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	k, err := kong.New(&c, kong.Name("kompeten"), kong.Description("Competence certificates: earned, decided, issued and proven."),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Exit(func(int) {}), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(os.Stderr, "kompeten:", err)
		return 2
	}
	for _, a := range args {
		if a == "--help" || a == "-h" {
			_, _ = k.Parse(args)
			return 0
		}
	}
	parsed, err := k.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "kompeten: %v (see kompeten --help)\n", err)
		return 2
	}
	return exit(parsed.Run())
}

// errNo ends the program with code 1: the input was right, the answer is no.
var errNo = errors.New("")

func exit(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errNo):
		return 1
	}
	if f := fault.Of(err); f != nil {
		fmt.Fprintln(os.Stderr, "kompeten:", text.T(text.EN, f.Key, f.Args...))
		for _, x := range f.Fields {
			fmt.Fprintf(os.Stderr, "  %s: %s\n", x.Name, text.T(text.EN, x.Key, x.Args...))
		}
		return 2
	}
	fmt.Fprintln(os.Stderr, "kompeten:", err)
	return 2
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run() error {
	fmt.Println("kompeten", app.Version)
	return nil
}

type configCmd struct{ app.Config }

// Run prints the settings.
func (c configCmd) Run() error {
	for _, s := range c.Settings() {
		fmt.Printf("%s (%s)\n  %s\n", s.Flag, s.Env, s.Help)
		if s.Default != "" {
			fmt.Printf("  When absent: %s\n", s.Default)
		}
		if s.Value != s.Default {
			fmt.Printf("  Here: %s\n", s.Value)
		}
	}
	return nil
}
