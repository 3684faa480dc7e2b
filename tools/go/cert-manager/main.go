// The three programs of cert-manager in one binary: `cert-manager controller|cainjector|webhook FLAGS…`.
//
// cert-manager keeps its own commands in modules that no proxy serves; what they run lies in its main module and is the same
// here. Flags are those that its chart passes, as far as they change anything; there is no election: one pod of each runs.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"

	logf "github.com/cert-manager/cert-manager/pkg/logs"
	ctrl "sigs.k8s.io/controller-runtime"
)

var programs = map[string]func(context.Context, []string) error{
	"controller": runController,
	"cainjector": runInjector,
	"webhook":    runWebhook,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	logf.InitLogs()
	ctrl.SetLogger(logf.Log)
	if err := run(ctx, os.Args[1:]); err != nil {
		logf.FlushLogs()
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 || programs[args[0]] == nil {
		return fmt.Errorf("usage: cert-manager controller|cainjector|webhook FLAGS…")
	}
	return programs[args[0]](ctx, args[1:])
}

// Flags that are not declared are taken and change nothing.
func tolerantFlags(name string) *pflag.FlagSet {
	flags := pflag.NewFlagSet(name, pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	return flags
}
