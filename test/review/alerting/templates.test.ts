import { OF_ALERTMANAGER, OF_PROMETHEUS, templateProblem, type Language } from "../../../review/alerting/templates";

// After the functions of Prometheus and Alertmanager, and the syntax of text/template.
test.each<[string, Language]>([
  ["{{ (index .Alerts 0).Annotations.summary }} and {{ len (slice .Alerts 1) }} more", OF_ALERTMANAGER],
  ["no template", OF_PROMETHEUS],
  ["{{ $labels.queue }} holds {{ $value | humanize }}", OF_PROMETHEUS],
  ['{{ with query "up" }}{{ . | first | value }}{{ end }}', OF_PROMETHEUS],
  ["{{ range $i, $one := .Labels }}{{ $i }}={{ $one }}{{ else }}none{{ end }}", OF_PROMETHEUS],
  ['{{- if and (gt $value 1.5) (eq $labels.a "b}}") -}} x {{- else if .Value }} y {{ end }}', OF_PROMETHEUS],
  ["{{/* {{ if }} */}}{{ printf `%.1f` $value }}", OF_PROMETHEUS],
  ['{{ template "pagerduty.default.instances" .Alerts.Firing }}', OF_ALERTMANAGER],
  ["{{ range .Alerts }}{{ .Annotations.summary }} {{ $.ExternalURL }}{{ end }}", OF_ALERTMANAGER],
  ["[{{ .Status | toUpper }}] {{ .CommonLabels.alertname }}", OF_ALERTMANAGER],
])("%s is fine", (text, language) => {
  expect(templateProblem(text, language)).toBeUndefined();
});

test.each<[string, Language, RegExp]>([
  ["{{ $value | humanise }}", OF_PROMETHEUS, /the function humanise/],
  ["{{ $label.queue }}", OF_PROMETHEUS, /the variable \$label,/],
  ["{{ .CommonLabels.queue }}", OF_PROMETHEUS, /\.CommonLabels, which there is none of; there are Labels/],
  ["{{ $value", OF_PROMETHEUS, /not closed/],
  ["{{ }}", OF_PROMETHEUS, /no value/],
  ["{{ | humanize }}", OF_PROMETHEUS, /no value beside a \|/],
  ["{{ (humanize $value }}", OF_PROMETHEUS, /parentheses/],
  ["{{ if $value }}x", OF_PROMETHEUS, /\{\{ if \}\} without its \{\{ end \}\}/],
  ["x{{ end }}", OF_PROMETHEUS, /too many/],
  ["{{ else }}", OF_PROMETHEUS, /without its \{\{ if/],
  ["{{ $labels.a! }}", OF_PROMETHEUS, /does not parse/],
  ['{{ template "x" . }}', OF_PROMETHEUS, /the template x/],
  ["{{ $labels.queue }}", OF_ALERTMANAGER, /the variable \$labels/],
  ["{{ .Alert.summary }}", OF_ALERTMANAGER, /\.Alert, which/],
  ["{{ range .Alerts }}{{ .Summary }}{{ end }}", OF_ALERTMANAGER, /\.Summary, which/],
  ["{{ humanizePercentage 1 }}", OF_ALERTMANAGER, /humanizePercentage/],
  ['{{ template "pagerduty.instances" . }}', OF_ALERTMANAGER, /the template pagerduty.instances/],
])("%s is refused", (text, language, expected) => {
  expect(templateProblem(text, language)).toMatch(expected);
});
