package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	commonconfig "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/route"

	"github.com/prometheus/alertmanager/api"
	"github.com/prometheus/alertmanager/config"
	amcommonconfig "github.com/prometheus/alertmanager/config/common"
	"github.com/prometheus/alertmanager/config/receiver"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/eventrecorder"
	"github.com/prometheus/alertmanager/featurecontrol"
	"github.com/prometheus/alertmanager/inhibit"
	"github.com/prometheus/alertmanager/labelset"
	"github.com/prometheus/alertmanager/nflog"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/provider/mem"
	"github.com/prometheus/alertmanager/silence"
	"github.com/prometheus/alertmanager/template"
	"github.com/prometheus/alertmanager/timeinterval"
)

// What Alertmanager has by default: cmd/alertmanager/main.go.
const (
	retention           = 120 * time.Hour
	alertGCInterval     = 30 * time.Minute
	maintenanceInterval = 30 * time.Second
)

// startAlertmanager wires one as app/app.go and app/reloader.go do, but for its listener, and hands out its API.
func startAlertmanager(scenario *Scenario, r *recorder, folder, mail string) (http.Handler, error) {
	logger := slog.New(errorLog{r, "alertmanager"})
	registry := prometheus.NewRegistry()
	flags := featurecontrol.NoopFlags{}
	var events eventrecorder.Recorder

	text, err := os.ReadFile(scenario.Alertmanager)
	if err != nil {
		return nil, err
	}
	conf, err := config.Load(string(text))
	if err != nil {
		return nil, err
	}
	if err := redirectMail(conf, mail); err != nil {
		return nil, err
	}
	external, err := url.Parse(scenario.AlertmanagerURL)
	if err != nil {
		return nil, err
	}
	templates, err := template.FromGlobs(conf.Templates)
	if err != nil {
		return nil, err
	}
	templates.ExternalURL = external

	sent, err := nflog.New(nflog.Options{SnapshotFile: filepath.Join(folder, "nflog"), Retention: retention, Logger: logger, Metrics: registry})
	if err != nil {
		return nil, err
	}
	silences, err := silence.New(silence.Options{
		SnapshotFile: filepath.Join(folder, "silences"), Retention: retention, Logger: logger, Metrics: registry, EventRecorder: events,
	})
	if err != nil {
		return nil, err
	}
	silencer := silence.NewSilencer(silences, logger, events)
	alerts, err := mem.NewAlerts(context.Background(), alertGCInterval, 0, silencer, logger, events, registry, flags)
	if err != nil {
		return nil, err
	}

	wire := newWire(scenario, r)
	routes := dispatch.NewRoute(conf.Route, nil)
	receivers := map[string][]notify.Integration{}
	for _, one := range conf.Receivers {
		built, err := receiver.BuildReceiverIntegrations(one, templates, logger, commonconfig.WithDialContextFunc(wire.dial))
		if err != nil {
			return nil, err
		}
		receivers[one.Name] = built
	}
	intervener := timeinterval.NewIntervener(map[string][]timeinterval.TimeInterval{})
	inhibitor := inhibit.NewInhibitor(alerts, conf.InhibitRules, logger, events)
	nothing := func() time.Duration { return 0 }
	pipeline := notify.NewPipelineBuilder(registry, flags, events).
		New(receivers, nothing, inhibitor, silencer, intervener, sent, nil)
	dispatcher := dispatch.NewDispatcher(alerts, routes, pipeline, intervener, atLeast(notify.MinTimeout), maintenanceInterval,
		nil, logger, events, dispatch.NewDispatcherMetrics(false, registry, flags), templates)

	go inhibitor.Run()
	inhibitor.WaitForLoading()
	go dispatcher.Run(time.Now())
	dispatcher.WaitForLoading()

	handlers, err := api.New(api.Options{
		Alerts: alerts, Silences: silences, Logger: logger, Registry: registry,
		RequestDuration: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "requests"}, []string{"code", "handler", "method"}),
		GroupFunc: func(ctx context.Context, routes func(*dispatch.Route) bool, filter dispatch.AlertFilter) (dispatch.AlertGroups, map[model.Fingerprint][]string, error) {
			return dispatcher.Groups(ctx, routes, filter)
		},
	})
	if err != nil {
		return nil, err
	}
	handlers.Update(conf, func(ctx context.Context, labels labelset.LabelSet) {
		inhibitor.Mutes(ctx, labels)
		silencer.Mutes(ctx, labels)
	})
	return handlers.Register(route.New(), "/"), nil
}

func atLeast(least time.Duration) func(time.Duration) time.Duration {
	return func(d time.Duration) time.Duration { return max(d, least) }
}

// redirectMail sends what goes by mail to a server on this machine, which has no certificate.
func redirectMail(conf *config.Config, address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	plain := false
	for _, one := range conf.Receivers {
		for _, mail := range one.EmailConfigs {
			mail.Smarthost = amcommonconfig.HostPort{Host: host, Port: port}
			mail.RequireTLS = &plain
		}
	}
	return nil
}
