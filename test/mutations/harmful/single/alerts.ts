import { cause, harmful } from "../../making";
import type { Harmful } from "../../mutation";
import { alertmanagerText } from "../../places";

const { plan } = harmful("alerts that cannot fire");

export const alerts: readonly Harmful[] = [
  plan(
    {
      id: "everything-to-nobody",
      harm: "the first route takes every alert and tells nobody",
      cause: cause(["alertmanager", "alerting"], /route|nobody|receiver|page|match/i),
    },
    (edited) => alertmanagerText(edited, "alertname = Watchdog", 'alertname =~ ".+"'),
  ),
  plan(
    {
      id: "pages-in-office-hours",
      harm: "pages of the night are sent to nobody",
      cause: cause(["alertmanager", "alerting"], /time_interval|active|mute|hours|night/i),
    },
    (edited) => {
      const office = "- name: office\n    time_intervals:\n      - times: [{start_time: '09:00', end_time: '17:00'}]";
      alertmanagerText(edited, /( +)- receiver: on-call\n/, "$1- receiver: on-call\n$1  active_time_intervals: [office]\n");
      alertmanagerText(edited, /^receivers:\n/m, `time_intervals:\n  ${office}\nreceivers:\n`);
    },
  ),
  plan(
    {
      id: "template-does-not-parse",
      harm: "Prometheus does not know this function of a template: it refuses the group",
      cause: cause(["OutboxDelayed"], /template|function|annotation|humanise/i),
    },
    (edited) => (edited.alert("OutboxDelayed").annotations.summary = "A message has waited {{ $value | humanise }}"),
  ),
  plan(
    {
      id: "duration-is-none",
      harm: "this is no duration: Prometheus refuses the group",
      cause: cause(["BrokerMessagesParked"], /for\b|duration|1 minute/i),
    },
    (edited) => (edited.alert("BrokerMessagesParked").for = "1 minute"),
  ),
  plan(
    {
      id: "metric-of-another-endpoint",
      harm: "this metric is of an endpoint that nobody reads: the alert never fires",
      cause: cause(["BrokerQueueBacklog"], /export|metric|series|rabbitmq_queue_messages/i),
    },
    (edited) =>
      edited.text(
        edited.alert("BrokerQueueBacklog"),
        "expr",
        "rabbitmq_detailed_queue_messages{",
        "rabbitmq_queue_messages_ready_bytes{",
      ),
  ),
  plan(
    {
      id: "deployments-of-other-names",
      harm: "no Deployment has these names: MesOrderRoleDown never fires",
      cause: cause(["MesOrderRoleDown"], /deployment|match|value|no |name/i),
    },
    (edited) => edited.text(edited.alert("MesOrderRoleDown"), "expr", /deployment=~"[^"]+"/, 'deployment=~"mes-intake|mes-api"'),
  ),
  plan(
    {
      id: "orders-dropped-on-the-way",
      harm: "Prometheus throws the count of received orders away: every order looks lost, or none",
      cause: cause(["order-intake"], /metricRelabel|drop|metric|series|export/i),
    },
    (edited) =>
      (edited.spec("PodMonitor", "order-intake").podMetricsEndpoints[0].metricRelabelings = [
        { sourceLabels: ["__name__"], regex: "mes_orders_.*", action: "drop" },
      ]),
  ),
  plan(
    {
      id: "alertmanager-of-no-pods",
      harm: "no pod of Alertmanager runs: nobody hears of any alert",
      cause: cause(["alertmanager"], /replica|0|zero|pod/i),
    },
    (edited) => (edited.spec("Alertmanager", "alertmanager").replicas = 0),
  ),
  plan(
    {
      id: "prometheus-not-acted-on",
      harm: "the operator is told to leave Prometheus alone: no change of a rule gets there",
      cause: cause(["prometheus"], /pause/i),
    },
    (edited) => (edited.spec("Prometheus", "prometheus").paused = true),
  ),
  plan(
    {
      id: "rules-of-no-namespace",
      harm: "Prometheus looks for rules in namespaces that are not there: none is loaded",
      cause: cause(["prometheus", "rule"], /ruleNamespaceSelector|namespace|select|load/i),
    },
    (edited) => (edited.spec("Prometheus", "prometheus").ruleNamespaceSelector = { matchLabels: { rules: "yes" } }),
  ),
  plan(
    {
      id: "read-once-an-hour",
      harm: "the counts of received orders are read once an hour: their rates are always empty",
      cause: cause(["order-intake"], /interval|scrape|rate|range/i),
    },
    (edited) => (edited.spec("PodMonitor", "order-intake").podMetricsEndpoints[0].interval = "1h"),
  ),
];
