package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/cert-manager/cert-manager/pkg/controller"
	"golang.org/x/sync/errgroup"

	// Each registers itself. Those of ACME, Vault and Venafi, and of Ingresses and Gateways, are left out: they need others.
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/approver"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/ca"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/selfsigned"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/issuing"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/keymanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/metrics"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/readiness"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/requestmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/revisionmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/trigger"
	_ "github.com/cert-manager/cert-manager/pkg/controller/clusterissuers"
	_ "github.com/cert-manager/cert-manager/pkg/controller/issuers"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/ca"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/selfsigned"
)

// As cert-manager's own command has them.
const (
	workers        = 5
	queries        = 20
	queriesAtOnce  = 50
	shortestPause  = time.Hour
	longestPause   = 32 * time.Hour
	metricsAddress = ":9402"
	healthAddress  = ":9403"
)

func runController(ctx context.Context, args []string) error {
	flags := tolerantFlags("controller")
	namespace := flags.String("cluster-resource-namespace", "kube-system", "where Secrets of ClusterIssuers are")
	if err := flags.Parse(args); err != nil {
		return err
	}
	factory, err := controller.NewContextFactory(ctx, controller.ContextOptions{
		KubernetesAPIQPS:   queries,
		KubernetesAPIBurst: queriesAtOnce,
		IssuerOptions:      controller.IssuerOptions{ClusterResourceNamespace: *namespace},
		CertificateOptions: controller.CertificateOptions{
			CopiedAnnotationPrefixes:                 []string{"*", "-kubectl.kubernetes.io/"},
			CertificateRequestMinimumBackoffDuration: shortestPause,
			CertificateRequestMaximumBackoffDuration: longestPause,
		},
	})
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, construct := range controller.Known() {
		one, err := construct(factory)
		if err != nil {
			return err
		}
		group.Go(func() error { return one.Run(workers, ctx) })
	}
	// All contexts of a factory share their informers, which start once every controller has asked for its own.
	shared, err := factory.Build()
	if err != nil {
		return err
	}
	shared.SharedInformerFactory.Start(ctx.Done())
	shared.KubeSharedInformerFactory.Start(ctx.Done())

	listener, err := net.Listen("tcp", metricsAddress)
	if err != nil {
		return err
	}
	group.Go(serve(ctx, shared.Metrics.NewServer(listener), listener))
	healthListener, err := net.Listen("tcp", healthAddress)
	if err != nil {
		return err
	}
	alive := http.NewServeMux()
	alive.HandleFunc("/livez", func(answer http.ResponseWriter, _ *http.Request) { answer.WriteHeader(http.StatusOK) })
	group.Go(serve(ctx, &http.Server{Handler: alive, ReadHeaderTimeout: time.Second}, healthListener))
	return group.Wait()
}

// Serves until the context ends.
func serve(ctx context.Context, server *http.Server, listener net.Listener) func() error {
	return func() error {
		context.AfterFunc(ctx, func() { _ = server.Close() })
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}
}
