package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-smtp"
)

// What PagerDuty takes: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
const longestSummary = 1024

// wire ends at the services that receivers call, whatever their addresses are.
type wire struct {
	connections chan net.Conn
}

func newWire(scenario *Scenario, r *recorder) *wire {
	w := &wire{make(chan net.Conn)}
	server := &http.Server{
		ErrorLog: log.New(io.Discard, "", 0),
		Handler: http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
			body, _ := io.ReadAll(request.Body)
			status, answer := service(request.URL.Path, body)
			for _, outage := range scenario.Outages {
				if outage.Host == request.Host && outage.From <= r.now() && r.now() < outage.To {
					status, answer = http.StatusServiceUnavailable, ""
				}
			}
			r.message(Message{At: r.now(), Host: request.Host, Path: request.URL.Path, Status: status, Body: string(body)})
			writer.WriteHeader(status)
			_, _ = writer.Write([]byte(answer))
		}),
	}
	go func() { _ = server.Serve(w) }()
	return w
}

// service answers as PagerDuty, Slack and a webhook do.
func service(path string, body []byte) (int, string) {
	if strings.HasSuffix(path, "/v2/enqueue") {
		return pagerduty(body)
	}
	return http.StatusOK, "ok"
}

func pagerduty(body []byte) (int, string) {
	var event struct {
		Action  string `json:"event_action"`
		Key     string `json:"routing_key"`
		Payload struct {
			Summary  string `json:"summary"`
			Source   string `json:"source"`
			Severity string `json:"severity"`
		} `json:"payload"`
	}
	refused := func(why string) (int, string) {
		return http.StatusBadRequest, `{"status":"invalid event","message":"Event object is invalid","errors":["` + why + `"]}`
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return refused("not JSON")
	}
	if event.Action == "trigger" {
		switch {
		case event.Payload.Summary == "":
			return refused("'payload.summary' is missing or blank")
		case utf8.RuneCountInString(event.Payload.Summary) > longestSummary:
			return refused("'payload.summary' is too long")
		case event.Payload.Source == "":
			return refused("'payload.source' is missing or blank")
		}
	}
	return http.StatusAccepted, `{"status":"success"}`
}

func (w *wire) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case w.connections <- far:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (w *wire) Accept() (net.Conn, error) {
	connection, open := <-w.connections
	if !open {
		return nil, errors.New("closed")
	}
	return connection, nil
}
func (w *wire) Close() error   { return nil }
func (w *wire) Addr() net.Addr { return &net.UnixAddr{Name: "wire"} }

// serveMail takes mail on loopback, and says where.
func serveMail(r *recorder) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailbox{recorder: r}, nil }))
	server.ErrorLog = log.New(io.Discard, "", 0)
	go func() { _ = server.Serve(listener) }()
	return listener.Addr().String(), nil
}

type mailbox struct {
	recorder *recorder
	to       string
}

func (m *mailbox) Mail(string, *smtp.MailOptions) error { return nil }
func (m *mailbox) Rcpt(to string, _ *smtp.RcptOptions) error {
	m.to = to
	return nil
}

func (m *mailbox) Data(reader io.Reader) error {
	body, err := io.ReadAll(reader)
	// The bubble's clock is not that of this goroutine: the time is that of the mail's own header.
	m.recorder.message(Message{At: -1, Host: "mail", Path: m.to, Status: 250, Body: string(body)})
	return err
}
func (m *mailbox) Reset()        {}
func (m *mailbox) Logout() error { return nil }
