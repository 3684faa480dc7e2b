package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/notifier"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
)

// What Prometheus has by default: cmd/prometheus/main.go.
const (
	outageTolerance = time.Hour
	forGracePeriod  = 10 * time.Minute
	resendDelay     = time.Minute
	lookback        = 5 * time.Minute
	maxSamples      = 50_000_000
	queryTimeout    = 2 * time.Minute
	queueCapacity   = 10_000
	// A head that is never cut, for there is nothing to win from blocks within a day.
	blockDuration = 30 * 24 * time.Hour
)

type server struct {
	scenario *Scenario
	db       *tsdb.DB
	manager  *rules.Manager
	labels   []labels.Labels
	refs     []storage.SeriesRef
}

// startPrometheus makes it as its main does, but for targets, whose values the scenario has.
func startPrometheus(scenario *Scenario, r *recorder, folder string, alertmanager http.Handler) (*server, error) {
	logger := slog.New(errorLog{r, "prometheus"})
	options := tsdb.DefaultOptions()
	options.MinBlockDuration = blockDuration.Milliseconds()
	options.MaxBlockDuration = blockDuration.Milliseconds()
	options.RetentionDuration = blockDuration.Milliseconds()
	options.WALSegmentSize = -1
	db, err := tsdb.Open(filepath.Join(folder, "tsdb"), logger, nil, options, nil)
	if err != nil {
		return nil, err
	}
	queries := parser.NewParser(parser.Options{})
	engine := promql.NewEngine(promql.EngineOpts{
		Logger: logger, MaxSamples: maxSamples, Timeout: queryTimeout, LookbackDelta: lookback,
		EnableAtModifier: true, EnableNegativeOffset: true, Parser: queries,
		NoStepSubqueryIntervalFn: func(int64) int64 { return int64(scenario.EvaluationInterval) * 1000 },
	})
	sender, err := startSender(scenario, r, alertmanager)
	if err != nil {
		return nil, err
	}
	external, err := url.Parse(scenario.PrometheusURL)
	if err != nil {
		return nil, err
	}
	send := rules.SendAlerts(sender, scenario.PrometheusURL)
	seen := map[uint64]bool{}
	manager := rules.NewManager(&rules.ManagerOptions{
		ExternalURL: external, Context: context.Background(), Logger: logger, Registerer: prometheus.NewRegistry(),
		Appendable: db, Queryable: db, QueryFunc: rules.EngineQueryFunc(engine, db), Parser: queries,
		OutageTolerance: outageTolerance, ForGracePeriod: forGracePeriod, ResendDelay: resendDelay,
		NotifyFunc: func(ctx context.Context, expr string, alerts ...*rules.Alert) {
			note(r, seen, alerts)
			send(ctx, expr, alerts...)
		},
	})
	interval := time.Duration(scenario.EvaluationInterval) * time.Second
	own := labels.FromMap(scenario.ExternalLabels)
	if err := manager.Update(interval, []string{scenario.Rules}, own, scenario.PrometheusURL, nil); err != nil {
		return nil, err
	}
	s := &server{scenario: scenario, db: db, manager: manager, refs: make([]storage.SeriesRef, len(scenario.Series))}
	for _, series := range scenario.Series {
		s.labels = append(s.labels, labels.FromMap(series.Labels))
	}
	return s, nil
}

func (s *server) evaluate() { go s.manager.Run() }

// scrape stores the values of one moment; a series that is gone is marked as a scrape marks it.
func (s *server) scrape(i int, at time.Time) error {
	appender := s.db.Appender(context.Background())
	for n, series := range s.scenario.Series {
		v := math.Float64frombits(value.StaleNaN)
		if series.Values[i] != nil {
			v = *series.Values[i]
		} else if i == 0 || series.Values[i-1] == nil {
			continue
		}
		ref, err := appender.Append(s.refs[n], s.labels[n], at.UnixMilli(), v)
		if err != nil {
			return fmt.Errorf("%s: %w", s.labels[n], err)
		}
		s.refs[n] = ref
	}
	return appender.Commit()
}

// note writes down each alert once when it fires and once when it ends.
func note(r *recorder, firing map[uint64]bool, alerts []*rules.Alert) {
	for _, alert := range alerts {
		r.mutex.Lock()
		hash, resolved := alert.Labels.Hash(), !alert.ResolvedAt.IsZero()
		known := firing[hash]
		firing[hash] = !resolved
		r.mutex.Unlock()
		switch {
		case resolved && known:
			r.alert("resolved", alert.Labels.Map())
		case !resolved && !known:
			r.alert("firing", alert.Labels.Map())
		}
	}
}

// startSender makes what sends alerts, with a wire that ends at the API of Alertmanager.
func startSender(scenario *Scenario, r *recorder, alertmanager http.Handler) (*notifier.Manager, error) {
	logger := slog.New(errorLog{r, "prometheus"})
	conf, err := config.Load("alerting: {alertmanagers: [{static_configs: [{targets: [alertmanager:9093]}]}]}", logger)
	if err != nil {
		return nil, err
	}
	manager := notifier.NewManager(&notifier.Options{
		QueueCapacity: queueCapacity,
		Registerer:    prometheus.NewRegistry(),
		Do: func(ctx context.Context, _ *http.Client, request *http.Request) (*http.Response, error) {
			answer := httptest.NewRecorder()
			alertmanager.ServeHTTP(answer, request.WithContext(ctx))
			return answer.Result(), nil
		},
	}, model.UTF8Validation, logger)
	conf.GlobalConfig.ExternalLabels = labels.FromMap(scenario.ExternalLabels)
	if err := manager.ApplyConfig(conf); err != nil {
		return nil, err
	}
	found := make(chan map[string][]*targetgroup.Group, 1)
	for name := range maps.Keys(conf.AlertingConfig.AlertmanagerConfigs.ToMap()) {
		found <- map[string][]*targetgroup.Group{name: {{Targets: []model.LabelSet{{model.AddressLabel: "alertmanager:9093"}}}}}
	}
	go manager.Run(found)
	return manager, nil
}

// errorLog keeps what is logged as an error.
type errorLog struct {
	recorder *recorder
	program  string
}

func (errorLog) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

func (l errorLog) Handle(_ context.Context, record slog.Record) error {
	text := l.program + ": " + record.Message
	record.Attrs(func(attr slog.Attr) bool {
		text += fmt.Sprintf(" %s=%v", attr.Key, attr.Value)
		return true
	})
	l.recorder.failure(text)
	return nil
}

func (l errorLog) WithAttrs([]slog.Attr) slog.Handler { return l }
func (l errorLog) WithGroup(string) slog.Handler      { return l }
