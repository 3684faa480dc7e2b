// Package main plays series through Prometheus and Alertmanager and writes down what arrives at the receivers.
//
// It is their own code, of the versions in go.mod: rule manager, query engine and database of Prometheus, its sender, and behind it the API, inhibitor,
// dispatcher, notification pipeline, templates and receivers of Alertmanager. Only the clock is not real. All of it runs in a bubble of
// testing/synctest, where time stands still while anything works and jumps to the next timer when everything waits: hours pass in seconds, and
// every wait, group interval and repetition is as long as it is for a person on call.
//
//	play-incidents SCENARIO.json RESULT.json
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Scenario is what happens. Times are seconds since the start, which is Epoch; negative ones are history, which no rule saw.
type Scenario struct {
	// Rules is a file of rule groups.
	Rules string `json:"rules"`
	// Alertmanager is its configuration file.
	Alertmanager string `json:"alertmanager"`
	// ExternalLabels of Prometheus.
	ExternalLabels map[string]string `json:"externalLabels"`
	// PrometheusURL and AlertmanagerURL are the addresses for people.
	PrometheusURL   string `json:"prometheusUrl"`
	AlertmanagerURL string `json:"alertmanagerUrl"`
	// EvaluationInterval in seconds.
	EvaluationInterval int `json:"evaluationInterval"`
	// Times at which the series have values, in order.
	Times  []int64  `json:"times"`
	Series []Series `json:"series"`
	// Outages are times in which a receiver's service is away: its requests are answered with 503.
	Outages []Outage `json:"outages"`
}

// Series has a value for each of the scenario's times, or null while its target does not serve it.
type Series struct {
	Labels map[string]string `json:"labels"`
	Values []*float64        `json:"values"`
}

// Outage of what a host name stands for.
type Outage struct {
	Host string `json:"host"`
	From int64  `json:"from"`
	To   int64  `json:"to"`
}

// Message is a request that a receiver's service got.
type Message struct {
	// At is the time in seconds since the start.
	At int64 `json:"at"`
	// Host it was sent to: the receiver's own, as the configuration has it.
	Host string `json:"host"`
	Path string `json:"path"`
	// Status it was answered with; 250 for a mail.
	Status int    `json:"status"`
	Body   string `json:"body"`
}

// Change of an alert at Prometheus.
type Change struct {
	At     int64             `json:"at"`
	State  string            `json:"state"`
	Labels map[string]string `json:"labels"`
}

// Result is what happened.
type Result struct {
	Messages []Message `json:"messages"`
	// Alerts that became firing or ended, with and without a message.
	Alerts []Change `json:"alerts"`
	// Errors that Prometheus or Alertmanager logged.
	Errors []string `json:"errors"`
}

// Recorder collects from all sides.
type recorder struct {
	mutex  sync.Mutex
	start  time.Time
	result Result
}

func (r *recorder) now() int64 { return int64(time.Since(r.start) / time.Second) }

func (r *recorder) message(message Message) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.result.Messages = append(r.result.Messages, message)
}

func (r *recorder) alert(state string, labels map[string]string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.result.Alerts = append(r.result.Alerts, Change{At: r.now(), State: state, Labels: labels})
}

func (r *recorder) failure(text string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.result.Errors = append(r.result.Errors, text)
}

func main() {
	testing.Init()
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "usage: play-incidents SCENARIO.json RESULT.json") }
	all := func(string, string) (bool, error) { return true, nil }
	testing.Main(all, []testing.InternalTest{{Name: "play", F: func(t *testing.T) {
		if err := run(t); err != nil {
			fmt.Fprintln(os.Stderr, "play-incidents:", err)
			os.Exit(1)
		}
	}}}, nil, nil)
}

func run(t *testing.T) error {
	if flag.NArg() != 2 {
		flag.Usage()
		os.Exit(2)
	}
	text, err := os.ReadFile(flag.Arg(0))
	if err != nil {
		return err
	}
	scenario := &Scenario{}
	if err := json.Unmarshal(text, scenario); err != nil {
		return fmt.Errorf("%s: %w", flag.Arg(0), err)
	}
	folder, err := os.MkdirTemp("", "play-incidents-")
	if err != nil {
		return err
	}
	r := &recorder{}
	// Mail goes over a socket: its server is outside of the bubble, where waiting for a connection does not hold the clock.
	mail, err := serveMail(r)
	if err != nil {
		return err
	}
	synctest.Test(t, func(*testing.T) {
		r.start = time.Now()
		err = play(scenario, r, folder, mail)
		result, _ := json.Marshal(r.result)
		if err == nil {
			err = os.WriteFile(flag.Arg(1), result, 0o600)
		}
		os.RemoveAll(folder)
		if err != nil {
			fmt.Fprintln(os.Stderr, "play-incidents:", err)
			os.Exit(1)
		}
		// What still waits in the bubble would never end.
		os.Exit(0)
	})
	return nil
}

// play lets the time of the scenario pass.
func play(scenario *Scenario, r *recorder, folder, mail string) error {
	alertmanager, err := startAlertmanager(scenario, r, folder, mail)
	if err != nil {
		return fmt.Errorf("alertmanager: %w", err)
	}
	prometheus, err := startPrometheus(scenario, r, folder, alertmanager)
	if err != nil {
		return fmt.Errorf("prometheus: %w", err)
	}
	for i, seconds := range scenario.Times {
		if seconds == 0 || i == 0 && seconds > 0 {
			prometheus.evaluate()
		}
		at := r.start.Add(time.Duration(seconds) * time.Second)
		time.Sleep(time.Until(at))
		if err := prometheus.scrape(i, at); err != nil {
			return err
		}
	}
	return nil
}
